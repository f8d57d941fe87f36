//! A photo as it was sent becomes the pictures that are served.
//!
//! The only user of image codecs. Pure: bytes in, bytes out, no file, no network. What comes out is encoded anew
//! from pixels: nothing of the sent file's bytes is copied, so no metadata can come along. It fails closed: where
//! anything is in doubt there is a [`Flaw`] and no picture.

mod canvas;
mod colour;
mod encoder;
mod exif;
mod gif;
mod header;
mod jpeg;
mod needs;
mod placeholder;
mod planes;
mod png;
mod rows;
mod upright;
mod webp;

use std::time::Instant;

use fast_image_resize::Resizer;

use self::colour::ToSrgb;
use self::exif::Exif;
pub use self::needs::needs;
use self::placeholder::placeholder;
use self::planes::Picture;
use self::upright::Turn;

/// The longest side of any picture that is made: the most that is encoded within the time limit.
const LONGEST: u32 = 8192;
/// The longest side of the picture of which the placeholder is made.
const PLACEHOLDER_SIDE: u32 = 32;
const SMALL_QUALITY: u8 = 80;
const ORIGINAL_QUALITY: u8 = 85;

/// The longest sides of the pictures that are made, in pixels. A smaller photo is never enlarged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Of the stored original.
    pub original: u32,
    /// Of what is shown on a page.
    pub preview: u32,
    /// Of what is shown in a list.
    pub thumbnail: u32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            original: 4096,
            preview: 1280,
            thumbnail: 320,
        }
    }
}

/// The formats that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Baseline or progressive, grey, colour or CMYK.
    Jpeg,
    /// Of any depth, with or without a palette, alpha or interlacing.
    Png,
    /// Lossy or lossless; of an animation the first frame.
    WebP,
    /// Of an animation the first frame.
    Gif,
}

/// What a photo says about itself in its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// By content, never by name.
    pub format: Format,
    /// In pixels, as stored (not yet upright).
    pub width: u32,
    /// In pixels, as stored (not yet upright).
    pub height: u32,
}

/// The pictures made of a photo, all JPEG, upright, in sRGB, without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// Of `original`, upright, in pixels.
    pub width: u32,
    /// Of `original`, upright, in pixels.
    pub height: u32,
    /// The photo, at most `Sizes::original` pixels on its longest side.
    pub original: Vec<u8>,
    /// At most `Sizes::preview` pixels on its longest side.
    pub preview: Vec<u8>,
    /// At most `Sizes::thumbnail` pixels on its longest side.
    pub thumbnail: Vec<u8>,
    /// The picture in at most 40 characters (BlurHash), to be shown until it is there.
    pub placeholder: String,
    /// Where and when it was taken, if that was asked for and the photo says so.
    pub taken: Option<Taken>,
}

/// Where and when a photo was taken, as its EXIF block says.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// In degrees north, −90 to 90. With `longitude`, or not at all.
    pub latitude: Option<f64>,
    /// In degrees east, −180 to 180. With `latitude`, or not at all.
    pub longitude: Option<f64>,
    /// `2026-11-26T18:12:53`, with an offset only when the photo names one.
    pub at: Option<String>,
}

impl Eq for Taken {}

/// Why no pictures were made. The text is a sentence for whoever sent the photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is no picture, or none of an accepted format: a 415.
    #[error("{what} is not accepted; send a JPEG, PNG, WebP or GIF picture")]
    NotAccepted {
        /// What it seems to be.
        what: String,
    },
    /// It has more pixels than are decoded.
    #[error("the picture is {width} × {height} pixels; {limit}")]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Which limit it exceeds.
        limit: &'static str,
    },
    /// It ends too early.
    #[error("the picture is incomplete: its file ends too early; send it again")]
    Truncated,
    /// It breaks the rules of its format.
    #[error("the picture is damaged ({what}); open and save it anew, then send that")]
    Damaged {
        /// What the decoder said.
        what: String,
    },
    /// A progressive JPEG with more scans than any camera writes.
    #[error("the picture has more than {limit} scans; save it anew as an ordinary JPEG")]
    TooManyScans {
        /// The most that are decoded.
        limit: usize,
    },
    /// It was given up.
    #[error("the picture took too long to read; save it anew at a smaller size")]
    OutOfTime,
    /// It needs more memory than a thread, or than all jobs together, may take.
    #[error(
        "the picture needs more memory than there is for pictures; save it anew at a smaller size"
    )]
    Memory,
    /// A fault of ours or of a codec.
    #[error("the picture could not be read; save it anew as an ordinary JPEG")]
    Panicked,
}

impl Flaw {
    /// The word used in metrics.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotAccepted { .. } => "not_accepted",
            Self::TooLarge { .. } => "too_large",
            Self::Truncated => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::TooManyScans { .. } => "too_many_scans",
            Self::OutOfTime => "out_of_time",
            Self::Memory => "memory",
            Self::Panicked => "panicked",
        }
    }
}

/// A decoded photo, and what its file says about it.
struct Source<'a> {
    /// At least as large as the stored original will be.
    picture: Picture,
    /// The EXIF block.
    exif: Option<&'a [u8]>,
    /// The colour profile (ICC).
    profile: Option<Vec<u8>>,
}

/// Recognises a photo by its first bytes, before anything is allocated. 64 KiB are enough, but for a JPEG with larger
/// metadata.
///
/// # Errors
///
/// When it is not accepted, declares too many pixels, or ends before its size is told ([`Flaw::Truncated`]: with
/// more bytes it may be recognised).
pub fn header(first_bytes: &[u8]) -> Result<Header, Flaw> {
    header::recognised(first_bytes).map(|(header, _)| header)
}

/// Makes the pictures. Where and when it was taken is read only when `wants_taken` is set.
///
/// # Errors
///
/// When the photo is refused by [`header`], cannot be read whole, or is not done at `deadline`.
pub fn process(
    bytes: &[u8],
    sizes: &Sizes,
    wants_taken: bool,
    deadline: Instant,
) -> Result<Pictures, Flaw> {
    let longest = sizes.original.clamp(1, LONGEST);
    let Source {
        picture,
        exif,
        profile,
    } = match header(bytes)?.format {
        Format::Jpeg => jpeg::decode(bytes, longest, deadline),
        Format::Png => png::decode(bytes, longest, deadline),
        Format::WebP => webp::decode(bytes, longest, deadline),
        Format::Gif => gif::decode(bytes, longest, deadline),
    }?;
    let exif = exif.and_then(Exif::new);
    let turn = Turn::of(exif.as_ref().map_or(1, Exif::orientation));
    let in_time = || {
        (Instant::now() < deadline)
            .then_some(())
            .ok_or(Flaw::OutOfTime)
    };

    let mut resizer = Resizer::new();
    let mut original = match picture.fitted(longest, &mut resizer)? {
        Some(smaller) => {
            drop(picture);
            smaller
        }
        None => picture.halved(&mut resizer)?,
    };
    if let Some(colours) = profile.as_deref().and_then(ToSrgb::new) {
        colours.apply(&mut original);
    }
    in_time()?;
    let preview = original.fitted(sizes.preview, &mut resizer)?;
    let preview = preview.as_ref().unwrap_or(&original);
    let thumbnail = preview.fitted(sizes.thumbnail, &mut resizer)?;
    let thumbnail = thumbnail.as_ref().unwrap_or(preview);
    let hint = thumbnail.fitted(PLACEHOLDER_SIDE, &mut resizer)?;
    let hint = turn.pixels(hint.as_ref().unwrap_or(thumbnail));
    in_time()?;
    let (width, height) = turn.size(original.size());
    let jpeg = |picture, quality, room| encoder::jpeg(picture, turn, quality, room);
    Ok(Pictures {
        width: width as u32,
        height: height as u32,
        placeholder: placeholder(&hint),
        thumbnail: jpeg(thumbnail, SMALL_QUALITY, 32 << 10)?,
        preview: jpeg(preview, SMALL_QUALITY, 256 << 10)?,
        original: jpeg(&original, ORIGINAL_QUALITY, bytes.len().min(4 << 20))?,
        taken: exif.filter(|_| wants_taken).and_then(|exif| exif.taken()),
    })
}

impl Flaw {
    /// What a decoder says, as long as it is short.
    fn damaged(error: &dyn std::fmt::Display) -> Self {
        let what = error.to_string().chars().take(160).collect();
        Self::Damaged { what }
    }
}
