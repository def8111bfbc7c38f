//! The globs of gitignore, to the letter as git's `wildmatch` has them: bytes, classes by name, `**` only as a part.

/// A glob without the literal text that it begins with.
pub(super) struct Glob(Vec<Token>);

enum Token {
    Byte(u8),
    /// `?`: any byte except a separator.
    One,
    Class(Class),
    /// `*`: any bytes except separators.
    Star,
    /// `**`: any bytes.
    Stars,
    /// Begins `**/`: the next two tokens, which are that, may be left out.
    Maybe,
}

/// The bytes of a class: one bit for each.
type Class = [u64; 4];

impl Glob {
    /// Compiles a glob; `None` if nothing matches it, as a class is not closed or a backslash is the last byte.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at += 1;
            match byte {
                b'?' => tokens.push(Token::One),
                b'*' => at = push_stars(text, at - 1, &mut tokens),
                b'[' => {
                    let (class, end) = parse_class(text, at)?;
                    tokens.push(Token::Class(class));
                    at = end;
                }
                b'\\' => {
                    tokens.push(Token::Byte(*text.get(at)?));
                    at += 1;
                }
                _ => tokens.push(Token::Byte(byte)),
            }
        }
        Some(Self(tokens))
    }

    /// Whether the glob matches all of a text. Takes time in proportion to the product of both lengths at most.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        // Which tokens may be next; one more for the end.
        let mut states = vec![false; self.0.len() + 1];
        states[0] = true;
        self.skip_what_may_be_empty(&mut states);
        for &byte in text {
            self.take(&mut states, byte);
            self.skip_what_may_be_empty(&mut states);
        }
        states[self.0.len()]
    }

    fn skip_what_may_be_empty(&self, states: &mut [bool]) {
        for (at, token) in self.0.iter().enumerate() {
            if states[at] {
                match token {
                    Token::Star | Token::Stars => states[at + 1] = true,
                    Token::Maybe => {
                        states[at + 1] = true;
                        states[at + 3] = true;
                    }
                    _ => {}
                }
            }
        }
    }

    fn take(&self, states: &mut [bool], byte: u8) {
        // From the end, as a token leads to the next one.
        states[self.0.len()] = false;
        for (at, token) in self.0.iter().enumerate().rev() {
            if !std::mem::take(&mut states[at]) {
                continue;
            }
            match token {
                Token::Byte(expected) => states[at + 1] |= *expected == byte,
                Token::One => states[at + 1] |= byte != b'/',
                Token::Class(class) => states[at + 1] |= byte != b'/' && has(class, byte),
                Token::Star => states[at] = byte != b'/',
                Token::Stars => states[at] = true,
                Token::Maybe => {}
            }
        }
    }
}

/// Reads the stars that begin at a place; returns the place after them.
fn push_stars(text: &[u8], start: usize, tokens: &mut Vec<Token>) -> usize {
    let end = text[start..].iter().position(|&byte| byte != b'*').map_or(text.len(), |count| start + count);
    let begins_part = start == 0 || text[start - 1] == b'/';
    let rest = &text[end..];
    let ends_part = rest.is_empty() || rest.starts_with(b"/") || rest.starts_with(b"\\/");
    if end - start == 1 || !begins_part || !ends_part {
        tokens.push(Token::Star);
        return end;
    }
    if !rest.starts_with(b"/") {
        tokens.push(Token::Stars);
        return end;
    }
    tokens.extend([Token::Maybe, Token::Stars, Token::Byte(b'/')]);
    end + 1
}

/// Reads a class, from after its `[`; returns it and the place after its `]`.
fn parse_class(text: &[u8], mut at: usize) -> Option<(Class, usize)> {
    let mut class = Class::default();
    let is_negated = matches!(text.get(at)?, b'!' | b'^');
    at += usize::from(is_negated);
    // What a range may begin with.
    let mut before = None;
    // A `]` at once is a member.
    loop {
        let byte = *text.get(at)?;
        match (byte, before) {
            (b'\\', _) => {
                at += 1;
                let escaped = *text.get(at)?;
                add(&mut class, escaped);
                before = Some(escaped);
            }
            (b'-', Some(first)) if text.get(at + 1).is_some_and(|&next| next != b']') => {
                at += 1;
                if text[at] == b'\\' {
                    at += 1;
                }
                let last = *text.get(at)?;
                (first..=last).for_each(|byte| add(&mut class, byte));
                before = None;
            }
            (b'[', _) if text.get(at + 1) == Some(&b':') => {
                let end = at + text[at..].iter().position(|&byte| byte == b']')?;
                match text[at + 2..end].strip_suffix(b":") {
                    Some(name) => {
                        let is_member = named(name)?;
                        (0..=u8::MAX).filter(is_member).for_each(|byte| add(&mut class, byte));
                        at = end;
                        before = None;
                    }
                    None => {
                        add(&mut class, b'[');
                        before = Some(b'[');
                    }
                }
            }
            _ => {
                add(&mut class, byte);
                before = Some(byte);
            }
        }
        at += 1;
        if *text.get(at)? == b']' {
            break;
        }
    }
    if is_negated {
        class = class.map(|bits| !bits);
    }
    Some((class, at + 1))
}

fn add(class: &mut Class, byte: u8) {
    class[usize::from(byte / 64)] |= 1 << (byte % 64);
}

fn has(class: &Class, byte: u8) -> bool {
    class[usize::from(byte / 64)] & (1 << (byte % 64)) != 0
}

/// What a class of POSIX holds, of ASCII.
fn named(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |byte| matches!(byte, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |byte| matches!(byte, b' ' | b'\t'..=b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}
