//! What both sides of a transfer are made of: items, by their keys below the start.

use std::time::SystemTime;

use crate::error::Error;
use crate::kind::FileKind;
use crate::objects::{Meta, Object};
use crate::report::SkipReason;
use crate::sys::Facts;

/// Something below the start of a side.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Where it is, with `/` between parts and behind a directory: so both sides have one order, that of keys.
    pub(super) key: String,
    /// [`Other`](FileKind::Other) is what is special on a disk, and a key that no path spells in a store.
    pub(super) kind: FileKind,
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
    /// On a disk, the time of the last change that nobody can set.
    pub(super) changed: Option<SystemTime>,
    /// In a store, the tag of the object. A directory without one is only implied by the keys below it.
    pub(super) tag: Option<String>,
}

impl Item {
    /// A directory that is there because something is in it.
    pub(super) fn directory(key: String) -> Self {
        Self { key, kind: FileKind::Directory, size: 0, modified: None, changed: None, tag: None }
    }

    pub(super) fn on_disk(key: String, facts: &Facts) -> Self {
        let Facts { kind, size, modified, changed, .. } = *facts;
        Self { key, kind, size, modified, changed, tag: None }
    }

    pub(super) fn object(key: String, kind: FileKind, object: Object) -> Self {
        let Meta { size, modified, tag } = object.meta;
        Self { key, kind, size, modified: Some(modified), changed: None, tag: Some(tag) }
    }

    pub(super) fn is_directory(&self) -> bool {
        self.kind == FileKind::Directory
    }
}

/// What a listing comes to.
pub(super) enum Found {
    Item(Item),
    /// What has this key is left out, with everything below it.
    Left(String, SkipReason),
    /// In the directory with this key, which was told before, there was no file.
    Empty(String),
    /// Something could not be read, and the listing goes on.
    Failed(Error),
}

/// A side, item by item, in the order of keys.
pub(super) trait Listing {
    fn next(&mut self) -> Option<Found>;
}

/// A side of which nothing is there, or nothing needs to be known.
pub(super) struct Nothing;

impl Listing for Nothing {
    fn next(&mut self) -> Option<Found> {
        None
    }
}

/// The directories that a key is in, from the first, each as a key.
pub(super) fn ancestors(key: &str) -> impl Iterator<Item = &str> {
    let text = key.strip_suffix('/').unwrap_or(key);
    text.match_indices('/').map(|(at, _)| &key[..=at])
}

/// The key of the directory that a key is in, empty for the start, and its name there.
pub(super) fn split(key: &str) -> (&str, &str) {
    let text = key.strip_suffix('/').unwrap_or(key);
    let at = text.rfind('/').map_or(0, |at| at + 1);
    (&key[..at], &text[at..])
}
