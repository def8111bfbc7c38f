//! What the tests share: trees on the disk, and a user who is not root.

use std::io::ErrorKind;
use std::ops::Deref;
#[cfg(unix)]
use std::process::Command;

use waypath::{Error, FileKind, Op, Path, PathBuf, Result, TempDir};

/// A directory with what a test needs, removed when it is dropped.
pub(crate) struct Tree(TempDir);

impl Tree {
    /// Builds a tree from lines: `d/` is a directory, `f` a file that holds its own name, and
    /// `link => target` a symbolic link. Missing parents are made.
    #[track_caller]
    pub(crate) fn new<const N: usize>(lines: [&str; N]) -> Self {
        let tree = Self(TempDir::new().unwrap());
        for line in lines {
            let (name, target) = line.split_once(" => ").map_or((line, None), |(name, target)| (name, Some(target)));
            let at = &tree.0 / name;
            at.parent().mkdir_all().unwrap();
            match target {
                Some(target) => symlink(target, &at),
                None if name.ends_with('/') => at.mkdir_all().unwrap(),
                None => at.write_text(at.name()).unwrap(),
            }
        }
        tree
    }

    /// A path in the tree.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        &self.0 / name
    }

    /// What is in the tree now, in the form of [`Tree::new`]'s lines, but that a file shows its
    /// content where that is not its name: `f: content`.
    pub(crate) fn lines(&self) -> Vec<String> {
        Self::lines_of(self)
    }

    /// The same of any directory.
    pub(crate) fn lines_of(directory: &Path) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in directory.rglob(".").unwrap() {
            let entry = entry.unwrap();
            let name = entry.relative_to(directory).unwrap().as_posix().into_owned();
            lines.push(match entry.kind() {
                _ if entry.depth() == 0 => continue,
                FileKind::Directory => name + "/",
                FileKind::Symlink => {
                    let target = std::fs::read_link(entry.as_str()).unwrap();
                    format!("{name} => {}", target.display())
                }
                _ => match entry.read_text().unwrap() {
                    content if content == entry.name() => name,
                    content => format!("{name}: {content}"),
                },
            });
        }
        lines
    }

    /// Checks what is in the tree now.
    #[track_caller]
    pub(crate) fn is<const N: usize>(&self, lines: [&str; N]) {
        assert_eq!(self.lines(), lines);
    }
}

impl Deref for Tree {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

/// Checks what failed and why.
#[track_caller]
pub(crate) fn fails<T: std::fmt::Debug>(result: Result<T>, op: Op, kind: ErrorKind) -> Error {
    let error = result.expect_err("it should fail");
    assert_eq!((error.op(), error.kind()), (op, kind), "{error}");
    error
}

#[cfg(unix)]
pub(crate) fn symlink(target: &str, at: &Path) {
    std::os::unix::fs::symlink(target, at.as_str()).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn symlink(target: &str, at: &Path) {
    panic!("no test makes a link here: {at} => {target}");
}

/// Runs the rest of a test as a user whom permissions stop: root sees none. `name` is the test's
/// own, with its module.
///
/// The test starts itself anew as `nobody` and this returns `false`; in that process, and wherever
/// the user is not root, it returns `true`.
#[cfg(unix)]
#[track_caller]
pub(crate) fn as_nobody(name: &str) -> bool {
    if !nix::unistd::geteuid().is_root() {
        return true;
    }
    start_as_nobody(name, Path::temp_dir().unwrap());
    false
}

/// Runs the rest of a test as `nobody`, in the same way, in a directory that root has prepared; `None`
/// where there is no root to do that, or the test has been started anew.
#[cfg(unix)]
#[track_caller]
pub(crate) fn as_nobody_in(name: &str, prepare: impl FnOnce(&Path)) -> Option<PathBuf> {
    if let Ok(place) = std::env::var(PLACE) {
        return Some(place.into());
    }
    if !nix::unistd::geteuid().is_root() {
        println!("not root: not tested");
        return None;
    }
    let place = TempDir::new().unwrap();
    prepare(&place);
    start_as_nobody(name, place.to_path_buf());
    None
}

#[cfg(unix)]
pub(crate) const NOBODY: u32 = 65534;

/// Where the directory is that root has prepared for `nobody`.
#[cfg(unix)]
const PLACE: &str = "WAYPATH_TEST_PLACE";

#[cfg(unix)]
#[track_caller]
fn start_as_nobody(name: &str, place: PathBuf) {
    use std::os::unix::process::CommandExt;

    // The program may lie where nobody may not look: it gets a name where everybody may. It is large, so it is copied only to
    // another file system.
    let home =
        tempfile::Builder::new().permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755)).tempdir().unwrap();
    let (itself, program) = (std::env::current_exe().unwrap(), home.path().join("it"));
    std::fs::hard_link(&itself, &program).or_else(|_| std::fs::copy(&itself, &program).map(drop)).unwrap();
    start_anew(Command::new(program).current_dir("/").uid(NOBODY).gid(NOBODY).env(PLACE, place.as_str()), name);
}

/// Runs the rest of a test in a process in which no other test does anything, in the same way. What it prints
/// there, the test prints.
#[cfg(target_os = "linux")]
#[track_caller]
pub(crate) fn alone(name: &str) -> bool {
    const MARK: &str = "WAYPATH_TEST_IS_ALONE";
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    start_anew(Command::new(std::env::current_exe().unwrap()).env(MARK, ""), name);
    false
}

#[cfg(unix)]
#[track_caller]
pub(crate) fn start_anew(program: &mut Command, test: &str) {
    program.args(["--exact", test, "--nocapture"]);
    // Between fork and exec, a process that another thread starts has the copy of this program open for writing.
    let output = loop {
        match program.output() {
            Err(busy) if busy.kind() == std::io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            output => break output.unwrap(),
        }
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "started anew: {printed}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("1 passed"), "no test is called {test}: {printed}");
    print!("{printed}");
}

/// Runs the rest of a test once for each fault, in a process of its own in which strace lets system calls fail as the
/// fault says (`--inject`): there the fault is returned. Nothing is left to do in the process that starts these.
#[cfg(target_os = "linux")]
#[track_caller]
pub(crate) fn with_faults(name: &str, faults: &[&str]) -> Option<String> {
    const MARK: &str = "WAYPATH_TEST_FAULT";
    if let Ok(fault) = std::env::var(MARK) {
        return Some(fault);
    }
    if Command::new("strace").arg("--version").output().is_err() {
        println!("SKIPPED {name}: there is no strace");
        return None;
    }
    for fault in faults {
        let call = fault.split(':').next().unwrap();
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &format!("inject={fault}")]);
        start_anew(strace.arg(std::env::current_exe().unwrap()).env(MARK, fault), name);
    }
    None
}
