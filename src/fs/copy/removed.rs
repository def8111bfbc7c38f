//! What a dry run takes for removed at the destination.

use std::collections::HashSet;

use crate::sys::{OsPath, OsPathBuf};

/// Paths below the destination.
#[derive(Default)]
pub(in crate::fs) struct Removed {
    paths: HashSet<OsPathBuf>,
    /// The directories that they are in, whose times a removal changes.
    parents: HashSet<OsPathBuf>,
}

impl Removed {
    /// These paths, and these directories in which something is removed.
    pub(in crate::fs) fn new(paths: HashSet<OsPathBuf>, parents: HashSet<OsPathBuf>) -> Self {
        Self { paths, parents }
    }

    pub(super) fn has(&self, parent: &OsPath, name: &std::ffi::OsStr) -> bool {
        !self.paths.is_empty() && self.paths.contains(&parent.join(name))
    }

    /// Whether anything was removed from a directory itself.
    pub(super) fn changes(&self, directory: &OsPath) -> bool {
        self.parents.contains(directory)
    }
}

impl FromIterator<OsPathBuf> for Removed {
    fn from_iter<I: IntoIterator<Item = OsPathBuf>>(paths: I) -> Self {
        let paths: HashSet<_> = paths.into_iter().collect();
        let parents = paths.iter().filter_map(|path| path.parent()).map(OsPath::to_owned).collect();
        Self { paths, parents }
    }
}
