//! Copies with threads: one that panics ends all, and those that cannot be started are done without.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use waypath::{CopyOptions, RemoveOptions};

use crate::support::util::{Tree, as_nobody};

/// 20 directories of 100 files each.
fn wide() -> Tree {
    let tree = Tree::new(["src/"]);
    for directory in 0..20 {
        let directory = tree.at(&format!("src/{directory}"));
        directory.mkdir().unwrap();
        (0..100).for_each(|file| (&directory / file.to_string()).touch().unwrap());
    }
    tree
}

#[test]
fn a_panic_in_one_thread_ends_all() {
    for threads in [1, 2, 4] {
        // So slowly that another thread comes before all is done; on a busy machine, that takes longer.
        let mut paces = [1, 10, 100, 1000].map(Duration::from_millis).into_iter();
        assert!(
            paces.any(|pace| panics_in_one_thread(threads, pace)),
            "{threads} threads: only one came, or none panicked"
        );
    }
}

/// Copies in threads with a closure that panics once two of them have called it. Returns whether two did.
fn panics_in_one_thread(threads: usize, pace: Duration) -> bool {
    let tree = wide();
    let (seen, after) = (Mutex::new(HashSet::new()), Arc::new(AtomicUsize::new(0)));
    let (has_panicked, counted) = (AtomicBool::new(false), after.clone());
    let options = CopyOptions::new().threads(threads).progress(move |_| {
        if has_panicked.load(Ordering::Relaxed) {
            counted.fetch_add(1, Ordering::Relaxed);
            return ControlFlow::Continue(());
        }
        std::thread::sleep(pace);
        let mut seen = seen.lock().unwrap();
        seen.insert(std::thread::current().id());
        if seen.len() == threads.min(2) {
            has_panicked.store(true, Ordering::Relaxed);
            panic!("a panic of the closure");
        }
        ControlFlow::Continue(())
    });
    let copy = || options.copy(tree.at("src"), tree.at("to"));
    let Err(panic) = catch_unwind(AssertUnwindSafe(copy)) else { return false };
    let said = panic.downcast_ref::<&str>().copied();
    assert_eq!(said, Some("a panic of the closure"), "{threads} threads");
    assert_eq!(after.load(Ordering::Relaxed), 0, "{threads} threads: it is called after it panicked");
    true
}

#[test]
fn threads_that_cannot_be_started_are_done_without() {
    // Root may start any number.
    if !as_nobody("tree::threads::threads_that_cannot_be_started_are_done_without") {
        return;
    }
    let tree = wide();
    setrlimit(Resource::Nproc, Rlimit { current: Some(1), maximum: Some(1) }).unwrap();
    std::thread::Builder::new().spawn(|| ()).expect_err("the limit holds");

    let report = CopyOptions::archive().threads(4).copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories), (2_000, 21));
    assert_eq!(tree.at("to").rglob("*").unwrap().threads(4).count(), 2_020);
    let report = RemoveOptions::new().threads(4).rmtree(tree.at("to")).unwrap();
    assert_eq!((report.files, report.directories), (2_000, 21));
}
