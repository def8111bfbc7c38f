//! What patterns and closures leave out of a tree: the one meaning of `exclude`, for listings, copies and removals.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex};

use super::Entry;
use super::plan::{Plan, PlanBuilder, Set, States, Wanted};
use crate::error::{Error, Op, Result};
use crate::flavour::Flavour;
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::pattern::Pattern;
use crate::sys::{Links, OsPath, OsPathBuf};
use crate::tree::lock;

/// Refuses an absolute pattern, which matches nothing below a directory.
pub(crate) fn refuse_absolute<F: Flavour>(pattern: &Pattern<F>) -> Result<()> {
    refuse(
        pattern,
        !pattern.is_relative(),
        "an absolute pattern is not allowed here; make it relative to the start directory",
    )
}

/// Refuses a pattern that matches nothing below a directory.
pub(crate) fn refuse_elsewhere<F: Flavour>(pattern: &Pattern<F>) -> Result<()> {
    refuse_absolute(pattern)?;
    refuse(pattern, pattern.may_be_empty(), NOTHING_BELOW)
}

/// Refuses a pattern that its base and the rest of it do not replace.
pub(super) fn refuse_unsplit<F: Flavour>(pattern: &Pattern<F>, rest: &Pattern<F>) -> Result<()> {
    refuse(
        pattern,
        !rest.is_relative(),
        "a root or drive must come first, without wildcards or braces, as in `/{a,b}`",
    )?;
    refuse(pattern, rest.may_be_empty(), NOTHING_BELOW)
}

const NOTHING_BELOW: &str = "the pattern names nothing below a directory";

/// Refuses a pattern that excludes nothing: no path below a directory has a part `..`.
pub(crate) fn refuse_useless<F: Flavour>(pattern: &Pattern<F>) -> Result<()> {
    refuse_elsewhere(pattern)?;
    refuse(
        pattern,
        pattern.leads_up(),
        "a pattern with a part `..` excludes nothing; make it relative to the start directory",
    )
}

fn refuse<F: Flavour>(pattern: &Pattern<F>, is_useless: bool, reason: &'static str) -> Result<()> {
    if is_useless { Err(Error::text(Op::Pattern, pattern.as_str(), reason)) } else { Ok(()) }
}

/// The closures that leave entries out. Copies of the options that have them share each.
#[derive(Clone, Default)]
pub(crate) struct Pruning<'p>(Vec<Arc<Mutex<Prune<'p>>>>);

type Prune<'p> = dyn FnMut(&Entry) -> bool + Send + 'p;

impl<'p> Pruning<'p> {
    pub(crate) fn add(&mut self, prune: impl FnMut(&Entry) -> bool + Send + 'p) {
        self.0.push(Arc::new(Mutex::new(prune)));
    }
}

/// The same without the lifetime of the closures, so that what borrows it has only one.
pub(crate) trait Prunes: Sync {
    fn is_none(&self) -> bool;

    fn prunes(&self, entry: &Entry) -> bool;
}

impl Prunes for Pruning<'_> {
    fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    fn prunes(&self, entry: &Entry) -> bool {
        self.0.iter().any(|prune| lock(prune)(entry))
    }
}

/// What is left out of a tree: patterns, compiled, and closures.
pub(crate) struct Exclusion<'a> {
    plan: Plan,
    prune: Option<&'a dyn Prunes>,
}

impl<'a> Exclusion<'a> {
    pub(crate) fn new(patterns: &[Pattern]) -> Self {
        let mut plan = PlanBuilder::new(patterns.len());
        patterns.iter().for_each(|pattern| plan.add_with_all_below(pattern));
        Self { plan: plan.build(), prune: None }
    }

    /// The same, and what closures leave out.
    pub(crate) fn with_pruning(self, prune: &'a dyn Prunes) -> Self {
        Self { prune: Some(prune).filter(|prune| !prune.is_none()), ..self }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.plan.is_none() && self.prune.is_none()
    }

    pub(crate) fn has_closures(&self) -> bool {
        self.prune.is_some()
    }

    /// Begins a way through a tree, which has its start there.
    pub(crate) fn way<'e>(&'e self, start: &'e OsPath) -> ExclusionWay<'e> {
        let mut states = States::new();
        let (first, _) = self.plan.start(&mut states);
        let (plan, prune, directory) = (&self.plan, self.prune, OsPathBuf::new());
        ExclusionWay { is_none: self.is_none(), plan, prune, start, directory, states, sets: vec![first] }
    }
}

/// Goes from directory to directory, and finds out what is left out there.
pub(crate) struct ExclusionWay<'e> {
    /// Whether nothing is left out, which is the usual case, and asked for each name.
    is_none: bool,
    plan: &'e Plan,
    prune: Option<&'e dyn Prunes>,
    start: &'e OsPath,
    /// The current directory, relative to the start.
    directory: OsPathBuf,
    states: States,
    /// How far the patterns have come in the start, and in each directory from there to the current one.
    sets: Vec<Set>,
}

impl ExclusionWay<'_> {
    /// Whether a name in a directory, whose path is relative to the start, is left out.
    #[inline]
    pub(crate) fn leaves_out(&mut self, directory: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        !self.is_none
            && (self.matches(directory, name, kind == FileKind::Directory) || self.prunes(directory, name, kind))
    }

    /// Whether a closure leaves it out. What has no path in UTF-8 is no entry that a closure could be asked about.
    fn prunes(&self, directory: &OsPath, name: &OsStr, kind: FileKind) -> bool {
        let Some(prune) = self.prune else { return false };
        let depth = directory.components().count() + 1;
        let path = PathBuf::try_from(self.start.join(directory).join(name));
        path.is_ok_and(|path| prune.prunes(&Entry::new(path, kind, depth)))
    }

    /// Whether a pattern leaves it out.
    pub(crate) fn matches(&mut self, directory: &OsPath, name: &OsStr, is_directory: bool) -> bool {
        if self.plan.is_none() {
            return false;
        }
        self.go_to(directory);
        let height = self.states.len();
        let kind = if is_directory { FileKind::Directory } else { FileKind::File };
        let found = self.take(name, kind).1;
        self.states.truncate(height);
        is_left_out(found, kind)
    }

    /// Takes a name of the current directory.
    fn take(&mut self, name: &OsStr, kind: FileKind) -> (Set, Option<Wanted>) {
        let current = self.current();
        take(self.plan, &mut self.states, current, &name.to_string_lossy(), kind)
    }

    fn current(&self) -> Set {
        *self.sets.last().expect("BUG: the start has a set")
    }

    fn go_to(&mut self, directory: &OsPath) {
        if self.directory.as_os_str() == directory.as_os_str() {
            return;
        }
        let same = self.directory.components().zip(directory.components()).take_while(|(old, new)| old == new).count();
        self.sets.truncate(same + 1);
        self.states.truncate(self.current().end());
        for part in directory.components().skip(same) {
            let set = self.take(part.as_os_str(), FileKind::Directory).0;
            self.sets.push(set);
        }
        directory.clone_into(&mut self.directory);
    }
}

/// How far a name comes in what is left out.
pub(super) fn take(plan: &Plan, states: &mut States, set: Set, name: &str, kind: FileKind) -> (Set, Option<Wanted>) {
    plan.take(states, set, name, kind, Links::Follow)
}

/// Whether something is left out of which this was found.
pub(crate) fn is_left_out(found: Option<Wanted>, kind: FileKind) -> bool {
    match found {
        Some(Wanted::Anything) => true,
        Some(Wanted::Directory) => kind == FileKind::Directory,
        None => false,
    }
}
