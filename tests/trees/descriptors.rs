//! Programs that are started during a copy inherit none of its files.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use waypath::{CopyOptions, Overwrite, TempDir};

use crate::util::{Tree, alone};

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
    if !alone("trees::descriptors::other_programs_inherit_none") {
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
