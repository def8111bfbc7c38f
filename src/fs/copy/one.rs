//! How a single thing is copied into an open directory, and what has its name there.

mod attributes;
mod hard_link;

use std::ffi::OsStr;
use std::io::{self, ErrorKind};

use super::context::Copy;
use super::hard_links::FileId;
use super::options::{Overwrite, Settings, Specials};
use super::policy::{is_different, is_other_special, is_outdated, refuse_special};
use super::used_names::{Names, Used};
use crate::fs::manifest::Manifest;
use crate::kind::FileKind;
use crate::report::{Action, Report, SkipReason, Skipped, Step};
use crate::sys::{self, Copying, Editable, Existing, Facts, Finishing, Links, Means, Original, OsPath, OsPathBuf};
use crate::tree::path_of;
use crate::walk::ExclusionWay;

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
    /// It is new, and may have to get this mode in the end.
    New(Option<u32>),
    /// It was there.
    Merged,
    /// It is not there, and this is a dry run.
    OnlyTold,
}

impl Made {
    /// How it gets its attributes when everything is in it.
    pub(super) fn finishing(&self, settings: &Settings) -> Finishing {
        let mode = if let Self::New(mode) = self { *mode } else { None };
        Finishing { attributes: settings.attributes, is_new: !matches!(self, Self::Merged), mode }
    }
}

/// What a step finds at the target.
pub(super) enum Found {
    Nothing,
    /// Something that is to be replaced.
    Old,
    /// What stays as it is.
    Unchanged(Facts),
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

/// One who copies single things, and keeps an account of it.
pub(super) struct Copier<'c, 'a, D: Editable> {
    pub(super) copy: &'c Copy<'a, D>,
    /// Whether it copies the start itself, whose names are in its paths.
    is_start: bool,
    /// The directory that is copied from, if there is a manifest.
    source: Option<D::Id>,
    exclusion: ExclusionWay<'c>,
    scratch: D::Scratch,
    pub(super) report: Report,
    /// Whether new names of files with several names may be put off.
    pub(super) puts_off: bool,
    /// Those of the current directory that were, one after the other.
    pub(super) put_off: OsPathBuf,
}

impl<'c, 'a, D: Editable> Copier<'c, 'a, D> {
    pub(super) fn new(copy: &'c Copy<'a, D>, is_start: bool) -> Self {
        let (scratch, report, exclusion) = (D::Scratch::default(), Report::default(), copy.exclusion.way());
        let (puts_off, put_off) = (copy.puts_off, OsPathBuf::new());
        Self { copy, is_start, source: None, exclusion, scratch, report, puts_off, put_off }
    }

    pub(super) fn of_start(copy: &'c Copy<'a, D>) -> Self {
        Self::new(copy, true)
    }

    /// Begins with a directory, if there is a manifest to record what was copied from it.
    pub(super) fn begin(&mut self, id: impl FnOnce() -> io::Result<D::Id>) -> io::Result<()> {
        if self.copy.manifest.is_some() {
            self.source = Some(id()?);
        }
        Ok(())
    }

    /// Records something in the manifest, if there is one.
    pub(super) fn record(&self, record: impl FnOnce(&Manifest<D>, &D::Id)) {
        if let (Some(manifest), Some(source)) = (self.copy.manifest, &self.source) {
            record(manifest, source);
        }
    }

    /// Makes a directory as a source is one, unless there is one.
    pub(super) fn made_dir(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        parent: &OsPath,
        source: &D,
    ) -> io::Result<Made> {
        let Settings { dry_run, overwrite, attributes, merge, .. } = *self.copy.settings;
        // Until it is made, as another thread may be about to make one that differs in case.
        let mut names = target.names.map(Names::lock);
        let mut made = if dry_run { Made::OnlyTold } else { Made::New(None) };
        let found = match target.dir {
            Some(dir) if !dry_run => match dir.make_dir(name, source, attributes, &mut self.scratch) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Some((dir, dir.facts_in(name, Links::Keep)?)),
                mode => {
                    made = Made::New(mode?);
                    None
                }
            },
            Some(_) if self.is_assumed_removed(parent, name) => None,
            Some(dir) => present(dir.facts_in(name, Links::Keep))?.map(|facts| (dir, facts)),
            None => None,
        };
        self.refuse_used(names.as_deref_mut(), target.dir, name, found.is_some())?;
        match found {
            Some((_, facts)) if overwrite == Overwrite::Refuse && !(merge && facts.kind == FileKind::Directory) => {
                return Err(sys::taken_error());
            }
            // This copy has made it, under another spelling; or another program.
            Some(_) if target.is_fresh => return Err(sys::taken_error()),
            Some((_, facts)) if facts.kind != FileKind::Directory => {
                return Err(io::Error::new(ErrorKind::NotADirectory, "a directory replaces no file"));
            }
            Some((dir, facts)) => {
                self.merge(dir, name, parent, &facts, source)?;
                return Ok(Made::Merged);
            }
            None => {}
        }
        self.report.directories += 1;
        self.tell(Action::MakeDirectory, parent, name);
        Ok(made)
    }

    /// Removes a directory that was made just now, as nothing can be put into it.
    pub(super) fn unmake_dir(&mut self, dir: &D, name: &OsStr) {
        if dir.remove_dir(name).is_ok() {
            self.report.directories -= 1;
        }
    }

    /// Copies what is no directory; whether it is one after all.
    pub(super) fn any(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        names: (&OsStr, &OsStr),
        path: &OsPath,
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
            FileKind::Other => {
                let facts = dir.facts_in(names.0, links)?;
                self.special(
                    &Original { dir, name: names.0, links, file: None, facts: &facts },
                    target,
                    names.1,
                    path,
                )?;
            }
        }
        Ok(false)
    }

    fn file(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        (name, new): (&OsStr, &OsStr),
        path: &OsPath,
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
            FileKind::Other => {
                let original = Original { dir, name, links, file: None, facts: &facts };
                return self.special(&original, target, new, path).map(|()| false);
            }
        }
        let original = Original { dir, name, links, file: Some(&source), facts: &facts };
        self.copy_once(target, (name, new), path, &facts, |copier| {
            copier.copied(target, new, path, &source, &original)
        })?;
        Ok(false)
    }

    /// Copies an open file, unless what is there stays.
    fn copied(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        source: &D::Source,
        original: &Original<'_, D>,
    ) -> io::Result<Done> {
        let facts = original.facts;
        let existing = match self
            .found(target, (path, name), FileKind::File, |old| is_outdated(self.copy.settings, facts, old))?
        {
            Found::Nothing => Existing::Fail,
            Found::Old => Existing::Replace,
            Found::Unchanged(old) if is_different(self.copy.settings, facts, &old) => return Ok(Done::Without),
            Found::Unchanged(old) => return self.stays(target, name, path, &old, original),
        };
        if let Some(dir) = target.dir.filter(|_| !self.copy.settings.dry_run) {
            let copying = self.copying(existing);
            let (copy, mut bytes) = (self.copy, 0);
            let mut goes_on = |count| {
                bytes += count;
                copy.account.progress(0, count, || path_of(copy.from, path, name))
            };
            let Some(file) = dir.copy_file(name, source, facts, &copying, &mut self.scratch, &mut goes_on)? else {
                return Ok(Done::Without);
            };
            self.report.bytes += bytes;
            self.report.shared += u64::from(file.means == Means::Shared);
            self.report.by_system += u64::from(file.means == Means::BySystem);
            copy.not_kept(path, self.own_name(name), file.losses)?;
        } else {
            self.report.bytes += facts.size;
        }
        self.report.files += 1;
        self.tell(if existing == Existing::Replace { Action::Replace } else { Action::Copy }, path, name);
        Ok(Done::Made)
    }

    fn copying(&self, existing: Existing) -> Copying {
        let Settings { attributes, sync, strict, .. } = *self.copy.settings;
        Copying { attributes, existing, sync, strict }
    }

    /// Leaves a copy that is there already, and brings its attributes up to date if that is wanted.
    fn stays(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        old: &Facts,
        original: &Original<'_, D>,
    ) -> io::Result<Done> {
        if let (Some(dir), Overwrite::IfDifferent) = (target.dir, self.copy.settings.overwrite) {
            self.update(dir, name, path, old, original)?;
        }
        Ok(Done::Same(old.id))
    }

    fn link(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        (name, new): (&OsStr, &OsStr),
        path: &OsPath,
    ) -> io::Result<()> {
        let facts = dir.facts_in(name, Links::Keep)?;
        self.copy_once(target, (name, new), path, &facts, |copier| {
            let original = Original { dir, name, links: Links::Keep, file: None, facts: &facts };
            copier.copied_link(target, new, path, &dir.read_link(name)?, &original)
        })
    }

    /// Makes a link as another one is, unless what is there stays.
    fn copied_link(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        leads_to: &OsStr,
        original: &Original<'_, D>,
    ) -> io::Result<Done> {
        let settings = self.copy.settings;
        let is_different = || {
            let old = target.dir.and_then(|dir| dir.read_link(name).ok());
            old.is_none_or(|old| old != leads_to)
        };
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => is_different(),
            _ => is_outdated(settings, original.facts, old),
        };
        let existing = match self.found(target, (path, name), FileKind::Symlink, is_outdated)? {
            Found::Nothing => Existing::Fail,
            Found::Old => Existing::Replace,
            Found::Unchanged(_) if settings.overwrite != Overwrite::IfDifferent && is_different() => {
                return Ok(Done::Without);
            }
            Found::Unchanged(old) => return self.stays(target, name, path, &old, original),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            let losses = dir.make_link(name, OsPath::new(leads_to), original, &self.copying(existing))?;
            self.copy.not_kept(path, self.own_name(name), losses)?;
        }
        self.report.links += 1;
        self.tell(Action::Link, path, name);
        Ok(Done::Made)
    }

    fn special(
        &mut self,
        original: &Original<'_, D>,
        target: &Target<'_, D>,
        new: &OsStr,
        path: &OsPath,
    ) -> io::Result<()> {
        let settings = self.copy.settings;
        match settings.specials {
            Specials::Refuse => return Err(is_special()),
            Specials::Skip => {
                self.record(|manifest, source| manifest.left(source, original.name));
                self.skip(path, original.name, SkipReason::Special);
                return Ok(());
            }
            Specials::Recreate => {}
        }
        self.copy_once(target, (original.name, new), path, original.facts, |copier| {
            copier.copied_special(target, new, path, original)
        })
    }

    /// Makes a pipe, socket or device as another one is, unless what is there stays.
    fn copied_special(
        &mut self,
        target: &Target<'_, D>,
        name: &OsStr,
        path: &OsPath,
        original: &Original<'_, D>,
    ) -> io::Result<Done> {
        let (settings, facts) = (self.copy.settings, original.facts);
        let is_different = |old: &Facts| is_other_special(facts, old);
        let is_outdated = |old: &Facts| match settings.overwrite {
            Overwrite::IfDifferent => is_different(old),
            _ => is_outdated(settings, facts, old),
        };
        let existing = match self.found(target, (path, name), FileKind::Other, is_outdated)? {
            Found::Nothing => Existing::Fail,
            Found::Old => Existing::Replace,
            Found::Unchanged(old) if is_different(&old) => return Ok(Done::Without),
            Found::Unchanged(old) => return self.stays(target, name, path, &old, original),
        };
        if let Some(dir) = target.dir.filter(|_| !settings.dry_run) {
            let losses = dir.make_special(name, original, &self.copying(existing))?;
            self.copy.not_kept(path, self.own_name(name), losses)?;
        }
        self.report.specials += 1;
        self.tell(Action::MakeSpecial, path, name);
        Ok(Done::Made)
    }

    /// What has a name at the target, as far as that matters.
    pub(super) fn found(
        &mut self,
        target: &Target<'_, D>,
        (path, name): (&OsPath, &OsStr),
        kind: FileKind,
        is_outdated: impl FnOnce(&Facts) -> bool,
    ) -> io::Result<Found> {
        let dir = target.dir.filter(|_| !target.is_fresh && !self.is_assumed_removed(path, name));
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

    /// Whether something at the target is to be taken for removed: in a dry run only.
    pub(super) fn is_assumed_removed(&self, path: &OsPath, name: &OsStr) -> bool {
        let Settings { dry_run, removed, .. } = self.copy.settings;
        *dry_run && !self.is_start && removed.has(path, name)
    }

    /// Whether a pattern leaves something out, which is then on the account.
    pub(super) fn is_excluded(&mut self, path: &OsPath, name: &OsStr, is_dir: bool) -> bool {
        let is_excluded = self.exclusion.leaves_out(path, name, is_dir);
        if is_excluded {
            self.record(|manifest, source| manifest.left(source, name));
            self.skip(path, name, SkipReason::Excluded);
        }
        is_excluded
    }

    pub(super) fn skip(&mut self, path: &OsPath, name: &OsStr, reason: SkipReason) {
        self.report.skipped.push(Skipped { path: path_of(self.copy.from, path, name), reason });
    }

    /// The name to add to the paths of the whole copy: that of the start is in them.
    pub(super) fn own_name<'n>(&self, name: &'n OsStr) -> &'n OsStr {
        if self.is_start { OsStr::new("") } else { name }
    }

    /// Tells what was done, or is to be done.
    pub(super) fn tell(&mut self, action: Action, path: &OsPath, name: &OsStr) {
        let Copy { settings, from, to, account, .. } = self.copy;
        let name = self.own_name(name);
        if settings.dry_run {
            self.report.steps.push(Step { action, path: path_of(to, path, name) });
        } else if !matches!(action, Action::MakeDirectory | Action::SetAttributes) {
            account.progress(1, 0, || path_of(from, path, name));
        }
    }
}

impl<D: Editable> Drop for Copier<'_, '_, D> {
    fn drop(&mut self) {
        self.copy.account.add(std::mem::take(&mut self.report));
    }
}

/// What is there, if anything is.
pub(super) fn present(found: io::Result<Facts>) -> io::Result<Option<Facts>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

/// What was no directory when it was met.
pub(super) fn became_directory() -> io::Error {
    io::Error::new(ErrorKind::IsADirectory, "it has become a directory")
}

pub(super) fn into_itself() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is the destination, or inside it")
}

pub(super) fn is_special() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "it is a pipe, a socket or a device")
}
