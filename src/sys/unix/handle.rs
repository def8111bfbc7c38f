//! A file whose attributes are read or changed: an open one, or a name in an open directory.

use std::os::fd::BorrowedFd;

use rustix::fs::{Gid, Mode, Stat, Timestamps, Uid, fchmod, fchown, fstat, futimens};
use rustix::io::{Result, retry_on_intr};

use super::place::Place;
use crate::sys::directory::Links;

/// An open file or directory, or a name.
#[derive(Clone, Copy)]
pub(super) enum Handle<'a> {
    Open(BorrowedFd<'a>),
    Named(Place<'a>, Links),
}

impl Handle<'_> {
    pub(super) fn stat(&self) -> Result<Stat> {
        match self {
            Self::Open(fd) => retry_on_intr(|| fstat(fd)),
            Self::Named(place, links) => place.stat(*links),
        }
    }

    pub(super) fn set_owner(&self, owner: Option<Uid>, group: Option<Gid>) -> Result<()> {
        match self {
            Self::Open(fd) => retry_on_intr(|| fchown(fd, owner, group)),
            Self::Named(place, links) => place.set_owner(owner, group, *links),
        }
    }

    /// Sets the mode. It must not be a link.
    pub(super) fn set_mode(&self, mode: u32) -> Result<()> {
        match self {
            Self::Open(fd) => retry_on_intr(|| fchmod(fd, Mode::from_raw_mode(mode as _))),
            Self::Named(place, _) => place.set_mode(mode, Links::Keep),
        }
    }

    pub(super) fn set_times(&self, times: &Timestamps) -> Result<()> {
        match self {
            Self::Open(fd) => retry_on_intr(|| futimens(fd, times)),
            Self::Named(place, links) => place.set_times(times, *links),
        }
    }
}

/// Extended attributes.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod attributes {
    use std::ffi::CStr;

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
                Self::Named(place, Links::Keep) => retry_on_intr(|| llistxattr(path(place), &mut *buffer)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(place, Links::Follow) => retry_on_intr(|| listxattr(path(place), &mut *buffer)),
                // No call takes a directory and a name.
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }

        pub(in crate::sys::unix) fn xattr(&self, xattr: &CStr, buffer: &mut [u8]) -> Result<usize> {
            match self {
                Self::Open(fd) => retry_on_intr(|| fgetxattr(fd, xattr, &mut *buffer)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(place, Links::Keep) => retry_on_intr(|| lgetxattr(path(place), xattr, &mut *buffer)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(place, Links::Follow) => retry_on_intr(|| getxattr(path(place), xattr, &mut *buffer)),
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }

        pub(in crate::sys::unix) fn set_xattr(&self, xattr: &CStr, value: &[u8]) -> Result<()> {
            match self {
                Self::Open(fd) => retry_on_intr(|| fsetxattr(fd, xattr, value, XattrFlags::empty())),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(place, _) => retry_on_intr(|| lsetxattr(path(place), xattr, value, XattrFlags::empty())),
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }

        pub(in crate::sys::unix) fn remove_xattr(&self, xattr: &CStr) -> Result<()> {
            match self {
                Self::Open(fd) => retry_on_intr(|| fremovexattr(fd, xattr)),
                #[cfg(any(target_os = "linux", target_os = "android"))]
                Self::Named(place, _) => retry_on_intr(|| lremovexattr(path(place), xattr)),
                #[cfg(target_vendor = "apple")]
                Self::Named(..) => Err(Errno::NOTSUP),
            }
        }
    }

    /// A path of a name in an open directory: Linux has no call that takes both (before 6.13).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn path(place: &Place<'_>) -> std::path::PathBuf {
        let mut path = std::path::PathBuf::from(crate::sys::unix::place::path_of(&place.dir));
        path.push(place.name);
        path
    }
}
