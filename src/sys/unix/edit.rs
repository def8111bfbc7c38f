//! Changing open directories on Unix: everything is relative to a descriptor, and no link is followed.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, Stat, Timestamps, Uid, fchmod, fchown, fstat, fsync, linkat, mkdirat, openat,
    readlinkat, renameat, statat, symlinkat, unlinkat, utimensat,
};
use rustix::io::{Errno, retry_on_intr};

use super::attr::timespec;
use super::copy::{self, Scratch};
use super::dir::{Dir, kind_of};
use super::{unnamed, xattr};
use crate::fs::FileKind;
use crate::sys::directory::{Directory, Links};
use crate::sys::editable::{Attributes, Copying, Editable, Facts, Means, temporary_name};

impl Editable for Dir {
    type Source = File;

    type Scratch = Scratch;

    fn open_to_edit(path: &Path) -> io::Result<Self> {
        Self::open_to_look_up(path)
    }

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts> {
        let flags = match links {
            Links::Follow => AtFlags::empty(),
            Links::Keep => AtFlags::SYMLINK_NOFOLLOW,
        };
        Ok(facts_of(&retry_on_intr(|| statat(&self.fd, name.as_bytes(), flags))?))
    }

    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool {
        let (own, others) = (self.facts_in(name, links), other.facts_in(other_name, links));
        matches!((own, others), (Ok(own), Ok(others)) if own.id == others.id)
    }

    fn lies_in(&self, id: &(u64, u64)) -> io::Result<bool> {
        // Only looked at: a directory above may be one that may not be read. Beyond what a path can say,
        // it goes on from an open one.
        const MOST_UP: usize = 1000;
        let (mut dir, mut own) = (self.try_clone()?, self.id()?);
        let mut up = String::new();
        while own != *id {
            if up.len() > MOST_UP {
                dir = dir.open_in(OsStr::new(&up), Links::Keep)?;
                up.clear();
            }
            up.push_str("../");
            let above = dir.facts_in(OsStr::new(&up), Links::Follow)?.id;
            if above == Some(own) {
                return Ok(false);
            }
            own = above.expect("BUG: Unix tells devices and inodes");
        }
        Ok(true)
    }

    fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(retry_on_intr(|| unlinkat(&self.fd, name.as_bytes(), AtFlags::empty()))?)
    }

    fn remove_dir(&self, name: &OsStr) -> io::Result<()> {
        Ok(retry_on_intr(|| unlinkat(&self.fd, name.as_bytes(), AtFlags::REMOVEDIR))?)
    }

    const REMOVES_TREES: bool = false;

    fn remove_tree(&self, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn make_dir(&self, name: &OsStr, is_private: bool) -> io::Result<()> {
        let mode = if is_private { Mode::RWXU } else { Mode::RWXU | Mode::RWXG | Mode::RWXO };
        Ok(retry_on_intr(|| mkdirat(&self.fd, name.as_bytes(), mode))?)
    }

    fn make_private(&self, name: &OsStr) -> io::Result<()> {
        set_mode(self, name, Mode::RWXU)
    }

    fn make_link(&self, name: &OsStr, target: &Path, replace: bool) -> io::Result<()> {
        let target = target.as_os_str().as_bytes();
        self.make(name, replace, |name| Ok(retry_on_intr(|| symlinkat(target, &self.fd, name.as_bytes()))?))
    }

    fn read_link(&self, name: &OsStr) -> io::Result<OsString> {
        let target = retry_on_intr(|| readlinkat(&self.fd, name.as_bytes(), Vec::new()))?;
        Ok(OsString::from_vec(target.into_bytes()))
    }

    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, replace: bool) -> io::Result<()> {
        let old = old.as_os_str().as_bytes();
        self.make(name, replace, |name| {
            Ok(retry_on_intr(|| linkat(&from.fd, old, &self.fd, name.as_bytes(), AtFlags::empty()))?)
        })
    }

    fn make_special(&self, name: &OsStr, like: &Facts, replace: bool) -> io::Result<()> {
        self.make(name, replace, |name| make_special(self, name, like))
    }

    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, replace: bool) -> io::Result<()> {
        let (name, new) = (name.as_bytes(), new.as_bytes());
        match replace {
            true => Ok(retry_on_intr(|| renameat(&self.fd, name, &to.fd, new))?),
            false => rename_new(&self.fd, name, &to.fd, new),
        }
    }

    fn open_source(&self, name: &OsStr, links: Links) -> io::Result<(File, Facts)> {
        // A pipe that nobody writes to, and a device that is busy, are not waited for.
        let mut flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        if links == Links::Keep {
            flags |= OFlags::NOFOLLOW;
        }
        let file = retry_on_intr(|| openat(&self.fd, name.as_bytes(), flags, Mode::empty()))?;
        let facts = facts_of(&retry_on_intr(|| fstat(&file))?);
        Ok((File::from(file), facts))
    }

    fn copy_file(
        &self,
        name: &OsStr,
        source: &File,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<Means>> {
        let Copying { attributes, replace, sync } = *copying;
        #[cfg(target_vendor = "apple")]
        if let Some(clone) = self.temporary_clone(source, facts, copying, scratch)? {
            if !goes_on(facts.size) {
                return Ok(None);
            }
            scratch.name = Some(clone.become_permanent(name, replace)?);
            return Ok(Some(Means::Shared));
        }
        loop {
            let (file, temporary) = self.temporary_file(facts, copying, scratch)?;
            let Some(means) = copy::content(source, facts, &file, scratch, goes_on)? else { return Ok(None) };
            let has_mode = self.gives_mode(&file, facts, attributes)?;
            set_attributes(&file, source, facts, Attributes { mode: attributes.mode && !has_mode, ..attributes })?;
            if sync {
                file.sync_all()?;
            }
            if let Some(temporary) = temporary {
                copy::close(file)?;
                scratch.name = Some(temporary.become_permanent(name, replace)?);
                return Ok(Some(means));
            }
            if unnamed::give_name(&file, &self.fd, name)? {
                return Ok(Some(means));
            }
            // Once more, then, under a temporary name.
            scratch.cannot_name = true;
            rustix::fs::seek(source, rustix::fs::SeekFrom::Start(0))?;
        }
    }

    fn copy_attributes(&self, from: &Self, attributes: Attributes) -> io::Result<()> {
        set_attributes(&self.fd, &from.fd, &facts_of(&retry_on_intr(|| fstat(&from.fd))?), attributes)
    }

    fn copy_link_attributes(&self, name: &OsStr, like: &Facts, attributes: Attributes) -> io::Result<()> {
        if attributes.owner {
            let (owner, group) = owner(like);
            let change = || rustix::fs::chownat(&self.fd, name.as_bytes(), owner, group, AtFlags::SYMLINK_NOFOLLOW);
            match retry_on_intr(change) {
                Ok(()) | Err(Errno::PERM) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        if attributes.times {
            let times = times(like);
            retry_on_intr(|| utimensat(&self.fd, name.as_bytes(), &times, AtFlags::SYMLINK_NOFOLLOW))?;
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        match retry_on_intr(|| fsync(&self.fd)) {
            // There are file systems without a way to do that for a directory, and it has to be readable.
            Err(Errno::INVAL | Errno::NOTSUP | Errno::BADF) => Ok(()),
            result => Ok(result?),
        }
    }

    const SYNCS_FILE_SYSTEM: bool = cfg!(any(target_os = "linux", target_os = "android"));

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn sync_file_system(&self) -> io::Result<()> {
        Ok(retry_on_intr(|| rustix::fs::syncfs(&self.fd))?)
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn sync_file_system(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Copying files.
impl Dir {
    /// Makes a file that is not complete: without a name where that is possible, else under a temporary one. What
    /// replaces another needs one all the same.
    fn temporary_file(
        &self,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Scratch,
    ) -> io::Result<(File, Option<Temporary<'_>>)> {
        let mode = match copying.attributes {
            Attributes { mode: false, .. } => Mode::from_raw_mode(0o666),
            attributes if is_made_with_mode(attributes) => Mode::from_raw_mode((facts.mode & 0o777) as _),
            _ => Mode::RUSR | Mode::WUSR,
        };
        // Where the mode does not matter, it is that of a new file, to which older systems do not apply the umask
        // when it has no name.
        if copying.attributes.mode && !copying.replace && !scratch.cannot_name {
            if let Some(file) = unnamed::create(&self.fd, mode)? {
                return Ok((file, None));
            }
            scratch.cannot_name = true;
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let (name, file) = scratch.with_temporary_name(|name| {
            Ok(File::from(retry_on_intr(|| openat(&self.fd, name.as_bytes(), flags, mode))?))
        })?;
        Ok((file, Some(Temporary { dir: self, name: Some(name) })))
    }

    /// Makes a complete copy by one call, of what is worth it, where a copy has all that such a one has.
    #[cfg(target_vendor = "apple")]
    fn temporary_clone(
        &self,
        source: &File,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Scratch,
    ) -> io::Result<Option<Temporary<'_>>> {
        let Attributes { mode, times, xattrs, owner } = copying.attributes;
        let is_like_clone = mode && times && xattrs && facts.mode & 0o7000 == 0 && !copying.sync;
        if !is_like_clone || facts.size <= Scratch::BUFFER as u64 || scratch.cannot_share {
            return Ok(None);
        }
        let (name, is_made) = scratch.with_temporary_name(|name| copy::cloned(source, &self.fd, name, owner))?;
        if !is_made {
            (scratch.cannot_share, scratch.name) = (true, Some(name));
            return Ok(None);
        }
        Ok(Some(Temporary { dir: self, name: Some(name) }))
    }

    /// Whether a file that was made with the mode that it is to have has it. What the directory and the umask have
    /// left of it for one, they leave for the next.
    fn gives_mode(&self, file: &File, facts: &Facts, attributes: Attributes) -> io::Result<bool> {
        let mode = facts.mode & 0o777;
        if !is_made_with_mode(attributes) {
            return Ok(false);
        }
        if self.given_mode.load(Ordering::Relaxed) == mode {
            return Ok(true);
        }
        let has_mode = facts_of(&retry_on_intr(|| fstat(file))?).mode & 0o7777 == mode;
        if has_mode {
            self.given_mode.store(mode, Ordering::Relaxed);
        }
        Ok(has_mode)
    }
}

impl Dir {
    /// Makes something that has a name from the beginning; to replace what has the name, under another one first.
    fn make(&self, name: &OsStr, replace: bool, make: impl Fn(&OsStr) -> io::Result<()>) -> io::Result<()> {
        match make(name) {
            Err(error) if replace && error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return result,
        }
        let temporary = temporary_name();
        make(&temporary)?;
        Temporary { dir: self, name: Some(temporary) }.become_permanent(name, replace).map(drop)
    }
}

/// Something under a temporary name, which is removed unless it gets its own.
struct Temporary<'a> {
    dir: &'a Dir,
    name: Option<OsString>,
}

impl Temporary<'_> {
    /// Gives it its name; returns the temporary one, which is free again.
    fn become_permanent(mut self, name: &OsStr, replace: bool) -> io::Result<OsString> {
        let temporary = self.name.as_deref().expect("BUG: it has its name already");
        self.dir.rename(temporary, self.dir, name, replace)?;
        Ok(self.name.take().expect("BUG: it has its name already"))
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            _ = self.dir.remove_file(name);
        }
    }
}

#[allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "other types on other systems")]
fn facts_of(stat: &Stat) -> Facts {
    Facts {
        kind: kind_of(FileType::from_raw_mode(stat.st_mode)).unwrap_or(FileKind::Other),
        id: Some((stat.st_dev as u64, stat.st_ino as u64)),
        names: stat.st_nlink as u64,
        size: stat.st_size as u64,
        allocated: stat.st_blocks as u64 * 512,
        mode: stat.st_mode.into(),
        owner: (stat.st_uid, stat.st_gid),
        device: stat.st_rdev as u64,
        accessed: time(stat.st_atime as i64, stat.st_atime_nsec as u64),
        modified: time(stat.st_mtime as i64, stat.st_mtime_nsec as u64),
        changed: time(stat.st_ctime as i64, stat.st_ctime_nsec as u64),
    }
}

fn time(seconds: i64, nanoseconds: u64) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let second = match seconds {
        0.. => SystemTime::UNIX_EPOCH.checked_add(whole),
        _ => SystemTime::UNIX_EPOCH.checked_sub(whole),
    };
    second?.checked_add(Duration::from_nanos(nanoseconds))
}

fn times(facts: &Facts) -> Timestamps {
    Timestamps { last_access: timespec(facts.accessed), last_modification: timespec(facts.modified) }
}

/// Whether a file is made with the mode that it is to have in the end: nothing else of it depends on that.
fn is_made_with_mode(attributes: Attributes) -> bool {
    attributes.mode && !attributes.owner && !attributes.xattrs
}

fn owner(facts: &Facts) -> (Option<Uid>, Option<Gid>) {
    (Some(Uid::from_raw(facts.owner.0)), Some(Gid::from_raw(facts.owner.1)))
}

/// Gives an open file or directory what another one has. `setuid` and its like go with the owner only.
fn set_attributes(to: impl AsFd, from: impl AsFd, facts: &Facts, attributes: Attributes) -> io::Result<()> {
    let mut bits = 0o777;
    if attributes.owner {
        let (owner, group) = owner(facts);
        match retry_on_intr(|| fchown(&to, owner, group)) {
            Ok(()) => bits = 0o7777,
            // Only an administrator gives files away.
            Err(Errno::PERM) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    if attributes.xattrs {
        xattr::copy(&from, &to, true)?;
    }
    // To change the owner takes away some bits, and to set a list of rights changes others.
    if attributes.mode {
        let mut mode = facts.mode & bits;
        if facts.kind == FileKind::Directory && bits == 0o777 {
            // Inherited from the directory above: whose the files in this one are.
            mode |= facts_of(&retry_on_intr(|| fstat(&to))?).mode & 0o2000;
        }
        retry_on_intr(|| fchmod(&to, Mode::from_raw_mode(mode as _)))?;
    }
    if attributes.times {
        retry_on_intr(|| rustix::fs::futimens(&to, &times(facts)))?;
    }
    Ok(())
}

#[cfg(not(target_vendor = "apple"))]
fn make_special(dir: &Dir, name: &OsStr, like: &Facts) -> io::Result<()> {
    let kind = FileType::from_raw_mode(like.mode as _);
    let mode = Mode::from_raw_mode((like.mode & 0o777) as _);
    retry_on_intr(|| rustix::fs::mknodat(&dir.fd, name.as_bytes(), kind, mode, like.device as _))?;
    set_mode(dir, name, mode).inspect_err(|_| _ = dir.remove_file(name))
}

/// Sets the mode of what is no link, and is not opened for that. Linux has no call of its own for it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn set_mode(dir: &Dir, name: &OsStr, mode: Mode) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = retry_on_intr(|| openat(&dir.fd, name.as_bytes(), flags, Mode::empty()))?;
    Ok(retry_on_intr(|| rustix::fs::chmod(format!("/proc/self/fd/{}", file.as_raw_fd()), mode))?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn set_mode(dir: &Dir, name: &OsStr, mode: Mode) -> io::Result<()> {
    Ok(retry_on_intr(|| rustix::fs::chmodat(&dir.fd, name.as_bytes(), mode, AtFlags::SYMLINK_NOFOLLOW))?)
}

#[cfg(target_vendor = "apple")]
fn make_special(_: &Dir, _: &OsStr, _: &Facts) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Renames in one step; an error when something has the new name.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_new(from: &OwnedFd, old: &[u8], to: &OwnedFd, new: &[u8]) -> io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};
    match retry_on_intr(|| renameat_with(from, old, to, new, RenameFlags::NOREPLACE)) {
        // The file system or the kernel does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_in_two_steps(from, old, to, new),
        result => Ok(result?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
use rename_in_two_steps as rename_new;

/// A second name, then not the first: that of a directory can only be looked at.
fn rename_in_two_steps(from: &OwnedFd, old: &[u8], to: &OwnedFd, new: &[u8]) -> io::Result<()> {
    match retry_on_intr(|| linkat(from, old, to, new, AtFlags::empty())) {
        Ok(()) => return Ok(retry_on_intr(|| unlinkat(from, old, AtFlags::empty()))?),
        Err(Errno::EXIST) => return Err(Errno::EXIST.into()),
        Err(_) => {}
    }
    match retry_on_intr(|| statat(to, new, AtFlags::SYMLINK_NOFOLLOW)) {
        Ok(_) => Err(Errno::EXIST.into()),
        Err(Errno::NOENT) => Ok(retry_on_intr(|| renameat(from, old, to, new))?),
        Err(errno) => Err(errno.into()),
    }
}
