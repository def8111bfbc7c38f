//! Where git's settings say that the user's own rules are: `core.excludesFile`.

use std::ffi::OsStr;

use super::Failure;
use super::rules::Rules;
use crate::sys::{self, OsPath, OsPathBuf};

/// How deep configuration files may include one another, as in git.
const DEEPEST: usize = 10;

/// The user's own rules, for all repositories. `repository` is the configuration of the current one.
pub(super) fn user_rules(repository: Option<&OsPath>, failures: &mut Vec<Failure>) -> Rules {
    let Some(path) = excludes_file(repository) else { return Rules::default() };
    match sys::read(&path) {
        Ok(content) => Rules::parse(&content),
        Err(cause) if super::is_absent(&cause) => Rules::default(),
        Err(cause) => {
            failures.push((path, cause));
            Rules::default()
        }
    }
}

/// The path of the file, if there may be one.
fn excludes_file(repository: Option<&OsPath>) -> Option<OsPathBuf> {
    let home = sys::home_dir();
    let settings_dir = match sys::variable("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => Some(OsPathBuf::from(dir)),
        None => home.as_ref().map(|home| home.join(".config")),
    };
    let settings_dir = settings_dir.map(|dir| dir.join("git"));
    let mut files = vec![OsPathBuf::from("/etc/gitconfig")];
    match sys::variable("GIT_CONFIG_GLOBAL") {
        Some(file) => files.push(file.into()),
        None => {
            files.extend(settings_dir.as_ref().map(|dir| dir.join("config")));
            files.extend(home.as_ref().map(|home| home.join(".gitconfig")));
        }
    }
    files.extend(repository.map(OsPath::to_path_buf));
    // The last that says something counts.
    match files.iter().rev().find_map(|file| excludes_file_in(file, home.as_deref(), 0)) {
        Some(path) => (!path.as_os_str().is_empty()).then_some(path),
        None => settings_dir.map(|dir| dir.join("ignore")),
    }
}

/// What a configuration file, or one that it includes, says last. One that cannot be read says nothing.
fn excludes_file_in(file: &OsPath, home: Option<&OsPath>, depth: usize) -> Option<OsPathBuf> {
    let content = sys::read(file).ok().filter(|_| depth <= DEEPEST)?;
    let content = String::from_utf8_lossy(&content);
    let mut section = String::new();
    let mut found = None;
    for line in content.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            section = header.split(']').next().unwrap_or_default().to_ascii_lowercase();
            continue;
        }
        let Some((key, text)) = line.split_once('=') else { continue };
        let path = || expanded(&value(text), file, home);
        match (&*section, &*key.trim().to_ascii_lowercase()) {
            ("core", "excludesfile") => found = Some(path()),
            ("include", "path") => found = excludes_file_in(&path(), home, depth + 1).or(found),
            _ => {}
        }
    }
    found
}

/// A value without its quotes, escapes and comment.
fn value(text: &str) -> String {
    let mut value = String::new();
    let mut is_quoted = false;
    // Spaces that count only if something follows.
    let mut spaces = String::new();
    let mut characters = text.trim_start().chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => is_quoted = !is_quoted,
            '#' | ';' if !is_quoted => break,
            ' ' | '\t' if !is_quoted => {
                spaces.push(character);
                continue;
            }
            _ => {
                value.push_str(&std::mem::take(&mut spaces));
                value.push(match character {
                    '\\' => match characters.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(escaped) => escaped,
                        None => break,
                    },
                    _ => character,
                });
            }
        }
    }
    value
}

/// The path that a setting names: `~/` is the home directory, and a relative path begins where the setting is.
fn expanded(value: &str, file: &OsPath, home: Option<&OsPath>) -> OsPathBuf {
    match (value.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ if value.is_empty() => OsPathBuf::new(),
        _ => file.parent().unwrap_or(OsPath::new("")).join(OsStr::new(value)),
    }
}
