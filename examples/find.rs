//! Finds paths by patterns.
//!
//! ```sh
//! cargo run --release --example find -- '**/*.{rs,toml}' src tests
//! ```
//!
//! What git ignores is left out unless `--no-ignore` is given; hidden files are found. Paths come one a line, relative if the
//! directory is given so. The lines are for people: what a terminal would act on is escaped in them. For programs, `--null`
//! gives the paths as they are.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Mutex;

use clap::{Parser, ValueEnum};
use waypath::{Entry, FileKind, Path, PathBuf, Pattern, Result, Walk, path};

mod common;
use common::{Failures, complain, say, valid, written};

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
    #[arg(long, value_enum, default_value_t = Hidden::Yes)]
    hidden: Hidden,
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
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Print only how many there are
    #[arg(long)]
    count: bool,
    /// End each path with NUL instead of a newline, and escape nothing
    #[arg(long)]
    null: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Hidden {
    Yes,
    No,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    F,
    D,
    L,
}

impl Args {
    fn walk(&self, directory: &Path) -> Result<Walk<'static>> {
        let walk = directory.glob(&self.pattern)?.exclude(&self.exclude).gitignore(!self.no_ignore);
        let walk = walk.hidden(matches!(self.hidden, Hidden::Yes)).max_depth(self.max_depth.unwrap_or(usize::MAX));
        let walk = walk.threads(self.threads).follow_symlinks(self.follow).unsorted(self.unsorted);
        Ok(match self.kind {
            None => walk,
            Some(Kind::F) => walk.only(FileKind::File),
            Some(Kind::D) => walk.only(FileKind::Directory),
            Some(Kind::L) => walk.only(FileKind::Symlink),
        })
    }

    /// Says what may surprise, if nothing was found.
    fn explain(&self) {
        let pattern = path(self.pattern.as_str());
        if !pattern.as_str().contains(['*', '?', '[', '{']) {
            let pattern = pattern.printable();
            complain(format!("`{pattern}` has no wildcard, so it is that one path; try '**/{pattern}'"));
        }
        if !self.no_ignore {
            complain("nothing found outside of what git ignores (--no-ignore finds that, too)");
        }
    }
}

/// What is done with what is found.
struct Finder<'a> {
    args: &'a Args,
    output: BufWriter<io::Stdout>,
    count: usize,
    failures: Failures,
}

impl Finder<'_> {
    fn take(&mut self, found: Result<&Entry>) -> ControlFlow<io::Error> {
        let Some(entry) = self.failures.unless(found) else { return ControlFlow::Continue(()) };
        self.count += 1;
        let printed = if self.args.count { Ok(()) } else { self.print(entry) };
        printed.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }

    fn print(&mut self, entry: &Entry) -> io::Result<()> {
        let is_raw = self.args.null;
        let (text, end) = if is_raw { (Cow::Borrowed(entry.as_str()), b"\0") } else { (entry.printable(), b"\n") };
        self.output.write_all(text.as_bytes())?;
        self.output.write_all(end)
    }

    fn finish(&mut self) -> io::Result<()> {
        written(self.output.flush())?;
        if self.args.count {
            say(self.count)?;
        }
        if self.count == 0 {
            self.args.explain();
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let walks = args.directories.iter().map(|directory| args.walk(directory));
    let walks: Vec<_> = valid(walks.collect::<Result<_>>());
    let output = BufWriter::new(io::stdout());
    // Any thread may find something.
    let finder = Mutex::new(Finder { args: &args, output, count: 0, failures: Failures::default() });
    let take = |found: Result<&Entry>| finder.lock().unwrap().take(found);
    let found = walks.into_iter().try_for_each(|walk| match args.threads {
        0 | 1 => walk.visit(take),
        _ => walk.par_visit(take),
    });
    let mut finder = finder.into_inner().unwrap();
    let outcome = match found {
        ControlFlow::Continue(()) => finder.finish(),
        ControlFlow::Break(error) => written(Err(error)),
    };
    finder.failures.end(outcome.map_err(Into::into))
}
