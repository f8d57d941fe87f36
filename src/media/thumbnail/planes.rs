//! A picture in memory: one plane a channel, as JPEG has them, colour at half the resolution of brightness.
//!
//! All pictures are resized from here.

use std::iter::repeat;

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
    pub(super) across: f64,
    /// How many of its rows the picture spans.
    pub(super) down: f64,
}

/// A picture as stored in its file, before it is turned upright.
pub(super) struct Picture {
    /// Brightness. Its size is the picture's.
    pub(super) luma: Plane,
    /// Cb and Cr, unless the picture is grey.
    pub(super) chroma: Option<[Plane; 2]>,
}

impl Plane {
    /// Room for a channel, without rows yet.
    pub(super) fn empty(width: usize, height: usize) -> Result<Self, Flaw> {
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

    /// Adds a row.
    pub(super) fn push(&mut self, row: &[u8]) {
        self.samples.extend_from_slice(row);
        let last = row.last().copied().unwrap_or_default();
        let rows = self.samples.len().div_ceil(self.stride);
        self.samples.resize(rows * self.stride, last);
    }

    /// Puts other samples in the place of a row's.
    pub(super) fn replace(&mut self, row: usize, samples: &[u8]) {
        let start = row * self.stride;
        let Some(row) = self.samples.get_mut(start..start + self.stride) else {
            return;
        };
        let last = samples.last().copied().unwrap_or_default();
        let samples = samples.iter().copied().chain(repeat(last));
        for (slot, sample) in row.iter_mut().zip(samples) {
            *slot = sample;
        }
    }

    /// The same channel at another size (Lanczos).
    pub(super) fn resized(&self, to: (usize, usize), resizer: &mut Resizer) -> Result<Self, Flaw> {
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
            plane.push(row);
        }
        Ok(plane)
    }
}

/// Rows of a width that is a multiple of 4096 bytes would all share a few places in the processor's caches, and a
/// picture on its side is read by columns.
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
        let chroma = self.colour(half(&luma), resizer)?;
        // It would keep a picture of the old width and the new height.
        resizer.reset_internal_buffers();
        Ok(Some(Self { luma, chroma }))
    }

    /// The same picture, its colour at half the resolution of its brightness.
    pub(super) fn halved(self, resizer: &mut Resizer) -> Result<Self, Flaw> {
        let half = half(&self.luma);
        let is_half = |plane: &Plane| (plane.width, plane.height) == half;
        if self
            .chroma
            .as_ref()
            .is_none_or(|planes| planes.iter().all(is_half))
        {
            return Ok(self);
        }
        let chroma = self.colour(half, resizer)?;
        resizer.reset_internal_buffers();
        Ok(Self { chroma, ..self })
    }

    fn colour(
        &self,
        size: (usize, usize),
        resizer: &mut Resizer,
    ) -> Result<Option<[Plane; 2]>, Flaw> {
        Ok(match &self.chroma {
            Some([blue, red]) => Some([blue.resized(size, resizer)?, red.resized(size, resizer)?]),
            None => None,
        })
    }
}

/// The size of the planes that hold the colour of a picture of this brightness.
fn half(luma: &Plane) -> (usize, usize) {
    (luma.width.div_ceil(2), luma.height.div_ceil(2))
}
