//! What an operation in a process of its own tells of its work: as lines that the test reads.

use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};
use waypath::{Error, Report, Result};

use crate::snapshot::{Node, snapshot};

/// What was told of an operation.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) is_ok: bool,
    /// Whether it ended at once as everything else would fail for the same reason, such as a full disk.
    pub(crate) has_given_up: bool,
    /// The paths of what was not done; below the bases that were given, relative to them.
    pub(crate) failed: Vec<PathBuf>,
    /// What was done without some of what was to be kept: the path and what that is.
    pub(crate) not_kept: Vec<(PathBuf, String)>,
}

const PREFIX: &str = "told";

impl Told {
    /// Takes it from a result.
    pub(crate) fn of(result: &Result<Report>) -> Self {
        Self::read(Self::lines(result).as_bytes()).expect("there is a result")
    }

    /// Prints what there is to tell.
    pub(crate) fn print(result: &Result<Report>) {
        print!("{}", Self::lines(result));
    }

    fn lines(result: &Result<Report>) -> String {
        use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        let lines = std::cell::RefCell::new(String::new());
        let say = |what: &str, path: &Path, more: &str| {
            *lines.borrow_mut() += &format!("{PREFIX}\t{what}\t{}\t{more}\n", path.display());
        };
        match result {
            Ok(report) => {
                say("done", Path::new(""), "");
                print_report(report, say);
            }
            Err(error) => {
                say("error", Path::new(""), &format!("{error:?}").replace('\n', "; "));
                if matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem) {
                    say("given up", Path::new(""), "");
                }
                let all = if error.failures().is_empty() { std::slice::from_ref(error) } else { error.failures() };
                all.iter().for_each(|failure| print_failure(failure, say));
                error.report().into_iter().for_each(|report| print_report(report, say));
            }
        }
        lines.into_inner()
    }

    /// Reads it from what a process has printed; `None` if it did not come to that.
    pub(crate) fn read(output: &[u8]) -> Option<Self> {
        let (mut told, mut has_ended) = (Self::default(), false);
        for line in String::from_utf8_lossy(output).lines() {
            let mut parts = line.split('\t').skip_while(|part| !part.ends_with(PREFIX)).skip(1);
            let Some(what) = parts.next() else { continue };
            let mut next = || parts.next().unwrap_or_default().to_owned();
            match what {
                "done" => (told.is_ok, has_ended) = (true, true),
                "error" => has_ended = true,
                "given up" => told.has_given_up = true,
                "failed" => told.failed.push(next().into()),
                "not kept" => told.not_kept.push((next().into(), next())),
                _ => unreachable!("{line}"),
            }
        }
        has_ended.then_some(told)
    }

    /// The same with paths that are relative to the first of the bases that they are below.
    pub(crate) fn below(mut self, bases: &[PathBuf]) -> Self {
        let cut = |path: &mut PathBuf| {
            let below = bases.iter().find_map(|base| path.strip_prefix(base).ok()).map(Path::to_owned);
            *path = below.unwrap_or_else(|| panic!("{path:?} is below none of {bases:?}"));
        };
        self.failed.iter_mut().for_each(cut);
        self.not_kept.iter_mut().for_each(|(path, _)| cut(path));
        self
    }

    /// Whether something was not done: itself, or one of the directories that it is in.
    pub(crate) fn has_failed(&self, path: &Path) -> bool {
        self.failed.iter().any(|failed| path.starts_with(failed))
    }

    /// Whether what was told says why a path is not as it was to be: `old` is what it was before.
    pub(crate) fn excuses(&self, path: &Path, old: &Node, now: &Node, wanted: &Node) -> bool {
        if self.has_failed(path) || self.has_given_up && now == old {
            return true;
        }
        let differs = [
            // Without its list, a copy does not get the list's mask, which is the mode of the group.
            (&["Mode", "AccessList"][..], now.mode != wanted.mode),
            (&["Owner"], now.owner.0 != wanted.owner.0),
            (&["Group"], now.owner.1 != wanted.owner.1),
            (&["Times"], now.modified != wanted.modified),
            (&["Xattr", "AccessList", "DefaultAccessList"], now.xattrs != wanted.xattrs),
            (&["HardLink"], now.same_as != wanted.same_as && !self.has_lost_its_first(wanted)),
        ];
        // What is told of a file is told under the name that was copied.
        let first = wanted.same_as.as_deref().unwrap_or(path);
        let is_told = |what: &[&str]| {
            let is_it = |told: &str| what.iter().any(|what| told.starts_with(what));
            self.not_kept.iter().any(|(at, told)| (at == path || at == first) && is_it(told))
        };
        now.what == wanted.what && differs.iter().all(|(what, differs)| !differs || is_told(what))
    }

    /// Whether a file is to be the same as one that was not done.
    fn has_lost_its_first(&self, wanted: &Node) -> bool {
        wanted.same_as.as_ref().is_some_and(|first| self.has_failed(first))
    }
}

fn print_failure(failure: &Error, say: impl Fn(&str, &Path, &str)) {
    say("failed", failure.path().as_std_path(), "");
    failure.second_path().into_iter().for_each(|second| say("failed", second.as_std_path(), ""));
}

fn print_report(report: &Report, say: impl Fn(&str, &Path, &str)) {
    report.not_kept.iter().for_each(|lost| say("not kept", lost.path.as_std_path(), &format!("{:?}", lost.what)));
}

/// Gives all that is in a tree times that are the same in each scene.
pub(crate) fn set_times(start: &waypath::Path, first: i64) {
    let nodes = snapshot(start);
    for (path, seconds) in nodes.keys().rev().zip(first..) {
        let time = Timespec { tv_sec: seconds, tv_nsec: 123_456_789 };
        let times = Timestamps { last_access: time, last_modification: time };
        let at = AsRef::<Path>::as_ref(start).join(path);
        utimensat(CWD, &at, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
    }
}
