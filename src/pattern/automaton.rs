//! The automaton of a pattern with alternatives: they are branches that part and meet again.

mod composition;
mod ends;
mod spelling;
mod states;

use std::ops::Range;

use super::braces::Item;
use super::gate::Gate;
use super::normal::{Op, Rules};
use super::tokens::{Case, Token};
use composition::Composition;
use spelling::Spelling;
use states::Edges;

/// The number of a state. The edges from all states but the starts lead to lower numbers.
pub(super) type Number = u32;

/// States, and edges between them, each of which matches a piece of a path. The size is linear in the text of the pattern.
#[derive(Clone, Debug)]
pub(crate) struct Automaton {
    /// The edges, by the states that they leave, and where those from each state begin.
    pub(super) edges: Box<[Edge]>,
    from: Box<[u32]>,
    /// The edges that enter each state.
    to: Index,
    /// What the edges match.
    tokens: Box<[Token]>,
    texts: Texts,
    /// How every path that matches ends.
    gate: Gate,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: Number,
    pub(super) op: Op,
    pub(super) to: Number,
    /// Whether it is at the start of a part.
    pub(super) is_leading: bool,
}

/// The end of patterns that end in a part.
pub(super) const END: Number = 0;
/// The end of patterns that end in a separator, or are empty.
pub(super) const END_OF_DIRECTORY: Number = 1;
/// The start of relative patterns.
pub(super) const RELATIVE: Number = 2;
/// The start of patterns with an anchor.
pub(super) const ANCHORED: Number = 3;
/// The number of the first other state.
const FIRST_FREE: Number = 4;

impl Automaton {
    pub(super) fn new(items: Vec<Item<'_>>, case: Case, rules: Rules) -> Self {
        let spelling = Spelling::new(&items, case);
        drop(items);
        let states = Composition::of(&spelling, rules);
        let tokens = spelling.into_tokens();
        let Edges { mut edges, from, texts } = states.into_edges();
        let count = from.len() - 1;
        mark_leading(&mut edges, count);
        let to = Index::new(count, edges.iter().map(|edge| edge.to));
        let (edges, from, tokens) = (edges.into(), from.into(), tokens.into());
        let mut new = Self { edges, from, to, tokens, texts, gate: Gate::default() };
        new.gate = Gate::of_end(ends::common(&new, rules));
        new
    }

    pub(super) fn edges_from(&self, state: Number) -> impl Iterator<Item = &Edge> {
        self.edges[range(&self.from, state)].iter()
    }

    /// The edges to a state, by their numbers.
    #[inline]
    pub(super) fn edges_to(&self, state: Number) -> &[u32] {
        self.to.of(state)
    }

    /// A text of an edge.
    #[inline]
    pub(super) fn text(&self, number: u32) -> &[u8] {
        self.texts.get(number)
    }

    /// The same, by character.
    pub(super) fn characters(&self, text: u32) -> impl Iterator<Item = char> {
        self.texts.all[range(&self.texts.bounds, text)].chars()
    }

    /// A token of an edge.
    #[inline]
    pub(super) fn token(&self, number: u32) -> &Token {
        &self.tokens[number as usize]
    }

    /// How every path that matches ends.
    pub(super) fn gate(&self) -> Gate {
        self.gate
    }

    pub(super) fn states(&self) -> Number {
        self.from.len() as Number - 1
    }

    /// All states, each after those that follow it.
    pub(super) fn states_from_end(&self) -> impl Iterator<Item = Number> {
        [END, END_OF_DIRECTORY].into_iter().chain(FIRST_FREE..self.states()).chain([RELATIVE, ANCHORED])
    }

    /// Whether no alternative has an anchor.
    pub(crate) fn is_relative(&self) -> bool {
        self.edges_from(ANCHORED).next().is_none()
    }

    /// Whether an alternative has a part `..`.
    pub(crate) fn leads_up(&self) -> bool {
        self.edges.iter().any(|edge| matches!(edge.op, Op::Up))
    }
}

/// Texts by number.
#[derive(Clone, Debug)]
struct Texts {
    all: String,
    /// Where each one begins, and where the last one ends.
    bounds: Vec<u32>,
}

impl Texts {
    fn new() -> Self {
        Self { all: String::new(), bounds: vec![0] }
    }

    fn add(&mut self, text: impl Iterator<Item = char>) -> u32 {
        text.for_each(|character| self.all.push(character));
        self.bounds.push(self.all.len() as u32);
        self.bounds.len() as u32 - 2
    }

    /// The bytes of a text: to find where characters begin would take longer than most compares.
    #[inline]
    fn get(&self, number: u32) -> &[u8] {
        &self.all.as_bytes()[range(&self.bounds, number)]
    }
}

/// Things by a number that each has: edges by one of their states.
#[derive(Clone, Debug)]
struct Index {
    starts: Box<[u32]>,
    things: Box<[u32]>,
}

impl Index {
    /// The numbers are below `count`.
    fn new(count: usize, numbers: impl DoubleEndedIterator<Item = Number> + ExactSizeIterator + Clone) -> Self {
        let mut starts = vec![0; count + 1];
        numbers.clone().for_each(|number| starts[number as usize] += 1);
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            // Where those of the number end, until all of them have their places.
            *start = before;
        }
        let mut things = vec![0; before as usize];
        for (at, number) in numbers.enumerate().rev() {
            let start = &mut starts[number as usize];
            *start -= 1;
            things[*start as usize] = at as u32;
        }
        Self { starts: starts.into(), things: things.into() }
    }

    #[inline]
    fn of(&self, number: Number) -> &[u32] {
        &self.things[range(&self.starts, number)]
    }
}

/// From the start of a number to that of the next one.
#[inline]
fn range(starts: &[u32], number: Number) -> Range<usize> {
    let at = number as usize;
    starts[at] as usize..starts[at + 1] as usize
}

/// Marks the edges that are always at the start of a part.
fn mark_leading(edges: &mut [Edge], states: usize) {
    let mut begins = vec![true; states];
    for edge in &*edges {
        begins[edge.to as usize] &= matches!(edge.op, Op::Separator | Op::AnyPath);
    }
    edges.iter_mut().for_each(|edge| edge.is_leading = begins[edge.from as usize]);
}
