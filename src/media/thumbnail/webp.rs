//! WebP, lossy and lossless; of an animation the first frame.
//!
//! Its decoder allocates what the innermost picture says of its size before it compares that with what the file said
//! first: the sizes of both are compared here, before it is asked.

use std::io::Cursor;
use std::time::Instant;

use image_webp::{DecodingError, WebPDecoder};

use super::canvas::{Canvas, on_white};
use super::colour::PROFILE_BYTES;
use super::header::Way;
use super::{Flaw, Source};

/// What the decoder may take for metadata.
const METADATA_BYTES: usize = 16 << 20;

/// A chunk: its name and its content, which may be cut off by the end of the bytes.
struct Chunk<'a> {
    name: &'a [u8],
    content: &'a [u8],
}

/// The chunks of a file, or of a frame.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let name = self.0.get(..4)?;
        let length = u32::from_le_bytes(*self.0.get(4..)?.first_chunk()?) as usize;
        let rest = self.0.get(8..)?;
        let content = rest.get(..length.min(rest.len()))?;
        // Chunks begin at even places.
        self.0 = rest
            .get(length.checked_next_multiple_of(2)?..)
            .unwrap_or_default();
        Some(Chunk { name, content })
    }
}

/// Width, height and the way, from the first bytes.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32, Way), Flaw> {
    let first = Chunks(bytes.get(12..).unwrap_or_default()).next();
    let first = first.ok_or(Flaw::Truncated)?;
    if first.name != b"VP8X" {
        let (width, height) = coded_size(&first)?;
        return Ok((width, height, Way::WebP));
    }
    let flags = first.content.first().ok_or(Flaw::Truncated)?;
    let width = number24(first.content, 4).ok_or(Flaw::Truncated)? + 1;
    let height = number24(first.content, 7).ok_or(Flaw::Truncated)? + 1;
    let way = if flags & 2 == 0 {
        Way::WebP
    } else {
        Way::WebPAnimated
    };
    Ok((width, height, way))
}

/// The picture, and what its file says about it.
pub(super) fn decode(bytes: &[u8], longest: u32, deadline: Instant) -> Result<Source<'_>, Flaw> {
    check(bytes)?;
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(flaw)?;
    decoder.set_memory_limit(METADATA_BYTES);
    let mut chunks = Chunks(bytes.get(12..).unwrap_or_default());
    let profile = match chunks.find(|chunk| chunk.name == b"ICCP") {
        Some(chunk) if chunk.content.len() <= PROFILE_BYTES => {
            decoder.icc_profile().map_err(flaw)?
        }
        _ => None,
    };
    let (width, height) = decoder.dimensions();
    let length = decoder.output_buffer_size().ok_or(Flaw::Memory)?;
    let mut pixels = vec![0; length];
    decoder.read_image(&mut pixels).map_err(flaw)?;
    if Instant::now() >= deadline {
        return Err(Flaw::OutOfTime);
    }
    let has_alpha = decoder.has_alpha();
    drop(decoder);
    let mut canvas = Canvas::new(width, height, longest)?;
    let row = length / (height as usize).max(1);
    for row in pixels.chunks_exact(row.max(1)) {
        if has_alpha {
            let pixels = row.as_chunks().0.iter();
            canvas.push(
                pixels.map(|[red, green, blue, alpha]| on_white([*red, *green, *blue], *alpha)),
            );
        } else {
            canvas.push(row.as_chunks().0.iter().copied());
        }
    }
    let mut chunks = Chunks(bytes.get(12..).unwrap_or_default());
    Ok(Source {
        picture: canvas.finish()?,
        exif: chunks
            .find(|chunk| chunk.name == b"EXIF")
            .map(|chunk| chunk.content),
        profile,
    })
}

/// Compares what is said about the size, and whether all of the file is there.
fn check(bytes: &[u8]) -> Result<(), Flaw> {
    let length = bytes
        .get(4..)
        .and_then(<[u8]>::first_chunk)
        .ok_or(Flaw::Truncated)?;
    if (u32::from_le_bytes(*length) as usize).saturating_add(8) > bytes.len() {
        return Err(Flaw::Truncated);
    }
    let (width, height, way) = size(bytes)?;
    for chunk in Chunks(bytes.get(12..).unwrap_or_default()) {
        match (chunk.name, way) {
            (b"VP8 " | b"VP8L", _) => same(coded_size(&chunk)?, (width, height))?,
            (b"ANMF", Way::WebPAnimated) => return check_frame(chunk.content),
            _ => {}
        }
    }
    Ok(())
}

/// The first frame: its own head, then chunks as a file has them.
fn check_frame(frame: &[u8]) -> Result<(), Flaw> {
    let width = number24(frame, 6).ok_or(Flaw::Truncated)? + 1;
    let height = number24(frame, 9).ok_or(Flaw::Truncated)? + 1;
    let mut chunks = Chunks(frame.get(16..).unwrap_or_default());
    let first = chunks.next().ok_or(Flaw::Truncated)?;
    // Behind the transparency the decoder reads a picture, whatever its name.
    let coded = match first.name {
        b"VP8 " | b"VP8L" => Some(first),
        b"ALPH" => chunks.next().filter(|chunk| chunk.name == b"VP8 "),
        _ => None,
    };
    let Some(coded) = coded else {
        let what = "the first frame has no picture".into();
        return Err(Flaw::Damaged { what });
    };
    same(coded_size(&coded)?, (width, height))
}

fn same(coded: (u32, u32), said: (u32, u32)) -> Result<(), Flaw> {
    if coded == said {
        return Ok(());
    }
    let what = "it gives two different sizes".into();
    Err(Flaw::Damaged { what })
}

/// The size that a coded picture says it has.
fn coded_size(chunk: &Chunk<'_>) -> Result<(u32, u32), Flaw> {
    let content = chunk.content;
    if chunk.name == b"VP8L" {
        let [0x2F, a, b, c, d, ..] = content else {
            return Err(Flaw::Truncated);
        };
        let bits = u32::from_le_bytes([*a, *b, *c, *d]);
        return Ok(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1));
    }
    let [_, _, _, 0x9D, 1, 0x2A, a, b, c, d, ..] = content else {
        let what = "its picture is missing".into();
        return Err(if content.len() < 10 {
            Flaw::Truncated
        } else {
            Flaw::Damaged { what }
        });
    };
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Ok((side(*a, *b), side(*c, *d)))
}

fn number24(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = *bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

fn flaw(error: DecodingError) -> Flaw {
    if let DecodingError::IoError(error) = &error
        && error.kind() == std::io::ErrorKind::UnexpectedEof
    {
        return Flaw::Truncated;
    }
    if matches!(error, DecodingError::MemoryLimitExceeded) {
        return Flaw::Memory;
    }
    Flaw::damaged(&error)
}
