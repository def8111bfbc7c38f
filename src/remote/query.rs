//! Questions to a store: what is there, how large it is, since when.

use std::io::ErrorKind;
use std::time::SystemTime;

use super::ObjectStore;
use crate::at::At;
use crate::error::{Op, Result};
use crate::kind::FileKind;
use crate::objects::{Meta, PageRequest, PageStart, find, not_found};

/// What a store knows of a file or a directory, as plain values; see [`At::stat`](At#method.stat-1).
///
/// # Examples
///
/// ```
/// use waypath::FileKind;
///
/// let store = waypath::Memory::new();
/// (&store / "a/b").write_text("four")?;
/// let stat = (&store / "a/b").stat()?;
/// assert_eq!((stat.kind(), stat.is_file(), stat.size()), (FileKind::File, true, 4));
/// assert_eq!(stat.etag(), Some("8cbad96aced40b3838dd9f07f6ef5772"));
///
/// let stat = (&store / "a").stat()?;
/// assert_eq!((stat.is_dir(), stat.size(), stat.modified()), (true, 0, None));
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteStat {
    /// `None` for a directory, of which a store knows nothing.
    file: Option<Meta>,
}

impl RemoteStat {
    /// Returns the kind: a file or a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteStat`].
    #[must_use]
    pub fn kind(&self) -> FileKind {
        if self.is_file() { FileKind::File } else { FileKind::Directory }
    }

    /// Checks whether it is a file.
    ///
    /// # Examples
    ///
    /// See [`RemoteStat`].
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// Checks whether it is a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteStat`].
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.file.is_none()
    }

    /// Returns the size of the file in bytes; 0 for a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteStat`].
    #[doc(alias = "len")]
    #[must_use]
    pub fn size(&self) -> u64 {
        self.file.as_ref().map_or(0, |file| file.size)
    }

    /// Returns when the file was written, by the clock of the store, in whole seconds with most stores. `None` for a
    /// directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteStat`].
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.file.as_ref().map(|file| file.modified)
    }

    /// Returns the ETag, without quotation marks: see [`At::etag`]. `None` for a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteStat`].
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.file.as_ref().map(|file| &*file.tag)
    }
}

/// # Questions to a store
///
/// Each asks the store anew: nothing is cached. A directory exists while there are keys below it, or a marker, which is an
/// empty object with the key `directory/`. A file and a directory can have the same name.
impl<S: ObjectStore> At<S> {
    /// Checks whether a file or a directory is there.
    ///
    /// One request for a file, two otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("")?;
    /// assert!((&store / "a/b").exists()?);
    /// assert!((&store / "a").exists()?);
    /// assert!(!(&store / "b").exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the store refuses to answer. Without the permission to list, it
    ///   also refuses if nothing is there.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the path is no key, because it is absolute, has a part `..` or a NUL
    ///   character, or is longer than 1,024 bytes. This holds for all methods that ask a store.
    pub fn exists(&self) -> Result<bool> {
        Ok(self.is_file()? || self.is_dir()?)
    }

    /// Checks whether a file is there.
    ///
    /// One request; none for the store itself.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("")?;
    /// assert!((&store / "a/b").is_file()?);
    /// assert!(!(&store / "a").is_file()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`exists`](At#method.exists-1).
    pub fn is_file(&self) -> Result<bool> {
        Ok(self.found_file()?.is_some())
    }

    /// Checks whether a directory is there: keys below it, or its marker. The store itself is one.
    ///
    /// One request.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "logs-old/a").write_text("")?;
    /// assert!((&store / "logs-old").is_dir()?);
    /// assert!(!(&store / "logs").is_dir()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`exists`](At#method.exists-1).
    pub fn is_dir(&self) -> Result<bool> {
        let prefix = self.prefix(Op::Stat)?;
        let page = PageRequest { prefix: &prefix, one_level: false, start: PageStart::Start, most: 1 };
        match self.objects().list(&page) {
            Ok(page) => Ok(prefix.is_empty() || !page.objects.is_empty()),
            // There is no such bucket.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failed(Op::Stat, error)),
        }
    }

    /// Returns what the store knows of the file, or of the directory if there is only that.
    ///
    /// One request for a file, two otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("four")?;
    /// assert_eq!((&store / "a/b").stat()?.size(), 4);
    /// assert!((&store / "a").stat()?.is_dir());
    /// assert_eq!((&store / "b").stat().unwrap_err().kind(), ErrorKind::NotFound);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound): nothing is there. As for [`exists`](At#method.exists-1).
    pub fn stat(&self) -> Result<RemoteStat> {
        let file = self.found_file()?;
        if file.is_none() && !self.is_dir()? {
            return Err(self.failed(Op::Stat, not_found()));
        }
        Ok(RemoteStat { file })
    }

    /// Returns the size of this file in bytes.
    ///
    /// One request.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "a").write_text("four")?;
    /// assert_eq!((&store / "a").size()?, 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): no file is there; a directory may be.
    /// - [`IsADirectory`](ErrorKind::IsADirectory): it is the store itself.
    /// - As for [`exists`](At#method.exists-1).
    pub fn size(&self) -> Result<u64> {
        self.meta().map(|meta| meta.size)
    }

    /// Returns when this file was written, by the clock of the store, in whole seconds with most stores.
    ///
    /// One request.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_text("four")?;
    /// assert!((&store / "a").modified()? <= std::time::SystemTime::now());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`size`](At#method.size-1).
    pub fn modified(&self) -> Result<SystemTime> {
        self.meta().map(|meta| meta.modified)
    }

    /// Returns the ETag of this file, without quotation marks: what tells its content from any other under this key.
    ///
    /// It is what [`write_if_match`](At::write_if_match) compares. For a file that was written with one request, it is the
    /// MD5 checksum of the content in most stores; do not rely on it.
    ///
    /// One request.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// let file = &store / "a";
    /// file.write_text("one")?;
    /// let one = file.etag()?;
    /// file.write_text("two")?;
    /// assert_ne!(file.etag()?, one);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`size`](At#method.size-1).
    pub fn etag(&self) -> Result<String> {
        self.meta().map(|meta| meta.tag)
    }

    fn meta(&self) -> Result<Meta> {
        self.ask(Op::Stat, |store, key| store.head(key))
    }

    /// What the store knows of the file, if there is one.
    pub(super) fn found_file(&self) -> Result<Option<Meta>> {
        match self.key(Op::Stat)? {
            "" => Ok(None),
            key => find(self.objects(), key).map_err(|cause| self.failed(Op::Stat, cause)),
        }
    }
}
