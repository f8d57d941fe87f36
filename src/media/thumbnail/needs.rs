//! How much memory a photo takes on its way, told before anything is allocated.
//!
//! All jobs together have a budget (`media::pool`), so a promise that is broken is memory that nobody has counted. Fuzzing
//! holds it against what is allocated (`fuzz/fuzz_targets/pictures.rs`).

use super::header::{self, Way};
use super::{Flaw, LONGEST, Sizes, rows, webp};

/// What a thread may take for any file.
const SHARE: u64 = 220 << 20;
/// What everything takes besides.
const REST: u64 = 8 << 20;

/// The memory that [`super::process`] takes at most, in bytes, without the photo itself, as its header tells.
///
/// # Errors
///
/// As [`super::header`]; and [`Flaw::Memory`] for a large WebP with so many codes that it would be more than a thread may take.
pub fn needs(bytes: &[u8], sizes: &Sizes) -> Result<u64, Flaw> {
    let (header, way) = header::recognised(bytes)?;
    let pixels = u64::from(header.width) * u64::from(header.height);
    let block = rows::reduction(header.width, header.height, sizes.original) as u64;
    let kept = pixels / (block * block);
    // A lossy WebP is read part by part: those read are copies, in a buffer that doubles as it grows, and for the next
    // the decoder takes at once what the file says of it in 24 bits, also when the file has no so many bytes.
    let parts = 3 * bytes.len() as u64 + (1 << 24);
    let codes = || webp::codes(bytes, (header.width, header.height));
    let decoding = match way {
        Way::Rows { held } | Way::Whole { held } => planes(kept) + held,
        // All of it is decoded before the planes are begun; the first factor is that of a clear picture.
        Way::WebP => (pixels * 11 + codes())
            .max(pixels * 11 / 2 + parts)
            .max(pixels * 4 + planes(kept)),
        Way::WebPAnimated => (pixels * 18 + codes())
            .max(pixels * 12 + parts)
            .max(pixels * 4 + planes(kept)),
    };
    // Of the others it is decided by their heads.
    if matches!(way, Way::WebP | Way::WebPAnimated) && decoding + REST > SHARE {
        return Err(Flaw::Memory);
    }
    Ok(decoding.max(making(kept, sizes)) + REST)
}

/// The planes of a picture of so many pixels: colour has half the resolution, and rows are a little longer than they say.
fn planes(pixels: u64) -> u64 {
    pixels * 25 / 16
}

/// What is held when pictures are made of one of so many pixels.
fn making(kept: u64, sizes: &Sizes) -> u64 {
    let square = |longest: u32| u64::from(longest.min(LONGEST)).pow(2);
    // Beside the old planes: a picture of the old width and the new height, brightness twice, and colour.
    let resizing = |from: u64, to: u64| match to < from {
        true => (from * to).isqrt() + to * 5 / 2,
        false => 0,
    };
    let original = kept.min(square(sizes.original));
    let preview = original.min(square(sizes.preview));
    // Noise takes more than a byte a pixel, and what is encoded is copied as it grows.
    let encoding = planes(preview) + preview * 5 / 4 + original * 5 / 2;
    let later = planes(original) + encoding.max(resizing(original, preview));
    later.max(planes(kept) + resizing(kept, original))
}
