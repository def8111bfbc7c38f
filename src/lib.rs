//! pathlib for Rust.

mod error;
mod flavour;
mod path;
mod pattern;

pub use error::{Error, Op, Result};
pub use flavour::{Flavour, Native, Posix, Windows};
pub use path::{
    AsPath, Parents, Parts, Path, PathBuf, Platform, PosixPath, PosixPathBuf, Reason, Suffixes, Unportable,
    WindowsPath, WindowsPathBuf, path,
};
pub use pattern::{IntoPattern, Pattern, PatternSet, PatternSetBuilder};
