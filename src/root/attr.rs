//! Permissions, times and owners below a root.

use std::io;
use std::time::SystemTime;

use super::RootPath;
use crate::error::{Op, Result};
use crate::fs::{IntoMode, Touch, TouchOptions, named, new_mode};
use crate::kind::FileKind;
use crate::sys::{self, Seen};

/// Permissions and owners. A symbolic link is followed while it stays inside; one that is swapped meanwhile is not.
impl RootPath {
    /// Sets the permissions: see [`Path::chmod`](crate::Path::chmod).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a").write_text("")?;
    /// # #[cfg(unix)]
    /// (&root / "a").chmod("u=rw,go=")?;
    /// # #[cfg(unix)]
    /// assert_eq!((&root / "a").stat()?.mode(), 0o600);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidInput`](io::ErrorKind::InvalidInput): it is not a mode; or an [escape](crate::Error::is_escape).
    /// - [`PermissionDenied`](io::ErrorKind::PermissionDenied): it belongs to another user.
    pub fn chmod(&self, mode: impl IntoMode) -> Result<()> {
        let mode = mode.into_mode().map_err(|mistake| mistake.in_operation(Op::Chmod, &*self.path))?;
        let new = |seen: &Seen| new_mode(&mode, seen.mode, seen.kind == FileKind::Directory);
        self.ask(Op::Chmod, |root, path| root.change_mode(path, new))
            .map_err(|error| error.with_second(mode.to_string()))
    }

    /// Returns the owner's user name: see [`Path::owner`](crate::Path::owner).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// assert_eq!((&root / "a").owner().ok(), (&base / "a").owner().ok());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::owner`](crate::Path::owner), and an [escape](crate::Error::is_escape).
    pub fn owner(&self) -> Result<String> {
        self.ask(Op::Owner, |root, path| {
            let user = root.stat(path)?.inode.map_or(0, |inode| inode.user);
            named(sys::user_name(user), "the user has no name")
        })
    }

    /// Returns the name of the group: see [`Path::group`](crate::Path::group).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// assert_eq!((&root / "a").group().ok(), (&base / "a").group().ok());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Path::group`](crate::Path::group), and an [escape](crate::Error::is_escape).
    pub fn group(&self) -> Result<String> {
        self.ask(Op::Group, |root, path| {
            let group = root.stat(path)?.inode.map_or(0, |inode| inode.group);
            named(sys::group_name(group), "the group has no name")
        })
    }

    /// Sets the times to now, and creates an empty file if nothing is there: see [`Path::touch`](crate::Path::touch).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// assert_eq!((&root / "a").size()?, 0);
    /// assert!((&root / "../a").touch().unwrap_err().is_escape());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](io::ErrorKind::NotFound): its parent does not exist. An [escape](crate::Error::is_escape).
    pub fn touch(&self) -> Result<()> {
        self.touch_with(&TouchOptions::new())
    }

    /// Does the same with options: the mode of a new file, the times, whether it may exist. See
    /// [`TouchOptions`](crate::TouchOptions).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// use waypath::{Root, TouchOptions};
    ///
    /// let root = Root::open(&base)?;
    /// (&root / "a").touch_with(&TouchOptions::new().exist_ok(false))?;
    /// assert!((&root / "a").touch_with(&TouchOptions::new().exist_ok(false)).is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`touch`](RootPath::touch), and those of [`TouchOptions::touch`](crate::TouchOptions::touch).
    pub fn touch_with(&self, options: &TouchOptions) -> Result<()> {
        options.apply(self, &self.path, |cause| self.failed(Op::Touch, cause))
    }
}

impl Touch for RootPath {
    fn create_new(&self, mode: u32) -> io::Result<()> {
        self.root().create_new(self.os_path(), mode).map(drop)
    }

    fn create_if_missing(&self, mode: u32) -> io::Result<()> {
        self.root().create_if_missing(self.os_path(), mode)
    }

    fn set_times(&self, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
        self.root().set_times(self.os_path(), accessed, modified)
    }

    fn set_times_to_now(&self) -> io::Result<()> {
        self.root().set_times_to_now(self.os_path())
    }
}
