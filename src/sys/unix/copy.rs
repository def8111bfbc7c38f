//! The content of files on Unix.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};

use super::opening::wait_for_content;
use crate::sys::edit_dir::{Facts, Means};

/// What copying of many files keeps from one to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(in crate::sys::unix) buffer: Vec<u8>,
    /// A temporary name that is not taken.
    pub(in crate::sys::unix) name: Option<OsString>,
    /// What these file systems turned out not to support.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    pub(in crate::sys::unix) cannot_share: bool,
    #[cfg(any(target_os = "linux", target_os = "android"))]
    cannot_copy: bool,
    pub(in crate::sys::unix) cannot_name: bool,
    /// Whether the next two were found out.
    pub(in crate::sys::unix) knows_of_dirs: bool,
    /// The umask takes nothing of what the owner of a new directory may do with it.
    pub(in crate::sys::unix) dirs_have_their_bits: bool,
    /// The file system does not allow changing the mode of a new directory.
    pub(in crate::sys::unix) dirs_keep_their_mode: bool,
}

impl Scratch {
    /// How much is copied at once by hand; files up to this size are read in one call.
    pub(in crate::sys::unix) const BUFFER: usize = 128 * 1024;

    /// Memory to copy by hand.
    pub(in crate::sys::unix) fn buffer(&mut self) -> &mut [u8] {
        self.buffer.resize(Self::BUFFER, 0);
        &mut self.buffer
    }
}

/// Copies what is in a file to a new one; nothing, if it was told to stop.
///
/// The content ends where reading ends, whatever size the system states: for files that are made as they are read it
/// states one that has nothing to do with the content.
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
    // The rest, if there is one: the system's copying says by the same answer that it is at the end and that it cannot
    // go on.
    Ok(by_hand(from, facts, to, scratch, goes_on)?.then_some(means))
}

/// How far a file was copied with the system's help.
#[cfg(any(target_os = "linux", target_os = "android"))]
enum Copied {
    Nothing,
    Something,
    Whole(Means),
    /// It was told to stop.
    Stopped,
}

/// Closes a file that was written: some file systems, such as those of other machines, say only then that the
/// disk was full.
pub(super) fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // It is closed anyway.
        Ok(()) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Reads and writes from where both files are; whether to the end.
///
/// A small file on a disk, of which one call reads all that the system states, is not asked once more whether there is
/// more: what another program adds after that call is added after the copy.
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

/// Reads in some way, and waits for content if there is none at the moment.
fn read_with(from: &File, mut read: impl FnMut(&File) -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read(from) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // It was opened so that opening waits for nobody.
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for_content(from)?,
            result => return result,
        }
    }
}

/// What Linux copies by itself.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod by_system {
    use rustix::fs::{SeekFrom, copy_file_range, fstat, ftruncate, ioctl_ficlone, seek};
    use rustix::io::{Errno, retry_on_intr};

    use super::*;

    /// How much is copied at once, so that one can be told to stop.
    const CHUNK: usize = 16 * 1024 * 1024;

    /// Copies what the system copies, and what has holes.
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
        if scratch.cannot_copy { Ok(Copied::Nothing) } else { copy(from, to, scratch, goes_on) }
    }

    /// Lets both files share the content on the disk; whether that was possible.
    fn share(from: &File, to: &File, scratch: &mut Scratch) -> bool {
        match ioctl_ficlone(to, from) {
            Ok(()) => true,
            Err(errno) => {
                // Of a file, not of the file system.
                scratch.cannot_share = !matches!(errno, Errno::PERM | Errno::TXTBSY | Errno::INTR);
                false
            }
        }
    }

    /// Copies from where both files are, as far as the system does it.
    fn copy(from: &File, to: &File, scratch: &mut Scratch, goes_on: &mut dyn FnMut(u64) -> bool) -> io::Result<Copied> {
        let mut copied = Copied::Nothing;
        loop {
            match retry_on_intr(|| copy_file_range(from, None, to, None, CHUNK)) {
                Ok(0) => return Ok(copied),
                Ok(count) if !goes_on(count as u64) => return Ok(Copied::Stopped),
                Ok(_) => copied = Copied::Something,
                // It would be the same by hand.
                Err(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => return Err(errno.into()),
                // Not this way: because of the file systems, or because of this file. If something is wrong with
                // either of both, reading and writing says it, too.
                Err(errno) => {
                    scratch.cannot_copy = matches!(errno, Errno::NOSYS | Errno::XDEV | Errno::INVAL | Errno::NOTSUP);
                    return Ok(copied);
                }
            }
        }
    }

    /// Whether the system says that there are holes in a file of this size. Where it cannot know, it says that the
    /// only one is behind the end that it states.
    fn has_holes(from: &File, size: u64) -> bool {
        match seek(from, SeekFrom::Hole(0)) {
            Ok(hole) => seek(from, SeekFrom::Start(0)).is_ok() && hole < size,
            Err(_) => false,
        }
    }

    /// Copies the data, and leaves holes where there is none, which count as done; whether to the end.
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
                // Nothing but a hole is behind, up to the end.
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
                    // It has become shorter: here is its end.
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

/// Makes a file that shares its content with another, and has all attributes of it. macOS can do that in one call
/// (`clonefile(2)`), which is not tested: it does not run here.
#[cfg(target_vendor = "apple")]
pub(super) fn clone(from: &File, new: super::place::Place<'_>, owner: bool) -> io::Result<()> {
    use rustix::fs::{CloneFlags, fclonefileat};
    use rustix::io::retry_on_intr;

    let flags = if owner { CloneFlags::empty() } else { CloneFlags::NOOWNERCOPY };
    Ok(retry_on_intr(|| fclonefileat(from, new.dir, new.name, flags))?)
}
