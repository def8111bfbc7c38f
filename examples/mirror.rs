//! Makes one directory like another.
//!
//! ```sh
//! cargo run --release --example mirror -- --dry-run --delete --exclude '**/target' SRC DST
//! ```
//!
//! What is in SRC is copied with permissions, times, extended attributes, owner and hard links; what has the
//! same length and time in DST is left as it is. A plan comes before, a report behind.
//!
//! What is only in DST stays; with `--delete` it is removed before anything is copied, if all of SRC could be
//! read. So is a directory where SRC has a file, and a file where SRC has a directory, which is an error
//! otherwise. What `--exclude` matches is neither copied nor removed, nor are the directories in DST that have
//! such a thing in them. Names that are not UTF-8 are copied, and never removed.
//!
//! Errors go to standard error, and the exit status is 1; bad arguments give 2.

use std::collections::HashMap;
use std::error::Error;
use std::io::{ErrorKind, Write as _};
use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use waypath::{Action, CopyOptions, Entry, FileKind, Op, Overwrite, Path, PathBuf, Pattern, Report, Symlinks};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Makes DST like SRC.
#[derive(Parser)]
struct Args {
    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,
    /// Remove what is in DST and not in SRC
    #[arg(long)]
    delete: bool,
    /// How many threads copy
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Leave alone what matches, and everything below, in SRC and in DST
    #[arg(long, value_name = "PATTERN", value_parser = Pattern::with_braces)]
    exclude: Vec<Pattern>,
    #[arg(value_name = "SRC")]
    source: PathBuf,
    #[arg(value_name = "DST")]
    target: PathBuf,
}

/// What is to be done.
struct Plan {
    /// What is to go from DST: all that goes from a directory comes before the directory.
    strays: Vec<Entry>,
    /// What is to go since one is a directory and the other is not: below both. What comes instead is not in `copy`.
    changed: Vec<PathBuf>,
    copy: Report,
    /// Why not everything can be copied.
    error: Option<waypath::Error>,
}

impl Args {
    /// Does it; whether all went well.
    fn mirror(&self) -> Result<bool> {
        let Plan { strays, changed, mut copy, error } = self.plan()?;
        if self.dry_run {
            strays.iter().for_each(|stray| say(format!("{} `{}`", action(stray), shown(stray))));
            changed.iter().for_each(|path| say(format!("replace `{}`", shown(&(&self.target / path)))));
            say(format!("{copy}, {} to remove, {} to replace", strays.len(), changed.len()));
            error.iter().for_each(complain);
            return Ok(error.is_none());
        }
        copy.steps.clear();
        say(format!("to do: {copy}, {} to remove, {} to replace", strays.len(), changed.len()));
        // Who cannot read all of SRC does not know what is missing there.
        let removed = match &error {
            None => strays.iter().filter(|stray| is_removed(stray)).count(),
            Some(_) => 0,
        };
        if !changed.is_empty() {
            copy = outcome(self.options().dry_run(true).copy(&self.source, &self.target)).0;
        }
        let (report, error) = self.copy(&copy);
        error.iter().for_each(complain);
        say(format!("done: {report}, {removed} of {} removed", strays.len()));
        Ok(error.is_none() && removed == strays.len())
    }

    fn plan(&self) -> Result<Plan> {
        if !self.source.stat()?.is_dir() {
            return Err(format!("`{}` is no directory", shown(&self.source)).into());
        }
        let strays = if self.delete && self.target.exists() { self.strays()? } else { Vec::new() };
        let mut changed = Vec::new();
        for stray in &strays {
            let path = stray.relative_to(&self.target)?;
            if (&self.source / &*path).lstat().is_ok() {
                changed.push(path.into_owned());
            }
        }
        let skips: Vec<_> = changed.iter().map(|path| Pattern::literal(path)).collect();
        let (mut copy, error) = outcome(self.options().exclude(&skips).dry_run(true).copy(&self.source, &self.target));
        copy.skipped.clear();
        Ok(Plan { strays, changed, copy, error })
    }

    fn options(&self) -> CopyOptions {
        let options = CopyOptions::archive().symlinks(Symlinks::KeepInside).overwrite(Overwrite::IfDifferent);
        options.exclude(&self.exclude).threads(self.threads)
    }

    /// What is in DST and not in SRC, or is a directory in one of both. A directory stays if anything in it
    /// does.
    fn strays(&self) -> Result<Vec<Entry>> {
        let source = self.source.resolve()?;
        for above in std::iter::once(&*source).chain(source.parents()) {
            if above.samefile(&self.target)? {
                return Err("SRC is in DST, and would be removed".into());
            }
        }
        let mut strays = Vec::new();
        let mut leaving = HashMap::<PathBuf, usize>::new();
        for entry in self.target.walk().exclude(&self.exclude).contents_first() {
            let entry = match entry {
                Err(error) if error.op() == Op::Convert => {
                    eprintln!("mirror: never removed: {error}");
                    continue;
                }
                entry => entry?,
            };
            let is_dir = entry.kind() == FileKind::Directory;
            match (&self.source / &*entry.relative_to(&self.target)?).lstat() {
                Ok(original) if original.is_dir() == is_dir => continue,
                Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Err(error)?,
                _ => {}
            }
            if !is_dir || entry.iterdir().count() == leaving.remove(entry.path()).unwrap_or(0) {
                *leaving.entry(entry.parent().to_owned()).or_default() += 1;
                strays.push(entry);
            }
        }
        Ok(strays)
    }

    /// Copies, which is to do as much as planned, and shows how far it is.
    fn copy(&self, plan: &Report) -> (Report, Option<waypath::Error>) {
        let style = ProgressStyle::with_template("{wide_bar} {bytes} of {total_bytes}, {msg} files").unwrap();
        let bar = ProgressBar::new(plan.bytes).with_style(style);
        let (shown, total) = (bar.clone(), plan.files + plan.links + plan.specials + plan.hard_links);
        let options = self.options().progress(move |progress| {
            shown.set_position(progress.bytes);
            shown.set_message(format!("{} of {total}", progress.files));
            ControlFlow::Continue(())
        });
        let done = outcome(options.copy(&self.source, &self.target));
        bar.finish_and_clear();
        done
    }
}

/// What was done, and what was not.
fn outcome(result: waypath::Result<Report>) -> (Report, Option<waypath::Error>) {
    match result {
        Ok(report) => (report, None),
        Err(error) => (error.report().cloned().unwrap_or_default(), Some(error)),
    }
}

/// What is to be done to something that goes.
fn action(stray: &Entry) -> Action {
    if stray.kind() == FileKind::Directory { Action::RemoveDirectory } else { Action::Remove }
}

/// Removes what was planned and nothing else: a directory only if it is empty.
fn is_removed(stray: &Entry) -> bool {
    let removed = match action(stray) {
        Action::RemoveDirectory => stray.rmdir(),
        _ => stray.unlink(),
    };
    removed.inspect_err(complain).is_ok()
}

fn complain(error: &waypath::Error) {
    error.failures().iter().for_each(|failure| eprintln!("mirror: {failure}"));
    match error.failure_count() - error.failures().len() {
        0 => {}
        more => eprintln!("mirror: {more} more failures"),
    }
}

/// A path on one line.
fn shown(path: &Path) -> String {
    let escaped = |letter: char| if letter.is_control() { letter.escape_default().to_string() } else { letter.into() };
    path.as_str().chars().map(escaped).collect()
}

/// Prints a line. A reader who has gone, as in `mirror | head`, is no reason to stop.
fn say(line: String) {
    _ = writeln!(std::io::stdout(), "{line}");
}

fn main() -> ExitCode {
    match Args::parse().mirror() {
        Ok(all_went_well) => ExitCode::from(u8::from(!all_went_well)),
        Err(error) => {
            eprintln!("mirror: {error}");
            ExitCode::FAILURE
        }
    }
}
