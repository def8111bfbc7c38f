//! Listings: which paths, in which order, and what could not be listed.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::ops::ControlFlow;

use waypath::{FileKind, IntoPatterns, Op, Pattern, PatternSet, Result, Walk, path};

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

#[test]
fn several_patterns_give_each_path_once() {
    let tree = Tree::new(["a/b/c", "a/b/d", "a/e", "f"]);
    let glob = |patterns: &[&str]| paths(&tree, tree.glob(patterns));
    let all = ["a", "a/b", "a/b/c", "a/b/d", "a/e"];
    assert_eq!(glob(&["a/**", "a/b/c", "a/*"]), all);
    assert_eq!(glob(&["a/b/c", "a/*", "a/**", "a/**"]), all);
    assert_eq!(glob(&["f", "*/b", "a/b/d", "a"]), ["a", "a/b", "a/b/d", "f"]);
    assert_eq!(glob(&["a/b/c", "a/b/c/", "a/b/c/**"]), ["a/b/c"]);
    assert_eq!(paths(&tree, tree.rglob(["c", "*", "b/d"])), ["a", "a/b", "a/b/c", "a/b/d", "a/e", "f"]);
}

#[test]
fn no_pattern_finds_nothing() {
    let tree = Tree::new(["a"]);
    let none: [&str; 0] = [];
    assert_eq!(paths(&tree, tree.glob(none)), none);
    assert_eq!(paths(&tree, tree.rglob(none)), none);
    assert_eq!(paths(&tree, Ok(tree.walk().exclude(none))), ["a"]);
    assert_eq!(tree.at("no").glob(none).unwrap().count(), 0);
    // A set without includes has all; one with an include that is no path below has nothing.
    assert_eq!(paths(&tree, tree.glob_set(&PatternSet::builder().build())), ["a"]);
    for empty in ["", "."] {
        assert_eq!(paths(&tree, tree.glob_set(&PatternSet::builder().include(empty).build())), none);
        assert_eq!(paths(&tree, tree.glob_set(&PatternSet::builder().exclude(empty).build())), ["a"]);
        assert_eq!(paths(&tree, Ok(tree.walk().exclude(empty))), none, "all is below the start");
    }
}

#[test]
fn what_is_left_out_is_relative() {
    let tree = Tree::new(["a/b"]);
    for pattern in ["/", "/a", "/*", "/**"] {
        assert_eq!(paths(&tree, Ok(tree.walk().exclude(pattern))), ["a", "a/b"], "{pattern}");
        assert_eq!(paths(&tree, Ok(tree.walk().exclude(pattern).case_sensitive(false))), ["a", "a/b"], "{pattern}");
    }
    assert_eq!(paths(&tree, Ok(tree.walk().exclude(tree.at("a").as_str()))), ["a", "a/b"]);
    assert_eq!(paths(&tree, Ok(tree.walk().exclude("A").case_sensitive(false))), [""; 0]);
}

#[test]
fn patterns_may_lead_up() {
    let tree = Tree::new(["a/b/c", "a/d", "e"]);
    let glob = |pattern: &str| paths(&tree, tree.at("a").glob(pattern));
    assert_eq!(glob(".."), ["a/.."]);
    assert_eq!(glob("../e"), ["a/../e"]);
    assert_eq!(glob("../*"), ["a/../a", "a/../e"]);
    assert_eq!(glob("b/../../e"), ["a/b/../../e"]);
    assert_eq!(glob("*/.."), ["a/b/.."]);
    assert_eq!(glob("**/.."), ["a/..", "a/b/.."]);
    assert_eq!(glob("b/../d"), ["a/b/../d"]);
    let hidden = tree.at("a").glob("../*").map(|walk| walk.hidden(false));
    assert_eq!(paths(&tree, hidden), ["a/../a", "a/../e"], "`..` is not hidden");
}

#[test]
fn neighbours_stand_in_order_of_parts() {
    let tree = Tree::new(["a/b", "a-b", "a.b", "a b", "ab", "B"]);
    let sorted = ["a", "a/b", "a b", "a-b", "a.b", "ab"];
    let with = |b: &[&'static str]| if cfg!(windows) { [&sorted[..], b].concat() } else { [b, &sorted[..]].concat() };
    assert_eq!(paths(&tree, Ok(tree.walk())), with(&["B"]));
    assert_eq!(paths(&tree, tree.glob("**")), [vec!["."], with(&["B"])].concat());
    assert_eq!(paths(&tree, tree.glob(["a/b", "*"])), with(&["B"]));
    let backwards = tree.glob(["a/b", "a*"]).map(|walk| walk.sorted_by(|left, right| right.cmp(left)));
    assert_eq!(paths(&tree, backwards), ["ab", "a.b", "a-b", "a b", "a", "a/b"]);
    let contents = tree.glob(["a/b", "a*"]).map(Walk::contents_first);
    assert_eq!(paths(&tree, contents), ["a/b", "a", "a b", "a-b", "a.b", "ab"]);
}

/// The texts of a listing.
fn texts(walk: Result<Walk>) -> Vec<String> {
    walk.unwrap().map(|entry| entry.unwrap().as_posix().into_owned()).collect()
}

#[test]
fn paths_begin_as_the_start_does() {
    // Cargo runs tests in the package's directory.
    assert!(texts(Ok(path(".").iterdir())).contains(&"Cargo.toml".to_owned()));
    assert_eq!(texts(path(".").glob("src/lib.rs")), ["src/lib.rs"]);
    assert_eq!(texts(path(".").glob("s*/lib.rs")), ["src/lib.rs"]);
    assert_eq!(texts(path(".").glob("src/../src/lib.rs")), ["src/../src/lib.rs"]);
    assert_eq!(texts(path("src").glob("l*.rs")), ["src/lib.rs"]);
    assert_eq!(texts(path("tests/..").glob("src/[l]ib.rs")), ["tests/../src/lib.rs"]);
    let start = path(".").glob("**").unwrap().max_depth(0).next().unwrap().unwrap();
    assert_eq!((start.as_str(), start.kind(), start.depth()), (".", FileKind::Directory, 0));
    let tree = Tree::new(["a"]);
    assert!(tree.is_absolute());
    assert_eq!(texts(tree.glob("[a]")), [tree.at("a").as_posix()]);
    for mut walk in [path(tree.anchor()).iterdir(), path(tree.anchor()).glob("*").unwrap()] {
        let entry = walk.find_map(Result::ok).expect("the root holds something");
        assert_eq!((entry.parts().count(), entry.depth(), entry.parent()), (2, 1, &*path(tree.anchor())));
    }
}

#[test]
fn patterns_come_in_many_types() {
    fn found(patterns: impl IntoPatterns) -> usize {
        Tree::new(["a", "b"]).glob(patterns).unwrap().count()
    }
    let owned = "a".to_owned();
    let lent = &"a";
    let texts = vec!["a".to_owned(), "b".to_owned()];
    let pattern = Pattern::new("a");
    let patterns = vec![Pattern::new("a"), Pattern::new("*")];
    assert_eq!(found("a") + found(lent) + found(&owned) + found(owned.clone()), 4);
    assert_eq!(found(Cow::Borrowed("a")) + found(&pattern) + found(pattern.clone()), 3);
    assert_eq!(found(["a", "b"]) + found([&pattern, &pattern]) + found(["a".to_owned(), "b".to_owned()]), 5);
    assert_eq!(found(vec!["a", "b"]) + found(vec![pattern.clone()]), 3);
    assert_eq!(found(&patterns) + found(&patterns[..]) + found(patterns.as_slice()), 6);
    assert_eq!(found(&["a", "b"][..]) + found(&texts), 4);
    assert_eq!(found(patterns) + found(texts), 4);
}

#[test]
fn options_come_too_late_after_the_first_entry() {
    let tree = Tree::new(["a/x", "b", "c"]);
    let mut walk = tree.walk();
    assert_eq!(walk.next().unwrap().unwrap().name(), "a");
    let walk = walk.min_depth(2).max_depth(1).hidden(false).exclude("**").prune(|_| true).only(FileKind::Symlink);
    let walk = walk.follow_symlinks().same_file_system().case_sensitive(false).contents_first().unsorted();
    let walk = walk.sorted_by(|left, right| right.cmp(left)).threads(3);
    assert_eq!(paths(&tree, Ok(walk)), ["a/x", "b", "c"]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn a_walk_ends_for_good_and_goes_to_other_threads() {
    fn is_send_and_fused(_: &(impl Send + std::iter::FusedIterator)) {}
    let tree = Tree::new(["a"]);
    for walk in [tree.walk(), tree.walk().unsorted().threads(2), tree.glob("a").unwrap(), tree.at("no").walk()] {
        is_send_and_fused(&walk);
        let mut walk = std::thread::spawn(move || {
            let mut walk = walk;
            assert!(walk.next().is_some());
            walk
        })
        .join()
        .unwrap();
        assert!((0..3).all(|_| walk.next().is_none()));
    }
}

#[test]
fn a_visitor_that_breaks_is_the_last_to_be_called() {
    let tree = Tree::new(["a/b", "c", "d"]);
    let mut seen = 0;
    let flow = tree.walk().visit(|entry| {
        seen += 1;
        if entry.unwrap().name() == "b" { ControlFlow::Break("b") } else { ControlFlow::Continue(()) }
    });
    assert_eq!((flow, seen), (ControlFlow::Break("b"), 2));
    let flow = tree.walk().par_visit(|entry| ControlFlow::Break(entry.is_ok()));
    assert_eq!(flow, ControlFlow::Break(true));
    let missing = tree.at("no").walk().par_visit(|entry| ControlFlow::Break(entry.unwrap_err().op()));
    assert_eq!(missing, ControlFlow::Break(Op::List));
}

#[test]
#[cfg(not(target_family = "wasm"))] // A panic ends the program there.
fn a_closure_that_panics_is_heard_of() {
    let panics = |walk: fn(Walk) -> usize| {
        let tree = Tree::new(["a/b", "c/d"]);
        let listed = std::panic::AssertUnwindSafe(|| walk(tree.walk().prune(|_| panic!("by the test"))));
        std::panic::catch_unwind(listed).is_err()
    };
    assert!(panics(|walk| walk.count()));
    assert!(panics(|walk| walk.unsorted().threads(2).count()));
    assert!(panics(|walk| {
        _ = walk.threads(2).par_visit(|_| ControlFlow::<()>::Continue(()));
        0
    }));
}

/// What a listing of a tree too large for one read of a directory gives.
#[test]
fn a_large_directory_is_listed_whole_whichever_way() {
    const FILES: usize = 3000;
    let tree = Tree::new(["d/e/f"]);
    for number in 0..FILES {
        std::fs::write(tree.at(&format!("d/file-with-a-long-name-{number}")), "").unwrap();
    }
    let unsorted = || tree.walk().unsorted();
    for walk in [tree.walk(), unsorted(), unsorted().contents_first(), unsorted().threads(2), tree.rglob("*").unwrap()]
    {
        let mut found: Vec<_> = walk.map(Result::unwrap).collect();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), FILES + 3);
    }
    let mut walk = unsorted().threads(2);
    assert!(walk.next().is_some());
    drop(walk);
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
    fn a_start_may_be_a_link() {
        let tree = Tree::new(["d/e/f", "l => d", "dang => no", "self => self", "x => d/e/f"]);
        let link = tree.at("l");
        for walk in [link.walk(), link.rglob("*").unwrap(), link.glob("*/**").unwrap()] {
            assert_eq!(paths(&tree, Ok(walk)), ["l/e", "l/e/f"]);
        }
        assert_eq!(paths(&tree, Ok(link.iterdir().follow_symlinks())), ["l/e"]);
        assert_eq!(paths(&tree, link.glob("e/f")), ["l/e/f"]);
        assert_eq!(paths(&tree, link.glob("**/")), ["l", "l/e"]);
        assert_eq!(link.glob("**").unwrap().next().unwrap().unwrap().kind(), FileKind::Symlink);
        for name in ["dang", "self", "x"] {
            let at = tree.at(name);
            for walk in [at.walk(), at.walk().follow_symlinks(), at.glob("a").unwrap(), at.glob("**").unwrap()] {
                assert_eq!(paths(&tree, Ok(walk)), ["error: List"], "{name}");
            }
        }
    }

    #[test]
    fn a_link_that_leads_back_ends_what_goes_anywhere_and_nothing_else() {
        let tree = Tree::new(["d/f", "d/up => .."]);
        let follow = |patterns: &[&str]| paths(&tree, tree.glob(patterns).map(Walk::follow_symlinks));
        assert_eq!(follow(&["**/*"]), ["d", "d/f", "d/up", "error: Follow"]);
        assert_eq!(follow(&["d/**"]), follow(&["[d]/**"]));
        assert_eq!(follow(&["**/up/*"]), ["error: Follow", "d/up/d"]);
        assert_eq!(follow(&["**/f", "*/up/*"]), ["d/f", "error: Follow", "d/up/d"]);
        assert_eq!(follow(&["d/up/d/up/d/f"]), ["d/up/d/up/d/f"]);
        let error = tree.walk().follow_symlinks().find_map(Result::err).unwrap();
        assert_eq!(error.path(), std::path::Path::new(tree.at("d/up").as_str()));
        assert_eq!(error.second_path().unwrap(), std::path::Path::new(tree.as_str()));
        let contents_first = tree.walk().follow_symlinks().contents_first();
        assert_eq!(paths(&tree, Ok(contents_first)), ["d/f", "error: Follow", "d/up", "d"]);
    }

    #[test]
    fn what_is_below_links_is_left_out_by_its_path() {
        let tree = Tree::new(["d/target/f", "d/g", "l => d"]);
        let follow = |exclude: &str| paths(&tree, Ok(tree.walk().follow_symlinks().exclude(exclude)));
        assert_eq!(follow("**/target"), ["d", "d/g", "l", "l/g"]);
        assert_eq!(follow("l"), ["d", "d/g", "d/target", "d/target/f"]);
        assert_eq!(follow("l/"), ["d", "d/g", "d/target", "d/target/f", "l"]);
        assert_eq!(follow("*/"), ["l"]);
        assert_eq!(follow("**"), [""; 0]);
        let set = PatternSet::builder().exclude("**/target/**").build();
        assert_eq!(
            paths(&tree, tree.glob_set(&set).map(Walk::follow_symlinks)),
            ["d", "d/g", "d/target", "l", "l/g", "l/target"]
        );
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

    /// A tree whose paths are longer than the system takes. Blocks of directories are put together from
    /// the lowest up, each under the last directory of the next.
    struct Abyss(Tree);

    impl Abyss {
        const BLOCKS: usize = 10;
        /// In a block; the first is called `top`.
        const LEVELS: usize = 300;
        /// A block, and beside what is below it, a directory with a file, which comes later in order.
        const ENTRIES: usize = Self::BLOCKS * (Self::LEVELS + 2);

        fn new() -> Self {
            let abyss = Self(Tree::new([]));
            for block in 0..Self::BLOCKS {
                if block > 0 {
                    abyss.rename("top", "lower");
                }
                abyss.0.at(&Self::last()).mkdir_all().unwrap();
                let beside = abyss.0.at(&Self::last()) / "z";
                beside.mkdir().unwrap();
                (beside / "f").touch().unwrap();
                if block > 0 {
                    abyss.rename("lower", &(Self::last() + "/lower"));
                }
            }
            abyss
        }

        /// The last directory of the first block.
        fn last() -> String {
            "top".to_owned() + &"/directory".repeat(Self::LEVELS - 1)
        }

        fn rename(&self, from: &str, to: &str) {
            self.0.at(from).rename(self.0.at(to)).unwrap();
        }
    }

    /// std removes no tree this deep.
    impl Drop for Abyss {
        fn drop(&mut self) {
            for _ in 1..Self::BLOCKS {
                self.rename(&(Self::last() + "/lower"), "lower");
                std::fs::remove_dir_all(self.0.at("top").as_str()).unwrap();
                self.rename("lower", "top");
            }
        }
    }

    #[test]
    fn paths_longer_than_the_system_takes_are_listed() {
        let abyss = Abyss::new();
        let entries: Vec<_> = abyss.0.walk().collect::<Result<_>>().unwrap();
        assert_eq!(entries.len(), Abyss::ENTRIES);
        assert!(entries.is_sorted());
        let deepest = entries.iter().max_by_key(|entry| entry.depth()).unwrap();
        assert_eq!(deepest.depth(), Abyss::BLOCKS * Abyss::LEVELS + 2);
        assert!(deepest.as_str().len() > 7 * 4096);
        assert_eq!(deepest.parent().iterdir().map(|entry| entry.unwrap().name().to_owned()).collect::<Vec<_>>(), ["f"]);
        let count = std::sync::atomic::AtomicUsize::new(0);
        let add = |entry: Result<&waypath::Entry>| {
            entry.unwrap();
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            ControlFlow::<()>::Continue(())
        };
        _ = abyss.0.walk().unsorted().visit(add);
        _ = abyss.0.walk().threads(2).par_visit(add);
        _ = abyss.0.walk().contents_first().visit(add);
        assert_eq!(count.into_inner(), 3 * Abyss::ENTRIES);
    }
}
