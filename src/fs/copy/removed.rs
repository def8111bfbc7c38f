//! What a dry run takes for removed at the destination.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Paths below the destination.
#[derive(Default)]
pub(super) struct Removed {
    paths: HashSet<PathBuf>,
    /// The directories that they are in, whose times a removal changes.
    parents: HashSet<PathBuf>,
}

impl Removed {
    pub(super) fn has(&self, parent: &Path, name: &std::ffi::OsStr) -> bool {
        !self.paths.is_empty() && self.paths.contains(&parent.join(name))
    }

    /// Whether anything was removed from a directory itself.
    pub(super) fn changes(&self, directory: &Path) -> bool {
        self.parents.contains(directory)
    }
}

impl FromIterator<PathBuf> for Removed {
    fn from_iter<I: IntoIterator<Item = PathBuf>>(paths: I) -> Self {
        let paths: HashSet<_> = paths.into_iter().collect();
        let parents = paths.iter().filter_map(|path| path.parent()).map(Path::to_owned).collect();
        Self { paths, parents }
    }
}
