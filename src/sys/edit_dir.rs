//! What tree operations stand on: open directories in which something can be changed.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::FileId;
use super::directory::{Access, Directory, Links};
use crate::kind::FileKind;
use crate::report::Attribute;

/// A directory in which files are made and removed, by their names.
///
/// Names are single ones. Where a back end can, nothing that it does to a name follows a link, and no
/// other program that changes names above the directory leads it elsewhere.
pub(crate) trait EditDir: Directory<Inner = Self> {
    /// A file that is open to be copied.
    type Source;

    /// What copying keeps from one file to the next.
    type Scratch: Default;

    /// Opens the directory for which a path has a name, for a path that ends in one.
    fn open_parent(path: &Path) -> io::Result<Self> {
        Self::open_for(Access::Edit, parent_of(path))
    }

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts>;

    /// Adds the number of a file to its facts if they are without, as it costs the back end more than the rest. That of a
    /// file with several names is always in them.
    fn with_number(&self, _name: &OsStr, facts: Facts) -> Facts {
        facts
    }

    /// Returns the identity of what has a name here; a link is not followed.
    fn id_in(&self, name: &OsStr) -> io::Result<Self::Id>;

    /// Whether this is where a file system begins, or a part of one that is mounted, as far as the system says it.
    fn is_mount_root(&self) -> io::Result<bool>;

    /// Whether a name here and one in another directory are of the same file; with links followed, whether they lead to
    /// the same file.
    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool;

    /// Whether this is the directory with an identity, or lies somewhere below it.
    fn lies_in(&self, id: &Self::Id) -> io::Result<bool>;

    fn remove_file(&self, name: &OsStr) -> io::Result<()>;

    /// Removes one name of a file with several; returns what is known of the file then, if the system can say it.
    fn remove_one_name(&self, name: &OsStr) -> io::Result<Option<Facts>>;

    fn remove_dir(&self, name: &OsStr) -> io::Result<()>;

    /// Whether [`remove_tree`](EditDir::remove_tree) is safer than to go into the tree.
    const REMOVES_TREES: bool;

    /// Removes a directory with all that is in it, in the back end's own way.
    fn remove_tree(&self, name: &OsStr) -> io::Result<()>;

    /// Makes a directory as another one is, in which its owner can do everything until it gets its
    /// [attributes](EditDir::copy_attributes), and nobody else anything if it gets the mode of the other one. Returns
    /// the mode that it is to have in the end, if that is neither what it has nor that of the other one.
    fn make_dir(
        &self,
        name: &OsStr,
        like: &Self,
        attributes: Attributes,
        scratch: &mut Self::Scratch,
    ) -> io::Result<Option<u32>>;

    /// Gives the owner of this directory all rights to it.
    fn open_up(&self) -> io::Result<()>;

    /// Does that with a directory in this one, which need not be readable.
    fn open_up_in(&self, name: &OsStr) -> io::Result<()>;

    /// Makes a symbolic link with this text, with the attributes of another link.
    fn make_link(
        &self,
        name: &OsStr,
        target: &Path,
        like: &Original<'_, Self>,
        copying: &Copying,
    ) -> io::Result<Losses>;

    fn read_link(&self, name: &OsStr) -> io::Result<OsString>;

    /// Makes a hard link to a file below another directory. The path may be longer than the system allows.
    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, existing: Existing) -> io::Result<()>;

    /// A file that is held open, so that hard links to it can be made whatever becomes of its names.
    type Held: Send + Sync;

    /// Holds the file, link or special file with a name here, if the back end can do that, and gives its facts.
    fn hold(&self, name: &OsStr) -> io::Result<(Option<Self::Held>, Facts)>;

    /// Makes a hard link to what is held.
    fn make_hard_link_to(&self, held: &Self::Held, name: &OsStr, existing: Existing) -> io::Result<()>;

    /// Makes a pipe, socket or device as another one is.
    fn make_special(&self, name: &OsStr, like: &Original<'_, Self>, copying: &Copying) -> io::Result<Losses>;

    /// Gives something another name, in another directory.
    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, existing: Existing) -> io::Result<()>;

    /// Opens a file to be copied; waits for nobody, whatever it is, and does not follow a link unless told.
    fn open_source(&self, name: &OsStr, links: Links) -> io::Result<(Self::Source, Facts)>;

    /// The content of what [`open_source`](EditDir::open_source) opened.
    #[cfg(feature = "remote-no-tls")]
    fn content_of(source: Self::Source) -> io::Result<std::fs::File>;

    /// Makes a copy of an open file: first under a temporary name, and under its own only when it is
    /// complete. Nothing, if it was told to stop.
    ///
    /// What replaces a file keeps of that file what it is not to have of the original: mode, owner, attributes.
    fn copy_file(
        &self,
        name: &OsStr,
        source: &Self::Source,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<CopiedFile>>;

    /// Gives this directory what another one has.
    fn copy_attributes(&self, from: &Self, finishing: &Finishing) -> io::Result<Losses>;

    /// Whether what has a name, of which this is known, has other attributes than a copy of the original would get
    /// here. Times are not compared: the facts have them.
    fn differs(&self, name: &OsStr, now: &Facts, like: &Original<'_, Self>, attributes: Attributes)
    -> io::Result<bool>;

    /// Gives what has a name the attributes of another one of its kind, and takes away those that the other one
    /// does not have.
    fn update(&self, name: &OsStr, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<Losses>;

    /// Waits until the names in it are on the disk.
    fn sync(&self) -> io::Result<()>;

    /// Whether the system can [sync](EditDir::sync_file_system) a whole file system.
    const SYNCS_FILE_SYSTEM: bool;

    /// Waits until everything on its file system is on the disk.
    fn sync_file_system(&self) -> io::Result<()>;
}

/// What is known of a file.
#[derive(Clone, Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std does not make use of all"))]
pub(crate) struct Facts {
    pub(crate) kind: FileKind,
    /// Device and inode, if the system tells; see also [`with_number`](EditDir::with_number).
    pub(crate) id: Option<FileId>,
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
    /// A time of it that the file system has taken from the clock, and nobody can set by accident: that of the last change
    /// of its content or attributes.
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

/// How a single thing is copied.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Copying {
    pub(crate) attributes: Attributes,
    pub(crate) existing: Existing,
    /// Whether the content is on the disk before it gets its name.
    pub(crate) sync: bool,
    /// Whether it is an error if it cannot have all attributes.
    pub(crate) strict: bool,
}

/// What to do if something has the name already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Existing {
    #[default]
    Fail,
    Replace,
}

/// How a directory gets its attributes when everything is in it.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std needs not all"))]
pub(crate) struct Finishing {
    pub(crate) attributes: Attributes,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
    /// What [`make_dir`](EditDir::make_dir) returned.
    pub(crate) mode: Option<u32>,
}

/// What is copied.
#[cfg_attr(not(unix), allow(dead_code, reason = "std needs not all"))]
pub(crate) struct Original<'a, D: EditDir> {
    pub(crate) dir: &'a D,
    pub(crate) name: &'a OsStr,
    /// Whether it is what the name leads to.
    pub(crate) links: Links,
    /// A regular file is open: that is faster to ask than its name.
    pub(crate) file: Option<&'a D::Source>,
    pub(crate) facts: &'a Facts,
}

/// A file that was copied.
#[derive(Debug)]
pub(crate) struct CopiedFile {
    pub(crate) means: Means,
    pub(crate) losses: Losses,
}

/// What a copy does not have of its original, and why.
#[derive(Debug, Default)]
pub(crate) struct Losses(Vec<(Attribute, io::Error)>);

impl Losses {
    pub(crate) fn add(&mut self, what: Attribute, cause: impl Into<io::Error>) {
        self.0.push((what, cause.into()));
    }

    /// Adds what could not be given, if it could not.
    pub(crate) fn of(&mut self, what: Attribute, given: io::Result<()>) {
        if let Err(cause) = given {
            self.add(what, cause);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes the first one an error, if there is one.
    pub(crate) fn refused(self) -> io::Result<()> {
        match self.0.into_iter().next() {
            Some((what, cause)) => Err(cannot_keep(&what, &cause)),
            None => Ok(()),
        }
    }
}

impl IntoIterator for Losses {
    type Item = (Attribute, io::Error);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The error that says what cannot be kept of a file.
fn cannot_keep(what: &Attribute, cause: &io::Error) -> io::Error {
    io::Error::new(super::error_kind(cause), format!("its {what} cannot be kept: {cause}"))
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

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::{EditDir, Existing};
    use crate::sys::{self, PortableDir, back_end};

    #[allow(clippy::disallowed_methods, reason = "the test looks at the disk through std")]
    fn names_of_one_file_stay<D: EditDir>() {
        let place = tempfile::tempdir().unwrap();
        sys::write(&place.path().join("old"), b"").unwrap();
        let dir = D::open(place.path()).unwrap();
        let link = |existing| dir.make_hard_link("new".as_ref(), &dir, Path::new("old"), existing);
        link(Existing::Fail).unwrap();
        assert_eq!(link(Existing::Fail).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        // What another program makes meanwhile may be a link to the same file.
        link(Existing::Replace).unwrap();
        let mut names = back_end::names(place.path(), 9).unwrap();
        names.sort();
        assert_eq!(names, ["new", "old"]);
    }

    #[test]
    fn replacing_a_file_by_itself_leaves_no_temporary_name() {
        names_of_one_file_stay::<sys::Dir>();
        names_of_one_file_stay::<PortableDir>();
    }
}
