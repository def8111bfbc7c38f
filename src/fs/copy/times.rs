//! How times of the last change are compared: as coarsely as the file system of the target keeps them.
//!
//! FAT keeps times to two seconds, ext4 with small inodes to the second, NTFS to 100 nanoseconds. How finely a file system
//! keeps times shows in a time that it has taken from the clock itself: that of the last change of the inode (`ctime`),
//! which nobody can set. GNU `cp --update` finds it out in the same way.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sys::Facts;

/// Whether a copy that was made with its times has the time of this original.
pub(super) fn is_same_time(new: &Facts, old: &Facts, window: Duration) -> bool {
    Ages::of(new, old).map_or(new.modified == old.modified, |ages| ages.are_same(window))
}

/// Whether the original was changed after what is there.
pub(super) fn is_newer(new: &Facts, old: &Facts, window: Duration) -> bool {
    Ages::of(new, old).map_or(new.modified > old.modified, |ages| ages.new > ages.old && !ages.are_same(window))
}

const SECOND: i128 = 1_000_000_000;

/// The units in which file systems keep times, in nanoseconds, from the coarsest.
const UNITS: [i128; 6] = [2 * SECOND, SECOND, 10_000_000, 1_000_000, 1_000, 100];

/// The first and last times that file systems with coarse times keep; others are set to these: signed 32 bits of seconds,
/// and the beginning of FAT's.
const FIRST: [i128; 2] = [i32::MIN as i128 * SECOND, 315_532_800 * SECOND];
const LAST: i128 = i32::MAX as i128 * SECOND;

/// Times in nanoseconds since 1970.
struct Ages {
    new: i128,
    old: i128,
    /// In what units the old one is kept.
    unit: i128,
}

impl Ages {
    fn of(new: &Facts, old: &Facts) -> Option<Self> {
        let changed = old.changed.map(nanoseconds);
        let (new, old) = (nanoseconds(new.modified?), nanoseconds(old.modified?));
        Some(Self { new, old, unit: changed.map_or(1, |changed| unit(changed, old)) })
    }

    fn are_same(&self, window: Duration) -> bool {
        let Self { new, old, unit } = *self;
        let is_cut_off = unit >= SECOND && (FIRST.contains(&old) && new < old || old == LAST && new > old);
        // File systems round down.
        is_cut_off || new.div_euclid(unit) == old.div_euclid(unit) || new.abs_diff(old) <= window.as_nanos()
    }
}

/// In what units the file system of a file keeps the time of its last change, in nanoseconds.
fn unit(changed: i128, modified: i128) -> i128 {
    let is_in = |unit: i128| changed % unit == 0 && modified % unit == 0;
    let unit = UNITS.into_iter().find(|&unit| is_in(unit)).unwrap_or(1);
    match unit {
        // By chance, unless both are one time, as on FAT.
        _ if unit == 2 * SECOND && changed != modified => SECOND,
        // Windows tells when a file was made instead, which FAT keeps more finely.
        10_000_000 if modified % (2 * SECOND) == 0 => 2 * SECOND,
        _ => unit,
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    let signed = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => signed(after),
        Err(before) => -signed(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The unit, of a time of the inode and one of the content.
    #[test]
    fn the_unit_shows_in_the_time_of_the_inode() {
        let at = |seconds: i128, nanoseconds: i128| seconds * SECOND + nanoseconds;
        for (changed, modified, expected) in [
            (at(1_764_310_000, 123_456_789), at(1_000_000_000, 0), 1),
            (at(1_764_310_000, 123_456_700), at(1_000_000_000, 0), 100),
            (at(1_764_310_000, 123_000_000), at(1_000_000_000, 5_000_000), 1_000_000),
            // Nobody keeps the one finely and the other not.
            (at(1_764_310_000, 0), at(1_000_000_000, 5), 1),
            (at(1_764_310_001, 0), at(1_000_000_000, 0), SECOND),
            (at(1_764_310_000, 0), at(1_000_000_000, 0), SECOND),
            (at(1_000_000_000, 0), at(1_000_000_000, 0), 2 * SECOND),
            (at(1_000_000_001, 0), at(1_000_000_001, 0), SECOND),
            (at(-3, 0), at(-3, 0), SECOND),
            // FAT as Windows tells it.
            (at(1_764_310_000, 120_000_000), at(1_000_000_000, 0), 2 * SECOND),
            (at(1_764_310_000, 120_000_000), at(1_000_000_001, 0), 10_000_000),
        ] {
            assert_eq!(unit(changed, modified), expected, "{changed}, {modified}");
        }
    }

    /// A time that is not known is older than any other.
    #[test]
    fn unknown_times_are_the_same_and_not_newer() {
        let facts = |seconds: Option<u64>| {
            let modified = seconds.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
            let (kind, id, names, size, allocated) = (crate::kind::FileKind::File, None, 1, 0, 0);
            let (accessed, changed) = (None, None);
            Facts { kind, id, names, size, allocated, mode: 0, owner: (0, 0), device: 0, accessed, modified, changed }
        };
        for (new, old, are_same, newer) in [
            (None, None, true, false),
            (Some(1), None, false, true),
            (None, Some(1), false, false),
            (Some(1), Some(1), true, false),
            (Some(2), Some(1), false, true),
            (Some(1), Some(2), false, false),
        ] {
            let (new, old) = (facts(new), facts(old));
            let times = (new.modified, old.modified);
            assert_eq!(is_same_time(&new, &old, Duration::ZERO), are_same, "{times:?}");
            assert_eq!(is_newer(&new, &old, Duration::ZERO), newer, "{times:?}");
        }
    }

    #[test]
    fn times_are_compared_as_they_are_kept() {
        let are_same = |new, old, unit, window| Ages { new, old, unit }.are_same(Duration::from_nanos(window));
        assert!(are_same(5 * SECOND + 7, 5 * SECOND, SECOND, 0) && !are_same(5 * SECOND + 7, 5 * SECOND, 1, 0));
        assert!(
            are_same(-5 * SECOND + 7, -5 * SECOND, SECOND, 0) && !are_same(-5 * SECOND - 7, -5 * SECOND, SECOND, 0)
        );
        assert!(!are_same(6 * SECOND, 5 * SECOND, SECOND, 0) && are_same(5 * SECOND, 4 * SECOND, 2 * SECOND, 0));
        assert!(are_same(100, 150, 1, 50) && are_same(150, 100, 1, 50) && !are_same(150, 100, 1, 49));
        assert!(are_same(LAST + SECOND, LAST, SECOND, 0) && !are_same(LAST + SECOND, LAST, 1, 0));
        assert!(are_same(0, FIRST[1], SECOND, 0) && !are_same(FIRST[1] + SECOND, FIRST[1], SECOND, 0));
    }
}
