//! Renaming without replacing anything.

use std::io;

use rustix::io::Errno;

use super::facts::facts_of;
use super::is_one_of;
use super::place::Place;
use crate::sys::directory::Links;
use crate::sys::edit_dir::Facts;
use crate::sys::rename::{Name, rename_in_two_steps};

/// Renames in one step. Fails if the new name is taken.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn rename_new(from: Place<'_>, to: Place<'_>) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::retry_on_intr;

    let rename = |flags| retry_on_intr(|| renameat_with(from.dir, from.name, to.dir, to.name, flags));
    match rename(RenameFlags::NOREPLACE) {
        // The file system or the kernel does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_in_two_steps(from, to),
        // Flags that exclude each other are invalid, unless a filter of system calls refuses the call before that.
        Err(Errno::PERM) if rename(RenameFlags::NOREPLACE | RenameFlags::EXCHANGE) == Err(Errno::PERM) => {
            rename_in_two_steps(from, to)
        }
        result => Ok(result?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn rename_new(from: Place<'_>, to: Place<'_>) -> io::Result<()> {
    rename_in_two_steps(from, to)
}

impl Name for Place<'_> {
    fn facts(self) -> io::Result<Facts> {
        Ok(facts_of(&self.stat(Links::Keep)?))
    }

    fn hard_link(self, new: Self) -> io::Result<()> {
        Ok(Place::hard_link(self, new)?)
    }

    fn rename(self, new: Self) -> io::Result<()> {
        Ok(Place::rename(self, new)?)
    }

    fn remove_file(self) -> io::Result<()> {
        Ok(Place::remove_file(self)?)
    }

    fn is_about_hard_links(error: &io::Error) -> bool {
        is_one_of(error, &[Errno::PERM, Errno::NOTSUP, Errno::NOSYS, Errno::INVAL, Errno::MLINK])
    }
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs::{self, Permissions};
    use std::io::ErrorKind;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::path::Path;

    use rustix::fs::{Gid, Uid};

    use super::*;
    use crate::sys::portable;
    use crate::sys::rename::{remove_old_name, take_back};

    const KINDS: [&str; 7] = ["nothing", "file", "two names", "directory", "full", "link", "dangling link"];

    fn make(path: &Path, kind: &str) {
        match kind {
            "file" => fs::write(path, kind).unwrap(),
            "two names" => {
                fs::write(path, kind).unwrap();
                fs::hard_link(path, path.with_extension("second")).unwrap();
            }
            "directory" => fs::create_dir(path).unwrap(),
            "full" => fs::create_dir_all(path.join("below")).unwrap(),
            "link" => symlink("target", path).unwrap(),
            "dangling link" => symlink("nowhere", path).unwrap(),
            _ => {}
        }
    }

    type Way = fn(&Path, &Path) -> io::Result<()>;

    const WAYS: [(&str, Way); 3] = [
        ("one step", |from, to| rename_new(Place::of(from), Place::of(to))),
        ("two steps", |from, to| rename_in_two_steps(Place::of(from), Place::of(to))),
        ("std", portable::rename_new),
    ];

    /// One step, two steps and std do the same, for every kind of file under either name: nothing is replaced, and what
    /// is renamed has one name then.
    #[test]
    fn all_ways_to_rename_do_the_same() {
        for (way, rename) in WAYS {
            for from in KINDS {
                for to in KINDS {
                    let place = tempfile::tempdir().unwrap();
                    let (old, new) = (place.path().join("old"), place.path().join("new"));
                    fs::write(place.path().join("target"), "").unwrap();
                    make(&old, from);
                    make(&new, to);
                    let id = |path: &Path| fs::symlink_metadata(path).ok().map(|found| (found.ino(), found.nlink()));
                    let before = [id(&old), id(&new)];
                    let result = rename(&old, &new).map_err(|error| error.kind());
                    let expected = match (from, to) {
                        ("nothing", _) => (Err(ErrorKind::NotFound), before),
                        (_, "nothing") => (Ok(()), [None, before[0]]),
                        _ => (Err(ErrorKind::AlreadyExists), before),
                    };
                    assert_eq!((result, [id(&old), id(&new)]), expected, "{way}: {from} to {to}");
                }
            }
        }
    }

    /// Another way is tried where hard links are what cannot be; every other error is the answer.
    #[test]
    fn only_errors_about_hard_links_lead_to_a_rename() {
        for errno in [Errno::PERM, Errno::NOTSUP, Errno::NOSYS, Errno::INVAL, Errno::MLINK] {
            assert!(Place::is_about_hard_links(&errno.into()), "{errno}");
        }
        for errno in [Errno::EXIST, Errno::ACCESS, Errno::NOSPC, Errno::DQUOT, Errno::ROFS, Errno::IO, Errno::NOENT] {
            assert!(!Place::is_about_hard_links(&errno.into()), "{errno}");
        }
    }

    /// What cannot lose its old name keeps that one, and gets no other.
    #[test]
    fn a_rename_that_fails_leaves_one_name() {
        const NOBODY: u32 = 65534;
        for (way, rename) in WAYS {
            let place = tempfile::tempdir().unwrap();
            let (closed, open) = (place.path().join("closed"), place.path().join("open"));
            let (old, new) = (closed.join("old"), open.join("new"));
            [&closed, &open].iter().for_each(|path| fs::create_dir(path).unwrap());
            fs::write(&old, "").unwrap();
            if nix::unistd::geteuid().is_root() {
                let nobody = (Some(Uid::from_raw(NOBODY)), Some(Gid::from_raw(NOBODY)));
                [&old, &open].iter().for_each(|path| rustix::fs::chown(*path, nobody.0, nobody.1).unwrap());
                fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
            }
            fs::set_permissions(&closed, Permissions::from_mode(0o555)).unwrap();
            // Root is not stopped by permissions: only this thread becomes another user.
            let result = std::thread::scope(|scope| {
                let renaming = scope.spawn(|| {
                    if nix::unistd::geteuid().is_root() {
                        nix::unistd::setfsuid(nix::unistd::Uid::from_raw(NOBODY));
                    }
                    rename(&old, &new).map_err(|error| error.kind())
                });
                renaming.join().unwrap()
            });
            assert_eq!(result, Err(ErrorKind::PermissionDenied), "{way}");
            let found = fs::symlink_metadata(&old).unwrap();
            assert_eq!((found.nlink(), new.exists()), (1, false), "{way}");
            fs::set_permissions(&closed, Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// What happens between both steps: the old name is given to another file, or removed.
    #[test]
    fn the_second_step_removes_no_other_file() {
        for other in ["file", "directory", "link", "nothing"] {
            let place = tempfile::tempdir().unwrap();
            let (old, new) = (place.path().join("old"), place.path().join("new"));
            make(&old, "file");
            fs::hard_link(&old, &new).unwrap();
            let found = Place::of(&old).facts().unwrap();
            fs::remove_file(&old).unwrap();
            make(&old, other);
            let before = fs::symlink_metadata(&old).map(|found| found.ino()).ok();
            remove_old_name(Place::of(&old), Place::of(&new), &found).unwrap();
            assert_eq!(fs::symlink_metadata(&old).map(|found| found.ino()).ok(), before, "{other}");
            assert_eq!(fs::metadata(&new).unwrap().nlink(), 1);
        }
    }

    /// What was given the new name meanwhile is not the one to be taken back.
    #[test]
    fn only_the_own_name_is_taken_back() {
        for other in ["", "file", "directory", "link"] {
            let place = tempfile::tempdir().unwrap();
            let (old, new) = (place.path().join("old"), place.path().join("new"));
            make(&old, "file");
            fs::hard_link(&old, &new).unwrap();
            let found = Place::of(&new).facts().unwrap();
            if !other.is_empty() {
                fs::remove_file(&new).unwrap();
                make(&new, other);
            }
            take_back(Place::of(&new), &found).unwrap();
            assert_eq!(fs::symlink_metadata(&new).is_ok(), !other.is_empty(), "{other}");
            assert_eq!(fs::metadata(&old).unwrap().nlink(), 1);
        }
    }

    /// A hard link is no way around an error that has another reason.
    #[test]
    fn no_other_error_is_tried_again() {
        let place = tempfile::tempdir().unwrap();
        let old = place.path().join("old");
        make(&old, "file");
        for (to, kind) in [("no/new", ErrorKind::NotFound), ("old/new", ErrorKind::NotADirectory)] {
            for (way, rename) in WAYS {
                let error = rename(&old, &place.path().join(to)).unwrap_err();
                assert_eq!(error.kind(), kind, "{way}: {to}");
            }
        }
        assert_eq!(fs::metadata(&old).unwrap().nlink(), 1);
    }
}
