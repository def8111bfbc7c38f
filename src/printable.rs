//! Text that is safe on a terminal: characters that it would act on are escaped.

use std::borrow::Cow;

/// A text for one line on a terminal: see [`Path::printable`](crate::Path::printable).
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let Some((plain, _)) = text.char_indices().find(|(_, character)| is_acted_on(*character)) else {
        return text.into();
    };
    let mut shown = String::with_capacity(text.len() + 8);
    shown.push_str(&text[..plain]);
    for character in text[plain..].chars() {
        match is_acted_on(character) {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown.into()
}

/// Whether a terminal does something else with a character than to show it: it moves the cursor, begins an escape
/// sequence, starts a line, or shows what follows in another order.
fn is_acted_on(character: char) -> bool {
    // The marks of Unicode's bidirectional algorithm (UAX #9, table 4).
    let is_bidi = matches!(
        character,
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let is_line_end = matches!(character, '\u{2028}' | '\u{2029}');
    // C0, DEL and C1.
    character.is_control() || is_bidi || is_line_end
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_a_terminal_acts_on_is_escaped() {
        for (raw, shown) in [
            ("plain é 日本 👩\u{200d}🚀 cafe\u{301}", "plain é 日本 👩\u{200d}🚀 cafe\u{301}"),
            ("", ""),
            ("two\nlines\r\t", "two\\nlines\\r\\t"),
            ("\u{1b}[2J\u{7}\u{8}\0", "\\u{1b}[2J\\u{7}\\u{8}\\u{0}"),
            ("\u{7f}\u{80}\u{9b}1m\u{9f}\u{85}", "\\u{7f}\\u{80}\\u{9b}1m\\u{9f}\\u{85}"),
            ("a\u{202e}gpj.exe", "a\\u{202e}gpj.exe"),
            ("\u{202a}\u{202b}\u{202c}\u{202d}", "\\u{202a}\\u{202b}\\u{202c}\\u{202d}"),
            ("\u{2066}\u{2067}\u{2068}\u{2069}", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}"),
            ("\u{61c}\u{200e}\u{200f}", "\\u{61c}\\u{200e}\\u{200f}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{2027}\u{202f}\u{2065}\u{206a}\u{a0}", "\u{2027}\u{202f}\u{2065}\u{206a}\u{a0}"),
        ] {
            assert_eq!(printable(raw), shown);
        }
    }
}
