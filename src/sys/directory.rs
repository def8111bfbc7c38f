//! What listing and tree operations stand on: directories that are open.

use std::ffi::OsStr;
use std::hash::Hash;
use std::io;
use std::path::Path;

use crate::kind::FileKind;

/// A directory that is open, so that what has its name later does not matter.
///
/// Names are relative to it. One of several parts is the system's to follow, `..` too.
pub(crate) trait Directory: Sized + Send + Sync + 'static {
    /// What tells a directory from every other that exists.
    type Id: Clone + Eq + Hash + Send + Sync;

    /// Where the system puts what is read; one serves any number of directories.
    type Buffer: Default + Send;

    /// What names are read from: the directory itself, unless it is one of another back end with more to it.
    type Inner;

    /// Opens a directory by its path, following links; the path may be longer than the system allows.
    fn open_for(access: Access, path: &Path) -> io::Result<Self>;

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self>;

    fn open(path: &Path) -> io::Result<Self> {
        Self::open_for(Access::Read, path)
    }

    fn open_in(&self, name: &OsStr, links: Links) -> io::Result<Self> {
        self.open_in_for(Access::Read, name, links)
    }

    /// Opens the same directory again.
    fn try_clone(&self) -> io::Result<Self>;

    fn id(&self) -> io::Result<Self::Id>;

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool;

    fn kind(path: &Path, links: Links) -> io::Result<FileKind>;

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind>;

    /// Reads a regular file. Everything else is an error, and is not waited for.
    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>>;

    /// Reads on: up to the end, or until the buffer was full. `each` gets every name except `.` and `..`, what it is or
    /// why that is not known, and the inode number that the directory has for it: a hint, as some file systems have
    /// another one for the file itself, and a mount point has that of the directory below the mount.
    fn read(
        &mut self,
        buffer: &mut Self::Buffer,
        each: impl FnMut(&Self::Inner, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest>;
}

/// What a directory is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// To look up names in it: where the system can, without permission to read it.
    Search,
    /// To make, rename and remove names in it, and to read it if that is permitted.
    Edit,
    /// To fill it: this program has made it just now in the directory from which it is opened, and what that one is
    /// known to give to what is made in it, this one gives, too.
    Fill,
}

/// What becomes of a link in the last part of a name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    /// It is what it is: a link, and not a directory.
    #[default]
    Keep,
}

/// What is left to read of a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    Nothing,
    More,
}
