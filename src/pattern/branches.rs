//! The parts of a pattern with alternatives, one after another, as listings need them.

use std::collections::{BTreeMap, BTreeSet};

use super::automaton::{Automaton, END, END_OF_DIRECTORY, Number, RELATIVE};
use super::normal::Op;
use super::parse;
use super::scan::Scan;
use super::tokens::{Case, Segment, Token};

/// The most parts that may follow at one place of a pattern, and the most characters that they may have in all. People
/// write fewer alternatives than that, and the names among them are looked up.
const MOST_PARTS: usize = 64;
const MOST_TOKENS: usize = 4_096;

/// A place before a part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Branch(Number);

/// Where a part leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Exit {
    To(Branch),
    End { only_directories: bool },
}

/// What may follow at a place.
#[derive(Debug)]
pub(crate) struct Following {
    /// The other parts; `None` if they are too many.
    pub(crate) parts: Option<Vec<(Part, Exit)>>,
    /// Where a `**` leads.
    pub(crate) any_paths: Vec<Exit>,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// A name, spelled out.
    Name(String),
    /// `..`
    Up,
    Segment(Segment),
}

/// What has been read of a part; `None` is any characters.
type Read = Vec<Option<Token>>;

impl Branch {
    pub(crate) const START: Self = Self(RELATIVE);
}

impl Automaton {
    /// What may follow at a place.
    pub(crate) fn following(&self, branch: Branch, case: Case) -> Following {
        Following { parts: self.parts(branch, case), any_paths: self.any_paths(branch) }
    }

    /// The ends of relative alternatives that have no parts.
    pub(crate) fn empty_ends(&self) -> impl Iterator<Item = Exit> {
        let ends = self.after(RELATIVE).into_iter();
        ends.filter(|exit| matches!(exit, Exit::End { .. }))
    }

    /// All places before a part.
    pub(crate) fn branches(&self) -> impl Iterator<Item = Branch> {
        let begins: BTreeSet<_> = self
            .edges
            .iter()
            .filter(|edge| matches!(edge.op, Op::Separator | Op::AnyPath))
            .map(|edge| edge.to)
            .collect();
        begins.into_iter().map(Branch)
    }

    /// Where each `**` leads, also those after others.
    fn any_paths(&self, branch: Branch) -> Vec<Exit> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut todo = vec![branch.0];
        while let Some(state) = todo.pop() {
            if !seen.insert(state) {
                continue;
            }
            for edge in self.edges_from(state) {
                match edge.op {
                    Op::Empty => todo.push(edge.to),
                    Op::AnyPath => {
                        found.push(Exit::To(Branch(edge.to)));
                        todo.push(edge.to);
                    }
                    Op::AnyEnd => found.push(exit(edge.to)),
                    _ => {}
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn parts(&self, branch: Branch, case: Case) -> Option<Vec<(Part, Exit)>> {
        let mut parts = Vec::new();
        let mut tokens = 0;
        let mut todo: Vec<(Number, Read)> = vec![(branch.0, Vec::new())];
        while let Some((state, read)) = todo.pop() {
            tokens += 1 + read.len();
            if parts.len() + todo.len() > MOST_PARTS || tokens > MOST_TOKENS {
                return None;
            }
            if matches!(state, END | END_OF_DIRECTORY) && !read.is_empty() {
                parts.push((part(read, case), exit(state)));
                continue;
            }
            for edge in self.edges_from(state) {
                match edge.op {
                    Op::Separator => parts.push((part(read.clone(), case), Exit::To(Branch(edge.to)))),
                    Op::Up => parts.extend(self.after(edge.to).into_iter().map(|exit| (Part::Up, exit))),
                    Op::Part => {
                        let any_name = || Part::Segment(Segment::AnyName);
                        parts.extend(self.after(edge.to).into_iter().map(|exit| (any_name(), exit)));
                    }
                    Op::AnyPath | Op::AnyEnd => {}
                    op => todo.push((edge.to, read.iter().cloned().chain(self.taken(op)).collect())),
                }
            }
        }
        Some(parts)
    }

    /// Where a part leads that ends in a state.
    fn after(&self, state: Number) -> Vec<Exit> {
        let mut found = BTreeSet::new();
        self.add_exits(&mut BTreeSet::new(), state, &mut found);
        found.into_iter().collect()
    }

    /// Adds these exits, without those of states that were seen.
    fn add_exits(&self, seen: &mut BTreeSet<Number>, state: Number, found: &mut BTreeSet<Exit>) {
        let mut todo = vec![state];
        while let Some(state) = todo.pop() {
            if matches!(state, END | END_OF_DIRECTORY) {
                found.insert(exit(state));
            }
            if !seen.insert(state) {
                continue;
            }
            for edge in self.edges_from(state) {
                match edge.op {
                    Op::Empty => todo.push(edge.to),
                    Op::Separator => _ = found.insert(Exit::To(Branch(edge.to))),
                    _ => {}
                }
            }
        }
    }

    /// Where a name leads by all parts that may follow at a place, except `**`.
    pub(crate) fn take(&self, branch: Branch, name: &str) -> impl Iterator<Item = Exit> {
        let (mut found, mut at_end) = (BTreeSet::new(), BTreeSet::new());
        let mut scan = Scan::of_name(name);
        let mut after = scan.none();
        // The places of each state. All are known when the state is taken: those that follow it have lower numbers.
        let mut waiting = BTreeMap::from([(branch.0, scan.only(0))]);
        while let Some((state, places)) = waiting.pop_last() {
            if places.contains(name.len()) && !name.is_empty() {
                self.add_exits(&mut at_end, state, &mut found);
            }
            for edge in self.edges_from(state) {
                after.become_same_as(&places);
                match edge.op {
                    Op::Empty => {}
                    Op::Text(text) => scan.take_bytes(&mut after, self.text(text).iter().copied()),
                    Op::Exact(character) => scan.take_bytes(&mut after, character.encode_utf8(&mut [0; 4]).bytes()),
                    Op::One(token) => scan.take_one(&mut after, self.token(token)),
                    Op::Up => scan.take_bytes(&mut after, *b".."),
                    Op::Part => scan.take_part(&mut after),
                    Op::Star | Op::Stars => scan.take_any(&mut after),
                    Op::Separator | Op::AnyPath | Op::AnyEnd | Op::Guard | Op::AnchorEnd => continue,
                }
                if !after.is_empty() {
                    waiting.entry(edge.to).or_insert_with(|| scan.none()).add(&after);
                }
            }
        }
        found.into_iter()
    }

    /// What an edge inside a part matches.
    fn taken(&self, op: Op) -> Read {
        match op {
            Op::Text(text) => self.characters(text).map(Token::Exact).map(Some).collect(),
            Op::Exact(character) => vec![Some(Token::Exact(character))],
            Op::One(token) => vec![Some(self.token(token).clone())],
            Op::Star | Op::Stars => vec![None],
            _ => vec![],
        }
    }
}

/// The end of a pattern.
fn exit(end: Number) -> Exit {
    Exit::End { only_directories: end == END_OF_DIRECTORY }
}

fn part(read: Read, case: Case) -> Part {
    let letter = |token: &Option<Token>| match token {
        Some(Token::Exact(letter) | Token::Letter(letter)) => Some(*letter),
        _ => None,
    };
    match read.iter().map(letter).collect() {
        Some(name) => Part::Name(name),
        None => Part::Segment(parse::wild(read, case)),
    }
}
