//! Alternatives in braces: `{a,b}` written out as plain patterns.

use super::parse::split_class;

/// How much a pattern may grow when its alternatives are written out.
const MOST_ALTERNATIVES: usize = 1_000;
const MOST_BYTES: usize = 1 << 20;

/// What is wrong with a pattern, and at which byte.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) reason: &'static str,
    pub(super) at: usize,
}

/// A brace that is open: what stands before it, and its alternatives but for the one being read.
struct Open {
    at: usize,
    before: Vec<String>,
    alternatives: Vec<String>,
}

/// What a pattern is made of.
struct Piece<'a> {
    at: usize,
    what: What<'a>,
}

enum What<'a> {
    Text(&'a str),
    Open { has_comma: bool },
    Comma,
    Close,
}

/// Writes out the alternatives of a pattern, in order: `a{b,c}` gives `ab` and `ac`.
///
/// Braces nest; `{a}` is `a`, and `{}` is nothing. In brackets, braces and commas are themselves.
pub(super) fn expand(pattern: &str, is_separator: fn(char) -> bool) -> Result<Vec<String>, Mistake> {
    let mut open: Vec<Open> = Vec::new();
    let mut current = vec![String::new()];
    let mut size = 0;
    for Piece { at, what } in pieces(pattern, is_separator)? {
        match what {
            What::Text(text) => {
                size = text.len().saturating_mul(current.len()).saturating_add(size);
                if size <= MOST_BYTES {
                    current.iter_mut().for_each(|start| start.push_str(text));
                }
            }
            What::Open { .. } => {
                let before = std::mem::replace(&mut current, vec![String::new()]);
                open.push(Open { at, before, alternatives: vec![] });
            }
            What::Comma => {
                let innermost = open.last_mut().expect("BUG: a brace is open");
                innermost.alternatives.append(&mut current);
                current.push(String::new());
            }
            What::Close => {
                let mut closed = open.pop().expect("BUG: the brace is open");
                closed.alternatives.append(&mut current);
                let taken = bytes(&closed.before) + bytes(&closed.alternatives);
                current =
                    product(&closed.before, &closed.alternatives).ok_or(Mistake { reason: TOO_MANY, at: closed.at })?;
                size = size - taken + bytes(&current);
            }
        }
        // All there is now will be in the result.
        if size > MOST_BYTES {
            return Err(Mistake { reason: TOO_MANY, at });
        }
    }
    Ok(current)
}

const TOO_MANY: &str = "the alternatives are too many (at most 1000 patterns, and a megabyte)";

/// The pieces of a pattern. Every brace has its partner, and a comma between them: without one, braces stand for
/// what is in them, and are left out. So there are no more than the alternatives allow.
fn pieces(pattern: &str, is_separator: fn(char) -> bool) -> Result<Vec<Piece<'_>>, Mistake> {
    let mut pieces = Vec::new();
    // Where the open braces are, in the pieces.
    let mut open = Vec::new();
    let mut text_start = 0;
    for (at, special) in special_characters(pattern, is_separator) {
        match special {
            ',' if open.is_empty() => continue,
            _ if at > text_start => pieces.push(Piece { at: text_start, what: What::Text(&pattern[text_start..at]) }),
            _ => {}
        }
        text_start = at + 1;
        let what = match special {
            '{' => {
                open.push(pieces.len());
                What::Open { has_comma: false }
            }
            ',' => {
                let innermost: &usize = open.last().expect("BUG: a brace is open");
                pieces[*innermost].what = What::Open { has_comma: true };
                What::Comma
            }
            _ if open.pop().is_some() => What::Close,
            _ => return Err(Mistake { reason: "a brace closes that was not opened", at }),
        };
        pieces.push(Piece { at, what });
    }
    if let Some(&innermost) = open.last() {
        return Err(Mistake { reason: "a brace is not closed", at: pieces[innermost].at });
    }
    pieces.push(Piece { at: text_start, what: What::Text(&pattern[text_start..]) });
    Ok(without_needless_braces(pieces))
}

fn without_needless_braces(mut pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut open = Vec::new();
    pieces.retain(|piece| match piece.what {
        What::Open { has_comma } => {
            open.push(has_comma);
            has_comma
        }
        What::Close => open.pop().expect("BUG: the brace is open"),
        What::Text(_) | What::Comma => true,
    });
    pieces
}

/// The braces and commas that are not in brackets.
fn special_characters(pattern: &str, is_separator: fn(char) -> bool) -> impl Iterator<Item = (usize, char)> {
    let mut from = 0;
    let mut segment_end = 0;
    // Once a bracket was found to be open for good, so is every later one of the segment.
    let mut may_close = true;
    std::iter::from_fn(move || {
        loop {
            let at = from + pattern[from..].find(['{', '}', ',', '['])?;
            let character = pattern[at..].chars().next()?;
            from = at + 1;
            if character != '[' {
                return Some((at, character));
            }
            if at >= segment_end {
                segment_end = pattern[at..].find(is_separator).map_or(pattern.len(), |len| at + len);
                may_close = true;
            }
            let class = if may_close { split_class(&pattern[from..segment_end]) } else { None };
            match class {
                Some((_, behind)) => from = segment_end - behind.len(),
                None => may_close = false,
            }
        }
    })
}

fn bytes(texts: &[String]) -> usize {
    texts.iter().map(String::len).sum()
}

/// Each start with each end.
fn product(starts: &[String], ends: &[String]) -> Option<Vec<String>> {
    let size = bytes(starts).saturating_mul(ends.len()).saturating_add(bytes(ends).saturating_mul(starts.len()));
    if starts.len().saturating_mul(ends.len()) > MOST_ALTERNATIVES || size > MOST_BYTES {
        return None;
    }
    Some(starts.iter().flat_map(|start| ends.iter().map(move |end| [&**start, end].concat())).collect())
}
