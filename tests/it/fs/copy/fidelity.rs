//! What a copy has of the original.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixListener;
use std::time::{Duration, SystemTime};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, Timespec, Timestamps, XattrFlags, makedev, mknodat, setxattr, utimensat,
};
use waypath::{CopyOptions, Path, RemoveOptions, SkipReason, Specials};

use crate::support::snapshot::{Snapshot, assert_same, but, snapshot};
use crate::support::util::{Tree, as_nobody};

fn mode(path: impl AsRef<std::path::Path>, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Sets the time of what is there, links themselves too, to a time with nanoseconds.
fn set_time(path: &std::path::Path, seconds: i64, nanoseconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// A tree with something of every kind, but special files.
fn rich_tree() -> Tree {
    let tree = Tree::new([
        "src/d/e/",
        "src/d/f",
        "src/d/g",
        "src/empty/",
        "src/link => d/f",
        "src/dlink => d",
        "src/dangling => no/where",
        "src/readonly/f",
        "src/readonly/sub/g",
    ]);
    fs::write(tree.at("src/nothing"), "").unwrap();
    fs::write(tree.at("src/large"), vec![b'x'; 300_000]).unwrap();
    fs::hard_link(tree.at("src/d/f"), tree.at("src/second")).unwrap();
    fs::hard_link(tree.at("src/d/f"), tree.at("src/d/e/third")).unwrap();
    fs::hard_link(tree.at("src/large"), tree.at("src/readonly/large")).unwrap();
    for path in ["src/d/g", "src/d", "src/readonly", "src/readonly/f"] {
        // Some file systems have none.
        _ = setxattr(tree.at(path).as_str(), "user.waypath", path.as_bytes(), XattrFlags::empty());
    }
    for (path, bits) in [("src/d/g", 0o640), ("src/readonly/f", 0o444), ("src/empty", 0o700), ("src/d", 0o751)] {
        mode(tree.at(path), bits);
    }
    for (path, bits) in [("src/readonly/sub", 0o555), ("src/readonly", 0o500), ("src/d/e", 0o1777)] {
        mode(tree.at(path), bits);
    }
    let paths: Vec<_> = snapshot(tree.at("src")).into_keys().collect();
    for (at, path) in (1..).zip(paths.iter().rev()) {
        set_time(&std::path::Path::new(tree.at("src").as_str()).join(path), at * 1_000_000 - 5_000_000, at * 1_001);
    }
    tree
}

/// Lets a tree be removed by a user for whom permissions count.
fn open_up(tree: &Tree, names: &[&str]) {
    names.iter().for_each(|name| mode(tree.at(name), 0o755));
}

fn in_all_ways(check: impl Fn(CopyOptions<'_>)) {
    [1, 3].into_iter().for_each(|threads| check(CopyOptions::archive().threads(threads)));
}

fn archives_are_complete() {
    in_all_ways(|options| {
        let tree = rich_tree();
        let before = snapshot(tree.at("src"));
        let report = options.copy(tree.at("src"), tree.at("copy")).unwrap();
        assert_same(&snapshot(tree.at("copy")), &before, &options);
        assert_same(&snapshot(tree.at("src")), &but(before.clone(), |_, _| {}), "the source");
        assert_eq!((report.files, report.directories, report.links, report.hard_links), (6, 6, 3, 3), "{options:?}");
        assert_eq!(report.bytes, 300_000 + 1 + 1 + 1 + 1);
        open_up(&tree, &["src/readonly", "src/readonly/sub", "copy/readonly", "copy/readonly/sub"]);
    });
}

#[test]
fn an_archive_has_everything() {
    archives_are_complete();
}

#[test]
fn an_archive_has_everything_as_nobody_too() {
    if as_nobody("fs::copy::fidelity::an_archive_has_everything_as_nobody_too") {
        archives_are_complete();
    }
}

/// The difference between a copy and its original that the options leave.
fn by_default(mut expected: Snapshot, copy: &Snapshot) -> Snapshot {
    for (path, node) in &mut expected {
        let found = &copy[path];
        assert!(found.modified.0 > 1_000_000_000, "it has a time of its own: {path:?}");
        (node.modified, node.owner, node.same_as) = (found.modified, found.owner, None);
        // The other bits go with the owner; but in a directory, only owners may remove what is theirs.
        node.mode &= if node.what == crate::support::snapshot::What::Directory { 0o1777 } else { 0o777 };
        node.xattrs.clear();
    }
    expected
}

#[test]
fn a_copy_has_content_and_modes_and_links_by_default() {
    for threads in [1, 3] {
        let tree = rich_tree();
        let report = CopyOptions::new().threads(threads).copy(tree.at("src"), tree.at("copy")).unwrap();
        let copy = snapshot(tree.at("copy"));
        assert_same(&copy, &by_default(snapshot(tree.at("src")), &copy), threads);
        assert_eq!((report.files, report.directories, report.links, report.hard_links), (9, 6, 3, 0));
        assert_eq!(report.bytes, 2 * 300_000 + 3 + 1 + 1 + 1);
    }
}

#[test]
fn each_option_keeps_what_it_says() {
    let tree = rich_tree();
    let before = snapshot(tree.at("src"));
    let keeps = |name: &str, options: CopyOptions<'_>, is_kept: &dyn Fn(&Snapshot) -> Vec<bool>| {
        options.copy(tree.at("src"), tree.at(name)).unwrap();
        assert_eq!(is_kept(&snapshot(tree.at(name))), is_kept(&before), "{name}");
    };
    let of = |path: &str, snapshot: &Snapshot| snapshot[std::path::Path::new(path)].clone();
    let (all, nothing) = (CopyOptions::archive(), CopyOptions::new().preserve_mode(false));
    keeps("times", nothing.clone().preserve_times(true), &|found| {
        ["", "d", "d/e", "large", "link", "nothing"]
            .iter()
            .map(|path| of(path, found).modified == of(path, &before).modified)
            .collect()
    });
    keeps("xattrs", nothing.clone().preserve_xattrs(true), &|found| {
        ["d", "d/g", "readonly", "readonly/f"]
            .iter()
            .map(|path| of(path, found).xattrs == of(path, &before).xattrs)
            .collect()
    });
    keeps("hard links", nothing.clone().preserve_hard_links(true), &|found| {
        ["second", "readonly/large", "d/f"]
            .iter()
            .map(|path| of(path, found).same_as == of(path, &before).same_as)
            .collect()
    });
    all.preserve_times(false).copy(tree.at("src"), tree.at("no times")).unwrap();
    assert!(snapshot(tree.at("no times")).values().all(|node| node.modified.0 > 1_000_000_000));
}

#[test]
fn without_modes_a_copy_has_those_of_what_is_new() {
    let tree = rich_tree();
    CopyOptions::new().preserve_mode(false).copy(tree.at("src"), tree.at("copy")).unwrap();
    let made = tree.at("made");
    (&made / "d").mkdir_all().unwrap();
    (&made / "f").touch().unwrap();
    let new = snapshot(made.as_str());
    let (dir, file) = (new[std::path::Path::new("d")].mode, new[std::path::Path::new("f")].mode);
    for (path, node) in snapshot(tree.at("copy")) {
        match node.what {
            crate::support::snapshot::What::Directory => assert_eq!(node.mode, dir, "{path:?}"),
            crate::support::snapshot::What::File(..) => assert_eq!(node.mode, file, "{path:?}"),
            _ => {}
        }
    }
}

#[test]
fn setuid_and_its_like_go_with_the_owner() {
    let tree = Tree::new(["src/d/f", "src/both", "src/user"]);
    for (path, bits) in [("src/d", 0o3775), ("src/both", 0o6755), ("src/user", 0o4711), ("src/d/f", 0o1644)] {
        mode(tree.at(path), bits);
    }
    let modes =
        |name: &str, paths: [&str; 4]| paths.map(|path| snapshot(tree.at(name))[std::path::Path::new(path)].mode);
    let paths = ["d", "both", "user", "d/f"];
    tree.at("src").copy(tree.at("plain")).unwrap();
    assert_eq!(modes("plain", paths), [0o1775, 0o755, 0o711, 0o644]);
    CopyOptions::archive().copy(tree.at("src"), tree.at("archive")).unwrap();
    assert_eq!(modes("archive", paths), [0o3775, 0o6755, 0o4711, 0o1644]);
    CopyOptions::archive().preserve_owner(false).copy(tree.at("src"), tree.at("mine")).unwrap();
    assert_eq!(modes("mine", paths), [0o1775, 0o755, 0o711, 0o644]);
    // What is inherited from the directory above is kept: it says whose the files in this one are.
    tree.at("group").mkdir().unwrap();
    mode(tree.at("group"), 0o2755);
    tree.at("src").copy(tree.at("group/plain")).unwrap();
    assert_eq!(modes("group/plain", paths), [0o3775, 0o755, 0o711, 0o644]);
}

#[test]
fn owners_are_kept_by_those_who_may() {
    if !nix::unistd::geteuid().is_root() {
        println!("only root gives files away: not tested");
        return;
    }
    let tree = Tree::new(["src/d/f", "src/link => d"]);
    let owned = ["src/d", "src/d/f", "src/link"];
    (1..).zip(owned).for_each(|(id, path)| std::os::unix::fs::lchown(tree.at(path), Some(id), Some(id + 10)).unwrap());
    mode(tree.at("src/d/f"), 0o4755);
    in_all_ways(|options| {
        options.copy(tree.at("src"), tree.at("copy")).unwrap();
        assert_same(&snapshot(tree.at("copy")), &snapshot(tree.at("src")), &options);
        CopyOptions::new().copy(tree.at("src"), tree.at("plain")).unwrap();
        assert!(snapshot(tree.at("plain")).values().all(|node| node.owner == (0, 0)));
        tree.at("copy").rmtree().unwrap();
        tree.at("plain").rmtree().unwrap();
    });
}

/// How many bytes a file takes on the disk.
fn allocated(path: &Path) -> u64 {
    fs::metadata(path.as_str()).unwrap().blocks() * 512
}

#[test]
fn holes_stay_holes() {
    const MEBIBYTE: u64 = 1 << 20;
    let tree = Tree::new(["src/"]);
    // Data in the middle and at the end; only at the beginning; half of it; none at all.
    let files: [(&str, &[u64]); 4] =
        [("sparse", &[17, 63]), ("beginning", &[0]), ("mostly data", &[0, 1, 2, 3, 4, 6, 7]), ("hole", &[])];
    for (name, data) in files {
        let file = File::create(tree.at("src").join(name)).unwrap();
        file.set_len(if name == "mostly data" { 8 } else { 64 } * MEBIBYTE).unwrap();
        for at in data {
            file.write_all_at(&vec![b'x'; MEBIBYTE as usize], at * MEBIBYTE).unwrap();
        }
    }
    if allocated(&tree.at("src/sparse")) > 8 * MEBIBYTE {
        println!("this file system has no holes: not tested");
        return;
    }
    in_all_ways(|options| {
        options.copy(tree.at("src"), tree.at("copy")).unwrap();
        assert_same(&snapshot(tree.at("copy")), &snapshot(tree.at("src")), &options);
        for (name, data) in files {
            let (old, new) = (allocated(&tree.at("src").join(name)), allocated(&tree.at("copy").join(name)));
            assert!(new <= old + 64 * 1024, "{name}: {old} bytes are {new} in the copy");
            assert!(new >= data.len() as u64 * MEBIBYTE, "{name}");
        }
        tree.at("copy").rmtree().unwrap();
    });
}

/// A tree with a pipe, a socket and, for root, a device.
fn special_tree() -> (Tree, u64) {
    let tree = Tree::new(["src/d/f", "src/a"]);
    let fifo = FileType::Fifo;
    mknodat(CWD, tree.at("src/d/fifo").as_str(), fifo, Mode::from_raw_mode(0o666), 0).unwrap();
    drop(UnixListener::bind(tree.at("src/socket")).unwrap());
    mode(tree.at("src/d/fifo"), 0o666);
    let null = (tree.at("src/null"), makedev(1, 3));
    let device = mknodat(CWD, null.0.as_str(), FileType::CharacterDevice, Mode::from_raw_mode(0o640), null.1);
    (tree, 2 + u64::from(device.is_ok()))
}

#[test]
fn special_files_are_left_out_and_reported() {
    for threads in [1, 3] {
        let (tree, count) = special_tree();
        let report = CopyOptions::new().threads(threads).copy(tree.at("src"), tree.at("copy")).unwrap();
        let mut expected = vec![tree.at("src/d/fifo"), tree.at("src/null"), tree.at("src/socket")];
        expected.retain(|path| path.exists() || path.lstat().is_ok());
        let skipped: Vec<_> =
            report.skipped.iter().map(|skipped| (skipped.path.clone().into(), skipped.reason)).collect();
        let expected: Vec<_> =
            expected.into_iter().map(|path| (std::path::PathBuf::from(path), SkipReason::Special)).collect();
        assert_eq!((skipped, report.files, report.specials), (expected, 2, 0));
        assert_eq!(report.skipped.len() as u64, count);
        assert_eq!(snapshot(tree.at("copy")).len(), 4);
    }
}

#[test]
fn special_files_are_made_again() {
    for options in [
        CopyOptions::archive(),
        CopyOptions::new().specials(Specials::Recreate).preserve_times(true).preserve_owner(true),
    ] {
        let (tree, count) = special_tree();
        let report = options.copy(tree.at("src"), tree.at("copy")).unwrap();
        assert_eq!((report.specials, report.skipped.len()), (count, 0));
        assert_same(&snapshot(tree.at("copy")), &snapshot(tree.at("src")), &options);
        // Over others: a file, and one that differs.
        for path in ["copy/d/fifo", "copy/socket"] {
            fs::remove_file(tree.at(path)).unwrap();
            fs::write(tree.at(path), "old").unwrap();
        }
        options.clone().overwrite(waypath::Overwrite::Always).copy(tree.at("src"), tree.at("copy")).unwrap();
        assert_same(&snapshot(tree.at("copy")), &snapshot(tree.at("src")), &options);
    }
}

#[test]
fn special_files_are_refused() {
    for threads in [1, 3] {
        let (tree, count) = special_tree();
        let options = CopyOptions::new().specials(Specials::Refuse).threads(threads);
        let error = options.copy(tree.at("src"), tree.at("copy")).unwrap_err();
        assert_eq!((error.kind(), error.failure_count() as u64), (ErrorKind::Unsupported, count), "{error:?}");
        assert_eq!(snapshot(tree.at("copy")).len(), 4, "the rest is copied");
    }
    let (tree, _) = special_tree();
    for specials in [Specials::Skip, Specials::Refuse] {
        let error = CopyOptions::new().specials(specials).copy(tree.at("src/socket"), tree.at("copy")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
    assert!(!tree.at("copy").exists());
}

#[test]
fn a_special_file_that_cannot_be_made_leaves_the_old_one() {
    if !as_nobody("fs::copy::fidelity::a_special_file_that_cannot_be_made_leaves_the_old_one") {
        return;
    }
    // A device that is everywhere, which this user cannot make.
    let tree = Tree::new(["null"]);
    let options = CopyOptions::archive().overwrite(waypath::Overwrite::Always);
    let error = options.copy("/dev/null", tree.at("null")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    tree.is(["null"]);
}

#[test]
fn a_newer_file_is_not_replaced_by_an_older_special_one() {
    let (tree, _) = special_tree();
    set_time(tree.at("src/d/fifo").as_ref(), 1_000, 0);
    tree.at("copy").write_text("newer").unwrap();
    let options = CopyOptions::archive().overwrite(waypath::Overwrite::IfNewer);
    assert_eq!(options.copy(tree.at("src/d/fifo"), tree.at("copy")).unwrap().unchanged, 1);
    assert_eq!(tree.at("copy").read_text().unwrap(), "newer");
    set_time(tree.at("copy").as_ref(), 999, 0);
    assert_eq!(options.copy(tree.at("src/d/fifo"), tree.at("copy")).unwrap().specials, 1);
    assert!(fs::symlink_metadata(tree.at("copy")).unwrap().file_type().is_fifo());
}

/// 16 names that few take.
fn odd_names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> =
        ["new\nline", "\u{1}\u{1b}[31m", "\t", " ", "-rf", "*[?]{a,b}", "\\", "~", "'\"", "...", "e\u{301}"]
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
    names.push(vec![b'n'; 255]);
    names.extend([b"\xff".to_vec(), b"a\xc3".to_vec(), b"\xed\xa0\x80".to_vec(), b"\xe6\x97\xa5\xe6.txt".to_vec()]);
    names
}

#[test]
fn odd_names_are_copied_moved_and_removed() {
    let names = odd_names();
    let tree = Tree::new(["src/"]);
    let raw = |name: &[u8]| std::path::Path::new(tree.at("src").as_str()).join(OsStr::from_bytes(name));
    for (at, name) in names.iter().enumerate() {
        // Half of them are directories with the same names in them.
        match at % 2 {
            0 => File::create(raw(name)).unwrap().write_all(name).unwrap(),
            _ => names.iter().for_each(|below| fs::create_dir_all(raw(name).join(OsStr::from_bytes(below))).unwrap()),
        }
    }
    let before = snapshot(tree.at("src"));
    assert_eq!(before.len(), 1 + 16 + 8 * 16);
    in_all_ways(|options| {
        let report = options.copy(tree.at("src"), tree.at("copy")).unwrap();
        assert_eq!((report.files, report.directories), (8, 1 + 8 + 8 * 16));
        assert_same(&snapshot(tree.at("copy")), &before, "copied");
        tree.at("copy").move_to(tree.at("moved")).unwrap();
        assert_same(&snapshot(tree.at("moved")), &before, "moved");
        let removed = RemoveOptions::new().rmtree(tree.at("moved")).unwrap();
        assert_eq!((removed.files, removed.directories), (8, 1 + 8 + 8 * 16));
        assert!(!tree.at("moved").exists() && !tree.at("copy").exists());
    });
    // To another device, where there is one.
    let Some(other) = other_device(&tree) else { return };
    let there = &other / "moved";
    tree.at("src").move_to(&there).unwrap();
    assert_same(&snapshot(&there), &before, "moved to another device");
    there.move_to(tree.at("back")).unwrap();
    assert_same(&snapshot(tree.at("back")), &before, "and back");
    assert!(!there.exists() && !tree.at("src").exists());
    assert_eq!(other.iterdir().count(), 0);
}

/// A directory on another device: that of the shared memory, in nearly every system.
fn other_device(tree: &Path) -> Option<waypath::TempDir> {
    let other = waypath::TempDir::new_in("/dev/shm").ok();
    let device = |path: &Path| fs::metadata(path.as_str()).unwrap().dev();
    let other = other.filter(|other| device(other) != device(tree));
    if other.is_none() {
        println!("no other device here: not tested");
    }
    other
}

#[test]
fn a_move_to_another_device_keeps_everything() {
    let tree = rich_tree();
    let Some(other) = other_device(&tree) else { return };
    let before = snapshot(tree.at("src"));
    for threads in [1, 3] {
        let options = CopyOptions::new().threads(threads);
        let report = options.move_to(tree.at("src"), &other / "moved").unwrap();
        assert_eq!((report.files, report.directories, report.links, report.hard_links), (6, 6, 3, 3));
        assert!(!tree.at("src").exists());
        assert_same(&snapshot(&other / "moved"), &before, "there");
        options.move_to(&other / "moved", tree.at("src")).unwrap();
        assert_same(&snapshot(tree.at("src")), &before, "and back");
        assert_eq!(other.iterdir().count(), 0);
    }
}

/// What was copied until something failed goes again, also where the copies may not be written.
#[test]
fn a_move_that_fails_leaves_nothing_behind() {
    if !as_nobody("fs::copy::fidelity::a_move_that_fails_leaves_nothing_behind") {
        return;
    }
    let tree = Tree::new(["src/a/readonly/sub/f", "src/b/f", "src/z/f", "src/secret"]);
    let Some(other) = other_device(&tree) else { return };
    mode(tree.at("src/secret"), 0);
    for path in ["src/a/readonly/sub", "src/a/readonly", "src/b", "src/z"] {
        mode(tree.at(path), 0o555);
    }
    let before = snapshot(tree.at("src"));
    for threads in [1, 3] {
        let error = CopyOptions::new().threads(threads).move_to(tree.at("src"), &other / "moved").unwrap_err();
        assert_eq!((error.kind(), error.failure_count()), (ErrorKind::PermissionDenied, 1), "{error:?}");
        assert_eq!(error.failures()[0].path(), std::path::Path::new(tree.at("src/secret").as_str()));
        assert_same(&snapshot(tree.at("src")), &before, "the source");
        let left: Vec<_> = other.rglob("*").unwrap().map(|entry| entry.unwrap().into_path()).collect();
        assert_eq!(left, [""; 0].map(waypath::PathBuf::from));
    }
    open_up(&tree, &["src/a/readonly/sub", "src/a/readonly", "src/b", "src/z"]);
}

#[test]
fn everything_is_moved_alone_to_another_device() {
    let (tree, _) = special_tree();
    crate::support::util::symlink("nowhere", &tree.at("src/link"));
    let Some(other) = other_device(&tree) else { return };
    mode(tree.at("src/a"), 0o4751);
    let before = snapshot(tree.at("src"));
    for name in ["a", "link", "socket", "d/fifo"] {
        set_time(tree.at("src").join(name).as_ref(), 1_234, 567);
        let node = snapshot(tree.at("src"))[std::path::Path::new(name)].clone();
        tree.at("src").join(name).move_to(&other / "x").unwrap();
        let moved = snapshot(&other)[std::path::Path::new("x")].clone();
        assert_eq!(moved, node, "{name}");
        (&other / "x").move_to(tree.at("src").join(name)).unwrap();
    }
    let untimed = |nodes: Snapshot| but(nodes, |_, node| node.modified = (0, 0));
    assert_same(&untimed(snapshot(tree.at("src"))), &untimed(before), "and back");
    assert_eq!(other.iterdir().count(), 0);
}

#[test]
fn what_is_taken_on_another_device_stays() {
    let tree = Tree::new(["src/f", "f", "link => f"]);
    let Some(other) = other_device(&tree) else { return };
    for name in ["src", "f", "link"] {
        (&other / "x").write_text("old").unwrap();
        let before = (snapshot(&*tree), snapshot(&other));
        assert_eq!(tree.at(name).move_to(&other / "x").unwrap_err().kind(), ErrorKind::AlreadyExists, "{name}");
        let always = CopyOptions::new().overwrite(waypath::Overwrite::Always);
        if name == "src" {
            assert_eq!(always.move_to(tree.at(name), &other / "x").unwrap_err().kind(), ErrorKind::NotADirectory);
        }
        assert_eq!((snapshot(&*tree), snapshot(&other)), before, "{name}");
        if name != "src" {
            always.move_to(tree.at(name), &other / "x").unwrap();
            assert!(tree.at(name).lstat().is_err());
        }
    }
    assert!(fs::symlink_metadata(&other / "x").unwrap().is_symlink());
    assert_eq!(other.iterdir().count(), 1);
}

/// A copy of a chain of directories, deeper than any path may be long.
#[test]
fn three_thousand_levels_are_copied() {
    const LEVELS: usize = 3_000;
    // In memory, if possible: some file systems take half a minute for it, whoever asks them.
    let tree = waypath::TempDir::new_in("/dev/shm").or_else(|_| waypath::TempDir::new()).unwrap();
    let mut dir = rustix::fs::open(tree.as_str(), rustix::fs::OFlags::DIRECTORY, Mode::empty()).unwrap();
    let name = "directory10";
    for level in 0..=LEVELS {
        let name = if level == 0 { "src" } else { name };
        rustix::fs::mkdirat(&dir, name, Mode::RWXU).unwrap();
        dir = rustix::fs::openat(&dir, name, rustix::fs::OFlags::DIRECTORY, Mode::empty()).unwrap();
        if level % 100 == 0 {
            let flags = rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY;
            let file = rustix::fs::openat(&dir, "f", flags, Mode::RUSR).unwrap();
            File::from(file).write_all(b"content").unwrap();
        }
    }
    for threads in [1, 3] {
        let options = CopyOptions::archive().threads(threads);
        let report = options.copy(&tree / "src", &tree / "copy").unwrap();
        assert_eq!((report.directories, report.files, report.bytes), (1 + LEVELS as u64, 31, 31 * 7));
        let removed = waypath::RemoveOptions::new().threads(threads).rmtree(&tree / "copy").unwrap();
        assert_eq!((removed.directories, removed.files), (1 + LEVELS as u64, 31));
    }
    (&tree / "src").rmtree().unwrap();
}

#[test]
fn times_before_1970_and_far_away_are_kept() {
    let tree = Tree::new(["f"]);
    for (seconds, nanoseconds) in [(-1, 999_999_999), (-1_000_000, 1), (4_000_000_000, 5), (0, 0)] {
        set_time(tree.at("f").as_ref(), seconds, nanoseconds);
        CopyOptions::new().preserve_times(true).copy(tree.at("f"), tree.at("g")).unwrap();
        let found = fs::metadata(tree.at("g")).unwrap();
        assert_eq!((found.mtime(), found.mtime_nsec()), (seconds, nanoseconds));
        fs::remove_file(tree.at("g")).unwrap();
    }
    let old = SystemTime::UNIX_EPOCH + Duration::new(5, 6);
    File::open(tree.at("f")).unwrap().set_times(FileTimes::new().set_accessed(old)).unwrap();
    CopyOptions::new().preserve_times(true).copy(tree.at("f"), tree.at("g")).unwrap();
    assert_eq!(fs::metadata(tree.at("g")).unwrap().accessed().unwrap(), old);
}
