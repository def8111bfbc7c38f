//! Verbs on names in an open directory: none of them follows a link.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::{Access as MayDo, FileType, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_NOW, fcntl_setfl, fstat};
use rustix::io::retry_on_intr;

use super::atomic::AtomicTarget;
use super::attr::{is_mount_root, timespec};
use super::dir::{Dir, open_dir};
use super::facts::id_of;
use super::opening::{open_to_read, read_all};
use super::place::Place;
#[cfg(any(target_os = "linux", target_os = "android"))]
use super::place::path_of;
use crate::kind::Special;
use crate::sys::Seen;
use crate::sys::directory::{Access, Directory, Links};
use crate::sys::edit_dir::EditDir as _;
use crate::sys::verbs::{Opened, Opening, Verbs};

impl Verbs for Dir {
    const IS_RACE_FREE: bool = true;

    fn open_root(path: &Path) -> io::Result<Self> {
        Self::open_for(Access::Search, path)
    }

    fn is_still_inside(&self, root: &Self) -> io::Result<bool> {
        self.lies_in(&root.id()?)
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn has_magic_links(&self) -> bool {
        super::openat2::has_magic_links(self)
    }

    fn see(&self, name: &OsStr) -> io::Result<Seen> {
        see(self.at(name))
    }

    fn is_mount(&self, name: &OsStr) -> io::Result<bool> {
        let place = self.at(name);
        match is_mount_root(place)? {
            Some(is_mount) => Ok(is_mount),
            None => Ok(id_of(&place.stat(Links::Keep)?).0 != self.id()?.0),
        }
    }

    fn is_junction(&self, name: &OsStr) -> io::Result<bool> {
        self.at(name).stat(Links::Keep)?;
        Ok(false)
    }

    fn is_executable(&self, name: &OsStr) -> bool {
        may_run(self.at(name))
    }

    fn open_file(&self, name: &OsStr, opening: Opening) -> io::Result<Opened> {
        let place = self.at(name);
        inspect(match opening {
            Opening::Read => open_to_read(place, Links::Keep)?.into(),
            _ => place.open(flags(opening), NEW, Links::Keep)?,
        })
    }

    /// Regular files need it as well: some, such as `/proc/kmsg`, have no content at times, and FUSE passes the flag on.
    fn waiting(opened: Opened, opening: Opening) -> io::Result<File> {
        let flags = if opening == Opening::Append { OFlags::APPEND } else { OFlags::empty() };
        retry_on_intr(|| fcntl_setfl(&opened.file, flags))?;
        Ok(opened.file)
    }

    fn read_all(opened: Opened) -> io::Result<Vec<u8>> {
        read_all(&opened.file, opened.size)
    }

    fn create_dir(&self, name: &OsStr) -> io::Result<()> {
        Ok(self.at(name).make_dir(0o777)?)
    }

    fn create_new(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        Ok(self.at(name).create_new(Mode::from_raw_mode(mode as _))?.into())
    }

    fn symlink(&self, name: &OsStr, target: &Path) -> io::Result<()> {
        Ok(self.at(name).make_symlink(target.as_os_str())?)
    }

    fn set_permission_bits(&self, name: &OsStr, bits: u32) -> io::Result<()> {
        Ok(self.at(name).set_mode(bits, Links::Keep)?)
    }

    fn set_times(&self, name: &OsStr, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
        let times = Timestamps { last_access: timespec(accessed), last_modification: timespec(modified) };
        Ok(self.at(name).set_times(&times, Links::Keep)?)
    }

    fn set_times_to_now(&self, name: &OsStr) -> io::Result<()> {
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        Ok(self.at(name).set_times(&Timestamps { last_access: now, last_modification: now }, Links::Keep)?)
    }

    type AtomicTarget = AtomicTarget;

    fn atomic_target(&self, name: &OsStr) -> io::Result<Option<AtomicTarget>> {
        let dir = open_dir(self.at(OsStr::new(".")), Access::Edit, Links::Keep)?;
        AtomicTarget::find_name(dir, name)
    }

    fn free_target(&self, name: &OsStr) -> io::Result<AtomicTarget> {
        let dir = open_dir(self.at(OsStr::new(".")), Access::Edit, Links::Keep)?;
        AtomicTarget::find_free_name(dir, name.to_owned())
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn ask_kernel(
        &self,
        path: &Path,
        rules: crate::sys::Rules,
        lookup: crate::sys::verbs::Lookup,
    ) -> Option<io::Result<crate::sys::verbs::Found<Self>>> {
        super::openat2::look_up(self, path, rules, lookup)
    }
}

/// The permissions of a new file, less the umask.
pub(super) const NEW: Mode = Mode::from_raw_mode(0o666);

/// The flags to open a file. Opening never blocks.
pub(super) fn flags(opening: Opening) -> OFlags {
    let access = match opening {
        Opening::Read => OFlags::RDONLY,
        Opening::Overwrite => OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC,
        Opening::Append => OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND,
    };
    access | OFlags::NONBLOCK | OFlags::NOCTTY
}

/// Finds out the kind of an open file.
pub(super) fn inspect(file: OwnedFd) -> io::Result<Opened> {
    let found = retry_on_intr(|| fstat(&file))?;
    Ok(Opened { file: file.into(), special: special_of(&found), size: found.st_size.try_into().unwrap_or(0) })
}

fn special_of(found: &Stat) -> Option<Special> {
    match FileType::from_raw_mode(found.st_mode) {
        FileType::BlockDevice => Some(Special::BlockDevice),
        FileType::CharacterDevice => Some(Special::CharDevice),
        FileType::Fifo => Some(Special::Fifo),
        FileType::Socket => Some(Special::Socket),
        _ => None,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn see(place: Place<'_>) -> io::Result<Seen> {
    seen(place.open(OFlags::PATH, Mode::empty(), Links::Keep)?)
}

/// Uses a held file, because the system would follow a link that has the name by then.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn may_run(place: Place<'_>) -> bool {
    let Ok(held) = place.open(OFlags::PATH, Mode::empty(), Links::Keep) else { return false };
    let is_file = retry_on_intr(|| fstat(&held)).is_ok_and(|found| is_regular(&found));
    is_file && Place::of(path_of(&held).as_ref()).check_access(MayDo::EXEC_OK).is_ok()
}

/// Elsewhere nothing is held open without permission to read it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn may_run(place: Place<'_>) -> bool {
    place.stat(Links::Keep).is_ok_and(|found| is_regular(&found)) && place.check_access(MayDo::EXEC_OK).is_ok()
}

fn is_regular(found: &Stat) -> bool {
    FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
}

/// Returns the facts of an open file.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn seen(file: OwnedFd) -> io::Result<Seen> {
    Ok(Seen::of(&File::from(file).metadata()?))
}

/// Elsewhere nothing can be opened without permission to read it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn see(place: Place<'_>) -> io::Result<Seen> {
    use super::facts::{facts_of, mode_of};
    use crate::kind::Inode;

    let found = place.stat(Links::Keep)?;
    let facts = facts_of(&found);
    let inode = facts.id.map(|(device, number)| Inode {
        device,
        number,
        links: facts.names,
        user: facts.owner.0,
        group: facts.owner.1,
    });
    Ok(Seen {
        kind: facts.kind,
        special: special_of(&found),
        size: facts.size,
        mode: mode_of(&found),
        modified: facts.modified,
        accessed: facts.accessed,
        created: created(&found),
        inode,
    })
}

#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
fn created(found: &rustix::fs::Stat) -> Option<SystemTime> {
    super::facts::time(found.st_birthtime, found.st_birthtime_nsec as u64)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple", target_os = "freebsd")))]
fn created(_: &rustix::fs::Stat) -> Option<SystemTime> {
    None
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests make and look at their files with std")]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn an_open_file_is_special_if_it_is_a_device_a_pipe_or_a_socket() {
        let special = |file: OwnedFd| inspect(file).unwrap().special;
        let (pipe, _end) = std::io::pipe().unwrap();
        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(matches!(special(pipe.into()), Some(Special::Fifo)));
        assert!(matches!(special(socket.into()), Some(Special::Socket)));
        assert!(matches!(special(File::open("/dev/null").unwrap().into()), Some(Special::CharDevice)));
        let dir = tempfile::tempdir().unwrap();
        assert!(special(tempfile::tempfile().unwrap().into()).is_none());
        assert!(special(File::open(dir.path()).unwrap().into()).is_none());
    }
}
