//! Sets of places in a text: a bit for each place, 64 in a word.

/// A set of places in a text: bit `n` is the place after the first `n` bytes, in the direction in which the text is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    words: Box<[u64]>,
}

impl Places {
    /// No place of a text with this many bytes, or other units.
    pub(super) fn none(len: usize) -> Self {
        Self { words: vec![0; len / 64 + 1].into() }
    }

    pub(super) fn insert(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    pub(super) fn remove_one(&mut self, at: usize) {
        self.words[at / 64] &= !(1 << (at % 64));
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let rest = |&word: &u64| Some(word & (word - 1)).filter(|&rest| rest != 0);
            let bits = std::iter::successors(Some(word).filter(|&word| word != 0), rest);
            bits.map(move |bits| 64 * at + bits.trailing_zeros() as usize)
        })
    }

    /// Makes this the same set as another one, without new memory.
    pub(super) fn become_same_as(&mut self, other: &Self) {
        self.words.copy_from_slice(&other.words);
    }

    pub(super) fn add(&mut self, others: &Self) {
        self.words.iter_mut().zip(&others.words).for_each(|(word, other)| *word |= other);
    }

    pub(super) fn keep(&mut self, others: &Self) {
        self.words.iter_mut().zip(&others.words).for_each(|(word, other)| *word &= other);
    }

    /// Makes this the others that are not in it.
    pub(super) fn invert(&mut self, others: &Self) {
        self.words.iter_mut().zip(&others.words).for_each(|(word, other)| *word = other & !*word);
    }

    pub(super) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(super) fn remove(&mut self, others: &Self) {
        self.words.iter_mut().zip(&others.words).for_each(|(word, other)| *word &= !other);
    }

    /// Goes on by one from the places that are among `through`, and drops the others.
    pub(super) fn step(&mut self, through: &Self) {
        let mut carry = 0;
        for (word, through) in self.words.iter_mut().zip(&through.words) {
            let stepping = *word & through;
            (*word, carry) = (stepping << 1 | carry, stepping >> 63);
        }
    }

    /// Adds the places that are reached by going on from these, one by one, as long as the places are among `through`.
    pub(super) fn spread(&mut self, through: &Self) {
        let mut carry = false;
        for (word, &through) in self.words.iter_mut().zip(&through.words) {
            // The sum carries from a place through the run of ones that it is in, and to the place after it.
            let (sum, first) = through.overflowing_add(*word & through);
            let (sum, second) = sum.overflowing_add(carry.into());
            *word |= sum ^ through;
            carry = first | second;
        }
    }
}
