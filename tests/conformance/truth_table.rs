//! The truth table: hard paths, each with every answer, for each flavour.
//!
//! `tests/conformance/data/hard-paths.jsonl` holds what CPython's pathlib answers; `hard_paths.py` beside it
//! made it. A new question is a new column there and in [`answers`].

use serde_json::{Value, json};
use waypath::{Flavour, Native, Path, PathBuf, Posix, Windows};

const TABLE: &str = include_str!("data/hard-paths.jsonl");

fn answers<F: Flavour>(text: &str) -> Value {
    let path = PathBuf::<F>::parse(text);
    json!({
        "str": path.as_str(),
        "as_posix": path.as_posix(),
        "parts": path.parts().collect::<Vec<_>>(),
        "drive": path.drive(),
        "root": path.root(),
        "anchor": path.anchor(),
        "name": path.name(),
        "stem": path.stem(),
        "suffix": path.suffix(),
        "suffixes": path.suffixes().collect::<Vec<_>>(),
        "parent": path.parent().as_str(),
        "parents": path.parents().map(Path::as_str).collect::<Vec<_>>(),
        "is_absolute": path.is_absolute(),
        "is_reserved": path.is_reserved(),
        "as_uri": path.as_uri().ok(),
    })
}

fn rows() -> Vec<Value> {
    TABLE.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_answer_is_pathlibs() {
    for row in rows() {
        let text = row["text"].as_str().unwrap();
        assert_eq!(answers::<Posix>(text), row["posix"], "{text:?} for POSIX");
        assert_eq!(answers::<Windows>(text), row["windows"], "{text:?} for Windows");
        let host = if cfg!(windows) { "windows" } else { "posix" };
        assert_eq!(answers::<Native>(text), row[host], "{text:?} for this system");
    }
}

/// The table is worth something only while the odd cases are in it.
#[test]
fn the_odd_cases_are_in_the_table() {
    let rows = rows();
    let some = |flavour: &str, column: &str, is_odd: &dyn Fn(&Value) -> bool| {
        assert!(rows.iter().any(|row| is_odd(&row[flavour][column])), "no row with an odd {column} for {flavour}");
    };
    let is = |text: &'static str| move |value: &Value| value == text;
    some("posix", "root", &is("//"));
    some("posix", "name", &is("a\0b"));
    some("posix", "suffix", &is("."));
    some("windows", "str", &is(r".\c:"));
    some("windows", "drive", &is(r"\\s\"));
    some("windows", "drive", &is(r"\\?\UNC\s\sh"));
    some("windows", "drive", &is("é:"));
    some("windows", "is_reserved", &|value| value == true);
    some("windows", "as_uri", &is("file:/a"));
}
