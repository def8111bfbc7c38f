//! The back end over std alone.

#![allow(clippy::disallowed_methods, reason = "this is where std::fs belongs")]
#![cfg_attr(unix, allow(dead_code, reason = "for some verbs the Unix back end has better"))]

mod atomic;
mod attr;
mod dir;
mod edit_dir;
mod links;
#[cfg(not(windows))]
mod plain;
mod resolve;

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[cfg(windows)]
use super::windows as system;
#[cfg(not(windows))]
use plain as system;

use super::edit_dir::Facts;
use super::rename::{Name, rename_in_two_steps};
use crate::kind::FileKind;
#[cfg_attr(unix, allow(unused_imports, reason = "for Unix this is not the one"))]
pub(crate) use atomic::AtomicFile;
#[cfg(unix)]
pub(crate) use atomic::refuse_special;
pub(crate) use std::fs::Metadata;
use system::{explained, explained_for_dir, explained_for_file, named_patiently, refuse_into_itself};
pub(crate) use system::{is_junction, kind, readable, usable};
#[cfg_attr(unix, allow(unused_imports, reason = "for Unix these are not the ones"))]
pub(crate) use {
    attr::{
        create_if_missing, create_new, group, inode, is_mount, owner, permission_bits, set_permission_bits, set_times,
        special, umask,
    },
    dir::Dir,
    links::{hard_link, read_link, symlink},
    resolve::{resolve, resolve_strict},
    system::file_id,
};

impl FileKind {
    pub(crate) fn of(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Symlink
        } else {
            Self::Other
        }
    }
}

pub(crate) fn stat(path: &Path) -> io::Result<Metadata> {
    fs::metadata(path).map_err(|error| explained(path, error))
}

pub(crate) fn lstat(path: &Path) -> io::Result<Metadata> {
    fs::symlink_metadata(path).map_err(|error| explained(path, error))
}

pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    usable(path)?;
    fs::create_dir(path).map_err(|error| explained(path, error))
}

pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    usable(path)?;
    system::remove_dir(path)
}

/// Removes a file or a link.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    usable(path)?;
    system::remove_file(path)
}

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    readable(path)?;
    fs::read(path).map_err(|error| explained_for_file(path, error))
}

pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    readable(path)?;
    fs::read_to_string(path).map_err(|error| explained_for_file(path, error))
}

pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    usable(path)?;
    fs::write(path, content).map_err(|error| explained_for_file(path, error))
}

/// Adds to the end of a file, which is made if it does not exist.
pub(crate) fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    usable(path)?;
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.map_err(|error| explained_for_file(path, error))?.write_all(content)
}

/// Sets the times of an existing file to now.
pub(crate) fn set_times_to_now(path: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    set_times(path, Some(now), Some(now))
}

/// Renames, replacing what is there.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    usable(from)?;
    usable(to)?;
    system::rename(from, to)
}

/// Renames. Fails if something has the new name.
///
/// For a moment both names are there; what another program puts under the first one at that moment may be lost.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    usable(from)?;
    usable(to)?;
    rename_in_two_steps(Named(from), Named(to)).map_err(|error| missing(from, to, error))
}

#[derive(Clone, Copy)]
struct Named<'a>(&'a Path);

impl Name for Named<'_> {
    fn facts(self) -> io::Result<Facts> {
        Ok(edit_dir::facts_of(&lstat(self.0)?))
    }

    fn hard_link(self, new: Self) -> io::Result<()> {
        fs::hard_link(self.0, new.0).map_err(|error| explained(new.0, error))
    }

    fn rename(self, new: Self) -> io::Result<()> {
        refuse_into_itself(self.0, new.0)?;
        named_patiently(|| fs::rename(self.0, new.0)).map_err(|error| explained(new.0, error))
    }

    fn remove_file(self) -> io::Result<()> {
        system::remove_file(self.0)
    }

    fn is_about_hard_links(error: &io::Error) -> bool {
        !is_about_more_than_links(error)
    }
}

/// Whether an error of making a hard link is one of renaming, too. Not that nothing is there: Node's WASI says so of
/// every link, and renaming would say it again.
fn is_about_more_than_links(error: &io::Error) -> bool {
    use ErrorKind::{AlreadyExists, CrossesDevices, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    [AlreadyExists, CrossesDevices, QuotaExceeded, ReadOnlyFilesystem, StorageFull].contains(&kind(error))
}

/// An error of renaming. Where nothing has the first name, but a file stands on the way to the second, that is the
/// error: so it is on Unix, where both directories are looked for first.
pub(super) fn missing(from: &Path, to: &Path, error: io::Error) -> io::Error {
    let is_in_directory = || from.parent().is_none_or(|parent| parent.as_os_str().is_empty() || stat(parent).is_ok());
    match error.kind() {
        ErrorKind::NotFound if is_in_directory() => match lstat(to) {
            Err(behind_file) if behind_file.kind() == ErrorKind::NotADirectory => behind_file,
            _ => error,
        },
        _ => error,
    }
}

/// Device and inode.
#[cfg(unix)]
fn id(found: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (found.dev(), found.ino())
}

/// The first names in a directory, up to so many.
pub(crate) fn names(directory: &Path, most: usize) -> io::Result<Vec<OsString>> {
    let entries = fs::read_dir(directory)?.take(most);
    Ok(entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect())
}

/// Whether it is known that a file may not be read: std does not say it.
pub(crate) fn may_not_read(_: &Path) -> bool {
    false
}

/// Whether it is known that a file may not be written.
pub(crate) fn may_not_write(path: &Path) -> bool {
    stat(path).is_ok_and(|found| found.is_file() && is_readonly(&found))
}

/// Whether nobody may write.
pub(crate) fn is_readonly(found: &Metadata) -> bool {
    // WASI has no permissions: std takes that for none being given.
    !cfg!(target_family = "wasm") && found.permissions().readonly()
}

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(_: &io::Error) -> bool {
    false
}

/// The error that says so.
pub(crate) fn loop_error() -> io::Error {
    match cfg!(windows) {
        // The name of the file cannot be resolved by the system.
        true => io::Error::from_raw_os_error(1921),
        false => io::Error::other("links lead in a circle"),
    }
}

/// The error that says that a name is taken.
pub(crate) fn taken_error() -> io::Error {
    match cfg!(windows) {
        true => io::Error::from_raw_os_error(183),
        false => ErrorKind::AlreadyExists.into(),
    }
}

/// The error that says that nothing is there.
pub(crate) fn not_found() -> io::Error {
    match cfg!(windows) {
        // The system cannot find the file specified.
        true => io::Error::from_raw_os_error(2),
        false => ErrorKind::NotFound.into(),
    }
}

/// How many files this process may have open at a time: std does not tell.
pub(crate) fn most_descriptors() -> usize {
    usize::MAX
}

/// Whether an error says that too many files are open.
pub(crate) fn is_out_of_descriptors(_: &io::Error) -> bool {
    false
}

/// Opens a file with what the options say.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> io::Result<File> {
    readable(path)?;
    options.open(path).map_err(|error| explained_for_file(path, error))
}

/// Opens a file for writing, empty.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    usable(path)?;
    open(path, OpenOptions::new().write(true).create(true).truncate(true))
}

pub(crate) fn working_dir() -> io::Result<PathBuf> {
    env::current_dir()
}

/// The working directory that a drive has of its own.
pub(crate) fn working_dir_on(drive: &Path) -> io::Result<PathBuf> {
    std::path::absolute(drive)
}

/// The value of a variable of the environment.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

pub(crate) fn temp_dir() -> PathBuf {
    match cfg!(target_family = "wasm") {
        // std panics.
        true => env::var_os("TMPDIR").filter(|dir| !dir.is_empty()).map_or_else(|| "/tmp".into(), PathBuf::from),
        false => env::temp_dir(),
    }
}

/// Makes a directory with a new name, removed when the value is dropped.
pub(crate) fn create_temp_dir(parent: &Path) -> io::Result<tempfile::TempDir> {
    tempfile::TempDir::new_in(parent).map_err(|error| explained_for_dir(parent, without_path(error)))
}

/// One of tempfile's errors without the path that it adds to the system's message: ours say the path
/// themselves. The system's own error is out of reach in it.
pub(super) fn without_path(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((cause, _)) => io::Error::new(error.kind(), cause),
        None => error,
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
