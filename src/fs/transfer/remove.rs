//! Removing what is in a store, as the options of removals say.

use std::io::{self, ErrorKind};
use std::iter::from_fn;

use super::filter::Rules;
use super::item::{Found, Listing};
use super::start::{Keys, Start};
use super::store_listing::StoreListing;
use crate::error::{Error, Op, Result};
use crate::fs::remove::RemovalSettings;
use crate::fs::side::ObjectPath;
use crate::objects::{Removed, find, not_found, remove_all};
use crate::report::{PlanAction, PlanStep, Report, Skipped};
use crate::sys::OsPath;
use crate::tree::Account;
use crate::walk::Exclusion;

/// Removes everything below a path in a store that is not left out; to [`Op::Remove`], the file of that path too.
pub(in crate::fs) fn remove_from_store(
    op: Op,
    path: &ObjectPath<'_>,
    settings: RemovalSettings,
    exclusion: Exclusion<'_>,
    account: &Account<'_>,
) -> Result<()> {
    let keys = Keys::of(op, path)?;
    let failed = |cause| Error::located(op, keys.store.uri(keys.key), cause);
    if op != Op::ClearDir && keys.key.is_empty() {
        return Err(Error::text(op, keys.store.uri(""), "the path must end in a name").into_located());
    }
    let file = if op == Op::Remove { file(&keys).map_err(failed)? } else { None };
    let rules = Rules { exclusion, ignored: None, account };
    let mut listing = StoreListing::new(&keys, rules.way(OsPath::new(keys.key)));
    let is_there = listing.begin().map_err(failed)?;
    if !is_there && op != Op::Remove && !keys.key.is_empty() {
        return Err(failed(no_directory(&keys)));
    }
    let marker = (op != Op::ClearDir && listing.is_marked()).then(|| keys.prefix.clone());
    let below = from_fn(|| next(&mut listing, &keys, account));
    let all = file.into_iter().chain(marker).chain(below);
    if settings.dry_run {
        plan(all, &keys, account)
    } else {
        remove(all, settings.threads, &keys, account)
    }
    Ok(())
}

/// The key of the file that has the path itself.
fn file(keys: &Keys<'_>) -> io::Result<Option<String>> {
    Ok(find(&**keys.store, keys.key)?.map(|_| keys.key.to_owned()))
}

/// The error of a path that is no directory.
fn no_directory(keys: &Keys<'_>) -> io::Error {
    match file(keys) {
        Ok(Some(_)) => ErrorKind::NotADirectory.into(),
        Ok(None) => not_found(),
        Err(cause) => cause,
    }
}

/// The next key that is to go.
fn next(listing: &mut StoreListing<'_>, keys: &Keys<'_>, account: &Account<'_>) -> Option<String> {
    loop {
        match listing.next()? {
            Found::Item(item) if item.tag.is_some() => return Some(keys.full(&item.key)),
            // A directory that is only implied by the keys below it.
            Found::Item(_) | Found::Empty(_) => {}
            Found::Left(key, reason) => {
                let skipped = vec![Skipped { path: Start::Store(keys).path(&key).into(), reason }];
                account.add(Report { skipped, ..Report::default() });
            }
            Found::Failed(error) => account.fail(error),
        }
    }
}

fn plan(all: impl Iterator<Item = String>, keys: &Keys<'_>, account: &Account<'_>) {
    for key in all {
        let steps = vec![PlanStep { action: PlanAction::Remove, path: keys.store.uri(&key).into() }];
        account.add(Report { files: 1, steps, ..Report::default() });
    }
}

fn remove(all: impl Iterator<Item = String> + Send, threads: usize, keys: &Keys<'_>, account: &Account<'_>) {
    let threads = if threads == 0 { keys.store.limits().threads } else { threads };
    remove_all(&**keys.store, threads, all, |removed| {
        match removed {
            Removed::Keys(files) => {
                account.add(Report { files, ..Report::default() });
                account.progress(files, 0, || Start::Store(keys).path(""));
            }
            Removed::Failed(key, cause) => account.fail(Error::located(Op::Unlink, keys.store.uri(&key), cause)),
        }
        !account.is_over()
    });
}
