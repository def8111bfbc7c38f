//! `glob`: what it finds, and with how few requests.

use std::io::ErrorKind;

use waypath::{Memory, Pattern, Posix};

use super::listing::{requests, store, texts};

/// What a glob finds, as often as it is asked for, with the number of requests.
#[track_caller]
fn finds(store: &Memory, pattern: &str, count: usize, most_requests: u64) {
    let asked = requests(store, || assert_eq!(store.glob(pattern).unwrap().count(), count, "{pattern}"));
    assert!(asked <= most_requests, "{pattern}: {asked} requests");
}

#[test]
fn patterns_mean_what_they_mean_on_a_disk() {
    let store = store(["a/b/c.txt", "a/b.txt", "a/d/c.md", "e/b/c.txt", "f.txt", "A/b.txt"]);
    let glob = |pattern: &str| texts(store.glob(pattern).unwrap());
    assert_eq!(glob("*.txt"), ["f.txt"]);
    assert_eq!(glob("*"), ["A/", "a/", "e/", "f.txt"]);
    assert_eq!(glob("*/"), ["A/", "a/", "e/"]);
    assert_eq!(glob("a"), ["a/"]);
    assert_eq!(glob("a/b.txt"), ["a/b.txt"]);
    assert_eq!(glob("a/*/c.*"), ["a/b/c.txt", "a/d/c.md"]);
    assert_eq!(glob("**/c.txt"), ["a/b/c.txt", "e/b/c.txt"]);
    assert_eq!(glob("a/**"), ["a/", "a/b.txt", "a/b/", "a/b/c.txt", "a/d/", "a/d/c.md"]);
    assert_eq!(glob("a/**/"), ["a/", "a/b/", "a/d/"]);
    assert_eq!(glob("**/b/**"), ["a/b/", "a/b/c.txt", "e/b/", "e/b/c.txt"]);
    assert_eq!(glob("{a,e}/b{,.txt}"), ["a/b.txt", "a/b/", "e/b/"]);
    assert_eq!(glob("{a/*,*}/c.md"), ["a/d/c.md"]);
    assert_eq!(glob("[ae]/?/c.txt"), ["a/b/c.txt", "e/b/c.txt"]);
    assert_eq!(glob("f.txt/**"), [""; 0]);
    assert_eq!(texts(store.rglob("c.*").unwrap()), ["a/b/c.txt", "a/d/c.md", "e/b/c.txt"]);
    assert_eq!(texts(store.glob(["*.txt", "e/**", "*/b.txt"]).unwrap()).len(), 6);
    assert_eq!(texts(store.glob("a/b.TXT").unwrap().case_sensitive(false)), ["A/b.txt", "a/b.txt"]);
    assert_eq!(texts(store.glob(Pattern::<Posix>::parse("a/B.txt").case_sensitive(false)).unwrap()).len(), 2);
    assert_eq!(texts((&store / "a").glob("*/c.md").unwrap()), ["a/d/c.md"]);
    assert_eq!(texts(store.glob(Vec::<&str>::new()).unwrap()), [""; 0]);
    assert_eq!(requests(&store, || store.glob(Vec::<&str>::new()).unwrap().count()), 0);
}

#[test]
fn patterns_that_lead_elsewhere_are_refused() {
    let store = Memory::new();
    for pattern in ["/a", "", ".", "../a", "a/../b", "{a,..}/b", "{a,/b}"] {
        assert_eq!(store.glob(pattern).unwrap_err().kind(), ErrorKind::InvalidInput, "{pattern}");
    }
    assert_eq!(store.rglob("../a").unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(store.rglob("").unwrap().count(), 1);
}

/// 50,000 keys, of which a tenth are of this year: 13 requests at most, against 50 for all.
#[test]
fn the_start_of_the_first_pattern_is_asked_for() {
    let mut keys = Vec::new();
    for year in 2017..=2026 {
        for month in 1..=12 {
            let days = (0..417).take(if month <= 8 { 417 } else { 416 });
            keys.extend(days.map(|number| format!("logs/{year}-{month:02}/{:02}/{number:03}.json", number % 28)));
        }
    }
    let store = store(&keys);
    assert_eq!(keys.len(), 50_000);
    finds(&store, "logs/2026-*/**/*.json", 5_000, 13);
    finds(&store, "logs/2026-*/*/*.json", 5_000, 13);
    finds(&store, "logs/2026-{01,12}/**/*.json", 833, 2);
    finds(&store, "logs/2026-03/**/*7.json", 41, 1);
    finds(&store, "logs/*-01", 10, 50);
}

#[test]
fn small_directories_are_read_together() {
    let files = ["a.png", "b.png", "c/d.txt"];
    let users = (0..2000).flat_map(|user| files.map(|file| format!("users/{user:04}/{file}")));
    let store = store(users);
    finds(&store, "users/*/a.png", 2000, 6);
    finds(&store, "users/1*/c/*.txt", 1000, 3);
    finds(&store, "users/*/c", 2000, 6);
    finds(&store, "users/*", 2000, 2);
    finds(&store, "users/17*/*.png", 200, 1);
}

#[test]
fn large_directories_are_not_read_through() {
    let keys = |dir: usize| (0..2500).map(move |number| format!("{dir:02}/data/{number:04}"));
    let indexes = (0..10).map(|dir| format!("{dir:02}/index.json"));
    let store = store((0..10).flat_map(keys).chain(indexes));
    // The page that shows that they are large, the rest of the names, and one for each.
    finds(&store, "*/index.json", 10, 12);
    finds(&store, "*/*.json", 10, 12);
    finds(&store, "*/data", 10, 12);
    finds(&store, "*", 10, 1);
    // All that is wanted is read once, and the names.
    finds(&store, "*/data/*", 25_000, 25 + 10 + 12);
}

#[test]
fn a_name_that_is_spelled_out_is_one_request() {
    let store = store((0..1500).map(|number| format!("a/b/{number}")));
    finds(&store, "a/b/77", 1, 1);
    finds(&store, "a/b/no", 0, 1);
    finds(&store, "{a/b/1,a/b/2,c}", 2, 3);
    finds(&store, "a/b", 1, 1);
}
