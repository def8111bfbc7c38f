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

/// An open brace: what stood before it, the alternatives so far, and the one being read.
struct Open {
    at: usize,
    before: Vec<String>,
    alternatives: Vec<String>,
}

/// Writes out the alternatives of a pattern, in order: `a{b,c}` gives `ab` and `ac`.
///
/// Braces nest; `{a}` is `a`, and `{}` is nothing. In brackets, braces and commas are themselves.
pub(super) fn expand(pattern: &str, is_separator: fn(char) -> bool) -> Result<Vec<String>, Mistake> {
    let mut open: Vec<Open> = Vec::new();
    let mut current = vec![String::new()];
    let mut rest = pattern;
    // Up to here no bracket closes.
    let mut open_brackets_end = 0;
    while let Some(character) = rest.chars().next() {
        let at = pattern.len() - rest.len();
        let mut taken = character.len_utf8();
        match character {
            '{' => open.push(Open {
                at,
                before: std::mem::replace(&mut current, vec![String::new()]),
                alternatives: vec![],
            }),
            '}' => {
                let Some(mut closed) = open.pop() else {
                    return Err(Mistake { reason: "a brace closes that was not opened", at });
                };
                closed.alternatives.append(&mut current);
                current =
                    product(&closed.before, &closed.alternatives).ok_or(Mistake { reason: TOO_MANY, at: closed.at })?;
            }
            ',' if !open.is_empty() => {
                let innermost = open.last_mut().expect("BUG: a brace is open");
                innermost.alternatives.append(&mut current);
                current.push(String::new());
            }
            _ => {
                if character == '[' && at >= open_brackets_end {
                    let segment = rest[1..].split(is_separator).next().unwrap_or_default();
                    match split_class(segment) {
                        Some((_, behind)) => taken += segment.len() - behind.len(),
                        None => open_brackets_end = at + 1 + segment.len(),
                    }
                }
                current.iter_mut().for_each(|text| text.push_str(&rest[..taken]));
            }
        }
        let size = current.iter().map(String::len).sum::<usize>();
        if size > MOST_BYTES {
            return Err(Mistake { reason: TOO_MANY, at });
        }
        rest = &rest[taken..];
    }
    match open.last() {
        Some(innermost) => Err(Mistake { reason: "a brace is not closed", at: innermost.at }),
        None => Ok(current),
    }
}

const TOO_MANY: &str = "the alternatives are too many (at most 1000 patterns, and a megabyte)";

/// Each start with each end.
fn product(starts: &[String], ends: &[String]) -> Option<Vec<String>> {
    let bytes = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    let size = bytes(starts).saturating_mul(ends.len()).saturating_add(bytes(ends).saturating_mul(starts.len()));
    if starts.len().saturating_mul(ends.len()) > MOST_ALTERNATIVES || size > MOST_BYTES {
        return None;
    }
    Some(starts.iter().flat_map(|start| ends.iter().map(move |end| [&**start, end].concat())).collect())
}
