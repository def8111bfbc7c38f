//! Calls of Windows that neither std nor a safe crate makes: with `path/cast.rs`, the only unsafe code of the crate.
//!
//! Each function is a few lines: arguments, the call, its error. All decisions are made elsewhere.

#![allow(unsafe_code)]

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::windows::io::AsRawHandle as _;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_TAG_INFO, FILE_BASIC_INFO, FILE_ID_INFO, FILE_INFO_BY_HANDLE_CLASS, FileAttributeTagInfo,
    FileBasicInfo, FileIdInfo, FileStandardInfo, FileStreamInfo, GetFileAttributesExW, GetFileExInfoStandard,
    GetFileInformationByHandleEx, GetFinalPathNameByHandleW, MoveFileExW, WIN32_FILE_ATTRIBUTE_DATA,
};

use super::errors::code;
use super::streams::stream_names;
use super::verbatim::system_path;
use crate::sys::nul::check_nul;

/// Renames a file or directory on its volume in one step. Fails if the name is taken.
///
/// `MoveFileExW` without `MOVEFILE_REPLACE_EXISTING` and without `MOVEFILE_COPY_ALLOWED`:
/// <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw>.
pub(super) fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    let [from, to] = [wide(from)?, wide(to)?];
    // SAFETY: both end in NUL, and live until the call returns.
    check(unsafe { MoveFileExW(from.as_ptr(), to.as_ptr(), 0) })
}

/// Returns the attributes, times and size of a file or directory without opening it. Does not follow a link.
///
/// `GetFileAttributesExW`: <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfileattributesexw>.
pub(super) fn attribute_data(path: &Path) -> io::Result<WIN32_FILE_ATTRIBUTE_DATA> {
    let path = wide(path)?;
    let mut found = WIN32_FILE_ATTRIBUTE_DATA::default();
    // SAFETY: the path ends in NUL and lives until the call returns. For the standard level, the system writes this
    // struct, which is made of integers.
    check(unsafe { GetFileAttributesExW(path.as_ptr(), GetFileExInfoStandard, (&raw mut found).cast()) })?;
    Ok(found)
}

/// Returns the times and attributes of an open file.
pub(super) fn basic_info(file: &File) -> io::Result<FILE_BASIC_INFO> {
    info(file)
}

/// Returns the volume and the 128-bit number of an open file, on file systems that have one.
pub(super) fn id_info(file: &File) -> io::Result<FILE_ID_INFO> {
    info(file)
}

/// Returns the attributes and the reparse tag of an open file: 0 if it is not a reparse point.
pub(super) fn attribute_tag(file: &File) -> io::Result<FILE_ATTRIBUTE_TAG_INFO> {
    info(file)
}

/// Returns the size of an open file and the number of its names.
pub(super) fn standard_info(file: &File) -> io::Result<StandardInfo> {
    info(file)
}

/// `FILE_STANDARD_INFO`, with numbers in place of Booleans, because the system may write any value:
/// <https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-file_standard_info>.
#[repr(C)]
#[derive(Default)]
pub(super) struct StandardInfo {
    pub(super) allocated: i64,
    pub(super) size: i64,
    pub(super) names: u32,
    is_delete_pending: u8,
    is_directory: u8,
}

/// Information about an open file.
///
/// # Safety
///
/// An implementor must be the type that the system writes for its class, and consist of integers only, so that it is valid
/// whatever the system writes.
unsafe trait Info: Default {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS;
}

// SAFETY: five integers.
unsafe impl Info for FILE_BASIC_INFO {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileBasicInfo;
}

// SAFETY: an integer and an array of bytes.
unsafe impl Info for FILE_ID_INFO {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileIdInfo;
}

// SAFETY: integers of the sizes, and in the order, that the system has.
unsafe impl Info for StandardInfo {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileStandardInfo;
}

// SAFETY: two integers.
unsafe impl Info for FILE_ATTRIBUTE_TAG_INFO {
    const CLASS: FILE_INFO_BY_HANDLE_CLASS = FileAttributeTagInfo;
}

/// `GetFileInformationByHandleEx`:
/// <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-getfileinformationbyhandleex>.
fn info<T: Info>(file: &File) -> io::Result<T> {
    let mut found = T::default();
    let size = u32::try_from(size_of::<T>()).expect("BUG: a struct of four gigabytes");
    // SAFETY: the handle is open as long as the file is borrowed, and the system writes no more than `size` bytes to
    // `found`, which is of the type that it writes for the class.
    check(unsafe { GetFileInformationByHandleEx(file.as_raw_handle(), T::CLASS, (&raw mut found).cast(), size) })?;
    Ok(found)
}

/// Returns the names of the streams of an open file, without that of its content.
///
/// `GetFileInformationByHandleEx` with `FileStreamInfo`; the entries are read as bytes.
pub(super) fn streams(file: &File) -> io::Result<Vec<String>> {
    const MOST: usize = 1 << 17;
    // Integers, because entries begin with one and need its alignment.
    let mut entries = vec![0_u64; 1 << 7];
    loop {
        let size = u32::try_from(size_of_val(&*entries)).map_err(io::Error::other)?;
        let to = entries.as_mut_ptr().cast();
        // SAFETY: the handle is open as long as the file is borrowed, and the system writes no more than `size` bytes.
        match check(unsafe { GetFileInformationByHandleEx(file.as_raw_handle(), FileStreamInfo, to, size) }) {
            Ok(()) => {
                let bytes: Vec<u8> = entries.into_iter().flat_map(u64::to_ne_bytes).collect();
                return Ok(stream_names(&bytes));
            }
            Err(error) if error.raw_os_error() == Some(code::HANDLE_EOF) => return Ok(Vec::new()),
            Err(error) if error.raw_os_error() == Some(code::MORE_DATA) && entries.len() < MOST => {
                entries.resize(entries.len() * 2, 0);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Returns the path of an open file, without links.
///
/// `GetFinalPathNameByHandleW`:
/// <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getfinalpathnamebyhandlew>.
pub(super) fn final_path(file: &File) -> io::Result<PathBuf> {
    let mut path = vec![0; 512];
    loop {
        let room = u32::try_from(path.len()).map_err(io::Error::other)?;
        // SAFETY: the handle is open as long as the file is borrowed, and the system writes no more than `room` units.
        let length = unsafe { GetFinalPathNameByHandleW(file.as_raw_handle(), path.as_mut_ptr(), room, 0) };
        match usize::try_from(length).map_err(io::Error::other)? {
            0 => return Err(io::Error::last_os_error()),
            length if length < path.len() => return Ok(OsString::from_wide(&path[..length]).into()),
            // The path and a NUL.
            needed => path.resize(needed.max(path.len()) + 1, 0),
        }
    }
}

/// A path in the form that the system expects.
fn wide(path: &Path) -> io::Result<Vec<u16>> {
    check_nul(path)?;
    Ok(system_path(path)?.as_os_str().encode_wide().chain([0]).collect())
}

fn check(done: i32) -> io::Result<()> {
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;

    use super::*;
    use crate::sys::windows::opening::open_to_ask;
    use crate::sys::{Links, OsPathBuf};

    fn place() -> (tempfile::TempDir, impl Fn(&str) -> OsPathBuf) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().to_owned();
        (place, move |name: &str| path.join(name))
    }

    #[test]
    fn moving_replaces_nothing() {
        let (_place, at) = place();
        fs::write(at("a"), "a").unwrap();
        fs::write(at("b"), "b").unwrap();
        fs::create_dir(at("d")).unwrap();
        for taken in ["b", "d"] {
            assert_eq!(move_file(&at("a"), &at(taken)).unwrap_err().kind(), ErrorKind::AlreadyExists, "{taken}");
        }
        move_file(&at("a"), &at("d/c")).unwrap();
        move_file(&at("d"), &at("e")).unwrap();
        assert_eq!(fs::read_to_string(at("e/c")).unwrap(), "a");
        assert_eq!(fs::read_to_string(at("b")).unwrap(), "b");
        assert_eq!(move_file(&at("a"), &at("x")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(move_file(&at("b\0"), &at("x")).unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn moving_takes_long_paths() {
        let (_place, at) = place();
        let deep = at(&vec!["d".repeat(100); 4].join("\\"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("a"), "far down").unwrap();
        move_file(&deep.join("a"), &deep.join("b")).unwrap();
        assert_eq!(fs::read_to_string(deep.join("b")).unwrap(), "far down");
    }

    #[test]
    fn each_file_has_its_number() {
        let (_place, at) = place();
        let id = |name: &str| {
            let found = id_info(&open_to_ask(&at(name), Links::Keep).unwrap()).unwrap();
            (found.VolumeSerialNumber, u128::from_le_bytes(found.FileId.Identifier))
        };
        fs::write(at("a"), "").unwrap();
        fs::hard_link(at("a"), at("same")).unwrap();
        fs::write(at("b"), "").unwrap();
        assert_eq!(id("a"), id("same"));
        assert_ne!(id("a"), id("b"));
    }

    #[test]
    fn attributes_and_times_are_those_of_the_file() {
        use std::os::windows::fs::MetadataExt as _;

        let (_place, at) = place();
        fs::write(at("a"), "").unwrap();
        let file = open_to_ask(&at("a"), Links::Keep).unwrap();
        let (found, known) = (basic_info(&file).unwrap(), fs::metadata(at("a")).unwrap());
        assert_eq!(u64::try_from(found.LastWriteTime).unwrap(), known.last_write_time());
        assert_eq!(found.FileAttributes, known.file_attributes());
        assert!(found.ChangeTime > 0);
        fs::write(at("a"), "content").unwrap();
        fs::hard_link(at("a"), at("same")).unwrap();
        let found = standard_info(&file).unwrap();
        assert_eq!((found.size, found.names), (7, 2));
        assert!(found.allocated >= 0 && (found.is_delete_pending, found.is_directory) == (0, 0));
        let unopened = attribute_data(&at("same")).unwrap();
        assert_eq!((unopened.nFileSizeHigh, unopened.nFileSizeLow), (0, 7));
        assert_eq!(unopened.dwFileAttributes, known.file_attributes());
        assert_eq!(attribute_data(&at("nothing")).map(drop).unwrap_err().kind(), ErrorKind::NotFound);
        let tag = attribute_tag(&file).unwrap();
        assert_eq!((tag.FileAttributes, tag.ReparseTag), (known.file_attributes(), 0));
    }

    #[test]
    fn the_final_path_is_spelled_as_on_the_disk() {
        let (_place, at) = place();
        fs::create_dir(at("Dir")).unwrap();
        let path = final_path(&open_to_ask(&at("dIR"), Links::Keep).unwrap()).unwrap();
        assert_eq!(path, fs::canonicalize(at("Dir")).unwrap());
    }
}
