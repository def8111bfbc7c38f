//! Problems of a path on other systems.

use std::fmt;

use super::Path;
use crate::flavour::{Flavour, Misreading, is_device_name, is_forbidden};
use crate::printable::printable;

/// A system on which a path might be used.
///
/// # Examples
///
/// ```
/// use waypath::{TargetPlatform, PosixPath};
///
/// let path = PosixPath::parse("what?");
/// assert_eq!(path.portability()[0].reason.platforms(), [TargetPlatform::Windows]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetPlatform {
    /// Linux, with the limits of its common file systems.
    Linux,
    /// macOS, with those of APFS.
    MacOs,
    /// Windows, with those of NTFS and of programs that have not opted into long paths.
    Windows,
}

/// A problem of a path on some systems; found by [`Path::portability`]. `Display` prints a sentence.
///
/// # Examples
///
/// ```
/// use waypath::PosixPath;
///
/// let path = PosixPath::parse("docs/what?.md");
/// for problem in path.portability() {
///     println!("{problem}"); // `what?.md`: Windows does not allow '?' in a name
/// }
/// assert_eq!(path.portability()[0].part, "what?.md");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Unportable<'a> {
    /// The part of the path, or the whole path if it is too long.
    pub part: &'a str,
    /// What is wrong with it.
    pub reason: PortabilityReason,
}

/// Why a path does not work on every system.
///
/// # Examples
///
/// ```
/// use waypath::{PosixPath, PortabilityReason};
///
/// assert_eq!(PosixPath::parse("a:b").portability()[0].reason, PortabilityReason::Stream);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PortabilityReason {
    /// NUL ends a path for every system.
    Nul,
    /// Windows opens a device under this name, with any extension: `nul`, `com1.txt`, `CONIN$`.
    Device,
    /// Windows refuses this character in a name, or reads it as a separator.
    Character(char),
    /// Windows refuses control characters in a name.
    Control(char),
    /// Windows takes what follows a `:` as the name of a stream of the file.
    Stream,
    /// Windows drops dots and spaces at the end of a name.
    TrailingDotOrSpace,
    /// The name has more than 255 bytes, the limit of Linux and macOS.
    NameBytes(usize),
    /// The name has more than 255 UTF-16 units, the limit of Windows.
    NameUnits(usize),
    /// The path has more than 4,095 bytes (Linux) or 1,023 bytes (macOS).
    PathBytes(usize),
    /// The path has more than 259 UTF-16 units, the limit of Windows for programs that have not
    /// opted into long paths.
    PathUnits(usize),
}

impl PortabilityReason {
    /// Returns the systems on which the path does not work.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{TargetPlatform, PortabilityReason};
    ///
    /// assert_eq!(PortabilityReason::Device.platforms(), [TargetPlatform::Windows]);
    /// ```
    #[must_use]
    pub fn platforms(self) -> &'static [TargetPlatform] {
        use TargetPlatform::{Linux, MacOs, Windows};
        match self {
            Self::Nul => &[Linux, MacOs, Windows],
            Self::NameBytes(_) => &[Linux, MacOs],
            Self::PathBytes(bytes) if bytes > LINUX_PATH_BYTES => &[Linux, MacOs],
            Self::PathBytes(_) => &[MacOs],
            _ => &[Windows],
        }
    }
}

const NAME_LIMIT: usize = 255;
const LINUX_PATH_BYTES: usize = 4095;
const MACOS_PATH_BYTES: usize = 1023;
const WINDOWS_PATH_UNITS: usize = 259;

/// # Portability
impl<F: Flavour> Path<F> {
    /// Returns the problems that this path has on some systems, in the order of its parts. Empty if it works everywhere.
    ///
    /// Names, their lengths, and the length of the path are checked. Not checked are the anchor, Unicode composition, and
    /// whether two names differ only in case.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::{PosixPath, PortabilityReason};
    ///
    /// assert!(PosixPath::parse("src/main.rs").portability().is_empty());
    ///
    /// let path = PosixPath::parse("logs/con.txt/12:30");
    /// let found = path.portability();
    /// assert_eq!(found[0].part, "con.txt");
    /// assert_eq!(found[0].reason, PortabilityReason::Device);
    /// assert_eq!(found[1].reason, PortabilityReason::Stream);
    /// assert_eq!(found[0].to_string(), "`con.txt`: Windows opens a device under this name");
    /// ```
    #[doc(alias = "is_valid")]
    #[must_use]
    pub fn portability(&self) -> Vec<Unportable<'_>> {
        let mut found = Vec::new();
        let names = self.split().tail.split(F::SEPARATOR).filter(|name| !matches!(*name, "" | ".."));
        for name in names {
            judge_name(name, |reason| found.push(Unportable { part: name, reason }));
        }
        judge_whole(self.as_str(), |reason| found.push(Unportable { part: self.as_str(), reason }));
        found
    }
}

fn judge_name(name: &str, mut report: impl FnMut(PortabilityReason)) {
    if is_device_name(name) {
        report(PortabilityReason::Device);
    }
    let mut reported = Vec::new();
    for character in name.chars().filter(|&character| is_forbidden(character)) {
        if !reported.contains(&character) {
            reported.push(character);
            report(match character {
                '\0' => PortabilityReason::Nul,
                ':' => PortabilityReason::Stream,
                _ if character.is_control() => PortabilityReason::Control(character),
                _ => PortabilityReason::Character(character),
            });
        }
    }
    if name.ends_with(['.', ' ']) {
        report(PortabilityReason::TrailingDotOrSpace);
    }
    if name.len() > NAME_LIMIT {
        report(PortabilityReason::NameBytes(name.len()));
        let units = name.encode_utf16().count();
        if units > NAME_LIMIT {
            report(PortabilityReason::NameUnits(units));
        }
    }
}

fn judge_whole(text: &str, mut report: impl FnMut(PortabilityReason)) {
    if text.len() > MACOS_PATH_BYTES {
        report(PortabilityReason::PathBytes(text.len()));
    }
    let units = text.encode_utf16().count();
    if units > WINDOWS_PATH_UNITS {
        report(PortabilityReason::PathUnits(units));
    }
}

impl fmt::Display for Unportable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", printable(self.part), self.reason)
    }
}

impl fmt::Display for PortabilityReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nul => f.write_str("no system accepts NUL in a name"),
            Self::Device => fmt::Display::fmt(&Misreading::Device, f),
            Self::Character(character) => write!(f, "Windows does not allow {character:?} in a name"),
            Self::Control(character) => {
                write!(f, "Windows does not allow the control character {character:?} in a name")
            }
            Self::Stream => fmt::Display::fmt(&Misreading::Stream, f),
            Self::TrailingDotOrSpace => fmt::Display::fmt(&Misreading::TrailingDotOrSpace, f),
            Self::NameBytes(bytes) => write!(f, "{bytes} bytes are too long a name for Linux and macOS (255)"),
            Self::NameUnits(units) => write!(f, "{units} UTF-16 units are too long a name for Windows (255)"),
            Self::PathBytes(bytes) if *bytes > LINUX_PATH_BYTES => {
                write!(f, "{bytes} bytes are too long a path for Linux (4095) and macOS (1023)")
            }
            Self::PathBytes(bytes) => write!(f, "{bytes} bytes are too long a path for macOS (1023)"),
            Self::PathUnits(units) => {
                write!(f, "{units} UTF-16 units are too long a path for many Windows programs (259)")
            }
        }
    }
}
