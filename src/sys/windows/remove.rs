//! Removing what is read-only, and what others have open.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::errors::{code, explained, is_a_directory, is_denied, obstacle};
use super::opening::{open_alone, open_attributes};
use super::retry::Patience;
use super::{patiently, portable};
use crate::sys::Links;

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    remove_file_with(Patience::REMOVING, path)
}

/// The same for one of many files.
pub(in crate::sys) fn remove_one_file(path: &Path) -> io::Result<()> {
    remove_file_with(Patience::REMOVING_MANY, path)
}

fn remove_file_with(patience: Patience, path: &Path) -> io::Result<()> {
    let removed = writable_for(path, || match fs::remove_file(path) {
        // What is a directory does not become a file by waiting, and a link to one is removed as one.
        Err(error) if is_denied(&error) => match portable::lstat(path) {
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
pub(in crate::sys) fn remove_one_dir(path: &Path) -> io::Result<()> {
    remove_dir_with(Patience::REMOVING_MANY, path)
}

fn remove_dir_with(patience: Patience, path: &Path) -> io::Result<()> {
    // Windows takes a link to a directory for one here.
    if portable::lstat(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::from_raw_os_error(code::DIRECTORY));
    }
    patiently(patience, || writable_for(path, || fs::remove_dir(path))).map_err(|error| explained(path, error))
}

/// Removes a directory with all that is in it, by std, which takes care that what becomes a link is not followed.
pub(in crate::sys) fn remove_tree(path: &Path) -> io::Result<()> {
    match patiently(Patience::REMOVING, || fs::remove_dir_all(path)) {
        Err(error) if is_held_up(&error) => remove_free(path).and(Err(error)),
        result => result,
    }
}

/// Whether something in a tree is in the way of its removal: others have it open, or have removed it and still have it
/// open, so that its directory is not empty.
fn is_held_up(error: &io::Error) -> bool {
    error.raw_os_error() == Some(code::DIR_NOT_EMPTY) || obstacle(error).is_some()
}

/// Removes what can be removed from a directory; returns the first obstacle that is not gone by then.
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

/// Does to a file what Windows denies for one that is read-only: it is made writable for that time.
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
    // What stays, under this name or others, is as it was.
    _ = file.and_then(|file| file.set_permissions(found.permissions()));
    result
}

pub(super) fn writable(found: &portable::Metadata) -> Permissions {
    let mut permissions = found.permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "an attribute of Windows, which says nothing of users")]
    permissions.set_readonly(false);
    permissions
}
