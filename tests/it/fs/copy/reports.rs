//! What is told: reports, steps of a dry run, progress, and errors.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use waypath::{CopyOptions, Error, Op, Overwrite, PlanAction, PlanStep, RemoveOptions, Report, SkipReason};

use crate::support::util::Tree;

/// 4 directories with the start, 5 files.
fn tree() -> Tree {
    Tree::new(["src/a", "src/d/b", "src/d/e/c", "src/d/e/cc", "src/z/x"])
}

#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(u64, u64, PathBuf)>>>);

impl Told {
    /// Writes down each call, and breaks with one of them.
    fn listen(&self, last: usize) -> impl FnMut(&waypath::TreeProgress<'_>) -> ControlFlow<()> + Send + 'static {
        let told = self.0.clone();
        move |progress| {
            let mut told = told.lock().unwrap();
            told.push((progress.files, progress.bytes, progress.path.clone().into()));
            if told.len() == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }

    fn calls(&self) -> Vec<(u64, u64, PathBuf)> {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn reports_count_and_print() {
    let tree = tree();
    let report = CopyOptions::new().copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories, report.bytes), (5, 4, 6));
    assert_eq!((report.links, report.specials, report.hard_links, report.unchanged), (0, 0, 0, 0));
    assert!(report.skipped.is_empty() && report.steps.is_empty());
    assert_eq!(report.to_string(), "5 files, 4 directories, 6 bytes");

    let options = CopyOptions::new().exclude("d/e").exclude("**/x").overwrite(Overwrite::IfNewer);
    let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
    let skipped: Vec<_> =
        report.skipped.iter().map(|skipped| (skipped.path.to_path().unwrap(), skipped.reason)).collect();
    let expected = [tree.at("src/d/e"), tree.at("src/z/x")].map(|path| (path, SkipReason::Excluded));
    assert_eq!((skipped, report.unchanged), (expected.to_vec(), 2));
    assert_eq!(report.to_string(), "2 unchanged, 2 skipped");

    let report = RemoveOptions::new().rmtree(tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories, report.bytes), (5, 4, 0));
    assert_eq!(report.to_string(), "5 files, 4 directories");
    assert_eq!(RemoveOptions::new().remove(tree.at("to")).unwrap().to_string(), "nothing");
    assert_eq!(tree.at("src").move_to(tree.at("moved")).unwrap(), tree.at("moved"));
    let report = CopyOptions::new().move_to(tree.at("moved"), tree.at("src")).unwrap();
    assert_eq!(report.to_string(), "1 directory");
}

/// Of links, too, which are made at once.
#[cfg(unix)]
#[test]
fn a_copy_that_is_broken_off_makes_nothing_more() {
    let tree = Tree::new(["src/"]);
    (0..20).for_each(|at| crate::support::util::symlink("nowhere", &tree.at(&format!("src/{at}"))));
    let options = CopyOptions::new().progress(|_| ControlFlow::Break(()));
    let error = options.copy(tree.at("src"), tree.at("to")).unwrap_err();
    assert_eq!((error.kind(), tree.at("to").iterdir().count()), (ErrorKind::Interrupted, 1), "{error}");
}

#[test]
fn a_dry_run_prints_its_steps() {
    let tree = tree();
    let report = CopyOptions::new().dry_run(true).copy(tree.at("src/d"), tree.at("to")).unwrap();
    let line = |what: &str, path: &str| format!("{what} `{}`", tree.at(path));
    let expected = [
        line("make directory", "to"),
        line("copy to", "to/b"),
        line("make directory", "to/e"),
        line("copy to", "to/e/c"),
        line("copy to", "to/e/cc"),
        "3 files, 2 directories, 4 bytes".to_owned(),
    ];
    assert_eq!(report.to_string(), expected.join("\n"));
    let report = RemoveOptions::new().dry_run(true).rmtree(tree.at("src/z")).unwrap();
    let expected = [line("remove directory", "src/z"), line("remove", "src/z/x"), "1 file, 1 directory".to_owned()];
    assert_eq!(report.to_string(), expected.join("\n"));
}

/// What is at each path below a tree, as far as a step can say.
fn state(tree: &Tree) -> BTreeSet<String> {
    tree.lines().into_iter().collect()
}

/// The lines that appeared or went, as steps say it.
fn changes(before: &BTreeSet<String>, after: &BTreeSet<String>, tree: &Tree) -> BTreeSet<PathBuf> {
    let of = |line: &String| {
        let name = line.split(" => ").next().unwrap().split(": ").next().unwrap();
        PathBuf::from(tree.at(name))
    };
    before.symmetric_difference(after).map(of).collect()
}

fn paths(steps: &[PlanStep]) -> BTreeSet<PathBuf> {
    steps.iter().map(|step| step.path.clone().into()).collect()
}

/// The same but for the steps, and how it was done.
fn totals(report: &Report) -> Report {
    let mut report = report.clone();
    (report.steps, report.by_system, report.shared) = (Vec::new(), 0, 0);
    report
}

#[test]
fn a_dry_run_changes_nothing_and_tells_what_is_done_then() {
    for overwrite in [Overwrite::Refuse, Overwrite::Always, Overwrite::IfDifferent, Overwrite::IfNewer] {
        for merges in [false, true] {
            let tree = tree();
            tree.at("src/d/b").write_text("new content").unwrap();
            if merges {
                tree.at("to/d").mkdir_all().unwrap();
                tree.at("to/d/b").write_text("old").unwrap();
                tree.at("to/mine").touch().unwrap();
            }
            let options = CopyOptions::new().overwrite(overwrite).exclude("**/cc");
            let before = state(&tree);
            let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to"));
            assert_eq!(state(&tree), before, "{overwrite:?}");
            let report = options.copy(tree.at("src"), tree.at("to"));
            match (plan, report) {
                (Err(plan), Err(error)) => {
                    assert_eq!(plan.to_string(), error.to_string());
                    assert!(merges && overwrite == Overwrite::Refuse);
                }
                (Ok(plan), Ok(report)) => {
                    assert_eq!(totals(&plan), totals(&report), "{overwrite:?}");
                    assert!(report.steps.is_empty());
                    let replaced = merges && overwrite != Overwrite::IfNewer
                        || plan.steps.iter().any(|step| step.action == PlanAction::Replace);
                    let mut done = changes(&before, &state(&tree), &tree);
                    if !replaced {
                        done.remove(Path::new(tree.at("to/d/b").as_str()));
                        done.extend((!merges).then(|| tree.at("to/d/b").into()));
                    }
                    assert_eq!(paths(&plan.steps), done, "{overwrite:?}");
                    assert!(plan.steps.is_sorted_by(|left, right| left.path < right.path));
                }
                (plan, report) => panic!("{overwrite:?}: {plan:?} but {report:?}"),
            }
        }
    }
}

#[test]
fn a_dry_run_of_removing_tells_all() {
    for threads in [1, 3] {
        let tree = tree();
        let before = state(&tree);
        let options = RemoveOptions::new().threads(threads);
        let plan = options.clone().dry_run(true).rmtree(tree.at("src")).unwrap();
        let cleared = options.clone().dry_run(true).clear_dir(tree.at("src")).unwrap();
        assert_eq!(state(&tree), before);
        assert_eq!(totals(&options.rmtree(tree.at("src")).unwrap()), totals(&plan));
        let done = changes(&before, &state(&tree), &tree);
        assert_eq!(paths(&plan.steps), done);
        assert_eq!((plan.steps.len(), cleared.steps.len()), (9, 8));
    }
}

#[test]
fn a_dry_run_of_a_move_is_one_step() {
    let tree = tree();
    let before = state(&tree);
    let options = CopyOptions::new();
    let plan = options.clone().dry_run(true).move_to(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((plan.steps.len(), plan.steps[0].action), (1, PlanAction::Rename));
    assert_eq!(plan.steps[0].path, Path::new(tree.at("to").as_str()));
    assert_eq!(state(&tree), before);
    assert_eq!(totals(&options.move_to(tree.at("src"), tree.at("to")).unwrap()), totals(&plan));
}

#[test]
fn progress_counts_what_the_report_counts() {
    for threads in [1, 3] {
        let tree = tree();
        tree.at("src/large").write_bytes(vec![b'x'; 1_000_000]).unwrap();
        let told = Told::default();
        let options = CopyOptions::new().threads(threads).progress(told.listen(0));
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        let calls = told.calls();
        let (files, bytes, _) = calls.last().unwrap();
        assert_eq!((*files, *bytes), (report.files, report.bytes));
        assert!(calls.is_sorted_by_key(|call| (call.0, call.1)), "{calls:?}");
        let seen: BTreeSet<_> = calls.iter().map(|call| &*call.2).collect();
        let all = ["a", "d/b", "d/e/c", "d/e/cc", "large", "z/x"].map(|name| tree.at("src").join(name));
        assert_eq!(seen, all.iter().map(|path| path.as_ref()).collect());
    }
}

/// Where std removes trees, nobody is told of single files.
#[cfg(unix)]
#[test]
fn progress_of_removing_counts_what_the_report_counts() {
    for threads in [1, 3] {
        let tree = tree();
        let told = Told::default();
        let options = RemoveOptions::new().threads(threads).progress(told.listen(0));
        let report = options.rmtree(tree.at("src")).unwrap();
        let calls = told.calls();
        assert_eq!(calls.last().unwrap().0, report.files + report.directories);
        assert_eq!(calls.iter().map(|call| call.0).collect::<Vec<_>>(), Vec::from_iter(1..=9));
        let seen: BTreeSet<_> = calls.into_iter().map(|call| call.2).collect();
        assert_eq!(seen.len(), 9);
        assert!(seen.iter().all(|path| path.starts_with(tree.at("src").as_str())));
    }
}

#[test]
fn a_copy_that_is_stopped_leaves_whole_files_only() {
    const LARGE: usize = 1_000_000;
    for threads in [1, 3] {
        for last in 1.. {
            let tree = tree();
            tree.at("src/d/large").write_bytes(vec![b'x'; LARGE]).unwrap();
            // One that is copied piece by piece.
            tree.at("src/holes").write_bytes(vec![b'x'; LARGE]).unwrap();
            File::options().write(true).open(tree.at("src/holes")).unwrap().set_len(2 * LARGE as u64).unwrap();
            tree.at("to/d").mkdir_all().unwrap();
            tree.at("to/d/large").write_text("old").unwrap();
            tree.at("to/holes").write_text("old").unwrap();
            let told = Told::default();
            let options = CopyOptions::new().threads(threads).overwrite(Overwrite::Always).progress(told.listen(last));
            let result = options.copy(tree.at("src"), tree.at("to"));
            let calls = told.calls().len();
            assert!(calls <= last, "nobody is told after the break");
            if calls < last {
                result.unwrap();
                assert!(last > if cfg!(target_os = "linux") { 15 } else { 10 }, "there were several calls");
                break;
            }
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.op()), (ErrorKind::Interrupted, Op::Copy));
            for entry in tree.at("to").walk() {
                let entry = entry.unwrap();
                if !entry.is_file() {
                    continue;
                }
                let original = tree.at("src").join(entry.relative_to(tree.at("to")).unwrap());
                let content = entry.read_bytes().unwrap();
                let is_old = ["large", "holes"].contains(&entry.name()) && content == b"old";
                assert!(is_old || content == original.read_bytes().unwrap(), "{entry}: {} bytes", content.len());
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn removing_that_is_stopped_leaves_the_rest() {
    for threads in [1, 3] {
        for last in 1..=9 {
            let tree = tree();
            let told = Told::default();
            let options = RemoveOptions::new().threads(threads).progress(told.listen(last));
            let error = options.rmtree(tree.at("src")).unwrap_err();
            assert_eq!((error.kind(), error.op()), (ErrorKind::Interrupted, Op::Rmtree));
            let left = tree.lines().len();
            assert!(left <= 9 - last && left + last + threads > 9, "{left} left after {last}, {threads} threads");
        }
    }
}

#[test]
fn errors_say_what_failed() {
    let tree = Tree::new(["src/a", "src/d/b", "to/a/", "to/d/b/", "to/z"]);
    let options = CopyOptions::new().overwrite(Overwrite::Always);
    let error = options.copy(tree.at("src"), tree.at("to")).unwrap_err();
    assert_eq!((error.op(), error.kind(), error.failure_count()), (Op::Copy, ErrorKind::IsADirectory, 2));
    let (src, to) = (tree.at("src"), tree.at("to"));
    let one = |name: &str| {
        let (src, to) = (src.join(name), to.join(name));
        format!("cannot copy `{src}` to `{to}`: a directory is not replaced")
    };
    let all = format!("cannot copy `{src}` to `{to}`: 2 failures");
    assert_eq!(error.to_string(), format!("{all}, the first: {}", one("a")));
    assert!(format!("{error:?}").starts_with(&format!("{all}\n  {}\n  {}", one("a"), one("d/b"))), "{error:?}");
    assert_eq!(error.failures().iter().map(Error::to_string).collect::<Vec<_>>(), [one("a"), one("d/b")]);

    let error = tree.at("src/a").copy(tree.at("no/where")).unwrap_err();
    assert_eq!((error.op(), error.kind(), error.failure_count()), (Op::Copy, ErrorKind::NotFound, 1));
    let message = format!("cannot copy `{}` to `{}`: ", tree.at("src/a"), tree.at("no/where"));
    assert!(error.to_string().starts_with(&message), "{error}");
    assert!(format!("{error:?}").starts_with(&message), "{error:?}");
    assert_eq!(error.second_path().unwrap(), Path::new(tree.at("no/where").as_str()));

    let error = tree.at("no").move_to(tree.at("to/x")).unwrap_err();
    assert_eq!((error.op(), error.kind()), (Op::Move, ErrorKind::NotFound));
    let error = tree.at("no").rmtree().unwrap_err();
    assert_eq!((error.op(), error.kind()), (Op::Rmtree, ErrorKind::NotFound));
    let error = tree.at("to/z").rmtree().unwrap_err();
    assert_eq!((error.op(), error.kind()), (Op::Rmtree, ErrorKind::NotADirectory));
    for path in ["..", ".", "/", "a/.."] {
        let error = waypath::path(path).rmtree().unwrap_err();
        assert_eq!((error.op(), error.kind()), (Op::Rmtree, ErrorKind::InvalidInput), "{path}");
        let error = waypath::path(path).remove().unwrap_err();
        assert_eq!((error.op(), error.kind()), (Op::Remove, ErrorKind::InvalidInput), "{path}");
    }
}

#[test]
fn many_failures_are_counted() {
    let tree = Tree::new(["src/", "to/"]);
    for at in 0..250 {
        tree.at(&format!("src/{at:03}")).touch().unwrap();
        tree.at(&format!("to/{at:03}")).mkdir().unwrap();
    }
    for threads in [1, 3] {
        let options = CopyOptions::new().overwrite(Overwrite::Always).threads(threads);
        let error = options.copy(tree.at("src"), tree.at("to")).unwrap_err();
        assert_eq!((error.kind(), error.failure_count(), error.failures().len()), (ErrorKind::IsADirectory, 250, 100));
        assert!(format!("{error:?}").contains("\n  and 150 more"));
        assert!(error.failures().is_sorted_by_key(|failure| failure.path().to_owned()));
    }
}

#[test]
fn what_is_excluded_is_left_out_and_reported() {
    let tree = Tree::new(["src/a.tmp", "src/d/b.tmp", "src/d/keep", "src/target/x", "src/d/target/y", "src/target2"]);
    for threads in [1, 3] {
        let options = CopyOptions::new().threads(threads).exclude(["**/*.tmp", "target"]);
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.directories, report.skipped.len()), (3, 3, 3));
        let lines: Vec<_> = tree.lines().into_iter().filter(|line| line.starts_with("to")).collect();
        assert_eq!(lines, ["to/", "to/d/", "to/d/keep", "to/d/target/", "to/d/target/y", "to/target2"]);
        tree.at("to").rmtree().unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_says_how_content_was_copied() {
    let tree = tree();
    tree.at("src/large").write_bytes(vec![b'x'; 1_000_000]).unwrap();
    let report = CopyOptions::new().copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.shared + report.by_system), (6, 1), "{report:?}");
    let plan = CopyOptions::new().dry_run(true).copy(tree.at("src"), tree.at("new")).unwrap();
    assert_eq!((plan.shared, plan.by_system), (0, 0), "nothing is copied");
}

#[test]
fn a_plan_says_what_is_copied_over() {
    let tree = tree();
    tree.at("old").touch().unwrap();
    let options = CopyOptions::new().overwrite(Overwrite::Always).dry_run(true);
    let plan = options.copy(tree.at("src/a"), tree.at("old")).unwrap();
    assert_eq!(plan.to_string(), format!("copy over `{}`\n1 file, 1 byte", tree.at("old")));
}

#[test]
fn a_move_that_renames_calls_progress_once() {
    let tree = tree();
    let told = Told::default();
    CopyOptions::new().progress(told.listen(0)).move_to(tree.at("src"), tree.at("moved")).unwrap();
    assert_eq!(told.calls(), [(1, 0, PathBuf::from(tree.at("src")))]);
}

#[test]
fn the_progress_of_a_single_file_has_its_path() {
    let tree = Tree::new([]);
    let from = tree.at("from");
    from.write_text("four").unwrap();
    let told = Told::default();
    CopyOptions::new().progress(told.listen(usize::MAX)).copy(&from, tree.at("to")).unwrap();
    let from = PathBuf::from(from.as_str());
    assert_eq!(told.calls(), [(0, 4, from.clone()), (1, 4, from)]);
}
