//! What is done with one file: it is compared, put, fetched, or copied within a store.

use std::io::{self, ErrorKind, Read, Seek as _};

use super::disk::{self, DiskTarget};
use super::disk_listing::OpenFile;
use super::item::Item;
use super::run::{Job, Run, Target, Task};
use super::same::{has_tag, time_for};
use super::start::{Keys, Start};
use crate::fs::copy::Overwrite;
use crate::objects::{Condition, ObjectReader, copy_all, put_all};
use crate::report::{Attribute, PlanAction, Report};
use crate::sys::{Facts, Losses};

/// The bits of a mode that are permissions.
const PERMISSIONS: u32 = 0o7777;

/// A file that came to the target.
struct Moved {
    bytes: u64,
    losses: Losses,
}

impl Run<'_> {
    pub(super) fn perform(&self, job: Job) {
        let key = job.item.key.clone();
        match self.performed(job) {
            // Whoever told to stop knows why this was not done.
            Err(_) if self.account.is_over() => {}
            Err(cause) => self.fail(&key, cause),
            Ok(()) => {}
        }
    }

    pub(super) fn performed(&self, job: Job) -> io::Result<()> {
        let Job { item, old, task, mut file } = job;
        let key = &item.key;
        if let (Task::ReplaceIfDifferent, Some(old)) = (task, &old)
            && self.has_content_of(&item, old, file.as_mut())?
        {
            return self.keep(&item, old);
        }
        let action = match (task, item.is_directory()) {
            (_, true) => PlanAction::MakeDirectory,
            (Task::Copy, _) => PlanAction::Copy,
            _ => PlanAction::Replace,
        };
        let mut report = Report::default();
        *report.count(if item.is_directory() { item.kind } else { crate::kind::FileKind::File }) += 1;
        if self.settings.dry_run {
            report.bytes = item.size;
            self.made(action, key, report);
            return Ok(());
        }
        let moved = match (self.from, self.to, file) {
            (Start::Disk(_), Target::Store(to), Some(file)) => self.put(&item, file, to, task),
            (Start::Store(from), Target::Disk(to), _) => self.fetch(&item, old.as_ref(), from, to),
            (Start::Store(from), Target::Store(to), _) => self.copy_across(&item, from, to, task),
            (Start::Disk(_), Target::Store(to), None) if item.is_directory() => {
                put_marker(key, to).map(|()| Moved { bytes: 0, losses: Losses::default() })
            }
            (Start::Disk(_), ..) => unreachable!("BUG: a file of the source is not open"),
        };
        let Moved { bytes, losses } = match moved {
            // It came meanwhile.
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists && self.settings.overwrite == Overwrite::Skip => {
                self.account.add(Report { unchanged: 1, ..Report::default() });
                return Ok(());
            }
            moved => moved?,
        };
        self.not_kept(key, losses)?;
        report.bytes = bytes;
        self.made(action, key, report);
        Ok(())
    }

    /// Whether a file has the content of an object, one of them being at the target.
    fn has_content_of(&self, item: &Item, old: &Item, file: Option<&mut OpenFile>) -> io::Result<bool> {
        match (self.from, self.to, &item.tag, &old.tag) {
            (_, Target::Store(keys), None, Some(tag)) => {
                let file = &mut file.expect("BUG: a file of the source is not open").file;
                let is_same = has_tag(&mut self.watched(&mut *file), item.size, tag, keys.store.limits())?;
                file.rewind()?;
                Ok(is_same)
            }
            (Start::Store(keys), Target::Disk(disk), Some(tag), _) => {
                let file = disk.read(&item.key)?;
                has_tag(&mut self.watched(file), item.size, tag, keys.store.limits())
            }
            _ => Ok(false),
        }
    }

    /// Leaves a file that has the content already. On a disk it gets the time of the object, so that it need not be read
    /// again.
    fn keep(&self, item: &Item, old: &Item) -> io::Result<()> {
        let mut report = Report { unchanged: 1, ..Report::default() };
        if let (Target::Disk(disk), Some(time)) = (self.to, item.modified.map(time_for))
            && old.modified != Some(time)
        {
            if !self.settings.dry_run {
                disk.set_time(&item.key, time)?;
            }
            report.updated = 1;
            self.made(PlanAction::SetAttributes, &item.key, report);
            return Ok(());
        }
        self.account.add(report);
        Ok(())
    }

    /// Puts a file of a disk into a store.
    fn put(&self, item: &Item, mut file: OpenFile, to: &Keys<'_>, task: Task) -> io::Result<Moved> {
        let losses = self.losses(&file.facts);
        if self.settings.strict && !losses.is_empty() {
            return losses.refused().map(|()| unreachable!("BUG: there are losses"));
        }
        let (key, mut bytes) = (to.full(&item.key), 0);
        // What is appended meanwhile is not copied, so that no more comes than was announced.
        let mut content = self.watched(&mut file.file).take(file.facts.size);
        let size = Some(file.facts.size);
        let tag = put_all(to.store, &key, (&mut content, size), self.condition(task), |count| {
            bytes += count;
            self.count(&item.key, count)
        })?;
        if let (Some(record), Some(directory)) = (self.record, &file.directory) {
            self.check_arrived(to, &key, bytes, &tag)?;
            let path = self.from.path(&item.key);
            record.file(directory, path.file_name().unwrap_or_default(), &file.facts);
        }
        Ok(Moved { bytes, losses })
    }

    /// Fetches an object to a disk.
    fn fetch(&self, item: &Item, old: Option<&Item>, from: &Keys<'_>, to: &DiskTarget<'_>) -> io::Result<Moved> {
        let draft = to.begin(&item.key, old)?;
        let key = from.full(&item.key);
        let mut body = ObjectReader::open(from.store, &key)?;
        let meta = body.meta().clone();
        let is_synced = if self.settings.sync { disk::Sync::Before } else { disk::Sync::Never };
        let written =
            disk::write(draft, &mut body, time_for(meta.modified), is_synced, |count| self.count(&item.key, count))?;
        if let Some(record) = self.record {
            record.object(&item.key, &meta.tag);
        }
        let mut losses = Losses::default();
        if let Some(cause) = written.untimed {
            losses.add(Attribute::Times, cause);
        }
        Ok(Moved { bytes: written.bytes, losses })
    }

    /// Copies an object: by the store itself, if it can reach both.
    fn copy_across(&self, item: &Item, from: &Keys<'_>, to: &Keys<'_>, task: Task) -> io::Result<Moved> {
        let (old_key, key, condition) = (from.full(&item.key), to.full(&item.key), self.condition(task));
        if to.store.is_beside(&**from.store) {
            let tag = copy_all(to.store, (&old_key, item.size), &key, condition)?;
            // It is too late to stop.
            _ = self.count(&item.key, item.size);
            if let (Some(record), Some(old_tag)) = (self.record, &item.tag) {
                self.check_arrived(to, &key, item.size, &tag)?;
                record.object(&item.key, old_tag);
            }
            return Ok(Moved { bytes: item.size, losses: Losses::default() });
        }
        let mut body = ObjectReader::open(from.store, &old_key)?;
        let (meta, mut bytes) = (body.meta().clone(), 0);
        let tag = put_all(to.store, &key, (&mut body, Some(meta.size)), condition, |count| {
            bytes += count;
            self.count(&item.key, count)
        })?;
        if let Some(record) = self.record {
            self.check_arrived(to, &key, bytes, &tag)?;
            record.object(&item.key, &meta.tag);
        }
        Ok(Moved { bytes, losses: Losses::default() })
    }

    /// Marks the directory that a tree goes to, as its source is marked.
    pub(super) fn mark(&self) -> io::Result<()> {
        let Target::Store(to) = self.to else { return Ok(()) };
        // The whole store has no marker.
        if to.prefix.is_empty() {
            return Ok(());
        }
        if !self.settings.dry_run {
            put_marker("", to)?;
        }
        self.made(PlanAction::MakeDirectory, "", Report { directories: 1, ..Report::default() });
        Ok(())
    }

    /// Makes sure that what was put is there, before its original is removed.
    fn check_arrived(&self, to: &Keys<'_>, key: &str, size: u64, tag: &str) -> io::Result<()> {
        let meta = to.store.head(key)?;
        match meta.size == size && meta.tag == tag {
            true => Ok(()),
            false => Err(io::Error::other("the copy was changed or removed meanwhile")),
        }
    }

    fn condition(&self, task: Task) -> Condition<'static> {
        let refuses = matches!(self.settings.overwrite, Overwrite::Refuse | Overwrite::Skip);
        if refuses && task == Task::Copy { Condition::IfFree } else { Condition::Always }
    }

    /// What an object does not have of a file.
    fn losses(&self, facts: &Facts) -> Losses {
        let (settings, mut losses) = (self.settings, Losses::default());
        if settings.attributes.mode && cfg!(unix) && facts.mode & PERMISSIONS != self.usual_mode {
            losses.add(Attribute::Mode, no_place());
        }
        if settings.hard_links && facts.names > 1 {
            losses.add(Attribute::HardLink, no_place());
        }
        losses
    }

    /// A reader that ends with an error when all is to stop.
    fn watched<R>(&self, inner: R) -> Watched<'_, R> {
        Watched { inner, run: self }
    }
}

/// Marks a directory, so that it exists without anything in it.
fn put_marker(key: &str, to: &Keys<'_>) -> io::Result<()> {
    to.store.put(&format!("{}{key}", to.prefix), b"", Condition::Always).map(drop)
}

struct Watched<'a, R> {
    inner: R,
    run: &'a Run<'a>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.run.stop_if_told()?;
        self.inner.read(buffer)
    }
}

fn no_place() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "an object has no place for it")
}
