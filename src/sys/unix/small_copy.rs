//! Copying one small file to a free name in as few calls as its promises allow.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::path::Path;

use rustix::fs::{Mode, copy_file_range, fstat};
use rustix::io::retry_on_intr;

use super::copy::Scratch;
use super::facts::{facts_of, mode_of};
use super::handle::Handle;
use super::opening::open_to_read;
use super::place::Place;
use super::{unnamed, xattr};
use crate::kind::FileKind;
use crate::sys::directory::Links;
use crate::sys::edit_dir::{Facts, Losses, parent_of};

/// Copies a small file and its permissions to a free name, and returns its size. Returns `None` if that is not possible: then
/// nothing was made, and copying in open directories succeeds or reports why.
///
/// Each path is looked up from the working directory, and the system checks that the name is free when the copy, which
/// has none before, gets it.
pub(crate) fn copy_small_file(from: &Path, to: &Path, links: Links) -> Option<u64> {
    to.file_name()?;
    let from = Place::of(from);
    // Not everything may be opened: opening a pipe lets the program go on that waits to write to it.
    if !is_small_file(&facts_of(&from.stat(links).ok()?)) {
        return None;
    }
    let source = open_to_read(from, links).ok()?;
    let facts = facts_of(&fstat(&source).ok()?);
    if !is_small_file(&facts) {
        return None;
    }
    let mode = own_mode(&source, facts.mode)?;
    let copy = unnamed::create(Place::of(parent_of(to)), Mode::from_raw_mode(mode as _)).ok()??;
    if !has_mode(&copy, mode) || !has_content(&source, &copy, facts.size) {
        return None;
    }
    unnamed::give_name(&copy, Place::of(to)).ok()?;
    Some(facts.size)
}

/// Whether something is a regular file whose size can be relied on, and of which one call copies everything.
fn is_small_file(facts: &Facts) -> bool {
    let is_stored = facts.size > 0 && facts.allocated >= facts.size;
    facts.kind == FileKind::File && is_stored && facts.size <= Scratch::BUFFER as u64
}

/// The permissions of a file without what only its access control list adds to them.
fn own_mode(file: &File, mode: u32) -> Option<u32> {
    let mut losses = Losses::default();
    let mode = xattr::own_mode(&Handle::Open(file.as_fd()), mode & 0o777, &mut losses);
    losses.is_empty().then_some(mode)
}

/// Whether a new file has exactly these permissions: the umask and the file system took none of them, and its directory
/// gave it no access control list.
fn has_mode(file: &File, mode: u32) -> bool {
    let handle = Handle::Open(file.as_fd());
    xattr::has_list(&handle) == Ok(false) && handle.stat().is_ok_and(|found| mode_of(&found) == mode)
}

/// Copies the content of a small file to an empty one. Returns whether it was as long as the size says.
fn has_content(from: &File, to: &File, size: u64) -> bool {
    retry_on_intr(|| copy_file_range(from, None, to, None, size as usize)).is_ok_and(|count| count as u64 == size)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// The names in a directory: nothing may be left there.
    fn names(dir: &Path) -> Vec<String> {
        let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_small_file_is_copied_with_its_permissions() {
        // Not every file system has files without a name.
        let place = tempfile::tempdir_in("/dev/shm").unwrap();
        let [from, to] = ["from", "to"].map(|name| place.path().join(name));
        fs::write(&from, [b'x'; 5_000]).unwrap();
        for mode in [0o600, 0o644, 0o400, 0o4755] {
            fs::set_permissions(&from, Permissions::from_mode(mode)).unwrap();
            let copied = copy_small_file(&from, &to, Links::Keep);
            // The umask and the file system may not allow the permissions; then nothing is there.
            if copied.is_some() || mode & 0o077 == 0 {
                assert_eq!((copied, fs::read(&to).unwrap().len()), (Some(5_000), 5_000), "{mode:o}");
                assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o7777, mode & 0o777);
                fs::remove_file(&to).unwrap();
            }
            assert_eq!(names(place.path()), ["from"]);
        }
    }

    #[test]
    fn what_is_not_small_regular_and_new_is_left_to_others() {
        let place = tempfile::tempdir_in("/dev/shm").unwrap();
        let at = |name: &str| place.path().join(name);
        fs::write(at("file"), "content").unwrap();
        fs::write(at("taken"), "old").unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::write(at("large"), vec![b'x'; Scratch::BUFFER + 1]).unwrap();
        fs::create_dir(at("dir")).unwrap();
        symlink("file", at("link")).unwrap();
        symlink("nothing", at("dangling")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let before = names(place.path());
        for (from, to, links) in [
            ("empty", "new", Links::Keep),
            ("large", "new", Links::Keep),
            ("dir", "new", Links::Keep),
            ("pipe", "new", Links::Keep),
            ("link", "new", Links::Keep),
            ("missing", "new", Links::Keep),
            ("file", "taken", Links::Keep),
            ("file", "file", Links::Keep),
            ("file", "dangling", Links::Follow),
            ("file", "dir", Links::Keep),
            ("file", "dir/..", Links::Keep),
            ("file", "missing/new", Links::Keep),
        ] {
            assert_eq!(copy_small_file(&at(from), &at(to), links), None, "{from} to {to}");
            assert_eq!(names(place.path()), before, "{from} to {to}");
        }
        assert_eq!(fs::read(at("taken")).unwrap(), b"old");
        assert_eq!(copy_small_file(&at("link"), &at("new"), Links::Follow), Some(7));
        assert_eq!(fs::read(at("new")).unwrap(), b"content");
    }
}
