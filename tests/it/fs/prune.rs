//! What `exclude` and `prune` leave out: the same of listings, copies and removals.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use waypath::{CopyOptions, Entry, FileKind, Op, RemoveOptions, SkipReason, Walk, path};

use crate::support::util::Tree;

const FILES: [&str; 8] = [
    "from/a/x",
    "from/a/target/y",
    "from/b/target",
    "from/b/c/x",
    "from/b/c/z",
    "from/target/d/",
    "from/x",
    "from/empty/",
];

/// The relative paths of a listing.
fn names(walk: Walk<'_>) -> BTreeSet<String> {
    walk.map(|entry| entry.unwrap().relative().as_posix().into_owned()).collect()
}

/// The paths, and all directories above them.
fn with_parents(paths: &BTreeSet<String>) -> BTreeSet<String> {
    let with_parents = |text: &String| {
        let path = path(text);
        let parents: Vec<_> = path.parents().map(|parent| parent.as_posix().into_owned()).collect();
        parents.into_iter().filter(|parent| parent != ".").chain([text.clone()])
    };
    paths.iter().flat_map(with_parents).collect()
}

type Prune = fn(&Entry) -> bool;

const CASES: [(&[&str], Prune); 8] = [
    (&[], |_| false),
    (&["**/target"], |_| false),
    (&["**/target/"], |_| false),
    (&["b/*"], |entry| entry.name() == "x"),
    (&[], |entry| entry.kind() == FileKind::Directory && entry.name() == "target"),
    (&[], |entry| entry.depth() == 2),
    (&[], |entry| entry.relative() == "b/c"),
    (&["**"], |_| true),
];

#[test]
fn listings_copies_and_removals_leave_out_the_same() {
    for (number, (patterns, prune)) in CASES.into_iter().enumerate() {
        for threads in [1, 3] {
            let tree = Tree::new(FILES);
            let (from, to) = (tree.at("from"), tree.at("to"));
            let all = names(from.walk());
            let expected = names(from.walk().exclude(patterns).prune(prune));

            let options = CopyOptions::new().threads(threads).exclude(patterns).prune(prune);
            let plan = options.clone().dry_run(true).copy(&from, &to).unwrap();
            let copied = options.copy(&from, &to).unwrap();
            assert_eq!(names(to.walk()), expected, "case {number}");
            assert_eq!(plan.skipped, copied.skipped, "case {number}");

            let options = RemoveOptions::new().threads(threads).exclude(patterns).prune(prune);
            let plan = options.clone().dry_run(true).clear_dir(&from).unwrap();
            assert_eq!(names(from.walk()), all);
            let removed = options.clear_dir(&from).unwrap();
            let kept: BTreeSet<_> = all.difference(&expected).cloned().collect();
            assert_eq!(names(from.walk()), with_parents(&kept), "case {number}");
            assert_eq!((&plan.skipped, plan.directories), (&removed.skipped, removed.directories), "case {number}");
            assert_eq!(removed.skipped, copied.skipped, "case {number}");
            assert!(removed.skipped.iter().all(|skipped| skipped.reason == SkipReason::Excluded));

            let again = options.rmtree(&from).unwrap();
            assert_eq!((from.exists(), again.skipped), (!kept.is_empty(), removed.skipped), "case {number}");
        }
    }
}

#[test]
fn nothing_is_removed_if_a_pattern_is_useless() {
    let tree = Tree::new(["d/f"]);
    for pattern in ["/f", "../f", "", "."] {
        let error = RemoveOptions::new().exclude(pattern).rmtree(tree.at("d")).unwrap_err();
        assert_eq!((error.op(), error.kind()), (Op::Pattern, ErrorKind::InvalidInput));
    }
    assert!(tree.at("d/f").is_file());
}

#[test]
fn closures_of_options_borrow_and_are_asked_in_all_clones() {
    let tree = Tree::new(["d/a", "d/b", "d/c/e"]);
    let mut asked = Vec::new();
    let options = CopyOptions::new().prune(|entry| (asked.push(entry.path().to_owned()), entry.name() == "c").1);
    let other = options.clone().prune(|entry| entry.name() == "a");
    assert_eq!(options.copy(tree.at("d"), tree.at("to")).unwrap().files, 2);
    assert_eq!(other.copy(tree.at("d"), tree.at("other")).unwrap().files, 1);
    drop((options, other));
    asked.sort();
    asked.dedup();
    assert_eq!(asked, ["d/a", "d/b", "d/c"].map(|path| tree.at(path)));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_not_asked_about() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let tree = Tree::new(["d/a"]);
    std::fs::write(tree.at("d").as_std_path().join(OsStr::from_bytes(b"\xff")), "").unwrap();
    let report = CopyOptions::new().prune(|_| true).copy(tree.at("d"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.skipped.len()), (1, 1));
    let report = RemoveOptions::new().prune(|_| true).clear_dir(tree.at("d")).unwrap();
    assert_eq!((report.files, names(tree.at("d").walk())), (1, BTreeSet::from(["a".to_owned()])));
}
