//! How a single thing is copied into an open directory, and what has its name there.

mod attributes;
mod existing;
mod hard_link;

use std::ffi::OsStr;
use std::io::{self, ErrorKind};

use super::context::Copy;
use super::options::{Overwrite, Settings, Specials};
use super::policy::{is_different, is_other_special};
use super::used_names::Names;
use crate::error::{Error, Op};
use crate::fs::manifest::Manifest;
use crate::gitignore::IgnoredWay;
use crate::kind::FileKind;
use crate::report::{PlanAction, PlanStep, Report, SkipReason, Skipped};
use crate::sys::{
    self, Access, Copying, EditDir, Existing, Facts, FileId, Finishing, Links, Losses, Means, Needed, Original, OsPath,
    OsPathBuf,
};
use crate::tree::path_of;
use crate::walk::ExclusionWay;
use existing::present;

/// The directory into which something is copied.
pub(super) struct TargetDir<'d, D> {
    /// None in a dry run, if it is not there.
    pub(super) dir: Option<&'d D>,
    /// Whether it was made just now, so that nothing is in it.
    pub(super) is_fresh: bool,
    /// The names that this copy has used there, if something may be taken for old.
    pub(super) names: Option<&'d Names>,
}

impl<'d, D> TargetDir<'d, D> {
    /// The directory of the start, into which nothing else is copied.
    pub(super) fn of_start(dir: &'d D) -> Self {
        Self { dir: Some(dir), is_fresh: false, names: None }
    }

    /// A name in it. The path is that of the directory, below the start.
    pub(super) fn target<'t>(&'t self, path: &'t OsPath, name: &'t OsStr) -> Target<'t, D> {
        Target { into: self, path, name }
    }
}

/// Where one thing is copied to.
pub(super) struct Target<'t, D> {
    into: &'t TargetDir<'t, D>,
    /// The path of the directory, below the start.
    path: &'t OsPath,
    name: &'t OsStr,
}

/// The result of making a directory.
pub(super) enum Made {
    /// It is new, and may have to get this mode in the end.
    New(Option<u32>),
    /// It was there.
    Merged,
    /// It is not there, and this is a dry run.
    OnlyTold,
}

impl Made {
    /// What it is opened for; nothing, if it is not there.
    pub(super) fn access(&self) -> Option<Access> {
        match self {
            Self::New(_) => Some(Access::Fill),
            Self::Merged => Some(Access::Read),
            Self::OnlyTold => None,
        }
    }

    /// How it gets its attributes when everything is in it.
    pub(super) fn finishing(&self, settings: &Settings) -> Finishing {
        let mode = if let Self::New(mode) = self { *mode } else { None };
        Finishing { attributes: settings.attributes, is_new: !matches!(self, Self::Merged), mode }
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
    /// It is done when everything else is.
    PutOff,
}

/// Copies single things, and keeps an account of it.
pub(super) struct Copier<'c, 'a, D: EditDir> {
    pub(super) copy: &'c Copy<'a, D>,
    /// Whether it copies the start itself, whose names are in its paths.
    is_start: bool,
    /// The directory that is copied from, if there is a manifest.
    source: Option<D::Id>,
    exclusion: ExclusionWay<'c>,
    ignored: IgnoredWay,
    scratch: D::Scratch,
    pub(super) report: Report,
    /// Whether new names of files with several names may be put off.
    pub(super) puts_off: bool,
    /// Those of the current directory that were, one after the other.
    pub(super) put_off: OsPathBuf,
}

impl<'c, 'a, D: EditDir> Copier<'c, 'a, D> {
    pub(super) fn new(copy: &'c Copy<'a, D>, is_start: bool) -> Self {
        let (scratch, report, exclusion) =
            (D::Scratch::default(), Report::default(), copy.exclusion.way(copy.from.path));
        let (puts_off, put_off) = (copy.puts_off, OsPathBuf::new());
        let ignored = IgnoredWay::default();
        Self { copy, is_start, source: None, exclusion, ignored, scratch, report, puts_off, put_off }
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
    pub(super) fn made_dir(&mut self, target: &Target<'_, D>, source: &D) -> io::Result<Made> {
        let Target { into, name, .. } = *target;
        let Settings { dry_run, overwrite, attributes, merge, .. } = *self.copy.settings;
        // Until it is made, as another thread may be about to make one that differs in case.
        let mut names = into.names.map(Names::lock);
        let mut made = if dry_run { Made::OnlyTold } else { Made::New(None) };
        let found = match into.dir {
            Some(dir) if !dry_run => match dir.make_dir(name, source, attributes, &mut self.scratch) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Some((dir, dir.facts_in(name, Links::Keep)?)),
                mode => {
                    made = Made::New(mode?);
                    None
                }
            },
            Some(_) if self.is_assumed_removed(target) => None,
            Some(dir) => present(dir.facts_in(name, Links::Keep))?.map(|facts| (dir, facts)),
            None => None,
        };
        self.refuse_used(names.as_deref_mut(), target, found.is_some())?;
        match found {
            Some((_, facts)) if overwrite == Overwrite::Refuse && !(merge && facts.kind == FileKind::Directory) => {
                return Err(sys::taken_error());
            }
            // This copy has made it, under another spelling; or another program.
            Some(_) if into.is_fresh => return Err(sys::taken_error()),
            Some((_, facts)) if facts.kind != FileKind::Directory => {
                return Err(io::Error::new(ErrorKind::NotADirectory, "cannot replace a file with a directory"));
            }
            Some((dir, facts)) => {
                self.merge(dir, target, &facts, source)?;
                self.open_up(dir, name, &facts);
                return Ok(Made::Merged);
            }
            None => {}
        }
        self.report.directories += 1;
        self.tell(PlanAction::MakeDirectory, target);
        Ok(made)
    }

    /// Lets the owner of a directory that is there change it, if the copy may do that. If it fails, what is then made in the
    /// directory says why.
    fn open_up(&self, dir: &D, name: &OsStr, facts: &Facts) {
        let Settings { opens_up, attributes, dry_run, .. } = *self.copy.settings;
        if opens_up && attributes.mode && !dry_run && facts.mode & 0o700 != 0o700 && !sys::ignores_permissions() {
            _ = dir.open_up_in(name);
        }
    }

    /// Removes a directory that was made just now, as nothing can be put into it.
    pub(super) fn unmake_dir(&mut self, dir: &D, name: &OsStr) {
        if dir.remove_dir(name).is_ok() {
            self.report.directories -= 1;
        }
    }

    /// Copies what is not a directory; returns whether it is one after all.
    pub(super) fn any(
        &mut self,
        dir: &D,
        name: &OsStr,
        target: &Target<'_, D>,
        kind: FileKind,
        links: Links,
    ) -> io::Result<bool> {
        match kind {
            FileKind::Symlink if links == Links::Keep => self.link(dir, name, target)?,
            // What it leads to.
            FileKind::Symlink if self.copy.leads_into_target(target.path, name) => {
                return Err(into_itself());
            }
            FileKind::Symlink => match dir.facts_in(name, Links::Follow)?.kind {
                FileKind::Directory => return Ok(true),
                FileKind::Symlink => return Err(sys::loop_error()),
                kind => return self.any(dir, name, target, kind, links),
            },
            FileKind::Directory => return Ok(true),
            FileKind::File => return self.file(dir, name, target, links),
            FileKind::Other => {
                let facts = self.identified(dir, name, dir.facts_in(name, links)?);
                self.special(&Original { dir, name, links, file: None, facts: &facts }, target)?;
            }
        }
        Ok(false)
    }

    fn file(&mut self, dir: &D, name: &OsStr, target: &Target<'_, D>, links: Links) -> io::Result<bool> {
        let (source, facts) = match dir.open_source(name, links, self.needed()) {
            // It was a file when its directory was read.
            Err(error) if sys::is_loop(&error) && links == Links::Keep => {
                return self.link(dir, name, target).map(|()| false);
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return self.unreadable_file(dir, name, target, links, error).map(|()| false);
            }
            result => result?,
        };
        let facts = self.identified(dir, name, facts);
        let original = Original { dir, name, links, file: None, facts: &facts };
        match facts.kind {
            FileKind::File => {
                let original = Original { file: Some(&source), ..original };
                let copied = |copier: &mut Self| copier.copied(target, Ok(&source), &original);
                self.copy_once(target, name, &facts, copied).map(|()| false)
            }
            // It was a file when its directory was read.
            FileKind::Directory => Ok(true),
            FileKind::Symlink => self.link(dir, name, target).map(|()| false),
            FileKind::Other => self.special(&original, target).map(|()| false),
        }
    }

    /// Handles a file that may not be read: that is an error only if it has to be copied.
    #[cold]
    fn unreadable_file(
        &mut self,
        dir: &D,
        name: &OsStr,
        target: &Target<'_, D>,
        links: Links,
        cause: io::Error,
    ) -> io::Result<()> {
        let facts = match dir.facts_in(name, links) {
            Ok(facts) if facts.kind == FileKind::File => self.identified(dir, name, facts),
            _ => return Err(cause),
        };
        let original = Original { dir, name, links, file: None, facts: &facts };
        self.copy_once(target, name, &facts, |copier| copier.copied(target, Err(cause), &original))
    }

    /// What is to be known of a file before it is copied.
    fn needed(&self) -> Needed {
        match self.copy.settings.hard_links || self.copy.manifest.is_some() {
            true => Needed::All,
            false => Needed::Content,
        }
    }

    /// The facts of a file, with its number if that is to be recorded.
    fn identified(&self, dir: &D, name: &OsStr, facts: Facts) -> Facts {
        if self.copy.manifest.is_some() { dir.with_number(name, facts) } else { facts }
    }

    /// Copies an open file, or fails as opening it did, unless what is there stays.
    fn copied(
        &mut self,
        target: &Target<'_, D>,
        source: io::Result<&D::Source>,
        original: &Original<'_, D>,
    ) -> io::Result<Done> {
        let (copy, facts) = (self.copy, original.facts);
        let is_different = |old: &Facts| is_different(copy.settings, facts, old);
        let existing = match self.existing(target, original, is_different)? {
            Err(done) => return Ok(done),
            Ok(existing) => existing,
        };
        let source = source?;
        if let Some(dir) = self.writable(target) {
            let (copying, own_name, mut bytes) = (self.copying(existing), self.own_name(target), 0);
            let mut goes_on = |count| {
                bytes += count;
                copy.account.progress(0, count, || path_of(copy.from.path, target.path, own_name))
            };
            let made = dir.copy_file(target.name, source, facts, &copying, &mut self.scratch, &mut goes_on)?;
            let Some(file) = made else { return Ok(Done::Without) };
            self.report.bytes += bytes;
            self.report.shared += u64::from(file.means == Means::Shared);
            self.report.by_system += u64::from(file.means == Means::BySystem);
            self.not_kept(target, file.losses)?;
        } else {
            self.report.bytes += facts.size;
        }
        self.report.files += 1;
        self.tell(if existing == Existing::Replace { PlanAction::Replace } else { PlanAction::Copy }, target);
        Ok(Done::Made)
    }

    fn copying(&self, existing: Existing) -> Copying {
        let Settings { attributes, sync, strict, .. } = *self.copy.settings;
        Copying { attributes, existing, sync, strict }
    }

    /// The directory in which something is made, unless this is a dry run.
    fn writable<'t>(&self, target: &Target<'t, D>) -> Option<&'t D> {
        target.into.dir.filter(|_| !self.copy.settings.dry_run)
    }

    fn link(&mut self, dir: &D, name: &OsStr, target: &Target<'_, D>) -> io::Result<()> {
        let facts = self.identified(dir, name, dir.facts_in(name, Links::Keep)?);
        self.copy_once(target, name, &facts, |copier| {
            let original = Original { dir, name, links: Links::Keep, file: None, facts: &facts };
            copier.copied_link(target, &dir.read_link(name)?, &original)
        })
    }

    /// Makes a link as another one is, unless what is there stays.
    fn copied_link(
        &mut self,
        target: &Target<'_, D>,
        leads_to: &OsStr,
        original: &Original<'_, D>,
    ) -> io::Result<Done> {
        let old_link = || target.into.dir.and_then(|dir| dir.read_link(target.name).ok());
        let is_different = |_: &Facts| old_link().is_none_or(|old| old != leads_to);
        let existing = match self.existing(target, original, is_different)? {
            Err(done) => return Ok(done),
            Ok(existing) => existing,
        };
        if let Some(dir) = self.writable(target) {
            let losses = dir.make_link(target.name, OsPath::new(leads_to), original, &self.copying(existing))?;
            self.not_kept(target, losses)?;
        }
        self.report.links += 1;
        self.tell(PlanAction::Link, target);
        Ok(Done::Made)
    }

    fn special(&mut self, original: &Original<'_, D>, target: &Target<'_, D>) -> io::Result<()> {
        match self.copy.settings.specials {
            Specials::Refuse => return Err(is_special()),
            Specials::Skip => {
                self.record(|manifest, source| manifest.left(source, original.name));
                self.skip(target.path, original.name, SkipReason::Special);
                return Ok(());
            }
            Specials::Recreate => {}
        }
        let copied = |copier: &mut Self| copier.copied_special(target, original);
        self.copy_once(target, original.name, original.facts, copied)
    }

    /// Makes a pipe, socket or device as another one is, unless what is there stays.
    fn copied_special(&mut self, target: &Target<'_, D>, original: &Original<'_, D>) -> io::Result<Done> {
        let is_different = |old: &Facts| is_other_special(original.facts, old);
        let existing = match self.existing(target, original, is_different)? {
            Err(done) => return Ok(done),
            Ok(existing) => existing,
        };
        if let Some(dir) = self.writable(target) {
            let losses = dir.make_special(target.name, original, &self.copying(existing))?;
            self.not_kept(target, losses)?;
        }
        self.report.specials += 1;
        self.tell(PlanAction::MakeSpecial, target);
        Ok(Done::Made)
    }

    /// Whether something is left out, which is then on the account.
    pub(super) fn is_excluded(&mut self, path: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        let reason = if self.exclusion.leaves_out(path, name, kind) {
            SkipReason::Excluded
        } else if self.is_ignored(path, name, kind == FileKind::Directory) {
            SkipReason::Ignored
        } else {
            return false;
        };
        self.record(|manifest, source| manifest.left(source, name));
        self.skip(path, name, reason);
        true
    }

    /// Whether git ignores something, and that matters.
    fn is_ignored(&mut self, path: &OsPath, name: &OsStr, is_dir: bool) -> bool {
        let Some(ignored) = &self.copy.ignored else { return false };
        let account = self.copy.account;
        ignored.ignores(&mut self.ignored, path, (name, is_dir), |(file, cause)| {
            account.fail(Error::new(Op::Read, file, cause));
        })
    }

    pub(super) fn skip(&mut self, path: &OsPath, name: &OsStr, reason: SkipReason) {
        self.report.skipped.push(Skipped { path: path_of(self.copy.from.path, path, name).into(), reason });
    }

    /// The name to add to the paths of the whole copy: they have that of the start already.
    fn own_name<'t>(&self, target: &Target<'t, D>) -> &'t OsStr {
        if self.is_start { OsStr::new("") } else { target.name }
    }

    fn path_of(&self, start: &OsPath, target: &Target<'_, D>) -> OsPathBuf {
        path_of(start, target.path, self.own_name(target))
    }

    /// Adds what a copy could not preserve to the report.
    fn not_kept(&self, target: &Target<'_, D>, losses: Losses) -> io::Result<()> {
        self.copy.not_kept(losses, || self.path_of(self.copy.to.path, target))
    }

    /// Reports what was done, or is to be done.
    fn tell(&mut self, action: PlanAction, target: &Target<'_, D>) {
        let Copy { settings, from, to, account, .. } = self.copy;
        if settings.dry_run && !settings.keeps_steps {
            return;
        }
        if settings.dry_run {
            self.report.steps.push(PlanStep { action, path: self.path_of(to.path, target).into() });
        } else if !matches!(action, PlanAction::MakeDirectory | PlanAction::SetAttributes) {
            account.progress(1, 0, || self.path_of(from.path, target));
        }
    }
}

impl<D: EditDir> Drop for Copier<'_, '_, D> {
    fn drop(&mut self) {
        self.copy.account.add(std::mem::take(&mut self.report));
    }
}

/// The error for what was not a directory when it was met.
pub(super) fn became_directory() -> io::Error {
    io::Error::new(ErrorKind::IsADirectory, "it has become a directory")
}

pub(super) fn into_itself() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is the destination, or inside it")
}

pub(super) fn is_special() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "it is a pipe, a socket or a device")
}
