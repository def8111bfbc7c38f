//! What each item of the source needs, by what is at the target: both listings are gone through at once.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};

use super::delete::Strays;
use super::disk::{DiskTarget, check_name};
use super::disk_listing::{DirId, DiskListing, OpenFile};
use super::item::{Found, Item, Listing, Nothing, split};
use super::order::Order;
use super::run::{Job, Run, Target, Task};
use super::same::{Likeness, compare, is_newer};
use super::start::Start;
use super::store_listing::StoreListing;
use crate::error::{Error, Op};
use crate::fs::copy::{Overwrite, Specials, refuse_special};
use crate::kind::FileKind;
use crate::objects::{key_of, path_of};
use crate::path::PosixPathBuf;
use crate::report::{PlanAction, Report, SkipReason};
use crate::sys;

/// The listing of a source, whose files can be opened.
pub(super) enum Source<'a> {
    Disk(DiskListing<'a>),
    Store(StoreListing<'a>),
    /// These, in the order of keys.
    Known(std::vec::IntoIter<Item>),
}

impl Listing for Source<'_> {
    fn next(&mut self) -> Option<Found> {
        match self {
            Self::Disk(listing) => listing.next(),
            Self::Store(listing) => listing.next(),
            Self::Known(items) => items.next().map(Found::Item),
        }
    }
}

/// The listings of both sides, and what they have come to.
pub(super) struct Comparison<'a> {
    run: &'a Run<'a>,
    source: Source<'a>,
    target: Box<dyn Listing + Send + 'a>,
    new: Side<'a>,
    old: Side<'a>,
    /// What the target alone has.
    pub(super) strays: Strays,
    /// The directory of the source that was left out: what the target has below is no stray.
    left: Option<String>,
    /// The directory that could not be made, or not yet.
    blocked: Option<Blocked>,
    /// What something at the target stands in the way of.
    late: Vec<Item>,
    /// Whether what stood in the way is gone.
    is_late: bool,
    /// The directory that has a marker at the target, or is to get one, last.
    marked: Option<String>,
    /// Directories that are to get a marker.
    to_mark: Vec<String>,
}

enum Keyed {
    Item(Item),
    Left(String),
}

struct Blocked {
    key: String,
    is_late: bool,
}

impl Keyed {
    fn key(&self) -> &str {
        match self {
            Self::Item(item) => &item.key,
            Self::Left(key) => key,
        }
    }
}

/// How far a side has been read.
struct Side<'a> {
    /// The next item, if it was asked for.
    next: Option<Keyed>,
    order: Order<'a>,
    /// What is left, if it had to be sorted.
    sorted: VecDeque<Keyed>,
}

impl<'a> Side<'a> {
    fn new(start: Start<'a>) -> Self {
        Self { next: None, order: Order::of(start.store()), sorted: VecDeque::new() }
    }

    /// Takes the next item of what was sorted; returns whether there is one now.
    fn is_read(&mut self) -> bool {
        if self.next.is_none() {
            self.next = self.sorted.pop_front();
        }
        self.next.is_some()
    }

    fn clear(&mut self) {
        self.next = None;
        self.sorted.clear();
    }
}

/// What is in the way of something new.
enum InTheWay {
    Nothing,
    /// It goes when the strays do.
    Stray,
    Error(io::Error),
}

impl<'a> Comparison<'a> {
    pub(super) fn new(run: &'a Run<'a>, source: Source<'a>, target: Box<dyn Listing + Send + 'a>) -> Self {
        Self {
            run,
            source,
            target,
            new: Side::new(run.from),
            old: Side::new(run.to.start()),
            strays: Strays::default(),
            left: None,
            blocked: None,
            late: Vec::new(),
            is_late: false,
            marked: None,
            to_mark: Vec::new(),
        }
    }

    /// The next thing that is to be done; nothing if that was all.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        while !self.run.account.is_over() {
            self.read_source();
            if let Some(key) = self.to_mark.pop() {
                return Some(Job { item: Item::directory(key), old: None, task: Task::Copy, file: None });
            }
            // Without a source, the rest of the target is of interest only if it is to be removed.
            if self.new.next.is_some() || self.run.deletes {
                self.read_target();
            }
            let order = match (&self.new.next, &self.old.next) {
                (None, None) => return None,
                (None, Some(_)) if !self.run.deletes => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(new), Some(old)) => new.key().cmp(old.key()),
            };
            if self.sorts(order) {
                continue;
            }
            let new = if order == Ordering::Greater { None } else { self.new.next.take() };
            let old = if order == Ordering::Less { None } else { self.old.next.take() };
            if let Some(job) = self.judge(new, old) {
                return Some(job);
            }
        }
        None
    }

    /// Goes on with what something stood in the way of, which is gone.
    pub(super) fn begin_late(&mut self) {
        let late = Source::Known(std::mem::take(&mut self.late).into_iter());
        *self = Self { is_late: true, ..Self::new(self.run, late, Box::new(Nothing)) };
    }

    /// Says what was not copied as something stays in its way.
    pub(super) fn give_up_late(&mut self) {
        for item in std::mem::take(&mut self.late) {
            let cause = match item.is_directory() {
                true => file_in_the_way(),
                false => directory_in_the_way(),
            };
            self.run.fail(&item.key, cause);
        }
    }

    fn read_source(&mut self) {
        while !self.new.is_read() {
            let Some(found) = self.source.next() else { return };
            match found {
                Found::Item(item) => self.new.next = Some(Keyed::Item(item)),
                Found::Left(key, reason) => {
                    self.leave(&key, reason);
                    self.new.next = Some(Keyed::Left(key));
                }
                Found::Empty(key) => self.leave_empty(key),
                Found::Failed(error) => self.run.account.fail(error),
            }
            if let Some(new) = &self.new.next
                && let Err(cause) = self.new.order.read(new.key())
            {
                self.give_up(self.run.from, cause);
            }
        }
    }

    fn read_target(&mut self) {
        while !self.old.is_read() {
            let Some(found) = self.target.next() else { return };
            match found {
                Found::Item(item) => self.old.next = Some(Keyed::Item(item)),
                Found::Left(key, _) => self.old.next = Some(Keyed::Left(key)),
                Found::Empty(_) => {}
                Found::Failed(error) => self.run.account.fail(error),
            }
            if let Some(old) = &self.old.next
                && let Err(cause) = self.old.order.read(old.key())
            {
                self.give_up(self.run.to.start(), cause);
            }
        }
    }

    /// Sorts what is left of a side whose store may have listed the other side's next key too late; returns whether it did.
    fn sorts(&mut self, order: Ordering) -> bool {
        let (Some(new), Some(old)) = (&self.new.next, &self.old.next) else { return false };
        let (start, has_ahead) = match order {
            Ordering::Less => (self.run.to.start(), self.old.order.has_ahead(new.key())),
            Ordering::Greater => (self.run.from, self.new.order.has_ahead(old.key())),
            Ordering::Equal => return false,
        };
        match has_ahead {
            Ok(false) => return false,
            Ok(true) if order == Ordering::Less => self.sort(|all| &mut all.old, Self::read_target),
            Ok(true) => self.sort(|all| &mut all.new, Self::read_source),
            Err(cause) => self.give_up(start, cause),
        }
        true
    }

    fn sort(&mut self, side: fn(&mut Self) -> &mut Side<'a>, read: fn(&mut Self)) {
        let mut rest = Vec::new();
        while let Some(next) = side(self).next.take() {
            rest.push(next);
            read(self);
        }
        rest.sort_by(|left, right| left.key().cmp(right.key()));
        let side = side(self);
        side.sorted = rest.into();
        side.order.settle();
    }

    /// Ends the comparison, as it cannot be told what a side has.
    fn give_up(&mut self, start: Start<'_>, cause: io::Error) {
        self.run.account.fail(Error::located(Op::List, start.path(""), cause));
        self.source = Source::Known(Vec::new().into_iter());
        self.target = Box::new(Nothing);
        self.new.clear();
        self.old.clear();
    }

    /// Decides what becomes of one key.
    fn judge(&mut self, new: Option<Keyed>, old: Option<Keyed>) -> Option<Job> {
        match (new, old) {
            (Some(Keyed::Item(new)), Some(Keyed::Item(old))) => self.item(new, Some(old)),
            (Some(Keyed::Item(new)), None) => self.item(new, None),
            // What is left out at the target is not touched.
            (Some(Keyed::Item(new)), Some(Keyed::Left(_))) => {
                self.record_left(&new.key);
                None
            }
            (Some(Keyed::Left(key)), _) => {
                self.left = Some(key).filter(|key| key.ends_with('/'));
                None
            }
            (None, Some(old)) => {
                self.target_only(old);
                None
            }
            (None, None) => None,
        }
    }

    fn target_only(&mut self, old: Keyed) {
        let item = match old {
            Keyed::Item(item) if !self.left.as_ref().is_some_and(|left| item.key.starts_with(left)) => item,
            stays => return self.strays.keep_above(stays.key()),
        };
        let is_implied = item.is_directory() && item.tag.is_none() && matches!(self.run.to, Target::Store(_));
        if self.run.deletes && !is_implied {
            self.look_at(&item);
            self.strays.add(item);
        }
    }

    fn item(&mut self, new: Item, old: Option<Item>) -> Option<Job> {
        if let Some(blocked) = self.blocked.as_ref().filter(|blocked| new.key.starts_with(&blocked.key)) {
            if blocked.is_late {
                self.late.push(new);
            }
            return None;
        }
        self.look_at(&new);
        let key = new.key.clone();
        let judged = match (new.kind, self.run.from, self.run.to) {
            (FileKind::Symlink, ..) => {
                self.leave(&key, SkipReason::Symlink);
                Ok(None)
            }
            (FileKind::Other, Start::Disk(_), _) => self.special(&key).map(|()| None),
            (FileKind::Other, Start::Store(_), Target::Disk(_)) => Err(misfit(&key)),
            (FileKind::Directory, ..) => self.directory(new, old),
            (FileKind::File | FileKind::Other, ..) => self.file(new, old),
        };
        judged.unwrap_or_else(|cause| {
            self.run.fail(&key, cause);
            None
        })
    }

    fn special(&mut self, key: &str) -> io::Result<()> {
        if self.run.settings.specials == Specials::Refuse {
            return Err(is_special());
        }
        self.leave(key, SkipReason::Special);
        Ok(())
    }

    fn directory(&mut self, new: Item, old: Option<Item>) -> io::Result<Option<Job>> {
        self.record_directory(&new.key);
        let has_marker = old.as_ref().is_some_and(|old| old.tag.is_some());
        match self.run.to {
            Target::Store(_) if new.tag.is_some() && !has_marker => {
                Ok(Some(Job { item: new, old: None, task: Task::Copy, file: None }))
            }
            Target::Store(_) => {
                if has_marker {
                    self.marked = Some(new.key);
                }
                Ok(None)
            }
            Target::Disk(_) if old.is_some() => Ok(None),
            Target::Disk(disk) => {
                let key = new.key.clone();
                let made = self.made_directory(disk, new);
                if made.is_err() {
                    self.blocked = Some(Blocked { key, is_late: false });
                }
                made.map(|()| None)
            }
        }
    }

    fn made_directory(&mut self, disk: &DiskTarget<'_>, new: Item) -> io::Result<()> {
        check_name(split(&new.key).1)?;
        match self.in_the_way(disk, &new) {
            InTheWay::Nothing => {}
            InTheWay::Error(cause) => return Err(cause),
            InTheWay::Stray => {
                self.blocked = Some(Blocked { key: new.key.clone(), is_late: true });
                self.late.push(new);
                return Ok(());
            }
        }
        if !self.run.settings.dry_run {
            disk.make_dir(&new.key)?;
        }
        self.run.made(PlanAction::MakeDirectory, &new.key, Report { directories: 1, ..Report::default() });
        Ok(())
    }

    fn file(&mut self, new: Item, old: Option<Item>) -> io::Result<Option<Job>> {
        match self.run.to {
            Target::Store(keys) => {
                let key = PosixPathBuf::parse(&keys.full(&new.key));
                if new.kind == FileKind::File {
                    key_of(&key).map_err(|misfit| io::Error::new(ErrorKind::InvalidFilename, misfit.to_string()))?;
                }
            }
            Target::Disk(disk) => {
                check_name(split(&new.key).1)?;
                if old.is_none() {
                    match self.in_the_way(disk, &new) {
                        InTheWay::Nothing => {}
                        InTheWay::Error(cause) => return Err(cause),
                        InTheWay::Stray => {
                            self.late.push(new);
                            return Ok(None);
                        }
                    }
                }
            }
        }
        let Some(task) = self.run.task(&new, old.as_ref())? else {
            self.record_left(&new.key);
            return Ok(None);
        };
        let file = self.opened(&new, task)?;
        Ok(Some(Job { item: new, old, task, file }))
    }

    /// Opens a file of the source, unless nobody is going to read it.
    fn opened(&mut self, new: &Item, task: Task) -> io::Result<Option<OpenFile>> {
        let Source::Disk(listing) = &mut self.source else { return Ok(None) };
        if self.run.settings.dry_run && task != Task::ReplaceIfDifferent {
            return Ok(None);
        }
        let is_recorded = self.run.record.is_some();
        Ok(Some(if is_recorded { listing.open_identified(&new.key)? } else { listing.open(&new.key)? }))
    }

    /// What has the name of something new on a disk.
    fn in_the_way(&self, disk: &DiskTarget<'_>, new: &Item) -> InTheWay {
        let Self { run, is_late, .. } = *self;
        if is_late && run.settings.dry_run {
            return InTheWay::Nothing;
        }
        let kind = match disk.kind(&new.key) {
            Ok(None) => return InTheWay::Nothing,
            Ok(Some(kind)) => kind,
            Err(cause) => return InTheWay::Error(cause),
        };
        let is_directory = kind == FileKind::Directory;
        if is_directory == new.is_directory() {
            InTheWay::Error(other_case())
        } else if run.deletes && !is_late {
            InTheWay::Stray
        } else {
            InTheWay::Error(if is_directory { directory_in_the_way() } else { file_in_the_way() })
        }
    }

    /// Reports that planning goes on.
    fn look_at(&self, item: &Item) {
        if self.run.settings.tells_looks {
            self.run.account.progress(1, 0, || self.run.from.path(&item.key));
        }
    }

    fn leave(&mut self, key: &str, reason: SkipReason) {
        self.run.skip(key, reason);
        self.record_left(key);
    }

    /// A store has no directory without anything in it, unless it has a marker there, or below.
    fn leave_empty(&mut self, key: String) {
        let Target::Store(keys) = self.run.to else { return };
        if self.marked.as_ref().is_some_and(|marked| marked.starts_with(&key)) {
            return;
        }
        // The whole store has no marker.
        if self.run.settings.empty_dirs && !(keys.prefix.is_empty() && key.is_empty()) {
            self.marked = Some(key.clone());
            self.to_mark.push(key);
        } else {
            self.run.skip(&key, SkipReason::EmptyDirectory);
        }
    }

    fn record_left(&mut self, key: &str) {
        if let Some(record) = self.run.record {
            record.left(key, || self.source_directory());
        }
    }

    fn record_directory(&mut self, key: &str) {
        if let (Some(record), Source::Disk(listing)) = (self.run.record, &mut self.source) {
            record.directory(key, listing);
        }
    }

    fn source_directory(&mut self) -> Option<DirId> {
        match &mut self.source {
            Source::Disk(listing) => listing.directory().ok(),
            _ => None,
        }
    }
}

impl Run<'_> {
    /// What is done with a file; nothing, if what is at the target stays, which is then reported.
    pub(super) fn task(&self, new: &Item, old: Option<&Item>) -> io::Result<Option<Task>> {
        let Some(old) = old else { return Ok(Some(Task::Copy)) };
        let (overwrite, window) = (self.settings.overwrite, self.settings.time_window);
        if overwrite == Overwrite::Refuse {
            return Err(sys::taken_error());
        }
        if matches!(self.to, Target::Disk(_)) && overwrite != Overwrite::Skip {
            if old.is_directory() {
                return Err(directory_in_the_way());
            }
            refuse_special(FileKind::File, old.kind)?;
        }
        let task = match overwrite {
            Overwrite::Refuse | Overwrite::Skip => None,
            Overwrite::Always => Some(Task::Replace),
            Overwrite::IfNewer => is_newer(new, old, window).then_some(Task::Replace),
            Overwrite::IfDifferent => match compare(new, old, window) {
                Likeness::Same => None,
                Likeness::Different => Some(Task::Replace),
                Likeness::Unknown => Some(Task::ReplaceIfDifferent),
            },
        };
        if task.is_none() {
            self.account.add(Report { unchanged: 1, ..Report::default() });
        }
        Ok(task)
    }
}

fn misfit(key: &str) -> io::Error {
    match path_of(key) {
        Err(misfit) => io::Error::new(ErrorKind::InvalidFilename, misfit.to_string()),
        Ok(_) => unreachable!("BUG: it is a path"),
    }
}

pub(super) fn is_special() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "it is a pipe, a socket or a device")
}

pub(super) fn directory_in_the_way() -> io::Error {
    io::Error::new(ErrorKind::IsADirectory, "a directory is not replaced")
}

pub(super) fn file_in_the_way() -> io::Error {
    io::Error::new(ErrorKind::NotADirectory, "cannot replace a file with a directory")
}

fn other_case() -> io::Error {
    let reason = "the destination has something under this name already, perhaps in another case";
    io::Error::new(ErrorKind::AlreadyExists, reason)
}
