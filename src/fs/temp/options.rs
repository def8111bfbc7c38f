//! How temporary files and directories are made.

use std::io;

use super::{TempDir, TempFile};
use crate::error::{Error, Op, Result};
use crate::fs::mode::{IntoMode, Mode};
use crate::path::{AsPath, Path, PathBuf, path};
use crate::sys::{self, OsPath};

/// Options for temporary files and directories: prefix and suffix of the name, parent directory, permissions.
///
/// # Examples
///
/// ```
/// use waypath::TempOptions;
///
/// # let base = waypath::TempDir::new()?;
/// let image = TempOptions::new().prefix("thumb-").suffix(".png").parent(&base).file()?;
/// assert!(image.name().starts_with("thumb-") && image.suffix() == ".png");
/// assert_eq!(image.parent(), &*base);
///
/// let build = TempOptions::new().prefix("build-").dir()?;
/// assert!(build.is_dir());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is made until `file` or `dir` is called"]
pub struct TempOptions {
    prefix: String,
    suffix: String,
    parent: Option<PathBuf>,
    /// Or why there is none.
    mode: Option<Result<Mode, String>>,
}

/// What only the user who runs the program may use.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_DIR: u32 = 0o700;

impl TempOptions {
    /// Returns the options of [`TempFile::new`] and [`TempDir::new`]: a name of `.tmp` and random characters, in the system's
    /// [directory for temporary files](Path::temp_dir), for the user who runs the program only.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, TempOptions};
    ///
    /// let file = TempOptions::new().file()?;
    /// assert!(file.name().starts_with(".tmp"));
    /// assert_eq!(file.parent(), &*Path::temp_dir()?);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn new() -> Self {
        Self { prefix: ".tmp".to_owned(), suffix: String::new(), parent: None, mode: None }
    }

    /// Sets the prefix of the name, `.tmp` by default. Random characters follow it.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = waypath::TempOptions::new().prefix("thumb-").file()?;
    /// assert!(file.name().starts_with("thumb-") && file.name() != "thumb-");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "with_prefix")]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Ends the name with this text, such as `.json`.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = waypath::TempOptions::new().suffix(".json").file()?;
    /// assert_eq!(file.suffix(), ".json");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn suffix(self, suffix: impl Into<String>) -> Self {
        Self { suffix: suffix.into(), ..self }
    }

    /// Makes it in this directory, which must exist.
    ///
    /// A file that is going to be [persisted](TempFile::persist) belongs on the file system of its target.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let file = waypath::TempOptions::new().parent(&base).file()?;
    /// assert_eq!(file.parent(), &*base);
    /// assert!(waypath::TempOptions::new().parent(&base / "no").file().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn parent(self, parent: impl AsPath) -> Self {
        Self { parent: Some(parent.to_path().into_owned()), ..self }
    }

    /// Gives it these permissions, except those that the umask forbids. Text such as `g+r` changes the default, `0o600`
    /// for files and `0o700` for directories.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::TempOptions;
    ///
    /// let shared = TempOptions::new().mode("a+r").file()?;
    /// # if cfg!(unix) {
    /// assert_eq!(shared.stat()?.mode() & 0o400, 0o400);
    /// assert_eq!(TempOptions::new().file()?.stat()?.mode(), 0o600);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// Ignored on Windows and WASI.
    pub fn mode(self, mode: impl IntoMode) -> Self {
        Self { mode: Some(mode.into_mode().map_err(|error| error.to_string())), ..self }
    }

    /// Creates a file, open for reading and writing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let mut page = waypath::TempOptions::new().suffix(".html").file()?;
    /// write!(page, "<h1>Trip</h1>")?;
    /// assert_eq!(page.read_text()?, "<h1>Trip</h1>");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - [`NotFound`](std::io::ErrorKind::NotFound): the parent does not exist.
    /// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): the parent may not be changed.
    /// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): the prefix or suffix contains a separator, or the mode is not one.
    pub fn file(&self) -> Result<TempFile> {
        let (file, path) = self.create(Op::TempFile, PRIVATE_FILE, sys::create_new)?;
        Ok(TempFile::of(file, path))
    }

    /// Creates a directory.
    ///
    /// # Examples
    ///
    /// ```
    /// let unpacked = waypath::TempOptions::new().prefix("unpacked-").dir()?;
    /// (&unpacked / "Cargo.toml").write_text("[package]\n")?;
    /// assert!(unpacked.name().starts_with("unpacked-"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`file`](Self::file).
    pub fn dir(&self) -> Result<TempDir> {
        let ((), path) = self.create(Op::TempDir, PRIVATE_DIR, sys::create_dir_with_mode)?;
        Ok(TempDir::of(path))
    }

    /// Makes something under a new name; if somebody has that, under another one. Its path is absolute, so that it is
    /// found again when the working directory is another one.
    fn create<T>(&self, op: Op, mode: u32, make: fn(&OsPath, u32) -> io::Result<T>) -> Result<(T, PathBuf)> {
        let parent = self.parent.clone().map_or_else(Path::temp_dir, Ok)?;
        let failed = |reason: String| Error::text(op, &*parent, reason);
        let mode = self.mode_from(mode).map_err(failed)?;
        self.check_names().map_err(|reason| failed(reason.to_owned()))?;
        let absolute = parent.absolute()?;
        let (made, path) = sys::make_named((*absolute).as_ref(), &self.prefix, &self.suffix, |path| make(path, mode))
            .map_err(|cause| Error::new(op, &*parent, cause))?;
        Ok((made, PathBuf::try_from(path)?))
    }

    /// Checks that with any characters between them, prefix and suffix are one name.
    fn check_names(&self) -> Result<(), &'static str> {
        let name = format!("{}0{}", self.prefix, self.suffix);
        let is_name = *path(&name).name() == name;
        if is_name { Ok(()) } else { Err("prefix and suffix must not contain a separator") }
    }

    fn mode_from(&self, default: u32) -> Result<u32, String> {
        let Some(mode) = &self.mode else { return Ok(default) };
        let mode = mode.as_ref().map_err(Clone::clone)?;
        let umask = if mode.needs_umask() { sys::umask() } else { 0 };
        Ok(mode.apply(default, default == PRIVATE_DIR, umask))
    }
}

impl Default for TempOptions {
    fn default() -> Self {
        Self::new()
    }
}
