//! A directory that cannot be left: every method of paths below it, and what each does about what leads out.

mod copying;
mod listings;
mod mirrors;
#[cfg(any(unix, windows))]
mod survival;
mod verbs;

use std::collections::BTreeSet;
use std::io::ErrorKind;

use waypath::{AtomicFile, Error, RemoveOptions, Root, RootPath, path};
#[cfg(unix)]
use waypath::{RootLinks, TempDir};

use crate::support::source::sources;
use crate::support::util::Tree;
#[cfg(unix)]
use crate::support::util::fails;

/// A tree with a root `in` and a secret beside it.
fn tree() -> (Tree, Root) {
    let tree = Tree::new(["secret", "in/d/f", "in/g"]);
    let root = Root::open(tree.at("in")).unwrap();
    (tree, root)
}

/// A method, and what it does with a path; `inside` is a file that it may use.
type Deed = (&'static str, fn(at: &RootPath, inside: &RootPath) -> Option<Error>);

/// Every method that can fail.
const EVERYTHING: &[Deed] = &[
    ("open", |at, _| at.open().err()),
    ("create", |at, _| at.create().err()),
    ("read_text", |at, _| at.read_text().err()),
    ("read_lines", |at, _| at.read_lines().err()),
    ("read_bytes", |at, _| at.read_bytes().err()),
    ("write_text", |at, _| at.write_text("x").err()),
    ("write_bytes", |at, _| at.write_bytes("x").err()),
    ("write_new", |at, _| at.write_new("x").err()),
    ("append_text", |at, _| at.append_text("x").err()),
    ("append_bytes", |at, _| at.append_bytes("x").err()),
    ("write_atomic", |at, _| at.write_atomic("x").err()),
    ("write_if_changed", |at, _| at.write_if_changed("x").err()),
    ("edit_text", |at, _| at.edit_text(|text| text + "x").err()),
    ("create_atomic", |at, _| at.create_atomic().and_then(AtomicFile::commit).err()),
    ("create_new_atomic", |at, _| at.create_new_atomic().and_then(AtomicFile::commit).err()),
    ("next_free_name", |at, _| at.next_free_name().err()),
    ("at_free_name", |at, _| at.at_free_name(|at| at.mkdir()).err()),
    ("try_exists", |at, _| at.try_exists().err()),
    ("stat", |at, _| at.stat().err()),
    ("lstat", |at, _| at.lstat().err()),
    ("size", |at, _| at.size().err()),
    ("modified", |at, _| at.modified().err()),
    ("accessed", |at, _| at.accessed().err()),
    ("created", |at, _| at.created().err()),
    ("resolve", |at, _| at.resolve().err()),
    ("resolve_strict", |at, _| at.resolve_strict().err()),
    ("samefile", |at, inside| at.samefile(inside).err()),
    ("same_content", |at, inside| at.same_content(inside).err()),
    ("same_content of", |at, inside| inside.same_content(at).err()),
    ("find_up", |at, _| at.find_up("secret").err()),
    ("mkdir", |at, _| at.mkdir().err()),
    ("mkdir_all", |at, _| at.mkdir_all().err()),
    ("mkdir_parent", |at, _| (at / "x").mkdir_parent().err()),
    ("rmdir", |at, _| at.rmdir().err()),
    ("unlink", |at, _| at.unlink().err()),
    ("unlink_if_exists", |at, _| at.unlink_if_exists().err()),
    ("rename from", |at, inside| at.rename(&(inside / "new")).err()),
    ("rename to", |at, inside| inside.rename(at).err()),
    ("replace from", |at, inside| at.replace(&(inside / "new")).err()),
    ("replace to", |at, inside| inside.replace(at).err()),
    ("symlink_to", |at, _| at.symlink_to("x").err()),
    ("symlink_replace", |at, _| at.symlink_replace("x").err()),
    ("hardlink_to", |at, inside| at.hardlink_to(inside).err()),
    ("hardlink_to from", |at, inside| (inside / "new").hardlink_to(at).err()),
    ("readlink", |at, _| at.readlink().err()),
    ("chmod", |at, _| at.chmod(0o777).err()),
    ("owner", |at, _| at.owner().err()),
    ("group", |at, _| at.group().err()),
    ("touch", |at, _| at.touch().err()),
    ("open_root", |at, _| at.open_root().err()),
    ("tree_size", |at, _| at.tree_size().err()),
    ("copy from", |at, inside| at.copy(inside.with_name("copy").unwrap()).err()),
    ("copy to", |at, inside| inside.copy(at).err()),
    ("move_to from", |at, inside| at.move_to(inside.with_name("moved").unwrap()).err()),
    ("move_to to", |at, inside| inside.move_to(at).err()),
    ("mirror_to from", |at, inside| at.mirror_to(inside.with_name("mirrored").unwrap()).err()),
    ("mirror_to to", |at, inside| inside.parent().mirror_to(at).err()),
    ("rmtree", |at, _| at.rmtree().err()),
    ("remove", |at, _| at.remove().err()),
    ("clear_dir", |at, _| at.clear_dir().err()),
    ("rmtree_with", |at, _| at.rmtree_with(&RemoveOptions::new().threads(2)).err()),
    ("remove_with", |at, _| at.remove_with(&RemoveOptions::new().threads(2)).err()),
    ("clear_dir_with", |at, _| at.clear_dir_with(&RemoveOptions::new().threads(2)).err()),
];

#[test]
fn no_method_leaves_by_the_text_of_a_path() {
    for out in ["../secret", "..", "d/../../secret", "/etc/passwd", "../in/g"] {
        let (tree, root) = tree();
        let inside = &root / "g";
        let before = tree.lines();
        for (method, deed) in EVERYTHING {
            let error = deed(&(&root / out), &inside).unwrap_or_else(|| panic!("{method} of {out} should fail"));
            assert!(error.is_escape() && error.kind() == ErrorKind::InvalidInput, "{method} of {out}: {error}");
        }
        let at = &root / out;
        assert!(!at.exists() && !at.is_file() && !at.is_dir() && !at.is_symlink(), "{out}");
        assert_eq!(tree.lines(), before, "{out}");
    }
}

/// What follows the last link of a path refuses it; what is about the link itself does not look where it leads.
#[cfg(unix)]
#[test]
fn no_method_leaves_by_a_link() {
    const OF_THE_LINK: &[&str] = &[
        "write_new",
        "lstat",
        "mkdir",
        "mkdir_all",
        "mkdir_parent",
        "rmdir",
        "unlink",
        "unlink_if_exists",
        "rename from",
        "rename to",
        "replace from",
        "replace to",
        "symlink_to",
        "symlink_replace",
        "hardlink_to",
        "hardlink_to from",
        "readlink",
        "tree_size",
        "copy to",
        "move_to from",
        "move_to to",
        "rmtree",
        "remove",
        "rmtree_with",
        "remove_with",
        "create_new_atomic",
        "next_free_name",
        "at_free_name",
    ];
    for target in ["../secret", "/etc/passwd", "..", "d/../../secret"] {
        for (method, deed) in EVERYTHING {
            let (tree, root) = tree();
            let before = tree.at("secret").stat().unwrap();
            (&root / "l").symlink_to(target).unwrap();
            let error = deed(&(&root / "l"), &(&root / "g"));
            let is_escape = error.as_ref().is_some_and(Error::is_escape);
            assert_eq!(is_escape, !OF_THE_LINK.contains(method), "{method} of {target}: {error:?}");
            assert_eq!(tree.at("secret").stat().unwrap(), before, "{method} of {target}");
            assert_eq!(tree.at("secret").read_text().unwrap(), "secret", "{method} of {target}");
        }
    }
}

/// Each method by itself, through a link to the directory above.
#[cfg(unix)]
#[test]
fn no_method_leaves_by_a_link_on_the_way() {
    for target in ["..", "/", "d/../.."] {
        let (tree, root) = tree();
        (&root / "l").symlink_to(target).unwrap();
        let before = tree.lines();
        for (method, deed) in EVERYTHING {
            let error = deed(&(&root / "l/secret"), &(&root / "g")).unwrap_or_else(|| panic!("{method} should fail"));
            assert!(error.is_escape(), "{method}: {error}");
        }
        assert_eq!(tree.lines(), before);
    }
}

#[test]
fn below_a_root_paths_do_what_they_do_elsewhere() {
    let tree = Tree::new([]);
    let root = Root::open(&*tree).unwrap();
    let at = |path: &str| &root / path;
    at("a/b").mkdir_all().unwrap();
    at("a/f").write_text("one").unwrap();
    at("a/f").append_text(" two").unwrap();
    at("a/f").edit_text(|text| text.to_uppercase()).unwrap();
    assert_eq!(at("a/b/../f").read_text().unwrap(), "ONE TWO");
    assert_eq!(at("a/f").write_new("x").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert!(!at("a/f").write_if_changed("ONE TWO").unwrap() && at("a/g").write_if_changed("new").unwrap());
    at("a/g").write_atomic("newer").unwrap();
    assert_eq!(at("a/g").rename(at("a/f")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(at("a/g").rename(at("h")).unwrap(), at("h"));
    at("t").touch().unwrap();
    assert_eq!((at("t").size().unwrap(), at("h").size().unwrap()), (0, 5));
    at("h").replace(at("t")).unwrap();
    assert_eq!(at("a").rmdir().unwrap_err().kind(), ErrorKind::DirectoryNotEmpty);
    at("a/b").rmdir().unwrap();
    assert!(at("t").unlink_if_exists().unwrap() && !at("t").unlink_if_exists().unwrap());
    assert!(!at("a/f/x").try_exists().unwrap());
    assert!(at("a").is_dir() && at("a/f").is_file() && root.exists());
    assert!(at("a/f").samefile(at("a/../a/f")).unwrap() && !at("a").samefile(&root).unwrap());
    assert_eq!(at("a/../a/f").resolve_strict().unwrap(), at("a/f"));
    assert_eq!(at("a/x/../y").resolve().unwrap(), at("a/y"));
    assert_eq!(at("a/..").resolve().unwrap(), *root);
    tree.is(["a/", "a/f: ONE TWO"]);
}

#[test]
fn a_root_of_its_own_begins_further_down() {
    let (_tree, root) = tree();
    let inner = (&root / "d").open_root().unwrap();
    assert_eq!((&inner / "f").read_text().unwrap(), "f");
    assert!((&inner / "../g").read_text().unwrap_err().is_escape());
    assert_eq!((&root / "g").open_root().unwrap_err().kind(), ErrorKind::NotADirectory);
    assert_ne!(&inner / "f", &root / "f");
    assert_eq!(inner.join("f").as_str(), "f");
}

#[test]
fn a_read_only_root_changes_nothing() {
    let (tree, _) = tree();
    let root = Root::options().read_only(true).open(tree.at("in")).unwrap();
    let before = tree.lines();
    assert_eq!((&root / "d/f").read_text().unwrap(), "f");
    let questions = [
        "open",
        "read_text",
        "read_lines",
        "read_bytes",
        "try_exists",
        "stat",
        "lstat",
        "size",
        "modified",
        "accessed",
        "created",
        "resolve",
        "resolve_strict",
        "samefile",
        "same_content",
        "same_content of",
        "find_up",
        "readlink",
        "owner",
        "group",
        "open_root",
        "tree_size",
        "next_free_name",
    ];
    for (method, deed) in EVERYTHING {
        let error = deed(&(&root / "g"), &(&root / "d/f"));
        if !questions.contains(method) {
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::ReadOnlyFilesystem), "{method}");
        }
    }
    assert_eq!(tree.lines(), before);
}

#[test]
fn it_is_said_where_the_promise_holds_against_other_programs() {
    let (_tree, root) = tree();
    assert_eq!(root.is_race_free(), cfg!(unix));
}

#[test]
fn the_text_of_a_located_path_is_that_of_a_path() {
    let (_tree, root) = tree();
    for text in ["a/b.tar.gz", "a", "a/b/c", "..", "a/.."] {
        let (at, plain) = (&root / text, path(text));
        assert_eq!((at.name(), at.stem(), at.suffix()), (plain.name(), plain.stem(), plain.suffix()));
        assert_eq!(at.parent().as_str(), plain.parent().as_str());
        assert_eq!(at.parents().count(), plain.parents().count());
        assert_eq!(at.parts().collect::<Vec<_>>(), plain.parts().collect::<Vec<_>>());
        assert_eq!(at.suffixes().collect::<Vec<_>>(), plain.suffixes().collect::<Vec<_>>());
        assert_eq!(
            at.with_suffix(".x").map(|at| at.to_string()).ok(),
            plain.with_suffix(".x").map(|at| at.to_string()).ok()
        );
        assert_eq!(at.full_match("a/*"), plain.full_match("a/*"));
        assert_eq!(at.path_below(), &*plain);
        assert_eq!(at.to_string(), plain.to_string());
    }
    assert_eq!((&root / "a/b").relative_to(&root / "a").unwrap(), &*path("b"));
    assert!((&root / "a").join_inside("../b").is_err());
    assert!(!(&root / "a/b").is_relative_to(Root::open(".").unwrap()));
}

#[test]
fn listings_give_located_entries() {
    let (tree, root) = tree();
    let lines = |walk: waypath::RootWalk<'_>| {
        walk.map(|entry| entry.unwrap().path_below().as_posix().into_owned()).collect::<Vec<_>>()
    };
    for (found, expected) in [
        (lines(root.iterdir()), lines_of(tree.at("in").iterdir(), &tree)),
        (lines(root.walk()), lines_of(tree.at("in").walk(), &tree)),
        (lines(root.glob("**/f").unwrap()), lines_of(tree.at("in").glob("**/f").unwrap(), &tree)),
        (lines(root.rglob("f").unwrap().unsorted(true)), lines_of(tree.at("in").rglob("f").unwrap(), &tree)),
        (lines(root.walk().contents_first(true)), lines_of(tree.at("in").walk().contents_first(true), &tree)),
        (lines(root.walk().max_depth(1)), lines_of(tree.at("in").walk().max_depth(1), &tree)),
    ] {
        assert_eq!(found, expected);
        assert!(!found.is_empty());
    }
    for entry in (&root / "d").walk() {
        let entry = entry.unwrap();
        assert_eq!((entry.read_text().unwrap(), entry.relative().as_str()), ("f".to_owned(), "f"));
        assert!(entry.is_file() && !entry.is_dir() && entry.depth() == 1);
    }
    let pruned = root.walk().prune(|entry| entry.name() == "d" && entry.is_dir()).paths().unwrap();
    assert_eq!(pruned, [&root / "g"]);
    let mut begun = root.walk();
    assert!(begun.next().is_some());
    let late: Vec<_> = begun.max_depth(1).collect();
    assert!(matches!(&late[..], [Err(error)] if error.to_string().contains("before the first entry")), "{late:?}");
    assert!(!root.is_empty_dir() && (&root / "g").iterdir().next().unwrap().is_err());
}

/// The entries of a plain listing, below `in`.
fn lines_of(walk: waypath::Walk<'_>, tree: &Tree) -> Vec<String> {
    walk.map(|entry| entry.unwrap().relative_to(tree.at("in")).unwrap().as_posix().into_owned()).collect()
}

#[test]
fn listings_do_not_begin_outside() {
    let (_tree, root) = tree();
    for start in ["..", "/", "d/../.."] {
        let at = &root / start;
        for walk in [at.iterdir(), at.walk(), at.glob("*").unwrap(), at.rglob("secret").unwrap()] {
            let found: Vec<_> = walk.collect();
            assert!(matches!(&found[..], [Err(error)] if error.is_escape()), "{start}: {found:?}");
        }
        assert!(!at.is_empty_dir());
    }
    let up: Vec<_> = root.glob("../secret").unwrap().collect();
    assert!(matches!(&up[..], [Err(error)] if error.is_escape()), "{up:?}");
}

#[test]
fn trees_are_removed_and_measured() {
    let (tree, root) = tree();
    assert_eq!(root.tree_size().unwrap().files, 2);
    assert_eq!(root.rmtree().unwrap_err().kind(), ErrorKind::InvalidInput);
    (&root / "d").rmtree().unwrap();
    (&root / "d").remove().unwrap();
    (&root / "g").remove().unwrap();
    (&root / "x/y").mkdir_all().unwrap();
    root.clear_dir().unwrap();
    assert!(root.is_empty_dir());
    tree.is(["in/", "secret"]);
}

#[cfg(unix)]
mod links {
    use super::*;

    #[test]
    fn listings_go_through_links_inside_and_report_those_that_lead_out() {
        let (_tree, root) = tree();
        (&root / "d/inside").symlink_to("../e").unwrap();
        (&root / "e").mkdir().unwrap();
        (&root / "e/x").touch().unwrap();
        (&root / "out").symlink_to("..").unwrap();
        let not_followed: Vec<_> = root.walk().paths().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(not_followed, ["d", "d/f", "d/inside", "e", "e/x", "g", "out"]);
        let (mut paths, mut escapes) = (Vec::new(), 0);
        for entry in root.walk().follow_symlinks(true) {
            match entry {
                Ok(entry) => paths.push(entry.to_string()),
                Err(error) => escapes += usize::from(error.is_escape()),
            }
        }
        assert_eq!(paths, ["d", "d/f", "d/inside", "d/inside/x", "e", "e/x", "g", "out"]);
        assert_eq!(escapes, 1);
        assert!(root.glob("out/secret").unwrap().next().unwrap().unwrap_err().is_escape());
        assert_eq!(root.glob("d/inside/x").unwrap().paths().unwrap(), [&root / "d/inside/x"]);
    }

    #[test]
    fn a_link_that_stays_inside_is_followed() {
        let (tree, root) = tree();
        (&root / "l").symlink_to("d/../d").unwrap();
        assert_eq!((&root / "l/f").read_text().unwrap(), "f");
        (&root / "l/new").write_atomic("x").unwrap();
        (&root / "to_new").symlink_to("l/new").unwrap();
        (&root / "to_new").write_atomic("y").unwrap();
        (&root / "to_new").chmod(0o600).unwrap();
        assert_eq!((&root / "d/new").stat().unwrap().mode(), 0o600);
        assert!((&root / "to_new").is_symlink());
        assert_eq!(tree.at("in/d/new").read_text().unwrap(), "y");
        (&root / "dangling").symlink_to("d/made").unwrap();
        (&root / "dangling").touch().unwrap();
        assert!((&root / "d/made").is_file());
        assert_eq!((&root / "l/f").resolve().unwrap(), &root / "d/f");
    }

    #[test]
    fn links_begin_at_the_root_if_told() {
        let (tree, _) = tree();
        let root = Root::options().links(RootLinks::FromRoot).open(tree.at("in")).unwrap();
        (&root / "l").symlink_to("/d").unwrap();
        (&root / "up").symlink_to("../../..").unwrap();
        for path in ["l/f", "up/d/f", "/d/f", "../../d/f", "up/l/../../d/f"] {
            assert_eq!((&root / path).read_text().unwrap(), "f", "{path}");
        }
        assert_eq!((&root / "up/secret").read_text().unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!((&root / "up/l/f").resolve_strict().unwrap().as_str(), "d/f");
    }

    #[test]
    fn the_handle_stays_with_the_directory() {
        let (tree, root) = tree();
        tree.at("in").rename(tree.at("moved")).unwrap();
        tree.at("in").symlink_to("moved/d").unwrap();
        assert_eq!((&root / "g").read_text().unwrap(), "g");
        (&root / "new").write_text("x").unwrap();
        assert_eq!(tree.at("moved/new").read_text().unwrap(), "x");
        tree.at("moved").rmtree().unwrap();
        fails((&root / "x").write_text(""), waypath::Op::Write, ErrorKind::NotFound);
        assert!(!tree.at("moved").exists());
    }

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let (tree, root) = tree();
        let pipe = tree.at("in/pipe");
        assert!(std::process::Command::new("mkfifo").arg(pipe.as_str()).status().unwrap().success());
        (&root / "l").symlink_to("pipe").unwrap();
        for at in [&root / "pipe", &root / "l"] {
            for error in [at.read_text().unwrap_err(), at.open().unwrap_err(), at.write_text("").unwrap_err()] {
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
                assert!(error.to_string().contains("it is a pipe") && !error.is_escape(), "{error}");
            }
            assert!(at.is_fifo() && at.exists());
        }
        let root = Root::options().special(true).open(tree.at("in")).unwrap();
        assert!((&root / "pipe").open().is_ok());
    }

    /// A descriptor is a root too.
    #[test]
    fn an_open_directory_is_made_a_root() {
        let (tree, _) = tree();
        let open = |name: &str| std::os::fd::OwnedFd::from(std::fs::File::open(tree.at(name).as_str()).unwrap());
        let root = Root::try_from(open("in")).unwrap();
        assert_eq!((&root / "g").read_text().unwrap(), "g");
        assert_eq!(Root::try_from(open("secret")).unwrap_err().kind(), ErrorKind::NotADirectory);
        assert!(root.is_race_free());
    }

    #[test]
    fn paths_and_names_may_be_long() {
        let base = TempDir::new().unwrap();
        let root = Root::open(&base).unwrap();
        (&root / "d").mkdir().unwrap();
        // Longer than one system call takes; `..` is what keeps the tree small.
        let long = &root / "d/../".repeat(2_000);
        assert!(long.is_dir());
        (&long / "f").write_text("x").unwrap();
        assert_eq!((&root / "f").read_text().unwrap(), "x");
        assert_eq!((&long / "f").resolve_strict().unwrap(), &root / "f");
        assert_eq!((&root / "n".repeat(300)).stat().unwrap_err().kind(), ErrorKind::InvalidFilename);
    }
}

#[cfg(target_os = "linux")]
mod limits {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    use super::*;
    use crate::support::util::alone;

    /// Paths that are longer than one system call takes are walked, with few directories open.
    #[test]
    fn a_deep_path_needs_few_descriptors() {
        const DEPTH: usize = 2_000;
        if !alone("root::limits::a_deep_path_needs_few_descriptors") {
            return;
        }
        let base = TempDir::new().unwrap();
        let root = Root::open(&base).unwrap();
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, 32, hard).unwrap();
        let mut here = root.clone();
        for _ in 0..DEPTH {
            (&here / "dir").mkdir().unwrap();
            here = (&here / "dir").open_root().unwrap();
        }
        let deep = &root / "dir/".repeat(DEPTH);
        (&deep / "f").write_atomic("x").unwrap();
        assert_eq!((&here / "f").read_text().unwrap(), "x");
        // Half of the way up again: what was passed is no longer open.
        let up = &deep / "../".repeat(DEPTH / 2) / "dir/".repeat(DEPTH / 2) / "f";
        assert_eq!(up.read_text().unwrap(), "x");
        assert!((&deep / "../".repeat(DEPTH + 1)).stat().unwrap_err().is_escape());
        assert_eq!(deep.glob("*").unwrap().paths().unwrap().len(), 1);
    }

    /// A link of /proc is no text, and is never followed.
    #[test]
    fn links_of_the_kernel_are_refused() {
        let root = Root::open("/proc").unwrap();
        for link in ["self/cwd", "self/root", "self/exe", "self/fd/0"] {
            let error = (&root / link).stat().unwrap_err();
            assert!(
                error.is_escape() && error.to_string().contains("a link that only the kernel can follow"),
                "{error}"
            );
        }
        assert!((&root / "self/status").read_text().unwrap().contains("Name:"));
    }

    #[test]
    fn a_root_may_stay_on_its_file_system() {
        let root = Root::options().same_file_system(true).open("/").unwrap();
        let error = (&root / "proc/self/status").read_text().unwrap_err();
        assert!(error.is_escape() && error.to_string().contains("is on another file system than the root"), "{error}");
        assert!((&Root::open("/").unwrap() / "proc/version").is_file());
    }
}

/// The methods of `Path` that located paths do not have, and why.
const MISSING: &[(&str, &str)] = &[
    ("absolute", "a located path begins at its root"),
    ("anchor", IN_A_STORE),
    ("drive", IN_A_STORE),
    ("root", IN_A_STORE),
    ("is_absolute", IN_A_STORE),
    ("is_reserved", IN_A_STORE),
    ("home", NO_PATH),
    ("cwd", NO_PATH),
    ("temp_dir", NO_PATH),
    ("which", NO_PATH),
    ("parse", NO_PATH),
    ("new", "no call of it compiles: the compiler says what std's name is called here"),
    ("from_uri", NO_PATH),
    ("expanduser", NO_PATH),
    ("expandvars", "text from outside is not to be expanded"),
    ("as_uri", "a located path has no URI"),
    ("as_posix", TEXT),
    ("as_std_path", TEXT),
    ("to_path_buf", TEXT),
    ("to_flavour", TEXT),
    ("common_path", TEXT),
    ("natural_cmp", TEXT),
    ("normalize", TEXT),
    ("portability", TEXT),
    ("relative_to_walk_up", TEXT),
    ("open_with", "std's options cannot be asked what they say"),
];

const IN_A_STORE: &str = "all located paths begin at their store";
const NO_PATH: &str = "it gives a path from elsewhere";
const TEXT: &str = "it is about text: `path_below` has it";

/// The public methods of the `impl` blocks with one of these headers.
fn methods(headers: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in sources() {
        let texts: Vec<_> = source.tokens.iter().map(|token| &*token.text).collect();
        let (mut depth, mut is_inside) = (0, false);
        for at in 0..texts.len() {
            match texts[at] {
                "impl" if depth == 0 => {
                    let header: String = texts[at + 1..].iter().take_while(|text| **text != "{").copied().collect();
                    is_inside = headers.contains(&&*header);
                }
                "{" => depth += 1,
                "}" => depth -= 1,
                "fn" if depth == 1 && is_inside && texts[at - 1] == "pub" => _ = found.insert(texts[at + 1].to_owned()),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn located_paths_have_the_methods_of_paths() {
    let of_paths = methods(&["Path", "<F:Flavour>Path<F>"]);
    let located = methods(&["RootPath", "<S:Store>At<S>"]);
    assert!(of_paths.len() > 80 && located.len() > 60, "{} and {}", of_paths.len(), located.len());
    let missing: BTreeSet<_> = of_paths.difference(&located).map(String::as_str).collect();
    assert_eq!(missing, MISSING.iter().map(|(method, _)| *method).collect());
    let own: Vec<_> = located.difference(&of_paths).map(String::as_str).collect();
    assert_eq!(own, ["clear_dir_with", "open_root", "path_below", "remove_with", "rmtree_with", "touch_with"]);
}
