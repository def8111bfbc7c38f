//! A listing that is asked for, or goes on: what [`Walk`](super::Walk) is made of, in directories of any back end.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use super::Entry;
use super::closures::{Alone, Closures, Together};
use super::lister::Lister;
use super::search::{Options, Order, Search};
use super::stream::Stream;
use super::threads;
use crate::error::Result;
use crate::path::Path;
use crate::sys::Directory;

pub(crate) struct Listing<'w, D: Directory> {
    /// Where paths begin, if not in the working directory.
    base: Option<Arc<D>>,
    state: State<D>,
    pub(super) closures: Closures<'w>,
}

enum State<D: Directory> {
    Waiting(Box<Options>),
    /// The entries that the last steps brought.
    Here(Box<Lister<D>>, VecDeque<Result<Entry>>),
    Threads(Box<Stream<D>>),
}

impl<'w, D: Directory> Listing<'w, D> {
    pub(super) fn new(options: Options) -> Self {
        Self { base: None, state: State::Waiting(Box::new(options)), closures: Closures::default() }
    }

    /// The same listing with another option; one that fails, if this one has begun.
    pub(super) fn with(mut self, set: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.state.into_options();
        set(&mut options);
        self.state = State::Waiting(Box::new(options));
        self
    }

    /// The same listing from the beginning, with paths that begin elsewhere.
    pub(super) fn begun_anew<E: Directory>(self, base: Option<Arc<E>>) -> Listing<'w, E> {
        let state = State::Waiting(Box::new(self.state.into_options()));
        Listing { base, state, closures: self.closures }
    }

    pub(super) fn start(&self) -> &Path {
        &self.state.options().start
    }

    /// What is asked for, from the beginning.
    pub(super) fn into_search(self) -> (Option<Arc<D>>, Arc<Search>, Closures<'w>) {
        let search = match self.state {
            State::Waiting(options) => Arc::new(Search::new(*options)),
            State::Here(lister, _) => lister.search().clone(),
            State::Threads(stream) => stream.search().clone(),
        };
        (self.base, search, self.closures)
    }
}

/// What [`Walk`](super::Walk) promises.
impl<D: Directory> Listing<'_, D> {
    pub(crate) fn visit(self, visit: impl FnMut(Result<&mut Entry>) -> ControlFlow<()>) -> ControlFlow<()> {
        let (base, search, mut closures) = self.into_search();
        let mut lister = Lister::new(base, search, &mut closures);
        let mut visitor = Alone { closures: &mut closures, visit };
        while !lister.is_done() {
            lister.step(&mut visitor)?;
        }
        ControlFlow::Continue(())
    }

    /// Each thread has a visitor of its own.
    pub(crate) fn par_visit<V>(self, visitor: impl Fn() -> V + Sync) -> ControlFlow<()>
    where
        V: FnMut(Result<&mut Entry>) -> ControlFlow<()>,
    {
        let (base, search, closures) = self.into_search();
        let closures = Mutex::new(closures);
        threads::run(base, &search, || Together { closures: &closures, visit: visitor() })
    }

    pub(crate) fn skip_dir(&mut self) {
        match &mut self.state {
            State::Waiting(_) => {}
            State::Here(lister, _) => lister.skip_dir(),
            State::Threads(stream) => stream.skip_dir(),
        }
    }
}

impl<D: Directory> Iterator for Listing<'_, D> {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        let Self { base, state, closures } = self;
        loop {
            match state {
                State::Waiting(options) => {
                    *state = State::begin(base.clone(), std::mem::take(&mut **options), closures)
                }
                State::Threads(stream) => return stream.next(),
                State::Here(lister, entries) => return next_of(lister, entries, closures),
            }
        }
    }
}

impl<D: Directory> State<D> {
    /// Not inlined: each entry would have to make room for it on the stack.
    #[inline(never)]
    fn begin(base: Option<Arc<D>>, options: Options, closures: &mut Closures<'_>) -> Self {
        let may_be_threaded =
            options.order == Order::Unsorted && !options.prunes && options.threads.is_some_and(|count| count > 1);
        let search = Arc::new(Search::new(options));
        let lister = Lister::new(base.clone(), search.clone(), closures);
        if may_be_threaded
            && lister.enters_any()
            && let Some(stream) = Stream::new(base, search)
        {
            return Self::Threads(Box::new(stream));
        }
        Self::Here(Box::new(lister), VecDeque::new())
    }

    fn options(&self) -> &Options {
        match self {
            Self::Waiting(options) => options,
            Self::Here(lister, _) => &lister.search().options,
            Self::Threads(stream) => &stream.search().options,
        }
    }

    /// Those of a listing that has begun fail: what it has listed may not be what they ask for.
    fn into_options(self) -> Options {
        match self {
            Self::Waiting(options) => *options,
            Self::Here(..) | Self::Threads(_) => Options { is_late: true, ..self.options().clone() },
        }
    }
}

/// Goes on until there is an entry, and keeps what comes up with it.
fn next_of<D: Directory>(
    lister: &mut Lister<D>,
    entries: &mut VecDeque<Result<Entry>>,
    closures: &mut Closures<'_>,
) -> Option<Result<Entry>> {
    loop {
        if let Some(entry) = entries.pop_front() {
            return Some(entry);
        }
        if lister.is_done() {
            return None;
        }
        let visit = |entry: Result<&mut Entry>| {
            entries.push_back(entry.cloned());
            ControlFlow::Continue(())
        };
        _ = lister.step(&mut Alone { closures: &mut *closures, visit });
    }
}
