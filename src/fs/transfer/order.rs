//! The order in which a store lists its keys.
//!
//! S3 sorts keys by their bytes: `a.b`, then `a/b`. SeaweedFS sorts the names in each directory, and lists `a/b` first. A
//! comparison key by key would then take `a.b` for missing.

use std::io;

use super::start::Keys;
use crate::objects::{PageRequest, PageStart, late_prefix};

/// What is known of the order of a side. A disk is always listed in that of bytes.
pub(super) struct Order<'a> {
    store: Option<&'a Keys<'a>>,
    /// The key that was read last, and the one before it.
    last: String,
    before: String,
    /// Behind this, the store has no keys that it has not listed yet.
    settled: Option<String>,
}

impl<'a> Order<'a> {
    pub(super) fn of(store: Option<&'a Keys<'a>>) -> Self {
        Self { store, last: String::new(), before: String::new(), settled: None }
    }

    /// Takes the key that was read; an error if it cannot be told any more what is still to come.
    pub(super) fn read(&mut self, key: &str) -> io::Result<()> {
        if self.store.is_none() {
            return Ok(());
        }
        std::mem::swap(&mut self.before, &mut self.last);
        key.clone_into(&mut self.last);
        if *key < *self.before && by_directory(key).lt(by_directory(&self.before)) {
            return Err(io::Error::other("the store lists its keys in no known order"));
        }
        Ok(())
    }

    /// Whether the store may list a key later, though it comes before the one that was read last.
    pub(super) fn has_ahead(&mut self, key: &str) -> io::Result<bool> {
        let (Some(keys), Some(prefix)) = (self.store, late_prefix(key, &self.last)) else { return Ok(false) };
        // Where one such key came in time, all did.
        if self.settled.as_deref() == Some(prefix) || late_prefix(&self.before, &self.last).is_some() {
            return Ok(false);
        }
        let whole = keys.full(prefix);
        let first = PageRequest { prefix: &whole, one_level: false, start: PageStart::Start, most: 1 };
        let is_ahead = !keys.store.list(&first)?.objects.is_empty();
        if !is_ahead {
            self.settled = Some(prefix.to_owned());
        }
        Ok(is_ahead)
    }

    /// From now on, the keys come in the order of bytes.
    pub(super) fn settle(&mut self) {
        self.store = None;
    }
}

/// A key as it is compared directory by directory.
fn by_directory(key: &str) -> impl Iterator<Item = u8> {
    key.bytes().map(|byte| if byte == b'/' { 0 } else { byte })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_compared_by_their_names() {
        let mut keys = ["a", "a.b", "a/b", "a/b.c", "a/b/c", "a0", "b"];
        keys.sort_by(|left, right| by_directory(left).cmp(by_directory(right)));
        assert_eq!(keys, ["a", "a/b", "a/b/c", "a/b.c", "a.b", "a0", "b"]);
    }
}
