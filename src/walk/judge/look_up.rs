//! Which names to look up: a literal part of a pattern needs no listing.

use super::Judge;
use crate::flavour::{Flavour, Native};
use crate::kind::FileKind;
use crate::sys::Links;
use crate::walk::pending::{Below, Item, Origin};
use crate::walk::plan::Wanted;
use crate::walk::search::Order;

/// A path in the current directory below which names are looked up.
struct Jump<'a> {
    path: &'a mut String,
    parts: usize,
    /// How deep below the start of the listing that is.
    depth: usize,
}

impl Judge<'_> {
    /// Whether to look up what is below a path without a look at the path itself.
    ///
    /// Not if the name gets too long for the system; not if the order of entries depends on the directories between;
    /// and not if every directory on the way must be known, to prune it, to see whether git ignores it or a link
    /// leads back, or to keep to one file system.
    pub(super) fn jumps(&self, wanted: Option<Wanted>, below: Below, path: &str) -> bool {
        const LONGEST: usize = 1024;

        let options = &self.search.options;
        wanted.is_none()
            && !below.set.is_empty()
            && path.len() < LONGEST
            && options.links == Links::Keep
            && !options.prunes
            && !options.gitignore
            && !options.same_file_system
            && options.order != Order::SortedBy
            && !self.needs_listing(below)
    }

    /// Adds the names to look up in a directory.
    pub(in crate::walk) fn names(&mut self, depth: usize, below: Below) {
        self.names_from("", 0, depth, below);
    }

    /// Adds the names to look up below a path in a directory, which has so many parts.
    pub(super) fn names_from(&mut self, path: &str, parts: usize, depth: usize, below: Below) {
        let mut buffer = std::mem::take(&mut self.pending.path);
        buffer.clear();
        buffer.push_str(path);
        self.names_below(Jump { path: &mut buffer, parts, depth }, below);
        self.pending.path = buffer;
    }

    /// Adds `..` if the pattern names it: no directory lists it.
    pub(in crate::walk) fn up(&mut self, depth: usize, below: Below) {
        if self.search.plan.looks_up(below.set.of(&self.pending.states), "..") {
            self.name(Jump { path: &mut "..".to_owned(), parts: 1, depth: depth + 1 }, below, "..");
        }
    }

    fn names_below(&mut self, base: Jump<'_>, below: Below) {
        let Jump { path, parts, depth } = base;
        let len = path.len();
        let plan = &self.search.plan;
        for at in 0..below.set.of(&self.pending.states).len() {
            let state = below.set.of(&self.pending.states)[at];
            for name in plan.names(state) {
                // Each name once, with all states that look it up.
                if plan.looks_up(&below.set.of(&self.pending.states)[..at], name) {
                    continue;
                }
                if len > 0 {
                    path.push(Native::SEPARATOR);
                }
                path.push_str(name);
                self.name(Jump { path: &mut *path, parts: parts + 1, depth: depth + 1 }, below, name);
                path.truncate(len);
            }
        }
    }

    /// Adds a name to look up, with the path that it ends, or the names to look up below it.
    fn name(&mut self, at: Jump<'_>, below: Below, name: &str) {
        let Jump { path, parts, depth } = at;
        let options = &self.search.options;
        if self.search.hides(name.as_bytes()) || !self.search.reaches(depth) {
            return;
        }
        let (set, wanted) = self.search.plan.take_name(&mut self.pending.states, below.set, name);
        // It may be a directory, or a link to one, which are the same for what is below.
        let (excluded, found) = self.find_excluded(below.excluded, name, FileKind::Symlink);
        let wanted = wanted.filter(|_| depth >= options.min_depth && found != Some(Wanted::Anything));
        let unless_directory = found == Some(Wanted::Directory);
        let below = self.below(depth, set, excluded);
        if self.jumps(wanted, below, path) {
            self.names_below(Jump { path, parts, depth }, below);
        } else if wanted.is_some() || !below.set.is_empty() {
            let mut item = Item::new(Origin::LookedUp, wanted, below);
            item.unless_directory = unless_directory;
            self.pending.add(path, parts, item);
        }
    }
}
