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
static GATES: [(AtomicUsize, AtomicUsize); 2] = [const { (AtomicUsize::new(0), AtomicUsize::new(0)) }; 2];

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

/// What four threads list of a directory, in no order.
fn stream<const GATE: usize>(directory: &Path, patterns: &[&str]) -> (Stream, Arc<Search>) {
    let patterns = patterns.iter().map(|pattern| Pattern::new(pattern)).collect();
    let options = Options::new(directory.to_path_buf(), Scope::Patterns(patterns, Begins::AtStart));
    let search = Arc::new(Search::new(Options { order: ListingOrder::Unsorted, threads: Some(4), ..options }));
    (Stream::new::<Gated<GATE>>(None, search.clone()).expect("a thread starts"), search)
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
    let (mut stream, _) = stream::<0>(&tree, &["**/file"]);
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
    let (mut stream, search) = stream::<1>(&tree, &["file", "*/no"]);
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
