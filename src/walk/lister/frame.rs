//! A directory on the way down, while what is in it is visited.

use std::ffi::OsStr;

use crate::gitignore::Ignored;
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::sys::OsPathBuf;
use crate::walk::Entry;
use crate::walk::judge::{Decides, Parent};
use crate::walk::pending::{Below, Height};

/// A directory whose items are being visited.
pub(super) struct Frame {
    pub(super) parent: Parent,
    /// The length of its path in the entry's path. That of everything in it begins with the same text.
    pub(super) path_len: usize,
    /// Where names in it begin in the entry's path: after the separator, if there is one.
    pub(super) prefix: usize,
    /// Its path if that is not UTF-8. The entry's path then has U+FFFD in it.
    pub(super) raw: Option<OsPathBuf>,
    /// The height of what was pending when it was entered. Everything above is its own.
    pub(super) height: Height,
    /// The next of its items to visit.
    pub(super) next: usize,
    /// The end of its items. Those after it were given to another thread.
    pub(super) end: usize,
    /// Whether there is more to read. In order, a directory is read to the end before its first item is visited.
    pub(super) is_unread: bool,
    /// Whether it may not be read, so that names are only looked up in it.
    pub(super) is_closed: bool,
    /// What git ignores in it, if that is left out; and where in the entry's path the part begins that this knows.
    pub(super) ignored: Option<(usize, Ignored)>,
    /// What it is itself, if it is wanted after its contents.
    pub(super) own: Option<FileKind>,
    /// Whether it, or one above it, is wanted after its contents: then no other thread may take some of them.
    pub(super) stays: bool,
}

impl Frame {
    /// The directory whose path an entry has, which is made ready for the paths of what is in it.
    #[inline]
    pub(super) fn new(entry: &mut Entry, below: Below, height: Height, own: Option<FileKind>) -> Self {
        let parent = Parent { depth: entry.depth, below, decides: Decides::Patterns };
        let path_len = entry.path.as_str().len();
        let prefix = match entry.depth {
            0 => entry.path.begin_children(),
            _ => entry.path.begin_grandchildren(),
        };
        Self {
            parent,
            path_len,
            prefix,
            raw: None,
            height,
            next: 0,
            end: 0,
            is_unread: false,
            is_closed: false,
            ignored: None,
            own,
            stays: own.is_some(),
        }
    }

    pub(super) fn text_path(&self, entry: &Entry) -> PathBuf {
        entry.path.directory_of_children(self.prefix, self.path_len)
    }

    /// The length of its text in the paths of what is below: none, where that is `.`.
    pub(super) fn path_end(&self) -> usize {
        if self.prefix == 0 { 0 } else { self.path_len }
    }

    pub(super) fn path(&self, entry: &Entry) -> OsPathBuf {
        self.raw.clone().unwrap_or_else(|| self.text_path(entry).into())
    }

    /// Whether git ignores a name in the directory, and that matters.
    #[inline]
    pub(super) fn ignores(&self, entry: &Entry, name: &OsStr, is_directory: bool) -> bool {
        self.ignored.as_ref().is_some_and(|(start, ignored)| {
            let directory = entry.path.text_before_children(*start, self.prefix);
            ignored.ignores(directory.as_bytes(), name, is_directory)
        })
    }

    /// Makes the entry's path that of the directory again.
    pub(super) fn restore(&self, entry: &mut Entry) {
        entry.path.end_children(self.prefix, self.path_len);
        entry.depth = self.parent.depth;
    }
}
