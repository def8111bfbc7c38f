//! The automaton of a pattern with alternatives: they are branches that part and meet again.

mod ends;

use std::collections::{HashMap, HashSet};

use super::braces::Item;
use super::gate::Gate;
use super::normal::{Input, Op, Rules, State, Steps, To};
use super::tokens::{Case, Token};

/// The number of a state. The edges from all states but the starts lead to lower numbers.
pub(super) type Number = u32;

/// States, and edges between them, each of which matches a piece of a path. The size is linear in the text of the pattern.
#[derive(Clone, Debug)]
pub(crate) struct Automaton {
    pub(super) edges: Box<[Edge]>,
    /// The edges that leave each state, and those that enter it.
    from: Index,
    to: Index,
    /// How every path that matches ends.
    gate: Gate,
}

#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: Number,
    pub(super) op: Op,
    pub(super) to: Number,
    /// Whether it is at the start of a part.
    pub(super) is_leading: bool,
}

/// The end of patterns that end in a part.
pub(super) const END: Number = 0;
/// The end of patterns that end in a separator, or are empty.
pub(super) const END_OF_DIRECTORY: Number = 1;
/// The start of relative patterns.
pub(super) const RELATIVE: Number = 2;
/// The start of patterns with an anchor.
pub(super) const ANCHORED: Number = 3;
/// The number of the first other state.
const FIRST_FREE: Number = 4;

impl Automaton {
    pub(super) fn new(items: &[Item<'_>], case: Case, rules: Rules) -> Self {
        let spelling = Spelling::new(items, case);
        let mut edges = Composition::of(&spelling, rules);
        keep_what_ends(&mut edges);
        // Merging states can make others mergeable.
        for _ in 0..3 {
            edges = without_empty(edges);
        }
        let mut edges = with_text(edges);
        number_from_end(&mut edges);
        mark_leading(&mut edges);
        let (from, to) = (Index::new(&edges, |edge| edge.from), Index::new(&edges, |edge| edge.to));
        Self { gate: Gate::of_end(ends::common(&edges, &from, rules)), edges: edges.into(), from, to }
    }

    pub(super) fn edges_from(&self, state: Number) -> impl Iterator<Item = &Edge> {
        self.from.of(state).iter().map(|&at| &self.edges[at as usize])
    }

    /// The edges to a state, by their numbers.
    pub(super) fn edges_to(&self, state: Number) -> &[u32] {
        self.to.of(state)
    }

    /// How every path that matches ends.
    pub(super) fn gate(&self) -> Gate {
        self.gate
    }

    pub(super) fn states(&self) -> Number {
        self.from.states()
    }

    /// All states, each after those that follow it.
    pub(super) fn states_from_end(&self) -> impl Iterator<Item = Number> {
        from_end(self.states())
    }

    /// Whether no alternative has an anchor.
    pub(crate) fn is_relative(&self) -> bool {
        self.edges_from(ANCHORED).next().is_none()
    }

    /// Whether an alternative has a part `..`.
    pub(crate) fn leads_up(&self) -> bool {
        self.edges.iter().any(|edge| matches!(edge.op, Op::Up))
    }
}

/// That many states, each after those that follow it.
fn from_end(count: Number) -> impl Iterator<Item = Number> {
    [END, END_OF_DIRECTORY].into_iter().chain(FIRST_FREE..count).chain([RELATIVE, ANCHORED])
}

/// Edges by one of their states.
#[derive(Clone, Debug)]
struct Index {
    starts: Box<[u32]>,
    edges: Box<[u32]>,
}

impl Index {
    fn new(edges: &[Edge], state: impl Fn(&Edge) -> Number) -> Self {
        let count = edges.iter().map(|edge| edge.from.max(edge.to) + 1).fold(FIRST_FREE, Number::max);
        let mut starts = vec![0; count as usize + 1];
        edges.iter().for_each(|edge| starts[state(edge) as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0; edges.len()];
        for (at, edge) in edges.iter().enumerate() {
            let place = &mut next[state(edge) as usize];
            sorted[*place as usize] = at as u32;
            *place += 1;
        }
        Self { starts: starts.into(), edges: sorted.into() }
    }

    fn states(&self) -> Number {
        self.starts.len() as Number - 1
    }

    fn of(&self, state: Number) -> &[u32] {
        let state = state as usize;
        &self.edges[self.starts[state] as usize..self.starts[state + 1] as usize]
    }
}

/// A pattern as it is written: places in the text, and what is read between them. All alternatives of a group begin at
/// the same place and end at the same place.
struct Spelling {
    /// For each place, what is read there, if anything, and where that leads.
    places: Vec<Vec<(Option<Input>, usize)>>,
    end: usize,
}

impl Spelling {
    fn new(items: &[Item<'_>], case: Case) -> Self {
        let mut places = vec![Vec::new()];
        let mut current = 0;
        let new_place = |places: &mut Vec<Vec<_>>| {
            places.push(Vec::new());
            places.len() - 1
        };
        // Where the open groups begin and end.
        let mut open = Vec::new();
        for item in items {
            let input = match item {
                Item::Symbol(lexeme) => Input::new(lexeme, case),
                Item::Separator => Input::Separator,
                Item::Open => {
                    let start = current;
                    let end = new_place(&mut places);
                    open.push((start, end));
                    current = new_place(&mut places);
                    places[start].push((None, current));
                    continue;
                }
                Item::Comma => {
                    let &(start, end) = open.last().expect("BUG: a comma is in a group");
                    places[current].push((None, end));
                    current = new_place(&mut places);
                    places[start].push((None, current));
                    continue;
                }
                Item::Close => {
                    let (_, end) = open.pop().expect("BUG: a group is open");
                    places[current].push((None, end));
                    current = end;
                    continue;
                }
            };
            let next = new_place(&mut places);
            places[current].push((Some(input), next));
            current = next;
        }
        Self { places, end: current }
    }
}

/// Combines the pattern as it is written with its normal form.
struct Composition {
    /// The numbers of the states at each place, which are few.
    known: Vec<Vec<(State, Number)>>,
    todo: Vec<(usize, State, Number)>,
    edges: Vec<Edge>,
    count: Number,
}

impl Composition {
    fn of(spelling: &Spelling, rules: Rules) -> Vec<Edge> {
        let starts = [(State::RELATIVE, RELATIVE), (State::ANCHORED, ANCHORED)];
        let mut known = vec![Vec::new(); spelling.places.len()];
        known[0].extend(starts);
        let todo = starts.map(|(state, number)| (0, state, number)).into();
        let mut new = Self { known, todo, edges: Vec::new(), count: FIRST_FREE };
        let mut steps = Steps::new();
        while let Some((place, state, from)) = new.todo.pop() {
            state.go_on(rules, &mut steps);
            new.add(from, place, &mut steps);
            for (input, next) in &spelling.places[place] {
                match input {
                    None => steps.push((Vec::new(), To::State(state))),
                    Some(input) => state.read(input, rules, &mut steps),
                }
                new.add(from, *next, &mut steps);
            }
            if place == spelling.end {
                state.read(&Input::End, rules, &mut steps);
                new.add(from, place, &mut steps);
            }
        }
        new.edges
    }

    /// Adds steps that lead to a place.
    fn add(&mut self, from: Number, place: usize, steps: &mut Steps) {
        for (mut ops, to) in steps.drain(..) {
            let to = match to {
                To::State(state) => self.number(place, state),
                To::End { with_separator: true } => END_OF_DIRECTORY,
                To::End { with_separator: false } => END,
            };
            ops.retain(|op| !matches!(op, Op::Empty));
            let last = ops.pop().unwrap_or(Op::Empty);
            let mut at = from;
            for op in ops {
                let next = self.new_number();
                self.edges.push(Edge::new(at, op, next));
                at = next;
            }
            self.edges.push(Edge::new(at, last, to));
        }
    }

    fn number(&mut self, place: usize, state: State) -> Number {
        if let Some((_, number)) = self.known[place].iter().find(|(known, _)| *known == state) {
            return *number;
        }
        let new = self.new_number();
        self.known[place].push((state, new));
        self.todo.push((place, state, new));
        new
    }

    fn new_number(&mut self) -> Number {
        self.count += 1;
        self.count - 1
    }
}

impl Edge {
    fn new(from: Number, op: Op, to: Number) -> Self {
        Self { from, op, to, is_leading: false }
    }

    fn is_text(&self) -> bool {
        matches!(self.op, Op::Text(_) | Op::One(Token::Exact(_)))
    }
}

/// Removes edges from which no end can be reached.
fn keep_what_ends(edges: &mut Vec<Edge>) {
    let index = Index::new(edges, |edge| edge.to);
    let mut ends = vec![false; index.states() as usize];
    let mut todo = vec![END, END_OF_DIRECTORY];
    while let Some(state) = todo.pop() {
        if !std::mem::replace(&mut ends[state as usize], true) {
            todo.extend(index.of(state).iter().map(|&at| edges[at as usize].from));
        }
    }
    edges.retain(|edge| ends[edge.to as usize]);
}

/// The number of edges that enter each state and that leave it. Starts and ends count one more, so that they are kept.
fn degrees(edges: &[Edge]) -> Vec<[u32; 2]> {
    let count = edges.iter().map(|edge| edge.from.max(edge.to) + 1).fold(FIRST_FREE, Number::max);
    let mut degrees = vec![[0; 2]; count as usize];
    degrees[..FIRST_FREE as usize].fill([1; 2]);
    for edge in edges {
        degrees[edge.to as usize][0] += 1;
        degrees[edge.from as usize][1] += 1;
    }
    degrees
}

/// Merges two states that an empty edge joins, if it is the only edge from the first or the only one to the second. The
/// states that are left are renumbered.
fn without_empty(edges: Vec<Edge>) -> Vec<Edge> {
    let mut degrees = degrees(&edges);
    let mut same_as: Vec<Number> = (0..degrees.len() as Number).collect();
    let mut kept: Vec<Edge> = Vec::with_capacity(edges.len());
    let mut joined = HashSet::new();
    for edge in edges {
        let (from, to) = (find(&mut same_as, edge.from), find(&mut same_as, edge.to));
        let [from_degrees, to_degrees] = [from, to].map(|state| degrees[state as usize]);
        let is_single = from_degrees[1] == 1 || to_degrees[0] == 1;
        let is_free = !matches!(to, RELATIVE | ANCHORED | END | END_OF_DIRECTORY) && from != to;
        let is_empty = matches!(edge.op, Op::Empty);
        if is_empty && (from == to || !joined.insert((from, to))) {
            degrees[from as usize][1] -= 1;
            degrees[to as usize][0] -= 1;
        } else if is_empty && is_single && is_free && !matches!(from, END | END_OF_DIRECTORY) {
            same_as[to as usize] = from;
            degrees[from as usize] = [from_degrees[0] + to_degrees[0] - 1, from_degrees[1] + to_degrees[1] - 1];
        } else {
            kept.push(edge);
        }
    }
    let mut numbers: Vec<Option<Number>> = (0..FIRST_FREE).map(Some).collect();
    numbers.resize(same_as.len(), None);
    let mut count = FIRST_FREE;
    let mut number = |state: Number| {
        *numbers[state as usize].get_or_insert_with(|| {
            count += 1;
            count - 1
        })
    };
    for edge in &mut kept {
        edge.from = number(find(&mut same_as, edge.from));
        edge.to = number(find(&mut same_as, edge.to));
    }
    kept
}

/// The state that stands for another one.
fn find(same_as: &mut [Number], state: Number) -> Number {
    let mut root = state;
    while same_as[root as usize] != root {
        root = same_as[root as usize];
    }
    let mut at = state;
    while at != root {
        at = std::mem::replace(&mut same_as[at as usize], root);
    }
    root
}

/// Merges the edges of a run of characters into one.
fn with_text(edges: Vec<Edge>) -> Vec<Edge> {
    let degrees = degrees(&edges);
    let is_inner = |state: Number| degrees[state as usize] == [1, 1] && state >= FIRST_FREE;
    // The edge that leaves each state inside a run.
    let mut next: HashMap<Number, Edge> = HashMap::new();
    let mut starts = Vec::with_capacity(edges.len());
    let comes_from_text: Vec<bool> = {
        let mut comes = vec![false; degrees.len()];
        edges.iter().filter(|edge| edge.is_text()).for_each(|edge| comes[edge.to as usize] = true);
        comes
    };
    for edge in edges {
        if edge.is_text() && is_inner(edge.from) && comes_from_text[edge.from as usize] {
            next.insert(edge.from, edge);
        } else {
            starts.push(edge);
        }
    }
    for edge in starts.iter_mut().filter(|edge| edge.is_text()) {
        let mut text = String::new();
        push_text(&mut text, &edge.op);
        while let Some(more) = next.remove(&edge.to) {
            push_text(&mut text, &more.op);
            edge.to = more.to;
        }
        edge.op = Op::Text(text.into());
    }
    starts
}

fn push_text(text: &mut String, op: &Op) {
    match op {
        Op::Text(more) => text.push_str(more),
        Op::One(Token::Exact(character)) => text.push(*character),
        _ => {}
    }
}

/// Renumbers the states, so that each has a higher number than those that follow it.
fn number_from_end(edges: &mut [Edge]) {
    let from = Index::new(edges, |edge| edge.from);
    let mut numbers: Vec<Option<Number>> = vec![None; from.states() as usize];
    let fixed = [END, END_OF_DIRECTORY, RELATIVE, ANCHORED];
    fixed.into_iter().for_each(|state| numbers[state as usize] = Some(state));
    let mut count = FIRST_FREE;
    // The states from a start on, each with those that follow it and have no number yet.
    let mut path: Vec<(Number, _)> = [RELATIVE, ANCHORED].map(|start| (start, from.of(start).iter())).into();
    while let Some((state, following)) = path.last_mut() {
        match following.map(|&edge| edges[edge as usize].to).find(|&next| numbers[next as usize].is_none()) {
            Some(next) => path.push((next, from.of(next).iter())),
            None => {
                numbers[*state as usize].get_or_insert_with(|| {
                    count += 1;
                    count - 1
                });
                path.pop();
            }
        }
    }
    for edge in edges {
        let [from, to] = [edge.from, edge.to].map(|state| numbers[state as usize]);
        (edge.from, edge.to) = from.zip(to).expect("BUG: every state is reached from a start");
    }
}

/// Marks the edges that are always at the start of a part.
fn mark_leading(edges: &mut [Edge]) {
    let mut begins = vec![true; degrees(edges).len()];
    for edge in &*edges {
        begins[edge.to as usize] &= matches!(edge.op, Op::Separator | Op::AnyPath);
    }
    edges.iter_mut().for_each(|edge| edge.is_leading = begins[edge.from as usize]);
}
