//! The interface of paths: operators, conversions, and tables of what has no law.

use waypath::{Path, Windows};

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
