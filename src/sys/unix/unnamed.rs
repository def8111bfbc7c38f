//! Files without names: Linux creates files that nobody sees until they get a name, and hard links to open files.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::fs::Mode;
use rustix::io::{Errno, Result};

use super::place::Place;

/// The error of [`give_name`] if the system or the file system cannot do that.
pub(super) const UNABLE: Errno = Errno::OPNOTSUPP;

pub(super) use here::{create, give_name, has_umask};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod here {
    use rustix::fs::{AtFlags, CWD, OFlags, fgetxattr, fstat, linkat};
    use rustix::io::retry_on_intr;

    use super::*;
    use crate::sys::directory::Links;
    use crate::sys::unix::place::path_of;
    use crate::sys::unix::xattr;

    /// Creates a file in a directory. Returns nothing if the system, the file system or a security module has no such files.
    pub(in crate::sys::unix) fn create(dir: Place<'_>, mode: Mode) -> io::Result<Option<File>> {
        // In a directory that was removed, ext4 says PERM; the error of a file with a name is the true one.
        let unknown =
            [Errno::OPNOTSUPP, Errno::ISDIR, Errno::NOENT, Errno::INVAL, Errno::NOSYS, Errno::PERM, Errno::ACCESS];
        match dir.open(OFlags::TMPFILE | OFlags::RDWR, mode, Links::Follow) {
            Err(errno) if unknown.contains(&errno) => Ok(None),
            file => Ok(Some(File::from(file?))),
        }
    }

    /// Whether the system applied the umask to a file without a name. Before Linux 6.3 it did not, if the file system has no
    /// access control lists.
    pub(in crate::sys::unix) fn has_umask(file: &File) -> io::Result<bool> {
        const ALL: u32 = 0o666;
        let mode = retry_on_intr(|| fstat(file))?.st_mode;
        let lists = || fgetxattr(file, xattr::RIGHTS, &mut [0_u8; 1][..]);
        Ok(mode & ALL != ALL || !matches!(retry_on_intr(lists), Err(Errno::NOTSUP | Errno::NOSYS)))
    }

    /// Gives a file a name, which must be free. Fails with [`UNABLE`] if that is not possible.
    ///
    /// Since Linux 6.10 its descriptor is enough. Before, that required special privileges, or /proc.
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

    pub(in crate::sys::unix) fn create(_: Place<'_>, _: Mode) -> io::Result<Option<File>> {
        Ok(None)
    }

    pub(in crate::sys::unix) fn has_umask(_: &File) -> io::Result<bool> {
        Ok(true)
    }

    pub(in crate::sys::unix) fn give_name(_: impl AsFd, _: Place<'_>) -> Result<()> {
        Err(UNABLE)
    }
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Without access control lists, only a mode that lacks a permission can have had the umask applied.
    #[test]
    fn a_umask_shows_in_the_mode_where_there_are_no_lists() {
        // Everybody may read and write the first, others may not write the second; neither has access control lists.
        for (path, has_umask) in [("/proc/self/timerslack_ns", false), ("/proc/self/comm", true)] {
            let Ok(file) = File::open(path) else {
                println!("there is no {path} here: not tested");
                continue;
            };
            assert_eq!(super::has_umask(&file).unwrap(), has_umask, "{path}");
        }
        let file = tempfile::tempfile().unwrap();
        file.set_permissions(Permissions::from_mode(0o644)).unwrap();
        assert!(super::has_umask(&file).unwrap());
    }
}
