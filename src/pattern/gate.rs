//! A quick check of the first and last bytes of a text, which rules out nearly everything that does not match.

/// Bits that the first and the last eight bytes of every match have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gate {
    start: Bits,
    end: Bits,
}

/// Bits of eight bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    pub(super) mask: u64,
    pub(super) wanted: u64,
}

/// The ends of a text.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    /// The first byte is the lowest one.
    pub(super) start: u64,
    /// The last byte is the lowest one.
    pub(super) end: u64,
}

impl Ends {
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Self {
        match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => Self { start: u64::from_le_bytes(*first), end: u64::from_be_bytes(*last) },
            _ => Self::of_short(bytes),
        }
    }

    /// Missing bytes are zero. No name contains a zero byte, and a pattern with one is still matched in full.
    #[inline(never)]
    fn of_short(bytes: &[u8]) -> Self {
        let mut padded = [0; 8];
        padded[..bytes.len()].copy_from_slice(bytes);
        let start = u64::from_le_bytes(padded);
        let missing = 8 * (8 - bytes.len() as u32);
        Self { start, end: start.swap_bytes().checked_shr(missing).unwrap_or(0) }
    }
}

impl Bits {
    /// The bits that a text at the end requires.
    pub(super) fn of_end(text: &str) -> Self {
        let last = text.bytes().rev().take(8).enumerate();
        last.fold(Self::default(), |bits, (at, byte)| bits.with(at, byte))
    }

    fn of_start(text: &str) -> Self {
        text.bytes().take(8).enumerate().fold(Self::default(), |bits, (at, byte)| bits.with(at, byte))
    }

    /// Adds a byte, at an index from the lowest.
    pub(super) fn with(self, at: usize, byte: u8) -> Self {
        Self { mask: self.mask | 0xff << (8 * at), wanted: self.wanted | u64::from(byte) << (8 * at) }
    }

    /// The bits that both require.
    pub(super) fn and(self, other: Self) -> Self {
        let mask = self.mask & other.mask & !(self.wanted ^ other.wanted);
        Self { mask, wanted: self.wanted & mask }
    }

    /// The lowest known bytes, up to a separator.
    pub(super) fn before(self, separator: u8) -> Self {
        let byte = |at: usize| (self.mask >> (8 * at) & 0xff == 0xff).then_some((self.wanted >> (8 * at)) as u8);
        let known = (0..8).map_while(byte).take_while(|&byte| byte != separator).enumerate();
        known.fold(Self::default(), |bits, (at, byte)| bits.with(at, byte))
    }

    /// The lowest `count` bytes, if all of their bits are known.
    pub(super) fn lowest(self, count: u32) -> Option<u64> {
        let all = u64::MAX >> (64 - 8 * count);
        (self.mask & all == all).then_some(self.wanted & all)
    }

    #[inline]
    pub(super) fn lets(self, bytes: u64) -> bool {
        bytes & self.mask == self.wanted
    }
}

impl Gate {
    /// The gate of matches that begin and end with these texts.
    pub(super) fn new(start: &str, end: &str) -> Self {
        Self { start: Bits::of_start(start), end: Bits::of_end(end) }
    }

    /// The gate of matches of which only the end is known.
    pub(super) fn of_end(end: Bits) -> Self {
        Self { start: Bits::default(), end }
    }

    pub(super) fn start(&self) -> Bits {
        self.start
    }

    pub(super) fn end(&self) -> Bits {
        self.end
    }

    /// Whether a text may match.
    #[inline]
    pub(super) fn lets(&self, ends: Ends) -> bool {
        self.end.lets(ends.end) && self.start.lets(ends.start)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, Gate};

    #[test]
    fn a_gate_lets_what_begins_and_ends_as_it_says() {
        let texts = ["", "a", "ab", "abcdefg", "abcdefgh", "abcdefghi", "hgfedcba", "aé", "éa", "abcdefghabcdefgh"];
        let mut kept_out = 0;
        for text in texts {
            for (start, end) in texts.iter().flat_map(|start| texts.map(|end| (*start, end))) {
                let lets = Gate::new(start, end).lets(Ends::of(text.as_bytes()));
                let has_both = text.starts_with(start) && text.ends_with(end);
                assert!(lets || !has_both, "{text} {start} {end}");
                assert!(!lets || start.len().max(end.len()) > 8 || has_both, "{text} {start} {end}");
                kept_out += usize::from(!lets);
            }
        }
        assert!(kept_out > 500, "{kept_out}");
    }
}
