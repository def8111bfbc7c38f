//! Names of files that were copied under another name: hard links to the copy.
//!
//! Each name asks the overwrite policy, as every other name of a copy does.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex};

use super::existing::Found;
use super::{Copier, Done, Target};
use crate::fs::copy::hard_links::{Claim, Copied};
use crate::fs::copy::options::Overwrite;
use crate::fs::copy::policy::is_outdated;
use crate::kind::FileKind;
use crate::report::{Attribute, PlanAction};
use crate::sys::{self, EditDir, Existing, Facts, FileId, Links, Losses};
use crate::tree::lock;

/// What became of a name that is to be a hard link.
enum Linked {
    Done(Done),
    /// No hard link can be made here, and why.
    Unable(io::Error),
}

impl<D: EditDir> Copier<'_, '_, D> {
    /// The identity of a file that is to stay one file under several names.
    fn several_names(&self, facts: &Facts) -> Option<FileId> {
        (self.copy.settings.hard_links && facts.names > 1).then_some(facts.id).flatten()
    }

    /// Makes a copy under a name; or a hard link, if the file was copied under another name.
    pub(super) fn copy_once(
        &mut self,
        target: &Target<'_, D>,
        source: &OsStr,
        facts: &Facts,
        make: impl FnOnce(&mut Self) -> io::Result<Done>,
    ) -> io::Result<()> {
        let done = self.copied_once(target, facts, make)?;
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
                Claim::Known(copy) => match self.hard_link(target, facts, &copy)? {
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
        if self.puts_off(target, facts)? {
            self.put_off.push(target.name);
            return Ok(Done::PutOff);
        }
        let done = make(self)?;
        if matches!(done, Done::Made) {
            self.not_kept(target, losses)?;
        }
        let (held, id) = match done {
            Done::Without | Done::PutOff => return Ok(done),
            Done::Same(id) => (None, id),
            Done::Made if self.copy.settings.dry_run => (None, None),
            Done::Made => match target.into.dir.map(|dir| held(dir, target.name)) {
                Some(Ok((held, facts))) => (held, facts.id),
                // It is gone already: the next name gets a copy.
                _ => return Ok(done),
            },
        };
        claimed.settle(Copied { path: target.path.join(target.name), id, held: Mutex::new(held.map(Arc::new)) });
        Ok(done)
    }

    /// Makes a hard link for a name whose inode number in its directory is that of a file that was copied: the
    /// original need not be opened for that. Returns whether the name is done.
    pub(in crate::fs::copy) fn linked_by_number(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        number: Option<u64>,
    ) -> io::Result<bool> {
        Ok(self.copy.hard_links.knows_number(number) && self.linked(dir, target)?)
    }

    /// Makes a hard link for another name of a file that was copied. Returns whether the name is done.
    pub(in crate::fs::copy) fn linked(&mut self, dir: &D, target: &Target<'_, D>) -> io::Result<bool> {
        let name = target.name;
        let Ok(facts) = dir.facts_in(name, Links::Keep) else { return Ok(false) };
        let id = self.several_names(&facts).filter(|_| facts.kind == FileKind::File);
        let Some(copy) = id.and_then(|id| self.copy.hard_links.known(id)) else { return Ok(false) };
        let Linked::Done(done) = self.hard_link(target, &facts, &copy)? else { return Ok(false) };
        self.record_done(&done, name, &facts);
        Ok(true)
    }

    /// Whether a name of a file of which there is no copy yet is put off: if it needs one, and another name may have it.
    fn puts_off(&self, target: &Target<'_, D>, facts: &Facts) -> io::Result<bool> {
        if !self.puts_off {
            return Ok(false);
        }
        let needs_one = match self.old(target)? {
            None => true,
            Some(old) if facts.kind != FileKind::File || old.kind == FileKind::Directory => false,
            Some(old) => is_outdated(self.copy.settings, facts, &old),
        };
        Ok(needs_one && self.copy.put_off.takes(target.name))
    }

    /// Makes a hard link to the copy of a file, unless something stays that has the name.
    fn hard_link(&mut self, target: &Target<'_, D>, facts: &Facts, copy: &Copied<D>) -> io::Result<Linked> {
        let settings = self.copy.settings;
        let is_outdated = |old: &Facts| match settings.overwrite {
            _ if copy.is(old) => false,
            // One that looks the same has to become the same.
            Overwrite::IfDifferent => true,
            _ => is_outdated(settings, facts, old),
        };
        let existing = match self.found(target, facts.kind, is_outdated)? {
            Found::Nothing => Existing::Fail,
            Found::Old => Existing::Replace,
            Found::Unchanged(old) => return Ok(Linked::Done(Done::Same(old.id))),
        };
        if let Some(dir) = self.writable(target)
            && let Some(cause) = self.make_hard_link(dir, target.name, copy, existing)?
        {
            return Ok(Linked::Unable(cause));
        }
        self.report.hard_links += 1;
        self.tell(PlanAction::HardLink, target);
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
                Err(error) if matches!(sys::error_kind(&error), ErrorKind::NotFound | ErrorKind::Unsupported) => {}
                Err(error) if cannot_have_names(&error) => return Ok(Some(error)),
                result => return result.map(|()| None),
            }
        }
        let Some(root) = &self.copy.target else { return Ok(Some(sys::not_found())) };
        match dir.make_hard_link(name, root, &copy.path, existing) {
            Err(error) if cannot_have_names(&error) => return Ok(Some(error)),
            result => result?,
        }
        if copy.is(&dir.with_number(name, dir.facts_in(name, Links::Keep)?)) {
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
fn held<D: EditDir>(dir: &D, name: &OsStr) -> io::Result<(Option<D::Held>, Facts)> {
    dir.hold(name).or_else(|_| Ok((None, dir.facts_in(name, Links::Keep)?)))
}

/// Whether an error says that a file cannot have one more name there: its path is too long, it is gone, it has too many,
/// or the file system has no such names.
fn cannot_have_names(error: &io::Error) -> bool {
    use ErrorKind::{CrossesDevices, InvalidFilename, NotFound, PermissionDenied, TooManyLinks, Unsupported};
    matches!(
        sys::error_kind(error),
        CrossesDevices | InvalidFilename | NotFound | PermissionDenied | TooManyLinks | Unsupported
    )
}
