//! Recorded answers of CPython's pathlib about real trees, asked again on Linux.
//!
//! `tests/data/fs-seed1.jsonl` holds sections that begin with `{"tree": [...]}`, followed by questions
//! about that tree, and at last by changes to it, each with what it makes of a fresh tree. The differences
//! that are wanted are those of the crate's table: pathlib repeats some paths of a listing, is silent where
//! here an error is an item, goes round where links lead back, and reads some patterns otherwise where links
//! are followed; it renames over what is there, and translates newlines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;

use rustix::io::Errno;
use serde_json::{Map, Value, json};
use waypath::{
    CopyOptions, Error, FileKind, Overwrite, Path, PathBuf, Pattern, Result, Symlinks, TempDir, TouchOptions, Walk,
};

use crate::util::alone;

/// A tree as it is recorded, built below a temporary directory. It is the working directory while it is there.
struct World {
    /// Holds `p/q/t`, the tree.
    base: TempDir,
    root: PathBuf,
    /// Whether links in it lead back.
    is_cyclic: bool,
}

impl World {
    fn new(entries: &[Value], is_cyclic: bool) -> Self {
        let base = TempDir::new_in(Path::temp_dir().unwrap().resolve_strict().unwrap()).unwrap();
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
        std::env::set_current_dir(&root).unwrap();
        Self { base, root, is_cyclic }
    }

    /// A text as it is here.
    fn text(&self, recorded: &str) -> String {
        recorded.replace("@ROOT", self.root.as_str()).replace("@BASE", self.base.as_str())
    }

    fn path(&self, recorded: &str) -> PathBuf {
        self.text(recorded).into()
    }

    /// A text from here as it is recorded.
    fn recorded(&self, text: &str) -> String {
        text.replace(self.root.as_str(), "@ROOT").replace(self.base.as_str(), "@BASE")
    }

    /// All that is in the tree now: what, where, and its content.
    fn entries(&self) -> BTreeMap<String, Value> {
        let mut entries = BTreeMap::new();
        let mut directories = vec![self.root.clone()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(&directory).unwrap() {
                let path = PathBuf::try_from(entry.unwrap().path()).unwrap();
                let name = path.relative_to(&self.root).unwrap().as_str().to_owned();
                let kind = fs::symlink_metadata(&path).unwrap().file_type();
                let entry = if kind.is_symlink() {
                    json!(["link", name, self.recorded(fs::read_link(&path).unwrap().to_str().unwrap())])
                } else if kind.is_dir() {
                    directories.push(path);
                    json!(["dir", name])
                } else {
                    json!(["file", name, String::from_utf8(fs::read(&path).unwrap()).unwrap()])
                };
                entries.insert(name, entry);
            }
        }
        entries
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
    let arg = || world.text(question["args"][0].as_str().unwrap());
    let listed = |walk: Result<Walk>| {
        let (entries, errors): (Vec<_>, Vec<_>) = walk.ok()?.partition(Result::is_ok);
        let entries: Vec<_> = entries.into_iter().map(Result::unwrap).collect();
        // A listing that begins at `.` is in the order of what follows it.
        assert!(entries.is_sorted_by_key(|entry| &world.root / entry), "{question:?} is not in order");
        let mut paths: Vec<_> = entries.iter().map(|entry| world.recorded(entry.as_str())).collect();
        paths.sort();
        Some(if errors.is_empty() { json!(paths) } else { json!({ "paths": paths, "errors": errors.len() }) })
    };
    let followed = |walk: Walk| match options["recurse_symlinks"] {
        Value::Bool(true) => walk.follow_symlinks(),
        _ => walk,
    };
    let kind = |stat: Result<waypath::Stat>| {
        let kind = match stat?.kind() {
            FileKind::File => "file",
            FileKind::Directory => "dir",
            FileKind::Symlink => "link",
            _ => "other",
        };
        Ok(json!(kind))
    };
    let pattern = || {
        let pattern = Pattern::new(&arg());
        match options["case_sensitive"] {
            Value::Null => pattern,
            Value::Bool(true) => pattern.case_sensitive(),
            _ => pattern.case_insensitive(),
        }
    };
    let text = |path: Result<PathBuf>| path.map(|path| json!(world.recorded(path.as_str())));
    let answer = match question["op"].as_str().unwrap() {
        "glob" => listed(path.glob(pattern()).map(followed)),
        "rglob" => listed(path.rglob(pattern()).map(followed)),
        "walk" => Some(walked(world, &path, options)),
        "iterdir" => match path.stat() {
            Ok(stat) if stat.is_dir() => listed(Ok(path.iterdir())),
            _ => path.iterdir().find_map(Result::err).map_or(Some(json!("no error")), |_| None),
        },
        "exists" if follows => Some(json!(path.exists())),
        "is_dir" if follows => Some(json!(path.is_dir())),
        "is_file" if follows => Some(json!(path.is_file())),
        "is_symlink" => Some(json!(path.is_symlink())),
        "is_mount" => Some(json!(path.is_mount())),
        "stat" => Some(said(kind(path.stat()))),
        "lstat" => Some(said(kind(path.lstat()))),
        "resolve" => Some(said(text(match options["strict"] {
            Value::Bool(true) => path.resolve_strict(),
            _ => path.resolve(),
        }))),
        "absolute" => Some(said(text(path.absolute()))),
        "readlink" => Some(said(text(path.readlink()))),
        "samefile" => Some(said(path.samefile(arg()).map(|same| json!(same)))),
        _ => return None,
    };
    Some(answer.map_or(json!("an error"), |answer| answer))
}

/// Our entries as pathlib's `walk` gives them: for each directory the names of the directories in it,
/// and of all else.
fn walked(world: &World, start: &Path, options: &Value) -> Value {
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
    let mut directories = BTreeMap::from([(world.recorded(start.as_str()), (Vec::new(), Vec::new()))]);
    for entry in entries.into_iter().map(Result::unwrap) {
        let is_directory = entry.kind() == FileKind::Directory || follows && entry.is_dir();
        let (inner, other) = directories.entry(world.recorded(entry.parent().as_str())).or_default();
        if is_directory { inner } else { other }.push(entry.name().to_owned());
        if is_directory {
            directories.entry(world.recorded(entry.as_str())).or_default();
        }
    }
    let lines = directories.into_iter().map(|(path, (mut inner, mut other))| {
        inner.sort();
        other.sort();
        json!([path, inner, other])
    });
    lines.collect()
}

/// What an operation gave, or the system's number for why it failed.
fn said(result: Result<Value>) -> Value {
    result.unwrap_or_else(|error| json!({ "error": errno(&error) }))
}

fn errno_of_failure(error: &Error) -> &'static str {
    if error.failure_count() == 1 && error.io_error().is_some() { errno(error) } else { "?" }
}

fn errno(error: &Error) -> &'static str {
    let named = [
        (Errno::ACCESS, "EACCES"),
        (Errno::BUSY, "EBUSY"),
        (Errno::EXIST, "EEXIST"),
        (Errno::INVAL, "EINVAL"),
        (Errno::ISDIR, "EISDIR"),
        (Errno::LOOP, "ELOOP"),
        (Errno::NAMETOOLONG, "ENAMETOOLONG"),
        (Errno::NOENT, "ENOENT"),
        (Errno::NOTDIR, "ENOTDIR"),
        (Errno::NOTEMPTY, "ENOTEMPTY"),
        (Errno::PERM, "EPERM"),
    ];
    let number = error.io_error().and_then(std::io::Error::raw_os_error);
    match named.iter().find(|(errno, _)| Some(errno.raw_os_error()) == number) {
        Some((_, name)) => name,
        None if number.is_none() && error.kind() == ErrorKind::InvalidInput => "ValueError",
        None if number.is_none() && error.kind() == ErrorKind::NotADirectory => "ENOTDIR",
        None if number.is_none() && error.kind() == ErrorKind::IsADirectory => "EISDIR",
        None if number.is_none() => error.failures().first().map_or("?", errno_of_failure),
        None => panic!("no name for {error}"),
    }
}

fn expected(question: &Map<String, Value>) -> Value {
    match (question.get("ok"), question["op"].as_str()) {
        (Some(answer), _) => answer.clone(),
        (None, Some("glob" | "rglob" | "walk" | "iterdir")) => json!("an error"),
        _ => json!({ "error": question.get("errno").filter(|errno| !errno.is_null()).unwrap_or(&question["err"]) }),
    }
}

/// What a change gives, and what it makes of the tree; `None` when it is one that is not there yet.
fn change(world: &World, question: &Map<String, Value>) -> Option<(Value, Value)> {
    let path = world.path(question["self"].as_str().unwrap());
    let arg = || world.text(question["args"][0].as_str().unwrap());
    let set = |name: &str| question["kw"][name] == json!(true);
    let text = |path: PathBuf| json!(world.recorded(path.as_str()));
    let none = |(): ()| Value::Null;
    let before = world.entries();
    let result = match question["op"].as_str().unwrap() {
        "mkdir" => mkdir(&path, set("parents"), set("exist_ok")).map(none),
        "rmdir" => path.rmdir().map(none),
        "touch" => TouchOptions::new().exist_ok(set("exist_ok")).touch(&path).map(none),
        "unlink" if set("missing_ok") => path.unlink_if_exists().map(|_| Value::Null),
        "unlink" => path.unlink().map(none),
        "rename" => path.rename(arg()).map(text),
        "replace" => path.replace(arg()).map(text),
        "symlink_to" => path.symlink_to(arg()).map(none),
        "hardlink_to" => path.hardlink_to(arg()).map(none),
        "read_text" => path.read_text().map(Value::from),
        "write_text" => path.write_text(arg()).map(|()| json!(arg().chars().count())),
        "write_bytes" => path.write_bytes(arg()).map(|()| json!(arg().len())),
        "copy" | "copy_into" | "move" | "move_into" => copied(world, question, Overwrite::Refuse),
        _ => return None,
    };
    Some(changed(world, &before, result))
}

/// What an operation gave, and what it made of the tree.
fn changed(world: &World, before: &BTreeMap<String, Value>, result: Result<Value>) -> (Value, Value) {
    let after = world.entries();
    let add: Vec<_> =
        after.iter().filter(|(name, entry)| before.get(*name) != Some(*entry)).map(|(_, new)| new).collect();
    let del: Vec<_> =
        before.iter().filter(|(name, entry)| after.get(*name) != Some(*entry)).map(|(name, _)| name).collect();
    (said(result), json!({ "add": add, "del": del }))
}

/// pathlib's `copy` and `move` and their kin. They follow links, or keep them, in trees too.
fn copied(world: &World, question: &Map<String, Value>, overwrite: Overwrite) -> Result<Value> {
    let path = world.path(question["self"].as_str().unwrap());
    let arg = PathBuf::from(world.text(question["args"][0].as_str().unwrap()));
    let set = |name: &str| question["kw"].get(name) == Some(&json!(true));
    let symlinks = if set("follow_symlinks") { Symlinks::Follow } else { Symlinks::Keep };
    let options = CopyOptions::new().symlinks(symlinks).times(set("preserve_metadata")).overwrite(overwrite);
    let (target, report) = match question["op"].as_str().unwrap() {
        "copy" => (arg.clone(), options.copy(path, &arg)),
        "copy_into" => (&arg / path.name(), options.copy_into(path, &arg)),
        "move" => (arg.clone(), options.move_to(path, &arg)),
        _ => (&arg / path.name(), options.move_into(path, &arg)),
    };
    report.map(|_| json!(world.recorded(target.as_str())))
}

/// pathlib's `mkdir` with its parameters, of which ours is two methods.
fn mkdir(path: &Path, parents: bool, exist_ok: bool) -> Result<()> {
    if parents && exist_ok {
        return path.mkdir_all();
    }
    match path.mkdir() {
        Err(error) if parents && error.kind() == ErrorKind::NotFound => {
            path.parent().mkdir_all()?;
            path.mkdir()
        }
        Err(_) if exist_ok && path.is_dir() => Ok(()),
        result => result,
    }
}

/// Whether a change differs as it should: nothing is renamed over what is there, newlines stay as they are,
/// and the empty path is the directory `.`, also as the target of a link.
fn is_wanted_change(
    question: &Map<String, Value>,
    before: &World,
    ours: &(Value, Value),
    expected: &(Value, Value),
) -> bool {
    let argument = question["args"][0].as_str().unwrap_or_default();
    let newline = question["kw"]["newline"].as_str();
    let nothing = json!({ "add": [], "del": [] });
    match question["op"].as_str().unwrap() {
        "rename" => {
            let taken = fs::symlink_metadata(before.path(argument)).is_ok();
            taken && *ours == (json!({ "error": "EEXIST" }), nothing)
        }
        "read_text" => {
            let read = |text: &str| json!(text.replace("\r\n", "\n").replace('\r', "\n"));
            newline.is_none() && ours.0.as_str().map(read).as_ref() == Some(&expected.0) && ours.1 == expected.1
        }
        "write_text" => {
            let mut translated = ours.1.clone();
            for content in translated["add"].as_array_mut().unwrap().iter_mut().filter_map(|entry| entry.get_mut(2)) {
                *content = json!(content.as_str().unwrap().replace('\n', newline.unwrap_or("\n")));
            }
            ours.0 == expected.0 && translated == expected.1
        }
        "copy" | "copy_into" | "move" | "move_into" => is_wanted_copy(question, before, ours, expected),
        "replace" | "symlink_to" | "hardlink_to" => argument.is_empty() && expected.0 == json!({ "error": "ENOENT" }),
        _ => false,
    }
}

/// Whether copying or moving differs as it should: what is there is replaced only when asked for, and then as
/// pathlib does it; what both refuse is refused here with one error for the same file and one for a taken
/// name; to move something onto itself is refused, too; a link that is kept is copied wherever it leads.
fn is_wanted_copy(
    question: &Map<String, Value>,
    before: &World,
    ours: &(Value, Value),
    expected: &(Value, Value),
) -> bool {
    let nothing = json!({ "add": [], "del": [] });
    let is_refused = |error: &str| *ours == (json!({ "error": error }), nothing.clone());
    let this = question["self"].as_str().unwrap();
    let is_move = question["op"].as_str().unwrap().starts_with("move");
    let is_link = before.path(this).is_symlink();
    if is_refused("ValueError") {
        let is_error = expected.0.get("error").is_some();
        // pathlib moves things onto themselves, and sees no link to the directory that the target lies in.
        return expected.1 == nothing && (is_error || is_move) || is_link;
    }
    if is_refused("EEXIST") {
        let entries = before.entries();
        let replaced = changed(before, &entries, copied(before, question, Overwrite::Always));
        return replaced == *expected || is_move && expected.0.get("error").is_some() && expected.1 == nothing;
    }
    let is_kept = question["kw"]["follow_symlinks"] == json!(false) && is_link;
    is_kept && expected.0 == json!({ "error": "EINVAL" }) && ours.1["del"] == json!([])
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
    let pattern = question["args"][0].as_str().unwrap();
    let ends_in_stars = pattern.trim_end_matches('/').ends_with("**");
    let also = |path: &String| ends_in_stars && world.path(path).is_dir();
    // Where links are followed, pathlib finds the start by `***`, too.
    let missing = |path: &String| pattern.contains("***") && Some(path.as_str()) == question["self"].as_str();
    // A link that leads back may be gone through on the way to what matches, or in vain.
    let loops_are_said = looped || straight.len() == expected.len();
    loops_are_said
        && looped <= world.is_cyclic
        && straight.difference(&ours).all(missing)
        && ours.difference(&straight).all(also)
}

/// Whether a path goes on below a link that leads back to a directory on the way to it.
fn goes_round(world: &World, path: &str) -> bool {
    let path = world.path(path);
    let real = |path: &Path| fs::canonicalize(path.as_str()).ok();
    let path = &world.root / path;
    let above: Vec<_> = path.parents().filter(|above| above.is_relative_to(&world.root)).collect();
    above
        .iter()
        .enumerate()
        .any(|(at, link)| link.is_symlink() && above[at + 1..].iter().any(|above| real(above) == real(link)))
}

#[test]
fn fs_conformance_of_pathlib() {
    if !alone("fs_conformance::fs_conformance_of_pathlib") {
        return;
    }
    let file = std::env::var("WAYPATH_FS_VECTORS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fs-seed1.jsonl").to_owned());
    let text = std::env::split_paths(&file).map(|file| fs::read_to_string(file).unwrap()).collect::<String>();
    let mut tree = Vec::new();
    let mut is_cyclic = false;
    let mut world = World::new(&tree, is_cyclic);
    let (mut asked, mut wanted, mut wrong) = (0, 0, 0);
    let mut count = |line: &str, is_equal: bool, is_wanted: bool, ours: &dyn std::fmt::Display| {
        asked += 1;
        if !is_equal && is_wanted {
            wanted += 1;
        } else if !is_equal {
            wrong += 1;
            println!("wrong: {line}\n    ours: {ours}");
        }
    };
    for line in text.lines() {
        let Ok(Value::Object(question)) = serde_json::from_str(line) else { panic!("not a vector: {line}") };
        if let Some(Value::Array(entries)) = question.get("tree") {
            tree.clone_from(entries);
            is_cyclic = question["cyclic"] == json!(true);
            world = World::new(&tree, is_cyclic);
        }
        if !question.contains_key("op") {
            continue;
        }
        let expected = expected(&question);
        if let Some(diff) = question.get("diff") {
            let expected = (expected, diff.clone());
            if let Some(ours) = change(&world, &question) {
                // The tree as it was before is the one of the next change, too.
                world = World::new(&tree, is_cyclic);
                let is_wanted = ours != expected && is_wanted_change(&question, &world, &ours, &expected);
                if is_wanted {
                    world = World::new(&tree, is_cyclic);
                }
                count(line, ours == expected, is_wanted, &format_args!("{} {}", ours.0, ours.1));
            }
        } else if let Some(ours) = ask(&world, &question) {
            count(line, ours == expected, is_wanted_difference(&world, &question, &ours, &expected), &ours);
        }
    }
    let equal = asked - wanted - wrong;
    println!("fs conformance: {asked} vectors, {equal} equal, {wanted} wanted differences, {wrong} wrong");
    assert!(asked > 750, "the vectors are not all there");
    assert_eq!(wrong, 0);
}
