//! What a listing looks for: patterns, and how far a path has come in them.

use crate::flavour::{Flavour, Native, Rules};
use crate::fs::FileKind;
use crate::pattern::{Alternative, Pattern, Segment};
use crate::sys::Links;

/// Patterns, any of which may match, as an automaton over the parts of a path.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The parts of all patterns, each pattern closed by its `End`.
    parts: Vec<Part>,
    /// Where each pattern begins.
    starts: Vec<State>,
}

#[derive(Clone, Debug)]
enum Part {
    /// `**`
    AnyPath,
    /// A name that is looked up where nothing else asks for a listing.
    Name(String),
    /// A part that names are compared with.
    Search(Segment),
    End(Wanted),
}

/// What is wanted at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// A directory, or a link to one.
    Directory,
    Anything,
}

/// Where a pattern may begin to match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    AtStart,
    Anywhere,
}

/// A part of the plan that the next name has to match.
pub(super) type State = usize;

/// How far a path has come: the states from which it goes on, a range of [`States`]. An empty one
/// leads nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    from: usize,
    end: usize,
}

/// The sets of the paths that are being listed, on a stack. Each is sorted and free of repeats.
pub(super) type States = Vec<State>;

impl Set {
    pub(super) fn is_empty(self) -> bool {
        self.from == self.end
    }

    pub(super) fn of(self, states: &States) -> &[State] {
        &states[self.from..self.end]
    }

    /// Puts a set on top of the stack.
    pub(super) fn put(set: &[State], states: &mut States) -> Self {
        let from = states.len();
        states.extend(set);
        Self { from, end: states.len() }
    }
}

impl Part {
    /// Whether it takes a name.
    fn fits(&self, name: &str) -> bool {
        match self {
            Self::AnyPath => true,
            Self::Name(own) => is_same(own, name),
            Self::Search(segment) => segment.matches(name),
            Self::End(_) => false,
        }
    }
}

impl Plan {
    /// Nothing.
    pub(super) fn none() -> Self {
        Self { parts: Vec::new(), starts: Vec::new() }
    }

    /// Everything in the start, and nothing deeper.
    pub(super) fn children() -> Self {
        let mut plan = Self::none();
        plan.push([Part::Search(Segment::AnyName)], Wanted::Anything);
        plan
    }

    /// Adds a pattern.
    pub(super) fn add(&mut self, pattern: &Pattern, begins: Begins) {
        for alternative in pattern.alternatives() {
            let start = (begins == Begins::Anywhere).then_some(Part::AnyPath);
            self.push(start.into_iter().chain(parts(pattern, alternative)), wanted(alternative));
        }
    }

    /// Adds a pattern, and everything below what it matches; an absolute one matches nothing.
    pub(super) fn add_with_all_below(&mut self, pattern: &Pattern) {
        for alternative in pattern.alternatives().iter().filter(|alternative| alternative.is_relative()) {
            self.push(parts(pattern, alternative), wanted(alternative));
            self.push(parts(pattern, alternative).chain([Part::AnyPath]), Wanted::Anything);
        }
    }

    /// Adds a pattern as `full_match` reads it: a `**` at the end takes at least one part, and a separator
    /// there says nothing.
    pub(super) fn add_full_match(&mut self, pattern: &Pattern) {
        for alternative in pattern.alternatives() {
            let parts: Vec<_> = parts(pattern, alternative).collect();
            let one_more = matches!(parts.last(), Some(Part::AnyPath)).then_some(Part::Search(Segment::AnyName));
            self.push(parts.into_iter().chain(one_more), Wanted::Anything);
        }
    }

    /// Adds parts, unless there are none: they would match the start and nothing below.
    fn push(&mut self, parts: impl IntoIterator<Item = Part>, wanted: Wanted) {
        let start = self.parts.len();
        for part in parts {
            // A run of `**` matches what one does, but would be tried in every way.
            let repeats = matches!((&part, self.parts.last()), (Part::AnyPath, Some(Part::AnyPath)));
            if !repeats {
                self.parts.push(part);
            }
        }
        if self.parts.len() > start {
            self.parts.push(Part::End(wanted));
            self.starts.push(start);
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.starts.is_empty()
    }

    /// The set of the start, and whether the start itself is wanted.
    pub(super) fn start(&self, states: &mut States) -> (Set, Option<Wanted>) {
        let from = states.len();
        states.extend(&self.starts);
        self.close(states, from)
    }

    /// Takes a name of a listed directory: what is wanted of it, and the set for what is below it.
    ///
    /// `**` goes into directories, and into links where they are `followed`; other parts go into both.
    pub(super) fn take(
        &self,
        states: &mut States,
        set: Set,
        name: &str,
        kind: FileKind,
        followed: Links,
    ) -> (Set, Option<Wanted>) {
        let is_directory = kind == FileKind::Directory;
        if !is_directory && kind != FileKind::Symlink {
            let is_wanted = set.of(states).iter().any(|&state| self.wants_file(state, name));
            return (Set::default(), is_wanted.then_some(Wanted::Anything));
        }
        let from = states.len();
        let mut wanted = None;
        for at in set.from..set.end {
            let state = states[at];
            let fits = match &self.parts[state] {
                Part::AnyPath => {
                    if is_directory || followed == Links::Follow {
                        states.push(state);
                    }
                    !is_directory
                }
                part => part.fits(name),
            };
            // A link is no directory for `**`, and one for the other parts.
            let may_be_directory = is_directory || !matches!(self.parts[state], Part::AnyPath);
            match &self.parts[state + 1] {
                _ if !fits => {}
                Part::End(Wanted::Anything) => wanted = Some(Wanted::Anything),
                Part::End(Wanted::Directory) if is_directory => wanted = Some(Wanted::Anything),
                Part::End(Wanted::Directory) if may_be_directory => wanted = wanted.max(Some(Wanted::Directory)),
                Part::End(_) => {}
                _ if may_be_directory => states.push(state + 1),
                _ => {}
            }
        }
        if states.len() == from {
            return (Set::default(), wanted);
        }
        let (next, also) = self.close(states, from);
        if next.of(states) == set.of(states) {
            states.truncate(from);
            return (set, wanted.max(also));
        }
        (next, wanted.max(also))
    }

    /// Whether a file of this name is wanted: it can only be at the end of a pattern.
    #[inline]
    fn wants_file(&self, state: State, name: &str) -> bool {
        matches!(self.parts[state + 1], Part::End(Wanted::Anything)) && self.parts[state].fits(name)
    }

    /// Whether what is below a path with this set is searched, not just looked up.
    pub(super) fn needs_listing(&self, set: &[State]) -> bool {
        set.iter().any(|&state| !matches!(self.parts[state], Part::Name(_)))
    }

    /// Whether a `**` is among what goes on: below, anything can match.
    pub(super) fn goes_anywhere(&self, set: &[State]) -> bool {
        set.iter().any(|&state| matches!(self.parts[state], Part::AnyPath))
    }

    /// Whether all that is below a path with this set is wanted: it has a `**` or a `**/*` that ends a
    /// pattern.
    pub(super) fn takes_all(&self, set: &[State]) -> bool {
        set.iter().any(|&state| {
            matches!(
                self.parts[state..],
                [Part::AnyPath, Part::End(Wanted::Anything), ..]
                    | [Part::AnyPath, Part::Search(Segment::AnyName), Part::End(Wanted::Anything), ..]
            )
        })
    }

    /// Whether all that is below a path with this set is wanted, and the set stays the same.
    pub(super) fn takes_all_ever(&self, set: &[State]) -> bool {
        match *set {
            [state] => matches!(self.parts[state..], [Part::AnyPath, Part::End(Wanted::Anything), ..]),
            [state, next] if next == state + 1 => matches!(
                self.parts[state..],
                [Part::AnyPath, Part::Search(Segment::AnyName), Part::End(Wanted::Anything), ..]
            ),
            _ => false,
        }
    }

    /// The names that a set looks up; the same one perhaps several times.
    pub(super) fn names(&self, set: &[State]) -> impl Iterator<Item = &str> {
        set.iter().filter_map(|&state| self.name(state))
    }

    /// The name that a state looks up, if it does.
    pub(super) fn name(&self, state: State) -> Option<&str> {
        match &self.parts[state] {
            Part::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Takes a name that is looked up: nothing is known of what it is.
    pub(super) fn take_name(&self, states: &mut States, set: Set, name: &str) -> (Set, Option<Wanted>) {
        let from = states.len();
        let mut wanted = None;
        for at in set.from..set.end {
            let state = states[at];
            match &self.parts[state] {
                Part::Name(own) if is_same(own, name) => match self.parts[state + 1] {
                    Part::End(end) => wanted = wanted.max(Some(end)),
                    _ => states.push(state + 1),
                },
                _ => {}
            }
        }
        let (next, also) = self.close(states, from);
        (next, wanted.max(also))
    }

    /// Completes the set on top of the stack with what follows when a `**` takes nothing.
    ///
    /// A `**` at the end that takes nothing asks for a directory, as if a separator followed.
    fn close(&self, states: &mut States, from: usize) -> (Set, Option<Wanted>) {
        if let [state] = states[from..]
            && !matches!(self.parts[state], Part::AnyPath)
        {
            return (Set { from, end: from + 1 }, None);
        }
        let mut wanted = None;
        let mut at = from;
        while let Some(&state) = states.get(at) {
            if matches!(self.parts[state], Part::AnyPath) {
                match self.parts[state + 1] {
                    Part::End(_) => wanted = Some(Wanted::Directory),
                    _ => states.push(state + 1),
                }
            }
            at += 1;
        }
        states[from..].sort_unstable();
        let mut end = from;
        for at in from..states.len() {
            if end == from || states[end - 1] != states[at] {
                states[end] = states[at];
                end += 1;
            }
        }
        states.truncate(end);
        (Set { from, end }, wanted)
    }
}

/// The parts of one plain pattern.
fn parts(pattern: &Pattern, alternative: &Alternative<Native>) -> impl Iterator<Item = Part> {
    alternative.path().parts().zip(alternative.tail()).map(|(name, segment)| match segment {
        _ if pattern.looks_up(name) => Part::Name(name.to_owned()),
        Segment::AnyPath => Part::AnyPath,
        segment => Part::Search(segment.clone()),
    })
}

/// What a plain pattern wants.
fn wanted(alternative: &Alternative<Native>) -> Wanted {
    if alternative.only_directories() { Wanted::Directory } else { Wanted::Anything }
}

/// Whether two names are the same to this system's paths.
pub(super) fn is_same(left: &str, right: &str) -> bool {
    <Native as Flavour>::Rules::text_eq(left, right)
}
