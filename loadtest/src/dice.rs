//! Numbers that look random and are the same in every run.

/// A sequence (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    /// The sequence of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        // Scattered: the sequences of neighbours would be the same but for one number.
        let mut scattered = Self(seed);
        Self(scattered.number())
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A share from 0 up to 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        (self.number() % sides.max(1) as u64) as usize
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A waiting time with this mean (exponential).
    pub(crate) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }

    /// A rank below `ranks`, of which the first are the most frequent (Zipf).
    pub(crate) fn rank(&mut self, ranks: usize) -> usize {
        (((ranks as f64).ln() * self.share()).exp() as usize).saturating_sub(1)
    }
}
