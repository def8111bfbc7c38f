//! Trees that are made like others.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::ops::ControlFlow;

use waypath::{FileKind, MirrorOptions, MirrorStage, Op, Path, PathBuf, Report, Result, path};

use crate::support::random::Random;
use crate::support::util::{Tree, fails};

/// What is below a directory: paths with what is there.
fn lines(directory: &Path) -> Vec<String> {
    let line = |entry: waypath::Entry| {
        let name = entry.relative_to(directory).unwrap().as_posix().into_owned();
        match entry.kind() {
            FileKind::Directory => name + "/",
            FileKind::Symlink => format!("{name} => {}", std::fs::read_link(entry.as_str()).unwrap().display()),
            _ => format!("{name}: {}", entry.read_text().unwrap()),
        }
    };
    directory.walk().map(|entry| line(entry.unwrap())).collect()
}

fn deleting<'p>() -> MirrorOptions<'p> {
    MirrorOptions::new().delete(true)
}

/// The totals of a report, without its steps; and without the times of directories, which take part in a second or not.
fn totals(report: &Report) -> (String, u64) {
    let mut report = report.clone();
    report.steps.clear();
    report.updated = 0;
    (report.to_string(), report.removed)
}

#[cfg(not(target_family = "wasm"))] // Node sets times in whole seconds.
#[test]
fn what_is_missing_or_different_is_copied_and_the_rest_stays() {
    let tree = Tree::new(["from/a/same", "from/a/new", "from/empty/", "from/other", "to/extra", "to/a/extra/x"]);
    waypath::CopyOptions::archive().copy(tree.at("from/a/same"), tree.at("to/a/same")).unwrap();
    tree.at("to/other").write_text("longer than it is").unwrap();
    let report = tree.at("from").mirror_to(tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories, report.unchanged, report.removed), (2, 1, 1, 0));
    assert_eq!(
        lines(&tree.at("to")),
        ["a/", "a/extra/", "a/extra/x: x", "a/new: new", "a/same: same", "empty/", "extra: extra", "other: other"]
    );
    let again = tree.at("from").mirror_to(tree.at("to")).unwrap();
    assert_eq!((again.files, again.directories, again.unchanged), (0, 0, 3));
}

#[test]
fn a_target_that_is_not_there_is_made() {
    for options in [MirrorOptions::new(), deleting(), deleting().threads(3)] {
        let tree = Tree::new(["from/a/b", "from/c"]);
        let report = options.mirror(tree.at("from"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.directories), (2, 2));
        assert_eq!(lines(&tree.at("to")), lines(&tree.at("from")));
    }
}

#[test]
fn what_is_only_in_the_target_is_removed_when_told() {
    let tree = Tree::new(["from/a/one", "to/a/one", "to/a/stray", "to/old/deep/er", "to/old/empty/", "to/b"]);
    let before = tree.lines();
    let plan = deleting().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap();
    let steps: Vec<_> = plan.steps.iter().map(ToString::to_string).collect();
    assert_eq!(tree.lines(), before, "a dry run changes nothing");
    let to = tree.at("to");
    let at = |name: &str| (&to / name).to_string();
    let planned: Vec<String> = plan
        .steps
        .iter()
        .filter(|step| step.action.to_string().starts_with("remove"))
        .map(|step| step.path.to_string())
        .collect();
    let expected = ["a/stray", "b", "old/deep/er", "old/deep", "old/empty", "old"].map(at);
    assert_eq!(planned, expected, "{steps:?}");
    assert_eq!(plan.removed, 6);

    let report = deleting().mirror(tree.at("from"), tree.at("to")).unwrap();
    assert_eq!(totals(&report), totals(&plan));
    assert_eq!(lines(&to), lines(&tree.at("from")));
}

#[test]
fn a_file_takes_the_place_of_a_directory_only_when_told() {
    let tree = Tree::new(["from/x", "from/y/z/in", "from/ok", "to/x/in/deep", "to/y"]);
    let error = fails(tree.at("from").mirror_to(tree.at("to")), Op::Mirror, ErrorKind::Other);
    assert_eq!(error.failure_count(), 2);
    assert_eq!(error.report().unwrap().files, 1);
    assert_eq!(lines(&tree.at("to")), ["ok: ok", "x/", "x/in/", "x/in/deep: deep", "y: y"], "all else is copied");

    let plan = deleting().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap();
    let report = deleting().mirror(tree.at("from"), tree.at("to")).unwrap();
    assert_eq!(report.removed, 4);
    assert_eq!(totals(&report), totals(&plan));
    assert_eq!(lines(&tree.at("to")), lines(&tree.at("from")));
}

#[test]
fn what_is_excluded_is_neither_copied_nor_removed() {
    let tree = Tree::new(["from/a/cache/1", "from/a/one", "to/a/cache/2", "to/old/cache/3", "to/old/stray"]);
    let options = deleting().exclude("**/cache");
    let plan = options.clone().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap();
    let report = options.mirror(tree.at("from"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.removed, report.skipped.len()), (1, 1, 1));
    assert_eq!(totals(&report), totals(&plan));
    let kept = ["a/", "a/cache/", "a/cache/2: 2", "a/one: one", "old/", "old/cache/", "old/cache/3: 3"];
    assert_eq!(lines(&tree.at("to")), kept, "and the directories that it is in");
    fails(deleting().exclude("/cache").mirror(tree.at("from"), tree.at("to")), Op::Pattern, ErrorKind::InvalidInput);
}

/// It is not known what is to be removed: nothing is.
#[test]
fn nothing_is_removed_where_something_excluded_is_in_the_way() {
    let tree = Tree::new(["from/x", "from/new", "to/x/keep/in", "to/x/stray", "to/old"]);
    let options = deleting().exclude("x/keep");
    for dry_run in [true, false] {
        let result = options.clone().dry_run(dry_run).mirror(tree.at("from"), tree.at("to"));
        let error = fails(result, Op::Mirror, ErrorKind::IsADirectory);
        assert_eq!(error.failure_count(), 1, "it is said once");
        let report = error.report().unwrap();
        assert_eq!((report.files, report.removed), (1, 0));
    }
    assert_eq!(lines(&tree.at("to")), ["new: new", "old: old", "x/", "x/keep/", "x/keep/in: in", "x/stray: stray"]);
}

#[test]
fn what_would_destroy_the_source_is_refused() {
    let tree = Tree::new(["top/from/a", "top/other"]);
    let before = tree.lines();
    let (top, from, other) = (tree.at("top"), tree.at("top/from"), tree.at("top/other"));
    let invalid = ErrorKind::InvalidInput;
    for threads in [1, 2] {
        let deleting = deleting().threads(threads);
        fails(deleting.mirror(&from, &top), Op::Mirror, invalid);
        fails(deleting.mirror(&top, &top), Op::Mirror, invalid);
        fails(deleting.clone().dry_run(true).mirror(&from, &top), Op::Mirror, invalid);
        fails(deleting.mirror(&top, &from), Op::Mirror, invalid);
        fails(MirrorOptions::new().threads(threads).mirror(&top, &top), Op::Mirror, invalid);
        fails(MirrorOptions::new().threads(threads).mirror(&top, &from), Op::Mirror, invalid);
        fails(deleting.mirror(&other, &from), Op::Mirror, ErrorKind::NotADirectory);
        fails(deleting.mirror(tree.at("no"), &top), Op::Mirror, ErrorKind::NotFound);
        fails(deleting.mirror(&from, &other), Op::Mirror, ErrorKind::NotADirectory);
        fails(deleting.mirror(&from, tree.at("no/to")), Op::Mirror, ErrorKind::NotFound);
    }
    assert_eq!(tree.lines(), before);
    // Into a directory that is left out.
    deleting().exclude("backup").mirror(&top, &top / "backup").unwrap();
    assert_eq!(lines(&(&top / "backup")), ["from/", "from/a: a", "other: other"]);
}

/// Stages in order, numbers that grow to their totals, and what stands when it is told to stop.
#[test]
fn progress_has_stages_and_totals() {
    let new = || Tree::new(["from/a/one", "from/two", "from/three", "to/old/x", "to/stray", "to/two"]);
    let tree = new();
    let mut told = Vec::new();
    let options = deleting().progress(|progress| {
        let plan = progress.plan.map(|plan| (plan.files, plan.removed));
        let path = progress.path.to_string();
        assert!(path.starts_with(tree.as_str()), "{path}");
        told.push((progress.stage, progress.files, progress.total_files, progress.bytes, progress.total_bytes, plan));
        ControlFlow::Continue(())
    });
    let report = options.mirror(tree.at("from"), tree.at("to")).unwrap();
    drop(options);
    let planned = Some((report.files, 3));
    assert_eq!(report.removed, 3);
    for pair in told.windows(2) {
        let [(stage, files, .., bytes, _, _), (next, more, .., more_bytes, _, _)] = pair else { unreachable!() };
        let (stage, next) = (*stage as u8, *next as u8);
        assert!(next > stage || next == stage && more >= files && more_bytes >= bytes, "{told:?}");
    }
    let of = |stage| told.iter().filter(move |told| told.0 == stage);
    assert!(of(MirrorStage::Planning).all(|told| told.2 == 0 && told.5.is_none()));
    // Four entries of the target, and three files of the source.
    assert_eq!(of(MirrorStage::Planning).next_back().unwrap().1, 4 + 3);
    assert_eq!(
        of(MirrorStage::Removing).map(|told| (told.1, told.2)).collect::<Vec<_>>(),
        [(0, 3), (1, 3), (2, 3), (3, 3)]
    );
    let &(_, files, total, bytes, total_bytes, plan) = of(MirrorStage::Copying).next_back().unwrap();
    assert_eq!((files, bytes, plan), (total, total_bytes, planned));
    assert_eq!((report.files, report.bytes), (total, total_bytes));
    assert_eq!(of(MirrorStage::Copying).next().unwrap().1, 0, "it begins");

    for stage in [MirrorStage::Planning, MirrorStage::Removing, MirrorStage::Copying] {
        let tree = new();
        let before = lines(&tree.at("to"));
        let options = deleting().progress(move |progress| match progress.stage == stage {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        let error = fails(options.mirror(tree.at("from"), tree.at("to")), Op::Mirror, ErrorKind::Interrupted);
        match stage {
            MirrorStage::Copying => {
                assert_eq!(error.report().unwrap().removed, 3);
                assert_eq!(lines(&tree.at("to")), ["two: two"]);
            }
            _ => assert_eq!(lines(&tree.at("to")), before),
        }
    }
}

/// Fills a directory: few names, so that two directories have many of them in common, and not the same things.
fn grow(directory: &Path, depth: u64, random: &mut Random) {
    directory.mkdir_all().unwrap();
    for name in ["a", "b", "c", "skip"] {
        let at = directory / name;
        match random.below(8) {
            0..=2 if depth < 3 => grow(&at, depth + 1, random),
            3 | 4 => at.write_text("x".repeat(random.below(4))).unwrap(),
            5 if cfg!(unix) => {
                crate::support::util::symlink(["a", "b", "../a", "nowhere", "."][random.below(5)], &at);
            }
            _ => {}
        }
    }
}

/// The kinds of what two directories have under the same paths, if one of both is a directory there and the other is not.
fn conflicts(from: &Path, to: &Path) -> usize {
    let kind = |start: &Path, entry: &Path, base: &Path| {
        let found = (start / entry.relative_to(base).unwrap()).lstat();
        found.ok().map(|found| found.kind() == FileKind::Directory)
    };
    let entries = from.walk().map(Result::unwrap);
    entries
        .filter(|entry| kind(to, entry, from).is_some_and(|dir| dir != (entry.kind() == FileKind::Directory)))
        .count()
}

/// The paths of lines.
fn paths(lines: &[String]) -> BTreeSet<&str> {
    let path = |line| str::split(line, ": ").next().and_then(|line| line.split(" => ").next()).unwrap();
    lines.iter().map(|line| path(line).trim_end_matches('/')).collect()
}

/// Two directories that have grown apart, and how one is to be made like the other.
struct Pair {
    _tree: Tree,
    from: PathBuf,
    to: PathBuf,
    excludes: bool,
    threads: usize,
}

/// Under Wine, a pair takes seconds.
const PAIRS: u64 = if cfg!(windows) { 8 } else { 100 };

impl Pair {
    fn new(seed: u64) -> Self {
        let tree = Tree::new([]);
        let (from, to) = (tree.at("from"), tree.at("to"));
        grow(&from, 0, &mut Random(seed * 2));
        grow(&to, 0, &mut Random(seed * 2 + 1));
        let threads = if cfg!(target_family = "wasm") { 1 } else { 1 + seed as usize % 3 };
        Self { _tree: tree, from, to, excludes: seed.is_multiple_of(2), threads }
    }

    fn mirror(&self, options: MirrorOptions<'_>) -> Result<Report> {
        let options = options.threads(self.threads);
        let options = if self.excludes { options.exclude("**/skip") } else { options };
        options.mirror(&self.from, &self.to)
    }

    /// What the target is to have of the source.
    fn wanted(&self) -> Vec<String> {
        lines(&self.from).into_iter().filter(|line| !self.excludes || !line.contains("skip")).collect()
    }
}

#[test]
fn with_nothing_removed_the_target_has_what_both_had() {
    let (mut whole, mut refused) = (0, 0);
    for seed in 0..PAIRS {
        let pair = Pair::new(seed);
        let before = lines(&pair.to);
        let conflicts = conflicts(&pair.from, &pair.to);
        let result = pair.mirror(MirrorOptions::new());
        let now = lines(&pair.to);
        assert!(paths(&before).is_subset(&paths(&now)), "seed {seed}: {now:?}");
        match result {
            Ok(report) => {
                whole += 1;
                assert_eq!(report.removed, 0);
                let missing: Vec<_> = pair.wanted().into_iter().filter(|line| !now.contains(line)).collect();
                assert!(missing.is_empty(), "seed {seed}: {missing:?}");
            }
            Err(error) => {
                refused += 1;
                assert!(conflicts > 0, "seed {seed}: {error}");
            }
        }
    }
    println!("{whole} pairs made one, {refused} refused");
    assert!(cfg!(windows) || whole > 10 && refused > 20, "{whole} {refused}");
}

#[cfg(not(target_family = "wasm"))] // Node sets times in whole seconds.
#[test]
fn a_mirror_is_like_its_source_and_its_plan_like_the_deed() {
    let (mut replaced, mut refused, mut kept) = (0, 0, 0);
    for seed in 0..PAIRS {
        let pair = Pair::new(seed);
        let (before, wanted) = (lines(&pair.to), pair.wanted());
        replaced += conflicts(&pair.from, &pair.to);
        let plan = pair.mirror(deleting().dry_run(true));
        assert_eq!(lines(&pair.to), before, "seed {seed}: a dry run changes nothing");
        let result = pair.mirror(deleting());
        let now = lines(&pair.to);
        match (plan, result) {
            (Ok(plan), Ok(report)) => {
                assert_eq!(totals(&plan), totals(&report), "seed {seed}");
                let skipped: Vec<_> = now.iter().filter(|line| pair.excludes && line.contains("skip")).collect();
                // What is excluded stays, and the directories that it is in.
                let stays = |line: &String| {
                    skipped.contains(&line) || line.ends_with('/') && skipped.iter().any(|at| at.starts_with(&**line))
                };
                let made: Vec<_> = now.iter().filter(|line| wanted.contains(line) || !stays(line)).collect();
                assert_eq!(made, wanted.iter().collect::<Vec<_>>(), "seed {seed}");
                kept += skipped.len();
                let Report { files, directories, links, removed, .. } = pair.mirror(deleting()).unwrap();
                assert_eq!((files, directories, links, removed), (0, 0, 0, 0), "seed {seed}: it converges");
            }
            (Err(plan), Err(error)) => {
                refused += 1;
                let failures =
                    |error: &waypath::Error| error.failures().iter().map(ToString::to_string).collect::<Vec<_>>();
                assert_eq!(failures(&plan), failures(&error), "seed {seed}");
                let [plan, report] = [&plan, &error].map(|error| error.report().unwrap());
                assert_eq!(totals(plan), totals(report), "seed {seed}");
                assert!(pair.excludes && report.removed == 0, "seed {seed}: something excluded is in the way");
                assert!(paths(&before).is_subset(&paths(&now)), "seed {seed}");
            }
            (plan, result) => panic!("seed {seed}: {plan:?}, {result:?}"),
        }
    }
    println!("{PAIRS} pairs: {replaced} changes of kind, {refused} refused, {kept} excluded and kept");
    assert!(cfg!(windows) || replaced > 100 && refused > 5 && kept > 20, "{replaced} {refused} {kept}");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::support::util::{NOBODY, as_nobody, as_nobody_in};

    /// Wherever a link is: it is never gone through.
    #[test]
    fn links_are_what_they_are_on_both_sides() {
        // What stands in the source, what stands in the target, and how many things are removed for it.
        for (source, target, removed) in [
            (&["x => ../away"][..], &["x/a", "x/b/c"][..], 4),
            (&["x/a"], &["x => ../away"], 1),
            (&["x => ../away"], &["x"], 0),
            (&["x"], &["x => ../away"], 0),
            (&["x => ../away"], &["x => nowhere"], 0),
            (&["x => nowhere"], &["x => ../away"], 0),
            (&["x => x"], &["x/a"], 2),
            (&["x/a"], &["x => x"], 1),
            (&["new/a", "old => new"], &["old/a"], 2),
            (&["d/l => ../../away/sub"], &["d/l/a", "d/m => ../../away"], 3),
        ] {
            let tree = Tree::new(["away/a", "away/sub/a", "from/", "to/"]);
            let build = |start: &str, lines: &[&str]| {
                for line in lines {
                    let (name, leads_to) = line.split_once(" => ").map_or((*line, None), |(n, to)| (n, Some(to)));
                    let at = tree.at(start) / name;
                    at.parent().mkdir_all().unwrap();
                    match leads_to {
                        Some(leads_to) => crate::support::util::symlink(leads_to, &at),
                        None => at.write_text("").unwrap(),
                    }
                }
            };
            build("from", source);
            build("to", target);
            let away = lines(&tree.at("away"));
            let plan = deleting().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap();
            let report = deleting().mirror(tree.at("from"), tree.at("to")).unwrap();
            assert_eq!((plan.removed, report.removed), (removed, removed), "{source:?} over {target:?}");
            assert_eq!(lines(&tree.at("to")), lines(&tree.at("from")), "{source:?} over {target:?}");
            assert_eq!(lines(&tree.at("away")), away, "{source:?} over {target:?}");
        }
    }

    #[test]
    fn both_directories_may_be_links() {
        let tree = Tree::new(["real/a", "from => real", "store/old", "to => store"]);
        deleting().mirror(tree.at("from"), tree.at("to")).unwrap();
        tree.is(["from => real", "real/", "real/a", "store/", "store/a", "to => store"]);
    }

    #[test]
    fn what_cannot_be_read_lets_nothing_be_removed() {
        if !as_nobody("fs::mirror::unix::what_cannot_be_read_lets_nothing_be_removed") {
            return;
        }
        for closed in ["from/closed", "from/dir", "from/dir/sub", "to/dir", "to/only", "to/only/in"] {
            let tree = Tree::new([
                "from/closed",
                "from/dir/old",
                "from/dir/sub/x",
                "from/z",
                "to/dir/old",
                "to/dir/stray",
                "to/only/in/x",
                "to/stray",
            ]);
            let before = lines(&tree.at("to"));
            tree.at(closed).chmod(0).unwrap();
            let plan = deleting().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap_err();
            let error = deleting().mirror(tree.at("from"), tree.at("to")).unwrap_err();
            tree.at(closed).chmod("u+rwX").unwrap();
            for error in [plan, error] {
                assert_eq!((error.op(), error.kind()), (Op::Mirror, ErrorKind::PermissionDenied), "{closed}: {error}");
                assert_eq!(error.failure_count(), 1, "{closed}: it is said once: {error:?}");
                assert_eq!(error.report().unwrap().removed, 0, "{closed}");
            }
            assert!(tree.at("to/z").exists(), "{closed}: all else is copied");
            // Old files may have been copied again, as their times differ.
            let now = lines(&tree.at("to"));
            assert!(before.iter().all(|line| now.contains(line)), "{closed}: {now:?}");
        }
    }

    /// What cannot be removed is said, and everything else is done.
    #[test]
    fn what_cannot_be_removed_is_a_failure() {
        let foreign = |place: &Path| {
            (place / "to/foreign").mkdir_all().unwrap();
            (place / "to/foreign/x").write_text("x").unwrap();
            for own in ["", "to"] {
                std::os::unix::fs::chown(place / own, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        };
        let name = "fs::mirror::unix::what_cannot_be_removed_is_a_failure";
        let Some(place) = as_nobody_in(name, foreign) else { return };
        let (from, to) = (&place / "from", &place / "to");
        from.mkdir().unwrap();
        (&from / "a").write_text("a").unwrap();
        (&to / "stray").touch().unwrap();
        let error = deleting().mirror(&from, &to).unwrap_err();
        assert_eq!((error.failure_count(), error.failures()[0].op()), (1, Op::Unlink), "{error}");
        assert_eq!((error.report().unwrap().removed, error.report().unwrap().files), (1, 1));
        assert_eq!(lines(&to), ["a: a", "foreign/", "foreign/x: x"]);
    }

    /// As of modules that a package manager protects: all of a tree may be read-only, on both sides.
    #[test]
    fn read_only_directories_are_mirrored_again() {
        if !as_nobody("fs::mirror::unix::read_only_directories_are_mirrored_again") {
            return;
        }
        const DIRS: [(&str, u32); 4] = [("fixed/sub", 0o500), ("fixed", 0o555), ("open", 0o755), ("", 0o555)];
        let close = |start: &PathBuf| DIRS.iter().for_each(|(dir, mode)| (start / *dir).chmod(*mode).unwrap());
        let open = |start: &PathBuf| DIRS.iter().rev().for_each(|(dir, _)| (start / *dir).chmod(0o755).unwrap());
        for threads in [1, 3] {
            let tree = Tree::new(["from/a", "from/fixed/b", "from/fixed/sub/c", "from/fixed/sub/d/e", "from/open/f"]);
            let (from, to) = (tree.at("from"), tree.at("to"));
            (&from / "fixed/name").hardlink_to(&from / "a").unwrap();
            let options = deleting().threads(threads);
            close(&from);
            options.mirror(&from, &to).unwrap();
            open(&from);
            for gone in ["a", "fixed/sub/c", "fixed/sub/d/e", "open/f"] {
                (&from / gone).unlink().unwrap();
            }
            (&from / "fixed/sub/d").rmdir().unwrap();
            (&from / "fixed/b").write_text("another text").unwrap();
            (&from / "fixed/sub/new/deep").mkdir_all().unwrap();
            (&from / "fixed/sub/new/deep/x").symlink_to("a").unwrap();
            (&from / "g").hardlink_to(&from / "fixed/name").unwrap();
            close(&from);
            (&to / "open").chmod(0).unwrap();
            let plan = deleting().dry_run(true).mirror(&from, &to);
            assert_eq!(plan.unwrap_err().kind(), ErrorKind::PermissionDenied, "a plan changes nothing");
            (&to / "open").chmod(0o500).unwrap();
            let report = options.mirror(&from, &to).unwrap();
            assert_eq!((report.files, report.removed, report.hard_links), (1, 5, 1), "{report:?}");
            assert_eq!(lines(&to), lines(&from));
            for (dir, mode) in DIRS {
                assert_eq!((&to / dir).stat().unwrap().mode() & 0o7777, mode, "{dir}");
            }
            let second = options.mirror(&from, &to).unwrap();
            assert_eq!((second.files, second.removed, second.updated), (0, 0, 0));
            (&to / "open").chmod(0).unwrap();
            MirrorOptions::new().threads(threads).mirror(&from, &to).unwrap();
            assert_eq!((&to / "open").stat().unwrap().mode() & 0o7777, 0o755);
            open(&from);
            open(&to);
        }
    }
}

#[test]
fn relative_paths_and_the_working_directory_do() {
    assert!(path("no/such").mirror_to("elsewhere").is_err());
    let tree = Tree::new(["from/a"]);
    let from: PathBuf =
        tree.at("from").relative_to_walk_up(Path::cwd().unwrap().resolve().unwrap()).unwrap_or(tree.at("from"));
    from.mirror_to(tree.at("to")).unwrap();
    assert_eq!(lines(&tree.at("to")), ["a: a"]);
}

/// The trees of a repository with what it ignores, and of a mirror of it from before.
fn repository() -> Tree {
    let tree = Tree::new(["from/.git/HEAD", "from/src/a.rs", "from/src/a.o", "from/target/debug/x", "from/b.o"]);
    tree.at("from/.gitignore").write_text("/target\n*.o\n").unwrap();
    tree.at("from/src/.gitignore").write_text("!a.o\n/gone\n").unwrap();
    for file in
        ["to/src/gone/f", "to/src/old.rs", "to/old/c.o", "to/old/d", "to/stray/e", "to/.git/HEAD", "to/target/y"]
    {
        tree.at(file).mkdir_parent().unwrap();
        tree.at(file).touch().unwrap();
    }
    tree
}

#[test]
fn what_git_ignores_is_neither_copied_nor_removed() {
    for threads in [1, 3] {
        let tree = repository();
        let options = deleting().gitignore(true).threads(threads);
        let plan = options.clone().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap();
        let report = options.mirror(tree.at("from"), tree.at("to")).unwrap();
        assert_eq!(totals(&plan), totals(&report));
        assert_eq!((report.files, report.removed), (4, 4));
        let names: Vec<_> =
            lines(&tree.at("to")).into_iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
        let ignored_there = [".git/", ".git/HEAD", "old/", "old/c.o", "src/gone/", "src/gone/f", "target/", "target/y"];
        let copied = [".gitignore", "src/", "src/.gitignore", "src/a.o", "src/a.rs"];
        let expected: BTreeSet<_> = ignored_there.into_iter().chain(copied).collect();
        assert_eq!(names.iter().map(|name| &**name).collect::<BTreeSet<_>>(), expected);
    }
}

#[test]
fn what_a_closure_leaves_out_is_neither_copied_nor_removed() {
    for threads in [1, 3] {
        let tree = Tree::new(["from/a", "from/large", "from/d/e", "to/large/", "to/extra", "to/kept/f", "to/d/kept"]);
        tree.at("from/large").write_text("longer than ten").unwrap();
        let is_large = |entry: &waypath::Entry| entry.is_file() && entry.size().unwrap() > 10;
        let options = deleting().threads(threads).prune(|entry| entry.name() == "kept" || is_large(entry));
        let report = options.mirror(tree.at("from"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.removed), (2, 1));
        // What is a directory there and is left out here stays: nothing would take its place.
        let expected = ["a: a", "d/", "d/e: e", "d/kept: kept", "kept/", "kept/f: f", "large/"];
        assert_eq!(lines(&tree.at("to")), expected);
    }
}

/// What a pattern leaves out for being a directory is left out, whatever has its name on the other side.
#[test]
fn what_is_left_out_of_the_source_stays_at_the_destination() {
    let tree = Tree::new(["from/x/f", "from/y", "to/x", "to/y/g"]);
    let report = deleting().exclude("x/").mirror(tree.at("from"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.removed), (1, 2));
    assert_eq!(lines(&tree.at("to")), ["x: x", "y: y"]);
}

/// Rules that cannot be read might say that something is to stay.
#[cfg(unix)]
#[test]
fn nothing_is_removed_if_rules_cannot_be_read() {
    let tree = Tree::new(["from/d/.ignore/", "from/d/a", "to/d/b"]);
    let error = deleting().gitignore(true).mirror(tree.at("from"), tree.at("to")).unwrap_err();
    assert_eq!(error.failures()[0].path(), tree.at("from/d/.ignore").as_std_path(), "{error}");
    assert!(tree.at("to/d/b").exists() && tree.at("to/d/a").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn other_file_systems_are_left_alone_on_both_sides() {
    use crate::support::mounts::{Mount, with_own_mounts};

    if !with_own_mounts("fs::mirror::other_file_systems_are_left_alone_on_both_sides") {
        return;
    }
    let tree = Tree::new(["from/a", "from/m/", "to/m/tmpfs/stays", "to/extra/", "to/gone"]);
    let Some(source) = Mount::tmpfs(&tree.at("from/m")) else { return };
    let Some(target) = Mount::tmpfs(&tree.at("to/extra")) else { return };
    source.at("f").touch().unwrap();
    target.at("g").touch().unwrap();
    let options = deleting().same_file_system(true);
    let plan = options.clone().dry_run(true).mirror(tree.at("from"), tree.at("to")).unwrap();
    let report = options.mirror(tree.at("from"), tree.at("to")).unwrap();
    for report in [&plan, &report] {
        assert_eq!((report.files, report.removed), (1, 1));
        assert_eq!(report.skipped[0].path, tree.at("from/m/tmpfs"));
        assert_eq!(report.skipped[0].reason, waypath::SkipReason::OtherFileSystem);
    }
    assert!(tree.at("to/m/tmpfs/stays").exists() && target.at("g").exists() && !tree.at("to/m/tmpfs/f").exists());
}
