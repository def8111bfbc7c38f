//! Opening files to read them. It can block for a regular file only.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, Result, read, retry_on_intr};

use super::place::Place;
use crate::sys::directory::Links;

/// Opens a file by its name in a directory. It does not wait for a pipe that nobody writes to, or a busy device. It does wait
/// for a regular file on which another program holds a lease (`F_SETLEASE`).
pub(super) fn open_to_read(place: Place<'_>, links: Links) -> Result<File> {
    match place.open(OFlags::NOCTTY | OFlags::NONBLOCK, Mode::empty(), links) {
        Err(Errno::AGAIN) => open_when_free(place, links).map(File::from),
        file => file.map(File::from),
    }
}

/// Opens a regular file, and waits until nobody holds a lease on it. It opens the file that was looked at, even if that has
/// another name by now.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_when_free(place: Place<'_>, links: Links) -> Result<OwnedFd> {
    use rustix::fs::{FileType, fstat};

    let found = place.open(OFlags::PATH, Mode::empty(), links)?;
    if FileType::from_raw_mode(retry_on_intr(|| fstat(&found))?.st_mode) != FileType::RegularFile {
        return Err(Errno::AGAIN);
    }
    let path = super::place::path_of(&found);
    match Place::of(path.as_ref()).open(OFlags::NOCTTY, Mode::empty(), Links::Follow) {
        // There is no /proc.
        Err(Errno::NOENT) => place.open(OFlags::NOCTTY, Mode::empty(), links),
        file => file,
    }
}

/// Elsewhere there are no leases.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_when_free(_: Place<'_>, _: Links) -> Result<OwnedFd> {
    Err(Errno::AGAIN)
}

/// Reads a file to its end, in as few calls as possible.
pub(super) fn read_all(file: &File, size: u64) -> io::Result<Vec<u8>> {
    /// The room for more content than the size states: the content of some files is made while they are read.
    const MORE: usize = 8 * 1024;

    let mut content = Vec::new();
    // One byte more than the size, so that the end is seen without more room.
    let room = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
    content.try_reserve_exact(if size == 0 { MORE } else { room })?;
    loop {
        if content.len() == content.capacity() {
            content.try_reserve(MORE)?;
        }
        // std's `read_to_end` would ask for the size again.
        match retry_on_intr(|| read(file, spare_capacity(&mut content))) {
            Ok(0) => break,
            Ok(_) => {}
            // It was opened so that opening waits for nobody.
            Err(Errno::AGAIN) => wait_for_content(file)?,
            Err(errno) => return Err(errno.into()),
        }
    }
    if size == 0 {
        content.shrink_to_fit();
    }
    Ok(content)
}

/// Sets an open file to block. Some files whose content is made while they are read have none at times.
pub(super) fn wait_for_content(file: &File) -> io::Result<()> {
    let flags = retry_on_intr(|| fcntl_getfl(file))?;
    Ok(retry_on_intr(|| fcntl_setfl(file, flags - OFlags::NONBLOCK))?)
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the test makes its files with std")]
mod tests {
    use super::*;

    /// To open a pipe, or a busy device, could wait for ever.
    #[test]
    fn only_regular_files_are_waited_for() {
        let place = tempfile::tempdir().unwrap();
        let [file, pipe] = ["file", "pipe"].map(|name| place.path().join(name));
        std::fs::write(&file, "").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // While this is open, nothing would wait for the pipe.
        let _open = File::options().read(true).write(true).open(&pipe).unwrap();
        for (path, expected) in [(&file, None), (&pipe, Some(Errno::AGAIN))] {
            assert_eq!(open_when_free(Place::of(path), Links::Keep).err(), expected, "{path:?}");
        }
    }
}
