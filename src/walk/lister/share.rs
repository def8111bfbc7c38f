//! Listing in parts: a lister gives some of what it has to do to another.

use super::Lister;
use super::enter::Ancestor;
use super::frame::Frame;
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
        let Part { path, raw, depth, dir, below, pending, above, first } = part;
        self.descent.begin_anew(dir);
        self.pending = pending;
        self.ancestors = above;
        self.first = first;
        self.entering = None;
        self.entry = Entry::new(path, FileKind::Directory, depth);
        self.frames.clear();
        let frame = Frame::new(&mut self.entry, below, Height::default(), None);
        self.frames.push(Frame { raw, ..frame });
        self.begin_items();
    }
}
