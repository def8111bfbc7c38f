//! The example `dups`.

use std::process::{Command, Output, Stdio};

use waypath::{Path, TempDir};

use crate::example;

fn dups(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("dups")).args(args).current_dir(directory.as_str()).output().unwrap()
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = TempDir::new().unwrap();
    for (name, content) in files {
        let file = &tree / name;
        file.parent().mkdir_all().unwrap();
        file.write_text(content).unwrap();
    }
    tree
}

#[track_caller]
fn prints(output: &Output, expected: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout).replace(std::path::MAIN_SEPARATOR, "/"), expected);
    assert_eq!(output.status.code(), Some(0));
}

const FILES: [(&str, &str); 8] = [
    ("a", "same"),
    ("b/a", "same"),
    ("b/c", "same"),
    ("e/empty", ""),
    ("empty", ""),
    ("long", "longer one"),
    ("other", "difs"),
    ("x/long", "longer one"),
];

#[test]
fn dups_lists_groups_and_changes_nothing() {
    let tree = tree(&FILES);
    prints(&dups(&tree, &[]), "long (10 B)\n    x/long\na (4 B)\n    b/a\n    b/c\n2 groups, 18 B more than needed\n");
    // A file that is found twice is one.
    prints(
        &dups(&tree, &["b", ".", "b"]),
        "long (10 B)\n    x/long\nb/a (4 B)\n    b/c\n    a\n2 groups, 18 B more than needed\n",
    );
    prints(&dups(&tree, &["x"]), "0 groups, 0 B more than needed\n");
}

#[cfg(unix)]
mod links {
    use super::*;

    fn identity(file: &Path) -> (u64, u64) {
        file.lstat().unwrap().identity().unwrap()
    }

    #[test]
    fn dups_makes_links_when_told() {
        let tree = tree(&FILES);
        let contents = || FILES.map(|(name, _)| (&tree / name).read_text().unwrap());
        let before = contents();
        assert!(dups(&tree, &[]).status.success());
        assert_ne!(identity(&(&tree / "a")), identity(&(&tree / "b/a")));
        prints(
            &dups(&tree, &["--link"]),
            "long (10 B)\n    x/long    linked\na (4 B)\n    b/a    linked\n    b/c    linked\n2 groups, 18 B saved\n",
        );
        assert_eq!(contents(), before);
        assert_eq!(tree.walk().count(), FILES.len() + 3, "and nothing else");
        for (one, other) in [("a", "b/a"), ("a", "b/c"), ("long", "x/long")] {
            assert_eq!(identity(&(&tree / one)), identity(&(&tree / other)));
        }
        assert_ne!(identity(&(&tree / "empty")), identity(&(&tree / "e/empty")));
        prints(&dups(&tree, &["--link"]), "0 groups, 0 B saved\n");
    }

    #[test]
    fn dups_leaves_other_modes_and_links_alone() {
        let tree = tree(&[("a", "same"), ("b", "same")]);
        (&tree / "b").chmod(0o600).unwrap();
        (&tree / "a").chmod(0o640).unwrap();
        std::os::unix::fs::symlink("a", &tree / "link").unwrap();
        prints(
            &dups(&tree, &["--link"]),
            "a (4 B)\n    b    left alone: another file system, owner or mode\n1 group, 0 B saved\n",
        );
        assert_ne!(identity(&(&tree / "a")), identity(&(&tree / "b")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn dups_never_links_across_file_systems() {
        if !crate::scene::has_other_device() {
            return;
        }
        let (here, there) = (tree(&[("a", "same")]), TempDir::new_in("/dev/shm").unwrap());
        (&there / "b").write_text("same").unwrap();
        let output = dups(&here, &[".", there.as_str(), "--link"]);
        let expected =
            format!("a (4 B)\n    {there}/b    left alone: another file system, owner or mode\n1 group, 0 B saved\n");
        prints(&output, &expected);
    }
}

#[test]
fn dups_says_by_its_status_what_went_wrong() {
    let tree = tree(&[("a", "x")]);
    let output = dups(&tree, &["no", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"dups: cannot list `no`: "));
    assert_eq!(output.stdout, b"0 groups, 0 B more than needed\n");
    for args in [&["--apply"][..], &["--no"]] {
        let output = dups(&tree, args);
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{args:?}");
    }
}

#[test]
fn dups_goes_on_when_nobody_reads_what_it_prints() {
    let tree = tree(&FILES);
    let mut dups = Command::new(example("dups"));
    dups.args(["--link"]).current_dir(tree.as_str()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = dups.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

/// Nobody reads what it prints, so it cannot have come to the last file when it is interrupted.
#[cfg(target_os = "linux")]
#[test]
fn dups_ends_between_two_files_after_ctrl_c() {
    use std::io::Read;

    let tree = TempDir::new().unwrap();
    for number in 0..600 {
        (&tree / format!("{number:0>200}")).write_text("same").unwrap();
    }
    let mut dups = Command::new(example("dups"));
    dups.args(["--link"]).current_dir(tree.as_str()).stdout(Stdio::piped());
    let mut child = dups.spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    crate::interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let printed = String::from_utf8(output.stdout).unwrap();
    let linked = printed.matches("    linked\n").count();
    assert!(linked < 599, "{linked}");
    assert!(printed.ends_with(&format!("interrupted: 1 group, {} saved\n", waypath::Size(linked as u64 * 4))));

    let entries = tree.iterdir().entries().unwrap();
    assert_eq!(entries.len(), 600);
    assert!(entries.iter().all(|file| !file.name().ends_with(".dups-tmp") && file.read_text().unwrap() == "same"));
    let links = entries.iter().map(|file| file.lstat().unwrap().links().unwrap()).max();
    assert_eq!(links, Some(linked as u64 + 1));
}
