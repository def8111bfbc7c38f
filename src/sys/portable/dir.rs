//! Open directories over std alone: paths, because std opens nothing relative to a directory.
//!
//! So a directory that is moved while it is listed is lost, and one that is replaced by a link at the wrong moment is
//! followed.

use std::ffi::{OsStr, OsString};
use std::fs::{DirEntry, ReadDir};
use std::hash::Hash;
use std::io::{self, ErrorKind};
use std::iter::Map;
use std::path::{Path, PathBuf};

use crate::kind::FileKind;
use crate::sys::directory::{Access, Directory, Links, Rest};
use crate::sys::paths;

/// What a listing asks about paths. Tests answer as Microsoft documents.
pub(crate) trait Paths: 'static {
    type Id: Clone + Eq + Hash + Send + Sync;
    type Entries: Iterator<Item = Entry> + Send + Sync + 'static;

    /// Lists a directory. A link is followed.
    fn read_dir(path: &Path) -> io::Result<Self::Entries>;

    fn kind(path: &Path, links: Links) -> io::Result<FileKind>;

    /// The identity of what a path leads to.
    fn file_id(path: &Path) -> io::Result<Self::Id>;

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool;
}

/// A name in a directory, and its kind.
pub(crate) type Entry = io::Result<(OsString, io::Result<FileKind>)>;

/// The system itself.
pub(crate) struct System;

impl Paths for System {
    type Id = paths::Id;
    type Entries = Map<ReadDir, fn(io::Result<DirEntry>) -> Entry>;

    fn read_dir(path: &Path) -> io::Result<Self::Entries> {
        Ok(paths::read_dir(path)?
            .map(|found| found.map(|entry| (entry.file_name(), entry.file_type().map(FileKind::of)))))
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        Ok(paths::content_facts(path, links)?.kind)
    }

    fn file_id(path: &Path) -> io::Result<Self::Id> {
        paths::file_id(path)
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        paths::is_same_device(left, right)
    }
}

/// A directory of the system.
pub(crate) type Dir = PathDir<System>;

pub(crate) struct PathDir<P: Paths> {
    pub(super) path: PathBuf,
    /// The entries that have not been read yet.
    entries: Option<P::Entries>,
}

impl<P: Paths> PathDir<P> {
    /// A directory that is not read.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, entries: None }
    }

    /// The same, after checking that it is a directory.
    fn at_directory(path: PathBuf, links: Links) -> io::Result<Self> {
        match Self::kind(&path, links)? {
            FileKind::Directory => Ok(Self::at(path)),
            _ => Err(ErrorKind::NotADirectory.into()),
        }
    }

    /// The path of a name in it.
    pub(super) fn child(&self, name: &OsStr) -> PathBuf {
        paths::child(&self.path, name)
    }
}

impl<P: Paths> Directory for PathDir<P> {
    type Id = P::Id;

    type Buffer = ();

    type Inner = Self;

    fn open_for(access: Access, path: &Path) -> io::Result<Self> {
        if access == Access::Read {
            return Ok(Self { entries: Some(P::read_dir(path)?), path: path.to_owned() });
        }
        Self::at_directory(path.to_owned(), Links::Follow)
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        let path = self.child(name);
        match links {
            Links::Follow => Self::open_for(access, &path),
            Links::Keep => {
                let dir = Self::at_directory(path, links)?;
                let entries = if access == Access::Read { Some(P::read_dir(&dir.path)?) } else { None };
                Ok(Self { entries, ..dir })
            }
        }
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::at(self.path.clone()))
    }

    fn id(&self) -> io::Result<Self::Id> {
        P::file_id(&self.path)
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        P::is_same_device(left, right)
    }

    fn kind(path: &Path, links: Links) -> io::Result<FileKind> {
        P::kind(path, links)
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        Self::kind(&self.child(name), links)
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        // Git can write an absolute path.
        let path = if Path::new(name).is_absolute() { name.into() } else { self.child(name) };
        match Self::kind(&path, links)? {
            FileKind::File => paths::read(&path),
            FileKind::Directory => Err(ErrorKind::IsADirectory.into()),
            _ => Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file")),
        }
    }

    /// std reports no numbers here.
    fn read(
        &mut self,
        _: &mut (),
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        const ENTRIES: usize = 1024;

        let Some(mut entries) = self.entries.take() else { return Ok(Rest::Nothing) };
        for _ in 0..ENTRIES {
            match entries.next() {
                Some(Ok((name, kind))) => each(self, &name, kind, None),
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(Rest::Nothing),
            }
        }
        self.entries = Some(entries);
        Ok(Rest::More)
    }
}
