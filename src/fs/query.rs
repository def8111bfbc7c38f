//! Questions about what is at a path.

use std::io::{self, ErrorKind};
use std::time::SystemTime;

use super::stat::Stat;
use crate::error::{Error, Op, Result};
use crate::kind::Special;
use crate::path::Path;
use crate::sys;

/// # Checking what is there
///
/// If a question that returns a `bool` cannot be answered, the answer is `false`: nothing is there, no permission, a loop
/// of links, a name that is too long, NUL. Links are followed, except by [`is_symlink`](Path::is_symlink),
/// [`is_junction`](Path::is_junction), [`is_mount`](Path::is_mount) and [`lstat`](Path::lstat).
///
/// The answer may be outdated when you get it. Do not ask before acting: act, and handle the error.
impl Path {
    /// Checks whether something is there. `false` for a dangling link.
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

    /// Checks whether something is there. An error if that cannot be determined.
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
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): no permission to search a directory of the path.
    /// - Other errors of the system, such as a loop of links.
    pub fn try_exists(&self) -> Result<bool> {
        is_there(sys::stat(self.as_ref())).map_err(|cause| Error::new(Op::Stat, self, cause))
    }

    /// Checks whether this is a regular file, or a link to one.
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

    /// Checks whether this is a directory, or a link to one.
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

    /// Checks whether this is a symbolic link, even a dangling one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # #[cfg(unix)] {
    /// let link = &base / "link";
    /// link.symlink_to("nothing-is-there")?;
    /// assert!(link.is_symlink() && !link.exists());
    /// # }
    /// assert!(!base.is_symlink());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        sys::lstat(self.as_ref()).is_ok_and(|found| found.is_symlink())
    }

    /// Checks whether this is a mount point. The root is one; a link never is.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, path};
    ///
    /// assert!(path(Path::cwd()?.anchor()).is_mount());
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.is_mount());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Linux (5.8 or later) the kernel is asked, and a file can be a mount point as well. On other Unix systems, a mount
    /// point is a directory on another device than its parent. On Windows, it is the root of a drive or share; a volume that
    /// is mounted in a folder is not recognized.
    #[doc(alias = "ismount")]
    #[must_use]
    pub fn is_mount(&self) -> bool {
        sys::is_mount(self.as_ref()).unwrap_or(false)
    }

    /// Checks whether this is a junction, an older kind of link to a directory on Windows. `false` on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.is_junction());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_junction(&self) -> bool {
        sys::is_junction(self.as_ref()).unwrap_or(false)
    }

    /// Checks whether this is a Unix socket, or a link to one. `false` on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let socket = &base / "socket";
    /// # #[cfg(unix)] {
    /// let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    /// assert!(socket.is_socket());
    /// # }
    /// assert!(!base.is_socket());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_socket(&self) -> bool {
        self.is_special(Special::Socket)
    }

    /// Checks whether this is a named pipe, or a link to one. `false` on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.is_fifo());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "is_pipe")]
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.is_special(Special::Fifo)
    }

    /// Checks whether this is a block device, such as a disk, or a link to one. `false` on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.is_block_device());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_block_device(&self) -> bool {
        self.is_special(Special::BlockDevice)
    }

    /// Checks whether this is a character device, such as a terminal, or a link to one. `false` on Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(unix)]
    /// assert!(waypath::path("/dev/null").is_char_device());
    /// ```
    #[must_use]
    pub fn is_char_device(&self) -> bool {
        self.is_special(Special::CharDevice)
    }

    fn is_special(&self, kind: Special) -> bool {
        sys::stat(self.as_ref()).is_ok_and(|found| sys::special(&found) == Some(kind))
    }

    /// Returns the size of the file in bytes; see [`Stat::size`]. Follows links.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert_eq!(file.size()?, 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](Path::stat).
    #[doc(alias = "getsize")]
    #[doc(alias = "len")]
    pub fn size(&self) -> Result<u64> {
        self.stat().map(|stat| stat.size())
    }

    /// Returns the time of the last modification. Follows links. For several times of one file, use [`stat`](Path::stat).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.touch()?;
    /// # if file.stat()?.modified().is_some() {
    /// assert!(file.modified()?.elapsed().unwrap().as_secs() < 60);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of [`stat`](Path::stat).
    /// - [`Unsupported`](ErrorKind::Unsupported): the file system does not record it.
    #[doc(alias = "getmtime")]
    pub fn modified(&self) -> Result<SystemTime> {
        time_of(self.stat()?.modified(), |cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns the time of the last access, which many file systems update rarely. Follows links.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.touch()?;
    /// # if file.stat()?.accessed().is_some() {
    /// assert!(file.accessed()?.elapsed().unwrap().as_secs() < 60);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of [`stat`](Path::stat).
    /// - [`Unsupported`](ErrorKind::Unsupported): the file system does not record it.
    #[doc(alias = "getatime")]
    pub fn accessed(&self) -> Result<SystemTime> {
        time_of(self.stat()?.accessed(), |cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns the time of creation. Follows links.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.touch()?;
    /// # if file.stat()?.created().is_some() {
    /// assert!(file.created()?.elapsed().unwrap().as_secs() < 60);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of [`stat`](Path::stat).
    /// - [`Unsupported`](ErrorKind::Unsupported): the file system does not record it.
    #[doc(alias = "getctime")]
    pub fn created(&self) -> Result<SystemTime> {
        time_of(self.stat()?.created(), |cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns the metadata of the file. Follows links.
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
    /// - [`NotADirectory`](ErrorKind::NotADirectory): one of the parents is a file.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): no permission to search a directory of the path.
    #[doc(alias = "metadata")]
    pub fn stat(&self) -> Result<Stat> {
        sys::stat(self.as_ref()).map(|found| Stat::of(&found)).map_err(|cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns the metadata of the file, or of the link itself if it is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # #[cfg(unix)] {
    /// (&base / "a").touch()?;
    /// (&base / "link").symlink_to("a")?;
    /// assert!((&base / "link").lstat()?.is_symlink());
    /// assert!((&base / "link").stat()?.is_file());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](Path::stat).
    #[doc(alias = "symlink_metadata")]
    pub fn lstat(&self) -> Result<Stat> {
        sys::lstat(self.as_ref()).map(|found| Stat::of(&found)).map_err(|cause| Error::new(Op::Stat, self, cause))
    }
}

/// A time, if the file system records it.
pub(crate) fn time_of(time: Option<SystemTime>, failed: impl FnOnce(io::Error) -> Error) -> Result<SystemTime> {
    time.ok_or_else(|| failed(io::Error::new(ErrorKind::Unsupported, "this time is not recorded there")))
}

/// Whether something was found; an error if nobody can say.
pub(crate) fn is_there<T>(found: io::Result<T>) -> io::Result<bool> {
    match found {
        Err(cause) if is_absent(&cause) => Ok(false),
        found => found.map(|_| true),
    }
}

/// Whether an error says that there is nothing of that name.
pub(crate) fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
