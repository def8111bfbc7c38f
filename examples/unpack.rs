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
//! Refused and failed entries go to standard error, and the exit status is 1; bad arguments give 2.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Seek as _};
use std::process::ExitCode;
use std::str;
use std::time::{Duration, UNIX_EPOCH};

use clap::Parser;
use tar::{Archive, EntryType};
use waypath::{PathBuf, RawPath, Root, RootLinks, RootPath, Size};

#[path = "common/output.rs"]
mod output;
use output::{complain, say};

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

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
type Entry<'a> = tar::Entry<'a, &'a File>;

/// Decides on the entries of an archive.
struct Planner<'a> {
    args: &'a Args,
    root: &'a Root,
    /// The names that files have in the archive.
    names: HashSet<PathBuf>,
    refused: usize,
}

impl Planner<'_> {
    /// Shows where each entry goes, and returns it; `None` for an entry that is refused or has no content.
    fn plan(&mut self, archive: &File) -> Outcome<Vec<Option<RootPath>>> {
        let (mut targets, mut bytes) = (Vec::new(), 0_u64);
        for entry in Archive::new(archive).entries()? {
            let entry = entry?;
            bytes = bytes.saturating_add(entry.size());
            if targets.len() == self.args.max_entries || bytes > self.args.max_bytes {
                let (entries, bytes) = (self.args.max_entries, Size(self.args.max_bytes));
                return Err(format!("it has more than {entries} entries or {bytes}").into());
            }
            let is_comment = entry.header().entry_type() == EntryType::XGlobalHeader;
            let target =
                if is_comment { None } else { self.target(&entry).map_err(|why| self.refuse(&entry, &*why)).ok() };
            if let Some(target) = &target {
                say(format_args!("{:>11}  {}", Size(entry.size()), target.printable()))?;
            }
            targets.push(target);
        }
        Ok(targets)
    }

    /// Where an entry goes, if it may.
    fn target(&mut self, entry: &Entry<'_>) -> Outcome<RootPath> {
        let kind = entry.header().entry_type();
        match kind {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse | EntryType::Directory => {}
            EntryType::Symlink | EntryType::Link => return Err("it is a link".into()),
            _ => return Err("it is neither a file nor a directory".into()),
        }
        let name = entry.path_bytes();
        let target = self.root.join_inside(str::from_utf8(&name).map_err(|_| "its name is not UTF-8")?)?;
        if target.parts().count() > self.args.max_depth {
            return Err(format!("its path has more than {} parts", self.args.max_depth).into());
        }
        let is_file = kind != EntryType::Directory;
        if is_file && (!self.names.insert(target.path_below().to_owned()) || target.try_exists()?) {
            return Err("something has this name already".into());
        }
        Ok(target)
    }

    fn refuse(&mut self, entry: &Entry<'_>, reason: &dyn std::error::Error) {
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        complain("unpack", format_args!("refused `{}`: {reason}", RawPath::from(name).printable()));
        self.refused += 1;
    }
}

/// Extracts what has a target, and returns how much of it failed.
fn extract(archive: &File, targets: &[Option<RootPath>]) -> Outcome<usize> {
    let mut failures = 0;
    for (entry, target) in Archive::new(archive).entries()?.zip(targets) {
        let Some(target) = target else { continue };
        if let Err(error) = write(&mut entry?, target) {
            complain("unpack", format_args!("cannot extract `{}`: {error}", target.printable()));
            failures += 1;
        }
    }
    Ok(failures)
}

fn write(entry: &mut Entry<'_>, target: &RootPath) -> Outcome<()> {
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

/// Shows the plan, and extracts if that is wanted. Returns whether all of it could be done.
fn unpack(args: &Args, mut archive: &File, root: &Root) -> Outcome<bool> {
    let mut planner = Planner { args, root, names: HashSet::new(), refused: 0 };
    let targets = planner.plan(archive)?;
    if !args.yes {
        say("nothing was extracted (--yes does it)")?;
        return Ok(planner.refused == 0);
    }
    archive.rewind()?;
    let failures = extract(archive, &targets)?;
    Ok(planner.refused + failures == 0)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let root = Root::options().links(RootLinks::Refuse).open(&args.directory);
    let (archive, root) = match (args.archive.open(), root) {
        (Ok(archive), Ok(root)) => (archive, root),
        (Err(error), _) | (_, Err(error)) => {
            complain("unpack", error);
            return ExitCode::from(2);
        }
    };
    match unpack(&args, &archive, &root) {
        Ok(is_whole) => ExitCode::from(u8::from(!is_whole)),
        Err(error) => {
            complain("unpack", format_args!("cannot extract `{}`: {error}", args.archive.printable()));
            ExitCode::FAILURE
        }
    }
}
