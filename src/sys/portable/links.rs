//! Links, of both kinds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Makes a symbolic link with this text.
#[cfg(unix)]
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Makes a symbolic link with this text: one to a directory where a directory is there now.
#[cfg(windows)]
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    let from_link = link.parent().unwrap_or(Path::new("")).join(target);
    match fs::metadata(from_link).is_ok_and(|found| found.is_dir()) {
        true => symlink_dir(target, link),
        false => symlink_file(target, link),
    }
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives what is at `target` a second name; a link there is not followed where the system can do that.
pub(crate) fn hard_link(target: &Path, link: &Path) -> io::Result<()> {
    fs::hard_link(target, link)
}

/// The text of a symbolic link.
pub(crate) fn read_link(path: &Path) -> io::Result<PathBuf> {
    fs::read_link(path)
}

/// Whether a junction is there: a directory that is a link of the kind before Windows had symbolic links.
#[cfg(windows)]
pub(crate) fn is_junction(path: &Path) -> io::Result<bool> {
    // Unlike `exists`, this needs nothing to be where it leads.
    Ok(junction::get_target(path).is_ok())
}

#[cfg(not(windows))]
pub(crate) fn is_junction(_: &Path) -> io::Result<bool> {
    Ok(false)
}
