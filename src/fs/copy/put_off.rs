//! Names that are put off until everything else is copied: new names of files with several names.
//!
//! Another name of such a file may be at the target, unchanged, and may not have been met yet. In the end it is known
//! whether there is one, and a hard link to it is made. So what is copied does not depend on the order of names.

use std::ffi::OsStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::used_names::Names;
use crate::sys::{EditDir, Finishing, OsPathBuf};
use crate::tree::lock;

/// How many bytes of names are put off at most. What is beyond is copied at once.
const MOST: usize = 32 << 20;

/// What is put off, directory by directory.
pub(super) struct PutOff<D: EditDir> {
    directories: Mutex<Vec<Directory<D>>>,
    size: AtomicUsize,
}

/// A directory with names that are put off. It gets its attributes after them.
pub(super) struct Directory<D: EditDir> {
    /// Where it is below the start.
    pub(super) path: OsPathBuf,
    pub(super) source: D::Id,
    /// `None` in a dry run, if it is not there.
    pub(super) target: Option<D::Id>,
    pub(super) finishing: Finishing,
    /// The names used there so far.
    pub(super) used: Option<Arc<Names>>,
    /// The names, each a part of this: that takes the least memory.
    pub(super) names: OsPathBuf,
}

impl<D: EditDir> PutOff<D> {
    pub(super) fn new() -> Self {
        Self { directories: Mutex::default(), size: AtomicUsize::new(0) }
    }

    /// Whether one more name can be put off.
    pub(super) fn takes(&self, name: &OsStr) -> bool {
        self.size.fetch_add(name.len() + 1, Ordering::Relaxed) < MOST
    }

    pub(super) fn add(&self, directory: Directory<D>) {
        lock(&self.directories).push(directory);
    }

    /// Takes what was put off, in the order of paths.
    pub(super) fn take(&self) -> Vec<Directory<D>> {
        let mut directories = std::mem::take(&mut *lock(&self.directories));
        directories.sort_by(|left, right| left.path.cmp(&right.path));
        directories
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::sys::Dir;

    #[test]
    fn names_are_put_off_until_they_are_too_many() {
        for (size, takes) in [(0, true), (MOST - 1, true), (MOST, false), (MOST + 1, false)] {
            let put_off = PutOff::<Dir>::new();
            put_off.size.store(size, Ordering::Relaxed);
            assert_eq!(put_off.takes(OsStr::new("name")), takes, "{size}");
            assert_eq!(put_off.size.into_inner(), size + "name".len() + 1);
        }
    }
}
