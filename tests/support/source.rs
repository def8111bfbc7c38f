//! The sources of the crate, as far as tests look at them.

use std::path::Path;

/// A file of the crate, without what only tests compile.
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) module: Vec<String>,
    pub(crate) tokens: Vec<Token>,
}

impl Source {
    pub(crate) fn new(file: &str, text: &str) -> Self {
        let module = file.strip_prefix("src/").unwrap().strip_suffix(".rs").unwrap();
        let module = module.split('/').filter(|name| *name != "lib").map(str::to_owned).collect();
        Self { file: file.to_owned(), module, tokens: without_tests(tokens(text)) }
    }
}

/// All files of the crate but those that hold nothing but tests.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut directories = vec![root.join("src")];
    while let Some(directory) = directories.pop() {
        for entry in directory.read_dir().unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap();
            if path.is_dir() {
                directories.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("_tests.rs") {
                let file = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                sources.push(Source::new(&file, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort_by(|left, right| left.file.cmp(&right.file));
    assert!(sources.len() > 50, "this is not the crate");
    sources
}

/// A name, `::`, a literal, or any other character.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// Without items that only tests compile.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !is_test_attribute(&tokens[at..]) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        // The item ends with a semicolon or a block, outside all brackets.
        let mut depth = 0;
        loop {
            match &*tokens[at].text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" => depth -= 1,
                "}" => {
                    depth -= 1;
                    if depth == 0 && !is_in_use(&kept, &tokens, at) {
                        break;
                    }
                }
                ";" if depth == 0 => break,
                _ => {}
            }
            at += 1;
        }
        at += 1;
    }
    kept
}

/// Whether a brace closes a tree of `use`, behind which the semicolon comes.
fn is_in_use(_: &[Token], tokens: &[Token], brace: usize) -> bool {
    tokens.get(brace + 1).is_some_and(|next| next.text == ";")
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    let begins = |start: &[&str]| {
        tokens.len() > start.len() && tokens.iter().zip(start).all(|(token, text)| token.text == *text)
    };
    begins(&["#", "[", "cfg", "(", "test", ")"]) || begins(&["#", "[", "cfg", "(", "all", "(", "test"])
}

/// The tokens of a source, without comments.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let len = if let Some(len) = comment_len(rest) {
            len
        } else if let Some(len) = literal_len(rest) {
            tokens.push(Token { text: rest[..len].to_owned(), line });
            len
        } else if is_name(first) {
            let len = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            tokens.push(Token { text: rest[..len].to_owned(), line });
            len
        } else {
            let len = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push(Token { text: rest[..len].to_owned(), line });
            }
            len
        };
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    tokens
}

fn comment_len(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let mut rest = text.strip_prefix("/*")?;
    let mut depth = 1;
    while depth > 0 {
        let at = rest.find(['*', '/'])?;
        match &rest[at..] {
            more if more.starts_with("*/") => (depth, rest) = (depth - 1, &more[2..]),
            more if more.starts_with("/*") => (depth, rest) = (depth + 1, &more[2..]),
            more => rest = &more[1..],
        }
    }
    Some(text.len() - rest.len())
}

/// The length of a string, a character or a lifetime, whatever its prefix.
fn literal_len(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c', 'r']);
    let prefix = text.len() - body.len();
    if text[..prefix].contains('r') {
        let fence = body.len() - body.trim_start_matches('#').len();
        let end = format!("\"{}", &body[..fence]);
        let content = body[fence..].strip_prefix('"')?;
        return Some(text.len() - content.len() + content.find(&end)? + end.len());
    }
    let quote = body.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let mut characters = body.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            _ if character == quote => return Some(prefix + at + 1),
            // A lifetime has no second quote: its name is not one either.
            _ if quote == '\'' && at == 1 && !body[1 + character.len_utf8()..].starts_with('\'') => {
                return Some(prefix + 1);
            }
            _ => {}
        }
    }
    None
}
