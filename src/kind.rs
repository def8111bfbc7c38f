//! What files are: their kinds, and the identity that Unix gives them.

use std::fmt;

/// The kind of a file. It prints as `file`, `directory`, `symbolic link` or `special file`.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// assert_eq!(base.lstat()?.kind(), waypath::FileKind::Directory);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; on Windows also a junction.
    Symlink,
    /// Something else: a pipe, a socket, a device.
    Other,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Symlink => "symbolic link",
            Self::Other => "special file",
        })
    }
}

/// What [`FileKind::Other`] is, on Unix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix has them"))]
pub(crate) enum Special {
    BlockDevice,
    CharDevice,
    Fifo,
    Socket,
}

/// What only Unix knows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix has them"))]
pub(crate) struct Inode {
    pub(crate) device: u64,
    pub(crate) number: u64,
    pub(crate) links: u64,
    pub(crate) user: u32,
    pub(crate) group: u32,
}
