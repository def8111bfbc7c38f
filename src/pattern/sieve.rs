//! Finding the patterns of a set that may match a text, by its start and end.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::gate::{Ends, Gate};
use crate::flavour::{first_byte, last_byte};

/// The numbers of patterns, found by a text in them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sieve {
    tables: [Table; 4],
    parts: Table,
    /// A bit for each cheap hash of a part.
    hints: u64,
    starts_of_names: Table,
}

/// A text by which a pattern is found if its matches have none at their ends.
#[derive(Clone, Copy)]
pub(super) enum Mark<'a> {
    None,
    /// One of the parts is this.
    Part(&'a str),
    /// The last part begins with this.
    StartOfName(&'a str),
}

/// A pattern with its gate.
type Guarded = (Gate, usize);

/// Patterns by the bytes of one of their ends.
#[derive(Clone, Debug, Default)]
struct Table {
    patterns: HashMap<u64, Vec<Guarded>, BuildHasherDefault<Multiply>>,
    /// A bit for the hash of each key: most keys that are looked up are in no table.
    hints: u64,
}

/// For each table, the end by which its patterns are found, and the number of bytes.
const KEYS: [(End, u32); 4] = [(End::Last, 8), (End::First, 8), (End::Last, 3), (End::First, 3)];

#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

impl Sieve {
    /// Adds patterns; those without a text are added to the rest.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = (Gate, Mark<'a>)>, rest: &mut Vec<usize>) -> Self {
        let mut new = Self::default();
        for (at, (gate, mark)) in patterns.enumerate() {
            match new.table(gate, mark) {
                Some((table, key)) => table.insert(key, (gate, at)),
                None => rest.push(at),
            }
        }
        new
    }

    /// The table for a pattern, and its key there.
    fn table(&mut self, gate: Gate, mark: Mark<'_>) -> Option<(&mut Table, u64)> {
        let key = |(end, count): (End, u32)| match end {
            End::First => gate.start().lowest(count),
            End::Last => gate.end().lowest(count),
        };
        if let Some((at, key)) = KEYS.into_iter().enumerate().find_map(|(at, end)| Some((at, key(end)?))) {
            return Some((&mut self.tables[at], key));
        }
        match mark {
            Mark::Part(part) => {
                self.hints |= hint(part.as_bytes());
                Some((&mut self.parts, key_of_part(part.as_bytes())))
            }
            Mark::StartOfName(start) if start.len() >= START => {
                Some((&mut self.starts_of_names, key_of_start(start.as_bytes())))
            }
            Mark::StartOfName(_) | Mark::None => None,
        }
    }

    /// The numbers of all patterns that may match a name, in no order.
    pub(crate) fn candidates(&self, name: &str) -> impl Iterator<Item = usize> {
        let ends = Ends::of(name.as_bytes());
        let found = KEYS.into_iter().zip(&self.tables).flat_map(move |(end, table)| table.find(ends, end));
        found.filter(move |(gate, _)| gate.lets(ends)).map(|&(_, number)| number)
    }

    /// Whether `answer` is true of any pattern that may match a whole path. It may be called more than once for the same
    /// pattern.
    pub(super) fn any_of_path(&self, path: &str, separator: u8, answer: &mut impl FnMut(usize) -> bool) -> bool {
        let ends = Ends::of(path.as_bytes());
        let mut any = |found: &[Guarded]| found.iter().any(|(gate, number)| gate.lets(ends) && answer(*number));
        if KEYS.into_iter().zip(&self.tables).any(|(end, table)| any(table.find(ends, end))) {
            return true;
        }
        if self.starts_of_names.hints != 0 {
            let name = last_byte(path, separator).map_or(path, |at| &path[at + 1..]);
            if any(self.starts_of_names.get(key_of_start(name.as_bytes()))) {
                return true;
            }
        }
        let is_hinted = |part: &&[u8]| self.hints & hint(part) != 0;
        self.hints != 0 && parts(path, separator).filter(is_hinted).any(|part| any(self.parts.get(key_of_part(part))))
    }
}

/// The parts between the separators of a text.
fn parts(text: &str, separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = first_byte(text, separator);
        rest = end.map(|end| &text[end + 1..]);
        Some(&text.as_bytes()[..end.unwrap_or(text.len())])
    })
}

impl Table {
    fn insert(&mut self, key: u64, pattern: Guarded) {
        self.hints |= Self::hint(key);
        self.patterns.entry(key).or_default().push(pattern);
    }

    #[inline]
    fn hint(key: u64) -> u64 {
        1 << (key.wrapping_mul(FACTOR) >> 58)
    }

    #[inline]
    fn find(&self, ends: Ends, (end, count): (End, u32)) -> &[Guarded] {
        let bytes = match end {
            End::First => ends.start,
            End::Last => ends.end,
        };
        self.get(bytes & u64::MAX >> (64 - 8 * count))
    }

    #[inline]
    fn get(&self, key: u64) -> &[Guarded] {
        match self.hints & Self::hint(key) {
            0 => &[],
            _ => self.patterns.get(&key).map_or(&[], Vec::as_slice),
        }
    }
}

/// The number of bytes of a name's start that make a key.
const START: usize = 3;

/// Parts of the same length with the same ends share a key, which does no harm.
fn key_of_part(part: &[u8]) -> u64 {
    let ends = Ends::of(part);
    ends.start ^ ends.end.rotate_left(32) ^ part.len() as u64
}

fn key_of_start(name: &[u8]) -> u64 {
    Ends::of(name).start & u64::MAX >> (64 - 8 * START)
}

/// A bit for a part by its length and its first byte: most parts of paths are in no table.
fn hint(part: &[u8]) -> u64 {
    1 << ((part.len() ^ usize::from(part.first().copied().unwrap_or(0))) % 64)
}

/// Hashes a number by a multiplication. Nobody gains from patterns that collide.
#[derive(Clone, Debug, Default)]
struct Multiply(u64);

/// 2^64 divided by the golden ratio: an odd number with no pattern in its bits.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Multiply {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u64(&mut self, number: u64) {
        let product = (self.0 ^ number).wrapping_mul(FACTOR);
        self.0 = product ^ product >> 32;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
