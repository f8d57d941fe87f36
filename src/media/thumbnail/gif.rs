//! GIF: the first frame, on white paper. What comes after it is not looked at.

use std::io::Cursor;
use std::num::NonZeroU64;
use std::time::Instant;

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, Frame, MemoryLimit};

use super::canvas::Canvas;
use super::header::Way;
use super::{Flaw, Source};

/// What the decoder may take for metadata; pixels go into a buffer of ours.
const METADATA_BYTES: NonZeroU64 = NonZeroU64::new(1 << 20).unwrap();
const WHITE: [u8; 3] = [255; 3];

/// Width, height and the way, from the first bytes.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32, Way), Flaw> {
    let [wide, wider, high, higher, ..] = bytes.get(6..).unwrap_or_default() else {
        return Err(Flaw::Truncated);
    };
    let side = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]));
    let (width, height) = (side(wide, wider), side(high, higher));
    let held = u64::from(width) * u64::from(height);
    Ok((width, height, Way::Rows { held }))
}

/// The picture, reduced while it is drawn.
pub(super) fn decode(bytes: &[u8], longest: u32, deadline: Instant) -> Result<Source<'_>, Flaw> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Bytes(METADATA_BYTES));
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(flaw)?;
    let size = (decoder.width(), decoder.height());
    let mut canvas = Canvas::new(u32::from(size.0), u32::from(size.1), longest)?;
    let Some(frame) = decoder.next_frame_info().map_err(flaw)? else {
        return Err(Flaw::Truncated);
    };
    // Its pixels are read below.
    let frame = frame.clone();
    let palette = palette(&decoder)?;
    let mut pixels = vec![0; usize::from(frame.width) * usize::from(frame.height)];
    decoder.read_into_buffer(&mut pixels).map_err(flaw)?;
    draw(&mut canvas, size.1, &frame, &pixels, &palette, deadline)?;
    Ok(Source {
        picture: canvas.finish()?,
        exif: None,
        profile: None,
    })
}

fn palette(decoder: &Decoder<Cursor<&[u8]>>) -> Result<Vec<[u8; 3]>, Flaw> {
    let palette = decoder.palette().map_err(flaw)?;
    Ok(palette.as_chunks().0.to_vec())
}

fn draw(
    canvas: &mut Canvas,
    height: u16,
    frame: &Frame<'_>,
    pixels: &[u8],
    palette: &[[u8; 3]],
    deadline: Instant,
) -> Result<(), Flaw> {
    let colour = |index: &u8| match frame.transparent {
        Some(clear) if clear == *index => WHITE,
        _ => palette.get(usize::from(*index)).copied().unwrap_or(WHITE),
    };
    let left = std::iter::repeat_n(WHITE, usize::from(frame.left));
    let mut rows = pixels.chunks_exact(usize::from(frame.width).max(1));
    for row in 0..height {
        if Instant::now() >= deadline {
            return Err(Flaw::OutOfTime);
        }
        let drawn = if row >= frame.top { rows.next() } else { None };
        match drawn {
            Some(drawn) => canvas.push(left.clone().chain(drawn.iter().map(colour))),
            None => canvas.push(std::iter::empty()),
        }
    }
    Ok(())
}

fn flaw(error: DecodingError) -> Flaw {
    if let DecodingError::Io(error) = &error
        && error.kind() == std::io::ErrorKind::UnexpectedEof
    {
        return Flaw::Truncated;
    }
    if matches!(error, DecodingError::UnexpectedEof) {
        return Flaw::Truncated;
    }
    if matches!(error, DecodingError::MemoryLimit) {
        return Flaw::Memory;
    }
    Flaw::damaged(&error)
}
