//! Matching from many places in a text at once: a bit for each place, 64 in a word.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::characters::Characters;
use super::tokens::{Case, Token};

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

    fn remove(&mut self, others: &Self) {
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

/// A text that is read in one direction, and what is read from each place on.
pub(super) struct Scan<'a> {
    len: usize,
    /// The places before each byte that the text has.
    bytes: Box<[Option<Places>]>,
    /// The characters with the places before them; without separators.
    characters: Vec<(char, usize)>,
    /// The same, to be found: the tokens of a pattern are of one case.
    found: Option<(Case, Characters)>,
    /// All places except the last one.
    anywhere: Places,
    /// The places before bytes other than separators, and all others.
    in_part: Places,
    part_ends: Places,
    in_character: Places,
    /// The places before characters that a token matches.
    tokens: HashMap<&'a Token, Places>,
}

/// How much memory the places of tokens may take, in words. Most patterns have few different tokens.
const MOST_WORDS: usize = 1 << 17;

impl<'a> Scan<'a> {
    /// One part, read from its start.
    pub(super) fn of_name(name: &str) -> Self {
        Self::new(name.len(), name.bytes(), name.chars(), None)
    }

    /// A path, read from its end.
    pub(super) fn backwards(path: &str, separator: u8) -> Self {
        Self::new(path.len(), path.bytes().rev(), path.chars().rev(), Some(separator))
    }

    fn new(
        len: usize,
        bytes: impl Iterator<Item = u8>,
        text: impl Iterator<Item = char>,
        separator: Option<u8>,
    ) -> Self {
        let [mut anywhere, mut in_part, mut part_ends, mut in_character] = [(); 4].map(|()| Places::none(len));
        let mut places_of_bytes = vec![None; 256];
        for (at, byte) in bytes.enumerate() {
            places_of_bytes[usize::from(byte)].get_or_insert_with(|| Places::none(len)).insert(at);
            anywhere.insert(at);
            if Some(byte) == separator { &mut part_ends } else { &mut in_part }.insert(at);
        }
        part_ends.insert(len);
        let mut characters = Vec::with_capacity(len);
        let mut at = 0;
        for character in text {
            let end = at + character.len_utf8();
            if Some(character) != separator.map(char::from) {
                characters.push((character, at));
            }
            (at + 1..end).for_each(|inside| in_character.insert(inside));
            at = end;
        }
        let (bytes, tokens) = (places_of_bytes.into(), HashMap::new());
        Self { len, bytes, characters, found: None, anywhere, in_part, part_ends, in_character, tokens }
    }

    /// No place.
    pub(super) fn none(&self) -> Places {
        Places::none(self.len)
    }

    /// All places before a character.
    pub(super) fn all(&self) -> Places {
        let mut all = self.anywhere.clone();
        all.remove(&self.in_character);
        all
    }

    pub(super) fn only(&self, at: usize) -> Places {
        let mut only = self.none();
        only.insert(at);
        only
    }

    /// Goes on behind bytes, from where they follow.
    pub(super) fn take_bytes(&self, places: &mut Places, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            match &self.bytes[usize::from(byte)] {
                Some(before) => places.step(before),
                None => places.words.fill(0),
            }
            if places.is_empty() {
                return;
            }
        }
    }

    /// Goes on behind one character, from where the token matches it.
    pub(super) fn take_one(&mut self, places: &mut Places, token: &'a Token) {
        places.step(self.before(token));
        places.spread(&self.in_character);
        places.remove(&self.in_character);
    }

    /// Goes on behind any characters of a part, or none.
    pub(super) fn take_any(&self, places: &mut Places) {
        places.spread(&self.in_part);
        places.remove(&self.in_character);
    }

    /// Goes on behind a byte of a part, even inside a character.
    pub(super) fn take_byte(&self, places: &mut Places) {
        places.step(&self.in_part);
    }

    /// Goes on behind any byte.
    pub(super) fn leave(&self, places: &mut Places) {
        places.step(&self.anywhere);
    }

    /// Goes on to the end of the part.
    pub(super) fn take_part(&self, places: &mut Places) {
        places.spread(&self.in_part);
        places.keep(&self.part_ends);
    }

    /// Goes on to the end of the part, and of each one after it.
    pub(super) fn take_parts(&self, places: &mut Places) {
        places.spread(&self.anywhere);
        places.keep(&self.part_ends);
    }

    /// The places before characters that a token matches.
    fn before(&mut self, token: &'a Token) -> &Places {
        if self.tokens.len() * (self.len / 64 + 1) > MOST_WORDS {
            self.tokens.clear();
        }
        match self.tokens.entry(token) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let case = token.case();
                if self.found.as_ref().is_none_or(|(found, _)| *found != case && !matches!(token, Token::Any)) {
                    self.found = Some((case, Characters::new(self.len, &self.characters, case)));
                }
                let (_, characters) = self.found.as_ref().expect("BUG: it was just made");
                new.insert(characters.matched_by(token))
            }
        }
    }
}
