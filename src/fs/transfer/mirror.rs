//! Mirroring: what is to be done is counted first if somebody wants to know, and strays are removed last.

use std::sync::atomic::{AtomicBool, Ordering};

use super::delete::Strays;
use super::run::Run;
use super::{Ends, Order, Remover};
use crate::error::{Op, Result};
use crate::fs::copy::{CopyOptions, Removed};
use crate::fs::mirror::{MirrorOptions, Stage, content_first, taken_apart};
use crate::report::{MirrorStage, PlanAction, PlanStep, RawPath, Report, TreeProgress};
use crate::tree::{Account, OnProgress, stopped};

/// A mirror, and whether it was told to stop.
struct Mirror<'a, 'p> {
    ends: &'a Ends<'a>,
    options: &'a MirrorOptions<'p>,
    is_stopped: AtomicBool,
}

impl Ends<'_> {
    pub(super) fn mirror(&self, options: &MirrorOptions<'_>) -> Result<Report> {
        Mirror { ends: self, options, is_stopped: AtomicBool::new(false) }.run()
    }
}

impl Mirror<'_, '_> {
    fn run(&self) -> Result<Report> {
        if self.options.dry_run {
            return self.plan().map(in_order).map_err(|error| {
                let report = in_order(error.report().cloned().unwrap_or_default());
                error.after(report)
            });
        }
        if self.options.told.is_none() {
            return self.carry_out(None);
        }
        let planned = self.plan();
        let cannot_begin = planned.as_ref().is_err_and(|error| error.report().is_none());
        if self.is_stopped() || cannot_begin {
            return planned;
        }
        // What failed is met again, and everything else is done.
        let (plan, _) = taken_apart(planned);
        self.carry_out(Some(&plan))
    }

    /// Finds out what has to be done.
    fn plan(&self) -> Result<Report> {
        let stage = self.stage(MirrorStage::Planning, None);
        let options = self.options.copying().planning(Removed::default(), self.options.dry_run);
        self.copied(options, stage, &|run, strays| run.remove(strays))
    }

    fn carry_out(&self, plan: Option<&Report>) -> Result<Report> {
        let stage = self.stage(MirrorStage::Copying, plan);
        if !self.begins(stage) {
            return Err(self.ends.error(Op::Mirror, stopped()).with_report(Report::default()));
        }
        let result = self.copied(self.options.copying(), stage, &|run, strays| self.remove(run, strays, plan));
        match self.is_stopped() {
            true => Err(self.ends.error(Op::Mirror, stopped()).with_report(taken_apart(result).0)),
            false => result,
        }
    }

    fn copied<'s>(&'s self, options: CopyOptions<'s>, stage: Stage<'s>, remover: Remover<'s>) -> Result<Report> {
        let options = match self.options.told.as_deref() {
            Some(told) => options.progress(move |progress| stage.tell(told, progress)),
            None => options,
        };
        let account = Account::new(options.on_progress.as_ref());
        let order = Order {
            op: Op::Mirror,
            settings: &options.settings,
            pruning: &options.pruning,
            account: &account,
            remover: self.options.delete.then_some(remover),
            record: None,
        };
        self.ends.carry_out(&order)?;
        self.ends.close(Op::Mirror, account)
    }

    /// Removes what the source does not have, as a stage of its own.
    fn remove(&self, run: &Run<'_>, strays: &Strays, plan: Option<&Report>) {
        let stage = self.stage(MirrorStage::Removing, plan);
        if self.begins(stage) {
            let told = self.options.told.as_deref();
            let on_progress = told.map(|told| OnProgress::new(move |progress| stage.tell(told, progress)));
            let account = Account::new(on_progress.as_ref());
            Run { account: &account, ..*run }.remove(strays);
            let (report, failed) = taken_apart(self.ends.close(Op::Mirror, account));
            run.account.add(report);
            if !self.is_stopped() {
                failed.enter(run.account);
            }
        }
        if self.is_stopped() {
            run.account.give_up();
        }
    }

    /// Reports that a stage begins. Returns whether to go on.
    fn begins(&self, stage: Stage<'_>) -> bool {
        let Some(told) = self.options.told.as_deref() else { return true };
        let path = RawPath::from(self.ends.from().path(""));
        stage.tell(told, &TreeProgress { files: 0, bytes: 0, path: &path }).is_continue()
    }

    fn stage<'s>(&'s self, stage: MirrorStage, plan: Option<&'s Report>) -> Stage<'s> {
        Stage { stage, plan, before: 0, is_stopped: &self.is_stopped }
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}

/// Puts the steps of a plan in the order that every mirror has: what is removed first.
fn in_order(mut report: Report) -> Report {
    let is_removal = |step: &PlanStep| matches!(step.action, PlanAction::Remove | PlanAction::RemoveDirectory);
    let (mut removals, others): (Vec<_>, Vec<_>) = std::mem::take(&mut report.steps).into_iter().partition(is_removal);
    removals.sort_by(|left, right| content_first(left.path.as_ref(), right.path.as_ref()));
    removals.extend(others);
    Report { steps: removals, ..report }
}
