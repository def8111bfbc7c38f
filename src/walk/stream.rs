//! The iterator over a listing that threads in the background do.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use super::Entry;
use super::search::Search;
use super::threads;
use crate::error::Result;
use crate::sys;

/// How many entries go from thread to thread at a time, and how many such batches may wait.
const BATCH: usize = 256;
const BATCHES: usize = 16;

type Batch = Vec<Result<Entry>>;

/// What the threads found, as it comes. Dropping it ends them.
pub(super) struct Stream {
    search: Arc<Search>,
    batch: std::vec::IntoIter<Result<Entry>>,
    batches: Option<Receiver<Batch>>,
    listing: Option<JoinHandle<()>>,
}

impl Stream {
    /// `None` where the system starts no thread.
    pub(super) fn new(search: Arc<Search>) -> Option<Self> {
        let (sender, batches) = mpsc::sync_channel(BATCHES);
        let listed = search.clone();
        let list = move || {
            _ = threads::run::<sys::Dir, (), _>(&listed, || {
                let mut outbox = Outbox { batch: Batch::new(), sender: sender.clone() };
                move |entry| outbox.put(entry.cloned())
            });
        };
        let listing = thread::Builder::new().spawn(list).ok()?;
        Some(Self { search, batch: Batch::new().into_iter(), batches: Some(batches), listing: Some(listing) })
    }

    pub(super) fn search(&self) -> &Arc<Search> {
        &self.search
    }

    pub(super) fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            if let Some(entry) = self.batch.next() {
                return Some(entry);
            }
            match self.batches.as_ref()?.recv() {
                Ok(batch) => self.batch = batch.into_iter(),
                Err(_) => {
                    self.end();
                    return None;
                }
            }
        }
    }

    /// Waits for the threads. A panic in one of them, which is one of a closure of the user's, goes on
    /// here, unless another is on its way.
    fn end(&mut self) {
        self.batches = None;
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

/// What a thread found and has not sent.
struct Outbox {
    batch: Batch,
    sender: SyncSender<Batch>,
}

impl Outbox {
    fn put(&mut self, entry: Result<Entry>) -> ControlFlow<()> {
        self.batch.push(entry);
        if self.batch.len() < BATCH { ControlFlow::Continue(()) } else { self.send() }
    }

    /// Breaks when nobody receives any more.
    fn send(&mut self) -> ControlFlow<()> {
        match self.sender.send(std::mem::take(&mut self.batch)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        _ = self.send();
    }
}
