//! pathlib for Rust: paths as typed values that join with `/`, match, list, read, write and move, with the names and the
//! answers of Python's pathlib.
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
//!     target.mkdir_parent()?;
//!     target.write_text(note.read_text()?)?;
//! }
//! # assert_eq!((notes / "archive/2026/trip.txt").read_text()?, "# Trip\n\nBy train.\n");
//! # Ok(())
//! # }
//! ```
//!
//! # I want to …
//!
//! | I want to | method |
//! | --- | --- |
//! | make a path, join paths | [`path("a")`](path()), [`/`](Path::join) |
//! | get name, stem, suffix, parent, parts | [`name`](Path::name), [`stem`](Path::stem), [`suffix`](Path::suffix), [`parent`](Path::parent), [`parts`](Path::parts) |
//! | change name or suffix | [`with_name`](Path::with_name), [`with_suffix`](Path::with_suffix), [`add_suffix`](Path::add_suffix) |
//! | make a path relative | [`relative_to`](Path::relative_to), [`relative_to_walk_up`](Path::relative_to_walk_up) |
//! | resolve `..`, links, `~`, `$NAME` | [`normalize`](Path::normalize), [`resolve`](Path::resolve), [`expanduser`](Path::expanduser), [`expandvars`](Path::expandvars) |
//! | convert to a URI, from and to std | [`as_uri`](Path::as_uri), [`from_uri`](Path::from_uri), [`PathBuf::try_from`], [`as_std_path`](Path::as_std_path) |
//! | sort `page2` before `page10` | [`natural_cmp`](Path::natural_cmp) |
//! | find home, working or temporary directory | [`home`](Path::home), [`cwd`](Path::cwd), [`temp_dir`](Path::temp_dir), [`TempDir`], [`TempFile`] |
//! | check what is there | [`exists`](Path::exists), [`is_file`](Path::is_file), [`is_dir`](Path::is_dir), [`stat`](Path::stat) |
//! | know size and times | [`size`](Path::size), [`modified`](Path::modified), [`tree_size`](Path::tree_size) |
//! | list a directory, or a whole tree | [`iterdir`](Path::iterdir), [`walk`](Path::walk) |
//! | list only files, leave things out | [`only`](Walk::only), [`exclude`](Walk::exclude), [`gitignore`](Walk::gitignore), [`hidden`](Walk::hidden) |
//! | find files by pattern | [`glob`](Path::glob), [`rglob`](Path::rglob), [`glob("/var/**/*.log")`](glob()) |
//! | test a path against a pattern | [`full_match`](Path::full_match), [`matches`](Path::matches), [`Pattern`], [`PatternSet`] |
//! | look for a file here and in the parents, for a program | [`find_up`](Path::find_up), [`which`](Path::which) |
//! | compare files | [`same_content`](Path::same_content), [`samefile`](Path::samefile) |
//! | read a file | [`read_text`](Path::read_text), [`read_lines`](Path::read_lines), [`read_bytes`](Path::read_bytes), [`open`](Path::open) |
//! | write a file | [`write_text`](Path::write_text), [`append_text`](Path::append_text), [`create`](Path::create) |
//! | replace a file, or leave it whole | [`write_atomic`](Path::write_atomic), [`edit_text`](Path::edit_text), [`create_atomic`](Path::create_atomic) |
//! | write only if new, or if changed | [`write_new`](Path::write_new), [`write_if_changed`](Path::write_if_changed) |
//! | open a file with options, lock it | [`open_with`](Path::open_with) |
//! | create directories | [`mkdir`](Path::mkdir), [`mkdir_all`](Path::mkdir_all), [`mkdir_parent`](Path::mkdir_parent) |
//! | find a name that is free | [`next_free_name`](Path::next_free_name), [`at_free_name`](Path::at_free_name) |
//! | copy a file or a tree, keep a copy up to date | [`copy`](Path::copy), [`CopyOptions`], [`mirror_to`](Path::mirror_to) |
//! | move or rename | [`move_to`](Path::move_to), [`rename`](Path::rename), [`replace`](Path::replace) |
//! | remove a file, a tree, whatever is there | [`unlink`](Path::unlink), [`rmtree`](Path::rmtree), [`remove`](Path::remove) |
//! | change permissions and times | [`chmod`](Path::chmod), [`touch`](Path::touch), [`TouchOptions`] |
//! | create and read links | [`symlink_to`](Path::symlink_to), [`hardlink_to`](Path::hardlink_to), [`readlink`](Path::readlink) |
//! | use a name that somebody else chose | [`join_inside`](Path::join_inside), [`Root`], [`portability`](Path::portability) |
#![cfg_attr(
    feature = "remote-no-tls",
    doc = "| do the same in an object store | [`Bucket`], [`RemotePath`], [`Memory`] |"
)]
//! | print a tree, or a size | [`tree`](Path::tree), [`Size`] |
//! | work with paths of another system | [`PosixPath`], [`WindowsPath`] |
//! | take paths in my own functions | [`&Path`](Path), [`impl AsPath`](AsPath) |
//! | add the path to an error of std | [`at`](IoResultExt::at) |
//!
//! # What makes it different
//!
//! - **One vocabulary**: everything is a method of one type, with pathlib's name and pathlib's answer.
//! - **Typed**: a path is always UTF-8 and in [normal form](Path#normal-form); POSIX and Windows paths do not mix.
//! - **Nothing is lost**: `copy`, `move_to` and `rename` never overwrite unless told to; a copied file appears when it is complete.
//! - **Errors that help**: each has the operation, the path and the cause; if `main` prints it, similar names as well.
//! - **Fast**: listing and globbing take little longer than the bare system calls; see [Performance](docs::performance).
//!
//! # Guides
//!
//! Coming from [pathlib](docs::from_pathlib), from [os.path and shutil](docs::from_os_path), from [std](docs::from_std) ·
//! [Patterns](docs::patterns) · [Copying and moving safely](docs::copying) · [Errors](docs::errors) ·
//! [Writing functions that take paths](docs::functions) · [Untrusted names](docs::untrusted_names) ·
#![cfg_attr(feature = "remote-no-tls", doc = "[Object stores](docs::object_stores) ·")]
//! [Scripting](docs::scripting) · [With tokio](docs::tokio) · [Performance](docs::performance) ·
//! [Platforms](docs::platforms) · [Contributing](docs::contributing)

// Only docs.rs sets this: with a nightly compiler, what a feature adds is labelled.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod path;

mod flavour;

mod pattern;

mod fs;

mod gitignore;

mod walk;

mod at;

mod root;

#[cfg(feature = "remote-no-tls")]
mod objects;

#[cfg(feature = "remote-no-tls")]
mod remote;

mod tree;

mod error;

mod report;

mod kind;

mod size;

mod printable;

mod sys;

#[cfg(feature = "serde")]
mod serde;

#[cfg(feature = "proptest")]
pub mod proptest;

pub mod docs;

pub use at::{At, Store};
pub use error::{Error, IoResultExt, Op, Result};
pub use flavour::{Flavour, Native, Posix, Windows};
pub use fs::{
    AtomicFile, CopyOptions, EditedText, IntoMode, MirrorOptions, Mode, Overwrite, RemoveOptions, Side, Specials, Stat,
    Symlinks, TempDir, TempFile, TempOptions, TouchOptions, TreeSize,
};
pub use kind::FileKind;
pub use path::{
    AsPath, Parents, Parts, Path, PathBuf, PortabilityReason, PosixPath, PosixPathBuf, Suffixes, TargetPlatform,
    Unportable, WindowsPath, WindowsPathBuf, path,
};
pub use pattern::{IntoPattern, Pattern, PatternSet, PatternSetBuilder};
#[cfg(all(feature = "remote-no-tls", not(target_family = "wasm")))]
pub use remote::{Bucket, BucketOptions, Presign, RemotePath};
#[cfg(feature = "remote-no-tls")]
pub use remote::{
    Memory, ObjectStore, RemoteEntry, RemoteReader, RemoteStat, RemoteWalk, RemoteWriter, UnfinishedUpload,
};
pub use report::{
    Attribute, MirrorProgress, MirrorStage, NotKept, PlanAction, PlanStep, RawPath, Report, SkipReason, Skipped,
    TreeProgress,
};
pub use root::{Root, RootEntry, RootLinks, RootOptions, RootPath, RootWalk};
pub use size::Size;
pub use walk::{Entry, IntoPatterns, Tree, Walk, glob};

/// The code in the README, compiled and run as the examples here are.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
