//! Finding the first place in a name where tokens fit.

use super::scan::Scan;
use super::tokens::Token;

/// The name after the first place where all tokens fit, one after another.
///
/// At most places the first or second token does not fit, so it is fastest to try one place after another. For tokens such
/// as `aaab` in a name such as `aaaa`, that would take the product of both lengths, so then an algorithm is used that
/// remembers what fitted.
pub(super) fn skip_first<'a>(tokens: &[Token], name: &'a str) -> Option<&'a str> {
    let mut effort = 4 * name.len();
    // Each token takes at least one byte.
    let places = (name.len() + 1).saturating_sub(tokens.len());
    for (at, _) in name.char_indices().take_while(|(at, _)| *at < places) {
        let mut rest = name[at..].chars();
        let fitting = tokens.iter().take_while(|token| rest.next().is_some_and(|c| token.matches(c))).count();
        if fitting == tokens.len() {
            return Some(rest.as_str());
        }
        match effort.checked_sub(fitting) {
            Some(left) => effort = left,
            None => {
                return match letters(tokens) {
                    Some(letters) => skip_first_letters(tokens, &letters, &name[at..]),
                    None => skip_first_at_once(tokens, &name[at..]),
                };
            }
        }
    }
    None
}

/// The characters of tokens, if each is one.
fn letters(tokens: &[Token]) -> Option<Vec<char>> {
    let letter = |token: &Token| match token {
        Token::Exact(letter) | Token::Letter(letter) => Some(*letter),
        Token::Any | Token::Class(_) => None,
    };
    tokens.iter().map(letter).collect()
}

/// The same for tokens that are letters, in linear time: the algorithm of Knuth, Morris and Pratt. It requires that two
/// letters which both match a third match each other, also if case is ignored.
fn skip_first_letters<'a>(tokens: &[Token], letters: &[char], name: &'a str) -> Option<&'a str> {
    // For each number of letters that fit, the length of their longest proper suffix that is also a prefix of the tokens.
    let mut shorter = vec![0; letters.len() + 1];
    let mut fitting = 0;
    for end in 1..letters.len() {
        fitting = one_more(tokens, &shorter, fitting, letters[end]);
        shorter[end + 1] = fitting;
    }
    fitting = 0;
    for (at, character) in name.char_indices() {
        fitting = one_more(tokens, &shorter, fitting, character);
        if fitting == tokens.len() {
            return Some(&name[at + character.len_utf8()..]);
        }
    }
    None
}

/// The number of tokens that fit after one more character.
fn one_more(tokens: &[Token], shorter: &[usize], mut fitting: usize, character: char) -> usize {
    while !tokens[fitting].matches(character) {
        if fitting == 0 {
            return 0;
        }
        fitting = shorter[fitting];
    }
    fitting + 1
}

/// The same from all places at once.
fn skip_first_at_once<'a>(tokens: &[Token], name: &'a str) -> Option<&'a str> {
    let mut scan = Scan::of_name(name);
    let mut places = scan.all();
    for token in tokens {
        scan.take_one(&mut places, token);
        if places.is_empty() {
            return None;
        }
    }
    places.iter().next().map(|first| &name[first..])
}

#[cfg(test)]
mod tests {
    use super::{letters, skip_first, skip_first_at_once, skip_first_letters};
    use crate::pattern::random;
    use crate::pattern::tokens::Token;

    /// Tokens and names of two letters, of all lengths around those of a word.
    #[test]
    fn all_places_at_once_are_one_after_another() {
        let mut next = random();
        let (mut found, mut not_found) = (0, 0);
        for round in 0..4_000 {
            let len = [1, 2, 3, 63, 64, 65, 128, 130][round % 8];
            let name: String = (0..200).map(|_| if next(8) == 0 { 'é' } else { 'a' }).collect();
            let start = next(210);
            let mut tokens: Vec<_> =
                name.chars().chain("aéa".chars().cycle()).skip(start).take(len).map(Token::Exact).collect();
            for _ in 0..[0, len / 2][round / 8 % 2] {
                tokens[next(len)] = Token::Any;
            }
            let rest = skip_first(&tokens, &name);
            assert_eq!(skip_first_at_once(&tokens, &name), rest, "{tokens:?} {name}");
            if let Some(letters) = letters(&tokens) {
                assert_eq!(skip_first_letters(&tokens, &letters, &name), rest, "{tokens:?} {name}");
            }
            *if rest.is_some() { &mut found } else { &mut not_found } += 1;
        }
        assert!(found > 500 && not_found > 500, "{found} {not_found}");
    }
}
