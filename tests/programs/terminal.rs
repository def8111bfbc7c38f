//! What the examples print: nothing that a terminal would act on, and no word is lost without an error.

use std::process::{Command, Output, Stdio};

use waypath::TempDir;

use crate::example;
use crate::snapshot::{assert_same, snapshot};

/// Files by their paths.
fn tree(files: &[&str]) -> TempDir {
    let tree = TempDir::new().unwrap();
    for path in files {
        let file = &tree / path;
        file.parent().mkdir_all().unwrap();
        file.write_text("x").unwrap();
    }
    tree
}

fn run(tree: &TempDir, program: &str, args: &[&str]) -> Output {
    Command::new(example(program)).args(args).current_dir(tree.as_str()).output().unwrap()
}

/// What a terminal shows as it is: neither control characters nor marks that turn the direction of text.
#[track_caller]
fn is_harmless(output: &Output, context: &str) -> String {
    let mut printed = output.stdout.clone();
    printed.extend(&output.stderr);
    let printed = String::from_utf8(printed).unwrap();
    let is_harmful = |letter: &char| {
        letter.is_control() && *letter != '\n'
            || ('\u{200e}'..='\u{202e}').contains(letter)
            || ('\u{2066}'..='\u{2069}').contains(letter)
    };
    assert_eq!(printed.chars().find(is_harmful), None, "{context}: {printed:?}");
    printed
}

/// A name that clears the screen, another that looks as if it ended in `.jpg`, and more.
const HOSTILE: [&str; 8] = [
    "\u{1b}[2J\u{1b}]0;title\u{7}.txt",
    "photo\u{202e}gpj.exe",
    "two\nlines.md",
    "over\rwritten",
    "c1\u{9b}31m",
    "del\u{7f}\u{8}\u{8}",
    "\u{2066}isolate\u{2069}",
    "line\u{2028}\u{200f}end",
];

#[test]
fn a_hostile_name_reaches_no_terminal() {
    let files: Vec<_> = HOSTILE.iter().map(|name| format!("in/{name}")).collect();
    let folders: Vec<_> = HOSTILE.iter().map(|name| format!("in/d/{name}.d/x")).collect();
    let all: Vec<_> = files.iter().chain(&folders).map(String::as_str).collect();
    let tree = tree(&[&all[..], &["out/\u{1b}c", "out/\u{202e}/\u{1b}c"]].concat());
    for (program, args) in [
        ("find", &["in/**"][..]),
        ("find", &["in/*", "--threads", "2"]),
        ("rename", &["^", "\u{1b}x", "--in", "in"]),
        ("dups", &["in", "--link"]),
        ("prune", &["**/*.d", "--in", "in"]),
        ("mirror", &["--dry-run", "--delete", "in", "out"]),
        ("mirror", &["in", "no/\u{1b}c"]),
        ("mirror", &["in/\u{1b}[2J\u{1b}]0;title\u{7}.txt", "out"]),
        ("tidy", &["in"]),
        ("tidy", &["in/\u{1b}no"]),
    ] {
        let output = run(&tree, program, args);
        let printed = is_harmless(&output, &format!("{program} {args:?}"));
        assert!(printed.contains("\\u{1b}"), "{program} {args:?}: it is named: {printed:?}");
        if output.status.success() {
            assert!(printed.contains("\\u{202e}"), "{program} {args:?}: {printed:?}");
        }
    }
    // What is made for programs has the names themselves.
    let raw = run(&tree, "find", &["in/*", "--null", "--kind", "f"]);
    let mut expected = files.clone();
    expected.sort();
    assert_eq!(String::from_utf8(raw.stdout).unwrap().split_terminator('\0').collect::<Vec<_>>(), expected);

    is_harmless(&run(&tree, "mirror", &["--delete", "in", "out"]), "mirror");
    is_harmless(&run(&tree, "prune", &["**/*.d", "--in", "in", "--yes"]), "prune");
    let printed = is_harmless(&run(&tree, "tidy", &["in", "--apply"]), "tidy");
    assert_eq!(printed, "8 of 8 files moved\n");
}

/// A disk that is full takes nothing of what is printed.
#[test]
fn what_cannot_be_printed_is_an_error_of_every_example() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let tree = tree(&["from/a.txt", "to/old"]);
    let before = snapshot(&*tree);
    for (program, args) in [
        ("mirror", &["--delete", "from", "to"][..]),
        ("mirror", &["--delete", "--dry-run", "from", "to"]),
        ("find", &["**"]),
        ("find", &["**", "--count"]),
        ("prune", &["to", "--yes"]),
        ("prune", &["no"]),
        ("tidy", &[]),
        ("tidy", &["from"]),
    ] {
        let output =
            Command::new(example(program)).args(args).current_dir(tree.as_str()).stdout(full()).output().unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{program} {args:?}: {:?}", output.status);
        assert!(complaints.contains("No space left on device"), "{program} {args:?}: {complaints}");
        assert_eq!(complaints.lines().count(), 1, "{program} {args:?}: {complaints}");
    }
    assert_same(&snapshot(&*tree), &before, "who cannot show the plan does nothing");
    // Nobody can be told, but the status does.
    let mut mirror = Command::new(example("mirror"));
    let output = mirror.args(["no", "to"]).current_dir(tree.as_str()).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

/// Whoever read the output, or the complaints, has seen enough.
#[test]
fn a_reader_who_has_gone_is_no_error() {
    for (program, args) in [
        ("mirror", &["--dry-run", "from", "to"][..]),
        ("find", &["**"]),
        ("rename", &["^", "x"]),
        ("dups", &[]),
        ("prune", &["to"]),
        ("tidy", &["from"]),
        ("tidy", &[]),
    ] {
        let tree = tree(&["from/a.txt", "to/old"]);
        let mut program = Command::new(example(program));
        program.args(args).current_dir(tree.as_str()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{program:?}");

        let mut child = program.arg("no/such/thing").arg("no/such/thing").spawn().unwrap();
        drop(child.stderr.take());
        let status = child.wait_with_output().unwrap().status;
        assert!(matches!(status.code(), Some(0..=2)), "it does not panic: {program:?}: {status}");
    }
}
