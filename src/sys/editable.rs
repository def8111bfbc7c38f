//! What tree operations stand on: open directories in which something can be changed.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::directory::{Directory, Links};
use crate::fs::FileKind;

/// A directory in which files are made and removed, by their names.
///
/// Names are single ones. Where a back end can, nothing that it does to a name follows a link, and no
/// other program that changes names above the directory leads it elsewhere.
pub(crate) trait Editable: Directory + Sync {
    /// A file that is open to be copied.
    type Source;

    /// What copying keeps from one file to the next.
    type Scratch: Default;

    /// Opens the directory for which a path has a name, for a path that ends in one.
    fn open_parent(path: &Path) -> io::Result<Self> {
        Self::open_to_edit(parent_of(path))
    }

    /// Opens a directory of which not more is asked than single names; that it may be read is not needed.
    fn open_to_edit(path: &Path) -> io::Result<Self>;

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts>;

    /// Whether a name here and one in another directory are of the same file; with links followed, whether they lead to
    /// the same file.
    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool;

    /// Whether this is the directory with an identity, or lies somewhere below it.
    fn lies_in(&self, id: &Self::Id) -> io::Result<bool>;

    fn remove_file(&self, name: &OsStr) -> io::Result<()>;

    fn remove_dir(&self, name: &OsStr) -> io::Result<()>;

    /// Whether [`remove_tree`](Editable::remove_tree) is safer than to go into the tree.
    const REMOVES_TREES: bool;

    /// Removes a directory with all that is in it, in the back end's own way.
    fn remove_tree(&self, name: &OsStr) -> io::Result<()>;

    /// Makes a directory; a private one is for its owner only.
    fn make_dir(&self, name: &OsStr, is_private: bool) -> io::Result<()>;

    /// Lets the owner of a directory do everything with it, and nobody else.
    fn make_private(&self, name: &OsStr) -> io::Result<()>;

    /// Makes a symbolic link.
    fn make_link(&self, name: &OsStr, target: &Path, replace: bool) -> io::Result<()>;

    fn read_link(&self, name: &OsStr) -> io::Result<OsString>;

    /// Gives the file in another directory one more name.
    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, replace: bool) -> io::Result<()>;

    /// Makes a pipe, socket or device as another one is.
    fn make_special(&self, name: &OsStr, like: &Facts, replace: bool) -> io::Result<()>;

    /// Gives something another name, in another directory.
    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, replace: bool) -> io::Result<()>;

    /// Opens a file to be copied; waits for nobody, whatever it is, and does not follow a link unless told.
    fn open_source(&self, name: &OsStr, links: Links) -> io::Result<(Self::Source, Facts)>;

    /// Makes a copy of an open file: first under a temporary name, and under its own only when it is
    /// complete. Nothing, if it was told to stop.
    fn copy_file(
        &self,
        name: &OsStr,
        source: &Self::Source,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<Means>>;

    /// Gives this directory what another one has.
    fn copy_attributes(&self, from: &Self, attributes: Attributes) -> io::Result<()>;

    /// Gives a link what another one has, as far as links have any.
    fn copy_link_attributes(&self, name: &OsStr, like: &Facts, attributes: Attributes) -> io::Result<()>;

    /// Waits until the names in it are on the disk.
    fn sync(&self) -> io::Result<()>;

    /// Whether the system can [sync](Editable::sync_file_system) a whole file system.
    const SYNCS_FILE_SYSTEM: bool;

    /// Waits until everything on its file system is on the disk.
    fn sync_file_system(&self) -> io::Result<()>;
}

/// What is known of a file.
#[derive(Clone, Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std does not make use of all"))]
pub(crate) struct Facts {
    pub(crate) kind: FileKind,
    /// Device and inode, where the system tells.
    pub(crate) id: Option<(u64, u64)>,
    /// How many names it has.
    pub(crate) names: u64,
    pub(crate) size: u64,
    /// How much of it is on the disk, in bytes.
    pub(crate) allocated: u64,
    /// Kind and permissions as Unix has them; 0 elsewhere.
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    /// Which device a device file stands for.
    pub(crate) device: u64,
    pub(crate) accessed: Option<SystemTime>,
    pub(crate) modified: Option<SystemTime>,
    /// A time of it that the file system has taken from the clock, and nobody can set: that of the last change of its
    /// inode; on Windows, when it was made.
    pub(crate) changed: Option<SystemTime>,
}

/// What a copy has of the original beside its content.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std keeps not all"))]
pub(crate) struct Attributes {
    pub(crate) mode: bool,
    pub(crate) times: bool,
    pub(crate) xattrs: bool,
    pub(crate) owner: bool,
}

/// How a file is copied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Copying {
    pub(crate) attributes: Attributes,
    /// Whether what has the name is replaced; else it is an error.
    pub(crate) replace: bool,
    /// Whether the content is on the disk before it gets its name.
    pub(crate) sync: bool,
}

/// How the content of a file came to its copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std does not tell"))]
pub(crate) enum Means {
    /// Both share it on the disk until one is changed.
    Shared,
    /// The system copied it.
    BySystem,
    /// It was read and written.
    ByHand,
}

/// A name that nobody is expected to have: a dot, sixteen random digits, `.waypath-tmp`.
pub(crate) fn temporary_name() -> OsString {
    use std::hash::{BuildHasher as _, RandomState};
    format!(".{:016x}.waypath-tmp", RandomState::new().hash_one(0)).into()
}

/// The directory in which a path has its name.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
