//! Texts for property tests: any at all, and often those that are hard on paths.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What hard texts are made of.
#[rustfmt::skip] // A line for each kind.
const FRAGMENTS: &[&str] = &[
    // Separators and dots.
    "/", "/", "/", "\\", "\\", "\\", "//", "\\\\", ".", ".", "..", "./", ".\\", "/../", "/./",
    // Drives and shares.
    "c:", "C:", "d:", "é:", "Σ:", "::", ":", "c:/", "c:\\", "//s/sh", "//S/SH/", "//s", "//s/",
    // Names that look like drives, and drives that look like patterns.
    "./c:", "a/../c:", "./*:", "./[:", "*:", "[:", "{:", ",:",
    // Devices.
    "//?/", "//?/c:/", "//?/UNC/s/sh", "//./", "//./COM1", "\\\\?\\", "\\\\?\\unc\\", "?", "//?./",
    // Names.
    "a", "a", "b", "A", "B", "ab", "a.b", ".a", "a.", "a..b", ".a.b", "x.tar.gz", "...", " ", "a ",
    // Letters whose case is odd, and such as are composed.
    "é", "É", "e\u{301}", "İ", "i\u{307}", "i", "ß", "ẞ", "ss", "ſ", "s", "\u{212a}", "k", "Σ", "σ", "ς", "AΣ", "ǅ",
    // Not what one expects in a name.
    "\0", "\n", "\t", "\u{7f}", "😀", "\u{fffd}", "日本",
    // Patterns and URIs.
    "[", "]", "[!", "*", "**", "?", "-", "^", "{", "}", ",", "{a,b}", "%", "%41", "#", "~", "|",
    // Names of devices.
    "nul", "NUL.txt", "COM¹", "CONIN$", "con ", "lpt9",
];

/// A short text of hard fragments, or of any characters; now and then a very long one.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        16 => short_text(),
        1 => (select(FRAGMENTS), 200..600_usize, select(FRAGMENTS))
            .prop_map(|(repeated, times, end)| repeated.repeat(times) + end),
    ]
}

/// A short text of hard fragments, or of any characters.
fn short_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => vec(select(FRAGMENTS), 0..8).prop_map(|fragments| fragments.concat()),
        1 => any_text(),
    ]
}

/// Any characters.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..24).prop_map(String::from_iter)
}

/// Two texts that often have a start in common, or differ in case only.
pub(crate) fn related_texts() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        1 => (text(), text()),
        4 => (text(), select(&["", "/", "\\", "/a/"][..]), text(), text())
            .prop_map(|(start, glue, left, right)| (format!("{start}{glue}{left}"), format!("{start}{glue}{right}"))),
        2 => (text(), select(&["/", "\\"][..]), text())
            .prop_map(|(start, glue, end)| (format!("{start}{glue}{end}"), start)),
        2 => (text(), text()).prop_map(|(text, end)| (format!("{}/{end}", text.to_lowercase()), text)),
        1 => text().prop_map(|text| (text.to_uppercase(), text)),
    ]
}

/// A name that every system accepts as it is.
pub(crate) fn portable_name() -> impl Strategy<Value = String> {
    let start = select(&["a", "B", "é", "日本", "_", "-x", ".a", "x.tar", "😀"][..]);
    let end = select(&["", "1", ".gz", " b", ".B", "~"][..]);
    (start, end).prop_map(|(start, end)| format!("{start}{end}"))
}

/// A relative path of portable names, written with `/`.
pub(crate) fn portable_path() -> impl Strategy<Value = String> {
    vec(portable_name(), 1..5).prop_map(|names| names.join("/"))
}

/// A part of a pattern, and what it may stand for.
#[rustfmt::skip] // A line for each kind.
const PAIRS: &[(&str, &str)] = &[
    // Separators and parts.
    ("/", "/"), ("/", "/"), ("/", "/"), ("/", ""), ("\\", "\\"), ("/**/", "/"), ("/**/", "/a/b/"), ("**/", ""),
    ("**", "a/b"), ("**", ""), ("**", "a"), ("/**", ""), ("..", ".."), (".", "."), ("/.", ""),
    // In a part.
    ("*", "a"), ("*", ""), ("*", "a.b"), ("*", "*"), ("*", "."), ("?", "é"), ("?", "?"), ("?", "\n"), ("?", "/"),
    ("a", "a"), ("a", "A"), ("b", "b"), ("😀", "😀"), ("[", "["), ("]", "]"), ("!", "!"), ("-", "-"),
    // Classes.
    ("[ab]", "b"), ("[a-c]", "B"), ("[!a]", "b"), ("[!a]", "/"), ("[!a]", "\\"), ("[.-0]", "/"), ("[]]", "]"),
    ("[!]]", "x"), ("[]-a]", "^"), ("[!z-a]", "x"), ("[z-a]", "x"), ("[^a]", "^"), ("[--0]", "."), ("[!!]", "a"),
    ("[a-", "[a-"), ("[a-c-e]", "-"), ("[a-cx-z]", "y"), ("[!-a]", "b"), ("[!--]", "a"), ("[/]", "[/]"),
    // Odd case.
    ("[k]", "\u{212a}"), ("[a-z]", "ſ"), ("[ß]", "ẞ"), ("[İ]", "i"), ("[A-Z]", "ı"), ("é", "É"), ("k", "\u{212a}"),
    ("ſ", "S"), ("Σ", "ς"), ("ß", "ss"),
    // Drives.
    ("c:", "C:"), ("*:", "c:"), ("//s/*/", "//S/sh/"), ("//?/", "//?/"), ("//s//", "//s//"), ("**/", "//s//"),
];

/// A pattern and a path that was made along with it, so that they often match.
pub(crate) fn pattern_and_path() -> impl Strategy<Value = (String, String)> {
    let pair = select(PAIRS).prop_map(|(pattern, path)| (pattern.to_owned(), path.to_owned()));
    // Short, as the reference matcher is slow.
    let other = short_text().prop_map(|text| (text.clone(), text));
    let unrelated =
        (vec(select(&["a", "[", "]", "!", "-", "b", "^", "*"][..]), 0..7), select(&["a", "b", "-", "!", "]"][..]))
            .prop_map(|(pattern, path)| (pattern.concat(), path.to_owned()));
    vec(prop_oneof![30 => pair, 1 => other, 3 => unrelated], 0..7).prop_map(|pairs| pairs.into_iter().unzip())
}
