//! Finds paths by patterns.
//!
//! ```sh
//! cargo run --release --example find -- '**/*.{rs,toml}' src tests
//! ```
//!
//! What git ignores is left out unless `--no-ignore` is given; hidden files are found. Paths come one a line, relative if the directory is given so. The lines are for people: what a terminal would act on
//! is escaped in them. For programs, `--null` gives the paths as they are.
//!
//! What could not be listed goes to standard error, and the exit status is 1; bad arguments give 2.

use std::borrow::Cow;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clap::{Parser, ValueEnum};
use waypath::{Entry, FileKind, Path, PathBuf, Pattern, Walk, path};

#[path = "common/output.rs"]
mod output;
use output::{complain, say};

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
    fn walk(&self, directory: &Path) -> waypath::Result<Walk<'static>> {
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
        let pattern = self.pattern.as_str();
        if !pattern.contains(['*', '?', '[', '{']) {
            let pattern = path(pattern);
            let pattern = pattern.printable();
            complain("find", format!("`{pattern}` has no wildcard, so it is that one path; try '**/{pattern}'"));
        }
        if !self.no_ignore {
            complain("find", "nothing found outside of what git ignores (--no-ignore finds that, too)");
        }
    }
}

/// What is done with what is found; any thread may bring it.
struct Finder {
    is_raw: bool,
    prints: bool,
    output: Mutex<BufWriter<io::Stdout>>,
    count: AtomicUsize,
    has_failed: AtomicBool,
}

impl Finder {
    fn take(&self, found: waypath::Result<&Entry>) -> ControlFlow<io::Error> {
        let entry = match found {
            Ok(entry) => entry,
            Err(error) => {
                complain("find", error);
                self.has_failed.store(true, Ordering::Relaxed);
                return ControlFlow::Continue(());
            }
        };
        self.count.fetch_add(1, Ordering::Relaxed);
        match self.print(entry) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn print(&self, entry: &Entry) -> io::Result<()> {
        if !self.prints {
            return Ok(());
        }
        let mut output = self.output.lock().unwrap();
        let (text, end) = if self.is_raw { (Cow::Borrowed(entry.as_str()), b"\0") } else { (entry.printable(), b"\n") };
        output.write_all(text.as_bytes())?;
        output.write_all(end)
    }

    fn finish(self, args: &Args) -> io::Result<ExitCode> {
        let mut output = self.output.into_inner().unwrap();
        output.flush()?;
        let count = self.count.into_inner();
        if !self.prints {
            say(count)?;
        }
        if count == 0 {
            args.explain();
        }
        Ok(ExitCode::from(u8::from(self.has_failed.into_inner())))
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let walks = args.directories.iter().map(|directory| args.walk(directory));
    let walks = match walks.collect::<waypath::Result<Vec<_>>>() {
        Ok(walks) => walks,
        Err(error) => {
            complain("find", error);
            return ExitCode::from(2);
        }
    };
    let finder = Finder {
        is_raw: args.null,
        prints: !args.count,
        output: Mutex::new(BufWriter::new(io::stdout())),
        count: AtomicUsize::new(0),
        has_failed: AtomicBool::new(false),
    };
    let found = walks.into_iter().try_for_each(|walk| match args.threads {
        0 | 1 => walk.visit(|entry| finder.take(entry)),
        _ => walk.par_visit(|entry| finder.take(entry)),
    });
    let result = match found {
        ControlFlow::Continue(()) => finder.finish(&args),
        ControlFlow::Break(error) => Err(error),
    };
    match result {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain("find", error);
            ExitCode::FAILURE
        }
    }
}
