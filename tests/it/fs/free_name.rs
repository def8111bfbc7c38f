//! Names that nobody has yet.

use std::io::ErrorKind;

#[cfg(not(target_family = "wasm"))]
use waypath::PathBuf;
use waypath::{Error, Op, Result, TempFile, path};

use crate::support::util::{Tree, fails};

#[test]
fn a_number_stands_before_the_suffix() {
    for (name, second) in [
        ("a.txt", "a (2).txt"),
        ("a", "a (2)"),
        ("a b.c.txt", "a b.c (2).txt"),
        (".hidden", ".hidden (2)"),
        (".hidden.txt", ".hidden (2).txt"),
        ("a (2).txt", "a (2) (2).txt"),
        ("site.tar.gz", "site (2).tar.gz"),
        ("site.tar", "site (2).tar"),
        (".tar.gz", ".tar (2).gz"),
        ("日本.png", "日本 (2).png"),
    ] {
        let tree = Tree::new([name]);
        assert_eq!(tree.at(name).next_free_name().unwrap().name(), second);
        tree.at(second).mkdir().unwrap();
        let (front, end) = second.rsplit_once("(2)").unwrap();
        assert_eq!(tree.at(name).next_free_name().unwrap().name(), format!("{front}(3){end}"));
    }
}

#[test]
fn the_first_free_name_is_found() {
    let tree = Tree::new(["a", "a (3)", "d/"]);
    assert_eq!(tree.at("b").next_free_name().unwrap(), tree.at("b"));
    assert_eq!(tree.at("a").next_free_name().unwrap(), tree.at("a (2)"));
    tree.at("a (2)").mkdir().unwrap();
    assert_eq!(tree.at("a").next_free_name().unwrap(), tree.at("a (4)"));
    assert_eq!(tree.at("d").next_free_name().unwrap(), tree.at("d (2)"));
    // Nothing is there, and nothing can be.
    assert_eq!(tree.at("no/x").next_free_name().unwrap(), tree.at("no/x"));
    fails(tree.at(&"x".repeat(256)).next_free_name(), Op::Stat, ErrorKind::InvalidFilename);
    let anchor = path(tree.anchor());
    fails(anchor.next_free_name(), Op::WithStem, ErrorKind::InvalidInput);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_has_its_name() {
    let tree = Tree::new(["a => nowhere"]);
    assert_eq!(tree.at("a").next_free_name().unwrap(), tree.at("a (2)"));
    tree.at("a").at_free_name(|free| free.write_new("x")).unwrap();
    tree.is(["a => nowhere", "a (2): x"]);
}

type Take = fn(&Tree, &waypath::Path) -> Result<()>;

#[test]
fn every_verb_that_refuses_a_name_can_take_one() {
    let verbs: &[Take] = &[
        |_, free| free.write_new("x"),
        |_, free| free.mkdir(),
        |tree, free| tree.at("from").copy(free).map(drop),
        |tree, free| tree.at("from").move_to(free).map(drop),
        |tree, free| tree.at("from").rename(free).map(drop),
        |_, free| free.create_new_atomic()?.commit(),
        |tree, free| TempFile::new_in(&**tree)?.persist(free),
    ];
    for take in verbs {
        let tree = Tree::new(["a.txt", "a (2).txt", "from"]);
        let taken = tree.at("a.txt").at_free_name(|free| take(&tree, free).map(|()| free.to_path_buf())).unwrap();
        assert_eq!(taken, tree.at("a (3).txt"));
        assert!(taken.exists());
        assert_eq!(tree.at("a.txt").read_text().unwrap(), "a.txt");
    }
}

#[test]
fn other_failures_end_it() {
    let tree = Tree::new(["a"]);
    let mut names = Vec::new();
    let result = tree.at("a").at_free_name(|free| {
        names.push(free.to_path_buf());
        tree.at("no").move_to(free)
    });
    fails(result, Op::Move, ErrorKind::NotFound);
    assert_eq!(names, [tree.at("a")]);

    // Something exists already, but not what has the name: it does not go on for ever.
    let mut calls = 0;
    let result = tree.at("b").at_free_name(|_| {
        calls += 1;
        Err::<(), _>(Error::from(std::io::Error::from(ErrorKind::AlreadyExists)))
    });
    assert_eq!(result.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert!(calls > 1 && calls < 100);
}

#[test]
#[cfg(not(target_family = "wasm"))] // No thread starts there.
fn of_many_that_take_names_each_gets_its_own() {
    const THREADS: usize = 4;
    const EACH: usize = 20;
    let tree = Tree::new([]);
    let wanted = tree.at("f");
    let take = |at: usize| wanted.at_free_name(|free| free.write_new(at.to_string()).map(|()| free.to_path_buf()));
    let mut taken: Vec<PathBuf> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || (0..EACH).map(|at| take(thread * EACH + at).unwrap()).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    taken.sort();
    taken.dedup();
    assert_eq!((taken.len(), tree.iterdir().count()), (THREADS * EACH, THREADS * EACH));
}
