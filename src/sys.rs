//! What the system does: a verb each, on the system's own names, with the system's own errors.
//!
//! This is the one place that chooses between systems. A back end is a file with every verb; the
//! last one, over std alone, works everywhere. Nothing here knows of `Error` or of options.

mod directory;
mod edit_dir;
#[cfg(all(test, target_os = "linux"))]
pub(crate) mod hooked;
mod portable;
mod rename;
mod resolve;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

/// What of it can be tested everywhere.
#[cfg(all(test, not(windows)))]
mod windows {
    mod reserved_names;
    mod retry;
}

/// Paths as the system has them, UTF-8 or not. [`Path`](crate::Path) is for the rest of the crate.
pub(crate) use std::path::{Path as OsPath, PathBuf as OsPathBuf};

pub(crate) use directory::{Directory, Links, Rest};
pub(crate) use edit_dir::{
    Attributes, Copying, Editable, Existing, Facts, Finishing, Losses, Means, Original, temporary_name,
};
#[cfg(not(unix))]
pub(crate) use portable::*;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(all(test, unix))]
pub(crate) use portable::Dir as PortableDir;
