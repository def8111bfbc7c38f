//! Renaming without replacing, in two steps, for systems that have no call for it. All back ends share it.

use std::io::{self, ErrorKind};

use super::edit_dir::Facts;
use super::taken_error;
use crate::kind::FileKind;

/// A name that a file has, or will get.
pub(super) trait Name: Copy {
    /// The facts of the file with the name. A link is not followed.
    fn facts(self) -> io::Result<Facts>;

    fn hard_link(self, new: Self) -> io::Result<()>;

    /// Renames. Replaces what has the new name.
    fn rename(self, new: Self) -> io::Result<()>;

    fn remove_file(self) -> io::Result<()>;

    /// Whether an error of creating a hard link is about hard links only: the file system has none, not for this file, or no
    /// more of them.
    fn is_about_hard_links(error: &io::Error) -> bool;
}

/// Adds the new name as a hard link, then removes the old one.
///
/// For a directory, and on file systems without hard links, it only checks before that the new name is free.
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

/// Removes the old name of a file. `old` are the facts of the file with that name before it got the new one.
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

/// Removes the new name again, unless it belongs to another file by now.
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// A name, and what it is given.
    #[derive(Clone, Copy)]
    struct Fixed<'a> {
        facts: Option<&'a Facts>,
        is_removed: &'a std::cell::Cell<bool>,
    }

    impl Name for Fixed<'_> {
        fn facts(self) -> io::Result<Facts> {
            self.facts.cloned().ok_or_else(|| ErrorKind::NotFound.into())
        }

        fn hard_link(self, _: Self) -> io::Result<()> {
            unreachable!()
        }

        fn rename(self, _: Self) -> io::Result<()> {
            unreachable!()
        }

        fn remove_file(self) -> io::Result<()> {
            self.is_removed.set(true);
            Ok(())
        }

        fn is_about_hard_links(_: &io::Error) -> bool {
            unreachable!()
        }
    }

    fn facts() -> Facts {
        let [accessed, modified, changed] = [1, 2, 3].map(|seconds| Some(UNIX_EPOCH + Duration::from_secs(seconds)));
        let (kind, id, names, size, allocated) = (FileKind::File, Some((1, 2)), 1, 5, 4096);
        Facts { kind, id, names, size, allocated, mode: 0o644, owner: (1, 2), device: 0, accessed, modified, changed }
    }

    /// Some file systems give each name an inode number of its own. Then the facts of the two names must be alike.
    #[test]
    fn an_old_name_goes_if_it_is_of_the_same_file() {
        let other = Some((1, 3));
        // What was found under the old name first, what is found there now, and under the new name.
        let changed = |change: fn(&mut Facts)| {
            let mut facts = Facts { id: other, ..facts() };
            change(&mut facts);
            facts
        };
        let rows: [(Option<Facts>, Facts, bool); 10] = [
            (Some(facts()), facts(), true),
            (Some(facts()), changed(|_| {}), true),
            (Some(facts()), changed(|facts| facts.names = 2), true),
            (Some(facts()), changed(|facts| facts.changed = None), true),
            (Some(facts()), changed(|facts| facts.id = Some((2, 3))), false),
            (Some(facts()), changed(|facts| facts.mode = 0o600), false),
            (Some(facts()), changed(|facts| facts.size = 6), false),
            (Some(facts()), changed(|facts| facts.modified = None), false),
            // Another file has the old name by now, or none.
            (Some(Facts { id: Some((1, 4)), ..facts() }), changed(|_| {}), false),
            (None, facts(), false),
        ];
        for (at, (now, new, goes)) in rows.iter().enumerate() {
            let removed = [(), ()].map(|()| std::cell::Cell::new(false));
            let from = Fixed { facts: now.as_ref(), is_removed: &removed[0] };
            let to = Fixed { facts: Some(new), is_removed: &removed[1] };
            remove_old_name(from, to, &facts()).unwrap();
            assert_eq!(removed.map(|removed| removed.get()), [*goes, false], "row {at}");
        }
    }
}
