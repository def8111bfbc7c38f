//! Questions to the disk: what is there.

use std::io::{self, ErrorKind};

use super::stat::Stat;
use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::sys;

/// What is at a path.
///
/// The yes-or-no questions answer `false` for everything that keeps the system from saying "yes":
/// nothing there, no permission, a loop of links, a name that is too long, NUL. Links are followed
/// but by [`is_symlink`](Path::is_symlink) and [`lstat`](Path::lstat).
///
/// By the time an answer is read, it may be outdated. Do not ask before acting: act, and look at
/// the error.
impl Path {
    /// Whether something is there; a link that leads nowhere is not.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// assert!(!file.exists());
    /// file.touch()?;
    /// assert!(file.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn exists(&self) -> bool {
        sys::stat(self.as_ref()).is_ok()
    }

    /// Whether something is there, telling "no" from "cannot say".
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!(&base / "a" / "b").try_exists()?);
    /// assert!((&base / "a\0b").try_exists().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): a directory on the way may not be
    ///   searched.
    /// - Others of the system, such as a loop of links.
    pub fn try_exists(&self) -> Result<bool> {
        match sys::stat(self.as_ref()) {
            Ok(_) => Ok(true),
            Err(cause) if is_absent(&cause) => Ok(false),
            Err(cause) => Err(Error::new(Op::Stat, self, cause)),
        }
    }

    /// Whether a regular file is there, or a link to one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.touch()?;
    /// assert!(file.is_file() && !base.is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_file(&self) -> bool {
        sys::stat(self.as_ref()).is_ok_and(|found| found.is_file())
    }

    /// Whether a directory is there, or a link to one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(base.is_dir());
    /// assert!(!(&base / "a").is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_dir(&self) -> bool {
        sys::stat(self.as_ref()).is_ok_and(|found| found.is_dir())
    }

    /// Whether a symbolic link is there, wherever it leads.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.is_symlink());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        sys::lstat(self.as_ref()).is_ok_and(|found| found.is_symlink())
    }

    /// Returns what the system knows about the file; about a link's target where it is a link.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert_eq!(file.stat()?.size(), 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): nothing is there.
    /// - [`NotADirectory`](ErrorKind::NotADirectory): a file stands where a directory should.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): a directory on the way may not be
    ///   searched.
    #[doc(alias = "metadata")]
    pub fn stat(&self) -> Result<Stat> {
        sys::stat(self.as_ref()).map(Stat::new).map_err(|cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns what the system knows about the file, or about the link itself where it is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(base.lstat()?.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](Path::stat).
    #[doc(alias = "symlink_metadata")]
    pub fn lstat(&self) -> Result<Stat> {
        sys::lstat(self.as_ref()).map(Stat::new).map_err(|cause| Error::new(Op::Stat, self, cause))
    }
}

/// Whether an error says that there is nothing of that name.
fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
