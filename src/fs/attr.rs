//! Permissions and owners.

use std::io::{self, ErrorKind};

use super::mode::{IntoMode, Mode};
use crate::error::{Error, Op, Result};
use crate::path::Path;
use crate::sys::{self, OsPath};

/// # Permissions and owners
impl Path {
    /// Sets the permissions of the file or directory: to a number such as `0o644`, or by changes such as `"u+x"` in the
    /// [language of `chmod(1)`](Mode#the-language).
    ///
    /// Follows links. Changes are applied to the current permissions, in two steps: a change that another program makes in
    /// between is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let script = &base / "run.sh";
    /// script.write_text("echo\n")?;
    /// script.chmod(0o640)?;
    /// script.chmod("u+x,g=")?;
    /// # if cfg!(unix) {
    /// assert_eq!(script.stat()?.mode(), 0o700);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): nothing is there.
    /// - [`PermissionDenied`](ErrorKind::PermissionDenied): the file belongs to another user.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the number is larger than `0o7777`, or the text is not a mode;
    ///   [`position`](Error::position) says where.
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows, the only permission is the read-only attribute: it is set if the mode has no write permission for the
    /// user (`u`), and cleared otherwise. See [`Stat::mode`](crate::Stat::mode) for the mode that changes are applied to.
    #[doc(alias = "set_permissions")]
    pub fn chmod(&self, mode: impl IntoMode) -> Result<()> {
        let mode = mode.into_mode().map_err(|mistake| mistake.in_operation(Op::Chmod, self))?;
        change_mode(self.as_ref(), &mode)
            .map_err(|cause| Error::new(Op::Chmod, self, cause).with_second(mode.to_string()))
    }

    /// Returns the owner's user name. Follows links.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// println!("{}", waypath::path("notes.txt").owner()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of [`stat`](Path::stat).
    /// - [`NotFound`](ErrorKind::NotFound): the user database has no name for the owner's number.
    /// - [`Unsupported`](ErrorKind::Unsupported): always on Windows.
    pub fn owner(&self) -> Result<String> {
        named(sys::owner(self.as_ref()), "the user has no name").map_err(|cause| Error::new(Op::Owner, self, cause))
    }

    /// Returns the name of the file's group. Follows links.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// println!("{}", waypath::path("notes.txt").group()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`owner`](Path::owner).
    pub fn group(&self) -> Result<String> {
        named(sys::group(self.as_ref()), "the group has no name").map_err(|cause| Error::new(Op::Group, self, cause))
    }
}

fn change_mode(path: &OsPath, mode: &Mode) -> io::Result<()> {
    let found = sys::stat(path)?;
    sys::set_permission_bits(path, new_mode(mode, sys::permission_bits(&found), found.is_dir()))
}

/// The permissions after a mode is applied to the old ones.
pub(crate) fn new_mode(mode: &Mode, bits: u32, is_dir: bool) -> u32 {
    mode.apply(bits, is_dir, if mode.needs_umask() { sys::umask() } else { 0 })
}

/// The name of an owner, or an error if there is none.
pub(crate) fn named(found: io::Result<Option<String>>, nameless: &str) -> io::Result<String> {
    found?.ok_or_else(|| io::Error::new(ErrorKind::NotFound, nameless))
}
