//! Matching from many places in a text at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::characters::Characters;
use super::places::Places;
use super::tokens::{Case, Token};

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
                None => places.clear(),
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
