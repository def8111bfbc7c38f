//! Listing stores of objects.

use std::fmt;
use std::iter::{FusedIterator, Peekable};
use std::vec;

use super::listing::{Lister, Prune};
use super::search::{Options, Order};
use super::{ObjectStore, RemoteEntry};
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::flavour::Posix;
use crate::kind::FileKind;
use crate::objects::{Keys, prefix_of};
use crate::path::PathBuf;
use crate::pattern::{Pattern, PatternSet};
use crate::walk::{Begins, IntoPatterns, Scope, refuse_absolute, refuse_elsewhere, sorted_out};

/// Listings.
impl<S: ObjectStore> At<S> {
    /// Lists the entries of this directory, in the order of their keys.
    ///
    /// One request per 1,000 entries, however much is below them.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// for key in ["logs/2026/a.txt", "logs/b.txt", "logs-old/c.txt"] {
    ///     (&store / key).write_text("")?;
    /// }
    /// assert_eq!((&store / "logs").iterdir().paths()?, [&store / "logs/2026", &store / "logs/b.txt"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// They are items of the [`RemoteWalk`].
    pub fn iterdir(&self) -> RemoteWalk<'static, S> {
        RemoteWalk::new(self, Scope::Children)
    }

    /// Lists everything below this directory, recursively. The directory itself is not included.
    ///
    /// One request per 1,000 keys.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a/b.txt").write_text("")?;
    /// (&store / "c.txt").write_text("")?;
    /// assert_eq!(store.walk().paths()?, [&store / "a", &store / "a/b.txt", &store / "c.txt"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// They are items of the [`RemoteWalk`].
    pub fn walk(&self) -> RemoteWalk<'static, S> {
        RemoteWalk::new(self, Scope::Everything)
    }

    /// Lists what is below this directory and matches a pattern, or one of several. Each path is listed once.
    ///
    /// Case matters, and a pattern means what it means in [`Path::glob`](crate::Path::glob). If there is no such directory,
    /// nothing matches: that is not an error.
    ///
    /// The text before the first wildcard is the prefix that is asked for. Below it, from the first `**` on, one request per
    /// 1,000 keys. Elsewhere, small directories are read together and large ones level by level: at most about one request
    /// per 1,000 names in each directory that can contain a match, often fewer. [`threads`](RemoteWalk::threads) requests
    /// are made side by side.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// # for key in ["logs/2025-12-31/a.json", "logs/2026-01-01/b.json", "logs/2026-01-01/c/d.json"] {
    /// #     (&store / key).write_text("{}")?;
    /// # }
    /// let mut size = 0;
    /// for log in (&store / "logs").glob("2026-*/**/*.json")? {
    ///     size += log?.size();
    /// }
    /// assert_eq!(size, 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute, or empty, or `.`, or has a part `..`. Other
    /// errors are items of the [`RemoteWalk`].
    pub fn glob(&self, patterns: impl IntoPatterns<Posix>) -> Result<RemoteWalk<'static, S>> {
        let patterns = patterns.into_patterns();
        patterns.iter().try_for_each(|pattern| refuse_elsewhere(pattern).and_then(|()| refuse_up(pattern)))?;
        Ok(RemoteWalk::new(self, Scope::Patterns(patterns, Begins::AtStart)))
    }

    /// Lists what is anywhere below this directory and matches a pattern: [`glob`](At#method.glob-1) with `**/` in front of each
    /// pattern.
    ///
    /// One request per 1,000 keys below this directory.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// for key in ["a.md", "notes/deep/b.md", "notes/c.txt"] {
    ///     (&store / key).write_text("")?;
    /// }
    /// assert_eq!(store.rglob("*.md")?.paths()?, [&store / "a.md", &store / "notes/deep/b.md"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute or has a part `..`. Otherwise as for
    /// [`glob`](At#method.glob-1).
    pub fn rglob(&self, patterns: impl IntoPatterns<Posix>) -> Result<RemoteWalk<'static, S>> {
        let patterns = patterns.into_patterns();
        patterns.iter().try_for_each(|pattern| refuse_absolute(pattern).and_then(|()| refuse_up(pattern)))?;
        Ok(RemoteWalk::new(self, Scope::Patterns(patterns, Begins::Anywhere)))
    }

    /// Lists what is below this directory and in a set: see [`Path::glob_set`](crate::Path::glob_set).
    ///
    /// Requests as for [`glob`](At#method.glob-1).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PatternSetBuilder, Posix};
    ///
    /// # let store = waypath::Memory::new();
    /// for key in ["a.md", "drafts/b.md", "notes/c.md"] {
    ///     (&store / key).write_text("")?;
    /// }
    /// let notes = PatternSetBuilder::<Posix>::default().include("**/*.md").exclude("drafts/**").build();
    /// assert_eq!(store.glob_set(&notes)?.paths()?, [&store / "a.md", &store / "notes/c.md"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`glob`](At#method.glob-1), for any pattern of the set.
    pub fn glob_set(&self, set: &PatternSet<Posix>) -> Result<RemoteWalk<'static, S>> {
        let mut patterns = set.include_patterns().iter().chain(set.exclude_patterns());
        patterns.try_for_each(|pattern| refuse_elsewhere(pattern).and_then(|()| refuse_up(pattern)))?;
        Ok(RemoteWalk::new(self, Scope::Set(Box::new(set.clone()))))
    }

    /// Checks whether this is a directory with nothing in it: the store itself, or a directory of which there is only the
    /// marker.
    ///
    /// One request.
    ///
    /// # Examples
    ///
    /// ```
    /// let store = waypath::Memory::new();
    /// assert!(store.is_empty_dir()?);
    /// (&store / "a/b").write_text("")?;
    /// assert!(!(&store / "a").is_empty_dir()?);
    /// assert!(!(&store / "no").is_empty_dir()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The store cannot be asked, or the path is not a key.
    pub fn is_empty_dir(&self) -> Result<bool> {
        let prefix = prefix_of(self.key(Op::List)?);
        let mut is_there = prefix.is_empty();
        for listed in Keys::new(self.handle.0.clone(), prefix.clone()).most(2) {
            match listed.map_err(|cause| self.failed(Op::List, cause))? {
                listed if *listed.key() == prefix => is_there = true,
                _ => return Ok(false),
            }
        }
        Ok(is_there)
    }
}

fn refuse_up(pattern: &Pattern<Posix>) -> Result<()> {
    match pattern.leads_up() {
        true => Err(Error::text(Op::Pattern, pattern.as_str(), "`..` leads nowhere in a store of objects")),
        false => Ok(()),
    }
}

/// A listing of a store: set its options, then iterate over its entries. Created by [`At::iterdir`](At#method.iterdir-1), [`At::walk`](At#method.walk-1),
/// [`At::glob`](At#method.glob-1) and [`At::rglob`](At#method.rglob-1).
///
/// Pages of 1,000 keys are requested when they are needed, and one is kept in memory.
///
/// A directory is an entry, once, before what is in it. It exists if keys are below it, or if there is a marker, a key that
/// ends in `/`. If `x` and `x/y` are both keys, `x` is listed twice: as a file and as a directory.
///
/// Entries are in the order of their keys, byte by byte: `a-b` comes before the directory `a`, as `-` comes before `/`. That
/// is the order in which S3 answers; SeaweedFS, for one, answers directory by directory, and so its entries come. For the
/// order of paths in every store, see [`sorted`](RemoteWalk::sorted).
///
/// Errors are yielded as items, each with [`Op::List`]:
///
/// - [`NotFound`](std::io::ErrorKind::NotFound): `iterdir` and `walk` of something that is not a directory. `glob` then finds
///   nothing, since it asks for less than the directory.
/// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): a key that no path spells, such as `a//b` or `a/../b`. The listing
///   continues. Or the start is not a key, a pattern of [`exclude`](RemoteWalk::exclude) is invalid
///   ([`Op::Pattern`]), or an option was set after the first entry; nothing is listed then.
/// - Others: the store cannot be asked. That is the last item.
///
/// There is no snapshot: keys that are written or removed in the meantime may or may not be seen.
///
/// # Examples
///
/// ```
/// # let store = waypath::Memory::new();
/// for key in ["a/b.txt", "a-b.txt", "a/.cache/c"] {
///     (&store / key).write_text("")?;
/// }
/// let names = |walk: waypath::RemoteWalk<'_, waypath::Memory>| {
///     walk.map(|entry| entry.map(|entry| entry.to_string())).collect::<Result<Vec<_>, _>>()
/// };
/// assert_eq!(names(store.walk().hidden(false))?, ["a-b.txt", "a", "a/b.txt"]);
/// assert_eq!(names(store.walk().hidden(false).sorted(true))?, ["a", "a/b.txt", "a-b.txt"]);
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "nothing is listed until it is iterated"]
pub struct RemoteWalk<'w, S: ObjectStore> {
    start: At<S>,
    prunes: Vec<Prune<'w, S>>,
    state: State<S>,
}

enum State<S: ObjectStore> {
    Waiting(Box<Options>),
    Listing(Box<Lister<S>>),
    Sorted(Box<Sorted<S>>),
    /// Nothing is listed, and why was told.
    Refused(Box<Options>),
}

/// All entries in the order of paths, then all errors.
struct Sorted<S: ObjectStore> {
    options: Options,
    rest: Peekable<vec::IntoIter<RemoteEntry<S>>>,
    errors: vec::IntoIter<Error>,
    /// The directory that was told last.
    told: Option<PathBuf<Posix>>,
}

/// Options. They must be set before the first entry is asked for.
impl<'w, S: ObjectStore> RemoteWalk<'w, S> {
    fn new(start: &At<S>, scope: Scope<Posix>) -> Self {
        let options = Options { scope, ..Options::default() };
        Self { start: start.clone(), prunes: Vec::new(), state: State::Waiting(Box::new(options)) }
    }

    /// What is asked for, from the beginning.
    pub(super) fn into_parts(self) -> (At<S>, Options, Vec<Prune<'w, S>>) {
        let is_late = matches!(&self.state, State::Waiting(options) if options.is_late);
        let options = self.state.into_options();
        (self.start, Options { is_late, ..*options }, self.prunes)
    }

    fn with(mut self, set: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.state.into_options();
        set(&mut options);
        self.state = State::Waiting(options);
        self
    }

    /// Sets the minimum depth. Entries of the start have depth 1, their entries depth 2, and so on.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a/b/c").write_text("")?;
    /// assert_eq!(store.walk().min_depth(2).paths()?, [&store / "a/b", &store / "a/b/c"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn min_depth(self, depth: usize) -> Self {
        self.with(|options| options.min_depth = depth)
    }

    /// Sets the maximum depth. What is below directories of this depth is not requested, unless it is on a page with what is
    /// wanted.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a/b/c").write_text("")?;
    /// assert_eq!(store.walk().max_depth(2).paths()?, [&store / "a", &store / "a/b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn max_depth(self, depth: usize) -> Self {
        self.with(|options| options.max_depth = Some(depth))
    }

    /// Whether to list names that begin with a dot, and what is below them. The default is `true`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / ".cache/a").write_text("")?;
    /// (&store / "b").write_text("")?;
    /// assert_eq!(store.walk().hidden(false).paths()?, [&store / "b"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn hidden(self, listed: bool) -> Self {
        self.with(|options| options.skips_hidden = !listed)
    }

    /// Excludes what one of the patterns matches, and everything below it: see [`Walk::exclude`](crate::Walk::exclude).
    ///
    /// What is below an excluded directory is not requested, unless it is on a page with what is wanted.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// for key in ["cache/a", "b.tmp", "c"] {
    ///     (&store / key).write_text("")?;
    /// }
    /// assert_eq!(store.walk().exclude(["cache", "**/*.tmp"]).paths()?, [&store / "c"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn exclude(self, patterns: impl IntoPatterns<Posix>) -> Self {
        self.with(|options| options.excluded.extend(patterns.into_patterns()))
    }

    /// Leaves out each entry for which the closure returns `true`, and everything below it. Can be called several times.
    ///
    /// The closure is called in the thread that iterates, with each entry that is wanted or may lead to one, and perhaps
    /// before the entries in front of it were yielded.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// for key in ["a/large.bin", "b/small.txt"] {
    ///     (&store / key).write_text("")?;
    /// }
    /// let walk = store.walk().prune(|entry| entry.name() == "a");
    /// assert_eq!(walk.paths()?, [&store / "b", &store / "b/small.txt"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn prune(mut self, leaves_out: impl FnMut(&RemoteEntry<S>) -> bool + Send + 'w) -> Self {
        self.prunes.push(Box::new(leaves_out));
        self.with(|_| ())
    }

    /// Lists entries of one kind only. Call it again for the other kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::FileKind;
    ///
    /// # let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("")?;
    /// assert_eq!(store.walk().only(FileKind::File).paths()?, [&store / "a/b"]);
    /// assert_eq!(store.walk().only(FileKind::Directory).paths()?, [&store / "a"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn only(self, kind: FileKind) -> Self {
        self.with(|options| options.kinds.push(kind))
    }

    /// Whether case matters in patterns, including those of [`exclude`](RemoteWalk::exclude). The default is `true`.
    ///
    /// With `false`, the text before the first wildcard is no prefix if it has letters: more is requested.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "README.md").write_text("")?;
    /// assert_eq!(store.glob("readme.*")?.count(), 0);
    /// assert_eq!(store.glob("readme.*")?.case_sensitive(false).count(), 1);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn case_sensitive(self, matters: bool) -> Self {
        self.with(|options| options.case_sensitive = Some(matters))
    }

    /// Whether to yield entries in the order of [`Path`](crate::Path), in which everything below a directory follows it
    /// immediately. The default is `false`, the order of keys.
    ///
    /// The whole listing is read first and kept in memory. Errors come after all entries.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a/b").write_text("")?;
    /// (&store / "a-c").write_text("")?;
    /// assert_eq!(store.walk().paths()?, [&store / "a-c", &store / "a", &store / "a/b"]);
    /// assert_eq!(store.walk().sorted(true).paths()?, [&store / "a", &store / "a/b", &store / "a-c"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn sorted(self, sorted: bool) -> Self {
        self.with(|options| options.order = if sorted { Order::Paths } else { Order::Keys })
    }

    /// Whether to yield entries in the order in which pages arrive. The default is `false`.
    ///
    /// With several [`threads`](RemoteWalk::threads) set, large directories are then read side by side, even in `walk` and
    /// below `**`, which may take more requests. A directory still comes before what is in it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// for key in ["a/b", "c"] {
    ///     (&store / key).write_text("")?;
    /// }
    /// let mut paths = store.walk().unsorted(true).threads(2).paths()?;
    /// paths.sort();
    /// assert_eq!(paths, [&store / "a", &store / "a/b", &store / "c"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn unsorted(self, unsorted: bool) -> Self {
        self.with(|options| options.order = if unsorted { Order::None } else { Order::Keys })
    }

    /// Number of requests that may be made side by side; 0 means 1. The default is that of the store.
    ///
    /// Each has a page in memory. With more than one, pages may be requested that turn out not to be needed because the
    /// iteration ends early.
    ///
    /// # Examples
    ///
    /// See [`unsorted`](RemoteWalk::unsorted).
    pub fn threads(self, count: usize) -> Self {
        self.with(|options| options.threads = Some(count))
    }
}

/// Skipping a directory, and collecting.
impl<S: ObjectStore> RemoteWalk<'_, S> {
    /// Does not list what is below the directory that was listed last. It is not requested either, unless it is on a page
    /// with what is wanted. If the last item was a file or an error, nothing happens.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// for number in 0..3000 {
    ///     (&store / format!("big/{number}")).write_text("")?;
    /// }
    /// (&store / "small").write_text("")?;
    ///
    /// let asked = store.request_count();
    /// let mut walk = store.walk();
    /// assert_eq!(walk.next().unwrap()?.name(), "big");
    /// walk.skip_dir();
    /// assert_eq!(walk.next().unwrap()?.name(), "small");
    /// assert_eq!(store.request_count() - asked, 2);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn skip_dir(&mut self) {
        match &mut self.state {
            State::Listing(lister) => lister.skip_dir(),
            State::Sorted(sorted) => sorted.skip_dir(),
            State::Waiting(_) | State::Refused(_) => {}
        }
    }

    /// Returns all entries, or the first error. Requests are those of the iteration.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_text("four")?;
    /// let entries = store.iterdir().entries()?;
    /// assert_eq!(entries[0].size(), 4);
    /// assert!((&store / "no").iterdir().entries().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first error of the listing.
    pub fn entries(self) -> Result<Vec<RemoteEntry<S>>> {
        self.collect()
    }

    /// Returns all paths, or the first error. Requests are those of the iteration.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_text("four")?;
    /// let paths = store.iterdir().paths()?;
    /// assert_eq!(paths[0].read_text()?, "four");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first error of the listing.
    pub fn paths(self) -> Result<Vec<At<S>>> {
        self.map(|entry| entry.map(RemoteEntry::into_path)).collect()
    }

    /// Returns all entries and all errors, each in their order.
    ///
    /// # Examples
    ///
    /// ```
    /// # let store = waypath::Memory::new();
    /// (&store / "a").write_text("")?;
    /// let (entries, errors) = store.walk().entries_and_errors();
    /// assert_eq!((entries.len(), errors.len()), (1, 0));
    /// let (entries, errors) = (&store / "no").walk().entries_and_errors();
    /// assert_eq!((entries.len(), errors.len()), (0, 1));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn entries_and_errors(self) -> (Vec<RemoteEntry<S>>, Vec<Error>) {
        sorted_out(self)
    }

    fn begin(&mut self, options: Options) -> Result<(), Error> {
        let order = options.order;
        self.state = State::Refused(Box::new(options.clone()));
        let lister = Lister::begin(&self.start, options, &self.prunes)?;
        self.state = match order {
            Order::Paths => State::Sorted(Box::new(Sorted::new(lister, &mut self.prunes))),
            Order::Keys | Order::None => State::Listing(Box::new(lister)),
        };
        Ok(())
    }
}

impl<S: ObjectStore> State<S> {
    /// Those of a listing that has begun fail: what it has listed may not be what they ask for.
    fn into_options(self) -> Box<Options> {
        let mut options = match self {
            Self::Waiting(options) => return options,
            Self::Refused(options) => options,
            Self::Listing(lister) => Box::new(lister.search.options),
            Self::Sorted(sorted) => Box::new(sorted.options),
        };
        options.is_late = true;
        options
    }
}

impl<S: ObjectStore> Sorted<S> {
    fn new(mut lister: Lister<S>, prunes: &mut [Prune<'_, S>]) -> Self {
        let (mut entries, errors) = sorted_out(std::iter::from_fn(|| lister.next(prunes)));
        entries.sort();
        let options = lister.search.options;
        Self { options, rest: entries.into_iter().peekable(), errors: errors.into_iter(), told: None }
    }

    fn next(&mut self) -> Option<Result<RemoteEntry<S>>> {
        let Some(entry) = self.rest.next() else { return self.errors.next().map(Err) };
        self.told = entry.is_dir().then(|| entry.path_below().to_path_buf());
        Some(Ok(entry))
    }

    fn skip_dir(&mut self) {
        let Some(directory) = self.told.take() else { return };
        while self.rest.next_if(|entry| entry.path_below().is_relative_to(&directory)).is_some() {}
    }
}

impl<S: ObjectStore> Iterator for RemoteWalk<'_, S> {
    type Item = Result<RemoteEntry<S>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match &mut self.state {
                State::Waiting(options) => {
                    let options = std::mem::take(&mut **options);
                    if let Err(error) = self.begin(options) {
                        return Some(Err(error));
                    }
                }
                State::Listing(lister) => return lister.next(&mut self.prunes),
                State::Sorted(sorted) => return sorted.next(),
                State::Refused(_) => return None,
            }
        }
    }
}

impl<S: ObjectStore> FusedIterator for RemoteWalk<'_, S> {}

impl<S: ObjectStore> fmt::Debug for RemoteWalk<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteWalk").field("start", &self.start.path).finish_non_exhaustive()
    }
}
