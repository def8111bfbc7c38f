//! What an error adds when it is printed as a script's `main` prints it.

use waypath::{Error, Path, RemoveOptions, Result, Root, TempFile, path};

use crate::support::util::Tree;

/// Checks what is printed below the line of the error. `DIR` stands for the tree, and `/` for the system's
/// separator.
#[track_caller]
fn adds<T: std::fmt::Debug, const N: usize>(tree: &Path, result: Result<T>, expected: [&str; N]) {
    let error = result.expect_err("it should fail");
    let printed = format!("{error:?}");
    let added = printed.strip_prefix(&error.to_string()).expect("the line comes first");
    let added = added.replace(tree.as_str(), "DIR").replace(std::path::MAIN_SEPARATOR, "/");
    let lines: Vec<_> =
        added.split('\n').skip(1).map(|line| line.strip_prefix("  ").expect("it stands below")).collect();
    assert_eq!(lines, expected, "{error}");
}

#[test]
fn what_is_missing_first_is_said_and_names_like_it() {
    let tree =
        Tree::new(["notes/2024/a.txt", "notes/2025/", "notes/old/", "photos/", "README.md", "f", "cafe\u{301}/"]);
    let at = |name: &str| tree.at(name);
    let read = |name: &str| at(name).read_text();
    adds(&tree, read("nots/2026/x"), ["`DIR/nots` does not exist", "similar names there: `notes`"]);
    adds(&tree, read("notes/2026/x"), ["`DIR/notes/2026` does not exist", "similar names there: `2024`, `2025`"]);
    adds(&tree, read("notes/2024/b.txt"), ["`DIR/notes/2024/b.txt` does not exist", "similar names there: `a.txt`"]);
    adds(&tree, read("README"), ["`DIR/README` does not exist", "similar names there: `README.md`"]);
    if cfg!(target_os = "linux") {
        adds(&tree, read("caf\u{e9}/x"), ["`DIR/caf\u{e9}` does not exist", "similar names there: `cafe\\u{301}`"]);
    }
    adds(&tree, read("quite/another/x"), ["`DIR/quite` does not exist"]);
    adds(&tree, read("quite another"), []);
    adds(&tree, at("photo").iterdir().next().unwrap(), ["`DIR/photo` does not exist", "similar names there: `photos`"]);
    adds(&tree, read("f/x"), ["`DIR/f` is not a directory"]);
    adds(&tree, read("f/x/y"), ["`DIR/f` is not a directory"]);
    // What is made need not be there, but where it is made.
    adds(&tree, at("nots/new").mkdir(), ["`DIR/nots` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("nots/new").write_text(""), ["`DIR/nots` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("nots/new").write_atomic(""), ["`DIR/nots` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("f").mkdir(), []);
    adds(&tree, at("notes").rmdir(), []);
}

#[test]
fn of_two_paths_it_is_said_which_is_missing() {
    let tree = Tree::new(["notes/", "f"]);
    let at = |name: &str| tree.at(name);
    adds(&tree, at("g").rename(at("f")), ["`DIR/g` does not exist"]);
    adds(&tree, at("note").replace(at("g")), ["`DIR/note` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("f").move_to(at("note/f")), ["`DIR/note` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("f").rename(at("notes")), []);
    adds(&tree, at("new").hardlink_to(at("note")), ["`DIR/note` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("note/new").hardlink_to(at("f")), ["`DIR/note` does not exist", "similar names there: `notes`"]);
    #[cfg(unix)] // Nothing makes links under Wine, which says it did, and in the runner of WASI.
    adds(&tree, at("note/new").symlink_to("gone"), ["`DIR/note` does not exist", "similar names there: `notes`"]);
    adds(&tree, at("note").mirror_to(at("copy")), ["`DIR/note` does not exist", "similar names there: `notes`"]);
}

#[test]
fn a_directory_that_something_was_to_be_put_into_is_said() {
    let tree = Tree::new(["d/sub/", "e/sub/", "f"]);
    let at = |name: &str| tree.at(name);
    let copies = ["`DIR/d` is a directory: `copy_into` copies into it"];
    adds(&tree, at("f").copy(at("d")), copies);
    adds(&tree, at("e").copy(at("d")), copies);
    adds(&tree, at("f").move_to(at("d")), ["`DIR/d` is a directory: `move_into` moves into it"]);
    let root = Root::open(&*tree).unwrap();
    adds(&tree, (&root / "f").copy(&root / "d"), ["`d` is a directory: `copy_into` copies into it"]);
    at("g").touch().unwrap();
    adds(&tree, at("f").copy(at("g")), []);
    at("d/sub").rmdir().unwrap();
    at("d/sub").touch().unwrap();
    // Something in a tree has its own name there.
    let merged = waypath::CopyOptions::new().merge(true).move_to(at("d"), at("e"));
    assert_eq!(merged.as_ref().unwrap_err().failures()[0].kind(), std::io::ErrorKind::AlreadyExists);
    adds(&tree, merged, []);
}

/// The system says "Invalid argument" or "Operation not permitted".
#[cfg(unix)]
#[test]
fn what_cannot_be_used_like_this_is_named() {
    let tree = Tree::new(["d/f", "e/", "link => d"]);
    let at = |name: &str| tree.at(name);
    adds(&tree, at("link").rmtree(), ["`DIR/link` is a symbolic link"]);
    adds(&tree, at("link").rmdir(), ["`DIR/link` is a symbolic link"]);
    adds(&tree, at("d/f").rmtree(), []);
    adds(&tree, at("d/f").readlink(), ["`DIR/d/f` is not a symbolic link"]);
    adds(&tree, at("d").rename(at("d/x")), ["`DIR/d/x` is inside `DIR/d`"]);
    adds(&tree, at("d").replace(at("d/f")), ["`DIR/d/f` is inside `DIR/d`"]);
    adds(&tree, at("new").hardlink_to(at("d")), ["`DIR/d` is a directory"]);
    adds(&tree, at("d/f").mirror_to(at("new")), ["`DIR/d/f` is not a directory"]);
    let root = Root::open(&*tree).unwrap();
    adds(&tree, (&root / "d").rename(&root / "d/x"), ["`d/x` is inside `d`"]);
    adds(&tree, (&root / "e").readlink(), ["`e` is not a symbolic link"]);
    // Another reason for the same kind of error.
    adds(&tree, at("d").rename(at("a\0b")), []);
    adds(&tree, at("a\0b").readlink(), []);
}

/// A temporary file is gone when the error of its renaming is printed.
#[test]
fn a_temporary_file_that_was_there_is_not_missing() {
    let tree = Tree::new(["notes/"]);
    let target = tree.at("note/f");
    let persisted = || TempFile::new_in(&*tree)?.persist(&target);
    adds(&tree, persisted(), ["`DIR/note` does not exist", "similar names there: `notes`"]);
    let persisted = || TempFile::new_in(&*tree)?.persist_replace(&target);
    adds(&tree, persisted(), ["`DIR/note` does not exist", "similar names there: `notes`"]);
}

#[test]
fn below_a_root_the_root_is_asked() {
    let tree = Tree::new(["notes/a.txt", "f"]);
    let root = Root::open(&*tree).unwrap();
    let at = |name: &str| &root / name;
    adds(&tree, at("nots/x").read_text(), ["`nots` does not exist in the root", "similar names there: `notes`"]);
    adds(&tree, at("notes/b.txt").read_text(), ["`notes/b.txt` does not exist", "similar names there: `a.txt`"]);
    adds(&tree, at("quite").read_text(), ["`quite` does not exist in the root"]);
    adds(&tree, at("f/x").read_text(), ["`f` is not a directory"]);
    adds(
        &tree,
        at("note").iterdir().next().unwrap(),
        ["`note` does not exist in the root", "similar names there: `notes`"],
    );
    adds(&tree, at("nots/new").write_atomic(""), ["`nots` does not exist in the root", "similar names there: `notes`"]);
    adds(&tree, at("note").rename(at("g")), ["`note` does not exist in the root", "similar names there: `notes`"]);
    adds(&tree, at("note").rmtree(), ["`note` does not exist in the root", "similar names there: `notes`"]);
    let options = RemoveOptions::new();
    adds(
        &tree,
        at("notes/b.txt").rmtree_with(&options),
        ["`notes/b.txt` does not exist", "similar names there: `a.txt`"],
    );
    // What leads out is not looked at.
    adds(&tree, at("../f").read_text(), []);
    // The root is asked, not what has its name now.
    at("notes").rename(at("moved")).unwrap();
    adds(
        &tree,
        at("move").iterdir().next().unwrap(),
        ["`move` does not exist in the root", "similar names there: `moved`"],
    );
}

/// Each path is looked for where it begins.
#[test]
fn a_side_below_a_root_is_asked_there() {
    let tree = Tree::new(["in/notes/a.txt", "in/f", "photos/b.jpg"]);
    let root = Root::open(tree.at("in")).unwrap();
    let (inside, outside) = (|name: &str| &root / name, |name: &str| tree.at(name));
    let note_inside = ["`note` does not exist in the root", "similar names there: `notes`"];
    let photo_outside = ["`DIR/photo` does not exist", "similar names there: `photos`"];
    adds(&tree, inside("note").copy(inside("new")), note_inside);
    adds(&tree, inside("f").copy(inside("note/new")), note_inside);
    adds(&tree, inside("note").copy(outside("new")), note_inside);
    adds(&tree, inside("f").copy(outside("photo/new")), photo_outside);
    adds(&tree, outside("photo").copy(inside("new")), photo_outside);
    adds(&tree, outside("photos").copy(inside("note/new")), note_inside);
    adds(&tree, inside("note").move_to(outside("new")), note_inside);
    adds(&tree, outside("photos/b.jpg").move_to(inside("note/new")), note_inside);
    adds(&tree, inside("note").mirror_to(outside("new")), note_inside);
    adds(&tree, outside("photo").mirror_to(inside("new")), photo_outside);
    adds(&tree, outside("photos").copy(inside("f/new")), ["`f` is not a directory"]);
    tree.is(["in/", "in/f", "in/notes/", "in/notes/a.txt", "photos/", "photos/b.jpg"]);
}

#[test]
#[cfg(not(target_family = "wasm"))] // Node gives it the name `/`.
fn the_working_directory_is_named() {
    let working_dir = Path::cwd().unwrap();
    adds(&working_dir, path("gone").read_text(), ["`gone` does not exist in the working directory `DIR`"]);
    adds(
        &working_dir,
        path("tests/it/mains.rs").read_text(),
        ["`tests/it/mains.rs` does not exist", "similar names there: `main.rs`"],
    );
    adds(
        &working_dir,
        path("test/it/main.rs").stat(),
        ["`test` does not exist in the working directory `DIR`", "similar names there: `tests`"],
    );
}

#[test]
fn three_names_are_shown_the_best_first_and_control_characters_escaped() {
    let tree = Tree::new(["name1", "name2", "name3", "nam", "nme", "other"]);
    adds(
        &tree,
        tree.at("name").unlink(),
        ["`DIR/name` does not exist", "similar names there: `name1`, `name2`, `name3`"],
    );
    if cfg!(unix) {
        tree.at("a\nb c").touch().unwrap();
        adds(&tree, tree.at("a\nbc").unlink(), ["`DIR/a\\nbc` does not exist", "similar names there: `a\\nb c`"]);
    }
}

/// What is found then is kept, so that all who print it say the same.
#[test]
fn the_system_is_asked_when_the_error_is_first_printed() {
    let tree = Tree::new([]);
    let failed = || tree.at("d/f").read_text().unwrap_err();
    let (asked_now, asked_later, asked_last) = (failed(), failed(), failed());
    assert!(format!("{asked_now:?}").contains("does not exist"));
    tree.at("d").mkdir().unwrap();
    assert_eq!(format!("{asked_later:?}"), asked_later.to_string(), "only the file is missing now, as the line says");
    tree.at("d/F.txt").touch().unwrap();
    assert!(format!("{asked_last:?}").ends_with("\n  similar names there: `F.txt`"));
    assert!(format!("{asked_now:?}").contains("does not exist"));

    tree.at("d/f").mkdir().unwrap();
    let causes = |error: &waypath::Error| std::error::Error::source(error).map(ToString::to_string);
    assert!(causes(&asked_now).unwrap().ends_with("does not exist"));
    assert_eq!(causes(&asked_later), None);
    assert!(causes(&asked_last).unwrap().ends_with("; similar names there: `F.txt`"));
}

#[test]
fn nothing_is_added_to_what_lies_in_a_text() {
    let errors: [Error; 5] = [
        path("a").with_name("").unwrap_err(),
        path("a").relative_to("b").unwrap_err(),
        path("a").glob("").err().unwrap(),
        path("~no such user/a").expanduser().map_or_else(|error| error, |_| path("a").with_stem("").unwrap_err()),
        path("a\0b").read_text().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(format!("{error:?}"), error.to_string());
    }
    for odd in ["x/".repeat(20_000), "../".repeat(3_000) + "x", "x".repeat(5_000), "/..".repeat(100) + "/x/y"] {
        let error = path(&odd).read_text().unwrap_err();
        assert!(format!("{error:?}").starts_with(&error.to_string()), "no panic");
    }
}

#[test]
fn many_names_do_not_take_long() {
    let tree = Tree::new([]);
    (0..5_000).for_each(|at| std::fs::write(tree.at(&format!("name{at:05}")).as_str(), "").unwrap());
    let error = tree.at("named0000x").read_text().unwrap_err();
    // Not all are looked at, and in no order.
    assert!(format!("{error:?}").contains("similar names there: `name0"), "{error:?}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    #[cfg(target_os = "linux")]
    use crate::support::mounts::{Mount, with_own_mounts};
    #[cfg(target_os = "linux")]
    use crate::support::util::alone;
    use crate::support::util::{as_nobody, as_nobody_in};

    #[test]
    fn a_link_that_leads_to_nothing_is_said() {
        let tree = Tree::new(["d/", "f", "link => gone", "dir => d", "round => round"]);
        let is_nowhere = ["`DIR/link` is a link that leads to nothing"];
        adds(&tree, tree.at("link").read_text(), is_nowhere);
        adds(&tree, tree.at("link/x").read_text(), is_nowhere);
        adds(&tree, tree.at("dir/x/y").read_text(), ["`DIR/dir/x` does not exist"]);
        let is_round =
            ["`DIR/round` is a link that cannot be followed: Too many levels of symbolic links (os error 40)"];
        if cfg!(target_os = "linux") {
            adds(&tree, tree.at("round/x").read_text(), is_round);
            adds(&tree, tree.at("round/x/y").mkdir_all(), is_round);
            adds(&tree, tree.at("round/x").iterdir().next().unwrap(), is_round);
            // A name that is taken, where whoever looks finds nothing.
            adds(&tree, tree.at("round").mkdir(), is_round);
            adds(&tree, tree.at("round").mkdir_all(), is_round);
        }
        adds(&tree, tree.at("round").read_text(), []);
        adds(&tree, tree.at("link").mkdir_all(), is_nowhere);
        adds(&tree, tree.at("link/x/y").mkdir_all(), is_nowhere);
        adds(&tree, tree.at("link").mkdir(), is_nowhere);
        adds(&tree, tree.at("link/x").mkdir(), is_nowhere);
        adds(&tree, tree.at("link").symlink_to("d"), is_nowhere);
        adds(&tree, tree.at("link").hardlink_to(tree.at("f")), is_nowhere);
        adds(&tree, waypath::TouchOptions::new().exist_ok(false).touch(tree.at("link")), is_nowhere);
        adds(&tree, tree.at("link/x").touch(), is_nowhere);
        adds(&tree, tree.at("link/x").write_text(""), is_nowhere);
        adds(&tree, tree.at("link/x").write_atomic(""), is_nowhere);
        adds(&tree, waypath::TempDir::new_in(tree.at("link")), is_nowhere);
        for taken in [
            tree.at("f").rename(tree.at("link")),
            tree.at("f").copy(tree.at("link")),
            tree.at("d").copy(tree.at("link")),
            tree.at("f").move_to(tree.at("link")),
            tree.at("f").rename(tree.at("link/x")),
            tree.at("f").copy(tree.at("link/x")),
            tree.at("f").move_to(tree.at("link/x")),
        ] {
            adds(&tree, taken, is_nowhere);
        }
        adds(&tree, tree.at("f").mkdir_all(), []);
        adds(&tree, tree.at("f/x").mkdir_all(), ["`DIR/f` is not a directory"]);
        adds(&tree, tree.at("f/x/y").mkdir_all(), ["`DIR/f` is not a directory"]);
        adds(&tree, tree.at("d").rename(tree.at("f")), []);
        tree.is(["d/", "dir => d", "f", "link => gone", "round => round"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_working_directory_that_was_removed_is_said() {
        if !alone("error::diagnosis::unix::a_working_directory_that_was_removed_is_said") {
            return;
        }
        let tree = Tree::new(["gone/"]);
        std::env::set_current_dir(tree.at("gone").as_std_path()).unwrap();
        tree.at("gone").rmdir().unwrap();
        let was_removed = ["the working directory was removed"];
        for result in [
            path("x").read_text().map(drop),
            path("x").write_text(""),
            path("x").write_atomic(""),
            path("x").mkdir(),
            path("x/y").mkdir_all(),
            path("x").open().map(drop),
            path("x").resolve_strict().map(drop),
        ] {
            adds(&tree, result, was_removed);
        }
        adds(&tree, tree.at("x").read_text(), []);
    }

    #[test]
    fn what_is_too_long_is_said() {
        let tree = Tree::new(["f"]);
        let (longest, too_long) = ("n".repeat(255), "n".repeat(256));
        let is_too_long = [&*format!("`{too_long}` is too long for a name")];
        let [new, deep] = [tree.at(&too_long), tree.at(&too_long) / "x"];
        adds(&tree, new.write_text(""), is_too_long);
        adds(&tree, new.write_atomic(""), is_too_long);
        adds(&tree, deep.read_text(), is_too_long);
        adds(&tree, tree.at("f").rename(&new), is_too_long);
        adds(&tree, tree.at("f").copy(&new), is_too_long);
        adds(&tree, new.hardlink_to(tree.at("f")), is_too_long);
        let root = Root::open(&*tree).unwrap();
        adds(&tree, (&root / &too_long).mkdir(), is_too_long);
        // Each name is short enough. What has no path of its own to name is not said.
        let long = (0..20).fold(tree.at("."), |path, _| path / &longest);
        adds(&tree, long.stat(), ["the path as a whole is too long for the system: a `Root` takes it in steps"]);
        adds(&tree, waypath::TempOptions::new().prefix(&too_long).parent(&*tree).file(), []);
        let below = &root / long.relative_to(&*tree).unwrap();
        below.mkdir_all().unwrap();
        assert!(below.is_dir());
    }

    #[test]
    fn what_only_owners_may_remove_is_said() {
        let place = as_nobody_in("error::diagnosis::unix::what_only_owners_may_remove_is_said", |place| {
            for (name, mode) in [("shared/theirs/", 0o1777), ("shared/f", 0o1777)] {
                let file = place / name;
                file.mkdir_parent().unwrap();
                if name.ends_with('/') { file.mkdir() } else { file.touch() }.unwrap();
                file.parent().chmod(mode).unwrap();
            }
            place.chmod(0o755).unwrap();
        });
        let Some(place) = place else { return };
        let at = |name: &str| &place / "shared" / name;
        let hint = |name| {
            format!("`DIR/shared/{name}` has another owner, and in `DIR/shared` only owners may remove and rename")
        };
        for (name, result) in
            [("f", at("f").unlink()), ("f", at("f").rename(at("g")).map(drop)), ("theirs", at("theirs").rmdir())]
        {
            adds(&place, result, [&hint(name)]);
        }
        at("own").touch().unwrap();
        at("own").unlink().unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_mount_that_is_in_the_way_is_said() {
        if !with_own_mounts("error::diagnosis::unix::a_mount_that_is_in_the_way_is_said") {
            return;
        }
        let tree = Tree::new(["f"]);
        let Some(mount) = Mount::tmpfs(&tree) else { return };
        let at = mount.at("");
        adds(&tree, at.rmdir(), ["something is mounted at `DIR/tmpfs`"]);
        adds(&tree, at.rename(tree.at("other")), ["something is mounted at `DIR/tmpfs`"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn files_that_are_protected_from_everybody_are_said() {
        let tree = Tree::new(["fixed", "log", "closed/f", "free"]);
        let [fixed, log, closed, free] = ["fixed", "log", "closed", "free"].map(|name| tree.at(name));
        // Only root may, and not on each file system.
        let protected = [Protected::new('i', &fixed), Protected::new('a', &log), Protected::new('i', &closed)];
        if protected.iter().any(Option::is_none) {
            println!("SKIPPED: nothing can be protected here");
            return;
        }
        let is_fixed = ["`DIR/fixed` is immutable; `chattr -i` ends that"];
        for result in
            [fixed.unlink(), fixed.rename(tree.at("new")).map(drop), fixed.chmod(0o600), fixed.write_text("x")]
        {
            adds(&tree, result, is_fixed);
        }
        adds(&tree, fixed.write_atomic("x"), is_fixed);
        adds(
            &tree,
            fixed.read_text().and_then(|_| log.unlink()),
            ["`DIR/log` can only be appended to; `chattr -a` ends that"],
        );
        let is_closed = ["`DIR/closed` is immutable; `chattr -i` ends that"];
        for result in [(&closed / "f").unlink(), (&closed / "new").mkdir(), free.rename(&closed / "new").map(drop)] {
            adds(&tree, result, is_closed);
        }
        drop(protected);
        fixed.unlink().unwrap();
    }

    /// A file that has an attribute of `chattr` for as long as this exists.
    #[cfg(target_os = "linux")]
    struct Protected<'a> {
        attribute: char,
        path: &'a Path,
    }

    #[cfg(target_os = "linux")]
    impl<'a> Protected<'a> {
        fn new(attribute: char, path: &'a Path) -> Option<Self> {
            let protected = Self { attribute, path };
            protected.chattr('+').then_some(protected)
        }

        fn chattr(&self, change: char) -> bool {
            let mut chattr = std::process::Command::new("chattr");
            chattr.args([&format!("{change}{}", self.attribute), self.path.as_str()]);
            chattr.output().is_ok_and(|output| output.status.success())
        }
    }

    #[cfg(target_os = "linux")]
    impl Drop for Protected<'_> {
        fn drop(&mut self) {
            self.chattr('-');
        }
    }

    #[test]
    fn what_may_not_be_done_is_said() {
        if !as_nobody("error::diagnosis::unix::what_may_not_be_done_is_said") {
            return;
        }
        let tree =
            Tree::new(["closed/d/f", "unlisted/f", "fixed/f", "fixed/d/", "secret", "kept", "link => closed/d/f"]);
        let at = |name: &str| tree.at(name);
        let modes = [("closed", 0), ("unlisted", 0o311), ("fixed", 0o555), ("secret", 0o200), ("kept", 0o444)];
        let set =
            |name: &str, mode| std::fs::set_permissions(at(name).as_str(), PermissionsExt::from_mode(mode)).unwrap();
        modes.iter().for_each(|&(name, mode)| set(name, mode));

        adds(&tree, at("closed/d/f").read_text(), ["no permission to search `DIR/closed`"]);
        adds(&tree, at("closed/d/f").unlink(), ["no permission to search `DIR/closed`"]);
        adds(&tree, at("closed/d/f").rename(at("f")), ["no permission to search `DIR/closed`"]);
        adds(&tree, at("secret").rename(at("closed/f")), ["no permission to search `DIR/closed`"]);
        adds(&tree, at("unlisted").iterdir().next().unwrap(), ["no permission to read `DIR/unlisted`"]);
        adds(&tree, at("secret").read_text(), ["no permission to read `DIR/secret`"]);
        adds(&tree, at("unlisted").clear_dir(), ["no permission to read `DIR/unlisted`"]);
        adds(&tree, at("unlisted").tree_size(), ["no permission to read `DIR/unlisted`"]);
        // What opens a file says what it could not be opened for, as far as that is known.
        let none = at("none");
        none.touch().unwrap();
        none.chmod(0).unwrap();
        adds(&tree, at("secret").open(), ["no permission to read `DIR/secret`"]);
        adds(&tree, at("secret").same_content(at("kept")), ["no permission to read `DIR/secret`"]);
        adds(&tree, at("kept").create(), ["no permission to write `DIR/kept`"]);
        adds(&tree, none.create(), ["no permission to read or write `DIR/none`"]);
        adds(&tree, at("fixed/new").create(), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("closed/f").open(), ["no permission to search `DIR/closed`"]);
        // Of a copy, which side it was.
        adds(&tree, at("secret").copy(at("copy")), ["no permission to read `DIR/secret`"]);
        adds(&tree, at("unlisted").copy(at("copy")), ["no permission to read `DIR/unlisted`"]);
        adds(&tree, at("kept").copy(at("fixed/new")), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("kept").copy(at("closed/new")), ["no permission to search `DIR/closed`"]);
        adds(&tree, at("kept").write_text("x"), ["no permission to write `DIR/kept`"]);
        adds(&tree, at("kept").write_atomic("x"), ["no permission to write `DIR/kept`"]);
        for result in [at("fixed/f").unlink(), at("fixed/d").rmdir(), at("fixed/new").mkdir()] {
            adds(&tree, result, ["no permission to change `DIR/fixed`"]);
        }
        adds(&tree, at("fixed/new").write_text("x"), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/f").write_atomic("x"), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/new").touch(), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/f").rename(at("new")), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("secret").rename(at("fixed/new")), ["no permission to change `DIR/fixed`"]);
        adds(&tree, waypath::TempDir::new_in(at("fixed")), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/new").symlink_to("x"), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/f").symlink_replace("x"), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/new").hardlink_to(at("kept")), ["no permission to change `DIR/fixed`"]);
        adds(&tree, at("fixed/d").remove(), ["no permission to change `DIR/fixed`"]);
        // Neither a mode nor what a link leads to is a name in the working directory, nor is an original to be changed.
        assert!(path("x").write_text("").is_err(), "the working directory may not be changed");
        let is_another_s = ["`/etc/passwd` has another owner, and only owners may change modes"];
        adds(&tree, path("/etc/passwd").chmod(0o666), is_another_s);
        adds(&tree, at("closed/f").chmod(0o666), ["no permission to search `DIR/closed`"]);
        adds(&tree, path("/etc/passwd").symlink_replace("x"), ["no permission to change `/etc`"]);
        adds(&tree, at("new").hardlink_to("/etc"), ["`/etc` is a directory"]);
        adds(
            &tree,
            at("link").read_text(),
            ["`DIR/link` is a link that cannot be followed: Permission denied (os error 13)"],
        );
        // Nothing below may be listed: no names.
        adds(&tree, at("unlisted/g/h").read_text(), ["`DIR/unlisted/g` does not exist"]);
        modes.iter().for_each(|&(name, _)| set(name, 0o755));
    }
}
