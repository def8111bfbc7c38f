//! Listing directories below a root.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::ops::{ControlFlow, Deref, Div};

use super::{At, RootPath};
use crate::error::{Error, Result};
use crate::kind::FileKind;
use crate::path::{AsPath, Path};
use crate::pattern::PatternSet;
use crate::sys::{self, Rooted};
use crate::walk::{Entry, IntoPatterns, Listing, Tree, Walk, keeping_break, keeping_first_break, sorted_out};

/// Listings.
impl RootPath {
    /// Lists this directory: see [`Path::iterdir`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "b").touch()?;
    /// (&root / "a").touch()?;
    /// let names: Vec<_> = root.iterdir().map(|entry| entry.map(|entry| entry.to_string())).collect::<Result<_, _>>()?;
    /// assert_eq!(names, ["a", "b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn iterdir(&self) -> RootWalk<'static> {
        self.listed(self.path.iterdir())
    }

    /// Lists everything below this directory: see [`Path::walk`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// (&root / "c").touch()?;
    /// assert_eq!(root.walk().paths()?, [&root / "a", &root / "a/b", &root / "c"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn walk(&self) -> RootWalk<'static> {
        self.listed(self.path.walk())
    }

    /// Lists what matches patterns below this directory: see [`Path::glob`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "notes").mkdir()?;
    /// (&root / "notes/a.md").write_text("# A")?;
    /// for note in root.glob("**/*.md")? {
    ///     assert_eq!(note?.read_text()?, "# A");
    /// }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute.
    pub fn glob(&self, patterns: impl IntoPatterns) -> Result<RootWalk<'static>> {
        self.path.glob(patterns).map(|walk| self.listed(walk))
    }

    /// Lists what matches patterns at any depth below this directory: see [`Path::rglob`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "notes").mkdir()?;
    /// (&root / "notes/a.md").touch()?;
    /// assert_eq!(root.rglob("*.md")?.paths()?, [&root / "notes/a.md"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`glob`](RootPath::glob).
    pub fn rglob(&self, patterns: impl IntoPatterns) -> Result<RootWalk<'static>> {
        self.path.rglob(patterns).map(|walk| self.listed(walk))
    }

    /// Lists what matches a set of patterns below this directory: see [`Path::glob_set`].
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PatternSet;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a.md").touch()?;
    /// (&root / "draft.md").touch()?;
    /// let notes = PatternSet::builder().include("**/*.md").exclude("draft*").build();
    /// assert_eq!(root.glob_set(&notes)?.paths()?, [&root / "a.md"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`glob`](RootPath::glob).
    pub fn glob_set(&self, set: &PatternSet) -> Result<RootWalk<'static>> {
        self.path.glob_set(set).map(|walk| self.listed(walk))
    }

    /// Checks whether this is a directory with nothing in it: see [`Path::is_empty_dir`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!(root.is_empty_dir());
    /// (&root / "a").touch()?;
    /// assert!(!root.is_empty_dir());
    /// assert!(!(&root / "a").is_empty_dir()); // a file
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_empty_dir(&self) -> bool {
        self.iterdir().unsorted(true).next().is_none()
    }

    /// Returns this directory as a printable tree: see [`Path::tree`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "site/css").mkdir_all()?;
    /// assert_eq!((&root / "site").tree().to_string(), "site/\n└── css/");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn tree(&self) -> Tree<'static> {
        self.walk().tree()
    }

    fn listed(&self, walk: Walk<'static>) -> RootWalk<'static> {
        RootWalk { start: self.clone(), listing: walk.below(self.base()) }
    }

    /// Where the paths of a listing begin.
    fn base(&self) -> Rooted<sys::Dir> {
        Rooted::start(self.handle.0.clone())
    }
}

/// A listing below a [`Root`](super::Root): an iterator over [`RootEntry`] values. See [`Walk`].
///
/// A link that leads out of the root is an entry. It is an error if the listing has to go through it.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # let root = base.root()?;
/// (&root / "b").mkdir()?;
/// (&root / "b/.git").touch()?;
/// (&root / "a").touch()?;
/// for entry in root.walk().hidden(false) {
///     let entry = entry?;
///     assert!(entry.is_dir() == (entry.name() == "b"));
/// }
/// assert_eq!(root.walk().hidden(false).paths()?, [&root / "a", &root / "b"]);
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "nothing is listed until it is iterated"]
pub struct RootWalk<'w> {
    start: RootPath,
    listing: Listing<'w, Rooted<sys::Dir>>,
}

/// Options: those of [`Walk`]. They must be set before the first entry is asked for.
impl<'w> RootWalk<'w> {
    fn with(self, set: impl FnOnce(Walk<'w>) -> Walk<'w>) -> Self {
        let Self { start, listing } = self;
        let listing = set(Walk::of(listing)).below(start.base());
        Self { start, listing }
    }

    /// How deep an entry must lie: see [`Walk::min_depth`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert_eq!(root.walk().min_depth(2).paths()?, [&root / "a/b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn min_depth(self, depth: usize) -> Self {
        self.with(|walk| walk.min_depth(depth))
    }

    /// How deep an entry may lie: see [`Walk::max_depth`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert_eq!(root.walk().max_depth(1).paths()?, [&root / "a"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn max_depth(self, depth: usize) -> Self {
        self.with(|walk| walk.max_depth(depth))
    }

    /// Whether to list names that begin with a dot: see [`Walk::hidden`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / ".git").mkdir()?;
    /// (&root / "a").touch()?;
    /// assert_eq!(root.walk().hidden(false).paths()?, [&root / "a"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn hidden(self, listed: bool) -> Self {
        self.with(|walk| walk.hidden(listed))
    }

    /// Leaves out what matches patterns, with everything below: see [`Walk::exclude`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "target/debug").mkdir_all()?;
    /// (&root / "a.rs").touch()?;
    /// assert_eq!(root.walk().exclude("target").paths()?, [&root / "a.rs"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn exclude(self, patterns: impl IntoPatterns) -> Self {
        self.with(|walk| walk.exclude(patterns))
    }

    /// Whether to leave out what git ignores: see [`Walk::gitignore`].
    ///
    /// The rules of the directories that the start's path names count, those of the root first; a directory above the root
    /// has none. The user's own count too.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / ".gitignore").write_text("*.log\n")?;
    /// (&root / "a.log").touch()?;
    /// (&root / "a.rs").touch()?;
    /// assert_eq!(root.walk().gitignore(true).paths()?, [&root / ".gitignore", &root / "a.rs"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn gitignore(self, leave_out: bool) -> Self {
        self.with(|walk| walk.gitignore(leave_out))
    }

    /// Leaves out entries, with everything below: see [`Walk::prune`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "cache/deep").mkdir_all()?;
    /// (&root / "a").touch()?;
    /// let walk = root.walk().prune(|entry| entry.is_dir() && entry.name() == "cache");
    /// assert_eq!(walk.paths()?, [&root / "a"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn prune(self, mut leaves_out: impl FnMut(&RootEntry) -> bool + Send + 'w) -> Self {
        let mut lent = RootEntry::to_lend(&self.start);
        self.with(|walk| walk.prune(move |entry| leaves_out(lent.lend(entry))))
    }

    /// Lists entries of one kind only: see [`Walk::only`].
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::FileKind;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").mkdir()?;
    /// (&root / "a/b").touch()?;
    /// assert_eq!(root.walk().only(FileKind::File).paths()?, [&root / "a/b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn only(self, kind: FileKind) -> Self {
        self.with(|walk| walk.only(kind))
    }

    /// Whether to leave out names that are not UTF-8: see [`Walk::skip_non_utf8`].
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use std::ffi::OsStr;
    /// use std::os::unix::ffi::OsStrExt;
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let name = OsStr::from_bytes(b"caf\xe9.txt");
    /// std::fs::write(base.as_std_path().join(name), "Latin-1")?;
    /// assert!(root.iterdir().paths().is_err());
    /// assert!(root.iterdir().skip_non_utf8(true).paths()?.is_empty());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn skip_non_utf8(self, skip: bool) -> Self {
        self.with(|walk| walk.skip_non_utf8(skip))
    }

    /// Whether case matters in patterns: see [`Walk::case_sensitive`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "README.md").touch()?;
    /// assert_eq!(root.glob("readme.*")?.case_sensitive(false).count(), 1);
    /// assert_eq!(root.glob("readme.*")?.case_sensitive(true).count(), 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn case_sensitive(self, matters: bool) -> Self {
        self.with(|walk| walk.case_sensitive(matters))
    }

    /// Whether to go into directories that links lead to: see [`Walk::follow_symlinks`].
    ///
    /// A link that leads out of the root is an error in the listing.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "a").mkdir()?;
    /// (&root / "a/b").touch()?;
    /// (&root / "link").symlink_to("a")?;
    /// (&root / "out").symlink_to("..")?;
    /// let (entries, errors) = root.walk().follow_symlinks(true).entries_and_errors();
    /// assert!(entries.iter().any(|entry| entry.path() == &(&root / "link/b")));
    /// assert!(errors[0].is_escape());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn follow_symlinks(self, follow: bool) -> Self {
        self.with(|walk| walk.follow_symlinks(follow))
    }

    /// Whether to stay on one file system: see [`Walk::same_file_system`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert_eq!(root.walk().same_file_system(true).paths()?, [&root / "a", &root / "a/b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn same_file_system(self, stay: bool) -> Self {
        self.with(|walk| walk.same_file_system(stay))
    }

    /// Whether to go into each directory once: see [`Walk::visit_once`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "a").mkdir()?;
    /// (&root / "a/b").touch()?;
    /// (&root / "link").symlink_to("a")?;
    /// let walk = root.walk().follow_symlinks(true).visit_once(true);
    /// assert_eq!(walk.paths()?, [&root / "a", &root / "a/b", &root / "link"]);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn visit_once(self, once: bool) -> Self {
        self.with(|walk| walk.visit_once(once))
    }

    /// Whether directories come after what is in them: see [`Walk::contents_first`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// assert_eq!(root.walk().contents_first(true).paths()?, [&root / "a/b", &root / "a"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn contents_first(self, contents_first: bool) -> Self {
        self.with(|walk| walk.contents_first(contents_first))
    }

    /// Whether to list in the order of the file system: see [`Walk::unsorted`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// (&root / "b").touch()?;
    /// let mut paths = root.iterdir().unsorted(true).paths()?;
    /// paths.sort();
    /// assert_eq!(paths, [&root / "a", &root / "b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn unsorted(self, unsorted: bool) -> Self {
        self.with(|walk| walk.unsorted(unsorted))
    }

    /// Sorts the entries of each directory in another order: see [`Walk::sorted_by`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "page10").touch()?;
    /// (&root / "page9").touch()?;
    /// let walk = root.iterdir().sorted_by(|one, other| one.path_below().natural_cmp(other.path_below()));
    /// assert_eq!(walk.paths()?, [&root / "page9", &root / "page10"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn sorted_by(self, mut order: impl FnMut(&RootEntry, &RootEntry) -> Ordering + Send + 'w) -> Self {
        let [mut left, mut right] = [(); 2].map(|()| RootEntry::to_lend(&self.start));
        self.with(|walk| walk.sorted_by(move |one, other| order(left.lend(one), right.lend(other))))
    }

    /// Number of threads to use: see [`Walk::threads`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// let mut paths = root.walk().unsorted(true).threads(2).paths()?;
    /// paths.sort();
    /// assert_eq!(paths, [&root / "a", &root / "a/b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn threads(self, count: usize) -> Self {
        self.with(|walk| walk.threads(count))
    }
}

/// Visiting entries without allocating them.
impl<'w> RootWalk<'w> {
    /// Calls a closure with each entry, in order, until it breaks: see [`Walk::visit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a").write_text("four")?;
    ///
    /// let mut size = 0;
    /// let visited = root.walk().visit(|entry| match entry.and_then(|entry| entry.size()) {
    ///     Ok(bytes) => {
    ///         size += bytes;
    ///         ControlFlow::Continue(())
    ///     }
    ///     Err(error) => ControlFlow::Break(error),
    /// });
    /// assert!(visited.is_continue());
    /// assert_eq!(size, 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn visit<B>(self, visitor: impl FnMut(Result<&RootEntry>) -> ControlFlow<B>) -> ControlFlow<B> {
        keeping_break(visitor, |visitor| self.visit_all(visitor))
    }

    /// Calls a closure with each entry, from several [`threads`](RootWalk::threads), until one breaks: see
    /// [`Walk::par_visit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").write_text("four")?;
    /// (&root / "b").write_text("sixsix")?;
    /// let size = AtomicU64::new(0);
    /// let visited = root.walk().threads(2).par_visit(|entry| match entry.and_then(|entry| entry.size()) {
    ///     Ok(bytes) => {
    ///         size.fetch_add(bytes, Ordering::Relaxed);
    ///         ControlFlow::Continue(())
    ///     }
    ///     Err(error) => ControlFlow::Break(error),
    /// });
    /// assert!(visited.is_continue());
    /// assert_eq!(size.into_inner(), 10);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the closure panics. The other threads are stopped first.
    pub fn par_visit<B: Send>(self, visitor: impl Fn(Result<&RootEntry>) -> ControlFlow<B> + Sync) -> ControlFlow<B> {
        keeping_first_break(visitor, |visitor| self.par_visit_all(visitor))
    }

    /// Returns the listing as a printable tree: see [`Walk::tree`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "site/css").mkdir_all()?;
    /// (&root / "site/css/main.css").touch()?;
    /// let tree = (&root / "site").walk().max_depth(1).tree();
    /// assert_eq!(tree.to_string(), "site/\n└── css/");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn tree(self) -> Tree<'w> {
        Tree::new(self.listing)
    }
}

/// Not generic, so that the engine is compiled with this crate, once, and not with others for each closure.
impl RootWalk<'_> {
    fn visit_all(self, visitor: &mut dyn FnMut(Result<&RootEntry>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut lent = RootEntry::to_lend(&self.start);
        self.listing.visit(|found| lent.lend_found(found, &mut *visitor))
    }

    fn par_visit_all(self, visitor: &(dyn Fn(Result<&RootEntry>) -> ControlFlow<()> + Sync)) -> ControlFlow<()> {
        let Self { start, listing } = self;
        listing.par_visit(|| {
            let mut lent = RootEntry::to_lend(&start);
            move |found: Result<&mut Entry>| lent.lend_found(found, visitor)
        })
    }
}

/// Skipping a directory, and collecting.
impl RootWalk<'_> {
    /// Does not enter the directory that was listed last: see [`Walk::skip_dir`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "big/deep").mkdir_all()?;
    /// (&root / "small").touch()?;
    /// let mut walk = root.walk();
    /// assert_eq!(walk.next().unwrap()?.name(), "big");
    /// walk.skip_dir();
    /// assert_eq!(walk.next().unwrap()?.name(), "small");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn skip_dir(&mut self) {
        self.listing.skip_dir();
    }

    /// Returns all entries, or the first error: see [`Walk::entries`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").mkdir()?;
    /// let entries = root.iterdir().entries()?;
    /// assert!(entries[0].is_dir());
    /// assert!((&root / "b").iterdir().entries().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first error of the listing.
    pub fn entries(self) -> Result<Vec<RootEntry>> {
        self.collect()
    }

    /// Returns all paths, or the first error: see [`Walk::paths`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a").touch()?;
    /// let paths: Vec<waypath::RootPath> = root.iterdir().paths()?;
    /// assert_eq!(paths, [&root / "a"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first error of the listing.
    pub fn paths(self) -> Result<Vec<RootPath>> {
        self.map(|entry| entry.map(RootEntry::into_path)).collect()
    }

    /// Returns all entries and all errors, each in their order: see [`Walk::entries_and_errors`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "a").touch()?;
    /// (&root / "out").symlink_to("..")?;
    /// let (entries, errors) = root.walk().follow_symlinks(true).entries_and_errors();
    /// assert_eq!(entries[0].path(), &(&root / "a"));
    /// assert!(errors[0].is_escape());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn entries_and_errors(self) -> (Vec<RootEntry>, Vec<Error>) {
        sorted_out(self)
    }
}

impl Iterator for RootWalk<'_> {
    type Item = Result<RootEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { start, listing } = self;
        Some(listing.next()?.map(|entry| RootEntry::of(start, entry)).map_err(|error| error.on_ground(&start.ground())))
    }
}

impl FusedIterator for RootWalk<'_> {}

impl fmt::Debug for RootWalk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootWalk").field("start", &self.start.path).finish_non_exhaustive()
    }
}

/// What a listing below a [`Root`](super::Root) yields: a [`RootPath`] that remembers what kind of file it is. See
/// [`Entry`].
///
/// # Examples
///
/// ```
/// use waypath::FileKind;
///
/// # let base = waypath::TempDir::new()?;
/// # let root = base.root()?;
/// (&root / "site/css").mkdir_all()?;
/// (&root / "site/css/main.css").write_text("four")?;
/// let entry = (&root / "site").rglob("*.css")?.next().unwrap()?;
/// assert_eq!((entry.kind(), entry.depth()), (FileKind::File, 2));
/// assert_eq!(entry.relative(), "css/main.css");
/// assert_eq!(entry.path(), &(&root / "site/css/main.css"));
///
/// entry.rename(entry.with_suffix(".txt")?)?;
/// assert!(!entry.into_path().exists());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
pub struct RootEntry {
    path: RootPath,
    kind: FileKind,
    depth: usize,
}

impl RootEntry {
    fn of(start: &RootPath, entry: Entry) -> Self {
        let (kind, depth) = (entry.kind(), entry.depth());
        Self { path: At { handle: start.handle.clone(), path: entry.into_path() }, kind, depth }
    }

    /// One whose memory serves for what is lent, one after the other.
    fn to_lend(start: &RootPath) -> Self {
        Self { path: start.clone(), kind: FileKind::Directory, depth: 0 }
    }

    fn lend(&mut self, entry: &Entry) -> &Self {
        entry.path().clone_into(&mut self.path.path);
        (self.kind, self.depth) = (entry.kind(), entry.depth());
        self
    }

    /// Lends what was found. The entry's path is borrowed, because copying it would take longer the deeper it is.
    fn lend_found<B>(
        &mut self,
        found: Result<&mut Entry>,
        visit: impl FnOnce(Result<&Self>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let entry = match found {
            Ok(entry) => entry,
            Err(error) => return visit(Err(error.on_ground(&self.path.ground()))),
        };
        (self.kind, self.depth) = (entry.kind(), entry.depth());
        entry.swap_path(&mut self.path.path);
        let visited = visit(Ok(self));
        entry.swap_path(&mut self.path.path);
        visited
    }

    /// Returns the path.
    ///
    /// # Examples
    ///
    /// See [`RootEntry`].
    #[must_use]
    pub fn path(&self) -> &RootPath {
        &self.path
    }

    /// Turns the entry into its path.
    ///
    /// # Examples
    ///
    /// See [`RootEntry`].
    #[must_use]
    pub fn into_path(self) -> RootPath {
        self.path
    }

    /// Returns what kind of file it was when the directory was read; a link is a link.
    ///
    /// # Examples
    ///
    /// See [`RootEntry`].
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Returns how deep it lies below the start of the listing.
    ///
    /// # Examples
    ///
    /// See [`RootEntry`].
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Checks whether this is a directory, or a link to one: see [`Entry::is_dir`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// # #[cfg(unix)] {
    /// (&root / "site").mkdir()?;
    /// (&root / "link").symlink_to("site")?;
    /// let link = root.glob("link")?.next().unwrap()?;
    /// assert!(link.is_symlink() && link.is_dir() && !link.is_file());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_dir(&self) -> bool {
        if self.kind == FileKind::Symlink { self.path.is_dir() } else { self.kind == FileKind::Directory }
    }

    /// Checks whether this is a regular file, or a link to one: see [`Entry::is_file`].
    ///
    /// # Examples
    ///
    /// See [`is_dir`](RootEntry::is_dir).
    #[must_use]
    pub fn is_file(&self) -> bool {
        if self.kind == FileKind::Symlink { self.path.is_file() } else { self.kind == FileKind::File }
    }

    /// Checks whether this is a symbolic link.
    ///
    /// # Examples
    ///
    /// See [`is_dir`](RootEntry::is_dir).
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.kind == FileKind::Symlink
    }

    /// Returns the path from the start of the listing: see [`Entry::relative`].
    ///
    /// # Examples
    ///
    /// See [`RootEntry`].
    #[must_use]
    pub fn relative(&self) -> &Path {
        self.path.path.last_parts(self.depth)
    }
}

impl Deref for RootEntry {
    type Target = RootPath;

    fn deref(&self) -> &RootPath {
        &self.path
    }
}

/// Entries are equal and ordered as their paths are.
impl PartialEq for RootEntry {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for RootEntry {}

impl Ord for RootEntry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path.cmp(&other.path)
    }
}

impl PartialOrd for RootEntry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for RootEntry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
    }
}

impl Borrow<RootPath> for RootEntry {
    fn borrow(&self) -> &RootPath {
        &self.path
    }
}

impl Borrow<RootPath> for &RootEntry {
    fn borrow(&self) -> &RootPath {
        &self.path
    }
}

impl<P: AsPath> Div<P> for &RootEntry {
    type Output = RootPath;

    fn div(self, right: P) -> RootPath {
        self.path.join(right)
    }
}

impl From<RootEntry> for RootPath {
    fn from(entry: RootEntry) -> Self {
        entry.path
    }
}

impl fmt::Display for RootEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

impl fmt::Debug for RootEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootEntry").field("path", &self.path).field("kind", &self.kind).finish_non_exhaustive()
    }
}
