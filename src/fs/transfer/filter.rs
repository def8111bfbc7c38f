//! What is left out of a transfer, on both sides by the same rules.

use std::ffi::OsStr;

use super::item::{ancestors, split};
use crate::error::{Error, Op};
use crate::gitignore::{IgnoredTree, IgnoredWay};
use crate::kind::FileKind;
use crate::report::SkipReason;
use crate::sys::{self, Located, OsPath};
use crate::tree::Account;
use crate::walk::{Exclusion, ExclusionWay};

/// The rules.
pub(super) struct Rules<'a> {
    pub(super) exclusion: Exclusion<'a>,
    /// What git ignores, by the files of the source.
    pub(super) ignored: Option<IgnoredTree<'a, Located<sys::Dir>>>,
    /// Where files with rules that cannot be read are told.
    pub(super) account: &'a Account<'a>,
}

/// The rules, on the way through one side.
pub(super) struct Filter<'r> {
    rules: &'r Rules<'r>,
    exclusion: ExclusionWay<'r>,
    ignored: IgnoredWay,
}

impl Rules<'_> {
    /// Begins with a side that has its start there.
    pub(super) fn way<'r>(&'r self, start: &'r OsPath) -> Filter<'r> {
        Filter { rules: self, exclusion: self.exclusion.way(start), ignored: IgnoredWay::default() }
    }
}

impl Filter<'_> {
    /// Why something is left out, if it is.
    pub(super) fn leaves_out(&mut self, key: &str, kind: FileKind) -> Option<SkipReason> {
        let (directory, name) = split(key);
        let directory = OsPath::new(directory.strip_suffix('/').unwrap_or(directory));
        let name = OsStr::new(name);
        if self.exclusion.leaves_out(directory, name, kind) {
            return Some(SkipReason::Excluded);
        }
        self.is_ignored(directory, name, kind).then_some(SkipReason::Ignored)
    }

    /// The same of something that has no path: whether a directory above it is left out.
    pub(super) fn leaves_out_above(&mut self, key: &str) -> Option<SkipReason> {
        ancestors(key).find_map(|above| self.leaves_out(above, FileKind::Directory))
    }

    fn is_ignored(&mut self, directory: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        let Some(ignored) = &self.rules.ignored else { return false };
        let account = self.rules.account;
        ignored.ignores(&mut self.ignored, directory, (name, kind == FileKind::Directory), |(file, cause)| {
            // The target may have directories that the source has not.
            if cause.kind() != std::io::ErrorKind::NotFound {
                account.fail(Error::new(Op::Read, file, cause));
            }
        })
    }
}
