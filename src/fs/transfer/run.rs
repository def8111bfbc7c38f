//! One transfer of a tree: both sides are gone through at once, and threads do what is to be done.
//!
//! ```text
//! Listing of the source ┐
//!                       ├─ Comparison: what each item needs ─→ Job ─→ Run::perform, in threads
//! Listing of the target ┘
//! ```
//!
//! Whichever thread has nothing to do takes the next item itself, so that no more is in memory, and open, than is at work.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::comparison::Comparison;
use super::delete::Strays;
use super::disk::DiskTarget;
use super::disk_listing::OpenFile;
use super::item::Item;
use super::record::Record;
use super::start::{Keys, Start};
use crate::error::{Error, Op};
use crate::fs::copy::{Overwrite, Settings};
use crate::report::{PlanAction, PlanStep, Report, SkipReason, Skipped};
use crate::sys::Losses;
use crate::tree::{Account, StopByPanic, in_threads, lock, stopped};

/// A transfer.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) op: Op,
    pub(super) settings: &'a Settings,
    pub(super) from: Start<'a>,
    pub(super) to: Target<'a>,
    /// Whether what is at the target only is removed.
    pub(super) deletes: bool,
    pub(super) threads: usize,
    pub(super) account: &'a Account<'a>,
    /// The permissions of a file that is fetched from a store.
    pub(super) usual_mode: u32,
    /// What was copied, for a move.
    pub(super) record: Option<&'a Record>,
}

/// The side that is changed.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Disk(&'a DiskTarget<'a>),
    Store(&'a Keys<'a>),
}

/// Something that one thread does.
pub(super) struct Job {
    pub(super) item: Item,
    pub(super) old: Option<Item>,
    pub(super) task: Task,
    /// The content, if the source is on a disk.
    pub(super) file: Option<OpenFile>,
}

/// What is done with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Copy,
    Replace,
    /// It is replaced if its content differs.
    ReplaceIfDifferent,
}

impl<'a> Target<'a> {
    pub(super) fn start(&self) -> Start<'a> {
        match *self {
            Self::Disk(disk) => Start::Disk(disk.path()),
            Self::Store(keys) => Start::Store(keys),
        }
    }
}

impl Run<'_> {
    /// Does all that the comparison comes to.
    pub(super) fn run(&self, comparison: &mut Comparison<'_>) {
        let (comparison, is_broken) = (Mutex::new(comparison), AtomicBool::new(false));
        let threads =
            if self.settings.dry_run && self.settings.overwrite != Overwrite::IfDifferent { 1 } else { self.threads };
        in_threads(threads, || {
            let _stop = StopByPanic(&is_broken);
            while !self.account.is_over()
                && !is_broken.load(Ordering::Relaxed)
                && let Some(job) = { lock(&comparison).next_job() }
            {
                self.perform(job);
            }
        });
    }

    /// Copies everything, removes what is only at the target, and copies what stood in its way.
    pub(super) fn run_and_remove(&self, mut comparison: Comparison<'_>, remover: impl FnOnce(&Strays)) {
        self.run(&mut comparison);
        let strays = std::mem::take(&mut comparison.strays);
        // What failed may be all that is known of the source.
        if self.account.is_over() || self.account.has_failures() {
            return comparison.give_up_late();
        }
        if !strays.is_empty() {
            remover(&strays);
        }
        if !self.account.is_over() {
            comparison.begin_late();
            self.run(&mut comparison);
        }
    }

    /// The path of what has a key in the source and the error of it.
    pub(super) fn failed(&self, key: &str, cause: io::Error) -> Error {
        Error::located(self.op, self.from.path(key), cause).with_second(self.to.start().path(key))
    }

    pub(super) fn fail(&self, key: &str, cause: io::Error) {
        if !self.account.is_to_be_told(&cause) {
            return;
        }
        self.account.fail(self.failed(key, cause));
    }

    pub(super) fn skip(&self, key: &str, reason: SkipReason) {
        let skipped = vec![Skipped { path: self.from.path(key).into(), reason }];
        self.account.add(Report { skipped, ..Report::default() });
    }

    /// Enters a step that was made, or would be.
    pub(super) fn made(&self, action: PlanAction, key: &str, mut report: Report) {
        if self.settings.dry_run && self.settings.keeps_steps {
            report.steps.push(PlanStep { action, path: self.to.start().path(key).into() });
        }
        let is_file = report.files > 0;
        self.account.add(report);
        if is_file && !self.settings.dry_run {
            self.account.progress(1, 0, || self.from.path(key));
        }
    }

    /// Enters what a copy does not have of its original; an error if it must have everything.
    pub(super) fn not_kept(&self, key: &str, losses: Losses) -> io::Result<()> {
        if losses.is_empty() {
            return Ok(());
        }
        if self.settings.strict {
            return losses.refused();
        }
        self.account.add_losses(losses, self.to.start().path(key));
        Ok(())
    }

    /// Counts bytes on their way; an error if all is to stop.
    pub(super) fn count(&self, key: &str, bytes: u64) -> io::Result<()> {
        self.account.progress(0, bytes, || self.from.path(key));
        self.stop_if_told()
    }

    /// An error if all is to stop. It is not told: whoever stopped it knows.
    pub(super) fn stop_if_told(&self) -> io::Result<()> {
        if self.account.is_over() { Err(io::Error::other(stopped())) } else { Ok(()) }
    }
}
