//! The twin of `windows.rs` for other systems, of which std says nearly all.

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

/// The kind of an error, also where std has none for it: on WASI it knows few.
pub(crate) fn kind(error: &io::Error) -> ErrorKind {
    match error.raw_os_error() {
        // The numbers of "errno" in the interface's documentation.
        Some(number) if cfg!(target_os = "wasi") => match number {
            10 => ErrorKind::ResourceBusy,
            31 => ErrorKind::IsADirectory,
            34 => ErrorKind::TooManyLinks,
            37 => ErrorKind::InvalidFilename,
            51 => ErrorKind::StorageFull,
            54 => ErrorKind::NotADirectory,
            55 => ErrorKind::DirectoryNotEmpty,
            69 => ErrorKind::ReadOnlyFilesystem,
            75 => ErrorKind::CrossesDevices,
            _ => error.kind(),
        },
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

/// The same for an operation that is for files only: WASI opens a directory, but does not read it.
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
        // For a directory, reading will do.
        Err(error) if kind(&error) == ErrorKind::IsADirectory => File::open(path),
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

/// The same of a link itself: its name in the real path of its directory.
pub(super) fn own_id(path: &Path) -> io::Result<PathBuf> {
    let found = fs::symlink_metadata(path)?;
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if found.is_symlink() => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            Ok(file_id(parent)?.join(name))
        }
        _ => file_id(path),
    }
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
