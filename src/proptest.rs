//! The feature `proptest`: paths for the property tests of other crates.
//!
//! [`PathBuf`] of every flavour, and `Box<Path>`, are [`Arbitrary`]. By default that is any path, with names that are
//! hard on programs; [`PathParameters`] asks for simpler ones. All shrink to few parts with short, plain names.
//!
//! # Examples
//!
//! ```
//! use proptest::prelude::*;
//! use waypath::proptest::PathParameters;
//! use waypath::{PathBuf, Posix, TempDir};
//!
//! proptest!(|(path: PathBuf<Posix>)| {
//!     if !path.name().is_empty() {
//!         prop_assert_eq!(path.parent() / path.name(), path);
//!     }
//! });
//!
//! let files = PathParameters::portable().relative().parts(1..=4);
//! proptest!(|(path in any_with::<PathBuf>(files))| {
//!     let dir = TempDir::new()?;
//!     let file = &dir / path;
//!     file.parent().mkdir_all()?;
//!     file.write_text("text")?;
//!     prop_assert_eq!(file.read_text()?, "text");
//! });
//! ```

use std::ops::RangeInclusive;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::flavour::{Flavour, Rules};
use crate::path::{Path, PathBuf, PosixPath};

/// Which paths are generated; see the [module](self).
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use waypath::proptest::PathParameters;
/// use waypath::{PathBuf, Windows};
///
/// let absolute = any_with::<PathBuf<Windows>>(PathParameters::portable().absolute().parts(1..=3));
/// proptest!(|(path in absolute)| {
///     prop_assert!(path.is_absolute());
///     prop_assert!(path.parts().count() <= 4);
/// });
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PathParameters {
    anchors: Anchors,
    parts: RangeInclusive<usize>,
    names: Names,
}

#[derive(Clone, Copy, Debug)]
enum Anchors {
    Any,
    None,
    Absolute,
}

#[derive(Clone, Copy, Debug)]
enum Names {
    /// Anything that can stand between separators, `..` included.
    Any,
    Portable,
}

/// Any path with up to six parts after its anchor.
impl Default for PathParameters {
    fn default() -> Self {
        Self { anchors: Anchors::Any, parts: 0..=6, names: Names::Any }
    }
}

impl PathParameters {
    /// Asks for paths with [portable names](arbitrary_name) only, and without `..`.
    ///
    /// # Examples
    ///
    /// See the [module](self).
    pub fn portable() -> Self {
        Self { names: Names::Portable, ..Self::default() }
    }

    /// Asks for relative paths: no drive, no root.
    ///
    /// # Examples
    ///
    /// See the [module](self).
    pub fn relative(self) -> Self {
        Self { anchors: Anchors::None, ..self }
    }

    /// Asks for absolute paths.
    ///
    /// # Examples
    ///
    /// See the [type](PathParameters).
    pub fn absolute(self) -> Self {
        Self { anchors: Anchors::Absolute, ..self }
    }

    /// Sets how many parts follow the anchor. The default is `0..=6`.
    ///
    /// # Examples
    ///
    /// See the [type](PathParameters).
    pub fn parts(self, count: RangeInclusive<usize>) -> Self {
        Self { parts: count, ..self }
    }
}

/// Generates paths in normal form; see the [module](crate::proptest).
impl<F: Flavour> Arbitrary for PathBuf<F> {
    type Parameters = PathParameters;
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with(parameters: PathParameters) -> Self::Strategy {
        let name = match parameters.names {
            Names::Any => prop_oneof![10 => any_name::<F>(), 1 => Just("..".to_owned())].boxed(),
            Names::Portable => arbitrary_name().boxed(),
        };
        (anchors::<F>(parameters.anchors), vec(name, parameters.parts))
            .prop_map(|(anchor, names)| with_parts(&anchor, &names))
            .boxed()
    }
}

/// Generates paths in normal form; see the [module](crate::proptest).
impl<F: Flavour> Arbitrary for Box<Path<F>> {
    type Parameters = PathParameters;
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with(parameters: PathParameters) -> Self::Strategy {
        PathBuf::arbitrary_with(parameters).prop_map(Self::from).boxed()
    }
}

/// The path with this anchor and these names. Without an anchor, a name that looks like a drive stays a name.
fn with_parts<F: Flavour>(anchor: &PathBuf<F>, names: &[String]) -> PathBuf<F> {
    let tail = names.join(F::SEPARATOR.encode_utf8(&mut [0; 4]));
    match anchor.anchor() {
        "" => PathBuf::from_normal(F::Rules::relative(&tail).into_owned()),
        anchor => PathBuf::parse(&format!("{anchor}{tail}")),
    }
}

/// What a path may begin with: the empty path, or an anchor.
fn anchors<F: Flavour>(wanted: Anchors) -> impl Strategy<Value = PathBuf<F>> {
    // In each flavour, some of these are something else: a name, or the start of a share.
    // Those that are not absolute come first, as shrinking looks for the first that will do by halves.
    let texts = ["", "c:", "/", "//", "c:/", "D:/", "//server/share/", "//?/c:/", "//./pipe/", "//?/UNC/server/share/"];
    let anchors = texts.into_iter().map(PathBuf::<F>::parse).filter(is_anchor);
    let anchors = anchors.filter(|path| match wanted {
        Anchors::Any => true,
        Anchors::None => path.anchor().is_empty(),
        Anchors::Absolute => path.is_absolute(),
    });
    select(anchors.collect::<Vec<_>>())
}

/// Whether the path has no parts but its anchor, and keeps the anchor if a name follows.
fn is_anchor<F: Flavour>(path: &PathBuf<F>) -> bool {
    let with_name = with_parts(path, &["a".to_owned()]);
    path.name().is_empty() && with_name.anchor() == path.anchor()
}

/// Generates file names that Linux, macOS and Windows take as they are.
///
/// Some have a suffix, a dot in front, a space, or letters that are not ASCII. There are no capital letters, so that
/// two names are two files also where case does not matter.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use waypath::proptest::arbitrary_name;
///
/// proptest!(|(name in arbitrary_name())| {
///     let dir = waypath::TempDir::new()?;
///     (&dir / &name).touch()?;
///     let found = dir.iterdir().next().unwrap()?;
///     prop_assert_eq!(found.name(), name);
/// });
/// ```
pub fn arbitrary_name() -> impl Strategy<Value = String> + Clone {
    let word = || vec(select(&PORTABLE[..]), 1..8).prop_map(|letters| letters.concat());
    let name = prop_oneof![
        6 => word(),
        3 => (word(), word()).prop_map(|(stem, suffix)| format!("{stem}.{suffix}")),
        1 => word().prop_map(|name| format!(".{name}")),
        1 => (word(), word()).prop_map(|(first, second)| format!("{first} {second}")),
    ];
    name.prop_filter("a name of a device", |name| PosixPath::parse(name).portability().is_empty())
}

/// From simple to odd.
const PORTABLE: [&str; 19] =
    ["a", "b", "c", "n", "o", "u", "x", "z", "0", "1", "9", "-", "_", "+", "é", "ß", "λ", "日", "😀"];

/// What is hard on programs: patterns, URIs, shells, Windows.
#[rustfmt::skip] // A line for each kind.
const HARD: &[&str] = &[
    "A", "a.", "a ", "...", "..a", ".a.b", "a.tar.gz", " ", "-", "~",
    "*", "?", "[a]", "{a,b}", "%41", "#", "$HOME", "%HOME%", "|", "\"", "'", "\n", "\t", "\u{1b}",
    "c:", "a:b", "a\\b", "nul", "CON.txt", "com¹", "\u{202e}", "e\u{301}", "İ", "ς", "\u{fffd}",
];

/// Generates everything that can be one part of a path of this flavour, except `..`.
fn any_name<F: Flavour>() -> impl Strategy<Value = String> {
    let any_text = vec(any::<char>(), 1..8).prop_map(String::from_iter);
    let name = prop_oneof![
        6 => arbitrary_name(),
        3 => select(HARD).prop_map(str::to_owned),
        1 => any_text,
    ];
    name.prop_map(|name| name.replace(F::Rules::is_separator, "-")).prop_filter("no name", |name| !is_dots(name))
}

fn is_dots(name: &str) -> bool {
    matches!(name, "." | "..")
}
