//! Listing in parts: a lister gives some of what it has to do to another.

use super::Lister;
use super::enter::Ancestor;
use super::frame::Frame;
use crate::gitignore::Ignored;
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::sys::{Directory, Links, OsPathBuf};
use crate::walk::Entry;
use crate::walk::pending::{Below, Height, Pending};

/// A part of a listing for another thread: a directory, and some of what is in it.
pub(in crate::walk) struct Part<D: Directory> {
    path: PathBuf,
    /// Its path where that is not UTF-8.
    raw: Option<OsPathBuf>,
    depth: usize,
    dir: D,
    /// How it goes on in the directory.
    below: Below,
    pending: Pending,
    above: Vec<Ancestor<D>>,
    first: Option<D::Id>,
    ignored: Option<(usize, Ignored)>,
}

/// Sharing.
impl<D: Directory> Lister<D> {
    /// Gives away about half of what is left to do in the highest open directory where there is enough:
    /// as much as can be given at once.
    pub(in crate::walk) fn split(&mut self) -> Option<Part<D>> {
        let below_first = self.frames.len() - self.descent.depth();
        let (at, from, dir) = self.descent.open_levels().iter().find_map(|&level| {
            let from = self.share(level + below_first)?;
            Some((level + below_first, from, self.descent.try_clone(level)?))
        })?;
        Some(self.part(at, from, dir))
    }

    /// The first of the items of a frame that can be given away: they have half of the directories that
    /// are left.
    fn share(&self, at: usize) -> Option<usize> {
        let frame = &self.frames[at];
        if frame.stays {
            return None;
        }
        let directories = || (frame.next..frame.end).rev().filter(|&item| self.pending.items[item].leads_on());
        let count = directories().count();
        // What is given must leave something to do here.
        let is_busy = at + 1 < self.frames.len() || self.entering.is_some();
        let share = if is_busy { count.div_ceil(2) } else { count / 2 };
        directories().nth(share.checked_sub(1)?)
    }

    /// Takes the items of a frame away, beginning with one.
    fn part(&mut self, at: usize, from: usize, dir: D) -> Part<D> {
        let above = self.ids_above(at);
        let frame = &mut self.frames[at];
        let ignored = frame.ignored.clone();
        let items = from..std::mem::replace(&mut frame.end, from);
        let mut pending = self.pending.take_items(items);
        let below = pending.put(frame.parent.below, &self.pending);
        Part {
            path: frame.text_path(&self.entry),
            raw: frame.raw.clone(),
            depth: frame.parent.depth,
            dir,
            below,
            pending,
            above,
            first: self.first.clone(),
            ignored,
        }
    }

    /// The directories from the first one down to a frame, where loops have to be found.
    fn ids_above(&mut self, at: usize) -> Vec<Ancestor<D>> {
        let mut above = self.ancestors.clone();
        if self.search.options.links == Links::Follow {
            let below_first = self.frames.len() - self.descent.depth();
            for level in 0..at - below_first {
                let path_len = self.frames[level + below_first].path_end();
                above.extend(self.descent.id(level).ok().map(|id| Ancestor { id: id.clone(), path_len }));
            }
        }
        above
    }

    /// Goes on with a part of the same listing.
    pub(in crate::walk) fn resume(&mut self, part: Part<D>) {
        let Part { path, raw, depth, dir, below, pending, above, first, ignored } = part;
        self.descent.begin_anew(dir);
        self.pending = pending;
        self.ancestors = above;
        self.first = first;
        self.entering = None;
        self.entry = Entry::new(path, FileKind::Directory, depth);
        self.frames.clear();
        let frame = Frame::new(&mut self.entry, below, Height::default(), None);
        self.frames.push(Frame { raw, ignored, ..frame });
        self.begin_items();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use super::*;
    use crate::error::Result;
    use crate::fs::TempDir;
    use crate::pattern::Pattern;
    use crate::sys::Dir;
    use crate::tree::MOST_OPEN;
    use crate::walk::closures::{Alone, Closures};
    use crate::walk::plan::Begins;
    use crate::walk::search::{Options, Order, Scope, Search};

    /// Everything in a tree, with links followed, in no order.
    fn search(tree: &TempDir) -> Arc<Search> {
        let scope = Scope::Patterns(vec![Pattern::new("**")], Begins::AtStart);
        let options = Options::new(tree.to_path_buf(), scope);
        Arc::new(Search::new(Options { order: Order::Unsorted, links: Links::Follow, ..options }))
    }

    fn lister(search: &Arc<Search>) -> Lister<Dir> {
        Lister::unordered(None, search.clone(), None, MOST_OPEN)
    }

    fn step(lister: &mut Lister<Dir>, found: &mut Vec<String>) {
        let visit = |entry: Result<&mut Entry>| {
            found.push(match entry {
                Ok(entry) => entry.to_string(),
                Err(error) => format!("{error}"),
            });
            ControlFlow::<()>::Continue(())
        };
        _ = lister.step(&mut Alone { closures: &mut Closures::default(), visit });
    }

    fn rest(lister: &mut Lister<Dir>, found: &mut Vec<String>) {
        while !lister.is_done() {
            step(lister, found);
        }
    }

    fn directories(part: &Part<Dir>) -> usize {
        part.pending.items.iter().filter(|item| item.leads_on()).count()
    }

    #[test]
    fn half_is_given_away_and_something_is_left_to_do() {
        for count in 1..7 {
            let tree = TempDir::new().unwrap();
            (0..count).for_each(|at| (&tree / at.to_string() / "sub").mkdir_all().unwrap());
            let search = search(&tree);
            // After each number of steps: what was left to do in the start then, and whether anything else was.
            for steps in 0..4 * count {
                let (mut lister, mut found) = (lister(&search), Vec::new());
                (0..steps).for_each(|_| step(&mut lister, &mut found));
                let Some(frame) = lister.frames.get(1) else { continue };
                let left = lister.pending.items[frame.next..frame.end].iter().filter(|item| item.leads_on()).count();
                let is_busy = lister.frames.len() > 2 || lister.entering.is_some();
                let part = lister.split().filter(|part| part.depth == 0);
                let given = part.as_ref().map_or(0, directories);
                assert_eq!(given, if is_busy { left.div_ceil(2) } else { left / 2 }, "{count}: {steps} steps");
                rest(&mut lister, &mut found);
                if let Some(part) = part {
                    lister.resume(part);
                    rest(&mut lister, &mut found);
                    found.sort();
                    found.dedup();
                    assert_eq!(found.len(), 1 + 2 * count, "{count}: {steps} steps: {found:?}");
                }
            }
        }
    }

    #[test]
    fn links_that_lead_back_above_a_part_are_found() {
        let tree = TempDir::new().unwrap();
        (0..4).for_each(|at| {
            let directory = &tree / "a/b" / at.to_string();
            directory.mkdir_all().unwrap();
            (&directory / "a").symlink_to("../..").unwrap();
            (&directory / "start").symlink_to("../../..").unwrap();
        });
        let search = search(&tree);
        let mut all = Vec::new();
        rest(&mut lister(&search), &mut all);
        all.sort();
        assert_eq!(all.iter().filter(|line| line.contains("cannot follow")).count(), 8, "{all:#?}");
        let (mut lister, mut found, mut parts) = (lister(&search), Vec::new(), 0);
        let mut given = Vec::new();
        while !lister.is_done() {
            step(&mut lister, &mut found);
            given.extend(lister.split());
            while let Some(part) = given.pop() {
                parts += usize::from(part.depth == 2);
                let mut other = self::lister(&search);
                other.resume(part);
                rest(&mut other, &mut found);
            }
        }
        found.sort();
        assert_eq!((found, parts > 0), (all, true));
    }
}
