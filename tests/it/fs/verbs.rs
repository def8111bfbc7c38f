//! Smaller verbs: opening, appending, touching with options, variables, looking up, kinds, owners.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use waypath::{Op, Path, TouchOptions, path};

use crate::support::util::{Tree, fails};

#[test]
fn files_are_opened() {
    let tree = Tree::new(["f", "d/"]);
    let mut text = String::new();
    tree.at("f").open().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "f");
    assert!(tree.at("f").open().unwrap().write_all(b"x").is_err());
    tree.at("f").create().unwrap().write_all(b"n").unwrap();
    tree.at("new").create().unwrap();
    tree.at("f").open_with(OpenOptions::new().append(true)).unwrap().write_all(b"ew").unwrap();
    tree.is(["d/", "f: new", "new: "]);
    let error = fails(tree.at("no").open(), Op::Open, ErrorKind::NotFound);
    assert!(error.to_string().starts_with(&format!("cannot open `{}`: ", tree.at("no"))));
    fails(tree.at("no/f").create(), Op::Open, ErrorKind::NotFound);
    fails(tree.at("f").open_with(OpenOptions::new().write(true).create_new(true)), Op::Open, ErrorKind::AlreadyExists);
    assert!(tree.at("d").create().is_err());
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn what_is_appended_stands_at_the_end() {
    let tree = Tree::new(["d/"]);
    let log = tree.at("log");
    let append = &|letter: &str| (0..100).for_each(|_| log.append_text(letter.repeat(20) + "\n").unwrap());
    if std::env::var_os("UNDER_WINE").is_some() {
        // Wine looks for the end and then writes, so that two may write there.
        ["a", "b", "c"].into_iter().for_each(append);
    } else {
        std::thread::scope(|scope| {
            for letter in ["a", "b", "c"] {
                scope.spawn(move || append(letter));
            }
        });
    }
    let text = log.read_text().unwrap();
    let whole = |line: &&str| line.len() == 20 && line.bytes().all(|byte| byte == line.as_bytes()[0]);
    assert_eq!(text.lines().filter(whole).count(), 300);
    log.append_bytes([0xff]).unwrap();
    assert_eq!(log.size().unwrap(), 300 * 21 + 1);
    fails(tree.at("no/log").append_text(""), Op::Write, ErrorKind::NotFound);
    assert!(tree.at("d").append_text("x").is_err());
}

#[test]
fn size_is_that_of_the_content() {
    let tree = Tree::new(["f"]);
    assert_eq!(tree.at("f").size().unwrap(), 1);
    fails(tree.at("no").size(), Op::Stat, ErrorKind::NotFound);
}

#[test]
fn touching_with_options() {
    let tree = Tree::new(["f", "d/"]);
    let times = |name: &str| {
        let stat = tree.at(name).stat().unwrap();
        (stat.accessed().unwrap(), stat.modified().unwrap())
    };
    let second = |number| UNIX_EPOCH + Duration::from_secs(number);
    let is_now = |time: SystemTime| time.elapsed().is_ok_and(|age| age.as_secs() < 60);

    TouchOptions::new().modified(second(5)).accessed(second(3)).touch(tree.at("f")).unwrap();
    assert_eq!(times("f"), (second(3), second(5)));
    TouchOptions::new().modified(second(7)).touch(tree.at("f")).unwrap();
    assert_eq!(times("f"), (second(3), second(7)));
    TouchOptions::new().accessed(second(8)).touch(tree.at("f")).unwrap();
    assert_eq!(times("f"), (second(8), second(7)));
    TouchOptions::new().touch(tree.at("f")).unwrap();
    assert!(is_now(times("f").0) && is_now(times("f").1));
    assert_eq!(tree.at("f").read_text().unwrap(), "f");

    TouchOptions::new().modified(second(5)).accessed(second(3)).touch(tree.at("d")).unwrap();
    assert_eq!(times("d"), (second(3), second(5)));
    tree.at("d").touch().unwrap();
    assert!(is_now(times("d").1));

    TouchOptions::new().modified(second(9)).touch(tree.at("new")).unwrap();
    assert!(is_now(times("new").0));
    assert_eq!(times("new").1, second(9));
    let fresh = TouchOptions::new().exist_ok(false).modified(second(10));
    fails(fresh.touch(tree.at("new")), Op::Touch, ErrorKind::AlreadyExists);
    assert_eq!(times("new").1, second(9));
    fresh.touch(tree.at("newer")).unwrap();
    assert_eq!(times("newer").1, second(10));
    fails(fresh.touch(tree.at("no/f")), Op::Touch, ErrorKind::NotFound);
    tree.is(["d/", "f", "new: ", "newer: "]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // WASI has no permissions.
fn what_is_read_only_is_touched() {
    if std::env::var_os("UNDER_WINE").is_some() {
        // Wine opens no read-only file to change its times, as Windows does.
        return;
    }
    let tree = Tree::new(["f"]);
    tree.at("f").chmod("a-w").unwrap();
    TouchOptions::new().modified(UNIX_EPOCH).touch(tree.at("f")).unwrap();
    assert_eq!(tree.at("f").stat().unwrap().modified().unwrap(), UNIX_EPOCH);
    assert!(tree.at("f").stat().unwrap().is_readonly());
    tree.at("f").chmod("u+w").unwrap();
}

#[test]
fn the_nearest_is_found_upward() {
    let tree = Tree::new(["a/b/c/f", "a/here", "here", "a/x/here/", "a/.config/tool.toml"]);
    let at = |name: &str| tree.at(name);
    let cases = [
        ("a/b/c", "here", "a/here"),
        ("a/b/c/f", "here", "a/here"),
        ("a/b/no/such", "here", "a/here"),
        ("a", "here", "a/here"),
        (".", "here", "here"),
        ("a/x", "here", "a/x/here"),
        ("a/b/c", ".config/tool.toml", "a/.config/tool.toml"),
        ("a/b/c/f", "f", "a/b/c/f"),
    ];
    for (start, name, found) in cases {
        assert_eq!(at(start).find_up(name).unwrap(), Some(at(found)), "{start} {name}");
    }
    assert_eq!(at("a/b").find_up("no such name anywhere").unwrap(), None);
    // The text says that `b` is above.
    let outside = tree.resolve().unwrap() / "b/../a/b";
    tree.at("b").mkdir().unwrap();
    tree.at("b/only here").touch().unwrap();
    assert_eq!(outside.find_up("only here").unwrap(), None);
    for refused in ["../here", "a/../here"] {
        fails(at("a").find_up(refused), Op::FindUp, ErrorKind::InvalidInput);
    }
    fails(at("a").find_up(&*tree), Op::FindUp, ErrorKind::InvalidInput);
    fails(at("a").find_up("a\0b"), Op::Stat, ErrorKind::InvalidInput);
    let relative = path("src").find_up("Cargo.toml").unwrap().unwrap();
    assert_eq!(relative, Path::cwd().unwrap() / "Cargo.toml");
}

#[test]
fn nothing_special_is_special() {
    let tree = Tree::new(["f", "d/"]);
    for name in ["f", "d", "no", "a\0b"] {
        let path = tree.at(name);
        let kinds = [path.is_socket(), path.is_fifo(), path.is_block_device(), path.is_char_device()];
        assert_eq!(kinds, [false; 4], "{name}");
        assert!(!path.is_mount() && !path.is_junction(), "{name}");
    }
    assert!(path(Path::cwd().unwrap().anchor()).is_mount());
}

#[test]
#[cfg(windows)]
fn windows_says_that_it_knows_no_owners() {
    let tree = Tree::new(["f"]);
    fails(tree.at("f").owner(), Op::Owner, ErrorKind::Unsupported);
    fails(tree.at("f").group(), Op::Group, ErrorKind::Unsupported);
}

#[test]
#[cfg(windows)]
fn windows_resolves_without_a_prefix() {
    let tree = Tree::new(["Dir/File"]);
    let real = tree.resolve_strict().unwrap();
    assert!(!real.as_str().starts_with(r"\\?\"), "{real}");
    assert_eq!(tree.at("dir/no/../FILE").resolve_strict().unwrap().name(), "File");
    assert_eq!(tree.at("dir/no/Such").resolve().unwrap().as_str(), (&real / "Dir/no/Such").as_str());
    let verbatim = path(format!(r"\\?\{real}"));
    assert!(verbatim.resolve_strict().unwrap().as_str().starts_with(r"\\?\"));
    assert!(tree.at("dir/file").samefile(tree.at("Dir/../Dir/File")).unwrap());
    let second = tree.at("second");
    second.hardlink_to(tree.at("Dir/File")).unwrap();
    assert!(second.samefile(tree.at("Dir/File")).unwrap());
    let drive = path(real.drive());
    assert!(drive.absolute().unwrap().is_absolute() && path(r"\a").absolute().unwrap().is_absolute());
}

#[test]
fn what_is_printed_for_a_programmer_says_what_it_is() {
    use waypath::{CopyOptions, PatternSetBuilder, Posix, RemoveOptions};

    let set = PatternSetBuilder::<Posix>::default().include("a*").exclude("b?");
    let printed = [
        format!("{:?}", path("start").walk()),
        format!("{set:?}"),
        format!("{:?}", set.build()),
        format!("{:?}", RemoveOptions::new().threads(3).dry_run(true)),
        format!("{:?}", CopyOptions::new().threads(3).exclude("x*")),
    ];
    let expected: [&[&str]; 5] = [
        &["Walk", "\"start\""],
        &["PatternSetBuilder", "includes", "a*", "excludes", "b?"],
        &["PatternSet ", "includes", "a*", "excludes", "b?"],
        &["RemoveOptions", "threads: 3", "dry_run: true", "make_writable: false"],
        &["CopyOptions", "threads: 3", "excluded", "x*", "dry_run: false"],
    ];
    for (printed, parts) in printed.iter().zip(expected) {
        assert!(parts.iter().all(|part| printed.contains(part)), "{printed}");
    }
}

/// As in a container or a jail that has none: what Linux tells there is found out in another way.
#[cfg(target_os = "linux")]
#[test]
fn nothing_needs_proc() {
    use std::os::unix::fs::PermissionsExt as _;

    use waypath::CopyOptions;

    if !crate::support::mounts::with_own_mounts("fs::verbs::nothing_needs_proc") {
        return;
    }
    let tree = Tree::new(["f", "src/f", "src/d/g", "old/f"]);
    let mounted = std::process::Command::new("mount").args(["-t", "tmpfs", "none", "/proc"]).status();
    assert!(mounted.unwrap().success() && !path("/proc/self").exists());
    for (mask, executable) in [(0o022, 0o755), (0o077, 0o744), (0o002, 0o755)] {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask));
        tree.at("f").chmod(0o644).unwrap();
        tree.at("f").chmod("+x").unwrap();
        let mode = std::fs::metadata(tree.at("f")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o700, executable & 0o700, "{mask:o}: {mode:o}");
        assert_eq!(mode & 0o011, !mask & 0o011, "{mask:o}: {mode:o}");
        assert_eq!(rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask)).bits(), mask, "it is what it was");
    }
    let report = CopyOptions::archive().copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories, tree.at("to/d/g").exists()), (2, 2, true));
    tree.at("old/f").write_atomic("new").unwrap();
    assert_eq!(tree.at("old/f").read_text().unwrap(), "new");
    tree.at("to").rmtree().unwrap();
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::support::util::as_nobody;

    #[test]
    fn special_files_are_told_apart() {
        let tree = Tree::new(["ls => s", "lf => f"]);
        let _listener = UnixListener::bind(tree.at("s")).unwrap();
        let mkfifo = std::process::Command::new("mkfifo").arg(tree.at("f").as_str()).status();
        assert!(mkfifo.unwrap().success());
        let kinds = |path: &Path| {
            [path.is_socket(), path.is_fifo(), path.is_block_device(), path.is_char_device(), path.is_file()]
        };
        for (name, kind) in [("s", 0), ("ls", 0), ("f", 1), ("lf", 1)] {
            let mut expected = [false; 5];
            expected[kind] = true;
            assert_eq!(kinds(&tree.at(name)), expected, "{name}");
        }
        assert_eq!(kinds(&path("/dev/null")), [false, false, false, true, false]);
        let disks = std::fs::read_dir("/dev").unwrap().filter_map(|entry| {
            let entry = entry.unwrap();
            let is_disk = std::os::unix::fs::FileTypeExt::is_block_device(&entry.file_type().unwrap());
            is_disk.then(|| waypath::PathBuf::try_from(entry.path()).unwrap())
        });
        disks.for_each(|disk| assert_eq!(kinds(&disk), [false, false, true, false, false], "{disk}"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn mounts_are_seen() {
        let tree = Tree::new(["root => /", "d/"]);
        assert!(path("/").is_mount() && path("/proc").is_mount() && path("/proc/").is_mount());
        assert!(!tree.at("root").is_mount() && !path("/proc/self").is_mount() && !path("/proc/self/status").is_mount());
        // All that the system says is mounted, and that is not hidden by what was mounted later.
        let text = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        let mounted: Vec<_> = text.lines().map(|line| line.split(' ').nth(4).unwrap()).collect();
        let there = mounted.iter().filter(|place| !place.contains('\\') && path(**place).lstat().is_ok());
        let places: Vec<_> = there.map(|place| path(*place)).collect();
        let not_seen: Vec<_> = places.iter().filter(|place| !place.is_mount()).collect();
        assert!(places.len() > 1 && not_seen.is_empty(), "{not_seen:?}");
    }

    #[test]
    fn owners_have_names() {
        let tree = Tree::new(["f", "link => f", "dangling => no"]);
        let own = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        assert_eq!(tree.at("f").owner().unwrap(), own);
        assert_eq!(tree.at("link").owner().unwrap(), own);
        assert_eq!(path("/").owner().unwrap(), "root");
        let group = nix::unistd::Group::from_gid(nix::unistd::getgid()).unwrap().unwrap().name;
        assert_eq!(tree.at("f").group().unwrap(), group);
        fails(tree.at("no").owner(), Op::Owner, ErrorKind::NotFound);
        fails(tree.at("dangling").group(), Op::Group, ErrorKind::NotFound);
        if nix::unistd::geteuid().is_root() {
            std::os::unix::fs::chown(tree.at("f"), Some(3_999_999_999), Some(3_999_999_999)).unwrap();
            let error = fails(tree.at("f").owner(), Op::Owner, ErrorKind::NotFound);
            assert_eq!(error.to_string(), format!("cannot find the owner of `{}`: the user has no name", tree.at("f")));
            let error = fails(tree.at("f").group(), Op::Group, ErrorKind::NotFound);
            assert!(error.to_string().ends_with("the group has no name"));
        }
    }

    #[test]
    fn touching_with_options_on_unix() {
        let tree = Tree::new(["f", "d/", "dangling => made", "to_f => f"]);
        let early = UNIX_EPOCH - Duration::new(1, 250_000_000);
        for name in ["d", "to_f"] {
            TouchOptions::new().modified(early).touch(tree.at(name)).unwrap();
            assert_eq!(tree.at(name).stat().unwrap().modified(), Some(early), "{name}");
        }
        tree.at("f").chmod(0o640).unwrap();
        TouchOptions::new().mode(0o600).touch(tree.at("f")).unwrap();
        assert_eq!(tree.at("f").stat().unwrap().mode(), 0o640);
        let private = TouchOptions::new().mode(0o600);
        fails(private.clone().exist_ok(false).touch(tree.at("dangling")), Op::Touch, ErrorKind::AlreadyExists);
        private.touch(tree.at("dangling")).unwrap();
        assert_eq!(tree.at("made").stat().unwrap().mode(), 0o600);
    }

    #[test]
    fn what_is_not_allowed_is_said() {
        if !as_nobody("fs::verbs::unix::what_is_not_allowed_is_said") {
            return;
        }
        let tree = Tree::new(["f", "d/"]);
        tree.at("f").chmod(0).unwrap();
        tree.at("d").chmod(0o555).unwrap();
        fails(tree.at("f").open(), Op::Open, ErrorKind::PermissionDenied);
        fails(tree.at("f").create(), Op::Open, ErrorKind::PermissionDenied);
        fails(tree.at("f").append_text("x"), Op::Write, ErrorKind::PermissionDenied);
        fails(TouchOptions::new().touch(tree.at("d/new")), Op::Touch, ErrorKind::PermissionDenied);
        fails(TouchOptions::new().modified(UNIX_EPOCH).touch("/"), Op::Touch, ErrorKind::PermissionDenied);
        // One's own file may be touched even where it may not be read.
        TouchOptions::new().modified(UNIX_EPOCH).touch(tree.at("f")).unwrap();
        tree.at("d").chmod(0o755).unwrap();
    }

    /// The environment is one for all threads: a process of its own has the variables.
    #[test]
    fn variables_come_from_the_environment() {
        const NAME: &str = "fs::verbs::unix::variables_come_from_the_environment";
        if std::env::var_os("WAYPATH_TEST_A").is_some() {
            let expanded = |text: &str| path(text).expandvars().unwrap().as_str().to_owned();
            assert_eq!(expanded("$WAYPATH_TEST_A/x"), "a/b/x");
            assert_eq!(expanded("x${WAYPATH_TEST_A}y"), "xa/b/y");
            assert_eq!(expanded("x/$WAYPATH_TEST_ROOT"), "x/tmp");
            assert_eq!(expanded("$WAYPATH_TEST_EMPTY"), ".");
            assert_eq!(expanded("%WAYPATH_TEST_A%"), "%WAYPATH_TEST_A%");
            assert_eq!(expanded("$WAYPATH_TEST_NONE/${WAYPATH_TEST_NONE}"), "$WAYPATH_TEST_NONE/${WAYPATH_TEST_NONE}");
            let error = fails(path("$WAYPATH_TEST_RAW").expandvars(), Op::Convert, ErrorKind::InvalidInput);
            assert_eq!(error.path().as_std_path().as_os_str().as_bytes(), b"\xff");
            return;
        }
        let variables = [("A", &b"a//b/"[..]), ("ROOT", b"/tmp"), ("EMPTY", b""), ("RAW", b"\xff")];
        let mut process = std::process::Command::new(std::env::current_exe().unwrap());
        process.args(["--exact", NAME]);
        process.envs(variables.map(|(name, value)| (format!("WAYPATH_TEST_{name}"), OsStr::from_bytes(value))));
        let output = process.output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    }
}

#[test]
fn a_new_file_is_written_and_no_other() {
    let tree = Tree::new(["f", "d/"]);
    tree.at("new").write_new("text").unwrap();
    assert_eq!(tree.at("new").read_text().unwrap(), "text");
    for name in ["new", "f", "d"] {
        fails(tree.at(name).write_new("other"), Op::Write, ErrorKind::AlreadyExists);
    }
    tree.is(["d/", "f", "new: text"]);
}

#[test]
fn lines_are_read_without_their_ends() {
    let tree = Tree::new([]);
    for (text, lines) in [("", &[][..]), ("a", &["a"]), ("a\n", &["a"]), ("\n\r\na\rb", &["", "", "a\rb"])] {
        tree.at("f").write_text(text).unwrap();
        assert_eq!(tree.at("f").read_lines().unwrap(), lines, "{text:?}");
    }
}

#[test]
fn parents_are_made_and_empty_directories_are_known() {
    let tree = Tree::new(["f"]);
    tree.at("a/b/c").mkdir_parent().unwrap();
    tree.at("a/b/c").mkdir_parent().unwrap();
    tree.is(["a/", "a/b/", "f"]);
    let is_empty = |name: &str| tree.at(name).is_empty_dir();
    assert!(is_empty("a/b") && !is_empty("a") && !is_empty("f") && !is_empty("no"));
}

#[cfg(unix)]
#[test]
fn links_are_replaced_in_one_step() {
    let tree = Tree::new(["f", "d/x"]);
    for target in ["one", "f", "d"] {
        tree.at("link").symlink_replace(target).unwrap();
        assert_eq!(tree.at("link").readlink().unwrap(), target);
    }
    tree.at("f").symlink_replace("d").unwrap();
    assert!((tree.at("f") / "x").is_file());
    fails(tree.at("d").symlink_replace("f"), Op::Symlink, ErrorKind::IsADirectory);
    assert_eq!(tree.iterdir().count(), 3, "no temporary name is left");
}
