//! Paths that no system takes: those that hold NUL, with which it ends texts.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

pub(super) fn holds_nul(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().contains(&0)
}

/// Refuses a path that holds NUL.
pub(super) fn check_nul(path: &Path) -> Result<()> {
    if holds_nul(path) { Err(nul_error()) } else { Ok(()) }
}

/// The error of the standard library for such a path.
pub(super) fn nul_error() -> Error {
    Error::new(ErrorKind::InvalidInput, "file name contained an unexpected NUL byte")
}
