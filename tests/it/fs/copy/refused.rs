//! What is refused before anything is written: copying onto itself, and into itself.

use std::io::ErrorKind;

use waypath::{CopyOptions, Symlinks};

use super::OVERWRITES;
use crate::support::util::Tree;

/// Copies and moves, in every way in which that can be asked, and checks that each is refused and has done nothing.
#[track_caller]
fn refused(tree: &Tree, pairs: &[(&str, &str)], symlinks: &[Symlinks], with_moves: bool) {
    let before = state(tree);
    for overwrite in OVERWRITES {
        for (&symlinks, &(from, to)) in symlinks.iter().flat_map(|links| pairs.iter().map(move |pair| (links, pair))) {
            let (from, to) = (tree.at(from), tree.at(to));
            for options in [CopyOptions::new(), CopyOptions::archive(), CopyOptions::new().threads(2).dry_run(true)] {
                let options = options.overwrite(overwrite).symlinks(symlinks);
                let copied = options.copy(&from, &to).map_err(|error| error.kind());
                assert_eq!(copied.unwrap_err(), ErrorKind::InvalidInput, "copy {from} to {to}: {options:?}");
                if with_moves {
                    let moved = options.move_to(&from, &to).map_err(|error| error.kind());
                    assert_eq!(moved.unwrap_err(), ErrorKind::InvalidInput, "move {from} to {to}: {options:?}");
                }
            }
            assert_eq!(state(tree), before, "{from} to {to}");
        }
    }
}

#[cfg(target_os = "linux")]
fn state(tree: &Tree) -> crate::support::snapshot::Snapshot {
    crate::support::snapshot::snapshot(tree.as_str())
}

#[cfg(not(target_os = "linux"))]
fn state(tree: &Tree) -> Vec<String> {
    tree.lines()
}

const ALL: [Symlinks; 3] = [Symlinks::KeepInside, Symlinks::Keep, Symlinks::Follow];

#[test]
fn nothing_is_copied_or_moved_onto_itself() {
    let tree = Tree::new(["d/sub/f", "f"]);
    refused(&tree, &[("f", "f"), ("f", "d/../f"), ("d", "d"), ("d", "d/../d"), ("d/sub", "d/sub")], &ALL, true);
}

#[cfg(unix)]
#[test]
fn nothing_is_copied_or_moved_onto_itself_under_another_name() {
    let tree = Tree::new(["d/sub/f", "f", "link => f", "far => d/back", "d/back => ../link", "dlink => d"]);
    std::fs::hard_link(tree.at("f"), tree.at("hard")).unwrap();
    let files = [("f", "hard"), ("hard", "f"), ("f", "dlink/../f"), ("f", "link"), ("link", "f"), ("link", "hard")];
    refused(&tree, &files, &ALL, true);
    let links = [("f", "far"), ("far", "hard"), ("link", "link"), ("dlink", "dlink")];
    refused(&tree, &links, &ALL, true);
    // What both lead to is one file; copied as links, they are two.
    refused(&tree, &[("far", "link")], &[Symlinks::KeepInside, Symlinks::Follow], false);
    refused(&tree, &[("d", "dlink"), ("dlink", "d"), ("d/sub", "dlink/sub"), ("dlink/sub/f", "d/sub/f")], &ALL, true);
    let options = CopyOptions::new().overwrite(waypath::Overwrite::Always).symlinks(Symlinks::Keep);
    options.copy(tree.at("far"), tree.at("link")).unwrap();
    assert_eq!(tree.at("link").readlink().unwrap(), "d/back");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_copied_or_moved_onto_itself() {
    let tree = Tree::new(["dang => nope", "d/", "here => ."]);
    std::fs::hard_link(tree.at("dang"), tree.at("hard")).unwrap();
    let pairs = [("dang", "dang"), ("dang", "d/../dang"), ("here/dang", "dang"), ("dang", "hard"), ("hard", "dang")];
    refused(&tree, &pairs, &[Symlinks::Keep], true);
    let options = CopyOptions::archive().overwrite(waypath::Overwrite::Always);
    let copied = options.copy_into(tree.at("dang"), tree.at("here")).map_err(|error| error.kind());
    assert_eq!(copied.unwrap_err(), ErrorKind::InvalidInput);
    let moved = options.move_into(tree.at("dang"), tree.at("d/..")).map_err(|error| error.kind());
    assert_eq!(moved.unwrap_err(), ErrorKind::InvalidInput);
    tree.is(["d/", "dang => nope", "hard => nope", "here => ."]);
}

#[test]
fn nothing_is_copied_or_moved_into_itself() {
    let tree = Tree::new(["d/sub/f", "e/"]);
    let pairs = [("d", "d/x"), ("d", "d/sub/x"), ("d", "d/sub"), ("d", "d/sub/../x"), ("d", "e/../d/x")];
    refused(&tree, &pairs, &ALL, true);
    refused(&tree, &[("", "x"), ("", "d/x"), ("d", "d/sub/f")], &ALL, true);
}

#[cfg(unix)]
#[test]
fn nothing_is_copied_or_moved_into_itself_through_links() {
    let tree = Tree::new(["d/sub/f", "dlink => d", "sub => d/sub", "here => .", "d/up => .."]);
    let pairs = [("d", "dlink/x"), ("d", "sub/x"), ("d", "here/d/x"), ("here/d", "d/sub/x"), ("d", "d/up/d/x")];
    refused(&tree, &pairs, &ALL, true);
    refused(&tree, &[("dlink", "d/x"), ("dlink", "sub/x"), ("here", "d/x")], &[ALL[0], ALL[2]], false);
}

/// The target lies in the source, but no way leads to it.
#[test]
fn what_is_excluded_may_be_copied_into() {
    for (pattern, to) in [
        ("dist", "src/dist/out"),
        ("dist/", "src/dist/out"),
        ("**/out", "src/dist/out"),
        ("dist/**", "src/dist/out"),
        ("out", "src/out"),
        ("dist", "src/dist"),
        ("dist", "src/a/../dist/deep/out"),
    ] {
        for threads in [1, 3] {
            let tree = Tree::new(["src/a/f", "src/dist/deep/", "src/dist/old"]);
            let options = CopyOptions::new().exclude(pattern).threads(threads).overwrite(waypath::Overwrite::Always);
            let (from, to) = (tree.at("src"), tree.at(to));
            let mut plan = options.clone().dry_run(true).copy(&from, &to).unwrap();
            let mut report = options.copy(&from, &to).unwrap();
            plan.steps.clear();
            (report.by_system, report.shared) = (0, 0);
            if cfg!(not(unix)) {
                // A directory is listed as it was when it was opened, which is before the destination is made.
                plan.skipped.retain(|skipped| skipped.path != std::path::Path::new(to.as_str()));
                report.skipped.retain(|skipped| skipped.path != std::path::Path::new(to.as_str()));
            }
            assert_eq!(plan, report, "{pattern}: {to}");
            assert_eq!((&to / "a/f").read_text().unwrap(), "f", "{pattern}: {to}");
            assert!(!(&to / "dist/out").exists() && !(&to / "out").exists(), "{pattern}: {to}");
        }
    }
    let tree = Tree::new(["src/a/f", "src/dist/"]);
    for (pattern, to) in
        [("dist", "src/out"), ("a", "src/dist/out"), ("dist/o", "src/dist/out"), ("src", "src/dist/out")]
    {
        for dry_run in [true, false] {
            let options = CopyOptions::new().exclude(pattern).dry_run(dry_run);
            let kind = options.copy(tree.at("src"), tree.at(to)).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::InvalidInput, "{pattern}: {to}");
            let kind = options.move_to(tree.at("src"), tree.at(to)).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::InvalidInput, "what is moved is moved whole");
        }
    }
    tree.is(["src/", "src/a/", "src/a/f", "src/dist/"]);
}

#[cfg(unix)]
#[test]
fn what_is_excluded_is_not_copied_into_by_another_way() {
    for (to, symlinks, links) in [
        ("src/dist/out", Symlinks::Follow, true),
        ("here/dist/out", Symlinks::Follow, true),
        ("src/dist/out", Symlinks::KeepInside, false),
        ("here/a/../dist/out", Symlinks::Keep, false),
    ] {
        for threads in [1, 3] {
            let tree = Tree::new(["src/a/f", "src/dist/old", "here => src", "src/way => dist"]);
            let options = CopyOptions::new().exclude("dist").symlinks(symlinks).threads(threads);
            let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at(to));
            let done = options.copy(tree.at("src"), tree.at(to));
            assert!(tree.at("src/dist/out/a/f").is_file());
            assert_eq!(done.is_err(), links, "{to}: {done:?}");
            if let (Err(plan), Err(done)) = (&plan, &done) {
                let failed = [plan, done]
                    .map(|error| (error.failures()[0].path().to_owned(), error.kind(), error.failure_count()));
                assert_eq!(failed[0], failed[1]);
                assert_eq!(failed[0].0, std::path::Path::new(tree.at("src/way/out").as_str()));
            }
            assert_eq!(plan.is_err(), links);
            assert!(tree.lines().len() < 20);
        }
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_what_they_lead_to() {
    let tree = Tree::new(["d/f", "dlink => d"]);
    CopyOptions::archive().copy(tree.at("dlink"), tree.at("d/x")).unwrap();
    tree.at("dlink").move_to(tree.at("d/y")).unwrap();
    tree.is(["d/", "d/f", "d/x => d", "d/y => d"]);
}

/// What lies beside a directory that a link leads to lands beside its copy, whichever thread copies it.
#[cfg(unix)]
#[test]
fn what_follows_a_followed_directory_lands_beside_it() {
    for threads in [1, 4] {
        let tree = Tree::new(["src/a/x/y", "src/b/link => ../a", "src/b/next/z", "src/b/last", "src/c/d => ../b"]);
        let options = CopyOptions::new().symlinks(Symlinks::Follow).threads(threads);
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.files, report.directories), (7, 12), "{report}");
        let lines: Vec<_> = tree.lines().into_iter().filter(|line| line.starts_with("to/")).collect();
        let expected = [
            "to/",
            "to/a/",
            "to/a/x/",
            "to/a/x/y",
            "to/b/",
            "to/b/last",
            "to/b/link/",
            "to/b/link/x/",
            "to/b/link/x/y",
            "to/b/next/",
            "to/b/next/z",
            "to/c/",
            "to/c/d/",
            "to/c/d/last",
            "to/c/d/link/",
            "to/c/d/link/x/",
            "to/c/d/link/x/y",
            "to/c/d/next/",
            "to/c/d/next/z",
        ];
        assert_eq!(lines, expected, "{threads} threads");
    }
}

/// A directory of the target that is refused leaves the copy where it was: what comes next lands beside it.
#[cfg(unix)]
#[test]
fn what_follows_a_refused_directory_lands_beside_it() {
    for threads in [1, 4] {
        let tree =
            Tree::new(["src/a/f", "src/a/up => ..", "src/a/z/g", "src/m/into => ../../to/m", "src/m/n/h", "to/m/old"]);
        let options = CopyOptions::new().symlinks(Symlinks::Follow).threads(threads);
        let options = options.overwrite(waypath::Overwrite::Always);
        let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap_err();
        let error = options.copy(tree.at("src"), tree.at("to")).unwrap_err();
        let failed = [&plan, &error].map(|error| {
            error.failures().iter().map(|failure| (failure.path().to_owned(), failure.kind())).collect::<Vec<_>>()
        });
        assert_eq!(failed[0], failed[1]);
        assert_eq!(failed[0].len(), 2, "{error:?}");
        let lines: Vec<_> = tree.lines().into_iter().filter(|line| line.starts_with("to/")).collect();
        assert_eq!(
            lines,
            ["to/", "to/a/", "to/a/f", "to/a/z/", "to/a/z/g", "to/m/", "to/m/n/", "to/m/n/h", "to/m/old"]
        );
    }
}

/// A link that leads back is refused where it is, also by threads that are given some of the directories beside it.
#[cfg(unix)]
#[test]
fn every_thread_refuses_links_that_lead_back() {
    const COUNT: usize = 24;
    let tree = Tree::new(["src/"]);
    for at in 0..COUNT {
        let directory = tree.at(&format!("src/{at}"));
        directory.mkdir().unwrap();
        crate::support::util::symlink("..", &directory.join("up"));
    }
    for threads in [1, 4] {
        let to = tree.at(&format!("to{threads}"));
        let options = CopyOptions::new().symlinks(Symlinks::Follow).threads(threads);
        let error = options.copy(tree.at("src"), &to).unwrap_err();
        assert_eq!(error.failures().len(), COUNT, "{threads} threads");
        assert_eq!(Tree::lines_of(&to).len(), COUNT, "{threads} threads");
    }
}

/// Followed links can lead into the copy itself, which never ends.
#[cfg(unix)]
#[test]
fn a_copy_does_not_follow_links_into_itself() {
    let follow = CopyOptions::new().symlinks(Symlinks::Follow);
    for target in ["../copy", "../copy/a", "../copy/a/l"] {
        for threads in [1, 2] {
            let tree = Tree::new(["copy/a/l/", "src/a/f"]);
            crate::support::util::symlink(&format!("../{target}"), &tree.at("src/a/l"));
            let options = follow.clone().overwrite(waypath::Overwrite::Always).threads(threads);
            let result = options.copy(tree.at("src"), tree.at("copy"));
            let lines = tree.lines();
            assert!(lines.len() < 20, "{target}: {lines:?}");
            assert!(lines.contains(&"copy/a/f".to_owned()), "{target}: {lines:?}");
            assert!(result.is_err(), "{target}: {lines:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn directories_above_need_not_be_readable() {
    if !crate::support::util::as_nobody("fs::copy::refused::directories_above_need_not_be_readable") {
        return;
    }
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let tree = Tree::new(["closed/in/src/f", "closed/old/f", "drop/"]);
    let closed = [tree.at("closed"), tree.at("closed/in"), tree.at("drop")];
    closed.iter().for_each(|path| set_permissions(path, Permissions::from_mode(0o311)).unwrap());
    let at = |name: &str| tree.at(name);
    let tried = [
        ("copy a directory", at("closed/in/src").copy(at("closed/in/copy")).err()),
        ("copy a file", at("closed/in/src/f").copy(at("closed/in/file")).err()),
        ("copy into", at("closed/in/src").copy_into(at("drop")).err()),
        ("move", at("closed/in/copy").move_into(at("drop")).err()),
        ("remove a file", at("closed/in/file").remove().err()),
        ("remove a directory", at("closed/old").rmtree().err()),
    ];
    let failed: Vec<_> = tried.iter().filter(|(_, error)| error.is_some()).collect();
    closed.iter().for_each(|path| set_permissions(path, Permissions::from_mode(0o755)).unwrap());
    assert!(failed.is_empty(), "{failed:?}");
    tree.is([
        "closed/",
        "closed/in/",
        "closed/in/src/",
        "closed/in/src/f",
        "drop/",
        "drop/copy/",
        "drop/copy/f",
        "drop/src/",
        "drop/src/f",
    ]);
}

/// Renaming fails between two mounts of one directory, as between two devices: what would be copied onto itself, and
/// then removed, is told by its identity.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_moved_onto_itself_through_another_mount() {
    use crate::support::mounts::{Mount, with_own_mounts};
    if !with_own_mounts("fs::copy::refused::nothing_is_moved_onto_itself_through_another_mount") {
        return;
    }
    let tree = Tree::new(["src/d/g", "src/f"]);
    let Some(mount) = Mount::again(&tree.at("src"), &tree) else { return };
    let before = tree.lines();
    let at = |name: &str| mount.at(name);
    for overwrite in super::OVERWRITES {
        let options = CopyOptions::new().overwrite(overwrite);
        let results = [
            options.copy(tree.at("src"), at(".")),
            options.copy(tree.at("src/f"), at("f")),
            options.copy(tree.at("src"), at("in")),
            options.copy(tree.at("src/d"), at("d/in")),
            options.move_to(tree.at("src/f"), at("f")),
            options.move_to(tree.at("src/d"), at("d")),
            options.clone().merge(true).move_to(tree.at("src/d"), at("d")),
            options.move_to(tree.at("src/d"), at("d/in")),
            options.move_to(tree.at("src"), at("in")),
        ];
        for (index, result) in results.into_iter().enumerate() {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidInput, "{overwrite:?}, {index}");
        }
        assert_eq!(tree.lines(), before);
    }
    tree.at("src/f").move_to(at("moved")).unwrap();
    tree.at("src/d").move_to(at("e")).unwrap();
    drop(mount);
    tree.is(["again/", "src/", "src/e/", "src/e/g", "src/moved: f"]);
}
