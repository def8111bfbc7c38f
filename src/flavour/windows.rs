//! Windows paths: two separators, drives, shares, devices, and case that is kept but ignored in comparisons.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::Hasher;

use super::{Rules, Split, cmp_natural, cmp_parts, is_normal_tail, push_tail};

const SEPARATOR: u8 = b'\\';

/// The prefix of a relative path whose first part looks like a drive.
const GUARD: &str = ".\\";

/// The rules of Windows: `\` and `/` both separate, drives (`c:`), shares (`\\server\share`) and
/// devices (`\\.\COM1`, `\\?\c:`) come first, and paths that differ only in case are equal.
///
/// Case is compared after Unicode lower-casing ([`str::to_lowercase`]), as pathlib does; the file
/// system itself uses a table of its own, which agrees but for a few rare letters.
///
/// # Examples
///
/// ```
/// use waypath::{Path, Windows};
///
/// assert_eq!(Path::<Windows>::parse(r"a/b\c").parts().count(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Windows {}

impl Rules for Windows {
    const SEPARATOR: u8 = SEPARATOR;
    const CASE_SENSITIVE: bool = false;
    const PERCENT_VARIABLES: bool = true;

    fn is_separator(character: char) -> bool {
        matches!(character, '\\' | '/')
    }

    fn normal(text: &str) -> Cow<'_, str> {
        if !text.contains('/') {
            let (drive, root, tail) = split_root(text);
            let anchored = !drive.is_empty() && !is_share(drive) || !root.is_empty();
            if (anchored || !tail.is_empty()) && is_normal_tail::<SEPARATOR>(tail) || text == "." {
                return Cow::Borrowed(text);
            }
        }
        let normal = rebuild(&backslashed(text));
        if normal == text { Cow::Borrowed(text) } else { Cow::Owned(normal) }
    }

    #[inline]
    fn split(text: &str) -> Split<'_> {
        let (drive, root, mut tail) = split_root(text);
        if drive.is_empty() && root.is_empty() {
            tail = if text == "." { "" } else { tail.strip_prefix(GUARD).unwrap_or(tail) };
        }
        Split { drive, root, tail }
    }

    fn relative(tail: &str) -> Cow<'_, str> {
        match tail {
            "" => Cow::Borrowed("."),
            _ if letter_drive_len(tail) > 0 => Cow::Owned([GUARD, tail].concat()),
            _ => Cow::Borrowed(tail),
        }
    }

    fn push(base: &mut String, text: &str) {
        let text = &*backslashed(text);
        let (drive, root, tail) = split_root(text);
        let own = Self::split(base);
        let same_drive = drive.is_empty() || Self::text_eq(drive, own.drive);
        let rooted = !root.is_empty();
        if base == "." || !same_drive || rooted && (!drive.is_empty() || own.drive.is_empty()) {
            base.clear();
            base.push_str(&Self::normal(text));
            return;
        }
        if own.drive.starts_with(r"\\") && (rooted || own.root.is_empty()) {
            // The new text may complete a share or device.
            let drive = if drive.is_empty() { own.drive } else { drive };
            let glue = if !rooted && (tail.is_empty() || drive.ends_with([':', '\\'])) { "" } else { r"\" };
            *base = Self::normal(&[drive, glue, tail].concat()).into_owned();
            return;
        }
        let mut drive_len = own.drive.len();
        if !drive.is_empty() {
            base.replace_range(..drive_len, drive);
            drive_len = drive.len();
        }
        if rooted {
            base.truncate(drive_len);
            base.push('\\');
        }
        let needs_separator = base.len() > drive_len && !base.ends_with('\\');
        push_tail::<SEPARATOR>(base, tail, needs_separator);
    }

    fn fold(text: &str) -> Cow<'_, str> {
        if !text.is_ascii() {
            Cow::Owned(text.to_lowercase())
        } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    }

    fn text_eq(left: &str, right: &str) -> bool {
        if left == right {
            return true;
        }
        if left.is_ascii() && right.is_ascii() {
            return left.eq_ignore_ascii_case(right);
        }
        left.to_lowercase() == right.to_lowercase()
    }

    fn text_cmp(left: &str, right: &str) -> Ordering {
        if !left.is_ascii() || !right.is_ascii() {
            return cmp_parts::<SEPARATOR>(left.to_lowercase().as_bytes(), right.to_lowercase().as_bytes());
        }
        let lower = |text: &str, at: usize| text.as_bytes()[at].to_ascii_lowercase();
        let shorter = left.len().min(right.len());
        match (0..shorter).find(|&at| lower(left, at) != lower(right, at)) {
            None => left.len().cmp(&right.len()),
            Some(at) => cmp_parts::<SEPARATOR>(&[lower(left, at)], &[lower(right, at)]),
        }
    }

    fn text_natural_cmp(left: &str, right: &str) -> Ordering {
        if left.is_ascii() && right.is_ascii() {
            return cmp_natural::<SEPARATOR>(left.as_bytes(), right.as_bytes(), |byte| byte.to_ascii_lowercase());
        }
        cmp_natural::<SEPARATOR>(left.to_lowercase().as_bytes(), right.to_lowercase().as_bytes(), |byte| byte)
    }

    fn text_hash<H: Hasher>(text: &str, state: &mut H) {
        // The chunks have the same size whether or not the text had to be copied to fold it: a hasher may give another result
        // for the same bytes in other chunks.
        let mut chunk = [0; 64];
        let mut write = |bytes: &[u8]| {
            for part in bytes.chunks(chunk.len()) {
                let lower = &mut chunk[..part.len()];
                lower.copy_from_slice(part);
                lower.make_ascii_lowercase();
                state.write(lower);
            }
        };
        if text.is_ascii() {
            write(text.as_bytes());
        } else {
            write(text.to_lowercase().as_bytes());
        }
        state.write_u8(0xff);
    }

    /// As CPython's `ntpath.isabs`: a share or device, or any one character and `:\`.
    fn is_absolute(text: &str) -> bool {
        let mut characters = text.chars();
        text.starts_with(r"\\") || characters.next().is_some() && characters.as_str().starts_with(r":\")
    }

    fn uri_parts(text: &str) -> (String, String) {
        let (drive, root, tail) = split_root(text);
        let slashed = |text: &str| text.replace('\\', "/");
        if drive.is_empty() {
            // Such as `\:\a`, which counts as absolute.
            return (["//", &slashed(root)].concat(), slashed(tail));
        }
        let mut drive = slashed(drive);
        if let Some(device) = drive.strip_prefix("//?/") {
            drive = match device.get(..4) {
                Some(prefix) if prefix.eq_ignore_ascii_case("UNC/") => format!("//{}", &device[4..]),
                _ => device.to_owned(),
            };
        }
        if letter_drive_len(&drive) == drive.len() && !drive.is_empty() {
            drive.insert_str(0, "///");
        }
        (drive + &slashed(root), slashed(tail))
    }

    fn uri_text<'a>(authority: &str, path: &'a str) -> Option<Cow<'a, str>> {
        if authority.chars().nth(1) == Some(':') {
            return Some(Cow::Owned([authority, path].concat()));
        }
        if !matches!(authority, "" | "localhost") {
            return Some(Cow::Owned(["//", authority, path].concat()));
        }
        if path.starts_with("///") {
            return Some(Cow::Borrowed(&path[1..]));
        }
        let after_slash = path.strip_prefix('/').filter(|rest| matches!(rest.chars().nth(1), Some(':' | '|')));
        let path = after_slash.unwrap_or(path);
        Some(match path.char_indices().nth(1) {
            Some((bar, '|')) => Cow::Owned([&path[..bar], ":", &path[bar + 1..]].concat()),
            _ => Cow::Borrowed(path),
        })
    }

    fn is_reserved_name(part: &str) -> bool {
        let is_a_name = !matches!(part, "." | "..");
        is_a_name && (part.contains(is_forbidden) || Misreading::all_of(part).next().is_some())
    }

    fn without_verbatim(text: &str) -> Option<String> {
        let Split { drive, root, tail } = Self::split(text);
        let inner = drive.strip_prefix(r"\\?\")?;
        let plain = match inner.get(..4) {
            Some(prefix) if prefix.eq_ignore_ascii_case(r"UNC\") => format!(r"\\{}", &inner[4..]),
            _ if letter_drive_len(inner) == inner.len() && !inner.is_empty() => inner.to_owned(),
            _ => return None,
        };
        let reads_the_same = |part: &str| part != ".." && !Self::is_reserved_name(part);
        let same = !root.is_empty() && (tail.is_empty() || tail.split('\\').all(reads_the_same));
        same.then(|| [&plain, root, tail].concat())
    }
}

/// Whether names on Windows must not contain this character.
pub(crate) fn is_forbidden(character: char) -> bool {
    matches!(character, '\0'..='\x1f' | '"' | '*' | ':' | '<' | '>' | '?' | '|' | '/' | '\\')
}

/// Whether Windows opens a device under this name, whatever the folder or the extension.
///
/// The list is Microsoft's ("Naming Files, Paths, and Namespaces"); which names with an extension
/// or trailing spaces are devices depends on the version, so all of them count.
pub(crate) fn is_device_name(part: &str) -> bool {
    // Text after a colon belongs to the device: `nul:` and `nul:x` are `nul`.
    let stem = part.split(['.', ':']).next().unwrap_or(part).trim_end_matches(' ').to_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || matches!(port, Some("1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
}

/// How Windows reinterprets a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misreading {
    /// It opens a device.
    Device,
    /// It reads the text after a colon as the name of a stream.
    Stream,
    /// It drops dots and spaces at the end.
    TrailingDotOrSpace,
}

impl Misreading {
    /// All reinterpretations of a name.
    pub(crate) fn all_of(name: &str) -> impl Iterator<Item = Self> {
        let found = [
            (is_device_name(name), Self::Device),
            (name.contains(':'), Self::Stream),
            (name.ends_with(['.', ' ']), Self::TrailingDotOrSpace),
        ];
        found.into_iter().filter_map(|(applies, misreading)| applies.then_some(misreading))
    }
}

impl fmt::Display for Misreading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Device => "Windows opens a device under this name",
            Self::Stream => "Windows reads ':' as the start of a stream's name",
            Self::TrailingDotOrSpace => "Windows drops the dots and spaces at its end",
        })
    }
}

fn backslashed(text: &str) -> Cow<'_, str> {
    if text.contains('/') { Cow::Owned(text.replace('/', "\\")) } else { Cow::Borrowed(text) }
}

/// The normal form of text whose separators are `\` already.
fn rebuild(text: &str) -> String {
    let (drive, root, tail) = split_root(text);
    let mut normal = String::with_capacity(text.len() + 1);
    normal.push_str(drive);
    normal.push_str(if root.is_empty() && is_share(drive) { "\\" } else { root });
    let anchor_len = normal.len();
    push_tail::<SEPARATOR>(&mut normal, tail, false);
    if anchor_len == 0 && letter_drive_len(&normal) > 0 {
        normal.insert_str(0, GUARD);
    } else if normal.is_empty() {
        normal.push('.');
    }
    normal
}

/// Whether a drive is a complete `\\server\share` or `\\?\UNC\server\share`, which has a root even if none is written.
fn is_share(drive: &str) -> bool {
    if !drive.starts_with('\\') || drive.ends_with('\\') {
        return false;
    }
    let parts: Vec<_> = drive.split('\\').collect();
    match parts[..] {
        [_, _, server, _] => !matches!(server, "" | "?" | "." | "?."),
        [_, _, _, _, _, _] => true,
        _ => false,
    }
}

/// Splits text whose separators are `\` into drive, root and the rest.
#[inline]
fn split_root(text: &str) -> (&str, &str, &str) {
    let bytes = text.as_bytes();
    let drive = match bytes {
        [b'\\', b'\\', ..] => share_drive_len(text),
        [b'\\', ..] => 0,
        _ => letter_drive_len(text),
    };
    let root = usize::from(bytes.get(drive) == Some(&SEPARATOR));
    (&text[..drive], &text[drive..drive + root], &text[drive + root..])
}

/// The length of a drive like `c:` at the start, or 0. Any single character counts as a letter.
#[inline]
fn letter_drive_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        None | Some(b'\\') => 0,
        Some(0..0x80) => 2 * usize::from(bytes.get(1) == Some(&b':')),
        Some(_) => match text.char_indices().nth(1) {
            Some((colon, ':')) => colon + 1,
            _ => 0,
        },
    }
}

/// The length of the drive of text that starts with `\\`: up to the second separator after the prefix, or all of it.
fn share_drive_len(text: &str) -> usize {
    const UNC: &str = r"\\?\UNC\";
    let prefix = match text.get(..UNC.len()) {
        Some(start) if start.eq_ignore_ascii_case(UNC) => UNC.len(),
        _ => 2,
    };
    let mut separators = text[prefix..].match_indices('\\').map(|(at, _)| prefix + at);
    separators.nth(1).unwrap_or(text.len())
}
