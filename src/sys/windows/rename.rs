//! Renaming with the rules of POSIX, while other programs may have files open.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::errors::{code, explained, is_a_directory, is_denied, taken_error};
use super::opening::own_id;
use super::remove::writable;
use super::{calls, lstat, portable, real_path, with_retries};
use crate::sys::edit_dir::{parent_of, temporary_name};
use crate::sys::portable::renaming::missing;

/// Renames. Fails if the new name is taken, which the same call checks.
pub(super) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    let old = lstat(from).map_err(|error| missing(from, to, error))?;
    // Windows lets a file replace itself.
    if lstat(to).is_ok() && !is_new_spelling(from, to) {
        return Err(taken_error());
    }
    if old.is_dir() {
        refuse_into_itself(from, to)?;
    }
    with_retries(|| calls::move_file(from, to)).map_err(|error| missing(from, to, explained(to, error)))
}

/// Renames, and replaces what has the new name, as POSIX requires: files replace files, and directories empty ones.
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
        // The directory to replace is not empty: it contains the other one. Linux reports the same.
        (false, true) if has_its_parent_in(from, to) => Err(io::Error::from_raw_os_error(code::DIR_NOT_EMPTY)),
        (false, true) => Err(is_a_directory()),
        (true, true) if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) => {
            Err(io::Error::from_raw_os_error(code::DIR_NOT_EMPTY))
        }
        (true, true) => match fs::rename(from, to) {
            // Older systems do not replace directories.
            Err(error) if is_denied(&error) => replace_directory(from, to).map_err(failed),
            result => result.map_err(failed),
        },
        (false, false) if found.permissions().readonly() => replace_read_only(to, &found, replace),
        (false, false) => replace().map_err(failed),
    }
}

/// Replaces an empty directory: it is moved aside, and removed when the other one has its name. If anything fails, both get
/// their own names back.
fn replace_directory(from: &Path, to: &Path) -> io::Result<()> {
    let aside = parent_of(to).join(temporary_name());
    with_retries(|| calls::move_file(to, &aside))?;
    with_retries(|| calls::move_file(from, to))
        // Another program may have put something into it.
        .and_then(|()| fs::remove_dir(&aside).inspect_err(|_| _ = calls::move_file(to, from)))
        .inspect_err(|_| _ = calls::move_file(&aside, to))
}

/// Replaces a read-only file.
///
/// It is made writable by its path and not through an open file, because an open file cannot be replaced.
fn replace_read_only(to: &Path, found: &portable::Metadata, replace: impl Fn() -> io::Result<()>) -> io::Result<()> {
    fs::set_permissions(to, writable(found))?;
    replace().inspect_err(|_| _ = fs::set_permissions(to, found.permissions()))
}

/// Fails if a directory is moved into itself. Windows would report that it is in use.
fn refuse_into_itself(from: &Path, to: &Path) -> io::Result<()> {
    match has_its_parent_in(to, from) {
        true => Err(io::Error::new(ErrorKind::InvalidInput, "a directory is not moved into itself")),
        false => Ok(()),
    }
}

/// Whether the parent of a path is a directory, or is below it.
fn has_its_parent_in(path: &Path, directory: &Path) -> bool {
    match (real_path(parent_of(path)), real_path(directory)) {
        (Ok(parent), Ok(directory)) => parent.is_dir() && parent.starts_with(directory),
        _ => false,
    }
}

/// Whether the second path is another spelling of the first.
fn is_new_spelling(from: &Path, to: &Path) -> bool {
    from.file_name() != to.file_name()
        && is_one_name(from, to)
        && matches!((own_id(from), own_id(to)), (Ok(old), Ok(new)) if old == new)
}

/// Whether two paths of one file are in the same directory and differ only in the case of the name.
fn is_one_name(left: &Path, right: &Path) -> bool {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let parent = |path: &Path| own_id(parent_of(path)).ok();
    name(left) == name(right) && parent(left) == parent(right)
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::os::windows::fs::OpenOptionsExt as _;

    use super::*;

    /// Wine and older systems do not replace directories, so this function does it there.
    #[test]
    fn a_directory_that_made_room_gets_its_name_back() {
        let place = tempfile::tempdir().unwrap();
        let [from, to] = ["from", "to"].map(|name| place.path().join(name));
        fs::create_dir(&to).unwrap();
        let names = || crate::sys::back_end::names(place.path(), 9).unwrap();
        assert_eq!(replace_directory(&from, &to).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(names(), ["to"]);

        fs::create_dir(&from).unwrap();
        fs::write(to.join("f"), "appeared").unwrap();
        assert_eq!(replace_directory(&from, &to).unwrap_err().kind(), ErrorKind::DirectoryNotEmpty);
        assert_eq!(fs::read_to_string(to.join("f")).unwrap(), "appeared");
        assert!(from.is_dir() && names().len() == 2);

        fs::remove_file(to.join("f")).unwrap();
        fs::write(from.join("g"), "moved").unwrap();
        // Backup semantics open a directory; deletion is not shared.
        let held = OpenOptions::new().read(true).share_mode(3).custom_flags(0x0200_0000).open(&from).unwrap();
        assert!(replace_directory(&from, &to).is_err());
        assert!(from.join("g").exists() && to.is_dir() && names().len() == 2);
        drop(held);
        replace_directory(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("g")).unwrap(), "moved");
        assert_eq!(names(), ["to"]);
    }
}
