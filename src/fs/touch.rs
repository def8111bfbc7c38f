//! Options for touching files.

use std::io::{self, ErrorKind};
use std::time::SystemTime;

use super::attr::new_mode;
use super::mode::{IntoMode, Mode};
use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Path};
use crate::sys::{self, OsPath};

/// The permissions of a new file, before the umask takes its part.
const NEW: u32 = 0o666;

/// Options for [`touch`](crate::Path::touch): permissions of a new file, whether it may exist, and its times.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use waypath::TouchOptions;
///
/// # let base = waypath::TempDir::new()?;
/// let key = &base / "key";
/// TouchOptions::new().mode(0o600).exist_ok(false).touch(&key)?;
///
/// let yesterday = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
/// TouchOptions::new().modified(yesterday).touch(&key)?;
/// assert!(key.stat()?.modified().unwrap().elapsed().unwrap().as_secs() >= 86_000);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is touched until it is told what"]
pub struct TouchOptions {
    /// Or why there is none.
    mode: std::result::Result<Mode, String>,
    exist_ok: bool,
    accessed: Option<SystemTime>,
    modified: Option<SystemTime>,
}

impl TouchOptions {
    /// Returns the options of [`Path::touch`](crate::Path::touch): the file may exist, a new file gets the permissions `0o666`
    /// minus the umask, and both times are set to now.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let marker = &base / "done";
    /// waypath::TouchOptions::new().touch(&marker)?;
    /// assert!(marker.exists());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn new() -> Self {
        Self { mode: Ok(Mode::from(NEW)), exist_ok: true, accessed: None, modified: None }
    }

    /// Sets the permissions of a new file, minus the umask. Text such as `u=rw,go=` is applied to the default of `0o666`. An
    /// existing file keeps its permissions; see [`chmod`](crate::Path::chmod).
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let key = &base / "key";
    /// waypath::TouchOptions::new().mode(0o600).touch(&key)?;
    /// # if cfg!(unix) {
    /// assert_eq!(key.stat()?.mode(), 0o600);
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// Ignored on Windows.
    pub fn mode(self, mode: impl IntoMode) -> Self {
        Self { mode: mode.into_mode().map_err(|error| error.to_string()), ..self }
    }

    /// Whether the file may exist; `true` by default. If `false`, the file is created atomically: of two programs that try, one
    /// gets an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let new = waypath::TouchOptions::new().exist_ok(false);
    /// new.touch(&base / "lock")?;
    /// assert_eq!(new.touch(&base / "lock").unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn exist_ok(self, exist_ok: bool) -> Self {
        Self { exist_ok, ..self }
    }

    /// Sets the time of the last modification. The other time is kept, unless [it](TouchOptions::accessed) is set as well.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "file";
    /// let time = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    /// waypath::TouchOptions::new().modified(time).touch(&file)?;
    /// assert_eq!(file.stat()?.modified(), Some(time));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "utime")]
    #[doc(alias = "set_modified")]
    pub fn modified(self, time: SystemTime) -> Self {
        Self { modified: Some(time), ..self }
    }

    /// Sets the time of the last access. The other time is kept, unless [it](TouchOptions::modified) is set as well.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// let file = &base / "file";
    /// let time = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    /// waypath::TouchOptions::new().accessed(time).touch(&file)?;
    /// assert_eq!(file.stat()?.accessed(), Some(time));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[doc(alias = "set_accessed")]
    pub fn accessed(self, time: SystemTime) -> Self {
        Self { accessed: Some(time), ..self }
    }

    /// Creates an empty file, or sets the times of an existing one.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// waypath::TouchOptions::new().touch(&base / "file")?;
    /// assert!((&base / "file").is_file());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of [`Path::touch`](crate::Path::touch).
    /// - [`InvalidInput`](ErrorKind::InvalidInput): the [mode](TouchOptions::mode) is larger than `0o7777`, or not in the
    ///   [language](Mode#the-language).
    /// - [`AlreadyExists`](ErrorKind::AlreadyExists): something has the name, even a dangling link,
    ///   and [`exist_ok`](TouchOptions::exist_ok) is `false`.
    pub fn touch(&self, path: impl AsPath) -> Result<()> {
        let path = &*path.to_path();
        self.apply(AsRef::<OsPath>::as_ref(path), path, |cause| Error::new(Op::Touch, path, cause))
    }

    /// Touches a file; `failed` puts what the system said.
    pub(crate) fn apply(
        &self,
        file: &(impl Touch + ?Sized),
        path: &Path,
        failed: impl Fn(io::Error) -> Error,
    ) -> Result<()> {
        let mode = self.mode.as_ref().map_err(|reason| Error::text(Op::Touch, path, reason.clone()))?;
        self.apply_with_mode(file, mode).map_err(failed)
    }

    fn apply_with_mode(&self, file: &(impl Touch + ?Sized), mode: &Mode) -> io::Result<()> {
        let mode = || new_mode(mode, NEW, false);
        if !self.exist_ok {
            file.create_new(mode())?;
            return self.set_given_times(file);
        }
        let done = match (self.accessed, self.modified) {
            (None, None) => file.set_times_to_now(),
            _ => self.set_given_times(file),
        };
        match done {
            Err(cause) if cause.kind() == ErrorKind::NotFound => {
                file.create_if_missing(mode())?;
                self.set_given_times(file)
            }
            done => done,
        }
    }

    fn set_given_times(&self, file: &(impl Touch + ?Sized)) -> io::Result<()> {
        match (self.accessed, self.modified) {
            (None, None) => Ok(()),
            (accessed, modified) => file.set_times(accessed, modified),
        }
    }
}

/// What can be touched.
pub(crate) trait Touch {
    /// Makes an empty file; nothing may be there.
    fn create_new(&self, mode: u32) -> io::Result<()>;

    fn create_if_missing(&self, mode: u32) -> io::Result<()>;

    fn set_times(&self, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()>;

    fn set_times_to_now(&self) -> io::Result<()>;
}

impl Touch for OsPath {
    fn create_new(&self, mode: u32) -> io::Result<()> {
        sys::create_new(self, mode).map(drop)
    }

    fn create_if_missing(&self, mode: u32) -> io::Result<()> {
        sys::create_if_missing(self, mode)
    }

    fn set_times(&self, accessed: Option<SystemTime>, modified: Option<SystemTime>) -> io::Result<()> {
        sys::set_times(self, accessed, modified)
    }

    fn set_times_to_now(&self) -> io::Result<()> {
        sys::set_times_to_now(self)
    }
}

impl Default for TouchOptions {
    fn default() -> Self {
        Self::new()
    }
}
