//! Putting patterns with alternatives into a plan: a node for each place in the pattern.
//!
//! Alternatives that end in the same place go on from the same node, so that the plan is no larger than the pattern.
//! The few parts that may follow at a place are told apart: names are looked up. Where they are many, the pattern's
//! automaton takes the name.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::build::{Part, PlanBuilder};
use super::{Node, START, State, Wanted};
use crate::flavour::Flavour;
use crate::pattern::{self, Automaton, Branch, Exit, Pattern, Segment};

/// What is wanted of what a pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ends {
    /// What the pattern asks for: anything, or a directory.
    AsWanted,
    /// That, and everything below.
    WithAllBelow,
    /// Anything, and a `**` at the end takes at least one part.
    OfFullMatch,
}

/// Alternatives at one node.
#[derive(Debug)]
pub(super) struct ManyBranches {
    automaton: Arc<Automaton>,
    branch: Branch,
    nodes: Arc<HashMap<Exit, State>>,
}

impl ManyBranches {
    /// The nodes to which names lead.
    #[cfg(feature = "remote-no-tls")]
    pub(super) fn exits(&self) -> impl Iterator<Item = State> {
        self.nodes.values().copied()
    }

    /// The nodes to which a name leads.
    pub(super) fn take(&self, name: &str) -> impl Iterator<Item = State> {
        self.automaton.take(self.branch, name).filter_map(|exit| self.nodes.get(&exit).copied())
    }
}

/// A pattern that is being added.
pub(super) struct Branches<'a, 'p, F: Flavour> {
    plan: &'a mut PlanBuilder<'p, F>,
    pattern: &'a Pattern<F>,
    automaton: &'a Arc<Automaton>,
    /// The node of the start, or the one after a `**` in front of all.
    start: State,
    ends: Ends,
    /// The node of each place, which may be after a `**`.
    nodes: HashMap<(Exit, AfterAnyPath), State>,
    /// The places whose nodes lead nowhere yet.
    todo: Vec<(Branch, State)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum AfterAnyPath {
    Yes,
    No,
}

impl<'a, 'p, F: Flavour> Branches<'a, 'p, F> {
    /// Adds a pattern at a node.
    pub(super) fn add(
        plan: &'a mut PlanBuilder<'p, F>,
        pattern: &'a Pattern<F>,
        automaton: &'a Arc<Automaton>,
        start: State,
        ends: Ends,
    ) {
        let todo = vec![(Branch::START, start)];
        let mut new = Self { plan, pattern, automaton, start, ends, nodes: HashMap::new(), todo };
        // With nothing in front, they would match the start and nothing below.
        for exit in automaton.empty_ends().filter(|_| start != START) {
            let end = &mut new.plan.nodes[start].end;
            *end = (*end).max(Some(wanted(exit)));
        }
        let mut many = Vec::new();
        while let Some((branch, node)) = new.todo.pop() {
            if !new.add_following(branch, node) {
                many.push((branch, node));
            }
        }
        new.add_many(many);
    }

    /// Adds what may follow at a place; `false` if too many parts may.
    fn add_following(&mut self, branch: Branch, node: State) -> bool {
        let following = self.automaton.following(branch, self.pattern.case());
        for exit in following.any_paths {
            let next = self.node(exit, AfterAnyPath::Yes);
            // A `**` in front of all goes on in a way of its own, and takes nothing for this one.
            let from = if node == self.start { START } else { node };
            self.plan.nodes[from].any_paths.push(next);
        }
        let Some(parts) = following.parts else { return false };
        let parts: HashSet<_> = parts.into_iter().collect();
        for (part, exit) in parts {
            let part = self.part(part);
            let next = self.node(exit, AfterAnyPath::No);
            self.plan.nodes[node].add(part, next);
        }
        true
    }

    /// Adds places at which the automaton takes names. They may lead to any place of the pattern.
    fn add_many(&mut self, mut many: Vec<(Branch, State)>) {
        if many.is_empty() {
            return;
        }
        let ends = [false, true].map(|only_directories| Exit::End { only_directories });
        let exits: Vec<_> = self.automaton.branches().map(Exit::To).chain(ends).collect();
        let nodes: HashMap<_, _> = exits.iter().map(|&exit| (exit, self.node(exit, AfterAnyPath::No))).collect();
        while let Some((branch, node)) = self.todo.pop() {
            if !self.add_following(branch, node) {
                many.push((branch, node));
            }
        }
        let nodes = Arc::new(nodes);
        for (branch, node) in many {
            let many = ManyBranches { automaton: self.automaton.clone(), branch, nodes: nodes.clone() };
            self.plan.nodes[node].branches.push(many);
        }
    }

    fn part(&self, part: pattern::Part) -> Part {
        match part {
            pattern::Part::Up => Part::Name("..".into()),
            pattern::Part::Name(name) if self.pattern.looks_up_names() => Part::Name(name.into()),
            pattern::Part::Name(name) => Part::Search(Segment::name(&name, self.pattern.case())),
            pattern::Part::Segment(segment) => Part::Search(segment),
        }
    }

    fn node(&mut self, exit: Exit, after: AfterAnyPath) -> State {
        if let Some(&known) = self.nodes.get(&(exit, after)) {
            return known;
        }
        let node = self.plan.new_node(Node { is_any_path: after == AfterAnyPath::Yes, ..Node::default() });
        self.nodes.insert((exit, after), node);
        match exit {
            Exit::To(branch) => self.todo.push((branch, node)),
            Exit::End { .. } => self.end(node, wanted(exit), after),
        }
        node
    }

    /// Makes a node the end of a pattern.
    fn end(&mut self, node: State, wanted: Wanted, after: AfterAnyPath) {
        match self.ends {
            Ends::AsWanted => self.plan.nodes[node].end = Some(wanted),
            Ends::WithAllBelow => {
                self.plan.nodes[node].end = Some(wanted);
                let all = match after {
                    AfterAnyPath::No => self.plan.new_node(Node { is_any_path: true, ..Node::default() }),
                    // What is below a `**` is what it takes.
                    AfterAnyPath::Yes => node,
                };
                self.plan.nodes[all].end = Some(Wanted::Anything);
                if all != node {
                    self.plan.nodes[node].any_paths.push(all);
                }
            }
            Ends::OfFullMatch if after == AfterAnyPath::Yes => {
                let end = self.plan.new_node(Node { end: Some(Wanted::Anything), ..Node::default() });
                self.plan.nodes[node].add(Part::Search(Segment::AnyName), end);
            }
            Ends::OfFullMatch => self.plan.nodes[node].end = Some(Wanted::Anything),
        }
    }
}

fn wanted(end: Exit) -> Wanted {
    match end {
        Exit::End { only_directories: true } => Wanted::Directory,
        _ => Wanted::Anything,
    }
}
