//! Calls that are refused whenever they are made, by an older kernel or a filter of system calls: the same is done without
//! them.

use std::collections::BTreeSet;

use waypath::{CopyOptions, MirrorOptions, Overwrite, Path, Report, Result, Root, TempDir, path};

use crate::anew::{Log, anew, begin, calls_after_mark, end, job, strace};
use crate::scene::{OTHER_DEVICE, has_other_device};
use crate::snapshot::{Snapshot, but, snapshot};

const TEST: &str = "refused_calls::what_refused_calls_would_do_is_done_without_them";

/// Calls that are refused whenever they are made: they have an older one beside them, or can be done without.
const REFUSALS: [(&str, &[&str]); 11] = [
    ("faccessat2", &["ENOSYS", "EPERM", "EINVAL"]),
    ("renameat2", &["ENOSYS", "EPERM", "EINVAL", "EOPNOTSUPP"]),
    ("openat2", &["ENOSYS", "EPERM"]),
    ("copy_file_range", &["ENOSYS", "EPERM", "EXDEV", "EOPNOTSUPP"]),
    ("ioctl", &["ENOSYS", "EPERM", "ENOTTY"]),
    ("statx", &["ENOSYS", "EPERM"]),
    ("syncfs", &["ENOSYS", "EPERM"]),
    // A name for a file without one.
    ("linkat", &["ENOSYS", "EPERM", "EACCES", "ENOENT", "EXDEV", "EOPNOTSUPP", "EINVAL"]),
    ("fgetxattr", &["ENOSYS", "EOPNOTSUPP"]),
    ("flistxattr", &["ENOSYS", "EOPNOTSUPP"]),
    // The list of a file that has none.
    (REMOVAL_OF_LIST, &["ENODATA", "ENOSYS", "EOPNOTSUPP", "EINVAL"]),
];

const REMOVAL_OF_LIST: &str = "fremovexattr,lremovexattr,removexattr";

/// Single calls that are refused, while others of the same name are not: the call, all that strace shows of it, and how it
/// fails.
const SINGLE_REFUSALS: [(&str, &[&str], &[&str]); 6] = [
    // A file without a name.
    ("openat", &["O_TMPFILE"], &["EOPNOTSUPP", "EISDIR", "EINVAL", "EACCES", "EPERM", "ENOENT", "ENOSYS"]),
    // A file on which another program holds a lease.
    ("openat", OLD_FILE, &["EAGAIN"]),
    // The question whether a file may be written, which only writing answers then.
    ("faccessat2,faccessat", &["program\", W_OK"], &["ENOSYS", "EINVAL"]),
    // A file without content at the moment.
    ("read", &["/src/program>"], &["EAGAIN"]),
    // A directory that is changed, and need not be readable.
    ("openat", &["PLACE\", O_RDONLY", "O_CLOEXEC|O_DIRECTORY"], &["EACCES", "EPERM"]),
    // The names in a directory: they are on the disk as soon as its file system wants.
    ("fsync", &["PLACE>)"], &["EBADF", "EINVAL", "EOPNOTSUPP"]),
];

/// How a file is opened of which nobody knows whether it blocks.
const OLD_FILE: &[&str] = &["O_NONBLOCK"];

const FROM_OTHER_DEVICE: &str = "from other device";

const JOBS: [&str; 15] = [
    "replace",
    "edit",
    "create",
    "copy",
    "copy large",
    "archive",
    "mirror",
    "update",
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
    ["large", "larger"].iter().try_for_each(|name| (place / "src" / name).write_bytes(vec![b'x'; 300_000]))
}

fn perform(job: &str, place: &Path) -> Result<()> {
    let (src, program, new) = (place / "src", place / "src/program", place / "new");
    match job {
        "replace" => program.write_atomic("new"),
        "edit" => program.edit_text(|text| text + "new").map(|is_changed| assert!(is_changed)),
        "create" => new.write_atomic("new"),
        "copy" => program.copy(new).map(drop),
        "copy large" => (src / "large").copy(new).map(drop),
        "archive" => CopyOptions::archive().copy(src, new).map(whole),
        "mirror" => MirrorOptions::new().delete(true).mirror(src, new).map(drop),
        "update" => {
            let options = CopyOptions::new().preserve_times(true).overwrite(Overwrite::IfDifferent);
            options.copy(&program, &new)?;
            program.chmod(0o700)?;
            let report = options.copy(program, new)?;
            assert_eq!(report.updated, 1);
            whole(report);
            Ok(())
        }
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
            CopyOptions::archive().move_to(&other / "src", new).map(whole)
        }
        "resolve" => (src / "../src/program").resolve_strict().map(|real| assert!(real.is_executable())),
        "mounts" => {
            assert!(path("/proc").is_mount() && !place.is_mount());
            Ok(())
        }
        _ => unreachable!("{job}"),
    }
}

/// Checks that a copy has all that its original has.
fn whole(report: Report) {
    assert_eq!(report.not_kept, []);
}

struct Done {
    /// What is there then.
    kept: Snapshot,
    /// The calls of the job.
    log: Log,
    /// Of each row of [`SINGLE_REFUSALS`], the number of the call, if the job makes it.
    single_calls: [Option<usize>; SINGLE_REFUSALS.len()],
}

impl Done {
    /// Whether it makes one of these calls.
    fn makes(&self, calls: &str) -> bool {
        self.log.after.iter().any(|made| is_one_of(calls, made))
    }
}

fn is_one_of(calls: &str, name: &str) -> bool {
    calls.split(',').any(|call| call == name)
}

/// Does a job in a process of its own, in a new place, with a fault in strace's words.
fn done(job: &str, fault: Option<&str>) -> Option<Done> {
    let (place, logs) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let place = place.resolve().unwrap();
    make(&place).unwrap();
    // A call that is not traced cannot be made to fail.
    let (log, inject) = (&logs / "log", fault.map(|fault| format!("inject={fault}")));
    let mut options = vec!["-y", "-o", log.as_str(), "-e", "trace=all"];
    inject.iter().for_each(|inject| options.extend(["-e", inject]));
    let output = anew(strace(&options)?, TEST, job, &place).output().unwrap();
    assert!(output.status.success(), "{job} with {fault:?}: {}", String::from_utf8_lossy(&output.stdout));
    let kept = but(snapshot(&place), |_, node| node.modified = (0, 0));
    let (calls, log) = (calls_after_mark(&log), Log::read(&log));
    let single_calls = SINGLE_REFUSALS.map(|(names, shown, _)| single_call(&log, &calls, names, shown, &place));
    Some(Done { kept, log, single_calls })
}

/// The number of the first call of which strace shows all this.
fn single_call(log: &Log, calls: &[String], names: &str, shown: &[&str], place: &Path) -> Option<usize> {
    let shown: Vec<_> = shown.iter().map(|part| part.replace("PLACE", place.as_str())).collect();
    // The first call is the mark.
    let mut named = calls[1..].iter().filter(|call| call.split('(').next().is_some_and(|name| is_one_of(names, name)));
    let before = log.before.iter().filter(|name| is_one_of(names, name)).count();
    Some(before + 1 + named.position(|call| shown.iter().all(|part| call.contains(part)))?)
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
        let Some(plain) = done(job, None) else { return };
        let always = REFUSALS.iter().filter(|(calls, _)| plain.makes(calls));
        let always = always.map(|&(calls, errors)| (calls, [].as_slice(), errors, String::new()));
        let single = SINGLE_REFUSALS.iter().zip(plain.single_calls);
        let single = single.filter_map(|(&(calls, shown, errors), number)| {
            number.map(|number| (calls, shown, errors, format!(":when={number}")))
        });
        for (calls, shown, errors, when) in always.chain(single) {
            for &error in errors {
                let fault = format!("{calls}:error={error}{when}");
                let done = done(job, Some(&fault)).unwrap();
                assert_eq!(done.kept, plain.kept, "{job} with {fault}");
                if !done.log.failed.is_empty() {
                    refused.insert((calls, shown, error));
                }
            }
        }
    }
    // Not every file system has files without a name, which is the first of these.
    let single = SINGLE_REFUSALS.into_iter().skip(1);
    let always = REFUSALS.into_iter().filter(|(call, _)| *call != "syncfs" || has_other_device);
    let expected = always.map(|(calls, errors)| (calls, [].as_slice(), errors)).chain(single);
    let expected = expected.flat_map(|(calls, shown, errors)| errors.iter().map(move |&error| (calls, shown, error)));
    let missing: Vec<_> = expected.filter(|row| !refused.contains(row)).collect();
    assert!(missing.is_empty(), "no job makes them: {missing:?}");
    println!("refused calls: {refused:?}");
}

/// What fails for one file is tried for the next one; what fails for all files of a file system is not.
#[test]
fn what_cannot_work_is_not_tried_for_each_file() {
    let Some(plain) = done("archive", None) else { return };
    for (call, errors, count) in [
        ("ioctl", &["EPERM", "ETXTBSY", "EINTR"][..], 2),
        ("ioctl", &["EOPNOTSUPP", "EXDEV", "EINVAL", "ENOTTY", "ENOSYS"], 1),
        ("copy_file_range", &["EPERM", "ETXTBSY", "EIO", "ENOSPC", "EDQUOT", "EFBIG"], 2),
        ("copy_file_range", &["ENOSYS", "EXDEV", "EINVAL", "EOPNOTSUPP"], 1),
    ] {
        // Files that share their content are not copied.
        for error in errors.iter().filter(|_| plain.makes(call)) {
            let fault = format!("{call}:error={error}");
            let done = done("archive", Some(&fault)).unwrap();
            assert_eq!(done.log.failed, vec![call; count], "{fault}");
        }
    }
}

/// A file is found again if it could not be opened, as another program may have put another one in its place.
#[test]
fn a_file_that_cannot_be_opened_now_is_looked_for_again() {
    let Some(plain) = done("replace", None) else { return };
    let row = SINGLE_REFUSALS.iter().position(|(_, shown, _)| *shown == OLD_FILE).unwrap();
    let first = plain.single_calls[row].expect("the old file is opened");
    // Neither to be read nor to wait for the end of a lease.
    let busy = done("replace", Some(&format!("openat:error=EAGAIN:when={first}..{}", first + 1))).unwrap();
    assert_eq!((busy.log.failed.len(), busy.kept), (2, plain.kept));
}
