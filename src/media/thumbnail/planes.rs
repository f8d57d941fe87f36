//! A picture in memory: one plane a channel, as JPEG has them, colour at half the resolution of brightness.
//!
//! Rows come in from a decoder and are averaged at once when there are more than anybody will see, so that a photo
//! of 50 megapixels is never held whole. All pictures are resized from here.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::Flaw;

/// One channel of a picture.
pub(super) struct Plane {
    /// Samples of a row.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// From the start of a row to the next one. What lies between repeats the row's last sample.
    stride: usize,
    samples: Vec<u8>,
    /// How many of its samples the picture spans: less than `width` where the last one covers less than the others.
    across: f64,
    /// How many of its rows the picture spans.
    down: f64,
}

/// A picture as stored in its file, before it is turned upright.
pub(super) struct Picture {
    /// Brightness. Its size is the picture's.
    pub(super) luma: Plane,
    /// Cb and Cr, unless the picture is grey.
    pub(super) chroma: Option<[Plane; 2]>,
}

impl Plane {
    fn empty(width: usize, height: usize) -> Result<Self, Flaw> {
        let stride = stride(width);
        let mut samples = Vec::new();
        let needed = stride.checked_mul(height).ok_or(Flaw::Memory)?;
        if samples.try_reserve_exact(needed).is_err() {
            return Err(Flaw::Memory);
        }
        Ok(Self {
            width,
            height,
            stride,
            samples,
            across: width as f64,
            down: height as f64,
        })
    }

    /// A row, without what lies behind it.
    pub(super) fn row(&self, row: usize) -> &[u8] {
        let start = row * self.stride;
        self.samples.get(start..start + self.width).unwrap_or(&[])
    }

    /// The samples of a column, from the first row.
    pub(super) fn column(&self, column: usize) -> impl DoubleEndedIterator<Item = u8> + '_ {
        let rows = self.samples.chunks_exact(self.stride);
        rows.map(move |row| row.get(column).copied().unwrap_or_default())
    }

    fn push(&mut self, row: impl Iterator<Item = u8>) {
        self.samples.extend(row);
        let last = self.samples.last().copied().unwrap_or_default();
        let rows = self.samples.len().div_ceil(self.stride);
        self.samples.resize(rows * self.stride, last);
    }

    /// The same channel at another size (Lanczos).
    fn resized(&self, to: (usize, usize), resizer: &mut Resizer) -> Result<Self, Flaw> {
        let side = |length: usize| u32::try_from(length).or(Err(Flaw::Memory));
        let source = ImageRef::new(
            side(self.stride)?,
            side(self.height)?,
            &self.samples,
            PixelType::U8,
        );
        let source = source.or(Err(Flaw::Panicked))?;
        let mut target = Image::new(side(to.0)?, side(to.1)?, PixelType::U8);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(0.0, 0.0, self.across, self.down);
        resizer
            .resize(&source, &mut target, &options)
            .or(Err(Flaw::Panicked))?;
        let mut plane = Self::empty(to.0, to.1)?;
        for row in target.buffer().chunks_exact(to.0.max(1)) {
            plane.push(row.iter().copied());
        }
        Ok(plane)
    }
}

/// Rows of a width that is a multiple of 4096 bytes would all share a few places in the processor's caches, and turning
/// a picture reads columns.
fn stride(width: usize) -> usize {
    let stride = width.next_multiple_of(64);
    if stride.is_multiple_of(512) {
        stride + 64
    } else {
        stride
    }
}

impl Picture {
    /// Width and height in pixels.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.luma.width, self.luma.height)
    }

    /// The picture with at most `longest` pixels on its longest side; nothing, if it has no more already.
    pub(super) fn fitted(&self, longest: u32, resizer: &mut Resizer) -> Result<Option<Self>, Flaw> {
        let (width, height) = self.size();
        let longest = (longest as usize).max(1);
        let side = width.max(height);
        if side <= longest {
            return Ok(None);
        }
        let scaled = |length: usize| ((length * longest + side / 2) / side).max(1);
        let (width, height) = (scaled(width), scaled(height));
        let luma = self.luma.resized((width, height), resizer)?;
        let half = (width.div_ceil(2), height.div_ceil(2));
        let chroma = match &self.chroma {
            Some([blue, red]) => Some([blue.resized(half, resizer)?, red.resized(half, resizer)?]),
            None => None,
        };
        Ok(Some(Self { luma, chroma }))
    }
}

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
