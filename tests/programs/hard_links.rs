//! Hard links in copies, where the system refuses some of them.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;

use waypath::{CopyOptions, TempDir};

use crate::anew::{Log, anew, begin, job, strace};

const NAMES: u64 = 6;

/// A file that can have no more names is copied once more, and the names that follow are those of the new copy.
#[test]
fn what_cannot_have_more_names_gets_another_copy() {
    const TEST: &str = "hard_links::what_cannot_have_more_names_gets_another_copy";
    if let Some((expected, place)) = job() {
        let report = CopyOptions::archive().copy(&place / "src", &place / "to").unwrap();
        assert_eq!(format!("{} {}", report.files, report.hard_links), expected);
        return;
    }
    // Too many names, and another device, each time it is tried; open files cannot be linked by the first way of two,
    // and by both.
    let faults = [("EMLINK", "3..4", 2), ("EXDEV", "3..8", 2), ("ENOENT", "3", 1), ("ENOENT", "3..4", 1)];
    for (errno, calls, copies) in faults {
        let place = TempDir::new().unwrap();
        (&place / "src").mkdir().unwrap();
        (&place / "src" / "0").write_text("content").unwrap();
        (1..NAMES).for_each(|at| (&place / "src" / at.to_string()).hardlink_to(&place / "src" / "0").unwrap());

        let fault = format!("inject=linkat:error={errno}:when={calls}");
        let Some(strace) = strace(&["-o", "/dev/null", "-e", "trace=linkat", "-e", &fault]) else { return };
        let expected = format!("{copies} {}", NAMES - copies);
        let output = anew(strace, TEST, &expected, &place).output().unwrap();
        assert!(output.status.success(), "{errno} {calls}: {}", String::from_utf8_lossy(&output.stdout));
        let mut files = BTreeMap::<_, u64>::new();
        for at in 0..NAMES {
            let copy = &place / "to" / at.to_string();
            assert_eq!(copy.read_text().unwrap(), "content");
            *files.entry(std::fs::metadata(copy.as_str()).unwrap().ino()).or_default() += 1;
        }
        assert_eq!(files.len() as u64, copies, "{errno} {calls}: {files:?}");
    }
}

/// Two calls for a name of a file that was copied: one asks what it is, the other makes the hard link.
#[test]
fn a_hard_link_takes_two_calls() {
    const TEST: &str = "hard_links::a_hard_link_takes_two_calls";
    const MANY: usize = 500;
    if let Some((_, place)) = job() {
        begin();
        let report = CopyOptions::archive().copy(&place / "src", &place / "to").unwrap();
        assert_eq!((report.files, report.hard_links), (1, MANY as u64 - 1));
        return;
    }
    let place = TempDir::new().unwrap();
    (&place / "src").mkdir().unwrap();
    (&place / "src" / "0").write_text("content").unwrap();
    (1..MANY).for_each(|at| (&place / "src" / at.to_string()).hardlink_to(&place / "src" / "0").unwrap());
    let log = &place / "log";
    let Some(strace) = strace(&["-o", log.as_str(), "-e", "trace=all"]) else { return };
    let output = anew(strace, TEST, "copy", &place).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let calls = Log::read(&log).after.len();
    assert!((2 * MANY..5 * MANY / 2).contains(&calls), "{calls} calls for {MANY} names");
}
