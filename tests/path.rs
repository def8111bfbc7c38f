//! The interface of paths: operators, conversions, and tables of what has no law.

use waypath::{Flavour, Path, Posix, Windows};

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
        leaves::<Posix>("/srv", text, "\"..\" leads up");
        leaves::<Windows>("c:/srv", text, "\"..\" leads up");
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
    leaves::<Posix>("/srv", "a\0b", "holds NUL");
}

/// A share or device that is not complete yet becomes one that the text chooses.
#[test]
fn join_inside_does_not_complete_shares() {
    for base in [r"\\", r"\\server", r"\\server\", r"\\.", r"\\?\UNC\s", r"\\?\c:"] {
        leaves::<Windows>(base, "evil/share", "the text would complete");
    }
    leaves::<Windows>(r"\\", ".", "the text would complete");
}
