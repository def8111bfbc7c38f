use waypath::{CopyOptions, Overwrite, Path, Result};

/// Backs up the notes, and prints what is to be done.
fn back_up(home: &Path) -> Result<()> {
    let notes = home / "notes";
    let update = CopyOptions::archive().overwrite(Overwrite::IfDifferent).exclude("**/*.{tmp,bak}");
    let report = update.copy(&notes, home / "backup")?;
    println!("{} copied, {} unchanged", report.files, report.unchanged);

    for note in notes.glob("**/*.md")? {
        let note = note?;
        for line in note.read_text()?.lines().filter(|line| line.starts_with("TODO")) {
            println!("{}: {line}", note.relative());
        }
    }
    (home / "backup/latest.txt").write_atomic(format!("{} copied\n", report.files))
}
