//! Sorts the files of a folder into subfolders by kind.
//!
//! ```sh
//! cargo run --example tidy                  # shows it on a sample folder
//! cargo run --example tidy -- DIR           # shows the plan for a folder
//! cargo run --example tidy -- DIR --apply   # carries it out
//! ```
//!
//! Nothing is overwritten: where a name is taken, the file gets a number. Hidden files, links and
//! folders stay where they are.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use waypath::{FileKind, Op, Path, PathBuf, Result, TempDir, path};

#[path = "common/output.rs"]
mod output;
use output::{complain, say};

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
                complain("tidy", format!("left alone: {error}"));
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

/// Moves a file; to `name (2).txt`, `name (3).txt` … where the name is taken.
fn move_to_free((file, target): &Move) -> Result<PathBuf> {
    target.parent().mkdir_all()?;
    target.at_free_name(|free| file.move_to(free))
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// Carries a plan out as far as possible; returns how many files could not be moved.
fn apply(moves: &[Move]) -> io::Result<usize> {
    let failures = moves.iter().filter_map(|step| move_to_free(step).err());
    let failed = failures.inspect(|error| complain("tidy", error)).count();
    say(format!("{} of {} moved", moves.len() - failed, files(moves.len())))?;
    Ok(failed)
}

fn show_plan(folder: &Path, moves: &[Move]) -> Result<(), Box<dyn Error>> {
    for (file, target) in moves {
        let blocked = target.parent().exists() && !target.parent().is_dir();
        let note = match target.exists() {
            true => "   (taken: gets a number)",
            false if blocked => "   (blocked: a file has the folder's name)",
            false => "",
        };
        let name = path(file.name());
        say(format!("    {} -> {}{note}", name.printable(), target.relative_to(folder)?.printable()))?;
    }
    Ok(())
}

fn demonstrate() -> Result<usize, Box<dyn Error>> {
    let folder = TempDir::new()?;
    for name in SAMPLE.split('|') {
        let file = &folder / name;
        file.parent().mkdir_all()?;
        file.write_text(format!("This is {name}.\n"))?;
    }
    say(folder.tree())?;
    say("\nThe plan:")?;
    let moves = plan(&folder)?;
    show_plan(&folder, &moves)?;
    let failed = apply(&moves)?;
    say("\nAfterwards:")?;
    say(folder.tree())?;
    Ok(failed)
}

fn tidy(folder: &Path) -> Result<usize, Box<dyn Error>> {
    Ok(apply(&plan(folder)?)?)
}

/// Shows what would be done in a folder.
fn show(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let moves = plan(folder)?;
    show_plan(folder, &moves)?;
    say(format!("{} to move; nothing was changed (--apply does it)", files(moves.len())))?;
    Ok(0)
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(|text| text.to_str().unwrap_or_default()).collect();
    let is_folder = |text: &str| !text.is_empty() && !text.starts_with('-');
    let done = match arguments[..] {
        [] => demonstrate(),
        ["-h" | "--help"] => say(HELP).map(|()| 0).map_err(Into::into),
        [folder] if is_folder(folder) => show(&path(folder)),
        [folder, "--apply"] if is_folder(folder) => tidy(&path(folder)),
        _ => {
            complain("tidy", "usage: tidy [DIR [--apply]]; `tidy --help` says more");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(failed) => ExitCode::from(u8::from(failed > 0)),
        Err(error) => {
            complain("tidy", error);
            ExitCode::from(2)
        }
    }
}
