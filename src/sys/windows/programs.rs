//! Programs: files whose suffix is in `PATHEXT`.

/// The value if the variable is not set. The system's own default includes scripts, which need other programs.
const USUAL: &str = ".COM;.EXE;.BAT;.CMD";

/// The suffixes of programs, in the order in which they are tried.
pub(crate) fn suffixes(pathext: Option<&str>) -> Vec<String> {
    let suffixes = pathext.filter(|text| !text.is_empty()).unwrap_or(USUAL).split(';');
    suffixes.filter(|suffix| suffix.len() > 1 && suffix.starts_with('.')).map(str::to_lowercase).collect()
}

/// Whether a file with this name is a program.
pub(crate) fn is_program(name: &str, suffixes: &[String]) -> bool {
    let name = name.to_lowercase();
    suffixes.iter().any(|suffix| name.len() > suffix.len() && name.ends_with(&**suffix))
}

/// The file names that a program may have: the name itself if it is one of a program, then the name with each suffix.
pub(crate) fn names(name: &str, suffixes: &[String]) -> Vec<String> {
    let given = Some(name.to_owned()).filter(|name| is_program(name, suffixes));
    given.into_iter().chain(suffixes.iter().map(|suffix| format!("{name}{suffix}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffixes_are_those_of_the_variable() {
        for (pathext, expected) in [
            (None, &[".com", ".exe", ".bat", ".cmd"][..]),
            (Some(""), &[".com", ".exe", ".bat", ".cmd"]),
            (Some(".PY;.exe"), &[".py", ".exe"]),
            (Some(";.;exe;.A.B;"), &[".a.b"]),
            (Some("exe"), &[]),
        ] {
            assert_eq!(suffixes(pathext), expected, "{pathext:?}");
        }
    }

    #[test]
    fn a_name_with_a_suffix_is_tried_first() {
        let suffixes = suffixes(Some(".EXE;.Cmd"));
        for (name, expected) in [
            ("git", &["git.exe", "git.cmd"][..]),
            ("git.EXE", &["git.EXE", "git.EXE.exe", "git.EXE.cmd"]),
            ("git.txt", &["git.txt.exe", "git.txt.cmd"]),
            // A name that is only a suffix has none.
            (".exe", &[".exe.exe", ".exe.cmd"]),
            ("İ.cmd", &["İ.cmd", "İ.cmd.exe", "İ.cmd.cmd"]),
        ] {
            assert_eq!(names(name, &suffixes), expected, "{name}");
        }
    }
}
