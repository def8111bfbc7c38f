//! One pattern or many, as listings take them.

use std::borrow::{Borrow, Cow};

use crate::flavour::{Flavour, Native};
use crate::pattern::{IntoPattern, Pattern};

/// One [pattern](IntoPattern) or an array, slice or vector of them, any of which may match.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// (&base / "Cargo.toml").touch()?;
/// assert_eq!(base.glob("*.toml")?.count(), 1);
/// assert_eq!(base.glob(["*.toml", "**/*.rs"])?.count(), 1);
/// # Ok::<(), waypath::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a pattern of flavour `{F}`",
    label = "expected text, a `Pattern`, or an array, slice or vector of them",
    note = "to match a path literally, use `Pattern::literal(path)`"
)]
pub trait IntoPatterns<F: Flavour = Native> {
    /// Compiles the patterns, unless they are compiled.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{IntoPatterns, Posix};
    ///
    /// assert_eq!(IntoPatterns::<Posix>::into_patterns("*.toml").len(), 1);
    /// assert_eq!(IntoPatterns::<Posix>::into_patterns(["*.toml", "**/*.rs"])[1].as_str(), "**/*.rs");
    /// ```
    fn into_patterns(self) -> Vec<Pattern<F>>;
}

macro_rules! one_into_patterns {
    ($($one:ty),*) => {$(
        impl<F: Flavour> IntoPatterns<F> for $one {
            fn into_patterns(self) -> Vec<Pattern<F>> {
                vec![owned(self)]
            }
        }
    )*};
}

one_into_patterns!(&str, &&str, &String, String, Cow<'_, str>, &Pattern<F>, Pattern<F>);

impl<F: Flavour, P: IntoPattern<F>, const N: usize> IntoPatterns<F> for [P; N] {
    fn into_patterns(self) -> Vec<Pattern<F>> {
        self.into_iter().map(owned).collect()
    }
}

impl<F: Flavour, P: IntoPattern<F>> IntoPatterns<F> for Vec<P> {
    fn into_patterns(self) -> Vec<Pattern<F>> {
        self.into_iter().map(owned).collect()
    }
}

impl<'a, F: Flavour, P> IntoPatterns<F> for &'a [P]
where
    &'a P: IntoPattern<F>,
{
    fn into_patterns(self) -> Vec<Pattern<F>> {
        self.iter().map(owned).collect()
    }
}

impl<'a, F: Flavour, P> IntoPatterns<F> for &'a Vec<P>
where
    &'a P: IntoPattern<F>,
{
    fn into_patterns(self) -> Vec<Pattern<F>> {
        self.iter().map(owned).collect()
    }
}

fn owned<F: Flavour>(pattern: impl IntoPattern<F>) -> Pattern<F> {
    pattern.into_pattern().borrow().clone()
}
