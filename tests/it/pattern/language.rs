//! The pattern language, case by case; the answers are pathlib's wherever it has the question.

use std::collections::HashSet;
use std::time::Duration;

use waypath::{Flavour, Path, Pattern, PatternSet, PatternSetBuilder, Posix, Windows};

use crate::support::clock::now;

/// Asserts that a pattern matches a whole path.
#[track_caller]
fn matches(pattern: &str, path: &str) {
    assert!(Pattern::<Posix>::parse(pattern).full_match(path), "{pattern:?} should match {path:?}");
}

/// Asserts that a pattern does not match a whole path.
#[track_caller]
fn not(pattern: &str, path: &str) {
    assert!(!Pattern::<Posix>::parse(pattern).full_match(path), "{pattern:?} should not match {path:?}");
}

/// Asserts that a pattern matches these of the paths, and not the others.
#[track_caller]
fn braces(pattern: &str, matching: &[&str], others: &[&str]) {
    let compiled = Pattern::<Posix>::parse(pattern);
    for path in matching {
        assert!(compiled.full_match(path), "{pattern:?} should match {path:?}");
    }
    for path in others {
        assert!(!compiled.full_match(path), "{pattern:?} should not match {path:?}");
    }
}

#[test]
fn names() {
    matches("a", "a");
    not("a", "A");
    not("a", "ab");
    matches("a/b", "a/b");
    not("a/b", "/a/b");
    not("/a/b", "a/b");
    matches("/", "/");
    not("/", "//");
    matches("..", "..");
    matches(r"a\b", r"a\b");
}

#[test]
fn patterns_are_paths() {
    matches("./a//b/", "a/b");
    matches("a/.", "a");
    matches("", ".");
    matches(".", "");
    not("", "a");
    not("a/../a", "a");
    assert_eq!(Pattern::<Posix>::parse("./a//b/").as_str(), "./a//b/");
}

#[test]
fn stars() {
    matches("*", "a");
    matches("*", ".a");
    matches("*", "a\nb");
    not("*", "");
    not("*", "a/b");
    not("*", "/");
    matches("a*", "a");
    matches("*a", "a");
    matches("a*b*c", "a.b.b.c");
    matches("a*b*c", "abc");
    not("a*b*c", "acb");
    not("aba*aba", "aba"); // the two ends may not overlap
    matches("aba*aba", "abaaba");
    matches("*ab*ab*", "xabxabx");
    not("*ab*ab*", "xabx");
    not("a*b", "a/b");
    matches("***a", "xa");
    matches("/*/a", "/x/a");
    not("/*/a", "//x/a");
}

/// A `?` beside a `*` is one character more, on either side of what is searched.
#[test]
fn stars_beside_question_marks() {
    matches("*?b*", "ab");
    not("*?b*", "b");
    matches("*??b*", "aéb");
    not("*??b*", "ab");
    matches("*b?*", "abc");
    not("*b?*", "ab");
    matches("*b??*", "béb");
    not("*b??*", "bb");
    matches("*[b]?*", "abc");
    not("*[b]?*", "ab");
    matches("a*?b*c", "axbc");
    not("a*?b*c", "abc");
    matches("a*b?*c", "abxc");
    not("a*b?*c", "abc");
    matches("*?a?*?b?*", "xaxxbx");
    not("*?a?*?b?*", "xaxbx");
    not("*?a?*?b?*", "axxbx");
    not("*?a?*?b?*", "xaxxb");
}

#[test]
fn double_stars() {
    matches("**/*.rs", "/a/b.rs");
    not("**/*.rs", "/b.rs");
    matches("**/*.rs", "b.rs");
    matches("**", "");
    matches("**", "a/b");
    matches("**", "/a");
    matches("**/b", "b");
    matches("**/b", "a/b");
    matches("**/b", "/a/b");
    not("**/b", "/b"); // the root alone is less than a part
    not("**/b", "a/xb");
    matches("a/**", "a/b");
    matches("a/**", "a/b/c");
    not("a/**", "a");
    not("a/**", "ab");
    matches("a/**/d", "a/d");
    matches("a/**/d", "a/b/c/d");
    not("a/**/d", "a/b/c/dx");
    matches("**/a/**/b", "a/x/a/b");
    not("**/a/**/b", "b/a");
    matches("**/**/a", "a");
    matches("**/*", "a");
    not("**/*", "");
    matches("**.py", "b.py"); // glued to text it is a `*`
    not("**.py", "a/b.py");
    matches("a**b", "axb");
    matches("[*][*]", "**");
    not("[*][*]", "ab");
}

#[test]
fn question_marks() {
    matches("?", "a");
    matches("?a", ".a");
    not("?", "."); // the empty path
    not("?", "");
    not("?", "ab");
    not("a?b", "a/b");
    matches("?*", "a");
    not("*?", "");
    matches("??", "\u{e9}\n");
}

#[test]
fn classes() {
    matches("[ab]", "b");
    not("[ab]", "c");
    matches("[a-c]x", "bx");
    not("[!a-c]", "b");
    matches("[!a-c]", "d");
    matches("[]]", "]");
    matches("[!]]", "a");
    not("[!]]", "]");
    matches("[]-a]", "^");
    matches("[-a]", "-");
    matches("[a-]", "-");
    matches("[!-]", "a");
    matches("a[--0]", "a.");
    not("[c-a]", "b");
    matches("[!c-a]", "x");
    // Without the empty range, what is left begins with `!`, and with a hyphen that is itself.
    matches("[z-a!-d]", "b");
    not("[z-a!-d]", "-");
    not("[z-a!-d]", "d");
    matches("[^a]", "^");
    matches("[^a]", "a");
    matches("[*?]", "*");
    not("[*?]", "a");
    matches("[[]a[]]", "[a]");
    matches(r"[\a]", r"\");
    matches("[a", "[a");
    matches("[]", "[]");
    matches("[!]", "[!]");
    matches("x[", "x[");
    matches("[a][", "a[");
    matches("[a/b]", "[a/b]"); // a separator ends the part, and so the class is not closed
    not("[a/b]", "a");
}

/// Wanted differences: CPython's classes match separators.
#[test]
fn no_class_matches_a_separator() {
    not("a[!b]c", "a/c");
    not("a[.-0]c", "a/c");
    assert!(!Pattern::<Windows>::parse("a[!b]c").full_match(r"a\c"));
    assert!(!Pattern::<Windows>::parse("a[[-]]c").full_match(r"a\c"));
}

#[test]
fn characters_are_unicode() {
    matches("?", "é");
    matches("?", "😀");
    not("?", "e\u{301}"); // two characters, which no pattern composes
    matches("[é]", "é");
    not("[é]", "è");
    not("é", "e\u{301}");
    matches("[à-ü]x", "éx");
    matches("[!a]", "日");
    not("[!a]", "日本");
    matches("*本", "日本");
    matches("日*", "日本");
    matches("*é?", "aéé😀");
}

#[test]
fn case() {
    let sensitive =
        |pattern: &str, path: &str| Pattern::<Windows>::parse(pattern).case_sensitive(true).full_match(path);
    let insensitive =
        |pattern: &str, path: &str| Pattern::<Posix>::parse(pattern).case_sensitive(false).full_match(path);
    assert!(Pattern::<Windows>::parse("*.py").full_match("A.PY"));
    assert!(!sensitive("*.py", "A.PY") && sensitive("*.PY", "A.PY"));
    assert!(insensitive("*.py", "A.PY") && insensitive("Ä/?[a-c]", "ä/xB"));
    // Character by character, as `re.IGNORECASE`: `ß` is `ẞ`, and never `ss`.
    for (pattern, path) in
        [("k", "\u{212a}"), ("S", "ſ"), ("i", "İ"), ("ı", "I"), ("ß", "ẞ"), ("Σ", "ς"), ("[a-z]", "ſ")]
    {
        assert!(insensitive(pattern, path), "{pattern:?} should match {path:?}");
        not(pattern, path);
    }
    assert!(!insensitive("ß", "ss") && !insensitive("ss", "ß") && !insensitive("i\u{307}", "İ"));
    assert!(!insensitive("[!a-c]", "B"));
}

#[test]
fn matches_takes_the_last_parts() {
    let matches = |pattern: &str, path: &str| Pattern::<Posix>::parse(pattern).matches(path);
    assert!(matches("*.py", "a/b.py") && matches("a/*", "/x/a/b.py") && matches("/a/*", "/a/b.py"));
    assert!(!matches("/*.py", "/a/b.py") && !matches("a/b", "b") && !matches("a", "a/b"));
    assert!(matches("a/**/d", "a/b/d") && !matches("a/**/d", "a/d") && !matches("a/**/d", "a/b/c/d"));
    assert!(!matches("", "a") && !matches(".", "") && !matches("*", ""));
    assert!(!matches("*", "/") && matches("/", "/") && !matches("/", "//"));
}

#[test]
fn windows_anchors_are_patterns_too() {
    let matches = |pattern: &str, path: &str| Pattern::<Windows>::parse(pattern).matches(path);
    assert!(matches("C:/*", "c:/a") && matches("*:/a", "c:/a") && matches("//*/*/a", "//s/sh/a"));
    assert!(!matches("/a", "c:/a") && !matches("c:a", "c:/a") && !matches("c:/*", "c:a"));
    let full_match = |pattern: &str, path: &str| Pattern::<Windows>::parse(pattern).full_match(path);
    assert!(full_match("c:/**/x", r"C:\a\b\X") && full_match("*:/a", r"d:\a") && full_match("?:a", "c:a"));
    assert!(full_match("**/a/b", "//s//a/b")); // a share without a name is an empty part
    assert!(!full_match("*/a", r"\\s\sh\a") && full_match("**/a", r"\\s\sh\a"));
}

#[test]
fn braces_are_alternatives() {
    braces("{a,b}", &["a", "b"], &["", "c", "ab", "{a,b}"]);
    braces("x.{c,h}", &["x.c", "x.h"], &["x.", "x.ch"]);
    braces("a{,b}", &["a", "ab"], &["b"]);
    braces("foo{,.bak}", &["foo", "foo.bak"], &["foo{,.bak}"]);
    braces("{a,b}{c,d}", &["ac", "ad", "bc", "bd"], &["ab", "cd"]);
    braces("{a,{b,c}d,{e}}", &["a", "bd", "cd", "{e}"], &["d", "b", "ad", "e"]);
    braces("{{a,b},{c,{d}}}x", &["ax", "bx", "cx", "{d}x"], &["x", "dx"]);
    braces("{a/b,c/**}/d", &["a/b/d", "c/d", "c/x/y/d"], &["a/d", "c"]);
    braces("{/a,b}", &["/a", "b"], &["a", "/b"]);
    braces("{src,tests/**}/*.{rs,py}", &["src/a.rs", "tests/a.py", "tests/x/y/a.rs"], &["src/x/a.rs", "a.rs"]);
    braces("{a,b/{c,d}}", &["a", "b/c", "b/d"], &["b", "a/c"]);
    braces("{**,x}/*.{rs,toml}", &["a.rs", "x/y/b.toml"], &["a.c"]);
    braces("{*.a,[bc]?}", &["x.a", "bx", "cé"], &["b", "x.b"]);
    braces("é{ü,😀}", &["éü", "é😀"], &["é"]);
    braces("{a,}", &["a", ""], &["b"]);
}

/// As in bash.
#[test]
fn other_braces_are_themselves() {
    braces("{a}", &["{a}"], &["a"]);
    braces("a{}", &["a{}"], &["a"]);
    braces("a,b", &["a,b"], &["a", "b"]);
    braces("a{b", &["a{b"], &["ab"]);
    braces("a}b", &["a}b"], &["ab"]);
    braces("}{", &["}{"], &[""]);
    braces("a{b,c", &["a{b,c"], &["ab", "ac"]);
    braces("{a,{b}", &["{a,{b}"], &["a"]);
    braces("{a,{b,c}", &["{a,b", "{a,c"], &["a"]);
    braces("{{a,b}}", &["{a}", "{b}"], &["a"]);
    braces("{{a,b}", &["{a", "{b"], &["a"]);
    braces("{a,b}}", &["a}", "b}"], &["a"]);
    braces("{a,b}c,d}", &["ac,d}", "bc,d}"], &["ac"]);
}

/// Each alternative makes a path of its own with what is around it.
#[test]
fn alternatives_are_in_normal_form() {
    braces("a/{,b/}c", &["a/c", "a/b/c"], &["ac", "a/b"]);
    braces("a/{,b}/c", &["a/c", "a/b/c"], &["ac"]);
    braces("{,a}/b", &["/b", "a/b"], &["b"]);
    braces("{,/}{,/}{,/}a", &["a", "/a", "//a"], &["///b"]);
    braces("{.,a}/b", &["b", "a/b"], &["/b"]);
    braces("a{/,/.,}", &["a"], &["a/b"]);
    braces("a/{*,x}*", &["a/b", "a/b/c", "a/xb"], &["a"]); // one of them is `a/**`
    braces("a{/**,/*/b}", &["a/x", "a/x/b"], &["a", "b"]);
    braces("{.,..}.", &["..", "..."], &["."]);
    let windows = |pattern: &str, path: &str| Pattern::<Windows>::parse(pattern).full_match(path);
    assert!(windows("{c,d}:/*", r"D:\x") && windows("{c:,//s/sh}{/,\\}x", r"\\s\sh\x") && windows("c{:,}/x", r"c\x"));
    assert!(windows("./{c:,d}x", r".\c:x") && windows("./{c:,d}x", "dx") && !windows("./{c:,d}x", "c:x"));
    assert!(windows("./{c?,d}x", "cdx") && windows("./{?:,d}x", r".\c:x") && !windows("./{??,d}x", r".\c:x"));
    assert!(windows("//s{,/sh}", r"\\s\sh\") && windows("//s{,/sh}", r"\\s") && windows("{c,d}:", "D:"));
    assert!(windows("{//s/*,x}/a/b", r"\\s\sh\a\b") && !windows("{//s/*,x}/a/b", "//s//a/b"));
    assert!(windows("//?/{unc,c:}/a/b", r"\\?\UNC\a\b\") && windows("//?/{unc,c:}/a/b", r"\\?\c:\a\b"));
}

#[test]
fn brackets_protect_braces() {
    braces("[{]", &["{"], &["[{]"]);
    braces("[}],[,]", &["},,"], &[]);
    braces("[{]a,b[}]", &["{a,b}"], &["a", "b"]);
    braces("{[,],b}", &[",", "b"], &["[", "]"]);
    braces("{[a,b]x.md,real/path.txt}", &["ax.md", ",x.md", "real/path.txt"], &["[a", "b]x.md"]);
    braces("a{{c,d}e,}", &["a", "ace", "ade"], &["ac", "ae"]);
    braces("a{,/**}", &["a", "a/b", "a/b/c"], &["ab"]);
    braces("{a,[}", &["a", "["], &["{a,[}"]);
    braces("{[{,}],b}", &["{", "}", ",", "b"], &[]);
    braces("{[a,b}", &["[a", "b"], &["[a,b"]); // no bracket closes
    braces("[{/]}", &["[{/]}"], &[]); // nor beyond the part
    braces("{[,x/}a]", &["[a]", "x/a]"], &["a"]); // and what is around an alternative does not close one
}

#[test]
fn alternatives_ask_for_the_last_parts_too() {
    let matches = |pattern: &str, path: &str| Pattern::<Posix>::parse(pattern).matches(path);
    assert!(matches("*.{py,rs}", "a/b.rs") && matches("{a,b/c}/*", "/x/b/c/d") && matches("{/a,b}", "/a"));
    assert!(!matches("{/a,b}", "a") && !matches("{/a,b}", "x/a") && !matches("{/,b}*", "") && !matches("{/,b}", ""));
    assert!(!matches("{/a,b}", "/x/a") && !matches("{a,b/c}/*", "c/d") && !matches("{,a}", "x"));
    assert!(!matches("{x,***}/b", "b") && !matches("{x,*}/b", "/b") && matches("{x,***}/b", "a/b"));
    assert!(matches("a/{**,x}/d", "a/b/d") && !matches("a/{**,x}/d", "a/d") && !matches("a/{**,x}/d", "a/b/c/d"));
    let windows = |pattern: &str, path: &str| Pattern::<Windows>::parse(pattern).matches(path);
    assert!(windows("{x,*}/a", "c:a") && windows("{c,d}:*", "c:a") && !windows("{c,d}:*", "c:"));
    assert!(
        windows("{x,b}", r"\\s\sh\b") && windows("//{s,t}/*/b", r"\\t\sh\b") && !windows("//{s,t}/*/b", r"\\u\sh\b")
    );
}

#[test]
fn alternatives_ignore_case_if_told() {
    let insensitive = Pattern::<Posix>::parse("{Ä,b}/*.{K,[s-t]}").case_sensitive(false);
    assert!(insensitive.full_match("ä/x.\u{212a}") && insensitive.full_match("B/x.ſ"));
    assert!(!insensitive.case_sensitive(true).full_match("B/x.K"));
    assert!(Pattern::<Windows>::parse("{a,b}").full_match("A"));
}

#[test]
fn literals() {
    let literal = |path: &str| Pattern::<Posix>::literal(&Path::parse(path));
    assert_eq!(literal("a*/[b]?.{c,d}").as_str(), "a[*]/[[]b][?].[{]c[,]d[}]");
    braces(&format!("{{{},x}}", literal("a,{b,c}}")), &["a,{b,c}}", "x"], &["a", "a,b"]);
    assert!(literal("a*/[b]?").full_match("a*/[b]?") && !literal("a*").full_match("ab"));
    assert!(literal("**").full_match("**") && !literal("**").full_match("a/b"));
    assert!(literal("**").matches("x/**") && !literal("**").matches("x/y"));
    assert!(literal("a/b/").full_match("a//b") && literal("").full_match("."));
    assert!(!literal("A*").full_match("a*") && literal("A*").case_sensitive(false).full_match("a*"));
    assert!(Pattern::<Windows>::literal(&Path::parse("C:/A*")).full_match(r"c:\a*"));
    assert!(!Pattern::<Windows>::literal(&Path::parse("A")).case_sensitive(true).full_match("a"));
}

#[test]
fn literals_of_drives_and_devices() {
    let check = |path, text: &str| {
        let path = Path::<Windows>::parse(path);
        let literal = Pattern::literal(&path);
        assert_eq!(literal.as_str(), text);
        for pattern in [text, &format!("{{{text},x}}")] {
            assert!(Pattern::<Windows>::parse(pattern).full_match(&path), "{pattern}");
        }
    };
    check("c:/{a,b}", r"c:\[{]a[,]b[}]");
    check("//{a,b}/s*/c", r"\\[{]a[,]b[}]\s[*]\c");
    check("//?/c:/a*", r"\\?\c:\a[*]");
    check("//?/{a,b}", r"\\?\[{]a[,]b[}]");
    check("//?/UNC/{a,b}/s*", r"\\?\UNC\[{]a[,]b[}]\s[*]\");
    check("//./{a,b}", r"\\.\[{]a[,]b[}]");
    check("//?./x", r"\\?.\x"); // no share for pathlib: it has no root
    check("//?./x/y", r"\\[?].\x\y");
    check("./*:a*", r".\*:a[*]"); // `[*]:a[*]` would lose its `.\`
    check("./?:/[a", r".\?:\[[]a");
    check("./a,b", "a[,]b");
}

#[test]
fn patterns_begin_with_a_directory() {
    fn check<F: Flavour>(pattern: &str, directory: &str, rest: &str) {
        let (found, below) = Pattern::<F>::parse(pattern).base();
        assert_eq!((found.as_str(), below.as_str()), (directory, rest), "{pattern}");
    }
    check::<Posix>("/var/log/*.{log,gz}", "/var/log", "*.{log,gz}");
    check::<Posix>("a/b/c", "a/b", "c");
    check::<Posix>("./a//./b/", "a", "b/");
    check::<Posix>("*/a", ".", "*/a");
    check::<Posix>("a", ".", "a");
    check::<Posix>("", ".", "");
    check::<Posix>("/", "/", "");
    check::<Posix>("//a/*", "//a", "*");
    check::<Posix>("a/b{c,d}/e", "a", "b{c,d}/e");
    check::<Posix>("a/b{c}/e", "a/b{c}", "e");
    check::<Posix>("{/a,b}/*", ".", "{/a,b}/*");
    check::<Posix>("[[]a/[*]/b*", "[a/*", "b*");
    check::<Posix>("[ab]/c", ".", "[ab]/c");
    check::<Posix>("a/.", ".", "a/."); // the same as `a`
    check::<Posix>("a/*/././/", "a", "*/././/");
    check::<Windows>("c:/a/*", r"c:\a", "*");
    check::<Windows>("c:*", "c:", "*");
    check::<Windows>("//s/sh/a*", r"\\s\sh\", "a*");
    check::<Windows>("//s/*/a", ".", "//s/*/a");
    check::<Windows>("//?/c:/a/*", r"\\?\c:\a", "*");
    check::<Windows>("//?/UNC/s/sh/a*", r"\\?\UNC\s\sh\", "a*");
    check::<Windows>("//?/c:/", r"\\?\c:\", "");
    check::<Windows>("//?/*:/a", ".", "//?/*:/a");
    check::<Windows>("//./c:/a/*", r"\\.\c:\a", "*");
    check::<Windows>("//?/{c,d}:/a", ".", "//?/{c,d}:/a");
    check::<Posix>("//?/a/*", "//", "?/a/*");
    check::<Windows>("a/c:b", ".", "a/c:b"); // what is left would read as a drive
    check::<Windows>("?:/a/*", ".", "?:/a/*");
    check::<Windows>("{:/a", r"{:\", "a");
    check::<Windows>("{:,a}", ".", "{:,a}"); // alternatives, and no drive
    check::<Windows>("//s/{a,b}", ".", "//s/{a,b}");
    check::<Windows>("//./{a,b}", ".", "//./{a,b}");
    let (directory, rest) = Pattern::<Posix>::parse("a/b/*").case_sensitive(false).base();
    assert_eq!((directory.as_str(), rest.as_str()), (".", "a/b/*"));
    assert!(rest.full_match("A/B/c"));
}

#[test]
fn patterns_are_equal_by_their_text() {
    let set = HashSet::from(["*.rs", "a", "{a,b}"].map(Pattern::<Posix>::parse));
    assert!(set.contains(&"*.rs".parse().unwrap()) && !set.contains(&Pattern::parse("*.r[s]")));
    assert!(set.contains(&Pattern::literal(&Path::parse("a"))));
    assert!(set.contains(&Pattern::parse("a").case_sensitive(true)));
    assert!(!set.contains(&Pattern::parse("a").case_sensitive(false)));
    assert_eq!(Pattern::<Posix>::parse("{a,b}").to_string(), "{a,b}");
    assert_ne!(Pattern::<Windows>::literal(&Path::parse("*:a")), Pattern::parse("*:a"));
}

#[test]
fn paths_ask_too() {
    let path = Path::<Posix>::parse("src/fs/dir.rs");
    let pattern = Pattern::parse("**/*.rs");
    assert!(path.full_match(&pattern) && path.full_match(pattern) && path.full_match("src/**"));
    assert!(path.matches("fs/*".to_owned()) && !path.matches("src/*"));
    assert!(path.full_match("src/**/*.rs".parse::<Pattern<Posix>>().unwrap()));
}

#[test]
fn sets_include_and_exclude() {
    let set = PatternSetBuilder::<Posix>::default()
        .include("**/*.rs")
        .include(Pattern::literal(&Path::parse("[x]")))
        .include("{a,b}.txt")
        .exclude("target/**")
        .build();
    assert!(set.is_match("a/b.rs") && set.is_match("[x]") && set.is_match("b.txt"));
    assert!(!set.is_match("target/b.rs") && !set.is_match("x") && !set.is_match("c.txt"));
    assert_eq!((set.includes("target/b.rs").len(), set.excludes("target/b.rs").len()), (1, 1));
    assert!(PatternSetBuilder::<Posix>::default().build().is_match("anything"));
    assert!(PatternSet::<Posix>::default().is_match("anything"));
    let set: PatternSet<Posix> = ["*.rs", "{a,b}"].into_iter().collect();
    assert!(set.is_match("x.rs") && set.is_match("b") && !set.is_match("c"));
}

/// What the sieve of a set must not lose: it matches bytes, and has escapes.
#[test]
fn sets_answer_as_patterns_where_globs_differ() {
    for (pattern, path) in [
        ("?", "é"),
        (r"a\b", r"a\b"),
        (r"\", r"\"),
        (r"[\]", r"\"),
        ("{a}", "{a}"),
        ("[é]", "é"),
        ("a[", "a["),
        ("**/a", "x/a"),
        ("**", ""),
        ("**/**/*", "a/b"),
        ("?/**/?", "a/b/c"),
        ("?/**/**/?", "a/b"),
        ("", ""),
        ("[]]", "]"),
        ("~a", "~a"),
        ("#", "#"),
        ("/**/a", "/a"),
        ("//a", "//a"),
        ("a\n*", "a\nb"),
        ("**/..", ".."),
        ("**/..", "a/.."),
        ("*./..", "a./.."),
        ("a[.]/..", "a./.."),
        ("{abcdefgh,abcdefgi}", "abcdefgi"),
        ("**/{abcdefg[h],abcdefgi}", "d/abcdefgh"),
    ] {
        assert!(Pattern::<Posix>::parse(pattern).full_match(path), "{pattern:?}");
        let set = PatternSetBuilder::<Posix>::default().include(pattern);
        assert!(set.clone().build().is_match(path), "{pattern:?} in a set");
        // Among many that have no text, either.
        let many = (40..80).map(|length| "?".repeat(length)).fold(set, |set, other| set.include(other));
        assert!(many.build().is_match(path), "{pattern:?} in a set of many");
    }
    let kelvin =
        PatternSetBuilder::<Posix>::default().include(Pattern::parse("\u{212a}").case_sensitive(false)).build();
    assert!(kelvin.is_match("k"));
}

/// Runs what must not take long whatever was asked. The limit is generous: a slow machine is no
/// failure, an exponential search is.
#[track_caller]
fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = now();
    let answer = work();
    let taken = now() - start;
    assert!(taken < Duration::from_secs(60), "it took {taken:?}");
    answer
}

fn full_match<F: Flavour>(pattern: &str, path: &str) -> bool {
    soon(|| Pattern::<F>::parse(pattern).full_match(path))
}

#[test]
fn hostile_patterns_are_answered_soon() {
    let many = |text: &str, times: usize| text.repeat(times);
    assert!(full_match::<Posix>(&many("?", 200_000), &many("é", 200_000)));
    assert!(!full_match::<Posix>(&many("?", 200_000), &many("a", 199_999)));
    assert!(full_match::<Posix>(&many("[", 200_000), &many("[", 200_000)));
    assert!(full_match::<Posix>(&many("[a", 100_000), &many("[a", 100_000)));
    assert!(full_match::<Posix>(&many("*", 200_000), "a"));
    assert!(full_match::<Posix>(&many("*a", 100_000), &many("a", 100_000)));
    assert!(!full_match::<Posix>(&format!("{}b", many("*a", 20_000)), &many("a", 40_000)));
    assert!(!full_match::<Posix>(&format!("{}b*", many("*a?", 300)), &many("a", 3_000)));
    assert!(!full_match::<Windows>(&format!("{}b", many("*a", 2_000)), &many("A", 4_000)));
    assert!(!full_match::<Posix>(&format!("{}b", many("**/a/", 2_000)), &many("a/", 4_000)));
    assert!(full_match::<Posix>(&many("**/", 100_000), &many("a/", 100_000)));
    assert!(full_match::<Posix>(&format!("{}a", many("**/*/", 1_000)), &many("a/", 3_000)));
    assert!(full_match::<Posix>(&format!("[{}]", many("a-b", 50_000)), "b"));
    assert!(!full_match::<Posix>(&format!("[!{}]", many("z-a", 50_000)), ""));
    assert!(!full_match::<Posix>(&many("[!a]", 50_000), &many("a", 50_000)));
}

#[test]
fn hostile_braces_are_answered_soon() {
    let many = |text: &str, times: usize| text.repeat(times);
    assert!(full_match::<Posix>(&many("{a,b}", 40), &many("ab", 20)));
    assert!(!full_match::<Posix>(&many("{a,b}", 40), &many("a", 41)));
    assert!(!full_match::<Posix>(&many("{a,a}", 40), &many("a", 41)));
    assert!(!full_match::<Posix>(&many("{a,aa}", 60), &format!("{}b", many("a", 80))));
    assert!(full_match::<Posix>(&many("{,}", 1_000), ""));
    assert!(full_match::<Posix>(&many("{,a}", 1_000), &many("a", 1_000)));
    assert!(!full_match::<Posix>(&many("{a/,b}", 1_000), &many("a/", 1_001)));
    assert!(full_match::<Posix>(&many("{a/,b}", 1_000), &many("b", 1_000)));
    assert!(!full_match::<Posix>(&format!("{}b", many("{*a,*b}", 20)), &many("a", 2_000)));
    assert!(!full_match::<Posix>(&format!("{}b", many("{**/a/,x}", 20)), &many("a/", 2_000)));
    assert!(full_match::<Posix>(&format!("{}a{}", many("{b,", 20_000), many("}", 20_000)), "a"));
    assert!(full_match::<Posix>(&format!("{{{}}}", many("x,", 20_000)), ""));
    assert!(full_match::<Posix>(&many("{", 200_000), &many("{", 200_000)));
    assert!(full_match::<Posix>(&format!("{{a,b}}{}", many("{", 20_000)), &format!("a{}", many("{", 20_000))));
    assert!(full_match::<Windows>(&format!("//{}/x/y", many("{a,B}", 40)), &format!("//{}/x/y", many("a", 40))));
}

#[test]
fn hostile_sets_are_answered_soon() {
    let patterns = [
        "?".repeat(100_000),
        "[".repeat(100_000),
        "*a".repeat(20_000),
        "*a".repeat(8_000),
        "**/".repeat(20_000),
        "{".repeat(100_000),
        "{*a,*b}".repeat(200),
    ];
    let set = soon(|| {
        patterns.iter().fold(PatternSetBuilder::<Posix>::default(), |set, pattern| set.include(pattern)).build()
    });
    assert!(soon(|| set.is_match("a".repeat(100_000))));
    assert!(soon(|| set.is_match("{".repeat(100_000))));
}
