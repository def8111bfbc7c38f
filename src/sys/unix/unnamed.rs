//! Files by their descriptors: Linux makes them without a name, which nobody sees before they get one, and makes
//! hard links to those that are open.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::Mode;

pub(super) use here::{create, give_name, has_umask, hold};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod here {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::ffi::OsStrExt as _;

    use rustix::fs::{AtFlags, CWD, OFlags, fgetxattr, fstat, linkat, openat};
    use rustix::io::{Errno, retry_on_intr};

    use super::*;
    use crate::sys::unix::xattr;

    /// Makes a file in a directory; nothing, where the system or the file system has no such files.
    pub(in crate::sys::unix) fn create(dir: impl AsFd, mode: Mode) -> io::Result<Option<File>> {
        let unknown = [Errno::OPNOTSUPP, Errno::ISDIR, Errno::NOENT, Errno::INVAL, Errno::NOSYS];
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        match retry_on_intr(|| openat(&dir, c".", flags, mode)) {
            Err(errno) if unknown.contains(&errno) => Ok(None),
            file => Ok(Some(File::from(file?))),
        }
    }

    /// Whether the system has applied the umask to a file without a name. Before Linux 6.3 it did not where
    /// the file system has no lists of rights.
    pub(in crate::sys::unix) fn has_umask(file: &File) -> io::Result<bool> {
        const ALL: u32 = 0o666;
        let mode = retry_on_intr(|| fstat(file))?.st_mode;
        let lists = || fgetxattr(file, xattr::RIGHTS, &mut [0_u8; 1][..]);
        Ok(mode & ALL != ALL || !matches!(retry_on_intr(lists), Err(Errno::NOTSUP | Errno::NOSYS)))
    }

    /// Opens whatever has a name, without following a link and without reading from it.
    pub(in crate::sys::unix) fn hold(dir: impl AsFd, name: &OsStr) -> io::Result<Option<OwnedFd>> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Some(retry_on_intr(|| openat(&dir, name.as_bytes(), flags, Mode::empty()))?))
    }

    /// Gives a file a name, which must be free; whether that was possible.
    ///
    /// Since Linux 6.10 its descriptor is enough; before, that took special rights, or /proc.
    pub(in crate::sys::unix) fn give_name(file: impl AsFd, dir: impl AsFd, name: &OsStr) -> rustix::io::Result<bool> {
        let unable =
            [Errno::NOENT, Errno::OPNOTSUPP, Errno::PERM, Errno::ACCESS, Errno::XDEV, Errno::NOSYS, Errno::INVAL];
        let name = name.as_bytes();
        match retry_on_intr(|| linkat(&file, c"", &dir, name, AtFlags::EMPTY_PATH)) {
            Err(errno) if unable.contains(&errno) => {}
            result => return result.map(|()| true),
        }
        let path = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
        match retry_on_intr(|| linkat(CWD, &path, &dir, name, AtFlags::SYMLINK_FOLLOW)) {
            Err(errno) if unable.contains(&errno) => Ok(false),
            result => result.map(|()| true),
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[allow(clippy::unnecessary_wraps, reason = "as for Linux")]
mod here {
    use super::*;

    pub(in crate::sys::unix) fn create(_: impl AsFd, _: Mode) -> io::Result<Option<File>> {
        Ok(None)
    }

    pub(in crate::sys::unix) fn has_umask(_: &File) -> io::Result<bool> {
        Ok(true)
    }

    pub(in crate::sys::unix) fn hold(_: impl AsFd, _: &OsStr) -> io::Result<Option<OwnedFd>> {
        Ok(None)
    }

    pub(in crate::sys::unix) fn give_name(_: impl AsFd, _: impl AsFd, _: &OsStr) -> rustix::io::Result<bool> {
        Ok(false)
    }
}
