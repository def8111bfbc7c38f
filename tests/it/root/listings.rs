//! Listings below a root: every option of `Walk`, each way to go on, and nothing looked up beyond the root.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::sync::Mutex;

use waypath::{Entry, FileKind, Result, Root, RootEntry, RootWalk, Walk};

use crate::support::util::Tree;

/// A tree in which each option leaves something out, or changes the order.
fn tree() -> (Tree, Root) {
    let tree = Tree::new(["in/b/x/f.rs", "in/b/g.txt", "in/a/F.rs", "in/.hidden/h.rs", "in/c/", "in/z.rs", "out/f.rs"]);
    #[cfg(unix)]
    tree.at("in/l").symlink_to("b/x").unwrap();
    let root = Root::open(tree.at("in")).unwrap();
    (tree, root)
}

/// The same options for a listing below a root and for a plain one.
macro_rules! both {
    ($(|$walk:ident| $options:expr),* $(,)?) => {
        [$((stringify!($options), (|$walk| $options) as Plain, (|$walk| $options) as Located)),*]
    };
}

type Plain = fn(Walk<'static>) -> Walk<'static>;
type Located = fn(RootWalk<'static>) -> RootWalk<'static>;

const OPTIONS: [(&str, Plain, Located); 16] = both![
    |walk| walk,
    |walk| walk.min_depth(2),
    |walk| walk.max_depth(1),
    |walk| walk.hidden(false),
    |walk| walk.exclude(["**/x", "z.rs"]),
    |walk| walk.gitignore(true),
    |walk| walk.prune(|entry| entry.is_dir() && entry.name() == "b"),
    |walk| walk.only(FileKind::File),
    |walk| walk.skip_non_utf8(true),
    |walk| walk.case_sensitive(false).exclude("a/f.RS"),
    |walk| walk.follow_symlinks(true),
    |walk| walk.follow_symlinks(true).visit_once(true),
    |walk| walk.same_file_system(true),
    |walk| walk.contents_first(true),
    |walk| walk.sorted_by(|left, right| right.name().cmp(left.name()).then_with(|| left.cmp(right))),
    |walk| walk.unsorted(true).threads(3),
];

/// An entry of a listing that begins in a tree: path, kind and depth.
fn plain(tree: &Tree, entry: &Entry) -> String {
    let below = entry.relative_to(tree.at("in")).unwrap();
    format!("{} {:?} {}", below.as_posix(), entry.kind(), entry.depth())
}

/// The same below a root.
fn located(entry: &RootEntry) -> String {
    format!("{} {:?} {}", entry.path_below().as_posix(), entry.kind(), entry.depth())
}

#[test]
fn every_option_does_what_it_does_elsewhere() {
    let (tree, root) = tree();
    (&root / ".gitignore").write_text("x/\nc/\n").unwrap();
    (&root / ".git").mkdir().unwrap();
    (&root / ".git/HEAD").write_text("").unwrap();
    let mut seen = BTreeSet::new();
    for (what, of_plain, of_located) in OPTIONS {
        let walk = || of_plain(tree.at("in").walk());
        let root_walk = || of_located(root.walk());
        let in_order: Vec<_> = walk().map(|entry| plain(&tree, &entry.unwrap())).collect();
        let is_ordered = !what.contains("unsorted");
        let sorted = |mut lines: Vec<String>| {
            if !is_ordered {
                lines.sort();
            }
            lines
        };
        let expected = sorted(in_order);
        assert_eq!(sorted(root_walk().map(|entry| located(&entry.unwrap())).collect()), expected, "{what}");
        let mut visited = Vec::new();
        let visit = |entry: Result<&RootEntry>| {
            visited.push(located(entry.unwrap()));
            ControlFlow::<()>::Continue(())
        };
        assert!(root_walk().visit(visit).is_continue());
        assert_eq!(sorted(visited), expected, "{what}, visited");
        let (entries, errors) = root_walk().entries_and_errors();
        assert_eq!((entries.len(), errors.len()), (expected.len(), 0), "{what}");
        if !what.contains("visit_once") {
            let together = Mutex::new(BTreeSet::new());
            let visit = |entry: Result<&RootEntry>| {
                together.lock().unwrap().insert(located(entry.unwrap()));
                ControlFlow::<()>::Continue(())
            };
            assert!(root_walk().threads(3).par_visit(visit).is_continue());
            assert_eq!(together.into_inner().unwrap(), expected.iter().cloned().collect(), "{what}, in threads");
        }
        let (printed, printed_plain) = (root_walk().tree().to_string(), walk().tree().to_string());
        assert_eq!(printed.lines().skip(1).collect::<Vec<_>>(), printed_plain.lines().skip(1).collect::<Vec<_>>());
        seen.insert(expected);
    }
    // Most options change something.
    assert!(seen.len() >= 10, "{}", seen.len());
}

#[test]
fn a_visitor_may_break() {
    let (_tree, root) = tree();
    let mut count = 0;
    let broken = root.walk().visit(|_| {
        count += 1;
        if count == 3 { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) }
    });
    assert_eq!((broken, count), (ControlFlow::Break("enough"), 3));
    assert_eq!(root.walk().par_visit(|_| ControlFlow::Break(1)), ControlFlow::Break(1));
}

#[test]
fn what_comes_up_is_located() {
    let (_tree, root) = tree();
    let mut kept = Vec::new();
    let visit = |entry: Result<&RootEntry>| {
        kept.push(entry.unwrap().clone());
        ControlFlow::<()>::Continue(())
    };
    assert!(root.rglob("g.txt").unwrap().visit(visit).is_continue());
    assert_eq!(kept.iter().map(|entry| entry.read_text().unwrap()).collect::<Vec<_>>(), ["g.txt"]);
    assert_eq!(kept[0].path(), &(&root / "b/g.txt"));
    let mut asked = Vec::new();
    let pruned = root.walk().prune(|entry| {
        asked.push(entry.lstat().is_ok());
        false
    });
    assert!(pruned.entries().unwrap().len() > 5);
    assert!(asked.len() > 5 && asked.iter().all(|found| *found));
}

#[test]
fn entries_are_equal_and_ordered_as_their_paths() {
    let (_tree, root) = tree();
    let listed = root.walk().entries().unwrap();
    let mut unordered = root.walk().unsorted(true).entries().unwrap();
    assert_eq!(HashSet::<RootEntry>::from_iter(unordered.clone()), HashSet::from_iter(listed.clone()));
    unordered.sort();
    assert_eq!(unordered, listed);
    let other = root.open_root().unwrap();
    assert!(other.walk().entries().unwrap().iter().zip(&listed).all(|(other, entry)| other != entry), "another root");
}

#[test]
fn an_error_breaks_no_visit_and_is_an_escape() {
    let (_tree, root) = tree();
    for start in ["..", "/"] {
        let mut errors = Vec::new();
        let visit = |entry: Result<&RootEntry>| {
            errors.push(entry.unwrap_err());
            ControlFlow::<()>::Continue(())
        };
        assert!((&root / start).walk().visit(visit).is_continue());
        assert!(matches!(&errors[..], [error] if error.is_escape()), "{start}: {errors:?}");
        let (entries, errors) = (&root / start).walk().unsorted(true).threads(2).entries_and_errors();
        assert!(entries.is_empty() && errors.iter().all(waypath::Error::is_escape) && errors.len() == 1, "{start}");
        assert!((&root / start).tree().to_string().contains("out of the root") || start == "..", "{start}");
    }
}

/// The rules of git count from the root down; what is above the root is not looked at.
#[test]
fn rules_above_the_root_do_not_count() {
    let tree = Tree::new(["in/sub/kept", "in/sub/built", "in/sub/deep/made", "in/sub/deep/kept"]);
    let ignore = |at: &str, rules: &str| (tree.at(at) / ".gitignore").write_text(rules).unwrap();
    tree.at(".git").mkdir().unwrap();
    (tree.at(".git") / "HEAD").write_text("").unwrap();
    ignore(".", "kept\n");
    let root = Root::open(tree.at("in")).unwrap();
    (&root / ".git").mkdir().unwrap();
    (&root / ".git/HEAD").write_text("").unwrap();
    ignore("in", "built\n");
    ignore("in/sub", "made\n");
    for start in ["sub", "sub/deep/.."] {
        let found = (&root / start).walk().gitignore(true).only(FileKind::File).hidden(false);
        let names: Vec<_> = found.map(|entry| entry.unwrap().relative().as_posix().into_owned()).collect();
        // The rules of a directory above the start count if its path names no `..`.
        let expected: &[&str] = if start == "sub" { &["deep/kept", "kept"] } else { &["built", "deep/kept", "kept"] };
        assert_eq!(names, expected, "{start}");
    }
}
