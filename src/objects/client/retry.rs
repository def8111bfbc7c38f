//! When a request is made again: how often, and after how long.

use std::time::Duration;

/// How often a request is tried, and how long is waited between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    pub(crate) tries: u32,
    /// The longest pause after the first try; that after the next is twice as long, and so on.
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { tries: 10, first: Duration::from_millis(100), longest: Duration::from_secs(20) }
    }
}

/// What waiting depends on: a clock and chance. Tests have their own.
pub(crate) trait Pause: Send + Sync {
    fn pause(&self, time: Duration);

    /// A number from 0 to 1 by chance.
    fn chance(&self) -> f64;
}

/// Waits as long as it says.
pub(crate) struct RealPause;

impl Pause for RealPause {
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn chance(&self) -> f64 {
        random() as f64 / u64::MAX as f64
    }
}

/// A number by chance, for which std's hash maps are asked: they begin with different keys each.
pub(super) fn random() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};

    RandomState::new().hash_one(0)
}

impl Retry {
    /// Waits before the next try, after this number of tries. Returns `false` at once if there is none. If the store asked
    /// for a longer pause, it is that long, up to the longest.
    pub(super) fn pause(&self, pause: &dyn Pause, tries: u32, asked: Option<Duration>) -> bool {
        if tries >= self.tries {
            return false;
        }
        let bound = self.first.saturating_mul(1 << tries.saturating_sub(1).min(20)).min(self.longest);
        // Full jitter: clients that failed together do not come back together.
        let time = bound.mul_f64(pause.chance());
        pause.pause(asked.map_or(time, |asked| time.max(asked.min(self.longest))));
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    struct Noted {
        chance: f64,
        pauses: Mutex<Vec<u64>>,
    }

    impl Pause for Noted {
        fn pause(&self, time: Duration) {
            self.pauses.lock().unwrap().push(time.as_millis() as u64);
        }

        fn chance(&self) -> f64 {
            self.chance
        }
    }

    fn pauses(chance: f64, asked: Option<u64>) -> Vec<u64> {
        let noted = Noted { chance, pauses: Mutex::default() };
        let retry = Retry::default();
        let again = (1..).take_while(|tries| retry.pause(&noted, *tries, asked.map(Duration::from_secs))).count();
        assert_eq!(again, 9);
        noted.pauses.into_inner().unwrap()
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        assert_eq!(pauses(1.0, None), [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000]);
        assert_eq!(pauses(0.5, None), [50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000]);
        assert_eq!(pauses(0.0, None), [0; 9]);
    }

    #[test]
    fn what_the_store_asks_for_is_waited_within_bounds() {
        assert_eq!(pauses(1.0, Some(5)), [5000, 5000, 5000, 5000, 5000, 5000, 6400, 12_800, 20_000]);
        assert_eq!(pauses(0.0, Some(3600)), [20_000; 9]);
    }

    #[test]
    fn chance_is_a_share_and_differs() {
        let chances: Vec<_> = (0..8).map(|_| RealPause.chance()).collect();
        assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
        assert!(chances.iter().any(|chance| *chance != chances[0]), "{chances:?}");
    }
}
