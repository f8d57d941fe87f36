//! Rows of red, green and blue, as a decoder gives them, become a picture.

use super::Flaw;
use super::colour::differences;
use super::planes::{Picture, Plane};
use super::rows::{Reducer, average, reduction};

/// Takes rows of red, green and blue, and makes a picture of them.
///
/// Blocks of pixels are averaged first: there are fewer of them to be made brightness and colour.
pub(super) struct Canvas {
    size: (usize, usize),
    /// Pixels and rows of a block.
    block: usize,
    /// The row that comes.
    row: Vec<[u8; 3]>,
    /// Red, green and blue of each block.
    sums: Vec<[u32; 3]>,
    /// Rows in `sums`.
    summed: usize,
    /// Rows that are to come.
    left: usize,
    /// Brightness and colour of a row of blocks.
    made: [Vec<u8>; 3],
    channels: [Reducer; 3],
}

impl Canvas {
    /// For a picture of this size, of which at least `longest` pixels are kept.
    pub(super) fn new(width: u32, height: u32, longest: u32) -> Result<Self, Flaw> {
        let block = reduction(width, height, longest);
        let size = (width as usize, height as usize);
        let kept = (size.0.div_ceil(block), size.1.div_ceil(block));
        let colour = || Reducer::new(kept, (2, 2));
        Ok(Self {
            size,
            block,
            row: vec![[255; 3]; size.0],
            sums: vec![[0; 3]; kept.0],
            summed: 0,
            left: size.1,
            made: [const { Vec::new() }; 3],
            channels: [Reducer::new(kept, (1, 1))?, colour()?, colour()?],
        })
    }

    /// The next row: red, green and blue of each pixel. A pixel that is missing is white. Rows that are too many are
    /// dropped.
    pub(super) fn push(&mut self, pixels: impl Iterator<Item = [u8; 3]>) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        self.row.fill([255; 3]);
        for (slot, pixel) in self.row.iter_mut().zip(pixels) {
            *slot = pixel;
        }
        match self.block {
            1 => return self.keep_row(),
            2 => add_pixels::<2>(&mut self.sums, &self.row),
            3 => add_pixels::<3>(&mut self.sums, &self.row),
            block => {
                for (sums, pixels) in self.sums.iter_mut().zip(self.row.chunks(block)) {
                    pixels.iter().for_each(|pixel| add_pixel(sums, pixel));
                }
            }
        }
        self.summed += 1;
        if self.summed == self.block || left == 0 {
            self.keep();
        }
    }

    fn keep(&mut self) {
        let whole = average(self.block * self.summed);
        let rest = match self.size.0 % self.block {
            0 => self.block,
            rest => rest,
        };
        let rest = average(rest * self.summed);
        self.row.clear();
        if let Some((last, sums)) = self.sums.split_last() {
            let of = |[red, green, blue]: &[u32; 3]| [whole(red), whole(green), whole(blue)];
            self.row.extend(sums.iter().map(of));
            self.row.push(last.each_ref().map(rest));
        }
        self.keep_row();
        self.row.resize(self.size.0, [255; 3]);
        self.sums.fill([0; 3]);
        self.summed = 0;
    }

    /// Makes brightness and colour of a row of blocks.
    fn keep_row(&mut self) {
        self.made.iter_mut().for_each(Vec::clear);
        let [luma, blue, red] = &mut self.made;
        for pixel in &self.row {
            let [bright, to_blue, to_red] = differences(*pixel);
            luma.push(bright);
            blue.push(to_blue);
            red.push(to_red);
        }
        for (channel, row) in self.channels.iter_mut().zip(&self.made) {
            channel.push(row);
        }
    }

    /// The picture, if all its rows have come.
    pub(super) fn finish(self) -> Result<Picture, Flaw> {
        if self.left > 0 {
            return Err(Flaw::Truncated);
        }
        let spans = |mut plane: Plane, block: usize| {
            plane.across = self.size.0 as f64 / block as f64;
            plane.down = self.size.1 as f64 / block as f64;
            plane
        };
        let [luma, blue, red] = self.channels.map(Reducer::finish);
        Ok(Picture {
            luma: spans(luma, self.block),
            chroma: Some([blue, red].map(|plane| spans(plane, 2 * self.block))),
        })
    }
}

fn add_pixels<const BLOCK: usize>(sums: &mut [[u32; 3]], row: &[[u8; 3]]) {
    let (blocks, rest) = row.as_chunks::<BLOCK>();
    for (sums, pixels) in sums.iter_mut().zip(blocks) {
        pixels.iter().for_each(|pixel| add_pixel(sums, pixel));
    }
    if let Some(sums) = sums.get_mut(blocks.len()) {
        rest.iter().for_each(|pixel| add_pixel(sums, pixel));
    }
}

fn add_pixel(sums: &mut [u32; 3], pixel: &[u8; 3]) {
    for (sum, part) in sums.iter_mut().zip(pixel) {
        *sum += u32::from(*part);
    }
}

/// A pixel on white paper.
pub(super) fn on_white([red, green, blue]: [u8; 3], alpha: u8) -> [u8; 3] {
    let (opaque, clear) = (u32::from(alpha), 255 * u32::from(255 - alpha) + 128);
    [red, green, blue].map(|ink| {
        let sum = u32::from(ink) * opaque + clear;
        // The same as sum / 255.
        ((sum + (sum >> 8)) >> 8) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_shines_through_as_far_as_a_pixel_is_clear() {
        assert_eq!(on_white([1, 2, 3], 255), [1, 2, 3]);
        assert_eq!(on_white([1, 2, 3], 0), [255; 3]);
        assert_eq!(on_white([0, 100, 255], 51), [204, 224, 255]);
    }

    #[test]
    fn an_even_picture_stays_even_at_every_size_of_block() {
        let pixel = [200, 10, 50];
        for longest in 1..=37 {
            let mut canvas = Canvas::new(37, 23, longest).unwrap();
            (0..23).for_each(|_| canvas.push([pixel; 37].into_iter()));
            let Picture { luma, chroma } = canvas.finish().unwrap();
            let [blue, red] = chroma.unwrap();
            for (plane, wanted) in [luma, blue, red].iter().zip(differences(pixel)) {
                for row in 0..plane.height {
                    assert_eq!(plane.row(row), vec![wanted; plane.width], "{longest}");
                }
            }
        }
    }

    #[test]
    fn a_canvas_that_is_not_full_is_no_picture() {
        let mut canvas = Canvas::new(4, 2, 100).unwrap();
        canvas.push([[9; 3]; 4].into_iter());
        assert_eq!(canvas.finish().err(), Some(Flaw::Truncated));
    }
}
