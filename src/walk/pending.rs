//! What was read and is still to be visited.

mod order;

use std::ffi::{OsStr, OsString};
use std::ops::Range;

use super::plan::{Set, States, Wanted};
use crate::error::Error;
use crate::flavour::{Flavour, Native, Rules};
use crate::kind::FileKind;

/// The items of the directories on the way down, on a stack: those of the current one are on top.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) items: Vec<Item>,
    /// The text of all names.
    names: String,
    pub(super) states: States,
    /// Memory for putting together a path that is looked up.
    pub(super) path: String,
    /// Failures, until they are taken.
    failures: Vec<Option<Error>>,
    /// Names that are not UTF-8, and what kind of file has them.
    raw_names: Vec<(OsString, FileKind)>,
}

/// A name in a directory, which is wanted or leads to what is; or a failure.
///
/// There is one for each entry, and it is moved by sorting: so it is small, and has nothing to drop.
///
/// Its text is a name; a path, if literal parts of a pattern are looked up; empty for the start, and for failures of
/// the directory itself.
#[derive(Clone, Copy)]
pub(super) struct Item {
    /// Where its text begins among the names.
    from: usize,
    len: u32,
    /// How many parts its text has.
    parts: u16,
    pub(super) wanted: Option<Wanted>,
    /// Whether it is excluded if it is a directory, which is not known yet of a name that is looked up.
    pub(super) unless_directory: bool,
    pub(super) origin: Origin,
    /// How it goes on below.
    pub(super) below: Below,
}

const _: () = assert!(size_of::<Item>() <= 40);

/// What an item stands for.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// What its directory said it is.
    Listed(FileKind),
    /// Nothing is known of a name that was not listed, not even that it exists.
    LookedUp,
    /// The number of a name that is not UTF-8.
    Raw(u32),
    /// The number of the failure.
    Failure(u32),
}

/// How far a directory has come in the patterns of what is wanted, and of what is excluded.
#[derive(Clone, Copy, Default)]
pub(super) struct Below {
    pub(super) set: Set,
    pub(super) excluded: Set,
}

/// What becomes of a name that is not UTF-8.
#[derive(Clone, Copy)]
pub(super) struct RawItem {
    /// Whether it is listed as an error. One that is excluded is not, and may still have something below that is wanted.
    pub(super) is_error: bool,
    pub(super) below: Below,
}

/// From this number of items on, sorting numbers is faster than comparing texts.
const MANY: usize = 40;

/// How much was pending at some moment.
#[derive(Clone, Copy, Default)]
pub(super) struct Height {
    items: usize,
    names: usize,
    states: usize,
    failures: usize,
    raw_names: usize,
}

impl Pending {
    #[inline]
    pub(super) fn height(&self) -> Height {
        Height {
            items: self.items.len(),
            names: self.names.len(),
            states: self.states.len(),
            failures: self.failures.len(),
            raw_names: self.raw_names.len(),
        }
    }

    /// Drops what lies above a height.
    #[inline]
    pub(super) fn truncate(&mut self, height: Height) {
        self.items.truncate(height.items);
        self.names.truncate(height.names);
        self.states.truncate(height.states);
        self.failures.truncate(height.failures);
        self.raw_names.truncate(height.raw_names);
    }

    #[inline]
    pub(super) fn text(&self, item: &Item) -> &str {
        &self.names[item.range()]
    }

    pub(super) fn take_failure(&mut self, number: u32) -> Option<Error> {
        self.failures[number as usize].take()
    }

    /// Adds a failure in the place of its name.
    pub(super) fn add_failure(&mut self, name: &str, failure: Error) {
        let origin = Origin::Failure(small(self.failures.len()));
        self.failures.push(Some(failure));
        self.add(name, 0, Item::new(origin, None, Below::default()));
    }

    /// Adds an item for a name that is not UTF-8.
    pub(super) fn add_raw(&mut self, name: &OsStr, kind: FileKind, RawItem { is_error, below }: RawItem) {
        let origin = Origin::Raw(small(self.raw_names.len()));
        self.raw_names.push((name.to_owned(), kind));
        let wanted = is_error.then_some(Wanted::Anything);
        self.add(&name.to_string_lossy(), 1, Item::new(origin, wanted, below));
    }

    /// The name of an item, if it is not UTF-8.
    pub(super) fn raw_name(&self, item: &Item) -> Option<&OsStr> {
        match item.origin {
            Origin::Raw(number) => Some(&self.raw_names[number as usize].0),
            _ => None,
        }
    }

    /// What an item was when its directory was read.
    pub(super) fn listed_kind(&self, item: &Item) -> Option<FileKind> {
        match item.origin {
            Origin::Listed(kind) => Some(kind),
            Origin::Raw(number) => Some(self.raw_names[number as usize].1),
            _ => None,
        }
    }

    /// Moves some items out.
    pub(super) fn take_items(&mut self, items: Range<usize>) -> Self {
        let mut taken = Self::default();
        for at in items {
            let item = self.items[at];
            let below = taken.put(item.below, self);
            let origin = match item.origin {
                Origin::Failure(number) => {
                    taken.failures.push(self.take_failure(number));
                    Origin::Failure(small(taken.failures.len() - 1))
                }
                Origin::Raw(number) => {
                    taken.raw_names.push(self.raw_names[number as usize].clone());
                    Origin::Raw(small(taken.raw_names.len() - 1))
                }
                origin => origin,
            };
            taken.add(self.text(&item), item.parts(), Item { origin, below, ..item });
        }
        taken
    }

    /// Takes over how far a directory has come whose items were moved out of another.
    pub(super) fn put(&mut self, below: Below, other: &Self) -> Below {
        let set = Set::put(below.set.of(&other.states), &mut self.states);
        let excluded = Set::put(below.excluded.of(&other.states), &mut self.states);
        Below { set, excluded }
    }

    /// Adds an item under a name of so many parts.
    #[inline]
    pub(super) fn add(&mut self, text: &str, parts: usize, item: Item) {
        let from = self.names.len();
        self.names.push_str(text);
        let parts = u16::try_from(parts).expect("BUG: a longer path than the system takes");
        self.items.push(Item { from, len: small(text.len()), parts, ..item });
    }

    /// Sorts the items above a height in the order of their paths. A failure, or a name that is not UTF-8, comes after
    /// an entry of the same text, and a failure of the directory itself before all.
    pub(super) fn sort(&mut self, above: Height) {
        let Self { items, names, failures, raw_names, .. } = self;
        let items = &mut items[above.items..];
        let text = |item: &Item| &names[item.range()];
        let raw = |item: &Item| match item.origin {
            Origin::Failure(number) => failures[number as usize].as_ref().map(|failure| failure.path().as_ref()),
            Origin::Raw(number) => Some(&*raw_names[number as usize].0),
            _ => None,
        };
        let compare = |left: &Item, right: &Item| {
            let order = <Native as Flavour>::Rules::text_cmp(text(left), text(right));
            order.then_with(|| raw(left).cmp(&raw(right)))
        };
        if items.len() < MANY || !are_in_order_of_bytes(items) {
            return items.sort_by(compare);
        }
        let order = order::by_bytes(
            items.len(),
            |at| text(&items[at]),
            |left, right| compare(&items[left], &items[right]).then(left.cmp(&right)),
        );
        self.rearrange(above, order);
    }

    /// Puts the items above a height in this order, and then their texts: what is visited in turn lies in turn.
    ///
    /// Each pass reads from all over the memory, but knows early from where, so that the processor waits for many at
    /// a time. In one pass, each text would wait for its item.
    fn rearrange(&mut self, above: Height, order: Vec<usize>) {
        let items = &mut self.items[above.items..];
        order::apply(order, items);
        let mut texts = String::with_capacity(self.names.len() - above.names);
        for item in items {
            let from = above.names + texts.len();
            texts.push_str(&self.names[item.range()]);
            item.from = from;
        }
        self.names.truncate(above.names);
        self.names.push_str(&texts);
    }
}

/// Whether items are in the order of their texts' bytes: they are if case matters and each text is a name, without a
/// separator in it.
fn are_in_order_of_bytes(items: &[Item]) -> bool {
    <Native as Flavour>::Rules::CASE_SENSITIVE && items.iter().all(|item| !matches!(item.origin, Origin::LookedUp))
}

impl Height {
    /// The index of the first item above.
    pub(super) fn items(&self) -> usize {
        self.items
    }
}

/// A number for which half of the memory is enough.
fn small(number: usize) -> u32 {
    u32::try_from(number).expect("BUG: a name of four billion bytes, or as many failures in one directory")
}

impl Item {
    /// An item that has no text yet.
    pub(super) fn new(origin: Origin, wanted: Option<Wanted>, below: Below) -> Self {
        Self { from: 0, len: 0, parts: 0, wanted, unless_directory: false, origin, below }
    }

    /// Where its text is among the names.
    fn range(&self) -> Range<usize> {
        self.from..self.from + self.len as usize
    }

    /// How many parts its text has.
    pub(super) fn parts(&self) -> usize {
        self.parts.into()
    }

    /// The item of a file that is wanted.
    pub(super) fn of_file(kind: FileKind) -> Self {
        Self::new(Origin::Listed(kind), Some(Wanted::Anything), Below::default())
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

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::error::Op;

    fn failure(path: &str) -> Error {
        Error::new(Op::Stat, path, ErrorKind::PermissionDenied.into())
    }

    fn raw() -> RawItem {
        RawItem { is_error: true, below: Below::default() }
    }

    /// The items that are pending: their text, and what they stand for.
    fn shown(pending: &mut Pending) -> Vec<String> {
        let items = pending.items.clone();
        let shown = |item: &Item| {
            let text = pending.text(item).to_owned();
            match item.origin {
                Origin::Failure(number) => {
                    format!("{text}: failure of {:?}", pending.take_failure(number).unwrap().path())
                }
                _ => format!("{text}: {:?} {:?}", pending.raw_name(item), pending.listed_kind(item)),
            }
        };
        items.iter().map(shown).collect()
    }

    fn filled() -> Pending {
        let mut pending = Pending::default();
        let listed = Item::new(Origin::Listed(FileKind::File), Some(Wanted::Anything), Below::default());
        pending.add("c", 1, listed);
        pending.add_failure("b", failure("second"));
        pending.add_raw(OsStr::new("b"), FileKind::Symlink, raw());
        pending.add_failure("b", failure("first"));
        pending.add_failure("", failure("directory"));
        pending.add_raw(OsStr::new("a"), FileKind::Directory, raw());
        pending.add("b", 1, listed);
        pending
    }

    #[test]
    fn items_come_in_the_order_of_their_texts_and_failures_after_entries() {
        let mut pending = filled();
        pending.sort(Height::default());
        let sorted = shown(&mut pending);
        let expected = [
            r#": failure of "directory""#,
            r#"a: Some("a") Some(Directory)"#,
            "b: None Some(File)",
            r#"b: Some("b") Some(Symlink)"#,
            r#"b: failure of "first""#,
            r#"b: failure of "second""#,
            "c: None Some(File)",
        ];
        assert_eq!(sorted, expected);
    }

    /// Names that begin alike for long, end early, or are the same.
    fn name() -> impl Strategy<Value = String> {
        let start =
            select(&["", "a", "scheduler_", "the same sixteen", "the same sixteen and the same thirty-two"][..]);
        (start, "[ab.é]{0,3}").prop_map(|(start, end)| start.to_owned() + &end)
    }

    /// Other items, and above them one for each name: a failure, one that is not UTF-8, or a file.
    fn filled_with(names: &[(String, u8)]) -> (Pending, Height) {
        let mut pending = filled();
        let height = pending.height();
        for (name, what) in names {
            match what {
                0 => pending.add_failure(name, failure(name)),
                1 => pending.add_raw(OsStr::new(name), FileKind::File, raw()),
                _ => pending.add(name, 1, Item::new(Origin::Listed(FileKind::File), None, Below::default())),
            }
        }
        (pending, height)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn many_items_come_in_the_order_of_few(names in vec((name(), 0..5_u8), 0..4 * MANY)) {
            let mut expected = shown(&mut filled_with(&names).0);
            expected[7..].sort_by_key(|line| {
                let (text, what) = line.split_once(": ").unwrap();
                (text.to_owned(), !what.starts_with("None"))
            });
            let (mut pending, height) = filled_with(&names);
            pending.sort(height);
            prop_assert_eq!(shown(&mut pending), expected);
        }
    }

    #[test]
    fn what_is_below_a_height_stays_where_it_is() {
        let mut pending = filled();
        let height = pending.height();
        pending.add("z", 1, Item::new(Origin::LookedUp, None, Below::default()));
        pending.add_raw(OsStr::new("y"), FileKind::File, raw());
        pending.add_failure("x", failure("x"));
        pending.sort(height);
        let items = shown(&mut pending);
        assert!(items[..7] == shown(&mut filled()) && items[7].starts_with('x') && items[9].starts_with('z'));
        pending.truncate(height);
        assert_eq!(pending.items.len(), 7);
    }

    #[test]
    fn items_are_the_same_elsewhere() {
        let all = shown(&mut filled());
        for (from, end) in [(0, 7), (1, 4), (2, 6), (5, 6), (3, 3)] {
            let mut pending = filled();
            let mut taken = pending.take_items(from..end);
            assert_eq!(shown(&mut taken), all[from..end]);
            assert!(taken.items.iter().zip(&pending.items[from..end]).all(|(new, old)| new.wanted == old.wanted));
        }
    }
}
