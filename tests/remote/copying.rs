//! Copies between a disk and a store, and among stores.

use std::io::ErrorKind;

use waypath::{At, CopyOptions, Memory, Op, Overwrite, Report, SkipReason};

use crate::shared::util::{Tree, fails};

/// A store that has these files below `x`.
fn store_of<const N: usize>(lines: [&str; N]) -> Memory {
    let store = Memory::new();
    put(&store, lines);
    store
}

fn put<const N: usize>(store: &Memory, lines: [&str; N]) {
    let tree = Tree::new(lines);
    CopyOptions::new().merge(true).overwrite(Overwrite::Always).copy(&*tree, store / "x").unwrap();
}

/// What is below a path in a store, as files on a disk.
#[track_caller]
fn lines(path: &At<Memory>) -> Vec<String> {
    let tree = Tree::new([]);
    path.copy(tree.at("copy")).map_or_else(|_| Vec::new(), |copy| Tree::lines_of(&copy))
}

fn steps(report: &Report) -> Vec<String> {
    report.steps.iter().map(|step| format!("{} {}", step.action, step.path)).collect()
}

fn skipped(report: &Report, start: &str) -> Vec<(String, SkipReason)> {
    let below =
        |path: String| path.strip_prefix(start).unwrap_or(&path).trim_start_matches(['/', '\\']).replace('\\', "/");
    report.skipped.iter().map(|skipped| (below(skipped.path.to_string_lossy().into_owned()), skipped.reason)).collect()
}

#[test]
fn a_file_goes_up_and_comes_down() {
    let (tree, store) = (Tree::new(["a"]), Memory::new());
    let there = tree.at("a").copy(&store / "d/a").unwrap();
    assert_eq!((there == &store / "d/a", store.request_count()), (true, 2), "asked first, then put");
    let report = CopyOptions::new().copy(&there, tree.at("b")).unwrap();
    assert_eq!((report.files, report.bytes, store.request_count()), (1, 1, 4), "asked what it is, then fetched");
    tree.is(["a", "b: a"]);
    assert_eq!(there.copy_into(&*tree).unwrap_err().kind(), ErrorKind::AlreadyExists);
    tree.at("sub").mkdir().unwrap();
    assert_eq!(there.copy_into(tree.at("sub")).unwrap(), tree.at("sub/a"));
}

#[test]
fn a_tree_goes_up_and_comes_down() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b", "x/d/e/c", "x/empty/", "x/z/empty/"]), Memory::new());
    let report = CopyOptions::new().copy(tree.at("x"), &store / "x").unwrap();
    assert_eq!((report.files, report.directories, report.bytes), (3, 0, 3));
    let expected = ["empty", "z", "z/empty"].map(|name| (name.to_owned(), SkipReason::EmptyDirectory));
    assert_eq!(skipped(&report, tree.at("x").as_str()), expected);
    assert_eq!(store.request_count(), 4, "one that asks whether something is there, one for each file");

    let report = CopyOptions::new().copy(&store / "x", tree.at("y")).unwrap();
    assert_eq!((report.files, report.directories, report.bytes), (3, 3, 3));
    assert_eq!(store.request_count(), 4 + 5, "one that looks for a file, one page, one for each file");
    assert_eq!(Tree::lines_of(&tree.at("y")), ["a", "d/", "d/b", "d/e/", "d/e/c"]);
}

#[test]
fn the_time_of_an_object_becomes_that_of_the_file() {
    let (tree, store) = (Tree::new(["a"]), Memory::new());
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(1);
    let there = tree.at("a").copy(&store / "a").unwrap();
    there.copy(tree.at("b")).unwrap();
    let time = tree.at("b").stat().unwrap().modified().unwrap();
    assert!(time >= before, "{time:?}");
    assert_eq!(time.duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos(), 0);
}

#[test]
fn nothing_is_overwritten_unless_told() {
    let tree = Tree::new(["x/a", "x/d/b", "y/a"]);
    let store = store_of(["old"]);
    let before = store.request_count();
    fails(tree.at("x").copy(&store / "x"), Op::Copy, ErrorKind::AlreadyExists);
    assert_eq!(store.request_count(), before + 1);
    fails(tree.at("x/a").copy(&store / "x/old"), Op::Copy, ErrorKind::AlreadyExists);
    fails((&store / "x").copy(tree.at("y")), Op::Copy, ErrorKind::AlreadyExists);
    fails((&store / "x/old").copy(tree.at("y/a")), Op::Copy, ErrorKind::AlreadyExists);
    assert_eq!(lines(&(&store / "x")), ["old"]);
    tree.is(["x/", "x/a", "x/d/", "x/d/b", "y/", "y/a"]);
}
