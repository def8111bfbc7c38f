//! The same on every system: whatever is done, in whatever order, a tree on the disk becomes what a tree in
//! memory becomes; every operation gives the same answer, every listing the same order, every failure the same kind.
//!
//! `PROPTEST_CASES=10000` tries harder. There are no links here: not every system has them; and no access rights,
//! other programs or full disks: those have tests of their own.

mod memory;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::ErrorKind;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};
use waypath::{CopyOptions, Error, Overwrite, Path, RemoveOptions, Report, TempDir, Walk};

use memory::Node;

use crate::support::laws::config;

/// Something that is done to a tree. Paths are relative to its start, which is the empty one.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Mkdir(At),
    MkdirAll(At),
    Rmdir(At),
    Touch(At),
    WriteText(At, Text),
    AppendText(At, Text),
    WriteAtomic(At, Text),
    ReadText(At),
    Unlink(At),
    UnlinkIfExists(At),
    Rename(At, At),
    Replace(At, At),
    MoveTo(At, At),
    Copy(At, At),
    CopyOver(At, At),
    Rmtree(At),
    Remove(At),
    ClearDir(At),
    Iterdir(At),
    Walk(At),
    Glob(At, Text),
    Rglob(At, Text),
    Exists(At),
    IsFile(At),
    IsDir(At),
    Size(At),
}

type At = &'static str;
type Text = &'static str;

/// How many kinds of deeds there are, and how many of them cannot fail.
const KINDS: usize = 26;
const KINDS_THAT_CANNOT_FAIL: usize = 4;

/// What an operation gives, as far as it is the same on every system.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    YesOrNo(bool),
    Size(u64),
    Text(String),
    Count(Count),
    /// Paths in the order of the listing, directories with a separator at the end.
    Listed(Vec<String>),
}

/// What a [`Report`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    files: u64,
    directories: u64,
    bytes: u64,
}

/// Why an operation failed: its kind, that of each single failure with its path, and what was done all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    kind: ErrorKind,
    each: Vec<(String, ErrorKind)>,
    done: Count,
}

type Outcome = Result<Answer, Failure>;

#[test]
fn whatever_is_done_gives_the_same_on_every_system() {
    // Half of the sequences are the same every time and everywhere, half are new. Wine takes ten times as long.
    let config = config(if cfg!(windows) { 4 } else { 2 });
    let rngs = [TestRng::deterministic_rng(RngAlgorithm::default()), TestRunner::new(config.clone()).new_rng()];
    let tally = RefCell::new(Tally::default());
    for rng in rngs {
        let mut runner = TestRunner::new_with_rng(config.clone(), rng);
        if let Err(failure) = runner.run(&deeds(), |deeds| check(&deeds, &mut tally.borrow_mut())) {
            panic!("{failure}");
        }
    }
    tally.into_inner().close(config.cases >= 64);
}

/// Does the same on the disk and in memory, and compares what comes out after every step.
fn check(deeds: &[Deed], tally: &mut Tally) -> Result<(), TestCaseError> {
    let base = TempDir::new().unwrap();
    let mut memory = Node::empty();
    tally.sequences += 1;
    for (step, deed) in deeds.iter().enumerate() {
        if memory.is_undecided(deed) {
            continue;
        }
        let expected = memory.perform(deed);
        prop_assert_eq!(&deed.perform(&base), &expected, "step {}: {:?}", step, deed);
        let found = Node::on_disk(base.as_ref()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&found, &memory, "the tree after step {}: {:?}", step, deed);
        tally.enter(deed, &expected);
    }
    Ok(())
}

/// First what makes a tree to begin with, then anything.
fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let built =
        prop_oneof![at().prop_map(Deed::MkdirAll), (at(), text()).prop_map(|(at, text)| Deed::WriteText(at, text))];
    (vec(built, 0..24), vec(deed(), 1..25)).prop_map(|(built, deeds)| [built, deeds].concat())
}

fn deed() -> impl Strategy<Value = Deed> {
    let change_one = select(vec![
        Deed::Mkdir as fn(At) -> Deed,
        Deed::MkdirAll,
        Deed::Rmdir,
        Deed::Touch,
        Deed::Unlink,
        Deed::UnlinkIfExists,
        Deed::Rmtree,
        Deed::Remove,
    ]);
    let write = select(vec![Deed::WriteText as fn(At, Text) -> Deed, Deed::AppendText, Deed::WriteAtomic]);
    let relocate = select(vec![Deed::Rename as fn(At, At) -> Deed, Deed::Replace, Deed::MoveTo]);
    let ask = select(vec![
        Deed::ReadText as fn(At) -> Deed,
        Deed::ClearDir,
        Deed::Iterdir,
        Deed::Walk,
        Deed::Exists,
        Deed::IsFile,
        Deed::IsDir,
        Deed::Size,
    ]);
    let search = select(vec![Deed::Glob as fn(At, Text) -> Deed, Deed::Rglob]);
    prop_oneof![
        4 => (change_one, at()).prop_map(|(deed, at)| deed(at)),
        2 => (write, at(), text()).prop_map(|(deed, at, text)| deed(at, text)),
        4 => (relocate, at(), at()).prop_map(|(deed, from, to)| deed(from, to)),
        2 => (at_or_start(), at()).prop_map(|(from, to)| Deed::Copy(from, to)),
        2 => (at(), at()).prop_map(|(from, to)| Deed::CopyOver(from, to)),
        // Where there are trees to meet.
        2 => (name(), name()).prop_map(|(from, to)| Deed::CopyOver(from, to)),
        3 => (ask, at_or_start()).prop_map(|(deed, at)| deed(at)),
        2 => (search, at_or_start(), pattern()).prop_map(|(deed, at, pattern)| deed(at, pattern)),
    ]
}

/// A path of up to three names, of which there are few: they are to meet.
fn at() -> impl Strategy<Value = At> {
    prop_oneof![
        3 => name(),
        4 => select(vec!["a/a", "a/b", "a/c", "b/a", "b/b", "b/c"]),
        2 => select(vec!["a/a/a", "a/a/b", "a/b/a", "a/b/c", "b/a/a", "b/b/a", "c/a/b"]),
    ]
}

fn name() -> impl Strategy<Value = At> {
    select(vec!["a", "b", "c"])
}

fn at_or_start() -> impl Strategy<Value = At> {
    prop_oneof![1 => Just(""), 4 => at()]
}

fn text() -> impl Strategy<Value = Text> {
    select(vec!["", "one", "grüße\n"])
}

fn pattern() -> impl Strategy<Value = Text> {
    select(vec![
        "*", "**", "a", "*/", "a/", "*/*", "*/b", "a/*", "a/b/c", "[ab]", "[!a]/?", "**/b", "**/a/*", "a/**", "a/**/b",
        "**/*/", "*/**", "**/a/**", "**/[bc]/",
    ])
}

/// The names of a path of the test.
fn names_in(at: &str) -> Vec<&str> {
    at.split('/').filter(|name| !name.is_empty()).collect()
}

impl Deed {
    /// Does it with the library.
    fn perform(&self, base: &Path) -> Outcome {
        let over = CopyOptions::new().overwrite(Overwrite::Always);
        let new = CopyOptions::new();
        let path = base / self.path();
        let outcome = match *self {
            Self::Mkdir(_) => path.mkdir().map(done),
            Self::MkdirAll(_) => path.mkdir_all().map(done),
            Self::Rmdir(_) => path.rmdir().map(done),
            Self::Touch(_) => path.touch().map(done),
            Self::WriteText(_, text) => path.write_text(text).map(done),
            Self::AppendText(_, text) => path.append_text(text).map(done),
            Self::WriteAtomic(_, text) => path.write_atomic(text).map(done),
            Self::ReadText(_) => path.read_text().map(Answer::Text),
            Self::Unlink(_) => path.unlink().map(done),
            Self::UnlinkIfExists(_) => path.unlink_if_exists().map(Answer::YesOrNo),
            Self::Rename(_, to) => path.rename(base / to).map(|new| assert_eq!(new, base / to)).map(done),
            Self::Replace(_, to) => path.replace(base / to).map(|new| assert_eq!(new, base / to)).map(done),
            Self::MoveTo(_, to) => new.move_to(&path, base / to).map(count),
            Self::Copy(_, to) => new.copy(&path, base / to).map(count),
            Self::CopyOver(_, to) => over.copy(&path, base / to).map(count),
            Self::Rmtree(_) => RemoveOptions::new().rmtree(&path).map(count),
            Self::Remove(_) => RemoveOptions::new().remove(&path).map(count),
            Self::ClearDir(_) => RemoveOptions::new().clear_dir(&path).map(count),
            Self::Iterdir(_) => listed(base, path.iterdir()),
            Self::Walk(_) => listed(base, path.walk()),
            Self::Glob(_, pattern) => path.glob(pattern).and_then(|walk| listed(base, walk)),
            Self::Rglob(_, pattern) => path.rglob(pattern).and_then(|walk| listed(base, walk)),
            Self::Exists(_) => Ok(Answer::YesOrNo(path.exists())),
            Self::IsFile(_) => Ok(Answer::YesOrNo(path.is_file())),
            Self::IsDir(_) => Ok(Answer::YesOrNo(path.is_dir())),
            // That of a directory is the system's own business.
            Self::Size(_) => path.stat().map(|stat| Answer::Size(if stat.is_dir() { 0 } else { stat.size() })),
        };
        outcome.map_err(|error| Failure::of(base, &error))
    }

    /// The path that it is done to.
    fn path(&self) -> At {
        match *self {
            Self::Mkdir(at) | Self::MkdirAll(at) | Self::Rmdir(at) | Self::Touch(at) | Self::ReadText(at) => at,
            Self::WriteText(at, _) | Self::AppendText(at, _) | Self::WriteAtomic(at, _) => at,
            Self::Unlink(at) | Self::UnlinkIfExists(at) | Self::Rmtree(at) | Self::Remove(at) | Self::ClearDir(at) => {
                at
            }
            Self::Rename(at, _) | Self::Replace(at, _) | Self::MoveTo(at, _) => at,
            Self::Copy(at, _) | Self::CopyOver(at, _) => at,
            Self::Iterdir(at) | Self::Walk(at) | Self::Glob(at, _) | Self::Rglob(at, _) => at,
            Self::Exists(at) | Self::IsFile(at) | Self::IsDir(at) | Self::Size(at) => at,
        }
    }
}

fn done((): ()) -> Answer {
    Answer::Done
}

fn count(report: Report) -> Answer {
    Answer::Count(Count::of(&report))
}

/// The entries of a listing. Where it is only an error, it is a failure; an error among others is shown.
fn listed(base: &Path, walk: Walk<'_>) -> waypath::Result<Answer> {
    let mut entries: Vec<_> = walk.collect();
    if let [Err(_)] = entries[..] {
        return Err(entries.remove(0).unwrap_err());
    }
    let shown = |entry: waypath::Result<waypath::Entry>| match entry {
        Ok(entry) => shown(base, entry.path().as_ref()) + if entry.is_dir() { "/" } else { "" },
        Err(error) => error.to_string(),
    };
    Ok(Answer::Listed(entries.into_iter().map(shown).collect()))
}

/// A path as the test writes it.
fn shown(base: &Path, path: &std::path::Path) -> String {
    let path = path.strip_prefix(base.as_ref() as &std::path::Path).unwrap();
    path.iter().map(|name| name.to_str().unwrap()).collect::<Vec<_>>().join("/")
}

impl Count {
    fn of(report: &Report) -> Self {
        let Report { files, directories, bytes, shared, by_system, .. } = *report;
        let mut else_counted = report.clone();
        for counted in [
            &mut else_counted.files,
            &mut else_counted.directories,
            &mut else_counted.bytes,
            // Systems differ in how they copy.
            &mut else_counted.shared,
            &mut else_counted.by_system,
        ] {
            *counted = 0;
        }
        assert_eq!(else_counted, Report::default());
        assert!(shared + by_system <= files);
        Self { files, directories, bytes }
    }
}

impl Failure {
    fn of(base: &Path, error: &Error) -> Self {
        let each: Vec<_> = error
            .failures()
            .iter()
            .map(|failure| (shown(base, failure.path().as_std_path()), failure.kind()))
            .collect();
        assert_eq!(each.len(), error.failure_count(), "{error}");
        Self { kind: error.kind(), each, done: error.report().map(Count::of).unwrap_or_default() }
    }

    fn single(kind: ErrorKind, path: &str) -> Self {
        Self { kind, each: vec![(path.to_owned(), kind)], done: Count::default() }
    }
}

/// What was tried.
#[derive(Default)]
struct Tally {
    sequences: usize,
    /// How often each kind of deed succeeded and failed.
    kinds: BTreeMap<String, [usize; 2]>,
    failed_in_part: usize,
}

impl Tally {
    fn enter(&mut self, deed: &Deed, outcome: &Outcome) {
        let text = format!("{deed:?}");
        let (name, _) = text.split_once('(').unwrap();
        self.kinds.entry(name.to_owned()).or_default()[usize::from(outcome.is_err())] += 1;
        self.failed_in_part += usize::from(matches!(outcome, Err(failure) if failure.done != Count::default()));
    }

    /// Tells what was tried; of enough sequences, that everything was.
    fn close(self, are_enough: bool) {
        let succeeded: usize = self.kinds.values().map(|[succeeded, _]| succeeded).sum();
        let failed: usize = self.kinds.values().map(|[_, failed]| failed).sum();
        println!(
            "model: {} sequences, {} operations, {failed} of them failed as they should, {} in part",
            self.sequences,
            succeeded + failed,
            self.failed_in_part
        );
        if are_enough {
            let all = |at: usize| self.kinds.values().filter(|counts| counts[at] > 0).count();
            assert_eq!(all(0), KINDS, "some never succeeded: {:?}", self.kinds);
            assert_eq!(all(1), KINDS - KINDS_THAT_CANNOT_FAIL, "some never failed: {:?}", self.kinds);
            assert!(self.failed_in_part > 0);
        }
    }
}
