//! Every message of the crate, whole: what an error says, and how it comes about.
//!
//! A new message needs a row, or an exception with the reason. `@` stands for the directory of the test.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStringExt as _;

use rustix::fs::{CWD, FileType, mknodat};
use waypath::{
    CopyOptions, Error, MirrorOptions, Mode, Overwrite, Path, PathBuf, Posix, PosixPathBuf, RemoveOptions, Root,
    RootLinks, RootPath, Specials, Symlinks, TempDir, TempFile, TempOptions, Windows, WindowsPathBuf, glob, path,
};

use crate::support::messages::{has_parts_of, of_objects, sentences};
use crate::support::source::{Source, sources};

/// What an error says, and what brings it about.
type InText = (&'static str, fn() -> Error);

/// The same, in a directory of its own.
type OnDisk = (&'static str, fn(&Path) -> Error);

/// What lies in the text alone.
const IN_TEXT: &[InText] = &[
    ("cannot read `a�` as a path: it is not UTF-8", || {
        PathBuf::try_from(OsString::from_vec(b"a\xff".to_vec())).unwrap_err()
    }),
    ("cannot change the name of `a` to ``: a name must not be empty", || posix("a").with_name("").unwrap_err()),
    ("cannot change the name of `a` to `.`: `.` is not a name", || posix("a").with_name(".").unwrap_err()),
    ("cannot change the name of `a` to `b/c`: a name must not contain a separator", || {
        posix("a").with_name("b/c").unwrap_err()
    }),
    ("cannot change the name of `a` to `b\\c`: a name must not contain a separator", || {
        windows("a").with_name(r"b\c").unwrap_err()
    }),
    ("cannot change the name of `/` to `b`: the path has no name", || posix("/").with_name("b").unwrap_err()),
    ("cannot change the name of `c:\\` to `b`: the path has no name", || windows(r"c:\").with_name("b").unwrap_err()),
    ("cannot change the stem of `a.b` to ``: a stem must not be empty", || posix("a.b").with_stem("").unwrap_err()),
    ("cannot change the stem of `/` to `b`: the path has no name", || posix("/").with_stem("b").unwrap_err()),
    ("cannot change the suffix of `a` to `b`: a suffix begins with a dot", || posix("a").with_suffix("b").unwrap_err()),
    ("cannot change the suffix of `/` to `.b`: the path has no name", || posix("/").with_suffix(".b").unwrap_err()),
    ("cannot change the suffix of `a` to `.b\\c`: a name must not contain a separator", || {
        windows("a").with_suffix(r".b\c").unwrap_err()
    }),
    ("cannot change the suffix of `a` to `b`: a suffix begins with a dot", || posix("a").add_suffix("b").unwrap_err()),
    ("cannot express `a` relative to `b`: the first does not start with the second", || {
        posix("a").relative_to("b").unwrap_err()
    }),
    ("cannot express `c:\\a` relative to `d:\\`: the first does not start with the second", || {
        windows(r"c:\a").relative_to(r"d:\").unwrap_err()
    }),
    ("cannot express `/a/b` relative to `a`: one of them is absolute, and the other is not", || {
        posix("/a/b").relative_to("a").unwrap_err()
    }),
    ("cannot express `c:a` relative to `c:\\`: one of them is absolute, and the other is not", || {
        windows("c:a").relative_to(r"c:\").unwrap_err()
    }),
    (
        "cannot express `a\\c:b` relative to `a`: what is left would read as a drive; `relative_to_walk_up` gives it with \
         `.\\` in front",
        || windows(r"a\c:b").relative_to("a").unwrap_err(),
    ),
    ("cannot express `/a` relative to `a`: one of them is absolute, and the other is not", || {
        posix("/a").relative_to_walk_up("a").unwrap_err()
    }),
    ("cannot express `c:\\a` relative to `d:\\a`: they have different anchors", || {
        windows(r"c:\a").relative_to_walk_up(r"d:\a").unwrap_err()
    }),
    ("cannot express `a` relative to `../b`: a `..` in the second cannot be walked back", || {
        posix("a").relative_to_walk_up("../b").unwrap_err()
    }),
    ("cannot join `/b` inside `a`: the text has a root", || posix("a").join_inside("/b").unwrap_err()),
    ("cannot join `\\b` inside `a`: the text has a root", || windows("a").join_inside(r"\b").unwrap_err()),
    ("cannot join `b/../..` inside `a`: `..` leads up", || posix("a").join_inside("b/../..").unwrap_err()),
    ("cannot join `b\\u{0}` inside `a`: `b\\u{0}` contains NUL", || posix("a").join_inside("b\0").unwrap_err()),
    ("cannot join `c:b` inside `a`: `c:b` has a drive or a stream on Windows", || {
        posix("a").join_inside("c:b").unwrap_err()
    }),
    ("cannot join `b.` inside `a`: `b.` ends in a dot or space, which Windows drops", || {
        posix("a").join_inside("b.").unwrap_err()
    }),
    ("cannot join `NUL` inside `a`: `NUL` is a device on Windows", || windows("a").join_inside("NUL").unwrap_err()),
    ("cannot join `b` inside `\\\\server`: the base is a share or device that the text would complete", || {
        windows(r"\\server").join_inside("b").unwrap_err()
    }),
    ("cannot write `a` as a URI: a relative path has no URI", || posix("a").as_uri().unwrap_err()),
    ("cannot write `c:a` as a URI: a relative path has no URI", || windows("c:a").as_uri().unwrap_err()),
    ("cannot read `http://a/b` as a file URI: its scheme is not `file`", || {
        PathBuf::<Posix>::from_uri("http://a/b").unwrap_err()
    }),
    ("cannot read `file:///%ff` as a file URI: the path is not UTF-8", || {
        PathBuf::<Posix>::from_uri("file:///%ff").unwrap_err()
    }),
    ("cannot read `file://host/a` as a file URI: it is on another host", || {
        PathBuf::<Posix>::from_uri("file://host/a").unwrap_err()
    }),
    ("cannot read `file:a` as a file URI: the path is not absolute", || {
        PathBuf::<Posix>::from_uri("file:a").unwrap_err()
    }),
    ("cannot read `file:///a` as a file URI: the path is not absolute", || {
        PathBuf::<Windows>::from_uri("file:///a").unwrap_err()
    }),
    ("cannot read `file://[a/b` as a file URI: its host is malformed", || {
        PathBuf::<Posix>::from_uri("file://[a/b").unwrap_err()
    }),
    (
        "cannot use the pattern `/b`: an absolute pattern is not allowed here; make it relative to the start directory",
        || path("a").glob("/b").err().unwrap(),
    ),
    (
        "cannot use the pattern `/b`: an absolute pattern is not allowed here; make it relative to the start directory",
        || path("a").walk().exclude("/b").find_map(Result::err).unwrap(),
    ),
    ("cannot use the pattern ``: the pattern names nothing below a directory", || {
        path("a").walk().exclude("").find_map(Result::err).unwrap()
    }),
    ("cannot use the pattern `/`: the pattern names nothing below a directory", || glob("/").err().unwrap()),
    (
        "cannot use the pattern `{/a,/b}`: a root or drive must come first, without wildcards or braces, as in `/{a,b}`",
        || glob("{/a,/b}").err().unwrap(),
    ),
    (
        "cannot use the pattern `../b`: a pattern with a part `..` excludes nothing; make it relative to the start directory",
        || path("a").walk().exclude("../b").find_map(Result::err).unwrap(),
    ),
    ("cannot use the mode `8`: `8` is not an octal digit at byte 0", || mode("8")),
    ("cannot use the mode `10000`: it is more than 7777 at byte 0", || mode("10000")),
    ("cannot use the mode `u!x`: `!` is not +, - or = at byte 1", || mode("u!x")),
    ("cannot use the mode `u`: +, - or = is missing at byte 1", || mode("u")),
    ("cannot use the mode `u=gx`: `g` stands alone at byte 2", || mode("u=gx")),
    ("cannot use the mode `u+q`: `q` is no permission at byte 2", || mode("u+q")),
    ("cannot change the mode of `a` to `0o10000`: it is more than 0o7777", || path("a").chmod(0o10000).unwrap_err()),
    ("cannot look in `a` and above for `/b`: it is not relative", || path("a").find_up("/b").unwrap_err()),
    ("cannot look in `a` and above for `../b`: it leads up by itself", || path("a").find_up("../b").unwrap_err()),
    ("cannot copy `..` to `a`: the path must end in a name", || path("..").copy_into("a").unwrap_err()),
    ("cannot expand `~nobody-has-this-name/a`: no home directory of that user is known", || {
        path("~nobody-has-this-name/a").expanduser().unwrap_err()
    }),
];

/// What the system says, and what is refused when something has been looked at.
const ON_DISK: &[OnDisk] = &[
    // What each operation is called.
    ("cannot look at `@/a`: No such file or directory (os error 2)", |at| (at / "a").stat().unwrap_err()),
    ("cannot measure `@/a`: No such file or directory (os error 2)", |at| (at / "a").tree_size().unwrap_err()),
    ("cannot find the owner of `@/a`: No such file or directory (os error 2)", |at| (at / "a").owner().unwrap_err()),
    ("cannot find the group of `@/a`: No such file or directory (os error 2)", |at| (at / "a").group().unwrap_err()),
    ("cannot resolve `@/a`: No such file or directory (os error 2)", |at| (at / "a").resolve_strict().unwrap_err()),
    ("cannot read the link `@/a`: Invalid argument (os error 22)", |at| file(at / "a").readlink().unwrap_err()),
    ("cannot list `@`: options must be set before the first entry", |at| {
        let mut walk = at.walk();
        walk.next();
        walk.hidden(false).next().unwrap().unwrap_err()
    }),
    ("cannot list `@/a`: No such file or directory (os error 2)", |at| {
        (at / "a").iterdir().find_map(Result::err).unwrap()
    }),
    ("cannot follow the link `@/d/up` back to `@`: Too many levels of symbolic links (os error 40)", |at| {
        link("..", &directory_with_file(at / "d") / "up");
        at.walk().follow_symlinks(true).find_map(Result::err).unwrap()
    }),
    ("cannot read `@/.ignore`: not a regular file", |at| {
        link("/dev/null", at / ".ignore");
        at.walk().gitignore(true).find_map(Result::err).unwrap()
    }),
    ("cannot create directory `@/a/b`: No such file or directory (os error 2)", |at| (at / "a/b").mkdir().unwrap_err()),
    ("cannot remove directory `@/a`: Not a directory (os error 20)", |at| file(at / "a").rmdir().unwrap_err()),
    ("cannot remove file `@/a`: No such file or directory (os error 2)", |at| (at / "a").unlink().unwrap_err()),
    ("cannot remove directory tree `@/a`: No such file or directory (os error 2)", |at| {
        (at / "a").rmtree().unwrap_err()
    }),
    ("cannot remove `@/a/..`: the path must end in a name", |at| {
        (directory_with_file(at / "a") / "..").remove().unwrap_err()
    }),
    ("cannot clear directory `@/a`: No such file or directory (os error 2)", |at| (at / "a").clear_dir().unwrap_err()),
    ("cannot make `@/a` a link to `b`: File exists (os error 17)", |at| file(at / "a").symlink_to("b").unwrap_err()),
    ("cannot make `@/a` a hard link to `@/b`: No such file or directory (os error 2)", |at| {
        (at / "a").hardlink_to(at / "b").unwrap_err()
    }),
    ("cannot touch `@/a/b`: No such file or directory (os error 2)", |at| (at / "a/b").touch().unwrap_err()),
    ("cannot change the mode of `@/a` to `u+x`: No such file or directory (os error 2)", |at| {
        (at / "a").chmod("u+x").unwrap_err()
    }),
    ("cannot open `@/a`: No such file or directory (os error 2)", |at| (at / "a").open().unwrap_err()),
    ("cannot read `@/a`: No such file or directory (os error 2)", |at| (at / "a").read_text().unwrap_err()),
    ("cannot write `@/a/b`: No such file or directory (os error 2)", |at| (at / "a/b").write_text("").unwrap_err()),
    ("cannot rename `@/a` to `@/b`: File exists (os error 17)", |at| {
        file(at / "a").rename(file(at / "b")).unwrap_err()
    }),
    ("cannot replace `@/b` with `@/a`: No such file or directory (os error 2)", |at| {
        (at / "a").replace(at / "b").unwrap_err()
    }),
    ("cannot copy `@/a` to `@/b`: No such file or directory (os error 2)", |at| (at / "a").copy(at / "b").unwrap_err()),
    ("cannot move `@/a` to `@/b`: No such file or directory (os error 2)", |at| {
        (at / "a").move_to(at / "b").unwrap_err()
    }),
    ("cannot create a temporary directory in `@/a`: No such file or directory (os error 2)", |at| {
        TempDir::new_in(at / "a").unwrap_err()
    }),
    ("cannot create a temporary file in `@/a`: No such file or directory (os error 2)", |at| {
        TempFile::new_in(at / "a").unwrap_err()
    }),
    ("cannot find the program `a`: no directory in `PATH` has it", |_| Path::which("a").unwrap_err()),
    ("cannot find the program `@/a`: no file that can be run has this path", |at| Path::which(at / "a").unwrap_err()),
    ("cannot mirror `@/a` to `@/b`: not a directory", |at| file(at / "a").mirror_to(at / "b").unwrap_err()),
    // What the crate refuses by itself.
    ("cannot mirror `@/a` to `@`: the source is inside the destination, and would be removed", |at| {
        std::fs::create_dir(at / "a").unwrap();
        MirrorOptions::new().delete(true).mirror(at / "a", at).unwrap_err()
    }),
    ("cannot create a temporary file in `@`: prefix and suffix must not contain a separator", |at| {
        TempOptions::new().prefix("a/").parent(at).file().unwrap_err()
    }),
    ("cannot write `@/a\\u{0}`: file name contained an unexpected NUL byte", |at| {
        (at / "a\0").write_text("").unwrap_err()
    }),
    ("cannot look at `@/a\\u{0}`: file name contained an unexpected NUL byte", |at| (at / "a\0").stat().unwrap_err()),
    ("cannot rename `@/a\\u{0}` to `@/b`: file name contained an unexpected NUL byte", |at| {
        (at / "a\0").rename(at / "b").unwrap_err()
    }),
    ("cannot resolve `@/a\\u{0}/b`: file name contained an unexpected NUL byte", |at| {
        (at / "a\0/b").resolve().unwrap_err()
    }),
    ("cannot read `@/a`: stream did not contain valid UTF-8", |at| {
        std::fs::write(at / "a", b"\xff").unwrap();
        (at / "a").edit_text(|text| text).unwrap_err()
    }),
    ("cannot write `@/a`: it is a pipe, which has no content to replace", |at| {
        pipe(at / "a").write_atomic("").unwrap_err()
    }),
    ("cannot write `@/a`: it is a socket, which has no content to replace", |at| {
        let _socket = std::os::unix::net::UnixListener::bind(at / "a").unwrap();
        (at / "a").write_atomic("").unwrap_err()
    }),
    ("cannot write `/dev/null`: it is a device, which has no content to replace", |_| {
        path("/dev/null").write_atomic("").unwrap_err()
    }),
    ("cannot copy `@/a` to `@/a`: they are the same file", |at| file(at / "a").copy(at / "a").unwrap_err()),
    ("cannot copy `@` to `@/a`: the destination is inside the source", |at| at.copy(at / "a").unwrap_err()),
    ("cannot copy `@/a` to `@/c`: cannot replace a file with a directory", |at| {
        link("a", at / "b");
        let source = directory_with_file(at / "a");
        CopyOptions::new().overwrite(Overwrite::Always).copy(source, file(at / "c")).unwrap_err()
    }),
    ("cannot copy `@/a` to `@/b`: cannot copy `@/a/f` to `@/b/f`: a directory is not replaced", |at| {
        let (from, to) = (directory_with_file(at / "a"), at / "b");
        (&to / "f").mkdir_all().unwrap();
        CopyOptions::new().overwrite(Overwrite::Always).copy(from, to).unwrap_err()
    }),
    (
        "cannot copy `@/a` to `@/b`: the destination is a pipe, socket or device, which is not replaced by a file: remove it first",
        |at| CopyOptions::new().overwrite(Overwrite::Always).copy(file(at / "a"), pipe(at / "b")).unwrap_err(),
    ),
    ("cannot copy `@/a` to `@/b`: it is a pipe, a socket or a device", |at| {
        CopyOptions::new().specials(Specials::Refuse).copy(pipe(at / "a"), at / "b").unwrap_err()
    }),
    ("cannot move `@/a` to `@/b/..`: the path must end in a name", |at| {
        file(at / "a").move_to(at / "b/..").unwrap_err()
    }),
    ("cannot move `@/a` to `@/d`: cannot replace a directory with a file", |at| {
        (at / "d").mkdir().unwrap();
        CopyOptions::new().overwrite(Overwrite::Always).move_to(file(at / "a"), at / "d").unwrap_err()
    }),
    ("cannot move `@/d` to `@/a`: cannot replace a file with a directory", |at| {
        (at / "d").mkdir().unwrap();
        CopyOptions::new().overwrite(Overwrite::Always).move_to(at / "d", file(at / "a")).unwrap_err()
    }),
    (
        "cannot move `@/a` to `@/b`: the destination is a directory that is not empty: `merge(true)` moves into it",
        |at| {
            let (from, to) = (directory_with_file(at / "a"), directory_with_file(at / "b"));
            CopyOptions::new().overwrite(Overwrite::Always).move_to(from, to).unwrap_err()
        },
    ),
    ("cannot copy `@/a` to `@/b`: it was told to stop", |at| {
        let from = directory_with_file(at / "a");
        CopyOptions::new().progress(|_| ControlFlow::Break(())).copy(from, at / "b").unwrap_err()
    }),
    ("cannot remove directory tree `@/a/..`: the path must end in a name", |at| {
        RemoveOptions::new().rmtree(directory_with_file(at / "a") / "..").unwrap_err()
    }),
    ("cannot copy `@/a` to `@/b`: cannot copy `@/a/l` to `@/b/l`: it is the destination, or inside it", |at| {
        let (from, to) = (directory_with_file(at / "a"), at / "b");
        to.mkdir().unwrap();
        link("../b", &from / "l");
        CopyOptions::new().symlinks(Symlinks::Follow).overwrite(Overwrite::Always).copy(from, to).unwrap_err()
    }),
    // Several failures.
    (
        "cannot copy `@/a` to `@/b`: 2 failures, the first: cannot copy `@/a/f` to `@/b/f`: a directory is not replaced",
        |at| {
            let (from, to) = (directory_with_file(at / "a"), at / "b");
            file(&from / "g");
            ["f", "g"].iter().for_each(|name| (&to / name).mkdir_all().unwrap());
            CopyOptions::new().overwrite(Overwrite::Always).copy(from, to).unwrap_err()
        },
    ),
    ("cannot read `../out`: `..` leads above the root", |at| below_root(at, "../out").read_text().unwrap_err()),
    ("cannot read `/out`: an absolute path leads out of the root", |at| {
        below_root(at, "/out").read_text().unwrap_err()
    }),
    ("cannot read `up/out`: the link `up` leads out of the root, to `..`", |at| {
        below_root(at, "up/out").read_text().unwrap_err()
    }),
    ("cannot create directory `d/far/x`: the link `d/far` leads out of the root, to `/etc`", |at| {
        below_root(at, "d/far/x").mkdir().unwrap_err()
    }),
    ("cannot write `pipe`: it is a pipe, which this root does not open", |at| {
        below_root(at, "pipe").write_text("").unwrap_err()
    }),
    ("cannot read `up/out`: `up` is a link to `..`, and this root refuses links", |at| {
        _ = below_root(at, ".");
        let root = Root::options().links(RootLinks::Refuse).open(at / "in").unwrap();
        (&root / "up/out").read_text().unwrap_err()
    }),
    ("cannot write `d/f`: the root was opened read-only", |at| {
        _ = below_root(at, ".");
        let root = Root::options().read_only(true).open(at / "in").unwrap();
        (&root / "d/f").write_text("").unwrap_err()
    }),
    ("cannot open `no` as a root: No such file or directory (os error 2)", |at| {
        below_root(at, "no").open_root().unwrap_err()
    }),
    ("cannot express `a/b` relative to `a`: they are in different stores", |at| {
        below_root(at, "a/b").relative_to(&Root::open(at).unwrap() / "a").unwrap_err()
    }),
];

/// What only root can bring about.
const AS_ROOT: &[OnDisk] = &[
    ("cannot find the owner of `@/a`: the user has no name", |at| owned_by_nobody_known(at / "a").owner().unwrap_err()),
    ("cannot find the group of `@/a`: the group has no name", |at| {
        owned_by_nobody_known(at / "a").group().unwrap_err()
    }),
];

/// The messages, or parts of one, that no row brings about.
const WITHOUT_ROW: &[(&str, &str)] = &[
    ("find the home directory", "needs a process with no variable `HOME`"),
    ("no home directory is known", "needs a user whom the system does not know"),
    ("find the working directory", "needs a process whose directory is gone: `links.rs`"),
    ("\n  and {rest} more", "in `Debug`, for more than a hundred failures"),
    ("Windows opens a device under this name", WINDOWS),
    ("Windows reads ':' as the start of a stream's name", WINDOWS),
    ("Windows drops the dots and spaces at its end", WINDOWS),
    ("a directory is not moved into itself", WINDOWS),
    ("this time is not recorded there", "needs a file system that does not record when files are made"),
    ("links lead in a circle", "neither on Unix, Windows nor WASI"),
    ("this system has no permissions of files", "WASI only"),
    ("this system does not know owners by a user's name", "Windows and WASI only"),
    ("this system has no groups of files", "Windows and WASI only"),
    ("an unknown kind of file", "neither pipe, socket nor device: Linux has no such file"),
    ("it was moved while it was copied", RACE),
    ("it was moved while it was listed", RACE),
    ("it has become a directory", RACE),
    ("it was changed while it was copied", RACE),
    ("it appeared while the directory was copied", RACE),
    ("it is no longer the directory that was copied", RACE),
    ("the file keeps changing, or has no name any more", RACE),
    ("the file keeps changing", RACE),
    ("{} has been moved out of the root", RACE),
    ("the path leads out of the root", RACE),
    ("{} is on another file system than the root", "needs a mount: `root.rs`"),
    ("{} is a link that only the kernel can follow, to {}", "those of /proc, which name the process: `root.rs`"),
    ("the copy is complete, but not all of the original could be removed", ACROSS_DEVICES),
    ("the copy is complete, but the original stays: {cause}", ACROSS_DEVICES),
    ("the destination ignores case, and `{other}` of the same directory has this name there", "`spellings.rs` mounts"),
    ("its {what} cannot be kept: {cause}", "needs a file system that keeps less: `not_kept.rs`"),
    ("setuid and setgid are kept only with the owner and the group", "why a report says so: `not_kept.rs`"),
    ("the file system keeps another mode", "why a report says so, of a file system that keeps less"),
    ("the file system keeps another one", "why a report says so, of a file system that keeps less"),
    ("another file is mounted on it, as containers do, so that it cannot be replaced: ", REPLACED),
    ("it or its directory is append-only or immutable (see `lsattr`), so that it cannot be replaced: ", REPLACED),
    ("its directory is sticky, so that only the owner of the file or of the directory may replace it: ", REPLACED),
    ("; `write_text` writes into it", REPLACED),
    ("is immutable; `chattr -i` ends that", "what an error adds in `Debug`: `diagnosis.rs`"),
    ("can only be appended to; `chattr -a` ends that", "what an error adds in `Debug`: `diagnosis.rs`"),
    ("open the bucket {path}", OBJECT_STORES),
    ("make a URL for {path}", OBJECT_STORES),
];

const OBJECT_STORES: &str = "needs a feature: `tests/remote`";

const WINDOWS: &str = "Windows only: `windows.rs`";
const RACE: &str = "another program must change the tree at that moment";
const ACROSS_DEVICES: &str = "needs another device, and an original that stays: `move_to.rs`";
const REPLACED: &str = "needs mounts, attributes or another user: `atomic.rs`";

/// The files that hold text which is no message of an error.
const NO_MESSAGES: &[(&str, &str)] = &[
    ("src/kind.rs", "names of kinds of files"),
    ("src/error/diagnosis.rs", "what an error adds in `Debug`: `diagnosis.rs`"),
    ("src/sys/hooked.rs", "a back end of tests"),
    ("src/sys/windows/recorded.rs", "a disk of tests"),
    ("src/report.rs", "what a report prints: `reports.rs`"),
    ("src/report/attribute.rs", "what a report prints: `reports.rs`"),
    ("src/proptest.rs", "why a name is not generated"),
    ("src/serde.rs", "what serde's errors expected"),
    ("src/size.rs", "a number and a unit: `size.rs`"),
    ("src/fs/free_name.rs", "a name with a number: `free_name.rs`"),
    ("src/path/portability.rs", "what `portability` finds: `interface.rs`"),
    ("src/path/std_names.rs", "what the compiler prints; `tests/programs/compile_errors.rs` holds it"),
];

#[test]
fn each_message_is_as_in_the_table() {
    let mut wrong = Vec::new();
    let mut check = |message: &str, place: &str, error: Error| {
        let found = error.to_string().replace(place, "@");
        if found != message {
            wrong.push(format!("{found:?}, not {message:?}"));
        }
    };
    IN_TEXT.iter().for_each(|(message, bring_about)| check(message, "@", bring_about()));
    let is_root = rustix::process::geteuid().is_root();
    for (message, bring_about) in ON_DISK.iter().chain(if is_root { AS_ROOT } else { &[] }) {
        let place = TempDir::new().unwrap();
        check(message, place.as_str(), bring_about(&place));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whatever reads like a sentence in the source is a message.
#[test]
fn each_message_in_the_source_is_in_the_table() {
    let rows: Vec<&str> =
        IN_TEXT.iter().map(|row| row.0).chain(ON_DISK.iter().chain(AS_ROOT).map(|row| row.0)).collect();
    let sources = sources();
    let files = sources.iter().filter(|source| !of_objects(source));
    let files = files.filter(|source| NO_MESSAGES.iter().all(|(file, _)| *file != source.file));
    let messages: Vec<(&str, String)> =
        files.flat_map(|source| sentences(&source.tokens).map(|text| (&*source.file, text))).collect();
    let is_excepted = |message: &str| WITHOUT_ROW.iter().any(|(text, _)| *text == message);
    let missing: Vec<_> = messages
        .iter()
        .filter(|(_, message)| !is_excepted(message) && !rows.iter().any(|row| has_parts_of(row, message)))
        .collect();
    assert!(missing.is_empty(), "a row or an exception is missing: {missing:#?}");
    for (file, reason) in NO_MESSAGES {
        assert!(sources.iter().any(|source| source.file == *file), "gone: {file} ({reason})");
    }
    for (text, reason) in WITHOUT_ROW {
        assert!(messages.iter().any(|(_, message)| message == text), "gone: {text:?} ({reason})");
        assert!(!rows.iter().any(|row| has_parts_of(row, text)), "there is a row: {text:?}");
    }
}

#[test]
fn messages_are_found_in_a_source() {
    let text = r##"
        #[must_use = "an attribute"]
        fn f() { Err("a `{}` to \
            be \"{reason}\" found").expect("BUG: not to be found"); g("word", r"\\?\ C:"); }
        #[cfg(test)]
        mod tests { const A: &str = "only for a test"; }
    "##;
    assert_eq!(
        sentences(&Source::new("src/x.rs", text).tokens).collect::<Vec<_>>(),
        ["a `{}` to be \"{reason}\" found"]
    );
    assert!(has_parts_of("a `x` to be \"y\" found: z", "a `{}` to be \"{reason}\" found"));
    assert!(!has_parts_of("to be \"y\" found a `x`", "a `{}` to be \"{reason}\" found"));
}

fn posix(text: &str) -> PosixPathBuf {
    PathBuf::<Posix>::parse(text)
}

fn windows(text: &str) -> WindowsPathBuf {
    PathBuf::<Windows>::parse(text)
}

fn mode(text: &str) -> Error {
    text.parse::<Mode>().unwrap_err()
}

fn file(path: PathBuf) -> PathBuf {
    path.write_text("x").unwrap();
    path
}

fn directory_with_file(path: PathBuf) -> PathBuf {
    path.mkdir_all().unwrap();
    file(&path / "f");
    path
}

fn link(target: &str, path: PathBuf) {
    std::os::unix::fs::symlink(target, path.as_str()).unwrap();
}

fn pipe(path: PathBuf) -> PathBuf {
    mknodat(CWD, path.as_str(), FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    path
}

fn owned_by_nobody_known(path: PathBuf) -> PathBuf {
    const NOBODY_KNOWN: u32 = 3_999_999_999;
    let path = file(path);
    std::os::unix::fs::chown(&path, Some(NOBODY_KNOWN), Some(NOBODY_KNOWN)).unwrap();
    path
}

/// A path below the root `in`, which has some links that lead out, and a pipe.
fn below_root(at: &Path, path: &str) -> RootPath {
    (at / "in/d").mkdir_all().unwrap();
    (at / "in/up").symlink_to("..").unwrap();
    (at / "in/d/far").symlink_to("/etc").unwrap();
    (at / "out").write_text("").unwrap();
    mknodat(CWD, (at / "in/pipe").as_str(), FileType::Fifo, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR, 0)
        .unwrap();
    &Root::open(at / "in").unwrap() / path
}
