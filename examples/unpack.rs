//! Extracts a tar archive from somebody else into a directory that it cannot leave.
//!
//! ```sh
//! cargo run --release --example unpack -- photos.tar ~/photos
//! cargo run --release --example unpack -- photos.tar ~/photos --yes
//! ```
//!
//! Without `--yes`, it prints the plan. An entry is refused if its name leads out of the directory or means something else on
//! another system, if it is a link, device or pipe, and if something has its name already. An archive that is too large is
//! refused whole. Files keep their content, their time and whether they can be executed.

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
}

/// How many directories in each other are too many.
const MAX_DEPTH: usize = 64;

type Entry<'a> = tar::Entry<'a, &'a File>;

/// Counts what an archive would become, before anything is written.
fn check_size(args: &Args, archive: &File) -> Outcome {
    let (mut entries, mut bytes) = (0, 0_u64);
    for entry in Archive::new(archive).entries()? {
        (entries, bytes) = (entries + 1, bytes.saturating_add(entry?.size()));
        if entries > args.max_entries || bytes > args.max_bytes {
            return Err(format!("it has more than {} entries or {}", args.max_entries, Size(args.max_bytes)).into());
        }
    }
    Ok(())
}

/// Returns where an entry goes, if it may. The names are those of the files before it.
fn target(entry: &Entry<'_>, root: &Root, names: &mut HashSet<PathBuf>) -> Outcome<RootPath> {
    let kind = entry.header().entry_type();
    match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse | EntryType::Directory => {}
        EntryType::Symlink | EntryType::Link => return Err("it is a link".into()),
        _ => return Err("it is neither a file nor a directory".into()),
    }
    let name = entry.path_bytes();
    let target = root.join_inside(str::from_utf8(&name).map_err(|_| "its name is not UTF-8")?)?;
    if target.parts().count() > MAX_DEPTH {
        return Err(format!("its path has more than {MAX_DEPTH} parts").into());
    }
    let is_file = kind != EntryType::Directory;
    if is_file && (!names.insert(target.path_below().to_owned()) || target.try_exists()?) {
        return Err("something has this name already".into());
    }
    Ok(target)
}

fn extract(entry: &mut Entry<'_>, target: RootPath) -> Outcome<RootPath> {
    if entry.header().entry_type() == EntryType::Directory {
        target.mkdir_all()?;
        return Ok(target);
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
    Ok(target)
}

/// Shows where each entry goes, and extracts it if that is wanted.
fn extract_all(args: &Args, mut archive: &File, root: &Root, failures: &mut Failures) -> Outcome {
    check_size(args, archive)?;
    archive.rewind()?;
    let mut names = HashSet::new();
    for entry in Archive::new(archive).entries()? {
        let mut entry = entry?;
        if entry.header().entry_type() == EntryType::XGlobalHeader {
            continue;
        }
        let target = target(&entry, root, &mut names);
        match target.and_then(|target| if args.yes { extract(&mut entry, target) } else { Ok(target) }) {
            Ok(target) => say(format!("{:>11}  {}", Size(entry.size()), target.printable()))?,
            Err(reason) => {
                let name = RawPath::from(String::from_utf8_lossy(&entry.path_bytes()).into_owned());
                failures.refuse(format!("cannot extract `{}`: {reason}", name.printable()));
            }
        }
    }
    if args.yes { Ok(()) } else { say("nothing was extracted (--yes does it)") }
}

fn unpack(args: &Args, failures: &mut Failures) -> Outcome {
    let archive = valid(args.archive.open());
    let root = valid(Root::options().links(RootLinks::Refuse).open(&args.directory));
    let extracted = extract_all(args, &archive, &root, failures);
    extracted.map_err(|error| format!("cannot extract `{}`: {error}", args.archive.printable()).into())
}

fn main() -> ExitCode {
    run(unpack)
}
