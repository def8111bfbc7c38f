//! Files with several names: one name gets a copy, and the others become hard links to it.
//!
//! Each name asks the overwrite policy, as every other name of a copy does.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::single::{Copier, Found, Target, is_outdated, present};
use crate::fs::copy::options::Overwrite;
use crate::kind::FileKind;
use crate::report::Action;
use crate::report::Attribute;
use crate::sys::{self, Editable, Existing, Facts, Links, Losses, OsPath, OsPathBuf};
use crate::tree::lock;

/// Device and inode.
type FileId = (u64, u64);

/// The copies of files with several names.
pub(super) struct HardLinks<D: Editable> {
    files: Mutex<Files<D>>,
    /// Whether there are any, to be read without the lock.
    is_used: AtomicBool,
    /// Told when a file is no longer being copied.
    settled: Condvar,
}

struct Files<D: Editable> {
    /// By the identity of the original.
    states: HashMap<FileId, State<D>>,
    /// The inode numbers of the originals that were copied.
    numbers: HashSet<u64>,
    /// The copies that are held open, in the order in which they were made.
    held: VecDeque<Arc<Copied<D>>>,
    most_held: usize,
}

enum State<D: Editable> {
    /// A thread is copying it: the others wait.
    InWork,
    Copied(Arc<Copied<D>>),
}

/// A copy that can get more names.
struct Copied<D: Editable> {
    /// Its path below the target.
    path: OsPathBuf,
    /// `None` in a dry run, unless it was there before.
    id: Option<FileId>,
    /// A link to what is held needs no path, and no check that it is the copy.
    held: Mutex<Option<Arc<D::Held>>>,
}

impl<D: Editable> Copied<D> {
    fn is(&self, facts: &Facts) -> bool {
        facts.id.is_some() && facts.id == self.id
    }
}

/// Who copies a file with several names.
enum Claim<'a, D: Editable> {
    /// Nobody has to: there is a copy.
    Known(Arc<Copied<D>>),
    Mine(Claimed<'a, D>),
}

/// The right to copy a file, which ends when this is dropped.
struct Claimed<'a, D: Editable> {
    links: &'a HardLinks<D>,
    id: FileId,
    /// A copy that cannot get more names here, but may elsewhere.
    previous: Option<Arc<Copied<D>>>,
}

impl<D: Editable> HardLinks<D> {
    pub(super) fn new() -> Self {
        /// One of so many descriptors that the process may have is for a copy, up to so many copies.
        const PART: usize = 16;
        const MOST: usize = 128;

        let most_held = (sys::most_descriptors() / PART).min(MOST);
        let (states, numbers, held) = (HashMap::new(), HashSet::new(), VecDeque::new());
        let files = Mutex::new(Files { states, numbers, held, most_held });
        Self { files, is_used: AtomicBool::new(false), settled: Condvar::new() }
    }

    /// The copy of a file, if it is known and nobody is making one just now.
    fn known(&self, id: FileId) -> Option<Arc<Copied<D>>> {
        match lock(&self.files).states.get(&id)? {
            State::InWork => None,
            State::Copied(copy) => Some(copy.clone()),
        }
    }

    /// Whether a directory's number for a file is that of one that was copied.
    fn knows_number(&self, number: Option<u64>) -> bool {
        self.is_used.load(Ordering::Relaxed) && number.is_some_and(|number| lock(&self.files).numbers.contains(&number))
    }

    /// Finds the copy of a file, or lets the caller make one: also if the copy is one that cannot get more names.
    fn claim(&self, id: FileId, unable: Option<Arc<Copied<D>>>) -> Claim<'_, D> {
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

impl<D: Editable> Claimed<'_, D> {
    fn settle(mut self, copy: Copied<D>) {
        let copy = Arc::new(copy);
        let mut files = lock(&self.links.files);
        files.numbers.insert(self.id.1);
        files.hold(copy.clone());
        drop(files);
        self.links.is_used.store(true, Ordering::Relaxed);
        self.previous = Some(copy);
    }
}

impl<D: Editable> Drop for Claimed<'_, D> {
    fn drop(&mut self) {
        let mut files = lock(&self.links.files);
        match self.previous.take() {
            Some(copy) => files.states.insert(self.id, State::Copied(copy)),
            None => files.states.remove(&self.id),
        };
        self.links.settled.notify_all();
    }
}

impl<D: Editable> Files<D> {
    /// Keeps a copy open, and lets go of the oldest one if there are too many.
    fn hold(&mut self, copy: Arc<Copied<D>>) {
        if lock(&copy.held).is_none() {
            return;
        }
        self.held.push_back(copy);
        if self.held.len() > self.most_held {
            let oldest = self.held.pop_front().expect("BUG: none is held");
            lock(&oldest.held).take();
        }
    }
}

/// What became of a name that is to be a hard link.
enum Linked {
    Done(Done),
    /// No hard link can be made here, and why.
    Unable(io::Error),
}

/// What a copy did with a name.
pub(super) enum Done {
    /// It has made what now has the name, or would have.
    Made,
    /// What had the name stays, and is the same as the original, as far as one can see.
    Same(Option<FileId>),
    /// The name does not lead to a copy.
    Without,
    /// It is done when everything else is.
    PutOff,
}

impl<D: Editable> Copier<'_, '_, D> {
    /// The identity of a file that is to stay one file under several names.
    pub(super) fn several_names(&self, facts: &Facts) -> Option<FileId> {
        (self.copy.settings.hard_links && facts.names > 1).then_some(facts.id).flatten()
    }

    /// Makes a copy under a name; or a hard link, if the file was copied under another name.
    pub(super) fn copy_once(
        &mut self,
        target: &Target<'_, D>,
        (source, name): (&OsStr, &OsStr),
        path: &OsPath,
        facts: &Facts,
        make: impl FnOnce(&mut Self) -> io::Result<Done>,
    ) -> io::Result<()> {
        let done = self.copied_once(target, name, path, facts, make)?;
        self.record_done(&done, source, facts);
        Ok(())
    }

    fn record_done(&self, done: &Done, source: &OsStr, facts: &Facts) {
        self.record(|manifest, directory| match done {
            Done::Made => manifest.copied(directory, source, facts),
            Done::Same(_) | Done::Without => manifest.left(directory, source),
            Done::PutOff => {}
        });
    }

    fn copied_once(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        facts: &Facts,
        make: impl FnOnce(&mut Self) -> io::Result<Done>,
    ) -> io::Result<Done> {
        let make = |copier: &mut Self| {
            copier.record(|manifest, _| manifest.reading(facts));
            make(copier)
        };
        let Some(id) = self.several_names(facts) else { return make(self) };
        let (links, mut unable, mut losses) = (&self.copy.hard_links, None, Losses::default());
        let claimed = loop {
            match links.claim(id, unable) {
                Claim::Mine(claimed) => break claimed,
                Claim::Known(copy) => match self.hard_link(target, name, path, facts, &copy)? {
                    Linked::Done(done) => return Ok(done),
                    Linked::Unable(cause) => {
                        losses = Losses::default();
                        losses.add(Attribute::HardLink, cause);
                        unable = Some(copy);
                    }
                },
            }
        };
        if self.copy.settings.strict {
            losses = losses.refused().map(|()| Losses::default())?;
        }
        if self.puts_off(target, (path, name), facts)? {
            self.put_off.push(name);
            return Ok(Done::PutOff);
        }
        let done = make(self)?;
        if matches!(done, Done::Made) {
            self.copy.not_kept(path, self.own_name(name), losses)?;
        }
        let (held, id) = match done {
            Done::Without | Done::PutOff => return Ok(done),
            Done::Same(id) => (None, id),
            Done::Made if self.copy.settings.dry_run => (None, None),
            Done::Made => match target.dir.map(|dir| held(dir, name)) {
                Some(Ok((held, facts))) => (held, facts.id),
                // It is gone already: the next name gets a copy.
                _ => return Ok(done),
            },
        };
        claimed.settle(Copied { path: path.join(name), id, held: Mutex::new(held.map(Arc::new)) });
        Ok(done)
    }

    /// Makes a hard link for a name whose inode number in its directory is that of a file that was copied: the
    /// original need not be opened for that. Returns whether the name is done.
    pub(super) fn linked_by_number(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        number: Option<u64>,
    ) -> io::Result<bool> {
        Ok(self.copy.hard_links.knows_number(number) && self.linked(dir, target, name, path)?)
    }

    /// Makes a hard link for another name of a file that was copied. Returns whether the name is done.
    pub(super) fn linked(&mut self, dir: &D, target: &Target<'_, D>, name: &OsStr, path: &OsPath) -> io::Result<bool> {
        let Ok(facts) = dir.facts_in(name, Links::Keep) else { return Ok(false) };
        let id = self.several_names(&facts).filter(|_| facts.kind == FileKind::File);
        let Some(copy) = id.and_then(|id| self.copy.hard_links.known(id)) else { return Ok(false) };
        let Linked::Done(done) = self.hard_link(target, name, path, &facts, &copy)? else { return Ok(false) };
        self.record_done(&done, name, &facts);
        Ok(true)
    }

    /// Whether a name of a file of which there is no copy yet is put off: if it needs one, and another name may have it.
    fn puts_off(&self, target: &Target<'_, D>, (path, name): (&OsPath, &OsStr), facts: &Facts) -> io::Result<bool> {
        if !self.puts_off {
            return Ok(false);
        }
        let dir = target.dir.filter(|_| !target.is_fresh && !self.is_assumed_removed(path, name));
        let needs_one = match dir.map(|dir| present(dir.facts_in(name, Links::Keep))).transpose()?.flatten() {
            None => true,
            Some(old) if facts.kind != FileKind::File || old.kind == FileKind::Directory => false,
            Some(old) => is_outdated(self.copy.settings, facts, &old),
        };
        Ok(needs_one && self.copy.put_off.takes(name))
    }

    /// Makes a hard link to the copy of a file, unless something stays that has the name.
    fn hard_link(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        facts: &Facts,
        copy: &Copied<D>,
    ) -> io::Result<Linked> {
        let settings = self.copy.settings;
        let is_outdated = |old: &Facts| match settings.overwrite {
            _ if copy.is(old) => false,
            // One that looks the same has to become the same.
            Overwrite::IfDifferent => true,
            _ => is_outdated(settings, facts, old),
        };
        let existing = match self.found(target, (path, name), facts.kind, is_outdated)? {
            Found::Nothing => Existing::Fail,
            Found::Old => Existing::Replace,
            Found::Unchanged(old) => return Ok(Linked::Done(Done::Same(old.id))),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run)
            && let Some(cause) = self.make_hard_link(dir, name, copy, existing)?
        {
            return Ok(Linked::Unable(cause));
        }
        self.report.hard_links += 1;
        self.tell(Action::HardLink, path, name);
        Ok(Linked::Done(Done::Made))
    }

    /// Makes a hard link to a copy; returns why that is not possible, if it is not.
    fn make_hard_link(
        &self,
        dir: &D,
        name: &OsStr,
        copy: &Copied<D>,
        existing: Existing,
    ) -> io::Result<Option<io::Error>> {
        let held = lock(&copy.held).clone();
        if let Some(held) = held {
            match dir.make_hard_link_to(&held, name, existing) {
                // It may have a path, if the system knows it by nothing else.
                Err(error) if matches!(sys::kind(&error), ErrorKind::NotFound | ErrorKind::Unsupported) => {}
                Err(error) if cannot_have_names(&error) => return Ok(Some(error)),
                result => return result.map(|()| None),
            }
        }
        let Some(root) = &self.copy.target else { return Ok(Some(sys::not_found())) };
        match dir.make_hard_link(name, root, &copy.path, existing) {
            Err(error) if cannot_have_names(&error) => return Ok(Some(error)),
            result => result?,
        }
        if copy.is(&dir.facts_in(name, Links::Keep)?) {
            return Ok(None);
        }
        // Another program has put another file in the place of the copy, which has got one more name then, or in that of
        // the new name, which stays.
        if dir.is_same(name, root, copy.path.as_os_str(), Links::Keep) {
            dir.remove_file(name)?;
        }
        Ok(Some(sys::not_found()))
    }
}

/// Holds a copy; if that is one open file too many, its facts will do.
fn held<D: Editable>(dir: &D, name: &OsStr) -> io::Result<(Option<D::Held>, Facts)> {
    dir.hold(name).or_else(|_| Ok((None, dir.facts_in(name, Links::Keep)?)))
}

/// Whether an error says that a file cannot have one more name there: its path is too long, it is gone, it has too many,
/// or the file system has no such names.
fn cannot_have_names(error: &io::Error) -> bool {
    use ErrorKind::{CrossesDevices, InvalidFilename, NotFound, PermissionDenied, TooManyLinks, Unsupported};
    matches!(
        sys::kind(error),
        CrossesDevices | InvalidFilename | NotFound | PermissionDenied | TooManyLinks | Unsupported
    )
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
