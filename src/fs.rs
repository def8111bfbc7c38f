//! The operations that touch the disk: promises, kept by the verbs of `sys`.

mod content;
mod dir;
mod entry;
mod env;
mod query;
mod temp;

pub use query::{FileKind, Stat};
pub use temp::TempDir;
