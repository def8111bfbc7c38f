//! Printing and measuring what is in a store.

use std::ops::ControlFlow;
use std::sync::Mutex;

use super::listing::{Lister, Prune};
use super::search::{Options, Order};
use super::{ObjectStore, RemoteWalk};
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::fs::TreeSize;
use crate::objects::{Keys, Listed, prefix_of};
use crate::tree::lock;
use crate::walk::{Item, ItemLine, Source, Tree};

/// # Printing and measuring
impl<S: ObjectStore> At<S> {
    /// Returns this directory as a printable tree: see [`Path::tree`](crate::Path::tree).
    ///
    /// The store is listed each time it is printed, in the order of keys: one request per 1,000 keys, and only as many as
    /// [`max_entries`](Tree::max_entries) needs.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "site/css/main.css").write_text("")?;
    /// assert_eq!((&store / "site").tree().to_string(), "site/\n└── css/\n    └── main.css");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn tree(&self) -> Tree<'static> {
        self.walk().tree()
    }

    /// Measures this directory and everything in it, or this file: bytes, files and directories.
    ///
    /// One request per 1,000 keys; one more if this is not a directory. Files whose keys no path spells count. Of a file and
    /// a directory with the same name, the directory is measured. [`allocated`](TreeSize::allocated) is the sum of the
    /// sizes; uploads that were not finished are not in it.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// (&store / "cache/deep/a").write_text("four")?;
    /// (&store / "cache/b").write_text("sixsix")?;
    ///
    /// let size = (&store / "cache").tree_size()?;
    /// assert_eq!((size.apparent, size.files, size.directories), (10, 2, 2));
    /// assert_eq!((&store / "cache/b").tree_size()?.apparent, 6);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): nothing is here.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied) and others: the store cannot be asked.
    #[doc(alias = "du")]
    pub fn tree_size(&self) -> Result<TreeSize> {
        let key = self.key(Op::TreeSize)?;
        let mut measure = Measure { prefix: prefix_of(key), size: TreeSize::default(), directory: None };
        for listed in Keys::new(self.handle.0.clone(), measure.prefix.clone()) {
            measure.add(&listed.map_err(|cause| self.failed(Op::TreeSize, cause))?);
        }
        if measure.directory.is_none() && !key.is_empty() {
            let meta = self.objects().head(key).map_err(|cause| self.failed(Op::TreeSize, cause))?;
            return Ok(TreeSize { apparent: meta.size, allocated: meta.size, files: 1, ..TreeSize::default() });
        }
        measure.size.directories += 1;
        Ok(measure.size)
    }
}

/// The measuring of one directory.
struct Measure {
    prefix: String,
    size: TreeSize,
    /// The directory of the last key, with the `/` at its end.
    directory: Option<String>,
}

impl Measure {
    fn add(&mut self, listed: &Listed) {
        let Listed::Object(object) = listed else { return };
        let below = &object.key[self.prefix.len()..];
        let (directory, name) = below.split_at(below.rfind('/').map_or(0, |at| at + 1));
        self.size.apparent += object.meta.size;
        self.size.allocated += object.meta.size;
        self.size.files += u64::from(!name.is_empty());
        let last = self.directory.as_deref().unwrap_or_default();
        if directory != last {
            let known = parts(last).zip(parts(directory)).take_while(|(one, other)| one == other).count();
            self.size.directories += (parts(directory).count() - known) as u64;
        }
        self.directory = Some(directory.to_owned());
    }
}

/// The directories in a text that ends in `/`.
fn parts(directories: &str) -> impl Iterator<Item = &str> {
    directories.split_inclusive('/')
}

impl<'w, S: ObjectStore> RemoteWalk<'w, S> {
    /// Returns the listing as a printable tree, in the order of keys: see [`Walk::tree`](crate::Walk::tree).
    ///
    /// Requests are those of an iteration each time it is printed.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "site/css/main.css").write_text("")?;
    /// (&store / "site/index.html").write_text("")?;
    /// let tree = (&store / "site").walk().max_depth(1).tree();
    /// assert_eq!(tree.to_string(), "site/\n├── css/\n└── index.html");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn tree(self) -> Tree<'w> {
        let (start, mut options, prunes) = self.into_parts();
        options.order = Order::Keys;
        Tree::of(Again { start, options, prunes: Mutex::new(prunes) })
    }
}

/// A listing that can be done again.
struct Again<'w, S: ObjectStore> {
    start: At<S>,
    options: Options,
    prunes: Mutex<Vec<Prune<'w, S>>>,
}

impl<S: ObjectStore> Source for Again<'_, S> {
    fn start(&self) -> &str {
        self.start.as_str()
    }

    fn visit(&self, visit: &mut dyn FnMut(Item) -> ControlFlow<()>) {
        let mut prunes = lock(&self.prunes);
        let mut lister = match Lister::begin(&self.start, self.options.clone(), &prunes) {
            Ok(lister) => lister,
            Err(error) => {
                _ = visit(error_item(&error));
                return;
            }
        };
        while let Some(found) = lister.next(&mut prunes) {
            let item = match found {
                Ok(entry) => Item::entry(entry.parts().rev().take(entry.depth()), entry.kind()),
                Err(error) => Some(error_item(&error)),
            };
            if item.is_some_and(|item| visit(item).is_break()) {
                break;
            }
        }
    }
}

/// The line of an error, which names the key itself.
fn error_item(error: &Error) -> Item {
    Item { directories: Vec::new(), line: ItemLine::error(error) }
}
