//! Renaming without replacing anything.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Stat, linkat, renameat, statat, unlinkat};
use rustix::io::{Errno, retry_on_intr};

/// Renames a path. Fails if something has the new one.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    let [from, to] = [from, to].map(|path| Name { dir: CWD, name: path.as_os_str().as_bytes() });
    rename_name(from, to)
}

/// A name in an open directory.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) dir: BorrowedFd<'a>,
    pub(super) name: &'a [u8],
}

impl Name<'_> {
    fn found(self) -> rustix::io::Result<Stat> {
        retry_on_intr(|| statat(self.dir, self.name, AtFlags::SYMLINK_NOFOLLOW))
    }

    fn unlink(self) -> rustix::io::Result<()> {
        retry_on_intr(|| unlinkat(self.dir, self.name, AtFlags::empty()))
    }
}

/// Renames in one step. Fails if something has the new name.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn rename_name(from: Name<'_>, to: Name<'_>) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    match retry_on_intr(|| renameat_with(from.dir, from.name, to.dir, to.name, RenameFlags::NOREPLACE)) {
        // The file system or the kernel does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_in_two_steps(from, to),
        result => Ok(result?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn rename_name(from: Name<'_>, to: Name<'_>) -> io::Result<()> {
    rename_in_two_steps(from, to)
}

/// Adds the new name as a hard link, then removes the old one.
///
/// For a directory, and on file systems without hard links, the new name is only looked up before.
fn rename_in_two_steps(from: Name<'_>, to: Name<'_>) -> io::Result<()> {
    let old = from.found()?;
    if FileType::from_raw_mode(old.st_mode) != FileType::Directory {
        match retry_on_intr(|| linkat(from.dir, from.name, to.dir, to.name, AtFlags::empty())) {
            Ok(()) => return remove_old_name(from, to, &old),
            // No hard links here, or not of this file, or not one more.
            Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::INVAL | Errno::MLINK) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    match to.found() {
        Ok(_) => Err(Errno::EXIST.into()),
        Err(Errno::NOENT) => Ok(retry_on_intr(|| renameat(from.dir, from.name, to.dir, to.name))?),
        Err(errno) => Err(errno.into()),
    }
}

/// Leaves a file its new name only. `old` is what had the old name before the file got the new one.
fn remove_old_name(from: Name<'_>, to: Name<'_>, old: &Stat) -> io::Result<()> {
    let new = to.found()?;
    match from.found() {
        Ok(now) if is_same(&now, &new) || is_same(&now, old) && looks_like(&new, old) => {}
        // Another program has removed the old name, or given it to another file, which stays.
        Ok(_) | Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(errno.into()),
    }
    from.unlink().or_else(|errno| match errno {
        Errno::NOENT => Ok(()),
        _ => take_back(to, &new).and(Err(errno)),
    })?;
    Ok(())
}

/// Removes the new name again, unless it is another file's by now.
fn take_back(to: Name<'_>, new: &Stat) -> rustix::io::Result<()> {
    if to.found().is_ok_and(|found| is_same(&found, new)) {
        to.unlink()?;
    }
    Ok(())
}

fn is_same(left: &Stat, right: &Stat) -> bool {
    (left.st_dev, left.st_ino) == (right.st_dev, right.st_ino)
}

/// Some file systems, such as sshfs, give each name of a file an inode number of its own.
fn looks_like(left: &Stat, right: &Stat) -> bool {
    let seen = |stat: &Stat| (stat.st_dev, stat.st_mode, stat.st_size, stat.st_mtime, stat.st_mtime_nsec);
    seen(left) == seen(right)
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs::{self, Permissions};
    use std::io::ErrorKind;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::path::Path;

    use rustix::fs::{Gid, Uid};

    use super::*;
    use crate::sys::portable;

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

    fn name(path: &Path) -> Name<'_> {
        Name { dir: CWD, name: path.as_os_str().as_bytes() }
    }

    type Way = fn(&Path, &Path) -> io::Result<()>;

    const WAYS: [(&str, Way); 3] = [
        ("one step", rename_new),
        ("two steps", |from, to| rename_in_two_steps(name(from), name(to))),
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
            let found = name(&old).found().unwrap();
            fs::remove_file(&old).unwrap();
            make(&old, other);
            let before = fs::symlink_metadata(&old).map(|found| found.ino()).ok();
            remove_old_name(name(&old), name(&new), &found).unwrap();
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
            let found = name(&new).found().unwrap();
            if !other.is_empty() {
                fs::remove_file(&new).unwrap();
                make(&new, other);
            }
            take_back(name(&new), &found).unwrap();
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
