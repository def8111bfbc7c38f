//! Moving: everything is copied and checked, and then what was copied, and is unchanged since, is removed.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::sync::{Mutex, PoisonError};

use super::disk_listing::Dir;
use super::item::ancestors;
use super::record::{Fate, Record};
use super::run::Run;
use super::start::Keys;
use super::{Ends, Order, Origin};
use crate::error::{Op, Result};
use crate::fs::copy::{CopyOptions, Settings};
use crate::fs::manifest::{APPEARED, CHANGED, Manifest, stays};
use crate::fs::remove::Removal;
use crate::kind::FileKind;
use crate::objects::{self, Listed, MOST_KEYS};
use crate::report::Report;
use crate::sys::{BasedPath, Directory as _, Location};
use crate::tree::Account;

/// The source of a move on a disk, open before anything is copied: what has its name later does not matter.
struct Kept<'a> {
    place: Location<'a, Dir>,
    /// If it is one.
    directory: Option<Dir>,
}

impl Ends<'_> {
    pub(super) fn move_to(&self, options: &CopyOptions<'_>) -> Result<Report> {
        // What is removed from one side must be on the disk of the other.
        let settings = Settings { sync: true, ..options.settings.clone() };
        let failed = |cause| self.error(Op::Move, cause);
        let (record, kept) = match &self.source {
            Origin::Disk(path) => (Record::Disk(Manifest::new()), Some(kept(path.below_root()).map_err(failed)?)),
            Origin::Store(_) => (Record::Store(Mutex::default()), None),
        };
        let account = Account::new(options.on_progress.as_ref());
        let order = Order {
            op: Op::Move,
            settings: &settings,
            pruning: &options.pruning,
            account: &account,
            remover: None,
            record: Some(&record),
        };
        self.carry_out(&order)?;
        if !settings.dry_run && !account.is_over() && !account.has_failures() {
            self.remove_copied(&self.run(&order), &record, kept.as_ref());
            account.set_outcome("the copy is complete, but not all of the original could be removed");
        }
        self.close(Op::Move, account)
    }

    fn remove_copied(&self, run: &Run<'_>, record: &Record, kept: Option<&Kept<'_>>) {
        match (record, &self.source, kept) {
            (Record::Disk(manifest), _, Some(kept)) => {
                if let Err(cause) = kept.remove(run, manifest) {
                    run.fail("", cause);
                }
            }
            (Record::Store(fates), Origin::Store(keys), _) => {
                let fates = fates.lock().unwrap_or_else(PoisonError::into_inner);
                let removed = match fates.get("") {
                    Some(fate) => remove_object(keys, fate),
                    None => remove_objects(run, keys, &fates),
                };
                if let Err(cause) = removed {
                    run.fail("", cause);
                }
            }
            _ => unreachable!("BUG: a record of another source"),
        }
    }
}

fn kept(path: BasedPath<'_, Dir>) -> io::Result<Kept<'_>> {
    if path.path.file_name().is_none() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the path must end in a name"));
    }
    let place = path.find_to_change()?;
    // On Windows, a directory that can still be read cannot be removed: only its clone stays open.
    let directory = match place.kind()? {
        FileKind::Directory => Some(place.open()?.try_clone()?),
        _ => None,
    };
    Ok(Kept { place, directory })
}

impl Kept<'_> {
    fn remove(&self, run: &Run<'_>, manifest: &Manifest<Dir>) -> io::Result<()> {
        let Location { dir, name, .. } = &self.place;
        let Some(directory) = &self.directory else {
            return manifest.remove(&dir.id()?, dir, name).map(drop);
        };
        let (start, removal) = (run.from.path(""), Account::new(None));
        let removed = Removal::of_copied(&start, manifest, run.threads, &removal).remove_opened(dir, name, directory);
        run.account.add_failures(removal);
        removed
    }
}

fn remove_object(keys: &Keys<'_>, fate: &Fate) -> io::Result<()> {
    match fate {
        Fate::Left => Ok(()),
        Fate::Copied(tag) if keys.store.head(keys.key)?.tag == *tag => keys.store.delete(keys.key),
        Fate::Copied(_) => Err(stays(CHANGED)),
    }
}

/// Removes the objects that were copied, as far as a listing shows them unchanged.
fn remove_objects(run: &Run<'_>, keys: &Keys<'_>, fates: &HashMap<String, Fate>) -> io::Result<()> {
    let mut listed = objects::Keys::new(keys.store.clone(), keys.prefix.clone());
    let mut copied = Vec::new();
    while !run.account.is_over()
        && let Some(found) = listed.next()
    {
        let Listed::Object(object) = found? else { continue };
        let below = object.key.strip_prefix(&*keys.prefix).unwrap_or_default();
        match fates.get(below) {
            Some(Fate::Copied(tag)) if *tag == object.meta.tag => copied.push(object.key),
            Some(Fate::Copied(_)) => run.fail(below, stays(CHANGED)),
            Some(Fate::Left) => {}
            // The marker of what is moved.
            None if below.is_empty() => copied.push(object.key),
            None if is_left(fates, below) => {}
            None => run.fail(below, stays(APPEARED)),
        }
        if copied.len() == MOST_KEYS {
            run.remove_keys(keys, std::mem::take(&mut copied).into_iter(), |_| {});
        }
    }
    run.remove_keys(keys, copied.into_iter(), |_| {});
    Ok(())
}

/// Whether a directory that something is in was left.
fn is_left(fates: &HashMap<String, Fate>, key: &str) -> bool {
    ancestors(key).any(|above| matches!(fates.get(above), Some(Fate::Left)))
}
