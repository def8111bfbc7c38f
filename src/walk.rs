//! Listing directories: one engine behind `iterdir`, `walk`, `glob` and `rglob`.
//!
//! ```text
//! Walk: options, and the two faces, iterator and visitor
//!  └─ Lister: goes down the tree, lends entries            threads, tree::Pool: several of them share a tree
//!      ├─ Search, Plan: what is wanted; patterns as an automaton
//!      ├─ Judge, Pending: what becomes of a name; what was read and not yet visited
//!      └─ tree::Descent: the directories on the way, few of them open; sys::Directory opens and reads
//! ```

#[cfg(all(test, unix))]
mod backend_tests;
mod below;
mod closures;
mod entry;
mod exclude;
mod judge;
mod lister;
mod options;
mod patterns;
mod pending;
mod plan;
mod printed;
mod search;
mod stream;
mod threads;

use std::borrow::Borrow;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

pub use entry::Entry;
pub use patterns::IntoPatterns;
pub use printed::Tree;

pub(crate) use below::Below;
pub(crate) use exclude::{Exclusion, ExclusionWay, Prunes, Pruning, refuse_useless};

use crate::error::{Error, Result};
use crate::path::{Path, PathBuf};
use crate::pattern::{IntoPattern, Pattern, PatternSet};
use crate::sys::{self, Directory};
use closures::{Alone, Closures, Together};
use lister::Lister;
use plan::Begins;
use search::{Options, Order, Scope, Search};
use stream::Stream;

/// # Listing directories
///
/// Sorted, and complete: what cannot be read is an error item. Options are methods of [`Walk`].
impl Path {
    /// Lists what is in this directory, in order of name.
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
    /// They are items of the [`Walk`]: this is no directory or may not be read, or a name in it is
    /// not UTF-8.
    #[doc(alias = "read_dir")]
    #[doc(alias = "listdir")]
    pub fn iterdir(&self) -> Walk<'static> {
        Walk::new(self, Scope::Children)
    }

    /// Lists everything below this directory: its entries, theirs, and so on; not the directory itself.
    ///
    /// Links to directories are listed, not followed, unless [`follow_symlinks`](Walk::follow_symlinks)
    /// says so.
    ///
    /// pathlib's `walk` gives the names of a directory's entries in two lists. Here each entry comes by
    /// itself and [knows its kind](Entry::kind); what pathlib's users do to the list of directories to
    /// keep out of some, [`prune`](Walk::prune) and [`exclude`](Walk::exclude) do; for
    /// `top_down=False` there is [`contents_first`](Walk::contents_first).
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
        Walk::new(self, Scope::Patterns(vec![Pattern::new("*")], Begins::Anywhere))
    }

    /// Lists what is below this directory and matches a pattern, or one of several, in order of path,
    /// each path once. Where a `**` at the end takes nothing, that is the directory itself.
    ///
    /// The language is that of [`Pattern`], the results are pathlib's. A part without wildcards is
    /// not searched but looked up, and only directories that can lead to a match are read, once for all
    /// patterns. A pattern that ends in a separator asks for directories. `**` does not go into links to
    /// directories unless [`follow_symlinks`](Walk::follow_symlinks) says so, other parts do; `..` is
    /// left to the system. Without any pattern, nothing is found.
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
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute, or is empty or `.`,
    /// which names nothing below a directory. What goes wrong on the way are items of the [`Walk`]: this
    /// is no directory; a directory may not be read; a name is not UTF-8. pathlib is silent about those.
    pub fn glob(&self, patterns: impl IntoPatterns) -> Result<Walk<'static>> {
        let patterns = patterns.into_patterns();
        patterns.iter().try_for_each(exclude::refuse_elsewhere)?;
        Ok(Walk::new(self, Scope::Patterns(patterns, Begins::AtStart)))
    }

    /// Lists what is anywhere below this directory and matches a pattern: [`glob`](Path::glob) with
    /// `**/` before each pattern. The empty pattern gives all directories, `.` everything.
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
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): a pattern is absolute. The rest as for
    /// [`glob`](Path::glob).
    pub fn rglob(&self, patterns: impl IntoPatterns) -> Result<Walk<'static>> {
        let patterns = patterns.into_patterns();
        patterns.iter().try_for_each(exclude::refuse_absolute)?;
        Ok(Walk::new(self, Scope::Patterns(patterns, Begins::Anywhere)))
    }

    /// Lists what is below this directory and in a set, by its path relative to this directory.
    ///
    /// As [`PatternSet::is_match`] says, `src/**` is what is below `src` and not `src` itself, and what is
    /// below an excluded directory is another path. An exclude that ends in `**` keeps the listing out of
    /// there altogether.
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
    /// As for [`glob`](Path::glob), of any pattern of the set.
    pub fn glob_set(&self, set: &PatternSet) -> Result<Walk<'static>> {
        set.include_patterns().iter().chain(set.exclude_patterns()).try_for_each(exclude::refuse_elsewhere)?;
        Ok(Walk::new(self, Scope::Set(Box::new(set.clone()))))
    }

    /// Returns this directory as a tree to print: [`walk`](Path::walk), then [`tree`](Walk::tree).
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
/// The directory that the pattern begins with ([`Pattern::base`]) is where the listing starts, and need not be
/// listed above; the rest is [`Path::glob`]. All alternatives of `{…}` must begin in the same root.
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
///     println!("{}", log?);
/// }
/// # Ok::<(), waypath::Error>(())
/// ```
///
/// # Errors
///
/// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the pattern names nothing below a directory, as `/` does, or
/// only some of its alternatives are absolute. The rest as for [`Path::glob`].
pub fn glob(pattern: impl IntoPattern) -> Result<Walk<'static>> {
    let (directory, rest) = pattern.into_pattern().borrow().base();
    directory.glob(rest)
}

/// A listing: first its options, then an iterator of its entries; made by [`Path::iterdir`],
/// [`Path::walk`], [`Path::glob`] and [`Path::rglob`].
///
/// Entries come in the order of [`Path`]'s `Ord` (which on Windows ignores case), whatever order the
/// system has, and no path comes twice. [`unsorted`](Walk::unsorted) takes the system's order, and the
/// memory of one buffer for each directory on the way down; entries that are no directories then come
/// before the others that the system gave with them.
///
/// Errors are items among the entries: both together account for every directory, and for everything
/// that could match. After an error the listing goes on. [`Error::op`](crate::Error::op) is one of these:
///
/// - [`List`](crate::Op::List): a directory cannot be read, or the start is not a directory. Names that a pattern
///   spells out are still found in a directory that cannot be read.
///   Or an option was set after the first entry, with [`InvalidInput`](std::io::ErrorKind::InvalidInput).
/// - [`Convert`](crate::Op::Convert): a path is not UTF-8; [`Error::path`](crate::Error::path) has it. Such a directory is
///   gone into, and everything in it that would be an entry is an error of this kind.
/// - [`Follow`](crate::Op::Follow): a link leads back to a directory above.
/// - [`Stat`](crate::Op::Stat): the system does not say what something is.
/// - [`Pattern`](crate::Op::Pattern): a pattern of [`exclude`](Walk::exclude) was refused; nothing is listed.
///
/// In order, an error stands where its path would, behind the entry of the same path.
///
/// Directories are read as the listing gets to them, so that what changes in the meantime may or
/// may not be seen. What has vanished by then is not an error.
///
/// Options must be set before the first entry. The only item after a later one is an error, as a listing that ignores an
/// [`exclude`](Walk::exclude) could do harm.
///
/// The lifetime `'w` is that of what closures borrow ([`prune`](Walk::prune), [`sorted_by`](Walk::sorted_by)). A listing
/// without closures is a `Walk<'static>`.
///
/// # Limits
///
/// There is none to the depth of a tree or the length of a path. Each thread has at most 16 directories
/// open at a time, and gets along with fewer where the system gives no more; where several threads have to
/// share very few, one may find none and report that as an error. On Windows, and where else the system has no
/// directories relative to one another, std sets the limits.
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
/// The whole of a project but for what is built and hidden, with directories behind their contents:
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
pub struct Walk<'w> {
    state: State,
    closures: Closures<'w>,
}

enum State {
    Waiting(Box<Options>),
    /// The entries that the last steps brought.
    Here(Box<Lister<sys::Dir>>, VecDeque<Result<Entry>>),
    Threads(Box<Stream>),
}

impl<'w> Walk<'w> {
    fn new(start: &Path, target: Scope) -> Self {
        Self::of(Options::new(start.to_path_buf(), target), Closures::default())
    }

    fn of(options: Options, closures: Closures<'w>) -> Self {
        Self { state: State::Waiting(Box::new(options)), closures }
    }

    /// The same listing with another option; one that fails, if this one has begun.
    fn with(self, set: impl FnOnce(&mut Options)) -> Self {
        let options = match self.state {
            State::Waiting(mut options) => {
                set(&mut options);
                *options
            }
            State::Here(..) | State::Threads(_) => Options { is_late: true, ..self.state.options().clone() },
        };
        Self::of(options, self.closures)
    }

    /// What is asked for, from the beginning.
    fn into_search(self) -> (Arc<Search>, Closures<'w>) {
        let search = match self.state {
            State::Waiting(options) => Arc::new(Search::new(*options)),
            State::Here(lister, _) => lister.search().clone(),
            State::Threads(stream) => stream.search().clone(),
        };
        (search, self.closures)
    }
}

impl State {
    fn begin(options: &mut Options, closures: &mut Closures<'_>) -> Self {
        let may_be_threaded =
            options.order == Order::Unsorted && !options.prunes && options.threads.is_some_and(|count| count > 1);
        let search = Arc::new(Search::new(std::mem::take(options)));
        let lister = Lister::new(search.clone(), closures);
        if may_be_threaded
            && lister.enters_any()
            && let Some(stream) = Stream::new::<sys::Dir>(search)
        {
            return Self::Threads(Box::new(stream));
        }
        Self::Here(Box::new(lister), VecDeque::new())
    }

    fn options(&self) -> &Options {
        match self {
            Self::Waiting(options) => options,
            Self::Here(lister, _) => &lister.search().options,
            Self::Threads(stream) => &stream.search().options,
        }
    }
}

/// Looking at entries instead of owning them.
impl<'w> Walk<'w> {
    /// Lends each entry to a closure, in order, until that breaks; nothing is allocated for one.
    ///
    /// An entry that is to be kept is cloned. What is behind the break is not listed. The listing
    /// begins at its start, also where entries were taken from the iterator before.
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
        let (search, mut closures) = self.into_search();
        let mut lister = Lister::<sys::Dir>::new(search, &mut closures);
        let mut visitor = Alone { closures: &mut closures, visit: visitor };
        while !lister.is_done() {
            lister.step(&mut visitor)?;
        }
        ControlFlow::Continue(())
    }

    /// Lends each entry to a closure, in several [`threads`](Walk::threads) at once (as many as the
    /// machine runs, if nothing is said), until one breaks.
    ///
    /// Each thread lists a part of the tree, in no order but that a directory comes before its contents,
    /// or behind with [`contents_first`](Walk::contents_first), and calls the closure itself; in the latter
    /// case, a directory that is listed is one thread's with all its contents. After a break, other threads
    /// may still be in a call.
    ///
    /// # Panics
    ///
    /// Where the closure does; the other threads stop first.
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
        let (search, closures) = self.into_search();
        let closures = Mutex::new(closures);
        threads::run::<sys::Dir, B, _>(&search, || Together { closures: &closures, visit: &visitor })
    }

    /// Returns the listing as a tree to print, in which directories above an entry stand even where
    /// they are not entries themselves.
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
        let (search, closures) = self.into_search();
        Tree::new(&search, closures)
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
    ///     found.push(entry.relative().to_string());
    /// }
    /// assert_eq!(found, ["src", "src/lib.rs", "target"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "skip_current_dir")]
    pub fn skip_dir(&mut self) {
        match &mut self.state {
            State::Waiting(_) => {}
            State::Here(lister, _) => lister.skip_dir(),
            State::Threads(stream) => stream.skip_dir(),
        }
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
        let (mut entries, mut errors) = (Vec::new(), Vec::new());
        for found in self {
            match found {
                Ok(entry) => entries.push(entry),
                Err(error) => errors.push(error),
            }
        }
        (entries, errors)
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        let Self { state, closures } = self;
        loop {
            match state {
                State::Waiting(options) => *state = State::begin(options, closures),
                State::Threads(stream) => return stream.next(),
                State::Here(lister, entries) => return next_of(lister, entries, closures),
            }
        }
    }
}

/// Goes on until there is an entry, and keeps what comes up with it.
fn next_of<D: Directory>(
    lister: &mut Lister<D>,
    entries: &mut VecDeque<Result<Entry>>,
    closures: &mut Closures<'_>,
) -> Option<Result<Entry>> {
    loop {
        if let Some(entry) = entries.pop_front() {
            return Some(entry);
        }
        if lister.is_done() {
            return None;
        }
        let visit = |entry: Result<&Entry>| {
            entries.push_back(entry.cloned());
            ControlFlow::<Infallible>::Continue(())
        };
        _ = lister.step(&mut Alone { closures: &mut *closures, visit });
    }
}

impl std::iter::FusedIterator for Walk<'_> {}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("start", &self.state.options().start).finish_non_exhaustive()
    }
}
