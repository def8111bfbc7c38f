//! Finds files with the same content; makes hard links of them when told.
//!
//! ```sh
//! cargo run --release --example dups -- ~/photos ~/backup            # lists them
//! cargo run --release --example dups -- ~/photos --link              # makes links
//! ```
//!
//! Only files of the same size are read; those with the same hash form a group. Before a file is replaced by a link to the
//! first of its group, both are compared byte by byte, and must not have changed meanwhile. Files on another file system, or
//! with another owner or mode, are left alone. Empty files, and files that are linked already, are not listed.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::Hasher;
use std::io::Read as _;
use std::process::ExitCode;

use clap::Parser;
use waypath::{FileKind, IoResultExt, Path, PathBuf, Result, Size, Stat, TempDir};

mod common;
use common::{Failures, Outcome, count, interrupt, run, say};

/// Finds files with the same content.
#[derive(Parser)]
struct Args {
    /// Where to look
    #[arg(value_name = "DIR", default_value = ".")]
    directories: Vec<PathBuf>,
    /// Replace all but the first of each group by hard links to it
    #[arg(long)]
    link: bool,
}

/// A file as it was found.
struct File {
    path: PathBuf,
    stat: Stat,
}

/// Files by their size, or by the hash of their content.
type Groups = BTreeMap<u64, Vec<File>>;

/// Finds files by their size, each once, by whatever names.
fn by_size(directories: &[PathBuf], failures: &mut Failures) -> Groups {
    let (mut groups, mut known) = (Groups::new(), HashSet::new());
    let entries = directories.iter().flat_map(|directory| directory.walk().only(FileKind::File));
    for entry in entries.take_while(|_| !interrupt::has_come()) {
        let file = entry.and_then(|entry| Ok(File { stat: entry.lstat()?, path: entry.into_path() }));
        let Some(file) = failures.unless(file) else { continue };
        // On systems whose files have no number, the path identifies a file.
        let is_new = known.insert(file.stat.identity().ok_or_else(|| file.path.clone()));
        if is_new && file.stat.size() > 0 {
            groups.entry(file.stat.size()).or_default().push(file);
        }
    }
    groups
}

fn by_hash(files: Vec<File>, failures: &mut Failures) -> Groups {
    let mut groups = Groups::new();
    for file in files.into_iter().take_while(|_| !interrupt::has_come()) {
        if let Some(hash) = failures.unless(hash(&file.path)) {
            groups.entry(hash).or_default().push(file);
        }
    }
    groups
}

fn hash(path: &Path) -> Result<u64> {
    let (mut hasher, mut file, mut piece) = (DefaultHasher::new(), path.open()?, vec![0; 1 << 16]);
    while let length @ 1.. = file.read(&mut piece).at(path)? {
        hasher.write(&piece[..length]);
    }
    Ok(hasher.finish())
}

/// Replaces a file by a link to one with the same content, or returns why not.
fn link(first: &File, file: &File) -> Result<Option<&'static str>> {
    let owner = |stat: &Stat| (stat.identity().map(|(device, _)| device), stat.uid(), stat.gid(), stat.mode());
    let version = |stat: &Stat| (stat.identity(), stat.kind(), stat.size(), stat.modified(), stat.mode());
    if owner(&first.stat) != owner(&file.stat) {
        return Ok(Some("left alone: another file system, owner or mode"));
    }
    // What is compared is the link: other programs do not know its name, and cannot put another file there.
    let aside = TempDir::new_in(file.path.parent())?;
    let link = &aside / "link";
    link.hardlink_to(&first.path)?;
    let is_same = link.same_content(&file.path)?;
    let now = (version(&link.lstat()?), version(&file.path.lstat()?));
    if !is_same || now != (version(&first.stat), version(&file.stat)) {
        return Ok(Some("left alone: it has changed"));
    }
    link.replace(&file.path)?;
    Ok(None)
}

/// Lists a group, or makes links of it; returns how many bytes that saves.
fn show(group: &[File], args: &Args, failures: &mut Failures) -> Outcome<u64> {
    let [first, others @ ..] = group else { return Ok(0) };
    let mut saved = 0;
    say(format!("{} ({})", first.path.printable(), Size(first.stat.size())))?;
    for file in others.iter().take_while(|_| !interrupt::has_come()) {
        let left_alone = if args.link { failures.unless(link(first, file)).unwrap_or(Some("failed")) } else { None };
        saved += left_alone.map_or(file.stat.size(), |_| 0);
        let note = left_alone.unwrap_or(if args.link { "linked" } else { "" });
        say(format!("    {}    {note}", file.path.printable()).trim_end())?;
    }
    Ok(saved)
}

fn dups(args: &Args, failures: &mut Failures) -> Outcome {
    interrupt::listen();
    let (mut groups, mut saved) = (0, 0);
    // The largest come first.
    for files in by_size(&args.directories, failures).into_values().rev().filter(|files| files.len() > 1) {
        let alike = by_hash(files, failures).into_values().filter(|group| group.len() > 1);
        for group in alike.take_while(|_| !interrupt::has_come()) {
            groups += 1;
            saved += show(&group, args, failures)?;
        }
    }
    let note = if interrupt::has_come() { "interrupted: " } else { "" };
    let saves = if args.link { "saved" } else { "more than needed" };
    say(format!("{note}{}, {} {saves}", count(groups, "group"), Size(saved)))
}

fn main() -> ExitCode {
    run(dups)
}
