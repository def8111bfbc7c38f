//! Content below a root: reading and writing files.

use std::borrow::Borrow;
use std::fs::File;
use std::io;

use super::RootPath;
use crate::error::{Error, Op, Result};
use crate::fs::{AtomicFile, AtomicTarget, EditedText, fill_new, has_same_content};
use crate::sys::{self, Opening};

/// Content. Pipes, sockets and devices are refused unless the root was opened with
/// [`special`](super::RootOptions::special).
impl RootPath {
    /// Opens this file for reading: see [`Path::open`](crate::Path::open).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("four")?;
    /// let file = (&root / "a").open()?;
    /// assert_eq!(std::io::read_to_string(file)?, "four");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is there.
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): it is a pipe, a socket or a device; or an
    ///   [escape](crate::Error::is_escape).
    pub fn open(&self) -> Result<File> {
        self.ask(Op::Open, |root, path| root.open_file(path, Opening::Read))
    }

    /// Opens this file for writing, empty; it is created if it does not exist: see [`Path::create`](crate::Path::create).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("what was there")?;
    /// let mut file = (&root / "a").create()?;
    /// file.write_all(b"four")?;
    /// assert_eq!((&root / "a").read_text()?, "four");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`open`](RootPath::open), but that only its parent must exist.
    pub fn create(&self) -> Result<File> {
        self.ask(Op::Open, |root, path| root.open_file(path, Opening::Overwrite))
    }

    /// Returns the content of this file as text: see [`Path::read_text`](crate::Path::read_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a").write_text("one\ntwo\n")?;
    /// assert_eq!((&root / "a").read_text()?, "one\ntwo\n");
    /// assert_eq!((&root / "a").read_lines()?, ["one", "two"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`open`](RootPath::open), and [`InvalidData`](std::io::ErrorKind::InvalidData) if it is not UTF-8.
    pub fn read_text(&self) -> Result<String> {
        self.ask(Op::Read, sys::Root::read_text)
    }

    /// Returns the lines of this file, without their ends: see [`Path::read_lines`](crate::Path::read_lines).
    ///
    /// # Examples
    ///
    /// See [`read_text`](RootPath::read_text).
    ///
    /// # Errors
    ///
    /// As for [`read_text`](RootPath::read_text).
    pub fn read_lines(&self) -> Result<Vec<String>> {
        Ok(self.read_text()?.lines().map(str::to_owned).collect())
    }

    /// Returns the content of this file: see [`Path::read_bytes`](crate::Path::read_bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_bytes([0, 255])?;
    /// assert_eq!((&root / "a").read_bytes()?, [0, 255]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`open`](RootPath::open).
    pub fn read_bytes(&self) -> Result<Vec<u8>> {
        self.ask(Op::Read, sys::Root::read)
    }

    /// Checks whether two files have the same content: see [`Path::same_content`](crate::Path::same_content).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("same")?;
    /// (&root / "b").write_text("same")?;
    /// assert!((&root / "a").same_content(&root / "b")?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`open`](RootPath::open), and as for [`read_bytes`](RootPath::read_bytes); for both files.
    pub fn same_content(&self, other: impl Borrow<Self>) -> Result<bool> {
        let paths = [self, other.borrow()];
        let files = [paths[0].open()?, paths[1].open()?];
        has_same_content(files).map_err(|(number, cause)| paths[number].failed(Op::Read, cause))
    }

    /// Writes text to this file, which is created or overwritten: see [`Path::write_text`](crate::Path::write_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("first")?;
    /// (&root / "a").write_text("second")?;
    /// assert_eq!((&root / "a").read_text()?, "second");
    /// assert!((&root / "../a").write_text("").unwrap_err().is_escape());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`create`](RootPath::create).
    pub fn write_text(&self, text: impl AsRef<str>) -> Result<()> {
        self.write_bytes(text.as_ref())
    }

    /// Writes bytes to this file, which is created or overwritten: see [`Path::write_bytes`](crate::Path::write_bytes).
    ///
    /// # Examples
    ///
    /// See [`read_bytes`](RootPath::read_bytes).
    ///
    /// # Errors
    ///
    /// As for [`create`](RootPath::create).
    pub fn write_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.ask(Op::Write, |root, path| root.write(path, bytes.as_ref()))
    }

    /// Creates this file with content, and fails if something is there: see [`Path::write_new`](crate::Path::write_new).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "lock").write_new("me")?;
    /// assert_eq!((&root / "lock").write_new("you").unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// assert_eq!((&root / "lock").read_text()?, "me");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): something has this name; a link is not followed.
    /// - [`NotFound`](std::io::ErrorKind::NotFound): its parent does not exist.
    pub fn write_new(&self, content: impl AsRef<[u8]>) -> Result<()> {
        self.ask(Op::Write, |root, path| {
            let file = root.create_new(path, 0o666)?;
            fill_new(file, content.as_ref(), || _ = root.remove_file(path))
        })
    }

    /// Adds text to the end of this file, which is created if it does not exist: see
    /// [`Path::append_text`](crate::Path::append_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "log").append_text("one\n")?;
    /// (&root / "log").append_text("two\n")?;
    /// assert_eq!((&root / "log").read_lines()?, ["one", "two"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`create`](RootPath::create).
    pub fn append_text(&self, text: impl AsRef<str>) -> Result<()> {
        self.append_bytes(text.as_ref())
    }

    /// Adds bytes to the end of this file, which is created if it does not exist: see
    /// [`Path::append_bytes`](crate::Path::append_bytes).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "log").append_bytes([1])?;
    /// (&root / "log").append_bytes([2, 3])?;
    /// assert_eq!((&root / "log").read_bytes()?, [1, 2, 3]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`create`](RootPath::create).
    pub fn append_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.ask(Op::Write, |root, path| root.append(path, bytes.as_ref()))
    }
}

/// Content that is replaced as a whole, so that none is lost.
impl RootPath {
    /// Writes this file so that its old content or the new one is there at any time: see
    /// [`Path::write_atomic`](crate::Path::write_atomic).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a").write_atomic("whole")?;
    /// (&root / "a").edit_text(|text| text + "some")?;
    /// assert_eq!((&root / "a").read_text()?, "wholesome");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Path::write_atomic`](crate::Path::write_atomic), and an [escape](Error::is_escape).
    pub fn write_atomic(&self, content: impl AsRef<[u8]>) -> Result<()> {
        self.target().write(content.as_ref())
    }

    /// Does the same if the content is another one; returns whether it was: see
    /// [`Path::write_if_changed`](crate::Path::write_if_changed).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!((&root / "a").write_if_changed("four")?);
    /// assert!(!(&root / "a").write_if_changed("four")?); // the file and its time stay as they are
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_atomic`](RootPath::write_atomic).
    pub fn write_if_changed(&self, content: impl AsRef<[u8]>) -> Result<bool> {
        self.target().write_if_changed(content.as_ref())
    }

    /// Replaces the text of this file by what a function makes of it; returns whether it changed: see
    /// [`Path::edit_text`](crate::Path::edit_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "version").write_text("1.0")?;
    /// assert!((&root / "version").edit_text(|text| text.replace("1.", "2."))?);
    /// assert_eq!((&root / "version").read_text()?, "2.0");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_atomic`](RootPath::write_atomic), and what the function returns.
    pub fn edit_text<T: EditedText>(&self, edit: impl FnOnce(String) -> T) -> Result<bool, T::Error> {
        self.target().edit(edit)
    }

    /// Begins a file that will replace the one at this path, or be made there, when it is
    /// [committed](AtomicFile::commit): see [`Path::create_atomic`](crate::Path::create_atomic).
    ///
    /// Its directory stays open until then: the file is written there, even if a directory above it is renamed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// let mut new = (&root / "a").create_atomic()?;
    /// new.write_all(b"all of it")?;
    /// assert!(!(&root / "a").exists());
    /// new.commit()?;
    /// assert_eq!((&root / "a").read_text()?, "all of it");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write_atomic`](RootPath::write_atomic).
    pub fn create_atomic(&self) -> Result<AtomicFile> {
        self.begun(self.root().atomic_target(self.os_path()))
    }

    /// Begins a file that will be made at this path when it is [committed](AtomicFile::commit), unless something has the
    /// name by then: see [`Path::create_new_atomic`](crate::Path::create_new_atomic).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{ErrorKind, Write};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let mut new = (&root / "backup.tar").create_new_atomic()?;
    /// new.write_all(b"ours")?;
    /// (&root / "backup.tar").write_text("made meanwhile")?;
    /// assert_eq!(new.commit().unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// assert_eq!((&root / "backup.tar").read_text()?, "made meanwhile");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Path::create_new_atomic`](crate::Path::create_new_atomic), and an [escape](Error::is_escape).
    pub fn create_new_atomic(&self) -> Result<AtomicFile> {
        self.begun(self.root().free_target(self.os_path()))
    }

    fn begun(&self, target: io::Result<sys::AtomicTarget>) -> Result<AtomicFile> {
        AtomicFile::begin(&self.path, target, self.ground())
    }

    fn target(&self) -> AtomicTarget<impl Fn(Op, io::Error) -> Error + use<'_>> {
        AtomicTarget { found: self.root().atomic_target(self.os_path()), failed: |op, cause| self.failed(op, cause) }
    }
}
