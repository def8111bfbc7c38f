//! A program that is killed in the middle of a copy: no half object, and no half file under its name.

use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::process::{Command, Stdio};

use waypath::{Bucket, CopyOptions, Path, TempDir, path};

use crate::support::{Kind, Server, options, programs};

/// More than one part.
const SIZE: u64 = 40 << 20;

const CHILD: &str = "WAYPATH_TEST_KILLED";

#[test]
fn a_killed_upload_leaves_parts_that_are_found_and_no_object() {
    let Some(programs) = programs() else { return };
    let server = Server::start(Kind::Moto, &programs);
    let (bucket, place) = (server.bucket("killed"), TempDir::new().unwrap());
    large_file(&place / "big");
    kill_in_the_middle("up", &server, &place);
    assert!(!(&bucket / "big").exists().unwrap());

    let left = bucket.unfinished_uploads().unwrap();
    assert_eq!(left.iter().map(|upload| upload.uri()).collect::<Vec<_>>(), ["s3://killed/big"]);
    left[0].abort().unwrap();
    assert!(bucket.unfinished_uploads().unwrap().is_empty());
    (&place / "big").copy(&bucket / "big").unwrap();
    assert_eq!((&bucket / "big").size().unwrap(), SIZE);
}

#[test]
fn a_killed_download_leaves_no_file_under_its_name() {
    let Some(programs) = programs() else { return };
    let server = Server::start(Kind::Moto, &programs);
    let (bucket, place) = (server.bucket("killed"), TempDir::new().unwrap());
    large_file(&place / "source");
    (&place / "source").copy(&bucket / "big").unwrap();
    kill_in_the_middle("down", &server, &place);
    assert!(!(&place / "big").exists());

    (&bucket / "big").copy(&place / "big").unwrap();
    assert_eq!((&place / "big").size().unwrap(), SIZE);
}

fn large_file(file: impl AsRef<std::path::Path>) {
    std::fs::File::create(file).unwrap().set_len(SIZE).unwrap();
}

/// Runs `child` in a process of its own, and kills it once bytes are on their way.
fn kill_in_the_middle(way: &str, server: &Server, place: &Path) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child", "--nocapture"])
        .env(CHILD, [way, &server.endpoint, place.as_str()].join("\n"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.ends_with("in the middle")), "it ended before");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Copies up to the first bytes that are told, and waits to be killed there.
#[test]
fn child() {
    let Ok(job) = std::env::var(CHILD) else { return };
    let [way, endpoint, place] = job.split('\n').collect::<Vec<_>>().try_into().unwrap();
    let bucket: Bucket = options(endpoint).open("killed").unwrap();
    let (object, file) = (&bucket / "big", path(place) / "big");
    let copying = CopyOptions::new().progress(|progress| {
        if progress.bytes > 0 {
            println!("in the middle");
            loop {
                std::thread::park();
            }
        }
        ControlFlow::Continue(())
    });
    let copied = if way == "up" { copying.copy(file, object) } else { copying.copy(object, file) };
    panic!("it was not killed: {copied:?}");
}
