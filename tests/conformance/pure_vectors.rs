//! Every recorded answer of CPython's pathlib, asked again.
//!
//! `tests/conformance/data/pure-seed1.jsonl` holds a JSON object a line: `flavour`, `op`, `self`, `args`, `kw`,
//! and `ok` with the answer, `err` with the class of the exception, or `ok_hex` with the bytes of a
//! path that is not UTF-8. `WAYPATH_VECTORS=FILE[:FILE…]` (`;` on Windows) names other files of
//! that form.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::iter;

use serde_json::{Value, json};
use waypath::{Flavour, Native, Path, PathBuf, Pattern, Posix, Windows};

use crate::conformance::os_path::{
    Decoded, Os, backslashed, nt_commonpath, nt_join, nt_normpath, nt_pure_uri, nt_splitroot, nt_uri, posix_commonpath,
    posix_root, relpath, split, splitext, uri_path,
};
use crate::conformance::reference::{self, Rules};

/// Answers of ours that are not pathlib's, on purpose.
struct WantedDifference {
    reason: &'static str,
    /// What pathlib and we answer, by rules of their own; `None` for what this is not about. Both have to be right:
    /// no question is excused by what is asked.
    answers: fn(&Vector) -> Option<Both>,
}

struct Both {
    pathlib: Answer,
    ours: Answer,
}

const WANTED_DIFFERENCES: &[WantedDifference] = &[
    WantedDifference {
        reason: "a path is UTF-8: a URI that names other bytes is an error",
        answers: |vector| {
            let bytes = vector.uri_path(Decoded::Last).filter(|bytes| str::from_utf8(bytes).is_err())?;
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Some(Both { pathlib: Some(json!(hex)), ours: None })
        },
    },
    WantedDifference {
        reason: "a URI is decoded before host and drive are looked for: `file:///c%3A/a` is on a drive",
        answers: |vector| {
            let path = |decoded| Some(vector.absolute(vector.uri_path(decoded)?).map(Value::String));
            Some(Both { pathlib: path(Decoded::Last)?, ours: path(Decoded::First)? })
        },
    },
    WantedDifference {
        reason: "`matches` answers yes or no: the empty pattern matches nothing, where pathlib raises ValueError",
        answers: |vector| {
            let is_empty = vector.op == "match" && vector.normal(vector.arg(0)) == ".";
            is_empty.then_some(Both { pathlib: None, ours: Some(json!(false)) })
        },
    },
    WantedDifference {
        reason: "`PurePath.as_uri` is deprecated; `as_uri` is `Path.as_uri`, which writes odd drives otherwise",
        answers: |vector| {
            let is_asked = vector.op == "pure_as_uri" && vector.os == Os::Windows;
            let path = vector.normal(&vector.this);
            let uris = || Both { pathlib: json!(nt_pure_uri(&path)).into(), ours: json!(nt_uri(&path)).into() };
            is_asked.then(uris)
        },
    },
    WantedDifference {
        reason: "a path is its text: what was joined is in normal form before more is joined, a share with its root and \
                 complete, where pathlib joins all texts anew",
        answers: |vector| {
            let texts: Vec<&str> = match &*vector.op {
                _ if vector.os == Os::Posix => return None,
                "rtruediv" => vec![vector.arg(0), &*vector.this],
                "joinpath" | "ospath.join" => iter::once(&*vector.this).chain(vector.args()).collect(),
                _ => return None,
            };
            let anew = vector.normal(&nt_join(texts.iter().copied()));
            // The empty path joins as nothing.
            let text = |path: String| if path == "." { String::new() } else { path };
            let start = text(vector.normal(texts[0]));
            let join = |path: String, more: &&str| {
                let more = if vector.op == "rtruediv" { text(vector.normal(more)) } else { (*more).to_owned() };
                text(vector.normal(&nt_join([&*path, &*more])))
            };
            let step_by_step = vector.normal(&texts[1..].iter().fold(start, join));
            Some(Both { pathlib: Some(json!(anew)), ours: Some(json!(step_by_step)) })
        },
    },
    WantedDifference {
        reason: "a name stays a name: `os.path.normpath`, `relpath` and `commonpath` turn `./c:a` into a path on a drive",
        answers: |vector| {
            let tail = |text: &str| nt_splitroot(&nt_normpath(text)).2.to_owned();
            let name = match &*vector.op {
                _ if vector.os == Os::Posix => return None,
                "ospath.normpath" if is_relative(&vector.this) => nt_normpath(&vector.this),
                "ospath.commonpath" if is_relative(&vector.this) => nt_commonpath(&vector.texts())?,
                "ospath.relpath" => relpath(&tail(&vector.this), &tail(vector.arg(0)), '\\'),
                _ => return None,
            };
            let is_drive = !nt_splitroot(&name).0.is_empty();
            is_drive.then(|| Both {
                pathlib: json!(vector.normal(&name)).into(),
                ours: json!([r".\", &name].concat()).into(),
            })
        },
    },
    WantedDifference {
        reason: "what `relative_to` cuts out is a part of the path: where that reads as a drive, there is none",
        answers: |vector| {
            if vector.os == Os::Posix || vector.op != "relative_to" || vector.flag("walk_up") {
                return None;
            }
            let (path, base) = (PathBuf::<Windows>::parse(&vector.this), PathBuf::<Windows>::parse(vector.arg(0)));
            let rest = path.relative_to_walk_up(&base).ok().filter(|_| path.is_relative_to(&base))?;
            let is_guarded = rest.as_str().starts_with(r".\");
            is_guarded.then(|| Both { pathlib: Some(json!(rest.as_str())), ours: None })
        },
    },
    WantedDifference {
        reason: "`//` is a root of its own, as in pathlib: `os.path.commonpath` and `relpath` take it for `/`",
        answers: |vector| match &*vector.op {
            _ if vector.os == Os::Windows => None,
            "ospath.commonpath" => {
                let common = |is_double_root| posix_commonpath(&vector.texts(), is_double_root).map(Value::String);
                Some(Both { pathlib: common(false), ours: common(true) })
            }
            "ospath.relpath" if posix_root(&vector.this, true) != posix_root(vector.arg(0), true) => {
                let (path, start) = (vector.normalized(&vector.this), vector.normalized(vector.arg(0)));
                Some(Both { pathlib: Some(json!(relpath(&path, &start, '/'))), ours: None })
            }
            _ => None,
        },
    },
    WantedDifference {
        reason: "a share has a root even when it is not written, as in pathlib: for `os.path` it has not",
        answers: |vector| match &*vector.op {
            _ if vector.os == Os::Posix => None,
            "ospath.splitroot" if is_share_without_root(&vector.this) => {
                let drive = backslashed(&vector.this);
                Some(Both { pathlib: Some(json!([drive, ""])), ours: Some(json!([drive, r"\"])) })
            }
            "ospath.commonpath" => {
                let with_root = |text: String| if is_share_without_root(&text) { text + r"\" } else { text };
                let common = |texts: Vec<String>| nt_commonpath(&texts).map(|text| json!(vector.normal(&text)));
                let whole = vector.texts().into_iter().map(with_root).collect();
                Some(Both { pathlib: common(vector.texts()), ours: common(whole) })
            }
            _ => None,
        },
    },
    WantedDifference {
        reason: "`{a,b}` is `a` or `b`, as in shells: for pathlib it is a name",
        answers: |vector| {
            let is_separator = |c| c == '/' || vector.os == Os::Windows && c == '\\';
            let patterns = || reference::alternatives(vector.arg(0), is_separator, 1_000);
            let patterns = vector.is_matching().then(patterns)?.filter(|patterns| patterns.len() > 1)?;
            let is_match = |pattern| vector.reference_answer_to(pattern, ClassesMatch::NamesOnly) == Some(json!(true));
            Some(Both {
                pathlib: vector.reference_answer(ClassesMatch::Separators),
                ours: Some(json!(patterns.iter().any(|pattern| is_match(pattern)))),
            })
        },
    },
    WantedDifference {
        reason: "a class never matches a separator",
        answers: |vector| {
            let answer = |classes| vector.reference_answer(classes);
            let is_asked = vector.is_matching();
            is_asked.then(|| Both { pathlib: answer(ClassesMatch::Separators), ours: answer(ClassesMatch::NamesOnly) })
        },
    },
    WantedDifference {
        reason: "a separator or `.` at the end is no part: `os.path.split` and `splitext` take it for one",
        answers: |vector| {
            let normal = match vector.normal(&vector.this) {
                path if path == "." => String::new(),
                path => path,
            };
            let answer = |text: &str| match &*vector.op {
                "ospath.split" => {
                    let (head, tail) = split(vector.os, text);
                    Some(json!([vector.normal(&head), tail]))
                }
                "ospath.splitext" => {
                    let (start, suffix) = splitext(vector.os, text);
                    Some(json!([vector.normal(start), suffix]))
                }
                _ => None,
            };
            Some(Both { pathlib: Some(answer(&vector.this)?), ours: Some(answer(&normal)?) })
        },
    },
    WantedDifference {
        reason: "a drive is no name: `os.path.splitext` finds an extension in `c:.txt` and in a share",
        answers: |vector| {
            let normal = vector.normal(&vector.this);
            let (drive, root, tail) = nt_splitroot(&normal);
            if vector.os == Os::Posix || vector.op != "ospath.splitext" {
                return None;
            }
            let (start, suffix) = splitext(vector.os, &vector.this);
            let (our_start, our_suffix) = splitext(vector.os, tail);
            let our_start = [drive, root, our_start].concat();
            let pathlib = Some(json!([vector.normal(start), suffix]));
            Some(Both { pathlib, ours: Some(json!([vector.normal(&our_start), our_suffix])) })
        },
    },
];

/// Whether a Windows text has neither drive nor root.
fn is_relative(text: &str) -> bool {
    let text = backslashed(text);
    let (drive, root, _) = nt_splitroot(&text);
    drive.is_empty() && root.is_empty()
}

/// Whether a text is a share that ends without its root.
fn is_share_without_root(text: &str) -> bool {
    let text = backslashed(text);
    let (drive, root, _) = nt_splitroot(&text);
    root.is_empty() && drive.starts_with(r"\\") && PathBuf::<Windows>::parse(drive).root() == r"\"
}

/// What we answer: `None` for an error.
type Answer = Option<Value>;

struct Vector {
    line: String,
    os: Os,
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
        let os = match &*flavour {
            "posix" => Os::Posix,
            "windows" => Os::Windows,
            other => panic!("unknown flavour {other}"),
        };
        Some(Self { line: line.to_owned(), os, op, this, args, options, expected: fields })
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

    /// The text and the texts of the arguments.
    fn texts(&self) -> Vec<String> {
        iter::once(&*self.this).chain(self.args()).map(str::to_owned).collect()
    }

    /// A text in the normal form of the flavour.
    fn normal(&self, text: &str) -> String {
        match self.os {
            Os::Posix => PathBuf::<Posix>::parse(text).into_string(),
            Os::Windows => PathBuf::<Windows>::parse(text).into_string(),
        }
    }

    /// A POSIX text as `os.path.normpath` has it.
    fn normalized(&self, text: &str) -> String {
        PathBuf::<Posix>::parse(text).normalize().as_str().to_owned()
    }

    /// The bytes that a URI names.
    fn uri_path(&self, decoded: Decoded) -> Option<Vec<u8>> {
        if self.op != "from_uri" {
            return None;
        }
        uri_path(self.os, &self.this, decoded)
    }

    /// The path that has these bytes, if it is absolute.
    fn absolute(&self, bytes: Vec<u8>) -> Option<String> {
        let text = String::from_utf8(bytes).ok()?;
        let is_absolute = match self.os {
            Os::Posix => PathBuf::<Posix>::parse(&text).is_absolute(),
            Os::Windows => PathBuf::<Windows>::parse(&text).is_absolute(),
        };
        is_absolute.then(|| self.normal(&text))
    }

    fn is_matching(&self) -> bool {
        matches!(&*self.op, "match" | "full_match")
    }

    /// The answer of the reference matcher, to a question of matching.
    fn reference_answer(&self, classes: ClassesMatch) -> Answer {
        self.reference_answer_to(self.arg(0), classes)
    }

    /// The same, for another pattern.
    fn reference_answer_to(&self, pattern: &str, classes: ClassesMatch) -> Answer {
        match self.os {
            Os::Posix => self.reference_answer_for::<Posix>(pattern, classes),
            Os::Windows => self.reference_answer_for::<Windows>(pattern, classes),
        }
    }

    fn reference_answer_for<F: Flavour>(&self, pattern: &str, classes: ClassesMatch) -> Answer {
        let rules = Rules {
            separator: F::SEPARATOR,
            classes_match_separators: classes == ClassesMatch::Separators,
            ignore_case: self.options["case_sensitive"].as_bool().map_or(F::SEPARATOR == '\\', |sensitive| !sensitive),
        };
        let (pattern, path) = (Path::<F>::parse(pattern), Path::<F>::parse(&self.this));
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
        let answers = match vector.os {
            Os::Posix if cfg!(unix) => vec![ask::<Posix>(vector), ask::<Native>(vector)],
            Os::Posix => vec![ask::<Posix>(vector)],
            Os::Windows if cfg!(windows) => vec![ask::<Windows>(vector), ask::<Native>(vector)],
            Os::Windows => vec![ask::<Windows>(vector)],
        };
        if answers.iter().all(|(ours, expected)| ours == expected) {
            self.equal += 1;
            return;
        }
        let row = WANTED_DIFFERENCES.iter().find(|row| {
            let is_stated =
                |both: Both| answers.iter().all(|(ours, pathlib)| *ours == both.ours && *pathlib == both.pathlib);
            (row.answers)(vector).is_some_and(is_stated)
        });
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
        "ospath.split" => Some(json!([path.parent().as_str(), path.name()])),
        "ospath.splitext" => {
            let start = path.as_str().strip_suffix(path.suffix()).unwrap();
            Some(json!([PathBuf::<F>::parse(start).as_str(), path.suffix()]))
        }
        // That it is an equal path.
        "ospath.normcase" => {
            let expected = vector.expected_answer().unwrap();
            Some(if *path == *expected.as_str().unwrap() { expected } else { json!(path.as_str()) })
        }
        other => panic!("unknown question {other}"),
    }
}

fn expected_of_os_path<F: Flavour>(op: &str, vector: &Vector) -> Answer {
    match op {
        "ospath.splitroot" => {
            let answer = vector.expected_answer()?;
            let part = |at: usize| answer[at].as_str().unwrap().replace('/', &F::SEPARATOR.to_string());
            Some(json!([part(0), part(1)]))
        }
        "ospath.split" | "ospath.splitext" => {
            let answer = vector.expected_answer()?;
            let part = |at: usize| answer[at].as_str().unwrap();
            Some(json!([PathBuf::<F>::parse(part(0)).as_str(), part(1)]))
        }
        "ospath.normcase" => vector.expected_answer(),
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
        Value::Bool(true) => pattern.case_sensitive(true),
        _ => pattern.case_sensitive(false),
    }
}
