//! The rules of one file: its lines, of which the last that matches decides.

use std::borrow::Cow;

use super::glob::Glob;
use crate::flavour::{Flavour, Native, Rules as _};

/// The rules of a file, in its order.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

/// What a rule says of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ignored,
    /// A rule with `!` matches.
    Kept,
}

struct Rule {
    verdict: Verdict,
    /// Whether it ended in a separator.
    only_directories: bool,
    /// Whether it is about names, in whatever directory, as there is no separator in it.
    is_name: bool,
    /// The text before the first wildcard.
    start: Vec<u8>,
    rest: Rest,
}

/// What follows the literal start of a rule.
enum Rest {
    Nothing,
    /// Of a name: a star, and text without wildcards.
    Ends(Vec<u8>),
    Glob(Glob),
}

impl Rules {
    pub(super) fn parse(content: &[u8]) -> Self {
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
        Self(content.split(|&byte| byte == b'\n').filter_map(Rule::parse).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the rules say of a name. Its path relative to the directory of their file is asked for if a rule needs it.
    pub(super) fn verdict<'p>(&self, name: &[u8], is_directory: bool, path: impl Fn() -> &'p [u8]) -> Option<Verdict> {
        let matching = self.0.iter().rev().find(|rule| {
            (is_directory || !rule.only_directories) && rule.matches(if rule.is_name { name } else { path() })
        });
        matching.map(|rule| rule.verdict)
    }
}

impl Rule {
    fn parse(line: &[u8]) -> Option<Self> {
        let line = without_trailing_spaces(line.strip_suffix(b"\r").unwrap_or(line));
        if line.starts_with(b"#") {
            return None;
        }
        let (verdict, line) = match line.strip_prefix(b"!") {
            Some(line) => (Verdict::Kept, line),
            None => (Verdict::Ignored, line),
        };
        let (only_directories, line) = match line.strip_suffix(b"/") {
            Some(line) => (true, line),
            None => (false, line),
        };
        let is_name = !line.contains(&b'/');
        let line = folded(line.strip_prefix(b"/").unwrap_or(line));
        let (start, rest) = line.split_at(line.iter().position(is_special).unwrap_or(line.len()));
        let rest = match rest {
            [] => Rest::Nothing,
            [b'*', end @ ..] if is_name && start.is_empty() && !end.iter().any(is_special) => Rest::Ends(end.into()),
            rest => Rest::Glob(Glob::parse(rest)?),
        };
        (!line.is_empty()).then(|| Self { verdict, only_directories, is_name, start: start.into(), rest })
    }

    fn matches(&self, text: &[u8]) -> bool {
        let Some(text) = text.strip_prefix(&*self.start) else { return false };
        match &self.rest {
            Rest::Nothing => text.is_empty(),
            Rest::Ends(end) => text.ends_with(end),
            Rest::Glob(glob) => glob.matches(text),
        }
    }
}

/// The text as it is compared: git ignores the case of ASCII letters where the system does.
pub(super) fn folded(text: &[u8]) -> Cow<'_, [u8]> {
    match <Native as Flavour>::Rules::CASE_SENSITIVE {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.to_ascii_lowercase()),
    }
}

fn is_special(byte: &u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'\\')
}

/// Spaces at the end do not count, unless they are escaped.
fn without_trailing_spaces(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut bytes = line.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b' ' => {}
            b'\\' => match bytes.next() {
                Some((escaped, _)) => end = escaped + 1,
                // git leaves such a line alone.
                None => return line,
            },
            _ => end = at + 1,
        }
    }
    &line[..end]
}
