//! Open directories whose contents can be changed, for operations on trees.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::FileId;
use super::directory::{Access, Directory, Links};
use crate::kind::FileKind;
use crate::report::Attribute;

/// A directory in which files are created and removed by name.
///
/// Each name is a single part. If the back end supports it, no link is followed, and nothing goes elsewhere when another
/// program renames a directory above.
pub(crate) trait EditDir: Directory<Inner = Self> {
    /// An open file to copy from.
    type Source;

    /// State that copying keeps from one file to the next.
    type Scratch: Default;

    /// Opens the parent directory of a path that ends in a name.
    fn open_parent(path: &Path) -> io::Result<Self> {
        Self::open_for(Access::Edit, parent_of(path))
    }

    fn facts_in(&self, name: &OsStr, links: Links) -> io::Result<Facts>;

    /// Adds the number of a file to its facts if it is missing there, because it costs the back end more than the rest. The
    /// number of a file with several names is always there.
    fn with_number(&self, _name: &OsStr, facts: Facts) -> Facts {
        facts
    }

    /// Returns the identity of the file with a name here. A link is not followed.
    fn id_in(&self, name: &OsStr) -> io::Result<Self::Id>;

    /// Whether this is the root of a file system, or of a mounted part of one, as far as the system reports it.
    fn is_mount_root(&self) -> io::Result<bool>;

    /// Whether a name here and one in another directory belong to the same file, or lead to the same file if links are
    /// followed.
    fn is_same(&self, name: &OsStr, other: &Self, other_name: &OsStr, links: Links) -> bool;

    /// Whether this is the directory with an identity, or is below it.
    fn lies_in(&self, id: &Self::Id) -> io::Result<bool>;

    fn remove_file(&self, name: &OsStr) -> io::Result<()>;

    /// Removes one of several names of a file. Returns the facts of the file afterwards, if the system can report them.
    fn remove_one_name(&self, name: &OsStr) -> io::Result<Option<Facts>>;

    fn remove_dir(&self, name: &OsStr) -> io::Result<()>;

    /// Whether [`remove_tree`](EditDir::remove_tree) is safer than removing entry by entry.
    const REMOVES_TREES: bool;

    /// Removes a directory with everything in it, in the back end's own way.
    fn remove_tree(&self, name: &OsStr) -> io::Result<()>;

    /// Creates a directory like another one. Until it gets its [attributes](EditDir::copy_attributes), its owner has all
    /// permissions, and if it is to get the mode of the other one, nobody else has any. Returns the mode for the end, if that
    /// is neither its present mode nor that of the other one.
    fn make_dir(
        &self,
        name: &OsStr,
        like: &Self,
        attributes: Attributes,
        scratch: &mut Self::Scratch,
    ) -> io::Result<Option<u32>>;

    /// Gives the owner of this directory all permissions.
    fn open_up(&self) -> io::Result<()>;

    /// Does the same with a directory in this one, which need not be readable.
    fn open_up_in(&self, name: &OsStr) -> io::Result<()>;

    /// Creates a symbolic link with this text and the attributes of another link.
    fn make_link(
        &self,
        name: &OsStr,
        target: &Path,
        like: &Original<'_, Self>,
        copying: &Copying,
    ) -> io::Result<Losses>;

    fn read_link(&self, name: &OsStr) -> io::Result<OsString>;

    /// Creates a hard link to a file below another directory. The path may be longer than the system allows.
    fn make_hard_link(&self, name: &OsStr, from: &Self, old: &Path, existing: Existing) -> io::Result<()>;

    /// A file that is held open, so that hard links to it can be created even if its names change.
    type Held: Send + Sync;

    /// Holds the file, link or special file with a name here, if the back end supports that, and returns its facts.
    fn hold(&self, name: &OsStr) -> io::Result<(Option<Self::Held>, Facts)>;

    /// Creates a hard link to a held file.
    fn make_hard_link_to(&self, held: &Self::Held, name: &OsStr, existing: Existing) -> io::Result<()>;

    /// Creates a pipe, socket or device like another one.
    fn make_special(&self, name: &OsStr, like: &Original<'_, Self>, copying: &Copying) -> io::Result<Losses>;

    /// Renames a file, into another directory.
    fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, existing: Existing) -> io::Result<()>;

    /// Opens a file to copy from. Never blocks, whatever it is, and follows a link only if told to.
    fn open_source(&self, name: &OsStr, links: Links, needed: Needed) -> io::Result<(Self::Source, Facts)>;

    /// The content of a file that [`open_source`](EditDir::open_source) opened.
    #[cfg(feature = "remote-no-tls")]
    fn content_of(source: Self::Source) -> io::Result<std::fs::File>;

    /// Copies an open file: first under a temporary name, and under its own when it is complete. Returns nothing if it was
    /// told to stop.
    ///
    /// A copy that replaces a file keeps that file's mode, owner and attributes, except those that it gets from the original.
    fn copy_file(
        &self,
        name: &OsStr,
        source: &Self::Source,
        facts: &Facts,
        copying: &Copying,
        scratch: &mut Self::Scratch,
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> io::Result<Option<CopiedFile>>;

    /// Gives this directory the attributes of another one.
    fn copy_attributes(&self, from: &Self, finishing: &Finishing) -> io::Result<Losses>;

    /// Whether the attributes of a file with a name and with these facts differ from those that a copy of the original would
    /// get here. Times are not compared; they are among the facts.
    fn differs(&self, name: &OsStr, now: &Facts, like: &Original<'_, Self>, attributes: Attributes)
    -> io::Result<bool>;

    /// Gives a file the attributes of another one of its kind, and removes those that the other one does not have.
    fn update(&self, name: &OsStr, like: &Original<'_, Self>, attributes: Attributes) -> io::Result<Losses>;

    /// Flushes the names in it to the disk.
    fn sync(&self) -> io::Result<()>;

    /// Whether the system can [sync](EditDir::sync_file_system) a whole file system.
    const SYNCS_FILE_SYSTEM: bool;

    /// Flushes everything on its file system to the disk.
    fn sync_file_system(&self) -> io::Result<()>;
}

/// Returns the facts of a file.
#[derive(Clone, Debug)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std does not make use of all"))]
pub(crate) struct Facts {
    pub(crate) kind: FileKind,
    /// Device and inode, if the system reports them; see also [`with_number`](EditDir::with_number).
    pub(crate) id: Option<FileId>,
    /// The number of its names.
    pub(crate) names: u64,
    pub(crate) size: u64,
    /// The space that it takes on the disk, in bytes.
    pub(crate) allocated: u64,
    /// Kind and permissions in the form of Unix; 0 elsewhere.
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    /// The device that a device file stands for.
    pub(crate) device: u64,
    pub(crate) accessed: Option<SystemTime>,
    pub(crate) modified: Option<SystemTime>,
    /// The time of the last change of its content or attributes. The file system takes it from the clock, so nobody sets it by
    /// accident.
    pub(crate) changed: Option<SystemTime>,
}

/// Which [facts](Facts) of a file to copy are needed. All of them take longer on some systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(unix, allow(dead_code, reason = "the system gives all facts at once"))]
pub(crate) enum Needed {
    /// Its kind, size and times.
    Content,
    /// Also its identity, and how many names it has.
    All,
}

/// The attributes that a copy gets from the original.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Whether to flush the content to the disk before it gets its name.
    pub(crate) sync: bool,
    /// Whether it is an error if an attribute cannot be kept.
    pub(crate) strict: bool,
}

/// What to do if something has the name already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Existing {
    #[default]
    Fail,
    Replace,
}

/// How a directory gets its attributes after its contents.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std needs not all"))]
pub(crate) struct Finishing {
    pub(crate) attributes: Attributes,
    /// Whether it was just created.
    pub(crate) is_new: bool,
    /// The mode that [`make_dir`](EditDir::make_dir) returned.
    pub(crate) mode: Option<u32>,
}

/// The original of a copy.
#[cfg_attr(not(unix), allow(dead_code, reason = "std needs not all"))]
pub(crate) struct Original<'a, D: EditDir> {
    pub(crate) dir: &'a D,
    pub(crate) name: &'a OsStr,
    /// Whether a link with the name is followed.
    pub(crate) links: Links,
    /// The open file, if it is a regular one: asking it is faster than asking by name.
    pub(crate) file: Option<&'a D::Source>,
    pub(crate) facts: &'a Facts,
}

/// A file that was copied.
#[derive(Debug)]
pub(crate) struct CopiedFile {
    pub(crate) means: Means,
    pub(crate) losses: Losses,
}

/// The attributes that a copy could not keep, and why.
#[derive(Debug, Default)]
pub(crate) struct Losses(Vec<(Attribute, io::Error)>);

impl Losses {
    pub(crate) fn add(&mut self, what: Attribute, cause: impl Into<io::Error>) {
        self.0.push((what, cause.into()));
    }

    /// Adds an attribute, if giving it failed.
    pub(crate) fn of(&mut self, what: Attribute, given: io::Result<()>) {
        if let Err(cause) = given {
            self.add(what, cause);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the first loss as an error, if there is one.
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

/// How the content of a file was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "std does not tell"))]
pub(crate) enum Means {
    /// Both files share it on the disk until one is changed.
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

/// The parent directory of a path.
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
