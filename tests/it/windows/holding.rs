//! How another program may have a file or directory open on Windows.

use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;

use waypath::Path;

/// What the other program lets others do meanwhile ("CreateFileW").
pub(crate) const SHARE_READ: u32 = 1;
pub(crate) const SHARE_WRITE: u32 = 2;
pub(crate) const SHARE_DELETE: u32 = 4;

/// Opens a file or directory to be read, as another program would.
#[track_caller]
pub(crate) fn hold(path: &Path, shared: u32) -> File {
    const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    OpenOptions::new().read(true).share_mode(shared).custom_flags(BACKUP_SEMANTICS).open(path.as_str()).unwrap()
}
