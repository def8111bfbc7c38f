//! Listings of any length: page after page, one in memory.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use super::{MOST_KEYS, Object, Objects, Page, PageRequest, PageStart, late_prefix};

/// The keys that begin with a prefix, in the order of the store. The next page is asked for when the last one is used up.
///
/// A page that cannot be read is an error, and the end.
pub(crate) struct Keys {
    store: Arc<dyn Objects>,
    prefix: String,
    one_level: bool,
    most: usize,
    page: VecDeque<Listed>,
    /// The last key of the page, which may have been taken.
    last: Option<String>,
    next: Next,
    /// What all keys begin with that are left out from here on.
    skipped: Option<String>,
}

/// How far a listing has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Start,
    /// At this key.
    After(String),
    /// Behind all keys that begin with this.
    Behind(String),
}

enum Next {
    Start,
    After(String),
    Token(String),
    End,
}

/// What a page has.
#[derive(Clone, Debug)]
pub(crate) enum Listed {
    Object(Object),
    /// What several keys have in common up to a `/`, which is part of it.
    Prefix(String),
}

impl Position {
    /// Whether it is before the keys with a prefix in some stores, and behind them in others.
    pub(crate) fn is_unclear_for(&self, prefix: &str) -> bool {
        match self {
            Self::Start => false,
            Self::After(text) | Self::Behind(text) => {
                late_prefix(prefix, text).or_else(|| late_prefix(text, prefix)).is_some()
            }
        }
    }
}

impl Keys {
    /// All keys that begin with a prefix; see [`prefix_of`](super::prefix_of) for those of a directory.
    pub(crate) fn new(store: Arc<dyn Objects>, prefix: String) -> Self {
        Self {
            store,
            prefix,
            one_level: false,
            most: MOST_KEYS,
            page: VecDeque::new(),
            last: None,
            next: Next::Start,
            skipped: None,
        }
    }

    /// The same, with those that have a `/` behind the prefix put together to one [`Listed::Prefix`] each.
    pub(crate) fn one_level(self) -> Self {
        Self { one_level: true, ..self }
    }

    /// The same, behind a key.
    pub(crate) fn after(self, key: String) -> Self {
        Self { next: Next::After(key), ..self }
    }

    /// The same, without the keys that begin with something and all before them.
    pub(crate) fn behind(self, prefix: &str) -> Self {
        let mut keys = self.after(behind(prefix));
        keys.skipped = Some(prefix.to_owned());
        keys
    }

    /// The same from a position on, unless all are before it.
    pub(crate) fn from(self, position: Position) -> Option<Self> {
        let prefix = &*self.prefix;
        match position {
            Position::After(key) if key.starts_with(prefix) => Some(self.after(key)),
            Position::Behind(done) if prefix.starts_with(&*done) => None,
            Position::Behind(done) if done.starts_with(prefix) => Some(self.behind(&done)),
            Position::After(text) | Position::Behind(text) if *prefix < *text => None,
            _ => Some(self),
        }
    }

    /// How far it has come when the page is used up.
    pub(crate) fn position(&self) -> Position {
        match (&self.skipped, &self.last) {
            (Some(prefix), _) => Position::Behind(prefix.clone()),
            (None, Some(last)) => Position::After(last.clone()),
            (None, None) => Position::Start,
        }
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The same in pages of this size, if few are enough.
    pub(crate) fn most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Leaves out the keys that begin with something and are still to come. They are not even read where that saves a
    /// request.
    pub(crate) fn leave_out(&mut self, prefix: &str) {
        self.skipped = Some(prefix.to_owned());
        self.drop_skipped();
        if self.prefix.starts_with(prefix) {
            self.next = Next::End;
        } else if self.page.is_empty() && matches!(self.next, Next::Token(_)) {
            self.next = Next::After(behind(prefix));
        }
    }

    /// Whether the next key takes a request, or the news that there is none.
    pub(crate) fn needs_page(&self) -> bool {
        self.page.is_empty() && !matches!(self.next, Next::End)
    }

    /// Whether a page with keys in it was read.
    pub(crate) fn has_begun(&self) -> bool {
        self.last.is_some()
    }

    /// Whether all keys were taken, and there are no more.
    pub(crate) fn is_done(&self) -> bool {
        self.page.is_empty() && matches!(self.next, Next::End)
    }

    /// Reads the next page, and those after it while there is nothing in them.
    pub(crate) fn read(&mut self) -> io::Result<()> {
        while self.needs_page() {
            let next = std::mem::replace(&mut self.next, Next::End);
            let start = match &next {
                Next::Start => PageStart::Start,
                Next::After(key) => PageStart::After(key),
                Next::Token(token) => PageStart::Next(token),
                Next::End => return Ok(()),
            };
            let request = PageRequest { prefix: &self.prefix, one_level: self.one_level, start, most: self.most };
            let mut page = self.store.list(&request)?;
            self.next = match (page.next.take(), next) {
                (None, _) => Next::End,
                (Some(token), Next::Token(before)) if token == before => {
                    return Err(io::Error::other("the store answers with the same page again and again"));
                }
                (Some(token), _) => Next::Token(token),
            };
            self.page = in_order(page);
            self.last = self.page.back().map(|last| last.key().to_owned()).or_else(|| self.last.take());
            self.drop_skipped();
        }
        Ok(())
    }

    /// What [`next`](Iterator::next) takes, without asking for a page.
    pub(crate) fn peek(&self) -> Option<&Listed> {
        self.page.front()
    }

    /// Takes what [`peek`](Self::peek) shows.
    pub(crate) fn pop(&mut self) -> Option<Listed> {
        self.page.pop_front()
    }

    fn drop_skipped(&mut self) {
        let Some(prefix) = &self.skipped else { return };
        while self.page.front().is_some_and(|listed| listed.key().starts_with(&**prefix)) {
            self.page.pop_front();
        }
        if !self.page.is_empty() {
            self.skipped = None;
        }
    }
}

impl Iterator for Keys {
    type Item = io::Result<Listed>;

    fn next(&mut self) -> Option<io::Result<Listed>> {
        match self.read() {
            Ok(()) => self.pop().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

/// What is behind all keys with a prefix, except for those with this character once more.
fn behind(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// What a page has, in the order of keys.
fn in_order(page: Page) -> VecDeque<Listed> {
    let mut prefixes = page.prefixes.into_iter().peekable();
    let mut listed = VecDeque::with_capacity(page.objects.len() + prefixes.len());
    for object in page.objects {
        while let Some(prefix) = prefixes.next_if(|prefix| *prefix < object.key) {
            listed.push_back(Listed::Prefix(prefix));
        }
        listed.push_back(Listed::Object(object));
    }
    listed.extend(prefixes.map(Listed::Prefix));
    listed
}

impl Listed {
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Object(object) => &object.key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{Condition, MemoryStore, prefix_of};

    fn store(keys: impl IntoIterator<Item = impl AsRef<str>>) -> Arc<MemoryStore> {
        let store = MemoryStore::default();
        for key in keys {
            store.put(key.as_ref(), b"", Condition::Always).unwrap();
        }
        Arc::new(store)
    }

    fn texts(keys: Keys) -> Vec<String> {
        keys.map(|listed| listed.unwrap().key().to_owned()).collect()
    }

    #[test]
    fn all_keys_below_a_prefix_are_listed_in_order() {
        let store = store(["logs", "logs-old", "logs/", "logs/a", "logs/a-b", "logs/a/b", "logs//x", "m"]);
        let all = Keys::new(store.clone(), prefix_of("logs"));
        assert_eq!(texts(all), ["logs/", "logs//x", "logs/a", "logs/a-b", "logs/a/b"]);

        let level = Keys::new(store.clone(), prefix_of("logs")).one_level();
        assert_eq!(texts(level), ["logs/", "logs//", "logs/a", "logs/a-b", "logs/a/"]);
        assert_eq!(texts(Keys::new(store, prefix_of("")).one_level()), ["logs", "logs-old", "logs/", "m"]);
    }

    #[test]
    fn pages_are_asked_for_when_they_are_needed() {
        let store = store((0..2500).map(|number| format!("d/{number:04}")));
        let asked = store.requests();
        let mut keys = Keys::new(store.clone(), "d/".to_owned());
        assert_eq!(store.requests(), asked);
        assert_eq!(keys.by_ref().take(1000).count(), 1000);
        assert_eq!(store.requests(), asked + 1);
        assert_eq!(keys.count(), 1500);
        assert_eq!(store.requests(), asked + 3);
        assert_eq!(texts(Keys::new(store, "d/".to_owned()).most(7).after("d/2497".to_owned())), ["d/2498", "d/2499"]);
    }

    #[test]
    fn what_is_skipped_is_not_read() {
        let keys = (0..5000).map(|number| format!("b/{number:04}")).chain([format!("b/{}x", char::MAX)]);
        let store = store(["a", "b-", "b/", "b0", "c"].into_iter().map(str::to_owned).chain(keys));
        let asked = store.requests();
        let mut keys = Keys::new(store.clone(), String::new());
        assert_eq!(keys.by_ref().take(4).count(), 4);
        keys.leave_out("b/");
        assert_eq!(texts(keys), ["b0", "c"]);
        assert_eq!(store.requests(), asked + 2);
        assert_eq!(texts(Keys::new(store, String::new()).behind("b/")), ["b0", "c"]);
    }
}
