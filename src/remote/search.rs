//! What a listing of a store is asked for, and what that makes of each name.

use crate::error::{Error, Op, Result};
use crate::flavour::Posix;
use crate::kind::FileKind;
use crate::objects::prefix_of;
use crate::pattern::Pattern;
use crate::sys::Links;
use crate::walk::{Plan, Scope, Set, State, States, Wanted, is_left_out, plans, refuse_useless};

/// The options of a [`RemoteWalk`](super::RemoteWalk), closures aside.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) scope: Scope<Posix>,
    pub(super) excluded: Vec<Pattern<Posix>>,
    pub(super) case_sensitive: Option<bool>,
    pub(super) min_depth: usize,
    /// The depth below which nothing is listed, if there is one.
    pub(super) max_depth: Option<usize>,
    /// Whether names that begin with a dot are left out.
    pub(super) skips_hidden: bool,
    /// The kinds that are wanted; all, if it is empty.
    pub(super) kinds: Vec<FileKind>,
    pub(super) order: Order,
    pub(super) threads: Option<usize>,
    /// Whether an option was set after the first entry.
    pub(super) is_late: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Keys,
    Paths,
    /// As pages come.
    None,
}

/// Options in the form in which a listing reads them.
pub(super) struct Search {
    pub(super) options: Options,
    plan: Plan<Posix>,
    /// What is left out.
    excluded: Plan<Posix>,
}

/// A directory that is listed, and how far its path has come in the patterns.
#[derive(Clone)]
pub(super) struct Place {
    /// What all keys in it begin with.
    pub(super) prefix: String,
    pub(super) depth: usize,
    wanted: Box<[State]>,
    excluded: Box<[State]>,
}

/// What a listing makes of a directory.
pub(super) struct Judged {
    pub(super) is_wanted: bool,
    /// It, if something below may be wanted.
    pub(super) below: Option<Place>,
}

/// How much of what is in a directory is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Names in it, and nothing deeper.
    OneLevel,
    SomeLevels,
    AllLevels,
}

impl Search {
    pub(super) fn new(options: Options) -> Self {
        let (plan, excluded) = plans(&options.scope, &options.excluded, options.case_sensitive);
        Self { options, plan, excluded }
    }

    /// Checks that something can be listed: see [`Options::is_late`], and patterns that exclude nothing.
    pub(super) fn check(&self, start: &str) -> Result<()> {
        if self.options.is_late {
            return Err(Error::text(Op::List, start, "options must be set before the first entry"));
        }
        self.options.excluded.iter().try_for_each(refuse_useless)
    }

    /// Whether the start must be there: a listing of patterns asks for less than the start, so that it cannot know.
    pub(super) fn needs_start(&self) -> bool {
        matches!(self.options.scope, Scope::Children | Scope::Everything)
    }

    /// The start, which has this key.
    pub(super) fn start(&self, key: &str) -> Judged {
        let mut states = States::new();
        let (set, wanted) = self.plan.start(&mut states);
        let place = Place {
            prefix: prefix_of(key),
            depth: 0,
            wanted: set.of(&states).into(),
            excluded: self.excluded.start(&mut states).0.of(&states).into(),
        };
        let is_wanted = self.wants(wanted, 0, FileKind::Directory);
        Judged { is_wanted, below: Some(place).filter(|_| is_wanted || self.goes_below(0)) }
    }

    /// A directory in a place.
    pub(super) fn directory(&self, place: &Place, name: &str) -> Judged {
        let mut states = States::new();
        let (excluded, found) = take(&self.excluded, &mut states, &place.excluded, name, FileKind::Directory);
        if self.hides(name) || is_left_out(found, FileKind::Directory) {
            return Judged { is_wanted: false, below: None };
        }
        let (below, wanted) = take(&self.plan, &mut states, &place.wanted, name, FileKind::Directory);
        let depth = place.depth + 1;
        let leads_on = !below.is_empty() && self.goes_below(depth) && !self.excluded.takes_all(excluded.of(&states));
        let prefix = || [&*place.prefix, name, "/"].concat();
        let below = leads_on.then(|| Place {
            prefix: prefix(),
            depth,
            wanted: below.of(&states).into(),
            excluded: excluded.of(&states).into(),
        });
        Judged { is_wanted: self.wants(wanted, depth, FileKind::Directory), below }
    }

    /// Whether a file in a place is wanted.
    pub(super) fn wants_file(&self, place: &Place, name: &str) -> bool {
        let mut states = States::new();
        let mut found = |plan, set| take(plan, &mut states, set, name, FileKind::File).1;
        !self.hides(name)
            && !is_left_out(found(&self.excluded, &place.excluded), FileKind::File)
            && self.wants(found(&self.plan, &place.wanted), place.depth + 1, FileKind::File)
    }

    pub(super) fn extent(&self, place: &Place) -> Extent {
        let is_last = self.options.max_depth.is_some_and(|most| most <= place.depth + 1);
        match self.options.max_depth {
            _ if is_last || !self.plan.goes_deeper(&place.wanted) => Extent::OneLevel,
            None if self.plan.goes_anywhere(&place.wanted) => Extent::AllLevels,
            _ => Extent::SomeLevels,
        }
    }

    /// What keys that are wanted begin with behind the prefix of a place: one of these each.
    pub(super) fn starts(&self, place: &Place) -> Vec<String> {
        self.plan.starts(&place.wanted)
    }

    fn goes_below(&self, depth: usize) -> bool {
        self.options.max_depth.is_none_or(|most| depth < most)
    }

    fn hides(&self, name: &str) -> bool {
        self.options.skips_hidden && name.starts_with('.')
    }

    fn wants(&self, wanted: Option<Wanted>, depth: usize, kind: FileKind) -> bool {
        let Options { min_depth, max_depth, kinds, .. } = &self.options;
        wanted.is_some()
            && depth >= *min_depth
            && max_depth.is_none_or(|most| depth <= most)
            && (kinds.is_empty() || kinds.contains(&kind))
    }
}

fn take(plan: &Plan<Posix>, states: &mut States, set: &[State], name: &str, kind: FileKind) -> (Set, Option<Wanted>) {
    let set = Set::put(set, states);
    plan.take(states, set, name, kind, Links::Follow)
}
