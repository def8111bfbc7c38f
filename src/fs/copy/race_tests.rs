//! What others do to both trees just before each step of a copy.

#![allow(clippy::disallowed_methods, reason = "others use std")]

use std::cell::Cell;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::context::Copy;
use super::move_to::move_to;
use super::options::{CopyOptions, Overwrite, Specials, Symlinks};
use crate::error::{Error, Op};
use crate::report::Report;
use crate::sys::hooked::{Call, Hooked, hooked};
use crate::sys::{self, BasedPath};
use crate::tree::Account;

/// What a copy from `src` to `to` did.
struct Done {
    place: tempfile::TempDir,
    report: Option<Report>,
    /// What failed, by its path below `src`.
    failures: Vec<(String, ErrorKind)>,
}

impl Done {
    fn of(
        options: CopyOptions<'_>,
        prepare: impl Fn(&Path),
        others: impl FnMut(Call<'_>, &Path) -> io::Result<()> + 'static,
    ) -> Self {
        let place = tempfile::tempdir().unwrap();
        let [src, to] = ["src", "to"].map(|name| place.path().join(name));
        fs::create_dir(&src).unwrap();
        prepare(place.path());
        let (base, settings, account) = (place.path().to_owned(), options.settings, Account::new(None));
        let mut others = others;
        let copy = || {
            let (from, to) = (BasedPath::<Hooked<sys::Dir>>::ambient(&src), BasedPath::ambient(&to));
            Copy::new(Op::Copy, &settings, from, to, &account).run()
        };
        let copied = hooked(move |call| others(call, &base), copy).map_err(|cause| Error::new(Op::Copy, &*src, cause));
        let result = copied.and_then(|()| account.close(Op::Copy, &src, Some(&to)));
        let failure = |error: &Error| {
            (error.path().as_std_path().strip_prefix(&src).unwrap().to_str().unwrap().to_owned(), error.kind())
        };
        let failures = result.as_ref().err().map_or(Vec::new(), |error| error.failures().iter().map(failure).collect());
        Self { place, report: result.ok(), failures }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.place.path().join(path)
    }

    #[track_caller]
    fn fails<const N: usize>(&self, failures: [(&str, ErrorKind); N]) {
        assert_eq!(self.failures, failures.map(|(path, kind)| (path.to_owned(), kind)));
    }
}

/// Something that is done the n-th time only, from 1.
fn nth(number: u32) -> impl Fn() -> bool {
    let seen = Cell::new(0);
    move || {
        seen.set(seen.get() + 1);
        seen.get() == number
    }
}

fn files(base: &Path) {
    fs::create_dir_all(base.join("src/d")).unwrap();
    ["src/f", "src/d/g"].iter().for_each(|name| fs::write(base.join(name), "content").unwrap());
}

/// The same, and a directory to copy them to.
fn merged(base: &Path) {
    files(base);
    fs::create_dir(base.join("to")).unwrap();
}

#[test]
fn what_a_file_has_become_is_copied() {
    type Make = fn(&Path);
    // As what it is at the destination, or how it fails.
    let rows: [(Make, std::result::Result<&str, ErrorKind>); 4] = [
        (|at| symlink("d", at).unwrap(), Ok("link")),
        (|at| fs::create_dir_all(at.join("below")).unwrap(), Ok("directory")),
        (|at| mknodat(CWD, at, FileType::Fifo, Mode::RUSR, 0).unwrap(), Err(ErrorKind::Unsupported)),
        (|_| {}, Err(ErrorKind::NotFound)),
    ];
    for (make, expected) in rows {
        let is_time = nth(1);
        let options = CopyOptions::new().specials(Specials::Refuse);
        let done = Done::of(options, files, move |call, base| {
            if call == ("open source", "f") && is_time() {
                fs::remove_file(base.join("src/f")).unwrap();
                make(&base.join("src/f"));
            }
            Ok(())
        });
        match expected {
            Ok(_) => done.fails([]),
            Err(kind) => done.fails([("f", kind)]),
        }
        let found = fs::symlink_metadata(done.at("to/f")).ok();
        let found = found.map(|found| if found.is_symlink() { "link" } else { "directory" });
        assert_eq!((found, done.at("to/d/g").exists()), (expected.ok(), true));
        assert_eq!(done.at("to/f/below").exists(), expected == Ok("directory"));
    }
}

#[test]
fn only_what_is_not_there_is_taken_for_absent() {
    for kind in [ErrorKind::PermissionDenied, ErrorKind::NotADirectory, ErrorKind::StaleNetworkFileHandle] {
        let done = Done::of(CopyOptions::new().overwrite(Overwrite::Always), merged, move |call, _| match call {
            ("facts", "f") => Err(kind.into()),
            _ => Ok(()),
        });
        done.fails([("f", kind)]);
        assert!(!done.at("to/f").exists() && done.at("to/d/g").exists());
    }
}

/// A directory that others have put where its own copy is to be.
#[test]
fn a_directory_is_not_copied_into_itself_with_links_followed() {
    let options = CopyOptions::new().symlinks(Symlinks::Follow).overwrite(Overwrite::Always);
    let done = Done::of(options, merged, |call, base| match call {
        ("make directory", "d") => fs::rename(base.join("src/d"), base.join("to/d")),
        _ => Ok(()),
    });
    done.fails([("d", ErrorKind::InvalidInput)]);
    assert_eq!(fs::read(done.at("to/d/g")).unwrap(), b"content");
}

/// What a link leads to may be a copy already, or the file that a copy is to replace.
#[test]
fn a_link_that_leads_to_the_destination_is_not_followed_there() {
    let linked = |base: &Path| {
        merged(base);
        fs::write(base.join("to/own"), "precious").unwrap();
        symlink("../to/own", base.join("src/own")).unwrap();
        symlink("../src/f", base.join("src/other")).unwrap();
    };
    let options = CopyOptions::new().symlinks(Symlinks::Follow).overwrite(Overwrite::Always);
    let done = Done::of(options, linked, |_, _| Ok(()));
    done.fails([("own", ErrorKind::InvalidInput)]);
    assert_eq!(
        ["own", "other"].map(|name| fs::read(done.at("to").join(name)).unwrap()),
        [&b"precious"[..], b"content"]
    );
}

/// Two names of one file, in a directory, copied to a directory that is there.
fn two_names(base: &Path) {
    fs::create_dir_all(base.join("src/d")).unwrap();
    fs::create_dir_all(base.join("to/d")).unwrap();
    fs::write(base.join("src/d/one"), "content").unwrap();
    fs::hard_link(base.join("src/d/one"), base.join("src/d/two")).unwrap();
}

#[test]
fn names_that_were_put_off_are_copied_to_and_from_where_they_were_met() {
    let options = || CopyOptions::archive().overwrite(Overwrite::IfNewer);
    let done = Done::of(options(), two_names, |_, _| Ok(()));
    assert_eq!(done.report.as_ref().unwrap().hard_links, 1);
    // The directory is opened at both ends when it is met, and again for the names that were put off.
    for (number, changed) in [(3, "src/d"), (4, "to/d")] {
        let is_time = nth(number);
        let done = Done::of(options(), two_names, move |call, base| {
            if call == ("open", "d") && is_time() {
                fs::rename(base.join(changed), base.join("away")).unwrap();
                fs::create_dir(base.join(changed)).unwrap();
                fs::write(base.join(changed).join("other"), "").unwrap();
            }
            Ok(())
        });
        done.fails([("d", ErrorKind::NotFound)]);
        assert!(["one", "two"].iter().all(|name| !done.at("to/d").join(name).exists()), "{changed}");
    }
    for number in [3, 4] {
        let is_time = nth(number);
        let done = Done::of(options(), two_names, move |call, _| match call == ("open", "d") && is_time() {
            true => Err(ErrorKind::PermissionDenied.into()),
            false => Ok(()),
        });
        done.fails([("d", ErrorKind::PermissionDenied)]);
    }
}

#[test]
fn a_copy_that_was_moved_away_still_gets_its_other_names() {
    let done = Done::of(
        CopyOptions::archive(),
        |base| {
            two_names(base);
            fs::remove_dir_all(base.join("to")).unwrap();
        },
        |(call, name), base| {
            if call == "make hard link" {
                let first = if name == "one" { "two" } else { "one" };
                fs::rename(base.join("to/d").join(first), base.join("away"))?;
            }
            Ok(())
        },
    );
    assert_eq!(done.report.as_ref().unwrap().hard_links, 1);
    let names = ["one", "two"].map(|name| done.at("to/d").join(name));
    let name = names.iter().find(|name| name.exists()).unwrap();
    assert_eq!(fs::metadata(name).unwrap().ino(), fs::metadata(done.at("away")).unwrap().ino());
}

/// Wherever a hard link cannot be made, the name gets a copy of its own, and other errors are errors.
#[test]
fn a_name_that_cannot_be_a_hard_link_is_copied() {
    use ErrorKind::{CrossesDevices, InvalidFilename, PermissionDenied, StorageFull, TooManyLinks, Unsupported};
    for (kind, is_copied) in [
        (CrossesDevices, true),
        (InvalidFilename, true),
        (PermissionDenied, true),
        (TooManyLinks, true),
        (Unsupported, true),
        (StorageFull, false),
    ] {
        let done = Done::of(
            CopyOptions::archive(),
            |base| {
                two_names(base);
                fs::remove_dir_all(base.join("to")).unwrap();
            },
            move |(call, _), _| match call {
                "make hard link" => Err(kind.into()),
                _ => Ok(()),
            },
        );
        let copied = done.report.as_ref().map(|report| (report.files, report.hard_links, report.not_kept.len()));
        assert_eq!(copied, is_copied.then_some((2, 0, 1)), "{kind:?}");
        assert_eq!(done.failures.iter().map(|failure| failure.1).collect::<Vec<_>>(), [kind][usize::from(is_copied)..]);
    }
}

/// An error of the first step says why nothing was copied; one further on costs what it is about.
#[test]
fn each_call_that_fails_costs_what_it_is_about() {
    let prepare = |base: &Path| {
        files(base);
        symlink("f", base.join("src/l")).unwrap();
    };
    for (call, name, failed) in [
        ("open", "src", ""),
        ("make directory", "to", ""),
        ("open", "to", ""),
        ("read", "", ""),
        ("make directory", "d", "d"),
        ("open", "d", "d"),
        ("open source", "f", "f"),
        ("copy file", "g", "d/g"),
        ("read link", "l", "l"),
        ("make link", "l", "l"),
    ] {
        let is_time = nth(1);
        let done = Done::of(CopyOptions::new(), prepare, move |found, _| match found == (call, name) && is_time() {
            true => Err(ErrorKind::HostUnreachable.into()),
            false => Ok(()),
        });
        done.fails([(failed, ErrorKind::HostUnreachable)]);
        let copied = ["f", "d/g", "l"].map(|name| done.at("to").join(name).symlink_metadata().is_ok());
        let expected = ["f", "d/g", "l"].map(|name| !(failed.is_empty() || name.starts_with(failed)));
        assert_eq!(copied, expected, "{call} {name}");
        // An empty directory is left only where it was made for what is in it.
        assert_eq!(done.at("to/d").exists(), expected[1] || failed == "d/g", "{call} {name}");
    }
}

/// Moves `src` to `to` as to another device, while others do something: how it fails, and what is left at both.
fn moved(others: impl Fn(Call<'_>, &Path) -> io::Result<()> + 'static) -> (Option<ErrorKind>, [bool; 2]) {
    let place = tempfile::tempdir().unwrap();
    let base = place.path().to_owned();
    files(&base);
    let [src, to] = ["src", "to"].map(|name| base.join(name));
    let (settings, account) = (CopyOptions::new().settings, Account::new(None));
    let hook = move |call: Call<'_>| match call {
        ("rename", "src") => Err(ErrorKind::CrossesDevices.into()),
        _ => others(call, &base),
    };
    let (old, new) = (BasedPath::<Hooked<sys::Dir>>::ambient(&src), BasedPath::ambient(&to));
    let result = hooked(hook, || move_to(&settings, old, new, &account));
    let result = result.map_err(|cause| Error::new(Op::Move, &*src, cause));
    let result = result.and_then(|()| account.close(Op::Move, &src, Some(&to)));
    (result.err().map(|error| error.failures()[0].kind()), [&src, &to].map(|path| path.exists()))
}

#[test]
fn an_original_is_gone_when_others_removed_it_and_not_when_it_only_seems_so() {
    const REMOVED: Call<'_> = ("remove directory", "src");
    assert_eq!(moved(|_, _| Ok(())), (None, [false, true]));
    let done = moved(|call, base| if call == REMOVED { fs::remove_dir_all(base.join("src")) } else { Ok(()) });
    assert_eq!(done, (None, [false, true]));
    for kind in [ErrorKind::NotFound, ErrorKind::PermissionDenied] {
        let done = moved(move |call, _| if call == REMOVED { Err(kind.into()) } else { Ok(()) });
        assert_eq!(done, (Some(kind), [true, true]));
    }
}

#[test]
fn nothing_is_moved_to_where_it_is_not_known_what_is_there() {
    for kind in [ErrorKind::PermissionDenied, ErrorKind::StaleNetworkFileHandle] {
        let done = moved(move |call, _| if call == ("facts", "to") { Err(kind.into()) } else { Ok(()) });
        assert_eq!(done, (Some(kind), [true, false]));
    }
}
