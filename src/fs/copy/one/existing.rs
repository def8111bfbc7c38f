//! What has the name of a target already, and whether it stays.

use std::io::{self, ErrorKind};

use super::{Copier, Done, Target};
use crate::fs::copy::options::{Overwrite, Settings};
use crate::fs::copy::policy::{is_outdated, refuse_special};
use crate::fs::copy::used_names::{Names, Used};
use crate::kind::FileKind;
use crate::sys::{self, EditDir, Existing, Facts, Links, Original};

/// What a step finds at the target.
pub(super) enum Found {
    Nothing,
    /// Something that is to be replaced.
    Old,
    /// What stays as it is.
    Unchanged(Facts),
}

impl<D: EditDir> Copier<'_, '_, D> {
    /// Decides what becomes of an existing file, or what was done if it stays.
    ///
    /// `is_different` says whether it is not what the original is, as far as one can see without reading both.
    pub(super) fn existing(
        &mut self,
        target: &Target<'_, D>,
        original: &Original<'_, D>,
        is_different: impl Fn(&Facts) -> bool,
    ) -> io::Result<Result<Existing, Done>> {
        let settings = self.copy.settings;
        let compares = settings.overwrite == Overwrite::IfDifferent;
        let is_replaced = |old: &Facts| match compares {
            true => is_different(old),
            false => is_outdated(settings, original.facts, old),
        };
        Ok(match self.found(target, original.facts.kind, is_replaced)? {
            Found::Nothing => Ok(Existing::Fail),
            Found::Old => Ok(Existing::Replace),
            Found::Unchanged(old) => match (compares, target.into.dir) {
                (true, Some(dir)) => {
                    self.update(dir, target, &old, original)?;
                    Err(Done::Same(old.id))
                }
                (false, _) if is_different(&old) => Err(Done::Without),
                _ => Err(Done::Same(old.id)),
            },
        })
    }

    /// What has a name at the target, as far as that matters.
    pub(super) fn found(
        &mut self,
        target: &Target<'_, D>,
        kind: FileKind,
        is_outdated: impl FnOnce(&Facts) -> bool,
    ) -> io::Result<Found> {
        let old = self.old(target)?;
        self.refuse_used(target.into.names.map(Names::lock).as_deref_mut(), target, old.is_some())?;
        match old {
            None => Ok(Found::Nothing),
            Some(_) if self.copy.settings.overwrite == Overwrite::Refuse => Err(sys::taken_error()),
            Some(old) => {
                if self.copy.settings.overwrite != Overwrite::Skip {
                    refuse_irreplaceable(kind, &old)?;
                }
                if is_outdated(&old) {
                    return Ok(Found::Old);
                }
                self.report.unchanged += 1;
                Ok(Found::Unchanged(match target.into.dir {
                    // The copy of which others become names.
                    Some(dir) if self.copy.settings.hard_links => dir.with_number(target.name, old),
                    _ => old,
                }))
            }
        }
    }

    /// The facts of what has the name, unless this copy or, in a dry run, something before it has removed it.
    pub(super) fn old(&self, target: &Target<'_, D>) -> io::Result<Option<Facts>> {
        match target.into.dir.filter(|_| !target.into.is_fresh && !self.is_assumed_removed(target)) {
            Some(dir) => present(dir.facts_in(target.name, Links::Keep)),
            None => Ok(None),
        }
    }

    /// Refuses a name that this copy has used under another spelling, if both are one at the target.
    pub(super) fn refuse_used(
        &self,
        names: Option<&mut Used>,
        target: &Target<'_, D>,
        is_there: bool,
    ) -> io::Result<()> {
        let Some(names) = names else { return Ok(()) };
        if !names.differs_in_case(target.name) {
            return Ok(());
        }
        let is_used = match target.into.dir {
            Some(dir) if is_there => names.ignores_case(dir, target.name)?,
            // Then it would be there by now.
            _ => self.copy.settings.dry_run && self.copy.seems_to_ignore_case(),
        };
        if is_used { Err(sys::taken_error()) } else { Ok(()) }
    }

    /// Whether something at the target is to be taken for removed: in a dry run only.
    pub(super) fn is_assumed_removed(&self, target: &Target<'_, D>) -> bool {
        let Settings { dry_run, removed, .. } = self.copy.settings;
        *dry_run && !self.is_start && removed.has(target.path, target.name)
    }
}

/// Refuses to put something of a kind in the place of what a copy never replaces.
fn refuse_irreplaceable(kind: FileKind, old: &Facts) -> io::Result<()> {
    match old.kind {
        FileKind::Directory => Err(io::Error::new(ErrorKind::IsADirectory, "a directory is not replaced")),
        _ => refuse_special(kind, old.kind),
    }
}

/// What is there, if anything is.
pub(super) fn present(found: io::Result<Facts>) -> io::Result<Option<Facts>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
