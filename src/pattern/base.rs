//! The directory that a pattern begins with.

use super::parse::{Lexeme, has_wildcard, lexemes};
use super::tokens::Case;
use super::{DEVICE, Form, Pattern};
use crate::flavour::{Flavour, Rules};
use crate::path::PathBuf;

/// Taking patterns apart.
impl<F: Flavour> Pattern<F> {
    /// Splits the pattern into the directory that it starts with, and the pattern for what is below it.
    ///
    /// Everything that the pattern matches is below that directory. The last part always belongs to the rest. The directory is
    /// `.` if the first part has wildcards or alternatives, or if the pattern [ignores case](Pattern::case_sensitive) and paths do
    /// not. Then the rest is the whole pattern, which is absolute if its alternatives are, as in `{/a,/b}`. On Windows, the `?` of
    /// `\\?\C:\` is not taken for a wildcard here.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::Pattern;
    ///
    /// let (directory, rest) = Pattern::new("logs/2026/*/*.{log,gz}").base();
    /// assert_eq!(directory, "logs/2026");
    /// assert_eq!(rest.as_str(), "*/*.{log,gz}");
    /// ```
    #[doc(alias = "split_pattern")]
    #[doc(alias = "partition")]
    #[must_use]
    pub fn base(&self) -> (PathBuf<F>, Self) {
        let rest = |text| self.inner.case.into_iter().fold(Self::parse(text), Self::with_case);
        let (directory, end) = self.spelled_out();
        let below = rest(&self.inner.text[end..]);
        // An anchor must not be cut in two, and the rest must not be read as one.
        let is_whole = directory.anchor() == PathBuf::<F>::parse(&self.inner.text).anchor() && below.is_relative();
        if is_whole { (directory, below) } else { (PathBuf::parse(""), rest(&self.inner.text)) }
    }

    /// The directory, and the length of its text.
    fn spelled_out(&self) -> (PathBuf<F>, usize) {
        let path = PathBuf::<F>::parse(&self.inner.text);
        let drive = path.drive();
        let device = if drive.starts_with(DEVICE) { DEVICE } else { "" };
        if F::Rules::has_no_tail(path.as_str()) && self.is_spelled_out(&path.as_str()[device.len()..]) {
            return (path, self.inner.text.len());
        }
        let is_letter = !drive.starts_with(F::SEPARATOR) && self.inner.text.starts_with(drive);
        let mut directory = if is_letter && self.is_spelled_out(drive) { drive } else { device }.to_owned();
        let mut end = directory.len();
        let is_any_spelling = self.case() == Case::Insensitive && F::Rules::CASE_SENSITIVE;
        let text = up_to_last_part::<F>(&self.inner.text);
        while let Some(len) = text.get(end..).and_then(|rest| rest.find(F::Rules::is_separator)) {
            let Some(name) = self.name(&text[end..end + len]).filter(|name| name.is_empty() || !is_any_spelling) else {
                break;
            };
            directory.push_str(&name);
            directory.push(F::SEPARATOR);
            end += len + 1;
        }
        (PathBuf::parse(&directory), end)
    }

    /// Whether a drive has neither wildcards nor alternatives.
    fn is_spelled_out(&self, drive: &str) -> bool {
        !has_wildcard(drive) && (!self.is_branched() || !drive.contains('{'))
    }

    fn is_branched(&self) -> bool {
        matches!(self.inner.form, Form::Branched(_))
    }

    /// The name that a segment stands for, if it is one; single characters may be in brackets.
    fn name(&self, segment: &str) -> Option<String> {
        let is_branched = self.is_branched();
        let character = |lexeme: Lexeme<'_>| match lexeme {
            Lexeme::Literal('{') if is_branched => None,
            Lexeme::Literal(character) => Some(character),
            Lexeme::Class(content) => content.parse().ok(),
            Lexeme::Star(_) | Lexeme::Any => None,
        };
        lexemes(segment).map(character).collect()
    }
}

/// The text without the separators and the `.` at its end, which are no parts.
fn up_to_last_part<F: Flavour>(text: &str) -> &str {
    let mut text = text.trim_end_matches(F::Rules::is_separator);
    while let Some(before) = text.strip_suffix('.').filter(|before| before.ends_with(F::Rules::is_separator)) {
        text = before.trim_end_matches(F::Rules::is_separator);
    }
    text
}
