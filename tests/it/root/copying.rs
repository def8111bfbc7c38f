//! Copying, moving and mirroring between roots and plain paths: the same comes of it on each side, and nothing leaves.

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::time::Duration;

#[cfg(unix)]
use waypath::Symlinks;
use waypath::{CopyOptions, Error, MirrorOptions, Op, Overwrite, PathBuf, Report, Result, Root, RootPath, path};

use crate::support::util::{Tree, fails};

/// Where the source and the target of an operation are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pair {
    Plain,
    Within,
    Out,
    Into,
}

pub(super) const PAIRS: [Pair; 4] = [Pair::Plain, Pair::Within, Pair::Out, Pair::Into];

/// A tree with a root `in`.
pub(super) struct Scene {
    tree: Tree,
    root: Root,
}

impl Scene {
    pub(super) fn new<const N: usize>(lines: [&str; N]) -> Self {
        let tree = Tree::new(lines);
        let root = Root::open(tree.at("in")).unwrap();
        Self { tree, root }
    }

    fn located(&self, at: &str) -> RootPath {
        &self.root / at
    }

    pub(super) fn plain(&self, at: &str) -> PathBuf {
        self.tree.at("in") / at
    }

    /// A path of the source as reports have it: from the root, if that side is below it.
    pub(super) fn told_source(&self, pair: Pair, at: &str) -> PathBuf {
        self.told(matches!(pair, Pair::Within | Pair::Out), at)
    }

    /// The same of the target.
    pub(super) fn told_target(&self, pair: Pair, at: &str) -> PathBuf {
        self.told(matches!(pair, Pair::Within | Pair::Into), at)
    }

    fn told(&self, is_located: bool, at: &str) -> PathBuf {
        if is_located { path(at).to_path_buf() } else { self.plain(at) }
    }

    /// What is in the root, as lines of [`Tree::lines`].
    pub(super) fn lines(&self) -> Vec<String> {
        let lines = self.tree.lines();
        lines
            .iter()
            .filter_map(|line| line.strip_prefix("in/"))
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// Does something from one path to another, both below `in`, with the sides that a pair has.
macro_rules! between {
    ($scene:expr, $pair:expr, |$from:ident, $to:ident| $deed:expr) => {{
        let (scene, from_at, to_at) = (&$scene, $from, $to);
        match $pair {
            Pair::Plain => ((|$from: PathBuf, $to: PathBuf| $deed)(scene.plain(from_at), scene.plain(to_at))),
            Pair::Within => ((|$from: RootPath, $to: RootPath| $deed)(scene.located(from_at), scene.located(to_at))),
            Pair::Out => ((|$from: RootPath, $to: PathBuf| $deed)(scene.located(from_at), scene.plain(to_at))),
            Pair::Into => ((|$from: PathBuf, $to: RootPath| $deed)(scene.plain(from_at), scene.located(to_at))),
        }
    }};
}

fn copied(scene: &Scene, pair: Pair, options: &CopyOptions<'_>, from: &str, to: &str) -> Result<Report> {
    between!(*scene, pair, |from, to| options.copy(from, to))
}

fn moved(scene: &Scene, pair: Pair, options: &CopyOptions<'_>, from: &str, to: &str) -> Result<Report> {
    between!(*scene, pair, |from, to| options.move_to(from, to))
}

pub(super) fn mirrored(scene: &Scene, pair: Pair, options: &MirrorOptions<'_>, from: &str, to: &str) -> Result<Report> {
    between!(*scene, pair, |from, to| options.mirror(from, to))
}

#[test]
fn a_file_and_a_tree_are_copied_and_moved() {
    for pair in PAIRS {
        let scene = Scene::new(["in/a/b/f", "in/a/g", "in/to/", "in/single"]);
        let (from, to) = ("a", "copy");
        between!(scene, pair, |from, to| {
            let copy = from.copy(&to).unwrap();
            assert!(copy == to && (&copy / "b/f").read_text().unwrap() == "f", "{pair:?}");
        });
        let (from, to) = ("single", "to");
        between!(scene, pair, |from, to| {
            assert_eq!(from.copy_into(&to).unwrap().as_str(), (&to / "single").as_str(), "{pair:?}");
            assert_eq!(from.copy_into(&to).unwrap_err().kind(), ErrorKind::AlreadyExists, "{pair:?}");
        });
        let (from, to) = ("a", "to");
        between!(scene, pair, |from, to| assert_eq!(from.move_into(&to).unwrap().as_str(), (&to / "a").as_str()));
        let (from, to) = ("single", "renamed");
        between!(scene, pair, |from, to| {
            let renamed = from.move_to(&to).unwrap();
            assert!(renamed == to && renamed.is_file() && !from.exists(), "{pair:?}");
        });
        let expected = [
            "copy/",
            "copy/b/",
            "copy/b/f",
            "copy/g",
            "renamed: single",
            "to/",
            "to/a/",
            "to/a/b/",
            "to/a/b/f",
            "to/a/g",
            "to/single",
        ];
        assert_eq!(scene.lines(), expected, "{pair:?}");
    }
}

#[test]
fn roots_and_entries_are_sides() {
    let scene = Scene::new(["in/a/f", "other/"]);
    let other = Root::open(scene.tree.at("other")).unwrap();
    assert_eq!(CopyOptions::new().copy(&scene.root, &other / "all").unwrap().files, 1);
    for entry in scene.root.walk() {
        let entry = entry.unwrap();
        if entry.is_file() {
            entry.copy_into(&other).unwrap();
            CopyOptions::new().copy_into(&entry, scene.tree.at("other/all")).unwrap();
        }
    }
    assert_eq!(MirrorOptions::new().mirror(&other, &scene.root).unwrap().files, 3);
    scene.tree.is([
        "in/",
        "in/a/",
        "in/a/f",
        "in/all/",
        "in/all/a/",
        "in/all/a/f",
        "in/all/f",
        "in/f",
        "other/",
        "other/all/",
        "other/all/a/",
        "other/all/a/f",
        "other/all/f",
        "other/f",
    ]);
    assert_eq!(scene.root.copy_into(&other).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn each_policy_does_what_it_does_for_paths() {
    let policies = [Overwrite::Refuse, Overwrite::Skip, Overwrite::Always, Overwrite::IfNewer, Overwrite::IfDifferent];
    for policy in policies {
        let outcome = |pair| {
            let scene = Scene::new([
                "in/from/same",
                "in/from/longer",
                "in/from/new",
                "in/to/same",
                "in/to/longer",
                "in/to/own",
            ]);
            scene.plain("from/longer").write_text("longer than it is").unwrap();
            let time = scene.plain("from").modified().unwrap();
            for file in ["from/same", "from/longer", "to/same", "to/longer"] {
                let options = waypath::TouchOptions::new().modified(time);
                scene.located(file).touch_with(&options).unwrap();
            }
            let options = CopyOptions::new().overwrite(policy).preserve_times(true);
            let report = copied(&scene, pair, &options, "from", "to");
            let kind = report.as_ref().map(|report| (report.files, report.unchanged)).map_err(Error::kind);
            let single = copied(&scene, pair, &options, "from/longer", "to/own").map(|report| report.files);
            let moved = moved(&scene, pair, &options, "from/longer", "to/own").map(|report| report.files);
            (kind, single.map_err(|error| error.kind()), moved.map_err(|error| error.kind()), scene.lines())
        };
        let plain = outcome(Pair::Plain);
        for pair in PAIRS {
            assert_eq!(outcome(pair), plain, "{policy:?} {pair:?}");
        }
    }
}

/// Reports, progress, closures and errors have the paths as they were given: from the root, or plain.
#[test]
fn what_is_told_has_paths_from_the_root() {
    for pair in PAIRS {
        let scene = Scene::new(["in/from/d/f", "in/from/d/g.tmp", "in/from/h", "in/taken"]);
        let source = |at: &str| scene.told_source(pair, at);
        let target = |at: &str| scene.told_target(pair, at);
        let (mut told, mut asked) = (Vec::new(), Vec::new());
        let options = CopyOptions::new()
            .exclude("**/*.tmp")
            .prune(|entry| {
                asked.push(entry.to_path_buf());
                entry.name() == "h"
            })
            .progress(|progress| {
                told.push(progress.path.to_path().unwrap().to_path_buf());
                ControlFlow::Continue(())
            });
        let plan = copied(&scene, pair, &options.clone().dry_run(true), "from", "to").unwrap();
        assert!(!scene.plain("to").exists());
        let steps: Vec<_> = plan.steps.iter().map(|step| step.path.to_path().unwrap().to_path_buf()).collect();
        assert_eq!(steps, ["to", "to/d", "to/d/f"].map(target), "{pair:?}");
        let report = copied(&scene, pair, &options, "from", "to").unwrap();
        drop(options);
        let skipped: Vec<_> =
            report.skipped.iter().map(|skipped| skipped.path.to_path().unwrap().to_path_buf()).collect();
        assert_eq!(skipped, ["from/d/g.tmp", "from/h"].map(source), "{pair:?}");
        assert!(told.iter().all(|path| *path == source("from/d/f")) && !told.is_empty(), "{pair:?}: {told:?}");
        assert!(
            asked.contains(&source("from/h")) && asked.iter().all(|path| path.is_relative_to(source("from"))),
            "{asked:?}"
        );

        let error =
            fails(copied(&scene, pair, &CopyOptions::new(), "from", "taken"), Op::Copy, ErrorKind::AlreadyExists);
        assert_eq!(error.path(), &source("from"));
        assert_eq!(error.second_path().unwrap(), &target("taken"));
    }
}

#[test]
fn threads_copy_all_of_a_tree() {
    for pair in PAIRS {
        let scene = Scene::new(["in/from/"]);
        for directory in 0..40 {
            scene.plain(&format!("from/{}/{directory}", directory % 7)).mkdir_all().unwrap();
            (0..5).for_each(|file| scene.plain(&format!("from/{}/{directory}/{file}", directory % 7)).touch().unwrap());
        }
        let report = copied(&scene, pair, &CopyOptions::archive().threads(4), "from", "to").unwrap();
        assert_eq!((report.files, report.directories), (200, 48), "{pair:?}");
        // Some systems set times in whole seconds.
        let options = MirrorOptions::new().threads(4).time_window(Duration::from_secs(2));
        let again = mirrored(&scene, pair, &options, "from", "to").unwrap();
        assert_eq!((again.files, again.unchanged), (0, 200), "{pair:?}");
    }
}

#[test]
fn a_mirror_removes_what_the_source_does_not_have() {
    for pair in PAIRS {
        let scene = Scene::new(["in/from/d/f", "in/from/keep.tmp", "in/to/d/old", "in/to/e/x", "in/to/own.tmp"]);
        let options = MirrorOptions::new().delete(true).exclude("*.tmp");
        let plan = mirrored(&scene, pair, &options.clone().dry_run(true), "from", "to").unwrap();
        assert_eq!((plan.files, plan.removed), (1, 3), "{pair:?}");
        let report = mirrored(&scene, pair, &options, "from", "to").unwrap();
        assert_eq!((report.files, report.removed), (1, 3), "{pair:?}");
        let expected = ["from/", "from/d/", "from/d/f", "from/keep.tmp", "to/", "to/d/", "to/d/f", "to/own.tmp"];
        assert_eq!(scene.lines(), expected, "{pair:?}");
    }
}

#[test]
fn nothing_is_copied_into_itself_across_the_border() {
    for pair in PAIRS {
        let scene = Scene::new(["in/a/b/f"]);
        let before = scene.lines();
        let plan = CopyOptions::new().dry_run(true);
        for options in [CopyOptions::new(), CopyOptions::new().overwrite(Overwrite::Always), plan] {
            fails(copied(&scene, pair, &options, "a", "a/b/new"), Op::Copy, ErrorKind::InvalidInput);
            fails(copied(&scene, pair, &options, "a", "a"), Op::Copy, ErrorKind::InvalidInput);
            fails(copied(&scene, pair, &options, "a/b/f", "a/../a/b/f"), Op::Copy, ErrorKind::InvalidInput);
        }
        fails(moved(&scene, pair, &CopyOptions::new(), "a", "a/b/new"), Op::Move, ErrorKind::InvalidInput);
        fails(
            mirrored(&scene, pair, &MirrorOptions::new().delete(true), "a/b", "a"),
            Op::Mirror,
            ErrorKind::InvalidInput,
        );
        assert_eq!(scene.lines(), before, "{pair:?}");
    }
}

#[test]
fn paths_that_lead_out_are_refused_on_either_side() {
    let scene = Scene::new(["in/f", "in/d/g", "secret", "outside/"]);
    let before = scene.tree.lines();
    let (outside, options) = (scene.tree.at("outside/x"), CopyOptions::new().overwrite(Overwrite::Always));
    for out in ["../secret", "..", "d/../../outside", "/etc/passwd", "../in/f"] {
        let (out, inside) = (scene.located(out), scene.located("d"));
        let errors = [
            out.copy(&inside / "x").unwrap_err(),
            out.copy(&outside).unwrap_err(),
            inside.copy(&out).unwrap_err(),
            scene.tree.at("secret").copy(&out).unwrap_err(),
            options.copy(scene.located("f"), &out).unwrap_err(),
            options.move_to(scene.located("f"), &out).unwrap_err(),
            out.mirror_to(&outside).unwrap_err(),
            inside.mirror_to(&out).unwrap_err(),
            MirrorOptions::new().delete(true).mirror(scene.tree.at("outside"), &out).unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_escape(), "{out}: {error}");
        }
        for error in [out.move_to(&outside), scene.tree.at("secret").move_to(&out).map(|_| outside.clone())] {
            let error = error.unwrap_err();
            assert!(error.is_escape(), "{out}: {error}");
        }
    }
    assert_eq!(scene.tree.lines(), before);
}

#[test]
fn a_read_only_root_is_a_source_only() {
    let scene = Scene::new(["in/d/f", "to/"]);
    let root = Root::options().read_only(true).open(scene.tree.at("in")).unwrap();
    let before = scene.tree.lines();
    let errors = [
        (&root / "d").copy(&root / "e").unwrap_err(),
        scene.tree.at("to").copy(&root / "e").unwrap_err(),
        (&root / "d").move_to(scene.tree.at("to/d")).unwrap_err(),
        scene.tree.at("to").move_to(&root / "e").unwrap_err(),
        scene.tree.at("to").mirror_to(&root).unwrap_err(),
        MirrorOptions::new().delete(true).mirror(scene.tree.at("to"), &root).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::ReadOnlyFilesystem, "{error}");
    }
    assert_eq!(scene.tree.lines(), before);
    (&root / "d").copy(scene.tree.at("to/d")).unwrap();
    root.mirror_to(scene.tree.at("to")).unwrap();
    assert_eq!(scene.tree.at("to/d/f").read_text().unwrap(), "f");
}

#[test]
fn what_git_ignores_below_a_root_is_left_out() {
    for pair in PAIRS {
        let scene = Scene::new(["in/repo/src/f", "in/repo/src/f.o", "in/repo/.git/HEAD"]);
        scene.plain("repo/.gitignore").write_text("*.o\n").unwrap();
        copied(&scene, pair, &CopyOptions::new().gitignore(true), "repo/src", "to").unwrap();
        assert!(scene.plain("to/f").exists() && !scene.plain("to/f.o").exists(), "{pair:?}");
    }
}

#[cfg(unix)]
mod links {
    use super::*;

    #[test]
    fn links_in_a_tree_are_copied_as_links_wherever_they_lead() {
        for pair in PAIRS {
            let scene =
                Scene::new(["secret", "in/from/in => ../f", "in/from/out => ../../secret", "in/from/no => no", "in/f"]);
            let report = copied(&scene, pair, &CopyOptions::new(), "from", "to").unwrap();
            assert_eq!((report.links, report.files), (3, 0), "{pair:?}");
            assert_eq!(
                scene.lines()[5..],
                ["to/", "to/in => ../f", "to/no => no", "to/out => ../../secret"],
                "{pair:?}"
            );
        }
    }

    /// A link that leads out of the root is a failure by itself.
    #[test]
    fn links_in_a_tree_are_followed_while_they_stay_inside() {
        for pair in [Pair::Within, Pair::Out] {
            let scene = Scene::new([
                "secret",
                "outside/x",
                "in/from/in => ../d",
                "in/from/d/l => ../../d/g",
                "in/from/out => ../../secret",
                "in/from/out_dir => ../../outside",
                "in/from/abs => /etc",
                "in/d/g",
            ]);
            let error = copied(&scene, pair, &CopyOptions::new().symlinks(Symlinks::Follow), "from", "to").unwrap_err();
            let failures: Vec<_> =
                error.failures().iter().map(|error| (error.is_escape(), error.path().to_string())).collect();
            assert_eq!(
                failures,
                ["from/abs", "from/out", "from/out_dir"].map(|path| (true, path.to_owned())),
                "{pair:?}"
            );
            let copied: Vec<_> = scene.lines().into_iter().filter(|line| line.starts_with("to/")).collect();
            assert_eq!(copied, ["to/", "to/d/", "to/d/l: g", "to/in/", "to/in/g"], "{pair:?}");
        }
    }

    /// Paths do not show that the link leads there, if one side is in a root and the other is not.
    #[test]
    fn links_into_the_directory_that_is_copied_to_are_refused() {
        for pair in PAIRS {
            let scene = Scene::new(["in/from/x/f", "in/from/x/link => ../../to/x", "in/to/x/"]);
            // Otherwise it would never end.
            let ends = |progress: &waypath::TreeProgress<'_>| match progress.files {
                0..10 => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            };
            let options = CopyOptions::new().symlinks(Symlinks::Follow).overwrite(Overwrite::Always).progress(ends);
            let error = copied(&scene, pair, &options, "from", "to").unwrap_err();
            assert_eq!((error.kind(), error.failure_count()), (ErrorKind::InvalidInput, 1), "{pair:?}: {error}");
            let copied: Vec<_> = scene.lines().into_iter().filter(|line| line.starts_with("to/")).collect();
            assert_eq!(copied, ["to/", "to/x/", "to/x/f"], "{pair:?}");
        }
    }

    /// Plain sources have no border.
    #[test]
    fn links_of_a_plain_source_are_followed_anywhere() {
        let scene = Scene::new(["secret", "in/", "from/out => ../secret"]);
        let options = CopyOptions::new().symlinks(Symlinks::Follow);
        options.copy(scene.tree.at("from"), scene.located("to")).unwrap();
        assert_eq!(scene.lines(), ["to/", "to/out: secret"]);
    }

    #[test]
    fn the_link_that_is_named_is_followed_unless_it_leads_out() {
        for pair in PAIRS {
            let scene = Scene::new(["in/d/f", "in/l => d", "in/lf => d/f"]);
            assert_eq!(copied(&scene, pair, &CopyOptions::new(), "l", "to").unwrap().directories, 1, "{pair:?}");
            assert_eq!(copied(&scene, pair, &CopyOptions::new(), "lf", "tf").unwrap().files, 1, "{pair:?}");
            let keeping = CopyOptions::new().symlinks(Symlinks::Keep);
            assert_eq!(copied(&scene, pair, &keeping, "l", "tl").unwrap().links, 1, "{pair:?}");
            assert_eq!(moved(&scene, pair, &keeping, "lf", "d/lf").unwrap().links, 1, "{pair:?}");
            let expected = ["d/", "d/f", "d/lf => d/f", "l => d", "tf: f", "tl => d", "to/", "to/f"];
            assert_eq!(scene.lines(), expected, "{pair:?}");
        }
        let scene = Scene::new(["secret", "outside/x", "in/out => ../outside", "in/s => ../secret", "to/"]);
        let before = scene.tree.lines();
        for link in ["out", "s", "out/x"] {
            let link = scene.located(link);
            for error in [link.copy(scene.tree.at("to/new")).map(drop), link.copy(scene.located("new")).map(drop)] {
                assert!(error.unwrap_err().is_escape(), "{link}");
            }
        }
        assert!(scene.located("out").mirror_to(scene.tree.at("to")).unwrap_err().is_escape());
        assert_eq!(scene.tree.lines(), before);
    }

    /// The content of a file goes through a link at the destination, while that stays inside.
    #[test]
    fn a_link_at_the_target_is_followed_unless_it_leads_out() {
        let always = CopyOptions::new().overwrite(Overwrite::Always);
        for pair in PAIRS {
            let scene =
                Scene::new(["in/f", "in/d/old", "in/l => d/old", "in/new => d/made", "in/ld => d", "in/from/x"]);
            copied(&scene, pair, &always, "f", "l").unwrap();
            copied(&scene, pair, &always, "f", "new").unwrap();
            copied(&scene, pair, &always, "from", "ld").unwrap();
            let expected = [
                "d/",
                "d/made: f",
                "d/old: f",
                "d/x",
                "f",
                "from/",
                "from/x",
                "l => d/old",
                "ld => d",
                "new => d/made",
            ];
            assert_eq!(scene.lines(), expected, "{pair:?}");
        }
        for pair in [Pair::Within, Pair::Into] {
            let scene = Scene::new([
                "secret",
                "outside/x",
                "in/f",
                "in/from/x",
                "in/s => ../secret",
                "in/new => ../made",
                "in/out => ../outside",
                "in/abs => /tmp",
            ]);
            let before = scene.tree.lines();
            for (from, to) in
                [("f", "s"), ("f", "new"), ("f", "out/x"), ("from", "out"), ("from", "abs"), ("from", "out/x/y")]
            {
                let error = copied(&scene, pair, &always, from, to).unwrap_err();
                assert!(error.is_escape(), "{pair:?} {from} {to}: {error}");
                assert_eq!(scene.tree.lines(), before, "{pair:?} {from} {to}");
            }
            for to in ["out", "abs"] {
                let options = MirrorOptions::new().delete(true);
                let error = mirrored(&scene, pair, &options, "from", to).unwrap_err();
                assert!(error.is_escape(), "{pair:?} {to}: {error}");
            }
            assert_eq!(scene.tree.lines(), before, "{pair:?}");
            // A move takes the name of the link.
            moved(&scene, pair, &always, "f", "s").unwrap();
            assert_eq!(scene.tree.at("secret").read_text().unwrap(), "secret");
        }
    }

    /// No link in the tree at the destination is followed.
    #[test]
    fn a_link_in_the_target_tree_is_in_the_way() {
        let always = CopyOptions::new().overwrite(Overwrite::Always);
        for pair in PAIRS {
            let scene = Scene::new([
                "outside/x",
                "in/from/d/x",
                "in/from/f",
                "in/to/d => ../../outside",
                "in/to/f => ../../outside/x",
            ]);
            scene.plain("from/d/x").write_text("new").unwrap();
            let error = copied(&scene, pair, &always, "from", "to").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotADirectory, "{pair:?}: {error}");
            let expected = ["from/", "from/d/", "from/d/x: new", "from/f", "to/", "to/d => ../../outside", "to/f"];
            assert_eq!(scene.lines(), expected, "{pair:?}");
            assert_eq!(scene.tree.at("outside/x").read_text().unwrap(), "x");
        }
    }

    #[test]
    fn several_names_of_a_file_stay_one_file() {
        for pair in PAIRS {
            let scene = Scene::new(["in/from/d/a"]);
            scene.plain("from/b").hardlink_to(scene.plain("from/d/a")).unwrap();
            let report = copied(&scene, pair, &CopyOptions::archive(), "from", "to").unwrap();
            assert_eq!((report.files, report.hard_links), (1, 1), "{pair:?}");
            assert!(scene.plain("to/b").samefile(scene.plain("to/d/a")).unwrap(), "{pair:?}");
        }
    }

    /// A repository outside of the root says nothing.
    #[test]
    fn no_rules_are_read_from_outside() {
        let scene = Scene::new(["outside/info/", "in/repo/f", "in/repo/g"]);
        scene.tree.at("outside/info/exclude").write_text("f\n").unwrap();
        scene.plain("repo/.git").write_text("gitdir: ../../outside\n").unwrap();
        CopyOptions::new().gitignore(true).copy(scene.located("repo"), scene.located("to")).unwrap();
        assert_eq!(scene.lines().iter().filter(|line| line.starts_with("to/")).count(), 3);
        scene.located("repo/.ignore").symlink_to("../../outside/info/exclude").unwrap();
        let error = CopyOptions::new().gitignore(true).copy(scene.located("repo"), scene.located("to2")).unwrap_err();
        assert!(error.failures().iter().any(Error::is_escape), "{error}");
    }
}

/// A rename that the system refuses: what is moved is copied, and then removed.
#[cfg(target_os = "linux")]
#[test]
fn a_move_to_another_device_copies_and_removes() {
    use crate::support::util::with_faults;

    const TEST: &str = "root::copying::a_move_to_another_device_copies_and_removes";
    // The second rename gives the complete copy its name.
    if with_faults(TEST, &["renameat2:error=EXDEV:when=1+2"]).is_none() {
        return;
    }
    for pair in [Pair::Within, Pair::Out, Pair::Into] {
        let scene = Scene::new(["in/from/d/f", "in/from/l => ../../secret", "secret"]);
        let report = moved(&scene, pair, &CopyOptions::new(), "from", "to").unwrap();
        assert_eq!((report.files, report.directories, report.links), (1, 2, 1), "{pair:?}");
        assert_eq!(scene.lines(), ["to/", "to/d/", "to/d/f", "to/l => ../../secret"], "{pair:?}");
    }
}
