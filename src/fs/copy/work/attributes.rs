//! The attributes of copies: what they cannot have is reported, and what is there already is brought up to date.

use std::ffi::OsStr;
use std::io;

use super::Copy;
use super::single::Copier;
use crate::fs::copy::options::Settings;
use crate::fs::copy::times::is_same_time;
use crate::report::{Action, NotKept, Report};
use crate::sys::{self, Editable, Facts, Finishing, Links, Losses, Original, OsPath};
use crate::tree::path_of;

impl<D: Editable> Copy<'_, D> {
    /// Enters what a copy does not have of its original; an error if it must have everything.
    pub(super) fn not_kept(&self, directory: &OsPath, name: &OsStr, losses: Losses) -> io::Result<()> {
        if losses.is_empty() {
            return Ok(());
        }
        if self.settings.strict {
            return losses.refused();
        }
        let path = path_of(self.to, directory, name);
        let not_kept = losses.into_iter().map(|(what, cause)| NotKept {
            path: path.clone(),
            what,
            reason: cause.to_string(),
            kind: sys::kind(&cause),
        });
        let mut report = Report::default();
        report.add_not_kept(not_kept);
        self.account.add(report);
        Ok(())
    }

    /// Gives a directory its attributes, when everything is in it.
    pub(super) fn finish(&self, source: &D, target: &D, path: &OsPath, finishing: &Finishing) {
        let given = target.copy_attributes(source, finishing);
        if let Err(cause) = given.and_then(|losses| self.not_kept(path, OsStr::new(""), losses)) {
            self.fail(path, OsStr::new(""), cause);
        }
    }
}

impl<D: Editable> Copier<'_, '_, D> {
    /// Brings the attributes of what stays up to date, of which this is known.
    pub(super) fn update(
        &mut self,
        dir: &D,
        name: &OsStr,
        path: &OsPath,
        old: &Facts,
        original: &Original<'_, D>,
    ) -> io::Result<()> {
        let Settings { attributes, dry_run, .. } = *self.copy.settings;
        if !self.needs_update(dir, name, old, original) {
            return Ok(());
        }
        if !dry_run {
            let losses = dir.update(name, original, attributes)?;
            let is_changed = losses.is_empty() || {
                let new = dir.facts_in(name, Links::Keep)?;
                (new.mode, new.owner, new.modified) != (old.mode, old.owner, old.modified)
            };
            self.copy.not_kept(path, self.own_name(name), losses)?;
            if !is_changed {
                return Ok(());
            }
        }
        self.report.updated += 1;
        self.tell(Action::SetAttributes, path, name);
        Ok(())
    }

    /// Enters that a directory that is there already gets other attributes, when everything is in it.
    pub(super) fn merge(&mut self, dir: &D, name: &OsStr, path: &OsPath, old: &Facts, source: &D) -> io::Result<()> {
        let here = OsStr::new(".");
        let facts = source.facts_in(here, Links::Keep)?;
        let original = Original { dir: source, name: here, links: Links::Keep, file: None, facts: &facts };
        if self.is_changed_by_removal(name, path) || self.needs_update(dir, name, old, &original) {
            self.report.updated += 1;
            self.tell(Action::SetAttributes, path, name);
        }
        Ok(())
    }

    /// Whether a directory will have another time, as something is to be removed from it before.
    fn is_changed_by_removal(&self, name: &OsStr, path: &OsPath) -> bool {
        let Settings { attributes, dry_run, removed, .. } = self.copy.settings;
        *dry_run && attributes.times && removed.changes(&path.join(self.own_name(name)))
    }

    fn needs_update(&self, dir: &D, name: &OsStr, old: &Facts, original: &Original<'_, D>) -> bool {
        let Settings { attributes, time_window, .. } = *self.copy.settings;
        attributes.times && !is_same_time(original.facts, old, time_window)
            // What cannot be compared is set, which says why.
            || dir.differs(name, old, original, attributes).unwrap_or(true)
    }
}
