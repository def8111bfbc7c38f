//! Files in a store: what is there, reading, writing, removing.

use std::io::{BufRead, ErrorKind, Read, Seek, SeekFrom, Write};
use std::sync::Barrier;

use waypath::{Error, FileKind, Memory};

/// A store with these keys, each with its own name in it.
fn store<const N: usize>(keys: [&str; N]) -> Memory {
    let store = Memory::new();
    for key in keys {
        (&store / key).write_text(key).unwrap();
    }
    store
}

#[test]
fn a_file_and_a_directory_of_one_name_are_both_there() {
    let store = store(["x", "x/y", "d/f", "d-old/f", "e"]);
    let rows = [
        // path, exists, is_file, is_dir
        ("x", true, true, true),
        ("x/y", true, true, false),
        ("d", true, false, true),
        ("d/f", true, true, false),
        ("d/", true, false, true),
        ("e", true, true, false),
        ("e/f", false, false, false),
        ("d-ol", false, false, false),
        ("no", false, false, false),
        (".", true, false, true),
    ];
    for (path, exists, is_file, is_dir) in rows {
        let at = &store / path;
        let answers = (at.exists().unwrap(), at.is_file().unwrap(), at.is_dir().unwrap());
        assert_eq!(answers, (exists, is_file, is_dir), "{path}");
        let kind = at.stat().map(|stat| stat.kind());
        let expected = match (is_file, is_dir) {
            (true, _) => Ok(FileKind::File),
            (false, true) => Ok(FileKind::Directory),
            _ => Err(ErrorKind::NotFound),
        };
        assert_eq!(kind.map_err(|error| error.kind()), expected, "{path}");
    }
}

#[test]
fn a_path_that_is_no_key_is_invalid_input_for_every_method() {
    let store = store(["a"]);
    let long = "a".repeat(1025);
    let before = store.request_count();
    for path in ["..", "a/../a", "/a", "a\0b", &long] {
        let at = &store / path;
        let errors = [
            at.exists().map(drop),
            at.is_file().map(drop),
            at.is_dir().map(drop),
            at.stat().map(drop),
            at.size().map(drop),
            at.modified().map(drop),
            at.etag().map(drop),
            at.read_text().map(drop),
            at.read_lines().map(drop),
            at.read_bytes().map(drop),
            at.open().map(drop),
            at.write_text(""),
            at.write_bytes(""),
            at.write_new(""),
            at.write_if_match("", "").map(drop),
            at.create().map(drop),
            at.create_new().map(drop),
            at.unlink(),
            at.unlink_if_exists().map(drop),
            at.rmtree(),
            at.remove(),
            at.clear_dir(),
            at.unfinished_uploads().map(drop),
        ];
        for error in errors {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput, "{path}");
        }
    }
    assert_eq!(store.request_count(), before, "nothing was asked");
}

#[test]
fn the_store_itself_is_no_file() {
    let store = store(["a"]);
    let before = store.request_count();
    let errors = [
        store.size().map(drop),
        store.read_text().map(drop),
        store.open().map(drop),
        store.write_text(""),
        store.write_new(""),
        store.create().map(drop),
        store.unlink(),
    ];
    for error in errors {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::IsADirectory);
    }
    for error in [store.rmtree(), store.remove()] {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(store.request_count(), before, "nothing was asked");
}

#[test]
fn content_is_text_lines_or_bytes() {
    let file = &Memory::new() / "a/b";
    file.write_text("one\r\n\ntwo").unwrap();
    assert_eq!(file.read_text().unwrap(), "one\r\n\ntwo");
    assert_eq!(file.read_lines().unwrap(), ["one", "", "two"]);
    assert_eq!(file.read_bytes().unwrap(), b"one\r\n\ntwo");
    file.write_bytes([0, 255]).unwrap();
    assert_eq!(file.read_bytes().unwrap(), [0, 255]);
    assert_eq!(file.read_text().unwrap_err().kind(), ErrorKind::InvalidData);
    file.write_text("").unwrap();
    assert_eq!((file.read_text().unwrap(), file.size().unwrap()), (String::new(), 0));
}

#[test]
fn of_those_who_race_for_a_new_file_one_wins() {
    if cfg!(target_family = "wasm") {
        return;
    }
    let file = &Memory::new() / "lock";
    let start = Barrier::new(16);
    let winners: Vec<_> = std::thread::scope(|scope| {
        let (file, start) = (&file, &start);
        let racers: Vec<_> = (0..16)
            .map(|number| {
                scope.spawn(move || {
                    start.wait();
                    match file.write_new(number.to_string()) {
                        Ok(()) => Some(number.to_string()),
                        Err(error) if error.kind() == ErrorKind::AlreadyExists => None,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        racers.into_iter().filter_map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(winners, [file.read_text().unwrap()]);
}

#[test]
fn a_write_conflicts_with_every_change_since_the_etag() {
    let file = &Memory::new() / "a";
    assert!(file.write_if_match("none", "").unwrap_err().is_conflict());
    file.write_text("one").unwrap();
    let one = file.etag().unwrap();
    let two = file.write_if_match(&one, "two").unwrap();
    assert_eq!((file.etag().unwrap(), file.read_text().unwrap().as_str()), (two.clone(), "two"));
    let error = file.write_if_match(&one, "lost").unwrap_err();
    assert!(error.is_conflict() && !file.write_new("").unwrap_err().is_conflict());
    file.unlink().unwrap();
    assert!(file.write_if_match(&two, "lost").unwrap_err().is_conflict());
    assert!(!file.exists().unwrap());
}

#[test]
fn a_reader_reads_lines_and_seeks_within_what_it_has() {
    let store = Memory::new();
    let text: String = (0..1000).map(|number| format!("{number:03}\n")).collect();
    (&store / "a").write_text(&text).unwrap();
    let before = store.request_count();
    let mut file = (&store / "a").open().unwrap();
    assert_eq!((file.size(), file.etag()), (4000, &*(&store / "a").etag().unwrap()));
    assert_eq!(file.by_ref().lines().take(2).collect::<Result<Vec<_>, _>>().unwrap(), ["000", "001"]);
    let rows = [
        (SeekFrom::Start(400), 400, "100"),
        (SeekFrom::Current(-3), 400, "100"),
        (SeekFrom::End(-4), 3996, "999"),
        (SeekFrom::Start(0), 0, "000"),
    ];
    for (seek, place, line) in rows {
        assert_eq!(file.seek(seek).unwrap(), place);
        let mut read = [0; 3];
        file.read_exact(&mut read).unwrap();
        assert_eq!((str::from_utf8(&read).unwrap(), file.stream_position().unwrap()), (line, place + 3));
    }
    assert_eq!(store.request_count() - before, 2, "all of it was in the buffer; the other is `etag`");
    assert_eq!(file.seek(SeekFrom::Current(-10)).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(file.seek(SeekFrom::Start(u64::MAX)).unwrap(), u64::MAX);
    assert_eq!(file.read(&mut [0]).unwrap(), 0);
    file.rewind().unwrap();
    assert_eq!(std::io::read_to_string(file).unwrap(), text);
}

#[test]
fn errors_of_reading_and_writing_bit_by_bit_have_the_path() {
    let store = store(["a"]);
    let mut file = (&store / "a").open().unwrap();
    let error = Error::from(file.seek(SeekFrom::End(-2)).unwrap_err());
    assert_eq!(error.to_string(), "cannot read `memory://a`: invalid seek to a negative or overflowing position");
    assert_eq!(format!("{file:?}"), r#"RemoteReader("memory://a")"#);
    assert_eq!(format!("{:?}", (&store / "a").create().unwrap()), r#"RemoteWriter("memory://a")"#);
}

#[test]
fn a_large_file_that_is_not_committed_leaves_nothing() {
    let store = store(["a"]);
    let mut file = (&store / "a").create().unwrap();
    file.write_all(&vec![1; 9 << 20]).unwrap();
    file.flush().unwrap();
    let uploads = store.unfinished_uploads().unwrap();
    assert_eq!((uploads.len(), uploads[0].key(), uploads[0].uri().as_str()), (1, "a", "memory://a"));
    drop(file);
    assert_eq!((&store / "a").read_text().unwrap(), "a");
    assert!(store.unfinished_uploads().unwrap().is_empty());
    assert_eq!(uploads[0].abort().unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn what_a_killed_program_leaves_is_found_and_removed() {
    let store = store(["a"]);
    for key in ["a", "a/b", "a-old"] {
        let mut file = (&store / key).create().unwrap();
        file.write_all(&vec![1; 9 << 20]).unwrap();
        // Never dropped, as if the program had been killed.
        std::mem::forget(file);
    }
    let uploads = (&store / "a").unfinished_uploads().unwrap();
    let mut found: Vec<_> = uploads.iter().map(|upload| upload.key()).collect();
    found.sort_unstable();
    assert_eq!(found, ["a", "a/b"]);
    assert!(uploads.iter().all(|upload| upload.begun().elapsed().is_ok_and(|age| age.as_secs() < 3600)));
    uploads.iter().for_each(|upload| upload.abort().unwrap());
    let left = store.unfinished_uploads().unwrap();
    assert_eq!((left.len(), left[0].key()), (1, "a-old"));
    assert!(format!("{:?}", left[0]).starts_with(r#"UnfinishedUpload { uri: "memory://a-old", begun: "#));
    assert_eq!((&store / "a").read_text().unwrap(), "a");
}
