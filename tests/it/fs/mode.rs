//! Modes: their language, and what they do to files.

use std::io::ErrorKind;

use waypath::{IntoMode, Mode, Op, Result};

use crate::support::util::{Tree, fails};

#[track_caller]
fn bad(text: &str, at: usize, reason: &str) {
    let error = fails(text.parse::<Mode>(), Op::Mode, ErrorKind::InvalidInput);
    assert_eq!(error.position(), Some(at), "{error}");
    assert_eq!(error.to_string(), format!("cannot use the mode `{text}`: {reason} at byte {at}"));
    assert!(error.io_error().is_none());
}

#[test]
fn what_is_no_mode_is_said_with_its_place() {
    bad("", 0, "+, - or = is missing");
    bad("u", 1, "+, - or = is missing");
    bad("u+x,", 4, "+, - or = is missing");
    bad(",u+x", 0, "+, - or = is missing");
    bad("u+x,go", 6, "+, - or = is missing");
    bad("x+u", 0, "`x` is not +, - or =");
    bad("u+rwz", 4, "`z` is no permission");
    bad("u+r,g+é", 6, "`é` is no permission");
    bad("u=gr", 2, "`g` stands alone");
    bad("u=rg", 3, "`g` stands alone");
    bad("u=rw x", 4, "` ` is no permission");
    bad("u+7", 2, "`7` is no permission");
    bad("648", 2, "`8` is not an octal digit");
    bad("0o644", 1, "`o` is not an octal digit");
    bad("10000", 0, "it is more than 7777");
    bad("777777777777777777777777", 0, "it is more than 7777");
}

#[test]
fn a_mode_is_given_in_many_forms() -> Result<()> {
    let written = |mode: Result<Mode>| mode.map(|mode| mode.to_string());
    assert_eq!(written(0o644.into_mode())?, "644");
    assert_eq!(written(0.into_mode())?, "000");
    assert_eq!(written("0644".into_mode())?, "644");
    assert_eq!(written(String::from("u+x").into_mode())?, "u+x");
    assert_eq!(written((&String::from("a=rX")).into_mode())?, "a=rX");
    let mode: Mode = "ug+rw-x,o=,=u,go=g,+t,a-s".parse()?;
    assert_eq!(mode.to_string(), "ug+rw,ug-x,o=,=u,go=g,+t,a-s");
    assert_eq!(mode.to_string().parse::<Mode>()?, mode);
    assert_eq!((&mode).into_mode()?, mode);
    let error = fails(0o10000.into_mode(), Op::Mode, ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "cannot use the mode `0o10000`: it is more than 0o7777");
    Ok(())
}

#[test]
#[cfg(not(target_family = "wasm"))] // WASI has no permissions.
fn a_file_can_be_made_read_only_everywhere() {
    let tree = Tree::new(["f"]);
    let file = tree.at("f");
    for (mode, is_readonly) in [("a-w", true), ("u+w", false), ("444", true), ("644", false)] {
        file.chmod(mode).unwrap();
        assert_eq!(file.stat().unwrap().is_readonly(), is_readonly, "{mode}");
        assert_eq!(file.stat().unwrap().mode() & 0o200 == 0, is_readonly, "{mode}");
    }
    let error = fails(file.chmod("u+y"), Op::Chmod, ErrorKind::InvalidInput);
    assert_eq!(error.position(), Some(2));
    assert_eq!(
        error.to_string(),
        format!("cannot change the mode of `{file}` to `u+y`: `y` is no permission at byte 2")
    );
    let error = fails(tree.at("no").chmod(0o600), Op::Chmod, ErrorKind::NotFound);
    assert!(error.to_string().starts_with(&format!("cannot change the mode of `{}` to `600`: ", tree.at("no"))));
    fails(file.chmod(0o100644), Op::Chmod, ErrorKind::InvalidInput);
}

#[test]
#[cfg(target_family = "wasm")]
fn there_are_no_permissions() {
    let tree = Tree::new(["f"]);
    fails(tree.at("f").chmod("a-w"), Op::Chmod, ErrorKind::Unsupported);
    fails(tree.at("no").chmod("a-w"), Op::Chmod, ErrorKind::NotFound);
    let stat = tree.at("f").stat().unwrap();
    assert!(!stat.is_readonly() && stat.mode() & 0o200 != 0);
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::support::util::as_nobody;

    #[cfg(target_os = "linux")]
    fn set(path: &waypath::Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &waypath::Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn links_are_followed() {
        let tree = Tree::new(["f", "link => f", "dangling => no"]);
        tree.at("link").chmod(0o600).unwrap();
        assert_eq!((mode(&tree.at("f")), tree.at("link").stat().unwrap().mode()), (0o600, 0o600));
        fails(tree.at("dangling").chmod("u+x"), Op::Chmod, ErrorKind::NotFound);
    }

    #[test]
    fn what_is_another_users_is_not_changed() {
        if !as_nobody("fs::mode::unix::what_is_another_users_is_not_changed") {
            return;
        }
        fails(waypath::path("/").chmod("u+x"), Op::Chmod, ErrorKind::PermissionDenied);
        let tree = Tree::new(["f"]);
        // It need not be readable.
        tree.at("f").chmod(0).unwrap();
        tree.at("f").chmod("u+rw").unwrap();
        assert_eq!(mode(&tree.at("f")), 0o600);
    }

    /// The oracle is `chmod` of GNU: the same text on files and directories with the same permissions.
    #[test]
    #[cfg(target_os = "linux")]
    fn changes_are_those_of_chmod() {
        use std::process::Command;

        use rustix::fs::Mode as Mask;

        if !crate::support::util::alone("fs::mode::unix::changes_are_those_of_chmod") {
            return;
        }
        let tree = Tree::new(["ours/f", "ours/d/", "theirs/f", "theirs/d/"]);
        let mut random = crate::support::random::Random(0);
        let mut next = |below| random.below(below);
        let mut texts: Vec<String> = [
            "u+x",
            "go-w",
            "a=rX",
            "u=rw,go=r",
            "+x",
            "-w",
            "=",
            "+X",
            "g=u",
            "o=g-x+t",
            "u+s,g+s",
            "a-s",
            "=t",
            "+w",
            "u=,g=",
            "a=",
            "g=s",
        ]
        .map(str::to_owned)
        .into();
        for _ in 0..250 {
            let clause = |next: &mut dyn FnMut(usize) -> usize| {
                let mut text: String = (0..next(3)).map(|_| ["u", "g", "o", "a"][next(4)]).collect();
                for _ in 0..=next(2) {
                    text += ["+", "-", "="][next(3)];
                    match next(4) {
                        0 => text += ["u", "g", "o"][next(3)],
                        _ => text.extend((0..next(5)).map(|_| ["r", "w", "x", "X", "s", "t"][next(6)])),
                    }
                }
                text
            };
            let clauses: Vec<_> = (0..=next(3)).map(|_| clause(&mut next)).collect();
            texts.push(clauses.join(","));
        }
        let mut changed = 0;
        for text in texts {
            let mask = [0o022, 0o077, 0, 0o027][next(4)];
            let before = u32::try_from(next(0o10000)).unwrap();
            rustix::process::umask(Mask::from_raw_mode(mask));
            for name in ["f", "d"] {
                let [ours, theirs] = ["ours", "theirs"].map(|side| tree.at(side) / name);
                set(&ours, before);
                set(&theirs, before);
                ours.chmod(&text).unwrap();
                let said = Command::new("chmod").args(["--", &text, theirs.as_str()]).output().unwrap();
                // It complains where the umask keeps it from doing all of `-w`, which is what is wanted.
                let complaint = String::from_utf8_lossy(&said.stderr);
                assert!(said.status.success() || complaint.contains("new permissions are"), "{complaint}");
                assert_eq!(
                    format!("{:o}", mode(&ours)),
                    format!("{:o}", mode(&theirs)),
                    "{text} on {name} with {before:o}, umask {mask:o}"
                );
                changed += usize::from(mode(&ours) != before);
            }
        }
        assert!(changed > 300, "{changed} of 534 changed anything");
    }
}
