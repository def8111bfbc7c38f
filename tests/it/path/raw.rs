//! Raw paths: the way from reports on, and what of it is not UTF-8.

use std::path::Path as StdPath;

use waypath::{Path, PathBuf, RawPath, path};

#[test]
fn a_raw_path_is_equal_to_every_path_of_its_text() {
    let raw = RawPath::from("a/b");
    let ours = path("a/b");
    let lent: &Path = &ours;
    let std = StdPath::new("a/b");
    assert_eq!([raw == ours, ours == raw, raw == *lent, *lent == raw, raw == lent, lent == raw], [true; 6]);
    assert_eq!([raw == std, std == raw, raw == *std, *std == raw], [true; 4]);
    let owned = std.to_path_buf();
    assert_eq!([raw == owned, owned == raw, raw == "a/b", raw == *"a/b", *"a/b" == raw], [true; 5]);
    assert!(raw != path("a/c") && raw != StdPath::new("a/c") && raw != "a");
    for other in [
        RawPath::from(ours.clone()),
        RawPath::from(&ours),
        RawPath::from(lent),
        RawPath::from(std),
        RawPath::from(&owned),
        RawPath::from(owned.clone()),
        RawPath::from(std.as_os_str()),
        RawPath::from("a/b".to_owned()),
    ] {
        assert_eq!(other, raw);
        assert_eq!(other.to_path().unwrap(), ours);
    }
    assert_eq!(PathBuf::try_from(&raw).unwrap(), PathBuf::try_from(raw.clone()).unwrap());
    let back: std::path::PathBuf = raw.clone().into();
    assert_eq!(back, owned);
    assert_eq!(format!("[{raw:>5}] {raw:?}"), "[  a/b] \"a/b\"");
    let shorter = RawPath::from("a");
    assert!(shorter < raw);
}

#[cfg(unix)]
#[test]
fn what_is_not_utf8_is_kept_and_shown() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let text = OsStr::from_bytes(b"caf\xe9\n");
    let raw = RawPath::from(text);
    assert_eq!((raw.to_string(), raw.to_string_lossy().into_owned()), ("caf\u{fffd}\n".into(), "caf\u{fffd}\n".into()));
    assert_eq!(raw.printable(), "caf\u{fffd}\\n");
    assert_eq!(raw.as_std_path().as_os_str(), text);
    let refused: [waypath::Result<PathBuf>; 3] = [raw.to_path(), (&raw).try_into(), raw.clone().try_into()];
    assert!(refused.iter().all(|refused| refused.as_ref().is_err_and(|error| error.path().as_std_path() == text)));
    assert!(raw != path("caf\u{fffd}\n") && path("caf\u{fffd}\n") != raw);
}
