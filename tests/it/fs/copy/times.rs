//! Times are compared as coarsely as the file system of the target keeps them, and no more coarsely.

use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};
use waypath::{CopyOptions, Overwrite, Path, PlanAction};

use crate::support::mounts::{Mount, with_own_mounts};
use crate::support::util::Tree;

fn set_time(path: &Path, seconds: i64, nanoseconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// Times that one or the other file system does not keep.
const TIMES: [(i64, i64); 9] = [
    (1_000_000_000, 0),
    (1_000_000_000, 500_000_000),
    (1_000_000_001, 0),
    (1_000_000_001, 999_999_999),
    (1_700_000_000, 123_456_789),
    (1_700_000_001, 20_000_000),
    (0, 1),
    (-1_000_000_001, 5),
    (5_000_000_000, 7),
];

fn tree() -> Tree {
    let tree = Tree::new(["src/d/"]);
    for (at, (seconds, nanoseconds)) in TIMES.into_iter().enumerate() {
        for name in [format!("src/{at}"), format!("src/d/{at}")] {
            tree.at(&name).write_text("content").unwrap();
            set_time(&tree.at(&name), seconds, nanoseconds);
        }
    }
    tree
}

/// Copies twice, in each way: the second time there is nothing to do. `is_fine` is a target that keeps all.
fn check(tree: &Tree, to: &Path, is_fine: bool) {
    let options = CopyOptions::new().preserve_times(true).preserve_mode(false);
    let all = 2 * TIMES.len() as u64;
    let first = options.copy(tree.at("src"), to).unwrap();
    assert_eq!(first.files, all);
    for overwrite in [Overwrite::IfDifferent, Overwrite::IfNewer] {
        for threads in [1, 3] {
            let options = options.clone().overwrite(overwrite).threads(threads);
            let plan = options.clone().dry_run(true).copy(tree.at("src"), to).unwrap();
            let report = options.copy(tree.at("src"), to).unwrap();
            assert_eq!((report.files, report.unchanged), (0, all), "{overwrite:?}, {to}");
            assert_eq!((plan.files, plan.unchanged), (0, all), "{overwrite:?}, {to}");
            // What is done below, to see that changes are seen, changes the time of a directory.
            assert!(
                plan.steps
                    .iter()
                    .all(|step| step.action == PlanAction::SetAttributes && step.path.as_std_path().is_dir()),
                "{plan}"
            );
        }
        // What is changed is seen: a second later everywhere, a bit later where that is kept.
        // A bit is more than what a time of the inode, which may be a round one by chance, is taken for.
        let (bit, is_older_seen) = (if is_fine { 100_000_000 } else { 1 }, overwrite == Overwrite::IfDifferent);
        for (seconds, nanoseconds, is_seen) in [(2, 0, true), (1, 0, true), (0, bit, is_fine), (-2, 0, is_older_seen)] {
            let changed = tree.at("src/d/2");
            set_time(&changed, TIMES[2].0 + seconds, TIMES[2].1 + nanoseconds);
            let options = options.clone().overwrite(overwrite);
            let plan = options.clone().dry_run(true).copy(tree.at("src"), to).unwrap();
            let report = options.copy(tree.at("src"), to).unwrap();
            let context = format!("{overwrite:?}, {to}: {seconds} s, {nanoseconds} ns");
            assert_eq!((report.files, plan.files), (u64::from(is_seen), u64::from(is_seen)), "{context}");
            set_time(&changed, TIMES[2].0, TIMES[2].1);
            CopyOptions::new()
                .preserve_times(true)
                .preserve_mode(false)
                .overwrite(Overwrite::Always)
                .copy(&changed, to / "d/2")
                .unwrap();
        }
    }
    // Moves ask the same question.
    let moved = tree.at("moved");
    moved.write_text("content").unwrap();
    set_time(&moved, TIMES[3].0, TIMES[3].1);
    let report = options.overwrite(Overwrite::IfDifferent).move_to(&moved, to / "3").unwrap();
    assert_eq!((report.unchanged, moved.exists()), (1, true), "{to}");
    moved.unlink().unwrap();
}

#[test]
fn a_second_copy_does_nothing_where_times_are_kept_coarsely() {
    if !with_own_mounts("fs::copy::times::a_second_copy_does_nothing_where_times_are_kept_coarsely") {
        return;
    }
    let tree = tree();
    let mounts = [Mount::exfat(&tree), Mount::coarse_ext4(&tree)];
    for mount in mounts.iter().flatten() {
        check(&tree, &mount.at("to"), false);
    }
    if let Some(tmpfs) = Mount::tmpfs(&tree) {
        check(&tree, &tmpfs.at("to"), true);
    }
}

#[test]
fn a_second_copy_does_nothing_where_times_are_kept_finely() {
    let tree = tree();
    check(&tree, &tree.at("to"), true);
}

#[test]
fn a_window_is_what_may_differ() {
    let tree = Tree::new(["a: x", "b: y"]);
    let options = CopyOptions::new().time_window(Duration::from_millis(1500));
    for (seconds, nanoseconds, is_newer, differs) in [
        (0, 0, false, false),
        (1, 500_000_000, false, false),
        (1, 500_000_001, true, true),
        (-2, 500_000_000, false, false),
        (-2, 499_999_999, false, true),
    ] {
        set_time(&tree.at("b: y"), 1_000_000_000, 1);
        set_time(&tree.at("a: x"), 1_000_000_000 + seconds, nanoseconds + 1);
        for (overwrite, expected) in [(Overwrite::IfNewer, is_newer), (Overwrite::IfDifferent, differs)] {
            let plan =
                options.clone().overwrite(overwrite).dry_run(true).copy(tree.at("a: x"), tree.at("b: y")).unwrap();
            assert_eq!(plan.files, u64::from(expected), "{overwrite:?}: {seconds}, {nanoseconds}");
        }
    }
    // A window that is larger than all times.
    let options = options.time_window(Duration::MAX).overwrite(Overwrite::IfDifferent);
    set_time(&tree.at("b: y"), 0, 0);
    assert_eq!(options.copy(tree.at("a: x"), tree.at("b: y")).unwrap().unchanged, 1);
    assert!(tree.at("b: y").stat().unwrap().modified().unwrap() == SystemTime::UNIX_EPOCH);
}
