//! Open directories on Unix: descriptors.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};

use rustix::fs::{CWD, FileType, OFlags, fstat, fsync};
use rustix::io::{Errno, Result, retry_on_intr};

use super::facts::{self, id_of, kind_of};
use super::opening::open_to_read;
use super::place::{Place, SEARCH, Way};
use crate::kind::FileKind;
use crate::sys::directory::{Access, Directory, Links, Rest};

pub(crate) struct Dir {
    pub(super) fd: OwnedFd,
    /// What it gives to new files, once one was created in it. Directories that were created in it share this.
    gifts: OnceLock<Arc<Gifts>>,
    /// The system's own reader, from the first read to the last.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    stream: Option<rustix::fs::Dir>,
}

/// The permissions and lists that directories give to new files in them.
#[derive(Default)]
pub(super) struct Gifts {
    /// The permissions that new files are known to keep, as neither the umask nor the file system takes them away.
    pub(super) permissions: AtomicU32,
    /// Whether new files get access control lists.
    pub(super) lists: OnceLock<bool>,
}

impl Dir {
    /// A name in it.
    pub(super) fn at<'a>(&'a self, name: &'a OsStr) -> Place<'a> {
        Place::new(&self.fd, name)
    }

    pub(super) fn gifts(&self) -> &Arc<Gifts> {
        self.gifts.get_or_init(Arc::default)
    }

    /// The directory of a descriptor.
    pub(crate) fn of_open(fd: OwnedFd) -> io::Result<Self> {
        Ok(Self::new(open_dir(Place::new(&fd, OsStr::new(".")), Access::Search, Links::Keep)?))
    }

    #[inline]
    pub(super) fn new(fd: OwnedFd) -> Self {
        Self {
            fd,
            gifts: OnceLock::new(),
            #[cfg(not(any(target_os = "linux", target_os = "android")))]
            stream: None,
        }
    }
}

#[inline]
pub(super) fn open_dir(place: Place<'_>, access: Access, links: Links) -> Result<OwnedFd> {
    match access {
        Access::Read | Access::Fill => place.open_dir(OFlags::RDONLY, links),
        Access::Search => place.open_dir(SEARCH, links),
        Access::Edit => match place.open_dir(OFlags::RDONLY, links) {
            Err(Errno::ACCESS | Errno::PERM) => place.open_dir(SEARCH, links),
            result => result,
        },
    }
}

/// Flushes the names in a directory to the disk, if that is possible.
pub(super) fn sync_dir(dir: &OwnedFd) -> io::Result<()> {
    match retry_on_intr(|| fsync(dir)) {
        // It is not open to be read, or its file system cannot do that for directories.
        Err(Errno::BADF | Errno::INVAL | Errno::NOTSUP) => Ok(()),
        result => Ok(result?),
    }
}

impl Directory for Dir {
    /// Device and inode.
    type Id = (u64, u64);

    type Buffer = Buffer;

    type Inner = Self;

    fn open_for(access: Access, path: &Path) -> io::Result<Self> {
        let mut way = Way::from(CWD);
        Ok(Self::new(open_dir(way.to(path.as_os_str())?, access, Links::Follow)?))
    }

    #[inline]
    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        let dir = Self::new(open_dir(self.at(name), access, links)?);
        if access == Access::Fill {
            _ = dir.gifts.set(Arc::clone(self.gifts()));
        }
        Ok(dir)
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::new(self.fd.try_clone()?))
    }

    fn id(&self) -> io::Result<(u64, u64)> {
        Ok(id_of(&retry_on_intr(|| fstat(&self.fd))?))
    }

    fn is_same_device(left: &(u64, u64), right: &(u64, u64)) -> bool {
        left.0 == right.0
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        Ok(facts::kind(&Place::of(path).stat(links)?))
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        Ok(facts::kind(&self.at(name).stat(links)?))
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        let mut file = open_to_read(self.at(name), links)?;
        match kind_of(FileType::from_raw_mode(retry_on_intr(|| fstat(&file))?.st_mode)) {
            Some(FileKind::File) => {}
            Some(FileKind::Directory) => return Err(ErrorKind::IsADirectory.into()),
            _ => return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file")),
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        Ok(content)
    }

    fn read(
        &mut self,
        buffer: &mut Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        self.read_raw(buffer, |dir, name, kind, number| match name {
            b"." | b".." => {}
            _ => {
                let name = OsStr::from_bytes(name);
                each(dir, name, kind.map_or_else(|| dir.kind_in(name, Links::Keep), Ok), Some(number));
            }
        })
    }
}

/// The buffer for `getdents64`, allocated by the first read.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[derive(Default)]
pub(crate) struct Buffer(Vec<u8>);

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Dir {
    /// Whether it has been removed.
    fn is_removed(&self) -> bool {
        retry_on_intr(|| fstat(&self.fd)).is_ok_and(|found| found.st_nlink == 0)
    }

    /// Reads more names. `each` gets a name, its kind if the directory reports it, and the inode number.
    fn read_raw(
        &mut self,
        Buffer(buffer): &mut Buffer,
        mut each: impl FnMut(&Self, &[u8], Option<FileKind>, u64),
    ) -> io::Result<Rest> {
        // The size that glibc uses. A larger one saves no measurable time, because the kernel fills it entry by entry.
        const SIZE: usize = 32 * 1024;
        // An entry takes about 24 bytes in addition to its name.
        const HEADER: usize = 24;
        // ext4 marks the last entry in this way. Not asking for more saves 5 % of a walk.
        const NOTHING_BEHIND: u64 = i64::MAX as u64;

        buffer.reserve_exact(SIZE);
        let mut filled = 0;
        let mut entries = rustix::fs::RawDir::new(&self.fd, buffer.spare_capacity_mut());
        loop {
            let entry = match entries.next() {
                Some(Ok(entry)) => entry,
                Some(Err(Errno::INTR)) => continue,
                // A removed directory has no entries, says POSIX, as the C library does. Linux reports an error.
                Some(Err(Errno::NOENT)) if self.is_removed() => return Ok(Rest::Nothing),
                Some(Err(errno)) => return Err(errno.into()),
                None => return Ok(Rest::Nothing),
            };
            let name = entry.file_name().to_bytes();
            filled += HEADER + name.len();
            let behind = entry.next_entry_cookie();
            each(self, name, kind_of(entry.file_type()), entry.ino());
            if entries.is_buffer_empty() {
                if behind == NOTHING_BEHIND {
                    return Ok(Rest::Nothing);
                }
                if filled > SIZE / 2 {
                    return Ok(Rest::More);
                }
            }
        }
    }
}

/// Elsewhere the system's reader has a buffer of its own.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[derive(Default)]
pub(crate) struct Buffer;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Dir {
    /// Reads more names. `each` gets a name, its kind if the directory reports it, and the inode number.
    fn read_raw(
        &mut self,
        _: &mut Buffer,
        mut each: impl FnMut(&Self, &[u8], Option<FileKind>, u64),
    ) -> io::Result<Rest> {
        const ENTRIES: usize = 1024;

        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => rustix::fs::Dir::read_from(&self.fd)?,
        };
        for _ in 0..ENTRIES {
            match stream.read() {
                Some(Ok(entry)) => each(self, entry.file_name().to_bytes(), kind_of(entry.file_type()), entry.ino()),
                Some(Err(Errno::INTR)) => {}
                Some(Err(errno)) => return Err(errno.into()),
                None => return Ok(Rest::Nothing),
            }
        }
        self.stream = Some(stream);
        Ok(Rest::More)
    }
}
