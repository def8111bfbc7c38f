//! Finds folders by patterns, shows how large they are, and removes them when told.
//!
//! ```sh
//! cargo run --release --example prune -- '**/target' '**/node_modules' --in ~/code
//! cargo run --release --example prune -- '**/target' '**/node_modules' --in ~/code --yes
//! ```
//!
//! The largest come first. A folder inside one that was found goes with it, and is not counted again; links are no folders.
//! `ON DISK` is the space that a folder takes there, `LENGTH` the length of all its files, in which a file with several names
//! counts once.

use std::cmp::Reverse;
use std::fmt::Display;
use std::process::ExitCode;

use clap::Parser;
use waypath::{Entry, FileKind, PathBuf, Pattern, Result, Size, TreeSize};

mod common;
use common::{Failures, Outcome, count, run, say, valid};

/// Finds folders by patterns, such as `**/target`, and removes them when told.
#[derive(Parser)]
struct Args {
    /// Patterns, any of which may match
    #[arg(required = true, value_name = "PATTERN")]
    patterns: Vec<Pattern>,
    /// Where to look
    #[arg(long = "in", value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Remove what is found
    #[arg(long)]
    yes: bool,
}

/// A folder, and its size if it could be measured.
type Measured = (Entry, Option<TreeSize>);

/// The folders that match, except those inside another.
fn find(args: &Args, failures: &mut Failures) -> Result<Vec<Entry>> {
    let mut folders = Vec::<Entry>::new();
    for entry in args.directory.glob(&args.patterns)?.min_depth(1).only(FileKind::Directory) {
        let Some(entry) = failures.unless(entry) else { continue };
        // In order, what is in a folder comes right after it.
        if folders.last().is_none_or(|last| !entry.is_relative_to(last)) {
            folders.push(entry);
        }
    }
    Ok(folders)
}

/// Measures folders, and sorts them: the largest first, and those that cannot be measured last.
fn measure(folders: Vec<Entry>, failures: &mut Failures) -> Vec<Measured> {
    let sizes: Vec<_> = folders.iter().map(|folder| failures.unless(folder.tree_size())).collect();
    let mut folders: Vec<_> = folders.into_iter().zip(sizes).collect();
    folders.sort_by_key(|(_, size)| Reverse(size.as_ref().map(|size| (size.allocated, size.apparent))));
    folders
}

fn row(allocated: impl Display, apparent: impl Display, files: impl Display, path: impl Display) -> Outcome {
    say(format!("{allocated:>11} {apparent:>11} {files:>9}  {path}"))
}

/// Shows the sizes of folders, and their sum.
fn show(folders: &[Measured]) -> Outcome {
    let (mut allocated, mut apparent, mut files) = (0, 0, 0);
    row("ON DISK", "LENGTH", "FILES", "FOLDER")?;
    for (folder, size) in folders {
        let Some(size) = size else {
            row("?", "?", "?", folder.printable())?;
            continue;
        };
        row(Size(size.allocated), Size(size.apparent), size.files, folder.printable())?;
        (allocated, apparent, files) = (allocated + size.allocated, apparent + size.apparent, files + size.files);
    }
    row(Size(allocated), Size(apparent), files, count(folders.len(), "folder"))
}

/// Shows folders, and removes them if that is wanted.
fn prune(args: &Args, failures: &mut Failures) -> Outcome {
    let folders = valid(find(args, failures));
    if folders.is_empty() {
        return say("nothing found");
    }
    let folders = measure(folders, failures);
    show(&folders)?;
    if !args.yes {
        return say("nothing was removed (--yes does it)");
    }
    let removed = folders.iter().filter_map(|(folder, _)| failures.unless(folder.rmtree())).count();
    say(format!("{removed} of {} removed", folders.len()))
}

fn main() -> ExitCode {
    run(prune)
}
