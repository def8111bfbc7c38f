//! The automaton of a pattern with alternatives: they are branches that part and meet again.

mod ends;

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
        // Merging states can make others mergeable, few after the first time.
        for _ in 0..3 {
            let before = edges.len();
            drop_parallel(&mut edges);
            edges = without_empty(edges);
            if edges.len() > before - before / 32 {
                break;
            }
        }
        let mut edges = with_text(edges);
        number_from_end(&mut edges);
        mark_leading(&mut edges);
        let (from, to) = (Index::of_starts(&edges), Index::of_ends(&edges));
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

/// Things by a number that each has: edges by one of their states.
#[derive(Clone, Debug)]
struct Index {
    starts: Box<[u32]>,
    things: Box<[u32]>,
}

impl Index {
    fn of_starts(edges: &[Edge]) -> Self {
        Self::new(states(edges), edges.iter().map(|edge| edge.from))
    }

    fn of_ends(edges: &[Edge]) -> Self {
        Self::new(states(edges), edges.iter().map(|edge| edge.to))
    }

    /// The numbers are below `count`.
    fn new(count: Number, numbers: impl Iterator<Item = Number> + Clone) -> Self {
        let mut starts = vec![0; count as usize + 1];
        numbers.clone().for_each(|number| starts[number as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0; starts[count as usize] as usize];
        for (at, number) in numbers.enumerate() {
            let place = &mut next[number as usize];
            sorted[*place as usize] = at as u32;
            *place += 1;
        }
        Self { starts: starts.into(), things: sorted.into() }
    }

    fn states(&self) -> Number {
        self.starts.len() as Number - 1
    }

    fn of(&self, state: Number) -> &[u32] {
        let state = state as usize;
        &self.things[self.starts[state] as usize..self.starts[state + 1] as usize]
    }
}

/// A pattern as it is written: places in the text, and what is read between them. All alternatives of a group begin at
/// the same place and end at the same place.
struct Spelling {
    steps: Vec<Step>,
    /// The steps from each place.
    from: Index,
    end: Number,
}

struct Step {
    from: Number,
    /// What is read, if anything.
    input: Option<Input>,
    to: Number,
}

impl Spelling {
    fn new(items: &[Item<'_>], case: Case) -> Self {
        let mut steps = Vec::with_capacity(items.len());
        let mut current = 0;
        let mut last = 0;
        let mut new_place = || {
            last += 1;
            last
        };
        // Where the open groups begin and end, and whether they may be empty.
        let mut open: Vec<(Number, Number, bool)> = Vec::new();
        // Whether the last step alone leads to the current place.
        let mut is_inside = false;
        for item in items {
            let input = match item {
                Item::Symbol(lexeme) => Input::new(lexeme, case),
                Item::Separator => Input::Separator,
                Item::Open => {
                    open.push((current, new_place(), false));
                    is_inside = false;
                    continue;
                }
                Item::Comma | Item::Close => {
                    let &mut (start, end, ref mut may_be_empty) =
                        open.last_mut().expect("BUG: commas and ends are in a group");
                    match steps.last_mut() {
                        Some(Step { to, .. }) if is_inside => *to = end,
                        _ if current == start && std::mem::replace(may_be_empty, true) => {}
                        _ => steps.push(Step { from: current, input: None, to: end }),
                    }
                    is_inside = false;
                    current = if matches!(item, Item::Comma) { start } else { end };
                    if matches!(item, Item::Close) {
                        open.pop();
                    }
                    continue;
                }
            };
            let next = new_place();
            steps.push(Step { from: current, input: Some(input), to: next });
            (current, is_inside) = (next, true);
        }
        let from = Index::new(new_place(), steps.iter().map(|step| step.from));
        Self { steps, from, end: current }
    }

    fn places(&self) -> usize {
        self.from.states() as usize
    }

    fn steps_from(&self, place: Number) -> impl Iterator<Item = &Step> {
        self.from.of(place).iter().map(|&at| &self.steps[at as usize])
    }
}

/// Combines the pattern as it is written with its normal form.
struct Composition {
    /// The numbers of the states at each place, which are few.
    known: Vec<Vec<(State, Number)>>,
    todo: Vec<(Number, State, Number)>,
    edges: Vec<Edge>,
    count: Number,
}

impl Composition {
    fn of(spelling: &Spelling, rules: Rules) -> Vec<Edge> {
        let starts = [(State::RELATIVE, RELATIVE), (State::ANCHORED, ANCHORED)];
        let mut known = vec![Vec::new(); spelling.places()];
        known[0].extend(starts);
        let todo = starts.map(|(state, number)| (0, state, number)).into();
        let mut new = Self { known, todo, edges: Vec::new(), count: FIRST_FREE };
        let mut steps = Steps::default();
        while let Some((place, state, from)) = new.todo.pop() {
            state.go_on(rules, &mut steps);
            new.add(from, place, &mut steps);
            for Step { input, to, .. } in spelling.steps_from(place) {
                match input {
                    None => new.add_one(from, &mut std::iter::empty(), *to, To::State(state)),
                    Some(input) => {
                        state.read(input, rules, &mut steps);
                        new.add(from, *to, &mut steps);
                    }
                }
            }
            if place == spelling.end {
                state.read(&Input::End, rules, &mut steps);
                new.add(from, place, &mut steps);
            }
        }
        new.edges
    }

    /// Adds steps that lead to a place.
    fn add(&mut self, from: Number, place: Number, steps: &mut Steps) {
        steps.take(|ops, to| self.add_one(from, ops, place, to));
    }

    fn add_one(&mut self, from: Number, ops: &mut dyn Iterator<Item = Op>, place: Number, to: To) {
        let to = match to {
            To::State(state) => self.number(place, state),
            To::End { with_separator: true } => END_OF_DIRECTORY,
            To::End { with_separator: false } => END,
        };
        let mut at = from;
        let mut last = ops.next().unwrap_or(Op::Empty);
        for op in ops {
            let next = self.new_number();
            self.edges.push(Edge::new(at, std::mem::replace(&mut last, op), next));
            at = next;
        }
        self.edges.push(Edge::new(at, last, to));
    }

    fn number(&mut self, place: Number, state: State) -> Number {
        let known = &mut self.known[place as usize];
        if let Some((_, number)) = known.iter().find(|(known, _)| *known == state) {
            return *number;
        }
        let new = self.new_number();
        self.known[place as usize].push((state, new));
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
    let index = Index::of_ends(edges);
    let mut ends = vec![false; index.states() as usize];
    let mut todo = vec![END, END_OF_DIRECTORY];
    while let Some(state) = todo.pop() {
        if !std::mem::replace(&mut ends[state as usize], true) {
            todo.extend(index.of(state).iter().map(|&at| edges[at as usize].from));
        }
    }
    edges.retain(|edge| ends[edge.to as usize]);
}

/// One more than the highest number of a state.
fn states(edges: &[Edge]) -> Number {
    edges.iter().map(|edge| edge.from.max(edge.to) + 1).fold(FIRST_FREE, Number::max)
}

/// Removes empty edges that lead where another one does.
fn drop_parallel(edges: &mut Vec<Edge>) {
    let index = Index::of_starts(edges);
    let mut reached_from = vec![None; index.states() as usize];
    let mut is_first = vec![true; edges.len()];
    for state in 0..index.states() {
        for &at in index.of(state) {
            let edge = &edges[at as usize];
            if matches!(edge.op, Op::Empty) {
                is_first[at as usize] = reached_from[edge.to as usize].replace(state) != Some(state);
            }
        }
    }
    let mut is_first = is_first.into_iter();
    edges.retain(|_| is_first.next() == Some(true));
}

/// The number of edges that enter each state and that leave it. Starts and ends count one more, so that they are kept.
fn degrees(edges: &[Edge]) -> Vec<[u32; 2]> {
    let mut degrees = vec![[0; 2]; states(edges) as usize];
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
    for edge in edges {
        let (from, to) = (find(&mut same_as, edge.from), find(&mut same_as, edge.to));
        let [from_degrees, to_degrees] = [from, to].map(|state| degrees[state as usize]);
        let is_single = from_degrees[1] == 1 || to_degrees[0] == 1;
        let is_free = !matches!(to, RELATIVE | ANCHORED | END | END_OF_DIRECTORY) && from != to;
        let is_empty = matches!(edge.op, Op::Empty);
        if is_empty && from == to {
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
    let mut next: Vec<Option<Edge>> = vec![None; degrees.len()];
    let mut starts = Vec::with_capacity(edges.len());
    let comes_from_text: Vec<bool> = {
        let mut comes = vec![false; degrees.len()];
        edges.iter().filter(|edge| edge.is_text()).for_each(|edge| comes[edge.to as usize] = true);
        comes
    };
    for edge in edges {
        if edge.is_text() && is_inner(edge.from) && comes_from_text[edge.from as usize] {
            let from = edge.from as usize;
            next[from] = Some(edge);
        } else {
            starts.push(edge);
        }
    }
    for edge in starts.iter_mut().filter(|edge| edge.is_text()) {
        let mut text = String::new();
        push_text(&mut text, &edge.op);
        while let Some(more) = next[edge.to as usize].take() {
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
    let from = Index::of_starts(edges);
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
    let mut begins = vec![true; states(edges) as usize];
    for edge in &*edges {
        begins[edge.to as usize] &= matches!(edge.op, Op::Separator | Op::AnyPath);
    }
    edges.iter_mut().for_each(|edge| edge.is_leading = begins[edge.from as usize]);
}
