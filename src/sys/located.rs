//! Changing trees below a root: open directories that know their path from the root.
//!
//! [`Rooted`](super::rooted::Rooted) is the same for listings, without the calls that change something. A single name that
//! is not a link is used in the open directory; anything that follows a link or has several parts is looked up from the
//! root.

mod edit_dir;

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use super::directory::{Access, Directory, Links, Rest};
use super::root::{self, Root};
use super::trail::Trail;
use super::verbs::Verbs;
use crate::kind::FileKind;

/// An open directory below a root, or outside of it, for the other side of an operation.
pub(crate) struct Located<D: Verbs> {
    dir: D,
    /// `None` outside of the root.
    within: Option<Within<D>>,
}

/// Where a directory is.
struct Within<D> {
    root: Arc<Root<D>>,
    /// Its path from the root.
    at: Trail,
}

impl<D: Verbs> Located<D> {
    pub(super) fn within(root: &Arc<Root<D>>, at: Trail, dir: D) -> Self {
        Self { dir, within: Some(Within { root: Arc::clone(root), at }) }
    }

    pub(super) fn beside(dir: D) -> Self {
        Self { dir, within: None }
    }

    /// Does something with a name. The root looks it up if it may lead elsewhere: if it is a link to be followed, or has several
    /// parts. The name that is found is not followed.
    fn at_name<T>(
        &self,
        name: &OsStr,
        links: Links,
        mut verb: impl FnMut(&D, &OsStr, Links) -> io::Result<T>,
    ) -> io::Result<T> {
        let Some(Within { root, at }) = &self.within else { return verb(&self.dir, name, links) };
        if root::is_single(name) && (links == Links::Keep || !root::is_link(&self.dir, name)) {
            return verb(&self.dir, name, Links::Keep);
        }
        root.with_name(&at.child(name).path(), links, |dir, name| verb(dir, name, Links::Keep))
    }
}

/// The names that were read, kept until the directory can be asked about them. One buffer serves all directories.
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

impl<D: Verbs> Directory for Located<D> {
    type Id = D::Id;
    type Buffer = Kept<D::Buffer>;
    type Inner = Self;

    /// Never succeeds: every path starts from a directory below the root.
    fn open_for(_: Access, _: &Path) -> io::Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        let Some(Within { root, at }) = &self.within else {
            return self.dir.open_in_for(access, name, links).map(Self::beside);
        };
        let at = at.child(name);
        let dir = root.open_from(&self.dir, name, &at, access, links)?;
        Ok(Self::within(root, at, dir))
    }

    fn try_clone(&self) -> io::Result<Self> {
        let within = self.within.as_ref().map(|Within { root, at }| Within { root: root.clone(), at: at.clone() });
        Ok(Self { dir: self.dir.try_clone()?, within })
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
        match &self.within {
            Some(Within { root, at }) => root.kind_from(&self.dir, at, name, links),
            None => self.dir.kind_in(name, links),
        }
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        self.at_name(name, links, |dir, name, links| dir.read_file(name, links))
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
