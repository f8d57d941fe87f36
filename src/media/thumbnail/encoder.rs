//! A picture becomes a JPEG: baseline, colour at half resolution.
//!
//! It is written for planes as they are kept: colour is taken as it is, and a picture is turned without being copied.
//! A block of samples is read as it is stored, and its waves are put where those of the turned block belong: waves
//! across become waves down, and of a mirrored block every other wave is turned round.

mod blocks;
mod codes;
mod order;
mod waves;

use self::blocks::{BLOCK, Blocks};
use self::codes::{Bits, CHROMA_MEAN, CHROMA_WAVES, Codes, LUMA_MEAN, LUMA_WAVES, Table};
use self::order::{ORDER, Order};
use self::waves::{Steps, sizes};
use super::Flaw;
use super::planes::{Picture, Plane};
use super::upright::Turn;

/// The codes of brightness, or of colour.
struct Coding {
    mean: Codes,
    waves: Codes,
}

/// A channel on its way into the file.
struct Channel<'a> {
    blocks: Blocks<'a>,
    steps: Steps,
    order: Order,
    coding: &'a Coding,
    /// The mean of the block before.
    mean: i32,
}

/// The picture as it is seen. `room` is how many bytes are expected.
pub(super) fn jpeg(
    picture: &Picture,
    turn: Turn,
    quality: u8,
    room: usize,
) -> Result<Vec<u8>, Flaw> {
    let (width, height) = turn.size(picture.size());
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(room).is_err() {
        return Err(Flaw::Memory);
    }
    head(&mut bytes, picture, (width, height), quality)?;
    let [bright, coloured] = [(LUMA_MEAN, LUMA_WAVES), (CHROMA_MEAN, CHROMA_WAVES)];
    let [bright, coloured] = [bright, coloured].map(|(mean, waves)| Coding {
        mean: Codes::new(&mean),
        waves: Codes::new(&waves),
    });
    let [luma_sizes, chroma_sizes] = [true, false].map(|is_luma| sizes(is_luma, quality));
    let mut bits = Bits::after(bytes);
    let mut luma = Channel::new(&picture.luma, turn, &luma_sizes, &bright);
    match &picture.chroma {
        None => grey(&mut luma, (width, height), &mut bits),
        Some([blue, red]) => {
            let colour = |plane| Channel::new(plane, turn, &chroma_sizes, &coloured);
            coloured_picture(
                &mut luma,
                [colour(blue), colour(red)],
                (width, height),
                &mut bits,
            );
        }
    }
    let mut bytes = bits.finish();
    bytes.extend_from_slice(&[0xFF, 0xD9]);
    Ok(bytes)
}

fn grey(luma: &mut Channel<'_>, size: (usize, usize), bits: &mut Bits) {
    let (width, height) = size;
    for y in (0..height).step_by(BLOCK) {
        for x in (0..width).step_by(BLOCK) {
            luma.write(x, y, bits);
        }
    }
}

/// Four blocks of brightness, then one of each colour.
fn coloured_picture(
    luma: &mut Channel<'_>,
    mut chroma: [Channel<'_>; 2],
    size: (usize, usize),
    bits: &mut Bits,
) {
    let (width, height) = size;
    for y in (0..height).step_by(2 * BLOCK) {
        for x in (0..width).step_by(2 * BLOCK) {
            luma.write(x, y, bits);
            luma.write(x + BLOCK, y, bits);
            luma.write(x, y + BLOCK, bits);
            luma.write(x + BLOCK, y + BLOCK, bits);
            for channel in &mut chroma {
                channel.write(x / 2, y / 2, bits);
            }
        }
    }
}

impl<'a> Channel<'a> {
    fn new(plane: &'a Plane, turn: Turn, sizes: &[u8; 64], coding: &'a Coding) -> Self {
        let mut flips = (turn.mirrors_columns, turn.mirrors_rows);
        if turn.is_transposed {
            flips = (flips.1, flips.0);
        }
        Self {
            blocks: Blocks::new(plane, turn),
            steps: Steps::new(sizes, turn.is_transposed, flips),
            order: Order::new(turn.is_transposed),
            coding,
            mean: 0,
        }
    }

    /// Writes the block that is seen at a place.
    fn write(&mut self, x: usize, y: usize, bits: &mut Bits) {
        let counts = self.steps.count(self.blocks.at(x, y));
        let [mean, ..] = counts;
        bits.number(&self.coding.mean, 0, mean - self.mean);
        self.mean = mean;
        self.order.write(&counts, &self.coding.waves, bits);
    }
}

/// Everything before the blocks.
fn head(
    bytes: &mut Vec<u8>,
    picture: &Picture,
    (width, height): (usize, usize),
    quality: u8,
) -> Result<(), Flaw> {
    let side = |length: usize| u16::try_from(length).or(Err(Flaw::Memory));
    let [wide, narrow] = side(width)?.to_be_bytes();
    let [high, low] = side(height)?.to_be_bytes();
    bytes.extend_from_slice(&[0xFF, 0xD8]);
    // JFIF 1.02, square pixels.
    segment(bytes, 0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    for (number, is_luma) in [(0, true), (1, false)] {
        let sizes = sizes(is_luma, quality);
        let mut content = vec![number];
        content.extend(ORDER.map(|place| sizes.get(usize::from(place)).copied().unwrap_or(1)));
        segment(bytes, 0xDB, &content);
    }
    // Number, samples across and down of a block, sizes of steps.
    let channels: &[[u8; 3]] = match picture.chroma {
        None => &[[1, 0x11, 0]],
        Some(_) => &[[1, 0x22, 0], [2, 0x11, 1], [3, 0x11, 1]],
    };
    let mut content = vec![8, high, low, wide, narrow, channels.len() as u8];
    content.extend_from_slice(channels.as_flattened());
    segment(bytes, 0xC0, &content);
    let tables = [
        (0x00, LUMA_MEAN),
        (0x10, LUMA_WAVES),
        (0x01, CHROMA_MEAN),
        (0x11, CHROMA_WAVES),
    ];
    for (number, Table { lengths, symbols }) in tables {
        segment(bytes, 0xC4, &[&[number][..], &lengths, symbols].concat());
    }
    let mut content = vec![channels.len() as u8];
    for [number, _, sizes] in channels {
        content.extend([*number, sizes << 4 | sizes]);
    }
    content.extend([0, 63, 0]);
    segment(bytes, 0xDA, &content);
    Ok(())
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend_from_slice(&[0xFF, marker]);
    bytes.extend_from_slice(&(content.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use zune_core::bytestream::ZCursor;
    use zune_core::colorspace::ColorSpace;
    use zune_core::options::DecoderOptions;
    use zune_jpeg::JpegDecoder;

    use super::*;

    fn plane((width, height): (usize, usize), sample: impl Fn(usize, usize) -> u8) -> Plane {
        let mut plane = Plane::empty(width, height).unwrap();
        for y in 0..height {
            plane.push(&(0..width).map(|x| sample(x, y)).collect::<Vec<u8>>());
        }
        plane
    }

    /// Its brightness rises to the right and falls downwards, its colours go other ways.
    fn slope(width: usize, height: usize) -> Picture {
        let share = |at: usize, length: usize| at as f64 / length as f64;
        let half = (width.div_ceil(2), height.div_ceil(2));
        let blue = |x, y| (100.0 + 60.0 * share(x, half.0) * share(y, half.1)) as u8;
        Picture {
            luma: plane((width, height), |x, y| {
                (120.0 + 90.0 * share(x, width) - 70.0 * share(y, height)) as u8
            }),
            chroma: Some([
                plane(half, blue),
                plane(half, |_, y| (150.0 - 40.0 * share(y, half.1)) as u8),
            ]),
        }
    }

    fn decoded(jpeg: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
        let pixels = decoder.decode().unwrap();
        let info = decoder.info().unwrap();
        let size = (info.width.into(), info.height.into());
        (size.0, size.1, pixels.as_chunks().0.to_vec())
    }

    fn assert_alike(picture: &Picture, turn: Turn, quality: u8, most: f64) {
        let (width, height, found) = decoded(&jpeg(picture, turn, quality, 100).unwrap());
        let what = format!("{turn:?}, {:?}", picture.size());
        assert_eq!((width, height), turn.size(picture.size()), "{what}");
        let wanted = turn.pixels(picture).concat();
        let off = found.as_flattened().iter().zip(wanted.as_flattened());
        let off: f64 = off
            .map(|(one, other)| f64::from(one.abs_diff(*other)))
            .sum();
        let off = off / found.as_flattened().len() as f64;
        assert!(off <= most, "{what}: {off}");
    }

    #[test]
    fn a_picture_is_the_same_again_however_it_is_turned() {
        for orientation in 1..=8 {
            let turn = Turn::of(orientation);
            for (width, height) in [(1, 1), (8, 8), (17, 9), (31, 64), (65, 130), (200, 150)] {
                let mut picture = slope(width, height);
                assert_alike(&picture, turn, 95, 3.0);
                picture.chroma = None;
                assert_alike(&picture, turn, 95, 1.5);
            }
        }
    }

    #[test]
    fn the_strongest_waves_that_there_are_have_codes() {
        let mut dice = 1_u32;
        let mut throw = |x: usize, y: usize| {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let board = (x / 4 + y).is_multiple_of(2);
            if dice >> 31 == 1 || board { 255 } else { 0 }
        };
        let mut luma = Plane::empty(120, 90).unwrap();
        for y in 0..90 {
            luma.push(&(0..120).map(|x| throw(x, y)).collect::<Vec<u8>>());
        }
        let picture = Picture { luma, chroma: None };
        for orientation in [1, 6] {
            assert_alike(&picture, Turn::of(orientation), 100, 1.5);
        }
    }
}
