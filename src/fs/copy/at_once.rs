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

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::disallowed_methods, reason = "the test makes and looks at its files with std")]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::CopyOptions;

    #[test]
    fn only_plain_copies_are_made_at_once() {
        // Not every file system has files without a name.
        let place = tempfile::tempdir_in("/dev/shm").unwrap();
        let [from, to] = ["from", "to"].map(|name| place.path().join(name));
        fs::write(&from, "content").unwrap();
        // No umask takes this away.
        fs::set_permissions(&from, fs::Permissions::from_mode(0o600)).unwrap();
        for (options, is_copied) in [
            (CopyOptions::new(), true),
            (CopyOptions::new().dry_run(true), false),
            (CopyOptions::new().sync(true), false),
            (CopyOptions::new().preserve_times(true), false),
        ] {
            assert_eq!(is_copied_at_once(&options.settings, &from, &to, &Account::new(None)), is_copied, "{options:?}");
            assert_eq!(fs::remove_file(&to).is_ok(), is_copied, "{options:?}");
        }
    }
}
