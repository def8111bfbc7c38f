//! What is listed of a disk with all links of Windows: junctions, mounted volumes, symbolic links, and what only looks like
//! a link. Each directory is listed once, whatever leads to it, unless links are followed.

use std::ops::ControlFlow;

use super::entry::Entry;
use super::listing::Listing;
use super::plan::Begins;
use super::search::{Options, Scope};
use crate::error::Result;
use crate::kind::FileKind;
use crate::path::path;
use crate::pattern::Pattern;
use crate::sys::{Links, RecordedDir};

/// What is listed below the first volume: `/` after a directory, `@` after a link, and errors by their kind.
fn listed(scope: Scope, set: impl FnOnce(&mut Options)) -> String {
    let mut options = Options::new(path("c"), scope);
    set(&mut options);
    let mut found = Vec::new();
    let _: ControlFlow<()> = Listing::<RecordedDir>::new(options).visit(|entry| {
        found.push(shown(entry));
        ControlFlow::Continue(())
    });
    found.join(" ")
}

fn shown(found: Result<&mut Entry>) -> String {
    match found {
        Ok(entry) => {
            let mark = match entry.kind() {
                FileKind::Directory => "/",
                FileKind::Symlink => "@",
                _ => "",
            };
            format!("{}{mark}", entry.relative().to_string().replace('\\', "/"))
        }
        Err(error) => format!("({:?} {:?})", error.op(), error.kind()),
    }
}

fn everything() -> Scope {
    matches("**")
}

fn matches(pattern: &str) -> Scope {
    Scope::Patterns(vec![Pattern::new(pattern)], Begins::AtStart)
}

fn follow(options: &mut Options) {
    options.links = Links::Follow;
}

#[test]
fn a_link_is_listed_as_a_link() {
    let children = "closed@ cloud/ d/ gone@ junction@ round@ to_dir@ to_file@ twice@ volume@ wsl@";
    assert_eq!(listed(Scope::Children, |_| ()), children);
}

#[test]
fn a_walk_enters_no_link() {
    let all = "./ closed@ cloud/ cloud/f d/ d/f d/up@ gone@ junction@ round@ to_dir@ to_file@ twice@ volume@ wsl@";
    assert_eq!(listed(everything(), |_| ()), all);
    let contents_first =
        "closed@ cloud/f cloud/ d/f d/up@ d/ gone@ junction@ round@ to_dir@ to_file@ twice@ volume@ wsl@ ./";
    assert_eq!(listed(everything(), |options| options.contents_first = true), contents_first);
}

/// Links to nothing, and around, are no errors: they lead to no directory. One that may not be opened may lead to one.
#[test]
fn a_walk_that_follows_links_ends() {
    let all = "./ closed@ (List PermissionDenied) cloud/ cloud/f d/ d/f d/up@ (Follow FilesystemLoop) gone@ \
        junction@ junction/f junction/up@ (Follow FilesystemLoop) round@ \
        to_dir@ to_dir/f to_dir/up@ (Follow FilesystemLoop) to_file@ \
        twice@ twice/f twice/up@ (Follow FilesystemLoop) volume@ volume/g wsl@ (List Other)";
    assert_eq!(listed(everything(), follow), all);

    let on_one_volume = all.replace("volume/g ", "");
    let same_file_system = |options: &mut Options| {
        follow(options);
        options.same_file_system = true;
    };
    assert_eq!(listed(everything(), same_file_system), on_one_volume);

    let once = "./ closed@ (List PermissionDenied) cloud/ cloud/f d/ d/f d/up@ gone@ junction@ round@ \
        to_dir@ to_file@ twice@ volume@ volume/g wsl@ (List Other)";
    let each_once = |options: &mut Options| {
        follow(options);
        options.once = true;
    };
    assert_eq!(listed(everything(), each_once), once);
}

#[test]
fn a_pattern_goes_through_the_links_that_it_names() {
    for (pattern, expected) in [
        ("*/f", "closed/f cloud/f d/f junction/f to_dir/f twice/f (Stat Other)"),
        ("**/f", "cloud/f d/f"),
        ("*/", "closed@ cloud/ d/ junction@ to_dir@ twice@ volume@"),
        ("junction/*", "junction/f junction/up@"),
        ("volume/g", "volume/g"),
        ("to_file", "to_file@"),
        ("wsl", "wsl@"),
        ("gone/*", ""),
        ("round/*", ""),
        ("closed/*", "(List PermissionDenied)"),
    ] {
        assert_eq!(listed(matches(pattern), |_| ()), expected, "{pattern}");
    }
}
