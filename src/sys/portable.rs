//! The back end over std alone. It works on paths, because std does nothing relative to an open directory.
//!
//! Windows uses the parts that it does not replace. Code that needs other verbs, such as [`Dir`], calls those of
//! [`paths`](super::paths), which are the verbs of the back end that it is a part of.

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

use super::directory::Links;

pub(crate) use std::fs::Metadata;

pub(crate) use atomic::{AtomicTarget, Draft};
pub(crate) use attr::{
    create_if_missing, create_new, group, group_name, has_another_owner, inode, is_kept_by_owner, is_mount,
    may_not_read, may_not_write, owner, permission_bits, protection, set_permission_bits, set_times, set_times_to_now,
    special, umask, user_name,
};
pub(crate) use dir::Dir;
#[cfg(test)]
pub(crate) use dir::{PathDir, Paths};
pub(crate) use facts::file_id;
pub(super) use facts::{Id, facts, facts as content_facts, is_same_device, own_id};
pub(crate) use renaming::rename_new;
pub(crate) use resolve::{resolve, resolve_strict};

pub(crate) fn stat(path: &Path) -> io::Result<Metadata> {
    fs::metadata(path)
}

pub(crate) fn lstat(path: &Path) -> io::Result<Metadata> {
    fs::symlink_metadata(path)
}

/// Copies a small file and its permissions to a name that nothing has, by fewer calls than a copy in open directories, if
/// there is a way; returns its size.
pub(crate) fn copy_small_file(_: &Path, _: &Path, _: Links) -> Option<u64> {
    None
}

pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Creates a directory; std gives it no permissions of its own.
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

/// Removes a directory with everything in it. A directory that becomes a link meanwhile is not followed.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path)
}

pub(super) use remove_dir as remove_one_dir;
pub(super) use remove_file as remove_one_file;

/// Renames. Replaces what has the new name.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// The number of a file, if the system reports it separately from the other facts.
pub(super) fn number(_: &Path) -> Option<super::FileId> {
    None
}

/// Renames a new file from its temporary name. Fails if the name is taken.
pub(super) use rename_new as give_name;

/// The attributes that std's copy of a file has lost.
pub(super) fn lost_by_copying(_: &Path, _: &Path) -> Vec<crate::report::Attribute> {
    Vec::new()
}

/// Creates a symbolic link with this text, of the same kind as another one.
pub(super) fn symlink_like(target: &Path, link: &Path, _like: &Path) -> io::Result<()> {
    symlink(target, link)
}

/// Creates a symbolic link with this text.
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

/// Returns the text of a symbolic link.
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

/// Appends to a file. Creates it if it does not exist.
pub(crate) fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    open(path, OpenOptions::new().append(true).create(true))?.write_all(content)
}

/// Opens a file with these options.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> io::Result<File> {
    options.open(path).map_err(|error| explained_for_file(path, error))
}

/// Opens a file for writing. Creates it, or deletes its content.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

pub(super) fn open_to_set_times(path: &Path) -> io::Result<File> {
    match OpenOptions::new().write(true).open(path) {
        // For a directory, opening it for reading is enough.
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

/// The real path of an existing file, in the form of the given path.
pub(super) fn spelled(path: &Path, _given: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// Whether two directories are known to have the same permissions.
pub(super) fn have_same_permissions(_: &Path, _: &Path) -> bool {
    false
}

/// The path of a directory without links.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The path of a name in a directory.
pub(super) fn child(dir: &Path, name: &OsStr) -> PathBuf {
    dir.join(name)
}

/// Fails for a path that the system would reinterpret when it creates or changes something.
pub(super) fn check(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Translates an error of the system into the one that other systems report.
pub(super) fn explained(_: &Path, error: io::Error) -> io::Error {
    error
}

/// The same for an operation on files only: WASI opens a directory, but does not read it.
fn explained_for_file(path: &Path, error: io::Error) -> io::Error {
    match cfg!(target_os = "wasi") && fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        true => ErrorKind::IsADirectory.into(),
        false => error,
    }
}

/// The kind of an error, even if std has none for it: on WASI it knows few.
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

/// Whether a file is known to have this content: std has no shorter way than the usual one.
pub(crate) fn has_content(_: &Path, _: &[u8]) -> bool {
    false
}

/// Whether permissions do not stop this user: those of directories that std supports never do.
pub(crate) fn ignores_permissions() -> bool {
    true
}

/// Whether it is a junction, which only Windows has.
pub(crate) fn is_junction(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Returns the first names in a directory: `most` of them, or fewer.
pub(crate) fn names(directory: &Path, most: usize) -> io::Result<Vec<OsString>> {
    let entries = fs::read_dir(directory)?.take(most);
    Ok(entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect())
}

/// The first name in a path that is too long for every file system.
pub(crate) fn long_name(path: &Path) -> Option<&OsStr> {
    const LONGEST: usize = 255;
    path.iter().find(|name| name.len() > LONGEST)
}

/// The bytes of a path that fit into one call of the system, without the NUL at the end.
pub(crate) const LONGEST_PATH: usize = 4095;

/// `ELOOP` of WASI. std has no stable name for its kind.
const LOOP: Option<i32> = if cfg!(target_os = "wasi") { Some(32) } else { None };

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(error: &io::Error) -> bool {
    LOOP.is_some() && error.raw_os_error() == LOOP
}

/// The error for that.
pub(crate) fn loop_error() -> io::Error {
    LOOP.map_or_else(|| io::Error::other("links lead in a circle"), io::Error::from_raw_os_error)
}

/// The error for a name that is taken.
pub(crate) fn taken_error() -> io::Error {
    ErrorKind::AlreadyExists.into()
}

/// The error for a path that does not exist.
pub(crate) fn not_found() -> io::Error {
    ErrorKind::NotFound.into()
}

/// The number of files that this process may have open at the same time: std cannot tell.
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

/// Shortens a path to the length that it had before names were added.
pub(crate) fn truncate_path(path: &mut PathBuf, len: usize) {
    while path.as_os_str().len() > len && path.pop() {}
}

/// The working directory of a drive.
pub(crate) fn working_dir_on(drive: &Path) -> io::Result<PathBuf> {
    std::path::absolute(drive)
}

/// The value of an environment variable.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The directories that are searched for programs. An empty path is the working directory.
pub(crate) fn search_path() -> Vec<PathBuf> {
    // WASI starts no programs, and std panics when it splits a search path there.
    if cfg!(target_family = "wasm") {
        return Vec::new();
    }
    let path = env::var_os("PATH").unwrap_or_else(|| if cfg!(unix) { "/bin:/usr/bin" } else { "" }.into());
    let parts = env::split_paths(&path);
    // On Windows, empty parts have no meaning.
    parts.filter(|part| cfg!(unix) || !part.as_os_str().is_empty()).collect()
}

/// Whether the path leads to a file that can be run: std cannot tell.
pub(crate) fn is_executable(_: &Path) -> bool {
    false
}

/// The file names that a program may have.
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
        // std finds none.
        true => env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
        false => env::home_dir(),
    }
}

/// The home directory of another user, guessed as Python does: next to one's own, if that is called like its user.
pub(crate) fn home_dir_of(user: &str) -> io::Result<Option<PathBuf>> {
    let (Some(home), Some(own_name)) = (home_dir(), env::var_os("USERNAME")) else { return Ok(None) };
    if own_name == user {
        return Ok(Some(home));
    }
    Ok((home.file_name() == Some(&own_name)).then(|| home.with_file_name(user)))
}
