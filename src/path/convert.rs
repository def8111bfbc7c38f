//! The standard conversion traits: from text and other crates' paths, and back.

use std::borrow::{Borrow, Cow};
use std::ffi::{OsStr, OsString};
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Path, PathBuf};
use crate::error::{Error, Op};
use crate::flavour::{Flavour, Native, Rules};

impl<F: Flavour> Deref for PathBuf<F> {
    type Target = Path<F>;

    #[inline]
    fn deref(&self) -> &Path<F> {
        self.as_path()
    }
}

impl<F> Clone for PathBuf<F> {
    fn clone(&self) -> Self {
        Self { flavour: PhantomData, text: self.text.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        self.text.clone_from(&source.text);
    }
}

impl<F: Flavour> ToOwned for Path<F> {
    type Owned = PathBuf<F>;

    fn to_owned(&self) -> PathBuf<F> {
        self.to_path_buf()
    }

    fn clone_into(&self, target: &mut PathBuf<F>) {
        self.as_str().clone_into(target.text_mut());
    }
}

impl<F: Flavour> Borrow<Path<F>> for PathBuf<F> {
    fn borrow(&self) -> &Path<F> {
        self
    }
}

impl<F: Flavour> AsRef<Self> for Path<F> {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// The ways out of a path that lend it, for both types.
macro_rules! lend {
    ($($path:ty),*) => {$(
        impl<F: Flavour> AsRef<str> for $path {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    )*};
    (native: $($path:ty),*) => {$(
        impl AsRef<OsStr> for $path {
            fn as_ref(&self) -> &OsStr {
                self.as_str().as_ref()
            }
        }

        impl AsRef<std::path::Path> for $path {
            fn as_ref(&self) -> &std::path::Path {
                self.as_str().as_ref()
            }
        }

        impl AsRef<Utf8Path> for $path {
            fn as_ref(&self) -> &Utf8Path {
                self.as_str().as_ref()
            }
        }
    )*};
}

/// # Conversion to std
impl Path {
    /// Converts to std's path type, at no cost.
    ///
    /// Functions that take `impl AsRef<std::path::Path>` accept paths of this crate. Use this for `&std::path::Path`, and for
    /// std's own methods.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::path;
    ///
    /// let file = path("src/lib.rs");
    /// assert_eq!(file.as_std_path().extension().unwrap(), "rs");
    /// ```
    #[must_use]
    pub fn as_std_path(&self) -> &std::path::Path {
        self.as_ref()
    }
}

lend!(Path<F>, PathBuf<F>);
lend!(native: Path, PathBuf);

impl<F: Flavour> AsRef<Path<F>> for PathBuf<F> {
    fn as_ref(&self) -> &Path<F> {
        self
    }
}

/// From text: for the native flavour only, so that `PathBuf::from("a")` needs no annotation. Any
/// flavour has [`PathBuf::parse`] and [`FromStr`](std::str::FromStr).
impl From<&str> for PathBuf {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

impl From<&String> for PathBuf {
    fn from(text: &String) -> Self {
        Self::parse(text)
    }
}

/// From text, which is kept where it is in normal form.
impl From<String> for PathBuf {
    fn from(text: String) -> Self {
        let normal = match <Native as Flavour>::Rules::normal(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(normal) => Some(normal),
        };
        Self::from_normal(normal.unwrap_or(text))
    }
}

impl From<Box<str>> for PathBuf {
    fn from(text: Box<str>) -> Self {
        Self::from(text.into_string())
    }
}

impl From<Cow<'_, str>> for PathBuf {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::from(text),
            Cow::Owned(text) => Self::from(text),
        }
    }
}

impl From<&Utf8Path> for PathBuf {
    fn from(path: &Utf8Path) -> Self {
        Self::parse(path.as_str())
    }
}

impl From<&Utf8PathBuf> for PathBuf {
    fn from(path: &Utf8PathBuf) -> Self {
        Self::parse(path.as_str())
    }
}

impl From<Utf8PathBuf> for PathBuf {
    fn from(path: Utf8PathBuf) -> Self {
        Self::from(path.into_string())
    }
}

/// Fails when the path is not UTF-8.
impl TryFrom<&std::path::Path> for PathBuf {
    type Error = Error;

    fn try_from(path: &std::path::Path) -> Result<Self, Error> {
        path.to_str().map(Self::parse).ok_or_else(|| not_utf8(path))
    }
}

/// Fails when the path is not UTF-8.
impl TryFrom<std::path::PathBuf> for PathBuf {
    type Error = Error;

    fn try_from(path: std::path::PathBuf) -> Result<Self, Error> {
        path.into_os_string().into_string().map(Self::from).map_err(|path| not_utf8(path.as_ref()))
    }
}

/// Fails when the path is not UTF-8.
impl TryFrom<&std::path::PathBuf> for PathBuf {
    type Error = Error;

    fn try_from(path: &std::path::PathBuf) -> Result<Self, Error> {
        Self::try_from(path.as_path())
    }
}

/// Fails when the text is not UTF-8.
impl TryFrom<OsString> for PathBuf {
    type Error = Error;

    fn try_from(text: OsString) -> Result<Self, Error> {
        Self::try_from(std::path::PathBuf::from(text))
    }
}

/// Fails when the text is not UTF-8.
impl TryFrom<&OsStr> for PathBuf {
    type Error = Error;

    fn try_from(text: &OsStr) -> Result<Self, Error> {
        Self::try_from(std::path::Path::new(text))
    }
}

fn not_utf8(path: &std::path::Path) -> Error {
    Error::text(Op::Convert, path, "it is not UTF-8")
}

impl<F: Flavour> From<&Path<F>> for PathBuf<F> {
    fn from(path: &Path<F>) -> Self {
        path.to_path_buf()
    }
}

impl<F: Flavour> From<&Self> for PathBuf<F> {
    fn from(path: &Self) -> Self {
        path.clone()
    }
}

impl<F: Flavour> From<Cow<'_, Path<F>>> for PathBuf<F> {
    fn from(path: Cow<'_, Path<F>>) -> Self {
        path.into_owned()
    }
}

impl<F: Flavour> From<Box<Path<F>>> for PathBuf<F> {
    fn from(path: Box<Path<F>>) -> Self {
        Self::from_normal(path.into_text_box().into_string())
    }
}

impl<F: Flavour> From<&Path<F>> for String {
    fn from(path: &Path<F>) -> Self {
        path.as_str().to_owned()
    }
}

impl<F: Flavour> From<PathBuf<F>> for String {
    fn from(path: PathBuf<F>) -> Self {
        path.into_string()
    }
}

impl From<PathBuf> for std::path::PathBuf {
    fn from(path: PathBuf) -> Self {
        path.into_string().into()
    }
}

/// Shared and boxed paths of std, as std makes them of its own.
macro_rules! into_std {
    ($($target:ty),*) => {$(
        impl From<PathBuf> for $target {
            fn from(path: PathBuf) -> Self {
                std::path::PathBuf::from(path).into()
            }
        }

        impl From<&Path> for $target {
            fn from(path: &Path) -> Self {
                AsRef::<std::path::Path>::as_ref(path).into()
            }
        }
    )*};
}

into_std!(Box<std::path::Path>, Rc<std::path::Path>, Arc<std::path::Path>);

impl From<PathBuf> for Cow<'_, std::path::Path> {
    fn from(path: PathBuf) -> Self {
        std::path::PathBuf::from(path).into()
    }
}

impl<'a> From<&'a Path> for Cow<'a, std::path::Path> {
    fn from(path: &'a Path) -> Self {
        AsRef::<std::path::Path>::as_ref(path).into()
    }
}

/// The text of a path, boxed or shared.
macro_rules! into_text {
    ($($target:ty),*) => {$(
        impl<F: Flavour> From<PathBuf<F>> for $target {
            fn from(path: PathBuf<F>) -> Self {
                path.into_string().into()
            }
        }
    )*};
}

into_text!(Box<str>, Rc<str>, Arc<str>);

impl From<PathBuf> for OsString {
    fn from(path: PathBuf) -> Self {
        path.into_string().into()
    }
}

impl From<PathBuf> for Utf8PathBuf {
    fn from(path: PathBuf) -> Self {
        path.into_string().into()
    }
}

impl<'a> From<&'a Path> for &'a Utf8Path {
    fn from(path: &'a Path) -> Self {
        path.as_str().into()
    }
}

impl<'a, F: Flavour> From<&'a Path<F>> for Cow<'a, Path<F>> {
    fn from(path: &'a Path<F>) -> Self {
        Self::Borrowed(path)
    }
}

impl<'a, F: Flavour> From<&'a PathBuf<F>> for Cow<'a, Path<F>> {
    fn from(path: &'a PathBuf<F>) -> Self {
        Self::Borrowed(path)
    }
}

impl<F: Flavour> From<PathBuf<F>> for Cow<'_, Path<F>> {
    fn from(path: PathBuf<F>) -> Self {
        Self::Owned(path)
    }
}

impl<F: Flavour> From<&Path<F>> for Box<Path<F>> {
    fn from(path: &Path<F>) -> Self {
        Path::from_normal_box(path.as_str().into())
    }
}

/// The empty path.
impl<F: Flavour> Default for Box<Path<F>> {
    fn default() -> Self {
        PathBuf::default().into()
    }
}

impl From<&str> for Box<Path> {
    fn from(text: &str) -> Self {
        PathBuf::parse(text).into()
    }
}

impl From<String> for Box<Path> {
    fn from(text: String) -> Self {
        PathBuf::from(text).into()
    }
}

impl<F: Flavour> From<PathBuf<F>> for Box<Path<F>> {
    fn from(path: PathBuf<F>) -> Self {
        Path::from_normal_box(path.into_string().into())
    }
}

impl<F: Flavour> From<Cow<'_, Path<F>>> for Box<Path<F>> {
    fn from(path: Cow<'_, Path<F>>) -> Self {
        path.into_owned().into()
    }
}

impl<F: Flavour> Clone for Box<Path<F>> {
    fn clone(&self) -> Self {
        (**self).into()
    }
}

/// A shared path, from a path and back.
macro_rules! shared {
    ($($shared:ident by $from_normal:ident;)*) => {$(
        impl<F: Flavour> From<&Path<F>> for $shared<Path<F>> {
            fn from(path: &Path<F>) -> Self {
                Path::$from_normal(path.as_str().into())
            }
        }

        impl<F: Flavour> From<PathBuf<F>> for $shared<Path<F>> {
            fn from(path: PathBuf<F>) -> Self {
                Path::$from_normal(path.into_string().into())
            }
        }

        impl<F: Flavour> From<$shared<Path<F>>> for PathBuf<F> {
            fn from(path: $shared<Path<F>>) -> Self {
                path.to_path_buf()
            }
        }
    )*};
}

shared! {
    Rc by from_normal_rc;
    Arc by from_normal_arc;
}
