//! Recorded answers of CPython's pathlib about real trees, asked again on Linux.
//!
//! `tests/data/fs-seed1.jsonl` holds sections that begin with `{"tree": [...]}`, followed by questions
//! about that tree. The differences that are wanted are those of the crate's table: pathlib repeats some
//! paths of a listing, is silent where here an error is an item, goes round where links lead back, and
//! reads some patterns otherwise where links are followed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value, json};
use waypath::{FileKind, Path, PathBuf, Pattern, Result, TempDir, Walk};

/// A tree as it is recorded, built below a temporary directory.
struct World {
    /// Holds `p/q/t`, the tree.
    base: TempDir,
    root: PathBuf,
}

impl World {
    fn new(entries: &[Value]) -> Self {
        let base = TempDir::new().unwrap();
        let root = &base / "p/q/t";
        root.mkdir_all().unwrap();
        for entry in entries {
            let at = &root / entry[1].as_str().unwrap();
            match entry[0].as_str().unwrap() {
                "dir" => at.mkdir().unwrap(),
                "file" => at.write_text(entry[2].as_str().unwrap()).unwrap(),
                _ => link(&entry[2].as_str().unwrap().replace("@ROOT", root.as_str()), &at),
            }
        }
        Self { base, root }
    }

    /// The path of a question. The tree stands for the working directory.
    fn path(&self, text: &str) -> PathBuf {
        &self.root / self.absolute(text)
    }

    fn absolute(&self, text: &str) -> String {
        text.replace("@ROOT", self.root.as_str()).replace("@BASE", self.base.as_str())
    }

    /// A path of ours as an answer is written: relative where the question was.
    fn answer(&self, question: &str, path: &Path) -> String {
        match question.starts_with('@') {
            false => path.relative_to(&self.root).unwrap().as_str().to_owned(),
            true => path.as_str().replace(self.root.as_str(), "@ROOT").replace(self.base.as_str(), "@BASE"),
        }
    }
}

fn link(target: &str, at: &Path) {
    std::os::unix::fs::symlink(target, at).unwrap();
}

/// Our answer to a question; `None` when it is about something that is not there yet.
fn ask(world: &World, question: &Map<String, Value>) -> Option<Value> {
    let this = question["self"].as_str().unwrap();
    let path = world.path(this);
    let options = &question["kw"];
    let follows = options.get("follow_symlinks").is_none_or(|follow| *follow == json!(true));
    let arg = || world.absolute(question["args"][0].as_str().unwrap());
    let listed = |walk: Result<Walk>| {
        let (entries, errors): (Vec<_>, Vec<_>) = walk.ok()?.partition(Result::is_ok);
        let entries: Vec<_> = entries.into_iter().map(Result::unwrap).collect();
        assert!(entries.is_sorted(), "{question:?} is not in order");
        let mut paths: Vec<_> = entries.iter().map(|entry| world.answer(this, entry)).collect();
        paths.sort();
        Some(if errors.is_empty() { json!(paths) } else { json!({ "paths": paths, "errors": errors.len() }) })
    };
    let followed = |walk: Walk| match options["recurse_symlinks"] {
        Value::Bool(true) => walk.follow_symlinks(),
        _ => walk,
    };
    let kind = |stat: Result<waypath::Stat>| {
        let kind = match stat.ok()?.kind() {
            FileKind::File => "file",
            FileKind::Directory => "dir",
            FileKind::Symlink => "link",
            _ => "other",
        };
        Some(json!(kind))
    };
    let pattern = || {
        let pattern = Pattern::new(&arg());
        match options["case_sensitive"] {
            Value::Null => pattern,
            Value::Bool(true) => pattern.case_sensitive(),
            _ => pattern.case_insensitive(),
        }
    };
    let answer = match question["op"].as_str().unwrap() {
        "glob" => listed(path.glob(pattern()).map(followed)),
        "rglob" => listed(path.rglob(pattern()).map(followed)),
        "walk" => Some(walked(world, this, &path, options)),
        "iterdir" => match path.stat() {
            Ok(stat) if stat.is_dir() => listed(Ok(path.iterdir())),
            _ => path.iterdir().find_map(Result::err).map_or(Some(json!("no error")), |_| None),
        },
        "exists" if follows => Some(json!(path.exists())),
        "is_dir" if follows => Some(json!(path.is_dir())),
        "is_file" if follows => Some(json!(path.is_file())),
        "is_symlink" => Some(json!(path.is_symlink())),
        "stat" => kind(path.stat()),
        "lstat" => kind(path.lstat()),
        _ => return None,
    };
    Some(answer.map_or(json!("an error"), |answer| answer))
}

/// Our entries as pathlib's `walk` gives them: for each directory the names of the directories in it,
/// and of all else.
fn walked(world: &World, this: &str, start: &Path, options: &Value) -> Value {
    let follows = options["follow_symlinks"] == json!(true);
    let mut walk = start.walk();
    if follows {
        walk = walk.follow_symlinks();
    }
    if options["top_down"] == json!(false) {
        walk = walk.contents_first();
    }
    let (entries, errors): (Vec<_>, Vec<_>) = walk.partition(Result::is_ok);
    if !errors.is_empty() {
        return json!({ "paths": [], "errors": errors.len() });
    }
    let mut directories = BTreeMap::from([(world.answer(this, start), (Vec::new(), Vec::new()))]);
    for entry in entries.into_iter().map(Result::unwrap) {
        let is_directory = entry.kind() == FileKind::Directory || follows && entry.is_dir();
        let (inner, other) = directories.entry(world.answer(this, entry.parent())).or_default();
        if is_directory { inner } else { other }.push(entry.name().to_owned());
        if is_directory {
            directories.entry(world.answer(this, &entry)).or_default();
        }
    }
    let lines = directories.into_iter().map(|(path, (mut inner, mut other))| {
        inner.sort();
        other.sort();
        json!([path, inner, other])
    });
    lines.collect()
}

fn expected(question: &Map<String, Value>) -> Value {
    match question.get("ok") {
        Some(answer) => answer.clone(),
        None => json!("an error"),
    }
}

/// Whether our answer differs as it should: it has each of pathlib's paths once; or it is the error of a
/// start that is no directory, where pathlib finds nothing; or links were followed.
fn is_wanted_difference(world: &World, question: &Map<String, Value>, ours: &Value, expected: &Value) -> bool {
    let Value::Array(paths) = expected else { return false };
    let once: BTreeSet<_> = paths.iter().map(|path| path.as_str().unwrap_or_default()).collect();
    *ours == json!(once)
        || paths.is_empty() && *ours == json!({ "paths": [], "errors": 1 })
        || question["kw"]["recurse_symlinks"] == json!(true) && is_wanted_where_followed(world, question, ours, &once)
}

/// Where links are followed, pathlib goes round in a circle up to the system's limit, and a `**` at the end
/// of a pattern with others no longer takes nothing. Here a loop is an error, and following changes only
/// where a listing goes.
fn is_wanted_where_followed(
    world: &World,
    question: &Map<String, Value>,
    ours: &Value,
    expected: &BTreeSet<&str>,
) -> bool {
    let paths = |list: &Value| -> BTreeSet<String> {
        list.as_array().into_iter().flatten().map(|path| path.as_str().unwrap().to_owned()).collect()
    };
    let looped = ours.get("errors").is_some();
    let ours = paths(ours.get("paths").unwrap_or(ours));
    let straight: BTreeSet<_> =
        expected.iter().filter(|path| !goes_round(world, path)).map(|&path| path.to_owned()).collect();
    let ends_in_stars = question["args"][0].as_str().unwrap().trim_end_matches('/').ends_with("**");
    let also = |path: &String| ends_in_stars && world.path(path).is_dir();
    looped == (straight.len() < expected.len()) && straight.is_subset(&ours) && ours.difference(&straight).all(also)
}

/// Whether a path goes on below a link that leads back to a directory on the way to it.
fn goes_round(world: &World, path: &str) -> bool {
    let path = world.path(path);
    let real = |path: &Path| fs::canonicalize(path.as_str()).ok();
    let above: Vec<_> = path.parents().filter(|above| above.is_relative_to(&world.root)).collect();
    above
        .iter()
        .enumerate()
        .any(|(at, link)| link.is_symlink() && above[at + 1..].iter().any(|above| real(above) == real(link)))
}

#[test]
fn fs_conformance_of_reading() {
    let file = std::env::var("WAYPATH_FS_VECTORS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fs-seed1.jsonl").to_owned());
    let text = std::env::split_paths(&file).map(|file| fs::read_to_string(file).unwrap()).collect::<String>();
    let mut world = None;
    let (mut asked, mut wanted, mut wrong) = (0, 0, 0);
    for line in text.lines() {
        let Ok(Value::Object(question)) = serde_json::from_str(line) else { panic!("not a vector: {line}") };
        if let Some(Value::Array(tree)) = question.get("tree") {
            world = Some(World::new(tree));
        }
        let Some(world) = world.as_ref().filter(|_| question.contains_key("op") && !question.contains_key("diff"))
        else {
            continue;
        };
        let Some(ours) = ask(world, &question) else { continue };
        asked += 1;
        let expected = expected(&question);
        if ours != expected && is_wanted_difference(world, &question, &ours, &expected) {
            wanted += 1;
        } else if ours != expected {
            wrong += 1;
            println!("wrong: {line}\n    ours: {ours}");
        }
    }
    let equal = asked - wanted - wrong;
    println!("fs conformance: {asked} vectors, {equal} equal, {wanted} wanted differences, {wrong} wrong");
    assert!(asked > 550, "the vectors are not all there");
    assert_eq!(wrong, 0);
}
