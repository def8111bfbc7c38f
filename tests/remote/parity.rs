//! The same listings over a directory, below a root and in a store.

use std::collections::BTreeSet;

use proptest::prelude::*;
use waypath::{Memory, PosixPathBuf, Root, TempDir};

use crate::shared::laws::config;

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "ab", "a-b", "a.c", ".h", "é", "b c"])
}

/// Paths of files, none of which is a directory of another.
fn files() -> impl Strategy<Value = BTreeSet<String>> {
    let path = prop::collection::vec(name(), 1..5).prop_map(|names| names.join("/"));
    prop::collection::btree_set(path, 1..20).prop_map(|paths| {
        let is_directory = |path: &String| paths.iter().any(|other| other.starts_with(&format!("{path}/")));
        paths.iter().filter(|path| !is_directory(path)).cloned().collect()
    })
}

fn pattern() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "**", "*", "a", "b", "a*", "*b", "?", "{a,b}", "[ab]", "{a,b/*}", ".*", "*c", "a{,.c}", "{b,**}",
    ]);
    let parts = prop::collection::vec(part, 1..5).prop_map(|parts| parts.join("/"));
    (parts, prop::bool::weighted(0.1)).prop_map(|(pattern, is_dir)| if is_dir { pattern + "/" } else { pattern })
}

/// The paths of a listing in their order, relative to the start.
macro_rules! paths {
    ($walk:expr) => {
        $walk.map(|entry| PosixPathBuf::parse(&entry.unwrap().relative().as_posix())).collect::<Vec<_>>()
    };
}

proptest! {
    #![proptest_config(config(if cfg!(windows) { 8 } else { 2 }))]

    #[test]
    fn listings_are_those_of_a_disk(
        files in files(),
        patterns in prop::collection::vec(pattern(), 1..3),
        excluded in prop::option::of(pattern()),
        depths in (0_usize..3, 0_usize..5),
        hidden: bool,
        start in prop::sample::select(vec!["", "a"]),
    ) {
        let directory = TempDir::new().unwrap();
        let store = Memory::new();
        for file in files.iter().map(|file| format!("{start}/{file}")) {
            let file = file.trim_start_matches('/');
            let path = &directory / file;
            path.mkdir_parent().unwrap();
            path.touch().unwrap();
            (&store / file).write_text("").unwrap();
        }
        let root = Root::open(&directory).unwrap();
        let (directory, root, store) = (&directory / start, &root / start, &store / start);
        macro_rules! same {
            ($start:ident => $walk:expr) => {{
                let mut on_disk = { let $start = &directory; paths!($walk) };
                let mut below_root = { let $start = &root; paths!($walk) };
                let in_store = { let $start = &store; paths!($walk.sorted(true)) };
                // The order on Windows is that of Windows.
                if cfg!(windows) {
                    on_disk.sort();
                    below_root.sort();
                }
                prop_assert_eq!(&on_disk, &in_store);
                prop_assert_eq!(&below_root, &in_store);
            }};
        }
        same!(start => start.iterdir());
        same!(start => start.walk().hidden(hidden).min_depth(depths.0).max_depth(depths.1));
        same!(start => start.glob(&patterns).unwrap());
        same!(start => start.glob(&patterns).unwrap().hidden(hidden).max_depth(depths.1));
        same!(start => start.rglob(&patterns).unwrap());
        same!(start => start.glob(&patterns).unwrap().case_sensitive(false));
        if let Some(excluded) = excluded {
            same!(start => start.walk().exclude(&excluded));
            same!(start => start.glob(&patterns).unwrap().exclude(&excluded));
        }
    }
}
