//! Calls of the system, one function each, with the system's own names and errors.
//!
//! This is the one place that chooses between systems. A back end is a file with every verb; the last one uses std alone
//! and works everywhere. Nothing here knows `Error` or options.

mod base;
mod beneath;
mod directory;
mod edit_dir;
mod ground;
#[cfg(all(test, target_os = "linux"))]
pub(crate) mod hooked;
mod located;
mod nul;
mod portable;
mod random_name;
mod rename;
mod resolve;
mod root;
mod rooted;
mod seen;
mod trail;
#[cfg(unix)]
mod unix;
mod verbs;
#[cfg(windows)]
mod windows;

/// The parts of the Windows back end that can be tested everywhere.
#[cfg(all(test, not(windows)))]
mod windows {
    mod asking;
    mod identity;
    mod kinds;
    mod links;
    mod programs;
    pub(super) mod recorded;
    mod reserved_names;
    mod retry;
    mod streams;
}

/// The numbers of a device or volume, and of a file on it. On Windows, file numbers have 128 bits.
pub(crate) type FileId = (u64, FileNumber);

#[cfg(not(windows))]
pub(crate) type FileNumber = u64;
#[cfg(windows)]
pub(crate) type FileNumber = u128;

#[cfg(not(any(unix, windows)))]
use portable as back_end;
#[cfg(unix)]
use unix as back_end;
#[cfg(windows)]
use windows as back_end;

/// The verbs that directories use if they are only paths.
#[cfg(not(windows))]
use portable as paths;
#[cfg(windows)]
use windows as paths;

/// Paths of the system, UTF-8 or not. The rest of the crate uses [`Path`](crate::Path).
pub(crate) use std::path::{Path as OsPath, PathBuf as OsPathBuf};

pub(crate) use back_end::{AtomicTarget, Dir, Draft, Metadata};
/// Every verb on paths.
pub(crate) use back_end::{
    LONGEST_PATH, append, copy_small_file, create, create_dir, create_dir_with_mode, create_if_missing, create_new,
    error_kind, file_id, group, hard_link, has_content, home_dir, home_dir_of, ignores_permissions, inode,
    is_executable, is_junction, is_loop, is_mount, is_out_of_descriptors, long_name, loop_error, lstat,
    most_descriptors, not_found, open, owner, permission_bits, program_names, read, read_link, read_text, remove_dir,
    remove_file, rename, rename_new, resolve, resolve_strict, search_path, set_permission_bits, set_times,
    set_times_to_now, special, stat, symlink, taken_error, temp_dir, truncate_path, umask, variable, working_dir,
    working_dir_on, write,
};
/// The names of owners, by their numbers.
pub(crate) use back_end::{group_name, user_name};
#[cfg(all(test, unix))]
pub(crate) use base::Ambient;
pub(crate) use base::{Base, BasedPath, BesideRoot, Location};
pub(crate) use beneath::{Escape, LinkRule, Rules};
pub(crate) use directory::{Access, Directory, Links, Rest};
pub(crate) use edit_dir::{
    Attributes, Copying, EditDir, Existing, Facts, Finishing, Losses, Means, Needed, Original, temporary_name,
};
pub(crate) use ground::Ground;
pub(crate) use located::Located;
pub(crate) use nul::explain_nul;
#[cfg(all(test, unix))]
pub(crate) use portable::Dir as PortableDir;
#[cfg(test)]
pub(crate) type RecordedDir = portable::PathDir<windows::recorded::RecordedPaths>;
pub(crate) use random_name::make_named;
#[cfg(all(test, target_os = "linux"))]
pub(crate) use root::Engine;
pub(crate) use root::{Limits, Root};
pub(crate) use rooted::Rooted;
pub(crate) use seen::Seen;
pub(crate) use verbs::Opening;
#[cfg(all(test, unix))]
pub(crate) use verbs::Verbs;
