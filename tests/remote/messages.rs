//! Every message about stores of objects, whole: what an error says, and how it comes about.
//!
//! A new message needs a row, or an exception with the reason.

use std::io::{Seek, SeekFrom, Write};

use waypath::{CopyOptions, Error, Memory, MirrorOptions};

use crate::shared::messages::{has_parts_of, of_objects, sentences};
use crate::shared::source::{Source, sources};
use crate::shared::util::Tree;

/// Makes an error in an empty store.
type BringAbout = fn(&Memory) -> Error;

/// What an error says, and what brings it about.
const ROWS: &[(&str, BringAbout)] = &[
    ("cannot look at `memory:///a`: it begins with `/`, and keys are relative", |store| {
        (store / "/a").exists().unwrap_err()
    }),
    ("cannot read `memory://../a`: `..` leads nowhere in a store of objects", |store| {
        (store / "../a").read_text().unwrap_err()
    }),
    (r"cannot write `memory://a\u{0}b`: it has a NUL character", |store| (store / "a\0b").write_text("").unwrap_err()),
    ("cannot write `memory://`: it is the store itself", |store| store.write_text("").unwrap_err()),
    ("cannot read `memory://a`: nothing is there", |store| (store / "a").read_text().unwrap_err()),
    ("cannot read `memory://a`: stream did not contain valid UTF-8", |store| {
        (store / "a").write_bytes([255]).unwrap();
        (store / "a").read_text().unwrap_err()
    }),
    ("cannot read `memory://a`: invalid seek to a negative or overflowing position", |store| {
        (store / "a").write_text("").unwrap();
        let mut file = (store / "a").open().unwrap();
        file.seek(SeekFrom::End(-1)).unwrap_err().into()
    }),
    ("cannot write `memory://a`: entity already exists", |store| {
        (store / "a").write_text("").unwrap();
        (store / "a").write_new("").unwrap_err()
    }),
    ("cannot write `memory://a`: the object was changed or removed meanwhile", |store| {
        (store / "a").write_if_match("another", "").unwrap_err()
    }),
    ("cannot list `memory://a`: nothing is there", |store| (store / "a").iterdir().next().unwrap().unwrap_err()),
    ("cannot list `memory://../a`: `..` leads nowhere in a store of objects", |store| {
        (store / "../a").walk().next().unwrap().unwrap_err()
    }),
    ("cannot use the pattern `a/../b`: `..` leads nowhere in a store of objects", |store| {
        store.glob("a/../b").unwrap_err()
    }),
    ("cannot list `memory://`: options must be set before the first entry", |store| {
        let mut walk = store.walk();
        assert!(walk.next().is_none());
        walk.hidden(false).next().unwrap().unwrap_err()
    }),
    ("cannot remove directory tree `memory://`: the path must end in a name", |store| store.rmtree().unwrap_err()),
    ("cannot remove `memory://a`: no such upload", |store| {
        let mut file = (store / "a").create().unwrap();
        file.write_all(&vec![0; 9 << 20]).unwrap();
        let uploads = store.unfinished_uploads().unwrap();
        file.commit().unwrap();
        uploads[0].abort().unwrap_err()
    }),
    ("cannot copy `memory://a` to `memory://b`: nothing is there", |store| {
        (store / "a").copy(store / "b").unwrap_err()
    }),
    ("cannot copy `memory://a` to `memory://a`: they are the same file", |store| {
        (store / "a").copy(store / "a").unwrap_err()
    }),
    ("cannot copy `memory://a` to `memory://a/b`: the destination is inside the source", |store| {
        (store / "a").copy(store / "a/b").unwrap_err()
    }),
    (
        "cannot mirror `memory://a/b` to `memory://a`: the source is inside the destination, and would be removed",
        |store| MirrorOptions::new().delete(true).mirror(store / "a/b", store / "a").unwrap_err(),
    ),
    (
        "cannot copy `memory://a` to `memory://b`: an object has no place for times, extended attributes and owners, and the \
         copy is strict",
        |store| CopyOptions::archive().strict(true).copy(store / "a", store / "b").unwrap_err(),
    ),
    ("cannot copy `memory://a` to `memory://`: the path must end in a name", |store| {
        let tree = Tree::new(["a"]);
        tree.at("a").copy(store / "a").unwrap();
        (store / "a").copy(store / ".").unwrap_err()
    }),
];

/// Messages that no row brings about, and why.
const WITHOUT_ROW: &[(&str, &str)] = &[
    ("no path has an empty part, as between two slashes", NO_VERB),
    ("no path has a part `.`", NO_VERB),
    ("a key has at most 1,024 bytes", "the key is in it"),
    ("an object has at most 10,000 parts", "it takes as many"),
    ("the store answers with the same page again and again", "a store in memory does not"),
    ("the store lists its keys in no known order", "a store in memory does not"),
    ("an earlier part of the object could not be put", "a store in memory takes all parts"),
    ("the range begins behind the end", NEVER),
    ("the parts are not those that were put", NEVER),
    ("it is a symbolic link, which an object store has no place for", ON_DISK),
    ("it is a pipe, a socket or a device", ON_DISK),
    ("a directory is not replaced", ON_DISK),
    ("cannot replace a file with a directory", ON_DISK),
    ("the destination has something under this name already, perhaps in another case", ON_DISK),
    ("this system has no file with such a name", ON_DISK),
    ("a key is UTF-8, and this name is not", ON_DISK),
    ("it is no longer a regular file", RACE),
    ("the copy was changed or removed meanwhile", RACE),
    ("the copy is complete, but not all of the original could be removed", RACE),
    ("an object has no place for it", "it is in reports: `copying` has it"),
];

const NEVER: &str = "no method of the crate asks for that";
const ON_DISK: &str = "the path of a disk is in it: `copying` has it";
const RACE: &str = "something must happen meanwhile: the tests of `fs::transfer` have it";
const NO_VERB: &str = "no verb says it yet";

/// The files that hold text which is no message of an error.
const NO_MESSAGES: &[(&str, &str)] = &[
    ("src/objects/client/canned.rs", "a server for tests"),
    ("src/objects/client/sign.rs", "the form of a signature"),
    ("src/remote/absent.rs", "the compiler says them"),
];

#[test]
#[cfg(not(target_family = "wasm"))] // Node ends with SIGSEGV after a test that holds tens of MiB.
fn each_message_is_as_in_the_table() {
    for (message, bring_about) in ROWS {
        assert_eq!(bring_about(&Memory::new()).to_string(), *message);
    }
}

/// Whether a source is about buckets: their messages need a server.
pub(crate) fn of_buckets(source: &Source) -> bool {
    let names: Vec<_> = source.module.iter().map(String::as_str).collect();
    let is_for_tests = matches!(names[..], ["objects", "client", "canned" | "sign"]);
    matches!(names[..], ["objects", "client" | "credentials" | "http" | "tls", ..] | ["remote", "bucket"])
        && !is_for_tests
}

/// Whatever reads like a sentence in the source is a message.
#[test]
fn each_message_in_the_source_is_in_the_table() {
    let sources = sources();
    let files = sources.iter().filter(|source| of_objects(source) && !of_buckets(source));
    let files = files.filter(|source| NO_MESSAGES.iter().all(|(file, _)| *file != source.file));
    let messages: Vec<(&str, String)> =
        files.flat_map(|source| sentences(&source.tokens).map(|text| (&*source.file, text))).collect();
    let has_row = |message: &str| ROWS.iter().any(|(row, _)| has_parts_of(row, message));
    let is_excepted = |message: &str| WITHOUT_ROW.iter().any(|(text, _)| *text == message);
    let missing: Vec<_> = messages.iter().filter(|(_, text)| !is_excepted(text) && !has_row(text)).collect();
    assert!(missing.is_empty(), "a row or an exception is missing: {missing:#?}");
    for (file, reason) in NO_MESSAGES {
        assert!(sources.iter().any(|source| source.file == *file), "gone: {file} ({reason})");
    }
    for (text, reason) in WITHOUT_ROW {
        assert!(messages.iter().any(|(_, message)| message == text), "gone: {text:?} ({reason})");
        assert!(!has_row(text), "there is a row: {text:?}");
    }
}
