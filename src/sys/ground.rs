//! The directory that the paths of an error start from, so that an error can look for more to report.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use super::{Access, Dir, Directory, Opening, Rest, Root, back_end};
use crate::kind::FileKind;

/// The start of paths: the working directory, or a root, which stays open as long as the error exists.
#[derive(Clone)]
pub(crate) enum Ground {
    Working,
    Root(Arc<Root<Dir>>),
    /// Nothing can be found out about these paths.
    Unknown,
}

/// Whether paths begin at the same place; an unknown one is like no other.
impl PartialEq for Ground {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Working, Self::Working) => true,
            (Self::Root(root), Self::Root(other)) => Arc::ptr_eq(root, other),
            _ => false,
        }
    }
}

impl Ground {
    /// Whether a path leads to a directory, links followed.
    pub(crate) fn is_dir(&self, path: &Path) -> io::Result<bool> {
        match self {
            Self::Working => back_end::stat(path).map(|found| found.is_dir()),
            Self::Root(root) => root.stat(path).map(|seen| seen.kind == FileKind::Directory),
            Self::Unknown => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// Whether a path is a link; an error if nothing is there.
    pub(crate) fn is_link(&self, path: &Path) -> io::Result<bool> {
        match self {
            Self::Working => back_end::lstat(path).map(|found| found.is_symlink()),
            Self::Root(root) => root.lstat(path).map(|seen| seen.kind == FileKind::Symlink),
            Self::Unknown => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// Whether it is known that a file or directory may not be read.
    pub(crate) fn may_not_read(&self, path: &Path) -> bool {
        let is_refused = |cause: &io::Error| cause.kind() == ErrorKind::PermissionDenied;
        match self {
            Self::Working => back_end::may_not_read(path),
            Self::Root(root) => match root.stat(path).map(|seen| seen.kind) {
                Ok(FileKind::Directory) => root.open_dir(path, Access::Read).err().as_ref().is_some_and(is_refused),
                Ok(FileKind::File) => root.open_file(path, Opening::Read).err().as_ref().is_some_and(is_refused),
                _ => false,
            },
            Self::Unknown => false,
        }
    }

    /// Whether it is known that a file may not be written, or a directory changed. Below a root, only trying would tell.
    pub(crate) fn may_not_write(&self, path: &Path) -> bool {
        matches!(self, Self::Working) && back_end::may_not_write(path)
    }

    /// What keeps everybody from changing what has this path, in words that follow its name; `None` also if that is not
    /// known.
    pub(crate) fn protection(&self, path: &Path) -> Option<&'static str> {
        matches!(self, Self::Working).then(|| back_end::protection(path))?
    }

    /// Whether it is known that only its owner may remove or rename what has this path, and that is another user.
    pub(crate) fn is_kept_by_owner(&self, path: &Path) -> bool {
        matches!(self, Self::Working) && back_end::is_kept_by_owner(path)
    }

    /// Whether it is known that what has this path, links followed, is another user's.
    pub(crate) fn has_another_owner(&self, path: &Path) -> bool {
        matches!(self, Self::Working) && back_end::has_another_owner(path)
    }

    /// Whether it is known that something is mounted at this path.
    pub(crate) fn is_mount(&self, path: &Path) -> bool {
        matches!(self, Self::Working) && back_end::is_mount(path).unwrap_or(false)
    }

    /// Some of the names in a directory.
    pub(crate) fn names(&self, directory: &Path, most: usize) -> io::Result<Vec<OsString>> {
        match self {
            Self::Working => back_end::names(directory, most),
            Self::Root(root) => names_in(&mut root.open_dir(directory, Access::Read)?, most),
            Self::Unknown => Err(ErrorKind::Unsupported.into()),
        }
    }
}

fn names_in<D: Directory>(dir: &mut D, most: usize) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    let mut buffer = D::Buffer::default();
    while names.len() < most && dir.read(&mut buffer, |_, name, _, _| names.push(name.to_owned()))? == Rest::More {}
    names.truncate(most);
    Ok(names)
}
