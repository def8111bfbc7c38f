//! Finds paths by patterns.
//!
//! ```sh
//! cargo run --release --example find -- '**/*.{rs,toml}' src tests
//! ```
//!
//! What git ignores is left out unless `--no-ignore` is given; hidden files are found. Paths come one a line, relative if the
//! directory is given so. The lines are for people: what a terminal would act on is escaped in them. For programs, `--null`
//! gives the paths as they are.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow::{Break, Continue};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::{ArgAction, Parser, builder::BoolishValueParser};
use waypath::{Entry, FileKind, Path, PathBuf, Pattern, Result, Walk, path};

mod common;
use common::{Failures, Outcome, complain, run, say, valid, written};

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
    /// Leave out what matches, and everything below
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<Pattern>,
    /// Whether names that begin with a dot are found
    #[arg(long, value_name = "yes|no", default_value = "yes", value_parser = BoolishValueParser::new(), action = ArgAction::Set)]
    hidden: bool,
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

impl Args {
    fn walk(&self, directory: &Path) -> Result<Walk<'static>> {
        let walk = directory.glob(&self.pattern)?.exclude(&self.exclude).gitignore(!self.no_ignore).hidden(self.hidden);
        let walk = walk.threads(self.threads).follow_symlinks(self.follow).unsorted(self.unsorted);
        let walk = self.max_depth.into_iter().fold(walk, Walk::max_depth);
        Ok(self.kind.into_iter().fold(walk, Walk::only))
    }

    /// Says what may surprise, if nothing was found.
    fn explain(&self) {
        let pattern = path(self.pattern.as_str());
        let pattern = pattern.printable();
        if !self.pattern.as_str().contains(['*', '?', '[', '{']) {
            complain(format!("`{pattern}` has no wildcard, so it is that one path; try '**/{pattern}'"));
        }
        if !self.no_ignore {
            complain("nothing found outside of what git ignores (--no-ignore finds that, too)");
        }
    }
}

fn find(args: &Args, failures: &mut Failures) -> Outcome {
    let walks: Vec<_> = valid(args.directories.iter().map(|directory| args.walk(directory)).collect::<Result<_>>());
    // Any thread may find something.
    let found = Mutex::new((0_usize, BufWriter::new(io::stdout()), failures));
    let take = |entry: Result<&Entry>| {
        let (count, output, failures) = &mut *found.lock().unwrap();
        let Some(entry) = failures.unless(entry) else { return Continue(()) };
        *count += 1;
        let printed = match (args.count, args.null) {
            (true, _) => Ok(()),
            (false, true) => write!(output, "{}\0", entry.as_str()),
            (false, false) => writeln!(output, "{}", entry.printable()),
        };
        printed.map_or_else(Break, Continue)
    };
    let ended = walks.into_iter().try_for_each(|walk| match args.threads {
        0 | 1 => walk.visit(take),
        _ => walk.par_visit(take),
    });
    let (count, mut output, _) = found.into_inner().unwrap();
    written(ended.break_value().map_or_else(|| output.flush(), Err))?;
    if args.count {
        say(count)?;
    }
    if count == 0 {
        args.explain();
    }
    Ok(())
}

fn main() -> ExitCode {
    run(|failures| find(&Args::parse(), failures))
}
