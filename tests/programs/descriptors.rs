//! Programs that this one starts inherit none of the files that it has open.

use std::os::unix::fs::PermissionsExt;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use waypath::{CopyOptions, Overwrite, Path, RemoveOptions, TempDir};

use crate::anew::{anew, begin, job, strace};

const NOBODY: u32 = 65534;

/// Uses everything that opens files. In the place there is `src`; `other` is a link to another device, if there is one.
fn use_all(place: &Path) -> waypath::Result<()> {
    let (src, file) = (place / "src", place / "file");
    file.write_text("text")?;
    file.append_text("more")?;
    file.read_text()?;
    file.write_atomic("whole")?;
    file.edit_text(|text| text.to_uppercase())?;
    drop(file.open()?);
    (place / "touched").touch()?;
    src.tree_size()?;
    src.walk().threads(2).try_for_each(|entry| entry.map(drop))?;
    _ = src.rglob("*")?.count();
    for threads in [1, 3] {
        let options = CopyOptions::archive().threads(threads).overwrite(Overwrite::IfDifferent).sync(true);
        options.copy(&src, place / "copy")?;
        (place / "copy" / "hard").unlink()?;
        options.copy(&src, place / "copy")?;
        (place / "copy").move_to(place / "other" / "moved")?;
        (place / "other" / "moved").rmtree()?;
    }
    TempDir::new_in(place)?.close()?;
    src.resolve()?;
    src.clear_dir()?;
    // The user of this thread may not read it, which makes a difference to all but root.
    nix::unistd::setfsuid(nix::unistd::Uid::from_raw(NOBODY));
    RemoveOptions::new().make_writable(true).clear_dir(place / "theirs").map(drop)
}

/// Calls that give a descriptor, and what they say if it is closed when another program is started.
const CALLS: [(&str, &str); 12] = [
    ("open", "O_CLOEXEC"),
    ("openat", "O_CLOEXEC"),
    ("openat2", "O_CLOEXEC"),
    ("creat", "never"),
    ("dup", "never"),
    ("dup2", "never"),
    ("dup3", "O_CLOEXEC"),
    ("fcntl", "F_DUPFD_CLOEXEC"),
    ("pipe2", "O_CLOEXEC"),
    ("socket", "SOCK_CLOEXEC"),
    ("memfd_create", "MFD_CLOEXEC"),
    ("eventfd2", "EFD_CLOEXEC"),
];

#[test]
fn other_programs_inherit_no_descriptors() {
    if let Some((_, place)) = job() {
        begin();
        return use_all(&place).unwrap();
    }
    check(None);
    // As where there are no files without a name.
    check(Some("inject=linkat:error=EOPNOTSUPP"));
}

fn check(fault: Option<&str>) {
    const TEST: &str = "descriptors::other_programs_inherit_no_descriptors";
    let place = TempDir::new().unwrap();
    let other = TempDir::new_in("/dev/shm").unwrap();
    std::os::unix::fs::symlink(other.as_str(), (&place / "other").as_str()).unwrap();
    (&place / "src" / "d" / "e").mkdir_all().unwrap();
    (&place / "src" / "large").write_bytes(vec![b'x'; 300_000]).unwrap();
    (&place / "src" / "d" / "small").touch().unwrap();
    (&place / "src" / "hard").hardlink_to(&place / "src" / "d" / "small").unwrap();
    mknodat(CWD, (&place / "src" / "pipe").as_str(), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let (theirs, closed) = (&place / "theirs", &place / "theirs" / "closed");
    closed.mkdir_all().unwrap();
    (&closed / "file").touch().unwrap();
    for (path, mode) in [(&*place, 0o755), (&theirs, 0o755), (&closed, 0)] {
        std::fs::set_permissions(path.as_str(), PermissionsExt::from_mode(mode)).unwrap();
    }
    if nix::unistd::geteuid().is_root() {
        [&theirs, &closed].iter().for_each(|path| std::os::unix::fs::chown(path.as_str(), Some(NOBODY), None).unwrap());
    }
    let log = &place / "log";
    let mut options = vec!["-o", log.as_str(), "-e", "trace=all"];
    fault.iter().for_each(|fault| options.extend(["-e", fault]));
    let Some(strace) = strace(&options) else { return };
    let output = anew(strace, TEST, "all", &place).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    let text = log.read_bytes().unwrap();
    let text = String::from_utf8_lossy(&text);
    let ours = text.lines().skip_while(|line| !line.contains("from here on"));
    let mut opened = 0;
    for line in ours {
        let Some((name, rest)) = line.split_once(' ').and_then(|(_, call)| call.trim_start().split_once('(')) else {
            continue;
        };
        let Some((_, closed)) = CALLS.iter().find(|(call, _)| *call == name) else { continue };
        let gives_one = name != "fcntl" || rest.contains("F_DUPFD");
        assert!(!gives_one || rest.contains(closed), "{line}");
        opened += usize::from(gives_one);
    }
    assert!(opened > 50, "{opened} descriptors in {} lines", text.lines().count());
}
