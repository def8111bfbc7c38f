//! The store in memory.

use waypath::Memory;

#[test]
fn paths_join_and_have_an_address() {
    let store = Memory::new();
    let path = &store / "a" / "b.txt";
    assert_eq!((path.as_str(), path.name(), path.uri().as_str()), ("a/b.txt", "b.txt", "memory://a/b.txt"));
    assert_eq!((store.uri().as_str(), store.request_count()), ("memory://", 0));
    assert_eq!((path == (&store / "a/b.txt"), path == Memory::new().join("a/b.txt")), (true, false));
}
