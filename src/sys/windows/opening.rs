//! Opening files for their attributes. That never blocks other programs: std shares the files that it opens, and Windows
//! does not count access to attributes as reading.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use winapi_util::HandleRef;
use winapi_util::file::information;
use windows_sys::Win32::Foundation::FILETIME;

use super::asking::{self, AskingCalls, AttributeData, BasicInfo, StandardInfo};
use super::errors::explained;
use super::identity::Id;
use super::kinds::{self, Link};
use super::{Purpose, calls, refuse_misread};
use crate::sys::edit_dir::Facts;
use crate::sys::{FileId, Links, portable};

/// Ways to open a file ("CreateFileW").
mod flag {
    pub(super) const SHARE_READ: u32 = 1;
    pub(super) const SHARE_WRITE: u32 = 2;
    /// Access to attributes alone would not hold the directory.
    pub(super) const LIST_DIRECTORY: u32 = 1;
    pub(super) const READ_ATTRIBUTES: u32 = 0x80;
    pub(super) const WRITE_ATTRIBUTES: u32 = 0x100;
    /// Opens directories as well.
    pub(super) const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    /// Opens a link itself.
    pub(super) const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
}

/// Opens a file or directory to read its attributes. Permission to read its content is not needed.
pub(super) fn open_to_ask(path: &Path, links: Links) -> io::Result<File> {
    open(path, links, flag::READ_ATTRIBUTES)
}

/// Opens a file or directory without following links. Until it is closed, it cannot be renamed or removed.
pub(super) fn open_alone(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .access_mode(flag::READ_ATTRIBUTES | flag::LIST_DIRECTORY)
        .share_mode(flag::SHARE_READ | flag::SHARE_WRITE)
        .custom_flags(flag::BACKUP_SEMANTICS | flag::OPEN_REPARSE_POINT)
        .open(path)
}

/// Opens a file or directory to set its times and attributes, even if its content may not be written.
pub(super) fn open_attributes(path: &Path, links: Links) -> io::Result<File> {
    open(path, links, flag::READ_ATTRIBUTES | flag::WRITE_ATTRIBUTES)
}

fn open(path: &Path, links: Links, access: u32) -> io::Result<File> {
    let own = if links == Links::Keep { flag::OPEN_REPARSE_POINT } else { 0 };
    OpenOptions::new().access_mode(access).custom_flags(flag::BACKUP_SEMANTICS | own).open(path)
}

/// Opens a file or directory to set its times. A link is followed.
pub(in crate::sys) fn open_to_set_times(path: &Path) -> io::Result<File> {
    open_attributes(path, Links::Follow).map_err(|error| explained(path, error))
}

/// The identity of the file that a path leads to.
pub(crate) fn file_id(path: &Path) -> io::Result<Id> {
    id_of(path, Links::Follow)
}

/// The same for a link itself.
pub(in crate::sys) fn own_id(path: &Path) -> io::Result<Id> {
    id_of(path, Links::Keep)
}

fn id_of(path: &Path, links: Links) -> io::Result<Id> {
    refuse_misread(path, Purpose::Read)?;
    asking::id(&Disk, path, links).map_err(|error| explained(path, error))
}

/// The numbers of a file. A link is not followed.
pub(in crate::sys) fn number(path: &Path) -> Option<FileId> {
    open_to_ask(path, Links::Keep).and_then(|file| asking::numbers(&Disk, &file)).ok()?
}

/// The facts of a file.
pub(in crate::sys) fn facts(path: &Path, links: Links) -> io::Result<Facts> {
    refuse_misread(path, Purpose::Read)?;
    asking::facts(&Disk, path, links).map_err(|error| explained(path, error))
}

/// The same without numbers and the count of names, so that most files need not be opened.
pub(in crate::sys) fn content_facts(path: &Path, links: Links) -> io::Result<Facts> {
    refuse_misread(path, Purpose::Read)?;
    asking::content_facts(&Disk, path, links).map_err(|error| explained(path, error))
}

/// The kind of link at a path, if there is one.
pub(super) fn link_at(path: &Path) -> io::Result<Option<Link>> {
    asking::link_at(&Disk, path)
}

/// The system itself.
struct Disk;

impl AskingCalls for Disk {
    type File = File;

    fn attribute_data(&self, path: &Path) -> io::Result<AttributeData> {
        let joined = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let time = |time: FILETIME| i64::try_from(joined(time.dwHighDateTime, time.dwLowDateTime)).unwrap_or_default();
        let found = calls::attribute_data(path)?;
        Ok(AttributeData {
            attributes: found.dwFileAttributes,
            size: joined(found.nFileSizeHigh, found.nFileSizeLow),
            accessed: time(found.ftLastAccessTime),
            modified: time(found.ftLastWriteTime),
        })
    }

    fn open(&self, path: &Path, links: Links) -> io::Result<File> {
        open_to_ask(path, links)
    }

    fn basic_info(&self, file: &File) -> io::Result<BasicInfo> {
        let found = calls::basic_info(file)?;
        Ok(BasicInfo {
            attributes: found.FileAttributes,
            accessed: found.LastAccessTime,
            modified: found.LastWriteTime,
            changed: found.ChangeTime,
        })
    }

    fn standard_info(&self, file: &File) -> io::Result<StandardInfo> {
        let calls::StandardInfo { names, size, allocated, .. } = calls::standard_info(file)?;
        Ok(StandardInfo { names, size, allocated })
    }

    fn reparse_tag(&self, file: &File) -> io::Result<u32> {
        Ok(calls::attribute_tag(file)?.ReparseTag)
    }

    fn long_number(&self, file: &File) -> io::Result<FileId> {
        let found = calls::id_info(file)?;
        Ok((found.VolumeSerialNumber, u128::from_le_bytes(found.FileId.Identifier)))
    }

    fn short_number(&self, file: &File) -> io::Result<FileId> {
        let found = information(HandleRef::from_file(file))?;
        Ok((found.volume_serial_number(), found.file_index().into()))
    }

    fn final_path(&self, file: &File) -> io::Result<PathBuf> {
        calls::final_path(file)
    }

    fn listed(&self, path: &Path, links: Links) -> io::Result<Facts> {
        portable::facts(path, links)
    }
}

/// Whether two directories are known to have the same attributes. Reparse points would have to be opened.
pub(in crate::sys) fn have_same_permissions(left: &Path, right: &Path) -> bool {
    let attributes = |path| {
        let found = calls::attribute_data(path).ok()?.dwFileAttributes;
        (!kinds::is_reparse_point(found)).then_some(found)
    };
    attributes(left).is_some_and(|found| attributes(right) == Some(found))
}

/// The real path of a directory. Directories above it are not opened.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    calls::final_path(&open_to_ask(path, Links::Follow)?)
}
