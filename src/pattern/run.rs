//! Matching with an automaton, from the end of a path to its start.

use super::automaton::{ANCHORED, Automaton, END, END_OF_DIRECTORY, Edge, Number, RELATIVE};
use super::gate::Ends;
use super::normal::Op;
use super::tokens::Token;

/// The most places in the text that are kept to be tried.
const PLACES: usize = 24;

/// What is matched.
#[derive(Clone, Copy)]
enum Mode {
    /// A whole path.
    Whole,
    /// The last parts of a path, one for each part of the pattern, given where the path's anchor and its first part end.
    Last { anchor: Option<usize>, tail: usize },
}

impl Automaton {
    /// Whether an alternative matches a whole path; the empty path is `""`.
    pub(super) fn matches_whole(&self, path: &str, separator: u8) -> bool {
        let run = Run { automaton: self, text: path, separator, mode: Mode::Whole };
        self.gate().lets(Ends::of(path.as_bytes())) && run.is_match()
    }

    /// Whether a relative alternative matches the last parts of a path, of which the first begins at `tail`, or one
    /// with an anchor all of them; `anchor` is the length of the path's own, or none if no alternative with an anchor is
    /// meant.
    pub(super) fn matches_last(&self, path: &str, separator: u8, anchor: Option<usize>, tail: usize) -> bool {
        Run { automaton: self, text: path, separator, mode: Mode::Last { anchor, tail } }.is_match()
    }
}

/// Where the automaton may be: the text behind a place is matched by what leads from a state to the end.
type Place = (usize, Number);

struct Run<'a> {
    automaton: &'a Automaton,
    text: &'a str,
    separator: u8,
    mode: Mode,
}

impl Run<'_> {
    /// Tries one way after another: nearly always, few lead far. If many do, that could take exponential time, so then every
    /// place is tried once.
    fn is_match(&self) -> bool {
        self.try_each_way().unwrap_or_else(|| self.try_each_place())
    }

    /// Returns `None` if it takes too long.
    fn try_each_way(&self) -> Option<bool> {
        let mut places: [Place; PLACES] = [(self.text.len(), END); PLACES];
        places[1].1 = END_OF_DIRECTORY;
        let mut count = 2_usize;
        let mut effort = 64 + 2 * self.text.len();
        while let Some(next) = count.checked_sub(1) {
            let (at, state) = places[next];
            count = next;
            if self.is_start(state, at) {
                return Some(true);
            }
            let edges = self.automaton.edges_to(state);
            effort = effort.checked_sub(1 + edges.len())?;
            for &edge in edges {
                let edge = &self.automaton.edges[edge as usize];
                self.back(edge, at, &mut |from| {
                    if let Some(place) = places.get_mut(count) {
                        *place = (from, edge.from);
                    }
                    count += 1;
                });
            }
            if count > PLACES {
                return None;
            }
        }
        Some(false)
    }

    /// Tries every place once, from the end of the text to its start.
    fn try_each_place(&self) -> bool {
        // The states at each place, some of them more than once.
        let mut waiting = vec![Vec::new(); self.text.len() + 1];
        waiting[self.text.len()].extend([END, END_OF_DIRECTORY]);
        // The last place of each state.
        let mut last = vec![usize::MAX; self.automaton.states()];
        // How far each edge that matches any number of characters or parts has gone.
        let mut reached = vec![usize::MAX; self.automaton.edges.len()];
        for at in (0..=self.text.len()).rev() {
            while let Some(state) = waiting[at].pop() {
                if std::mem::replace(&mut last[state as usize], at) == at {
                    continue;
                }
                if self.is_start(state, at) {
                    return true;
                }
                for &number in self.automaton.edges_to(state) {
                    let edge = &self.automaton.edges[number as usize];
                    let reached = &mut reached[number as usize];
                    let goes_on = self.goes_on(&edge.op);
                    if goes_on && *reached <= at {
                        // Everything that can be reached from here has been, except this place itself, if the edge matches
                        // nothing.
                        if matches!(edge.op, Op::AnyPath) {
                            waiting[at].push(edge.from);
                        }
                        continue;
                    }
                    self.back(edge, at, &mut |from| {
                        if goes_on {
                            *reached = from.min(*reached);
                        }
                        waiting[from].push(edge.from);
                    });
                }
            }
        }
        false
    }

    /// Whether an edge leads to many places.
    fn goes_on(&self, op: &Op) -> bool {
        matches!(op, Op::Star | Op::Stars | Op::Part) || matches!((op, self.mode), (Op::AnyPath, Mode::Whole))
    }

    fn is_start(&self, state: Number, at: usize) -> bool {
        match (state, self.mode) {
            (ANCHORED, Mode::Last { anchor: Some(0), tail }) => at == tail,
            (RELATIVE, Mode::Whole) | (ANCHORED, _) => at == 0,
            (RELATIVE, Mode::Last { tail, .. }) => {
                at >= tail && at < self.text.len() && (at == tail || self.is_separator(at - 1))
            }
            _ => false,
        }
    }

    fn is_separator(&self, at: usize) -> bool {
        self.text.as_bytes()[at] == self.separator
    }

    /// Follows an edge backwards from a place, to all places where it may have begun.
    #[inline]
    fn back(&self, edge: &Edge, at: usize, from: &mut impl FnMut(usize)) {
        match (&edge.op, self.mode) {
            (Op::Empty, _) | (Op::Guard, Mode::Last { .. }) => from(at),
            (Op::Text(text), _) => self.take_text(text, at).into_iter().for_each(from),
            (Op::One(token), _) => self.take_one(token, at).into_iter().for_each(from),
            (Op::Up, _) => self.take_text("..", at).into_iter().for_each(from),
            (Op::Guard, Mode::Whole) => {
                let dot = self.take_separator(at).and_then(|at| self.take_text(".", at));
                dot.into_iter().for_each(from);
            }
            (Op::Separator, _) => self.take_separator(at).into_iter().for_each(from),
            (Op::AnchorEnd, Mode::Last { anchor: Some(0), tail }) => {
                self.end_of_first_part(at, tail).into_iter().for_each(from);
            }
            (Op::AnchorEnd, Mode::Last { anchor, .. }) if anchor != Some(at) => {}
            (Op::AnchorEnd, _) => from(at),
            // The match of the edge begins where the part does.
            (Op::Star, _) if edge.is_leading => from(self.part_start(at)),
            (Op::Star, _) | (Op::Stars, Mode::Whole) => self.each_in_part(at, from),
            (Op::Part, _) | (Op::AnyEnd, Mode::Last { .. }) => {
                Some(self.part_start(at)).filter(|&start| start < at).into_iter().for_each(from);
            }
            (Op::Stars, Mode::Last { .. }) => self.each_in_part(at, &mut |place| {
                if place < at {
                    from(place)
                }
            }),
            (Op::AnyPath, Mode::Last { .. }) => {
                self.take_separator(at).map(|end| self.part_start(end)).into_iter().for_each(from);
            }
            (Op::AnyPath, Mode::Whole) => {
                from(at);
                if let Some(end) = self.take_separator(at) {
                    self.each_part_start(end, &mut |start| {
                        if start < end {
                            from(start)
                        }
                    });
                }
            }
            (Op::AnyEnd, Mode::Whole) => self.each_part_start(at, from),
        }
    }

    fn take_text(&self, text: &str, at: usize) -> Option<usize> {
        self.text.as_bytes()[..at].ends_with(text.as_bytes()).then(|| at - text.len())
    }

    fn take_separator(&self, at: usize) -> Option<usize> {
        at.checked_sub(1).filter(|&before| self.is_separator(before))
    }

    fn take_one(&self, token: &Token, at: usize) -> Option<usize> {
        let character = self.text[..at].chars().next_back()?;
        let fits = character != char::from(self.separator) && token.matches(character);
        fits.then(|| at - character.len_utf8())
    }

    /// Where the part begins that a place is in.
    fn part_start(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at];
        before.iter().rposition(|&byte| byte == self.separator).map_or(0, |separator| separator + 1)
    }

    /// Where the first part of a path without an anchor ends, if nothing else is before a place: the anchor of a pattern can
    /// match that part like any other.
    fn end_of_first_part(&self, at: usize, first: usize) -> Option<usize> {
        let end = if at == self.text.len() { Some(at) } else { self.take_separator(at) };
        end.filter(|&end| self.part_start(end) == first)
    }

    /// Each place between two characters from one back to the start of the part.
    fn each_in_part(&self, mut at: usize, from: &mut impl FnMut(usize)) {
        from(at);
        while let Some(before) = self.take_one(&Token::Any, at) {
            at = before;
            from(at);
        }
    }

    /// Each place up to one at which a part begins.
    fn each_part_start(&self, mut at: usize, from: &mut impl FnMut(usize)) {
        loop {
            at = self.part_start(at);
            from(at);
            match at.checked_sub(1) {
                Some(before) => at = before,
                None => return,
            }
        }
    }
}
