//! How another program may have a file or directory open on Windows.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::windows::fs::OpenOptionsExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};

use waypath::Path;

/// What the other program lets others do meanwhile ("CreateFileW").
pub(crate) const SHARE_READ: u32 = 1;
pub(crate) const SHARE_WRITE: u32 = 2;
pub(crate) const SHARE_DELETE: u32 = 4;

/// Opens a file or directory to be read, as another program would.
#[track_caller]
pub(crate) fn hold(path: &Path, shared: u32) -> File {
    const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    OpenOptions::new().read(true).share_mode(shared).custom_flags(BACKUP_SEMANTICS).open(path.as_str()).unwrap()
}

/// A program that runs until this is dropped. Its file is mapped, and no handle to it is open.
pub(crate) struct Running {
    child: Child,
    _output: BufReader<ChildStdout>,
}

/// Copies this test program to a path, and runs it there.
#[track_caller]
pub(crate) fn run(path: &Path) -> Running {
    std::fs::copy(env::current_exe().unwrap(), path.as_str()).unwrap();
    let mut child = Command::new(path.as_str())
        .args(["--exact", "windows::holding::a_program_that_runs", "--nocapture"])
        .env(RUNS, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let says_so = |line: io::Result<String>| line.unwrap().contains(SAID);
    let mut output = BufReader::new(child.stdout.take().unwrap());
    assert!(output.by_ref().lines().any(says_so));
    Running { child, _output: output }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

const RUNS: &str = "WAYPATH_TEST_RUNS";
const SAID: &str = "it runs";

/// What [`run`] starts. It ends when its input ends.
#[test]
fn a_program_that_runs() {
    if env::var_os(RUNS).is_some() {
        println!("{SAID}");
        io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }
}
