//! Matching: compiled segments against names, and against whole paths.

use std::borrow::Cow;
use std::sync::Arc;

use super::gate::{Ends, Gate};
use super::parts::Parts;
use super::search;
use super::sieve::{Mark, Sieve};
use super::tokens::{Inner, Piece, Segment, Token, Wild};
use crate::flavour::Flavour;

impl Segment {
    /// Whether the segment matches one part. `**` matches any.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::AnyPath => true,
            Self::AnyName => !name.is_empty(),
            Self::Literal(literal) => **literal == *name,
            Self::Wild(wild) => wild.matches(name),
        }
    }
}

impl Segment {
    /// The text that every match begins with.
    #[cfg(feature = "remote-no-tls")]
    pub(crate) fn start(&self) -> Cow<'_, str> {
        match self {
            Self::AnyPath | Self::AnyName => Cow::Borrowed(""),
            Self::Literal(name) => Cow::Borrowed(name),
            Self::Wild(wild) => wild.start(),
        }
    }
}

impl Wild {
    /// The text that every match begins with.
    fn start(&self) -> Cow<'_, str> {
        match &self.head {
            Piece::Text(text) => Cow::Borrowed(text),
            Piece::Tokens(tokens) => tokens.iter().map_while(Token::exact).collect(),
        }
    }

    /// The text that every match ends in.
    fn end(&self) -> Cow<'_, str> {
        match self.tail.as_ref().unwrap_or(&self.head) {
            Piece::Text(text) => Cow::Borrowed(text),
            Piece::Tokens(tokens) => {
                let from = tokens.iter().rposition(|token| token.exact().is_none()).map_or(0, |at| at + 1);
                tokens[from..].iter().filter_map(Token::exact).collect()
            }
        }
    }

    /// Whether this is `*TEXT`.
    fn is_any_with_end(&self) -> bool {
        let is_text = matches!((&self.head, &self.tail), (Piece::Text(head), Some(Piece::Text(_))) if head.is_empty());
        is_text && self.middle.is_empty() && self.gap == 0
    }

    /// The head and the tail must be at the ends. Each piece between them takes the first place where it fits, which leaves
    /// the most for the pieces after it. So nothing is tried twice.
    fn matches(&self, name: &str) -> bool {
        let Some(rest) = self.head.strip_start(name) else { return false };
        let Some(tail) = &self.tail else { return rest.is_empty() };
        let Some(mut rest) = tail.strip_end(rest) else { return false };
        for Inner { gap, piece } in &self.middle {
            let Some(behind) = skip(rest, *gap).and_then(|rest| piece.skip_first(rest)) else { return false };
            rest = behind;
        }
        skip(rest, self.gap).is_some()
    }
}

/// The text after the first `count` characters, if there are that many.
fn skip(text: &str, count: usize) -> Option<&str> {
    match count.checked_sub(1) {
        None => Some(text),
        Some(before) => text.char_indices().nth(before).map(|(at, last)| &text[at + last.len_utf8()..]),
    }
}

impl Piece {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn strip_start<'a>(&self, name: &'a str) -> Option<&'a str> {
        match self {
            Self::Text(text) => starts(name, text).then(|| &name[text.len()..]),
            Self::Tokens(tokens) => {
                let mut characters = name.chars();
                tokens
                    .iter()
                    .all(|token| characters.next().is_some_and(|c| token.matches(c)))
                    .then_some(characters.as_str())
            }
        }
    }

    fn strip_end<'a>(&self, name: &'a str) -> Option<&'a str> {
        match self {
            Self::Text(text) => ends(name, text).then(|| &name[..name.len() - text.len()]),
            Self::Tokens(tokens) => {
                let mut characters = name.chars();
                let fits = tokens.iter().rev().all(|token| characters.next_back().is_some_and(|c| token.matches(c)));
                fits.then_some(characters.as_str())
            }
        }
    }

    /// The rest of the name after the first place where the piece fits.
    fn skip_first<'a>(&self, name: &'a str) -> Option<&'a str> {
        match self {
            Self::Text(text) => name.find(&**text).map(|at| &name[at + text.len()..]),
            Self::Tokens(tokens) => search::skip_first(tokens, name),
        }
    }
}

/// `starts_with` that does not compare zero bytes: an empty box has a dangling pointer, and glibc's `memcmp` takes 50 ns
/// for zero bytes at an unmapped address (seen on AVX-512).
#[inline]
fn starts(text: &str, start: &str) -> bool {
    start.is_empty() || text.starts_with(start)
}

/// `ends_with` that does not compare zero bytes, see `starts_with`.
#[inline]
fn ends(text: &str, end: &str) -> bool {
    end.is_empty() || text.ends_with(end)
}

/// The segments of a pattern for whole paths, and facts that decide about most paths without a look at their parts.
#[derive(Clone)]
pub(super) struct Whole {
    segments: Arc<[Segment]>,
    /// Text that every match begins with, and text that every match ends in.
    start: Box<str>,
    end: Box<str>,
    gate: Gate,
    shape: Shape,
}

/// How to decide whether a path matches.
#[derive(Clone, Copy)]
enum Shape {
    /// The path is equal to the pattern's text.
    Text,
    /// The path ends with the text after `**/*`.
    AnyWithEnd,
    Segments,
}

impl Whole {
    pub(super) fn new<F: Flavour>(segments: Arc<[Segment]>) -> Self {
        let shape = match &*segments {
            all if all.iter().all(|segment| matches!(segment, Segment::Literal(_))) => Shape::Text,
            [Segment::AnyPath, Segment::Wild(wild)] if wild.is_any_with_end() => Shape::AnyWithEnd,
            _ => Shape::Segments,
        };
        let (start, end) = (start::<F>(&segments), end::<F>(&segments));
        Self { gate: Gate::new(&start, &end), start: start.into(), end: end.into(), segments, shape }
    }

    /// How every match begins and ends.
    pub(super) fn gate(&self) -> Gate {
        self.gate
    }

    /// The only text that matches, if there is just one.
    pub(super) fn text(&self) -> Option<&str> {
        matches!(self.shape, Shape::Text).then_some(&*self.end)
    }

    /// A text by which a match can be found among others.
    pub(super) fn mark(&self) -> Mark<'_> {
        let name = self.segments.iter().find_map(|segment| match segment {
            Segment::Literal(name) if !name.is_empty() => Some(Mark::Part(name)),
            _ => None,
        });
        let start = || match self.segments.last() {
            Some(Segment::Wild(wild)) => wild.head.text().map(Mark::StartOfName),
            _ => None,
        };
        name.or_else(start).unwrap_or(Mark::None)
    }

    /// Whether the segments match a whole path, given as text with its anchor; the empty path is `""`.
    #[inline]
    pub(super) fn matches<F: Flavour>(&self, path: &str) -> bool {
        match self.shape {
            Shape::Text => *path == *self.end,
            _ => self.gate.lets(Ends::of(path.as_bytes())) && self.matches_behind_gate::<F>(path),
        }
    }

    /// The same for a path that passed the gate.
    #[inline]
    fn matches_behind_gate<F: Flavour>(&self, path: &str) -> bool {
        match self.shape {
            Shape::Text => *path == *self.end,
            Shape::AnyWithEnd => ends(path, &self.end) && !is_lone_below_root::<F>(path),
            Shape::Segments => {
                ends(path, &self.end) && starts(path, &self.start) && matches_path::<F>(&self.segments, path)
            }
        }
    }
}

/// The literal text before the first wildcard. In every match, a separator follows each part except the last.
fn start<F: Flavour>(segments: &[Segment]) -> String {
    let mut start = String::new();
    for (at, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Literal(name) => start.push_str(name),
            Segment::Wild(wild) => return start + &wild.start(),
            _ => return start,
        }
        if at + 1 < segments.len() {
            start.push(F::SEPARATOR);
        }
    }
    start
}

/// The literal text after the last wildcard. In every match, a separator is before each part, unless it is the first, or
/// can become the first because `**` matches no part.
fn end<F: Flavour>(segments: &[Segment]) -> String {
    let mut separator = [0; 4];
    let separator: &str = F::SEPARATOR.encode_utf8(&mut separator);
    let mut pieces = Vec::new();
    for (at, segment) in segments.iter().enumerate().rev() {
        match segment {
            Segment::Literal(name) => pieces.push(Cow::Borrowed(&**name)),
            Segment::Wild(wild) => {
                pieces.push(wild.end());
                break;
            }
            _ => break,
        }
        if at > 0 && !matches!(segments[at - 1], Segment::AnyPath) {
            pieces.push(Cow::Borrowed(separator));
        }
    }
    pieces.into_iter().rev().collect()
}

/// Tries one way after another: nearly always, few lead far. If many do, that would take the product of both lengths, so
/// then all parts are tried at once.
fn matches_path<F: Flavour>(segments: &[Segment], path: &str) -> bool {
    try_each_way::<F>(segments, path).unwrap_or_else(|| try_all_parts::<F>(segments, path))
}

/// Each `**` may match any number of parts, so only the last one reached has to be retried with one part more: what an
/// earlier one could match in addition, that one can. Of the last in the pattern it is known how much it has to match.
///
/// Returns `None` if it takes too long.
fn try_each_way<F: Flavour>(segments: &[Segment], path: &str) -> Option<bool> {
    let last = last_any_path(segments);
    let mut at = 0;
    let mut rest = Some(path);
    let mut retry: Option<AnyPath<'_>> = None;
    let mut effort = 64 + 4 * path.len();
    loop {
        match (segments.get(at), rest) {
            (None, None) => return Some(true),
            (Some(Segment::AnyPath), Some(rest)) if Some(at) == last => {
                return Some(ends_in::<F>(&segments[at + 1..], rest));
            }
            (Some(Segment::AnyPath), Some(rest)) => {
                at += 1;
                retry = Some(AnyPath { behind: at, from: rest, taken: false });
                continue;
            }
            (Some(segment), Some(text)) => {
                let (name, behind) = cut::<F>(text);
                effort = effort.checked_sub(1 + name.len())?;
                if segment.matches(name) {
                    at += 1;
                    rest = behind;
                    continue;
                }
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
        let Some((behind, from)) = retry.as_mut().and_then(AnyPath::take_one::<F>) else { return Some(false) };
        at = behind;
        rest = Some(from);
    }
}

/// Tries all parts at once, up to the last `**`.
fn try_all_parts<F: Flavour>(segments: &[Segment], path: &str) -> bool {
    let last = last_any_path(segments).expect("BUG: nothing is retried without `**`");
    let reached = Parts::new(path, F::SEPARATOR).after(&segments[..last]);
    let mut separators = path.match_indices(F::SEPARATOR);
    let mut passed = 0;
    // What matches from one place does from an earlier one, too, unless that is before a root.
    reached.iter().take(2).any(|place| {
        let start = match place - passed {
            0 => Some(0),
            more => separators.nth(more - 1).map(|(at, _)| at + 1),
        };
        passed = place;
        start.is_some_and(|start| ends_in::<F>(&segments[last + 1..], &path[start..]))
    })
}

fn last_any_path(segments: &[Segment]) -> Option<usize> {
    segments.iter().rposition(|segment| matches!(segment, Segment::AnyPath))
}

/// Whether `**` and these segments match a path. The last parts have to match, unless there is nothing before them but a
/// root, which is not a part that `**` matches.
fn ends_in<F: Flavour>(segments: &[Segment], path: &str) -> bool {
    let mut rest = Some(path);
    for segment in segments.iter().rev() {
        let Some(text) = rest else { return false };
        let name;
        (rest, name) = match text.bytes().rposition(|byte| byte == F::SEPARATOR as u8) {
            Some(at) => (Some(&text[..at]), &text[at + 1..]),
            None => (None, text),
        };
        if !segment.matches(name) {
            return false;
        }
    }
    segments.is_empty() || rest != Some("")
}

/// Whether a path is a root and one part.
fn is_lone_below_root<F: Flavour>(path: &str) -> bool {
    // Byte by byte: a second separator, if there is one, is near.
    path.strip_prefix(F::SEPARATOR).is_some_and(|rest| rest.bytes().all(|byte| byte != F::SEPARATOR as u8))
}

/// A `**` that was reached, and the parts that it may still match.
struct AnyPath<'a> {
    /// The index of the segment after it.
    behind: usize,
    from: &'a str,
    taken: bool,
}

impl<'a> AnyPath<'a> {
    /// Matches one more part, if another follows it. Returns where to go on in the pattern and the path.
    ///
    /// `**` never matches just an empty part, which is the root before the first name: `**/a` does not match `/a`.
    fn take_one<F: Flavour>(&mut self) -> Option<(usize, &'a str)> {
        let (name, mut behind) = cut::<F>(self.from);
        if name.is_empty() && !self.taken {
            behind = cut::<F>(behind?).1;
        }
        self.taken = true;
        self.from = behind?;
        Some((self.behind, self.from))
    }
}

/// The first part of a text, and what follows its separator.
#[inline]
fn cut<F: Flavour>(text: &str) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == F::SEPARATOR as u8) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

impl Segment {
    /// How every name that matches begins and ends.
    fn gate(&self) -> Gate {
        match self {
            Self::AnyPath | Self::AnyName => Gate::default(),
            Self::Literal(name) => Gate::new(name, name),
            Self::Wild(wild) => Gate::new(&wild.start(), &wild.end()),
        }
    }

    /// Sorts many segments by their texts, to find those that may match a name. Those without a text go to `rest`.
    pub(crate) fn sieve<'a>(segments: impl Iterator<Item = &'a Self>, rest: &mut Vec<usize>) -> Sieve {
        Sieve::new(segments.map(|segment| (segment.gate(), Mark::None)), rest)
    }
}

#[cfg(test)]
mod tests {
    use super::{last_any_path, try_all_parts, try_each_way};
    use crate::flavour::Posix;
    use crate::pattern::tokens::{Case, Segment};
    use crate::pattern::{parse, random};

    #[test]
    fn all_parts_at_once_are_one_after_another() {
        const SEGMENTS: [&str; 8] = ["**", "**", "**", "*", "a", "b", "?", "[!a]"];
        let mut next = random();
        let mut answers = [0; 2];
        for round in 0..20_000 {
            let most = [4, 8, 100][round % 3];
            let mut joined = |most, names: &[&str]| -> String {
                let parts: Vec<_> = (0..1 + next(most)).map(|_| names[next(names.len())]).collect();
                ["", "/"][next(2)].to_owned() + &parts.join("/")
            };
            let pattern = joined(8, &SEGMENTS);
            let path = joined(most, &["a", "a", "b", "aa"]);
            let path = if round % 50 == 0 { &path[..path.len().min(1)] } else { &path };
            let segments: Vec<Segment> = pattern.split('/').map(|text| parse::segment(text, Case::Sensitive)).collect();
            if let (Some(answer), Some(_)) = (try_each_way::<Posix>(&segments, path), last_any_path(&segments)) {
                assert_eq!(try_all_parts::<Posix>(&segments, path), answer, "{pattern} {path}");
                answers[usize::from(answer)] += 1;
            }
        }
        assert!(answers.iter().all(|&count| count > 2_000), "{answers:?}");
    }
}
