//! The names among the parts of a node.

use std::cmp::Ordering;
use std::sync::Arc;

use super::State;
use crate::flavour::first_word;

/// Names in order, and where they lead.
#[derive(Debug, Default)]
pub(super) struct Names {
    sorted: Vec<Name>,
    /// A bit for each of them, of a cheap kind: to search them takes much longer.
    hints: u64,
}

#[derive(Debug)]
struct Name {
    /// Its first bytes, which are compared before the text; zero if the order is not that of bytes.
    key: u64,
    text: Arc<str>,
    next: State,
}

/// When two names are the same, and in which order they are.
#[derive(Clone, Copy)]
pub(super) struct Spelling {
    pub(super) cmp: fn(&str, &str) -> Ordering,
    pub(super) is_of_bytes: bool,
}

impl Names {
    pub(super) fn push(&mut self, text: Arc<str>, next: State) {
        self.sorted.push(Name { key: 0, text, next });
    }

    /// Puts them in order when all are there. One that is given many times costs as much as one.
    pub(super) fn sort(&mut self, spelling: Spelling) {
        for Name { key, text, .. } in &mut self.sorted {
            (*key, self.hints) = (spelling.key(text), self.hints | spelling.hint(text));
        }
        let cmp = |left: &Name, right: &Name| spelling.cmp(left, right.key, &right.text);
        self.sorted.sort_unstable_by(|left, right| cmp(left, right).then_with(|| left.next.cmp(&right.next)));
        self.sorted.dedup_by(|name, last| name.key == last.key && name.next == last.next && name.text == last.text);
    }

    /// Where a name leads.
    #[inline]
    pub(super) fn find(&self, name: &str, spelling: Spelling) -> impl Iterator<Item = State> {
        let mut found = &self.sorted[..0];
        if self.hints & spelling.hint(name) != 0 {
            let key = spelling.key(name);
            let from = self.sorted.partition_point(|own| spelling.cmp(own, key, name).is_lt());
            let is_same = |own: &&Name| spelling.cmp(own, key, name).is_eq();
            let count = self.sorted[from..].iter().take_while(is_same).count();
            found = &self.sorted[from..from + count];
        }
        found.iter().map(|own| own.next)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, State)> {
        self.sorted.iter().map(|name| (&*name.text, name.next))
    }
}

impl Spelling {
    /// The same bytes.
    pub(super) const EXACT: Self = Self { cmp: str::cmp, is_of_bytes: true };

    fn cmp(self, own: &Name, key: u64, text: &str) -> Ordering {
        own.key.cmp(&key).then_with(|| (self.cmp)(&own.text, text))
    }

    fn key(self, text: &str) -> u64 {
        if self.is_of_bytes { first_word(text.as_bytes()) } else { 0 }
    }

    /// A bit for a name, by its length and its first byte; all, if names may be the same whose bytes differ.
    fn hint(self, name: &str) -> u64 {
        let first = name.as_bytes().first().copied().unwrap_or(0);
        if self.is_of_bytes { 1 << ((name.len() ^ usize::from(first)) % 64) } else { u64::MAX }
    }
}
