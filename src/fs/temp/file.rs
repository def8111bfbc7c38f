//! Temporary files that have names.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Deref;

use super::TempOptions;
use crate::error::{Error, Op, Result};
use crate::fs::opened::reads_and_writes;
use crate::path::{AsPath, Path, PathBuf};

/// A file that is removed when the value is dropped, unless it was [persisted](Self::persist) or [kept](Self::keep).
///
/// It derefs to its [`Path`], and implements `Read`, `Write` and `Seek` as [`File`] does; their errors name the path.
/// [`TempOptions`] can change its name, its directory and its permissions.
///
/// On Unix, only the current user has permissions for it. A program that is killed, or ends by [`std::process::exit`],
/// leaves it behind.
///
/// To replace a file atomically, use [`create_atomic`](Path::create_atomic) instead: it fsyncs the content, and keeps the
/// mode and the owner of the file that it replaces.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use waypath::TempFile;
///
/// let mut list = TempFile::new()?;
/// writeln!(list, "one\ntwo")?;
/// // A path for another program.
/// let path = list.to_path_buf();
/// assert_eq!(path.read_lines()?, ["one", "two"]);
/// drop(list);
/// assert!(!path.exists());
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "the file is removed when this is dropped"]
pub struct TempFile {
    /// Closed first: Windows may not remove what is open.
    file: File,
    name: Name,
}

/// A path at which a file is removed when it is dropped.
struct Name {
    path: PathBuf,
    is_kept: bool,
}

impl TempFile {
    /// Creates a file in the system's [directory for temporary files](Path::temp_dir).
    ///
    /// # Examples
    ///
    /// ```
    /// let file = waypath::TempFile::new()?;
    /// assert!(file.is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the system, such as [`StorageFull`](std::io::ErrorKind::StorageFull).
    pub fn new() -> Result<Self> {
        TempOptions::new().file()
    }

    /// Creates a file in this directory. Its path is absolute, even if the one of the directory is not.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = waypath::TempFile::new_in(&base)?;
    /// assert_eq!(file.parent(), &*base);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the directory does not exist.
    /// - Others of the system.
    pub fn new_in(parent: impl AsPath) -> Result<Self> {
        TempOptions::new().parent(parent).file()
    }

    pub(super) fn of(file: File, path: PathBuf) -> Self {
        Self { file, name: Name { path, is_kept: false } }
    }

    /// Returns its path. The value derefs to it, so methods of [`Path`] need no `path()`.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = waypath::TempFile::new()?;
    /// assert!(file.path().is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.name.path
    }

    /// Renames the file, which is no longer temporary then. Fails if the target exists.
    ///
    /// The file stays open, and its path is the target. If this fails, it is temporary as before, and can be given
    /// another name. Its permissions are those that it was created with.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use waypath::TempFile;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").touch()?;
    /// let mut file = TempFile::new_in(&base)?;
    /// file.write_all(b"content")?;
    /// assert!(file.persist(&base / "a").is_err());
    /// file.persist(&base / "b")?;
    /// drop(file);
    /// assert_eq!((&base / "b").read_text()?, "content");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`rename`](Path::rename): in particular
    ///
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): something has this name.
    /// - [`CrossesDevices`](std::io::ErrorKind::CrossesDevices): the target is on another file system. Create the file
    ///   in the [directory](TempOptions::parent) of its target.
    #[doc(alias = "persist_noclobber")]
    pub fn persist(&mut self, target: impl AsPath) -> Result<()> {
        self.name.path = self.name.path.rename(target).map_err(Error::diagnosed)?;
        self.name.is_kept = true;
        Ok(())
    }

    /// Renames the file over what is at the target; it is no longer temporary then. See [`persist`](Self::persist).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").write_text("old")?;
    /// let mut file = waypath::TempFile::new_in(&base)?;
    /// file.write_all(b"new")?;
    /// file.persist_replace(&base / "a")?;
    /// assert_eq!((&base / "a").read_text()?, "new");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`replace`](Path::replace).
    #[doc(alias = "persist")]
    pub fn persist_replace(&mut self, target: impl AsPath) -> Result<()> {
        self.name.path = self.name.path.replace(target).map_err(Error::diagnosed)?;
        self.name.is_kept = true;
        Ok(())
    }

    /// Keeps the file for good under its temporary name, closes it, and returns its path.
    ///
    /// # Examples
    ///
    /// ```
    /// let log = waypath::TempFile::new()?.keep();
    /// assert!(log.is_file());
    /// # log.unlink()?;
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn keep(mut self) -> PathBuf {
        self.name.is_kept = true;
        std::mem::take(&mut self.name.path)
    }

    /// Removes the file now, and reports whether that worked.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = waypath::TempFile::new()?;
    /// let path = file.path().to_path_buf();
    /// file.close()?;
    /// assert!(!path.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`unlink`](Path::unlink). A file that was [persisted](Self::persist) stays.
    pub fn close(self) -> Result<()> {
        let Self { file, mut name } = self;
        drop(file);
        if std::mem::replace(&mut name.is_kept, true) { Ok(()) } else { name.path.unlink() }
    }

    /// Returns the open file.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = waypath::TempFile::new()?;
    /// file.as_file().set_len(1_000)?;
    /// assert_eq!(file.stat()?.size(), 1_000);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn as_file(&self) -> &File {
        &self.file
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if !self.is_kept {
            // Who wants to know calls `close`.
            _ = self.path.unlink();
        }
    }
}

impl TempFile {
    fn failed(&self, op: Op, cause: io::Error) -> Error {
        Error::new(op, &*self.name.path, cause)
    }
}

reads_and_writes!(TempFile);

impl Deref for TempFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.name.path
    }
}

impl fmt::Display for TempFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.name.path, f)
    }
}

impl fmt::Debug for TempFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TempFile").field(&self.name.path).finish()
    }
}

impl AsPath for TempFile {
    fn as_path_text(&self) -> &str {
        self.name.path.as_path_text()
    }

    #[inline]
    fn as_normal_path(&self) -> Option<&Path> {
        Some(&self.name.path)
    }
}

impl<P> AsRef<P> for TempFile
where
    P: ?Sized,
    Path: AsRef<P>,
{
    fn as_ref(&self) -> &P {
        (*self.name.path).as_ref()
    }
}
