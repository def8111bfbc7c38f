//! What a listing looks for: patterns, and how far a path has come in them.
//!
//! The patterns are put together into a graph of their parts, in which equal beginnings are one, and equal ends of
//! patterns that have nothing else in common. A name leads from a node to those below, and a path has come to a set of
//! nodes. The names among the parts of a node are found by binary search, so that the time for a name does not grow with
//! their number.
//!
//! What a name means to a `**`:
//!
//! | the name is | `**` takes it and goes on below | a `**` at the end of a pattern wants |
//! | --- | --- | --- |
//! | a directory | yes | it |
//! | a link, and links are followed | yes | it; after `**` and a separator, only if it leads to a directory |
//! | a link, and links are kept | no | it; not after `**` and a separator |
//! | a file | no | it; not after `**` and a separator |

mod branches;
mod build;
mod names;
#[cfg(feature = "remote-no-tls")]
mod starts;
mod states;

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use branches::ManyBranches;
pub(crate) use build::PlanBuilder;
use names::{Names, Spelling};
pub(crate) use states::{Set, State, States};

use crate::flavour::{Flavour, Native, Rules};
use crate::kind::FileKind;
use crate::pattern::{Segment, Sieve};
use crate::sys::Links;

/// Patterns, any of which may match, as an automaton over the parts of a path.
#[derive(Debug)]
pub(crate) struct Plan<F = Native> {
    nodes: Vec<Node<F>>,
}

/// A place in the patterns: what stands before it was matched.
#[derive(Debug)]
struct Node<F> {
    /// Whether it is a `**`, which takes as many names as it likes.
    is_any_path: bool,
    /// What is wanted of a path that has come here.
    end: Option<Wanted>,
    /// The `**` that follow, which may take nothing.
    any_paths: Vec<State>,
    /// Names that are looked up where nothing else asks for a listing.
    names: Names,
    /// Names that must be spelled like this, among those of a listing.
    spellings: Names,
    /// Other parts that names are compared with.
    segments: Vec<(Segment, State)>,
    /// If they are many, what finds those that may match a name, and the rest, which always may.
    sieve: Option<Box<(Sieve, Vec<usize>)>>,
    /// Alternatives that are too many to be told apart here.
    branches: Vec<ManyBranches>,
    below: WantedBelow,
    flavour: PhantomData<F>,
}

impl<F> Default for Node<F> {
    fn default() -> Self {
        Self {
            is_any_path: false,
            end: None,
            any_paths: Vec::new(),
            names: Names::default(),
            spellings: Names::default(),
            segments: Vec::new(),
            sieve: None,
            branches: Vec::new(),
            below: WantedBelow::default(),
            flavour: PhantomData,
        }
    }
}

/// How much is wanted below a path that has come to a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum WantedBelow {
    #[default]
    Some,
    /// The node is a `**`, or before a `**/*`, that ends a pattern.
    All,
    /// So it is, and paths below stay at this very node.
    AllFromHereOn,
}

/// What is wanted at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Wanted {
    /// A directory, or a link to one.
    Directory,
    Anything,
}

/// Where a pattern may begin to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begins {
    AtStart,
    Anywhere,
}

/// The node of the start.
const START: State = 0;

impl<F: Flavour> Node<F> {
    /// How names are compared that are looked up.
    const SPELLING: Spelling = Spelling { cmp: F::Rules::text_cmp, is_of_bytes: F::Rules::CASE_SENSITIVE };

    /// Whether names lead on from here, `**` that follow aside.
    fn leads_on(&self) -> bool {
        self.needs_listing() || !self.names.is_empty()
    }

    /// Whether names are searched here, not just looked up.
    fn needs_listing(&self) -> bool {
        self.is_any_path || !self.segments.is_empty() || !self.spellings.is_empty() || !self.branches.is_empty()
    }

    /// Calls a closure with the nodes to which a name leads, until it breaks.
    ///
    /// As an iterator, this takes a third more instructions: it would be asked which of its parts is on.
    fn try_next<B>(&self, name: &str, mut take: impl FnMut(State) -> ControlFlow<B>) -> ControlFlow<B> {
        self.named(name).try_for_each(&mut take)?;
        self.spellings.find(name, Spelling::EXACT).try_for_each(&mut take)?;
        let mut ask = |at: usize| {
            let (segment, next) = &self.segments[at];
            if segment.matches(name) { take(*next) } else { ControlFlow::Continue(()) }
        };
        match self.sieve.as_deref() {
            None => (0..self.segments.len()).try_for_each(ask)?,
            Some((sieve, rest)) => {
                let mut flow = ControlFlow::Continue(());
                sieve.any(name, &mut |at| {
                    flow = ask(at);
                    flow.is_break()
                });
                flow?;
                rest.iter().try_for_each(|&at| ask(at))?;
            }
        }
        self.branches.iter().try_for_each(|many| many.take(name).try_for_each(&mut take))
    }

    /// The nodes to which a name leads that is looked up: several where spellings are one to the system.
    fn named(&self, name: &str) -> impl Iterator<Item = State> {
        self.names.find(name, Self::SPELLING)
    }
}

impl<F: Flavour> Plan<F> {
    pub(crate) fn is_none(&self) -> bool {
        self.nodes.len() == 1
    }

    /// The set of the start, and whether the start itself is wanted.
    pub(crate) fn start(&self, states: &mut States) -> (Set, Option<Wanted>) {
        let from = states.len();
        let wanted = self.come_to(states, START);
        (Set::on_top(states, from), wanted)
    }

    /// Takes a name of a listed directory: the set for what is below it, and what is wanted of it.
    ///
    /// `**` goes into directories, and into links where they are `followed`; other parts go into both.
    pub(crate) fn take(
        &self,
        states: &mut States,
        set: Set,
        name: &str,
        kind: FileKind,
        followed: Links,
    ) -> (Set, Option<Wanted>) {
        match kind {
            FileKind::Directory => {
                let (below, wanted) = self.take_directory(states, set, name, Links::Follow);
                (below, wanted.map(|_| Wanted::Anything))
            }
            FileKind::Symlink => self.take_directory(states, set, name, followed),
            FileKind::File | FileKind::Other => {
                (Set::default(), self.takes_file(set.of(states), name).then_some(Wanted::Anything))
            }
        }
    }

    /// Takes the name of a directory, or of a link that may lead to one.
    #[inline]
    fn take_directory(&self, states: &mut States, set: Set, name: &str, links: Links) -> (Set, Option<Wanted>) {
        let from = states.len();
        let mut wanted = None;
        for at in set.range() {
            let state = states[at];
            let node = &self.nodes[state];
            if node.is_any_path && links == Links::Follow {
                states.push(state);
                wanted = wanted.max(node.end);
            } else if node.is_any_path {
                wanted = wanted.max(node.end.filter(|&end| end == Wanted::Anything));
            }
            let _: ControlFlow<Infallible> = node.try_next(name, |next| {
                wanted = wanted.max(self.nodes[next].end).max(self.come_to(states, next));
                ControlFlow::Continue(())
            });
        }
        let below = Set::on_top(states, from);
        if below.of(states) == set.of(states) {
            states.truncate(from);
            return (set, wanted);
        }
        (below, wanted)
    }

    /// Whether a file of this name is wanted in a listed directory: it can only be at the end of a pattern.
    pub(crate) fn takes_file(&self, set: &[State], name: &str) -> bool {
        let is_end = |at: State| self.nodes[at].end == Some(Wanted::Anything);
        let find = |at| if is_end(at) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let mut nodes = set.iter().map(|&state| &self.nodes[state]);
        nodes.any(|node| node.below >= WantedBelow::All || node.try_next(name, find).is_break())
    }

    /// Whether what is below a path with this set is searched, not just looked up.
    pub(super) fn needs_listing(&self, set: &[State]) -> bool {
        set.iter().any(|&state| self.nodes[state].needs_listing())
    }

    /// Whether a `**` is among what goes on: below, anything can match.
    pub(crate) fn goes_anywhere(&self, set: &[State]) -> bool {
        set.iter().any(|&state| self.nodes[state].is_any_path)
    }

    /// Whether everything below a path with this set is wanted.
    pub(crate) fn takes_all(&self, set: &[State]) -> bool {
        set.iter().any(|&state| self.nodes[state].below >= WantedBelow::All)
    }

    /// Whether everything below a path with this set is wanted, and the set stays the same there.
    pub(super) fn takes_all_from_here_on(&self, set: &[State]) -> bool {
        matches!(*set, [state] if self.nodes[state].below == WantedBelow::AllFromHereOn)
    }

    /// The names that a node looks up, in order; those of one spelling to the system once.
    pub(super) fn names(&self, state: State) -> impl Iterator<Item = &str> {
        let mut last = None;
        let names = self.nodes[state].names.iter().map(|(name, _)| name);
        names.filter(move |name| !last.replace(*name).is_some_and(|last| F::Rules::text_eq(last, name)))
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
        for at in set.range() {
            for next in self.nodes[states[at]].named(name) {
                wanted = wanted.max(self.nodes[next].end).max(self.come_to(states, next));
            }
        }
        (Set::on_top(states, from), wanted)
    }

    /// Puts a node on top of the stack, with the `**` that follow it. Where one ends a pattern and takes
    /// nothing, it asks for a directory, as if a separator followed.
    fn come_to(&self, states: &mut States, state: State) -> Option<Wanted> {
        let node = &self.nodes[state];
        if node.leads_on() {
            states.push(state);
        }
        states.extend(&node.any_paths);
        node.any_paths.iter().filter_map(|&any_path| self.nodes[any_path].end).max().map(|_| Wanted::Directory)
    }
}
