//! The iterator over a listing that several threads share.

#[cfg(all(test, not(target_family = "wasm")))]
mod thread_tests;

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::Entry;
use super::lister::{Asks, Lister, Visitor};
use super::search::Search;
use super::threads::{self, Job, Worker};
use crate::error::{Op, Result};
use crate::kind::FileKind;
use crate::path::Path;
use crate::sys::{Directory, OsPath, OsPathBuf};
use crate::tree::{Pool, Taken, lock, most_open, thread_count, usual_threads};

/// How many entries another thread collects at most, and how many may wait for the one that iterates.
const BATCH: usize = 256;
const MOST_WAITING: usize = 16 * BATCH;

/// Entries on their way, with their paths one after the other in one text.
///
/// The thread that iterates makes owned entries of them. If the others did so, the memory of every entry would be allocated
/// in one thread and freed in another, which costs more than copying its path once more.
#[derive(Default)]
struct Batch {
    found: VecDeque<Result<Packed>>,
    paths: String,
    /// Where the path of the next entry begins.
    next_path: usize,
    /// The length of the path before it: that of the entry taken last. Zero after a failure.
    last_len: usize,
}

/// An entry without its path.
struct Packed {
    path_len: usize,
    kind: FileKind,
    depth: usize,
}

impl Batch {
    fn push(&mut self, found: Result<&Entry>) {
        self.found.push_back(found.map(|entry| {
            let path = entry.path.as_str();
            self.paths.push_str(path);
            Packed { path_len: path.len(), kind: entry.kind, depth: entry.depth }
        }));
    }

    /// Moves everything to the end of this batch. The other one, of which nothing was taken, keeps its memory.
    fn append(&mut self, other: &mut Self) {
        self.found.append(&mut other.found);
        self.paths.push_str(&other.paths);
        other.paths.clear();
    }

    fn pop(&mut self) -> Option<Result<Entry>> {
        self.last_len = 0;
        let Some(found) = self.found.pop_front() else {
            self.paths.clear();
            self.next_path = 0;
            return None;
        };
        Some(found.map(|Packed { path_len, kind, depth }| {
            self.next_path += path_len;
            self.last_len = path_len;
            Entry::new(Path::from_normal(self.last_path()).to_path_buf(), kind, depth)
        }))
    }

    /// The path of the entry taken last, which stays here until the next one is taken.
    fn last_path(&self) -> &str {
        &self.paths[self.next_path - self.last_len..self.next_path]
    }
}

/// A listing that several threads share, of which the one that iterates is one. Dropping it ends the others.
///
/// They put what they find on a belt. The thread that iterates takes it from there; while nothing is there, it lists
/// a part itself.
pub(super) struct Stream<D: Directory> {
    search: Arc<Search>,
    batch: Batch,
    belt: Arc<Belt>,
    pool: Arc<Pool<Job<D>>>,
    /// The part of this thread.
    lister: Lister<D>,
    is_listing: bool,
    /// None when all is listed.
    others: Vec<JoinHandle<()>>,
    /// The directory of the last failure, if its name is not UTF-8.
    last_raw: Option<OsPathBuf>,
    /// The directories whose contents are not wanted. They may be listed by now, and are left out here.
    skipped: HashSet<OsPathBuf>,
}

impl<D: Directory> Stream<D> {
    /// `None` where the system starts no thread.
    pub(super) fn new(base: Option<Arc<D>>, search: Arc<Search>) -> Option<Self> {
        let count = thread_count(search.options.threads.unwrap_or_else(usual_threads)).max(2);
        let (pool, belt) = (Arc::new(Pool::new(Job::Everything)), Arc::new(Belt::default()));
        let (visited, most_open) = (Lister::<D>::visited(&search), most_open(count));
        let lister = || Lister::unordered(base.clone(), search.clone(), visited.clone(), most_open);
        let start = || {
            let (pool, lister) = (pool.clone(), lister());
            let outbox = Outbox { batch: Batch::default(), belt: belt.clone(), pool: pool.clone() };
            thread::Builder::new().spawn(move || _ = threads::work(&pool, lister, outbox)).ok()
        };
        let others: Vec<_> = (1..count).map_while(|_| start()).collect();
        if others.is_empty() {
            return None;
        }
        let (lister, batch, skipped) = (lister(), Batch::default(), HashSet::new());
        Some(Self { search, batch, belt, pool, lister, is_listing: false, others, last_raw: None, skipped })
    }

    pub(super) fn search(&self) -> &Arc<Search> {
        &self.search
    }

    pub(super) fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            let next = self.take()?;
            if let Err(error) = &next {
                self.last_raw = (error.op() == Op::Convert).then(|| error.path().into());
            }
            if self.skipped.is_empty() || !self.skips(&next) {
                return Some(next);
            }
        }
    }

    /// Leaves out what is below what was taken last.
    pub(super) fn skip_dir(&mut self) {
        match self.batch.last_path() {
            "" => self.skipped.extend(self.last_raw.take()),
            path => _ = self.skipped.insert(path.into()),
        }
    }

    fn skips(&self, found: &Result<Entry>) -> bool {
        let is_skipped = |path: &OsPath| self.skipped.contains(path);
        match found {
            Ok(entry) => AsRef::<OsPath>::as_ref(&entry.path).ancestors().skip(1).any(is_skipped),
            // A directory that is not entered cannot fail to be.
            Err(error) => error.path().as_std_path().ancestors().any(is_skipped),
        }
    }

    fn take(&mut self) -> Option<Result<Entry>> {
        loop {
            if self.is_listing {
                // Others may wait while entries are taken slowly.
                threads::share(&self.pool, &mut self.lister);
            }
            if let Some(next) = self.batch.pop() {
                return Some(next);
            }
            self.refill()?;
        }
    }

    /// Takes what is on the belt, or lists or waits; `None` when all is listed. Not inlined, for the sake of the entries
    /// that are there.
    #[inline(never)]
    fn refill(&mut self) -> Option<()> {
        match self.belt.take(&mut self.batch) {
            true => {}
            false if self.is_listing => self.list(),
            false if self.others.is_empty() => return None,
            false => self.wait(),
        }
        Some(())
    }

    /// Goes on with the part of this thread.
    fn list(&mut self) {
        _ = self.lister.step(&mut self.batch);
        if self.lister.is_done() || self.pool.is_over() {
            self.is_listing = false;
            self.pool.leave(self.lister.is_done());
        }
    }

    /// Waits until something is on the belt, or until there is a part for this thread, or no more to come.
    fn wait(&mut self) {
        match self.pool.take_unless(|| self.belt.has_any_by_now()) {
            Taken::Job(job) => {
                self.is_listing = true;
                job.begin(&mut self.lister);
            }
            Taken::Nothing => {}
            Taken::Over => self.end(),
        }
    }

    /// Ends the threads and waits for them. A panic in one of them goes on here, unless another is on its way.
    fn end(&mut self) {
        self.pool.end();
        self.belt.stop();
        for other in std::mem::take(&mut self.others) {
            if let Err(panic) = other.join()
                && !thread::panicking()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl<D: Directory> Drop for Stream<D> {
    fn drop(&mut self) {
        self.end();
    }
}

/// What goes from the other threads to the one that iterates.
#[derive(Default)]
struct Belt {
    load: Mutex<Load>,
    /// There is room again, or nothing more is wanted.
    has_room: Condvar,
    /// Whether nothing more is wanted.
    is_stopped: AtomicBool,
}

#[derive(Default)]
struct Load {
    batch: Batch,
    /// Whether the thread that iterates waits for it.
    is_awaited: bool,
}

impl Belt {
    /// Takes all there is into an empty batch; whether that is anything.
    fn take(&self, batch: &mut Batch) -> bool {
        let mut load = lock(&self.load);
        if load.len() >= MOST_WAITING {
            self.has_room.notify_all();
        }
        std::mem::swap(&mut load.batch, batch);
        !batch.found.is_empty()
    }

    /// Whether anything is there. If not, it is awaited from now on.
    fn has_any_by_now(&self) -> bool {
        let mut load = lock(&self.load);
        load.is_awaited = load.len() == 0;
        !load.is_awaited
    }

    /// Puts a batch on, when there is room, and says whether it is awaited; breaks when nothing more is wanted.
    fn put(&self, batch: &mut Batch) -> ControlFlow<(), bool> {
        let mut load = lock(&self.load);
        while load.len() >= MOST_WAITING && !self.is_stopped() {
            load = self.has_room.wait(load).unwrap_or_else(PoisonError::into_inner);
        }
        load.batch.append(batch);
        let is_awaited = std::mem::take(&mut load.is_awaited);
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(is_awaited) }
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    fn stop(&self) {
        // With the lock, so that no thread is about to wait.
        let _load = lock(&self.load);
        self.is_stopped.store(true, Ordering::Relaxed);
        self.has_room.notify_all();
    }
}

impl Load {
    fn len(&self) -> usize {
        self.batch.found.len()
    }
}

/// What one of the other threads found and has not put on the belt.
struct Outbox<D: Directory> {
    batch: Batch,
    belt: Arc<Belt>,
    /// Where the thread that iterates waits.
    pool: Arc<Pool<Job<D>>>,
}

impl<D: Directory> Outbox<D> {
    fn put(&mut self) -> ControlFlow<()> {
        if self.belt.put(&mut self.batch)? {
            self.pool.wake();
        }
        ControlFlow::Continue(())
    }
}

/// A listing that has closures is no stream, as they may borrow from the thread that iterates.
impl Asks for Batch {}
impl<D: Directory> Asks for Outbox<D> {}

impl Visitor for Batch {
    fn visit(&mut self, found: Result<&mut Entry>) -> ControlFlow<()> {
        self.push(found.map(|entry| &*entry));
        ControlFlow::Continue(())
    }
}

impl<D: Directory> Visitor for Outbox<D> {
    fn visit(&mut self, found: Result<&mut Entry>) -> ControlFlow<()> {
        self.batch.push(found.map(|entry| &*entry));
        if self.batch.found.len() < BATCH { ControlFlow::Continue(()) } else { self.put() }
    }
}

impl<D: Directory> Worker for Outbox<D> {
    fn pause(&mut self) -> ControlFlow<()> {
        match self.batch.found.is_empty() {
            true if self.belt.is_stopped() => ControlFlow::Break(()),
            true => ControlFlow::Continue(()),
            false => self.put(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::path::path;

    fn entry(text: &str) -> Entry {
        Entry::new(path(text), FileKind::Symlink, text.len())
    }

    /// What is left in a batch: a path with its kind and depth, or an error.
    fn rest(batch: &mut Batch) -> Vec<String> {
        let line = |found: Result<Entry>| match found {
            Ok(entry) => format!("{entry} {:?} {}", entry.kind, entry.depth),
            Err(error) => error.to_string(),
        };
        std::iter::from_fn(|| batch.pop()).map(line).collect()
    }

    #[test]
    fn entries_come_out_as_they_went_in_however_often_a_batch_is_used() {
        let (mut batch, mut other) = (Batch::default(), Batch::default());
        for _ in 0..3 {
            batch.push(Ok(&entry("a")));
            batch.push(Err(Error::text(Op::Convert, "b", "it is not UTF-8")));
            other.push(Ok(&entry("a/é")));
            batch.append(&mut other);
            other.push(Ok(&entry("a/b/c")));
            batch.append(&mut other);
            let error = Error::text(Op::Convert, "b", "it is not UTF-8").to_string();
            let expected = ["a Symlink 1", &error, "a/é Symlink 4", "a/b/c Symlink 5"];
            let expected = expected.map(|line| line.replace('/', std::path::MAIN_SEPARATOR_STR));
            assert_eq!(rest(&mut batch), expected);
            assert_eq!(rest(&mut other), [""; 0]);
        }
    }
}
