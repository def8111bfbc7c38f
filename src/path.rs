//! The two path types, the form their text always has, and the door every text comes in by.

mod cast;
pub(crate) use cast::text_of;
mod compare;
mod convert;
mod edit;
mod join;
mod parts;
mod portability;
mod raw;
mod relative;
mod uri;
mod variables;
pub(crate) use variables::expand;
mod verbatim;

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

pub use join::AsPath;
pub use parts::{Parents, Parts, Suffixes};
pub use portability::{PortabilityReason, TargetPlatform, Unportable};

use crate::flavour::{Flavour, Native, Posix, Rules, Windows};
use crate::printable::printable;

/// A borrowed path: text in the normal form of its flavour `F`.
///
/// It is to [`PathBuf`] what `str` is to `String`. Everything that can be asked of a path, and
/// every operation on files, is a method here; `PathBuf` has them all by dereferencing.
///
/// # Normal form
///
/// The text of a path is always in one form, so that equal paths have equal text (on Windows: but
/// for case), and no question has to parse it again. It is the form that pathlib's `str()` gives.
///
/// | in any text | in a path |
/// | --- | --- |
/// | `a//b`, `a/./b`, `a/b/`, `a/b/.` | `a/b` |
/// | the empty text, `.`, `./` | `.` |
/// | `./a` | `a` |
/// | `a/../b` | `a/../b`: where `..` leads only the file system knows, as `a` may be a link |
/// | POSIX: `/a`, `///a` | `/a` |
/// | POSIX: `//a` | `//a`: exactly two slashes are a root of their own |
/// | POSIX: `a\b` | `a\b`: one name |
/// | Windows: `a/b` | `a\b` |
/// | Windows: `c:a`, `c:\a`, `\a` | as they are: relative to a drive's folder, absolute, relative to a drive |
/// | Windows: `//server/share` | `\\server\share\`: a share has a root even when it is not written |
/// | Windows: `\\?\c:\a`, `\\.\COM1` | as they are |
/// | Windows: `./c:`, `./c:a` | `.\c:`, `.\c:a`: without the `.\` a name would become a drive. It counts as no part |
///
/// Nothing else is changed: not case, not Unicode composition, not trailing dots and spaces. NUL is
/// an ordinary character until the path reaches the system, which refuses it.
///
/// # Errors of every operation
///
/// Beside what each method lists, an operation on files can fail with
///
/// - [`NotADirectory`](std::io::ErrorKind::NotADirectory): a file stands where one of the
///   directories above should, as in `file.txt/x`;
/// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): a directory on the way may not be
///   searched, or the one that is to be changed may not be written;
/// - [`InvalidFilename`](std::io::ErrorKind::InvalidFilename): a name has more than 255 bytes, or
///   the path more than 4,095, on most systems;
/// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): NUL in the path;
/// - [`ReadOnlyFilesystem`](std::io::ErrorKind::ReadOnlyFilesystem),
///   [`StorageFull`](std::io::ErrorKind::StorageFull) and others of the system, such as a loop of
///   links.
///
/// # Examples
///
/// ```
/// use waypath::{Path, PosixPath, WindowsPath};
///
/// let path = PosixPath::parse("src//lib/./mod.rs");
/// assert_eq!(path.as_str(), "src/lib/mod.rs");
/// assert_eq!(path.name(), "mod.rs");
///
/// let path = WindowsPath::parse("c:/Users/Ann/");
/// assert_eq!(path.as_str(), r"c:\Users\Ann");
/// assert_eq!(path, WindowsPath::parse(r"C:\USERS\ANN").as_ref());
/// ```
#[repr(transparent)]
pub struct Path<F = Native> {
    flavour: PhantomData<F>,
    text: str,
}

/// An owned path: text in the normal form of its flavour `F`.
///
/// It is to [`Path`] what `String` is to `str`; the form of the text is described there.
///
/// # Examples
///
/// ```
/// use waypath::{PathBuf, WindowsPathBuf, path};
///
/// let log = path("logs") / "today.txt";
/// assert_eq!(log, PathBuf::from("logs//today.txt"));
///
/// let log: WindowsPathBuf = "logs/today.txt".parse()?;
/// assert_eq!(log.as_str(), r"logs\today.txt");
/// # Ok::<(), std::convert::Infallible>(())
/// ```
pub struct PathBuf<F = Native> {
    flavour: PhantomData<F>,
    text: String,
}

/// A POSIX path on any system: every lexical method, no access to files. `parse` makes one.
///
/// # Examples
///
/// ```
/// use waypath::PosixPath;
///
/// assert!(PosixPath::parse("/etc/hosts").is_absolute());
/// ```
pub type PosixPath = Path<Posix>;

/// An owned POSIX path on any system. `parse` makes one.
///
/// # Examples
///
/// ```
/// use waypath::PosixPathBuf;
///
/// assert_eq!(PosixPathBuf::parse("/etc") / "hosts", "/etc/hosts");
/// ```
pub type PosixPathBuf = PathBuf<Posix>;

/// A Windows path on any system: every lexical method, no access to files. `parse` makes one.
///
/// # Examples
///
/// ```
/// use waypath::WindowsPath;
///
/// assert_eq!(WindowsPath::parse("c:/Windows").drive(), "c:");
/// ```
pub type WindowsPath = Path<Windows>;

/// An owned Windows path on any system. `parse` makes one.
///
/// # Examples
///
/// ```
/// use waypath::WindowsPathBuf;
///
/// assert_eq!((WindowsPathBuf::parse("c:/a") / "b").as_str(), r"c:\a\b");
/// ```
pub type WindowsPathBuf = PathBuf<Windows>;

/// The path that a text denotes on this system; the shortest way to begin one.
///
/// # Examples
///
/// ```
/// use waypath::path;
///
/// let target = path("target") / "debug";
/// assert_eq!(target.name(), "debug");
/// assert_eq!(path(""), path("."));
/// ```
#[doc(alias = "new")]
#[must_use]
pub fn path(text: impl AsPath) -> PathBuf {
    text.to_path().into_owned()
}

/// Text in, text out.
impl<F: Flavour> Path<F> {
    /// Returns the path that a text denotes: borrowed when the text is in [normal
    /// form](Path#normal-form) already, as most are, and owned otherwise.
    ///
    /// Every text denotes a path; there is nothing to fail.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use waypath::PosixPath;
    ///
    /// assert!(matches!(PosixPath::parse("a/b"), Cow::Borrowed(_)));
    /// assert!(matches!(PosixPath::parse("a//b"), Cow::Owned(_)));
    /// ```
    ///
    /// Parsing what a path printed gives that path again.
    ///
    /// ```
    /// # use waypath::WindowsPath;
    /// let path = WindowsPath::parse("./c:");
    /// assert_eq!(WindowsPath::parse(path.as_str()), path);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Cow<'_, Self> {
        match F::Rules::normal(text) {
            Cow::Borrowed(text) => Cow::Borrowed(Self::from_normal(text)),
            Cow::Owned(text) => Cow::Owned(PathBuf::from_normal(text)),
        }
    }

    /// Returns the text of the path, with this flavour's separators; `.` for the empty path.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert_eq!(PosixPath::parse("a/b/").as_str(), "a/b");
    /// assert_eq!(WindowsPath::parse("a/b/").as_str(), r"a\b");
    /// assert_eq!(PosixPath::parse("").as_str(), ".");
    /// ```
    #[doc(alias = "str")]
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the text with everything escaped that a terminal would act on, to show a path from elsewhere to a
    /// person.
    ///
    /// Escaped are control characters, such as those that begin a terminal's commands, ends of lines, and the marks
    /// that turn the direction of text, which make `a\u{202e}gpj.exe` look like `aexe.jpg`. The result is for people:
    /// it need not be the path any more. `Display` prints the path as it is.
    ///
    /// The crate's own messages do this: [`Error`](crate::Error), [`Report`](crate::Report), [`Tree`](crate::Tree) and
    /// [`Unportable`].
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// assert_eq!(PosixPath::parse("café/two\nlines").printable(), r"café/two\nlines");
    /// assert_eq!(PosixPath::parse("\u{1b}[2J").printable(), r"\u{1b}[2J");
    /// ```
    #[doc(alias = "escape")]
    #[doc(alias = "quote")]
    #[must_use]
    pub fn printable(&self) -> Cow<'_, str> {
        printable(&self.text)
    }

    /// Returns an owned copy of the path.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, PathBuf};
    ///
    /// let owned: PathBuf = Path::parse("a/b").to_path_buf();
    /// ```
    #[must_use]
    pub fn to_path_buf(&self) -> PathBuf<F> {
        PathBuf::from_normal(self.text.to_owned())
    }

    /// Returns the text with `/` between the parts; borrowed where it is so already.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert_eq!(WindowsPath::parse(r"c:\a\b").as_posix(), "c:/a/b");
    /// assert_eq!(PosixPath::parse(r"a\b").as_posix(), r"a\b");
    /// ```
    #[doc(alias = "to_slash")]
    #[must_use]
    pub fn as_posix(&self) -> Cow<'_, str> {
        let separator = F::SEPARATOR;
        if separator == '/' || !self.text.contains(separator) {
            return Cow::Borrowed(&self.text);
        }
        Cow::Owned(self.text.replace(separator, "/"))
    }

    /// Returns the path in another flavour, reading it with `/` between the parts.
    ///
    /// A relative path that both flavours read alike stays what it is. An anchor is read by the
    /// other flavour's rules: `c:\a` becomes the *relative* POSIX path `c:/a`. Names that the other
    /// system refuses are carried over; [`portability`](Path::portability) finds them.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Posix, PosixPath, Windows, WindowsPath};
    ///
    /// let path = WindowsPath::parse(r"docs\guide.md").to_flavour::<Posix>();
    /// assert_eq!(path.as_str(), "docs/guide.md");
    ///
    /// // A backslash in a POSIX name separates on Windows.
    /// let path = PosixPath::parse(r"docs\guide.md").to_flavour::<Windows>();
    /// assert_eq!(path.parts().count(), 2);
    /// ```
    #[must_use]
    pub fn to_flavour<G: Flavour>(&self) -> PathBuf<G> {
        PathBuf::parse(&self.as_posix())
    }
}

/// Beginning with nothing.
impl PathBuf {
    /// Returns the empty path, `.`, which denotes the working directory.
    ///
    /// Of another flavour, `default()` is that path.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PathBuf;
    ///
    /// let mut path = PathBuf::new();
    /// path /= "a";
    /// assert_eq!(path, "a");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Text in, text out.
impl<F: Flavour> PathBuf<F> {
    /// Returns the path of this flavour that a text denotes.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PathBuf, Windows};
    ///
    /// assert_eq!(PathBuf::<Windows>::parse("c:/a").as_str(), r"c:\a");
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::from_normal(F::Rules::normal(text).into_owned())
    }

    /// Returns this path as a borrowed one; dereferencing does the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, path};
    ///
    /// let owned = path("a/b");
    /// let borrowed: &Path = owned.as_path();
    /// ```
    #[inline]
    #[must_use]
    pub fn as_path(&self) -> &Path<F> {
        Path::from_normal(&self.text)
    }

    /// Returns the text of the path, which was its own already.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(waypath::path("a/").into_string(), "a");
    /// ```
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }

    /// The one door: every path that owns its text is made here.
    #[inline]
    pub(crate) fn from_normal(text: String) -> Self {
        debug_assert!(is_normal::<F>(&text), "BUG: {text:?} is not in normal form");
        Self { flavour: PhantomData, text }
    }

    /// The text itself, for an edit that keeps it normal.
    #[inline]
    fn text_mut(&mut self) -> &mut String {
        &mut self.text
    }
}

/// Whether a text is in the form that every path has.
fn is_normal<F: Flavour>(text: &str) -> bool {
    matches!(F::Rules::normal(text), Cow::Borrowed(_))
}

impl<F: Flavour> Default for PathBuf<F> {
    fn default() -> Self {
        Self::from_normal(".".to_owned())
    }
}

impl<F: Flavour> FromStr for PathBuf<F> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::parse(text))
    }
}

impl<F: Flavour> fmt::Display for Path<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, f)
    }
}

impl<F: Flavour> fmt::Debug for Path<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<F: Flavour> fmt::Display for PathBuf<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, f)
    }
}

impl<F: Flavour> fmt::Debug for PathBuf<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
