//! Listings of keys that no verb writes, of stores that fail, and against a listing of one prefix that is filtered.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::{Memory, ObjectsHandle, RemoteWalk};
use crate::flavour::Posix;
use crate::objects::hooked::Hooked;
use crate::objects::{Condition, Limits, MOST_KEYS, MemoryStore, Objects, path_of};
use crate::path::PathBuf;
use crate::pattern::Pattern;

fn store<'k>(keys: impl IntoIterator<Item = &'k str>) -> Memory {
    store_in_pages(MOST_KEYS, keys)
}

/// The same, which lists this number of keys at once.
fn store_in_pages<'k>(most_listed: usize, keys: impl IntoIterator<Item = &'k str>) -> Memory {
    let mut store = Memory::new();
    store.start.handle = ObjectsHandle(Arc::new(MemoryStore::with_limits(Limits { most_listed, ..Limits::default() })));
    for key in keys {
        store.objects().put(key, b"", Condition::Always).unwrap();
    }
    store
}

/// The same, in a store that may list directory by directory, as SeaweedFS does: `a/b` before `a.c`.
fn ordered_store(is_by_directory: bool, most_listed: usize, keys: &BTreeSet<String>) -> Memory {
    let limits = Limits { most_listed, ..Limits::default() };
    if !is_by_directory {
        return store_in_pages(most_listed, keys.iter().map(String::as_str));
    }
    let hooked = Hooked::new(limits, |_| Ok(())).sorted_by(|key| key.replace('/', "\0").into());
    for key in keys {
        hooked.put(key, b"", Condition::Always).unwrap();
    }
    let mut store = Memory::new();
    store.start.handle = ObjectsHandle(Arc::new(hooked));
    store
}

/// The items as text: directories end in `/`, errors have a `!`.
fn texts(walk: RemoteWalk<'_, Memory>) -> Vec<String> {
    let text = |item: crate::Result<super::RemoteEntry<Memory>>| match item {
        Ok(entry) if entry.is_dir() => format!("{entry}/"),
        Ok(entry) => entry.to_string(),
        Err(error) => format!("! {error}"),
    };
    walk.map(text).collect()
}

const NO_PATH: &str = "no path has an empty part, as between two slashes";

#[test]
fn every_key_is_an_entry_or_an_error() {
    let odd = ["/r", "a//b", "a//c", "a/../b", "a/./", "d/", "e\n", "x", "x/y", "z\0"];
    let store = store(odd);
    let error = |key: &str, reason: &str| format!("! cannot list `memory://{key}`: {reason}");
    let rooted = "it begins with `/`, and keys are relative";
    let (up, dot) = ("`..` leads nowhere in a store of objects", "no path has a part `.`");
    let nul = error(r"z\u{0}", "it has a NUL character");
    assert_eq!(
        texts(store.walk()),
        [
            &error("/r", rooted),
            "a/",
            &error("a/../b", up),
            &error("a/./", dot),
            &error("a//b", NO_PATH),
            &error("a//c", NO_PATH),
            "d/",
            "e\n",
            "x",
            "x/",
            "x/y",
            &nul,
        ]
    );
    assert_eq!(texts(store.iterdir()), [&error("/", rooted), "a/", "d/", "e\n", "x", "x/", &nul]);
    let below = [error("a/../", up), error("a/./", dot), error("a//", NO_PATH)];
    assert_eq!(texts((&store / "a").iterdir()), below);
    assert_eq!(texts(store.walk().max_depth(2))[1], "a/");
}

#[test]
fn a_directory_in_the_midst_of_which_a_page_ends_is_told_once() {
    let keys = ["ab/ab/a", "ab/ab/b", "ab/c", "b/a"];
    for page in 1..5 {
        let found = texts(store_in_pages(page, keys).glob("a*/**").unwrap());
        assert_eq!(found, ["ab/", "ab/ab/", "ab/ab/a", "ab/ab/b", "ab/c"], "{page}");
    }
}

#[test]
fn a_store_that_fails_ends_the_listing() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let hooked = Hooked::new(Limits::default(), move |(call, _)| match call {
        "list" if count.fetch_add(1, Ordering::Relaxed) == 1 => Err(std::io::Error::other("SlowDown: later")),
        _ => Ok(()),
    });
    for number in 0..3000 {
        hooked.put(&format!("{number:04}"), b"", Condition::Always).unwrap();
    }
    let mut store = Memory::new();
    store.start.handle = ObjectsHandle(Arc::new(hooked));
    let found = texts(store.walk());
    assert_eq!((found.len(), &*found[1000]), (1001, "! cannot list `memory://`: SlowDown: later"));
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

/// Names with characters on both sides of `/`, so that the order of keys is not that of paths.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "ab", "a-", "a.c", ".h", "é", "*"]).prop_map(str::to_owned)
}

fn keys() -> impl Strategy<Value = BTreeSet<String>> {
    let key = prop::collection::vec(name(), 1..5).prop_map(|names| names.join("/"));
    prop::collection::btree_set((key, prop::bool::weighted(0.1)), 0..40)
        .prop_map(|keys| keys.into_iter().map(|(key, marks)| if marks { key + "/" } else { key }).collect())
}

fn patterns() -> impl Strategy<Value = Vec<String>> {
    let part =
        prop::sample::select(vec!["**", "*", "a", "a*", "*b", "?", "{a,b}", "[ab]", "{a,b/*}", ".*", "a[-]", "[*]"]);
    let pattern = prop::collection::vec(part, 1..5).prop_map(|parts| parts.join("/"));
    prop::collection::vec(pattern, 1..3)
}

/// Everything that is there, as files and directories.
fn all(keys: &BTreeSet<String>) -> BTreeSet<(PathBuf<Posix>, bool)> {
    let mut all = BTreeSet::new();
    for key in keys {
        let (path, is_marker) = path_of(key).unwrap();
        all.extend(path.parents().filter(|parent| parent.as_str() != ".").map(|parent| (parent.to_path_buf(), true)));
        all.insert((path, is_marker));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// In pages of a few keys, so that listings are split, and go on behind what they leave out.
    #[test]
    fn a_glob_finds_what_a_filtered_listing_has(
        keys in keys(),
        patterns in patterns(),
        page in 1_usize..20,
        threads in 1_usize..4,
        unsorted: bool,
        is_by_directory: bool,
    ) {
        let store = ordered_store(is_by_directory, page, &keys);
        let patterns: Vec<Pattern<Posix>> = patterns.iter().map(|pattern| Pattern::parse(pattern)).collect();
        let matches = |path: &PathBuf<Posix>, is_dir: bool| {
            patterns.iter().any(|pattern| {
                // A `**` at the end also matches the directory that it starts in.
                let start = pattern.as_str().trim_end_matches("/**");
                pattern.full_match(path) || is_dir && start != pattern.as_str() && Pattern::<Posix>::parse(start).full_match(path)
            })
        };
        let expected: Vec<_> = all(&keys).into_iter().filter(|(path, is_dir)| matches(path, *is_dir)).collect();
        let walk = store.glob(patterns.clone()).unwrap().threads(threads).unsorted(unsorted).min_depth(1);
        let found: Vec<_> = walk.map(|entry| entry.unwrap()).map(|entry| (entry.path_below().to_path_buf(), entry.is_dir())).collect();
        let mut in_order = found.clone();
        in_order.sort();
        prop_assert_eq!(&in_order, &expected);
        if !unsorted && !is_by_directory {
            let key = |(path, is_dir): &(PathBuf<Posix>, bool)| if *is_dir { format!("{path}/") } else { path.to_string() };
            prop_assert!(found.iter().map(key).is_sorted(), "{:?}", found);
        }
    }

    #[test]
    fn a_walk_finds_everything_down_to_a_depth_and_leaves_out_what_is_asked(
        keys in keys(),
        page in 1_usize..20,
        depth in prop::option::of(0_usize..4),
        excluded in prop::option::of(name()),
        unsorted: bool,
        hidden: bool,
        is_by_directory: bool,
    ) {
        let store = ordered_store(is_by_directory, page, &keys);
        let leaves_out = |name: &str| !hidden && name.starts_with('.') || Some(name) == excluded.as_deref();
        let expected: Vec<_> = all(&keys)
            .into_iter()
            .filter(|(path, _)| depth.is_none_or(|depth| path.parts().count() <= depth) && !path.parts().any(leaves_out))
            .collect();
        let mut walk = store.walk().hidden(hidden).unsorted(unsorted).threads(2);
        if let Some(depth) = depth {
            walk = walk.max_depth(depth);
        }
        let mut pruned = walk.prune(|entry| Some(entry.name()) == excluded.as_deref());
        let mut found: Vec<_> = pruned.by_ref().map(|entry| entry.unwrap()).map(|entry| (entry.path_below().to_path_buf(), entry.is_dir())).collect();
        found.sort();
        prop_assert_eq!(&found, &expected);
    }

    /// Skipping a directory is leaving out what is below it.
    #[test]
    fn what_is_skipped_is_not_listed(
        keys in keys(),
        page in 1_usize..20,
        skipped in name(),
        patterns in patterns(),
        order in 0..3,
        is_by_directory: bool,
    ) {
        let store = ordered_store(is_by_directory, page, &keys);
        let walk = || {
            let walk = store.glob(patterns.iter().map(|pattern| Pattern::parse(pattern)).collect::<Vec<_>>()).unwrap();
            match order {
                0 => walk.sorted(true),
                1 => walk.unsorted(true).threads(3),
                _ => walk,
            }
        };
        let mut expected: BTreeSet<_> = walk().map(|entry| entry.unwrap()).map(|entry| (entry.path_below().to_path_buf(), entry.is_dir())).collect();
        let directories: Vec<_> = expected.iter().filter(|(path, is_dir)| *is_dir && path.name() == skipped).map(|(path, _)| path.clone()).collect();
        expected.retain(|(path, _)| !directories.iter().any(|directory| path != directory && path.is_relative_to(directory)));
        let mut walk = walk();
        let mut found = BTreeSet::new();
        while let Some(entry) = walk.next() {
            let entry = entry.unwrap();
            if entry.name() == skipped {
                walk.skip_dir();
            }
            prop_assert!(found.insert((entry.path_below().to_path_buf(), entry.is_dir())), "{} twice", entry);
        }
        prop_assert_eq!(found, expected);
    }
}

/// The peak of a process that lists nothing else.
#[cfg(target_os = "linux")]
#[test]
fn a_million_keys_are_listed_in_little_memory() {
    use std::process::Command;
    use std::time::SystemTime;

    use nix::sys::resource::{UsageWho, getrusage};

    use crate::objects::{Meta, Object, Page, PageRequest, PageStart};

    const KEYS: usize = 1_000_000;
    const IS_CHILD: &str = "WAYPATH_TEST_PEAK";

    fn key(number: usize) -> String {
        format!(
            "logs/{:03}/{:03}/a name of usual length {:03}.json",
            number / 1000 % 1000,
            number % 1000 / 10,
            number % 10
        )
    }

    fn page(request: &PageRequest<'_>) -> Page {
        let start = match request.start {
            PageStart::Next(token) => token.parse().unwrap(),
            _ => 0,
        };
        let end = start + request.most;
        let meta =
            || Meta { size: 7, modified: SystemTime::UNIX_EPOCH, tag: "8cbad96aced40b3838dd9f07f6ef5772".to_owned() };
        let objects = (start..end).map(|number| Object { key: key(number), meta: meta() }).collect();
        Page { objects, prefixes: Vec::new(), next: (end < KEYS).then(|| end.to_string()) }
    }

    /// In KiB.
    fn peak() -> i64 {
        getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss()
    }

    if std::env::var_os(IS_CHILD).is_none() {
        let this = std::env::current_exe().unwrap();
        let name = concat!(module_path!(), "::a_million_keys_are_listed_in_little_memory");
        let name = name.split_once("::").unwrap().1;
        let child = Command::new(this).args(["--exact", name, "--nocapture"]).env(IS_CHILD, "1").output().unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(
            child.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&child.stderr)
        );
        return;
    }
    let mut store = Memory::new();
    let hooked = Hooked::new(Limits::default(), |_| Ok(())).with_list(page);
    store.start.handle = ObjectsHandle(Arc::new(hooked));
    let before = peak();
    let files = store.walk().filter(|entry| entry.as_ref().unwrap().is_file());
    assert_eq!(files.count(), KEYS);
    assert_eq!(store.tree_size().unwrap().files, KEYS as u64);
    let grown = peak() - before;
    println!("{grown} KiB");
    assert!(grown <= 20 << 10, "{grown} KiB");
}
