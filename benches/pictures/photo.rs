//! Photos made by code: noise of many sizes, as much detail as a camera's picture has.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Sizes of the noise in pixels, and its strength.
const LAYERS: [(usize, f32); 5] = [(700, 60.0), (190, 35.0), (50, 22.0), (13, 12.0), (4, 7.0)];

/// Red, green and blue of a photo, the same each time for the same `seed`.
pub(crate) fn pixels(width: usize, height: usize, seed: u64) -> Vec<u8> {
    let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut sums = vec![128.0_f32; width * height * 3];
    for (size, strength) in LAYERS {
        let across = width / size + 2;
        let knots: Vec<f32> = (0..across * (height / size + 2) * 3)
            .map(|_| (share(&mut dice) - 0.5) * 2.0 * strength)
            .collect();
        for (y, row) in sums.chunks_exact_mut(width * 3).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                add_layer(pixel, &knots, across, size, (x, y));
            }
        }
    }
    sums.iter()
        .map(|part| part.clamp(0.0, 255.0) as u8)
        .collect()
}

fn add_layer(pixel: &mut [f32], knots: &[f32], across: usize, size: usize, (x, y): (usize, usize)) {
    let (right, low) = (
        (x % size) as f32 / size as f32,
        (y % size) as f32 / size as f32,
    );
    let first = ((y / size) * across + x / size) * 3;
    for (channel, part) in pixel.iter_mut().enumerate() {
        // Brightness varies more than colour.
        let channel = if size < 40 { 0 } else { channel };
        let knot = |more: usize| {
            knots
                .get(first + more + channel)
                .copied()
                .unwrap_or_default()
        };
        let above = knot(0) * (1.0 - right) + knot(3) * right;
        let below = knot(across * 3) * (1.0 - right) + knot(across * 3 + 3) * right;
        *part += above * (1.0 - low) + below * low;
    }
}

fn share(dice: &mut u64) -> f32 {
    *dice = dice
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*dice >> 40) as f32 / (1_u64 << 24) as f32
}

/// A JPEG of it as a camera writes it (4:2:0, quality 90), turned by orientation 6.
pub(crate) fn jpeg(
    pixels: &[u8],
    width: u16,
    height: u16,
    is_progressive: bool,
) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(is_progressive);
    encoder
        .add_exif_metadata(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0")?;
    encoder.encode(pixels, width, height, ColorType::Rgb)?;
    Ok(bytes)
}
