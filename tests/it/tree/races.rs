//! Copying and removing while somebody swaps files and directories for links: nothing outside is read, changed or
//! removed.

use std::fs;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use waypath::{CopyOptions, Overwrite, Path, PathBuf, RemoveOptions};

use crate::support::ends::EndsWhenDropped;
use crate::support::snapshot::{What, assert_same, snapshot};
use crate::support::util::Tree;

/// A race that has not got far enough by then never will.
const MOST_TIME: Duration = Duration::from_secs(300);

/// How long each race runs, if enough has happened by then.
fn race_time() -> Duration {
    Duration::from_millis(if std::env::var_os("WAYPATH_LONG").is_some() { 20_000 } else { 700 })
}

const SECRET: &str = "what nobody may see";

/// Two names that are exchanged, in one step, as fast as possible.
struct Swap(PathBuf, PathBuf);

impl Swap {
    fn once(&self) -> bool {
        renameat_with(CWD, self.0.as_str(), CWD, self.1.as_str(), RenameFlags::EXCHANGE).is_ok()
    }
}

/// Runs rounds of something while names are swapped, for some time and until a round says that it has seen enough; says
/// how many of both there were. Nothing is swapped while a round is prepared.
fn race(name: &str, swaps: &[Swap], mut prepare: impl FnMut(), mut round: impl FnMut(usize) -> bool) {
    let (is_over, swapped, quiet) = (AtomicBool::new(false), AtomicUsize::new(0), RwLock::new(()));
    let mut rounds = 0;
    thread::scope(|scope| {
        for swap in swaps {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let _swapping = quiet.read();
                    swapped.fetch_add(usize::from(swap.once()), Ordering::Relaxed);
                }
            });
        }
        let _end = EndsWhenDropped(&is_over);
        let begin = Instant::now();
        let mut has_seen_enough = false;
        let is_enough = |rounds| rounds > 5 && swapped.load(Ordering::Relaxed) > rounds;
        while begin.elapsed() < race_time() || !(has_seen_enough && is_enough(rounds)) && begin.elapsed() < MOST_TIME {
            let preparing = quiet.write();
            prepare();
            drop(preparing);
            has_seen_enough = round(rounds);
            rounds += 1;
        }
    });
    let swapped = swapped.into_inner();
    println!("race {name}: {rounds} rounds, {swapped} swaps");
    assert!(rounds > 0 && swapped > 0, "nothing happened in {MOST_TIME:?}: {rounds} rounds, {swapped} swaps");
}

/// A place outside that must not be read, and one that must not be changed.
fn outside() -> Tree {
    let tree = Tree::new(["outside/sub/f", "outside/f", "swapped/", "src/d/sub/f", "src/d/f", "src/f", "src/z/g"]);
    for path in ["outside/sub/f", "outside/f"] {
        tree.at(path).write_text(SECRET).unwrap();
    }
    tree
}

/// Something in a directory, and a link elsewhere that takes its place, to what is outside.
fn swap(tree: &Tree, name: &str, target: &str) -> Swap {
    let link = tree.at("swapped").join(name.replace('/', "-"));
    crate::support::util::symlink(tree.at(target).as_str(), &link);
    Swap(tree.at(name), link)
}

/// Which files below a path have the secret in them, links not followed.
fn leaks(path: &Path) -> Vec<std::path::PathBuf> {
    let at = |below: &std::path::Path| std::path::Path::new(path.as_str()).join(below);
    let files = snapshot(path.as_str()).into_iter().filter(|(_, node)| matches!(node.what, What::File(..)));
    files.map(|(below, _)| at(&below)).filter(|path| fs::read(path).unwrap() == SECRET.as_bytes()).collect()
}

#[test]
fn a_copy_does_not_follow_what_becomes_a_link() {
    let tree = outside();
    let before = snapshot(tree.at("outside"));
    let swaps = [swap(&tree, "src/d", "outside"), swap(&tree, "src/f", "outside/f")];
    let (mut links, mut files) = (0, 0);
    race(
        "of a copy",
        &swaps,
        || {},
        |round| {
            let to = tree.at("to");
            let options = if round % 3 == 0 { CopyOptions::archive() } else { CopyOptions::new() };
            // What fails is of no interest.
            _ = options.threads(1 + round % 2).copy(tree.at("src"), &to);
            assert_eq!(leaks(&to), [""; 0].map(std::path::PathBuf::from), "round {round}");
            for name in ["d", "f"] {
                let found = fs::symlink_metadata(to.join(name)).map(|found| found.is_symlink());
                links += usize::from(matches!(found, Ok(true)));
                files += usize::from(matches!(found, Ok(false)));
            }
            fs::remove_dir_all(to.as_str()).unwrap();
            links > 0 && files > 0
        },
    );
    assert!(links > 0 && files > 0, "both were met: {links} links, {files} others");
    assert_same(&snapshot(tree.at("outside")), &before, "outside");
}

#[test]
fn a_copy_does_not_write_through_what_becomes_a_link() {
    let tree = outside();
    // Names that are in the source, too, and one file of several names.
    fs::hard_link(tree.at("src/d/f"), tree.at("src/z/second")).unwrap();
    fs::hard_link(tree.at("src/d/f"), tree.at("src/second")).unwrap();
    rustix::fs::mknodat(CWD, tree.at("src/fifo").as_str(), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    for name in ["to/d/sub/", "to/f", "to/fifo", "to/z/"] {
        tree.at(name).parent().mkdir_all().unwrap();
        if name.ends_with('/') { tree.at(name).mkdir().unwrap() } else { tree.at(name).write_text("old").unwrap() }
    }
    let before = snapshot(tree.at("outside"));
    let swaps = [
        swap(&tree, "to/d", "outside"),
        swap(&tree, "to/f", "outside/f"),
        swap(&tree, "to/fifo", "outside/sub/f"),
        swap(&tree, "to/z", "outside/sub"),
    ];
    race(
        "of a target",
        &swaps,
        // What the last round left, seen while nothing is swapped: a path would lead through a link otherwise.
        || assert_eq!(leaks(&tree.at("to")), [""; 0].map(std::path::PathBuf::from)),
        |round| {
            let options = if round % 3 == 0 { CopyOptions::new() } else { CopyOptions::archive() };
            _ = options.overwrite(Overwrite::Always).threads(1 + round % 2).copy(tree.at("src"), tree.at("to"));
            assert_same(&snapshot(tree.at("outside")), &before, round);
            true
        },
    );
}

#[test]
fn removing_does_not_follow_what_becomes_a_link() {
    let tree = outside();
    let before = snapshot(tree.at("outside"));
    let names = ["gone", "gone/d", "gone/d/1", "gone/d/2"];
    let swaps = names.map(|name| swap(&tree, name, "outside"));
    let prepare = || {
        _ = fs::remove_dir_all(tree.at("gone").as_str());
        _ = fs::remove_file(tree.at("gone").as_str());
        for at in 0..3 {
            for name in ["sub", "y"] {
                let dir = tree.at("gone/d").join(at.to_string()).join(name);
                dir.mkdir_all().unwrap();
                (&dir / "f").touch().unwrap();
                dir.parent().join("f").touch().unwrap();
            }
        }
        tree.at("gone/d/f").touch().unwrap();
        for Swap(_, link) in &swaps {
            _ = fs::remove_dir_all(link.as_str());
            _ = fs::remove_file(link.as_str());
            crate::support::util::symlink(tree.at("outside").as_str(), link);
        }
    };
    let mut removed = 0;
    race("of removing", &swaps, prepare, |round| {
        let options = RemoveOptions::new().threads(1 + round % 2);
        // A link is followed to what is cleared: that is another one's matter.
        let result = match round % 2 {
            0 => options.remove(tree.at("gone")),
            _ => options.rmtree(tree.at("gone")),
        };
        removed += result.map_or(0, |report| report.files + report.links);
        assert_same(&snapshot(tree.at("outside")), &before, round);
        removed > 0
    });
    assert!(removed > 0, "something was removed");
}
