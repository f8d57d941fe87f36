//! The bits of a lossless WebP, the lowest of each byte first.

/// A stream that is read bit by bit.
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    /// Bits that were taken from `rest`; above the first `count` they are 0.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(stream: &'a [u8]) -> Self {
        Self {
            rest: stream,
            held: 0,
            count: 0,
        }
    }

    /// Takes the next bits, at most 32, as a number; `None` if there are fewer.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        let mask = 1_u64.checked_shl(count)?.wrapping_sub(1);
        let value = u32::try_from(self.ahead() & mask).ok()?;
        self.skip(count)?;
        Some(value)
    }

    /// The next 32 bits or more, which stay where they are; behind the end they are 0.
    #[inline]
    pub(super) fn ahead(&mut self) -> u64 {
        if self.count < 32 {
            self.fill();
        }
        self.held
    }

    /// Leaves out the next bits, which `ahead` has shown; `None` if there are fewer.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) -> Option<()> {
        self.count = self.count.checked_sub(count)?;
        self.held = self.held.checked_shr(count)?;
        Some(())
    }

    /// Holds 32 bits or more, or all that are left.
    #[inline]
    fn fill(&mut self) {
        while self.count < 32 {
            if let Some((bytes, rest)) = self.rest.split_first_chunk() {
                self.held |= u64::from(u32::from_le_bytes(*bytes)) << self.count;
                self.count += u32::BITS;
                self.rest = rest;
            } else if let Some((byte, rest)) = self.rest.split_first() {
                self.held |= u64::from(*byte) << self.count;
                self.count += u8::BITS;
                self.rest = rest;
            } else {
                return;
            }
        }
    }
}
