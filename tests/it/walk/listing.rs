//! Listings: which paths, in which order, and what could not be listed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::ops::ControlFlow;

use waypath::{CopyOptions, FileKind, IntoPatterns, Op, Pattern, PatternSet, Result, Walk, path};

use crate::support::util::Tree;

/// The paths of a listing, relative to the tree; an error is shown by its operation.
#[track_caller]
fn paths(tree: &Tree, walk: Result<Walk<'_>>) -> Vec<String> {
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

/// So many alternatives that names are not told apart one by one, but read letter by letter.
#[test]
fn many_alternatives_find_what_they_match() {
    let letters = "{a,b,c,d,e,f,g,h,i}";
    let pattern = format!("{{,.,..,...x,é,yz}}{letters}{letters}{{,.rs,/f,/../aa,*c}}");
    let names = [".ab", "..ab", "...xab", "aa", "ab", "ab.rs", "abc", "ic.c", "yzii", "yzii.rs", "éab", "éabéc"];
    let others = [".", "..", "...", "...xa", "a", "aba.r", "aj", "x..ab", "yz", "yziix", "zab", "éé"];
    let tree = Tree::new(["ab/f", "ab/g", ".cd/f"]);
    names.iter().chain(&others[3..]).for_each(|name| tree.at(name).mkdir_all().unwrap());
    let mut expected: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    expected.extend([".cd", ".cd/f", "ab/f"].map(str::to_owned));
    let up = [".ab", "..ab", "...xab", ".cd", "aa", "ab", "yzii", "éab"];
    expected.extend(up.map(|name| format!("{name}/../aa")));
    expected.sort();
    let mut found = paths(&tree, tree.glob(&pattern));
    found.sort();
    assert_eq!(found, expected);
}

/// Many names that are looked up, some with directories in front: `/` comes before all other characters.
#[test]
fn what_is_looked_up_comes_in_the_order_of_paths() {
    let tree = Tree::new([]);
    let names: Vec<_> =
        (0..30).flat_map(|at| ["", "-b", ".b", "/x", "/x-y", "0"].map(|end| format!("d{at}{end}"))).collect();
    names.iter().for_each(|name| tree.at(name).mkdir_all().unwrap());
    let mut expected: Vec<_> = names.iter().map(|name| waypath::PathBuf::from(name.as_str())).collect();
    expected.sort();
    expected.dedup();
    let expected: Vec<_> = expected.iter().map(|path| path.as_posix().into_owned()).collect();
    assert_eq!(paths(&tree, tree.glob(&names)), expected);
    // Those alone that have a directory in front, or may have.
    let names: Vec<_> = (0..60).flat_map(|at| ["-b", "/x", "/x-y"].map(|end| format!("d{}{end}", at % 30))).collect();
    let expected: Vec<_> = expected.into_iter().filter(|name| names.contains(name)).collect();
    assert_eq!(paths(&tree, tree.glob(&names)), expected);
}

#[test]
fn an_entry_is_used_as_its_path() {
    use std::hash::{BuildHasher as _, RandomState};

    let tree = Tree::new(["a/b"]);
    let [entry, other]: [_; 2] =
        tree.walk().min_depth(1).map(|entry| entry.unwrap()).collect::<Vec<_>>().try_into().unwrap();
    let (path, hasher) = (tree.at("a"), RandomState::new());
    assert_eq!((entry.to_string(), hasher.hash_one(&entry)), (path.to_string(), hasher.hash_one(&path)));
    assert_ne!(hasher.hash_one(&entry), hasher.hash_one(&other));
    assert!(entry < other && entry == entry.clone() && entry != other);
    assert_eq!((&entry / "b", entry.clone() / "b"), (other.to_path_buf(), other.to_path_buf()));
    assert_eq!(waypath::PathBuf::from(entry), path);
}

#[test]
fn more_threads_change_nothing_in_the_order() {
    let names: Vec<_> = (0..300).map(|at| format!("{}/{}/{at}", at % 20, at % 7)).collect();
    let tree = Tree::new([]);
    names.iter().for_each(|name| tree.at(name).mkdir_all().unwrap());
    for threads in [1, 4] {
        let entries: Vec<_> = tree.walk().threads(threads).map(|entry| entry.unwrap().into_path()).collect();
        assert!(entries.is_sorted() && entries.len() > 300, "{threads} threads");
    }
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
    assert_eq!(glob("{src,a}/**/*.{rs,md}"), ["a/x.rs", "src/fs/dir.rs", "src/fs/mod.md", "src/lib.rs"]);
    let upper = Pattern::new("SRC/LIB.RS").case_sensitive(false);
    assert_eq!(paths(&tree, tree.glob(upper)), ["src/lib.rs"]);
    assert_eq!(paths(&tree, tree.glob(Pattern::literal(&path("a.rs")))), ["a.rs"]);
}

#[test]
fn a_glob_begins_where_its_pattern_does() {
    let tree = Tree::new(["log/a.log", "log/b.gz", "log/c.txt", "log/d/e.gz"]);
    let at = Pattern::literal(&tree.at("log"));
    let found = |end: &str| paths(&tree, waypath::glob(format!("{at}/{end}")));
    assert_eq!(found("*.{log,gz}"), ["log/a.log", "log/b.gz"]);
    assert_eq!(found("**/*.gz"), ["log/b.gz", "log/d/e.gz"]);
    assert_eq!(found("d"), ["log/d"]);
    assert_eq!(found("d/."), ["log/d"]);
    assert_eq!(found("."), ["log"]);
    assert_eq!(waypath::glob("Cargo.{toml,no}").unwrap().count(), 1);
    assert_eq!(waypath::glob("/").unwrap_err().op(), Op::Pattern);
    assert_eq!(waypath::glob("{/a,b}").unwrap_err().op(), Op::Pattern);
}

#[cfg(windows)]
#[test]
fn a_glob_begins_with_a_verbatim_path_too() {
    let tree = Tree::new(["a.log", "b/c.log"]);
    let at = format!(r"\\?\{}", tree.at(""));
    let found = waypath::glob(format!("{at}/**/*.log")).unwrap().map(|entry| entry.unwrap().path().to_string());
    assert_eq!(found.collect::<Vec<_>>(), [format!(r"{at}\a.log"), format!(r"{at}\b\c.log")]);
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
        assert!(tree.glob_set(&PatternSet::builder().include(empty).build()).is_err());
        assert!(tree.glob_set(&PatternSet::builder().exclude(empty).build()).is_err());
    }
}

#[test]
fn an_exclude_that_could_exclude_nothing_is_refused() {
    let tree = Tree::new(["src/a/b"]);
    let (absolute, braces) = (tree.at("src/a"), Pattern::new("{a,/a}"));
    let texts = ["", ".", "./", "/", "/a", "/*", "/**", "//a", "..", "../x", "a/../a", "**/..", absolute.as_str()];
    for pattern in texts.map(Pattern::new).into_iter().chain([braces]) {
        let refused = |error: &waypath::Error| {
            assert_eq!((error.op(), error.kind()), (Op::Pattern, ErrorKind::InvalidInput), "{error}");
            assert_eq!(error.path(), std::path::Path::new(pattern.as_str()));
        };
        let walk = || tree.at("src").walk().exclude("b").exclude(&pattern);
        for walk in [walk(), walk().unsorted(true), walk().contents_first(true), walk().sorted_by(|a, b| b.cmp(a))] {
            let items: Vec<_> = walk.collect();
            let [Err(error)] = &items[..] else { panic!("{pattern:?}: {items:?}") };
            refused(error);
        }
        let visited = walk().visit(|item| ControlFlow::Break(item.unwrap_err()));
        let visited_in_threads = walk().par_visit(|item| ControlFlow::Break(item.unwrap_err()));
        for flow in [visited, visited_in_threads] {
            let ControlFlow::Break(error) = flow else { panic!("{pattern:?}: nothing was said") };
            refused(&error);
        }
        if cfg!(not(target_family = "wasm")) {
            let items: Vec<_> = walk().unsorted(true).threads(2).collect();
            assert!(matches!(&items[..], [Err(_)]), "{pattern:?}: {items:?}");
        }
        assert_eq!(walk().tree().to_string().lines().count(), 2, "the start, and the error");

        for options in [CopyOptions::new(), CopyOptions::new().dry_run(true)] {
            refused(&options.exclude("b").exclude(&pattern).copy(tree.at("src"), tree.at("to")).unwrap_err());
            assert!(!tree.at("to").exists());
        }
    }
    assert_eq!(paths(&tree, Ok(tree.walk().exclude("SRC").case_sensitive(false))), [""; 0]);
    // Where a pattern leads up, so may what is excluded.
    let up = tree.at("src").glob(["../*", "*"]).map(|walk| walk.exclude("../src"));
    assert_eq!(paths(&tree, up), ["src/a"]);
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
    let contents = tree.glob(["a/b", "a*"]).map(|walk| walk.contents_first(true));
    assert_eq!(paths(&tree, contents), ["a/b", "a", "a b", "a-b", "a.b", "ab"]);
}

/// The texts of a listing.
fn texts(walk: Result<Walk<'_>>) -> Vec<String> {
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

/// An option that is set too late fails, and so does the listing.
#[test]
fn options_after_the_first_entry_are_an_error() {
    let tree = Tree::new(["a/x", "b", "c"]);
    let options: [fn(Walk<'_>) -> Walk<'_>; 18] = [
        |walk| walk.min_depth(1),
        |walk| walk.max_depth(3),
        |walk| walk.hidden(true),
        |walk| walk.exclude("none"),
        |walk| walk.prune(|_| false),
        |walk| walk.only(FileKind::File),
        |walk| walk.follow_symlinks(false),
        |walk| walk.same_file_system(false),
        |walk| walk.case_sensitive(true),
        |walk| walk.contents_first(false),
        |walk| walk.unsorted(false),
        |walk| walk.unsorted(true),
        |walk| walk.visit_once(false),
        |walk| walk.skip_non_utf8(true),
        |walk| walk.sorted_by(|left, right| left.cmp(right)),
        |walk| walk.threads(1),
        |walk| walk.threads(2).unsorted(true),
        |walk| walk.max_depth(1).min_depth(0),
    ];
    let begins: [fn(&Tree) -> Walk<'static>; 3] =
        [|tree| tree.walk(), |tree| tree.walk().unsorted(true), |tree| tree.walk().unsorted(true).threads(2)];
    for (number, option) in options.into_iter().enumerate() {
        for begin in begins {
            let late = |entries: usize| {
                let mut walk = begin(&tree);
                _ = walk.by_ref().take(entries).count();
                option(walk)
            };
            assert!(late(0).map(Result::unwrap).count() >= 3, "option {number} in time");
            for entries in [1, 4, 5] {
                let mut walk = late(entries);
                let error = walk.next().unwrap().unwrap_err();
                assert_eq!((error.op(), error.kind()), (Op::List, ErrorKind::InvalidInput), "option {number}");
                assert!(walk.next().is_none() && walk.hidden(true).next().unwrap().is_err(), "option {number}");
                let visited = late(entries).visit(|found| ControlFlow::Break(found.is_err()));
                assert_eq!(visited, ControlFlow::Break(true), "option {number}");
            }
        }
    }
}

/// Each way to list a tree that gives directories before their contents, with the closures of the caller.
fn ways_down() -> [fn(&Tree) -> Walk<'static>; 5] {
    [
        |tree| tree.walk(),
        |tree| tree.walk().unsorted(true),
        |tree| tree.walk().sorted_by(|left, right| right.cmp(left)),
        |tree| tree.walk().unsorted(true).threads(3),
        |tree| tree.glob("**").unwrap().follow_symlinks(true),
    ]
}

#[test]
fn a_directory_is_skipped_after_its_entry() {
    let tree = Tree::new(["a/x/deep", "b/x/deep", "b/y", "c"]);
    for way in ways_down() {
        for skipped in ["a", "b", "a/x", "b/x", "b/y", "c", "none"] {
            let mut walk = way(&tree);
            let mut found = Vec::new();
            while let Some(entry) = walk.next() {
                let entry = entry.unwrap();
                if entry.relative() == skipped {
                    walk.skip_dir();
                }
                found.push(entry.relative().as_posix().into_owned());
            }
            let mut expected: Vec<_> =
                way(&tree).map(|entry| entry.unwrap().relative().as_posix().into_owned()).collect();
            expected.retain(|text| !text.starts_with(&format!("{skipped}/")));
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{skipped}");
        }
    }
}

/// Skipping does what pruning does but that the directory itself is listed, in every order.
#[test]
fn skipping_all_directories_leaves_the_first_level() {
    let tree = Tree::new(["a/x/deep", "b/x/deep", "c", "d/"]);
    for way in ways_down() {
        let (mut walk, mut count) = (way(&tree), 0);
        while let Some(entry) = walk.next() {
            count += usize::from(entry.unwrap().depth() > 0);
            walk.skip_dir();
        }
        let begins_with_start = way(&tree).any(|entry| entry.unwrap().depth() == 0);
        assert_eq!(count, if begins_with_start { 0 } else { 4 });
    }
}

#[test]
fn contents_that_came_before_are_not_skipped() {
    let tree = Tree::new(["a/x", "b"]);
    let mut walk = tree.walk().contents_first(true);
    walk.skip_dir();
    let mut count = 0;
    while walk.next().is_some() {
        walk.skip_dir();
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn closures_borrow_and_change_what_they_like() {
    let tree = Tree::new(["a/x", "b/x", "c"]);
    let (mut seen, mut compared, skips) = (HashSet::new(), 0, vec!["c".to_owned()]);
    let entries = tree
        .walk()
        .prune(|entry| !seen.insert(entry.name().to_owned()) || skips.iter().any(|skip| skip == entry.name()))
        .sorted_by(|left, right| {
            compared += 1;
            right.cmp(left)
        })
        .entries()
        .unwrap();
    let names: Vec<_> = entries.iter().map(|entry| entry.relative().as_posix()).collect();
    assert_eq!((names, compared > 0), (vec!["b".into(), "b/x".into(), "a".into()], true));
    assert_eq!(seen.len(), 4);

    let (mut asked, mut pruned_in_visit) = (0, 0);
    _ = tree.walk().prune(|_| (pruned_in_visit += 1, true).1).visit(|_| ControlFlow::<()>::Continue(()));
    let counted = tree.walk().threads(2).unsorted(true).prune(|entry| (asked += 1, entry.is_dir()).1).count();
    assert_eq!((pruned_in_visit, asked, counted), (3, 3, 1));
    let mut in_threads = 0;
    let flow =
        tree.walk().threads(3).prune(|_| (in_threads += 1, false).1).par_visit(|_| ControlFlow::<()>::Continue(()));
    assert_eq!((flow, in_threads), (ControlFlow::Continue(()), 5));
    let mut printed = 0;
    assert_eq!(tree.walk().prune(|_| (printed += 1, true).1).tree().to_string().lines().count(), 1);
    assert_eq!(printed, 3);
}

#[test]
fn an_entry_is_compared_and_converted_as_its_path() {
    let tree = Tree::new(["a", "b"]);
    let entries = tree.iterdir().entries().unwrap();
    let (first, text) = (&entries[0], tree.at("a").to_string());
    let (path, cow) = (tree.at("a"), Cow::Borrowed(first.path()));
    let equal = [*first == path, path == *first, *first == cow, cow == *first, *first == text, text == *first];
    assert_eq!(equal, [true; 6]);
    assert_eq!([*first < tree.at("b"), tree.at("b") > *first, *first <= cow, cow >= *first], [true; 4]);
    assert_eq!(
        [*first <= text, text >= *first, *first < *tree.at("b").as_str(), *first.parent().as_str() < *first],
        [true; 4]
    );
    let set: HashSet<_> = entries.iter().cloned().collect();
    assert!(set.contains(&*path) && !set.contains(&*tree.at("c")));
    assert_eq!(String::from(first.clone()), text);
}

#[test]
fn a_listing_is_collected_up_to_its_first_error_or_with_all() {
    let tree = Tree::new(["a", "b/c"]);
    assert_eq!(tree.walk().paths().unwrap(), [tree.at("a"), tree.at("b"), tree.at("b/c")]);
    assert_eq!(tree.walk().entries().unwrap(), tree.walk().paths().unwrap());
    let failing = || tree.walk().exclude("..");
    assert_eq!(failing().paths().unwrap_err().op(), Op::Pattern);
    assert_eq!(failing().entries().unwrap_err().op(), Op::Pattern);
    let (entries, errors) = failing().entries_and_errors();
    assert_eq!((entries.len(), errors.len()), (0, 1));
    let (entries, errors) = tree.walk().entries_and_errors();
    assert_eq!((entries.len(), errors.len()), (3, 0));
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn a_walk_ends_for_good_and_goes_to_other_threads() {
    fn is_send_and_fused(_: &(impl Send + std::iter::FusedIterator)) {}
    let tree = Tree::new(["a"]);
    for walk in [tree.walk(), tree.walk().unsorted(true).threads(2), tree.glob("a").unwrap(), tree.at("no").walk()] {
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
    let panics = |walk: fn(Walk<'_>) -> usize| {
        let tree = Tree::new(["a/b", "c/d"]);
        let listed = std::panic::AssertUnwindSafe(|| walk(tree.walk().prune(|_| panic!("by the test"))));
        std::panic::catch_unwind(listed).is_err()
    };
    assert!(panics(|walk| walk.count()));
    assert!(panics(|walk| walk.unsorted(true).threads(2).count()));
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
    let unsorted = || tree.walk().unsorted(true);
    for walk in
        [tree.walk(), unsorted(), unsorted().contents_first(true), unsorted().threads(2), tree.rglob("*").unwrap()]
    {
        let mut found: Vec<_> = walk.map(Result::unwrap).collect();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), FILES + 3);
    }
    for walk in [tree.walk(), tree.rglob("*").unwrap(), tree.at("d").iterdir()] {
        assert!(walk.map(|entry| entry.unwrap().into_path()).is_sorted(), "it is read in parts, and sorted as a whole");
    }
    let mut walk = unsorted().threads(2);
    assert!(walk.next().is_some());
    drop(walk);
}

#[test]
fn large_directories_below_one_another_are_listed_whole() {
    const LEVELS: usize = 12;
    // What is read at a time is a matter of the back end for Unix; Wine takes long for each file.
    const FILES: usize = if cfg!(unix) { 1500 } else { 50 };
    let tree = Tree::new([]);
    let mut directory = tree.to_path_buf();
    for _ in 0..LEVELS {
        (0..FILES).for_each(|number| (&directory / format!("f{number}")).touch().unwrap());
        directory /= "next";
        directory.mkdir().unwrap();
    }
    let sorted = |walk: Walk<'_>| {
        let line = |entry: Result<waypath::Entry>| {
            let entry = entry.unwrap();
            assert_eq!(entry.is_dir(), entry.name() == "next", "{entry}");
            entry.into_path().as_str().to_owned()
        };
        let mut lines: Vec<_> = walk.map(line).collect();
        lines.sort();
        lines
    };
    let expected = sorted(tree.walk());
    assert_eq!(expected.len(), LEVELS * (FILES + 1));
    let unsorted = || tree.walk().unsorted(true);
    assert!(sorted(unsorted()) == expected);
    assert!(sorted(unsorted().contents_first(true)) == expected);
    if cfg!(not(target_family = "wasm")) {
        assert!(sorted(unsorted().threads(3)) == expected);
        assert!(sorted(unsorted().contents_first(true).threads(3)) == expected);
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::support::util::{as_nobody, symlink};

    /// macOS has no such names.
    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_utf8_are_left_out_or_skipped() {
        let tree = Tree::new(["a/f", "b"]);
        let raw = tree.at("a").as_std_path().join(OsStr::from_bytes(b"\xff"));
        std::fs::create_dir(&raw).unwrap();
        std::fs::write(raw.join("f"), "").unwrap();
        std::fs::write(tree.at("b").as_std_path().with_file_name(OsStr::from_bytes(b"\xfe")), "").unwrap();
        for way in ways_down() {
            let all = way(&tree).entries_and_errors();
            let utf8 = way(&tree).skip_non_utf8(true).entries_and_errors();
            let mut skipping = way(&tree);
            let mut errors = Vec::new();
            while let Some(found) = skipping.next() {
                if let Err(error) = found {
                    skipping.skip_dir();
                    errors.push(error.path().as_std_path().to_owned());
                }
            }
            let sorted = |mut entries: Vec<waypath::Entry>| {
                entries.sort();
                entries
            };
            assert_eq!((sorted(all.0), all.1.len()), (sorted(utf8.0), 3));
            assert!(utf8.1.is_empty() && errors.len() == 2 && errors.contains(&raw), "{errors:?}");
        }
        assert_eq!(tree.glob("*/*/f").unwrap().skip_non_utf8(true).count(), 0);
    }

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

    /// Links that cannot lead anywhere are links, and no directories.
    #[test]
    fn links_with_impossible_targets_are_listed() {
        let tree = Tree::new(["d/f", "file", "through => file/x", "two => three", "three => two"]);
        symlink(&"x".repeat(300), &tree.at("long"));
        let glob = |pattern: &str| paths(&tree, tree.glob(pattern));
        assert_eq!(glob("*"), ["d", "file", "long", "three", "through", "two"]);
        assert_eq!(paths(&tree, Ok(tree.walk().follow_symlinks(true))), glob("**/*"));
        assert_eq!(glob("*/"), ["d"]);
        assert_eq!(glob("**/"), [".", "d"]);
        assert_eq!(glob("*/*"), ["d/f"]);
        for link in ["long", "three", "through", "two"] {
            assert_eq!(glob(link), [link]);
            for below in ["/", "/*", "/x", "/**/x"] {
                assert_eq!(glob(&format!("{link}{below}")), [""; 0], "{link}{below}");
            }
            let others = tree.walk().follow_symlinks(true).exclude(link);
            assert_eq!(paths(&tree, Ok(others)).len(), 6, "{link}");
        }
    }

    #[test]
    fn a_start_may_be_a_link() {
        let tree = Tree::new(["d/e/f", "l => d", "dang => no", "self => self", "x => d/e/f"]);
        let link = tree.at("l");
        for walk in [link.walk(), link.rglob("*").unwrap(), link.glob("*/**").unwrap()] {
            assert_eq!(paths(&tree, Ok(walk)), ["l/e", "l/e/f"]);
        }
        assert_eq!(paths(&tree, Ok(link.iterdir().follow_symlinks(true))), ["l/e"]);
        assert_eq!(paths(&tree, link.glob("e/f")), ["l/e/f"]);
        assert_eq!(paths(&tree, link.glob("**/")), ["l", "l/e"]);
        assert_eq!(link.glob("**").unwrap().next().unwrap().unwrap().kind(), FileKind::Symlink);
        assert_eq!(paths(&tree, Ok(link.walk().contents_first(true))), ["l/e/f", "l/e"]);
        assert_eq!(paths(&tree, link.glob("**").map(|walk| walk.contents_first(true))), ["l/e/f", "l/e", "l"]);
        for name in ["dang", "self", "x"] {
            let at = tree.at(name);
            for walk in [at.walk(), at.walk().follow_symlinks(true), at.glob("a").unwrap(), at.glob("**").unwrap()] {
                assert_eq!(paths(&tree, Ok(walk)), ["error: List"], "{name}");
            }
        }
    }

    #[test]
    fn a_link_that_leads_back_ends_what_goes_anywhere_and_nothing_else() {
        let tree = Tree::new(["d/f", "d/up => .."]);
        let follow = |patterns: &[&str]| paths(&tree, tree.glob(patterns).map(|walk| walk.follow_symlinks(true)));
        assert_eq!(follow(&["**/*"]), ["d", "d/f", "d/up", "error: Follow"]);
        assert_eq!(follow(&["d/**"]), follow(&["[d]/**"]));
        assert_eq!(follow(&["**/up/*"]), ["error: Follow", "d/up/d"]);
        assert_eq!(follow(&["**/f", "*/up/*"]), ["d/f", "error: Follow", "d/up/d"]);
        assert_eq!(follow(&["d/up/d/up/d/f"]), ["d/up/d/up/d/f"]);
        let error = tree.walk().follow_symlinks(true).find_map(Result::err).unwrap();
        assert_eq!(error.path(), std::path::Path::new(tree.at("d/up").as_str()));
        assert_eq!(error.second_path().unwrap(), std::path::Path::new(tree.as_str()));
        let contents_first = tree.walk().follow_symlinks(true).contents_first(true);
        assert_eq!(paths(&tree, Ok(contents_first)), ["d/f", "error: Follow", "d/up", "d"]);
    }

    /// What is above the start is not on the way to the link, but on the way to where the link is met again.
    #[test]
    fn a_link_to_above_the_start_is_gone_through_once() {
        let tree = Tree::new(["a/b/c/f", "a/b/c/up => ../..", "a/x"]);
        let walk = || tree.at("a/b").walk().follow_symlinks(true);
        let round = ["a/b/c", "a/b/c/f", "a/b/c/up", "a/b/c/up/b"];
        let again = ["a/b/c/up/b/c", "a/b/c/up/b/c/f", "a/b/c/up/b/c/up", "error: Follow", "a/b/c/up/x"];
        assert_eq!(paths(&tree, Ok(walk())), [round.as_slice(), &again].concat());
        assert_eq!(paths(&tree, Ok(walk().visit_once(true))), [round.as_slice(), &again[4..]].concat());
    }

    #[test]
    fn a_link_to_a_directory_that_the_pattern_has_left_does_not_lead_back() {
        let tree = Tree::new(["a/f", "l => a"]);
        let follow = |pattern: &str| paths(&tree, tree.glob(pattern).map(|walk| walk.follow_symlinks(true)));
        assert_eq!(follow("**/a/../**/f"), ["a/../a/f", "a/../l/f"]);
        symlink("..", &tree.at("a/up"));
        let errors = follow("**/a/../**/f").iter().filter(|path| path.starts_with("error")).count();
        assert_eq!(errors, 4, "a/up, l/up, a/../a/up and a/../l/up lead back to the start");
    }

    #[test]
    fn what_is_below_links_is_left_out_by_its_path() {
        let tree = Tree::new(["d/target/f", "d/g", "l => d"]);
        let follow = |exclude: &str| paths(&tree, Ok(tree.walk().follow_symlinks(true).exclude(exclude)));
        assert_eq!(follow("**/target"), ["d", "d/g", "l", "l/g"]);
        assert_eq!(follow("l"), ["d", "d/g", "d/target", "d/target/f"]);
        assert_eq!(follow("l/"), ["d", "d/g", "d/target", "d/target/f", "l"]);
        assert_eq!(follow("*/"), ["l"]);
        assert_eq!(follow("**"), [""; 0]);
        let set = PatternSet::builder().exclude("**/target/**").build();
        assert_eq!(
            paths(&tree, tree.glob_set(&set).map(|walk| walk.follow_symlinks(true))),
            ["d", "d/g", "d/target", "l", "l/g", "l/target"]
        );
    }

    /// The items of a listing, relative to the tree, in which `b?` is not UTF-8: entries as they are, errors in
    /// brackets.
    fn raw_lines(tree: &Tree, walk: Walk<'_>) -> Vec<String> {
        let show = |path: &std::path::Path| {
            path.strip_prefix(tree.as_str()).unwrap().to_string_lossy().replace('\u{fffd}', "?")
        };
        let line = |item: Result<waypath::Entry>| match item {
            Ok(entry) => show(entry.as_ref()),
            Err(error) => {
                assert_eq!(error.op(), Op::Convert);
                std::fs::symlink_metadata(error.path()).expect("it is there");
                format!("({})", show(error.path().as_std_path()))
            }
        };
        walk.map(line).collect()
    }

    #[test]
    fn what_is_not_utf8_and_what_is_below_are_errors_with_raw_paths() {
        let tree = Tree::new(["a", "c/d", "z"]);
        let raw = std::path::Path::new(tree.as_str()).join(OsStr::from_bytes(b"b\xff"));
        std::fs::create_dir_all(raw.join("sub")).unwrap();
        ["in.rs", "sub/x.rs", "sub/y"].iter().for_each(|name| std::fs::write(raw.join(name), "").unwrap());
        std::fs::write(raw.join(OsStr::from_bytes(b"\xfe.rs")), "").unwrap();
        std::os::unix::fs::symlink("sub", raw.join("link")).unwrap();

        let lines = |walk: Walk<'_>| raw_lines(&tree, walk);
        let all = [
            "a",
            "(b?)",
            "(b?/in.rs)",
            "(b?/link)",
            "(b?/sub)",
            "(b?/sub/x.rs)",
            "(b?/sub/y)",
            "(b?/?.rs)",
            "c",
            "c/d",
            "z",
        ];
        assert_eq!(lines(tree.walk()), all);
        assert_eq!(lines(tree.iterdir()), ["a", "(b?)", "c", "z"]);
        assert_eq!(lines(tree.glob("**/*.rs").unwrap()), ["(b?)", "(b?/in.rs)", "(b?/sub/x.rs)", "(b?/?.rs)"]);
        assert_eq!(lines(tree.glob("*/*.rs").unwrap()), ["(b?)", "(b?/in.rs)", "(b?/?.rs)"]);
        assert_eq!(lines(tree.glob("*/sub/y").unwrap()), ["(b?)", "(b?/sub/y)"]);
        assert_eq!(lines(tree.glob("c/d").unwrap()), ["c/d"]);
        assert_eq!(lines(tree.walk().max_depth(1)), ["a", "(b?)", "c", "z"]);
        assert_eq!(lines(tree.walk().exclude("b?")), ["a", "c", "c/d", "z"]);
        assert_eq!(
            lines(tree.walk().exclude("*/sub/").exclude("**/*.rs")),
            ["a", "(b?)", "(b?/link)", "c", "c/d", "z"]
        );
        assert_eq!(lines(tree.walk().only(FileKind::Symlink)), ["(b?)", "(b?/link)", "(b?/?.rs)"]);
        let never_asked = |entry: &waypath::Entry| entry.as_str().contains('\u{fffd}');
        assert_eq!(lines(tree.walk().prune(never_asked)), all);
        let follow = lines(tree.glob("**/y").unwrap().follow_symlinks(true));
        assert_eq!(follow, ["(b?)", "(b?/link/y)", "(b?/sub/y)", "(b?/?.rs)"]);
        let contents_first = lines(tree.walk().contents_first(true).exclude("*/*.rs"));
        assert_eq!(
            contents_first,
            ["a", "(b?/link)", "(b?/sub/x.rs)", "(b?/sub/y)", "(b?/sub)", "(b?)", "c/d", "c", "z"]
        );
        let backwards = lines(tree.walk().sorted_by(|left, right| right.cmp(left)).max_depth(2));
        assert_eq!(backwards, ["z", "c", "c/d", "a", "(b?)", "(b?/in.rs)", "(b?/link)", "(b?/sub)", "(b?/?.rs)"]);
        for walk in [tree.walk().unsorted(true), tree.walk().unsorted(true).threads(3)] {
            let mut found = lines(walk);
            found.sort();
            let mut all = all.map(str::to_owned);
            all.sort();
            assert_eq!(found, all);
        }
    }

    #[test]
    fn a_link_that_leads_back_is_found_below_what_is_not_utf8() {
        let tree = Tree::new([]);
        let raw = std::path::Path::new(tree.as_str()).join(OsStr::from_bytes(b"b\xff"));
        std::fs::create_dir_all(raw.join("sub/deep")).unwrap();
        for (link, target, above) in [("up", "../..", "sub/.."), ("own", "..", "sub"), ("start", "../../..", "../")] {
            let at = raw.join("sub/deep").join(link);
            std::os::unix::fs::symlink(target, &at).unwrap();
            let above = std::fs::canonicalize(raw.join(above)).unwrap();
            for walk in [tree.walk(), tree.walk().unsorted(true), tree.walk().unsorted(true).threads(2)] {
                let errors =
                    walk.follow_symlinks(true).filter_map(Result::err).filter(|error| error.op() == Op::Follow);
                let found: Vec<_> =
                    errors.map(|error| (error.path().into(), error.second_path().unwrap().into())).collect();
                assert_eq!(found, [(at.clone(), above.clone())]);
            }
            std::fs::remove_file(at).unwrap();
        }
    }

    #[test]
    fn each_directory_is_visited_once_if_that_is_asked_for() {
        const PACKAGES: usize = 8;
        let tree = Tree::new(["loop => ."]);
        for package in 0..PACKAGES {
            let links = tree.at(&format!("p{package}/links"));
            links.mkdir_all().unwrap();
            (links.parent() / "file").touch().unwrap();
            (0..PACKAGES).for_each(|other| symlink(&format!("../../p{other}"), &(&links / format!("p{other}"))));
        }
        let walk = || tree.walk().follow_symlinks(true).visit_once(true);
        let ways = [
            walk(),
            walk().contents_first(true),
            walk().unsorted(true),
            walk().unsorted(true).threads(3),
            walk().unsorted(true).contents_first(true).threads(3),
            walk().sorted_by(|left, right| right.cmp(left)),
            tree.glob("**/*").unwrap().follow_symlinks(true).visit_once(true).exclude("no").prune(|_| false),
        ];
        for walk in ways {
            let found: Vec<_> = walk.map(Result::unwrap).collect();
            let count = |is_one: fn(&waypath::Entry) -> bool| found.iter().filter(|entry| is_one(entry)).count();
            let real: std::collections::BTreeSet<_> = found.iter().map(|entry| entry.resolve().unwrap()).collect();
            assert_eq!(count(|entry| entry.name() == "file"), PACKAGES);
            assert_eq!(count(|entry| entry.name() == "links"), PACKAGES);
            assert_eq!(count(|entry| entry.is_symlink()), PACKAGES * PACKAGES + 1);
            assert_eq!(found.len(), PACKAGES * 3 + PACKAGES * PACKAGES + 1);
            assert_eq!(real.len(), PACKAGES * 3 + 1, "everything, and the start");
        }
        let seen = std::sync::Mutex::new(Vec::new());
        let flow = walk().threads(3).par_visit(|entry| {
            seen.lock().unwrap().push(entry.unwrap().clone());
            ControlFlow::<()>::Continue(())
        });
        assert!(flow.is_continue());
        assert_eq!(seen.into_inner().unwrap().len(), PACKAGES * 3 + PACKAGES * PACKAGES + 1);
        // What is only looked up is not visited.
        let looked_up = tree.glob(["p0/file", "p1/links/p0/file"]).unwrap().visit_once(true);
        assert_eq!(looked_up.follow_symlinks(true).count(), 2);
    }

    #[test]
    fn a_directory_that_may_not_be_read_is_reported_once_and_the_rest_listed() {
        if !as_nobody("walk::listing::unix::a_directory_that_may_not_be_read_is_reported_once_and_the_rest_listed") {
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
        const BLOCKS: usize = 4;
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
        assert!(deepest.as_str().len() > 2 * 4096);
        assert_eq!(deepest.parent().iterdir().map(|entry| entry.unwrap().name().to_owned()).collect::<Vec<_>>(), ["f"]);
        let count = std::sync::atomic::AtomicUsize::new(0);
        let add = |entry: Result<&waypath::Entry>| {
            entry.unwrap();
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            ControlFlow::<()>::Continue(())
        };
        _ = abyss.0.walk().unsorted(true).visit(add);
        _ = abyss.0.walk().threads(2).par_visit(add);
        _ = abyss.0.walk().contents_first(true).visit(add);
        assert_eq!(count.into_inner(), 3 * Abyss::ENTRIES);
    }
}
