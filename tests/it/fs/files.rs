//! Files and directories: what each operation does, and what it says when it cannot.

use std::io::ErrorKind;
use std::time::Duration;

use waypath::{Error, FileKind, Op, Path, PathBuf, Result, path};

use crate::support::util::{Tree, fails};

#[test]
fn an_error_says_what_was_done_to_which_path_and_why() {
    let tree = Tree::new(["f"]);
    let error = fails(tree.at("no/such").mkdir(), Op::Mkdir, ErrorKind::NotFound);
    assert_eq!(error.path().as_std_path().to_str().unwrap(), tree.at("no/such").as_str());
    let cause = error.io_error().unwrap();
    assert_eq!(error.to_string(), format!("cannot create directory `{}`: {cause}", tree.at("no/such")));
    assert_eq!(format!("{error:?}"), format!("{error}\n  `{}` does not exist", tree.at("no")));

    let error = fails(tree.at("no").rename(tree.at("f")), Op::Rename, ErrorKind::NotFound);
    assert_eq!(error.second_path().unwrap().as_std_path().to_str().unwrap(), tree.at("f").as_str());
    assert!(error.to_string().starts_with(&format!("cannot rename `{}` to `{}`: ", tree.at("no"), tree.at("f"))));

    let error = path("no\nsuch\u{1b}[2J").read_text().unwrap_err();
    let cause = error.io_error().unwrap();
    assert_eq!(error.to_string(), format!("cannot read `no\\nsuch\\u{{1b}}[2J`: {cause}"));
    let error = fails(waypath::TempDir::new_in(tree.at("no")), Op::TempDir, ErrorKind::NotFound);
    assert_eq!(
        error.to_string(),
        format!("cannot create a temporary directory in `{}`: {}", tree.at("no"), error.io_error().unwrap())
    );
    assert!(!error.to_string().contains(" at path "), "{error}");

    let io = std::io::Error::from(fails(path("a\0b").read_text(), Op::Read, ErrorKind::InvalidInput));
    assert_eq!(io.kind(), ErrorKind::InvalidInput);
    assert!(io.to_string().contains("cannot read"));
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn questions_about_what_is_there() {
    let tree = Tree::new(["d/", "f"]);
    let of = |path: &Path| (path.exists(), path.is_file(), path.is_dir(), path.is_symlink());
    assert_eq!(of(&tree), (true, false, true, false));
    assert_eq!(of(&tree.at("d")), (true, false, true, false));
    assert_eq!(of(&tree.at("f")), (true, true, false, false));
    for absent in ["no", "f/x", "no/../d/no", "a\0b", &"x".repeat(300), &"x/".repeat(3_000)] {
        let absent = tree.at(absent);
        assert_eq!(of(&absent), (false, false, false, false), "{absent}");
        assert!(absent.stat().is_err() && absent.lstat().is_err());
    }
    assert!(path("").is_dir() && path(".").exists());
    assert!(tree.at("f").try_exists().unwrap());
    assert!(!tree.at("no").try_exists().unwrap());
    assert!(!tree.at("f/x").try_exists().unwrap());
    fails(tree.at("a\0b").try_exists(), Op::Stat, ErrorKind::InvalidInput);
    let stat = tree.at("f").stat().unwrap();
    assert_eq!((stat.kind(), stat.size(), stat.is_readonly()), (FileKind::File, 1, false));
    assert!(stat.modified().unwrap() <= std::time::SystemTime::now() + Duration::from_secs(2));
}

#[test]
fn making_and_removing_directories() {
    let tree = Tree::new(["f"]);
    fails(tree.at("f").mkdir(), Op::Mkdir, ErrorKind::AlreadyExists);
    fails(tree.at("f").mkdir_all(), Op::Mkdir, ErrorKind::AlreadyExists);
    assert!(tree.at("f/x/y").mkdir_all().is_err());
    fails(tree.at("a/b").mkdir(), Op::Mkdir, ErrorKind::NotFound);
    tree.at("a/b/c").mkdir_all().unwrap();
    tree.at("a/b/c").mkdir_all().unwrap();
    fails(tree.at("a/b").mkdir(), Op::Mkdir, ErrorKind::AlreadyExists);
    fails(tree.at("a").rmdir(), Op::Rmdir, ErrorKind::DirectoryNotEmpty);
    fails(tree.at("no").rmdir(), Op::Rmdir, ErrorKind::NotFound);
    tree.at("a/b/c").rmdir().unwrap();
    tree.is(["a/", "a/b/", "f"]);
    fails(tree.at("a\0b").mkdir_all(), Op::Mkdir, ErrorKind::InvalidInput);
    path("").mkdir_all().unwrap();
    tree.anchor().parse::<PathBuf>().unwrap().mkdir_all().unwrap();
}

#[test]
#[cfg(unix)]
fn a_parent_directory_that_is_named_is_made() {
    let tree = Tree::new(["d/"]);
    tree.at("m/n/../o").mkdir_all().unwrap();
    tree.is(["d/", "m/", "m/n/", "m/o/"]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn many_at_once_make_the_same_directories() {
    let tree = Tree::new([]);
    let deep = tree.at("a/b/c/d/e/f");
    std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8).map(|_| scope.spawn(|| deep.mkdir_all())).collect();
        makers.into_iter().for_each(|maker| maker.join().unwrap().unwrap());
    });
    assert!(deep.is_dir());
}

#[test]
fn content_is_what_was_written() {
    let tree = Tree::new(["d/"]);
    let file = tree.at("f");
    for text in ["", "x\ny\r\nz\r", "\u{feff}é", "a\0b"] {
        file.write_text(text).unwrap();
        assert_eq!(file.read_text().unwrap(), text);
        assert_eq!(file.read_bytes().unwrap(), text.as_bytes());
    }
    file.write_bytes([0xff, b'a']).unwrap();
    fails(file.read_text(), Op::Read, ErrorKind::InvalidData);
    assert_eq!(file.read_bytes().unwrap(), [0xff, b'a']);
    fails(tree.at("no/f").write_text(""), Op::Write, ErrorKind::NotFound);
    fails(tree.at("no").read_bytes(), Op::Read, ErrorKind::NotFound);
    assert!(tree.at("d").write_text("").is_err() && tree.at("d").read_text().is_err());
    tree.at(&"x".repeat(255)).write_text("long").unwrap();
    assert!(tree.at(&"x".repeat(256)).write_text("too long").is_err());
}

#[test]
fn contents_are_compared_to_their_ends() {
    const PIECE: usize = 1 << 16;
    let tree = Tree::new([]);
    let mut contents: Vec<_> = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE].map(|length| vec![0; length]).into();
    let with_one_at = |at: usize| (0..3 * PIECE).map(|number| u8::from(number == at)).collect::<Vec<_>>();
    contents.extend([0, PIECE, 3 * PIECE - 1].map(with_one_at));
    for (left, content) in contents.iter().enumerate() {
        tree.at("left").write_bytes(content).unwrap();
        for (right, content) in contents.iter().enumerate() {
            tree.at("right").write_bytes(content).unwrap();
            assert_eq!(tree.at("left").same_content(tree.at("right")).unwrap(), left == right, "{left} {right}");
        }
    }
    for (left, right) in [("left", "no"), ("no", "left")] {
        let error = fails(tree.at(left).same_content(tree.at(right)), Op::Open, ErrorKind::NotFound);
        assert_eq!(*error.path(), *tree.at("no"));
    }
}

#[test]
fn touching_and_unlinking() {
    let tree = Tree::new(["f", "d/"]);
    let (old, new) = (tree.at("f"), tree.at("new"));
    let before = old.stat().unwrap().modified().unwrap();
    std::fs::File::options().write(true).open(old.as_str()).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    old.touch().unwrap();
    // Node sets whole seconds.
    let less = Duration::from_secs(cfg!(target_family = "wasm").into());
    assert!(old.stat().unwrap().modified().unwrap() >= before - less);
    assert_eq!(old.read_text().unwrap(), "f");
    new.touch().unwrap();
    assert_eq!(new.read_text().unwrap(), "");
    fails(tree.at("no/f").touch(), Op::Touch, ErrorKind::NotFound);
    assert!(new.unlink_if_exists().unwrap());
    assert!(!new.unlink_if_exists().unwrap());
    fails(new.unlink(), Op::Unlink, ErrorKind::NotFound);
    assert!(tree.at("d").unlink().is_err() && tree.at("d").unlink_if_exists().is_err());
    tree.is(["d/", "f"]);
}

#[test]
fn renaming_never_overwrites_and_replacing_does() {
    let tree = Tree::new(["a", "b", "d/x", "e/", "full/y"]);
    let at = |name: &str| tree.at(name);
    let verbs: [fn(&Path, PathBuf) -> Result<PathBuf>; 2] = [Path::rename, Path::move_to];
    for verb in verbs {
        for taken in ["b", "d", "e"] {
            let error = verb(&at("a"), at(taken)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
        }
        assert_eq!(verb(&at("d"), at("e")).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(verb(&at("no"), at("new")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(verb(&at("a"), at("no/new")).unwrap_err().kind(), ErrorKind::NotFound);
    }
    fails(at("a").rename(at("a")), Op::Rename, ErrorKind::AlreadyExists);
    fails(at("a").move_to(at("a")), Op::Move, ErrorKind::InvalidInput);
    tree.is(["a", "b", "d/", "d/x", "e/", "full/", "full/y"]);
    assert_eq!(at("a").rename(at("c")).unwrap(), at("c"));
    assert_eq!(at("d").move_to(at("e/d")).unwrap(), at("e/d"));
    assert_eq!(at("c").replace(at("b")).unwrap(), at("b"));
    assert!(at("e").replace(at("full")).is_err() && at("e").replace(at("b")).is_err());
    tree.is(["b: a", "e/", "e/d/", "e/d/x", "full/", "full/y"]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn of_many_that_make_the_same_directories_none_fails() {
    for _ in 0..50 {
        let tree = Tree::new([]);
        let deep = tree.at("a/b/c/d/e/f/g/h");
        std::thread::scope(|scope| {
            (0..4).for_each(|_| drop(scope.spawn(|| deep.mkdir_all().unwrap())));
        });
        assert!(deep.is_dir());
    }
}

/// As POSIX has it; who gets an error or loses a name would have to be told.
#[test]
#[cfg(unix)]
fn two_names_of_one_file_both_stay() {
    let tree = Tree::new(["a"]);
    tree.at("b").hardlink_to(tree.at("a")).unwrap();
    tree.at("a").replace(tree.at("b")).unwrap();
    tree.is(["a", "b: a"]);
    fails(tree.at("a").rename(tree.at("b")), Op::Rename, ErrorKind::AlreadyExists);
    tree.is(["a", "b: a"]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn of_two_that_rename_to_one_name_one_wins() {
    for _ in 0..200 {
        let tree = Tree::new(["a", "b"]);
        let results = std::thread::scope(|scope| {
            let tree = &tree;
            let renamers = ["a", "b"].map(|name| scope.spawn(move || tree.at(name).rename(tree.at("c"))));
            renamers.map(|renamer| renamer.join().unwrap().is_ok())
        });
        match results {
            [true, false] => tree.is(["b", "c: a"]),
            [false, true] => tree.is(["a", "c: b"]),
            both => panic!("{both:?}"),
        }
    }
}

#[test]
fn places() {
    assert!(Path::cwd().unwrap().is_absolute());
    assert!(Path::temp_dir().unwrap().is_dir());
    for unchanged in ["a", "a/~", "./a~", "/~"] {
        assert_eq!(path(unchanged).expanduser().unwrap().as_str(), path(unchanged).as_str());
    }
    let home = Path::home().unwrap();
    assert_eq!(path("~").expanduser().unwrap(), home);
    assert_eq!(path("~/a/b").expanduser().unwrap(), &home / "a/b");
    assert_eq!(path("./~/a").expanduser().unwrap(), &home / "a");
    if cfg!(not(windows)) {
        fails(path("~no such user/a").expanduser(), Op::Expand, ErrorKind::NotFound);
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use waypath::TempDir;

    use super::*;
    use crate::support::util::as_nobody;

    /// Field by field, of all kinds of files.
    #[test]
    fn metadata_is_what_std_says() {
        use std::os::unix::fs::MetadataExt;
        let tree = Tree::new(["d/", "f", "ld => d", "dang => no"]);
        tree.at("two").hardlink_to(tree.at("f")).unwrap();
        tree.at("f").chmod(0o4750).unwrap();
        let mut links = Vec::new();
        for name in ["d", "f", "two", "ld", "dang", "/dev/null"] {
            let found = tree.at(name).lstat().unwrap();
            let std = std::fs::symlink_metadata(tree.at(name).as_str()).unwrap();
            assert_eq!((found.is_file(), found.is_dir()), (std.is_file(), std.is_dir()), "{name}");
            assert_eq!((found.is_symlink(), found.size()), (std.is_symlink(), std.len()), "{name}");
            assert_eq!((found.mode(), found.links()), (std.mode() & 0o7777, Some(std.nlink())), "{name}");
            assert_eq!((found.uid(), found.gid()), (Some(std.uid()), Some(std.gid())), "{name}");
            assert_eq!(found.identity(), Some((std.dev(), std.ino())), "{name}");
            assert_eq!((found.modified(), found.created()), (std.modified().ok(), std.created().ok()), "{name}");
            assert_eq!(found.is_readonly(), std.permissions().readonly(), "{name}");
            links.push(found.links().unwrap());
        }
        assert_eq!((links[1], links[2]), (2, 2));
        assert_eq!(tree.at("f").stat().unwrap(), tree.at("two").stat().unwrap());
        assert_eq!(tree.at("ld").stat().unwrap().identity(), tree.at("d").stat().unwrap().identity());
    }

    #[test]
    fn links_are_followed_where_that_is_said() {
        let tree = Tree::new(["d/f", "f", "ld => d", "lf => f", "dang => no", "self => self"]);
        let at = |name: &str| tree.at(name);
        assert!(at("ld").is_dir() && at("ld").is_symlink() && at("ld/f").is_file());
        assert!(at("lf").is_file() && at("lf").lstat().unwrap().is_symlink());
        for nowhere in ["dang", "self"] {
            assert!(!at(nowhere).exists() && at(nowhere).is_symlink());
        }
        assert!(!at("dang").try_exists().unwrap());
        assert!(at("self").try_exists().is_err());
        at("ld").mkdir_all().unwrap();
        fails(at("dang").mkdir_all(), Op::Mkdir, ErrorKind::AlreadyExists);
        fails(at("ld").rmdir(), Op::Rmdir, ErrorKind::NotADirectory);
        fails(at("self").read_text(), Op::Read, at("self").stat().unwrap_err().kind());
        at("dang").touch().unwrap();
        at("lf").write_text("through").unwrap();
        at("ld").unlink().unwrap();
        at("self").rename(at("moved")).unwrap();
        fails(at("f").rename(at("moved")), Op::Rename, ErrorKind::AlreadyExists);
        at("f").replace(at("lf")).unwrap();
        tree.is(["d/", "d/f", "dang => no", "lf: through", "moved => self", "no: "]);
    }

    #[test]
    fn what_is_not_allowed_is_said() {
        if !as_nobody("fs::files::unix::what_is_not_allowed_is_said") {
            return;
        }
        use std::os::unix::fs::PermissionsExt;
        let tree = Tree::new(["closed/f", "d/f"]);
        let mode = |name: &str, mode| {
            std::fs::set_permissions(tree.at(name).as_str(), PermissionsExt::from_mode(mode)).unwrap();
        };
        mode("closed", 0o000);
        mode("d/f", 0o000);
        mode("d", 0o555);
        let closed = tree.at("closed/f");
        assert!(!closed.exists());
        fails(closed.try_exists(), Op::Stat, ErrorKind::PermissionDenied);
        fails(closed.stat(), Op::Stat, ErrorKind::PermissionDenied);
        fails(tree.at("d/f").read_text(), Op::Read, ErrorKind::PermissionDenied);
        fails(tree.at("d/f").unlink(), Op::Unlink, ErrorKind::PermissionDenied);
        fails(tree.at("d/f").rename(tree.at("g")), Op::Rename, ErrorKind::PermissionDenied);
        fails(tree.at("d/new").mkdir_all(), Op::Mkdir, ErrorKind::PermissionDenied);
        fails(tree.at("d/new").touch(), Op::Touch, ErrorKind::PermissionDenied);
        fails(TempDir::new_in(tree.at("d")), Op::TempDir, ErrorKind::PermissionDenied);
        // One's own file may be touched even where it may not be read.
        tree.at("d/f").touch().unwrap();
        mode("closed", 0o755);
        mode("d", 0o755);
    }

    /// The environment is one for all threads: each case is a process of its own, which runs this
    /// test with what it is to find.
    #[test]
    fn home_and_temp_dir_come_from_the_environment_and_empty_is_unset() {
        const EXPECTED: &str = "WAYPATH_TEST_EXPECTED";
        if let Ok(expected) = std::env::var(EXPECTED) {
            let found = [Path::home().unwrap(), path("~/a").expanduser().unwrap(), Path::temp_dir().unwrap()];
            assert_eq!(found.map(PathBuf::into_string).join(" "), expected);
            return;
        }
        let database = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().dir;
        let database = database.to_str().unwrap();
        let cases = [
            (Some("/h//"), Some("/t/"), "/h /h/a /t".to_owned()),
            (Some(""), Some(""), format!("{database} {} /tmp", path(database) / "a")),
            (None, None, format!("{database} {} /tmp", path(database) / "a")),
        ];
        for (home, temp, expected) in cases {
            let mut process = std::process::Command::new(std::env::current_exe().unwrap());
            process
                .args(["--exact", "fs::files::unix::home_and_temp_dir_come_from_the_environment_and_empty_is_unset"]);
            process.env(EXPECTED, &expected).env_remove("HOME").env_remove("TMPDIR");
            process.envs(home.map(|home| ("HOME", home))).envs(temp.map(|temp| ("TMPDIR", temp)));
            let output = process.output().unwrap();
            let printed = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && printed.contains("1 passed"), "{expected}: {printed}");
        }
    }

    #[test]
    fn a_temporary_directory_is_private_and_goes() {
        let outer = TempDir::new().unwrap();
        let inner = TempDir::new_in(&outer).unwrap();
        let mode = std::fs::metadata(inner.as_str()).map(|found| std::os::unix::fs::MetadataExt::mode(&found));
        assert_eq!(mode.unwrap() & 0o777, 0o700);
        (&inner / "d").mkdir().unwrap();
        (&inner / "d/f").touch().unwrap();
        let gone = inner.to_path_buf();
        inner.close().unwrap();
        assert!(!gone.exists());
        let kept = TempDir::new_in(&outer).unwrap().keep();
        assert!(kept.is_dir());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_and_another_device_are_said() {
        fails(path("/dev/full").write_text("x"), Op::Write, ErrorKind::StorageFull);
        let (here, there) = (Tree::new(["f"]), TempDir::new_in("/dev/shm").unwrap());
        let device = |path: &Path| std::os::unix::fs::MetadataExt::dev(&std::fs::metadata(path.as_str()).unwrap());
        if device(&here) != device(&there) {
            fails(here.at("f").rename(&there / "f"), Op::Rename, ErrorKind::CrossesDevices);
            fails(here.at("f").replace(&there / "f"), Op::Replace, ErrorKind::CrossesDevices);
        }
        here.is(["f"]);
    }

    #[test]
    fn a_path_that_is_not_utf8_is_an_error_with_the_raw_path() {
        let raw = std::path::Path::new(OsStr::from_bytes(b"a/\xff"));
        let error = fails(PathBuf::try_from(raw), Op::Convert, ErrorKind::InvalidInput);
        assert_eq!(error.path(), raw);
        assert!(PathBuf::try_from(raw.to_owned()).is_err());
    }
}
