//! The iterator over a listing that threads in the background do.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::Entry;
use super::search::Search;
use super::threads::{self, Visitor};
use crate::error::Result;
use crate::sys;
use crate::tree::lock;

/// For how many entries the iterator's thread is woken, as a rule; and how many may wait for it.
const BATCH: usize = 256;
const MOST_WAITING: usize = 16 * BATCH;

/// How long it waits for so many before it takes fewer. Waking it for each would cost more than a listing that is
/// fast.
const PATIENCE: Duration = Duration::from_millis(1);

type Batch = Vec<Result<Entry>>;

/// What the threads found, as it comes. Dropping it ends them.
pub(super) struct Stream {
    search: Arc<Search>,
    batch: std::vec::IntoIter<Result<Entry>>,
    belt: Arc<Belt>,
    listing: Option<JoinHandle<()>>,
}

impl Stream {
    /// `None` where the system starts no thread.
    pub(super) fn new(search: Arc<Search>) -> Option<Self> {
        let belt = Arc::new(Belt::default());
        let (listed, ends) = (search.clone(), Ends(belt.clone()));
        let list = move || {
            let belt = &ends.0;
            _ = threads::run::<sys::Dir, (), _>(&listed, || Outbox { batch: Batch::new(), belt: belt.clone() });
        };
        let listing = thread::Builder::new().spawn(list).ok()?;
        Some(Self { search, batch: Batch::new().into_iter(), belt, listing: Some(listing) })
    }

    pub(super) fn search(&self) -> &Arc<Search> {
        &self.search
    }

    pub(super) fn next(&mut self) -> Option<Result<Entry>> {
        if let Some(entry) = self.batch.next() {
            return Some(entry);
        }
        self.listing.as_ref()?;
        self.batch = self.belt.take().into_iter();
        let next = self.batch.next();
        if next.is_none() {
            self.end();
        }
        next
    }

    /// Ends the threads and waits for them. A panic in one of them, which is one of a closure of the user's, goes
    /// on here, unless another is on its way.
    fn end(&mut self) {
        self.belt.stop();
        if let Some(Err(panic)) = self.listing.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

/// What goes from the threads that list to the one that iterates.
#[derive(Default)]
struct Belt {
    load: Mutex<Load>,
    /// Entries have come, or the end.
    has_come: Condvar,
    /// There is room again, or nothing more is wanted.
    has_room: Condvar,
    /// Whether nothing more is wanted.
    is_stopped: AtomicBool,
}

#[derive(Default)]
struct Load {
    entries: Batch,
    is_complete: bool,
    /// With how many entries the thread that iterates is woken.
    awaited: usize,
}

impl Belt {
    /// Waits for entries and takes all there are; none at the end.
    ///
    /// The first is taken as soon as it is there, and so is one that comes after a time without any.
    fn take(&self) -> Batch {
        let mut load = lock(&self.load);
        if load.is_empty() && load.awaited == BATCH {
            load = self.has_come.wait_timeout(load, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
        }
        load.awaited = 1;
        while load.is_empty() {
            load = self.has_come.wait(load).unwrap_or_else(PoisonError::into_inner);
        }
        load.awaited = BATCH;
        self.has_room.notify_all();
        std::mem::take(&mut load.entries)
    }

    /// Puts a batch on, when there is room; breaks when nothing more is wanted.
    fn put(&self, batch: &mut Batch) -> ControlFlow<()> {
        let mut load = lock(&self.load);
        while load.entries.len() >= MOST_WAITING && !self.is_stopped() {
            load = self.has_room.wait(load).unwrap_or_else(PoisonError::into_inner);
        }
        let before = load.entries.len();
        load.entries.append(batch);
        if (before..load.entries.len()).contains(&load.awaited.saturating_sub(1)) {
            self.has_come.notify_one();
        }
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.is_complete
    }
}

/// Says that all is listed, also when a closure panics.
struct Ends(Arc<Belt>);

impl Drop for Ends {
    fn drop(&mut self) {
        lock(&self.0.load).is_complete = true;
        self.0.has_come.notify_one();
    }
}

/// What a thread found and has not put on the belt.
struct Outbox {
    batch: Batch,
    belt: Arc<Belt>,
}

impl Visitor<()> for Outbox {
    fn visit(&mut self, found: Result<&Entry>) -> ControlFlow<()> {
        self.batch.push(found.cloned());
        if self.batch.len() < BATCH { ControlFlow::Continue(()) } else { self.belt.put(&mut self.batch) }
    }

    fn pause(&mut self) -> ControlFlow<()> {
        match self.batch.is_empty() {
            true if self.belt.is_stopped() => ControlFlow::Break(()),
            true => ControlFlow::Continue(()),
            false => self.belt.put(&mut self.batch),
        }
    }
}
