//! The attributes of files: permissions, times, owners, kinds.

#![allow(clippy::disallowed_methods, reason = "this is where std::fs belongs")]

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::unistd::{Gid, Group, Uid, User, geteuid};
use rustix::fs::{Mode, OFlags, Stat, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};
use rustix::process::umask as umask_of_process;

use super::facts::{self, id_of};
use super::place::Place;
use crate::kind::{FileKind, Inode, Special};
use crate::sys::directory::Links;
use crate::sys::edit_dir::parent_of;

/// The kind of a pipe, socket or device, which only Unix has.
pub(crate) fn special(found: &Metadata) -> Option<Special> {
    let kind = found.file_type();
    let kinds = [
        (kind.is_block_device(), Special::BlockDevice),
        (kind.is_char_device(), Special::CharDevice),
        (kind.is_fifo(), Special::Fifo),
        (kind.is_socket(), Special::Socket),
    ];
    kinds.into_iter().find_map(|(is, special)| is.then_some(special))
}

/// The permissions, without the bits for the kind of the file.
pub(crate) fn permission_bits(found: &Metadata) -> u32 {
    found.mode() & 0o7777
}

pub(crate) fn inode(found: &Metadata) -> Option<Inode> {
    let (device, number, links) = (found.dev(), found.ino(), found.nlink());
    Some(Inode { device, number, links, user: found.uid(), group: found.gid() })
}

pub(crate) fn set_permission_bits(path: &Path, bits: u32) -> io::Result<()> {
    Ok(Place::of(path).set_mode(bits, Links::Follow)?)
}

/// The permissions that a new file must not have.
pub(crate) fn umask() -> u32 {
    umask_as_linux_tells().unwrap_or_else(umask_as_it_was)
}

fn umask_as_linux_tells() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("Umask:"))?;
    u32::from_str_radix(mask.trim(), 8).ok()
}

/// Elsewhere it has to be set to be read. A file that another thread creates at that moment is private.
#[allow(clippy::useless_conversion, reason = "another type on other systems")]
fn umask_as_it_was() -> u32 {
    let mask = umask_of_process(Mode::RWXG | Mode::RWXO);
    umask_of_process(mask);
    mask.bits().into()
}

/// The owner's user name, if the number has one.
pub(crate) fn owner(path: &Path) -> io::Result<Option<String>> {
    user_name(followed(path)?.st_uid)
}

pub(crate) fn user_name(user: u32) -> io::Result<Option<String>> {
    Ok(User::from_uid(Uid::from_raw(user))?.map(|user| user.name))
}

/// The name of the file's group, if the number has one.
pub(crate) fn group(path: &Path) -> io::Result<Option<String>> {
    group_name(followed(path)?.st_gid)
}

pub(crate) fn group_name(group: u32) -> io::Result<Option<String>> {
    Ok(Group::from_gid(Gid::from_raw(group))?.map(|group| group.name))
}

/// Sets the times of a file. A time that is not given stays.
pub(crate) fn set_times(path: &Path, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
    let times = Timestamps { last_access: timespec(accessed), last_modification: timespec(modified) };
    Ok(Place::of(path).set_times(&times, Links::Follow)?)
}

/// Sets the times of a file to now. Unlike std, this works for directories and unreadable files.
pub(crate) fn set_times_to_now(path: &Path) -> io::Result<()> {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let times = Timestamps { last_access: now, last_modification: now };
    Ok(Place::of(path).set_times(&times, Links::Follow)?)
}

pub(super) fn timespec(time: Option<SystemTime>) -> Timespec {
    let Some(time) = time else { return Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT } };
    let seconds = |since: Duration| i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => Timespec { tv_sec: seconds(after), tv_nsec: after.subsec_nanos().into() },
        // The fraction always goes forward.
        Err(before) => match (seconds(before.duration()), before.duration().subsec_nanos()) {
            (whole, 0) => Timespec { tv_sec: -whole, tv_nsec: 0 },
            (whole, part) => Timespec { tv_sec: -whole - 1, tv_nsec: (1_000_000_000 - part).into() },
        },
    }
}

/// Creates an empty file, with these permissions less the umask. Fails if the name is taken.
pub(crate) fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    Ok(Place::of(path).create_new(Mode::from_raw_mode(mode as _)).map(File::from)?)
}

/// Creates an empty file, unless the name is taken.
pub(crate) fn create_if_missing(path: &Path, mode: u32) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE;
    Ok(Place::of(path).open(flags, Mode::from_raw_mode(mode as _), Links::Follow).map(drop)?)
}

/// Whether it is a mount point: as the kernel reports, or if its device is not that of the directory it is in. The root
/// is always one.
pub(crate) fn is_mount(path: &Path) -> io::Result<bool> {
    let place = Place::of(path);
    let found = place.stat(Links::Keep)?;
    if facts::kind(&found) == FileKind::Symlink {
        return Ok(false);
    }
    let above = path.join("..");
    let parent = match Place::of(&above).stat(Links::Keep) {
        Ok(parent) => parent,
        // It is a file.
        Err(_) => Place::of(&super::resolve(&above)?).stat(Links::Keep)?,
    };
    Ok(is_mount_root(place)?.unwrap_or(found.st_dev != parent.st_dev) || id_of(&found) == id_of(&parent))
}

/// Returns `None` if the kernel (before Linux 5.8) or the file system does not report it.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn is_mount_root(place: Place<'_>) -> io::Result<Option<bool>> {
    use rustix::fs::StatxAttributes;
    use rustix::io::Errno;

    match place.attributes() {
        Ok(found) if found.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT) => {
            Ok(Some(found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)))
        }
        Ok(_) | Err(Errno::NOSYS | Errno::PERM) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn is_mount_root(_: Place<'_>) -> io::Result<Option<bool>> {
    Ok(None)
}

/// What keeps everybody from changing what has this path, in words that follow its name.
pub(crate) fn protection(path: &Path) -> Option<&'static str> {
    protection_of(Place::of(path))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn protection_of(place: Place<'_>) -> Option<&'static str> {
    use rustix::fs::StatxAttributes;

    let attributes = place.attributes().ok()?.stx_attributes;
    match () {
        () if attributes.contains(StatxAttributes::IMMUTABLE) => Some("is immutable; `chattr -i` ends that"),
        () if attributes.contains(StatxAttributes::APPEND) => Some("can only be appended to; `chattr -a` ends that"),
        () => None,
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn protection_of(_: Place<'_>) -> Option<&'static str> {
    None
}

/// Whether only its owner may remove or rename what has this path, and that is another user.
pub(crate) fn is_kept_by_owner(path: &Path) -> bool {
    let own = geteuid().as_raw();
    let found = |path| Place::of(path).stat(Links::Keep);
    match (found(path), found(parent_of(path))) {
        (Ok(file), Ok(above)) => above.st_mode & 0o1000 != 0 && ![file.st_uid, above.st_uid].contains(&own),
        _ => false,
    }
}

/// Whether what has this path, links followed, is another user's.
pub(crate) fn has_another_owner(path: &Path) -> bool {
    Place::of(path).stat(Links::Follow).is_ok_and(|found| found.st_uid != geteuid().as_raw())
}

/// The identity of a file: device and inode.
pub(crate) fn file_id(path: &Path) -> io::Result<(u64, u64)> {
    Ok(id_of(&followed(path)?))
}

fn followed(path: &Path) -> io::Result<Stat> {
    Ok(Place::of(path).stat(Links::Follow)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds_and_what_comes_after_them() {
        let after = |seconds, nanos| UNIX_EPOCH + Duration::new(seconds, nanos);
        let before = |seconds, nanos| UNIX_EPOCH - Duration::new(seconds, nanos);
        for (time, seconds, nanos) in [
            (UNIX_EPOCH, 0, 0),
            (after(2, 5), 2, 5),
            (before(2, 0), -2, 0),
            (before(2, 5), -3, 999_999_995),
            (before(0, 1), -1, 999_999_999),
        ] {
            let found = timespec(Some(time));
            assert_eq!((found.tv_sec, found.tv_nsec), (seconds, nanos), "{time:?}");
        }
        assert_eq!(timespec(None).tv_nsec, UTIME_OMIT);
    }
}
