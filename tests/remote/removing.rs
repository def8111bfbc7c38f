//! Removing from stores with options.

use std::io::ErrorKind;
use std::ops::ControlFlow;

use waypath::{Memory, RemoveOptions, SkipReason};

use crate::copying::{lines, requests, skipped, steps, store_of};

#[test]
fn a_report_counts_what_is_gone_and_what_was_kept() {
    let store = store_of(["logs/a.log", "logs/b.txt", "logs/d/c.log", "logs/keep/x", "logs/keep/y", "logs-old/a"]);
    let options = RemoveOptions::new().exclude(["*.txt", "keep"]);
    let plan = (&store / "logs").rmtree_with(&options.clone().dry_run(true)).unwrap();
    assert_eq!((plan.files, lines(&(&store / "logs")).len()), (2, 7), "nothing was removed");
    assert_eq!(steps(&plan), ["remove `memory://logs/a.log`", "remove `memory://logs/d/c.log`"]);

    let report = (&store / "logs").rmtree_with(&options).unwrap();
    assert_eq!((report.files, report.directories, report.steps.len()), (2, 0, 0));
    let kept = ["b.txt", "keep"].map(|name| (name.to_owned(), SkipReason::Excluded));
    assert_eq!(skipped(&report, "memory://logs"), kept);
    assert_eq!(
        lines(&(&store / ".")),
        ["logs/", "logs/b.txt", "logs/keep/", "logs/keep/x", "logs/keep/y", "logs-old/", "logs-old/a"]
    );
}

#[test]
fn closures_keep_what_they_return_true_for() {
    let store = store_of(["d/a", "d/b", "d/keep/c"]);
    let options = RemoveOptions::new().prune(|entry| entry.name() == "keep" || entry.name() == "b");
    assert_eq!((&store / "d").clear_dir_with(&options).unwrap().skipped.len(), 2);
    assert_eq!(lines(&(&store / "d")), ["b", "keep/", "keep/c"]);
}

#[test]
fn what_is_removed_is_the_file_and_what_is_below() {
    let store = store_of(["x", "x/y", "x.z"]);
    let plan = (&store / "x").remove_with(&RemoveOptions::new().dry_run(true)).unwrap();
    assert_eq!(steps(&plan), ["remove `memory://x`", "remove `memory://x/y`"]);
    assert_eq!((&store / "x").remove_with(&RemoveOptions::new()).unwrap().files, 2);
    assert_eq!((&store / "x").remove_with(&RemoveOptions::new()).unwrap().files, 0);
    assert!((&store / "x.z").exists().unwrap());
}

#[test]
fn progress_is_called_after_each_request_and_can_stop() {
    let store = Memory::new();
    for number in 0..2500 {
        (&store / format!("d/{number:04}")).write_text("").unwrap();
    }
    let mut calls = Vec::new();
    let options = RemoveOptions::new().threads(1).progress(|progress| {
        calls.push((progress.files, progress.path.to_string()));
        if progress.files < 2000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let (stopped, count) = requests(&store, || (&store / "d").rmtree_with(&options));
    drop(options);
    let error = stopped.unwrap_err();
    assert_eq!((error.kind(), error.report().unwrap().files, count), (ErrorKind::Interrupted, 2000, 4));
    assert_eq!(calls, [(1000, "memory://d".to_owned()), (2000, "memory://d".to_owned())]);
    (&store / "d").rmtree().unwrap();
    assert!(!(&store / "d").exists().unwrap());
}

#[test]
fn a_pattern_that_keeps_nothing_is_an_error_and_nothing_is_removed() {
    let store = store_of(["d/a"]);
    let error = (&store / "d").rmtree_with(&RemoveOptions::new().exclude("/a")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(lines(&(&store / "d")), ["a"]);
}
