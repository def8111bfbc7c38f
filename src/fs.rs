//! The operations that touch the disk: promises, kept by the verbs of `sys`.

mod atomic;
mod content;
mod dir;
mod env;
mod names;
mod query;
mod stat;
mod temp;

pub use atomic::EditedText;
pub use stat::{FileKind, Stat};
pub use temp::TempDir;
