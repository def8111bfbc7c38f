//! Content that is replaced as a whole: each row of the table in the documentation of `write_atomic`.

use std::io::ErrorKind;

#[cfg(target_os = "linux")]
use waypath::PathBuf;
use waypath::{Op, Result, path};

use crate::support::util::{Tree, fails};

#[test]
fn a_file_is_made_and_replaced() {
    let tree = Tree::new(["d/"]);
    let large = "line\n".repeat(500_000);
    for content in ["", "first", &large, "a\0b", "second"] {
        for name in ["f", "d/f", "ends in.waypath-tmp", "é", ".hidden"] {
            tree.at(name).write_atomic(content).unwrap();
            assert_eq!(tree.at(name).read_text().unwrap(), content);
        }
    }
    tree.is(["d/", "d/f: second", "ends in.waypath-tmp: second", "f: second", ".hidden: second", "é: second"].sorted());
    tree.at("f").write_atomic([0xff, 0]).unwrap();
    assert_eq!(tree.at("f").read_bytes().unwrap(), [0xff, 0]);
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl<const N: usize> Sorted for [&str; N] {
    fn sorted(mut self) -> Self {
        self.sort_unstable();
        self
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let tree = Tree::new(["d/", "f"]);
    let op = Op::Write;
    fails(tree.at("d").write_atomic("x"), op, ErrorKind::IsADirectory);
    fails(tree.at("d").write_if_changed("x"), op, ErrorKind::IsADirectory);
    fails(tree.at("d/..").write_atomic("x"), op, ErrorKind::IsADirectory);
    fails(path("").write_atomic("x"), op, ErrorKind::IsADirectory);
    fails(path(tree.anchor()).write_atomic("x"), op, ErrorKind::IsADirectory);
    fails(tree.at("no/f").write_atomic("x"), op, ErrorKind::NotFound);
    fails(tree.at("a\0b").write_atomic("x"), op, ErrorKind::InvalidInput);
    assert!(tree.at("f/x").write_atomic("x").is_err());
    assert!(tree.at(&"x".repeat(256)).write_atomic("x").is_err());
    tree.is(["d/", "f"]);
}

#[test]
fn a_name_may_be_as_long_as_names_are() {
    let tree = Tree::new([]);
    for character in ["x", "é", "𝄞"] {
        // Windows takes more, but not so under Wine.
        let long = tree.at(&character.repeat(255 / character.len()));
        for content in ["new", "old"] {
            long.write_atomic(content).unwrap();
            assert_eq!(long.read_text().unwrap(), content);
        }
        assert_eq!(tree.lines().len(), 1);
        long.unlink().unwrap();
    }
}

#[test]
fn only_other_content_is_written() {
    let tree = Tree::new(["f"]);
    let (file, new) = (tree.at("f"), tree.at("new"));
    let past = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let set_past = || {
        std::fs::File::options().write(true).open(file.as_str()).unwrap().set_modified(past).unwrap();
    };
    let is_past = || file.stat().unwrap().modified().unwrap() == past;
    set_past();
    assert!(!file.write_if_changed("f").unwrap() && is_past());
    assert!(!file.edit_text(|text| text).unwrap() && is_past());
    for other in ["", "g", "f\n", "F"] {
        assert!(file.write_if_changed(other).unwrap() && !is_past());
        assert_eq!(file.read_text().unwrap(), other);
        set_past();
        assert!(!file.write_if_changed(other).unwrap() && is_past());
    }
    assert!(new.write_if_changed("").unwrap() && !new.write_if_changed("").unwrap());
}

#[test]
fn text_is_edited_or_stays() {
    let tree = Tree::new(["f", "d/"]);
    let file = tree.at("f");
    assert!(file.edit_text(|text| text + "\n").unwrap());
    assert_eq!(file.read_text().unwrap(), "f\n");

    let refuse = |text: String| -> Result<String, std::io::Error> {
        assert_eq!(text, "f\n");
        Err(ErrorKind::InvalidData.into())
    };
    assert_eq!(file.edit_text(refuse).unwrap_err().kind(), ErrorKind::InvalidData);
    let to_number = |text: String| -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        Ok(text.trim().parse::<u8>()?.to_string())
    };
    assert!(file.edit_text(to_number).unwrap_err().to_string().contains("invalid digit"));
    let of_another = |_| tree.at("no").read_text();
    assert_eq!(file.edit_text(of_another).unwrap_err().op(), Op::Read);
    tree.is(["d/", "f: f\n"]);

    let never = |_: String| -> String { panic!("it has no text") };
    fails(tree.at("no").edit_text(never), Op::Read, ErrorKind::NotFound);
    fails(tree.at("no/f").edit_text(never), Op::Read, ErrorKind::NotFound);
    fails(tree.at("d").edit_text(never), Op::Read, ErrorKind::IsADirectory);
    file.write_bytes([b'a', 0xff]).unwrap();
    let error = fails(file.edit_text(never), Op::Read, ErrorKind::InvalidData);
    assert_eq!(error.to_string(), file.read_text().unwrap_err().to_string());
    assert_eq!(file.read_bytes().unwrap(), [b'a', 0xff]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn of_many_that_write_one_is_last_and_whole() {
    /// Windows refuses to replace a file that is being read or replaced at this moment.
    fn write_shared(file: &waypath::Path, content: &str) -> Result<()> {
        match file.write_atomic(content) {
            Err(error) if cfg!(windows) && error.kind() == ErrorKind::PermissionDenied => Ok(()),
            result => result,
        }
    }

    const ROUNDS: usize = 60;
    let tree = Tree::new([]);
    let file = tree.at("f");
    let contents = ["a", "b", "c"].map(|letter| letter.repeat(300_000));
    let is_whole = |found: &str| contents.iter().any(|content| content == found);
    std::thread::scope(|scope| {
        let writers: Vec<_> = contents
            .iter()
            .map(|content| scope.spawn(|| (0..ROUNDS).try_for_each(|_| write_shared(&file, content))))
            .collect();
        while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            match file.read_text() {
                Ok(found) => assert!(is_whole(&found), "{} bytes", found.len()),
                Err(error) => assert!(error.kind() == ErrorKind::NotFound || cfg!(windows), "{error}"),
            }
        }
        writers.into_iter().for_each(|writer| writer.join().unwrap().unwrap());
    });
    assert!(is_whole(&file.read_text().unwrap()));
    assert_eq!(tree.lines().len(), 1, "nothing is left over");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt};

    use waypath::Path;

    use super::*;
    use crate::support::util::{NOBODY, as_nobody, as_nobody_in};

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path.as_str(), PermissionsExt::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path.as_str()).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_new_file_has_the_mode_of_new_files() {
        let tree = Tree::new([]);
        tree.at("new").write_atomic("x").unwrap();
        std::fs::write(tree.at("std").as_str(), "x").unwrap();
        assert_eq!(mode(&tree.at("new")), mode(&tree.at("std")));
        assert_ne!(mode(&tree.at("new")), 0o600, "the umask of who runs the tests leaves more");
    }

    #[test]
    fn the_mode_stays() {
        let tree = Tree::new(["f"]);
        let file = tree.at("f");
        for kept in [0o600, 0o644, 0o666, 0o755, 0o777, 0o640, 0o4755, 0o2711, 0o1644] {
            set_mode(&file, kept);
            let number = || std::fs::metadata(file.as_str()).unwrap().ino();
            let before = number();
            file.write_atomic(format!("{kept:o}")).unwrap();
            assert_eq!(mode(&file), kept, "{kept:o}");
            assert_ne!(number(), before, "it is another file");
        }
        tree.is(["f: 1644"]);
    }

    #[test]
    fn owner_and_group_stay() {
        if !nix::unistd::geteuid().is_root() {
            println!("not root: no file can be given away here");
            return;
        }
        let tree = Tree::new(["f"]);
        let file = tree.at("f");
        for (owner, group, kept) in [(12, 34, 0o4640), (0, 34, 0o2660), (12, 0, 0o400)] {
            std::os::unix::fs::chown(file.as_str(), Some(owner), Some(group)).unwrap();
            set_mode(&file, kept);
            file.write_atomic("new").unwrap();
            let found = std::fs::metadata(file.as_str()).unwrap();
            assert_eq!((found.uid(), found.gid(), found.mode() & 0o7777), (owner, group, kept));
        }
    }

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let tree = Tree::new([
            "d/f",
            "lf => d/f",
            "d/up => ../lf",
            "ld => d",
            "twice => d/up",
            "absent => d/new",
            "far => no/new",
            "self => self",
            "a => b",
            "b => a",
            "to d => d",
            "slash => d/f/",
            "dot => d/.",
            "d/deep => ../ld/../d/up",
            "d/nowhere => no/",
        ]);
        for (name, content) in
            [("lf", "1"), ("d/up", "2"), ("ld/f", "3"), ("d/deep", "4"), ("twice", "5"), ("ld/up", "6")]
        {
            tree.at(name).write_atomic(content).unwrap();
            assert_eq!(tree.at("d/f").read_text().unwrap(), content);
        }
        assert!(tree.at("twice").edit_text(|text| text + "+").unwrap());
        tree.at("absent").write_atomic("made").unwrap();
        fails(tree.at("far").write_atomic("x"), Op::Write, ErrorKind::NotFound);
        let loops = tree.at("self").stat().unwrap_err();
        for name in ["self", "a"] {
            let error = fails(tree.at(name).write_atomic("x"), Op::Write, loops.kind());
            assert_eq!(error.io_error().unwrap().to_string(), loops.io_error().unwrap().to_string());
        }
        fails(tree.at("to d").write_atomic("x"), Op::Write, ErrorKind::IsADirectory);
        fails(tree.at("dot").write_atomic("x"), Op::Write, ErrorKind::IsADirectory);
        for name in ["slash", "d/nowhere"] {
            assert!(tree.at(name).write_atomic("x").is_err());
        }
        tree.is([
            "a => b",
            "absent => d/new",
            "b => a",
            "d/",
            "d/deep => ../ld/../d/up",
            "d/f: 6+",
            "d/new: made",
            "d/nowhere => no/",
            "d/up => ../lf",
            "dot => d/.",
            "far => no/new",
            "ld => d",
            "lf => d/f",
            "self => self",
            "slash => d/f/",
            "to d => d",
            "twice => d/up",
        ]);
        let absolute = tree.at("absolute");
        crate::support::util::symlink(tree.at("d/f").as_str(), &absolute);
        absolute.write_atomic("7").unwrap();
        assert_eq!(tree.at("d/f").read_text().unwrap(), "7");
    }

    #[test]
    fn a_pipe_a_socket_and_a_device_are_refused_and_not_opened() {
        let tree = Tree::new(["d/", "to pipe => pipe", "to null => /dev/null"]);
        make_pipe(&tree.at("pipe"));
        let _socket = std::os::unix::net::UnixListener::bind(tree.at("socket").as_str()).unwrap();
        // To open a pipe would wait for ever.
        for (name, what) in [
            ("pipe", "a pipe"),
            ("to pipe", "a pipe"),
            ("socket", "a socket"),
            ("to null", "a device"),
            ("/dev/null", "a device"),
        ] {
            let at = tree.at(name);
            let error = fails(at.write_atomic("x"), Op::Write, ErrorKind::InvalidInput);
            let reason = format!("it is {what}, which has no content to replace");
            assert_eq!(error.to_string(), format!("cannot write `{at}`: {reason}"));
            fails(at.write_if_changed("x"), Op::Write, ErrorKind::InvalidInput);
            let error = fails(at.edit_text(|text| text), Op::Read, ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), format!("cannot read `{at}`: {reason}"));
        }
        assert!(path("/dev/null").lstat().unwrap().kind() == waypath::FileKind::Other);
    }

    fn make_pipe(at: &Path) {
        assert!(std::process::Command::new("mkfifo").arg(at.as_str()).status().unwrap().success());
    }

    #[test]
    fn other_names_keep_the_old_file() {
        let tree = Tree::new(["f"]);
        std::fs::hard_link(tree.at("f").as_str(), tree.at("other").as_str()).unwrap();
        let mut open = std::fs::File::open(tree.at("f").as_str()).unwrap();
        tree.at("f").write_atomic("new").unwrap();
        tree.is(["f: new", "other: f"]);
        let mut read = String::new();
        std::io::Read::read_to_string(&mut open, &mut read).unwrap();
        assert_eq!(read, "f", "who has it open reads the old file");
    }

    #[test]
    fn what_is_not_allowed_is_refused() {
        if !as_nobody("fs::atomic::unix::what_is_not_allowed_is_refused") {
            return;
        }
        let tree = Tree::new(["readonly", "unreadable", "closed/f", "fixed/f", "dark/f", "plain"]);
        let cases = [("readonly", 0o444), ("unreadable", 0o200), ("closed", 0), ("fixed", 0o555), ("dark", 0o333)];
        cases.iter().for_each(|(name, mode)| set_mode(&tree.at(name), *mode));
        for name in ["readonly", "unreadable", "closed/f", "closed/new", "fixed/f", "fixed/new"] {
            fails(tree.at(name).write_atomic("x"), Op::Write, ErrorKind::PermissionDenied);
        }
        for (name, op) in
            [("readonly", Op::Write), ("unreadable", Op::Read), ("closed/f", Op::Read), ("fixed/f", Op::Write)]
        {
            fails(tree.at(name).edit_text(|text| text + "x"), op, ErrorKind::PermissionDenied);
        }
        // What stays as it is needs no right to change it.
        assert!(!tree.at("readonly").edit_text(|text| text).unwrap());
        assert!(!tree.at("fixed/f").write_if_changed("f").unwrap());
        // A directory that may not be listed is no hindrance.
        tree.at("dark/f").write_atomic("new").unwrap();
        tree.at("dark/g").write_atomic("new").unwrap();
        cases.iter().for_each(|(name, _)| set_mode(&tree.at(name), 0o755));
        tree.is([
            "closed/",
            "closed/f",
            "dark/",
            "dark/f: new",
            "dark/g: new",
            "fixed/",
            "fixed/f",
            "plain",
            "readonly",
            "unreadable",
        ]);
    }

    #[test]
    fn another_users_file_is_refused_as_it_could_not_stay_theirs() {
        let prepare = |place: &Path| {
            for name in ["theirs", "group"] {
                (place / name).write_text(name).unwrap();
                set_mode(&(place / name), 0o666);
            }
            std::os::unix::fs::chown((place / "group").as_str(), Some(NOBODY), Some(0)).unwrap();
            set_mode(place, 0o777);
        };
        let name = "fs::atomic::unix::another_users_file_is_refused_as_it_could_not_stay_theirs";
        let Some(place) = as_nobody_in(name, prepare) else { return };
        for (name, what) in [("theirs", "owner"), ("group", "group")] {
            let file = &place / name;
            let error = fails(file.write_atomic("x"), Op::Write, ErrorKind::PermissionDenied);
            let reason = format!("its {what} cannot be kept: Operation not permitted (os error 1)");
            assert_eq!(error.to_string(), format!("cannot write `{file}`: {reason}"));
            assert_eq!(file.read_text().unwrap(), name);
        }
        assert_eq!(place.iterdir().count(), 2, "nothing is left over");
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::fs::{XattrFlags, getxattr, setxattr};
    use rustix::io::Errno;
    use waypath::Path;

    use super::*;

    const RIGHTS: &str = "system.posix_acl_access";
    const DEFAULT_RIGHTS: &str = "system.posix_acl_default";

    /// Sets an attribute; `false` where the file system has none.
    fn set(path: &Path, name: &str, value: &[u8]) -> bool {
        match setxattr(path.as_str(), name, value, XattrFlags::empty()) {
            Err(Errno::NOTSUP) => {
                println!("no attribute `{name}` here: not tested");
                false
            }
            result => result.map(|()| true).unwrap(),
        }
    }

    fn get(path: &Path, name: &str) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 65_536];
        match getxattr(path.as_str(), name, &mut buffer[..]) {
            Err(Errno::NODATA) => None,
            length => Some(buffer[..length.unwrap()].to_owned()),
        }
    }

    /// A list of access rights: owner, user 12, group, mask, others, as the kernel takes it.
    fn rights(owner: u16, user: u16, group: u16, mask: u16, others: u16) -> Vec<u8> {
        const NO_ID: u32 = u32::MAX;
        let entries = [(1, owner, NO_ID), (2, user, 12), (4, group, NO_ID), (16, mask, NO_ID), (32, others, NO_ID)];
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            list.extend(u16::to_le_bytes(tag));
            list.extend(rights.to_le_bytes());
            list.extend(u32::to_le_bytes(id));
        }
        list
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path.as_str()).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn attributes_stay() {
        let tree = Tree::new(["f"]);
        let file = tree.at("f");
        let large = [7; 3_000];
        let attributes: [(&str, &[u8]); 4] =
            [("user.a", b"1"), ("user.empty", b""), ("user.large", &large), ("user.\u{e9}", b"\xff\0")];
        if !attributes.iter().all(|(name, value)| set(&file, name, value)) {
            return;
        }
        for content in ["new", "newer"] {
            file.write_atomic(content).unwrap();
            for (name, value) in attributes {
                assert_eq!(get(&file, name).as_deref(), Some(value), "{name}");
            }
        }
        assert!(file.edit_text(|text| text + "!").unwrap());
        assert_eq!(get(&file, "user.a").as_deref(), Some(&b"1"[..]));
    }

    #[test]
    fn lists_of_access_rights_stay() {
        let tree = Tree::new(["f"]);
        let file = tree.at("f");
        let list = rights(6, 4, 0, 4, 0);
        if !set(&file, RIGHTS, &list) {
            return;
        }
        assert_eq!(mode(&file), 0o640, "the mask is shown as the group's rights");
        file.write_atomic("new").unwrap();
        assert_eq!((get(&file, RIGHTS), mode(&file)), (Some(list), 0o640));
    }

    #[test]
    fn what_a_directory_gives_by_default_is_for_new_files() {
        let tree = Tree::new(["d/"]);
        let (old, new, std_new) = (tree.at("d/old"), tree.at("d/new"), tree.at("d/std"));
        old.write_text("old").unwrap();
        let before = mode(&old);
        if !set(&tree.at("d"), DEFAULT_RIGHTS, &rights(7, 6, 5, 7, 0)) {
            return;
        }
        new.write_atomic("new").unwrap();
        std::fs::write(std_new.as_str(), "new").unwrap();
        assert!(get(&new, RIGHTS).is_some());
        assert_eq!((get(&new, RIGHTS), mode(&new)), (get(&std_new, RIGHTS), mode(&std_new)));
        old.write_atomic("new").unwrap();
        assert_eq!((get(&old, RIGHTS), mode(&old)), (None, before), "the old file had none");
    }

    /// A process's own open files have links that look like others.
    #[test]
    fn a_link_that_is_not_what_it_reads_is_not_taken_for_it() {
        use std::os::fd::AsRawFd as _;
        let tree = Tree::new(["f", "gone"]);
        let open = |name: &str| std::fs::File::open(tree.at(name).as_str()).unwrap();
        let link = |file: &std::fs::File| PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let (file, gone) = (open("f"), open("gone"));
        tree.at("gone").unlink().unwrap();
        link(&file).write_atomic("new").unwrap();
        let file = open("f");
        assert!(link(&file).edit_text(|text| text + "er").unwrap());
        fails(link(&gone).write_atomic("x"), Op::Write, ErrorKind::Other);
        fails(link(&gone).write_if_changed("x"), Op::Write, ErrorKind::Other);
        fails(link(&gone).edit_text(|_| -> String { panic!("it has no text") }), Op::Read, ErrorKind::Other);
        let (reader, _writer) = std::io::pipe().unwrap();
        let pipe = PathBuf::from(format!("/proc/self/fd/{}", reader.as_raw_fd()));
        fails(pipe.write_atomic("x"), Op::Write, ErrorKind::InvalidInput);
        tree.is(["f: newer"]);
    }

    #[test]
    fn a_path_may_be_longer_than_the_system_allows() {
        const LEVELS: usize = 30;
        let tree = Tree::new([]);
        let name = "n".repeat(200);
        let mut dir = rustix::fs::open(tree.as_str(), rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
        for _ in 0..LEVELS {
            rustix::fs::mkdirat(&dir, &*name, rustix::fs::Mode::RWXU).unwrap();
            dir = rustix::fs::openat(&dir, &*name, rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
        }
        let file = tree.at(&vec![name; LEVELS].join("/")) / "f";
        assert!(file.as_str().len() > 6_000);
        file.write_atomic("far").unwrap();
        file.write_atomic("farther").unwrap();
        let open = rustix::fs::openat(&dir, "f", rustix::fs::OFlags::empty(), rustix::fs::Mode::empty()).unwrap();
        assert_eq!(std::io::read_to_string(std::fs::File::from(open)).unwrap(), "farther");
    }

    fn mount(args: &[&str]) {
        assert!(std::process::Command::new("mount").args(args).status().unwrap().success(), "mount {args:?}");
    }

    #[test]
    fn a_file_on_which_another_is_mounted_is_refused_with_the_reason() {
        if !crate::support::mounts::with_own_mounts(
            "fs::atomic::linux::a_file_on_which_another_is_mounted_is_refused_with_the_reason",
        ) {
            return;
        }
        let tree = Tree::new(["hosts", "outside", "link => hosts"]);
        mount(&["--bind", tree.at("outside").as_str(), tree.at("hosts").as_str()]);
        for name in ["hosts", "link"] {
            let file = tree.at(name);
            let error = fails(file.write_atomic("new"), Op::Write, ErrorKind::ResourceBusy);
            let reason = "another file is mounted on it, as containers do, so that it cannot be replaced: \
                          Device or resource busy (os error 16); `write_text` writes into it";
            assert_eq!(error.to_string(), format!("cannot write `{file}`: {reason}"));
            fails(file.edit_text(|text| text + "x"), Op::Write, ErrorKind::ResourceBusy);
            fails(file.write_if_changed("new"), Op::Write, ErrorKind::ResourceBusy);
        }
        assert_eq!(tree.iterdir().count(), 3, "nothing is left over");
        tree.at("hosts").write_text("as it says").unwrap();
        assert_eq!(tree.at("outside").read_text().unwrap(), "as it says");
        assert!(std::process::Command::new("umount").arg(tree.at("hosts").as_str()).status().unwrap().success());
        tree.is(["hosts", "link => hosts", "outside: as it says"]);
    }

    #[test]
    fn a_read_only_file_system_is_refused() {
        if !crate::support::mounts::with_own_mounts("fs::atomic::linux::a_read_only_file_system_is_refused") {
            return;
        }
        let tree = Tree::new(["d/f"]);
        mount(&["-t", "tmpfs", "none", tree.at("d").as_str()]);
        tree.at("d/f").write_text("old").unwrap();
        mount(&["-o", "remount,ro", tree.at("d").as_str()]);
        for name in ["d/f", "d/new"] {
            fails(tree.at(name).write_atomic("new"), Op::Write, ErrorKind::ReadOnlyFilesystem);
        }
        assert!(!tree.at("d/f").edit_text(|text| text).unwrap(), "what stays as it is needs no right to change it");
        assert_eq!(tree.at("d").iterdir().count(), 1);
        assert!(std::process::Command::new("umount").arg(tree.at("d").as_str()).status().unwrap().success());
    }

    #[test]
    fn what_chattr_locks_is_refused_with_the_reason() {
        let tree = Tree::new(["fixed", "log", "d/f", "growing/f"]);
        let locks = [("fixed", "+i", "-i"), ("log", "+a", "-a"), ("d", "+i", "-i"), ("growing", "+a", "-a")];
        let chattr = |flag: &str, name: &str| {
            let output = std::process::Command::new("chattr").args([flag, tree.at(name).as_str()]).output();
            output.is_ok_and(|output| output.status.success())
        };
        if !locks.iter().all(|(name, lock, _)| chattr(lock, name)) {
            locks.iter().for_each(|(name, _, unlock)| _ = chattr(unlock, name));
            println!("SKIPPED: no file can be locked by chattr here");
            return;
        }
        let errors = ["fixed", "log", "d/f", "growing/f"].map(|name| (name, tree.at(name).write_atomic("new")));
        locks.iter().for_each(|(name, _, unlock)| assert!(chattr(unlock, name)));
        for (name, result) in errors {
            let error = fails(result, Op::Write, ErrorKind::PermissionDenied);
            // In a directory that is fixed, the system refuses to make the temporary file.
            let is_explained = error.to_string().contains("append-only or immutable (see `lsattr`)");
            assert!(is_explained || name == "d/f", "{name}: {error}");
            assert_eq!(tree.at(name).read_text().unwrap(), tree.at(name).name());
        }
        assert_eq!(tree.iterdir().count(), 4, "nothing is left over");
        assert_eq!(tree.at("growing").iterdir().count(), 2, "it could not be removed there");
    }

    #[test]
    fn anothers_file_in_a_sticky_directory_is_refused() {
        let prepare = |place: &Path| {
            (place / "f").write_text("f").unwrap();
            for (path, mode) in [(place / "f", 0o666), (place.to_path_buf(), 0o1777)] {
                std::fs::set_permissions(path.as_str(), std::fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        let name = "fs::atomic::linux::anothers_file_in_a_sticky_directory_is_refused";
        let Some(place) = crate::support::util::as_nobody_in(name, prepare) else { return };
        fails((&place / "f").write_atomic("x"), Op::Write, ErrorKind::PermissionDenied);
        assert_eq!((&place / "f").read_text().unwrap(), "f");
        (&place / "own").write_atomic("x").unwrap();
        (&place / "own").write_atomic("y").unwrap();
        assert_eq!(place.iterdir().count(), 2, "nothing is left over");
    }

    /// 20 sizes of content on disks of a fixed size: the old content or the new one, and nothing beside.
    #[test]
    fn a_full_disk_leaves_the_old_content() {
        const DISK: usize = 400 * 1024;
        let Some(disk) = Disk::new(DISK) else { return };
        let (file, new) = (&disk.0 / "f", &disk.0 / "new");
        let old = "old ".repeat(20_000);
        let (mut full, mut written) = (0, 0);
        let streamed = |target: &Path, content: &str| {
            let mut streamed = target.create_atomic()?;
            content.as_bytes().chunks(5_000).try_for_each(|piece| streamed.write_all(piece))?;
            streamed.commit()
        };
        file.write_text(&old).unwrap();
        for step in 1..=20 {
            let content = "n".repeat(step * DISK / 16);
            for (target, is_streamed) in [(&file, false), (&new, false), (&file, true), (&new, true)] {
                let result = if is_streamed { streamed(target, &content) } else { target.write_atomic(&content) };
                match result {
                    Ok(()) => {
                        written += 1;
                        assert!(target.read_text().unwrap() == content);
                    }
                    Err(error) => {
                        full += 1;
                        assert_eq!((error.op(), error.kind()), (Op::Write, ErrorKind::StorageFull), "{error}");
                        assert!(file.read_text().unwrap() == old && !new.exists());
                    }
                }
                new.unlink_if_exists().unwrap();
                // In place: a child of another test, between fork and exec, may keep what was replaced on the disk.
                file.write_text(&old).unwrap();
                assert_eq!(disk.0.iterdir().count(), 1, "nothing is left over");
            }
        }
        println!("full disk: {full} refused, {written} written, 0 torn");
        assert!(full > 10 && written > 10);
    }

    /// A small disk in memory; `None` where one may not be had.
    struct Disk(waypath::TempDir);

    impl Disk {
        fn new(size: usize) -> Option<Self> {
            let place = waypath::TempDir::new().unwrap();
            let options = format!("size={size}");
            let mut mount = std::process::Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", &options, "none", place.as_str()]);
            match mount.output() {
                Ok(output) if output.status.success() => Some(Self(place)),
                _ => {
                    println!("no disk can be mounted here: not tested");
                    None
                }
            }
        }
    }

    impl Drop for Disk {
        fn drop(&mut self) {
            let unmounted = std::process::Command::new("umount").arg(self.0.as_str()).status();
            assert!(unmounted.unwrap().success());
        }
    }
}
