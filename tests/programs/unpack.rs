//! The example `unpack`: archives that try to get out of the directory, and one that is good.

use std::process::{Command, Output};
use std::time::{Duration, UNIX_EPOCH};

use tar::{Builder, EntryType, Header};
use waypath::{FileKind, Path, PathBuf, TempDir};

use crate::example;

/// An archive as it is made, entry by entry. Its names are any bytes, as nobody checks them.
struct Archive(Builder<Vec<u8>>);

impl Archive {
    fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    fn entry(mut self, kind: EntryType, name: impl AsRef<[u8]>, target: &str, content: &str) -> Self {
        let mut header = header(kind, content);
        header.set_link_name_literal(target).unwrap();
        let name = name.as_ref();
        if name.len() > 100 {
            // The long name is the content of an entry of its own, before the entry that has it.
            let long = self::header(EntryType::GNULongName, str::from_utf8(name).unwrap());
            self.0.append(&long, name).unwrap();
        }
        let start = &name[..name.len().min(100)];
        header.as_old_mut().name[..start.len()].copy_from_slice(start);
        header.set_cksum();
        self.0.append(&header, content.as_bytes()).unwrap();
        self
    }

    fn file(self, name: impl AsRef<[u8]>, content: &str) -> Self {
        self.entry(EntryType::Regular, name, "", content)
    }

    fn link(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, name, target, "")
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

fn header(kind: EntryType, content: &str) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(1_000_000_000);
    header.set_cksum();
    header
}

/// A directory to extract into, with one beside it that nobody may change.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = TempDir::new().unwrap();
        (&place / "outside").mkdir().unwrap();
        (&place / "outside/secret").write_text("secret").unwrap();
        (&place / "into").mkdir().unwrap();
        (&place / "into/mine").write_text("mine").unwrap();
        Self(place)
    }

    fn dir(&self) -> PathBuf {
        &self.0 / "into"
    }

    fn outside(&self) -> PathBuf {
        &self.0 / "outside"
    }

    fn unpack(&self, archive: &[u8], options: &[&str]) -> Output {
        (&self.0 / "archive.tar").write_bytes(archive).unwrap();
        let args = [&["archive.tar", "into"], options].concat();
        Command::new(example("unpack")).args(args).current_dir(self.0.as_str()).output().unwrap()
    }

    /// Extracts an archive, all of whose entries are refused that say so, and returns what is there afterwards.
    #[track_caller]
    fn refuses(&self, archive: Archive, refused: &[&str]) -> Vec<String> {
        let archive = archive.into_bytes();
        let planned = self.unpack(&archive, &[]);
        let output = self.unpack(&archive, &["--yes"]);
        for output in [&planned, &output] {
            let said = text(&output.stderr);
            let lines: Vec<_> = said.lines().collect();
            assert_eq!(lines.len(), refused.len(), "{said}");
            for (line, refused) in lines.iter().zip(refused) {
                assert!(line.starts_with("unpack: ") && line.contains(refused), "{refused}: {said}");
            }
            assert_eq!(output.status.code(), Some(1), "{said}");
        }
        self.assert_nothing_outside();
        files(&self.dir())
    }

    #[track_caller]
    fn assert_nothing_outside(&self) {
        assert_eq!(
            files(&self.0).into_iter().filter(|file| !file.starts_with("into/")).collect::<Vec<_>>(),
            ["archive.tar", "outside/secret"]
        );
        assert_eq!((self.outside() / "secret").read_text().unwrap(), "secret");
        assert_eq!((self.dir() / "mine").read_text().unwrap(), "mine");
    }
}

/// The files below a directory, with `/` between the parts.
fn files(directory: &Path) -> Vec<String> {
    let entries = directory.walk().entries().unwrap();
    let files = entries.iter().filter(|entry| entry.kind() != FileKind::Directory);
    files.map(|file| file.relative_to(directory).unwrap().to_string().replace('\\', "/")).collect()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
fn unpack_extracts_a_good_archive_whole() {
    let place = Place::new();
    let long = format!("{}/leaf.txt", ["directory"; 20].join("/"));
    let mut archive = Archive::new()
        .entry(EntryType::XGlobalHeader, "pax_global_header", "", "19 comment=0123456\n")
        .entry(EntryType::Directory, "./", "", "")
        .entry(EntryType::Directory, "empty/", "", "")
        .file("docs/a.txt", "first")
        .file("./docs/ä.txt", "second")
        .file(&long, "deep");
    let mut program = header(EntryType::Regular, "#!/bin/sh\n");
    program.set_mode(0o755);
    archive.0.append_data(&mut program, "run.sh", &b"#!/bin/sh\n"[..]).unwrap();
    let archive = archive.into_bytes();

    let planned = place.unpack(&archive, &[]);
    assert_eq!((planned.status.code(), text(&planned.stderr)), (Some(0), String::new()));
    assert_eq!(files(&place.dir()), ["mine"]);
    let plan = text(&planned.stdout).replace('\\', "/");
    assert!(
        plan.contains("        5 B  docs/a.txt\n") && plan.ends_with("nothing was extracted (--yes does it)\n"),
        "{plan}"
    );

    let extracted = place.unpack(&archive, &["--yes"]);
    assert_eq!((extracted.status.code(), text(&extracted.stderr)), (Some(0), String::new()));
    let into = place.dir();
    assert_eq!(files(&into), [&*long, "docs/a.txt", "docs/ä.txt", "mine", "run.sh"]);
    assert!((&into / "empty").is_empty_dir());
    for (name, content) in
        [("docs/a.txt", "first"), ("docs/ä.txt", "second"), (&long, "deep"), ("run.sh", "#!/bin/sh\n")]
    {
        assert_eq!((&into / name).read_text().unwrap(), content, "{name}");
        assert_eq!((&into / name).modified().unwrap(), UNIX_EPOCH + Duration::from_secs(1_000_000_000), "{name}");
    }
    if cfg!(unix) {
        assert!((&into / "run.sh").is_executable() && !(&into / "docs/a.txt").is_executable());
    }
    place.assert_nothing_outside();

    // A second time, everything is there already.
    let again = place.unpack(&archive, &["--yes"]);
    assert_eq!(
        (again.status.code(), text(&again.stderr).matches("something has this name already").count()),
        (Some(1), 4)
    );
}

#[test]
fn unpack_refuses_names_that_lead_out() {
    let place = Place::new();
    let absolute = (place.outside() / "x").to_string();
    let names: [&[u8]; 10] = [
        b"../outside/x",
        absolute.as_bytes(),
        b"a/../../outside/x",
        b"..",
        br"..\outside\x",
        b"C:x",
        b"mine:stream",
        b"nul",
        b"x.",
        b"\xff",
    ];
    let archive = names.iter().fold(Archive::new(), |archive, name| archive.file(name, "evil"));
    assert_eq!(place.refuses(archive, &["cannot extract `"; 10]), ["mine"]);
    let archive = Archive::new().file("two\nlines\x1b[2J/..", "evil");
    assert_eq!(place.refuses(archive, &[r"cannot extract `two\nlines\u{1b}[2J/..`"]), ["mine"]);
}

#[test]
fn unpack_refuses_links_and_writes_through_none() {
    let place = Place::new();
    let archive = Archive::new()
        .link("out", "../outside")
        .file("out/x", "evil")
        .link("a", "b")
        .link("b", "..")
        .file("a/outside/secret", "evil")
        .entry(EntryType::Link, "hard", "../outside/secret", "")
        .file("hard", "evil")
        .link("d", "../outside")
        .entry(EntryType::Directory, "d", "", "")
        .file("d/secret", "evil");
    let links = ["out", "a", "b", "hard", "d"].map(|link| format!("cannot extract `{link}`: it is a link"));
    let found = place.refuses(archive, &links.each_ref().map(|line| &**line));
    assert_eq!(found, ["a/outside/secret", "d/secret", "hard", "mine", "out/x"]);
}

/// A link that was there before is no way out either.
#[cfg(unix)]
#[test]
fn unpack_does_not_follow_links_that_are_there() {
    let place = Place::new();
    std::os::unix::fs::symlink("../outside", place.dir() / "out").unwrap();
    std::os::unix::fs::symlink("../outside/new", place.dir() / "file").unwrap();
    let archive = Archive::new().file("out/x", "evil").file("file", "evil").file("good", "good");
    let found = place.refuses(archive, &["cannot extract `out/x`: ", "cannot extract `file`: "]);
    assert_eq!(found, ["file", "good", "mine", "out"]);
}

#[test]
fn unpack_refuses_what_is_no_file() {
    let place = Place::new();
    let kinds = [EntryType::Char, EntryType::Block, EntryType::Fifo, EntryType::new(b'V')];
    let archive = kinds.iter().fold(Archive::new(), |archive, kind| archive.entry(*kind, "x", "", ""));
    assert_eq!(place.refuses(archive, &["cannot extract `x`: it is neither a file nor a directory"; 4]), ["mine"]);
}

#[test]
fn unpack_overwrites_nothing() {
    let place = Place::new();
    let archive = Archive::new().file("mine", "evil").file("twice", "first").file("./twice", "second");
    let archive = archive.file("mine/below", "evil").into_bytes();
    let output = place.unpack(&archive, &["--yes"]);
    let said = text(&output.stderr).replace('\\', "/");
    assert!(said.contains("cannot extract `mine`: something has this name already"), "{said}");
    assert!(said.contains("cannot extract `./twice`: something has this name already"), "{said}");
    assert!(said.contains("cannot extract `mine/below`: "), "{said}");
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 3));
    assert_eq!((place.dir() / "twice").read_text().unwrap(), "first");
    place.assert_nothing_outside();
}

/// Nothing at all is extracted if it would be too much; what is too deep is refused by itself.
#[test]
fn unpack_has_limits() {
    let place = Place::new();
    let three = || ["x", "y", "z"].iter().fold(Archive::new(), |archive, name| archive.file(name, "four")).into_bytes();
    let mut huge = Builder::new(Vec::new());
    let mut claimed = header(EntryType::Regular, "");
    claimed.set_path("huge").unwrap();
    claimed.set_size(1 << 40);
    claimed.set_cksum();
    huge.append(&claimed, &b""[..]).unwrap();
    for (archive, options) in [
        (three(), &["--max-entries=2"][..]),
        (three(), &["--max-bytes=11"]),
        (huge.into_inner().unwrap(), &[]),
        (three()[..900].to_vec(), &[]),
        (b"no archive".repeat(100), &[]),
    ] {
        let output = place.unpack(&archive, &[options, &["--yes"]].concat());
        let said = text(&output.stderr);
        assert!(said.starts_with("unpack: cannot extract `archive.tar`: "), "{said}");
        assert_eq!((output.status.code(), files(&place.dir())), (Some(1), vec!["mine".to_owned()]), "{said}");
    }
    let archive = Archive::new().file(["d"; 200].join("/"), "deep").file(["e"; 64].join("/"), "not too deep");
    assert_eq!(place.refuses(archive, &["more than 64 parts"]).len(), 2);

    let output = place.unpack(&three(), &["--max-entries=3", "--max-bytes=12", "--yes"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn unpack_says_which_times_there_are_not() {
    let place = Place::new();
    let mut late = header(EntryType::Regular, "");
    late.set_path("late").unwrap();
    late.set_mtime(u64::MAX);
    late.set_cksum();
    let mut archive = Builder::new(Vec::new());
    archive.append(&late, &b""[..]).unwrap();
    let output = place.unpack(&archive.into_inner().unwrap(), &["--yes"]);
    let said = text(&output.stderr);
    assert!(said.starts_with("unpack: cannot extract `late`: "), "{said}");
    assert_eq!((output.status.code(), files(&place.dir())), (Some(1), vec!["mine".to_owned()]));
}

#[test]
fn unpack_says_what_is_missing() {
    let place = Place::new();
    for args in [["gone.tar", "into"], ["outside/secret", "gone"]] {
        let output = Command::new(example("unpack")).args(args).current_dir(place.0.as_str()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("gone"), "{output:?}");
    }
}

/// Another program swaps the directory for a link to the outside, again and again, while files are extracted into it.
#[cfg(target_os = "linux")]
#[test]
fn unpack_does_not_leave_by_a_directory_that_is_swapped() {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{CWD, RenameFlags, renameat_with};

    use crate::ends::EndsWhenDropped;

    let place = Place::new();
    let (dir, link) = (place.dir() / "d", &place.0 / "link");
    dir.mkdir().unwrap();
    std::os::unix::fs::symlink(place.outside().as_str(), &link).unwrap();
    let archive = (0..400).fold(Archive::new(), |archive, at| archive.file(format!("d/file-{at}"), "content"));
    let is_done = AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        let swaps = scope.spawn(|| {
            let mut swaps = 0;
            while swaps % 2 == 1 || !is_done.load(Ordering::Relaxed) {
                renameat_with(CWD, dir.as_str(), CWD, link.as_str(), RenameFlags::EXCHANGE).unwrap();
                swaps += 1;
                std::thread::yield_now();
            }
            swaps
        });
        let end = EndsWhenDropped(&is_done);
        let output = place.unpack(&archive.into_bytes(), &["--yes"]);
        drop(end);
        assert!(swaps.join().unwrap() > 1);
        output
    });
    assert_eq!(files(&place.outside()), ["secret"], "{output:?}");
    let (done, refused) = (files(&dir).len(), text(&output.stderr).lines().count());
    assert_eq!(done + refused, 400, "{output:?}");
}
