//! Modes: permissions as a number or as text.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Op, Result};

/// Permissions: a number, or changes in the language of `chmod(1)`.
///
/// [`chmod`](crate::Path::chmod) takes numbers and text directly. Use a `Mode` to parse a text once, or to check it early.
///
/// # The language
///
/// A number such as `0o644`, or the text `644`, sets all permissions. Other text is a list of changes, separated by commas:
/// *who*, then `+`, `-` or `=`, then *what*. One *who* may have several changes (`u+r-x`).
///
/// | who | | what | |
/// | --- | --- | --- | --- |
/// | `u` | the owner | `r`, `w`, `x` | reading, writing, executing (a directory: searching) |
/// | `g` | the group | `X` | `x` for directories, and for files that anybody may execute |
/// | `o` | others | `s` | set user or group ID |
/// | `a` | all three | `t` | the sticky bit |
/// | none | all three, minus the umask | `u`, `g`, `o` | the current permissions of these |
///
/// `+` adds permissions, `-` removes them, `=` sets exactly these. Changes keep the set-ID bits of a directory unless they
/// name them, as with GNU's `chmod`. A number clears them, as the system call does and GNU's `chmod` does not.
///
/// # Examples
///
/// ```
/// use waypath::{IntoMode, Mode};
///
/// let private: Mode = "go=,u+rwX".parse()?;
/// # let base = waypath::TempDir::new()?;
/// for entry in base.walk() {
///     entry?.chmod(&private)?;
/// }
///
/// let error = "u+rwz".parse::<Mode>().unwrap_err();
/// assert_eq!(error.to_string(), "cannot use the mode `u+rwz`: `z` is no permission at byte 4");
/// assert!(0o10000.into_mode().is_err());
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mode(Meaning);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    Number(u32),
    Changes(Vec<Change>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Change {
    /// The bits that it may touch; `None` where nobody is named.
    who: Option<u32>,
    operator: Operator,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operator {
    Add,
    Remove,
    Set,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum What {
    /// The same for user, group and others; with `X` or not.
    Permissions { bits: u32, execute_if_any: bool },
    /// What those have whose bits these are.
    SameAs(u32),
}

const READ: u32 = 0o444;
const WRITE: u32 = 0o222;
const EXECUTE: u32 = 0o111;
const SET_IDS: u32 = 0o6000;
const STICKY: u32 = 0o1000;
const ALL: u32 = 0o7777;

impl Mode {
    /// Whether the outcome depends on the umask: nobody is named in some change.
    pub(super) fn needs_umask(&self) -> bool {
        match &self.0 {
            Meaning::Number(_) => false,
            Meaning::Changes(changes) => changes.iter().any(|change| change.who.is_none()),
        }
    }

    /// The permissions that a file with these gets.
    pub(super) fn apply(&self, bits: u32, is_dir: bool, umask: u32) -> u32 {
        match &self.0 {
            Meaning::Number(bits) => *bits,
            Meaning::Changes(changes) => changes.iter().fold(bits, |bits, change| change.apply(bits, is_dir, umask)),
        }
    }
}

impl Change {
    fn apply(&self, bits: u32, is_dir: bool, umask: u32) -> u32 {
        let who = self.who.unwrap_or(ALL);
        let (wanted, named) = match self.what {
            What::SameAs(theirs) => (spread(bits & theirs), 0),
            What::Permissions { bits: wanted, execute_if_any: true } if is_dir || bits & EXECUTE != 0 => {
                (wanted | EXECUTE, wanted)
            }
            What::Permissions { bits: wanted, .. } => (wanted, wanted),
        };
        let kept = if is_dir { SET_IDS & !(named & who) } else { 0 };
        let wanted = wanted & self.who.unwrap_or(!umask) & !kept;
        match self.operator {
            Operator::Add => bits | wanted,
            Operator::Remove => bits & !wanted,
            Operator::Set => bits & (!who | kept) | wanted,
        }
    }
}

/// What one of user, group and others may do, as what all may do.
fn spread(bits: u32) -> u32 {
    [READ, WRITE, EXECUTE].into_iter().filter(|kind| bits & kind != 0).sum()
}

/// In the language that [`FromStr`] reads.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Meaning::Number(bits) => write!(f, "{bits:03o}"),
            Meaning::Changes(changes) => {
                let texts: Vec<_> = changes.iter().map(Change::text).collect();
                f.write_str(&texts.join(","))
            }
        }
    }
}

impl Change {
    fn text(&self) -> String {
        let operator = match self.operator {
            Operator::Add => '+',
            Operator::Remove => '-',
            Operator::Set => '=',
        };
        let letters = |table: &[(char, u32)], bits: u32| -> String {
            table.iter().filter(|(_, those)| bits & those == *those).map(|(letter, _)| letter).collect()
        };
        let who = match self.who {
            None => String::new(),
            Some(ALL) => "a".to_owned(),
            Some(who) => letters(&['u', 'g', 'o'].map(|letter| (letter, whose(letter))), who),
        };
        let what = match self.what {
            What::SameAs(theirs) => letters(&[('u', 0o700), ('g', 0o070), ('o', 0o007)], theirs),
            What::Permissions { bits, execute_if_any } => {
                let execute_if_any = if execute_if_any { "X" } else { "" };
                let kinds = [('r', READ), ('w', WRITE), ('x', EXECUTE), ('s', SET_IDS), ('t', STICKY)];
                letters(&kinds, bits) + execute_if_any
            }
        };
        format!("{who}{operator}{what}")
    }
}

impl FromStr for Mode {
    type Err = Error;

    /// Parses a number in octal digits, or a list of changes.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): it is neither; [`position`](Error::position) says
    /// where.
    fn from_str(text: &str) -> Result<Self> {
        let meaning = match text.starts_with(|first: char| first.is_ascii_digit()) {
            true => parse_number(text),
            false => parse_changes(text),
        };
        meaning.map(Self).map_err(|(at, reason)| Error::text(Op::Mode, text, reason).at(at))
    }
}

/// Where a text is wrong, and why.
type Mistake = (usize, String);

fn parse_number(text: &str) -> Result<Meaning, Mistake> {
    if let Some((at, other)) = text.char_indices().find(|(_, character)| !matches!(character, '0'..='7')) {
        return Err((at, format!("`{}` is not an octal digit", other.escape_debug())));
    }
    match u32::from_str_radix(text, 8) {
        Ok(bits @ ..=ALL) => Ok(Meaning::Number(bits)),
        _ => Err((0, "it is more than 7777".to_owned())),
    }
}

fn parse_changes(text: &str) -> Result<Meaning, Mistake> {
    let mut changes = Vec::new();
    let mut at = 0;
    for clause in text.split(',') {
        parse_clause(clause, &mut changes).map_err(|(within, reason)| (at + within, reason))?;
        at += clause.len() + 1;
    }
    Ok(Meaning::Changes(changes))
}

/// Reads who, and at least one operator with what it is about.
fn parse_clause(clause: &str, changes: &mut Vec<Change>) -> Result<(), Mistake> {
    let at = |rest: &str| clause.len() - rest.len();
    let rest = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    let who = clause[..at(rest)].chars().map(whose).reduce(|some, more| some | more);
    let mut rest = rest;
    loop {
        let mut characters = rest.chars();
        let operator = match characters.next() {
            Some('+') => Operator::Add,
            Some('-') => Operator::Remove,
            Some('=') => Operator::Set,
            Some(other) => return Err((at(rest), format!("`{}` is not +, - or =", other.escape_debug()))),
            None => return Err((at(rest), "+, - or = is missing".to_owned())),
        };
        rest = characters.as_str();
        let end = rest.find(['+', '-', '=']).unwrap_or(rest.len());
        let what = parse_what(&rest[..end]).map_err(|(within, reason)| (at(rest) + within, reason))?;
        changes.push(Change { who, operator, what });
        rest = &rest[end..];
        if rest.is_empty() {
            return Ok(());
        }
    }
}

fn parse_what(text: &str) -> Result<What, Mistake> {
    if let "u" | "g" | "o" = text {
        return Ok(What::SameAs(text.chars().map(whose).sum::<u32>() & (READ | WRITE | EXECUTE)));
    }
    let (mut bits, mut execute_if_any) = (0, false);
    for (at, character) in text.char_indices() {
        match character {
            'r' => bits |= READ,
            'w' => bits |= WRITE,
            'x' => bits |= EXECUTE,
            'X' => execute_if_any = true,
            's' => bits |= SET_IDS,
            't' => bits |= STICKY,
            'u' | 'g' | 'o' => return Err((at, format!("`{character}` stands alone"))),
            other => return Err((at, format!("`{}` is no permission", other.escape_debug()))),
        }
    }
    Ok(What::Permissions { bits, execute_if_any })
}

/// The bits that are about those whom a letter stands for.
fn whose(letter: char) -> u32 {
    match letter {
        'u' => 0o4700,
        'g' => 0o2070,
        'o' => 0o1007,
        _ => ALL,
    }
}

/// Values that can be used as a [`Mode`]: a number (`0o644`), text (`"u+x"`), or a mode.
///
/// # Examples
///
/// ```
/// # let base = waypath::TempDir::new()?;
/// let script = &base / "run.sh";
/// script.touch()?;
/// script.chmod(0o644)?;
/// script.chmod("u+x")?;
/// # #[cfg(unix)]
/// assert_eq!(script.stat()?.mode(), 0o744);
/// # Ok::<(), waypath::Error>(())
/// ```
///
/// ```compile_fail
/// waypath::path("run.sh").chmod(-1); // a mode is unsigned
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as a mode",
    label = "expected a `u32` such as `0o644`, text as for chmod(1) such as \"u+x\", or a `Mode`"
)]
pub trait IntoMode {
    /// Converts to a mode.
    ///
    /// # Examples
    ///
    /// ```
    /// use waypath::IntoMode;
    ///
    /// assert_eq!(0o755.into_mode()?, "0755".into_mode()?);
    /// assert!(0o100_755.into_mode().is_err()); // with the bits of a file type
    /// assert!("executable".into_mode().is_err());
    /// # Ok::<(), waypath::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput): the number is larger than `0o7777`, or the text
    /// is not in the [language](Mode#the-language).
    fn into_mode(self) -> Result<Mode>;
}

/// Converts the system's `st_mode`. Bits beyond `0o7777`, which are the file type, are ignored.
///
/// # Examples
///
/// ```
/// use waypath::Mode;
///
/// assert_eq!(Mode::from(0o100_644), Mode::from(0o644));
/// ```
impl From<u32> for Mode {
    fn from(bits: u32) -> Self {
        Self(Meaning::Number(bits & ALL))
    }
}

impl IntoMode for u32 {
    fn into_mode(self) -> Result<Mode> {
        match self {
            ..=ALL => Ok(Mode(Meaning::Number(self))),
            _ => Err(Error::text(Op::Mode, format!("{self:#o}"), "it is more than 0o7777")),
        }
    }
}

impl IntoMode for &str {
    fn into_mode(self) -> Result<Mode> {
        self.parse()
    }
}

impl IntoMode for &String {
    fn into_mode(self) -> Result<Mode> {
        self.parse()
    }
}

impl IntoMode for String {
    fn into_mode(self) -> Result<Mode> {
        self.parse()
    }
}

impl IntoMode for Mode {
    fn into_mode(self) -> Result<Mode> {
        Ok(self)
    }
}

impl IntoMode for &Mode {
    fn into_mode(self) -> Result<Mode> {
        Ok(self.clone())
    }
}
