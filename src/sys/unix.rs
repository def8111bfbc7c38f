//! The back end for Unix: what std cannot do, or not in one step.

mod atomic;
mod attr;
mod copy;
mod dir;
mod edit_dir;
mod give_attributes;
mod handle;
mod opening;
mod rename;
mod resolve;
mod unnamed;
mod xattr;

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::unistd::{User, getuid};
use rustix::fs::{Access, AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, accessat};
use rustix::io::Errno;

pub(crate) use atomic::Target;
pub(crate) use attr::{
    create_if_missing, create_new, file_id, group, inode, is_mount, owner, permission_bits, set_permission_bits,
    set_times, special, umask,
};
pub(crate) use dir::Dir;
pub(crate) use rename::rename_new;
pub(crate) use resolve::{resolve, resolve_strict};

use super::portable;
pub(crate) use portable::{
    Metadata, append, create, create_dir, hard_link, is_junction, kind, lstat, names, open, read, read_link, read_text,
    remove_dir, remove_file, rename, stat, symlink, variable, working_dir, working_dir_on, write,
};

/// Sets the times of what is there to now; unlike std, of directories and unreadable files too.
pub(crate) fn set_times_to_now(path: &Path) -> io::Result<()> {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let times = Timestamps { last_access: now, last_modification: now };
    Ok(rustix::fs::utimensat(CWD, path, &times, AtFlags::empty())?)
}

/// Makes a directory with a new name that nobody else may look into, removed when the value is
/// dropped.
pub(crate) fn create_temp_dir(parent: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.permissions(Permissions::from_mode(0o700)).tempdir_in(parent).map_err(portable::without_path)
}

/// Whether it is known that a file or directory may not be read.
pub(crate) fn may_not_read(path: &Path) -> bool {
    is_refused(path, Access::READ_OK)
}

/// Whether it is known that a file may not be written, or a directory changed.
pub(crate) fn may_not_write(path: &Path) -> bool {
    is_refused(path, Access::WRITE_OK)
}

fn is_refused(path: &Path, access: Access) -> bool {
    matches!(accessat(CWD, path, access, AtFlags::EACCESS), Err(Errno::ACCESS | Errno::PERM))
}

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}

/// The error that says so.
pub(crate) fn loop_error() -> io::Error {
    Errno::LOOP.into()
}

/// The error that says that a name is taken.
pub(crate) fn taken_error() -> io::Error {
    Errno::EXIST.into()
}

/// The error that says that nothing is there.
pub(crate) fn not_found() -> io::Error {
    Errno::NOENT.into()
}

/// Whether an error says that too many files are open, here or in the system.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    [Errno::MFILE, Errno::NFILE].iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// How many files this process may have open at a time.
pub(crate) fn most_descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

pub(crate) fn temp_dir() -> PathBuf {
    path_in_environment("TMPDIR").unwrap_or_else(|| "/tmp".into())
}

/// The home directory of the user who runs the program.
pub(crate) fn home_dir() -> Option<PathBuf> {
    path_in_environment("HOME").or_else(|| User::from_uid(getuid()).ok().flatten().map(|user| user.dir))
}

/// A path in the environment; an empty one counts as none.
fn path_in_environment(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The home directory of a user, as the user database has it.
pub(crate) fn home_dir_of(user: &str) -> io::Result<Option<PathBuf>> {
    let user = User::from_name(user).map_err(io::Error::from)?;
    Ok(user.map(|user| user.dir))
}
