//! The elements of a compiled pattern: segments consist of pieces, and pieces of tokens. A token matches one character.

use std::sync::Arc;

use super::fold;

/// Whether letters that differ only in case match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Case {
    Sensitive,
    Insensitive,
}

/// What one part of a pattern matches. Clones share the memory: the plan of a listing has one of nearly every part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    /// `**`: any number of parts.
    AnyPath,
    /// `*`: one part of at least one character.
    AnyName,
    /// A name, spelled exactly so.
    Literal(Arc<str>),
    Wild(Arc<Wild>),
}

/// Pieces with a `*` between them. Without a tail there is no `*`, only the head.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wild {
    pub(super) head: Piece,
    pub(super) middle: Box<[Inner]>,
    /// The least number of characters between the last of them and the tail.
    pub(super) gap: usize,
    pub(super) tail: Option<Piece>,
}

/// A piece between two `*`. A `?` at its ends could as well be on the other side of the `*`, so the `?` are counted as the
/// gap between two pieces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Inner {
    /// The least number of characters before it.
    pub(super) gap: usize,
    pub(super) piece: Piece,
}

/// A run of a segment without `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Piece {
    Text(Box<str>),
    Tokens(Box<[Token]>),
}

/// Matches one character of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Token {
    Exact(char),
    /// This character in either case.
    Letter(char),
    Any,
    Class(Class),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Class {
    pub(super) negated: bool,
    /// Sorted and merged; both ends are included. Shared, as many edges of an automaton have the same class.
    pub(super) ranges: Arc<[(char, char)]>,
    pub(super) case: Case,
}

impl Token {
    /// The only character that it matches, if there is just one.
    pub(super) fn exact(&self) -> Option<char> {
        if let Self::Exact(character) = self { Some(*character) } else { None }
    }

    #[inline]
    pub(super) fn matches(&self, character: char) -> bool {
        match self {
            Self::Exact(exact) => *exact == character,
            Self::Letter(letter) => fold::same(*letter, character),
            Self::Any => true,
            Self::Class(class) => class.matches(character),
        }
    }
}

impl Class {
    fn matches(&self, character: char) -> bool {
        let listed = self.lists(character) || self.case == Case::Insensitive && self.lists_variant(character);
        listed != self.negated
    }

    /// Whether it lists the character in another case. Most classes and names have ASCII characters only.
    fn lists_variant(&self, character: char) -> bool {
        match self.ranges.last() {
            Some((_, last)) if last.is_ascii() => fold::any_ascii_variant(character, |variant| self.lists(variant)),
            Some(_) => fold::any_variant(character, |variant| self.lists(variant)),
            None => false,
        }
    }

    fn lists(&self, character: char) -> bool {
        let behind = self.ranges.partition_point(|&(start, _)| start <= character);
        behind.checked_sub(1).is_some_and(|at| character <= self.ranges[at].1)
    }
}
