//! What can be run, and where it is found.

use std::io::ErrorKind;
use std::process::Command;

use waypath::{Op, Path, PathBuf, path};

use crate::support::util::{Tree, fails};

/// Makes a file that may be run.
fn install(at: &Path) {
    at.touch().unwrap();
    if cfg!(unix) {
        at.chmod(0o755).unwrap();
    }
}

const SUFFIX: &str = std::env::consts::EXE_SUFFIX;

/// Asks for a program in a process whose variables and working directory are as they are wanted: what it is told.
fn which(name: &str, path: Option<&str>, pathext: Option<&str>, cwd: &Path) -> Option<PathBuf> {
    const NAME: &str = "WAYPATH_TEST_PROGRAM";
    const TEST: &str = "fs::programs::a_program_is_found_as_a_shell_finds_it";
    if let Ok(name) = std::env::var(NAME) {
        match Path::which(&name) {
            Ok(found) => println!("found: {found}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
        }
        return None;
    }
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", TEST, "--nocapture"]).env(NAME, name).current_dir(cwd.as_str());
    process.env_remove("PATH").env_remove("PATHEXT");
    process.envs(path.map(|path| ("PATH", path))).envs(pathext.map(|pathext| ("PATHEXT", pathext)));
    let output = process.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    printed.lines().find_map(|line| line.split_once("found: ")).map(|(_, found)| found.into())
}

#[test]
fn a_program_is_found_as_a_shell_finds_it() {
    let tree = Tree::new(["one/plain", "one/dir/", "two/x/", "empty/"]);
    if std::env::var_os("WAYPATH_TEST_PROGRAM").is_some() {
        _ = which("", None, None, &tree);
        return;
    }
    let real = |name: &str| tree.resolve().unwrap() / format!("{name}{SUFFIX}");
    for name in ["one/tool", "two/tool", "two/plain", "two/dir", "two/only", "empty/here"] {
        install(&tree.at(&format!("{name}{SUFFIX}")));
    }
    let join = |parts: &[&str]| {
        let parts = parts.iter().map(|part| if part.is_empty() { String::new() } else { tree.at(part).to_string() });
        std::env::join_paths(parts).unwrap().into_string().unwrap()
    };
    let both = join(&["one", "no such", "two"]);
    let find =
        |name: &str, path: &str| which(name, Some(path), None, &tree.at("empty")).map(|found| found.resolve().unwrap());
    // The first one; neither what may not be run nor a directory.
    assert_eq!(find("tool", &both), Some(real("one/tool")));
    assert_eq!(find("tool", &join(&["two", "one"])), Some(real("two/tool")));
    assert_eq!(find("only", &both), Some(real("two/only")));
    assert_eq!(find("plain", &both), Some(real("two/plain")));
    assert_eq!(find("dir", &both), Some(real("two/dir")));
    assert_eq!(find("x", &both), None);
    assert_eq!(find("no such", &both), None);
    assert_eq!(find("", &both), None);
    // The working directory, if an empty part says so; Windows knows none.
    assert_eq!(find("here", &both), None);
    assert_eq!(find("here", &join(&["one", "", "two"])), (!cfg!(windows)).then(|| real("empty/here")));
    // A path is not looked up.
    assert_eq!(find("./here", &both), Some(real("empty/here")));
    assert_eq!(find("./only", &both), None);
    assert_eq!(find("../two/only", ""), Some(real("two/only")));
    assert_eq!(find("../two/only/", ""), None);
    assert_eq!(find(tree.at("two/only").as_str(), ""), Some(real("two/only")));
    assert_eq!(find("..", &both), None);
    if cfg!(unix) {
        assert_eq!(find("here", ""), Some(real("empty/here")), "empty as a whole it is one empty part");
        assert!(which("sh", None, None, &tree).is_some(), "it is usual");
    }
    if cfg!(windows) {
        assert_eq!(find("tool.exe", &both), Some(real("one/tool")));
        assert_eq!(which("tool", Some(&both), Some(".COM;.BAT"), &tree), None);
        assert!(which("tool", Some(&both), Some(".COM;.EXE"), &tree).is_some());
    }
    let relative = which("tool", Some("one"), None, &tree).unwrap();
    assert!(relative.is_absolute());
}

#[test]
fn only_files_that_may_be_run_are_programs() {
    let tree = Tree::new(["text", "d/"]);
    let tool = tree.at(&format!("tool{SUFFIX}"));
    install(&tool);
    assert!(tool.is_executable());
    for name in ["text", "d", "no", "text/x"] {
        assert!(!tree.at(name).is_executable(), "{name}");
    }
    fails(Path::which(tree.at("text")), Op::Which, ErrorKind::NotFound);
    assert!(!path("").is_executable() && !path("a\0b").is_executable());
    if cfg!(windows) {
        tree.at("d.exe").mkdir().unwrap();
        tree.at("script.BAT").touch().unwrap();
        assert!(!tree.at("d.exe").is_executable() && tree.at("script.BAT").is_executable());
    }
}

#[cfg(unix)]
#[test]
fn permissions_and_links_decide() {
    let tree = Tree::new(["f", "d/", "link => f", "to d => d", "nowhere => no"]);
    for (mode, is_executable) in [(0o644, false), (0o744, true), (0o755, true), (0o700, true)] {
        tree.at("f").chmod(mode).unwrap();
        assert_eq!((tree.at("f").is_executable(), tree.at("link").is_executable()), (is_executable, is_executable));
    }
    assert!(!tree.at("to d").is_executable() && !tree.at("nowhere").is_executable());
    if crate::support::util::as_nobody("fs::programs::permissions_and_links_decide") {
        tree.at("f").chmod(0o655).unwrap();
        assert!(!tree.at("f").is_executable(), "others may run it, and its owner may not");
    }
}
