//! Laws of copies: whatever the tree, an archive is the same tree, with any number of threads; and nothing of a tree is left
//! where it was removed.
//!
//! `PROPTEST_CASES=10000` tries harder.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, XattrFlags, mknodat, setxattr, utimensat};
use waypath::{CopyOptions, Overwrite, Path, RemoveOptions, Report};

use crate::support::laws::config;
use crate::support::snapshot::{Snapshot, What, assert_same, but, snapshot};
use crate::support::util::Tree;

proptest! {
    #![proptest_config(config(8))]

    #[test]
    fn an_archive_is_the_same_tree(plan in plan()) {
        let tree = Tree::new(["src/"]);
        build(&plan, &tree.at("src"));
        let before = snapshot(tree.at("src"));
        let mut reports = Vec::new();
        for threads in [1, 3] {
            let to = tree.at(&format!("copy{threads}"));
            let mut report = CopyOptions::archive().threads(threads).copy(tree.at("src"), &to).unwrap();
            assert_same(&snapshot(&to), &before, threads);
            check_counts(&report, &before);
            (report.by_system, report.shared) = (0, 0);
            reports.push(report);
        }
        prop_assert_eq!(&reports[0], &reports[1]);
        assert_same(&snapshot(tree.at("src")), &before, "the source");
        // Once more, over that.
        let again = CopyOptions::archive().overwrite(Overwrite::IfDifferent).copy(tree.at("src"), tree.at("copy1"));
        let again = again.unwrap();
        prop_assert_eq!((again.files, again.hard_links, again.links, again.specials), (0, 0, 0, 0), "{:?}", again);
        CopyOptions::archive().overwrite(Overwrite::Always).copy(tree.at("src"), tree.at("copy3")).unwrap();
        assert_same(&snapshot(tree.at("copy1")), &before, "again");
        assert_same(&snapshot(tree.at("copy3")), &before, "over it");

        let moved = tree.at("copy1").move_to(tree.at("moved")).unwrap();
        assert_same(&snapshot(&moved), &before, "moved");
        for threads in [1, 3] {
            let path = if threads == 1 { &moved } else { &tree.at("copy3") };
            let mut told = RemoveOptions::new().dry_run(true).rmtree(path).unwrap();
            prop_assert_eq!(std::mem::take(&mut told.steps).len(), before.len());
            let report = RemoveOptions::new().threads(threads).rmtree(path).unwrap();
            prop_assert_eq!(report.files + report.directories + report.links + report.specials, before.len() as u64);
            prop_assert_eq!(told, report);
        }
        prop_assert_eq!(fs::read_dir(tree.as_str()).unwrap().count(), 1);
        // What was removed was not what is in the original.
        assert_same(&snapshot(tree.at("src")), &before, "the source");
    }

    #[test]
    fn a_copy_over_another_tree_takes_in_all(old in plan(), new in plan(), overwrite in policy()) {
        let tree = Tree::new(["src/", "to/"]);
        build(&new, &tree.at("src"));
        build(&old, &tree.at("to"));
        let (src, before) = (snapshot(tree.at("src")), snapshot(tree.at("to")));
        let options = CopyOptions::archive().overwrite(overwrite);
        let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to"));
        assert_same(&snapshot(tree.at("to")), &before, "a dry run");
        let result = options.copy(tree.at("src"), tree.at("to"));
        assert_same(&snapshot(tree.at("src")), &src, "the source");
        let after = snapshot(tree.at("to"));
        let plain = |nodes: &Snapshot| but(nodes.clone(), |_, node| node.same_as = None);
        let (src, before, after) = (plain(&src), plain(&before), plain(&after));
        let is_special = |node: &crate::support::snapshot::Node| matches!(node.what, What::Special(..));
        let is_dir = |nodes: &Snapshot, path| nodes.get(path).map(|node| node.what == What::Directory);
        for path in before.keys().chain(src.keys()) {
            let blocked = path.ancestors().any(|path| {
                matches!((is_dir(&src, path), is_dir(&before, path)), (Some(new), Some(old)) if new != old)
            });
            let expected = match (src.get(path), before.get(path)) {
                (_, Some(old)) if blocked => vec![old],
                (_, None) if blocked => { prop_assert_eq!(after.get(path), None); continue }
                (Some(new), None) => vec![new],
                (None, Some(old)) => vec![old],
                (Some(new), Some(old)) if is_special(old) && !is_special(new) => vec![old],
                (Some(new), Some(_)) if overwrite == Overwrite::Always || new.what == What::Directory => vec![new],
                (Some(new), Some(old)) => vec![new, old],
                (None, None) => unreachable!(),
            };
            // What has a second name elsewhere in the source can be new in any case: it is one file.
            prop_assert!(expected.contains(&&after[path]), "{:?}: {:?} but {:?}", path, after[path], expected);
        }
        prop_assert_eq!(after.len(), before.keys().chain(src.keys()).filter(|path| after.contains_key(*path))
            .collect::<std::collections::BTreeSet<_>>().len(), "nothing else is there");
        match (plan, result) {
            (Ok(plan), Ok(report)) => {
                prop_assert_eq!(plan.files + plan.hard_links, report.files + report.hard_links);
                prop_assert_eq!((plan.directories, plan.links, plan.specials), (report.directories, report.links, report.specials));
                let counted = report.files + report.directories + report.hard_links + report.links + report.specials;
                prop_assert_eq!(plan.updated, report.updated);
                prop_assert_eq!(plan.steps.len() as u64, counted + report.updated);
            }
            (Err(plan), Err(error)) => {
                let paths = |error: &waypath::Error| error.failures().iter().map(|failure| failure.path().to_owned()).collect::<Vec<_>>();
                prop_assert_eq!(paths(&plan), paths(&error));
            }
            (plan, result) => panic!("{plan:?}, but then {result:?}"),
        }
    }
}

fn policy() -> impl Strategy<Value = Overwrite> {
    select(&[Overwrite::Always, Overwrite::IfDifferent, Overwrite::IfNewer][..])
}

/// Paths, made one after the other where that can be done.
pub(super) type Plan = Vec<(String, Node, Marks)>;

#[derive(Clone, Debug)]
pub(super) enum Node {
    Directory,
    /// So many bytes, behind a hole of so many.
    File(usize, u64),
    Link(&'static str),
    /// One more name of the file that was made last.
    SecondName,
    Pipe,
}

#[derive(Clone, Debug)]
pub(super) struct Marks {
    mode: u32,
    modified: (i64, i64),
    xattr: Option<u8>,
}

pub(super) fn plan() -> impl Strategy<Value = Plan> {
    let file = (select(&[0, 1, 3, 4096, 140_000][..]), select(&[0, 0, 0, 4096, 300_000][..]));
    let link = select(&["a", "..", "../b", "a/c", "/no", ".", "../to", "../to/b", "../../to/a/b"][..]);
    let node = prop_oneof![
        4 => Just(Node::Directory),
        6 => file.prop_map(|(bytes, hole)| Node::File(bytes, hole)),
        2 => link.prop_map(Node::Link),
        3 => Just(Node::SecondName),
        1 => Just(Node::Pipe),
    ];
    let mode = select(&[0o644, 0o755, 0o600, 0o4711, 0o2750, 0o1777, 0o555, 0o444, 0o000][..]);
    let marks = (mode, select(&[0, -1, 1_000_000_000, 2_000_000_000][..]), 0_i64..1_000_000_000, any::<Option<u8>>());
    let marks = marks.prop_map(|(mode, at, nanos, xattr)| Marks { mode, modified: (at, nanos), xattr });
    let name = select(&["a", "b", "c", "d", "\u{e4} b", ".h"][..]);
    vec((vec(name, 1..=4).prop_map(|names| names.join("/")), node, marks), 0..=16)
}

pub(super) fn build(plan: &Plan, base: &Path) {
    let mut last = None;
    let mut made = Vec::new();
    for (path, node, marks) in plan {
        let at = base.join(path);
        // Through a link that is in the way, it would be made elsewhere.
        if at.parents().take_while(|&above| above != base).any(Path::is_symlink) {
            continue;
        }
        // All that can go wrong is that something is in the way.
        _ = at.parent().mkdir_all();
        let done = match node {
            Node::Directory => at.mkdir_all().is_ok(),
            Node::File(bytes, hole) => File::options().create_new(true).write(true).open(&at).is_ok_and(|file| {
                file.write_all_at(&vec![marks.mode as u8; *bytes], *hole).unwrap();
                file.set_len(hole + *bytes as u64).unwrap();
                last = Some(at.clone());
                true
            }),
            Node::Link(target) => std::os::unix::fs::symlink(target, &at).is_ok(),
            Node::SecondName => last.as_ref().is_some_and(|last| fs::hard_link(last, &at).is_ok()),
            Node::Pipe => mknodat(CWD, at.as_str(), FileType::Fifo, Mode::RUSR, 0).is_ok(),
        };
        if done {
            made.push((at, node, marks));
        }
    }
    for (at, node, Marks { mode, modified: (seconds, nanoseconds), xattr }) in made.into_iter().rev() {
        // Bits that mean nothing for a pipe are not kept.
        let mode = if matches!(node, Node::Pipe) { mode & 0o777 } else { *mode };
        if !matches!(node, Node::Link(_)) {
            fs::set_permissions(
                &at,
                Permissions::from_mode(mode | if nix::unistd::geteuid().is_root() { 0 } else { 0o700 }),
            )
            .unwrap();
        }
        if let (Node::File(..) | Node::Directory, Some(value)) = (node, xattr) {
            _ = setxattr(at.as_str(), "user.law", &[*value], XattrFlags::empty());
        }
        let time = Timespec { tv_sec: *seconds, tv_nsec: *nanoseconds };
        let times = Timestamps { last_access: time, last_modification: time };
        utimensat(CWD, at.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
    }
}

fn check_counts(report: &Report, nodes: &Snapshot) {
    let count = |is: &dyn Fn(&What, bool) -> bool| {
        nodes.values().filter(|node| is(&node.what, node.same_as.is_some())).count() as u64
    };
    assert_eq!(report.directories, count(&|what, _| *what == What::Directory));
    assert_eq!(report.files, count(&|what, is_second| matches!(what, What::File(..)) && !is_second));
    assert_eq!(report.hard_links, count(&|what, is_second| matches!(what, What::File(..)) && is_second));
    assert_eq!(report.links, count(&|what, _| matches!(what, What::Link(_))));
    assert_eq!(report.specials, count(&|what, _| matches!(what, What::Special(..))));
    let lengths = nodes.values().filter_map(|node| match node.what {
        What::File(length, _) if node.same_as.is_none() => Some(length),
        _ => None,
    });
    let lengths: u64 = lengths.sum();
    assert_eq!(report.bytes, lengths, "holes count");
}
