//! The sides of a copy, a move or a mirror: plain paths, and paths below a root.

use std::borrow::Cow;
use std::sync::Arc;

#[cfg(feature = "remote-no-tls")]
use super::transfer::Transfer;
use crate::error::{Error, Op, Result};
#[cfg(feature = "remote-no-tls")]
use crate::objects::Objects;
#[cfg(feature = "remote-no-tls")]
use crate::path::PosixPath;
use crate::path::{AsPath, Path, PathBuf};
use crate::sys::{self, Base, BasedPath, BesideRoot, Ground, Located, OsPath};

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

    /// This path, or the one with a name in this directory.
    #[doc(hidden)]
    fn owned(&self, name: Option<&str>) -> Self::Owned;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// The path of a side, and what it begins in.
pub enum SidePath<'a> {
    Disk(DiskPath<'a>),
    #[cfg(feature = "remote-no-tls")]
    Object(ObjectPath<'a>),
}

/// A path from the working directory, or below a root.
pub struct DiskPath<'a> {
    pub(crate) path: Cow<'a, Path>,
    pub(crate) root: Option<&'a Arc<sys::Root<sys::Dir>>>,
}

/// A path in a store of objects.
#[cfg(feature = "remote-no-tls")]
pub struct ObjectPath<'a> {
    pub(crate) path: Cow<'a, PosixPath>,
    pub(crate) store: &'a Arc<dyn Objects>,
}

impl<P: AsPath + ?Sized> sealed::Sealed for P {}

impl<P: AsPath + ?Sized> Side for P {
    type Owned = PathBuf;

    fn side(&self) -> SidePath<'_> {
        SidePath::Disk(DiskPath { path: self.to_path(), root: None })
    }

    fn owned(&self, name: Option<&str>) -> PathBuf {
        let path = self.to_path();
        name.map_or_else(|| path.to_path_buf(), |name| path.child(name))
    }
}

/// Makes sides of what is a located path or has one. A located path knows its `side_path`.
macro_rules! sides {
    ($([$($parameter:tt)*] $side:ty, $handle:ty: $at:ident => $path:expr;)*) => {$(
        impl<$($parameter)*> sealed_side::Sealed for $side {}

        impl<$($parameter)*> Side for $side {
            type Owned = At<$handle>;

            fn side(&self) -> SidePath<'_> {
                let $at = self;
                let located: &At<$handle> = $path;
                located.side_path()
            }

            fn owned(&self, name: Option<&str>) -> At<$handle> {
                let $at = self;
                let located: &At<$handle> = $path;
                name.map_or_else(|| located.clone(), |name| located.with_path(located.path.child(name)))
            }
        }
    )*};
}
pub(crate) use sides;

impl SidePath<'_> {
    /// The name that a copy or move into a directory gives to what it makes there.
    pub(super) fn name_in(&self, op: Op, directory: &SidePath<'_>) -> Result<&str> {
        let name = match self {
            Self::Disk(disk) => disk.path.name(),
            #[cfg(feature = "remote-no-tls")]
            Self::Object(object) => object.path.name(),
        };
        match name {
            "" | ".." => Err(Error::text(op, self.text(), "the path must end in a name").with_second(directory.text())),
            name => Ok(name),
        }
    }

    /// The path in this directory that has a name.
    pub(super) fn child(&self, name: &str) -> SidePath<'_> {
        match self {
            Self::Disk(disk) => SidePath::Disk(DiskPath { path: Cow::Owned(disk.path.child(name)), root: disk.root }),
            #[cfg(feature = "remote-no-tls")]
            Self::Object(object) => {
                SidePath::Object(ObjectPath { path: Cow::Owned(object.path.child(name)), store: object.store })
            }
        }
    }

    /// What an error can ask about the path.
    pub(super) fn ground(&self) -> Ground {
        match self {
            Self::Disk(disk) => disk.root.map_or(Ground::Working, |root| Ground::Root(Arc::clone(root))),
            #[cfg(feature = "remote-no-tls")]
            Self::Object(_) => Ground::Unknown,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Disk(disk) => disk.path.to_string(),
            #[cfg(feature = "remote-no-tls")]
            Self::Object(object) => object.store.uri(object.path.as_str()),
        }
    }
}

impl DiskPath<'_> {
    pub(super) fn os_path(&self) -> &OsPath {
        (*self.path).as_ref()
    }

    pub(super) fn below_root(&self) -> BasedPath<'_, Located<sys::Dir>> {
        let base: &dyn Base<_> = match self.root {
            Some(root) => root,
            None => &BesideRoot,
        };
        BasedPath { base, path: self.os_path() }
    }
}

/// Both sides of an operation, for the engine that it needs.
pub(super) enum Sides<'a> {
    Plain(BasedPath<'a, sys::Dir>, BasedPath<'a, sys::Dir>),
    /// One of them is below a root, or both.
    Located(BasedPath<'a, Located<sys::Dir>>, BasedPath<'a, Located<sys::Dir>>),
    /// One of them is in a store of objects, or both.
    #[cfg(feature = "remote-no-tls")]
    Remote(Transfer<'a>),
}

impl<'a> Sides<'a> {
    pub(super) fn new(from: &'a SidePath<'_>, to: &'a SidePath<'_>) -> Self {
        match (from, to) {
            (SidePath::Disk(from), SidePath::Disk(to)) => match (from.root, to.root) {
                (None, None) => Self::Plain(BasedPath::ambient(from.os_path()), BasedPath::ambient(to.os_path())),
                _ => Self::Located(from.below_root(), to.below_root()),
            },
            #[cfg(feature = "remote-no-tls")]
            (SidePath::Disk(from), SidePath::Object(to)) => Self::Remote(Transfer::Up { from, to }),
            #[cfg(feature = "remote-no-tls")]
            (SidePath::Object(from), SidePath::Disk(to)) => Self::Remote(Transfer::Down { from, to }),
            #[cfg(feature = "remote-no-tls")]
            (SidePath::Object(from), SidePath::Object(to)) => Self::Remote(Transfer::Across { from, to }),
        }
    }
}
