//! Laws of copies and mirrors, for random trees.

use std::collections::BTreeMap;

use proptest::prelude::*;
use waypath::{CopyOptions, Memory, MirrorOptions, Path};

use crate::copying::requests;
use crate::shared::laws::config;
use crate::shared::util::Tree;

/// Files by their paths, none of which is in another.
type Files = BTreeMap<String, String>;

fn files() -> impl Strategy<Value = Files> {
    let name = prop::sample::select(vec!["a", "b", "a-b", "a.b", "c d", "\u{e9}", "B", "a0"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|parts| parts.join("/"));
    prop::collection::btree_map(path, "[xy]{0,2}", 0..12).prop_map(without_files_as_directories)
}

fn without_files_as_directories(mut files: Files) -> Files {
    let paths: Vec<String> = files.keys().cloned().collect();
    files.retain(|path, _| !paths.iter().any(|other| other.starts_with(&format!("{path}/"))));
    // Where case does not count.
    let folded: Vec<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    files.retain(|path, _| folded.iter().filter(|other| **other == path.to_lowercase()).count() == 1);
    if folded.iter().any(|path| path.contains("b/") || path.ends_with('b')) {
        files.retain(|path, _| !path.contains('B'));
    }
    files
}

fn build(files: &Files, at: &Path) {
    at.mkdir_all().unwrap();
    for (path, content) in files {
        let file = at.join(path.as_str());
        file.parent().mkdir_all().unwrap();
        file.write_text(content).unwrap();
    }
}

fn put(files: &Files, store: &Memory) {
    // Even without files, the directory is there.
    if files.is_empty() {
        (store / "x/none").write_text("").unwrap();
    }
    for (path, content) in files {
        (store / "x" / path.as_str()).write_text(content).unwrap();
    }
}

/// What is below a directory: its files.
fn on_disk(at: &Path) -> Files {
    let files = at.walk().only(waypath::FileKind::File).map(|entry| entry.unwrap());
    files.map(|entry| (entry.relative_to(at).unwrap().as_posix().into_owned(), entry.read_text().unwrap())).collect()
}

proptest! {
    #![proptest_config(config(5))]

    #[test]
    fn what_goes_up_comes_down(files in files(), threads in 1..5_usize) {
        prop_assume!(!files.is_empty());
        let (tree, store) = (Tree::new([]), Memory::new());
        build(&files, &tree.at("x"));
        let options = CopyOptions::new().threads(threads);
        let plan = options.clone().dry_run(true).copy(tree.at("x"), &store / "x").unwrap();
        let report = options.copy(tree.at("x"), &store / "x").unwrap();
        prop_assert_eq!((report.files, report.bytes), (plan.files, plan.bytes));
        prop_assert_eq!(plan.steps.len(), files.len());
        options.copy(&store / "x", &store / "y").unwrap();
        options.copy(&store / "y", tree.at("y")).unwrap();
        prop_assert_eq!(on_disk(&tree.at("y")), files);
    }

    #[test]
    fn a_mirror_is_like_its_source(new in files(), old in files(), threads in 1..5_usize) {
        prop_assume!(!new.is_empty());
        let options = MirrorOptions::new().delete(true).threads(threads);
        let (tree, store) = (Tree::new([]), Memory::new());
        build(&new, &tree.at("new"));
        build(&old, &tree.at("old"));
        put(&old, &store);

        let plan = options.clone().dry_run(true).mirror(tree.at("new"), &store / "x").unwrap();
        let report = options.mirror(tree.at("new"), &store / "x").unwrap();
        prop_assert_eq!((report.files, report.removed), (plan.files, plan.removed));
        let (again, count) = requests(&store, || options.mirror(tree.at("new"), &store / "x").unwrap());
        prop_assert_eq!((again.files, again.removed, again.unchanged, count), (0, 0, new.len() as u64, 1));

        let plan = options.clone().dry_run(true).mirror(&store / "x", tree.at("old")).unwrap();
        let report = options.mirror(&store / "x", tree.at("old")).unwrap();
        prop_assert_eq!((report.files, report.directories, report.removed), (plan.files, plan.directories, plan.removed));
        prop_assert_eq!(on_disk(&tree.at("old")), new);
        let again = options.mirror(&store / "x", tree.at("old")).unwrap();
        prop_assert_eq!((again.files, again.directories, again.removed), (0, 0, 0));
    }

    #[test]
    fn exclusion_means_the_same_as_between_disks(files in files(), pattern in prop::sample::select(vec!["a", "**/a", "a/**", "**/*.b", "*/b", "**/a-b/"])) {
        prop_assume!(!files.is_empty());
        let (tree, store) = (Tree::new([]), Memory::new());
        build(&files, &tree.at("x"));
        put(&files, &store);
        let options = CopyOptions::new().exclude(pattern);
        options.copy(tree.at("x"), tree.at("expected")).unwrap();
        options.copy(&store / "x", tree.at("down")).unwrap();
        options.copy(tree.at("x"), &store / "up").unwrap();
        let expected = on_disk(&tree.at("expected"));
        prop_assert_eq!(&on_disk(&tree.at("down")), &expected);
        if !expected.is_empty() {
            (&store / "up").copy(tree.at("up")).unwrap();
            prop_assert_eq!(&on_disk(&tree.at("up")), &expected);
        }
    }
}
