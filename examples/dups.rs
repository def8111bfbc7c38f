//! Finds files with the same content; makes hard links of them when told.
//!
//! ```sh
//! cargo run --release --example dups -- ~/photos ~/backup            # lists them
//! cargo run --release --example dups -- ~/photos --link              # shows what would become a link
//! cargo run --release --example dups -- ~/photos --link --apply      # carries it out
//! ```
//!
//! Only files of the same size are read; those with the same hash are of one group. Before one is replaced by a link to
//! the first of its group, both are compared byte by byte, and must not have changed meanwhile. The link replaces the
//! file atomically. Files on another file system, and those of another owner or mode, are left alone. A link has the
//! times of the first of its group.
//!
//! Empty files, links, and files that are hard links of each other already are not listed.
//!
//! Ctrl-C ends the program between two files, with status 130.
//!
//! What could not be read or linked goes to standard error, and the exit status is 1; bad arguments give 2.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hasher;
use std::io::{self, BufRead, BufReader};
use std::process::ExitCode;

use clap::Parser;
use waypath::{FileKind, IoResultExt, Path, PathBuf, Result, Size, Stat};

#[path = "common/interrupt.rs"]
mod interrupt;
#[path = "common/output.rs"]
mod output;
use output::{complain, say};

/// Finds files with the same content.
#[derive(Parser)]
struct Args {
    /// Where to look
    #[arg(value_name = "DIR", default_value = ".")]
    directories: Vec<PathBuf>,
    /// Replace all but the first of each group by hard links to it; without `--apply`, only show the plan
    #[arg(long)]
    link: bool,
    /// Carry it out
    #[arg(long, requires = "link")]
    apply: bool,
}

/// A file, and what was known of it when it was found.
struct File {
    path: PathBuf,
    stat: Stat,
}

/// What fails is said, and counted.
#[derive(Default)]
struct Complaints(usize);

impl Complaints {
    fn unless<T>(&mut self, result: Result<T>) -> Option<T> {
        result.inspect_err(|error| complain("dups", error)).inspect_err(|_| self.0 += 1).ok()
    }
}

/// The files that are found, by size; each once, by whatever names.
fn find(directories: &[PathBuf], complaints: &mut Complaints) -> BTreeMap<u64, Vec<File>> {
    let mut found = BTreeMap::<u64, Vec<File>>::new();
    let (mut known, mut known_paths) = (HashSet::new(), HashSet::new());
    let entries = directories.iter().flat_map(|directory| directory.walk().only(FileKind::File));
    for entry in entries.take_while(|_| !interrupt::has_come()) {
        let Some(entry) = complaints.unless(entry) else { continue };
        let Some(stat) = complaints.unless(entry.lstat()) else { continue };
        let path = entry.into_path();
        let is_new = match stat.identity() {
            Some(identity) => known.insert(identity),
            None => known_paths.insert(path.clone()),
        };
        if is_new && stat.size() > 0 {
            found.entry(stat.size()).or_default().push(File { path, stat });
        }
    }
    found
}

/// Divides files of one size into groups with the same content.
fn groups(files: Vec<File>, complaints: &mut Complaints) -> Vec<Vec<File>> {
    let mut groups = BTreeMap::<u64, Vec<File>>::new();
    if files.len() > 1 {
        for file in files.into_iter().take_while(|_| !interrupt::has_come()) {
            if let Some(hash) = complaints.unless(hash(&file.path)) {
                groups.entry(hash).or_default().push(file);
            }
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

fn hash(path: &Path) -> Result<u64> {
    let mut content = BufReader::new(path.open()?);
    let mut hasher = DefaultHasher::new();
    loop {
        let bytes = content.fill_buf().at(path)?;
        if bytes.is_empty() {
            return Ok(hasher.finish());
        }
        hasher.write(bytes);
        let count = bytes.len();
        content.consume(count);
    }
}

/// Compares two files byte by byte.
fn is_same_content(left: &Path, right: &Path) -> Result<bool> {
    let (mut left_content, mut right_content) = (BufReader::new(left.open()?), BufReader::new(right.open()?));
    loop {
        let (left_bytes, right_bytes) = (left_content.fill_buf().at(left)?, right_content.fill_buf().at(right)?);
        let count = left_bytes.len().min(right_bytes.len());
        if count == 0 {
            return Ok(left_bytes.len() == right_bytes.len());
        }
        if left_bytes[..count] != right_bytes[..count] {
            return Ok(false);
        }
        left_content.consume(count);
        right_content.consume(count);
    }
}

/// Why a file must not become a link to another, if so.
fn obstacle(file: &Stat, first: &Stat) -> Option<&'static str> {
    let device = |stat: &Stat| stat.identity().map(|(device, _)| device);
    match () {
        () if device(file) != device(first) => Some("on another file system"),
        () if (file.uid(), file.gid()) != (first.uid(), first.gid()) => Some("another owner"),
        () if file.mode() != first.mode() => Some("another mode"),
        () => None,
    }
}

impl File {
    fn is_unchanged(&self) -> Result<bool> {
        let now = self.path.lstat()?;
        let key = |stat: &Stat| (stat.kind(), stat.size(), stat.modified(), stat.identity(), stat.mode());
        Ok(key(&now) == key(&self.stat))
    }

    /// Replaces this file by a hard link to the first one; returns whether both still had the same content.
    fn link_to(&self, first: &Self) -> Result<bool> {
        let name = format!(".{}.dups-tmp", self.path.name());
        let link =
            self.path.with_name(name)?.at_free_name(|link| link.hardlink_to(&first.path).map(|()| link.to_owned()))?;
        let may_replace = || -> Result<bool> {
            Ok(is_same_content(&link, &self.path)? && first.is_unchanged()? && self.is_unchanged()?)
        };
        let replaced = match may_replace() {
            Ok(true) => link.replace(&self.path).map(|_| true),
            other => other,
        };
        if !matches!(replaced, Ok(true)) {
            link.unlink_if_exists()?;
        }
        replaced
    }
}

/// Lists a group, or makes links of it; returns how many bytes that saves.
fn show(group: &[File], args: &Args, complaints: &mut Complaints) -> io::Result<u64> {
    let [first, others @ ..] = group else { return Ok(0) };
    let mut saved = 0;
    say(format!("{} ({})", first.path.printable(), Size(first.stat.size())))?;
    for file in others.iter().take_while(|_| !interrupt::has_come()) {
        let obstacle = obstacle(&file.stat, &first.stat).filter(|_| args.link);
        let note = match obstacle {
            Some(reason) => format!("left alone: {reason}"),
            None if args.apply => match complaints.unless(file.link_to(first)) {
                Some(true) => "linked".to_owned(),
                Some(false) => "left alone: it has changed".to_owned(),
                None => "failed".to_owned(),
            },
            None if args.link => "to link".to_owned(),
            None => String::new(),
        };
        if obstacle.is_none() && (!args.apply || note == "linked") {
            saved += file.stat.size();
        }
        say(format!("    {}    {note}", file.path.printable()).trim_end())?;
    }
    Ok(saved)
}

fn dups(args: &Args, complaints: &mut Complaints) -> io::Result<()> {
    let (mut count, mut saved) = (0, 0);
    let goes_on = || !interrupt::has_come();
    for (_, files) in find(&args.directories, complaints).into_iter().rev() {
        for group in groups(files, complaints).into_iter().take_while(|_| goes_on()) {
            count += 1;
            saved += show(&group, args, complaints)?;
        }
    }
    let groups = if count == 1 { "1 group".to_owned() } else { format!("{count} groups") };
    let groups = if goes_on() { groups } else { format!("interrupted: {groups}") };
    say(match (args.link, args.apply) {
        (true, true) => format!("{groups}, {} saved", Size(saved)),
        (true, false) => format!("{groups}, {} to save; nothing was changed (--apply does it)", Size(saved)),
        _ => format!("{groups}, {} more than needed", Size(saved)),
    })
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut complaints = Complaints::default();
    interrupt::listen();
    match dups(&args, &mut complaints) {
        Ok(()) if interrupt::has_come() => ExitCode::from(interrupt::STATUS),
        Ok(()) => ExitCode::from(u8::from(complaints.0 > 0)),
        Err(error) => {
            complain("dups", error);
            ExitCode::FAILURE
        }
    }
}
