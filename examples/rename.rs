//! Renames many files by a regular expression: shows the plan, and carries it out when told.
//!
//! ```sh
//! cargo run --release --example rename -- '\.jpeg$' '.jpg'                      # shows the plan
//! cargo run --release --example rename -- '\.jpeg$' '.jpg' --apply              # carries it out
//! cargo run --release --example rename -- '^(\d+)-(.*)' '$2-$1' --in photos --only '**/*.jpg'
//! ```
//!
//! Nothing is overwritten. If two files would get one name, or a name is taken by a file that stays, nothing is renamed
//! at all, and the exit status is 1. Files may swap names: one of them has a name in between, which ends in
//! `.rename-tmp`, and stays there only if the program is killed at that moment.
//!
//! What could not be listed or renamed goes to standard error, and the exit status is 1; bad arguments give 2.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use clap::Parser;
use regex::Regex;
use waypath::{FileKind, Path, PathBuf, Pattern, Result};

#[path = "common/output.rs"]
mod output;
use output::{complain, say};

/// Renames many files by a regular expression. Without `--apply`, only shows the plan.
#[derive(Parser)]
struct Args {
    /// What to replace in names, at each place where it matches
    regex: Regex,
    /// What comes there; `$1` or `${name}` is a group of the expression
    replacement: String,
    /// Which files, relative to the directory
    #[arg(long, value_name = "PATTERN", default_value = "*")]
    only: Pattern,
    /// Where they are
    #[arg(long = "in", value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// Carry the plan out
    #[arg(long)]
    apply: bool,
}

/// The new path of each file that gets another name.
type Plan = BTreeMap<PathBuf, PathBuf>;

/// Finds out what is to be renamed; counts what could not be listed.
fn plan(args: &Args) -> Result<(Plan, usize)> {
    let (mut plan, mut failed) = (Plan::new(), 0);
    for entry in args.directory.glob(&args.only)?.min_depth(1) {
        match entry {
            Ok(file) if file.kind() != FileKind::Directory => {
                let name = args.regex.replace_all(file.name(), &*args.replacement);
                if name != file.name() {
                    let target = file.with_name(&name)?;
                    plan.insert(file.into_path(), target);
                }
            }
            Ok(_) => {}
            Err(error) => {
                complain("rename", error);
                failed += 1;
            }
        }
    }
    Ok((plan, failed))
}

/// Says what speaks against a plan; returns how much that is.
fn conflicts(plan: &Plan) -> usize {
    let mut sources = BTreeMap::<&Path, &Path>::new();
    let mut conflicts = 0;
    for (file, target) in plan {
        let (shown, taken) = (file.printable(), target.printable());
        if let Some(other) = sources.insert(target, file) {
            complain("rename", format!("`{}` and `{shown}` would both be `{taken}`", other.printable()));
            conflicts += 1;
        } else if !plan.contains_key(target) && is_taken(target, file) {
            complain("rename", format!("`{shown}` cannot be `{taken}`: that is taken"));
            conflicts += 1;
        }
    }
    conflicts
}

/// Whether something else than the file has its new path. Where case does not matter, the file itself may.
fn is_taken(target: &Path, file: &Path) -> bool {
    let is_itself =
        target.name().to_lowercase() == file.name().to_lowercase() && target.samefile(file).unwrap_or(false);
    target.lstat().is_ok() && !is_itself
}

/// Carries a plan out; returns how many files were renamed.
fn apply(mut plan: Plan) -> Result<usize> {
    let count = plan.len();
    while let Some((file, target)) = next(&plan) {
        match plan.contains_key(&target) {
            // Only circles are left: this file makes room.
            true => {
                let aside = target.with_name(format!("{}.rename-tmp", target.name()))?.next_free_name()?;
                target.rename(&aside)?;
                let last = plan.remove(&target).expect("it is in the plan");
                if let Err(error) = file.rename(&target) {
                    aside.rename(&target)?;
                    return Err(error);
                }
                plan.insert(aside, last);
            }
            false => _ = file.rename(&target)?,
        }
        plan.remove(&file);
    }
    Ok(count)
}

/// The next file to rename, and its new path: one whose new path is free, if there is one.
fn next(plan: &Plan) -> Option<(PathBuf, PathBuf)> {
    let is_free = |(_, target): &(&PathBuf, &PathBuf)| !plan.contains_key(*target);
    let (file, target) = plan.iter().find(is_free).or_else(|| plan.iter().next())?;
    Some((file.clone(), target.clone()))
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// Shows the plan or carries it out; returns whether all went well.
fn run(args: &Args, plan: Plan) -> io::Result<bool> {
    for (file, target) in &plan {
        say(format!("{} -> {}", file.printable(), target.name().escape_debug()))?;
    }
    if conflicts(&plan) > 0 {
        say("nothing was renamed")?;
        return Ok(false);
    }
    if !args.apply {
        say(format!("{} to rename; nothing was changed (--apply does it)", files(plan.len())))?;
        return Ok(true);
    }
    match apply(plan) {
        Ok(count) => say(format!("{} renamed", files(count))).map(|()| true),
        Err(error) => {
            complain("rename", error);
            Ok(false)
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let (plan, failed) = match plan(&args) {
        Ok(plan) => plan,
        Err(error) => {
            complain("rename", error);
            return ExitCode::from(2);
        }
    };
    match run(&args, plan) {
        Ok(went_well) => ExitCode::from(u8::from(failed > 0 || !went_well)),
        Err(error) => {
            complain("rename", error);
            ExitCode::FAILURE
        }
    }
}
