//! The example `prune`.

use std::process::{Command, Output, Stdio};

use waypath::{Path, TempDir};

use crate::example;

fn prune(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("prune")).args(args).current_dir(directory.as_str()).output().unwrap()
}

/// The lines of the table without sizes on the disk, and what comes behind; `/` stands for the
/// system's separator.
#[track_caller]
fn prints<const N: usize>(directory: &Path, args: &[&str], expected: [&str; N]) {
    let output = prune(directory, args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    let printed = String::from_utf8(output.stdout).unwrap().replace(std::path::MAIN_SEPARATOR, "/");
    let lines = printed.lines().map(|line| match line.starts_with(' ') {
        true => line[12..].split_whitespace().collect::<Vec<_>>().join(" "),
        false => line.to_owned(),
    });
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

fn tree() -> TempDir {
    let tree = TempDir::new().unwrap();
    for (file, size) in [
        ("a/target/debug/target/x", 3_000),
        ("a/target/y", 72),
        ("a/src/lib.rs", 9),
        ("b/c/target/z", 5),
        ("targets/w", 1),
    ] {
        let file = &tree / file;
        file.parent().mkdir_all().unwrap();
        file.write_bytes(vec![b'x'; size]).unwrap();
    }
    tree
}

#[test]
fn prune_shows_folders_and_removes_nothing() {
    let tree = tree();
    (&tree / "b/target").touch().unwrap();
    let before = tree.walk().count();
    prints(
        &tree,
        &["**/target"],
        [
            "LENGTH FILES FOLDER",
            "3.0 KiB 2 a/target",
            "5 B 1 b/c/target",
            "3.0 KiB 3 2 folders",
            "nothing was removed (--yes does it)",
        ],
    );
    assert_eq!(tree.walk().count(), before);
    prints(&tree, &["no", "**/no*"], ["nothing found"]);
    prints(
        &tree,
        &["**/target", "--in", "b"],
        ["LENGTH FILES FOLDER", "5 B 1 b/c/target", "5 B 1 1 folder", "nothing was removed (--yes does it)"],
    );
}

#[test]
fn prune_removes_what_it_shows_when_told() {
    let tree = tree();
    prints(
        &tree,
        &["--yes", "{targets,**/target}", "a/target/debug"],
        [
            "LENGTH FILES FOLDER",
            "3.0 KiB 2 a/target",
            "5 B 1 b/c/target",
            "1 B 1 targets",
            "3.0 KiB 4 3 folders",
            "3 of 3 removed",
        ],
    );
    let left: Vec<_> =
        tree.walk().map(|entry| entry.unwrap().relative_to(&tree).unwrap().as_posix().into_owned()).collect();
    assert_eq!(left, ["a", "a/src", "a/src/lib.rs", "b", "b/c"]);
    prints(&tree, &["--yes", "**/target"], ["nothing found"]);
}

#[test]
fn prune_shows_the_largest_first() {
    let tree = TempDir::new().unwrap();
    for (name, size) in [("a", 10_000), ("b", 300_000), ("c", 100_000)] {
        (&tree / name / "x").mkdir_all().unwrap();
        (&tree / name / "x/f").write_bytes(vec![b'x'; size]).unwrap();
    }
    let output = prune(&tree, &["*/x"]);
    let printed = String::from_utf8(output.stdout).unwrap().replace(std::path::MAIN_SEPARATOR, "/");
    let names: Vec<_> = printed.lines().filter_map(|line| line.split_whitespace().last()).take(4).collect();
    assert_eq!(names, ["FOLDER", "b/x", "c/x", "a/x"], "{printed}");
}

#[test]
fn prune_says_by_its_status_what_went_wrong() {
    let tree = tree();
    let output = prune(&tree, &["*", "--in", "no"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("prune: cannot list `no`: "));
    for args in [&[][..], &[""], &["/a"], &["*", "--no"]] {
        let output = prune(&tree, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

#[test]
fn prune_goes_on_when_nobody_reads_what_it_prints() {
    let tree = tree();
    let mut prune = Command::new(example("prune"));
    prune.args(["**/target", "--yes"]).current_dir(tree.as_str()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = prune.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
    assert!(!(&tree / "a/target").exists() && !(&tree / "b/c/target").exists());
}

#[cfg(unix)]
#[test]
fn prune_leaves_links_alone_and_takes_any_name() {
    use std::os::unix::fs::symlink;

    let tree = TempDir::new().unwrap();
    let odd = &tree / "two\nlines/my target";
    odd.mkdir_all().unwrap();
    (&tree / "real").mkdir().unwrap();
    (&tree / "real/f").write_text("kept").unwrap();
    symlink("../real", &tree / "two\nlines/target").unwrap();
    symlink("../../real", &odd / "link").unwrap();
    prints(
        &tree,
        &["--yes", "**/*target"],
        ["LENGTH FILES FOLDER", "0 B 0 two\\nlines/my target", "0 B 0 1 folder", "1 of 1 removed"],
    );
    assert_eq!((&tree / "real/f").read_text().unwrap(), "kept");
    assert!((&tree / "two\nlines/target").is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn prune_goes_on_where_something_cannot_be_measured_or_removed() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    const NOBODY: u32 = 65534;
    let tree = tree();
    let paths = tree.walk().map(|entry| entry.unwrap().into_path()).chain([tree.to_owned()]);
    for path in paths.collect::<Vec<_>>() {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    let closed = |mode| {
        std::fs::set_permissions(&tree / "a/target/debug", std::fs::Permissions::from_mode(mode)).unwrap();
    };
    closed(0);
    let program = &tree / "program";
    std::fs::copy(example("prune"), &program).unwrap();
    let mut prune = Command::new(program.as_str());
    prune.args(["--yes", "*/target", "*/*/target"]).current_dir(tree.as_str());
    if nix::unistd::geteuid().is_root() {
        prune.uid(NOBODY).gid(NOBODY);
    }
    let output = crate::output_of_copy(&mut prune);
    closed(0o777);
    let (printed, complaints) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1));
    assert!(printed.lines().any(|line| line.split_whitespace().eq(["?", "?", "?", "a/target"])), "{printed}");
    assert!(printed.ends_with("\n1 of 2 removed\n"), "{printed}");
    assert!(complaints.contains("prune: cannot measure `a/target/debug`: "), "{complaints}");
    assert!(!(&tree / "b/c/target").exists() && !(&tree / "a/target/y").exists());
    assert!((&tree / "a/target/debug/target/x").exists());
}
