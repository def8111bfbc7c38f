//! Listings: which paths, in which order, and what could not be listed.

use std::io::ErrorKind;

use waypath::{Op, Pattern, Result, Walk, path};

use crate::util::Tree;

/// The paths of a listing, relative to the tree; an error is shown by its operation.
#[track_caller]
fn paths(tree: &Tree, walk: Result<Walk>) -> Vec<String> {
    let show = |entry: Result<waypath::Entry>| match entry {
        Ok(entry) => entry.relative_to(&**tree).unwrap().as_posix().into_owned(),
        Err(error) => format!("error: {:?}", error.op()),
    };
    walk.unwrap().map(show).collect()
}

#[test]
fn children_come_in_order() {
    let tree = Tree::new(["b", "a/x", "a-b", "Z", "é", ".hidden"]);
    let expected =
        if cfg!(windows) { [".hidden", "a", "a-b", "b", "Z", "é"] } else { [".hidden", "Z", "a", "a-b", "b", "é"] };
    assert_eq!(paths(&tree, Ok(tree.iterdir())), expected);
    let entries: Vec<_> = tree.iterdir().map(|entry| entry.unwrap()).collect();
    assert!(entries.is_sorted_by(|left, right| left.path() < right.path()));
    assert!(entries.iter().all(|entry| entry.depth() == 1 && entry.exists()));
}

#[test]
fn the_children_of_dot_have_no_prefix() {
    for entry in path(".").iterdir() {
        assert_eq!(entry.unwrap().parts().count(), 1);
    }
}

#[test]
fn patterns_find_what_they_match_each_once_in_order() {
    let tree = Tree::new(["src/lib.rs", "src/fs/dir.rs", "src/fs/mod.md", "a-b/x.rs", "a/x.rs", "a.rs", "t/u/v/w"]);
    let glob = |pattern: &str| paths(&tree, tree.glob(pattern));
    assert_eq!(glob("**/*.rs"), ["a/x.rs", "a-b/x.rs", "a.rs", "src/fs/dir.rs", "src/lib.rs"]);
    assert_eq!(glob("*.rs"), ["a.rs"]);
    assert_eq!(glob("src/*/*"), ["src/fs/dir.rs", "src/fs/mod.md"]);
    assert_eq!(glob("src/fs/dir.rs"), ["src/fs/dir.rs"]);
    assert_eq!(glob("src/**"), ["src", "src/fs", "src/fs/dir.rs", "src/fs/mod.md", "src/lib.rs"]);
    assert_eq!(glob("*/"), ["a", "a-b", "src", "t"]);
    assert_eq!(glob("**/"), [".", "a", "a-b", "src", "src/fs", "t", "t/u", "t/u/v"]);
    assert_eq!(glob("t/**/*/**"), ["t/u", "t/u/v", "t/u/v/w"]);
    assert_eq!(glob("src/fs/../lib.rs"), ["src/fs/../lib.rs"]);
    assert_eq!(glob("a.rs/**"), [""; 0]);
    assert_eq!(glob("no/**"), [""; 0]);
    assert_eq!(paths(&tree, tree.rglob("x.rs")), ["a/x.rs", "a-b/x.rs"]);
    assert_eq!(paths(&tree, tree.rglob("")), glob("**/"));
    assert_eq!(paths(&tree, tree.rglob(".")), glob("**"));
    let braces = Pattern::with_braces("{src,a}/**/*.{rs,md}").unwrap();
    assert_eq!(paths(&tree, tree.glob(&braces)), ["a/x.rs", "src/fs/dir.rs", "src/fs/mod.md", "src/lib.rs"]);
    let upper = Pattern::new("SRC/LIB.RS").case_insensitive();
    assert_eq!(paths(&tree, tree.glob(upper)), ["src/lib.rs"]);
    assert_eq!(paths(&tree, tree.glob(Pattern::literal(&path("a.rs")))), ["a.rs"]);
}

#[test]
fn what_cannot_be_a_pattern_for_a_listing_is_an_error() {
    for pattern in ["", ".", "/x", "/"] {
        let error = path(".").glob(pattern).unwrap_err();
        assert_eq!((error.op(), error.kind()), (Op::Pattern, ErrorKind::InvalidInput));
    }
    assert!(path(".").rglob("/x").is_err());
    assert!(path(".").glob("..").is_ok());
}

#[test]
fn a_start_that_is_no_directory_is_the_one_item() {
    let tree = Tree::new(["f"]);
    for (name, kind) in
        [("no", ErrorKind::NotFound), ("f", ErrorKind::NotADirectory), ("f/x", ErrorKind::NotADirectory)]
    {
        for walk in [tree.at(name).iterdir(), tree.at(name).glob("x").unwrap(), tree.at(name).rglob("*").unwrap()] {
            let items: Vec<_> = walk.collect();
            let [Err(error)] = &items[..] else { panic!("{items:?}") };
            assert_eq!(error.op(), Op::List);
            assert!(error.kind() == kind || cfg!(windows), "{error}");
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::util::as_nobody;

    #[test]
    fn links_to_directories_are_followed_but_by_stars() {
        let tree = Tree::new(["d/f", "l => d", "d/up => ..", "dang => no", "self => self"]);
        let glob = |pattern: &str| paths(&tree, tree.glob(pattern));
        assert_eq!(glob("**"), [".", "d", "d/f", "d/up", "dang", "l", "self"]);
        assert_eq!(glob("*/f"), ["d/f", "l/f"]);
        assert_eq!(glob("l/**"), ["l", "l/f", "l/up"]);
        assert_eq!(glob("**/f"), ["d/f"]);
        assert_eq!(glob("*/"), ["d", "l"]);
        assert_eq!(glob("d/up/d/f"), ["d/up/d/f"]);
        assert_eq!(glob("dang"), ["dang"]);
        assert_eq!(glob("{dang,self}/*"), [""; 0]);
        assert_eq!(glob("dang/*"), [""; 0]);
        assert_eq!(glob("self/*"), [""; 0]);
        assert_eq!(glob(&"x".repeat(300)), [""; 0]);
        assert_eq!(glob("a\0b/*"), [""; 0]);
    }

    #[test]
    fn a_name_that_is_not_utf8_is_an_error_with_the_raw_path() {
        let tree = Tree::new(["a", "z"]);
        let raw = std::path::Path::new(tree.as_str()).join(OsStr::from_bytes(b"b\xff"));
        std::fs::create_dir(&raw).unwrap();
        std::fs::write(raw.join("inside"), "").unwrap();
        for walk in [tree.iterdir(), tree.glob("**/*").unwrap()] {
            let (found, errors): (Vec<_>, Vec<_>) = walk.partition(Result::is_ok);
            assert_eq!(found.len(), 2);
            let error = errors.into_iter().map(Result::unwrap_err).next().unwrap();
            assert_eq!((error.op(), error.path()), (Op::Convert, &*raw));
        }
    }

    #[test]
    fn a_directory_that_may_not_be_read_is_reported_once_and_the_rest_listed() {
        if !as_nobody("listing::unix::a_directory_that_may_not_be_read_is_reported_once_and_the_rest_listed") {
            return;
        }
        use std::os::unix::fs::PermissionsExt;
        let tree = Tree::new(["a/f", "closed/f", "z/f"]);
        let closed = tree.at("closed");
        let mode = |mode| std::fs::set_permissions(closed.as_str(), PermissionsExt::from_mode(mode)).unwrap();
        mode(0o000);
        assert_eq!(paths(&tree, tree.rglob("*")), ["a", "a/f", "closed", "error: List", "z", "z/f"]);
        assert_eq!(paths(&tree, tree.glob("closed/f")), ["error: Stat"]);
        mode(0o755);
    }

    #[test]
    fn a_tree_deeper_than_the_stack_is_listed() {
        let tree = Tree::new([]);
        let deep = "d/".repeat(1_500);
        tree.at(&deep).mkdir_all().unwrap();
        assert_eq!(tree.rglob("*").unwrap().map(|entry| entry.unwrap().depth()).max(), Some(1_500));
    }
}
