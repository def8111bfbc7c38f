//! Listing with several threads: each goes down a part of the tree by itself, and gives half of what is
//! left to do to one that has nothing to do.
//!
//! No thread has a table of descriptors of its own (`unshare`), which would take contention out of the
//! kernel where threads are many: the parts that are given away are open directories.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::Entry;
use super::lister::{Lister, Part};
use super::search::Search;
use crate::error::Result;
use crate::sys::Directory;

/// Lists with several threads; each makes a visitor for itself. The first break ends it for all.
pub(super) fn run<D, B, V>(search: &Arc<Search>, visitor: impl Fn() -> V + Sync) -> ControlFlow<B>
where
    D: Directory,
    B: Send,
    V: FnMut(Result<&Entry>) -> ControlFlow<B>,
{
    let count = search.options.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let pool = Pool::<D>::new();
    let broken = Mutex::new(None);
    let work = || {
        if let ControlFlow::Break(value) = pool.work(search, visitor()) {
            lock(&broken).get_or_insert(value);
        }
    };
    thread::scope(|scope| {
        for _ in 1..count {
            scope.spawn(work);
        }
        work();
    });
    match broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(value) => ControlFlow::Break(value),
        None => ControlFlow::Continue(()),
    }
}

/// What the threads of a listing share.
struct Pool<D: Directory> {
    queue: Mutex<Queue<D>>,
    changed: Condvar,
    /// How many threads there is nothing to do for: what the queue says, to be read without its lock.
    idle: AtomicUsize,
    is_over: AtomicBool,
}

struct Queue<D: Directory> {
    jobs: Vec<Job<D>>,
    working: usize,
    waiting: usize,
}

enum Job<D: Directory> {
    Everything,
    Part(Part<D>),
}

impl<D: Directory> Pool<D> {
    fn new() -> Self {
        Self {
            queue: Mutex::new(Queue { jobs: vec![Job::Everything], working: 0, waiting: 0 }),
            changed: Condvar::new(),
            idle: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// Works until there is nothing more to do.
    fn work<B>(&self, search: &Arc<Search>, mut visit: impl FnMut(Result<&Entry>) -> ControlFlow<B>) -> ControlFlow<B> {
        let mut lister = Lister::unordered(search.clone());
        while let Some(job) = self.take() {
            let mut working = Working { pool: self, is_done: false };
            if let Job::Part(part) = job {
                lister.resume(part);
            }
            while !lister.is_done() {
                lister.step(&mut visit)?;
                if self.is_over.load(Ordering::Relaxed) {
                    return ControlFlow::Continue(());
                }
                if self.idle.load(Ordering::Relaxed) > 0
                    && let Some(part) = lister.split()
                {
                    self.give(part);
                }
            }
            working.is_done = true;
        }
        ControlFlow::Continue(())
    }

    /// Waits for something to do; `None` when there is nothing left.
    fn take(&self) -> Option<Job<D>> {
        let mut queue = lock(&self.queue);
        queue.waiting += 1;
        loop {
            self.count_idle(&queue);
            if self.is_over.load(Ordering::Relaxed) {
                return None;
            }
            if let Some(job) = queue.jobs.pop() {
                queue.waiting -= 1;
                queue.working += 1;
                self.count_idle(&queue);
                return Some(job);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give(&self, part: Part<D>) {
        let mut queue = lock(&self.queue);
        queue.jobs.push(Job::Part(part));
        self.count_idle(&queue);
        self.changed.notify_one();
    }

    fn count_idle(&self, queue: &Queue<D>) {
        self.idle.store(queue.waiting.saturating_sub(queue.jobs.len()), Ordering::Relaxed);
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }
}

/// A thread at work. When it stops before it is done, because it is told to or because the visitor
/// panics, all stop.
struct Working<'a, D: Directory> {
    pool: &'a Pool<D>,
    is_done: bool,
}

impl<D: Directory> Drop for Working<'_, D> {
    fn drop(&mut self) {
        let mut queue = lock(&self.pool.queue);
        queue.working -= 1;
        if !self.is_done || queue.working == 0 && queue.jobs.is_empty() {
            self.pool.end();
        }
    }
}

/// No panic happens while the lock is held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
