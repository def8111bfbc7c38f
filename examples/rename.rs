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
//! renamed. Files may swap names: one of them has a name in between, which ends in `.rename-tmp`, and keeps it only if the
//! program is killed at that moment.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Parser;
use regex::Regex;
use waypath::{FileKind, Path, PathBuf, Pattern, Result};

mod common;
use common::{Failures, Outcome, count, interrupt, say, valid};

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
fn rule(args: &Args) -> Outcome<(Regex, String)> {
    if args.glob {
        return from_wildcards(&args.pattern, &args.replacement);
    }
    Ok((Regex::new(&args.pattern)?, args.replacement.clone()))
}

/// The regular expression and the replacement that wildcards stand for. The first `*` of the replacement is what the
/// first `*` of the pattern matched, and so on; `?` likewise.
fn from_wildcards(pattern: &str, replacement: &str) -> Outcome<(Regex, String)> {
    let regex = regex::escape(pattern).replace(r"\*", "(.*)").replace(r"\?", "(.)");
    let mut groups: Vec<_> = (1..).zip(pattern.matches(['*', '?'])).collect();
    let mut text = String::new();
    for character in replacement.chars() {
        match character {
            '*' | '?' => {
                let group = groups.iter().position(|(_, wildcard)| wildcard.starts_with(character));
                let group = group.ok_or_else(|| format!("`{replacement}` has more `{character}` than `{pattern}`"))?;
                text += &format!("${{{}}}", groups.remove(group).0);
            }
            '$' => text += "$$",
            _ => text.push(character),
        }
    }
    Ok((Regex::new(&format!("(?s)^{regex}$"))?, text))
}

/// Finds out what to rename.
fn plan(args: &Args, (regex, replacement): &(Regex, String), failures: &mut Failures) -> Result<Plan> {
    let (files, errors) = args.directory.glob(&args.only)?.min_depth(1).entries_and_errors();
    errors.iter().for_each(|error| failures.add(error));
    let mut plan = Plan::new();
    for file in files.into_iter().filter(|file| file.kind() != FileKind::Directory) {
        let name = regex.replace_all(file.name(), &**replacement);
        if name != file.name() {
            let target = file.with_name(&name)?;
            plan.insert(file.into_path(), target);
        }
    }
    Ok(plan)
}

/// Says what is wrong with a plan; returns whether anything is.
fn has_conflicts(plan: &Plan, failures: &mut Failures) -> bool {
    let mut sources = BTreeMap::new();
    let before = failures.count();
    for (file, target) in plan {
        let (shown, taken) = (file.printable(), target.printable());
        if let Some(other) = sources.insert(target, shown.clone()) {
            failures.refuse(format!("`{other}` and `{shown}` would both be `{taken}`"));
        } else if !plan.contains_key(target) && is_taken(target, file) {
            failures.refuse(format!("`{shown}` cannot be `{taken}`: that is taken"));
        }
    }
    failures.count() > before
}

/// Whether something other than the file has its new path. If case does not matter, the file itself may have it.
fn is_taken(target: &Path, file: &Path) -> bool {
    let is_itself =
        target.name().to_lowercase() == file.name().to_lowercase() && target.samefile(file).unwrap_or(false);
    target.lstat().is_ok() && !is_itself
}

/// Carries a plan out, unless it is interrupted; returns how many files were renamed.
fn apply(mut plan: Plan) -> Result<usize> {
    let (all, mut parked) = (plan.len(), None);
    while let Some((file, target)) = next(&plan)
        && (parked.is_some() || !interrupt::has_come())
    {
        if let Some(target_of_target) = plan.remove(&target) {
            // Only circles are left: the file that has the name makes room.
            let aside = target.with_name(format!("{}.rename-tmp", target.name()))?.next_free_name()?;
            target.rename(&aside)?;
            file.rename(&target).or_else(|error| aside.rename(&target).and(Err(error)))?;
            plan.insert(aside.clone(), target_of_target);
            parked = Some(aside);
        } else {
            file.rename(&target)?;
        }
        plan.remove(&file);
        parked.take_if(|aside| *aside == file);
    }
    Ok(all - plan.len())
}

/// The next file to rename, and its new path, which is free unless all are in circles.
fn next(plan: &Plan) -> Option<(PathBuf, PathBuf)> {
    let is_free = |(_, target): &(&PathBuf, &PathBuf)| !plan.contains_key(*target);
    let (file, target) = plan.iter().find(is_free).or_else(|| plan.iter().next())?;
    Some((file.clone(), target.clone()))
}

/// Shows the plan, and carries it out if that is wanted.
fn run(plan: Plan, applies: bool, failures: &mut Failures) -> Outcome {
    for (file, target) in &plan {
        say(format!("{} -> {}", file.printable(), target.name().escape_debug()))?;
    }
    if has_conflicts(&plan, failures) {
        return Ok(say("nothing was renamed")?);
    }
    let all = plan.len();
    if !applies {
        return Ok(say(format!("{} to rename; nothing was changed (--apply does it)", count(all, "file")))?);
    }
    let renamed = apply(plan)?;
    let files = count(renamed, "file");
    Ok(say(if renamed < all { format!("interrupted: {files} of {all} renamed") } else { format!("{files} renamed") })?)
}

fn main() -> ExitCode {
    let args = Args::parse();
    interrupt::listen();
    let mut failures = Failures::default();
    let rule = valid(rule(&args));
    let plan = valid(plan(&args, &rule, &mut failures));
    let outcome = run(plan, args.apply, &mut failures);
    failures.end(outcome)
}
