//! What git ignores: the same as `git check-ignore` says of random trees and rules, by whatever way a path is reached.

use std::collections::BTreeSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use waypath::{CopyOptions, Path, Pattern, SkipReason};

use super::gitignore::{listed, paths, repository};
use crate::support::util::Tree;

/// What rules are made of.
#[rustfmt::skip] // A line for each kind.
const FRAGMENTS: &[&str] = &[
    "a", "a", "b", "a.x", "/", "/", "/", "!", "!", "\n", "\n", "\n", "*", "*", "**", "**/", "/**", "?", "***",
    "[ab]", "[!a]", "[^b]", "[a-b]", "[]]", "[a", "]", "[[:alpha:]]", "[[:x:]]", "[[:alpha]", "[\\]]", "[b-a]", "[!]a]",
    "\\", "\\a", "\\*", "\\ ", " ", " \n", "  \n", "\t", "#", "\\#", "\\!", "{a,b}", "é", "\r\n", "-", "[a-", "[--0]", "^",
];

/// Names in generated trees.
const NAMES: &[&str] =
    &["a", "b", "a.x", "aa", "ab", "a b", "é", "[a", "*", "#", "!", "{a,b}", "a ", "\\a", "]", "-", "^"];

fn rules() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => vec(select(FRAGMENTS), 0..12).prop_map(|fragments| fragments.concat()),
        1 => vec((select(&["", "!", "/", "!/"][..]), select(NAMES), select(&["", "/", "/*", "/**", "/a"][..])), 0..4)
            .prop_map(|lines| lines.into_iter().map(|(start, name, end)| format!("{start}{name}{end}\n")).collect()),
    ]
}

proptest! {
    #![proptest_config(crate::support::laws::config(1))]

    #[test]
    fn what_git_ignores_is_ignored(
        files in vec(vec(select(NAMES), 1..4), 1..10),
        placed in vec((any::<prop::sample::Index>(), rules()), 1..4),
        (exclude, user) in (rules(), rules()),
        start in any::<prop::sample::Index>(),
    ) {
        let tree = repository([]);
        for names in &files {
            let file = names.iter().fold(tree.to_path_buf(), |path, name| path / *name);
            // What is a file already stays one.
            if file.parent().mkdir_all().is_ok() {
                _ = file.write_new("");
            }
        }
        let all = paths(tree.walk().exclude(".git"));
        let mut directories: Vec<_> = all.iter().filter(|path| tree.at(path).is_dir()).map(|path| tree.at(path)).collect();
        directories.push(tree.to_path_buf());
        for (at, rules) in &placed {
            (at.get(&directories) / ".gitignore").write_text(rules)?;
        }
        (&*tree / ".git/info/exclude").write_text(&exclude)?;
        (&*tree / ".git/user").write_text(&user)?;

        let all = paths(tree.walk().exclude(".git"));
        let Some(ignored) = ignored_by_git(&tree, &all) else { return Ok(()) };
        let kept: Vec<_> = all.iter().filter(|path| !ignored.contains(*path)).cloned().collect();
        prop_assert_eq!(&listed(&tree), &kept);
        every_way_leads_there(&tree, &all, &kept);
        let copy = Tree::new([]);
        let report = CopyOptions::new().gitignore(true).threads(2).copy(&*tree, &*copy / "copy")?;
        prop_assert_eq!(&paths((&*copy / "copy").walk()), &kept);
        prop_assert!(report.skipped.iter().all(|skipped| skipped.reason == SkipReason::Ignored));

        let start = start.get(&directories);
        let way = start.relative_to(&*tree)?.as_posix().into_owned();
        if way != "." && !ignored.contains(&way) {
            let prefix = format!("{way}/");
            let below: Vec<_> = kept.iter().filter_map(|path| path.strip_prefix(&prefix)).collect();
            prop_assert_eq!(listed(start), below);
        }
    }
}

/// In threads, without order, looked up by name, and by a pattern.
fn every_way_leads_there(tree: &Path, all: &[String], kept: &[String]) {
    let expected: BTreeSet<_> = kept.iter().cloned().collect();
    let found = Mutex::new(BTreeSet::new());
    let visited = tree.walk().gitignore(true).threads(3).par_visit(|entry| {
        found.lock().unwrap().insert(entry.unwrap().relative().as_posix().into_owned());
        ControlFlow::<()>::Continue(())
    });
    assert_eq!((visited, found.into_inner().unwrap()), (ControlFlow::Continue(()), expected.clone()));
    assert_eq!(paths(tree.walk().gitignore(true).unsorted(true)).into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(paths(tree.rglob("?*").unwrap().gitignore(true)), kept);
    for path in all {
        let pattern = Pattern::literal(&waypath::path(path));
        let expected: &[_] = if expected.contains(path) { std::slice::from_ref(path) } else { &[] };
        assert_eq!(paths(tree.glob(&pattern).unwrap().gitignore(true)), expected);
    }
}

/// Which of some paths git ignores; nothing if there is no git.
fn ignored_by_git(tree: &Path, paths: &[String]) -> Option<BTreeSet<String>> {
    let git = Command::new("git")
        .args(["check-ignore", "--no-index", "-z", "--stdin"])
        .current_dir(tree)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut git = match git {
        Ok(git) => git,
        Err(error) => {
            eprintln!("SKIPPED: git does not run: {error}");
            return None;
        }
    };
    let mut input = git.stdin.take().unwrap();
    let text: String = paths.iter().map(|path| format!("./{path}\0")).collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = git.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    // 1 says that none is ignored.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    let found = String::from_utf8(output.stdout).unwrap();
    Some(found.split_terminator('\0').map(|path| path.trim_start_matches("./").to_owned()).collect())
}
