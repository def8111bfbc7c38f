//! Paths that no system takes: those that hold NUL, with which it ends texts.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// Refuses a path that holds NUL.
pub(super) fn check_nul(path: &Path) -> Result<()> {
    if holds_nul(path) { Err(nul_error()) } else { Ok(()) }
}

/// Makes the error of a call say why, if it says no more than that something is invalid, and the path holds NUL.
pub(crate) fn explain_nul(error: &mut Error, path: &Path) {
    if error.kind() == ErrorKind::InvalidInput && error.raw_os_error().is_some() && holds_nul(path) {
        *error = nul_error();
    }
}

fn holds_nul(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().contains(&0)
}

/// The error of the standard library for such a path.
fn nul_error() -> Error {
    Error::new(ErrorKind::InvalidInput, "file name contained an unexpected NUL byte")
}
