//! Putting patterns together into a plan.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::branches::{Branches, Ends};
use super::{Begins, Node, Plan, START, State, Wanted, WantedBelow, hint};
use crate::flavour::{Flavour, Native, Rules};
use crate::pattern::{Form, Pattern, Plain, Segment};

/// How many parts of a node are asked one after another.
const MOST_ASKED: usize = 8;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// `**`
    AnyPath,
    /// A name that is looked up where nothing else asks for a listing.
    Name(String),
    /// A part that names are compared with.
    Search(Segment),
}

/// Puts patterns together.
pub(crate) struct PlanBuilder<F = Native> {
    pub(super) nodes: Vec<Node<F>>,
    /// Where a part of a node leads.
    next: HashMap<(State, Part), State>,
}

impl<F: Flavour> PlanBuilder<F> {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()], next: HashMap::new() }
    }

    /// Makes room for patterns: putting all parts into a larger table again and again takes as long as everything else.
    pub(crate) fn expect(&mut self, patterns: usize) {
        /// About as many as there are in most patterns, with the `**` after what is excluded.
        const PARTS: usize = 4;
        self.next.reserve(PARTS * patterns);
    }

    /// Adds everything in the start, and nothing deeper.
    pub(crate) fn add_children(&mut self) {
        self.push([Part::Search(Segment::AnyName)], Wanted::Anything);
    }

    /// Adds a pattern.
    pub(crate) fn add(&mut self, pattern: &Pattern<F>, begins: Begins) {
        let any_path = (begins == Begins::Anywhere).then_some(Part::AnyPath);
        match pattern.form() {
            Form::Plain(plain) => _ = self.push(any_path.into_iter().chain(parts(pattern, plain)), wanted(plain)),
            Form::Branched(automaton) => {
                let start = any_path.map_or(START, |any_path| self.next(START, any_path));
                Branches::add(self, pattern, automaton, start, Ends::AsWanted);
            }
        }
    }

    /// Adds a pattern, and everything below what it matches.
    pub(crate) fn add_with_all_below(&mut self, pattern: &Pattern<F>) {
        match pattern.form() {
            Form::Plain(plain) => {
                let end = self.push(parts(pattern, plain), wanted(plain));
                let all = self.next(end, Part::AnyPath);
                self.nodes[all].end = Some(Wanted::Anything);
            }
            Form::Branched(automaton) => Branches::add(self, pattern, automaton, START, Ends::WithAllBelow),
        }
    }

    /// Adds a pattern as `full_match` reads it: a `**` at the end takes at least one part, and a separator
    /// there says nothing.
    pub(crate) fn add_full_match(&mut self, pattern: &Pattern<F>) {
        match pattern.form() {
            Form::Plain(plain) => {
                let parts: Vec<_> = parts(pattern, plain).collect();
                let one_more = matches!(parts.last(), Some(Part::AnyPath)).then_some(Part::Search(Segment::AnyName));
                self.push(parts.into_iter().chain(one_more), Wanted::Anything);
            }
            Form::Branched(automaton) => Branches::add(self, pattern, automaton, START, Ends::OfFullMatch),
        }
    }

    /// Adds parts, unless there are none: they would match the start and nothing below. Returns the node of their end.
    fn push(&mut self, parts: impl IntoIterator<Item = Part>, wanted: Wanted) -> State {
        let end = parts.into_iter().fold(START, |node, part| self.next(node, part));
        if end != START {
            let end = &mut self.nodes[end].end;
            *end = (*end).max(Some(wanted));
        }
        end
    }

    /// The node to which a part leads.
    pub(super) fn next(&mut self, node: State, part: Part) -> State {
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

    pub(super) fn new_node(&mut self, node: Node<F>) -> State {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(crate) fn build(self) -> Plan<F> {
        let mut nodes = self.nodes;
        for at in 0..nodes.len() {
            nodes[at].below = nodes[at].wanted_below(&nodes);
            let segments = &nodes[at].segments;
            let are_many = segments.len() > MOST_ASKED;
            let mut rest = Vec::new();
            let sieve = are_many.then(|| Segment::sieve(segments.iter().map(|(segment, _)| segment), &mut rest));
            nodes[at].sieve = sieve.map(|sieve| (sieve, rest));
            nodes[at].names.sort_by(|(left, _), (right, _)| F::Rules::text_cmp(left, right));
            nodes[at].name_hints = name_hints::<F>(&nodes[at].names);
        }
        Plan { nodes }
    }
}

impl<F: Flavour> Node<F> {
    pub(super) fn add(&mut self, part: &Part, next: State) {
        match part {
            Part::AnyPath => self.any_paths.push(next),
            Part::Name(name) => self.names.push((name.clone(), next)),
            Part::Search(Segment::Literal(name)) => _ = self.spellings.insert(name.clone(), next),
            Part::Search(segment) => self.segments.push((segment.clone(), next)),
        }
    }

    /// How much is wanted below.
    fn wanted_below(&self, nodes: &[Self]) -> WantedBelow {
        let is_end = |at: State| nodes[at].end == Some(Wanted::Anything);
        let is_any_name_at_end = |(segment, next): &(Segment, State)| *segment == Segment::AnyName && is_end(*next);
        let ends_a_pattern = self.end == Some(Wanted::Anything) || self.segments.iter().any(is_any_name_at_end);
        if !self.is_any_path || !ends_a_pattern {
            return WantedBelow::Some;
        }
        let leads_nowhere =
            |(_, next): &(Segment, State)| !nodes[*next].leads_on() && nodes[*next].any_paths.is_empty();
        let stays = self.names.is_empty()
            && self.spellings.is_empty()
            && self.branches.is_empty()
            && self.any_paths.is_empty()
            && self.segments.iter().all(leads_nowhere);
        if stays { WantedBelow::AllFromHereOn } else { WantedBelow::All }
    }
}

/// The bits of names; all, if names that differ may be one to the system.
fn name_hints<F: Flavour>(names: &[(String, State)]) -> u64 {
    match F::Rules::CASE_SENSITIVE || names.is_empty() {
        true => names.iter().fold(0, |hints, (name, _)| hints | hint(name)),
        false => u64::MAX,
    }
}

/// The parts of one plain pattern.
fn parts<F: Flavour>(pattern: &Pattern<F>, plain: &Plain<F>) -> impl Iterator<Item = Part> {
    plain.path().parts().zip(plain.tail()).map(|(name, segment)| match segment {
        _ if pattern.looks_up(name) => Part::Name(name.to_owned()),
        Segment::AnyPath => Part::AnyPath,
        segment => Part::Search(segment.clone()),
    })
}

/// What a plain pattern wants.
fn wanted<F: Flavour>(plain: &Plain<F>) -> Wanted {
    if plain.only_directories() { Wanted::Directory } else { Wanted::Anything }
}
