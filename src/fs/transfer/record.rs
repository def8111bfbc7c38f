//! What a move has copied, so that nothing else is removed.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::sync::Mutex;

use super::disk_listing::{Dir, DirId, DiskListing};
use super::item::split;
use crate::fs::manifest::Manifest;
use crate::sys::Facts;
use crate::tree::lock;

/// What was copied from a disk, or from a store.
pub(super) enum Record {
    Disk(Manifest<Dir>),
    Store(Mutex<HashMap<String, Fate>>),
}

/// What became of an object.
pub(super) enum Fate {
    /// It was copied with this tag.
    Copied(String),
    /// It was not, as the options say.
    Left,
}

impl Record {
    /// Records what was not copied and is to stay.
    pub(super) fn left(&self, key: &str, directory: impl FnOnce() -> Option<DirId>) {
        match self {
            Self::Disk(manifest) => {
                if let Some(id) = directory() {
                    manifest.left(&id, OsStr::new(split(key).1));
                }
            }
            Self::Store(fates) => drop(lock(fates).insert(key.to_owned(), Fate::Left)),
        }
    }

    /// Records a directory of a disk that was entered just now.
    pub(super) fn directory(&self, key: &str, listing: &mut DiskListing<'_>) {
        if let (Self::Disk(manifest), Ok((above, id))) = (self, listing.entered()) {
            manifest.copied_directory(&above, OsStr::new(split(key).1), &id);
        }
    }

    /// Records a file that was copied as it was before it was read.
    pub(super) fn file(&self, directory: &DirId, name: &OsStr, facts: &Facts) {
        if let Self::Disk(manifest) = self {
            manifest.reading(facts);
            manifest.copied(directory, name, facts);
        }
    }

    /// Records an object that was copied.
    pub(super) fn object(&self, key: &str, tag: &str) {
        if let Self::Store(fates) = self {
            lock(fates).insert(key.to_owned(), Fate::Copied(tag.to_owned()));
        }
    }
}
