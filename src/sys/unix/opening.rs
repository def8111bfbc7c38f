//! Opening files to read them: a regular file is waited for, and nothing else.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, openat};
use rustix::io::{Errno, retry_on_intr};

use crate::sys::directory::Links;

const TO_READ: OFlags = OFlags::NOCTTY.union(OFlags::CLOEXEC);

/// Opens what has a name in a directory. A pipe that nobody writes to, and a device that is busy, are not waited for; a
/// regular file is, while another program holds a lease on it (`F_SETLEASE`).
pub(super) fn open_to_read(dir: impl AsFd, name: &OsStr, links: Links) -> rustix::io::Result<File> {
    let follow = if links == Links::Keep { OFlags::NOFOLLOW } else { OFlags::empty() };
    let opened = retry_on_intr(|| openat(&dir, name.as_bytes(), TO_READ | OFlags::NONBLOCK | follow, Mode::empty()));
    match opened {
        Err(Errno::AGAIN) => open_when_free(&dir, name, follow).map(File::from),
        file => file.map(File::from),
    }
}

/// Opens a regular file, and waits until nobody holds a lease on it. It is the file that was looked at, as it may have
/// another name by now.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_when_free(dir: impl AsFd, name: &OsStr, follow: OFlags) -> rustix::io::Result<OwnedFd> {
    use std::os::fd::AsRawFd as _;

    use rustix::fs::{CWD, FileType, fstat};

    let flags = OFlags::PATH | OFlags::CLOEXEC | follow;
    let found = retry_on_intr(|| openat(&dir, name.as_bytes(), flags, Mode::empty()))?;
    if FileType::from_raw_mode(retry_on_intr(|| fstat(&found))?.st_mode) != FileType::RegularFile {
        return Err(Errno::AGAIN);
    }
    let path = format!("/proc/self/fd/{}", found.as_raw_fd());
    match retry_on_intr(|| openat(CWD, &path, TO_READ, Mode::empty())) {
        // There is no /proc.
        Err(Errno::NOENT) => retry_on_intr(|| openat(&dir, name.as_bytes(), TO_READ | follow, Mode::empty())),
        file => file,
    }
}

/// Elsewhere there are no leases.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_when_free(_: impl AsFd, _: &OsStr, _: OFlags) -> rustix::io::Result<OwnedFd> {
    Err(Errno::AGAIN)
}

/// Lets reading an open file wait for content, as some files that are made as they are read have none at times.
pub(super) fn wait_for_content(file: &File) -> io::Result<()> {
    let flags = retry_on_intr(|| fcntl_getfl(file))?;
    Ok(retry_on_intr(|| fcntl_setfl(file, flags - OFlags::NONBLOCK))?)
}
