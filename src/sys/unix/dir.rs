//! Open directories on Unix: descriptors.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, fstat, openat, statat};
use rustix::io::{Errno, retry_on_intr};

use crate::kind::FileKind;
use crate::sys::directory::{Directory, Links, Progress};

/// The bytes of a path that fit into one system call, without the NUL at the end.
const PATH_MAX: usize = if cfg!(target_os = "linux") { 4095 } else { 1023 };

pub(crate) struct Dir {
    pub(super) fd: OwnedFd,
    /// The mode that a file in it was last made with, if it then had just that.
    pub(super) given_mode: AtomicU32,
    /// Whether it gives access control lists to what is made in it.
    pub(super) gives_lists: OnceLock<bool>,
    /// The system's own reader, from the first read to the last.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    stream: Option<rustix::fs::Dir>,
}

/// How a directory is opened to look up names in it: where the system can, without permission to read it.
#[cfg(any(target_os = "linux", target_os = "android"))]
const TO_LOOK_UP: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const TO_LOOK_UP: OFlags = OFlags::RDONLY;

impl Dir {
    /// Opens a directory by its path, following links; the path may be longer than the system allows.
    fn open_path(path: &Path, how: OFlags) -> io::Result<Self> {
        let (mut front, mut rest) = front(path.as_os_str().as_bytes());
        let mut above = None::<Self>;
        while !rest.is_empty() {
            above = Some(Self::open_below(above.as_ref(), front, TO_LOOK_UP)?);
            (front, rest) = self::front(rest);
        }
        Self::open_below(above.as_ref(), front, how)
    }

    /// Goes down a path below this directory as far as the system needs help with its length: the directory at
    /// which one system call takes the rest, and that rest.
    pub(super) fn look_up<'a>(&self, path: &'a Path) -> io::Result<(Option<Self>, &'a [u8])> {
        let (mut front, mut rest) = front(path.as_os_str().as_bytes());
        let mut above = None::<Self>;
        while !rest.is_empty() {
            above = Some(Self::open_below(above.as_ref().or(Some(self)), front, TO_LOOK_UP)?);
            (front, rest) = self::front(rest);
        }
        Ok((above, front))
    }

    /// Opens a directory in another one, or in the working directory.
    fn open_below(above: Option<&Self>, name: &[u8], how: OFlags) -> io::Result<Self> {
        match above {
            Some(above) => Self::open_at(&above.fd, name, how, Links::Follow),
            None => Self::open_at(CWD, name, how, Links::Follow),
        }
    }

    /// Opens a directory to look up, make and remove names in it, and to read it if that is permitted.
    pub(super) fn open_to_look_up(path: &Path) -> io::Result<Self> {
        match Self::open_path(path, OFlags::RDONLY) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Self::open_path(path, TO_LOOK_UP),
            result => result,
        }
    }

    fn open_at(parent: impl AsFd, name: &[u8], how: OFlags, links: Links) -> io::Result<Self> {
        let mut flags = how | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if links == Links::Keep {
            flags |= OFlags::NOFOLLOW;
        }
        Ok(Self::new(retry_on_intr(|| openat(&parent, name, flags, Mode::empty()))?))
    }

    fn new(fd: OwnedFd) -> Self {
        Self {
            fd,
            given_mode: AtomicU32::new(u32::MAX),
            gives_lists: OnceLock::new(),
            #[cfg(not(any(target_os = "linux", target_os = "android")))]
            stream: None,
        }
    }
}

impl Directory for Dir {
    /// Device and inode.
    type Id = (u64, u64);

    type Buffer = Buffer;

    fn open(path: &Path) -> io::Result<Self> {
        Self::open_path(path, OFlags::RDONLY)
    }

    fn open_in(&self, name: &OsStr, links: Links) -> io::Result<Self> {
        Self::open_at(&self.fd, name.as_bytes(), OFlags::RDONLY, links)
    }

    fn open_to_search(path: &Path) -> io::Result<Self> {
        Self::open_path(path, TO_LOOK_UP)
    }

    fn open_in_to_search(&self, name: &OsStr, links: Links) -> io::Result<Self> {
        Self::open_at(&self.fd, name.as_bytes(), TO_LOOK_UP, links)
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::new(self.fd.try_clone()?))
    }

    fn id(&self) -> io::Result<(u64, u64)> {
        let found = retry_on_intr(|| fstat(&self.fd))?;
        #[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "other types on other systems")]
        Ok((found.st_dev as u64, found.st_ino as u64))
    }

    fn is_same_device(left: &(u64, u64), right: &(u64, u64)) -> bool {
        left.0 == right.0
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        kind_at(CWD, path.as_os_str(), links)
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        kind_at(&self.fd, name, links)
    }

    fn read_numbered(
        &mut self,
        buffer: &mut Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Progress> {
        self.read_raw(buffer, |dir, name, kind, number| match name {
            b"." | b".." => {}
            _ => {
                let name = OsStr::from_bytes(name);
                each(dir, name, kind.map_or_else(|| dir.kind_in(name, Links::Keep), Ok), Some(number));
            }
        })
    }
}

/// Memory for `getdents64`, taken with the first read.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[derive(Default)]
pub(crate) struct Buffer(Vec<u8>);

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Dir {
    /// Whether it has no name any more.
    fn is_removed(&self) -> bool {
        retry_on_intr(|| fstat(&self.fd)).is_ok_and(|found| found.st_nlink == 0)
    }

    /// Reads on; `each` gets a name, what it is if the directory tells, and the inode number.
    fn read_raw(
        &mut self,
        Buffer(buffer): &mut Buffer,
        mut each: impl FnMut(&Self, &[u8], Option<FileKind>, u64),
    ) -> io::Result<Progress> {
        // As much as glibc takes: more saves no time that can be measured, as the kernel fills it entry by
        // entry.
        const SIZE: usize = 32 * 1024;
        // An entry with its name takes 24 bytes and the name's, about.
        const HEADER: usize = 24;
        // ext4 says with the last entry that nothing is behind it. Not to ask again saves 5 % of a walk.
        const NOTHING_BEHIND: u64 = i64::MAX as u64;

        buffer.reserve_exact(SIZE);
        let mut filled = 0;
        let mut entries = rustix::fs::RawDir::new(&self.fd, buffer.spare_capacity_mut());
        loop {
            let entry = match entries.next() {
                Some(Ok(entry)) => entry,
                Some(Err(Errno::INTR)) => continue,
                // A directory that was removed has no more entries: POSIX and the C library say so, Linux does not.
                Some(Err(Errno::NOENT)) if self.is_removed() => return Ok(Progress::ToTheEnd),
                Some(Err(errno)) => return Err(errno.into()),
                None => return Ok(Progress::ToTheEnd),
            };
            let name = entry.file_name().to_bytes();
            filled += HEADER + name.len();
            let behind = entry.next_entry_cookie();
            each(self, name, kind_of(entry.file_type()), entry.ino());
            if entries.is_buffer_empty() {
                if behind == NOTHING_BEHIND {
                    return Ok(Progress::ToTheEnd);
                }
                if filled > SIZE / 2 {
                    return Ok(Progress::InPart);
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
    /// Reads on; `each` gets a name, what it is if the directory tells, and the inode number.
    fn read_raw(
        &mut self,
        _: &mut Buffer,
        mut each: impl FnMut(&Self, &[u8], Option<FileKind>, u64),
    ) -> io::Result<Progress> {
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
                None => return Ok(Progress::ToTheEnd),
            }
        }
        self.stream = Some(stream);
        Ok(Progress::InPart)
    }
}

/// As much of a path as one system call takes, and the rest. A name that is too long by itself stays
/// whole, for the system to refuse.
pub(super) fn front(path: &[u8]) -> (&[u8], &[u8]) {
    if path.len() <= PATH_MAX {
        return (path, b"");
    }
    let is_separator = |&byte: &u8| byte == b'/';
    // Not the root: there is nothing in front of it.
    let within = path[..=PATH_MAX].iter().rposition(is_separator).filter(|&at| at > 0);
    let beyond = || path[PATH_MAX..].iter().position(is_separator).map(|at| at + PATH_MAX);
    match within.or_else(beyond) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (path, b""),
    }
}

fn kind_at(parent: impl AsFd, name: &OsStr, links: Links) -> io::Result<FileKind> {
    let flags = match links {
        Links::Follow => AtFlags::empty(),
        Links::Keep => AtFlags::SYMLINK_NOFOLLOW,
    };
    let found = retry_on_intr(|| statat(&parent, name.as_bytes(), flags))?;
    Ok(kind_of(FileType::from_raw_mode(found.st_mode)).unwrap_or(FileKind::Other))
}

/// `None` where the file system does not say it in its directories.
pub(super) fn kind_of(kind: FileType) -> Option<FileKind> {
    Some(match kind {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Symlink,
        FileType::Unknown => return None,
        _ => FileKind::Other,
    })
}
