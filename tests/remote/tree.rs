//! Printed trees, and sizes.

use std::io::ErrorKind;

use waypath::Memory;

use super::listing::{requests, store};

#[test]
fn a_tree_is_printed_in_the_order_of_keys() {
    let store = store(["a/b/c", "a/d\n", "a-e", "f"]);
    assert_eq!(store.tree().to_string(), "./\n├── a-e\n├── a/\n│   ├── b/\n│   │   └── c\n│   └── d\\n\n└── f");
    assert_eq!((&store / "a").walk().max_depth(1).tree().to_string(), "a/\n├── b/\n└── d\\n");
    assert_eq!(store.glob("**/c").unwrap().tree().to_string(), "./\n└── a/\n    └── b/\n        └── c");
    let absent = "no/\n└── [cannot list `memory://no`: nothing is there]";
    assert_eq!((&store / "no").tree().to_string(), absent);
    let mut count = 0;
    let tree = store.walk().prune(|_| {
        count += 1;
        count == 2
    });
    let tree = tree.tree();
    assert_eq!(tree.to_string(), "./\n├── a-e\n└── f");
    assert_eq!(tree.to_string(), store.tree().to_string(), "closures are kept");
    drop(tree);
    assert_eq!(count, 3 + 6);
}

#[test]
fn only_as_much_is_listed_as_is_printed() {
    let store = store((0..3000).map(|number| format!("{number:04}")));
    assert_eq!(store.tree().max_entries(2).to_string(), "./\n├── 0000\n├── 0001\n└── …");
    assert_eq!(requests(&store, || store.tree().max_entries(2).to_string()), 1);
    let mut begun = store.walk();
    begun.next();
    assert_eq!(begun.tree().to_string().lines().count(), 3001);
}

#[test]
fn a_size_is_that_of_everything_below() {
    let store = Memory::new();
    for (path, text) in
        [("a/b/c/d", "1"), ("a/b/e/f", "22"), ("a/b-c", "333"), ("a/g", ""), ("a-b", "4444"), ("a", "5")]
    {
        (&store / path).write_text(text).unwrap();
    }
    let size = |path: &str| {
        let size = (&store / path).tree_size().unwrap();
        assert_eq!((size.allocated, size.links, size.specials), (size.apparent, 0, 0));
        (size.apparent, size.files, size.directories)
    };
    assert_eq!(size("a"), (6, 4, 4));
    assert_eq!(size("."), (11, 6, 5));
    assert_eq!(size("a/b"), (3, 2, 3));
    assert_eq!(size("a-b"), (4, 1, 0));
    assert_eq!((&store / "no").tree_size().unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!((&store / "..").tree_size().unwrap_err().kind(), ErrorKind::InvalidInput);
    let empty = Memory::new().tree_size().unwrap();
    assert_eq!((empty.apparent, empty.files, empty.directories), (0, 0, 1));
}
