//! One pattern or many, as listings take them.

use std::borrow::{Borrow, Cow};

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
    message = "`{Self}` cannot be used as a pattern",
    label = "expected text, a `Pattern`, or an array, slice or vector of them",
    note = "to match a path literally, use `Pattern::literal(path)`"
)]
pub trait IntoPatterns {
    /// Compiles the patterns, unless they are compiled.
    fn into_patterns(self) -> Vec<Pattern>;
}

macro_rules! one_into_patterns {
    ($($one:ty),*) => {$(
        impl IntoPatterns for $one {
            fn into_patterns(self) -> Vec<Pattern> {
                vec![owned(self)]
            }
        }
    )*};
}

one_into_patterns!(&str, &&str, &String, String, Cow<'_, str>, &Pattern, Pattern);

impl<P: IntoPattern, const N: usize> IntoPatterns for [P; N] {
    fn into_patterns(self) -> Vec<Pattern> {
        self.into_iter().map(owned).collect()
    }
}

impl<P: IntoPattern> IntoPatterns for Vec<P> {
    fn into_patterns(self) -> Vec<Pattern> {
        self.into_iter().map(owned).collect()
    }
}

impl<'a, P> IntoPatterns for &'a [P]
where
    &'a P: IntoPattern,
{
    fn into_patterns(self) -> Vec<Pattern> {
        self.iter().map(owned).collect()
    }
}

impl<'a, P> IntoPatterns for &'a Vec<P>
where
    &'a P: IntoPattern,
{
    fn into_patterns(self) -> Vec<Pattern> {
        self.iter().map(owned).collect()
    }
}

fn owned(pattern: impl IntoPattern) -> Pattern {
    pattern.into_pattern().borrow().clone()
}
