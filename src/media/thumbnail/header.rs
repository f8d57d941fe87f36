//! What a file is, and whether it is small enough, from its first bytes.
//!
//! Decided by content, and before anything is allocated.

use super::{Flaw, Format, Header, gif, jpeg, png, webp};

/// The longest side that is decoded.
const SIDE: u32 = 20_000;
/// The most pixels that are decoded.
const PIXELS: u64 = 50_000_000;
/// The most pixels of a picture of which all is in memory before its first row is known.
const PIXELS_WHOLE: u64 = 30_000_000;
/// The most bytes of a picture that are in memory before its first row is known: with the planes that it becomes, less
/// than 220 MB.
const HELD: u64 = 166_500_000;
/// The most pixels of a WebP picture: its decoder holds it several times.
const PIXELS_WEBP: u64 = 19_000_000;
/// The most pixels of an animated WebP picture: its decoder holds its canvas besides.
const PIXELS_WEBP_ANIMATED: u64 = 10_000_000;

/// How a picture is decoded, which decides how large it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Row by row.
    Rows {
        /// What the decoder holds besides, in bytes.
        held: u64,
    },
    /// All of it must be in memory: progressive, or interlaced.
    Whole {
        /// What the decoder holds of it, in bytes.
        held: u64,
    },
    /// By the decoder of WebP.
    WebP,
    /// By the decoder of WebP, as the first frame of several.
    WebPAnimated,
}

/// Recognises a file and checks its size.
pub(super) fn recognised(bytes: &[u8]) -> Result<(Header, Way), Flaw> {
    let format = format(bytes)?;
    let (width, height, way) = match format {
        Format::Jpeg => jpeg::size(bytes)?,
        Format::Png => png::size(bytes)?,
        Format::WebP => webp::size(bytes)?,
        Format::Gif => gif::size(bytes)?,
    };
    check(width, height, way)?;
    let header = Header {
        format,
        width,
        height,
    };
    Ok((header, way))
}

fn check(width: u32, height: u32, way: Way) -> Result<(), Flaw> {
    if width == 0 || height == 0 {
        let what = "it says that it has no pixels".into();
        return Err(Flaw::Damaged { what });
    }
    let (pixels, limit) = match way {
        Way::Rows { .. } => (PIXELS, "at most 50 megapixels are accepted"),
        Way::Whole { held } if held > HELD => (
            0,
            "it would take too much memory; save it as an ordinary JPEG",
        ),
        Way::Whole { .. } => (
            PIXELS_WHOLE,
            "at most 30 megapixels are accepted of a progressive, interlaced or several times scanned picture",
        ),
        Way::WebP => (
            PIXELS_WEBP,
            "at most 19 megapixels are accepted of a WebP picture",
        ),
        Way::WebPAnimated => (
            PIXELS_WEBP_ANIMATED,
            "at most 10 megapixels are accepted of an animated WebP picture",
        ),
    };
    let limit = match width.max(height) > SIDE {
        true => "at most 20000 pixels a side are accepted",
        false if u64::from(width) * u64::from(height) > pixels => limit,
        false => return Ok(()),
    };
    Err(Flaw::TooLarge {
        width,
        height,
        limit,
    })
}

fn format(bytes: &[u8]) -> Result<Format, Flaw> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Format::Png),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Ok(Format::WebP),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Format::Gif),
        _ if is_start_of_a_picture(bytes) => Err(Flaw::Truncated),
        _ => Err(Flaw::NotAccepted {
            what: kind(bytes).into(),
        }),
    }
}

/// Whether more bytes could make it one of the formats.
fn is_start_of_a_picture(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [
        b"\xFF\xD8\xFF",
        b"\x89PNG\r\n\x1A\n",
        b"RIFF",
        b"GIF87a",
        b"GIF89a",
    ];
    !bytes.is_empty() && starts.iter().any(|start| start.starts_with(bytes))
}

/// What a file that is not accepted is, as far as its first bytes tell.
fn kind(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "an empty file",
        [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => match [*a, *b, *c, *d].as_slice() {
            b"avif" | b"avis" => "an AVIF picture",
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
                "a HEIC picture"
            }
            _ => "a video",
        },
        [b'B', b'M', ..] => "a BMP picture",
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => {
            "a TIFF picture or raw photo"
        }
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => "a JPEG XL picture",
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => "a JPEG 2000 picture",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop document",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [0, 0, 1, 0, ..] => "an icon",
        _ => marked_up(bytes),
    }
}

fn marked_up(bytes: &[u8]) -> &'static str {
    let start = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let text = String::from_utf8_lossy(start).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.starts_with('<') {
        true if text.contains("<svg") => "an SVG drawing",
        true if text.contains("<html") || text.starts_with("<!doctype html") => "an HTML page",
        true => "an XML document",
        false => "a file of an unknown kind",
    }
}
