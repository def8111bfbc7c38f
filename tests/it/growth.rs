//! Time grows with the work: no text from outside takes the square of its length.
//!
//! [`grows_with_size`] is there for the tests of other subjects, too.

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::time::Duration;

use waypath::{CopyOptions, Flavour, Mode, Path, PathBuf, Pattern, PatternSet, PatternSetBuilder, Posix, Windows};

use crate::support::clock::now;
use crate::support::util::Tree;

/// How long the work has to take before its growth is measured, so that the clock and what is done once do not
/// matter. Work of the largest size that takes less is done at once, whatever its growth.
const LONG_ENOUGH: Duration = Duration::from_millis(4);

/// By how much the time of four times the work may grow. In proportion to the work it is 4, with a logarithm
/// less than 5, with the square 16, or between them where the square has small change.
const MOST_GROWTH: f64 = 6.0;

/// How often too large a growth is measured again, each time with twice the work: what else the machine does
/// passes, the square does not.
const ATTEMPTS: u32 = 4;

/// Checks that the time of a piece of work grows about as its size does, not as the square of it.
///
/// `prepare` makes the work of a size, which is done several times; only the work is timed, in CPU time of this
/// thread where the system tells it. No work is larger than `largest`: what memory, files or a limit of the crate
/// allow.
#[track_caller]
pub(crate) fn grows_with_size<R, W: FnMut() -> R>(largest: usize, prepare: impl Fn(usize) -> W) {
    grows_beyond(LONG_ENOUGH, largest, prepare);
}

/// The same, measured where the work takes `long_enough`: for a square that is only copying, which shows late.
#[track_caller]
fn grows_beyond<R, W: FnMut() -> R>(long_enough: Duration, largest: usize, prepare: impl Fn(usize) -> W) {
    let mut size = 64.min(largest);
    // On a busy machine, one time may be long although the work is little, and little work does not show how it grows.
    let mut whole = least_time(3, prepare(size));
    while whole < long_enough {
        if size == largest {
            return;
        }
        size = (size * 2).min(largest);
        whole = least_time(3, prepare(size));
    }
    let mut seen = Vec::new();
    for _ in 0..ATTEMPTS {
        let quarter = least_time(4, prepare(size / 4));
        if whole.as_secs_f64() < MOST_GROWTH * quarter.as_secs_f64() {
            return;
        }
        seen.push(format!("{size}: {whole:?}, a quarter of it: {quarter:?}"));
        size = (size * 2).min(largest);
        whole = least_time(2, prepare(size));
    }
    panic!("time grows faster than the work: {seen:#?}");
}

/// The least time that work takes when it is done several times.
fn least_time<R>(times: u32, mut work: impl FnMut() -> R) -> Duration {
    let once = |_| {
        let start = now();
        black_box(work());
        now() - start
    };
    (0..times).map(once).min().unwrap_or_default()
}

/// Numbers in no order.
fn numbers(size: usize) -> Vec<u64> {
    (0..size as u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect()
}

#[test]
fn a_logarithm_is_no_growth() {
    grows_with_size(1 << 20, |size| {
        let numbers = numbers(size);
        move || {
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            sorted
        }
    });
}

#[test]
#[should_panic(expected = "faster than the work")]
fn the_square_is_found() {
    grows_with_size(1 << 11, |size| {
        let numbers = numbers(size);
        move || numbers.iter().filter(|number| numbers.contains(&(*number + 1))).count()
    });
}

/// How long the texts are: longer than any path. The square of so much shows at once, and what the work needs stays
/// in memory that the process has: to get new memory for each try takes more than its share.
const LARGEST: usize = 1 << 17;

/// A text by its start, what is repeated after it, and its end.
type Repeated = (&'static str, &'static str, &'static str);

/// `start`, `repeated` until the text has about `size` bytes, `end`.
fn text(size: usize, (start, repeated, end): Repeated) -> String {
    [start, &repeated.repeat(size.div_ceil(repeated.len())), end].concat()
}

/// Checks that what is done with a text grows as the text does.
#[track_caller]
fn grows_with_text<R>(parts: Repeated, work: impl Fn(&str) -> R) {
    println!("{parts:?}");
    grows_with_size(LARGEST, |size| {
        let (text, work) = (text(size, parts), &work);
        move || work(&text)
    });
}

/// What patterns may be made of, repeated: each special character alone, open, closed, and in each other's place.
#[rustfmt::skip] // A line for each kind.
const PATTERNS: &[Repeated] = &[
    // Parts.
    ("", "a", ""), ("", "é", ""), ("", "a/", ""), ("", "/", ""), ("", "./", ""), ("", "../", ""), ("", "**/", ""),
    ("", "*/", ""), ("", "**", ""), ("", "?", ""), ("", "*a", ""), ("", "?*", ""), ("//", "s", "/a"), ("", "\\", ""),
    // Brackets.
    ("", "[", ""), ("", "]", ""), ("", "[]", ""), ("", "[!", ""), ("", "[a", ""), ("", "[a]", ""), ("", "[!a]", ""),
    ("", "[]]", ""), ("", "[/", ""), ("", "[a/]", ""), ("", "[a]/", ""), ("", "[a-z]*", ""), ("", "[", "]"),
    // Braces.
    ("", "{", ""), ("", "}", ""), ("", ",", ""), ("", "{}", ""), ("", "{a}", ""), ("", "a{}", ""), ("", "{", "}"),
    ("", "a{", ""), ("", "{a,", ""), ("{", "a,", "}"), ("{", "ab{}", "}"), ("{", ",", "}"), ("{", "[,],", "}"),
    ("", "{[}]", ""), ("", "[{]", ""), ("{a,b}", "c", ""), ("{a,b}{c,d}", "{}", ""), ("{a,b}", "{c}", ""),
    ("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "{}", ""), ("{,}", "{[{]}", "{a,b}"), ("", "{{}}", ""),
    ("*{", "ab,", "}"), (".{", "ab,", "}"), ("..{", "ab,", "}"), ("//s/*{", "ab,", "}"), ("//{", "/a,", "}"),
    ("{{{a,b}}}", "{}/", ""), ("", "x{a,b}", ""), ("", "{{a},", ""),
];

/// What classes may be made of, repeated: ranges, empty ones, hyphens that are themselves.
#[rustfmt::skip] // A line for each kind.
const CLASSES: &[Repeated] = &[
    ("[", "a", "]"), ("[", "é", "]"), ("[", "a-b", "]"), ("[", "z-a", "]"), ("[", "ayz-", "a]"), ("[!", "ayz-", "a]"),
    ("[", "-", "]"), ("[", "a-", "]"), ("[", "-a", "]"), ("[!", "-a", "]"), ("[!", "z-a", "]"), ("[", "!", "]"),
    ("[", "bca-", "]"), ("[", "a-zz-a", "]"), ("[a", "-ba", "]"), ("[ab", "-ab", "]"),
];

#[test]
fn classes_are_compiled_in_time() {
    for &parts in CLASSES {
        println!("{parts:?}");
        grows_beyond(20 * LONG_ENOUGH, LARGEST, |size| {
            let text = text(size, parts);
            move || Pattern::<Posix>::parse(&text)
        });
    }
}

fn patterns_are_compiled_in_time<F: Flavour>() {
    for &parts in PATTERNS {
        grows_with_text(parts, |text| Pattern::<F>::parse(text));
    }
}

#[test]
fn posix_patterns_are_compiled_in_time() {
    patterns_are_compiled_in_time::<Posix>();
}

#[test]
fn windows_patterns_are_compiled_in_time() {
    patterns_are_compiled_in_time::<Windows>();
}

/// Patterns and paths, each repeated, with a start and an end: what matches late, in many places, or hardly.
#[rustfmt::skip] // A line for each kind.
const MATCHES: &[(Repeated, Repeated)] = &[
    (("", "?", ""), ("", "é", "")), (("", "a", ""), ("", "a", "")), (("", "[!a]", ""), ("", "b", "")),
    (("", "*a", "b"), ("", "a", "")), (("", "*a", "b"), ("", "aa", "")), (("", "*a", "*b*"), ("", "ac", "")),
    (("", "*?", "b"), ("", "a", "")), (("", "*[!b]", "b"), ("", "a", "")), (("", "*ab", "*"), ("", "a", "")),
    (("*", "a", "b*"), ("", "a", "")), (("*", "ab", "c*"), ("", "ab", "")), (("*", "?", "b*"), ("", "a", "")),
    (("*?", "a", "b*"), ("", "a", "")), 
    (("", "**/", "b"), ("", "a/", "a")), (("", "*/", "b"), ("", "a/", "a")), (("", "**/*/", "b"), ("", "a/", "a")),
    (("", "**/a/", "b"), ("", "a/", "a")), (("**/", "a", "/**"), ("", "a", "/a")), (("[", "ac", "]*"), ("", "d", "")),
    (("*/", "?", "*"), ("", "a/", "")), (("*", "?", "b?*"), ("", "ab", "")), (("", "*?b?", "*c*"), ("", "ab", "")),
    (("*a?a?b", "*", ""), ("", "a", "")), (("*[ab]a?a?a?a?b*", "?", ""), ("", "a", "")), (("", "A*", ""), ("", "a", "")), (("", "ſ*", "k"), ("", "s", "")),
    // Where the end fits, and the start does not.
    (("x{*a,*b}", "*", "c"), ("", "a", "c")),
];

fn paths_are_matched_in_time<F: Flavour>() {
    for &(pattern, path) in MATCHES {
        println!("{pattern:?} {path:?}");
        grows_with_size(LARGEST, |size| {
            let texts = (text(size, pattern), text(size, path));
            let (pattern, path) = (Pattern::<F>::parse(&texts.0), PathBuf::<F>::parse(&texts.1));
            let insensitive = pattern.clone().case_sensitive(false);
            move || [&pattern, &insensitive].map(|pattern| (pattern.full_match(&path), pattern.matches(&path)))
        });
    }
}

#[test]
fn posix_paths_are_matched_in_time() {
    paths_are_matched_in_time::<Posix>();
}

#[test]
fn windows_paths_are_matched_in_time() {
    paths_are_matched_in_time::<Windows>();
}

/// What takes the product of both lengths grows with each of them.
#[test]
fn pieces_are_found_in_time_in_long_names() {
    for piece in ["a?", "[ab]", "?a", "[!b]"] {
        let pattern = Pattern::<Posix>::parse(&format!("*{}b*", piece.repeat(100)));
        let insensitive = pattern.clone().case_sensitive(false);
        grows_with_size(LARGEST, |size| {
            let name = PathBuf::<Posix>::parse(&"a".repeat(size));
            let (pattern, insensitive) = (&pattern, &insensitive);
            move || (pattern.full_match(&name), insensitive.full_match(&name))
        });
    }
}

/// Hundreds of different classes take at most a few times as long as one class that is repeated as often. Case is ignored, and
/// each class matches many characters of the name.
#[test]
fn different_classes_are_matched_in_time() {
    const MOST: u32 = 4;
    let name = PathBuf::<Posix>::parse(&('Ā'..'߀').chain('Ā'..'߀').collect::<String>());
    let pattern = |letters: &mut dyn Iterator<Item = char>| {
        let classes: String = letters.map(|letter| format!("[A-{letter}]")).collect();
        Pattern::<Posix>::parse(&format!("*{classes}[0]*")).case_sensitive(false)
    };
    let (same, different) = (pattern(&mut ['一'; 600].into_iter()), pattern(&mut ('一'..).take(600)));
    let mut times = (0..ATTEMPTS)
        .map(|_| (least_time(2, || same.full_match(&name)), least_time(2, || different.full_match(&name))));
    assert!(times.any(|(same, different)| different < same * MOST), "{MOST} times as long");
}

/// Groups that fit a path of `a` in very many ways.
const DENSE: [&str; 5] = ["{a,}", "{[!b],aa}", "{*a,}", "{**/,a}", "{{a,b},}"];

/// Both the pattern and the path grow: what follows the last `**` is not compared at each part.
#[test]
fn last_parts_are_matched_in_time() {
    grows_with_size(1 << 14, |size| {
        let pattern = Pattern::<Posix>::parse(&format!("**/{}b/[ab]", "*/".repeat(size)));
        let path = PathBuf::<Posix>::parse(&format!("{}c/a", "a/".repeat(2 * size)));
        move || path.full_match(&pattern)
    });
}

/// A pattern is compiled in linear time, which is a measure on any machine: what is between two `**` is not compared at
/// each part.
#[test]
fn parts_between_any_paths_are_found_in_time() {
    const MOST: u32 = 10;
    for (part, name) in [("?/", "x/"), ("[xz]/", "x/"), ("?*/", "x/"), ("x?/", "xx/")] {
        let text = format!("**/{}y/**/y", part.repeat(2_000));
        let (pattern, path) = (Pattern::<Posix>::parse(&text), PathBuf::<Posix>::parse(&(name.repeat(4_000) + "y")));
        let mut times = (0..ATTEMPTS)
            .map(|_| (least_time(2, || pattern.full_match(&path)), least_time(2, || Pattern::<Posix>::parse(&text))));
        assert!(times.any(|(matching, compiling)| matching < compiling * MOST), "{part}");
    }
}

/// What takes the product of both lengths grows with each of them.
#[test]
fn dense_groups_are_matched_in_time() {
    for group in DENSE {
        println!("{group}");
        for (groups, letters) in [(None, Some(200)), (Some(50), None)] {
            grows_with_size(LARGEST, |size| {
                let pattern = Pattern::<Posix>::parse(&text(groups.unwrap_or(size), ("", group, "b")));
                let name = PathBuf::<Posix>::parse(&"a".repeat(letters.unwrap_or(size)));
                move || (pattern.full_match(&name), pattern.matches(&name))
            });
        }
    }
}

/// A pattern is compiled in linear time, which is a measure on any machine.
#[test]
fn to_match_a_name_takes_no_longer_than_to_compile_the_pattern() {
    for group in DENSE {
        let (text, name) = (text(8_000, ("", group, "b")), PathBuf::<Posix>::parse(&"a".repeat(200)));
        let pattern = Pattern::<Posix>::parse(&text);
        let mut times = (0..ATTEMPTS)
            .map(|_| (least_time(2, || pattern.full_match(&name)), least_time(2, || Pattern::<Posix>::parse(&text))));
        assert!(times.any(|(matching, compiling)| matching < compiling), "{group}");
    }
}

#[test]
fn sets_grow_with_their_patterns_and_paths() {
    grows_with_size(1 << 10, |size| {
        let patterns: Vec<String> = (0..size).map(|at| format!("**/dir{at}/*.{at}[ab]")).collect();
        move || patterns.iter().fold(PatternSetBuilder::<Posix>::default(), |set, pattern| set.include(pattern)).build()
    });
    let set = PatternSetBuilder::<Posix>::default().include("**/*a*b*c*d").exclude("a/**/b/*").build();
    grows_with_size(LARGEST, |size| {
        let path = PathBuf::<Posix>::parse(&"abc/".repeat(size));
        let set = &set;
        move || (set.is_match(&path), set.excludes(&path).len())
    });
}

/// What paths may be made of, repeated.
#[rustfmt::skip] // A line for each kind.
const PATHS: &[Repeated] = &[
    // Parts and separators.
    ("", "a", ""), ("", "a/", ""), ("/", "a\\", ""), ("", "/", ""), ("", "\\", ""), ("", "./", ""), ("/", "../", ""),
    ("/", "a/../", ""), ("", "//.", ""), ("", ".", ""), ("", "a.", ""), ("", ". ", ""), ("", "c:", ""), ("", "é", "/É"),
    // Shares and devices.
    ("\\\\", "s", "\\share\\a"), ("\\\\?\\UNC\\s\\", "é", "/a"), ("//?/", "c:/", ""), ("//s/sh/", "con.", "/a"),
    // Numbers, and what is escaped or stands for something else.
    ("/a", "0", "1"), ("/a", "1", ""), ("/a", "1a", ""), ("/a", "01/", ""), ("/", "%", ""), ("/", "%41", ""), ("/", "%2F", ""),
    ("/", "\n", ""), ("/", "?", ""), ("file:///", "%2E.", ""), ("file://", "%41", "/a"), ("file:", "\t", "/a"),
];

fn paths_are_used_in_time<F: Flavour>() {
    for &parts in PATHS {
        grows_with_text(parts, |text| {
            let path = PathBuf::<F>::parse(text);
            (path.join(text), parts_are_counted(&path), path.to_flavour::<Windows>())
        });
        grows_with_text(parts, |text| {
            let path = PathBuf::<F>::parse(text);
            let below = path.join("x");
            let common = below.common_path(&path).is_some();
            (
                below.relative_to(&path).is_ok(),
                path.relative_to_walk_up(&below).is_ok(),
                common,
                *below.normalize() == *path,
            )
        });
        grows_with_text(parts, |text| {
            let paths =
                [text.to_owned(), format!("{text}1"), format!("{text}01")].map(|text| PathBuf::<F>::parse(&text));
            let hash = RandomState::new().hash_one(&paths[0]);
            (paths[1].natural_cmp(&paths[2]), paths[0].cmp(&paths[1]), paths[0] == paths[2], hash)
        });
        grows_with_text(parts, |text| {
            let path = PathBuf::<F>::parse(text);
            (path.portability().len(), path.is_reserved(), path.join_inside(text).map_err(|error| error.to_string()))
        });
        grows_with_text(parts, |text| {
            let uri = PathBuf::<F>::parse(text).as_uri().map_err(|error| format!("{error:?}"));
            (PathBuf::<F>::from_uri(text).map_err(|error| error.to_string()), uri.map(PathBuf::<F>::from_uri))
        });
    }
}

/// The parts from both ends, and the suffixes.
fn parts_are_counted<F: Flavour>(path: &Path<F>) -> (usize, usize, usize) {
    (path.parts().count(), path.parts().rev().count(), path.suffixes().count())
}

#[test]
fn posix_paths_are_used_in_time() {
    paths_are_used_in_time::<Posix>();
}

#[test]
fn windows_paths_are_used_in_time() {
    paths_are_used_in_time::<Windows>();
}

#[test]
fn other_texts_are_read_in_time() {
    for parts in
        [("", "$", ""), ("", "${", ""), ("", "${a}", ""), ("", "$a", ""), ("", "%", ""), ("", "%a%", ""), ("", "'", "")]
    {
        grows_with_text(parts, |text| PathBuf::from(text).expandvars().is_ok());
    }
    for parts in [("", "u+x,", ""), ("u", "+x", ""), ("", "ugo", "+x"), ("u+", "x", ""), ("", "7", ""), ("", ",", "")] {
        grows_with_text(parts, |text| text.parse::<Mode>().map_err(|error| error.to_string()));
    }
}

/// Natural order costs a few times what plain order does, whatever is in the names: what is compared is the same.
fn natural_order_is_about_as_fast<F: Flavour>(name: impl Fn(usize) -> String) {
    const MOST: u32 = 8;
    let paths: Vec<PathBuf<F>> = (0..1_000).map(|at| PathBuf::parse(&name(at * 619 % 1_000))).collect();
    let sorted = |order: fn(&PathBuf<F>, &PathBuf<F>) -> Ordering| {
        least_time(3, || {
            let mut paths: Vec<_> = paths.iter().collect();
            paths.sort_by(|left, right| order(left, right));
            paths.len()
        })
    };
    let mut times = (0..ATTEMPTS).map(|_| (sorted(Ord::cmp), sorted(|left, right| left.natural_cmp(right))));
    assert!(times.any(|(plain, natural)| natural < plain * MOST), "natural order takes {MOST} times as long");
}

#[test]
fn natural_order_takes_little_more_than_order() {
    let name = |at: usize| format!("home/user/pictures of 2026/holiday-{at:05}.jpeg");
    natural_order_is_about_as_fast::<Posix>(name);
    natural_order_is_about_as_fast::<Windows>(name);
    natural_order_is_about_as_fast::<Windows>(|at| name(at).to_uppercase());
    natural_order_is_about_as_fast::<Posix>(|at| format!("{at}"));
    natural_order_is_about_as_fast::<Posix>(|at| format!("src/{}/mod.rs", ["walk", "fs", "sys", "path"][at % 4]));
    natural_order_is_about_as_fast::<Posix>(|at| format!("größe/日本語/{at}é"));
    natural_order_is_about_as_fast::<Windows>(|at| format!("größe/日本語/{at}é"));
}

/// Where each name costs a call to the system, the square shows late.
const MANY_NAMES: Duration = Duration::from_millis(60);

#[test]
fn names_are_looked_up_in_time() {
    const MOST: usize = 1 << 14;
    let tree = Tree::new(["d1/f1", "d2/f2"]);
    let names = |size: usize| (0..size).map(|number| format!("d{}/f{number}", number % 7)).collect::<Vec<_>>();
    grows_beyond(MANY_NAMES, MOST, |size| {
        let (names, tree) = (names(size), &tree);
        move || tree.glob(&names).unwrap().count()
    });
    grows_beyond(MANY_NAMES, MOST, |size| {
        let (names, tree) = (names(size), &tree);
        move || tree.glob(&names).unwrap().sorted_by(|left, right| left.cmp(right)).count()
    });
    grows_beyond(MANY_NAMES, MOST / 4, |size| {
        let set = names(size).iter().fold(PatternSet::builder(), |set, name| set.include(name)).build();
        let tree = &tree;
        move || tree.glob_set(&set).unwrap().count()
    });
}

/// As many patterns as names: each name would be compared with each pattern.
#[test]
fn names_are_excluded_in_time() {
    const MOST: usize = 1 << 12;
    let tree = Tree::new([]);
    let prepared = |size: usize| {
        let directory = tree.at(&size.to_string());
        directory.mkdir_all().unwrap();
        (0..size).for_each(|number| (&directory / format!("f{number}")).touch().unwrap());
        let patterns: Vec<_> = (0..size).map(|number| format!("**/x{number}")).collect();
        (directory, patterns)
    };
    grows_beyond(MANY_NAMES, MOST, |size| {
        let (directory, patterns) = prepared(size);
        move || directory.walk().exclude(&patterns).count()
    });
    grows_beyond(MANY_NAMES, MOST, |size| {
        let (directory, patterns) = prepared(size);
        let copy = tree.at("copy");
        move || CopyOptions::new().exclude(&patterns).dry_run(true).copy(&directory, &copy).unwrap().files
    });
}
