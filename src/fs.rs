//! The operations that touch the disk: promises, kept by the verbs of `sys`.

mod atomic;
mod attr;
mod attribute;
mod bulk;
mod content;
mod copy;
mod dir;
mod env;
mod find_up;
mod links;
mod manifest;
mod mode;
mod names;
mod open;
mod query;
mod remove;
mod report;
mod resolve;
mod size;
mod stat;
mod temp;
mod touch;

pub use atomic::EditedText;
pub use attribute::Attribute;
pub use copy::{CopyOptions, Overwrite, Specials, Symlinks};
pub use mode::{IntoMode, Mode};
pub use remove::RemoveOptions;
pub use report::{Action, NotKept, Progress, Report, SkipReason, Skipped, Step};
pub use size::TreeSize;
pub use stat::{FileKind, Stat};
pub use temp::TempDir;
pub use touch::TouchOptions;
