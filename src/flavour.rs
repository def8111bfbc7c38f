//! The flavours of paths: which rules a path follows.

mod posix;
mod windows;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::Hasher;

pub use posix::Posix;
pub use windows::Windows;
pub(crate) use windows::{is_device_name, is_forbidden};

/// The rules that a [`Path`](crate::Path) follows: [`Posix`], [`Windows`] or [`Native`].
///
/// A flavour is a type without values, used as a parameter only. The trait is sealed: the three
/// flavours are all there are.
///
/// # Examples
///
/// ```
/// use waypath::{Flavour, Native, Posix, Windows};
///
/// assert_eq!(Posix::SEPARATOR, '/');
/// assert_eq!(Windows::SEPARATOR, '\\');
/// assert_eq!(Native::SEPARATOR, std::path::MAIN_SEPARATOR);
/// ```
pub trait Flavour: sealed::Sealed + Copy + Debug + Eq + Send + Sync + Unpin + 'static {
    /// The character between the parts of a path.
    const SEPARATOR: char = Self::Rules::SEPARATOR as char;

    /// Where the facts are.
    #[doc(hidden)]
    type Rules: Rules;
}

/// The flavour of the system that the program is compiled for: the rules of [`Windows`] there,
/// those of [`Posix`] everywhere else.
///
/// It is a type of its own and never an alias, so that code that confuses "a path of this system"
/// with "a POSIX path" fails to compile on every system. Only paths of this flavour touch the disk.
///
/// # Examples
///
/// ```
/// use waypath::{Flavour, Native, Path};
///
/// fn on_this_system(path: &Path) -> &Path<Native> {
///     path // `Path` is short for `Path<Native>`
/// }
/// assert_eq!(Native::SEPARATOR, std::path::MAIN_SEPARATOR);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {}

impl Flavour for Native {
    #[cfg(not(windows))]
    type Rules = Posix;
    #[cfg(windows)]
    type Rules = Windows;
}

impl Flavour for Posix {
    type Rules = Self;
}

impl Flavour for Windows {
    type Rules = Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Native {}
    impl Sealed for super::Posix {}
    impl Sealed for super::Windows {}
}

/// A normal path cut into what pathlib calls drive, root and tail.
///
/// The three follow one another in the text, but for two spellings that stand for no part at all:
/// the `.` of the empty path and the `.\` that protects a name such as `c:` on Windows. Both are
/// left out of the tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    pub drive: &'a str,
    pub root: &'a str,
    pub tail: &'a str,
}

/// The facts about a flavour. Everything else is written once, over these.
///
/// The functions take *normal* text unless they say "any text".
pub trait Rules: Copy + Debug + 'static {
    const SEPARATOR: u8;

    /// Whether `Foo` and `foo` are two paths.
    const CASE_SENSITIVE: bool;

    /// Whether `character` separates parts in any text.
    fn is_separator(character: char) -> bool;

    /// Any text in its normal form; lent when it is normal already.
    fn normal(text: &str) -> Cow<'_, str>;

    fn split(text: &str) -> Split<'_>;

    /// The relative path that has just these normal parts.
    fn relative(tail: &str) -> Cow<'_, str>;

    /// Joins any text onto the normal `base`, in place.
    fn push(base: &mut String, text: &str);

    /// The text as it is compared.
    fn fold(text: &str) -> Cow<'_, str>;

    fn text_eq(left: &str, right: &str) -> bool;
    fn text_cmp(left: &str, right: &str) -> Ordering;
    fn text_hash<H: Hasher>(text: &str, state: &mut H);

    /// Whether the path says where it is without help from a working directory.
    fn is_absolute(text: &str) -> bool;

    /// The start of an absolute path's URI behind its scheme, and the rest of the path, with `/`
    /// between parts: both still to be percent-encoded, the start with `:` kept.
    fn uri_parts(text: &str) -> (String, String);

    /// The path text that a `file:` URI's authority and path name, still percent-encoded; `None`
    /// where the authority is a host that this flavour cannot reach.
    fn uri_text(authority: &str, path: &str) -> Option<String>;

    /// Whether a part is a name that the system keeps for itself.
    fn is_reserved_name(part: &str) -> bool;
}

/// Whether `tail`, the text after the anchor, is made of non-empty parts other than `.` with
/// single separators between them. An empty tail is.
///
/// Nearly every path is, so the common answer comes from one pass without branches, which the
/// compiler turns into vector code; only `//` or `/.` in the text calls for the exact look.
fn is_normal_tail<const SEPARATOR: u8>(tail: &str) -> bool {
    let bytes = tail.as_bytes();
    let [first, .., last] = bytes else {
        return bytes != [SEPARATOR] && bytes != b".";
    };
    let suspicious = bytes
        .iter()
        .zip(&bytes[1..])
        .fold(false, |found, (&here, &next)| found | ((here == SEPARATOR) & ((next == SEPARATOR) | (next == b'.'))));
    if *first == SEPARATOR || *last == SEPARATOR || bytes.starts_with(&[b'.', SEPARATOR]) {
        return false;
    }
    !suspicious || bytes.split(|&byte| byte == SEPARATOR).all(|part| !part.is_empty() && part != b".")
}

/// Appends the parts of any `tail` to `text`, which holds an anchor, whole parts, or nothing.
fn push_tail<const SEPARATOR: u8>(text: &mut String, tail: &str, mut needs_separator: bool) {
    let mut push = |part: &str| {
        if needs_separator {
            text.push(SEPARATOR as char);
        }
        text.push_str(part);
        needs_separator = true;
    };
    if is_normal_tail::<SEPARATOR>(tail) {
        if !tail.is_empty() {
            push(tail);
        }
        return;
    }
    tail.split(SEPARATOR as char).filter(|part| !part.is_empty() && *part != ".").for_each(push);
}

/// Orders two texts part by part: by bytes, with the separator below every other byte.
fn cmp_parts<const SEPARATOR: u8>(left: &[u8], right: &[u8]) -> Ordering {
    let differ = left.iter().zip(right).position(|(left, right)| left != right);
    match differ {
        None => left.len().cmp(&right.len()),
        Some(at) if left[at] == SEPARATOR => Ordering::Less,
        Some(at) if right[at] == SEPARATOR => Ordering::Greater,
        Some(at) => left[at].cmp(&right[at]),
    }
}
