//! Finding the patterns of a set that may match, in one pass over the path, with globset.

use std::borrow::Cow;

use globset::{Glob, GlobBuilder, GlobSet};

use super::parse::{Lexeme, lexemes};
use super::tokens::Case;
use super::{Form, Pattern, Plain, whole_text};
use crate::flavour::Flavour;
use crate::path::Path;

/// Up to this number of patterns, trying one after another is as fast.
const FEW: usize = 32;

/// The length in bytes of the longest pattern to use globset for: its time can be the product of the lengths of the pattern
/// and the path.
const LONGEST: usize = 1000;

/// Patterns by their places in a list.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    set: GlobSet,
    places: Vec<usize>,
}

impl Globs {
    /// Removes from a list of places the patterns for which this pays.
    pub(super) fn take<F: Flavour>(patterns: &[Pattern<F>], places: &mut Vec<usize>) -> Option<Self> {
        if places.len() <= FEW {
            return None;
        }
        let (taken, left): (Vec<_>, Vec<_>) = places.iter().partition(|&&at| short(&patterns[at]).is_some());
        let globs = taken.iter().filter_map(|&at| Some(glob(&patterns[at], short(&patterns[at])?)));
        let set = globs.collect::<Result<Vec<_>, _>>().and_then(GlobSet::new).ok()?;
        *places = left;
        Some(Self { set, places: taken })
    }

    /// The places of all patterns that may match.
    ///
    /// globset matches bytes, reads `\` as a separator on Windows, and sees no name in a path that ends in `..`. If that
    /// could matter, all patterns are candidates.
    pub(super) fn candidates<F: Flavour>(&self, path: &Path<F>) -> Vec<usize> {
        let text = match F::SEPARATOR {
            '/' => Cow::Borrowed(whole_text(path)),
            separator => Cow::Owned(whole_text(path).replace(separator, "/")),
        };
        if !text.is_ascii() || text.contains('\\') || path.name() == ".." {
            return self.places.clone();
        }
        self.set.matches(&*text).into_iter().map(|glob| self.places[glob]).collect()
    }
}

/// A pattern without alternatives that is not too long.
fn short<F: Flavour>(pattern: &Pattern<F>) -> Option<&Plain<F>> {
    match &pattern.inner.form {
        Form::Plain(plain) if plain.path.as_str().len() <= LONGEST => Some(plain),
        _ => None,
    }
}

/// A glob that matches every path of ASCII characters that the pattern matches, and few others.
fn glob<F: Flavour>(pattern: &Pattern<F>, plain: &Plain<F>) -> Result<Glob, globset::Error> {
    let fold = pattern.case() == Case::Insensitive;
    let mut parts: Vec<_> = whole_text(&plain.path).split(F::SEPARATOR).collect();
    if !pattern.inner.is_literal {
        parts.dedup_by(|next, part| *next == "**" && *part == "**");
    }
    let translate = |part: &&str| if pattern.inner.is_literal { escaped(part) } else { translated(part) };
    let glob = parts.iter().map(translate).collect::<Vec<_>>().join("/");
    GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).case_insensitive(fold).build()
}

/// A name as a glob.
fn escaped(name: &str) -> String {
    name.chars().flat_map(literal).collect()
}

/// A segment of a pattern as a glob. A class becomes `?`, which matches more.
fn translated(segment: &str) -> String {
    if segment == "**" {
        return segment.to_owned();
    }
    let mut glob = String::new();
    for lexeme in lexemes(segment) {
        match lexeme {
            Lexeme::Star(_) => glob.push('*'),
            Lexeme::Any | Lexeme::Class(_) => glob.push('?'),
            Lexeme::Literal(character) => glob.extend(literal(character)),
        }
    }
    glob
}

/// A character that matches itself; one beyond ASCII may match an ASCII one when case is folded.
fn literal(character: char) -> impl Iterator<Item = char> {
    let escape = (character.is_ascii_punctuation()).then_some('\\');
    escape.into_iter().chain([if character.is_ascii() { character } else { '?' }])
}
