//! Makes one directory like another, on a disk or in an object store.
//!
//! ```sh
//! cargo run --release --example mirror -- --dry-run --delete --exclude '**/target' SRC DST
//! cargo run --release --features remote --example mirror -- SRC s3://BUCKET/PREFIX
//! ```
//!
//! With the feature `remote`, SRC and DST can be in stores, with keys and endpoint as the tools of AWS take them.
//!
//! The plan comes first, the progress on a terminal, the report last. Ctrl-C ends it after the current file. If anything
//! in SRC or DST cannot be read, or something excluded is in the way, nothing is removed, and all else is copied.

use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::Parser;
use waypath::{MirrorOptions, MirrorProgress, MirrorStage, Pattern, Report, Result, path};

mod common;
use common::progress::Progress;
use common::{Failures, Outcome, interrupt, run, say, valid};

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
    source: String,
    /// The directory to make like SRC, or `s3://bucket/prefix`; it is created if it does not exist
    #[arg(value_name = "DST")]
    target: String,
}

#[cfg(feature = "remote-no-tls")]
fn mirror_places(options: &MirrorOptions<'_>, source: &str, target: &str) -> Result<Report> {
    let store = |text: &str| text.starts_with("s3://").then(|| valid(waypath::RemotePath::from_uri(text)));
    match (store(source), store(target)) {
        (None, None) => options.mirror(path(source), path(target)),
        (None, Some(target)) => options.mirror(path(source), target),
        (Some(source), None) => options.mirror(source, path(target)),
        (Some(source), Some(target)) => options.mirror(source, target),
    }
}

#[cfg(not(feature = "remote-no-tls"))]
fn mirror_places(options: &MirrorOptions<'_>, source: &str, target: &str) -> Result<Report> {
    if [source, target].iter().any(|text| text.starts_with("s3://")) {
        valid(Err("object stores need the feature `remote`: cargo run --features remote --example mirror"))
    }
    options.mirror(path(source), path(target))
}

fn show(progress: &MirrorProgress<'_>, line: &mut Progress) {
    let &MirrorProgress { stage, files, bytes, total_files, total_bytes, .. } = progress;
    match stage {
        MirrorStage::Copying => line.work([files, total_files], [bytes, total_bytes]),
        MirrorStage::Removing => line.note(|| format!("{files} of {total_files} removed")),
        _ => line.note(|| format!("planning: {files} files looked at")),
    }
}

/// What was done except what was removed, which is said in words of its own.
fn without_removed(report: &Report) -> Report {
    let mut rest = report.clone();
    rest.removed = 0;
    rest
}

fn mirror(args: &Args, failures: &mut Failures) -> Outcome {
    interrupt::listen();
    let (mut line, mut to_remove, mut said) = (Progress::new(), None, Ok(()));
    let on_progress = |progress: &MirrorProgress<'_>| {
        if let (None, Some(plan)) = (to_remove, progress.plan) {
            to_remove = Some(plan.removed);
            said = say(format!("to do: {}, {} to remove", without_removed(plan), plan.removed));
        }
        show(progress, &mut line);
        if said.is_err() || interrupt::has_come() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = MirrorOptions::new().delete(args.delete).exclude(&args.exclude).dry_run(args.dry_run);
    let options = args.threads.into_iter().fold(options, MirrorOptions::threads).progress(on_progress);
    let result = mirror_places(&options, &args.source, &args.target);
    drop(options);
    line.clear();
    said?;
    if let (Err(error), false) = (&result, interrupt::has_come()) {
        failures.add(error);
    }
    let Some(report) = result.as_ref().map_or_else(|error| error.report(), Some) else { return Ok(()) };
    let (done, removed) = (without_removed(report), report.removed);
    say(match to_remove {
        _ if interrupt::has_come() => format!("interrupted: {report}"),
        _ if args.dry_run => format!("{done}, {removed} to remove"),
        to_remove => format!("done: {done}, {removed} of {} removed", to_remove.unwrap_or_default()),
    })
}

fn main() -> ExitCode {
    run(mirror)
}
