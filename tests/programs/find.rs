//! The example `find`.

use std::process::{Command, Output, Stdio};

use waypath::{Path, TempDir};

use crate::example;

fn find(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("find")).args(args).current_dir(directory.as_str()).output().unwrap()
}

/// Checks what is printed on success, where `/` stands for the system's separator.
#[track_caller]
fn finds<const N: usize>(directory: &Path, args: &[&str], paths: [&str; N]) {
    let output = find(directory, args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    let printed = String::from_utf8(output.stdout).unwrap().replace(std::path::MAIN_SEPARATOR, "/");
    assert_eq!(printed.lines().collect::<Vec<_>>(), paths);
}

fn tree() -> TempDir {
    let tree = TempDir::new().unwrap();
    for directory in ["src/deep/er", ".git", "target/debug"] {
        (&tree / directory).mkdir_all().unwrap();
    }
    for file in ["src/lib.rs", "src/deep/er/x.rs", ".git/config.rs", "target/debug/y.rs", "Cargo.toml"] {
        (&tree / file).touch().unwrap();
    }
    tree
}

#[test]
fn find_prints_paths_in_order() {
    let tree = tree();
    finds(&tree, &["*"], ["Cargo.toml", "src", "target"]);
    finds(&tree, &["*", "--no-ignore"], [".git", "Cargo.toml", "src", "target"]);
    finds(
        &tree,
        &["{**/*.rs,*.toml}", "--no-ignore"],
        [".git/config.rs", "Cargo.toml", "src/deep/er/x.rs", "src/lib.rs", "target/debug/y.rs"],
    );
    finds(&tree, &["{src,target}/*"], ["src/deep", "src/lib.rs", "target/debug"]);
    finds(&tree, &["**/*.rs", "src"], ["src/deep/er/x.rs", "src/lib.rs"]);
    finds(&tree, &["*", "target", "src"], ["target/debug", "src/deep", "src/lib.rs"]);
    finds(&tree, &["*.no", "--no-ignore"], []);
}

#[test]
fn find_has_options() {
    let tree = tree();
    finds(&tree, &["**/*.rs", "--no-hidden", "--exclude", "target"], ["src/deep/er/x.rs", "src/lib.rs"]);
    finds(&tree, &["**/*", "--no-hidden", "--max-depth", "1"], ["Cargo.toml", "src", "target"]);
    finds(&tree, &["src/**/*", "--kind", "d"], ["src/deep", "src/deep/er"]);
    finds(&tree, &["src/**/*", "--kind", "f"], ["src/deep/er/x.rs", "src/lib.rs"]);
    finds(&tree, &["**/*", "--kind", "l", "--no-ignore"], []);
    finds(&tree, &["**/*.rs", "--count"], ["3"]);
    finds(&tree, &["**/*.rs", "--count", "--threads", "2"], ["3"]);
    finds(&tree, &["src/*.rs", "--unsorted"], ["src/lib.rs"]);
    let output = find(&tree, &["{s,t}*", "--null"]);
    assert_eq!(output.stdout, b"src\0target\0");
    let output = find(&tree, &["**/*.rs", "--threads", "2"]);
    let mut found: Vec<_> = output.stdout.split(|&byte| byte == b'\n').collect();
    found.sort();
    assert_eq!(found.len(), 4, "three, and the end");
}

/// A program finds the user's settings; no test changes those of its own process.
#[test]
fn find_leaves_out_what_git_ignores() {
    let tree = tree();
    let find = |home: &Path, args: &[&str]| {
        let mut find = Command::new(example("find"));
        find.args(args).current_dir((&tree / "src").as_str());
        find.envs(["HOME", "USERPROFILE"].map(|name| (name, home.as_str()))).env_remove("XDG_CONFIG_HOME");
        let output = find.env_remove("GIT_CONFIG_GLOBAL").output().unwrap();
        (String::from_utf8(output.stdout).unwrap().replace(std::path::MAIN_SEPARATOR, "/"), output.stderr.is_empty())
    };
    let home = &tree / "home";
    (&home / ".config/git").mkdir_all().unwrap();
    let all = "../target/debug/y.rs\ndeep/er/x.rs\nlib.rs\n";
    let args = ["{**,../target/**}/*.rs"];
    let is = |home: &Path, found: &str| assert_eq!(find(home, &args), (found.to_owned(), true));
    is(&home, all);
    (&tree / ".git/HEAD").write_text("ref: refs/heads/main\n").unwrap();
    (&tree / ".gitignore").write_text("target/\n").unwrap();
    is(&home, "deep/er/x.rs\nlib.rs\n");
    (&home / ".config/git/ignore").write_text("lib.*\n").unwrap();
    is(&home, "deep/er/x.rs\n");
    (&home / "rules").write_text("er\n").unwrap();
    (&home / ".gitconfig").write_text("[user]\nname = x\n[Core]\n\tExcludesFile = \"~/rules\" # mine\n").unwrap();
    is(&home, "lib.rs\n");
    (&home / ".gitconfig").write_text("[include]\npath = more\n").unwrap();
    (&home / "more").write_text("[core]\nexcludesFile = ~/rules ; as before\n").unwrap();
    is(&home, "lib.rs\n");
    (&tree / ".git/config").write_text("[core]\nexcludesfile =\n").unwrap();
    is(&home, "deep/er/x.rs\nlib.rs\n");
    assert_eq!(find(&home, &["../target/**", "--no-ignore", "--count"]), ("3\n".to_owned(), true));
}

#[test]
fn find_says_what_may_surprise_when_nothing_is_found() {
    let tree = tree();
    let ignored = "find: nothing found outside of what git ignores (--no-ignore finds that, too)\n";
    let literal = "find: `lib.rs` has no wildcard, so it is that one path; try '**/lib.rs'\n";
    for (args, notes) in [
        (&["*.no"][..], ignored.to_owned()),
        (&["lib.rs"], format!("{literal}{ignored}")),
        (&["lib.rs", "--no-ignore"], literal.to_owned()),
        (&["lib.rs", "src"], String::new()),
    ] {
        let output = find(&tree, args);
        assert_eq!((String::from_utf8(output.stderr).unwrap(), output.status.code()), (notes, Some(0)), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn find_follows_links_when_asked_to() {
    let tree = tree();
    std::os::unix::fs::symlink("src", &tree / "link").unwrap();
    finds(&tree, &["**/lib.rs"], ["src/lib.rs"]);
    finds(&tree, &["**/lib.rs", "--follow"], ["link/lib.rs", "src/lib.rs"]);
    finds(&tree, &["**/*", "--kind", "l"], ["link"]);
}

#[test]
fn find_says_by_its_status_what_went_wrong() {
    let tree = tree();
    let output = find(&tree, &["*", "no"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("find: cannot list `no`: "));
    for args in [&[][..], &[""], &["/a"], &["*", "--max-depth", "x"], &["*", "--kind", "x"], &["*", "--no"]] {
        let output = find(&tree, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
}

#[test]
fn find_dies_quietly_when_nobody_reads_on() {
    let tree = tree();
    for threads in ["1", "2"] {
        let args = ["**/*", "--threads", threads];
        let mut find = Command::new(example("find"));
        find.args(args).current_dir(tree.as_str()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = find.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert!(output.status.success());
    }
}
