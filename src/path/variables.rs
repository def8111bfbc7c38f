//! Variables in the text of a path.

use std::borrow::Cow;

use crate::flavour::Rules;

/// What stands at the start of a text.
enum Piece<'a> {
    /// A variable of this name.
    Variable(&'a str),
    /// Text that stays as it is, or that one character stands for.
    Text(&'a str),
}

/// The text with its variables replaced by what `value` says; those without a value stay.
pub(crate) fn expand<'a, R: Rules, E>(
    text: &'a str,
    mut value: impl FnMut(&str) -> Result<Option<String>, E>,
) -> Result<Cow<'a, str>, E> {
    let mut expanded = String::new();
    let mut rest = text;
    let mut changed = false;
    while !rest.is_empty() {
        let (piece, len) = first_piece(rest, R::PERCENT_VARIABLES);
        let (source, behind) = rest.split_at(len);
        let new = match piece {
            Piece::Variable(name) => value(name)?.map_or(Cow::Borrowed(source), Cow::Owned),
            Piece::Text(text) => Cow::Borrowed(text),
        };
        changed |= new != source;
        expanded.push_str(&new);
        rest = behind;
    }
    Ok(if changed { Cow::Owned(expanded) } else { Cow::Borrowed(text) })
}

/// The piece at the start, and how long it is in the text.
fn first_piece(text: &str, percent: bool) -> (Piece<'_>, usize) {
    let as_it_is = |len| (Piece::Text(&text[..len]), len);
    match text.as_bytes()[0] {
        b'$' => dollar(text, percent),
        b'%' if percent => match text[1..].find('%') {
            Some(0) => (Piece::Text("%"), 2),
            Some(end) => (Piece::Variable(&text[1..=end]), end + 2),
            None => as_it_is(text.len()),
        },
        b'\'' if percent => as_it_is(text[1..].find('\'').map_or(text.len(), |end| end + 2)),
        _ => {
            let special = |character| character == '$' || percent && matches!(character, '%' | '\'');
            as_it_is(text.find(special).unwrap_or(text.len()))
        }
    }
}

fn dollar(text: &str, percent: bool) -> (Piece<'_>, usize) {
    let behind = &text[1..];
    if let Some(braced) = behind.strip_prefix('{') {
        return match braced.find('}') {
            Some(end) => (Piece::Variable(&braced[..end]), end + 3),
            None => (Piece::Text(text), text.len()),
        };
    }
    if percent && behind.starts_with('$') {
        return (Piece::Text("$"), 2);
    }
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || percent && byte == b'-';
    match behind.bytes().position(|byte| !in_name(byte)).unwrap_or(behind.len()) {
        0 => (Piece::Text("$"), 1),
        end => (Piece::Variable(&behind[..end]), end + 1),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::flavour::{Posix, Windows};

    fn expanded<R: Rules>(text: &str) -> Cow<'_, str> {
        let value = |name: &str| match name {
            "a" => Some("A".to_owned()),
            "b_1" => Some("$a".to_owned()),
            "x-y" => Some("XY".to_owned()),
            "é" => Some("E".to_owned()),
            _ => None,
        };
        expand::<R, Infallible>(text, |name| Ok(value(name))).unwrap()
    }

    /// The answers are those of CPython 3.15's `posixpath.expandvars` and `ntpath.expandvars`.
    #[test]
    fn variables_are_those_of_python() {
        let cases = [
            ("", "", ""),
            ("x", "x", "x"),
            ("$a", "A", "A"),
            ("$a/${a}x${b_1}", "A/Ax$a", "A/Ax$a"),
            ("$no/${no}/$", "$no/${no}/$", "$no/${no}/$"),
            ("$ab", "$ab", "$ab"),
            ("${a", "${a", "${a"),
            ("${}$a", "${}A", "${}A"),
            ("${é}$é", "E$é", "E$é"),
            ("$$a", "$A", "$a"),
            ("$x-y", "$x-y", "XY"),
            ("${x-y}", "XY", "XY"),
            ("%a%", "%a%", "A"),
            ("%a", "%a", "%a"),
            ("%%a%%", "%%a%%", "%a%"),
            ("%no%a%", "%no%a%", "%no%a%"),
            ("%no%%a%", "%no%%a%", "%no%A"),
            ("'$a'$a", "'A'A", "'$a'A"),
            ("'$a", "'A", "'$a"),
            ("%$a%", "%A%", "%$a%"),
        ];
        for (text, posix, windows) in cases {
            assert_eq!(expanded::<Posix>(text), posix, "{text}");
            assert_eq!(expanded::<Windows>(text), windows, "{text}");
        }
    }
}
