//! What a listing of a store yields.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Div};
use std::time::SystemTime;

use super::ObjectStore;
use crate::at::At;
use crate::flavour::Posix;
use crate::kind::FileKind;
use crate::objects::Meta;
use crate::path::{AsPath, PosixPath};

/// An entry of a listing of a store: a path, and what the listing says about it.
///
/// No method of the entry itself needs a request. It dereferences to its path, whose methods do:
/// [`entry.size()`](RemoteEntry::size) is the size when the page was read, [`entry.read_text()`](At#method.read_text-1) asks the
/// store.
///
/// # Examples
///
/// ```
/// # let store = waypath::Memory::new();
/// use waypath::FileKind;
///
/// (&store / "logs/a.txt").write_text("four")?;
/// let asked = store.request_count();
/// let entries = store.walk().entries()?;
///
/// let (logs, file) = (&entries[0], &entries[1]);
/// assert_eq!((logs.kind(), logs.depth(), logs.size()), (FileKind::Directory, 1, 0));
/// assert!(logs.is_dir() && logs.modified().is_none() && logs.etag().is_none());
/// assert_eq!((file.kind(), file.depth(), file.size()), (FileKind::File, 2, 4));
/// assert!(file.is_file() && file.modified().is_some() && file.etag().is_some());
/// assert_eq!(file.path(), &(&store / "logs/a.txt"));
/// assert_eq!(store.request_count() - asked, 1);
///
/// assert_eq!(file.clone().into_path().read_text()?, "four");
/// # Ok::<(), waypath::Error>(())
/// ```
pub struct RemoteEntry<S: ObjectStore> {
    path: At<S>,
    depth: usize,
    /// `None` of a directory.
    meta: Option<Meta>,
}

impl<S: ObjectStore> RemoteEntry<S> {
    pub(super) fn new(path: At<S>, depth: usize, meta: Option<Meta>) -> Self {
        Self { path, depth, meta }
    }

    /// Returns the path.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn path(&self) -> &At<S> {
        &self.path
    }

    /// Turns the entry into its path.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn into_path(self) -> At<S> {
        self.path
    }

    /// Returns the kind: [`File`](FileKind::File) or [`Directory`](FileKind::Directory).
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn kind(&self) -> FileKind {
        if self.meta.is_some() { FileKind::File } else { FileKind::Directory }
    }

    /// Checks whether this is a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.kind() == FileKind::Directory
    }

    /// Checks whether this is a file.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind() == FileKind::File
    }

    /// Returns the size in bytes; 0 for a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn size(&self) -> u64 {
        self.meta.as_ref().map_or(0, |meta| meta.size)
    }

    /// Returns the time of the last write, by the clock of the store; `None` for a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.meta.as_ref().map(|meta| meta.modified)
    }

    /// Returns the entity tag, without quotation marks; `None` for a directory.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.meta.as_ref().map(|meta| &*meta.tag)
    }

    /// Returns how deep it lies below the start of the listing.
    ///
    /// # Examples
    ///
    /// See [`RemoteEntry`].
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the path from the start of the listing.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "site/css/main.css").write_text("")?;
    /// let entry = (&store / "site").glob("*/*.css")?.next().unwrap()?;
    /// assert_eq!(entry.relative(), "css/main.css");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn relative(&self) -> &PosixPath {
        self.path.path.last_parts(self.depth)
    }
}

impl<S: ObjectStore> Clone for RemoteEntry<S> {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), depth: self.depth, meta: self.meta.clone() }
    }
}

impl<S: ObjectStore> Deref for RemoteEntry<S> {
    type Target = At<S>;

    fn deref(&self) -> &At<S> {
        &self.path
    }
}

/// Entries are equal and ordered as their paths are.
impl<S: ObjectStore> PartialEq for RemoteEntry<S> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl<S: ObjectStore> Eq for RemoteEntry<S> {}

impl<S: ObjectStore> Ord for RemoteEntry<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path.cmp(&other.path)
    }
}

impl<S: ObjectStore> PartialOrd for RemoteEntry<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: ObjectStore> Hash for RemoteEntry<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
    }
}

impl<P: AsPath<Posix>, S: ObjectStore> Div<P> for &RemoteEntry<S> {
    type Output = At<S>;

    fn div(self, right: P) -> At<S> {
        self.path.join(right)
    }
}

impl<S: ObjectStore> From<RemoteEntry<S>> for At<S> {
    fn from(entry: RemoteEntry<S>) -> Self {
        entry.path
    }
}

impl<S: ObjectStore> fmt::Display for RemoteEntry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

impl<S: ObjectStore> fmt::Debug for RemoteEntry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("RemoteEntry");
        debug.field("path", &self.path).field("kind", &self.kind()).field("size", &self.size()).finish_non_exhaustive()
    }
}
