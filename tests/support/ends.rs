//! The end of what other threads do during a test.

use std::sync::atomic::{AtomicBool, Ordering};

/// Says that it is over when it is dropped: also when a test fails, which would wait for its other threads for ever.
pub(crate) struct EndsWhenDropped<'a>(pub(crate) &'a AtomicBool);

impl Drop for EndsWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
