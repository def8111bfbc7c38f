//! What a glob finds by pathlib's rules and by ours, as simply as can be.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf as StdPathBuf;

use serde_json::{Map, Value, json};
use waypath::PathBuf;

use super::World;
use crate::conformance::reference::{self, Rules};

/// A question of `glob` or `rglob`.
pub(super) struct Glob {
    start: String,
    /// The parts of the pattern; the last is empty if only directories are wanted.
    parts: Vec<String>,
    /// The parts of each pattern that it stands for here.
    alternatives: Vec<Vec<String>>,
    rules: Rules,
    /// Whether names are looked up: the case of names is the system's matter then.
    looks_up: bool,
    follows: bool,
}

/// The parts of a pattern; the last is empty if only directories are wanted.
fn parts(pattern: &str) -> Vec<String> {
    let mut parts: Vec<_> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect();
    if pattern.ends_with('/') {
        parts.push(String::new());
    }
    parts
}

impl Glob {
    /// Reads a question; `None` if its pattern is not one that pathlib takes.
    pub(super) fn new(world: &World, question: &Map<String, Value>) -> Option<Self> {
        let pattern = question["args"][0].as_str().unwrap();
        let pattern = match question["op"].as_str().unwrap() {
            "rglob" if !pattern.starts_with('/') => format!("**/{pattern}"),
            _ => pattern.to_owned(),
        };
        let parts = parts(&pattern);
        if parts.first().is_none_or(String::is_empty) || pattern.starts_with('/') {
            return None;
        }
        let alternatives = reference::alternatives(&pattern, |c| c == '/', 1_000)?;
        let alternatives = alternatives.iter().map(|pattern| self::parts(pattern)).collect();
        let options = &question["kw"];
        let start = world.path(question["self"].as_str().unwrap());
        let start = if *start == *"." { String::new() } else { format!("{start}/") };
        let ignore_case = options["case_sensitive"] == json!(false);
        let rules = Rules { separator: '/', classes_match_separators: true, ignore_case };
        let follows = options["recurse_symlinks"] == json!(true);
        Some(Self { start, parts, alternatives, rules, looks_up: options["case_sensitive"].is_null(), follows })
    }

    /// pathlib finds a path once for each way to it. If links are followed, what follows a `**` is one
    /// expression for the paths below, and links lead round until the system refuses.
    pub(super) fn pathlibs_answer(&self, world: &World) -> Value {
        let mut found = Vec::new();
        self.select_as_pathlib(&self.start, &self.parts, Known::No, &mut found);
        // A separator at the end is only looked for where the pattern has one, or a `**`.
        let is_cut = self.parts.last().is_some_and(|part| matches!(&**part, "" | "**"));
        let mut found: Vec<_> = found
            .into_iter()
            .map(|path| match path.strip_suffix('/') {
                _ if path.is_empty() => ".".to_owned(),
                Some(cut) if is_cut => world.recorded(cut),
                _ => world.recorded(&path),
            })
            .collect();
        found.sort();
        json!(found)
    }

    /// We find each path once. A `**` takes directories, does not go into a link that leads back to one on the way,
    /// and reports that.
    pub(super) fn our_answer(&self, world: &World) -> Value {
        if !is_dir(&self.start) {
            return json!({ "paths": [], "errors": 1 });
        }
        let mut found = Found::default();
        self.alternatives.iter().for_each(|parts| self.select_as_we(&self.start, parts, &[], &mut found));
        let paths: BTreeSet<_> =
            found.paths.into_iter().map(|path| world.recorded(PathBuf::from(path).as_str())).collect();
        if found.loops.is_empty() { json!(paths) } else { json!({ "paths": paths, "errors": found.loops.len() }) }
    }

    fn select_as_pathlib(&self, path: &str, parts: &[String], known: Known, found: &mut Vec<String>) {
        let Some((part, rest)) = parts.split_first() else {
            if known == Known::Yes || fs::symlink_metadata(path_on_disk(path)).is_ok() {
                found.push(path.to_owned());
            }
            return;
        };
        let slash = if rest.is_empty() { "" } else { "/" };
        match &**part {
            "**" => self.select_below_as_pathlib(path, rest, found),
            "" | ".." => self.select_as_pathlib(&format!("{path}{part}{slash}"), rest, known, found),
            name if self.is_looked_up(name) => {
                self.select_as_pathlib(&format!("{path}{name}{slash}"), rest, Known::No, found);
            }
            pattern => {
                for name in names(path).into_iter().filter(|name| self.rules.accepts(pattern, true, name)) {
                    let child = format!("{path}{name}");
                    if rest.is_empty() {
                        found.push(child);
                    } else if is_dir(&child) {
                        self.select_as_pathlib(&format!("{child}/"), rest, Known::Yes, found);
                    }
                }
            }
        }
    }

    fn select_below_as_pathlib(&self, start: &str, rest: &[String], found: &mut Vec<String>) {
        let in_expression = match self.follows {
            true => rest.iter().take_while(|part| !matches!(&***part, "" | "..")).count(),
            false => rest.iter().take_while(|part| *part == "**").count(),
        };
        let (expression, rest) = rest.split_at(in_expression);
        let expression = ["**"].into_iter().chain(expression.iter().map(|part| &**part)).collect::<Vec<_>>().join("/");
        if self.rules.accepts(&expression, true, "") {
            self.select_as_pathlib(start, rest, Known::No, found);
        }
        let mut directories = vec![start.to_owned()];
        while let Some(directory) = directories.pop() {
            for name in names(&directory) {
                let child = format!("{directory}{name}");
                let is_directory = is_dir(&child) && (self.follows || !is_link(&child));
                if self.rules.accepts(&expression, true, &child[start.len()..]) {
                    if rest.is_empty() {
                        found.push(child.clone());
                    } else if is_directory {
                        self.select_as_pathlib(&format!("{child}/"), rest, Known::Yes, found);
                    }
                }
                if is_directory {
                    directories.push(format!("{child}/"));
                }
            }
        }
    }

    /// `above` has the directories that were listed on the way.
    fn select_as_we(&self, path: &str, parts: &[String], above: &[StdPathBuf], found: &mut Found) {
        let Some((part, rest)) = parts.split_first() else {
            if fs::symlink_metadata(path_on_disk(path.trim_end_matches('/'))).is_ok() {
                found.paths.push(path.to_owned());
            }
            return;
        };
        match &**part {
            "" if !is_dir(path) => {}
            "" => found.paths.push(path.to_owned()),
            ".." => {
                // What it leaves is not above any more.
                let left = fs::canonicalize(path_on_disk(path)).ok();
                let above: Vec<_> = above.iter().filter(|above| Some(*above) != left.as_ref()).cloned().collect();
                self.select_as_we(&next(path, "..", rest), rest, &above, found);
            }
            "**" => self.select_below_as_we(path, parts, above, found),
            name if self.is_looked_up(name) => self.select_as_we(&next(path, name, rest), rest, above, found),
            pattern => {
                let above = with(above, path);
                for name in names(path).into_iter().filter(|name| self.rules.accepts(pattern, true, name)) {
                    let child = next(path, &name, rest);
                    if rest.is_empty() || is_dir(&child) {
                        self.select_as_we(&child, rest, &above, found);
                    }
                }
            }
        }
    }

    /// The first part is `**`.
    fn select_below_as_we(&self, path: &str, parts: &[String], above: &[StdPathBuf], found: &mut Found) {
        let rest = &parts[1..];
        // At the end, it takes directories where it takes nothing.
        if !rest.is_empty() {
            self.select_as_we(path, rest, above, found);
        } else if is_dir(path) {
            found.paths.push(path.to_owned());
        }
        let above = with(above, path);
        for name in names(path) {
            let child = format!("{path}{name}");
            let is_directory = is_dir(&child) && (self.follows || !is_link(&child));
            let leads_back = || is_link(&child) && above.contains(&fs::canonicalize(&child).unwrap());
            if is_directory && leads_back() {
                found.loops.insert(child.clone());
                if rest.iter().all(|part| matches!(&**part, "" | "**")) {
                    found.paths.push(child);
                }
            } else if is_directory {
                self.select_as_we(&format!("{child}/"), parts, &above, found);
            } else if rest.iter().all(|part| part == "**") {
                found.paths.push(child);
            }
        }
    }

    fn is_looked_up(&self, part: &str) -> bool {
        self.looks_up && !part.contains(['*', '?', '['])
    }
}

/// Whether it is known that there is something.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    Yes,
    No,
}

#[derive(Default)]
struct Found {
    paths: Vec<String>,
    loops: BTreeSet<String>,
}

/// The path of a name in a directory; with a separator if there are more parts.
fn next(directory: &str, name: &str, rest: &[String]) -> String {
    let slash = if rest.is_empty() { "" } else { "/" };
    format!("{directory}{name}{slash}")
}

fn with(above: &[StdPathBuf], directory: &str) -> Vec<StdPathBuf> {
    above.iter().cloned().chain(fs::canonicalize(path_on_disk(directory))).collect()
}

/// The names in a directory; none if it is not one.
fn names(directory: &str) -> Vec<String> {
    let entries = fs::read_dir(path_on_disk(directory)).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

pub(super) fn is_dir(path: &str) -> bool {
    fs::metadata(path_on_disk(path)).is_ok_and(|metadata| metadata.is_dir())
}

fn is_link(path: &str) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

fn path_on_disk(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}
