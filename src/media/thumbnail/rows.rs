//! Rows as a decoder gives them become a picture.
//!
//! They are averaged at once when there are more than anybody will see, so that a photo of 50 megapixels is never
//! held whole.

use super::Flaw;
use super::planes::{Picture, Plane};

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
            self.plane.push(row.iter().copied());
            return;
        }
        match self.block.0 {
            1 => add(&mut self.sums, row.iter().map(|sample| u32::from(*sample))),
            2 => add(&mut self.sums, sums_of::<2>(row)),
            3 => add(&mut self.sums, sums_of::<3>(row)),
            4 => add(&mut self.sums, sums_of::<4>(row)),
            block => add(
                &mut self.sums,
                row.chunks(block)
                    .map(|samples| samples.iter().map(|sample| u32::from(*sample)).sum()),
            ),
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
        let whole = (self.block.0 * self.summed) as u32;
        let rest = match self.width % self.block.0 {
            0 => whole,
            rest => (rest * self.summed) as u32,
        };
        let last = self.sums.len().saturating_sub(1);
        let average = |(at, sum): (usize, &u32)| {
            let count = if at == last { rest } else { whole };
            ((sum + count / 2) / count.max(1)) as u8
        };
        self.plane.push(self.sums.iter().enumerate().map(average));
        self.sums.fill(0);
        self.summed = 0;
    }
}

fn add(sums: &mut [u32], row: impl Iterator<Item = u32>) {
    for (sum, more) in sums.iter_mut().zip(row) {
        *sum += more;
    }
}

/// The sum of each block of samples, the last of which may be shorter.
fn sums_of<const BLOCK: usize>(row: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let (blocks, rest) = row.as_chunks::<BLOCK>();
    let sum = |samples: &[u8]| samples.iter().map(|sample| u32::from(*sample)).sum();
    let rest = (!rest.is_empty()).then_some(rest);
    blocks
        .iter()
        .map(move |samples| sum(samples))
        .chain(rest.map(sum))
}

/// Takes rows of red, green and blue, and makes a picture of them.
pub(super) struct Canvas {
    width: usize,
    channels: [Reducer; 3],
    row: [Vec<u8>; 3],
}

impl Canvas {
    /// For a picture of this size, of which at least `longest` pixels are kept.
    pub(super) fn new(width: u32, height: u32, longest: u32) -> Result<Self, Flaw> {
        let block = reduction(width, height, longest);
        let size = (width as usize, height as usize);
        let colour = || Reducer::new(size, (block * 2, block * 2));
        Ok(Self {
            width: size.0,
            channels: [Reducer::new(size, (block, block))?, colour()?, colour()?],
            row: [vec![0; size.0], vec![0; size.0], vec![0; size.0]],
        })
    }

    /// The next row: red, green and blue of each pixel. A pixel that is missing is white.
    pub(super) fn push(&mut self, pixels: impl Iterator<Item = [u8; 3]>) {
        let white = std::iter::repeat([255; 3]);
        let [luma, blue, red] = &mut self.row;
        let samples = luma.iter_mut().zip(blue).zip(red);
        for (((luma, blue), red), [r, g, b]) in samples.zip(pixels.chain(white)).take(self.width) {
            (*luma, *blue, *red) = jpeg_encoder::rgb_to_ycbcr(r, g, b);
        }
        for (channel, row) in self.channels.iter_mut().zip(&self.row) {
            channel.push(row);
        }
    }

    /// The picture, if all its rows have come.
    pub(super) fn finish(self) -> Result<Picture, Flaw> {
        if !self.channels.iter().all(Reducer::is_full) {
            return Err(Flaw::Truncated);
        }
        let [luma, blue, red] = self.channels;
        Ok(Picture {
            luma: luma.finish(),
            chroma: Some([blue.finish(), red.finish()]),
        })
    }
}

/// A pixel on white paper.
pub(super) fn on_white([red, green, blue]: [u8; 3], alpha: u8) -> [u8; 3] {
    let (opaque, clear) = (u32::from(alpha), 255 * u32::from(255 - alpha));
    [red, green, blue].map(|ink| ((u32::from(ink) * opaque + clear + 127) / 255) as u8)
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

    #[test]
    fn paper_shines_through_as_far_as_a_pixel_is_clear() {
        assert_eq!(on_white([1, 2, 3], 255), [1, 2, 3]);
        assert_eq!(on_white([1, 2, 3], 0), [255; 3]);
        assert_eq!(on_white([0, 100, 255], 51), [204, 224, 255]);
    }

    #[test]
    fn a_canvas_that_is_not_full_is_no_picture() {
        let mut canvas = Canvas::new(4, 2, 100).unwrap();
        canvas.push([[9; 3]; 4].into_iter());
        assert_eq!(canvas.finish().err(), Some(Flaw::Truncated));
    }
}
