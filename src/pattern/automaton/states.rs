//! The states of an automaton, made from its end to its starts.

use std::ops::Range;

use super::{ANCHORED, Edge, FIRST_FREE, Number, RELATIVE, Texts, range};
use crate::pattern::normal::Op;

/// What leads here leads to no end.
pub(super) const NOWHERE: Number = Number::MAX;
/// The number of the first state that is not an end.
const FIRST: usize = 2;
/// How many states a new one is compared with, so that a place of many takes no longer than many places.
const MOST_COMPARED: usize = 64;

/// The edges of an automaton.
pub(super) struct Edges {
    pub(super) edges: Vec<Edge>,
    /// Where the edges from each state begin, and where the last ones end.
    pub(super) from: Vec<u32>,
    pub(super) texts: Texts,
}

/// States that lead to lower numbers only. The last two are the starts.
pub(super) struct States {
    legs: Vec<Leg>,
    /// Where the legs of each state begin, and those of the next one.
    starts: Vec<u32>,
    /// The place of the spelling that states are made of now, and the first of them.
    place: Number,
    first: usize,
    /// How many states were to be added, and the last of them from which an empty leg led to each state.
    asked: u32,
    reached_by: Vec<u32>,
}

/// What a state reads, and where that leads.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Leg {
    pub(super) to: Number,
    pub(super) op: Op,
}

impl Leg {
    fn exact(self) -> Option<char> {
        if let Op::Exact(character) = self.op { Some(character) } else { None }
    }
}

impl States {
    /// The two ends.
    pub(super) fn new(capacity: usize) -> Self {
        let (starts, reached_by) = (vec![0; FIRST + 1], vec![0; FIRST]);
        Self { legs: Vec::with_capacity(capacity), starts, place: 0, first: FIRST, asked: 0, reached_by }
    }

    /// Sets the place that states are made of.
    pub(super) fn set_place(&mut self, place: Number) {
        if place != self.place {
            (self.place, self.first) = (place, self.count());
        }
    }

    /// The state with these legs. It is added only if it is not the same as one of the last ones at its place, or as the state
    /// that its only leg leads to. Of empty legs to the same state, one is kept.
    pub(super) fn add<'a>(&mut self, legs: impl Iterator<Item = &'a Leg>) -> Number {
        let start = self.legs.len();
        self.asked += 1;
        for &leg in legs.filter(|leg| leg.to != NOWHERE) {
            let last = &mut self.reached_by[leg.to as usize];
            if leg.op != Op::Empty || std::mem::replace(last, self.asked) != self.asked {
                self.legs.push(leg);
            }
        }
        let known = match &self.legs[start..] {
            [] => Some(NOWHERE),
            [Leg { op: Op::Empty, to }] => Some(*to),
            legs => self.find(legs),
        };
        match known {
            Some(known) => {
                self.legs.truncate(start);
                known
            }
            None => self.end_state(),
        }
    }

    /// The state with these legs, if it is one of the last at its place.
    fn find(&self, legs: &[Leg]) -> Option<Number> {
        let first = self.first.max(self.count().saturating_sub(MOST_COMPARED));
        (first as Number..self.count() as Number).find(|&state| &self.legs[self.range(state)] == legs)
    }

    /// Adds the starts, each the same as a state.
    pub(super) fn add_starts(&mut self, states: [Number; 2]) {
        for to in states {
            self.legs.extend((to != NOWHERE).then_some(Leg { op: Op::Empty, to }));
            self.end_state();
        }
    }

    fn end_state(&mut self) -> Number {
        self.starts.push(self.legs.len() as u32);
        self.reached_by.push(0);
        (self.count() - 1) as Number
    }

    fn count(&self) -> usize {
        self.starts.len() - 1
    }

    fn range(&self, state: Number) -> Range<usize> {
        range(&self.starts, state)
    }

    /// The edges of the automaton, and their texts. States that only one leg leads to, which is empty or continues a text,
    /// become one with the state before.
    pub(super) fn into_edges(self) -> Edges {
        let is_part = self.parts_of_others();
        let numbers = self.numbers(&is_part);
        let mut edges = Vec::with_capacity(self.legs.len());
        let mut from = vec![0; FIRST];
        let mut texts = Texts::new();
        let mut todo = Vec::new();
        let starts = self.count() - 2;
        for state in (starts..self.count()).chain(FIRST..starts).filter(|&state| !is_part[state]) {
            from.push(edges.len() as u32);
            todo.push(state as Number);
            while let Some(part) = todo.pop() {
                for mut leg in self.legs[self.range(part)].iter().copied() {
                    if leg.op == Op::Empty && is_part[leg.to as usize] {
                        todo.push(leg.to);
                        continue;
                    }
                    if is_part[leg.to as usize] {
                        let run = std::iter::successors(Some(leg), |last| self.goes_on(last.to, &is_part));
                        leg.op = Op::Text(texts.add(run.inspect(|last| leg.to = last.to).filter_map(Leg::exact)));
                    }
                    let [from, to] = [state as Number, leg.to].map(|state| numbers[state as usize]);
                    edges.push(Edge { from, op: leg.op, to, is_leading: false });
                }
            }
        }
        from.push(edges.len() as u32);
        Edges { edges, from, texts }
    }

    /// The leg that continues a text, if there is one.
    fn goes_on(&self, state: Number, is_part: &[bool]) -> Option<Leg> {
        is_part[state as usize].then(|| self.legs[self.range(state).start])
    }

    /// Which states become one with the state before.
    fn parts_of_others(&self) -> Vec<bool> {
        let mut legs_to = vec![0_u32; self.count()];
        self.legs.iter().for_each(|leg| legs_to[leg.to as usize] += 1);
        let is_text = |leg: &Leg| leg.exact().is_some();
        let mut is_part = vec![false; self.count()];
        for leg in self.legs.iter().filter(|leg| legs_to[leg.to as usize] == 1 && leg.to as usize >= FIRST) {
            let goes_on = || matches!(&self.legs[self.range(leg.to)], [next] if is_text(next));
            is_part[leg.to as usize] = leg.op == Op::Empty || is_text(leg) && goes_on();
        }
        is_part
    }

    /// The numbers of the states in the automaton, unless they are parts of others.
    fn numbers(&self, is_part: &[bool]) -> Vec<Number> {
        let mut numbers: Vec<Number> = (0..self.count() as Number).collect();
        let inner = FIRST..self.count() - 2;
        for (number, state) in (FIRST_FREE..).zip(inner.clone().filter(|&state| !is_part[state])) {
            numbers[state] = number;
        }
        numbers[inner.end..].copy_from_slice(&[RELATIVE, ANCHORED]);
        numbers
    }
}
