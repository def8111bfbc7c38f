//! The example `tidy`.

use std::process::{Command, Output};

use waypath::{Path, TempDir};

use crate::example;

fn tidy(directory: &Path, args: &[&str]) -> Output {
    Command::new(example("tidy")).args(args).current_dir(directory.as_str()).output().unwrap()
}

#[track_caller]
fn prints(output: &Output, expected: &str) {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout).replace(std::path::MAIN_SEPARATOR, "/"), expected);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn tidy_explains_itself() {
    let tree = TempDir::new().unwrap();
    for option in ["--help", "-h"] {
        let output = tidy(&tree, &[option]);
        let help = String::from_utf8(output.stdout).unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
        assert!(help.contains(" [OPTIONS] [DIR]") && help.contains("--apply"), "{help}");
        assert_eq!(help.contains("Nothing is overwritten"), option == "--help", "{help}");
    }
    for args in [&["--no"][..], &[""], &["--apply"], &[".", "--no"], &[".", "--apply", "x"]] {
        let output = tidy(&tree, args);
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: ") && said.contains("try '--help'"), "{said}");
    }
}

#[test]
fn tidy_counts_as_people_do() {
    let tree = TempDir::new().unwrap();
    (&tree / "a.txt").write_text("a").unwrap();
    prints(
        &tidy(&tree, &["."]),
        "    a.txt -> Documents/a.txt\n1 file to move; nothing was changed (--apply does it)\n",
    );
    prints(&tidy(&tree, &[".", "--apply"]), "1 of 1 file moved\n");
    prints(&tidy(&tree, &[".", "--apply"]), "0 of 0 files moved\n");
    assert_eq!((&tree / "Documents/a.txt").read_text().unwrap(), "a");
}
