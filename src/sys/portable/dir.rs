//! Open directories over std alone: paths, because std opens nothing relative to a directory.
//!
//! So a directory that is moved while it is listed is lost, and one that is replaced by a link at the wrong moment is
//! followed.

use std::ffi::OsStr;
use std::fs::ReadDir;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::kind::FileKind;
use crate::sys::directory::{Access, Directory, Links, Rest};
use crate::sys::paths::{self, lstat, stat};

pub(crate) struct Dir {
    pub(super) path: PathBuf,
    /// The entries that have not been read yet.
    entries: Option<ReadDir>,
}

impl Dir {
    /// A directory that is not read.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, entries: None }
    }

    /// The path of a name in it.
    pub(super) fn child(&self, name: &OsStr) -> PathBuf {
        paths::child(&self.path, name)
    }
}

impl Directory for Dir {
    type Id = paths::Id;

    type Buffer = ();

    type Inner = Self;

    fn open_for(access: Access, path: &Path) -> io::Result<Self> {
        if matches!(access, Access::Read | Access::Fill) {
            return Ok(Self { entries: Some(paths::read_dir(path)?), path: path.to_owned() });
        }
        match stat(path)?.is_dir() {
            true => Ok(Self::at(path.to_owned())),
            false => Err(ErrorKind::NotADirectory.into()),
        }
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        let path = self.child(name);
        match links {
            Links::Keep if lstat(&path)?.is_symlink() => Err(ErrorKind::NotADirectory.into()),
            _ => Self::open_for(access, &path),
        }
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::at(self.path.clone()))
    }

    fn id(&self) -> io::Result<Self::Id> {
        paths::file_id(&self.path)
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        paths::is_same_device(left, right)
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
