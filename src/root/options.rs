//! How a root is opened.

use super::Root;
use crate::error::{Error, Op, Result};
use crate::path::AsPath;
use crate::sys;

/// What to do with symbolic links below a root.
///
/// Whatever it is, no link leads out. Links of the kernel's own, such as `/proc/self/root`, are never followed, and
/// [`readlink`](super::RootPath::readlink) always gives the text of a link.
///
/// # Examples
///
/// ```
/// use waypath::{Root, RootLinks};
///
/// # let base = waypath::TempDir::new()?;
/// # #[cfg(unix)] {
/// (&base / "etc").mkdir()?;
/// (&base / "etc/hosts").write_text("one")?;
/// (&base / "link").symlink_to("/etc/hosts")?;
///
/// let container = Root::options().links(RootLinks::FromRoot).open(&base)?;
/// assert_eq!((&container / "link").read_text()?, "one");
/// let uploads = Root::open(&base)?; // as with `RootLinks::Inside`
/// assert!((&uploads / "link").read_text().unwrap_err().is_escape());
/// # }
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootLinks {
    /// Follow links that stay inside. An absolute link leads out.
    #[default]
    Inside,
    /// Follow links as if the root were `/`, as in a `chroot`: an absolute link begins at the root, and `..` in the root
    /// is the root. For directories that are the root of a system, such as a container's.
    FromRoot,
    /// Follow no link: a path with one is an error.
    Refuse,
}

/// Options for opening a [`Root`].
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// use waypath::{Root, RootLinks};
///
/// let root = Root::options().links(RootLinks::Refuse).read_only(true).open(&base)?;
/// let error = (&root / "a").write_text("").unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::ReadOnlyFilesystem);
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "nothing is opened until `open` is called"]
pub struct RootOptions {
    links: RootLinks,
    same_file_system: bool,
    limits: sys::Limits,
}

impl RootOptions {
    /// What to do with symbolic links. The default is [`RootLinks::Inside`].
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Root, RootLinks};
    ///
    /// # let base = waypath::TempDir::new()?;
    /// # #[cfg(unix)] {
    /// (&base / "a").write_text("four")?;
    /// (&base / "link").symlink_to("a")?;
    /// assert_eq!((&Root::open(&base)? / "link").read_text()?, "four");
    ///
    /// let root = Root::options().links(RootLinks::Refuse).open(&base)?;
    /// assert!((&root / "link").read_text().is_err());
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn links(self, links: RootLinks) -> Self {
        Self { links, ..self }
    }

    /// Whether to refuse directories on other file systems that are mounted below the root.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Root;
    ///
    /// # #[cfg(target_os = "linux")] {
    /// let root = Root::options().same_file_system(true).open("/")?;
    /// assert!(root.is_dir());
    /// assert!((&root / "proc/version").read_text().is_err()); // `/proc` is mounted
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Platform-specific behavior
    ///
    /// On Linux, directories that are mounted from the same file system are refused as well.
    pub fn same_file_system(self, same_file_system: bool) -> Self {
        Self { same_file_system, ..self }
    }

    /// Whether to refuse every change below the root, with
    /// [`ReadOnlyFilesystem`](std::io::ErrorKind::ReadOnlyFilesystem).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use waypath::Root;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").write_text("four")?;
    /// let root = Root::options().read_only(true).open(&base)?;
    /// assert_eq!((&root / "a").read_text()?, "four");
    /// assert_eq!((&root / "a").unlink().unwrap_err().kind(), ErrorKind::ReadOnlyFilesystem);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.limits.read_only = read_only;
        self
    }

    /// Whether methods that open files also open pipes, sockets and devices. By default they are refused: reading a
    /// pipe would wait for somebody to write to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Root;
    ///
    /// # #[cfg(unix)] {
    /// assert!((&Root::open("/dev")? / "null").read_text().is_err());
    ///
    /// let devices = Root::options().special(true).open("/dev")?;
    /// assert_eq!((&devices / "null").read_text()?, "");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn special(mut self, special: bool) -> Self {
        self.limits.special = special;
        self
    }

    /// Opens a directory as a root.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Root;
    ///
    /// # let base = waypath::TempDir::new()?;
    /// (&base / "a").write_text("four")?;
    /// let options = Root::options().read_only(true);
    /// assert_eq!((&options.open(&base)? / "a").read_text()?, "four");
    /// assert!(options.open(&base / "a").is_err()); // a file
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Root::open`].
    pub fn open(&self, directory: impl AsPath) -> Result<Root> {
        let directory = &*directory.to_path();
        let links = match self.links {
            RootLinks::Inside => sys::LinkRule::Inside,
            RootLinks::FromRoot => sys::LinkRule::FromRoot,
            RootLinks::Refuse => sys::LinkRule::Refuse,
        };
        let rules = sys::Rules { links, same_file_system: self.same_file_system };
        sys::Root::open(directory.as_ref(), rules, self.limits)
            .map(Root::of)
            .map_err(|cause| Error::new(Op::OpenRoot, directory, cause))
    }
}
