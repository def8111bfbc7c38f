//! Work that threads share: each takes a part, and gives some of it away when another has nothing to do.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What is still to be done, in jobs that any thread can take.
pub(crate) struct Pool<J> {
    queue: Mutex<Queue<J>>,
    changed: Condvar,
    /// How many threads there is nothing to do for: what the queue says, to be read without its lock.
    idle: AtomicUsize,
    is_over: AtomicBool,
}

struct Queue<J> {
    jobs: Vec<J>,
    working: usize,
    waiting: usize,
}

/// How many threads are meant when nothing is said.
pub(crate) fn usual_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// How many threads are started at most, whatever number is asked for.
pub(crate) const MOST_THREADS: usize = 256;

/// The number of threads to start when somebody asks for `count`.
pub(crate) fn thread_count(count: usize) -> usize {
    count.clamp(1, MOST_THREADS)
}

/// Runs the same in so many threads, one of which is this one; in fewer where the system starts no more. A panic in
/// one of them goes on here, as it is.
pub(crate) fn in_threads(count: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        let mut others = Vec::new();
        for _ in 1..count {
            match thread::Builder::new().spawn_scoped(scope, &work) {
                Ok(other) => others.push(other),
                Err(_) => break,
            }
        }
        work();
        for other in others {
            if let Err(panic) = other.join() {
                resume_unwind(panic);
            }
        }
    });
}

impl<J> Pool<J> {
    pub(crate) fn new(first: J) -> Self {
        Self {
            queue: Mutex::new(Queue { jobs: vec![first], working: 0, waiting: 0 }),
            changed: Condvar::new(),
            idle: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// Waits for something to do; `None` when there is nothing left.
    pub(crate) fn take(&self) -> Option<(J, Working<'_, J>)> {
        let mut queue = lock(&self.queue);
        queue.waiting += 1;
        loop {
            self.count_idle(&queue);
            if self.is_over() {
                return None;
            }
            if let Some(job) = queue.jobs.pop() {
                queue.waiting -= 1;
                queue.working += 1;
                self.count_idle(&queue);
                return Some((job, Working { pool: self, is_done: false }));
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a thread has nothing to do, and something should be given away.
    pub(crate) fn is_hungry(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn give(&self, job: J) {
        let mut queue = lock(&self.queue);
        queue.jobs.push(job);
        self.count_idle(&queue);
        self.changed.notify_one();
    }

    /// Whether all are to stop.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn count_idle(&self, queue: &Queue<J>) {
        self.idle.store(queue.waiting.saturating_sub(queue.jobs.len()), Ordering::Relaxed);
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }
}

/// A thread at work. When it stops before it is done, because it is told to or because it panics, all
/// stop.
pub(crate) struct Working<'a, J> {
    pool: &'a Pool<J>,
    is_done: bool,
}

impl<J> Working<'_, J> {
    pub(crate) fn done(mut self) {
        self.is_done = true;
    }
}

impl<J> Drop for Working<'_, J> {
    fn drop(&mut self) {
        let mut queue = lock(&self.pool.queue);
        queue.working -= 1;
        if !self.is_done || queue.working == 0 && queue.jobs.is_empty() {
            self.pool.end();
        }
    }
}

/// No panic happens while the lock is held.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
