//! What a copy replaces: a link that is copied replaces what was named, and content goes through a link at the target.
//!
//! Each kind of source meets each kind of target, under each policy and each way to treat links.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, mknodat, utimensat};
use waypath::{CopyOptions, Overwrite, Path, Specials, Symlinks};

use super::OVERWRITES;
use crate::support::util::{Tree, symlink};

const SYMLINKS: [Symlinks; 3] = [Symlinks::KeepInside, Symlinks::Keep, Symlinks::Follow];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Nothing,
    File,
    Directory,
    LinkToFile,
    LinkToDirectory,
    LinkToPipe,
    Dangling,
    Pipe,
}

use Kind::{Dangling, Directory, File, LinkToDirectory, LinkToFile, LinkToPipe, Nothing, Pipe};

/// Makes something under a name; what a link leads to has the same name and one letter more.
fn make(kind: Kind, at: &Path) {
    let behind = at.with_name(format!("{}-behind", at.name())).unwrap();
    match kind {
        Nothing => {}
        File => at.write_text(format!("{} file", at.name())).unwrap(),
        Directory => {
            at.mkdir().unwrap();
            (at / "in").write_text(format!("in {}", at.name())).unwrap();
        }
        Pipe => mknodat(CWD, at.as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap(),
        LinkToFile | LinkToDirectory | LinkToPipe | Dangling => {
            symlink(behind.name(), at);
            make(reached(kind), &behind);
        }
    }
}

/// What is there when links are followed.
fn reached(kind: Kind) -> Kind {
    match kind {
        LinkToFile => File,
        LinkToDirectory => Directory,
        LinkToPipe => Pipe,
        Dangling => Nothing,
        kind => kind,
    }
}

type State = BTreeMap<String, String>;

fn state(tree: &Tree) -> State {
    let line = |entry: waypath::Result<waypath::Entry>| {
        let path = entry.unwrap();
        let found = fs::symlink_metadata(path.as_str()).unwrap();
        let name = path.relative_to(&**tree).unwrap().as_posix().into_owned();
        let kind = found.file_type();
        let content = match () {
            () if kind.is_symlink() => format!("link to {}", fs::read_link(path.as_str()).unwrap().display()),
            () if kind.is_dir() => "directory".to_owned(),
            () if kind.is_fifo() => format!("pipe {:o}", found.permissions().mode() & 0o777),
            () => path.read_text().unwrap(),
        };
        (name, content)
    };
    tree.walk().min_depth(1).map(line).collect()
}

/// What a copy does, by the rules that the documentation of [`Overwrite`] gives.
fn expected(
    source: Kind,
    target: Kind,
    overwrite: Overwrite,
    symlinks: Symlinks,
    before: &State,
) -> Result<State, ErrorKind> {
    let is_link = matches!(source, LinkToFile | LinkToDirectory | LinkToPipe | Dangling);
    let (copied, from) = match symlinks {
        Symlinks::Keep => (source, "s"),
        _ => (reached(source), if is_link { "s-behind" } else { "s" }),
    };
    if copied == Nothing {
        return Err(ErrorKind::NotFound);
    }
    if target != Nothing && overwrite == Overwrite::Refuse {
        return Err(ErrorKind::AlreadyExists);
    }
    let is_followed = match copied {
        Directory => target == LinkToDirectory,
        File => true,
        _ => false,
    };
    let has_link = matches!(target, LinkToFile | LinkToDirectory | LinkToPipe | Dangling);
    let (old, to) = if is_followed && has_link { (reached(target), "t-behind") } else { (target, "t") };
    match (copied, old) {
        (Directory, Nothing | Directory) => {}
        (Directory, _) => return Err(ErrorKind::NotADirectory),
        (_, Directory) => return Err(ErrorKind::IsADirectory),
        (Pipe, _) => {}
        (_, Pipe) => return Err(ErrorKind::InvalidInput),
        _ => {}
    }
    let mut after = before.clone();
    // The name, and what is below it.
    let copies = before.iter().filter_map(|(name, content)| {
        let below = name.strip_prefix(from)?;
        (below.is_empty() || below.starts_with('/')).then(|| (format!("{to}{below}"), content.clone()))
    });
    after.extend(copies);
    Ok(after)
}

#[test]
fn the_thing_that_was_named_is_replaced() {
    let sources = [File, Directory, LinkToFile, LinkToDirectory, LinkToPipe, Dangling, Pipe];
    let targets = [Nothing, File, Directory, LinkToFile, LinkToDirectory, LinkToPipe, Dangling, Pipe];
    let (mut rows, mut done) = (0, 0);
    for source in sources {
        for target in targets {
            for symlinks in SYMLINKS {
                for overwrite in OVERWRITES {
                    rows += 1;
                    let tree = Tree::new([]);
                    make(source, &tree.at("s"));
                    make(target, &tree.at("t"));
                    let before = state(&tree);
                    // What is there is older, and looks different.
                    for name in ["t", "t-behind", "t/in"] {
                        let old = Timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
                        let times = Timestamps { last_access: old, last_modification: old };
                        _ = utimensat(CWD, tree.at(name).as_str(), &times, AtFlags::SYMLINK_NOFOLLOW);
                    }
                    for name in ["t", "t-behind"] {
                        if state(&tree).get(name).is_some_and(|line| line.starts_with("pipe")) {
                            fs::set_permissions(tree.at(name), fs::Permissions::from_mode(0o640)).unwrap();
                        }
                    }
                    let before = State::from_iter(before.into_keys().zip(state(&tree).into_values()));

                    let options =
                        CopyOptions::new().specials(Specials::Recreate).overwrite(overwrite).symlinks(symlinks);
                    let row = format!("{source:?} to {target:?}, {overwrite:?}, {symlinks:?}");
                    let expected = expected(source, target, overwrite, symlinks, &before);
                    let planned = options.clone().dry_run(true).copy(tree.at("s"), tree.at("t"));
                    assert_eq!(state(&tree), before, "a dry run changes nothing: {row}");
                    let copied = options.copy(tree.at("s"), tree.at("t"));
                    let kinds = [&planned, &copied].map(|result| result.as_ref().err().map(waypath::Error::kind));
                    assert_eq!(kinds, [expected.as_ref().err().copied(); 2], "{row}: {copied:?}");
                    done += usize::from(expected.is_ok());
                    assert_eq!(state(&tree), expected.unwrap_or(before), "{row}");
                }
            }
        }
    }
    assert_eq!(rows, 7 * 8 * 3 * 4);
    assert!(done > 200, "{done}");
}

/// A device or a pipe that is named is meant to be written to, which no copy does; and it is not worth a file.
#[test]
fn a_device_is_not_replaced_by_what_is_none() {
    let null = waypath::path("/dev/null");
    let tree = Tree::new(["f", "l => f", "dev => /dev/null", "src/dev"]);
    for symlinks in SYMLINKS {
        for overwrite in OVERWRITES {
            let options = CopyOptions::new().overwrite(overwrite).symlinks(symlinks).specials(Specials::Recreate);
            // What is refused is not even planned: a copy that is not refused would do harm here.
            let results =
                ["f", "l"].map(|name| options.clone().dry_run(true).copy(tree.at(name), &null).unwrap_err().kind());
            let refused =
                if overwrite == Overwrite::Refuse { ErrorKind::AlreadyExists } else { ErrorKind::InvalidInput };
            assert_eq!(results, [refused; 2], "{overwrite:?}");
        }
    }
    // In a tree, too, and moved.
    mknodat(CWD, tree.at("pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    tree.at("to").mkdir().unwrap();
    mknodat(CWD, tree.at("to/dev").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    for overwrite in [Overwrite::Always, Overwrite::IfNewer, Overwrite::IfDifferent] {
        let options = CopyOptions::archive().overwrite(overwrite);
        let error = options.copy(tree.at("src"), tree.at("to")).unwrap_err();
        assert_eq!((error.kind(), error.failure_count()), (ErrorKind::InvalidInput, 1));
        assert_eq!(options.move_to(tree.at("f"), tree.at("pipe")).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(tree.at("to/dev").is_fifo() && tree.at("pipe").is_fifo() && tree.at("f").is_file());
    }
}

/// One that is the same already is not made anew, whatever of its mode a copy does not keep.
#[test]
fn a_pipe_is_replaced_if_it_is_different() {
    let tree = Tree::new(["src/", "to/"]);
    let set_mode = |name: &str, mode| fs::set_permissions(tree.at(name), fs::Permissions::from_mode(mode)).unwrap();
    for name in ["src/same", "to/same", "src/sticky", "to/sticky", "src/mode", "to/mode", "src/kind"] {
        mknodat(CWD, tree.at(name).as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    }
    mknodat(CWD, tree.at("to/kind").as_str(), FileType::Socket, Mode::RUSR, 0).unwrap();
    set_mode("src/sticky", 0o1400);
    set_mode("src/mode", 0o640);
    let options = CopyOptions::new().specials(Specials::Recreate).overwrite(Overwrite::IfDifferent);
    let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
    // Another mode is no other pipe.
    assert_eq!((report.specials, report.unchanged, report.updated), (1, 3, 1));
    assert!(tree.at("to/kind").is_fifo());
    assert_eq!(tree.at("to/mode").stat().unwrap().mode() & 0o777, 0o640);
    if nix::unistd::geteuid().is_root() {
        for (name, device) in [("src/null", 3), ("to/null", 5)] {
            mknodat(CWD, tree.at(name).as_str(), FileType::CharacterDevice, Mode::RUSR, rustix::fs::makedev(1, device))
                .unwrap();
        }
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.specials, report.unchanged), (1, 4));
    }
}
