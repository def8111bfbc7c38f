//! Copying the content of files on Unix.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};

use super::opening::wait_for_content;
use crate::sys::edit_dir::{Facts, Means};

/// State that copying keeps from one file to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(in crate::sys::unix) buffer: Vec<u8>,
    /// A temporary name that is not taken.
    pub(in crate::sys::unix) name: Option<OsString>,
    /// What these file systems were found not to support.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    pub(in crate::sys::unix) cannot_share: bool,
    #[cfg(any(target_os = "linux", target_os = "android"))]
    cannot_copy: bool,
    pub(in crate::sys::unix) cannot_name: bool,
    /// Whether the next two are known.
    pub(in crate::sys::unix) knows_of_dirs: bool,
    /// Whether the umask leaves the owner of a new directory all permissions.
    pub(in crate::sys::unix) dirs_have_their_bits: bool,
    /// Whether the file system does not allow changing the mode of a new directory.
    pub(in crate::sys::unix) dirs_keep_their_mode: bool,
}

impl Scratch {
    /// The size of the buffer for reading and writing. Files up to this size are read in one call.
    pub(in crate::sys::unix) const BUFFER: usize = 128 * 1024;

    /// The buffer for reading and writing.
    pub(in crate::sys::unix) fn buffer(&mut self) -> &mut [u8] {
        if self.buffer.is_empty() {
            // New memory is zero already: what is not used of it is never touched.
            self.buffer = vec![0; Self::BUFFER];
        }
        &mut self.buffer
    }
}

/// Copies the content of a file to a new one. Returns nothing if it was told to stop.
///
/// The content ends where reading ends, whatever size the system states. For files whose content is made while they are
/// read, that size means nothing.
pub(super) fn content(
    from: &File,
    facts: &Facts,
    to: &File,
    scratch: &mut Scratch,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> io::Result<Option<Means>> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let means = match by_system::content(from, facts, to, scratch, goes_on)? {
        Copied::Nothing => Means::ByHand,
        Copied::Something => Means::BySystem,
        Copied::Whole(means) => return Ok(Some(means)),
        Copied::Stopped => return Ok(None),
    };
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let means = Means::ByHand;
    // The rest, if there is one: the system's copying returns the same value at the end and if it cannot go on.
    Ok(by_hand(from, facts, to, scratch, goes_on)?.then_some(means))
}

/// How far the system copied a file.
#[cfg(any(target_os = "linux", target_os = "android"))]
enum Copied {
    Nothing,
    Something,
    Whole(Means),
    /// It was told to stop.
    Stopped,
}

/// Closes a file that was written. Some file systems, such as those of other machines, report only then that the disk is
/// full.
pub(super) fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // It is closed anyway.
        Ok(()) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Reads and writes from the positions of both files. Returns whether it reached the end.
///
/// A small file on a disk is read by one call, if that returns as much as the system states, and not read again to see the
/// end. What another program appends after that call counts as appended after the copy.
fn by_hand(
    from: &File,
    facts: &Facts,
    mut to: &File,
    scratch: &mut Scratch,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> io::Result<bool> {
    let buffer = scratch.buffer();
    let is_on_disk = facts.size > 0 && facts.allocated >= facts.size;
    let is_small = is_on_disk && facts.size < buffer.len() as u64;
    let mut done = 0;
    loop {
        let read = read_with(from, |mut from| from.read(buffer))?;
        if read == 0 {
            return Ok(true);
        }
        to.write_all(&buffer[..read])?;
        done += read as u64;
        if !goes_on(read as u64) {
            return Ok(false);
        }
        if is_small && done == facts.size {
            return Ok(true);
        }
    }
}

/// Reads, and waits for content if there is none at the moment.
fn read_with(from: &File, mut read: impl FnMut(&File) -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read(from) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The file was opened without blocking.
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for_content(from)?,
            result => return result,
        }
    }
}

/// Copying by Linux itself.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod by_system {
    use rustix::fs::{SeekFrom, copy_file_range, fstat, ftruncate, ioctl_ficlone, seek};
    use rustix::io::{Errno, retry_on_intr};

    use super::*;

    /// The most that is copied by one call, so that it can be stopped in between.
    const CHUNK: usize = 16 * 1024 * 1024;

    /// Copies as far as the system does it, and keeps holes.
    pub(super) fn content(
        from: &File,
        facts: &Facts,
        to: &File,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Copied> {
        let whole = |means, is_done| if is_done { Copied::Whole(means) } else { Copied::Stopped };
        if facts.allocated < facts.size && has_holes(from, facts.size) {
            return Ok(whole(Means::ByHand, without_holes(from, to, scratch, goes_on)?));
        }
        if facts.size <= Scratch::BUFFER as u64 {
            return Ok(Copied::Nothing);
        }
        if !scratch.cannot_share && share(from, to, scratch) {
            return Ok(whole(Means::Shared, goes_on(facts.size)));
        }
        Ok(if scratch.cannot_copy { Copied::Nothing } else { copy(from, to, scratch, goes_on) })
    }

    /// Lets both files share the content on the disk. Returns whether that was possible.
    fn share(from: &File, to: &File, scratch: &mut Scratch) -> bool {
        match ioctl_ficlone(to, from) {
            Ok(()) => true,
            Err(errno) => {
                // These errors are about the file, not about the file system.
                scratch.cannot_share = !matches!(errno, Errno::PERM | Errno::TXTBSY | Errno::INTR);
                false
            }
        }
    }

    /// Copies from the positions of both files, as far as the system does it.
    fn copy(from: &File, to: &File, scratch: &mut Scratch, goes_on: &mut dyn FnMut(u64) -> bool) -> Copied {
        let mut copied = Copied::Nothing;
        loop {
            match retry_on_intr(|| copy_file_range(from, None, to, None, CHUNK)) {
                Ok(0) => return copied,
                Ok(count) if !goes_on(count as u64) => return Copied::Stopped,
                Ok(_) => copied = Copied::Something,
                // It does not work for these file systems, or for this file. If one of the files is at fault, or the disk is
                // full, reading and writing reports it as well.
                Err(errno) => {
                    scratch.cannot_copy = matches!(errno, Errno::NOSYS | Errno::XDEV | Errno::INVAL | Errno::NOTSUP);
                    return copied;
                }
            }
        }
    }

    /// Whether the system reports holes in a file of this size. If it does not know, it reports only one, after the end.
    fn has_holes(from: &File, size: u64) -> bool {
        match seek(from, SeekFrom::Hole(0)) {
            Ok(hole) => seek(from, SeekFrom::Start(0)).is_ok() && hole < size,
            Err(_) => false,
        }
    }

    /// Copies the data, and leaves holes between it, which count as copied. Returns whether it reached the end.
    fn without_holes(
        from: &File,
        to: &File,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<bool> {
        use std::os::unix::fs::FileExt as _;

        let buffer = scratch.buffer();
        let mut at = 0;
        loop {
            let data = match seek(from, SeekFrom::Data(at)) {
                Ok(data) => data,
                // The rest is a hole.
                Err(Errno::NXIO) => {
                    let end = at.max(retry_on_intr(|| fstat(from))?.st_size as u64);
                    retry_on_intr(|| ftruncate(to, end))?;
                    return Ok(end == at || goes_on(end - at));
                }
                Err(errno) => return Err(errno.into()),
            };
            let hole = seek(from, SeekFrom::Hole(data))?;
            if data > at && !goes_on(data - at) {
                return Ok(false);
            }
            at = data;
            while at < hole {
                let want = buffer.len().min(usize::try_from(hole - at).unwrap_or(usize::MAX));
                let read = read_with(from, |from| from.read_at(&mut buffer[..want], at))?;
                if read == 0 {
                    // The file has become shorter and ends here.
                    retry_on_intr(|| ftruncate(to, at))?;
                    return Ok(true);
                }
                to.write_all_at(&buffer[..read], at)?;
                at += read as u64;
                if !goes_on(read as u64) {
                    return Ok(false);
                }
            }
        }
    }
}

/// Creates a file that shares the content of another one and has all its attributes. macOS can do that in one call,
/// `clonefile(2)`. This is not tested, because macOS is not among the systems that run the tests.
#[cfg(target_vendor = "apple")]
pub(super) fn clone(from: &File, new: super::place::Place<'_>, owner: bool) -> io::Result<()> {
    use rustix::fs::{CloneFlags, fclonefileat};
    use rustix::io::retry_on_intr;

    let flags = if owner { CloneFlags::empty() } else { CloneFlags::NOOWNERCOPY };
    Ok(retry_on_intr(|| fclonefileat(from, new.dir, new.name, flags))?)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs;

    use super::*;
    use crate::sys::unix::facts::facts_of;

    /// What grows while it is copied is read to its end, unless it is on the disk and one call has read what was stated.
    #[test]
    fn reading_ends_at_the_stated_size_on_disks_only() {
        for (size, allocated, copied) in [(3, 0, "abcdef"), (3, 4096, "abc"), (0, 0, "abcdef"), (4, 4096, "abcdef")] {
            let place = tempfile::tempdir().unwrap();
            let (original, copy) = (place.path().join("original"), place.path().join("copy"));
            fs::write(&original, "abc").unwrap();
            let (from, to) = (File::open(&original).unwrap(), File::create(&copy).unwrap());
            let stat = rustix::fs::fstat(&from).unwrap();
            let facts = Facts { size, allocated, ..facts_of(&stat) };
            let mut has_grown = false;
            let mut grow = |_| {
                if !std::mem::replace(&mut has_grown, true) {
                    File::options().append(true).open(&original).unwrap().write_all(b"def").unwrap();
                }
                true
            };
            assert!(by_hand(&from, &facts, &to, &mut Scratch::default(), &mut grow).unwrap());
            assert_eq!(fs::read_to_string(&copy).unwrap(), copied, "{size}, {allocated}");
        }
    }

    /// A file of some blocks, with data in these, that is copied as far as a closure says.
    #[cfg(target_os = "linux")]
    fn copied(blocks: u64, data: &[u64], mut goes_on: impl FnMut(&File) -> bool) -> (Option<Means>, Vec<u8>, Vec<u8>) {
        use std::os::unix::fs::FileExt as _;

        const BLOCK: u64 = Scratch::BUFFER as u64;
        // Not every file system has holes.
        let place = tempfile::tempdir_in("/dev/shm").unwrap();
        let (original, copy) = (place.path().join("original"), place.path().join("copy"));
        let file = File::create(&original).unwrap();
        file.set_len(blocks * BLOCK).unwrap();
        data.iter().for_each(|block| file.write_all_at(&vec![b'x'; Scratch::BUFFER], block * BLOCK).unwrap());
        let (from, to) = (File::open(&original).unwrap(), File::create(&copy).unwrap());
        let facts = facts_of(&rustix::fs::fstat(&from).unwrap());
        let means = content(&from, &facts, &to, &mut Scratch::default(), &mut |_| goes_on(&file)).unwrap();
        (means, fs::read(&original).unwrap(), fs::read(&copy).unwrap())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn copying_can_be_stopped_after_each_piece() {
        for (blocks, data, pieces) in [
            (5, &[1, 2][..], 4),
            (2, &[0], 2),
            (2, &[1], 2),
            (1, &[0], 1),
            // The system copies these, as much as it can be asked for in one call.
            (2, &[0, 1], 1),
            (129, &(0..129).collect::<Vec<_>>(), 2),
        ] {
            for end in 1..=pieces + 1 {
                let mut count = 0;
                let (means, original, copy) = copied(blocks, data, |_| {
                    count += 1;
                    count < end
                });
                let is_whole = end > pieces;
                assert_eq!((means.is_some(), count), (is_whole, end.min(pieces)), "{blocks}: {data:?}");
                assert!(!is_whole || copy == original, "{blocks}: {data:?}");
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_with_holes_that_becomes_shorter_is_copied_to_its_new_end() {
        let mut count = 0;
        let (means, original, copy) = copied(4, &[0, 1], |file| {
            count += 1;
            file.set_len(Scratch::BUFFER as u64).unwrap();
            count < 4
        });
        assert!(means.is_some() && copy == original && copy.len() == Scratch::BUFFER);
    }
}
