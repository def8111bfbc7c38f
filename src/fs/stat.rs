//! What the system knows about a file.

use std::time::SystemTime;

use crate::kind::FileKind;
use crate::sys;

/// What the system knows about a file; see [`Path::stat`](crate::Path::stat).
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// let file = &base / "a";
/// file.write_text("four")?;
/// let stat = file.stat()?;
/// assert!(stat.is_file() && stat.size() == 4);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stat(sys::Metadata);

impl Stat {
    pub(super) fn new(found: sys::Metadata) -> Self {
        Self(found)
    }

    /// Returns what kind of file it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert_eq!(base.stat()?.kind(), waypath::FileKind::Directory);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> FileKind {
        FileKind::of(self.0.file_type())
    }

    /// Whether it is a regular file.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert!(file.stat()?.is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.0.is_file()
    }

    /// Whether it is a directory.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(base.stat()?.is_dir());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.0.is_dir()
    }

    /// Whether it is a symbolic link: only where [`lstat`](crate::Path::lstat) asked.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// assert!(!base.lstat()?.is_symlink());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.0.is_symlink()
    }

    /// Returns the length of the file's content in bytes. For other kinds, what it means depends
    /// on the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert_eq!(file.stat()?.size(), 4);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.len()
    }

    /// Returns when the content was last changed; `None` where the system does not record it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// let age = file.stat()?.modified().unwrap().elapsed().unwrap_or_default();
    /// assert!(age.as_secs() < 60);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.0.modified().ok()
    }

    /// Returns when the content was last read, as far as the system records it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert!(file.stat()?.accessed().is_some());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn accessed(&self) -> Option<SystemTime> {
        self.0.accessed().ok()
    }

    /// Returns when the file was made; `None` where the system does not record it.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// if let Some(created) = file.stat()?.created() {
    ///     println!("made {:?} ago", created.elapsed());
    /// }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn created(&self) -> Option<SystemTime> {
        self.0.created().ok()
    }

    /// Returns who may do what, as a number that [`chmod`](crate::Path::chmod) takes: nine bits for reading,
    /// writing and executing, and three for set user ID, set group ID and sticky. Unlike pathlib's `st_mode`,
    /// it does not hold the [`kind`](Stat::kind).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let (original, copy) = (&base / "original", &base / "copy");
    /// # original.touch()?;
    /// # copy.touch()?;
    /// original.chmod(0o444)?;
    /// copy.chmod(original.stat()?.mode())?;
    /// assert_eq!(copy.stat()?.mode(), 0o444);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Windows it is made up as Python does it: `0o666`, for a read-only file `0o444`, and for directories
    /// `0o111` more.
    #[doc(alias = "st_mode")]
    #[doc(alias = "permissions")]
    #[must_use]
    pub fn mode(&self) -> u32 {
        sys::permission_bits(&self.0)
    }

    /// Whether nobody may write: no write permission at all on Unix, the read-only attribute on
    /// Windows.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "a";
    /// file.write_text("four")?;
    /// assert!(!file.stat()?.is_readonly());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        sys::is_readonly(&self.0)
    }
}
