//! What every verb on Unix works on: a name in an open directory, or a path from `CWD`.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use rustix::fs::{
    Access, AtFlags, CWD, Gid, Mode, OFlags, Stat, Timestamps, Uid, accessat, chmodat, chownat, linkat, mkdirat,
    openat, readlinkat, readlinkat_raw, renameat, statat, symlinkat, unlinkat, utimensat,
};
#[cfg(any(target_os = "linux", target_os = "android"))]
use rustix::fs::{Statx, StatxFlags, statx};
use rustix::io::{Errno, Result, retry_on_intr};
use rustix::process::{getegid, geteuid, getgid, getuid};

use crate::sys::directory::Links;

/// How a directory is opened to look up names in it: without permission to read it, if the system supports that.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) const SEARCH: OFlags = OFlags::RDONLY;

/// A name in an open directory, or a path from there. The directory may be `CWD`.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) dir: BorrowedFd<'a>,
    pub(super) name: &'a OsStr,
}

/// Verbs: one system call each, made again if a signal interrupts it.
impl<'a> Place<'a> {
    pub(super) fn new(dir: &'a impl AsFd, name: &'a OsStr) -> Self {
        Self { dir: dir.as_fd(), name }
    }

    /// A path from the working directory.
    pub(super) fn of(path: &'a Path) -> Self {
        Self { dir: CWD, name: path.as_os_str() }
    }

    pub(super) fn stat(self, links: Links) -> Result<Stat> {
        retry_on_intr(|| statat(self.dir, self.name, at_flags(links)))
    }

    #[inline]
    pub(super) fn open(self, flags: OFlags, mode: Mode, links: Links) -> Result<OwnedFd> {
        let no_follow = if links == Links::Keep { OFlags::NOFOLLOW } else { OFlags::empty() };
        retry_on_intr(|| openat(self.dir, self.name, flags | no_follow | OFlags::CLOEXEC, mode))
    }

    #[inline]
    pub(super) fn open_dir(self, flags: OFlags, links: Links) -> Result<OwnedFd> {
        self.open(flags | OFlags::DIRECTORY, Mode::empty(), links)
    }

    /// Creates an empty file and opens it for reading and writing. Fails if the name is taken.
    pub(super) fn create_new(self, mode: Mode) -> Result<OwnedFd> {
        self.open(OFlags::RDWR | OFlags::CREATE | OFlags::EXCL, mode, Links::Keep)
    }

    pub(super) fn make_dir(self, mode: u32) -> Result<()> {
        retry_on_intr(|| mkdirat(self.dir, self.name, Mode::from_raw_mode(mode as _)))
    }

    pub(super) fn make_symlink(self, target: &OsStr) -> Result<()> {
        retry_on_intr(|| symlinkat(target, self.dir, self.name))
    }

    pub(super) fn read_link(self) -> Result<OsString> {
        // No memory is needed for what is not a link.
        let mut buffer = [0; 256];
        let count = retry_on_intr(|| readlinkat_raw(self.dir, self.name, &mut buffer[..]))?;
        if count < buffer.len() {
            return Ok(OsString::from_vec(buffer[..count].to_vec()));
        }
        let target = retry_on_intr(|| readlinkat(self.dir, self.name, Vec::new()))?;
        Ok(OsString::from_vec(target.into_bytes()))
    }

    pub(super) fn remove_file(self) -> Result<()> {
        retry_on_intr(|| unlinkat(self.dir, self.name, AtFlags::empty()))
    }

    pub(super) fn remove_dir(self) -> Result<()> {
        retry_on_intr(|| unlinkat(self.dir, self.name, AtFlags::REMOVEDIR))
    }

    /// Renames. Replaces what has the new name.
    pub(super) fn rename(self, to: Place<'_>) -> Result<()> {
        retry_on_intr(|| renameat(self.dir, self.name, to.dir, to.name))
    }

    /// Creates a hard link to this file. A link is not followed.
    pub(super) fn hard_link(self, new: Place<'_>) -> Result<()> {
        retry_on_intr(|| linkat(self.dir, self.name, new.dir, new.name, AtFlags::empty()))
    }

    pub(super) fn set_owner(self, owner: Option<Uid>, group: Option<Gid>, links: Links) -> Result<()> {
        retry_on_intr(|| chownat(self.dir, self.name, owner, group, at_flags(links)))
    }

    pub(super) fn set_times(self, times: &Timestamps, links: Links) -> Result<()> {
        retry_on_intr(|| utimensat(self.dir, self.name, times, at_flags(links)))
    }

    /// Whether this user may do something. The system follows links.
    pub(super) fn check_access(self, access: Access) -> Result<()> {
        let check = |flags| retry_on_intr(|| accessat(self.dir, self.name, access, flags));
        match check(AtFlags::EACCESS) {
            // Filters of system calls that do not know the one with flags refuse it with PERM, and Android's C library, which
            // has no flags, with INVAL. The older one asks for the real user and group.
            Err(Errno::PERM | Errno::INVAL) if getuid() == geteuid() && getgid() == getegid() => {
                check(AtFlags::empty())
            }
            result => result,
        }
    }

    pub(super) fn set_mode(self, mode: u32, links: Links) -> Result<()> {
        match links {
            Links::Follow => {
                retry_on_intr(|| chmodat(self.dir, self.name, Mode::from_raw_mode(mode as _), AtFlags::empty()))
            }
            Links::Keep => here::set_mode(self, mode),
        }
    }

    /// The facts that only Linux reports. An empty name is the directory itself.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(super) fn attributes(self) -> Result<Statx> {
        retry_on_intr(|| {
            statx(self.dir, self.name, AtFlags::SYMLINK_NOFOLLOW | AtFlags::EMPTY_PATH, StatxFlags::empty())
        })
    }

    /// Opens anything without permission to read it. A link is not followed. Returns `None` if the system cannot do that.
    pub(super) fn hold(self) -> Result<Option<OwnedFd>> {
        here::hold(self)
    }
}

fn at_flags(links: Links) -> AtFlags {
    if links == Links::Keep { AtFlags::SYMLINK_NOFOLLOW } else { AtFlags::empty() }
}

/// Follows paths that may be too long for one system call. Keeps the last directory that had to be opened.
pub(super) struct Way<'a> {
    start: BorrowedFd<'a>,
    dir: Option<OwnedFd>,
    /// The start of the path, which leads to it.
    passed: Vec<u8>,
}

impl<'a> Way<'a> {
    pub(super) fn from(start: BorrowedFd<'a>) -> Self {
        Self { start, dir: None, passed: Vec::new() }
    }

    /// The place of a path, with a rest that is short enough for one call.
    pub(super) fn to<'p>(&'p mut self, path: &'p OsStr) -> Result<Place<'p>> {
        let path = path.as_bytes();
        let mut left = match path.strip_prefix(&*self.passed) {
            Some(rest) if self.passed.is_empty() => rest,
            Some([b'/', rest @ ..]) => rest,
            _ => {
                *self = Self::from(self.start);
                path
            }
        };
        while let Some((front, rest)) = split_long(left) {
            let next = self.place(front).open_dir(SEARCH, Links::Follow)?;
            self.dir = Some(next);
            self.passed = path[..path.len() - rest.len() - 1].to_owned();
            left = rest;
        }
        Ok(self.place(left))
    }

    fn place<'p>(&'p self, name: &'p [u8]) -> Place<'p> {
        let dir = self.dir.as_ref().map_or(self.start, AsFd::as_fd);
        Place { dir, name: OsStr::from_bytes(name) }
    }
}

/// The bytes of a path that fit into one system call, without the NUL at the end.
pub(crate) const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 4095 } else { 1023 };

/// Splits a long path into a start that fits into one system call, and the rest. Returns nothing for a path that fits. A name
/// that is too long by itself stays whole, and the system refuses it.
fn split_long(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if path.len() <= LONGEST_PATH {
        return None;
    }
    let is_separator = |&byte: &u8| byte == b'/';
    // The root has nothing before it.
    let within = path[..=LONGEST_PATH].iter().rposition(is_separator).filter(|&at| at > 0);
    let beyond = || path[LONGEST_PATH..].iter().position(is_separator).map(|at| at + LONGEST_PATH);
    within.or_else(beyond).map(|at| (&path[..at], &path[at + 1..]))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use here::{path_of, set_mode_of};

/// Linux has descriptors that give no rights to a file, and paths of descriptors.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod here {
    use std::os::fd::AsRawFd as _;

    use super::*;

    /// A path to an open file, valid as long as it is open.
    pub(in crate::sys::unix) fn path_of(file: &impl AsFd) -> String {
        format!("/proc/self/fd/{}", file.as_fd().as_raw_fd())
    }

    pub(super) fn hold(place: Place<'_>) -> Result<Option<OwnedFd>> {
        place.open(OFlags::PATH, Mode::empty(), Links::Keep).map(Some)
    }

    /// No call does this without following a link.
    pub(super) fn set_mode(place: Place<'_>, mode: u32) -> Result<()> {
        set_mode_of(&place.open(OFlags::PATH, Mode::empty(), Links::Keep)?, mode)
    }

    /// Sets the mode of a file that was opened without permission to read it.
    pub(in crate::sys::unix) fn set_mode_of(file: &impl AsFd, mode: u32) -> Result<()> {
        Place::of(path_of(file).as_ref()).set_mode(mode, Links::Follow)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod here {
    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "as for Linux")]
    pub(super) fn hold(_: Place<'_>) -> Result<Option<OwnedFd>> {
        Ok(None)
    }

    pub(super) fn set_mode(place: Place<'_>, mode: u32) -> Result<()> {
        let mode = Mode::from_raw_mode(mode as _);
        retry_on_intr(|| chmodat(place.dir, place.name, mode, AtFlags::SYMLINK_NOFOLLOW))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_where_one_call_takes_no_more() {
        let (most, long) = ("n".repeat(4095), "n".repeat(4096));
        for (path, cut) in [
            ("a/b".to_owned(), None),
            (most.clone(), None),
            (format!("a/{most}"), Some(("a", &*most))),
            (format!("{most}/b/c"), Some((&*most, "b/c"))),
            // The system refuses a name that is too long by itself; the root stays with what is in it.
            (long.clone(), None),
            (format!("{long}/b/c"), Some((&*long, "b/c"))),
            (format!("/{long}/b/c"), Some((&*format!("/{long}"), "b/c"))),
        ] {
            let cut = cut.map(|(front, rest)| (front.as_bytes(), rest.as_bytes()));
            assert_eq!(split_long(path.as_bytes()), cut, "{}", path.len());
        }
    }
}
