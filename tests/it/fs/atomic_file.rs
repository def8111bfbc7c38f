//! Files that are written bit by bit and appear when they are whole.

use std::io::{BufWriter, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};

use waypath::{AtomicFile, Error, Op, Path, Result};

use crate::support::util::{Tree, fails};

fn stream(path: &Path, content: &str) -> Result<()> {
    let mut file = path.create_atomic()?;
    for piece in content.as_bytes().chunks(1_000) {
        file.write_all(piece)?;
    }
    file.commit()
}

#[test]
fn it_appears_when_it_is_committed() {
    let tree = Tree::new(["d/", "old"]);
    for name in ["old", "new", "d/new"] {
        let before = tree.at(name).read_text().ok();
        let mut file = tree.at(name).create_atomic().unwrap();
        for _ in 0..2_000 {
            file.write_all(&[b'x'; 1_500]).unwrap();
        }
        assert_eq!(file.path(), tree.at(name));
        assert_eq!(tree.at(name).read_text().ok(), before);
        file.commit().unwrap();
        assert!(tree.at(name).read_text().unwrap() == "x".repeat(3_000_000));
        tree.at(name).write_text(name).unwrap();
    }
    tree.is(["d/", "d/new: d/new", "new", "old"]);
}

#[test]
fn nothing_is_left_of_what_is_dropped() {
    let tree = Tree::new(["d/", "old"]);
    for name in ["old", "new", "d/new"] {
        drop(tree.at(name).create_atomic().unwrap());
        let mut file = tree.at(name).create_atomic().unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        let mut lines = BufWriter::new(tree.at(name).create_atomic().unwrap());
        writeln!(lines, "never flushed").unwrap();
        drop(lines);
    }
    drop(tree.at("new").create_new_atomic().unwrap());
    tree.is(["d/", "old"]);
}

#[test]
fn it_is_read_and_sought_as_a_file() {
    let tree = Tree::new([]);
    let mut file = tree.at("f").create_atomic().unwrap();
    file.write_all(b"0123456789").unwrap();
    assert_eq!(file.seek(SeekFrom::Current(-4)).unwrap(), 6);
    let mut read = String::new();
    file.read_to_string(&mut read).unwrap();
    assert_eq!(read, "6789");
    file.rewind().unwrap();
    file.write_all(b"ab").unwrap();
    file.as_file().set_len(5).unwrap();
    file.commit().unwrap();
    tree.is(["f: ab234"]);
}

/// Its errors become those of the crate with `?`, and the other way round.
#[test]
fn a_failure_says_where() {
    let tree = Tree::new([]);
    let mut file = tree.at("f").create_atomic().unwrap();
    let error = file.seek(SeekFrom::Current(-1)).unwrap_err();
    assert_eq!(error.kind(), file.as_file().seek(SeekFrom::Current(-1)).unwrap_err().kind());
    let error = Error::from(error);
    assert_eq!(error.path(), std::path::Path::new(tree.at("f").as_str()));
    assert!(error.io_error().is_some(), "{error}");
}

/// Whatever has the name: as `write_atomic`.
#[test]
fn its_outcomes_are_those_of_write_atomic() {
    let layouts: &[&str] = &["nothing", "f", "f/", "readonly", "no parent", "file as parent", "too long"];
    let links: &[&str] = &["f => other", "f => nowhere", "f => f", "f => d", "f => no/where"];
    for layout in layouts.iter().chain(links.iter().filter(|_| cfg!(unix))) {
        let outcomes =
            [stream as fn(&Path, &str) -> Result<()>, |path, content| path.write_atomic(content)].map(|write| {
                let tree = match layout.contains('f') && *layout != "file as parent" {
                    true => Tree::new(["d/", "other", layout]),
                    false => Tree::new(["d/", "other", "a file"]),
                };
                let long = "x".repeat(256);
                let name = match *layout {
                    "no parent" => "no/f",
                    "file as parent" => "other/f",
                    "too long" => &long,
                    "readonly" => "a file",
                    _ => "f",
                };
                if *layout == "readonly" && !cfg!(target_family = "wasm") {
                    tree.at(name).chmod("a-w").unwrap();
                }
                let result = write(&tree.at(name), "content");
                (result.map_err(|error| (error.op(), error.kind())), tree.lines())
            });
        assert_eq!(outcomes[0], outcomes[1], "{layout}");
        assert_ne!(outcomes[0].0.is_ok(), outcomes[0].1.iter().all(|line| !line.contains("content")), "{layout}");
    }
}

#[test]
fn a_new_one_replaces_nothing() {
    let layouts: &[&str] = &["f", "f/"];
    let links: &[&str] = &["f => other", "f => nowhere", "f => f"];
    for layout in layouts.iter().chain(links.iter().filter(|_| cfg!(unix))) {
        // It is there before, or comes meanwhile.
        let tree = Tree::new(["other", layout]);
        fails(tree.at("f").create_new_atomic(), Op::Write, ErrorKind::AlreadyExists);
        let tree = Tree::new(["aside/other", &format!("aside/{layout}")]);
        let mut file = tree.at("f").create_new_atomic().unwrap();
        file.write_all(b"new").unwrap();
        tree.at("aside/f").rename(tree.at("f")).unwrap();
        // Where files have no other way, it has a temporary name.
        let before: Vec<_> = tree.lines().into_iter().filter(|line| !line.contains(".waypath-tmp")).collect();
        fails(file.commit(), Op::Write, ErrorKind::AlreadyExists);
        assert_eq!(tree.lines(), before, "{layout}");
    }
}

/// Neither the root nor a directory that is named by dots has a name that could be free.
#[cfg(unix)]
#[test]
fn a_directory_without_a_name_is_taken() {
    for path in ["/", ".", ".."] {
        fails(waypath::path(path).create_new_atomic(), Op::Write, ErrorKind::AlreadyExists);
    }
}

#[test]
fn of_several_the_last_stands_or_the_first() {
    let tree = Tree::new([]);
    let begun = |begin: fn(&Path) -> Result<AtomicFile>| {
        ["one", "two"].map(|content| {
            let mut file = begin(&tree.at("f")).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            file
        })
    };
    let [one, two] = begun(Path::create_atomic);
    two.commit().unwrap();
    one.commit().unwrap();
    tree.is(["f: one"]);

    tree.at("f").unlink().unwrap();
    let [one, two] = begun(Path::create_new_atomic);
    two.commit().unwrap();
    fails(one.commit(), Op::Write, ErrorKind::AlreadyExists);
    tree.is(["f: two"]);
}

#[cfg(unix)]
#[test]
fn its_mode_is_that_of_the_old_file_or_of_new_ones() {
    use std::os::unix::fs::PermissionsExt as _;

    let tree = Tree::new(["old"]);
    let mode = |name: &str| std::fs::metadata(tree.at(name).as_str()).unwrap().permissions().mode() & 0o7777;
    tree.at("old").chmod(0o4751).unwrap();
    stream(&tree.at("old"), "x").unwrap();
    stream(&tree.at("new"), "x").unwrap();
    tree.at("new too").create_new_atomic().unwrap().commit().unwrap();
    std::fs::write(tree.at("std").as_str(), "x").unwrap();
    assert_eq!([mode("old"), mode("new"), mode("new too")], [0o4751, mode("std"), mode("std")]);
}

/// What is open goes nowhere else when its directory does.
#[cfg(unix)]
#[test]
fn it_stays_in_its_directory() {
    let tree = Tree::new(["d/", "other/"]);
    let mut file = tree.at("d/f").create_atomic().unwrap();
    file.write_all(b"content").unwrap();
    tree.at("d").rename(tree.at("moved")).unwrap();
    tree.at("other").rename(tree.at("d")).unwrap();
    file.commit().unwrap();
    tree.is(["d/", "moved/", "moved/f: content"]);
}
