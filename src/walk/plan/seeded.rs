//! A hash that is faster than std's for short texts and numbers, for tables that are made anew for each plan.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::flavour::first_word;

/// Makes hashers with a seed of its own, so that nobody can choose patterns whose hashes are the same.
pub(super) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Multiplies by a number, and folds the product: its upper half depends on all bits that its lower half forgets.
pub(super) struct Folded(u64);

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|&word| self.write_u64(u64::from_le_bytes(word)));
        self.write_u64(first_word(rest));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        /// 2^64 divided by the golden ratio: an odd number with no pattern in its bits.
        const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;

        let product = u128::from(self.0 ^ number) * FACTOR;
        self.0 = product as u64 ^ (product >> u64::BITS) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_have_hashes_of_their_own_that_the_seed_decides() {
        let texts: Vec<_> = (0..10_000).map(|number| format!("name{number}.txt")).collect();
        let hashes = |seeded: &Seeded| texts.iter().map(|text| seeded.hash_one(text)).collect::<HashSet<_>>();
        let [first, second] = [Seeded::default(), Seeded::default()].map(|seeded| hashes(&seeded));
        assert_eq!([first.len(), second.len()], [texts.len(); 2]);
        assert!(first.is_disjoint(&second));
        // A table takes the lowest bits, and tells apart by the highest.
        let [lowest, highest] = [0, u64::BITS - 12]
            .map(|shift| first.iter().map(|hash| hash >> shift & 0xfff).collect::<HashSet<_>>().len());
        assert!(lowest > 3_500 && highest > 3_500, "{lowest} and {highest} of 4,096 are taken");
    }
}
