//! Operations on file systems that keep more or less of a file: what cannot be kept is told, everything else is there.
//!
//! They are mounted by a process that has mounts of its own, as root. A file system that cannot be mounted is skipped,
//! and the test says so.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
use std::path::Path as SystemPath;
use std::process::Command;

use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, XattrFlags, mknodat, setxattr, utimensat};
use waypath::{CopyOptions, Overwrite, Path, PathBuf, Report, Result, TempDir};

use crate::anew::{anew, job};
use crate::snapshot::{Node, Snapshot, What, but, snapshot};
use crate::told::{Told, set_times};

const TEST: &str = "file_systems::what_a_file_system_cannot_keep_is_told";

struct FileSystem {
    name: &'static str,
    /// Makes it, from files in the first directory, and mounts it on the second.
    mount: fn(&Path, &Path) -> std::result::Result<(), String>,
}

const FILE_SYSTEMS: [FileSystem; 6] = [
    FileSystem { name: "ext4", mount: |files, at| ext4(files, at, &[]) },
    FileSystem { name: "tmpfs", mount: |_, at| run(&["mount", "-t", "tmpfs", "waypath", at.as_str()]) },
    FileSystem { name: "ramfs", mount: |_, at| run(&["mount", "-t", "ramfs", "waypath", at.as_str()]) },
    FileSystem { name: "ext4 with times to the second", mount: |files, at| ext4(files, at, &["-I", "128"]) },
    FileSystem { name: "exFAT", mount: exfat },
    FileSystem { name: "overlay", mount: overlay },
];

fn run(command: &[&str]) -> std::result::Result<(), String> {
    match Command::new(command[0]).args(&command[1..]).output() {
        Err(error) => Err(format!("{}: {error}", command[0])),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// ext4 in a file.
fn ext4(files: &Path, at: &Path, options: &[&str]) -> std::result::Result<(), String> {
    let image = image(files, &[&["mkfs.ext4", "-q"], options].concat())?;
    run(&["mount", "-o", "loop", image.as_str(), at.as_str()])
}

fn image(files: &Path, make: &[&str]) -> std::result::Result<PathBuf, String> {
    let image = files / "image";
    std::fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
    run(&[make, &[image.as_str()]].concat()).map(|()| image)
}

/// Through FUSE, which wants a device.
fn exfat(files: &Path, at: &Path) -> std::result::Result<(), String> {
    let image = image(files, &["mkfs.exfat"])?;
    let attached = Command::new("losetup").args(["--find", "--show", image.as_str()]).output();
    let device = attached.map_err(|error| error.to_string())?.stdout;
    let device = String::from_utf8_lossy(&device).trim().to_owned();
    let mounted = run(&["mount.exfat-fuse", &device, at.as_str()]);
    // It goes when nobody has it open any more.
    _ = run(&["losetup", "--detach", &device]);
    mounted
}

fn overlay(files: &Path, at: &Path) -> std::result::Result<(), String> {
    run(&["mount", "-t", "tmpfs", "waypath", files.as_str()])?;
    let [lower, upper, work] = ["lower", "upper", "work"].map(|name| files / name);
    [&lower, &upper, &work].into_iter().for_each(|path| path.mkdir().unwrap());
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
    run(&["mount", "-t", "overlay", "waypath", "-o", &options, at.as_str()])
}

/// What a file system keeps, found out by bare calls.
#[derive(Debug)]
struct Keeps {
    modes: bool,
    owners: bool,
    xattrs: bool,
    /// The unit of times, in nanoseconds.
    time_unit: i128,
    hard_links: bool,
    links: bool,
    specials: bool,
}

impl Keeps {
    fn of(place: &Path) -> Self {
        let [file, name, link, pipe] = ["file", "name", "link", "pipe"].map(|name| place / format!("waypath {name}"));
        std::fs::write(&file, "").unwrap();
        let found = || std::fs::metadata(&file).unwrap();
        let keeps = Self {
            modes: std::fs::set_permissions(&file, PermissionsExt::from_mode(0o604)).is_ok()
                && found().mode() & 0o7777 == 0o604,
            owners: std::os::unix::fs::chown(&file, Some(12), Some(34)).is_ok()
                && (found().uid(), found().gid()) == (12, 34),
            xattrs: setxattr(file.as_str(), "user.waypath", b"1", XattrFlags::empty()).is_ok(),
            time_unit: time_unit(&file),
            hard_links: std::fs::hard_link(&file, &name).is_ok(),
            links: std::os::unix::fs::symlink("file", &link).is_ok(),
            specials: mknodat(CWD, pipe.as_str(), FileType::Fifo, Mode::RUSR, 0).is_ok(),
        };
        [file, name, link, pipe].into_iter().for_each(|path| _ = std::fs::remove_file(path));
        keeps
    }

    /// A node as this file system keeps its time.
    fn with_its_time(&self, node: &Node) -> Node {
        let (seconds, nanoseconds) = node.modified;
        let time = i128::from(seconds) * SECOND + i128::from(nanoseconds);
        let time = time - time.rem_euclid(self.time_unit);
        Node { modified: ((time / SECOND) as i64, (time % SECOND) as i64), ..node.clone() }
    }

    /// Whether it keeps what was told to be not kept.
    fn keeps(&self, what: &str) -> bool {
        match what {
            _ if what.starts_with("Mode") => self.modes,
            _ if what.starts_with("Owner") || what.starts_with("Group") => self.owners,
            _ if what.starts_with("Times") => true,
            _ if what.starts_with("HardLink") => self.hard_links,
            _ => self.xattrs,
        }
    }

    /// Whether it has a kind of file at all.
    fn has(&self, node: &Node) -> bool {
        match node.what {
            What::Link(_) => self.links,
            What::Special(..) => self.specials,
            _ => true,
        }
    }
}

const SECOND: i128 = 1_000_000_000;

/// The coarsest unit that a time was cut to when a file was given it.
fn time_unit(file: &Path) -> i128 {
    const TIME: i128 = 1_600_000_001_123_456_789;
    let time = Timespec { tv_sec: (TIME / SECOND) as i64, tv_nsec: (TIME % SECOND) as i64 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, file.as_str(), &times, AtFlags::empty()).unwrap();
    let found = std::fs::metadata(file).unwrap();
    let found = i128::from(found.mtime()) * SECOND + i128::from(found.mtime_nsec());
    let units = [1, 100, 1_000, 1_000_000, 10_000_000, SECOND, 2 * SECOND];
    units.into_iter().find(|unit| TIME - TIME % unit == found).unwrap_or_else(|| panic!("{found} of {TIME}"))
}

/// Files with attributes of each kind; and, if it is to be of all kinds, links and pipes.
fn fill(src: &Path, of_all_kinds: bool) {
    (src / "d/e").mkdir_all().unwrap();
    (src / "a").write_text("content of a").unwrap();
    (src / "d/private").write_text("for the owner only").unwrap();
    (src / "large").write_bytes(vec![b'x'; 300_000]).unwrap();
    std::fs::File::create(src / "d/holes").unwrap().set_len(400_000).unwrap();
    std::fs::hard_link(src / "a", src / "d/second").unwrap();
    std::fs::set_permissions(src / "d/private", PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::set_permissions(src / "d/e", PermissionsExt::from_mode(0o1777)).unwrap();
    std::os::unix::fs::chown(src / "large", Some(12), Some(34)).unwrap();
    setxattr((src / "large").as_str(), "user.waypath", b"kept", XattrFlags::empty()).unwrap();
    if of_all_kinds {
        std::os::unix::fs::symlink("nowhere", src / "d/link").unwrap();
        mknodat(CWD, (src / "d/pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    }
    set_times(src, 1_600_000_000);
}

/// One row of the table: an operation on a file system.
struct Row<'a> {
    keeps: &'a Keeps,
    /// A directory on it.
    at: PathBuf,
    /// A directory on another one.
    elsewhere: PathBuf,
    wrong: Vec<String>,
}

type Operation = (&'static str, fn(&mut Row<'_>));

const OPERATIONS: [Operation; 10] = [
    ("copy", |row| {
        let (src, to) = row.source(true);
        let told = row.told(CopyOptions::new().copy(&src, &to));
        let expected = but(snapshot(&src), |_, node| {
            (node.modified, node.owner, node.same_as, node.xattrs) = Default::default();
        });
        let found = but(snapshot(&to), |_, node| {
            (node.modified, node.owner, node.same_as, node.xattrs) = Default::default();
        });
        let expected = expected.into_iter().filter(|(_, node)| !matches!(node.what, What::Special(..))).collect();
        row.compare(&expected, &found, &told);
    }),
    ("archive", |row| {
        let (src, to) = row.source(true);
        let told = row.told(CopyOptions::archive().copy(&src, &to));
        row.compare(&snapshot(&src), &snapshot(&to), &told);
    }),
    ("archive over what is there", |row| {
        let (src, to) = row.source(false);
        CopyOptions::new().copy(&src, &to).unwrap();
        let told = row.told(CopyOptions::archive().overwrite(Overwrite::Always).copy(&src, &to));
        row.compare(&snapshot(&src), &snapshot(&to), &told);
    }),
    ("move within", |row| {
        let (src, to) = row.source(false);
        CopyOptions::archive().copy(&src, &to).unwrap();
        let before = snapshot(&to);
        let told = row.told(CopyOptions::new().move_to(&to, &row.at / "moved"));
        row.check(told.is_ok && to.lstat().is_err(), "it is moved");
        row.check(before == snapshot(&row.at / "moved"), "it is the same");
        row.check(told.not_kept.is_empty(), "all is kept");
    }),
    ("move from another device", |row| {
        let (src, to) = row.source(false);
        let before = snapshot(&src);
        let told = row.told(CopyOptions::new().move_to(&src, &to));
        row.check(told.is_ok && src.lstat().is_err(), "it is moved");
        row.compare(&before, &snapshot(&to), &told);
    }),
    ("move to another device", |row| {
        let (src, to) = row.source(false);
        CopyOptions::archive().copy(&src, &to).unwrap();
        let (before, back) = (snapshot(&to), &row.elsewhere / "back");
        let told = row.told(CopyOptions::new().move_to(&to, &back));
        row.check(told.is_ok && to.lstat().is_err(), "it is moved");
        row.check(told.not_kept.is_empty(), "all is kept");
        row.compare(&before, &snapshot(&back), &told);
    }),
    ("mirror twice", |row| {
        let (src, to) = row.source(false);
        let options = CopyOptions::archive().overwrite(Overwrite::IfDifferent);
        options.copy(&src, &to).unwrap();
        let before = stamps(&to);
        let again = options.copy(&src, &to).unwrap();
        row.check(
            (again.files, again.directories, again.links, again.specials) == (0, 0, 0, 0),
            &format!("nothing is copied: {again}"),
        );
        let told = row.told(Ok(again));
        let after = stamps(&to);
        // What cannot be kept is tried again.
        let is_told = |path: &SystemPath| told.not_kept.iter().any(|(at, _)| at == path);
        let touched: Vec<_> = before.iter().zip(&after).filter(|(old, new)| old != new && !is_told(&old.0)).collect();
        row.check(touched.is_empty(), &format!("no other file is touched: {touched:?}"));
    }),
    ("write_atomic", |row| {
        let file = &row.at / "file";
        file.write_atomic("one").unwrap();
        file.write_atomic("two").unwrap();
        row.check(file.read_text().unwrap() == "two", "the content is new");
        row.check(row.at.iterdir().count() == 1, "nothing is left over");
    }),
    ("rmtree", |row| {
        let (src, to) = row.source(false);
        CopyOptions::archive().copy(&src, &to).unwrap();
        to.rmtree().unwrap();
        row.check(to.lstat().is_err(), "it is gone");
    }),
    ("TempDir", |row| {
        let temporary = TempDir::new_in(&row.at).unwrap();
        fill_with_directories(&temporary);
        temporary.close().unwrap();
        let temporary = TempDir::new_in(&row.at).unwrap();
        fill_with_directories(&temporary);
        drop(temporary);
        row.check(row.at.iterdir().count() == 0, "both are gone");
    }),
];

fn fill_with_directories(place: &Path) {
    (place / "a/b/c").mkdir_all().unwrap();
    (place / "a/b/f").write_text("content").unwrap();
}

/// What tells whether a file was touched.
fn stamps(start: &Path) -> Vec<(std::path::PathBuf, i64, i64)> {
    let stamp = |path: std::path::PathBuf| {
        let found = std::fs::symlink_metadata(AsRef::<SystemPath>::as_ref(start).join(&path)).unwrap();
        (path, found.ctime(), found.ctime_nsec())
    };
    let files = snapshot(start).into_iter().filter(|(_, node)| node.what != What::Directory);
    files.map(|(path, _)| stamp(path)).collect()
}

impl Row<'_> {
    /// A source on another file system, and a target on this one.
    fn source(&self, of_all_kinds: bool) -> (PathBuf, PathBuf) {
        let (src, to) = (&self.elsewhere / "src", &self.at / "to");
        fill(&src, of_all_kinds);
        (src, to)
    }

    fn told(&self, result: Result<Report>) -> Told {
        let bases = ["src", "to", "moved", "back"];
        let bases = bases.iter().flat_map(|name| [(&self.elsewhere / name).into(), (&self.at / name).into()]);
        Told::of(&result).below(&bases.collect::<Vec<_>>())
    }

    fn check(&mut self, is_so: bool, what: &str) {
        if !is_so {
            self.wrong.push(format!("not so: {what}"));
        }
    }

    /// Everything is there, and is as it was, or what is not was told; and nothing is told that is not so.
    fn compare(&mut self, expected: &Snapshot, found: &Snapshot, told: &Told) {
        for (path, wanted) in expected {
            let (wanted, nothing) = (&self.keeps.with_its_time(wanted), Node::default());
            let now = found.get(path).unwrap_or(&nothing);
            if self.keeps.has(wanted) && now.what != wanted.what {
                self.wrong.push(format!("{path:?}: {now:?}, not {wanted:?}"));
            } else if now != wanted && !told.excuses(path, &nothing, now, wanted) {
                self.wrong.push(format!("{path:?} without a word: {now:?}, not {wanted:?}"));
            }
        }
        for path in found.keys().filter(|path| !expected.contains_key(*path)) {
            self.wrong.push(format!("{path:?} is too much"));
        }
        for (path, what) in &told.not_kept {
            if self.keeps.keeps(what) {
                self.wrong.push(format!("{path:?}: {what} could have been kept"));
            }
        }
        for path in &told.failed {
            if expected.get(path).is_none_or(|node| self.keeps.has(node)) {
                self.wrong.push(format!("{path:?} failed"));
            }
        }
    }
}

#[test]
fn what_a_file_system_cannot_keep_is_told() {
    if let Some((_, place)) = job() {
        work(&place);
        return;
    }
    let place = TempDir::new().unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--propagation", "private", "--"]).arg(std::env::current_exe().unwrap());
    let output = anew(unshare, TEST, "all", &place).output();
    let output = match output {
        Ok(output) if nix::unistd::geteuid().is_root() => output,
        _ => {
            println!("file systems: 0 rows, 0 as expected, {} skipped: no root", FILE_SYSTEMS.len() * OPERATIONS.len());
            return;
        }
    };
    let shown = String::from_utf8_lossy(&output.stdout);
    for line in shown.lines() {
        println!("{line}");
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn work(place: &Path) {
    let (mut rows, mut skipped, mut wrong) = (0, 0, Vec::new());
    for file_system in &FILE_SYSTEMS {
        let (files, at) = (place / file_system.name / "files", place / file_system.name / "at");
        [&files, &at].into_iter().for_each(|path| path.mkdir_all().unwrap());
        if let Err(cause) = (file_system.mount)(&files, &at) {
            println!("{} is SKIPPED: {cause}", file_system.name);
            skipped += OPERATIONS.len();
            continue;
        }
        let keeps = Keeps::of(&at);
        println!("{}: {keeps:?}", file_system.name);
        for (operation, perform) in OPERATIONS {
            rows += 1;
            let (at, elsewhere) = (&at / operation, place / "elsewhere" / file_system.name / operation);
            [&at, &elsewhere].into_iter().for_each(|path| path.mkdir_all().unwrap());
            let mut row = Row { keeps: &keeps, at, elsewhere, wrong: Vec::new() };
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| perform(&mut row)));
            if let Err(cause) = done {
                let cause = cause.downcast_ref::<String>().cloned().unwrap_or_default();
                row.wrong.push(cause);
            }
            if !row.wrong.is_empty() {
                wrong.push(format!("{operation} on {}:\n  {}", file_system.name, row.wrong.join("\n  ")));
            }
        }
        run(&["umount", "-l", at.as_str()]).unwrap();
        _ = run(&["umount", "-l", files.as_str()]);
    }
    println!("file systems: {rows} rows, {} as expected, {skipped} skipped", rows - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
