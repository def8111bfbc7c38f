//! The engine of all listings: goes down a tree, and lends one entry after the other.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::Entry;
use super::descent::Descent;
use super::plan::Wanted;
use super::search::{Compare, Order, Search};
use super::shelf::{Below, Height, Item, Jump, Name, Place, Shelf, What};
use crate::error::{Error, Op, Result};
use crate::fs::FileKind;
use crate::path::PathBuf;
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
    next: Next,
    /// The directories above the first level, where they are needed to find loops.
    above: Vec<Above<D>>,
    /// The directory in which the listing began, for its device.
    first: Option<D::Id>,
    entered: bool,
}

/// A directory whose items are being visited.
struct Frame {
    depth: usize,
    below: Below,
    /// Whether all that is below is wanted.
    takes_all: bool,
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
}

impl Frame {
    /// The directory that an entry names.
    fn new(entry: &Entry, below: Below, height: Height, own: Option<FileKind>) -> Self {
        let path_len = entry.path.as_str().len();
        Self {
            depth: entry.depth,
            below,
            takes_all: false,
            path_len,
            prefix: 0,
            height,
            next: 0,
            end: 0,
            is_unread: false,
            own,
        }
    }
}

/// What comes before the next item.
#[derive(Clone, Copy)]
enum Next {
    Nothing,
    /// To enter the directory that the entry's path names.
    Enter(Enter),
    /// To lend the entry.
    Lend,
}

/// A directory that is to be entered.
#[derive(Clone, Copy)]
struct Enter {
    /// Its name on the shelf.
    name: Name,
    what: What,
    below: Below,
    own: Option<FileKind>,
}

/// A directory, and the length of its path.
pub(super) struct Above<D: Directory> {
    id: D::Id,
    path_len: usize,
}

impl<D: Directory> Clone for Above<D> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), path_len: self.path_len }
    }
}

/// Making a listing, and going through it.
impl<D: Directory> Lister<D> {
    pub(super) fn new(search: Arc<Search>) -> Self {
        let entry = Entry::new(search.options.start.clone(), FileKind::Directory, 0);
        let mut lister = Self {
            search,
            descent: Descent::new(),
            buffer: D::Buffer::default(),
            frames: vec![Frame::new(&entry, Below::default(), Height::default(), None)],
            shelf: Shelf::default(),
            entry,
            next: Next::Nothing,
            above: Vec::new(),
            first: None,
            entered: false,
        };
        lister.shelf.add_start(&lister.search);
        lister.begin_items();
        lister
    }

    /// Lends the next entry, which lasts until the next call.
    pub(super) fn advance(&mut self) -> Option<Result<&Entry>> {
        loop {
            let step = match self.next {
                Next::Nothing => self.step()?,
                Next::Enter(enter) => {
                    self.next = Next::Nothing;
                    self.enter(enter)
                }
                Next::Lend => {
                    self.next = Next::Nothing;
                    Step::Lend
                }
            };
            match step {
                Step::Lend => return Some(Ok(&self.entry)),
                Step::Fail(error) => return Some(Err(error)),
                Step::GoOn => {}
            }
        }
    }

    /// Goes on by one item; `None` is the end.
    fn step(&mut self) -> Option<Step> {
        let frame = self.frames.last_mut()?;
        if frame.next < frame.end {
            let item = self.shelf.items[frame.next];
            frame.next += 1;
            return Some(self.visit(item));
        }
        if frame.is_unread {
            self.shelf.truncate(frame.height);
            self.be_at_directory();
            self.list();
            return Some(Step::GoOn);
        }
        Some(self.leave())
    }
}

/// What a step of the listing came to.
enum Step {
    GoOn,
    Lend,
    Fail(Error),
}

impl From<Option<Error>> for Step {
    fn from(error: Option<Error>) -> Self {
        error.map_or(Self::GoOn, Self::Fail)
    }
}

/// Visiting items.
impl<D: Directory> Lister<D> {
    fn visit(&mut self, item: Item) -> Step {
        if let What::Failure(number) = item.what {
            return self.shelf.take_failure(number).into();
        }
        self.be_at_item(&item);
        let own = match self.own(&item) {
            Ok(own) => own,
            Err(step) => return step,
        };
        if item.below.set.is_empty() {
            return if own.is_some() { Step::Lend } else { Step::GoOn };
        }
        let (now, later) = if self.search.options.contents_first { (None, own) } else { (own, None) };
        let Item { name, what, below, .. } = item;
        self.next = Next::Enter(Enter { name, what, below, own: later });
        if now.is_some() { Step::Lend } else { Step::GoOn }
    }

    /// Makes the entry's path that of an item.
    fn be_at_item(&mut self, item: &Item) {
        let frame = self.frames.last().expect("BUG: an item of no directory");
        self.entry.depth = frame.depth + item.name.parts;
        match item.name.parts {
            0 => self.entry.path.end_children(frame.prefix, frame.path_len),
            _ => self.entry.path.set_child(frame.prefix, self.shelf.text(item.name)),
        }
    }

    /// What an item is, if it is wanted; the step to take instead, if that is nothing to go on with.
    fn own(&mut self, item: &Item) -> Result<Option<FileKind>, Step> {
        let prunes = !self.search.options.pruned.is_empty();
        if item.wanted.is_none() && !prunes {
            return Ok(None);
        }
        let kind = match self.look(item) {
            Ok(Some(kind)) => kind,
            Ok(None) => return Err(self.missed().into()),
            Err(cause) => return Err(Step::Fail(Error::new(Op::Stat, &*self.entry.path, cause))),
        };
        self.entry.kind = kind;
        if prunes && self.entry.depth > 0 && self.search.prunes(&self.entry) {
            return Err(Step::GoOn);
        }
        Ok(self.is_wanted(item).then_some(kind))
    }

    /// What is there, if anything is.
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
        let name = match self.descent.depth() {
            0 => self.entry.path.as_str(),
            _ => self.shelf.text(name),
        };
        self.descent.kind(OsStr::new(name), links)
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

/// Whether an error says that no directory, or nothing at all, has this path: then nothing can
/// match, and nothing was missed.
fn is_no_directory(cause: &io::Error) -> bool {
    let kinds = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::InvalidInput, ErrorKind::InvalidFilename];
    kinds.contains(&cause.kind()) || sys::is_loop(cause)
}

/// Going into directories.
impl<D: Directory> Lister<D> {
    /// Enters the directory that the entry's path names.
    fn enter(&mut self, enter: Enter) -> Step {
        if self.descent.must_read_on() {
            self.read_to_the_end();
        }
        match self.open(&enter) {
            Ok(()) => {}
            Err(error) => {
                if enter.own.is_some() {
                    self.next = Next::Lend;
                }
                return error.into();
            }
        }
        self.entered = true;
        self.frames.push(Frame::new(&self.entry, enter.below, self.shelf.height(), enter.own));
        self.list();
        Step::GoOn
    }

    /// Opens it, unless it is of no use; there may be nothing to say about that.
    fn open(&mut self, enter: &Enter) -> Result<(), Option<Error>> {
        let is_link = matches!(enter.what, What::Listed(FileKind::Symlink));
        let is_directory = matches!(enter.what, What::Listed(FileKind::Directory));
        let links = if is_directory { Links::Keep } else { Links::Follow };
        let name = match self.descent.depth() {
            0 => self.entry.path.as_str(),
            _ => self.shelf.text(enter.name),
        };
        if let Err(cause) = self.descent.enter(OsStr::new(name), links) {
            return Err(match is_no_directory(&cause) {
                true if self.entry.depth == 0 => Some(self.failed(cause)),
                true => self.missed(),
                false => Some(self.failed(cause)),
            });
        }
        let result = self.check(is_link, enter);
        if result.is_err() {
            self.descent.leave();
        }
        result
    }

    /// Whether the directory just opened is one to list.
    fn check(&mut self, is_link: bool, enter: &Enter) -> Result<(), Option<Error>> {
        let follows = self.search.options.links == Links::Follow;
        if !follows && !self.search.options.same_file_system {
            return Ok(());
        }
        let level = self.descent.depth() - 1;
        let id = self.descent.id(level).cloned().map_err(|cause| Some(self.failed(cause)))?;
        let first = self.first.get_or_insert_with(|| id.clone());
        if self.search.options.same_file_system && !D::is_same_device(first, &id) {
            return Err(None);
        }
        let goes_anywhere = self.search.plan.goes_anywhere(enter.below.set.of(&self.shelf.states));
        if follows
            && is_link
            && goes_anywhere
            && let Some(path_len) = self.find_above(&id)
        {
            let link = self.entry.path.as_str();
            let error = Error::new(Op::Follow, link, sys::loop_error());
            return Err(Some(error.with_second(&link[..path_len])));
        }
        Ok(())
    }

    /// The length of the path of the directory above that has this identity.
    fn find_above(&mut self, id: &D::Id) -> Option<usize> {
        if let Some(above) = self.above.iter().find(|above| above.id == *id) {
            return Some(above.path_len);
        }
        let last = self.descent.depth() - 1;
        let below_first = self.frames.len() - last;
        (0..last)
            .find(|&level| self.descent.id(level).is_ok_and(|other| other == id))
            .map(|level| self.frames[level + below_first].path_len)
    }

    /// The error of a directory that cannot be listed: the one that the entry's path names.
    fn failed(&self, cause: io::Error) -> Error {
        Error::new(Op::List, &*self.entry.path, cause)
    }

    /// Puts what comes next of the current directory, which the entry's path names, on the shelf.
    fn list(&mut self) {
        let Self { search, shelf, frames, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to list");
        let depth = frame.depth;
        let below = frame.below;
        if search.may_jump() && !shelf.needs_listing(search, below) {
            shelf.add_names(search, &Jump { path: "", parts: 0, depth }, below);
        } else {
            if !frame.is_unread {
                frame.takes_all = search.plan.takes_all(below.set.of(&shelf.states));
                shelf.add_up(search, depth, below);
            }
            self.read();
        }
        self.begin_items();
    }

    /// Begins to visit what was put on the shelf for the current directory.
    fn begin_items(&mut self) {
        let prefix = self.entry.path.begin_children();
        let frame = self.frames.last_mut().expect("BUG: children of nothing");
        frame.prefix = prefix;
        frame.next = frame.height.items();
        frame.end = self.shelf.items.len();
        self.put_in_order();
    }

    /// Makes the entry's path that of the current directory.
    fn be_at_directory(&mut self) {
        let frame = self.frames.last().expect("BUG: no current directory");
        self.entry.path.end_children(frame.prefix, frame.path_len);
        self.entry.depth = frame.depth;
    }

    /// Goes back up; the directory itself may be wanted behind its contents.
    fn leave(&mut self) -> Step {
        self.be_at_directory();
        let frame = self.frames.pop().expect("BUG: leaving nothing");
        self.shelf.truncate(frame.height);
        if self.descent.depth() > 0 {
            self.descent.leave();
        }
        match frame.own {
            None => Step::GoOn,
            Some(kind) => {
                self.entry.kind = kind;
                Step::Lend
            }
        }
    }

    /// Reads the rest of the current directory; the entry's path is that of something in it.
    fn read_to_the_end(&mut self) {
        let Self { search, shelf, frames, descent, buffer, entry, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to read");
        let path = entry.path.directory_of_children(frame.prefix, frame.path_len);
        let place = Place { path: &path, depth: frame.depth, below: frame.below, takes_all: frame.takes_all };
        while frame.is_unread {
            let progress = descent.read(buffer, |_, name, kind| shelf.add(search, &place, name, kind));
            frame.is_unread = matches!(progress, Ok(Progress::InPart));
            if let Err(cause) = progress {
                shelf.add_failure("", Error::new(Op::List, &*path, cause));
            }
        }
        frame.end = shelf.items.len();
    }

    /// Reads the current directory: all of it, or in the system's order what the system gives at once.
    fn read(&mut self) {
        let Self { search, shelf, frames, descent, buffer, entry, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to read");
        let place = Place { path: &entry.path, depth: frame.depth, below: frame.below, takes_all: frame.takes_all };
        loop {
            let progress = descent.read(buffer, |_, name, kind| shelf.add(search, &place, name, kind));
            frame.is_unread = matches!(progress, Ok(Progress::InPart));
            if let Err(cause) = progress {
                shelf.add_failure("", Error::new(Op::List, place.path, cause));
            }
            if !frame.is_unread || matches!(search.options.order, Order::Unsorted) {
                break;
            }
        }
    }
}

/// Order.
impl<D: Directory> Lister<D> {
    fn put_in_order(&mut self) {
        let frame = self.frames.last().expect("BUG: nothing to sort");
        match &self.search.options.order {
            Order::Unsorted => {}
            Order::Sorted => self.shelf.sort(frame.height),
            Order::SortedBy(order) => self.sort_by(&*order.clone(), frame.height),
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
        self.be_at_item(item);
        self.entry.kind = self.look(item).ok()??;
        Some(self.entry.clone())
    }
}

/// A part of a listing for another thread: a directory, and some of what is in it.
pub(super) struct Part<D: Directory> {
    path: PathBuf,
    depth: usize,
    dir: D,
    shelf: Shelf,
    above: Vec<Above<D>>,
    first: Option<D::Id>,
}

/// Sharing.
impl<D: Directory> Lister<D> {
    /// Whether a directory was entered since the last call.
    pub(super) fn has_entered(&mut self) -> bool {
        std::mem::take(&mut self.entered)
    }

    /// Gives away about half of what is left to do in the highest directory where there is enough: as
    /// much as can be given at once.
    pub(super) fn split(&mut self) -> Option<Part<D>> {
        let last = self.frames.len() - 1;
        let below_first = self.frames.len() - self.descent.depth();
        (below_first..=last)
            .find_map(|at| {
                let frame = &self.frames[at];
                let items = frame.next..frame.end;
                let directories = || items.clone().rev().filter(|&item| self.shelf.items[item].leads_on());
                let count = directories().count();
                // What is given must leave something to do here.
                let share = if at == last { count / 2 } else { count.div_ceil(2) };
                let from = directories().nth(share.checked_sub(1)?)?;
                let dir = self.descent.try_clone(at - below_first)?;
                Some((at, from, dir))
            })
            .map(|(at, from, dir)| self.part(at, from, dir))
    }

    /// Takes the items of a frame away, beginning with one.
    fn part(&mut self, at: usize, from: usize, dir: D) -> Part<D> {
        let above = self.ids_above(at);
        let frame = &mut self.frames[at];
        let items = from..std::mem::replace(&mut frame.end, from);
        Part {
            path: self.entry.path.directory_of_children(frame.prefix, frame.path_len),
            depth: frame.depth,
            dir,
            shelf: self.shelf.take_items(items),
            above,
            first: self.first.clone(),
        }
    }

    /// The directories from the first one down to a frame, where loops have to be found.
    fn ids_above(&mut self, at: usize) -> Vec<Above<D>> {
        let mut above = self.above.clone();
        if self.search.options.links == Links::Follow {
            let below_first = self.frames.len() - self.descent.depth();
            for level in 0..at - below_first {
                let path_len = self.frames[level + below_first].path_len;
                above.extend(self.descent.id(level).ok().map(|id| Above { id: id.clone(), path_len }));
            }
        }
        above
    }

    /// Goes on with a part of the same listing.
    pub(super) fn resume(&mut self, part: Part<D>) {
        let Part { path, depth, dir, shelf, above, first } = part;
        self.descent = Descent::new();
        self.descent.begin(dir);
        self.shelf = shelf;
        self.above = above;
        self.first = first;
        self.next = Next::Nothing;
        self.entry = Entry::new(path, FileKind::Directory, depth);
        self.frames.clear();
        self.frames.push(Frame::new(&self.entry, Below::default(), Height::default(), None));
        self.begin_items();
    }
}
