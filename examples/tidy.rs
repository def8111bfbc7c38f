//! Sorts the files of a folder into subfolders by kind.
//!
//! ```sh
//! cargo run --example tidy                  # shows it on a sample folder
//! cargo run --example tidy -- DIR           # shows the plan for a folder
//! cargo run --example tidy -- DIR --apply   # carries it out
//! ```
//!
//! Nothing is ever overwritten: where a name is taken, the file gets a number. Hidden files, links and
//! folders stay where they are.

use std::io::ErrorKind;
use std::process::ExitCode;

use waypath::{FileKind, Op, Path, PathBuf, Result, TempDir, path};

const KINDS: [(&str, &[&str]); 5] = [
    ("Pictures", &[".jpg", ".jpeg", ".png", ".gif", ".svg", ".heic"]),
    ("Documents", &[".pdf", ".docx", ".odt", ".txt", ".md", ".xlsx", ".csv"]),
    ("Music", &[".mp3", ".flac", ".ogg", ".wav"]),
    ("Videos", &[".mp4", ".mkv", ".mov", ".webm"]),
    ("Archives", &[".zip", ".gz", ".xz", ".zst", ".7z"]),
];

const SAMPLE: [&str; 15] = [
    "IMG_2041.JPG",
    "IMG_2042.heic",
    "日本.png",
    "café menu.pdf",
    "thesis.final.docx",
    "budget 2026.xlsx",
    "notes.md",
    "site.tar.gz",
    "holiday.mp4",
    "song.flac",
    "setup.exe",
    "README",
    ".hidden",
    "Documents/notes.md",
    "projects/tidy/main.rs",
];

/// The subfolder for a file, by its suffix.
fn kind(file: &Path) -> &'static str {
    let suffix = file.suffix().to_lowercase();
    KINDS.iter().find(|(_, suffixes)| suffixes.contains(&&*suffix)).map_or("Other", |(kind, _)| kind)
}

/// The files of the folder, each with the path that it is to get.
fn plan(folder: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut moves = Vec::new();
    for entry in folder.iterdir() {
        let entry = match entry {
            Err(error) if error.op() == Op::Convert => {
                eprintln!("tidy: left alone: {error}");
                continue;
            }
            entry => entry?,
        };
        if entry.kind() == FileKind::File && !entry.name().starts_with('.') {
            let target = folder / kind(&entry) / entry.name();
            moves.push((entry.into_path(), target));
        }
    }
    Ok(moves)
}

fn print_plan(folder: &Path, moves: &[(PathBuf, PathBuf)]) -> Result<()> {
    for (file, target) in moves {
        let taken = if target.exists() { "   (taken: gets a number)" } else { "" };
        println!("  {} -> {}{taken}", file.name(), target.relative_to(folder)?);
    }
    Ok(())
}

/// Moves a file; to `name (2).txt`, `name (3).txt` … where the name is taken.
fn move_to_free(file: &Path, target: &Path) -> Result<PathBuf> {
    target.parent().mkdir_all()?;
    let mut free = target.to_path_buf();
    for number in 2.. {
        match file.move_to(&free) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                free = target.with_stem(format!("{} ({number})", target.stem()))?;
            }
            result => return result,
        }
    }
    unreachable!("there are more numbers than files")
}

/// Carries the plan out as far as possible; whether all of it went well.
fn apply(moves: &[(PathBuf, PathBuf)]) -> bool {
    let mut moved = 0;
    for (file, target) in moves {
        match move_to_free(file, target) {
            Ok(_) => moved += 1,
            Err(error) => eprintln!("tidy: {error}"),
        }
    }
    println!("{moved} of {} files moved", moves.len());
    moved == moves.len()
}

fn print_tree(folder: &Path, indent: &str) -> Result<()> {
    for entry in folder.iterdir() {
        let entry = entry?;
        let is_folder = entry.kind() == FileKind::Directory;
        println!("{indent}{}{}", entry.name(), if is_folder { "/" } else { "" });
        if is_folder {
            print_tree(&entry, &format!("{indent}    "))?;
        }
    }
    Ok(())
}

fn sample() -> Result<TempDir> {
    let folder = TempDir::new()?;
    for name in SAMPLE {
        let file = &folder / name;
        file.parent().mkdir_all()?;
        file.write_text(format!("This is {}.\n", file.name()))?;
    }
    Ok(folder)
}

fn demonstrate() -> Result<bool> {
    let folder = sample()?;
    println!("{folder}:");
    print_tree(&folder, "    ")?;
    println!("\nThe plan:");
    let moves = plan(&folder)?;
    print_plan(&folder, &moves)?;
    println!();
    let all_well = apply(&moves);
    println!("\n{folder}:");
    print_tree(&folder, "    ")?;
    Ok(all_well)
}

/// Shows the plan for a folder, or carries it out.
fn tidy(folder: &Path, do_it: bool) -> Result<bool> {
    let moves = plan(folder)?;
    if do_it {
        return Ok(apply(&moves));
    }
    print_plan(folder, &moves)?;
    println!("{} files to move; nothing was changed (--apply does it)", moves.len());
    Ok(true)
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(|text| text.to_str().unwrap_or("--not-utf-8")).collect();
    let done = match arguments[..] {
        [] => demonstrate(),
        [folder] if !folder.starts_with('-') => tidy(&path(folder), false),
        [folder, "--apply"] | ["--apply", folder] if !folder.starts_with('-') => tidy(&path(folder), true),
        _ => {
            eprintln!("usage: tidy [DIR [--apply]]");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(all_well) => ExitCode::from(u8::from(!all_well)),
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::from(2)
        }
    }
}
