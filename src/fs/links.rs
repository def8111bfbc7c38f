//! Symbolic links and hard links.

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, OsPath};

/// # Links
impl Path {
    /// Creates a symbolic link at this path that points to `target`.
    ///
    /// **A relative target is relative to the directory that contains the link**, not to the working directory. The target
    /// need not exist. The link's text is the normal form of the target.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # let base = waypath::TempDir::new()?;
    /// let (release, current) = (&base / "release-2", &base / "current");
    /// release.mkdir()?;
    /// current.symlink_to("release-2")?;
    /// assert!(current.samefile(&release)?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): something has this name, even a dangling link.
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to create files in the directory.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, a link is either to a directory or to a file. It is to a directory if the target is one now, and to a
    /// file otherwise. Creating links needs a privilege, which developer mode grants.
    #[doc(alias = "symlink")]
    pub fn symlink_to(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        sys::symlink(target.as_ref(), self.as_ref())
            .map_err(|cause| Error::new(Op::Symlink, self, cause).with_second(target))
    }

    /// Creates a symbolic link at this path, atomically replacing a link or file.
    ///
    /// At any time the path is the old link or the new one. As with [`symlink_to`](Path::symlink_to), a relative target is
    /// relative to the directory that contains the link.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # let base = waypath::TempDir::new()?;
    /// let current = &base / "current";
    /// current.symlink_replace("release-1")?;
    /// current.symlink_replace("release-2")?;
    /// assert_eq!(current.readlink()?, "release-2");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`IsADirectory`](std::io::ErrorKind::IsADirectory): a directory has this name.
    /// - Those of [`symlink_to`](Path::symlink_to), except for `AlreadyExists`.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, see [`symlink_to`](Path::symlink_to).
    #[doc(alias = "ln_sf")]
    pub fn symlink_replace(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        let failed = |cause| Error::new(Op::Symlink, self, cause).with_second(target);
        let temporary = AsRef::<OsPath>::as_ref(self).with_file_name(sys::temporary_name());
        sys::symlink(target.as_ref(), &temporary).map_err(failed)?;
        sys::rename(&temporary, self.as_ref()).map_err(|cause| {
            _ = sys::remove_file(&temporary);
            failed(cause)
        })
    }

    /// Creates a hard link at this path to the file at `target`. The file exists until all of its hard links are removed.
    ///
    /// A relative target is relative to the working directory. On Linux and macOS, a symbolic link at the target is not
    /// followed: the new hard link is to the symbolic link.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (first, second) = (&base / "first", &base / "second");
    /// first.write_text("one file")?;
    /// second.hardlink_to(&first)?;
    /// first.unlink()?;
    /// assert_eq!(second.read_text()?, "one file");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): something has this name.
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is at the target, or the parent does not exist.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): the target is a directory, or the file system does not
    ///   support hard links.
    /// - [`CrossesDevices`](std::io::ErrorKind::CrossesDevices): the target is on another device.
    #[doc(alias = "hard_link")]
    #[doc(alias = "link")]
    pub fn hardlink_to(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        sys::hard_link(target.as_ref(), self.as_ref())
            .map_err(|cause| Error::new(Op::Hardlink, self, cause).with_second(target))
    }

    /// Returns the target of the symbolic link. A relative target is relative to the directory that contains the link.
    ///
    /// The result is in normal form: a target `./a/` is returned as `a`. To follow all links, use [`resolve`](Path::resolve).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # let base = waypath::TempDir::new()?;
    /// let current = &base / "current";
    /// current.symlink_to("release-2")?;
    /// assert_eq!(current.readlink()?, "release-2");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is there.
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): it is not a link; or the target is not UTF-8, which
    ///   is an error of [`Op::Convert`] with the raw target.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, junctions are read as well. The error for a file that is not a link has no
    /// [`ErrorKind`](std::io::ErrorKind) of its own there.
    #[doc(alias = "read_link")]
    pub fn readlink(&self) -> Result<PathBuf> {
        let target = sys::read_link(self.as_ref()).map_err(|cause| Error::new(Op::Readlink, self, cause))?;
        PathBuf::try_from(target)
    }
}
