//! POSIX paths: one separator, two kinds of root, and names of any other characters.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::{Rules, Split, cmp_natural, cmp_parts, is_normal_tail, last_byte, push_parts, push_tail};

const SEPARATOR: u8 = b'/';

/// The rules of Linux, macOS and other POSIX systems: `/` separates, case matters, `\` and `:` are
/// ordinary characters.
///
/// Exactly two leading slashes are a root of their own, as POSIX allows (section 4.13, pathname
/// resolution); three or more are one.
///
/// # Examples
///
/// ```
/// use waypath::{Path, Posix};
///
/// assert_eq!(Path::<Posix>::parse(r"a\b").name(), r"a\b");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Posix {}

impl Rules for Posix {
    const SEPARATOR: u8 = SEPARATOR;
    const CASE_SENSITIVE: bool = true;
    const PERCENT_VARIABLES: bool = false;

    fn is_separator(character: char) -> bool {
        character == '/'
    }

    #[inline]
    fn normal(text: &str) -> Cow<'_, str> {
        if is_normal(text) { Cow::Borrowed(text) } else { Cow::Owned(rebuild(text)) }
    }

    #[inline]
    fn split(text: &str) -> Split<'_> {
        let (root, tail) = text.split_at(root_len(text));
        Split { drive: "", root, tail: if tail == "." { "" } else { tail } }
    }

    #[inline]
    fn anchor_len(text: &str) -> usize {
        root_len(text)
    }

    /// Most texts are longer than any root, and their start need not be looked at.
    #[inline]
    fn is_anchor_shorter(text: &str, len: usize) -> bool {
        len > 2 || root_len(text) < len
    }

    #[inline]
    fn has_no_tail(text: &str) -> bool {
        matches!(text.as_bytes(), [b'/' | b'.'] | b"//")
    }

    /// A normal path ends in a separator only if it is a root, so the name always begins after the last separator.
    #[inline]
    fn name_start(text: &str) -> usize {
        match last_byte(text, SEPARATOR) {
            Some(at) => at + 1,
            None if text == "." => text.len(),
            None => 0,
        }
    }

    #[inline]
    fn relative(tail: &str) -> Cow<'_, str> {
        Cow::Borrowed(if tail.is_empty() { "." } else { tail })
    }

    fn push(base: &mut String, text: &str) {
        let (root, tail) = split_root(text);
        if !root.is_empty() || base == "." {
            base.clear();
            base.push_str(root);
        }
        let needs_separator = !base.is_empty() && !base.ends_with('/');
        push_tail::<SEPARATOR>(base, tail, needs_separator);
        if base.is_empty() {
            base.push('.');
        }
    }

    fn fold(text: &str) -> Cow<'_, str> {
        Cow::Borrowed(text)
    }

    #[inline]
    fn text_eq(left: &str, right: &str) -> bool {
        left == right
    }

    #[inline]
    fn text_cmp(left: &str, right: &str) -> Ordering {
        cmp_parts::<SEPARATOR>(left.as_bytes(), right.as_bytes())
    }

    #[inline]
    fn text_natural_cmp(left: &str, right: &str) -> Ordering {
        cmp_natural::<SEPARATOR>(left.as_bytes(), right.as_bytes(), |byte| byte)
    }

    #[inline]
    fn text_hash<H: Hasher>(text: &str, state: &mut H) {
        text.hash(state);
    }

    #[inline]
    fn is_absolute(text: &str) -> bool {
        text.starts_with('/')
    }

    fn uri_parts(text: &str) -> (String, String) {
        // The empty authority keeps a path that starts with two slashes from being read as a host.
        let (root, tail) = split_root(text);
        (format!("//{root}"), tail.to_owned())
    }

    fn uri_text<'a>(authority: &str, path: &'a str) -> Option<Cow<'a, str>> {
        matches!(authority, "" | "localhost").then_some(Cow::Borrowed(path))
    }

    fn is_reserved_name(_: &str) -> bool {
        false
    }
}

/// The length of the root of normal text. It has no branch, because absolute and relative paths come mixed.
#[inline]
fn root_len(text: &str) -> usize {
    let [first, second] = [0, 1].map(|at| text.as_bytes().get(at) == Some(&SEPARATOR));
    usize::from(first) + usize::from(first & second)
}

/// Whether any text is normal. After `//`, a third slash is part of the tail, which is then not normal.
fn is_normal(text: &str) -> bool {
    !text.is_empty() && is_normal_tail::<SEPARATOR>(&text[root_len(text)..]) || text == "."
}

/// The normal form of text that is not normal.
fn rebuild(text: &str) -> String {
    let (root, tail) = split_root(text);
    let mut normal = String::with_capacity(text.len());
    normal.push_str(root);
    push_parts::<SEPARATOR>(&mut normal, tail, false);
    if normal.is_empty() {
        normal.push('.');
    }
    normal
}

/// Splits any text into its root, which is `""`, `/` or `//`, and the rest. Three or more slashes are the root `/`, and the
/// rest has none of them.
#[inline]
fn split_root(text: &str) -> (&str, &str) {
    match text.as_bytes() {
        [b'/', b'/', b'/', ..] => (&text[..1], text.trim_start_matches('/')),
        [b'/', b'/', ..] => text.split_at(2),
        [b'/', ..] => text.split_at(1),
        _ => ("", text),
    }
}
