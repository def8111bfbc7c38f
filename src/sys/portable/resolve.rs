//! Real paths, with std, which resolves existing paths only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::sys::paths;
use crate::sys::resolve::{Node, Trouble, follow, push_name};

/// Returns the path to the same file without links and `..`.
pub(crate) fn resolve_strict(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The same as far as the path exists, followed by the rest.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = paths::spelled(path, path) {
        return Ok(real);
    }
    let absolute = paths::absolute(path)?;
    if paths::is_anchor(&absolute) {
        return Ok(absolute);
    }
    let followed = follow(PathBuf::new(), &absolute, Trouble::Keep, look)?;
    // Only std returns the names as they are spelled in their directories.
    let spelled = followed.ancestors().find_map(|above| Some((above, paths::spelled(above, path).ok()?)));
    let Some((above, mut real)) = spelled else { return Ok(followed) };
    for name in followed.iter().skip(above.iter().count()) {
        push_name(&mut real, name);
    }
    Ok(real)
}

fn look(path: &Path) -> io::Result<Node> {
    let found = paths::lstat(path)?;
    Ok(match found.is_symlink() {
        true => Node::Link(paths::read_link(path)?),
        false if found.is_dir() => Node::Directory,
        false => Node::Other,
    })
}
