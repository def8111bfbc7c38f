//! What was read and not yet visited.

use std::ffi::OsStr;
use std::io;
use std::ops::Range;

use super::plan::{Set, States, Wanted};
use super::search::Search;
use crate::error::{Error, Op};
use crate::flavour::{Flavour, Native, Rules};
use crate::fs::FileKind;
use crate::path::Path;
use crate::sys::Links;

/// The items of the directories on the way down, on a stack: those of the current one are on top.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) items: Vec<Item>,
    /// The text of all names.
    pub(super) names: String,
    pub(super) states: States,
}

/// A name in a directory, which is wanted or leads on; or a failure.
#[derive(Default)]
pub(super) struct Item {
    /// A path, where literal parts of a pattern are looked up; empty for the start, and for failures
    /// of the directory itself.
    pub(super) name: Range<usize>,
    /// How many parts that has.
    pub(super) parts: usize,
    /// What its directory said it is. Of a name that was not listed nothing is known, not even that
    /// it exists.
    pub(super) kind: Option<FileKind>,
    pub(super) wanted: Option<Wanted>,
    /// How it goes on below.
    pub(super) below: Below,
    pub(super) failure: Option<Error>,
}

/// How far a directory has come in what is wanted and in what is left out.
#[derive(Clone, Default)]
pub(super) struct Below {
    pub(super) set: Set,
    pub(super) outside: Set,
}

/// The height of a shelf.
#[derive(Clone, Copy, Default)]
pub(super) struct Height {
    items: usize,
    names: usize,
    states: usize,
}

/// The directory that is being read.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) depth: usize,
    pub(super) below: &'a Below,
}

impl Shelf {
    pub(super) fn height(&self) -> Height {
        Height { items: self.items.len(), names: self.names.len(), states: self.states.len() }
    }

    /// Takes down what lies above a height.
    pub(super) fn truncate(&mut self, height: Height) {
        self.items.truncate(height.items);
        self.names.truncate(height.names);
        self.states.truncate(height.states);
    }

    /// Puts the start of a listing on the shelf, or what is looked up from there.
    pub(super) fn add_start(&mut self, search: &Search) {
        let options = &search.options;
        let (set, wanted) = search.plan.start(&mut self.states);
        let (outside, _) = search.outside.start(&mut self.states);
        let below = if options.max_depth == 0 { Below::default() } else { Below { set, outside } };
        let wanted = wanted.filter(|_| options.min_depth == 0);
        let jump = self.jumps(search, &below, options.start.as_str());
        if wanted.is_some() || !jump {
            let below = if jump { Below::default() } else { below.clone() };
            self.items.push(Item { wanted, below, ..Item::default() });
        }
        if jump {
            self.add_names(search, &Jump { path: "", parts: 0, depth: 0 }, &below);
        }
    }

    /// Whether what is below a path is looked up by name without a look at the path itself. Not where
    /// the name would get too long for the system.
    fn jumps(&self, search: &Search, below: &Below, path: &str) -> bool {
        const LONGEST: usize = 1024;

        !below.set.is_empty() && path.len() < LONGEST && search.may_jump() && !self.needs_listing(search, below)
    }

    /// Whether a directory has to be listed for what is wanted below it.
    pub(super) fn needs_listing(&self, search: &Search, below: &Below) -> bool {
        search.plan.needs_listing(&self.states[below.set.clone()])
    }

    /// Puts an entry of a directory on the shelf, if it is wanted or leads on.
    pub(super) fn add(&mut self, search: &Search, place: &Place<'_>, name: &OsStr, kind: io::Result<FileKind>) {
        if search.hides(name.as_encoded_bytes()) {
            return;
        }
        match (name.to_str(), kind) {
            (Some(name), Ok(kind)) => self.add_entry(search, place, name, kind),
            (Some(name), Err(cause)) => {
                self.add_failure(name, Error::new(Op::Stat, &*place.path.child(name), cause));
            }
            (None, _) => {
                let path = std::path::Path::new(place.path.as_str()).join(name);
                self.add_failure(&name.to_string_lossy(), Error::text(Op::Convert, path, "it is not UTF-8"));
            }
        }
    }

    /// Puts a failure where its name would be.
    pub(super) fn add_failure(&mut self, name: &str, failure: Error) {
        let name = self.add_text(name);
        self.items.push(Item { name, failure: Some(failure), ..Item::default() });
    }

    fn add_entry(&mut self, search: &Search, place: &Place<'_>, name: &str, kind: FileKind) {
        let states = self.states.len();
        let depth = place.depth + 1;
        let (mut set, wanted) = search.plan.take(&mut self.states, &place.below.set, name, kind, search.options.links);
        let (outside, left_out) = self.take_outside(search, &place.below.outside, name, kind);
        let wanted = search.wanted(wanted, depth, kind).filter(|_| !left_out);
        if depth >= search.options.max_depth || search.outside.takes_all(&self.states[outside.clone()]) {
            set = 0..0;
        }
        if wanted.is_none() && set.is_empty() {
            self.states.truncate(states);
            return;
        }
        let below = Below { set, outside };
        let jump = self.jumps(search, &below, name);
        if jump {
            self.add_names(search, &Jump { path: name, parts: 1, depth }, &below);
        }
        if wanted.is_some() || !jump {
            let below = if jump { Below::default() } else { below };
            let name = self.add_text(name);
            self.items.push(Item { name, parts: 1, kind: Some(kind), wanted, below, failure: None });
        }
    }

    /// How far a name comes in what is left out, and whether it is left out itself.
    fn take_outside(&mut self, search: &Search, outside: &Set, name: &str, kind: FileKind) -> (Set, bool) {
        if outside.is_empty() {
            return (0..0, false);
        }
        let (set, found) = search.outside.take(&mut self.states, outside, name, kind, Links::Keep);
        let left_out = match found {
            Some(Wanted::Anything) => true,
            Some(Wanted::Directory) => kind == FileKind::Directory,
            None => false,
        };
        (set, left_out)
    }

    /// Puts the names that are looked up below a path on the shelf, and what is looked up below those.
    pub(super) fn add_names(&mut self, search: &Search, base: &Jump<'_>, below: &Below) {
        for name in search.plan.names(&self.states[below.set.clone()]) {
            self.add_name(search, base, below, name);
        }
    }

    /// Puts `..` on the shelf if it is looked up: it is the one name that no directory lists.
    pub(super) fn add_up(&mut self, search: &Search, depth: usize, below: &Below) {
        if search.plan.names(&self.states[below.set.clone()]).contains(&"..") {
            self.add_name(search, &Jump { path: "", parts: 0, depth }, below, "..");
        }
    }

    fn add_name(&mut self, search: &Search, base: &Jump<'_>, below: &Below, name: &str) {
        let depth = base.depth + 1;
        if search.hides(name.as_bytes()) || depth > search.options.max_depth {
            return;
        }
        let (mut set, wanted) = search.plan.take_name(&mut self.states, &below.set, name);
        let (outside, left_out) = self.take_outside(search, &below.outside, name, FileKind::Directory);
        if depth == search.options.max_depth || search.outside.takes_all(&self.states[outside.clone()]) {
            set = 0..0;
        }
        let wanted = wanted.filter(|_| depth >= search.options.min_depth && !left_out);
        let below = Below { set, outside };
        let path = match base.path {
            "" => name.to_owned(),
            base => format!("{base}{}{name}", Native::SEPARATOR),
        };
        let jump = self.jumps(search, &below, &path);
        if wanted.is_some() || !jump && !below.set.is_empty() {
            let below = if jump { Below::default() } else { below.clone() };
            let name = self.add_text(&path);
            self.items.push(Item { name, parts: base.parts + 1, wanted, below, ..Item::default() });
        }
        if jump {
            self.add_names(search, &Jump { path: &path, parts: base.parts + 1, depth }, &below);
        }
    }

    /// Moves some items to a shelf of their own.
    pub(super) fn take(&mut self, items: Range<usize>) -> Self {
        let mut taken = Self::default();
        for at in items {
            let item = std::mem::take(&mut self.items[at]);
            let name = taken.add_text(&self.names[item.name]);
            let set = taken.add_set(&self.states[item.below.set]);
            let outside = taken.add_set(&self.states[item.below.outside]);
            taken.items.push(Item { name, below: Below { set, outside }, ..item });
        }
        taken
    }

    fn add_set(&mut self, set: &[usize]) -> Set {
        let from = self.states.len();
        self.states.extend(set);
        from..self.states.len()
    }

    fn add_text(&mut self, text: &str) -> Range<usize> {
        let from = self.names.len();
        self.names.push_str(text);
        from..self.names.len()
    }

    /// Sorts the items above a height in the order of their paths; a failure comes behind an entry
    /// of the same name, and one of the directory itself before all.
    pub(super) fn sort(&mut self, above: Height) {
        let names = &self.names;
        self.items[above.items..].sort_by(|left, right| {
            let order = <Native as Flavour>::Rules::text_cmp(&names[left.name.clone()], &names[right.name.clone()]);
            order.then_with(|| left.failure_path().cmp(&right.failure_path()))
        });
    }
}

impl Height {
    /// The index of the first item above.
    pub(super) fn items(&self) -> usize {
        self.items
    }
}

impl Item {
    /// Whether there is a directory to enter.
    pub(super) fn leads_on(&self) -> bool {
        !self.below.set.is_empty()
    }

    fn failure_path(&self) -> Option<&OsStr> {
        self.failure.as_ref().map(|failure| failure.path().as_os_str())
    }
}

/// A path in the current directory below which names are looked up.
pub(super) struct Jump<'a> {
    pub(super) path: &'a str,
    pub(super) parts: usize,
    /// How deep below the start of the listing that is.
    pub(super) depth: usize,
}
