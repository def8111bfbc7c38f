//! Putting patterns together into a plan.

use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::mem;
use std::slice;
use std::sync::Arc;

use super::branches::{Branches, Ends};
use super::names::Spelling;
use super::{Begins, Node, Plan, START, State, Wanted, WantedBelow};
use crate::flavour::{Flavour, Native};
use crate::path::Parts;
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

/// A part, or several, as the pattern spells them. Equal ones mean the same, and are faster to compare than what they mean.
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

/// Puts patterns together. Equal beginnings are one, and so are equal rests of patterns that go on alone.
///
/// A pattern has nodes as far as others go the same way. From there on it is alone, as most of a long list are after
/// their first part. What is left of it waits until all patterns are there, and then gets the node of its equals.
pub(crate) struct PlanBuilder<'p, F: Flavour = Native> {
    pub(super) nodes: Vec<Node<F>>,
    /// The numbers of the ways that lead on by a part of a node. The last part of a pattern takes no search.
    known: HashMap<(State, Step<'p>), usize>,
    ways: Vec<Way<'p, F>>,
    /// The `**` that follows a node.
    any_paths: HashMap<State, State>,
    ends: Vec<((Ends, Wanted), State)>,
    /// The patterns with alternatives, by their texts, each with the node where it starts.
    branched: HashSet<(State, Step<'p>, Ends)>,
}

/// How it goes on after a part of a node.
enum Way<'p, F> {
    Node(State),
    /// Only one pattern has this part there.
    Alone {
        from: State,
        part: Part,
        rest: Rest<'p, F>,
    },
}

/// The parts of a pattern that are still to be added.
struct Rest<'p, F> {
    pattern: &'p Pattern<F>,
    plain: &'p Plain<F>,
    parts: Parts<'p, F>,
    segments: slice::Iter<'p, Segment>,
    ends: Ends,
}

/// What makes two rests equal.
#[derive(PartialEq, Eq, Hash)]
struct Meaning<'p> {
    step: Step<'p>,
    ends: Ends,
    wanted: Wanted,
}

impl<'p, F: Flavour> Rest<'p, F> {
    fn next(&mut self) -> Option<(Step<'p>, Part)> {
        let (text, segment) = (self.parts.next()?, self.segments.next()?);
        let part = match segment {
            _ if self.pattern.looks_up(text) => Part::name(text, segment),
            Segment::AnyPath => Part::AnyPath,
            segment => Part::Search(segment.clone()),
        };
        Some((self.step(text), part))
    }

    fn is_empty(&self) -> bool {
        self.segments.len() == 0
    }

    fn meaning(&self) -> Meaning<'p> {
        Meaning { step: self.step(self.parts.rest()), ends: self.ends, wanted: self.wanted() }
    }

    fn step(&self, text: &'p str) -> Step<'p> {
        Step { text, reading: self.pattern.reading() }
    }

    /// What the pattern wants.
    fn wanted(&self) -> Wanted {
        if self.plain.only_directories() { Wanted::Directory } else { Wanted::Anything }
    }
}

impl<'p, F: Flavour> PlanBuilder<'p, F> {
    /// Makes room for patterns: a table that grows, and is filled anew each time, takes as long as everything else.
    pub(crate) fn new(patterns: usize) -> Self {
        Self {
            nodes: vec![Node::default()],
            known: HashMap::with_capacity(patterns),
            ways: Vec::new(),
            any_paths: HashMap::new(),
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
            Form::Plain(plain) => {
                let (parts, segments) = (plain.path().parts(), plain.tail().iter());
                self.add_rest(start, Rest { pattern, plain, parts, segments, ends });
            }
            Form::Branched(automaton) => {
                let step = Step { text: pattern.as_str(), reading: pattern.reading() };
                if self.branched.insert((start, step, ends)) {
                    Branches::add(self, pattern, automaton, start, ends);
                }
            }
        }
    }

    /// Adds the parts of a pattern at a node, up to where the pattern is alone.
    fn add_rest(&mut self, mut node: State, mut rest: Rest<'p, F>) {
        while let Some((step, part)) = rest.next() {
            if part == Part::AnyPath {
                node = self.any_path(node);
                continue;
            }
            if rest.is_empty() {
                let end = self.end(rest.ends, rest.wanted());
                return self.nodes[node].add(part, end);
            }
            let new = self.ways.len();
            let way = *self.known.entry((node, step)).or_insert(new);
            node = match self.ways.get(way) {
                None => return self.ways.push(Way::Alone { from: node, part, rest }),
                Some(Way::Alone { rest: other, .. }) if other.meaning() == rest.meaning() => return,
                Some(Way::Alone { .. }) => self.make_node(way),
                Some(&Way::Node(next)) => next,
            };
        }
        self.end_any_path(node, rest.ends, rest.wanted());
    }

    /// Makes a node of a way, and adds what is left of the pattern that was alone there.
    fn make_node(&mut self, way: usize) -> State {
        let node = self.new_node(Node::default());
        if let Some(rest) = self.lead(way, node) {
            self.add_rest(node, rest);
        }
        node
    }

    /// Lets a way lead to a node, and returns what is left of the pattern that was alone there.
    fn lead(&mut self, way: usize, node: State) -> Option<Rest<'p, F>> {
        match mem::replace(&mut self.ways[way], Way::Node(node)) {
            Way::Node(_) => None,
            Way::Alone { from, part, rest } => {
                self.nodes[from].add(part, node);
                Some(rest)
            }
        }
    }

    /// Adds what is left of the patterns that are alone: once where that is equal.
    fn add_what_is_alone(&mut self) {
        let mut nodes = HashMap::new();
        let mut way = 0;
        while way < self.ways.len() {
            if let Way::Alone { rest, .. } = &self.ways[way] {
                let meaning = rest.meaning();
                match nodes.get(&meaning) {
                    Some(&known) => _ = self.lead(way, known),
                    None => _ = nodes.insert(meaning, self.make_node(way)),
                }
            }
            way += 1;
        }
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

    /// The node of a `**` that follows a node. A run of them matches what one does.
    fn any_path(&mut self, node: State) -> State {
        if self.nodes[node].is_any_path {
            return node;
        }
        let new = self.nodes.len();
        let any_path = *self.any_paths.entry(node).or_insert(new);
        if any_path == new {
            self.nodes.push(Node { is_any_path: true, ..Node::default() });
            self.nodes[node].add(Part::AnyPath, new);
        }
        any_path
    }

    pub(super) fn new_node(&mut self, node: Node<F>) -> State {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(crate) fn build(mut self) -> Plan<F> {
        self.add_what_is_alone();
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
        let is_first: Vec<_> = segments.iter().map(|segment| seen.insert(segment)).collect();
        let mut is_first = is_first.into_iter();
        segments.retain(|_| is_first.next() == Some(true));
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::{Begins, Ends, Native, Node, Plan, PlanBuilder};
    use crate::flavour::Posix;
    use crate::kind::FileKind;
    use crate::pattern::Pattern;
    use crate::sys::Links;
    use crate::walk::plan::States;

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

    #[test]
    fn patterns_that_end_alike_share_the_end() {
        let nodes = |count: usize| {
            let patterns: Vec<_> = (0..count).map(|at| Pattern::new(&format!("build{at}/**/*.o"))).collect();
            let mut plan = PlanBuilder::new(count);
            patterns.iter().for_each(|pattern| plan.add_with_all_below(pattern));
            plan.build().nodes.len()
        };
        assert_eq!(nodes(1_000), nodes(1));
    }

    type Way = (Pattern<Posix>, Ends, Begins);

    fn plan(patterns: &[Way]) -> Plan<Posix> {
        let mut plan = PlanBuilder::new(0);
        for (pattern, ends, begins) in patterns {
            match ends {
                Ends::AsWanted => plan.add(pattern, *begins),
                Ends::WithAllBelow => plan.add_with_all_below(pattern),
                Ends::OfFullMatch => plan.add_full_match(pattern),
            }
        }
        plan.build()
    }

    /// Whether a directory below others is wanted, or a file there, and whether it leads on.
    fn found(plan: &Plan<Posix>, names: &[&str]) -> [bool; 3] {
        let mut states = States::new();
        let mut set = plan.start(&mut states).0;
        let (name, above) = names.split_last().unwrap();
        for name in above {
            set = plan.take(&mut states, set, name, FileKind::Directory, Links::Keep).0;
        }
        let file = plan.take(&mut states, set, name, FileKind::File, Links::Keep).1;
        let (below, directory) = plan.take(&mut states, set, name, FileKind::Directory, Links::Keep);
        [file.is_some(), directory.is_some(), !below.is_empty()]
    }

    /// Patterns of few parts, so that many begin or end alike.
    fn ways() -> impl Strategy<Value = Vec<Way>> {
        let parts = vec(select(&["a", "b", "*", "[ab]", "**", ".."][..]), 1..5);
        let ends = select(&[Ends::AsWanted, Ends::WithAllBelow, Ends::OfFullMatch][..]);
        let way = (parts, select(&["", "/"][..]), ends, any::<bool>(), any::<Option<bool>>());
        let way = way.prop_map(|(parts, end, ends, at_start, case)| {
            let pattern = Pattern::parse(&(parts.join("/") + end));
            let pattern = case.map_or(pattern.clone(), |sensitive| pattern.case_sensitive(sensitive));
            (pattern, ends, if at_start { Begins::AtStart } else { Begins::Anywhere })
        });
        vec(way, 1..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn patterns_together_want_what_each_wants(ways in ways()) {
            let together = plan(&ways);
            let each: Vec<_> = ways.iter().map(|way| plan(std::slice::from_ref(way))).collect();
            let names = ["a", "b", "A", "c"];
            for at in 0..4_usize.pow(4) {
                let path: Vec<_> = (0..4).map(|depth| names[at / 4_usize.pow(depth) % 4]).collect();
                for path in (1..=4).map(|depth| &path[..depth]) {
                    let any = each.iter().map(|plan| found(plan, path)).fold([false; 3], |any, found| {
                        [any[0] || found[0], any[1] || found[1], any[2] || found[2]]
                    });
                    prop_assert_eq!(found(&together, path), any, "{:?}", path);
                }
            }
        }
    }
}
