//! Going through trees, copying and removing them, as people who know walkdir, fs-err and pathlib write it at the first try.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Mutex;

use waypath::{CopyOptions, Entry, Error, FileKind, Overwrite, Path, PathBuf, RemoveOptions, Result, Walk};

use crate::support::util::Tree;

fn project() -> Tree {
    Tree::new(["src/lib.rs", "src/bin/main.rs", "target/debug/app", "docs/guide.md", "README.md", ".git/config"])
}

fn names<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.relative().as_posix().into_owned()).collect()
}

// walkdir's loop, with and without `filter_map`.
fn rust_files(dir: &Path) -> usize {
    dir.walk().filter_map(Result::ok).filter(|entry| entry.suffix() == ".rs").count()
}

fn total_size(dir: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in dir.walk().follow_symlinks(false).min_depth(1) {
        let entry = entry?;
        if entry.is_file() {
            total += entry.size()?;
        }
    }
    Ok(total)
}

// walkdir's `filter_entry`, with what is at hand.
fn visible(dir: &Path, skip: &HashSet<String>) -> Result<Vec<Entry>> {
    dir.walk().prune(|entry| entry.name().starts_with('.') || skip.contains(entry.name())).collect()
}

fn once_each(dir: &Path) -> Result<usize> {
    let mut seen = HashSet::new();
    Ok(dir.walk().prune(|entry| entry.is_file() && !seen.insert(entry.name().to_owned())).paths()?.len())
}

// walkdir's `skip_current_dir`.
fn without_target(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![];
    let mut walk = dir.walk();
    while let Some(entry) = walk.next() {
        let entry = entry?;
        if entry.is_dir() && entry.name() == "target" {
            walk.skip_dir();
            continue;
        }
        found.push(entry.into_path());
    }
    Ok(found)
}

// A walk that a function returns, one that is kept, and one whose options depend on a flag.
fn listing<'a>(dir: &Path, skip: &'a [&'a str]) -> Walk<'a> {
    dir.walk().prune(|entry| skip.contains(&entry.name()))
}

struct Sources<'a> {
    walk: Walk<'a>,
}

fn maybe_all(dir: &Path, all: bool) -> usize {
    let mut walk = dir.walk();
    if !all {
        walk = walk.hidden(false);
    }
    walk.count()
}

fn newest(dir: &Path) -> Result<Option<PathBuf>> {
    let mut files = dir.walk().only(FileKind::File).entries()?;
    files.sort_by_key(|file| file.modified().ok());
    Ok(files.pop().map(PathBuf::from))
}

fn by_suffix(dir: &Path) -> Result<BTreeMap<String, Vec<Entry>>> {
    let mut groups: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in dir.rglob("*.*")? {
        let entry = entry?;
        groups.entry(entry.suffix().to_owned()).or_default().push(entry);
    }
    Ok(groups)
}

fn largest_first(dir: &Path) -> Result<Vec<PathBuf>> {
    dir.walk().only(FileKind::File).sorted_by(|a, b| b.size().ok().cmp(&a.size().ok())).paths()
}

fn count_in_threads(dir: &Path) -> usize {
    let found = Mutex::new(Vec::new());
    let _ = dir.walk().threads(4).par_visit(|entry| {
        if let Ok(entry) = entry {
            found.lock().unwrap().push(entry.path().to_path_buf());
        }
        ControlFlow::<()>::Continue(())
    });
    found.into_inner().unwrap().len()
}

#[test]
fn trees_are_listed_as_it_reads() {
    let tree = project();
    assert_eq!(rust_files(&tree), 2);
    let files = ["src/lib.rs", "src/bin/main.rs", "target/debug/app", "docs/guide.md", "README.md", ".git/config"];
    assert_eq!(total_size(&tree).unwrap(), files.iter().map(|file| tree.at(file).size().unwrap()).sum::<u64>());
    let skip = HashSet::from(["target".to_owned(), "docs".to_owned()]);
    let expected = ["README.md", "src", "src/bin", "src/bin/main.rs", "src/lib.rs"];
    assert_eq!(names(&visible(&tree, &skip).unwrap()), expected);
    assert_eq!(once_each(&tree).unwrap(), 12);
    assert_eq!(without_target(&tree).unwrap().len(), 9);
    assert_eq!(maybe_all(&tree, true) - maybe_all(&tree, false), 2);
    assert!(newest(&tree).unwrap().is_some_and(|file| file.is_file()));
    assert_eq!(by_suffix(&tree).unwrap().keys().collect::<Vec<_>>(), ["", ".md", ".rs"]);
    assert_eq!(largest_first(&tree).unwrap().len(), 6);
    assert_eq!(count_in_threads(&tree), 12);
    let skip = ["src", ".git"];
    let sources = Sources { walk: listing(&tree, &skip) };
    assert_eq!(sources.walk.filter_map(Result::ok).count(), 6);
}

#[test]
fn what_came_first_is_at_hand_and_options_come_before() {
    let tree = project();
    let first = tree.glob("*.md").unwrap().next().unwrap().unwrap();
    assert_eq!(first.name(), "README.md");
    let mut walk = tree.walk();
    assert!(walk.by_ref().take(3).all(|entry| entry.is_ok()));
    let error: Error = walk.exclude("target").next().unwrap().unwrap_err();
    assert!(error.to_string().contains("before the first entry"), "{error}");
}

#[test]
fn reports_print_and_their_paths_are_paths() {
    let tree = project();
    let plan =
        CopyOptions::new().exclude(["target", ".git"]).dry_run(true).copy(tree.at("."), tree.at("copy.d")).unwrap_err();
    assert!(plan.to_string().contains("inside the source"), "{plan}");
    let (from, to) = (tree.at("src"), tree.at("copy.d"));
    let plan = CopyOptions::new().dry_run(true).copy(&from, &to).unwrap();
    let lines: Vec<_> = plan.steps.iter().map(|step| format!("{} {}", step.action, step.path)).collect();
    assert_eq!(lines[0], format!("make directory {to}"));
    assert!(plan.steps.iter().any(|step| step.path == &to / "lib.rs"));
    assert!(plan.steps.iter().all(|step| step.path.to_path().unwrap().is_relative_to(&to)));

    let count = Mutex::new(0);
    let options =
        CopyOptions::new().overwrite(Overwrite::Always).prune(|entry| entry.name() == "bin").progress(|progress| {
            *count.lock().unwrap() += 1;
            assert!(progress.path.to_string().contains("src"));
            ControlFlow::Continue(())
        });
    assert!(options.copy(&from, &to).unwrap().files == 1 && *count.lock().unwrap() > 0);

    let kept =
        RemoveOptions::new().exclude("*.md").prune(|entry| entry.name() == ".git").clear_dir(tree.at(".")).unwrap();
    for skipped in &kept.skipped {
        println!("kept {}: {}", skipped.path, skipped.reason);
    }
    assert_eq!(names(&tree.walk().entries().unwrap()), [".git", ".git/config", "README.md"]);
}
