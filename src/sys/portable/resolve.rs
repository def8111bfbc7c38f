//! Real paths, by std: it follows links itself, and says so only for paths that lead to something.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::sys::resolve::{Node, Trouble, follow};

/// The path that leads to the same file with no link and no `..`.
pub(crate) fn resolve_strict(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// The same as far as there is something, and then the rest of the path.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = fs::canonicalize(path) {
        return Ok(real);
    }
    let absolute = std::path::absolute(path)?;
    let followed = follow(PathBuf::new(), &absolute, Trouble::Keep, look)?;
    // Only std has the names as they are spelled in their directories.
    let spelled = followed.ancestors().find_map(|above| Some((above, fs::canonicalize(above).ok()?)));
    Ok(match spelled {
        Some((above, real)) if above != followed => real.join(followed.strip_prefix(above).unwrap_or(Path::new(""))),
        Some((_, real)) => real,
        None => followed,
    })
}

fn look(path: &Path) -> io::Result<Node> {
    let found = fs::symlink_metadata(path)?;
    Ok(match found.is_symlink() {
        true => Node::Link(fs::read_link(path)?),
        false if found.is_dir() => Node::Directory,
        false => Node::Other,
    })
}
