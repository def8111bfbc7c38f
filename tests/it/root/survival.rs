//! What a root must survive: links that mislead in every way, at every method; the directory renamed, replaced and
//! removed while it is open; pipes; names that only one system takes for something else.

use std::io::ErrorKind;

use super::{EVERYTHING, tree};

/// The directory that was opened stays the one, whatever becomes of its name.
#[cfg(unix)]
#[test]
fn every_method_stays_with_a_directory_that_was_replaced() {
    for (method, deed) in EVERYTHING {
        let (tree, root) = tree();
        tree.at("in").rename(tree.at("moved")).unwrap();
        (tree.at("in") / "d").mkdir_all().unwrap();
        for file in ["in/d/f", "in/g"] {
            tree.at(file).write_text("another").unwrap();
        }
        let others = || tree.lines().into_iter().filter(|line| line.starts_with("in/")).collect::<Vec<_>>();
        let before = others();
        _ = deed(&(&root / "g"), &(&root / "d/f"));
        _ = deed(&(&root / "d"), &(&root / "g"));
        assert_eq!(others(), before, "{method}");
    }
}

/// In a directory that was removed, nothing is found and nothing can be made, here or at its old name.
#[cfg(unix)]
#[test]
fn every_method_fails_in_a_directory_that_was_removed() {
    /// What needs nothing to be there.
    const SATISFIED: &[&str] =
        &["try_exists", "find_up", "unlink_if_exists", "remove", "remove_with", "resolve", "next_free_name"];
    for is_made_anew in [false, true] {
        for (method, deed) in EVERYTHING {
            let (tree, root) = tree();
            tree.at("in").rmtree().unwrap();
            if is_made_anew {
                tree.at("in").mkdir().unwrap();
            }
            let before = tree.lines();
            let error = deed(&(&root / "g"), &(&root / "d/f"));
            assert_eq!(error.is_none(), SATISFIED.contains(method), "{method}: {error:?}");
            let kind = error.map_or(ErrorKind::NotFound, |error| error.kind());
            assert_eq!(kind, ErrorKind::NotFound, "{method}");
            assert_eq!(tree.lines(), before, "{method}");
        }
    }
}

#[cfg(unix)]
mod links {
    use waypath::{Error, Op, Root};

    use super::*;
    use crate::support::util::{Tree, fails};

    /// Where a link leads, if it is followed.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Leads {
        /// To the directory `d`.
        ToDirectory,
        Out,
        /// Nowhere, as there are too many links.
        Around,
    }

    use Leads::{Around, Out, ToDirectory};

    /// Links to a directory, which are spelt in ways that others fell for.
    const LINKS: &[(&str, Leads)] = &[
        ("d", ToDirectory),
        ("d/", ToDirectory),
        ("d/.", ToDirectory),
        ("./d//", ToDirectory),
        ("d/../d", ToDirectory),
        ("here/d", ToDirectory),
        ("here/here/d/", ToDirectory),
        ("chain40", ToDirectory),
        ("chain41", Around),
        ("l", Around),
        ("l/", Around),
        ("l/../d", Around),
        ("m", Around),
        ("../in/d", Out),
        ("../in", Out),
        ("..", Out),
        ("../", Out),
        ("d/../..", Out),
        ("here/..", Out),
        ("/", Out),
        ("/proc/self/root", Out),
        ("/proc/self/cwd/d", Out),
    ];

    /// A tree with a link `l`. Through it, `chain40` leads over forty links, and `chain41` over one more.
    fn scene(target: &str) -> (Tree, Root) {
        let (tree, root) = tree();
        (&root / "here").symlink_to(".").unwrap();
        (&root / "m").symlink_to("l").unwrap();
        if target.starts_with("chain") {
            (&root / "chain2").symlink_to("d").unwrap();
            (3..=41).for_each(|count| {
                (&root / format!("chain{count}")).symlink_to(format!("chain{}", count - 1)).unwrap();
            });
        }
        // As it stands, with its separators.
        std::os::unix::fs::symlink(target, (tree.at("in") / "l").as_str()).unwrap();
        (tree, root)
    }

    fn is_loop(error: &Error) -> bool {
        error.io_error().and_then(std::io::Error::raw_os_error) == Some(nix::errno::Errno::ELOOP as i32)
    }

    #[test]
    fn every_method_goes_through_links_that_stay_inside_and_no_others() {
        for &(target, leads) in LINKS {
            for (method, deed) in EVERYTHING {
                let (tree, root) = scene(target);
                let secret = tree.at("secret").stat().unwrap();
                let outside = || tree.iterdir().paths().unwrap();
                let before = outside();
                let error = deed(&(&root / "l/f"), &(&root / "g"));
                match leads {
                    // It does there what it does without the link.
                    ToDirectory => {
                        let (_tree, root) = scene(target);
                        let plainly = deed(&(&root / "d/f"), &(&root / "g"));
                        let kinds = [&error, &plainly].map(|error| error.as_ref().map(Error::kind));
                        assert_eq!(kinds[0], kinds[1], "{method} through {target}: {error:?}");
                    }
                    Out => assert!(error.is_some_and(|error| error.is_escape()), "{method} through {target}"),
                    // It takes as it is written what leads nowhere.
                    Around if *method == "resolve" => assert!(error.is_none(), "{error:?}"),
                    Around => {
                        let error = error.unwrap_or_else(|| panic!("{method} through {target} should fail"));
                        assert!(is_loop(&error) && !error.is_escape(), "{method} through {target}: {error}");
                    }
                }
                assert_eq!(tree.at("secret").stat().unwrap(), secret, "{method} through {target}");
                assert_eq!(outside(), before, "{method} through {target}");
            }
        }
    }

    #[test]
    fn listings_go_through_them_in_the_same_way() {
        for &(target, leads) in LINKS {
            let (_tree, root) = scene(target);
            let walks = [(&root / "l").iterdir(), (&root / "l").walk(), root.glob("l/*").unwrap()];
            let threads = (&root / "l").walk().unsorted(true).threads(2);
            for walk in walks.into_iter().chain([threads]) {
                let (entries, errors) = walk.entries_and_errors();
                let found: Vec<_> = entries.iter().map(ToString::to_string).collect();
                match leads {
                    ToDirectory => assert!(found == ["l/f"] && errors.is_empty(), "{target}: {found:?} {errors:?}"),
                    Out => assert!(
                        found.is_empty() && errors.len() == 1 && errors[0].is_escape(),
                        "{target}: {found:?} {errors:?}"
                    ),
                    Around => assert!(
                        found.is_empty() && errors.iter().all(|error| !error.is_escape()),
                        "{target}: {found:?} {errors:?}"
                    ),
                }
            }
        }
    }

    /// None of them waits for somebody at the other end.
    #[test]
    fn no_content_is_read_from_a_pipe_or_written_to_it() {
        let (tree, root) = tree();
        let pipe = tree.at("in/pipe");
        assert!(std::process::Command::new("mkfifo").arg(pipe.as_str()).status().unwrap().success());
        (&root / "l").symlink_to("pipe").unwrap();
        for at in [&root / "pipe", &root / "l"] {
            for (method, deed) in EVERYTHING {
                let is_about_content = ["open", "create", "read_", "write_", "append_", "edit_text"]
                    .iter()
                    .any(|about| method.starts_with(about));
                if !is_about_content || ["write_new", "create_new_atomic", "open_root", "created"].contains(method) {
                    continue;
                }
                let error = deed(&at, &(&root / "g")).unwrap_or_else(|| panic!("{method} of {at} should fail"));
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{method} of {at}: {error}");
                assert!(!error.is_escape(), "{method} of {at}: {error}");
            }
        }
        assert!((&root / "pipe").is_fifo());
        fails((&root / "pipe").open_root(), Op::OpenRoot, ErrorKind::NotADirectory);
    }
}

/// What Windows takes for something else than a name below a directory.
#[cfg(windows)]
#[test]
fn no_method_leaves_by_a_path_of_windows() {
    let out = [
        r"C:\Windows",
        r"C:secret",
        r"\secret",
        r"..\secret",
        r"d\..\..\secret",
        r"\\server\share\f",
        r"\\?\C:\Windows",
        r"\\.\pipe\x",
    ];
    for out in out {
        let (tree, root) = tree();
        let before = tree.lines();
        for (method, deed) in EVERYTHING {
            let error = deed(&(&root / out), &(&root / "g")).unwrap_or_else(|| panic!("{method} of {out} should fail"));
            assert!(error.is_escape() && error.kind() == ErrorKind::InvalidInput, "{method} of {out}: {error}");
        }
        assert_eq!(tree.lines(), before, "{out}");
    }
    // Devices, streams, and names that lose their ends.
    for misread in ["NUL", "d/CON", "COM1.txt", "g:stream", "g.", "g "] {
        let (tree, root) = tree();
        let before = tree.lines();
        for (method, deed) in EVERYTHING.iter().filter(|(method, _)| method.contains("write")) {
            let error = deed(&(&root / misread), &(&root / "g"));
            assert!(error.is_some(), "{method} of {misread}");
        }
        assert_eq!(tree.lines(), before, "{misread}");
    }
}
