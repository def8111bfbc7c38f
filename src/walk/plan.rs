//! What a listing looks for: patterns, and how far a path has come in them.

use crate::flavour::{Flavour, Native, Rules};
use crate::pattern::{Pattern, Segment};

/// The patterns of a listing, any of which may match.
pub(super) struct Plan {
    globs: Vec<Glob>,
}

struct Glob {
    parts: Vec<Part>,
    /// Whether only directories are wanted.
    only_directories: bool,
}

enum Part {
    /// `**`
    AnyPath,
    /// A name that is looked up where nothing else asks for a listing.
    Name(String),
    /// A part that names are compared with.
    Search(Segment),
}

/// What is wanted at a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// A directory, or a link to one.
    Directory,
    Anything,
}

/// Where a pattern may begin to match.
#[derive(Clone, Copy)]
enum Begins {
    AtStart,
    Anywhere,
}

/// How far a path has come: for each pattern that may still match, by its index, the index of the
/// part that its children have to match. An index behind the last part says that it matches itself.
pub(super) type States = Vec<(usize, usize)>;

impl Plan {
    /// Everything in the start, and nothing deeper.
    pub(super) fn children() -> Self {
        Self { globs: vec![Glob { parts: vec![Part::Search(Segment::AnyName)], only_directories: false }] }
    }

    pub(super) fn glob(pattern: &Pattern) -> Self {
        Self { globs: Glob::all(pattern, Begins::AtStart) }
    }

    pub(super) fn rglob(pattern: &Pattern) -> Self {
        Self { globs: Glob::all(pattern, Begins::Anywhere) }
    }

    /// The states of the start.
    pub(super) fn start(&self) -> States {
        self.closed((0..self.globs.len()).map(|glob| (glob, 0)).collect())
    }

    /// Whether a path is wanted, and what it then has to be.
    ///
    /// A `**` at the end that takes nothing asks for a directory, as if a separator followed.
    pub(super) fn accepts(&self, states: &States) -> Option<Wanted> {
        let ended = states.iter().filter(|&&(glob, part)| part == self.globs[glob].parts.len());
        let wanted = ended.map(|&(glob, part)| {
            let before = part.checked_sub(1).map(|before| (glob, before));
            let takes_nothing = before
                .is_some_and(|before| matches!(self.part(before), Some(Part::AnyPath)) && states.contains(&before));
            if takes_nothing || self.globs[glob].only_directories { Wanted::Directory } else { Wanted::Anything }
        });
        wanted.max()
    }

    /// Whether the children of a directory are searched.
    pub(super) fn needs_listing(&self, states: &States) -> bool {
        states.iter().any(|&state| matches!(self.part(state), Some(Part::AnyPath | Part::Search(_))))
    }

    /// The names that are looked up in a directory, in order, with what is then left.
    pub(super) fn names(&self, states: &States) -> Vec<(String, States)> {
        let mut names: Vec<(String, States)> = Vec::new();
        for &(glob, part) in states {
            let Some(Part::Name(name)) = self.part((glob, part)) else { continue };
            match names.iter_mut().find(|(known, _)| Self::is_same(known, name)) {
                Some((_, states)) => states.push((glob, part + 1)),
                None => names.push((name.clone(), vec![(glob, part + 1)])),
            }
        }
        names.sort_by(|(left, _), (right, _)| <Native as Flavour>::Rules::text_cmp(left, right));
        names.into_iter().map(|(name, states)| (name, self.closed(states))).collect()
    }

    /// The states of an entry of a listed directory; none when it is not wanted and leads nowhere.
    ///
    /// `is_directory` tells whether it is one itself, and `leads_to_directory` finds out whether it
    /// is one or a link to one: `**` goes into the former only, the other parts into both.
    pub(super) fn advance(
        &self,
        states: &States,
        name: &str,
        is_directory: bool,
        leads_to_directory: impl Fn() -> bool,
    ) -> States {
        let mut next = States::new();
        for &(at, part) in states {
            let glob = &self.globs[at];
            let is_last = part + 1 == glob.parts.len();
            let fits = match self.part((at, part)) {
                Some(Part::AnyPath) if is_directory => {
                    next.push((at, part));
                    continue;
                }
                Some(Part::AnyPath) => is_last && !glob.only_directories,
                Some(Part::Name(wanted)) => Self::is_same(wanted, name),
                Some(Part::Search(segment)) => segment.matches(name),
                None => false,
            };
            if fits && (is_last && !glob.only_directories || leads_to_directory()) {
                next.push((at, part + 1));
            }
        }
        self.closed(next)
    }

    /// The states with those that follow when a `**` takes nothing; sorted, each once.
    fn closed(&self, mut states: States) -> States {
        let mut at = 0;
        while let Some(&(glob, part)) = states.get(at) {
            if let Some(Part::AnyPath) = self.part((glob, part)) {
                states.push((glob, part + 1));
            }
            at += 1;
        }
        states.sort_unstable();
        states.dedup();
        states
    }

    fn part(&self, (glob, part): (usize, usize)) -> Option<&Part> {
        self.globs[glob].parts.get(part)
    }

    fn is_same(left: &str, right: &str) -> bool {
        <Native as Flavour>::Rules::text_eq(left, right)
    }
}

impl Glob {
    /// The alternatives of a pattern.
    fn all(pattern: &Pattern, begins: Begins) -> Vec<Self> {
        let globs = pattern.alternatives().iter().map(|alternative| {
            let names = alternative.path().parts().zip(alternative.tail());
            let mut parts = match begins {
                Begins::AtStart => Vec::new(),
                Begins::Anywhere => vec![Part::AnyPath],
            };
            parts.extend(names.map(|(name, segment)| match segment {
                _ if pattern.looks_up(name) => Part::Name(name.to_owned()),
                Segment::AnyPath => Part::AnyPath,
                segment => Part::Search(segment.clone()),
            }));
            // A run of `**` matches what one does, but would be tried in every way.
            parts.dedup_by(|next, part| matches!((next, part), (Part::AnyPath, Part::AnyPath)));
            Self { parts, only_directories: alternative.only_directories() }
        });
        globs.collect()
    }
}
