//! Putting patterns together into a plan.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::branches::{Branches, Ends};
use super::names::Spelling;
use super::{Begins, Node, Plan, START, State, Wanted, WantedBelow};
use crate::flavour::{Flavour, Native};
use crate::pattern::{Form, Pattern, Plain, Reading, Segment, Sieve};

/// How many parts of a node are asked one after another.
const MOST_ASKED: usize = 8;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// `**`
    AnyPath,
    /// A name that is looked up where nothing else asks for a listing.
    Name(Arc<str>),
    /// A part that names are compared with.
    Search(Segment),
}

/// A part as its pattern spells it. Equal ones mean the same, and are faster to compare than what they mean.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Step<'p> {
    text: &'p str,
    reading: Reading,
}

impl Hash for Step<'_> {
    /// Patterns in one plan are nearly always read in the same way.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Puts patterns together. Equal beginnings are one, and so are the ends of all that want the same.
pub(crate) struct PlanBuilder<'p, F: Flavour = Native> {
    pub(super) nodes: Vec<Node<F>>,
    /// Where a part of a node leads, unless it is the last of a pattern. Most patterns of a long list have only the last
    /// part for themselves: it takes no search and no node.
    next: HashMap<(State, Step<'p>), State>,
    ends: Vec<((Ends, Wanted), State)>,
    /// The patterns with alternatives, by their texts, each with the node where it starts.
    branched: HashSet<(State, Step<'p>, Ends)>,
}

impl<'p, F: Flavour> PlanBuilder<'p, F> {
    /// Makes room for patterns: a table that grows, and is filled anew each time, takes as long as everything else.
    pub(crate) fn new(patterns: usize) -> Self {
        Self {
            nodes: vec![Node::default()],
            next: HashMap::with_capacity(patterns),
            ends: Vec::new(),
            branched: HashSet::new(),
        }
    }

    /// Adds a pattern.
    pub(crate) fn add(&mut self, pattern: &'p Pattern<F>, begins: Begins) {
        let start = match begins {
            Begins::AtStart => START,
            Begins::Anywhere => self.any_path(START),
        };
        self.add_at(start, pattern, Ends::AsWanted);
    }

    /// Adds a pattern, and everything below what it matches.
    pub(crate) fn add_with_all_below(&mut self, pattern: &'p Pattern<F>) {
        self.add_at(START, pattern, Ends::WithAllBelow);
    }

    /// Adds a pattern as `full_match` reads it: a `**` at the end takes at least one part, and a separator
    /// there says nothing.
    pub(crate) fn add_full_match(&mut self, pattern: &'p Pattern<F>) {
        self.add_at(START, pattern, Ends::OfFullMatch);
    }

    fn add_at(&mut self, start: State, pattern: &'p Pattern<F>, ends: Ends) {
        match pattern.form() {
            Form::Plain(plain) => self.add_plain(start, pattern, plain, ends),
            Form::Branched(automaton) => {
                let step = Step { text: pattern.as_str(), reading: pattern.reading() };
                if self.branched.insert((start, step, ends)) {
                    Branches::add(self, pattern, automaton, start, ends);
                }
            }
        }
    }

    fn add_plain(&mut self, start: State, pattern: &'p Pattern<F>, plain: &'p Plain<F>, ends: Ends) {
        let reading = pattern.reading();
        let mut parts = plain.path().parts().zip(plain.tail()).peekable();
        let mut node = start;
        while let Some((text, segment)) = parts.next() {
            let part = match segment {
                _ if pattern.looks_up(text) => Part::name(text, segment),
                Segment::AnyPath => Part::AnyPath,
                segment => Part::Search(segment.clone()),
            };
            if parts.peek().is_none() && part != Part::AnyPath {
                let end = self.end(ends, wanted(plain));
                return self.nodes[node].add(part, end);
            }
            node = self.next(node, Step { text, reading }, part);
        }
        self.end_any_path(node, ends, wanted(plain));
    }

    /// Makes a `**` the end of a pattern, or the start, if the pattern has no parts: it matches nothing below.
    fn end_any_path(&mut self, node: State, ends: Ends, wanted: Wanted) {
        match ends {
            Ends::WithAllBelow => {
                let all = self.any_path(node);
                self.nodes[all].end = Some(Wanted::Anything);
            }
            _ if node == START => {}
            Ends::AsWanted => self.nodes[node].end = self.nodes[node].end.max(Some(wanted)),
            Ends::OfFullMatch => {
                let end = self.end(ends, wanted);
                self.nodes[node].add(Part::Search(Segment::AnyName), end);
            }
        }
    }

    /// The node of all ends of this kind. Nothing else follows there.
    fn end(&mut self, ends: Ends, wanted: Wanted) -> State {
        if let Some((_, known)) = self.ends.iter().find(|(end, _)| *end == (ends, wanted)) {
            return *known;
        }
        let node = match (ends, wanted) {
            (Ends::WithAllBelow, Wanted::Directory) => {
                let any_paths = vec![self.end(ends, Wanted::Anything)];
                Node { end: Some(wanted), any_paths, ..Node::default() }
            }
            (Ends::WithAllBelow, Wanted::Anything) => Node { end: Some(wanted), is_any_path: true, ..Node::default() },
            (Ends::AsWanted, _) => Node { end: Some(wanted), ..Node::default() },
            (Ends::OfFullMatch, _) => Node { end: Some(Wanted::Anything), ..Node::default() },
        };
        let new = self.new_node(node);
        self.ends.push(((ends, wanted), new));
        new
    }

    /// The node of a `**` that follows a node.
    fn any_path(&mut self, node: State) -> State {
        self.next(node, Step { text: "**", reading: Reading::default() }, Part::AnyPath)
    }

    /// The node to which a part leads.
    fn next(&mut self, node: State, step: Step<'p>, part: Part) -> State {
        // A run of `**` matches what one does.
        if part == Part::AnyPath && self.nodes[node].is_any_path {
            return node;
        }
        let next = self.nodes.len();
        match self.next.entry((node, step)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => {
                unknown.insert(next);
                self.nodes.push(Node { is_any_path: part == Part::AnyPath, ..Node::default() });
                self.nodes[node].add(part, next);
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
            nodes[at].names.sort(Node::<F>::SPELLING);
            nodes[at].spellings.sort(Spelling::EXACT);
            keep_first(&mut nodes[at].segments);
            nodes[at].sieve = sieve(&nodes[at].segments).map(Box::new);
        }
        Plan { nodes }
    }
}

impl<F: Flavour> Node<F> {
    pub(super) fn add(&mut self, part: Part, next: State) {
        match part {
            Part::AnyPath => self.any_paths.push(next),
            Part::Name(name) => self.names.push(name, next),
            Part::Search(Segment::Literal(name)) => self.spellings.push(name, next),
            Part::Search(segment) => self.segments.push((segment, next)),
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

/// Drops what is given again.
fn keep_first(segments: &mut Vec<(Segment, State)>) {
    if segments.len() > 1 {
        let mut seen = HashSet::with_capacity(segments.len());
        segments.retain(|segment| seen.insert(segment.clone()));
    }
}

/// What finds those segments that may match a name, if they are many, and the rest, which always may.
fn sieve(segments: &[(Segment, State)]) -> Option<(Sieve, Vec<usize>)> {
    if segments.len() <= MOST_ASKED {
        return None;
    }
    let mut rest = Vec::new();
    let sieve = Segment::sieve(segments.iter().map(|(segment, _)| segment), &mut rest);
    Some((sieve, rest))
}

impl Part {
    /// The part of a pattern that a name is spelled by.
    fn name(text: &str, segment: &Segment) -> Self {
        match segment {
            Segment::Literal(name) => Self::Name(name.clone()),
            _ => Self::Name(text.into()),
        }
    }
}

/// What a plain pattern wants.
fn wanted<F: Flavour>(plain: &Plain<F>) -> Wanted {
    if plain.only_directories() { Wanted::Directory } else { Wanted::Anything }
}

#[cfg(test)]
mod tests {
    use super::{Native, Node, PlanBuilder};
    use crate::pattern::Pattern;

    #[test]
    fn a_pattern_that_is_given_again_counts_once() {
        let texts = ["x", "**/x", "x/y", "a/", "a", "*.o", "**/[ab]*", "x/*.o", "{a,b}", "{a,b/**}/c", "**/{*.a,*.b}"];
        let size = |patterns: &[Pattern], all_below: bool| {
            let mut plan = PlanBuilder::new(patterns.len());
            for pattern in patterns {
                if all_below { plan.add_with_all_below(pattern) } else { plan.add_full_match(pattern) }
            }
            let nodes = plan.build().nodes;
            let count = |count: fn(&Node<Native>) -> usize| nodes.iter().map(count).sum::<usize>();
            [
                nodes.len(),
                count(|node| node.segments.len()),
                count(|node| node.names.iter().count()),
                count(|node| node.spellings.iter().count()),
                count(|node| node.any_paths.len()),
            ]
        };
        let patterns: Vec<Pattern> = texts.map(Pattern::new).into();
        for all_below in [false, true] {
            assert_eq!(size(&vec![patterns.clone(); 100].concat(), all_below), size(&patterns, all_below));
            for (at, pattern) in patterns.iter().enumerate() {
                assert_ne!(size(&patterns[..at], all_below), size(&patterns[..=at], all_below), "{pattern}");
            }
        }
        let cases = [false, true].map(|sensitive| patterns[5].clone().case_sensitive(sensitive));
        assert_ne!(size(&cases, true), size(&patterns[5..6], true));
    }
}
