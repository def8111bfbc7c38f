//! Where a side begins, and what a path below it is called.

use std::sync::Arc;

use crate::error::{Error, Op, Result};
use crate::fs::side::{DiskPath, ObjectPath};
use crate::objects::{Objects, key_of, path_of, prefix_of};
use crate::sys::{OsPath, OsPathBuf};

/// The start of a side.
#[derive(Clone, Copy)]
pub(super) enum Start<'a> {
    Disk(&'a OsPath),
    Store(&'a Keys<'a>),
}

/// The keys at and below a path in a store.
pub(super) struct Keys<'a> {
    pub(super) store: &'a Arc<dyn Objects>,
    /// The key of the path itself; empty for the whole store.
    pub(super) key: &'a str,
    /// What all keys below the path begin with.
    pub(super) prefix: String,
}

impl<'a> Keys<'a> {
    pub(super) fn of(op: Op, path: &'a ObjectPath<'_>) -> Result<Self> {
        let store = path.store;
        let key = key_of(&path.path)
            .map_err(|misfit| Error::text(op, store.uri(path.path.as_str()), misfit.to_string()).into_located())?;
        Ok(Self { store, key, prefix: prefix_of(key) })
    }

    /// The whole key of what has a key below the start; an empty one is the start itself.
    pub(super) fn full(&self, below: &str) -> String {
        if below.is_empty() { self.key.to_owned() } else { format!("{}{below}", self.prefix) }
    }

    /// Whether both are in one store, so that their keys can be compared.
    pub(super) fn is_in_store_of(&self, other: &Self) -> bool {
        self.store.is_beside(&**other.store)
    }

    /// Whether this is the start of the other one, or lies above it. Both are in one store.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.key == other.key || other.prefix.starts_with(&self.prefix)
    }
}

impl<'a> From<&'a DiskPath<'_>> for Start<'a> {
    fn from(path: &'a DiskPath<'_>) -> Self {
        Self::Disk(path.os_path())
    }
}

impl<'a> Start<'a> {
    pub(super) fn store(self) -> Option<&'a Keys<'a>> {
        match self {
            Self::Disk(_) => None,
            Self::Store(keys) => Some(keys),
        }
    }

    /// The path of what has a key below the start, as reports and errors have it.
    pub(super) fn path(&self, below: &str) -> OsPathBuf {
        match self {
            Self::Disk(start) => {
                below.split('/').filter(|part| !part.is_empty()).fold(start.to_path_buf(), |path, part| path.join(part))
            }
            Self::Store(keys) => {
                let full = keys.full(below);
                // A directory is named as on a disk; a key that is no path, as it is.
                let is_directory = path_of(&full).is_ok_and(|(_, is_directory)| is_directory);
                keys.store.uri(if is_directory { full.trim_end_matches('/') } else { &full }).into()
            }
        }
    }
}
