//! Open directories over std alone: paths, as std opens nothing relative to a directory.
//!
//! So what is moved while it is listed is lost sight of, and a directory that is replaced by a link at
//! the wrong moment is followed.

use std::ffi::OsStr;
use std::fs::{self, ReadDir};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::system::{self, explained_for_dir, readable};
use super::{lstat, stat};
use crate::kind::FileKind;
use crate::sys::directory::{Directory, Links, Rest};

pub(crate) struct Dir {
    pub(super) path: PathBuf,
    /// What is still to be read.
    entries: Option<ReadDir>,
}

impl Dir {
    /// A directory of which nothing is to be read.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, entries: None }
    }

    /// The path of a name in it.
    pub(super) fn child(&self, name: &OsStr) -> PathBuf {
        system::child(&self.path, name)
    }
}

impl Directory for Dir {
    #[cfg(any(unix, windows))]
    type Id = (u64, u64);

    /// The real path: std tells no number.
    #[cfg(not(any(unix, windows)))]
    type Id = PathBuf;

    type Buffer = ();

    fn open(path: &Path) -> io::Result<Self> {
        readable(path)?;
        let entries = fs::read_dir(path).map_err(|error| explained_for_dir(path, error))?;
        Ok(Self { entries: Some(entries), path: path.to_owned() })
    }

    fn open_in(&self, name: &OsStr, links: Links) -> io::Result<Self> {
        let path = self.child(name);
        match links {
            Links::Keep if lstat(&path)?.is_symlink() => Err(ErrorKind::NotADirectory.into()),
            _ => Self::open(&path),
        }
    }

    fn open_to_search(path: &Path) -> io::Result<Self> {
        match stat(path)?.is_dir() {
            true => Ok(Self::at(path.to_owned())),
            false => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn open_in_to_search(&self, name: &OsStr, links: Links) -> io::Result<Self> {
        let path = self.child(name);
        match links {
            Links::Keep if lstat(&path)?.is_symlink() => Err(ErrorKind::NotADirectory.into()),
            _ => Self::open_to_search(&path),
        }
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::at(self.path.clone()))
    }

    #[cfg(unix)]
    fn id(&self) -> io::Result<(u64, u64)> {
        Ok(super::id(&fs::metadata(&self.path)?))
    }

    #[cfg(windows)]
    fn id(&self) -> io::Result<(u64, u64)> {
        system::file_id(&self.path)
    }

    #[cfg(any(unix, windows))]
    fn is_same_device(left: &(u64, u64), right: &(u64, u64)) -> bool {
        left.0 == right.0
    }

    #[cfg(not(any(unix, windows)))]
    fn id(&self) -> io::Result<PathBuf> {
        fs::canonicalize(&self.path)
    }

    #[cfg(not(any(unix, windows)))]
    fn is_same_device(left: &PathBuf, right: &PathBuf) -> bool {
        left.components().next() == right.components().next()
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        let found = match links {
            Links::Follow => stat(path)?,
            Links::Keep => lstat(path)?,
        };
        Ok(FileKind::of(found.file_type()))
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        Self::kind(&self.child(name), links)
    }

    /// std tells no numbers here.
    fn read(
        &mut self,
        _: &mut (),
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        const ENTRIES: usize = 1024;

        let Some(mut entries) = self.entries.take() else { return Ok(Rest::Nothing) };
        for _ in 0..ENTRIES {
            match entries.next() {
                Some(Ok(entry)) => {
                    each(self, &entry.file_name(), entry.file_type().map(FileKind::of), None);
                }
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(Rest::Nothing),
            }
        }
        self.entries = Some(entries);
        Ok(Rest::More)
    }
}
