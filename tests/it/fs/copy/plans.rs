//! A plan is what then happens, for all trees and all options; a report is what is on the disk then; and the source is what
//! it was.
//!
//! A failure prints the smallest input that shows it. `WAYPATH_LONG=1` tries twenty times as many.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::select;
use waypath::{CopyOptions, Error, FileKind, Overwrite, Path, PlanAction, PlanStep, Report, Specials, Symlinks};

use super::OVERWRITES;
use super::copy_laws::{Plan, build, plan};
use crate::support::laws::config;
use crate::support::mounts::{Mount, with_own_mounts};
use crate::support::snapshot::{assert_same, snapshot};
use crate::support::util::Tree;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_plan_is_what_then_happens(new in plan(), old in old(), options in options(), threads in 1_usize..4) {
        let tree = Tree::new(["src/"]);
        let (from, to) = (tree.at("src"), tree.at("to"));
        build(&new, &from);
        match &old {
            Old::Nothing => {}
            Old::Other(old) => { to.mkdir().unwrap(); build(old, &to) }
            Old::Part(count) => { to.mkdir().unwrap(); build(&new[..new.len().min(*count)].to_vec(), &to) }
        }
        let (source, target, before) = (snapshot(&from), identities(&tree), snapshot(&*tree));

        let planned = options.clone().dry_run(true).threads(threads).copy(&from, &to);
        assert_same(&snapshot(&*tree), &before, "a dry run");
        prop_assert_eq!(&identities(&tree), &target, "a dry run replaces nothing");

        let done = options.clone().threads(threads).copy(&from, &to);
        assert_same(&snapshot(&from), &source, "the source");
        let after = identities(&tree);
        // Which name of a file is the first depends on the threads.
        let is_exact = threads == 1;
        prop_assert_eq!(failures(&planned), failures(&done));
        if let (Some(planned), Some(done)) = (report(&planned), report(&done)) {
            if is_exact || !has_second_names(&new) {
                prop_assert_eq!(totals(planned), totals(done));
            }
            prop_assert!(done.steps.is_empty());
            if is_exact {
                check_steps(&planned.steps, &target, &after)?;
            }
            check_report(done, &target, &after, is_exact)?;
        }
    }

    #[test]
    fn a_second_archive_does_nothing(new in plan(), old in old(), threads in 1_usize..4) {
        let tree = Tree::new(["src/"]);
        let (from, to) = (tree.at("src"), tree.at("to"));
        build(&new, &from);
        if let Old::Other(old) = &old {
            to.mkdir().unwrap();
            build(old, &to);
        }
        let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent).threads(threads);
        let first = options.copy(&from, &to);
        let (source, before, target) = (snapshot(&from), snapshot(&to), identities(&to));
        let planned = options.clone().dry_run(true).copy(&from, &to);
        let second = options.copy(&from, &to);
        prop_assert_eq!(failures(&first), failures(&second));
        prop_assert_eq!(failures(&first), failures(&planned));
        for report in [report(&second), report(&planned)].into_iter().flatten() {
            let Report { files, directories, links, specials, hard_links, bytes, updated, .. } = *report;
            let done = [files, directories, links, specials, hard_links, bytes, updated];
            prop_assert_eq!(done, [0; 7], "{}", report);
            prop_assert!(report.steps.is_empty(), "{}", report);
        }
        prop_assert_eq!(identities(&to), target);
        assert_same(&snapshot(&to), &before, "the second time");
        assert_same(&snapshot(&from), &source, "the source");
    }
}

/// By its report and its steps, a move to another device is a copy.
#[test]
fn a_plan_of_a_move_to_another_device_is_what_then_happens() {
    if !with_own_mounts("fs::copy::plans::a_plan_of_a_move_to_another_device_is_what_then_happens") {
        return;
    }
    let tree = Tree::new(["f", "l => f", "d/sub/f", "d/l => sub", "d/empty/"]);
    fs::hard_link(tree.at("d/sub/f"), tree.at("d/second")).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    for name in ["d/pipe", "pipe"] {
        rustix::fs::mknodat(rustix::fs::CWD, tree.at(name).as_str(), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    }
    fs::File::create(tree.at("d/holes")).unwrap().set_len(300_000).unwrap();
    let Some(tmpfs) = Mount::tmpfs(&tree) else { return };
    for (name, taken) in ["f", "l", "pipe", "d"].into_iter().flat_map(|name| [(name, false), (name, true)]) {
        for overwrite in OVERWRITES {
            for threads in [1, 3] {
                let (from, to) = (tree.at("moved"), tmpfs.at("to"));
                CopyOptions::archive().copy(tree.at(name), &from).unwrap();
                if taken {
                    to.write_text("old").unwrap();
                    std::fs::File::options()
                        .write(true)
                        .open(&to)
                        .unwrap()
                        .set_modified(std::time::UNIX_EPOCH)
                        .unwrap();
                }
                let options = CopyOptions::new().overwrite(overwrite).threads(threads);
                let before = identities(&tree);
                let planned = options.clone().dry_run(true).move_to(&from, &to);
                assert_eq!(identities(&tree), before);
                let done = options.move_to(&from, &to);
                assert_eq!(failures(&planned), failures(&done), "{name}, {overwrite:?}");
                if let (Ok(planned), Ok(done)) = (planned, done) {
                    assert_eq!(totals(&planned), totals(&done), "{name}, {overwrite:?}");
                    let told: BTreeSet<PathBuf> = planned.steps.iter().map(|step| step.path.clone().into()).collect();
                    let there = identities(&tree).into_keys().filter(|path| path.starts_with(to.as_str()));
                    let there: BTreeSet<_> = there.collect();
                    assert_eq!(told, there, "{planned}");
                    assert!(!from.is_symlink() && !from.exists());
                }
                from.remove().unwrap();
                to.remove().unwrap();
            }
        }
    }
}

/// What is assumed to be removed is not in the way of a plan, nor is what is below it; a copy finds it there.
#[test]
fn a_plan_leaves_out_what_will_be_removed() {
    let tree = Tree::new(["src/x/f", "src/y", "to/x", "to/y/z/"]);
    let copy = |options: CopyOptions<'_>| options.copy(tree.at("src"), tree.at("to"));
    let options = CopyOptions::new().overwrite(Overwrite::Always);
    let plan = options.clone().dry_run(true);
    let failed = |removed: &[&str]| failures(&copy(plan.clone().assume_removed(removed.iter().copied()))).len();
    assert_eq!((failed(&[]), failed(&["x"]), failed(&["y"]), failed(&["x/f"])), (2, 1, 1, 2));
    let report = copy(plan.clone().assume_removed(["x", "y"])).unwrap();
    assert_eq!((report.files, report.directories), (2, 1), "{report}");
    assert_eq!(failures(&copy(options.assume_removed(["x", "y"]))).len(), 2);
    tree.is(["src/", "src/x/", "src/x/f", "src/y", "to/", "to/x", "to/y/", "to/y/z/"]);
}

/// What is removed has a path below the destination, whose own name is the same here.
#[test]
fn a_plan_does_not_take_the_destination_for_removed() {
    let tree = Tree::new(["src/to", "to/to/"]);
    let plan = CopyOptions::new().overwrite(Overwrite::Always).dry_run(true).assume_removed(["to"]);
    let report = plan.copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories), (1, 0), "{report}");
}

/// Names that are copied last have nothing in their way in directories that are not there yet, whatever is above these.
#[test]
fn a_plan_looks_for_nothing_in_directories_that_are_not_there() {
    let tree = Tree::new(["src/d/e/a", "to/a/", "to/b/", "to/d/a/", "to/d/b/"]);
    fs::hard_link(tree.at("src/d/e/a"), tree.at("src/d/e/b")).unwrap();
    for overwrite in OVERWRITES {
        let options = CopyOptions::archive().overwrite(overwrite);
        let plan = options.clone().dry_run(true).copy(tree.at("src/d"), tree.at("to/d"));
        let result = options.copy(tree.at("src/d"), tree.at("to/d"));
        assert_eq!(failures(&plan), failures(&result), "{overwrite:?}");
        if let (Ok(plan), Ok(report)) = (plan, result) {
            assert_eq!(totals(&plan), totals(&report), "{overwrite:?}");
            tree.at("to/d/e").rmtree().unwrap();
        }
    }
}

fn cases() -> ProptestConfig {
    let config = config(8);
    let more = if std::env::var_os("WAYPATH_LONG").is_some() { 40 } else { 1 };
    ProptestConfig { cases: config.cases * more, ..config }
}

/// What is at the target already.
#[derive(Clone, Debug)]
enum Old {
    Nothing,
    Other(Plan),
    /// So many of the things at the source.
    Part(usize),
}

fn old() -> impl Strategy<Value = Old> {
    prop_oneof![Just(Old::Nothing), plan().prop_map(Old::Other), (0_usize..16).prop_map(Old::Part)]
}

fn options() -> impl Strategy<Value = CopyOptions<'static>> {
    let patterns = select(&[None, None, Some("**/c"), Some("a/**"), Some("b/"), Some("**/a/*"), Some("?")][..]);
    let policies = (
        select(&OVERWRITES[..]),
        select(&[Symlinks::KeepInside, Symlinks::Keep, Symlinks::Follow][..]),
        select(&[Specials::Skip, Specials::Recreate, Specials::Refuse][..]),
    );
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (policies, switches, patterns).prop_map(|((overwrite, symlinks, specials), switches, pattern)| {
        let (mode, times, xattrs, owner, hard_links) = switches;
        let options = CopyOptions::new().overwrite(overwrite).symlinks(symlinks).specials(specials);
        let options = options
            .preserve_mode(mode)
            .preserve_times(times)
            .preserve_xattrs(xattrs)
            .preserve_owner(owner)
            .preserve_hard_links(hard_links);
        pattern.map_or(options.clone(), |pattern| options.exclude(pattern))
    })
}

fn has_second_names(plan: &Plan) -> bool {
    plan.iter().any(|(_, node, _)| matches!(node, super::copy_laws::Node::SecondName))
}

/// What tells a file from others, what it is, and how long it is: by its path.
type Identities = BTreeMap<PathBuf, (u64, FileKind, u64)>;

fn identities(start: &Path) -> Identities {
    let of = |entry: waypath::Result<waypath::Entry>| {
        let entry = entry.unwrap();
        let found = fs::symlink_metadata(entry.as_str()).unwrap();
        let length = if found.is_file() { found.len() } else { 0 };
        (PathBuf::from(entry.as_str()), (found.ino(), entry.kind(), length))
    };
    start.walk().map(of).collect()
}

fn report(result: &waypath::Result<Report>) -> Option<&Report> {
    result.as_ref().map_or_else(Error::report, Some)
}

fn failures(result: &waypath::Result<Report>) -> BTreeSet<(PathBuf, String)> {
    let of = |error: &Error| (error.path().as_std_path().to_owned(), format!("{:?}", error.kind()));
    result.as_ref().err().map(|error| error.failures().iter().map(of).collect()).unwrap_or_default()
}

/// The same without the steps, and how content was copied.
fn totals(report: &Report) -> Report {
    let mut report = report.clone();
    (report.steps, report.by_system, report.shared) = (Vec::new(), 0, 0);
    // That a file system refuses an attribute shows when it is set.
    (report.not_kept, report.not_kept_count) = (Vec::new(), 0);
    report
}

/// The steps are exactly what is new on the disk.
fn check_steps(steps: &[PlanStep], before: &Identities, after: &Identities) -> Result<(), TestCaseError> {
    let told: BTreeMap<PathBuf, _> = steps.iter().map(|step| (step.path.clone().into(), step.action)).collect();
    prop_assert_eq!(told.len(), steps.len(), "each path once: {:?}", steps);
    let is_new = |path: &PathBuf| after.get(path).map(|found| found.0) != before.get(path).map(|found| found.0);
    let new: BTreeSet<_> = after.keys().chain(before.keys()).filter(|path| is_new(path)).cloned().collect();
    let made: BTreeMap<_, _> = told.into_iter().filter(|told| told.1 != PlanAction::SetAttributes).collect();
    prop_assert_eq!(made.keys().cloned().collect::<BTreeSet<_>>(), new);
    for (path, action) in made {
        let kind = after[&path].1;
        let expected = match (action, kind) {
            (PlanAction::HardLink, _) => kind != FileKind::Directory,
            (PlanAction::Copy, FileKind::File) => !before.contains_key(&path),
            (PlanAction::Replace, FileKind::File) => before.contains_key(&path),
            (PlanAction::MakeDirectory, _) => kind == FileKind::Directory,
            (PlanAction::Link, _) => kind == FileKind::Symlink,
            (PlanAction::MakeSpecial, _) => kind == FileKind::Other,
            _ => false,
        };
        prop_assert!(expected, "{:?} {:?}: {:?}", path, action, kind);
    }
    Ok(())
}

/// The report counts what is new on the disk.
fn check_report(report: &Report, before: &Identities, after: &Identities, is_exact: bool) -> Result<(), TestCaseError> {
    let new = || after.iter().filter(|(path, found)| before.get(*path).map(|found| found.0) != Some(found.0));
    let count = |kind| new().filter(|(_, found)| found.1 == kind).count() as u64;
    let Report { files, directories, links, specials, hard_links, bytes, .. } = *report;
    prop_assert_eq!(directories, count(FileKind::Directory));
    let others = count(FileKind::File) + count(FileKind::Symlink) + count(FileKind::Other);
    prop_assert_eq!(files + links + specials + hard_links, others, "{}", report);
    if hard_links == 0 && is_exact {
        let lengths: u64 = new().map(|(_, found)| found.2).sum();
        prop_assert_eq!(
            (files, links, specials),
            (count(FileKind::File), count(FileKind::Symlink), count(FileKind::Other))
        );
        prop_assert_eq!(bytes, lengths, "{}", report);
    }
    Ok(())
}
