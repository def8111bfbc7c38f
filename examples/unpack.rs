//! Extracts a tar archive from somebody else into a directory that it cannot leave.
//!
//! ```sh
//! cargo run --release --example unpack -- photos.tar ~/photos
//! cargo run --release --example unpack -- photos.tar ~/photos --yes
//! ```
//!
//! Without `--yes`, it prints the plan. An entry is refused if its name leads out of the directory or means something else on
//! another system, if it is a link, device or pipe, and if something has its name already. What is too much for one of the
//! limits refuses the whole archive, before anything is written.
//!
//! Files keep their content, their time and whether they can be executed. Each appears under its name when it is complete.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Seek as _};
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use clap::Parser;
use tar::{Archive, EntryType};
use waypath::{PathBuf, RawPath, Root, RootLinks, RootPath, Size};

mod common;
use common::{Failures, Outcome, run, say, valid};

/// Extracts a tar archive into a directory that it cannot leave.
#[derive(Parser)]
struct Args {
    /// The archive, not compressed
    archive: PathBuf,
    /// The directory to extract into
    directory: PathBuf,
    /// Extract what the plan says
    #[arg(long)]
    yes: bool,
    /// How many entries are too many
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    max_entries: usize,
    /// How many bytes are too many
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    max_bytes: u64,
    /// How many directories in each other are too many
    #[arg(long, value_name = "COUNT", default_value_t = 64)]
    max_depth: usize,
}

type Entry<'a> = tar::Entry<'a, &'a File>;

/// Shows the plan, and extracts if that is wanted.
fn unpack(args: &Args, failures: &mut Failures) -> Outcome {
    let mut archive = &valid(args.archive.open());
    let root = valid(Root::options().links(RootLinks::Refuse).open(&args.directory));
    let targets = plan(args, archive, &root, failures)?;
    if !args.yes {
        return say("nothing was extracted (--yes does it)");
    }
    archive.rewind()?;
    for (entry, target) in Archive::new(archive).entries()?.zip(targets) {
        let (mut entry, Some(target)) = (entry?, target) else { continue };
        if let Err(error) = extract(&mut entry, &target) {
            failures.refuse(format!("cannot extract `{}`: {error}", target.printable()));
        }
    }
    Ok(())
}

/// Shows where each entry goes, and returns it; `None` for one that is refused, or a comment.
fn plan(args: &Args, archive: &File, root: &Root, failures: &mut Failures) -> Outcome<Vec<Option<RootPath>>> {
    let (mut targets, mut bytes, mut names) = (Vec::new(), 0_u64, HashSet::new());
    for entry in Archive::new(archive).entries()? {
        let entry = entry?;
        bytes = bytes.saturating_add(entry.size());
        if targets.len() == args.max_entries || bytes > args.max_bytes {
            return Err(format!("it has more than {} entries or {}", args.max_entries, Size(args.max_bytes)).into());
        }
        let target = target(args, &entry, root, &mut names).unwrap_or_else(|reason| {
            let name = RawPath::from(String::from_utf8_lossy(&entry.path_bytes()).into_owned());
            failures.refuse(format!("refused `{}`: {reason}", name.printable()));
            None
        });
        if let Some(target) = &target {
            say(format!("{:>11}  {}", Size(entry.size()), target.printable()))?;
        }
        targets.push(target);
    }
    Ok(targets)
}

/// Where an entry goes, if it may; `None` for a comment. The names are those of files before it.
fn target(args: &Args, entry: &Entry<'_>, root: &Root, names: &mut HashSet<PathBuf>) -> Outcome<Option<RootPath>> {
    let kind = entry.header().entry_type();
    match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse | EntryType::Directory => {}
        EntryType::XGlobalHeader => return Ok(None),
        EntryType::Symlink | EntryType::Link => return Err("it is a link".into()),
        _ => return Err("it is neither a file nor a directory".into()),
    }
    let name = entry.path_bytes();
    let target = root.join_inside(str::from_utf8(&name).map_err(|_| "its name is not UTF-8")?)?;
    if target.parts().count() > args.max_depth {
        return Err(format!("its path has more than {} parts", args.max_depth).into());
    }
    let is_file = kind != EntryType::Directory;
    if is_file && (!names.insert(target.path_below().to_owned()) || target.try_exists()?) {
        return Err("something has this name already".into());
    }
    Ok(Some(target))
}

fn extract(entry: &mut Entry<'_>, target: &RootPath) -> Outcome {
    if entry.header().entry_type() == EntryType::Directory {
        return Ok(target.mkdir_all()?);
    }
    target.mkdir_parent()?;
    let mut file = target.create_new_atomic()?;
    io::copy(entry, &mut file)?;
    let modified = UNIX_EPOCH.checked_add(Duration::from_secs(entry.header().mtime()?));
    file.as_file().set_modified(modified.ok_or("its time is too far in the future")?)?;
    file.commit()?;
    if entry.header().mode()? & 0o111 != 0 {
        target.chmod("+x")?;
    }
    Ok(())
}

fn main() -> ExitCode {
    run(|failures| {
        let args = Args::parse();
        let unpacked = unpack(&args, failures);
        unpacked.map_err(|error| format!("cannot extract `{}`: {error}", args.archive.printable()).into())
    })
}
