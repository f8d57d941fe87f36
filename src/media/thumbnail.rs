//! A photo as it was sent becomes the pictures that are served.
//!
//! The only user of image codecs. Pure: bytes in, bytes out, no file, no network. What comes out is encoded anew
//! from pixels: nothing of the sent file's bytes is copied, so no metadata can come along. It fails closed: where
//! anything is in doubt there is a [`Flaw`] and no picture.

use std::time::Instant;

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
    /// It needs more memory than all jobs together may take.
    #[error(
        "the picture needs more memory than there is for pictures; save it anew at a smaller size"
    )]
    Memory,
    /// A fault of ours or of a codec, caught.
    #[error("the picture could not be read; save it anew as an ordinary JPEG")]
    Panicked,
}

/// Recognises a photo by its first bytes (the first 64 KiB are enough, but for a JPEG with larger metadata), before
/// anything is allocated.
///
/// # Errors
///
/// When it is not accepted, declares too many pixels, or ends before its size is told ([`Flaw::Truncated`]: with
/// more bytes it may be recognised).
pub fn header(first_bytes: &[u8]) -> Result<Header, Flaw> {
    let _ = first_bytes;
    Err(Flaw::Truncated)
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
    let _ = (sizes, wants_taken, deadline);
    header(bytes).and(Err(Flaw::Truncated))
}

/// The memory that [`process`] will take, in bytes, as the header tells.
///
/// # Errors
///
/// As [`header`].
pub fn needs(bytes: &[u8], sizes: &Sizes) -> Result<u64, Flaw> {
    let _ = sizes;
    header(bytes).map(|found| u64::from(found.width) * u64::from(found.height) * 6)
}
