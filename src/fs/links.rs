//! Links: second ways to a file.

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, OsPath};

/// Making and reading links.
impl Path {
    /// Makes this path a symbolic link that leads to `target`.
    ///
    /// **A relative target is relative to the directory that the link is in**, not to the working
    /// directory. The link holds the target's normal form as its text; nothing needs to be there.
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
    /// - [`AlreadyExists`](std::io::ErrorKind::AlreadyExists): something has this name, be it a link that
    ///   leads nowhere.
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): the directory may not be changed.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, a link leads to a directory or to a file for good. It is made one to a directory if there
    /// is a directory at the target now, and one to a file otherwise. Users need a right to make links,
    /// which developer mode gives.
    #[doc(alias = "symlink")]
    pub fn symlink_to(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        sys::symlink(target.as_ref(), self.as_ref())
            .map_err(|cause| Error::new(Op::Symlink, self, cause).with_second(target))
    }

    /// Makes this path a symbolic link that leads to `target`, and replaces a link or file that has the name, in one
    /// step.
    ///
    /// At any time the name leads to the old target or to the new one. See [`symlink_to`](Path::symlink_to) for what a
    /// relative target means.
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
    /// - Those of [`symlink_to`](Path::symlink_to), except that the name may be taken.
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

    /// Makes this path a second name of the file at `target`, as good as the first: the file is there
    /// until both are removed.
    ///
    /// A relative target is relative to the working directory. A symbolic link at the target is not followed
    /// on Linux and macOS: it gets the second name itself.
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
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): the target is a directory, or the file
    ///   system has no second names.
    /// - [`CrossesDevices`](std::io::ErrorKind::CrossesDevices): the target is on another device.
    #[doc(alias = "hard_link")]
    #[doc(alias = "link")]
    pub fn hardlink_to(&self, target: impl AsPath) -> Result<()> {
        let target = &*target.to_path();
        sys::hard_link(target.as_ref(), self.as_ref())
            .map_err(|cause| Error::new(Op::Hardlink, self, cause).with_second(target))
    }

    /// Returns where the symbolic link leads, as it says: what is relative is relative to the directory that
    /// the link is in.
    ///
    /// A path is in normal form, so that a target `./a/` is `a`. See [`resolve`](Path::resolve) for the file
    /// that is reached at the end.
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
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): it is no link; or the target is not UTF-8, which
    ///   is an error of [`Op::Convert`] with the raw target.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, junctions are read, too. What the system says of a file that is no link has no
    /// [`ErrorKind`](std::io::ErrorKind) of its own there.
    #[doc(alias = "read_link")]
    pub fn readlink(&self) -> Result<PathBuf> {
        let target = sys::read_link(self.as_ref()).map_err(|cause| Error::new(Op::Readlink, self, cause))?;
        PathBuf::try_from(target)
    }
}
