//! Work that threads share when one of them waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};

/// What is left to do for whoever has nothing else.
pub struct Shared<W> {
    state: Mutex<State<W>>,
    changed: Condvar,
    /// Whether somebody waits and nothing is there to be taken.
    hungry: AtomicBool,
    threads: usize,
}

struct State<W> {
    work: Vec<W>,
    idle: usize,
}

impl<W: Send> Shared<W> {
    /// Lets threads work, each with what is shared, until all wait for work.
    pub fn run(first: W, threads: usize, work: impl Fn(&Self) + Sync) {
        let shared = Self {
            state: Mutex::new(State { work: vec![first], idle: 0 }),
            changed: Condvar::new(),
            hungry: AtomicBool::new(false),
            threads,
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| work(&shared));
            }
            work(&shared);
        });
    }

    pub fn is_hungry(&self) -> bool {
        self.hungry.load(Ordering::Relaxed)
    }

    pub fn put(&self, work: W) {
        let mut state = self.state.lock().unwrap();
        state.work.push(work);
        self.note(&state);
        self.changed.notify_one();
    }

    /// Waits for work, until all do.
    pub fn take(&self) -> Option<W> {
        let mut state = self.state.lock().unwrap();
        state.idle += 1;
        loop {
            if let Some(work) = state.work.pop() {
                state.idle -= 1;
                self.note(&state);
                return Some(work);
            }
            if state.idle == self.threads {
                self.changed.notify_all();
                return None;
            }
            self.note(&state);
            state = self.changed.wait(state).unwrap();
        }
    }

    fn note(&self, state: &State<W>) {
        self.hungry.store(state.idle > state.work.len(), Ordering::Relaxed);
    }
}
