//! What a stream owes to the threads on both of its ends, with directories that open when a test says so.

use std::ffi::OsStr;
use std::io;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::fs::TempDir;
use crate::pattern::Pattern;
use crate::sys::{self, Access, Links, Rest};
use crate::walk::plan::Begins;
use crate::walk::search::{Options, Order as ListingOrder, Scope};

/// Waits for something that another thread does.
fn wait_until(is_so: impl Fn() -> bool) {
    let begin = std::time::Instant::now();
    while !is_so() {
        assert!(begin.elapsed().as_secs() < 300, "it does not happen");
        thread::yield_now();
    }
}

/// A directory that opens others only as deep as its gate allows, and waits until then.
struct Gated<const GATE: usize> {
    dir: sys::Dir,
    depth: usize,
}

/// How deep directories may be opened, and how many were, for each test.
static GATES: [(AtomicUsize, AtomicUsize); 4] = [const { (AtomicUsize::new(0), AtomicUsize::new(0)) }; 4];

impl<const GATE: usize> Directory for Gated<GATE> {
    type Id = <sys::Dir as Directory>::Id;
    type Buffer = <sys::Dir as Directory>::Buffer;

    type Inner = Self;

    fn open_for(access: Access, path: &OsPath) -> io::Result<Self> {
        Ok(Self { dir: sys::Dir::open_for(access, path)?, depth: 0 })
    }

    fn open_in_for(&self, access: Access, name: &OsStr, links: Links) -> io::Result<Self> {
        let (depth, (gate, opened)) = (self.depth + 1, &GATES[GATE]);
        opened.fetch_add(1, Ordering::Relaxed);
        wait_until(|| gate.load(Ordering::Relaxed) >= depth);
        Ok(Self { dir: self.dir.open_in_for(access, name, links)?, depth })
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { dir: self.dir.try_clone()?, depth: self.depth })
    }

    fn id(&self) -> io::Result<Self::Id> {
        self.dir.id()
    }

    fn is_same_device(left: &Self::Id, right: &Self::Id) -> bool {
        sys::Dir::is_same_device(left, right)
    }

    fn kind(path: &OsPath, links: Links) -> io::Result<FileKind> {
        sys::Dir::kind(path, links)
    }

    fn kind_in(&self, name: &OsStr, links: Links) -> io::Result<FileKind> {
        self.dir.kind_in(name, links)
    }

    fn read_file(&self, name: &OsStr, links: Links) -> io::Result<Vec<u8>> {
        self.dir.read_file(name, links)
    }

    fn read(
        &mut self,
        buffer: &mut Self::Buffer,
        mut each: impl FnMut(&Self, &OsStr, io::Result<FileKind>, Option<u64>),
    ) -> io::Result<Rest> {
        let mut names = Vec::new();
        let rest = self.dir.read(buffer, |_, name, kind, number| names.push((name.to_owned(), kind, number)))?;
        names.into_iter().for_each(|(name, kind, number)| each(self, &name, kind, number));
        Ok(rest)
    }
}

/// An unsorted listing of a directory by this number of threads. One of the others has already begun.
fn stream<const GATE: usize>(
    directory: &Path,
    threads: usize,
    patterns: &[&str],
) -> (Stream<Gated<GATE>>, Arc<Search>) {
    let patterns = patterns.iter().map(|pattern| Pattern::new(pattern)).collect();
    let options = Options::new(directory.to_path_buf(), Scope::Patterns(patterns, Begins::AtStart));
    let search = Arc::new(Search::new(Options { order: ListingOrder::Unsorted, threads: Some(threads), ..options }));
    let stream = Stream::new(None, search.clone()).expect("a thread starts");
    wait_until(|| stream.pool.is_begun());
    (stream, search)
}

#[test]
fn an_entry_that_threads_found_does_not_wait_for_others() {
    const LEVELS: usize = 20;
    let tree = TempDir::new().unwrap();
    let mut directory = tree.to_path_buf();
    for _ in 0..LEVELS {
        directory.mkdir_all().unwrap();
        (&directory / "file").touch().unwrap();
        directory /= "slow";
    }
    // The listing goes into a directory when all files above it have been taken.
    let (mut stream, _) = stream::<0>(&tree, 4, &["**/file"]);
    for depth in 1..=LEVELS {
        assert_eq!(stream.next().unwrap().unwrap().depth(), depth);
        GATES[0].0.store(depth, Ordering::Relaxed);
    }
    assert!(stream.next().is_none());
}

#[test]
fn dropping_a_stream_ends_its_threads() {
    const DIRECTORIES: usize = 1000;
    let tree = TempDir::new().unwrap();
    (&tree / "file").touch().unwrap();
    (0..DIRECTORIES).for_each(|number| (&tree / format!("d{number}")).mkdir().unwrap());
    let (mut stream, search) = stream::<1>(&tree, 4, &["file", "*/no"]);
    assert_eq!(stream.next().unwrap().unwrap().name(), "file");
    let belt = stream.belt.clone();
    thread::scope(|scope| {
        scope.spawn(|| drop(stream));
        wait_until(|| belt.is_stopped());
        GATES[1].0.store(1, Ordering::Relaxed);
    });
    assert_eq!(Arc::strong_count(&search), 1, "no thread has it any more");
    assert!(GATES[1].1.load(Ordering::Relaxed) < DIRECTORIES);
}

#[test]
fn what_waits_for_room_comes_when_there_is_some() {
    const FILES: usize = MOST_WAITING + 3 * BATCH;
    let tree = TempDir::new().unwrap();
    (0..FILES).for_each(|number| (&tree / number.to_string()).touch().unwrap());
    let (mut stream, _) = stream::<2>(&tree, 4, &["*"]);
    let mut found: HashSet<_> = stream.next().map(|entry| entry.unwrap().into_path()).into_iter().collect();
    // One thread reads the directory, and fills the belt as nobody takes anything.
    wait_until(|| lock(&stream.belt.load).len() >= MOST_WAITING || stream.pool.is_over());
    found.extend(std::iter::from_fn(|| stream.next()).map(|entry| entry.unwrap().into_path()));
    assert_eq!(found.len(), FILES);
}

#[test]
fn the_thread_that_iterates_lists_a_part_itself() {
    let tree = TempDir::new().unwrap();
    for name in ["a", "b", "c"] {
        let directory = &tree / "first" / name;
        directory.mkdir_all().unwrap();
        (&directory / "file").touch().unwrap();
    }
    let (mut stream, _) = stream::<3>(&tree, 2, &["*/*/*"]);
    let (pool, (gate, opened)) = (stream.pool.clone(), &GATES[3]);
    thread::scope(|scope| {
        let found = scope.spawn(move || std::iter::from_fn(|| stream.next()).filter(Result::is_ok).count());
        // The other thread is about to open `first`, and this one has nothing to do.
        wait_until(|| opened.load(Ordering::Relaxed) == 1 && pool.is_hungry());
        gate.store(1, Ordering::Relaxed);
        // Each is about to open a directory in it.
        wait_until(|| opened.load(Ordering::Relaxed) == 3);
        gate.store(2, Ordering::Relaxed);
        assert_eq!(found.join().unwrap(), 3);
    });
}
