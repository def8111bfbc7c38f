//! Looking for a name in this directory and in its ancestors.

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path, PathBuf};

/// # Looking in this directory and its ancestors
impl Path {
    /// Looks for a name in this directory, then in its parent, and so on. Returns the path of the first match, or `None`.
    ///
    /// Tools find their settings and the root of a project in this way. The name may have several parts
    /// (`.config/tool.toml`). This path may be a file, or not exist; then the search starts at its parent. Dangling links do
    /// not count.
    ///
    /// The result is absolute. Parents are those of the text; a path with `..` is [resolved](Path::resolve) first.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = &base / "project";
    /// (&root / "src" / "parser").mkdir_all()?;
    /// (&root / "Cargo.toml").touch()?;
    ///
    /// let manifest = (&root / "src" / "parser").find_up("Cargo.toml")?.unwrap();
    /// assert_eq!(manifest, &root / "Cargo.toml");
    /// assert_eq!(manifest.parent(), root);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): the name is not relative, or has `..`.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to search one of the directories.
    /// - Those of [`absolute`](Path::absolute).
    pub fn find_up(&self, name: impl AsPath) -> Result<Option<PathBuf>> {
        let name = &*name.to_path();
        check_sought(self, name)?;
        let start = if leads_up(self) { self.resolve()? } else { self.absolute()? };
        for directory in std::iter::once(&*start).chain(start.parents()) {
            let found = directory.join(name);
            if found.try_exists()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Refuses a name that would lead out of the directory.
pub(crate) fn check_sought(start: &Path, name: &Path) -> Result<()> {
    let refused = |reason| Err(Error::text(Op::FindUp, start, reason).with_second(name));
    if !name.anchor().is_empty() {
        return refused("it is not relative");
    }
    if leads_up(name) {
        return refused("it leads up by itself");
    }
    Ok(())
}

pub(crate) fn leads_up(path: &Path) -> bool {
    path.parts().any(|part| part == "..")
}
