//! Matching with an automaton, from the end of a path to its start.

use super::automaton::{ANCHORED, Automaton, END, END_OF_DIRECTORY, Edge, Number, RELATIVE};
use super::gate::Ends;
use super::normal::Op;
use super::places::Places;
use super::scan::Scan;
use super::tokens::Token;
use crate::flavour::first_byte;

/// The most places in the text that are kept to be tried.
const PLACES: usize = 24;

/// What is matched.
#[derive(Clone, Copy, Debug)]
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
    /// Tries one way after another: nearly always, few lead far. If many do, that could take exponential time, so then
    /// each state is tried once.
    fn is_match(&self) -> bool {
        self.try_each_way().unwrap_or_else(|| self.try_all_places())
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

    /// Tries all places of a state at once.
    fn try_all_places(&self) -> bool {
        let mut scan = Scan::backwards(self.text, self.separator);
        let (mut before, mut spare) = (scan.none(), Vec::new());
        // The places of each state, counted from the end of the text.
        let mut waiting: Vec<Option<Places>> = vec![None; self.automaton.states() as usize];
        [END, END_OF_DIRECTORY].into_iter().for_each(|end| waiting[end as usize] = Some(scan.only(0)));
        for state in self.automaton.states_from_end() {
            let Some(places) = waiting[state as usize].take() else { continue };
            if matches!(state, RELATIVE | ANCHORED)
                && places.iter().any(|at| self.is_start(state, self.text.len() - at))
            {
                return true;
            }
            for &edge in self.automaton.edges_to(state) {
                let edge = &self.automaton.edges[edge as usize];
                before.become_same_as(&places);
                self.back_from_all(edge, &mut before, &mut scan);
                match &mut waiting[edge.from as usize] {
                    _ if before.is_empty() => {}
                    Some(known) => known.add(&before),
                    unknown => {
                        let fresh = spare.pop().unwrap_or_else(|| scan.none());
                        *unknown = Some(std::mem::replace(&mut before, fresh));
                    }
                }
            }
            spare.push(places);
        }
        false
    }

    /// Follows an edge backwards, as `back` does, from all of these places at once.
    fn back_from_all<'a>(&'a self, edge: &'a Edge, places: &mut Places, scan: &mut Scan<'a>) {
        match (edge.op, self.mode) {
            (Op::Empty, _) | (Op::Guard, Mode::Last { .. }) | (Op::AnchorEnd, Mode::Whole) => {}
            (Op::Text(text), _) => scan.take_bytes(places, self.automaton.text(text).iter().rev().copied()),
            (Op::Exact(character), _) => scan.take_bytes(places, character.encode_utf8(&mut [0; 4]).bytes().rev()),
            (Op::One(token), _) => scan.take_one(places, self.automaton.token(token)),
            (Op::Up, _) => scan.take_bytes(places, *b".."),
            (Op::Guard, Mode::Whole) => scan.take_bytes(places, [self.separator, b'.']),
            (Op::Separator, _) => scan.take_bytes(places, [self.separator]),
            (Op::AnchorEnd, Mode::Last { anchor, tail }) => {
                let from_end = |at: usize| self.text.len() - at;
                let end = self.anchor_end(anchor, tail).filter(|(_, behind)| places.contains(from_end(*behind)));
                *places = end.map_or_else(|| scan.none(), |(end, _)| scan.only(from_end(end)));
            }
            (Op::Star, _) if edge.is_leading => scan.take_part(places),
            (Op::Star, _) | (Op::Stars, Mode::Whole) => scan.take_any(places),
            (Op::Part, _) | (Op::AnyEnd, Mode::Last { .. }) => {
                scan.take_byte(places);
                scan.take_part(places);
            }
            (Op::Stars, Mode::Last { .. }) => {
                scan.take_byte(places);
                scan.take_any(places);
            }
            (Op::AnyPath, Mode::Last { .. }) => {
                scan.take_bytes(places, [self.separator]);
                scan.take_part(places);
            }
            (Op::AnyPath, Mode::Whole) => {
                let mut farther = places.clone();
                scan.take_bytes(&mut farther, [self.separator]);
                scan.leave(&mut farther);
                scan.take_parts(&mut farther);
                places.add(&farther);
            }
            (Op::AnyEnd, Mode::Whole) => scan.take_parts(places),
        }
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
        match (edge.op, self.mode) {
            (Op::Empty, _) | (Op::Guard, Mode::Last { .. }) => from(at),
            (Op::Text(text), _) => self.take_bytes(self.automaton.text(text), at).into_iter().for_each(from),
            (Op::Exact(character), _) => self.take_exact(character, at).into_iter().for_each(from),
            (Op::One(token), _) => self.take_one(self.automaton.token(token), at).into_iter().for_each(from),
            (Op::Up, _) => self.take_bytes(b"..", at).into_iter().for_each(from),
            (Op::Guard, Mode::Whole) => {
                let dot = self.take_separator(at).and_then(|at| self.take_bytes(b".", at));
                dot.into_iter().for_each(from);
            }
            (Op::Separator, _) => self.take_separator(at).into_iter().for_each(from),
            (Op::AnchorEnd, Mode::Whole) => from(at),
            (Op::AnchorEnd, Mode::Last { anchor, tail }) => {
                let end = self.anchor_end(anchor, tail).filter(|&(_, behind)| behind == at);
                end.into_iter().for_each(|(end, _)| from(end));
            }
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

    fn take_bytes(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.text.as_bytes()[..at].ends_with(bytes).then(|| at - bytes.len())
    }

    fn take_exact(&self, character: char, at: usize) -> Option<usize> {
        let last = self.text[..at].chars().next_back()?;
        (last == character).then(|| at - character.len_utf8())
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

    /// Where the anchor ends if only last parts are matched, and where the part after it begins. In a path without an
    /// anchor, that of a pattern can match the first part like any other.
    fn anchor_end(&self, anchor: Option<usize>, first: usize) -> Option<(usize, usize)> {
        match anchor? {
            0 => match first_byte(&self.text[first..], self.separator) {
                Some(len) => Some((first + len, first + len + 1)),
                None => Some((self.text.len(), self.text.len())),
            },
            end => Some((end, end)),
        }
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

#[cfg(test)]
mod tests {
    use super::{Mode, Run};
    use crate::flavour::{Flavour, Posix, Windows};
    use crate::pattern::{Form, Pattern, random};

    /// Both ways of matching, in every mode, of patterns and paths made of few pieces.
    fn all_places_are_one_after_another<F: Flavour>() {
        const LITERALS: [&str; 8] = ["a", "b", "é", "aé", "/", "..", "c:", "//s/h/"];
        const SPECIAL: [&str; 16] =
            ["*", "*", "?", "[!a]", "**", "/**/", "{a,", "{,", "{*,", "{", ",", ",", "}", "}", "}", "./"];
        let mut next = random();
        let mut text = move |longest, specials| -> String {
            let count = next(longest);
            (0..count).map(|_| if next(8) < specials { SPECIAL[next(16)] } else { LITERALS[next(8)] }).collect()
        };
        let mut answers = [0; 2];
        for _ in 0..3_000 {
            let pattern = Pattern::<F>::parse(&(text(5, 7) + "{a,*b,*}" + &text(2, 7)));
            let path = text(5, 0).replace('/', F::SEPARATOR.encode_utf8(&mut [0; 4]));
            let Form::Branched(automaton) = pattern.form() else { continue };
            let (separator, first) = (F::SEPARATOR as u8, path.find(F::SEPARATOR).map_or(0, |at| at + 1));
            let anchors = [None, Some(0), Some(first)].map(|anchor| Mode::Last { anchor, tail: anchor.unwrap_or(0) });
            for mode in [Mode::Whole].into_iter().chain(anchors) {
                let run = Run { automaton, text: &path, separator, mode };
                if let Some(answer) = run.try_each_way() {
                    assert_eq!(run.try_all_places(), answer, "{pattern:?} {path:?} {mode:?}");
                    answers[usize::from(answer)] += 1;
                }
            }
        }
        assert!(answers.iter().all(|&count| count > 500), "{answers:?}");
    }

    #[test]
    fn all_places_of_posix_paths_are_one_after_another() {
        all_places_are_one_after_another::<Posix>();
    }

    #[test]
    fn all_places_of_windows_paths_are_one_after_another() {
        all_places_are_one_after_another::<Windows>();
    }
}
