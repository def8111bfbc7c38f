//! Opening files for what is known of them beside their content.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use winapi_util::Handle;
use winapi_util::file::information;

use super::errors::explained;

/// Ways to open a file ("CreateFileW").
pub(super) mod flag {
    pub(in crate::sys::windows) const READ_ATTRIBUTES: u32 = 0x80;
    pub(in crate::sys::windows) const WRITE_ATTRIBUTES: u32 = 0x100;
    /// Directories, too.
    pub(in crate::sys::windows) const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    /// A link itself.
    pub(in crate::sys::windows) const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
}

/// Opens a file or directory for its times and attributes, also where its content may not be written.
pub(super) fn open_attributes(path: &Path, flags: u32) -> io::Result<File> {
    OpenOptions::new()
        .access_mode(flag::READ_ATTRIBUTES | flag::WRITE_ATTRIBUTES)
        .custom_flags(flag::BACKUP_SEMANTICS | flags)
        .open(path)
}

/// Opens a file or directory so that its times can be set; a link is followed.
pub(in crate::sys) fn open_to_set_times(path: &Path) -> io::Result<File> {
    open_attributes(path, 0).map_err(|error| explained(path, error))
}

/// The numbers of the volume and of the file.
pub(in crate::sys) type Id = (u64, u64);

/// What tells a file from every other that exists, of what a path leads to.
pub(crate) fn file_id(path: &Path) -> io::Result<Id> {
    id_with(path, 0).map_err(|error| explained(path, error))
}

/// The same of a link itself.
pub(in crate::sys) fn own_id(path: &Path) -> io::Result<Id> {
    id_with(path, flag::OPEN_REPARSE_POINT)
}

/// No right to read its content is needed for it.
fn id_with(path: &Path, flags: u32) -> io::Result<Id> {
    let file = OpenOptions::new()
        .access_mode(flag::READ_ATTRIBUTES)
        .custom_flags(flag::BACKUP_SEMANTICS | flags)
        .open(path)?;
    let found = information(Handle::from_file(file))?;
    Ok((found.volume_serial_number(), found.file_index()))
}

pub(in crate::sys) fn is_same_device(left: &Id, right: &Id) -> bool {
    left.0 == right.0
}
