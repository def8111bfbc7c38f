//! The metadata of a file.

use std::time::SystemTime;

use crate::kind::{FileKind, Inode};
use crate::sys;

/// The metadata of a file at one moment, as plain values; see [`Path::stat`](crate::Path::stat).
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stat {
    kind: FileKind,
    size: u64,
    mode: u32,
    modified: Option<SystemTime>,
    accessed: Option<SystemTime>,
    created: Option<SystemTime>,
    inode: Option<Inode>,
}

impl Stat {
    pub(super) fn of(found: &sys::Metadata) -> Self {
        Self::of_seen(sys::Seen::of(found))
    }

    pub(crate) fn of_seen(seen: sys::Seen) -> Self {
        let sys::Seen { kind, size, mode, modified, accessed, created, inode, special: _ } = seen;
        Self { kind, size, mode, modified, accessed, created, inode }
    }

    /// Returns the kind of file.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert_eq!(base.stat()?.kind(), waypath::FileKind::Directory);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Checks whether it is a regular file.
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
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind == FileKind::File
    }

    /// Checks whether it is a directory.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(base.stat()?.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.kind == FileKind::Directory
    }

    /// Checks whether it is a symbolic link. Only metadata from [`lstat`](crate::Path::lstat) can be one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.lstat()?.is_symlink());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.kind == FileKind::Symlink
    }

    /// Returns the size of the file in bytes. For other kinds of files, the meaning depends on the system.
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
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the time of the last modification, or `None` if it is not recorded.
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
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// Returns the time of the last access, or `None` if it is not recorded. Many file systems update it rarely.
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
    #[must_use]
    pub fn accessed(&self) -> Option<SystemTime> {
        self.accessed
    }

    /// Returns the time of creation, or `None` if it is not recorded.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// let created = file.stat()?.created();
    /// assert!(created.is_none_or(|time| time <= std::time::SystemTime::now()));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn created(&self) -> Option<SystemTime> {
        self.created
    }

    /// Returns the permissions, as a number that [`chmod`](crate::Path::chmod) takes: nine bits for reading, writing and
    /// executing, and three for set user ID, set group ID and sticky. Unlike `st_mode` in Python, it does not contain the
    /// [`kind`](Stat::kind).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (original, copy) = (&base / "original", &base / "copy");
    /// # original.touch()?;
    /// # copy.touch()?;
    /// original.chmod(0o444)?;
    /// copy.chmod(original.stat()?.mode())?;
    /// assert_eq!(copy.stat()?.mode(), 0o444);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows it is `0o666`, or `0o444` if the file is read-only, plus `0o111` for directories; as in Python.
    #[doc(alias = "st_mode")]
    #[doc(alias = "permissions")]
    #[must_use]
    pub fn mode(&self) -> u32 {
        self.mode
    }

    /// Checks whether the file is read-only: no write permission for anybody on Unix, the read-only attribute on Windows.
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
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        self.mode & 0o222 == 0
    }

    /// Returns the number of hard links to the file. `None` on Windows and WASI.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (file, name) = (&base / "a", &base / "b");
    /// file.touch()?;
    /// # if cfg!(unix) {
    /// name.hardlink_to(&file)?;
    /// assert_eq!(file.stat()?.links(), Some(2));
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "st_nlink")]
    #[doc(alias = "nlink")]
    #[must_use]
    pub fn links(&self) -> Option<u64> {
        self.inode.map(|inode| inode.links)
    }

    /// Returns the user ID of the owner. `None` on Windows and WASI. [`Path::owner`](crate::Path::owner) returns the name.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    /// let (a, b) = ((&base / "a").stat()?, base.stat()?);
    /// assert_eq!(a.uid(), b.uid());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "st_uid")]
    #[must_use]
    pub fn uid(&self) -> Option<u32> {
        self.inode.map(|inode| inode.user)
    }

    /// Returns the group ID of the owning group. `None` on Windows and WASI. [`Path::group`](crate::Path::group) returns
    /// the name.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert_eq!(base.stat()?.gid().is_some(), cfg!(unix));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "st_gid")]
    #[must_use]
    pub fn gid(&self) -> Option<u32> {
        self.inode.map(|inode| inode.group)
    }

    /// Returns what identifies the file while it exists: its device and its inode number. `None` on Windows and WASI, where
    /// [`Path::samefile`](crate::Path::samefile) compares two files.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # #[cfg(unix)] {
    /// let (file, link) = (&base / "a", &base / "link");
    /// file.touch()?;
    /// link.symlink_to("a")?;
    /// assert_eq!(link.stat()?.identity(), file.stat()?.identity());
    /// assert_ne!(link.lstat()?.identity(), file.stat()?.identity());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "st_dev")]
    #[doc(alias = "st_ino")]
    #[must_use]
    pub fn identity(&self) -> Option<(u64, u64)> {
        self.inode.map(|inode| (inode.device, inode.number))
    }
}
