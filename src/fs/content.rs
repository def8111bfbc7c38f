//! Content: reading and writing whole files.

use std::fs::File;
use std::io::{self, Read as _, Write as _};

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path};
use crate::sys;

/// # Reading and writing files
///
/// In one call each. For large files, see [`open`](Path::open).
impl Path {
    /// Reads the whole file as text.
    ///
    /// Nothing is translated: newlines stay as they are, unlike in pathlib, and so does a byte-order mark.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "notes.txt";
    /// file.write_text("one\r\ntwo\n")?;
    /// assert_eq!(file.read_text()?, "one\r\ntwo\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is there.
    /// - [`IsADirectory`](std::io::ErrorKind::IsADirectory): it is a directory
    ///   ([`PermissionDenied`](std::io::ErrorKind::PermissionDenied) on Windows).
    /// - [`InvalidData`](std::io::ErrorKind::InvalidData): the content is not UTF-8.
    #[doc(alias = "read_to_string")]
    pub fn read_text(&self) -> Result<String> {
        sys::read_text(self.as_ref()).map_err(|cause| Error::new(Op::Read, self, cause))
    }

    /// Reads the whole file and returns its lines, without the `\n` or `\r\n` at their ends.
    ///
    /// To go through a large file line by line, use [`open`](Path::open) with a
    /// [`BufReader`](std::io::BufReader).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "hosts";
    /// file.write_text("one\r\n\ntwo")?;
    /// assert_eq!(file.read_lines()?, ["one", "", "two"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`read_text`](Path::read_text).
    #[doc(alias = "splitlines")]
    pub fn read_lines(&self) -> Result<Vec<String>> {
        Ok(self.read_text()?.lines().map(str::to_owned).collect())
    }

    /// Reads the whole file as bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "data";
    /// file.write_bytes([0, 255])?;
    /// assert_eq!(file.read_bytes()?, [0, 255]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`read_text`](Path::read_text), except for [`InvalidData`](std::io::ErrorKind::InvalidData).
    #[doc(alias = "read")]
    pub fn read_bytes(&self) -> Result<Vec<u8>> {
        sys::read(self.as_ref()).map_err(|cause| Error::new(Op::Read, self, cause))
    }

    /// Checks whether two files have the same content. Reads both up to the first difference. Opening a pipe waits for a program
    /// that writes to it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (one, other) = (&base / "one", &base / "other");
    /// one.write_text("hello")?;
    /// one.copy(&other)?;
    /// assert!(one.same_content(&other)?);
    /// other.append_text("!")?;
    /// assert!(!one.same_content(&other)?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`open`](Path::open), and as for [`read_bytes`](Path::read_bytes); for both files.
    #[doc(alias = "filecmp")]
    pub fn same_content(&self, other: impl AsPath) -> Result<bool> {
        let paths = [self, &*other.to_path()];
        let files = [paths[0].open()?, paths[1].open()?];
        has_same_content(files).map_err(|(number, cause)| Error::new(Op::Read, paths[number], cause))
    }

    /// Writes the text to the file, replacing its content. Creates the file if it does not exist.
    ///
    /// Newlines are not translated. **The old content is deleted before the new one is written**: a full disk or a crash in
    /// between loses both. [`write_atomic`](Path::write_atomic) does not.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "notes.txt";
    /// file.write_text("first\n")?;
    /// file.write_text("second\n")?;
    /// assert_eq!(file.read_text()?, "second\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - [`IsADirectory`](std::io::ErrorKind::IsADirectory): it is a directory
    ///   ([`PermissionDenied`](std::io::ErrorKind::PermissionDenied) on Windows).
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to write the file.
    /// - [`StorageFull`](std::io::ErrorKind::StorageFull): the disk is full.
    pub fn write_text(&self, text: impl AsRef<str>) -> Result<()> {
        self.write_bytes(text.as_ref())
    }

    /// Writes the bytes to the file, replacing its content; see [`write_text`](Path::write_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "data";
    /// file.write_bytes(b"\x00\xff")?;
    /// assert_eq!(file.stat()?.size(), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_text`](Path::write_text).
    #[doc(alias = "write")]
    pub fn write_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<()> {
        sys::write(self.as_ref(), bytes.as_ref()).map_err(|cause| Error::new(Op::Write, self, cause))
    }

    /// Creates a file with this content. Fails if the file exists.
    ///
    /// If several programs do this at the same time, one of them succeeds. If the content cannot be written, the file is
    /// removed. Other programs can see the file before it is complete; [`write_atomic`](Path::write_atomic) only ever shows
    /// complete files, but replaces what is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let config = &base / "config.toml";
    /// config.write_new("first = true\n")?;
    /// assert_eq!(config.write_new("second = true\n").unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// assert_eq!(config.read_text()?, "first = true\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): something has this name, even a dangling link.
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to create files in the directory.
    /// - [`StorageFull`](std::io::ErrorKind::StorageFull): the disk is full.
    #[doc(alias = "create_new")]
    pub fn write_new(&self, content: impl AsRef<[u8]>) -> Result<()> {
        sys::create_new(self.as_ref(), 0o666)
            .and_then(|file| fill_new(file, content.as_ref(), || _ = sys::remove_file(self.as_ref())))
            .map_err(|cause| Error::new(Op::Write, self, cause))
    }

    /// Appends the text to the file. Creates the file if it does not exist.
    ///
    /// On local file systems the append is atomic with respect to other appends.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let log = &base / "log";
    /// log.append_text("one\n")?;
    /// log.append_text("two\n")?;
    /// assert_eq!(log.read_text()?, "one\ntwo\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_text`](Path::write_text). If the disk is full, a part of the text may have been appended.
    pub fn append_text(&self, text: impl AsRef<str>) -> Result<()> {
        self.append_bytes(text.as_ref())
    }

    /// Appends the bytes to the file; see [`append_text`](Path::append_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "data";
    /// file.append_bytes([0])?;
    /// file.append_bytes([255])?;
    /// assert_eq!(file.read_bytes()?, [0, 255]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`append_text`](Path::append_text).
    pub fn append_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<()> {
        sys::append(self.as_ref(), bytes.as_ref()).map_err(|cause| Error::new(Op::Write, self, cause))
    }
}

/// Compares the contents of files. An error comes with the number of its file.
pub(crate) fn has_same_content(files: [File; 2]) -> Result<bool, (usize, io::Error)> {
    const PIECE: u64 = 1 << 16;
    let mut pieces = [Vec::new(), Vec::new()];
    loop {
        for (number, (file, piece)) in files.iter().zip(&mut pieces).enumerate() {
            piece.clear();
            // Only the last piece is shorter.
            file.take(PIECE).read_to_end(piece).map_err(|cause| (number, cause))?;
        }
        let [left, right] = &pieces;
        if left != right || left.is_empty() {
            return Ok(left == right);
        }
    }
}

/// Writes the content of a file that was made just now, and removes the file if that fails.
pub(crate) fn fill_new(mut file: File, content: &[u8], remove: impl FnOnce()) -> io::Result<()> {
    file.write_all(content).inspect_err(|_| {
        // It cannot be removed on Windows while it is open.
        drop(file);
        remove();
    })
}
