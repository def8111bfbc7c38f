//! Looking up a whole path below a directory in one call, which Linux has since 5.6.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{Mode, OFlags, ResolveFlags, fstat, fstatfs, openat2};
use rustix::io::{Errno, retry_on_intr};

use super::dir::Dir;
use super::place::SEARCH;
use super::verbs::{NEW, flags, inspect, seen};
use crate::sys::directory::Links;
use crate::sys::verbs::{Found, Lookup, Opening};
use crate::sys::{LinkRule, Rules};

/// Looks something up below a directory. Returns `None` if the kernel cannot do that, now or at all.
pub(super) fn look_up(dir: &Dir, path: &Path, rules: Rules, lookup: Lookup) -> Option<io::Result<Found<Dir>>> {
    let opened = match open(dir, path, rules, lookup)? {
        Ok(opened) => opened,
        Err(errno) => return Some(Err(errno.into())),
    };
    Some(match lookup {
        Lookup::Directory => Ok(Found::Directory(Dir::new(opened))),
        Lookup::File(_) => inspect(opened).map(Found::File),
        Lookup::See(_) => seen(opened).map(Found::Seen),
    })
}

/// Whether a path leads somewhere, and not through a link, as far as the kernel says that in one call.
#[cfg(target_os = "linux")]
pub(super) fn is_without_links(path: &Path) -> bool {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    !IS_UNKNOWN.load(Ordering::Relaxed)
        && openat2(rustix::fs::CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS).is_ok()
}

/// Whether the kernel does not know the call.
static IS_UNKNOWN: AtomicBool = AtomicBool::new(false);

fn open(dir: &Dir, path: &Path, rules: Rules, lookup: Lookup) -> Option<rustix::io::Result<OwnedFd>> {
    /// The kernel asks to be called again if any name was changed while it went up by `..`.
    const TRIES: usize = 32;
    /// The bytes of a path that fit into one call, without the NUL at the end.
    const PATH_MAX: usize = 4095;

    if IS_UNKNOWN.load(Ordering::Relaxed) || path.as_os_str().len() > PATH_MAX {
        return None;
    }
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let (flags, mode) = match lookup {
        Lookup::Directory => (SEARCH | OFlags::DIRECTORY, Mode::empty()),
        Lookup::File(Opening::Read) => (flags(Opening::Read), Mode::empty()),
        Lookup::File(opening) => (flags(opening), NEW),
        Lookup::See(Links::Follow) => (OFlags::PATH, Mode::empty()),
        Lookup::See(Links::Keep) => (OFlags::PATH | OFlags::NOFOLLOW, Mode::empty()),
    };
    for _ in 0..TRIES {
        match retry_on_intr(|| openat2(&dir.fd, path, flags | OFlags::CLOEXEC, mode, resolve(rules))) {
            Err(Errno::AGAIN) => {}
            Err(Errno::NOSYS) => {
                IS_UNKNOWN.store(true, Ordering::Relaxed);
                return None;
            }
            // A filter of system calls may refuse the call in this way, and an older kernel a flag.
            Err(Errno::PERM | Errno::INVAL | Errno::TOOBIG) => return None,
            opened => return Some(opened),
        }
    }
    None
}

fn resolve(rules: Rules) -> ResolveFlags {
    let links = match rules.links {
        LinkRule::Inside => ResolveFlags::BENEATH,
        LinkRule::FromRoot => ResolveFlags::IN_ROOT,
        LinkRule::Refuse => ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
    };
    let mounts = if rules.same_file_system { ResolveFlags::NO_XDEV } else { ResolveFlags::empty() };
    links | mounts | ResolveFlags::NO_MAGICLINKS
}

/// Whether links in a directory do not lead where their text says: in /proc, except in its root.
pub(super) fn has_magic_links(dir: &Dir) -> bool {
    const PROC_SUPER_MAGIC: u64 = 0x9fa0;
    const PROC_ROOT: u64 = 1;

    let is_proc = retry_on_intr(|| fstatfs(&dir.fd)).is_ok_and(|found| found.f_type as u64 == PROC_SUPER_MAGIC);
    is_proc && retry_on_intr(|| fstat(dir.fd.as_fd())).is_ok_and(|found| found.st_ino != PROC_ROOT)
}
