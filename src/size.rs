//! Numbers of bytes, for people.

use std::fmt;

/// A number of bytes that prints in the unit that suits it: `512 B`, `1.5 KiB`, `16.0 EiB`.
///
/// Units are powers of 1024. Below 1024 bytes the number is exact, from there on it has one decimal, rounded to the
/// nearest, halves up. Width and alignment of a format apply.
///
/// # Examples
///
/// ```
/// use waypath::Size;
///
/// assert_eq!(Size(1023).to_string(), "1023 B");
/// assert_eq!(Size(1024).to_string(), "1.0 KiB");
/// assert_eq!(Size(1_048_575).to_string(), "1.0 MiB");
/// assert_eq!(format!("{:>9}|", Size(1536)), "  1.5 KiB|");
///
/// # let base = waypath::TempDir::new()?;
/// let cache = &base / "cache";
/// cache.write_bytes(vec![0; 4_500_000])?;
/// assert_eq!(format!("the cache takes {}", Size(cache.size()?)), "the cache takes 4.3 MiB");
/// # Ok::<(), waypath::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(
    /// The bytes.
    pub u64,
);

impl Size {
    /// The whole part, the decimal and the unit.
    fn parts(self) -> (u64, u64, &'static str) {
        const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        // The first unit of which fewer than 1024 are printed.
        let tenths_of = |at: usize| {
            let unit = 1_u128 << (10 * (at + 1));
            ((u128::from(self.0) * 10 + unit / 2) / unit) as u64
        };
        let at = (0..UNITS.len() - 1).find(|&at| tenths_of(at) < 10_240).unwrap_or(UNITS.len() - 1);
        (tenths_of(at) / 10, tenths_of(at) % 10, UNITS[at])
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1024 {
            return f.pad(&format!("{} B", self.0));
        }
        let (whole, decimal, unit) = self.parts();
        f.pad(&format!("{whole}.{decimal} {unit}"))
    }
}

impl From<u64> for Size {
    fn from(bytes: u64) -> Self {
        Self(bytes)
    }
}
