//! Removing what cannot all be removed, what changes, and what is deep.

use std::collections::HashSet;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use waypath::{Error, Op, RemoveOptions};

use crate::support::ends::EndsWhenDropped;
use crate::support::util::{Tree, as_nobody};

fn mode(tree: &Tree, name: &str, mode: u32) {
    fs::set_permissions(tree.at(name), Permissions::from_mode(mode)).unwrap();
}

/// Operation and path of each failure.
fn failures(error: &Error, tree: &Tree) -> HashSet<(Op, String)> {
    let base = std::path::Path::new(tree.as_str());
    let of = |failure: &Error| {
        assert_eq!(failure.kind(), ErrorKind::PermissionDenied, "{failure}");
        (failure.op(), failure.path().as_std_path().strip_prefix(base).unwrap().to_str().unwrap().to_owned())
    };
    let found: Vec<_> = error.failures().iter().map(of).collect();
    let once: HashSet<_> = found.iter().cloned().collect();
    assert_eq!((once.len(), error.failure_count()), (found.len(), found.len()), "each once: {error:?}");
    once
}

#[test]
fn all_that_can_go_goes_and_each_failure_is_listed_once() {
    if !as_nobody("fs::remove::all_that_can_go_goes_and_each_failure_is_listed_once") {
        return;
    }
    for threads in [1, 2, 4] {
        let tree = Tree::new([
            "x/a/f",
            "x/closed/f",
            "x/closed/sub/f",
            "x/readonly/f",
            "x/readonly/sub/g",
            "x/names/f",
            "x/through/f",
            "x/empty/",
            "x/z/sub/f",
            "x/z/link => ../closed",
            "x/deep/a/b/c/readonly/f",
            "x/deep/a/b/f",
            "x/g",
        ]);
        let closed = [
            ("x/closed", 0o000),
            ("x/readonly", 0o555),
            ("x/names", 0o444),
            ("x/through", 0o311),
            ("x/empty", 0o000),
            ("x/deep/a/b/c/readonly", 0o555),
        ];
        closed.iter().for_each(|&(name, bits)| mode(&tree, name, bits));
        let error = RemoveOptions::new().threads(threads).rmtree(tree.at("x")).unwrap_err();
        let expected = [
            (Op::List, "x/closed"),
            (Op::List, "x/through"),
            (Op::Rmdir, "x/readonly/sub"),
            (Op::Unlink, "x/deep/a/b/c/readonly/f"),
            (Op::Unlink, "x/names/f"),
            (Op::Unlink, "x/readonly/f"),
        ];
        let expected: HashSet<_> = expected.map(|(op, path)| (op, path.to_owned())).into();
        assert_eq!(failures(&error, &tree), expected, "{threads} threads");
        assert_eq!((error.op(), error.kind()), (Op::Rmtree, ErrorKind::PermissionDenied));
        closed.iter().filter(|(name, _)| tree.at(name).exists()).for_each(|&(name, _)| mode(&tree, name, 0o755));
        tree.is([
            "x/",
            "x/closed/",
            "x/closed/f",
            "x/closed/sub/",
            "x/closed/sub/f",
            "x/deep/",
            "x/deep/a/",
            "x/deep/a/b/",
            "x/deep/a/b/c/",
            "x/deep/a/b/c/readonly/",
            "x/deep/a/b/c/readonly/f",
            "x/names/",
            "x/names/f",
            "x/readonly/",
            "x/readonly/f",
            "x/readonly/sub/",
            "x/through/",
            "x/through/f",
        ]);
    }
}

#[test]
fn what_may_not_be_read_is_removed_if_it_is_empty() {
    if !as_nobody("fs::remove::what_may_not_be_read_is_removed_if_it_is_empty") {
        return;
    }
    let tree = Tree::new(["closed/", "d/closed/", "full/f"]);
    ["closed", "d/closed", "full"].iter().for_each(|name| mode(&tree, name, 0));
    assert_eq!(RemoveOptions::new().rmtree(tree.at("closed")).unwrap().directories, 1);
    assert_eq!(RemoveOptions::new().remove(tree.at("d")).unwrap().directories, 2);
    let error = tree.at("full").rmtree().unwrap_err();
    assert_eq!((error.op(), error.kind(), error.failure_count()), (Op::Rmtree, ErrorKind::PermissionDenied, 1));
    mode(&tree, "full", 0o755);
    tree.is(["full/", "full/f"]);
}

#[test]
fn whatever_is_there_is_removed() {
    for threads in [1, 3] {
        let options = RemoveOptions::new().threads(threads);
        let tree = Tree::new(["d/sub/f", "f", "link => d", "flink => f", "dangling => no"]);
        let report = options.remove(tree.at("link")).unwrap();
        assert_eq!((report.links, report.files, report.directories), (1, 0, 0));
        assert_eq!(options.remove(tree.at("flink")).unwrap().links, 1);
        assert_eq!(options.remove(tree.at("dangling")).unwrap().links, 1);
        tree.is(["d/", "d/sub/", "d/sub/f", "f"]);
        assert_eq!(options.remove(tree.at("f")).unwrap().files, 1);
        for gone in ["f", "f/x", "no/where", "d/sub/f/x"] {
            assert_eq!(options.remove(tree.at(gone)).unwrap(), waypath::Report::default(), "{gone}");
        }
        let report = options.remove(tree.at("d")).unwrap();
        assert_eq!((report.files, report.directories), (1, 2));
        tree.is([]);
    }
}

#[test]
fn a_directory_is_cleared_and_stays() {
    for threads in [1, 3] {
        let options = RemoveOptions::new().threads(threads);
        let tree = Tree::new(["d/sub/f", "d/link => ../out", "out/f", "link => d", "f"]);
        let inode = |name| std::os::unix::fs::MetadataExt::ino(&fs::metadata(tree.at(name)).unwrap());
        let before = inode("d");
        let report = options.clear_dir(tree.at("link")).unwrap();
        assert_eq!((report.files, report.directories, report.links), (1, 1, 1));
        assert_eq!(inode("d"), before);
        tree.is(["d/", "f", "link => d", "out/", "out/f"]);
        let kind = |name| options.clear_dir(tree.at(name)).unwrap_err().kind();
        assert_eq!((kind("f"), kind("no")), (ErrorKind::NotADirectory, ErrorKind::NotFound));
    }
}

/// No verb removes, empties or moves away what has no name of its own. The working directory is one that may go.
#[test]
fn what_has_no_name_of_its_own_stays() {
    if !crate::support::util::alone("fs::remove::what_has_no_name_of_its_own_stays") {
        return;
    }
    let tree = Tree::new(["d/sub/f", "d/g", "other/"]);
    std::env::set_current_dir(tree.at("d/sub")).unwrap();
    // Not the root itself: should this fail, it is only a directory that is mounted as one that goes.
    let paths = ["", ".", "..", "../..", "../sub/..", "./."];
    for threads in [1, 3] {
        for path in paths {
            let options = RemoveOptions::new().threads(threads);
            let dry = options.clone().dry_run(true);
            for options in [dry, options] {
                let kinds = [options.rmtree(path), options.remove(path), options.clear_dir(path)];
                let kinds = kinds.map(|result| result.map_err(|error| error.kind()).unwrap_err());
                assert_eq!(kinds, [ErrorKind::InvalidInput; 3], "{path}");
            }
            let path = &waypath::path(path);
            assert_eq!(path.move_to(tree.at("moved")).unwrap_err().kind(), ErrorKind::InvalidInput, "{path}");
            assert_eq!(tree.at("other").move_to(path).unwrap_err().kind(), ErrorKind::InvalidInput, "{path}");
            for always in [waypath::Overwrite::Always, waypath::Overwrite::Refuse] {
                let always = waypath::CopyOptions::new().overwrite(always);
                assert!(
                    always.move_to(path, tree.at("moved")).is_err() && always.move_to(tree.at("other"), path).is_err()
                );
            }
            assert!(path.rename(tree.at("moved")).is_err() && path.replace(tree.at("moved")).is_err(), "{path}");
            assert!(path.rmdir().is_err() && path.unlink().is_err(), "{path}");
            tree.is(["d/", "d/g", "d/sub/", "d/sub/f", "other/"]);
        }
    }
    // The root is only asked for in a dry run, which is refused in the same way.
    for root in ["/", "//", "/.", "/.."] {
        let options = RemoveOptions::new().dry_run(true);
        let kinds = [options.rmtree(root), options.remove(root), options.clear_dir(root)];
        let kinds = kinds.map(|result| result.map_err(|error| error.kind()).unwrap_err());
        assert_eq!(kinds, [ErrorKind::InvalidInput; 3], "{root}");
    }
    // What has a name is cleared, through a link too.
    crate::support::util::symlink("d", &tree.at("link"));
    assert_eq!(RemoveOptions::new().clear_dir(tree.at("link")).unwrap().files, 2);
    tree.is(["d/", "link => d", "other/"]);
}

#[test]
fn a_directory_with_very_many_files_is_removed() {
    const FILES: usize = 3_000;
    for threads in [1, 3] {
        let tree = Tree::new(["d/"]);
        (0..FILES).for_each(|at| drop(fs::File::create(tree.at("d").join(format!("a file, number {at}"))).unwrap()));
        let report = RemoveOptions::new().threads(threads).rmtree(tree.at("d")).unwrap();
        assert_eq!((report.files, report.directories), (FILES as u64, 1));
        tree.is([]);
    }
}

/// Others fill, empty, move and replace what is removed: that ends, and what is no longer touched goes.
#[test]
fn removing_what_changes_ends() {
    const ROUNDS: usize = 30;
    let tree = Tree::new(["stay/f"]);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (tree, is_over) = (&tree, &is_over);
            scope.spawn(move || {
                for round in worker.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let at = |number: usize| tree.at(&format!("x/{}/{}", number % 3, number % 5));
                    // Whatever is there: some of these fail.
                    _ = fs::create_dir_all(at(round).join("deep/er"));
                    _ = fs::write(at(round).join("deep/f"), "");
                    _ = fs::rename(at(round), at(round * 7 + 1));
                    _ = std::os::unix::fs::symlink("../../stay", at(round + 1));
                    _ = fs::rename(tree.at(&format!("x/{}", round % 3)), tree.at("x/9"));
                    _ = fs::write(at(round + 2), "");
                }
            });
        }
        let _end = EndsWhenDropped(&is_over);
        for round in 0..ROUNDS {
            _ = fs::create_dir_all(tree.at("x/0/1/2/3"));
            _ = RemoveOptions::new().threads(1 + round % 3).remove(tree.at("x"));
        }
    });
    tree.at("x").remove().unwrap();
    // The others put more there, through their links.
    assert!(tree.at("stay/f").exists() && !tree.at("x").exists());
}

/// What belongs to the user is removed, whatever its permissions are.
#[test]
fn closed_directories_are_opened_up_if_that_is_wanted() {
    if !as_nobody("fs::remove::closed_directories_are_opened_up_if_that_is_wanted") {
        return;
    }
    let closed = [0o000, 0o111, 0o200, 0o311, 0o400, 0o444, 0o555];
    let make = |tree: &Tree| {
        for bits in closed {
            let name = format!("x/{bits:o}");
            tree.at(&name).join("full/er").mkdir_all().unwrap();
            tree.at(&name).join("full/f").touch().unwrap();
            tree.at(&name).join("f").touch().unwrap();
            tree.at(&name).join("empty").mkdir().unwrap();
            mode(tree, &format!("{name}/full"), bits);
            mode(tree, &format!("{name}/empty"), bits);
            mode(tree, &name, bits);
        }
    };
    for threads in [1, 3] {
        for start in [0o755, 0o555, 0o000] {
            let tree = Tree::new(["x/", "outside/f", "x/link => ../outside"]);
            make(&tree);
            mode(&tree, "outside", 0o555);
            mode(&tree, "x", start);
            let options = RemoveOptions::new().threads(threads);
            assert!(options.rmtree(tree.at("x")).is_err());
            assert!(options.clone().make_writable(true).dry_run(true).rmtree(tree.at("x")).is_err() || start == 0o755);
            let options = options.make_writable(true);
            let report = options.rmtree(tree.at("x")).unwrap_or_else(|error| panic!("{start:o}: {error:?}"));
            assert!(report.directories > closed.len() as u64);
            assert!(!tree.at("x").exists());
            let found = fs::metadata(tree.at("outside")).unwrap();
            assert_eq!(found.permissions().mode() & 0o777, 0o555, "what a link leads to");
            assert!(tree.at("outside/f").exists());
        }
    }
}

#[test]
fn a_temporary_directory_goes_with_all_that_is_in_it() {
    if !as_nobody("fs::remove::a_temporary_directory_goes_with_all_that_is_in_it") {
        return;
    }
    for bits in [0o755, 0o555, 0o000] {
        for closes in [true, false] {
            let dir = waypath::TempDir::new().unwrap();
            let path = dir.to_path_buf();
            (&dir / "sub/closed").mkdir_all().unwrap();
            (&dir / "sub/closed/f").touch().unwrap();
            for name in ["sub/closed/f", "sub/closed", "sub"] {
                fs::set_permissions(&dir / name, Permissions::from_mode(bits)).unwrap();
            }
            if closes {
                dir.close().unwrap()
            } else {
                drop(dir)
            }
            assert!(!path.exists(), "{bits:o}");
        }
    }
}

/// One failure for what is two levels below what may not be changed.
#[test]
fn what_is_below_a_closed_directory_fails_once() {
    if !as_nobody("fs::remove::what_is_below_a_closed_directory_fails_once") {
        return;
    }
    for threads in [1, 3] {
        let tree = Tree::new(["x/a/b/closed/f", "x/a/g", "x/h/i"]);
        mode(&tree, "x/a/b/closed", 0o555);
        let error = RemoveOptions::new().threads(threads).rmtree(tree.at("x")).unwrap_err();
        assert_eq!(failures(&error, &tree), [(Op::Unlink, "x/a/b/closed/f".to_owned())].into());
        mode(&tree, "x/a/b/closed", 0o755);
        tree.is(["x/", "x/a/", "x/a/b/", "x/a/b/closed/", "x/a/b/closed/f"]);
    }
}

#[test]
fn a_dry_run_removes_nothing_that_may_not_be_read() {
    if !as_nobody("fs::remove::a_dry_run_removes_nothing_that_may_not_be_read") {
        return;
    }
    for threads in [1, 3] {
        let tree = Tree::new(["closed/", "d/closed/"]);
        ["closed", "d/closed"].iter().for_each(|name| mode(&tree, name, 0));
        let options = RemoveOptions::new().threads(threads).dry_run(true);
        for options in [options.clone(), options.make_writable(true)] {
            for name in ["closed", "d"] {
                // Whether it could be is not known.
                _ = options.rmtree(tree.at(name));
                _ = options.remove(tree.at(name));
            }
            assert!(tree.at("closed").is_dir() && tree.at("d/closed").is_dir());
            let found = fs::metadata(tree.at("d/closed")).unwrap();
            assert_eq!(found.permissions().mode() & 0o777, 0);
        }
    }
}

#[test]
fn what_is_mounted_inside_is_left_alone_if_that_is_wanted() {
    use crate::support::mounts::{Mount, with_own_mounts};
    if !with_own_mounts("fs::remove::what_is_mounted_inside_is_left_alone_if_that_is_wanted") {
        return;
    }
    for threads in [1, 3] {
        let tree = Tree::new(["x/d/f", "x/e/f", "x/bound/", "outside/kept"]);
        let Some(mount) = Mount::tmpfs(&tree.at("x/d")) else { return };
        mount.at("sub").mkdir().unwrap();
        mount.at("sub/f").touch().unwrap();
        let bind = ["--bind", tree.at("outside").as_str(), tree.at("x/bound").as_str()].map(str::to_owned);
        assert!(std::process::Command::new("mount").args(bind).status().unwrap().success());
        let options = RemoveOptions::new().same_file_system(true).threads(threads);
        let plan = options.clone().dry_run(true).rmtree(tree.at("x")).unwrap();
        let report = options.rmtree(tree.at("x")).unwrap();
        for report in [&plan, &report] {
            assert_eq!((report.files, report.directories), (2, 1));
            let skipped: Vec<_> = report
                .skipped
                .iter()
                .map(|skipped| (skipped.path.as_std_path().to_str().unwrap(), skipped.reason))
                .collect();
            let elsewhere = waypath::SkipReason::OtherFileSystem;
            let expected = [tree.at("x/bound"), tree.at("x/d/tmpfs")];
            assert_eq!(skipped, expected.each_ref().map(|path| (path.as_str(), elsewhere)));
        }
        assert!(mount.at("sub/f").exists() && tree.at("outside/kept").exists());
        assert!(tree.at("x/d").is_dir() && !tree.at("x/e").exists());
        // What is cleared may be where a file system begins.
        assert_eq!(RemoveOptions::new().same_file_system(true).clear_dir(mount.at("")).unwrap().files, 1);
        assert!(std::process::Command::new("umount").arg(tree.at("x/bound")).status().unwrap().success());
    }
}

#[test]
fn any_number_of_threads_may_be_asked_for() {
    let tree = Tree::new(["x/d/f", "x/g"]);
    waypath::CopyOptions::new().threads(usize::MAX).copy(tree.at("x"), tree.at("y")).unwrap();
    waypath::CopyOptions::archive().threads(usize::MAX / 2).copy(tree.at("x"), tree.at("z")).unwrap();
    let listed = tree.at("y").walk().unsorted(true).threads(usize::MAX).count();
    assert!(listed >= 3);
    assert_eq!(RemoveOptions::new().threads(usize::MAX).rmtree(tree.at("y")).unwrap().files, 2);
    assert_eq!(RemoveOptions::new().threads(usize::MAX - 1).rmtree(tree.at("z")).unwrap().files, 2);
    tree.is(["x/", "x/d/", "x/d/f", "x/g"]);
}

/// Another removes the directory when it is empty, which was to be removed next.
#[test]
fn a_directory_that_others_remove_is_no_failure() {
    for threads in [1, 3] {
        let tree = Tree::new(["d/f"]);
        let by_others = tree.at("d");
        let options = RemoveOptions::new().threads(threads).progress(move |_| {
            _ = fs::remove_dir(&by_others);
            ControlFlow::Continue(())
        });
        assert_eq!(options.rmtree(tree.at("d")).unwrap().files, 1, "{threads} threads");
        tree.is([]);
    }
}
