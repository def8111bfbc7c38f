//! Names: making, moving and removing single files, whatever they are.

use std::io::{self, ErrorKind};

use super::copy::is_other_case;
use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, EditDir as _, OsPath};

/// Making, moving and removing files.
impl Path {
    /// Makes an empty file, or sets the times of what is there to now.
    ///
    /// A link is followed, and where it leads nowhere its target is made.
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
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the file is another user's, or the
    ///   directory may not be changed.
    pub fn touch(&self) -> Result<()> {
        touch(self.as_ref()).map_err(|cause| Error::new(Op::Touch, self, cause))
    }

    /// Removes the file or link; a directory is refused.
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

    /// Removes the file or link if there is one; whether there was.
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
    /// As for [`unlink`](Path::unlink), but for [`NotFound`](ErrorKind::NotFound).
    #[doc(alias = "missing_ok")]
    pub fn unlink_if_exists(&self) -> Result<bool> {
        match self.unlink() {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives the file, link or directory another path, which must be free; returns that path.
    ///
    /// **Nothing that is there is overwritten**, on any platform, unlike with `rename` elsewhere
    /// (where that is not one step, see below): use [`replace`](Path::replace) for that. A relative target is relative to the working
    /// directory, not to this path.
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
    /// - [`AlreadyExists`](ErrorKind::AlreadyExists): something has the target's name; it may be
    ///   this file itself.
    /// - [`CrossesDevices`](ErrorKind::CrossesDevices): the target is on another device.
    ///
    /// # Platform-specific behavior
    ///
    /// Where case does not count, a new name may differ from the old one in case only.
    ///
    /// One step on Linux (`renameat2`), macOS and Windows. Elsewhere, and on file systems that
    /// do not support it, a file gets the new name by a hard link, and then loses the old one: for a moment it has
    /// both, and a file that another program puts under the old name at that moment may be removed. If the old name
    /// cannot be removed, the file keeps that one only. For directories, and on file systems without hard links, a
    /// target that appears at the same moment may be replaced.
    ///
    /// On Windows, a file that another program has open without sharing deletion is waited for, for one second
    /// ([`ResourceBusy`](ErrorKind::ResourceBusy)).
    pub fn rename(&self, target: impl AsPath) -> Result<PathBuf> {
        change_path(Op::Rename, self, &target.to_path(), rename_new)
    }

    /// Gives the file, link or directory another path, replacing the file or link or empty
    /// directory that has it; returns that path.
    ///
    /// In one step: the target's path leads to the old file or to the new one at any time.
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
    ///   [`DirectoryNotEmpty`](ErrorKind::DirectoryNotEmpty): a directory replaces empty directories
    ///   only, and nothing else does.
    /// - [`CrossesDevices`](ErrorKind::CrossesDevices): the target is on another device.
    ///
    /// # Platform-specific behavior
    ///
    /// On Unix, if both paths are [hard links](Path::hardlink_to) to the same file, nothing happens: both names stay.
    ///
    /// Older Windows and some of its file systems replace no directory. There, an empty one gets a temporary name first
    /// and is removed last; if the rename fails, it gets its own name back.
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
            let [old, new] = [sys::Dir::open_parent(from)?, sys::Dir::open_parent(to)?];
            if is_other_case((from, &old), (to, &new))? { sys::rename(from, to) } else { Err(taken) }
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
