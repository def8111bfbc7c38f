//! The attributes of what is at the target already: they are brought up to date.

use std::ffi::OsStr;
use std::io;

use super::Copier;
use crate::fs::copy::options::Settings;
use crate::fs::copy::times::is_same_time;
use crate::report::Action;
use crate::sys::{Editable, Facts, Links, Original, OsPath};

impl<D: Editable> Copier<'_, '_, D> {
    /// Brings the attributes of what stays up to date, of which this is known.
    pub(in crate::fs::copy) fn update(
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
    pub(in crate::fs::copy) fn merge(
        &mut self,
        dir: &D,
        name: &OsStr,
        path: &OsPath,
        old: &Facts,
        source: &D,
    ) -> io::Result<()> {
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
