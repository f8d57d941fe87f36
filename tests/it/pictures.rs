//! Pictures: what is accepted comes out right and bare, what is not is refused for the right reason.
//!
//! All inputs are made here by code.

mod bad;
pub(crate) mod block;
mod bombs;
mod colours;
mod corpus;
mod exif;
mod formats;
mod interlaced;
pub(crate) mod made;
mod mutations;
mod pool;
mod private;
mod promised;
pub(crate) mod riff;
mod seen;
mod sizes;
mod upright;
mod webp;

use std::time::{Duration, Instant};

use redress::media::thumbnail::{Flaw, Pictures, Sizes, process};

/// Small sizes, so that small photos are enough to see each of them made.
pub(crate) const SIZES: Sizes = Sizes {
    original: 96,
    preview: 48,
    thumbnail: 16,
};

/// Makes pictures, with more time than they may ever need.
pub(crate) fn made_of(bytes: &[u8]) -> Result<Pictures, Flaw> {
    process(
        bytes,
        &SIZES,
        true,
        Instant::now() + Duration::from_secs(60),
    )
}
