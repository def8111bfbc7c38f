//! What a listing looks for: patterns, and how far a path has come in them.
//!
//! The patterns are put together into a tree of their parts, in which equal beginnings are one. A name leads
//! from a node to those below, and a path has come to a set of nodes. The names among the parts of a node are
//! found by binary search, so that the time for a name does not grow with their number.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::flavour::{Flavour, Native, Rules};
use crate::kind::FileKind;
use crate::pattern::{Alternative, Pattern, Segment};
use crate::sys::Links;

/// Patterns, any of which may match, as an automaton over the parts of a path.
#[derive(Debug)]
pub(super) struct Plan {
    nodes: Vec<Node>,
}

/// A place in the patterns: what stands before it was matched.
#[derive(Debug, Default)]
struct Node {
    /// Whether it is a `**`, which takes as many names as it likes.
    is_any_path: bool,
    /// What is wanted of a path that has come here.
    end: Option<Wanted>,
    /// A `**` that follows, which may take nothing.
    any_path: Option<State>,
    /// Names that are looked up where nothing else asks for a listing, in order, and where they lead.
    names: Vec<(String, State)>,
    /// Names in a very spelling, which are searched.
    spellings: HashMap<Box<str>, State>,
    /// Other parts that names are compared with.
    segments: Vec<(Segment, State)>,
    /// Whether everything below is wanted; and whether the set stays the same there.
    takes_all: bool,
    takes_all_ever: bool,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    /// `**`
    AnyPath,
    /// A name that is looked up where nothing else asks for a listing.
    Name(String),
    /// A part that names are compared with.
    Search(Segment),
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

/// The number of a node.
pub(super) type State = usize;

/// The node of the start.
const START: State = 0;

/// How far a path has come: the nodes from which it goes on, a range of [`States`]. An empty one
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

    pub(super) fn end(self) -> usize {
        self.end
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

/// Puts patterns together.
pub(super) struct PlanBuilder {
    nodes: Vec<Node>,
    /// Where a part of a node leads.
    next: HashMap<(State, Part), State>,
}

impl PlanBuilder {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::default()], next: HashMap::new() }
    }

    /// Adds everything in the start, and nothing deeper.
    pub(super) fn add_children(&mut self) {
        self.push([Part::Search(Segment::AnyName)], Wanted::Anything);
    }

    /// Adds a pattern.
    pub(super) fn add(&mut self, pattern: &Pattern, begins: Begins) {
        for alternative in pattern.alternatives() {
            let start = (begins == Begins::Anywhere).then_some(Part::AnyPath);
            self.push(start.into_iter().chain(parts(pattern, alternative)), wanted(alternative));
        }
    }

    /// Adds a pattern, and everything below what it matches.
    pub(super) fn add_with_all_below(&mut self, pattern: &Pattern) {
        for alternative in pattern.alternatives() {
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
        let end = parts.into_iter().fold(START, |node, part| self.next(node, part));
        if end != START {
            let end = &mut self.nodes[end].end;
            *end = (*end).max(Some(wanted));
        }
    }

    /// The node to which a part leads.
    fn next(&mut self, node: State, part: Part) -> State {
        // A run of `**` matches what one does.
        if part == Part::AnyPath && self.nodes[node].is_any_path {
            return node;
        }
        let next = self.nodes.len();
        match self.next.entry((node, part)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => {
                let part = &unknown.key().1;
                self.nodes.push(Node { is_any_path: *part == Part::AnyPath, ..Node::default() });
                self.nodes[node].add(part, next);
                unknown.insert(next);
                next
            }
        }
    }

    pub(super) fn build(self) -> Plan {
        let mut plan = Plan { nodes: self.nodes };
        for at in 0..plan.nodes.len() {
            let (takes_all, takes_all_ever) = plan.takes_all_below(at);
            let node = &mut plan.nodes[at];
            node.names.sort_by(|(left, _), (right, _)| <Native as Flavour>::Rules::text_cmp(left, right));
            (node.takes_all, node.takes_all_ever) = (takes_all, takes_all_ever);
        }
        plan
    }
}

impl Node {
    fn add(&mut self, part: &Part, next: State) {
        match part {
            Part::AnyPath => self.any_path = Some(next),
            Part::Name(name) => self.names.push((name.clone(), next)),
            Part::Search(Segment::Literal(name)) => _ = self.spellings.insert(name.clone(), next),
            Part::Search(segment) => self.segments.push((segment.clone(), next)),
        }
    }

    /// Whether names lead on from here, a `**` that follows aside.
    fn leads_on(&self) -> bool {
        self.needs_listing() || !self.names.is_empty()
    }

    /// Whether names are searched here, not just looked up.
    fn needs_listing(&self) -> bool {
        self.is_any_path || !self.segments.is_empty() || !self.spellings.is_empty()
    }

    /// The nodes to which a name leads.
    fn next<'n>(&'n self, name: &'n str) -> impl Iterator<Item = State> + 'n {
        let spelling = if self.spellings.is_empty() { None } else { self.spellings.get(name).copied() };
        let found = self.segments.iter().filter(|(segment, _)| segment.matches(name)).map(|&(_, next)| next);
        self.named(name).chain(spelling).chain(found)
    }

    /// The nodes to which a name leads that is looked up: several where spellings are one to the system.
    fn named(&self, name: &str) -> impl Iterator<Item = State> + '_ {
        let cmp = |(own, _): &(String, State)| <Native as Flavour>::Rules::text_cmp(own, name);
        let from = self.names.partition_point(|own| cmp(own).is_lt());
        let count = self.names[from..].iter().take_while(|own| cmp(own).is_eq()).count();
        self.names[from..from + count].iter().map(|&(_, next)| next)
    }
}

impl Plan {
    pub(super) fn is_none(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Whether everything below a path at a node is wanted: the node is a `**`, or before a `**/*`, that ends a
    /// pattern; and whether the path stays at that very node.
    fn takes_all_below(&self, at: State) -> (bool, bool) {
        let node = &self.nodes[at];
        let is_end = |at: State| self.nodes[at].end == Some(Wanted::Anything);
        let any_name = node.segments.iter().find(|(segment, _)| matches!(segment, Segment::AnyName));
        let takes_all = node.is_any_path && (is_end(at) || any_name.is_some_and(|&(_, next)| is_end(next)));
        let ends_there = |&(_, next): &(Segment, State)| {
            let next = &self.nodes[next];
            !next.leads_on() && next.any_path.is_none()
        };
        let stays = node.names.is_empty() && node.spellings.is_empty() && node.segments.iter().all(ends_there);
        (takes_all, takes_all && stays)
    }

    /// The set of the start, and whether the start itself is wanted.
    pub(super) fn start(&self, states: &mut States) -> (Set, Option<Wanted>) {
        let from = states.len();
        let wanted = self.come_to(states, START);
        (Self::set_from(states, from), wanted)
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
            let node = &self.nodes[state];
            if node.is_any_path {
                if is_directory || followed == Links::Follow {
                    // A `**` at the end that takes this name and nothing more asks for a directory.
                    states.push(state);
                    wanted = wanted.max(node.end.map(|_| Wanted::Directory));
                }
                if !is_directory && node.end == Some(Wanted::Anything) {
                    wanted = Some(Wanted::Anything);
                }
            }
            for next in node.next(name) {
                let end = self.nodes[next].end;
                let here = if is_directory { end.map(|_| Wanted::Anything) } else { end };
                wanted = wanted.max(here).max(self.come_to(states, next));
            }
        }
        let next = Self::set_from(states, from);
        if next.of(states) == set.of(states) {
            states.truncate(from);
            return (set, wanted);
        }
        (next, wanted)
    }

    /// Whether a file of this name is wanted: it can only be at the end of a pattern.
    #[inline]
    fn wants_file(&self, state: State, name: &str) -> bool {
        let node = &self.nodes[state];
        let is_end = |at: State| self.nodes[at].end == Some(Wanted::Anything);
        node.is_any_path && is_end(state) || node.next(name).any(is_end)
    }

    /// Whether what is below a path with this set is searched, not just looked up.
    pub(super) fn needs_listing(&self, set: &[State]) -> bool {
        set.iter().any(|&state| self.nodes[state].needs_listing())
    }

    /// Whether a `**` is among what goes on: below, anything can match.
    pub(super) fn goes_anywhere(&self, set: &[State]) -> bool {
        set.iter().any(|&state| self.nodes[state].is_any_path)
    }

    /// Whether all that is below a path with this set is wanted: it has a `**` or a `**/*` that ends a
    /// pattern.
    pub(super) fn takes_all(&self, set: &[State]) -> bool {
        set.iter().any(|&state| self.nodes[state].takes_all)
    }

    /// Whether all that is below a path with this set is wanted, and the set stays the same.
    pub(super) fn takes_all_ever(&self, set: &[State]) -> bool {
        matches!(*set, [state] if self.nodes[state].takes_all_ever)
    }

    /// The names that a node looks up, in order; those of one spelling to the system once.
    pub(super) fn names(&self, state: State) -> impl Iterator<Item = &str> {
        let mut last = None;
        let names = self.nodes[state].names.iter().map(|(name, _)| &**name);
        names.filter(move |name| !last.replace(*name).is_some_and(|last| is_same(last, name)))
    }

    /// Whether a set looks up a name.
    pub(super) fn looks_up(&self, set: &[State], name: &str) -> bool {
        set.iter().any(|&state| self.nodes[state].named(name).next().is_some())
    }

    /// Whether a set looks up any name.
    pub(super) fn looks_up_any(&self, set: &[State]) -> bool {
        set.iter().any(|&state| !self.nodes[state].names.is_empty())
    }

    /// Takes a name that is looked up: nothing is known of what it is.
    pub(super) fn take_name(&self, states: &mut States, set: Set, name: &str) -> (Set, Option<Wanted>) {
        let from = states.len();
        let mut wanted = None;
        for at in set.from..set.end {
            for next in self.nodes[states[at]].named(name) {
                wanted = wanted.max(self.nodes[next].end).max(self.come_to(states, next));
            }
        }
        (Self::set_from(states, from), wanted)
    }

    /// Puts a node on top of the stack, with the `**` that follows it. Where that ends a pattern and takes
    /// nothing, it asks for a directory, as if a separator followed.
    fn come_to(&self, states: &mut States, state: State) -> Option<Wanted> {
        let node = &self.nodes[state];
        if node.leads_on() {
            states.push(state);
        }
        let any_path = node.any_path?;
        states.push(any_path);
        self.nodes[any_path].end.map(|_| Wanted::Directory)
    }

    /// The set of what was put on top of the stack, in order and without repeats.
    fn set_from(states: &mut States, from: usize) -> Set {
        if states.len() > from + 1 {
            states[from..].sort_unstable();
            let mut end = from;
            for at in from..states.len() {
                if end == from || states[end - 1] != states[at] {
                    states[end] = states[at];
                    end += 1;
                }
            }
            states.truncate(end);
        }
        Set { from, end: states.len() }
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
fn is_same(left: &str, right: &str) -> bool {
    <Native as Flavour>::Rules::text_eq(left, right)
}
