//! What CPython's `os.path` and its URIs answer, by their rules, on the text as it was given.
//!
//! Where our answers differ on purpose, the conformance test states both with these: pathlib's from the text, ours
//! from the text in normal form. Nothing of the crate is used but that form.

/// What separates parts in a text of a flavour.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Os {
    Posix,
    Windows,
}

impl Os {
    pub(crate) fn separators(self) -> &'static [char] {
        match self {
            Self::Posix => &['/'],
            Self::Windows => &['\\', '/'],
        }
    }
}

/// `ntpath.splitroot`, of text whose separators are `\`: drive, root and the rest.
pub(crate) fn nt_splitroot(text: &str) -> (&str, &str, &str) {
    let cut = |drive: usize| {
        let root = usize::from(text[drive..].starts_with('\\'));
        (&text[..drive], &text[drive..drive + root], &text[drive + root..])
    };
    if text.starts_with(r"\\") {
        let is_unc = text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(r"\\?\UNC\"));
        let start = if is_unc { 8 } else { 2 };
        let mut ends = text[start..].match_indices('\\').map(|(at, _)| start + at);
        return cut(ends.nth(1).unwrap_or(text.len()));
    }
    let is_drive = !text.starts_with('\\') && text.chars().nth(1) == Some(':');
    cut(if is_drive { text.chars().next().map_or(0, char::len_utf8) + 1 } else { 0 })
}

pub(crate) fn backslashed(text: &str) -> String {
    text.replace('/', r"\")
}

/// `ntpath.join`.
pub(crate) fn nt_join<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let ends_in = |text: &str, characters: &[char]| text.ends_with(characters);
    let mut texts = texts.into_iter();
    let split = |text: &str| {
        // The separators stay as they are, as in Python; `splitroot` only counts characters.
        let slashed = backslashed(text);
        let (drive, root, _) = nt_splitroot(&slashed);
        let (drive, root) = (drive.len(), drive.len() + root.len());
        (text[..drive].to_owned(), text[drive..root].to_owned(), text[root..].to_owned())
    };
    let (mut drive, mut root, mut rest) = split(texts.next().unwrap_or_default());
    for text in texts {
        let (its_drive, its_root, its_rest) = split(text);
        if !its_root.is_empty() {
            if !its_drive.is_empty() || drive.is_empty() {
                drive = its_drive;
            }
            (root, rest) = (its_root, its_rest);
            continue;
        }
        if !its_drive.is_empty() && its_drive != drive {
            if its_drive.to_lowercase() != drive.to_lowercase() {
                (drive, root, rest) = (its_drive, its_root, its_rest);
                continue;
            }
            drive = its_drive;
        }
        if !rest.is_empty() && !ends_in(&rest, &['\\', '/']) {
            rest.push('\\');
        }
        rest.push_str(&its_rest);
    }
    let needs_separator =
        !rest.is_empty() && root.is_empty() && !drive.is_empty() && !ends_in(&drive, &[':', '\\', '/']);
    [&*drive, if needs_separator { "\\" } else { &*root }, &*rest].concat()
}

/// `ntpath.normpath`.
pub(crate) fn nt_normpath(text: &str) -> String {
    let text = backslashed(text);
    let (drive, root, rest) = nt_splitroot(&text);
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('\\') {
        match (part, parts.last()) {
            ("" | ".", _) => {}
            ("..", Some(&last)) if last != ".." => _ = parts.pop(),
            ("..", None) if !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    match parts.is_empty() && drive.is_empty() && root.is_empty() {
        true => ".".to_owned(),
        false => [drive, root, &parts.join(r"\")].concat(),
    }
}

/// `ntpath.commonpath`; `None` where it raises an exception.
pub(crate) fn nt_commonpath(texts: &[String]) -> Option<String> {
    let texts: Vec<String> = texts.iter().map(|text| backslashed(text)).collect();
    let lower: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let anchor = |text: &str| {
        let (drive, root, _) = nt_splitroot(text);
        (drive.to_owned(), root.to_owned())
    };
    if lower.iter().any(|text| anchor(text) != anchor(&lower[0])) {
        return None;
    }
    let parts = |text: &str| parts(nt_splitroot(text).2, '\\');
    let lower: Vec<_> = lower.iter().map(|text| parts(text)).collect();
    let (drive, root, _) = nt_splitroot(&texts[0]);
    let common = parts(&texts[0]).into_iter().take(common_len(&lower)).collect::<Vec<_>>().join(r"\");
    Some([drive, root, &common].concat())
}

/// `posixpath.commonpath`; `None` where it raises an exception. `is_double_root` says whether `//` is another root
/// than `/`: for Python it is not.
pub(crate) fn posix_commonpath(texts: &[String], is_double_root: bool) -> Option<String> {
    let root = posix_root(&texts[0], is_double_root);
    if texts.iter().any(|text| posix_root(text, is_double_root) != root) {
        return None;
    }
    let all: Vec<_> = texts.iter().map(|text| parts(text, '/')).collect();
    Some([root, &all[0][..common_len(&all)].join("/")].concat())
}

pub(crate) fn posix_root(text: &str, is_double_root: bool) -> &str {
    match text.len() - text.trim_start_matches('/').len() {
        0 => "",
        2 if is_double_root => "//",
        _ => "/",
    }
}

fn parts(text: &str, separator: char) -> Vec<String> {
    text.split(separator).filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
}

fn common_len(all: &[Vec<String>]) -> usize {
    (0..all[0].len()).take_while(|&at| all.iter().all(|parts| parts.get(at) == Some(&all[0][at]))).count()
}

/// `posixpath.relpath` and `ntpath.relpath` of paths with one anchor, both given in Python's normal form.
pub(crate) fn relpath(path: &str, start: &str, separator: char) -> String {
    let (path, start) = (parts(path, separator), parts(start, separator));
    // On Windows parts are compared in lower case.
    let same =
        |left: &str, right: &str| left == right || separator == '\\' && left.to_lowercase() == right.to_lowercase();
    let common = path.iter().zip(&start).take_while(|(left, right)| same(left, right)).count();
    let ups = start[common..].iter().map(|_| "..".to_owned());
    let relative: Vec<_> = ups.chain(path[common..].iter().cloned()).collect();
    if relative.is_empty() { ".".to_owned() } else { relative.join(&separator.to_string()) }
}

/// `os.path.split`: head and tail.
pub(crate) fn split(os: Os, text: &str) -> (String, String) {
    let anchor = anchor_len(os, text);
    let at = text[anchor..].rfind(os.separators()).map_or(anchor, |at| anchor + at + 1);
    let (head, tail) = text.split_at(at);
    let trimmed = head[anchor..].trim_end_matches(os.separators());
    ([&head[..anchor], trimmed].concat(), tail.to_owned())
}

fn anchor_len(os: Os, text: &str) -> usize {
    match os {
        Os::Posix => text.len() - text.trim_start_matches('/').len(),
        Os::Windows => {
            let text = backslashed(text);
            let (drive, root, _) = nt_splitroot(&text);
            drive.len() + root.len()
        }
    }
}

/// `os.path.splitext`: the text in front of the extension, and the extension.
pub(crate) fn splitext(os: Os, text: &str) -> (&str, &str) {
    let name = text.rfind(os.separators()).map_or(0, |at| at + 1);
    match text[name..].rfind('.').map(|dot| name + dot) {
        Some(dot) if text[name..dot].contains(|character| character != '.') => text.split_at(dot),
        _ => (text, ""),
    }
}

/// `PurePath.as_uri` of a Windows path, which is deprecated.
pub(crate) fn nt_pure_uri(normal: &str) -> String {
    let (drive, ..) = nt_splitroot(normal);
    let slashed = normal.replace('\\', "/");
    match drive {
        "" => format!("file://{}", quote(normal, "/")),
        drive if drive.chars().count() == 2 && drive.ends_with(':') => {
            format!("file:///{drive}{}", quote(&slashed[drive.len()..], "/"))
        }
        _ => format!("file:{}", quote(&slashed, "/")),
    }
}

/// `Path.as_uri` of a Windows path.
pub(crate) fn nt_uri(normal: &str) -> String {
    let (drive, root, tail) = nt_splitroot(normal);
    let slashed = |text: &str| text.replace('\\', "/");
    let (mut drive, mut root) = (slashed(drive), slashed(root));
    if drive.is_empty() {
        root = format!("//{root}");
    }
    if let Some(device) = drive.strip_prefix("//?/") {
        let is_share = device.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("UNC/"));
        drive = if is_share { format!("//{}", &device[4..]) } else { device.to_owned() };
    }
    if drive.chars().count() == 2 && drive.ends_with(':') {
        drive.insert_str(0, "///");
    }
    ["file:", &quote(&drive, "/:"), &quote(&root, "/:"), &quote(&slashed(tail), "/")].concat()
}

fn quote(text: &str, safe: &str) -> String {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.as_bytes().contains(&byte);
    text.bytes().map(|byte| if is_safe(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// When percent-encoding is decoded.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Decoded {
    /// When host and drive have been looked for, as in Python.
    Last,
    /// Before that, as here.
    First,
}

/// The bytes of the path that a URI names; `None` where there is none. It need not be absolute.
pub(crate) fn uri_path(os: Os, uri: &str, decoded: Decoded) -> Option<Vec<u8>> {
    let (host, path) = uri_parts(uri)?;
    let decode = |text: &str| if decoded == Decoded::First { unquote(text.as_bytes()) } else { text.into() };
    let text = match os {
        Os::Posix => posix_uri_text(&decode(&host), decode(&path))?,
        Os::Windows => nt_uri_text(decode(&host), decode(&path)),
    };
    Some(if decoded == Decoded::Last { unquote(&text) } else { text })
}

/// Host and path of a `file:` URI, as they are written.
pub(crate) fn uri_parts(uri: &str) -> Option<(String, String)> {
    let uri: String = uri.trim_start_matches(|c| c <= ' ').replace(['\t', '\r', '\n'], "");
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    Some((host.to_owned(), path.split(['?', '#']).next().unwrap_or_default().to_owned()))
}

fn posix_uri_text(host: &[u8], path: Vec<u8>) -> Option<Vec<u8>> {
    matches!(host, b"" | b"localhost").then_some(path)
}

/// `nturl2path.url2pathname`, of bytes: what matters is ASCII but for the letter of a drive.
fn nt_uri_text(host: Vec<u8>, mut path: Vec<u8>) -> Vec<u8> {
    if second(&host) == Some(':') {
        return [host, path].concat();
    }
    if !matches!(&*host, b"" | b"localhost") {
        return [b"//".to_vec(), host, path].concat();
    }
    if path.starts_with(b"///") {
        path.remove(0);
        return path;
    }
    if path.starts_with(b"/") && matches!(second(&path[1..]), Some(':' | '|')) {
        path.remove(0);
    }
    if second(&path) == Some('|') {
        let bar = path.iter().position(|&byte| byte == b'|').unwrap();
        path[bar] = b':';
    }
    path
}

fn second(text: &[u8]) -> Option<char> {
    String::from_utf8_lossy(text).chars().nth(1)
}

/// `urllib.parse.unquote_to_bytes`.
pub(crate) fn unquote(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|digits| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        match digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    bytes
}
