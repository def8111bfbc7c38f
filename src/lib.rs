//! pathlib for Rust: paths as typed values that join with `/`, match, list, read, write and move,
//! with pathlib's names and pathlib's answers.
//!
//! ```
//! # fn main() -> waypath::Result<()> {
//! # let home = waypath::TempDir::new()?;
//! # (&home / "notes/2026").mkdir_all()?;
//! # (&home / "notes/2026/trip.md").write_text("# Trip\n\nBy train.\n")?;
//! use waypath::Path;
//!
//! let notes = Path::home()? / "notes";
//! # let notes = &home / "notes";
//! for note in notes.glob("**/*.md")? {
//!     let note = note?;
//!     let target = &notes / "archive" / note.relative_to(&notes)?.with_suffix(".txt")?;
//!     target.parent().mkdir_all()?;
//!     target.write_text(note.read_text()?)?;
//! }
//! # assert_eq!((notes / "archive/2026/trip.txt").read_text()?, "# Trip\n\nBy train.\n");
//! # Ok(())
//! # }
//! ```
//!
//! # From the top
//!
//! [`Path`] is a borrowed path and [`PathBuf`] an owned one, as `str` and `String` are texts. Both are
//! always UTF-8 and always in [normal form](Path#normal-form), and everything that this crate can do
//! with a path is a method of `Path`. [`path`] makes one from text; `/` joins.
//!
//! Methods that mostly need no new text return a `Cow`, which has the methods of `Path`. For `/` and
//! for a comparison with text, dereference it: `&*cow / "x"`, `*cow == "a/b"`.
//!
//! Paths have a [`Flavour`], which says by which rules their text is read. [`Native`] is that of this
//! system, and what `Path` means without a parameter: only such paths touch the disk. [`PosixPath`]
//! and [`WindowsPath`] have all the methods that are about text, on every system, for paths from
//! archives, manifests and other machines.
//!
//! Methods take [`impl AsPath`](AsPath): text, a path, a listing's entry, or camino's `Utf8Path`. A
//! [`Pattern`] is a glob pattern, compiled once, and a [`PatternSet`] many of them with includes and
//! excludes; where a method takes a pattern, its text will do.
//!
//! A [`Mode`] is who may do what with a file, as a number or as text such as `u+x`; [`TouchOptions`] say how a file
//! is made. What [`open`](Path::open) and its kin give are std's files.
//!
//! A [`Walk`] is what [`iterdir`](Path::iterdir), [`walk`](Path::walk), [`glob`](Path::glob) and
//! [`rglob`](Path::rglob) give: it takes options, and is an iterator of [`Entry`] values, which are
//! paths that know what kind of file they are. A [`Tree`] prints one. A [`TempDir`] is a directory that
//! is removed when it is dropped.
//!
//! [`write_atomic`](Path::write_atomic) and its kin replace the content of a file in one step, so that none is
//! lost; [`write_text`](Path::write_text) is what `std::fs::write` is.
//!
//! [`CopyOptions`] say how files and trees are copied and moved ([`Overwrite`], [`Symlinks`], [`Specials`]), and
//! [`RemoveOptions`] how they are removed, where [`copy`](Path::copy), [`move_to`](Path::move_to) and
//! [`rmtree`](Path::rmtree) are not enough. They give a [`Report`], which is a plan of [`Step`]s if it was a dry run,
//! and tell their [`Progress`].
//!
//! An [`Error`] says what was being done, to which path, and why it failed; printed by `main`, also what is
//! missing on the way. What works on a whole tree goes on after a failure, and lists all of them. Everything that can
//! fail returns [`Result`]; every path, whatever its text, can be asked everything, and nothing panics.
//!
//! How the source is laid out is on a page for [contributors](docs::contributing).
//!
//! # Differences from pathlib
//!
//! The reference is CPython 3.15's pathlib: its recorded answers to some 6,000 questions about paths,
//! and to 925 about real trees and changes to them, are asked again in the tests. These answers differ on purpose:
//!
//! | here | in Python | because |
//! | --- | --- | --- |
//! | [`copy`](Path::copy), [`move_to`](Path::move_to), [`rename`](Path::rename) refuse a name that is taken | replaced, on POSIX | nothing is lost silently; [`replace`](Path::replace) and [`CopyOptions::overwrite`] replace |
//! | copying and moving onto the same file, under whatever name, or into itself, through whatever link, is refused with [`InvalidInput`](std::io::ErrorKind::InvalidInput) | several errors; moving onto itself does nothing; a link is not seen through | it is one mistake |
//! | [`copy`](Path::copy) keeps links in a tree as links, and permissions | follows links, and leaves permissions to the umask | a copy is like the original, and ends; [`CopyOptions`] has both ways |
//! | [`glob`](Path::glob) gives each path once, in order, and reports what it could not read | repeats, the system's order, silence | results are complete or known not to be, and the same wherever the tree is |
//! | a copy that cannot work for several reasons fails with the first of these: a missing directory of the source or of the target, a missing source, the same file, a target inside the source, a target that exists | the source is opened first | problems with the target are found before anything is read |
//! | a symbolic link that is copied as a link can be copied to any place | `EINVAL` if the target's text begins with the link's | only the link is copied, not what it points to |
//! | [`walk`](Path::walk) of a path that is not a directory is an error | an empty listing | the same as for [`glob`](Path::glob) |
//! | a link that leads back is an error where links are [followed](Walk::follow_symlinks) | it is gone round in a circle, 40 times at most | each path is there once, and the loop is seen |
//! | [following](Walk::follow_symlinks) links changes where a listing goes, not what matches | with `recurse_symlinks`, a `**` at the end no longer takes nothing where another is in the pattern, and `***` finds the start | a pattern has one meaning |
//! | [`walk`](Path::walk) gives entries one by one | lists of names for each directory | an entry knows what it is, and options keep out of directories |
//! | a name that is not UTF-8 is an error item of a listing; where [`from_uri`](PathBuf::from_uri), [`readlink`](Path::readlink) or [`resolve`](Path::resolve) would give one, they give an error | surrogate escapes | a path is text that can be printed and stored |
//! | [`matches("")`](Path::matches) is `false` | `ValueError` | a yes-or-no question answers yes or no |
//! | `{a,b}` in a [pattern](Pattern) is `a` or `b` | a name with braces | shells and other tools have it, and a pattern that silently finds nothing is a trap |
//! | a class in a pattern never matches a separator | `[!b]` matches `/` | a part is matched by a part |
//! | joining goes by a path's text: what completed a share (`\\server` and `share`) stays complete | all original texts are joined anew | a path is its text |
//! | [`as_uri`](Path::as_uri) is `Path.as_uri` for all flavours | `PurePath.as_uri` keeps `\\?\`, and is deprecated | one way to do it |
//! | [`normalize`](Path::normalize) keeps `.\c:a` a name, and `//` and a share's root as pathlib has them; so does [`common_path`](Path::common_path) | `os.path.normpath`, `commonpath` and `relpath` do not | they are not pathlib |
//! | [`home`](Path::home) takes an empty `$HOME` for none | `/` | a script that tidies `/` |
//! | [`read_text`](Path::read_text) and [`write_text`](Path::write_text) leave newlines alone | translated by default | what is written is what is read |
//! | the empty text as a target, of [`replace`](Path::replace), [`symlink_to`](Path::symlink_to) or [`hardlink_to`](Path::hardlink_to), is `.` | an error of the system | the empty path is `.` everywhere |
//! | [`is_mount`](Path::is_mount) asks Linux, which knows all that is mounted | what is mounted from the same device is not seen | the answer is true |
//! | [`Stat::mode`] has the permissions only | `st_mode` has the kind of the file, too | it is what [`chmod`](Path::chmod) takes |
//! | [`parents`](Path::parents) is an iterator: `nth` beyond the end is `None` | `IndexError` | iterators are Rust's sequences |
//!
//! For `os.path.split`, `splitext` and `normcase`, which cut and change text, take
//! [`parent`](Path::parent) and [`name`](Path::name), [`suffix`](Path::suffix), and `==`.
//!
//! # Platforms
//!
//! | system | what shows that it works there |
//! | --- | --- |
//! | Linux | all tests: of access rights, other programs, failing system calls, full disks, and being killed, too |
//! | Windows | the same but for those of links, other users and failing system calls, under Wine; type checks and lints for both toolchains, GNU's and Microsoft's |
//! | WASI (`wasm32-wasip1`) | as for Windows, but for threads, panics, programs and the examples here, in Node; what is about text only, with no file system at all |
//! | macOS, FreeBSD | type checks and lints of code and tests |
//!
//! On each of the systems that run, the same vectors of pathlib's answers about text are asked; a model of a tree in
//! memory is compared with a tree on the disk after each of some thousand random operations; and a table of more than
//! a hundred mistakes has the same [`ErrorKind`](std::io::ErrorKind)s, so that a missing parent, a file in place of a
//! directory or a name that is too long is told in one way. To ask for a kind, take [`Error::kind`], which has one also
//! where std has none for what the system said. What differs between systems is said with each method.
//!
//! ## Windows
//!
//! - Drives, shares, verbatim paths (`\\?\`) and devices (`\\.\`) are parts of paths: see [`Path::drive`]. Long paths
//!   go to the system as std passes them on, which is as verbatim paths.
//! - Names that Windows would take for others are refused with
//!   [`InvalidFilename`](std::io::ErrorKind::InvalidFilename) before the system sees them: devices (`nul.txt`), dots
//!   and spaces at the end of a name; and, if something is made, changed or removed, streams (`a:b`). Questions refuse
//!   them as well: `a.` is never answered with what `a` is. A verbatim path means what it says. If a listing finds such
//!   a name, it is copied and removed as it is.
//! - A file that another program has open is in the way there. What gives a name to a file, or removes one, is tried
//!   again after 1, 2, 4, … ms, for one second at most; one of many files in a tree for an eighth of one. Then it
//!   fails with [`ResourceBusy`](std::io::ErrorKind::ResourceBusy) or
//!   [`PermissionDenied`](std::io::ErrorKind::PermissionDenied).
//! - A question ([`stat`](Path::stat), [`is_junction`](Path::is_junction), …) opens a file for its attributes only, which
//!   stands in no program's way.
//! - Read-only files are replaced and removed, as on other systems.
//! - A file is identified by the 128 bits of its number; if it has one name, also by its real path, as some file systems
//!   number several files alike, or none.
//! - [`symlink_to`](Path::symlink_to) makes a link to a directory if there is one at the target. A copy of a link is of
//!   the same kind as the link, and a copied junction is a junction. Neither is gone through when a tree is removed.
//! - Named streams are copied with their file. If the target's file system has none, they are
//!   [reported](Attribute::Stream). Access control lists are those that the target's directory gives.
//! - Owners and groups are [`Unsupported`](std::io::ErrorKind::Unsupported).
//!
//! Wine makes no links, lists no streams, keeps names in their case, and lets open files be removed. So unproved on a real
//! Windows are: links, junctions and streams, which are tested with answers as Microsoft documents them; renaming that
//! changes only case; file systems without file numbers; and removing or replacing what is open for others to remove.
//! Waiting for a file that nobody else may open is tested under Wine.
//!
//! ## macOS
//!
//! Unproved, written to the documentation of the system: names are stored as they are given and found in any case and
//! any Unicode normal form, so that two texts may be one file, which [`samefile`](Path::samefile) tells and `==` does
//! not. A literal part of a pattern is looked up, and given as the pattern spells it; behind a `**` it is compared with
//! the names that are stored. `/tmp` and `/var` are links, so that what [`resolve`](Path::resolve) gives begins with
//! `/private`. With [`CopyOptions::archive`], larger files share their content where the file system can do that.
//!
//! ## WASI
//!
//! One thread; no permissions ([`chmod`](Path::chmod) is [`Unsupported`](std::io::ErrorKind::Unsupported)), no owners;
//! only what the host has opened for the program.

mod path;

mod flavour;

mod pattern;

mod fs;

mod walk;

mod tree;

mod error;

mod report;

mod kind;

mod printable;

mod sys;

#[cfg(feature = "serde")]
mod serde;

#[cfg(feature = "proptest")]
pub mod proptest;

pub mod docs;

pub use error::{Error, IoResultExt, Op, Result};
pub use flavour::{Flavour, Native, Posix, Windows};
pub use fs::{
    AtomicFile, CopyOptions, EditedText, IntoMode, Mode, Overwrite, RemoveOptions, Specials, Stat, Symlinks, TempDir,
    TempFile, TempOptions, TouchOptions, TreeSize,
};
pub use kind::FileKind;
pub use path::{
    AsPath, Parents, Parts, Path, PathBuf, Platform, PosixPath, PosixPathBuf, Reason, Suffixes, Unportable,
    WindowsPath, WindowsPathBuf, path,
};
pub use pattern::{IntoPattern, Pattern, PatternSet, PatternSetBuilder};
pub use report::{Action, Attribute, NotKept, Progress, Report, SkipReason, Skipped, Step};
pub use walk::{Entry, IntoPatterns, Tree, Walk, glob};

/// The code in the README, compiled and run as the examples here are.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
