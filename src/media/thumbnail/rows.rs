//! Rows as a decoder gives them become a picture.
//!
//! They are averaged at once when there are more than anybody will see, so that a photo of 50 megapixels is never
//! held whole.

use super::Flaw;
use super::planes::Plane;

/// By how much a picture is averaged as it comes in, so that it keeps at least `longest` pixels.
pub(super) fn reduction(width: u32, height: u32, longest: u32) -> usize {
    ((width.max(height) / longest.max(1)) as usize).max(1)
}

/// Takes the rows of one channel and keeps the average of blocks.
pub(super) struct Reducer {
    plane: Plane,
    /// Samples and rows of a block.
    block: (usize, usize),
    sums: Vec<u32>,
    /// The row that is kept of them.
    kept: Vec<u8>,
    /// Rows in `sums`.
    summed: usize,
    /// Rows that are to come.
    left: usize,
    /// Samples of a row that comes.
    width: usize,
}

impl Reducer {
    /// For a channel of `size` samples and rows.
    pub(super) fn new(size: (usize, usize), block: (usize, usize)) -> Result<Self, Flaw> {
        let kept = (size.0.div_ceil(block.0), size.1.div_ceil(block.1));
        let mut plane = Plane::empty(kept.0, kept.1)?;
        plane.across = size.0 as f64 / block.0 as f64;
        plane.down = size.1 as f64 / block.1 as f64;
        let sums = if block == (1, 1) { 0 } else { kept.0 };
        Ok(Self {
            plane,
            block,
            sums: vec![0; sums],
            kept: Vec::with_capacity(sums),
            summed: 0,
            left: size.1,
            width: size.0,
        })
    }

    /// The next row. Rows that are too many are dropped; a longer row is cut.
    pub(super) fn push(&mut self, row: &[u8]) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        let row = row.get(..self.width).unwrap_or(row);
        if self.block == (1, 1) {
            self.plane.push(row);
            return;
        }
        match self.block.0 {
            1 => add::<1>(&mut self.sums, row),
            2 => add::<2>(&mut self.sums, row),
            3 => add::<3>(&mut self.sums, row),
            4 => add::<4>(&mut self.sums, row),
            block => {
                for (sum, samples) in self.sums.iter_mut().zip(row.chunks(block)) {
                    *sum += sum_of(samples);
                }
            }
        }
        self.summed += 1;
        if self.summed == self.block.1 || left == 0 {
            self.keep();
        }
    }

    /// Whether all rows have come.
    pub(super) fn is_full(&self) -> bool {
        self.left == 0
    }

    /// The channel.
    pub(super) fn finish(self) -> Plane {
        self.plane
    }

    fn keep(&mut self) {
        let whole = self.block.0 * self.summed;
        let rest = match self.width % self.block.0 {
            0 => whole,
            rest => rest * self.summed,
        };
        self.kept.clear();
        if let Some((last, sums)) = self.sums.split_last() {
            self.kept.extend(sums.iter().map(average(whole)));
            self.kept.extend([last].map(average(rest)));
        }
        self.plane.push(&self.kept);
        self.sums.fill(0);
        self.summed = 0;
    }
}

/// Adds the sum of each block of samples, the last of which may be shorter.
fn add<const BLOCK: usize>(sums: &mut [u32], row: &[u8]) {
    let (blocks, rest) = row.as_chunks::<BLOCK>();
    for (sum, samples) in sums.iter_mut().zip(blocks) {
        *sum += sum_of(samples);
    }
    if let Some(sum) = sums.get_mut(blocks.len()) {
        *sum += sum_of(rest);
    }
}

fn sum_of(samples: &[u8]) -> u32 {
    samples.iter().map(|sample| u32::from(*sample)).sum()
}

/// The mean of so many samples from their sum, by a product in place of a division each.
pub(super) fn average(count: usize) -> impl Fn(&u32) -> u8 {
    let count = count.max(1) as u64;
    let share = (1_u64 << 32).div_ceil(count);
    move |sum| (((u64::from(*sum) + count / 2) * share) >> 32) as u8
}

#[cfg(test)]
mod tests {
    use fast_image_resize::Resizer;

    use super::*;

    fn rows(plane: &Plane) -> Vec<Vec<u8>> {
        (0..plane.height)
            .map(|row| plane.row(row).to_vec())
            .collect()
    }

    #[test]
    fn blocks_are_averaged_and_those_at_the_edge_by_what_they_have() {
        let mut reducer = Reducer::new((5, 3), (2, 2)).unwrap();
        reducer.push(&[10, 20, 30, 40, 50]);
        assert!(!reducer.is_full());
        reducer.push(&[30, 40, 50, 60, 70]);
        reducer.push(&[1, 3, 5, 7, 9]);
        reducer.push(&[255; 5]);
        assert!(reducer.is_full());
        let plane = reducer.finish();
        assert_eq!(rows(&plane), [[25, 45, 60], [2, 6, 9]]);
        assert_eq!((plane.across, plane.down), (2.5, 1.5));
    }

    #[test]
    fn the_mean_is_the_nearest_whole_number_at_every_size_of_block() {
        for count in 1..=4096_u32 {
            let mean = average(count as usize);
            let last = 255 * count;
            let sums = [
                0,
                1,
                count / 2,
                count,
                3 * count + count / 3,
                last - 1,
                last,
            ];
            for sum in sums {
                let nearest = (sum + count / 2) / count;
                assert_eq!(u32::from(mean(&sum)), nearest, "{sum} of {count}");
            }
        }
    }

    #[test]
    fn every_size_of_block_keeps_an_even_picture_even() {
        for across in 1..9 {
            for down in 1..5 {
                let mut reducer = Reducer::new((37, 23), (across, down)).unwrap();
                (0..23).for_each(|_| reducer.push(&[201; 37]));
                let plane = reducer.finish();
                assert!(rows(&plane).concat().iter().all(|sample| *sample == 201));
                assert_eq!(plane.width, 37_usize.div_ceil(across));
                assert_eq!(plane.height, 23_usize.div_ceil(down));
            }
        }
    }

    #[test]
    fn what_lies_behind_a_row_never_shows() {
        let mut reducer = Reducer::new((70, 20), (1, 1)).unwrap();
        (0..20).for_each(|_| reducer.push(&[255; 70]));
        let plane = reducer.finish();
        let smaller = plane.resized((33, 9), &mut Resizer::new()).unwrap();
        assert!(rows(&smaller).concat().iter().all(|sample| *sample == 255));
    }

    #[test]
    fn a_picture_is_reduced_only_where_enough_is_left() {
        assert_eq!(reduction(4000, 3000, 4096), 1);
        assert_eq!(reduction(8191, 10, 4096), 1);
        assert_eq!(reduction(10, 8192, 4096), 2);
        assert_eq!(reduction(20_000, 2500, 4096), 4);
        assert_eq!(reduction(5, 5, 0), 5);
    }
}
