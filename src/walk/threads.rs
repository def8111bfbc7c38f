//! Listing with several threads: each goes down a part of the tree by itself, and gives half of what is
//! left to do to one that has nothing to do.
//!
//! No thread has a table of descriptors of its own (`unshare`), which would take contention out of the
//! kernel where threads are many: the parts that are given away are open directories.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::lister::{Lister, Part, Visitor};
use super::search::Search;
use crate::sys::Directory;
use crate::tree::{MOST_OPEN, Pool, in_threads, most_open, thread_count, usual_threads};

/// What one thread does with what it finds.
pub(super) trait Worker: Visitor {
    /// Is called before the next call to the system, which may take its time.
    fn pause(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Lists with several threads; each makes a worker for itself. The first break ends it for all.
///
/// Where a few names are looked up and no directory is entered, this thread does it alone: starting another takes
/// many times as long.
pub(super) fn run<D, W>(base: Option<Arc<D>>, search: &Arc<Search>, worker: impl Fn() -> W + Sync) -> ControlFlow<()>
where
    D: Directory,
    W: Worker,
{
    let (pool, visited) = (Pool::new(Job::<D>::Everything), Lister::<D>::visited(search));
    let alone = Lister::unordered(base.clone(), search.clone(), visited.clone(), MOST_OPEN);
    if !alone.enters_any() {
        return work(&pool, alone, worker());
    }
    let count = thread_count(search.options.threads.unwrap_or_else(usual_threads));
    let most_open = most_open(count);
    let is_broken = AtomicBool::new(false);
    in_threads(count, || {
        let lister = Lister::unordered(base.clone(), search.clone(), visited.clone(), most_open);
        if work(&pool, lister, worker()).is_break() {
            is_broken.store(true, Ordering::Relaxed);
        }
    });
    if is_broken.into_inner() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// What one thread is to list.
pub(super) enum Job<D: Directory> {
    Everything,
    Part(Box<Part<D>>),
}

impl<D: Directory> Job<D> {
    /// Lets a lister begin with it. One that is new has everything before it.
    pub(super) fn begin(self, lister: &mut Lister<D>) {
        if let Self::Part(part) = self {
            lister.resume(*part);
        }
    }
}

/// What one thread does, until there is nothing more to do.
pub(super) fn work<D>(pool: &Pool<Job<D>>, mut lister: Lister<D>, mut worker: impl Worker) -> ControlFlow<()>
where
    D: Directory,
{
    while let Some((job, working)) = pool.take() {
        job.begin(&mut lister);
        while !lister.is_done() {
            lister.step(&mut worker)?;
            worker.pause()?;
            if pool.is_over() {
                return ControlFlow::Continue(());
            }
            share(pool, &mut lister);
        }
        working.done();
    }
    ControlFlow::Continue(())
}

/// Gives some of what is left to do away, if a thread has nothing to do.
#[inline]
pub(super) fn share<D: Directory>(pool: &Pool<Job<D>>, lister: &mut Lister<D>) {
    if pool.is_hungry() {
        give(pool, lister);
    }
}

/// Apart from the question, which the thread that iterates asks for each entry.
#[inline(never)]
fn give<D: Directory>(pool: &Pool<Job<D>>, lister: &mut Lister<D>) {
    if let Some(part) = lister.split() {
        pool.give(Job::Part(Box::new(part)));
    }
}
