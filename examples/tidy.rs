//! Sorts the files of a folder into subfolders by kind.
//!
//! ```sh
//! cargo run --release --example tidy                              # shows it on a sample folder
//! cargo run --release --example tidy -- ~/Downloads               # shows the plan for a folder, and changes nothing
//! cargo run --release --example tidy -- ~/Downloads --apply       # carries it out
//! ```

use std::process::ExitCode;

use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use waypath::{FileKind, Op, Path, PathBuf, Result, TempDir, path};

mod common;
use common::{Failures, Outcome, complain, count, run, say, valid};

/// Sorts the files of a folder into Pictures, Documents, Music, Videos, Archives and Other.
///
/// Without a folder, it shows that on a sample. Nothing is overwritten: if a name is taken, the file gets a number. Hidden
/// files, links and folders stay where they are.
#[derive(Parser)]
struct Args {
    /// The folder
    #[arg(value_name = "DIR", value_parser = NonEmptyStringValueParser::new())]
    folder: Option<String>,
    /// Move the files; otherwise, the plan is shown, and nothing is changed
    #[arg(long, requires = "folder")]
    apply: bool,
}

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

/// Carries a plan out as far as possible. A file whose name is taken becomes `name (2).txt`, `name (3).txt` …
fn apply(moves: &[Move], failures: &mut Failures) -> Outcome {
    let carry_out = |(file, target): &Move| {
        target.mkdir_parent()?;
        target.at_free_name(|free| file.move_to(free))
    };
    let moved = moves.iter().filter_map(|step| failures.unless(carry_out(step))).count();
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

fn tidy(args: &Args, failures: &mut Failures) -> Outcome {
    let Some(folder) = args.folder.as_ref().map(path) else { return demonstrate(failures) };
    let moves = valid(plan(&folder));
    if args.apply {
        return apply(&moves, failures);
    }
    show(&folder, &moves)?;
    say(format!("{} to move; nothing was changed (--apply does it)", count(moves.len(), "file")))
}

fn main() -> ExitCode {
    run(tidy)
}
