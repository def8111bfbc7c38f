//! Where a text has the characters of a range.

use super::fold;
use super::places::Places;
use super::tokens::{Case, Token};

/// The characters of a text, each with the place before it.
pub(super) struct Characters {
    /// The number of places in the text.
    len: usize,
    /// Sorted. If case is ignored, each is also there as the other characters that are the same.
    sorted: Box<[(char, usize)]>,
    /// How many characters make a block.
    block: usize,
    /// The places of each run of 1, 2, 4, ... blocks: two runs make any number of blocks, however long the range is.
    runs: Vec<Box<[Places]>>,
    all: Places,
}

/// The most blocks that a text is cut into, so that the memory is linear in the text.
const BLOCKS: usize = 32;
/// The fewest characters in a block.
const LEAST: usize = 64;

impl Characters {
    pub(super) fn new(len: usize, characters: &[(char, usize)], case: Case) -> Self {
        let mut sorted = characters.to_vec();
        sorted.sort_unstable();
        if case == Case::Insensitive {
            for same in sorted.clone().chunk_by(|(left, _), (right, _)| left == right) {
                fold::any_variant(same[0].0, |variant| {
                    sorted.extend(same.iter().map(|&(_, at)| (variant, at)));
                    false
                });
            }
            sorted.sort_unstable();
        }
        let block = sorted.len().div_ceil(BLOCKS).max(LEAST);
        let mut new = Self { len, sorted: sorted.into(), block, runs: Vec::new(), all: Places::none(len) };
        characters.iter().for_each(|&(_, at)| new.all.insert(at));
        new.runs = new.runs();
        new
    }

    fn runs(&self) -> Vec<Box<[Places]>> {
        let block = |characters: &[(char, usize)]| {
            let mut places = Places::none(self.len);
            characters.iter().for_each(|&(_, at)| places.insert(at));
            places
        };
        let mut runs: Vec<Box<[Places]>> = vec![self.sorted.chunks_exact(self.block).map(block).collect()];
        while let Some(shorter) = runs.last().filter(|last| last.len() > 1 << (runs.len() - 1)) {
            let half = 1 << (runs.len() - 1);
            let longer = shorter.iter().zip(&shorter[half..]).map(|(first, second)| {
                let mut both = first.clone();
                both.add(second);
                both
            });
            runs.push(longer.collect());
        }
        runs
    }

    /// The places before characters that a token matches. Its case must be that of the characters.
    pub(super) fn matched_by(&self, token: &Token) -> Places {
        let mut places = Places::none(self.len);
        match token {
            Token::Any => return self.all.clone(),
            Token::Exact(character) | Token::Letter(character) => self.add_range(*character, *character, &mut places),
            Token::Class(class) => {
                class.ranges.iter().for_each(|&(first, last)| self.add_range(first, last, &mut places));
                if class.negated {
                    places.invert(&self.all);
                }
            }
        }
        places
    }

    /// Adds the places before the characters from one to another.
    fn add_range(&self, first: char, last: char, places: &mut Places) {
        let from = self.sorted.partition_point(|&(character, _)| character < first);
        let to = from + self.sorted[from..].partition_point(|&(character, _)| character <= last);
        let add = |(_, at): &(char, usize), places: &mut Places| places.insert(*at);
        let (first, end) = (from.div_ceil(self.block), to / self.block);
        if first >= end {
            self.sorted[from..to].iter().for_each(|character| add(character, places));
            return;
        }
        self.sorted[from..first * self.block].iter().for_each(|character| add(character, places));
        self.sorted[end * self.block..to].iter().for_each(|character| add(character, places));
        let level = (end - first).ilog2() as usize;
        places.add(&self.runs[level][first]);
        places.add(&self.runs[level][end - (1 << level)]);
    }
}

impl Token {
    /// Whether it matches letters of either case; the tokens of a pattern that do not match single letters do both.
    pub(super) fn case(&self) -> Case {
        match self {
            Self::Exact(_) | Self::Any => Case::Sensitive,
            Self::Letter(_) => Case::Insensitive,
            Self::Class(class) => class.case,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Characters;
    use crate::pattern::tokens::Case;
    use crate::pattern::{parse, random};

    #[test]
    fn ranges_are_the_characters_one_by_one() {
        let mut next = random();
        let letters: Vec<char> = ('A'..='z').chain('À'..='ω').chain(['\u{212a}', 'ſ', '日', 'ẞ']).collect();
        let mut found = 0;
        for round in 0..600 {
            let mut letter = || letters[next(letters.len())];
            let text: Vec<(char, usize)> = (0..[10, 300, 5_000][round % 3]).map(|at| (letter(), at)).collect();
            let [from, to, single] = [(); 3].map(|()| letter());
            let (from, to) = (from.min(to), from.max(to));
            for class in [format!("[{from}-{to}{single}]"), format!("[!{from}-{to}]"), single.to_string()] {
                for case in [Case::Sensitive, Case::Insensitive] {
                    let lexeme = parse::lexemes(&class).next().unwrap();
                    let token = parse::token(&lexeme, case).unwrap();
                    let matched = Characters::new(text.len(), &text, case).matched_by(&token);
                    let expected = text.iter().filter(|(letter, _)| token.matches(*letter)).map(|(_, at)| *at);
                    assert!(matched.iter().eq(expected.clone()), "{class} {case:?}");
                    found += expected.count();
                }
            }
        }
        assert!(found > 100_000, "{found}");
    }
}
