//! Calls that are refused whenever they are made, by an older kernel or a filter of system calls: the same is done without
//! them.

use std::collections::BTreeSet;

use waypath::{CopyOptions, MirrorOptions, Path, Result, Root, TempDir, path};

use crate::anew::{Log, anew, begin, end, job, strace};
use crate::scene::{OTHER_DEVICE, has_other_device};
use crate::snapshot::{Snapshot, but, snapshot};

const TEST: &str = "refused_calls::what_refused_calls_would_do_is_done_without_them";

/// Calls that have an older one beside them, and how they are refused.
const REFUSALS: [(&str, &[&str]); 9] = [
    ("faccessat2", &["ENOSYS", "EPERM"]),
    ("renameat2", &["ENOSYS", "EPERM", "EINVAL", "EOPNOTSUPP"]),
    ("openat2", &["ENOSYS", "EPERM"]),
    ("copy_file_range", &["ENOSYS", "EPERM", "EXDEV", "EOPNOTSUPP"]),
    ("ioctl", &["ENOSYS", "EPERM", "ENOTTY"]),
    ("statx", &["ENOSYS", "EPERM"]),
    ("syncfs", &["ENOSYS", "EPERM"]),
    // A name for a file without one.
    ("linkat", &["ENOSYS", "EPERM", "EACCES", "ENOENT", "EXDEV", "EOPNOTSUPP", "EINVAL"]),
    ("fgetxattr", &["ENOSYS", "EOPNOTSUPP"]),
];

/// How files without a name are refused, which are opened by the same call as others.
const UNNAMED: [&str; 7] = ["EOPNOTSUPP", "EISDIR", "EINVAL", "EACCES", "EPERM", "ENOENT", "ENOSYS"];

const FROM_OTHER_DEVICE: &str = "from other device";

const JOBS: [&str; 13] = [
    "replace",
    "create",
    "copy",
    "copy large",
    "archive",
    "mirror",
    "remove",
    "in a root",
    "rename",
    "rename directory",
    FROM_OTHER_DEVICE,
    "resolve",
    "mounts",
];

fn make(place: &Path) -> Result<()> {
    (place / "src").mkdir()?;
    (place / "src/program").write_text("#!/bin/sh\n")?;
    (place / "src/program").chmod(0o755)?;
    (place / "src/large").write_bytes(vec![b'x'; 300_000])
}

fn perform(job: &str, place: &Path) -> Result<()> {
    let (src, program, new) = (place / "src", place / "src/program", place / "new");
    match job {
        "replace" => program.write_atomic("new"),
        "create" => new.write_atomic("new"),
        "copy" => program.copy(new).map(drop),
        "copy large" => (src / "large").copy(new).map(drop),
        "archive" => CopyOptions::archive().copy(src, new).map(drop),
        "mirror" => MirrorOptions::new().delete(true).mirror(src, new).map(drop),
        "remove" => src.rmtree(),
        "in a root" => {
            let root = Root::open(place)?;
            (&root / "src").copy(&root / "new")?;
            (&root / "new/program").write_atomic("new")
        }
        "rename" => program.rename(new).map(drop),
        "rename directory" => src.rename(new).map(drop),
        FROM_OTHER_DEVICE => {
            let other = TempDir::new_in(OTHER_DEVICE)?;
            CopyOptions::archive().copy(src, &other / "src")?;
            (&other / "src").move_to(new).map(drop)
        }
        "resolve" => (src / "../src/program").resolve_strict().map(|real| assert!(real.is_executable())),
        "mounts" => {
            assert!(path("/proc").is_mount() && !place.is_mount());
            Ok(())
        }
        _ => unreachable!("{job}"),
    }
}

struct Done {
    /// What is there then.
    kept: Snapshot,
    /// The number of the call that opens a file without a name.
    unnamed_call: Option<usize>,
    /// The calls that were refused.
    refused: Vec<String>,
}

/// Does a job in a process of its own, in a new place, with a fault in strace's words.
fn done(job: &str, fault: Option<&str>) -> Option<Done> {
    let (place, logs) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    make(&place).unwrap();
    // A call that is not traced cannot be made to fail.
    let (log, inject) = (&logs / "log", fault.map(|fault| format!("inject={fault}")));
    let mut options = vec!["-o", log.as_str(), "-e", "trace=all"];
    inject.iter().for_each(|inject| options.extend(["-e", inject]));
    let output = anew(strace(&options)?, TEST, job, &place).output().unwrap();
    assert!(output.status.success(), "{job} with {fault:?}: {}", String::from_utf8_lossy(&output.stdout));
    let kept = but(snapshot(&place), |_, node| node.modified = (0, 0));
    Some(Done { kept, unnamed_call: unnamed_call(&log), refused: Log::read(&log).failed })
}

/// Strace counts the calls of each thread by itself.
fn unnamed_call(log: &Path) -> Option<usize> {
    let text = log.read_bytes().unwrap();
    let text = String::from_utf8_lossy(&text);
    let calls = || text.lines().filter_map(|line| line.split_once(' '));
    let (thread, _) = calls().find(|(_, call)| call.contains("O_TMPFILE"))?;
    let of_thread = calls().filter(|(id, call)| *id == thread && call.trim_start().starts_with("openat("));
    of_thread.map(|(_, call)| call).zip(1..).find(|(call, _)| call.contains("O_TMPFILE")).map(|(_, number)| number)
}

#[test]
fn what_refused_calls_would_do_is_done_without_them() {
    if let Some((job, place)) = job() {
        begin();
        let done = perform(&job, &place);
        end();
        return done.unwrap();
    }
    let has_other_device = has_other_device();
    let mut refused = BTreeSet::new();
    for job in JOBS.into_iter().filter(|&job| job != FROM_OTHER_DEVICE || has_other_device) {
        let Some(Done { kept: expected, unnamed_call, .. }) = done(job, None) else { return };
        let of_calls =
            REFUSALS.iter().flat_map(|(call, errors)| errors.iter().map(move |error| format!("{call}:error={error}")));
        let of_unnamed =
            UNNAMED.iter().filter_map(|error| Some(format!("openat:error={error}:when={}", unnamed_call?)));
        for fault in of_calls.chain(of_unnamed) {
            let done = done(job, Some(&fault)).unwrap();
            assert_eq!(done.kept, expected, "{job} with {fault}");
            refused.extend(done.refused);
        }
    }
    // Not every file system has files without a name, which `openat` opens.
    let mut expected = REFUSALS.iter().map(|(call, _)| *call).filter(|&call| call != "syncfs" || has_other_device);
    assert!(expected.all(|call| refused.contains(call)), "{refused:?}");
    println!("refused calls: {refused:?}");
}
