//! Measuring trees.

use std::io::ErrorKind;

use waypath::{Op, TreeSize};

use crate::support::util::Tree;

/// Apparent bytes, files, directories, links, special files.
fn counts(size: TreeSize) -> (u64, [u64; 4]) {
    (size.apparent, [size.files, size.directories, size.links, size.specials])
}

#[test]
fn a_tree_has_the_size_of_all_in_it() {
    let tree = Tree::new(["a/b/c/", "a/b/four", "a/one", "a/.hidden"]);
    assert_eq!(counts(tree.at("a").tree_size().unwrap()), (4 + 3 + 7, [3, 3, 0, 0]));
    assert_eq!(counts(tree.at("a/b/c").tree_size().unwrap()), (0, [0, 1, 0, 0]));
    assert_eq!(counts(tree.at("a/one").tree_size().unwrap()), (3, [1, 0, 0, 0]));
    assert_eq!(counts(tree.at("a/b/..").tree_size().unwrap()), (14, [3, 3, 0, 0]), "what has no name of its own");
    let error = tree.at("no").tree_size().unwrap_err();
    assert_eq!((error.op(), error.kind()), (Op::TreeSize, ErrorKind::NotFound));
    assert!(error.to_string().starts_with("cannot measure `"));
}

#[cfg(unix)]
#[test]
fn links_are_counted_and_not_followed() {
    let tree = Tree::new(["a/f", "a/up => ..", "a/dangling => no", "link => a"]);
    assert_eq!(counts(tree.at("a").tree_size().unwrap()), (1, [1, 1, 2, 0]));
    assert_eq!(counts(tree.at("link").tree_size().unwrap()), (0, [0, 0, 1, 0]));
}

#[cfg(unix)]
#[test]
fn a_file_with_several_names_is_counted_once() {
    let tree = Tree::new(["a/file", "b/"]);
    std::fs::hard_link(tree.at("a/file"), tree.at("a/other")).unwrap();
    std::fs::hard_link(tree.at("a/file"), tree.at("b/elsewhere")).unwrap();
    assert_eq!(counts(tree.tree_size().unwrap()), (4, [1, 3, 0, 0]));
    assert_eq!(tree.at("b").tree_size().unwrap().files, 1);
}

#[cfg(target_os = "linux")]
#[test]
fn links_and_special_files_with_several_names_are_counted_once() {
    use rustix::fs::{AtFlags, CWD, FileType, Mode, linkat, mknodat};

    let tree = Tree::new(["a/link => nowhere", "b/"]);
    mknodat(CWD, tree.at("a/pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let once = tree.tree_size().unwrap();
    assert_eq!(counts(once), (0, [0, 3, 1, 1]));
    for name in ["link", "pipe"] {
        linkat(CWD, (tree.at("a") / name).as_str(), CWD, (tree.at("b") / name).as_str(), AtFlags::empty()).unwrap();
    }
    assert_eq!(counts(tree.tree_size().unwrap()), counts(once));
}

#[cfg(target_os = "linux")]
#[test]
fn the_size_on_the_disk_is_what_du_tells() {
    use std::os::unix::fs::FileExt as _;

    let tree = Tree::new(["a/b/small", "a/link => b"]);
    std::fs::write(tree.at("a/large"), vec![1; 300_000]).unwrap();
    let sparse = std::fs::File::create_new(tree.at("a/sparse")).unwrap();
    sparse.set_len(64 << 20).unwrap();
    sparse.write_all_at(b"end", (64 << 20) - 3).unwrap();
    std::fs::hard_link(tree.at("a/large"), tree.at("a/b/large")).unwrap();

    let size = tree.at("a").tree_size().unwrap();
    let du = std::process::Command::new("du").args(["-s", "--block-size=1", tree.at("a").as_str()]).output().unwrap();
    let du: u64 = String::from_utf8(du.stdout).unwrap().split('\t').next().unwrap().parse().unwrap();
    assert_eq!(size.allocated, du);
    assert_eq!(size.apparent, 5 + 300_000 + (64 << 20));
    assert!(size.allocated < size.apparent, "holes take nothing");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_text_and_special_files_count() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let tree = Tree::new(["a/"]);
    let odd = std::path::Path::new(tree.at("a").as_str()).join(OsStr::from_bytes(b"\xff\n"));
    std::fs::create_dir(&odd).unwrap();
    std::fs::write(odd.join(OsStr::from_bytes(b"\xfe")), "four").unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(tree.at("a/socket")).unwrap();
    assert_eq!(counts(tree.at("a").tree_size().unwrap()), (4, [1, 2, 0, 1]));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;

    if !crate::support::util::as_nobody("fs::size::what_cannot_be_read_is_an_error") {
        return;
    }
    let tree = Tree::new(["a/1", "a/closed/2", "a/other/3"]);
    let set = |mode| std::fs::set_permissions(tree.at("a/closed"), std::fs::Permissions::from_mode(mode)).unwrap();
    set(0);
    let error = tree.at("a").tree_size().unwrap_err();
    set(0o700);
    assert_eq!((error.op(), error.kind(), error.failure_count()), (Op::TreeSize, ErrorKind::PermissionDenied, 1));
    assert_eq!(error.failures()[0].path(), std::path::Path::new(tree.at("a/closed").as_str()));
}
