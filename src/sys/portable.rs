//! The back end over std alone: by paths, as std does nothing relative to an open directory.
//!
//! Windows takes from it what it does not do in its own way. What stands on other verbs, such as [`Dir`], calls those of
//! [`paths`](super::paths), so that they are the ones of the back end that it is part of.

#![allow(clippy::disallowed_methods, reason = "this is where std::fs belongs")]
#![cfg_attr(
    any(unix, windows),
    allow(dead_code, unused_imports, reason = "some are better in the back end of the system")
)]

pub(super) mod atomic;
mod attr;
mod dir;
mod edit_dir;
mod facts;
pub(super) mod renaming;
mod resolve;
mod verbs;

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, ReadDir};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

pub(crate) use std::fs::Metadata;

pub(crate) use atomic::{AtomicTarget, Draft};
pub(crate) use attr::{
    create_if_missing, create_new, group, group_name, inode, is_mount, may_not_read, may_not_write, owner,
    permission_bits, set_permission_bits, set_times, set_times_to_now, special, umask, user_name,
};
pub(crate) use dir::Dir;
pub(crate) use facts::file_id;
pub(super) use facts::{Id, facts, is_same_device, own_id};
pub(crate) use renaming::rename_new;
pub(crate) use resolve::{resolve, resolve_strict};

pub(crate) fn stat(path: &Path) -> io::Result<Metadata> {
    fs::metadata(path)
}

pub(crate) fn lstat(path: &Path) -> io::Result<Metadata> {
    fs::symlink_metadata(path)
}

pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Makes a directory; std gives it no permissions of its own.
pub(crate) fn create_dir_with_mode(path: &Path, _: u32) -> io::Result<()> {
    fs::create_dir(path)
}

pub(super) fn read_dir(path: &Path) -> io::Result<ReadDir> {
    fs::read_dir(path)
}

pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)
}

/// Removes a file or a link.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Removes a directory with all that is in it; what becomes a link meanwhile is not followed.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path)
}

pub(super) use remove_dir as remove_one_dir;
pub(super) use remove_file as remove_one_file;

/// Renames, replacing what is there.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// The number of a file, if the system tells it apart from its other facts.
pub(super) fn number(_: &Path) -> Option<super::FileId> {
    None
}

/// Gives a new file, which has a temporary name, its own. Fails if something has that name.
pub(super) use rename_new as give_name;

/// What else than its content a copy does not have, of what std copies.
pub(super) fn lost_by_copying(_: &Path, _: &Path) -> Vec<crate::report::Attribute> {
    Vec::new()
}

/// Makes a symbolic link with this text, as another one is.
pub(super) fn symlink_like(target: &Path, link: &Path, _like: &Path) -> io::Result<()> {
    symlink(target, link)
}

/// Makes a symbolic link with this text.
#[cfg(unix)]
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
pub(crate) fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Creates a hard link to `target`. A symbolic link there is not followed if the system allows that.
pub(crate) fn hard_link(target: &Path, link: &Path) -> io::Result<()> {
    fs::hard_link(target, link)
}

/// The text of a symbolic link.
pub(crate) fn read_link(path: &Path) -> io::Result<PathBuf> {
    fs::read_link(path)
}

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| explained_for_file(path, error))
}

pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map_err(|error| explained_for_file(path, error))
}

pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(path, content).map_err(|error| explained_for_file(path, error))
}

/// Adds to the end of a file, which is made if it does not exist.
pub(crate) fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    open(path, OpenOptions::new().append(true).create(true))?.write_all(content)
}

/// Opens a file with what the options say.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> io::Result<File> {
    options.open(path).map_err(|error| explained_for_file(path, error))
}

/// Opens a file for writing, empty.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

pub(super) fn open_to_set_times(path: &Path) -> io::Result<File> {
    match OpenOptions::new().write(true).open(path) {
        // For a directory, reading will do.
        Err(error) if error_kind(&error) == ErrorKind::IsADirectory => File::open(path),
        result => result,
    }
}

/// The path from its root, without looking at the disk.
pub(super) fn absolute(path: &Path) -> io::Result<PathBuf> {
    std::path::absolute(path)
}

/// Whether a path from the root has no names to follow.
pub(super) fn is_anchor(path: &Path) -> bool {
    path.parent().is_none()
}

/// The real path of what is there, in the form of the path that was given.
pub(super) fn spelled(path: &Path, _given: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The path of a directory with no link in it.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The path of a name that a directory has.
pub(super) fn child(dir: &Path, name: &OsStr) -> PathBuf {
    dir.join(name)
}

/// Refuses a path under which the system would make or change something else.
pub(super) fn check(_: &Path) -> io::Result<()> {
    Ok(())
}

/// An error of the system as others put it.
pub(super) fn explained(_: &Path, error: io::Error) -> io::Error {
    error
}

/// The same for an operation that is for files only: WASI opens a directory, but does not read it.
fn explained_for_file(path: &Path, error: io::Error) -> io::Error {
    match cfg!(target_os = "wasi") && fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        true => ErrorKind::IsADirectory.into(),
        false => error,
    }
}

/// The kind of an error, also where std has none for it: on WASI it knows few.
pub(crate) fn error_kind(error: &io::Error) -> ErrorKind {
    match error.raw_os_error() {
        // The numbers of "errno" in the interface's documentation.
        Some(number) if cfg!(target_os = "wasi") => match number {
            10 => ErrorKind::ResourceBusy,
            31 => ErrorKind::IsADirectory,
            34 => ErrorKind::TooManyLinks,
            37 => ErrorKind::InvalidFilename,
            51 => ErrorKind::StorageFull,
            54 => ErrorKind::NotADirectory,
            55 => ErrorKind::DirectoryNotEmpty,
            69 => ErrorKind::ReadOnlyFilesystem,
            75 => ErrorKind::CrossesDevices,
            _ => error.kind(),
        },
        _ => error.kind(),
    }
}

/// Whether a junction is there, which only Windows has.
pub(crate) fn is_junction(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Returns the first names in a directory: `most` of them, or fewer.
pub(crate) fn names(directory: &Path, most: usize) -> io::Result<Vec<OsString>> {
    let entries = fs::read_dir(directory)?.take(most);
    Ok(entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect())
}

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(_: &io::Error) -> bool {
    false
}

/// The error that says so.
pub(crate) fn loop_error() -> io::Error {
    io::Error::other("links lead in a circle")
}

/// The error that says that a name is taken.
pub(crate) fn taken_error() -> io::Error {
    ErrorKind::AlreadyExists.into()
}

/// The error that says that nothing is there.
pub(crate) fn not_found() -> io::Error {
    ErrorKind::NotFound.into()
}

/// How many files this process may have open at a time: std does not tell.
pub(crate) fn most_descriptors() -> usize {
    usize::MAX
}

/// Whether an error says that too many files are open.
pub(crate) fn is_out_of_descriptors(_: &io::Error) -> bool {
    false
}

pub(crate) fn working_dir() -> io::Result<PathBuf> {
    env::current_dir()
}

/// Takes back the names that were added to a path when it had this length.
pub(crate) fn truncate_path(path: &mut PathBuf, len: usize) {
    while path.as_os_str().len() > len && path.pop() {}
}

/// The working directory that a drive has of its own.
pub(crate) fn working_dir_on(drive: &Path) -> io::Result<PathBuf> {
    std::path::absolute(drive)
}

/// The value of a variable of the environment.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The directories in which programs are looked for. An empty path stands for the working directory.
pub(crate) fn search_path() -> Vec<PathBuf> {
    // WASI starts no programs, and std panics when it is to split a search path there.
    if cfg!(target_family = "wasm") {
        return Vec::new();
    }
    let path = env::var_os("PATH").unwrap_or_else(|| if cfg!(unix) { "/bin:/usr/bin" } else { "" }.into());
    let parts = env::split_paths(&path);
    // Windows knows no empty parts.
    parts.filter(|part| cfg!(unix) || !part.as_os_str().is_empty()).collect()
}

/// Whether a file is there that can be run, which std does not say.
pub(crate) fn is_executable(_: &Path) -> bool {
    false
}

/// The names that the file of a program may have.
pub(crate) fn program_names(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

pub(crate) fn temp_dir() -> PathBuf {
    match cfg!(target_family = "wasm") {
        // std panics.
        true => env::var_os("TMPDIR").filter(|dir| !dir.is_empty()).map_or_else(|| "/tmp".into(), PathBuf::from),
        false => env::temp_dir(),
    }
}

/// The home directory of the user who runs the program.
pub(crate) fn home_dir() -> Option<PathBuf> {
    match cfg!(target_family = "wasm") {
        // std knows none.
        true => env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
        false => env::home_dir(),
    }
}

/// The home directory of a user, guessed as Python does: beside one's own, if that has one's name.
pub(crate) fn home_dir_of(user: &str) -> io::Result<Option<PathBuf>> {
    let (Some(home), Some(own_name)) = (home_dir(), env::var_os("USERNAME")) else { return Ok(None) };
    if own_name == user {
        return Ok(Some(home));
    }
    Ok((home.file_name() == Some(&own_name)).then(|| home.with_file_name(user)))
}
