//! How all matches of an automaton end.

use super::{ANCHORED, END, END_OF_DIRECTORY, Edge, Index, RELATIVE, Texts, from_end};
use crate::pattern::gate::Bits;
use crate::pattern::normal::{Op, Rules};

/// What is known of the texts that lead from a state to the end.
#[derive(Clone, Copy)]
struct Tail {
    bits: Bits,
    /// Their length, if all are shorter than eight bytes and have the same one, or eight.
    len: usize,
}

/// The bits that all matches have at their end.
pub(super) fn common(edges: &[Edge], from: &Index, texts: &Texts, rules: Rules) -> Bits {
    let mut tails = vec![Tail { bits: Bits::default(), len: 0 }; from.states() as usize];
    for state in from_end(from.states()).filter(|state| !matches!(*state, END | END_OF_DIRECTORY)) {
        let following = from.of(state).iter().map(|&edge| &edges[edge as usize]);
        let longer = following.map(|edge| tails[edge.to as usize].after(edge.op, texts, rules));
        tails[state as usize] = longer.reduce(Tail::and).unwrap_or(tails[state as usize]);
    }
    let starts = [RELATIVE, ANCHORED].into_iter().filter(|&start| !from.of(start).is_empty());
    starts.map(|start| tails[start as usize]).reduce(Tail::and).map_or(Bits::default(), |tail| tail.bits)
}

impl Tail {
    fn and(self, other: Self) -> Self {
        Self { bits: self.bits.and(other.bits), len: if self.len == other.len { self.len } else { 8 } }
    }

    /// What is known of the texts with a step before them.
    fn after(self, op: Op, texts: &Texts, rules: Rules) -> Self {
        match op {
            Op::Empty | Op::AnchorEnd => self,
            Op::Text(text) => self.after_bytes(texts.get(text)),
            Op::Exact(character) => self.after_bytes(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Op::Up => self.after_bytes(b".."),
            Op::Separator => self.after_bytes(rules.separator.encode_utf8(&mut [0; 4]).as_bytes()),
            Op::One(_) | Op::Star | Op::Part | Op::Stars | Op::AnyPath | Op::AnyEnd | Op::Guard => {
                Self { len: 8, ..self }
            }
        }
    }

    fn after_bytes(self, bytes: &[u8]) -> Self {
        let known = bytes.iter().rev().zip(self.len..8);
        let bits = known.fold(self.bits, |bits, (&byte, at)| bits.with(at, byte));
        Self { bits, len: 8.min(self.len + bytes.len()) }
    }
}
