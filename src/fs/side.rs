//! The sides of a copy, a move or a mirror: plain paths, and paths below a root.

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, Base, BasedPath, BesideRoot, Located, OsPath};

/// A side of a copy, a move or a mirror: a path, or a path below a [`Root`](crate::Root).
///
/// Whatever is [`AsPath`] can be a side, and so can a [`Root`](crate::Root), a [`RootPath`](crate::RootPath) and a
/// [`RootEntry`](crate::RootEntry). Only this crate implements it.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # (&base / "site").mkdir()?;
/// # (&base / "site/index.html").write_text("<p>hello")?;
/// # (&base / "uploads").mkdir()?;
/// use waypath::Root;
///
/// let uploads = Root::open(&base / "uploads")?;
/// let copy = (&base / "site").copy(&uploads / "site")?;
/// assert_eq!((&copy / "index.html").read_text()?, "<p>hello");
///
/// let error = (&base / "site").copy(&uploads / "../elsewhere").unwrap_err();
/// assert!(error.is_escape());
/// # Ok::<(), waypath::Error>(())
/// ```
pub trait Side: sealed::Sealed {
    /// The path that is returned: a [`PathBuf`], or a [`RootPath`](crate::RootPath).
    type Owned;

    #[doc(hidden)]
    fn side(&self) -> SidePath<'_>;

    /// Another path with the same beginning.
    #[doc(hidden)]
    fn with_side_path(&self, path: PathBuf) -> Self::Owned;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// The path of a side, and the root that it begins in.
pub struct SidePath<'a> {
    pub(crate) path: Cow<'a, Path>,
    pub(crate) root: Option<&'a Arc<sys::Root<sys::Dir>>>,
}

impl<P: AsPath + ?Sized> sealed::Sealed for P {}

impl<P: AsPath + ?Sized> Side for P {
    type Owned = PathBuf;

    fn side(&self) -> SidePath<'_> {
        SidePath { path: self.to_path(), root: None }
    }

    fn with_side_path(&self, path: PathBuf) -> PathBuf {
        path
    }
}

impl SidePath<'_> {
    /// The path in this directory that has the name of another path.
    pub(super) fn child_named_as(&self, op: Op, path: &Path) -> Result<SidePath<'_>> {
        match path.name() {
            "" | ".." => Err(Error::text(op, path, "the path must end in a name").with_second(&*self.path)),
            name => Ok(SidePath { path: Cow::Owned(self.path.child(name)), root: self.root }),
        }
    }

    pub(super) fn os_path(&self) -> &OsPath {
        (*self.path).as_ref()
    }

    fn below_root(&self) -> BasedPath<'_, Located<sys::Dir>> {
        let base: &dyn Base<_> = match self.root {
            Some(root) => root,
            None => &BesideRoot,
        };
        BasedPath { base, path: self.os_path() }
    }
}

/// Both sides of an operation, for the back end that it needs.
pub(super) enum Sides<'a> {
    Plain(BasedPath<'a, sys::Dir>, BasedPath<'a, sys::Dir>),
    /// One of them is below a root, or both.
    Located(BasedPath<'a, Located<sys::Dir>>, BasedPath<'a, Located<sys::Dir>>),
}

impl<'a> Sides<'a> {
    pub(super) fn new(from: &'a SidePath<'_>, to: &'a SidePath<'_>) -> Self {
        match (from.root, to.root) {
            (None, None) => Self::Plain(BasedPath::ambient(from.os_path()), BasedPath::ambient(to.os_path())),
            _ => Self::Located(from.below_root(), to.below_root()),
        }
    }
}
