//! The order of many texts, found by comparing numbers.

use std::cmp::Ordering;
use std::mem;

use crate::flavour::first_word;

/// A text, and the number that it is sorted by among texts that begin alike.
#[derive(Clone, Copy)]
struct Keyed {
    /// Its next sixteen bytes, the first one highest, with zeros after its end.
    key: [u64; 2],
    /// Its index.
    at: usize,
}

/// Fewer texts that begin alike are compared one by one.
const FEW: usize = 8;

/// Returns the indices of texts without NUL, in the order of their bytes; in that of `compare`, where those are equal.
///
/// Comparing two texts waits for memory, as they lie where they were read. With keys beside the indices, each text is
/// read once for sixteen bytes, and what is sorted is small and lies in one piece.
pub(super) fn by_bytes<'a>(
    count: usize,
    text: impl Fn(usize) -> &'a str,
    compare: impl Fn(usize, usize) -> Ordering,
) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).map(|at| Keyed { key: [0; 2], at }).collect();
    sort(&mut order, 0, &|at| text(at).as_bytes(), &compare);
    order.into_iter().map(|keyed| keyed.at).collect()
}

/// Puts items in an order, which are the indices that they have now.
///
/// It needs no memory for a second copy: the first touch of each page takes longer than all that is done with it.
pub(super) fn apply<T: Copy>(mut order: Vec<usize>, items: &mut [T]) {
    for first in 0..items.len() {
        // Each item goes where the one before it in this circle was.
        let (item, mut at) = (items[first], first);
        loop {
            let from = mem::replace(&mut order[at], at);
            if from == first {
                break;
            }
            items[at] = items[from];
            at = from;
        }
        items[at] = item;
    }
}

/// Sorts texts whose first `start` bytes are the same.
fn sort<'a>(
    order: &mut [Keyed],
    start: usize,
    text: &impl Fn(usize) -> &'a [u8],
    compare: &impl Fn(usize, usize) -> Ordering,
) {
    if order.len() < FEW {
        return order.sort_unstable_by(|left, right| compare(left.at, right.at));
    }
    order.iter_mut().for_each(|keyed| keyed.key = key(&text(keyed.at)[start..]));
    order.sort_unstable_by_key(|keyed| keyed.number());
    for alike in order.chunk_by_mut(|left, right| left.key == right.key) {
        match alike {
            [_] => {}
            [first, ..] if first.ends() => alike.sort_unstable_by(|left, right| compare(left.at, right.at)),
            _ => sort(alike, start + 16, text, compare),
        }
    }
}

impl Keyed {
    fn number(&self) -> u128 {
        u128::from(self.key[0]) << 64 | u128::from(self.key[1])
    }

    /// Whether the key reaches the end of the text.
    fn ends(&self) -> bool {
        self.key[1] & 0xff == 0
    }
}

fn key(text: &[u8]) -> [u64; 2] {
    let (first, second) = text.split_at(text.len().min(8));
    [first_word(first), first_word(second)]
}
