//! What a copy gets besides content: never more permissions than the original has, and what it cannot get is reported.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use rustix::fs::{CWD, FileType, Mode, XattrFlags, lgetxattr, lsetxattr, mknodat};
use rustix::io::Errno;
use waypath::{CopyOptions, Overwrite, Path};

use crate::snapshot::{assert_same, snapshot};
use crate::util::{NOBODY, Tree};

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
    for options in [CopyOptions::new(), CopyOptions::archive(), CopyOptions::archive().owner(false)] {
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
    for options in [plain.clone(), plain.times(true), CopyOptions::archive().xattrs(false)] {
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
    for options in [CopyOptions::archive(), CopyOptions::new().specials(waypath::Specials::Recreate).times(true)] {
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
    CopyOptions::new().mode(false).copy(tree.at("src/f"), tree.at("to/f")).unwrap();
    assert_eq!(get(&tree.at("to/f"), ACCESS), Some(list([6, 7, 7, 6, 4])));
}
