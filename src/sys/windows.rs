//! The back end for Windows. Most of it is std's; the rest handles reserved names, read-only files, files that other
//! programs have open, and errors that other systems report differently.

#![allow(clippy::disallowed_methods, reason = "this is where std::fs belongs")]

mod asking;
mod calls;
mod errors;
mod identity;
mod kinds;
mod links;
mod opening;
mod programs;
#[cfg(test)]
pub(super) mod recorded;
mod remove;
mod rename;
mod reserved_names;
mod retry;
mod streams;
mod verbatim;

use std::fs::{self, File, OpenOptions, Permissions, ReadDir};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::SystemTime;

pub(super) use errors::explained;
pub(crate) use errors::{LONGEST_PATH, error_kind, is_loop, long_name, loop_error, not_found, taken_error};
use errors::{explained_for_dir, explained_for_file, obstacle};
pub(super) use identity::{Id, is_same_device};
use kinds::Link;
use links::LinkCalls;
pub(crate) use opening::file_id;
pub(super) use opening::{content_facts, facts, have_same_permissions, number, open_to_set_times, own_id};
pub(super) use remove::{remove_one_dir, remove_one_file, remove_tree};
use reserved_names::{Purpose, misread};
use retry::Patience;
pub(super) use verbatim::{absolute, child, is_anchor};

use super::{Links, portable};
use crate::kind::FileKind;
use crate::report::Attribute;
pub(crate) use portable::{
    AtomicTarget, Dir, Draft, Metadata, copy_small_file, group, has_another_owner, has_content, home_dir, home_dir_of,
    ignores_permissions, inode, is_kept_by_owner, is_mount, is_out_of_descriptors, may_not_read, may_not_write,
    most_descriptors, names, owner, permission_bits, protection, resolve, search_path, set_times_to_now, special,
    temp_dir, truncate_path, umask, variable, working_dir, working_dir_on,
};
pub(crate) use portable::{group_name, user_name};

pub(crate) fn stat(path: &Path) -> io::Result<Metadata> {
    refuse_misread(path, Purpose::Read)?;
    portable::stat(path).map_err(|error| explained(path, error))
}

pub(crate) fn lstat(path: &Path) -> io::Result<Metadata> {
    refuse_misread(path, Purpose::Read)?;
    portable::lstat(path).map_err(|error| explained(path, error))
}

pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    change(path, portable::create_dir)
}

pub(crate) fn create_dir_with_mode(path: &Path, mode: u32) -> io::Result<()> {
    change(path, |path| portable::create_dir_with_mode(path, mode))
}

pub(super) fn read_dir(path: &Path) -> io::Result<ReadDir> {
    refuse_misread(path, Purpose::Read)?;
    portable::read_dir(path).map_err(|error| explained_for_dir(path, error))
}

pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    change(path, remove::remove_dir)
}

/// Removes a file or a link.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    change(path, remove::remove_file)
}

/// Renames. Replaces what has the new name.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    check(from)?;
    check(to)?;
    rename::rename(from, to)
}

/// Renames. Fails if the new name is taken.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    check(from)?;
    check(to)?;
    rename::rename_new(from, to)
}

/// Renames a new file from its temporary name. Fails if the name is taken.
pub(super) fn give_name(temporary: &Path, name: &Path) -> io::Result<()> {
    with_retries(|| calls::move_file(temporary, name)).map_err(|error| explained(name, error))
}

/// The named streams of a file that its copy lacks, because the file system has none. If the system cannot list them, the
/// result is empty.
pub(super) fn lost_by_copying(from: &Path, to: &Path) -> Vec<Attribute> {
    let streams = |path| opening::open_to_ask(path, Links::Follow).and_then(|file| calls::streams(&file));
    match streams(from) {
        Ok(names) if names.is_empty() => Vec::new(),
        Ok(names) => {
            let kept = streams(to).unwrap_or_default();
            names.into_iter().filter(|name| !kept.contains(name)).map(Attribute::Stream).collect()
        }
        Err(_) => Vec::new(),
    }
}

/// Creates a link of the same kind as another one: to a file, to a directory, or a junction. It does not matter what is at
/// the target now.
pub(super) fn symlink_like(target: &Path, link: &Path, like: &Path) -> io::Result<()> {
    match opening::link_at(like)? {
        Some(kind) => change(link, |link| links::make_of_kind(&LinkSystem, kind, target, link)),
        None => symlink(target, link),
    }
}

/// Creates a symbolic link with this text. It is a link to a directory if the target is one now.
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    change(link, |link| links::make(&LinkSystem, target, link))
}

struct LinkSystem;

impl LinkCalls for LinkSystem {
    fn is_dir(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| found.is_dir())
    }

    fn kind(&self, path: &Path) -> Option<FileKind> {
        portable::lstat(path).ok().map(|found| FileKind::of(found.file_type()))
    }

    fn symlink_file(&self, target: &Path, link: &Path) -> io::Result<()> {
        std::os::windows::fs::symlink_file(target, link)
    }

    fn symlink_dir(&self, target: &Path, link: &Path) -> io::Result<()> {
        std::os::windows::fs::symlink_dir(target, link)
    }

    fn junction(&self, target: &Path, link: &Path) -> io::Result<()> {
        junction::create(target, link)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Creates a hard link to `target`. A symbolic link there is not followed.
pub(crate) fn hard_link(target: &Path, link: &Path) -> io::Result<()> {
    change(link, |link| change(target, |target| portable::hard_link(target, link)))
}

/// Returns the text of a symbolic link.
pub(crate) fn read_link(path: &Path) -> io::Result<PathBuf> {
    refuse_misread(path, Purpose::Read)?;
    portable::read_link(path).map_err(|error| explained(path, error))
}

/// Returns the path to the same file without links and `..`.
pub(crate) fn resolve_strict(path: &Path) -> io::Result<PathBuf> {
    refuse_misread(path, Purpose::Read)?;
    portable::resolve_strict(path).map_err(|error| explained(path, error))
}

pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    with_content(path, Purpose::Read, portable::read)
}

pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    with_content(path, Purpose::Read, portable::read_text)
}

pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    with_content(path, Purpose::Change, |path| portable::write(path, content))
}

/// Appends to a file. Creates it if it does not exist.
pub(crate) fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    with_content(path, Purpose::Change, |path| portable::append(path, content))
}

/// Opens a file with these options.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> io::Result<File> {
    with_content(path, Purpose::Read, |path| portable::open(path, options))
}

/// Opens a file for writing. Creates it, or deletes its content.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    with_content(path, Purpose::Change, portable::create)
}

/// Creates an empty file and opens it for writing. Fails if the name is taken.
pub(crate) fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    change(path, |path| portable::create_new(path, mode))
}

/// Creates an empty file, unless the name is taken.
pub(crate) fn create_if_missing(path: &Path, mode: u32) -> io::Result<()> {
    change(path, |path| portable::create_if_missing(path, mode))
}

/// Makes the file that a path leads to read-only, unless its owner may write. Given the path, Windows would change a link
/// itself.
pub(crate) fn set_permission_bits(path: &Path, bits: u32) -> io::Result<()> {
    change(path, |path| {
        let changed = |mut permissions: Permissions| {
            permissions.set_readonly(bits & 0o200 == 0);
            permissions
        };
        match opening::open_attributes(path, Links::Follow) {
            Ok(file) => file.set_permissions(changed(file.metadata()?.permissions())),
            // Wine does not open a read-only file for this.
            Err(error) if errors::is_denied(&error) => {
                let found = portable::lstat(path)?;
                let real = if found.is_symlink() { real_path(path)? } else { path.to_owned() };
                fs::set_permissions(&real, changed(portable::stat(path)?.permissions()))
            }
            Err(error) => Err(error),
        }
    })
}

/// Sets the times of an existing file. A time that is not given stays.
pub(crate) fn set_times(path: &Path, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
    check(path)?;
    portable::set_times(path, accessed, modified)
}

/// Whether it is a junction: a link to a directory of the kind that Windows had before symbolic links.
pub(crate) fn is_junction(path: &Path) -> io::Result<bool> {
    refuse_misread(path, Purpose::Read)?;
    let link = opening::link_at(path).map_err(|error| explained(path, error))?;
    Ok(link == Some(Link::Junction))
}

/// Whether the path leads to a file that can be run.
pub(crate) fn is_executable(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    programs::is_program(&name, &program_suffixes()) && stat(path).is_ok_and(|found| found.is_file())
}

/// The file names that a program may have.
pub(crate) fn program_names(name: &str) -> Vec<String> {
    programs::names(name, &program_suffixes())
}

fn program_suffixes() -> Vec<String> {
    programs::suffixes(variable("PATHEXT").and_then(|text| text.into_string().ok()).as_deref())
}

/// The real path of an existing file: verbatim if the given path is, or if it would mean something else otherwise.
pub(super) fn spelled(path: &Path, given: &Path) -> io::Result<PathBuf> {
    let real = resolve_strict(path)?;
    Ok(if verbatim::is_verbatim(given) { real } else { verbatim::without_prefix(real) })
}

/// The path of a directory without links, or with them if its volume cannot tell.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    opening::real_path(path).or_else(|_| verbatim::verbatim(path))
}

/// Fails for a path with a name that Windows would reinterpret when something is created, changed or removed.
pub(super) fn check(path: &Path) -> io::Result<()> {
    refuse_misread(path, Purpose::Change)
}

fn refuse_misread(path: &Path, purpose: Purpose) -> io::Result<()> {
    match misread(&path.to_string_lossy(), purpose) {
        Some(reason) => Err(io::Error::new(ErrorKind::InvalidFilename, reason)),
        None => Ok(()),
    }
}

/// Creates, changes or removes something.
fn change<T>(path: &Path, verb: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    check(path)?;
    verb(path).map_err(|error| explained(path, error))
}

/// Does something that works for files only.
fn with_content<T>(path: &Path, purpose: Purpose, verb: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    refuse_misread(path, purpose)?;
    verb(path).map_err(|error| explained_for_file(path, error))
}

fn patiently<T>(patience: Patience, deed: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patience.try_for(obstacle, thread::sleep, deed)
}

/// Does something to a name, and waits for other programs that have the file open.
fn with_retries<T>(deed: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    patiently(Patience::RENAMING, deed)
}
