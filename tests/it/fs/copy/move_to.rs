//! Moving to another device: what was copied is removed, everything else stays and is listed.
//!
//! What others do meanwhile is done by the closure for progress, at a known moment.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex};

use waypath::{CopyOptions, Entry, Error, FileKind, Op, Overwrite, Path, Report, Result, TempDir};

use crate::support::snapshot::{assert_same, snapshot};
use crate::support::util::{Tree, as_nobody, fails};

/// A tree here and a directory on another device; none where there is no such device, which is said.
fn two_devices<const N: usize>(lines: [&str; N]) -> Option<(Tree, TempDir)> {
    let tree = Tree::new(lines);
    let device = |path: &Path| fs::metadata(path.as_str()).unwrap().dev();
    let others = ["/dev/shm", "/var/tmp", "/run", env!("CARGO_MANIFEST_DIR")];
    let mut others = others.iter().filter_map(|place| TempDir::new_in(place).ok());
    let other = others.find(|other| device(other) != device(&tree));
    if other.is_none() {
        println!("NOT TESTED: there is no second device here");
    }
    Some((tree, other?))
}

/// Moves `p/src` to `moved` on another device, while something is done, once, when a file was copied.
fn moved_while(tree: &Tree, other: &Path, meanwhile: impl FnOnce() + Send + 'static) -> Result<Report> {
    moved_while_with(CopyOptions::new(), tree, other, meanwhile)
}

fn moved_while_with(
    options: CopyOptions<'_>,
    tree: &Tree,
    other: &Path,
    meanwhile: impl FnOnce() + Send + 'static,
) -> Result<Report> {
    let meanwhile = Arc::new(Mutex::new(Some(meanwhile)));
    let options = options.progress(move |progress| {
        // Of a file that is complete.
        if progress.files > 0
            && let Some(meanwhile) = meanwhile.lock().unwrap().take()
        {
            meanwhile();
        }
        ControlFlow::Continue(())
    });
    options.move_to(tree.at("p/src"), other / "moved")
}

/// The failures, as operation, path below the tree and message.
fn failures(error: &Error, tree: &Tree) -> Vec<(Op, String, String)> {
    let base = std::path::Path::new(tree.as_str());
    let of = |failure: &Error| {
        let path = failure.path().as_std_path().strip_prefix(base).unwrap().to_str().unwrap().to_owned();
        (failure.op(), path, failure.io_error().unwrap().to_string())
    };
    let mut failures: Vec<_> = error.failures().iter().map(of).collect();
    failures.sort_by(|left, right| left.1.cmp(&right.1));
    failures
}

#[track_caller]
fn are(error: &Error, tree: &Tree, expected: &[(Op, &str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(op, path, message)| (*op, (*path).to_owned(), (*message).to_owned())).collect();
    assert_eq!(failures(error, tree), expected, "{error:?}");
}

const CHANGED: &str = "it was changed while it was copied";
const APPEARED: &str = "it appeared while the directory was copied";
const NO_LONGER: &str = "the copy is complete, but the original stays: it is no longer the directory that was copied";

/// Whether nothing counts as done, as of a move whose copy was taken back.
fn has_done_nothing(error: &Error) -> bool {
    error.report().is_none_or(|report| *report == Report::default())
}

fn lines(path: &Path) -> Vec<String> {
    let names = path.rglob("*").unwrap().map(|entry| entry.unwrap().into_path());
    names.map(|name| name.relative_to(path).unwrap().as_posix().into_owned()).collect()
}

#[test]
fn what_takes_the_place_of_the_parent_is_not_removed() {
    for threads in [1, 3] {
        let Some((tree, other)) = two_devices(["p/src/d/f", "p/src/g", "outside/src/d/f", "outside/src/g"]) else {
            return;
        };
        let outside = snapshot(tree.at("outside"));
        let (from, to) = (tree.at("p"), tree.at("away"));
        let report = moved_while_with(CopyOptions::new().threads(threads), &tree, &other, move || {
            fs::rename(&from, &to).unwrap();
            std::os::unix::fs::symlink("outside", &from).unwrap();
        });
        assert_eq!(report.unwrap().files, 2);
        assert_same(&snapshot(tree.at("outside")), &outside, "outside");
        assert_eq!(lines(&tree.at("away")), [""; 0], "what was copied is gone from where it went");
        assert_eq!(lines(&other), ["moved", "moved/d", "moved/d/f", "moved/g"]);
    }
}

#[test]
fn what_takes_the_place_of_the_tree_is_not_removed() {
    for threads in [1, 3] {
        let Some((tree, other)) = two_devices(["p/src/d/f", "p/src/g", "new/d/f", "new/h"]) else { return };
        let [src, away, new] = ["p/src", "away", "new"].map(|name| tree.at(name));
        let error = moved_while_with(CopyOptions::new().threads(threads), &tree, &other, move || {
            fs::rename(&src, away).unwrap();
            fs::rename(new, &src).unwrap();
        });
        let error = fails(error, Op::Move, ErrorKind::Other);
        are(&error, &tree, &[(Op::Move, "p/src", NO_LONGER)]);
        tree.is(["away/", "p/", "p/src/", "p/src/d/", "p/src/d/f", "p/src/h"]);
        assert_eq!(lines(&other), ["moved", "moved/d", "moved/d/f", "moved/g"]);
    }
}

#[test]
fn what_takes_the_place_of_a_directory_in_the_tree_is_not_removed() {
    let Some((tree, other)) = two_devices(["p/src/d/f", "new/f", "link/", "p/src/e/f"]) else { return };
    let [d, e, away, new] = ["p/src/d", "p/src/e", "away", "new"].map(|name| tree.at(name));
    let copied = (&other / "moved").to_path_buf();
    let files = Arc::new(Mutex::new(0));
    let options = CopyOptions::new().progress(move |progress| {
        // When both were copied.
        if progress.files == 2 && std::mem::replace(&mut *files.lock().unwrap(), 2) == 0 {
            fs::rename(&d, &away).unwrap();
            fs::rename(&new, &d).unwrap();
            fs::rename(&e, away.join("e")).unwrap();
            std::os::unix::fs::symlink(&away, &e).unwrap();
        }
        ControlFlow::Continue(())
    });
    let error = fails(options.move_to(tree.at("p/src"), &copied), Op::Move, ErrorKind::Other);
    let is_another = "it is no longer the directory that was copied";
    are(&error, &tree, &[(Op::Rmdir, "p/src/d", is_another), (Op::Unlink, "p/src/e", CHANGED)]);
    assert!(tree.at("p/src/d/f").exists() && tree.at("away/e/f").exists());
    assert_eq!(lines(&copied), ["d", "d/f", "e", "e/f"]);
}

#[test]
fn only_what_is_unchanged_is_removed() {
    const FILES: usize = 30;
    for threads in [1, 3] {
        let Some((tree, other)) = two_devices(["p/src/"]) else { return };
        for at in 0..FILES {
            tree.at(&format!("p/src/{at}")).write_text("content").unwrap();
        }
        crate::support::util::symlink("nowhere", &tree.at("p/src/link"));
        crate::support::util::symlink("nowhere", &tree.at("p/src/stays"));
        let src = tree.at("p/src");
        let count = Arc::new(Mutex::new(0));
        let options = CopyOptions::new().threads(threads).progress(move |progress| {
            *count.lock().unwrap() += 1;
            // When all were copied, as nothing else comes after them.
            if progress.files == FILES as u64 + 2 {
                let mut appended = fs::File::options().append(true).open(&src / "0").unwrap();
                appended.write_all(b" and more").unwrap();
                fs::write(&src / "1", "rewrite").unwrap();
                fs::write(&src / "2.new", "content").unwrap();
                fs::rename(&src / "2.new", &src / "2").unwrap();
                fs::remove_file(&src / "3").unwrap();
                fs::remove_file(&src / "link").unwrap();
                std::os::unix::fs::symlink("elsewhere", &src / "link").unwrap();
                fs::write(&src / "appeared", "").unwrap();
                fs::create_dir(&src / "d").unwrap();
                fs::write(&src / "d/in it", "").unwrap();
                fs::create_dir(&src / "empty").unwrap();
            }
            ControlFlow::Continue(())
        });
        let error = fails(options.move_to(tree.at("p/src"), &other / "moved"), Op::Move, ErrorKind::Other);
        are(
            &error,
            &tree,
            &[
                (Op::Unlink, "p/src/0", CHANGED),
                (Op::Unlink, "p/src/1", CHANGED),
                (Op::Unlink, "p/src/2", CHANGED),
                (Op::Unlink, "p/src/appeared", APPEARED),
                (Op::Rmdir, "p/src/d", APPEARED),
                (Op::Rmdir, "p/src/empty", APPEARED),
                (Op::Unlink, "p/src/link", CHANGED),
            ],
        );
        assert!(error.to_string().contains("the copy is complete"), "{error}");
        tree.is([
            "p/",
            "p/src/",
            "p/src/0: content and more",
            "p/src/1: rewrite",
            "p/src/2: content",
            "p/src/appeared: ",
            "p/src/d/",
            "p/src/d/in it: ",
            "p/src/empty/",
            "p/src/link => elsewhere",
        ]);
        assert_eq!(lines(&(&other / "moved")).len(), FILES + 2);
    }
}

/// The system counts it as a change of a file that one of its names is removed.
#[test]
fn names_of_one_file_are_removed_together() {
    for threads in [1, 3] {
        let Some((tree, other)) = two_devices(["p/src/a/f", "p/src/b/", "outside/"]) else { return };
        for name in ["p/src/a/g", "p/src/b/f", "p/src/b/g", "p/src/h", "outside/f"] {
            fs::hard_link(tree.at("p/src/a/f"), tree.at(name)).unwrap();
        }
        let options = CopyOptions::new().threads(threads);
        let report = options.move_to(tree.at("p/src"), &other / "moved").unwrap();
        assert_eq!((report.files, report.hard_links), (1, 4));
        tree.is(["outside/", "outside/f", "p/"]);
        assert_eq!(fs::metadata(&other / "moved/h").unwrap().nlink(), 5);
    }
}

#[test]
fn a_file_with_several_names_that_changes_stays_under_all() {
    let Some((tree, other)) = two_devices(["p/src/a"]) else { return };
    fs::hard_link(tree.at("p/src/a"), tree.at("p/src/b")).unwrap();
    fs::hard_link(tree.at("p/src/a"), tree.at("p/src/c")).unwrap();
    // Between the first and the second name: the copy has the old content under all names.
    let src = tree.at("p/src");
    let error = moved_while(&tree, &other, move || fs::write(&src / "a", "new").unwrap());
    let error = fails(error, Op::Move, ErrorKind::Other);
    are(&error, &tree, &["p/src/a", "p/src/b", "p/src/c"].map(|path| (Op::Unlink, path, CHANGED)));
    tree.is(["p/", "p/src/", "p/src/a: new", "p/src/b: new", "p/src/c: new"]);
}

#[test]
fn a_file_that_changes_while_it_is_moved_stays() {
    type Change = fn(&Path);
    let append: Change = |path| fs::File::options().append(true).open(path).unwrap().write_all(b" more").unwrap();
    let rewrite: Change = |path| fs::write(path, "SRC").unwrap();
    let replace: Change = |path| {
        fs::write(path.with_suffix(".new").unwrap(), "src").unwrap();
        fs::rename(path.with_suffix(".new").unwrap(), path).unwrap();
    };
    for (change, content) in [(append, "src more"), (rewrite, "SRC"), (replace, "src")] {
        let Some((tree, other)) = two_devices(["p/src"]) else { return };
        let src = tree.at("p/src");
        let error = fails(moved_while(&tree, &other, move || change(&src)), Op::Move, ErrorKind::Other);
        assert!(error.to_string().ends_with(&format!("the copy is complete, but the original stays: {CHANGED}")));
        assert_eq!(tree.at("p/src").read_text().unwrap(), content);
        assert_eq!((&other / "moved").read_text().unwrap(), "src");
        assert_eq!(lines(&other), ["moved"]);
    }
}

#[test]
fn a_file_that_is_removed_while_it_is_moved_is_no_failure() {
    let Some((tree, other)) = two_devices(["p/src"]) else { return };
    let src = tree.at("p/src");
    moved_while(&tree, &other, move || fs::remove_file(src).unwrap()).unwrap();
    tree.is(["p/"]);
    assert_eq!(lines(&other), ["moved"]);
}

#[test]
fn a_move_that_is_broken_off_leaves_the_source_and_nothing_else() {
    for threads in [1, 3] {
        let Some((tree, other)) = two_devices(["p/src/d/f", "p/src/e/"]) else { return };
        fs::write(tree.at("p/src/large"), vec![b'x'; 3_000_000]).unwrap();
        fs::set_permissions(tree.at("p/src/d"), std::os::unix::fs::PermissionsExt::from_mode(0o555)).unwrap();
        let before = snapshot(tree.at("p"));
        for name in ["p/src", "p/src/large"] {
            let options = CopyOptions::new().threads(threads).progress(|progress| match progress.bytes {
                0..1000 => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            });
            let result = options.move_to(tree.at(name), &other / "moved");
            let error = fails(result, Op::Move, ErrorKind::Interrupted);
            assert_same(&snapshot(tree.at("p")), &before, "the source");
            assert_eq!(lines(&other), [""; 0]);
            assert!(has_done_nothing(&error), "{:?}", error.report());
        }
    }
}

#[test]
fn a_panic_while_something_is_moved_leaves_the_source_and_nothing_else() {
    for (threads, name) in [(1, "p/src"), (3, "p/src"), (1, "p/src/d/f")] {
        let Some((tree, other)) = two_devices(["p/src/d/f", "p/src/e/g", "p/src/h"]) else { return };
        let before = snapshot(tree.at("p"));
        let options = CopyOptions::new().threads(threads).progress(|_| panic!("in the closure"));
        let moved = std::panic::AssertUnwindSafe(|| options.move_to(tree.at(name), &other / "moved"));
        assert!(std::panic::catch_unwind(moved).is_err());
        assert_same(&snapshot(tree.at("p")), &before, "the source");
        assert_eq!(lines(&other).iter().filter(|name| name.starts_with('.')).count(), 0, "{:?}", lines(&other));
    }
}

/// The copy has a temporary name; where that is moved away, or its directory is replaced, that is another one.
#[test]
fn what_takes_the_place_of_a_broken_off_copy_is_not_removed() {
    let Some((tree, other)) = two_devices(["p/src/d/f", "p/src/g"]) else { return };
    let (target, away) = (&other / "target", &other / "away");
    (&target / "keep").mkdir_all().unwrap();
    let meanwhile = {
        let (target, away) = (target.clone(), away.clone());
        move || {
            let name = fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().file_name());
            let name = name.into_iter().find(|name| name.to_str().unwrap().ends_with("-tmp")).unwrap();
            fs::rename(&target, &away).unwrap();
            fs::create_dir_all(std::path::Path::new(target.as_str()).join(&name).join("d")).unwrap();
            fs::write(std::path::Path::new(target.as_str()).join(&name).join("g"), "another").unwrap();
        }
    };
    let meanwhile = Mutex::new(Some(meanwhile));
    let options = CopyOptions::new().progress(move |_| {
        if let Some(meanwhile) = meanwhile.lock().unwrap().take() {
            meanwhile();
        }
        ControlFlow::Break(())
    });
    fails(options.move_to(tree.at("p/src"), &target / "moved"), Op::Move, ErrorKind::Interrupted);
    assert_eq!(lines(&away), ["keep"], "the copy is gone from where it went");
    assert_eq!(lines(&target).len(), 3, "another one's directory stays: {:?}", lines(&target));
    tree.is(["p/", "p/src/", "p/src/d/", "p/src/d/f", "p/src/g"]);
}

#[test]
fn what_appears_under_the_new_name_stays() {
    for name in ["p/src", "p/src/f"] {
        let Some((tree, other)) = two_devices(["p/src/f", "p/src/g"]) else { return };
        let before = snapshot(tree.at("p"));
        let target = &other / "moved";
        let appears = target.clone();
        let options = CopyOptions::new().progress(move |_| {
            fs::write(&appears, "appeared").unwrap();
            ControlFlow::Continue(())
        });
        // A file has its name when its copying is told: it is told within a large one.
        fs::write(tree.at("p/src/f"), vec![b'x'; 300_000]).unwrap();
        let before = if name == "p/src/f" { snapshot(tree.at("p")) } else { before };
        let error = fails(options.move_to(tree.at(name), &target), Op::Move, ErrorKind::AlreadyExists);
        assert_eq!(target.read_text().unwrap(), "appeared");
        assert_eq!(lines(&other), ["moved"], "no temporary");
        if name == "p/src/f" {
            assert_same(&snapshot(tree.at("p")), &before, "the source");
        } else {
            assert!(tree.at("p/src/f").exists() && tree.at("p/src/g").exists());
        }
        assert!(has_done_nothing(&error), "{:?}", error.report());
    }
}

#[test]
fn a_plain_move_is_progress() {
    let tree = Tree::new(["d/f", "g"]);
    for name in ["d", "g"] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tells = told.clone();
        let options = CopyOptions::new().progress(move |progress| {
            tells.lock().unwrap().push((progress.files, progress.bytes, progress.path.clone().into()));
            ControlFlow::Continue(())
        });
        options.move_to(tree.at(name), tree.at("x")).unwrap();
        assert_eq!(*told.lock().unwrap(), [(1, 0, std::path::PathBuf::from(tree.at(name).as_str()))]);
        tree.at("x").move_to(tree.at(name)).unwrap();
    }
}

#[test]
fn a_name_may_change_in_case_only_where_case_does_not_count() {
    use crate::support::mounts::{Mount, with_own_mounts};
    if !with_own_mounts("fs::copy::move_to::a_name_may_change_in_case_only_where_case_does_not_count") {
        return;
    }
    let tree = Tree::new([]);
    let Some(exfat) = Mount::exfat(&tree) else { return };
    exfat.at("foo").write_text("content").unwrap();
    exfat.at("dir").mkdir().unwrap();
    exfat.at("dir/below").touch().unwrap();
    let names = || lines(&exfat.at(""));
    exfat.at("foo").rename(exfat.at("Foo")).unwrap();
    exfat.at("dir").rename(exfat.at("Dir")).unwrap();
    assert_eq!(names(), ["Dir", "Dir/below", "Foo"]);
    exfat.at("Foo").move_to(exfat.at("FOO")).unwrap();
    exfat.at("Dir").move_to(exfat.at("DIR")).unwrap();
    assert_eq!(names(), ["DIR", "DIR/below", "FOO"]);
    exfat.at("FOO").replace(exfat.at("foo")).unwrap();
    assert_eq!(
        (exfat.at("foo").read_text().unwrap(), names()),
        ("content".to_owned(), vec!["DIR".into(), "DIR/below".into(), "foo".into()])
    );
    // Another name, in whatever case, is still refused; and a name of another directory is another.
    exfat.at("DIR/FOO").write_text("other").unwrap();
    assert_eq!(exfat.at("foo").move_to(exfat.at("DIR/Foo")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    let error = exfat.at("DIR/FOO").move_to(exfat.at("foo")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    exfat.at("DIR/FOO").unlink().unwrap();
    exfat.at("other").write_text("other").unwrap();
    assert_eq!(exfat.at("foo").rename(exfat.at("OTHER")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(exfat.at("foo").move_to(exfat.at("Other")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(exfat.at("other").read_text().unwrap(), "other");
}

/// Where case counts, both are there.
#[test]
fn a_file_is_not_moved_onto_its_other_name() {
    let tree = Tree::new(["fa"]);
    fs::hard_link(tree.at("fa"), tree.at("FA")).unwrap();
    for overwrite in super::OVERWRITES {
        let options = CopyOptions::new().overwrite(overwrite);
        assert_eq!(options.move_to(tree.at("fa"), tree.at("FA")).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(tree.at("fa").rename(tree.at("FA")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    for overwrite in super::OVERWRITES {
        let options = CopyOptions::new().overwrite(overwrite);
        assert_eq!(options.move_to(tree.at("fa"), tree.at("fa")).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(lines(&tree), ["FA", "fa"]);
}

/// Here and on another device, if there is one: the directory to move, and where its target is.
fn for_each_place(check: impl Fn(&Tree, &Path)) {
    let lines = ["src/a", "src/both", "src/d/new", "src/d/both", "src/only/deep/f", "src/link => a"];
    let tree = Tree::new(lines);
    (&*tree / "there").mkdir().unwrap();
    check(&tree, &tree.at("there"));
    if let Some((tree, other)) = two_devices(lines) {
        check(&tree, &other);
    }
}

#[test]
fn a_dry_run_leaves_an_empty_directory_that_would_be_merged() {
    for_each_place(|tree, place| {
        let (from, to) = (tree.at("empty"), place / "to");
        from.mkdir().unwrap();
        to.mkdir().unwrap();
        let merge = CopyOptions::new().merge(true);
        merge.clone().dry_run(true).move_to(&from, &to).unwrap();
        assert!(from.is_dir());
        merge.move_to(&from, &to).unwrap();
        assert!(!from.exists());
    });
}

#[test]
fn an_empty_directory_is_replaced() {
    use waypath::Overwrite;
    for_each_place(|tree, place| {
        let (src, to) = (tree.at("src"), place / "to");
        to.mkdir().unwrap();
        let before = snapshot(&src);
        fails(src.move_to(&to), Op::Move, ErrorKind::AlreadyExists);
        let always = CopyOptions::new().overwrite(Overwrite::Always);
        let plan = always.clone().dry_run(true).move_to(&src, &to).unwrap();
        assert_same(&snapshot(&src), &before, "a dry run");
        (&to / "full").touch().unwrap();
        for options in [always.clone(), always.clone().dry_run(true)] {
            let error = fails(options.move_to(&src, &to), Op::Move, ErrorKind::DirectoryNotEmpty);
            assert!(error.to_string().contains("merge(true)"), "{error}");
        }
        assert_same(&snapshot(&src), &before, "refused");
        (&to / "full").unlink().unwrap();
        let report = always.move_to(&src, &to).unwrap();
        assert_eq!((report.files, report.directories, report.links), (plan.files, plan.directories, plan.links));
        assert!(!src.exists());
        assert_same(&snapshot(&to), &before, "moved");
        assert_eq!(lines(place).iter().filter(|name| name.contains("tmp")).count(), 0);
    });
}

#[test]
fn a_directory_moves_into_one_that_is_not_empty() {
    use waypath::Overwrite;
    for_each_place(|tree, place| {
        let to = place / "to";
        let refill = || {
            _ = to.remove();
            (&to / "d").mkdir_all().unwrap();
            for name in ["both", "d/both", "d/old"] {
                (&to / name).write_text("old").unwrap();
            }
        };
        refill();
        let merge = CopyOptions::new().merge(true);
        // What may not be replaced stays on both sides, and is a failure.
        let error = fails(merge.move_to(tree.at("src"), &to), Op::Move, ErrorKind::AlreadyExists);
        assert_eq!(error.failure_count(), 2, "{error:?}");
        assert_eq!(lines(&tree.at("src")), ["both", "d", "d/both"]);
        let all = ["a", "both", "d", "d/both", "d/new", "d/old", "link", "only", "only/deep", "only/deep/f"];
        assert_eq!(lines(&to), all);
        assert_eq!((&to / "both").read_text().unwrap(), "old");
        // Kept by the policy: no failure, and it stays.
        fs::File::open(&to / "both")
            .unwrap()
            .set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(1000))
            .unwrap();
        merge.clone().overwrite(Overwrite::IfNewer).move_to(tree.at("src/both"), &to / "both").unwrap();
        fs::File::open(&to / "d/both")
            .unwrap()
            .set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(1000))
            .unwrap();
        let report = merge.clone().overwrite(Overwrite::IfNewer).move_to(tree.at("src"), &to).unwrap();
        assert_eq!((report.files, report.unchanged), (0, 2));
        assert_eq!(lines(&tree.at("src")), ["both", "d", "d/both"]);
        // And all is moved.
        let plan = merge.clone().overwrite(Overwrite::Always).dry_run(true).move_to(tree.at("src"), &to).unwrap();
        assert_eq!((plan.files, plan.steps.len()), (2, 2), "{plan}");
        let report = merge.overwrite(Overwrite::Always).move_to(tree.at("src"), &to).unwrap();
        assert_eq!(report.files, 2);
        assert!(!tree.at("src").exists());
        assert_eq!(lines(&to), all);
        assert_eq!((&to / "d/both").read_text().unwrap(), "both");
    });
}

#[test]
fn a_plan_of_a_move_to_another_device_is_one_of_copies() {
    let Some((tree, other)) = two_devices(["src/d/f", "src/g", "h"]) else { return };
    for name in ["src", "h"] {
        let options = CopyOptions::new();
        let plan = options.clone().dry_run(true).move_to(tree.at(name), &other / "moved").unwrap();
        assert!(plan.steps.iter().all(|step| step.action != waypath::PlanAction::Rename), "{plan}");
        assert_eq!(lines(&other), [""; 0]);
        let report = options.move_to(tree.at(name), &other / "moved").unwrap();
        assert_eq!((plan.files, plan.directories, plan.bytes), (report.files, report.directories, report.bytes));
        (&other / "moved").remove().unwrap();
    }
}

/// On one device, where each name is renamed.
#[test]
fn what_takes_the_place_of_a_merged_directory_is_not_removed() {
    let tree = Tree::new(["p/src/f", "to/g"]);
    let [src, away] = ["p/src", "p/away"].map(|name| tree.at(name));
    let (from, to) = (src.clone(), tree.at("to"));
    let options = CopyOptions::new().merge(true).progress(move |_| {
        fs::rename(&src, &away).unwrap();
        fs::create_dir(&src).unwrap();
        ControlFlow::Continue(())
    });
    options.move_to(from, to).unwrap();
    tree.is(["p/", "p/away/", "p/src/", "to/", "to/f", "to/g"]);
}

/// What is in a directory: names, contents and links.
fn shown(place: &Path) -> Vec<String> {
    let line = |entry: Result<Entry>| {
        let entry = entry.unwrap();
        let name = entry.relative_to(place).unwrap().as_posix().into_owned();
        match entry.kind() {
            FileKind::Directory => name + "/",
            FileKind::Symlink => format!("{name} => {}", entry.readlink().unwrap()),
            _ => format!("{name}: {}", entry.read_text().unwrap()),
        }
    };
    place.walk().map(line).collect()
}

/// Whatever is moved onto whatever: the same on the same device and to another one, and never through a link.
#[test]
fn what_was_named_is_replaced_on_any_device() {
    use waypath::Overwrite;
    let Some((tree, other)) = two_devices([
        "file/new",
        "link/new => other",
        "dangling/new => gone",
        "up/new => ..",
        "directory/new/in",
        "onto file/new",
        "onto link/behind",
        "onto link/new => behind",
        "onto dangling/new => behind",
        "onto up/behind/kept",
        "onto up/new => behind",
        "onto empty/new/",
        "onto full/new/kept",
        "here/",
    ]) else {
        return;
    };
    let options = CopyOptions::new().overwrite(Overwrite::Always);
    for from in ["file", "link", "dangling", "up", "directory"] {
        for onto in ["onto file", "onto link", "onto dangling", "onto up", "onto empty", "onto full"] {
            let refused = match (from, onto) {
                ("directory", "onto empty") => None,
                ("directory", "onto full") => Some(ErrorKind::DirectoryNotEmpty),
                ("directory", _) => Some(ErrorKind::NotADirectory),
                (_, "onto empty" | "onto full") => Some(ErrorKind::IsADirectory),
                _ => None,
            };
            for place in [&*tree.at("here"), &other] {
                let (source, target) = (tree.at("source"), place / "target");
                CopyOptions::archive().copy(tree.at(from), &source).unwrap();
                CopyOptions::archive().copy(tree.at(onto), &target).unwrap();
                let (moved, before) = (shown(&source), shown(&target));
                let plan = options.clone().dry_run(true).move_to(&source / "new", &target / "new");
                let done = options.move_to(&source / "new", &target / "new");

                let row = format!("{from} {onto} in {place}");
                let kinds = [&plan, &done].map(|result| result.as_ref().err().map(Error::kind));
                assert_eq!(kinds, [refused; 2], "{row}: {done:?}");
                let is_kept = |line: &&String| refused.is_some() || !line.starts_with("new");
                let stays = before.iter().filter(is_kept);
                let expected = stays.chain(moved.iter().filter(|_| refused.is_none()));
                assert!(shown(&target).iter().eq(expected), "{row}: {:?}", shown(&target));
                assert_eq!(shown(&source).len(), if refused.is_some() { moved.len() } else { 0 }, "{row}");
                source.rmtree().unwrap();
                target.rmtree().unwrap();
            }
        }
    }
}

/// Whether a directory that may not be read is empty, the system finds out.
#[test]
fn a_directory_that_may_not_be_read_is_replaced_if_it_is_empty() {
    if !as_nobody("fs::copy::move_to::a_directory_that_may_not_be_read_is_replaced_if_it_is_empty") {
        return;
    }
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path.as_str(), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    let options = CopyOptions::new().overwrite(Overwrite::Always);
    let Some((tree, other)) = two_devices(["a/f", "b/f", "full/g", "empty/"]) else { return };
    for to in [&*tree, &*other] {
        let (full, empty) = (to / "full", to / "empty");
        full.mkdir_all().unwrap();
        empty.mkdir_all().unwrap();
        (&full / "g").touch().unwrap();
        [&full, &empty].iter().for_each(|path| set_mode(path, 0o300));
        fails(options.move_to(tree.at("b"), &full), Op::Move, ErrorKind::DirectoryNotEmpty);
        options.move_to(tree.at("a"), &empty).unwrap();
        set_mode(&full, 0o700);
        assert!((&empty / "f").is_file() && (&full / "g").is_file() && tree.at("b/f").is_file());
        assert_eq!(to.iterdir().filter(|entry| entry.as_ref().unwrap().name().starts_with('.')).count(), 0);
        tree.at("b").copy(tree.at("a")).unwrap();
    }
}
