//! The example `mirror`.

use std::process::{Command, Output, Stdio};

use waypath::{FileKind, Path, TempDir};

use crate::example;

fn mirror(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("mirror")).args(args).current_dir(directory.as_str()).output().unwrap()
}

/// What it prints when all goes well, where `/` stands for the system's separator.
#[track_caller]
fn prints(directory: &Path, args: &[&str]) -> String {
    let output = mirror(directory, args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap().replace(std::path::MAIN_SEPARATOR, "/")
}

/// What it complains of, and that it says so by its status.
#[track_caller]
fn complains(directory: &Path, args: &[&str]) -> String {
    let output = mirror(directory, args);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap().replace(std::path::MAIN_SEPARATOR, "/")
}

/// A directory with `from`, and perhaps with `to`, from lines as `a/b: content` and `a/`.
fn tree<const N: usize>(lines: [&str; N]) -> TempDir {
    let tree = TempDir::new().unwrap();
    for line in lines {
        let (path, content) = line.split_once(": ").unwrap_or((line, ""));
        let path = &tree / path;
        match line.ends_with('/') {
            true => path.mkdir_all().unwrap(),
            false => {
                path.parent().mkdir_all().unwrap();
                path.write_text(content).unwrap();
            }
        }
    }
    tree
}

/// What is in a directory: lines as for [`tree`].
fn lines(directory: &Path) -> Vec<String> {
    let line = |entry: waypath::Entry| {
        let path = entry.relative_to(directory).unwrap().as_posix().into_owned();
        match entry.kind() {
            FileKind::Directory => path + "/",
            FileKind::Symlink => format!("{path} => {}", std::fs::read_link(entry.path()).unwrap().display()),
            _ => match entry.read_text().unwrap() {
                content if content.is_empty() => path,
                content => format!("{path}: {content}"),
            },
        }
    };
    directory.walk().map(|entry| line(entry.unwrap())).collect()
}

#[test]
fn mirror_copies_what_is_missing_or_different() {
    let tree = tree(["from/a/one: 1", "from/a/two words: 22", "from/empty/", "to/a/one: other", "to/kept: x"]);
    let printed = prints(&tree, &["--dry-run", "from", "to"]);
    assert_eq!(
        printed,
        "copy over `to/a/one`\n\
         copy to `to/a/two words`\n\
         make directory `to/empty`\n\
         2 files, 1 directory, 3 bytes, 0 to remove, 0 to replace\n"
    );
    assert_eq!(lines(&(&tree / "to")), ["a/", "a/one: other", "kept: x"], "a dry run changes nothing");

    let printed = prints(&tree, &["from", "to"]);
    assert_eq!(
        printed,
        "to do: 2 files, 1 directory, 3 bytes, 0 to remove, 0 to replace\n\
         done: 2 files, 1 directory, 3 bytes, 0 of 0 removed\n"
    );
    assert_eq!(lines(&(&tree / "to")), ["a/", "a/one: 1", "a/two words: 22", "empty/", "kept: x"]);
    let [from, to] = ["from/a/one", "to/a/one"].map(|path| (&tree / path).stat().unwrap().modified().unwrap());
    assert_eq!(from, to);
}

#[test]
fn mirror_has_nothing_to_do_the_second_time() {
    let tree = tree(["from/a/one: 1", "from/b/deep/two: 22", "from/three: 333", "to/old/gone: 1"]);
    for threads in ["1", "2"] {
        prints(&tree, &["--delete", "--threads", threads, "from", "to"]);
        assert_eq!(lines(&(&tree / "to")), lines(&(&tree / "from")));
        let printed = prints(&tree, &["--delete", "--threads", threads, "from", "to"]);
        assert_eq!(printed, "to do: 3 unchanged, 0 to remove, 0 to replace\ndone: 3 unchanged, 0 of 0 removed\n");
        (&tree / "to").rmtree().unwrap();
    }
}

#[test]
fn mirror_removes_what_is_only_in_the_target_when_told() {
    let tree = tree(["from/a/one: 1", "to/a/one: 1", "to/a/stray: 2", "to/old/deep/er: 3", "to/old/empty/"]);
    let before = lines(&(&tree / "to"));
    let printed = prints(&tree, &["--dry-run", "--delete", "from", "to"]);
    let removals: Vec<_> = printed.lines().filter(|line| line.starts_with("remove")).collect();
    assert_eq!(
        removals,
        [
            "remove `to/a/stray`",
            "remove `to/old/deep/er`",
            "remove directory `to/old/deep`",
            "remove directory `to/old/empty`",
            "remove directory `to/old`",
        ]
    );
    assert!(printed.ends_with(", 5 to remove, 0 to replace\n"), "{printed}");
    assert_eq!(lines(&(&tree / "to")), before, "a dry run changes nothing");

    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with(", 5 of 5 removed\n"), "{printed}");
    assert_eq!(lines(&(&tree / "to")), ["a/", "a/one: 1"]);
}

#[test]
fn mirror_keeps_what_is_excluded() {
    let tree =
        tree(["from/a/cache/1: from", "from/a/one: 1", "to/a/cache/2: to", "to/old/cache/3: to", "to/old/stray: 4"]);
    let printed = prints(&tree, &["--delete", "--exclude", "**/{cache,x}", "from", "to"]);
    assert!(printed.ends_with(", 1 of 1 removed\n"), "{printed}");
    assert_eq!(
        lines(&(&tree / "to")),
        ["a/", "a/cache/", "a/cache/2: to", "a/one: 1", "old/", "old/cache/", "old/cache/3: to"],
        "and the directories that it is in"
    );
}

#[test]
fn mirror_replaces_a_directory_by_a_file_only_when_told_to_delete() {
    let tree = tree(["from/x: file", "from/y/z/in: 1", "from/ok: 2", "to/x/in/deep: 3", "to/y: file"]);
    let complaints = complains(&tree, &["from", "to"]);
    assert_eq!(complaints.lines().count(), 2, "{complaints}");
    assert!(complaints.contains("cannot copy `from/x` to `to/x`: a directory is not replaced"), "{complaints}");
    assert!(complaints.contains("cannot copy `from/y` to `to/y`: a directory replaces no file"), "{complaints}");
    let both = ["ok: 2", "x/", "x/in/", "x/in/deep: 3", "y: file"];
    assert_eq!(lines(&(&tree / "to")), both, "all else is copied, and nothing lost");

    let printed = prints(&tree, &["--dry-run", "--delete", "from", "to"]);
    for line in ["remove directory `to/x`", "remove `to/y`", "replace `to/x`", "replace `to/y`"] {
        assert!(printed.lines().any(|printed| printed == line), "{line}: {printed}");
    }
    assert_eq!(lines(&(&tree / "to")), both);

    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 2 files, 2 directories, 5 bytes, 1 unchanged, 4 of 4 removed\n"), "{printed}");
    assert_eq!(lines(&(&tree / "to")), lines(&(&tree / "from")));
}

#[test]
fn mirror_removes_nothing_where_something_excluded_is_in_the_way() {
    let tree = tree(["from/x: file", "to/x/keep/in: 1", "to/x/stray: 2", "to/old: 3"]);
    let before = lines(&(&tree / "to"));
    let complaints = complains(&tree, &["--delete", "--exclude", "x/keep", "from", "to"]);
    assert!(complaints.contains("cannot copy `from/x` to `to/x`"), "{complaints}");
    assert_eq!(lines(&(&tree / "to")), before);
}

#[test]
fn mirror_refuses_what_would_destroy_the_source() {
    let tree = tree(["top/from/a: 1", "top/other: 2"]);
    let before = lines(&tree);
    for (args, reason) in [
        (["--delete", "top/from", "top"], "SRC is in DST"),
        (["--delete", "top", "top"], "SRC is in DST"),
        (["--threads=1", "top", "top"], "they are the same file"),
        (["--delete", "top", "top/from"], "the destination is inside the source"),
        (["--delete", "top/other", "top/from"], "is no directory"),
        (["--delete", "no", "top"], "cannot look at `no`"),
        (["--delete", "top/from", "top/other"], "cannot list `top/other`"),
    ] {
        let complaints = complains(&tree, &args);
        assert!(complaints.contains(reason), "{args:?}: {complaints}");
        assert_eq!(lines(&tree), before, "{args:?}");
    }
}

#[test]
fn mirror_says_by_its_status_what_went_wrong() {
    let tree = tree(["from/a: 1"]);
    for args in [&["from"][..], &["from", "to", "x"], &["from", "to", "--no"], &["from", "to", "--exclude", "{a"]] {
        let output = mirror(&tree, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
    assert!(complains(&tree, &["from", "no/to"]).contains("cannot copy `from` to `no/to`"));
}

#[test]
fn mirror_goes_on_when_nobody_reads_what_it_prints() {
    let tree = tree(["from/a: 1", "to/old: 2"]);
    let mut mirror = Command::new(example("mirror"));
    mirror.args(["--delete", "from", "to"]).current_dir(tree.as_str()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = mirror.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
    assert_eq!(lines(&(&tree / "to")), ["a: 1"]);
}

#[cfg(unix)]
#[test]
fn mirror_takes_any_name_and_keeps_links() {
    use std::os::unix::fs::symlink;

    let tree = tree(["from/two\nlines/a b: 1", "from/tab\t: 2", "to/old\nstray: 3"]);
    symlink("tab\t", &tree / "from/link").unwrap();
    symlink("..", &tree / "from/two\nlines/up").unwrap();
    symlink("from", &tree / "to/stray link").unwrap();
    std::fs::hard_link(&tree / "from/tab\t", &tree / "from/other name").unwrap();
    let printed = prints(&tree, &["--dry-run", "--delete", "from", "to"]);
    assert_eq!(
        printed.lines().filter(|line| line.starts_with("remove")).collect::<Vec<_>>(),
        ["remove `to/old\\nstray`", "remove `to/stray link`"]
    );
    assert!(printed.contains("make directory `to/two\\nlines`"), "{printed}");
    prints(&tree, &["--delete", "from", "to"]);
    assert_eq!(lines(&(&tree / "to")), lines(&(&tree / "from")));
    assert_eq!((&tree / "to/tab\t").stat().unwrap().size(), 1);
    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 5 unchanged, 0 of 0 removed\n"), "hard links stay, too: {printed}");
}

#[cfg(unix)]
#[test]
fn mirror_follows_links_to_both_directories_and_to_none_in_them() {
    use std::os::unix::fs::symlink;

    let tree = tree(["from/a: 1", "real/", "outside/b: 2"]);
    symlink("from", &tree / "from link").unwrap();
    symlink("real", &tree / "to").unwrap();
    symlink("../outside", &tree / "real/out").unwrap();
    prints(&tree, &["--delete", "from link", "to"]);
    assert_eq!(lines(&(&tree / "real")), ["a: 1"]);
    assert_eq!(lines(&(&tree / "outside")), ["b: 2"]);
}

#[cfg(target_os = "linux")]
#[test]
fn mirror_copies_names_that_are_not_text_and_never_removes_them() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let tree = tree(["from/a: 1", "to/dir/stray: 2"]);
    let odd = |dir: &str, name: &[u8]| std::path::Path::new((&tree / dir).as_str()).join(OsStr::from_bytes(name));
    std::fs::write(odd("from", b"\xff"), "3").unwrap();
    std::fs::write(odd("to/dir", b"\xfe"), "4").unwrap();
    let output = mirror(&tree, &["--delete", "from", "to"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("mirror: never removed: "));
    assert_eq!(std::fs::read(odd("to", b"\xff")).unwrap(), b"3");
    assert_eq!(std::fs::read(odd("to/dir", b"\xfe")).unwrap(), b"4");
    assert!(!(&tree / "to/dir/stray").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn mirror_removes_nothing_when_not_all_could_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    const NOBODY: u32 = 65534;
    let tree = tree(["from/a: 1", "from/closed: 2", "to/stray: 3"]);
    let closed = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&tree / "from/closed", closed).unwrap();
    if nix::unistd::geteuid().is_root() {
        for path in ["", "from", "from/a", "from/closed", "to", "to/stray"] {
            std::os::unix::fs::chown(&tree / path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    // The program may lie where nobody may not look.
    let program = &tree / "program";
    std::fs::copy(example("mirror"), &program).unwrap();
    let mut mirror = Command::new(program.as_str());
    mirror.args(["--delete", "from", "to"]).current_dir(tree.as_str());
    if nix::unistd::geteuid().is_root() {
        mirror.uid(NOBODY).gid(NOBODY);
    }
    let output = mirror.output().unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaints.starts_with("mirror: cannot copy `from/closed` to `to/closed`: "), "{complaints}");
    assert_eq!(complaints.lines().count(), 1, "{complaints}");
    assert_eq!(lines(&(&tree / "to")), ["a: 1", "stray: 3"]);
}
