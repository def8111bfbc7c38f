//! Every recorded answer of CPython's pathlib, asked again.
//!
//! `tests/data/pure-seed1.jsonl` holds a JSON object a line: `flavour`, `op`, `self`, `args`, `kw`,
//! and `ok` with the answer, `err` with the class of the exception, or `ok_hex` with the bytes of a
//! path that is not UTF-8. `WAYPATH_VECTORS=FILE[:FILE…]` (`;` on Windows) names other files of
//! that form.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;

use serde_json::{Value, json};
use waypath::{Flavour, Native, Path, PathBuf, Pattern, Posix, Windows};

use crate::reference::{self, Rules};

/// An answer of ours that is not pathlib's, on purpose.
struct WantedDifference {
    reason: &'static str,
    /// Whether this is such a case, given our answer.
    applies: fn(&Vector, &Answer) -> bool,
}

const WANTED_DIFFERENCES: &[WantedDifference] = &[
    WantedDifference {
        reason: "a path is UTF-8: a URI that names other bytes is an error",
        applies: |vector, ours| vector.op == "from_uri" && vector.expected.contains_key("ok_hex") && ours.is_none(),
    },
    WantedDifference {
        reason: "`matches` answers yes or no: the empty pattern matches nothing, where pathlib raises ValueError",
        applies: |vector, ours| {
            vector.op == "match" && vector.expected_answer().is_none() && *ours == Some(json!(false))
        },
    },
    WantedDifference {
        reason: "`PurePath.as_uri` is deprecated; `as_uri` is `Path.as_uri`, which writes odd drives otherwise",
        applies: |vector, _| {
            vector.op == "pure_as_uri"
                && vector.flavour == "windows"
                && is_odd_drive(windows_path(&vector.this).drive())
        },
    },
    WantedDifference {
        reason: "a path is its text: a share that was completed by joining is whole, where pathlib joins all texts anew",
        applies: |vector, _| match &*vector.op {
            _ if vector.flavour != "windows" => false,
            "rtruediv" => is_incomplete_share(vector.arg(0)),
            "joinpath" | "ospath.join" => {
                let mut texts = std::iter::once(&*vector.this).chain(vector.args());
                vector.args.len() > 1 && texts.any(is_incomplete_share)
            }
            _ => false,
        },
    },
    WantedDifference {
        reason: "a path is its text: a share has its root, where pathlib joins the text that was given, which had none",
        applies: |vector, _| match &*vector.op {
            _ if vector.flavour != "windows" => false,
            "rtruediv" => is_share_that_ends_in_colon(vector.arg(0)),
            "joinpath" | "ospath.join" => is_share_that_ends_in_colon(&vector.this),
            _ => false,
        },
    },
    WantedDifference {
        reason: "a name stays a name: `os.path.normpath`, `relpath` and `commonpath` turn `./c:a` into a path on a drive",
        applies: |vector, ours| {
            let name = ours.as_ref().and_then(|ours| ours.as_str()?.strip_prefix(r".\"));
            matches!(&*vector.op, "ospath.normpath" | "ospath.relpath" | "ospath.commonpath")
                && vector.flavour == "windows"
                && name.is_some_and(|name| vector.expected_path::<Windows>() == Some(json!(name)))
        },
    },
    WantedDifference {
        reason: "`//` is a root of its own, as in pathlib: `os.path.commonpath` and `relpath` take it for `/`",
        applies: |vector, _| {
            let mut texts = std::iter::once(&*vector.this).chain(vector.args());
            matches!(&*vector.op, "ospath.commonpath" | "ospath.relpath")
                && vector.flavour == "posix"
                && texts.any(|text| text.starts_with("//") && !text.starts_with("///"))
        },
    },
    WantedDifference {
        reason: "a share has a root even when it is not written, as in pathlib: for `os.path` it has not",
        applies: |vector, _| {
            let mut texts = std::iter::once(&*vector.this).chain(vector.args());
            matches!(&*vector.op, "ospath.splitroot" | "ospath.commonpath")
                && vector.flavour == "windows"
                && texts.any(is_share_without_root)
        },
    },
    WantedDifference {
        reason: "a class never matches a separator",
        applies: |vector, ours| {
            vector.is_matching()
                && vector.reference_answer(ClassesMatch::Separators) == vector.expected_answer()
                && vector.reference_answer(ClassesMatch::NamesOnly) == *ours
        },
    },
    WantedDifference {
        reason: "`os.path.splitext`, `split` and `normcase` are not here: `suffix`, `parent` and `name`, and `==` are pathlib's",
        applies: |vector, _| matches!(&*vector.op, "ospath.splitext" | "ospath.split" | "ospath.normcase"),
    },
];

fn windows_path(text: &str) -> PathBuf<Windows> {
    PathBuf::parse(text)
}

/// Whether a text is the start of a share or device that a further part would complete.
fn is_incomplete_share(text: &str) -> bool {
    let path = windows_path(text);
    path.drive().starts_with(r"\\") && path.root().is_empty()
}

/// Whether a text is a share and ends with it.
fn is_share_without_root(text: &str) -> bool {
    let path = windows_path(text);
    path.drive().starts_with(r"\\") && !path.root().is_empty() && path.drive().len() == text.len()
}

/// Whether a text is a share without its root whose last character lets `ntpath.join` add none.
fn is_share_that_ends_in_colon(text: &str) -> bool {
    is_share_without_root(text) && text.ends_with(':')
}

/// Whether the two ways of pathlib to write a URI differ for an absolute path on this drive: where
/// there is no drive (`\:\a` counts as absolute), the drive has a `\\?\`, or a `:` elsewhere than
/// behind its letter, or a letter that is percent-encoded.
fn is_odd_drive(drive: &str) -> bool {
    match drive.strip_prefix(r"\\") {
        Some(share) => share.starts_with(r"?\") || share.contains(':'),
        None => !drive.starts_with(|letter: char| letter.is_ascii_alphanumeric() || "_.-~".contains(letter)),
    }
}

/// What we answer: `None` for an error.
type Answer = Option<Value>;

struct Vector {
    line: String,
    flavour: String,
    op: String,
    this: String,
    args: Vec<Value>,
    options: Value,
    expected: serde_json::Map<String, Value>,
}

impl Vector {
    /// Reads a line; `None` for the first line of a file, which tells how it was made.
    fn read(line: &str) -> Option<Self> {
        let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else { panic!("not a vector: {line}") };
        if fields.contains_key("meta") {
            return None;
        }
        let mut text = |name: &str| fields.remove(name).unwrap().as_str().unwrap().to_owned();
        let (flavour, op, this) = (text("flavour"), text("op"), text("self"));
        let Some(Value::Array(args)) = fields.remove("args") else { panic!("no args: {line}") };
        let options = fields.remove("kw").unwrap();
        Some(Self { line: line.to_owned(), flavour, op, this, args, options, expected: fields })
    }

    fn arg(&self, at: usize) -> &str {
        self.args[at].as_str().unwrap()
    }

    fn args(&self) -> impl Iterator<Item = &str> {
        self.args.iter().map(|arg| arg.as_str().unwrap())
    }

    fn flag(&self, name: &str) -> bool {
        self.options[name] == json!(true)
    }

    fn expected_answer(&self) -> Answer {
        self.expected.get("ok").or_else(|| self.expected.get("ok_hex")).cloned()
    }

    fn is_matching(&self) -> bool {
        matches!(&*self.op, "match" | "full_match")
    }

    /// The answer of the reference matcher, to a question of matching.
    fn reference_answer(&self, classes: ClassesMatch) -> Answer {
        match &*self.flavour {
            "posix" => self.reference_answer_for::<Posix>(classes),
            _ => self.reference_answer_for::<Windows>(classes),
        }
    }

    fn reference_answer_for<F: Flavour>(&self, classes: ClassesMatch) -> Answer {
        let rules = Rules {
            separator: F::SEPARATOR,
            classes_match_separators: classes == ClassesMatch::Separators,
            ignore_case: self.options["case_sensitive"].as_bool().map_or(F::SEPARATOR == '\\', |sensitive| !sensitive),
        };
        let (pattern, path) = (Path::<F>::parse(self.arg(0)), Path::<F>::parse(&self.this));
        match &*self.op {
            "match" => reference::matches(rules, &pattern, &path).map(|answer| json!(answer)),
            _ => Some(json!(reference::full_match(rules, &pattern, &path))),
        }
    }

    /// The expected text, as the path that it denotes: for functions of `os.path`, which do not
    /// give normal text.
    fn expected_path<F: Flavour>(&self) -> Answer {
        self.expected_answer().map(|text| json!(PathBuf::<F>::parse(text.as_str().unwrap()).as_str()))
    }
}

/// What a class such as `[!a]` matches, by the reference.
#[derive(Clone, Copy, PartialEq)]
enum ClassesMatch {
    /// Any character, as in CPython.
    Separators,
    /// Never a separator, as here.
    NamesOnly,
}

fn for_each_vector(mut check: impl FnMut(&Vector)) {
    let mut check_all = |text: &str| text.lines().filter_map(Vector::read).for_each(|vector| check(&vector));
    // In the program, so that it needs no files.
    let Ok(files) = std::env::var("WAYPATH_VECTORS") else { return check_all(include_str!("data/pure-seed1.jsonl")) };
    for file in std::env::split_paths(&files) {
        check_all(&fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
    }
}

/// The laws compare the real matcher with the reference, so the reference has to be right.
#[test]
fn the_reference_matcher_is_pathlibs() {
    let mut compared = 0;
    for_each_vector(|vector| {
        if vector.is_matching() {
            compared += 1;
            assert_eq!(vector.reference_answer(ClassesMatch::Separators), vector.expected_answer(), "{}", vector.line);
        }
    });
    assert!(compared > 200, "the vectors are not all there");
}

#[test]
fn pure_conformance() {
    let mut counts = Counts::default();
    for_each_vector(|vector| counts.check(vector));
    counts.print();
    assert!(counts.vectors > 1_000, "the vectors are not all there");
    assert_eq!(counts.wrong.len(), 0, "wrong answers");
}

#[derive(Default)]
struct Counts {
    vectors: usize,
    equal: usize,
    wanted: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

impl Counts {
    fn check(&mut self, vector: &Vector) {
        self.vectors += 1;
        let answers = match &*vector.flavour {
            "posix" if cfg!(unix) => vec![ask::<Posix>(vector), ask::<Native>(vector)],
            "posix" => vec![ask::<Posix>(vector)],
            "windows" if cfg!(windows) => vec![ask::<Windows>(vector), ask::<Native>(vector)],
            "windows" => vec![ask::<Windows>(vector)],
            other => panic!("unknown flavour {other}"),
        };
        if answers.iter().all(|(ours, expected)| ours == expected) {
            self.equal += 1;
            return;
        }
        let row = WANTED_DIFFERENCES.iter().find(|row| answers.iter().all(|(ours, _)| (row.applies)(vector, ours)));
        match row {
            Some(row) => *self.wanted.entry(row.reason).or_default() += 1,
            None => self.wrong.push(format!("{}\n    ours: {:?}", vector.line, answers[0].0)),
        }
    }

    fn print(&self) {
        for wrong in self.wrong.iter().take(40) {
            println!("wrong: {wrong}");
        }
        for (reason, count) in &self.wanted {
            println!("wanted difference, {count} times: {reason}");
        }
        let wanted: usize = self.wanted.values().sum();
        println!(
            "pure conformance: {} vectors, {} equal, {wanted} wanted differences, {} wrong",
            self.vectors,
            self.equal,
            self.wrong.len()
        );
    }
}

/// Our answer to a vector, and the one expected.
fn ask<F: Flavour>(vector: &Vector) -> (Answer, Answer) {
    let parsed = Path::<F>::parse(&vector.this);
    let path: &Path<F> = &parsed;
    let expected = vector.expected_answer();
    let ours = match &*vector.op {
        "str" => Some(json!(path.as_str())),
        "as_posix" => Some(json!(path.as_posix())),
        "parts" => Some(json!(path.parts().collect::<Vec<_>>())),
        "drive" => Some(json!(path.drive())),
        "root" => Some(json!(path.root())),
        "anchor" => Some(json!(path.anchor())),
        "name" => Some(json!(path.name())),
        "stem" => Some(json!(path.stem())),
        "suffix" => Some(json!(path.suffix())),
        "suffixes" => Some(json!(path.suffixes().collect::<Vec<_>>())),
        "parent" => Some(json!(path.parent().as_str())),
        "parents" => Some(json!(path.parents().map(Path::as_str).collect::<Vec<_>>())),
        "parents_at" => parent_at(path, vector.args[0].as_i64().unwrap()),
        "is_absolute" => Some(json!(path.is_absolute())),
        "is_reserved" => Some(json!(path.is_reserved())),
        "joinpath" => Some(json!(joined(path, vector).as_str())),
        "rtruediv" => Some(json!((vector.arg(0) / path).as_str())),
        "with_name" => text(path.with_name(vector.arg(0))),
        "with_stem" => text(path.with_stem(vector.arg(0))),
        "with_suffix" => text(path.with_suffix(vector.arg(0))),
        "relative_to" if vector.flag("walk_up") => text(path.relative_to_walk_up(vector.arg(0))),
        "relative_to" => text(path.relative_to(vector.arg(0))),
        "is_relative_to" => Some(json!(path.is_relative_to(vector.arg(0)))),
        "match" => Some(json!(pattern::<F>(vector).matches(path))),
        "full_match" => Some(json!(pattern::<F>(vector).full_match(path))),
        "eq" => Some(json!(*path == *Path::parse(vector.arg(0)))),
        "lt" => Some(json!(*path < *Path::parse(vector.arg(0)))),
        "hash_eq" => Some(json!(same_hash(path, &Path::parse(vector.arg(0))))),
        "sorted" => Some(json!(sorted(path, vector))),
        "as_uri" | "pure_as_uri" => path.as_uri().ok().map(|uri| json!(uri)),
        "from_uri" => text(PathBuf::<F>::from_uri(&vector.this)),
        op => return (ask_os_path(op, path, vector), expected_of_os_path::<F>(op, vector)),
    };
    (ours, expected)
}

/// The functions of `os.path` that have a counterpart here.
fn ask_os_path<F: Flavour>(op: &str, path: &Path<F>, vector: &Vector) -> Answer {
    match op {
        "ospath.normpath" => text(Ok(path.normalize())),
        "ospath.join" => Some(json!(joined(path, vector).as_str())),
        "ospath.relpath" => {
            let start = Path::parse(vector.arg(0));
            text(path.normalize().relative_to_walk_up(start.normalize()))
        }
        "ospath.commonpath" => {
            let others: Vec<_> = vector.args().map(Path::parse).collect();
            let mut common = Some(path);
            for other in &others {
                common = common.and_then(|common| common.common_path(other));
            }
            common.map(|path| json!(path.as_str()))
        }
        "ospath.splitroot" => Some(json!([path.drive(), path.root()])),
        _ => None,
    }
}

fn expected_of_os_path<F: Flavour>(op: &str, vector: &Vector) -> Answer {
    match op {
        "ospath.splitroot" => {
            let answer = vector.expected_answer()?;
            let part = |at: usize| answer[at].as_str().unwrap().replace('/', &F::SEPARATOR.to_string());
            Some(json!([part(0), part(1)]))
        }
        "ospath.splitext" | "ospath.split" | "ospath.normcase" => vector.expected_answer(),
        _ => vector.expected_path::<F>(),
    }
}

fn text<F: Flavour>(path: waypath::Result<impl AsRef<Path<F>>>) -> Answer {
    path.ok().map(|path| json!(path.as_ref().as_str()))
}

fn parent_at<F: Flavour>(path: &Path<F>, at: i64) -> Answer {
    let parents: Vec<_> = path.parents().collect();
    let at = if at < 0 { at + parents.len() as i64 } else { at };
    let parent = usize::try_from(at).ok().and_then(|at| parents.get(at));
    parent.map(|parent| json!(parent.as_str()))
}

fn joined<F: Flavour>(path: &Path<F>, vector: &Vector) -> PathBuf<F> {
    let mut joined = path.to_path_buf();
    joined.extend(vector.args());
    joined
}

fn sorted<F: Flavour>(path: &Path<F>, vector: &Vector) -> Vec<String> {
    let mut paths: Vec<_> = vector.args().map(PathBuf::parse).collect();
    paths.insert(0, path.to_path_buf());
    paths.sort();
    paths.into_iter().map(PathBuf::into_string).collect()
}

fn same_hash<F: Flavour>(left: &Path<F>, right: &Path<F>) -> bool {
    let state = RandomState::new();
    state.hash_one(left) == state.hash_one(right)
}

fn pattern<F: Flavour>(vector: &Vector) -> Pattern<F> {
    let pattern = Pattern::parse(vector.arg(0));
    match &vector.options["case_sensitive"] {
        Value::Null => pattern,
        Value::Bool(true) => pattern.case_sensitive(),
        _ => pattern.case_insensitive(),
    }
}
