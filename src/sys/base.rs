//! The start of the paths of a tree operation: the working directory, or a root.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::directory::{Access, Links};
use super::edit_dir::EditDir;
use super::located::Located;
use super::root::Root;
use super::trail::Trail;
use super::verbs::Verbs;
use crate::kind::FileKind;

/// The directory that paths start from. A back end can have several kinds.
pub(crate) trait Base<D: EditDir>: Sync {
    /// Finds the last name of a path. A path without one, such as `..`, is found as `.` in itself.
    fn find<'p>(&self, path: &'p Path, links: Links) -> io::Result<Location<'p, D>>;

    /// Finds the file that is created or overwritten by writing to a path whose last name is a link.
    fn find_behind_link(&self, path: &Path) -> io::Result<Location<'static, D>>;

    /// Opens the directory to which a path leads.
    fn open_dir(&self, path: &Path, access: Access) -> io::Result<D>;

    fn kind(&self, path: &Path, links: Links) -> io::Result<FileKind>;

    /// Returns a path from here to the same file without links and `..`, as far as the path exists. It is empty for the
    /// start itself.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// Fails if nothing may be changed from here.
    fn check_may_change(&self) -> io::Result<()> {
        Ok(())
    }

    /// The address that identifies a root; `None` for the working directory.
    fn root_address(&self) -> Option<usize> {
        None
    }
}

/// A name in an open directory.
pub(crate) struct Location<'p, D> {
    pub(crate) dir: D,
    /// `.` for the directory itself.
    pub(crate) name: Cow<'p, OsStr>,
    /// What to do if a link has the name.
    pub(crate) links: Links,
}

/// A path, and the directory that it starts from.
pub(crate) struct BasedPath<'a, D: EditDir> {
    pub(crate) base: &'a dyn Base<D>,
    pub(crate) path: &'a Path,
}

impl<D: EditDir> Clone for BasedPath<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: EditDir> Copy for BasedPath<'_, D> {}

impl<'a, D: EditDir> BasedPath<'a, D> {
    /// A path that starts from the working directory.
    pub(crate) fn ambient(path: &'a Path) -> Self {
        Self { base: &Ambient, path }
    }

    /// Finds the last name, to read it.
    pub(crate) fn find(self, links: Links) -> io::Result<Location<'a, D>> {
        self.base.find(self.path, links)
    }

    /// Finds the last name, to create, change or remove it. A link is not followed.
    pub(crate) fn find_to_change(self) -> io::Result<Location<'a, D>> {
        self.base.check_may_change()?;
        self.base.find(self.path, Links::Keep)
    }

    /// Opens the directory to which the path leads, to read it.
    pub(crate) fn open_dir(self) -> io::Result<D> {
        self.base.open_dir(self.path, Access::Read)
    }

    pub(crate) fn resolve(self) -> io::Result<PathBuf> {
        self.base.resolve(self.path)
    }

    /// Whether both start from the same directory, so that their paths can be compared.
    pub(crate) fn has_base_of(self, other: Self) -> bool {
        self.base.root_address() == other.base.root_address()
    }
}

/// The working directory.
pub(crate) struct Ambient;

impl<D: EditDir> Base<D> for Ambient {
    fn find<'p>(&self, path: &'p Path, links: Links) -> io::Result<Location<'p, D>> {
        Ok(match path.file_name() {
            Some(name) => Location { dir: D::open_parent(path)?, name: name.into(), links },
            None => Location { dir: D::open(path)?, name: OsStr::new(".").into(), links },
        })
    }

    fn find_behind_link(&self, path: &Path) -> io::Result<Location<'static, D>> {
        let real = super::resolve(path)?;
        if matches!(D::kind(&real, Links::Keep), Ok(FileKind::Symlink)) {
            return Err(super::loop_error());
        }
        let Location { dir, name, links } = Self.find(&real, Links::Keep)?;
        Ok(Location { dir, name: Cow::Owned(name.into_owned()), links })
    }

    fn open_dir(&self, path: &Path, access: Access) -> io::Result<D> {
        D::open_for(access, path)
    }

    fn kind(&self, path: &Path, links: Links) -> io::Result<FileKind> {
        D::kind(path, links)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        super::resolve(path)
    }
}

impl<D: Verbs> Base<Located<D>> for Arc<Root<D>> {
    /// If links are followed, the name returned is the one that the last link leads to.
    fn find<'p>(&self, path: &'p Path, links: Links) -> io::Result<Location<'p, Located<D>>> {
        let (dir, above, name) = Root::find(self, path, links)?;
        Ok(Location { dir: Located::within(self, Trail::of(&above), dir), name: Cow::Owned(name), links: Links::Keep })
    }

    fn find_behind_link(&self, path: &Path) -> io::Result<Location<'static, Located<D>>> {
        let (dir, above, name) = Root::find(self, path, Links::Follow)?;
        Ok(Location { dir: Located::within(self, Trail::of(&above), dir), name: Cow::Owned(name), links: Links::Keep })
    }

    fn open_dir(&self, path: &Path, access: Access) -> io::Result<Located<D>> {
        Ok(Located::within(self, Trail::of(path), Root::open_dir(self, path, access)?))
    }

    fn kind(&self, path: &Path, links: Links) -> io::Result<FileKind> {
        let seen = if links == Links::Follow { self.stat(path) } else { self.lstat(path) };
        Ok(seen?.kind)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let real = Root::resolve(self, path)?;
        Ok(if real == Path::new(".") { PathBuf::new() } else { real })
    }

    fn check_may_change(&self) -> io::Result<()> {
        Root::check_may_change(self)
    }

    fn root_address(&self) -> Option<usize> {
        Some(Arc::as_ptr(self).addr())
    }
}

/// The working directory, for an operation whose other side is in a root.
pub(crate) struct BesideRoot;

impl<D: Verbs> Base<Located<D>> for BesideRoot {
    fn find<'p>(&self, path: &'p Path, links: Links) -> io::Result<Location<'p, Located<D>>> {
        Ambient.find(path, links).map(beside)
    }

    fn find_behind_link(&self, path: &Path) -> io::Result<Location<'static, Located<D>>> {
        Ambient.find_behind_link(path).map(beside)
    }

    fn open_dir(&self, path: &Path, access: Access) -> io::Result<Located<D>> {
        Ambient.open_dir(path, access).map(Located::beside)
    }

    fn kind(&self, path: &Path, links: Links) -> io::Result<FileKind> {
        D::kind(path, links)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        super::resolve(path)
    }
}

fn beside<'p, D: Verbs>(found: Location<'p, D>) -> Location<'p, Located<D>> {
    let Location { dir, name, links } = found;
    Location { dir: Located::beside(dir), name, links }
}

impl<D: EditDir> Location<'_, D> {
    pub(crate) fn kind(&self) -> io::Result<FileKind> {
        self.dir.kind_in(&self.name, Links::Keep)
    }

    pub(crate) fn open(&self) -> io::Result<D> {
        self.dir.open_in(&self.name, self.links)
    }
}
