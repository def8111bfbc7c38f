//! The normal form of patterns with alternatives, symbol by symbol.
//!
//! A pattern is a path: `./`, doubled separators and separators at the end are dropped, and it may begin with an anchor. Paths
//! are normalized as a whole. Here, each state holds all that matters of the text before it, so alternatives that end in the
//! same state share what follows, and no combination of alternatives is written out. If a decision depends on later text, a
//! state continues in two ways, one of which leads to no pattern.

use super::parse::{self, Lexeme};
use super::tokens::{Case, Token};

/// An input: a symbol of a pattern, or its end.
#[derive(Clone, Copy)]
pub(super) enum Input {
    /// One character of a match, and how it is written. A class is written as several characters.
    One {
        op: Op,
        written: Option<char>,
    },
    /// A run of this many `*`; more than three are three.
    Stars(u8),
    Separator,
    End,
}

/// A step of a match, and what it matches in the path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    /// Nothing.
    Empty,
    /// A character, spelled exactly so.
    Exact(char),
    /// Several of them, by the number of their text.
    Text(u32),
    /// One character that the token with this number matches.
    One(u32),
    /// `*` in a part: any characters of a part.
    Star,
    /// `*` as a whole part: at least one character.
    Part,
    /// `***`, or stars directly after a drive: at least one character if it is matched against a single part, any characters
    /// in a whole path.
    Stars,
    Separator,
    /// `**` and a separator: any number of parts, with a separator after each.
    AnyPath,
    /// `**` at the end.
    AnyEnd,
    /// The part `..`.
    Up,
    /// `.\`, which keeps a name from being read as a drive. It is not a part.
    Guard,
    /// Matches nothing; the text before it is the anchor.
    AnchorEnd,
}

/// What has been read so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    at: At,
    /// Whether a colon is not allowed next: it would make a drive of the character before, which is another state's case.
    no_colon: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum At {
    /// Nothing has been read, and an anchor follows.
    Anchor,
    /// Only this many separators have been read, one or two.
    Root(u8),
    /// One character, and a colon follows.
    Drive,
    /// A drive.
    AfterDrive,
    Share(Share),
    /// No part is open, and none may follow. The flag says whether a separator may.
    Between(Due, bool),
    /// The same, after a `.` that is dropped.
    Dropped(Due),
    /// A part is due.
    Start(First),
    /// This many `*` and nothing else of a part. The flag says whether they are directly after a drive.
    Stars(u8, bool),
    /// `.` or `..`, and nothing else of a part.
    Dots(u8),
    /// The first character after the guard, and a colon follows.
    Guarded,
    Inside,
    /// The same, after a `*`.
    InsideStar,
}

/// What is inserted before the next part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Due {
    /// Nothing, because it is the first.
    Nothing,
    /// Nothing, or the guard, because `./` was dropped.
    Guard,
    /// Nothing, after an anchor.
    Anchor,
    /// Nothing, after a drive without a root.
    Glued,
    Separator,
    AnyPath,
}

impl Due {
    /// How the next part begins, if nothing is inserted before it.
    fn first(self, rules: Rules) -> Option<First> {
        match self {
            Self::Nothing if rules.has_drives => Some(First::Relative),
            Self::Guard if rules.has_drives => Some(First::Guardable),
            Self::Nothing | Self::Guard | Self::Anchor => Some(First::No),
            Self::Glued => Some(First::Glued),
            Self::Separator | Self::AnyPath => None,
        }
    }
}

/// Whether a part is read specially.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum First {
    No,
    /// It must not begin with a drive.
    Relative,
    /// If it begins with a drive, the guard is inserted before it.
    Guardable,
    Glued,
}

/// The place in `\\server\share`, `\\?\device` or `\\?\UNC\server\share`, and what has been read of the current part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Share {
    place: Place,
    stars: u8,
    inside: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// Before the server.
    Start,
    /// `?` as the server, which devices follow.
    Question,
    /// `.` or `?.` as the server.
    Dot,
    Server,
    /// After `?`, this much of `UNC`.
    Unc(u8),
    /// Anything else that follows what is not a server.
    Device,
    Share,
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    State(State),
    /// The end of the pattern, and whether it ended in a separator or was empty.
    End {
        with_separator: bool,
    },
}

/// The rules of a flavour.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) separator: char,
    /// Whether the flavour has drives, and the pattern has a colon. Without one, it has no drive.
    pub(super) has_drives: bool,
}

impl Rules {
    fn has_shares(self) -> bool {
        self.separator == '\\'
    }
}

/// Steps from states at places of a pattern as it is written.
pub(super) struct Steps {
    pub(super) list: Vec<Step>,
    /// The place that steps lead to.
    pub(super) place: u32,
}

/// What is matched, one after another, and where that leads.
pub(super) struct Step {
    pub(super) ops: [Op; 3],
    pub(super) to: To,
    pub(super) place: u32,
}

impl Steps {
    fn push<const COUNT: usize>(&mut self, matched: [Op; COUNT], to: To) {
        let mut ops = [Op::Empty; 3];
        ops[..COUNT].copy_from_slice(&matched);
        self.list.push(Step { ops, to, place: self.place });
    }

    fn go<const COUNT: usize>(&mut self, ops: [Op; COUNT], at: At) {
        self.push(ops, To::State(State::new(at)));
    }

    fn go_in_part<const COUNT: usize>(&mut self, ops: [Op; COUNT], at: At, no_colon: bool) {
        self.push(ops, To::State(State { at, no_colon }));
    }
}

impl Input {
    /// A symbol. Its token is added, unless it is of one character.
    pub(super) fn new(lexeme: &Lexeme<'_>, case: Case, tokens: &mut Vec<Token>) -> Self {
        let written = match *lexeme {
            Lexeme::Star(count) => return Self::Stars(count.min(3) as u8),
            Lexeme::Literal(written) => Some(written),
            Lexeme::Any => Some('?'),
            Lexeme::Class(_) => None,
        };
        let op = match parse::token(lexeme, case) {
            Some(Token::Exact(character)) => Op::Exact(character),
            token => {
                tokens.extend(token);
                Op::One(tokens.len() as u32 - 1)
            }
        };
        Self::One { op, written }
    }
}

impl State {
    /// The start of relative patterns.
    pub(super) const RELATIVE: Self = Self::new(At::Between(Due::Nothing, false));
    /// The start of patterns with an anchor.
    pub(super) const ANCHORED: Self = Self::new(At::Anchor);

    const fn new(at: At) -> Self {
        Self { at, no_colon: false }
    }

    /// Whether only steps that take no input lead to it, so what can follow it in the text can follow the state before it.
    pub(super) fn is_due(self) -> bool {
        matches!(self.at, At::Start(_) | At::Between(Due::Anchor | Due::Glued, false))
    }

    /// The step to another place in the same state.
    pub(super) fn stay(self, steps: &mut Steps) {
        steps.push([], To::State(self));
    }

    /// The steps that take no input.
    pub(super) fn go_on(self, steps: &mut Steps) {
        match self.at {
            At::Root(count) => {
                let second = if count == 2 { Op::Separator } else { Op::Empty };
                steps.go([Op::Separator, second, Op::AnchorEnd], At::Between(Due::Anchor, false));
            }
            At::AfterDrive => steps.go([Op::AnchorEnd], At::Between(Due::Glued, false)),
            At::Between(Due::Separator, _) => steps.go([Op::Separator], At::Start(First::No)),
            At::Between(Due::AnyPath, _) => steps.go([Op::AnyPath], At::Start(First::No)),
            _ => {}
        }
    }

    /// The steps that take an input.
    pub(super) fn read(self, input: Input, rules: Rules, steps: &mut Steps) {
        if self.no_colon && input.is(':') {
            return;
        }
        match (self.at, input) {
            (At::Anchor, Input::Separator) => steps.go([], At::Root(1)),
            (At::Anchor, _) if rules.has_drives => input.one().into_iter().for_each(|op| steps.go([op], At::Drive)),
            (At::Drive, _) if input.is(':') => steps.go([input.op()], At::AfterDrive),
            (At::Root(1), Input::Separator) if rules.has_shares() => {
                let share = Share { place: Place::Start, stars: 0, inside: false };
                steps.go([Op::Separator, Op::Separator], At::Share(share));
            }
            (At::Root(1), Input::Separator) => steps.go([], At::Root(2)),
            // Three separators and more are one.
            (At::Root(_) | At::AfterDrive, Input::Separator) => {
                steps.go([Op::Separator, Op::AnchorEnd], At::Between(Due::Anchor, true));
            }
            (At::Share(share), _) => share.read(input, steps),
            (At::Between(due, _), Input::End) => end_between(due, true, steps),
            (At::Between(due, true), Input::Separator) => steps.go([], At::Between(due, true)),
            (At::Between(due, _), _) => {
                if input.is('.') {
                    steps.go([], At::Dropped(due));
                }
                if let Some(first) = due.first(rules) {
                    Self::new(At::Start(first)).read_part(input, steps);
                }
            }
            (At::Dropped(due), Input::End) => end_between(due, false, steps),
            (At::Dropped(due), Input::Separator) => {
                let due = if due == Due::Nothing { Due::Guard } else { due };
                steps.go([], At::Between(due, true));
            }
            (At::Guarded, _) if input.is(':') => steps.go([input.op()], At::Inside),
            (At::Start(_) | At::Stars(..) | At::Dots(_) | At::Inside | At::InsideStar, _) => {
                self.read_part(input, steps);
            }
            _ => {}
        }
    }

    /// Reads on in a part.
    fn read_part(self, input: Input, steps: &mut Steps) {
        match (self.at, input) {
            (_, Input::Separator | Input::End) => self.end_part(input, steps),
            (At::Start(first), _) => {
                let is_free = matches!(first, First::No | First::Glued);
                if first == First::Guardable {
                    input.one().into_iter().for_each(|op| steps.go_in_part([Op::Guard, op], At::Guarded, false));
                }
                match input {
                    Input::Stars(count) => {
                        steps.go_in_part([], At::Stars(count, first == First::Glued), !is_free && count == 1)
                    }
                    _ if input.is('.') => steps.go_in_part([], At::Dots(1), !is_free),
                    _ => steps.go_in_part([input.op()], At::Inside, !is_free && input.one().is_some()),
                }
            }
            (At::Stars(before, is_glued), Input::Stars(count)) => {
                steps.go_in_part([], At::Stars(3.min(before + count), is_glued), false);
            }
            (At::Stars(..), _) => steps.go_in_part([Op::Star, input.op()], At::Inside, false),
            (At::Dots(1), _) if input.is('.') => steps.go_in_part([], At::Dots(2), false),
            (At::Dots(count), _) => {
                let dot = Op::Exact('.');
                let second = if count == 2 { dot } else { Op::Empty };
                steps.go_in_part([dot, second, input.op()], input.inside(), false);
            }
            (At::InsideStar, Input::Stars(_)) => steps.go_in_part([], At::InsideStar, false),
            _ => steps.go_in_part([input.op()], input.inside(), false),
        }
    }

    /// Ends a part that is kept; another state handles one that is dropped.
    fn end_part(self, input: Input, steps: &mut Steps) {
        let is_end = matches!(input, Input::End);
        let (op, due) = match self.at {
            At::Stars(2, false) => match is_end {
                true => (Op::AnyEnd, Due::Separator),
                false => (Op::Empty, Due::AnyPath),
            },
            At::Stars(1, false) => (Op::Part, Due::Separator),
            At::Stars(..) => (Op::Stars, Due::Separator),
            At::Dots(2) => (Op::Up, Due::Separator),
            At::Inside | At::InsideStar => (Op::Empty, Due::Separator),
            _ => return,
        };
        let to = match is_end {
            true => To::End { with_separator: false },
            false => To::State(Self::new(At::Between(due, true))),
        };
        steps.push([op], to);
    }
}

/// Ends a pattern after a separator, or after a part that was dropped.
fn end_between(due: Due, with_separator: bool, steps: &mut Steps) {
    let op = if due == Due::AnyPath { Op::AnyEnd } else { Op::Empty };
    steps.push([op], To::End { with_separator });
}

impl Input {
    /// Whether it is written as this character, even if that is a wildcard.
    fn is(self, character: char) -> bool {
        matches!(self, Self::One { written, .. } if written == Some(character))
    }

    fn op(self) -> Op {
        match self {
            Self::One { op, .. } => op,
            Self::Stars(_) => Op::Star,
            Self::Separator => Op::Separator,
            Self::End => Op::Empty,
        }
    }

    /// The step, if the input is written as one character, as a drive letter is.
    fn one(self) -> Option<Op> {
        match self {
            Self::Stars(1) => Some(Op::Star),
            Self::One { written: Some(_), .. } => Some(self.op()),
            _ => None,
        }
    }

    /// Where it leads in a part.
    fn inside(self) -> At {
        if matches!(self, Self::Stars(_)) { At::InsideStar } else { At::Inside }
    }
}

impl Share {
    /// In a share or device, no separator and no dot is dropped.
    fn read(self, input: Input, steps: &mut Steps) {
        let to = |share: Self| To::State(State::new(At::Share(share)));
        match input {
            Input::Separator => {
                let [part, separator] = self.end_part(false);
                match self.place.next() {
                    Some(place) => steps.push([part, separator], to(Self { place, stars: 0, inside: false })),
                    None => steps.go([part, separator, Op::AnchorEnd], At::Between(Due::Anchor, true)),
                }
            }
            Input::End => {
                let is_last = !self.gets_root();
                // If last parts are matched, an anchor is one of them; `**` in it then matches any text within one part.
                let in_one_part = (is_last && self.stars == 2).then_some([Op::Star, Op::Empty]);
                for [part, separator] in [self.end_part(is_last)].into_iter().chain(in_one_part) {
                    steps.push([part, separator, Op::AnchorEnd], To::End { with_separator: false });
                }
            }
            Input::Stars(count) if !self.inside => {
                let stars = 3.min(self.stars + count);
                steps.push([], to(Self { place: self.place.with(input), stars, inside: false }));
            }
            _ => {
                let star = if self.stars > 0 { Op::Star } else { Op::Empty };
                steps.push([star, input.op()], to(Self { place: self.place.with(input), stars: 0, inside: true }));
            }
        }
    }

    /// What ends the current part, with the separator after it unless it is the last of all.
    fn end_part(self, is_last: bool) -> [Op; 2] {
        let separator = if is_last { Op::Empty } else { Op::Separator };
        match self.stars {
            0 => [Op::Empty, separator],
            1 => [Op::Part, separator],
            2 if is_last => [Op::AnyEnd, Op::Empty],
            2 => [Op::AnyPath, Op::Empty],
            _ => [Op::Star, separator],
        }
    }

    /// Whether it is a complete share, which has a root even if none is written.
    fn gets_root(self) -> bool {
        let is_empty = self.stars == 0 && !self.inside;
        self.place == Place::Share && !is_empty
    }
}

impl Place {
    fn with(self, input: Input) -> Self {
        let written = if let Input::One { written: Some(written), .. } = input { written } else { '*' };
        match (self, written.to_ascii_uppercase()) {
            (Self::Start, '?') => Self::Question,
            (Self::Start | Self::Question, '.') => Self::Dot,
            (Self::Start | Self::Question | Self::Dot | Self::Server, _) => Self::Server,
            (Self::Unc(0), 'U') => Self::Unc(1),
            (Self::Unc(1), 'N') => Self::Unc(2),
            (Self::Unc(2), 'C') => Self::Unc(3),
            (Self::Unc(_) | Self::Device, _) => Self::Device,
            (Self::Share, _) => Self::Share,
        }
    }

    /// Where a separator leads, unless it is the root.
    fn next(self) -> Option<Self> {
        match self {
            Self::Start | Self::Dot => Some(Self::Device),
            Self::Question => Some(Self::Unc(0)),
            Self::Unc(3) => Some(Self::Server),
            Self::Server => Some(Self::Share),
            Self::Unc(_) | Self::Device | Self::Share => None,
        }
    }
}
