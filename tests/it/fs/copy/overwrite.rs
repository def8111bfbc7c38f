//! What becomes of something that has the name of a copy.

use std::fs::{File, FileTimes};
use std::io::ErrorKind;
use std::time::{Duration, SystemTime};

use waypath::{CopyOptions, Error, Overwrite, Path, Report, Result};

use super::OVERWRITES;
use crate::support::util::Tree;

fn set_time(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds);
    let file = File::options().write(true).open(path.as_str()).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
}

fn kind(result: Result<Report>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

#[test]
fn a_file_is_replaced_as_each_policy_says() {
    for overwrite in OVERWRITES.into_iter().chain([Overwrite::Skip]) {
        for (time, content) in [(1, "old"), (2, "old"), (3, "old"), (1, "longer"), (2, "longer"), (3, "longer")] {
            let replaced = match overwrite {
                Overwrite::Refuse | Overwrite::Skip => false,
                Overwrite::Always => true,
                Overwrite::IfNewer => time < 2,
                Overwrite::IfDifferent => time != 2 || content != "old",
                _ => unreachable!(),
            };
            let context = format!("{overwrite:?}, {time}, {content}");
            for verb in ["copy", "move", "copy in a tree"] {
                let tree = Tree::new(["a/"]);
                let (old, new) = (tree.at("b/f"), tree.at("a/f"));
                new.write_text("new").unwrap();
                tree.at("b").mkdir().unwrap();
                old.write_text(content).unwrap();
                set_time(&new, 2);
                set_time(&old, time);
                let options = CopyOptions::new().overwrite(overwrite);
                let result = match verb {
                    "copy" => options.copy(&new, &old),
                    "move" => options.move_to(&new, &old),
                    _ => options.copy(tree.at("a"), tree.at("b")),
                };
                let stays = verb != "move" || !replaced;
                assert_eq!(new.exists(), stays, "{verb}: {context}");
                assert_eq!(old.read_text().unwrap(), if replaced { "new" } else { content }, "{verb}: {context}");
                assert_eq!(tree.at("b").iterdir().count(), 1, "nothing else is left: {verb}: {context}");
                match (overwrite, replaced) {
                    (Overwrite::Refuse, _) => assert_eq!(kind(result), Some(ErrorKind::AlreadyExists)),
                    (_, true) => assert_eq!(result.unwrap().files, 1, "{verb}: {context}"),
                    (_, false) => assert_eq!(result.unwrap().unchanged, 1, "{verb}: {context}"),
                }
            }
        }
    }
}

/// A plan says the same.
#[test]
fn what_is_there_is_skipped_and_the_rest_is_added() {
    for threads in [1, 3] {
        let tree = Tree::new(["src/a", "src/d/b", "src/d/new", "src/x", "src/y/f", "to/d/b", "to/d/mine", "to/x/"]);
        tree.at("src/d/b").write_text("other").unwrap();
        let options = CopyOptions::new().overwrite(Overwrite::Skip).threads(threads);
        let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.directories, report.unchanged), (3, 1, 2));
        assert_eq!((plan.files, plan.directories, plan.unchanged), (3, 1, 2));
        let to = tree.at("to").walk().filter(|entry| !entry.as_ref().unwrap().is_dir());
        let files: Vec<_> = to.map(|entry| entry.unwrap().relative().as_posix().into_owned()).collect();
        assert_eq!(files, ["a", "d/b", "d/mine", "d/new", "y/f"]);
        assert_eq!(tree.at("to/d/b").read_text().unwrap(), "b");

        assert_eq!(options.move_to(tree.at("src/x"), tree.at("to/x")).unwrap().unchanged, 1);
        assert_eq!(options.move_to(tree.at("src/d"), tree.at("to/d")).unwrap().unchanged, 1);
        assert!(tree.at("src/x").exists() && tree.at("src/d").exists());
        let error = options.copy(tree.at("src/d"), tree.at("to/a")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotADirectory);
    }
}

#[test]
fn files_and_directories_do_not_replace_each_other() {
    let tree = Tree::new(["d/x", "f", "e/", "other/f/", "other/d"]);
    let before = tree.lines();
    for overwrite in OVERWRITES {
        let refused = |replaced| if overwrite == Overwrite::Refuse { ErrorKind::AlreadyExists } else { replaced };
        let options = CopyOptions::new().overwrite(overwrite);
        for is_move in [false, true] {
            let done = |from: &str, to: &str| match is_move {
                false => kind(options.copy(tree.at(from), tree.at(to))),
                true => kind(options.move_to(tree.at(from), tree.at(to))),
            };
            assert_eq!(done("d", "f"), Some(refused(ErrorKind::NotADirectory)), "{overwrite:?}");
            assert_eq!(done("f", "d"), Some(refused(ErrorKind::IsADirectory)), "{overwrite:?}");
            assert_eq!(done("f", "e"), Some(refused(ErrorKind::IsADirectory)), "{overwrite:?}");
        }
        // A directory that is moved replaces none that is not empty.
        let moved = kind(options.move_to(tree.at("d"), tree.at("other")));
        assert_eq!(moved, Some(refused(ErrorKind::DirectoryNotEmpty)), "{overwrite:?}");
        assert_eq!(tree.lines(), before, "{overwrite:?}");
    }
}

fn paths(error: &Error, base: &Path) -> Vec<String> {
    let of = |failure: &Error| {
        let path = waypath::PathBuf::try_from(failure.path().to_owned()).unwrap();
        path.relative_to(base).unwrap().as_posix().into_owned()
    };
    error.failures().iter().map(of).collect()
}

#[test]
fn a_directory_takes_up_what_is_copied() {
    for overwrite in OVERWRITES {
        for threads in [1, 3] {
            let tree = Tree::new([
                "src/a",
                "src/d/b",
                "src/d/new",
                "src/e/f",
                "src/sub/deep/g",
                "to/a",
                "to/d/b",
                "to/d/mine",
                "to/e",
                "to/sub/deep/g/h",
                "to/z",
            ]);
            for (name, time) in [("src/a", 5), ("to/a", 4), ("src/d/b", 4), ("to/d/b", 5)] {
                tree.at(name).write_text(name).unwrap();
                set_time(&tree.at(name), time);
            }
            let before = tree.lines();
            let options = CopyOptions::new().overwrite(overwrite).threads(threads);
            let error = options.copy(tree.at("src"), tree.at("to")).unwrap_err();
            if overwrite == Overwrite::Refuse {
                assert_eq!(error.kind(), ErrorKind::AlreadyExists);
                assert_eq!(tree.lines(), before);
                continue;
            }
            assert_eq!(paths(&error, &tree.at("src")), ["e", "sub/deep/g"], "{overwrite:?}");
            let kinds: Vec<_> = error.failures().iter().map(Error::kind).collect();
            assert_eq!(kinds, [ErrorKind::NotADirectory, ErrorKind::IsADirectory]);
            let content = |name: &str| tree.at(name).read_text().unwrap();
            assert_eq!(content("to/a"), "src/a");
            assert_eq!(content("to/d/b"), if overwrite == Overwrite::IfNewer { "to/d/b" } else { "src/d/b" });
            let names = |path: &str| {
                let lines = tree.lines().into_iter().filter(|line| line.starts_with(path));
                lines.map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
            };
            let all = [
                "to/",
                "to/a",
                "to/d/",
                "to/d/b",
                "to/d/mine",
                "to/d/new",
                "to/e",
                "to/sub/",
                "to/sub/deep/",
                "to/sub/deep/g/",
                "to/sub/deep/g/h",
                "to/z",
            ];
            assert_eq!(names("to/"), all);
        }
    }
}

#[test]
#[cfg(not(target_family = "wasm"))] // Node sets times in whole seconds.
fn what_is_copied_again_is_unchanged() {
    let tree = Tree::new(["src/d/f", "src/g", "src/empty/"]);
    for threads in [1, 3] {
        let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent).threads(threads);
        options.copy(tree.at("src"), tree.at("to")).unwrap();
        let before = tree.lines();
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.unchanged, report.files, report.directories, report.bytes), (2, 0, 0, 0));
        let report = options.clone().overwrite(Overwrite::IfNewer).copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.unchanged, report.files), (2, 0));
        assert_eq!(tree.lines(), before);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn second_names_are_made_once() {
    for threads in [1, 3] {
        let tree = Tree::new(["src/d/f", "src/g", "to/z"]);
        for name in ["src/a", "src/d/second", "src/z"] {
            std::fs::hard_link(tree.at("src/d/f"), tree.at(name)).unwrap();
        }
        for overwrite in [Overwrite::Always, Overwrite::IfDifferent, Overwrite::IfNewer, Overwrite::Always] {
            let options = CopyOptions::archive().overwrite(overwrite).threads(threads);
            let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
            let done = report.files + report.hard_links + report.unchanged;
            assert_eq!(done, 5, "{overwrite:?}: {report:?}");
            let (left, right) =
                (crate::support::snapshot::snapshot(tree.at("src")), crate::support::snapshot::snapshot(tree.at("to")));
            crate::support::snapshot::assert_same(&left, &right, overwrite);
        }
    }
}

#[cfg(unix)]
mod links {
    use super::*;
    use crate::support::util::symlink;

    #[test]
    fn links_in_a_tree_are_replaced_and_never_followed() {
        for overwrite in [Overwrite::Always, Overwrite::IfDifferent, Overwrite::IfNewer] {
            let tree = Tree::new([
                "out/f",
                "out/d/",
                "to/f => ../out/f",
                "to/l => ../out/f",
                "to/same => x",
                "to/was",
                "to/d => ../out/d",
            ]);
            // Newer than what is at the target.
            for line in ["src/f", "src/d/g", "src/was"] {
                tree.at(line).parent().mkdir_all().unwrap();
                tree.at(line).write_text(tree.at(line).name()).unwrap();
            }
            std::fs::remove_file(tree.at("src/was")).unwrap();
            symlink("elsewhere", &tree.at("src/l"));
            symlink("x", &tree.at("src/same"));
            symlink("y", &tree.at("src/was"));
            let error = CopyOptions::new().overwrite(overwrite).copy(tree.at("src"), tree.at("to")).unwrap_err();
            assert_eq!(
                (error.kind(), paths(&error, &tree.at("src"))),
                (ErrorKind::NotADirectory, vec!["d".to_owned()])
            );
            tree.is([
                "out/",
                "out/d/",
                "out/f",
                "src/",
                "src/d/",
                "src/d/g",
                "src/f",
                "src/l => elsewhere",
                "src/same => x",
                "src/was => y",
                "to/",
                "to/d => ../out/d",
                "to/f",
                "to/l => elsewhere",
                "to/same => x",
                "to/was => y",
            ]);
        }
    }

    /// What a link in a tree leads to is not what has the name, whatever it looks like.
    #[test]
    fn a_link_to_a_file_that_looks_the_same_is_replaced() {
        let tree = Tree::new(["src/f", "other", "to/f => ../other"]);
        tree.at("src/f").write_text("new").unwrap();
        tree.at("other").write_text("old").unwrap();
        ["src/f", "other"].iter().for_each(|name| set_time(&tree.at(name), 0));
        CopyOptions::archive().overwrite(Overwrite::IfDifferent).copy(tree.at("src"), tree.at("to")).unwrap();
        tree.is(["other: old", "src/", "src/f: new", "to/", "to/f: new"]);
    }

    /// A file is made where a link leads, if it can be made there. A directory is not.
    #[test]
    fn a_link_into_a_missing_directory_is_not_replaced() {
        let tree = Tree::new(["d/", "f", "to => no/where"]);
        for overwrite in [Overwrite::Always, Overwrite::IfNewer, Overwrite::IfDifferent] {
            for (from, expected) in [("f", ErrorKind::NotFound), ("d", ErrorKind::NotADirectory)] {
                let result = CopyOptions::new().overwrite(overwrite).copy(tree.at(from), tree.at("to"));
                assert_eq!(kind(result), Some(expected), "{from}: {overwrite:?}");
            }
        }
        tree.is(["d/", "f", "to => no/where"]);
    }

    #[test]
    fn a_link_that_leads_to_the_same_is_unchanged() {
        let tree = Tree::new(["src/l => x", "src/m => y", "to/l => x", "to/m => z"]);
        let options = CopyOptions::new().overwrite(Overwrite::IfDifferent);
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.links, report.unchanged), (1, 1));
        tree.is(["src/", "src/l => x", "src/m => y", "to/", "to/l => x", "to/m => y"]);
    }

    /// As for everything that writes to a path.
    #[test]
    fn a_target_that_is_a_link_stays_one() {
        for overwrite in OVERWRITES {
            let tree = Tree::new(["d/f", "f", "link => d/f", "to => d", "src/g", "no => d/where"]);
            tree.at("f").write_text("new").unwrap();
            set_time(&tree.at("d/f"), 1);
            let options = CopyOptions::new().overwrite(overwrite);
            let results = [("f", "link"), ("src", "to"), ("f", "no")]
                .map(|(from, to)| kind(options.copy(tree.at(from), tree.at(to))));
            if overwrite == Overwrite::Refuse {
                assert_eq!(results, [Some(ErrorKind::AlreadyExists); 3]);
                continue;
            }
            assert_eq!(results, [None; 3], "{overwrite:?}");
            tree.is([
                "d/",
                "d/f: new",
                "d/g",
                "d/where: new",
                "f: new",
                "link => d/f",
                "no => d/where",
                "src/",
                "src/g",
                "to => d",
            ]);
        }
    }
}

#[test]
#[cfg(not(target_family = "wasm"))] // Node makes no second names.
fn a_second_name_is_none_of_a_file_that_stayed() {
    let tree = Tree::new(["src/c", "to/"]);
    tree.at("src/d").hardlink_to(tree.at("src/c")).unwrap();
    tree.at("src/c").write_text("from the source").unwrap();
    set_time(&tree.at("src/c"), 0);
    tree.at("to/c").write_text("newer").unwrap();

    CopyOptions::archive().overwrite(Overwrite::IfNewer).copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!(tree.at("to/c").read_text().unwrap(), "newer");
    assert_eq!(tree.at("to/d").read_text().unwrap(), "from the source");
}

/// With a file that has no name until it is whole, and with one that has a temporary name.
#[test]
fn what_appears_while_a_file_is_copied_stays() {
    for mode in [true, false] {
        for verb in ["a file", "a tree"] {
            let tree = Tree::new(["a/", "b/"]);
            tree.at("a/f").write_bytes(vec![b'x'; 300_000]).unwrap();
            let appears = tree.at("b/f");
            let options = CopyOptions::new().preserve_mode(mode).merge(true).progress(move |_| {
                std::fs::write(appears.as_str(), "appeared").unwrap();
                std::ops::ControlFlow::Continue(())
            });
            let result = match verb {
                "a file" => options.copy(tree.at("a/f"), tree.at("b/f")),
                _ => options.copy(tree.at("a"), tree.at("b")),
            };
            assert_eq!(kind(result), Some(ErrorKind::AlreadyExists), "{mode}: {verb}");
            assert_eq!(tree.at("b/f").read_text().unwrap(), "appeared", "{mode}: {verb}");
            assert_eq!(tree.at("b").iterdir().count(), 1, "{mode}: {verb}: nothing is left over");
        }
    }
}

#[test]
fn a_directory_is_not_merged_into_a_file() {
    let tree = Tree::new(["d/", "to"]);
    for (overwrite, expected) in
        [(Overwrite::Refuse, ErrorKind::AlreadyExists), (Overwrite::Always, ErrorKind::NotADirectory)]
    {
        let result = CopyOptions::new().overwrite(overwrite).merge(true).copy(tree.at("d"), tree.at("to"));
        assert_eq!(kind(result), Some(expected), "{overwrite:?}");
    }
    tree.is(["d/", "to"]);
}

/// A file that nobody may read matters only if it has to be copied.
#[cfg(unix)]
#[test]
fn what_stays_need_not_be_readable() {
    use std::os::unix::fs::PermissionsExt;

    use crate::support::util::as_nobody;

    if !as_nobody("fs::copy::overwrite::what_stays_need_not_be_readable") {
        return;
    }
    let close = |path: &Path| {
        set_time(path, 1);
        std::fs::set_permissions(path.as_str(), PermissionsExt::from_mode(0o200)).unwrap();
    };
    for (overwrite, is_same, stays) in [
        (Overwrite::Skip, false, true),
        (Overwrite::IfNewer, false, true),
        (Overwrite::IfDifferent, true, true),
        (Overwrite::IfDifferent, false, false),
        (Overwrite::Always, true, false),
    ] {
        let tree = Tree::new(["src/d/f", "src/g", "to/d/f"]);
        close(&tree.at("src/d/f"));
        if is_same {
            close(&tree.at("to/d/f"));
        }
        let options = CopyOptions::archive().overwrite(overwrite).merge(true);
        for is_dry in [true, false] {
            let report = match options.clone().dry_run(is_dry).copy(tree.at("src"), tree.at("to")) {
                Ok(report) if stays => report,
                Err(error) if !stays => {
                    assert_eq!((error.kind(), error.failure_count()), (ErrorKind::PermissionDenied, 1), "{error}");
                    error.report().unwrap().clone()
                }
                result => panic!("{overwrite:?}: {result:?}"),
            };
            assert_eq!((report.files, report.unchanged), (1, stays.into()), "{overwrite:?}");
            assert_eq!(tree.at("to/g").exists(), !is_dry, "{overwrite:?}");
        }
    }
    let tree = Tree::new(["src/f", "to/f"]);
    close(&tree.at("src/f"));
    close(&tree.at("to/f"));
    let report = tree.at("src").mirror_to(tree.at("to")).unwrap();
    assert_eq!((report.files, report.unchanged), (0, 1));
}
