//! The example in the README does what it says, and is there as it is here.

include!("readme/example.rs");

use waypath::TempDir;

#[test]
fn the_example_is_in_the_readme() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("```rust\n{}```", include_str!("readme/example.rs"))));
}

#[test]
fn the_example_backs_up_what_is_new() {
    let home = TempDir::new().unwrap();
    let trip = &home / "notes/2026/trip.md";
    trip.mkdir_parent().unwrap();
    trip.write_text("TODO tickets\n").unwrap();
    (&home / "notes/draft.tmp").touch().unwrap();
    back_up(&home).unwrap();
    assert_eq!((&home / "backup/2026/trip.md").read_text().unwrap(), "TODO tickets\n");
    assert_eq!((&home / "backup/latest.txt").read_text().unwrap(), "1 copied\n");
    assert!(!(&home / "backup/draft.tmp").exists());
    back_up(&home).unwrap();
    // Node sets times in whole seconds, so that the copy differs.
    let again = if cfg!(target_family = "wasm") { "1 copied\n" } else { "0 copied\n" };
    assert_eq!((&home / "backup/latest.txt").read_text().unwrap(), again);
}

#[cfg(unix)]
#[test]
fn the_error_prints_as_it_does_there() {
    let place = TempDir::new().unwrap();
    (&place / "notes/2026").mkdir_all().unwrap();
    (&place / "notes/2026/trip.md").touch().unwrap();
    let error = (&place / "notes/2026/tirp.md").read_text().unwrap_err();
    let printed = format!("Error: {error:?}\n").replace(&format!("{place}/"), "");
    assert!(include_str!("../../README.md").contains(&format!("```text\n{printed}```")), "{printed}");
}
