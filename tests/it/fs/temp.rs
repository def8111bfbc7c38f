//! Temporary files and directories with names of one's choice.

use std::io::{ErrorKind, Read as _, Seek as _, Write as _};

use waypath::{Error, Op, TempDir, TempFile, TempOptions};

use crate::support::util::{Tree, fails};

#[test]
fn a_file_is_there_until_it_is_dropped() {
    let tree = Tree::new([]);
    let mut file = TempFile::new_in(&*tree).unwrap();
    let path = file.to_path_buf();
    assert!(path.is_absolute() && path.parent() == &*tree && path.name().starts_with(".tmp"), "{path}");
    file.write_all(b"0123").unwrap();
    file.rewind().unwrap();
    let mut read = String::new();
    file.read_to_string(&mut read).unwrap();
    assert_eq!((&*read, &*file.read_text().unwrap()), ("0123", "0123"));
    drop(file);
    tree.is([]);

    let file = TempFile::new_in(&*tree).unwrap();
    file.close().unwrap();
    tree.is([]);
    let file = TempFile::new_in(&*tree).unwrap();
    file.unlink().unwrap();
    fails(file.close(), Op::Unlink, ErrorKind::NotFound);
    let kept = TempFile::new_in(&*tree).unwrap().keep();
    assert!(kept.is_file());
}

#[test]
fn a_file_is_persisted_and_replaces_nothing_unless_told() {
    let tree = Tree::new(["taken", "d/"]);
    let mut file = TempFile::new_in(&*tree).unwrap();
    file.write_all(b"content").unwrap();
    let temporary = file.to_path_buf();
    fails(file.persist(tree.at("taken")), Op::Rename, ErrorKind::AlreadyExists);
    fails(file.persist(tree.at("no/x")), Op::Rename, ErrorKind::NotFound);
    assert!(*file == temporary && temporary.is_file(), "it is as before");
    file.persist(tree.at("d/free")).unwrap();
    assert_eq!(*file, tree.at("d/free"));
    file.write_all(b", and more").unwrap();
    drop(file);
    tree.is(["d/", "d/free: content, and more", "taken"]);

    let mut file = TempFile::new_in(&*tree).unwrap();
    file.write_all(b"new").unwrap();
    file.persist_replace(tree.at("taken")).unwrap();
    file.close().unwrap();
    tree.is(["d/", "d/free: content, and more", "taken: new"]);
}

#[test]
fn names_have_a_front_and_an_end() {
    let tree = Tree::new([]);
    for (prefix, suffix) in [("a-", ".json"), ("", ".tar.gz"), ("é", ""), ("", ""), (".", ".."), ("a b", "~")] {
        if cfg!(windows) && suffix == ".." {
            continue; // Windows drops the dots.
        }
        let options = TempOptions::new().prefix(prefix).suffix(suffix).parent(&*tree);
        let (file, dir) = (options.file().unwrap(), options.dir().unwrap());
        assert!(file.is_file() && dir.is_dir() && *file != *dir);
        for name in [file.name(), dir.name()] {
            assert!(name.starts_with(prefix) && name.ends_with(suffix), "{name}");
            assert_eq!(name.len(), prefix.len() + 16 + suffix.len(), "{name}");
        }
        assert_eq!(file.parent(), &*tree);
    }
    tree.is([]);
}

#[test]
fn what_does_not_belong_in_a_name_is_refused() {
    let tree = Tree::new(["d/"]);
    for (prefix, suffix) in [("d/", ""), ("../", ""), ("", "/"), ("/", ""), ("", "/..")] {
        let options = TempOptions::new().prefix(prefix).suffix(suffix).parent(&*tree);
        fails(options.file().map(drop), Op::TempFile, ErrorKind::InvalidInput);
        fails(options.dir().map(drop), Op::TempDir, ErrorKind::InvalidInput);
    }
    if cfg!(windows) {
        for (prefix, kind) in [(r"d\", ErrorKind::InvalidInput), ("c:", ErrorKind::InvalidInput)] {
            fails(TempOptions::new().prefix(prefix).parent(&*tree).file().map(drop), Op::TempFile, kind);
        }
        let streamed = TempOptions::new().suffix(":stream").parent(&*tree).file();
        fails(streamed.map(drop), Op::TempFile, ErrorKind::InvalidFilename);
    }
    tree.is(["d/"]);
}

#[test]
fn an_error_of_the_open_file_names_it() {
    let mut file = TempFile::new().unwrap();
    let error = Error::from(file.seek(std::io::SeekFrom::Current(-1)).unwrap_err());
    assert_eq!(error.path(), std::path::Path::new(file.as_str()));
}

#[cfg(unix)]
#[test]
fn permissions_are_private_unless_told() {
    let tree = Tree::new([]);
    let mode = |options: TempOptions| {
        let options = options.parent(&*tree);
        [options.file().unwrap().stat().unwrap().mode(), options.dir().unwrap().stat().unwrap().mode()]
    };
    let new = |mode: u32| {
        waypath::TouchOptions::new().mode(mode).touch(tree.at("new")).unwrap();
        let got = tree.at("new").stat().unwrap().mode();
        tree.at("new").unlink().unwrap();
        got
    };
    assert_eq!(mode(TempOptions::new()), [0o600, 0o700]);
    assert_eq!(mode(TempOptions::new().mode(0o400)), [0o400, 0o400]);
    assert_eq!(mode(TempOptions::new().mode(0o666)), [new(0o666), new(0o666)], "the umask applies");
    assert_eq!(mode(TempOptions::new().mode("u-w")), [0o400, 0o500]);
}

/// A path that is found again after the working directory has changed.
#[test]
fn a_relative_directory_gives_absolute_paths() {
    let here = TempOptions::new().parent(".").dir().unwrap();
    assert!(here.is_absolute() && here.parent().samefile(".").unwrap());
    let file = TempFile::new_in(".").unwrap();
    assert!(file.is_absolute());
    let outer = TempDir::new().unwrap();
    assert_eq!(TempDir::new_in(&outer).unwrap().parent(), &*outer);
}
