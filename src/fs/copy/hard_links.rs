//! The copies of files with several names: one name gets a copy, and the others become hard links to it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::sys::{self, EditDir, Facts, FileId, FileNumber, OsPathBuf};
use crate::tree::lock;

/// The copies of files with several names.
pub(super) struct HardLinks<D: EditDir> {
    files: Mutex<Files<D>>,
    /// Whether there are any, to be read without the lock.
    is_used: AtomicBool,
    /// Told when a file is no longer being copied.
    settled: Condvar,
}

struct Files<D: EditDir> {
    /// By the identity of the original.
    states: HashMap<FileId, State<D>>,
    /// The inode numbers of the originals that were copied.
    numbers: HashSet<FileNumber>,
    /// The copies that are held open, in the order in which they were made.
    held: VecDeque<Arc<Copied<D>>>,
    /// How many may be, once the first one is.
    most_held: Option<usize>,
}

enum State<D: EditDir> {
    /// A thread is copying it: the others wait.
    InWork,
    Copied(Arc<Copied<D>>),
}

/// A copy that can get more names.
pub(super) struct Copied<D: EditDir> {
    /// Its path below the target.
    pub(super) path: OsPathBuf,
    /// `None` in a dry run, unless it was there before.
    pub(super) id: Option<FileId>,
    /// A link to what is held needs no path, and no check that it is the copy.
    pub(super) held: Mutex<Option<Arc<D::Held>>>,
}

impl<D: EditDir> Copied<D> {
    pub(super) fn is(&self, facts: &Facts) -> bool {
        facts.id.is_some() && facts.id == self.id
    }
}

/// Who copies a file with several names.
pub(super) enum Claim<'a, D: EditDir> {
    /// Nobody has to: there is a copy.
    Known(Arc<Copied<D>>),
    Mine(Claimed<'a, D>),
}

/// The right to copy a file, which ends when this is dropped.
pub(super) struct Claimed<'a, D: EditDir> {
    links: &'a HardLinks<D>,
    id: FileId,
    /// A copy that cannot get more names here, but may elsewhere.
    previous: Option<Arc<Copied<D>>>,
}

impl<D: EditDir> HardLinks<D> {
    pub(super) fn new() -> Self {
        let (states, numbers, held) = (HashMap::new(), HashSet::new(), VecDeque::new());
        let files = Mutex::new(Files { states, numbers, held, most_held: None });
        Self { files, is_used: AtomicBool::new(false), settled: Condvar::new() }
    }

    /// Holds no copy open from now on: their paths will do.
    pub(super) fn make_room(&self) {
        let mut files = lock(&self.files);
        files.most_held = Some(0);
        files.held.drain(..).for_each(|copy| drop(lock(&copy.held).take()));
    }

    /// The copy of a file, if it is known and nobody is making one just now.
    pub(super) fn known(&self, id: FileId) -> Option<Arc<Copied<D>>> {
        match lock(&self.files).states.get(&id)? {
            State::InWork => None,
            State::Copied(copy) => Some(copy.clone()),
        }
    }

    /// Whether a directory's number for a file is that of one that was copied.
    #[allow(clippy::useless_conversion, reason = "on Windows, files have longer numbers")]
    pub(super) fn knows_number(&self, number: Option<u64>) -> bool {
        self.is_used.load(Ordering::Relaxed)
            && number.is_some_and(|number| lock(&self.files).numbers.contains(&FileNumber::from(number)))
    }

    /// Finds the copy of a file, or lets the caller make one: also if the copy is one that cannot get more names.
    pub(super) fn claim(&self, id: FileId, unable: Option<Arc<Copied<D>>>) -> Claim<'_, D> {
        let mut files = lock(&self.files);
        loop {
            match files.states.get(&id) {
                Some(State::InWork) => {
                    files = self.settled.wait(files).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
                Some(State::Copied(copy)) if unable.as_ref().is_none_or(|unable| !Arc::ptr_eq(copy, unable)) => {
                    return Claim::Known(copy.clone());
                }
                _ => {}
            }
            files.states.insert(id, State::InWork);
            return Claim::Mine(Claimed { links: self, id, previous: unable });
        }
    }
}

impl<D: EditDir> Claimed<'_, D> {
    pub(super) fn settle(mut self, copy: Copied<D>) {
        let copy = Arc::new(copy);
        let mut files = lock(&self.links.files);
        files.numbers.insert(self.id.1);
        files.hold(copy.clone());
        drop(files);
        self.links.is_used.store(true, Ordering::Relaxed);
        self.previous = Some(copy);
    }
}

impl<D: EditDir> Drop for Claimed<'_, D> {
    fn drop(&mut self) {
        let mut files = lock(&self.links.files);
        match self.previous.take() {
            Some(copy) => files.states.insert(self.id, State::Copied(copy)),
            None => files.states.remove(&self.id),
        };
        self.links.settled.notify_all();
    }
}

/// How many copies this process may hold open.
fn most_held() -> usize {
    /// The part of its descriptors, and the largest number of them.
    const PART: usize = 16;
    const MOST: usize = 128;

    (sys::most_descriptors() / PART).min(MOST)
}

impl<D: EditDir> Files<D> {
    /// Keeps a copy open, and lets go of the oldest one if there are too many.
    fn hold(&mut self, copy: Arc<Copied<D>>) {
        if lock(&copy.held).is_none() {
            return;
        }
        self.held.push_back(copy);
        if self.held.len() > *self.most_held.get_or_insert_with(most_held) {
            let oldest = self.held.pop_front().expect("BUG: none is held");
            lock(&oldest.held).take();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    const END: Duration = Duration::from_secs(300);
    const FILES: [FileId; 2] = [(1, 1), (1, 2)];

    fn copied(path: &str) -> Copied<sys::Dir> {
        Copied { path: path.into(), id: None, held: Mutex::new(None) }
    }

    fn is_known(claim: &Claim<'_, sys::Dir>) -> bool {
        matches!(claim, Claim::Known(_))
    }

    /// Only other names of the same file wait, until there is a copy.
    #[test]
    fn files_are_copied_at_the_same_time() {
        let links = HardLinks::<sys::Dir>::new();
        let Claim::Mine(first) = links.claim(FILES[0], None) else { panic!("nobody copies it") };
        std::thread::scope(|scope| {
            let (links, (answer, other)) = (&links, mpsc::channel());
            scope.spawn(move || _ = answer.send(is_known(&links.claim(FILES[1], None))));
            let is_known_copy = other.recv_timeout(END);
            let (answer, same) = mpsc::channel();
            scope.spawn(move || _ = answer.send(is_known(&links.claim(FILES[0], None))));
            assert!(links.known(FILES[0]).is_none());
            // Before anything can fail: otherwise the threads would wait for ever.
            first.settle(copied("first"));
            assert_eq!(is_known_copy, Ok(false), "another file does not wait");
            assert_eq!(same.recv_timeout(END), Ok(true), "the same file gets a link");
        });
    }

    /// Who waits gets its turn if there is no copy after all, or one that cannot have more names.
    #[test]
    fn a_file_without_a_copy_is_copied_by_the_next() {
        let links = HardLinks::<sys::Dir>::new();
        assert!(!is_known(&links.claim(FILES[0], None)));
        let Claim::Mine(first) = links.claim(FILES[0], None) else { panic!("the first has given up") };
        first.settle(copied("first"));
        let Claim::Known(copy) = links.claim(FILES[0], None) else { panic!("there is a copy") };
        assert!(!is_known(&links.claim(FILES[0], Some(copy))));
        assert!(is_known(&links.claim(FILES[0], None)), "the copy is still there for others");
    }
}
