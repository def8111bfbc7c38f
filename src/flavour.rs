//! The flavours of paths: the rules of a system.

mod posix;
mod windows;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::num::NonZero;

pub use posix::Posix;
pub use windows::Windows;
pub(crate) use windows::{Misreading, is_device_name, is_forbidden};

/// The rules that a [`Path`](crate::Path) follows: [`Posix`], [`Windows`] or [`Native`].
///
/// A flavour is a type without values, used only as a parameter. The trait is sealed.
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
pub trait Flavour: sealed::Sealed + Copy + Debug + Ord + Hash + Send + Sync + Unpin + 'static {
    /// The character between the parts of a path.
    const SEPARATOR: char = Self::Rules::SEPARATOR as char;

    /// The facts about the flavour.
    #[doc(hidden)]
    type Rules: Rules;
}

/// The flavour of the system that the program is compiled for: the rules of [`Windows`] there, and of [`Posix`] everywhere
/// else.
///
/// It is a type of its own, not an alias, so code that mixes up "a path of this system" and "a POSIX path" does not compile on
/// any system. Only paths of this flavour have methods for files.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
/// The three follow one another in the text. Two spellings are not parts and are left out of the tail: the `.` of the empty
/// path, and the `.\` that keeps a name such as `c:` from being a drive on Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    pub drive: &'a str,
    pub root: &'a str,
    pub tail: &'a str,
}

/// The facts about a flavour. Everything else is written once, in terms of these.
///
/// The functions take *normal* text unless they say "any text".
pub trait Rules: Copy + Debug + 'static {
    const SEPARATOR: u8;

    /// Whether `Foo` and `foo` are two paths.
    const CASE_SENSITIVE: bool;

    /// Whether `%NAME%` is a variable, as `$NAME` and `${NAME}` are. If so, text in single quotes is literal, `%%` and `$$`
    /// stand for one character, and a name may contain `-`.
    const PERCENT_VARIABLES: bool;

    /// Whether `character` separates parts in any text.
    fn is_separator(character: char) -> bool;

    /// The normal form of any text; borrowed if it is normal already.
    fn normal(text: &str) -> Cow<'_, str>;

    fn split(text: &str) -> Split<'_>;

    /// The length of drive and root together.
    #[inline]
    fn anchor_len(text: &str) -> usize {
        let Split { drive, root, .. } = Self::split(text);
        drive.len() + root.len()
    }

    /// Whether the anchor is shorter than this.
    #[inline]
    fn is_anchor_shorter(text: &str, len: usize) -> bool {
        Self::anchor_len(text) < len
    }

    /// Whether the path is an anchor or empty, so it has no last part to remove.
    fn has_no_tail(text: &str) -> bool {
        Self::split(text).tail.is_empty()
    }

    /// Where the last part begins: the end of the text if there is none.
    #[inline]
    fn name_start(text: &str) -> usize {
        let tail = Self::split(text).tail;
        text.len() - tail.len() + last_byte(tail, Self::SEPARATOR).map_or(0, |at| at + 1)
    }

    /// The relative path of these normal parts.
    fn relative(tail: &str) -> Cow<'_, str>;

    /// Joins any text onto the normal `base`, in place.
    fn push(base: &mut String, text: &str);

    /// The text as it is compared.
    fn fold(text: &str) -> Cow<'_, str>;

    fn text_eq(left: &str, right: &str) -> bool;
    fn text_cmp(left: &str, right: &str) -> Ordering;

    /// As `text_cmp`, but numbers by their value. Texts that differ only in how numbers are written are equal.
    fn text_natural_cmp(left: &str, right: &str) -> Ordering;

    fn text_hash<H: Hasher>(text: &str, state: &mut H);

    /// Whether the path does not depend on a working directory.
    fn is_absolute(text: &str) -> bool;

    /// The start of an absolute path's URI after the scheme, and the rest of the path, with `/` between parts. Both still have
    /// to be percent-encoded, except for `:` in the start.
    fn uri_parts(text: &str) -> (String, String);

    /// The path of a `file:` URI, from its decoded authority and path. `None` if the authority is a host that this flavour
    /// cannot reach.
    fn uri_text<'a>(authority: &str, path: &'a str) -> Option<Cow<'a, str>>;

    /// Whether the system reserves this name.
    fn is_reserved_name(part: &str) -> bool;

    /// The path without the prefix `\\?\`, which turns off the system's parsing, if it has one and means the same without.
    fn without_verbatim(_: &str) -> Option<String> {
        None
    }
}

/// Returns the index of the last occurrence of `byte`.
///
/// Names are short and differ in length, so the processor mispredicts the end of a loop over single bytes. With eight bytes
/// at a time, it nearly always ends in the first or second round.
#[inline]
pub(crate) fn last_byte(text: &str, byte: u8) -> Option<usize> {
    let (rest, words) = text.as_bytes().as_rchunks();
    for (at, &word) in words.iter().enumerate().rev() {
        if let Some(found) = NonZero::new(equal_bytes(word, byte)) {
            return Some(rest.len() + 8 * at + 7 - found.leading_zeros() as usize / 8);
        }
    }
    rest.iter().rposition(|&other| other == byte)
}

/// Returns the first eight bytes of a text as a number that is in the order of such texts, with zeros after its end.
pub(crate) fn first_word(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(&word) => u64::from_be_bytes(word),
        None => text.iter().rev().fold(0, |word, &byte| word >> 8 | u64::from(byte) << 56),
    }
}

/// Returns the index of the first occurrence of `byte`, as [`last_byte`] does of the last.
#[inline]
pub(crate) fn first_byte(text: &str, byte: u8) -> Option<usize> {
    let (words, rest) = text.as_bytes().as_chunks();
    for (at, &word) in words.iter().enumerate() {
        if let Some(found) = NonZero::new(equal_bytes(word, byte)) {
            return Some(8 * at + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|&other| other == byte).map(|at| 8 * words.len() + at)
}

/// Returns a number whose bytes, the lowest first, have their highest bit set where `word` has `byte`, and are zero
/// elsewhere.
#[inline]
fn equal_bytes(word: [u8; 8], byte: u8) -> u64 {
    const LOW_BITS: u64 = u64::from_le_bytes([0x7f; 8]);
    // A byte is zero where they are equal. Adding to the low bits sets the highest if any of them is set, and carries
    // nothing into the next byte.
    let differences = u64::from_le_bytes(word) ^ u64::from_le_bytes([byte; 8]);
    !(((differences & LOW_BITS) + LOW_BITS) | differences | LOW_BITS)
}

/// Whether `tail`, the text after the anchor, consists of non-empty parts other than `.` with single separators between
/// them, or is empty.
fn is_normal_tail<const SEPARATOR: u8>(tail: &str) -> bool {
    let bytes = tail.as_bytes();
    let is_separator = |byte: Option<&u8>| byte.is_none_or(|&byte| byte == SEPARATOR);
    let bad_start = is_separator(bytes.first()) || bytes[0] == b'.' && is_separator(bytes.get(1));
    let bad_end = bytes.ends_with(&[SEPARATOR]) || bytes.ends_with(&[SEPARATOR, b'.']);
    bytes.is_empty() || !bad_start && !bad_end && !has_bad_part::<SEPARATOR>(bytes)
}

/// Whether a part between two separators is empty or `.`.
///
/// Nearly every text is normal, so it pays to check many bytes at once.
#[inline]
fn has_bad_part<const SEPARATOR: u8>(text: &[u8]) -> bool {
    match text.len() {
        18.. => has_bad_part_in_pieces::<SEPARATOR, 18>(text),
        6.. => has_bad_part_in_pieces::<SEPARATOR, 6>(text),
        _ => text.windows(3).any(|text| is_bad_part_behind::<SEPARATOR>(text, 0)),
    }
}

/// The compiler makes vector code of branchless pieces with a fixed length. Each piece overlaps the one before by two
/// bytes, the last one by more.
#[inline]
fn has_bad_part_in_pieces<const SEPARATOR: u8, const PIECE: usize>(text: &[u8]) -> bool {
    let last = text.len() - PIECE;
    let mut start = 0;
    loop {
        let piece = &text[start..start + PIECE];
        if (0..PIECE - 2).fold(false, |found, at| found | is_bad_part_behind::<SEPARATOR>(piece, at)) {
            return true;
        }
        if start == last {
            return false;
        }
        start = last.min(start + PIECE - 2);
    }
}

#[inline]
fn is_bad_part_behind<const SEPARATOR: u8>(text: &[u8], at: usize) -> bool {
    let [here, next, third] = [text[at], text[at + 1], text[at + 2]];
    (here == SEPARATOR) & ((next == SEPARATOR) | (next == b'.') & (third == SEPARATOR))
}

/// Appends the parts of any `tail` to `text`, which holds an anchor, whole parts, or nothing.
#[inline]
fn push_tail<const SEPARATOR: u8>(text: &mut String, tail: &str, needs_separator: bool) {
    if !is_normal_tail::<SEPARATOR>(tail) {
        return push_parts::<SEPARATOR>(text, tail, needs_separator);
    }
    if needs_separator && !tail.is_empty() {
        text.push(SEPARATOR as char);
    }
    text.push_str(tail);
}

/// As `push_tail`, for a tail that is not normal.
fn push_parts<const SEPARATOR: u8>(text: &mut String, tail: &str, mut needs_separator: bool) {
    let mut rest = tail;
    while !rest.is_empty() {
        let end = rest.bytes().position(|byte| byte == SEPARATOR).unwrap_or(rest.len());
        let part = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or("");
        if !part.is_empty() && part != "." {
            if needs_separator {
                text.push(SEPARATOR as char);
            }
            text.push_str(part);
            needs_separator = true;
        }
    }
}

/// Orders two texts part by part: by bytes, with the separator below every other byte.
fn cmp_parts<const SEPARATOR: u8>(left: &[u8], right: &[u8]) -> Ordering {
    let key = |byte: u8| if byte == SEPARATOR { 0 } else { u16::from(byte) + 1 };
    match first_difference(left, right) {
        Some(at) => key(left[at]).cmp(&key(right[at])),
        None => left.len().cmp(&right.len()),
    }
}

/// The first index at which two texts differ, if they do before either ends. Paths that are compared often begin alike, so
/// this compares eight bytes at a time; the last eight overlap those before.
#[inline]
fn first_difference(left: &[u8], right: &[u8]) -> Option<usize> {
    let shorter = left.len().min(right.len());
    let (left, right) = (&left[..shorter], &right[..shorter]);
    let (Some(left_last), Some(right_last)) = (left.last_chunk(), right.last_chunk()) else {
        return left.iter().zip(right).position(|(left, right)| left != right);
    };
    let differ = |left: &[u8; 8], right: &[u8; 8]| u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right);
    let mut words = left.as_chunks().0.iter().zip(right.as_chunks().0).enumerate();
    let found = words.find_map(|(at, (left, right))| NonZero::new(differ(left, right)).map(|bits| (8 * at, bits)));
    let (at, bits) = found.or_else(|| Some((shorter - 8, NonZero::new(differ(left_last, right_last))?)))?;
    Some(at + bits.trailing_zeros() as usize / 8)
}

/// Orders two texts part by part, as `cmp_parts` does, but runs of digits by their value. Other bytes are folded first.
fn cmp_natural<const SEPARATOR: u8>(mut left: &[u8], mut right: &[u8], fold: impl Fn(u8) -> u8) -> Ordering {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    loop {
        let at = first_difference(left, right).unwrap_or(left.len().min(right.len()));
        // The texts may differ inside a number that begins alike.
        let start = at - left[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (left_end, right_end) = (at + digits(&left[at..]), at + digits(&right[at..]));
        if left_end > start && right_end > start {
            let order = cmp_numbers(&left[start..left_end], &right[start..right_end]);
            (left, right) = (&left[left_end..], &right[right_end..]);
            if order.is_ne() || left.is_empty() && right.is_empty() {
                return order;
            }
            continue;
        }
        let (Some(&left_byte), Some(&right_byte)) = (left.get(at), right.get(at)) else {
            return left.len().cmp(&right.len());
        };
        let (left_byte, right_byte) = (fold(left_byte), fold(right_byte));
        if left_byte != right_byte {
            return cmp_parts::<SEPARATOR>(&[left_byte], &[right_byte]);
        }
        (left, right) = (&left[at + 1..], &right[at + 1..]);
    }
}

/// Orders two runs of digits by their value.
fn cmp_numbers(left: &[u8], right: &[u8]) -> Ordering {
    let zeros = |digits: &[u8]| digits.iter().take_while(|&&digit| digit == b'0').count();
    let (left, right) = (&left[zeros(left)..], &right[zeros(right)..]);
    left.len().cmp(&right.len()).then_with(|| left.iter().cmp(right))
}

#[cfg(test)]
mod tests {
    use super::{cmp_parts, first_byte, is_normal_tail, last_byte};

    /// Texts of all lengths around that of the pieces that are checked at once, with each of `changes` at each place.
    fn texts(changes: &[&str]) -> Vec<String> {
        let mut texts = Vec::new();
        for len in 0..44 {
            for at in 0..=len {
                let plain = |range: std::ops::Range<usize>| range.map(|at| if at % 5 == 3 { '/' } else { 'a' });
                let around = |change: &&str| plain(0..at).chain(change.chars()).chain(plain(at..len)).collect();
                texts.extend(changes.iter().map(around));
            }
        }
        texts
    }

    #[test]
    fn normal_is_normal_at_every_place() {
        for text in texts(&["", "/", "//", "/./", "/.", "./", ".", "/..", "/.a", "é"]) {
            let normal = text.is_empty() || text.split('/').all(|part| !part.is_empty() && part != ".");
            assert_eq!(is_normal_tail::<b'/'>(&text), normal, "{text}");
        }
    }

    #[test]
    fn bytes_are_found_at_every_place() {
        // Bytes that differ from a separator in one bit, that are not ASCII, and that stand beside one.
        for text in texts(&["", "/", "//", "a/", ".", "/.", "/0", "o/", "é", "é/", "/¯", "\0/\0"]) {
            for byte in [b'/', b'.', b'a'] {
                assert_eq!(first_byte(&text, byte), text.bytes().position(|other| other == byte), "{text:?}");
                assert_eq!(last_byte(&text, byte), text.bytes().rposition(|other| other == byte), "{text:?}");
            }
        }
    }

    #[test]
    fn order_is_that_of_the_parts_at_every_place() {
        let texts = texts(&["", "b", "/b", "-", "é"]);
        for (left, right) in texts.iter().flat_map(|left| texts.iter().step_by(37).map(move |right| (left, right))) {
            let parts = left.split('/').cmp(right.split('/'));
            assert_eq!(cmp_parts::<b'/'>(left.as_bytes(), right.as_bytes()), parts, "{left} {right}");
        }
    }
}
