//! Blocks of eight by eight samples become waves, counted in steps.
//!
//! The cosine transform is that of Arai, Agui and Nakajima (1988): eight sums of a row take five products, because
//! what remains to be multiplied is put into the size of the steps.

use std::ops::{Add, Mul, Sub};

/// Eight numbers that are reckoned with at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lanes(pub(super) [f32; 8]);

/// Each wave's part of a step of that wave, by the wave's number across and then down.
pub(super) struct Steps([Lanes; 8]);

/// The sizes of steps for brightness at quality 50, by rows (ITU-T T.81, annex K).
const LUMA: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
/// The same for colour.
const CHROMA: [u8; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];
/// What the transform leaves in each sum: 1, and then √2 · cos(nπ/16).
const LEFT: [f32; 8] = [
    1.0,
    1.387_039_8,
    1.306_563,
    1.175_875_6,
    1.0,
    0.785_694_96,
    0.541_196_1,
    0.275_899_38,
];
/// Added to a number of less than 22 bits, it leaves the nearest whole number in the last bits.
const WHOLE: f32 = 12_582_912.0;

impl Add for Lanes {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one += other;
        }
        self
    }
}

impl Sub for Lanes {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one -= other;
        }
        self
    }
}

impl Mul<f32> for Lanes {
    type Output = Self;

    fn mul(mut self, factor: f32) -> Self {
        for one in &mut self.0 {
            *one *= factor;
        }
        self
    }
}

/// The sizes of steps at a quality of 1 to 100, by rows. Two is the least: a wave then has ten bits at most.
pub(super) fn sizes(is_luma: bool, quality: u8) -> [u8; 64] {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 {
        5000 / quality
    } else {
        200 - quality * 2
    };
    let sizes = if is_luma { LUMA } else { CHROMA };
    sizes.map(|size| ((u32::from(size) * percent + 50) / 100).clamp(2, 255) as u8)
}

impl Steps {
    /// Of sizes by rows as they are seen. `is_transposed`: the blocks that come have their rows seen as columns.
    /// `flips`: every other wave across, or down, as it comes, is turned round.
    pub(super) fn new(sizes: &[u8; 64], is_transposed: bool, flips: (bool, bool)) -> Self {
        let mut steps = [Lanes([0.0; 8]); 8];
        for (across, lanes) in steps.iter_mut().enumerate() {
            for (down, part) in lanes.0.iter_mut().enumerate() {
                let seen = if is_transposed {
                    across * 8 + down
                } else {
                    down * 8 + across
                };
                let of = |wave: usize| LEFT.get(wave).copied().unwrap_or(1.0);
                let size = sizes.get(seen).copied().map_or(1.0, f32::from);
                let is_flipped =
                    (flips.0 && !across.is_multiple_of(2)) != (flips.1 && !down.is_multiple_of(2));
                let sign = if is_flipped { -1.0 } else { 1.0 };
                *part = sign / (8.0 * of(across) * of(down) * size);
            }
        }
        Self(steps)
    }

    /// How many steps each wave of a block has, by the wave's number across and then down.
    pub(super) fn count(&self, block: [Lanes; 8]) -> [i32; 64] {
        let waves = summed(transposed(summed(block)));
        let mut counts = [0; 64];
        let (rows, _) = counts.as_chunks_mut::<8>();
        for ((row, waves), steps) in rows.iter_mut().zip(waves).zip(&self.0) {
            for ((count, wave), step) in row.iter_mut().zip(waves.0).zip(steps.0) {
                *count = ((wave * step + WHOLE).to_bits() as i32) - (WHOLE.to_bits() as i32);
            }
        }
        counts
    }
}

/// The sums of eight rows with cosine waves, lane by lane.
#[inline]
fn summed([a, b, c, d, e, f, g, h]: [Lanes; 8]) -> [Lanes; 8] {
    let (ah, bg, cf, de) = (a + h, b + g, c + f, d + e);
    let (outer, inner) = (ah + de, bg + cf);
    let (slope, bend) = (ah - de, bg - cf);
    let half = (slope + bend) * 0.707_106_77;

    let (ha, gb, fc, ed) = (a - h, b - g, c - f, d - e);
    let (low, middle, high) = (ed + fc, fc + gb, gb + ha);
    let between = (low - high) * 0.382_683_43;
    let low = low * 0.541_196_1 + between;
    let high = high * 1.306_563 + between;
    let middle = middle * 0.707_106_77;
    let (more, less) = (ha + middle, ha - middle);
    [
        outer + inner,
        more + high,
        slope + half,
        less - low,
        outer - inner,
        less + low,
        slope - half,
        more - high,
    ]
}

/// Rows become columns: three times each row of the upper half takes turns with one of the lower half.
fn transposed(rows: [Lanes; 8]) -> [Lanes; 8] {
    mixed(mixed(mixed(rows)))
}

fn mixed([a, b, c, d, e, f, g, h]: [Lanes; 8]) -> [Lanes; 8] {
    let ([first, second], [third, fourth]) = (in_turn(a, e), in_turn(b, f));
    let ([fifth, sixth], [seventh, eighth]) = (in_turn(c, g), in_turn(d, h));
    [first, second, third, fourth, fifth, sixth, seventh, eighth]
}

fn in_turn(Lanes(one): Lanes, Lanes(other): Lanes) -> [Lanes; 2] {
    let [a, b, c, d, e, f, g, h] = one;
    let [i, j, k, l, m, n, o, p] = other;
    [
        Lanes([a, i, b, j, c, k, d, l]),
        Lanes([e, m, f, n, g, o, h, p]),
    ]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    /// As the standard defines a wave of a block of rows.
    fn wave(block: &[[f32; 8]; 8], across: usize, down: usize) -> f64 {
        let part = |number: usize| if number == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let cosine =
            |at: usize, number: usize| ((2 * at + 1) as f64 * number as f64 * PI / 16.0).cos();
        let mut sum = 0.0;
        for (y, row) in block.iter().enumerate() {
            for (x, sample) in row.iter().enumerate() {
                sum += f64::from(*sample) * cosine(x, across) * cosine(y, down);
            }
        }
        sum * part(across) * part(down) / 4.0
    }

    #[test]
    fn waves_are_those_of_the_standard() {
        let block: [[f32; 8]; 8] = std::array::from_fn(|y| {
            std::array::from_fn(|x| ((x * 37 + y * 91 + x * y * 13) % 256) as f32 - 128.0)
        });
        let sizes: [u8; 64] = std::array::from_fn(|at| 2 + at as u8);
        for is_transposed in [false, true] {
            let steps = Steps::new(&sizes, is_transposed, (true, false));
            let counts = steps.count(block.map(Lanes));
            for across in 0..8 {
                for down in 0..8 {
                    let (row, column) = if is_transposed {
                        (across, down)
                    } else {
                        (down, across)
                    };
                    let size = f64::from(sizes[row * 8 + column]);
                    let sign = if across % 2 == 1 { -1.0 } else { 1.0 };
                    let wanted = sign * wave(&block, across, down) / size;
                    let found = f64::from(counts[across * 8 + down]);
                    assert!(
                        (found - wanted).abs() < 0.51,
                        "{across}, {down}: {found}, {wanted}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_even_block_has_nothing_but_its_mean() {
        let steps = Steps::new(&sizes(true, 50), false, (false, false));
        let counts = steps.count([Lanes([32.0; 8]); 8]);
        assert_eq!(counts[0], 16);
        assert!(counts[1..].iter().all(|count| *count == 0));
    }

    #[test]
    fn better_quality_has_smaller_steps_and_two_is_the_smallest() {
        assert_eq!(sizes(true, 50), LUMA);
        assert_eq!(sizes(false, 50), CHROMA);
        assert_eq!(sizes(true, 85)[0], 5);
        assert_eq!(sizes(true, 100), [2; 64]);
    }
}
