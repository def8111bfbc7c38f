//! Files by their descriptors: Linux makes them without a name, which nobody sees before they get one, and makes
//! hard links to those that are open.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::fs::Mode;
use rustix::io::{Errno, Result};

use super::place::Place;

/// The error of [`give_name`] where neither the system nor the file system can do that.
pub(super) const UNABLE: Errno = Errno::OPNOTSUPP;

pub(super) use here::{create, give_name, has_umask};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod here {
    use std::ffi::OsStr;

    use rustix::fs::{AtFlags, CWD, OFlags, fgetxattr, fstat, linkat};
    use rustix::io::retry_on_intr;

    use super::*;
    use crate::sys::directory::Links;
    use crate::sys::unix::place::path_of;
    use crate::sys::unix::xattr;

    /// Makes a file in a directory; nothing, where the system or the file system has no such files.
    pub(in crate::sys::unix) fn create(dir: impl AsFd, mode: Mode) -> io::Result<Option<File>> {
        let unknown = [Errno::OPNOTSUPP, Errno::ISDIR, Errno::NOENT, Errno::INVAL, Errno::NOSYS];
        match Place::new(&dir, OsStr::new(".")).open(OFlags::TMPFILE | OFlags::RDWR, mode, Links::Follow) {
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

    /// Gives a file a name, which must be free. [`UNABLE`] where that is not possible.
    ///
    /// Since Linux 6.10 its descriptor is enough; before, that took special rights, or /proc.
    pub(in crate::sys::unix) fn give_name(file: impl AsFd, new: Place<'_>) -> Result<()> {
        let unable =
            [Errno::NOENT, Errno::OPNOTSUPP, Errno::PERM, Errno::ACCESS, Errno::XDEV, Errno::NOSYS, Errno::INVAL];
        match retry_on_intr(|| linkat(&file, c"", new.dir, new.name, AtFlags::EMPTY_PATH)) {
            Err(errno) if unable.contains(&errno) => {}
            result => return result,
        }
        let path = path_of(&file);
        match retry_on_intr(|| linkat(CWD, &path, new.dir, new.name, AtFlags::SYMLINK_FOLLOW)) {
            Err(errno) if unable.contains(&errno) => Err(UNABLE),
            result => result,
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

    pub(in crate::sys::unix) fn give_name(_: impl AsFd, _: Place<'_>) -> Result<()> {
        Err(UNABLE)
    }
}
