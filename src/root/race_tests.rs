//! Another program swaps directories and files for links to the outside while everything is done through a root.

#![allow(clippy::disallowed_methods, reason = "the other program uses std")]

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{Root, RootWalk};
use crate::error::{IoResultExt as _, Result};
use crate::fs::{AtomicFile, CopyOptions, MirrorOptions, Overwrite, RemoveOptions, Symlinks, TouchOptions};
use crate::kind::FileKind;
use crate::path::{Path, PathBuf};
use crate::sys::{self, Engine};

type StdPath = std::path::Path;

/// What has not happened until then never will.
const MOST_TIME: Duration = Duration::from_secs(1800);

/// What a file outside must keep: content, mode, size, times.
type Kept = BTreeMap<String, (Vec<u8>, u32, i64, i64)>;

const SECRET: &str = "a secret that nobody reads through the root";

/// A directory `in` with `d/`, `f` and links to the same names in `out`, in which they are secret.
fn scene() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for (side, content) in [("in", "inside"), ("out", SECRET)] {
        let at = |name: &str| place.path().join(side).join(name);
        fs::create_dir_all(at("d/e")).unwrap();
        for file in ["f", "d/f", "d/e/f"] {
            fs::write(at(file), content).unwrap();
            fs::set_permissions(at(file), Permissions::from_mode(0o640)).unwrap();
        }
    }
    fs::write(place.path().join("out/d/e/only_outside"), SECRET).unwrap();
    fs::create_dir(place.path().join("beside")).unwrap();
    fs::write(place.path().join("beside/f"), "inside").unwrap();
    symlink("../out/d", place.path().join("in/to_d")).unwrap();
    symlink("../out/f", place.path().join("in/to_f")).unwrap();
    place
}

fn kept(dir: &StdPath) -> Kept {
    let mut all = Kept::new();
    let mut left = vec![dir.to_owned()];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let found = fs::symlink_metadata(&path).unwrap();
            let content = if found.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            all.insert(path.display().to_string(), (content, found.mode(), found.mtime(), found.mtime_nsec()));
            if found.is_dir() {
                left.push(path);
            }
        }
    }
    all
}

/// Exchanges a name and a link of the same directory, until it is told to stop.
fn swap(place: &StdPath, is_over: &AtomicBool) {
    let at = |name: &str| place.join("in").join(name);
    while !is_over.load(Ordering::Relaxed) {
        for (name, link) in [("d", "to_d"), ("f", "to_f")] {
            // Whoever replaces one of both for a moment makes no difference.
            _ = renameat_with(CWD, at(name), CWD, at(link), RenameFlags::EXCHANGE);
        }
    }
}

/// Copies all of a root, with what links lead to, and looks for the secret in the copy.
fn copies_inside(root: &Root, copy: &Path) -> Result<()> {
    let copied = CopyOptions::new().symlinks(Symlinks::Follow).threads(2).copy(root, copy);
    if copy.exists() {
        for entry in copy.walk() {
            let entry = entry?;
            assert_ne!(entry.name(), "only_outside", "it was copied");
            assert!(entry.kind() != FileKind::File || !entry.read_text()?.contains(SECRET), "{entry} was copied");
        }
        copy.rmtree()?;
    }
    copied.map(drop)
}

/// What is done to one of the names that are swapped; `beside` is a directory that nobody swaps.
fn deed(root: &Root, beside: &Path, count: usize) -> Result<()> {
    const DEEDS: usize = 41;
    let in_d = |name: &str| root.join(["d", "d/../d", "to_d", "d/e/.."][count / DEEDS % 4]).join(name);
    let file = root.join(["f", "to_f"][count / DEEDS % 2]);
    let overwriting = CopyOptions::new().overwrite(Overwrite::Always);
    let is_inside = |text: String| assert!(!text.contains(SECRET), "it was read");
    let lists_inside = |mut walk: RootWalk<'_>| {
        walk.try_for_each(|entry| entry.map(|entry| assert_ne!(entry.name(), "only_outside", "it was listed")))
    };
    match count % DEEDS {
        0 => in_d("f").read_text().map(is_inside),
        1 => in_d("e/f").read_text().map(is_inside),
        2 => file.read_text().map(is_inside),
        3 => file.stat().map(|stat| assert_ne!(stat.size(), SECRET.len() as u64, "it was looked at")),
        4 => in_d("f").stat().map(|stat| assert_ne!(stat.size(), SECRET.len() as u64, "it was looked at")),
        5 => in_d("w").write_text("x"),
        6 => in_d("a").write_atomic("x"),
        7 => in_d("x/y").mkdir_all(),
        8 => in_d("x/y").rmdir().and_then(|()| in_d("x").rmdir()),
        9 => in_d("w").rename(in_d("r")).map(drop),
        10 => in_d("r").unlink(),
        11 => in_d("f").chmod(0o604),
        12 => file.chmod(0o604),
        13 => in_d("e/f").touch(),
        14 => file.touch(),
        15 => in_d("a").append_text("x"),
        16 => in_d("l").symlink_replace("f"),
        17 => in_d("h").unlink_if_exists().and_then(|_| in_d("h").hardlink_to(in_d("a"))),
        18 => in_d("f").edit_text(|text| text).map(drop),
        19 => file.edit_text(|text| text + "").map(drop),
        20 => in_d("e").open_root().and_then(|inner| (&inner / "f").read_text()).map(is_inside),
        21 => lists_inside(root.walk().follow_symlinks(true)),
        22 => lists_inside(in_d("e").iterdir()),
        23 => lists_inside(root.glob("{d,to_d}/e/*")?),
        24 => root.rglob("f")?.try_for_each(|entry| entry?.read_text().map(is_inside)),
        25 => in_d("t/u/v").mkdir_all().and_then(|()| in_d("t").rmtree()),
        26 => in_d("t/u").mkdir_all().and_then(|()| in_d("t").clear_dir()).and_then(|()| in_d("t").remove()),
        27 => in_d("c").create_atomic().and_then(|mut new| {
            new.write_all(b"x").at(new.path())?;
            new.commit()
        }),
        28 => in_d("c").create_new_atomic().and_then(AtomicFile::commit),
        29 => {
            in_d("t/u/v").mkdir_all().and_then(|()| in_d("t").rmtree_with(&RemoveOptions::new().threads(2)).map(drop))
        }
        30 => match root.walk().follow_symlinks(true).threads(2).par_visit(|entry| match entry {
            Ok(entry) if entry.name() == "only_outside" => panic!("it was listed"),
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(error) => Err(error),
        },
        31 => file.touch_with(&TouchOptions::new().modified(SystemTime::UNIX_EPOCH)),
        32 => in_d("copy")
            .remove()
            .and_then(|()| in_d("e").copy(in_d("copy")))
            .and_then(|copy| (copy / "f").read_text())
            .map(is_inside),
        33 => in_d("k").remove().and_then(|()| file.copy(in_d("k"))).and_then(|copy| copy.read_text()).map(is_inside),
        34 => overwriting.copy(in_d("e/f"), in_d("o")).map(drop),
        35 => overwriting.copy(beside.join("f"), in_d("o")).and_then(|_| beside.copy(in_d("b"))?.remove()),
        36 => in_d("copy").move_to(in_d("m")).and_then(|moved| moved.remove()),
        37 => MirrorOptions::new().delete(true).mirror(in_d("e"), in_d("mirror")).map(drop),
        38 => MirrorOptions::new().delete(true).mirror(beside, in_d("mirror")).map(drop),
        39 => copies_inside(root, &beside.with_name("taken")?),
        _ => in_d("n").write_new("x").and_then(|()| in_d("n").replace(in_d("a")).map(drop)),
    }
}

fn nothing_leaves(engine: Engine) {
    let is_long = std::env::var_os("WAYPATH_LONG").is_some();
    let place = scene();
    let before = kept(&place.path().join("out"));
    let handle = sys::Root::open(&place.path().join("in"), sys::Rules::default(), sys::Limits::default()).unwrap();
    let root = Root::of(handle.by(engine));
    let beside = PathBuf::try_from(place.path().join("beside")).unwrap();
    let is_over = AtomicBool::new(false);
    let (mut done, mut refused) = (0_usize, 0_usize);
    thread::scope(|scope| {
        scope.spawn(|| swap(place.path(), &is_over));
        let start = Instant::now();
        // Until enough has gone well and enough was refused; the long form goes on after that.
        let is_enough = |done, refused| match is_long {
            true if start.elapsed() < Duration::from_secs(20) => false,
            _ => done > 1_000 && refused > 1_000 || start.elapsed() > MOST_TIME,
        };
        let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut count = 0;
            while !is_enough(done, refused) {
                match deed(&root, &beside, count) {
                    Ok(()) => done += 1,
                    Err(error) => refused += usize::from(error.is_escape()),
                }
                count += 1;
            }
        }));
        is_over.store(true, Ordering::Relaxed);
        run.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    assert!(done > 1_000 && refused > 1_000, "{done} went well, {refused} were refused");
    assert_eq!(kept(&place.path().join("out")), before, "something outside was made or changed");
}

#[test]
fn nothing_leaves_by_a_swapped_link_when_the_kernel_looks_up() {
    nothing_leaves(Engine::Kernel);
}

#[test]
fn nothing_leaves_by_a_swapped_link_when_each_part_is_looked_up() {
    nothing_leaves(Engine::Walk);
}

/// The race is one: by plain paths, the secret is read.
#[test]
fn plain_paths_leave_by_a_swapped_link() {
    let place = scene();
    let is_over = AtomicBool::new(false);
    let start = Instant::now();
    let was_read = thread::scope(|scope| {
        scope.spawn(|| swap(place.path(), &is_over));
        let mut was_read = false;
        while !was_read && start.elapsed() < MOST_TIME {
            was_read = fs::read_to_string(place.path().join("in/d/f")).is_ok_and(|text| text == SECRET);
        }
        is_over.store(true, Ordering::Relaxed);
        was_read
    });
    assert!(was_read);
}
