//! Links, of both kinds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::system::{self, explained, usable};

/// Makes a symbolic link with this text.
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    usable(link)?;
    system::symlink(target, link).map_err(|error| explained(link, error))
}

/// Gives what is at `target` a second name; a link there is not followed where the system can do that.
pub(crate) fn hard_link(target: &Path, link: &Path) -> io::Result<()> {
    usable(target)?;
    usable(link)?;
    fs::hard_link(target, link).map_err(|error| explained(link, explained(target, error)))
}

/// The text of a symbolic link.
pub(crate) fn read_link(path: &Path) -> io::Result<PathBuf> {
    fs::read_link(path).map_err(|error| explained(path, error))
}
