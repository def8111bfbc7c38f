//! Our listings, and their entries' way to the sink.

use std::ops::ControlFlow;

use waypath::{Entry, Error, Path, Result, Root, RootWalk, Walk};

use super::measure::Sink;

pub(crate) fn walk(root: &str) -> Walk<'static> {
    <Path>::parse(root).walk()
}

pub(crate) fn glob(root: &str, pattern: &str) -> Walk<'static> {
    let root = <Path>::parse(root);
    match pattern.contains('{') {
        true => root.glob(pattern),
        false => root.glob(pattern),
    }
    .unwrap()
}

/// The directory that a tree is in, for as long as the program runs; and the name of the tree.
pub(crate) fn root_of(tree: &str) -> (&'static Root, String) {
    let (parent, name) = tree.rsplit_once('/').unwrap();
    (Box::leak(Box::new(Root::open(parent).unwrap())), name.to_owned())
}

/// An iterator's entries are given away.
pub(crate) fn iterate(walk: Walk<'_>, sink: &impl Sink) {
    for entry in walk {
        take(&entry.unwrap(), sink);
    }
}

/// A visitor's entries are lent.
pub(crate) fn visit(walk: Walk<'_>, sink: &impl Sink) {
    no_error(walk.visit(|entry| visited(entry, sink)));
}

pub(crate) fn par_visit(walk: Walk<'_>, sink: &(impl Sink + Sync)) {
    no_error(walk.par_visit(|entry| visited(entry, sink)));
}

#[inline]
fn visited(entry: Result<&Entry>, sink: &impl Sink) -> ControlFlow<Error> {
    match entry {
        Ok(entry) => {
            take(entry, sink);
            ControlFlow::Continue(())
        }
        Err(error) => ControlFlow::Break(error),
    }
}

#[inline]
fn take(entry: &Entry, sink: &impl Sink) {
    sink.entry(entry.as_str().as_bytes(), entry.kind());
}

fn no_error(visited: ControlFlow<Error>) {
    if let ControlFlow::Break(error) = visited {
        panic!("{error}");
    }
}

pub(crate) fn iterate_in_root(walk: RootWalk<'_>, sink: &impl Sink) {
    for entry in walk {
        let entry = entry.unwrap();
        sink.entry(entry.as_str().as_bytes(), entry.kind());
    }
}

pub(crate) fn visit_in_root(walk: RootWalk<'_>, sink: &impl Sink) {
    no_error(walk.visit(|entry| match entry {
        Ok(entry) => {
            sink.entry(entry.as_str().as_bytes(), entry.kind());
            ControlFlow::Continue(())
        }
        Err(error) => ControlFlow::Break(error),
    }));
}
