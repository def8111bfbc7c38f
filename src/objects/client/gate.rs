//! How many requests are made side by side: fewer after the store asked for it, and slowly more again.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Lets a number of requests pass at a time.
pub(super) struct Gate {
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    running: usize,
    allowed: usize,
    /// How many went well since the number was changed.
    well: usize,
    /// How often it was made smaller.
    cuts: u64,
}

/// Leave to make one request, given back when it is dropped.
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    cuts: u64,
}

impl Gate {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let state = State { running: 0, allowed: most, well: 0, cuts: 0 };
        Self { most, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits for its turn. Whoever has a pass makes one request, which has an end; so there is no waiting forever.
    pub(super) fn enter(&self) -> Pass<'_> {
        let mut state = self.state();
        while state.running >= state.allowed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.running += 1;
        Pass { gate: self, cuts: state.cuts }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The store asked for fewer requests. Those that were under way together count once.
    pub(super) fn too_many(&self) {
        let mut state = self.gate.state();
        if state.cuts == self.cuts {
            state.allowed = (state.allowed / 2).max(1);
            state.cuts += 1;
            state.well = 0;
        }
    }

    /// The request went well: after as many as are allowed, one more is.
    pub(super) fn went_well(&self) {
        let mut state = self.gate.state();
        if state.allowed == self.gate.most {
            return;
        }
        state.well += 1;
        if state.well >= state.allowed {
            state.allowed += 1;
            state.well = 0;
            self.gate.changed.notify_one();
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.state().running -= 1;
        self.gate.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn allowed(gate: &Gate) -> usize {
        gate.state().allowed
    }

    #[test]
    fn fewer_are_allowed_once_for_those_side_by_side() {
        let gate = Gate::new(16);
        let passes: Vec<_> = (0..16).map(|_| gate.enter()).collect();
        passes.iter().for_each(Pass::too_many);
        assert_eq!(allowed(&gate), 8);
        drop(passes);
        for expected in [4, 2, 1, 1] {
            gate.enter().too_many();
            assert_eq!(allowed(&gate), expected);
        }
    }

    #[test]
    fn more_are_allowed_slowly_and_never_more_than_at_first() {
        let gate = Gate::new(4);
        gate.enter().too_many();
        for expected in [2, 3, 3, 3, 4, 4, 4] {
            gate.enter().went_well();
            assert_eq!(allowed(&gate), expected);
        }
    }

    #[test]
    fn no_more_run_than_are_allowed() {
        let gate = Gate::new(3);
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _pass = gate.enter();
                        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        running.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=3).contains(&most.into_inner()));
    }
}
