//! The same words on a local disk, below a root, in memory and in a bucket: the same answers.
//!
//! Every place starts empty, goes through the same deeds, and answers as a map from paths to texts would. What differs is in
//! [`words`] and nowhere else:
//!
//! - A disk wants its directories made before a file, and keeps them when the last one is gone.
//! - A disk has no file and directory of one name.
//! - A store does not say why something is no file or no directory: it is not found.
//! - A pattern in a directory that is not there matches nothing in a store, which is not asked for the directory.
//! - A store knows nothing of a directory but that it is there.

mod model;
mod words;

use std::collections::BTreeSet;
use std::io::ErrorKind;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use waypath::{Memory, TempDir};

use crate::shared::laws::config;
#[cfg(not(target_family = "wasm"))]
use crate::support::{Kind, Server, programs};
use model::Model;
use words::Words;

/// Something that is done in a place. Paths are relative to its start; `d` and what begins with it are directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    WriteText(Name, Text),
    WriteBytes(Name, Text),
    WriteNew(Name, Text),
    Create(Name, Text),
    CreateAndDrop(Name, Text),
    ReadText(Name),
    ReadLines(Name),
    ReadBytes(Name),
    /// This many bytes, from a position on.
    ReadSome(Name, u64, u64),
    Exists(Name),
    IsFile(Name),
    IsDir(Name),
    Stat(Name),
    Size(Name),
    Unlink(Name),
    UnlinkIfExists(Name),
    Rmtree(Name),
    Remove(Name),
    ClearDir(Name),
    Copy(Name, Name),
    CopyOver(Name, Name),
    MoveTo(Name, Name),
    Mirror(Name, Name),
    /// What a listing has, in the order of names: `d/`, and `f 3` of a file with three bytes.
    Iterdir(Name),
    Walk(Name),
    Glob(Name, Pattern),
    Rglob(Name, Pattern),
    IsEmptyDir(Name),
}

type Name = &'static str;
type Text = &'static str;
type Pattern = &'static str;

/// What comes of it: what was asked for, as text, or the kind of the error.
type Answer = Result<String, ErrorKind>;

use Deed::*;

/// What is done, one after the other, and what comes of it.
const DEEDS: &[(Deed, Result<&str, ErrorKind>)] = &[
    (Exists("f"), Ok("false")),
    (ReadText("f"), Err(ErrorKind::NotFound)),
    (Stat("f"), Err(ErrorKind::NotFound)),
    (Size("d/f"), Err(ErrorKind::NotFound)),
    (Unlink("f"), Err(ErrorKind::NotFound)),
    (UnlinkIfExists("d/f"), Ok("false")),
    (Rmtree("d"), Err(ErrorKind::NotFound)),
    (ClearDir("d"), Err(ErrorKind::NotFound)),
    (Remove("d"), Ok("")),
    (WriteText("f", "one\r\ntwo\n"), Ok("")),
    (Exists("f"), Ok("true")),
    (IsFile("f"), Ok("true")),
    (IsDir("f"), Ok("false")),
    (Stat("f"), Ok("file, 9 bytes, a recent time")),
    (Size("f"), Ok("9")),
    (ReadText("f"), Ok("one\r\ntwo\n")),
    (ReadLines("f"), Ok(r#"["one", "two"]"#)),
    (ReadBytes("f"), Ok("[111, 110, 101, 13, 10, 116, 119, 111, 10]")),
    (ReadSome("f", 5, 3), Ok("two")),
    (ReadSome("f", 8, 100), Ok("\n")),
    (ReadSome("f", 100, 1), Ok("")),
    (WriteText("f", ""), Ok("")),
    (Size("f"), Ok("0")),
    (ReadLines("f"), Ok("[]")),
    (ReadSome("f", 0, 1), Ok("")),
    (WriteBytes("f", "ünï\u{10ffff}\0"), Ok("")),
    (ReadText("f"), Ok("ünï\u{10ffff}\0")),
    (WriteNew("f", "lost"), Err(ErrorKind::AlreadyExists)),
    (ReadText("f"), Ok("ünï\u{10ffff}\0")),
    (WriteNew("d/d/f", "new"), Ok("")),
    (WriteNew("d/d/f", "lost"), Err(ErrorKind::AlreadyExists)),
    (ReadText("d/d/f"), Ok("new")),
    (IsDir("d"), Ok("true")),
    (IsDir("d/d"), Ok("true")),
    (IsFile("d/d"), Ok("false")),
    (Stat("d"), Ok("directory")),
    (ReadText("d/d"), Err(ErrorKind::NotFound)),
    (Unlink("d/d"), Err(ErrorKind::NotFound)),
    (Exists("f/f"), Ok("false")),
    (ReadText("f/f"), Err(ErrorKind::NotFound)),
    (Create("f", "whole"), Ok("")),
    (ReadText("f"), Ok("whole")),
    (CreateAndDrop("f", "half"), Ok("")),
    (ReadText("f"), Ok("whole")),
    (CreateAndDrop("g", "half"), Ok("")),
    (Exists("g"), Ok("false")),
    (WriteText("d/a b", "spaces"), Ok("")),
    (WriteText("d/ä+%26&#[x]", "what URLs, XML and patterns would act on"), Ok("")),
    (ReadText("d/ä+%26&#[x]"), Ok("what URLs, XML and patterns would act on")),
    (UnlinkIfExists("d/a b"), Ok("true")),
    (Unlink("d/ä+%26&#[x]"), Ok("")),
    (WriteText("d-old/f", "stays"), Ok("")),
    (Rmtree("f"), Err(ErrorKind::NotFound)),
    (Rmtree("d"), Ok("")),
    (Exists("d"), Ok("false")),
    (Exists("d/d/f"), Ok("false")),
    (ReadText("d-old/f"), Ok("stays")),
    (WriteText("d/f", "1"), Ok("")),
    (WriteText("d/d/f", "2"), Ok("")),
    (Remove("d"), Ok("")),
    (Remove("f"), Ok("")),
    (Exists("f"), Ok("false")),
    (WriteText("d/f", "1"), Ok("")),
    (ClearDir("d"), Ok("")),
    (Exists("d/f"), Ok("false")),
    (WriteText("f", "1"), Ok("")),
    (Copy("f", "d/g"), Ok("")),
    (ReadText("d/g"), Ok("1")),
    (WriteText("f", "2"), Ok("")),
    (Copy("f", "d/g"), Err(ErrorKind::AlreadyExists)),
    (ReadText("d/g"), Ok("1")),
    (CopyOver("f", "d/g"), Ok("")),
    (ReadText("d/g"), Ok("2")),
    (Copy("f", "f"), Err(ErrorKind::InvalidInput)),
    (Copy("no", "g"), Err(ErrorKind::NotFound)),
    (Copy("d", "d-new"), Ok("")),
    (ReadText("d-new/g"), Ok("2")),
    (Copy("d", "d-new"), Err(ErrorKind::AlreadyExists)),
    (Copy("d", "d/d/d"), Err(ErrorKind::InvalidInput)),
    (WriteText("d/g", "3"), Ok("")),
    (WriteText("d/d/f", "4"), Ok("")),
    (WriteText("d-new/f", "5"), Ok("")),
    (CopyOver("d", "d-new"), Ok("")),
    (ReadText("d-new/g"), Ok("3")),
    (ReadText("d-new/d/f"), Ok("4")),
    (ReadText("d-new/f"), Ok("5")),
    (MoveTo("d-new", "d-old"), Err(ErrorKind::AlreadyExists)),
    (MoveTo("d-new", "d/x"), Ok("")),
    (Exists("d-new"), Ok("false")),
    (ReadText("d/x/d/f"), Ok("4")),
    (MoveTo("d", "d/y"), Err(ErrorKind::InvalidInput)),
    (MoveTo("no", "g"), Err(ErrorKind::NotFound)),
    (MoveTo("f", "d-old/f"), Err(ErrorKind::AlreadyExists)),
    (MoveTo("f", "g"), Ok("")),
    (Exists("f"), Ok("false")),
    (ReadText("g"), Ok("2")),
    (Mirror("d", "d-old"), Ok("")),
    (Exists("d-old/f"), Ok("false")),
    (ReadText("d-old/x/g"), Ok("3")),
    (Iterdir("."), Ok("d/ d-old/ g 1")),
    (Iterdir("d-old"), Ok("d-old/d/ d-old/g 1 d-old/x/")),
    (Walk("d/x"), Ok("d/x/d/ d/x/d/f 1 d/x/f 1 d/x/g 1")),
    (Iterdir("no"), Err(ErrorKind::NotFound)),
    (Walk("g"), Err(ErrorKind::NotFound)),
    (Glob(".", "*"), Ok("d/ d-old/ g 1")),
    (Glob(".", "d*/*"), Ok("d/d/ d/g 1 d/x/ d-old/d/ d-old/g 1 d-old/x/")),
    (Glob(".", "**/x/**/f"), Ok("d/x/d/f 1 d/x/f 1 d-old/x/d/f 1 d-old/x/f 1")),
    (Glob("d", "x/*"), Ok("d/x/d/ d/x/f 1 d/x/g 1")),
    (Glob(".", "[gh]"), Ok("g 1")),
    (Glob(".", "{g,d-old/g}"), Ok("d-old/g 1 g 1")),
    (Glob(".", "d-/*"), Ok("")),
    (Rglob("d-old", "f"), Ok("d-old/d/f 1 d-old/x/d/f 1 d-old/x/f 1")),
    (IsEmptyDir("d"), Ok("false")),
    (IsEmptyDir("g"), Ok("false")),
    (Mirror("no", "d-old"), Err(ErrorKind::NotFound)),
    (Mirror("g", "d-old"), Err(ErrorKind::NotFound)),
    (ReadText("d-old/x/g"), Ok("3")),
    (ClearDir("."), Ok("")),
    (Exists("d-old"), Ok("false")),
    (ReadText("."), Err(ErrorKind::NotFound)),
];

#[test]
fn the_same_words_give_the_same_answers_everywhere() {
    for_each_place(|name, place| check_table(name, place, |_| true));
}

/// On moto and SeaweedFS: the tests of rclone, which ignores conditions, are elsewhere.
#[test]
#[cfg(not(target_family = "wasm"))]
fn the_same_words_give_the_same_answers_on_servers() {
    let Some(programs) = programs() else { return };
    for kind in [Kind::Moto, Kind::SeaweedFs] {
        let server = Server::start(kind, &programs);
        // SeaweedFS keeps directories: what has a delimiter lists them when nothing is below them any more.
        let is_alike = |deed| kind != Kind::SeaweedFs || !lists_one_level(deed);
        check_table("a bucket", &mut (&server.bucket("table") / "."), is_alike);
        check_table("a directory in a bucket", &mut (&server.bucket("below") / "some/where"), is_alike);
        let bucket = server.bucket("random");
        let mut runner = TestRunner::new(config(64));
        let outcome = runner.run(&vec(deed(), 1..40), |deeds| {
            bucket.clear_dir().unwrap();
            let (mut model, mut place) = (Model::default(), &bucket / ".");
            for (step, deed) in deeds.into_iter().enumerate() {
                let (answer, expected) = (place.act(deed), model.act(deed));
                assert!(answer == expected || !is_alike(deed), "{kind:?}, step {step}: {deed:?}: {answer:?}");
            }
            Ok(())
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }
}

#[cfg(not(target_family = "wasm"))]
fn lists_one_level(deed: Deed) -> bool {
    matches!(deed, Iterdir(_) | Glob(..) | Rglob(..) | IsEmptyDir(_))
}

#[track_caller]
fn check_table(name: &str, place: &mut dyn Words, is_alike: impl Fn(Deed) -> bool) {
    for (step, (deed, expected)) in DEEDS.iter().enumerate() {
        let answer = place.act(*deed);
        if is_alike(*deed) {
            assert_eq!(answer, expected.map(str::to_owned), "{name}, step {step}: {deed:?}");
        }
    }
}

#[test]
fn the_table_has_every_deed() {
    let kinds = |deeds: &mut dyn Iterator<Item = Deed>| {
        deeds.map(|deed| format!("{deed:?}").split('(').next().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let table = kinds(&mut DEEDS.iter().map(|(deed, _)| *deed));
    let random = kinds(&mut KINDS.iter().map(|make| make("f", "f", "")));
    assert_eq!(table, random);
}

/// Whatever is done in whatever order, all places become what the model becomes.
#[test]
fn whatever_is_done_gives_the_same_answers_everywhere() {
    // Half of the sequences are the same every time and everywhere, half are new.
    let config = config(16);
    for rng in [TestRng::deterministic_rng(RngAlgorithm::default()), TestRunner::new(config.clone()).new_rng()] {
        let mut runner = TestRunner::new_with_rng(config.clone(), rng);
        let outcome = runner.run(&vec(deed(), 1..40), |deeds| {
            let mut model = Model::default();
            let expected: Vec<_> = deeds.iter().map(|deed| model.act(*deed)).collect();
            for_each_place(|name, place| {
                for (step, (deed, expected)) in deeds.iter().zip(&expected).enumerate() {
                    assert_eq!(&place.act(*deed), expected, "{name}, step {step}: {deed:?}");
                }
            });
            Ok(())
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }
}

/// What can be done at random, with one name or two, or with a text.
const KINDS: &[fn(Name, Name, Text) -> Deed] = &[
    |name, _, text| WriteText(name, text),
    |name, _, text| WriteBytes(name, text),
    |name, _, text| WriteNew(name, text),
    |name, _, text| Create(name, text),
    |name, _, text| CreateAndDrop(name, text),
    |name, _, _| ReadText(name),
    |name, _, _| ReadLines(name),
    |name, _, _| ReadBytes(name),
    |name, _, _| ReadSome(name, 1, 3),
    |name, _, _| Exists(name),
    |name, _, _| IsFile(name),
    |name, _, _| IsDir(name),
    |name, _, _| Stat(name),
    |name, _, _| Size(name),
    |name, _, _| Unlink(name),
    |name, _, _| UnlinkIfExists(name),
    |name, _, _| Rmtree(name),
    |name, _, _| Remove(name),
    |name, _, _| ClearDir(name),
    |from, to, _| Copy(from, to),
    |from, to, _| CopyOver(from, to),
    |from, to, _| MoveTo(from, to),
    |from, to, _| Mirror(from, to),
    |name, _, _| Iterdir(name),
    |name, _, _| Walk(name),
    |name, _, text| Glob(name, pattern(text)),
    |name, _, text| Rglob(name, pattern(text)),
    |name, _, _| IsEmptyDir(name),
];

/// A pattern for a text.
fn pattern(text: Text) -> Pattern {
    match text.len() {
        0 => "*",
        1 => "**/*.md",
        2..8 => "d*/{f,g.md}",
        _ => "**/d/*",
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    let files = || select(vec!["f", "g.md", "d/f", "d/g.md", "d/d/f", "d-old/f", "d/d.x/f"]);
    let directories = || select(vec!["d", "d/d", "d-old", "no", "d/d.x"]);
    let texts = select(vec!["", "a", "one\ntwo\r\n", "ünï"]);
    let names = (files(), files(), directories(), directories());
    (select(KINDS), names, texts, 0..4).prop_map(|(make, (file, other, directory, target), text, which)| {
        let (of_files, of_directories) = (make(file, other, text), make(directory, target, text));
        match of_files {
            // A disk has no file and directory of one name, so files are only written under names of files.
            WriteText(..) | WriteBytes(..) | WriteNew(..) | Create(..) | CreateAndDrop(..) => of_files,
            // Of a directory, a disk says something.
            Size(_) | UnlinkIfExists(_) => of_files,
            // The table has what goes into itself.
            Copy(..) | CopyOver(..) | MoveTo(..) if which > 0 && file != other => of_files,
            Copy(..) | CopyOver(..) | MoveTo(..) | Mirror(..) if meet(directory, target) => Exists(file),
            Copy(..) | CopyOver(..) | MoveTo(..) | Mirror(..) => of_directories,
            Rmtree(_) | ClearDir(_) | Iterdir(_) | Walk(_) | Glob(..) | Rglob(..) if which > 0 => of_directories,
            _ if which > 0 => of_files,
            _ => of_directories,
        }
    })
}

/// Whether one of two directories is in the other, or is the other.
fn meet(one: &str, other: &str) -> bool {
    let is_in = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    is_in(one, other) || is_in(other, one)
}

/// Does the same in every place that needs no server.
fn for_each_place(mut work: impl FnMut(&str, &mut dyn Words)) {
    let (disk, below) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    work("disk", &mut disk.path().to_path_buf());
    work("root", &mut (&below.root().unwrap() / "."));
    work("memory", &mut (&Memory::new() / "."));
    work("a directory in memory", &mut (&Memory::new() / "some/where"));
}
