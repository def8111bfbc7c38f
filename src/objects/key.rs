//! Keys and paths: which path a key is, and which keys are none.
//!
//! A path below a bucket is the key, letter by letter; a key that ends in `/` marks the directory of that path. A key that
//! no path spells, such as `a//b`, `/a` or `a/../b`, is told, never folded into another.

use std::fmt;

use crate::flavour::Posix;
use crate::path::{Path, PathBuf};

/// Why a key is not a path, or a path not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    Rooted,
    EmptyPart,
    Dot,
    DotDot,
    Nul,
    TooLong,
}

/// Longest key in bytes.
const LONGEST: usize = 1024;

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rooted => "it begins with `/`, and keys are relative",
            Self::EmptyPart => "no path has an empty part, as between two slashes",
            Self::Dot => "no path has a part `.`",
            Self::DotDot => "`..` leads nowhere in a store of objects",
            Self::Nul => "it has a NUL character",
            Self::TooLong => "a key has at most 1,024 bytes",
        })
    }
}

impl std::error::Error for Misfit {}

/// The key of a path; that of the store itself is empty.
pub(crate) fn key_of(path: &Path<Posix>) -> Result<&str, Misfit> {
    match path.as_str() {
        "." => Ok(""),
        text if text.starts_with('/') => Err(Misfit::Rooted),
        text if text.split('/').any(|part| part == "..") => Err(Misfit::DotDot),
        text if text.contains('\0') => Err(Misfit::Nul),
        text if text.len() > LONGEST => Err(Misfit::TooLong),
        text => Ok(text),
    }
}

/// What all keys in the directory with this key begin with; everything begins with that of the store itself.
pub(crate) fn prefix_of(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("{key}/") }
}

/// The start of a key, up to where it differs from another one, if the key comes first by bytes and second by directories.
/// `a.b` and `a/b` are such keys: S3 lists `a.b` first, and SeaweedFS `a/b`.
pub(crate) fn late_prefix<'k>(key: &'k str, other: &str) -> Option<&'k str> {
    let at = key.bytes().zip(other.bytes()).position(|(left, right)| left != right)?;
    (other.as_bytes()[at] == b'/' && key.as_bytes()[at] < b'/').then(|| &key[..=at])
}

/// The path of a key, and whether the key marks a directory.
pub(crate) fn path_of(key: &str) -> Result<(PathBuf<Posix>, bool), Misfit> {
    let (text, is_marker) = key.strip_suffix('/').map_or((key, false), |text| (text, true));
    let mut at = 0;
    while at < key.len() || key.is_empty() {
        let (part, is_directory) = part_at(key, at)?;
        at += part.len() + usize::from(is_directory);
    }
    Ok((PathBuf::parse(text), is_marker))
}

/// The part of a key that begins at this byte, and whether a `/` follows: then it is a directory.
pub(crate) fn part_at(key: &str, at: usize) -> Result<(&str, bool), Misfit> {
    let rest = &key[at..];
    let (part, is_directory) = rest.split_once('/').map_or((rest, false), |(part, _)| (part, true));
    match part {
        "" if at == 0 && is_directory => Err(Misfit::Rooted),
        "" => Err(Misfit::EmptyPart),
        "." => Err(Misfit::Dot),
        ".." => Err(Misfit::DotDot),
        part if part.contains('\0') => Err(Misfit::Nul),
        part => Ok((part, is_directory)),
    }
}

/// Whether XML 1.0 has all characters of a key, escaped or not.
pub(super) fn xml_can_say(key: &str) -> bool {
    !key.contains(|letter: char| {
        matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_path_letter_by_letter_or_is_told() {
        let rows = [
            ("a", Ok(("a", false))),
            ("a/b.txt", Ok(("a/b.txt", false))),
            ("a/b/", Ok(("a/b", true))),
            (r"a\b", Ok((r"a\b", false))),
            ("a: b?*", Ok(("a: b?*", false))),
            ("...", Ok(("...", false))),
            ("", Err(Misfit::EmptyPart)),
            ("/", Err(Misfit::Rooted)),
            ("/a", Err(Misfit::Rooted)),
            ("a//b", Err(Misfit::EmptyPart)),
            ("a//", Err(Misfit::EmptyPart)),
            (".", Err(Misfit::Dot)),
            ("a/./b", Err(Misfit::Dot)),
            ("../a", Err(Misfit::DotDot)),
            ("a/..", Err(Misfit::DotDot)),
            ("a\0", Err(Misfit::Nul)),
        ];
        for (key, expected) in rows {
            let expected = expected.map(|(text, is_marker)| (PathBuf::parse(text), is_marker));
            assert_eq!(path_of(key), expected, "{key:?}");
            if let Ok((path, is_marker)) = path_of(key) {
                assert_eq!(key_of(&path), Ok(key.strip_suffix('/').filter(|_| is_marker).unwrap_or(key)));
            }
        }
    }

    #[test]
    fn keys_that_may_come_late_have_a_prefix() {
        for (key, other, prefix) in [
            ("walk.rs", "walk/a", Some("walk.")),
            ("walk.d/x", "walk/a", Some("walk.")),
            ("d/walk-a", "d/walk/", Some("d/walk-")),
            ("walk", "walk/a", None),
            ("walk/a", "walk.rs", None),
            ("walka", "walk/a", None),
            ("a.b", "b/c", None),
        ] {
            assert_eq!(late_prefix(key, other), prefix, "{key} {other}");
        }
    }

    #[test]
    fn a_path_is_a_key_or_is_told() {
        let rows = [
            ("", Ok("")),
            (".", Ok("")),
            ("./a//b/", Ok("a/b")),
            ("/a", Err(Misfit::Rooted)),
            ("a/../b", Err(Misfit::DotDot)),
            ("..", Err(Misfit::DotDot)),
            ("a\0b", Err(Misfit::Nul)),
        ];
        for (text, expected) in rows {
            assert_eq!(key_of(&PathBuf::parse(text)), expected, "{text:?}");
        }
        assert_eq!(key_of(&PathBuf::parse(&"a".repeat(1024))), Ok(&*"a".repeat(1024)));
        assert_eq!(key_of(&PathBuf::parse(&"a".repeat(1025))), Err(Misfit::TooLong));
    }
}
