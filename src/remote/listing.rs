//! Listing a store: which pages are asked for, and which entries they make.
//!
//! A listing is a queue of entries and of [`Job`]s, each of which is the keys that begin with a prefix. A job reads all
//! levels below its directory, or one level with a delimiter. Which of them needs fewer requests depends on how much is in
//! the directories that are wanted: many small ones are read together best, large ones one by one, and side by side. So a
//! job that wants some levels only begins with all of them, and after each page looks how many directories were in it. If
//! they were few, the job is split: each directory on the way to where the page ended, from the innermost on, is a job of
//! its own that goes on from there.

use std::collections::VecDeque;
use std::io;
use std::sync::Mutex;

use super::search::{Extent, Judged, Options, Order, Place, Search};
use super::{ObjectStore, RemoteEntry};
use crate::at::At;
use crate::error::{Error, Op, Result};
use crate::objects::{Keys, Listed, Misfit, Position, not_found, part_at};
use crate::path::PathBuf;
use crate::tree::{in_threads, lock, thread_count};

/// How many directories in one page are many: reading each by itself would need as many requests.
const MANY: usize = 8;

/// Closures that leave out entries.
pub(super) type Prune<'w, S> = Box<dyn FnMut(&RemoteEntry<S>) -> bool + Send + 'w>;

/// A listing that has begun.
pub(super) struct Lister<S: ObjectStore> {
    start: At<S>,
    pub(super) search: Search,
    ahead: VecDeque<Ahead<S>>,
    /// Whether nothing was read yet, and what the start is then.
    first: Option<First>,
    /// The directory that was told last, by the prefix of its keys.
    told: Option<String>,
    threads: usize,
}

/// What is known of the start before the first page.
#[derive(Clone, Copy)]
struct First {
    is_wanted: bool,
}

/// What is ahead in a listing.
enum Ahead<S: ObjectStore> {
    Told(Result<RemoteEntry<S>>),
    Job(Box<Job>),
}

/// The keys with a prefix, to be read.
struct Job {
    /// The directories down to the key that was looked at last; the first one is that of the job.
    way: Vec<Place>,
    keys: Keys,
    reads: Reads,
    /// Why the last page could not be read.
    failure: Option<io::Error>,
    /// How many directories were gone into since the last page that would be a job each.
    entered: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    OneLevel,
    /// All levels, as long as there are many directories in each page.
    AllLevelsOfMany,
    AllLevels,
}

impl<S: ObjectStore> Lister<S> {
    /// Begins a listing, unless nothing can be listed.
    pub(super) fn begin(start: &At<S>, options: Options, prunes: &[Prune<'_, S>]) -> Result<Self> {
        let search = Search::new(options);
        search.check(&start.uri())?;
        let key = start.key(Op::List)?;
        Ok(Self::new(start.clone(), key, search, prunes))
    }

    fn new(start: At<S>, key: &str, search: Search, prunes: &[Prune<'_, S>]) -> Self {
        let Judged { is_wanted, below } = search.start(key);
        let threads = thread_count(search.options.threads.unwrap_or(start.objects().limits().threads));
        let first = Some(First { is_wanted });
        let mut new = Self { start, search, ahead: VecDeque::new(), first, told: None, threads };
        if let Some(place) = below {
            new.ahead = new.jobs(&place, &Position::Start, prunes).into();
        }
        new
    }

    pub(super) fn next(&mut self, prunes: &mut [Prune<'_, S>]) -> Option<Result<RemoteEntry<S>>> {
        if let Some(first) = self.first.take()
            && let Some(found) = self.look_at_start(first)
        {
            return Some(found);
        }
        loop {
            self.put_off_job_without_page();
            match self.ahead.pop_front()? {
                Ahead::Told(found) => {
                    self.remember(&found);
                    return Some(found);
                }
                Ahead::Job(mut job) => {
                    if let Some(failure) = job.failure.take() {
                        // Whatever else is asked of this store would most likely fail as well, after many tries.
                        self.ahead.clear();
                        return Some(Err(self.start.failed(Op::List, failure)));
                    }
                    if let Some(found) = self.go_on(job, prunes) {
                        self.remember(&found);
                        return Some(found);
                    }
                }
            }
        }
    }

    fn remember(&mut self, found: &Result<RemoteEntry<S>>) {
        let directory = found.as_ref().ok().filter(|entry| entry.is_dir());
        self.told = directory.map(|entry| format!("{}/", entry.as_str()));
    }

    /// Reads the first page, and tells of the start what there is to tell.
    fn look_at_start(&mut self, First { is_wanted }: First) -> Option<Result<RemoteEntry<S>>> {
        let is_store = self.start.as_str() == ".";
        let needs_start = self.search.needs_start() && !is_store;
        if !(is_wanted || needs_start) {
            return None;
        }
        self.read_pages();
        let Some(Ahead::Job(job)) = self.ahead.front() else { return None };
        match (job.failure.is_some(), is_store || job.keys.peek().is_some()) {
            (true, _) => None,
            (false, true) if is_wanted => {
                // What all keys of the store begin with.
                self.told = Some(String::new());
                Some(Ok(RemoteEntry::new(self.start.clone(), 0, None)))
            }
            (false, false) if needs_start => {
                self.ahead.clear();
                Some(Err(self.start.failed(Op::List, not_found())))
            }
            _ => None,
        }
    }

    /// Leaves out what is in the directory that was told last.
    pub(super) fn skip_dir(&mut self) {
        let Some(prefix) = self.told.take() else { return };
        while let Some(Ahead::Job(job)) = self.ahead.front_mut() {
            if !job.directory().prefix.starts_with(&*prefix) {
                if job.place().prefix == prefix {
                    job.leave(&prefix);
                }
                break;
            }
            self.ahead.pop_front();
        }
    }

    /// Goes on with a job up to an entry or an error. It is done if nothing is returned, or has put what is ahead in front.
    fn go_on(&mut self, mut job: Box<Job>, prunes: &mut [Prune<'_, S>]) -> Option<Result<RemoteEntry<S>>> {
        if job.keys.needs_page() {
            if job.is_to_be_split() {
                self.put_in_front(self.split(*job, prunes));
            } else {
                self.ahead.push_front(Ahead::Job(job));
                self.read_pages();
            }
            return None;
        }
        if job.reads == Reads::OneLevel {
            let ahead = self.one_level(job, prunes);
            self.put_in_front(ahead);
            return None;
        }
        let found = self.step(&mut job, prunes);
        if !job.keys.is_done() {
            self.ahead.push_front(Ahead::Job(job));
        }
        found
    }

    fn put_in_front(&mut self, ahead: Vec<Ahead<S>>) {
        for ahead in ahead.into_iter().rev() {
            self.ahead.push_front(ahead);
        }
    }

    /// Where the order does not matter, goes on with what was read already.
    fn put_off_job_without_page(&mut self) {
        let has_page = |ahead: &Ahead<S>| !matches!(ahead, Ahead::Job(job) if job.keys.needs_page());
        if self.search.options.order == Order::None
            && self.ahead.front().is_some_and(|ahead| !has_page(ahead))
            && let Some(at) = self.ahead.iter().position(has_page)
        {
            self.ahead.rotate_left(at);
        }
    }

    /// Reads a page for the first jobs that need one, side by side.
    fn read_pages(&mut self) {
        let jobs = self.ahead.iter_mut().filter_map(|ahead| match ahead {
            Ahead::Job(job) if job.keys.needs_page() && !job.is_to_be_split() => Some(job),
            _ => None,
        });
        let jobs: Vec<_> = jobs.take(self.threads).collect();
        let count = jobs.len();
        let jobs = Mutex::new(jobs.into_iter());
        in_threads(count, || {
            let next = || lock(&jobs).next();
            while let Some(job) = next() {
                job.read();
            }
        });
    }

    /// Looks at the next key of a job on all levels: goes into one directory of those on its way, or takes it.
    fn step(&self, job: &mut Job, prunes: &mut [Prune<'_, S>]) -> Option<Result<RemoteEntry<S>>> {
        let key = job.keys.peek()?.key();
        while job.way.len() > 1 && !key.starts_with(&job.place().prefix) {
            job.way.pop();
        }
        let place = job.place();
        if key.len() == place.prefix.len() {
            job.keys.pop();
            return None;
        }
        match part_at(key, place.prefix.len()) {
            Err(misfit) => {
                let listed = job.keys.pop()?;
                Some(Err(self.misfit(&listed, misfit)))
            }
            Ok((name, true)) => {
                let prefix = key[..place.prefix.len() + name.len() + 1].to_owned();
                let (told, below) = self.directory(place, name, prunes);
                let is_one_of_many = job.reads == Reads::AllLevelsOfMany && self.reads(place) != Reads::AllLevels;
                match below {
                    None => job.keys.leave_out(&prefix),
                    Some(below) => {
                        job.entered += usize::from(is_one_of_many);
                        job.way.push(below);
                    }
                }
                told.map(Ok)
            }
            Ok((name, false)) => {
                let is_wanted = self.search.wants_file(place, name);
                let depth = place.depth + 1;
                let listed = job.keys.pop().filter(|_| is_wanted)?;
                self.file(listed, depth, prunes).map(Ok)
            }
        }
    }

    /// What a page of one level has, and what is below it.
    fn one_level(&self, mut job: Box<Job>, prunes: &mut [Prune<'_, S>]) -> Vec<Ahead<S>> {
        let place = job.directory().clone();
        let mut ahead = Vec::new();
        while let Some(listed) = job.keys.pop() {
            let key = listed.key();
            if key.len() == place.prefix.len() {
                continue;
            }
            match part_at(key, place.prefix.len()) {
                Err(misfit) => ahead.push(Ahead::Told(Err(self.misfit(&listed, misfit)))),
                Ok((name, true)) => {
                    let (told, below) = self.directory(&place, name, prunes);
                    ahead.extend(told.map(Ok).map(Ahead::Told));
                    if let Some(below) = below {
                        ahead.extend(self.jobs(&below, &Position::Start, prunes));
                    }
                }
                Ok((name, false)) if self.search.wants_file(&place, name) => {
                    ahead.extend(self.file(listed, place.depth + 1, prunes).map(Ok).map(Ahead::Told));
                }
                Ok(_) => {}
            }
        }
        if job.keys.needs_page() {
            ahead.push(Ahead::Job(job));
        }
        ahead
    }

    /// A directory as an entry, if it is wanted, and as a place, if something below may be.
    fn directory(
        &self,
        place: &Place,
        name: &str,
        prunes: &mut [Prune<'_, S>],
    ) -> (Option<RemoteEntry<S>>, Option<Place>) {
        let Judged { is_wanted, below } = self.search.directory(place, name);
        if !is_wanted && below.is_none() {
            return (None, None);
        }
        let path = PathBuf::parse(&[&*place.prefix, name].concat());
        let entry = RemoteEntry::new(self.start.with_path(path), place.depth + 1, None);
        match prunes.iter_mut().any(|leaves_out| leaves_out(&entry)) {
            true => (None, None),
            false => (Some(entry).filter(|_| is_wanted), below),
        }
    }

    fn file(&self, listed: Listed, depth: usize, prunes: &mut [Prune<'_, S>]) -> Option<RemoteEntry<S>> {
        let Listed::Object(object) = listed else { return None };
        let path = self.start.with_path(PathBuf::parse(&object.key));
        let entry = RemoteEntry::new(path, depth, Some(object.meta));
        (!prunes.iter_mut().any(|leaves_out| leaves_out(&entry))).then_some(entry)
    }

    fn misfit(&self, listed: &Listed, misfit: Misfit) -> Error {
        Error::text(Op::List, self.start.objects().uri(listed.key()), misfit.to_string())
    }

    /// What is to be read of a directory from a position on.
    fn jobs(&self, place: &Place, position: &Position, prunes: &[Prune<'_, S>]) -> Vec<Ahead<S>> {
        let mut starts = self.search.starts(place);
        let prefix_of = |start: &str| [&*place.prefix, start].concat();
        if starts.iter().any(|start| position.is_unclear_for(&prefix_of(start))) {
            // The store knows what is behind the position.
            starts = vec![String::new()];
        }
        let jobs = starts.into_iter().filter_map(|start| {
            let prefix = prefix_of(&start);
            let (place, reads) = self.descend(place.clone(), &start, prunes)?;
            self.job(vec![place], prefix, position, reads)
        });
        jobs.collect()
    }

    /// Goes down the directories that a text begins with, up to one that is wanted itself or that a closure is to be asked
    /// about: only keys will tell whether it is there.
    fn descend(&self, mut place: Place, mut start: &str, prunes: &[Prune<'_, S>]) -> Option<(Place, Reads)> {
        while let Some((name, rest)) = start.split_once('/') {
            let Judged { is_wanted, below } = self.search.directory(&place, name);
            match below {
                None if !is_wanted => return None,
                None => return Some((place, Reads::AllLevelsOfMany)),
                Some(below) if is_wanted || !prunes.is_empty() => return Some((place, self.reads(&below).of_levels())),
                Some(below) => (place, start) = (below, rest),
            }
        }
        let reads = self.reads(&place);
        Some((place, reads))
    }

    fn reads(&self, place: &Place) -> Reads {
        let options = &self.search.options;
        let is_side_by_side = options.order == Order::None && options.threads.is_some_and(|count| count > 1);
        match self.search.extent(place) {
            Extent::OneLevel => Reads::OneLevel,
            Extent::AllLevels if !is_side_by_side => Reads::AllLevels,
            Extent::SomeLevels | Extent::AllLevels => Reads::AllLevelsOfMany,
        }
    }

    /// The keys with a prefix, unless they are all before a position.
    fn job(&self, way: Vec<Place>, prefix: String, position: &Position, reads: Reads) -> Option<Ahead<S>> {
        let mut keys = Keys::new(self.start.handle.0.clone(), prefix).from(position.clone())?;
        if reads == Reads::OneLevel {
            keys = keys.one_level();
        }
        Some(Ahead::Job(Box::new(Job { way, keys, reads, failure: None, entered: 0 })))
    }

    /// What is left of a job, directory by directory.
    fn split(&self, job: Job, prunes: &[Prune<'_, S>]) -> Vec<Ahead<S>> {
        let Job { mut way, keys, .. } = job;
        let mut position = keys.position();
        let mut ahead = Vec::new();
        let whole = way.iter().skip(1).position(|place| self.reads(place) == Reads::AllLevels);
        if let Some(at) = whole {
            // What is wanted with all its levels is not split. It is in the midst of the directories on its way.
            let way = way.split_off(at + 1);
            let prefix = way[0].prefix.clone();
            ahead.extend(self.job(way, prefix.clone(), &position, Reads::AllLevels));
            position = Position::Behind(prefix);
        } else if way.len() > 1
            && let Some(innermost) = way.pop()
        {
            ahead = self.jobs(&innermost, &position, prunes);
            position = Position::Behind(innermost.prefix);
        }
        while let Some(place) = way.pop() {
            let behind = Position::Behind(place.prefix.clone());
            let prefix = if keys.prefix().starts_with(&place.prefix) { keys.prefix() } else { &place.prefix };
            let prefix = prefix.to_owned();
            ahead.extend(self.job(vec![place], prefix, &position, Reads::OneLevel));
            position = behind;
        }
        ahead
    }
}

impl Job {
    /// The directory of the job.
    fn directory(&self) -> &Place {
        &self.way[0]
    }

    /// The innermost directory on the way.
    fn place(&self) -> &Place {
        self.way.last().expect("BUG: a job has a directory")
    }

    fn read(&mut self) {
        self.failure = self.keys.read().err();
        self.entered = 0;
    }

    /// Leaves the innermost directory, which has this prefix.
    fn leave(&mut self, prefix: &str) {
        self.keys.leave_out(prefix);
        self.way.pop();
    }

    /// Whether the page that is used up had few directories.
    fn is_to_be_split(&self) -> bool {
        self.reads == Reads::AllLevelsOfMany && self.keys.has_begun() && self.entered < MANY
    }
}

impl Reads {
    /// How to read a directory from the one above it.
    fn of_levels(self) -> Self {
        if self == Self::OneLevel { Self::AllLevelsOfMany } else { self }
    }
}
