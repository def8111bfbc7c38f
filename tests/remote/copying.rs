//! Copies between a disk and a store, and among stores.

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use waypath::{At, CopyOptions, Memory, Op, Overwrite, Report, Root, SkipReason};

use crate::shared::util::{Tree, fails};

/// A store with files that hold their own names; a line `name: content` holds that.
pub(crate) fn store_of<const N: usize>(lines: [&str; N]) -> Memory {
    let store = Memory::new();
    for line in lines {
        let (name, content) = line.split_once(": ").unwrap_or((line, line));
        let content = if content == line { name.rsplit('/').next().unwrap() } else { content };
        (&store / name).write_text(content).unwrap();
    }
    store
}

/// What is below a path in a store, as files on a disk.
#[track_caller]
pub(crate) fn lines(path: &At<Memory>) -> Vec<String> {
    let tree = Tree::new([]);
    path.copy(tree.at("copy")).map_or_else(|_| Vec::new(), |copy| Tree::lines_of(&copy))
}

pub(crate) fn steps(report: &Report) -> Vec<String> {
    report.steps.iter().map(|step| step.to_string().replace('\\', "/")).collect()
}

/// What was left out, below a path, and why.
pub(crate) fn skipped(report: &Report, start: &str) -> Vec<(String, SkipReason)> {
    let below =
        |path: &str| path.strip_prefix(start).unwrap_or(path).trim_start_matches(['/', '\\']).replace('\\', "/");
    report.skipped.iter().map(|skipped| (below(&skipped.path.to_string_lossy()), skipped.reason)).collect()
}

/// Counts the requests of something.
pub(crate) fn requests<T>(store: &Memory, action: impl FnOnce() -> T) -> (T, u64) {
    let before = store.request_count();
    let result = action();
    (result, store.request_count() - before)
}

/// Changes the time of a file to one that no store has.
fn make_old(path: &waypath::Path) {
    let file = std::fs::File::options().write(true).open(path.as_str()).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
}

#[test]
fn a_file_goes_up_and_comes_down() {
    let (tree, store) = (Tree::new(["a"]), Memory::new());
    let (there, count) = requests(&store, || tree.at("a").copy(&store / "d/a").unwrap());
    assert_eq!((there == &store / "d/a", count), (true, 2), "asked first, then put");
    let (report, count) = requests(&store, || CopyOptions::new().copy(&there, tree.at("b")).unwrap());
    assert_eq!((report.files, report.bytes, count), (1, 1, 2), "asked what it is, then fetched");
    tree.is(["a", "b: a"]);
    assert_eq!(there.copy_into(&*tree).unwrap_err().kind(), ErrorKind::AlreadyExists);
    tree.at("sub").mkdir().unwrap();
    assert_eq!(there.copy_into(tree.at("sub")).unwrap(), tree.at("sub/a"));
}

#[test]
fn a_tree_goes_up_and_comes_down() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b", "x/d/e/c", "x/empty/", "x/z/empty/"]), Memory::new());
    let (report, count) = requests(&store, || CopyOptions::new().copy(tree.at("x"), &store / "x").unwrap());
    assert_eq!((report.files, report.directories, report.bytes), (3, 0, 3));
    let expected = ["empty", "z", "z/empty"].map(|name| (name.to_owned(), SkipReason::EmptyDirectory));
    assert_eq!(skipped(&report, tree.at("x").as_str()), expected);
    assert_eq!(count, 4, "one that asks whether something is there, one for each file");

    let (report, count) = requests(&store, || CopyOptions::new().copy(&store / "x", tree.at("y")).unwrap());
    assert_eq!((report.files, report.directories, report.bytes), (3, 3, 3));
    assert_eq!(count, 5, "one that looks for a file, one page, one for each file");
    assert_eq!(Tree::lines_of(&tree.at("y")), ["a", "d/", "d/b", "d/e/", "d/e/c"]);
}

#[test]
fn directories_without_files_are_kept_by_markers_if_asked() {
    let lines = ["a", "d/", "d/empty/", "d/f/", "d/f/b", "none/", "z/", "z/0/", "z/1/", "z/1/empty/"];
    let below = lines.map(|line| format!("x/{line}"));
    let (tree, store) = (Tree::new(below.each_ref().map(String::as_str)), Memory::new());
    let options = CopyOptions::new().overwrite(Overwrite::IfDifferent).preserve_empty_dirs(true);
    let made = ["d/empty", "none", "z/0", "z/1/empty"].map(|name| format!("make directory `memory://x/{name}`"));
    let plan = options.clone().dry_run(true).copy(tree.at("x"), &store / "x").unwrap();
    assert_eq!(steps(&plan).into_iter().filter(|step| step.starts_with("make")).collect::<Vec<_>>(), made);

    let (report, count) = requests(&store, || options.copy(tree.at("x"), &store / "x").unwrap());
    assert_eq!((report.files, report.directories, report.skipped.len()), (2, 4, 0));
    assert_eq!(count, 1 + 2 + 4, "one page, one for each file, one for each marker");
    assert_eq!(self::lines(&(&store / "x")), lines);

    // Nobody is told of directories that have a marker, or one below.
    for options in [options.clone(), options.clone().preserve_empty_dirs(false)] {
        let report = options.copy(tree.at("x"), &store / "x").unwrap();
        assert_eq!((report.files, report.directories, report.unchanged, report.skipped.len()), (0, 0, 2, 0));
    }

    // What is empty itself, and what is moved.
    options.copy(tree.at("x/none"), &store / "y").unwrap();
    assert!((&store / "y").is_empty_dir().unwrap());
    assert_eq!(options.copy(tree.at("x/none"), &store / "").unwrap().skipped.len(), 1, "a store has no marker");
    options.move_to(tree.at("x"), &store / "moved").unwrap();
    assert_eq!(self::lines(&(&store / "moved")), lines);
    tree.is([]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // Node ends with SIGSEGV after a test that holds tens of MiB.
fn large_files_go_in_parts_and_come_back() {
    let (tree, store) = (Tree::new([]), Memory::new());
    let content: Vec<u8> = (0..20_000_003_u32).map(|at| (at % 251) as u8).collect();
    tree.at("a").write_bytes(&content).unwrap();
    let (there, count) = requests(&store, || tree.at("a").copy(&store / "a").unwrap());
    assert_eq!(count, 1 + 2 + 3, "asked first, begun and finished, three parts");
    there.copy(tree.at("b")).unwrap();
    assert!(tree.at("b").read_bytes().unwrap() == content);
    // Its tag is that of its parts, which a file can be compared with.
    make_old(&tree.at("b"));
    let options = CopyOptions::new().overwrite(Overwrite::IfDifferent);
    let (report, count) = requests(&store, || options.copy(&there, tree.at("b")).unwrap());
    assert_eq!((report.files, report.unchanged, report.updated, count), (0, 1, 1, 1));
}

#[test]
fn the_time_of_an_object_becomes_that_of_the_file() {
    let (tree, store) = (Tree::new([]), Memory::new());
    let before = SystemTime::now() - Duration::from_secs(1);
    (&store / "a").write_text("").unwrap();
    (&store / "a").copy(tree.at("b")).unwrap();
    let time = tree.at("b").stat().unwrap().modified().unwrap();
    assert!(time >= before, "{time:?}");
    assert_eq!(time.duration_since(UNIX_EPOCH).unwrap().subsec_nanos(), 0);
}

#[test]
fn nothing_is_overwritten_unless_told() {
    let tree = Tree::new(["x/a", "x/d/b", "y/a"]);
    let store = store_of(["x/a: old"]);
    let (_, count) = requests(&store, || fails(tree.at("x").copy(&store / "x"), Op::Copy, ErrorKind::AlreadyExists));
    assert_eq!(count, 1);
    fails(tree.at("x/a").copy(&store / "x/a"), Op::Copy, ErrorKind::AlreadyExists);
    fails((&store / "x").copy(tree.at("y")), Op::Copy, ErrorKind::AlreadyExists);
    fails((&store / "x/a").copy(tree.at("y/a")), Op::Copy, ErrorKind::AlreadyExists);
    fails((&store / "x").copy(&store / "x"), Op::Copy, ErrorKind::InvalidInput);
    assert_eq!(lines(&(&store / "x")), ["a: old"]);
    tree.is(["x/", "x/a", "x/d/", "x/d/b", "y/", "y/a"]);
}

/// What each policy does with a target that has `same`, `other` with different content of one length, and `more`.
#[test]
fn each_policy_does_what_it_says_in_each_direction() {
    let rows =
        [(Overwrite::Skip, 1, 2, "old"), (Overwrite::Always, 3, 0, "new"), (Overwrite::IfDifferent, 2, 1, "new")];
    for (overwrite, files, unchanged, content) in rows {
        let new = |store: &Memory| {
            (store / "new/same").write_text("same").unwrap();
            (store / "new/other").write_text("new").unwrap();
            (store / "new/more").write_text("more").unwrap();
        };
        let store = store_of(["old/same", "old/other: old"]);
        new(&store);
        let tree = Tree::new([]);
        (&store / "new").copy(tree.at("new")).unwrap();
        (&store / "old").copy(tree.at("old")).unwrap();
        // Neither side can tell by times.
        for name in ["new/same", "new/other", "old/same", "old/other"] {
            make_old(&tree.at(name));
        }
        let options = CopyOptions::new().overwrite(overwrite);
        let up = store_of(["old/same", "old/other: old"]);
        let reports = [
            options.copy(tree.at("new"), &up / "old").unwrap(),
            options.copy(&store / "new", tree.at("old")).unwrap(),
            options.copy(&store / "new", &store / "old").unwrap(),
            // Between two stores, through here.
            options.copy(&store / "new", store_of(["same", "other: old"])).unwrap(),
        ];
        for (direction, report) in reports.iter().enumerate() {
            assert_eq!((report.files, report.unchanged), (files, unchanged), "{overwrite:?} {direction}");
        }
        for text in [
            (&up / "old/other").read_text().unwrap(),
            tree.at("old/other").read_text().unwrap(),
            (&store / "old/other").read_text().unwrap(),
        ] {
            assert_eq!(text, content, "{overwrite:?}");
        }
        assert_eq!(lines(&(&up / "old")).len(), 3);
    }
}

#[test]
fn newer_files_replace_older_ones_only() {
    let (tree, store) = (Tree::new(["x/a", "x/b"]), store_of(["x/a: 1", "x/b: 2"]));
    make_old(&tree.at("x/a"));
    let future = SystemTime::now() + Duration::from_secs(100);
    std::fs::File::options().write(true).open(tree.at("x/b").as_str()).unwrap().set_modified(future).unwrap();
    let options = CopyOptions::new().overwrite(Overwrite::IfNewer);
    assert_eq!(options.copy(tree.at("x"), &store / "x").unwrap().files, 1);
    assert_eq!(lines(&(&store / "x")), ["a: 1", "b"]);
    assert_eq!(options.copy(&store / "x", tree.at("x")).unwrap().files, 1);
    assert_eq!(Tree::lines_of(&tree.at("x")), ["a: 1", "b"]);
}

#[test]
fn what_is_the_same_is_neither_put_nor_fetched_again() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b", "x/empty"]), Memory::new());
    tree.at("x/empty").write_text("").unwrap();
    tree.at("x").copy(&store / "x").unwrap();
    let options = CopyOptions::new().overwrite(Overwrite::IfDifferent);
    let (report, count) = requests(&store, || options.copy(tree.at("x"), &store / "x").unwrap());
    assert_eq!((report.files, report.unchanged, report.bytes, count), (0, 3, 0, 1));
    (&store / "x").copy(tree.at("y")).unwrap();
    let (report, count) = requests(&store, || options.copy(&store / "x", tree.at("y")).unwrap());
    assert_eq!((report.files, report.unchanged, report.updated, count), (0, 3, 0, 2));
    // Of the same length, and changed after it was fetched.
    make_old(&tree.at("y/d/b"));
    tree.at("y/a").write_text("A").unwrap();
    make_old(&tree.at("y/a"));
    let report = options.copy(&store / "x", tree.at("y")).unwrap();
    assert_eq!((report.files, report.unchanged, report.updated), (1, 2, 1));
    assert_eq!(tree.at("y/a").read_text().unwrap(), "a");
}

#[test]
fn trees_are_merged_without_overwriting() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b"]), store_of(["x/c", "x/d/b: old"]));
    let options = CopyOptions::new().merge(true);
    let error = fails(options.copy(tree.at("x"), &store / "x"), Op::Copy, ErrorKind::AlreadyExists);
    assert_eq!((error.failure_count(), error.report().unwrap().files), (1, 1));
    assert_eq!(lines(&(&store / "x")), ["a", "c", "d/", "d/b: old"]);
    let error = fails(options.copy(&store / "x", tree.at("x")), Op::Copy, ErrorKind::AlreadyExists);
    assert_eq!(error.failure_count(), 2);
    assert_eq!(Tree::lines_of(&tree.at("x")), ["a", "c", "d/", "d/b"]);
}

#[test]
fn what_is_left_out_is_in_the_report() {
    let tree = Tree::new(["x/a", "x/b.tmp", "x/target/big", "x/d/target/b", "x/.gitignore", "x/no"]);
    tree.at("x/.gitignore").write_text("no\n").unwrap();
    let store = Memory::new();
    let options = CopyOptions::new().exclude(["**/*.tmp", "target"]).gitignore(true).prune(|entry| entry.name() == "d");
    let report = options.copy(tree.at("x"), &store / "x").unwrap();
    let expected = [
        ("b.tmp", SkipReason::Excluded),
        ("d", SkipReason::Excluded),
        ("no", SkipReason::Ignored),
        ("target", SkipReason::Excluded),
    ];
    assert_eq!(skipped(&report, tree.at("x").as_str()), expected.map(|(name, reason)| (name.to_owned(), reason)));
    assert_eq!(report.files, 2);
    // The same coming down; git's rules are those of a source on a disk.
    let all = Memory::new();
    tree.at("x").copy(&all / "x").unwrap();
    let report = options.copy(&all / "x", tree.at("y")).unwrap();
    let expected = ["b.tmp", "d", "target"].map(|name| (format!("memory://x/{name}"), SkipReason::Excluded));
    assert_eq!(skipped(&report, ""), expected);
    assert_eq!(Tree::lines_of(&tree.at("y")).len(), 3);
    fails(CopyOptions::new().exclude("/abs").copy(tree.at("x"), &all / "z"), Op::Pattern, ErrorKind::InvalidInput);
}

#[cfg(unix)]
#[test]
fn what_a_store_has_no_place_for_is_in_the_report() {
    use waypath::Attribute;

    let tree = Tree::new(["x/a", "x/run", "x/l => a", "x/dl => d", "x/d/b"]);
    for (name, mode) in [("x/a", 0o644), ("x/d/b", 0o644), ("x/run", 0o755)] {
        tree.at(name).chmod(mode).unwrap();
    }
    std::fs::hard_link(tree.at("x/a").as_str(), tree.at("x/same").as_str()).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(tree.at("x/socket").as_str()).unwrap();
    let store = Memory::new();
    let report = CopyOptions::new().preserve_hard_links(true).copy(tree.at("x"), &store / "x").unwrap();
    let expected = [("dl", SkipReason::Symlink), ("l", SkipReason::Symlink), ("socket", SkipReason::Special)];
    assert_eq!(skipped(&report, tree.at("x").as_str()), expected.map(|(name, reason)| (name.to_owned(), reason)));
    let umask = 0o666 & !waypath_umask();
    let lost: Vec<_> = report.not_kept.iter().map(|lost| (lost.path.to_string(), lost.what.clone())).collect();
    let mut wanted = vec![("memory://x/a".to_owned(), Attribute::HardLink)];
    if umask == 0o644 {
        wanted.extend([
            ("memory://x/run".to_owned(), Attribute::Mode),
            ("memory://x/same".to_owned(), Attribute::HardLink),
        ]);
        assert_eq!(lost, wanted);
    }
    assert!(report.not_kept[0].to_string().ends_with("not kept: an object has no place for it"));

    let report =
        CopyOptions::new().symlinks(waypath::Symlinks::Follow).copy(tree.at("x"), &store / "followed").unwrap();
    assert_eq!(report.files, 6);
    assert_eq!((&store / "followed/dl/b").read_text().unwrap(), "b");
    fails(
        CopyOptions::new().symlinks(waypath::Symlinks::Keep).copy(tree.at("x/l"), &store / "l"),
        Op::Copy,
        ErrorKind::Unsupported,
    );
    fails(tree.at("x/socket").copy(&store / "s"), Op::Copy, ErrorKind::Unsupported);
    fails(CopyOptions::new().strict(true).copy(tree.at("x/run"), &store / "s"), Op::Copy, ErrorKind::Unsupported);
    assert!(!(&store / "s").exists().unwrap());
}

/// The umask, as a new file shows it.
#[cfg(unix)]
fn waypath_umask() -> u32 {
    use std::os::unix::fs::PermissionsExt as _;

    let tree = Tree::new(["f"]);
    !std::fs::metadata(tree.at("f").as_str()).unwrap().permissions().mode() & 0o666
}

#[cfg(unix)]
#[test]
fn a_link_at_the_target_leads_nowhere() {
    use crate::shared::util::symlink;

    let (tree, store) = (Tree::new(["secret", "outside/", "y/"]), store_of(["x/d/b", "x/l"]));
    symlink(tree.at("outside").as_str(), &tree.at("y/d"));
    symlink(tree.at("secret").as_str(), &tree.at("y/l"));
    let options = CopyOptions::new().overwrite(Overwrite::Always);
    let error = fails(options.copy(&store / "x", tree.at("y")), Op::Copy, ErrorKind::NotADirectory);
    assert_eq!(error.report().unwrap().files, 1);
    let link = format!("y/d => {}", tree.at("outside"));
    tree.is(["outside/", "secret", "y/", &link, "y/l"]);
}

#[test]
fn a_plan_is_what_is_done() {
    for (target, overwrite) in [
        ("new", Overwrite::Refuse),
        ("old", Overwrite::IfDifferent),
        ("old", Overwrite::Skip),
        ("old", Overwrite::Always),
    ] {
        let tree = Tree::new(["x/a", "x/d/b", "x/d/e/c", "old/a", "old/d/b", "old/more"]);
        let store = store_of(["x/a", "x/d/b", "x/d/e/c", "old/a: 1", "old/d/b: 2", "old/more"]);
        tree.at("old/a").write_text("1").unwrap();
        let from_disk = tree.at("x");
        let options = CopyOptions::new().overwrite(overwrite);
        let plan = options.clone().dry_run(true);
        let (before, on_disk) = (lines(&(&store / target)), tree.lines());
        for (planned, done) in [
            (plan.copy(&from_disk, &store / target), options.copy(&from_disk, &store / target)),
            (plan.copy(&store / "x", tree.at(target)), options.copy(&store / "x", tree.at(target))),
        ] {
            let (planned, done) = (planned.unwrap(), done.unwrap());
            let count = planned.files + planned.directories + planned.updated;
            assert_eq!(planned.steps.len() as u64, count, "{target} {overwrite:?}: {planned}");
            let (mut planned, mut done) = (planned, done);
            (planned.steps, done.not_kept, done.not_kept_count) = (Vec::new(), Vec::new(), 0);
            assert_eq!(planned, done, "{target} {overwrite:?}");
        }
        let plan = plan.overwrite(Overwrite::Always);
        assert!(plan.copy(&store / "x", tree.at("other")).unwrap().files == 3 && !tree.at("other").exists());
        assert!(before.len() <= lines(&(&store / target)).len() && on_disk.len() <= tree.lines().len());
    }
    let (tree, store) = (Tree::new(["x/a", "x/d/b"]), Memory::new());
    let plan = CopyOptions::new().dry_run(true).copy(tree.at("x"), &store / "y").unwrap();
    assert_eq!(steps(&plan), ["copy to `memory://y/a`", "copy to `memory://y/d/b`"]);
    assert!(!(&store / "y").exists().unwrap());
}

#[test]
fn progress_comes_to_the_totals_and_can_stop() {
    let names: Vec<String> = (0..40).map(|at| format!("x/{at:02}")).collect();
    for threads in [1, 8] {
        let (tree, store) = (Tree::new(["x/"]), Memory::new());
        names.iter().for_each(|name| tree.at(name).write_text(name).unwrap());
        let mut last = (0, 0);
        let mut check = |files: u64, bytes: u64| {
            assert!(files >= last.0 && bytes >= last.1, "{last:?} {files} {bytes}");
            last = (files, bytes);
        };
        CopyOptions::new()
            .threads(threads)
            .progress(|progress| {
                check(progress.files, progress.bytes);
                ControlFlow::Continue(())
            })
            .copy(tree.at("x"), &store / "x")
            .unwrap();
        assert_eq!(last, (40, 160));

        for to_disk in [true, false] {
            let options = CopyOptions::new().threads(threads).progress(|progress| match progress.files {
                0..=4 => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            });
            let result = match to_disk {
                true => options.copy(&store / "x", tree.at("y")),
                false => options.copy(&store / "x", &store / "y"),
            };
            let error = fails(result, Op::Copy, ErrorKind::Interrupted);
            let done = error.report().unwrap().files as usize;
            assert!((5..40).contains(&done), "{done}");
            let found = if to_disk { Tree::lines_of(&tree.at("y")) } else { lines(&(&store / "y")) };
            assert_eq!(found.len(), done);
            assert!(found.iter().all(|line| line.ends_with(&format!(": x/{}", &line[..2]))), "{found:?}");
        }
    }
}

#[test]
fn roots_are_sides_of_copies_with_stores() {
    let (tree, store) = (Tree::new(["root/x/a", "root/x/d/b", "outside"]), Memory::new());
    let root = Root::open(tree.at("root")).unwrap();
    (&root / "x").copy(&store / "x").unwrap();
    (&store / "x").copy(&root / "y").unwrap();
    assert_eq!(Tree::lines_of(&tree.at("root/y")), ["a", "d/", "d/b"]);
    assert!((&store / "x").copy(&root / "../z").unwrap_err().is_escape());
    assert!((&root / "../outside").copy(&store / "z").unwrap_err().is_escape());
    let read_only = Root::options().read_only(true).open(tree.at("root")).unwrap();
    fails((&store / "x").copy(&read_only / "z"), Op::Copy, ErrorKind::ReadOnlyFilesystem);
    fails((&store / "x/a").copy(&read_only / "z"), Op::Copy, ErrorKind::ReadOnlyFilesystem);
    assert_eq!(lines(&(&store / "x")), ["a", "d/", "d/b"]);
}

#[test]
fn a_file_and_a_directory_of_one_name_are_both_in_a_tree() {
    let store = store_of(["x/a", "x/a/b", "x/a-b"]);
    let report = CopyOptions::new().copy(&store / "x", &store / "y").unwrap();
    assert_eq!(report.files, 3);
    assert!((&store / "y/a").is_file().unwrap() && (&store / "y/a/b").is_file().unwrap());
    // On a disk, only one of both can be.
    let tree = Tree::new([]);
    let error = (&store / "x").copy(tree.at("x")).unwrap_err();
    assert_eq!((error.failure_count(), error.report().unwrap().files), (1, 2), "{error}");
}

#[test]
fn names_that_keys_only_begin_with_are_not_below() {
    let (tree, store) = (Tree::new([]), store_of(["logs/a", "logs-old/b", "logs.txt"]));
    (&store / "logs").copy(tree.at("logs")).unwrap();
    tree.is(["logs/", "logs/a"]);
    fails((&store / "log").copy(tree.at("log")), Op::Copy, ErrorKind::NotFound);
    assert!(!tree.at("log").exists());
}

#[cfg(windows)]
#[test]
fn names_that_windows_reads_otherwise_are_errors_of_their_own() {
    let (tree, store) = (Tree::new([]), store_of(["x/a:b", "x/nul", "x/dot.", r"x/back\slash", "x/fine", "x/d./e"]));
    let error = (&store / "x").copy(tree.at("x")).unwrap_err();
    assert_eq!((error.failure_count(), error.report().unwrap().files), (5, 1), "{error:?}");
    tree.is(["x/", "x/fine"]);
}
