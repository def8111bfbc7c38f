//! Real paths, with std, which resolves existing paths only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::sys::paths;
use crate::sys::resolve::{Names, Trouble, follow, push_name};

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
    let followed = follow(PathBuf::new(), &absolute, Trouble::Keep, &mut Std)?;
    // Only std returns the names as they are spelled in their directories.
    let spelled = followed.ancestors().find_map(|above| Some((above, paths::spelled(above, path).ok()?)));
    let Some((above, mut real)) = spelled else { return Ok(followed) };
    for name in followed.iter().skip(above.iter().count()) {
        push_name(&mut real, name);
    }
    Ok(real)
}

struct Std;

impl Names for Std {
    fn target(&mut self, path: &Path) -> io::Result<Option<PathBuf>> {
        let is_link = paths::lstat(path)?.is_symlink();
        is_link.then(|| paths::read_link(path)).transpose()
    }

    fn is_dir(&mut self, path: &Path) -> io::Result<bool> {
        Ok(paths::lstat(path)?.is_dir())
    }
}
