//! The back end for Unix: what std cannot do, or not in one step.

use std::io;
use std::path::{Path, PathBuf};

use nix::unistd::User;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW};

use super::portable;
pub(crate) use portable::{
    FileType, Metadata, append, create_dir, home_dir, lstat, read, read_dir, read_text, remove_dir, remove_file,
    rename, stat, temp_dir, working_dir, write,
};

/// Sets the times of what is there to now; unlike std, of directories and unreadable files too.
pub(crate) fn set_times_to_now(path: &Path) -> io::Result<()> {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let times = Timestamps { last_access: now, last_modification: now };
    Ok(rustix::fs::utimensat(CWD, path, &times, AtFlags::empty())?)
}

/// Renames in one step; an error when something has the new name.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // The file system or the kernel does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => portable::rename_new(from, to),
        result => Ok(result?),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(crate) use portable::rename_new;

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// The home directory of a user, as the user database has it.
pub(crate) fn home_dir_of(user: &str) -> io::Result<Option<PathBuf>> {
    let user = User::from_name(user).map_err(io::Error::from)?;
    Ok(user.map(|user| user.dir))
}
