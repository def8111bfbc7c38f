//! Questions to the disk below a root: what is there, and where a path really leads.

use std::borrow::Borrow;
use std::time::SystemTime;

use super::{At, RootPath};
use crate::error::{Op, Result};
use crate::fs::{Stat, check_sought, is_there, leads_up, time_of};
use crate::kind::{FileKind, Special};
use crate::path::{AsPath, PathBuf};
use crate::sys::{self, Seen};

/// Questions. What leads out of the root is not there for those that answer yes or no.
impl RootPath {
    /// Checks whether something is there: see [`Path::exists`](crate::Path::exists).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// assert!(root.exists() && !(&root / "..").exists());
    /// assert!((&root / "..").try_exists().unwrap_err().is_escape());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn exists(&self) -> bool {
        self.seen().is_some()
    }

    /// Checks whether something is there, and fails if that cannot be known: see
    /// [`Path::try_exists`](crate::Path::try_exists).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!(!(&root / "a").try_exists()?);
    /// (&root / "a").touch()?;
    /// assert!((&root / "a").try_exists()?);
    /// assert!((&root / "../a").try_exists().unwrap_err().is_escape());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [escape](crate::Error::is_escape), and what the system reports.
    pub fn try_exists(&self) -> Result<bool> {
        is_there(self.root().stat(self.os_path())).map_err(|cause| self.failed(Op::Stat, cause))
    }

    /// Checks whether this is a regular file: see [`Path::is_file`](crate::Path::is_file).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// assert!((&root / "a").is_file());
    /// assert!(!root.is_file() && !(&root / "b").is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.is_kind(FileKind::File)
    }

    /// Checks whether this is a directory: see [`Path::is_dir`](crate::Path::is_dir).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").mkdir()?;
    /// assert!((&root / "a").is_dir() && root.is_dir());
    /// assert!(!(&root / "..").is_dir()); // it leads out
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.is_kind(FileKind::Directory)
    }

    /// Checks whether this is a symbolic link: see [`Path::is_symlink`](crate::Path::is_symlink).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "link").symlink_to("/etc/passwd")?;
    /// assert!((&root / "link").is_symlink());
    /// assert!(!(&root / "link").exists()); // it leads out
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.root().lstat(self.os_path()).is_ok_and(|seen| seen.kind == FileKind::Symlink)
    }

    /// Checks whether this is a socket: see [`Path::is_socket`](crate::Path::is_socket).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// let _socket = std::os::unix::net::UnixListener::bind(&base / "socket")?;
    /// assert!((&root / "socket").is_socket());
    /// assert!(!(&root / "socket").is_file());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_socket(&self) -> bool {
        self.is_special(Special::Socket)
    }

    /// Checks whether this is a named pipe: see [`Path::is_fifo`](crate::Path::is_fifo).
    ///
    /// # Examples
    ///
    /// See [`is_char_device`](RootPath::is_char_device).
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.is_special(Special::Fifo)
    }

    /// Checks whether this is a block device: see [`Path::is_block_device`](crate::Path::is_block_device).
    ///
    /// # Examples
    ///
    /// See [`is_char_device`](RootPath::is_char_device).
    #[must_use]
    pub fn is_block_device(&self) -> bool {
        self.is_special(Special::BlockDevice)
    }

    /// Checks whether this is a character device: see [`Path::is_char_device`](crate::Path::is_char_device).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// let null = &waypath::Root::open("/dev")? / "null";
    /// assert!(null.is_char_device());
    /// assert!(!null.is_block_device() && !null.is_fifo());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_char_device(&self) -> bool {
        self.is_special(Special::CharDevice)
    }

    /// Checks whether something is mounted here: see [`Path::is_mount`](crate::Path::is_mount). A link is not followed.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)]
    /// assert!(waypath::Root::open("/")?.is_mount());
    /// (&root / "a").mkdir()?;
    /// assert!(!(&root / "a").is_mount());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_mount(&self) -> bool {
        self.root().is_mount(self.os_path()).unwrap_or(false)
    }

    /// Checks whether this is a junction: see [`Path::is_junction`](crate::Path::is_junction).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "link").symlink_to(".")?;
    /// assert!(!(&root / "link").is_junction()); // only Windows has some
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_junction(&self) -> bool {
        self.root().is_junction(self.os_path()).unwrap_or(false)
    }

    /// Checks whether this is a file that can be run: see [`Path::is_executable`](crate::Path::is_executable).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "run.sh").touch()?;
    /// assert!(!(&root / "run.sh").is_executable());
    /// (&root / "run.sh").chmod("+x")?;
    /// assert!((&root / "run.sh").is_executable());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.root().is_executable(self.os_path())
    }

    fn seen(&self) -> Option<Seen> {
        self.root().stat(self.os_path()).ok()
    }

    fn is_kind(&self, kind: FileKind) -> bool {
        self.seen().is_some_and(|seen| seen.kind == kind)
    }

    fn is_special(&self, kind: Special) -> bool {
        self.seen().is_some_and(|seen| seen.special == Some(kind))
    }

    /// Returns the metadata of what is there, links followed: see [`Path::stat`](crate::Path::stat).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("four")?;
    /// let stat = (&root / "a").stat()?;
    /// assert!(stat.is_file());
    /// assert_eq!(stat.size(), 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](std::io::ErrorKind::NotFound): nothing is there. An [escape](crate::Error::is_escape).
    pub fn stat(&self) -> Result<Stat> {
        self.ask(Op::Stat, sys::Root::stat).map(Stat::of_seen)
    }

    /// Returns the metadata of what is there; that of a link is its own: see [`Path::lstat`](crate::Path::lstat).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "a").touch()?;
    /// (&root / "link").symlink_to("a")?;
    /// assert!((&root / "link").lstat()?.is_symlink());
    /// assert!((&root / "link").stat()?.is_file());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](RootPath::stat).
    pub fn lstat(&self) -> Result<Stat> {
        self.ask(Op::Stat, sys::Root::lstat).map(Stat::of_seen)
    }

    /// Returns the size of this file in bytes: see [`Path::size`](crate::Path::size).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("four")?;
    /// assert_eq!((&root / "a").size()?, 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](RootPath::stat).
    pub fn size(&self) -> Result<u64> {
        self.stat().map(|stat| stat.size())
    }

    /// Returns when the content was last changed: see [`Path::modified`](crate::Path::modified).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use waypath::TouchOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    /// (&root / "a").touch_with(&TouchOptions::new().modified(time))?;
    /// assert_eq!((&root / "a").modified()?, time);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](RootPath::stat).
    pub fn modified(&self) -> Result<SystemTime> {
        time_of(self.stat()?.modified(), |cause| self.failed(Op::Stat, cause))
    }

    /// Returns when the content was last read: see [`Path::accessed`](crate::Path::accessed).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use waypath::TouchOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    /// (&root / "a").touch_with(&TouchOptions::new().accessed(time))?;
    /// assert_eq!((&root / "a").accessed()?, time);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](RootPath::stat).
    pub fn accessed(&self) -> Result<SystemTime> {
        time_of(self.stat()?.accessed(), |cause| self.failed(Op::Stat, cause))
    }

    /// Returns when this was created: see [`Path::created`](crate::Path::created).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// assert_eq!((&root / "a").created().ok(), (&base / "a").created().ok());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](RootPath::stat), and [`Unsupported`](std::io::ErrorKind::Unsupported) if it is not recorded.
    pub fn created(&self) -> Result<SystemTime> {
        time_of(self.stat()?.created(), |cause| self.failed(Op::Stat, cause))
    }
}

/// Where paths lead.
impl RootPath {
    /// Returns the path below the root that leads to the same file with no link and no `..`, as far as there is
    /// something: see [`Path::resolve`](crate::Path::resolve).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert_eq!((&root / "a/../a/b/c").resolve()?, &root / "a/b/c");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [escape](crate::Error::is_escape). [`InvalidInput`](std::io::ErrorKind::InvalidInput): a name is not UTF-8.
    pub fn resolve(&self) -> Result<Self> {
        let real = self.ask(Op::Resolve, sys::Root::resolve)?;
        Ok(At { handle: self.handle.clone(), path: PathBuf::try_from(real)? })
    }

    /// The same, and an error if nothing is there: see [`Path::resolve_strict`](crate::Path::resolve_strict).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert_eq!((&root / "a/../a/b").resolve_strict()?, &root / "a/b");
    /// assert!((&root / "a/c").resolve_strict().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`resolve`](RootPath::resolve), and [`NotFound`](std::io::ErrorKind::NotFound).
    pub fn resolve_strict(&self) -> Result<Self> {
        let real = self.ask(Op::Resolve, sys::Root::resolve_strict)?;
        Ok(At { handle: self.handle.clone(), path: PathBuf::try_from(real)? })
    }

    /// Checks whether both paths lead to the same file: see [`Path::samefile`](crate::Path::samefile).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "d").mkdir()?;
    /// (&root / "a").touch()?;
    /// assert!((&root / "a").samefile(&root / "d/../a")?);
    /// assert!(!(&root / "a").samefile(&root / "d")?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`stat`](RootPath::stat).
    pub fn samefile(&self, other: impl Borrow<Self>) -> Result<bool> {
        let other = other.borrow();
        Ok(self.ask(Op::Stat, sys::Root::file_id)? == other.ask(Op::Stat, sys::Root::file_id)?)
    }

    /// Looks for a name in this directory and those above, up to the root: see [`Path::find_up`](crate::Path::find_up).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a/b").mkdir_all()?;
    /// (&root / "a/Cargo.toml").touch()?;
    /// assert_eq!((&root / "a/b").find_up("Cargo.toml")?, Some(&root / "a/Cargo.toml"));
    /// assert_eq!((&root / "a/b").find_up("bin")?, None);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the name is not relative, or has `..`; or an
    /// [escape](crate::Error::is_escape).
    pub fn find_up(&self, name: impl AsPath) -> Result<Option<Self>> {
        let name = &*name.to_path();
        check_sought(&self.path, name)?;
        let start = if leads_up(&self.path) { self.resolve()? } else { self.clone() };
        for directory in std::iter::once(start.clone()).chain(start.parents()) {
            let found = directory / name;
            if found.try_exists()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
