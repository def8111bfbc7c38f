//! What only Windows does: long paths, names in any case, names that it misreads, and files that are in use or read-only.
//!
//! Wine shows all of it but links, junctions, and renaming that changes only case.

mod atomic;
mod holding;
mod model;
mod names;
mod questions;
mod renaming;
mod sharing;
mod trees;

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::windows::fs::OpenOptionsExt as _;
use std::thread;
use std::time::{Duration, Instant};

use waypath::{CopyOptions, Op, Overwrite, Path, PathBuf, Result, TempDir, path};

use crate::support::util::{Tree, fails};

#[test]
fn paths_may_be_long() -> Result<()> {
    let tree = Tree::new([]);
    let deep = &tree.at("deep") / vec!["d".repeat(100); 30].join("/");
    assert!(deep.as_str().len() > 3_000);
    deep.mkdir_all()?;
    (&deep / "f").write_text("far down")?;
    (&deep / "f").rename(&deep / "g")?;
    tree.at("deep").copy(tree.at("copy"))?;

    let copied = &tree.at("copy") / deep.relative_to(tree.at("deep"))? / "g";
    assert_eq!(copied.read_text()?, "far down");
    assert_eq!(tree.rglob("g")?.collect::<Result<Vec<_>>>()?.len(), 2);
    // Wine gives no real path of more than 260 characters.
    if std::env::var_os("UNDER_WINE").is_none() {
        assert_eq!(copied.resolve_strict()?, tree.resolve_strict()? / copied.relative_to(&*tree)?);
    }
    tree.at("deep").rmtree()?;
    tree.at("copy").rmtree()?;
    tree.is([]);
    Ok(())
}

#[test]
fn names_are_found_in_any_case() -> Result<()> {
    let tree = Tree::new(["Dir/Größe.TXT"]);
    let other = tree.at("dIR/gRÖSSE.txt".replace("SS", "ß").as_str());
    assert_eq!(other.read_text()?, "Größe.TXT");
    assert!(other.samefile(tree.at("Dir/Größe.TXT"))?);
    assert_eq!(other, tree.at("Dir/Größe.TXT"));
    assert_eq!(other.resolve_strict()?.name(), "Größe.TXT");
    assert_eq!(tree.glob("DIR/*.txt")?.count(), 1);
    assert_eq!(tree.glob("**/größe.*")?.count(), 1);
    assert_eq!(tree.glob("**/größe.*")?.case_sensitive(true).count(), 0);
    fails(tree.at("DIR").mkdir(), Op::Mkdir, ErrorKind::AlreadyExists);
    fails(CopyOptions::new().copy(tree.at("Dir"), tree.at("dir")), Op::Copy, ErrorKind::InvalidInput);
    Ok(())
}

#[test]
fn names_that_are_misread_are_refused() -> Result<()> {
    let tree = Tree::new(["f", "d/"]);
    for name in ["nul", "NUL.txt", "d\\com1", "a.", "a ", "d\\a. .", "f:stream"] {
        // Not joined: `f:` would be a drive.
        let odd = PathBuf::parse(&format!("{}\\{name}", &*tree));
        fails(odd.write_text(""), Op::Write, ErrorKind::InvalidFilename);
        fails(odd.write_atomic(""), Op::Write, ErrorKind::InvalidFilename);
        fails(odd.mkdir(), Op::Mkdir, ErrorKind::InvalidFilename);
        fails(odd.touch(), Op::Touch, ErrorKind::InvalidFilename);
        fails(odd.unlink(), Op::Unlink, ErrorKind::InvalidFilename);
        fails(tree.at("f").rename(&odd), Op::Rename, ErrorKind::InvalidFilename);
        fails(tree.at("f").copy(&odd), Op::Copy, ErrorKind::InvalidFilename);
        fails(odd.rmtree(), Op::Rmtree, ErrorKind::InvalidFilename);
    }
    tree.is(["d/", "f"]);

    let literal: PathBuf = PathBuf::try_from(std::fs::canonicalize(tree.as_str()).unwrap())?;
    for name in ["nul", "a.", "a "] {
        (&literal / name).write_text("as it is written")?;
        assert_eq!((&literal / name).read_text()?, "as it is written");
    }
    let mut names = Vec::new();
    for entry in tree.iterdir() {
        names.push(entry?.name().to_owned());
    }
    assert_eq!(names, ["a ", "a.", "d", "f", "nul"]);
    tree.copy(tree.at("../copy-of-odd-names").normalize()).map(|copy| copy.rmtree())??;
    tree.clear_dir()?;
    tree.is([]);
    Ok(())
}

#[test]
fn a_file_that_is_in_use_is_waited_for() {
    let tree = Tree::new(["f", "g"]);
    let open_alone = || OpenOptions::new().read(true).share_mode(0).open(tree.at("f").as_str()).unwrap();

    let file = open_alone();
    let start = Instant::now();
    fails(tree.at("f").unlink(), Op::Unlink, ErrorKind::ResourceBusy);
    assert!(start.elapsed() >= Duration::from_secs(1), "it was waited for");
    assert!(start.elapsed() < Duration::from_secs(120), "but not for ever");
    assert!(tree.at("g").replace(tree.at("f")).is_err());
    drop(file);
    tree.is(["f", "g"]);

    for deed in [|tree: &Tree| tree.at("g").replace(tree.at("f")).map(drop), |tree: &Tree| tree.at("f").unlink()] {
        while !is_done_when_closed(|| deed(&tree), open_alone()) {}
    }
    tree.is([]);
}

/// Does something with a file that is closed meanwhile. Returns `false` if a busy machine closed it too late.
fn is_done_when_closed(deed: impl FnOnce() -> Result<()>, file: File) -> bool {
    let start = Instant::now();
    let (done, held) = thread::scope(|scope| {
        let closing = scope.spawn(move || {
            thread::sleep(Duration::from_millis(50));
            drop(file);
            start.elapsed()
        });
        (deed(), closing.join().unwrap())
    });
    assert!(done.is_ok() || held >= Duration::from_secs(1), "{done:?}, although it was closed after {held:?}");
    done.is_ok()
}

#[test]
fn what_is_read_only_is_replaced_and_removed() -> Result<()> {
    let tree = Tree::new(["d/f", "f", "g", "h", "i"]);
    for name in ["d/f", "f", "g", "h"] {
        tree.at(name).chmod("a-w")?;
    }
    tree.at("i").replace(tree.at("f"))?;
    CopyOptions::new().overwrite(Overwrite::Always).copy(tree.at("f"), tree.at("g"))?;
    tree.at("d").rmtree()?;
    tree.at("h").unlink()?;
    tree.is(["f: i", "g: i"]);
    fails(path("nowhere").unlink(), Op::Unlink, ErrorKind::NotFound);
    Ok(())
}

/// Wine has another drive: Z:, the root of the host.
#[test]
fn trees_move_to_another_drive_and_into_what_is_there() -> Result<()> {
    let tree = Tree::new(["src/a", "src/d/b", "src/d/e/"]);
    let drive = |path: &Path| path.drive().to_ascii_uppercase();
    let others = ["Z:/tmp", "D:/"].iter().filter_map(|place| TempDir::new_in(place).ok());
    let other = others.into_iter().find(|other| drive(other) != drive(&tree));
    assert!(other.is_some() || std::env::var_os("UNDER_WINE").is_none());

    let content = |root: &Path| -> Result<Vec<String>> {
        root.walk().map(|entry| Ok(entry?.relative_to(root)?.as_posix().into_owned())).collect()
    };
    for place in [Some(tree.at(".")), other.as_ref().map(|other| other.to_path_buf())].into_iter().flatten() {
        let to = &place / "to";
        tree.at("src").move_to(&to)?;
        assert!(!tree.at("src").exists());
        assert_eq!(content(&to)?, ["a", "d", "d/b", "d/e"]);

        (tree.at("src") / "d").mkdir_all()?;
        (tree.at("src") / "d/c").write_text("c")?;
        CopyOptions::new().merge(true).move_to(tree.at("src"), &to)?;
        assert!(!tree.at("src").exists());
        assert_eq!(content(&to)?, ["a", "d", "d/b", "d/c", "d/e"]);

        (&to / "d/c").unlink()?;
        to.move_to(tree.at("src"))?;
        assert!(!to.exists());
        assert_eq!(content(&tree.at("src"))?, ["a", "d", "d/b", "d/e"]);
    }
    Ok(())
}
