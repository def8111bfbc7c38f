//! The content of files on Unix.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};

use crate::sys::editable::{Facts, Means, temporary_name};

/// What copying of many files keeps from one to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(in crate::sys::unix) buffer: Vec<u8>,
    /// A temporary name that nobody has.
    pub(in crate::sys::unix) name: Option<OsString>,
    /// What the file systems at hand turned out not to do.
    pub(in crate::sys::unix) cannot_share: bool,
    pub(in crate::sys::unix) cannot_copy: bool,
    pub(in crate::sys::unix) cannot_name: bool,
}

impl Scratch {
    /// How much is copied at once by hand; files up to this size are read in one call.
    pub(in crate::sys::unix) const BUFFER: usize = 128 * 1024;

    /// Memory to copy by hand.
    pub(in crate::sys::unix) fn buffer(&mut self) -> &mut [u8] {
        self.buffer.resize(Self::BUFFER, 0);
        &mut self.buffer
    }

    /// A name for what is not complete, which is tried again under another if somebody has it.
    pub(in crate::sys::unix) fn with_temporary_name<T>(
        &mut self,
        make: impl Fn(&OsStr) -> io::Result<T>,
    ) -> io::Result<(OsString, T)> {
        loop {
            let name = self.name.take().unwrap_or_else(temporary_name);
            match make(&name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                result => return result.map(|made| (name, made)),
            }
        }
    }
}

/// Copies what is in a file to a new one; nothing, if it was told to stop.
pub(super) fn content(
    from: &File,
    facts: &Facts,
    to: &File,
    scratch: &mut Scratch,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> io::Result<Option<Means>> {
    if facts.size > 0 && facts.allocated < facts.size && by_system::has_holes(from) {
        return Ok(by_system::without_holes(from, to, scratch, goes_on)?.then_some(Means::ByHand));
    }
    if facts.size > Scratch::BUFFER as u64 {
        if !scratch.cannot_share && by_system::share(from, to, scratch) {
            return Ok(goes_on(facts.size).then_some(Means::Shared));
        }
        if !scratch.cannot_copy
            && let Some(complete) = by_system::copy(from, to, scratch, goes_on)?
        {
            return Ok(complete.then_some(Means::BySystem));
        }
    }
    Ok(by_hand(from, facts.size, to, scratch, goes_on)?.then_some(Means::ByHand))
}

/// Closes a file that was written: some file systems, such as those of other machines, say only then that the
/// disk was full.
pub(super) fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // It is closed all the same.
        Ok(()) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Reads and writes; whether to the end. `size` is what the system says, which for files that are made
/// as they are read is 0: a smaller file than the buffer ends where it says.
fn by_hand(
    mut from: &File,
    size: u64,
    mut to: &File,
    scratch: &mut Scratch,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> io::Result<bool> {
    let buffer = scratch.buffer();
    let is_small = (1..buffer.len() as u64).contains(&size);
    let mut done = 0;
    loop {
        let read = match from.read(buffer) {
            Ok(0) => return Ok(true),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        to.write_all(&buffer[..read])?;
        done += read as u64;
        if !goes_on(read as u64) {
            return Ok(false);
        }
        if is_small && done == size {
            return Ok(true);
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

    /// Lets both files share the content on the disk; whether that was possible.
    pub(super) fn share(from: &File, to: &File, scratch: &mut Scratch) -> bool {
        match ioctl_ficlone(to, from) {
            Ok(()) => true,
            Err(errno) => {
                // Of a file, not of the file system.
                scratch.cannot_share = !matches!(errno, Errno::PERM | Errno::TXTBSY | Errno::INTR);
                false
            }
        }
    }

    /// Copies to the end, or until told to stop; nothing, where the system cannot do it.
    pub(super) fn copy(
        from: &File,
        to: &File,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<bool>> {
        let mut is_first = true;
        loop {
            match retry_on_intr(|| copy_file_range(from, None, to, None, CHUNK)) {
                // Some files that are made as they are read end at once here.
                Ok(0) if is_first => return Ok(None),
                Ok(0) => return Ok(Some(true)),
                Ok(count) if !goes_on(count as u64) => return Ok(Some(false)),
                Ok(_) => is_first = false,
                Err(
                    Errno::NOSYS | Errno::XDEV | Errno::INVAL | Errno::NOTSUP | Errno::PERM | Errno::BADF | Errno::IO,
                ) if is_first => {
                    scratch.cannot_copy = true;
                    return Ok(None);
                }
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Whether the system tells where there is data in a file.
    pub(super) fn has_holes(from: &File) -> bool {
        match seek(from, SeekFrom::Hole(0)) {
            Ok(_) => seek(from, SeekFrom::Start(0)).is_ok(),
            Err(_) => false,
        }
    }

    /// Copies the data, and leaves holes where there is none; whether to the end.
    pub(super) fn without_holes(
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
                // Nothing but a hole is behind.
                Err(Errno::NXIO) => break,
                Err(errno) => return Err(errno.into()),
            };
            let hole = seek(from, SeekFrom::Hole(data))?;
            at = data;
            while at < hole {
                let want = buffer.len().min(usize::try_from(hole - at).unwrap_or(usize::MAX));
                let read = match from.read_at(&mut buffer[..want], at) {
                    Ok(0) => break,
                    Ok(read) => read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                to.write_all_at(&buffer[..read], at)?;
                at += read as u64;
                if !goes_on(read as u64) {
                    return Ok(false);
                }
            }
            at = at.max(hole);
        }
        let length = at.max(retry_on_intr(|| fstat(from))?.st_size as u64);
        retry_on_intr(|| ftruncate(to, length))?;
        Ok(true)
    }
}

/// Makes a file that shares its content with another, and has all attributes of it, under a new name; whether that
/// was possible. macOS can do that in one call (`clonefile(2)`), which is not tested: it does not run here.
#[cfg(target_vendor = "apple")]
pub(super) fn cloned(from: &File, dir: impl std::os::fd::AsFd, name: &OsStr, owner: bool) -> io::Result<bool> {
    use std::os::unix::ffi::OsStrExt as _;

    use rustix::fs::{CloneFlags, fclonefileat};
    use rustix::io::{Errno, retry_on_intr};

    let flags = if owner { CloneFlags::empty() } else { CloneFlags::NOOWNERCOPY };
    match retry_on_intr(|| fclonefileat(from, &dir, name.as_bytes(), flags)) {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) => Err(Errno::EXIST.into()),
        Err(_) => Ok(false),
    }
}

/// Elsewhere everything is copied by hand.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod by_system {
    use super::*;

    pub(super) fn share(_: &File, _: &File, _: &mut Scratch) -> bool {
        false
    }

    pub(super) fn copy(
        _: &File,
        _: &File,
        scratch: &mut Scratch,
        _: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<bool>> {
        scratch.cannot_copy = true;
        Ok(None)
    }

    pub(super) fn has_holes(_: &File) -> bool {
        false
    }

    pub(super) fn without_holes(
        _: &File,
        _: &File,
        _: &mut Scratch,
        _: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<bool> {
        Err(ErrorKind::Unsupported.into())
    }
}
