//! The facts that `stat` reports of a file.

#![allow(clippy::useless_conversion, clippy::unnecessary_cast, reason = "other types on other systems")]

use std::time::{Duration, SystemTime};

use rustix::fs::{FileType, Stat};

use crate::kind::FileKind;
use crate::sys::edit_dir::Facts;

pub(super) fn facts_of(stat: &Stat) -> Facts {
    Facts {
        kind: kind(stat),
        id: Some(id_of(stat)),
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

/// The identity of a file: device and inode.
pub(super) fn id_of(stat: &Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino as u64)
}

pub(super) fn mode_of(stat: &Stat) -> u32 {
    stat.st_mode as u32 & 0o7777
}

pub(super) fn kind(stat: &Stat) -> FileKind {
    kind_of(FileType::from_raw_mode(stat.st_mode)).unwrap_or(FileKind::Other)
}

/// Returns `None` if the file system does not report it in its directories.
pub(super) fn kind_of(kind: FileType) -> Option<FileKind> {
    Some(match kind {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Symlink,
        FileType::Unknown => return None,
        _ => FileKind::Other,
    })
}

pub(super) fn time(seconds: i64, nanoseconds: u64) -> Option<SystemTime> {
    let fraction = Duration::from_nanos(nanoseconds);
    match u64::try_from(seconds) {
        Ok(seconds) => SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds) + fraction),
        // The fraction always goes forward.
        Err(_) => {
            let second = SystemTime::UNIX_EPOCH.checked_sub(Duration::from_secs(seconds.unsigned_abs()))?;
            second.checked_add(fraction)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_of_an_entry_is_a_kind_unless_it_is_not_told() {
        for (entry, kind) in [
            (FileType::RegularFile, Some(FileKind::File)),
            (FileType::Directory, Some(FileKind::Directory)),
            (FileType::Symlink, Some(FileKind::Symlink)),
            (FileType::Fifo, Some(FileKind::Other)),
            (FileType::Socket, Some(FileKind::Other)),
            (FileType::CharacterDevice, Some(FileKind::Other)),
            (FileType::BlockDevice, Some(FileKind::Other)),
            (FileType::Unknown, None),
        ] {
            assert_eq!(kind_of(entry), kind, "{entry:?}");
        }
    }

    #[test]
    fn times_are_kept_to_the_nanosecond_also_before_1970() {
        for (seconds, nanoseconds) in [(0, 0), (2, 5), (-2, 0), (-3, 999_999_995)] {
            let time = time(seconds, nanoseconds);
            let found = super::super::attr::timespec(time);
            assert_eq!((found.tv_sec, found.tv_nsec), (seconds, nanoseconds as _), "{time:?}");
        }
    }
}
