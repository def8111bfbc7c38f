//! Trees that are copied, moved and removed by processes of their own: with calls of the system that fail, killed at
//! each of them, on full disks, with few descriptors and a small stack.
//!
//! `WAYPATH_LONG=1` lets more of the calls fail, kills for twenty seconds and removes deeper trees.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf as SystemPath;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
use waypath::{CopyOptions, Overwrite, Path, RemoveOptions, TempDir};

use crate::anew::{Log, anew, begin, is_of_the_program, job, strace, this_program};
use crate::is_long;
use crate::random::Random;
use crate::scene::{Scene, fill, fill_target, has_other_device, is_temporary};
use crate::snapshot::{Node, Snapshot, What, assert_same, snapshot};

const FAILED: i32 = 3;

/// What a process of its own does in a place; it ends with that.
///
/// In the place there are `src`, and `to`, which may be a link to a place on another device.
fn do_and_exit(job: &str, place: &Path) -> ! {
    let (src, to) = (place / "src", place / "to");
    let (verb, threads) = job.split_once(' ').unwrap_or((job, "1"));
    let threads = threads.parse().unwrap();
    let options = CopyOptions::archive().threads(threads);
    if verb == "merge" {
        (&to / "moved").mkdir_all().unwrap();
    }
    println!("ready");
    std::io::stdout().flush().unwrap();
    begin();
    let result = match verb {
        "copy" => options.overwrite(Overwrite::Always).copy(&src, &to),
        "move" => options.move_to(&src, &to / "moved"),
        "merge" => options.merge(true).move_to(&src, &to / "moved"),
        "move-file" => options.move_to(&src / "large", &to / "moved"),
        "copy-synced" => options.sync(true).copy(&src / "large", &to / "copied"),
        "copy-small-synced" => CopyOptions::new().sync(true).copy(&src / "d/b", &to / "copied"),
        "remove" => RemoveOptions::new().threads(threads).rmtree(&src),
        _ => unreachable!("{job}"),
    };
    let said = result.as_ref().map_or_else(|error| format!("{error:?}\n"), |_| String::new());
    // One of the calls for this may be the one that fails.
    let say = |_| std::io::stderr().write_all(said.as_bytes());
    _ = say(()).or_else(|_| say(()));
    std::process::exit(if result.is_ok() { 0 } else { FAILED });
}

/// Takes out of a tree what has a temporary name; says how often there is one that is not below another.
fn without_temporary(nodes: &mut Snapshot) -> usize {
    let left: Vec<_> = nodes.keys().filter(|path| path.ancestors().any(is_temporary)).cloned().collect();
    left.iter().for_each(|path| drop(nodes.remove(path)));
    left.iter()
        .filter(|path| path.ancestors().filter(|path| is_temporary(path)).count() == 1 && is_temporary(path))
        .count()
}

/// Checks that all content under its own name is whole: the old or the new one, and that nothing old is lost.
#[track_caller]
fn check_whole(found: &Snapshot, old: &Snapshot, new: &Snapshot, shown: &str) {
    let what = |nodes: &Snapshot, path: &SystemPath| nodes.get(path).map(|node: &Node| node.what.clone());
    for (path, node) in found {
        let known = [what(old, path), what(new, path)];
        // A file that is in both is empty for nobody.
        assert!(known.contains(&Some(node.what.clone())), "torn: {path:?}: {node:?}: {shown}");
    }
    let lost: Vec<_> = old.keys().filter(|path| !found.contains_key(*path)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}: {shown}");
}

/// A scene, made anew for each process, and what is in it before.
struct Attempt {
    scene: Scene,
    src: Snapshot,
    old: Snapshot,
}

impl Attempt {
    fn new(job: &str) -> Self {
        let scene = if job.starts_with("move") { Scene::across_devices() } else { Scene::on_one_device() };
        let (src, old) = (snapshot(scene.source()), snapshot(scene.target()));
        Self { scene, src, old }
    }

    /// Checks what a process has left, that ended in whatever way; says how much has a temporary name.
    fn check(&self, job: &str, is_ok: bool, shown: &str) -> usize {
        let mut found = snapshot(self.scene.target());
        let left_over = without_temporary(&mut found);
        let src = self.scene.source().lstat().is_ok().then(|| snapshot(self.scene.source()));
        match job.split(' ').next() {
            Some("copy") => {
                assert_same(src.as_ref().unwrap(), &self.src, shown);
                check_whole(&found, &self.old, &self.src, shown);
                if is_ok {
                    assert_same(&complete(&self.old, &self.src), &found, shown);
                }
            }
            Some("move") => {
                let moved = below(&found, "moved");
                found.retain(|path, _| !path.starts_with("moved"));
                assert_same(&timeless(&found), &timeless(&self.old), shown);
                match moved.is_empty() {
                    true => assert_same(src.as_ref().unwrap(), &self.src, shown),
                    false => assert_same(&moved, &self.src, shown),
                }
                assert!(!is_ok || src.is_none() && !moved.is_empty(), "{shown}");
            }
            _ => {
                assert_same(&found, &self.old, shown);
                assert!(!is_ok || src.is_none(), "{shown}");
                src.iter().flatten().for_each(|(path, node)| {
                    let old = &self.src[path];
                    assert!(node.what == old.what, "{path:?}: {shown}");
                });
            }
        }
        left_over
    }
}

/// The tree that a complete copy gives: the new one, and of the old one what is in it alone.
fn complete(old: &Snapshot, new: &Snapshot) -> Snapshot {
    let mut all: BTreeMap<_, _> = old.clone();
    all.extend(new.clone());
    all
}

fn below(nodes: &Snapshot, name: &str) -> Snapshot {
    let of = |(path, node): (&SystemPath, &Node)| {
        let path = path.strip_prefix(name).ok()?;
        let same_as = node.same_as.as_ref().map(|first| first.strip_prefix(name).unwrap().to_owned());
        Some((path.to_owned(), Node { same_as, ..node.clone() }))
    };
    nodes.iter().filter_map(of).collect()
}

/// The directory into which something was moved has another time.
fn timeless(nodes: &Snapshot) -> Snapshot {
    crate::snapshot::but(nodes.clone(), |path, node| {
        if path == std::path::Path::new("") {
            node.modified = (0, 0);
        }
    })
}

/// What a process did with a fault, and what it left.
struct Outcome {
    status: Option<i32>,
    log: Log,
    left_over: usize,
    shown: String,
}

/// Runs a job, with a fault in `strace`'s words.
fn run(test: &str, job: &str, fault: Option<&str>) -> Option<Outcome> {
    let attempt = Attempt::new(job);
    let logs = TempDir::new().unwrap();
    let log = &logs / "log";
    let fault = fault.map(|fault| format!("inject={fault}"));
    let mut options = vec!["-o", log.as_str(), "-e", "trace=all"];
    fault.iter().for_each(|fault| options.extend(["-e", fault]));
    let output = anew(strace(&options)?, test, job, &attempt.scene.place).output().unwrap();
    let shown = shown(job, fault.as_deref(), &output);
    let left_over = attempt.check(job, output.status.success(), &shown);
    Some(Outcome { status: output.status.code(), log: Log::read(&log), left_over, shown })
}

fn shown(job: &str, fault: Option<&str>, output: &Output) -> String {
    format!("{job}: {fault:?}: {:?}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}

/// The calls that a job makes, each once; nothing where there is no strace.
fn calls(test: &str, job: &str) -> Option<(Log, Vec<String>)> {
    let plain = run(test, job, None)?;
    assert_eq!((plain.status, plain.left_over), (Some(0), 0), "{}", plain.shown);
    let mut calls = plain.log.after.clone();
    calls.retain(|call| !is_of_the_program(call));
    calls.sort();
    calls.dedup();
    assert!(calls.len() > 3, "{calls:?}");
    Some((plain.log, calls))
}

/// Kills a job at each of its calls in turn.
fn kill_at_each(test: &str, job: &str) {
    let Some((log, calls)) = calls(test, job) else { return };
    let (mut kills, mut litter) = (0, 0);
    for call in calls {
        // Each call before which something is on the disk that was not there before the last.
        if !is_long() && ["fstat", "newfstatat", "close", "lseek", "flistxattr", "fgetxattr", "ioctl"].contains(&&*call)
        {
            continue;
        }
        for at in log.first(&call).. {
            let outcome = run(test, job, Some(&format!("{call}:signal=KILL:when={at}"))).unwrap();
            if outcome.status == Some(0) {
                break;
            }
            assert_eq!(outcome.status, None, "{}", outcome.shown);
            assert!(outcome.left_over <= 1, "{} temporary names: {}", outcome.left_over, outcome.shown);
            kills += 1;
            litter += outcome.left_over;
        }
    }
    println!("{job}: killed at each of {kills} calls, 0 torn, 0 lost, {litter} times a temporary name was left over");
    assert!(kills > 10);
}

mod kills {
    use super::*;

    #[test]
    fn of_a_copy() {
        play("of_a_copy", "copy", kill_at_each);
    }

    #[test]
    fn of_a_move_to_another_device() {
        if has_other_device() {
            play("of_a_move_to_another_device", "move", kill_at_each);
        }
    }

    /// At any moment, with threads and without strace.
    #[test]
    fn of_copies_in_threads() {
        play("of_copies_in_threads", "copy 3", kill_again_and_again);
    }

    fn play(name: &str, job: &str, play: fn(&str, &str)) {
        super::play(&format!("trees::kills::{name}"), job, play);
    }

    /// A program that has not been killed in time until then never will be.
    const MOST_TIME: Duration = Duration::from_secs(300);

    fn kill_again_and_again(test: &str, job: &str) {
        let time = Duration::from_millis(if is_long() { 20_000 } else { 1_000 });
        let (begin, mut kills, mut litter, mut complete) = (Instant::now(), 0, 0, 0);
        let mut random = Random(0);
        while begin.elapsed() < time || kills == 0 {
            assert!(begin.elapsed() < MOST_TIME, "it ended before it was killed, {complete} times");
            let attempt = Attempt::new(job);
            let mut child = anew(this_program(), test, job, &attempt.scene.place);
            let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let out = std::io::BufReader::new(child.stdout.take().unwrap());
            assert!(std::io::BufRead::lines(out).any(|line| line.unwrap().ends_with("ready")));
            // The moment of the kill is what is tested: it is drawn, and waited for.
            std::thread::sleep(Duration::from_micros(random.below(3_000) as u64));
            child.kill().unwrap();
            let status = child.wait().unwrap();
            let left_over = attempt.check(job, status.success(), "killed");
            assert!(left_over <= 3, "one for each thread at most: {left_over}");
            kills += usize::from(!status.success());
            complete += usize::from(status.success());
            litter += left_over;
        }
        println!("{job}: killed {kills} times, {complete} times too late, 0 torn, {litter} temporary names left over");
    }
}

/// The calls by which a job brings files to the disk, gives them names and removes names, in order.
fn order_of(test: &str, job: &str, scene: &Scene) -> Option<Vec<&'static str>> {
    let logs = TempDir::new().unwrap();
    let log = &logs / "log";
    let options = ["-o", log.as_str(), "-e", "trace=all"];
    let output = anew(strace(&options)?, test, job, &scene.place).output().unwrap();
    assert!(output.status.success(), "{}", shown(job, None, &output));
    let calls = Log::read(&log).after.into_iter().filter_map(|call| match &*call {
        "fsync" | "fdatasync" => Some("sync"),
        "syncfs" => Some("sync all"),
        "linkat" | "renameat" | "renameat2" => Some("name"),
        "unlinkat" => Some("remove"),
        _ => None,
    });
    Some(calls.collect())
}

/// At any moment one of both is on the disk under its name.
#[test]
fn what_is_moved_is_on_the_disk_before_the_original_goes() {
    const TEST: &str = "trees::what_is_moved_is_on_the_disk_before_the_original_goes";
    if let Some((job, place)) = job() {
        do_and_exit(&job, &place);
    }
    if !has_other_device() {
        return;
    }
    let order_of = |job| {
        let mut calls = order_of(TEST, job, &Scene::across_devices())?;
        calls.dedup();
        Some(calls)
    };
    // The first try is a rename. The last sync is that of the directory.
    let Some(calls) = order_of("move-file") else { return };
    assert_eq!(calls, ["name", "sync", "name", "sync", "remove"]);
    for job in ["copy-synced", "copy-small-synced"] {
        assert_eq!(order_of(job).unwrap(), ["sync", "name"], "{job}");
    }
    let Some(calls) = order_of("move") else { return };
    let synced = calls.iter().position(|&call| call == "sync all").expect("a tree is synced at once");
    assert_eq!(calls[synced..], ["sync all", "name", "sync", "remove"], "{calls:?}");
    let Some(calls) = order_of("merge") else { return };
    let synced = calls.iter().position(|&call| call == "sync all").expect("a tree is synced at once");
    assert_eq!(calls[synced..], ["sync all", "remove"], "{calls:?}");
    assert!(calls[..synced].contains(&"name"), "{calls:?}");
}

/// What goes into a file system that is mounted in the target is on that disk before the original goes.
#[test]
fn what_is_moved_into_two_file_systems_is_on_both_disks() {
    const TEST: &str = "trees::what_is_moved_into_two_file_systems_is_on_both_disks";
    if let Some((job, place)) = job() {
        do_and_exit(&job, &place);
    }
    if !has_other_device() {
        return;
    }
    let scene = Scene::across_devices();
    let target = scene.target() / "moved";
    target.mkdir().unwrap();
    let Some(disk) = Disk::at(TempDir::new_in(&target).unwrap(), &["-t", "tmpfs", "waypath"]) else { return };
    // Both trees have a directory of this name, with a directory `d` in it.
    let inside = scene.source() / disk.0.name() / "d";
    inside.mkdir_all().unwrap();
    (&inside / "file").write_text("content").unwrap();
    (&disk.0 / "d").mkdir().unwrap();
    let Some(calls) = order_of(TEST, "merge", &scene) else { return };
    let synced = calls.iter().position(|&call| call == "sync all").expect("trees are synced at once");
    let [first, second, removed @ ..] = &calls[synced..] else { panic!("{calls:?}") };
    assert!((*first, *second) == ("sync all", "sync all") && removed.iter().all(|&call| call == "remove"), "{calls:?}");
    assert_eq!((&disk.0 / "d/file").read_text().unwrap(), "content");
    assert!(!scene.source().exists());
}

/// Does the job, in a process that was started for it; else plays the test.
fn play(test: &str, job: &str, play: fn(&str, &str)) {
    if let Some((job, place)) = super::anew::job() {
        do_and_exit(&job, &place);
    }
    play(test, job);
}

/// A file system in memory with so many bytes; `None` where it may not be mounted.
struct Disk(TempDir);

impl Disk {
    fn new(options: &[&str]) -> Option<Self> {
        Self::at(TempDir::new().unwrap(), options)
    }

    fn at(place: TempDir, options: &[&str]) -> Option<Self> {
        let mounted = Command::new("mount").args(options).arg(place.as_str()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("nothing can be mounted here: not tested");
            return None;
        }
        Some(Self(place))
    }

    fn of_size(kibibytes: usize) -> Option<Self> {
        Self::new(&["-t", "tmpfs", "-o", &format!("size={kibibytes}k"), "waypath"])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Another test that starts a process at this moment still has something open.
        assert!(Command::new("umount").args(["-l", self.0.as_str()]).status().unwrap().success());
    }
}

/// How many sizes of a disk are tried, from one on which nearly nothing has room.
const SIZES: usize = 20;
const STEP: usize = 24;

#[test]
fn a_full_disk_leaves_whole_files_of_a_copy() {
    let place = TempDir::new().unwrap();
    let src = &place / "src";
    fill(&src);
    let new = snapshot(&src);
    let (mut full, mut complete) = (0, 0);
    for size in 1..=SIZES {
        for threads in [1, 3] {
            let Some(disk) = Disk::of_size(size * STEP) else { return };
            fill_target(&(&disk.0 / "to"));
            let to = &disk.0 / "to";
            let old = snapshot(&to);
            let options = CopyOptions::archive().overwrite(Overwrite::Always).threads(threads);
            let result = options.copy(&src, &to);
            let mut found = snapshot(&to);
            assert_eq!(without_temporary(&mut found), 0, "{size}");
            check_whole(&found, &old, &new, &format!("{size}"));
            assert_same(&snapshot(&src), &new, "the source");
            match result {
                Ok(_) => {
                    assert_same(&found, &super::trees::complete(&old, &new), size);
                    complete += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error:?}");
                    full += 1;
                }
            }
        }
    }
    println!("copies to disks of {SIZES} sizes: {full} were full, {complete} not, 0 torn, 0 lost");
    assert!(full > 10 && complete > 3, "{full} {complete}");
}

#[test]
fn a_full_disk_leaves_the_source_of_a_move_whole() {
    let (mut full, mut moved) = (0, 0);
    for size in 1..=SIZES {
        for name in ["src", "src/large"] {
            let place = TempDir::new().unwrap();
            fill(&(&place / "src"));
            let Some(disk) = Disk::of_size(size * STEP) else { return };
            fill_target(&(&disk.0 / "to"));
            let (src, old) = (snapshot(&place / "src"), snapshot(&disk.0 / "to"));
            let result = (&place / name).move_to(&disk.0 / "to" / "moved");
            let mut found = snapshot(&disk.0 / "to");
            match result {
                Ok(target) => {
                    let whole = if name == "src" { src } else { below(&src, "large") };
                    assert_same(&snapshot(&target), &whole, "moved");
                    assert!((&place / name).lstat().is_err());
                    moved += 1;
                    found.retain(|path, _| !path.starts_with("moved"));
                }
                Err(error) => {
                    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error:?}");
                    assert_same(&snapshot(&place / "src"), &src, "the source");
                    full += 1;
                }
            }
            assert_same(&timeless(&found), &timeless(&old), size);
        }
    }
    println!("moves to disks of {SIZES} sizes: {full} were full and the source whole, {moved} were moved");
    assert!(full > 10 && moved > 3, "{full} {moved}");
}

/// A part of the source that is mounted elsewhere is a way into it, too.
#[test]
fn nothing_is_copied_or_moved_into_itself_through_a_mount() {
    let place = TempDir::new().unwrap();
    let src = &place / "src";
    fill(&src);
    let Some(disk) = Disk::new(&["--bind", (&src / "d").as_str()]) else { return };
    let before = snapshot(&src);
    for threads in [1, 3] {
        let options = CopyOptions::archive().threads(threads);
        assert!(options.move_to(&src, &disk.0 / "moved").is_err());
        assert_same(&timeless_all(&snapshot(&src)), &timeless_all(&before), "moved");
        options.copy(&src, &disk.0 / "copy").unwrap_err();
        assert!(snapshot(&disk.0).len() < 3 * before.len());
        (&disk.0 / "copy").rmtree().unwrap();
        assert_same(&timeless_all(&snapshot(&src)), &timeless_all(&before), "copied");
    }
}

fn timeless_all(nodes: &Snapshot) -> Snapshot {
    crate::snapshot::but(nodes.clone(), |_, node| {
        if node.what == What::Directory {
            node.modified = (0, 0);
        }
    })
}

/// Makes a chain of so many directories, with a file beside each hundredth.
fn chain(start: &Path, levels: usize) {
    start.mkdir().unwrap();
    let mut dir = openat(CWD, start.as_str(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for level in 1..levels {
        mkdirat(&dir, "d", Mode::RWXU).unwrap();
        if level % 100 == 0 {
            openat(&dir, "f", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).unwrap();
        }
        dir = openat(&dir, "d", OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
}

/// Runs a job with limits, given as options of `ulimit`, and with threads that have little stack.
fn limited(test: &str, job: &str, place: &Path, limits: &[&str]) -> Output {
    let limits: String = limits.iter().map(|limit| format!("ulimit {limit} && ")).collect();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(limits + "exec \"$0\" \"$@\"").arg(std::env::current_exe().unwrap());
    anew(shell, test, job, place).env("RUST_MIN_STACK", "262144").output().unwrap()
}

/// In memory, if possible: some file systems take long for deep trees, whoever asks them.
fn place_for_deep_trees() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

#[test]
fn deep_trees_are_removed_with_few_descriptors_and_a_small_stack() {
    const TEST: &str = "trees::deep_trees_are_removed_with_few_descriptors_and_a_small_stack";
    if let Some((job, place)) = job() {
        do_and_exit(&job, &place);
    }
    let levels = if cfg!(debug_assertions) && !is_long() { 5_000 } else { 20_000 };
    for (job, limit) in [("remove", "-n 32"), ("remove", "-n 16"), ("remove 2", "-n 64")] {
        let place = place_for_deep_trees();
        chain(&(&place / "src"), levels);
        let begin = Instant::now();
        let output = limited(TEST, job, &place, &[limit, "-s 256"]);
        assert!(output.status.success(), "{}", shown(job, Some(limit), &output));
        assert_eq!(place.iterdir().count(), 0);
        println!("{job}: {levels} levels with {limit} in {:?}", begin.elapsed());
    }
}

#[test]
fn deep_trees_are_copied_with_few_descriptors_and_a_small_stack() {
    const TEST: &str = "trees::deep_trees_are_copied_with_few_descriptors_and_a_small_stack";
    if let Some((job, place)) = job() {
        do_and_exit(&job, &place);
    }
    const LEVELS: usize = 1_500;
    for (job, limit) in [("copy", "-n 32"), ("copy 2", "-n 96")] {
        let place = place_for_deep_trees();
        chain(&(&place / "src"), LEVELS);
        let output = limited(TEST, job, &place, &[limit, "-s 256"]);
        assert!(output.status.success(), "{}", shown(job, Some(limit), &output));
        let [src, copy] = ["src", "to"].map(|name| RemoveOptions::new().rmtree(&place / name).unwrap());
        assert_eq!((src.directories, src.files), (LEVELS as u64, (LEVELS as u64 - 1) / 100));
        assert_eq!(copy, src);
    }
}
