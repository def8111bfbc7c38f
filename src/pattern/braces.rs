//! Reading a pattern: its symbols, and which of its braces are alternatives.

use super::parse::{Lexeme, lexemes};

/// A symbol of a pattern, or the edge of an alternative.
pub(super) enum Item<'a> {
    Symbol(Lexeme<'a>),
    Separator,
    /// `{`, `,` and `}` of a group of alternatives. The first has the index of the last.
    Open(usize),
    Comma,
    Close,
}

/// Reads a pattern that has a group of alternatives: balanced braces with a comma directly in them. Other braces and
/// commas are literal, and so are all in brackets. Returns `None` if there is no group.
pub(super) fn alternatives(pattern: &str, is_separator: fn(char) -> bool) -> Option<Vec<Item<'_>>> {
    if !pattern.contains('{') || !pattern.contains(',') {
        return None;
    }
    let mut items = items(pattern, is_separator);
    mark_groups(&mut items).then_some(items)
}

fn items(pattern: &str, is_separator: fn(char) -> bool) -> Vec<Item<'_>> {
    let mut items = Vec::with_capacity(pattern.len());
    for (at, segment) in pattern.split(is_separator).enumerate() {
        if at > 0 {
            items.push(Item::Separator);
        }
        lexemes(segment).for_each(|lexeme| items.push(Item::Symbol(lexeme)));
    }
    items
}

/// Marks the groups. Returns whether there is one.
fn mark_groups(items: &mut [Item<'_>]) -> bool {
    // The open braces, each with the number of commas before it; and the commas.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut commas: Vec<usize> = Vec::new();
    let mut found = false;
    for at in 0..items.len() {
        let Item::Symbol(Lexeme::Literal(character)) = items[at] else { continue };
        match character {
            '{' => open.push((at, commas.len())),
            ',' if !open.is_empty() => commas.push(at),
            '}' => {
                let Some((opening, outer)) = open.pop() else { continue };
                if commas.len() > outer {
                    items[opening] = Item::Open(at);
                    commas.drain(outer..).for_each(|comma| items[comma] = Item::Comma);
                    items[at] = Item::Close;
                    found = true;
                }
            }
            _ => {}
        }
    }
    found
}
