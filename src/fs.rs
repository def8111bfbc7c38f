//! The operations that touch the disk: promises, kept by the verbs of `sys`.

mod bulk;
mod content;
mod copy;
mod dir;
mod env;
mod names;
mod query;
mod remove;
mod report;
mod stat;
mod temp;

pub use copy::{CopyOptions, Overwrite, Specials, Symlinks};
pub use remove::RemoveOptions;
pub use report::{Action, Progress, Report, SkipReason, Skipped, Step};
pub use stat::{FileKind, Stat};
pub use temp::TempDir;
