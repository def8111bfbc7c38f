//! How a root is opened.

use super::Root;
use crate::error::{Error, Op, Result};
use crate::path::AsPath;
use crate::sys;

/// What to do with symbolic links below a root.
///
/// Whatever it is, no link leads out. Links of the kernel's own, such as `/proc/self/root`, are never followed, and
/// [`readlink`](super::RootPath::readlink) always gives the text of a link.
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
    pub fn links(self, links: RootLinks) -> Self {
        Self { links, ..self }
    }

    /// Whether to refuse directories on other file systems that are mounted below the root.
    ///
    /// # Platform-specific behavior
    ///
    /// On Linux, also what is mounted from the same file system is refused.
    pub fn same_file_system(self, same_file_system: bool) -> Self {
        Self { same_file_system, ..self }
    }

    /// Whether to refuse every change below the root, with
    /// [`ReadOnlyFilesystem`](std::io::ErrorKind::ReadOnlyFilesystem).
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.limits.read_only = read_only;
        self
    }

    /// Whether methods that open files also open pipes, sockets and devices. By default they are refused: reading a
    /// pipe would wait for somebody to write to it.
    pub fn special(mut self, special: bool) -> Self {
        self.limits.special = special;
        self
    }

    /// Opens a directory as a root.
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
