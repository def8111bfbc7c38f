//! Tests that start themselves anew, in a process of their own that does a job; and what strace says of it.

use std::io::Write as _;
use std::process::Command;

use waypath::{Path, PathBuf, path};

const JOB: &str = "WAYPATH_TEST_JOB";
const TARGET: &str = "WAYPATH_TEST_TARGET";

/// The job of this process, if it was started anew, and the file that it is for.
pub(crate) fn job() -> Option<(String, PathBuf)> {
    Some((std::env::var(JOB).ok()?, std::env::var(TARGET).ok()?.into()))
}

/// Starts a test anew, from `program` if that is another that runs it, such as strace.
pub(crate) fn anew(mut program: Command, test: &str, job: &str, target: &Path) -> Command {
    program.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    program.env(JOB, job).env(TARGET, target.as_str());
    // What cargo has in it lets every program try to open much more.
    program.env_remove("LD_LIBRARY_PATH");
    program
}

pub(crate) fn this_program() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// `strace` with some options, or `None` where there is none: CI has one.
pub(crate) fn strace(options: &[&str]) -> Option<Command> {
    if Command::new("strace").arg("--version").output().is_err() {
        println!("no strace here: not tested");
        return None;
    }
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq"]).args(options).arg(std::env::current_exe().unwrap());
    Some(strace)
}

/// What the program looks at just before, to be found in the log.
const MARK: &str = "/waypath: from here on";

/// What it looks at just after.
const END: &str = "/waypath: up to here";

/// Calls of the allocator, the threads and the signals of the program itself, and about its own limits.
const OF_THE_PROGRAM: [&str; 16] = [
    "brk",
    "clone3",
    "exit_group",
    "fcntl",
    "futex",
    "getrandom",
    "madvise",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "prlimit64",
    "rt_sigaction",
    "rt_sigprocmask",
    "sched_yield",
    "sigaltstack",
];

/// Whether a call is one that is made without the job, too: it is of the program, not of the operation under test.
pub(crate) fn is_of_the_program(call: &str) -> bool {
    OF_THE_PROGRAM.contains(&call)
}

/// The calls of the thread that works, by name, before and after the mark in a log of strace; of those
/// after it, the ones that were made to fail; and the calls of other threads.
pub(crate) struct Log {
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
    pub(crate) failed: Vec<String>,
    pub(crate) elsewhere: Vec<String>,
}

impl Log {
    pub(crate) fn read(log: &Path) -> Self {
        let text = log.read_bytes().unwrap();
        let text = String::from_utf8_lossy(&text);
        let mut log = Self { before: vec![], after: vec![], failed: vec![], elsewhere: vec![] };
        let marked = text.lines().find(|line| line.contains(MARK)).expect("the program came this far");
        let thread = marked.split(' ').next();
        let mut is_behind = false;
        for line in text.lines() {
            is_behind |= line == marked;
            // A line is a thread, the name of the call, and `(`.
            let Some((id, rest)) = line.split_once(' ') else { continue };
            let Some((name, rest)) = rest.trim_start().split_once('(') else { continue };
            let name = name.to_owned();
            match (Some(id) == thread, is_behind) {
                (false, _) => log.elsewhere.push(name),
                (true, false) => log.before.push(name),
                (true, true) if line == marked => log.before.push(name),
                (true, true) => {
                    if rest.contains("(INJECTED)") {
                        log.failed.push(name.clone());
                    }
                    log.after.push(name);
                }
            }
        }
        log
    }

    /// The number of the first call of this name after the mark. Strace counts those of each thread by
    /// itself.
    pub(crate) fn first(&self, call: &str) -> usize {
        let count = |calls: &[String]| calls.iter().filter(|name| *name == call).count();
        let first = count(&self.before) + 1;
        assert!(count(&self.elsewhere) < first, "`{call}`: no call of another thread has this number");
        first
    }
}

/// The calls of the thread that works, after the mark, as strace writes them: name, arguments and result.
pub(crate) fn calls_after_mark(log: &Path) -> Vec<String> {
    const UNFINISHED: &str = " <unfinished ...>";
    let text = log.read_bytes().unwrap();
    let text = String::from_utf8_lossy(&text);
    let marked = text.lines().find(|line| line.contains(MARK)).expect("the program came this far");
    let thread = marked.split(' ').next();
    let own = text.lines().skip_while(|line| *line != marked).filter(|line| line.split(' ').next() == thread);
    let mut calls = Vec::<String>::new();
    for line in own {
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        match calls.last_mut() {
            // What another thread did meanwhile stands between both halves of the line.
            Some(last) if last.ends_with(UNFINISHED) => {
                let end = call.split_once("resumed>").map_or(call, |(_, end)| end);
                *last = last.replace(UNFINISHED, "") + end;
            }
            _ => calls.push(call.to_owned()),
        }
    }
    calls
}

/// Makes calls without an effect, more than the start of the program makes: then only calls of this thread
/// have the numbers that come now.
fn get_ahead() {
    const AHEAD: usize = 20;
    for _ in 0..AHEAD {
        let mut null = std::fs::File::options().read(true).write(true).open("/dev/null").unwrap();
        null.write_all(b"x").unwrap();
        std::io::Read::read_exact(&mut null, &mut [0]).unwrap_err();
        std::os::unix::fs::FileExt::read_exact_at(&null, &mut [0], 0).unwrap_err();
        rustix::fs::fstat(&null).unwrap();
        rustix::fs::stat("/dev/null").unwrap();
        std::fs::metadata("/dev/null").unwrap();
    }
}

/// Begins with the job, which is what follows in the log.
pub(crate) fn begin() {
    get_ahead();
    assert!(!path(MARK).exists());
}

/// Ends the job: what follows in the log is not of it.
pub(crate) fn end() {
    assert!(!path(END).exists());
}

/// The calls of a job in a log of strace, by name: those of its thread, before it and within it.
pub(crate) struct Calls {
    before: Vec<String>,
    pub(crate) within: Vec<String>,
    /// Those within it that were made to fail.
    pub(crate) failed: Vec<String>,
}

impl Calls {
    pub(crate) fn read(log: &Path) -> Self {
        let text = log.read_bytes().unwrap();
        let text = String::from_utf8_lossy(&text);
        let mut calls = Self { before: vec![], within: vec![], failed: vec![] };
        let thread = text.lines().find(|line| line.contains(MARK)).expect("the job began").split(' ').next();
        let (mut has_begun, mut has_ended) = (false, false);
        for line in text.lines() {
            // A line is a thread, the name of the call, and `(`.
            let Some((id, rest)) = line.split_once(' ') else { continue };
            let Some((name, rest)) = rest.trim_start().split_once('(') else { continue };
            has_ended |= rest.contains(END);
            if Some(id) != thread || has_ended {
                continue;
            }
            match has_begun {
                true => calls.within.push(name.to_owned()),
                false => calls.before.push(name.to_owned()),
            }
            has_begun |= rest.contains(MARK);
            if rest.contains("(INJECTED)") {
                calls.failed.push(name.to_owned());
            }
        }
        assert!(has_ended, "the job came to its end");
        calls
    }

    /// The number of the first call of this name in the job: strace counts those of each thread by itself.
    pub(crate) fn first(&self, call: &str) -> usize {
        self.before.iter().filter(|name| *name == call).count() + 1
    }
}
