//! Verbs on single names in an open directory, the same ones as on paths.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::SystemTime;

use super::Seen;
use super::beneath::Rules;
use super::directory::Links;
use super::edit_dir::EditDir;
use crate::kind::Special;

/// Operations on a name in a directory. Links are not followed, if the back end can prevent it.
pub(crate) trait Verbs: EditDir {
    /// Whether another program cannot lead an operation elsewhere by renaming meanwhile.
    const IS_RACE_FREE: bool;

    /// Opens the directory of a root.
    fn open_root(path: &Path) -> io::Result<Self>;

    /// Whether this directory is still the root or below it, if the system can tell.
    fn is_still_inside(&self, root: &Self) -> io::Result<bool>;

    /// Whether links in this directory do not lead where their text says.
    fn has_magic_links(&self) -> bool {
        false
    }

    /// Fails for a path with a name that this system would reinterpret.
    fn check_names(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn see(&self, name: &OsStr) -> io::Result<Seen>;

    /// Whether it is a mount point.
    fn is_mount(&self, name: &OsStr) -> io::Result<bool>;

    /// Whether it is a junction, which only Windows has.
    fn is_junction(&self, name: &OsStr) -> io::Result<bool>;

    /// Whether the path leads to a file that this user may run.
    fn is_executable(&self, name: &OsStr) -> bool;

    /// Opens a file. Does not wait for the other end of a pipe.
    fn open_file(&self, name: &OsStr, opening: Opening) -> io::Result<Opened>;

    /// The file, set to block when it is read and written.
    fn waiting(opened: Opened, _opening: Opening) -> io::Result<File> {
        Ok(opened.file)
    }

    /// Reads a file that was opened to its end.
    fn read_all(opened: Opened) -> io::Result<Vec<u8>> {
        let Opened { mut file, size, .. } = opened;
        let mut content = Vec::new();
        content.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
        file.read_to_end(&mut content)?;
        Ok(content)
    }

    fn create_dir(&self, name: &OsStr) -> io::Result<()>;

    /// Creates an empty file and opens it for writing. Fails if the name is taken.
    fn create_new(&self, name: &OsStr, mode: u32) -> io::Result<File>;

    /// Creates a symbolic link with this text.
    fn symlink(&self, name: &OsStr, target: &Path) -> io::Result<()>;

    fn set_permission_bits(&self, name: &OsStr, bits: u32) -> io::Result<()>;

    /// Sets times. A time that is not given stays.
    fn set_times(&self, name: &OsStr, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()>;

    fn set_times_to_now(&self, name: &OsStr) -> io::Result<()>;

    type AtomicTarget;

    /// Finds a file to replace; `None` if it changed in between.
    fn atomic_target(&self, name: &OsStr) -> io::Result<Option<Self::AtomicTarget>>;

    /// Finds a name for a new file. Fails if the name is taken.
    fn free_target(&self, name: &OsStr) -> io::Result<Self::AtomicTarget>;

    /// Looks up a path below this directory in one call of the system, if it can do that now.
    fn ask_kernel(&self, _path: &Path, _rules: Rules, _lookup: Lookup) -> Option<io::Result<Found<Self>>> {
        None
    }
}

/// What to look up in one call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// A directory, to look up names in it.
    Directory,
    File(Opening),
    See(Links),
}

/// What a [`Lookup`] found.
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), allow(dead_code, reason = "only Linux has the call"))]
pub(crate) enum Found<D> {
    Directory(D),
    File(Opened),
    Seen(Seen),
}

/// An open file and its metadata. Reading and writing it may not [block](Verbs::waiting) yet.
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) special: Option<Special>,
    pub(crate) size: u64,
}

/// The purpose for which a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    Read,
    /// To replace its content. It is created if it does not exist.
    Overwrite,
    /// To append to it. It is created if it does not exist.
    Append,
}
