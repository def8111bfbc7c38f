//! The engine of all listings: goes down a tree, and lends one entry after the other.
//!
//! A step visits one item of the current directory, enters a directory, or leaves it:
//!
//! ```text
//! step ─ visit: what the item is; is it wanted?  ─ lend
//!      ├ enter: open it, unless it leads back    ─ list: read names, let Judge decide, keep them in Pending
//!      └ leave
//! ```

mod enter;
mod frame;
mod read;
mod share;

use std::cmp::Ordering;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

pub(super) use share::Part;

use super::Entry;
use super::judge::Judge;
use super::pending::{Below, Height, Item, Origin, Pending};
use super::plan::Wanted;
use super::search::{Options, Order, Search};
use crate::error::{Error, Op, Result};
use crate::kind::FileKind;
use crate::sys::{self, Directory, Links, OsPath, OsPathBuf};
use crate::tree::{Descent, MOST_OPEN};
use enter::{Ancestor, Enter};
use frame::Frame;

/// A listing, or the part of one that a thread works on.
pub(super) struct Lister<D: Directory> {
    /// What is asked for, shared by all threads of a listing.
    search: Arc<Search>,
    /// The open directories on the way down.
    descent: Descent<D>,
    /// Where the system puts names that are read, reused for all directories.
    buffer: D::Buffer,
    /// The directories on the way down. The first stands for what is found by its path alone (the start, and what is
    /// looked up from there); all others are levels of the descent. Only the listing of a part begins with a level.
    frames: Vec<Frame>,
    /// What was read in these directories and is still to be visited.
    pending: Pending,
    /// The entry that is lent. Its path serves all entries: each name is written over the one before.
    entry: Entry,
    /// The entry's path if that is not UTF-8. Then an error is lent, and the entry's path has U+FFFD in it.
    raw: Option<OsPathBuf>,
    /// The directory to enter in the next step, whose path the entry has: it is lent before it is read.
    entering: Option<Enter>,
    /// The directories above the first level of a part, if links are followed and loops must be found.
    ancestors: Vec<Ancestor<D>>,
    /// The directory in which the listing began, if it keeps to one file system.
    first: Option<D::Id>,
    /// The directories that were read, if each must be read only once.
    visited: Option<Visited<D>>,
    /// Whether items are sorted, so that a directory is read to the end before the first is visited.
    in_order: bool,
}

/// The directories that the threads of a listing have read.
pub(super) type Visited<D> = Arc<Mutex<HashSet<<D as Directory>::Id>>>;

/// Answers what a listing asks about entries. One without closures asks nothing.
pub(super) trait Asks {
    /// Whether an entry is left out, with everything below it. Asked if the options say that there are closures.
    fn prunes(&mut self, _entry: &Entry) -> bool {
        false
    }

    /// The order of two entries of a directory. Asked if the options say that there is a comparison.
    fn compare(&mut self, _left: &Entry, _right: &Entry) -> Ordering {
        Ordering::Equal
    }
}

/// Takes what a listing lends, for as long as the call lasts, and answers what it asks. An entry is afterwards as it was.
pub(super) trait Visitor: Asks {
    fn visit(&mut self, found: Result<&mut Entry>) -> ControlFlow<()>;
}

/// Going through a listing.
impl<D: Directory> Lister<D> {
    /// In the order that is asked for. Paths begin in the open directory, if one is given.
    pub(super) fn new(base: Option<Arc<D>>, search: Arc<Search>, asks: &mut impl Asks) -> Self {
        let in_order = search.options.order != Order::Unsorted;
        let visited = Self::visited(&search);
        let mut lister = Self::begin(base, search, visited, in_order, MOST_OPEN);
        lister.sort_items(asks);
        lister
    }

    /// In no order, whatever is asked for, and with so many directories open at a time.
    pub(super) fn unordered(
        base: Option<Arc<D>>,
        search: Arc<Search>,
        visited: Option<Visited<D>>,
        most_open: usize,
    ) -> Self {
        Self::begin(base, search, visited, false, most_open)
    }

    /// Where directories are entered that were read, if each is to be read once.
    pub(super) fn visited(search: &Search) -> Option<Visited<D>> {
        search.options.once.then(Visited::<D>::default)
    }

    fn begin(
        base: Option<Arc<D>>,
        search: Arc<Search>,
        visited: Option<Visited<D>>,
        in_order: bool,
        most_open: usize,
    ) -> Self {
        let mut entry = Entry::new(search.options.start.clone(), FileKind::Directory, 0);
        let frame = Frame::new(&mut entry, Below::default(), Height::default(), None);
        let mut lister = Self {
            search,
            descent: Descent::new(most_open),
            buffer: D::Buffer::default(),
            frames: vec![frame],
            pending: Pending::default(),
            entry,
            raw: None,
            entering: None,
            ancestors: Vec::new(),
            first: None,
            visited,
            in_order,
        };
        lister.descent.begin_below(base);
        match lister.search.refusal() {
            Some(refusal) => lister.pending.add_failure("", refusal),
            None => Judge { search: &lister.search, pending: &mut lister.pending }.start(),
        }
        lister.begin_items();
        lister
    }

    pub(super) fn search(&self) -> &Arc<Search> {
        &self.search
    }

    /// Whether a directory may be entered, now that the listing is about to begin.
    pub(super) fn enters_any(&self) -> bool {
        self.pending.items.iter().any(Item::leads_on)
    }

    /// Does not enter the directory that was lent last, if that is to come.
    pub(super) fn skip_dir(&mut self) {
        self.entering = None;
    }

    pub(super) fn is_done(&self) -> bool {
        self.frames.is_empty()
    }

    /// Goes on by one item, or by as many entries as the system gives at once. What comes up is lent.
    pub(super) fn step(&mut self, visitor: &mut impl Visitor) -> ControlFlow<()> {
        if let Some(enter) = self.entering.take() {
            return self.enter(&enter, visitor);
        }
        let Some(frame) = self.frames.last_mut() else { return ControlFlow::Continue(()) };
        if frame.next < frame.end {
            let item = self.pending.items[frame.next];
            frame.next += 1;
            return self.visit(&item, visitor);
        }
        if frame.is_unread {
            self.pending.truncate(frame.height);
            return self.list(visitor);
        }
        self.leave(visitor)
    }
}

/// Visiting items.
impl<D: Directory> Lister<D> {
    fn visit(&mut self, item: &Item, visitor: &mut impl Visitor) -> ControlFlow<()> {
        if let Origin::Failure(number) = item.origin {
            return self
                .pending
                .take_failure(number)
                .map_or(ControlFlow::Continue(()), |failure| visitor.visit(Err(failure)));
        }
        self.be_at(item);
        match self.recognise(item, visitor) {
            Ok(true) => {}
            Ok(false) => return ControlFlow::Continue(()),
            Err(error) => return visitor.visit(Err(error)),
        }
        let own = self.is_wanted(item).then_some(self.entry.kind);
        let mut later = None;
        if item.leads_on() {
            later = own.filter(|_| self.search.options.contents_first);
            self.entering = Some(Enter { item: *item, own: later });
        }
        match own {
            Some(kind) if later.is_none() => self.lend(kind, visitor),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Makes the entry's path that of an item.
    fn be_at(&mut self, item: &Item) {
        let frame = self.frames.last().expect("BUG: an item of no directory");
        let name = self.pending.text(item);
        match item.parts() {
            0 => frame.restore(&mut self.entry),
            parts => {
                self.entry.path.set_child(frame.prefix, name);
                self.entry.depth = frame.parent.depth + parts;
            }
        }
        if self.raw.is_some() || frame.raw.is_some() || matches!(item.origin, Origin::Raw(_)) {
            self.raw = self.raw_path(frame, item);
        }
    }

    /// The path of an item if that is not UTF-8.
    fn raw_path(&self, frame: &Frame, item: &Item) -> Option<OsPathBuf> {
        match (&frame.raw, self.pending.raw_name(item)) {
            (None, None) => None,
            (_, Some(raw_name)) => Some(frame.path(&self.entry).join(raw_name)),
            (Some(directory), None) => Some(directory.join(self.pending.text(item))),
        }
    }

    /// Lends the entry, which is of this kind: entries are lent in between, by reading on.
    fn lend(&mut self, kind: FileKind, visitor: &mut impl Visitor) -> ControlFlow<()> {
        if let Some(raw) = &self.raw {
            return visitor.visit(Err(not_utf8(raw)));
        }
        self.entry.kind = kind;
        visitor.visit(Ok(&mut self.entry))
    }

    /// An error of what has the entry's path.
    fn error(&self, op: Op, cause: io::Error) -> Error {
        match &self.raw {
            Some(raw) => Error::new(op, &**raw, cause),
            None => Error::new(op, &*self.entry.path, cause),
        }
    }

    /// Finds out what an item is, if that matters; `false` when it is nothing to go on with.
    fn recognise(&mut self, item: &Item, asks: &mut impl Asks) -> Result<bool> {
        let Options { prunes, gitignore, .. } = self.search.options;
        if item.wanted.is_none() && !prunes && !gitignore {
            return Ok(true);
        }
        match self.look(item) {
            Ok(Some(kind)) => self.entry.kind = kind,
            Ok(None) => return self.missed().map_or(Ok(false), Err),
            Err(cause) => return Err(self.error(Op::Stat, cause)),
        }
        if gitignore && self.is_ignored(item) {
            return Ok(false);
        }
        // What has no path in UTF-8 is no entry that a closure could be asked about.
        Ok(!prunes || self.entry.depth == 0 || self.raw.is_some() || !asks.prunes(&self.entry))
    }

    /// Whether git ignores an item that was looked up; one that was listed is none if it does.
    fn is_ignored(&self, item: &Item) -> bool {
        let frame = self.frames.last().expect("BUG: an item of no directory");
        let name = OsStr::new(self.pending.text(item));
        matches!(item.origin, Origin::LookedUp)
            && frame.ignores(&self.entry, name, self.entry.kind == FileKind::Directory)
    }

    /// What is there, if anything is.
    #[inline]
    fn look(&mut self, item: &Item) -> io::Result<Option<FileKind>> {
        if let Some(kind) = self.pending.listed_kind(item) {
            return Ok(Some(kind));
        }
        match self.kind(item, Links::Keep) {
            Err(cause) if leads_nowhere(&cause) => Ok(None),
            result => result.map(Some),
        }
    }

    /// Whether to lend the entry, now that its kind is known.
    fn is_wanted(&mut self, item: &Item) -> bool {
        let kind = self.entry.kind;
        let wanted = match item.origin {
            Origin::LookedUp => self.search.wanted(item.wanted, self.entry.depth, kind),
            _ => item.wanted,
        };
        match wanted {
            None => false,
            Some(_) if item.unless_directory && kind == FileKind::Directory => false,
            Some(Wanted::Anything) => true,
            Some(Wanted::Directory) => match kind {
                FileKind::Symlink => self.kind(item, Links::Follow).is_ok_and(|to| to == FileKind::Directory),
                kind => kind == FileKind::Directory,
            },
        }
    }

    /// Asks the system what an item is.
    fn kind(&mut self, item: &Item, links: Links) -> io::Result<FileKind> {
        let name = system_name(&self.descent, &self.entry, &self.pending, item);
        self.descent.kind(name, links)
    }

    /// The error if something was not found because the start is not a directory.
    fn missed(&mut self) -> Option<Error> {
        if self.descent.depth() > 0 {
            return None;
        }
        let start = &self.search.options.start;
        let name = OsStr::new(start.as_str());
        let cause = match self.descent.kind(name, Links::Follow) {
            Ok(FileKind::Directory) => return None,
            Ok(_) => self.descent.try_open(name).err()?,
            Err(cause) => cause,
        };
        // Once is enough.
        self.frames.clear();
        Some(Error::new(Op::List, &**start, cause))
    }
}

/// What to ask the system for: a name in the current directory, or the entry's whole path if there is none yet.
fn system_name<'a, D: Directory>(
    descent: &Descent<D>,
    entry: &'a Entry,
    pending: &'a Pending,
    item: &Item,
) -> &'a OsStr {
    match pending.raw_name(item) {
        Some(raw_name) => raw_name,
        None if descent.depth() == 0 => OsStr::new(entry.path.as_str()),
        None => OsStr::new(pending.text(item)),
    }
}

/// Whether an error says that no directory, or nothing at all, has this path: then nothing can
/// match, and nothing was missed.
fn leads_nowhere(cause: &io::Error) -> bool {
    let kinds = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::InvalidInput, ErrorKind::InvalidFilename];
    (kinds.contains(&cause.kind()) || sys::is_loop(cause)) && !sys::Escape::is_cause(cause)
}

/// The error of a name that is not UTF-8, or is below one.
fn not_utf8(path: &OsPath) -> Error {
    Error::text(Op::Convert, path, "it is not UTF-8")
}
