//! A directory that cannot be left: every method of paths below it, and what each does about what leads out.

use std::io::ErrorKind;

use waypath::{Error, Root, RootPath, path};
#[cfg(unix)]
use waypath::{RootLinks, TempDir};

use crate::support::util::Tree;
#[cfg(unix)]
use crate::support::util::fails;

/// A tree with a root `in` and a secret beside it.
fn tree() -> (Tree, Root) {
    let tree = Tree::new(["secret", "in/d/f", "in/g"]);
    let root = Root::open(tree.at("in")).unwrap();
    (tree, root)
}

/// What everybody does with one path: all that can fail, by the name of the method.
fn everything(at: &RootPath, inside: &RootPath) -> Vec<(&'static str, Option<Error>)> {
    fn error<T>(result: waypath::Result<T>) -> Option<Error> {
        result.err()
    }
    vec![
        ("open", error(at.open())),
        ("create", error(at.create())),
        ("read_text", error(at.read_text())),
        ("read_lines", error(at.read_lines())),
        ("read_bytes", error(at.read_bytes())),
        ("write_text", error(at.write_text("x"))),
        ("write_bytes", error(at.write_bytes("x"))),
        ("write_new", error(at.write_new("x"))),
        ("append_text", error(at.append_text("x"))),
        ("append_bytes", error(at.append_bytes("x"))),
        ("write_atomic", error(at.write_atomic("x"))),
        ("write_if_changed", error(at.write_if_changed("x"))),
        ("edit_text", error(at.edit_text(|text| text + "x"))),
        ("try_exists", error(at.try_exists())),
        ("stat", error(at.stat())),
        ("lstat", error(at.lstat())),
        ("size", error(at.size())),
        ("modified", error(at.modified())),
        ("accessed", error(at.accessed())),
        ("created", error(at.created())),
        ("resolve", error(at.resolve())),
        ("resolve_strict", error(at.resolve_strict())),
        ("samefile", error(at.samefile(inside))),
        ("find_up", error(at.find_up("secret"))),
        ("mkdir", error(at.mkdir())),
        ("mkdir_all", error(at.mkdir_all())),
        ("mkdir_parent", error((at / "x").mkdir_parent())),
        ("rmdir", error(at.rmdir())),
        ("unlink", error(at.unlink())),
        ("unlink_if_exists", error(at.unlink_if_exists())),
        ("rename from", error(at.rename(&(inside / "new")))),
        ("rename to", error(inside.rename(at))),
        ("replace from", error(at.replace(&(inside / "new")))),
        ("replace to", error(inside.replace(at))),
        ("symlink_to", error(at.symlink_to("x"))),
        ("symlink_replace", error(at.symlink_replace("x"))),
        ("hardlink_to", error(at.hardlink_to(inside))),
        ("hardlink_to from", error((inside / "new").hardlink_to(at))),
        ("readlink", error(at.readlink())),
        ("chmod", error(at.chmod(0o777))),
        ("owner", error(at.owner())),
        ("group", error(at.group())),
        ("touch", error(at.touch())),
        ("open_root", error(at.open_root())),
    ]
}

#[test]
fn no_method_leaves_by_the_text_of_a_path() {
    for out in ["../secret", "..", "d/../../secret", "/etc/passwd", "../in/g"] {
        let (tree, root) = tree();
        let inside = &root / "g";
        let before = tree.lines();
        for (method, error) in everything(&(&root / out), &inside) {
            let error = error.unwrap_or_else(|| panic!("{method} of {out} should fail"));
            assert!(error.is_escape() && error.kind() == ErrorKind::InvalidInput, "{method} of {out}: {error}");
        }
        let at = &root / out;
        assert!(!at.exists() && !at.is_file() && !at.is_dir() && !at.is_symlink(), "{out}");
        assert_eq!(tree.lines(), before, "{out}");
    }
}

/// What follows the last link of a path refuses it; what is about the link itself does that.
#[cfg(unix)]
#[test]
fn no_method_leaves_by_a_link() {
    const OF_THE_LINK: [&str; 13] = [
        "write_new",
        "lstat",
        "mkdir",
        "rmdir",
        "unlink",
        "unlink_if_exists",
        "rename from",
        "rename to",
        "replace from",
        "replace to",
        "symlink_to",
        "symlink_replace",
        "readlink",
    ];
    for target in ["../secret", "/etc/passwd", "..", "d/../../secret"] {
        let (tree, root) = tree();
        let secret = tree.at("secret").stat().unwrap();
        for method in 0.. {
            let (link, inside) = (&root / "l", &root / "i");
            link.symlink_replace(target).unwrap();
            inside.write_text("").unwrap();
            let Some((name, error)) = everything(&link, &inside).into_iter().nth(method) else { break };
            _ = (&root / "new").unlink_if_exists();
            if OF_THE_LINK.contains(&name) || name.starts_with("hardlink_to") {
                assert!(error.is_none_or(|error| !error.is_escape()), "{name}");
            } else {
                // Methods before this one may have replaced the link.
                assert!(
                    error.is_none_or(|error| error.is_escape() || error.kind() != ErrorKind::InvalidInput),
                    "{name}"
                );
            }
        }
        assert_eq!(tree.at("secret").stat().unwrap(), secret, "{target}");
        assert_eq!(tree.at("secret").read_text().unwrap(), "secret");
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
        for (method, error) in everything(&(&root / "l/secret"), &(&root / "g")) {
            let error = error.unwrap_or_else(|| panic!("{method} should fail"));
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
    assert_eq!(at("a/g").rename(&at("a/f")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(at("a/g").rename(&at("h")).unwrap(), at("h"));
    at("t").touch().unwrap();
    assert_eq!((at("t").size().unwrap(), at("h").size().unwrap()), (0, 5));
    at("h").replace(&at("t")).unwrap();
    assert_eq!(at("a").rmdir().unwrap_err().kind(), ErrorKind::DirectoryNotEmpty);
    at("a/b").rmdir().unwrap();
    assert!(at("t").unlink_if_exists().unwrap() && !at("t").unlink_if_exists().unwrap());
    assert!(!at("a/f/x").try_exists().unwrap());
    assert!(at("a").is_dir() && at("a/f").is_file() && root.exists());
    assert!(at("a/f").samefile(&at("a/../a/f")).unwrap() && !at("a").samefile(&root).unwrap());
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
        "find_up",
        "readlink",
        "owner",
        "group",
        "open_root",
    ];
    for (method, error) in everything(&(&root / "g"), &(&root / "d/f")) {
        if !questions.contains(&method) && method != "mkdir_parent" {
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::ReadOnlyFilesystem), "{method}");
        }
    }
    assert_eq!(tree.lines(), before);
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
    assert_eq!((&root / "a/b").relative_to(&(&root / "a")).unwrap(), &*path("b"));
    assert!((&root / "a").join_inside("../b").is_err());
    assert!(!(&root / "a/b").is_relative_to(&Root::open(".").unwrap()));
}

#[cfg(unix)]
mod links {
    use super::*;

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
