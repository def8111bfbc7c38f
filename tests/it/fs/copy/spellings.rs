//! Names that differ in case only: on a file system that ignores case, the second is a failure, and the first stays whole.

use std::io::ErrorKind;

use waypath::{CopyOptions, Error, Overwrite, Path, PathBuf};

use super::OVERWRITES;
use crate::support::mounts::{Mount, with_own_mounts};
use crate::support::util::Tree;

/// A tree in which some names differ in case only.
fn tree() -> Tree {
    Tree::new([
        "s/Dir/x",
        "s/dir/x",
        "s/dir/y",
        "s/README",
        "s/readme",
        "s/ReadMe",
        "s/one",
        "s/\u{e4}",
        "s/\u{c4}",
        "s/sub/Mix",
        "s/sub/mix/z",
    ])
}

/// Checks that what is at the target is each thing whole, and that the failures name the others.
fn check(error: &Error, from: &Path, to: &Path, old: &[&str]) {
    assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error:?}");
    let failed: Vec<PathBuf> =
        error.failures().iter().map(|failure| PathBuf::try_from(failure.path().to_owned()).unwrap()).collect();
    let failed: Vec<_> = failed.iter().map(|path| path.relative_to(from).unwrap().to_owned()).collect();
    for failure in error.failures() {
        let name = failure.path().as_std_path().file_name().unwrap().to_str().unwrap();
        let (path, line) = (failure.path().as_std_path().display().to_string(), failure.to_string());
        assert!(line.contains(&format!("`{path}`")), "{line}");
        let other = ["Dir", "dir", "README", "readme", "ReadMe", "\u{e4}", "\u{c4}", "Mix", "mix"]
            .into_iter()
            .find(|&other| other != name && line.contains(&format!("`{other}`")));
        assert!(other.is_some_and(|other| other.to_lowercase() == name.to_lowercase()), "{line}");
    }
    assert_eq!(failed.len(), 5, "{failed:?}");
    // All else is there, as it is in the source.
    let mut count = 0;
    for entry in from.walk() {
        let entry = entry.unwrap();
        let name = entry.relative_to(from).unwrap();
        if failed.iter().any(|failed| name.is_relative_to(failed)) {
            continue;
        }
        count += 1;
        let copy = to / name;
        match entry.is_file() {
            true => assert_eq!(copy.read_text().unwrap(), entry.read_text().unwrap(), "{name}"),
            false => assert!(copy.is_dir(), "{name}"),
        }
    }
    assert!(count >= 7, "{count}");
    let there = to.walk().filter(Result::is_ok).count();
    assert_eq!(there, count + old.len(), "{:?} {failed:?}", to.walk().collect::<Vec<_>>());
}

#[test]
fn a_name_that_differs_in_case_only_is_a_failure_where_case_is_ignored() {
    if !with_own_mounts("fs::copy::spellings::a_name_that_differs_in_case_only_is_a_failure_where_case_is_ignored") {
        return;
    }
    let tree = tree();
    let Some(exfat) = Mount::exfat(&tree) else { return };
    let from = tree.at("s");
    // A plan cannot know that case is ignored in a place where nothing has a name.
    exfat.at("Known").touch().unwrap();
    for (at, (overwrite, threads)) in OVERWRITES.iter().flat_map(|&policy| [(policy, 1), (policy, 3)]).enumerate() {
        let to = exfat.at(&format!("new{at}"));
        let options = CopyOptions::new().overwrite(overwrite).threads(threads);
        let plan = options.clone().dry_run(true).copy(&from, &to).unwrap_err();
        let error = options.copy(&from, &to).unwrap_err();
        check(&error, &from, &to, &[]);
        assert_eq!(plan.failure_count(), 5, "{plan:?}");
        if overwrite == Overwrite::Refuse {
            continue;
        }
        // Into a directory that is there, with some of it; and once more.
        to.rmtree().unwrap();
        let merged = exfat.at(&format!("merged{at}"));
        (&merged / "DIR").mkdir_all().unwrap();
        (&merged / "DIR/old").touch().unwrap();
        let plan = options.clone().dry_run(true).copy(&from, &merged).unwrap_err();
        for _ in 0..2 {
            let had_y = (&merged / "DIR/y").exists();
            let error = options.clone().preserve_times(true).copy(&from, &merged).unwrap_err();
            // With threads, each time another of both may be the first: what came from the other one stays.
            let is_first = error.failures().iter().all(|failure| !failure.path().as_std_path().ends_with("dir"));
            let old = if had_y && !is_first { &["DIR/old", "DIR/y"][..] } else { &["DIR/old"] };
            check(&error, &from, &merged, old);
            assert_eq!(plan.failure_count(), error.failure_count());
        }
        assert!((&merged / "Dir/old").exists());
        merged.rmtree().unwrap();
    }
}

#[test]
fn names_that_differ_in_case_only_are_two_where_case_counts() {
    let tree = tree();
    if tree.at("S").exists() {
        println!("SKIPPED: this place ignores case");
        return;
    }
    for threads in [1, 3] {
        for overwrite in [Overwrite::Always, Overwrite::IfDifferent, Overwrite::IfNewer] {
            let options = CopyOptions::archive().overwrite(overwrite).threads(threads);
            for _ in 0..2 {
                options.clone().dry_run(true).copy(tree.at("s"), tree.at("to")).unwrap();
                options.copy(tree.at("s"), tree.at("to")).unwrap();
            }
            // One of both is old, the other new.
            for name in ["to/readme", "to/dir/x", "to/\u{e4}"] {
                tree.at(name).unlink().unwrap();
            }
            options.copy(tree.at("s"), tree.at("to")).unwrap();
            let (left, right) =
                (crate::support::snapshot::snapshot(tree.at("s")), crate::support::snapshot::snapshot(tree.at("to")));
            crate::support::snapshot::assert_same(&left, &right, overwrite);
        }
    }
}
