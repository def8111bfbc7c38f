//! Entries of listings.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Div};

use crate::kind::FileKind;
use crate::path::{AsPath, Path, PathBuf};

/// An entry of a listing: a path that knows its kind. It derefs to [`Path`].
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "a.txt").touch()?;
/// for entry in base.iterdir() {
///     let entry = entry?;
///     assert!(entry.is_file());
///     assert_eq!(entry.suffix(), ".txt");
///     entry.rename(entry.with_suffix(".md")?)?;
/// }
/// assert!((&base / "a.md").exists());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
pub struct Entry {
    pub(super) path: PathBuf,
    pub(super) kind: FileKind,
    pub(super) depth: usize,
}

impl Entry {
    pub(super) fn new(path: PathBuf, kind: FileKind, depth: usize) -> Self {
        Self { path, kind, depth }
    }

    pub(crate) fn swap_path(&mut self, path: &mut PathBuf) {
        std::mem::swap(&mut self.path, path);
    }

    /// Returns the path, as dereferencing does.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").write_text("four")?;
    /// let entry = base.iterdir().next().unwrap()?;
    /// assert_eq!(entry.path(), &(&base / "a.txt"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Converts into the path, without copying it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").write_text("four")?;
    /// let entry = base.iterdir().next().unwrap()?;
    /// let path: waypath::PathBuf = entry.into_path();
    /// assert_eq!(path.read_text()?, "four");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn into_path(self) -> PathBuf {
        self.path
    }

    /// Returns the kind of the entry when it was listed. A link is a link.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::FileKind;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "sub").mkdir()?;
    /// assert_eq!(base.iterdir().next().unwrap()?.kind(), FileKind::Directory);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Returns the path relative to the start of the listing. `.` for the start itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "src").mkdir()?;
    /// (&base / "src/lib.rs").touch()?;
    /// let entries = base.walk().collect::<waypath::Result<Vec<_>>>()?;
    /// assert_eq!(entries[1].relative(), "src/lib.rs");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn relative(&self) -> &Path {
        self.path.last_parts(self.depth)
    }

    /// Returns the depth below the start of the listing. Entries of the start have depth 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").write_text("four")?;
    /// let entry = base.iterdir().next().unwrap()?;
    /// assert_eq!(entry.depth(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Checks whether this is a directory, or a link to one. Only for a link is the system asked.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").write_text("four")?;
    /// let entry = base.iterdir().next().unwrap()?;
    /// assert!(!entry.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_dir(&self) -> bool {
        match self.kind {
            FileKind::Symlink => self.path.is_dir(),
            kind => kind == FileKind::Directory,
        }
    }

    /// Checks whether this is a regular file, or a link to one. Only for a link is the system asked.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").write_text("four")?;
    /// let entry = base.iterdir().next().unwrap()?;
    /// assert!(entry.is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_file(&self) -> bool {
        match self.kind {
            FileKind::Symlink => self.path.is_file(),
            kind => kind == FileKind::File,
        }
    }

    /// Checks whether this is a symbolic link.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").write_text("four")?;
    /// let entry = base.iterdir().next().unwrap()?;
    /// assert!(!entry.is_symlink());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.kind == FileKind::Symlink
    }
}

impl Deref for Entry {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl AsPath for Entry {
    fn as_path_text(&self) -> &str {
        self.path.as_path_text()
    }

    #[inline]
    fn as_normal_path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}

impl<P> AsRef<P> for Entry
where
    P: ?Sized,
    Path: AsRef<P>,
{
    fn as_ref(&self) -> &P {
        (*self.path).as_ref()
    }
}

/// Entries are equal and ordered as their paths are.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Entry {}

/// Compares an entry with what denotes a path, in both directions.
macro_rules! compare {
    ($($other:ty),*) => {$(
        impl PartialEq<$other> for Entry {
            fn eq(&self, other: &$other) -> bool {
                self.path == *other
            }
        }

        impl PartialEq<Entry> for $other {
            fn eq(&self, other: &Entry) -> bool {
                other.path == *self
            }
        }
    )*};
    (in order: $($other:ty),*) => {$(
        impl PartialOrd<$other> for Entry {
            fn partial_cmp(&self, other: &$other) -> Option<Ordering> {
                self.path.partial_cmp(other)
            }
        }

        impl PartialOrd<Entry> for $other {
            fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
                self.partial_cmp(&other.path)
            }
        }
    )*};
}

compare!(PathBuf, Path, &Path, Cow<'_, Path>, str, &str, String);
compare!(in order: PathBuf, Path, &Path, Cow<'_, Path>, str, &str, String);

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path.cmp(&other.path)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
    }
}

impl<P: AsPath> Div<P> for Entry {
    type Output = PathBuf;

    /// [`Path::join`], spelled shorter.
    fn div(self, right: P) -> PathBuf {
        self.path / right
    }
}

impl<P: AsPath> Div<P> for &Entry {
    type Output = PathBuf;

    /// [`Path::join`], spelled shorter.
    fn div(self, right: P) -> PathBuf {
        self.path.join(right)
    }
}

/// So that a set of entries can be asked for a path.
impl Borrow<Path> for Entry {
    fn borrow(&self) -> &Path {
        &self.path
    }
}

impl From<Entry> for String {
    fn from(entry: Entry) -> Self {
        entry.path.into()
    }
}

impl From<Entry> for PathBuf {
    fn from(entry: Entry) -> Self {
        entry.path
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("path", &self.path).field("kind", &self.kind).field("depth", &self.depth).finish()
    }
}
