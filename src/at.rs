//! Located paths: text, and what it is in. Here is what can be asked of the text.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Div;

use crate::error::{Error, Op, Result};
use crate::path::{AsPath, Parts, Path, PathBuf, Suffixes};
use crate::pattern::IntoPattern;
use sealed::Handle as _;

/// A path in a store: text, and a handle to what it is in.
///
/// Two are equal if their text is and they come from the same handle.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// # let root = base.root()?;
/// let page = &root / "site" / "index.html";
/// assert_eq!(page, &root / "site/index.html");
/// assert_ne!(page, &base.root()? / "site/index.html"); // below another handle
/// # Ok::<(), waypath::Error>(())
/// ```
pub struct At<S: Store> {
    pub(crate) handle: S::Handle,
    pub(crate) path: PathBuf<S::Flavour>,
}

/// What a located path can be in. Only this crate implements it.
///
/// # Examples
///
/// ```
/// use waypath::{At, Store};
///
/// # let base = waypath::TempDir::new()?;
/// # let root = base.root()?;
/// fn start_page<S: Store>(site: &At<S>) -> At<S> {
///     site / "index.html"
/// }
/// assert_eq!(start_page(&(&root / "site")), &root / "site/index.html");
/// # Ok::<(), waypath::Error>(())
/// ```
pub trait Store: sealed::Store {}

pub(crate) mod sealed {
    use crate::flavour::Flavour;

    pub trait Store {
        type Handle: Handle;
        /// That of the paths: the system's on disk, and POSIX for keys.
        type Flavour: Flavour;
    }

    pub trait Handle: Clone {
        /// What tells it from every other handle; clones have the same.
        fn address(&self) -> usize;
    }
}

/// Text: the same questions as those of [`Path`], about the path below the store. None of them looks at the disk.
impl<S: Store> At<S> {
    pub(crate) fn with_path(&self, path: PathBuf<S::Flavour>) -> Self {
        Self { handle: self.handle.clone(), path }
    }

    /// Returns the text of the path below the store; `.` for the store itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "./notes.txt").as_str(), "notes.txt");
    /// assert_eq!(root.as_str(), ".");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.path.as_str()
    }

    /// Returns the path below the store.
    ///
    /// It is only text from here on: its methods that touch the disk begin at the working directory, and nothing keeps
    /// them inside.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").path_below(), "site/index.html");
    /// assert!(base.is_absolute() && !root.path_below().is_absolute());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn path_below(&self) -> &Path<S::Flavour> {
        &self.path
    }

    /// Returns the text with characters escaped that a terminal would act on: see [`Path::printable`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "photo\u{202e}gpj.exe").printable(), r"photo\u{202e}gpj.exe");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn printable(&self) -> std::borrow::Cow<'_, str> {
        self.path.printable()
    }

    /// Joins a path to this one, as `/` does: see [`Path::join`].
    ///
    /// Nothing is checked here. If the result leads out, the methods that look at the disk fail.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// let root = waypath::Root::open(&base)?;
    /// assert_eq!(root.join("a").join("b").as_str(), (&root / "a/b").as_str());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn join(&self, path: impl AsPath<S::Flavour>) -> Self {
        self.with_path(self.path.join(path))
    }

    /// Joins text that is not trusted, and refuses what would mean something else on any system: see
    /// [`Path::join_inside`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!(root.join_inside("2026/photo.jpg")?, &root / "2026/photo.jpg");
    /// assert!(root.join_inside("../photo.jpg").is_err());
    /// assert!(root.join_inside("nul.jpg").is_err()); // a device on Windows
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the text leads up, has a root, or has a name that Windows would
    /// reinterpret.
    pub fn join_inside(&self, untrusted: impl AsRef<str>) -> Result<Self> {
        self.path.join_inside(untrusted).map(|path| self.with_path(path))
    }

    /// Returns the parts of the path: see [`Path::parts`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!((&root / "site/index.html").parts().eq(["site", "index.html"]));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn parts(&self) -> Parts<'_, S::Flavour> {
        self.path.parts()
    }

    /// Returns the last part of the path, or `""`: see [`Path::name`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").name(), "index.html");
    /// assert_eq!(root.name(), "");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.name()
    }

    /// Returns the name without its suffix: see [`Path::stem`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "backup.tar.gz").stem(), "backup.tar");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn stem(&self) -> &str {
        self.path.stem()
    }

    /// Returns the last suffix of the name with its dot, or `""`: see [`Path::suffix`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "backup.tar.gz").suffix(), ".gz");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn suffix(&self) -> &str {
        self.path.suffix()
    }

    /// Returns the suffixes of the name: see [`Path::suffixes`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!((&root / "backup.tar.gz").suffixes().eq([".tar", ".gz"]));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn suffixes(&self) -> Suffixes<'_> {
        self.path.suffixes()
    }

    /// Returns the path without its last part: see [`Path::parent`]. The parent of the store itself is the store.
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").parent(), &root / "site");
    /// assert_eq!(root.parent(), &root / "."); // it leads no higher
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn parent(&self) -> Self {
        self.with_path(self.path.parent().to_path_buf())
    }

    /// Returns the ancestors of the path, from its parent to the store: see [`Path::parents`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let parents: Vec<_> = (&root / "site/css/main.css").parents().collect();
    /// assert_eq!(parents, [&root / "site/css", &root / "site", &root / "."]);
    /// # Ok::<(), waypath::Error>(())
    /// ```
    pub fn parents(&self) -> impl Iterator<Item = Self> + '_ {
        self.path.parents().map(|parent| self.with_path(parent.to_path_buf()))
    }

    /// Returns the path with another name: see [`Path::with_name`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").with_name("about.html")?, &root / "site/about.html");
    /// assert!(root.with_name("about.html").is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): as for [`Path::with_name`].
    pub fn with_name(&self, name: impl AsRef<str>) -> Result<Self> {
        self.path.with_name(name).map(|path| self.with_path(path))
    }

    /// Returns the path with another stem: see [`Path::with_stem`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").with_stem("about")?, &root / "site/about.html");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): as for [`Path::with_stem`].
    pub fn with_stem(&self, stem: impl AsRef<str>) -> Result<Self> {
        self.path.with_stem(stem).map(|path| self.with_path(path))
    }

    /// Returns the path with another suffix: see [`Path::with_suffix`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").with_suffix(".md")?, &root / "site/index.md");
    /// assert_eq!((&root / "site/index.html").with_suffix("")?, &root / "site/index");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): as for [`Path::with_suffix`].
    pub fn with_suffix(&self, suffix: impl AsRef<str>) -> Result<Self> {
        self.path.with_suffix(suffix).map(|path| self.with_path(path))
    }

    /// Returns the path with a suffix added: see [`Path::add_suffix`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert_eq!((&root / "site/index.html").add_suffix(".gz")?, &root / "site/index.html.gz");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): as for [`Path::add_suffix`].
    pub fn add_suffix(&self, suffix: impl AsRef<str>) -> Result<Self> {
        self.path.add_suffix(suffix).map(|path| self.with_path(path))
    }

    /// Returns what is left of the path behind another one of the same store: see [`Path::relative_to`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let css = &root / "site/css/main.css";
    /// assert_eq!(css.relative_to(&root / "site")?, "css/main.css");
    /// assert!(css.relative_to(&root / "blog").is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): it does not start with the other one, or that one is in another
    /// store.
    pub fn relative_to(&self, base: impl Borrow<Self>) -> Result<&Path<S::Flavour>> {
        let base = base.borrow();
        if !self.is_in_store_of(base) {
            let reason = "they are in different stores";
            return Err(Error::text(Op::RelativeTo, self.as_str(), reason).with_second(base.as_str()));
        }
        self.path.relative_to(&base.path)
    }

    /// Checks whether the path starts with another one of the same store: see [`Path::is_relative_to`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// let css = &root / "site/css/main.css";
    /// assert!(css.is_relative_to(&root / "site"));
    /// assert!(!css.is_relative_to(&base.root()? / "site")); // below another handle
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn is_relative_to(&self, base: impl Borrow<Self>) -> bool {
        let base = base.borrow();
        self.is_in_store_of(base) && self.path.is_relative_to(&base.path)
    }

    /// Checks whether a pattern matches the whole path below the store: see [`Path::full_match`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!((&root / "site/index.html").full_match("site/*.html"));
    /// assert!(!(&root / "site/index.html").full_match("*.html"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn full_match(&self, pattern: impl IntoPattern<S::Flavour>) -> bool {
        self.path.full_match(pattern)
    }

    /// Checks whether a pattern matches the last parts of the path: see [`Path::matches`].
    ///
    /// # Examples
    ///
    /// ```
    /// # let base = waypath::TempDir::new()?;
    /// # let root = base.root()?;
    /// assert!((&root / "site/index.html").matches("*.html"));
    /// assert!(!(&root / "site/index.html").matches("site/*.css"));
    /// # Ok::<(), waypath::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, pattern: impl IntoPattern<S::Flavour>) -> bool {
        self.path.matches(pattern)
    }

    fn is_in_store_of(&self, other: &Self) -> bool {
        self.handle.address() == other.handle.address()
    }
}

impl<P: AsPath<S::Flavour>, S: Store> Div<P> for &At<S> {
    type Output = At<S>;

    fn div(self, right: P) -> At<S> {
        self.join(right)
    }
}

impl<P: AsPath<S::Flavour>, S: Store> Div<P> for At<S> {
    type Output = Self;

    fn div(mut self, right: P) -> Self {
        self.path.push(right);
        self
    }
}

impl<S: Store> Clone for At<S> {
    fn clone(&self) -> Self {
        self.with_path(self.path.clone())
    }
}

impl<S: Store> PartialEq for At<S> {
    fn eq(&self, other: &Self) -> bool {
        self.is_in_store_of(other) && self.path == other.path
    }
}

impl<S: Store> Eq for At<S> {}

/// By text; paths with the same text in different stores are kept apart.
impl<S: Store> Ord for At<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path.cmp(&other.path).then_with(|| self.handle.address().cmp(&other.handle.address()))
    }
}

impl<S: Store> PartialOrd for At<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: Store> Hash for At<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
        self.handle.address().hash(state);
    }
}

/// The path below the store.
impl<S: Store> fmt::Display for At<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, f)
    }
}

impl<S: Store> fmt::Debug for At<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("At").field(&self.path).finish()
    }
}
