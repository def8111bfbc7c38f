//! Finds folders by patterns, shows how large they are, and removes them when told.
//!
//! ```sh
//! cargo run --release --example prune -- '**/target' '**/node_modules' --in ~/code
//! cargo run --release --example prune -- '**/target' '**/node_modules' --in ~/code --yes
//! ```
//!
//! The largest come first. A folder inside one that was found goes with it, and is not counted again; links are no folders. `ON DISK` is
//! what is taken there, `LENGTH` that of all files, of which one with several names in a folder counts once.
//!
//! What could not be listed, measured or removed goes to standard error, and the exit status is 1; bad arguments
//! give 2.

use std::cmp::Reverse;
use std::fmt;
use std::io;
use std::process::ExitCode;

use clap::Parser;
use waypath::{Entry, FileKind, PathBuf, Pattern, Result, Size, TreeSize};

#[path = "common/output.rs"]
mod output;
use output::say;

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

/// Calls what fails by its name, and goes on.
#[derive(Default)]
struct Complaints(usize);

impl Complaints {
    /// What there is, if nothing failed.
    fn unless<T>(&mut self, result: Result<T>) -> Option<T> {
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        error.failures().iter().for_each(|failure| output::complain("prune", failure));
        self.0 += error.failure_count();
        None
    }
}

/// The folders that match, but none that is in another.
fn find(args: &Args, complaints: &mut Complaints) -> Result<Vec<Entry>> {
    let mut folders = Vec::<Entry>::new();
    for entry in args.directory.glob(&args.patterns)?.min_depth(1).only(FileKind::Directory) {
        let Some(entry) = complaints.unless(entry) else { continue };
        // In order, what is in a folder comes next to it.
        if folders.last().is_none_or(|last| !entry.is_relative_to(last)) {
            folders.push(entry);
        }
    }
    Ok(folders)
}

/// Measures folders, and sorts them: the largest come first, and those that cannot be measured last.
fn measure(folders: Vec<Entry>, complaints: &mut Complaints) -> Vec<(Entry, Option<TreeSize>)> {
    let size = |folder: Entry| {
        let size = complaints.unless(folder.tree_size());
        (folder, size)
    };
    let mut folders: Vec<_> = folders.into_iter().map(size).collect();
    folders.sort_by_key(|(_, size)| Reverse(size.as_ref().map(|size| (size.allocated, size.apparent))));
    folders
}

/// Shows the sizes of folders, and the sum of what they take on the disk.
fn show(folders: &[(Entry, Option<TreeSize>)]) -> io::Result<()> {
    let row = |allocated: &dyn fmt::Display, apparent: &dyn fmt::Display, files: &dyn fmt::Display, path: &str| {
        say(format!("{allocated:>11} {apparent:>11} {files:>9}  {path}"))
    };
    let (mut allocated, mut apparent, mut files) = (0, 0, 0);
    row(&"ON DISK", &"LENGTH", &"FILES", "FOLDER")?;
    for (folder, size) in folders {
        let Some(size) = size else {
            row(&"?", &"?", &"?", &folder.printable())?;
            continue;
        };
        row(&Size(size.allocated), &Size(size.apparent), &size.files, &folder.printable())?;
        (allocated, apparent, files) = (allocated + size.allocated, apparent + size.apparent, files + size.files);
    }
    let sum = if folders.len() == 1 { "1 folder".to_owned() } else { format!("{} folders", folders.len()) };
    row(&Size(allocated), &Size(apparent), &files, &sum)
}

/// Shows folders, and removes them if that is wanted.
fn prune(folders: Vec<Entry>, removes: bool, complaints: &mut Complaints) -> io::Result<()> {
    if folders.is_empty() {
        return say("nothing found");
    }
    let folders = measure(folders, complaints);
    show(&folders)?;
    if !removes {
        return say("nothing was removed (--yes does it)");
    }
    let removed = folders.iter().filter_map(|(folder, _)| complaints.unless(folder.rmtree())).count();
    say(format!("{removed} of {} removed", folders.len()))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut complaints = Complaints::default();
    let folders = match find(&args, &mut complaints) {
        Ok(folders) => folders,
        // A pattern that cannot be looked for.
        Err(error) => {
            output::complain("prune", error);
            return ExitCode::from(2);
        }
    };
    if let Err(error) = prune(folders, args.yes, &mut complaints) {
        output::complain("prune", error);
        return ExitCode::FAILURE;
    }
    ExitCode::from(u8::from(complaints.0 > 0))
}
