//! The engine of all listings: goes down a tree, and lends one entry after the other.

mod share;

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::sync::Arc;

pub(super) use share::Part;

use super::Entry;
use super::descent::{Descent, MOST_OPEN};
use super::intake::{Intake, Judged, Place};
use super::plan::Wanted;
use super::search::{Compare, Order, Search};
use super::shelf::{Below, Height, Item, Name, Shelf, What};
use crate::error::{Error, Op, Result};
use crate::fs::FileKind;
use crate::path::{Path, PathBuf};
use crate::sys::{self, Directory, Links, Progress};

/// A listing, or the part of one that a thread works on.
pub(super) struct Lister<D: Directory> {
    search: Arc<Search>,
    descent: Descent<D>,
    buffer: D::Buffer,
    /// The directories on the way down. The first stands for what is found by its path alone: the
    /// start, and what is looked up from there; all others are levels of the descent. The listing of
    /// a part begins with a level.
    frames: Vec<Frame>,
    shelf: Shelf,
    /// What is lent.
    entry: Entry,
    /// The directory to enter next, whose path the entry has. One step is lent before it is read.
    entering: Option<Enter>,
    /// The directories above the first level, where they are needed to find loops.
    above: Vec<Above<D>>,
    /// The directory in which the listing began, for its device.
    first: Option<D::Id>,
    in_order: bool,
}

/// A directory whose items are being visited.
struct Frame {
    place: Place,
    /// The length of its path's text, and of what stands before the names in it.
    path_len: usize,
    prefix: usize,
    /// The shelf without its items.
    height: Height,
    /// Its items: those from here to the end are still to be visited.
    next: usize,
    end: usize,
    is_unread: bool,
    /// What it is itself, if it is wanted behind its contents.
    own: Option<FileKind>,
    /// Whether that goes for it or one above: then no other thread may take some of the contents.
    stays: bool,
}

/// A directory that is to be entered.
#[derive(Clone, Copy)]
struct Enter {
    name: Name,
    what: What,
    below: Below,
    own: Option<FileKind>,
}

/// Takes what a listing lends, for as long as the call lasts.
pub(super) trait Lend<B>: FnMut(Result<&Entry>) -> ControlFlow<B> {}

impl<B, L: FnMut(Result<&Entry>) -> ControlFlow<B>> Lend<B> for L {}

/// A directory, and the length of its path.
struct Above<D: Directory> {
    id: D::Id,
    path_len: usize,
}

impl<D: Directory> Clone for Above<D> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), path_len: self.path_len }
    }
}

impl Frame {
    /// The directory whose path an entry has, which is made ready for the paths of what is in it.
    fn new(entry: &mut Entry, below: Below, height: Height, own: Option<FileKind>) -> Self {
        let place = Place { depth: entry.depth, below, takes_all: false };
        let path_len = entry.path.as_str().len();
        let prefix = match entry.depth {
            0 => entry.path.begin_children(),
            _ => entry.path.begin_grandchildren(),
        };
        Self { place, path_len, prefix, height, next: 0, end: 0, is_unread: false, own, stays: own.is_some() }
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        entry.path.directory_of_children(self.prefix, self.path_len)
    }

    /// Makes the entry's path that of the directory again.
    fn restore(&self, entry: &mut Entry) {
        entry.path.end_children(self.prefix, self.path_len);
        entry.depth = self.place.depth;
    }
}

/// Going through a listing.
impl<D: Directory> Lister<D> {
    /// In the order that is asked for.
    pub(super) fn new(search: Arc<Search>) -> Self {
        let in_order = !matches!(search.options.order, Order::Unsorted);
        Self::begin(search, in_order, MOST_OPEN)
    }

    /// In no order, whatever is asked for, and with so many directories open at a time.
    pub(super) fn unordered(search: Arc<Search>, most_open: usize) -> Self {
        Self::begin(search, false, most_open)
    }

    fn begin(search: Arc<Search>, in_order: bool, most_open: usize) -> Self {
        let mut entry = Entry::new(search.options.start.clone(), FileKind::Directory, 0);
        let frame = Frame::new(&mut entry, Below::default(), Height::default(), None);
        let mut lister = Self {
            search,
            descent: Descent::new(most_open),
            buffer: D::Buffer::default(),
            frames: vec![frame],
            shelf: Shelf::default(),
            entry,
            entering: None,
            above: Vec::new(),
            first: None,
            in_order,
        };
        Intake { search: &lister.search, shelf: &mut lister.shelf }.start();
        lister.begin_items();
        lister
    }

    pub(super) fn search(&self) -> &Arc<Search> {
        &self.search
    }

    pub(super) fn is_done(&self) -> bool {
        self.frames.is_empty()
    }

    /// Goes on by one item, or by as many entries as the system gives at once. What comes up is lent.
    pub(super) fn step<B>(&mut self, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        if let Some(enter) = self.entering.take() {
            return self.enter(&enter, lend);
        }
        let Some(frame) = self.frames.last_mut() else { return ControlFlow::Continue(()) };
        if frame.next < frame.end {
            let item = self.shelf.items[frame.next];
            frame.next += 1;
            return self.visit(&item, lend);
        }
        if frame.is_unread {
            self.shelf.truncate(frame.height);
            return self.list(lend);
        }
        self.leave(lend)
    }
}

/// Visiting items.
impl<D: Directory> Lister<D> {
    fn visit<B>(&mut self, item: &Item, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        if let What::Failure(number) = item.what {
            return self.shelf.take_failure(number).map_or(ControlFlow::Continue(()), |failure| lend(Err(failure)));
        }
        self.be_at(item.name);
        match self.recognise(item) {
            Ok(true) => {}
            Ok(false) => return ControlFlow::Continue(()),
            Err(error) => return lend(Err(error)),
        }
        let own = self.is_wanted(item).then_some(self.entry.kind);
        let mut later = None;
        if item.leads_on() {
            later = own.filter(|_| self.search.options.contents_first);
            let Item { name, what, below, .. } = *item;
            self.entering = Some(Enter { name, what, below, own: later });
        }
        if own.is_some() && later.is_none() { lend(Ok(&self.entry)) } else { ControlFlow::Continue(()) }
    }

    /// Makes the entry's path that of an item.
    fn be_at(&mut self, name: Name) {
        let frame = self.frames.last().expect("BUG: an item of no directory");
        match name.parts {
            0 => frame.restore(&mut self.entry),
            parts => {
                self.entry.path.set_child(frame.prefix, self.shelf.text(name));
                self.entry.depth = frame.place.depth + parts;
            }
        }
    }

    /// Finds out what an item is, if that matters; `false` when it is nothing to go on with.
    fn recognise(&mut self, item: &Item) -> Result<bool> {
        if item.wanted.is_none() && !self.search.prunes_any() {
            return Ok(true);
        }
        match self.look(item) {
            Ok(Some(kind)) => self.entry.kind = kind,
            Ok(None) => return self.missed().map_or(Ok(false), Err),
            Err(cause) => return Err(Error::new(Op::Stat, &*self.entry.path, cause)),
        }
        Ok(self.entry.depth == 0 || !self.search.prunes(&self.entry))
    }

    /// What is there, if anything is.
    #[inline]
    fn look(&mut self, item: &Item) -> io::Result<Option<FileKind>> {
        if let What::Listed(kind) = item.what {
            return Ok(Some(kind));
        }
        match self.kind(item.name, Links::Keep) {
            Err(cause) if is_no_directory(&cause) => Ok(None),
            result => result.map(Some),
        }
    }

    /// Whether the entry is to be lent, now that its kind is known.
    fn is_wanted(&mut self, item: &Item) -> bool {
        let kind = self.entry.kind;
        let wanted = match item.what {
            What::LookedUp => self.search.wanted(item.wanted, self.entry.depth, kind),
            _ => item.wanted,
        };
        match wanted {
            None => false,
            Some(Wanted::Anything) => true,
            Some(Wanted::Directory) => match kind {
                FileKind::Symlink => self.kind(item.name, Links::Follow).is_ok_and(|to| to == FileKind::Directory),
                kind => kind == FileKind::Directory,
            },
        }
    }

    fn kind(&mut self, name: Name, links: Links) -> io::Result<FileKind> {
        let name = system_name(&self.descent, &self.entry, &self.shelf, name);
        self.descent.kind(name, links)
    }

    /// The error if something was not found because the start is no directory.
    fn missed(&mut self) -> Option<Error> {
        if self.descent.depth() > 0 {
            return None;
        }
        let start = &self.search.options.start;
        let cause = match D::kind(start.as_ref(), Links::Follow) {
            Ok(FileKind::Directory) => return None,
            Ok(_) => D::open(start.as_ref()).err()?,
            Err(cause) => cause,
        };
        // Once is enough.
        self.frames.clear();
        Some(Error::new(Op::List, &**start, cause))
    }
}

/// What the system is to be asked for: a name in the current directory, or the entry's whole path where
/// there is none yet.
fn system_name<'a, D: Directory>(descent: &Descent<D>, entry: &'a Entry, shelf: &'a Shelf, name: Name) -> &'a OsStr {
    OsStr::new(if descent.depth() == 0 { entry.path.as_str() } else { shelf.text(name) })
}

/// Whether an error says that no directory, or nothing at all, has this path: then nothing can
/// match, and nothing was missed.
fn is_no_directory(cause: &io::Error) -> bool {
    let kinds = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::InvalidInput, ErrorKind::InvalidFilename];
    kinds.contains(&cause.kind()) || sys::is_loop(cause)
}

/// Going into directories, and out again.
impl<D: Directory> Lister<D> {
    /// Enters the directory whose path the entry has.
    fn enter<B>(&mut self, enter: &Enter, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        if self.descent.must_read_on() {
            self.read_to_the_end(lend)?;
            self.be_at(enter.name);
        }
        let below = match self.open(enter) {
            Ok(()) => self.below(enter, lend)?,
            Err(error) => {
                error.map_or(ControlFlow::Continue(()), |error| lend(Err(error)))?;
                None
            }
        };
        let Some(below) = below else {
            return enter.own.map_or(ControlFlow::Continue(()), |_| lend(Ok(&self.entry)));
        };
        let mut frame = Frame::new(&mut self.entry, below, self.shelf.height(), enter.own);
        if let Some(above) = self.frames.last() {
            frame.place.takes_all = above.place.takes_all && above.place.below.set == below.set;
            frame.stays |= above.stays;
        }
        self.frames.push(frame);
        self.list(lend)
    }

    /// How it goes on in the directory just opened. Where it is one that leads back, it goes on without
    /// the `**`; if there is nothing else, the directory is left again.
    fn below<B>(&mut self, enter: &Enter, lend: &mut impl Lend<B>) -> ControlFlow<B, Option<Below>> {
        let Some(error) = self.leads_back(enter) else { return ControlFlow::Continue(Some(enter.below)) };
        lend(Err(error))?;
        let above = self.frames.last().expect("BUG: a link in no directory");
        let name = self.shelf.text(enter.name).to_owned();
        let states = &mut self.shelf.states;
        let (set, _) = self.search.plan.take(states, above.place.below.set, &name, FileKind::Symlink, Links::Keep);
        if set.is_empty() {
            self.descent.leave();
            return ControlFlow::Continue(None);
        }
        ControlFlow::Continue(Some(Below { set, ..enter.below }))
    }

    /// Opens it, unless it is of no use; there may be nothing to say about that.
    fn open(&mut self, enter: &Enter) -> Result<(), Option<Error>> {
        let links = match enter.what {
            What::Listed(FileKind::Directory) => Links::Keep,
            _ => Links::Follow,
        };
        let name = system_name(&self.descent, &self.entry, &self.shelf, enter.name);
        if let Err(cause) = self.descent.enter(name, links) {
            return Err(match is_no_directory(&cause) {
                true if self.entry.depth == 0 => Some(self.failed(cause)),
                true => self.missed(),
                false => Some(self.failed(cause)),
            });
        }
        let result = self.check();
        if result.is_err() {
            self.descent.leave();
        }
        result
    }

    /// Whether the directory just opened is one to list.
    fn check(&mut self) -> Result<(), Option<Error>> {
        if !self.search.options.same_file_system {
            return Ok(());
        }
        let level = self.descent.depth() - 1;
        let id = self.descent.id(level).cloned().map_err(|cause| Some(self.failed(cause)))?;
        let first = self.first.get_or_insert_with(|| id.clone());
        if D::is_same_device(first, &id) { Ok(()) } else { Err(None) }
    }

    /// The error if the directory just opened is one above, to which a link leads that `**` goes into; or
    /// if that cannot be told.
    fn leads_back(&mut self, enter: &Enter) -> Option<Error> {
        let is_link = matches!(enter.what, What::Listed(FileKind::Symlink));
        let above = self.frames.last()?.place.below.set;
        if !is_link
            || self.search.options.links == Links::Keep
            || !self.search.plan.goes_anywhere(above.of(&self.shelf.states))
        {
            return None;
        }
        let level = self.descent.depth() - 1;
        let id = match self.descent.id(level).cloned() {
            Ok(id) => id,
            Err(cause) => return Some(self.failed(cause)),
        };
        let path_len = self.find_above(&id)?;
        let link = self.entry.path.as_str();
        Some(Error::new(Op::Follow, link, sys::loop_error()).with_second(&link[..path_len]))
    }

    /// The length of the path of the directory above that has this identity.
    fn find_above(&mut self, id: &D::Id) -> Option<usize> {
        if let Some(above) = self.above.iter().find(|above| above.id == *id) {
            return Some(above.path_len);
        }
        let last = self.descent.depth() - 1;
        let level = (0..last).find(|&level| self.descent.id(level).is_ok_and(|other| other == id))?;
        // The current directory was opened, and has no frame yet.
        let below_first = self.frames.len() - last;
        Some(self.frames[level + below_first].path_len)
    }

    /// The error of a directory that cannot be listed: the one whose path the entry has.
    fn failed(&self, cause: io::Error) -> Error {
        Error::new(Op::List, &*self.entry.path, cause)
    }

    /// Goes back up; the directory itself may be wanted behind its contents.
    fn leave<B>(&mut self, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        let Some(frame) = self.frames.pop() else { return ControlFlow::Continue(()) };
        self.shelf.truncate(frame.height);
        if self.descent.depth() > 0 {
            self.descent.leave();
        }
        let Some(kind) = frame.own else { return ControlFlow::Continue(()) };
        frame.restore(&mut self.entry);
        self.entry.kind = kind;
        lend(Ok(&self.entry))
    }
}

/// Reading directories.
impl<D: Directory> Lister<D> {
    /// Reads the current directory, or on in it; or puts on the shelf what is looked up in it.
    fn list<B>(&mut self, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        let Self { search, shelf, frames, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to list");
        let Place { depth, below, .. } = frame.place;
        let mut intake = Intake { search, shelf };
        if !frame.place.takes_all && !intake.needs_listing(below) {
            intake.names(depth, below);
        } else {
            if !frame.place.takes_all && !frame.is_unread {
                intake.up(depth, below);
                frame.place.takes_all = intake.takes_all(depth, below);
            }
            self.read(lend)?;
            while self.in_order && self.is_unread() {
                self.read(lend)?;
            }
        }
        self.begin_items();
        ControlFlow::Continue(())
    }

    fn is_unread(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.is_unread)
    }

    /// Reads the rest of the current directory; items go behind those that are being visited.
    fn read_to_the_end<B>(&mut self, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        let frame = self.frames.last().expect("BUG: nothing to read");
        // Those behind were given away.
        self.shelf.items.truncate(frame.end);
        while self.is_unread() {
            self.read(lend)?;
        }
        let frame = self.frames.last_mut().expect("BUG: nothing was read");
        frame.end = self.shelf.items.len();
        ControlFlow::Continue(())
    }

    /// Reads as much of the current directory as the system gives at once.
    fn read<B>(&mut self, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        let Self { search, shelf, frames, descent, buffer, entry, in_order, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to read");
        let mut flow = ControlFlow::Continue(());
        let mut reading = Reading { intake: Intake { search, shelf }, frame, entry, in_order: *in_order };
        let progress = descent.read(buffer, |_, name, kind| {
            if flow.is_continue() {
                flow = reading.take(name, kind, lend);
            }
        });
        let is_unread = matches!(progress, Ok(Progress::InPart));
        if let Err(cause) = progress
            && flow.is_continue()
        {
            flow = reading.fail("", |directory| Error::new(Op::List, directory, cause), lend);
        }
        frame.is_unread = is_unread;
        flow
    }

    /// Begins to visit what was put on the shelf for the current directory.
    fn begin_items(&mut self) {
        let frame = self.frames.last_mut().expect("BUG: items of nothing");
        frame.next = frame.height.items();
        frame.end = self.shelf.items.len();
        let height = frame.height;
        match &self.search.options.order {
            Order::Unsorted => {}
            _ if !self.in_order => {}
            Order::Sorted => self.shelf.sort(height),
            Order::SortedBy(order) => self.sort_by(&*order.clone(), height),
        }
    }

    /// Sorts the items above a height as their entries; what is none comes last.
    fn sort_by(&mut self, order: &Compare, height: Height) {
        let items = self.shelf.items.split_off(height.items());
        let mut entries: Vec<_> = items.into_iter().map(|item| (self.entry_of(&item), item)).collect();
        entries.sort_by(|(left, _), (right, _)| match (left, right) {
            (Some(left), Some(right)) => order(left, right),
            _ => left.is_none().cmp(&right.is_none()),
        });
        self.shelf.items.extend(entries.into_iter().map(|(_, item)| item));
    }

    fn entry_of(&mut self, item: &Item) -> Option<Entry> {
        if let What::Failure(_) = item.what {
            return None;
        }
        self.be_at(item.name);
        self.entry.kind = self.look(item).ok()??;
        Some(self.entry.clone())
    }
}

/// A directory while it is being read.
struct Reading<'a> {
    intake: Intake<'a>,
    frame: &'a Frame,
    entry: &'a mut Entry,
    in_order: bool,
}

impl Reading<'_> {
    fn take<B>(&mut self, name: &OsStr, kind: io::Result<FileKind>, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        if self.frame.place.takes_all
            && let Ok(kind) = kind
            && kind != FileKind::Symlink
            && let Some(name) = crate::path::text_of(name)
        {
            if kind != FileKind::Directory && !self.in_order {
                return self.lend_listed(name, kind, lend);
            }
            let below = if kind == FileKind::Directory { self.frame.place.below } else { Below::default() };
            return self.item(name, Item::new(What::Listed(kind), Some(Wanted::Anything), below), lend);
        }
        match self.intake.judge(&self.frame.place, name, kind) {
            Judged::LeftOut => ControlFlow::Continue(()),
            Judged::Item(name, item) => self.item(name, item, lend),
            Judged::Unknown(name, cause) => {
                self.fail(name, |directory| Error::new(Op::Stat, &*directory.child(name), cause), lend)
            }
            Judged::NotUtf8 => {
                let error = |directory: &Path| {
                    Error::text(Op::Convert, std::path::Path::new(directory.as_str()).join(name), "it is not UTF-8")
                };
                self.fail(&name.to_string_lossy(), error, lend)
            }
        }
    }

    /// Where no order is asked for, an entry that is only wanted is lent at once, before its name is
    /// put anywhere.
    #[inline]
    fn item<B>(&mut self, name: &str, item: Item, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        match item.what {
            What::Listed(kind) if !self.in_order && item.is_only_wanted() => self.lend_listed(name, kind, lend),
            _ => {
                self.intake.shelf.add(name, 1, item);
                ControlFlow::Continue(())
            }
        }
    }

    #[inline]
    fn lend_listed<B>(&mut self, name: &str, kind: FileKind, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        self.entry.path.set_child(self.frame.prefix, name);
        self.entry.depth = self.frame.place.depth + 1;
        self.entry.kind = kind;
        let is_pruned = self.intake.search.prunes_any() && self.intake.search.prunes(self.entry);
        if is_pruned { ControlFlow::Continue(()) } else { lend(Ok(self.entry)) }
    }

    /// Takes the failure of a name; of the directory itself, if it is empty.
    fn fail<B>(&mut self, name: &str, error: impl FnOnce(&Path) -> Error, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        let error = error(&self.frame.path(self.entry));
        if !self.in_order {
            return lend(Err(error));
        }
        self.intake.shelf.add_failure(name, error);
        ControlFlow::Continue(())
    }
}
