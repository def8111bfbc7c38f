//! `file:` URIs from paths, and paths from them.

use std::net::Ipv6Addr;

use super::{Path, PathBuf};
use crate::error::{Error, Op, Result};
use crate::flavour::{Flavour, Rules};

/// # URIs
impl<F: Flavour> Path<F> {
    /// Returns the path as a `file:` URI.
    ///
    /// Everything except ASCII letters, digits and `_.-~/` is percent-encoded (RFC 8089 and RFC 3986), as by Python's
    /// `Path.as_uri`. The prefix `\\?\` is omitted.
    ///
    /// [`from_uri`](PathBuf::from_uri) returns the same path, for POSIX paths and for Windows paths on a drive from `a` to `z` or
    /// on a complete share.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, WindowsPath};
    ///
    /// assert_eq!(PosixPath::parse("/a b/é").as_uri()?, "file:///a%20b/%C3%A9");
    /// assert_eq!(WindowsPath::parse("c:/a b").as_uri()?, "file:///c:/a%20b");
    /// assert_eq!(WindowsPath::parse("//host/share/a").as_uri()?, "file://host/share/a");
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the path is not absolute.
    #[doc(alias = "to_file_path")]
    pub fn as_uri(&self) -> Result<String> {
        if !self.is_absolute() {
            return Err(Error::text(Op::AsUri, self.as_str(), "a relative path has no URI"));
        }
        let (start, rest) = F::Rules::uri_parts(self.as_str());
        let mut uri = String::with_capacity("file:".len() + start.len() + rest.len());
        uri.push_str("file:");
        encode(&mut uri, &start, b"/:");
        encode(&mut uri, &rest, b"/");
        Ok(uri)
    }
}

/// URIs.
impl<F: Flavour> PathBuf<F> {
    /// Parses a `file:` URI.
    ///
    /// Accepts what browsers, desktops and Windows write: `file:/a`, `file:///a`, `file://localhost/a`; for Windows paths also
    /// `file:///c:/a`, `file:///c|/a`, `file:c:/a` and `file://server/share/a`. Query and fragment are ignored.
    /// Percent-encoding is decoded once, before a host or drive is recognized: `file:///c%3A/a` is `c:\a`.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPathBuf, WindowsPathBuf};
    ///
    /// assert_eq!(PosixPathBuf::from_uri("file:///a%20b#top")?, "/a b");
    /// assert_eq!(WindowsPathBuf::from_uri("file:///c:/a")?, r"c:\a");
    /// assert!(PosixPathBuf::from_uri("https://example.org/a").is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the scheme is not `file`; a POSIX path
    /// would be on another host, or the host is malformed; the path is not absolute or, decoded,
    /// not UTF-8.
    ///
    /// # Security
    ///
    /// A URI can name any file, and can hide separators and `..` as `%2F` and `%2e`. Check the path, not the URI.
    pub fn from_uri(uri: impl AsRef<str>) -> Result<Self> {
        let uri = uri.as_ref();
        read(uri).map_err(|reason| Error::text(Op::FromUri, uri, reason))
    }
}

/// # URIs
impl Path {
    /// Parses a `file:` URI as a path of this system; see [`PathBuf::from_uri`].
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(unix) {
    /// use waypath::Path;
    ///
    /// assert_eq!(Path::from_uri("file:///etc/hosts")?, "/etc/hosts");
    /// # }
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`PathBuf::from_uri`].
    pub fn from_uri(uri: impl AsRef<str>) -> Result<PathBuf> {
        PathBuf::from_uri(uri)
    }
}

fn read<F: Flavour>(uri: &str) -> Result<PathBuf<F>, &'static str> {
    let cleaned: String =
        uri.trim_start_matches(|c| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    let (authority, path) = split(&cleaned).ok_or("its scheme is not `file`")?;
    let authority = host(authority)?;
    let path = decode(path).ok_or("the path is not UTF-8")?;
    let text = F::Rules::uri_text(&authority, &path).ok_or("it is on another host")?;
    let path = PathBuf::parse(&text);
    if !path.is_absolute() {
        return Err("the path is not absolute");
    }
    Ok(path)
}

/// Authority and path of a `file:` URI.
fn split(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let (authority, rest) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    Some((authority, rest.split(['?', '#']).next().unwrap_or(rest)))
}

/// An authority, decoded, if it can be one.
///
/// Brackets are around IPv6 addresses only. Decoded, it is one name: with a separator in it, the host would be
/// another. Nor has it a letter that turns into a delimiter when a resolver normalises the name (NFKC), which
/// would show one host and ask another.
fn host(authority: &str) -> Result<String, &'static str> {
    const DELIMITERS_IN_DISGUISE: [char; 19] =
        ['⁇', '⁈', '⁉', '℀', '℁', '℅', '℆', '⩴', '︓', '︖', '﹕', '﹖', '﹟', '﹫', '＃', '／', '：', '？', '＠'];
    let is_bracketed = match (authority.contains('['), authority.contains(']')) {
        (false, false) => true,
        (true, true) => is_bracketed_host(authority),
        _ => false,
    };
    let host = decode(authority).filter(|host| {
        is_bracketed && !host.contains(DELIMITERS_IN_DISGUISE) && separators(host) == separators(authority)
    });
    host.ok_or("its host is malformed")
}

fn separators(text: &str) -> usize {
    text.matches(['/', '\\']).count()
}

fn is_bracketed_host(authority: &str) -> bool {
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let bracketed = match host_and_port.split_once('[') {
        Some(("", bracketed)) => bracketed,
        // Brackets are in the user's name only, and what follows is no bracketed host.
        Some(_) | None => return false,
    };
    let (host, port) = bracketed.split_once(']').unwrap_or((bracketed, ""));
    if !port.is_empty() && !port.starts_with(':') {
        return false;
    }
    match host.strip_prefix(['v', 'V']) {
        // IPvFuture of RFC 3986: a hexadecimal version, a dot, and something.
        Some(future) => future.split_once('.').is_some_and(|(version, address)| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit()) && !address.is_empty()
        }),
        None => is_ipv6(host),
    }
}

fn is_ipv6(host: &str) -> bool {
    let (address, scope) = host.split_once('%').unwrap_or((host, "scope"));
    address.parse::<Ipv6Addr>().is_ok() && !scope.is_empty() && !scope.contains('%')
}

fn encode(uri: &mut String, text: &str, safe: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.contains(&byte) {
            uri.push(byte as char);
        } else {
            uri.extend(['%', HEX[usize::from(byte >> 4)] as char, HEX[usize::from(byte & 15)] as char]);
        }
    }
}

/// What a percent-encoded text stands for, if that is text. A `%` without two digits is itself.
fn decode(text: &str) -> Option<String> {
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| (byte as char).to_digit(16)).map(|digit| digit as u8);
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high << 4 | low);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}
