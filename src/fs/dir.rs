//! Creating and removing directories.

use std::io;

use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::sys;

/// # Creating and removing directories
impl Path {
    /// Creates this directory. Its parent must exist; otherwise, use [`mkdir_all`](Path::mkdir_all).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let logs = &base / "logs";
    /// logs.mkdir()?;
    /// assert!(logs.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): the parent does not exist.
    /// - [`AlreadyExists`](io::ErrorKind::AlreadyExists): something has this name already.
    #[doc(alias = "create_dir")]
    pub fn mkdir(&self) -> Result<()> {
        sys::create_dir(self.as_ref()).map_err(|cause| Error::new(Op::Mkdir, self, cause))
    }

    /// Checks whether this is an empty directory. `false` if it cannot be read. Follows links.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let inbox = &base / "inbox";
    /// inbox.mkdir()?;
    /// assert!(inbox.is_empty_dir());
    /// (&inbox / "letter").touch()?;
    /// assert!(!inbox.is_empty_dir() && !(&inbox / "letter").is_empty_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty_dir(&self) -> bool {
        self.iterdir().unsorted(true).next().is_none()
    }

    /// Creates the parent directory of this path, and its parents, if they do not exist.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let report = &base / "reports" / "2026" / "may.txt";
    /// report.mkdir_parent()?;
    /// report.write_text("all well")?;
    /// assert!((&base / "reports" / "2026").is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`mkdir_all`](Path::mkdir_all).
    #[doc(alias = "create_parent_dir")]
    #[doc(alias = "ensure_parent")]
    pub fn mkdir_parent(&self) -> Result<()> {
        self.parent().mkdir_all()
    }

    /// Creates this directory and its parents, if they do not exist.
    ///
    /// `a/b/../c` also creates `a/b`, because the system needs it to find `a/c`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let logs = &base / "var" / "logs";
    /// logs.mkdir_all()?;
    /// logs.mkdir_all()?;
    /// assert!(logs.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](io::ErrorKind::AlreadyExists): a file or a dangling link has this name.
    /// - [`NotADirectory`](io::ErrorKind::NotADirectory): one of the parents is a file
    ///   ([`AlreadyExists`](io::ErrorKind::AlreadyExists) on Windows).
    #[doc(alias = "create_dir_all")]
    #[doc(alias = "makedirs")]
    pub fn mkdir_all(&self) -> Result<()> {
        mkdir_all(self, |directory| directory.mkdir(), |directory| directory.parent(), |directory| directory.is_dir())
    }

    /// Removes this directory, which must be empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let logs = &base / "logs";
    /// logs.mkdir()?;
    /// logs.rmdir()?;
    /// assert!(!logs.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): nothing is there.
    /// - [`NotADirectory`](io::ErrorKind::NotADirectory): it is a file or a link (a link to a
    ///   directory is removed on Windows).
    /// - [`DirectoryNotEmpty`](io::ErrorKind::DirectoryNotEmpty): something is in it.
    #[doc(alias = "remove_dir")]
    pub fn rmdir(&self) -> Result<()> {
        sys::remove_dir(self.as_ref()).map_err(|cause| Error::new(Op::Rmdir, self, cause))
    }
}

/// Makes a directory and all that are missing above it, with what its paths can do.
///
/// Up to the first directory that can be made, then down again. On the way down a directory that appeared in the meantime
/// is as good as one made here; one that vanished is an error, so that two programs that make and remove cannot keep each
/// other busy for good.
pub(crate) fn mkdir_all<P: Clone + PartialEq>(
    path: P,
    mkdir: impl Fn(&P) -> Result<()>,
    parent: impl Fn(&P) -> P,
    is_dir: impl Fn(&P) -> bool,
) -> Result<()> {
    let mut missing = Vec::new();
    let mut directory = path;
    loop {
        match mkdir(&directory) {
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::NotFound && directory != parent(&directory) => {
                let above = parent(&directory);
                missing.push(std::mem::replace(&mut directory, above));
            }
            Err(_) if is_dir(&directory) => break,
            Err(error) => return Err(error),
        }
    }
    for directory in missing.into_iter().rev() {
        match mkdir(&directory) {
            Err(error) if !is_dir(&directory) => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
