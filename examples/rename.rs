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
use std::io::ErrorKind::AlreadyExists;
use std::process::ExitCode;

use clap::Parser;
use regex::Regex;
use waypath::{CopyOptions, FileKind, PathBuf, Pattern, Result, path};

mod common;
use common::{Failures, Outcome, count, interrupt, run, say, valid};

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

/// The regular expression and the replacement that wildcards stand for. The first `*` of the replacement is what the
/// first `*` of the pattern matched, and so on; `?` likewise.
fn from_wildcards(pattern: &str, replacement: &str) -> Outcome<(Regex, String)> {
    let regex = regex::escape(pattern).replace(r"\*", "(.*)").replace(r"\?", "(.)");
    let mut text = replacement.replace('$', "$$");
    for (group, wildcard) in (1..).zip(pattern.matches(['*', '?'])) {
        text = text.replacen(wildcard, &format!("${{{group}}}"), 1);
    }
    match text.matches(['*', '?']).next() {
        Some(more) => Err(format!("`{replacement}` has more `{more}` than `{pattern}`").into()),
        None => Ok((Regex::new(&format!("(?s)^{regex}$"))?, text)),
    }
}

/// Finds out what to rename.
fn plan(args: &Args, failures: &mut Failures) -> Outcome<Plan> {
    let (regex, replacement) = match args.glob {
        true => from_wildcards(&args.pattern, &args.replacement)?,
        false => (Regex::new(&args.pattern)?, args.replacement.clone()),
    };
    let mut plan = Plan::new();
    for file in args.directory.glob(&args.only)?.min_depth(1) {
        let Some(file) = failures.unless(file) else { continue };
        let name = regex.replace_all(file.name(), &replacement);
        if file.kind() != FileKind::Directory && name != file.name() {
            let target = file.with_name(&name)?;
            plan.insert(file.into_path(), target);
        }
    }
    Ok(plan)
}

/// Shows a plan, and says what is wrong with it; returns whether it can be carried out.
fn check(plan: &Plan, failures: &mut Failures) -> Outcome<bool> {
    let (mut sources, before) = (BTreeMap::new(), failures.count());
    for (file, target) in plan {
        let (shown, taken) = (file.printable(), target.printable());
        say(format!("{shown} -> {}", path(target.name()).printable()))?;
        let is_taken =
            || CopyOptions::new().dry_run(true).move_to(file, target).is_err_and(|error| error.kind() == AlreadyExists);
        if let Some(other) = sources.insert(target, shown.clone()) {
            failures.refuse(format!("`{other}` and `{shown}` would both be `{taken}`"));
        } else if !plan.contains_key(target) && is_taken() {
            failures.refuse(format!("`{shown}` cannot be `{taken}`: that is taken"));
        }
    }
    Ok(failures.count() == before)
}

/// Carries a plan out, unless it is interrupted; returns how many files were renamed.
fn apply(mut plan: Plan) -> Result<usize> {
    let (all, mut parked) = (plan.len(), None);
    while let Some((file, target)) = next(&plan)
        && (parked.is_some() || !interrupt::has_come())
    {
        if plan.contains_key(&target) {
            // Only circles are left: a file makes room for the one that gets its name.
            let aside = file.with_name(format!("{}.rename-tmp", file.name()))?.next_free_name()?;
            file.rename(&aside)?;
            plan.insert(aside.clone(), target);
            parked = Some((aside, file.clone()));
        } else if let Err(error) = file.rename(&target) {
            if let Some((aside, name)) = parked {
                // What goes wrong here does not matter: the file is there, as `.rename-tmp`.
                _ = aside.rename(name);
            }
            return Err(error);
        }
        plan.remove(&file);
        parked.take_if(|(aside, _)| *aside == file);
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
fn rename(args: &Args, failures: &mut Failures) -> Outcome {
    interrupt::listen();
    let plan = valid(plan(args, failures));
    let all = plan.len();
    if !check(&plan, failures)? {
        return say("nothing was renamed");
    }
    if !args.apply {
        return say(format!("{} to rename; nothing was changed (--apply does it)", count(all, "file")));
    }
    let renamed = apply(plan)?;
    let files = count(renamed, "file");
    say(if renamed < all { format!("interrupted: {files} of {all} renamed") } else { format!("{files} renamed") })
}

fn main() -> ExitCode {
    run(|failures| rename(&Args::parse(), failures))
}
