//! Listings that begin in an open directory.

use std::collections::VecDeque;

use super::closures::Closures;
use super::lister::Lister;
use super::{Entry, Walk, next_of};
use crate::error::Result;
use crate::sys::Directory;

/// What a [`Walk`] lists, with its start below an open directory. Threads are not asked for.
pub(crate) struct Below<'w, D: Directory> {
    lister: Lister<D>,
    entries: VecDeque<Result<Entry>>,
    closures: Closures<'w>,
}

impl<'w> Walk<'w> {
    pub(crate) fn below<D: Directory>(self, base: D) -> Below<'w, D> {
        let (search, mut closures) = self.into_search();
        let lister = Lister::new_below(base, search, &mut closures);
        Below { lister, entries: VecDeque::new(), closures }
    }

    /// A listing that is refused, as one that had begun was given an option.
    pub(crate) fn with_late_option(self) -> Self {
        self.with(|options| options.is_late = true)
    }
}

impl<D: Directory> Below<'_, D> {
    pub(crate) fn skip_dir(&mut self) {
        self.lister.skip_dir();
    }
}

impl<D: Directory> Iterator for Below<'_, D> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        next_of(&mut self.lister, &mut self.entries, &mut self.closures)
    }
}
