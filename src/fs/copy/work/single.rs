//! How a single thing is copied into an open directory, and what has its name there.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::Copy;
use super::hard_links::Done;
use super::names::{Names, Used};
use crate::fs::FileKind;
use crate::fs::bulk::path_of;
use crate::fs::copy::options::{Overwrite, Settings, Specials};
use crate::fs::copy::times::{is_newer, is_same_time};
use crate::fs::report::{Action, Report, SkipReason, Skipped, Step};
use crate::sys::{self, Copying, Editable, Facts, Links, Means};

/// The directory into which something is copied.
pub(super) struct Target<'d, D> {
    /// None in a dry run, where it is not there.
    pub(super) dir: Option<&'d D>,
    /// Whether it was made just now, so that nothing is in it.
    pub(super) is_fresh: bool,
    /// The names that this copy has used there, if something may be taken for old.
    pub(super) names: Option<&'d Names>,
}

impl<'d, D> Target<'d, D> {
    /// The directory of the start, into which nothing else is copied.
    pub(super) fn of_start(dir: &'d D) -> Self {
        Self { dir: Some(dir), is_fresh: false, names: None }
    }
}

/// What became of a directory that is to be made.
pub(super) enum Made {
    New,
    /// It was there.
    Merged,
    /// It is not there, and this is a dry run.
    OnlyTold,
}

/// What a step finds at the target.
pub(super) enum Found {
    Nothing,
    /// Something that is to be replaced.
    Old,
    /// What stays as it is.
    Unchanged(Facts),
}

/// One who copies single things, and keeps an account of it.
pub(super) struct Copier<'c, 'a, D: Editable> {
    pub(super) copy: &'c Copy<'a, D>,
    /// Whether it copies the start itself, whose names are in its paths.
    is_start: bool,
    scratch: D::Scratch,
    pub(super) report: Report,
}

impl<'c, 'a, D: Editable> Copier<'c, 'a, D> {
    pub(super) fn new(copy: &'c Copy<'a, D>, is_start: bool) -> Self {
        Self { copy, is_start, scratch: D::Scratch::default(), report: Report::default() }
    }

    pub(super) fn of_start(copy: &'c Copy<'a, D>) -> Self {
        Self::new(copy, true)
    }

    /// Makes a directory, unless there is one.
    pub(super) fn made_dir(&mut self, target: &Target<'_, D>, name: &OsStr, parent: &Path) -> io::Result<Made> {
        let Settings { dry_run, overwrite, attributes, .. } = *self.copy.settings;
        // Until it is made, as another thread may be about to make one that differs in case.
        let mut names = target.names.map(Names::lock);
        let found = match target.dir {
            Some(dir) if !dry_run => match dir.make_dir(name, attributes.mode) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Some(dir.facts_in(name, Links::Keep)?),
                result => result.map(|()| None)?,
            },
            Some(dir) => present(dir.facts_in(name, Links::Keep))?,
            None => None,
        };
        self.refuse_used(names.as_deref_mut(), target.dir, name, found.is_some())?;
        match found {
            Some(_) if overwrite == Overwrite::Refuse => return Err(sys::taken_error()),
            // This copy has made it, under another spelling; or another program.
            Some(_) if target.is_fresh => return Err(sys::taken_error()),
            Some(facts) if facts.kind != FileKind::Directory => {
                return Err(io::Error::new(ErrorKind::NotADirectory, "a directory replaces no file"));
            }
            Some(_) => return Ok(Made::Merged),
            None => {}
        }
        self.report.directories += 1;
        self.tell(Action::MakeDirectory, parent, name);
        Ok(if dry_run { Made::OnlyTold } else { Made::New })
    }

    /// Copies what is no directory; whether it is one after all.
    pub(super) fn any(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        names: (&OsStr, &OsStr),
        path: &Path,
        kind: FileKind,
        links: Links,
    ) -> io::Result<bool> {
        match kind {
            FileKind::Symlink if links == Links::Keep => self.link(dir, target, names, path)?,
            // What it leads to.
            FileKind::Symlink if !self.is_start && self.copy.leads_into_target(path, names.0) => {
                return Err(into_itself());
            }
            FileKind::Symlink => match dir.facts_in(names.0, Links::Follow)?.kind {
                FileKind::Directory => return Ok(true),
                FileKind::Symlink => return Err(sys::loop_error()),
                kind => return self.any(dir, target, names, path, kind, links),
            },
            FileKind::Directory => return Ok(true),
            FileKind::File => return self.file(dir, target, names, path, links),
            FileKind::Other => self.special(target, names, path, &dir.facts_in(names.0, links)?)?,
        }
        Ok(false)
    }

    fn file(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        (name, new): (&OsStr, &OsStr),
        path: &Path,
        links: Links,
    ) -> io::Result<bool> {
        let (source, facts) = match dir.open_source(name, links) {
            // It was a file when its directory was read.
            Err(error) if sys::is_loop(&error) && links == Links::Keep => {
                self.link(dir, target, (name, new), path)?;
                return Ok(false);
            }
            result => result?,
        };
        match facts.kind {
            FileKind::File => {}
            FileKind::Directory => return Ok(true),
            // It was a file when its directory was read.
            FileKind::Symlink => return self.link(dir, target, (name, new), path).map(|()| false),
            FileKind::Other => return self.special(target, (name, new), path, &facts).map(|()| false),
        }
        self.copy_once(target, new, path, &facts, |copier| copier.copied(target, new, path, &source, &facts))?;
        Ok(false)
    }

    /// Copies an open file, unless what is there stays.
    fn copied(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &Path,
        source: &D::Source,
        facts: &Facts,
    ) -> io::Result<Done> {
        let replace =
            match self.found(target, name, FileKind::File, |old| is_outdated(self.copy.settings, facts, old))? {
                Found::Nothing => false,
                Found::Old => true,
                Found::Unchanged(old) if is_different(self.copy.settings, facts, &old) => return Ok(Done::Without),
                Found::Unchanged(old) => return Ok(Done::Same(old.id)),
            };
        if let Some(dir) = target.dir.filter(|_| !self.copy.settings.dry_run) {
            let Settings { attributes, sync, .. } = *self.copy.settings;
            let copying = Copying { attributes, replace, sync };
            let (copy, mut bytes) = (self.copy, 0);
            let mut goes_on = |count| {
                bytes += count;
                copy.account.progress(0, count, || path_of(copy.from, path, name))
            };
            let Some(means) = dir.copy_file(name, source, facts, &copying, &mut self.scratch, &mut goes_on)? else {
                return Ok(Done::Without);
            };
            self.report.bytes += bytes;
            self.report.shared += u64::from(means == Means::Shared);
            self.report.by_system += u64::from(means == Means::BySystem);
        } else {
            self.report.bytes += facts.size;
        }
        self.report.files += 1;
        self.tell(if replace { Action::Replace } else { Action::Copy }, path, name);
        Ok(Done::Made)
    }

    fn link(&mut self, dir: &D, target: &Target<'_, D>, (name, new): (&OsStr, &OsStr), path: &Path) -> io::Result<()> {
        let facts = dir.facts_in(name, Links::Keep)?;
        self.copy_once(target, new, path, &facts, |copier| {
            copier.copied_link(target, new, path, &dir.read_link(name)?, &facts)
        })
    }

    /// Makes a link as another one is, unless what is there stays.
    fn copied_link(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &Path,
        leads_to: &OsStr,
        facts: &Facts,
    ) -> io::Result<Done> {
        let settings = self.copy.settings;
        let is_different = || {
            let old = target.dir.and_then(|dir| dir.read_link(name).ok());
            old.is_none_or(|old| old != leads_to)
        };
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => is_different(),
            _ => is_outdated(settings, facts, old),
        };
        let replace = match self.found(target, name, FileKind::Symlink, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged(_) if settings.overwrite != Overwrite::IfDifferent && is_different() => {
                return Ok(Done::Without);
            }
            Found::Unchanged(old) => return Ok(Done::Same(old.id)),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            dir.make_link(name, Path::new(leads_to), replace)?;
            dir.copy_link_attributes(name, facts, settings.attributes)?;
        }
        self.report.links += 1;
        self.tell(Action::Link, path, name);
        Ok(Done::Made)
    }

    fn special(
        &mut self,
        target: &Target<'_, D>,
        (name, new): (&OsStr, &OsStr),
        path: &Path,
        facts: &Facts,
    ) -> io::Result<()> {
        let settings = self.copy.settings;
        match settings.specials {
            Specials::Refuse => return Err(is_special()),
            Specials::Skip => {
                self.skip(path, name, SkipReason::Special);
                return Ok(());
            }
            Specials::Recreate => {}
        }
        self.copy_once(target, new, path, facts, |copier| copier.copied_special(target, new, path, facts))
    }

    /// Makes a pipe, socket or device as another one is, unless what is there stays.
    fn copied_special(&mut self, target: &Target<'_, D>, name: &OsStr, path: &Path, facts: &Facts) -> io::Result<Done> {
        let settings = self.copy.settings;
        // As far as it would be made: only the permissions of a mode are kept.
        let is_different = |old: &Facts| (old.mode ^ facts.mode) & 0o170_777 != 0 || old.device != facts.device;
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => is_different(old),
            _ => is_outdated(settings, facts, old),
        };
        let replace = match self.found(target, name, FileKind::Other, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged(old) if is_different(&old) => return Ok(Done::Without),
            Found::Unchanged(old) => return Ok(Done::Same(old.id)),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            dir.make_special(name, facts, replace)?;
            dir.copy_link_attributes(name, facts, settings.attributes)?;
        }
        self.report.specials += 1;
        self.tell(Action::MakeSpecial, path, name);
        Ok(Done::Made)
    }

    /// What has a name at the target, as far as that matters.
    pub(super) fn found(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        kind: FileKind,
        is_outdated: impl FnOnce(&Facts) -> bool,
    ) -> io::Result<Found> {
        let dir = target.dir.filter(|_| !target.is_fresh);
        let old = dir.map(|dir| present(dir.facts_in(name, Links::Keep))).transpose()?.flatten();
        self.refuse_used(target.names.map(Names::lock).as_deref_mut(), target.dir, name, old.is_some())?;
        match old {
            None => Ok(Found::Nothing),
            Some(_) if self.copy.settings.overwrite == Overwrite::Refuse => Err(sys::taken_error()),
            Some(old) if old.kind == FileKind::Directory => {
                Err(io::Error::new(ErrorKind::IsADirectory, "a directory is not replaced"))
            }
            Some(old) => {
                refuse_special(kind, &old)?;
                if is_outdated(&old) {
                    return Ok(Found::Old);
                }
                self.report.unchanged += 1;
                Ok(Found::Unchanged(old))
            }
        }
    }

    /// Refuses a name that this copy has used under another spelling, if both are one at the target.
    fn refuse_used(&self, names: Option<&mut Used>, dir: Option<&D>, name: &OsStr, is_there: bool) -> io::Result<()> {
        let Some(names) = names else { return Ok(()) };
        if !names.differs_in_case(name) {
            return Ok(());
        }
        let is_used = match dir {
            Some(dir) if is_there => names.ignores_case(dir, name)?,
            // Then it would be there by now.
            _ => self.copy.settings.dry_run && self.copy.seems_to_ignore_case(),
        };
        if is_used { Err(sys::taken_error()) } else { Ok(()) }
    }

    /// Whether a pattern leaves something out, which is then on the account.
    pub(super) fn is_excluded(&mut self, path: &Path, name: &OsStr, is_dir: bool) -> bool {
        let is_excluded = self.copy.is_excluded(path, name, is_dir);
        if is_excluded {
            self.skip(path, name, SkipReason::Excluded);
        }
        is_excluded
    }

    pub(super) fn skip(&mut self, path: &Path, name: &OsStr, reason: SkipReason) {
        self.report.skipped.push(Skipped { path: path_of(self.copy.from, path, name), reason });
    }

    /// Tells what was done, or is to be done.
    pub(super) fn tell(&mut self, action: Action, path: &Path, name: &OsStr) {
        let Copy { settings, from, to, account, .. } = self.copy;
        // The name of the start is in its path.
        let name = if self.is_start { OsStr::new("") } else { name };
        if settings.dry_run {
            self.report.steps.push(Step { action, path: path_of(to, path, name) });
        } else if action != Action::MakeDirectory {
            account.progress(1, 0, || path_of(from, path, name));
        }
    }
}

impl<D: Editable> Drop for Copier<'_, '_, D> {
    fn drop(&mut self) {
        self.copy.account.add(std::mem::take(&mut self.report));
    }
}

/// Whether a file at the target is to be replaced by what has these facts.
pub(in crate::fs::copy) fn is_outdated(settings: &Settings, facts: &Facts, old: &Facts) -> bool {
    match settings.overwrite {
        Overwrite::Refuse => false,
        Overwrite::Always => true,
        Overwrite::IfNewer => is_newer(facts, old, settings.time_window),
        Overwrite::IfDifferent => is_different(settings, facts, old),
    }
}

/// Whether a file is not what another one is, as far as one can see without reading both.
fn is_different(settings: &Settings, facts: &Facts, old: &Facts) -> bool {
    facts.kind != old.kind || facts.size != old.size || !is_same_time(facts, old, settings.time_window)
}

/// Refuses to put something else in the place of a pipe, socket or device: what was meant is to write to it, which a copy
/// never does.
pub(in crate::fs::copy) fn refuse_special(kind: FileKind, old: &Facts) -> io::Result<()> {
    match (kind, old.kind) {
        (FileKind::Other, _) | (_, FileKind::File | FileKind::Directory | FileKind::Symlink) => Ok(()),
        (_, FileKind::Other) => Err(io::Error::new(
            ErrorKind::InvalidInput,
            "the destination is a pipe, socket or device, which is not replaced by a file: remove it first",
        )),
    }
}

/// What is there, if anything is.
fn present(found: io::Result<Facts>) -> io::Result<Option<Facts>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

pub(super) fn into_itself() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is the destination, or inside it")
}

pub(super) fn is_special() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "it is a pipe, a socket or a device")
}
