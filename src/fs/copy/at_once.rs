//! Copying one small file to a free name, which takes half of the calls that a tree would need for it.

use super::options::{Overwrite, Settings, Symlinks};
use crate::report::Report;
use crate::sys::{self, Attributes, Links, OsPath};
use crate::tree::Account;

/// Copies a small file to a free name, if the options ask for no more than its content and permissions. If it did not, the
/// copy in open directories does it, or finds out why not.
pub(super) fn is_copied_at_once(settings: &Settings, from: &OsPath, to: &OsPath, account: &Account<'_>) -> bool {
    const CONTENT_AND_MODE: Attributes = Attributes { mode: true, times: false, xattrs: false, owner: false };

    let Settings { dry_run, overwrite, attributes, sync, .. } = *settings;
    let is_plain = overwrite == Overwrite::Refuse && attributes == CONTENT_AND_MODE && !sync && !dry_run;
    if !is_plain || account.reports_progress() {
        return false;
    }
    let links = if settings.symlinks == Symlinks::Keep { Links::Keep } else { Links::Follow };
    let Some(bytes) = sys::copy_small_file(from, to, links) else { return false };
    account.add(Report { files: 1, bytes, by_system: 1, ..Report::default() });
    true
}
