//! The interface of paths: operators, conversions, and tables of what has no law.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::Arc;

use waypath::{
    Error, FileKind, Flavour, Native, Op, Parents, Parts, Path, PathBuf, Pattern, PatternSet, PatternSetBuilder,
    PortabilityReason, Posix, PosixPath, PosixPathBuf, Suffixes, TargetPlatform, Unportable, Windows, WindowsPath,
    WindowsPathBuf, path,
};

#[test]
fn numbers_in_names_are_ordered_by_value() {
    fn in_order<F: Flavour, const N: usize>(texts: [&str; N]) {
        let paths = texts.map(PathBuf::<F>::parse);
        assert!(paths.is_sorted_by(|left, right| left.natural_cmp(right).is_lt()), "{paths:?}");
    }
    in_order::<Posix, 6>(["page", "page1", "page1/b", "page9", "page10", "pages"]);
    in_order::<Posix, 4>(["v1.2.9", "v1.2.10", "v1.10.0", "v2"]);
    // Of two that are the same number, what follows decides; then the text.
    in_order::<Posix, 4>(["a007", "a7", "a07b", "a7c"]);
    in_order::<Posix, 3>(["a18446744073709551615", "a18446744073709551616", "a99999999999999999999999"]);
    // A directory comes right before what is in it, a digit after a separator and before letters.
    in_order::<Posix, 6>(["a", "a/b", "a-b", "a.b", "a1", "ab"]);
    in_order::<Posix, 3>(["B", "a", "b"]);
    in_order::<Windows, 4>(["a2", "A10", "B1", "b2"]);
    assert!(PathBuf::<Windows>::parse("A1").natural_cmp(&PathBuf::<Windows>::parse("a1")).is_eq());
}

/// URIs of Windows paths that are not on a plain drive; the answers are those of CPython 3.15.
#[test]
fn uris_of_odd_windows_paths() {
    let cases = [
        (r"\\?\c:\a", "file:///c:/a"),
        (r"\\?\UNC\s\sh\a", "file://s/sh/a"),
        (r"\\?\unc\s\sh\a", "file://s/sh/a"),
        (r"\\.\COM1\a", "file://./COM1/a"),
        // What is left of this drive is nothing, and no host is written.
        (r"\\?\\a", "file:/a"),
        (r"\\?\\.\.\c:\a", "file:/c%3A/a"),
        (r"\:\a", "file:///%3A/a"),
        (r"é:\a", "file:///%C3%A9:/a"),
        (r"c:\a:b c", "file:///c:/a%3Ab%20c"),
    ];
    for (text, uri) in cases {
        assert_eq!(Path::<Windows>::parse(text).as_uri().unwrap(), uri, "{text}");
    }
}

#[track_caller]
fn uri_is<F: Flavour>(uri: &str, path: &str) {
    assert_eq!(PathBuf::<F>::from_uri(uri).unwrap().as_str(), path, "{uri}");
}

#[track_caller]
fn no_uri<F: Flavour>(uri: &str, reason: &str) {
    let message = PathBuf::<F>::from_uri(uri).unwrap_err().to_string();
    assert!(message.ends_with(reason), "{uri}: {message}");
}

/// Drive and host are looked for in what the percent-encoding stands for, as in the crate `url`, .NET, Node and Dart.
#[test]
fn uris_are_decoded_before_they_are_read() {
    for drive in ["c:", "c%3A", "c%3a", "%63%3A", "c|", "c%7C", "c%7c", "%63|"] {
        uri_is::<Windows>(&format!("file:///{drive}/Dev/x"), r"c:\Dev\x");
        uri_is::<Windows>(&format!("file:/{drive}/Dev/x"), r"c:\Dev\x");
        uri_is::<Windows>(&format!("file:{drive}/Dev/x"), r"c:\Dev\x");
        uri_is::<Windows>(&format!("file://localhost/{drive}/Dev/x"), r"c:\Dev\x");
        uri_is::<Windows>(&format!("file://local%68ost/{drive}%2FDev%5Cx"), r"c:\Dev\x");
        uri_is::<Windows>(&format!("file:///{drive}%2F"), r"c:\");
        no_uri::<Windows>(&format!("file:///{drive}Dev"), "the path is not absolute");
    }
    uri_is::<Windows>("file://c:/a", r"c:\a");
    uri_is::<Windows>("file://c%3A/a", r"c:\a");
    uri_is::<Windows>("file:///%C3%A9:/a", r"é:\a");
    uri_is::<Windows>("file://s%65rver/sh%61re/a", r"\\server\share\a");
    uri_is::<Windows>("file:///%2F%2Fserver/share/a", r"\\server\share\a");
    uri_is::<Posix>("file://local%68ost/a", "/a");
    uri_is::<Posix>("file:///c%3A/a", "/c:/a");
    uri_is::<Posix>("file:%2Fa", "/a");
    no_uri::<Posix>("file://h%6Fst/a", "it is on another host");
    no_uri::<Posix>("f%69le:///a", "its scheme is not `file`");
}

/// What percent-encoding hides is there when the path is judged, and is decoded once.
#[test]
fn uris_hide_nothing_from_the_path() {
    uri_is::<Posix>("file:///a%2Fb", "/a/b");
    uri_is::<Posix>("file:///a%5Cb", r"/a\b");
    uri_is::<Posix>("file:///srv/%2e%2e%2F%2E./etc", "/srv/../../etc");
    uri_is::<Posix>("file:///%2e/a", "/a");
    uri_is::<Posix>("file:///a%00b", "/a\0b");
    uri_is::<Posix>("file:///%2541%252F%25", "/%41%2F%");
    uri_is::<Posix>("file:///a%3Fb%23c?d#e", "/a?b#c");
    uri_is::<Posix>("file:///%4", "/%4");
    uri_is::<Posix>("file:///%+4%zz%", "/%+4%zz%");
    no_uri::<Posix>("file:///%FF", "the path is not UTF-8");
    no_uri::<Posix>("file:///%C3/%A9", "the path is not UTF-8");
    uri_is::<Windows>("file:///c:/a%2Fb%5Cc", r"c:\a\b\c");
    uri_is::<Windows>("file:///c:/a/%2e%2e%5C%2E%2E/b", r"c:\a\..\..\b");
    uri_is::<Windows>("file:///c:/a%00%3Ab", "c:\\a\0:b");
    no_uri::<Windows>("file:///c%253A/a", "the path is not absolute");
    // A host stays the one that is written: no separator in it, and none in disguise.
    for host in ["a%2Fb", "a%5Cb", "a%2f..", "a%EF%BC%8Fb", "a／b", "%E2%84%80", "[x", "[::1", "%FF"] {
        no_uri::<Windows>(&format!("file://{host}/share/a"), "its host is malformed");
        no_uri::<Posix>(&format!("file://{host}/a"), "its host is malformed");
    }
    for host in ["[]", "[v1]", "[v1.]", "[v.a]", "[vg.a]", "[::1]x", "[::1%]", "[::1", "a[::1]"] {
        no_uri::<Windows>(&format!("file://{host}/share/a"), "its host is malformed");
    }
    for host in ["[v1.a]", "[VF.a]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1]:445"] {
        assert!(WindowsPathBuf::from_uri(format!("file://{host}/share/a")).is_ok(), "{host}");
    }
}

#[track_caller]
fn joins_inside<F: Flavour>(base: &str, text: &str, joined: &str) {
    assert_eq!(Path::<F>::parse(base).join_inside(text).unwrap().as_str(), joined);
}

#[track_caller]
fn leaves<F: Flavour>(base: &str, text: &str, reason: &str) {
    let message = Path::<F>::parse(base).join_inside(text).unwrap_err().to_string();
    assert!(message.contains(reason), "{message}");
}

#[test]
fn join_inside_accepts_what_stays() {
    joins_inside::<Posix>("/srv", "a/b", "/srv/a/b");
    joins_inside::<Posix>("/srv", "", "/srv");
    joins_inside::<Posix>("/srv", "./", "/srv");
    joins_inside::<Posix>("/srv", r"a\b", r"/srv/a\b");
    joins_inside::<Posix>(".", "...a/.b", "...a/.b");
    joins_inside::<Posix>("..", "a", "../a");
    joins_inside::<Posix>("/", "a*b?", "/a*b?");
    joins_inside::<Posix>("/srv", "null/console/com10/com0", "/srv/null/console/com10/com0");
    joins_inside::<Windows>("c:", "a/b", r"c:a\b");
    joins_inside::<Windows>("c:/", "a", r"c:\a");
    joins_inside::<Windows>("//s/sh", "a", r"\\s\sh\a");
    joins_inside::<Windows>(r"\\s", "", r"\\s");
}

#[test]
fn join_inside_refuses_what_may_leave() {
    for text in ["/a", "//a", r"\a", r"./\a", r".//./\\?\c", r"\\s\sh\a", r"\\?\c:\a", "//./COM1"] {
        leaves::<Posix>("/srv", text, "the text has a root");
        leaves::<Windows>("c:/srv", text, "the text has a root");
    }
    for text in ["..", "a/..", "a/../b", r"a\..\b", "../srv/a", r"./..\a"] {
        leaves::<Posix>("/srv", text, "`..` leads up");
        leaves::<Windows>("c:/srv", text, "`..` leads up");
    }
    for text in ["c:", "c:a", "a/c:", "a:b", "a/b.txt:stream", "a::$DATA", "é:a"] {
        leaves::<Posix>("/srv", text, "has a drive or a stream");
        leaves::<Windows>("c:/srv", text, "has a drive or a stream");
    }
    for text in ["nul", "a/NUL.txt", "con .x", "COM¹", "lpt9.tar.gz", "CONIN$", "aux/b"] {
        leaves::<Posix>("/srv", text, "is a device");
        leaves::<Windows>("c:/srv", text, "is a device");
    }
    for text in ["a.", "a ", "... ", "a /b", ". .", "...", "nul."] {
        leaves::<Posix>("/srv", text, "ends in a dot or space");
        leaves::<Windows>("c:/srv", text, "ends in a dot or space");
    }
    leaves::<Posix>("/srv", "a\0b", "contains NUL");
}

/// A share or device that is not complete yet becomes one that the text chooses.
#[test]
fn join_inside_does_not_complete_shares() {
    for base in [r"\\", r"\\server", r"\\server\", r"\\.", r"\\?\UNC\s", r"\\?\c:"] {
        leaves::<Windows>(base, "evil/share", "the text would complete");
    }
    leaves::<Windows>(r"\\", ".", "the text would complete");
}

/// The public types may be sent, shared, pinned and carried over a panic.
#[test]
fn auto_traits() {
    fn assert<T: ?Sized + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    fn of_flavour<F: Flavour + UnwindSafe + RefUnwindSafe>() {
        assert::<Path<F>>();
        assert::<PathBuf<F>>();
        assert::<Parts<'_, F>>();
        assert::<Parents<'_, F>>();
        assert::<Pattern<F>>();
        assert::<PatternSet<F>>();
        assert::<PatternSetBuilder<F>>();
        assert::<F>();
    }
    of_flavour::<Posix>();
    of_flavour::<Windows>();
    of_flavour::<Native>();
    assert::<Suffixes<'_>>();
    assert::<Unportable<'_>>();
    assert::<PortabilityReason>();
    assert::<TargetPlatform>();
    assert::<Op>();
}

/// The error holds an `io::Error`, which no panic may leave half made.
#[test]
fn errors_are_small_and_can_be_sent() {
    fn assert<T: std::error::Error + Send + Sync + Unpin + 'static>() {}
    assert::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

/// Asserts that each division gives `a/b`.
macro_rules! all_divide {
    ($($left:expr, $right:expr;)*) => {
        $(assert_eq!(($left / $right).as_posix(), "a/b", stringify!($left / $right));)*
    };
}

#[test]
fn every_division() {
    fn of_flavour<F: Flavour>() {
        let (left, right) = (PathBuf::<F>::parse("a"), PathBuf::<F>::parse("b"));
        let (left_text, right_text) = ("a".to_owned(), "b".to_owned());
        let right_path: &Path<F> = &right;
        let left_path: &Path<F> = &left;
        all_divide! {
            left_path, "b";
            left_path, &right_text;
            left_path, "b".to_owned();
            left_path, Cow::Borrowed("b");
            left_path, right_path;
            left_path, &right;
            left_path, right.clone();
            left_path, Cow::Borrowed(right_path);
            left_path, &&right;
            &left, "b";
            &left, &right_text;
            &left, "b".to_owned();
            &left, right_path;
            &left, &right;
            &left, right.clone();
            &left, Cow::Borrowed(right_path);
            left.clone(), "b";
            left.clone(), &right_text;
            left.clone(), "b".to_owned();
            left.clone(), right_path;
            left.clone(), &right;
            left.clone(), right.clone();
            left.clone(), Cow::Borrowed(right_path);
            "a", right_path;
            "a", &right;
            "a", right.clone();
            &left_text, right_path;
            &left_text, &right;
            &left_text, right.clone();
            "a".to_owned(), right_path;
            "a".to_owned(), &right;
            "a".to_owned(), right.clone();
        }
        let mut path = PathBuf::<F>::default();
        path /= "a";
        path /= &right_text;
        path /= "c".to_owned();
        path /= right_path;
        path /= &right;
        path /= right.clone();
        path /= Cow::Borrowed(right_path);
        path.push("d");
        assert_eq!(path, "a/b/c/b/b/b/b/d");
    }
    of_flavour::<Posix>();
    of_flavour::<Windows>();
    of_flavour::<Native>();
    let utf8 = camino::Utf8PathBuf::from("b");
    all_divide! {
        path("a"), &utf8;
        path("a"), utf8.as_path();
        &path("a"), utf8.clone();
    }
}

#[test]
fn owned_and_shared_boxes() {
    fn of_flavour<F: Flavour>() {
        for text in [".", "a/b", "/", "c:", "😀"] {
            let owned = PathBuf::<F>::parse(text);
            let borrowed = owned.as_path();
            let boxed: Box<Path<F>> = borrowed.into();
            assert_eq!(*boxed, *borrowed);
            assert_eq!(boxed.clone(), Box::from(owned.clone()));
            assert_eq!(PathBuf::from(boxed.clone()), owned);
            let counted: (Rc<Path<F>>, Arc<Path<F>>) = (borrowed.into(), borrowed.into());
            assert_eq!((&*counted.0, &*counted.1), (borrowed, borrowed));
            assert_eq!((Rc::from(owned.clone()), Arc::from(owned.clone())), counted);
            assert_eq!((Rc::from(boxed.clone()), Arc::from(boxed.clone())), counted);
            assert_eq!([PathBuf::from(counted.0), PathBuf::from(counted.1)], [owned.clone(), owned.clone()]);
            assert_eq!(Box::<Path<F>>::from(Cow::Borrowed(borrowed)).as_str(), owned.as_str());
        }
    }
    of_flavour::<Posix>();
    of_flavour::<Windows>();
    of_flavour::<Native>();
}

#[test]
fn cows() {
    let owned = PosixPathBuf::parse("a");
    assert!(matches!(Cow::from(owned.as_path()), Cow::Borrowed(_)));
    assert!(matches!(Cow::from(&owned), Cow::Borrowed(_)));
    assert!(matches!(Cow::from(owned.clone()), Cow::Owned(_)));
    assert_eq!(PosixPathBuf::from(Cow::from(&owned)), owned);
    assert_eq!(PosixPathBuf::from(&owned), owned);
    assert_eq!(PosixPathBuf::from(owned.as_path()), owned);
    let mut target = PosixPathBuf::parse("longer/than/a");
    owned.as_path().clone_into(&mut target);
    assert_eq!(target, owned);
    target.clone_from(&PosixPathBuf::parse("b"));
    assert_eq!(target, "b");
}

/// The text that a native path is made of becomes normal, whatever type it has.
#[test]
fn native_conversions() {
    let utf8 = camino::Utf8PathBuf::from("a//b/");
    let made = [
        path("a//b/"),
        PathBuf::from("a//b/"),
        PathBuf::from("a//b/".to_owned()),
        PathBuf::from(Cow::Borrowed("a//b/")),
        PathBuf::from(Cow::<str>::Owned("a//b/".to_owned())),
        PathBuf::from(utf8.as_path()),
        PathBuf::from(utf8),
        PathBuf::try_from(std::path::Path::new("a//b/")).unwrap(),
        PathBuf::try_from(std::path::PathBuf::from("a//b/")).unwrap(),
        PathBuf::try_from(OsStr::new("a//b/")).unwrap(),
        "a//b/".parse().unwrap(),
    ];
    for path in &made {
        assert_eq!(*path, "a/b");
        assert_eq!(path.as_str().len(), 3);
    }
    let [path, ..] = made;
    let expected = std::path::PathBuf::from("a").join("b");
    assert_eq!(AsRef::<std::path::Path>::as_ref(&path), expected);
    assert_eq!(AsRef::<OsStr>::as_ref(path.as_path()), expected.as_os_str());
    assert_eq!(AsRef::<camino::Utf8Path>::as_ref(&path), expected.to_str().unwrap());
    assert_eq!(<&camino::Utf8Path>::from(path.as_path()), expected.to_str().unwrap());
    assert_eq!(AsRef::<str>::as_ref(&path), expected.to_str().unwrap());
    assert_eq!(std::path::PathBuf::from(path.clone()), expected);
    assert_eq!(std::ffi::OsString::from(path.clone()), expected.as_os_str());
    assert_eq!(camino::Utf8PathBuf::from(path.clone()), expected.to_str().unwrap());
    assert_eq!(String::from(path), expected.to_str().unwrap());
}

#[cfg(unix)]
#[test]
fn a_system_path_that_is_not_utf8_is_an_error() {
    use std::os::unix::ffi::OsStrExt;

    let text = OsStr::from_bytes(b"a/\xff");
    let errors = [
        PathBuf::try_from(text).unwrap_err(),
        PathBuf::try_from(std::path::Path::new(text)).unwrap_err(),
        PathBuf::try_from(std::path::PathBuf::from(text)).unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.op(), error.kind()), (Op::Convert, std::io::ErrorKind::InvalidInput));
        assert_eq!(error.path(), std::path::Path::new(text));
        assert_eq!(error.to_string(), "cannot read `a/\u{fffd}` as a path: it is not UTF-8");
    }
}

#[test]
fn segments_collect_and_extend() {
    let collected: PosixPathBuf = ["a", "/b", "", "c/"].into_iter().collect();
    assert_eq!(collected, "/b/c");
    assert_eq!(std::iter::empty::<&str>().collect::<PosixPathBuf>(), ".");
    let owned = [PosixPathBuf::parse("a"), PosixPathBuf::parse("b")];
    assert_eq!(owned.iter().collect::<PosixPathBuf>(), "a/b");
    assert_eq!(owned.iter().map(PathBuf::as_path).collect::<PosixPathBuf>(), "a/b");
    let mut path: WindowsPathBuf = owned.iter().map(|path| path.as_str()).collect();
    path.extend(["c:", "d"].map(String::from));
    assert_eq!(path.as_str(), "c:d");
}

/// Asserts that each pair is equal, asked from either side.
macro_rules! equal_both_ways {
    ($($left:expr, $right:expr;)*) => {$(
        assert!($left == $right, stringify!($left == $right));
        assert!($right == $left, stringify!($right == $left));
    )*};
}

#[test]
fn paths_compare_with_text_both_ways() {
    let owned = WindowsPathBuf::parse("A/b");
    let borrowed: &WindowsPath = &owned;
    let cow = Cow::Borrowed(borrowed);
    let text = "a//B/".to_owned();
    equal_both_ways! {
        owned, text;
        owned, *text;
        owned, "a/b";
        *borrowed, text;
        *borrowed, *text;
        *borrowed, "a/b";
        borrowed, text;
        borrowed, *text;
        owned, *borrowed;
        owned, borrowed;
        cow, *borrowed;
        cow, borrowed;
        cow, owned;
    }
    assert_ne!(owned, "a");
    assert_ne!("A/b/c", *borrowed);
    let (above, below) = (WindowsPathBuf::parse("b"), WindowsPathBuf::parse("A"));
    assert!(cow < above && below < cow);
    assert!(*borrowed < above && *below < owned);
    assert!(above > *borrowed && owned > below.as_path());
    assert_eq!([owned > "A", "A" < owned, owned <= text, text >= owned, *borrowed < *"b", *"b" > *borrowed], [true; 6]);
    assert_eq!([*borrowed < "a/b/c", *borrowed > "a", "a-b" > owned], [true; 3], "ordered as paths");
}

#[test]
fn maps_are_asked_with_borrowed_paths() {
    let mut sizes = HashMap::from([(WindowsPathBuf::parse("Docs/É.txt"), 1)]);
    sizes.insert(WindowsPathBuf::parse("docs/é.TXT"), 2);
    assert_eq!(sizes.get(WindowsPath::parse(r"DOCS\é.txt").as_ref()), Some(&2));
    assert_eq!(sizes.len(), 1);
    let names = BTreeSet::from(["b", "a/c", "a"].map(PosixPathBuf::parse));
    assert!(names.contains(PosixPath::parse("a//c").as_ref()));
    assert!(!names.contains(PosixPath::parse("A").as_ref()));
}

/// A path says where it ends, so that two in a row are not hashed as one text.
#[test]
fn hashes_of_pairs_tell_where_a_path_ends() {
    fn of_flavour<F: Flavour>() {
        let hash =
            |pair: [&str; 2]| BuildHasherDefault::<DefaultHasher>::default().hash_one(pair.map(PathBuf::<F>::parse));
        assert_ne!(hash(["ab", "c"]), hash(["a", "bc"]));
        assert_eq!(hash(["ab/", "c"]), hash(["ab", "./c"]));
    }
    of_flavour::<Posix>();
    of_flavour::<Windows>();
    of_flavour::<Native>();
}

#[test]
fn sorted_paths() {
    let sorted = |texts: &[&str]| {
        let mut paths: Vec<_> = texts.iter().map(|text| PosixPathBuf::parse(text)).collect();
        paths.sort();
        paths.into_iter().map(PathBuf::into_string).collect::<Vec<_>>()
    };
    assert_eq!(sorted(&["a-b", "a/b", "a", "a b", "a.b"]), ["a", "a/b", "a b", "a-b", "a.b"]);
    assert_eq!(sorted(&[".", "a", "/z", "//z", "-", ".."]), ["//z", "/z", "-", ".", "..", "a"]);
    assert_eq!(sorted(&["a\0", "a/b", "a"]), ["a", "a/b", "a\0"]);
    let mut paths = ["b", "A/z", "a", "C", "a-"].map(WindowsPathBuf::parse);
    paths.sort();
    assert_eq!(paths.map(PathBuf::into_string), ["a", r"A\z", "a-", "b", "C"]);
}

#[track_caller]
fn normalizes<F: Flavour>(text: &str, normal: &str) {
    assert_eq!(Path::<F>::parse(text).normalize().as_str(), normal, "{text}");
}

#[test]
fn normalize() {
    normalizes::<Posix>("a/../b", "b");
    normalizes::<Posix>("a/b/../../..", "..");
    normalizes::<Posix>("../../a/..", "../..");
    normalizes::<Posix>("a/..", ".");
    normalizes::<Posix>("/..", "/");
    normalizes::<Posix>("/../../a", "/a");
    normalizes::<Posix>("//../a", "//a");
    normalizes::<Posix>("a/.../..", "a");
    normalizes::<Posix>(r"a\..", r"a\..");
    normalizes::<Windows>(r"a\..", ".");
    normalizes::<Windows>("c:a/../..", r"c:..");
    normalizes::<Windows>("c:a/..", "c:");
    normalizes::<Windows>("c:/../a", r"c:\a");
    normalizes::<Windows>("/..", r"\");
    normalizes::<Windows>("//s/sh/../a", r"\\s\sh\a");
    normalizes::<Windows>("//s/..", r"\\s\..\"); // the name of a share
    normalizes::<Windows>("x/../c:", r".\c:");
    normalizes::<Windows>("./c:/..", ".");
}

#[track_caller]
fn common<F: Flavour>(left: &str, right: &str, common: Option<&str>) {
    assert_eq!(Path::<F>::parse(left).common_path(right).map(Path::as_str), common, "{left} {right}");
}

#[test]
fn common_path() {
    common::<Posix>("/a/b", "/a/c", Some("/a"));
    common::<Posix>("/a/b", "/a/b/c", Some("/a/b"));
    common::<Posix>("/ab", "/a", Some("/"));
    common::<Posix>("a", "b", Some("."));
    common::<Posix>("a", ".", Some("."));
    common::<Posix>("a", "/a", None);
    common::<Posix>("/a", "//a", None);
    common::<Posix>("../a", "../b", Some(".."));
    common::<Posix>("a/../b", "a/c", Some("a"));
    common::<Windows>("C:/A/b", "c:/a/C", Some(r"C:\A"));
    common::<Windows>("c:a", "c:b", Some("c:"));
    common::<Windows>("c:a", "c:/a", None);
    common::<Windows>("c:/a", "d:/a", None);
    common::<Windows>("//S/sh/a", "//s/SH", Some(r"\\S\sh\"));
    common::<Windows>("./c:/a", "./C:/b", Some(r".\c:"));
    common::<Windows>("./c:", "./d:", Some("."));
    // A sigma is folded by its neighbours, a dotted İ to two characters.
    common::<Windows>("AΣ/x", "aς/y", Some("AΣ"));
    common::<Windows>("İ/k/x", "i\u{307}/\u{212a}/y", Some(r"İ\k"));
    // Only the first of these needs a `.\`, so that no path that both are below has that name, as pathlib has it.
    common::<Windows>("./İ::/a", "i\u{307}::/a", Some("."));
    let (path, base) = (WindowsPath::parse("./İ::"), WindowsPath::parse("i\u{307}::"));
    assert_eq!(path.relative_to_walk_up(base).unwrap().as_str(), r"..\İ::");
}

/// Asserts what is found in a POSIX path.
#[track_caller]
fn found(text: &str, expected: &[(&str, PortabilityReason)]) {
    let path = PosixPath::parse(text);
    let found: Vec<_> = path.portability().iter().map(|found| (found.part, found.reason)).collect();
    assert_eq!(found, expected);
}

#[test]
fn portability_of_names() {
    use PortabilityReason::{Character, Control, Device, Nul, Stream, TrailingDotOrSpace};

    found("src/main.rs", &[]);
    found("../.a/...b/com0/lpt/nul_/conin", &[]);
    found("COM¹", &[("COM¹", Device)]);
    found("a/CONIN$/conout$.x", &[("CONIN$", Device), ("conout$.x", Device)]);
    found("nul .txt", &[("nul .txt", Device)]);
    found("con.", &[("con.", Device), ("con.", TrailingDotOrSpace)]);
    found("a. /b", &[("a. ", TrailingDotOrSpace)]);
    found("...", &[("...", TrailingDotOrSpace)]);
    found("a\0b", &[("a\0b", Nul)]);
    found("a\n\x1fb", &[("a\n\x1fb", Control('\n')), ("a\n\x1fb", Control('\x1f'))]);
    found("a\x7f\u{85}", &[]);
    found("a*b?c*", &[("a*b?c*", Character('*')), ("a*b?c*", Character('?'))]);
    found(r"a\b", &[(r"a\b", Character('\\'))]);
    found("a:b:c", &[("a:b:c", Stream)]);
    found("c:/x", &[("c:", Stream)]);
    found("/aux", &[("aux", Device)]);
    let windows = WindowsPath::parse("//?/c:/a:b/nul");
    let reasons: Vec<_> = windows.portability().iter().map(|found| found.reason).collect();
    assert_eq!(reasons, [Stream, Device]);
}

#[test]
fn portability_of_lengths() {
    use PortabilityReason::{NameBytes, NameUnits, PathBytes, PathUnits};

    let name = |character: &str, times: usize| character.repeat(times);
    found(&name("a", 255), &[]);
    let long = name("a", 256);
    found(&long, &[(&long, NameBytes(256)), (&long, NameUnits(256))]);
    let wide = name("é", 128); // as many units as characters, twice the bytes
    found(&wide, &[(&wide, NameBytes(256))]);
    let astral = name("😀", 128); // two units and four bytes each
    found(&astral, &[(&astral, NameBytes(512)), (&astral, NameUnits(256))]);
    let path = name("a/", 129) + "a";
    found(&path, &[]);
    let path = name("a/", 130);
    assert_eq!(PosixPath::parse(&path).as_str().len(), 259);
    let path = name("a/", 129) + "ab";
    found(&path, &[(&path, PathUnits(260))]);
    let path = name("a/", 511) + "aé";
    found(&path, &[(&path, PathBytes(1025)), (&path, PathUnits(1024))]);
    assert_eq!(PathBytes(1025).platforms(), [TargetPlatform::MacOs]);
    assert_eq!(PathBytes(4096).platforms(), [TargetPlatform::Linux, TargetPlatform::MacOs]);
    assert_eq!(PathBytes(4095).platforms(), [TargetPlatform::MacOs]);
    assert_eq!(NameBytes(256).platforms(), [TargetPlatform::Linux, TargetPlatform::MacOs]);
    let too_long = |bytes| PathBytes(bytes).to_string();
    assert_eq!(too_long(4096), "4096 bytes are too long a path for Linux (4095) and macOS (1023)");
    assert_eq!(too_long(4095), "4095 bytes are too long a path for macOS (1023)");
}

#[test]
fn suffixes_come_from_both_ends() {
    for text in ["a", "a.b", "a.tar.gz", ".a.b", "a.", "a..b.", "..a", "é.ü.😀"] {
        let path = PosixPath::parse(text);
        let mut backwards: Vec<_> = path.suffixes().rev().collect();
        backwards.reverse();
        assert_eq!(backwards, path.suffixes().collect::<Vec<_>>(), "{text}");
        let mut suffixes = path.suffixes();
        if let (Some(first), Some(last)) = (suffixes.next(), suffixes.next_back()) {
            assert!(text.contains(first) && text.ends_with(last), "{text}");
        }
    }
}

#[test]
fn operations_and_kinds_have_names_to_print() {
    assert_eq!([Op::Mkdir, Op::WithName, Op::TreeSize].map(|op| op.to_string()), ["mkdir", "with_name", "tree_size"]);
    let kinds = [FileKind::File, FileKind::Directory, FileKind::Symlink, FileKind::Other];
    assert_eq!(kinds.map(|kind| format!("{kind:>9}")).join("|"), "     file|directory|symbolic link|special file");
}
