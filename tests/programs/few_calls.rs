//! How many system calls it takes to copy one small file, and to replace one.

use waypath::{CopyOptions, Path, TempDir};

use crate::anew::{Calls, anew, begin, end, is_of_the_program, job, strace};

/// Runs a job in a process of its own; returns the calls that it made, or `None` if there is no strace.
fn calls_of(test: &str, job: &str, place: &Path) -> Option<Vec<String>> {
    let log = place / "log";
    let output = anew(strace(&["-o", log.as_str(), "-e", "trace=all"])?, test, job, place).output().unwrap();
    assert!(output.status.success(), "{job}: {output:?}");
    Some(Calls::read(&log).within.into_iter().filter(|call| !is_of_the_program(call)).collect())
}

#[test]
fn small_files_take_few_calls() {
    const TEST: &str = "few_calls::small_files_take_few_calls";
    /// Before Linux 6.10, a file without a name may need a second call to get one.
    const NAMED_IN_TWO: usize = 1;

    if let Some((job, place)) = job() {
        let (old, new) = (&place / "old", &place / "new");
        begin();
        let done = match &*job {
            "copy" => old.copy(new).map(drop),
            "copy with options" => CopyOptions::new().copy(&old, new).map(drop),
            "archive" => CopyOptions::archive().copy(&old, new).map(drop),
            _ => old.write_atomic("new content"),
        };
        end();
        return done.unwrap();
    }
    for (job, most) in [("copy", 11), ("copy with options", 11), ("archive", 18), ("replace", 17)] {
        // Not every file system has files without a name.
        let place = TempDir::new_in("/dev/shm").unwrap();
        (&place / "old").write_text("content").unwrap();
        let Some(calls) = calls_of(TEST, job, &place) else { return };
        assert!(calls.len() <= most + NAMED_IN_TWO, "{job}: {} calls: {calls:?}", calls.len());
        let written = if job == "replace" { "new content" } else { "content" };
        let name = if job == "replace" { "old" } else { "new" };
        assert_eq!((&place / name).read_text().unwrap(), written, "{job}");
    }
}
