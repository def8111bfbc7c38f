//! Keys that no path spells, and what others do just before each request.

#![allow(clippy::disallowed_methods, reason = "others use std")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::Transfer;
use crate::error::{Error, Result};
use crate::fs::TempDir;
use crate::fs::copy::{CopyOptions, Overwrite};
use crate::fs::mirror::MirrorOptions;
use crate::fs::side::{DiskPath, ObjectPath};
use crate::objects::hooked::{Call, Hooked};
use crate::objects::{Condition, Keys, Limits, Objects, Stale};
use crate::path::PosixPathBuf;
use crate::report::{MirrorStage, Report};

/// A store in memory, and a directory on a disk.
struct Scene {
    memory: Arc<Hooked>,
    store: Arc<dyn Objects>,
    place: TempDir,
}

impl Scene {
    fn new(hook: impl Fn(Call<'_>) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::of(Hooked::new(Limits::default(), hook))
    }

    fn of(hooked: Hooked) -> Self {
        let memory = Arc::new(hooked);
        Self { store: memory.clone(), memory, place: TempDir::new().unwrap() }
    }

    /// The same with objects that hold their own keys.
    fn with<const N: usize>(self, keys: [&str; N]) -> Self {
        keys.iter().for_each(|key| self.put(key, key));
        self
    }

    fn put(&self, key: &str, content: &str) {
        self.memory.memory.put(key, content.as_bytes(), Condition::Always).unwrap();
    }

    fn keys(&self) -> Vec<String> {
        let listed = Keys::new(self.store.clone(), String::new());
        let mut keys: Vec<_> = listed.map(|listed| listed.unwrap().key().to_owned()).collect();
        keys.sort();
        keys
    }

    fn disk(&self, name: &str) -> DiskPath<'static> {
        let path = self.place.path().join(name);
        DiskPath { path: Cow::Owned(path), root: None }
    }

    fn object(&self, path: &str) -> ObjectPath<'_> {
        ObjectPath { path: Cow::Owned(PosixPathBuf::parse(path)), store: &self.store }
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.place.path().join(name);
        fs::create_dir_all(path.parent()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.place.path().join(name)).unwrap()
    }

    /// The names in a directory on the disk.
    fn names(&self, name: &str) -> Vec<String> {
        let names = fs::read_dir(self.place.path().join(name)).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn up<T>(&self, from: &str, to: &str, verb: impl FnOnce(&Transfer<'_>) -> T) -> T {
        verb(&Transfer::Up { from: &self.disk(from), to: &self.object(to) })
    }

    fn down<T>(&self, from: &str, to: &str, verb: impl FnOnce(&Transfer<'_>) -> T) -> T {
        verb(&Transfer::Down { from: &self.object(from), to: &self.disk(to) })
    }

    fn across<T>(&self, from: &str, to: &str, verb: impl FnOnce(&Transfer<'_>) -> T) -> T {
        verb(&Transfer::Across { from: &self.object(from), to: &self.object(to) })
    }
}

fn quiet(_: Call<'_>) -> io::Result<()> {
    Ok(())
}

fn copied(transfer: &Transfer<'_>) -> Result<Report> {
    transfer.copy(&CopyOptions::new())
}

fn moved(transfer: &Transfer<'_>) -> Result<Report> {
    transfer.move_to(&CopyOptions::new())
}

fn mirrored(transfer: &Transfer<'_>) -> Result<Report> {
    transfer.mirror(&MirrorOptions::new().delete(true))
}

fn failures(error: &Error) -> Vec<String> {
    // By text: as paths, some of these keys are one.
    let mut paths: Vec<_> =
        error.failures().iter().map(|failure| failure.path().to_string_lossy().into_owned()).collect();
    paths.sort();
    paths
}

const ODD: [&str; 9] = ["x//d", "x/../e", "x/./h", "x/a", "x/b//c", "x/f/", "x/g\0", "x/", "x//"];

#[test]
fn each_odd_key_is_a_failure_on_the_way_to_a_disk() {
    let scene = Scene::new(quiet).with(ODD);
    let error = scene.down("x", "y", copied).unwrap_err();
    let expected = ["x/../e", "x/./h", "x//", "x//d", "x/b//c", "x/g\0"].map(|key| format!("memory://{key}"));
    assert_eq!(failures(&error), expected);
    assert_eq!((error.report().unwrap().files, error.report().unwrap().directories), (1, 2));
    assert_eq!((scene.names("y"), scene.names("y/f")), (vec!["a".to_owned(), "f".to_owned()], vec![]));
}

#[test]
fn odd_keys_are_carried_within_a_store_and_removed_by_mirrors() {
    let scene = Scene::new(quiet).with(ODD);
    let at = |start: &str| {
        let mut keys: Vec<_> = ODD.iter().map(|key| key.replacen('x', start, 1)).collect();
        keys.sort();
        keys
    };
    scene.across("x", "y", copied).unwrap();
    assert_eq!(scene.keys().into_iter().filter(|key| key.starts_with('y')).collect::<Vec<_>>(), at("y"));
    let report = scene.across("x", "y", mirrored).unwrap();
    assert_eq!((report.files, report.unchanged, report.removed), (0, 7, 0));
    scene.across("x", "z", moved).unwrap();
    assert_eq!(scene.keys(), [at("y"), at("z")].concat());
    scene.write("src/a", "x/a");
    let report = scene.up("src", "y", mirrored).unwrap();
    assert_eq!((report.files, report.unchanged, report.removed), (0, 1, 7));
    assert_eq!(scene.keys(), [vec!["y/".to_owned(), "y/a".to_owned()], at("z")].concat());
}

#[test]
fn a_torn_object_arrives_whole() {
    let scene = Scene::of(Hooked::new(Limits::default(), quiet).torn_after(Some(3)));
    scene.put("a", "more-than-three-bytes");
    scene.down("a", "a", copied).unwrap();
    assert_eq!(scene.read("a"), "more-than-three-bytes");
}

#[test]
fn an_object_that_changes_while_it_is_fetched_is_no_file() {
    let (gets, memory) = (AtomicUsize::new(0), Arc::new(Mutex::new(None::<Arc<Hooked>>)));
    let others = memory.clone();
    let hook = move |(call, key): Call<'_>| {
        if call == "get" && gets.fetch_add(1, Ordering::SeqCst) == 1 {
            let memory = others.lock().unwrap().clone().unwrap();
            memory.memory.put(key, b"something else", Condition::Always)?;
        }
        Ok(())
    };
    let scene = Scene::of(Hooked::new(Limits::default(), hook).torn_after(Some(3)));
    *memory.lock().unwrap() = Some(scene.memory.clone());
    scene.put("a", "something old");
    let error = scene.down("a", "a", copied).unwrap_err();
    assert!(error.io_error().is_some_and(Stale::is_cause), "{error}");
    assert_eq!(scene.names(""), Vec::<String>::new());
    *memory.lock().unwrap() = None;
}

/// A scene in which others have one turn, before the first request of a kind for a key, or a prefix.
fn with_others(at: (&'static str, &'static str), turn: impl Fn(&Hooked) + Send + Sync + 'static) -> Scene {
    let memory: Arc<Mutex<Option<std::sync::Weak<Hooked>>>> = Arc::default();
    let (others, is_done) = (memory.clone(), AtomicUsize::new(0));
    let scene = Scene::new(move |call| {
        if call == at && is_done.fetch_add(1, Ordering::SeqCst) == 0 {
            let memory = others.lock().unwrap().as_ref().and_then(std::sync::Weak::upgrade);
            turn(&memory.unwrap());
        }
        Ok(())
    });
    *memory.lock().unwrap() = Some(Arc::downgrade(&scene.memory));
    scene
}

#[test]
fn what_appears_at_the_target_meanwhile_is_not_overwritten() {
    let turn = |store: &Hooked| _ = store.memory.put("x/a", b"others'", Condition::Always).unwrap();
    let scene = with_others(("put", "x/a"), turn);
    scene.write("x/a", "mine");
    scene.write("x/b", "mine");
    let error = scene.up("x", "x", copied).unwrap_err();
    assert_eq!((error.kind(), error.report().unwrap().files), (ErrorKind::AlreadyExists, 1));
    let mut content = Vec::new();
    io::Read::read_to_end(&mut scene.store.get("x/a", None, None).unwrap().body, &mut content).unwrap();
    assert_eq!(content, b"others'");

    let scene = with_others(("put", "x/a"), turn);
    scene.write("x/a", "mine");
    scene.put("x/b", "");
    let skip = |transfer: &Transfer<'_>| transfer.copy(&CopyOptions::new().overwrite(Overwrite::Skip));
    let report = scene.up("x", "x", skip).unwrap();
    assert_eq!((report.files, report.unchanged), (0, 1));
}

#[test]
fn a_failure_leaves_the_strays_and_everything_else_is_done() {
    let hook = |call: Call<'_>| match call {
        ("put", "y/b") | ("copy", "z/b") => Err(io::Error::new(ErrorKind::TimedOut, "no answer")),
        _ => Ok(()),
    };
    let scene = Scene::new(hook).with(["y/stray", "z/stray", "x/a", "x/b", "x/c"]);
    ["a", "b", "c"].iter().for_each(|name| scene.write(&format!("x/{name}"), name));
    for (to, result) in [("y", scene.up("x", "y", mirrored)), ("z", scene.across("x", "z", mirrored))] {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.failure_count()), (ErrorKind::TimedOut, 1));
        assert_eq!((error.report().unwrap().files, error.report().unwrap().removed), (2, 0));
        let keys = ["a", "c", "stray"].map(|name| format!("{to}/{name}"));
        assert!(keys.iter().all(|key| scene.keys().contains(key)));
    }
}

/// Nothing is planned and nothing reported of a store that does not answer, and it is not asked again.
#[test]
fn a_mirror_ends_if_it_cannot_begin() {
    let asked = Arc::new(AtomicUsize::new(0));
    let hook = {
        let asked = asked.clone();
        move |_: Call<'_>| {
            asked.fetch_add(1, Ordering::SeqCst);
            Err(io::Error::new(ErrorKind::ConnectionRefused, "no answer"))
        }
    };
    let scene = Scene::new(hook);
    scene.write("x/a", "a");
    let shown = MirrorOptions::new().delete(true).progress(|progress| {
        assert_eq!(progress.stage, MirrorStage::Planning);
        ControlFlow::Continue(())
    });
    for options in [&MirrorOptions::new().dry_run(true), &shown] {
        let results = [
            scene.up("x", "y", |transfer| transfer.mirror(options)),
            scene.down("y", "x", |transfer| transfer.mirror(options)),
            scene.across("y", "z", |transfer| transfer.mirror(options)),
        ];
        for error in results.map(Result::unwrap_err) {
            assert_eq!((error.kind(), error.failure_count()), (ErrorKind::ConnectionRefused, 1));
            assert_eq!(error.report(), None, "{error}");
        }
        assert_eq!(asked.swap(0, Ordering::SeqCst), 3, "once for each");
    }
}

#[test]
fn a_listing_that_breaks_off_removes_nothing() {
    let pages = AtomicUsize::new(0);
    let hook = move |(call, prefix): Call<'_>| {
        let is_second = call == "list" && prefix == "x/" && pages.fetch_add(1, Ordering::SeqCst) == 1;
        if is_second { Err(io::Error::new(ErrorKind::TimedOut, "no answer")) } else { Ok(()) }
    };
    let scene = Scene::new(hook);
    (0..1500).for_each(|at| scene.put(&format!("x/{at:04}"), ""));
    scene.write("y/0001", "");
    scene.write("y/1400", "");
    scene.write("y/stray", "");
    let error = scene.down("x", "y", mirrored).unwrap_err();
    assert_eq!((error.kind(), error.report().unwrap().removed), (ErrorKind::TimedOut, 0));
    assert_eq!(scene.names("y").len(), 1000 + 2);
}

#[test]
fn objects_that_change_during_a_move_stay() {
    let memory: Arc<Mutex<Option<Arc<Hooked>>>> = Arc::default();
    let (others, lists) = (memory.clone(), AtomicUsize::new(0));
    let scene = Scene::new(move |(call, prefix)| {
        // The second listing is that of the removal.
        if call == "list" && prefix == "x/" && lists.fetch_add(1, Ordering::SeqCst) == 1 {
            let store = others.lock().unwrap().clone().unwrap();
            store.memory.put("x/a", b"changed", Condition::Always)?;
            store.memory.put("x/new", b"", Condition::Always)?;
        }
        Ok(())
    })
    .with(["x/a", "x/b", "x/d/c"]);
    *memory.lock().unwrap() = Some(scene.memory.clone());
    let error = scene.down("x", "y", moved).unwrap_err();
    let reasons: Vec<_> = error.failures().iter().map(ToString::to_string).collect();
    assert!(reasons[0].ends_with("it was changed while it was copied"), "{reasons:?}");
    assert!(reasons[1].ends_with("it appeared while the directory was copied"), "{reasons:?}");
    assert!(
        error.to_string().contains("the copy is complete, but not all of the original could be removed"),
        "{error}"
    );
    assert_eq!(
        (scene.keys(), scene.names("y")),
        (vec!["x/a".into(), "x/new".into()], vec!["a".into(), "b".into(), "d".into()])
    );
    *memory.lock().unwrap() = None;
}

#[test]
fn a_file_that_changes_during_a_move_stays() {
    let place = Arc::new(Mutex::new(std::path::PathBuf::new()));
    let others = place.clone();
    let scene = Scene::new(move |call| {
        if call == ("head", "x/a") {
            // When it was copied, before it is removed.
            fs::write(others.lock().unwrap().join("x/a"), "longer than before")?;
        }
        Ok(())
    });
    *place.lock().unwrap() = scene.place.path().as_std_path().to_owned();
    scene.write("x/a", "a");
    scene.write("x/b", "b");
    let error = scene.up("x", "x", moved).unwrap_err();
    assert!(error.failures()[0].to_string().contains("it was changed while it was copied"), "{error}");
    assert_eq!((scene.names("x"), scene.keys()), (vec!["a".to_owned()], vec!["x/a".to_owned(), "x/b".to_owned()]));
}

#[test]
fn a_copy_that_is_gone_before_it_is_checked_moves_nothing() {
    let turn = |store: &Hooked| store.memory.delete("x/a").unwrap();
    let scene = with_others(("head", "x/a"), turn);
    scene.write("x/a", "a");
    let error = scene.up("x", "x", moved).unwrap_err();
    assert_eq!((error.kind(), scene.names("x").len()), (ErrorKind::NotFound, 1));
    let turn = |store: &Hooked| _ = store.memory.put("x/a", b"b", Condition::Always).unwrap();
    let scene = with_others(("head", "x/a"), turn);
    scene.write("x/a", "a");
    let error = scene.up("x", "x", moved).unwrap_err();
    assert!(error.to_string().ends_with("the copy was changed or removed meanwhile"), "{error}");
    assert_eq!(scene.names("x").len(), 1);
}

/// As SeaweedFS sorts keys: directory by directory, each by its name alone.
fn by_directory(key: &str) -> Vec<u8> {
    key.replace('/', "\0").into_bytes()
}

/// Files with names that are near each other in any order, and their content.
fn random_files(random: &mut u64) -> BTreeMap<String, String> {
    let mut next = |below: u64| {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) % below
    };
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for _ in 0..next(14) {
        let parts: Vec<_> = (0..=next(3)).map(|_| ["a", "a b", "a-b", "a.b", "a0", "b"][next(6) as usize]).collect();
        let file = parts.join("/");
        let is_free = |other: &String| {
            !format!("{other}/").starts_with(&format!("{file}/")) && !file.starts_with(&format!("{other}/"))
        };
        if files.keys().all(is_free) {
            files.insert(file, ["x", "y", "long"][next(3) as usize].to_owned());
        }
    }
    files
}

impl Scene {
    /// The files below a prefix in the store.
    fn objects(&self, start: &str) -> BTreeMap<String, String> {
        let keys = self.keys().into_iter().filter_map(|key| Some(key.strip_prefix(&format!("{start}/"))?.to_owned()));
        keys.map(|key| {
            let mut content = String::new();
            let mut body = self.store.get(&format!("{start}/{key}"), None, None).unwrap().body;
            io::Read::read_to_string(&mut body, &mut content).unwrap();
            (key, content)
        })
        .collect()
    }

    /// The files below a directory on the disk.
    fn files(&self, start: &str) -> BTreeMap<String, String> {
        let base = &*self.place / start;
        let files = base.rglob("*").unwrap().map(Result::unwrap).filter(|entry| entry.is_file());
        files
            .map(|file| (file.relative_to(&base).unwrap().as_posix().into_owned(), file.read_text().unwrap()))
            .collect()
    }
}

/// Whatever the order of the store, nothing is taken for missing that it lists later.
#[test]
fn a_store_that_sorts_directory_by_directory_is_mirrored_alike() {
    let skip = |transfer: &Transfer<'_>| transfer.copy(&CopyOptions::new().merge(true).overwrite(Overwrite::Skip));
    for seed in 0..150 {
        let mut random = seed;
        let limits = Limits { most_listed: 3, ..Limits::default() };
        let scene = Scene::of(Hooked::new(limits, quiet).sorted_by(by_directory));
        let [new, old] = [(); 2].map(|()| random_files(&mut random));
        fs::create_dir(scene.place.path().join("x")).unwrap();
        fs::create_dir(scene.place.path().join("z")).unwrap();
        new.iter().for_each(|(file, content)| scene.write(&format!("x/{file}"), content));
        for start in ["y", "t"] {
            old.iter().for_each(|(file, content)| scene.put(&format!("{start}/{file}"), content));
        }
        old.iter().for_each(|(file, content)| scene.write(&format!("z/{file}"), content));

        // What is there stays as it is.
        scene.up("x", "t", skip).unwrap();
        let both: BTreeMap<_, _> = new.clone().into_iter().chain(old.clone()).collect();
        assert_eq!(scene.objects("t"), both, "{seed}");

        scene.up("x", "y", mirrored).unwrap();
        assert_eq!(scene.objects("y"), new, "{seed}");
        let again = scene.up("x", "y", mirrored).unwrap();
        assert_eq!((again.files, again.removed), (0, 0), "{seed}");

        if !new.is_empty() {
            for down in
                [scene.down("y", "z", mirrored).unwrap(), scene.down("y", "z", mirrored).unwrap()].iter().skip(1)
            {
                assert_eq!((down.files, down.removed), (0, 0), "{seed}");
            }
            assert_eq!(scene.files("z"), new, "{seed}");
            scene.across("y", "t", mirrored).unwrap();
            assert_eq!(scene.objects("t"), new, "{seed}");
            scene.down("y", "w", moved).unwrap();
            assert_eq!((scene.files("w"), scene.objects("y")), (new.clone(), BTreeMap::new()), "{seed}");
        }
    }
}

/// Nothing is removed if it cannot be told what is there.
#[test]
fn a_store_without_order_is_told_and_nothing_is_removed() {
    let backwards = |key: &str| key.bytes().map(|byte| !byte).collect();
    let scene = Scene::of(Hooked::new(Limits::default(), quiet).sorted_by(backwards)).with(["y/a", "y/b", "y/c"]);
    scene.write("x/b", "y/b");
    let error = scene.up("x", "y", mirrored).unwrap_err();
    assert!(error.to_string().ends_with("the store lists its keys in no known order"), "{error}");
    assert_eq!(scene.keys(), ["y/a", "y/b", "y/c"]);
}
