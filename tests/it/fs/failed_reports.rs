//! What operations on trees tell of what they did where something failed.

use std::ops::ControlFlow;

use waypath::{CopyOptions, RemoveOptions, path};

use crate::support::util::Tree;

#[test]
fn an_operation_that_was_told_to_stop_says_what_it_did() {
    let tree = Tree::new(["a/1", "a/2", "a/3"]);
    let stop = |progress: &waypath::TreeProgress<'_>| match progress.files {
        2 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let error = CopyOptions::new().progress(stop).copy(tree.at("a"), tree.at("b")).unwrap_err();
    assert_eq!((error.kind(), error.report().unwrap().files), (std::io::ErrorKind::Interrupted, 2));
    let error = RemoveOptions::new().progress(stop).clear_dir(tree.at("a")).unwrap_err();
    assert_eq!((error.kind(), error.report().unwrap().files), (std::io::ErrorKind::Interrupted, 2));
}

#[test]
fn a_copy_that_failed_in_part_says_what_it_did() {
    let tree = Tree::new(["a/1", "a/2", "a/deep/3", "b/2/"]);
    let options = CopyOptions::new().overwrite(waypath::Overwrite::Always);
    for dry_run in [true, false] {
        let error = options.clone().dry_run(dry_run).copy(tree.at("a"), tree.at("b")).unwrap_err();
        let report = error.report().unwrap();
        assert_eq!((error.failure_count(), report.files, report.directories, report.bytes), (1, 2, 1, 2));
        assert_eq!(report.steps.len(), if dry_run { 3 } else { 0 });
    }
    tree.is(["a/", "a/1", "a/2", "a/deep/", "a/deep/3", "b/", "b/1", "b/2/", "b/deep/", "b/deep/3"]);
}

#[cfg(unix)]
#[test]
fn a_removal_that_failed_in_part_says_what_it_did() {
    use std::os::unix::fs::PermissionsExt as _;

    if !crate::support::util::as_nobody("fs::failed_reports::a_removal_that_failed_in_part_says_what_it_did") {
        return;
    }
    let tree = Tree::new(["a/1", "a/closed/2"]);
    let mode = |name: &str, mode| {
        #[allow(clippy::disallowed_methods, reason = "std prepares what the crate meets")]
        std::fs::set_permissions(tree.at(name).as_str(), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("a/closed", 0o500);
    let error = tree.at("a").rmtree().unwrap_err();
    assert_eq!((error.failure_count(), error.report().unwrap().files), (1, 1));
    mode("a/closed", 0o700);

    // What ends the operation at once is its last step here.
    mode("", 0o500);
    let error = tree.at("a").rmtree().unwrap_err();
    let report = error.report().unwrap();
    assert_eq!((error.failure_count(), report.files, report.directories), (1, 1, 1));
    mode("", 0o700);
    tree.is(["a/"]);
}

#[test]
fn other_errors_have_no_report() {
    assert!(path("no/such/file").read_text().unwrap_err().report().is_none());
    assert!(path("a").relative_to("b").unwrap_err().report().is_none());
}
