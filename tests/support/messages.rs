//! The messages that a source holds.

use super::source::{Source, Token};

/// Whether a source is about stores of objects. Their messages have a table in `tests/remote`.
pub(crate) fn of_objects(source: &Source) -> bool {
    let names: Vec<_> = source.module.iter().map(String::as_str).collect();
    matches!(names[..], ["objects" | "remote", ..] | ["fs", "transfer", ..])
}

/// The strings of a source that are more than a word, without those of attributes and of mistakes of our own.
pub(crate) fn sentences(tokens: &[Token]) -> impl Iterator<Item = String> {
    let mut depth = 0;
    tokens.iter().enumerate().filter_map(move |(at, token)| {
        match &*token.text {
            "[" if depth > 0 || at > 0 && matches!(&*tokens[at - 1].text, "#" | "!") => depth += 1,
            "]" if depth > 0 => depth -= 1,
            _ => {}
        }
        let text = token.text.strip_prefix('"').filter(|_| depth == 0)?.strip_suffix('"')?;
        let text = unescaped(text);
        (text.trim().contains(' ') && !text.starts_with("BUG")).then_some(text)
    })
}

/// What a string literal stands for.
fn unescaped(literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let mut after = escape.chars();
        rest = match after.next() {
            Some('\n') => after.as_str().trim_start(),
            Some('n') => {
                text.push('\n');
                after.as_str()
            }
            other => {
                text.extend(other);
                after.as_str()
            }
        };
    }
    text + rest
}

/// Whether a row has what a message is made of, in order: what stands between its `{}`.
pub(crate) fn has_parts_of(row: &str, message: &str) -> bool {
    let mut rest = row;
    let mut parts = message.split('{').enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once('}').map_or(part, |(_, part)| part),
    });
    parts.all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
