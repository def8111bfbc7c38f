//! The attributes of files that std reports: only whether they may be written.

use std::fs::{self, File, FileTimes, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::SystemTime;

use crate::kind::{Inode, Special};
use crate::sys::paths;

/// The kind of a pipe, socket or device, which only Unix has.
pub(crate) fn special(_: &Metadata) -> Option<Special> {
    None
}

/// As in Python: everyone may read, everyone may write unless the file is read-only, everyone may enter a directory.
pub(crate) fn permission_bits(found: &Metadata) -> u32 {
    let write = if is_readonly(found) { 0 } else { 0o222 };
    let enter = if found.is_dir() { 0o111 } else { 0 };
    0o444 | write | enter
}

pub(crate) fn inode(_: &Metadata) -> Option<Inode> {
    None
}

/// Whether it is read-only.
pub(super) fn is_readonly(found: &Metadata) -> bool {
    // WASI has no permissions, which std reports as read-only.
    !cfg!(target_family = "wasm") && found.permissions().readonly()
}

/// Whether it is known that a file may not be read: std cannot tell.
pub(crate) fn may_not_read(_: &Path) -> bool {
    false
}

/// Whether it is known that a file may not be written.
pub(crate) fn may_not_write(path: &Path) -> bool {
    paths::stat(path).is_ok_and(|found| found.is_file() && is_readonly(&found))
}

/// What keeps everybody from changing what has this path: std cannot tell.
pub(crate) fn protection(_: &Path) -> Option<&'static str> {
    None
}

/// Whether only its owner may remove or rename what has this path, and that is another user: std cannot tell.
pub(crate) fn is_kept_by_owner(_: &Path) -> bool {
    false
}

/// Whether what has this path is another user's: std cannot tell.
pub(crate) fn has_another_owner(_: &Path) -> bool {
    false
}

/// Makes a file read-only unless the mode lets its owner write; the other bits have no counterpart.
pub(crate) fn set_permission_bits(path: &Path, bits: u32) -> io::Result<()> {
    if cfg!(target_family = "wasm") {
        fs::metadata(path)?;
        return Err(io::Error::new(ErrorKind::Unsupported, "this system has no permissions of files"));
    }
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(bits & 0o200 == 0);
    fs::set_permissions(path, permissions)
}

/// The permissions that a new file must not have.
pub(crate) fn umask() -> u32 {
    0
}

pub(crate) fn owner(_: &Path) -> io::Result<Option<String>> {
    user_name(0)
}

pub(crate) fn group(_: &Path) -> io::Result<Option<String>> {
    group_name(0)
}

/// The name of a user.
pub(crate) fn user_name(_: u32) -> io::Result<Option<String>> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system does not know owners by a user's name"))
}

/// The name of a group.
pub(crate) fn group_name(_: u32) -> io::Result<Option<String>> {
    Err(io::Error::new(ErrorKind::Unsupported, "this system has no groups of files"))
}

/// Sets the times of an existing file. A time that is not given stays.
pub(crate) fn set_times(path: &Path, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
    let mut times = FileTimes::new();
    if let Some(accessed) = accessed {
        times = times.set_accessed(accessed);
    }
    if let Some(modified) = modified {
        times = times.set_modified(modified);
    }
    paths::open_to_set_times(path)?.set_times(times)
}

/// Sets the times of an existing file to now.
pub(crate) fn set_times_to_now(path: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    paths::set_times(path, Some(now), Some(now))
}

/// Creates an empty file and opens it for writing. Fails if the name is taken. std gives it no permissions.
pub(crate) fn create_new(path: &Path, _: u32) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Creates an empty file, unless the name is taken.
pub(crate) fn create_if_missing(path: &Path, _: u32) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path).map(drop)
}

/// Whether it is a mount point: the root of a drive or share that exists. For std, a volume that is mounted in a folder is
/// a link.
pub(crate) fn is_mount(path: &Path) -> io::Result<bool> {
    paths::lstat(path)?;
    Ok(paths::absolute(path)?.parent().is_none())
}
