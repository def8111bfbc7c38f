//! How hard properties are tried.

use proptest::test_runner::Config;

/// As many cases as `PROPTEST_CASES` says, divided by this where each takes long. Failures are not kept in files: what
/// fails becomes a test.
pub(crate) fn config(parts: u32) -> Config {
    let config = Config::default();
    Config { cases: config.cases.div_ceil(parts), failure_persistence: None, ..config }
}
