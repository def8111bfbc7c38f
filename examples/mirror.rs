//! Makes one directory like another, on a disk or in an object store.
//!
//! ```sh
//! cargo run --release --example mirror -- --dry-run --delete --exclude '**/target' SRC DST
//! cargo run --release --features remote --example mirror -- SRC s3://BUCKET/PREFIX
//! ```
//!
//! With the feature `remote`, SRC and DST can be in stores, with keys and endpoint as the tools of AWS take them.
//!
//! What is in SRC is copied with permissions, times, extended attributes, owner and hard links; what has the
//! same length and time in DST is left as it is. A plan comes first, a report last; on a terminal, what is being done is
//! shown in between. Ctrl-C ends it after the current file.
//!
//! With `--delete`, what is only in DST is removed, and so is what a copy cannot replace: first between two disks, last if
//! a store is on either side. If anything in SRC or DST cannot be read, or something excluded is in the way, nothing is
//! removed and all else is copied.

use std::error::Error;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Parser;
use waypath::{MirrorOptions, MirrorProgress, MirrorStage, PathBuf, Pattern, Report, Result};

mod common;
use common::progress::{Progress, Work};
use common::{Failures, Outcome, interrupt, say};

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

fn show(progress: &MirrorProgress<'_>, line: &mut Progress) {
    let &MirrorProgress { stage, files, bytes, total_files, total_bytes, .. } = progress;
    match stage {
        MirrorStage::Copying => line.work(&Work { files, total_files, bytes, total_bytes }),
        MirrorStage::Removing => line.note(|| format!("{files} of {total_files} removed")),
        _ => line.note(|| format!("planning: {files} files looked at")),
    }
}

/// What was done, without what was removed; and what was removed.
fn split(report: &Report) -> (Report, u64) {
    let mut rest = report.clone();
    rest.removed = 0;
    (rest, report.removed)
}

fn run(args: &Args, failures: &mut Failures) -> Outcome {
    let (mut line, mut strays, mut said) = (Progress::new(), None, Ok(()));
    let on_progress = |progress: &MirrorProgress<'_>| {
        if let (None, Some((to_do, strays_found))) = (strays, progress.plan.map(split)) {
            strays = Some(strays_found);
            said = say(format!("to do: {to_do}, {strays_found} to remove"));
        }
        show(progress, &mut line);
        if said.is_err() || interrupt::has_come() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = MirrorOptions::new().delete(args.delete).exclude(&args.exclude).dry_run(args.dry_run);
    let options = args.threads.into_iter().fold(options, MirrorOptions::threads).progress(on_progress);
    let result = mirror(&options, &args.source, &args.target);
    drop(options);
    line.clear();
    said?;
    let report = match &result {
        Ok(report) => Some(report),
        Err(error) => error.report(),
    };
    if let (Err(error), false) = (&result, interrupt::has_come()) {
        failures.add(error);
    }
    let Some(report) = report else { return Ok(()) };
    let (done, removed) = split(report);
    Ok(say(match (interrupt::has_come(), args.dry_run) {
        (true, _) => format!("interrupted: {report}"),
        (_, true) => format!("{done}, {removed} to remove"),
        _ => format!("done: {done}, {removed} of {} removed", strays.unwrap_or_default()),
    })?)
}

fn main() -> ExitCode {
    interrupt::listen();
    let args = Args::parse();
    let mut failures = Failures::default();
    let outcome = run(&args, &mut failures);
    failures.end(outcome)
}
