//! What is below a prefix in a store, in the order of keys, with the directories that keys imply.

use std::collections::VecDeque;
use std::io;

use super::filter::Filter;
use super::item::{Found, Item, Listing, ancestors};
use super::start::{Keys, Start};
use crate::error::{Error, Op};
use crate::kind::FileKind;
use crate::objects::{self, Listed, Object, path_of};

/// A listing, of which one page is in memory.
pub(super) struct StoreListing<'a> {
    keys: &'a Keys<'a>,
    listed: objects::Keys,
    /// The directories that the last key is in, from the first.
    directories: Vec<String>,
    /// What the last key came to.
    found: VecDeque<Found>,
    filter: Filter<'a>,
}

impl<'a> StoreListing<'a> {
    pub(super) fn new(keys: &'a Keys<'a>, filter: Filter<'a>) -> Self {
        let listed = objects::Keys::new(keys.store.clone(), keys.prefix.clone());
        Self { keys, listed, directories: Vec::new(), found: VecDeque::new(), filter }
    }

    /// Asks for the first page; returns whether there is anything, be it the marker of the start itself.
    pub(super) fn begin(&mut self) -> io::Result<bool> {
        self.listed.read()?;
        Ok(self.listed.peek().is_some())
    }

    /// Whether the start has a marker. It comes first, so it is known from the [first page](Self::begin) on.
    pub(super) fn is_marked(&self) -> bool {
        self.listed.peek().is_some_and(|listed| listed.key() == self.keys.prefix)
    }

    fn take(&mut self, object: Object) {
        let Some(key) = object.key.strip_prefix(&*self.keys.prefix).map(str::to_owned) else { return };
        // The marker of the start.
        if key.is_empty() {
            return;
        }
        let Ok((_, is_marker)) = path_of(&key) else { return self.take_odd(key, object) };
        self.directories.retain(|directory| key.starts_with(directory));
        let new: Vec<_> = ancestors(&key).skip(self.directories.len()).map(str::to_owned).collect();
        for directory in new {
            if self.leaves_out(&directory, FileKind::Directory) {
                return;
            }
            self.directories.push(directory.clone());
            self.found.push_back(Found::Item(Item::directory(directory)));
        }
        let kind = if is_marker { FileKind::Directory } else { FileKind::File };
        if self.leaves_out(&key, kind) {
            return;
        }
        if is_marker {
            self.directories.push(key.clone());
        }
        self.found.push_back(Found::Item(Item::object(key, kind, object)));
    }

    /// A key that no path spells: it has nothing by which it could be left out but the directories above.
    fn take_odd(&mut self, key: String, object: Object) {
        match self.filter.leaves_out_above(&key) {
            Some(reason) => self.found.push_back(Found::Left(key, reason)),
            None => self.found.push_back(Found::Item(Item::object(key, FileKind::Other, object))),
        }
    }

    fn leaves_out(&mut self, key: &str, kind: FileKind) -> bool {
        let Some(reason) = self.filter.leaves_out(key, kind) else { return false };
        if kind == FileKind::Directory {
            self.listed.leave_out(&self.keys.full(key));
        }
        self.found.push_back(Found::Left(key.to_owned(), reason));
        true
    }
}

impl Listing for StoreListing<'_> {
    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Some(found);
            }
            match self.listed.next()? {
                Ok(Listed::Object(object)) => self.take(object),
                Ok(Listed::Prefix(_)) => {}
                Err(cause) => {
                    return Some(Found::Failed(Error::located(Op::List, Start::Store(self.keys).path(""), cause)));
                }
            }
        }
    }
}
