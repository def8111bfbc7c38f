//! What Windows needs beyond std: names that it misreads, read-only files, files that others have open, and
//! its errors in the terms of other systems.

#![allow(clippy::disallowed_methods, reason = "this is where std::fs belongs")]

mod reserved_names;
mod retry;

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;

use winapi_util::Handle;
use winapi_util::file::information;

use reserved_names::{Purpose, misread, needs_verbatim};
use retry::{Obstacle, Patience};

use super::edit_dir::parent_of;
use super::portable::{lstat, missing};

/// Numbers of errors ("System Error Codes" in Microsoft's documentation).
mod code {
    pub(super) const FILE_NOT_FOUND: i32 = 2;
    pub(super) const PATH_NOT_FOUND: i32 = 3;
    pub(super) const ACCESS_DENIED: i32 = 5;
    pub(super) const SHARING_VIOLATION: i32 = 32;
    pub(super) const LOCK_VIOLATION: i32 = 33;
    pub(super) const DIR_NOT_EMPTY: i32 = 145;
    pub(super) const FILENAME_EXCED_RANGE: i32 = 206;
    pub(super) const DIRECTORY: i32 = 267;
    pub(super) const DELETE_PENDING: i32 = 303;
    pub(super) const DIRECTORY_NOT_SUPPORTED: i32 = 336;
    pub(super) const PRIVILEGE_NOT_HELD: i32 = 1314;
    pub(super) const NOT_A_REPARSE_POINT: i32 = 4390;
}

/// Ways to open a file ("CreateFileW").
mod flag {
    pub(super) const READ_ATTRIBUTES: u32 = 0x80;
    pub(super) const WRITE_ATTRIBUTES: u32 = 0x100;
    /// Directories, too.
    pub(super) const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    /// A link itself.
    pub(super) const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
}

/// The kind of an error, also where std has none for it.
pub(crate) fn kind(error: &io::Error) -> ErrorKind {
    match error.raw_os_error() {
        Some(code::SHARING_VIOLATION | code::LOCK_VIOLATION | code::DELETE_PENDING) => ErrorKind::ResourceBusy,
        Some(code::PRIVILEGE_NOT_HELD) => ErrorKind::PermissionDenied,
        Some(code::NOT_A_REPARSE_POINT) => ErrorKind::InvalidInput,
        _ => error.kind(),
    }
}

/// Refuses a path with a name that Windows would take for another one when something is made, changed or removed.
pub(crate) fn usable(path: &Path) -> io::Result<()> {
    refuse_misread(path, Purpose::Change)
}

/// The same for what is only read.
pub(crate) fn readable(path: &Path) -> io::Result<()> {
    refuse_misread(path, Purpose::Read)
}

fn refuse_misread(path: &Path, purpose: Purpose) -> io::Result<()> {
    match misread(&path.to_string_lossy(), purpose) {
        Some(reason) => Err(io::Error::new(ErrorKind::InvalidFilename, reason)),
        None => Ok(()),
    }
}

/// The path of a name that a directory has: where Windows would misread the name, one that it does not read.
pub(super) fn child(dir: &Path, name: &OsStr) -> PathBuf {
    if needs_verbatim(&name.to_string_lossy())
        && let Ok(real) = fs::canonicalize(dir)
    {
        return real.join(name);
    }
    dir.join(name)
}

/// An error of the system as others put it: what stands on the way to a path that is not found is a file, or a
/// name is too long to be there. Only Wine calls that not found.
pub(super) fn explained(path: &Path, error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code::FILE_NOT_FOUND | code::PATH_NOT_FOUND) if has_long_name(path) => {
            io::Error::from_raw_os_error(code::FILENAME_EXCED_RANGE)
        }
        Some(code::PATH_NOT_FOUND) if leads_through_file(path) => io::Error::from_raw_os_error(code::DIRECTORY),
        _ => error,
    }
}

fn has_long_name(path: &Path) -> bool {
    const LONGEST: usize = 255;
    path.iter().any(|name| name.encode_wide().nth(LONGEST).is_some())
}

/// The same for an operation that is for files only: a directory is there.
pub(super) fn explained_for_file(path: &Path, error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code::ACCESS_DENIED) if fs::metadata(path).is_ok_and(|found| found.is_dir()) => is_a_directory(),
        _ => explained(path, error),
    }
}

/// The same for an operation that is for directories only: a file is there. Wine calls that a bad name.
pub(super) fn explained_for_dir(path: &Path, error: io::Error) -> io::Error {
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => io::Error::from_raw_os_error(code::DIRECTORY),
        _ => explained(path, error),
    }
}

fn leads_through_file(path: &Path) -> bool {
    // From the top, where what is missing ends it: a path may have thousands of parts.
    let above: Vec<_> = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()).collect();
    let no_dir =
        above.into_iter().rev().map(fs::metadata).find(|found| !found.as_ref().is_ok_and(fs::Metadata::is_dir));
    matches!(no_dir, Some(Ok(_)))
}

fn is_a_directory() -> io::Error {
    io::Error::from_raw_os_error(code::DIRECTORY_NOT_SUPPORTED)
}

fn obstacle(error: &io::Error) -> Option<Obstacle> {
    match error.raw_os_error()? {
        code::SHARING_VIOLATION | code::LOCK_VIOLATION => Some(Obstacle::InUse),
        code::ACCESS_DENIED => Some(Obstacle::Denied),
        _ => None,
    }
}

fn patiently<T>(patience: Patience, deed: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patience.try_for(obstacle, thread::sleep, deed)
}

/// Gives a new name, and waits for those who have that name's file open.
pub(super) fn named_patiently<T>(deed: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patiently(Patience::RENAMING, deed)
}

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    remove_file_with(Patience::REMOVING, path)
}

/// The same for one of many files.
pub(super) fn remove_one_file(path: &Path) -> io::Result<()> {
    remove_file_with(Patience::REMOVING_MANY, path)
}

fn remove_file_with(patience: Patience, path: &Path) -> io::Result<()> {
    let removed = writable_for(path, || match fs::remove_file(path) {
        // What is a directory does not become a file by waiting, and a link to one is removed as one.
        Err(error) if is_denied(&error) => match lstat(path) {
            Ok(found) if found.is_symlink() => fs::remove_dir(path).map_err(|_| error),
            Ok(found) if found.is_dir() => Err(is_a_directory()),
            _ => Err(error),
        },
        result => result,
    });
    match removed {
        Err(error) if obstacle(&error).is_some() => patiently(patience, || fs::remove_file(path)),
        result => result,
    }
    .map_err(|error| explained(path, error))
}

pub(super) fn remove_dir(path: &Path) -> io::Result<()> {
    remove_dir_with(Patience::REMOVING, path)
}

/// The same for one of many directories.
pub(super) fn remove_one_dir(path: &Path) -> io::Result<()> {
    remove_dir_with(Patience::REMOVING_MANY, path)
}

fn remove_dir_with(patience: Patience, path: &Path) -> io::Result<()> {
    // Windows takes a link to a directory for one here.
    if lstat(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::from_raw_os_error(code::DIRECTORY));
    }
    patiently(patience, || writable_for(path, || fs::remove_dir(path))).map_err(|error| explained(path, error))
}

/// Removes a directory with all that is in it, by std, which takes care that what becomes a link is not followed.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    patiently(Patience::REMOVING, || fs::remove_dir_all(path))
}

fn is_denied(error: &io::Error) -> bool {
    error.raw_os_error() == Some(code::ACCESS_DENIED)
}

/// Does to a file what Windows denies for one that is read-only: it is made writable for that time.
///
/// Windows 10 ignores the attribute on its own file system, when std removes a file. Others do not, and
/// no system does when a directory is removed.
fn writable_for<T>(path: &Path, deed: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let error = match deed() {
        Err(error) if is_denied(&error) => error,
        result => return result,
    };
    let Ok(found) = lstat(path) else { return Err(error) };
    if !found.permissions().readonly() || fs::set_permissions(path, writable(&found)).is_err() {
        return Err(error);
    }
    let file = open_attributes(path, flag::OPEN_REPARSE_POINT);
    let result = deed();
    // What stays, under this name or others, is as it was.
    _ = file.and_then(|file| file.set_permissions(found.permissions()));
    result
}

fn writable(found: &fs::Metadata) -> fs::Permissions {
    let mut permissions = found.permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "an attribute of Windows, which says nothing of users")]
    permissions.set_readonly(false);
    permissions
}

/// Opens a file or directory for its times and attributes, also where its content may not be written.
fn open_attributes(path: &Path, flags: u32) -> io::Result<File> {
    OpenOptions::new()
        .access_mode(flag::READ_ATTRIBUTES | flag::WRITE_ATTRIBUTES)
        .custom_flags(flag::BACKUP_SEMANTICS | flags)
        .open(path)
}

/// Opens a file or directory so that its times can be set; a link is followed.
pub(super) fn open_to_set_times(path: &Path) -> io::Result<File> {
    open_attributes(path, 0).map_err(|error| explained(path, error))
}

/// Renames, replacing what is there, as POSIX has it: files replace files, and directories empty directories.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let replace = || named_patiently(|| fs::rename(from, to));
    let failed = |error| explained(to, error);
    let old = lstat(from).map_err(|error| missing(from, to, error))?;
    if old.is_dir() {
        refuse_into_itself(from, to)?;
    }
    let Ok(found) = lstat(to) else { return replace().map_err(failed) };
    match own_id(from) {
        // Two names of one file, or one name in another case.
        Ok(id) if own_id(to).is_ok_and(|other| id == other) => {
            return if is_one_name(from, to) { replace() } else { Ok(()) };
        }
        _ => {}
    }
    match (old.is_dir(), found.is_dir()) {
        (true, false) => Err(io::Error::from_raw_os_error(code::DIRECTORY)),
        // Not empty, either: it is there itself. That is what Linux says.
        (false, true) if has_its_parent_in(from, to) => Err(io::Error::from_raw_os_error(code::DIR_NOT_EMPTY)),
        (false, true) => Err(is_a_directory()),
        (true, true) if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) => {
            Err(io::Error::from_raw_os_error(code::DIR_NOT_EMPTY))
        }
        (true, true) => match fs::rename(from, to) {
            // Older systems replace no directory.
            Err(error) if is_denied(&error) => remove_dir(to).and_then(|()| replace()).map_err(|_| error),
            result => result,
        },
        (false, false) if found.permissions().readonly() => replace_read_only(to, &found, replace),
        (false, false) => replace().map_err(failed),
    }
}

/// Gives a name to a file where a read-only one has it.
///
/// It is made writable by its path and not by an open file: what is open is not replaced.
fn replace_read_only(to: &Path, found: &fs::Metadata, replace: impl Fn() -> io::Result<()>) -> io::Result<()> {
    fs::set_permissions(to, writable(found))?;
    replace().inspect_err(|_| _ = fs::set_permissions(to, found.permissions()))
}

/// Refuses to move a directory into itself: for Windows, one that is in use is in the way.
pub(super) fn refuse_into_itself(from: &Path, to: &Path) -> io::Result<()> {
    match has_its_parent_in(to, from) {
        true => Err(io::Error::new(ErrorKind::InvalidInput, "a directory is not moved into itself")),
        false => Ok(()),
    }
}

/// Whether the directory in which a path has its name is another one, or lies in it.
fn has_its_parent_in(path: &Path, directory: &Path) -> bool {
    match (fs::canonicalize(parent_of(path)), fs::canonicalize(directory)) {
        (Ok(parent), Ok(directory)) => parent.is_dir() && parent.starts_with(directory),
        _ => false,
    }
}

/// Whether two paths of one file are one name in one directory, but for its case.
fn is_one_name(left: &Path, right: &Path) -> bool {
    let place = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        (fs::canonicalize(parent_of(path)).ok(), name)
    };
    place(left) == place(right)
}

/// What tells a file from every other that exists, of what a path leads to.
pub(crate) fn file_id(path: &Path) -> io::Result<(u64, u64)> {
    id_with(path, 0).map_err(|error| explained(path, error))
}

/// The same of a link itself.
pub(super) fn own_id(path: &Path) -> io::Result<(u64, u64)> {
    id_with(path, flag::OPEN_REPARSE_POINT)
}

/// The number of the volume and that of the file. No right to read its content is needed for it.
fn id_with(path: &Path, flags: u32) -> io::Result<(u64, u64)> {
    let file = OpenOptions::new()
        .access_mode(flag::READ_ATTRIBUTES)
        .custom_flags(flag::BACKUP_SEMANTICS | flags)
        .open(path)?;
    let found = information(Handle::from_file(file))?;
    Ok((found.volume_serial_number(), found.file_index()))
}

/// Makes a symbolic link with this text: one to a directory where a directory is there now.
pub(super) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    let from_link = link.parent().unwrap_or(Path::new("")).join(target);
    match fs::metadata(from_link).is_ok_and(|found| found.is_dir()) {
        true => symlink_dir(target, link),
        false => symlink_file(target, link),
    }
}

/// Whether a junction is there: a directory that is a link of the kind before Windows had symbolic links.
pub(crate) fn is_junction(path: &Path) -> io::Result<bool> {
    // Unlike `exists`, this needs nothing to be where it leads.
    Ok(junction::get_target(path).is_ok())
}
