//! What git ignores: the same as `git check-ignore` says, by whatever way a path is reached.

use std::collections::BTreeSet;
use std::io::ErrorKind;
#[cfg(unix)]
use std::io::Write;
use std::ops::ControlFlow;
#[cfg(unix)]
use std::process::{Command, Stdio};
use std::sync::Mutex;

#[cfg(unix)]
use proptest::collection::vec;
#[cfg(unix)]
use proptest::prelude::*;
#[cfg(unix)]
use proptest::sample::select;
use waypath::{CopyOptions, Op, Path, Pattern, Result, SkipReason, Walk};

use crate::support::util::{Tree, fails};

/// A tree that is a repository, as far as anybody asks here.
fn repository<const N: usize>(lines: [&str; N]) -> Tree {
    let tree = Tree::new(lines);
    make_repository(&tree);
    tree
}

fn make_repository(directory: &Path) {
    for name in ["objects", "refs", "info"] {
        (directory / ".git" / name).mkdir_all().unwrap();
    }
    (directory / ".git/HEAD").write_text("ref: refs/heads/main\n").unwrap();
    // No rules of whoever runs the tests.
    let settings = format!("[core]\n\texcludesFile = {}/.git/user\n", directory.absolute().unwrap().as_posix());
    (directory / ".git/config").write_text(settings).unwrap();
}

/// The paths of a listing, relative to its start.
#[track_caller]
fn paths(walk: Walk<'_>) -> Vec<String> {
    let relative = |entry: Result<waypath::Entry>| entry.unwrap().relative().as_posix().into_owned();
    walk.map(relative).collect()
}

#[track_caller]
fn listed(directory: &Path) -> Vec<String> {
    paths(directory.walk().gitignore(true))
}

#[test]
fn rules_count_in_their_directory_and_below() -> Result<()> {
    let tree = repository(["a.log", "d/a.log", "d/keep.log", "d/e/a.log", "d/e/sub/f", "target/x", "d/target"]);
    (&*tree / ".gitignore").write_text("*.log\ntarget/\n/d/e/sub\n")?;
    (&*tree / "d/.gitignore").write_text("!keep.log\n")?;
    assert_eq!(listed(&tree), [".gitignore", "d", "d/.gitignore", "d/e", "d/keep.log", "d/target"]);
    Ok(())
}

#[test]
fn nothing_is_listed_below_what_is_ignored() -> Result<()> {
    let tree = repository(["d/keep", "d/.gitignore", "e/f", "e/keep"]);
    (&*tree / ".gitignore").write_text("d/\n!d/keep\ne/*\n!e/keep\n")?;
    (&*tree / "d/.gitignore").write_text("!keep\n")?;
    assert_eq!(listed(&tree), [".gitignore", "e", "e/keep"]);
    Ok(())
}

#[test]
fn the_start_is_listed_and_rules_above_it_count() -> Result<()> {
    let tree = repository(["target/a.log", "target/b"]);
    (&*tree / ".gitignore").write_text("target/\n*.log\n/target/b\n")?;
    assert_eq!(listed(&tree.at("target")), Vec::<String>::new());
    (&*tree / ".gitignore").write_text("target/\n*.log\n/b\n")?;
    assert_eq!(listed(&tree.at("target")), ["b"]);
    Ok(())
}

#[test]
fn a_repository_and_its_user_have_rules_too() -> Result<()> {
    let tree = repository(["a.one", "a.two", "a.three", "b.one", "b.two"]);
    (&*tree / ".git/user").write_text("*.one\n*.two\n")?;
    (&*tree / ".git/info/exclude").write_text("*.three\n!a.two\n")?;
    (&*tree / ".gitignore").write_text("!b.one\n")?;
    assert_eq!(listed(&tree), [".gitignore", "a.two", "b.one"]);
    Ok(())
}

#[test]
fn other_tools_have_the_last_word() -> Result<()> {
    let tree = repository(["a", "b", "d/a", "d/b"]);
    (&*tree / ".ignore").write_text("!a\nb\n")?;
    (&*tree / ".gitignore").write_text("a\n")?;
    (&*tree / "d/.gitignore").write_text("!b\n")?;
    assert_eq!(listed(&tree), [".gitignore", ".ignore", "a", "d", "d/.gitignore", "d/a"]);
    Ok(())
}

#[test]
fn a_repository_in_another_has_its_own_rules_only() -> Result<()> {
    let tree = repository(["a", "inner/a", "inner/b", "inner/d/b"]);
    make_repository(&tree.at("inner"));
    (&*tree / ".gitignore").write_text("a\n")?;
    (&*tree / ".ignore").write_text("never\n")?;
    (&*tree / "inner/.git/info/exclude").write_text("/b\n")?;
    assert_eq!(listed(&tree), [".gitignore", ".ignore", "inner", "inner/a", "inner/d", "inner/d/b"]);
    assert_eq!(listed(&tree.at("inner/d")), ["b"]);
    Ok(())
}

#[test]
fn a_worktree_has_the_rules_of_its_repository() -> Result<()> {
    let tree = repository(["a", "work/a", "work/b"]);
    let own = tree.at(".git/worktrees/work");
    own.mkdir_all()?;
    (&own / "commondir").write_text("../..\n")?;
    (&*tree / "work/.git").write_text(format!("gitdir: {own}\n"))?;
    (&*tree / ".git/info/exclude").write_text("/b\n")?;
    (&*tree / ".git/user").write_text("a\n")?;
    assert_eq!(listed(&tree.at("work")), Vec::<String>::new());
    (&*tree / ".git/user").write_text("")?;
    assert_eq!(listed(&tree.at("work")), ["a"]);
    Ok(())
}

#[test]
fn outside_of_a_repository_rules_count_from_the_start_on() -> Result<()> {
    let tree = Tree::new(["d/a.x1", "d/e/b.x1", "d/e/c"]);
    (&*tree / ".gitignore").write_text("c\n")?;
    (&*tree / "d/.gitignore").write_text("a.x1\n")?;
    (&*tree / "d/.git").mkdir()?;
    assert_eq!(listed(&tree.at("d")), [".gitignore", "e", "e/b.x1", "e/c"]);
    Ok(())
}

#[test]
fn without_the_option_no_rule_counts() -> Result<()> {
    let tree = repository(["a"]);
    (&*tree / ".gitignore").write_text("*\n")?;
    assert!(paths(tree.walk()).contains(&"a".to_owned()));
    assert!(paths(tree.walk().gitignore(true).gitignore(false)).contains(&".git/HEAD".to_owned()));
    Ok(())
}

/// More is listed than should be, and that is said.
#[test]
fn rules_that_cannot_be_read_are_an_error() {
    let tree = repository(["d/.gitignore/x", "d/f", "g"]);
    let (entries, errors): (Vec<_>, Vec<_>) = tree.walk().gitignore(true).partition(|item| item.is_ok());
    assert_eq!(paths_of(entries), ["d", "d/.gitignore", "d/.gitignore/x", "d/f", "g"]);
    let [error] = <[_; 1]>::try_from(errors).unwrap();
    let error = fails(error, Op::Read, ErrorKind::IsADirectory);
    assert_eq!(error.path(), std::path::Path::new(tree.at("d/.gitignore").as_str()));
}

#[test]
fn copies_and_their_plans_leave_out_what_is_ignored() -> Result<()> {
    let tree = repository(["src/a.log", "src/d/e/b.log", "src/d/e/f", "src/target/x", "src/z.tmp"]);
    (&*tree / ".gitignore").write_text("*.log\ntarget/\n")?;
    let options = CopyOptions::new().gitignore(true).exclude("*.tmp");
    let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("copy"))?;
    let report = options.copy(tree.at("src"), tree.at("copy"))?;
    assert_eq!(paths(tree.at("copy").walk()), ["d", "d/e", "d/e/f"]);
    let left_out = |path: &str, reason| (tree.at(path), reason);
    let expected = [
        left_out("src/a.log", SkipReason::Ignored),
        left_out("src/d/e/b.log", SkipReason::Ignored),
        left_out("src/target", SkipReason::Ignored),
        left_out("src/z.tmp", SkipReason::Excluded),
    ];
    for report in [plan, report] {
        let skipped: Vec<_> =
            report.skipped.iter().map(|skipped| (skipped.path.to_path().unwrap(), skipped.reason)).collect();
        assert_eq!(skipped, expected);
    }
    Ok(())
}

/// What the rules might have left out is copied, and the failure is told once.
#[test]
fn a_copy_whose_rules_cannot_be_read_fails_and_is_complete() {
    let tree = Tree::new(["src/d/.gitignore/x", "src/d/e/f", "src/d/g/h"]);
    let result = CopyOptions::new().gitignore(true).threads(2).copy(tree.at("src"), tree.at("copy"));
    let error = fails(result, Op::Copy, ErrorKind::IsADirectory);
    let failures: Vec<_> = error.failures().iter().map(|failure| failure.path()).collect();
    assert_eq!(failures, [std::path::Path::new(tree.at("src/d/.gitignore").as_str())]);
    assert_eq!(paths(tree.at("copy").walk()), paths(tree.at("src").walk()));
}

fn paths_of(entries: Vec<Result<waypath::Entry>>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.unwrap().relative().as_posix().into_owned()).collect()
}

#[cfg(unix)]
#[test]
fn links_are_no_directories_and_give_no_rules() -> Result<()> {
    let tree = repository(["d/f", "link => d", "e/.gitignore => ../rules", "rules", "e/f"]);
    (&*tree / ".gitignore").write_text("link/\n")?;
    (&*tree / "rules").write_text("f\n")?;
    let (entries, errors): (Vec<_>, Vec<_>) = tree.walk().gitignore(true).partition(|item| item.is_ok());
    assert_eq!(paths_of(entries), [".gitignore", "d", "d/f", "e", "e/.gitignore", "e/f", "link", "rules"]);
    assert_eq!((errors.len(), errors[0].as_ref().unwrap_err().op()), (1, Op::Read));
    Ok(())
}

/// A part `..` leads to a directory with rules of its own.
#[test]
fn rules_are_those_of_where_a_pattern_leads() -> Result<()> {
    let tree = repository(["a/f", "b/f", "b/g"]);
    (&*tree / "b/.gitignore").write_text("f\n")?;
    (&*tree / "a/.gitignore").write_text("g\n")?;
    let names = |pattern: &str| paths(tree.at("a").glob(pattern).unwrap().gitignore(true));
    assert_eq!(names("../b/?"), ["../b/g"]);
    assert_eq!(names("../b/f"), Vec::<String>::new());
    assert_eq!(names("../a/f"), ["../a/f"]);
    Ok(())
}

/// A name that is not UTF-8 is matched byte by byte, and no error if it is ignored.
#[cfg(target_os = "linux")]
#[test]
fn names_of_any_bytes_are_matched() -> Result<()> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let tree = repository(["d/f"]);
    std::fs::write(std::path::Path::new(tree.at("d").as_str()).join(OsStr::from_bytes(b"\xff.x")), "").unwrap();
    (&*tree / ".gitignore").write_bytes(b"\xff.*\n")?;
    assert_eq!(listed(&tree), [".gitignore", "d", "d/f"]);
    (&*tree / ".gitignore").write_bytes(b"\xfe.*\n")?;
    assert_eq!(tree.walk().gitignore(true).filter(|item| item.is_err()).count(), 1);
    Ok(())
}

/// What rules are made of.
#[cfg(unix)]
#[rustfmt::skip] // A line for each kind.
const FRAGMENTS: &[&str] = &[
    "a", "a", "b", "a.x", "/", "/", "/", "!", "!", "\n", "\n", "\n", "*", "*", "**", "**/", "/**", "?", "***",
    "[ab]", "[!a]", "[^b]", "[a-b]", "[]]", "[a", "]", "[[:alpha:]]", "[[:x:]]", "[[:alpha]", "[\\]]", "[b-a]", "[!]a]",
    "\\", "\\a", "\\*", "\\ ", " ", " \n", "  \n", "\t", "#", "\\#", "\\!", "{a,b}", "é", "\r\n", "-", "[a-", "[--0]", "^",
];

/// Names in generated trees.
#[cfg(unix)]
const NAMES: &[&str] =
    &["a", "b", "a.x", "aa", "ab", "a b", "é", "[a", "*", "#", "!", "{a,b}", "a ", "\\a", "]", "-", "^"];

#[cfg(unix)]
fn rules() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => vec(select(FRAGMENTS), 0..12).prop_map(|fragments| fragments.concat()),
        1 => vec((select(&["", "!", "/", "!/"][..]), select(NAMES), select(&["", "/", "/*", "/**", "/a"][..])), 0..4)
            .prop_map(|lines| lines.into_iter().map(|(start, name, end)| format!("{start}{name}{end}\n")).collect()),
    ]
}

#[cfg(unix)]
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

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
#[cfg(unix)]
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
#[cfg(unix)]
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
