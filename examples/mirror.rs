//! Makes one directory like another, on a disk or in an object store.
//!
//! ```sh
//! cargo run --release --example mirror -- --dry-run --delete --exclude '**/target' SRC DST
//! cargo run --release --features remote --example mirror -- SRC s3://BUCKET/PREFIX
//! ```
//!
//! SRC and DST are directories; with the feature `remote`, each can be `s3://BUCKET/PREFIX`, with keys and endpoint as the
//! tools of AWS take them.
//!
//! What is in SRC is copied with permissions, times, extended attributes, owner and hard links; what has the
//! same length and time in DST is left as it is. A plan comes first, a report last; on a terminal, what is being done is
//! shown in between. Ctrl-C ends it after the current file.
//!
//! With `--delete`, what is only in DST is removed, and so is what a copy cannot replace: first between two disks, last if
//! a store is on either side. If anything in SRC or DST cannot be read, or something excluded is in the way, nothing is
//! removed and all else is copied.
//!
//! Errors go to standard error, and the exit status is 1; bad arguments give 2, and Ctrl-C 130.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::Parser;
use waypath::{MirrorOptions, MirrorProgress, MirrorStage, PathBuf, Pattern, Report, Result, Size};

#[path = "common/interrupt.rs"]
mod interrupt;
#[path = "common/output.rs"]
mod output;
use output::say;

/// Makes DST like SRC: copies what is missing or different, and removes the rest if told.
#[derive(Parser)]
struct Args {
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// Remove what is in DST and not in SRC
    #[arg(long)]
    delete: bool,
    /// Number of threads that copy [default: 1, or what an object store takes]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Leave alone what matches, and everything below, in SRC and in DST
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// The directory to copy from, or `s3://bucket/prefix`
    #[arg(value_name = "SRC")]
    source: Place,
    /// The directory to make like SRC, or `s3://bucket/prefix`; it is created if it does not exist
    #[arg(value_name = "DST")]
    target: Place,
}

/// A directory.
#[derive(Clone)]
enum Place {
    Disk(PathBuf),
    #[cfg(feature = "remote-no-tls")]
    Store(waypath::RemotePath),
}

impl FromStr for Place {
    type Err = Box<dyn Error + Send + Sync>;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.starts_with("s3://") {
            false => Ok(Self::Disk(PathBuf::parse(text))),
            #[cfg(feature = "remote-no-tls")]
            true => Ok(Self::Store(waypath::RemotePath::from_uri(text)?)),
            #[cfg(not(feature = "remote-no-tls"))]
            true => Err("object stores need the feature `remote`: cargo run --features remote --example mirror".into()),
        }
    }
}

fn mirror(options: &MirrorOptions<'_>, source: &Place, target: &Place) -> Result<Report> {
    match (source, target) {
        (Place::Disk(source), Place::Disk(target)) => options.mirror(source, target),
        #[cfg(feature = "remote-no-tls")]
        (Place::Disk(source), Place::Store(target)) => options.mirror(source, target),
        #[cfg(feature = "remote-no-tls")]
        (Place::Store(source), Place::Disk(target)) => options.mirror(source, target),
        #[cfg(feature = "remote-no-tls")]
        (Place::Store(source), Place::Store(target)) => options.mirror(source, target),
    }
}

/// What the user sees while it works.
struct Screen {
    is_terminal: bool,
    shown: Instant,
    /// When copying began.
    began: Option<Instant>,
    /// How many files are to be removed, once that is known.
    strays: Option<u64>,
    /// Whether it could be printed.
    said: io::Result<()>,
}

impl Screen {
    fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), shown: Instant::now(), began: None, strays: None, said: Ok(()) }
    }

    fn show(&mut self, progress: &MirrorProgress<'_>) -> ControlFlow<()> {
        if let (None, Some(plan)) = (self.strays, progress.plan) {
            self.strays = Some(plan.removed);
            self.said = say(format!("to do: {}, {} to remove", without_removals(plan), plan.removed));
        }
        if progress.stage == MirrorStage::Copying {
            self.began.get_or_insert_with(Instant::now);
        }
        if self.is_terminal && self.shown.elapsed() > Duration::from_millis(50) {
            self.shown = Instant::now();
            replace_line(&self.parts(progress));
        }
        if self.said.is_err() || interrupt::has_come() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn parts(&self, progress: &MirrorProgress<'_>) -> Vec<String> {
        let &MirrorProgress { stage, files, bytes, total_files, total_bytes, .. } = progress;
        let elapsed = match (stage, self.began) {
            (MirrorStage::Copying, Some(began)) => began.elapsed().as_secs_f64(),
            (MirrorStage::Removing, _) => return vec![format!("{files} of {total_files} removed")],
            _ => return vec![format!("planning: {files} files looked at")],
        };
        // A file takes some time even if it is empty.
        let work = |files: u64, bytes: u64| files as f64 * 4096.0 + bytes as f64;
        let share = (work(files, bytes) / work(total_files, total_bytes).max(1.0)).clamp(1e-6, 1.0);
        let left = (elapsed * (1.0 - share) / share) as u64;
        vec![
            format!("{:3.0} %", share * 100.0),
            format!("{} of {}", Size(bytes), Size(total_bytes)),
            format!("{files} of {total_files} files"),
            format!("{}/s", Size((bytes as f64 / elapsed.max(0.001)) as u64)),
            format!("{}:{:02} left", left / 60, left % 60),
        ]
    }
}

/// Replaces the line that the terminal shows by as many parts as fit into it.
fn replace_line(parts: &[String]) {
    let width = output::width() - 1;
    let lines = (1..=parts.len()).map(|count| parts[..count].join(", "));
    let line = lines.take_while(|line| line.len() <= width).last().unwrap_or_default();
    // Who closed the terminal sees no progress, and gets a whole copy.
    _ = write!(io::stderr(), "\r{line:<width$}\r");
}

fn without_removals(report: &Report) -> Report {
    let mut report = report.clone();
    report.removed = 0;
    report
}

impl Args {
    /// Does it; returns the exit status.
    fn run(&self) -> Result<u8> {
        let mut screen = Screen::new();
        let options = MirrorOptions::new().delete(self.delete).exclude(&self.exclude).dry_run(self.dry_run);
        let options = match self.threads {
            Some(count) => options.threads(count),
            None => options,
        };
        let options = options.progress(|progress| screen.show(progress));
        let result = mirror(&options, &self.source, &self.target);
        drop(options);
        if screen.is_terminal {
            replace_line(&[]);
        }
        screen.said?;
        if interrupt::has_come() {
            let done = result.as_ref().map_or_else(waypath::Error::report, Some);
            done.map_or(Ok(()), |done| say(format!("interrupted: {done}")))?;
            return Ok(interrupt::STATUS);
        }
        let (report, status) = match result {
            Ok(report) => (report, 0),
            Err(error) => {
                complain(&error);
                let Some(report) = error.report() else { return Ok(1) };
                (report.clone(), 1)
            }
        };
        let (done, removed) = (without_removals(&report), report.removed);
        match self.dry_run {
            true => say(format!("{done}, {removed} to remove"))?,
            false => say(format!("done: {done}, {removed} of {} removed", screen.strays.unwrap_or_default()))?,
        }
        Ok(status)
    }
}

/// Says all that failed.
fn complain(error: &waypath::Error) {
    error.failures().iter().for_each(|failure| output::complain("mirror", failure));
    let untold = error.failure_count() - error.failures().len();
    if untold > 0 {
        output::complain("mirror", format!("{untold} more failures"));
    }
}

fn main() -> ExitCode {
    interrupt::listen();
    match Args::parse().run() {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            output::complain("mirror", error);
            ExitCode::FAILURE
        }
    }
}
