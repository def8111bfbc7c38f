//! Copies to where not everything can be kept: they arrive, and the report lists what they do not have.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use rustix::fs::{XattrFlags, setxattr};
use waypath::{Attribute, CopyOptions, Path, PathBuf, Report};

use crate::support::mounts::{Mount, with_own_mounts};
use crate::support::util::{NOBODY, Tree, start_anew, with_faults};

fn mode(path: impl AsRef<std::path::Path>, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: impl AsRef<std::path::Path>) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// A tree with an attribute, an access control list, and modes that no umask leaves.
fn tree() -> Tree {
    let tree = Tree::new(["src/f", "src/d/g", "src/d/e/h", "src/plain"]);
    // `nobody` may read and write, and nobody else.
    let mut list = vec![2, 0, 0, 0];
    for (tag, permissions, id) in
        [(0x01_u16, 6_u16, u32::MAX), (0x02, 6, NOBODY), (0x04, 0, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)]
    {
        list.extend(tag.to_le_bytes());
        list.extend(permissions.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    let set = |path: &str, name: &str, value: &[u8]| setxattr(tree.at(path).as_str(), name, value, XattrFlags::empty());
    set("src/d/g", "system.posix_acl_access", &list).unwrap();
    set("src/f", "user.note", b"x").unwrap();
    set("src/d", "user.note", b"x").unwrap();
    mode(tree.at("src/d/e"), 0o775);
    mode(tree.at("src/d/e/h"), 0o664);
    tree
}

fn lost(report: &Report) -> BTreeSet<(String, String)> {
    let of = |path: &std::path::Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    report.not_kept.iter().map(|lost| (of(lost.path.as_std_path()), lost.what.to_string())).collect()
}

fn has(lost: &BTreeSet<(String, String)>, name: &str, what: Attribute) -> bool {
    lost.contains(&(name.to_owned(), what.to_string()))
}

/// Checks that a tree is the copy of another, and that what is not kept of attributes is told.
#[track_caller]
fn arrived(from: &[(PathBuf, Option<String>)], to: &Path) {
    for (name, content) in from {
        let copy = to / name;
        match content {
            Some(content) => assert_eq!(&copy.read_text().unwrap(), content, "{name}"),
            None => assert!(copy.is_dir(), "{name}"),
        }
    }
    assert_eq!(to.walk().map(Result::unwrap).count(), from.len());
}

fn contents(of: &Path) -> Vec<(PathBuf, Option<String>)> {
    let content = |entry: &waypath::Entry| (!entry.is_dir()).then(|| entry.read_text().unwrap());
    of.walk().map(Result::unwrap).map(|entry| (entry.relative_to(of).unwrap().to_owned(), content(&entry))).collect()
}

/// They are listed, and cannot be read any more.
#[test]
fn attributes_that_are_removed_meanwhile_are_not_lost() {
    const NAME: &str = "fs::copy::not_kept::attributes_that_are_removed_meanwhile_are_not_lost";
    if with_faults(NAME, &["fgetxattr:error=ENODATA"]).is_none() {
        return;
    }
    let tree = tree();
    let report = CopyOptions::archive().copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.not_kept), (4, vec![]));
}

#[test]
fn moves_arrive_where_there_are_no_attributes() {
    if !with_own_mounts("fs::copy::not_kept::moves_arrive_where_there_are_no_attributes") {
        return;
    }
    let base = Tree::new([]);
    for mount in [Mount::ramfs(&base), Mount::exfat(&base)].into_iter().flatten() {
        for threads in [1, 3] {
            let tree = tree();
            let before = contents(&tree.at("src"));
            let options = CopyOptions::new().threads(threads);

            // Who insists is refused, and nothing has changed.
            let error = options.clone().strict(true).move_to(tree.at("src"), mount.at("to")).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied), "{error:?}");
            assert!(!mount.at("to").exists() && contents(&tree.at("src")) == before);
            let error = options.clone().strict(true).move_to(tree.at("src/f"), mount.at("f")).unwrap_err();
            assert!(error.to_string().contains("cannot be kept"), "{error}");
            assert!(!mount.at("f").exists() && tree.at("src/f").exists());

            let report = options.move_to(tree.at("src"), mount.at("to")).unwrap();
            arrived(&before, &mount.at("to"));
            assert!(!tree.at("src").exists());
            let lost = lost(&report);
            assert!(has(&lost, "f", Attribute::Xattr("user.note".into())), "{lost:?}");
            assert!(has(&lost, "d", Attribute::Xattr("user.note".into())), "{lost:?}");
            assert!(has(&lost, "g", Attribute::AccessList), "{lost:?}");
            assert!(
                report.not_kept.iter().all(|lost| lost.path.as_std_path().starts_with(mount.at("to").as_str())),
                "{report:?}"
            );
            if mount.at("to").as_str().contains("ramfs") {
                assert_eq!(mode_of(mount.at("to/d/g")), 0o600, "no more than the list gave to the group");
                assert_eq!(report.not_kept_count, 3, "{report:?}");
            }
            mount.at("to").rmtree().unwrap();

            // What is not wanted is not missed.
            let tree = self::tree();
            let options =
                CopyOptions::new().threads(threads).preserve_xattrs(false).preserve_mode(false).preserve_owner(false);
            let report = options.move_to(tree.at("src"), mount.at("to")).unwrap();
            assert_eq!(report.not_kept, [], "{threads}");
            mount.at("to").rmtree().unwrap();
        }
    }
}

/// Directories are open as far as they can be, and all content is there.
fn arrives_without_modes(tree: &Tree, to: &Path) {
    let before = contents(&tree.at("src"));
    for threads in [1, 3] {
        for options in [CopyOptions::new(), CopyOptions::archive()] {
            let report = options.threads(threads).copy(tree.at("src"), to).unwrap();
            arrived(&before, to);
            for name in ["", "d", "d/e"] {
                let (bits, original) = (mode_of(to / name), mode_of(tree.at("src").join(name)));
                assert_eq!((bits & 0o755, bits & !original), (0o755, 0), "{name}: {bits:o}");
            }
            let lost = lost(&report);
            assert!(mode_of(to / "d/e") == 0o775 || has(&lost, "e", Attribute::Mode), "{lost:?}");
            to.rmtree().unwrap();
            let report = CopyOptions::new().copy(tree.at("src/d/e/h"), to).unwrap();
            assert!(mode_of(to) == 0o664 || report.not_kept[0].what == Attribute::Mode);
            to.unlink().unwrap();
        }
    }
}

#[test]
fn copies_arrive_where_modes_cannot_be_changed() {
    if !with_own_mounts("fs::copy::not_kept::copies_arrive_where_modes_cannot_be_changed") {
        return;
    }
    for options in [&["--chmod-deny"][..], &["--chmod-ignore"], &["--chown-deny", "--chgrp-deny", "--chmod-deny"]] {
        let base = Tree::new([]);
        let Some(mount) = Mount::bindfs(&base, options) else { return };
        arrives_without_modes(&tree(), &mount.at("to"));
    }
}

#[test]
fn copies_arrive_where_the_call_to_change_modes_fails() {
    let faults = ["fchmod:error=EPERM", "fchmod:error=EOPNOTSUPP", "fchmod:error=EACCES"];
    if with_faults("fs::copy::not_kept::copies_arrive_where_the_call_to_change_modes_fails", &faults).is_some() {
        let tree = tree();
        arrives_without_modes(&tree, &tree.at("to"));
    }
}

/// A file that gets no name is copied again, with the same losses.
#[test]
fn what_is_lost_at_first_is_lost_again() {
    let faults = ["linkat,fgetxattr:error=EPERM"];
    if with_faults("fs::copy::not_kept::what_is_lost_at_first_is_lost_again", &faults).is_some() {
        let tree = Tree::new(["src/f"]);
        mode(tree.at("src/f"), 0o664);
        let report = CopyOptions::new().copy(tree.at("src"), tree.at("to")).unwrap();
        let lost = lost(&report);
        assert!(has(&lost, "f", Attribute::AccessList), "{lost:?}");
        assert_eq!(mode_of(tree.at("to/f")), 0o604);
    }
}

/// A container without root's rights knows few users, and refuses others as no numbers at all.
#[test]
fn owners_that_a_container_does_not_know_are_reported() {
    const NAME: &str = "fs::copy::not_kept::owners_that_a_container_does_not_know_are_reported";
    const MARK: &str = "WAYPATH_TEST_CONTAINER";
    let Ok(place) = std::env::var(MARK) else {
        let can = Command::new("unshare").args(["-Ur", "true"]).output().is_ok_and(|output| output.status.success());
        if !nix::unistd::geteuid().is_root() || !can {
            println!("SKIPPED {NAME}: no container can be made");
            return;
        }
        let tree = tree();
        for name in ["src", "src/d", "src/d/g", "src/f"] {
            std::os::unix::fs::chown(tree.at(name), Some(4_321), Some(8_765)).unwrap();
        }
        mode(tree.at("src/d/g"), 0o644);
        mode(tree.at("src/f"), 0o4755);
        let mut unshare = Command::new("unshare");
        unshare.arg("-Ur").arg(std::env::current_exe().unwrap()).env(MARK, tree.as_str());
        start_anew(&mut unshare, NAME);
        return;
    };
    let place = waypath::path(&place);
    let before = contents(&place.join("src"));
    for threads in [1, 3] {
        let to = place.join("to");
        let report = CopyOptions::archive().threads(threads).copy(place.join("src"), &to).unwrap();
        arrived(&before, &to);
        let lost = lost(&report);
        for name in ["to", "d", "g", "f"] {
            assert!(has(&lost, name, Attribute::Owner) && has(&lost, name, Attribute::Group), "{name}: {lost:?}");
        }
        assert!(!has(&lost, "h", Attribute::Owner) && mode_of(&to / "f") == 0o755);
        to.rmtree().unwrap();
    }
}

/// A full disk is one failure: everything else would fail for the same reason.
#[test]
fn a_full_disk_is_said_once() {
    const SIZE: usize = 1 << 20;
    if !with_own_mounts("fs::copy::not_kept::a_full_disk_is_said_once") {
        return;
    }
    let tree = Tree::new(["src/a/b/", "src/c/"]);
    for name in ["a", "a/b", "c"] {
        mode(tree.at("src").join(name), 0o755);
        for at in 0..40 {
            fs::write(tree.at("src").join(name).join(at.to_string()), vec![b'x'; SIZE / 50]).unwrap();
        }
    }
    let Some(full) = Mount::small_tmpfs(&tree, SIZE) else { return };
    for threads in [1, 3] {
        let options = CopyOptions::new().threads(threads);
        let error = options.copy(tree.at("src"), full.at("to")).unwrap_err();
        assert_eq!((error.kind(), error.failure_count()), (ErrorKind::StorageFull, 1), "{error:?}");
        for entry in full.at("to").walk() {
            let entry = entry.unwrap();
            assert!(!entry.is_dir() || mode_of(entry.path()) == 0o755, "{}", entry.path());
            assert!(!entry.is_file() || entry.size().unwrap() == SIZE as u64 / 50, "no half file");
        }
        full.at("to").rmtree().unwrap();
    }
}
