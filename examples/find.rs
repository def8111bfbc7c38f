//! Finds paths by patterns.
//!
//! ```sh
//! cargo run --release --example find -- '**/*.{rs,toml}' src tests
//! ```
//!
//! Paths come one a line, relative if the directory is given so. What a terminal would act on is escaped, except with `--null`,
//! which is for programs.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;
use waypath::{FileKind, Path, PathBuf, Pattern, Result, Walk, path};

mod common;
use common::{Failures, Outcome, complain, printed, run, say, valid};

/// Finds paths by a pattern, such as `**/*.rs` or `{src,tests}/**`.
///
/// What git ignores is left out, with everything below it, and `.git` itself. Hidden files are found.
#[derive(Parser)]
struct Args {
    /// Which paths, relative to the directories; `{a,b}` is either
    pattern: Pattern,
    /// Where to look
    #[arg(value_name = "DIR", default_value = ".")]
    directories: Vec<PathBuf>,
    /// Find what git ignores, too
    #[arg(long)]
    no_ignore: bool,
    /// Leave out names that begin with a dot, and everything below
    #[arg(long)]
    no_hidden: bool,
    /// Leave out what matches, and everything below
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// Go into links to directories
    #[arg(long)]
    follow: bool,
    /// How many levels to go down
    #[arg(long, value_name = "N")]
    max_depth: Option<usize>,
    /// How many threads look; more than one finds in no order
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Take the system's order
    #[arg(long)]
    unsorted: bool,
    /// Only files, directories or links
    #[arg(long, value_name = "f|d|l", value_parser = kind)]
    kind: Option<FileKind>,
    /// Print only how many there are
    #[arg(long)]
    count: bool,
    /// End each path with NUL instead of a newline, and escape nothing
    #[arg(long)]
    null: bool,
}

fn kind(letter: &str) -> std::result::Result<FileKind, &'static str> {
    match letter {
        "f" => Ok(FileKind::File),
        "d" => Ok(FileKind::Directory),
        "l" => Ok(FileKind::Symlink),
        _ => Err("it is `f`, `d` or `l`"),
    }
}

fn walk(args: &Args, directory: &Path) -> Result<Walk<'static>> {
    let walk = directory.glob(&args.pattern)?.exclude(&args.exclude).gitignore(!args.no_ignore).hidden(!args.no_hidden);
    let walk = walk.threads(args.threads).follow_symlinks(args.follow).unsorted(args.unsorted);
    let walk = args.max_depth.into_iter().fold(walk, Walk::max_depth);
    Ok(args.kind.into_iter().fold(walk, Walk::only))
}

/// Says what may surprise, if nothing was found.
fn explain(args: &Args) {
    let pattern = path(args.pattern.as_str());
    let pattern = pattern.printable();
    if !args.pattern.as_str().contains(['*', '?', '[', '{']) {
        complain(format!("`{pattern}` has no wildcard, so it is that one path; try '**/{pattern}'"));
    }
    if !args.no_ignore {
        complain("nothing found outside of what git ignores (--no-ignore finds that, too)");
    }
}

fn find(args: &Args, failures: &mut Failures) -> Outcome {
    let walks: Vec<_> = valid(args.directories.iter().map(|directory| walk(args, directory)).collect::<Result<_>>());
    let (mut count, mut output) = (0, BufWriter::new(io::stdout()));
    for entry in walks.into_iter().flatten() {
        let Some(entry) = failures.unless(entry) else { continue };
        count += 1;
        printed(match (args.count, args.null) {
            (true, _) => Ok(()),
            (false, true) => write!(output, "{}\0", entry.as_str()),
            (false, false) => writeln!(output, "{}", entry.printable()),
        })?;
    }
    printed(output.flush())?;
    if args.count {
        say(count)?;
    }
    if count == 0 {
        explain(args);
    }
    Ok(())
}

fn main() -> ExitCode {
    run(find)
}
