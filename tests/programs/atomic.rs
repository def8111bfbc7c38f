//! Content replaced as a whole by processes of their own: killed, with calls of the system that fail, several
//! at a time, with other umasks.
//!
//! Each test starts itself anew for that, with a job and a place in its environment.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use waypath::{AtomicFile, Path, PathBuf, Result, TempDir};

use crate::anew::{Log, anew, begin, calls_after_mark, is_of_the_program, job, strace, this_program};
use crate::random::Random;

/// What is in a directory beside the file, each of which must be recognisable.
#[track_caller]
fn left_over(file: &Path) -> Vec<PathBuf> {
    let names = file.parent().iterdir().map(|entry| entry.unwrap().to_path_buf());
    let others: Vec<_> = names.filter(|path| path != file).collect();
    for path in &others {
        let front = format!(".{}.", file.name());
        assert!(path.name().starts_with(&front) && path.name().ends_with(".waypath-tmp"), "{path}");
    }
    others
}

const NEW: &str = "new content, which is longer";

/// A disk that fails, call by call.
mod faults {
    use super::*;

    const OLD: &str = "old content";
    const FAILED: i32 = 3;

    /// A file to write to, each time made anew.
    struct Scene {
        /// The test.
        name: &'static str,
        /// How it is written.
        job: &'static str,
        has_old: bool,
        has_link: bool,
        /// A fault that is there all the time.
        always: &'static str,
    }

    impl Scene {
        /// The directory, the path to write to, the file that it leads to.
        fn build(&self) -> (TempDir, PathBuf, PathBuf) {
            let place = TempDir::new().unwrap();
            let file = &place / "d" / "file";
            file.parent().mkdir().unwrap();
            if self.has_old {
                file.write_text(OLD).unwrap();
                std::fs::set_permissions(file.as_str(), PermissionsExt::from_mode(0o751)).unwrap();
                _ = rustix::fs::setxattr(file.as_str(), "user.a", b"1", rustix::fs::XattrFlags::empty());
            }
            let mut target = file.clone();
            if self.has_link {
                target = &place / "link";
                std::os::unix::fs::symlink("d/file", target.as_str()).unwrap();
            }
            (place, target, file)
        }

        /// Runs the program with one more fault.
        fn run(&self, fault: Option<&str>) -> Option<Outcome> {
            let (place, target, file) = self.build();
            let log = &place / "log";
            let faults: Vec<_> = [self.always]
                .into_iter()
                .filter(|fault| !fault.is_empty())
                .chain(fault)
                .map(|f| format!("inject={f}"))
                .collect();
            let mut options = vec!["-o", log.as_str(), "-e", "trace=all"];
            faults.iter().for_each(|fault| options.extend(["-e", fault]));
            let output =
                anew(strace(&options)?, &format!("atomic::faults::{}", self.name), self.job, &target).output().unwrap();
            let shown = format!("{}: {fault:?}: {output:?}", self.name);
            let content = file.read_text().ok();
            let is_new = match content.as_deref() {
                Some(NEW) => true,
                Some(OLD) if self.has_old => false,
                None if !self.has_old => false,
                _ => panic!("torn: {shown}: {content:?}"),
            };
            if self.has_old {
                assert_eq!(std::fs::metadata(file.as_str()).unwrap().permissions().mode() & 0o7777, 0o751, "{shown}");
            }
            assert!(!self.has_link || target.is_symlink(), "{shown}");
            let left_over = left_over(&file).len();
            Some(Outcome { is_new, is_ok: succeeded(&output, &shown), left_over, log: Log::read(&log), shown })
        }
    }

    struct Outcome {
        is_new: bool,
        is_ok: bool,
        left_over: usize,
        log: Log,
        shown: String,
    }

    fn succeeded(output: &Output, shown: &str) -> bool {
        match output.status.code() {
            Some(0) => true,
            Some(FAILED) => {
                assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write `"), "{shown}");
                false
            }
            _ => panic!("{shown}"),
        }
    }

    #[test]
    fn where_a_file_is_replaced() {
        Scene { name: "where_a_file_is_replaced", job: "write", has_old: true, has_link: false, always: "" }.play();
    }

    #[test]
    fn where_a_file_is_made() {
        Scene { name: "where_a_file_is_made", job: "write", has_old: false, has_link: false, always: "" }.play();
    }

    #[test]
    fn where_a_link_is_followed() {
        Scene { name: "where_a_link_is_followed", job: "write", has_old: true, has_link: true, always: "" }.play();
    }

    /// As where there are no files without a name.
    #[test]
    fn where_a_temporary_name_replaces() {
        let always = "linkat:error=ENOENT";
        Scene { name: "where_a_temporary_name_replaces", job: "write", has_old: true, has_link: false, always }.play();
    }

    #[test]
    fn where_a_temporary_name_makes() {
        let always = "linkat:error=EOPNOTSUPP";
        Scene { name: "where_a_temporary_name_makes", job: "write", has_old: false, has_link: false, always }.play();
    }

    #[test]
    fn where_nothing_can_be_renamed() {
        let always = "renameat:error=EPERM";
        Scene { name: "where_nothing_can_be_renamed", job: "write", has_old: true, has_link: false, always }.play();
    }

    #[test]
    fn where_a_file_is_streamed() {
        Scene { name: "where_a_file_is_streamed", job: "stream", has_old: true, has_link: false, always: "" }.play();
    }

    #[test]
    fn where_a_new_file_is_streamed() {
        Scene { name: "where_a_new_file_is_streamed", job: "stream new", has_old: false, has_link: false, always: "" }
            .play();
    }

    #[test]
    fn where_a_temporary_name_must_not_replace() {
        let always = "linkat:error=EOPNOTSUPP";
        let name = "where_a_temporary_name_must_not_replace";
        Scene { name, job: "stream new", has_old: false, has_link: false, always }.play();
    }

    impl Scene {
        /// Lets each call of the system fail in turn.
        fn play(&self) {
            if let Some((job, target)) = job() {
                write_and_exit(&job, &target);
            }
            let Some(plain) = self.run(None) else { return };
            let works = self.works();
            assert!(plain.is_ok == works && plain.is_new == works && plain.left_over == 0, "{}", plain.shown);
            let is_ours = |call: &&String| !is_of_the_program(call) && !self.always.starts_with(&***call);
            let calls: BTreeSet<_> = plain.log.after.iter().filter(is_ours).collect();
            let mut counts = Counts::default();
            for call in calls {
                for errno in ["EIO", "EINTR", "ENOSPC"] {
                    if !is_usual(call, errno) {
                        continue;
                    }
                    for at in plain.log.first(call).. {
                        let outcome = self.run(Some(&format!("{call}:error={errno}:when={at}"))).unwrap();
                        if !outcome.log.failed.contains(call) {
                            assert!(outcome.is_ok == works && outcome.left_over == 0, "{}", outcome.shown);
                            break;
                        }
                        counts.faults += 1;
                        self.judge(call, errno, &outcome, &mut counts);
                    }
                }
            }
            let Counts { faults, interruptions, errors } = counts;
            println!("{}: {faults} faults, {interruptions} interruptions, {errors} errors, 0 torn", self.name);
            assert!(faults > 20 && interruptions > 7 && errors > 10);
        }

        /// Whether the file can be written at all.
        fn works(&self) -> bool {
            !self.always.starts_with("renameat")
        }

        fn judge(&self, call: &str, errno: &str, outcome: &Outcome, counts: &mut Counts) {
            let &Outcome { is_new, is_ok, left_over, ref shown, .. } = outcome;
            assert!(is_new || !is_ok, "success without the new content: {shown}");
            let may_be_left = usize::from(call == "unlinkat" && errno != "EINTR");
            assert_eq!(left_over, may_be_left, "{shown}");
            if errno == "EINTR" {
                assert_eq!(is_ok, self.works(), "it is called again: {shown}");
                counts.interruptions += 1;
            } else if is_ok {
                assert_eq!(call, "close", "no word of it: {shown}");
            } else {
                assert!(!is_new || call == "fsync", "all but the sync was done: {shown}");
                counts.errors += 1;
            }
        }
    }

    #[derive(Default)]
    struct Counts {
        faults: usize,
        interruptions: usize,
        errors: usize,
    }

    /// Whether a call may fail with this error.
    fn is_usual(call: &str, errno: &str) -> bool {
        match errno {
            // A file is closed when it is interrupted, too: nobody asks.
            "EINTR" => call != "close",
            "ENOSPC" => ["write", "openat", "linkat", "fsync", "fsetxattr"].contains(&call),
            _ => true,
        }
    }

    fn write_and_exit(job: &str, target: &Path) -> ! {
        begin();
        let result = match job {
            "stream" => target.create_atomic().and_then(stream),
            "stream new" => target.create_new_atomic().and_then(stream),
            _ => target.write_atomic(NEW),
        };
        let said = result.as_ref().map_or_else(|error| format!("{error}\n"), |()| String::new());
        // One of the calls for this may be the one that fails.
        let say = |_| std::io::stderr().write_all(said.as_bytes());
        _ = say(()).or_else(|_| say(()));
        // Without a word of the tests' own, for which it would need the system, too.
        std::process::exit(if result.is_ok() { 0 } else { FAILED });
    }
}

/// Writes the new content in pieces.
fn stream(mut file: AtomicFile) -> Result<()> {
    for piece in NEW.as_bytes().chunks(10) {
        file.write_all(piece)?;
    }
    file.commit()
}

/// The calls by which a job brings content to the disk and gives it its name, in order; `None` where there is no strace.
fn order_of(test: &str, job: &str, has_old: bool, fault: Option<&str>) -> Option<Vec<&'static str>> {
    let place = TempDir::new().unwrap();
    let file = &place / "d" / "file";
    file.parent().mkdir().unwrap();
    if has_old {
        file.write_text("old").unwrap();
    }
    let log = &place / "log";
    let fault = fault.map(|fault| format!("inject={fault}"));
    let mut options = vec!["-y", "-o", log.as_str(), "-e", "trace=all"];
    fault.iter().for_each(|fault| options.extend(["-e", fault]));
    let output = anew(strace(&options)?, test, job, &file).output().unwrap();
    assert!(output.status.success(), "{job}: {output:?}");
    // A descriptor is shown with its path.
    let directory = format!("<{}>)", file.parent().resolve().unwrap());
    let calls = calls_after_mark(&log).into_iter().filter(|call| !call.contains(" = -1 ")).filter_map(|call| {
        let (name, rest) = call.split_once('(')?;
        match name {
            "fsync" | "fdatasync" if rest.contains(&directory) => Some("sync directory"),
            "fsync" | "fdatasync" => Some("sync file"),
            "linkat" => Some("link"),
            "renameat" | "renameat2" | "rename" => Some("rename"),
            "unlinkat" | "unlink" => Some("remove"),
            _ => None,
        }
    });
    let mut calls: Vec<_> = calls.collect();
    // A file that cannot get a name is written once more, under a temporary one.
    calls.dedup();
    Some(calls)
}

/// After a power cut there is the old content or the new one, whole.
#[test]
fn content_is_on_the_disk_before_it_has_the_name() {
    const TEST: &str = "atomic::content_is_on_the_disk_before_it_has_the_name";
    if let Some((job, target)) = job() {
        begin();
        return match &*job {
            "edit" => assert!(target.edit_text(|text| text + "+").unwrap()),
            "edit nothing" => assert!(!target.edit_text(|text| text).unwrap()),
            "write if changed" => assert!(target.write_if_changed("new").unwrap()),
            "stream" => stream(target.create_atomic().unwrap()).unwrap(),
            "stream new" => stream(target.create_new_atomic().unwrap()).unwrap(),
            _ => target.write_atomic("new").unwrap(),
        };
    }
    let make: &[_] = &["sync file", "link", "sync directory"];
    // To replace another, a file needs a name for a moment.
    let replace: &[_] = &["sync file", "link", "rename", "sync directory"];
    let by_name: &[_] = &["sync file", "rename", "sync directory"];
    for (job, has_old, fault, expected) in [
        ("write", false, None, make),
        ("write if changed", false, None, make),
        ("write", true, None, replace),
        ("write if changed", true, None, replace),
        ("edit", true, None, replace),
        ("stream", true, None, replace),
        ("stream new", false, None, make),
        ("stream new", false, Some("linkat:error=EOPNOTSUPP"), by_name),
        ("edit nothing", true, None, &[]),
        ("write", false, Some("linkat:error=EOPNOTSUPP"), by_name),
        ("write", true, Some("linkat:error=EOPNOTSUPP"), by_name),
    ] {
        let Some(calls) = order_of(TEST, job, has_old, fault) else { return };
        // Some file systems have no files without a name.
        let is_by_name = calls == by_name && !expected.is_empty();
        assert!(calls == expected || is_by_name, "{job}, {has_old}, {fault:?}: {calls:?}");
    }
}

/// Processes that are killed, or that are several.
mod loops {
    use super::*;

    /// Content of one letter, longer than what is written in one go.
    fn content(letter: char) -> String {
        let length = 40_000 * (1 + letter as usize % 7);
        letter.to_string().repeat(length)
    }

    #[track_caller]
    fn check_whole(found: &str) {
        let letter = found.chars().next().unwrap_or('-');
        assert!(found == content(letter), "torn: {} bytes of `{letter}`", found.len());
    }

    /// Does what the job says, for ever or for a number of rounds.
    fn work(job: &str, target: &Path) {
        println!("{READY}{}", std::process::id());
        std::io::stdout().flush().unwrap();
        match job {
            "replace" => loop {
                ('a'..='z').for_each(|letter| target.write_atomic(content(letter)).unwrap());
            },
            "make" => loop {
                target.write_atomic(content('m')).unwrap();
                target.unlink().unwrap();
            },
            // Until it is told that enough was read.
            letter => {
                let (content, enough) = (content(letter.chars().next().unwrap()), enough(target));
                let mut rounds = 0;
                while rounds < 20 || !enough.exists() {
                    target.write_atomic(&content).unwrap();
                    rounds += 1;
                }
            }
        }
    }

    /// What has not happened by then never will.
    const MOST_TIME: Duration = Duration::from_secs(300);

    /// The directory that tells the programs to come to an end.
    fn enough(target: &Path) -> PathBuf {
        target.parent().with_suffix(".enough").unwrap()
    }

    const READY: &str = "ready: ";

    /// Waits until a child works; its process, which need not be the one that was started.
    fn wait_for(child: &mut Child) -> String {
        for line in BufReader::new(child.stdout.as_mut().unwrap()).lines() {
            if let Some((_, process)) = line.unwrap().split_once(READY) {
                return process.to_owned();
            }
        }
        panic!("it ended before it was ready");
    }

    fn kill(process: &str) {
        assert!(Command::new("kill").args(["-KILL", process]).status().unwrap().success());
    }

    /// How long to kill: as CI does, or as long as somebody wants.
    fn time() -> Duration {
        let default = if cfg!(debug_assertions) { 1.0 } else { 4.0 };
        let wanted = std::env::var("WAYPATH_TEST_KILL_SECONDS").ok().map(|text| text.parse().unwrap());
        Duration::from_secs_f64(wanted.unwrap_or(default))
    }

    /// Kills the program at any moment, again and again; how often, and how often something was left over.
    fn kill_again_and_again(test: &str, job: &str, time: Duration, program: impl Fn() -> Command) -> (usize, usize) {
        let place = TempDir::new().unwrap();
        let file = &place / "file";
        let (mut kills, mut litter) = (0, 0);
        let mut random = Random(0);
        let end = Instant::now() + time;
        while Instant::now() < end || kills == 0 {
            if job == "replace" {
                file.write_text(content('a')).unwrap();
            }
            let mut child =
                anew(program(), test, job, &file).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let process = wait_for(&mut child);
            // The moment of the kill is what is tested: it is drawn, and waited for.
            std::thread::sleep(Duration::from_micros(random.below(20_000) as u64));
            kill(&process);
            assert!(!child.wait().unwrap().success());
            kills += 1;
            if job == "replace" || file.exists() {
                check_whole(&file.read_text().unwrap());
            }
            let left_over = left_over(&file);
            assert!(left_over.len() <= 1, "one process leaves one file at most");
            litter += left_over.len();
            left_over.iter().for_each(|path| path.unlink().unwrap());
            file.unlink_if_exists().unwrap();
        }
        (kills, litter)
    }

    /// Whether there are files without a name where temporary directories are.
    fn knows_unnamed() -> bool {
        use rustix::fs::{Mode, OFlags, open};
        let place = TempDir::new().unwrap();
        open(place.as_str(), OFlags::TMPFILE | OFlags::WRONLY, Mode::RUSR).is_ok()
    }

    #[test]
    fn a_program_that_is_killed_leaves_whole_files() {
        if let Some((job, target)) = job() {
            return work(&job, &target);
        }
        let test = "atomic::loops::a_program_that_is_killed_leaves_whole_files";
        for job in ["replace", "make"] {
            let (kills, litter) = kill_again_and_again(test, job, time(), this_program);
            println!("{job}: killed {kills} times, 0 torn, {litter} times a temporary file was left over");
            assert!(job == "replace" || litter == 0 || !knows_unnamed(), "a new file has no other name");
        }
        let named = || strace(&["-o", "/dev/null", "-e", "trace=linkat", "-e", "inject=linkat:error=ENOENT"]);
        if named().is_some() {
            let (kills, litter) = kill_again_and_again(test, "replace", time() / 4, || named().unwrap());
            println!("replace, named: killed {kills} times, 0 torn, {litter} times a temporary file was left over");
        }
    }

    #[test]
    fn of_several_programs_one_is_last_and_whole() {
        if let Some((job, target)) = job() {
            return work(&job, &target);
        }
        let top = TempDir::new().unwrap();
        let place = &top / "d";
        place.mkdir().unwrap();
        let file = &place / "file";
        let start = |letter: &str| {
            let test = "atomic::loops::of_several_programs_one_is_last_and_whole";
            anew(this_program(), test, letter, &file).stdout(Stdio::null()).spawn().unwrap()
        };
        let mut children = ["b", "d", "z"].map(start);
        let (begin, mut reads, mut letters) = (Instant::now(), 0, BTreeSet::new());
        while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
            if let Ok(found) = file.read_text() {
                check_whole(&found);
                letters.extend(found.chars().next());
                reads += 1;
            }
            let is_enough = reads >= 100 && letters.len() == 3 || begin.elapsed() > MOST_TIME;
            if is_enough && !enough(&file).exists() {
                enough(&file).mkdir().unwrap();
            }
        }
        enough(&file).rmdir().unwrap();
        assert!(letters.len() == 3, "not all have written in {MOST_TIME:?}: {reads} reads, {letters:?}");
        assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
        check_whole(&file.read_text().unwrap());
        assert!(left_over(&file).is_empty());
    }
}

#[test]
fn the_umask_is_for_new_files_only() {
    if let Some((_, target)) = job() {
        return target.write_atomic("new").unwrap();
    }
    let place = TempDir::new().unwrap();
    let mode = |file: &Path| std::fs::metadata(file.as_str()).unwrap().permissions().mode() & 0o7777;
    for (umask, expected) in [("000", 0o666), ("022", 0o644), ("027", 0o640), ("077", 0o600)] {
        let (new, old) = (&place / umask, &place / "old");
        old.write_text("old").unwrap();
        std::fs::set_permissions(old.as_str(), PermissionsExt::from_mode(0o646)).unwrap();
        for file in [&new, &old] {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\"")]).arg(std::env::current_exe().unwrap());
            assert!(
                anew(shell, "atomic::the_umask_is_for_new_files_only", "write", file)
                    .output()
                    .unwrap()
                    .status
                    .success()
            );
            assert_eq!(file.read_text().unwrap(), "new");
        }
        assert_eq!((mode(&new), mode(&old)), (expected, 0o646), "{umask}");
    }
}
