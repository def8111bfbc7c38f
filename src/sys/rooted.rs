//! Listing below a root: directories that are open, and know where below the root they are.
//!
//! A single name that is no link is opened in its directory, as elsewhere. Whatever follows a link or has several parts is
//! looked up from the root, as only the root knows what leads out.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::directory::{Access, Directory, Links, Rest};
use super::root::Root;
use super::verbs::Verbs;
use crate::kind::FileKind;

/// An open directory below a root.
pub(crate) struct Rooted<D: Verbs> {
    dir: D,
    root: Arc<Root<D>>,
    /// The path that led here from the root.
    at: PathBuf,
}

impl<D: Verbs> Rooted<D> {
    /// The root itself, where paths begin.
    pub(crate) fn start(root: Arc<Root<D>>) -> io::Result<Self> {
        Ok(Self { dir: root.open_dir(Path::new(""), Access::Search)?, root, at: PathBuf::new() })
    }

    fn below(&self, name: &OsStr, dir: D) -> Self {
        Self { dir, root: self.root.clone(), at: self.at.join(name) }
    }
}

/// What is read, kept until the directory that gave it can be asked again. Its names serve for all directories.
pub(crate) struct Kept<B> {
    buffer: B,
    names: Vec<OsString>,
    found: Vec<(io::Result<FileKind>, Option<u64>)>,
}

impl<B: Default> Default for Kept<B> {
    fn default() -> Self {
        Self { buffer: B::default(), names: Vec::new(), found: Vec::new() }
    }
}

impl<B> Kept<B> {
    fn keep(names: &mut Vec<OsString>, at: usize, name: &OsStr) {
        if at == names.len() {
            names.push(OsString::new());
        }
        names[at].clear();
        names[at].push(name);
    }
}

impl<D: Verbs + Sync> Directory for Rooted<D> {
    type Id = D::Id;
    type Buffer = Kept<D::Buffer>;

    /// No path begins elsewhere than in a directory below the root.
    fn open_for(_: Access, _: &Path) -> io::Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        if links == Links::Keep && is_single(name) {
            let dir = self.dir.open_in_for(access, name, links)?;
            self.root.check_file_system(&dir, || self.at.join(name))?;
            return Ok(self.below(name, dir));
        }
        Ok(self.below(name, self.root.open_dir_for(&self.at.join(name), access, links)?))
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { dir: self.dir.try_clone()?, root: self.root.clone(), at: self.at.clone() })
    }

    fn id(&self) -> io::Result<D::Id> {
        self.dir.id()
    }

    fn is_same_device(left: &D::Id, right: &D::Id) -> bool {
        D::is_same_device(left, right)
    }

    fn kind(_: &Path, _: Links) -> io::Result<FileKind> {
        Err(ErrorKind::Unsupported.into())
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        if links == Links::Keep && is_single(name) {
            return self.dir.kind_in(name, links);
        }
        let path = self.at.join(name);
        Ok(match links {
            Links::Follow => self.root.stat(&path)?.kind,
            Links::Keep => self.root.lstat(&path)?.kind,
        })
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        if links == Links::Keep && is_single(name) {
            return self.dir.read_file(name, links);
        }
        self.root.with_name(&self.at.join(name), links, |dir, name| dir.read_file(name, Links::Keep))
    }

    fn read(
        &mut self,
        kept: &mut Self::Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        let Kept { buffer, names, found } = kept;
        found.clear();
        let rest = self.dir.read(buffer, |_, name, kind, number| {
            Kept::<D::Buffer>::keep(names, found.len(), name);
            found.push((kind, number));
        });
        names.iter().zip(found.drain(..)).for_each(|(name, (kind, number))| each(self, name, kind, number));
        rest
    }
}

/// Whether a name is one in a directory, and no path.
fn is_single(name: &OsStr) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}
