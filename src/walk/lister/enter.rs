//! Going into directories, and out again.

use std::io::{self, ErrorKind};
use std::ops::ControlFlow;

use super::frame::Frame;
use super::{Lister, Visitor, leads_nowhere, system_name};
use crate::error::{Error, Op};
use crate::flavour::{Flavour, Native};
use crate::gitignore::{Failure, Ignored};
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::sys::{self, Access, Directory, Links, OsPathBuf};
use crate::tree::{Descent, lock};
use crate::walk::pending::{Below, Item};

/// A directory to enter.
#[derive(Clone, Copy)]
pub(super) struct Enter {
    /// The item that stands for it.
    pub(super) item: Item,
    /// What it is, if it is wanted after its contents.
    pub(super) own: Option<FileKind>,
}

/// The result of entering a directory.
enum Opened {
    /// It is the current one.
    Yes,
    /// It is the current one, but may not be read: only names that are looked up can be found.
    ToSearch(Error),
    /// There is nothing to list, and perhaps an error to say why.
    No(Option<Error>),
}

/// A directory above, to which a link may lead back.
pub(super) struct Ancestor<D: Directory> {
    pub(super) id: D::Id,
    /// The length of its path in the paths of what is below.
    pub(super) path_len: usize,
}

impl<D: Directory> Clone for Ancestor<D> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), path_len: self.path_len }
    }
}

impl<D: Directory> Lister<D> {
    /// Enters the directory whose path the entry has.
    pub(super) fn enter(&mut self, enter: &Enter, visitor: &mut impl Visitor) -> ControlFlow<()> {
        if self.descent.must_read_on() {
            self.read_to_the_end(visitor)?;
            self.be_at(&enter.item);
        }
        let mut is_closed = false;
        let below = match self.open(enter) {
            Opened::Yes => self.below(enter, visitor)?,
            Opened::ToSearch(error) => {
                is_closed = true;
                visitor.visit(Err(error))?;
                self.below(enter, visitor)?
            }
            Opened::No(error) => {
                error.map_or(ControlFlow::Continue(()), |error| visitor.visit(Err(error)))?;
                None
            }
        };
        let Some(below) = below else {
            return enter.own.map_or(ControlFlow::Continue(()), |kind| self.lend(kind, visitor));
        };
        self.frames.push(Frame::new(&mut self.entry, below, self.pending.height(), enter.own));
        let [rest @ .., frame] = &mut *self.frames else { unreachable!("BUG: a frame was pushed") };
        frame.raw = self.raw.take();
        frame.is_closed = is_closed;
        if let Some(above) = rest.last() {
            if above.parent.takes_all() && above.parent.below.set == below.set {
                frame.parent.take_all();
            }
            frame.stays |= above.stays;
        }
        if self.search.options.gitignore {
            self.read_what_is_ignored(enter, visitor)?;
        }
        self.list(visitor)
    }

    /// Finds out what git ignores in the directory just entered.
    fn read_what_is_ignored(&mut self, enter: &Enter, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let leads_up = self.pending.text(&enter.item) == "..";
        let [.., above, frame] = &mut *self.frames else { unreachable!("BUG: a directory without one above") };
        let path = frame.path(&self.entry);
        let (start, found) = match &above.ignored {
            Some((start, above)) if !leads_up => {
                (*start, ignored_below(&mut self.descent, above, frame.prefix - start))
            }
            _ => (frame.prefix, Ok(Ignored::start(self.descent.base(), &path))),
        };
        let (ignored, failures) = match found {
            Ok(found) => found,
            Err(cause) => return visitor.visit(Err(Error::new(Op::List, path, cause))),
        };
        frame.ignored = Some((start, ignored));
        failures
            .into_iter()
            .try_for_each(|(file, cause)| visitor.visit(Err(Error::new(Op::Read, path.join(file), cause))))
    }

    /// How it goes on in the directory just opened. Where it is one that leads back, it goes on without
    /// the `**`; if there is nothing else, the directory is left again.
    fn below(&mut self, enter: &Enter, visitor: &mut impl Visitor) -> ControlFlow<(), Option<Below>> {
        let error = match self.search.options.links {
            Links::Keep => None,
            Links::Follow => self.leads_back(enter),
        };
        let Some(error) = error else { return ControlFlow::Continue(Some(enter.item.below)) };
        visitor.visit(Err(error))?;
        let above = self.frames.last().expect("BUG: a link in no directory");
        let name = self.pending.text(&enter.item).to_owned();
        let states = &mut self.pending.states;
        let (set, _) = self.search.plan.take(states, above.parent.below.set, &name, FileKind::Symlink, Links::Keep);
        if set.is_empty() {
            self.descent.leave();
            return ControlFlow::Continue(None);
        }
        ControlFlow::Continue(Some(Below { set, ..enter.item.below }))
    }

    /// Opens the directory whose path the entry has.
    ///
    /// Where names are only looked up in it, that takes no permission to read it; where some are and it may
    /// not be read, those are still found.
    fn open(&mut self, enter: &Enter) -> Opened {
        let set = enter.item.below.set.of(&self.pending.states);
        let access = if self.search.plan.needs_listing(set) { Access::Read } else { Access::Search };
        match self.enter_level(enter, access) {
            Ok(()) => self.check(access).map_or_else(Opened::No, |()| Opened::Yes),
            Err(cause) if self.may_search(enter, access, &cause) => {
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

    /// Whether names are looked up in a directory that may not be read.
    fn may_search(&self, enter: &Enter, access: Access, cause: &io::Error) -> bool {
        access == Access::Read
            && cause.kind() == ErrorKind::PermissionDenied
            && self.search.plan.looks_up_any(enter.item.below.set.of(&self.pending.states))
    }

    fn enter_level(&mut self, enter: &Enter, access: Access) -> io::Result<()> {
        let links = self.links(enter);
        let name = system_name(&self.descent, &self.entry, &self.pending, &enter.item);
        self.descent.enter_for(access, name, links)
    }

    /// Whether the directory to enter may be a link.
    fn links(&self, enter: &Enter) -> Links {
        match self.pending.listed_kind(&enter.item) {
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
        let is_link = self.pending.listed_kind(&enter.item) == Some(FileKind::Symlink);
        if is_link && (cause.kind() == ErrorKind::NotADirectory || sys::is_loop(cause)) {
            return false;
        }
        let links = self.links(enter);
        match self.kind(&enter.item, links) {
            Ok(kind) => kind == FileKind::Directory,
            Err(cause) if links == Links::Follow => !leads_nowhere(&cause),
            Err(cause) => !matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        }
    }

    /// Whether the directory just opened is one to list; it is left again, if not.
    #[inline]
    fn check(&mut self, access: Access) -> Result<(), Option<Error>> {
        match self.search.options.same_file_system || self.visited.is_some() {
            true => self.check_identity(access),
            false => Ok(()),
        }
    }

    fn check_identity(&mut self, access: Access) -> Result<(), Option<Error>> {
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
        let id = descent.id(descent.depth() - 1)?;
        if search.options.same_file_system && !D::is_same_device(first.get_or_insert_with(|| id.clone()), id) {
            return Ok(true);
        }
        Ok(visited.is_some_and(|visited| !lock(visited).insert(id.clone())))
    }

    /// The error if the directory just opened is one above, to which a link leads that `**` goes into, where links are
    /// followed; or if that cannot be told.
    fn leads_back(&mut self, enter: &Enter) -> Option<Error> {
        let is_link = self.pending.listed_kind(&enter.item) == Some(FileKind::Symlink);
        let above = self.frames.last()?.parent.below.set;
        if !is_link || self.visited.is_some() || !self.search.plan.goes_anywhere(above.of(&self.pending.states)) {
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
        if let Some(above) = self.ancestors.iter().find(|above| above.id == *id && self.is_below(above.path_len)) {
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

    /// Goes back up. The directory itself may be wanted after its contents.
    pub(super) fn leave(&mut self, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let Some(frame) = self.frames.last_mut() else { return ControlFlow::Continue(()) };
        self.pending.truncate(frame.height);
        if self.descent.depth() > 0 {
            self.descent.leave();
        }
        let own = frame.own;
        if own.is_some() {
            frame.restore(&mut self.entry);
            self.raw = frame.raw.take();
        }
        self.frames.truncate(self.frames.len() - 1);
        own.map_or(ControlFlow::Continue(()), |kind| self.lend(kind, visitor))
    }
}

/// What git ignores in the directory just entered, whose path from the start has this length.
fn ignored_below<D: Directory>(
    descent: &mut Descent<D>,
    above: &Ignored,
    len: usize,
) -> io::Result<(Ignored, Vec<Failure>)> {
    let found = above.enter(len, descent.reopened()?);
    if !found.1.iter().any(|(_, cause)| sys::is_out_of_descriptors(cause)) {
        return Ok(found);
    }
    // What is open only to save time is closed, and the rules are read again.
    descent.make_room();
    Ok(above.enter(len, descent.reopened()?))
}
