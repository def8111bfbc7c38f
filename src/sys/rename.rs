//! Renaming without replacing anything, where the system has no call for that: the steps, for every back end.

use std::io::{self, ErrorKind};

use super::edit_dir::Facts;
use super::taken_error;
use crate::kind::FileKind;

/// A name that a file has, or is to get.
pub(super) trait Name: Copy {
    /// What has the name; a link is not followed.
    fn facts(self) -> io::Result<Facts>;

    fn hard_link(self, new: Self) -> io::Result<()>;

    /// Renames, replacing what is there.
    fn rename(self, new: Self) -> io::Result<()>;

    fn remove_file(self) -> io::Result<()>;

    /// Checks whether an error of making a hard link is about hard links only: there are none here, or not of this file,
    /// or not one more.
    fn is_about_hard_links(error: &io::Error) -> bool;
}

/// Adds the new name as a hard link, then removes the old one.
///
/// For a directory, and on file systems without hard links, the new name is only looked up before.
pub(super) fn rename_in_two_steps<N: Name>(from: N, to: N) -> io::Result<()> {
    let old = from.facts()?;
    if old.kind != FileKind::Directory {
        match from.hard_link(to) {
            Ok(()) => return remove_old_name(from, to, &old),
            Err(error) if N::is_about_hard_links(&error) => {}
            Err(error) => return Err(error),
        }
    }
    match to.facts() {
        Ok(_) => Err(taken_error()),
        Err(error) if error.kind() == ErrorKind::NotFound => from.rename(to),
        Err(error) => Err(error),
    }
}

/// Leaves a file its new name only. `old` is what had the old name before the file got the new one.
pub(super) fn remove_old_name<N: Name>(from: N, to: N, old: &Facts) -> io::Result<()> {
    let new = to.facts()?;
    match from.facts() {
        Ok(now) if now.id == new.id || now.id == old.id && looks_like(&new, old) => {}
        // Another program has removed the old name, or given it to another file, which stays.
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    from.remove_file().or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => take_back(to, &new).and(Err(error)),
    })
}

/// Removes the new name again, unless it is another file's by now.
pub(super) fn take_back<N: Name>(to: N, new: &Facts) -> io::Result<()> {
    if to.facts().is_ok_and(|found| found.id == new.id) {
        to.remove_file()?;
    }
    Ok(())
}

/// Some file systems, such as sshfs, give each name of a file an inode number of its own.
fn looks_like(left: &Facts, right: &Facts) -> bool {
    let seen = |facts: &Facts| (facts.id.map(|(device, _)| device), facts.mode, facts.size, facts.modified);
    seen(left) == seen(right)
}
