//! Listing below a root: open directories that know their path from the root.
//!
//! A single name that is not a link is opened in its directory, as elsewhere. Anything that follows a link or has several
//! parts is looked up from the root, because only the root knows what leads out.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use super::directory::{Access, Directory, Links, Rest};
use super::root::{Root, is_single};
use super::trail::Trail;
use super::verbs::Verbs;
use crate::kind::FileKind;

/// An open directory below a root.
pub(crate) struct Rooted<D: Verbs> {
    /// `None` for the root itself, which is open to look up names only.
    dir: Option<D>,
    root: Arc<Root<D>>,
    /// Its path from the root.
    at: Trail,
}

impl<D: Verbs> Rooted<D> {
    /// The root itself, which paths start from.
    pub(crate) fn start(root: Arc<Root<D>>) -> Self {
        Self { dir: None, root, at: Trail::default() }
    }

    fn dir(&self) -> &D {
        self.dir.as_ref().unwrap_or(self.root.dir())
    }
}

impl<D: Verbs> Directory for Rooted<D> {
    type Id = D::Id;
    type Buffer = D::Buffer;
    type Inner = D;

    /// Never succeeds: every path starts from a directory below the root.
    fn open_for(_: Access, _: &Path) -> io::Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        let at = self.at.child(name);
        let dir = self.root.open_from(self.dir(), name, &at, access, links)?;
        Ok(Self { dir: Some(dir), root: self.root.clone(), at })
    }

    fn try_clone(&self) -> io::Result<Self> {
        let dir = self.dir.as_ref().map(D::try_clone).transpose()?;
        Ok(Self { dir, root: self.root.clone(), at: self.at.clone() })
    }

    fn id(&self) -> io::Result<D::Id> {
        self.dir().id()
    }

    fn is_same_device(left: &D::Id, right: &D::Id) -> bool {
        D::is_same_device(left, right)
    }

    fn kind(_: &Path, _: Links) -> io::Result<FileKind> {
        Err(ErrorKind::Unsupported.into())
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        self.root.kind_from(self.dir(), &self.at, name, links)
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        if links == Links::Keep && is_single(name) {
            return self.dir().read_file(name, links);
        }
        self.root.with_name(&self.at.child(name).path(), links, |dir, name| dir.read_file(name, Links::Keep))
    }

    fn read(
        &mut self,
        buffer: &mut D::Buffer,
        each: impl FnMut(&D, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        let dir = match self.dir.take() {
            Some(dir) => dir,
            None => self.root.open_dir(Path::new(""), Access::Read)?,
        };
        self.dir.insert(dir).read(buffer, each)
    }
}
