//! The states of an automaton, made from its end to its starts.

use std::ops::Range;

use super::{ANCHORED, Edge, FIRST_FREE, Number, RELATIVE, Texts};
use crate::pattern::normal::Op;

/// What leads here leads to no end.
pub(super) const NOWHERE: Number = Number::MAX;
/// The number of the first state that is not an end.
const FIRST: usize = 2;

/// States that lead to lower numbers only. The last two are the starts.
pub(super) struct States {
    legs: Vec<Leg>,
    /// Where the legs of each state begin, and those of the next one.
    starts: Vec<u32>,
    /// The states that were made at each place of the spelling.
    at: ByPlace<Number>,
    /// How many states were to be added, and the last of them from which an empty leg led to each state.
    asked: u32,
    reached_by: Vec<u32>,
}

/// What a state reads, and where that leads.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Leg {
    pub(super) op: Op,
    pub(super) to: Number,
}

impl Leg {
    fn exact(self) -> Option<char> {
        if let Op::Exact(character) = self.op { Some(character) } else { None }
    }
}

impl States {
    /// The two ends.
    pub(super) fn new(places: usize) -> Self {
        let (starts, reached_by) = (vec![0; FIRST + 1], vec![0; FIRST]);
        Self { legs: Vec::with_capacity(places), starts, at: ByPlace::new(places), asked: 0, reached_by }
    }

    /// The state with these legs. It is added only if it is not the same as another one at its place, or as the state that
    /// its only leg leads to. Of empty legs to the same state, one is kept.
    pub(super) fn add(&mut self, place: Number, legs: impl Iterator<Item = Leg>) -> Number {
        let start = self.legs.len();
        self.asked += 1;
        for leg in legs.filter(|leg| leg.to != NOWHERE) {
            let last = &mut self.reached_by[leg.to as usize];
            if leg.op != Op::Empty || std::mem::replace(last, self.asked) != self.asked {
                self.legs.push(leg);
            }
        }
        let known = match &self.legs[start..] {
            [] => Some(NOWHERE),
            [Leg { op: Op::Empty, to }] => Some(*to),
            legs => self.at.of(place).copied().find(|&state| &self.legs[self.range(state)] == legs),
        };
        match known {
            Some(known) => {
                self.legs.truncate(start);
                known
            }
            None => {
                let new = self.end_state();
                self.at.add(place, new);
                new
            }
        }
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
        let [start, end] = [state, state + 1].map(|state| self.starts[state as usize] as usize);
        start..end
    }

    /// The edges of the automaton, and their texts. States that only one leg leads to, which is empty or continues a text,
    /// become one with the state before.
    pub(super) fn into_edges(self) -> (Vec<Edge>, Texts) {
        let is_part = self.parts_of_others();
        let numbers = self.numbers(&is_part);
        let mut edges = Vec::with_capacity(self.legs.len());
        let mut texts = Texts::new();
        let mut todo = Vec::new();
        for state in (FIRST..self.count()).filter(|&state| !is_part[state]) {
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
        (edges, texts)
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

/// Things at places of a spelling, most of which have few.
pub(super) struct ByPlace<T> {
    /// One more than the index of the last thing at each place, and of the one before each thing, or 0.
    last: Vec<u32>,
    things: Vec<(T, u32)>,
}

impl<T> ByPlace<T> {
    pub(super) fn new(places: usize) -> Self {
        Self { last: vec![0; places], things: Vec::with_capacity(places) }
    }

    /// Adds a thing. Returns its index.
    pub(super) fn add(&mut self, place: Number, thing: T) -> u32 {
        let at = self.things.len() as u32;
        self.things.push((thing, std::mem::replace(&mut self.last[place as usize], at + 1)));
        at
    }

    pub(super) fn of(&self, place: Number) -> impl Iterator<Item = &T> {
        let mut next = self.last[place as usize];
        std::iter::from_fn(move || {
            let (thing, before) = &self.things[next.checked_sub(1)? as usize];
            next = *before;
            Some(thing)
        })
    }

    pub(super) fn get_mut(&mut self, at: u32) -> &mut T {
        &mut self.things[at as usize].0
    }
}
