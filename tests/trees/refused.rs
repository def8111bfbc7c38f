//! What is refused before anything is written: copying onto itself, and into itself.

use std::io::ErrorKind;

use waypath::{CopyOptions, Symlinks};

use super::OVERWRITES;
use crate::util::Tree;

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
fn state(tree: &Tree) -> crate::snapshot::Snapshot {
    crate::snapshot::snapshot(tree.as_str())
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

#[cfg(unix)]
#[test]
fn links_are_not_what_they_lead_to() {
    let tree = Tree::new(["d/f", "dlink => d"]);
    CopyOptions::archive().copy(tree.at("dlink"), tree.at("d/x")).unwrap();
    tree.at("dlink").move_to(tree.at("d/y")).unwrap();
    tree.is(["d/", "d/f", "d/x => d", "d/y => d"]);
}

/// Followed links can lead into the copy itself, which never ends.
#[cfg(unix)]
#[test]
fn a_copy_does_not_follow_links_into_itself() {
    let follow = CopyOptions::new().symlinks(Symlinks::Follow);
    for target in ["../copy", "../copy/a", "../copy/a/l"] {
        for threads in [1, 2] {
            let tree = Tree::new(["copy/a/l/", "src/a/f"]);
            crate::util::symlink(&format!("../{target}"), &tree.at("src/a/l"));
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
    if !crate::util::as_nobody("trees::refused::directories_above_need_not_be_readable") {
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
