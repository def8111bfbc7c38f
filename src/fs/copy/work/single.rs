//! How a single thing is copied into an open directory, and what has its name there.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{Copied, Copy};
use crate::fs::FileKind;
use crate::fs::bulk::path_of;
use crate::fs::copy::options::{Overwrite, Settings, Specials};
use crate::fs::report::{Action, Report, SkipReason, Skipped, Step};
use crate::sys::{self, Copying, Editable, Facts, Links, Means};
use crate::walk::lock;

/// The directory into which something is copied.
pub(super) struct Target<'d, D> {
    /// None in a dry run, where it is not there.
    pub(super) dir: Option<&'d D>,
    /// Whether it was made just now, so that nothing is in it.
    pub(super) is_fresh: bool,
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
enum Found {
    Nothing,
    /// Something that is to be replaced.
    Old,
    /// What stays as it is.
    Unchanged,
}

/// One who copies single things, and keeps an account of it.
pub(super) struct Copier<'c, 'a, D: Editable> {
    copy: &'c Copy<'a, D>,
    /// Whether it copies the start itself, whose names are in its paths.
    is_start: bool,
    scratch: D::Scratch,
    report: Report,
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
        let found = match target.dir {
            Some(dir) if !dry_run => match dir.make_dir(name, attributes.mode) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Some(dir.facts_in(name, Links::Keep)?),
                result => result.map(|()| None)?,
            },
            Some(dir) => present(dir.facts_in(name, Links::Keep))?,
            None => None,
        };
        match found {
            Some(_) if overwrite == Overwrite::Refuse => return Err(sys::taken_error()),
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
        let copy = self.copy;
        let several = (copy.settings.hard_links && facts.names > 1).then_some(facts.id).flatten();
        let mut copied = several.map(|_| lock(&copy.copied));
        if let (Some(id), Some(copied)) = (several, &copied)
            && let Some(first) = copied.get(&id)
            && self.hard_link(target, new, path, first)?
        {
            return Ok(false);
        }
        if self.copied(target, new, path, &source, &facts)?
            && let (Some(id), Some(copied)) = (several, &mut copied)
        {
            let copy = target.dir.map(|dir| present(dir.facts_in(new, Links::Keep))).transpose()?.flatten();
            copied.insert(id, Copied { path: path.join(new), id: copy.and_then(|copy| copy.id) });
        }
        Ok(false)
    }

    /// Copies an open file, unless what is there stays; whether there is a copy now.
    fn copied(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &Path,
        source: &D::Source,
        facts: &Facts,
    ) -> io::Result<bool> {
        let replace = match self.found(target, name, |old| is_outdated(self.copy.settings, facts, old))? {
            Found::Nothing => false,
            Found::Old => true,
            // What is newer is another file.
            Found::Unchanged => return Ok(self.copy.settings.overwrite == Overwrite::IfDifferent),
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
                return Ok(false);
            };
            self.report.bytes += bytes;
            self.report.shared += u64::from(means == Means::Shared);
            self.report.by_system += u64::from(means == Means::BySystem);
        } else {
            self.report.bytes += facts.size;
        }
        self.report.files += 1;
        self.tell(if replace { Action::Replace } else { Action::Copy }, path, name);
        Ok(true)
    }

    /// Gives a file that was copied before another name; whether that worked.
    fn hard_link(&mut self, target: &Target<'_, D>, name: &OsStr, path: &Path, first: &Copied) -> io::Result<bool> {
        // One that looks the same has to become the same.
        let replace = match self.found(target, name, |old| old.id.is_none() || old.id != first.id)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(true),
        };
        if let (Some(dir), Some(root), false) = (target.dir, &self.copy.target, self.copy.settings.dry_run) {
            match dir.make_hard_link(name, root, &first.path, replace) {
                Err(error) if cannot_have_names(&error) => return Ok(false),
                result => result?,
            }
            if dir.facts_in(name, Links::Keep)?.id != first.id {
                // Somebody has put another file there.
                dir.remove_file(name)?;
                return Ok(false);
            }
        }
        self.report.hard_links += 1;
        self.tell(Action::HardLink, path, name);
        Ok(true)
    }

    fn link(&mut self, dir: &D, target: &Target<'_, D>, (name, new): (&OsStr, &OsStr), path: &Path) -> io::Result<()> {
        let leads_to = dir.read_link(name)?;
        let facts = dir.facts_in(name, Links::Keep)?;
        let settings = self.copy.settings;
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => {
                let old_target = target.dir.and_then(|dir| dir.read_link(new).ok());
                old_target.is_none_or(|old| old != leads_to)
            }
            _ => is_outdated(settings, &facts, old),
        };
        let replace = match self.found(target, new, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(()),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            dir.make_link(new, Path::new(&leads_to), replace)?;
            dir.copy_link_attributes(new, &facts, settings.attributes)?;
        }
        self.report.links += 1;
        self.tell(Action::Link, path, new);
        Ok(())
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
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => old.mode != facts.mode || old.device != facts.device,
            _ => is_outdated(settings, facts, old),
        };
        let replace = match self.found(target, new, is_outdated)? {
            Found::Nothing => false,
            Found::Old => true,
            Found::Unchanged => return Ok(()),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            dir.make_special(new, facts, replace)?;
            dir.copy_link_attributes(new, facts, settings.attributes)?;
        }
        self.report.specials += 1;
        self.tell(Action::MakeSpecial, path, new);
        Ok(())
    }

    /// What has a name at the target, as far as that matters.
    fn found(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        is_outdated: impl FnOnce(&Facts) -> bool,
    ) -> io::Result<Found> {
        let Some(dir) = target.dir.filter(|_| !target.is_fresh) else { return Ok(Found::Nothing) };
        match present(dir.facts_in(name, Links::Keep))? {
            None => Ok(Found::Nothing),
            Some(_) if self.copy.settings.overwrite == Overwrite::Refuse => Err(sys::taken_error()),
            Some(old) if old.kind == FileKind::Directory => {
                Err(io::Error::new(ErrorKind::IsADirectory, "a directory is not replaced"))
            }
            Some(old) if is_outdated(&old) => Ok(Found::Old),
            Some(_) => {
                self.report.unchanged += 1;
                Ok(Found::Unchanged)
            }
        }
    }

    /// Whether a pattern leaves something out, which is then on the account.
    pub(super) fn is_excluded(&mut self, path: &Path, name: &OsStr, is_dir: bool) -> bool {
        let is_excluded = self.copy.is_excluded(path, name, is_dir);
        if is_excluded {
            self.skip(path, name, SkipReason::Excluded);
        }
        is_excluded
    }

    fn skip(&mut self, path: &Path, name: &OsStr, reason: SkipReason) {
        self.report.skipped.push(Skipped { path: path_of(self.copy.from, path, name), reason });
    }

    /// Tells what was done, or is to be done.
    fn tell(&mut self, action: Action, path: &Path, name: &OsStr) {
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

/// Whether an error says that a file cannot have one more name there: its path is too long, it is gone, it has too many,
/// or the file system has no such names.
fn cannot_have_names(error: &io::Error) -> bool {
    use ErrorKind::{CrossesDevices, InvalidFilename, NotFound, PermissionDenied, TooManyLinks, Unsupported};
    matches!(
        sys::kind(error),
        CrossesDevices | InvalidFilename | NotFound | PermissionDenied | TooManyLinks | Unsupported
    )
}

/// Whether a file at the target is to be replaced by what has these facts.
pub(in crate::fs::copy) fn is_outdated(settings: &Settings, facts: &Facts, old: &Facts) -> bool {
    match settings.overwrite {
        Overwrite::Refuse => false,
        Overwrite::Always => true,
        Overwrite::IfNewer => facts.modified > old.modified,
        Overwrite::IfDifferent => facts.kind != old.kind || facts.size != old.size || facts.modified != old.modified,
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
    io::Error::new(ErrorKind::InvalidInput, "it is what is copied to")
}

pub(super) fn is_special() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "it is a pipe, a socket or a device")
}
