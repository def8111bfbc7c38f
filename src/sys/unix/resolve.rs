//! Real paths, of any length.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::retry_on_intr;

use super::dir::front;
use crate::sys::resolve::{Found, Trouble, follow};

/// What opens a directory only to go through it, where the system has that.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SEARCH: OFlags = OFlags::RDONLY;

/// The path that leads to the same file with no link and no `..`.
pub(crate) fn resolve_strict(path: &Path) -> io::Result<PathBuf> {
    resolve_with(path, Trouble::Refuse)
}

/// The same as far as there is something, and then the rest of the path.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    resolve_with(path, Trouble::Keep)
}

fn resolve_with(path: &Path, trouble: Trouble) -> io::Result<PathBuf> {
    let start = if path.is_absolute() { PathBuf::new() } else { super::working_dir()? };
    let mut way = Way::default();
    follow(start, path, trouble, |path| way.look(path))
}

/// The last directory that had to be opened for a path that is too long for one call.
#[derive(Default)]
struct Way {
    dir: Option<OwnedFd>,
    /// As much of the path as leads to it.
    path: Vec<u8>,
}

impl Way {
    /// Looks at an absolute path that has no links but the last name.
    fn look(&mut self, path: &Path) -> io::Result<Found> {
        let path = path.as_os_str().as_bytes();
        if !path.strip_prefix(&*self.path).is_some_and(|rest| self.path.is_empty() || rest.starts_with(b"/")) {
            *self = Self::default();
        }
        loop {
            let opened = if self.path.is_empty() { 0 } else { self.path.len() + 1 };
            let (first, rest) = front(&path[opened..]);
            let dir = self.dir.as_ref().map_or(CWD, |dir| dir.as_fd());
            if rest.is_empty() {
                return look_in(dir, first);
            }
            let flags = SEARCH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let next = retry_on_intr(|| openat(dir, first, flags, Mode::empty()))?;
            self.path = path[..opened + first.len()].to_owned();
            self.dir = Some(next);
        }
    }
}

fn look_in(dir: BorrowedFd<'_>, path: &[u8]) -> io::Result<Found> {
    let found = retry_on_intr(|| statat(dir, path, AtFlags::SYMLINK_NOFOLLOW))?;
    Ok(match FileType::from_raw_mode(found.st_mode) {
        FileType::Symlink => {
            let target = retry_on_intr(|| readlinkat(dir, path, Vec::new()))?;
            Found::Link(OsString::from_vec(target.into_bytes()).into())
        }
        FileType::Directory => Found::Directory,
        _ => Found::Other,
    })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the test builds its files with std")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use crate::sys::portable;

    /// Both back ends give the same, for every path of up to three names.
    #[test]
    fn paths_lead_to_the_same_in_both_back_ends() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("d/e")).unwrap();
        fs::write(at("d/f"), "").unwrap();
        let links =
            [("l", "d/e"), ("d/up", ".."), ("d/e/far", "../../l/../f"), ("self", "self"), ("1", "2"), ("2", "1/x")];
        links.iter().for_each(|(link, target)| symlink(target, at(link)).unwrap());
        symlink(place.path(), at("d/root")).unwrap();
        symlink("nowhere/x", at("dangling")).unwrap();

        let names = ["d", "e", "f", "l", "up", "far", "self", "1", "root", "dangling", "no", "..", "."];
        let mut paths = vec![place.path().to_owned()];
        for from in [0, 1, 14] {
            let longer: Vec<_> = paths[from..].iter().flat_map(|path| names.map(|name| path.join(name))).collect();
            paths.extend(longer);
        }
        let mut failures = 0;
        for path in paths {
            assert_eq!(super::resolve(&path).unwrap(), portable::resolve(&path).unwrap(), "{path:?}");
            let strict = |resolved: std::io::Result<_>| resolved.map_err(|error| error.kind());
            let ours = strict(super::resolve_strict(&path));
            assert_eq!(ours, strict(portable::resolve_strict(&path)), "{path:?}");
            failures += usize::from(ours.is_err());
        }
        assert!(failures > 500, "{failures}");
    }
}
