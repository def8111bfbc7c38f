//! The operations that touch the disk: promises, kept by the verbs of `sys`.

// In the order in which the documentation lists their methods.
mod query;

mod stat;

mod content;

mod open;

mod opened;

mod atomic;

mod atomic_file;

mod dir;

mod names;

mod free_name;

mod touch;

mod side;

#[cfg(feature = "remote-no-tls")]
mod transfer;

mod copy;

mod mirror;

mod manifest;

mod remove;

mod size;

mod links;

mod resolve;

mod env;

mod find_up;

mod programs;

mod attr;

mod mode;

mod temp;

pub(crate) use atomic::Target as AtomicTarget;
pub(crate) use attr::{named, new_mode};
pub(crate) use content::{fill_new, has_same_content};
pub(crate) use dir::mkdir_all;
pub(crate) use find_up::{check_sought, leads_up};
pub(crate) use free_name::{at_free, found_name, next_free, numbered};
pub(crate) use query::{is_there, time_of};
#[cfg(feature = "remote-no-tls")]
pub(crate) use side::ObjectPath;
pub(crate) use side::{DiskPath, SidePath, sealed as sealed_side, sides};
pub(crate) use size::measured;
pub(crate) use touch::Touch;

pub use atomic::EditedText;
pub use atomic_file::AtomicFile;
pub use copy::{CopyOptions, Overwrite, Specials, Symlinks};
pub use mirror::MirrorOptions;
pub use mode::{IntoMode, Mode};
pub use remove::RemoveOptions;
pub use side::Side;
pub use size::TreeSize;
pub use stat::Stat;
pub use temp::{TempDir, TempFile, TempOptions};
pub use touch::TouchOptions;
