//! Parsing a segment: the pattern between two separators.
//!
//! The language is that of Python's `fnmatch`: `*`, `?`, `[seq]`, `[!seq]`, nothing else.

use std::sync::Arc;

use super::tokens::{Case, Class, Inner, Piece, Segment, Token, Wild};

/// Whether a segment has wildcards.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

pub(super) fn segment(text: &str, case: Case) -> Segment {
    match text {
        "*" => Segment::AnyName,
        "**" => Segment::AnyPath,
        name if case == Case::Sensitive && !has_wildcard(name) => Segment::Literal(name.into()),
        _ => wild(lexemes(text).map(|lexeme| token(&lexeme, case)), case),
    }
}

/// A name that is matched as it is.
pub(super) fn literal(name: &str, case: Case) -> Segment {
    match case {
        Case::Sensitive => Segment::Literal(name.into()),
        Case::Insensitive => {
            let tokens = name.chars().map(Token::Letter).collect();
            Segment::Wild(Wild { head: piece(tokens, case), middle: [].into(), gap: 0, tail: None }.into())
        }
    }
}

impl Segment {
    /// A name that is matched as it is.
    pub(crate) fn name(name: &str, case: Case) -> Self {
        literal(name, case)
    }
}

/// A symbol of a segment.
pub(super) enum Lexeme<'a> {
    /// This many `*` in a row.
    Star(usize),
    /// `?`.
    Any,
    /// `[...]`, without the brackets.
    Class(&'a str),
    Literal(char),
}

/// Reads a segment.
pub(super) fn lexemes(segment: &str) -> impl Iterator<Item = Lexeme<'_>> {
    let mut rest = segment;
    // If one bracket is never closed, no later one is.
    let mut may_close = true;
    std::iter::from_fn(move || {
        let mut characters = rest.chars();
        let character = characters.next()?;
        let behind = characters.as_str();
        let (lexeme, behind) = match character {
            '*' => {
                let after = behind.trim_start_matches('*');
                (Lexeme::Star(rest.len() - after.len()), after)
            }
            '?' => (Lexeme::Any, behind),
            '[' if may_close => match split_class(behind) {
                Some((content, behind)) => (Lexeme::Class(content), behind),
                None => {
                    may_close = false;
                    (Lexeme::Literal('['), behind)
                }
            },
            _ => (Lexeme::Literal(character), behind),
        };
        rest = behind;
        Some(lexeme)
    })
}

/// The token of a symbol; `None` stands for `*`, any characters.
pub(super) fn token(lexeme: &Lexeme<'_>, case: Case) -> Option<Token> {
    match *lexeme {
        Lexeme::Star(_) => None,
        Lexeme::Any => Some(Token::Any),
        Lexeme::Class(content) => Some(class(content, case)),
        Lexeme::Literal(character) if case == Case::Sensitive => Some(Token::Exact(character)),
        Lexeme::Literal(character) => Some(Token::Letter(character)),
    }
}

/// The segment of tokens; `None` stands for any characters.
pub(super) fn wild(all: impl IntoIterator<Item = Option<Token>>, case: Case) -> Segment {
    let mut runs = Vec::new();
    let mut tokens = Vec::new();
    for token in all {
        match token {
            None => runs.push(std::mem::take(&mut tokens)),
            Some(token) => tokens.push(token),
        }
    }
    let last = piece(tokens, case);
    let mut runs = runs.into_iter();
    match (runs.next(), last) {
        (None, Piece::Text(name)) => Segment::Literal(name.into()),
        (None, all) => Segment::Wild(Wild { head: all, middle: [].into(), gap: 0, tail: None }.into()),
        (Some(head), tail) => {
            let (middle, gap) = inner(runs, case);
            Segment::Wild(Wild { head: piece(head, case), middle, gap, tail: Some(tail) }.into())
        }
    }
}

/// The pieces between two `*`, without the `?` at their ends, and the number of `?` after the last piece.
fn inner(runs: impl Iterator<Item = Vec<Token>>, case: Case) -> (Box<[Inner]>, usize) {
    let mut pieces = Vec::new();
    let mut gap = 0;
    for mut tokens in runs {
        let is_wild = |token: &Token| matches!(token, Token::Any);
        let end = tokens.iter().rev().take_while(|token| is_wild(token)).count();
        tokens.truncate(tokens.len() - end);
        let start = tokens.iter().take_while(|token| is_wild(token)).count();
        tokens.drain(..start);
        gap += start;
        if !tokens.is_empty() {
            pieces.push(Inner { gap, piece: piece(tokens, case) });
            gap = 0;
        }
        gap += end;
    }
    (pieces.into(), gap)
}

fn piece(tokens: Vec<Token>, case: Case) -> Piece {
    let text: Option<String> = match case {
        Case::Sensitive => {
            tokens.iter().map(|token| if let Token::Exact(c) = token { Some(*c) } else { None }).collect()
        }
        Case::Insensitive => tokens.is_empty().then(String::new),
    };
    match text {
        Some(text) => Piece::Text(text.into()),
        None => Piece::Tokens(tokens.into()),
    }
}

/// Splits the text after a `[` into the content of the brackets and the text after them. `]` is an ordinary character in
/// the first place, and directly after `!`.
pub(super) fn split_class(text: &str) -> Option<(&str, &str)> {
    let first = text.strip_prefix('!').unwrap_or(text);
    let first = first.strip_prefix(']').unwrap_or(first);
    let end = text.len() - first.len() + first.find(']')?;
    Some((&text[..end], &text[end + 1..]))
}

/// The class with this content of its brackets.
///
/// A hyphen between two characters makes a range. A hyphen at either end or directly after a range is literal. A range
/// whose ends are in the wrong order is empty, and its ends match nothing either, so `[z-a]` matches no character, and
/// `[!z-a]` every one.
fn class(content: &str, case: Case) -> Token {
    let content: Vec<char> = content.chars().collect();
    let mut chunks = chunks(&content);
    let negated = chunks[0].first() == Some(&'!');
    if negated {
        chunks[0].remove(0);
        if chunks[0].is_empty() && chunks.len() > 1 {
            // An empty range has consumed the start of the next one, whose hyphen is then literal.
            let next = chunks.remove(1);
            chunks[0] = [&['-'], &next[..]].concat();
        }
    }
    if negated && chunks[0].is_empty() {
        return Token::Any;
    }
    Token::Class(Class { negated, ranges: merged(ranges(&chunks)), case })
}

/// The ranges between the chunks, and the other characters as ranges of one.
fn ranges(chunks: &[Vec<char>]) -> Vec<(char, char)> {
    let between = chunks.windows(2).filter_map(|pair| Some((*pair[0].last()?, *pair[1].first()?)));
    let last = chunks.len() - 1;
    let singles = chunks.iter().enumerate().flat_map(|(at, chunk)| {
        let end = chunk.len() - usize::from(at < last).min(chunk.len());
        chunk[usize::from(at > 0).min(end)..end].iter().map(|&single| (single, single))
    });
    between.chain(singles).collect()
}

/// The same ranges, sorted and merged.
fn merged(mut ranges: Vec<(char, char)>) -> Arc<[(char, char)]> {
    ranges.sort_unstable();
    let mut merged: Vec<(char, char)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged.into()
}

/// The content of brackets, split at each hyphen that makes a range of its neighbours. A range whose ends are in the wrong
/// order is dropped, and the text around it stays in one chunk.
///
/// Dropping a range does not change the others: a chunk between two ranges has at least two characters, so each range has
/// ends of its own.
fn chunks(content: &[char]) -> Vec<Vec<char>> {
    let mut chunks = vec![Vec::new()];
    let mut start = 0;
    let mut from = if content.first() == Some(&'!') { 2 } else { 1 };
    while let Some(hyphen) = content.iter().skip(from).position(|&c| c == '-').map(|at| from + at) {
        let chunk = chunks.last_mut().expect("BUG: there is a chunk");
        chunk.extend(&content[start..hyphen]);
        start = hyphen + 1;
        match content.get(start) {
            None => chunk.push('-'),
            Some(end) if chunk.last() > Some(end) => {
                chunk.pop();
                start += 1;
            }
            Some(_) => chunks.push(Vec::new()),
        }
        from = hyphen + 3;
    }
    chunks.last_mut().expect("BUG: there is a chunk").extend(&content[start.min(content.len())..]);
    chunks
}
