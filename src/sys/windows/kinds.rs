//! Attributes and reparse tags: the kind of a file, and of a link.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::kind::FileKind;

/// Attributes ("File Attribute Constants" in Microsoft's documentation).
pub(super) mod attribute {
    pub(in crate::sys::windows) const DIRECTORY: u32 = 0x10;
    pub(super) const REPARSE_POINT: u32 = 0x400;
}

/// The tag of junctions, and of volumes that are mounted in a folder ("Reparse Point Tags").
const MOUNT_POINT: u32 = 0xa000_0003;

/// The bit of tags that stand for another name. Links have it; files whose content a cloud or a deduplicated volume keeps
/// elsewhere do not.
const NAME_SURROGATE: u32 = 0x2000_0000;

pub(super) fn is_reparse_point(attributes: u32) -> bool {
    attributes & attribute::REPARSE_POINT != 0
}

/// The kind of target of a reparse point, from its own attributes, whether or not the target exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    ToFile,
    ToDirectory,
    Junction,
}

/// The kind of link, if a file is one.
pub(super) fn link(attributes: u32, tag: u32) -> Option<Link> {
    if !is_reparse_point(attributes) || tag & NAME_SURROGATE == 0 {
        return None;
    }
    Some(match attributes & attribute::DIRECTORY {
        _ if tag == MOUNT_POINT => Link::Junction,
        0 => Link::ToFile,
        _ => Link::ToDirectory,
    })
}

pub(super) fn kind(attributes: u32, tag: u32) -> FileKind {
    match link(attributes, tag) {
        Some(_) => FileKind::Symlink,
        None if attributes & attribute::DIRECTORY != 0 => FileKind::Directory,
        None => FileKind::File,
    }
}

/// A time of Windows, in units of 100 nanoseconds since 1601. File systems that do not know it report 0.
pub(super) fn time(ticks: i64) -> Option<SystemTime> {
    /// The beginning of 1970.
    const UNIX: u64 = 116_444_736_000_000_000;
    let ticks = u64::try_from(ticks).ok().filter(|ticks| *ticks != 0)?;
    let from_unix =
        |ticks: u64| Duration::new(ticks / 10_000_000, u32::try_from(ticks % 10_000_000 * 100).unwrap_or(0));
    match ticks.checked_sub(UNIX) {
        Some(after) => UNIX_EPOCH.checked_add(from_unix(after)),
        None => UNIX_EPOCH.checked_sub(from_unix(UNIX - ticks)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Windows reports according to Microsoft's documentation. Wine creates no reparse points.
    #[test]
    fn reparse_points_are_links_only_if_their_tag_says_so() {
        const FILE: u32 = 0x420;
        const DIRECTORY: u32 = 0x410;
        for (attributes, tag, expected, name) in [
            (FILE, 0xa000_000c, Some(Link::ToFile), "symbolic link to a file"),
            (DIRECTORY, 0xa000_000c, Some(Link::ToDirectory), "symbolic link to a directory"),
            (DIRECTORY, 0xa000_0003, Some(Link::Junction), "junction"),
            (FILE, 0xa000_001d, Some(Link::ToFile), "symbolic link of WSL"),
            (DIRECTORY, 0x9000_001a, None, "directory of OneDrive"),
            (FILE, 0x9000_001a, None, "file of OneDrive"),
            (FILE, 0x8000_0013, None, "deduplicated file"),
            (FILE, 0x8000_001b, None, "app execution alias"),
            (FILE, 0x8000_0023, None, "socket"),
            (0x20, 0, None, "file"),
            (0x10, 0, None, "directory"),
            // A stale tag means nothing.
            (0x10, 0xa000_0003, None, "directory that is no reparse point"),
        ] {
            assert_eq!(link(attributes, tag), expected, "{name}");
            let without = if attributes & 0x10 == 0 { FileKind::File } else { FileKind::Directory };
            assert_eq!(kind(attributes, tag), if expected.is_some() { FileKind::Symlink } else { without }, "{name}");
        }
    }

    #[test]
    fn times_count_from_1601() {
        let unix = 116_444_736_000_000_000;
        assert_eq!(time(0), None);
        assert_eq!(time(-1), None);
        assert_eq!(time(unix), Some(UNIX_EPOCH));
        assert_eq!(time(unix + 15), Some(UNIX_EPOCH + Duration::from_nanos(1_500)));
        assert_eq!(time(unix - 10_000_000), Some(UNIX_EPOCH - Duration::from_secs(1)));
        _ = time(i64::MAX);
    }
}
