//! The iterator over a listing that threads in the background do.

#[cfg(all(test, not(target_family = "wasm")))]
mod thread_tests;

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::Entry;
use super::lister::{Asks, Visitor};
use super::search::Search;
use super::threads::{self, Worker};
use crate::error::{Op, Result};
use crate::kind::FileKind;
use crate::path::Path;
use crate::sys::{Directory, OsPath, OsPathBuf};
use crate::tree::lock;

/// For how many entries the iterator's thread is woken, as a rule; and how many may wait for it.
const BATCH: usize = 256;
const MOST_WAITING: usize = 16 * BATCH;

/// How long it waits for so many before it takes fewer. Waking it for each would cost more than a listing that is
/// fast.
const PATIENCE: Duration = Duration::from_millis(1);

/// Entries on their way, with their paths one after the other in one text.
///
/// The thread that iterates makes owned entries of them. If the threads that list did so, the memory of every entry
/// would be allocated in one thread and freed in another, which costs more than copying its path once more.
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

/// What the threads found, as it comes. Dropping it ends them.
pub(super) struct Stream {
    search: Arc<Search>,
    batch: Batch,
    belt: Arc<Belt>,
    listing: Option<JoinHandle<()>>,
    /// The directory that was taken last and is not UTF-8.
    last_raw: Option<OsPathBuf>,
    /// The directories whose contents are not wanted. They may be listed by now, and are left out here.
    skipped: HashSet<OsPathBuf>,
}

impl Stream {
    /// `None` where the system starts no thread.
    pub(super) fn new<D: Directory>(base: Option<Arc<D>>, search: Arc<Search>) -> Option<Self> {
        let belt = Arc::new(Belt::default());
        let (listed, ends) = (search.clone(), Ends(belt.clone()));
        let list = move || {
            let belt = &ends.0;
            _ = threads::run(base, &listed, || Outbox { batch: Batch::default(), belt: belt.clone() });
        };
        let listing = thread::Builder::new().spawn(list).ok()?;
        let (batch, listing) = (Batch::default(), Some(listing));
        Some(Self { search, batch, belt, listing, last_raw: None, skipped: HashSet::new() })
    }

    pub(super) fn search(&self) -> &Arc<Search> {
        &self.search
    }

    pub(super) fn next(&mut self) -> Option<Result<Entry>> {
        loop {
            let next = self.take()?;
            self.last_raw = next.as_ref().err().filter(|error| error.op() == Op::Convert).map(|it| it.path().into());
            if self.skipped.is_empty() || !self.skips(&next) {
                return Some(next);
            }
        }
    }

    /// Leaves out what is below what was taken last.
    pub(super) fn skip_dir(&mut self) {
        match (self.last_raw.take(), self.batch.last_path()) {
            (Some(raw), _) => _ = self.skipped.insert(raw),
            (None, "") => {}
            (None, path) => _ = self.skipped.insert(path.into()),
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
        if let Some(entry) = self.batch.pop() {
            return Some(entry);
        }
        self.listing.as_ref()?;
        self.belt.take(&mut self.batch);
        let next = self.batch.pop();
        if next.is_none() {
            self.end();
        }
        next
    }

    /// Ends the threads and waits for them. A panic in one of them goes on here, unless another is on its way.
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
    batch: Batch,
    is_complete: bool,
    /// With how many entries the thread that iterates is woken.
    awaited: usize,
}

impl Belt {
    /// Waits for entries and takes all there are into an empty batch; none at the end.
    ///
    /// The first is taken as soon as it is there, and so is one that comes after a time without any.
    fn take(&self, batch: &mut Batch) {
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
        std::mem::swap(&mut load.batch, batch);
    }

    /// Puts a batch on, when there is room; breaks when nothing more is wanted.
    fn put(&self, batch: &mut Batch) -> ControlFlow<()> {
        let mut load = lock(&self.load);
        while load.len() >= MOST_WAITING && !self.is_stopped() {
            load = self.has_room.wait(load).unwrap_or_else(PoisonError::into_inner);
        }
        let before = load.len();
        load.batch.append(batch);
        if (before..load.len()).contains(&load.awaited.saturating_sub(1)) {
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
    fn len(&self) -> usize {
        self.batch.found.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0 && !self.is_complete
    }
}

/// Says that all is listed, also after a panic.
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

/// Nothing is asked here: closures may borrow from the thread that iterates, so that a listing that has some is no
/// stream.
impl Asks for Outbox {
    fn prunes(&mut self, _: &Entry) -> bool {
        false
    }

    fn compare(&mut self, _: &Entry, _: &Entry) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Visitor<()> for Outbox {
    fn visit(&mut self, found: Result<&mut Entry>) -> ControlFlow<()> {
        self.batch.push(found.map(|entry| &*entry));
        if self.batch.found.len() < BATCH { ControlFlow::Continue(()) } else { self.belt.put(&mut self.batch) }
    }
}

impl Worker<()> for Outbox {
    fn pause(&mut self) -> ControlFlow<()> {
        match self.batch.found.is_empty() {
            true if self.belt.is_stopped() => ControlFlow::Break(()),
            true => ControlFlow::Continue(()),
            false => self.belt.put(&mut self.batch),
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
