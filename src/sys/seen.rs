//! The metadata of a file, as plain values.

use std::time::SystemTime;

use super::Metadata;
use crate::kind::{FileKind, Inode, Special};

/// The metadata of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) kind: FileKind,
    pub(crate) special: Option<Special>,
    pub(crate) size: u64,
    /// The permissions, without the bits for the kind of the file.
    pub(crate) mode: u32,
    pub(crate) modified: Option<SystemTime>,
    pub(crate) accessed: Option<SystemTime>,
    pub(crate) created: Option<SystemTime>,
    pub(crate) inode: Option<Inode>,
}

impl Seen {
    pub(crate) fn of(found: &Metadata) -> Self {
        Self {
            kind: FileKind::of(found.file_type()),
            special: super::special(found),
            size: found.len(),
            mode: super::permission_bits(found),
            modified: found.modified().ok(),
            accessed: found.accessed().ok(),
            created: found.created().ok(),
            inode: super::inode(found),
        }
    }
}
