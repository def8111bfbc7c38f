//! Renaming by paths, without replacing anything.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::facts::facts_of;
use crate::sys::edit_dir::Facts;
use crate::sys::paths;
use crate::sys::rename::{Name, rename_in_two_steps};

/// Renames. Fails if the new name is taken.
///
/// For a moment both names exist. A file to which another program gives the first name at that moment may be lost.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    rename_in_two_steps(Named(from), Named(to)).map_err(|error| missing(from, to, error))
}

#[derive(Clone, Copy)]
struct Named<'a>(&'a Path);

impl Name for Named<'_> {
    fn facts(self) -> io::Result<Facts> {
        Ok(facts_of(&paths::lstat(self.0)?))
    }

    fn hard_link(self, new: Self) -> io::Result<()> {
        paths::hard_link(self.0, new.0)
    }

    fn rename(self, new: Self) -> io::Result<()> {
        paths::rename(self.0, new.0)
    }

    fn remove_file(self) -> io::Result<()> {
        paths::remove_file(self.0)
    }

    /// `NotFound` is not one: Node's WASI reports it for every link, and renaming would report it again.
    fn is_about_hard_links(error: &io::Error) -> bool {
        use ErrorKind::{AlreadyExists, CrossesDevices, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        let others = [AlreadyExists, CrossesDevices, QuotaExceeded, ReadOnlyFilesystem, StorageFull];
        !others.contains(&paths::error_kind(error))
    }
}

/// The error of renaming a path that does not exist. If a file is used as a directory in the new path, that is the error, as
/// on Unix, which looks up both directories first.
pub(in crate::sys) fn missing(from: &Path, to: &Path, error: io::Error) -> io::Error {
    let is_in_directory =
        || from.parent().is_none_or(|parent| parent.as_os_str().is_empty() || paths::stat(parent).is_ok());
    match error.kind() {
        ErrorKind::NotFound if is_in_directory() => match paths::lstat(to) {
            Err(behind_file) if behind_file.kind() == ErrorKind::NotADirectory => behind_file,
            _ => error,
        },
        _ => error,
    }
}
