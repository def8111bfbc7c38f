//! Renaming as POSIX has it, in the way of which others may be.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::errors::{code, explained, is_a_directory, is_denied};
use super::opening::own_id;
use super::remove::{remove_dir, writable};
use super::{lstat, portable, with_retries};
use crate::sys::edit_dir::parent_of;
use crate::sys::portable::renaming::missing;

/// Renames, replacing what is there, as POSIX has it: files replace files, and directories empty directories.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let replace = || with_retries(|| fs::rename(from, to));
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
fn replace_read_only(to: &Path, found: &portable::Metadata, replace: impl Fn() -> io::Result<()>) -> io::Result<()> {
    fs::set_permissions(to, writable(found))?;
    replace().inspect_err(|_| _ = fs::set_permissions(to, found.permissions()))
}

/// Refuses to move a directory into itself: for Windows, one that is in use is in the way.
fn refuse_into_itself(from: &Path, to: &Path) -> io::Result<()> {
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

/// Whether two paths of one file are in the same directory and differ only in the case of the name.
fn is_one_name(left: &Path, right: &Path) -> bool {
    let place = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        (fs::canonicalize(parent_of(path)).ok(), name)
    };
    place(left) == place(right)
}

/// Renames to a name that nothing had a moment ago.
pub(in crate::sys) fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    refuse_into_itself(from, to)?;
    with_retries(|| fs::rename(from, to)).map_err(|error| explained(to, error))
}
