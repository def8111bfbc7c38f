//! The example `mirror`.

use std::process::{Command, Output, Stdio};

use waypath::{FileKind, Path, TempDir};

use crate::example;
#[cfg(target_os = "linux")]
use crate::{output_of_copy, random::Random};

fn mirror(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("mirror")).args(args).current_dir(directory.as_str()).output().unwrap()
}

/// What it prints when all goes well, where `/` stands for the system's separator; without what it says of
/// attributes, as directories made one after the other may have one time or two.
#[track_caller]
fn prints(directory: &Path, args: &[&str]) -> String {
    let output = mirror(directory, args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    let printed = String::from_utf8(output.stdout).unwrap().replace(std::path::MAIN_SEPARATOR, "/");
    let lines = printed.lines().filter(|line| !line.starts_with("set attributes of"));
    lines.map(|line| without_attributes(line) + "\n").collect()
}

/// A line of totals without `, 2 with new attributes`.
fn without_attributes(line: &str) -> String {
    let parts = line.split_inclusive(", ").filter(|part| !part.contains("with new attributes"));
    parts.collect()
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
         2 files, 1 directory, 3 bytes, 0 to remove\n"
    );
    assert_eq!(lines(&(&tree / "to")), ["a/", "a/one: other", "kept: x"], "a dry run changes nothing");

    let printed = prints(&tree, &["from", "to"]);
    assert_eq!(
        printed,
        "to do: 2 files, 1 directory, 3 bytes, 0 to remove\n\
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
        assert_eq!(printed, "to do: 3 unchanged, 0 to remove\ndone: 3 unchanged, 0 of 0 removed\n");
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
    assert!(printed.ends_with(", 5 to remove\n"), "{printed}");
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
    assert!(
        complaints.contains("cannot copy `from/y` to `to/y`: cannot replace a file with a directory"),
        "{complaints}"
    );
    let both = ["ok: 2", "x/", "x/in/", "x/in/deep: 3", "y: file"];
    assert_eq!(lines(&(&tree / "to")), both, "all else is copied, and nothing lost");

    let printed = prints(&tree, &["--dry-run", "--delete", "from", "to"]);
    assert_eq!(
        printed,
        "remove `to/x/in/deep`\n\
         remove directory `to/x/in`\n\
         remove directory `to/x`\n\
         remove `to/y`\n\
         copy to `to/x`\n\
         make directory `to/y`\n\
         make directory `to/y/z`\n\
         copy to `to/y/z/in`\n\
         2 files, 2 directories, 5 bytes, 1 unchanged, 4 to remove\n"
    );
    assert_eq!(lines(&(&tree / "to")), both);

    let printed = prints(&tree, &["--delete", "from", "to"]);
    let done = "2 files, 2 directories, 5 bytes, 1 unchanged";
    assert_eq!(printed, format!("to do: {done}, 4 to remove\ndone: {done}, 4 of 4 removed\n"));
    assert_eq!(lines(&(&tree / "to")), lines(&(&tree / "from")));
}

#[test]
fn mirror_removes_nothing_where_something_excluded_is_in_the_way() {
    let tree = tree(["from/x: file", "to/x/keep/in: 1", "to/x/stray: 2", "to/old: 3"]);
    let before = lines(&(&tree / "to"));
    let complaints = complains(&tree, &["--delete", "--exclude", "x/keep", "from", "to"]);
    assert!(complaints.contains("cannot copy `from/x` to `to/x`"), "{complaints}");
    assert_eq!(complaints.lines().count(), 1, "it is said once: {complaints}");
    assert_eq!(lines(&(&tree / "to")), before);
    let output = mirror(&tree, &["--delete", "--dry-run", "--exclude", "x/keep", "from", "to"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "nothing, 0 to remove\n");
}

#[test]
fn mirror_plans_what_it_does_where_something_is_excluded() {
    let tree = tree(["from/a/skip: 1", "from/a/one: 2", "from/skip/x: 3", "to/a: file", "to/skip/y: 4", "to/old: 5"]);
    let options = ["--delete", "--exclude", "**/skip", "from", "to"];
    let done = "1 file, 1 directory, 1 byte, 2 skipped";
    let printed = prints(&tree, &[&["--dry-run"], &options[..]].concat());
    assert!(printed.ends_with(&format!("\n{done}, 2 to remove\n")), "{printed}");
    let printed = prints(&tree, &options);
    assert_eq!(printed, format!("to do: {done}, 2 to remove\ndone: {done}, 2 of 2 removed\n"));
    assert_eq!(lines(&(&tree / "to")), ["a/", "a/one: 2", "skip/", "skip/y: 4"]);
}

#[test]
fn mirror_refuses_what_would_destroy_the_source() {
    let tree = tree(["top/from/a: 1", "top/other: 2"]);
    let before = lines(&tree);
    for (args, reason) in [
        (["--delete", "top/from", "top"], "the source is inside the destination, and would be removed"),
        (["--delete", "top", "top"], "the source is inside the destination, and would be removed"),
        (["--threads=1", "top", "top"], "they are the same file"),
        (["--delete", "top", "top/from"], "the destination is inside the source"),
        (["--delete", "top/other", "top/from"], "cannot mirror `top/other` to `top/from`: not a directory"),
        (["--delete", "no", "top"], "cannot mirror `no` to `top`"),
        (["--delete", "top/from", "top/other"], "cannot mirror `top/from` to `top/other`"),
    ] {
        let complaints = complains(&tree, &args);
        assert!(complaints.contains(reason), "{args:?}: {complaints}");
        assert_eq!(lines(&tree), before, "{args:?}");
    }
}

#[test]
fn mirror_says_by_its_status_what_went_wrong() {
    let tree = tree(["from/a: 1"]);
    for args in [&["from"][..], &["from", "to", "x"], &["from", "to", "--no"], &["from", "to", "--exclude"]] {
        let output = mirror(&tree, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
    assert!(complains(&tree, &["from", "no/to"]).contains("cannot mirror `from` to `no/to`"));
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
fn mirror_copies_and_removes_names_that_are_not_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let tree = tree(["from/a: 1", "to/dir/stray: 2"]);
    let odd = |dir: &str, name: &[u8]| std::path::Path::new((&tree / dir).as_str()).join(OsStr::from_bytes(name));
    std::fs::write(odd("from", b"\xff"), "3").unwrap();
    std::fs::write(odd("to/dir", b"\xfe"), "4").unwrap();
    let printed = prints(&tree, &["--dry-run", "--delete", "from", "to"]);
    assert!(
        printed.starts_with("remove `to/dir/stray`\nremove `to/dir/\u{fffd}`\nremove directory `to/dir`\n"),
        "{printed}"
    );
    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 2 files, 2 bytes, 3 of 3 removed\n"), "{printed}");
    assert_eq!(std::fs::read(odd("to", b"\xff")).unwrap(), b"3");
    let names = std::fs::read_dir(&tree / "to").unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 2);
}

/// What is not followed by the copy is not followed by the comparison.
#[cfg(unix)]
#[test]
fn mirror_converges_where_one_side_has_a_link_and_the_other_a_directory() {
    use std::os::unix::fs::symlink;

    let tree =
        tree(["from/new/a: 1", "from/new/sub/b: 2", "to/old/a: 1", "to/old/sub/b: 2", "from/d/x: 3", "away/x: 4"]);
    symlink("new", &tree / "from/old").unwrap();
    symlink("../away", &tree / "to/d").unwrap();
    for dry_run in [true, false] {
        let printed = match dry_run {
            true => prints(&tree, &["--dry-run", "--delete", "from", "to"]),
            false => prints(&tree, &["--delete", "from", "to"]),
        };
        let done = "3 files, 3 directories, 1 link, 3 bytes";
        assert!(printed.contains(&format!("{done}, 5 to remove")), "{printed}");
        assert!(dry_run || printed.ends_with(&format!("done: {done}, 5 of 5 removed\n")), "{printed}");
    }
    assert_eq!(lines(&(&tree / "to")), lines(&(&tree / "from")));
    assert_eq!(lines(&(&tree / "away")), ["x: 4"]);
    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 4 unchanged, 0 of 0 removed\n"), "{printed}");
}

/// What is beyond the system's longest path is copied, seen as what it is, and removed.
#[cfg(target_os = "linux")]
#[test]
fn mirror_takes_paths_of_any_length() {
    let tree = tree(["from/a: 1", "to/stray: 2"]);
    let deep = |start: &str| {
        let mut dir = rustix::fs::open((&tree / start).as_str(), rustix::fs::OFlags::PATH, 0.into()).unwrap();
        for _ in 0..30 {
            rustix::fs::mkdirat(&dir, "n".repeat(200), 0o755.into()).unwrap();
            dir = rustix::fs::openat(&dir, "n".repeat(200), rustix::fs::OFlags::PATH, 0.into()).unwrap();
        }
    };
    deep("from");
    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 1 file, 30 directories, 1 byte, 1 of 1 removed\n"), "{printed}");
    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 1 unchanged, 0 of 0 removed\n"), "{printed}");

    // There it is removed, too.
    (&tree / "from" / "n".repeat(200)).rmtree().unwrap();
    (&tree / "to/stray").write_text("2").unwrap();
    (&tree / "from/b").write_text("3").unwrap();
    let printed = prints(&tree, &["--delete", "from", "to"]);
    assert!(printed.ends_with("done: 1 file, 1 byte, 1 unchanged, 31 of 31 removed\n"), "{printed}");
    assert_eq!(lines(&(&tree / "to")), ["a: 1", "b: 3"]);
}

#[cfg(target_os = "linux")]
#[test]
fn mirror_removes_nothing_when_not_all_could_be_read() {
    // What may not be read, and what is said of it.
    for (closed, complaint) in [
        ("from/closed", "cannot copy `from/closed` to `to/closed`: "),
        ("from/dir", "cannot "),
        ("to/dir", "cannot copy `from/dir` to `to/dir`: "),
        ("to/only", "cannot list `to/only`: "),
        ("to/only/in", "cannot list `to/only/in`: "),
    ] {
        let tree = tree(["from/closed: 2", "from/z: 1", "to/only/in/x: 3", "to/stray: 3"]);
        for dir in ["from/dir", "to/dir"] {
            (&tree / dir).mkdir().unwrap();
            (&tree / dir / "old").write_text("1").unwrap();
        }
        if closed != "to/dir" {
            (&tree / "to/dir/stray").write_text("1").unwrap();
        }
        let before = lines(&tree);
        let output = mirror_as_nobody(&tree, closed, &["--dry-run", "--delete", "from", "to"]);
        assert!(String::from_utf8_lossy(&output.stdout).ends_with(", 0 to remove\n"), "{closed}: {output:?}");
        let output = mirror_as_nobody(&tree, closed, &["--delete", "from", "to"]);
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{closed}");
        assert!(complaints.starts_with(&format!("mirror: {complaint}")), "{closed}: {complaints}");
        assert_eq!(complaints.lines().count(), 1, "{closed}: it is said once: {complaints}");
        assert!((&tree / "to/z").exists(), "{closed}: all else is copied");
        let is_kept = |line: &&String| !line.starts_with("to/") || lines(&tree).contains(line);
        assert!(before.iter().all(|line| is_kept(&line)), "{closed}: nothing is removed: {:?}", lines(&tree));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn mirror_has_no_plan_if_it_cannot_begin() {
    let tree = tree(["from/a: 1", "to/b: 2"]);
    for options in [&["--dry-run"][..], &["--delete"], &["--delete", "--dry-run"], &[]] {
        let output = mirror_as_nobody(&tree, "from", &[options, &["from", "to"]].concat());
        assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap()), (Some(1), String::new()));
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert!(complaints.starts_with("mirror: cannot ") && complaints.lines().count() == 1, "{complaints}");
    }
}

/// Runs it as a user whom permissions stop, with one thing that may not be read. It is readable again afterwards.
#[cfg(target_os = "linux")]
fn mirror_as_nobody(tree: &Path, closed: &str, args: &[&str]) -> Output {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    const NOBODY: u32 = 65534;
    let set_mode = |mode| {
        std::fs::set_permissions(tree / closed, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    // The program may lie where nobody may not look.
    let place = TempDir::new().unwrap();
    std::fs::set_permissions(&*place, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = &place / "program";
    std::fs::copy(example("mirror"), &program).unwrap();
    set_mode(0o000);
    let mut mirror = Command::new(program.as_str());
    mirror.args(args).current_dir(tree.as_str());
    if nix::unistd::geteuid().is_root() {
        for path in std::iter::once(tree.to_path_buf()).chain(tree.walk().map(|entry| entry.unwrap().into_path())) {
            std::os::unix::fs::lchown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        mirror.uid(NOBODY).gid(NOBODY);
    }
    let output = output_of_copy(&mut mirror);
    set_mode(0o755);
    output
}

/// As `rsync` does it, on trees that grew apart at random.
#[cfg(target_os = "linux")]
#[test]
fn mirror_makes_what_rsync_makes() {
    use crate::snapshot::{assert_same, but, snapshot};

    const TREES: u64 = 40;
    if Command::new("rsync").arg("--version").output().is_err() {
        println!("NOT TESTED: no rsync is installed to compare with");
        return;
    }
    let (mut kind_changes, mut compared, mut refused) = (0, 0, 0);
    for seed in 0..TREES {
        let place = TempDir::new().unwrap();
        let mut random = Random(seed);
        for name in ["from", "to", "rsync"] {
            // The second and the third are the same.
            let mut random = Random(seed * 2 + u64::from(name != "from"));
            (&place / name).mkdir().unwrap();
            grow(&(&place / name), 0, &mut random);
        }
        let at = |name: &str| place.join(name);
        let excludes = random.below(2) == 0;
        kind_changes +=
            at("to").walk().filter(|entry| is_other_kind(entry.as_ref().unwrap(), &at("to"), &at("from"))).count();
        let options: &[&str] = if excludes { &["--exclude", "**/e"] } else { &[] };
        let output = mirror(&place, &[&["--delete"], options, &["from", "to"]].concat());
        let rsync = Command::new("rsync")
            .args(["-a", "--delete"])
            .args(excludes.then_some("--exclude=e"))
            .args(["from/", "rsync"])
            .current_dir(place.as_str())
            .output()
            .unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(0) {
            // Something excluded is in the way: rsync says so too, and removes the rest.
            assert!(excludes && !rsync.status.success(), "seed {seed}: {complaints}, rsync: {rsync:?}");
            assert!(complaints.contains("a directory"), "seed {seed}: {complaints}");
            refused += 1;
            continue;
        }
        assert!(rsync.status.success(), "seed {seed}: {rsync:?}");
        // rsync takes no notice of hard links here; and what only the target has is changed by removing in it.
        let made = |name: &str| {
            but(snapshot(at(name)), |path, node| {
                node.same_as = None;
                if std::fs::symlink_metadata(std::path::Path::new(at("from").as_str()).join(path)).is_err() {
                    node.modified = (0, 0);
                }
            })
        };
        assert_same(&made("to"), &made("rsync"), format!("seed {seed}, excludes: {excludes}"));
        let printed = String::from_utf8_lossy(&output.stdout);
        let counts = |line: &str| line.split_once(": ").unwrap().1.rsplit_once(", ").unwrap().0.to_owned();
        let [plan, done] = printed.lines().map(counts).collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(plan, done, "seed {seed}: the plan is what then happens");
        let again = prints(&place, &[&["--delete"], options, &["from", "to"]].concat());
        let nothing =
            again.lines().all(|line| !line.contains("file") && !line.contains("director") && !line.contains("link"));
        assert!(nothing && again.ends_with(", 0 of 0 removed\n"), "seed {seed}: it converges: {again}");
        compared += 1;
    }
    println!("mirror and rsync: {compared} trees the same, {refused} refused by both, {kind_changes} changes of kind");
    assert!(compared > 20 && kind_changes > 30);
}

#[cfg(target_os = "linux")]
fn is_other_kind(entry: &waypath::Entry, target: &Path, source: &Path) -> bool {
    let original = (source / entry.relative_to(target).unwrap()).lstat();
    original.is_ok_and(|original| original.kind() != entry.kind())
}

/// Fills a directory: few names, so that two directories have many of them in common, and not the same things.
#[cfg(target_os = "linux")]
fn grow(directory: &Path, depth: u64, random: &mut Random) {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    for name in ["a", "b", "c", "e", "odd name\n", "f"] {
        let at = directory / name;
        match random.below(8) {
            0 | 1 if depth < 3 => {
                at.mkdir().unwrap();
                grow(&at, depth + 1, random);
            }
            2 | 3 => {
                at.write_text("x".repeat(random.below(3))).unwrap();
                set_time(&at, random.below(2) as u64);
            }
            4 => {
                symlink(["a", "b", "../a", "nowhere", "c/a"][random.below(5)], &at).unwrap();
                set_time(&at, 0);
            }
            5 if (directory / "a").lstat().is_ok_and(|found| found.is_file()) => {
                at.hardlink_to(directory / "a").unwrap()
            }
            6 if random.below(3) == 0 => {
                let mode = rustix::fs::Mode::from_raw_mode(0o640);
                rustix::fs::mknodat(rustix::fs::CWD, at.as_str(), rustix::fs::FileType::Fifo, mode, 0).unwrap();
                set_time(&at, 0);
            }
            _ => {}
        }
    }
    let mode = [0o755, 0o700, 0o775][random.below(3)];
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(mode)).unwrap();
    set_time(directory, random.below(3) as u64);
}

/// In whole seconds: rsync compares no others.
#[cfg(target_os = "linux")]
fn set_time(at: &Path, seconds: u64) {
    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};

    let time = Timespec { tv_sec: 1_000_000_000 + seconds as i64, tv_nsec: 0 };
    let times = Timestamps { last_access: time, last_modification: time };
    rustix::fs::utimensat(CWD, at.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}
