//! How far paths have come in a plan: sets of its nodes, on a stack.

use std::ops::Range;

/// The number of a node.
pub(crate) type State = usize;

/// The sets of the paths that are being listed, on a stack. Each is sorted and free of repeats.
pub(crate) type States = Vec<State>;

/// How far a path has come: the nodes from which it goes on, a range of [`States`]. An empty one
/// leads nowhere.
///
/// It is small, as every name that is pending has two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Set {
    from: u32,
    end: u32,
}

impl Set {
    pub(crate) fn is_empty(self) -> bool {
        self.from == self.end
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    pub(super) fn range(self) -> Range<usize> {
        self.from as usize..self.end as usize
    }

    #[inline]
    pub(crate) fn of(self, states: &States) -> &[State] {
        &states[self.range()]
    }

    /// Puts a set on top of the stack.
    pub(crate) fn put(set: &[State], states: &mut States) -> Self {
        let from = states.len();
        states.extend(set);
        Self::above(states, from)
    }

    /// The set of what was put on top of the stack, in order and without repeats.
    pub(super) fn on_top(states: &mut States, from: usize) -> Self {
        if states.len() > from + 1 {
            states[from..].sort_unstable();
            let mut end = from + 1;
            for at in from + 1..states.len() {
                if states[end - 1] != states[at] {
                    states[end] = states[at];
                    end += 1;
                }
            }
            states.truncate(end);
        }
        Self::above(states, from)
    }

    fn above(states: &States, from: usize) -> Self {
        let [from, end] = [from, states.len()].map(|at| u32::try_from(at).expect("BUG: four billion states"));
        Self { from, end }
    }
}
