//! Files with several names: they are one file in the copy, and each name obeys the overwrite policy.
//!
//! File systems list names in different orders, so each of two names plays each part.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, Timespec, Timestamps, linkat, mkdirat, mknodat, openat, symlinkat, utimensat,
};
use waypath::{CopyOptions, FileKind, Overwrite, Path, PlanAction, Report};

use crate::support::util::Tree;

const ORDERS: [(&str, &str); 2] = [("c", "d"), ("d", "c")];

/// `src/c` and `src/d` are one file, last changed at the epoch, and an empty directory `to`.
fn two_names() -> Tree {
    let tree = Tree::new(["src/c", "to/"]);
    tree.at("src/c").write_text("original").unwrap();
    tree.at("src/d").hardlink_to(tree.at("src/c")).unwrap();
    set_time(&tree.at("src/c"), 0);
    tree
}

fn set_time(file: &Path, seconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: 0 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, file.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// Unlike std, of links themselves on every system.
fn hard_link(old: &Path, new: &Path) {
    linkat(CWD, old.as_str(), CWD, new.as_str(), AtFlags::empty()).unwrap();
}

fn is_one_file(left: &Path, right: &Path) -> bool {
    let id = |path: &Path| fs::symlink_metadata(path.as_str()).map(|found| (found.dev(), found.ino())).unwrap();
    id(left) == id(right)
}

fn read(path: &Path) -> String {
    path.read_text().unwrap()
}

fn archive(overwrite: Overwrite, threads: usize) -> CopyOptions<'static> {
    CopyOptions::archive().overwrite(overwrite).threads(threads)
}

/// Files copied, hard links made, names that stayed.
fn counts(report: &Report) -> (u64, u64, u64) {
    (report.files, report.hard_links, report.unchanged)
}

#[test]
fn a_name_that_is_newer_stays() {
    for (stays, other) in ORDERS {
        for threads in [1, 3] {
            let tree = two_names();
            (tree.at("to") / stays).write_text("newer").unwrap();
            let report = archive(Overwrite::IfNewer, threads).copy(tree.at("src"), tree.at("to")).unwrap();
            assert_eq!(read(&(tree.at("to") / stays)), "newer", "{stays}");
            assert_eq!(read(&(tree.at("to") / other)), "original", "{stays}");
            assert_eq!(counts(&report), (1, 0, 1));
        }
    }
}

/// A link or pipe that is newer stays, and only if it is as the original is, it is what the other name becomes one with.
#[test]
fn another_link_or_pipe_that_is_newer_is_not_taken_for_the_copy() {
    let make = |kind: FileType, at: &Path| match kind {
        FileType::Symlink => symlinkat("original", CWD, at.as_str()).unwrap(),
        kind => mknodat(CWD, at.as_str(), kind, Mode::RUSR, 0).unwrap(),
    };
    let kind = |at: &Path| fs::symlink_metadata(at.as_str()).unwrap().mode() & 0o170_000;
    for (stays, other) in ORDERS {
        for original in [FileType::Symlink, FileType::Fifo] {
            for is_other in [false, true] {
                let tree = Tree::new(["src/", "to/"]);
                make(original, &tree.at("src/c"));
                hard_link(&tree.at("src/c"), &tree.at("src/d"));
                set_time(&tree.at("src/c"), 0);
                let (stays, other) = (tree.at("to").join(stays), tree.at("to").join(other));
                match (is_other, original) {
                    (false, _) => make(original, &stays),
                    (true, FileType::Symlink) => symlinkat("elsewhere", CWD, stays.as_str()).unwrap(),
                    (true, _) => make(FileType::Socket, &stays),
                }
                let report = archive(Overwrite::IfNewer, 1).copy(tree.at("src"), tree.at("to")).unwrap();
                let row = format!("{stays}: {original:?} {is_other}");
                assert_eq!((report.unchanged, report.hard_links), (1, u64::from(!is_other)), "{row}");
                assert_eq!(is_one_file(&stays, &other), !is_other, "{row}");
                assert_eq!(kind(&other), kind(&tree.at("src/c")), "{row}");
                if original == FileType::Symlink {
                    assert_eq!(fs::read_link(&other).unwrap().to_str(), Some("original"), "{row}");
                }
            }
        }
    }
}

/// Copies of files with several names are held open for their other names, as far as a process may open files.
#[test]
fn few_copies_are_held_open() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    if !crate::support::util::alone("fs::copy::hard_links::few_copies_are_held_open") {
        return;
    }
    const FILES: usize = 100;
    let tree = Tree::new(["src/a/", "src/b/"]);
    for at in 0..FILES {
        tree.at(&format!("src/a/{at}")).write_text("content").unwrap();
        hard_link(&tree.at(&format!("src/a/{at}")), &tree.at(&format!("src/b/{at}")));
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(64), ..getrlimit(Resource::Nofile) }).unwrap();
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    let options = CopyOptions::archive().progress(move |_| {
        assert!(open() < before + 32, "{} files are open", open() - before);
        ControlFlow::Continue(())
    });
    assert_eq!(counts(&options.copy(tree.at("src"), tree.at("to")).unwrap()), (FILES as u64, FILES as u64, 0));
    assert_eq!(open(), before);
}

#[test]
fn a_name_that_is_older_becomes_a_hard_link() {
    for (older, other) in ORDERS {
        let tree = two_names();
        (tree.at("to") / older).write_text("older").unwrap();
        set_time(&(tree.at("to") / older), -1);
        let report = archive(Overwrite::IfNewer, 1).copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.hard_links), (1, 1));
        assert!(is_one_file(&(tree.at("to") / older), &(tree.at("to") / other)));
        assert_eq!(read(&(tree.at("to") / older)), "original");
    }
}

#[test]
fn another_file_that_looks_the_same_becomes_the_same() {
    let tree = two_names();
    for name in ["c", "d"] {
        // As long as the original.
        (tree.at("to") / name).write_text(&format!("in to/{name} ")[..8]).unwrap();
        set_time(&(tree.at("to") / name), 0);
    }
    let options = archive(Overwrite::IfDifferent, 1);
    let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
    let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
    assert!(is_one_file(&tree.at("to/c"), &tree.at("to/d")));
    assert_eq!((counts(&report), counts(&plan)), ((0, 1, 1), (0, 1, 1)));
    assert_eq!(counts(&options.copy(tree.at("src"), tree.at("to")).unwrap()), (0, 0, 2));
}

#[test]
fn a_name_that_is_taken_is_refused() {
    for (taken, other) in ORDERS {
        let tree = two_names();
        // What the target has may be the very file.
        (tree.at("to") / taken).hardlink_to(tree.at("src/c")).unwrap();
        let error = CopyOptions::archive().copy(tree.at("src"), tree.at("to")).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
        assert!(!(tree.at("to") / other).exists());
    }
}

/// Each name is a step, though the names at the target are one file already.
#[test]
fn a_plan_of_hard_links_over_hard_links_has_a_step_for_each() {
    let tree = two_names();
    tree.at("to/c").write_text("old").unwrap();
    tree.at("to/d").hardlink_to(tree.at("to/c")).unwrap();
    let options = archive(Overwrite::Always, 1);
    let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
    let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((counts(&report), counts(&plan)), ((1, 1, 0), (1, 1, 0)));
    // The directory that was there gets other attributes.
    let is_of_file = |action: &PlanAction| *action != PlanAction::SetAttributes;
    let mut actions: Vec<_> = plan.steps.iter().map(|step| step.action).filter(is_of_file).collect();
    actions.sort_by_key(|action| *action == PlanAction::HardLink);
    assert_eq!(actions, [PlanAction::Replace, PlanAction::HardLink]);
    assert!(is_one_file(&tree.at("to/c"), &tree.at("to/d")));
}

#[test]
fn links_and_pipes_stay_one_under_their_names() {
    for threads in [1, 3] {
        let tree = Tree::new(["src/link => nowhere", "src/d/"]);
        mknodat(CWD, tree.at("src/pipe").as_str(), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(tree.at("src/socket")).unwrap();
        let names = ["link", "pipe", "socket"];
        for name in names {
            hard_link(&(tree.at("src") / name), &(tree.at("src/d") / name));
            hard_link(&(tree.at("src") / name), &(tree.at("src") / (name.to_owned() + "2")));
            set_time(&(tree.at("src") / name), 1_000_000_000);
        }
        let options = archive(Overwrite::IfDifferent, threads);
        let are_one = |target: &Path| {
            names.iter().all(|name| {
                let first = target / *name;
                is_one_file(&first, &(target / "d" / *name))
                    && is_one_file(&first, &(target / (name.to_string() + "2")))
            })
        };
        let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert!(are_one(&tree.at("to")));
        for report in [&plan, &report] {
            assert_eq!((report.links, report.specials, report.hard_links), (1, 2, 6));
        }
        assert_eq!(tree.at("to/d/link").lstat().unwrap().kind(), FileKind::Symlink);
        assert_eq!(tree.at("to/link").readlink().unwrap().as_str(), "nowhere");
        let since = tree.at("to/link").lstat().unwrap().modified().unwrap();
        assert_eq!(since, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));

        // Again, and with one name missing.
        assert_eq!(options.copy(tree.at("src"), tree.at("to")).unwrap().unchanged, 9);
        for name in names {
            let missing = tree.at("to") / (name.to_owned() + "2");
            fs::remove_file(missing.as_str()).unwrap();
            let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
            assert!(are_one(&tree.at("to")));
            assert_eq!((report.links + report.specials + report.hard_links, report.unchanged), (1, 8), "{name}");
        }
    }
}

#[test]
fn without_the_option_each_name_is_a_file() {
    let tree = two_names();
    let report = CopyOptions::new().overwrite(Overwrite::Always).copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!(counts(&report), (2, 0, 0));
    assert!(!is_one_file(&tree.at("to/c"), &tree.at("to/d")));
}

/// Names of one file in several directories, of which one may not be written to in the end.
const NAMES: [&str; 7] = ["a", "m", "z", "d/a", "d/e/a", "d/e/z", "new/f/a"];

fn many_names() -> Tree {
    let tree = Tree::new(["src/a", "src/d/e/other", "src/new/f/"]);
    for name in &NAMES[1..] {
        hard_link(&tree.at("src/a"), &(tree.at("src") / *name));
    }
    set_time(&tree.at("src/a"), 1_000_000_000);
    for directory in ["src/new/f", "src/d/e", "src/d", "src"] {
        tree.at(directory).chmod(0o555).unwrap();
        set_time(&tree.at(directory), 900_000_000);
    }
    tree
}

/// What is at the target from an earlier copy: what has one name only there, and no directory `new`.
fn copied_before(tree: &Tree, present: &str) {
    CopyOptions::archive().copy(tree.at("src"), tree.at("to")).unwrap();
    for directory in ["to", "to/d", "to/d/e", "to/new", "to/new/f"] {
        tree.at(directory).chmod(0o755).unwrap();
    }
    for name in NAMES.iter().filter(|name| **name != present) {
        (tree.at("to") / *name).unlink().unwrap();
    }
    if !present.starts_with("new") {
        tree.at("to/new").rmtree().unwrap();
    }
}

fn make_writable(tree: &Tree) {
    for entry in tree.rglob("**").unwrap() {
        entry.unwrap().chmod(0o755).unwrap();
    }
}

#[test]
fn a_new_name_of_a_file_that_stays_is_linked_to_it() {
    // Who is stopped by permissions: directories get theirs after the last of their names.
    if !crate::support::util::as_nobody("fs::copy::hard_links::a_new_name_of_a_file_that_stays_is_linked_to_it") {
        return;
    }
    for present in NAMES {
        for (overwrite, threads) in [(Overwrite::IfDifferent, 1), (Overwrite::IfDifferent, 3), (Overwrite::IfNewer, 2)]
        {
            let tree = many_names();
            copied_before(&tree, present);
            let options = archive(overwrite, threads);
            let stays = tree.at("to") / present;
            let before = fs::metadata(stays.as_str()).unwrap().ino();
            let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
            let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
            // `other`, which has one name, stays too.
            for report in [&plan, &report] {
                assert_eq!(counts(report), (0, NAMES.len() as u64 - 1, 2), "{present} {overwrite:?}");
            }
            assert_eq!(fs::metadata(stays.as_str()).unwrap().ino(), before, "{present}");
            let (left, right) =
                (crate::support::snapshot::snapshot(tree.at("src")), crate::support::snapshot::snapshot(tree.at("to")));
            crate::support::snapshot::assert_same(&left, &right, (present, overwrite, threads));
            make_writable(&tree);
        }
    }
}

#[test]
fn names_that_are_older_are_linked_to_the_one_that_stays() {
    for (stays, older) in ORDERS {
        for overwrite in [Overwrite::IfDifferent, Overwrite::IfNewer] {
            let tree = two_names();
            CopyOptions::archive().copy(tree.at("src/c"), tree.at("to") / stays).unwrap();
            (tree.at("to") / older).write_text("older").unwrap();
            set_time(&(tree.at("to") / older), -1);
            let report = archive(overwrite, 1).copy(tree.at("src"), tree.at("to")).unwrap();
            assert_eq!(counts(&report), (0, 1, 1), "{overwrite:?} {stays}");
            assert!(is_one_file(&tree.at("to/c"), &tree.at("to/d")));
            assert_eq!(read(&tree.at("to/c")), "original");
        }
    }
}

#[test]
fn names_that_are_all_older_get_one_copy() {
    for threads in [1, 3] {
        let tree = two_names();
        for name in ["c", "d"] {
            (tree.at("to") / name).write_text("older").unwrap();
            set_time(&(tree.at("to") / name), -1);
        }
        let options = archive(Overwrite::IfDifferent, threads);
        let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((counts(&report), counts(&plan)), ((1, 1, 0), (1, 1, 0)));
        assert!(is_one_file(&tree.at("to/c"), &tree.at("to/d")));
        assert_eq!((read(&tree.at("to/c")), plan.bytes, report.bytes), ("original".to_owned(), 8, 8));
    }
}

/// Makes a chain of directories below a path, longer than any path may be; returns the last one.
fn long_chain(start: &Path) -> OwnedFd {
    const LEVELS: usize = 30;
    let open = |dir: BorrowedFd<'_>, name: &str| {
        openat(dir, name, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).unwrap()
    };
    let name = "x".repeat(200);
    let mut dir = open(CWD, start.as_str());
    for _ in 0..LEVELS {
        mkdirat(&dir, &*name, Mode::RWXU).unwrap();
        dir = open(dir.as_fd(), &name);
    }
    dir
}

/// More files than are held open as copies: then they are found by their paths, which are too long for one call.
#[test]
fn hard_links_beyond_the_longest_path_are_kept() {
    const FILES: usize = 150;
    let tree = Tree::new(["src/one/", "src/other/"]);
    let (one, other) = (long_chain(&tree.at("src/one")), long_chain(&tree.at("src/other")));
    for at in 0..FILES {
        let name = format!("f{at}");
        let file = openat(&one, &*name, OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC, Mode::RUSR).unwrap();
        fs::File::from(file).write_all(b"content").unwrap();
        linkat(&one, &*name, &other, &*name, AtFlags::empty()).unwrap();
    }
    symlinkat("nowhere", &one, "link").unwrap();
    linkat(&one, "link", &other, "link", AtFlags::empty()).unwrap();
    for threads in [1, 3] {
        let report = archive(Overwrite::Refuse, threads).copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.hard_links, report.links), (FILES as u64, FILES as u64 + 1, 1));
        let size = tree.at("to").tree_size().unwrap();
        assert_eq!((size.files, size.apparent, size.links), (FILES as u64, 7 * FILES as u64, 1));
        // Without new names, and with those of one side: what is there is found.
        let again = archive(Overwrite::IfDifferent, threads).copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!(counts(&again), (0, 0, 2 * FILES as u64 + 2));
        for side in ["to/one", "to/other"] {
            tree.at(side).rmtree().unwrap();
            let again = archive(Overwrite::IfDifferent, threads).copy(tree.at("src"), tree.at("to")).unwrap();
            assert_eq!(counts(&again), (0, FILES as u64 + 1, FILES as u64 + 1), "{side}");
        }
        tree.at("to").rmtree().unwrap();
    }
}

/// The copy to which a name is to be linked is another program's file by then.
#[test]
fn no_other_file_gets_the_name() {
    const OTHERS: u64 = 100;
    let overwrites = [Overwrite::IfDifferent, Overwrite::Skip];
    for ((stays, name), overwrite) in ORDERS.iter().flat_map(|order| overwrites.map(|overwrite| (order, overwrite))) {
        let tree = two_names();
        CopyOptions::archive().copy(tree.at("src").join(stays), tree.at("to").join(stays)).unwrap();
        (0..OTHERS).for_each(|number| tree.at(&format!("src/{number}")).touch().unwrap());
        tree.at("other").write_text("other").unwrap();
        let [taken, other] = [tree.at("to").join(stays), tree.at("other")];
        let options = archive(overwrite, 1).progress(move |progress| {
            // The name that is missing is put off until all others are done.
            if progress.files == OTHERS && other.exists() {
                other.replace(&taken).unwrap();
            }
            ControlFlow::Continue(())
        });
        options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert!(!tree.at("other").exists(), "it was replaced meanwhile");
        assert_eq!(read(&tree.at("to").join(name)), "original", "{name}: {overwrite:?}");
    }
}

/// The name that is met first may be one that is left out.
#[test]
fn names_that_are_left_out_take_no_content_along() {
    for threads in [1, 3] {
        for (excluded, left) in [(["a", "d"], ["b", "c"]), (["c", "d"], ["a", "b"]), (["a", "b"], ["c", "d/e"])] {
            let tree = Tree::new(["src/a", "src/d/"]);
            for name in ["b", "c", "d/e"] {
                (tree.at("src") / name).hardlink_to(tree.at("src/a")).unwrap();
            }
            let options = CopyOptions::archive().threads(threads).exclude(excluded);
            let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
            assert_eq!((report.files, report.hard_links), (1, 1), "{report}");
            let [one, two] = left.map(|name| tree.at("to") / name);
            assert!(is_one_file(&one, &two) && read(&one) == "a");
            assert_eq!(fs::metadata(&one).unwrap().nlink(), 2);
        }
    }
}
