//! The two path types, the form their text always has, and the door every text comes in by.

// In the order in which the documentation lists their methods.
mod join;

mod parts;

mod edit;

mod relative;

mod compare;

mod convert;

mod uri;

mod portability;

mod cast;
mod raw;
mod std_names;
mod variables;
mod verbatim;

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

pub(crate) use cast::text_of;
pub(crate) use variables::expand;

pub use join::AsPath;
pub use parts::{Parents, Parts, Suffixes};
pub use portability::{PortabilityReason, TargetPlatform, Unportable};

use crate::flavour::{Flavour, Native, Posix, Rules, Windows};
use crate::printable::printable;

/// A borrowed path: text in the normal form of its flavour `F`.
///
/// [`PathBuf`] is the owned type, as `String` is to `str`; it derefs to `Path`, where all methods are.
///
/// # Normal form
///
/// The text of a path is always in normal form, so equal paths have equal text (on Windows, except for case), and nothing
/// is parsed twice. It is the form that pathlib's `str()` returns.
///
/// | text | path |
/// | --- | --- |
/// | `a//b`, `a/./b`, `a/b/`, `a/b/.` | `a/b` |
/// | the empty text, `.`, `./` | `.` |
/// | `./a` | `a` |
/// | `a/../b` | `a/../b`: if `a` is a link, `..` leads elsewhere |
/// | POSIX: `/a`, `///a` | `/a` |
/// | POSIX: `//a` | `//a`: exactly two slashes are a root of their own |
/// | POSIX: `a\b` | `a\b`: one name |
/// | Windows: `a/b` | `a\b` |
/// | Windows: `c:a`, `c:\a`, `\a` | as they are: relative to a drive's folder, absolute, relative to a drive |
/// | Windows: `//server/share` | `\\server\share\`: a share always has a root |
/// | Windows: `\\?\c:\a`, `\\.\COM1` | as they are |
/// | Windows: `./c:`, `./c:a` | `.\c:`, `.\c:a`: without `.\` the name would be a drive. It is not a part |
///
/// Nothing else is changed: not case, not Unicode composition, not trailing dots and spaces. NUL is allowed in a path;
/// the system refuses it.
///
/// # Errors of every operation
///
/// In addition to the errors that each method lists, an operation on files can fail with
///
/// - [`NotADirectory`](std::io::ErrorKind::NotADirectory): one of the parents is a file, as in `file.txt/x`;
/// - [`PermissionDenied`](std::io::ErrorKind::PermissionDenied): no permission to search a directory of the path, or to
///   change the last one;
/// - [`InvalidFilename`](std::io::ErrorKind::InvalidFilename): a name has more than 255 bytes, or the path more than 4,095,
///   on most systems;
/// - [`InvalidInput`](std::io::ErrorKind::InvalidInput): NUL in the path;
/// - [`ReadOnlyFilesystem`](std::io::ErrorKind::ReadOnlyFilesystem),
///   [`StorageFull`](std::io::ErrorKind::StorageFull), and other errors of the system, such as a loop of links.
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
/// [`Path`] is the borrowed type, and has the methods and the description of the [normal form](Path#normal-form).
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

/// A POSIX path, on any system: all methods about text, none about files. Created with `parse`.
///
/// # Examples
///
/// ```
/// use waypath::PosixPath;
///
/// assert!(PosixPath::parse("/etc/hosts").is_absolute());
/// ```
pub type PosixPath = Path<Posix>;

/// An owned POSIX path, on any system. Created with `parse`.
///
/// # Examples
///
/// ```
/// use waypath::PosixPathBuf;
///
/// assert_eq!(PosixPathBuf::parse("/etc") / "hosts", "/etc/hosts");
/// ```
pub type PosixPathBuf = PathBuf<Posix>;

/// A Windows path, on any system: all methods about text, none about files. Created with `parse`.
///
/// # Examples
///
/// ```
/// use waypath::WindowsPath;
///
/// assert_eq!(WindowsPath::parse("c:/Windows").drive(), "c:");
/// ```
pub type WindowsPath = Path<Windows>;

/// An owned Windows path, on any system. Created with `parse`.
///
/// # Examples
///
/// ```
/// use waypath::WindowsPathBuf;
///
/// assert_eq!((WindowsPathBuf::parse("c:/a") / "b").as_str(), r"c:\a\b");
/// ```
pub type WindowsPathBuf = PathBuf<Windows>;

/// Makes a path of this system from text. The shortest way to start one.
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

/// # From text and to text
///
/// Every text is a path of every flavour.
impl<F: Flavour> Path<F> {
    /// Makes a path from text. Borrowed if the text is in [normal form](Path#normal-form) already, as most are, and owned
    /// otherwise.
    ///
    /// Every text is a path, so this cannot fail.
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
    /// Parsing the text of a path returns an equal path.
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

    /// Returns the text with control characters escaped, so that it is safe to print on a terminal.
    ///
    /// Escaped are control characters, line ends, and characters that change the direction of text, which make
    /// `a\u{202e}gpj.exe` look like `aexe.jpg`. The result is for people: it need not be the same path. `Display` prints the
    /// path as it is.
    ///
    /// The crate's own output is escaped: [`Error`](crate::Error), [`Report`](crate::Report), [`Tree`](crate::Tree) and
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
    /// assert_eq!(owned, "a/b");
    /// ```
    #[must_use]
    pub fn to_path_buf(&self) -> PathBuf<F> {
        PathBuf::from_normal(self.text.to_owned())
    }

    /// Returns the text with `/` as separator. Borrowed if nothing changes.
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

    /// Converts the path to another flavour, by parsing its text with `/` as separator.
    ///
    /// The other flavour's rules apply: `c:\a` becomes the *relative* POSIX path `c:/a`. Names that the other system does not
    /// allow are kept; [`portability`](Path::portability) finds them.
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
    /// Returns the empty path, `.`, which is the working directory. For another flavour, use `default()`.
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
    /// Makes a path of this flavour from text.
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

    /// Returns a borrowed path, as dereferencing does.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{Path, path};
    ///
    /// let owned = path("a/b");
    /// let borrowed: &Path = owned.as_path();
    /// assert_eq!(borrowed.name(), "b");
    /// ```
    #[inline]
    #[must_use]
    pub fn as_path(&self) -> &Path<F> {
        Path::from_normal(&self.text)
    }

    /// Converts into the text, without copying it.
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
