//! Listings as printed trees.

use waypath::{Path, Walk, path};

use crate::support::util::Tree;

/// Checks what is printed below the line of the start.
#[track_caller]
fn prints<const N: usize>(tree: &waypath::Tree<'_>, lines: [&str; N]) {
    let text = tree.to_string();
    assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), lines);
    assert!(!text.ends_with('\n'));
}

/// The first line, which names the start.
fn first_line(start: &Path) -> String {
    start.iterdir().tree().max_entries(0).to_string().lines().next().unwrap().to_owned()
}

#[test]
fn branches_lead_to_what_is_listed() {
    let tree = Tree::new(["src/fs/dir.rs", "src/lib.rs", "tests/it.rs", "a.toml", "z/"]);
    let all = [
        "├── a.toml",
        "├── src/",
        "│   ├── fs/",
        "│   │   └── dir.rs",
        "│   └── lib.rs",
        "├── tests/",
        "│   └── it.rs",
        "└── z/",
    ];
    prints(&tree.tree(), all);
    prints(&tree.walk().contents_first(true).unsorted(true).threads(2).tree(), all);
    let printed = tree.tree();
    prints(&printed.clone(), all);
    assert_eq!(printed.to_string(), printed.to_string());
    prints(&tree.walk().max_depth(1).tree(), ["├── a.toml", "├── src/", "├── tests/", "└── z/"]);
    prints(
        &tree.iterdir().sorted_by(|left, right| right.cmp(left)).tree(),
        ["├── z/", "├── tests/", "├── src/", "└── a.toml"],
    );
}

#[test]
fn directories_above_are_printed_that_are_not_listed() {
    let tree = Tree::new(["a/b/c.rs", "a/b/d.rs", "a/e/c.rs", "f/c.rs", "c.rs"]);
    prints(
        &tree.glob("**/c.rs").unwrap().tree(),
        [
            "├── a/",
            "│   ├── b/",
            "│   │   └── c.rs",
            "│   └── e/",
            "│       └── c.rs",
            "├── c.rs",
            "└── f/",
            "    └── c.rs",
        ],
    );
    prints(&tree.walk().min_depth(3).tree().max_entries(1), ["├── a/", "│   └── b/", "│       └── c.rs", "└── …"]);
    prints(&tree.glob(["a", "a/b/d.rs"]).unwrap().tree(), ["└── a/", "    └── b/", "        └── d.rs"]);
    prints(&tree.glob("f/../c.rs").unwrap().tree(), ["└── f/", "    └── ../", "        └── c.rs"]);
    prints(&tree.glob("**").unwrap().max_depth(1).tree(), ["├── a/", "├── c.rs", "└── f/"]);
}

#[test]
fn the_number_of_entries_has_an_end() {
    let tree = Tree::new(["a/b", "c"]);
    prints(&tree.tree().max_entries(0), ["└── …"]);
    prints(&tree.tree().max_entries(2), ["├── a/", "│   └── b", "└── …"]);
    prints(&tree.tree().max_entries(3), ["├── a/", "│   └── b", "└── c"]);
    let empty = Tree::new([]);
    for walk in [empty.walk(), empty.glob("**").unwrap()] {
        prints(&walk.tree().max_entries(0), []);
    }
}

#[test]
fn the_start_is_printed_as_it_was_given() {
    assert_eq!(first_line(&path(".")), "./");
    assert_eq!(first_line(&path("src")), "src/");
    let tree = Tree::new(["empty/"]);
    assert_eq!(first_line(&tree), format!("{}/", &*tree));
    assert_eq!(tree.at("empty").tree().to_string(), format!("{}/", tree.at("empty")));
    let root = path(tree.anchor());
    assert_eq!(first_line(&root), root.as_str());
    assert!(path(".").glob("src/lib.rs").unwrap().tree().to_string().starts_with("./\n└── src/\n    └── lib.rs"));
}

#[test]
fn a_start_that_is_no_directory_is_an_error_below_it() {
    let tree = Tree::new(["f"]);
    for name in ["no", "f"] {
        let at = tree.at(name);
        let text = at.tree().to_string();
        let (first, rest) = text.split_once('\n').unwrap();
        assert_eq!(first, format!("{at}/"));
        assert!(rest.starts_with(&format!("└── [cannot list `{at}`: ")) && rest.ends_with(']'), "{rest}");
        assert_eq!(rest.lines().count(), 1);
    }
}

#[test]
fn options_count_for_trees() {
    let tree = Tree::new([".git/x", "src/lib.rs", "target/debug/x"]);
    let walk = || -> Walk<'static> { tree.walk().hidden(false).exclude("target") };
    prints(&walk().tree(), ["└── src/", "    └── lib.rs"]);
    assert!(format!("{:?}", walk().tree()).contains(tree.name()));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::support::util::as_nobody;

    #[test]
    fn control_characters_are_escaped() {
        let tree = Tree::new(["a\nb/\u{1b}[31m", "tab\t"]);
        prints(&tree.tree(), ["├── a\\nb/", "│   └── \\u{1b}[31m", "└── tab\\t"]);
        assert!(tree.at("a\nb").tree().to_string().lines().next().unwrap().ends_with("/a\\nb/"));
    }

    #[test]
    fn links_are_leaves_unless_they_are_followed() {
        let tree = Tree::new(["d/f", "l => d", "d/up => .."]);
        prints(&tree.tree(), ["├── d/", "│   ├── f", "│   └── up", "└── l"]);
        let error = |link: &str| format!("[cannot follow the link `{}` back to `{}`", tree.at(link), &*tree);
        let followed = tree.walk().follow_symlinks(true).tree().to_string();
        let lines: Vec<_> = followed.lines().skip(1).collect();
        assert_eq!(lines.len(), 8, "{followed}");
        assert!(lines[3].starts_with(&("│       └── ".to_owned() + &error("d/up"))), "{followed}");
        assert_eq!(lines[4..7], ["└── l", "    ├── f", "    └── up"]);
        assert!(lines[7].starts_with(&("        └── ".to_owned() + &error("l/up"))), "{followed}");
    }

    #[test]
    fn errors_stand_where_they_came_up() {
        let tree = Tree::new(["a/x.rs", "b/c/d.md", "e.rs"]);
        let raw = std::path::Path::new(tree.at("b/c").as_str()).join(OsStr::from_bytes(b"\xff"));
        std::fs::write(&raw, "").unwrap();
        let text = tree.glob("**/*.rs").unwrap().tree().to_string();
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines[..4], ["├── a/", "│   └── x.rs", "├── b/", "│   └── c/"]);
        assert!(lines[4].starts_with("│       └── [cannot read `") && lines[4].ends_with("it is not UTF-8]"), "{text}");
        assert_eq!(lines[5..], ["└── e.rs"]);
    }

    #[test]
    fn a_directory_that_may_not_be_read_shows_the_error_inside() {
        if !as_nobody("walk::printed::unix::a_directory_that_may_not_be_read_shows_the_error_inside") {
            return;
        }
        use std::os::unix::fs::PermissionsExt;
        let tree = Tree::new(["a/closed/f", "b"]);
        let closed = tree.at("a/closed");
        let mode = |mode| std::fs::set_permissions(closed.as_str(), PermissionsExt::from_mode(mode)).unwrap();
        mode(0o000);
        let text = tree.tree().to_string();
        mode(0o755);
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines[..2], ["├── a/", "│   └── closed/"]);
        assert!(lines[2].starts_with("│       └── [cannot list `"), "{text}");
        assert_eq!(lines[3..], ["└── b"]);
    }
}
