//! Listings where the system gives little or fails: few descriptors, a small stack, calls that are
//! interrupted, directories that cannot be read to the end.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::process::{Command, Output};

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
use waypath::TempDir;

use crate::example;

/// A chain of directories, of which some have another one beside what is below them: to list that, one
/// has to come back up.
struct Chain {
    base: TempDir,
    levels: usize,
    /// The other one is in every so-manieth directory.
    beside_every: usize,
}

const DOWN: &str = "d";
const BESIDE: &str = "z";
const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

impl Chain {
    fn new(levels: usize, beside_every: usize) -> Self {
        let base = TempDir::new().unwrap();
        let mut dir = openat(CWD, base.as_str(), DIRECTORY, Mode::empty()).unwrap();
        for level in 0..levels {
            mkdirat(&dir, DOWN, Mode::RWXU).unwrap();
            if level % beside_every == 0 {
                mkdirat(&dir, BESIDE, Mode::RWXU).unwrap();
            }
            dir = below(&dir, DOWN);
        }
        Self { base, levels, beside_every }
    }

    /// How many directories there are, with the start.
    fn count(&self) -> usize {
        1 + self.levels + self.levels.div_ceil(self.beside_every)
    }
}

fn below(dir: &OwnedFd, name: &str) -> OwnedFd {
    openat(dir, name, DIRECTORY, Mode::empty()).unwrap()
}

/// Runs `find` with limits, given as options of `ulimit`.
fn limited(limits: &[&str], args: &[&str]) -> Output {
    let limits: String = limits.iter().map(|limit| format!("ulimit {limit} && ")).collect();
    Command::new("sh").arg("-c").arg(limits + "exec \"$0\" \"$@\"").arg(example("find")).args(args).output().unwrap()
}

/// Checks that `find` counts all, without a word of an error.
#[track_caller]
fn counts_all(chain: &Chain, limits: &[&str], options: &[&str]) {
    let args = [&["--count", "**", chain.base.as_str()], options].concat();
    let output = limited(limits, &args);
    let errors = String::from_utf8_lossy(&output.stderr);
    let shown = errors.get(..errors.len().min(300)).unwrap_or_default();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!((shown, printed.trim_end()), ("", &*chain.count().to_string()), "{limits:?} {options:?}");
    assert!(output.status.success());
}

#[test]
fn three_thousand_levels_are_listed_with_few_descriptors() {
    let chain = Chain::new(3_000, 1);
    for limit in ["-n 32", "-n 16"] {
        counts_all(&chain, &[limit], &[]);
        counts_all(&chain, &[limit], &["--unsorted"]);
    }
    counts_all(&chain, &["-n 64"], &["--threads", "2"]);
    counts_all(&chain, &["-n 32"], &["--follow"]);
}

/// With so few, the way back up begins at the start for each directory: the time grows with the square.
#[test]
fn many_levels_are_listed_with_eight_descriptors() {
    let chain = Chain::new(if cfg!(debug_assertions) { 1_000 } else { 3_000 }, 1);
    counts_all(&chain, &["-n 8"], &[]);
    counts_all(&chain, &["-n 8"], &["--unsorted"]);
}

/// A hundred thousand levels, where it is built for release: what else is checked about each path would
/// take minutes.
#[test]
fn any_number_of_levels_is_listed_with_a_small_stack() {
    let levels = if cfg!(debug_assertions) { 3_000 } else { 100_000 };
    let chain = Chain::new(levels, levels / 100);
    counts_all(&chain, &["-n 16", "-s 256"], &[]);
    counts_all(&chain, &["-n 16", "-s 256"], &["--unsorted"]);
}

/// `find` while calls of the system fail, as `strace --inject` says; and how many did. Nothing, where there is
/// no strace: CI has one.
fn injected(fault: &str, args: &[&str]) -> Option<(Output, usize)> {
    if Command::new("strace").arg("--version").output().is_err() {
        println!("no strace here: not tested");
        return None;
    }
    let place = TempDir::new().unwrap();
    let log = &place / "log";
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=getdents64,openat,newfstatat,statx", "-e"]);
    strace.arg(format!("inject={fault}")).args(["-o", log.as_str()]).arg(example("find")).args(args);
    // What cargo has in it lets every program try to open much more.
    strace.env_remove("LD_LIBRARY_PATH");
    let output = strace.output().unwrap();
    let count = std::fs::read_to_string(log.as_str()).unwrap().matches("(INJECTED)").count();
    Some((output, count))
}

fn names(output: &[u8]) -> BTreeSet<&str> {
    std::str::from_utf8(output).unwrap().lines().collect()
}

/// 2,040 entries in 40 directories.
fn bush() -> TempDir {
    let tree = TempDir::new().unwrap();
    for directory in 0..40 {
        let directory = &tree / format!("directory{directory}");
        directory.mkdir().unwrap();
        (0..50).for_each(|file| (&directory / format!("file{file}")).touch().unwrap());
    }
    tree
}

#[test]
fn interrupted_calls_are_made_again() {
    let tree = bush();
    // The program's own start opens some files, too.
    for fault in ["getdents64:error=EINTR:when=1+2", "openat:error=EINTR:when=20+2"] {
        for options in [&[][..], &["--unsorted"], &["--threads", "2"]] {
            let args = [&["--count", "**", "--no-ignore", tree.as_str()], options].concat();
            let Some((output, count)) = injected(fault, &args) else { return };
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{fault} {options:?}");
            assert_eq!(output.stdout, b"2041\n", "{fault} {options:?}");
            assert!(count > 0, "{fault} {options:?}");
        }
    }
}

#[test]
fn a_directory_that_cannot_be_read_to_the_end_costs_only_its_rest() {
    const FILES: usize = 2_000;
    let tree = TempDir::new().unwrap();
    for name in ["before/x", "large", "large/z", "within"] {
        (&tree / name).mkdir_all().unwrap();
        (&tree / name / "file").touch().unwrap();
    }
    (0..FILES).for_each(|at| (&tree / "large" / format!("a file with a long name, number {at}")).touch().unwrap());
    let mut was_partly_read = false;
    for options in [&[][..], &["--unsorted"]] {
        let args = [&["**", "--no-ignore", tree.as_str()], options].concat();
        let all = limited(&[], &args).stdout;
        let all = names(&all);
        for call in 1.. {
            let Some((output, count)) = injected(&format!("getdents64:error=EIO:when={call}"), &args) else { return };
            let found = names(&output.stdout);
            if count == 0 {
                assert_eq!(found, all);
                assert!(call > 6, "there are several reads");
                break;
            }
            let errors = String::from_utf8(output.stderr).unwrap();
            let failed = errors.strip_prefix("find: cannot list `").and_then(|rest| rest.split('`').next());
            let below = failed.unwrap_or_else(|| panic!("an error of a listing: {errors}")).to_owned() + "/";
            assert_eq!((errors.lines().count(), output.status.code()), (1, Some(1)), "{errors}");
            assert!(found.is_subset(&all));
            let missed: Vec<_> = all.difference(&found).collect();
            assert!(missed.iter().all(|path| path.starts_with(&below)), "{below}: {missed:?}");
            was_partly_read |= missed.len() > 10 && missed.len() < FILES;
        }
    }
    assert!(was_partly_read, "what was read before the error counts");
}
