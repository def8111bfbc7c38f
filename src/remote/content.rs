//! Content of objects: reading and writing whole files.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::ObjectStore;
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::objects::{Condition, ObjectReader, Objects, Stale, find, put_bytes};

/// # Reading files from a store
///
/// In one call each. For large files, see [`open`](At#method.open-1).
impl<S: ObjectStore> At<S> {
    /// Reads the whole file as text: see [`Path::read_text`](crate::Path::read_text).
    ///
    /// If the connection breaks, it goes on from there. If the file was replaced by then, it fails with a
    /// [conflict](Error::is_conflict): what is returned is never a mixture.
    ///
    /// One request, and one more each time the connection breaks.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "notes.txt").write_text("one\r\ntwo\n")?;
    /// assert_eq!((&store / "notes.txt").read_text()?, "one\r\ntwo\n");
    /// assert_eq!((&store / "notes.txt").read_lines()?, ["one", "two"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): no file is there; a directory may be.
    /// - [`InvalidData`](ErrorKind::InvalidData): the content is not UTF-8.
    /// - [`IsADirectory`](ErrorKind::IsADirectory): it is the store itself.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the store refuses to read the file.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path is no key; see [`exists`](At#method.exists-1).
    #[doc(alias = "read_to_string")]
    pub fn read_text(&self) -> Result<String> {
        let bytes = self.read_bytes()?;
        let not_utf8 = |_| io::Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8");
        String::from_utf8(bytes).map_err(|error| self.failed(Op::Read, not_utf8(error)))
    }

    /// Reads the whole file and returns its lines, without the `\n` or `\r\n` at their ends: see
    /// [`Path::read_lines`](crate::Path::read_lines).
    ///
    /// To go through a large file line by line, use [`open`](At#method.open-1).
    ///
    /// One request, as for [`read_text`](At#method.read_text-1).
    ///
    /// # Examples
    ///
    /// See [`read_text`](At#method.read_text-1).
    ///
    /// # Errors
    ///
    /// As for [`read_text`](At#method.read_text-1).
    #[doc(alias = "splitlines")]
    pub fn read_lines(&self) -> Result<Vec<String>> {
        Ok(self.read_text()?.lines().map(str::to_owned).collect())
    }

    /// Reads the whole file as bytes: see [`Path::read_bytes`](crate::Path::read_bytes).
    ///
    /// One request, as for [`read_text`](At#method.read_text-1).
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_bytes([0, 255])?;
    /// assert_eq!((&store / "a").read_bytes()?, [0, 255]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`read_text`](At#method.read_text-1), except for [`InvalidData`](ErrorKind::InvalidData).
    #[doc(alias = "read")]
    pub fn read_bytes(&self) -> Result<Vec<u8>> {
        self.ask(Op::Read, |store, key| ObjectReader::open(store, key)?.read_all())
    }
}

/// # Writing files to a store
///
/// Every write is atomic: a file is there with its old content, or with the new one. If several programs write one file, the
/// last to finish wins; [`write_new`](At#method.write_new-1) and [`write_if_match`](At::write_if_match) do not overwrite what others
/// wrote. Directories need not be made: they are there while files are below them. Nothing can be appended to a file in a store.
///
/// Content that is larger than a part of 8 MiB is put in parts, four at a time. If that fails, or the program ends
/// meanwhile, the file is as it was; see [`unfinished_uploads`](At::unfinished_uploads) for the parts.
impl<S: ObjectStore> At<S> {
    /// Writes the text to the file, replacing its content. Creates the file if it does not exist.
    ///
    /// A directory of the same name does not matter: a store can have the keys `x` and `x/y`.
    ///
    /// One request up to the size of a part; otherwise one for each part, and two.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// let file = &store / "a/notes.txt";
    /// file.write_text("first\n")?;
    /// file.write_text("second\n")?;
    /// assert_eq!(file.read_text()?, "second\n");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the store refuses to write the file.
    /// - [`IsADirectory`](ErrorKind::IsADirectory): it is the store itself.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path is no key; see [`exists`](At#method.exists-1).
    #[doc(alias = "write_atomic")]
    pub fn write_text(&self, text: impl AsRef<str>) -> Result<()> {
        self.write_bytes(text.as_ref())
    }

    /// Writes the bytes to the file, replacing its content; see [`write_text`](At#method.write_text-1), which lists the requests.
    ///
    /// # Examples
    ///
    /// See [`read_bytes`](At#method.read_bytes-1).
    ///
    /// # Errors
    ///
    /// As for [`write_text`](At#method.write_text-1).
    #[doc(alias = "write")]
    pub fn write_bytes(&self, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.ask(Op::Write, |store, key| put_bytes(store, key, bytes.as_ref(), Condition::Always)).map(drop)
    }

    /// Creates a file with this content. Fails if the file exists.
    ///
    /// If several programs do this at the same time, one of them succeeds: the store is asked first, and told to refuse if
    /// the file is there by then. A few stores ignore that (the header `If-None-Match`); with these, what is there before the
    /// call is safe, and what is written during the call is not.
    ///
    /// Two requests up to the size of a part, more for larger content as for [`write_text`](At#method.write_text-1); one if the file
    /// exists.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// let store = waypath::Memory::new();
    /// let lock = &store / "lock";
    /// lock.write_new("me")?;
    /// assert_eq!(lock.write_new("you").unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// assert_eq!(lock.read_text()?, "me");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists): the file exists. A directory of this name is not in the way. As for
    /// [`write_text`](At#method.write_text-1).
    #[doc(alias = "create_new")]
    pub fn write_new(&self, content: impl AsRef<[u8]>) -> Result<()> {
        self.ask(Op::Write, |store, key| {
            check_free(store, key)?;
            put_bytes(store, key, content.as_ref(), Condition::IfFree)
        })
        .map(drop)
    }

    /// Writes the bytes to the file if it still has this [ETag](At::etag), and returns the new one.
    ///
    /// With it, a file can be read, changed and written without losing what another program wrote meanwhile: on a conflict,
    /// begin anew.
    ///
    /// One request up to the size of a part, more for larger content as for [`write_text`](At#method.write_text-1).
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// let counter = &store / "counter";
    /// counter.write_text("1")?;
    ///
    /// let seen = counter.etag()?;
    /// counter.write_text("another program's")?;
    /// assert!(counter.write_if_match(&seen, "2").unwrap_err().is_conflict());
    ///
    /// let seen = counter.etag()?;
    /// let written = counter.write_if_match(&seen, "2")?;
    /// assert_eq!(counter.etag()?, written);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A [conflict](Error::is_conflict): the file was replaced or removed. As for [`write_text`](At#method.write_text-1).
    pub fn write_if_match(&self, etag: impl AsRef<str>, content: impl AsRef<[u8]>) -> Result<String> {
        let condition = Condition::IfTag(etag.as_ref());
        self.ask(Op::Write, |store, key| put_bytes(store, key, content.as_ref(), condition))
    }
}

/// Asks whether nothing has this key: not every store heeds a condition.
pub(super) fn check_free(store: &Arc<dyn Objects>, key: &str) -> io::Result<()> {
    find(&**store, key)?.map_or(Ok(()), |_| Err(ErrorKind::AlreadyExists.into()))
}

/// # Files in a store that others change
impl Error {
    /// Checks whether a file in a store was replaced or removed by another program meanwhile.
    ///
    /// [`write_if_match`](At::write_if_match) says so, and reading a file whose connection broke.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// let file = &store / "a";
    /// file.write_text("")?;
    /// let error = file.write_if_match("another", "").unwrap_err();
    /// assert!(error.is_conflict());
    /// assert_eq!(error.to_string(), "cannot write `memory://a`: the object was changed or removed meanwhile");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.io_error().is_some_and(Stale::is_cause)
    }
}
