//! The pattern language a second time, as simply as can be: for comparison with the real one.
//!
//! It follows the regular expressions that CPython's `glob.translate` and `fnmatch.translate` make,
//! step by step, and shares nothing with the crate but the normal form and the parts of paths. It
//! remembers the set of places in the path where it may be, so that nothing is tried twice.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use waypath::{Flavour, Path};

/// How a pattern is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) separator: char,
    /// Whether `[!a]` matches a separator: in CPython it does.
    pub(crate) classes_match_separators: bool,
    pub(crate) ignore_case: bool,
}

/// Whether the whole path matches, as `PurePath.full_match` has it.
pub(crate) fn full_match<F: Flavour>(rules: Rules, pattern: &Path<F>, path: &Path<F>) -> bool {
    // The empty path is spelled `.`, and then has no text.
    let text = |path: &Path<F>| if path.parts().next().is_none() { String::new() } else { path.as_str().to_owned() };
    rules.accepts(&text(pattern), true, &text(path))
}

/// Whether the last parts match, as `PurePath.match` has it; `None` where that raises an exception.
pub(crate) fn matches<F: Flavour>(rules: Rules, pattern: &Path<F>, path: &Path<F>) -> Option<bool> {
    let (patterns, parts): (Vec<_>, Vec<_>) = (pattern.parts().rev().collect(), path.parts().rev().collect());
    if patterns.is_empty() {
        return None;
    }
    if parts.len() < patterns.len() || parts.len() > patterns.len() && !pattern.anchor().is_empty() {
        return Some(false);
    }
    Some(patterns.iter().zip(parts).all(|(pattern, part)| rules.accepts(pattern, false, part)))
}

/// A step of the regular expression.
enum Step {
    Character(char),
    /// `/`
    Separator,
    /// `[^/]`
    Inner,
    /// `[^/]*`
    Inners,
    /// `.*`
    Everything,
    /// `(?:.+/)?`
    Parts,
    /// `[...]`
    Class(Class),
}

/// The characters between brackets.
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Rules {
    /// Whether a pattern matches a text; `recursive`: whether `**` matches any parts.
    pub(crate) fn accepts(self, pattern: &str, recursive: bool, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut places = BTreeSet::from([0]);
        for step in self.steps(pattern, recursive) {
            places = places.into_iter().flat_map(|place| self.walk(&step, &text, place)).collect();
        }
        places.contains(&text.len())
    }

    /// Where a step may lead from a place in the text.
    fn walk(self, step: &Step, text: &[char], place: usize) -> Vec<usize> {
        let inner = |at: usize| text[at] != self.separator;
        let one = |accepted: bool| if accepted { vec![place + 1] } else { vec![] };
        let next = text.get(place).copied();
        match step {
            Step::Character(wanted) => one(next.is_some_and(|c| self.same(*wanted, c))),
            Step::Separator => one(next == Some(self.separator)),
            Step::Inner => one(next.is_some_and(|c| c != self.separator)),
            Step::Inners => {
                let end = (place..text.len()).find(|&at| !inner(at)).unwrap_or(text.len());
                (place..=end).collect()
            }
            Step::Everything => (place..=text.len()).collect(),
            Step::Parts => {
                let behind_separators = (place + 1..text.len()).filter(|&at| !inner(at)).map(|at| at + 1);
                std::iter::once(place).chain(behind_separators).collect()
            }
            Step::Class(class) => one(next.is_some_and(|c| self.is_in(class, c))),
        }
    }

    fn is_in(self, class: &Class, character: char) -> bool {
        if character == self.separator && !self.classes_match_separators {
            return false;
        }
        let listed = |c: &char| class.ranges.iter().any(|(start, end)| (start..=end).contains(&c));
        let is_listed = if self.ignore_case { spellings(character).iter().any(listed) } else { listed(&character) };
        is_listed != class.negated
    }

    fn same(self, left: char, right: char) -> bool {
        left == right || self.ignore_case && spellings(left).contains(&right)
    }

    /// The steps of a pattern: `glob.translate`.
    fn steps(self, pattern: &str, recursive: bool) -> Vec<Step> {
        let parts: Vec<&str> = pattern.split(self.separator).collect();
        let mut steps = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let next = parts.get(at + 1);
            match *part {
                "**" if recursive => match next {
                    Some(&"**") => {}
                    Some(_) => steps.push(Step::Parts),
                    None => steps.push(Step::Everything),
                },
                part => {
                    steps.extend(if part == "*" { vec![Step::Inner, Step::Inners] } else { self.part_steps(part) });
                    steps.extend(next.map(|_| Step::Separator));
                }
            }
        }
        steps
    }

    /// The steps of a part: `fnmatch.translate`.
    fn part_steps(self, part: &str) -> Vec<Step> {
        let part: Vec<char> = part.chars().collect();
        let mut steps = Vec::new();
        let mut at = 0;
        while let Some(&character) = part.get(at) {
            at += 1;
            match character {
                '*' => steps.push(Step::Inners),
                '?' => steps.push(Step::Inner),
                '[' => match closing_bracket(&part, at) {
                    Some(end) => {
                        steps.push(Step::Class(class(&part[at..end])));
                        at = end + 1;
                    }
                    None => steps.push(Step::Character('[')),
                },
                _ => steps.push(Step::Character(character)),
            }
        }
        steps
    }
}

/// Where the bracket closes that was opened just before `start`.
fn closing_bracket(part: &[char], start: usize) -> Option<usize> {
    let first = start + usize::from(part.get(start) == Some(&'!'));
    let from = first + usize::from(part.get(first) == Some(&']'));
    (from..part.len()).find(|&at| part[at] == ']')
}

/// A character between brackets as it is given to `re`: a hyphen is either a range's or itself.
#[derive(Clone, Copy, PartialEq)]
enum Symbol {
    Plain(char),
    Through,
}

fn class(content: &[char]) -> Class {
    let symbols = without_empty_ranges(content);
    let (negated, symbols) = match symbols.split_first() {
        Some((Symbol::Plain('!'), rest)) => (true, rest),
        _ => (false, &symbols[..]),
    };
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(&symbol) = symbols.get(at) {
        // A hyphen with nothing in front of it is itself, whatever it was meant to be.
        let start = if let Symbol::Plain(character) = symbol { character } else { '-' };
        match symbols.get(at + 1..at + 3) {
            Some([Symbol::Through, Symbol::Plain(end)]) => {
                ranges.push((start, *end));
                at += 3;
            }
            _ => {
                ranges.push((start, start));
                at += 1;
            }
        }
    }
    Class { negated, ranges }
}

/// Cuts the content at the hyphens of ranges, joins the two sides of a range in the wrong order
/// without the characters next to the hyphen, and puts the rest together again.
fn without_empty_ranges(content: &[char]) -> Vec<Symbol> {
    let mut pieces: Vec<Vec<char>> = Vec::new();
    let mut start = 0;
    let mut look_from = if content[0] == '!' { 2 } else { 1 };
    while let Some(hyphen) = (look_from..content.len()).find(|&at| content[at] == '-') {
        pieces.push(content[start..hyphen].to_vec());
        start = hyphen + 1;
        look_from = hyphen + 3;
    }
    if start < content.len() {
        pieces.push(content[start..].to_vec());
    } else {
        pieces.last_mut().unwrap().push('-');
    }
    for at in (1..pieces.len()).rev() {
        if pieces[at - 1].last().unwrap() > pieces[at].first().unwrap() {
            let right = pieces.remove(at);
            pieces[at - 1].pop();
            pieces[at - 1].extend(&right[1..]);
        }
    }
    let plain = pieces.into_iter().map(|piece| piece.into_iter().map(Symbol::Plain).collect::<Vec<_>>());
    plain.collect::<Vec<_>>().join(&Symbol::Through)
}

/// All characters that Python's `re.IGNORECASE` takes for this one, itself included: those whose
/// simple lower case is equal or has an equal upper case.
fn spellings(character: char) -> Vec<char> {
    static GROUPS: OnceLock<HashMap<String, Vec<char>>> = OnceLock::new();
    let groups = GROUPS.get_or_init(|| {
        let mut groups: HashMap<_, Vec<char>> = HashMap::new();
        for other in '\0'..=char::MAX {
            groups.entry(case_key(other)).or_default().push(other);
        }
        // Nearly every character is alone.
        groups.retain(|_, group| group.len() > 1);
        groups
    });
    groups.get(&case_key(character)).cloned().unwrap_or_else(|| vec![character])
}

fn case_key(character: char) -> String {
    // The simple lower case of `İ` is `i`; the full one, which Rust has, adds a combining dot.
    let lower = if character == 'İ' { 'i' } else { character.to_lowercase().next().unwrap() };
    lower.to_uppercase().collect()
}

/// The patterns without groups that a pattern with groups of alternatives stands for; `None` if they are more than
/// `most`.
pub(crate) fn alternatives(pattern: &str, is_separator: impl Fn(char) -> bool, most: usize) -> Option<Vec<String>> {
    let units = units(pattern, &is_separator);
    let mut written = Vec::new();
    write_out(&units, most, &mut written).then(|| written.iter().map(|units| text(units, &is_separator)).collect())
}

/// A class, or a character that is itself.
type Unit = Vec<char>;

fn units(pattern: &str, is_separator: impl Fn(char) -> bool) -> Vec<Unit> {
    let all: Vec<char> = pattern.chars().collect();
    let mut units = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let segment_end = (at..all.len()).find(|&at| is_separator(all[at])).unwrap_or(all.len());
        let class = if all[at] == '[' { closing_bracket(&all[..segment_end], at + 1) } else { None };
        let end = class.map_or(at + 1, |closing| closing + 1);
        units.push(all[at..end].to_vec());
        at = end;
    }
    units
}

/// Writes out the first group, and the groups of what comes of that; `false` if it is too much.
fn write_out(units: &[Unit], most: usize, written: &mut Vec<Vec<Unit>>) -> bool {
    let Some((start, commas, end)) = (0..units.len()).find_map(|at| group(units, at)) else {
        written.push(units.to_vec());
        return written.len() <= most;
    };
    let edges = [&[start], &commas[..], &[end]].concat();
    edges.windows(2).all(|pair| {
        let one = [&units[..start], &units[pair[0] + 1..pair[1]], &units[end + 1..]].concat();
        write_out(&one, most, written)
    })
}

/// The group that begins at a unit, if there is one: where it begins, its commas, and its end.
fn group(units: &[Unit], start: usize) -> Option<(usize, Vec<usize>, usize)> {
    if units[start] != ['{'] {
        return None;
    }
    let mut depth = 0;
    let mut commas = Vec::new();
    for (at, unit) in units.iter().enumerate().skip(start) {
        match (unit[..].iter().collect::<String>().as_str(), depth) {
            ("{", _) => depth += 1,
            ("}", 1) => return (!commas.is_empty()).then_some((start, commas, at)),
            ("}", _) => depth -= 1,
            (",", 1) => commas.push(at),
            _ => {}
        }
    }
    None
}

/// Units as a pattern; a bracket that is itself stays so, whatever follows now.
fn text(units: &[Unit], is_separator: impl Fn(char) -> bool) -> String {
    let is = |unit: &Unit, is: &dyn Fn(char) -> bool| unit.len() == 1 && is(unit[0]);
    let mut text = String::new();
    for (at, unit) in units.iter().enumerate() {
        let mut behind = units[at + 1..].iter().take_while(|unit| !is(unit, &|c| is_separator(c)));
        let may_close = behind.any(|unit| unit.contains(&']'));
        match is(unit, &|c| c == '[') && may_close {
            true => text.push_str("[[]"),
            false => text.extend(unit),
        }
    }
    text
}
