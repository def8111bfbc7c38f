//! Trees below a root: removing and measuring them.

use super::RootPath;
use crate::error::{Error, Op, Result};
use crate::fs::{RemoveOptions, TreeSize, measured};

/// Trees.
impl RootPath {
    /// Removes this directory and everything in it: see [`Path::rmtree`](crate::Path::rmtree).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// (&root / "a/b").mkdir_all()?;
    /// (&root / "a").rmtree()?;
    /// assert!(!(&root / "a").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of [`Path::rmtree`](crate::Path::rmtree), and an [escape](Error::is_escape).
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path has no name, as the root itself.
    pub fn rmtree(&self) -> Result<()> {
        self.removed(Op::Rmtree)
    }

    /// Removes whatever is there: a file, a link, or a directory with everything in it. See
    /// [`Path::remove`](crate::Path::remove).
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](RootPath::rmtree), but that nothing need be there.
    pub fn remove(&self) -> Result<()> {
        self.removed(Op::Remove)
    }

    /// Removes everything in this directory, which stays: see [`Path::clear_dir`](crate::Path::clear_dir).
    ///
    /// It may be the root.
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](RootPath::rmtree).
    pub fn clear_dir(&self) -> Result<()> {
        self.removed(Op::ClearDir)
    }

    fn removed(&self, op: Op) -> Result<()> {
        RemoveOptions::new().run_below(op, self.root(), &self.path).map(drop)
    }

    /// Returns how much there is in this directory, or how large this file is: see
    /// [`Path::tree_size`](crate::Path::tree_size).
    ///
    /// # Errors
    ///
    /// Those of [`Path::tree_size`](crate::Path::tree_size), and an [escape](Error::is_escape).
    pub fn tree_size(&self) -> Result<TreeSize> {
        measured(&self.path, || self.root().name(self.os_path())).map_err(Error::into_located)
    }
}
