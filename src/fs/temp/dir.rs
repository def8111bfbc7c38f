//! Temporary directories.

use std::fmt;
use std::ops::{Deref, Div};

use super::TempOptions;
use crate::error::Result;
use crate::fs::RemoveOptions;
use crate::path::{AsPath, Path, PathBuf};

/// A temporary directory. It is removed with everything in it when the value is dropped, including read-only directories, which
/// are [made writable](crate::RemoveOptions::make_writable) for that.
///
/// It derefs to its [`Path`], so `&dir / "name"` is a path in it.
///
/// On Unix, only the current user has permissions for it. A program that is killed, or ends by [`std::process::exit`], leaves it
/// behind. Its name begins with `.tmp`; [`TempOptions`] can change that.
///
/// # Examples
///
/// ```
/// use waypath::TempDir;
///
/// let dir = TempDir::new()?;
/// let file = &dir / "a.txt";
/// file.write_text("hello")?;
/// assert!(file.exists());
/// drop(dir);
/// assert!(!file.exists());
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "the directory is removed when this is dropped"]
pub struct TempDir {
    path: PathBuf,
    is_kept: bool,
}

impl TempDir {
    /// Creates a directory in the system's [directory for temporary files](Path::temp_dir).
    ///
    /// # Examples
    ///
    /// ```
    /// let dir = waypath::TempDir::new()?;
    /// assert!(dir.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the system, such as [`StorageFull`](std::io::ErrorKind::StorageFull).
    pub fn new() -> Result<Self> {
        TempOptions::new().dir()
    }

    /// Creates a directory in this one. Its path is always absolute.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::TempDir;
    ///
    /// let outer = TempDir::new()?;
    /// let inner = TempDir::new_in(&outer)?;
    /// assert_eq!(inner.parent(), &*outer);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - Others of the system.
    pub fn new_in(parent: impl AsPath) -> Result<Self> {
        TempOptions::new().parent(parent).dir()
    }

    pub(super) fn of(path: PathBuf) -> Self {
        Self { path, is_kept: false }
    }

    /// Returns its path. The value derefs to it, so methods of [`Path`] need no `path()`.
    ///
    /// # Examples
    ///
    /// ```
    /// let dir = waypath::TempDir::new()?;
    /// assert!(dir.path().is_absolute());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the directory now, and returns errors, which dropping ignores.
    ///
    /// # Examples
    ///
    /// ```
    /// let dir = waypath::TempDir::new()?;
    /// let path = dir.to_path_buf();
    /// dir.close()?;
    /// assert!(!path.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](Path::rmtree); what could not be removed stays.
    pub fn close(mut self) -> Result<()> {
        self.is_kept = true;
        removal().rmtree(&self.path).map(drop)
    }

    /// Keeps the directory, and returns its path.
    ///
    /// # Examples
    ///
    /// ```
    /// let kept = waypath::TempDir::new()?.keep();
    /// assert!(kept.is_dir());
    /// # kept.rmdir()?;
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "into_path")]
    #[must_use]
    pub fn keep(mut self) -> PathBuf {
        self.is_kept = true;
        std::mem::take(&mut self.path)
    }
}

/// Nothing in it is worth being protected from its owner.
fn removal() -> RemoveOptions<'static> {
    RemoveOptions::new().make_writable(true)
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if !self.is_kept {
            // Who wants to know calls `close`.
            _ = removal().rmtree(&self.path);
        }
    }
}

impl Deref for TempDir {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for TempDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

impl fmt::Debug for TempDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TempDir").field(&self.path).finish()
    }
}

impl AsPath for TempDir {
    fn as_path_text(&self) -> &str {
        self.path.as_path_text()
    }

    #[inline]
    fn as_normal_path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}

impl<P: AsPath> Div<P> for &TempDir {
    type Output = PathBuf;

    /// [`Path::join`], spelled shorter.
    fn div(self, right: P) -> PathBuf {
        self.path.join(right)
    }
}

impl<P> AsRef<P> for TempDir
where
    P: ?Sized,
    Path: AsRef<P>,
{
    fn as_ref(&self) -> &P {
        (*self.path).as_ref()
    }
}
