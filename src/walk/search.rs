//! What a listing is asked for: its options, and what becomes of them before it begins.

use std::borrow::Cow;

use super::exclude;
use super::plan::{Begins, Plan, PlanBuilder, Wanted};
use crate::error::{Error, Op};
use crate::flavour::{Flavour, Native};
use crate::kind::FileKind;
use crate::path::PathBuf;
use crate::pattern::{Pattern, PatternSet};
use crate::sys::Links;

/// The options of a [`Walk`](super::Walk).
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) start: PathBuf,
    pub(super) scope: Scope,
    /// Left out, with everything below.
    pub(super) excluded: Vec<Pattern>,
    pub(super) case_sensitive: Option<bool>,
    pub(super) min_depth: usize,
    /// The depth below which nothing is listed, if there is one.
    pub(super) max_depth: Option<usize>,
    /// Whether names that begin with a dot are left out.
    pub(super) skips_hidden: bool,
    /// Whether names that are not UTF-8 are left out.
    pub(super) skips_non_utf8: bool,
    /// Whether what git ignores is left out.
    pub(super) gitignore: bool,
    /// The kinds that are wanted; all, if it is empty.
    pub(super) kinds: Vec<FileKind>,
    /// Whether there are closures that leave entries out.
    pub(super) prunes: bool,
    /// What `**` does with links to directories.
    pub(super) links: Links,
    pub(super) same_file_system: bool,
    /// Whether each directory is read once, whatever paths lead to it.
    pub(super) once: bool,
    pub(super) order: Order,
    pub(super) contents_first: bool,
    pub(super) threads: Option<usize>,
    /// Whether an option was set after the first entry.
    pub(super) is_late: bool,
}

/// Which paths are looked for.
#[derive(Clone, Default)]
pub(crate) enum Scope<F: Flavour = Native> {
    #[default]
    Children,
    Everything,
    Patterns(Vec<Pattern<F>>, Begins),
    Set(Box<PatternSet<F>>),
}

/// The order of the entries of one directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Sorted,
    /// By a closure.
    SortedBy,
    Unsorted,
}

/// Options in the form in which a listing reads them.
pub(super) struct Search {
    pub(super) options: Options,
    pub(super) plan: Plan,
    /// What is left out.
    pub(super) excluded: Plan,
}

impl Options {
    pub(super) fn new(start: PathBuf, scope: Scope) -> Self {
        Self { start, scope, ..Self::default() }
    }

    /// Whether a pattern leads above the start, so that paths have parts `..`.
    fn leads_up(&self) -> bool {
        let patterns = match &self.scope {
            Scope::Children | Scope::Everything => return false,
            Scope::Patterns(patterns, _) => patterns,
            Scope::Set(set) => set.include_patterns(),
        };
        patterns.iter().any(Pattern::leads_up)
    }
}

/// The plan of what is looked for, and that of what is left out.
pub(crate) fn plans<F: Flavour>(
    scope: &Scope<F>,
    excluded: &[Pattern<F>],
    case_sensitive: Option<bool>,
) -> (Plan<F>, Plan<F>) {
    let in_case = |patterns| in_case(patterns, case_sensitive);
    let (wanted, unwanted) = match scope {
        Scope::Children | Scope::Everything => (vec![Pattern::parse("*")].into(), Cow::default()),
        Scope::Patterns(patterns, _) => (in_case(patterns), Cow::default()),
        Scope::Set(set) if set.include_patterns().is_empty() => {
            (vec![Pattern::parse("**")].into(), in_case(set.exclude_patterns()))
        }
        Scope::Set(set) => (in_case(set.include_patterns()), in_case(set.exclude_patterns())),
    };
    let mut plan = PlanBuilder::new(wanted.len());
    wanted.iter().for_each(|pattern| match scope {
        Scope::Children => plan.add(pattern, Begins::AtStart),
        Scope::Everything => plan.add(pattern, Begins::Anywhere),
        Scope::Patterns(_, begins) => plan.add(pattern, *begins),
        Scope::Set(_) => plan.add_full_match(pattern),
    });
    let excluded = in_case(excluded);
    let mut left_out = PlanBuilder::new(unwanted.len() + excluded.len());
    unwanted.iter().for_each(|pattern| left_out.add_full_match(pattern));
    excluded.iter().for_each(|pattern| left_out.add_with_all_below(pattern));
    (plan.build(), left_out.build())
}

/// Patterns with the case that was asked for.
fn in_case<F: Flavour>(patterns: &[Pattern<F>], case_sensitive: Option<bool>) -> Cow<'_, [Pattern<F>]> {
    match case_sensitive {
        None => patterns.into(),
        Some(sensitive) => patterns.iter().map(|pattern| pattern.clone().case_sensitive(sensitive)).collect(),
    }
}

impl Search {
    pub(super) fn new(options: Options) -> Self {
        let (plan, excluded) = plans(&options.scope, &options.excluded, options.case_sensitive);
        Self { options, plan, excluded }
    }

    /// Why nothing is listed, if that is so.
    pub(super) fn refusal(&self) -> Option<Error> {
        if self.options.is_late {
            let start = &*self.options.start;
            return Some(Error::text(Op::List, start, "options must be set before the first entry"));
        }
        let refuse = if self.options.leads_up() { exclude::refuse_elsewhere } else { exclude::refuse_useless };
        self.options.excluded.iter().find_map(|pattern| refuse(pattern).err())
    }

    /// Whether something may be listed at a depth.
    pub(super) fn reaches(&self, depth: usize) -> bool {
        self.options.max_depth.is_none_or(|most| depth <= most)
    }

    /// Whether the options leave a name out, with all below it.
    pub(super) fn hides(&self, name: &[u8]) -> bool {
        self.options.skips_hidden && name.starts_with(b".") && name != b".."
    }

    /// What is still wanted of an entry when its depth and kind are looked at.
    pub(super) fn wanted(&self, wanted: Option<Wanted>, depth: usize, kind: FileKind) -> Option<Wanted> {
        let kinds = &self.options.kinds;
        wanted.filter(|_| depth >= self.options.min_depth && (kinds.is_empty() || kinds.contains(&kind)))
    }
}
