//! Sorts the files of a folder into subfolders by kind.
//!
//! ```sh
//! cargo run --example tidy                  # shows it on a sample folder
//! cargo run --example tidy -- DIR           # shows the plan for a folder
//! cargo run --example tidy -- DIR --apply   # carries it out
//! ```
//!
//! Nothing is overwritten: if a name is taken, the file gets a number. Hidden files, links and folders stay where they are.

use std::process::ExitCode;

use waypath::{FileKind, Op, Path, PathBuf, Result, TempDir, path};

mod common;
use common::{Failures, Outcome, complain, count, say, valid};

const KINDS: [(&str, &str); 5] = [
    ("Pictures", ".jpg .jpeg .png .gif .svg .heic"),
    ("Documents", ".pdf .docx .odt .txt .md .xlsx .csv"),
    ("Music", ".mp3 .flac .ogg .wav"),
    ("Videos", ".mp4 .mkv .mov .webm"),
    ("Archives", ".zip .gz .xz .zst .7z"),
];

const SAMPLE: &str = "IMG_2041.JPG|IMG_2042.heic|日本.png|café menu.pdf|thesis.final.docx|notes.md|site.tar.gz|\
                      holiday.mp4|song.flac|setup.exe|README|.hidden|Documents/notes.md|projects/tidy/main.rs";

const HELP: &str = "\
Sorts the files of a folder into subfolders by kind: Pictures, Documents, Music, Videos, Archives, Other.

Usage: tidy                 shows it on a sample folder
       tidy DIR             shows the plan for a folder, and changes nothing
       tidy DIR --apply     carries it out

Nothing is overwritten: if a name is taken, the file gets a number. Hidden files, links and folders stay where they are.";

/// A file, and the path that it is to get.
type Move = (PathBuf, PathBuf);

fn plan(folder: &Path) -> Result<Vec<Move>> {
    let mut moves = Vec::new();
    for entry in folder.iterdir() {
        let file = match entry {
            Err(error) if error.op() == Op::Convert => {
                complain(format!("left alone: {error}"));
                continue;
            }
            entry => entry?,
        };
        if file.kind() == FileKind::File && !file.name().starts_with('.') {
            let suffix = file.suffix().to_lowercase();
            let kind = KINDS.iter().find(|(_, suffixes)| suffixes.split(' ').any(|known| known == suffix));
            let target = folder / kind.map_or("Other", |(name, _)| name) / file.name();
            moves.push((file.into_path(), target));
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

/// Moves a file; to `name (2).txt`, `name (3).txt` … where the name is taken.
fn move_to_free((file, target): &Move) -> Result<PathBuf> {
    target.parent().mkdir_all()?;
    target.at_free_name(|free| file.move_to(free))
}

/// Carries a plan out as far as possible.
fn apply(moves: &[Move], failures: &mut Failures) -> Outcome {
    let moved = moves.iter().filter_map(|step| failures.unless(move_to_free(step))).count();
    Ok(say(format!("{moved} of {} moved", count(moves.len(), "file")))?)
}

fn demonstrate(failures: &mut Failures) -> Outcome {
    let folder = TempDir::new()?;
    for name in SAMPLE.split('|') {
        let file = &folder / name;
        file.mkdir_parent()?;
        file.write_text(format!("This is {name}.\n"))?;
    }
    say(folder.tree())?;
    say("\nThe plan:")?;
    let moves = plan(&folder)?;
    show(&folder, &moves)?;
    apply(&moves, failures)?;
    say("\nAfterwards:")?;
    Ok(say(folder.tree())?)
}

fn tidy(arguments: &[&str], failures: &mut Failures) -> Outcome {
    let moves_in = |folder: &Path| valid(plan(folder));
    match arguments {
        [] => demonstrate(failures),
        ["-h" | "--help"] => Ok(say(HELP)?),
        ["", ..] => usage(),
        [option, ..] if option.starts_with('-') => usage(),
        [folder] => {
            let (folder, moves) = (path(folder), moves_in(&path(folder)));
            show(&folder, &moves)?;
            Ok(say(format!("{} to move; nothing was changed (--apply does it)", count(moves.len(), "file")))?)
        }
        [folder, "--apply"] => apply(&moves_in(&path(folder)), failures),
        _ => usage(),
    }
}

fn usage() -> Outcome {
    valid(Err("usage: tidy [DIR [--apply]]; `tidy --help` says more"))
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(|text| text.to_str().unwrap_or_default()).collect();
    let mut failures = Failures::default();
    let outcome = tidy(&arguments, &mut failures);
    failures.end(outcome)
}
