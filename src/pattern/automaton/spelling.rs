//! A pattern with alternatives as it is written: places in the text, and what is read between them.

use super::{Index, Number};
use crate::pattern::braces::Item;
use crate::pattern::normal::Input;
use crate::pattern::tokens::{Case, Token};

/// The places are those before each item and the one at the end. All alternatives of a group begin at the same place and
/// end at the same place, and each step leads to a later one.
pub(super) struct Spelling {
    steps: Vec<Step>,
    tokens: Vec<Token>,
    /// The steps from each place.
    from: Index,
    pub(super) end: Number,
}

pub(super) struct Step {
    from: Number,
    /// What is read, if anything.
    pub(super) input: Option<Input>,
    pub(super) to: Number,
}

/// A group of alternatives that is being read.
struct Group {
    start: Number,
    end: Number,
    may_be_empty: bool,
}

impl Spelling {
    pub(super) fn new(items: &[Item<'_>], case: Case) -> Self {
        let mut steps: Vec<Step> = Vec::with_capacity(items.len());
        let mut tokens = Vec::new();
        let mut current = 0;
        let mut open: Vec<Group> = Vec::new();
        // Whether the last step alone leads to the current place.
        let mut is_inside = false;
        for (item, next) in items.iter().zip(1..) {
            let input = match item {
                Item::Symbol(lexeme) => Input::new(lexeme, case, &mut tokens),
                Item::Separator => Input::Separator,
                Item::Open(close) => {
                    open.push(Group { start: current, end: *close as Number + 1, may_be_empty: false });
                    is_inside = false;
                    continue;
                }
                Item::Comma | Item::Close => {
                    let group = open.last_mut().expect("BUG: commas and ends are in a group");
                    match steps.last_mut() {
                        Some(Step { to, .. }) if is_inside => *to = group.end,
                        // One empty alternative is as good as several.
                        _ if current == group.start && std::mem::replace(&mut group.may_be_empty, true) => {}
                        _ => steps.push(Step { from: current, input: None, to: group.end }),
                    }
                    is_inside = false;
                    current = if matches!(item, Item::Comma) { group.start } else { group.end };
                    if matches!(item, Item::Close) {
                        open.pop();
                    }
                    continue;
                }
            };
            steps.push(Step { from: current, input: Some(input), to: next });
            (current, is_inside) = (next, true);
        }
        let from = Index::new(items.len() + 1, steps.iter().map(|step| step.from));
        Self { steps, tokens, from, end: current }
    }

    pub(super) fn into_tokens(self) -> Vec<Token> {
        self.tokens
    }

    /// The number of places.
    pub(super) fn places(&self) -> usize {
        self.from.starts.len() - 1
    }

    pub(super) fn steps_from(&self, place: Number) -> impl Iterator<Item = &Step> {
        self.from.of(place).iter().map(|&at| &self.steps[at as usize])
    }
}
