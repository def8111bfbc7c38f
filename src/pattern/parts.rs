//! Matching segments with a path from all of its parts at once.

use std::collections::HashMap;

use super::places::Places;
use super::tokens::Segment;

/// The parts of a path. A place is the number of parts before it.
pub(super) struct Parts<'a> {
    count: usize,
    has_root: bool,
    /// The names, sorted, with the places before them.
    names: Vec<(&'a str, usize)>,
    /// All places before a part.
    anywhere: Places,
    /// The places before parts that a segment matches.
    segments: HashMap<&'a Segment, Places>,
}

/// How much memory the places of segments may take, in words. Most patterns have few different segments.
const MOST_WORDS: usize = 1 << 17;

impl<'a> Parts<'a> {
    pub(super) fn new(path: &'a str, separator: char) -> Self {
        let mut names: Vec<_> = path.split(separator).zip(0..).collect();
        let (count, has_root) = (names.len(), names[0].0.is_empty());
        let mut anywhere = Places::none(count);
        (0..count).for_each(|at| anywhere.insert(at));
        names.sort_unstable();
        Self { count, has_root, names, anywhere, segments: HashMap::new() }
    }

    /// The places that are reached from the start through these segments.
    pub(super) fn after(&mut self, segments: &'a [Segment]) -> Places {
        let mut places = Places::none(self.count);
        places.insert(0);
        for segment in segments {
            match segment {
                Segment::AnyPath => self.take_any_path(&mut places),
                _ => places.step(self.before(segment)),
            }
            if places.is_empty() {
                break;
            }
        }
        places
    }

    /// `**` leaves a part to what follows it, and never matches just the empty part that is the root before the first name.
    fn take_any_path(&self, places: &mut Places) {
        let is_at_root = self.has_root && places.contains(0);
        if is_at_root {
            places.remove_one(0);
            places.insert(2);
        }
        places.spread(&self.anywhere);
        if is_at_root {
            places.insert(0);
        }
        places.keep(&self.anywhere);
    }

    /// The places before parts that a segment matches.
    fn before(&mut self, segment: &'a Segment) -> &Places {
        if self.segments.len() * (self.count / 64 + 1) > MOST_WORDS {
            self.segments.clear();
        }
        let (names, count) = (&self.names, self.count);
        self.segments.entry(segment).or_insert_with(|| {
            let mut places = Places::none(count);
            let candidates = match segment {
                Segment::Literal(name) => {
                    let start = names.partition_point(|(other, _)| **other < **name);
                    &names[start..start + names[start..].partition_point(|(other, _)| **other == **name)]
                }
                _ => names,
            };
            let same = candidates.chunk_by(|(left, _), (right, _)| left == right);
            same.filter(|same| segment.matches(same[0].0)).flatten().for_each(|&(_, at)| places.insert(at));
            places
        })
    }
}
