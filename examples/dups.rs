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

use std::cmp::Reverse;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hasher;
use std::io::Read as _;
use std::iter;
use std::process::ExitCode;

use clap::Parser;
use waypath::{FileKind, IoResultExt, Path, PathBuf, Result, Size, Stat, TempDir};

mod common;
use common::progress::Progress;
use common::{Failures, Outcome, count, interrupt, run, say};

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

/// Finds files that have the size of another, each once, by whatever names.
fn find(directories: &[PathBuf], failures: &mut Failures) -> Vec<File> {
    let (mut by_size, mut known) = (BTreeMap::<_, Vec<_>>::new(), HashSet::new());
    let entries = directories.iter().flat_map(|directory| directory.walk().only(FileKind::File));
    for entry in entries.take_while(|_| !interrupt::has_come()) {
        let file = entry.and_then(|entry| Ok(File { stat: entry.lstat()?, path: entry.into_path() }));
        let Some(file) = failures.unless(file) else { continue };
        // On systems whose files have no number, the path identifies a file.
        let is_new = known.insert(file.stat.identity().ok_or_else(|| file.path.clone()));
        if is_new && file.stat.size() > 0 {
            by_size.entry(file.stat.size()).or_default().push(file);
        }
    }
    by_size.into_values().filter(|files| files.len() > 1).flatten().collect()
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

/// Compares files of the same length.
fn is_same_content(left: &Path, right: &Path) -> Result<bool> {
    for (left, right) in pieces(left)?.zip(pieces(right)?) {
        if left? != right? {
            return Ok(false);
        }
    }
    Ok(true)
}

impl File {
    /// What becomes of this file, of those with the content of the first: whether that saves its size, and a note.
    fn link(&self, first: &Self, args: &Args, failures: &mut Failures) -> (bool, &'static str) {
        let device = |stat: &Stat| stat.identity().map(|(device, _)| device);
        let owner = |stat: &Stat| (stat.uid(), stat.gid(), stat.mode());
        match (&self.stat, &first.stat) {
            _ if !args.link => (true, ""),
            (own, other) if device(own) != device(other) => (false, "left alone: on another file system"),
            (own, other) if owner(own) != owner(other) => (false, "left alone: another owner or mode"),
            _ if !args.apply => (true, "to link"),
            _ => match failures.unless(self.replace_by_link_to(first)) {
                Some(true) => (true, "linked"),
                Some(false) => (false, "left alone: it has changed"),
                None => (false, "failed"),
            },
        }
    }

    /// Returns `false` and changes nothing if both no longer have the same content.
    fn replace_by_link_to(&self, first: &Self) -> Result<bool> {
        // What is compared is the link: other programs do not know its name, and cannot put another file there.
        let aside = TempDir::new_in(self.path.parent())?;
        let link = &aside / "link";
        link.hardlink_to(&first.path)?;
        let is_same = is_same_content(&link, &self.path)? && first.is_unchanged()? && self.is_unchanged()?;
        if is_same {
            link.replace(&self.path)?;
        }
        Ok(is_same)
    }

    fn is_unchanged(&self) -> Result<bool> {
        let key = |stat: &Stat| (stat.kind(), stat.size(), stat.modified(), stat.identity(), stat.mode());
        Ok(key(&self.path.lstat()?) == key(&self.stat))
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
    interrupt::listen();
    let files = find(&args.directories, failures);
    let (all_files, all_bytes) = (files.len() as u64, files.iter().map(|file| file.stat.size()).sum());
    let (mut progress, mut bytes) = (Progress::new(), 0);
    // The largest come first.
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for (done, file) in (0..).zip(files).take_while(|_| !interrupt::has_come()) {
        progress.work([done, all_files], [bytes, all_bytes]);
        bytes += file.stat.size();
        if let Some(hash) = failures.unless(hash(&file.path)) {
            groups.entry((Reverse(file.stat.size()), hash)).or_default().push(file);
        }
    }
    progress.clear();
    let (mut shown, mut saved) = (0, 0);
    for group in groups.values().filter(|group| group.len() > 1).take_while(|_| !interrupt::has_come()) {
        shown += 1;
        saved += show(group, args, failures)?;
    }
    let note = if interrupt::has_come() { "interrupted: " } else { "" };
    let (groups, saved) = (count(shown, "group"), Size(saved));
    say(match (args.link, args.apply) {
        (true, true) => format!("{note}{groups}, {saved} saved"),
        (true, false) => format!("{note}{groups}, {saved} to save; nothing was changed (--apply does it)"),
        _ => format!("{note}{groups}, {saved} more than needed"),
    })
}

fn main() -> ExitCode {
    run(dups)
}
