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

/// What came of waiting for a job.
pub(crate) enum Taken<J> {
    Job(J),
    /// There was a reason not to wait.
    Nothing,
    /// There is nothing left, or all stop.
    Over,
}

/// How many threads are meant when nothing is said.
pub(crate) fn usual_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// How many threads are started at most, whatever number is asked for.
pub(crate) const MOST_THREADS: usize = 256;

/// The number of threads to start if `count` are requested.
pub(crate) fn thread_count(count: usize) -> usize {
    // WASI starts none, and a tree must not be divided for threads that never come.
    if cfg!(target_family = "wasm") { 1 } else { count.clamp(1, MOST_THREADS) }
}

/// Runs the same closure in this number of threads, of which this is one; in fewer if the system starts no more. A panic in
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
        match self.take_unless(|| false) {
            Taken::Job(job) => Some((job, Working { pool: self, is_done: false })),
            Taken::Nothing | Taken::Over => None,
        }
    }

    /// Waits for something to do, unless there is a reason not to, which is asked for again after each
    /// [`wake`](Self::wake). Whoever gets a job has to [`leave`](Self::leave).
    pub(crate) fn take_unless(&self, has_reason: impl Fn() -> bool) -> Taken<J> {
        let mut queue = lock(&self.queue);
        queue.waiting += 1;
        let taken = loop {
            self.count_idle(&queue);
            if self.is_over() {
                return Taken::Over;
            }
            // First, as this thread may have been woken for it.
            if let Some(job) = queue.jobs.pop() {
                queue.working += 1;
                break Taken::Job(job);
            }
            if has_reason() {
                break Taken::Nothing;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        };
        queue.waiting -= 1;
        self.count_idle(&queue);
        taken
    }

    /// Lets those who wait ask again for a reason not to.
    pub(crate) fn wake(&self) {
        // With the lock, so that no thread has asked and is about to wait.
        let _queue = lock(&self.queue);
        self.changed.notify_all();
    }

    /// Ends a job. If it is not done, all stop.
    pub(crate) fn leave(&self, is_done: bool) {
        let mut queue = lock(&self.queue);
        queue.working -= 1;
        if !is_done || queue.working == 0 && queue.jobs.is_empty() {
            self.stop();
        }
    }

    /// Whether a thread has nothing to do, and something should be given away.
    #[inline]
    pub(crate) fn is_hungry(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn give(&self, job: J) {
        let mut queue = lock(&self.queue);
        queue.jobs.push(job);
        self.count_idle(&queue);
        self.changed.notify_one();
    }

    /// Whether all must stop.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Whether each job was taken by a thread.
    #[cfg(test)]
    pub(crate) fn is_begun(&self) -> bool {
        lock(&self.queue).jobs.is_empty()
    }

    fn count_idle(&self, queue: &Queue<J>) {
        self.idle.store(queue.waiting.saturating_sub(queue.jobs.len()), Ordering::Relaxed);
    }

    /// Lets all stop.
    pub(crate) fn end(&self) {
        // With the lock, so that no thread is about to wait.
        let _queue = lock(&self.queue);
        self.stop();
    }

    fn stop(&self) {
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
        self.pool.leave(self.is_done);
    }
}

/// No panic happens while the lock is held.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    /// Waits until something is so, which it is soon.
    fn until(is_so: impl Fn() -> bool) {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !is_so() {
            assert!(std::time::Instant::now() < end, "it never is");
            thread::yield_now();
        }
    }

    #[test]
    fn a_pool_is_hungry_while_more_threads_wait_than_jobs() {
        let pool = Pool::new(0);
        let (_, working) = pool.take().unwrap();
        assert!(!pool.is_hungry() && !pool.is_over());
        thread::scope(|scope| {
            let takes = || pool.take().map(|(job, working)| (job, working.done()).0);
            let others = [scope.spawn(takes), scope.spawn(takes)];
            until(|| pool.idle.load(Ordering::Relaxed) == 2);
            pool.give(1);
            until(|| pool.idle.load(Ordering::Relaxed) == 1);
            assert!(pool.is_hungry());
            pool.give(2);
            until(|| others.iter().all(|other| other.is_finished()));
            assert!(!pool.is_hungry() && !pool.is_over(), "one is still at work");
            let mut taken = others.map(|other| other.join().unwrap());
            taken.sort();
            assert_eq!(taken, [Some(1), Some(2)]);
        });
        working.done();
        assert!(pool.is_over() && pool.take().is_none());
    }

    #[test]
    fn all_stop_when_one_stops_before_it_is_done() {
        let pool = Pool::new(0);
        pool.give(1);
        let (first, second) = (pool.take().unwrap(), pool.take().unwrap());
        first.1.done();
        assert!(!pool.is_over());
        pool.give(2);
        drop(second);
        assert!(pool.is_over() && pool.take().is_none());
    }

    #[test]
    fn as_many_threads_are_started_as_are_asked_for_within_reason() {
        for (asked, started) in [(0, 1), (1, 1), (2, 2), (MOST_THREADS, MOST_THREADS), (usize::MAX, MOST_THREADS)] {
            assert_eq!(thread_count(asked), started, "{asked}");
        }
        for count in [1, 2, 5] {
            let ids = Mutex::new(std::collections::HashSet::new());
            in_threads(count, || _ = lock(&ids).insert(thread::current().id()));
            assert_eq!(lock(&ids).len(), count);
        }
        assert_eq!(usual_threads(), thread::available_parallelism().unwrap().get());
    }
}
