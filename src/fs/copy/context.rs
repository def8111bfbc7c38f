//! What all threads of one copy share: what is copied, how, and what is known of it so far.

use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use super::hard_links::HardLinks;
use super::options::{Settings, Symlinks};
use super::put_off::PutOff;
use super::used_names::{self, Names};
use crate::error::{Error, Op};
use crate::fs::manifest::Manifest;
use crate::gitignore::IgnoredTree;
use crate::sys::{BasedPath, EditDir, Finishing, Links, Losses, OsPath, OsPathBuf};
use crate::tree::{Account, lock, path_of};
use crate::walk::{Exclusion, Prunes};

/// The copying of one path to another.
pub(super) struct Copy<'a, D: EditDir> {
    pub(super) op: Op,
    pub(super) settings: &'a Settings,
    pub(super) from: BasedPath<'a, D>,
    pub(super) to: BasedPath<'a, D>,
    pub(super) account: &'a Account<'a>,
    pub(super) hard_links: HardLinks<D>,
    pub(super) put_off: PutOff<D>,
    /// Whether names of files with several names may have to be put off.
    pub(super) puts_off: bool,
    /// Records what was copied, for a move.
    pub(super) manifest: Option<&'a Manifest<D>>,
    /// For a move, a directory of each file system that is copied to: others may be mounted in the target.
    file_systems: Mutex<Vec<(D::Id, D)>>,
    /// The target of a tree, for those.
    pub(super) target: Option<D>,
    /// Its identity: a copy that enters it would never end.
    pub(super) target_id: Option<D::Id>,
    /// The directory that is copied.
    pub(super) source_id: Option<D::Id>,
    /// Its path without links, once a link was followed.
    real_target: OnceLock<Option<OsPathBuf>>,
    /// Of a dry run in which the target is not there: the directory and the name that it would have.
    pub(super) place: Option<(D::Id, OsString)>,
    /// Of a dry run: the nearest directory that is there already.
    pub(super) nearest: Option<D>,
    /// Whether that one seems to ignore case, once that was asked.
    ignores_case: OnceLock<bool>,
    pub(super) exclusion: Exclusion<'a>,
    /// What git ignores, if that is left out.
    pub(super) ignored: Option<IgnoredTree<'a, D>>,
}

impl<'a, D: EditDir> Copy<'a, D> {
    pub(super) fn new(
        op: Op,
        settings: &'a Settings,
        from: BasedPath<'a, D>,
        to: BasedPath<'a, D>,
        account: &'a Account<'a>,
    ) -> Self {
        Self {
            op,
            settings,
            from,
            to,
            account,
            hard_links: HardLinks::new(),
            put_off: PutOff::new(),
            puts_off: false,
            manifest: None,
            file_systems: Mutex::default(),
            target: None,
            target_id: None,
            source_id: None,
            real_target: OnceLock::new(),
            place: None,
            nearest: None,
            ignores_case: OnceLock::new(),
            exclusion: Exclusion::new(&settings.excluded),
            ignored: settings.gitignore.then(|| IgnoredTree::new(from)),
        }
    }

    /// Records in a manifest what is copied.
    pub(super) fn with_manifest(self, manifest: &'a Manifest<D>) -> Self {
        Self { manifest: Some(manifest), ..self }
    }

    /// Notes the file system of a directory that was there, if it has to be flushed before an original is removed.
    pub(super) fn note_file_system(&self, dir: &D) -> io::Result<()> {
        if !D::SYNCS_FILE_SYSTEM || self.manifest.is_none() {
            return Ok(());
        }
        let id = dir.id()?;
        let mut known = lock(&self.file_systems);
        if !known.iter().any(|(other, _)| D::is_same_device(other, &id)) {
            known.push((id, dir.try_clone()?));
        }
        Ok(())
    }

    /// Flushes to the disk what was copied. Where the system cannot do that at once, each file was flushed by itself.
    pub(super) fn sync_file_systems(&self) -> io::Result<()> {
        lock(&self.file_systems).iter().try_for_each(|(_, dir)| dir.sync_file_system())
    }

    /// Leaves out what closures say.
    pub(super) fn with_pruning(self, prune: &'a dyn Prunes) -> Self {
        Self { exclusion: self.exclusion.with_pruning(prune), ..self }
    }

    /// What becomes of a link whose path was given.
    pub(super) fn first_links(&self) -> Links {
        if self.settings.symlinks == Symlinks::Keep { Links::Keep } else { Links::Follow }
    }

    /// What becomes of links in a tree.
    pub(super) fn links(&self) -> Links {
        if self.settings.symlinks == Symlinks::Follow { Links::Follow } else { Links::Keep }
    }

    /// Whether a path of the source leads to the target or into it, even if the target does not exist yet. Paths do not show
    /// that between a root and what is outside it; there, a directory is known by its identity when it is met.
    pub(super) fn leads_into_target(&self, path: &OsPath, name: &OsStr) -> bool {
        if !self.from.has_base_of(self.to) {
            return false;
        }
        let target = self.real_target.get_or_init(|| self.to.resolve().ok());
        target.as_ref().is_some_and(|target| {
            let real = self.from.base.resolve(&path_of(self.from.path, path, name));
            real.is_ok_and(|real| real.starts_with(target))
        })
    }

    /// Where the names used in a directory are kept: nowhere, if nothing in it is taken for old.
    pub(super) fn names(&self, is_fresh: bool) -> Option<Arc<Names>> {
        (!is_fresh || self.settings.dry_run).then(Arc::default)
    }

    /// Whether the target seems to ignore case, as far as a dry run can know.
    pub(super) fn seems_to_ignore_case(&self) -> bool {
        *self.ignores_case.get_or_init(|| self.nearest.as_ref().is_some_and(used_names::seems_to_ignore_case))
    }

    pub(super) fn fail(&self, directory: &OsPath, name: &OsStr, cause: io::Error) {
        if !self.account.is_to_be_told(&cause) {
            return;
        }
        let (from, to) = (path_of(self.from.path, directory, name), path_of(self.to.path, directory, name));
        self.account.fail(Error::new(self.op, from, cause).with_second(to));
    }

    /// Reports what a copy could not keep of its original. With `strict`, that is an error.
    pub(super) fn not_kept(&self, losses: Losses, path: impl FnOnce() -> OsPathBuf) -> io::Result<()> {
        if losses.is_empty() {
            return Ok(());
        }
        if self.settings.strict {
            return losses.refused();
        }
        self.account.add_losses(losses, path());
        Ok(())
    }

    /// Gives a directory its attributes, when everything is in it.
    pub(super) fn finish(&self, source: &D, target: &D, path: &OsPath, finishing: &Finishing) {
        let given = target.copy_attributes(source, finishing);
        if let Err(cause) =
            given.and_then(|losses| self.not_kept(losses, || path_of(self.to.path, path, OsStr::new(""))))
        {
            self.fail(path, OsStr::new(""), cause);
        }
    }
}
