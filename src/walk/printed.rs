//! A listing as a printed tree.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use super::Entry;
use super::closures::{Alone, Closures};
use super::lister::Lister;
use super::listing::Listing;
use super::search::{Order, Search};
use crate::error::{Error, Op, Result};
use crate::kind::FileKind;
use crate::path::Path;
use crate::printable::printable;
use crate::sys::{Directory, OsPath};
use crate::tree::lock;

/// A listing that prints as a tree; see [`Path::tree`](crate::Path::tree) and [`Walk::tree`](super::Walk::tree).
///
/// The directory is listed each time it is printed. Directories end in `/`, control characters are
/// [escaped](crate::Path::printable), errors are printed in their place. The last line does not end in a newline, so use
/// `println!`. `unsorted` and `contents_first` have no effect.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "a" / "b" / "c").mkdir_all()?;
/// let shallow = base.walk().max_depth(2).tree();
/// assert!(shallow.to_string().ends_with("└── a/\n    └── b/"));
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone)]
pub struct Tree<'w> {
    source: Arc<dyn Source + 'w>,
    max_entries: usize,
}

/// A listing that can be done again and again.
pub(crate) trait Source: Send + Sync {
    fn start(&self) -> &str;

    fn visit(&self, visit: &mut dyn FnMut(Item) -> ControlFlow<()>);
}

/// What a listing has.
pub(crate) struct Item {
    /// The directories in which it is, from the start on.
    pub(crate) directories: Vec<String>,
    pub(crate) line: ItemLine,
}

pub(crate) enum ItemLine {
    Entry(String, FileKind),
    Error(String),
}

struct Again<'w, D: Directory> {
    base: Option<Arc<D>>,
    search: Arc<Search>,
    closures: Mutex<Closures<'w>>,
}

impl<D: Directory> Source for Again<'_, D> {
    fn start(&self) -> &str {
        self.search.options.start.as_str()
    }

    fn visit(&self, visit: &mut dyn FnMut(Item) -> ControlFlow<()>) {
        let mut closures = lock(&self.closures);
        let mut lister = Lister::new(self.base.clone(), self.search.clone(), &mut *closures);
        let start = &self.search.options.start;
        let visit = |found: Result<&mut Entry>| match found {
            Ok(entry) => {
                Item::entry(entry.parts().rev().take(entry.depth()), entry.kind()).map_or(CONTINUE, &mut *visit)
            }
            Err(error) => visit(Item::error(start, &error)),
        };
        let mut visitor = Alone { closures: &mut closures, visit };
        while !lister.is_done() && lister.step(&mut visitor).is_continue() {}
    }
}

/// A line: how deep it is, and what it says.
struct Line {
    depth: usize,
    text: String,
}

impl<'w> Tree<'w> {
    pub(crate) fn new<D: Directory>(listing: Listing<'w, D>) -> Self {
        let (base, search, closures) = listing.into_search();
        let mut options = search.options.clone();
        options.contents_first = false;
        if options.order == Order::Unsorted {
            options.order = Order::Sorted;
        }
        let (search, closures) = (Arc::new(Search::new(options)), Mutex::new(closures));
        Self::of(Again { base, search, closures })
    }

    pub(crate) fn of(source: impl Source + 'w) -> Self {
        Self { source: Arc::new(source), max_entries: usize::MAX }
    }

    /// Sets the maximum number of entries. If there are more, the last line is `…`, and they are not listed.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// for name in ["a", "b", "c"] {
    ///     (&base / name).touch()?;
    /// }
    /// let tree = base.tree().max_entries(2).to_string();
    /// assert!(tree.ends_with("├── a\n├── b\n└── …"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn max_entries(mut self, count: usize) -> Self {
        self.max_entries = count;
        self
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Lines::default();
        let mut count = 0;
        self.source.visit(&mut |item| {
            if count == self.max_entries {
                lines.add(1, "…".to_owned());
                return ControlFlow::Break(());
            }
            lines.add_item(item);
            count += 1;
            CONTINUE
        });
        lines.lines
    }
}

const CONTINUE: ControlFlow<()> = ControlFlow::Continue(());

impl Item {
    /// An entry, by its names from the last to the first; the start itself has none, and no line.
    pub(crate) fn entry<'a>(names: impl Iterator<Item = &'a str>, kind: FileKind) -> Option<Self> {
        let mut names: Vec<_> = names.map(str::to_owned).collect();
        names.reverse();
        let name = names.pop()?;
        Some(Self { directories: names, line: ItemLine::Entry(name, kind) })
    }

    /// An error: as what a directory holds, or in the place of what could not be looked at.
    fn error(start: &Path, error: &Error) -> Self {
        let start: &OsPath = start.as_ref();
        let path = error.path().as_std_path();
        let below = path.strip_prefix(start).unwrap_or(path);
        let mut names: Vec<_> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        match error.op() {
            Op::List | Op::Follow => {}
            // It has the text of a pattern, not a path.
            Op::Pattern => names.clear(),
            _ => _ = names.pop(),
        }
        Self { directories: names, line: ItemLine::error(error) }
    }
}

impl ItemLine {
    pub(crate) fn error(error: &Error) -> Self {
        Self::Error(format!("[{error}]"))
    }
}

/// Lines as they come up.
#[derive(Default)]
struct Lines {
    lines: Vec<Line>,
    /// The names down to the last line.
    way: Vec<String>,
}

impl Lines {
    fn add(&mut self, depth: usize, text: String) {
        self.lines.push(Line { depth, text });
    }

    /// Adds what a directory has.
    fn add_item(&mut self, Item { directories, line }: Item) {
        self.add_directories(&directories);
        let depth = directories.len() + 1;
        match line {
            ItemLine::Error(text) => self.add(depth, text),
            ItemLine::Entry(name, kind) => {
                let mark = if kind == FileKind::Directory { "/" } else { "" };
                self.add(depth, printable(&name).into_owned() + mark);
                self.way.push(name);
            }
        }
    }

    /// Adds those directories that have no line yet.
    fn add_directories(&mut self, names: &[String]) {
        let known = self.way.iter().zip(names).take_while(|(known, name)| known == name).count();
        self.way.truncate(known);
        for name in &names[known..] {
            self.way.push(name.clone());
            self.add(self.way.len(), printable(name).into_owned() + "/");
        }
    }
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.source.start();
        let mark = if start.ends_with(['/', '\\']) { "" } else { "/" };
        write!(f, "{}{mark}", printable(start))?;
        for line in drawn(self.lines()) {
            write!(f, "\n{line}")?;
        }
        Ok(())
    }
}

/// The lines with the branches that lead to them. What a branch looks like depends on what follows, so
/// that it goes from the last line to the first.
fn drawn(lines: Vec<Line>) -> Vec<String> {
    // By depth: whether a line follows to which a branch from above leads.
    let mut follows = Vec::new();
    let mut drawn = Vec::with_capacity(lines.len());
    for Line { depth, text } in lines.into_iter().rev() {
        follows.resize(depth, false);
        let (last, above) = follows.split_last_mut().expect("BUG: a line of no depth");
        let mut line: String = above.iter().map(|follows| if *follows { "│   " } else { "    " }).collect();
        line += if *last { "├── " } else { "└── " };
        *last = true;
        drawn.push(line + &text);
    }
    drawn.reverse();
    drawn
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("start", &self.source.start()).finish_non_exhaustive()
    }
}
