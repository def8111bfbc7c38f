//! The content of copies, however the system copies it, and whoever else has the file.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use waypath::{CopyOptions, Path};

use crate::support::mounts::with_own_mounts;
use crate::support::util::{Tree, with_faults};

/// Content in which each block is another one.
fn content(length: usize) -> Vec<u8> {
    let mut content = Vec::with_capacity(length + 4096);
    (0_u64..).take_while(|block| *block < length.div_ceil(4096) as u64).for_each(|block| {
        content.extend(block.to_le_bytes().repeat(512));
    });
    content.truncate(length);
    content
}

/// Files that are copied in one call, in several, and by hand.
const LENGTHS: [usize; 4] = [0, 1_000, 300_000, 34_000_000];

fn copies_are_whole(context: &str) {
    let tree = Tree::new(["src/"]);
    for length in LENGTHS {
        fs::write(tree.at(&format!("src/{length}")), content(length)).unwrap();
    }
    let report = CopyOptions::new().copy(tree.at("src"), tree.at("to")).unwrap();
    assert_eq!((report.files, report.bytes), (4, LENGTHS.iter().sum::<usize>() as u64), "{context}");
    for length in LENGTHS {
        let copy = fs::read(tree.at(&format!("to/{length}"))).unwrap();
        assert!(copy == content(length), "{context}: {} bytes of {length}", copy.len());
    }
    assert_eq!(tree.at("to").iterdir().count(), 4, "{context}");
}

/// The file is found by its name then, and not by its descriptor.
#[test]
fn a_lease_is_waited_for_without_proc() {
    if !with_own_mounts("fs::copy::content::a_lease_is_waited_for_without_proc") {
        return;
    }
    let tree = Tree::new(["f"]);
    let Some(mut holder) = lease(&tree.at("f")) else { return };
    let mounted = Command::new("mount").args(["-t", "tmpfs", "none", "/proc"]).status();
    assert!(mounted.unwrap().success());
    tree.at("f").write_atomic("new").unwrap();
    assert!(holder.wait().unwrap().success(), "it was waited for");
    tree.is(["f: new"]);
}

/// The system need not copy a file by itself, nor to its end.
#[test]
fn what_the_system_does_not_copy_is_read_and_written() {
    let faults = [
        "copy_file_range:error=ETXTBSY",
        "copy_file_range:error=EOVERFLOW",
        "copy_file_range:error=EAGAIN",
        "copy_file_range:error=EIO",
        "copy_file_range:error=EXDEV:when=1",
        "copy_file_range:error=EAGAIN:when=3",
        "copy_file_range:retval=0",
        "copy_file_range:retval=0:when=3",
    ];
    if let Some(fault) = with_faults("fs::copy::content::what_the_system_does_not_copy_is_read_and_written", &faults) {
        copies_are_whole(&fault);
    }
}

/// The faults are what file systems say that share content, or do not: those of most test machines do not.
#[test]
fn content_is_shared_where_the_file_system_can() {
    const NAME: &str = "fs::copy::content::content_is_shared_where_the_file_system_can";
    // Where it cannot, it is not asked again for each file; where one file cannot, it is.
    let faults = ["ioctl:retval=0", "ioctl:error=EOPNOTSUPP", "ioctl:error=EXDEV", "ioctl:error=EPERM"];
    let Some(fault) = with_faults(NAME, &faults) else { return };
    let tree = Tree::new(["src/"]);
    (0..3).for_each(|at| tree.at(&format!("src/{at}")).write_bytes(vec![b'x'; 1_000_000]).unwrap());
    let report = CopyOptions::new().threads(1).copy(tree.at("src"), tree.at("to")).unwrap();
    // That they are, the fault only says.
    let shared = if fault.ends_with("retval=0") { 3 } else { 0 };
    assert_eq!((report.files, report.shared, report.by_system > 0), (3, shared, shared == 0), "{fault}");
    (0..3).filter(|_| shared == 0).for_each(|at| {
        assert_eq!(tree.at(&format!("to/{at}")).read_bytes().unwrap(), vec![b'x'; 1_000_000], "{fault}");
    });
}

/// Where the system has files without a name, a copy that is not complete has none.
#[test]
fn what_is_not_complete_has_no_name() {
    let tree = Tree::new(["src/f", "to/"]);
    tree.at("src/f").write_bytes(vec![b'x'; 5_000_000]).unwrap();
    let (to, flags) = (tree.at("to"), rustix::fs::OFlags::TMPFILE | rustix::fs::OFlags::WRONLY);
    if rustix::fs::open(to.as_str(), flags, rustix::fs::Mode::RUSR).is_err() {
        println!("there are no such files here: not tested");
        return;
    }
    let in_between = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (seen, dir) = (in_between.clone(), to.clone());
    let options = CopyOptions::new().overwrite(waypath::Overwrite::IfNewer).progress(move |progress| {
        if progress.files == 0 {
            assert_eq!(dir.iterdir().count(), 0);
            seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        std::ops::ControlFlow::Continue(())
    });
    options.copy(tree.at("src"), &to).unwrap();
    assert!(in_between.load(std::sync::atomic::Ordering::Relaxed) > 0 && (&to / "f").is_file());
}

/// A file that has no name before it is complete may not get one.
#[test]
fn a_file_that_gets_no_name_is_copied_anew() {
    let faults = ["linkat:error=EPERM", "linkat:error=EPERM:when=3+"];
    if let Some(fault) = with_faults("fs::copy::content::a_file_that_gets_no_name_is_copied_anew", &faults) {
        copies_are_whole(&fault);
    }
}

/// A program that holds a lease on a file until somebody else opens it, and says when it does; `None` without Python.
fn lease(file: &Path) -> Option<std::process::Child> {
    let script = "
import fcntl, os, signal, sys
file = os.open(sys.argv[1], os.O_RDWR)
def release(*_):
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    os._exit(0)
signal.signal(signal.SIGIO, release)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('held', flush=True)
while True:
    signal.pause()
";
    let mut python = Command::new("python3");
    let held = python.args(["-c", script, file.as_str()]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut held) = held else {
        println!("SKIPPED: there is no python3");
        return None;
    };
    let mut line = String::new();
    BufReader::new(held.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if line.trim() != "held" {
        println!("SKIPPED: this file system has no leases");
        _ = held.kill();
        _ = held.wait();
        return None;
    }
    Some(held)
}

#[test]
fn a_file_on_which_another_program_holds_a_lease_is_waited_for() {
    let tree = Tree::new(["src/f"]);
    for name in ["copy", "copy of a tree", "write_atomic", "edit_text"] {
        let file = tree.at("src/f");
        let Some(mut holder) = lease(&file) else { return };
        let result = match name {
            "copy" => file.copy(tree.at("copy")).map(drop),
            "copy of a tree" => file.parent().copy(tree.at("to")).map(drop),
            "write_atomic" => file.write_atomic("f"),
            _ => file.edit_text(|text| text + "!").map(drop),
        };
        assert!(result.is_ok(), "{name}: {result:?}");
        assert!(holder.wait().unwrap().success(), "{name}: it was waited for");
    }
    tree.is(["copy: f", "src/", "src/f: f!", "to/", "to/f"]);
}
