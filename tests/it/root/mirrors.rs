//! Mirrors with a root on either side: each option does what it does for plain paths, and what is told has paths from
//! the root.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};

use waypath::{MirrorOptions, PathBuf, PlanAction, SkipReason, TouchOptions, path};

use super::copying::{PAIRS, Pair, Scene, mirrored};

/// A source with rules for git, and a destination that has some of it, and more.
fn scene() -> Scene {
    let files = [
        "in/from/a",
        "in/from/b.o",
        "in/from/d/c",
        "in/from/same",
        "in/to/a",
        "in/to/same",
        "in/to/stray/x",
        "in/to/s.o",
    ];
    let scene = Scene::new(files);
    scene.plain("from/.gitignore").write_text("*.o\n").unwrap();
    scene.plain("to/a").write_text("another").unwrap();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for (side, time) in [("from/same", time), ("to/same", time + Duration::from_secs(1))] {
        TouchOptions::new().modified(time).touch(scene.plain(side)).unwrap();
    }
    scene
}

#[test]
fn each_option_does_what_it_does_for_paths() {
    let deleting = || MirrorOptions::new().delete(true);
    let is_left_out = |name: &str| ["d", "stray"].contains(&name);
    // What is copied, removed and unchanged.
    let table = [
        ("none", MirrorOptions::new(), (5, 0, 0)),
        ("delete", deleting(), (5, 3, 0)),
        ("exclude", deleting().exclude("*.o"), (4, 2, 0)),
        ("prune", deleting().prune(|entry| is_left_out(entry.name())), (4, 1, 0)),
        ("gitignore", deleting().gitignore(true), (4, 2, 0)),
        ("same_file_system", deleting().same_file_system(true), (5, 3, 0)),
        ("threads", deleting().threads(3), (5, 3, 0)),
        ("time_window", deleting().time_window(Duration::from_secs(2)), (4, 3, 1)),
        ("sync", deleting().sync(true), (5, 3, 0)),
        ("progress", deleting().progress(|_| ControlFlow::Continue(())), (5, 3, 0)),
    ];
    for (name, options, expected) in table {
        let outcome = |pair| {
            let scene = scene();
            let before = scene.lines();
            let plan = mirrored(&scene, pair, &options.clone().dry_run(true), "from", "to").unwrap();
            assert_eq!(scene.lines(), before, "{name} {pair:?}");
            let report = mirrored(&scene, pair, &options, "from", "to").unwrap();
            for report in [&plan, &report] {
                assert_eq!((report.files, report.removed, report.unchanged), expected, "{name} {pair:?}");
            }
            scene.lines()
        };
        let plain = outcome(Pair::Plain);
        for pair in PAIRS {
            assert_eq!(outcome(pair), plain, "{name} {pair:?}");
        }
    }
}

#[test]
fn what_is_told_has_paths_from_the_root() {
    for pair in PAIRS {
        let scene = scene();
        let source = |at: &str| scene.told_source(pair, at);
        let target = |at: &str| scene.told_target(pair, at);
        let (mut told, mut asked) = (BTreeSet::new(), BTreeSet::new());
        let options = MirrorOptions::new()
            .delete(true)
            .gitignore(true)
            .prune(|entry| {
                asked.insert((entry.to_path_buf(), entry.relative().to_path_buf()));
                entry.name() == "d"
            })
            .progress(|progress| {
                told.insert(progress.path.to_path().unwrap());
                ControlFlow::Continue(())
            });
        let plan = mirrored(&scene, pair, &options.clone().dry_run(true), "from", "to").unwrap();
        let report = mirrored(&scene, pair, &options, "from", "to").unwrap();
        drop(options);

        let removed: Vec<_> =
            plan.steps.iter().take(2).map(|step| (step.action, step.path.to_path().unwrap())).collect();
        let expected = [(PlanAction::Remove, target("to/stray/x")), (PlanAction::RemoveDirectory, target("to/stray"))];
        assert_eq!(removed, expected, "{pair:?}");
        assert!(plan.steps.iter().all(|step| step.path.to_path().unwrap().is_relative_to(target("to"))), "{pair:?}");
        let skipped: Vec<_> =
            report.skipped.iter().map(|skipped| (skipped.path.to_path().unwrap(), skipped.reason)).collect();
        let expected = [(source("from/b.o"), SkipReason::Ignored), (source("from/d"), SkipReason::Excluded)];
        assert_eq!(skipped, expected, "{pair:?}");
        let is_below = |path: &PathBuf| path.is_relative_to(source("from")) || path.is_relative_to(target("to"));
        assert!(told.iter().all(is_below), "{pair:?}: {told:?}");
        assert!(told.contains(&source("from/a")) && told.contains(&target("to/stray/x")), "{pair:?}: {told:?}");
        for (start, at) in [(source("from"), "a"), (source("from"), "d"), (target("to"), "stray/x")] {
            assert!(asked.contains(&(start / at, path(at).to_path_buf())), "{pair:?}: {at} in {asked:?}");
        }
        assert!(asked.iter().all(|(path, _)| is_below(path)), "{pair:?}: {asked:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn other_file_systems_are_left_alone_on_both_sides() {
    use crate::support::mounts::{Mount, with_own_mounts};

    if !with_own_mounts("root::mirrors::other_file_systems_are_left_alone_on_both_sides") {
        return;
    }
    for pair in PAIRS {
        let scene = Scene::new(["in/from/a", "in/from/m/", "in/to/m/tmpfs/stays", "in/to/extra/", "in/to/gone"]);
        let Some(source) = Mount::tmpfs(&scene.plain("from/m")) else { return };
        let Some(target) = Mount::tmpfs(&scene.plain("to/extra")) else { return };
        source.at("f").touch().unwrap();
        target.at("g").touch().unwrap();
        let options = MirrorOptions::new().delete(true).same_file_system(true);
        let plan = mirrored(&scene, pair, &options.clone().dry_run(true), "from", "to").unwrap();
        let report = mirrored(&scene, pair, &options, "from", "to").unwrap();
        for report in [&plan, &report] {
            assert_eq!((report.files, report.removed), (1, 1), "{pair:?}");
            assert!(report.skipped[0].path.to_string().ends_with("from/m/tmpfs"), "{pair:?}");
            assert_eq!(report.skipped[0].reason, SkipReason::OtherFileSystem, "{pair:?}");
        }
        assert!(scene.plain("to/m/tmpfs/stays").exists() && target.at("g").exists(), "{pair:?}");
        assert!(!scene.plain("to/m/tmpfs/f").exists() && !scene.plain("to/gone").exists(), "{pair:?}");
    }
}
