//! What others do to a tree just before each step of its removal.

#![allow(clippy::disallowed_methods, reason = "others use std")]

use std::cell::Cell;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::rc::Rc;

use super::{Removal, RemovalSettings};
use crate::error::{Error, Op, Result};
use crate::report::Report;
use crate::sys::hooked::{Call, Hooked, hooked};
use crate::sys::{self, EditDir, PortableDir};
use crate::tree::Account;

const SETTINGS: RemovalSettings =
    RemovalSettings { threads: 1, dry_run: false, make_writable: false, same_file_system: false };

/// A tree of two files and two directories is removed, while others do something. What they return is what the step
/// gives, if it is an error.
fn removed<D: EditDir>(
    settings: RemovalSettings,
    others: impl Fn(&Path, Call<'_>) -> io::Result<()> + 'static,
) -> Done {
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join("tree");
    fs::create_dir_all(tree.join("d")).unwrap();
    ["f", "d/g"].iter().for_each(|name| fs::write(tree.join(name), "").unwrap());
    let (base, account) = (tree.clone(), Account::new(None));
    let done =
        hooked(move |call| others(&base, call), || Removal::<Hooked<D>>::new(&tree, settings, &account).rmtree());
    let result = done.map_err(|cause| Error::new(Op::Rmtree, &*tree, cause));
    Done { result: result.and_then(|()| account.close(Op::Rmtree, &tree, None)), left: walked(&tree) }
}

struct Done {
    result: Result<Report>,
    /// How many files and directories are left.
    left: usize,
}

fn walked(tree: &Path) -> usize {
    let below = fs::read_dir(tree).into_iter().flatten();
    usize::from(tree.symlink_metadata().is_ok()) + below.map(|entry| walked(&entry.unwrap().path())).sum::<usize>()
}

impl Done {
    /// Checks that nothing is left, and how many files, links and directories were counted.
    #[track_caller]
    fn removes_all(self, counts: [u64; 3]) {
        let Report { files, links, directories, .. } = self.result.unwrap();
        assert_eq!(([files, links, directories], self.left), (counts, 0));
    }

    #[track_caller]
    fn fails(self, op: Op, kind: ErrorKind) {
        let error = self.result.unwrap_err();
        let failure = &error.failures()[0];
        assert_eq!((failure.op(), failure.kind(), self.left > 0), (op, kind, true), "{error}");
    }
}

/// Something that is done the first few times only.
fn times(count: u32) -> impl Fn() -> bool {
    let left = Rc::new(Cell::new(count));
    move || {
        let now = left.get();
        left.set(now.saturating_sub(1));
        now > 0
    }
}

#[test]
fn a_directory_that_others_fill_is_emptied_again_but_not_for_ever() {
    for name in ["tree", "d"] {
        let fills = move |often: u32| {
            let is_time = times(often);
            move |tree: &Path, call: Call<'_>| {
                if call == ("remove directory", name) && is_time() {
                    let dir = if name == "d" { tree.join("d") } else { tree.to_owned() };
                    fs::write(dir.join("new"), "").unwrap();
                }
                Ok(())
            }
        };
        removed::<sys::Dir>(SETTINGS, fills(3)).removes_all([5, 0, 2]);
        removed::<sys::Dir>(SETTINGS, fills(16)).removes_all([18, 0, 2]);
        let op = if name == "d" { Op::Rmdir } else { Op::Rmtree };
        removed::<sys::Dir>(SETTINGS, fills(17)).fails(op, ErrorKind::DirectoryNotEmpty);
    }
}

/// That is what was wanted.
#[test]
fn what_others_remove_first_is_no_failure() {
    let remove_all = |path: &Path| fs::remove_dir_all(path).unwrap();
    removed::<sys::Dir>(SETTINGS, move |tree, call| {
        if call == ("remove directory", "tree") {
            remove_all(tree);
        }
        Ok(())
    })
    .removes_all([2, 0, 2]);
    // Filled, so that it is opened once more, and then gone.
    let opened = times(1);
    removed::<sys::Dir>(SETTINGS, move |tree, call| {
        match call {
            ("remove directory", "tree") => fs::write(tree.join("new"), "").unwrap(),
            ("open", "tree") if !opened() => remove_all(tree),
            _ => {}
        }
        Ok(())
    })
    .removes_all([2, 0, 2]);
    for gone in ["remove file f", "open d", "remove file g", "remove directory d"] {
        let done = removed::<sys::Dir>(SETTINGS, move |tree, (call, name)| {
            if format!("{call} {name}") == gone {
                match name {
                    "f" => fs::remove_file(tree.join("f")).unwrap(),
                    "g" => fs::remove_file(tree.join("d/g")).unwrap(),
                    _ => remove_all(&tree.join("d")),
                }
            }
            Ok(())
        });
        let counts = match gone {
            "open d" => [1, 0, 1],
            "remove directory d" => [2, 0, 1],
            _ => [1, 0, 2],
        };
        done.removes_all(counts);
    }
    // It was there when the removal began, or that is an error.
    let done = removed::<sys::Dir>(SETTINGS, move |tree, call| {
        if call == ("open", "tree") {
            remove_all(tree);
        }
        Ok(())
    });
    assert_eq!(done.result.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn what_becomes_another_kind_of_thing_is_removed_as_what_it_is() {
    let to_directory = |tree: &Path, call: Call<'_>| {
        if call == ("remove file", "f") {
            fs::remove_file(tree.join("f")).unwrap();
            fs::create_dir_all(tree.join("f/sub")).unwrap();
        }
        Ok(())
    };
    removed::<sys::Dir>(SETTINGS, to_directory).removes_all([1, 0, 4]);
    let becomes = |make: fn(&Path)| {
        let is_time = times(1);
        move |tree: &Path, call: Call<'_>| {
            if call == ("open", "d") && is_time() {
                fs::remove_dir_all(tree.join("d")).unwrap();
                make(&tree.join("d"));
            }
            Ok(())
        }
    };
    let to_link = becomes(|at| symlink("..", at).unwrap());
    let to_file = becomes(|at| fs::write(at, "").unwrap());
    // What it was is not known by then: it counts with the special files.
    removed::<sys::Dir>(SETTINGS, to_link).removes_all([1, 0, 1]);
    removed::<sys::Dir>(SETTINGS, to_file).removes_all([1, 0, 1]);
}

/// Opening a link as a directory, without following it, fails on some systems with the error for a loop of links.
#[test]
fn what_became_a_link_is_not_a_directory() {
    let becomes_link = |tree: &Path, call: Call<'_>| {
        if call != ("open", "tree") {
            return Ok(());
        }
        fs::rename(tree, tree.with_extension("moved")).unwrap();
        symlink("tree.moved", tree).unwrap();
        Err(sys::loop_error())
    };
    removed::<sys::Dir>(SETTINGS, becomes_link).fails(Op::Rmtree, ErrorKind::NotADirectory);
}

#[test]
fn what_may_not_be_opened_is_removed_if_it_is_empty() {
    let closed = |name: &'static str, is_empty: bool| {
        move |tree: &Path, call: Call<'_>| {
            if call != ("open", name) {
                return Ok(());
            }
            if is_empty {
                let dir = if name == "d" { tree.join("d") } else { tree.to_owned() };
                _ = fs::remove_dir_all(&dir);
                fs::create_dir(dir).unwrap();
            }
            Err(ErrorKind::PermissionDenied.into())
        }
    };
    removed::<sys::Dir>(SETTINGS, closed("d", true)).removes_all([1, 0, 2]);
    removed::<sys::Dir>(SETTINGS, closed("tree", true)).removes_all([0, 0, 1]);
    removed::<sys::Dir>(SETTINGS, closed("d", false)).fails(Op::List, ErrorKind::PermissionDenied);
    removed::<sys::Dir>(SETTINGS, closed("tree", false)).fails(Op::Rmtree, ErrorKind::PermissionDenied);
    let dry_run = RemovalSettings { dry_run: true, ..SETTINGS };
    removed::<sys::Dir>(dry_run, closed("d", true)).fails(Op::List, ErrorKind::PermissionDenied);
    removed::<sys::Dir>(dry_run, closed("tree", true)).fails(Op::Rmtree, ErrorKind::PermissionDenied);
}

#[test]
fn what_cannot_be_removed_is_tried_once() {
    for (call, name, op) in [
        ("remove file", "f", Op::Unlink),
        ("remove directory", "d", Op::Rmdir),
        ("remove directory", "tree", Op::Rmtree),
    ] {
        let is_first = times(1);
        let done = removed::<sys::Dir>(SETTINGS, move |_, found| {
            if found != (call, name) {
                return Ok(());
            }
            assert!(is_first(), "{call} {name}");
            Err(ErrorKind::PermissionDenied.into())
        });
        done.fails(op, ErrorKind::PermissionDenied);
    }
}

#[test]
fn a_back_end_that_removes_trees_is_asked_again_while_others_change_them() {
    use ErrorKind::{DirectoryNotEmpty, IsADirectory, NotFound, PermissionDenied};
    // What it says, one time after the other, before it is really asked.
    let says = |kinds: &'static [ErrorKind]| {
        let at = Cell::new(0);
        move |_: &Path, (call, _): Call<'_>| match call {
            "remove tree" => kinds.get(at.replace(at.get() + 1)).map_or(Ok(()), |&kind| Err(kind.into())),
            _ => Ok(()),
        }
    };
    for kinds in [&[][..], &[DirectoryNotEmpty], &[NotFound, IsADirectory], &[DirectoryNotEmpty; 16]] {
        removed::<PortableDir>(SETTINGS, says(kinds)).removes_all([2, 0, 2]);
    }
    let done = removed::<PortableDir>(SETTINGS, says(&[IsADirectory; 17]));
    assert_eq!(done.left, 4, "it was only asked");
    done.fails(Op::Rmtree, IsADirectory);
    // Then it is done piece by piece.
    removed::<PortableDir>(SETTINGS, says(&[PermissionDenied])).removes_all([2, 0, 2]);
    // Whoever removed the rest, it is gone.
    let asked = times(1);
    let done = removed::<PortableDir>(SETTINGS, move |tree, (call, _)| match call {
        "remove tree" if asked() => Err(DirectoryNotEmpty.into()),
        "remove tree" => fs::remove_dir_all(tree),
        _ => Ok(()),
    });
    done.removes_all([2, 0, 2]);
    // What it had removed before it failed counts, and once.
    let done = removed::<PortableDir>(SETTINGS, |tree, (call, _)| match call {
        "remove tree" => fs::remove_file(tree.join("f")).and(Err(PermissionDenied.into())),
        _ => Ok(()),
    });
    done.removes_all([2, 0, 2]);
}

#[test]
fn a_back_end_that_removes_trees_is_not_asked_where_not_all_is_to_go() {
    for (settings, left) in [
        (RemovalSettings { dry_run: true, ..SETTINGS }, 4),
        (RemovalSettings { same_file_system: true, ..SETTINGS }, 0),
    ] {
        let done = removed::<PortableDir>(settings, |_, (call, name)| match call {
            "remove tree" => panic!("{name}"),
            _ => Ok(()),
        });
        assert_eq!((done.result.unwrap().files, done.left), (2, left));
    }
}

/// Removes an open directory in the same way.
fn opened_removed(
    make_writable: bool,
    others: impl Fn(&Path, Call<'_>) -> io::Result<()> + 'static,
) -> (std::result::Result<(), ErrorKind>, usize) {
    use sys::Directory as _;
    type Dir = Hooked<sys::Dir>;

    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join("tree");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("f"), "").unwrap();
    let [parent, dir] = [place.path(), &tree].map(|path| Dir::open(path).unwrap());
    let (account, settings) = (Account::new(None), RemovalSettings { make_writable, ..SETTINGS });
    let removal = Removal::new(&tree, settings, &account);
    let base = tree.clone();
    let work = || removal.remove_opened(&parent, std::ffi::OsStr::new("tree"), &dir);
    let result = hooked(move |call| others(&base, call), work);
    (result.map_err(|error| error.kind()), fs::read_dir(place.path()).unwrap().count())
}

#[test]
fn a_directory_that_is_open_is_removed_under_its_name_only() {
    assert_eq!(opened_removed(false, |_, _| Ok(())), (Ok(()), 0));
    let fills = |often| {
        let is_time = times(often);
        move |tree: &Path, (call, _): Call<'_>| {
            if call == "remove directory" && is_time() {
                fs::write(tree.join("new"), "").unwrap();
            }
            Ok(())
        }
    };
    assert_eq!(opened_removed(false, fills(15)), (Ok(()), 0));
    assert_eq!(opened_removed(false, fills(16)), (Err(ErrorKind::DirectoryNotEmpty), 1));
    let moved = |tree: &Path, (call, _): Call<'_>| match call {
        "id" => fs::rename(tree, tree.with_file_name("moved")).and_then(|()| fs::create_dir(tree)),
        _ => Ok(()),
    };
    assert_eq!(opened_removed(false, moved), (Err(ErrorKind::Other), 2), "what has the name stays");
    let fails = |_: &Path, (call, _): Call<'_>| match call {
        "remove directory" => Err(ErrorKind::PermissionDenied.into()),
        _ => Ok(()),
    };
    assert_eq!(opened_removed(false, fails), (Err(ErrorKind::PermissionDenied), 1));
}

#[test]
fn a_directory_that_is_open_is_opened_up_only_if_that_is_wanted_and_helps() {
    use ErrorKind::{NotFound, PermissionDenied};
    for (make_writable, opens, opens_up, expected) in [
        (true, Some(PermissionDenied), None, Ok(())),
        (true, Some(PermissionDenied), Some(NotFound), Err(PermissionDenied)),
        (true, Some(NotFound), None, Err(NotFound)),
        (false, Some(PermissionDenied), None, Err(PermissionDenied)),
    ] {
        let (first, error) = (times(1), |kind: Option<ErrorKind>| kind.map_or(Ok(()), |kind| Err(kind.into())));
        let done = opened_removed(make_writable, move |_, call| match call {
            ("open", ".") if first() => error(opens),
            ("open up", _) => error(opens_up),
            _ => Ok(()),
        });
        assert_eq!(done.0, expected, "{make_writable} {opens:?} {opens_up:?}");
    }
}
