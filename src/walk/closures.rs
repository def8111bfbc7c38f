//! The closures that a caller gives to a listing, which may borrow and change what they like.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use super::Entry;
use super::lister::{Asks, Visitor};
use super::threads::Worker;
use crate::error::Result;
use crate::tree::lock;

type Prune<'w> = dyn FnMut(&Entry) -> bool + Send + 'w;
type Compare<'w> = dyn FnMut(&Entry, &Entry) -> Ordering + Send + 'w;

/// The closures of one listing. They are no part of its [`Search`](super::search::Search), which other threads
/// share: what borrows cannot go there.
#[derive(Default)]
pub(super) struct Closures<'w> {
    prune: Vec<Box<Prune<'w>>>,
    compare: Option<Box<Compare<'w>>>,
}

impl<'w> Closures<'w> {
    pub(super) fn add_prune(&mut self, prune: impl FnMut(&Entry) -> bool + Send + 'w) {
        self.prune.push(Box::new(prune));
    }

    pub(super) fn set_compare(&mut self, compare: impl FnMut(&Entry, &Entry) -> Ordering + Send + 'w) {
        self.compare = Some(Box::new(compare));
    }
}

impl Asks for Closures<'_> {
    fn prunes(&mut self, entry: &Entry) -> bool {
        self.prune.iter_mut().any(|prune| prune(entry))
    }

    fn compare(&mut self, left: &Entry, right: &Entry) -> Ordering {
        self.compare.as_mut().map_or(Ordering::Equal, |compare| compare(left, right))
    }
}

/// A visitor in the thread that has the closures.
pub(super) struct Alone<'c, 'w, V> {
    pub(super) closures: &'c mut Closures<'w>,
    pub(super) visit: V,
}

impl<V> Asks for Alone<'_, '_, V> {
    fn prunes(&mut self, entry: &Entry) -> bool {
        self.closures.prunes(entry)
    }

    fn compare(&mut self, left: &Entry, right: &Entry) -> Ordering {
        self.closures.compare(left, right)
    }
}

impl<V: FnMut(Result<&mut Entry>) -> ControlFlow<()>> Visitor for Alone<'_, '_, V> {
    #[inline]
    fn visit(&mut self, found: Result<&mut Entry>) -> ControlFlow<()> {
        (self.visit)(found)
    }
}

/// A visitor in one of several threads, which ask the closures one at a time.
pub(super) struct Together<'c, 'w, V> {
    pub(super) closures: &'c Mutex<Closures<'w>>,
    pub(super) visit: V,
}

impl<V> Asks for Together<'_, '_, V> {
    fn prunes(&mut self, entry: &Entry) -> bool {
        lock(self.closures).prunes(entry)
    }

    fn compare(&mut self, left: &Entry, right: &Entry) -> Ordering {
        lock(self.closures).compare(left, right)
    }
}

impl<V: FnMut(Result<&mut Entry>) -> ControlFlow<()>> Visitor for Together<'_, '_, V> {
    #[inline]
    fn visit(&mut self, found: Result<&mut Entry>) -> ControlFlow<()> {
        (self.visit)(found)
    }
}

impl<V: FnMut(Result<&mut Entry>) -> ControlFlow<()>> Worker for Together<'_, '_, V> {}

/// Runs a listing that knows only whether its visitor breaks, and returns what the visitor broke with.
pub(crate) fn keeping_break<E, B>(
    mut visitor: impl FnMut(Result<&E>) -> ControlFlow<B>,
    list: impl FnOnce(&mut dyn FnMut(Result<&E>) -> ControlFlow<()>) -> ControlFlow<()>,
) -> ControlFlow<B> {
    let mut broken = None;
    _ = list(&mut |found| visitor(found).map_break(|value| broken = Some(value)));
    broken.map_or(ControlFlow::Continue(()), ControlFlow::Break)
}

/// The same for a visitor that several threads call.
pub(crate) fn keeping_first_break<E, B: Send>(
    visitor: impl Fn(Result<&E>) -> ControlFlow<B> + Sync,
    list: impl FnOnce(&(dyn Fn(Result<&E>) -> ControlFlow<()> + Sync)) -> ControlFlow<()>,
) -> ControlFlow<B> {
    let first = Mutex::new(None);
    _ = list(&|found| visitor(found).map_break(|value| _ = lock(&first).get_or_insert(value)));
    let broken = first.into_inner().unwrap_or_else(PoisonError::into_inner);
    broken.map_or(ControlFlow::Continue(()), ControlFlow::Break)
}
