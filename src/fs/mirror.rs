//! Making a directory like another one.

mod options;
mod strays;

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};

pub use options::MirrorOptions;

use super::copy::{CopyOptions, Removed};
use super::side::{Side, SidePath, Sides};
use crate::error::{Error, Op, Result};
use crate::kind::FileKind;
use crate::path::Path;
use crate::report::{MirrorStage, RawPath, Report, TreeProgress};
use crate::sys::{BasedPath, EditDir, Links, OsPath};
use crate::tree::{Account, OnProgress, stopped};
use crate::walk::{Exclusion, refuse_useless};
pub(super) use options::Stage;
use strays::{Comparison, Found, LeftOut, Purpose};

/// Mirroring.
impl Path {
    /// Makes a directory like this one: what is missing there is copied, what differs is replaced, and what is only there
    /// stays.
    ///
    /// A file differs if its length or its time of modification does. To remove what is only at the destination, to leave
    /// out files, or to see a plan first, use [`MirrorOptions`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (photos, backup) = (&base / "photos", &base / "backup");
    /// photos.mkdir()?;
    /// (&photos / "a.jpg").write_text("new")?;
    /// assert_eq!(photos.mirror_to(&backup)?.files, 1);
    /// assert_eq!(photos.mirror_to(&backup)?.files, 0);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`MirrorOptions::mirror`].
    #[doc(alias = "sync")]
    #[doc(alias = "rsync")]
    pub fn mirror_to(&self, target: impl Side) -> Result<Report> {
        MirrorOptions::new().mirror(self, target)
    }
}

impl MirrorOptions<'_> {
    /// Makes the directory `to` like the directory `from`.
    ///
    /// Files are copied as [`CopyOptions::archive`] does it: with permissions, times, extended attributes, owner and hard
    /// links, into read-only directories too. A file that has the same length and time at the destination stays as it is, and
    /// gets the attributes that differ. Names need not be UTF-8, and paths may be longer than the system allows.
    ///
    /// If something fails, everything else is still done, unless the disk is full; the error [lists](Error::failures) all
    /// failures, and what was done is in its [report](Error::report). If both trees are to be compared first, as with
    /// [`delete`](Self::delete), [`progress`](Self::progress) and [`dry_run`](Self::dry_run), memory does not grow with the
    /// number of files, except for the steps of a dry run.
    ///
    /// # Examples
    ///
    /// See [`MirrorOptions`].
    ///
    /// # Errors
    ///
    /// - [`NotFound`](ErrorKind::NotFound): the source does not exist, or the parent of the destination does not.
    /// - [`NotADirectory`](ErrorKind::NotADirectory): one of both is not a directory.
    /// - [`InvalidInput`](ErrorKind::InvalidInput): both are the same directory; the destination is inside the source, and
    ///   not [excluded](Self::exclude); with [`delete`](Self::delete), the source is inside the destination.
    /// - [`Interrupted`](ErrorKind::Interrupted): the closure of [`progress`](Self::progress) broke.
    /// - Others, of what could not be read, copied or removed.
    ///
    /// # Security
    ///
    /// `from` and `to` may be links to directories. No link below them is followed, neither to compare nor to copy nor to
    /// remove.
    pub fn mirror(&self, from: impl Side, to: impl Side) -> Result<Report> {
        self.mirror_between(&from.side(), &to.side())
    }

    pub(crate) fn mirror_between(&self, from: &SidePath<'_>, to: &SidePath<'_>) -> Result<Report> {
        self.excluded.iter().try_for_each(refuse_useless)?;
        match Sides::new(from, to) {
            Sides::Plain(from, to) => Mirror::new(self, from, to).run(),
            Sides::Located(source, target) => {
                Mirror::new(self, source, target).run().map_err(|error| error.between(&from.ground(), &to.ground()))
            }
            #[cfg(feature = "remote-no-tls")]
            Sides::Remote(transfer) => transfer.mirror(self),
        }
    }
}

/// The mirroring of one directory.
struct Mirror<'a, 'p, D: EditDir> {
    options: &'a MirrorOptions<'p>,
    from: BasedPath<'a, D>,
    to: BasedPath<'a, D>,
    exclusion: Exclusion<'a>,
    is_stopped: AtomicBool,
}

/// What has to be done.
#[derive(Default)]
struct Plan {
    totals: Report,
    /// Why not everything can be done.
    failed: Failed,
}

/// What failed.
#[derive(Default)]
pub(super) struct Failed {
    kept: Vec<Error>,
    /// How many more there were.
    untold: usize,
    kind: Option<ErrorKind>,
}

impl Failed {
    fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether a failure of the same file is among them.
    fn says(&self, error: &Error) -> bool {
        let path = error.path();
        self.kept.iter().any(|said| said.path() == path || said.second_path() == Some(path))
    }

    /// Adds what others do not say, as it is the same file that failed.
    fn add_unsaid(&mut self, other: Self) {
        let unsaid: Vec<_> = other.kept.into_iter().filter(|error| !self.says(error)).collect();
        self.kept.extend(unsaid);
        if other.untold > self.untold {
            (self.untold, self.kind) = (other.untold, other.kind);
        }
    }

    /// The only failure, if it is not of something in the source. A copy that could not begin is a mirror that could not.
    fn of_the_whole(&mut self, from: &OsPath) -> Option<Error> {
        let only = if self.is_of_the_whole(from) { self.kept.pop()? } else { return None };
        Some(if only.op() == Op::Copy { only.with_op(Op::Mirror) } else { only })
    }

    fn is_of_the_whole(&self, from: &OsPath) -> bool {
        self.untold == 0 && matches!(&self.kept[..], [only] if only.path() == from)
    }

    pub(super) fn enter(self, account: &Account<'_>) {
        self.kept.into_iter().for_each(|failure| account.fail(failure));
        account.count_failures(self.untold, self.kind.unwrap_or(ErrorKind::Other));
    }
}

impl<'a, 'p, D: EditDir> Mirror<'a, 'p, D> {
    fn new(options: &'a MirrorOptions<'p>, from: BasedPath<'a, D>, to: BasedPath<'a, D>) -> Self {
        let exclusion = Exclusion::new(&options.excluded).with_pruning(&options.pruning);
        let is_stopped = AtomicBool::new(false);
        Self { options, from, to, exclusion, is_stopped }
    }

    fn run(&self) -> Result<Report> {
        self.refuse()?;
        let MirrorOptions { delete, dry_run, told, .. } = self.options;
        let plan = if *delete || *dry_run || told.is_some() { Some(self.plan()?) } else { None };
        match plan {
            Some(plan) if *dry_run || self.cannot_begin(&plan) => self.close_plan(plan),
            Some(plan) => self.carry_out(plan),
            None => self.closed(Failed::default(), 0, self.copy(None)),
        }
    }

    /// Refuses what would destroy the source.
    fn refuse(&self) -> Result<()> {
        self.to.base.check_may_change().map_err(|cause| self.error(cause))?;
        let kind = self.from.base.kind(self.from.path, Links::Follow).map_err(|cause| self.error(cause))?;
        if kind != FileKind::Directory {
            return Err(self.error(ErrorKind::NotADirectory.into()));
        }
        let lies_in_target = || {
            let target = self.to.open_dir()?.id()?;
            self.from.open_dir()?.lies_in(&target)
        };
        // What cannot be opened is an error of the comparison.
        if self.options.delete && lies_in_target().unwrap_or(false) {
            let reason = "the source is inside the destination, and would be removed";
            return Err(self.error(io::Error::new(ErrorKind::InvalidInput, reason)));
        }
        Ok(())
    }

    /// Finds out what has to be done. Nothing may be removed if anything fails.
    fn plan(&self) -> Result<Plan> {
        let keeps_steps = self.options.dry_run;
        let stage = self.stage(MirrorStage::Planning, None);
        let purpose = if keeps_steps { Purpose::Plan } else { Purpose::Count };
        let (found, compared) = if self.options.delete { self.compare(purpose, stage) } else { Default::default() };
        let Found { count, looked_at, obstacles, parents, mut steps } = found;
        let stage = Stage { before: looked_at, ..stage };
        let planned = |removed| self.copied(self.options.copying().planning(removed, keeps_steps), stage);
        let (mut totals, mut failed) = taken_apart(planned(Removed::new(obstacles, parents)));
        failed.add_unsaid(compared);
        if failed.is_empty() {
            steps.sort_by(|left, right| content_first(left.path.as_ref(), right.path.as_ref()));
            steps.append(&mut totals.steps);
            totals = Report { removed: count, steps, ..totals };
        } else if count > 0 && !self.is_stopped() {
            // The strays stay, and so does what would have taken their places.
            let (without, more) = taken_apart(planned(Removed::default()));
            totals = without;
            failed.add_unsaid(more);
        }
        if self.is_stopped() { Err(self.error(stopped())) } else { Ok(Plan { totals, failed }) }
    }

    /// Whether nothing could be planned at all. What failed would fail again.
    fn cannot_begin(&self, plan: &Plan) -> bool {
        plan.totals == Report::default() && plan.failed.is_of_the_whole(self.from.path)
    }

    /// Returns the plan, as the report of a dry run.
    fn close_plan(&self, plan: Plan) -> Result<Report> {
        let Plan { mut totals, failed } = plan;
        // Their order is that of the plan, not of the paths.
        let steps = std::mem::take(&mut totals.steps);
        match self.closed(failed, 0, Ok(totals)) {
            Ok(report) => Ok(Report { steps, ..report }),
            Err(error) => {
                let report = Report { steps, ..error.report().cloned().unwrap_or_default() };
                Err(error.after(report))
            }
        }
    }

    fn carry_out(&self, plan: Plan) -> Result<Report> {
        let Plan { totals, failed: planned } = plan;
        let (found, mut failed) = match totals.removed {
            0 => Default::default(),
            _ => self.remove(&totals),
        };
        let copied = if self.is_stopped() { Ok(Report::default()) } else { self.copy(Some(&totals)) };
        let (report, of_copy) = taken_apart(copied);
        failed.add_unsaid(of_copy);
        failed.add_unsaid(planned);
        self.closed(failed, found.count, Ok(report))
    }

    fn remove(&self, plan: &Report) -> (Found, Failed) {
        let stage = self.stage(MirrorStage::Removing, Some(plan));
        if self.begins(stage) { self.compare(Purpose::Remove, stage) } else { Default::default() }
    }

    /// Reports that a stage begins. Returns whether to go on.
    fn begins(&self, stage: Stage<'_>) -> bool {
        let Some(told) = self.options.told.as_deref() else { return true };
        let path = RawPath::from(self.from.path);
        stage.tell(told, &TreeProgress { files: 0, bytes: 0, path: &path }).is_continue()
    }

    fn stage<'s>(&'s self, stage: MirrorStage, plan: Option<&'s Report>) -> Stage<'s> {
        Stage { stage, plan, before: 0, is_stopped: &self.is_stopped }
    }

    /// Compares both directories, if there are two.
    fn compare(&self, purpose: Purpose, stage: Stage<'_>) -> (Found, Failed) {
        let (from, to) = (self.from.path, self.to.path);
        let told = self.options.told.as_deref();
        let on_progress = told.map(|told| OnProgress::new(move |progress| stage.tell(told, progress)));
        let account = Account::new(on_progress.as_ref());
        let left_out = LeftOut {
            exclusion: &self.exclusion,
            gitignore: self.options.gitignore.then_some(self.from),
            same_file_system: self.options.same_file_system,
        };
        let comparison = Comparison::new(from, to, left_out, purpose, &account);
        let found = match (self.from.open_dir(), self.to.open_dir()) {
            (Ok(source), Ok(target)) => comparison.run(source, target),
            (_, Err(cause)) if cause.kind() == ErrorKind::NotFound => Found::default(),
            (Err(cause), _) => {
                account.fail(Error::new(Op::List, from, cause));
                Found::default()
            }
            (_, Err(cause)) => {
                account.fail(Error::new(Op::List, to, cause));
                Found::default()
            }
        };
        let closed = account.close(Op::Mirror, from, Some(to));
        (found, if self.is_stopped() { Failed::default() } else { taken_apart(closed).1 })
    }

    fn copy(&self, plan: Option<&Report>) -> Result<Report> {
        let stage = self.stage(MirrorStage::Copying, plan);
        if self.begins(stage) { self.copied(self.options.copying(), stage) } else { Ok(Report::default()) }
    }

    fn copied<'s>(&'s self, options: CopyOptions<'s>, stage: Stage<'s>) -> Result<Report> {
        match self.options.told.as_deref() {
            Some(told) => options.progress(move |progress| stage.tell(told, progress)).copied(self.from, self.to),
            None => options.copied(self.from, self.to),
        }
    }

    /// What was done, or the error.
    fn closed(&self, failed: Failed, removed: u64, copied: Result<Report>) -> Result<Report> {
        let account = Account::new(None);
        let (report, of_copy) = taken_apart(copied);
        let report = Report { removed: report.removed + removed, ..report };
        if self.is_stopped() {
            return Err(self.error(stopped()).with_report(report));
        }
        let mut failed = failed;
        failed.add_unsaid(of_copy);
        if let Some(only) = failed.of_the_whole(self.from.path) {
            return Err(only.after(report));
        }
        account.add(report);
        failed.enter(&account);
        account.close(Op::Mirror, self.from.path, Some(self.to.path))
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    fn error(&self, cause: io::Error) -> Error {
        Error::new(Op::Mirror, self.from.path, cause).with_second(self.to.path)
    }
}

/// What an operation on a tree has done, and what failed.
pub(super) fn taken_apart(result: Result<Report>) -> (Report, Failed) {
    match result {
        Ok(report) => (report, Failed::default()),
        Err(error) => {
            let (kept, count, kind, report) = error.into_parts();
            let untold = count - kept.len();
            (report, Failed { kept, untold, kind: Some(kind) })
        }
    }
}

/// The order of paths, but that what is in a directory comes before it.
pub(super) fn content_first(left: &OsPath, right: &OsPath) -> std::cmp::Ordering {
    match (left.starts_with(right), right.starts_with(left)) {
        (true, false) => std::cmp::Ordering::Less,
        (false, true) => std::cmp::Ordering::Greater,
        _ => left.cmp(right),
    }
}
