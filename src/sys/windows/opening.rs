//! Opening files for what is known of them beside their content. That stands in nobody's way: std shares what it
//! opens with all, and who asks for attributes only is not counted as a reader.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use winapi_util::HandleRef;
use winapi_util::file::information;

use super::errors::explained;
use super::identity::{Id, Numbers};
use super::kinds::{self, Link};
use super::{Purpose, calls, refuse_misread};
use crate::sys::edit_dir::Facts;
use crate::sys::{FileId, Links, portable};

/// Ways to open a file ("CreateFileW").
mod flag {
    pub(super) const SHARE_READ: u32 = 1;
    pub(super) const SHARE_WRITE: u32 = 2;
    /// Asking for attributes alone would hold nothing.
    pub(super) const LIST_DIRECTORY: u32 = 1;
    pub(super) const READ_ATTRIBUTES: u32 = 0x80;
    pub(super) const WRITE_ATTRIBUTES: u32 = 0x100;
    /// Directories, too.
    pub(super) const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    /// A link itself.
    pub(super) const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
}

/// Opens a file or directory to ask for what is known of it. No right to its content is needed.
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

/// Opens a file or directory for its times and attributes, also where its content may not be written.
pub(super) fn open_attributes(path: &Path, links: Links) -> io::Result<File> {
    open(path, links, flag::READ_ATTRIBUTES | flag::WRITE_ATTRIBUTES)
}

fn open(path: &Path, links: Links, access: u32) -> io::Result<File> {
    let own = if links == Links::Keep { flag::OPEN_REPARSE_POINT } else { 0 };
    OpenOptions::new().access_mode(access).custom_flags(flag::BACKUP_SEMANTICS | own).open(path)
}

/// Opens a file or directory so that its times can be set; a link is followed.
pub(in crate::sys) fn open_to_set_times(path: &Path) -> io::Result<File> {
    open_attributes(path, Links::Follow).map_err(|error| explained(path, error))
}

/// What tells a file from every other that exists, of what a path leads to.
pub(crate) fn file_id(path: &Path) -> io::Result<Id> {
    id_of(path, Links::Follow)
}

/// The same of a link itself.
pub(in crate::sys) fn own_id(path: &Path) -> io::Result<Id> {
    id_of(path, Links::Keep)
}

fn id_of(path: &Path, links: Links) -> io::Result<Id> {
    refuse_misread(path, Purpose::Read)?;
    let id = || {
        let file = open_to_ask(path, links)?;
        let names = calls::standard_info(&file)?.names.into();
        let (volume, number) = numbers(&file)?.unwrap_or_default();
        Ok(Id::new(&Numbers { volume, file: number, names }, || calls::final_path(&file).ok()))
    };
    id().map_err(|error| explained(path, error))
}

/// The numbers of the volume and of the file, if its file system has them.
fn numbers(file: &File) -> io::Result<Option<FileId>> {
    let (volume, number) = match calls::id_info(file) {
        Ok(found) => (found.VolumeSerialNumber, u128::from_le_bytes(found.FileId.Identifier)),
        // Of file systems that number with 64 bits, some know no other call.
        Err(_) => {
            let found = information(HandleRef::from_file(file))?;
            (found.volume_serial_number(), found.file_index().into())
        }
    };
    Ok((number != 0).then_some((volume, number)))
}

/// The numbers of a file, which is not followed if it is a link.
pub(in crate::sys) fn number(path: &Path) -> Option<FileId> {
    open_to_ask(path, Links::Keep).and_then(|file| numbers(&file)).ok()?
}

/// What is known of a file, with its numbers only if it has several names: the system under Wine takes longer for them
/// than for the rest.
pub(in crate::sys) fn facts(path: &Path, links: Links) -> io::Result<Facts> {
    refuse_misread(path, Purpose::Read)?;
    match open_to_ask(path, links).and_then(|file| facts_of(&file)) {
        Ok(facts) => Ok(facts),
        // What may not even be asked is still in its directory, where std finds it.
        Err(_) => portable::facts(path, links).map_err(|error| explained(path, error)),
    }
}

fn facts_of(file: &File) -> io::Result<Facts> {
    let (basic, standard) = (calls::basic_info(file)?, calls::standard_info(file)?);
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let has_several_names = standard.names > 1 && basic.FileAttributes & kinds::attribute::DIRECTORY == 0;
    Ok(Facts {
        kind: kinds::kind(basic.FileAttributes, reparse_tag(file, basic.FileAttributes)?),
        id: if has_several_names { numbers(file)? } else { None },
        names: standard.names.into(),
        size: bytes(standard.size),
        allocated: bytes(standard.allocated),
        mode: 0,
        owner: (0, 0),
        device: 0,
        accessed: kinds::time(basic.LastAccessTime),
        modified: kinds::time(basic.LastWriteTime),
        changed: kinds::time(basic.ChangeTime),
    })
}

/// The link that has a path, if one has it.
pub(super) fn link_at(path: &Path) -> io::Result<Option<Link>> {
    let file = open_to_ask(path, Links::Keep)?;
    let attributes = calls::basic_info(&file)?.FileAttributes;
    Ok(kinds::link(attributes, reparse_tag(&file, attributes)?))
}

fn reparse_tag(file: &File, attributes: u32) -> io::Result<u32> {
    match attributes & kinds::attribute::REPARSE_POINT {
        0 => Ok(0),
        _ => Ok(calls::attribute_tag(file)?.ReparseTag),
    }
}

/// The real path of a directory, by itself: those above it are not opened.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    calls::final_path(&open_to_ask(path, Links::Follow)?)
}
