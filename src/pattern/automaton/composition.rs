//! Combines a pattern as it is written with its normal form.

use super::spelling::Spelling;
use super::states::{Leg, NOWHERE, States};
use super::{END, END_OF_DIRECTORY, Number};
use crate::pattern::normal::{Input, Op, Rules, State, Step, Steps, To};

/// Pairs of a place in the spelling and a state of the normal form. They are found from the start of the spelling to its
/// end, and become states of the automaton from the end to the start, each after all those that it leads to. So those from
/// which no end is reached, and those that are the same as another one, are left out.
pub(super) struct Composition<'a> {
    spelling: &'a Spelling,
    rules: Rules,
    /// The first two stand for the ends of the automaton, and have their numbers.
    pairs: Vec<Pair>,
    /// The last pair that was found at each place.
    last: Vec<u32>,
    /// The pairs by their places, and the ways from each of them.
    order: Vec<u32>,
    ways: Vec<Way>,
    /// The steps from one pair.
    steps: Steps,
}

struct Pair {
    state: State,
    place: Number,
    /// The pair that was found before it at its place.
    before: u32,
    /// Where the ways from it begin. They end where those of the next pair in order begin.
    ways: u32,
    /// The state of the automaton, once it is known.
    number: Number,
}

/// What is matched on the way from a pair, and the pair that it leads to.
struct Way {
    op: Op,
    to: u32,
}

/// No pair.
const NONE: u32 = u32::MAX;
/// Leads to the way after it.
const NEXT: u32 = u32::MAX;

impl<'a> Composition<'a> {
    pub(super) fn of(spelling: &'a Spelling, rules: Rules) -> States {
        let places = spelling.places();
        let end = |number| Pair { state: State::RELATIVE, place: spelling.end, before: NONE, ways: 0, number };
        let mut pairs = Vec::with_capacity(places + 2);
        pairs.extend([END, END_OF_DIRECTORY].map(end));
        let mut new = Self {
            spelling,
            rules,
            pairs,
            last: vec![NONE; places],
            order: Vec::with_capacity(places),
            ways: Vec::with_capacity(2 * places),
            steps: Steps { list: Vec::new(), place: 0 },
        };
        let starts = [State::RELATIVE, State::ANCHORED].map(|state| new.pair(0, state));
        (0..places as Number).for_each(|place| new.leave(place));
        let mut states = new.states();
        states.add_starts(starts.map(|start| new.pairs[start as usize].number));
        states
    }

    /// Finds the ways from all pairs at a place. Those from all places before it must be known: they lead to these pairs.
    fn leave(&mut self, place: Number) {
        let mut next = self.order.len();
        let mut pair = self.last[place as usize];
        while pair != NONE {
            self.order.push(pair);
            pair = self.pairs[pair as usize].before;
        }
        while let Some(&pair) = self.order.get(next) {
            self.find_ways(pair, place);
            next += 1;
        }
    }

    /// Finds the ways from a pair, and the pairs that they lead to.
    fn find_ways(&mut self, pair: u32, place: Number) {
        let pair = &mut self.pairs[pair as usize];
        pair.ways = self.ways.len() as u32;
        let state = pair.state;
        self.find_steps(place, state);
        let mut steps = std::mem::take(&mut self.steps.list);
        for Step { ops, to, place: next } in steps.drain(..) {
            let new = self.pairs.len() as u32;
            let to = match to {
                To::State(state) => self.pair(next, state),
                To::End { with_separator: true } => END_OF_DIRECTORY,
                To::End { with_separator: false } => END,
            };
            // One that is due at this place is the last to be left, and nothing is due after it.
            if to == new && next == place {
                self.order.push(new);
            }
            self.add_ways(ops, to);
        }
        self.steps.list = steps;
    }

    /// Adds a way for each of these that is not empty, or one that is.
    fn add_ways(&mut self, ops: [Op; 3], to: u32) {
        let mut last = Op::Empty;
        for op in ops.into_iter().filter(|op| *op != Op::Empty) {
            let before = std::mem::replace(&mut last, op);
            if before != Op::Empty {
                self.ways.push(Way { op: before, to: NEXT });
            }
        }
        self.ways.push(Way { op: last, to });
    }

    /// Finds all steps from a state at a place.
    fn find_steps(&mut self, place: Number, state: State) {
        self.steps.place = place;
        state.go_on(&mut self.steps);
        if place == self.spelling.end {
            state.read(Input::End, self.rules, &mut self.steps);
        }
        for step in self.spelling.steps_from(place) {
            self.steps.place = step.to;
            match step.input {
                // The state before it stays, too.
                None if state.is_due() => {}
                None => state.stay(&mut self.steps),
                Some(input) => state.read(input, self.rules, &mut self.steps),
            }
        }
    }

    /// A pair, which is new unless it was found before.
    fn pair(&mut self, place: Number, state: State) -> u32 {
        let last = &mut self.last[place as usize];
        let mut known = *last;
        while let Some(pair) = self.pairs.get(known as usize) {
            if pair.state == state {
                return known;
            }
            known = pair.before;
        }
        let new = self.pairs.len() as u32;
        self.pairs.push(Pair { state, place, before: *last, ways: 0, number: NOWHERE });
        *last = new;
        new
    }

    /// Makes states of all pairs.
    fn states(&mut self) -> States {
        let mut states = States::new(self.pairs.len());
        // The legs of one state, the last one first.
        let mut legs: Vec<Leg> = Vec::new();
        for &pair in self.order.iter().rev() {
            let Pair { place, ways, .. } = self.pairs[pair as usize];
            states.set_place(place);
            for Way { op, to } in self.ways.drain(ways as usize..).rev() {
                match legs.last_mut() {
                    Some(next) if to == NEXT => *next = Leg { op, to: states.add([*next].iter()) },
                    _ => legs.push(Leg { op, to: self.pairs[to as usize].number }),
                }
            }
            self.pairs[pair as usize].number = states.add(legs.iter().rev());
            legs.clear();
        }
        states
    }
}
