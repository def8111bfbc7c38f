//! What can be said of paths before any is known: the texts that they begin with, and how deep they lie.

use super::{Node, Plan, State};
use crate::flavour::Flavour;

/// How many texts are told apart.
const MOST_STARTS: usize = 64;

/// Longest text of interest: no key of a store is longer.
const LONGEST: usize = 1024;

impl<F: Flavour> Plan<F> {
    /// The texts, relative to a path with this set, one of which everything begins with that is wanted below it. They are
    /// in order, and none begins with another.
    pub(crate) fn starts(&self, set: &[State]) -> Vec<String> {
        let mut starts = Vec::new();
        set.iter().for_each(|&state| self.add_starts(&self.nodes[state], "", &mut starts));
        starts.sort_unstable();
        starts.dedup_by(|later, earlier| later.starts_with(&**earlier));
        if starts.len() > MOST_STARTS { vec![common_start(&starts)] } else { starts }
    }

    fn add_starts(&self, node: &Node<F>, text: &str, starts: &mut Vec<String>) {
        if node.is_any_path || !node.branches.is_empty() || text.len() > LONGEST || starts.len() > MOST_STARTS {
            starts.push(text.to_owned());
            return;
        }
        for (name, next) in node.names.iter().chain(node.spellings.iter()) {
            self.add_starts_from(&self.nodes[next], format!("{text}{name}"), starts);
        }
        starts.extend(node.segments.iter().map(|(segment, _)| text.to_owned() + &segment.start()));
    }

    /// Adds those from a node on whose name is the end of a text.
    fn add_starts_from(&self, node: &Node<F>, mut text: String, starts: &mut Vec<String>) {
        if node.end.is_some() {
            starts.push(text);
            return;
        }
        text.push(F::SEPARATOR);
        if node.any_paths.is_empty() {
            self.add_starts(node, &text, starts);
        } else {
            starts.push(text);
        }
    }

    /// Whether anything is wanted deeper than in a directory with this set itself.
    pub(crate) fn goes_deeper(&self, set: &[State]) -> bool {
        let leads_on = |at: State| self.nodes[at].leads_on() || !self.nodes[at].any_paths.is_empty();
        set.iter().any(|&state| {
            let node = &self.nodes[state];
            node.is_any_path
                || node.names.iter().chain(node.spellings.iter()).any(|(_, next)| leads_on(next))
                || node.segments.iter().any(|(_, next)| leads_on(*next))
                || node.branches.iter().any(|many| many.exits().any(leads_on))
        })
    }
}

/// What texts in order have in common at their beginning.
fn common_start(texts: &[String]) -> String {
    let [first, .., last] = texts else { return texts.concat() };
    let same = first.chars().zip(last.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one);
    same.collect()
}

#[cfg(test)]
mod tests {
    use crate::flavour::Posix;
    use crate::pattern::Pattern;
    use crate::walk::plan::{Begins, PlanBuilder, States};

    #[track_caller]
    fn starts(patterns: &[&str], expected: &[&str], goes_deeper: bool) {
        let parsed: Vec<_> = patterns.iter().map(|pattern| Pattern::parse(pattern)).collect();
        let mut plan = PlanBuilder::<Posix>::new(0);
        parsed.iter().for_each(|pattern| plan.add(pattern, Begins::AtStart));
        let (plan, mut states) = (plan.build(), States::new());
        let set = plan.start(&mut states).0;
        assert_eq!(plan.starts(set.of(&states)), expected, "{patterns:?}");
        assert_eq!(plan.goes_deeper(set.of(&states)), goes_deeper, "{patterns:?}");
    }

    #[test]
    fn the_literal_text_before_wildcards_is_a_start() {
        starts(&["logs/2026-*/**/*.json"], &["logs/2026-"], true);
        starts(&["logs/*"], &["logs/"], true);
        starts(&["lo*"], &["lo"], false);
        starts(&["a/b.txt"], &["a/b.txt"], true);
        starts(&["a.txt"], &["a.txt"], false);
        starts(&["a/**/b"], &["a/"], true);
        starts(&["a/**"], &["a/"], true);
        starts(&["**/b"], &[""], true);
        starts(&["a[[]b/*"], &["a"], true);
        starts(&["a[bc]d"], &["a"], false);
        starts(&["é?/x"], &["é"], true);
    }

    #[test]
    fn patterns_and_alternatives_have_starts_of_their_own_unless_one_begins_with_another() {
        starts(&["{a,b}/*.c"], &["a/", "b/"], true);
        starts(&["{a,b}{1,2}*"], &["a1", "a2", "b1", "b2"], false);
        starts(&["a*", "ab*/c", "b"], &["a", "b"], true);
        starts(&["a", "a/b"], &["a"], true);
        starts(&["x{,/**}/y"], &["x/"], true);
        starts(&[], &[], false);
        let many: Vec<_> = (100..200).map(|number| format!("log{number}")).collect();
        starts(&many.iter().map(String::as_str).collect::<Vec<_>>(), &["log1"], false);
        starts(&[&format!("x{{{}}}", many.join(","))], &[""], false);
    }

    #[test]
    fn no_start_leaves_anything_out() {
        starts(&["A*"], &["A"], false);
        let patterns = ["ab-1*", "12-x"].map(|pattern| Pattern::parse(pattern).case_sensitive(false));
        let mut plan = PlanBuilder::<Posix>::new(0);
        patterns.iter().for_each(|pattern| plan.add(pattern, Begins::AtStart));
        let (plan, mut states) = (plan.build(), States::new());
        let set = plan.start(&mut states).0;
        assert_eq!(plan.starts(set.of(&states)), [""]);
    }
}
