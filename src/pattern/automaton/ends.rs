//! How all matches of an automaton end.

use super::{ANCHORED, END, END_OF_DIRECTORY, Edge, Index, RELATIVE, from_end};
use crate::pattern::gate::Bits;
use crate::pattern::normal::{Op, Rules};
use crate::pattern::tokens::Token;

/// What is known of the texts that lead from a state to the end.
#[derive(Clone, Copy)]
struct Tail {
    bits: Bits,
    /// Their length, if all are short and have the same one.
    len: Option<usize>,
}

/// The bits that all matches have at their end.
pub(super) fn common(edges: &[Edge], from: &Index, rules: Rules) -> Bits {
    let mut tails: Vec<Option<Tail>> = vec![None; from.states() as usize];
    let end = Tail { bits: Bits::default(), len: Some(0) };
    [END, END_OF_DIRECTORY].into_iter().for_each(|state| tails[state as usize] = Some(end));
    for state in from_end(from.states()).filter(|state| !matches!(*state, END | END_OF_DIRECTORY)) {
        let following = from.of(state).iter().map(|&edge| &edges[edge as usize]);
        let longer = following.filter_map(|edge| Some(tails[edge.to as usize]?.after(&edge.op, rules)));
        tails[state as usize] = longer.reduce(Tail::and);
    }
    let starts = [RELATIVE, ANCHORED].into_iter().filter_map(|start| tails[start as usize]);
    starts.reduce(Tail::and).map_or(Bits::default(), |tail| tail.bits)
}

impl Tail {
    fn and(self, other: Self) -> Self {
        Self { bits: self.bits.and(other.bits), len: self.len.filter(|_| self.len == other.len) }
    }

    /// What is known of the texts with a step before them.
    fn after(self, op: &Op, rules: Rules) -> Self {
        match op {
            Op::Empty | Op::AnchorEnd => self,
            Op::Text(text) => self.after_text(text),
            Op::One(Token::Exact(character)) => self.after_text(character.encode_utf8(&mut [0; 4])),
            Op::Up => self.after_text(".."),
            Op::Separator => self.after_text(if rules.has_drives { "\\" } else { "/" }),
            Op::One(_) | Op::Star | Op::Part | Op::Stars | Op::AnyPath | Op::AnyEnd | Op::Guard => {
                Self { len: None, ..self }
            }
        }
    }

    fn after_text(self, text: &str) -> Self {
        text.bytes().rev().fold(self, |tail, byte| match tail.len {
            Some(len) if len < 8 => Self { bits: tail.bits.with(len, byte), len: Some(len + 1) },
            _ => Self { len: None, ..tail },
        })
    }
}
