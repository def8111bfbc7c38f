//! Finds files with the same content; makes hard links of them when told.
//!
//! ```sh
//! cargo run --release --example dups -- ~/photos ~/backup            # lists them
//! cargo run --release --example dups -- ~/photos --link              # shows what would become a link
//! cargo run --release --example dups -- ~/photos --link --apply      # carries it out
//! ```
//!
//! Only files of the same size are read. Files with the same hash form a group. Before one is replaced by a link to the
//! first of its group, both are compared byte by byte, and must not have changed meanwhile. The link replaces the file
//! atomically, and has the times of the first file. Files on another file system, or with another owner or mode, are left
//! alone. Empty files, links, and files that are hard links of each other already are not listed.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hasher;
use std::io::Read as _;
use std::{iter, process::ExitCode};

use clap::Parser;
use waypath::{FileKind, IoResultExt, Path, PathBuf, Result, Size, Stat};

mod common;
use common::progress::{Progress, Work};
use common::{Failures, Outcome, count, interrupt, say};

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

/// A file as it was found.
struct File {
    path: PathBuf,
    stat: Stat,
}

/// Finds files, by size: each once, by whatever names.
fn find(directories: &[PathBuf], failures: &mut Failures) -> BTreeMap<u64, Vec<File>> {
    let (mut found, mut known) = (BTreeMap::<_, Vec<_>>::new(), HashSet::new());
    let entries = directories.iter().flat_map(|directory| directory.walk().only(FileKind::File));
    for entry in entries.take_while(|_| !interrupt::has_come()) {
        let looked_at = entry.and_then(|entry| Ok(File { stat: entry.lstat()?, path: entry.into_path() }));
        let Some(file) = failures.unless(looked_at) else { continue };
        // On systems whose files have no number, the path identifies a file.
        let is_new = known.insert(file.stat.identity().ok_or_else(|| file.path.clone()));
        if is_new && file.stat.size() > 0 {
            found.entry(file.stat.size()).or_default().push(file);
        }
    }
    found
}

/// Returns the content of a file, piece by piece.
fn pieces(path: &Path) -> Result<impl Iterator<Item = Result<Vec<u8>>>> {
    const SIZE: usize = 1 << 16;
    let mut file = path.open()?;
    Ok(iter::from_fn(move || {
        let mut piece = Vec::with_capacity(SIZE);
        let read = file.by_ref().take(SIZE as u64).read_to_end(&mut piece).at(path);
        read.map(|length| (length > 0).then_some(piece)).transpose()
    }))
}

fn hash(path: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    pieces(path)?.try_for_each(|piece| piece.map(|piece| hasher.write(&piece)))?;
    Ok(hasher.finish())
}

fn is_same_content(left: &Path, right: &Path) -> Result<bool> {
    let (mut left, mut right) = (pieces(left)?, pieces(right)?);
    loop {
        match (left.next().transpose()?, right.next().transpose()?) {
            (None, None) => return Ok(true),
            (left, right) if left != right => return Ok(false),
            _ => {}
        }
    }
}

impl File {
    /// Says why this file must not become a link to another one, if so.
    fn obstacle(&self, first: &Self) -> Option<&'static str> {
        let device = |stat: &Stat| stat.identity().map(|(device, _)| device);
        let (stat, first) = (&self.stat, &first.stat);
        match () {
            () if device(stat) != device(first) => Some("left alone: on another file system"),
            () if (stat.uid(), stat.gid()) != (first.uid(), first.gid()) => Some("left alone: another owner"),
            () if stat.mode() != first.mode() => Some("left alone: another mode"),
            () => None,
        }
    }

    fn is_unchanged(&self) -> Result<bool> {
        let key = |stat: &Stat| (stat.kind(), stat.size(), stat.modified(), stat.identity(), stat.mode());
        Ok(key(&self.path.lstat()?) == key(&self.stat))
    }

    /// Replaces this file by a hard link to the first one; returns whether both still had the same content.
    fn link_to(&self, first: &Self) -> Result<bool> {
        let name = self.path.with_name(format!(".{}.dups-tmp", self.path.name()))?;
        let link = name.at_free_name(|link| link.hardlink_to(&first.path).map(|()| link.to_owned()))?;
        let may_replace = || Ok(is_same_content(&link, &self.path)? && first.is_unchanged()? && self.is_unchanged()?);
        let replaced = match may_replace() {
            Ok(true) => link.replace(&self.path).map(|_| true),
            other => other,
        };
        if !matches!(replaced, Ok(true)) {
            link.unlink_if_exists()?;
        }
        replaced
    }

    /// Links this file if that is wanted; returns whether that saves its size, and a note.
    fn link(&self, first: &Self, args: &Args, failures: &mut Failures) -> (bool, &'static str) {
        match self.obstacle(first) {
            _ if !args.link => (true, ""),
            Some(reason) => (false, reason),
            None if !args.apply => (true, "to link"),
            None => match failures.unless(self.link_to(first)) {
                Some(true) => (true, "linked"),
                Some(false) => (false, "left alone: it has changed"),
                None => (false, "failed"),
            },
        }
    }
}

/// Lists a group, or makes links of it; returns how many bytes that saves.
fn show(group: &[File], args: &Args, failures: &mut Failures) -> Outcome<u64> {
    let [first, others @ ..] = group else { return Ok(0) };
    let mut saved = 0;
    say(format!("{} ({})", first.path.printable(), Size(first.stat.size())))?;
    for file in others.iter().take_while(|_| !interrupt::has_come()) {
        let (saves, note) = file.link(first, args, failures);
        saved += if saves { file.stat.size() } else { 0 };
        say(format!("    {}    {note}", file.path.printable()).trim_end())?;
    }
    Ok(saved)
}

fn dups(args: &Args, failures: &mut Failures) -> Outcome {
    let goes_on = || !interrupt::has_come();
    let candidates: Vec<_> =
        find(&args.directories, failures).into_iter().filter(|(_, files)| files.len() > 1).collect();
    let total_files = candidates.iter().map(|(_, files)| files.len() as u64).sum();
    let total_bytes = candidates.iter().map(|(size, files)| size * files.len() as u64).sum();
    let mut work = Work { files: 0, total_files, bytes: 0, total_bytes };
    let (mut progress, mut groups, mut saved) = (Progress::new(), 0, 0);
    for (size, files) in candidates.into_iter().rev() {
        let mut by_hash = BTreeMap::<_, Vec<_>>::new();
        for file in files.into_iter().take_while(|_| goes_on()) {
            progress.work(&work);
            if let Some(hash) = failures.unless(hash(&file.path)) {
                by_hash.entry(hash).or_default().push(file);
            }
            (work.files, work.bytes) = (work.files + 1, work.bytes + size);
        }
        progress.clear();
        for group in by_hash.values().filter(|group| group.len() > 1).take_while(|_| goes_on()) {
            groups += 1;
            saved += show(group, args, failures)?;
        }
    }
    let note = if goes_on() { "" } else { "interrupted: " };
    let (groups, saved) = (count(groups, "group"), Size(saved));
    Ok(say(match (args.link, args.apply) {
        (true, true) => format!("{note}{groups}, {saved} saved"),
        (true, false) => format!("{note}{groups}, {saved} to save; nothing was changed (--apply does it)"),
        _ => format!("{note}{groups}, {saved} more than needed"),
    })?)
}

fn main() -> ExitCode {
    let args = Args::parse();
    interrupt::listen();
    let mut failures = Failures::default();
    let outcome = dups(&args, &mut failures);
    failures.end(outcome)
}
