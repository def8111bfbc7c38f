//! Removing what a mirror does not have at its source, once everything else is done.

use super::item::{Item, ancestors};
use super::run::{Run, Target};
use super::start::Keys;
use crate::error::{Error, Op};
use crate::objects::{Removed, remove_all};
use crate::report::{PlanAction, PlanStep, Report};

/// What is at the target only, in the order of keys.
#[derive(Default)]
pub(super) struct Strays(Vec<Stray>);

struct Stray {
    item: Item,
    /// Whether something in it is left out, so that it stays.
    stays: bool,
}

impl Strays {
    pub(super) fn add(&mut self, item: Item) {
        self.0.push(Stray { item, stays: false });
    }

    /// Keeps the directories that something is in.
    pub(super) fn keep_above(&mut self, key: &str) {
        for above in ancestors(key) {
            if let Ok(at) = self.0.binary_search_by(|stray| stray.item.key.as_str().cmp(above)) {
                self.0[at].stays = true;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|stray| stray.stays)
    }

    /// What is removed, in the order in which it can be: what is in a directory before it.
    fn in_order(&self) -> impl Iterator<Item = &Item> {
        self.0.iter().rev().filter(|stray| !stray.stays).map(|stray| &stray.item)
    }
}

impl Run<'_> {
    /// Removes the strays; in a dry run, only says so.
    pub(super) fn remove(&self, strays: &Strays) {
        if self.settings.dry_run {
            let mut report = Report::default();
            for item in strays.in_order() {
                report.removed += 1;
                let action = if item.is_directory() { PlanAction::RemoveDirectory } else { PlanAction::Remove };
                if self.settings.keeps_steps {
                    report.steps.push(PlanStep { action, path: self.to.start().path(&item.key).into() });
                }
            }
            return self.account.add(report);
        }
        match self.to {
            Target::Disk(disk) => {
                for item in strays.in_order() {
                    if self.account.is_over() {
                        return;
                    }
                    match disk.remove(item) {
                        Ok(()) => self.removed(&item.key),
                        Err(cause) => {
                            let op = if item.is_directory() { Op::Rmdir } else { Op::Unlink };
                            self.account.fail(Error::located(op, self.to.start().path(&item.key), cause));
                        }
                    }
                }
            }
            Target::Store(keys) => {
                self.remove_keys(keys, strays.in_order().map(|item| keys.full(&item.key)), |count| {
                    self.account.add(Report { removed: count, ..Report::default() });
                    self.account.progress(count, 0, || self.to.start().path(""));
                });
            }
        }
    }

    /// Removes objects; tells how many are gone, each time some are.
    pub(super) fn remove_keys(
        &self,
        keys: &Keys<'_>,
        all: impl Iterator<Item = String> + Send,
        gone: impl Fn(u64) + Sync,
    ) {
        remove_all(&**keys.store, self.threads, all, |removed| {
            match removed {
                Removed::Keys(count) => gone(count),
                Removed::Failed(key, cause) => {
                    self.account.fail(Error::located(Op::Unlink, keys.store.uri(&key), cause));
                }
            }
            !self.account.is_over()
        });
    }

    fn removed(&self, key: &str) {
        self.account.add(Report { removed: 1, ..Report::default() });
        self.account.progress(1, 0, || self.to.start().path(key));
    }
}
