//! The order in which the waves of a block are written: slow ones first.

use super::codes::{Bits, Codes};

/// The places of waves, in the order of writing. By rows of waves down.
pub(super) const ORDER: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
/// What follows a block's last wave that is something.
const NO_MORE: u8 = 0x00;
/// Sixteen waves that are nothing.
const SIXTEEN: u8 = 0xF0;

/// The order, for blocks whose waves are counted across and then down.
pub(super) struct Order {
    places: [u8; 64],
    /// Of each place: a bit for its turn among the first half, and among the second.
    turns: [[i32; 64]; 2],
}

impl Order {
    /// `is_transposed`: what comes as waves across is seen as waves down.
    pub(super) fn new(is_transposed: bool) -> Self {
        let places = if is_transposed {
            ORDER
        } else {
            ORDER.map(|place| place % 8 * 8 + place / 8)
        };
        let mut turns = [[0; 64]; 2];
        let slots = turns.iter_mut().zip(places.as_chunks::<32>().0);
        for (half, places) in slots {
            for (turn, place) in places.iter().enumerate() {
                if let Some(bit) = half.get_mut(usize::from(*place)) {
                    *bit = 1 << turn;
                }
            }
        }
        Self { places, turns }
    }

    /// Writes all waves but the mean.
    pub(super) fn write(&self, counts: &[i32; 64], codes: &Codes, bits: &mut Bits) {
        let mut left = self.something(counts) & !1;
        let mut before = 0;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let mut none = at - before - 1;
            while none > 15 {
                bits.symbol(codes, SIXTEEN);
                none -= 16;
            }
            bits.number(codes, none, self.count(counts, at));
            before = at;
        }
        if before != 63 {
            bits.symbol(codes, NO_MORE);
        }
    }

    /// A bit for each wave that is something, the first of the order first.
    fn something(&self, counts: &[i32; 64]) -> u64 {
        let [first, second] = self.turns.each_ref().map(|turns| {
            let pairs = counts.iter().zip(turns);
            pairs.fold(0, |bits, (count, bit)| {
                bits | if *count == 0 { 0 } else { *bit }
            }) as u32
        });
        u64::from(first) | (u64::from(second) << 32)
    }

    fn count(&self, counts: &[i32; 64], at: u32) -> i32 {
        let place = self.places.get(at as usize & 63).copied();
        let count = counts.get(usize::from(place.unwrap_or_default() & 63));
        count.copied().unwrap_or_default()
    }
}
