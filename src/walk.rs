//! Listing directories: one engine behind `iterdir`, `glob` and `rglob`.

mod entry;
mod plan;

use std::borrow::Borrow;
use std::fmt;
use std::io::{self, ErrorKind};

pub use entry::Entry;

use crate::error::{Error, Op, Result};
use crate::fs::FileKind;
use crate::path::{Path, PathBuf};
use crate::pattern::{IntoPattern, Pattern};
use crate::sys;
use plan::{Plan, States, Wanted};

/// Listing.
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
    pub fn iterdir(&self) -> Walk {
        Walk::new(self, Plan::children())
    }

    /// Lists what is below this directory and matches a pattern, in order of path, each path once.
    /// Where a `**` at the end takes nothing, that is the directory itself.
    ///
    /// The language is that of [`Pattern`], the results are pathlib's. A part without wildcards is
    /// not searched but looked up, and only directories that can lead to a match are read. A
    /// pattern that ends in a separator asks for directories. `**` does not follow links to
    /// directories, other parts do; `..` is left to the system.
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
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput): the pattern is absolute, or is empty or `.`, which
    /// names nothing below a directory. What goes wrong
    /// on the way are items of the [`Walk`]: this is no directory; a directory may not be read; a
    /// name is not UTF-8. pathlib is silent about those.
    pub fn glob(&self, pattern: impl IntoPattern) -> Result<Walk> {
        let pattern = pattern.into_pattern();
        let pattern: &Pattern = pattern.borrow();
        let refused = |reason: &'static str| Err(Error::text(Op::Pattern, pattern.as_str(), reason));
        for alternative in pattern.alternatives() {
            if !alternative.path().anchor().is_empty() {
                return refused("an absolute pattern leads away: call `glob` on the anchor, with the rest");
            }
            if alternative.tail().is_empty() {
                return refused("it names nothing below a directory");
            }
        }
        Ok(Walk::new(self, Plan::glob(pattern)))
    }

    /// Lists what is anywhere below this directory and matches a pattern: [`glob`](Path::glob) with
    /// `**/` before the pattern. The empty pattern gives all directories, `.` everything.
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
    /// [`InvalidInput`](ErrorKind::InvalidInput): the pattern is absolute. The rest as for
    /// [`glob`](Path::glob).
    pub fn rglob(&self, pattern: impl IntoPattern) -> Result<Walk> {
        let pattern = pattern.into_pattern();
        let pattern: &Pattern = pattern.borrow();
        if pattern.alternatives().iter().any(|alternative| !alternative.path().anchor().is_empty()) {
            return Err(Error::text(Op::Pattern, pattern.as_str(), "an absolute pattern is nowhere below"));
        }
        Ok(Walk::new(self, Plan::rglob(pattern)))
    }
}

/// The entries of a listing; made by [`Path::iterdir`], [`Path::glob`] and [`Path::rglob`].
///
/// They come in the order of [`Path`]'s `Ord` (which on Windows ignores case), whatever order the
/// system has, and no path comes twice.
/// Errors are items among them: entries and errors together account for everything that could
/// match. After an error the listing goes on.
///
/// Directories are read as the iterator gets to them, so that what changes in the meantime may or
/// may not be seen. Dropping it early is fine.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "sub").mkdir()?;
/// let mut walk = base.rglob("*")?;
/// assert_eq!(walk.next().unwrap()?.name(), "sub");
/// assert!(walk.next().is_none());
/// # Ok::<(), waypath::Error>(())
/// ```
#[must_use = "nothing is listed until it is iterated"]
pub struct Walk {
    plan: Plan,
    /// What is still to be done, the next on top.
    stack: Vec<Step>,
}

enum Step {
    /// To look at the directory where it all begins.
    Start(PathBuf),
    Visit(Visit),
    Fail(Error),
}

/// A path below the start, and what of the plan is left for it.
struct Visit {
    path: PathBuf,
    depth: usize,
    states: States,
    /// What its directory said it is. Of a path that was put together from text nothing is known,
    /// not even that it exists.
    kind: Option<FileKind>,
}

impl Walk {
    fn new(start: &Path, plan: Plan) -> Self {
        Self { plan, stack: vec![Step::Start(start.to_path_buf())] }
    }

    /// Checks that the start is a directory: if not, the one item is the error.
    fn start(&mut self, path: PathBuf) -> Option<Result<Entry>> {
        let listable = sys::stat(path.as_ref()).and_then(|found| match found.is_dir() {
            true => Ok(()),
            false => sys::read_dir(path.as_ref()).map(drop),
        });
        match listable {
            Ok(()) => self.visit(Visit { path, depth: 0, states: self.plan.start(), kind: None }),
            Err(cause) => Some(Err(Error::new(Op::List, &*path, cause))),
        }
    }

    /// Schedules what comes below the path; the path itself, if it is wanted.
    fn visit(&mut self, visit: Visit) -> Option<Result<Entry>> {
        if self.plan.needs_listing(&visit.states) {
            self.list(&visit);
        } else {
            let names = self.plan.names(&visit.states).into_iter().rev();
            self.stack.extend(names.map(|(name, states)| Step::Visit(visit.named(&name, states))));
        }
        let wanted = self.plan.accepts(&visit.states)?;
        let kind = match visit.kind {
            Some(kind) => kind,
            None => match found(&visit.path, wanted) {
                Ok(kind) => kind?,
                Err(cause) => return Some(Err(Error::new(Op::Stat, &*visit.path, cause))),
            },
        };
        Some(Ok(Entry::new(visit.path, kind, visit.depth)))
    }

    /// Reads a directory, and schedules the entries that are wanted or lead on; then its failures.
    fn list(&mut self, parent: &Visit) {
        let (entries, mut failures) = entries_of(&parent.path);
        // The system lists every name but this one.
        let up = self.plan.names(&parent.states).into_iter().filter(|(name, _)| name == "..");
        let mut visits: Vec<_> = up.map(|(name, states)| parent.named(&name, states)).collect();
        visits.extend(entries.iter().filter_map(|(name, kind)| self.entry(parent, name, *kind)));
        visits.sort_by(|left, right| right.path.cmp(&left.path));
        failures.sort_by(|left, right| right.path().cmp(left.path()));
        self.stack.extend(failures.into_iter().map(Step::Fail));
        self.stack.extend(visits.into_iter().map(Step::Visit));
    }

    /// An entry of a listed directory, if it is wanted or leads on.
    fn entry(&self, parent: &Visit, name: &str, kind: FileKind) -> Option<Visit> {
        let path = parent.path.child(name);
        let is_dir = || kind == FileKind::Directory || kind == FileKind::Symlink && path.is_dir();
        let states = self.plan.advance(&parent.states, name, kind == FileKind::Directory, is_dir);
        (!states.is_empty()).then(|| Visit { path, depth: parent.depth + 1, states, kind: Some(kind) })
    }
}

impl Visit {
    /// A name below this path that is looked up without a listing.
    fn named(&self, name: &str, states: States) -> Self {
        Self { path: self.path.child(name), depth: self.depth + 1, states, kind: None }
    }
}

/// The entries of a directory, and what could not be read of it; nothing of what is no directory.
fn entries_of(directory: &Path) -> (Vec<(String, FileKind)>, Vec<Error>) {
    let failed = |cause| Error::new(Op::List, directory, cause);
    let listed = match sys::read_dir(directory.as_ref()) {
        Ok(listed) => listed,
        Err(cause) if is_no_directory(&cause) => return (Vec::new(), Vec::new()),
        Err(cause) => return (Vec::new(), vec![failed(cause)]),
    };
    let (mut entries, mut failures) = (Vec::new(), Vec::new());
    for entry in listed {
        match entry.map(|(name, kind)| (name.into_string(), kind)) {
            Ok((Ok(name), kind)) => entries.push((name, FileKind::of(kind))),
            Ok((Err(raw_name), _)) => {
                let path = std::path::Path::new(directory.as_str()).join(raw_name);
                failures.push(Error::text(Op::Convert, path, "it is not UTF-8"));
            }
            Err(cause) => failures.push(failed(cause)),
        }
    }
    (entries, failures)
}

/// What is at a path that was put together from text, if anything is.
fn found(path: &Path, wanted: Wanted) -> io::Result<Option<FileKind>> {
    let is_directory = wanted == Wanted::Anything || path.is_dir();
    match sys::lstat(path.as_ref()) {
        Ok(_) if !is_directory => Ok(None),
        Ok(found) => Ok(Some(FileKind::of(found.file_type()))),
        Err(cause) if is_no_directory(&cause) => Ok(None),
        Err(cause) => Err(cause),
    }
}

/// Whether an error says that no directory, or nothing at all, has this path: then nothing can
/// match, and nothing was missed.
fn is_no_directory(cause: &io::Error) -> bool {
    let kinds = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::InvalidInput, ErrorKind::InvalidFilename];
    kinds.contains(&cause.kind()) || sys::is_loop(cause)
}

impl Iterator for Walk {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            let item = match self.stack.pop()? {
                Step::Start(path) => self.start(path),
                Step::Visit(visit) => self.visit(visit),
                Step::Fail(error) => Some(Err(error)),
            };
            if item.is_some() {
                return item;
            }
        }
    }
}

impl std::iter::FusedIterator for Walk {}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").finish_non_exhaustive()
    }
}
