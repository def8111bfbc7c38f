//! The example `rename`.

use std::process::{Command, Output, Stdio};

use waypath::{Path, TempDir};

use crate::example;

fn rename(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("rename")).args(args).current_dir(directory.as_str()).output().unwrap()
}

/// A directory in which each file holds its name.
fn tree(names: &[&str]) -> TempDir {
    let tree = TempDir::new().unwrap();
    for name in names {
        let file = &tree / name;
        file.parent().mkdir_all().unwrap();
        file.write_text(name).unwrap();
    }
    tree
}

/// The files with their content.
fn files(tree: &Path) -> Vec<(String, String)> {
    let entries = tree.walk().only(waypath::FileKind::File).map(Result::unwrap);
    entries.map(|file| (file.relative().as_posix().into_owned(), file.read_text().unwrap())).collect()
}

#[track_caller]
fn is_now<const N: usize>(tree: &Path, expected: [(&str, &str); N]) {
    assert_eq!(files(tree), expected.map(|(name, content)| (name.to_owned(), content.to_owned())));
}

#[track_caller]
fn prints(output: &Output, status: i32, stdout: &str, stderr: &str) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(std::path::MAIN_SEPARATOR, "/");
    assert_eq!((text(&output.stdout), text(&output.stderr)), (stdout.to_owned(), stderr.to_owned()));
    assert_eq!(output.status.code(), Some(status));
}

/// Checks that nothing was renamed because of the name that a file would get.
#[track_caller]
fn is_refused(output: &Output, file: &str, target: &str) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.starts_with(&format!("rename: cannot move `{file}` to `{target}`: ")), "{said}");
    let plan = format!("{file} -> {target}\nnothing was renamed\n");
    prints(&Output { stderr: Vec::new(), ..output.clone() }, 1, &plan, "");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn rename_shows_a_plan_and_carries_it_out() {
    let tree = tree(&["a.jpeg", "b.jpeg", "c.txt", "d/e.jpeg"]);
    let before = files(&tree);
    let output = rename(&tree, &[r"\.jpeg$", ".jpg"]);
    let plan = "a.jpeg -> a.jpg\nb.jpeg -> b.jpg\n";
    prints(&output, 0, &format!("{plan}2 files to rename; nothing was changed (--apply does it)\n"), "");
    assert_eq!(files(&tree), before);
    prints(&rename(&tree, &[r"\.jpeg$", ".jpg", "--apply"]), 0, &format!("{plan}2 files renamed\n"), "");
    is_now(&tree, [("a.jpg", "a.jpeg"), ("b.jpg", "b.jpeg"), ("c.txt", "c.txt"), ("d/e.jpeg", "d/e.jpeg")]);
    let output = rename(&tree, &[r"(.)\.jpeg$", "x-$1", "--in", "d", "--only", "**", "--apply"]);
    prints(&output, 0, "d/e.jpeg -> x-e\n1 file renamed\n", "");
}

#[test]
fn rename_takes_wildcards() {
    let tree = tree(&["IMG_1.jpeg", "IMG_2.jpeg", "a.b-c.x", "a+b", "x.jpeg"]);
    for (args, lines) in [
        (&["--glob", "IMG_*.jpeg", "trip-*.jpg"][..], "IMG_1.jpeg -> trip-1.jpg\nIMG_2.jpeg -> trip-2.jpg\n"),
        (&["--glob", "*.*-?.*", "?/*.*.$1", "--only", "no*"], ""),
        (&["--glob", "?.*-?.*", "*-?.?.*$1"], "a.b-c.x -> b-a.c.x$1\n"),
        (&["--glob", "a+?", "?"], "a+b -> b\n"),
        (&["--glob", "x", "y"], ""),
    ] {
        let count = lines.lines().count();
        let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let plan = format!("{lines}{files} to rename; nothing was changed (--apply does it)\n");
        prints(&rename(&tree, args), 0, &plan, "");
    }
    let more = rename(&tree, &["--glob", "*.jpeg", "*-*.jpg"]);
    prints(&more, 2, "", "rename: `*-*.jpg` has more `*` than `*.jpeg`\n");
}

/// It waits for its reader while it shows the plan, and is interrupted there.
#[cfg(target_os = "linux")]
#[test]
fn rename_changes_nothing_after_ctrl_c() {
    let names: Vec<_> = (0..600).map(|number| format!("{number:0>200}")).collect();
    let tree = tree(&names.iter().map(|name| &**name).collect::<Vec<_>>());
    let before = files(&tree);
    let mut rename = Command::new(example("rename"));
    rename.args(["^", "x", "--apply"]).current_dir(tree.as_str()).stdout(Stdio::piped());
    let mut child = rename.spawn().unwrap();
    let mut first = [0];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    crate::interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.ends_with(b"\ninterrupted: nothing was renamed\n"));
    assert_eq!(files(&tree), before);
}

#[test]
fn rename_swaps_names_and_turns_them_in_circles() {
    let names = ["1-2", "2-1", "a-b-c", "b-c-a", "c-a-b", "x-y", "y-z", "z"];
    let tree = tree(&names);
    let output = rename(&tree, &["^([^-]*)-(.*)$", "$2-$1", "--apply"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    is_now(
        &tree,
        [
            ("1-2", "2-1"),
            ("2-1", "1-2"),
            ("a-b-c", "c-a-b"),
            ("b-c-a", "a-b-c"),
            ("c-a-b", "b-c-a"),
            ("y-x", "x-y"),
            ("z", "z"),
            ("z-y", "y-z"),
        ],
    );
}

/// In a directory in which everybody may change their own files only: one of two can be renamed.
#[cfg(target_os = "linux")]
#[test]
fn rename_gives_a_file_its_name_back_if_the_other_cannot_be_renamed() {
    use std::os::unix::fs::{PermissionsExt as _, lchown};
    use std::os::unix::process::CommandExt as _;

    const NOBODY: u32 = 65534;
    if !nix::unistd::geteuid().is_root() {
        println!("not root: not tested");
        return;
    }
    let (tree, place) = (tree(&["1-2", "2-1"]), TempDir::new().unwrap());
    for (directory, mode) in [(&tree, 0o1777), (&place, 0o755)] {
        std::fs::set_permissions(&**directory, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    lchown(&tree / "1-2", Some(NOBODY), Some(NOBODY)).unwrap();
    // The program may lie where nobody may not look.
    let program = &place / "program";
    std::fs::copy(example("rename"), &program).unwrap();
    let mut rename = Command::new(program.as_str());
    rename.args(["^(.)-(.)$", "$2-$1", "--apply"]).current_dir(tree.as_str()).uid(NOBODY).gid(NOBODY);
    let output = crate::output_of_copy(&mut rename);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.starts_with("rename: cannot rename `2-1` to `2-1.rename-tmp`: "), "{complaint}");
    assert_eq!((output.status.code(), complaint.lines().count()), (Some(1), 1));
    is_now(&tree, [("1-2", "1-2"), ("2-1", "2-1")]);
}

/// Each file takes the name that the one before gives up.
#[test]
fn rename_moves_names_along() {
    let tree = tree(&["p1", "p11", "p111", "p1111"]);
    let output = rename(&tree, &["1$", "11", "--apply"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    is_now(&tree, [("p11", "p1"), ("p111", "p11"), ("p1111", "p111"), ("p11111", "p1111")]);
}

#[test]
fn rename_refuses_before_anything_is_changed() {
    let tree = tree(&["a.x", "b.x", "c1", "c2", "free", "taken/f"]);
    let before = files(&tree);
    let output = rename(&tree, &["^c.$", "same", "--apply"]);
    prints(&output, 1, "c1 -> same\nc2 -> same\nnothing was renamed\n", "rename: another file would be `same`, too\n");
    let output = rename(&tree, &["^(a.x|free)$", "taken", "--only", "{a.x,c1}", "--apply"]);
    is_refused(&output, "a.x", "taken");
    for name in ["d/f", ""] {
        let output = rename(&tree, &["^free$", name, "--apply"]);
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{name}");
        assert!(output.stderr.starts_with(b"rename: "));
    }
    assert_eq!(files(&tree), before);
}

#[cfg(unix)]
#[test]
fn rename_takes_links_for_what_they_are() {
    let tree = tree(&["a", "d/f"]);
    std::os::unix::fs::symlink("nowhere", &tree / "b").unwrap();
    std::os::unix::fs::symlink("d", &tree / "link").unwrap();
    // A link that leads nowhere is there, too.
    is_refused(&rename(&tree, &["^a$", "b", "--apply"]), "a", "b");
    prints(&rename(&tree, &["^link$", "other", "--apply"]), 0, "link -> other\n1 file renamed\n", "");
    assert!((&tree / "other").is_symlink() && (&tree / "d/f").is_file());
}

#[test]
fn rename_says_by_its_status_what_went_wrong() {
    let tree = tree(&["a"]);
    prints(&rename(&tree, &["no", "x"]), 0, "0 files to rename; nothing was changed (--apply does it)\n", "");
    let output = rename(&tree, &["a", "b", "--in", "no"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"rename: cannot list `no`: "));
    for args in [&[][..], &["a"], &["(", "b"], &["a", "b", "--only", "/x"], &["a", "b", "--no"], &["a"; 3]] {
        let output = rename(&tree, args);
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{args:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn rename_goes_on_when_nobody_reads_what_it_prints() {
    let tree = tree(&["a", "b"]);
    let mut rename = Command::new(example("rename"));
    rename.args(["^", "x", "--apply"]).current_dir(tree.as_str()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = rename.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    is_now(&tree, [("xa", "a"), ("xb", "b")]);
}
