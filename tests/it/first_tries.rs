//! What people write at the first try, before they have read anything: it compiles, and does what it looks like.

mod files;
mod trees;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use waypath::{
    AsPath, CopyOptions, Entry, IoResultExt, Mode, Op, Overwrite, Path, PathBuf, Pattern, PatternSet, RemoveOptions,
    Report, Result, TouchOptions, Walk, path,
};

use crate::support::util::Tree;

fn below(path: &Path, base: &Path) -> Result<PathBuf> {
    Ok(path.relative_to(base)? / "x")
}

fn shown<'a>(path: &'a Path, base: &Path) -> &'a Path {
    path.relative_to(base).unwrap_or(path)
}

fn slashed<'a>(path: &'a Path, base: &Path) -> Cow<'a, str> {
    path.relative_to(base).unwrap().as_posix()
}

fn sibling(path: &Path) -> PathBuf {
    path.normalize() / "x"
}

fn config(path: &Path) -> Result<PathBuf> {
    Ok(path.expanduser()?.expandvars()? / "tool.toml")
}

fn append(path: &mut PathBuf, rest: Option<&str>) -> PathBuf {
    if let Some(rest) = rest {
        *path /= rest;
    }
    path / "end"
}

fn parsed() -> PathBuf {
    Path::parse("a").join("b")
}

#[test]
fn what_is_cut_out_of_a_path_is_a_path() {
    let (deep, base) = (path("a/b/c"), path("a"));
    assert_eq!(below(&deep, &base).unwrap(), "b/c/x");
    assert!(below(&base, &deep).is_err());
    assert_eq!((shown(&deep, &base), shown(&base, &deep)), (&*path("b/c"), &*base));
    assert_eq!(slashed(&deep, &base), "b/c");
    assert_eq!(sibling(&path("a/../b")), "b/x");
    assert_eq!(config(&base).unwrap(), "a/tool.toml");
    assert_eq!(append(&mut path("a"), Some("b")), "a/b/end");
    assert_eq!(append(&mut path("a"), None), "a/end");
    assert_eq!(parsed(), "a/b");
}

fn content(directory: impl AsPath) -> Result<String> {
    let directory = path(directory);
    (&directory / "x").read_text()
}

fn root_of(path: &Path) -> Option<&Path> {
    path.parents().find(|parent| (parent / "Cargo.toml").is_file())
}

/// Only where programs can be started.
#[cfg(not(target_family = "wasm"))]
fn command(path: &Path) -> Result<std::process::Command> {
    let mut command = std::process::Command::new("ls");
    command.arg(path.expanduser()?).current_dir(path);
    Ok(command)
}

#[test]
fn paths_are_taken_as_they_are() {
    let tree = Tree::new(["p/Cargo.toml", "p/src/deep/x"]);
    tree.at("p/src/deep/x").write_text("text").unwrap();
    assert_eq!(content(tree.at("p/src/deep")).unwrap(), "text");
    assert_eq!(content(tree.at("p/src/deep").as_str()).unwrap(), "text");
    assert_eq!(root_of(&tree.at("p/src/deep/x")), Some(&*tree.at("p")));
    #[cfg(not(target_family = "wasm"))]
    assert_eq!(command(&tree).unwrap().get_current_dir(), Some(tree.as_std_path()));
}

fn count(start: &Path, follow: bool, all: bool) -> usize {
    let walk = start.walk().follow_symlinks(follow).hidden(all).unsorted(true);
    walk.contents_first(false).same_file_system(true).count()
}

fn touched(path: &Path) -> Result<()> {
    let options = TouchOptions::new().mode(0o600);
    options.touch(path)?;
    TouchOptions::new().mode("u=rw,go=").touch(path)
}

fn clean(path: &Path) -> Result<()> {
    if path.is_dir() { path.rmtree() } else { path.mkdir() }
}

fn added(from: &Path, to: &Path) -> Result<Report> {
    CopyOptions::new().overwrite(Overwrite::Skip).exclude("target").copy(from, to)
}

fn counted(from: &Path, to: &Path, done: &mut u64) -> Result<Report> {
    let options = CopyOptions::new().progress(|progress| {
        *done = progress.bytes;
        ControlFlow::Continue(())
    });
    options.copy(from, to)
}

fn removed(path: &Path, names: &mut Vec<String>) -> Result<Report> {
    let options = RemoveOptions::new().progress(|progress| {
        names.push(progress.path.to_string());
        ControlFlow::Continue(())
    });
    options.remove(path)
}

#[test]
fn progress_goes_into_what_is_borrowed() {
    let tree = Tree::new(["src/a", "src/d/b"]);
    let (mut done, mut names) = (0, Vec::new());
    counted(&tree.at("src"), &tree.at("to"), &mut done).unwrap();
    assert_eq!(done, 2, "the name of each is its content");
    removed(&tree.at("to/a"), &mut names).unwrap();
    assert_eq!(names, [tree.at("to/a").as_str()]);
}

fn inside_itself(source: &Path) -> Result<Report> {
    CopyOptions::new().exclude("dist").copy(source, source / "dist")
}

#[test]
fn options_take_values() {
    let tree = Tree::new(["src/a", "src/.hidden", "src/target/x", "to/a"]);
    assert_eq!((count(&tree.at("src"), false, true), count(&tree.at("src"), true, false)), (4, 3));
    touched(&tree.at("key")).unwrap();
    #[cfg(unix)]
    assert_eq!(tree.at("key").stat().unwrap().mode(), 0o600);
    let invalid = TouchOptions::new().mode("u+z").touch(tree.at("none")).unwrap_err();
    assert_eq!((invalid.op(), tree.at("none").exists()), (Op::Touch, false));

    let report = added(&tree.at("src"), &tree.at("to")).unwrap();
    assert_eq!((report.files, report.unchanged), (1, 1));
    assert_eq!(inside_itself(&tree.at("src")).unwrap().files, 3);
    assert_eq!(tree.at("src/dist").walk().count(), 4);
    clean(&tree.at("src")).unwrap();
    assert!(!tree.at("src").exists());
    clean(&tree.at("src")).unwrap();
    assert!(tree.at("src").is_dir());
}

fn sources(start: &Path) -> Result<Walk<'_>> {
    Ok(start.glob("**/*.{rs,py}")?.exclude("{target,.git}"))
}

fn is_image(path: &Path) -> bool {
    path.matches("*.{jpg,jpeg,png}")
}

fn images_in(start: &Path, name: &Path) -> Result<usize> {
    Ok(start.glob(format!("{}/*.{{jpg,png}}", Pattern::literal(name)))?.count())
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Rules {
    only: Vec<Pattern>,
    mode: Mode,
}

fn set(patterns: &[String]) -> PatternSet {
    patterns.iter().collect()
}

#[test]
fn patterns_are_written_as_everybody_writes_them() {
    let tree = Tree::new(["src/a.rs", "src/b.py", "src/c.md", "target/d.rs", "[x]{y}/e.jpg", "[x]{y}/f.gif"]);
    assert_eq!(sources(&tree).unwrap().count(), 2);
    assert!(is_image(&path("a/b.jpeg")) && !is_image(&path("a/b.gif")));
    assert_eq!(images_in(&tree, &path("[x]{y}")).unwrap(), 1);
    let rules = Rules { only: vec![Pattern::new("*.{rs,py}")], mode: Mode::from(0o644) };
    assert_eq!(HashSet::from([rules.clone()]), HashSet::from([rules]));
    let set = set(&["*.rs".to_owned(), "docs/**".to_owned()]);
    assert!(set.is_match("a.rs") && set.is_match("docs/a") && !set.is_match("b/a.rs"));
}

fn full_lines(path: &Path) -> Result<usize> {
    let mut count = 0;
    for line in BufReader::new(path.open()?).lines() {
        count += usize::from(!line?.is_empty());
    }
    Ok(count)
}

fn save(path: &Path) -> Result<()> {
    let mut file = path.create()?;
    writeln!(file, "a")?;
    file.flush()?;
    Ok(())
}

fn program() -> Result<PathBuf> {
    PathBuf::try_from(std::env::current_exe()?)
}

fn bump(path: &Path) -> std::result::Result<bool, Box<dyn std::error::Error>> {
    path.edit_text(|text| -> std::result::Result<String, Box<dyn std::error::Error>> {
        Ok((text.trim().parse::<u64>()? + 1).to_string())
    })
}

#[test]
fn one_result_serves_a_whole_function() {
    let tree = Tree::new([]);
    let file = tree.at("f");
    save(&file).unwrap();
    assert_eq!(full_lines(&file).unwrap(), 1);
    file.write_bytes(b"\xff\n").unwrap();
    let error = full_lines(&file).unwrap_err();
    assert_eq!((error.op(), error.to_string()), (Op::Other, "stream did not contain valid UTF-8".to_owned()));
    let named = BufReader::new(file.open().unwrap()).lines().next().unwrap().at(&file).unwrap_err();
    assert_eq!(named.to_string(), format!("cannot use `{file}`: stream did not contain valid UTF-8"));
    assert_eq!(program().is_ok(), std::env::current_exe().is_ok());

    file.write_text("41\n").unwrap();
    assert!(bump(&file).unwrap());
    assert_eq!(file.read_text().unwrap(), "42");
    file.write_text("many").unwrap();
    assert!(bump(&file).is_err() && file.read_text().unwrap() == "many");
}

/// An error of this crate comes back as it was.
#[test]
fn an_error_that_went_through_std_is_the_same() {
    let error = path("no/such/file").read_text().unwrap_err();
    let (text, there) = (error.to_string(), std::io::Error::from(error));
    let back = waypath::Error::from(there);
    assert_eq!((back.op(), back.to_string()), (Op::Read, text.clone()));
    let there: std::io::Result<()> = Err(back.into());
    assert_eq!(there.at("elsewhere").unwrap_err().to_string(), text);

    // The path that is said first stays.
    let bare: std::io::Result<()> = Err(std::io::ErrorKind::TimedOut.into());
    let named: std::io::Result<()> = Err(bare.at("first").unwrap_err().into());
    assert_eq!(named.at("second").unwrap_err().to_string(), "cannot use `first`: timed out");
}

#[derive(Debug, Default, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Item {
    path: PathBuf,
    perhaps: Option<PathBuf>,
    short: Box<Path>,
}

/// `Arc::from("text")` is not to be had: Rust lets only std implement that.
fn shared(text: &str) -> Arc<Path> {
    Arc::from(path(text))
}

fn is_known(seen: &HashSet<PathBuf>, entry: &Entry) -> bool {
    seen.contains(entry.path()) || *entry == path("a") || *entry == *"a"
}

fn sizes(start: &Path) -> Result<BTreeMap<PathBuf, u64>> {
    let sized = |entry: Result<Entry>| {
        let entry = entry?;
        Ok((entry.relative().to_owned(), entry.size()?))
    };
    start.walk().map(sized).collect()
}

fn last_in_src(path: &Path) -> Option<&str> {
    match path.parts().collect::<Vec<_>>()[..] {
        ["src", .., last] => Some(last),
        _ => None,
    }
}

fn newest(start: &Path) -> Result<Option<Entry>> {
    let mut found = start.glob("*.log")?.collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|entry| entry.modified().ok());
    Ok(found.pop())
}

#[test]
fn paths_go_into_everything_else() {
    assert_eq!(Item::default().short, Box::from("."));
    assert_eq!(&*shared("a/b"), &*path("a/b"));
    assert_eq!([Mode::from(0o755), 0o644.into()].map(|mode| mode.to_string()), ["755", "644"]);
    assert_eq!((last_in_src(&path("src/a/b")), last_in_src(&path("lib/a"))), (Some("b"), None));

    let tree = Tree::new(["d/f", "new.log", "old.log"]);
    tree.at("d/f").write_text("four").unwrap();
    let sizes = sizes(&tree).unwrap();
    assert_eq!(sizes[&path("d/f")], 4);
    let entry = tree.glob("d").unwrap().next().unwrap().unwrap();
    assert!(!is_known(&HashSet::new(), &entry) && is_known(&HashSet::from([tree.at("d")]), &entry));
    assert!(tree.at("d") == entry && *tree.at("d").as_str() == entry && entry < tree.at("e"));
    let early = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
    TouchOptions::new().modified(early).touch(tree.at("old.log")).unwrap();
    assert_eq!(newest(&tree).unwrap().unwrap(), tree.at("new.log"));
}
