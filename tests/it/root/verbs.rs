//! Verbs below a root that have more to them: options, free names, files written bit by bit.

use std::io::{ErrorKind, Write as _};

use waypath::{Op, RemoveOptions, Root};

use crate::support::util::Tree;

#[test]
fn removals_take_options_and_report() {
    let tree = Tree::new(["a/keep/f", "a/b/c/g", "a/h"]);
    let root = Root::open(&*tree).unwrap();
    let options = RemoveOptions::new().exclude("keep").threads(2);
    let plan = (&root / "a").rmtree_with(&RemoveOptions::new().dry_run(true)).unwrap();
    assert_eq!((plan.files, plan.directories), (3, 4));
    let mut asked = Vec::new();
    let pruning = RemoveOptions::new().prune(|entry| {
        asked.push(entry.as_posix().into_owned());
        entry.name() == "c"
    });
    let report = (&root / "a/b").clear_dir_with(&pruning).unwrap();
    assert_eq!((report.files, report.skipped.len()), (0, 1));
    drop(pruning);
    // Paths begin at the root.
    assert_eq!(asked, ["a/b/c"]);
    let report = (&root / "a").rmtree_with(&options).unwrap();
    assert_eq!((report.files, report.directories, report.skipped.len()), (2, 2, 1));
    tree.is(["a/", "a/keep/", "a/keep/f"]);
    assert_eq!((&root / "a").remove_with(&RemoveOptions::new()).unwrap().directories, 2);
    assert_eq!((&root / "a").remove_with(&RemoveOptions::new()).unwrap().directories, 0);
    let error = (&root / "a").rmtree_with(&RemoveOptions::new()).unwrap_err();
    assert_eq!((error.kind(), error.op()), (ErrorKind::NotFound, Op::Rmtree));
}

#[test]
fn free_names_are_found_and_taken() {
    let tree = Tree::new(["d/"]);
    let root = Root::open(&*tree).unwrap();
    let letter = &root / "d/letter.txt";
    assert_eq!(letter.next_free_name().unwrap(), letter);
    for text in ["first", "second"] {
        letter.at_free_name(|free| free.write_new(text)).unwrap();
    }
    assert_eq!(letter.next_free_name().unwrap(), &root / "d/letter (3).txt");
    tree.is(["d/", "d/letter (2).txt: second", "d/letter.txt: first"]);
    assert!(root.next_free_name().unwrap_err().kind() == ErrorKind::InvalidInput);
}

#[test]
fn a_file_that_is_written_bit_by_bit_appears_when_it_is_committed() {
    let tree = Tree::new(["d/old"]);
    let root = Root::open(&*tree).unwrap();
    let (old, new) = (&root / "d/old", &root / "d/new");
    let mut replaced = old.create_atomic().unwrap();
    let mut made = new.create_new_atomic().unwrap();
    replaced.write_all(b"replaced").unwrap();
    made.write_all(b"made").unwrap();
    assert_eq!(made.path().as_posix(), "d/new");
    drop(old.create_atomic().unwrap());
    assert!(old.read_text().unwrap() == "old" && !new.exists());
    replaced.commit().unwrap();
    made.commit().unwrap();
    tree.is(["d/", "d/new: made", "d/old: replaced"]);
    let late = (&root / "d/late").create_new_atomic().unwrap();
    (&root / "d/late").write_text("theirs").unwrap();
    assert_eq!(late.commit().unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(new.create_new_atomic().unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!((&root / "d").create_atomic().unwrap_err().kind(), ErrorKind::IsADirectory);
    let read_only = Root::options().read_only(true).open(&*tree).unwrap();
    for begun in [(&read_only / "x").create_atomic(), (&read_only / "x").create_new_atomic()] {
        assert_eq!(begun.unwrap_err().kind(), ErrorKind::ReadOnlyFilesystem);
    }
}

#[test]
fn questions_with_yes_or_no() {
    let tree = Tree::new(["d/f"]);
    let root = Root::open(&*tree).unwrap();
    let file = &root / "d/f";
    assert!(!file.is_junction() && !file.is_mount() && !file.is_executable());
    assert!(!(&root / "d").is_mount() && !(&root / "d").is_executable() && !(&root / "no").is_executable());
    #[cfg(unix)]
    {
        file.chmod(0o755).unwrap();
        (&root / "l").symlink_to("d/f").unwrap();
        (&root / "out").symlink_to("/bin/sh").unwrap();
        assert!(file.is_executable() && (&root / "l").is_executable() && !(&root / "out").is_executable());
        assert!(waypath::path("/bin/sh").is_executable());
    }
    #[cfg(target_os = "linux")]
    {
        let system = Root::open("/").unwrap();
        assert!((&system / "proc").is_mount() && !(&system / "proc/self").is_mount());
        assert!(waypath::path("/proc").is_mount());
    }
}
