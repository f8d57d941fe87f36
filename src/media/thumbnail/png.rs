//! PNG: row by row, but for interlaced pictures.
//!
//! Of its chunks the pixels, the colour profile and the EXIF block are read. Texts are passed over, packed or not: a
//! few bytes of them may unpack to gigabytes.

use std::io::Cursor;
use std::time::Instant;

use png::{ColorType, DecodeOptions, Decoder, DecodingError, Limits, Reader, Transformations};

use super::canvas::{Canvas, on_white};
use super::colour::PROFILE_BYTES;
use super::header::Way;
use super::{Flaw, Source};

/// What the decoder may take for rows, tables and EXIF blocks.
const DECODER_BYTES: usize = 32 << 20;

/// Width, height and the way, from the first bytes.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32, Way), Flaw> {
    let head = bytes.get(..29).ok_or(Flaw::Truncated)?;
    let (Some(b"IHDR"), Some(width), Some(height)) =
        (head.get(12..16), number(head, 16), number(head, 20))
    else {
        let what = "its head is missing".into();
        return Err(Flaw::Damaged { what });
    };
    // Of an EXIF block the decoder keeps a copy, which it makes of another one.
    let blocks = chunks(bytes).filter(|(kind, _)| kind == b"eXIf");
    let copied: usize = blocks.map(|(_, block)| 2 * block.len()).sum();
    let held = copied.min(DECODER_BYTES) as u64;
    if head.get(28) == Some(&0) {
        return Ok((width, height, Way::Rows { held }));
    }
    // Red, green, blue and alpha, whatever is stored.
    let pixels = u64::from(width) * u64::from(height);
    let held = pixels.saturating_mul(4).saturating_add(held);
    Ok((width, height, Way::Whole { held }))
}

/// The picture, reduced while it comes in, and what its file says about it.
pub(super) fn decode(bytes: &[u8], longest: u32, deadline: Instant) -> Result<Source<'_>, Flaw> {
    // The decoder panics where a colour is cut short.
    if chunks(bytes).any(|(kind, content)| &kind == b"PLTE" && !content.len().is_multiple_of(3)) {
        let what = "its palette ends within a colour".into();
        return Err(Flaw::Damaged { what });
    }
    let profile = match chunk(bytes, b"iCCP") {
        Some(packed) => profile(packed)?,
        None => None,
    };
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits {
        bytes: DECODER_BYTES,
    });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(flaw)?;
    let (width, height) = reader.info().size();
    let mut canvas = Canvas::new(width, height, longest)?;
    if reader.info().interlaced {
        whole(&mut reader, &mut canvas, deadline)?;
    } else {
        let (colours, _) = reader.output_color_type();
        while let Some(row) = reader.next_row().map_err(flaw)? {
            if Instant::now() >= deadline {
                return Err(Flaw::OutOfTime);
            }
            push(&mut canvas, colours, row.data());
        }
    }
    Ok(Source {
        picture: canvas.finish()?,
        exif: chunk(bytes, b"eXIf"),
        profile,
    })
}

fn whole(
    reader: &mut Reader<Cursor<&[u8]>>,
    canvas: &mut Canvas,
    deadline: Instant,
) -> Result<(), Flaw> {
    let length = reader.output_buffer_size().ok_or(Flaw::Memory)?;
    let mut pixels = Vec::new();
    if pixels.try_reserve_exact(length).is_err() {
        return Err(Flaw::Memory);
    }
    pixels.resize(length, 0);
    let (colours, _) = reader.output_color_type();
    let frame = reader.next_frame(&mut pixels).map_err(flaw)?;
    for row in pixels.chunks_exact(frame.line_size.max(1)) {
        if Instant::now() >= deadline {
            return Err(Flaw::OutOfTime);
        }
        push(canvas, colours, row);
    }
    Ok(())
}

fn push(canvas: &mut Canvas, colours: ColorType, row: &[u8]) {
    match colours {
        ColorType::Grayscale => canvas.push(row.iter().map(|grey| [*grey; 3])),
        ColorType::GrayscaleAlpha => {
            let pixels = row.as_chunks().0.iter();
            canvas.push(pixels.map(|[grey, alpha]| on_white([*grey; 3], *alpha)));
        }
        // A palette is expanded to these.
        ColorType::Rgb | ColorType::Indexed => canvas.push(row.as_chunks().0.iter().copied()),
        ColorType::Rgba => {
            let pixels = row.as_chunks().0.iter();
            canvas.push(
                pixels.map(|[red, green, blue, alpha]| on_white([*red, *green, *blue], *alpha)),
            );
        }
    }
}

/// The colour profile: a name, a zero, the way of packing, the packed profile. One that cannot be unpacked is none.
fn profile(chunk: &[u8]) -> Result<Option<Vec<u8>>, Flaw> {
    let name = chunk.iter().take(80).position(|byte| *byte == 0);
    let Some(packed) = name.and_then(|name| chunk.get(name + 2..)) else {
        return Ok(None);
    };
    match miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, PROFILE_BYTES) {
        Ok(profile) => Ok(Some(profile)),
        Err(error) if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput => {
            Err(Flaw::Damaged {
                what: "its colour profile unpacks to more than any profile has".into(),
            })
        }
        Err(_) => Ok(None),
    }
}

/// The content of the first chunk of a kind.
fn chunk<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    let found = chunks(bytes).find(|(kind, _)| kind == wanted);
    found.map(|(_, content)| content)
}

/// The kinds and contents of all chunks that are there whole.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = number(rest, 0)? as usize;
        let kind = *rest.get(4..)?.first_chunk()?;
        let content = rest.get(8..8_usize.checked_add(length)?)?;
        rest = rest.get(length.checked_add(12)?..).unwrap_or_default();
        Some((kind, content))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|number| u32::from_be_bytes(*number))
}

fn flaw(error: DecodingError) -> Flaw {
    if let DecodingError::IoError(error) = &error
        && error.kind() == std::io::ErrorKind::UnexpectedEof
    {
        return Flaw::Truncated;
    }
    if matches!(error, DecodingError::LimitsExceeded) {
        return Flaw::Memory;
    }
    Flaw::damaged(&error)
}
