//! What becomes of a name: whether it is wanted, leads on, or is left out.

use std::ffi::OsStr;
use std::io;

use super::exclude;
use super::pending::{Below, Item, Shelf, What};
use super::plan::{Set, Wanted};
use super::search::{Order, Search};
use crate::flavour::{Flavour, Native};
use crate::kind::FileKind;
use crate::sys::Links;

/// Takes in names of a directory, or looks names up.
pub(super) struct Intake<'a> {
    pub(super) search: &'a Search,
    pub(super) shelf: &'a mut Shelf,
}

/// The directory from which names come.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) depth: usize,
    pub(super) below: Below,
    /// Whether every entry is wanted, and all that is below: names need not be judged, but for those of
    /// links.
    pub(super) takes_all: bool,
}

/// What became of a name.
pub(super) enum Judged<'a> {
    LeftOut,
    /// It is wanted or leads on. The item has no name yet.
    Item(&'a str, Item),
    /// It is not UTF-8; what it is, as far as that is known, and how it goes on below.
    Raw(FileKind, Below),
    /// The system does not say what it is.
    Unknown(&'a str, io::Error),
}

/// A path in the current directory below which names are looked up.
struct Jump<'a> {
    path: &'a mut String,
    parts: usize,
    /// How deep below the start of the listing that is.
    depth: usize,
}

impl Intake<'_> {
    /// Puts the start of a listing on the shelf, or what is looked up from there.
    pub(super) fn start(&mut self) {
        let options = &self.search.options;
        let (set, wanted) = self.search.plan.start(&mut self.shelf.states);
        let (outside, _) = self.search.outside.start(&mut self.shelf.states);
        let below = if options.max_depth == 0 { Below::default() } else { Below { set, outside } };
        let wanted = wanted.filter(|_| options.min_depth == 0);
        match self.jumps(wanted, below, options.start.as_str()) {
            true => self.names(0, below),
            false => self.shelf.add("", 0, Item::new(What::LookedUp, wanted, below)),
        }
    }

    /// Judges an entry of a directory; what can be looked up below it goes to the shelf.
    pub(super) fn judge<'n>(&mut self, place: &Place, name: &'n OsStr, kind: io::Result<FileKind>) -> Judged<'n> {
        if self.search.hides(name.as_encoded_bytes()) {
            return Judged::LeftOut;
        }
        match (crate::path::text_of(name), kind) {
            (Some(name), Ok(kind)) => {
                self.item(place, name, kind).map_or(Judged::LeftOut, |item| Judged::Item(name, item))
            }
            (Some(name), Err(cause)) => Judged::Unknown(name, cause),
            // Where names are only looked up, it is none of them.
            (None, _) if !self.needs_listing(place.below) => Judged::LeftOut,
            (None, kind) => {
                let kind = kind.unwrap_or(FileKind::Other);
                self.raw(place, name, kind).map_or(Judged::LeftOut, |below| Judged::Raw(kind, below))
            }
        }
    }

    /// How it goes on below a name that is not UTF-8, unless it is left out.
    fn raw(&mut self, place: &Place, name: &OsStr, kind: FileKind) -> Option<Below> {
        let name = name.to_string_lossy();
        let (outside, left_out) = self.take_outside(place.below.outside, &name, kind);
        if left_out {
            return None;
        }
        let links = self.search.options.links;
        let (set, _) = self.search.plan.take(&mut self.shelf.states, place.below.set, &name, kind, links);
        Some(self.below(place.depth + 1, set, outside))
    }

    fn item(&mut self, place: &Place, name: &str, kind: FileKind) -> Option<Item> {
        let states = self.shelf.states.len();
        let depth = place.depth + 1;
        let links = self.search.options.links;
        let (set, wanted) = self.search.plan.take(&mut self.shelf.states, place.below.set, name, kind, links);
        if wanted.is_none() && set.is_empty() {
            return None;
        }
        let (outside, left_out) = self.take_outside(place.below.outside, name, kind);
        let wanted = self.search.wanted(wanted, depth, kind).filter(|_| !left_out);
        let below = self.below(depth, set, outside);
        if wanted.is_none() && below.set.is_empty() {
            self.shelf.states.truncate(states);
            return None;
        }
        if self.jumps(wanted, below, name) {
            self.names_from(name, 1, depth, below);
            return None;
        }
        Some(Item::new(What::Listed(kind), wanted, below))
    }

    /// How far a name comes in what is left out, and whether it is left out itself.
    fn take_outside(&mut self, outside: Set, name: &str, kind: FileKind) -> (Set, bool) {
        let (set, found) = self.find_outside(outside, name, kind);
        (set, exclude::is_left_out(found, kind))
    }

    fn find_outside(&mut self, outside: Set, name: &str, kind: FileKind) -> (Set, Option<Wanted>) {
        if outside.is_empty() {
            return (Set::default(), None);
        }
        exclude::take(&self.search.outside, &mut self.shelf.states, outside, name, kind)
    }

    /// How it goes on, unless that is too deep or all left out.
    fn below(&self, depth: usize, set: Set, outside: Set) -> Below {
        let leads_nowhere = depth >= self.search.options.max_depth
            || !outside.is_empty() && self.search.outside.takes_all(outside.of(&self.shelf.states));
        if leads_nowhere { Below::default() } else { Below { set, outside } }
    }

    /// Whether what is below a path is looked up by name without a look at the path itself. Not where
    /// the name would get too long for the system, nor where it would lose its place: that of the
    /// contents of a directory that is listed itself, or that of entries among their siblings. Nor where every
    /// directory on the way must be known: to ask whether it is pruned, to see when a link leads back, or to keep to
    /// one file system.
    fn jumps(&self, wanted: Option<Wanted>, below: Below, path: &str) -> bool {
        const LONGEST: usize = 1024;

        let options = &self.search.options;
        wanted.is_none()
            && !below.set.is_empty()
            && path.len() < LONGEST
            && options.links == Links::Keep
            && options.pruned.is_empty()
            && !options.same_file_system
            && !matches!(options.order, Order::SortedBy(_))
            && !self.needs_listing(below)
    }

    /// Whether a directory has to be listed for what is wanted below it, and not just searched for names.
    pub(super) fn needs_listing(&self, below: Below) -> bool {
        self.search.plan.needs_listing(below.set.of(&self.shelf.states))
    }

    /// Whether a directory [takes all](Place::takes_all).
    pub(super) fn takes_all(&self, depth: usize, below: Below) -> bool {
        let options = &self.search.options;
        options.hidden
            && options.kinds.is_empty()
            && depth + 1 >= options.min_depth
            && options.max_depth == usize::MAX
            && below.outside.is_empty()
            && self.search.plan.takes_all_ever(below.set.of(&self.shelf.states))
    }

    /// Puts the names that are looked up in a directory on the shelf.
    pub(super) fn names(&mut self, depth: usize, below: Below) {
        self.names_from("", 0, depth, below);
    }

    /// Puts the names on the shelf that are looked up below a path of so many parts in the directory.
    fn names_from(&mut self, path: &str, parts: usize, depth: usize, below: Below) {
        let mut buffer = std::mem::take(&mut self.shelf.path);
        buffer.clear();
        buffer.push_str(path);
        self.names_below(Jump { path: &mut buffer, parts, depth }, below);
        self.shelf.path = buffer;
    }

    /// Puts `..` on the shelf if it is looked up: it is the one name that no directory lists.
    pub(super) fn up(&mut self, depth: usize, below: Below) {
        if self.search.plan.looks_up(below.set.of(&self.shelf.states), "..") {
            self.name(Jump { path: &mut "..".to_owned(), parts: 1, depth: depth + 1 }, below, "..");
        }
    }

    fn names_below(&mut self, base: Jump<'_>, below: Below) {
        let Jump { path, parts, depth } = base;
        let len = path.len();
        let plan = &self.search.plan;
        for at in 0..below.set.of(&self.shelf.states).len() {
            let state = below.set.of(&self.shelf.states)[at];
            for name in plan.names(state) {
                // Each name once, with all states that look it up.
                if plan.looks_up(&below.set.of(&self.shelf.states)[..at], name) {
                    continue;
                }
                if len > 0 {
                    path.push(Native::SEPARATOR);
                }
                path.push_str(name);
                self.name(Jump { path: &mut *path, parts: parts + 1, depth: depth + 1 }, below, name);
                path.truncate(len);
            }
        }
    }

    /// Puts a name that is looked up on the shelf, with the path that it ends, and what is looked up below.
    fn name(&mut self, at: Jump<'_>, below: Below, name: &str) {
        let Jump { path, parts, depth } = at;
        let options = &self.search.options;
        if self.search.hides(name.as_bytes()) || depth > options.max_depth {
            return;
        }
        let (set, wanted) = self.search.plan.take_name(&mut self.shelf.states, below.set, name);
        // It may be a directory, or a link to one, which are the same for what is below.
        let (outside, found) = self.find_outside(below.outside, name, FileKind::Symlink);
        let wanted = wanted.filter(|_| depth >= options.min_depth && found != Some(Wanted::Anything));
        let unless_directory = found == Some(Wanted::Directory);
        let below = self.below(depth, set, outside);
        if self.jumps(wanted, below, path) {
            self.names_below(Jump { path, parts, depth }, below);
        } else if wanted.is_some() || !below.set.is_empty() {
            let item = Item { unless_directory, ..Item::new(What::LookedUp, wanted, below) };
            self.shelf.add(path, parts, item);
        }
    }
}
