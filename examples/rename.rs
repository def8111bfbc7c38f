//! Renames many files by a regular expression, or by wildcards: shows the plan, and carries it out when told.
//!
//! ```sh
//! cargo run --release --example rename -- '\.jpeg$' '.jpg'                      # shows the plan
//! cargo run --release --example rename -- '\.jpeg$' '.jpg' --apply              # carries it out
//! cargo run --release --example rename -- --glob 'IMG_*.jpeg' 'trip-*.jpg'
//! cargo run --release --example rename -- '^(\d+)-(.*)' '$2-$1' --in photos --only '**/*.jpg'
//! ```
//!
//! Nothing is overwritten. If two files would get the same name, or a name is taken by a file that stays, nothing is
//! renamed, and the exit status is 1. Files may swap names: one of them has a name in between, which ends in
//! `.rename-tmp`, and keeps it only if the program is killed at that moment. Ctrl-C ends the program between two files,
//! with status 130.
//!
//! What could not be listed or renamed goes to standard error, and the exit status is 1; bad arguments give 2.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use clap::Parser;
use regex::Regex;
use waypath::{FileKind, Path, PathBuf, Pattern, Result};

#[path = "common/interrupt.rs"]
mod interrupt;
#[path = "common/output.rs"]
mod output;
use output::{complain, say};

/// Renames many files by a regular expression. Without `--apply`, only shows the plan.
#[derive(Parser)]
struct Args {
    /// What to replace in names, wherever it matches: a regular expression
    pattern: String,
    /// The replacement; `$1` or `${name}` is a group of the expression
    replacement: String,
    /// Match whole names with wildcards: a `*` or `?` in the replacement is the text that this one matched
    #[arg(long)]
    glob: bool,
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

/// What is replaced by what.
fn rule(args: &Args) -> std::result::Result<(Regex, String), String> {
    let Args { pattern, replacement, glob, .. } = args;
    let (regex, replacement) =
        if *glob { from_wildcards(pattern, replacement)? } else { (pattern.clone(), replacement.clone()) };
    Ok((Regex::new(&regex).map_err(|error| error.to_string())?, replacement))
}

/// The regular expression and the replacement that wildcards stand for. The first `*` of the replacement is what the
/// first `*` of the pattern matched, and so on; `?` likewise.
fn from_wildcards(pattern: &str, replacement: &str) -> std::result::Result<(String, String), String> {
    let (mut regex, mut groups) = (String::from("(?s)^"), Vec::new());
    for character in pattern.chars() {
        match character {
            '*' | '?' => {
                regex += if character == '*' { "(.*)" } else { "(.)" };
                groups.push(Some(character));
            }
            _ => regex += &regex::escape(&character.to_string()),
        }
    }
    let mut text = String::new();
    for character in replacement.chars() {
        match character {
            '*' | '?' => {
                let group = groups.iter().position(|group| *group == Some(character));
                let group = group.ok_or_else(|| format!("`{replacement}` has more `{character}` than `{pattern}`"))?;
                groups[group] = None;
                text += &format!("${{{}}}", group + 1);
            }
            '$' => text += "$$",
            _ => text.push(character),
        }
    }
    Ok((regex + "$", text))
}

/// Finds out what to rename; returns the plan, and how much could not be listed.
fn plan(args: &Args, (regex, replacement): &(Regex, String)) -> Result<(Plan, usize)> {
    let (files, errors) = args.directory.glob(&args.only)?.min_depth(1).entries_and_errors();
    errors.iter().for_each(|error| complain("rename", error));
    let mut plan = Plan::new();
    for file in files.into_iter().filter(|file| file.kind() != FileKind::Directory) {
        let name = regex.replace_all(file.name(), &**replacement);
        if name != file.name() {
            let target = file.with_name(&name)?;
            plan.insert(file.into_path(), target);
        }
    }
    Ok((plan, errors.len()))
}

/// Says what is wrong with a plan; returns how many things are.
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

/// Whether something other than the file has its new path. If case does not matter, the file itself may have it.
fn is_taken(target: &Path, file: &Path) -> bool {
    let is_itself =
        target.name().to_lowercase() == file.name().to_lowercase() && target.samefile(file).unwrap_or(false);
    target.lstat().is_ok() && !is_itself
}

/// Carries a plan out, unless it is interrupted; returns how many files were renamed.
fn apply(mut plan: Plan) -> Result<usize> {
    let count = plan.len();
    let mut parked = None;
    while let Some((file, target)) = next(&plan) {
        if parked.is_none() && interrupt::has_come() {
            break;
        }
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
                plan.insert(aside.clone(), last);
                parked = Some(aside);
            }
            false => _ = file.rename(&target)?,
        }
        plan.remove(&file);
        parked = parked.filter(|aside| *aside != file);
    }
    Ok(count - plan.len())
}

/// The next file to rename, and its new path, which is free unless all are in circles.
fn next(plan: &Plan) -> Option<(PathBuf, PathBuf)> {
    let is_free = |(_, target): &(&PathBuf, &PathBuf)| !plan.contains_key(*target);
    let (file, target) = plan.iter().find(is_free).or_else(|| plan.iter().next())?;
    Some((file.clone(), target.clone()))
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// Shows the plan or carries it out; returns the exit status.
fn run(args: &Args, plan: Plan) -> io::Result<u8> {
    for (file, target) in &plan {
        say(format!("{} -> {}", file.printable(), target.name().escape_debug()))?;
    }
    if conflicts(&plan) > 0 {
        say("nothing was renamed")?;
        return Ok(1);
    }
    if !args.apply {
        say(format!("{} to rename; nothing was changed (--apply does it)", files(plan.len())))?;
        return Ok(0);
    }
    let all = plan.len();
    match apply(plan) {
        Ok(count) if count < all => {
            say(format!("interrupted: {} of {all} renamed", files(count)))?;
            Ok(interrupt::STATUS)
        }
        Ok(count) => say(format!("{} renamed", files(count))).map(|()| 0),
        Err(error) => {
            complain("rename", error);
            Ok(1)
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    interrupt::listen();
    let planned = rule(&args).and_then(|rule| plan(&args, &rule).map_err(|error| error.to_string()));
    let (plan, failed) = match planned {
        Ok(planned) => planned,
        Err(error) => {
            complain("rename", error);
            return ExitCode::from(2);
        }
    };
    match run(&args, plan) {
        Ok(status) => ExitCode::from(status.max(u8::from(failed > 0))),
        Err(error) => {
            complain("rename", error);
            ExitCode::FAILURE
        }
    }
}
