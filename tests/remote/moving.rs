//! Moves between a disk and a store, and among stores.

use std::io::ErrorKind;

use waypath::{CopyOptions, Memory, Op, Overwrite, Root};

use crate::copying::{lines, skipped, steps, store_of};
use crate::shared::util::{Tree, fails};

#[test]
fn files_and_trees_are_moved() {
    let (tree, store) = (Tree::new(["a", "x/b", "x/d/c", "x/d/e/"]), Memory::new());
    tree.at("a").move_to(&store / "a").unwrap();
    tree.at("x").move_into(&store / "in").unwrap();
    tree.is([]);
    (&store / "in/x").move_to(&store / "y").unwrap();
    assert!(!(&store / "in").exists().unwrap());
    (&store / "y").move_to(tree.at("y")).unwrap();
    (&store / "a").move_into(&*tree).unwrap();
    tree.is(["a", "y/", "y/b", "y/d/", "y/d/c"]);
    assert!(!(&store / ".").exists().unwrap() || lines(&store.join(".")).is_empty());
}

#[test]
fn nothing_is_moved_over_what_is_there() {
    let (tree, store) = (Tree::new(["a", "x/b"]), store_of(["a: old", "x/b: old"]));
    fails(tree.at("a").move_to(&store / "a"), Op::Move, ErrorKind::AlreadyExists);
    fails(tree.at("x").move_to(&store / "x"), Op::Move, ErrorKind::AlreadyExists);
    fails((&store / "a").move_to(tree.at("a")), Op::Move, ErrorKind::AlreadyExists);
    fails((&store / "x").move_to(tree.at("x")), Op::Move, ErrorKind::AlreadyExists);
    fails((&store / "a").move_to(&store / "x/b"), Op::Move, ErrorKind::AlreadyExists);
    fails((&store / "a").move_to(&store / "a"), Op::Move, ErrorKind::InvalidInput);
    fails(tree.at("none").move_to(&store / "n"), Op::Move, ErrorKind::NotFound);
    fails((&store / "none").move_to(tree.at("n")), Op::Move, ErrorKind::NotFound);
    tree.is(["a", "x/", "x/b"]);
    assert_eq!(lines(&store.join(".")), ["a: old", "x/", "x/b: old"]);
}

#[test]
fn what_is_not_copied_stays() {
    let (tree, store) = (Tree::new(["x/a", "x/b.tmp", "x/d/c", "x/keep/d"]), store_of(["y/a: old"]));
    let options = CopyOptions::new().overwrite(Overwrite::Skip).exclude(["**/*.tmp", "keep"]);
    let report = options.move_to(tree.at("x"), &store / "y").unwrap();
    assert_eq!((report.files, report.unchanged, skipped(&report, "").len()), (1, 1, 2));
    tree.is(["x/", "x/a", "x/b.tmp", "x/keep/", "x/keep/d"]);
    (&store / "y/b.tmp").write_text("").unwrap();
    (&store / "y/keep/e").write_text("").unwrap();
    options.move_to(&store / "y", &store / "z").unwrap();
    assert_eq!(lines(&(&store / "y")), ["b.tmp: ", "keep/", "keep/e: "]);
    assert_eq!(lines(&(&store / "z")), ["a: old", "d/", "d/c"]);
}

#[cfg(unix)]
#[test]
fn links_stay_with_the_directories_they_are_in() {
    let (tree, store) = (Tree::new(["x/a", "x/d/l => a", "x/e/b"]), Memory::new());
    let report = CopyOptions::new().move_to(tree.at("x"), &store / "x").unwrap();
    assert_eq!((report.files, report.skipped.len()), (2, 2));
    tree.is(["x/", "x/d/", "x/d/l => a"]);
}

#[test]
fn a_plan_moves_nothing() {
    let (tree, store) = (Tree::new(["x/a"]), Memory::new());
    let plan = CopyOptions::new().dry_run(true).move_to(tree.at("x"), &store / "x").unwrap();
    assert_eq!(steps(&plan), ["copy to `memory://x/a`"]);
    tree.is(["x/", "x/a"]);
    assert!(lines(&(&store / "x")).is_empty());
}

#[test]
fn moves_out_of_a_root_and_into_it() {
    let (tree, store) = (Tree::new(["root/x/a"]), Memory::new());
    let root = Root::open(tree.at("root")).unwrap();
    (&root / "x").move_to(&store / "x").unwrap();
    tree.is(["root/"]);
    (&store / "x").move_to(&root / "y").unwrap();
    tree.is(["root/", "root/y/", "root/y/a"]);
    let read_only = Root::options().read_only(true).open(tree.at("root")).unwrap();
    fails((&read_only / "y").move_to(&store / "y"), Op::Move, ErrorKind::ReadOnlyFilesystem);
    assert!(!(&store / "y").exists().unwrap());
}
