//! Listing directories: one engine behind `iterdir`, `walk`, `glob` and `rglob`.
//!
//! ```text
//! Walk, Listing: options, and the two faces, iterator and visitor
//!  └─ Lister: goes down the tree, lends entries            threads, tree::Pool: several of them share a tree
//!      ├─ Search, Plan: what is wanted; patterns as an automaton
//!      ├─ Judge, Pending: what becomes of a name; what was read and not yet visited
//!      └─ tree::Descent: the directories on the way, few of them open; sys::Directory opens and reads
//! ```

#[cfg(all(test, unix))]
mod backend_tests;
mod closures;
mod entry;
mod exclude;
mod judge;
mod lister;
mod listing;
mod options;
mod patterns;
mod pending;
mod plan;
mod printed;
mod search;
mod stream;
mod threads;
#[cfg(test)]
mod windows_tests;

use std::borrow::Borrow;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

pub use entry::Entry;
pub use patterns::IntoPatterns;
pub use printed::Tree;

pub(crate) use closures::{keeping_break, keeping_first_break};
pub(crate) use exclude::{Exclusion, ExclusionWay, Prunes, Pruning, refuse_useless};
#[cfg(feature = "remote-no-tls")]
pub(crate) use exclude::{is_left_out, refuse_absolute, refuse_elsewhere};
pub(crate) use listing::Listing;
#[cfg(feature = "remote-no-tls")]
pub(crate) use plan::{Begins, Plan, Set, State, States, Wanted};
#[cfg(feature = "remote-no-tls")]
pub(crate) use printed::{Item, ItemLine, Source};
pub(crate) use search::Scope;
#[cfg(feature = "remote-no-tls")]
pub(crate) use search::plans;

use crate::error::{Error, Result};
use crate::path::{Path, PathBuf};
use crate::pattern::{IntoPattern, PatternSet};
use crate::sys::{self, Directory};
#[cfg(not(feature = "remote-no-tls"))]
use plan::Begins;
use search::Options;

/// # Listing directories
///
/// Sorted, and complete: what cannot be read is an error item. Options are methods of [`Walk`].
impl Path {
    /// Lists the entries of this directory, sorted by name.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// for name in ["b.txt", "a.txt", "c"] {
    ///     (&base / name).touch()?;
    /// }
    /// let names: Vec<_> = base.iterdir().map(|entry| Ok(entry?.name().to_owned())).collect::<waypath::Result<_>>()?;
    /// assert_eq!(names, ["a.txt", "b.txt", "c"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// They are items of the [`Walk`]: this is not a directory or cannot be read, or a name in it is not UTF-8.
    #[doc(alias = "read_dir")]
    #[doc(alias = "listdir")]
    pub fn iterdir(&self) -> Walk<'static> {
        Walk::new(self, Scope::Children)
    }

    /// Lists everything below this directory, recursively. The directory itself is not included.
    ///
    /// Links to directories are listed, not followed, unless [`follow_symlinks`](Walk::follow_symlinks) is set.
    ///
    /// Unlike pathlib's `walk`, which yields lists of names per directory, this yields entries, which [know their
    /// kind](Entry::kind). To skip directories, use [`exclude`](Walk::exclude), [`prune`](Walk::prune) or
    /// [`skip_dir`](Walk::skip_dir); for `top_down=False`, use [`contents_first`](Walk::contents_first).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "src" / "fs").mkdir_all()?;
    /// (&base / "src" / "lib.rs").touch()?;
    /// let mut found = Vec::new();
    /// for entry in base.walk() {
    ///     found.push(entry?.relative_to(&base)?.as_posix().into_owned());
    /// }
    /// assert_eq!(found, ["src", "src/fs", "src/lib.rs"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// They are items of the [`Walk`], as for [`iterdir`](Path::iterdir).
    #[doc(alias = "walkdir")]
    #[doc(alias = "scandir")]
    pub fn walk(&self) -> Walk<'static> {
        Walk::new(self, Scope::Everything)
    }

    /// Lists what is below this directory and matches a pattern, or one of several. Sorted, and each path once.
    ///
    /// The language is that of [`Pattern`](crate::Pattern); the results are those of pathlib. A trailing `**` also matches the directory that it
    /// starts in. A pattern that ends in a separator matches directories only. `**` does not follow links to directories, unless
    /// [`follow_symlinks`](Walk::follow_symlinks) is set; other parts do. An empty list of patterns finds nothing.
    ///
    /// Only directories that can contain a match are read, once for all patterns. A part without wildcards is looked up by its
    /// name.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "src" / "fs").mkdir_all()?;
    /// (&base / "src" / "lib.rs").touch()?;
    /// (&base / "src" / "fs" / "dir.rs").touch()?;
    /// let mut found = Vec::new();
    /// for source in base.glob("**/*.rs")? {
    ///     found.push(source?.relative_to(&base)?.as_posix().into_owned());
    /// }
    /// assert_eq!(found, ["src/fs/dir.rs", "src/lib.rs"]);
    ///
    /// assert_eq!(base.glob(["**/*.rs", "**/*.toml"])?.hidden(false).count(), 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute, or empty, or `.`. Other errors are items of the
    /// [`Walk`]: this is not a directory; a directory cannot be read; a name is not UTF-8. pathlib ignores those.
    pub fn glob(&self, patterns: impl IntoPatterns) -> Result<Walk<'static>> {
        let patterns = patterns.into_patterns();
        patterns.iter().try_for_each(exclude::refuse_elsewhere)?;
        Ok(Walk::new(self, Scope::Patterns(patterns, Begins::AtStart)))
    }

    /// Lists what is anywhere below this directory and matches a pattern: [`glob`](Path::glob) with `**/` in front of each
    /// pattern. The empty pattern finds all directories, `.` everything.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// (&base / "a" / "b" / "notes.md").touch()?;
    /// assert_eq!(base.rglob("*.md")?.count(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute. Otherwise as for
    /// [`glob`](Path::glob).
    pub fn rglob(&self, patterns: impl IntoPatterns) -> Result<Walk<'static>> {
        let patterns = patterns.into_patterns();
        patterns.iter().try_for_each(exclude::refuse_absolute)?;
        Ok(Walk::new(self, Scope::Patterns(patterns, Begins::Anywhere)))
    }

    /// Lists what is below this directory and in a set. Paths are matched relative to this directory.
    ///
    /// Unlike in [`glob`](Path::glob), `src/**` does not match `src` itself, and excluding a directory does not exclude what is
    /// below it; both as in [`PatternSet::is_match`]. To exclude everything below a directory, end the pattern in `**`: such a
    /// directory is not read.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PatternSet;
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "src").mkdir()?;
    /// (&base / "target").mkdir()?;
    /// (&base / "src" / "lib.rs").touch()?;
    /// (&base / "target" / "lib.rs").touch()?;
    ///
    /// let sources = PatternSet::builder().include("**/*.rs").exclude("target/**").build();
    /// let found = base.glob_set(&sources)?.collect::<waypath::Result<Vec<_>>>()?;
    /// assert_eq!(found.len(), 1);
    /// assert_eq!(found[0].path(), &(&base / "src" / "lib.rs"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`glob`](Path::glob), for any pattern of the set.
    pub fn glob_set(&self, set: &PatternSet) -> Result<Walk<'static>> {
        set.include_patterns().iter().chain(set.exclude_patterns()).try_for_each(exclude::refuse_elsewhere)?;
        Ok(Walk::new(self, Scope::Set(Box::new(set.clone()))))
    }

    /// Returns this directory as a printable tree; short for [`walk`](Path::walk) and [`tree`](Walk::tree).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let project = &base / "project";
    /// (&project / "src").mkdir_all()?;
    /// (&project / "src" / "lib.rs").touch()?;
    /// (&project / "Cargo.toml").touch()?;
    /// # let text = project.tree().to_string();
    /// println!("{}", project.tree());
    /// # assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), ["├── Cargo.toml", "└── src/", "    └── lib.rs"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// ```text
    /// project/
    /// ├── Cargo.toml
    /// └── src/
    ///     └── lib.rs
    /// ```
    #[must_use]
    pub fn tree(&self) -> Tree<'static> {
        self.walk().tree()
    }
}

/// Lists what matches a pattern that is absolute, or relative to the working directory.
///
/// The listing starts in the directory that the pattern begins with ([`Pattern::base`](crate::Pattern::base)); its parents are not listed. The rest
/// is [`Path::glob`]. A root and a drive come first, without wildcards or braces: write `/{etc,opt}/*`, not `{/etc,/opt}/*`.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # (&base / "a.log").touch()?;
/// # let pattern = format!("{}/*.{{log,gz}}", waypath::Pattern::literal(&base));
/// # let is_pattern = |text: &str| pattern.clone();
/// # let pattern = is_pattern("/var/log/*.{log,gz}");
/// // Such as "/var/log/*.{log,gz}".
/// for log in waypath::glob(pattern)? {
///     assert_eq!(log?.name(), "a.log");
/// }
/// # Ok::<(), waypath::Error>(())
/// ```
///
/// # Errors
///
/// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the pattern is empty, or `.`, or only a root such as `/`; or it is
/// absolute and does not begin with its root, as `{/a,/b}`. Otherwise as for [`Path::glob`].
pub fn glob(pattern: impl IntoPattern) -> Result<Walk<'static>> {
    let pattern = pattern.into_pattern();
    let (directory, rest) = pattern.borrow().base();
    exclude::refuse_unsplit(pattern.borrow(), &rest)?;
    directory.glob(rest)
}

/// A listing: set its options, then iterate over its entries. Created by [`Path::iterdir`], [`Path::walk`], [`Path::glob`] and
/// [`Path::rglob`].
///
/// Entries are sorted by the order of [`Path`] (which ignores case on Windows), and no path appears twice. With
/// [`unsorted`](Walk::unsorted), they come as the system yields them, files before directories of each part that was read.
///
/// Errors are yielded as items, and the listing continues; nothing is skipped silently. [`Error::op`](crate::Error::op) is one
/// of these:
///
/// - [`List`](crate::Op::List): a directory cannot be read, or the start is not a directory. (Names that a
///   pattern spells out are found even in a directory that cannot be read.) Or an option was set after the first entry, with [`InvalidInput`](std::io::ErrorKind::InvalidInput).
/// - [`Convert`](crate::Op::Convert): a path is not UTF-8; [`Error::path`](crate::Error::path) returns it. Such a
///   directory is entered, and each of its entries is an error of this kind.
/// - [`Follow`](crate::Op::Follow): a link leads back to one of its parents.
/// - [`Stat`](crate::Op::Stat): the kind of an entry cannot be determined.
/// - [`Pattern`](crate::Op::Pattern): a pattern of [`exclude`](Walk::exclude) is invalid; nothing is listed.
///
/// An error is sorted by its path, after the entry of the same path.
///
/// Directories are read when the listing reaches them, so changes in the meantime may or may not be seen. Something that has
/// disappeared by then is not an error.
///
/// Options must be set before the first entry. After a later one, the only item is an error: a listing that ignores an
/// [`exclude`](Walk::exclude) could do harm.
///
/// The lifetime `'w` is that of what closures borrow ([`prune`](Walk::prune), [`sorted_by`](Walk::sorted_by)). A listing
/// without closures is a `Walk<'static>`.
///
/// # Limits
///
/// The depth of a tree and the length of a path are not limited. Each thread keeps at most 16 directories open, and fewer if
/// there are no more file descriptors; if several threads share very few, one may report that as an error. On Windows and
/// WASI, the limits are those of std.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "sub").mkdir()?;
/// let mut walk = base.walk();
/// assert_eq!(walk.next().unwrap()?.name(), "sub");
/// assert!(walk.next().is_none());
/// # Ok::<(), waypath::Error>(())
/// ```
///
/// All of a project except for hidden files and what is built, with directories after their contents:
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # (&base / "target" / "debug").mkdir_all()?;
/// # (&base / ".git").mkdir()?;
/// # (&base / "src").mkdir()?;
/// # (&base / "src" / "lib.rs").touch()?;
/// let walk = base.walk().hidden(false).exclude("**/target").contents_first(true);
/// let names = walk.map(|entry| Ok(entry?.name().to_owned())).collect::<waypath::Result<Vec<_>>>()?;
/// assert_eq!(names, ["lib.rs", "src"]);
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "nothing is listed until it is iterated"]
pub struct Walk<'w>(Listing<'w, sys::Dir>);

impl<'w> Walk<'w> {
    fn new(start: &Path, target: Scope) -> Self {
        Self(Listing::new(Options::new(start.to_path_buf(), target)))
    }

    fn with(self, set: impl FnOnce(&mut Options)) -> Self {
        Self(self.0.with(set))
    }

    /// What a listing asks for, to be listed from the working directory.
    pub(crate) fn of<D: Directory>(listing: Listing<'w, D>) -> Self {
        Self(listing.begun_anew(None))
    }

    /// The same listing from the beginning, with paths that begin in an open directory.
    pub(crate) fn below<D: Directory>(self, base: D) -> Listing<'w, D> {
        self.0.begun_anew(Some(Arc::new(base)))
    }
}

/// Visiting entries without allocating them.
impl<'w> Walk<'w> {
    /// Calls a closure with each entry, in order, until it breaks. Faster than iterating: entries are lent, not allocated.
    ///
    /// Clone an entry to keep it. The listing starts from the beginning, even if entries were taken from the iterator before.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").write_text("four")?;
    ///
    /// let mut size = 0;
    /// let visited = base.walk().visit(|entry| match entry.and_then(|entry| entry.lstat()) {
    ///     Ok(stat) => {
    ///         size += stat.size();
    ///         ControlFlow::Continue(())
    ///     }
    ///     Err(error) => ControlFlow::Break(error),
    /// });
    /// assert!(visited.is_continue());
    /// # assert_eq!(size, 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn visit<B>(self, visitor: impl FnMut(Result<&Entry>) -> ControlFlow<B>) -> ControlFlow<B> {
        keeping_break(visitor, |visitor| self.visit_all(visitor))
    }

    /// Calls a closure with each entry, from several [`threads`](Walk::threads), until one breaks. By default, there are as many
    /// threads as the machine has cores.
    ///
    /// Each thread lists a part of the tree. The only order is that a directory comes before its contents, or after them with
    /// [`contents_first`](Walk::contents_first); then one thread lists a directory with all its contents. After a break, calls in
    /// other threads may still be running.
    ///
    /// # Panics
    ///
    /// If the closure panics. The other threads are stopped first.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// # let base = waypath::TempDir::new()?;
    /// # (&base / "a").touch()?;
    ///
    /// let files = AtomicUsize::new(0);
    /// let visited = base.walk().par_visit(|entry| match entry {
    ///     Ok(entry) => {
    ///         files.fetch_add(usize::from(entry.is_file()), Ordering::Relaxed);
    ///         ControlFlow::Continue(())
    ///     }
    ///     Err(error) => ControlFlow::Break(error),
    /// });
    /// assert!(visited.is_continue());
    /// assert_eq!(files.into_inner(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn par_visit<B: Send>(self, visitor: impl Fn(Result<&Entry>) -> ControlFlow<B> + Sync) -> ControlFlow<B> {
        keeping_first_break(visitor, |visitor| self.par_visit_all(visitor))
    }

    /// Returns the listing as a printable tree. Parents of entries are included, even if they are not entries themselves.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a" / "b").mkdir_all()?;
    /// (&base / "a" / "b" / "c.rs").touch()?;
    /// let tree = base.glob("**/*.rs")?.tree().to_string();
    /// assert!(tree.ends_with("└── a/\n    └── b/\n        └── c.rs"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn tree(self) -> Tree<'w> {
        Tree::new(self.0)
    }
}

/// Not generic, so that the engine is compiled with this crate, once, and not with others for each closure.
impl Walk<'_> {
    fn visit_all(self, visitor: &mut dyn FnMut(Result<&Entry>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.0.visit(|found| visitor(found.map(|entry| &*entry)))
    }

    fn par_visit_all(self, visitor: &(dyn Fn(Result<&Entry>) -> ControlFlow<()> + Sync)) -> ControlFlow<()> {
        self.0.par_visit(|| |found: Result<&mut Entry>| visitor(found.map(|entry| &*entry)))
    }
}

/// Skipping a directory, and collecting.
impl Walk<'_> {
    /// Does not enter the directory that the iterator returned last.
    ///
    /// Call it right after [`next`](Iterator::next) returned a directory, or a link to one that is
    /// [followed](Walk::follow_symlinks), or the error of a directory whose name is not UTF-8. Otherwise nothing
    /// happens: files have no contents, and with [`contents_first`](Walk::contents_first), the contents came before.
    ///
    /// With several [`threads`](Walk::threads), the contents may have been listed ahead by then. They are left out.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "src").mkdir()?;
    /// (&base / "src/lib.rs").touch()?;
    /// (&base / "target/debug").mkdir_all()?;
    ///
    /// let mut found = Vec::new();
    /// let mut walk = base.walk();
    /// while let Some(entry) = walk.next() {
    ///     let entry = entry?;
    ///     if entry.name() == "target" {
    ///         walk.skip_dir();
    ///     }
    ///     found.push(entry.name().to_owned());
    /// }
    /// assert_eq!(found, ["src", "lib.rs", "target"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "skip_current_dir")]
    pub fn skip_dir(&mut self) {
        self.0.skip_dir();
    }

    /// Collects all entries. The first error ends the listing and is returned, as with `?` in a loop.
    ///
    /// To keep what was found in spite of errors, see [`entries_and_errors`](Walk::entries_and_errors).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "sub").mkdir()?;
    /// let entries = base.iterdir().entries()?;
    /// assert!(entries[0].is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first [error](Walk) of the listing.
    pub fn entries(self) -> Result<Vec<Entry>> {
        self.collect()
    }

    /// Collects the paths of all entries. The first error ends the listing and is returned, as with
    /// [`entries`](Walk::entries).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").touch()?;
    /// let paths: Vec<waypath::PathBuf> = base.glob("*.txt")?.paths()?;
    /// assert_eq!(paths, [&base / "a.txt"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first [error](Walk) of the listing.
    pub fn paths(self) -> Result<Vec<PathBuf>> {
        self.map(|entry| entry.map(Entry::into_path)).collect()
    }

    /// Collects all entries and all errors, each in their order.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a.txt").touch()?;
    /// let (entries, errors) = base.walk().entries_and_errors();
    /// assert_eq!(entries.len(), 1);
    /// for error in errors {
    ///     eprintln!("{error}");
    /// }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn entries_and_errors(self) -> (Vec<Entry>, Vec<Error>) {
        sorted_out(self)
    }
}

/// What a listing came to: entries and errors, each in their order.
pub(crate) fn sorted_out<T>(listing: impl Iterator<Item = Result<T>>) -> (Vec<T>, Vec<Error>) {
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    for found in listing {
        match found {
            Ok(entry) => entries.push(entry),
            Err(error) => errors.push(error),
        }
    }
    (entries, errors)
}

impl Iterator for Walk<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        self.0.next()
    }
}

impl std::iter::FusedIterator for Walk<'_> {}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("start", &self.0.start()).finish_non_exhaustive()
    }
}
