//! One meaning of `exclude`: a copy leaves out what a listing leaves out, whatever the pattern and the tree.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use waypath::{CopyOptions, Op, Overwrite, SkipReason};

use crate::support::util::Tree;

/// How many trees: fewer where every file takes long, as under Wine.
const PART: u32 = if cfg!(unix) { 4 } else { 32 };

proptest! {
    #![proptest_config(crate::support::laws::config(PART))]

    #[test]
    fn a_copy_leaves_out_what_a_listing_leaves_out(tree in tree(), wishes in vec((vec(pattern(), 1..=3), 1..=3_usize), 6)) {
        let at = Tree::new(["from/"]);
        let from = std::path::PathBuf::from(at.at("from"));
        for (names, node) in &tree {
            node.make(&names.iter().fold(from.clone(), |path, name| path.join(name)));
        }
        for (round, (patterns, threads)) in wishes.iter().enumerate() {
            let to = at.at(&format!("to{round}"));
            let options = CopyOptions::new().threads(*threads).exclude(patterns);
            let copied = options.copy(at.at("from"), &to);
            let planned = options.clone().dry_run(true).overwrite(Overwrite::Always).copy(at.at("from"), at.at("no"));
            match listed(&at.at("from"), patterns) {
                None => {
                    let errors = [copied.unwrap_err(), planned.unwrap_err()];
                    prop_assert!(errors.iter().all(|error| error.op() == Op::Pattern), "{patterns:?}");
                    prop_assert!(!to.exists());
                }
                Some(expected) => {
                    let report = copied.unwrap();
                    prop_assert_eq!(all_below(to.as_str().as_ref()), expected, "{:?}", patterns);
                    prop_assert_eq!(&planned.unwrap().skipped, &report.skipped);
                    for skipped in &report.skipped {
                        prop_assert_eq!(skipped.reason, SkipReason::Excluded);
                        let copy = std::path::Path::new(to.as_str()).join(skipped.path.as_std_path().strip_prefix(&from).unwrap());
                        prop_assert!(fs::symlink_metadata(copy).is_err(), "{:?}", skipped);
                    }
                }
            }
        }
    }
}

/// What a listing gives, by paths relative to the start; nothing where it refuses a pattern.
fn listed(start: &waypath::Path, patterns: &[String]) -> Option<BTreeSet<OsString>> {
    let relative = |path: &std::path::Path| path.strip_prefix(start.as_str()).unwrap().as_os_str().to_owned();
    let item = |item: waypath::Result<waypath::Entry>| match item {
        Ok(entry) => Some(relative(entry.as_ref())),
        Err(error) if error.op() == Op::Convert => Some(relative(error.path().as_std_path())),
        Err(error) => {
            assert_eq!(error.op(), Op::Pattern, "{error}");
            None
        }
    };
    start.walk().exclude(patterns).map(item).collect()
}

/// All that is below a directory, by paths relative to it.
fn all_below(start: &std::path::Path) -> BTreeSet<OsString> {
    let mut found = BTreeSet::new();
    let mut directories = vec![start.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            found.insert(entry.path().strip_prefix(start).unwrap().as_os_str().to_owned());
            if entry.file_type().unwrap().is_dir() {
                directories.push(entry.path());
            }
        }
    }
    found
}

#[derive(Clone, Debug)]
enum Node {
    File,
    Directory,
    Link,
}

impl Node {
    /// Makes it, unless something is in the way.
    fn make(&self, at: &std::path::Path) {
        if fs::create_dir_all(at.parent().unwrap()).is_err() || fs::symlink_metadata(at).is_ok() {
            return;
        }
        match self {
            Self::File => fs::write(at, "").unwrap(),
            Self::Directory => fs::create_dir(at).unwrap(),
            Self::Link => link(at),
        }
    }
}

#[cfg(unix)]
fn link(at: &std::path::Path) {
    std::os::unix::fs::symlink("a", at).unwrap();
}

#[cfg(not(unix))]
fn link(at: &std::path::Path) {
    fs::write(at, "").unwrap();
}

fn tree() -> impl Strategy<Value = Vec<(Vec<OsString>, Node)>> {
    let node = select(&[Node::File, Node::File, Node::Directory, Node::Link][..]);
    vec((vec(select(names()), 1..=4), node), 0..=25)
}

fn names() -> Vec<OsString> {
    let mut names: Vec<_> = ["a", "a", "b", "b", "c", "a.b", ".h", "é"].map(OsString::from).into();
    if cfg!(target_os = "linux") {
        names.push(raw(b"b\xff"));
        names.push(raw(b"\xfe.b"));
    }
    names
}

#[cfg(unix)]
fn raw(bytes: &[u8]) -> OsString {
    <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn raw(_: &[u8]) -> OsString {
    OsStr::new("r").to_owned()
}

fn pattern() -> impl Strategy<Value = String> {
    let wild = &["*", "*", "**", "**", "?", "[ab]", "[!a]", "a*", "*b", "*.b", ".*", "b?"][..];
    let name = &["a", "a", "b", "b", "c", "a.b", ".h", "é", "no", ".", "A"][..];
    let part = prop_oneof![20 => select(wild), 20 => select(name), 1 => Just("..")];
    let prefix = prop_oneof![30 => Just(""), 1 => Just("/"), 1 => Just("./")];
    let suffix = prop_oneof![4 => Just(""), 1 => Just("/")];
    let text = |(prefix, parts, suffix): (&str, Vec<&str>, &str)| prefix.to_owned() + &parts.join("/") + suffix;
    prop_oneof![40 => (prefix, vec(part, 1..=4), suffix).prop_map(text), 1 => Just(String::new())]
}

#[test]
fn each_rule_of_exclude_holds_for_listings_and_copies() {
    let tree = Tree::new(["from/a/b/c", "from/a/f", "from/b/a/x", "from/f", "from/x.tmp/y"]);
    for (pattern, expected) in [
        ("a", &["b", "b/a", "b/a/x", "f", "x.tmp", "x.tmp/y"][..]),
        ("a/**", &["b", "b/a", "b/a/x", "f", "x.tmp", "x.tmp/y"]),
        ("a/*", &["a", "b", "b/a", "b/a/x", "f", "x.tmp", "x.tmp/y"]),
        ("**/b/**", &["a", "a/f", "f", "x.tmp", "x.tmp/y"]),
        ("**/b", &["a", "a/f", "f", "x.tmp", "x.tmp/y"]),
        ("**/a", &["b", "f", "x.tmp", "x.tmp/y"]),
        ("*.tmp/", &["a", "a/b", "a/b/c", "a/f", "b", "b/a", "b/a/x", "f"]),
        ("f/", &["a", "a/b", "a/b/c", "a/f", "b", "b/a", "b/a/x", "f", "x.tmp", "x.tmp/y"]),
        ("*/", &["f"]),
        ("**", &[]),
        ("**/", &[]),
        ("./a//b", &["a", "a/f", "b", "b/a", "b/a/x", "f", "x.tmp", "x.tmp/y"]),
    ] {
        let native = |path: &&str| OsString::from(path.replace('/', std::path::MAIN_SEPARATOR_STR));
        let expected: BTreeSet<_> = expected.iter().map(native).collect();
        assert_eq!(listed(&tree.at("from"), &[pattern.to_owned()]).unwrap(), expected, "{pattern}");
        CopyOptions::new().exclude(pattern).copy(tree.at("from"), tree.at("to")).unwrap();
        assert_eq!(all_below(tree.at("to").as_str().as_ref()), expected, "{pattern}");
        tree.at("to").rmtree().unwrap();
    }
}
