//! Finding the patterns of a set that may match a text, by its start and end.

use super::gate::{Bits, Ends, Gate};
use crate::flavour::{first_byte, last_byte};

/// The numbers of patterns, found by a text in them.
#[derive(Clone, Debug)]
pub(crate) struct Sieve {
    /// By the bytes that [`keys`] gives.
    tables: [Table; KEYS],
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

impl Sieve {
    /// Adds patterns; those without a text are added to the rest.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = (Gate, Mark<'a>)>, rest: &mut Vec<usize>) -> Self {
        let mut tables: [Vec<Guarded>; KEYS] = Default::default();
        let (mut parts, mut starts_of_names, mut hints) = (Vec::new(), Vec::new(), 0);
        for (number, (gate, mark)) in patterns.enumerate() {
            let guarded = |key| Guarded { key, gate, number };
            let known = keys(gate.start(), gate.end(), Bits::lowest);
            if let Some((at, key)) = known.into_iter().enumerate().find_map(|(at, key)| Some((at, key?))) {
                tables[at].push(guarded(key));
                continue;
            }
            match mark {
                Mark::Part(part) => {
                    hints |= hint(part.as_bytes());
                    parts.push(guarded(key_of_part(part.as_bytes())));
                }
                Mark::StartOfName(start) if start.len() >= START => {
                    starts_of_names.push(guarded(key_of_start(start.as_bytes())));
                }
                Mark::StartOfName(_) | Mark::None => rest.push(number),
            }
        }
        let [parts, starts_of_names] = [parts, starts_of_names].map(Table::new);
        Self { tables: tables.map(Table::new), parts, hints, starts_of_names }
    }

    /// Whether `answer` is true of the number of any pattern that may match a name.
    #[inline]
    pub(crate) fn any(&self, name: &str, answer: &mut impl FnMut(usize) -> bool) -> bool {
        self.any_by_end(Ends::of(name.as_bytes()), answer)
    }

    /// Whether `answer` is true of any pattern that may match a whole path. It may be called more than once for the same
    /// pattern.
    pub(super) fn any_of_path(&self, path: &str, separator: u8, answer: &mut impl FnMut(usize) -> bool) -> bool {
        let ends = Ends::of(path.as_bytes());
        if self.any_by_end(ends, answer) {
            return true;
        }
        if !self.starts_of_names.is_empty() {
            let name = last_byte(path, separator).map_or(path, |at| &path[at + 1..]);
            if self.starts_of_names.any(key_of_start(name.as_bytes()), ends, answer) {
                return true;
            }
        }
        let is_hinted = |part: &&[u8]| self.hints & hint(part) != 0;
        self.hints != 0
            && parts(path, separator).filter(is_hinted).any(|part| self.parts.any(key_of_part(part), ends, answer))
    }

    #[inline]
    fn any_by_end(&self, ends: Ends, answer: &mut impl FnMut(usize) -> bool) -> bool {
        let keys = keys(ends.start, ends.end, |bytes, count| bytes & u64::MAX >> (64 - 8 * count));
        self.tables.iter().zip(keys).any(|(table, key)| table.any(key, ends, answer))
    }
}

const KEYS: usize = 5;

/// What patterns are found by: how many bytes of which end. The first that is known of a pattern is its key.
#[inline]
fn keys<T: Copy, K>(start: T, end: T, lowest: impl Fn(T, u32) -> K) -> [K; KEYS] {
    [lowest(end, 8), lowest(start, 8), lowest(end, 3), lowest(start, 3), lowest(end, 2)]
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

/// Patterns by a key, in buckets of a few that lie one after another.
#[derive(Clone, Debug)]
struct Table {
    patterns: Box<[Guarded]>,
    /// Where each bucket begins, and where the last one ends.
    starts: Box<[u32]>,
    /// How far to shift a hash to get the number of its bucket.
    shift: u32,
}

/// A pattern with its key and its gate.
#[derive(Clone, Copy, Debug)]
struct Guarded {
    key: u64,
    gate: Gate,
    number: usize,
}

/// 2^64 divided by the golden ratio: an odd number with no pattern in its bits. Nobody gains from patterns that collide.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Table {
    fn new(patterns: Vec<Guarded>) -> Self {
        // So many buckets that most are empty: most keys that are looked up are in no table.
        let bits = (4 * patterns.len()).max(2).ilog2();
        let mut new = Self { patterns: [].into(), starts: [].into(), shift: u64::BITS - bits };
        let mut starts = vec![0; (1 << bits) + 1];
        patterns.iter().for_each(|pattern| starts[new.bucket(pattern.key) + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut sorted = patterns.clone();
        for pattern in patterns {
            let place = &mut next[new.bucket(pattern.key)];
            sorted[*place as usize] = pattern;
            *place += 1;
        }
        (new.patterns, new.starts) = (sorted.into(), starts.into());
        new
    }

    #[inline]
    fn bucket(&self, key: u64) -> usize {
        (key.wrapping_mul(FACTOR) >> self.shift) as usize
    }

    /// Whether `answer` is true of any pattern that has a key and lets a text with these ends.
    #[inline]
    fn any(&self, key: u64, ends: Ends, answer: &mut impl FnMut(usize) -> bool) -> bool {
        let bucket = self.bucket(key);
        let found = &self.patterns[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        found.iter().any(|pattern| pattern.key == key && pattern.gate.lets(ends) && answer(pattern.number))
    }

    fn is_empty(&self) -> bool {
        self.patterns.is_empty()
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
