//! The facts that std reports of a file, and its identity.

use std::fs::{FileType, Metadata};
use std::io;
use std::path::Path;

use crate::kind::FileKind;
use crate::sys::directory::Links;
use crate::sys::edit_dir::Facts;
use crate::sys::portable::{lstat, stat};

impl FileKind {
    pub(crate) fn of(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Symlink
        } else {
            Self::Other
        }
    }
}

/// Returns the facts of a file.
pub(in crate::sys) fn facts(path: &Path, links: Links) -> io::Result<Facts> {
    Ok(facts_of(&if links == Links::Follow { stat(path)? } else { lstat(path)? }))
}

pub(super) fn facts_of(found: &Metadata) -> Facts {
    let facts = Facts {
        kind: FileKind::of(found.file_type()),
        id: None,
        names: 1,
        size: found.len(),
        allocated: found.len(),
        mode: 0,
        owner: (0, 0),
        device: 0,
        accessed: found.accessed().ok(),
        modified: found.modified().ok(),
        // If it equals the time of the last change it is useless: Wine reports that one as the time of creation.
        changed: found.created().ok().filter(|&created| found.modified().is_ok_and(|modified| modified != created)),
    };
    here::completed(facts, found)
}

pub(crate) use here::file_id;
pub(in crate::sys) use here::{Id, is_same_device, own_id};

/// std reports more on Unix only. There, tests compare this back end with the other one.
#[cfg(unix)]
mod here {
    use std::os::unix::fs::MetadataExt as _;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// Device and inode.
    pub(in crate::sys) type Id = (u64, u64);

    pub(super) fn completed(facts: Facts, found: &Metadata) -> Facts {
        Facts {
            id: Some(id(found)),
            names: found.nlink(),
            allocated: found.blocks() * 512,
            mode: found.mode(),
            owner: (found.uid(), found.gid()),
            device: found.rdev(),
            changed: UNIX_EPOCH.checked_add(Duration::new(
                u64::try_from(found.ctime()).unwrap_or_default(),
                u32::try_from(found.ctime_nsec()).unwrap_or_default(),
            )),
            ..facts
        }
    }

    pub(crate) fn file_id(path: &Path) -> io::Result<Id> {
        Ok(id(&stat(path)?))
    }

    /// The same for a link itself.
    pub(in crate::sys) fn own_id(path: &Path) -> io::Result<Id> {
        Ok(id(&lstat(path)?))
    }

    fn id(found: &Metadata) -> Id {
        (found.dev(), found.ino())
    }

    pub(in crate::sys) fn is_same_device(left: &Id, right: &Id) -> bool {
        left.0 == right.0
    }
}

#[cfg(not(unix))]
mod here {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::sys::edit_dir::parent_of;

    /// The real path, because std reports no number. A file with two names looks like two files.
    pub(in crate::sys) type Id = PathBuf;

    pub(super) fn completed(facts: Facts, _: &Metadata) -> Facts {
        facts
    }

    pub(crate) fn file_id(path: &Path) -> io::Result<Id> {
        fs::canonicalize(path)
    }

    /// The same for a link itself: its name in the real path of its directory.
    pub(in crate::sys) fn own_id(path: &Path) -> io::Result<Id> {
        match path.file_name() {
            Some(name) if fs::symlink_metadata(path)?.is_symlink() => Ok(file_id(parent_of(path))?.join(name)),
            _ => file_id(path),
        }
    }

    pub(in crate::sys) fn is_same_device(left: &Id, right: &Id) -> bool {
        left.components().next() == right.components().next()
    }
}
