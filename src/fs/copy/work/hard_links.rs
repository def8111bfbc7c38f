//! Files with several names: one name gets a copy, and the others become hard links to it.
//!
//! Each name asks the overwrite policy, as every other name of a copy does.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::single::{Copier, Found, Target, is_outdated, present};
use crate::fs::copy::options::Overwrite;
use crate::fs::report::Action;
use crate::sys::{self, Editable, Facts, Links};
use crate::walk::lock;

/// Device and inode.
type FileId = (u64, u64);

/// The copies of files with several names, by the identity of the original.
#[derive(Default)]
pub(super) struct HardLinks {
    files: Mutex<HashMap<FileId, State>>,
    /// Told when a file is no longer being copied.
    settled: Condvar,
}

enum State {
    /// A thread is copying it: the others wait.
    InWork,
    Copied(Arc<Copied>),
}

/// A copy that can get more names.
struct Copied {
    /// Its path below the target.
    path: PathBuf,
    /// `None` in a dry run, unless it was there before.
    id: Option<FileId>,
}

impl Copied {
    fn is(&self, facts: &Facts) -> bool {
        facts.id.is_some() && facts.id == self.id
    }
}

/// Who copies a file with several names.
enum Claim<'a> {
    /// Nobody has to: there is a copy.
    Known(Arc<Copied>),
    Mine(Claimed<'a>),
}

/// The right to copy a file, which ends when this is dropped.
struct Claimed<'a> {
    links: &'a HardLinks,
    id: FileId,
    /// A copy that cannot get more names here, but may elsewhere.
    previous: Option<Arc<Copied>>,
}

impl HardLinks {
    /// Finds the copy of a file, or lets the caller make one: also if the copy is one that cannot get more names.
    fn claim(&self, id: FileId, unable: Option<Arc<Copied>>) -> Claim<'_> {
        let mut files = lock(&self.files);
        loop {
            match files.get(&id) {
                Some(State::InWork) => {
                    files = self.settled.wait(files).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
                Some(State::Copied(copy)) if unable.as_ref().is_none_or(|unable| !Arc::ptr_eq(copy, unable)) => {
                    return Claim::Known(copy.clone());
                }
                _ => {}
            }
            files.insert(id, State::InWork);
            return Claim::Mine(Claimed { links: self, id, previous: unable });
        }
    }
}

impl Claimed<'_> {
    fn settle(mut self, copy: Copied) {
        self.previous = Some(Arc::new(copy));
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        let mut files = lock(&self.links.files);
        match self.previous.take() {
            Some(copy) => files.insert(self.id, State::Copied(copy)),
            None => files.remove(&self.id),
        };
        self.links.settled.notify_all();
    }
}

/// What a copy did with a name.
pub(super) enum Done {
    /// It has made what now has the name, or would have.
    Made,
    /// What had the name stays, and is the same as the original, as far as one can see.
    Same(Option<FileId>),
    /// The name does not lead to a copy.
    Without,
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
        path: &Path,
        facts: &Facts,
        make: impl FnOnce(&mut Self) -> io::Result<Done>,
    ) -> io::Result<()> {
        let done = self.copied_once(target, name, path, facts, make)?;
        self.record(|manifest, directory| match done {
            Done::Made => manifest.copied(directory, source, facts),
            Done::Same(_) | Done::Without => manifest.left(directory, source),
        });
        Ok(())
    }

    fn copied_once(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &Path,
        facts: &Facts,
        make: impl FnOnce(&mut Self) -> io::Result<Done>,
    ) -> io::Result<Done> {
        let make = |copier: &mut Self| {
            copier.record(|manifest, _| manifest.reading(facts));
            make(copier)
        };
        let Some(id) = self.several_names(facts) else { return make(self) };
        let (links, mut unable) = (&self.copy.hard_links, None);
        let claimed = loop {
            match links.claim(id, unable) {
                Claim::Mine(claimed) => break claimed,
                Claim::Known(copy) => {
                    if let Some(done) = self.hard_link(target, name, path, facts, &copy)? {
                        return Ok(done);
                    }
                    unable = Some(copy);
                }
            }
        };
        let done = make(self)?;
        let id = match done {
            Done::Without => return Ok(done),
            Done::Same(id) => id,
            Done::Made if self.copy.settings.dry_run => None,
            Done::Made => match target.dir {
                Some(dir) => present(dir.facts_in(name, Links::Keep))?.and_then(|facts| facts.id),
                None => None,
            },
        };
        claimed.settle(Copied { path: path.join(name), id });
        Ok(done)
    }

    /// Makes a hard link to the copy of a file, unless something stays that has the name; `None` if neither was
    /// possible.
    fn hard_link(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &Path,
        facts: &Facts,
        copy: &Copied,
    ) -> io::Result<Option<Done>> {
        let settings = self.copy.settings;
        let is_outdated = |old: &Facts| match settings.overwrite {
            _ if copy.is(old) => false,
            // One that looks the same has to become the same.
            Overwrite::IfDifferent => true,
            _ => is_outdated(settings, facts, old),
        };
        let replace = match self.found(target, (path, name), facts.kind, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged(old) => return Ok(Some(Done::Same(old.id))),
        };
        if let (Some(dir), Some(root), false) = (target.dir, &self.copy.target, settings.dry_run) {
            match dir.make_hard_link(name, root, &copy.path, replace) {
                Err(error) if cannot_have_names(&error) => return Ok(None),
                result => result?,
            }
            if !copy.is(&dir.facts_in(name, Links::Keep)?) {
                // Another program has put another file there.
                dir.remove_file(name)?;
                return Ok(None);
            }
        }
        self.report.hard_links += 1;
        self.tell(Action::HardLink, path, name);
        Ok(Some(Done::Made))
    }
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
