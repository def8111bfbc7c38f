//! Reading directories: names come from the system, are judged, and become items or are lent at once.

use std::ffi::OsStr;
use std::io;
use std::ops::ControlFlow;

use super::frame::Frame;
use super::{Asks, Lister, Visitor, not_utf8};
use crate::error::{Error, Op};
use crate::kind::FileKind;
use crate::sys::{Directory, OsPathBuf, Rest};
use crate::walk::Entry;
use crate::walk::judge::{Decides, Judge, Judged, Parent};
use crate::walk::pending::{Below, Height, Item, Origin};
use crate::walk::plan::Wanted;
use crate::walk::search::Order;

impl<D: Directory> Lister<D> {
    /// Reads the current directory or its next part, or adds the names to look up in it.
    pub(super) fn list(&mut self, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let Self { search, pending, frames, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to list");
        let Parent { depth, below, .. } = frame.parent;
        let mut judge = Judge { search, pending };
        if frame.is_closed || !frame.parent.takes_all() && !judge.needs_listing(below) {
            judge.names(depth, below);
        } else {
            if !frame.parent.takes_all() && !frame.is_unread {
                judge.up(depth, below);
                if judge.takes_all(depth, below) {
                    frame.parent.take_all();
                }
            }
            self.read(visitor)?;
            while self.in_order && self.is_unread() {
                self.read(visitor)?;
            }
        }
        self.begin_items();
        self.sort_items(visitor);
        ControlFlow::Continue(())
    }

    fn is_unread(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.is_unread)
    }

    /// Reads the rest of the current directory; items go after those that are being visited.
    pub(super) fn read_to_the_end(&mut self, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let frame = self.frames.last().expect("BUG: nothing to read");
        // Those behind were given away.
        self.pending.items.truncate(frame.end);
        while self.is_unread() {
            self.read(visitor)?;
        }
        let frame = self.frames.last_mut().expect("BUG: nothing was read");
        frame.end = self.pending.items.len();
        ControlFlow::Continue(())
    }

    /// Reads as much of the current directory as the system gives at once.
    fn read(&mut self, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let Self { search, pending, frames, descent, buffer, entry, in_order, .. } = self;
        let frame = frames.last_mut().expect("BUG: nothing to read");
        let mut flow = ControlFlow::Continue(());
        let mut reading = Reading { judge: Judge { search, pending }, frame, entry, in_order: *in_order };
        let rest = descent.read(buffer, |_, name, kind, _| {
            if flow.is_continue() {
                flow = reading.take(name, kind, visitor);
            }
        });
        let is_unread = matches!(rest, Ok(Rest::More));
        if flow.is_continue()
            && let Err(cause) = rest
        {
            flow = reading.fail("", |directory| Error::new(Op::List, directory, cause), visitor);
        }
        frame.is_unread = is_unread;
        flow
    }

    /// Begins to visit the items of the current directory.
    pub(super) fn begin_items(&mut self) {
        let frame = self.frames.last_mut().expect("BUG: items of nothing");
        frame.next = frame.height.items();
        frame.end = self.pending.items.len();
    }

    /// Sorts the items of the current directory, if an order is asked for.
    pub(super) fn sort_items(&mut self, asks: &mut impl Asks) {
        if !self.in_order {
            return;
        }
        let frame = self.frames.last().expect("BUG: items of nothing");
        let (height, is_raw) = (frame.height, frame.raw.is_some());
        match self.search.options.order {
            Order::SortedBy if !is_raw => self.sort_by(asks, height),
            _ => self.pending.sort(height),
        }
    }

    /// Sorts the items above a height as their entries; what is none comes last.
    fn sort_by(&mut self, asks: &mut impl Asks, height: Height) {
        let items = self.pending.items.split_off(height.items());
        let mut entries: Vec<_> = items.into_iter().map(|item| (self.entry_of(&item), item)).collect();
        entries.sort_by(|(left, _), (right, _)| match (left, right) {
            (Some(left), Some(right)) => asks.compare(left, right),
            _ => left.is_none().cmp(&right.is_none()),
        });
        self.pending.items.extend(entries.into_iter().map(|(_, item)| item));
    }

    fn entry_of(&mut self, item: &Item) -> Option<Entry> {
        if let Origin::Failure(_) | Origin::Raw(_) = item.origin {
            return None;
        }
        self.be_at(item);
        self.entry.kind = self.look(item).ok()??;
        Some(self.entry.clone())
    }
}

/// A directory while it is being read.
struct Reading<'a> {
    judge: Judge<'a>,
    frame: &'a Frame,
    entry: &'a mut Entry,
    in_order: bool,
}

impl Reading<'_> {
    fn take(&mut self, name: &OsStr, kind: io::Result<FileKind>, visitor: &mut impl Visitor) -> ControlFlow<()> {
        if self.frame.parent.decides == Decides::Nothing
            && let Ok(kind) = kind
            && kind != FileKind::Symlink
            && let Some(name) = crate::path::text_of(name)
        {
            if kind != FileKind::Directory && !self.in_order {
                return self.lend_listed(name, kind, visitor);
            }
            let below = if kind == FileKind::Directory { self.frame.parent.below } else { Below::default() };
            self.judge.pending.add(name, 1, Item::new(Origin::Listed(kind), Some(Wanted::Anything), below));
            return ControlFlow::Continue(());
        }
        self.judge(name, kind, visitor)
    }

    /// Takes a name that needs a decision. Not inlined, for the sake of those that need none.
    #[inline(never)]
    fn judge(&mut self, name: &OsStr, kind: io::Result<FileKind>, visitor: &mut impl Visitor) -> ControlFlow<()> {
        let Parent { decides, below, .. } = self.frame.parent;
        if decides == Decides::Exclusion
            && let Ok(kind @ (FileKind::File | FileKind::Other)) = kind
            && let Some(name) = crate::path::text_of(name)
        {
            return match self.judge.excludes_file(below.excluded, name) {
                true => ControlFlow::Continue(()),
                false => self.item(name, Item::of_file(kind), visitor),
            };
        }
        if self.frame.ignores(self.entry, name, matches!(kind, Ok(FileKind::Directory))) {
            return ControlFlow::Continue(());
        }
        match self.judge.listed(&self.frame.parent, name, kind) {
            Judged::LeftOut => ControlFlow::Continue(()),
            Judged::Item(name, item) => self.item(name, item, visitor),
            Judged::Unknown(name, cause) => {
                self.fail(name, |directory| Error::new(Op::Stat, directory.join(name), cause), visitor)
            }
            Judged::Raw(_, raw) if !self.in_order && raw.below.set.is_empty() => {
                visitor.visit(Err(not_utf8(&self.frame.path(self.entry).join(name))))
            }
            Judged::Raw(kind, raw) => {
                self.judge.pending.add_raw(name, kind, raw);
                ControlFlow::Continue(())
            }
        }
    }

    /// Where no order is asked for, an entry that is only wanted is lent at once, before its name is
    /// put anywhere.
    #[inline]
    fn item(&mut self, name: &str, item: Item, visitor: &mut impl Visitor) -> ControlFlow<()> {
        match item.origin {
            Origin::Listed(kind) if !self.in_order && item.is_only_wanted() => self.lend_listed(name, kind, visitor),
            _ => {
                self.judge.pending.add(name, 1, item);
                ControlFlow::Continue(())
            }
        }
    }

    /// Lends what has a name. Inlined in both places, as calling it takes 5 % of the instructions of a whole listing.
    #[inline(always)]
    fn lend_listed(&mut self, name: &str, kind: FileKind, visitor: &mut impl Visitor) -> ControlFlow<()> {
        if let Some(directory) = &self.frame.raw {
            return visitor.visit(Err(not_utf8(&directory.join(name))));
        }
        self.entry.path.set_child(self.frame.prefix, name);
        self.entry.depth = self.frame.parent.depth + 1;
        self.entry.kind = kind;
        let is_pruned = self.judge.search.options.prunes && visitor.prunes(self.entry);
        if is_pruned { ControlFlow::Continue(()) } else { visitor.visit(Ok(self.entry)) }
    }

    /// Takes the failure of a name; of the directory itself, if it is empty.
    fn fail(
        &mut self,
        name: &str,
        error: impl FnOnce(OsPathBuf) -> Error,
        visitor: &mut impl Visitor,
    ) -> ControlFlow<()> {
        let error = error(self.frame.path(self.entry));
        if !self.in_order {
            return visitor.visit(Err(error));
        }
        self.judge.pending.add_failure(name, error);
        ControlFlow::Continue(())
    }
}
