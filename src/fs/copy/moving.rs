//! How something is moved: by another name where that is possible, else by a copy that is complete and on
//! the disk before the original goes.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::options::{CopyOptions, Overwrite, Settings};
use super::work::{Copy, Place, is_outdated, refuse_special};
use crate::error::Op;
use crate::fs::FileKind;
use crate::fs::bulk::Account;
use crate::fs::remove::Removal;
use crate::fs::report::{Action, Report, Step};
use crate::sys::{Editable, Facts, Links, Progress, taken_error, temporary_name};

pub(super) fn move_to<D: Editable>(settings: &Settings, from: &Path, to: &Path, account: &Account) -> io::Result<()> {
    if from.file_name().is_none() || to.file_name().is_none() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "what has no name of its own is not moved"));
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
        match self.rename(&facts, replace) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => match facts.kind {
                FileKind::Directory => self.tree_to_other_device(),
                _ => self.file_to_other_device(&facts),
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

    fn file_to_other_device(&self, facts: &Facts) -> io::Result<()> {
        let settings = Settings { sync: true, ..self.complete() };
        self.copy(&settings, self.new.name)?;
        if self.is_broken_off() {
            return Ok(());
        }
        self.new.dir.sync()?;
        let now = self.old.facts(Links::Keep)?;
        if (now.id, now.size, now.modified) != (facts.id, facts.size, facts.modified) {
            return Err(io::Error::other("it was changed while it was copied, and is still there"));
        }
        self.old.dir.remove_file(self.old.name)
    }

    fn tree_to_other_device(&self) -> io::Result<()> {
        let settings = Settings { sync: !D::SYNCS_FILE_SYSTEM, overwrite: Overwrite::Refuse, ..self.complete() };
        let name = temporary_name();
        let copied = self.copy(&settings, &name).and_then(|()| {
            if self.is_broken_off() {
                return Ok(false);
            }
            if D::SYNCS_FILE_SYSTEM {
                self.new.dir.open_in(&name, Links::Keep)?.sync_file_system()?;
            }
            self.new.dir.rename(&name, &self.new.dir, self.new.name, false)?;
            self.new.dir.sync().map(|()| true)
        });
        match copied {
            Ok(true) => {
                let removal = Account::new(None);
                let removed = Removal::<D>::new(self.from, self.settings.threads.max(1), false, &removal).rmtree();
                self.account.add_failures(removal);
                removed
            }
            _ => {
                let copy = self.to.with_file_name(&name);
                // What failed before is what counts.
                _ = Removal::<D>::of_own(&copy, &Account::new(None)).rmtree();
                copied.map(drop)
            }
        }
    }

    fn copy(&self, settings: &Settings, name: &OsStr) -> io::Result<()> {
        let target = Place { dir: self.new.dir.try_clone()?, name };
        Copy::new(Op::Move, settings, self.from, self.to, self.account).run_between(&self.old, &target)
    }

    /// The options for a copy that stands for the original.
    fn complete(&self) -> Settings {
        let Settings { overwrite, threads, strict, .. } = *self.settings;
        let attributes = self.settings.attributes_of_moved();
        Settings { overwrite, threads, strict, attributes, ..CopyOptions::archive().settings }
    }

    fn is_broken_off(&self) -> bool {
        self.account.is_over() || self.account.has_failures()
    }
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
