//! What operations on whole trees share: the account of what was done, what failed, and whether to go on.

use std::ffi::OsStr;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::lock;
use crate::error::{Error, Op, Result};
use crate::report::{NotKept, RawPath, Report, TreeProgress};
use crate::sys::{self, Losses, OsPath, OsPathBuf};

type Closure<'p> = dyn FnMut(&TreeProgress<'_>) -> ControlFlow<()> + Send + 'p;

/// What is told how far an operation is; copies of it share the closure.
#[derive(Clone)]
pub(crate) struct OnProgress<'p>(Arc<Mutex<Closure<'p>>>);

impl<'p> OnProgress<'p> {
    pub(crate) fn new(closure: impl FnMut(&TreeProgress<'_>) -> ControlFlow<()> + Send + 'p) -> Self {
        Self(Arc::new(Mutex::new(closure)))
    }
}

/// The same without its lifetime, so that all that borrows an account borrows for one.
trait Tell: Sync {
    fn tell(&self, progress: &TreeProgress<'_>) -> ControlFlow<()>;
}

impl Tell for OnProgress<'_> {
    fn tell(&self, progress: &TreeProgress<'_>) -> ControlFlow<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)(progress)
    }
}

/// The account of one operation, which its threads share.
pub(crate) struct Account<'p> {
    on_progress: Option<&'p dyn Tell>,
    /// Held while it is told, so that no number comes after a larger one.
    telling: Mutex<()>,
    files: AtomicU64,
    bytes: AtomicU64,
    is_stopped: AtomicBool,
    has_given_up: AtomicBool,
    failures: Mutex<Failures>,
    /// What was achieved in spite of the failures.
    outcome: OnceLock<&'static str>,
    report: Mutex<Report>,
}

#[derive(Default)]
struct Failures {
    /// The first ones.
    kept: Vec<Error>,
    /// How many there are, and the kind of all of them.
    count: usize,
    kind: Option<io::ErrorKind>,
}

impl Failures {
    fn add(&mut self, error: Error) {
        self.count(1, error.kind());
        if self.kept.len() < Error::MOST_FAILURES {
            self.kept.push(error);
        }
    }

    fn add_all(&mut self, other: Self) {
        if let Some(kind) = other.kind {
            self.count(other.count, kind);
        }
        self.kept.extend(other.kept);
        self.kept.truncate(Error::MOST_FAILURES);
    }

    fn count(&mut self, count: usize, kind: io::ErrorKind) {
        self.count += count;
        self.kind = Some(self.kind.map_or(kind, |all| Error::common_kind(all, kind)));
    }
}

/// Stops all when this thread panics, by what the other threads look at: until the panic reaches the caller takes its
/// time.
pub(crate) struct StopByPanic<'a>(pub(crate) &'a AtomicBool);

impl Drop for StopByPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl<'p> Account<'p> {
    pub(crate) fn new(on_progress: Option<&'p OnProgress<'_>>) -> Self {
        Self {
            on_progress: on_progress.map(|on_progress| on_progress as &dyn Tell),
            telling: Mutex::new(()),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            is_stopped: AtomicBool::new(false),
            has_given_up: AtomicBool::new(false),
            failures: Mutex::default(),
            outcome: OnceLock::new(),
            report: Mutex::default(),
        }
    }

    /// Whether a closure is told how far the operation is.
    pub(crate) fn reports_progress(&self) -> bool {
        self.on_progress.is_some()
    }

    /// Whether the closure told to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// Counts what was done, and reports progress. Returns whether to go on.
    pub(crate) fn progress(&self, files: u64, bytes: u64, path: impl FnOnce() -> OsPathBuf) -> bool {
        let Some(on_progress) = self.on_progress else { return true };
        let path = path();
        let _telling = lock(&self.telling);
        // Before another thread can call the closure.
        let _stop = StopByPanic(&self.is_stopped);
        let files = self.files.fetch_add(files, Ordering::Relaxed) + files;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if !self.is_stopped() && on_progress.tell(&TreeProgress { files, bytes, path: &path.into() }).is_break() {
            self.is_stopped.store(true, Ordering::Relaxed);
        }
        !self.is_stopped()
    }

    /// Enters the failures of another account, and nothing else of it.
    pub(crate) fn add_failures(&self, other: Account<'_>) {
        let other = other.failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        lock(&self.failures).add_all(other);
    }

    /// Counts failures of this kind that were not kept.
    pub(crate) fn count_failures(&self, count: usize, kind: io::ErrorKind) {
        if count > 0 {
            lock(&self.failures).count(count, kind);
        }
    }

    /// Sets what the error reports as done in spite of the failures.
    pub(crate) fn set_outcome(&self, outcome: &'static str) {
        _ = self.outcome.set(outcome);
    }

    /// Lets all stop, as everything else would fail too; whether this is the first who says so.
    pub(crate) fn give_up(&self) -> bool {
        !self.has_given_up.swap(true, Ordering::Relaxed)
    }

    /// Whether to stop, for whatever reason.
    pub(crate) fn is_over(&self) -> bool {
        self.is_stopped() || self.has_given_up.load(Ordering::Relaxed)
    }

    pub(crate) fn has_failures(&self) -> bool {
        lock(&self.failures).count > 0
    }

    pub(crate) fn fail(&self, error: Error) {
        lock(&self.failures).add(error);
    }

    /// Whether a failure is to be told. One that everything else meets for the same reason ends all, and is told once.
    pub(crate) fn is_to_be_told(&self, cause: &io::Error) -> bool {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};

        !matches!(cause.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem) || self.give_up()
    }

    /// Enters what a copy at this path does not have of its original.
    pub(crate) fn add_losses(&self, losses: Losses, path: impl Into<RawPath>) {
        let path = path.into();
        let not_kept = losses.into_iter().map(|(what, cause)| NotKept {
            path: path.clone(),
            what,
            reason: cause.to_string(),
            kind: sys::error_kind(&cause),
        });
        let mut report = Report::default();
        report.add_not_kept(not_kept);
        self.add(report);
    }

    /// Counts what was removed in one step, and reports it: too late to stop.
    pub(crate) fn removed_at_once(&self, report: Report, start: &OsPath) {
        let Report { files, directories, links, specials, .. } = report;
        if let Some(on_progress) = self.on_progress {
            let files = files + directories + links + specials;
            _ = on_progress.tell(&TreeProgress { files, bytes: 0, path: &start.into() });
        }
        self.add(report);
    }

    /// Enters what one thread did.
    pub(crate) fn add(&self, report: Report) {
        lock(&self.report).add(report);
    }

    /// What was done so far, by all threads that have entered it.
    pub(crate) fn report(&self) -> Report {
        lock(&self.report).clone()
    }

    /// Takes back what was entered since this was the report.
    pub(crate) fn set_report(&self, report: Report) {
        *lock(&self.report) = report;
    }

    /// The error that ends an operation at once.
    pub(crate) fn end(&self, error: Error) -> Error {
        error.after(std::mem::take(&mut lock(&self.report)))
    }

    /// Closes the account of an operation. Returns what was done, or an error with what failed and what was done.
    ///
    /// An operation that failed in one piece has one failure, which is its own.
    pub(crate) fn close(self, op: Op, path: &OsPath, second: Option<&OsPath>) -> Result<Report> {
        let with_second = |error: Error| match second {
            Some(second) => error.with_second(second),
            None => error,
        };
        let mut report = self.report.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.sort();
        let Failures { mut kept, count, kind } = self.failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        if self.is_stopped.into_inner() {
            return Err(with_second(Error::new(op, path, stopped())).with_report(report));
        }
        if count == 0 {
            return Ok(report);
        }
        kept.sort_by(|left, right| left.path().cmp(right.path()));
        let error = match &kept[..] {
            [only] if only.op() == op && only.path() == path => kept.remove(0),
            _ => {
                let kind = kind.unwrap_or(io::ErrorKind::Other);
                with_second(Error::failures_of(op, path, kept, count, kind)).with_outcome(self.outcome.into_inner())
            }
        };
        Err(error.with_report(report))
    }
}

/// The path of a name in a directory, which is at a path below the start.
pub(crate) fn path_of(start: &OsPath, directory: &OsPath, name: &OsStr) -> OsPathBuf {
    let mut path = start.to_owned();
    path.extend(directory);
    if !name.is_empty() {
        path.push(name);
    }
    path
}

/// The error of an operation that was told to stop.
pub(crate) fn stopped() -> io::Error {
    io::Error::new(io::ErrorKind::Interrupted, "it was told to stop")
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::path::Path;

    use super::Account;
    use crate::error::{Error, Op};

    fn account(failures: impl IntoIterator<Item = ErrorKind>) -> Account<'static> {
        let account = Account::new(None);
        for (at, kind) in failures.into_iter().enumerate() {
            account.fail(Error::new(Op::Unlink, format!("x/{at:03}"), kind.into()));
        }
        account
    }

    #[track_caller]
    fn ends(account: Account<'_>, kind: ErrorKind, count: usize) {
        let error = account.close(Op::Rmtree, Path::new("x"), None).unwrap_err();
        assert_eq!((error.kind(), error.failure_count()), (kind, count));
        assert_eq!(error.failures().len(), count.min(100));
        assert!(error.to_string().contains(&format!("{count} failures, the first: cannot remove file `x/000`")));
    }

    #[test]
    fn the_kind_is_that_of_all_failures_also_of_those_that_are_not_kept() {
        let denied = || std::iter::repeat_n(ErrorKind::PermissionDenied, 150);
        ends(account(denied()), ErrorKind::PermissionDenied, 150);
        ends(account(denied().chain([ErrorKind::NotFound])), ErrorKind::Other, 151);
        ends(account(denied().chain([ErrorKind::NotFound]).chain(denied())), ErrorKind::Other, 301);
    }

    #[test]
    fn the_failures_of_another_account_count() {
        let denied = || account(std::iter::repeat_n(ErrorKind::PermissionDenied, 150));
        let both = |one: Account<'static>, other: Account<'static>| {
            one.add_failures(other);
            one
        };
        ends(both(denied(), denied()), ErrorKind::PermissionDenied, 300);
        ends(both(denied(), account([ErrorKind::NotFound])), ErrorKind::Other, 151);
        ends(both(denied(), account([])), ErrorKind::PermissionDenied, 150);
        ends(both(account([]), denied()), ErrorKind::PermissionDenied, 150);
    }
}
