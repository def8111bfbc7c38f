//! Questions to the disk: what is there.

use std::io::{self, ErrorKind};
use std::time::SystemTime;

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
        sys::stat(self.as_ref()).map(Stat).map_err(|cause| Error::new(Op::Stat, self, cause))
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
        sys::lstat(self.as_ref()).map(Stat).map_err(|cause| Error::new(Op::Stat, self, cause))
    }
}

/// Whether an error says that there is nothing of that name.
pub(crate) fn is_absent(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What the system knows about a file; see [`Path::stat`].
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// let file = &base / "a";
/// file.write_text("four")?;
/// let stat = file.stat()?;
/// assert!(stat.is_file() && stat.size() == 4);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stat(sys::Metadata);

/// What kind of file something is.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// assert_eq!(base.lstat()?.kind(), waypath::FileKind::Directory);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; on Windows also a junction.
    Symlink,
    /// Something else: a pipe, a socket, a device.
    Other,
}

impl FileKind {
    pub(crate) fn of(kind: sys::FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Symlink
        } else {
            Self::Other
        }
    }
}

impl Stat {
    /// Returns what kind of file it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert_eq!(base.stat()?.kind(), waypath::FileKind::Directory);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn kind(&self) -> FileKind {
        FileKind::of(self.0.file_type())
    }

    /// Whether it is a regular file.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert!(file.stat()?.is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn is_file(&self) -> bool {
        self.0.is_file()
    }

    /// Whether it is a directory.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(base.stat()?.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn is_dir(&self) -> bool {
        self.0.is_dir()
    }

    /// Whether it is a symbolic link: only where [`Path::lstat`] asked.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.lstat()?.is_symlink());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn is_symlink(&self) -> bool {
        self.0.is_symlink()
    }

    /// Returns the length of the file's content in bytes. For other kinds, what it means depends
    /// on the system.
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
    pub fn size(&self) -> u64 {
        self.0.len()
    }

    /// Returns when the content was last changed; `None` where the system does not record it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// let age = file.stat()?.modified().unwrap().elapsed().unwrap_or_default();
    /// assert!(age.as_secs() < 60);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn modified(&self) -> Option<SystemTime> {
        self.0.modified().ok()
    }

    /// Returns when the content was last read, as far as the system records it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert!(file.stat()?.accessed().is_some());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn accessed(&self) -> Option<SystemTime> {
        self.0.accessed().ok()
    }

    /// Returns when the file was made; `None` where the system does not record it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// if let Some(created) = file.stat()?.created() {
    ///     println!("made {:?} ago", created.elapsed());
    /// }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn created(&self) -> Option<SystemTime> {
        self.0.created().ok()
    }

    /// Whether nobody may write: no write permission at all on Unix, the read-only attribute on
    /// Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert!(!file.stat()?.is_readonly());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn is_readonly(&self) -> bool {
        self.0.permissions().readonly()
    }
}
