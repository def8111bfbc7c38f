//! Joining paths: `join`, `/`, and `join_inside` for untrusted text.

use std::borrow::Cow;
use std::ops::{Div, DivAssign};
use std::rc::Rc;
use std::sync::Arc;

use super::{Path, PathBuf, is_normal};
use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Native, Posix, Rules};
use crate::printable::printable;

/// Values that can be used as a path of flavour `F`: text, paths, and references and boxes of them.
///
/// Methods take `impl AsPath<F>`, so text needs no conversion. A path of another flavour is converted with
/// [`to_flavour`](Path::to_flavour), and a [`std::path::Path`], which need not be UTF-8, with `PathBuf::try_from`.
///
/// # Examples
///
/// ```
/// use waypath::{AsPath, PathBuf, path};
///
/// fn log_in(folder: impl AsPath) -> PathBuf {
///     path(folder) / "today.log"
/// }
///
/// assert_eq!(log_in("logs"), log_in(path("logs")));
/// ```
///
/// ```compile_fail
/// use waypath::{PosixPath, path};
///
/// path("a") / PosixPath::parse("b"); // a POSIX path is not a path of this system
/// ```
///
/// ```compile_fail
/// waypath::path("a") / std::path::Path::new("b"); // may not be UTF-8
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a path of flavour `{F}`",
    label = "expected text or a path of flavour `{F}`",
    note = "a path of another flavour: convert it with `.to_flavour::<{F}>()`",
    note = "a `std::path::Path` or an `OsStr`, which may not be UTF-8: convert it with `PathBuf::try_from(path)?`",
    note = "an `Option` or a `Result`: take the path out of it first"
)]
pub trait AsPath<F: Flavour = Native> {
    /// Returns the text, which need not be in normal form.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{AsPath, Posix, PosixPath};
    ///
    /// assert_eq!(AsPath::<Posix>::as_path_text("a//b/"), "a//b/");
    /// assert_eq!(PosixPath::parse("a//b/").as_path_text(), "a/b"); // a path is in normal form
    /// ```
    fn as_path_text(&self) -> &str;

    /// Converts to a path. Borrowed if the text is in normal form.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use waypath::{AsPath, Posix};
    ///
    /// assert!(matches!(AsPath::<Posix>::to_path("a/b"), Cow::Borrowed(_)));
    /// assert_eq!(AsPath::<Posix>::to_path("a//b/").as_str(), "a/b");
    /// ```
    fn to_path(&self) -> Cow<'_, Path<F>> {
        self.as_normal_path().map_or_else(|| Path::parse(self.as_path_text()), Cow::Borrowed)
    }

    /// Returns the path, if it is known to be in normal form without a look at its text.
    #[doc(hidden)]
    #[inline]
    fn as_normal_path(&self) -> Option<&Path<F>> {
        None
    }
}

impl<F: Flavour> AsPath<F> for str {
    #[inline]
    fn as_path_text(&self) -> &str {
        self
    }
}

impl<F: Flavour> AsPath<F> for String {
    #[inline]
    fn as_path_text(&self) -> &str {
        self
    }
}

impl<F: Flavour> AsPath<F> for Cow<'_, str> {
    #[inline]
    fn as_path_text(&self) -> &str {
        self
    }
}

impl<F: Flavour> AsPath<F> for Path<F> {
    /// The empty path lends the empty text: behind `\\server` a `.` would be a share.
    #[inline]
    fn as_path_text(&self) -> &str {
        match self.as_str() {
            "." => "",
            text => text,
        }
    }

    #[inline]
    fn as_normal_path(&self) -> Option<&Path<F>> {
        Some(self)
    }
}

impl AsPath for camino::Utf8Path {
    fn as_path_text(&self) -> &str {
        self.as_str()
    }
}

impl AsPath for camino::Utf8PathBuf {
    fn as_path_text(&self) -> &str {
        self.as_str()
    }
}

/// What dereferences to something that denotes a path denotes it, too.
macro_rules! holds_path {
    ($([$($parameter:tt)*] $holder:ty;)*) => {$(
        impl<F: Flavour, $($parameter)*> AsPath<F> for $holder {
            #[inline]
            fn as_path_text(&self) -> &str {
                (**self).as_path_text()
            }

            #[inline]
            fn to_path(&self) -> Cow<'_, Path<F>> {
                (**self).to_path()
            }

            #[inline]
            fn as_normal_path(&self) -> Option<&Path<F>> {
                (**self).as_normal_path()
            }
        }
    )*};
}

holds_path! {
    [] PathBuf<F>;
    [] Cow<'_, Path<F>>;
    [P: AsPath<F> + ?Sized] &P;
    [P: AsPath<F> + ?Sized] &mut P;
    [P: AsPath<F> + ?Sized] Box<P>;
    [P: AsPath<F> + ?Sized] Rc<P>;
    [P: AsPath<F> + ?Sized] Arc<P>;
}

/// # Joining paths
impl<F: Flavour> Path<F> {
    /// Joins two paths; the same as `/`.
    ///
    /// **An absolute path on the right replaces the left one**, as with the shell's `cd`. Text that somebody else chose can
    /// therefore lead anywhere, and so can its `..`: use [`join_inside`](Path::join_inside) for that.
    ///
    /// On Windows, a rooted path without a drive keeps the left path's drive, and a path relative to the same drive is
    /// appended. After the start of a share or device (`\\server`), the text completes it, even a `.`. Joining the empty
    /// path changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath, path};
    ///
    /// let base = PosixPath::parse("/srv");
    /// assert_eq!(base.join("www/img"), "/srv/www/img");
    /// assert_eq!(base.join("/etc"), "/etc");
    ///
    /// let base = WindowsPath::parse("c:/a");
    /// assert_eq!(base.join("b"), r"c:\a\b");
    /// assert_eq!(base.join("/b"), r"c:\b");
    /// assert_eq!(base.join("c:b"), r"c:\a\b");
    /// assert_eq!(base.join("d:b"), "d:b");
    ///
    /// let log = path("logs") / "2026" / "today.txt";
    /// assert_eq!(log, "logs/2026/today.txt");
    /// ```
    #[doc(alias = "joinpath")]
    #[must_use]
    pub fn join(&self, path: impl AsPath<F>) -> PathBuf<F> {
        join(self, path.as_path_text())
    }

    /// Joins untrusted text. Fails unless the result is this path or below it.
    ///
    /// For names from archives, uploads, URLs and configuration. The rules of POSIX *and* Windows apply to every path, so a
    /// program is as safe on one system as on the other. Rejected are: a root, drive, share or device; every `..`, because
    /// the part before it may be a link; `:`, which starts a stream on Windows; NUL; device names (`nul`, `com1.txt`); dots and
    /// spaces at the end of a name, which Windows drops.
    ///
    /// The empty text and `.` return this path. Characters that Windows only rejects, such as `*`, are accepted; see
    /// [`portability`](Path::portability).
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::PosixPath;
    ///
    /// let uploads = PosixPath::parse("/srv/uploads");
    /// assert_eq!(uploads.join_inside("2026/cat.png")?, "/srv/uploads/2026/cat.png");
    /// for bad in ["/etc/passwd", "../x", "a/../../x", r"..\x", "c:x", "nul", "a. "] {
    ///     assert!(uploads.join_inside(bad).is_err());
    /// }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the text could lead elsewhere, and the message says which part of it;
    /// or this path is the start of a Windows share or device, such as `\\server`, which the text would complete.
    ///
    /// # Security
    ///
    /// This is about text: a link on the disk below this path can still lead out of it. [`Root`](crate::Root) prevents that.
    #[doc(alias = "safe_join")]
    #[doc(alias = "join_within")]
    pub fn join_inside(&self, untrusted: impl AsRef<str>) -> Result<PathBuf<F>> {
        let untrusted = untrusted.as_ref();
        let refused = |reason| Err(Error::text(Op::JoinInside, self.as_str(), reason).with_second(untrusted));
        if let Some(reason) = way_out(untrusted) {
            return refused(reason);
        }
        let joined = join(self, untrusted);
        // Behind `\\server` the text would name the share, behind `\\` even the server.
        match joined.is_relative_to(self) {
            true => Ok(joined),
            false => refused("the base is a share or device that the text would complete".to_owned()),
        }
    }
}

/// Joining.
impl<F: Flavour> PathBuf<F> {
    /// Joins a path to this one in place; the same as `/=`. As with [`join`](Path::join), an absolute path replaces this one.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut log = waypath::path("logs");
    /// log.push("today.txt");
    /// assert_eq!(log, "logs/today.txt");
    /// ```
    pub fn push(&mut self, path: impl AsPath<F>) {
        F::Rules::push(self.text_mut(), path.as_path_text());
        debug_assert!(is_normal::<F>(self.as_str()), "BUG: {self:?} is not in normal form");
    }
}

impl<F: Flavour> Path<F> {
    /// The path of an entry of this directory: a name is a name, even where it looks like a drive.
    pub(crate) fn child(&self, name: &str) -> PathBuf<F> {
        join(self, &F::Rules::relative(name))
    }
}

/// A path that is in turn each entry of a directory, without being made anew for each.
impl<F: Flavour> PathBuf<F> {
    /// Makes the path of a directory ready for [`set_child`](Self::set_child): returns what that needs.
    pub(crate) fn begin_children(&mut self) -> usize {
        F::Rules::push(&mut self.text, "x");
        self.text.pop();
        self.text.len()
    }

    /// The same, where the directory was itself one in a directory: its path ends in its name.
    #[inline]
    pub(crate) fn begin_grandchildren(&mut self) -> usize {
        self.text.push(F::SEPARATOR);
        self.text.len()
    }

    /// The path of an entry of the directory for which `prefix` was returned.
    #[inline]
    pub(crate) fn set_child(&mut self, prefix: usize, name: &str) {
        self.text.truncate(prefix);
        match prefix {
            0 => self.text.push_str(&F::Rules::relative(name)),
            _ => self.text.push_str(name),
        }
    }

    /// The directory, whose text was `len` bytes long.
    pub(crate) fn directory_of_children(&self, prefix: usize, len: usize) -> Self {
        let text = if prefix == 0 { "." } else { &self.text[..len] };
        Self::from_normal(text.to_owned())
    }

    /// The text of the directory from a place on, with the separator after it.
    pub(crate) fn text_before_children(&self, from: usize, prefix: usize) -> &str {
        &self.text[from..prefix]
    }

    /// The directory again, whose text was `len` bytes long.
    pub(crate) fn end_children(&mut self, prefix: usize, len: usize) {
        match prefix {
            0 => ".".clone_into(&mut self.text),
            _ => self.text.truncate(len),
        }
    }
}

fn join<F: Flavour>(base: &Path<F>, text: &str) -> PathBuf<F> {
    let base = base.as_str();
    let mut joined = String::with_capacity(base.len() + 1 + text.len());
    joined.push_str(base);
    F::Rules::push(&mut joined, text);
    PathBuf::from_normal(joined)
}

/// Why joining a text could lead out of the base, by the rules of either platform.
fn way_out(text: &str) -> Option<String> {
    // Without the `./` of `./\a`, which POSIX paths drop, the name `\a` has a root on Windows.
    if Posix::normal(text).starts_with(['/', '\\']) {
        return Some("the text has a root".to_owned());
    }
    text.split(['/', '\\']).find_map(|part| {
        let reason = match part {
            "" | "." => return None,
            ".." => "leads up",
            _ if part.contains('\0') => "contains NUL",
            _ if part.contains(':') => "has a drive or a stream on Windows",
            _ if part.ends_with(['.', ' ']) => "ends in a dot or space, which Windows drops",
            _ if crate::flavour::is_device_name(part) => "is a device on Windows",
            _ => return None,
        };
        Some(format!("`{}` {reason}", printable(part)))
    })
}

/// `left / right`, for what lends its path: a new path.
macro_rules! divide {
    ($($left:ty),*) => {$(
        impl<F: Flavour, P: AsPath<F>> Div<P> for $left {
            type Output = PathBuf<F>;

            /// [`Path::join`], spelled shorter.
            fn div(self, right: P) -> PathBuf<F> {
                self.join(right)
            }
        }
    )*};
}

divide!(&Path<F>, &PathBuf<F>, &&Path<F>, &&PathBuf<F>, &mut PathBuf<F>, Box<Path<F>>, &Box<Path<F>>);

/// Reuses the left path's memory.
impl<F: Flavour, P: AsPath<F>> Div<P> for PathBuf<F> {
    type Output = Self;

    /// [`Path::join`], spelled shorter.
    fn div(mut self, right: P) -> Self {
        self.push(right);
        self
    }
}

impl<F: Flavour, P: AsPath<F>> DivAssign<P> for PathBuf<F> {
    /// [`PathBuf::push`], spelled shorter.
    fn div_assign(&mut self, right: P) {
        self.push(right);
    }
}

/// `text / path`.
macro_rules! divide_text {
    ($($text:ty, $path:ty;)*) => {$(
        impl<F: Flavour> Div<$path> for $text {
            type Output = PathBuf<F>;

            /// [`Path::join`], spelled shorter.
            fn div(self, right: $path) -> PathBuf<F> {
                PathBuf::parse(self.as_ref()) / right
            }
        }
    )*};
}

divide_text! {
    &str, &Path<F>;
    &str, &PathBuf<F>;
    &str, PathBuf<F>;
    &String, &Path<F>;
    &String, &PathBuf<F>;
    &String, PathBuf<F>;
    String, &Path<F>;
    String, &PathBuf<F>;
    String, PathBuf<F>;
}

/// Joins the segments one after the other.
impl<F: Flavour, P: AsPath<F>> Extend<P> for PathBuf<F> {
    fn extend<I: IntoIterator<Item = P>>(&mut self, segments: I) {
        for segment in segments {
            self.push(segment);
        }
    }
}

/// Joins the segments one after the other; none at all give the empty path.
///
/// # Examples
///
/// ```
/// use waypath::PosixPathBuf;
///
/// let path: PosixPathBuf = ["usr", "lib/", "x"].into_iter().collect();
/// assert_eq!(path, "usr/lib/x");
/// ```
impl<F: Flavour, P: AsPath<F>> FromIterator<P> for PathBuf<F> {
    fn from_iter<I: IntoIterator<Item = P>>(segments: I) -> Self {
        let mut path = Self::default();
        path.extend(segments);
        path
    }
}
