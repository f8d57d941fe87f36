//! What a picture that was made shows.

use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

/// A picture, decoded.
pub(crate) struct Seen {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Seen {
    /// Decodes a JPEG.
    pub(crate) fn of(jpeg: &[u8]) -> Self {
        let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
        let bytes = decoder.decode().expect("a picture of ours can be read");
        let info = decoder.info().unwrap();
        let (width, height) = (usize::from(info.width), usize::from(info.height));
        let pixels = match bytes.len() / (width * height) {
            1 => bytes.iter().map(|grey| [*grey; 3]).collect(),
            _ => bytes.as_chunks().0.to_vec(),
        };
        Self {
            width,
            height,
            pixels,
        }
    }

    /// The pixel at these shares of width and height.
    pub(crate) fn at(&self, across: f64, down: f64) -> [u8; 3] {
        let x = (across * self.width as f64) as usize;
        let y = (down * self.height as f64) as usize;
        self.pixels[y * self.width + x]
    }

    /// The middles of the four quarters: top left, top right, bottom left, bottom right.
    pub(crate) fn quarters(&self) -> [[u8; 3]; 4] {
        [
            self.at(0.25, 0.25),
            self.at(0.75, 0.25),
            self.at(0.25, 0.75),
            self.at(0.75, 0.75),
        ]
    }

    /// Fails unless the four quarters have about these colours.
    pub(crate) fn assert_quarters(&self, wanted: [[u8; 3]; 4], off: u8, what: &str) {
        let found = self.quarters();
        let near = |(one, other): (&[u8; 3], &[u8; 3])| {
            one.iter()
                .zip(other)
                .all(|(one, other)| one.abs_diff(*other) <= off)
        };
        assert!(
            found.iter().zip(&wanted).all(near),
            "{what}: {found:?} instead of {wanted:?}"
        );
    }
}
