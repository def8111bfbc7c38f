//! How all matches of an automaton end.

use super::{ANCHORED, Automaton, END, END_OF_DIRECTORY, RELATIVE, Texts};
use crate::pattern::gate::Bits;
use crate::pattern::normal::{Op, Rules};

/// What is known of the texts that lead from a state to the end.
#[derive(Clone, Copy)]
struct Tail {
    bits: Bits,
    /// Their length, if all are shorter than eight bytes and have the same one, or eight.
    len: usize,
}

/// The bits that all matches have at their end. Tails grow from the end, until they are long enough.
pub(super) fn common(automaton: &Automaton, rules: Rules) -> Bits {
    let mut tails: Vec<Option<Tail>> = vec![None; automaton.states() as usize];
    [END, END_OF_DIRECTORY].into_iter().for_each(|end| tails[end as usize] = Some(Tail::EMPTY));
    let mut common: Option<Bits> = None;
    for state in automaton.states_from_end() {
        let Some(tail) = tails[state as usize] else { continue };
        if tail.len == 8 || matches!(state, RELATIVE | ANCHORED) {
            let bits = common.map_or(tail.bits, |bits| bits.and(tail.bits));
            if bits == Bits::default() {
                return bits;
            }
            common = Some(bits);
            continue;
        }
        for &edge in automaton.edges_to(state) {
            let edge = &automaton.edges[edge as usize];
            let longer = tail.after(edge.op, &automaton.texts, rules);
            let known = &mut tails[edge.from as usize];
            *known = Some(known.map_or(longer, |tail| tail.and(longer)));
        }
    }
    common.unwrap_or_default()
}

impl Tail {
    const EMPTY: Self = Self { bits: Bits { mask: 0, wanted: 0 }, len: 0 };

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
