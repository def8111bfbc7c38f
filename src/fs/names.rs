//! Creating, renaming and removing single files.

use std::io::{self, ErrorKind};

use super::copy::is_other_case;
use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, BasedPath, Links, OsPath};

/// # Creating, renaming and removing files
impl Path {
    /// Creates an empty file, or sets the times of an existing file to now.
    ///
    /// Follows links; the target of a dangling link is created.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let marker = &base / "done";
    /// marker.touch()?;
    /// marker.touch()?;
    /// assert_eq!(marker.stat()?.size(), 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the file belongs to another user, or there is no permission to
    ///   create files in the directory.
    pub fn touch(&self) -> Result<()> {
        touch(self.as_ref()).map_err(|cause| Error::new(Op::Touch, self, cause))
    }

    /// Removes the file or link. Fails for a directory.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.touch()?;
    /// file.unlink()?;
    /// assert!(!file.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): nothing is there.
    /// - [`IsADirectory`](ErrorKind::IsADirectory): it is a directory
    ///   ([`PermissionDenied`](ErrorKind::PermissionDenied) on macOS).
    #[doc(alias = "remove_file")]
    #[doc(alias = "remove")]
    pub fn unlink(&self) -> Result<()> {
        sys::remove_file(self.as_ref()).map_err(|cause| Error::new(Op::Unlink, self, cause))
    }

    /// Removes the file or link if there is one. Returns whether there was.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.touch()?;
    /// assert!(file.unlink_if_exists()?);
    /// assert!(!file.unlink_if_exists()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`unlink`](Path::unlink), except for [`NotFound`](ErrorKind::NotFound).
    #[doc(alias = "missing_ok")]
    pub fn unlink_if_exists(&self) -> Result<bool> {
        match self.unlink() {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Renames this file, link or directory. Fails if the target exists. Returns the target.
    ///
    /// **It never overwrites**, on any platform, unlike `rename` in most libraries; [`replace`](Path::replace) does. A relative
    /// target is relative to the working directory, not to this path.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (draft, paper) = (&base / "draft", &base / "paper");
    /// draft.write_text("text")?;
    /// draft.rename(&paper)?;
    /// assert_eq!(paper.read_text()?, "text");
    ///
    /// draft.write_text("other text")?;
    /// assert!(draft.rename(&paper).is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): nothing is there, or the target's parent does not exist.
    /// - [`AlreadyExists`](ErrorKind::AlreadyExists): the target exists; it may be this file itself.
    /// - [`CrossesDevices`](ErrorKind::CrossesDevices): the target is on another file system; [`move_to`](Path::move_to) copies then.
    ///
    /// # Platform-specific behavior
    ///
    /// If the file system ignores case, the new name may differ from the old one in case only.
    ///
    /// Atomic on Linux (`renameat2`), macOS and Windows. On other systems, and on file systems that do not support it, a
    /// file gets the new name as a hard link first, and then loses the old one. For a moment it has both, and a file that
    /// another program creates under the old name at that moment may be removed. If the old name cannot be removed, the
    /// new one is. For directories, and on file systems without hard links, a target that is created at the same moment
    /// may be replaced.
    ///
    /// On Windows, if another program has the file open without sharing deletion, this waits for up to one second; then it
    /// fails with [`ResourceBusy`](ErrorKind::ResourceBusy).
    pub fn rename(&self, target: impl AsPath) -> Result<PathBuf> {
        change_path(Op::Rename, self, &target.to_path(), rename_new)
    }

    /// Renames this file, link or directory, atomically replacing a file, link or empty directory. Returns the target.
    ///
    /// At any time the target is the old file or the new one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (draft, paper) = (&base / "draft", &base / "paper");
    /// draft.write_text("new")?;
    /// paper.write_text("old")?;
    /// draft.replace(&paper)?;
    /// assert_eq!(paper.read_text()?, "new");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): nothing is there, or the target's parent does not exist.
    /// - [`IsADirectory`](ErrorKind::IsADirectory), [`NotADirectory`](ErrorKind::NotADirectory),
    ///   [`DirectoryNotEmpty`](ErrorKind::DirectoryNotEmpty): only a directory can replace a directory, and only an empty
    ///   one.
    /// - [`CrossesDevices`](ErrorKind::CrossesDevices): the target is on another file system; [`move_to`](Path::move_to) copies then.
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix, if both paths are [hard links](Path::hardlink_to) to the same file, nothing happens: both stay.
    ///
    /// Older versions of Windows, and some of its file systems, cannot replace a directory. There, an empty one is renamed
    /// first and removed last; if the rename fails, it gets its name back.
    pub fn replace(&self, target: impl AsPath) -> Result<PathBuf> {
        change_path(Op::Replace, self, &target.to_path(), sys::rename)
    }
}

fn touch(path: &OsPath) -> io::Result<()> {
    match sys::set_times_to_now(path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => sys::append(path, &[]),
        result => result,
    }
}

fn rename_new(from: &OsPath, to: &OsPath) -> io::Result<()> {
    match sys::rename_new(from, to) {
        Err(taken) if taken.kind() == ErrorKind::AlreadyExists => {
            let [old, new] = [from, to].map(|path| BasedPath::<sys::Dir>::ambient(path).find(Links::Keep));
            if is_other_case(&old?, &new?)? { sys::rename(from, to) } else { Err(taken) }
        }
        result => result,
    }
}

fn change_path(op: Op, path: &Path, target: &Path, verb: fn(&OsPath, &OsPath) -> io::Result<()>) -> Result<PathBuf> {
    match verb(path.as_ref(), target.as_ref()) {
        Ok(()) => Ok(target.to_path_buf()),
        Err(cause) => Err(Error::new(op, path, cause).with_second(target)),
    }
}
