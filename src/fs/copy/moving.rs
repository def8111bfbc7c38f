//! How something is moved: by a rename if that is possible, else by a copy that is complete and on the disk before
//! the original is removed.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::options::{CopyOptions, Overwrite, Settings};
use super::work::{Copy, Place, is_outdated, refuse_special};
use crate::error::{Error, Op};
use crate::fs::FileKind;
use crate::fs::bulk::Account;
use crate::fs::manifest::Manifest;
use crate::fs::remove::{Removal, RemovalSettings};
use crate::fs::report::{Action, Report, Step};
use crate::sys::{Editable, Facts, Links, Progress, taken_error, temporary_name};

pub(super) fn move_to<D: Editable>(settings: &Settings, from: &Path, to: &Path, account: &Account) -> io::Result<()> {
    if from.file_name().is_none() || to.file_name().is_none() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the path must end in a name"));
    }
    let moving = Moving::<D> { settings, from, to, account, old: Place::of(from)?, new: Place::of(to)? };
    moving.run()
}

struct Moving<'a, D: Editable> {
    settings: &'a Settings,
    from: &'a Path,
    to: &'a Path,
    account: &'a Account,
    old: Place<'a, D>,
    new: Place<'a, D>,
}

impl<D: Editable> Moving<'_, D> {
    fn run(&self) -> io::Result<()> {
        let facts = self.old.facts(Links::Keep)?;
        if is_other_case(self.from, self.to, &self.new.dir)? {
            return self.rename(&facts, true);
        }
        Copy::refuse(&self.old, &self.new, &facts, Links::Keep)?;
        let Some(replace) = self.replaces(&facts)? else {
            self.account.add(Report { unchanged: 1, ..Report::default() });
            return Ok(());
        };
        if self.settings.dry_run && !D::is_same_device(&self.old.dir.id()?, &self.new.dir.id()?) {
            return self.plan_for_other_device(&facts);
        }
        match self.rename(&facts, replace) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => match facts.kind {
                FileKind::Directory => self.tree_to_other_device(),
                _ => self.file_to_other_device(),
            },
            result => result,
        }
    }

    fn rename(&self, facts: &Facts, replace: bool) -> io::Result<()> {
        if self.settings.dry_run {
            let step = Step { action: Action::Rename, path: self.to.to_owned() };
            self.account.add(Report { steps: vec![step], ..one(facts) });
            return Ok(());
        }
        self.old.dir.rename(self.old.name, &self.new.dir, self.new.name, replace)?;
        self.account.add(one(facts));
        self.account.progress(1, 0, || self.from.to_owned());
        Ok(())
    }

    /// Whether something that has the new name is to be replaced; nothing, if it is to stay.
    fn replaces(&self, facts: &Facts) -> io::Result<Option<bool>> {
        let old = match self.new.facts(Links::Keep) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Some(false)),
            result => result?,
        };
        match (facts.kind, old.kind) {
            _ if self.settings.overwrite == Overwrite::Refuse => Err(taken_error()),
            (FileKind::Directory, FileKind::Directory) => Err(taken_error()),
            (FileKind::Directory, _) => Err(io::Error::new(ErrorKind::NotADirectory, "a directory replaces no file")),
            (_, FileKind::Directory) => Err(io::Error::new(ErrorKind::IsADirectory, "a directory is not replaced")),
            _ => {
                refuse_special(facts.kind, &old)?;
                Ok(is_outdated(self.settings, facts, &old).then_some(true))
            }
        }
    }

    /// The plan of a copy, as the system would refuse to rename.
    fn plan_for_other_device(&self, facts: &Facts) -> io::Result<()> {
        let overwrite = match facts.kind {
            FileKind::Directory => Overwrite::Refuse,
            _ => self.settings.overwrite,
        };
        let settings = Settings { dry_run: true, overwrite, ..self.complete() };
        let mut copy = Copy::new(Op::Move, &settings, self.from, self.to, self.account);
        copy.run_between(&self.old, &self.target(self.new.name)?)
    }

    fn file_to_other_device(&self) -> io::Result<()> {
        let settings = Settings { sync: true, ..self.complete() };
        let (manifest, target) = (Manifest::new(), self.target(self.new.name)?);
        self.copy(&settings, &manifest).run_between(&self.old, &target)?;
        if self.is_broken_off() {
            return Ok(());
        }
        self.new.dir.sync()?;
        match manifest.remove(&self.old.dir.id()?, &self.old.dir, self.old.name) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(stays(&error)),
            _ => Ok(()),
        }
    }

    fn tree_to_other_device(&self) -> io::Result<()> {
        let manifest = Manifest::new();
        // The directory that is copied is the one that is emptied, whatever has its name by then.
        let source = self.old.dir.open_in(self.old.name, Links::Keep)?;
        if !self.tree_copied(&source, &manifest)? {
            return Ok(());
        }
        let removal = Account::new(None);
        let threads = self.settings.threads;
        let removed = Removal::of_copied(self.from, &manifest, threads, &removal).remove_opened(
            &self.old.dir,
            self.old.name,
            &source,
        );
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                removal.fail(Error::new(Op::Move, self.from, stays(&error)).with_second(self.to));
            }
            _ => {}
        }
        self.account.add_failures(removal);
        self.account.set_outcome("the copy is complete, but not all of the original could be removed");
        Ok(())
    }

    /// Copies a tree to where it is to be; returns whether it is complete there.
    fn tree_copied(&self, source: &D, manifest: &Manifest<D>) -> io::Result<bool> {
        let settings = Settings { sync: !D::SYNCS_FILE_SYSTEM, overwrite: Overwrite::Refuse, ..self.complete() };
        let name = temporary_name();
        let mut copy = self.copy(&settings, manifest);
        let root = copy.root(source, &self.target(&name)?)?;
        let Some(target) = root.dir.as_ref().map(D::try_clone).transpose()? else { return Ok(false) };
        let unfinished = Unfinished { moving: self, name: Some(name), copy: target };
        copy.content(source.try_clone()?, root)?;
        if self.is_broken_off() {
            return Ok(false);
        }
        if D::SYNCS_FILE_SYSTEM {
            unfinished.copy.sync_file_system()?;
        }
        unfinished.finish()?;
        self.new.dir.sync()?;
        Ok(true)
    }

    fn target<'n>(&self, name: &'n OsStr) -> io::Result<Place<'n, D>> {
        Ok(Place { dir: self.new.dir.try_clone()?, name })
    }

    fn copy<'c>(&'c self, settings: &'c Settings, manifest: &'c Manifest<D>) -> Copy<'c, D> {
        Copy::new(Op::Move, settings, self.from, self.to, self.account).with_manifest(manifest)
    }

    /// The options for a copy that stands for the original.
    fn complete(&self) -> Settings {
        let Settings { overwrite, time_window, threads, strict, .. } = *self.settings;
        let attributes = self.settings.attributes_of_moved();
        Settings { overwrite, time_window, threads, strict, attributes, ..CopyOptions::archive().settings }
    }

    fn is_broken_off(&self) -> bool {
        self.account.is_over() || self.account.has_failures()
    }
}

/// A copy under a temporary name, which is removed unless it gets its own: also after a panic.
struct Unfinished<'m, 'a, D: Editable> {
    moving: &'m Moving<'a, D>,
    /// None when it has its own.
    name: Option<OsString>,
    copy: D,
}

impl<D: Editable> Unfinished<'_, '_, D> {
    fn finish(mut self) -> io::Result<()> {
        let new = &self.moving.new;
        if let Some(name) = &self.name {
            new.dir.rename(name, &new.dir, new.name, false)?;
        }
        self.name = None;
        Ok(())
    }
}

impl<D: Editable> Drop for Unfinished<'_, '_, D> {
    fn drop(&mut self) {
        let Self { moving, name: Some(name), copy } = self else { return };
        let (path, account) = (moving.to.with_file_name(&*name), Account::new(None));
        let settings = RemovalSettings { make_writable: true, ..RemovalSettings::default() };
        let removed = Removal::new(&path, settings, &account).remove_opened(&moving.new.dir, name, copy);
        if let Err(cause) = removed {
            account.fail(Error::new(Op::Rmtree, path.clone(), cause));
        }
        moving.account.add_failures(account);
    }
}

/// The error of a move whose original stays.
fn stays(cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("the copy is complete, but the original stays: {cause}"))
}

/// Whether two paths are names of one thing in one directory that differ in case only, and it is the file
/// system that takes them for the same: then the second is no other file that could be lost.
pub(in crate::fs) fn is_other_case<D: Editable>(from: &Path, to: &Path, dir: &D) -> io::Result<bool> {
    let (Some(old), Some(new)) = (from.file_name(), to.file_name()) else { return Ok(false) };
    let differ_in_case = old != new && old.to_string_lossy().to_lowercase() == new.to_string_lossy().to_lowercase();
    if !differ_in_case || from.parent() != to.parent() || !dir.is_same(old, dir, new, Links::Keep) {
        return Ok(false);
    }
    // Where case counts, both are there: two names of one file.
    let mut listed = dir.open_in(OsStr::new("."), Links::Keep)?;
    let (mut buffer, mut is_listed) = (D::Buffer::default(), false);
    while listed.read(&mut buffer, |_, name, _| is_listed |= name == new)? == Progress::InPart {}
    Ok(!is_listed)
}

/// The report of one thing that was moved in one step.
fn one(facts: &Facts) -> Report {
    let mut report = Report::default();
    *report.count(facts.kind) += 1;
    report
}
