//! What was read and not yet visited.

use std::ffi::{OsStr, OsString};
use std::ops::Range;

use super::plan::{Set, States, Wanted};
use crate::error::Error;
use crate::flavour::{Flavour, Native, Rules};
use crate::kind::FileKind;

/// The items of the directories on the way down, on a stack: those of the current one are on top.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) items: Vec<Item>,
    /// The text of all names.
    names: String,
    pub(super) states: States,
    /// Where paths are put together that are looked up: empty, but for its memory.
    pub(super) path: String,
    /// Failures; none, where one was taken already.
    failures: Vec<Option<Error>>,
    /// Names that are not UTF-8, and what has them.
    raw_names: Vec<(OsString, FileKind)>,
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
    /// Whether it is left out if it is a directory: that is not known of a name that is looked up.
    pub(super) unless_directory: bool,
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
    /// The number of a name that is not UTF-8.
    Raw(usize),
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
    raw_names: usize,
}

impl Shelf {
    pub(super) fn height(&self) -> Height {
        Height {
            items: self.items.len(),
            names: self.names.len(),
            states: self.states.len(),
            failures: self.failures.len(),
            raw_names: self.raw_names.len(),
        }
    }

    /// Takes down what lies above a height.
    pub(super) fn truncate(&mut self, height: Height) {
        self.items.truncate(height.items);
        self.names.truncate(height.names);
        self.states.truncate(height.states);
        self.failures.truncate(height.failures);
        self.raw_names.truncate(height.raw_names);
    }

    pub(super) fn text(&self, name: Name) -> &str {
        &self.names[name.from..name.end]
    }

    /// Takes a failure from the shelf.
    pub(super) fn take_failure(&mut self, number: usize) -> Option<Error> {
        self.failures[number].take()
    }

    /// Puts a failure where its name would be.
    pub(super) fn add_failure(&mut self, name: &str, failure: Error) {
        let what = What::Failure(self.failures.len());
        self.failures.push(Some(failure));
        self.add(name, 0, Item::new(what, None, Below::default()));
    }

    /// Puts an item on the shelf for a name that is not UTF-8.
    pub(super) fn add_raw(&mut self, name: &OsStr, kind: FileKind, below: Below) {
        let what = What::Raw(self.raw_names.len());
        self.raw_names.push((name.to_owned(), kind));
        self.add(&name.to_string_lossy(), 1, Item::new(what, None, below));
    }

    /// The name of an item, if it is not UTF-8.
    pub(super) fn raw_name(&self, what: What) -> Option<&OsStr> {
        match what {
            What::Raw(number) => Some(&self.raw_names[number].0),
            _ => None,
        }
    }

    /// What an item was when its directory was read.
    pub(super) fn listed_kind(&self, what: What) -> Option<FileKind> {
        match what {
            What::Listed(kind) => Some(kind),
            What::Raw(number) => Some(self.raw_names[number].1),
            _ => None,
        }
    }

    /// Moves some items to a shelf of their own.
    pub(super) fn take_items(&mut self, items: Range<usize>) -> Self {
        let mut taken = Self::default();
        for at in items {
            let Item { name, what, below, .. } = self.items[at];
            let below = taken.put(below, self);
            let what = match what {
                What::Failure(number) => {
                    taken.failures.push(self.take_failure(number));
                    What::Failure(taken.failures.len() - 1)
                }
                What::Raw(number) => {
                    taken.raw_names.push(self.raw_names[number].clone());
                    What::Raw(taken.raw_names.len() - 1)
                }
                what => what,
            };
            taken.add(self.text(name), name.parts, Item { what, below, ..self.items[at] });
        }
        taken
    }

    /// Puts on the shelf how far a directory of another one has come.
    pub(super) fn put(&mut self, below: Below, other: &Self) -> Below {
        let set = Set::put(below.set.of(&other.states), &mut self.states);
        let outside = Set::put(below.outside.of(&other.states), &mut self.states);
        Below { set, outside }
    }

    /// Puts an item on the shelf, under a name of so many parts.
    pub(super) fn add(&mut self, text: &str, parts: usize, item: Item) {
        let name = self.add_text(text, parts);
        self.items.push(Item { name, ..item });
    }

    fn add_text(&mut self, text: &str, parts: usize) -> Name {
        let from = self.names.len();
        self.names.push_str(text);
        Name { from, end: self.names.len(), parts }
    }

    /// Sorts the items above a height in the order of their paths; a failure, or a name that is not UTF-8, comes
    /// behind an entry of the same text, and a failure of the directory itself before all.
    pub(super) fn sort(&mut self, above: Height) {
        let Self { items, names, failures, raw_names, .. } = self;
        let text = |item: &Item| &names[item.name.from..item.name.end];
        let raw = |item: &Item| match item.what {
            What::Failure(number) => failures[number].as_ref().map(|failure| failure.path().as_os_str()),
            What::Raw(number) => Some(&*raw_names[number].0),
            _ => None,
        };
        items[above.items..].sort_by(|left, right| {
            let order = <Native as Flavour>::Rules::text_cmp(text(left), text(right));
            order.then_with(|| raw(left).cmp(&raw(right)))
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
    /// An item that has no name yet.
    pub(super) fn new(what: What, wanted: Option<Wanted>, below: Below) -> Self {
        Self { name: Name::default(), what, wanted, unless_directory: false, below }
    }

    /// Whether it is wanted, whatever it is, and leads nowhere.
    pub(super) fn is_only_wanted(&self) -> bool {
        self.wanted == Some(Wanted::Anything) && !self.leads_on()
    }

    /// Whether there is a directory to enter.
    pub(super) fn leads_on(&self) -> bool {
        !self.below.set.is_empty()
    }
}
