//! Renaming: all of it, or nothing.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use waypath::{Op, Path, PathBuf, Result, path};

use super::holding::{SHARE_DELETE, SHARE_READ, SHARE_WRITE, hold};
use crate::support::util::{Tree, fails};

/// Row 6.1: after a refusal, the file has its one old name.
#[test]
fn a_file_that_others_hold_is_renamed_or_stays_as_it_is() {
    let verbs: [fn(&Path, PathBuf) -> Result<PathBuf>; 2] = [Path::rename, Path::move_to];
    for (op, verb) in [Op::Rename, Op::Move].into_iter().zip(verbs) {
        for shared in [0, SHARE_READ, SHARE_READ | SHARE_WRITE] {
            let tree = Tree::new(["f", "d/"]);
            let held = hold(&tree.at("f"), shared);
            let start = Instant::now();
            fails(verb(&tree.at("f"), tree.at("d/g")), op, ErrorKind::ResourceBusy);
            assert!(start.elapsed() >= Duration::from_secs(1), "it was waited for");
            drop(held);
            tree.is(["d/", "f"]);
        }
        let tree = Tree::new(["f", "d/"]);
        let held = hold(&tree.at("f"), SHARE_READ | SHARE_WRITE | SHARE_DELETE);
        verb(&tree.at("f"), tree.at("d/g")).unwrap();
        drop(held);
        tree.is(["d/", "d/g: f"]);
    }
}

/// Row 6.1: what appears is never overwritten, on file systems without hard links either, as no link is made.
#[test]
fn a_name_is_taken_by_one_of_many() {
    for _ in 0..50 {
        let names = ["a", "b", "c", "d"];
        let tree = Tree::new(names);
        let renamed: Vec<_> = std::thread::scope(|scope| {
            let tree = &tree;
            let renamers = names.map(|name| scope.spawn(move || tree.at(name).rename(tree.at("new")).is_ok()));
            renamers.into_iter().map(|renamer| renamer.join().unwrap()).collect()
        });
        assert_eq!(renamed.iter().filter(|done| **done).count(), 1);
        assert_eq!(tree.lines().len(), names.len());
    }
}

/// Row 6.2.
#[test]
fn an_empty_directory_stays_if_what_is_to_replace_it_cannot_be_renamed() {
    let tree = Tree::new(["src/f", "dst/"]);
    let held = hold(&tree.at("src"), SHARE_READ | SHARE_WRITE);
    assert!(tree.at("src").replace(tree.at("dst")).is_err());
    drop(held);
    tree.is(["dst/", "src/", "src/f"]);
    tree.at("src").replace(tree.at("dst")).unwrap();
    tree.is(["dst/", "dst/f"]);
}

/// Row 6.8. Wine says that a rename which changes only case is done, and does nothing.
#[test]
fn a_name_may_change_its_case_however_the_directory_is_spelled() {
    let tree = Tree::new(["Dir/Foo.TXT", "Dir/other"]);
    let spellings = [
        (tree.at("Dir/Foo.TXT"), tree.at("dir/foo.txt")),
        (tree.at("dir/foo.txt"), tree.at("dir/../DIR/FOO.txt")),
        (PathBuf::parse(&format!(r"\\?\{}", tree.at("Dir/Foo.TXT"))), tree.at("DIR/foo.TXT")),
    ];
    for (from, to) in &spellings {
        from.rename(to).unwrap();
        from.move_to(to).unwrap();
        assert!(to.exists());
    }
    fails(tree.at("Dir/Foo.TXT").rename(tree.at("dir/OTHER")), Op::Rename, ErrorKind::AlreadyExists);
    fails(tree.at("Dir/Foo.TXT").rename(tree.at("dir/Foo.TXT")), Op::Rename, ErrorKind::AlreadyExists);
    assert_eq!(tree.at("Dir").iterdir().count(), 2);
}

/// Two names of a file are none that differ in case only.
#[test]
fn a_hard_link_is_a_name_that_is_taken() {
    let tree = Tree::new(["a"]);
    tree.at("b").hardlink_to(tree.at("a")).unwrap();
    fails(tree.at("a").rename(tree.at("b")), Op::Rename, ErrorKind::AlreadyExists);
    tree.is(["a", "b: a"]);
    assert!(tree.at("a").samefile(tree.at("b")).unwrap());
    assert!(!tree.at("a").samefile(&*tree).unwrap());
    fails(path("C:/no such/a").samefile(tree.at("a")), Op::Stat, ErrorKind::NotFound);
}
