//! Names: none is ever read as another path, or as another file.

use std::io::ErrorKind;

use waypath::{Op, Path, PathBuf, Result};

use crate::support::util::{Tree, fails};

/// The path of a directory under which Windows reads all names as they are written.
fn literal(tree: &Tree) -> PathBuf {
    PathBuf::try_from(std::fs::canonicalize(tree.as_str()).unwrap()).unwrap()
}

/// Row 6.5.
#[test]
fn resolving_keeps_what_is_not_there_as_it_is_written() -> Result<()> {
    for path in [
        r"C:\no such\f:s",
        r"C:\no such\z:\etc",
        r"C:\no such\a.\b",
        r"C:\no such\a ",
        r"C:\no such\nul:x",
        r"\\no.such.server",
        r"\\.\prn",
    ] {
        assert_eq!(PathBuf::parse(path).resolve()?.as_str(), path);
    }
    let here = Path::cwd()?.resolve()?;
    for name in ["prn", r".\c:x", r".\f:s", "no such.", r"no such\a. .", r"no such\..\z:"] {
        let expected = format!("{here}\\{}", name.trim_start_matches(r".\").trim_start_matches(r"no such\..\"));
        assert_eq!(PathBuf::parse(name).resolve()?.as_str(), expected, "{name}");
    }
    // Spelled as on the disk, up to where something is.
    let tree = Tree::new(["Dir/f"]);
    assert_eq!(tree.at("dIR/no/z:").resolve()?, tree.resolve()? / "Dir" / "no" / r".\z:");
    Ok(())
}

/// Row 6.6: an entry answers for itself, or not at all.
#[test]
fn names_that_differ_in_what_windows_drops_are_not_taken_for_each_other() -> Result<()> {
    let tree = Tree::new(["a"]);
    (&literal(&tree) / "a.").write_text("another file")?;
    (&literal(&tree) / "d ").mkdir()?;
    let other = tree.at("a.");
    fails(other.size(), Op::Stat, ErrorKind::InvalidFilename);
    fails(other.stat(), Op::Stat, ErrorKind::InvalidFilename);
    fails(other.lstat(), Op::Stat, ErrorKind::InvalidFilename);
    fails(other.samefile(tree.at("a")), Op::Stat, ErrorKind::InvalidFilename);
    fails(other.read_text(), Op::Read, ErrorKind::InvalidFilename);
    fails(other.mkdir_all(), Op::Mkdir, ErrorKind::InvalidFilename);
    fails(other.resolve_strict(), Op::Resolve, ErrorKind::InvalidFilename);
    fails(other.chmod("a-w"), Op::Chmod, ErrorKind::InvalidFilename);
    fails(other.try_exists(), Op::Stat, ErrorKind::InvalidFilename);
    assert!(!other.exists() && !other.is_file() && !tree.at("a. .").exists() && !other.is_junction());
    assert_eq!(other.resolve()?.name(), "a.");
    let mut names = Vec::new();
    for entry in tree.iterdir() {
        let entry = entry?;
        match entry.size() {
            Ok(size) if entry.name() == "a" => assert_eq!(size, 1),
            Ok(size) => assert_eq!(size, 12),
            Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidFilename),
        }
        names.push(entry.name().to_owned());
    }
    assert_eq!(names, ["a", "a.", "d "]);
    assert_eq!((&literal(&tree) / "a.").size()?, 12);
    for found in tree.glob("a.")? {
        assert_eq!(found?.name(), "a.");
    }
    tree.clear_dir()?;
    tree.is([]);
    Ok(())
}

/// Row 6.7: whatever follows the colon.
#[test]
fn devices_are_refused_with_a_stream_too() {
    let tree = Tree::new(["f"]);
    for name in ["nul:", r"d\nul:x", "com1:", "aux:x", "con .txt:y"] {
        let device = PathBuf::parse(&format!("{}\\{name}", &*tree));
        fails(device.read_text(), Op::Read, ErrorKind::InvalidFilename);
        fails(device.write_text(""), Op::Write, ErrorKind::InvalidFilename);
        fails(device.stat(), Op::Stat, ErrorKind::InvalidFilename);
        assert!(!device.exists());
        let found = device.portability();
        assert!(found.iter().any(|found| found.reason == waypath::PortabilityReason::Device), "{name}: {found:?}");
    }
    tree.is(["f"]);
}

/// Row 6.9: Wine tells no real path of more than 260 characters.
#[test]
fn odd_names_are_kept_apart_below_what_has_no_real_path() -> Result<()> {
    let tree = Tree::new([]);
    let deep = &tree.at("deep") / vec!["d".repeat(100); 4].join("/");
    deep.mkdir_all()?;
    (&deep / "a").write_text("a")?;
    let literal = PathBuf::parse(&format!(r"\\?\{deep}"));
    (&literal / "a.").write_text("another file")?;
    (&deep / "a").chmod("a-w")?;
    assert!((&deep / "a").write_text("").is_err());
    (&deep / "a").chmod("u+w")?;

    tree.at("deep").copy(tree.at("copy"))?;
    let copied = PathBuf::parse(&format!(r"\\?\{}", &tree.at("copy") / deep.relative_to(tree.at("deep"))?));
    assert_eq!((&copied / "a").read_text()?, "a");
    assert_eq!((&copied / "a.").read_text()?, "another file");
    deep.clear_dir()?;
    assert!(!(&literal / "a.").exists() && !(&deep / "a").exists());
    Ok(())
}
