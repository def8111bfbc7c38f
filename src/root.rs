//! A directory that paths cannot leave: [`Root`], and the paths below it.

mod attr;
mod content;
mod names;
mod options;
mod query;
#[cfg(all(test, target_os = "linux"))]
mod race_tests;
mod side;
mod tree;
mod walk;

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::ops::{Deref, Div};
use std::sync::Arc;

pub use options::{RootLinks, RootOptions};
pub use walk::{RootEntry, RootWalk};

use crate::at::{At, Store, sealed};
use crate::error::{Error, Op, Result};
use crate::flavour::Native;
use crate::fs::TempDir;
use crate::path::{AsPath, PathBuf};
use crate::sys::{self, Ground, OsPath};

/// A directory that paths cannot leave.
///
/// For names that come from others: uploads, archives, plugins, tools that a language model calls. A root is an open
/// directory. What is [joined](At::join) to it is a [`RootPath`], with the same methods as a [`Path`](crate::Path); each
/// looks its path up from the root and fails with an [escape](Error::is_escape) if a part of it leads out: `..`, an
/// absolute path, or a symbolic link.
///
/// A root dereferences to the path `.` below it.
///
/// [`join_inside`](crate::Path::join_inside) is the other half: it refuses names that would mean something else on another
/// system, without looking at the disk.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// use waypath::Root;
///
/// let uploads = Root::open(&base)?;
/// let file = &uploads / "2026" / "photo.txt";
/// file.parent().mkdir_all()?;
/// file.write_text("a lake")?;
///
/// let stolen = &uploads / "2026/../../../etc/passwd";
/// assert!(stolen.read_text().unwrap_err().is_escape());
/// # #[cfg(unix)]
/// (&uploads / "link").symlink_to("/etc")?;
/// # #[cfg(unix)]
/// assert!((&uploads / "link/passwd").read_text().unwrap_err().is_escape());
/// # Ok::<(), waypath::Error>(())
/// ```
///
/// # Security
///
/// On Linux, macOS and FreeBSD the promise holds whatever another program does to names meanwhile: a directory that is
/// swapped for a link to the outside is not followed, and what a method opened stays what it works on. On Windows and
/// WASI the promise is about what is there when a method looks: between looking and acting, another program can swap it.
/// [`is_race_free`](Root::is_race_free) returns which one holds.
///
/// A root does not protect from what is inside: hard links to files outside, directories of other file systems that are
/// mounted there (see [`same_file_system`](RootOptions::same_file_system)), and programs with your rights.
#[derive(Clone)]
pub struct Root(RootPath);

/// A path below a [`Root`].
///
/// It has the methods of [`Path`](crate::Path) that make sense below a root. A method that does not take a `RootPath` does
/// not take it for a path from the working directory either: there is no conversion to [`Path`](crate::Path) except
/// [`path_below`](At::path_below), which says so.
pub type RootPath = At<Root>;

impl Store for Root {}

impl sealed::Store for Root {
    type Handle = RootHandle;
    type Flavour = Native;
}

/// An open root.
#[derive(Clone)]
pub struct RootHandle(Arc<sys::Root<sys::Dir>>);

impl sealed::Handle for RootHandle {
    fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

/// Opening.
impl Root {
    /// Opens a directory as a root.
    ///
    /// The root stays with the directory, even if it is renamed. On Windows and WASI it stays with the path.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a").write_text("inside")?;
    /// assert_eq!((&base / "a").read_text()?, "inside");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](io::ErrorKind::NotFound): nothing is there.
    /// - [`NotADirectory`](io::ErrorKind::NotADirectory): it is not a directory.
    pub fn open(directory: impl AsPath) -> Result<Self> {
        Self::options().open(directory)
    }

    /// Returns options for opening a root: what to do with links, other file systems, and changes.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Root;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let root = Root::options().read_only(true).open(&base)?;
    /// assert!((&root / "a").write_text("").is_err());
    /// assert!(!(&base / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn options() -> RootOptions {
        RootOptions::default()
    }

    /// Checks whether the promise holds while other programs change names below the root.
    ///
    /// `true` on Linux, macOS and FreeBSD; `false` on Windows and WASI.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(target_os = "linux")]
    /// assert!(root.is_race_free());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_race_free(&self) -> bool {
        sys::Root::<sys::Dir>::is_race_free()
    }

    fn of(handle: sys::Root<sys::Dir>) -> Self {
        Self(At { handle: RootHandle(Arc::new(handle)), path: PathBuf::new() })
    }
}

/// Roots.
impl TempDir {
    /// Opens this directory as a [`Root`]. (The [`root`](crate::Path::root) of its path is `dir.path().root()`.)
    ///
    /// # Examples
    ///
    /// ```
    /// let dir = waypath::TempDir::new()?;
    /// let root = dir.root()?;
    /// (&root / "a").write_text("inside")?;
    /// assert_eq!((&dir / "a").read_text()?, "inside");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Root::open`].
    pub fn root(&self) -> Result<Root> {
        Root::open(self.path())
    }
}

/// A root is taken where a path below it is.
impl Borrow<RootPath> for Root {
    fn borrow(&self) -> &RootPath {
        self
    }
}

impl Borrow<RootPath> for &Root {
    fn borrow(&self) -> &RootPath {
        self
    }
}

impl<P: AsPath> Div<P> for &Root {
    type Output = RootPath;

    fn div(self, right: P) -> RootPath {
        self.join(right)
    }
}

impl Deref for Root {
    type Target = RootPath;

    fn deref(&self) -> &RootPath {
        &self.0
    }
}

#[cfg(unix)]
impl TryFrom<std::os::fd::OwnedFd> for Root {
    type Error = Error;

    /// Makes a root of an open directory, with the default [options](Root::options).
    fn try_from(directory: std::os::fd::OwnedFd) -> Result<Self> {
        let dir = sys::Dir::of_open(directory).map_err(|cause| Error::new(Op::OpenRoot, ".", cause))?;
        Ok(Self::of(sys::Root::new(dir, sys::Rules::default(), sys::Limits::default())))
    }
}

/// Roots.
impl RootPath {
    /// Opens this directory as a root of its own, with the same options.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "inner").mkdir()?;
    /// let inner = (&root / "inner").open_root()?;
    /// assert!((&inner / "..").stat().unwrap_err().is_escape());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Root::open`], and an [escape](Error::is_escape).
    pub fn open_root(&self) -> Result<Root> {
        self.ask(Op::OpenRoot, sys::Root::open_root).map(Root::of)
    }

    /// Asks the system about this path, or does something to it.
    fn ask<T>(&self, op: Op, verb: impl FnOnce(&sys::Root<sys::Dir>, &OsPath) -> io::Result<T>) -> Result<T> {
        verb(self.root(), self.os_path()).map_err(|cause| self.failed(op, cause))
    }

    fn root(&self) -> &sys::Root<sys::Dir> {
        &self.handle.0
    }

    fn os_path(&self) -> &OsPath {
        (*self.path).as_ref()
    }

    /// Where the paths of an error begin.
    fn ground(&self) -> Ground {
        Ground::Root(self.handle.0.clone())
    }

    fn failed(&self, op: Op, cause: io::Error) -> Error {
        Error::new(op, &*self.path, cause).on_ground(&self.ground())
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Root").finish_non_exhaustive()
    }
}
