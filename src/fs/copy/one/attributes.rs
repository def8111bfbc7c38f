//! The attributes of what is at the target already: they are brought up to date.

use std::ffi::OsStr;
use std::io;

use super::{Copier, Target};
use crate::fs::copy::options::Settings;
use crate::fs::copy::times::is_same_time;
use crate::report::PlanAction;
use crate::sys::{EditDir, Facts, Links, Original, OsPath};

impl<D: EditDir> Copier<'_, '_, D> {
    /// Brings the attributes of what stays up to date, of which this is known.
    pub(super) fn update(
        &mut self,
        dir: &D,
        target: &Target<'_, D>,
        old: &Facts,
        original: &Original<'_, D>,
    ) -> io::Result<()> {
        let (Settings { attributes, dry_run, .. }, name) = (self.copy.settings, target.name);
        if !self.needs_update(dir, name, old, original) {
            return Ok(());
        }
        if !dry_run {
            let losses = dir.update(name, original, *attributes)?;
            let is_changed = losses.is_empty() || {
                let new = dir.facts_in(name, Links::Keep)?;
                (new.mode, new.owner, new.modified) != (old.mode, old.owner, old.modified)
            };
            self.not_kept(target, losses)?;
            if !is_changed {
                return Ok(());
            }
        }
        self.report.updated += 1;
        self.tell(PlanAction::SetAttributes, target);
        Ok(())
    }

    /// Enters that a directory that is there already gets other attributes, when everything is in it.
    pub(super) fn merge(&mut self, dir: &D, target: &Target<'_, D>, old: &Facts, source: &D) -> io::Result<()> {
        let here = OsStr::new(".");
        let facts = source.facts_in(here, Links::Keep)?;
        let original = Original { dir: source, name: here, links: Links::Keep, file: None, facts: &facts };
        if self.is_changed_by_removal(target) || self.needs_update(dir, target.name, old, &original) {
            self.report.updated += 1;
            self.tell(PlanAction::SetAttributes, target);
        }
        Ok(())
    }

    /// Whether a directory will have another time, as something is to be removed from it before.
    fn is_changed_by_removal(&self, target: &Target<'_, D>) -> bool {
        let Settings { attributes, dry_run, removed, .. } = self.copy.settings;
        *dry_run && attributes.times && removed.changes(&self.path_of(OsPath::new(""), target))
    }

    fn needs_update(&self, dir: &D, name: &OsStr, old: &Facts, original: &Original<'_, D>) -> bool {
        let Settings { attributes, time_window, .. } = *self.copy.settings;
        attributes.times && !is_same_time(original.facts, old, time_window)
            // What cannot be compared is set, which says why.
            || dir.differs(name, old, original, attributes).unwrap_or(true)
    }
}
