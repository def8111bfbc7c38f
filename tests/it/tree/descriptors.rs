//! The descriptors of a copy: programs that are started meanwhile inherit none, and few are enough.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use waypath::{CopyOptions, Overwrite, RemoveOptions, TempDir};

use crate::support::util::{Tree, alone};

/// What this process has open, and whether programs that it starts inherit it.
fn open_files() -> BTreeMap<(u32, PathBuf), bool> {
    const CLOEXEC: u32 = 0o2_000_000;
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let number = entry.unwrap().file_name().into_string().unwrap();
        // The one of this listing is there no more.
        let leads_to = fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
        let about = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).ok()?;
        let flags = about.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
        let flags = u32::from_str_radix(flags.trim(), 8).unwrap();
        Some(((number.parse().unwrap(), leads_to), flags & CLOEXEC == 0))
    };
    fs::read_dir("/proc/self/fd").unwrap().filter_map(file).collect()
}

#[test]
fn other_programs_inherit_none() {
    if !alone("tree::descriptors::other_programs_inherit_none") {
        return;
    }
    let tree = Tree::new(["src/d/e/f", "src/g", "src/large"]);
    tree.at("src/large").write_bytes(vec![b'x'; 1_000_000]).unwrap();
    tree.at("src/d/g").hardlink_to(tree.at("src/g")).unwrap();
    let other = TempDir::new_in("/dev/shm").unwrap();
    let before = open_files();
    for threads in [1, 3] {
        let (known, start) = (before.clone(), PathBuf::from(tree.as_str()));
        let options = CopyOptions::archive().overwrite(Overwrite::Always).threads(threads).progress(move |_| {
            let found = open_files();
            let new: Vec<_> = found.iter().filter(|(file, _)| !known.contains_key(*file)).collect();
            // A move within one device opens but the directory above.
            assert!(new.iter().any(|((_, path), _)| path.starts_with(&start)), "{new:?}");
            let inherited: Vec<_> = new.iter().filter(|(_, is_inherited)| **is_inherited).collect();
            assert!(inherited.is_empty(), "{inherited:?}");
            ControlFlow::Continue(())
        });
        options.copy(tree.at("src"), tree.at("to")).unwrap();
        options.copy(tree.at("src"), tree.at("to")).unwrap();
        options.move_to(tree.at("to"), &other / "moved").unwrap();
        (&other / "moved").rmtree().unwrap();
    }
}

/// A program may have most of its descriptors in use: what is deep in a tree gets along with those that are left.
#[test]
fn a_deep_tree_needs_few() {
    const DEPTH: u64 = 30;
    const MOST: u64 = 200;
    if !alone("tree::descriptors::a_deep_tree_needs_few") {
        return;
    }
    let tree = Tree::new([]);
    let mut at = tree.at("src");
    for _ in 0..DEPTH {
        at /= "d";
        (&at / "e").mkdir_all().unwrap();
        (&at / "f").write_text("text").unwrap();
        (&at / "g").hardlink_to(&at / "f").unwrap();
    }
    let other = TempDir::new_in("/dev/shm").unwrap();
    let null = || fs::File::open("/dev/null").unwrap();
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, u64::try_from(null().as_raw_fd()).unwrap() + MOST, hard).unwrap();
    for (options, names) in [(CopyOptions::new(), 1), (CopyOptions::archive(), 2)] {
        for left in [12, 24, 36] {
            let used: Vec<_> = (left..MOST).map(|_| null()).collect();
            let copied = options.copy(tree.at("src"), tree.at("to")).unwrap();
            assert_eq!((copied.files, copied.directories), (2 * DEPTH / names, 1 + 2 * DEPTH), "{left}: {copied}");
            assert_eq!((copied.hard_links, copied.not_kept_count), (2 * DEPTH - copied.files, 0), "{left}: {copied}");
            if left > 12 {
                tree.at("to").move_to(&other / "to").unwrap();
                (&other / "to").move_to(tree.at("to")).unwrap();
            }
            for file in tree.at("to").rglob(["f", "g"]).unwrap() {
                assert_eq!(file.unwrap().read_text().unwrap(), "text");
            }
            let removed = RemoveOptions::new().rmtree(tree.at("to")).unwrap();
            assert_eq!((removed.files, removed.directories), (2 * DEPTH, 1 + 2 * DEPTH));
            drop(used);
        }
    }
}
