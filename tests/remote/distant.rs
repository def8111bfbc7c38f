//! A store that is a round trip away: what saves time there is to ask for many things at once.

use std::time::{Duration, Instant};

use waypath::{CopyOptions, MirrorOptions, Result, TempDir};

use crate::delaying_proxy::DelayingProxy;
use crate::shared::util::Tree;
use crate::support::{Kind, Server, options, programs};

const ROUND_TRIP: Duration = Duration::from_millis(30);
const AT_ONCE: usize = 32;
const DIRECTORIES: usize = 20;
const FILES: usize = 100;

#[test]
fn many_small_files_go_up_and_down_side_by_side() {
    let Some(programs) = programs() else { return };
    let server = Server::start(Kind::SeaweedFs, &programs);
    server.bucket("distant");
    let proxy = DelayingProxy::start(&server.endpoint, ROUND_TRIP);
    let bucket = options(&proxy.endpoint).threads(AT_ONCE).open("distant").unwrap();
    let (source, place) = (many_small_files().unwrap(), TempDir::new().unwrap());
    let (store, back) = (&bucket / "files", &place / "back");

    let up = timed(|| CopyOptions::new().threads(AT_ONCE).copy(&source, &store).map(|report| report.files));
    let again = timed(|| MirrorOptions::new().threads(AT_ONCE).mirror(&source, &store).map(|report| report.files));
    let down = timed(|| CopyOptions::new().threads(AT_ONCE).copy(&store, &back).map(|report| report.files));

    let all = (DIRECTORIES * FILES) as u64;
    assert_eq!((up.0, again.0, down.0), (all, 0, all));
    assert_eq!(Tree::lines_of(&back), Tree::lines_of(&source));
    let most = proxy.most_under_way();
    assert!((2..=AT_ONCE).contains(&most), "{most} requests at a time");
    // Connections are used again.
    assert!(proxy.connections() <= 2 * AT_ONCE, "{} connections", proxy.connections());
    println!(
        "object stores: {all} files, {} ms away, {most} requests at a time: up {:.2} s, unchanged {:.2} s, down {:.2} s",
        ROUND_TRIP.as_millis(),
        up.1,
        again.1,
        down.1,
    );
}

fn many_small_files() -> Result<TempDir> {
    let source = TempDir::new()?;
    for directory in 0..DIRECTORIES {
        let directory = &source / format!("directory{directory}");
        directory.mkdir()?;
        (0..FILES).try_for_each(|file| (&directory / format!("file{file}.txt")).write_text("text ".repeat(300)))?;
    }
    Ok(source)
}

/// What was done, and the seconds that it took.
fn timed(copy: impl FnOnce() -> Result<u64>) -> (u64, f64) {
    let start = Instant::now();
    let files = copy().unwrap();
    (files, start.elapsed().as_secs_f64())
}
