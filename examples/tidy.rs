//! Sorts the files of a folder into subfolders by kind. It explains itself:
//!
//! ```sh
//! cargo run --example tidy -- --help
//! ```

use std::process::ExitCode;

use waypath::{FileKind, Op, Path, PathBuf, Result, TempDir, path};

mod common;
use common::{Failures, Outcome, complain, count, run, say, valid};

const HELP: &str = "\
Sorts the files of a folder into subfolders by kind: Pictures, Documents, Music, Videos, Archives, Other.

Usage: tidy                 shows it on a sample folder
       tidy DIR             shows the plan for a folder, and changes nothing
       tidy DIR --apply     carries it out

Nothing is overwritten: if a name is taken, the file gets a number. Hidden files, links and folders stay where they are.";

const SAMPLE: &str = "IMG_2041.JPG|IMG_2042.heic|日本.png|café menu.pdf|thesis.final.docx|notes.md|site.tar.gz|\
                      holiday.mp4|song.flac|setup.exe|README|.hidden|Documents/notes.md|projects/tidy/main.rs";

fn kind(file: &Path) -> &'static str {
    match &*file.suffix().to_lowercase() {
        ".jpg" | ".jpeg" | ".png" | ".gif" | ".svg" | ".heic" => "Pictures",
        ".pdf" | ".docx" | ".odt" | ".txt" | ".md" | ".xlsx" | ".csv" => "Documents",
        ".mp3" | ".flac" | ".ogg" | ".wav" => "Music",
        ".mp4" | ".mkv" | ".mov" | ".webm" => "Videos",
        ".zip" | ".gz" | ".xz" | ".zst" | ".7z" => "Archives",
        _ => "Other",
    }
}

/// A file, and the path that it is to get.
type Move = (PathBuf, PathBuf);

fn plan(folder: &Path) -> Result<Vec<Move>> {
    let mut moves = Vec::new();
    for entry in folder.iterdir() {
        match entry {
            Ok(file) if file.kind() == FileKind::File && !file.name().starts_with('.') => {
                let target = folder / kind(&file) / file.name();
                moves.push((file.into_path(), target));
            }
            Ok(_) => {}
            Err(error) if error.op() == Op::Convert => complain(format!("left alone: {error}")),
            Err(error) => return Err(error),
        }
    }
    Ok(moves)
}

fn show(folder: &Path, moves: &[Move]) -> Outcome {
    for (file, target) in moves {
        let note = match target.parent() {
            _ if target.exists() => "   (taken: gets a number)",
            parent if parent.exists() && !parent.is_dir() => "   (blocked: a file has the folder's name)",
            _ => "",
        };
        let name = path(file.name());
        say(format!("    {} -> {}{note}", name.printable(), target.relative_to(folder)?.printable()))?;
    }
    Ok(())
}

/// Moves a file; to `name (2).txt`, `name (3).txt` … if the name is taken.
fn move_to_free((file, target): &Move) -> Result<PathBuf> {
    target.mkdir_parent()?;
    target.at_free_name(|free| file.move_to(free))
}

/// Carries a plan out as far as possible.
fn apply(moves: &[Move], failures: &mut Failures) -> Outcome {
    let moved = moves.iter().filter_map(|step| failures.unless(move_to_free(step))).count();
    say(format!("{moved} of {} moved", count(moves.len(), "file")))
}

fn demonstrate(failures: &mut Failures) -> Outcome {
    let folder = TempDir::new()?;
    for file in SAMPLE.split('|').map(|name| &folder / name) {
        file.mkdir_parent()?;
        file.write_text(format!("This is {}.\n", file.name()))?;
    }
    say(folder.tree())?;
    say("\nThe plan:")?;
    let moves = plan(&folder)?;
    show(&folder, &moves)?;
    apply(&moves, failures)?;
    say("\nAfterwards:")?;
    say(folder.tree())
}

fn tidy(arguments: &[&str], failures: &mut Failures) -> Outcome {
    let is_folder = |text: &str| !text.is_empty() && !text.starts_with('-');
    match arguments {
        [] => demonstrate(failures),
        ["-h" | "--help"] => say(HELP),
        [folder] if is_folder(folder) => {
            let moves = valid(plan(&path(folder)));
            show(&path(folder), &moves)?;
            say(format!("{} to move; nothing was changed (--apply does it)", count(moves.len(), "file")))
        }
        [folder, "--apply"] if is_folder(folder) => apply(&valid(plan(&path(folder))), failures),
        _ => valid(Err("usage: tidy [DIR [--apply]]; `tidy --help` says more")),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(|text| text.into_string().unwrap_or_default()).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    run(|failures| tidy(&arguments, failures))
}
