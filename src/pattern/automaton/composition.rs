//! Combines a pattern as it is written with its normal form.

use super::spelling::Spelling;
use super::states::{ByPlace, Leg, NOWHERE, States};
use super::{END, END_OF_DIRECTORY, Number};
use crate::pattern::normal::{Input, Rules, State, Step, Steps, To};

/// Pairs of a place in the spelling and a state of the normal form. A pair becomes a state of the automaton after all those
/// that it leads to, so those from which no end is reached, and those that are the same as another one, are left out.
pub(super) struct Composition<'a> {
    spelling: &'a Spelling,
    rules: Rules,
    pairs: ByPlace<Pair>,
    /// The pairs on the way from a start, each with those of its steps that were followed.
    open: Vec<Open>,
    /// The steps of the open pairs, and the states that those lead to that were followed.
    steps: Steps,
    followed: Vec<Number>,
    states: States,
}

struct Pair {
    state: State,
    /// The state of the automaton, once it is known.
    number: Number,
}

/// A pair whose steps are being followed.
struct Open {
    pair: u32,
    place: Number,
    /// Where its steps begin, and the states that those lead to that were followed.
    steps: u32,
    followed: u32,
}

impl<'a> Composition<'a> {
    pub(super) fn of(spelling: &'a Spelling, rules: Rules) -> States {
        let mut new = Self {
            spelling,
            rules,
            pairs: ByPlace::new(spelling.places()),
            open: Vec::with_capacity(spelling.places()),
            steps: Steps { list: Vec::with_capacity(spelling.places()), place: 0 },
            followed: Vec::new(),
            states: States::new(spelling.places()),
        };
        let starts = [State::RELATIVE, State::ANCHORED].map(|state| new.compose(state));
        new.states.add_starts(starts);
        new.states
    }

    /// Makes states of all pairs that a start leads to.
    fn compose(&mut self, start: State) -> Number {
        self.open(0, start);
        while let Some(open) = self.open.last() {
            let next = open.steps as usize + self.followed.len() - open.followed as usize;
            let number = match self.steps.list.get(next) {
                None => self.close(),
                Some(&Step { to: To::State(state), place, .. }) => match self.number(place, state) {
                    Some(number) => number,
                    None => {
                        self.open(place, state);
                        continue;
                    }
                },
                Some(Step { to: To::End { with_separator: true }, .. }) => END_OF_DIRECTORY,
                Some(Step { to: To::End { with_separator: false }, .. }) => END,
                Some(Step { to: To::Next, .. }) => NOWHERE,
            };
            self.followed.push(number);
        }
        self.followed.pop().unwrap_or(NOWHERE)
    }

    /// The number of the state that a pair has become.
    fn number(&self, place: Number, state: State) -> Option<Number> {
        self.pairs.of(place).find(|pair| pair.state == state).map(|pair| pair.number)
    }

    /// Finds all steps from a new pair.
    fn open(&mut self, place: Number, state: State) {
        let pair = self.pairs.add(place, Pair { state, number: NOWHERE });
        let (steps, followed) = (self.steps.list.len() as u32, self.followed.len() as u32);
        self.open.push(Open { pair, place, steps, followed });
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

    /// Makes a state of the last open pair, all of whose steps were followed.
    fn close(&mut self) -> Number {
        let Some(Open { pair, place, steps, followed }) = self.open.pop() else { return NOWHERE };
        let (first, reached) = (steps as usize, &mut self.followed[followed as usize..]);
        let steps = &self.steps.list[first..];
        // A piece leads to where the pieces after it begin.
        for at in (1..steps.len()).rev().filter(|&at| steps[at - 1].to == To::Next) {
            reached[at - 1] = self.states.add(place, [Leg { op: steps[at].op, to: reached[at] }].into_iter());
        }
        let is_first = |&(at, _): &(usize, _)| at == 0 || steps[at - 1].to != To::Next;
        let legs =
            steps.iter().zip(&*reached).enumerate().filter(is_first).map(|(_, (step, &to))| Leg { op: step.op, to });
        let number = self.states.add(place, legs);
        self.steps.list.truncate(first);
        self.followed.truncate(followed as usize);
        self.pairs.get_mut(pair).number = number;
        number
    }
}
