//! WebP, lossy and lossless; of an animation the first frame.
//!
//! Its decoder allocates what the innermost picture says of its size before it compares that with what the file said
//! first: the sizes of both are compared here, before it is asked.

mod groups;

use std::io::Cursor;
use std::time::Instant;

use image_webp::{DecodingError, WebPDecoder};

use super::canvas::{Canvas, on_white};
use super::colour::PROFILE_BYTES;
use super::header::Way;
use super::{Flaw, Source};

/// What the decoder may take for metadata.
const METADATA_BYTES: usize = 16 << 20;

/// What the decoder takes at most for a group of codes: 107 000 bytes were measured, with the largest cache of colours.
const GROUP_BYTES: u64 = 110_000;

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
            // The decoder would read the parts of a frame as those of the file.
            (b"ANMF", _) => return Err(damaged("it is not said to move, and has a frame")),
            _ => {}
        }
        check_codes(&chunk, (width, height))?;
    }
    Ok(())
}

/// What is lossless has codes that can be read, and not too many.
fn check_codes(chunk: &Chunk<'_>, size: (u32, u32)) -> Result<(), Flaw> {
    if groups_of(chunk, size, groups::read)? > groups::MOST {
        return Err(damaged("it has more codes than any picture"));
    }
    Ok(())
}

/// How many groups of codes a chunk has that is lossless: a picture, or how clear one of this size is.
fn groups_of(
    chunk: &Chunk<'_>,
    size: (u32, u32),
    read: impl Fn(&[u8], Option<(u32, u32)>) -> Option<u32>,
) -> Result<u32, Flaw> {
    let groups = match (chunk.name, chunk.content) {
        (b"VP8L", stream) => read(stream, None),
        (b"ALPH", [flags, stream @ ..]) if flags & 3 == 1 => read(stream, Some(size)),
        _ => Some(0),
    };
    groups.ok_or_else(|| damaged("its codes cannot be read"))
}

/// What the decoder takes for the codes of a file that [`check`] lets pass, in bytes.
pub(super) fn codes(bytes: &[u8], size: (u32, u32)) -> u64 {
    let within = |chunk: Chunk<'_>| match chunk.name {
        b"ANMF" => {
            let inside = Chunks(chunk.content.get(16..).unwrap_or_default());
            most_groups(inside, frame_size(chunk.content).unwrap_or(size))
        }
        _ => most_groups(std::iter::once(chunk), size),
    };
    let chunks = Chunks(bytes.get(12..).unwrap_or_default());
    // What comes behind the first frame is not looked at.
    let mut frames = 0;
    let looked_at = chunks.take_while(|chunk| {
        frames += u32::from(chunk.name == b"ANMF");
        frames < 2
    });
    let groups = looked_at.map(within).max().unwrap_or_default();
    u64::from(groups.min(groups::MOST)) * GROUP_BYTES
}

fn most_groups<'a>(chunks: impl Iterator<Item = Chunk<'a>>, size: (u32, u32)) -> u32 {
    let groups = chunks.filter_map(|chunk| groups_of(&chunk, size, groups::named).ok());
    groups.max().unwrap_or_default()
}

/// The first frame: its own head, then chunks as a file has them.
fn check_frame(frame: &[u8]) -> Result<(), Flaw> {
    let size = frame_size(frame).ok_or(Flaw::Truncated)?;
    let mut chunks = Chunks(frame.get(16..).unwrap_or_default());
    let first = chunks.next().ok_or(Flaw::Truncated)?;
    check_codes(&first, size)?;
    // Behind the transparency the decoder reads a picture, whatever its name.
    let coded = match first.name {
        b"VP8 " | b"VP8L" => Some(first),
        b"ALPH" => chunks.next().filter(|chunk| chunk.name == b"VP8 "),
        _ => None,
    };
    let coded = coded.ok_or_else(|| damaged("the first frame has no picture"))?;
    same(coded_size(&coded)?, size)
}

fn frame_size(frame: &[u8]) -> Option<(u32, u32)> {
    Some((number24(frame, 6)? + 1, number24(frame, 9)? + 1))
}

fn same(coded: (u32, u32), said: (u32, u32)) -> Result<(), Flaw> {
    if coded == said {
        return Ok(());
    }
    Err(damaged("it gives two different sizes"))
}

fn damaged(what: &str) -> Flaw {
    Flaw::Damaged { what: what.into() }
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
        return Err(if content.len() < 10 {
            Flaw::Truncated
        } else {
            damaged("its picture is missing")
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
