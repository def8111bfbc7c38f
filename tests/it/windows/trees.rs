//! Trees: copied, moved to another drive and removed, while others have something in them open.

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::os::windows::fs::MetadataExt as _;
use std::process::Command;

use waypath::{CopyOptions, Op, Overwrite, Path, Result, TempDir};

use super::holding::{SHARE_DELETE, SHARE_READ, SHARE_WRITE, hold};
use crate::support::util::{Tree, fails};

const HIDDEN: u32 = 2;
const SYSTEM: u32 = 4;
const READONLY: u32 = 1;

/// A directory on another drive, if there is one: Wine has the host's root as Z:, and a rename to another of the host's
/// file systems fails there as one to another drive does.
pub(crate) fn on_other_drive() -> Option<TempDir> {
    let other = ["Z:/dev/shm", "D:/"].iter().find_map(|place| TempDir::new_in(place).ok());
    assert!(other.is_some() || std::env::var_os("UNDER_WINE").is_none());
    other
}

fn attributes(path: &Path) -> u32 {
    std::fs::symlink_metadata(path.as_str()).unwrap().file_attributes() & (HIDDEN | SYSTEM | READONLY)
}

/// What Windows calls `attrib`.
fn set_attributes(path: &Path, attributes: &[&str]) {
    assert!(Command::new("attrib").args(attributes).arg(path.as_str()).status().unwrap().success());
}

/// Row 6.4: a directory that may be passed through but not opened. Its rights are those of the host.
#[test]
fn directories_above_a_copy_are_not_opened() -> Result<()> {
    if std::env::var_os("UNDER_WINE").is_none() {
        println!("not tested: there is no host to close a directory");
        return Ok(());
    }
    let place = TempDir::new_in("Z:/tmp")?;
    let closed = &place / "closed";
    (&closed / "d/src").mkdir_all()?;
    (&closed / "d/src/f").write_text("f")?;
    let change_mode = |mode: &str| {
        let path = closed.as_posix();
        // How Wine starts a program of the host.
        let start = ["/c", "start", "/wait", "/unix", "/bin/chmod", mode, path.trim_start_matches("Z:")];
        let done = Command::new("cmd").args(start).status();
        assert!(done.is_ok_and(|status| status.success()));
    };
    change_mode("0111");
    let is_closed = closed.iterdir().any(|entry| entry.is_err());
    let [src, copy, moved] = ["src", "copy", "moved"].map(|name| &closed / "d" / name);
    let done = src.copy(&copy).and_then(|_| copy.move_to(&moved)).and_then(|_| (&moved / "f").read_text());
    change_mode("0755");
    assert!(is_closed && done? == "f");
    Ok(())
}

/// Row 6.10: what has the same size and time is not the same file.
#[test]
fn a_file_that_is_replaced_while_it_moves_to_another_drive_stays() {
    let Some(other) = on_other_drive() else { return };
    for name in ["src", "d/src"] {
        let tree = Tree::new(["d/src", "src"]);
        let (path, mut is_replaced) = (tree.at(name), false);
        let replace = move || {
            let times = std::fs::metadata(path.as_str()).unwrap();
            let new = path.with_suffix(".new").unwrap();
            new.write_text("new").unwrap();
            let file = std::fs::File::options().write(true).open(new.as_str()).unwrap();
            file.set_times(std::fs::FileTimes::new().set_modified(times.modified().unwrap())).unwrap();
            drop(file);
            new.replace(&path).unwrap();
        };
        let options = CopyOptions::new().progress(move |progress| {
            if progress.bytes > 0 && !std::mem::replace(&mut is_replaced, true) {
                replace();
            }
            ControlFlow::Continue(())
        });
        let from = tree.at(name.split('/').next().unwrap());
        fails(options.move_to(from, &other / "moved"), Op::Move, ErrorKind::Other);
        assert_eq!(tree.at(name).read_text().unwrap(), "new");
        (&other / "moved").remove().unwrap();
    }
}

/// Row 6.11.
#[test]
fn hidden_system_and_read_only_directories_and_files_stay_so() {
    let tree = Tree::new(["src/d/f", "src/s/", "src/g"]);
    set_attributes(&tree.at("src/d"), &["+h"]);
    set_attributes(&tree.at("src/s"), &["+s"]);
    set_attributes(&tree.at("src/g"), &["+h", "+r"]);
    let expected: Vec<u32> = ["d", "s", "g"].iter().map(|name| attributes(&tree.at("src").join(*name))).collect();
    println!("attributes that the system keeps: {expected:?}");
    let kept = |to: &Path| ["d", "s", "g"].iter().map(|name| attributes(&to.join(*name))).collect::<Vec<_>>();

    CopyOptions::archive().copy(tree.at("src"), tree.at("copy")).unwrap();
    assert_eq!(kept(&tree.at("copy")), expected);
    let Some(other) = on_other_drive() else { return };
    let report = CopyOptions::new().move_to(tree.at("copy"), &other / "moved").unwrap();
    // The other drive may keep no attributes: that is reported.
    assert!(kept(&(&other / "moved")) == expected || !report.not_kept.is_empty(), "{report:?}");
    assert!(!tree.at("copy").exists());
    (&other / "moved").rmtree().unwrap();
}

/// Row 6.12: everything else goes, and the error lists what failed.
#[test]
fn what_others_have_open_is_all_that_is_left_of_a_tree() {
    let all = SHARE_READ | SHARE_WRITE | SHARE_DELETE;
    for (shared, is_removed) in [(SHARE_READ, false), (all, true)] {
        let tree = Tree::new(["src/a", "src/d/a", "src/d/held", "src/d/z", "src/d/e/f", "src/z/f", "src/zz"]);
        let held = hold(&tree.at("src/d/held"), shared);
        if is_removed {
            std::fs::remove_file(tree.at("src/d/held").as_str()).unwrap();
        }
        match tree.at("src").rmtree() {
            // Windows 10 takes away the name at once.
            Ok(_) => assert!(is_removed),
            Err(error) => {
                let failed: Vec<_> = error.failures().iter().map(|failure| failure.path().as_std_path()).collect();
                assert!(
                    failed.iter().all(|path| path.to_string_lossy().to_lowercase().contains("held")
                        || is_removed && path.ends_with("d")
                        || is_removed && path.ends_with("src")),
                    "{error}"
                );
                for gone in ["src/a", "src/d/a", "src/d/z", "src/d/e", "src/z", "src/zz"] {
                    assert!(!tree.at(gone).exists(), "{gone}: {error}");
                }
            }
        }
        drop(held);
        tree.at("src").remove().unwrap();
    }
}

/// Files are known by their numbers, also those that have one name while they are copied.
#[test]
fn an_archive_keeps_names_of_one_file() {
    let tree = Tree::new(["src/a", "src/other"]);
    for name in ["src/b", "src/c"] {
        tree.at(name).hardlink_to(tree.at("src/a")).unwrap();
    }
    let archive = || CopyOptions::archive().overwrite(Overwrite::IfDifferent);
    archive().copy(tree.at("src"), tree.at("to")).unwrap();
    let is_one = || ["to/b", "to/c"].iter().all(|name| tree.at(name).samefile(tree.at("to/a")).unwrap());
    assert!(is_one() && !tree.at("to/a").samefile(tree.at("to/other")).unwrap());

    // A name that is missing is added to the copy that stays.
    tree.at("to/b").unlink().unwrap();
    tree.at("to/c").unlink().unwrap();
    archive().copy(tree.at("src"), tree.at("to")).unwrap();
    assert!(is_one());

    let Some(other) = on_other_drive() else { return };
    tree.at("to").move_to(&other / "moved").unwrap();
    assert!((&other / "moved/a").samefile(&other / "moved/c").unwrap() && !tree.at("to").exists());
}
