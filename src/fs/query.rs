//! Questions to the disk: what is there.

use std::io::{self, ErrorKind};
use std::time::SystemTime;

use super::stat::Stat;
use crate::error::{Error, Op, Result};
use crate::kind::Special;
use crate::path::Path;
use crate::sys;

/// What is at a path.
///
/// The yes-or-no questions answer `false` for everything that keeps the system from saying "yes":
/// nothing there, no permission, a loop of links, a name that is too long, NUL. Links are followed
/// but by [`is_symlink`](Path::is_symlink), [`is_junction`](Path::is_junction),
/// [`is_mount`](Path::is_mount) and [`lstat`](Path::lstat).
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

    /// Whether something is mounted there: a disk, a share, a part of another tree. The root is; a link is not.
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
    /// Linux (5.8 or later) tells; a file can be mounted there, too. On other Unix systems it is what lies on
    /// another device than the directory it is in. On Windows it is the root of a drive or share; a volume
    /// that is mounted in a folder is not seen.
    #[doc(alias = "ismount")]
    #[must_use]
    pub fn is_mount(&self) -> bool {
        sys::is_mount(self.as_ref()).unwrap_or(false)
    }

    /// Whether a junction is there, Windows' older link between directories; `false` on other systems.
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

    /// Whether a Unix socket is there, or a link to one; `false` on other systems.
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

    /// Whether a named pipe is there, or a link to one; `false` on Windows.
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

    /// Whether a block device is there, such as a disk, or a link to one; `false` on Windows.
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

    /// Whether a character device is there, such as a terminal, or a link to one; `false` on Windows.
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

    /// Returns the length of the file's content in bytes, as [`Stat::size`] does.
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

    /// Returns when the content was last changed. Follows links. [`stat`](Path::stat) tells all times at once.
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
    /// - [`Unsupported`](ErrorKind::Unsupported): the system or the file system does not record it.
    #[doc(alias = "getmtime")]
    pub fn modified(&self) -> Result<SystemTime> {
        time_of(self.stat()?.modified(), |cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns when the content was last read, as far as the file system keeps track of it. Follows links. [`stat`](Path::stat) tells all times at once.
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
    /// - [`Unsupported`](ErrorKind::Unsupported): the system or the file system does not record it.
    #[doc(alias = "getatime")]
    pub fn accessed(&self) -> Result<SystemTime> {
        time_of(self.stat()?.accessed(), |cause| Error::new(Op::Stat, self, cause))
    }

    /// Returns when the file was made. Follows links. [`stat`](Path::stat) tells all times at once.
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
    /// - [`Unsupported`](ErrorKind::Unsupported): the system or the file system does not record it.
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
    /// - [`NotADirectory`](ErrorKind::NotADirectory): a file stands where a directory should.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): a directory on the way may not be
    ///   searched.
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
    /// assert!(base.lstat()?.is_dir());
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

/// Whether an error says that there is nothing of that name.
pub(crate) fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
