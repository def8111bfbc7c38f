//! Something whose attributes are looked at or changed: an open file, or what has a name in an open directory.

use std::ffi::OsStr;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{
    AtFlags, Gid, Mode, Stat, Timestamps, Uid, chownat, fchmod, fchown, fstat, futimens, statat, utimensat,
};
use rustix::io::{Result, retry_on_intr};

use super::edit_dir::set_mode;
use crate::sys::directory::Links;

/// An open file or directory; or what has a name.
#[derive(Clone, Copy)]
pub(super) enum Handle<'a> {
    Open(BorrowedFd<'a>),
    Named(BorrowedFd<'a>, &'a OsStr, Links),
}

impl Handle<'_> {
    pub(super) fn stat(&self) -> Result<Stat> {
        match self {
            Self::Open(fd) => retry_on_intr(|| fstat(fd)),
            Self::Named(dir, name, links) => retry_on_intr(|| statat(dir, name.as_bytes(), flags(*links))),
        }
    }

    pub(super) fn set_owner(&self, owner: Option<Uid>, group: Option<Gid>) -> Result<()> {
        match self {
            Self::Open(fd) => retry_on_intr(|| fchown(fd, owner, group)),
            Self::Named(dir, name, links) => {
                retry_on_intr(|| chownat(dir, name.as_bytes(), owner, group, flags(*links)))
            }
        }
    }

    /// Sets the mode of what is not a link.
    pub(super) fn set_mode(&self, mode: u32) -> Result<()> {
        let mode = Mode::from_raw_mode(mode as _);
        match self {
            Self::Open(fd) => retry_on_intr(|| fchmod(fd, mode)),
            Self::Named(dir, name, _) => set_mode(*dir, name, mode),
        }
    }

    pub(super) fn set_times(&self, times: &Timestamps) -> Result<()> {
        match self {
            Self::Open(fd) => retry_on_intr(|| futimens(fd, times)),
            Self::Named(dir, name, links) => retry_on_intr(|| utimensat(dir, name.as_bytes(), times, flags(*links))),
        }
    }
}

fn flags(links: Links) -> AtFlags {
    if links == Links::Keep { AtFlags::SYMLINK_NOFOLLOW } else { AtFlags::empty() }
}

/// Extended attributes.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod attributes {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
    #[cfg(any(target_os = "linux", target_os = "android"))]
    use rustix::fs::{getxattr, lgetxattr, listxattr, llistxattr, lremovexattr, lsetxattr};
    #[cfg(target_vendor = "apple")]
    use rustix::io::Errno;

    use super::*;

    impl Handle<'_> {
        pub(in crate::sys::unix) fn list_xattrs(&self, buffer: &mut [u8]) -> Result<usize> {
            match self {
                Self::Open(fd) => retry_on_intr(|| flistxattr(fd, &mut *buffer)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(dir, name, Links::Keep) => retry_on_intr(|| llistxattr(path(*dir, name), &mut *buffer)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(dir, name, Links::Follow) => retry_on_intr(|| listxattr(path(*dir, name), &mut *buffer)),
                // No call takes a directory and a name.
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }

        pub(in crate::sys::unix) fn xattr(&self, xattr: &[u8], buffer: &mut [u8]) -> Result<usize> {
            match self {
                Self::Open(fd) => retry_on_intr(|| fgetxattr(fd, xattr, &mut *buffer)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(dir, name, Links::Keep) => {
                    retry_on_intr(|| lgetxattr(path(*dir, name), xattr, &mut *buffer))
                }
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(dir, name, Links::Follow) => {
                    retry_on_intr(|| getxattr(path(*dir, name), xattr, &mut *buffer))
                }
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }

        pub(in crate::sys::unix) fn set_xattr(&self, xattr: &[u8], value: &[u8]) -> Result<()> {
            match self {
                Self::Open(fd) => retry_on_intr(|| fsetxattr(fd, xattr, value, XattrFlags::empty())),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(dir, name, _) => {
                    retry_on_intr(|| lsetxattr(path(*dir, name), xattr, value, XattrFlags::empty()))
                }
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }

        pub(in crate::sys::unix) fn remove_xattr(&self, xattr: &[u8]) -> Result<()> {
            match self {
                Self::Open(fd) => retry_on_intr(|| fremovexattr(fd, xattr)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(dir, name, _) => retry_on_intr(|| lremovexattr(path(*dir, name), xattr)),
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }
    }

    /// A path of a name in an open directory: Linux has no call that takes both (before 6.13).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn path(dir: BorrowedFd<'_>, name: &OsStr) -> Vec<u8> {
        use std::os::fd::AsRawFd as _;
        let mut path = format!("/proc/self/fd/{}/", dir.as_raw_fd()).into_bytes();
        path.extend_from_slice(name.as_bytes());
        path
    }
}
