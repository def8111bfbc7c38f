//! What git ignores: which files say it, and what is left out.

use std::io::ErrorKind;

use waypath::{CopyOptions, Op, Path, Result, SkipReason, Walk};

use crate::support::util::{Tree, fails};

/// A tree that is a repository, as far as anybody asks here.
pub(super) fn repository<const N: usize>(lines: [&str; N]) -> Tree {
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
pub(super) fn paths(walk: Walk<'_>) -> Vec<String> {
    let relative = |entry: Result<waypath::Entry>| entry.unwrap().relative().as_posix().into_owned();
    walk.map(relative).collect()
}

#[track_caller]
pub(super) fn listed(directory: &Path) -> Vec<String> {
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

#[cfg(not(target_family = "wasm"))] // There, the checkout that is tested is the root, and a repository.
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
