//! Every message about stores of objects, whole: what an error says, and how it comes about.
//!
//! A new message needs a row, or an exception with the reason.

use waypath::{Error, Memory};

use crate::shared::messages::{has_parts_of, of_objects, sentences};
use crate::shared::source::sources;

/// What an error says, and what brings it about in an empty store.
const ROWS: &[(&str, fn(&Memory) -> Error)] = &[];

/// Messages that no row brings about, and why.
const WITHOUT_ROW: &[(&str, &str)] = &[
    ("the object was changed or removed meanwhile", NO_VERB),
    ("it begins with `/`, and keys are relative", NO_VERB),
    ("no path has an empty part, as between two slashes", NO_VERB),
    ("no path has a part `.`", NO_VERB),
    ("`..` leads nowhere in a store of objects", NO_VERB),
    ("it has a NUL character", NO_VERB),
    ("a key has at most 1,024 bytes", NO_VERB),
    ("no such upload", NO_VERB),
    ("the range begins behind the end", NO_VERB),
    ("the parts are not those that were put", NO_VERB),
    ("a store in memory has no URLs", NO_VERB),
];

const NO_VERB: &str = "no verb says it yet";

/// The files that hold text which is no message of an error.
const NO_MESSAGES: &[(&str, &str)] = &[];

#[test]
fn each_message_is_as_in_the_table() {
    for (message, bring_about) in ROWS {
        assert_eq!(bring_about(&Memory::new()).to_string(), *message);
    }
}

/// Whatever reads like a sentence in the source is a message.
#[test]
fn each_message_in_the_source_is_in_the_table() {
    let sources = sources();
    let files = sources.iter().filter(|source| of_objects(source));
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
