//! Removing files that are read-only, or that other programs have open.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::errors::{code, explained, is_a_directory, is_denied, obstacle};
use super::opening::{open_alone, open_attributes};
use super::retry::Patience;
use super::{LinkSystem, links, patiently, portable};
use crate::sys::Links;

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    remove_file_with(Patience::REMOVING, path)
}

/// The same for one of many files.
pub(in crate::sys) fn remove_one_file(path: &Path) -> io::Result<()> {
    remove_file_with(Patience::REMOVING_MANY, path)
}

fn remove_file_with(patience: Patience, path: &Path) -> io::Result<()> {
    let removed = writable_for(path, || match links::remove(&LinkSystem, path) {
        // Waiting does not turn a directory into a file.
        Err(error) if is_denied(&error) && portable::lstat(path).is_ok_and(|found| found.is_dir()) => {
            Err(is_a_directory())
        }
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
pub(in crate::sys) fn remove_one_dir(path: &Path) -> io::Result<()> {
    remove_dir_with(Patience::REMOVING_MANY, path)
}

fn remove_dir_with(patience: Patience, path: &Path) -> io::Result<()> {
    // Here, Windows treats a link to a directory as a directory.
    if portable::lstat(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::from_raw_os_error(code::DIRECTORY));
    }
    patiently(patience, || writable_for(path, || fs::remove_dir(path))).map_err(|error| explained(path, error))
}

/// Removes a directory with everything in it, with std, which does not follow a directory that becomes a link.
pub(in crate::sys) fn remove_tree(path: &Path) -> io::Result<()> {
    match patiently(Patience::REMOVING, || fs::remove_dir_all(path)) {
        Err(error) if is_held_up(&error) => remove_free(path).and(Err(error)),
        result => result,
    }
}

/// Whether something in a tree keeps it from being removed: another program has a file open, or has removed it and still has
/// it open, so that its directory is not empty.
fn is_held_up(error: &io::Error) -> bool {
    error.raw_os_error() == Some(code::DIR_NOT_EMPTY) || obstacle(error).is_some()
}

/// Removes what can be removed from a directory. Returns the first error whose cause has not gone by then.
///
/// The directory is held open meanwhile, so that it cannot be replaced by a link: deletion is not shared.
fn remove_free(path: &Path) -> io::Result<()> {
    let held = open_alone(path)?;
    if !held.metadata()?.is_dir() {
        return Err(io::Error::from_raw_os_error(code::DIRECTORY));
    }
    let mut first = Ok(());
    for entry in fs::read_dir(path)? {
        let (path, kind) = entry.and_then(|entry| Ok((super::child(path, &entry.file_name()), entry.file_type()?)))?;
        let removed = match kind.is_dir() {
            true => remove_tree_once(&path),
            false => remove_one_file(&path),
        };
        if removed.as_ref().is_err_and(|error| error.kind() != ErrorKind::NotFound) {
            first = first.and(removed);
        }
    }
    first
}

fn remove_tree_once(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if is_held_up(&error) => remove_free(path).and(Err(error)),
        result => result,
    }
}

/// Does something to a file that Windows denies for a read-only one. The file is writable meanwhile.
///
/// Windows 10 ignores the attribute on its own file system, when std removes a file. Others do not, and
/// no system does when a directory is removed.
fn writable_for<T>(path: &Path, deed: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let error = match deed() {
        Err(error) if is_denied(&error) => error,
        result => return result,
    };
    let Ok(found) = portable::lstat(path) else { return Err(error) };
    if !found.permissions().readonly() || fs::set_permissions(path, writable(&found)).is_err() {
        return Err(error);
    }
    let file = open_attributes(path, Links::Keep);
    let result = deed();
    // A file that still exists, under this name or another one, is as it was.
    _ = file.and_then(|file| file.set_permissions(found.permissions()));
    result
}

pub(super) fn writable(found: &portable::Metadata) -> Permissions {
    let mut permissions = found.permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "an attribute of Windows, which says nothing of users")]
    permissions.set_readonly(false);
    permissions
}
