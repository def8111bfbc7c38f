//! The operations that touch the disk: promises, kept by the verbs of `sys`.

mod content;
mod dir;
mod env;
mod names;
mod query;
mod stat;
mod temp;

pub use stat::{FileKind, Stat};
pub use temp::TempDir;
