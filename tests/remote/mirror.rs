//! Mirrors between a disk and a store, and among stores.

use std::io::ErrorKind;
use std::ops::ControlFlow;

use waypath::{Memory, MirrorOptions, MirrorStage, Op, Root};

use crate::copying::{lines, requests, steps, store_of};
use crate::shared::util::{Tree, fails};

#[test]
fn a_mirror_copies_what_differs_and_keeps_the_rest() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b"]), store_of(["x/a: other", "x/stray"]));
    let report = tree.at("x").mirror_to(&store / "x").unwrap();
    assert_eq!((report.files, report.unchanged, report.removed), (2, 0, 0));
    assert_eq!(lines(&(&store / "x")), ["a", "d/", "d/b", "stray"]);
    assert_eq!((&store / "x").mirror_to(tree.at("x")).unwrap().files, 1);
    tree.is(["x/", "x/a", "x/d/", "x/d/b", "x/stray"]);
    assert_eq!((&store / "x").mirror_to(&store / "y").unwrap().files, 3);
    assert_eq!((&store / "x").mirror_to(&store / "y").unwrap().files, 0);
}

#[test]
fn strays_are_removed_if_told() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b"]), store_of(["x/a", "x/d/stray", "x/e/f/stray", "x-old/a"]));
    let options = MirrorOptions::new().delete(true);
    let report = options.mirror(tree.at("x"), &store / "x").unwrap();
    assert_eq!((report.files, report.unchanged, report.removed), (1, 1, 2));
    assert_eq!(lines(&store.join(".")), ["x/", "x/a", "x/d/", "x/d/b", "x-old/", "x-old/a"]);

    let (tree, store) = (Tree::new(["x/a", "x/d/stray", "x/e/f/stray", "x/g/"]), store_of(["x/a", "x/d/b"]));
    let report = options.mirror(&store / "x", tree.at("x")).unwrap();
    assert_eq!((report.files, report.removed), (1, 5));
    tree.is(["x/", "x/a", "x/d/", "x/d/b"]);
}

#[test]
fn markers_come_and_go_with_directories_that_are_empty() {
    let (tree, store) = (Tree::new(["x/a", "x/d/", "x/e/"]), Memory::new());
    let options = MirrorOptions::new().delete(true).preserve_empty_dirs(true);
    let report = options.mirror(tree.at("x"), &store / "x").unwrap();
    assert_eq!((report.files, report.directories, report.removed), (1, 2, 0));
    tree.at("x/d").rmdir().unwrap();
    tree.at("x/e/b").write_text("b").unwrap();
    let report = options.mirror(tree.at("x"), &store / "x").unwrap();
    assert_eq!((report.files, report.directories, report.removed), (1, 0, 1));
    assert_eq!(lines(&(&store / "x")), ["a", "e/", "e/b"]);
}

#[test]
fn it_costs_a_request_for_each_file_and_each_page() {
    let (tree, store) = (Tree::new(["x/"]), Memory::new());
    for at in 0..1100 {
        tree.at(&format!("x/{at:04}")).write_text("").unwrap();
    }
    let up = |options: MirrorOptions<'_>| requests(&store, || options.mirror(tree.at("x"), &store / "x").unwrap());
    let (report, count) = up(MirrorOptions::new());
    assert_eq!((report.files, count), (1100, 1100 + 1));
    let (report, count) = up(MirrorOptions::new().delete(true));
    assert_eq!((report.files, report.unchanged, count), (0, 1100, 2), "two pages, and nothing else");
    let (report, count) = up(MirrorOptions::new().dry_run(true));
    assert_eq!((report.files, report.unchanged, count), (0, 1100, 2));
    // With progress, everything is compared twice.
    let (_, count) = up(MirrorOptions::new().progress(|_| ControlFlow::Continue(())));
    assert_eq!(count, 4);
    let (report, count) = requests(&store, || (&store / "x").mirror_to(tree.at("y")).unwrap());
    assert_eq!((report.files, report.directories, count), (1100, 1, 1100 + 2));
    tree.at("empty").mkdir().unwrap();
    (tree.at("empty") / "one").write_text("one").unwrap();
    let (report, count) =
        requests(&store, || MirrorOptions::new().delete(true).mirror(tree.at("empty"), &store / "x").unwrap());
    assert_eq!((report.removed, count), (1100, 2 + 1 + 2), "two pages, one put, two removals");
    assert_eq!(lines(&(&store / "x")), ["one"]);
}

#[test]
fn what_is_left_out_is_left_alone_on_both_sides() {
    let tree = Tree::new(["x/a", "x/keep/new", "x/b.tmp", "x/.gitignore", "x/d/c"]);
    tree.at("x/.gitignore").write_text("ignored\n").unwrap();
    let store = store_of(["x/keep/old", "x/old.tmp", "x/ignored", "x/gone/ignored", "x/gone/stray", "x/stray"]);
    let options = MirrorOptions::new().delete(true).exclude(["keep", "**/*.tmp"]).gitignore(true);
    let report = options.mirror(tree.at("x"), &store / "x").unwrap();
    assert_eq!((report.files, report.removed), (3, 2));
    let expected =
        [".gitignore: ignored\n", "a", "d/", "d/c", "gone/", "gone/ignored", "ignored", "keep/", "keep/old", "old.tmp"];
    assert_eq!(lines(&(&store / "x")), expected);

    let tree = Tree::new(["y/keep/old", "y/e/old.tmp", "y/e/stray", "y/f/stray"]);
    let options = MirrorOptions::new().delete(true).exclude(["keep", "**/*.tmp"]);
    options.mirror(&store / "x", tree.at("y")).unwrap();
    for (name, is_there) in
        [("keep/old", true), ("keep/new", false), ("e/old.tmp", true), ("e/stray", false), ("f", false)]
    {
        assert_eq!((tree.at("y") / name).exists(), is_there, "{name}");
    }
}

#[test]
fn what_is_in_the_way_goes_first_if_strays_do() {
    let lines = ["y/a/b", "y/a/c", "y/d", "y/same"];
    let (tree, store) = (Tree::new(lines), store_of(["x/a", "x/d/e", "x/d/f/g", "x/same"]));
    let error = fails((&store / "x").mirror_to(tree.at("y")), Op::Mirror, ErrorKind::Other);
    assert_eq!(error.failure_count(), 2, "{error:?}");
    tree.is(["y/", "y/a/", "y/a/b", "y/a/c", "y/d", "y/same"]);
    let options = MirrorOptions::new().delete(true);
    let plan = options.clone().dry_run(true).mirror(&store / "x", tree.at("y")).unwrap();
    let report = options.mirror(&store / "x", tree.at("y")).unwrap();
    assert_eq!((report.files, report.directories, report.removed), (3, 2, 4));
    assert_eq!((plan.files, plan.directories, plan.removed), (3, 2, 4));
    let at = |name: &str| tree.at("y").join(name).as_posix().into_owned();
    let expected = [
        ("remove", "a/b"),
        ("remove", "a/c"),
        ("remove directory", "a"),
        ("remove", "d"),
        ("copy to", "a"),
        ("make directory", "d"),
        ("copy to", "d/e"),
        ("make directory", "d/f"),
        ("copy to", "d/f/g"),
    ];
    assert_eq!(steps(&plan), expected.map(|(action, name)| format!("{action} `{}`", at(name))));
    tree.is(["y/", "y/a", "y/d/", "y/d/e", "y/d/f/", "y/d/f/g", "y/same"]);
}

#[test]
fn nothing_is_removed_unless_all_else_was_done() {
    let (tree, store) = (Tree::new(["x/a"]), store_of(["x/stray"]));
    let options = MirrorOptions::new().delete(true);
    fails(options.mirror(tree.at("none"), &store / "x"), Op::Mirror, ErrorKind::NotFound);
    fails(options.mirror(tree.at("x/a"), &store / "x"), Op::Mirror, ErrorKind::NotADirectory);
    fails(options.mirror(&store / "none", tree.at("x")), Op::Mirror, ErrorKind::NotFound);
    fails(options.mirror(&store / "none", &store / "x"), Op::Mirror, ErrorKind::NotFound);
    fails(options.mirror(&store / "x", tree.at("x/a")), Op::Mirror, ErrorKind::NotADirectory);
    fails(options.mirror(&store / "x/y", &store / "x"), Op::Mirror, ErrorKind::InvalidInput);
    assert_eq!(lines(&(&store / "x")), ["stray"]);
    tree.is(["x/", "x/a"]);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;

        let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
        std::fs::write(tree.at("x").as_std_path().join(name), "").unwrap();
        let error = options.mirror(tree.at("x"), &store / "x").unwrap_err();
        assert_eq!((error.op(), error.failure_count()), (Op::Mirror, 1), "{error}");
        assert_eq!(lines(&(&store / "x")), ["a", "stray"]);
    }
}

#[test]
fn progress_has_totals_and_stages() {
    let (tree, store) = (Tree::new(["x/a", "x/d/b", "x/same"]), store_of(["x/stray", "x/more", "x/same"]));
    let mut told = Vec::new();
    let options = MirrorOptions::new().delete(true).threads(4).progress(|progress| {
        assert!(progress.stage == MirrorStage::Planning || progress.files <= progress.total_files);
        assert!(progress.stage == MirrorStage::Planning || progress.bytes <= progress.total_bytes);
        told.push((progress.stage, progress.files, progress.total_files, progress.total_bytes));
        ControlFlow::Continue(())
    });
    let report = options.mirror(tree.at("x"), &store / "x").unwrap();
    drop(options);
    assert_eq!((report.files, report.removed), (2, 2));
    let of = |stage| told.iter().filter(move |told| told.0 == stage);
    assert_eq!(of(MirrorStage::Planning).next_back().unwrap().1, 6, "four of the source, two strays");
    assert_eq!(of(MirrorStage::Copying).next(), Some(&(MirrorStage::Copying, 0, 2, 2)));
    assert_eq!(of(MirrorStage::Copying).next_back(), Some(&(MirrorStage::Copying, 2, 2, 2)));
    assert_eq!(of(MirrorStage::Removing).next_back(), Some(&(MirrorStage::Removing, 2, 2, 0)));
}

#[test]
fn it_stops_when_it_is_told_to() {
    for stage in [MirrorStage::Planning, MirrorStage::Copying, MirrorStage::Removing] {
        let (tree, store) = (Tree::new(["x/a", "x/b"]), store_of(["x/stray"]));
        let options = MirrorOptions::new().delete(true).progress(|progress| match progress.stage == stage {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        fails(options.mirror(tree.at("x"), &store / "x"), Op::Mirror, ErrorKind::Interrupted);
        let copied = stage == MirrorStage::Removing;
        assert_eq!(lines(&(&store / "x")).len(), if copied { 3 } else { 1 }, "{stage:?}");
    }
}

#[test]
fn roots_are_sides_of_mirrors_with_stores() {
    let (tree, store) = (Tree::new(["root/x/a", "root/x/d/b"]), store_of(["x/stray"]));
    let root = Root::open(tree.at("root")).unwrap();
    let options = MirrorOptions::new().delete(true);
    options.mirror(&root / "x", &store / "x").unwrap();
    (&store / "x/c").write_text("c").unwrap();
    (&store / "x/a").unlink().unwrap();
    options.mirror(&store / "x", &root / "x").unwrap();
    tree.is(["root/", "root/x/", "root/x/c", "root/x/d/", "root/x/d/b"]);
}
