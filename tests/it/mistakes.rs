//! The table of mistakes: what goes wrong in the same way on each system, and where it does not.
//!
//! Each row is tried in the same tree, which stays as it is.

use waypath::{
    CopyOptions, MirrorOptions, Op, Overwrite, Path, Result, TempDir, TempFile, TempOptions, TouchOptions, path,
};

use crate::support::util::Tree;

/// A mistake, and the kind of the error that says so. A kind goes by its name: Rust does not let all be named yet.
struct Mistake {
    what: &'static str,
    make: fn(&Tree) -> Result<()>,
    op: Op,
    kind: &'static str,
    /// Where it is another kind.
    but: &'static [(System, &'static str)],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Linux,
    OtherUnix,
    Windows,
    Wasi,
}

const HERE: System = if cfg!(target_os = "linux") {
    System::Linux
} else if cfg!(unix) {
    System::OtherUnix
} else if cfg!(windows) {
    System::Windows
} else {
    System::Wasi
};

/// The row of a mistake: an operation on the tree `t`, what is wrong, and the kind.
macro_rules! mistakes {
    ($($op:ident $what:literal $kind:ident $(but $($system:ident $other:ident)+)?: $t:pat => $make:expr;)*) => {
        &[$(Mistake {
            what: $what,
            make: |$t| $make.map(drop),
            op: Op::$op,
            kind: stringify!($kind),
            but: &[$($((System::$system, stringify!($other))),+)?],
        }),*]
    };
}

const TREE: [&str; 6] = ["d/f", "d/sub/", "e/", "f", "g", "h/sub/"];

const MISTAKES: &[Mistake] = mistakes! {
    Mkdir "the parent is missing" NotFound: t => t.at("no/x").mkdir();
    Mkdir "a file has the name" AlreadyExists: t => t.at("f").mkdir();
    Mkdir "a directory has the name" AlreadyExists: t => t.at("e").mkdir();
    Mkdir "a file is the parent" NotADirectory: t => t.at("f/x").mkdir();
    Mkdir "the name is too long" InvalidFilename: t => t.at(&long()).mkdir();
    Mkdir "the name holds NUL" InvalidInput: t => t.at("a\0b").mkdir();
    Mkdir "all: a file has the name" AlreadyExists: t => t.at("f").mkdir_all();
    Mkdir "all: a file is the parent" NotADirectory: t => t.at("f/x").mkdir_all();
    Mkdir "all: a file is above the parent" NotADirectory: t => t.at("f/x/y").mkdir_all();
    Mkdir "of the parent: a file is there" AlreadyExists: t => t.at("f/x").mkdir_parent();
    Mkdir "all: the name holds NUL" InvalidInput: t => t.at("a\0b").mkdir_all();

    Rmdir "nothing is there" NotFound: t => t.at("no").rmdir();
    Rmdir "it is not empty" DirectoryNotEmpty: t => t.at("d").rmdir();
    Rmdir "it is a file" NotADirectory: t => t.at("f").rmdir();
    Rmdir "a file is the parent" NotADirectory: t => t.at("f/x").rmdir();
    Rmdir "the name holds NUL" InvalidInput: t => t.at("a\0b").rmdir();

    Unlink "nothing is there" NotFound: t => t.at("no").unlink();
    Unlink "it is a directory" IsADirectory but OtherUnix PermissionDenied: t => t.at("e").unlink();
    Unlink "a file is the parent" NotADirectory: t => t.at("f/x").unlink();
    Unlink "if it exists: it is a directory" IsADirectory but OtherUnix PermissionDenied:
        t => t.at("e").unlink_if_exists();

    Touch "the parent is missing" NotFound: t => t.at("no/x").touch();
    Touch "a file is the parent" NotADirectory: t => t.at("f/x").touch();
    Touch "a name that is to be new is taken" AlreadyExists: t => TouchOptions::new().exist_ok(false).touch(t.at("f"));
    Touch "the name holds NUL" InvalidInput: t => t.at("a\0b").touch();

    Rename "nothing is there" NotFound: t => t.at("no").rename(t.at("x"));
    Rename "a file has the new name" AlreadyExists: t => t.at("f").rename(t.at("g"));
    Rename "a directory has the new name" AlreadyExists: t => t.at("f").rename(t.at("e"));
    Rename "a directory is renamed to a taken name" AlreadyExists: t => t.at("d").rename(t.at("f"));
    Rename "the new parent is missing" NotFound: t => t.at("f").rename(t.at("no/x"));
    Rename "a file is the new parent" NotADirectory: t => t.at("g").rename(t.at("f/x"));
    Rename "a directory goes into itself" InvalidInput: t => t.at("d").rename(t.at("d/sub/x"));
    Rename "the new name holds NUL" InvalidInput: t => t.at("f").rename(t.at("a\0b"));

    Replace "nothing is there" NotFound: t => t.at("no").replace(t.at("f"));
    Replace "a directory replaces a file" NotADirectory: t => t.at("e").replace(t.at("f"));
    Replace "a file replaces a directory" IsADirectory: t => t.at("f").replace(t.at("e"));
    Replace "a directory replaces one that is not empty" DirectoryNotEmpty: t => t.at("e").replace(t.at("d"));
    Replace "the new parent is missing" NotFound: t => t.at("f").replace(t.at("no/x"));
    Replace "a file is the new parent" NotADirectory: t => t.at("g").replace(t.at("f/x"));
    Replace "a directory goes into itself" InvalidInput: t => t.at("d").replace(t.at("d/sub/x"));

    Copy "nothing is there" NotFound: t => t.at("no").copy(t.at("x"));
    Copy "the name is taken" AlreadyExists: t => t.at("f").copy(t.at("g"));
    Copy "a directory's name is taken" AlreadyExists: t => t.at("d").copy(t.at("e"));
    Copy "the new parent is missing" NotFound: t => t.at("f").copy(t.at("no/x"));
    Copy "a directory's new parent is missing" NotFound: t => t.at("d").copy(t.at("no/x"));
    Copy "a file is the new parent" NotADirectory: t => t.at("g").copy(t.at("f/x"));
    Copy "a file goes onto itself" InvalidInput: t => t.at("f").copy(t.at("f"));
    Copy "a directory goes into itself" InvalidInput: t => t.at("d").copy(t.at("d/sub/x"));
    Copy "always: a file replaces a directory" IsADirectory: t => replacing().copy(t.at("f"), t.at("e"));
    Copy "always: a directory replaces a file" NotADirectory: t => replacing().copy(t.at("d"), t.at("f"));
    Copy "the name is too long" InvalidFilename: t => t.at("f").copy(t.at(&long()));
    Copy "the name holds NUL" InvalidInput: t => t.at("f").copy(t.at("a\0b"));
    Copy "into what is a file" NotADirectory: t => t.at("f").copy_into(t.at("g"));
    Copy "into what is missing" NotFound: t => t.at("f").copy_into(t.at("no"));

    Move "nothing is there" NotFound: t => t.at("no").move_to(t.at("x"));
    Move "the name is taken" AlreadyExists: t => t.at("f").move_to(t.at("g"));
    Move "the new parent is missing" NotFound: t => t.at("f").move_to(t.at("no/x"));
    Move "onto itself" InvalidInput: t => t.at("f").move_to(t.at("f"));
    Move "a directory goes into itself" InvalidInput: t => t.at("d").move_to(t.at("d/sub/x"));
    Move "always: a file replaces a directory" IsADirectory: t => replacing().move_to(t.at("f"), t.at("e"));
    Move "into what is a file" NotADirectory: t => t.at("f").move_into(t.at("g"));

    Mirror "nothing is there" NotFound: t => t.at("no").mirror_to(t.at("x"));
    Mirror "it is a file" NotADirectory: t => t.at("f").mirror_to(t.at("x"));
    Mirror "to mirror: a file has the name" NotADirectory: t => t.at("d").mirror_to(t.at("f"));
    Mirror "to mirror: the new parent is missing" NotFound: t => t.at("d").mirror_to(t.at("no/x"));
    Mirror "to mirror: a directory goes into itself" InvalidInput: t => t.at("d").mirror_to(t.at("d/sub/x"));
    Mirror "a directory comes out of itself" InvalidInput: t => MirrorOptions::new().delete(true).mirror(t.at("d/sub"), t.at("d"));

    Rmtree "nothing is there" NotFound: t => t.at("no").rmtree();
    Rmtree "it is a file" NotADirectory: t => t.at("f").rmtree();
    Rmtree "the path must end in a name" InvalidInput: _ => path("..").rmtree();
    Rmtree "a file is the parent" NotADirectory: t => t.at("f/x").rmtree();
    Remove "the path must end in a name" InvalidInput: _ => path(".").remove();
    Remove "the name holds NUL" InvalidInput: t => t.at("a\0b").remove();
    ClearDir "nothing is there" NotFound: t => t.at("no").clear_dir();
    ClearDir "it is a file" NotADirectory: t => t.at("f").clear_dir();

    Read "nothing is there" NotFound: t => t.at("no").read_text();
    Read "it is a directory" IsADirectory: t => t.at("d").read_text();
    Read "bytes of a directory" IsADirectory: t => t.at("d").read_bytes();
    Read "a file is the parent" NotADirectory: t => t.at("f/x").read_bytes();
    Read "the name is too long" InvalidFilename: t => t.at(&long()).read_bytes();
    Read "the name holds NUL" InvalidInput: t => t.at("a\0b").read_bytes();
    Write "the parent is missing" NotFound: t => t.at("no/x").write_text("");
    Write "new: the name is taken" AlreadyExists: t => t.at("f").write_new("");
    Write "new: a directory has the name" AlreadyExists: t => t.at("d").write_new("");
    Write "new: the parent is missing" NotFound: t => t.at("no/x").write_new("");
    Write "it is a directory" IsADirectory: t => t.at("d").write_text("");
    Write "a file is the parent" NotADirectory: t => t.at("f/x").write_text("");
    Write "at the end: it is a directory" IsADirectory: t => t.at("d").append_text("");
    Write "in one step: it is a directory" IsADirectory: t => t.at("d").write_atomic("");
    Write "in one step: the parent is missing" NotFound: t => t.at("no/x").write_atomic("");
    Write "in one step: a file is the parent" NotADirectory: t => t.at("f/x").write_atomic("");
    Write "to commit: it is a directory" IsADirectory: t => t.at("d").create_atomic();
    Write "to commit: the parent is missing" NotFound: t => t.at("no/x").create_atomic();
    Write "to commit: a file is the parent" NotADirectory: t => t.at("f/x").create_atomic();
    Write "to commit: the new name is taken" AlreadyExists: t => t.at("f").create_new_atomic();
    Write "to commit: a directory has the new name" AlreadyExists: t => t.at("d").create_new_atomic();
    Write "to commit: a file is the new parent" NotADirectory: t => t.at("f/x").create_new_atomic();
    Open "nothing is there" NotFound: t => t.at("no").open();
    Open "nothing is there to compare with" NotFound: t => t.at("f").same_content(t.at("no"));
    Open "to write: it is a directory" IsADirectory: t => t.at("d").create();

    Stat "nothing is there" NotFound: t => t.at("no").stat();
    Stat "a file is the parent" NotADirectory: t => t.at("f/x").stat();
    Stat "of the name itself: a file is the parent" NotADirectory: t => t.at("f/x").lstat();
    Stat "the name is too long" InvalidFilename: t => t.at(&long()).stat();
    Stat "the name holds NUL" InvalidInput: t => t.at("a\0b").stat();
    Stat "the same file as nothing" NotFound: t => t.at("f").samefile(t.at("no"));

    List "nothing is there" NotFound: t => first(t.at("no").iterdir());
    List "it is a file" NotADirectory: t => first(t.at("f").iterdir());
    List "a file is the parent" NotADirectory: t => first(t.at("f/x").walk());
    List "all below nothing" NotFound: t => first(t.at("no").rglob("*")?);

    Resolve "strictly: nothing is there" NotFound: t => t.at("no").resolve_strict();
    Resolve "strictly: a file is the parent" NotADirectory: t => t.at("f/x").resolve_strict();
    Resolve "the name holds NUL" InvalidInput: t => t.at("a\0b").resolve();
    Chmod "nothing is there" NotFound: t => t.at("no").chmod("u-w");
    Chmod "there is no such mode" InvalidInput: t => t.at("f").chmod("u+q");
    Readlink "nothing is there" NotFound: t => t.at("no").readlink();
    Readlink "it is no link" InvalidInput: t => t.at("f").readlink();
    TempDir "the parent is missing" NotFound: t => TempDir::new_in(t.at("no"));
    TempDir "a file is the parent" NotADirectory: t => TempDir::new_in(t.at("f"));
    Which "there is no such program" NotFound: _ => Path::which("no-such-program");
    Which "nothing is there" NotFound: t => Path::which(t.at("no"));
    Which "it is a directory" NotFound: t => Path::which(t.at("d"));
    Which "it cannot be run" NotFound: t => Path::which(t.at("f"));
    TempFile "the parent is missing" NotFound: t => TempFile::new_in(t.at("no"));
    TempFile "a file is the parent" NotADirectory: t => TempFile::new_in(t.at("f"));
    TempFile "the prefix holds a separator" InvalidInput: t => TempOptions::new().prefix("a/b").parent(&**t).file();
    TempFile "the suffix holds NUL" InvalidInput: t => TempOptions::new().suffix("\0").parent(&**t).file();
    TempFile "there is no such mode" InvalidInput: t => TempOptions::new().mode("u+q").parent(&**t).file();
    Rename "a temporary file, to a name that is taken" AlreadyExists: t => TempFile::new_in(&**t)?.persist(t.at("f"));
    Rename "a temporary file, to a missing parent" NotFound: t => TempFile::new_in(&**t)?.persist(t.at("no/x"));
    Replace "a temporary file, over a directory" IsADirectory: t => TempFile::new_in(&**t)?.persist_replace(t.at("d"));
};

/// Those with links, which are not made everywhere.
#[cfg(unix)]
const MISTAKES_WITH_LINKS: &[Mistake] = mistakes! {
    Hardlink "nothing is there" NotFound: t => t.at("x").hardlink_to(t.at("no"));
    Hardlink "the name is taken" AlreadyExists: t => t.at("g").hardlink_to(t.at("f"));
    Symlink "the name is taken" AlreadyExists: t => t.at("g").symlink_to("f");
    Symlink "replacing: it is a directory" IsADirectory: t => t.at("d").symlink_replace("f");
    Symlink "replacing: the parent is missing" NotFound: t => t.at("no/x").symlink_replace("f");
    Symlink "the parent is missing" NotFound: t => t.at("no/x").symlink_to("f");
    Read "a link leads to itself" FilesystemLoop: t => t.at("loop").read_text();
    Read "a link leads nowhere" NotFound: t => t.at("nowhere").read_text();
    Write "in one step: a link leads to itself" FilesystemLoop: t => t.at("loop").write_atomic("");
    Stat "a link leads to itself" FilesystemLoop: t => t.at("loop").stat();
    Resolve "strictly: a link leads to itself" FilesystemLoop: t => t.at("loop").resolve_strict();
    Mkdir "a link that leads nowhere has the name" AlreadyExists: t => t.at("nowhere").mkdir();
    Rmtree "it is a link to a directory" NotADirectory: t => t.at("there").rmtree();
    Rename "a link that leads nowhere has the new name" AlreadyExists: t => t.at("f").rename(t.at("nowhere"));
    Copy "onto itself through a link" InvalidInput: t => replacing().copy(t.at("e"), t.at("there"));
    Copy "into itself through a link" InvalidInput: t => t.at("e").copy(t.at("there/x"));
    List "a link leads to itself" FilesystemLoop: t => first(t.at("loop").iterdir());
};

fn long() -> String {
    "x".repeat(256)
}

fn replacing() -> CopyOptions<'static> {
    CopyOptions::new().overwrite(Overwrite::Always)
}

fn first<T>(mut entries: impl Iterator<Item = Result<T>>) -> Result<()> {
    entries.next().expect("an entry or an error").map(drop)
}

#[test]
fn mistakes_are_the_same_everywhere() {
    let tree = Tree::new(TREE);
    report("mistakes", outcomes(&tree, MISTAKES));
}

#[cfg(unix)]
#[test]
fn mistakes_with_links_are_the_same_everywhere() {
    let tree = Tree::new(TREE);
    for (link, target) in [("loop", "loop"), ("nowhere", "no"), ("there", "e")] {
        crate::support::util::symlink(target, &tree.at(link));
    }
    report("mistakes with links", outcomes(&tree, MISTAKES_WITH_LINKS));
}

/// For each mistake its row, and whether its kind was the expected one.
fn outcomes(tree: &Tree, mistakes: &[Mistake]) -> Vec<(String, Outcome)> {
    mistakes.iter().map(|mistake| outcome(tree, mistake)).collect()
}

enum Outcome {
    Same,
    Excepted,
    Wrong,
}

fn outcome(tree: &Tree, mistake: &Mistake) -> (String, Outcome) {
    let before = tree.lines();
    let error = match (mistake.make)(tree) {
        Err(error) => error,
        Ok(()) => return (format!("{:?}, {}: no error", mistake.op, mistake.what), Outcome::Wrong),
    };
    let row = format!("{:?}, {}: {:?}", error.op(), mistake.what, error.kind());
    let exception = mistake.but.iter().find(|(system, _)| *system == HERE);
    let kind = exception.map_or(mistake.kind, |(_, kind)| kind);
    if tree.lines() != before {
        (row + ", and the tree has changed", Outcome::Wrong)
    } else if error.op() != mistake.op || format!("{:?}", error.kind()) != kind {
        (format!("{row}, not {:?} and {kind}: {error}", mistake.op), Outcome::Wrong)
    } else if exception.is_some() {
        (format!("{row}, elsewhere {}", mistake.kind), Outcome::Excepted)
    } else {
        (row, Outcome::Same)
    }
}

fn report(what: &str, outcomes: Vec<(String, Outcome)>) {
    let count = |wanted: fn(&Outcome) -> bool| outcomes.iter().filter(|(_, outcome)| wanted(outcome)).count();
    let wrong = count(|outcome| matches!(outcome, Outcome::Wrong));
    for (row, _) in &outcomes {
        println!("{row}");
    }
    println!(
        "{what}: {} rows, {} as everywhere, {} exceptions, {wrong} wrong",
        outcomes.len(),
        count(|outcome| matches!(outcome, Outcome::Same)),
        count(|outcome| matches!(outcome, Outcome::Excepted)),
    );
    let wrong_rows = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Wrong)).map(|(row, _)| &**row);
    assert_eq!(wrong_rows.collect::<Vec<_>>(), [""; 0]);
}
