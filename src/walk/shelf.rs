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
    /// Failures; none, where one was taken already.
    failures: Vec<Option<Error>>,
}

/// A name in a directory, which is wanted or leads on; or a failure.
///
/// There is one for each entry, sorted and copied about: it is kept small and free of what must be
/// dropped.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) name: Name,
    pub(super) what: What,
    pub(super) wanted: Option<Wanted>,
    /// How it goes on below.
    pub(super) below: Below,
}

/// A text on the shelf: a path, where literal parts of a pattern are looked up; empty for the start, and
/// for failures of the directory itself.
#[derive(Clone, Copy, Default)]
pub(super) struct Name {
    from: usize,
    end: usize,
    /// How many parts it has.
    pub(super) parts: usize,
}

/// What an item stands for.
#[derive(Clone, Copy)]
pub(super) enum What {
    /// What its directory said it is.
    Listed(FileKind),
    /// Nothing is known of a name that was not listed, not even that it exists.
    LookedUp,
    /// The number of the failure.
    Failure(usize),
}

/// How far a directory has come in what is wanted and in what is left out.
#[derive(Clone, Copy, Default)]
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
    failures: usize,
}

/// The directory that is being read.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) depth: usize,
    pub(super) below: Below,
    /// Whether all that is below is wanted.
    pub(super) takes_all: bool,
}

impl Shelf {
    pub(super) fn height(&self) -> Height {
        Height {
            items: self.items.len(),
            names: self.names.len(),
            states: self.states.len(),
            failures: self.failures.len(),
        }
    }

    /// Takes down what lies above a height.
    pub(super) fn truncate(&mut self, height: Height) {
        self.items.truncate(height.items);
        self.names.truncate(height.names);
        self.states.truncate(height.states);
        self.failures.truncate(height.failures);
    }

    pub(super) fn text(&self, name: Name) -> &str {
        &self.names[name.from..name.end]
    }

    /// Takes a failure from the shelf.
    pub(super) fn take_failure(&mut self, number: usize) -> Option<Error> {
        self.failures[number].take()
    }

    /// Puts the start of a listing on the shelf, or what is looked up from there.
    pub(super) fn add_start(&mut self, search: &Search) {
        let options = &search.options;
        let (set, wanted) = search.plan.start(&mut self.states);
        let (outside, _) = search.outside.start(&mut self.states);
        let below = if options.max_depth == 0 { Below::default() } else { Below { set, outside } };
        let wanted = wanted.filter(|_| options.min_depth == 0);
        let jump = self.jumps(search, below, options.start.as_str());
        if wanted.is_some() || !jump {
            let below = if jump { Below::default() } else { below };
            self.items.push(Item { name: Name::default(), what: What::LookedUp, wanted, below });
        }
        if jump {
            self.add_names(search, &Jump { path: "", parts: 0, depth: 0 }, below);
        }
    }

    /// Whether what is below a path is looked up by name without a look at the path itself. Not where
    /// the name would get too long for the system.
    fn jumps(&self, search: &Search, below: Below, path: &str) -> bool {
        const LONGEST: usize = 1024;

        !below.set.is_empty() && path.len() < LONGEST && search.may_jump() && !self.needs_listing(search, below)
    }

    /// Whether a directory has to be listed for what is wanted below it.
    pub(super) fn needs_listing(&self, search: &Search, below: Below) -> bool {
        search.plan.needs_listing(below.set.of(&self.states))
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
        let name = self.add_text(name, 0);
        let what = What::Failure(self.failures.len());
        self.failures.push(Some(failure));
        self.items.push(Item { name, what, wanted: None, below: Below::default() });
    }

    fn add_entry(&mut self, search: &Search, place: &Place<'_>, name: &str, kind: FileKind) {
        let states = self.states.len();
        let depth = place.depth + 1;
        let (mut set, wanted) = match kind {
            // A link may lead on for another part of the plan.
            FileKind::Symlink => self.take(search, place, name, kind),
            _ if !place.takes_all => self.take(search, place, name, kind),
            FileKind::Directory => (place.below.set, Some(Wanted::Anything)),
            _ => (Set::default(), Some(Wanted::Anything)),
        };
        let (outside, left_out) = self.take_outside(search, place.below.outside, name, kind);
        let wanted = search.wanted(wanted, depth, kind).filter(|_| !left_out);
        if depth >= search.options.max_depth || search.outside.takes_all(outside.of(&self.states)) {
            set = Set::default();
        }
        if wanted.is_none() && set.is_empty() {
            self.states.truncate(states);
            return;
        }
        let below = Below { set, outside };
        let jump = self.jumps(search, below, name);
        if jump {
            self.add_names(search, &Jump { path: name, parts: 1, depth }, below);
        }
        if wanted.is_some() || !jump {
            let below = if jump { Below::default() } else { below };
            let name = self.add_text(name, 1);
            self.items.push(Item { name, what: What::Listed(kind), wanted, below });
        }
    }

    /// How far a name comes in what is wanted.
    fn take(&mut self, search: &Search, place: &Place<'_>, name: &str, kind: FileKind) -> (Set, Option<Wanted>) {
        search.plan.take(&mut self.states, place.below.set, name, kind, search.options.links)
    }

    /// How far a name comes in what is left out, and whether it is left out itself.
    fn take_outside(&mut self, search: &Search, outside: Set, name: &str, kind: FileKind) -> (Set, bool) {
        if outside.is_empty() {
            return (Set::default(), false);
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
    pub(super) fn add_names(&mut self, search: &Search, base: &Jump<'_>, below: Below) {
        for name in search.plan.names(below.set.of(&self.states)) {
            self.add_name(search, base, below, name);
        }
    }

    /// Puts `..` on the shelf if it is looked up: it is the one name that no directory lists.
    pub(super) fn add_up(&mut self, search: &Search, depth: usize, below: Below) {
        if search.plan.names(below.set.of(&self.states)).contains(&"..") {
            self.add_name(search, &Jump { path: "", parts: 0, depth }, below, "..");
        }
    }

    fn add_name(&mut self, search: &Search, base: &Jump<'_>, below: Below, name: &str) {
        let depth = base.depth + 1;
        if search.hides(name.as_bytes()) || depth > search.options.max_depth {
            return;
        }
        let (mut set, wanted) = search.plan.take_name(&mut self.states, below.set, name);
        let (outside, left_out) = self.take_outside(search, below.outside, name, FileKind::Directory);
        if depth == search.options.max_depth || search.outside.takes_all(outside.of(&self.states)) {
            set = Set::default();
        }
        let wanted = wanted.filter(|_| depth >= search.options.min_depth && !left_out);
        let below = Below { set, outside };
        let path = match base.path {
            "" => name.to_owned(),
            base => format!("{base}{}{name}", Native::SEPARATOR),
        };
        let parts = base.parts + 1;
        let jump = self.jumps(search, below, &path);
        if wanted.is_some() || !jump && !below.set.is_empty() {
            let below = if jump { Below::default() } else { below };
            let name = self.add_text(&path, parts);
            self.items.push(Item { name, what: What::LookedUp, wanted, below });
        }
        if jump {
            self.add_names(search, &Jump { path: &path, parts, depth }, below);
        }
    }

    /// Moves some items to a shelf of their own.
    pub(super) fn take_items(&mut self, items: Range<usize>) -> Self {
        let mut taken = Self::default();
        for at in items {
            let Item { name, what, wanted, below } = self.items[at];
            let name = taken.add_text(self.text(name), name.parts);
            let set = Set::put(below.set.of(&self.states), &mut taken.states);
            let outside = Set::put(below.outside.of(&self.states), &mut taken.states);
            let what = match what {
                What::Failure(number) => {
                    taken.failures.push(self.take_failure(number));
                    What::Failure(taken.failures.len() - 1)
                }
                what => what,
            };
            taken.items.push(Item { name, what, wanted, below: Below { set, outside } });
        }
        taken
    }

    fn add_text(&mut self, text: &str, parts: usize) -> Name {
        let from = self.names.len();
        self.names.push_str(text);
        Name { from, end: self.names.len(), parts }
    }

    /// Sorts the items above a height in the order of their paths; a failure comes behind an entry
    /// of the same name, and one of the directory itself before all.
    pub(super) fn sort(&mut self, above: Height) {
        let Self { items, names, failures, .. } = self;
        let text = |item: &Item| &names[item.name.from..item.name.end];
        let failure_path = |item: &Item| match item.what {
            What::Failure(number) => failures[number].as_ref().map(|failure| failure.path().as_os_str()),
            _ => None,
        };
        items[above.items..].sort_by(|left, right| {
            let order = <Native as Flavour>::Rules::text_cmp(text(left), text(right));
            order.then_with(|| failure_path(left).cmp(&failure_path(right)))
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
}

/// A path in the current directory below which names are looked up.
pub(super) struct Jump<'a> {
    pub(super) path: &'a str,
    pub(super) parts: usize,
    /// How deep below the start of the listing that is.
    pub(super) depth: usize,
}
