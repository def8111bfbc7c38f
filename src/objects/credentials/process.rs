//! Credentials from a program that a profile names: `credential_process`.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::Credentials;

/// How long the program may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longest output that is read.
const LONGEST: u64 = 64 << 10;

/// Runs the program. Its errors go where those of this process go; what it prints is not shown.
pub(super) fn credentials(command: &str) -> io::Result<Credentials> {
    let output = run(command, PATIENCE)?;
    let credentials = Credentials::from_json(&output).map_err(io::Error::other)?;
    Ok(credentials)
}

fn run(command: &str, patience: Duration) -> io::Result<String> {
    let words = words(command).ok_or_else(|| io::Error::other("a quotation mark is not closed"))?;
    let (program, arguments) = words.split_first().ok_or_else(|| io::Error::other("it names no program"))?;
    let mut child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let outcome = output(&mut child, patience);
    if outcome.is_err() {
        _ = child.kill();
        _ = child.wait();
    }
    outcome
}

fn output(child: &mut Child, patience: Duration) -> io::Result<String> {
    let late = || io::Error::other("the program did not end in time");
    let deadline = Instant::now() + patience;
    let stdout = child.stdout.take().expect("BUG: the output was piped");
    let (sender, receiver) = mpsc::channel();
    // Not joined: a program that the program has started may keep the pipe open.
    thread::Builder::new().spawn(move || {
        let mut text = String::new();
        _ = sender.send(stdout.take(LONGEST).read_to_string(&mut text).map(|_| text));
    })?;
    let text = receiver.recv_timeout(patience).map_err(|_| late())??;
    while Instant::now() < deadline {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(text),
            Some(status) => return Err(io::Error::other(format!("the program failed ({status})"))),
            // It has closed its output, so it ends soon.
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
    Err(late())
}

/// The words of a command line: separated by spaces, or in quotation marks.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quotation = None;
    for character in command.chars() {
        match (quotation, character) {
            (Some(mark), _) if character == mark => quotation = None,
            (None, '"' | '\'') => {
                quotation = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quotation.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_words() {
        let rows = [
            ("", Some(&[][..])),
            (" a  b ", Some(&["a", "b"])),
            (r#""C:\a b\c.exe" --for 'x "y"' """#, Some(&[r"C:\a b\c.exe", "--for", r#"x "y""#, ""])),
            (r#"a"b c"d"#, Some(&["ab cd"])),
            (r#"a "b"#, None),
        ];
        for (command, expected) in rows {
            assert_eq!(words(command), expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_run_and_has_an_end() {
        let long = Duration::from_secs(60);
        assert_eq!(run("printf '%s' 'a b'", long).unwrap(), "a b");
        assert_eq!(run("false", long).unwrap_err().to_string(), "the program failed (exit status: 1)");
        assert_eq!(run("", long).unwrap_err().to_string(), "it names no program");
        assert_eq!(run("no-such-program-here", long).unwrap_err().kind(), io::ErrorKind::NotFound);
        let error = run("sleep 600", Duration::from_millis(20)).unwrap_err();
        assert_eq!(error.to_string(), "the program did not end in time");
        // It goes on after it has closed its output.
        let error = run("sh -c 'exec >&-; exec sleep 600'", Duration::from_millis(200)).unwrap_err();
        assert_eq!(error.to_string(), "the program did not end in time");
    }
}
