//! What a copy gets besides content: never more permissions than the original has, and what it cannot get is reported.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, Timespec, Timestamps, XattrFlags, lgetxattr, lremovexattr, lsetxattr, mknodat,
    utimensat,
};
use rustix::io::Errno;
use waypath::{Attribute, CopyOptions, Overwrite, Path, PlanAction};

use crate::support::snapshot::{assert_same, snapshot};
use crate::support::util::{NOBODY, Tree, as_nobody, as_nobody_in, with_faults};

const ACCESS: &str = "system.posix_acl_access";
const DEFAULT: &str = "system.posix_acl_default";

fn mode(path: impl AsRef<std::path::Path>, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: impl AsRef<std::path::Path>) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// An access control list in the kernel's form: permissions of the owner, `nobody`, the group, the mask, and others.
fn list([owner, nobody, group, mask, others]: [u16; 5]) -> Vec<u8> {
    const NO_ID: u32 = u32::MAX;
    let entries = [
        (0x01, owner, NO_ID),
        (0x02, nobody, NOBODY),
        (0x04, group, NO_ID),
        (0x10, mask, NO_ID),
        (0x20, others, NO_ID),
    ];
    let mut value = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, id) in entries {
        value.extend(u16::to_le_bytes(tag));
        value.extend(permissions.to_le_bytes());
        value.extend(id.to_le_bytes());
    }
    value
}

/// Sets an attribute; whether the file system has such attributes.
fn set(path: &Path, name: &str, value: &[u8]) -> bool {
    match lsetxattr(path.as_str(), name, value, XattrFlags::empty()) {
        Err(Errno::NOTSUP) => {
            println!("this file system has no {name}: not tested");
            false
        }
        result => {
            result.unwrap();
            true
        }
    }
}

fn get(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut value = [0; 1024];
    lgetxattr(path.as_str(), name, &mut value).ok().map(|length| value[..length].to_vec())
}

/// What the system makes as it is read has any size that it likes.
#[test]
fn content_ends_where_reading_ends() {
    let tree = Tree::new(["d/"]);
    let paths =
        ["/sys/class/net/lo/mtu", "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/version", "/proc/cpuinfo"];
    for path in paths {
        let Ok(content) = fs::read(path) else {
            println!("there is no {path} here: not tested");
            continue;
        };
        for options in [CopyOptions::new(), CopyOptions::archive()] {
            let copy = tree.at("d/copy");
            options.overwrite(Overwrite::Always).copy(path, &copy).unwrap();
            assert_eq!(fs::read(&copy).unwrap().len(), content.len(), "{path}");
        }
    }
}

#[test]
fn directories_stay_sticky() {
    for options in [CopyOptions::new(), CopyOptions::archive(), CopyOptions::archive().preserve_owner(false)] {
        for bits in [0o1777, 0o1755, 0o1700] {
            let tree = Tree::new(["d/e/f"]);
            mode(tree.at("d/e"), bits);
            mode(tree.at("d"), bits);
            options.copy(tree.at("d"), tree.at("copy")).unwrap();
            assert_eq!((mode_of(tree.at("copy")), mode_of(tree.at("copy/e"))), (bits, bits), "{options:?}");
        }
    }
}

/// With a list, the mode's group bits are the list's mask: they say nothing of the group.
#[test]
fn a_copy_without_the_list_gives_the_group_no_more_than_the_list_does() {
    let tree = Tree::new(["src/f", "src/g", "src/d/f", "src/d/large"]);
    fs::write(tree.at("src/d/large"), vec![b'x'; 300_000]).unwrap();
    mknodat(CWD, tree.at("src/pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let lists = [
        ("src/f", [6, 6, 0, 6, 0], 0o600),
        ("src/g", [6, 7, 4, 6, 4], 0o644),
        // The mask takes from the group, too.
        ("src/d/f", [7, 7, 7, 5, 1], 0o751),
        ("src/d/large", [6, 6, 0, 6, 0], 0o600),
        ("src/d", [7, 7, 0, 7, 0], 0o700),
        ("src/pipe", [6, 6, 0, 6, 0], 0o600),
    ];
    for (path, permissions, _) in lists {
        if !set(&tree.at(path), ACCESS, &list(permissions)) {
            return;
        }
    }
    let plain = CopyOptions::new().specials(waypath::Specials::Recreate);
    for options in [plain.clone(), plain.preserve_times(true), CopyOptions::archive().preserve_xattrs(false)] {
        for threads in [1, 3] {
            let options = options.clone().threads(threads).overwrite(Overwrite::Always);
            // To what is new, and over what is there.
            for _ in 0..2 {
                let report = options.copy(tree.at("src"), tree.at("copy")).unwrap();
                assert_eq!(report.not_kept, []);
                for (path, _, expected) in lists {
                    let copy = tree.at("copy").join(path.strip_prefix("src/").unwrap());
                    assert_eq!((mode_of(&copy), get(&copy, ACCESS)), (expected, None), "{path}: {options:?}");
                }
            }
            tree.at("copy").rmtree().unwrap();
        }
    }
}

/// A directory may give lists to what is made in it: that is no reason for a copy to have one.
#[test]
fn a_copy_gets_no_list_from_the_directory_above() {
    let tree = Tree::new(["src/f", "src/d/e/f", "src/link => f", "to/"]);
    mknodat(CWD, tree.at("src/d/pipe").as_str(), FileType::Fifo, Mode::RUSR | Mode::RGRP, 0).unwrap();
    for (path, bits) in [("src/f", 0o640), ("src/d/e/f", 0o664), ("src/d/e", 0o775), ("src/d", 0o750)] {
        mode(tree.at(path), bits);
    }
    if !set(&tree.at("to"), DEFAULT, &list([7, 7, 7, 7, 5])) {
        return;
    }
    let before = snapshot(tree.at("src"));
    for options in
        [CopyOptions::archive(), CopyOptions::new().specials(waypath::Specials::Recreate).preserve_times(true)]
    {
        for threads in [1, 3] {
            let options = options.clone().threads(threads);
            options.copy(tree.at("src"), tree.at("to/copy")).unwrap();
            assert_same(&snapshot(tree.at("to/copy")), &before, &options);
            options.overwrite(Overwrite::Always).copy(tree.at("src"), tree.at("to/copy")).unwrap();
            assert_same(&snapshot(tree.at("to/copy")), &before, "over it");
            tree.at("to/copy").rmtree().unwrap();
        }
    }
    // Those of what is new are another matter.
    CopyOptions::new().preserve_mode(false).copy(tree.at("src/f"), tree.at("to/f")).unwrap();
    assert_eq!(get(&tree.at("to/f"), ACCESS), Some(list([6, 7, 7, 6, 4])));
}

/// A copy keeps no access control list that is not the original's, even if the original's attributes cannot be read.
#[test]
fn other_lists_are_removed_even_if_attributes_cannot_be_listed() {
    const NAME: &str = "fs::copy::attributes::other_lists_are_removed_even_if_attributes_cannot_be_listed";
    if with_faults(NAME, &["flistxattr:error=EIO"]).is_none() {
        return;
    }
    let tree = Tree::new(["src/f", "to/"]);
    mode(tree.at("src/f"), 0o660);
    if !set(&tree.at("to"), DEFAULT, &list([7, 7, 7, 7, 5])) {
        return;
    }
    let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent);
    for is_new in [true, false] {
        let report = options.copy(tree.at("src/f"), tree.at("to/f")).unwrap();
        assert_eq!((report.files, report.updated), (u64::from(is_new), u64::from(!is_new)));
        assert_eq!((get(&tree.at("to/f"), ACCESS), mode_of(tree.at("to/f"))), (None, 0o660));
        assert_eq!(report.not_kept.iter().map(|lost| &lost.what).collect::<Vec<_>>(), [&Attribute::Xattrs]);
        assert!(set(&tree.at("to/f"), ACCESS, &list([6, 4, 4, 4, 0])));
    }
}

/// Everything of which a copy can be brought up to date without its content.
#[test]
fn what_is_unchanged_gets_the_attributes_that_changed() {
    let tree = Tree::new(["src/f", "src/d/g", "src/d/e/h", "src/link => f", "src/same"]);
    mknodat(CWD, tree.at("src/pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let has_attributes = set(&tree.at("src/f"), "user.a", b"1")
        && set(&tree.at("src/d"), "user.a", b"1")
        && set(&tree.at("src/f"), ACCESS, &list([6, 4, 4, 4, 4]))
        && set(&tree.at("src/d"), DEFAULT, &list([7, 5, 5, 5, 5]));
    let is_root = nix::unistd::geteuid().is_root();
    for threads in [1, 3] {
        let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent).threads(threads);
        options.copy(tree.at("src"), tree.at("to")).unwrap();
        let identity = |name: &str| fs::symlink_metadata(tree.at(name)).unwrap().ino();
        let names = ["to/f", "to/d/g", "to/d/e/h", "to/link", "to/pipe", "to/same"];
        let before = names.map(identity);

        mode(tree.at("src/f"), 0o600 + 0o010 * threads as u32);
        mode(tree.at("src/d/e"), 0o700 + 0o010 * threads as u32);
        mode(tree.at("src/pipe"), 0o600 + threads as u32);
        set_modified(&tree.at("src/link"), 1_000 + threads as i64);
        let mut changed = vec!["to/f", "to/d/e", "to/pipe", "to/link"];
        if is_root {
            std::os::unix::fs::lchown(tree.at("src/d/e/h"), Some(threads as u32), None).unwrap();
            changed.push("to/d/e/h");
        }
        if has_attributes {
            let value = [threads as u8];
            assert!(set(&tree.at("src/d/g"), "user.b", &value) && set(&tree.at("to/d/g"), "user.surplus", b""));
            assert!(set(&tree.at("to/d"), "user.surplus", b""));
            changed.extend(["to/d/g", "to/d"]);
            if threads == 1 {
                lremovexattr(tree.at("src/d").as_str(), "user.a").unwrap();
                lremovexattr(tree.at("src/d").as_str(), DEFAULT).unwrap();
                lremovexattr(tree.at("src/f").as_str(), ACCESS).unwrap();
            }
        }
        changed.sort_unstable();
        let plan = options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap();
        assert!(plan.steps.iter().all(|step| step.action == PlanAction::SetAttributes), "{plan}");
        let planned: Vec<_> = plan.steps.iter().map(|step| step.path.clone()).collect();
        assert_eq!(planned, changed.iter().map(|name| tree.at(name)).collect::<Vec<_>>());
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.updated, plan.updated), (changed.len() as u64, changed.len() as u64));
        assert_eq!((report.files, report.unchanged, report.not_kept_count), (0, 6, 0));
        assert_eq!(names.map(identity), before, "nothing was made anew");
        assert_same(&snapshot(tree.at("to")), &snapshot(tree.at("src")), threads);
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.updated, report.unchanged), (0, 6), "once is enough");
    }
}

/// Whoever may not write to a file of theirs may not change its attributes either, until its mode is changed.
#[test]
fn a_read_only_file_gets_attributes() {
    if !as_nobody("fs::copy::attributes::a_read_only_file_gets_attributes") {
        return;
    }
    let tree = Tree::new(["src/d/f"]);
    let names = ["src/d/f", "src/d"];
    for value in [b"1", b"2"] {
        names.iter().for_each(|name| mode(tree.at(name), 0o755));
        if !names.iter().all(|name| set(&tree.at(name), "user.a", value)) {
            return;
        }
        mode(tree.at("src/d/f"), 0o444);
        mode(tree.at("src/d"), 0o555);
        let report = CopyOptions::archive().overwrite(Overwrite::IfDifferent).copy(tree.at("src"), tree.at("to"));
        assert_eq!(report.unwrap().not_kept_count, 0);
        for name in ["to/d/f", "to/d"] {
            assert_eq!(get(&tree.at(name), "user.a"), Some(value.to_vec()), "{name}");
        }
        assert_eq!((mode_of(tree.at("to/d/f")), mode_of(tree.at("to/d"))), (0o444, 0o555));
    }
}

/// The system takes capabilities away when a file is given to another user.
#[test]
fn capabilities_stay_with_a_new_owner() {
    const CAPABILITY: &str = "security.capability";
    /// To open raw sockets, in the kernel's second form.
    const NET_RAW: [u8; 20] = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    if !nix::unistd::geteuid().is_root() {
        return println!("not root: not tested");
    }
    let tree = Tree::new(["src/f"]);
    for owner in [12, 34] {
        std::os::unix::fs::chown(tree.at("src/f"), Some(owner), None).unwrap();
        if !set(&tree.at("src/f"), CAPABILITY, &NET_RAW) {
            return;
        }
        CopyOptions::archive().overwrite(Overwrite::IfDifferent).copy(tree.at("src"), tree.at("to")).unwrap();
        let found = fs::metadata(tree.at("to/f")).unwrap();
        assert_eq!((found.uid(), get(&tree.at("to/f"), CAPABILITY)), (owner, Some(NET_RAW.to_vec())));
    }
}

/// Directories that are made in one whose group is handed on hand it on too, as with `cp -r`.
#[test]
fn directories_in_a_setgid_directory_are_setgid() {
    let tree = Tree::new(["src/d/f", "to/"]);
    mode(tree.at("to"), 0o2755);
    for (name, options) in [("new", CopyOptions::new()), ("plain", CopyOptions::new().preserve_mode(false))] {
        options.copy(tree.at("src"), tree.at("to") / name).unwrap();
        for made in [tree.at("to") / name, tree.at("to") / name / "d"] {
            assert_eq!(mode_of(&made) & 0o7000, 0o2000, "{made}");
        }
    }
}

fn set_modified(path: &Path, seconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: 5 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path.as_str(), &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// Links and special files have no `user.*` attributes, but others and lists.
#[test]
fn links_and_special_files_keep_their_attributes() {
    let tree = Tree::new(["src/link => f"]);
    mknodat(CWD, tree.at("src/pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    if !set(&tree.at("src/pipe"), ACCESS, &list([6, 6, 0, 6, 0])) {
        return;
    }
    if nix::unistd::geteuid().is_root() {
        assert!(set(&tree.at("src/link"), "trusted.a", b"1") && set(&tree.at("src/pipe"), "trusted.b", b"2"));
    }
    let before = snapshot(tree.at("src"));
    for (at, options) in [CopyOptions::archive(), CopyOptions::archive().strict(true)].into_iter().enumerate() {
        let to = tree.at(&format!("to{at}"));
        options.copy(tree.at("src"), &to).unwrap();
        assert_same(&snapshot(&to), &before, "a tree");
        for name in ["link", "pipe"] {
            let alone = tree.at(&format!("alone{at}"));
            options.copy(tree.at("src").join(name), &alone).unwrap();
            assert_eq!(snapshot(&alone)[std::path::Path::new("")], before[std::path::Path::new(name)], "{name}");
            alone.unlink().unwrap();
        }
    }
    // Behind a link that is followed, it is the list of the pipe that counts.
    crate::support::util::symlink("src/pipe", &tree.at("to pipe"));
    let options = CopyOptions::new().specials(waypath::Specials::Recreate).symlinks(waypath::Symlinks::Follow);
    options.copy(tree.at("to pipe"), tree.at("copy")).unwrap();
    assert_eq!(mode_of(tree.at("copy")), 0o600);
}

#[test]
fn a_second_file_gets_its_mode_as_the_first() {
    let tree = Tree::new(["src/a", "src/b", "src/c"]);
    for name in ["src/a", "src/b", "src/c"] {
        mode(tree.at(name), 0o666);
    }
    tree.at("src").copy(tree.at("to")).unwrap();
    assert_eq!(["to/a", "to/b", "to/c"].map(|name| mode_of(tree.at(name))), [0o666; 3], "whatever the umask takes");
}

#[test]
fn a_copy_of_another_users_file_does_not_let_act_as_that_user() {
    let prepare = |place: &Path| {
        for (name, bits) in [("setuid", 0o4755), ("setgid", 0o2755)] {
            (place / name).write_text("x").unwrap();
            mode(place / name, bits);
        }
        mode(place, 0o777);
    };
    let name = "fs::copy::attributes::a_copy_of_another_users_file_does_not_let_act_as_that_user";
    let Some(place) = as_nobody_in(name, prepare) else { return };
    for name in ["setuid", "setgid"] {
        let report = CopyOptions::archive().copy(&place / name, &place / "copy").unwrap();
        assert_eq!(mode_of(&place / "copy"), 0o755);
        let lost: Vec<_> = report.not_kept.iter().map(|lost| lost.what.clone()).collect();
        assert_eq!(lost, [Attribute::Owner, Attribute::Group, Attribute::Mode]);
        assert_eq!(report.not_kept[0].path, std::path::Path::new((&place / "copy").as_str()));
        assert_eq!(report.not_kept[0].kind, ErrorKind::PermissionDenied);
        assert!(report.to_string().ends_with("3 attributes not kept"), "{report}");
        (&place / "copy").unlink().unwrap();
        let error = CopyOptions::archive().strict(true).copy(&place / name, &place / "copy").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("its owner cannot be kept"), "{error}");
        assert!(!(&place / "copy").exists());
    }
}

/// The group is given even if the owner cannot be.
#[test]
fn the_group_is_kept_without_the_owner() {
    let prepare = |place: &Path| {
        (place / "f").write_text("x").unwrap();
        std::os::unix::fs::chown((place / "f").as_str(), Some(4_321), Some(NOBODY)).unwrap();
        (place / "to").mkdir().unwrap();
        std::os::unix::fs::chown((place / "to").as_str(), None, Some(4_321)).unwrap();
        mode(place / "to", 0o2777);
        mode(place, 0o755);
    };
    let name = "fs::copy::attributes::the_group_is_kept_without_the_owner";
    let Some(place) = as_nobody_in(name, prepare) else { return };
    let report = CopyOptions::archive().copy(&place / "f", &place / "to/f").unwrap();
    assert_eq!(fs::metadata(&place / "to/f").unwrap().gid(), NOBODY);
    let lost: Vec<_> = report.not_kept.iter().map(|lost| lost.what.clone()).collect();
    assert_eq!(lost, [Attribute::Owner]);
}

/// A report keeps the first hundred.
#[test]
fn what_is_not_kept_is_counted() {
    let prepare = |place: &Path| {
        (place / "src").mkdir().unwrap();
        (0..150).for_each(|at| (place / "src" / at.to_string()).touch().unwrap());
        mode(place, 0o777);
    };
    let Some(place) = as_nobody_in("fs::copy::attributes::what_is_not_kept_is_counted", prepare) else { return };
    for threads in [1, 3] {
        let options = CopyOptions::archive().threads(threads);
        let report = options.copy(&place / "src", &place / "to").unwrap();
        assert_eq!((report.files, report.not_kept.len(), report.not_kept_count), (150, 100, 302));
        assert!(report.not_kept.is_sorted_by_key(|lost| lost.path.clone()));
        (&place / "to").rmtree().unwrap();
        let error = options.strict(true).copy(&place / "src", &place / "to").unwrap_err();
        assert_eq!((error.failure_count(), error.kind()), (151, ErrorKind::PermissionDenied));
        assert_eq!((&place / "to").iterdir().count(), 0);
        (&place / "to").rmtree().unwrap();
    }
}

/// What a copy does not get from the original, it keeps of the file that it replaces.
#[test]
fn what_is_replaced_keeps_its_owner() {
    if !nix::unistd::geteuid().is_root() {
        println!("SKIPPED: only root gives files away");
        return;
    }
    let tree = Tree::new(["new", "old"]);
    mode(tree.at("new"), 0o604);
    for (options, expected) in [
        (CopyOptions::new(), (4_321, 8_765, 0o604)),
        (CopyOptions::new().preserve_mode(false), (4_321, 8_765, 0o640)),
        (CopyOptions::new().preserve_mode(false).preserve_owner(true), (0, 0, 0o640)),
        (CopyOptions::archive(), (0, 0, 0o604)),
    ] {
        tree.at("old").unlink().unwrap();
        tree.at("old").write_text("old").unwrap();
        std::os::unix::fs::chown(tree.at("old"), Some(4_321), Some(8_765)).unwrap();
        mode(tree.at("old"), 0o4640);
        let report = options.clone().overwrite(Overwrite::Always).copy(tree.at("new"), tree.at("old")).unwrap();
        let found = fs::metadata(tree.at("old")).unwrap();
        assert_eq!((found.uid(), found.gid(), found.mode() & 0o7777), expected, "{options:?}");
        assert_eq!((report.not_kept_count, tree.at("old").read_text().unwrap().as_str()), (0, "new"));
    }
    if set(&tree.at("old"), "user.old", b"1") {
        CopyOptions::new().overwrite(Overwrite::Always).copy(tree.at("new"), tree.at("old")).unwrap();
        assert_eq!(get(&tree.at("old"), "user.old").as_deref(), Some(&b"1"[..]));
    }
    if set(&tree.at("old"), ACCESS, &list([6, 6, 0, 6, 0])) {
        let options = CopyOptions::new().overwrite(Overwrite::Always);
        options.clone().preserve_mode(false).preserve_xattrs(true).copy(tree.at("new"), tree.at("old")).unwrap();
        assert_eq!(get(&tree.at("old"), ACCESS), Some(list([6, 6, 0, 6, 0])));
        options.copy(tree.at("new"), tree.at("old")).unwrap();
        assert_eq!((get(&tree.at("old"), ACCESS), mode_of(tree.at("old"))), (None, 0o604));
    }
}

/// Who cannot leave a file to its owner is told; who insists is refused.
#[test]
fn another_users_file_is_not_taken_silently() {
    let prepare = |place: &Path| {
        (place / "theirs").write_text("theirs").unwrap();
        mode(place / "theirs", 0o666);
        mode(place, 0o777);
    };
    let name = "fs::copy::attributes::another_users_file_is_not_taken_silently";
    let Some(place) = as_nobody_in(name, prepare) else { return };
    (&place / "mine").write_text("mine").unwrap();
    let options = CopyOptions::new().overwrite(Overwrite::Always);
    let error = options.clone().strict(true).copy(&place / "mine", &place / "theirs").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!((&place / "theirs").read_text().unwrap(), "theirs");
    let report = options.preserve_mode(false).copy(&place / "mine", &place / "theirs").unwrap();
    let lost: Vec<_> = report.not_kept.iter().map(|lost| lost.what.clone()).collect();
    assert_eq!(lost, [Attribute::Owner, Attribute::Group]);
    assert_eq!((mode_of(&place / "theirs"), &*(&place / "theirs").read_text().unwrap()), (0o666, "mine"));
    assert_eq!(place.iterdir().count(), 2);
}

/// An owner or group that this user cannot give is no difference: it would be one each time.
#[test]
fn what_cannot_be_given_is_not_tried_each_time() {
    const NOBODY: u32 = crate::support::util::NOBODY;
    // Owner and group of an original and of its copy, and whether the copy gets those.
    type Ids = (u32, u32);
    const ROWS: [(Ids, Ids, bool); 5] = [
        ((0, 0), (NOBODY, NOBODY), false),
        ((0, NOBODY), (NOBODY, NOBODY), false),
        ((NOBODY, 0), (NOBODY, NOBODY), false),
        ((NOBODY, NOBODY), (NOBODY, 12), true),
        ((NOBODY, NOBODY), (NOBODY, NOBODY), false),
    ];
    let prepare = |place: &Path| {
        for (at, (original, copy, _)) in ROWS.iter().enumerate() {
            for (name, (user, group)) in [("src", original), ("to", copy)] {
                let path = place.join(format!("{name}{at}"));
                path.write_text("content").unwrap();
                set_modified(&path, 1_000_000_000);
                std::os::unix::fs::chown(&path, Some(*user), Some(*group)).unwrap();
                mode(&path, 0o644);
            }
        }
        mode(place, 0o777);
    };
    let name = "fs::copy::attributes::what_cannot_be_given_is_not_tried_each_time";
    let Some(place) = as_nobody_in(name, prepare) else { return };
    for (at, (original, _, is_given)) in ROWS.into_iter().enumerate() {
        let [from, to] = ["src", "to"].map(|name| place.join(format!("{name}{at}")));
        let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent);
        for run in [u64::from(is_given), 0] {
            let report = options.copy(&from, &to).unwrap();
            assert_eq!((report.updated, report.not_kept_count, report.files), (run, 0, 0), "{original:?}");
        }
        let found = fs::metadata(&to).unwrap();
        assert!(!is_given || (found.uid(), found.gid()) == original);
    }
}

/// To set an attribute takes the permission to write, which the owner can have for that long.
#[test]
fn attributes_of_what_is_read_only_are_brought_up_to_date() {
    if !as_nobody("fs::copy::attributes::attributes_of_what_is_read_only_are_brought_up_to_date") {
        return;
    }
    let tree = Tree::new(["src", "to"]);
    let names = ["user.changed", "user.new", "user.surplus"];
    if !set(&tree.at("to"), names[0], b"old") || !set(&tree.at("to"), names[2], b"") {
        return;
    }
    assert!(set(&tree.at("src"), names[0], b"new") && set(&tree.at("src"), names[1], b""));
    for name in ["src", "to"] {
        tree.at(name).write_text("content").unwrap();
        set_modified(&tree.at(name), 1_000_000_000);
        mode(tree.at(name), 0o440);
    }
    let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent);
    for updated in [1, 0] {
        let report = options.copy(tree.at("src"), tree.at("to")).unwrap();
        assert_eq!((report.updated, report.not_kept_count, report.files), (updated, 0, 0));
        let values = names.map(|name| get(&tree.at("to"), name));
        assert_eq!(values, [Some(b"new".to_vec()), Some(Vec::new()), None]);
        assert_eq!(mode_of(tree.at("to")), 0o440);
    }
}

/// Only archives, which give the directory the mode of the original in the end.
#[test]
fn archives_go_into_read_only_directories() {
    if !as_nobody("fs::copy::attributes::archives_go_into_read_only_directories") {
        return;
    }
    let archive = CopyOptions::archive;
    for (options, is_done) in [
        (archive(), true),
        (archive().threads(3), true),
        (archive().preserve_mode(false), false),
        (CopyOptions::new(), false),
    ] {
        let tree = Tree::new(["src/d/new", "src/d/sub/new", "to/d/old", "to/d/sub/"]);
        for (dir, bits) in [("src/d", 0o555), ("to/d/sub", 0o111), ("to/d", 0o500)] {
            mode(tree.at(dir), bits);
        }
        let options = options.overwrite(Overwrite::Skip);
        options.clone().dry_run(true).copy(tree.at("src"), tree.at("to")).unwrap_or_default();
        assert_eq!(mode_of(tree.at("to/d")), 0o500, "a dry run changes nothing");
        let copied = options.copy(tree.at("src"), tree.at("to"));
        assert_eq!(copied.is_ok(), is_done, "{options:?}: {copied:?}");
        if is_done {
            assert_eq!((mode_of(tree.at("to/d")), mode_of(tree.at("to/d/sub"))), (0o555, 0o755));
            assert!(tree.at("to/d/new").exists() && tree.at("to/d/sub/new").exists());
        }
        for dir in ["src/d", "to/d", "to/d/sub"] {
            mode(tree.at(dir), 0o755);
        }
    }
}

/// A umask that lets not even the owner do anything.
#[test]
fn no_umask_is_in_the_way() {
    if !as_nobody("fs::copy::attributes::no_umask_is_in_the_way") {
        return;
    }
    let tree = Tree::new(["src/d/e/f", "src/g"]);
    let before = snapshot(tree.at("src"));
    for mask in [0o777, 0o300, 0o400] {
        let old = rustix::process::umask(Mode::from_raw_mode(mask));
        let results = [1, 3].map(|threads| {
            let to = |what: &str| tree.at(&format!("{what}{threads}"));
            CopyOptions::archive().threads(threads).copy(tree.at("src"), to("archive")).unwrap();
            CopyOptions::new().threads(threads).copy(tree.at("src"), to("plain")).unwrap();
            CopyOptions::new().preserve_mode(false).threads(threads).copy(tree.at("src"), to("new")).unwrap();
            [to("archive"), to("plain"), to("new")]
        });
        rustix::process::umask(old);
        for [archive, plain, new] in results {
            assert_same(&snapshot(&archive), &before, mask);
            let modes = |of: &Path| ["", "d", "d/e", "d/e/f", "g"].map(|name| mode_of(of.join(name)));
            assert_eq!(modes(&plain), modes(&tree.at("src")));
            // What is new has what the umask leaves, as after `cp`.
            for name in ["", "d", "d/e"] {
                assert_eq!(mode_of(new.join(name)), 0o777 & !mask, "{name}");
                mode(new.join(name), 0o700);
            }
            for path in [archive, plain, new] {
                path.rmtree().unwrap();
            }
        }
    }
}

/// Directories are for their owner only while something is copied into them, and no longer: however it ends.
#[test]
fn a_copy_that_is_broken_off_leaves_no_directory_closed() {
    let tree = Tree::new(["src/a/b/c/f", "src/a/b/g", "src/a/h", "src/d/i", "src/j"]);
    for name in ["src", "src/a", "src/a/b", "src/a/b/c", "src/d"] {
        mode(tree.at(name), 0o755);
    }
    for threads in [1, 3] {
        for last in 1..=5 {
            for panics in [false, true] {
                let mut calls = 0;
                let options = CopyOptions::new().threads(threads).progress(move |_| {
                    calls += 1;
                    assert!(calls != last || !panics, "as it is to be");
                    if calls == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                let copy = || options.copy(tree.at("src"), tree.at("to"));
                let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(copy));
                assert_eq!(result.is_err(), panics);
                assert!(result.is_err() || result.is_ok_and(|result| result.is_err()));
                for entry in tree.at("to").walk() {
                    let entry = entry.unwrap();
                    assert!(!entry.is_dir() || mode_of(entry.path()) == 0o755, "{}", entry.path());
                }
                assert_eq!(mode_of(tree.at("to")), 0o755);
                tree.at("to").rmtree().unwrap();
            }
        }
    }
}
