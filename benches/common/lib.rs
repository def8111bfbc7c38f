//! What the benches share.

#[cfg(target_os = "linux")]
pub mod contest;
#[cfg(target_os = "linux")]
pub mod share;
#[cfg(target_os = "linux")]
pub mod source;

use std::time::Duration;

use criterion::Criterion;

/// For a record of many contenders: how they compare is measured apart from that, round by round.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .nresamples(1_000)
        .warm_up_time(Duration::from_millis(40))
        .measurement_time(Duration::from_millis(160))
        .configure_from_args()
}

/// The word that the names of the wanted rows have; empty if all are wanted.
pub fn filter() -> String {
    std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default()
}

/// Knuth's MMIX generator: the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    pub fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}
