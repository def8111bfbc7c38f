//! Paths in stores of objects: [`Memory`], and what all of them have.

// In the order in which the documentation lists their methods.
#[cfg(not(target_family = "wasm"))]
mod bucket;

mod query;

mod walk;

mod tree;

mod content;

mod reader;

mod writer;

mod remove;

mod uploads;

mod absent;

mod entry;
mod listing;
#[cfg(test)]
mod listing_tests;
mod search;
mod side;

use std::borrow::Borrow;
use std::fmt;
use std::io;
use std::ops::{Deref, Div};
use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
pub use bucket::{Bucket, BucketOptions, Presign, RemotePath};
pub use entry::RemoteEntry;
pub use query::RemoteStat;
pub use reader::RemoteReader;
pub use uploads::UnfinishedUpload;
pub use walk::RemoteWalk;
pub use writer::RemoteWriter;

use crate::at::{At, Store, sealed};
use crate::error::{Error, Op, Result};
use crate::flavour::Posix;
use crate::objects::{MemoryStore, Objects, key_of, prefix_of};
use crate::path::{AsPath, PathBuf};

/// A store of objects that is kept in memory, for tests of code that works on a [`Bucket`](crate::Bucket).
///
/// It answers as S3 does, and counts the requests that a bucket would have needed. It dereferences to the path `.` in it.
///
/// # Examples
///
/// ```
/// let store = waypath::Memory::new();
/// (&store / "a/b.txt").write_text("hello")?;
/// assert_eq!((&store / "a/b.txt").read_text()?, "hello");
/// assert_eq!(store.request_count(), 2);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
pub struct Memory {
    store: Arc<MemoryStore>,
    start: At<Self>,
}

/// A store of objects: [`Bucket`](crate::Bucket) or [`Memory`]. Only this crate implements it.
///
/// # Examples
///
/// ```
/// use waypath::{At, Memory, ObjectStore};
///
/// /// Takes a path in a bucket, and in tests one in memory.
/// fn publish<S: ObjectStore>(site: &At<S>) -> waypath::Result<()> {
///     (site / "index.html").write_text("<p>hello")
/// }
/// let store = Memory::new();
/// publish(&(&store / "site"))?;
/// assert_eq!((&store / "site/index.html").read_text()?, "<p>hello");
/// # Ok::<(), waypath::Error>(())
/// ```
pub trait ObjectStore: Store + sealed::Store<Handle = ObjectsHandle, Flavour = Posix> + 'static {}

/// A handle to a store of objects.
#[derive(Clone)]
pub struct ObjectsHandle(pub(crate) Arc<dyn Objects>);

impl sealed::Handle for ObjectsHandle {
    fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

macro_rules! object_stores {
    ($($store:ty),*) => {$(
        impl Store for $store {}

        impl ObjectStore for $store {}

        impl sealed::Store for $store {
            type Handle = ObjectsHandle;
            type Flavour = Posix;
        }

        impl Deref for $store {
            type Target = At<Self>;

            fn deref(&self) -> &At<Self> {
                &self.start
            }
        }

        impl Borrow<At<$store>> for $store {
            fn borrow(&self) -> &At<$store> {
                self
            }
        }

        impl Borrow<At<$store>> for &$store {
            fn borrow(&self) -> &At<$store> {
                self
            }
        }

        impl<P: AsPath<Posix>> Div<P> for &$store {
            type Output = At<$store>;

            fn div(self, right: P) -> At<$store> {
                self.join(right)
            }
        }
    )*};
}

object_stores!(Memory);
#[cfg(not(target_family = "wasm"))]
object_stores!(Bucket);

impl Memory {
    /// Makes an empty store.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Memory;
    ///
    /// assert!(Memory::new().is_empty_dir()?);
    /// assert_ne!(&Memory::new() / "a", &Memory::new() / "a"); // in another store
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        let store = Arc::<MemoryStore>::default();
        let start = At { handle: ObjectsHandle(store.clone()), path: PathBuf::parse("") };
        Self { store, start }
    }

    /// Returns how many requests there were: what the same calls cost in a bucket.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Memory;
    ///
    /// let store = Memory::new();
    /// assert!(!(&store / "a").exists()?);
    /// assert_eq!(store.request_count(), 2); // for a file, and for a directory
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.store.requests()
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("request_count", &self.request_count()).finish_non_exhaustive()
    }
}

impl<S: ObjectStore> At<S> {
    fn objects(&self) -> &dyn Objects {
        &*self.handle.0
    }

    /// The key of this path; that of the store itself is empty.
    fn key(&self, op: Op) -> Result<&str> {
        key_of(&self.path).map_err(|misfit| Error::text(op, self.uri(), misfit.to_string()))
    }

    /// Returns this path with its store: `s3://bucket/key`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// assert_eq!((&store / "a b/100%.html").uri(), "memory://a b/100%.html");
    /// ```
    #[must_use]
    pub fn uri(&self) -> String {
        self.objects().uri(if self.path.as_str() == "." { "" } else { self.path.as_str() })
    }

    /// What the keys of all files below this directory begin with.
    fn prefix(&self, op: Op) -> Result<String> {
        self.key(op).map(prefix_of)
    }

    /// Asks the store about the file with this path, or does something to it.
    fn ask<T>(&self, op: Op, verb: impl FnOnce(&Arc<dyn Objects>, &str) -> io::Result<T>) -> Result<T> {
        let done = match self.key(op)? {
            "" => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is the store itself")),
            key => verb(&self.handle.0, key),
        };
        done.map_err(|cause| self.failed(op, cause))
    }

    fn failed(&self, op: Op, cause: io::Error) -> Error {
        Error::located(op, self.uri(), cause)
    }
}
