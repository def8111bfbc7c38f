//! Recorded answers of CPython's pathlib about real trees, asked again on Linux.
//!
//! `tests/conformance/data/fs-seed1.jsonl` holds sections that begin with `{"tree": [...]}`, followed by questions
//! about that tree, and at last by changes to it, each with what it makes of a fresh tree.
//!
//! Answers may differ on purpose in what the crate's table says. For each such question, pathlib's answer and ours are
//! worked out by rules of their own, which look at the disk through std only, and both are compared: also when they
//! are equal.

mod changing;
mod globbing;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};

use changing::{Transfer, told};
use globbing::{Glob, is_dir};

use rustix::io::Errno;
use serde_json::{Map, Value, json};
use waypath::{CopyOptions, Error, FileKind, Path, PathBuf, Pattern, Result, Symlinks, TempDir, TouchOptions, Walk};

use crate::support::util::alone;

/// A tree as it is recorded, built below a temporary directory. It is the working directory while it is there.
struct World {
    /// Holds `p/q/t`, the tree.
    base: TempDir,
    root: PathBuf,
}

impl World {
    fn new(entries: &[Value]) -> Self {
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
        Self { base, root }
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
    let listed = |walk: Result<Walk<'_>>| {
        let (entries, errors): (Vec<_>, Vec<_>) = walk.ok()?.partition(Result::is_ok);
        let entries: Vec<_> = entries.into_iter().map(Result::unwrap).collect();
        // A listing that begins at `.` is in the order of what follows it.
        assert!(entries.is_sorted_by_key(|entry| &world.root / entry), "{question:?} is not in order");
        let mut paths: Vec<_> = entries.iter().map(|entry| world.recorded(entry.as_str())).collect();
        paths.sort();
        Some(if errors.is_empty() { json!(paths) } else { json!({ "paths": paths, "errors": errors.len() }) })
    };
    let followed = |walk: Walk<'static>| match options["recurse_symlinks"] {
        Value::Bool(true) => walk.follow_symlinks(true),
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
            Value::Bool(true) => pattern.case_sensitive(true),
            _ => pattern.case_sensitive(false),
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
        walk = walk.follow_symlinks(true);
    }
    if options["top_down"] == json!(false) {
        walk = walk.contents_first(true);
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

fn errno(error: &Error) -> &'static str {
    match (error.io_error(), error.failures()) {
        (Some(cause), _) if cause.raw_os_error().is_some() => errno_of(cause),
        (None, [failure]) if failure.io_error().is_some() => errno(failure),
        _ => match error.kind() {
            ErrorKind::InvalidInput => "ValueError",
            ErrorKind::NotADirectory => "ENOTDIR",
            ErrorKind::IsADirectory => "EISDIR",
            ErrorKind::DirectoryNotEmpty => "ENOTEMPTY",
            _ => panic!("no name for {error}"),
        },
    }
}

/// The name of the system's number.
fn errno_of(error: &io::Error) -> &'static str {
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
    let name = named.iter().find(|(errno, _)| Some(errno.raw_os_error()) == error.raw_os_error());
    name.unwrap_or_else(|| panic!("no name for {error}")).1
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
        "copy" | "copy_into" | "move" | "move_into" => copied(world, question),
        _ => return None,
    };
    Some(changed(world, &before, said(result)))
}

/// What an operation gave, and what it made of the tree.
fn changed(world: &World, before: &BTreeMap<String, Value>, answer: Value) -> (Value, Value) {
    let after = world.entries();
    let add: Vec<_> =
        after.iter().filter(|(name, entry)| before.get(*name) != Some(*entry)).map(|(_, new)| new).collect();
    let del: Vec<_> =
        before.iter().filter(|(name, entry)| after.get(*name) != Some(*entry)).map(|(name, _)| name).collect();
    (answer, json!({ "add": add, "del": del }))
}

/// pathlib's `copy` and `move` and their kin. They follow links, or keep them, in trees too.
fn copied(world: &World, question: &Map<String, Value>) -> Result<Value> {
    let path = world.path(question["self"].as_str().unwrap());
    let arg = PathBuf::from(world.text(question["args"][0].as_str().unwrap()));
    let set = |name: &str| question["kw"].get(name) == Some(&json!(true));
    let symlinks = if set("follow_symlinks") { Symlinks::Follow } else { Symlinks::Keep };
    let options = CopyOptions::new().symlinks(symlinks).preserve_times(set("preserve_metadata"));
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

/// What pathlib and we answer, by rules of their own. Both have to be right: no question is excused by what is asked.
struct Both<T> {
    pathlib: T,
    ours: T,
}

/// The answers to a question about a tree that may differ; `None` if they may not.
fn answers(world: &World, question: &Map<String, Value>) -> Option<Both<Value>> {
    match question["op"].as_str().unwrap() {
        "glob" | "rglob" => {
            let glob = Glob::new(world, question)?;
            Some(Both { pathlib: glob.pathlibs_answer(world), ours: glob.our_answer(world) })
        }
        // pathlib is silent about a start that is not a directory.
        "walk" if !is_dir(world.path(question["self"].as_str().unwrap()).as_str()) => {
            Some(Both { pathlib: json!([]), ours: json!({ "paths": [], "errors": 1 }) })
        }
        _ => None,
    }
}

/// The answers to a change that may differ, and what they make of a fresh tree; `None` if they may not.
fn changes(question: &Map<String, Value>, fresh: &dyn Fn() -> World) -> Option<Both<(Value, Value)>> {
    let after = |deed: &dyn Fn(&World) -> Value| {
        let world = fresh();
        let before = world.entries();
        let answer = deed(&world);
        changed(&world, &before, answer)
    };
    let op = question["op"].as_str().unwrap();
    let this = |world: &World| world.path(question["self"].as_str().unwrap()).into_string();
    let argument = |world: &World| world.text(question["args"][0].as_str().unwrap());
    let newline = question["kw"]["newline"].as_str();
    match op {
        "copy" | "copy_into" | "move" | "move_into" => Some(Both {
            pathlib: after(&|world| Transfer::new(world, question).as_pathlib(world)),
            ours: after(&|world| Transfer::new(world, question).as_we(world)),
        }),
        // The empty text is the path `.`; and nothing is renamed over what is there.
        "rename" | "replace" | "symlink_to" | "hardlink_to" => {
            let do_it = |world: &World, argument: &str| {
                let (this, path) = (this(world), PathBuf::from(argument));
                let argument = if argument.is_empty() { argument } else { path.as_str() };
                let (result, answer) = match op {
                    "symlink_to" => (std::os::unix::fs::symlink(argument, this), Value::Null),
                    "hardlink_to" => (fs::hard_link(argument, this), Value::Null),
                    _ => (fs::rename(this, argument), json!(world.recorded(path.as_str()))),
                };
                told(result, answer)
            };
            let is_there = |path: &str| fs::symlink_metadata(path).is_ok();
            let has_name = |path: &str| !matches!(PathBuf::from(path).name(), "" | "..");
            // Of a target without a name, the system says that it is taken before it looks for the source.
            let is_refused = |this: &str, taken: &str| {
                let is_found = is_there(this) || !has_name(taken) && is_dir(PathBuf::from(this).parent().as_str());
                has_name(this) && is_found && is_there(taken)
            };
            let ours = |world: &World| match PathBuf::from(argument(world)).as_str() {
                taken if op == "rename" && is_refused(&this(world), taken) => {
                    json!({ "error": "EEXIST" })
                }
                argument => do_it(world, argument),
            };
            Some(Both { pathlib: after(&|world| do_it(world, &argument(world))), ours: after(&ours) })
        }
        // Newlines stay as they are.
        "read_text" => {
            let read = |world: &World| fs::read_to_string(this(world)).ok();
            let text = read(&fresh())?;
            let translated = text.replace("\r\n", "\n").replace('\r', "\n");
            let pathlib = if newline.is_none() { translated } else { text };
            Some(Both { pathlib: after(&|_| json!(pathlib)), ours: after(&|world| json!(read(world))) })
        }
        "write_text" => {
            let write = |world: &World, newline: &str| {
                let text = argument(world);
                told(fs::write(this(world), text.replace('\n', newline)), json!(text.chars().count()))
            };
            let newline = newline.filter(|newline| !newline.is_empty()).unwrap_or("\n");
            Some(Both { pathlib: after(&|world| write(world, newline)), ours: after(&|world| write(world, "\n")) })
        }
        _ => None,
    }
}

/// How many answers there are, and how they compare.
#[derive(Default)]
struct Counts {
    asked: usize,
    wanted: usize,
    wrong: usize,
}

impl Counts {
    fn check<T: PartialEq + std::fmt::Debug>(&mut self, line: &str, ours: &T, expected: &T, both: Option<Both<T>>) {
        self.asked += 1;
        let is_right = match &both {
            Some(both) => (&both.pathlib, &both.ours) == (expected, ours),
            None => ours == expected,
        };
        if !is_right {
            self.wrong += 1;
            println!("wrong: {line}\n    ours: {ours:?}");
            if let Some(Both { pathlib, ours }) = both {
                println!("    by the rules: {ours:?}\n    pathlib's by the rules: {pathlib:?}");
            }
        } else if ours != expected {
            self.wanted += 1;
        }
    }
}

#[test]
fn fs_conformance_of_pathlib() {
    if !alone("conformance::fs_vectors::fs_conformance_of_pathlib") {
        return;
    }
    let file = std::env::var("WAYPATH_FS_VECTORS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/data/fs-seed1.jsonl").to_owned());
    let text = std::env::split_paths(&file).map(|file| fs::read_to_string(file).unwrap()).collect::<String>();
    let mut tree = Vec::new();
    let mut world = World::new(&tree);
    let mut counts = Counts::default();
    for line in text.lines() {
        let Ok(Value::Object(question)) = serde_json::from_str(line) else { panic!("not a vector: {line}") };
        if let Some(Value::Array(entries)) = question.get("tree") {
            tree.clone_from(entries);
            world = World::new(&tree);
        }
        if !question.contains_key("op") {
            continue;
        }
        let expected = expected(&question);
        if let Some(diff) = question.get("diff") {
            let diff = match question.get("err") == Some(&json!("RecursionError")) {
                true => Transfer::new(&world, &question).without_rounds(&world, diff),
                false => diff.clone(),
            };
            let expected = (expected, diff);
            if let Some(ours) = change(&world, &question) {
                let both = changes(&question, &|| World::new(&tree));
                counts.check(line, &ours, &expected, both);
                // The tree as it was before is the one of the next change, too.
                world = World::new(&tree);
            }
        } else if let Some(ours) = ask(&world, &question) {
            counts.check(line, &ours, &expected, answers(&world, &question));
        }
    }
    let Counts { asked, wanted, wrong } = counts;
    let equal = asked - wanted - wrong;
    println!("fs conformance: {asked} vectors, {equal} equal, {wanted} wanted differences, {wrong} wrong");
    assert!(asked > 750, "the vectors are not all there");
    assert_eq!(wrong, 0);
}
