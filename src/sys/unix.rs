//! The back end for Unix: verbs that std does not have, or not in one step.

mod atomic;
mod attr;
mod copy;
mod dir;
mod edit_dir;
mod facts;
mod give_attributes;
mod handle;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod openat2;
mod opening;
mod place;
mod rename;
mod resolve;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod small_copy;
mod temporary;
mod unchanged;
mod unnamed;
mod verbs;
mod xattr;

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{User, getuid};
use rustix::fs::Access;
use rustix::io::Errno;

pub(crate) use atomic::{AtomicTarget, Draft};
pub(crate) use attr::{
    create_if_missing, create_new, file_id, group, group_name, has_another_owner, inode, is_kept_by_owner, is_mount,
    owner, permission_bits, protection, set_permission_bits, set_times, set_times_to_now, special, umask, user_name,
};
pub(crate) use dir::Dir;
pub(crate) use place::LONGEST_PATH;
use place::Place;
pub(crate) use resolve::{resolve, resolve_strict};
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use small_copy::copy_small_file;
pub(crate) use unchanged::has_content;

use super::edit_dir::Existing;
use super::portable;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use portable::copy_small_file;
pub(crate) use portable::{
    Metadata, append, create, error_kind, is_junction, long_name, lstat, names, open, program_names, read, read_text,
    search_path, stat, variable, working_dir, working_dir_on, write,
};

pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    create_dir_with_mode(path, 0o777)
}

/// Creates a directory with these permissions, less the umask.
pub(crate) fn create_dir_with_mode(path: &Path, mode: u32) -> io::Result<()> {
    Ok(Place::of(path).make_dir(mode)?)
}

pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    Ok(Place::of(path).remove_dir()?)
}

/// Removes a file or a link.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    Ok(Place::of(path).remove_file()?)
}

/// Renames. Replaces what has the new name.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    Ok(Place::of(from).rename(Place::of(to))?)
}

/// Renames. Fails if the new name is taken.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    rename::rename_new(Place::of(from), Place::of(to))
}

/// Shortens a path to the length that it had before names were added. Searching for its last name again would take most
/// of the time that a traversal spends on paths.
pub(crate) fn truncate_path(path: &mut PathBuf, len: usize) {
    let mut bytes = std::mem::take(path).into_os_string().into_vec();
    bytes.truncate(len);
    *path = OsString::from_vec(bytes).into();
}

fn rename_at(old: Place<'_>, new: Place<'_>, existing: Existing) -> io::Result<()> {
    match existing {
        Existing::Replace => Ok(old.rename(new)?),
        Existing::Fail => rename::rename_new(old, new),
    }
}

/// Creates a hard link to `target`. A symbolic link there is not followed.
pub(crate) fn hard_link(target: &Path, link: &Path) -> io::Result<()> {
    Ok(Place::of(target).hard_link(Place::of(link))?)
}

/// Creates a symbolic link with this text.
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    Ok(Place::of(link).make_symlink(target.as_os_str())?)
}

/// Returns the text of a symbolic link.
pub(crate) fn read_link(path: &Path) -> io::Result<PathBuf> {
    Ok(Place::of(path).read_link().map(PathBuf::from)?)
}

/// Whether the path leads to a file that this user may run.
pub(crate) fn is_executable(path: &Path) -> bool {
    stat(path).is_ok_and(|found| found.is_file()) && Place::of(path).check_access(Access::EXEC_OK).is_ok()
}

/// Whether it is known that a file or directory may not be read.
pub(crate) fn may_not_read(path: &Path) -> bool {
    is_refused(path, Access::READ_OK)
}

/// Whether it is known that a file may not be written, or a directory changed.
pub(crate) fn may_not_write(path: &Path) -> bool {
    is_refused(path, Access::WRITE_OK)
}

/// Whether permissions do not stop this user.
pub(crate) fn ignores_permissions() -> bool {
    nix::unistd::geteuid().is_root()
}

fn is_refused(path: &Path, access: Access) -> bool {
    matches!(Place::of(path).check_access(access), Err(Errno::ACCESS | Errno::PERM))
}

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(error: &io::Error) -> bool {
    is_one_of(error, &[Errno::LOOP])
}

/// The error for that.
pub(crate) fn loop_error() -> io::Error {
    Errno::LOOP.into()
}

/// The error for a name that is taken.
pub(crate) fn taken_error() -> io::Error {
    Errno::EXIST.into()
}

/// The error for a path that does not exist.
pub(crate) fn not_found() -> io::Error {
    Errno::NOENT.into()
}

/// Whether an error says that too many files are open, here or in the system.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    is_one_of(error, &[Errno::MFILE, Errno::NFILE])
}

fn is_one_of(error: &io::Error, errnos: &[Errno]) -> bool {
    errnos.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// The number of files that this process may have open at the same time.
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

/// A path from an environment variable. An empty one counts as none.
fn path_in_environment(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The home directory of a user, from the user database.
pub(crate) fn home_dir_of(user: &str) -> io::Result<Option<PathBuf>> {
    let user = User::from_name(user).map_err(io::Error::from)?;
    Ok(user.map(|user| user.dir))
}
