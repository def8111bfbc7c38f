//! Open directories, for listing and for operations on trees.

use std::ffi::OsStr;
use std::hash::Hash;
use std::io;
use std::path::Path;

use crate::kind::FileKind;

/// An open directory. It does not matter if its name is given to something else later.
///
/// Names are relative to it. The system follows a name of several parts, also through `..`.
pub(crate) trait Directory: Sized + Send + Sync + 'static {
    /// The identity of a directory: no other that exists has the same.
    type Id: Clone + Eq + Hash + Send + Sync;

    /// The buffer for reading names; one can be used for any number of directories.
    type Buffer: Default + Send;

    /// The directory that names are read from: this type itself, or the one that it wraps.
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

    /// Reads a regular file. Anything else is an error, without waiting for it.
    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>>;

    /// Reads more names, up to the end or until the buffer is full. `each` gets every name except `.` and `..`, its kind or why
    /// that is not known, and the inode number in the directory. That number is a hint: on some file systems the file itself
    /// has another one, and a mount point has that of the directory below the mount.
    fn read(
        &mut self,
        buffer: &mut Self::Buffer,
        each: impl FnMut(&Self::Inner, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest>;
}

/// The purpose for which a directory is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// To look up names in it, without permission to read it if the system supports that.
    Search,
    /// To make, rename and remove names in it, and to read it if that is permitted.
    Edit,
    /// To fill it: this program has just created it in the directory from which it is opened. Permissions and access control
    /// lists that the parent is known to give to new files are the same in this one.
    Fill,
}

/// How a link in the last part of a name is treated.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    /// As a link, never as a directory.
    #[default]
    Keep,
}

/// What is left to read of a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    Nothing,
    More,
}
