//! Every system call that copying, moving, removing and replacing make fails once, with each error that it can give:
//! the work is done, or an error says what was not. Nothing is lost silently, torn, or more open than the original.
//!
//! Tests take one error for each call; `WAYPATH_LONG=1` takes all of them, as CI does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as SystemPath;
use std::sync::atomic::{AtomicUsize, Ordering};

use waypath::{CopyOptions, Overwrite, Path, RemoveOptions, Report, Result, TempDir};

use crate::anew::{Calls, anew, begin, end, is_of_the_program, job, strace};
use crate::is_long;
use crate::scene::{Scene, has_other_device, is_temporary};
use crate::snapshot::{Node, Snapshot, What, but, snapshot};
use crate::told::{Told, set_times};

const TEST: &str = "failing_calls::each_failing_call_is_told_or_the_work_is_done";

/// The errors that the manual pages give for the calls that are made. `EINTR` is never the last word.
///
/// Those that say what would then be true are left out, such as that a file has no such attribute.
const ERRORS: &[(&str, &[&str])] = &[
    (
        "openat",
        &["EACCES", "EDQUOT", "EINTR", "EINVAL", "EIO", "ELOOP", "EMFILE", "ENFILE", "ENOENT", "ENOMEM", "ENOSPC"],
    ),
    ("openat", &["ENOTDIR", "EOPNOTSUPP", "EOVERFLOW", "EPERM", "EROFS", "ESTALE", "ETXTBSY", "EAGAIN"]),
    ("newfstatat", &["EACCES", "EIO", "ELOOP", "ENOMEM", "ENOTDIR", "EOVERFLOW", "ESTALE"]),
    ("fstat", &["EIO", "ENOMEM", "EOVERFLOW", "ESTALE"]),
    ("statx", &["EACCES", "EIO", "ELOOP", "ENOMEM", "ENOTDIR", "ESTALE"]),
    ("fstatfs", &["EINTR", "EIO", "ENOSYS"]),
    ("getdents64", &["EIO", "EINVAL", "ENOENT", "EINTR", "ESTALE"]),
    ("read", &["EIO", "EINTR", "EISDIR", "ESTALE", "ENOMEM"]),
    ("pread64", &["EIO", "EINTR", "ESTALE", "ENOMEM"]),
    ("write", &["EIO", "EINTR", "ENOSPC", "EDQUOT", "EFBIG", "EPERM", "ESTALE"]),
    ("pwrite64", &["EIO", "EINTR", "ENOSPC", "EDQUOT", "EFBIG", "EPERM"]),
    ("copy_file_range", &["EIO", "EINTR", "ENOSPC", "EDQUOT", "EFBIG", "EINVAL", "ENOMEM", "EOPNOTSUPP", "EOVERFLOW"]),
    ("copy_file_range", &["EPERM", "ETXTBSY", "EXDEV", "ENOSYS", "EBADF", "EAGAIN", "EISDIR"]),
    ("sendfile", &["EIO", "EINVAL", "ENOSYS", "ENOMEM", "EAGAIN"]),
    ("ioctl", &["EIO", "EOPNOTSUPP", "EXDEV", "EINVAL", "EPERM", "ETXTBSY", "ENOTTY", "EISDIR", "EBADF"]),
    ("lseek", &["EINVAL", "EIO", "EOVERFLOW"]),
    ("ftruncate", &["EIO", "EINTR", "EFBIG", "EINVAL", "EPERM", "ENOSPC"]),
    ("fallocate", &["EIO", "EINTR", "ENOSPC", "EOPNOTSUPP"]),
    ("fadvise64", &["EINVAL"]),
    ("fchmod", &["EIO", "EPERM", "EROFS", "EOPNOTSUPP", "EACCES", "EINTR"]),
    ("fchmodat", &["EIO", "EPERM", "EROFS", "EOPNOTSUPP", "EACCES", "ENOENT"]),
    ("fchmodat2", &["EIO", "EPERM", "EROFS", "EOPNOTSUPP", "EACCES", "ENOSYS"]),
    ("chmod", &["EIO", "EPERM", "EROFS", "EOPNOTSUPP", "EACCES", "ENOENT"]),
    ("fchown", &["EIO", "EPERM", "EROFS", "EINVAL", "EDQUOT", "EINTR"]),
    ("fchownat", &["EIO", "EPERM", "EROFS", "EINVAL", "EDQUOT", "ENOENT"]),
    ("utimensat", &["EIO", "EPERM", "EROFS", "EACCES", "EINVAL", "ENOSYS"]),
    ("flistxattr", &["EIO", "ERANGE", "E2BIG", "EACCES", "EPERM"]),
    ("listxattr", &["EIO", "ERANGE", "E2BIG", "EACCES", "EPERM"]),
    ("llistxattr", &["EIO", "ERANGE", "E2BIG", "EACCES", "EPERM"]),
    ("fgetxattr", &["EIO", "ERANGE", "EACCES", "EPERM"]),
    ("getxattr", &["EIO", "ERANGE", "EACCES", "EPERM"]),
    ("lgetxattr", &["EIO", "ERANGE", "EACCES", "EPERM"]),
    ("fsetxattr", &["EIO", "ENOSPC", "EDQUOT", "EOPNOTSUPP", "EPERM", "EACCES", "EINVAL", "ERANGE", "E2BIG"]),
    ("setxattr", &["EIO", "ENOSPC", "EDQUOT", "EOPNOTSUPP", "EPERM", "EACCES", "EINVAL", "ERANGE"]),
    ("lsetxattr", &["EIO", "ENOSPC", "EDQUOT", "EOPNOTSUPP", "EPERM", "EACCES", "EINVAL", "ERANGE"]),
    ("fremovexattr", &["EIO", "ENODATA", "EOPNOTSUPP", "EPERM", "EACCES"]),
    ("removexattr", &["EIO", "ENODATA", "EOPNOTSUPP", "EPERM", "EACCES"]),
    ("lremovexattr", &["EIO", "ENODATA", "EOPNOTSUPP", "EPERM", "EACCES"]),
    ("mkdirat", &["EACCES", "EDQUOT", "EEXIST", "EINTR", "EIO", "EMLINK", "ENOENT", "ENOSPC", "EPERM", "EROFS"]),
    ("mknodat", &["EACCES", "EDQUOT", "EEXIST", "EIO", "EINVAL", "ENOSPC", "EPERM", "EROFS", "EOPNOTSUPP"]),
    ("symlinkat", &["EACCES", "EDQUOT", "EEXIST", "EIO", "ENOENT", "ENOSPC", "EPERM", "EROFS"]),
    (
        "linkat",
        &["EACCES", "EDQUOT", "EEXIST", "EIO", "EMLINK", "ENOENT", "ENOSPC", "EPERM", "EROFS", "EXDEV", "EOPNOTSUPP"],
    ),
    ("readlinkat", &["EACCES", "EIO", "EINVAL", "ENOENT", "ENOMEM"]),
    ("unlinkat", &["EACCES", "EBUSY", "EIO", "EISDIR", "ENOTEMPTY", "EPERM", "EROFS", "ESTALE"]),
    ("renameat", &["EACCES", "EBUSY", "EDQUOT", "EIO", "EMLINK", "ENOENT", "ENOSPC", "EPERM", "EROFS", "EXDEV"]),
    ("renameat2", &["EACCES", "EBUSY", "EDQUOT", "EEXIST", "EINVAL", "EIO", "EMLINK", "ENOENT", "ENOSPC", "ENOSYS"]),
    ("renameat2", &["EPERM", "EROFS", "EXDEV", "EOPNOTSUPP"]),
    ("rename", &["EACCES", "EBUSY", "EDQUOT", "EIO", "ENOENT", "ENOSPC", "EPERM", "EROFS", "EXDEV"]),
    ("fsync", &["EIO", "ENOSPC", "EDQUOT", "EINVAL", "EROFS", "EINTR"]),
    ("fdatasync", &["EIO", "ENOSPC", "EDQUOT", "EINVAL", "EROFS", "EINTR"]),
    ("syncfs", &["EIO", "ENOSPC", "EDQUOT"]),
    ("close", &["EIO", "ENOSPC", "EDQUOT", "EINTR"]),
    ("faccessat", &["EACCES", "EIO", "ENOENT"]),
    ("faccessat2", &["EACCES", "EIO", "ENOENT", "ENOSYS"]),
    ("readlink", &["EACCES", "EIO", "EINVAL", "ENOENT"]),
    ("dup", &["EMFILE"]),
    ("umask", &[]),
    ("geteuid", &[]),
    ("getuid", &[]),
    ("openat2", &["ENOSYS", "EAGAIN", "EXDEV", "EACCES", "EIO", "ELOOP", "ENOENT"]),
];

fn errors(call: &str) -> Vec<&'static str> {
    let rows: Vec<_> = ERRORS.iter().filter(|(name, _)| *name == call).collect();
    assert!(!rows.is_empty(), "`{call}` is made, and the table does not say how it fails");
    rows.iter().flat_map(|(_, errors)| *errors).copied().collect()
}

/// What is done, in a place with `src`, and with `to`, which may be a link to a place on another device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operation {
    Copy,
    Archive,
    Move,
    Remove,
    Replace,
}

impl Operation {
    const ALL: [Self; 5] = [Self::Copy, Self::Archive, Self::Move, Self::Remove, Self::Replace];

    fn perform(self, src: &Path, to: &Path) -> Result<Report> {
        match self {
            Self::Copy => CopyOptions::new().overwrite(Overwrite::Always).copy(src, to),
            Self::Archive => CopyOptions::archive().overwrite(Overwrite::Always).copy(src, to),
            Self::Move => CopyOptions::new().move_to(src, to / "moved"),
            Self::Remove => RemoveOptions::new().rmtree(src),
            Self::Replace => (to / "d/b").write_atomic("new content").map(|()| Report::default()),
        }
    }

    /// What this operation does not promise to keep, or changes by its nature.
    fn without_what_changes(self, nodes: Snapshot) -> Snapshot {
        but(nodes, |path, node| match self {
            Self::Copy | Self::Replace => node.modified = (0, 0),
            // A name was made in it.
            Self::Move if path == SystemPath::new("") => node.modified = (0, 0),
            // Names were removed from it.
            Self::Remove if node.what == What::Directory => node.modified = (0, 0),
            _ => {}
        })
    }
}

/// All that an operation could change.
#[derive(Clone)]
struct State {
    src: Snapshot,
    to: Snapshot,
}

struct Attempt {
    operation: Operation,
    scene: Scene,
}

impl Attempt {
    fn new(operation: Operation) -> Self {
        let is_move = operation == Operation::Move;
        let scene = if is_move { Scene::across_devices() } else { Scene::on_one_device() };
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        std::fs::set_permissions(scene.source() / "d/b", private).unwrap();
        set_times(&scene.source(), 1_600_000_000);
        set_times(&scene.target(), 1_500_000_000);
        Self { operation, scene }
    }

    fn state(&self) -> State {
        let src = self.scene.source();
        let src = src.lstat().map_or_else(|_| Snapshot::new(), |_| snapshot(&src));
        let shown = |nodes| self.operation.without_what_changes(nodes);
        State { src: shown(src), to: shown(snapshot(self.scene.target())) }
    }

    /// Runs the operation in a process of its own, with a fault in strace's words.
    fn run(self, fault: Option<(&str, &str, usize)>) -> Option<Outcome> {
        let logs = TempDir::new().unwrap();
        let log = &logs / "log";
        let inject = fault.map(|(call, errno, at)| format!("inject={call}:error={errno}:when={at}"));
        // The marks are found by the calls that look for them.
        let trace = fault.map_or_else(|| "trace=all".to_owned(), |(call, ..)| format!("trace={call},statx"));
        let mut options = vec!["-o", log.as_str(), "-e", &trace];
        inject.iter().for_each(|inject| options.extend(["-e", inject]));
        let before = self.state();
        let output =
            anew(strace(&options)?, TEST, &format!("{:?}", self.operation), &self.scene.place).output().unwrap();
        let shown = format!(
            "{:?} with {fault:?}: {:?}\n{}{}",
            self.operation,
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let told = Told::read(&output.stdout).unwrap_or_else(|| panic!("it ended before its end: {shown}"));
        let bases = [self.scene.source().into(), (&self.scene.place / "to").into(), self.scene.target().into()];
        let told = told.below(&bases);
        Some(Outcome { operation: self.operation, before, after: self.state(), told, calls: Calls::read(&log), shown })
    }
}

struct Outcome {
    operation: Operation,
    before: State,
    after: State,
    told: Told,
    calls: Calls,
    shown: String,
}

impl Outcome {
    /// What is wrong, if anything is: what was neither done nor told.
    fn silent(&self, expected: &State) -> Vec<String> {
        let mut wrong = Vec::new();
        match self.operation {
            Operation::Copy | Operation::Archive | Operation::Replace => {
                if self.after.src != self.before.src {
                    wrong.push("the source has changed".to_owned());
                }
                self.compare(&self.before.to, &expected.to, &self.after.to, &mut wrong);
            }
            Operation::Move => {
                let (before, expected, after) = (&self.before.to, &expected.to, &self.after.to);
                if after.contains_key(SystemPath::new("moved")) {
                    self.compare(before, expected, after, &mut wrong);
                    self.is_removed(&mut wrong);
                } else {
                    self.compare(before, before, after, &mut wrong);
                    if self.after.src != self.before.src {
                        wrong.push("neither at the source nor at the target".to_owned());
                    }
                }
            }
            Operation::Remove => {
                self.is_removed(&mut wrong);
                if self.after.to != self.before.to {
                    wrong.push("something outside has changed".to_owned());
                }
            }
        }
        wrong
    }

    /// Compares a target with what it is to be.
    fn compare(&self, before: &Snapshot, expected: &Snapshot, after: &Snapshot, wrong: &mut Vec<String>) {
        let paths: BTreeSet<_> = before.keys().chain(expected.keys()).chain(after.keys()).collect();
        for path in paths {
            let nothing = Node::default();
            let [old, new, now] = [before, expected, after].map(|nodes| nodes.get(path).unwrap_or(&nothing));
            if now == new || path.ancestors().any(is_temporary) {
                continue;
            }
            if now.what != old.what && now.what != new.what {
                wrong.push(format!("{path:?} is torn: {now:?}, not {new:?}"));
            } else if now.what == new.what && now.what != old.what && now.mode & !new.mode & 0o077 != 0 {
                wrong.push(format!("{path:?} is more open: {:o}, not {:o}", now.mode, new.mode));
            } else if !self.told.excuses(path, old, now, new) {
                wrong.push(format!("{path:?}: {now:?}, not {new:?}"));
            }
        }
    }

    /// Checks that the source is gone but for what was told, and what that is in.
    fn is_removed(&self, wrong: &mut Vec<String>) {
        for (path, node) in &self.after.src {
            let old = self.before.src.get(path);
            if old.is_none_or(|old| old.what != node.what) {
                wrong.push(format!("{path:?} of the source has changed: {node:?}"));
            }
            let is_above = || self.told.failed.iter().any(|failed| failed.starts_with(path));
            if !self.told.has_failed(path) && !is_above() {
                wrong.push(format!("{path:?} is still there"));
            }
        }
    }

    /// How many names are left over that are nobody's.
    fn litter(&self) -> usize {
        let nodes = self.after.to.keys().chain(self.after.src.keys());
        nodes.filter(|path| is_temporary(path)).count()
    }
}

/// How often calls failed, and what became of it.
#[derive(Default)]
struct Counts {
    calls: AtomicUsize,
    done: AtomicUsize,
    told: AtomicUsize,
}

/// Lets each call of an operation fail in turn; says what was wrong.
fn fail_each(operation: Operation, counts: &Counts) -> Vec<String> {
    let Some(plain) = Attempt::new(operation).run(None) else { return Vec::new() };
    assert!(plain.told.is_ok && plain.litter() == 0, "{}", plain.shown);
    let expected = plain.after.clone();
    let mut wrong = plain.silent(&expected);
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for call in &plain.calls.within {
        *calls.entry(call).or_default() += 1;
    }
    calls.retain(|call, _| !is_of_the_program(call));
    assert_eq!(plain.calls.within.iter().find(|call| *call == "clone3"), None, "threads would share the calls");
    assert!(calls.len() > 3, "{calls:?}");
    for (call, count) in calls {
        let (first, errors) = (plain.calls.first(call), errors(call));
        for at in 0..count {
            let some = if is_long() { &errors[..] } else { &errors[at % errors.len().max(1)..][..errors.len().min(1)] };
            for errno in some {
                let outcome = Attempt::new(operation).run(Some((call, errno, first + at))).unwrap();
                assert_eq!(outcome.calls.failed, [call], "{}", outcome.shown);
                counts.calls.fetch_add(1, Ordering::Relaxed);
                let was = if outcome.told.is_ok { &counts.done } else { &counts.told };
                was.fetch_add(1, Ordering::Relaxed);
                let mut silent = outcome.silent(&expected);
                if *errno == "EINTR" && !outcome.told.is_ok {
                    silent.push("an interrupted call is made again".to_owned());
                }
                if outcome.litter() > usize::from(call == "unlinkat") {
                    silent.push("a temporary name is left over".to_owned());
                }
                if !silent.is_empty() {
                    wrong.push(format!("{}\n  {}", outcome.shown, silent.join("\n  ")));
                }
            }
        }
    }
    wrong
}

#[test]
fn each_failing_call_is_told_or_the_work_is_done() {
    if let Some((job, place)) = job() {
        let operation = Operation::ALL.into_iter().find(|operation| format!("{operation:?}") == job).unwrap();
        perform_and_exit(operation, &place);
    }
    let (counts, wanted) = (Counts::default(), std::env::var("WAYPATH_TEST_OPERATION").ok());
    let operations = Operation::ALL.into_iter().filter(|operation| {
        (*operation != Operation::Move || has_other_device())
            && wanted.as_ref().is_none_or(|wanted| format!("{operation:?}") == *wanted)
    });
    let wrong: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = operations
            .map(|operation| {
                let counts = &counts;
                scope.spawn(move || fail_each(operation, counts))
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let Counts { calls, done, told } = counts;
    let (calls, done, told) = (calls.into_inner(), done.into_inner(), told.into_inner());
    println!(
        "failing calls: {calls}, {} told or done, {} silent ({done} done, {told} told)",
        calls - wrong.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} of {calls}:\n{}", wrong.len(), wrong.join("\n"));
}

fn perform_and_exit(operation: Operation, place: &Path) -> ! {
    let (src, to) = (place / "src", place / "to");
    begin();
    let result = operation.perform(&src, &to);
    end();
    Told::print(&result);
    std::process::exit(0);
}
