//! The engine of all listings: goes down a tree, and lends one entry after the other.

mod share;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

pub(super) use share::Part;

use super::Entry;
use super::judge::{Intake, Judged, Place};
use super::pending::{Below, Height, Item, Name, Shelf, What};
use super::plan::Wanted;
use super::search::{Compare, Order, Search};
use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Native};
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::sys::{self, Directory, Links, OsPath, OsPathBuf, Progress};
use crate::tree::{Access, Descent, MOST_OPEN, lock};

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
    /// The entry's path where that is not UTF-8. Then an error is lent, and the entry has U+FFFD in its path.
    raw: Option<OsPathBuf>,
    /// The directory to enter next, whose path the entry has. One step is lent before it is read.
    entering: Option<Enter>,
    /// The directories above the first level, where they are needed to find loops.
    above: Vec<Above<D>>,
    /// The directory in which the listing began, for its device.
    first: Option<D::Id>,
    /// The directories that were read, where each is read once.
    visited: Option<Visited<D>>,
    in_order: bool,
}

/// The directories that the threads of a listing have read.
pub(super) type Visited<D> = Arc<Mutex<HashSet<<D as Directory>::Id>>>;

/// A directory whose items are being visited.
struct Frame {
    place: Place,
    /// The length of its path's text, and of what stands before the names in it.
    path_len: usize,
    prefix: usize,
    /// Its path where that is not UTF-8.
    raw: Option<OsPathBuf>,
    /// The shelf without its items.
    height: Height,
    /// Its items: those from here to the end are still to be visited.
    next: usize,
    end: usize,
    is_unread: bool,
    /// Whether names are only looked up in it, as it may not be read.
    is_closed: bool,
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

/// What became of a directory that was to be entered.
enum Opened {
    /// It is the current one.
    Yes,
    /// It is, but may not be read: only names that are looked up can be found.
    ToSearch(Error),
    /// There is nothing to list, and perhaps an error to say why.
    No(Option<Error>),
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
        Self {
            place,
            path_len,
            prefix,
            raw: None,
            height,
            next: 0,
            end: 0,
            is_unread: false,
            is_closed: false,
            own,
            stays: own.is_some(),
        }
    }

    fn text_path(&self, entry: &Entry) -> PathBuf {
        entry.path.directory_of_children(self.prefix, self.path_len)
    }

    /// The length of its text in the paths of what is below: none, where that is `.`.
    fn path_end(&self) -> usize {
        if self.prefix == 0 { 0 } else { self.path_len }
    }

    fn path(&self, entry: &Entry) -> OsPathBuf {
        self.raw.clone().unwrap_or_else(|| self.text_path(entry).into())
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
        let visited = Self::visited(&search);
        Self::begin(search, visited, in_order, MOST_OPEN)
    }

    /// In no order, whatever is asked for, and with so many directories open at a time.
    pub(super) fn unordered(search: Arc<Search>, visited: Option<Visited<D>>, most_open: usize) -> Self {
        Self::begin(search, visited, false, most_open)
    }

    /// Where directories are entered that were read, if each is to be read once.
    pub(super) fn visited(search: &Search) -> Option<Visited<D>> {
        search.options.once.then(Visited::<D>::default)
    }

    fn begin(search: Arc<Search>, visited: Option<Visited<D>>, in_order: bool, most_open: usize) -> Self {
        let mut entry = Entry::new(search.options.start.clone(), FileKind::Directory, 0);
        let frame = Frame::new(&mut entry, Below::default(), Height::default(), None);
        let mut lister = Self {
            search,
            descent: Descent::new(most_open),
            buffer: D::Buffer::default(),
            frames: vec![frame],
            shelf: Shelf::default(),
            entry,
            raw: None,
            entering: None,
            above: Vec::new(),
            first: None,
            visited,
            in_order,
        };
        match lister.search.refusal() {
            Some(refusal) => lister.shelf.add_failure("", refusal),
            None => Intake { search: &lister.search, shelf: &mut lister.shelf }.start(),
        }
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
        self.be_at(item.name, item.what);
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
        match own {
            Some(kind) if later.is_none() => self.lend(kind, lend),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Makes the entry's path that of an item.
    fn be_at(&mut self, name: Name, what: What) {
        let frame = self.frames.last().expect("BUG: an item of no directory");
        match name.parts {
            0 => frame.restore(&mut self.entry),
            parts => {
                self.entry.path.set_child(frame.prefix, self.shelf.text(name));
                self.entry.depth = frame.place.depth + parts;
            }
        }
        self.raw = match (&frame.raw, self.shelf.raw_name(what)) {
            (None, None) => None,
            (_, Some(raw_name)) => Some(frame.path(&self.entry).join(raw_name)),
            (Some(directory), None) => Some(directory.join(self.shelf.text(name))),
        };
    }

    /// Lends the entry, which is of this kind: entries are lent in between, by reading on.
    fn lend<B>(&mut self, kind: FileKind, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        if let Some(raw) = &self.raw {
            return lend(Err(not_utf8(raw)));
        }
        self.entry.kind = kind;
        lend(Ok(&self.entry))
    }

    /// An error of what has the entry's path.
    fn error(&self, op: Op, cause: io::Error) -> Error {
        match &self.raw {
            Some(raw) => Error::new(op, &**raw, cause),
            None => Error::new(op, &*self.entry.path, cause),
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
            Err(cause) => return Err(self.error(Op::Stat, cause)),
        }
        // What has no path in UTF-8 is no entry that a closure could be asked about.
        Ok(self.entry.depth == 0 || self.raw.is_some() || !self.search.prunes(&self.entry))
    }

    /// What is there, if anything is.
    #[inline]
    fn look(&mut self, item: &Item) -> io::Result<Option<FileKind>> {
        if let Some(kind) = self.shelf.listed_kind(item.what) {
            return Ok(Some(kind));
        }
        match self.kind(item.name, item.what, Links::Keep) {
            Err(cause) if leads_nowhere(&cause) => Ok(None),
            result => result.map(Some),
        }
    }

    /// Whether the entry is to be lent, now that its kind is known.
    fn is_wanted(&mut self, item: &Item) -> bool {
        let kind = self.entry.kind;
        let wanted = match item.what {
            What::LookedUp => self.search.wanted(item.wanted, self.entry.depth, kind),
            What::Raw(_) => Some(Wanted::Anything),
            _ => item.wanted,
        };
        match wanted {
            None => false,
            Some(_) if item.unless_directory && kind == FileKind::Directory => false,
            Some(Wanted::Anything) => true,
            Some(Wanted::Directory) => match kind {
                FileKind::Symlink => {
                    self.kind(item.name, item.what, Links::Follow).is_ok_and(|to| to == FileKind::Directory)
                }
                kind => kind == FileKind::Directory,
            },
        }
    }

    fn kind(&mut self, name: Name, what: What, links: Links) -> io::Result<FileKind> {
        let name = system_name(&self.descent, &self.entry, &self.shelf, name, what);
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
fn system_name<'a, D: Directory>(
    descent: &Descent<D>,
    entry: &'a Entry,
    shelf: &'a Shelf,
    name: Name,
    what: What,
) -> &'a OsStr {
    match shelf.raw_name(what) {
        Some(raw_name) => raw_name,
        None if descent.depth() == 0 => OsStr::new(entry.path.as_str()),
        None => OsStr::new(shelf.text(name)),
    }
}

/// Whether an error says that no directory, or nothing at all, has this path: then nothing can
/// match, and nothing was missed.
fn leads_nowhere(cause: &io::Error) -> bool {
    let kinds = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::InvalidInput, ErrorKind::InvalidFilename];
    kinds.contains(&cause.kind()) || sys::is_loop(cause)
}

/// The error of a name that is not UTF-8, or is below one.
fn not_utf8(path: &OsPath) -> Error {
    Error::text(Op::Convert, path, "it is not UTF-8")
}

/// Going into directories, and out again.
impl<D: Directory> Lister<D> {
    /// Enters the directory whose path the entry has.
    fn enter<B>(&mut self, enter: &Enter, lend: &mut impl Lend<B>) -> ControlFlow<B> {
        if self.descent.must_read_on() {
            self.read_to_the_end(lend)?;
            self.be_at(enter.name, enter.what);
        }
        let mut is_closed = false;
        let below = match self.open(enter) {
            Opened::Yes => self.below(enter, lend)?,
            Opened::ToSearch(error) => {
                is_closed = true;
                lend(Err(error))?;
                self.below(enter, lend)?
            }
            Opened::No(error) => {
                error.map_or(ControlFlow::Continue(()), |error| lend(Err(error)))?;
                None
            }
        };
        let Some(below) = below else {
            return enter.own.map_or(ControlFlow::Continue(()), |kind| self.lend(kind, lend));
        };
        let frame = Frame::new(&mut self.entry, below, self.shelf.height(), enter.own);
        let mut frame = Frame { raw: self.raw.take(), is_closed, ..frame };
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

    /// Opens the directory whose path the entry has.
    ///
    /// Where names are only looked up in it, that takes no permission to read it; where some are and it may
    /// not be read, those are still found.
    fn open(&mut self, enter: &Enter) -> Opened {
        let set = enter.below.set.of(&self.shelf.states);
        let access = if self.search.plan.needs_listing(set) { Access::Read } else { Access::Search };
        let may_search = access == Access::Read && self.search.plan.looks_up_any(set);
        match self.enter_level(enter, access) {
            Ok(()) => self.check(access).map_or_else(Opened::No, |()| Opened::Yes),
            Err(cause) if may_search && cause.kind() == ErrorKind::PermissionDenied => {
                let error = self.error(Op::List, cause);
                match self.enter_level(enter, Access::Search) {
                    Ok(()) => self.check(Access::Search).map_or_else(Opened::No, |()| Opened::ToSearch(error)),
                    Err(_) => Opened::No(Some(error)),
                }
            }
            Err(cause) if self.was_missed(enter, &cause) => Opened::No(Some(self.error(Op::List, cause))),
            Err(_) => Opened::No(self.missed()),
        }
    }

    fn enter_level(&mut self, enter: &Enter, access: Access) -> io::Result<()> {
        let links = self.links(enter);
        let name = system_name(&self.descent, &self.entry, &self.shelf, enter.name, enter.what);
        self.descent.enter_for(access, name, links)
    }

    /// Whether what is to be entered may be a link.
    fn links(&self, enter: &Enter) -> Links {
        match self.shelf.listed_kind(enter.what) {
            Some(FileKind::Directory) => Links::Keep,
            _ => Links::Follow,
        }
    }

    /// Whether there is a directory that could not be opened. An error that says there is none is not believed before
    /// another look.
    fn was_missed(&mut self, enter: &Enter, cause: &io::Error) -> bool {
        if self.entry.depth == 0 || !leads_nowhere(cause) {
            return true;
        }
        // Links to files are many where links are followed.
        let is_link = self.shelf.listed_kind(enter.what) == Some(FileKind::Symlink);
        if is_link && (cause.kind() == ErrorKind::NotADirectory || sys::is_loop(cause)) {
            return false;
        }
        let links = self.links(enter);
        match self.kind(enter.name, enter.what, links) {
            Ok(kind) => kind == FileKind::Directory,
            Err(cause) if links == Links::Follow => !leads_nowhere(&cause),
            Err(cause) => !matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        }
    }

    /// Whether the directory just opened is one to list; it is left again, if not.
    fn check(&mut self, access: Access) -> Result<(), Option<Error>> {
        let result = self.is_elsewhere(access);
        if !matches!(result, Ok(false)) {
            self.descent.leave();
        }
        match result {
            Ok(false) => Ok(()),
            Ok(true) => Err(None),
            Err(cause) => Err(Some(self.error(Op::List, cause))),
        }
    }

    /// Whether the directory just opened is on another file system, or was read before, and that matters.
    fn is_elsewhere(&mut self, access: Access) -> io::Result<bool> {
        let Self { search, descent, first, visited, .. } = self;
        let visited = visited.as_ref().filter(|_| access == Access::Read);
        if !search.options.same_file_system && visited.is_none() {
            return Ok(false);
        }
        let id = descent.id(descent.depth() - 1)?;
        if search.options.same_file_system && !D::is_same_device(first.get_or_insert_with(|| id.clone()), id) {
            return Ok(true);
        }
        Ok(visited.is_some_and(|visited| !lock(visited).insert(id.clone())))
    }

    /// The error if the directory just opened is one above, to which a link leads that `**` goes into; or
    /// if that cannot be told.
    fn leads_back(&mut self, enter: &Enter) -> Option<Error> {
        let is_link = self.shelf.listed_kind(enter.what) == Some(FileKind::Symlink);
        let above = self.frames.last()?.place.below.set;
        if !is_link
            || self.search.options.links == Links::Keep
            || self.visited.is_some()
            || !self.search.plan.goes_anywhere(above.of(&self.shelf.states))
        {
            return None;
        }
        let level = self.descent.depth() - 1;
        let id = match self.descent.id(level).cloned() {
            Ok(id) => id,
            Err(cause) => return Some(self.error(Op::List, cause)),
        };
        let path_len = self.find_above(&id)?;
        let directory = self.above(path_len);
        Some(self.error(Op::Follow, sys::loop_error()).with_second(directory))
    }

    /// The path of a directory above the entry, whose text has this length.
    fn above(&self, path_len: usize) -> OsPathBuf {
        let link = self.entry.path.as_str();
        let above = &link[..path_len];
        match &self.raw {
            None => PathBuf::from(above).into(),
            Some(raw) => {
                let parts = |text: &str| PathBuf::from(text).parts().count();
                raw.ancestors().nth(parts(link) - parts(above)).unwrap_or(raw).into()
            }
        }
    }

    /// The length of the path of the directory above that has this identity.
    fn find_above(&mut self, id: &D::Id) -> Option<usize> {
        if let Some(above) = self.above.iter().find(|above| above.id == *id && self.is_below(above.path_len)) {
            return Some(above.path_len);
        }
        let last = self.descent.depth() - 1;
        // The current directory was opened, and has no frame yet.
        let below_first = self.frames.len() - last;
        (0..last).find_map(|level| {
            let path_len = self.frames[level + below_first].path_end();
            let is_same = self.descent.id(level).is_ok_and(|other| other == id);
            (is_same && self.is_below(path_len)).then_some(path_len)
        })
    }

    /// Whether the entry is below the directory whose path has this length: a `..` in the pattern may have left it.
    fn is_below(&self, path_len: usize) -> bool {
        let way = self.entry.path.as_str()[path_len..].split(Native::SEPARATOR);
        let depth = way.filter(|part| !part.is_empty()).try_fold(0_usize, |depth, part| match part {
            ".." => depth.checked_sub(1),
            _ => Some(depth + 1),
        });
        depth.is_some()
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
        self.raw = frame.raw;
        self.lend(kind, lend)
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
        if frame.is_closed || !frame.place.takes_all && !intake.needs_listing(below) {
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
        let (height, is_raw) = (frame.height, frame.raw.is_some());
        match &self.search.options.order {
            Order::Unsorted => {}
            _ if !self.in_order => {}
            Order::SortedBy(order) if !is_raw => self.sort_by(&*order.clone(), height),
            _ => self.shelf.sort(height),
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
        if let What::Failure(_) | What::Raw(_) = item.what {
            return None;
        }
        self.be_at(item.name, item.what);
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
                self.fail(name, |directory| Error::new(Op::Stat, directory.join(name), cause), lend)
            }
            Judged::Raw(_, below) if !self.in_order && below.set.is_empty() => {
                lend(Err(not_utf8(&self.frame.path(self.entry).join(name))))
            }
            Judged::Raw(kind, below) => {
                self.intake.shelf.add_raw(name, kind, below);
                ControlFlow::Continue(())
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
        if let Some(directory) = &self.frame.raw {
            return lend(Err(not_utf8(&directory.join(name))));
        }
        self.entry.path.set_child(self.frame.prefix, name);
        self.entry.depth = self.frame.place.depth + 1;
        self.entry.kind = kind;
        let is_pruned = self.intake.search.prunes_any() && self.intake.search.prunes(self.entry);
        if is_pruned { ControlFlow::Continue(()) } else { lend(Ok(self.entry)) }
    }

    /// Takes the failure of a name; of the directory itself, if it is empty.
    fn fail<B>(
        &mut self,
        name: &str,
        error: impl FnOnce(OsPathBuf) -> Error,
        lend: &mut impl Lend<B>,
    ) -> ControlFlow<B> {
        let error = error(self.frame.path(self.entry));
        if !self.in_order {
            return lend(Err(error));
        }
        self.intake.shelf.add_failure(name, error);
        ControlFlow::Continue(())
    }
}
