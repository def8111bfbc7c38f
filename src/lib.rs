//! pathlib for Rust.

mod path;

mod flavour;

mod pattern;

mod fs;

mod walk;

mod error;

mod sys;

pub use error::{Error, Op, Result};
pub use flavour::{Flavour, Native, Posix, Windows};
pub use fs::{FileKind, Stat, TempDir};
pub use path::{
    AsPath, Parents, Parts, Path, PathBuf, Platform, PosixPath, PosixPathBuf, Reason, Suffixes, Unportable,
    WindowsPath, WindowsPathBuf, path,
};
pub use pattern::{IntoPattern, Pattern, PatternSet, PatternSetBuilder};
pub use walk::{Entry, Walk};
