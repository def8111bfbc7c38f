//! Renames many files by a regular expression, or by wildcards: shows the plan, and carries it out when told.
//!
//! ```sh
//! cargo run --release --example rename -- '\.jpeg$' '.jpg'                      # shows the plan
//! cargo run --release --example rename -- '\.jpeg$' '.jpg' --apply              # carries it out
//! cargo run --release --example rename -- --glob 'IMG_*.jpeg' 'trip-*.jpg'
//! ```
//!
//! Nothing is overwritten, and either all files are renamed or none. Files may swap names: those in the way of others have a
//! name in between, which ends in `.rename-tmp`, and keep it only if the program is killed at that moment.

use std::collections::{BTreeMap, HashSet};
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

/// Returns a regular expression and a replacement for wildcards: the first `*` of the replacement is what the first `*` of
/// the pattern matched, and so on; `?` likewise.
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
    let (mut targets, before) = (HashSet::new(), failures.count());
    for (file, target) in plan {
        say(format!("{} -> {}", file.printable(), path(target.name()).printable()))?;
        if !targets.insert(target) {
            failures.refuse(format!("another file would be `{}`, too", target.printable()));
        } else if !plan.contains_key(target) {
            failures.unless(CopyOptions::new().dry_run(true).move_to(file, target));
        }
    }
    Ok(failures.count() == before)
}

/// Returns the steps of a plan. First, each file that is in the way of another one gets a name in between.
fn steps(plan: Plan) -> Result<Vec<(PathBuf, PathBuf)>> {
    let targets: HashSet<_> = plan.values().cloned().collect();
    let (in_the_way, mut last): (Vec<_>, Vec<_>) = plan.into_iter().partition(|(file, _)| targets.contains(file));
    let mut first = Vec::new();
    for (file, target) in in_the_way {
        let aside = file.with_name(format!("{}.rename-tmp", file.name()))?.next_free_name()?;
        first.push((file, aside.clone()));
        last.push((aside, target));
    }
    Ok([first, last].concat())
}

/// Carries a plan out, and returns `true`. If it fails or is interrupted, all files get their names back.
fn apply(plan: Plan) -> Result<bool> {
    let (steps, mut done) = (steps(plan)?, 0);
    let result = steps.iter().take_while(|_| !interrupt::has_come()).try_for_each(|(from, to)| {
        from.rename(to)?;
        done += 1;
        Ok(())
    });
    if done < steps.len() {
        // What goes wrong here does not matter: the file is there, under its new name.
        steps[..done].iter().rev().for_each(|(from, to)| _ = to.rename(from));
    }
    result.map(|()| done == steps.len())
}

fn rename(args: &Args, failures: &mut Failures) -> Outcome {
    interrupt::listen();
    let plan = valid(plan(args, failures));
    let files = count(plan.len(), "file");
    if !check(&plan, failures)? {
        return say("nothing was renamed");
    }
    if !args.apply {
        return say(format!("{files} to rename; nothing was changed (--apply does it)"));
    }
    say(if apply(plan)? { format!("{files} renamed") } else { "interrupted: nothing was renamed".into() })
}

fn main() -> ExitCode {
    run(rename)
}
