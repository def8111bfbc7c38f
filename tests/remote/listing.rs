//! `iterdir` and `walk`: what they list, in which order, and with how many requests.

use std::io::ErrorKind;

use waypath::{FileKind, Memory, Op, PatternSetBuilder, RemoteEntry, RemoteWalk, Result};

/// A store with empty files.
pub(crate) fn store(keys: impl IntoIterator<Item = impl AsRef<str>>) -> Memory {
    let store = Memory::new();
    for key in keys {
        (&store / key.as_ref()).write_text("").unwrap();
    }
    store
}

/// The entries, directories with a `/` at the end.
#[track_caller]
pub(crate) fn texts(walk: RemoteWalk<'_, Memory>) -> Vec<String> {
    let text = |entry: RemoteEntry<_>| if entry.is_dir() { format!("{entry}/") } else { entry.to_string() };
    walk.map(|entry| text(entry.unwrap())).collect()
}

/// How many requests a call makes.
pub(crate) fn requests<T>(store: &Memory, call: impl FnOnce() -> T) -> u64 {
    let before = store.request_count();
    call();
    store.request_count() - before
}

#[test]
fn entries_know_what_the_listing_says() -> Result<()> {
    let store = Memory::new();
    (&store / "logs/2026/a.txt").write_text("four")?;
    let stat = (&store / "logs/2026/a.txt").stat()?;
    let before = store.request_count();
    let [year, log] = (&store / "logs").walk().entries()?.try_into().unwrap();
    assert_eq!((year.kind(), year.size(), year.modified(), year.etag()), (FileKind::Directory, 0, None, None));
    assert_eq!((year.is_dir(), year.is_file(), year.depth(), year.relative().as_str()), (true, false, 1, "2026"));
    assert_eq!((log.kind(), log.size(), log.modified(), log.etag()), (FileKind::File, 4, stat.modified(), stat.etag()));
    assert_eq!((log.is_dir(), log.is_file(), log.depth(), log.relative().as_str()), (false, true, 2, "2026/a.txt"));
    assert_eq!((log.path(), log.name()), (&(&store / "logs/2026/a.txt"), "a.txt"));
    assert_eq!(store.request_count() - before, 1);
    assert_eq!((&year / "a.txt").read_text()?, "four");
    assert_eq!(log.read_text()?, "four");
    Ok(())
}

#[test]
fn a_directory_has_what_begins_with_its_name_and_a_slash() {
    let store = store(["logs", "logs-old/a", "logs.txt", "logs/a", "logs/b/c", "logs0"]);
    assert_eq!(texts((&store / "logs").walk()), ["logs/a", "logs/b/", "logs/b/c"]);
    assert_eq!(texts((&store / "logs").iterdir()), ["logs/a", "logs/b/"]);
    assert_eq!(texts(store.iterdir()), ["logs", "logs-old/", "logs.txt", "logs/", "logs0"]);
}

#[test]
fn directories_come_once_and_before_what_is_in_them() {
    let store = store(["a/b/c/d", "a/b/e", "a/b-c", "a-b", "a/b.c/d"]);
    assert_eq!(texts(store.walk()), ["a-b", "a/", "a/b-c", "a/b.c/", "a/b.c/d", "a/b/", "a/b/c/", "a/b/c/d", "a/b/e"]);
    let in_path_order = ["a/", "a/b/", "a/b/c/", "a/b/c/d", "a/b/e", "a/b-c", "a/b.c/", "a/b.c/d", "a-b"];
    assert_eq!(texts(store.walk().sorted(true)), in_path_order);
    assert_eq!(texts(store.walk().sorted(true).sorted(false)), texts(store.walk()));
}

#[test]
fn what_is_not_there_is_told_by_the_first_page() {
    let store = store(["logs-old", "x"]);
    for (listing, name) in [(store.join("logs").walk(), "logs"), (store.join("x").iterdir(), "x")] {
        let mut items = listing;
        let before = store.request_count();
        let error = items.next().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.op()), (ErrorKind::NotFound, Op::List), "{name}");
        assert!(items.next().is_none() && items.next().is_none());
        assert_eq!(store.request_count() - before, 1);
    }
    assert_eq!(Memory::new().walk().count(), 0);
    assert_eq!(Memory::new().iterdir().count(), 0);
    assert_eq!(store.join("logs").glob("*").unwrap().count(), 0);
}

#[test]
fn options_choose_entries() {
    let keys = ["a/.git/config", "a/b/c.txt", "a/b/d.bak", "e.txt"];
    let store = store(keys);
    assert_eq!(texts(store.walk().hidden(false)), ["a/", "a/b/", "a/b/c.txt", "a/b/d.bak", "e.txt"]);
    assert_eq!(texts(store.walk().min_depth(3)), ["a/.git/config", "a/b/c.txt", "a/b/d.bak"]);
    assert_eq!(texts(store.walk().max_depth(2)), ["a/", "a/.git/", "a/b/", "e.txt"]);
    assert_eq!(texts(store.walk().max_depth(1)), ["a/", "e.txt"]);
    assert_eq!(texts(store.walk().max_depth(0)), [""; 0]);
    assert_eq!(texts(store.walk().only(FileKind::File)), keys);
    assert_eq!(texts(store.walk().only(FileKind::Directory)), ["a/", "a/.git/", "a/b/"]);
    assert_eq!(texts(store.walk().only(FileKind::Directory).only(FileKind::File)).len(), 7);
    assert_eq!(texts(store.walk().exclude(["**/*.bak", "a/.git"])), ["a/", "a/b/", "a/b/c.txt", "e.txt"]);
    assert_eq!(texts(store.walk().exclude("A").case_sensitive(false)), ["e.txt"]);
    let mut seen = Vec::new();
    let pruned = store.walk().prune(|entry| {
        seen.push(entry.to_string());
        entry.name() == "b"
    });
    assert_eq!(texts(pruned), ["a/", "a/.git/", "a/.git/config", "e.txt"]);
    assert_eq!(seen, ["a", "a/.git", "a/.git/config", "a/b", "e.txt"]);
}

#[test]
fn what_excludes_nothing_or_comes_too_late_is_the_only_item() {
    let store = store(["a", "b"]);
    for pattern in ["/a", "", ".", "../a"] {
        let (entries, errors) = store.walk().exclude(pattern).entries_and_errors();
        assert_eq!((entries.len(), errors.len()), (0, 1), "{pattern}");
        assert_eq!((errors[0].op(), errors[0].kind()), (Op::Pattern, ErrorKind::InvalidInput));
    }
    for sorted in [false, true] {
        let mut walk = store.walk().sorted(sorted);
        walk.next().unwrap().unwrap();
        let (entries, errors) = walk.exclude("b").entries_and_errors();
        assert_eq!((entries.len(), errors.len(), errors[0].kind()), (0, 1, ErrorKind::InvalidInput));
    }
}

#[test]
fn directories_are_skipped_when_the_caller_says_so() {
    let store = store(["a/b/c", "a/d", "e", "f/g"]);
    for sorted in [false, true] {
        let mut walk = store.walk().sorted(sorted);
        let mut found = Vec::new();
        while let Some(entry) = walk.next() {
            let entry = entry.unwrap();
            found.push(entry.to_string());
            if ["b", "f", "d"].contains(&entry.name()) {
                walk.skip_dir();
                walk.skip_dir();
            }
        }
        assert_eq!(found, ["a", "a/b", "a/d", "e", "f"]);
    }
    let mut walk = store.glob("**").unwrap();
    assert_eq!(walk.next().unwrap().unwrap().as_str(), ".");
    walk.skip_dir();
    assert!(walk.next().is_none());
    let mut waiting = store.walk();
    waiting.skip_dir();
    assert_eq!(waiting.count(), 7);
}

#[test]
fn only_pages_that_are_needed_are_asked_for() {
    let large = (0..2500).map(|number| format!("a/large/{number}"));
    let store = store(large.chain((0..3000).map(|number| format!("b/{number:04}"))).chain(["c".to_owned()]));
    let count = |walk: fn(&Memory) -> RemoteWalk<'static, Memory>| requests(&store, || walk(&store).count());
    assert_eq!(count(|store| store.walk()), 6);
    assert_eq!(count(|store| store.iterdir()), 1);
    assert_eq!(count(|store| (store / "b").iterdir()), 3);
    assert_eq!(count(|store| store.walk().max_depth(1)), 1);
    // What is left out is not read: a page that shows it, and one behind it.
    assert_eq!(count(|store| store.walk().exclude("a/large")), 4 + 1);
    assert_eq!(count(|store| store.walk().prune(|entry| entry.name() == "b")), 3 + 1);
    assert_eq!(count(|store| store.walk().max_depth(2).exclude("b")), 3);
    assert_eq!(requests(&store, || store.walk().next()), 1);
    assert_eq!(requests(&store, || store.walk()), 0);
    assert_eq!(requests(&store, || (&store / "b").iterdir().take(1000).count()), 1);
    assert_eq!(requests(&store, || (&store / "b").iterdir().take(1001).count()), 2);
}

#[test]
fn a_set_is_listed_without_what_it_excludes() {
    let large = (0..2500).map(|number| format!("target/{number}"));
    let store = store(large.chain(["src/a.rs", "src/target/b.rs", "z.rs"].map(str::to_owned)));
    let set = PatternSetBuilder::default().include("**/*.rs").exclude("target/**").build();
    assert_eq!(texts(store.glob_set(&set).unwrap()), ["src/a.rs", "src/target/b.rs", "z.rs"]);
    assert_eq!(requests(&store, || store.glob_set(&set).unwrap().count()), 2);
}

#[test]
fn large_directories_are_read_side_by_side_if_the_order_does_not_matter() {
    let keys: Vec<_> = (0..4).flat_map(|dir| (0..2000).map(move |number| format!("{dir}/{number:04}"))).collect();
    let store = store(&keys);
    let mut found = texts(store.walk().unsorted(true).threads(4).only(FileKind::File));
    // WASI has one thread.
    assert_eq!(found.is_sorted(), cfg!(target_family = "wasm"));
    found.sort();
    assert!(found == keys, "{} of {}", found.len(), keys.len());
}

#[test]
fn an_empty_directory_has_its_marker_only() -> Result<()> {
    let store = store(["a/b", "c"]);
    assert!(Memory::new().is_empty_dir()?);
    for path in [".", "a", "a/b", "c", "no"] {
        assert!(!(&store / path).is_empty_dir()?, "{path}");
    }
    assert_eq!((&store / "..").is_empty_dir().unwrap_err().kind(), ErrorKind::InvalidInput);
    Ok(())
}
