//! How alike two pictures are (SSIM of brightness, windows of 8 × 8 pixels).

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A picture in red, green and blue.
pub(crate) struct Rgb {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

impl Rgb {
    /// Decodes a JPEG, without turning it.
    pub(crate) fn of(jpeg: &[u8]) -> Result<Self, Failure> {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
        let pixels = decoder.decode().map_err(|error| error.to_string())?;
        let info = decoder.info().ok_or("no size")?;
        Ok(Self {
            width: info.width.into(),
            height: info.height.into(),
            pixels,
        })
    }

    /// All of its pixels resized at once (Lanczos).
    pub(crate) fn resized(&self, width: u32, height: u32) -> Result<Self, Failure> {
        let source = ImageRef::new(self.width, self.height, &self.pixels, PixelType::U8x3)?;
        let mut target = Image::new(width, height, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
        Resizer::new().resize(&source, &mut target, &options)?;
        Ok(Self {
            width,
            height,
            pixels: target.into_vec(),
        })
    }

    /// Turned a quarter to the right.
    pub(crate) fn turned(&self) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        let pixel = |x: usize, y: usize| self.pixels.get((y * width + x) * 3..).unwrap_or_default();
        let pixels = (0..width).flat_map(|x| {
            (0..height)
                .rev()
                .flat_map(move |y| pixel(x, y).iter().take(3))
        });
        Self {
            width: self.height,
            height: self.width,
            pixels: pixels.copied().collect(),
        }
    }

    /// As a JPEG of a quality.
    pub(crate) fn jpeg(&self, quality: u8) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        let (width, height) = (u16::try_from(self.width)?, u16::try_from(self.height)?);
        encoder.encode(&self.pixels, width, height, ColorType::Rgb)?;
        Ok(bytes)
    }

    fn brightness(&self) -> Vec<f64> {
        let weights = [0.299, 0.587, 0.114];
        let of = |pixel: &[u8]| {
            pixel
                .iter()
                .zip(weights)
                .map(|(part, weight)| f64::from(*part) * weight)
                .sum()
        };
        self.pixels.chunks_exact(3).map(of).collect()
    }

    /// 1 for the same picture, less the more they differ.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let (one, other) = (self.brightness(), other.brightness());
        let width = self.width as usize;
        let window = |rows: &[f64], x: usize, y: usize| -> Vec<f64> {
            let row = |down: usize| {
                rows.get((y + down) * width + x..)
                    .unwrap_or_default()
                    .iter()
                    .take(8)
            };
            (0..8).flat_map(row).copied().collect()
        };
        let mut sum = 0.0;
        let mut count = 0.0;
        for y in (0..(self.height as usize).saturating_sub(8)).step_by(4) {
            for x in (0..width.saturating_sub(8)).step_by(4) {
                sum += alike(&window(&one, x, y), &window(&other, x, y));
                count += 1.0;
            }
        }
        sum / f64::max(count, 1.0)
    }
}

fn alike(one: &[f64], other: &[f64]) -> f64 {
    let count = one.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (first, second) = (mean(one), mean(other));
    let spread = |a: &[f64], b: &[f64], a_mean: f64, b_mean: f64| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - a_mean) * (b - b_mean))
            .sum::<f64>()
            / (count - 1.0)
    };
    let (light, contrast) = (6.5025, 58.5225);
    let together = spread(one, other, first, second);
    let each = spread(one, one, first, first) + spread(other, other, second, second);
    (2.0 * first * second + light) * (2.0 * together + contrast)
        / ((first * first + second * second + light) * (each + contrast))
}
