//! Makes one directory like another.
//!
//! ```sh
//! cargo run --release --example mirror -- --dry-run --delete --exclude '**/target' SRC DST
//! ```
//!
//! What is in SRC is copied with permissions, times, extended attributes, owner and hard links; what has the
//! same length and time in DST is left as it is. A plan comes first, a report last.
//!
//! With `--delete`, what is only in DST is removed before anything is copied, and so is what a copy cannot replace:
//! a directory where SRC has a file, a file where SRC has a directory, a pipe or device where SRC has something else.
//! Without it, these are errors. If anything in SRC or DST cannot be read, or something excluded is in the way,
//! nothing is removed and all else is copied.
//!
//! What `--exclude` matches is neither copied nor removed, and neither are the directories of DST that hold such
//! a thing. Names that are not UTF-8 are copied, and never removed. Links are never followed, except SRC and DST
//! themselves.
//!
//! Errors go to standard error, and the exit status is 1; bad arguments give 2.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::iter::Peekable;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use waypath::{
    CopyOptions, Entry, FileKind, Op, Overwrite, Path, PathBuf, Pattern, PlanAction, Report, Symlinks, Walk,
};

#[path = "common/output.rs"]
mod output;
use output::say;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Makes DST like SRC.
#[derive(Parser)]
struct Args {
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// Remove what is in DST and not in SRC
    #[arg(long)]
    delete: bool,
    /// Number of threads that copy
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Leave alone what matches, and everything below, in SRC and in DST
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    #[arg(value_name = "SRC")]
    source: PathBuf,
    #[arg(value_name = "DST")]
    target: PathBuf,
}

/// What is to be done.
struct Plan {
    strays: Vec<Entry>,
    copy: Report,
    /// Why not everything can be done.
    failures: Vec<Failure>,
}

/// What could not be read or done, and why.
#[derive(PartialEq)]
struct Failure {
    paths: Vec<std::path::PathBuf>,
    message: String,
}

impl Args {
    /// Does it and returns whether all went well.
    fn run(&self) -> Result<bool> {
        let mut plan = self.plan()?;
        plan.failures.iter().for_each(complain);
        if self.dry_run {
            plan.strays.iter().try_for_each(|stray| say(format!("{} `{}`", removal(stray), stray.printable())))?;
            say(format!("{}, {} to remove", plan.copy, plan.strays.len()))?;
            return Ok(plan.failures.is_empty());
        }
        plan.copy.steps.clear();
        say(format!("to do: {}, {} to remove", plan.copy, plan.strays.len()))?;
        let unremoved: Vec<_> =
            plan.strays.iter().filter_map(|stray| remove(stray).err()).map(|error| Failure::of(&error)).collect();
        unremoved.iter().for_each(complain);
        let (report, failures) = self.copy(&plan.copy);
        failures.iter().filter(|failure| !plan.failures.contains(failure)).for_each(complain);
        let removed = plan.strays.len() - unremoved.len();
        say(format!("done: {report}, {removed} of {} removed", plan.strays.len()))?;
        Ok(plan.failures.is_empty() && unremoved.is_empty() && failures.is_empty())
    }

    fn plan(&self) -> Result<Plan> {
        if !self.source.stat()?.is_dir() {
            return Err(format!("`{}` is not a directory", self.source.printable()).into());
        }
        let Strays { found: strays, unread, .. } = self.strays()?;
        if unread.is_empty() {
            let (copy, failures) = self.planned_copy(&strays);
            if failures.is_empty() {
                return Ok(Plan { strays, copy, failures });
            }
        }
        // Who cannot read everything does not know what is missing.
        let (copy, mut failures) = self.planned_copy(&[]);
        let is_said =
            |error: &&waypath::Error| failures.iter().any(|said| said.paths.iter().any(|path| path == error.path()));
        let unread: Vec<_> = unread.iter().filter(|error| !is_said(error)).map(Failure::of).collect();
        failures.extend(unread);
        Ok(Plan { strays: Vec::new(), copy, failures })
    }

    /// What copying will do when the strays are gone.
    fn planned_copy(&self, strays: &[Entry]) -> (Report, Vec<Failure>) {
        let strays = strays.iter().map(|stray| below(stray, &self.target).to_owned());
        outcome(self.options().dry_run(true).assume_removed(strays).copy(&self.source, &self.target))
    }

    /// Copies, and shows on a terminal how much is done of what was planned.
    fn copy(&self, plan: &Report) -> (Report, Vec<Failure>) {
        if !io::stderr().is_terminal() {
            return outcome(self.options().copy(&self.source, &self.target));
        }
        let (bytes, files) = (plan.bytes, plan.files + plan.links + plan.specials + plan.hard_links);
        let mut shown = Instant::now();
        let options = self.options().progress(move |done| {
            if shown.elapsed() > Duration::from_millis(50) {
                shown = Instant::now();
                show(&format!("{} of {bytes} bytes, {} of {files} files", done.bytes, done.files));
            }
            ControlFlow::Continue(())
        });
        let done = outcome(options.copy(&self.source, &self.target));
        show("");
        done
    }

    fn options(&self) -> CopyOptions<'static> {
        let options = CopyOptions::archive().symlinks(Symlinks::KeepInside).overwrite(Overwrite::IfDifferent);
        options.exclude(&self.exclude).threads(self.threads)
    }

    fn strays(&self) -> Result<Strays> {
        if !self.delete || !self.target.exists() {
            return Ok(Strays::default());
        }
        let source = self.source.resolve()?;
        for above in std::iter::once(&*source).chain(source.parents()) {
            if above.samefile(&self.target)? {
                return Err("SRC is in DST, and would be removed".into());
            }
        }
        Ok(Strays::of(&self.source, &self.target, &self.exclude))
    }
}

/// Replaces the line that the terminal shows.
fn show(line: &str) {
    // Who closed the terminal sees no progress, and gets a whole copy.
    _ = write!(io::stderr(), "\r{line:<79}\r");
}

/// What is in DST and not in SRC, or in the way of what SRC has there.
#[derive(Default)]
struct Strays {
    /// Whatever goes from a directory comes before the directory.
    found: Vec<Entry>,
    /// What could not be read, in SRC or in DST: nobody knows what is there.
    unread: Vec<waypath::Error>,
    /// Those directories above the current entry of DST that are strays if everything in them is.
    open: Vec<OpenDirectory>,
}

struct OpenDirectory {
    entry: Entry,
    strays: usize,
}

impl Strays {
    /// Compares two listings, which come in the same order. No path of the one is looked up in the other: there it
    /// could lead through a link.
    fn of(source: &Path, target: &Path, exclude: &[Pattern]) -> Self {
        let mut strays = Self::default();
        let mut originals = Originals { start: source, walk: source.walk().exclude(exclude).peekable() };
        for entry in target.walk().exclude(exclude) {
            match entry {
                Ok(entry) => {
                    let original = originals.kind_of(below(&entry, target), &mut strays.unread);
                    strays.add(entry, original);
                }
                // Names that are not UTF-8 are copied like others; where only DST has one, it stays.
                Err(error) if error.op() == Op::Convert => {
                    output::complain("mirror", format!("never removed: {error}"))
                }
                Err(error) => strays.unread.push(error),
            }
        }
        strays.close_directories(None);
        originals.finish(&mut strays.unread);
        strays
    }

    /// Judges an entry by what SRC has at its path, if it has something.
    fn add(&mut self, entry: Entry, original: Option<FileKind>) {
        self.close_directories(Some(&entry));
        match entry.kind() {
            kind if original.is_some_and(|original| can_replace(original, kind)) => {}
            FileKind::Directory => self.open.push(OpenDirectory { entry, strays: 0 }),
            _ => self.remove(entry),
        }
    }

    /// Judges the directories that are complete, as the next entry is not in them.
    fn close_directories(&mut self, next: Option<&Entry>) {
        let is_complete = |open: &mut OpenDirectory| next.is_none_or(|next| !next.is_relative_to(&open.entry));
        while let Some(OpenDirectory { entry, strays }) = self.open.pop_if(is_complete) {
            // Where there is more, it is excluded, or its name is not UTF-8.
            if entry.iterdir().count() == strays {
                self.remove(entry);
            }
        }
    }

    fn remove(&mut self, entry: Entry) {
        // Beyond the system's longest path, nothing can be removed.
        self.unread.extend(entry.lstat().err());
        if let Some(above) = self.open.last_mut() {
            above.strays += 1;
        }
        self.found.push(entry);
    }
}

/// The entries of SRC, up to the one that is asked for.
struct Originals<'a> {
    start: &'a Path,
    walk: Peekable<Walk<'static>>,
}

impl Originals<'_> {
    /// What SRC has at a path; the paths are asked for in order.
    fn kind_of(&mut self, path: &Path, unread: &mut Vec<waypath::Error>) -> Option<FileKind> {
        let start = self.start;
        while let Some(before) =
            self.walk.next_if(|next| next.as_ref().map_or(true, |entry| *below(entry, start) < *path))
        {
            unread.extend(unread_by(before));
        }
        self.walk.peek()?.as_ref().ok().filter(|entry| *below(entry, start) == *path).map(|entry| entry.kind())
    }

    fn finish(self, unread: &mut Vec<waypath::Error>) {
        unread.extend(self.walk.filter_map(unread_by));
    }
}

/// What could not be read. A name that is not UTF-8 could.
fn unread_by(original: waypath::Result<Entry>) -> Option<waypath::Error> {
    original.err().filter(|error| error.op() != Op::Convert)
}

/// Whether a copy can put something in the place of something else: neither directories for other things, nor other
/// things for directories, pipes, sockets and devices.
fn can_replace(original: FileKind, old: FileKind) -> bool {
    original == old || original != FileKind::Directory && matches!(old, FileKind::File | FileKind::Symlink)
}

/// The path of an entry below the start of its listing.
fn below<'e>(entry: &'e Entry, start: &Path) -> &'e Path {
    entry.relative_to(start).expect("BUG: an entry that is not below its start")
}

impl Failure {
    fn of(error: &waypath::Error) -> Self {
        let paths = [Some(error.path()), error.second_path()].into_iter().flatten();
        Self { paths: paths.map(ToOwned::to_owned).collect(), message: error.to_string() }
    }
}

/// What was done, and what failed.
fn outcome(result: waypath::Result<Report>) -> (Report, Vec<Failure>) {
    let Err(error) = result else { return (result.unwrap_or_default(), Vec::new()) };
    let mut failures: Vec<_> = error.failures().iter().map(Failure::of).collect();
    let untold = error.failure_count() - failures.len();
    if untold > 0 {
        failures.push(Failure { paths: Vec::new(), message: format!("{untold} more failures") });
    }
    (error.report().cloned().unwrap_or_default(), failures)
}

/// How an entry goes.
fn removal(stray: &Entry) -> PlanAction {
    if stray.kind() == FileKind::Directory { PlanAction::RemoveDirectory } else { PlanAction::Remove }
}

/// Removes what was planned and nothing else: a directory only if it is empty.
fn remove(stray: &Entry) -> waypath::Result<()> {
    match removal(stray) {
        PlanAction::RemoveDirectory => stray.rmdir(),
        _ => stray.unlink(),
    }
}

fn complain(failure: &Failure) {
    output::complain("mirror", &failure.message);
}

fn main() -> ExitCode {
    match Args::parse().run() {
        Ok(all_went_well) => ExitCode::from(u8::from(!all_went_well)),
        Err(error) => {
            output::complain("mirror", error);
            ExitCode::FAILURE
        }
    }
}
