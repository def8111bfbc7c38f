//! Files, names, times and temporary files, as people who know pathlib, std, shutil and tempfile write it at the first try.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use waypath::{
    AsPath, CopyOptions, Entry, FileKind, MirrorOptions, Overwrite, Path, PathBuf, Result, Root, Size, TempDir,
    TempFile, TempOptions, TouchOptions, path,
};

use crate::support::util::Tree;

// tempfile's `path()`, `Builder` and `persist`.
fn notes_in(dir: &TempDir) -> Result<PathBuf> {
    let file = dir.path().join("notes.txt");
    file.write_text("notes")?;
    Ok(file)
}

fn written_and_read(text: &str) -> Result<(String, String)> {
    let mut file = TempFile::new()?;
    write!(file, "{text}")?;
    file.rewind()?;
    let mut read = String::new();
    file.read_to_string(&mut read)?;
    Ok((read, file.path().read_text()?))
}

fn downloaded(dir: &Path) -> Result<PathBuf> {
    let mut part = TempOptions::new().prefix("get-").suffix(".part").parent(dir).file()?;
    part.write_all(b"content")?;
    part.persist(dir / "page.html")?;
    Ok(part.path().to_path_buf())
}

#[test]
fn temporary_files_are_used_as_those_of_tempfile() {
    let dir = TempOptions::new().prefix("build-").dir().unwrap();
    assert!(dir.name().starts_with("build-"));
    assert_eq!(notes_in(&dir).unwrap().read_text().unwrap(), "notes");
    assert_eq!(written_and_read("text").unwrap(), ("text".to_owned(), "text".to_owned()));
    assert_eq!(downloaded(&dir).unwrap(), &dir / "page.html");
    assert_eq!(dir.iterdir().paths().unwrap(), [&dir / "notes.txt", &dir / "page.html"]);
}

// std's match on the kind, `unwrap_or_default`, lines, and writers.
fn text_if_there(file: &Path) -> Result<String> {
    match file.read_text() {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

fn sum(file: &Path) -> std::result::Result<i64, Box<dyn std::error::Error + Send + Sync>> {
    let mut sum = 0;
    for line in file.read_lines()? {
        sum += line.trim().parse::<i64>()?;
    }
    Ok(sum)
}

fn first_line(file: &Path) -> Result<Option<String>> {
    let mut lines = BufReader::new(file.open()?).lines();
    Ok(lines.next().transpose()?)
}

fn log(file: &Path, line: &str) -> Result<()> {
    let mut log = file.open_with(OpenOptions::new().append(true).create(true))?;
    writeln!(log, "{line}")?;
    file.append_text(format!("{line}\n"))
}

fn table(file: &Path) -> Result<()> {
    let mut rows = BufWriter::new(file.create_atomic()?);
    for row in 1..=3 {
        writeln!(rows, "{row}")?;
    }
    rows.into_inner()?.commit()
}

fn made(dir: &Path) -> Result<()> {
    match dir.mkdir() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[derive(Debug)]
enum Failure {
    File(waypath::Error),
}

impl From<waypath::Error> for Failure {
    fn from(error: waypath::Error) -> Self {
        Self::File(error)
    }
}

fn loaded(file: &Path) -> std::result::Result<String, Failure> {
    Ok(file.read_text()?)
}

#[test]
fn content_goes_in_and_out_as_with_std() {
    let tree = Tree::new([]);
    let file = tree.at("f");
    assert_eq!((text_if_there(&file).unwrap(), file.read_text().unwrap_or_default()), Default::default());
    table(&file).unwrap();
    assert_eq!((sum(&file).unwrap(), first_line(&file).unwrap().as_deref()), (6, Some("1")));
    log(&file, "four").unwrap();
    assert_eq!(file.read_text().unwrap(), "1\n2\n3\nfour\nfour\n");
    assert_eq!(sum(&file).unwrap_err().to_string(), "invalid digit found in string");
    for content in [&b"bytes"[..], b"text"] {
        file.write_bytes(content).unwrap();
        file.append_bytes(Vec::from(content)).unwrap();
        file.write_atomic(content).unwrap();
    }
    file.write_text(String::from("text") + "\n").unwrap();
    assert!(made(&tree.at("d")).and_then(|()| made(&tree.at("d"))).is_ok() && made(&tree.at("no/d")).is_err());
    let Failure::File(error) = loaded(&tree.at("none")).unwrap_err();
    assert_eq!(error.path(), tree.at("none").as_std_path());
    assert_eq!(error.kind(), std::io::Error::from(error).kind());
}

// pathlib's names, and text made from them.
fn numbered(file: &Path, number: u32) -> Result<PathBuf> {
    file.with_name(format!("{}-{number}{}", file.stem(), file.suffix()))
}

fn language(file: &Path) -> &'static str {
    match file.suffix() {
        ".rs" => "Rust",
        ".py" | ".pyi" => "Python",
        _ => "unknown",
    }
}

fn below_first(path: &Path) -> PathBuf {
    path.parts().skip(1).collect()
}

fn listed(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.name()).collect::<Vec<_>>().join(", ")
}

fn in_order(mut files: Vec<PathBuf>) -> Vec<PathBuf> {
    files.sort();
    files.dedup();
    files.sort_by(|a, b| a.natural_cmp(b));
    files
}

fn text_of(path: &Path) -> String {
    path.into()
}

#[test]
fn names_are_made_from_names() {
    let file = path("src/main.rs");
    assert_eq!(numbered(&file, 2).unwrap(), "src/main-2.rs");
    assert_eq!((language(&file), language(&path("a.pyi")), language(&path("a"))), ("Rust", "Python", "unknown"));
    assert_eq!(path(format!("{file}.bak")), PathBuf::from(file.to_string() + ".bak"));
    assert_eq!(file.with_name(file.name().to_uppercase()).unwrap(), "src/MAIN.RS");
    assert_eq!(file.suffix().trim_start_matches('.'), "rs");
    assert_eq!((below_first(&file), below_first(&path("a"))), (path("main.rs"), path(".")));
    assert_eq!(["a", "b"].iter().collect::<PathBuf>(), [String::from("a"), "b".into()].iter().collect::<PathBuf>());
    assert_eq!(path("a/b/c").parts().rev().collect::<Vec<_>>(), ["c", "b", "a"]);
    assert_eq!((path("a/b/c").parents().nth(1), path("a/b").parent().name()), (Some(&*path("a")), "a"));
    assert!(path("a/node_modules/b").parts().any(|part| part == "node_modules"));
    assert_eq!(listed(&[path("a/b"), path("c")]), "b, c");
    assert_eq!(in_order(vec![path("f10"), path("f9"), path("f10")]), [path("f9"), path("f10")]);
    assert_eq!(text_of(&path("a//b")), path("a/b").as_str());
    assert_eq!(format!("{:>4}|{:<4}|", path("a"), path("b")), "   a|b   |");
}

// Paths that are perhaps there, kept, shared, looked up and compared.
static DATA: LazyLock<PathBuf> = LazyLock::new(|| path(env!("CARGO_MANIFEST_DIR")) / "tests");

struct Cache {
    dir: PathBuf,
}

impl Cache {
    fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    fn entry(&self, key: &str) -> PathBuf {
        self.dir.join(key)
    }
}

fn or_here(dir: Option<PathBuf>) -> PathBuf {
    let here = path(".");
    dir.as_deref().unwrap_or(&here).join("x")
}

fn text_or_here(dir: Option<&str>) -> PathBuf {
    dir.map(path).unwrap_or_default()
}

fn by_parent(files: &[PathBuf]) -> BTreeMap<&Path, Vec<&Path>> {
    let mut groups: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for file in files {
        groups.entry(file.parent()).or_default().push(file);
    }
    groups
}

fn seen(ages: &HashMap<PathBuf, u32>, entry: &Entry) -> Option<u32> {
    ages.get(entry.path()).or_else(|| ages.get(&**entry)).or_else(|| ages.get(entry.parent())).copied()
}

fn joined(parts: impl IntoIterator<Item = impl AsPath>) -> PathBuf {
    parts.into_iter().fold(PathBuf::new(), |path, part| path / part)
}

#[test]
fn paths_are_kept_shared_and_looked_up() {
    assert_eq!((&*DATA / "it").name(), DATA.join("it").name());
    assert_eq!(Cache::new("a").entry("k"), Cache::new(path("a").as_path()).entry("k"));
    assert_eq!((or_here(None), or_here(Some(path("a")))), (path("x"), path("a/x")));
    assert_eq!((text_or_here(None), text_or_here(Some("a"))), (path("."), path("a")));
    let files = [path("a/b"), path("c/d"), path("a/e")];
    assert_eq!(by_parent(&files)[&*path("a")], [&*path("a/b"), &*path("a/e")]);
    assert!(BTreeSet::from(files).contains(path("c/d/e").parent()));
    assert_eq!((joined(["a", "b"]), joined(&[path("a")])), (path("a/b"), path("a")));

    let tree = Tree::new(["d/f"]);
    let entry = tree.rglob("f").unwrap().next().unwrap().unwrap();
    assert_eq!(seen(&HashMap::from([(tree.at("d"), 3)]), &entry), Some(3));
    assert_eq!(seen(&HashMap::from([(tree.at("d/f"), 4)]), &entry), Some(4));
    assert_eq!(entry.path(), tree.at("d/f"));
}

/// Only where threads can be started.
#[cfg(not(target_family = "wasm"))]
#[test]
fn paths_go_to_threads() {
    let tree = Tree::new(["d/f", "g"]);
    assert_eq!(std::thread::scope(|scope| scope.spawn(|| tree.walk().count()).join().unwrap()), 3);
    let shared: std::sync::Arc<Path> = tree.at("d").into();
    let also = shared.clone();
    assert_eq!(std::thread::spawn(move || also.iterdir().paths()).join().unwrap().unwrap(), [&*shared / "f"]);
}

// make's comparison of times, and sums of sizes.
fn is_stale(made: &Path, source: &Path) -> Result<bool> {
    Ok(!made.exists() || made.modified()? < source.modified()?)
}

fn is_old(file: &Path) -> Result<bool> {
    Ok(file.modified()?.elapsed().unwrap_or_default() > Duration::from_secs(3600))
}

fn total(dir: &Path) -> Result<u64> {
    dir.walk().only(FileKind::File).map(|entry| entry?.size()).sum()
}

#[test]
fn times_and_sizes_are_compared_and_added() {
    let tree = Tree::new(["a", "bb", "d/ccc"]);
    let hours_ago = SystemTime::now() - Duration::from_secs(3 * 3600);
    TouchOptions::new().modified(hours_ago).touch(tree.at("a")).unwrap();
    assert!(is_stale(&tree.at("a"), &tree.at("bb")).unwrap() && is_stale(&tree.at("none"), &tree.at("bb")).unwrap());
    assert!(!is_stale(&tree.at("bb"), &tree.at("a")).unwrap());
    assert!(is_old(&tree.at("a")).unwrap() && !is_old(&tree.at("bb")).unwrap());
    assert_eq!((total(&tree).unwrap(), tree.tree_size().unwrap().apparent), (6, 6));
    assert_eq!(format!("{:>8}", Size::from(total(&tree).unwrap())), "     6 B");
}

// shutil's `copytree(dirs_exist_ok=True)`, `move` into a directory, a dry run of rsync.
fn merged(from: &Path, to: &Path) -> Result<u64> {
    Ok(CopyOptions::new().merge(true).overwrite(Overwrite::Always).copy(from, to)?.files)
}

fn filed(file: &Path, dir: &Path) -> Result<PathBuf> {
    dir.mkdir_all()?;
    file.move_into(dir)
}

fn planned(from: &Path, to: &Path) -> Result<Vec<String>> {
    let plan = MirrorOptions::new().delete(true).dry_run(true).exclude("*.tmp").mirror(from, to)?;
    Ok(plan.steps.iter().map(ToString::to_string).collect())
}

fn cleaned(dir: &Path) -> Result<()> {
    dir.rglob("*.tmp")?.try_for_each(|file| file?.unlink())
}

fn replaced(dir: &Path) -> Result<usize> {
    let mut count = 0;
    for file in dir.rglob("*.md")? {
        count += usize::from(file?.edit_text(|text| text.replace("old", "new"))?);
    }
    Ok(count)
}

#[test]
fn trees_are_merged_filed_and_cleaned() {
    let tree = Tree::new(["from/a.md", "from/b.tmp", "to/a.md", "to/c.md"]);
    tree.at("from/a.md").write_text("old words").unwrap();
    let plan = planned(&tree.at("from"), &tree.at("to")).unwrap();
    assert!(plan.contains(&format!("copy over `{}`", tree.at("to/a.md"))), "{plan:?}");
    assert!(plan.contains(&format!("remove `{}`", tree.at("to/c.md"))), "{plan:?}");
    assert_eq!(merged(&tree.at("from"), &tree.at("to")).unwrap(), 2);
    assert_eq!(filed(&tree.at("to/c.md"), &tree.at("to/sub/deep")).unwrap(), tree.at("to/sub/deep/c.md"));
    cleaned(&tree).unwrap();
    assert_eq!(replaced(&tree).unwrap(), 2);
    tree.is([
        "from/",
        "from/a.md: new words",
        "to/",
        "to/a.md: new words",
        "to/sub/",
        "to/sub/deep/",
        "to/sub/deep/c.md",
    ]);
}

// Go's `os.Root`, with the words of a path.
fn stored(uploads: &Root, name: &str, content: &str) -> Result<String> {
    let file = uploads / "in" / name;
    file.parent().mkdir_all()?;
    file.write_text(content)?;
    uploads.join("in").join(name).read_text()
}

fn contents(dir: &Path) -> Result<Vec<String>> {
    Root::open(dir)?.glob("**/*.txt")?.map(|entry| entry?.read_text()).collect()
}

#[test]
fn a_root_is_used_like_a_path() {
    let tree = Tree::new(["up/"]);
    let uploads = Root::open(tree.at("up")).unwrap();
    assert_eq!(stored(&uploads, "a.txt", "text").unwrap(), "text");
    assert!(stored(&uploads, "../../b.txt", "text").unwrap_err().is_escape());
    assert_eq!(contents(&tree.at("up")).unwrap(), ["text"]);
}
