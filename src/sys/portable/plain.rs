//! The twin of `windows.rs` for systems that need nothing of it: std says it all.

#![allow(clippy::unnecessary_wraps, reason = "as on Windows")]

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

pub(super) fn remove_one_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

pub(super) fn remove_dir(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)
}

pub(super) fn remove_one_dir(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)
}

pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    fs::remove_dir_all(path)
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// The kind of an error, also where std has none for it.
pub(crate) fn kind(error: &io::Error) -> ErrorKind {
    /// `notempty` among the errors of WASI, which std leaves out.
    const NOT_EMPTY: i32 = 55;
    match error.raw_os_error() {
        Some(NOT_EMPTY) if cfg!(target_os = "wasi") => ErrorKind::DirectoryNotEmpty,
        _ => error.kind(),
    }
}

pub(crate) fn usable(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(crate) fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn child(dir: &Path, name: &OsStr) -> PathBuf {
    dir.join(name)
}

pub(super) fn explained(_: &Path, error: io::Error) -> io::Error {
    error
}

/// WASI opens a directory to be read as a file, and says of the reading that it has no right to it.
pub(super) fn explained_for_file(path: &Path, error: io::Error) -> io::Error {
    match cfg!(target_os = "wasi") && fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        true => ErrorKind::IsADirectory.into(),
        false => error,
    }
}

pub(super) fn explained_for_dir(_: &Path, error: io::Error) -> io::Error {
    error
}

pub(super) fn named_patiently<T>(mut deed: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    deed()
}

pub(super) fn open_to_set_times(path: &Path) -> io::Result<File> {
    match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::IsADirectory => File::open(path),
        result => result,
    }
}

pub(super) fn refuse_into_itself(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// What tells a file from every other that exists. std tells no number but only the real path: a file
/// with two names looks like two.
pub(crate) fn file_id(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

#[cfg(unix)]
pub(super) use std::os::unix::fs::symlink;

#[cfg(not(unix))]
pub(super) fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

pub(crate) fn is_junction(_: &Path) -> io::Result<bool> {
    Ok(false)
}
