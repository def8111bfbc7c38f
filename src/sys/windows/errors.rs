//! The errors of Windows, in terms of other systems.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;

use super::retry::Obstacle;

/// Numbers of errors ("System Error Codes" in Microsoft's documentation).
pub(super) mod code {
    pub(in crate::sys::windows) const INVALID_FUNCTION: i32 = 1;
    pub(in crate::sys::windows) const FILE_NOT_FOUND: i32 = 2;
    pub(in crate::sys::windows) const PATH_NOT_FOUND: i32 = 3;
    pub(in crate::sys::windows) const ACCESS_DENIED: i32 = 5;
    pub(in crate::sys::windows) const SHARING_VIOLATION: i32 = 32;
    pub(in crate::sys::windows) const LOCK_VIOLATION: i32 = 33;
    pub(in crate::sys::windows) const HANDLE_EOF: i32 = 38;
    pub(in crate::sys::windows) const NOT_SUPPORTED: i32 = 50;
    pub(in crate::sys::windows) const DIR_NOT_EMPTY: i32 = 145;
    pub(in crate::sys::windows) const ALREADY_EXISTS: i32 = 183;
    pub(in crate::sys::windows) const FILENAME_EXCED_RANGE: i32 = 206;
    pub(in crate::sys::windows) const MORE_DATA: i32 = 234;
    pub(in crate::sys::windows) const DIRECTORY: i32 = 267;
    pub(in crate::sys::windows) const DELETE_PENDING: i32 = 303;
    pub(in crate::sys::windows) const DIRECTORY_NOT_SUPPORTED: i32 = 336;
    pub(in crate::sys::windows) const PRIVILEGE_NOT_HELD: i32 = 1314;
    pub(in crate::sys::windows) const CANT_RESOLVE_FILENAME: i32 = 1921;
    pub(in crate::sys::windows) const NOT_A_REPARSE_POINT: i32 = 4390;
}

/// The kind of an error, even if std has none for it.
pub(crate) fn error_kind(error: &io::Error) -> ErrorKind {
    match error.raw_os_error() {
        Some(code::SHARING_VIOLATION | code::LOCK_VIOLATION | code::DELETE_PENDING) => ErrorKind::ResourceBusy,
        Some(code::PRIVILEGE_NOT_HELD) => ErrorKind::PermissionDenied,
        // So a file system such as FAT says that it has no links.
        Some(code::INVALID_FUNCTION | code::NOT_SUPPORTED) => ErrorKind::Unsupported,
        Some(code::NOT_A_REPARSE_POINT) => ErrorKind::InvalidInput,
        _ => error.kind(),
    }
}

/// Whether an error says that links lead in a circle.
pub(crate) fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(code::CANT_RESOLVE_FILENAME)
}

/// The error for that.
pub(crate) fn loop_error() -> io::Error {
    io::Error::from_raw_os_error(code::CANT_RESOLVE_FILENAME)
}

/// The error for a name that is taken.
pub(crate) fn taken_error() -> io::Error {
    io::Error::from_raw_os_error(code::ALREADY_EXISTS)
}

/// The error for a path that does not exist.
pub(crate) fn not_found() -> io::Error {
    io::Error::from_raw_os_error(code::FILE_NOT_FOUND)
}

pub(super) fn is_denied(error: &io::Error) -> bool {
    error.raw_os_error() == Some(code::ACCESS_DENIED)
}

/// Translates an error of the system into the one that other systems report: a file is used as a directory, or a name is
/// too long. Only Wine calls that not found.
pub(in crate::sys) fn explained(path: &Path, error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code::FILE_NOT_FOUND | code::PATH_NOT_FOUND) if long_name(path).is_some() => {
            io::Error::from_raw_os_error(code::FILENAME_EXCED_RANGE)
        }
        Some(code::PATH_NOT_FOUND) if leads_through_file(path) => io::Error::from_raw_os_error(code::DIRECTORY),
        _ => error,
    }
}

/// The first name in a path that is too long for every file system.
pub(crate) fn long_name(path: &Path) -> Option<&OsStr> {
    const LONGEST: usize = 255;
    path.iter().find(|name| name.encode_wide().nth(LONGEST).is_some())
}

/// The units of a path that fit into one call of the system, without the NUL at the end.
pub(crate) const LONGEST_PATH: usize = 32_766;

/// The same for an operation on files only, if it is a directory.
pub(super) fn explained_for_file(path: &Path, error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code::ACCESS_DENIED) if fs::metadata(path).is_ok_and(|found| found.is_dir()) => is_a_directory(),
        _ => explained(path, error),
    }
}

/// The same for an operation on directories only, if it is a file. Wine calls that a bad name.
pub(super) fn explained_for_dir(path: &Path, error: io::Error) -> io::Error {
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => io::Error::from_raw_os_error(code::DIRECTORY),
        _ => explained(path, error),
    }
}

fn leads_through_file(path: &Path) -> bool {
    // From the top, so that it ends at the first missing part: a path may have thousands.
    let above: Vec<_> = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()).collect();
    let no_dir =
        above.into_iter().rev().map(fs::metadata).find(|found| !found.as_ref().is_ok_and(fs::Metadata::is_dir));
    matches!(no_dir, Some(Ok(_)))
}

pub(super) fn is_a_directory() -> io::Error {
    io::Error::from_raw_os_error(code::DIRECTORY_NOT_SUPPORTED)
}

/// The obstacle to an operation, if it may go away.
pub(super) fn obstacle(error: &io::Error) -> Option<Obstacle> {
    match error.raw_os_error()? {
        code::SHARING_VIOLATION | code::LOCK_VIOLATION => Some(Obstacle::InUse),
        code::ACCESS_DENIED => Some(Obstacle::Denied),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What fails when a link is made: without the privilege, on a file system without links, and at a junction that is none.
    #[test]
    fn errors_of_links_have_a_kind_and_keep_their_number() {
        for (number, expected) in [
            (1314, ErrorKind::PermissionDenied),
            (5, ErrorKind::PermissionDenied),
            (1, ErrorKind::Unsupported),
            (50, ErrorKind::Unsupported),
            (183, ErrorKind::AlreadyExists),
            (1142, ErrorKind::TooManyLinks),
            (4390, ErrorKind::InvalidInput),
        ] {
            let error = explained(Path::new("nothing"), io::Error::from_raw_os_error(number));
            assert_eq!((error.raw_os_error(), error_kind(&error)), (Some(number), expected));
        }
    }
}
