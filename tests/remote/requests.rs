//! What each method costs in requests: the docs say it, and it is so.

use std::io::{Read, Seek, SeekFrom, Write};

use waypath::{Memory, Path, PatternSet, Result, TempDir};

/// A method, what its docs say of the requests, a case of it, and how many there are then.
type Row = (&'static str, &'static str, fn(&Memory) -> Result<()>, u64);

/// The store has a file `a`, and two in the directory `d`.
const ROWS: &[Row] = &[
    ("exists", "One request for a file, two otherwise", |store| (store / "a").exists().map(drop), 1),
    ("exists", "One request for a file, two otherwise", |store| (store / "d").exists().map(drop), 2),
    ("exists", "One request for a file, two otherwise", |store| (store / "no").exists().map(drop), 2),
    ("is_file", "One request", |store| (store / "a").is_file().map(drop), 1),
    ("is_file", "One request", |store| (store / "d").is_file().map(drop), 1),
    ("is_file", "none for the store itself", |store| store.is_file().map(drop), 0),
    ("is_dir", "One request", |store| (store / "d").is_dir().map(drop), 1),
    ("is_dir", "One request", |store| (store / "a").is_dir().map(drop), 1),
    ("is_dir", "One request", |store| store.is_dir().map(drop), 1),
    ("stat", "One request for a file, two otherwise", |store| (store / "a").stat().map(drop), 1),
    ("stat", "One request for a file, two otherwise", |store| (store / "d").stat().map(drop), 2),
    ("size", "One request", |store| (store / "a").size().map(drop), 1),
    ("modified", "One request", |store| (store / "a").modified().map(drop), 1),
    ("etag", "One request", |store| (store / "a").etag().map(drop), 1),
    ("read_text", "One request", |store| (store / "a").read_text().map(drop), 1),
    ("read_lines", "One request", |store| (store / "a").read_lines().map(drop), 1),
    ("read_bytes", "One request", |store| (store / "a").read_bytes().map(drop), 1),
    ("write_text", "One request up to the size of a part", |store| (store / "a").write_text("new"), 1),
    ("write_bytes", "which lists the requests", |store| (store / "a").write_bytes(vec![0; PART]), 1),
    ("write_text", "otherwise one for each part, and two", |store| (store / "a").write_bytes(vec![0; PART + 1]), 4),
    ("write_new", "Two requests up to the size of a part", |store| (store / "no").write_new(""), 2),
    ("write_new", "one if the file exists", |store| fails((store / "a").write_new("")), 1),
    ("write_new", "more for larger content", |store| (store / "no").write_new(vec![0; PART + 1]), 5),
    ("write_if_match", "One request", |store| (store / "a").write_if_match(FOUR, "new").map(drop), 1),
    ("write_if_match", "One request", |store| fails((store / "a").write_if_match("other", "new")), 1),
    ("iterdir", "One request per 1,000 entries", |store| store.iterdir().entries().map(drop), 1),
    ("walk", "One request per 1,000 keys", |store| store.walk().entries().map(drop), 1),
    ("glob", "The text before the first wildcard is the prefix", |store| store.glob("d/*")?.entries().map(drop), 1),
    ("rglob", "One request per 1,000 keys", |store| store.rglob("x")?.entries().map(drop), 1),
    ("glob_set", "Requests as for", |store| store.glob_set(&PatternSet::default())?.entries().map(drop), 1),
    ("is_empty_dir", "One request", |store| store.is_empty_dir().map(drop), 1),
    ("is_empty_dir", "One request", |store| (store / "no").is_empty_dir().map(drop), 1),
    ("tree", "one request per 1,000 keys", |store| Ok(_ = store.tree().to_string()), 1),
    ("tree_size", "One request per 1,000 keys", |store| store.tree_size().map(drop), 1),
    ("tree_size", "one more if this is not a directory", |store| (store / "a").tree_size().map(drop), 2),
    ("open", "One request", |store| Ok(_ = (store / "a").open()?.read(&mut [0; 2])?), 1),
    (
        "open",
        "one more for each read after a [seek](RemoteReader)",
        |store| {
            (store / "a").write_bytes(vec![0; PART])?;
            let mut file = (store / "a").open()?;
            file.seek(SeekFrom::End(-2))?;
            Ok(_ = file.read(&mut [0])?)
        },
        3,
    ),
    ("create", "No request", |store| (store / "a").create().map(drop), 0),
    (
        "create",
        "Committing takes one if the content fits in a part",
        |store| {
            let mut file = (store / "a").create()?;
            file.write_all(&vec![0; PART])?;
            file.commit().map(drop)
        },
        1,
    ),
    (
        "create",
        "otherwise there is one for each part, and two",
        |store| {
            let mut file = (store / "a").create()?;
            file.write_all(&vec![0; 2 * PART + 1])?;
            file.commit().map(drop)
        },
        5,
    ),
    ("create_new", "One request, and those of", |store| (store / "no").create_new()?.commit().map(drop), 2),
    ("unlink", "Two requests", |store| (store / "a").unlink(), 2),
    ("unlink", "one if nothing is there", |store| fails((store / "no").unlink()), 1),
    ("unlink_if_exists", "Two requests", |store| (store / "a").unlink_if_exists().map(drop), 2),
    ("unlink_if_exists", "one if nothing is there", |store| (store / "no").unlink_if_exists().map(drop), 1),
    ("rmtree", "Two requests for a thousand keys", |store| (store / "d").rmtree(), 2),
    ("remove", "One request more than", |store| (store / "d").remove(), 3),
    ("remove", "One request more than", |store| (store / "a").remove(), 3),
    ("remove", "two in all if nothing is there", |store| (store / "no").remove(), 2),
    ("clear_dir", "Requests as for", |store| store.clear_dir(), 2),
    ("copy", "two requests for a file", |store| on_disk(|disk| (store / "a").copy(disk / "a")), 2),
    ("copy", "for a directory, one that looks for a file", |store| on_disk(|disk| (store / "d").copy(disk / "d")), 4),
    ("copy", "one more that looks at the target", |store| (store / "a").copy(store / "b").map(drop), 3),
    ("copy", "one more that looks at the target", |store| (store / "d").copy(store / "e").map(drop), 5),
    ("copy_into", "which lists the requests", |store| (store / "a").copy_into(store / "d").map(drop), 3),
    ("move_to", "then two more for a file", |store| on_disk(|disk| (store / "a").move_to(disk / "a")), 4),
    ("move_to", "for a directory two for each", |store| on_disk(|disk| (store / "d").move_to(disk / "d")), 6),
    ("move_to", "One for each file that goes to a store", |store| (store / "d").move_to(store / "e").map(drop), 9),
    ("move_into", "which lists the requests", |store| (store / "a").move_into(store / "d").map(drop), 6),
    ("mirror_to", "One request for each thousand keys", |store| on_disk(|disk| (store / "d").mirror_to(disk)), 3),
    ("mirror_to", "on each side that is in a store", |store| (store / "d").mirror_to(store / "e").map(drop), 4),
    ("unfinished_uploads", "One request", |store| store.unfinished_uploads().map(drop), 1),
];

/// The size of a part.
const PART: usize = 8 << 20;

/// The ETag of `a`.
const FOUR: &str = "8cbad96aced40b3838dd9f07f6ef5772";

fn on_disk<T>(verb: impl FnOnce(&Path) -> Result<T>) -> Result<()> {
    verb(TempDir::new()?.path()).map(drop)
}

fn fails<T>(result: Result<T>) -> Result<()> {
    assert!(result.is_err());
    Ok(())
}

#[test]
#[cfg(not(target_family = "wasm"))] // Node ends with SIGSEGV after a test that holds tens of MiB.
fn each_method_makes_as_many_requests_as_its_docs_say() {
    for (method, says, call, count) in ROWS {
        let store = Memory::new();
        for (path, text) in [("a", "four"), ("d/x", ""), ("d/y", "")] {
            (&store / path).write_text(text).unwrap();
        }
        let before = store.request_count();
        call(&store).unwrap();
        assert_eq!(store.request_count() - before, *count, "{method}: {says}");
    }
}

#[test]
fn the_docs_of_each_method_say_it() {
    let docs = docs();
    for (method, says, ..) in ROWS {
        assert!(
            docs.iter().any(|(name, text)| name == method && text.contains(says)),
            "`{method}` does not say: {says}"
        );
    }
}

/// A method that asks a store says how often.
#[test]
fn each_method_that_can_fail_says_what_it_costs() {
    const WITHOUT: &[(&str, &str)] = &[("commit", "said where the writer is begun")];
    for (method, text) in docs() {
        let says = text.to_lowercase().contains("request") || WITHOUT.iter().any(|(name, _)| *name == method);
        assert!(says || !text.contains("# Errors"), "`{method}` does not say what it costs");
    }
}

/// The public methods of `remote`, with their docs on one line.
fn docs() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/remote");
    for file in directory.read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let mut text = String::new();
        for line in std::fs::read_to_string(&path).unwrap().lines().map(str::trim) {
            if let Some(doc) = line.strip_prefix("///") {
                text = text + doc.trim() + " ";
            } else if let Some(function) = line.strip_prefix("pub fn ") {
                let name: String =
                    function.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                found.push((name, std::mem::take(&mut text)));
            } else if !line.starts_with("#[") {
                text.clear();
            }
        }
    }
    assert!(found.len() > 20, "this is not the crate");
    found
}
