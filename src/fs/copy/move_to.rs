//! How something is moved: by a rename if that is possible, else by a copy that is complete and on the disk before
//! the original is removed.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};

use super::context::Copy;
use super::options::{CopyOptions, Overwrite, Settings};
use super::policy::{is_outdated, refuse_special};
use super::start::facts_of;
use crate::error::{Error, Op};
use crate::fs::manifest::Manifest;
use crate::fs::remove::{Removal, RemovalSettings};
use crate::kind::FileKind;
use crate::report::{PlanAction, PlanStep, Report};
use crate::sys::{
    self, BasedPath, Directory as _, EditDir, Existing, Facts, Links, Location, OsPath, Rest, taken_error,
    temporary_name,
};
use crate::tree::Account;

/// Moves by a single rename what is to get a free name, which the system makes sure of. If it did not, [`move_to`] finds
/// out why, or does it in another way.
pub(super) fn is_moved_at_once(settings: &Settings, from: &OsPath, to: &OsPath, account: &Account<'_>) -> bool {
    let has_names = from.file_name().is_some() && to.file_name().is_some();
    if settings.dry_run || settings.overwrite != Overwrite::Refuse || !has_names {
        return false;
    }
    let Ok(kind) = sys::Dir::kind(from, Links::Keep) else { return false };
    let is_moved = sys::rename_new(from, to).is_ok();
    if is_moved {
        tell_moved(kind, from, account);
    }
    is_moved
}

fn tell_moved(kind: FileKind, from: &OsPath, account: &Account<'_>) {
    account.add(one(kind));
    account.progress(1, 0, || from.to_owned());
}

pub(super) fn move_to<D: EditDir>(
    settings: &Settings,
    from: BasedPath<'_, D>,
    to: BasedPath<'_, D>,
    account: &Account<'_>,
) -> io::Result<()> {
    let (old, new) = (find_named(from)?, find_named(to)?);
    let moving = Moving { settings, from, to, account, old, new };
    moving.run()
}

/// Finds what is moved, or where it goes: both need a name.
fn find_named<D: EditDir>(path: BasedPath<'_, D>) -> io::Result<Location<'_, D>> {
    match (path.path.file_name(), path.find_to_change()) {
        // Of a path that leads out of a root, that is said first.
        (None, Err(error)) if sys::Escape::is_cause(&error) => Err(error),
        (None, _) => Err(io::Error::new(ErrorKind::InvalidInput, "the path must end in a name")),
        (Some(_), found) => found,
    }
}

struct Moving<'a, D: EditDir> {
    settings: &'a Settings,
    from: BasedPath<'a, D>,
    to: BasedPath<'a, D>,
    account: &'a Account<'a>,
    old: Location<'a, D>,
    new: Location<'a, D>,
}

/// What is done with something that has the new name.
#[derive(Clone, Copy, PartialEq)]
enum Taken {
    No,
    Replaced,
    Merged,
    Stays,
}

impl<D: EditDir> Moving<'_, D> {
    fn run(&self) -> io::Result<()> {
        let facts = facts_of(&self.old)?;
        if is_other_case(&self.old, &self.new)? {
            return self.rename(&facts, Existing::Replace);
        }
        Copy::refuse(&self.old, &self.new, &facts)?;
        let taken = self.taken(&facts)?;
        match taken {
            Taken::Stays => {
                self.account.add(Report { unchanged: 1, ..Report::default() });
                return Ok(());
            }
            Taken::Merged => return self.merge(),
            Taken::No | Taken::Replaced => {}
        }
        let existing = if taken == Taken::Replaced { Existing::Replace } else { Existing::Fail };
        match self.rename(&facts, existing) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => match facts.kind {
                FileKind::Directory => self.tree_to_other_device(existing),
                _ => self.file_to_other_device(),
            },
            result => result,
        }
    }

    fn rename(&self, facts: &Facts, existing: Existing) -> io::Result<()> {
        if self.settings.dry_run {
            return self.plan(facts);
        }
        self.old.dir.rename(&self.old.name, &self.new.dir, &self.new.name, existing)?;
        tell_moved(facts.kind, self.from.path, self.account);
        Ok(())
    }

    /// Reports what would be done: to another device, the copy, under the name that it would be made with.
    fn plan(&self, facts: &Facts) -> io::Result<()> {
        if !self.is_to_other_device()? {
            let step = PlanStep { action: PlanAction::Rename, path: self.to.path.into() };
            self.account.add(Report { steps: vec![step], ..one(facts.kind) });
            return Ok(());
        }
        let (name, overwrite) = match facts.kind {
            FileKind::Directory => (temporary_name(), Overwrite::Refuse),
            _ => (self.new.name.clone().into_owned(), self.settings.overwrite),
        };
        let settings = Settings { dry_run: true, overwrite, ..self.complete() };
        let mut copy = Copy::new(Op::Move, &settings, self.from, self.to, self.account);
        copy.run_between(&self.old, &self.target(&name)?)
    }

    fn is_to_other_device(&self) -> io::Result<bool> {
        Ok(!D::is_same_device(&self.old.dir.id()?, &self.new.dir.id()?))
    }

    fn taken(&self, facts: &Facts) -> io::Result<Taken> {
        let old = match facts_of(&self.new) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Taken::No),
            result => result?,
        };
        match (facts.kind, old.kind) {
            (FileKind::Directory, FileKind::Directory) if self.settings.merge => return Ok(Taken::Merged),
            _ if self.settings.overwrite == Overwrite::Refuse => return Err(taken_error()),
            _ if self.settings.overwrite == Overwrite::Skip => return Ok(Taken::Stays),
            (FileKind::Directory, FileKind::Directory) => self.refuse_full()?,
            (FileKind::Directory, _) => {
                return Err(io::Error::new(ErrorKind::NotADirectory, "cannot replace a file with a directory"));
            }
            (_, FileKind::Directory) => {
                return Err(io::Error::new(ErrorKind::IsADirectory, "cannot replace a directory with a file"));
            }
            _ => refuse_special(facts.kind, old.kind)?,
        }
        Ok(if is_outdated(self.settings, facts, &old) { Taken::Replaced } else { Taken::Stays })
    }

    /// Fails if the directory that has the new name is not empty. If it cannot be read, the rename finds out.
    fn refuse_full(&self) -> io::Result<()> {
        const FULL: &str = "the destination is a directory that is not empty: `merge(true)` moves into it";
        match self.new.open().and_then(names) {
            Ok(names) if names.is_empty() => Ok(()),
            Ok(_) => Err(io::Error::new(ErrorKind::DirectoryNotEmpty, FULL)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Moves what is in a directory to another one.
    fn merge(&self) -> io::Result<()> {
        if self.is_to_other_device()? {
            return self.merge_on_other_device();
        }
        let (listed, old) = self.opened_source()?;
        let new = self.new.open()?;
        for name in names(listed)? {
            if self.account.is_over() {
                return Ok(());
            }
            let (from, to) = (self.from.path.join(&name), self.to.path.join(&name));
            let (settings, account) = (self.settings, self.account);
            let [old, new] = [old.try_clone()?, new.try_clone()?].map(|dir| named(dir, &name));
            let (from_here, to_here) = (BasedPath { path: &from, ..self.from }, BasedPath { path: &to, ..self.to });
            let moving = Moving { settings, from: from_here, to: to_here, account, old, new };
            if let Err(cause) = moving.run() {
                account.fail(Error::new(Op::Move, from.clone(), cause).with_second(to.clone()));
            }
        }
        // What was not moved is a failure already, or is to stay.
        if !self.settings.dry_run
            && names(reopened(&old)?)?.is_empty()
            && self.old.dir.id_in(&self.old.name)? == old.id()?
        {
            self.old.dir.remove_dir(&self.old.name)?;
        }
        Ok(())
    }

    /// The directory that is moved, opened twice: to be read, and to be kept open until it is removed. What is copied is
    /// what is emptied, whatever has its name by then. On Windows, one that can still be read cannot be removed.
    fn opened_source(&self) -> io::Result<(D, D)> {
        let listed = self.old.open()?;
        let kept = listed.try_clone()?;
        Ok((listed, kept))
    }

    fn merge_on_other_device(&self) -> io::Result<()> {
        let settings = Settings { sync: !D::SYNCS_FILE_SYSTEM, dry_run: self.settings.dry_run, ..self.complete() };
        let settings = match settings.overwrite {
            // Directories are merged, and files that are there are refused one by one.
            Overwrite::Refuse => Settings { merge: true, ..settings },
            _ => settings,
        };
        let manifest = Manifest::new();
        let (listed, source) = self.opened_source()?;
        let mut copy = self.copy(&settings, &manifest);
        let root = copy.root(&source, &self.target(&self.new.name)?)?;
        copy.content(listed, root)?;
        if !settings.dry_run && !self.account.is_over() {
            copy.sync_file_systems()?;
            self.remove_copied(&source, &manifest);
        }
        Ok(())
    }

    fn file_to_other_device(&self) -> io::Result<()> {
        let settings = Settings { sync: true, ..self.complete() };
        let (manifest, target) = (Manifest::new(), self.target(&self.new.name)?);
        self.copy(&settings, &manifest).run_between(&self.old, &target)?;
        if self.is_broken_off() {
            return Ok(());
        }
        self.new.dir.sync()?;
        match manifest.remove(&self.old.dir.id()?, &self.old.dir, &self.old.name) {
            Err(error) if !self.has_gone(&error) => Err(stays(&error)),
            _ => Ok(()),
        }
    }

    /// Whether the original is not there any more, as an error says: that is believed if it still cannot be found.
    fn has_gone(&self, error: &io::Error) -> bool {
        let is_gone = |error: &io::Error| error.kind() == ErrorKind::NotFound;
        is_gone(error) && facts_of(&self.old).is_err_and(|error| is_gone(&error))
    }

    fn tree_to_other_device(&self, existing: Existing) -> io::Result<()> {
        let manifest = Manifest::new();
        let (listed, source) = self.opened_source()?;
        if self.tree_copied(listed, &source, &manifest, existing)? {
            self.remove_copied(&source, &manifest);
            self.account.set_outcome("the copy is complete, but not all of the original could be removed");
        }
        Ok(())
    }

    /// Removes what was copied.
    fn remove_copied(&self, source: &D, manifest: &Manifest<D>) {
        let (removal, threads) = (Account::new(None), self.settings.threads.unwrap_or(1));
        let copied = Removal::of_copied(self.from.path, manifest, threads, &removal);
        match copied.remove_opened(&self.old.dir, &self.old.name, source) {
            Err(error) if !self.has_gone(&error) => {
                removal.fail(Error::new(Op::Move, self.from.path, stays(&error)).with_second(self.to.path));
            }
            _ => {}
        }
        self.account.add_failures(removal);
    }

    /// Copies a tree to where it is to be; returns whether it is complete there.
    fn tree_copied(&self, listed: D, source: &D, manifest: &Manifest<D>, existing: Existing) -> io::Result<bool> {
        let settings = Settings { sync: !D::SYNCS_FILE_SYSTEM, overwrite: Overwrite::Refuse, ..self.complete() };
        let (name, before) = (temporary_name(), self.account.report());
        let mut copy = self.copy(&settings, manifest);
        let root = copy.root(source, &self.target(&name)?)?;
        let Some(target) = root.dir.as_ref().map(D::try_clone).transpose()? else { return Ok(false) };
        let unfinished = Unfinished { moving: self, name: Some(name), copy: target, before };
        copy.content(listed, root)?;
        if self.is_broken_off() {
            return Ok(false);
        }
        copy.sync_file_systems()?;
        unfinished.finish(existing)?;
        self.new.dir.sync()?;
        Ok(true)
    }

    fn target<'n>(&self, name: &'n OsStr) -> io::Result<Location<'n, D>> {
        Ok(named(self.new.dir.try_clone()?, name))
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
struct Unfinished<'m, 'a, D: EditDir> {
    moving: &'m Moving<'a, D>,
    /// None when it has its own.
    name: Option<OsString>,
    copy: D,
    /// What was done before it.
    before: Report,
}

impl<D: EditDir> Unfinished<'_, '_, D> {
    fn finish(mut self, existing: Existing) -> io::Result<()> {
        let new = &self.moving.new;
        if let Some(name) = &self.name {
            new.dir.rename(name, &new.dir, &new.name, existing)?;
        }
        self.name = None;
        Ok(())
    }
}

impl<D: EditDir> Drop for Unfinished<'_, '_, D> {
    fn drop(&mut self) {
        let Self { moving, name: Some(name), copy, before } = self else { return };
        let (path, account) = (moving.to.path.with_file_name(&*name), Account::new(None));
        let settings = RemovalSettings { make_writable: true, ..RemovalSettings::default() };
        let removed = Removal::new(&path, settings, &account).remove_opened(&moving.new.dir, name, copy);
        if let Err(cause) = removed {
            account.fail(Error::new(Op::Rmtree, path.clone(), cause));
        }
        if !account.has_failures() {
            moving.account.set_report(std::mem::take(before));
        }
        moving.account.add_failures(account);
    }
}

/// The error of a move whose original stays.
fn stays(cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("the copy is complete, but the original stays: {cause}"))
}

/// A name that is not followed.
fn named<D>(dir: D, name: &OsStr) -> Location<'_, D> {
    Location { dir, name: name.into(), links: Links::Keep }
}

/// Whether two are one name in one directory, except for the case of the name, and the file system takes them for the same:
/// then the second is no other file that could be lost.
///
/// That is not asked by inode numbers alone: exFAT through FUSE gives each spelling a number of its own.
pub(in crate::fs) fn is_other_case<D: EditDir>(from: &Location<'_, D>, to: &Location<'_, D>) -> io::Result<bool> {
    let (dir, old, new) = (&from.dir, &*from.name, &*to.name);
    let folded = |name: &OsStr| name.to_string_lossy().to_lowercase();
    if old == new || folded(old) != folded(new) || dir.id()? != to.dir.id()? {
        return Ok(false);
    }
    let seen = |name| {
        let facts = dir.facts_in(name, Links::Keep).ok()?;
        Some((facts.kind, facts.mode, facts.size, facts.modified, facts.names))
    };
    if seen(old) != seen(new) {
        return Ok(false);
    }
    // If case counts, both are there: two names of one file, or two files.
    let names = names(reopened(dir)?)?;
    Ok(names.iter().filter(|name| folded(name) == folded(new)).count() == 1)
}

/// The names in a directory.
fn names<D: EditDir>(mut listed: D) -> io::Result<Vec<OsString>> {
    let (mut buffer, mut names) = (D::Buffer::default(), Vec::new());
    while listed.read(&mut buffer, |_, name, _, _| names.push(name.to_owned()))? == Rest::More {}
    Ok(names)
}

/// Opens a directory once more, to be read from its beginning.
fn reopened<D: EditDir>(dir: &D) -> io::Result<D> {
    dir.open_in(OsStr::new("."), Links::Keep)
}

/// The report of one thing that was moved in one step.
fn one(kind: FileKind) -> Report {
    let mut report = Report::default();
    *report.count(kind) += 1;
    report
}
