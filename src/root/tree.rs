//! Trees below a root: removing and measuring them.

use super::RootPath;
use crate::error::{Op, Result};
use crate::fs::{RemoveOptions, TreeSize, measured};
use crate::report::Report;

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
    /// - Those of [`Path::rmtree`](crate::Path::rmtree), and an [escape](crate::Error::is_escape).
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path has no name, as the root itself.
    pub fn rmtree(&self) -> Result<()> {
        self.removed(Op::Rmtree)
    }

    /// Does the same with options, and returns a report: see [`RemoveOptions::rmtree`].
    ///
    /// The options' closures and the report get paths below the root. **As a [`Path`](crate::Path), such a path begins in
    /// the working directory**: to look at a file, join it to the root first.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{RemoveOptions, Root};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let root = Root::open(&base)?;
    /// (&root / "a/keep").mkdir_all()?;
    /// (&root / "a/b").mkdir()?;
    /// let report = (&root / "a").rmtree_with(&RemoveOptions::new().exclude("keep"))?;
    /// assert_eq!((report.directories, report.skipped.len()), (1, 1));
    /// assert_eq!((&root / "a").iterdir().paths()?, [&root / "a/keep"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](RootPath::rmtree), and those of [`RemoveOptions`].
    pub fn rmtree_with(&self, options: &RemoveOptions<'_>) -> Result<Report> {
        self.removed_with(Op::Rmtree, options)
    }

    /// Removes whatever is there: a file, a link, or a directory with everything in it. See
    /// [`Path::remove`](crate::Path::remove).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// (&root / "a").remove()?;
    /// (&root / "a").remove()?; // nothing is there
    /// assert!(root.is_empty_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](RootPath::rmtree), but that nothing need be there.
    pub fn remove(&self) -> Result<()> {
        self.removed(Op::Remove)
    }

    /// Does the same with options, and returns a report: see [`RemoveOptions::remove`], and
    /// [`rmtree_with`](RootPath::rmtree_with) for the paths in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// let plan = (&root / "a").remove_with(&RemoveOptions::new().dry_run(true))?;
    /// assert_eq!(plan.directories, 2);
    /// assert!((&root / "a/b").exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`remove`](RootPath::remove), and those of [`RemoveOptions`].
    pub fn remove_with(&self, options: &RemoveOptions<'_>) -> Result<Report> {
        self.removed_with(Op::Remove, options)
    }

    /// Removes everything in this directory, which stays: see [`Path::clear_dir`](crate::Path::clear_dir).
    ///
    /// It may be the root.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// (&root / "a").clear_dir()?;
    /// assert!((&root / "a").is_empty_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`rmtree`](RootPath::rmtree).
    pub fn clear_dir(&self) -> Result<()> {
        self.removed(Op::ClearDir)
    }

    /// Does the same with options, and returns a report: see [`RemoveOptions::clear_dir`], and
    /// [`rmtree_with`](RootPath::rmtree_with) for the paths in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::RemoveOptions;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "keep").touch()?;
    /// (&root / "a/b").mkdir_all()?;
    /// root.clear_dir_with(&RemoveOptions::new().exclude("keep"))?;
    /// assert_eq!(root.iterdir().paths()?, [&root / "keep"]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`clear_dir`](RootPath::clear_dir), and those of [`RemoveOptions`].
    pub fn clear_dir_with(&self, options: &RemoveOptions<'_>) -> Result<Report> {
        self.removed_with(Op::ClearDir, options)
    }

    fn removed(&self, op: Op) -> Result<()> {
        self.removed_with(op, &RemoveOptions::new()).map(drop)
    }

    fn removed_with(&self, op: Op, options: &RemoveOptions<'_>) -> Result<Report> {
        options.run_below(op, self.root(), &self.path).map_err(|error| error.on_ground(&self.ground()))
    }

    /// Returns how much there is in this directory, or how large this file is: see
    /// [`Path::tree_size`](crate::Path::tree_size).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// (&root / "a/b").mkdir_all()?;
    /// (&root / "a/b/c").write_text("four")?;
    /// let size = (&root / "a").tree_size()?;
    /// assert_eq!((size.apparent, size.files, size.directories), (4, 1, 2));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Path::tree_size`](crate::Path::tree_size), and an [escape](crate::Error::is_escape).
    pub fn tree_size(&self) -> Result<TreeSize> {
        measured(&self.path, || self.root().name(self.os_path())).map_err(|error| error.on_ground(&self.ground()))
    }
}
