//! What prints a name that a terminal would act on.

use waypath::{CopyOptions, path};

use crate::support::util::Tree;

/// A name that a terminal would act on goes to none, whatever prints it.
#[test]
fn names_are_printed_so_that_a_terminal_does_nothing() {
    const NAME: &str = "\u{1b}[2J\r\n\u{202e}txt\u{9b}\u{7f}\u{2066}";
    const SHOWN: &str = r"\u{1b}[2J\r\n\u{202e}txt\u{9b}\u{7f}\u{2066}";
    let tree = Tree::new([]);
    tree.at("d").join(NAME).mkdir_all().unwrap();
    tree.at("d").join(NAME).join(NAME).touch().unwrap();
    assert_eq!(path(NAME).printable(), SHOWN);
    assert_eq!(path(NAME).to_string(), NAME, "the path itself is printed as it is");

    let plan = CopyOptions::new().dry_run(true).copy(tree.at("d"), tree.at("to")).unwrap();
    let missing = tree.at("d").join(NAME).join("gone").read_text().unwrap_err();
    let similar = tree.at("d").join(NAME.replace("txt", "tst")).read_text().unwrap_err();
    let twice = tree.at(NAME).rename(tree.at("d").join(NAME)).unwrap_err();
    let unportable = path(NAME).portability()[0].to_string();
    for printed in [
        tree.at("d").tree().to_string(),
        tree.at("d").join(NAME).tree().to_string(),
        plan.to_string(),
        plan.steps[1].to_string(),
        plan.steps[1].path.printable().into_owned(),
        missing.to_string(),
        format!("{missing:?}"),
        format!("{similar:?}"),
        twice.to_string(),
        unportable,
        format!("{:?}", tree.at("d").walk().next().unwrap().unwrap()),
        format!("{:?}", plan.steps),
    ] {
        let is_harmful = |letter: char| letter.is_control() && letter != '\n' || "\u{202e}\u{2066}".contains(letter);
        assert!(!printed.contains(is_harmful) && printed.contains(r"\u{202e}"), "{printed:?}");
    }
    assert!(format!("{similar:?}").ends_with(&format!("similar names there: `{SHOWN}`")), "{similar:?}");
}
