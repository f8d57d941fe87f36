//! How many groups of prefix codes a lossless WebP has.
//!
//! Its decoder makes tables for each group up to the highest one that the entropy image names, before it looks at one
//! pixel: some megabytes can ask for gigabytes. The head of the stream is read here, up to the end of the entropy
//! image, so that the number is known before the decoder is asked; then the codes of all groups, for with some that cannot
//! be the decoder panics. Whatever the decoder would read otherwise than this module does would go past it: where the
//! specification and the decoder differ, this follows the decoder.

mod bits;
mod codes;
mod image;

use bits::Bits;
use image::{Codes, cache_bits, image, places};

/// The longest side of a lossless WebP.
const LONGEST: u32 = 1 << 14;

/// The most groups that are accepted: pictures of four thousand pixels a side have some hundred.
pub(super) const MOST: u32 = 512;

/// How many groups of codes the picture has; `None` if its head cannot be read.
///
/// `size` is what the file says of a stream without a head of its own: that of an `ALPH` chunk, behind its flags.
pub(super) fn named(stream: &[u8], size: Option<(u32, u32)>) -> Option<u32> {
    read_head(&mut Bits::new(stream), size).map(|(groups, _)| groups)
}

/// The same; `None`, too, if the codes of one of the groups cannot be read. Of more than [`MOST`] groups they are not
/// looked at.
pub(super) fn read(stream: &[u8], size: Option<(u32, u32)>) -> Option<u32> {
    let mut bits = Bits::new(stream);
    let (groups, places) = read_head(&mut bits, size)?;
    if groups <= MOST {
        (0..groups).try_for_each(|_| Codes::read(&mut bits, places).map(drop))?;
    }
    Some(groups)
}

/// Reads the head: how many groups there are, and how many colours the cache holds.
fn read_head(bits: &mut Bits<'_>, size: Option<(u32, u32)>) -> Option<(u32, usize)> {
    let (width, height) = match size {
        Some(size) => size,
        None => head(bits)?,
    };
    let sides = 1..=LONGEST;
    if !sides.contains(&width) || !sides.contains(&height) {
        return None;
    }
    let width = transforms(bits, width, height)?;
    let places = places(cache_bits(bits)?);
    let groups = match bits.take(1)? {
        0 => 1,
        _ => {
            let entropy = blocks(bits, width, height)?;
            1 + entropy.iter().map(|pixel| (pixel >> 8) & 0xFFFF).max()?
        }
    };
    Some((groups, places))
}

/// The head of a `VP8L` chunk: width and height.
fn head(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let signature = bits.take(8)?;
    let size = (bits.take(14)? + 1, bits.take(14)? + 1);
    let _alpha = bits.take(1)?;
    let version = bits.take(3)?;
    (signature == 0x2F && version == 0).then_some(size)
}

/// Reads over the transforms; the width that is left when several pixels are packed into one.
fn transforms(bits: &mut Bits<'_>, mut width: u32, height: u32) -> Option<u32> {
    let mut seen = [false; 4];
    while bits.take(1)? == 1 {
        let kind = bits.take(2)?;
        if std::mem::replace(seen.get_mut(kind as usize)?, true) {
            return None;
        }
        match kind {
            // Predictors, and how the colours depend on one another.
            0 | 1 => drop(blocks(bits, width, height)?),
            // Green is to be added to red and blue.
            2 => {}
            _ => width = palette(bits, width)?,
        }
    }
    Some(width)
}

/// Reads over a palette; the width that is left when as many of its places as fit are packed into a byte.
fn palette(bits: &mut Bits<'_>, width: u32) -> Option<u32> {
    let colours = bits.take(8)? + 1;
    image(bits, colours, 1)?;
    let packed = match colours {
        0..=2 => 8,
        3..=4 => 4,
        5..=16 => 2,
        _ => 1,
    };
    Some(width.div_ceil(packed))
}

/// Reads an image that has one pixel for each block of the picture.
fn blocks(bits: &mut Bits<'_>, width: u32, height: u32) -> Option<Vec<u32>> {
    let side = 1 << (bits.take(3)? + 2);
    image(bits, width.div_ceil(side), height.div_ceil(side))
}

#[cfg(test)]
mod tests {
    use super::named as groups;
    use super::read;

    /// Writes numbers of so many bits.
    #[derive(Default)]
    struct Stream(Vec<bool>);

    impl Stream {
        fn put(mut self, value: u32, bits: u32) -> Self {
            self.0.extend((0..bits).map(|bit| value >> bit & 1 == 1));
            self
        }

        /// The head of a picture of this size.
        fn head(width: u32, height: u32) -> Self {
            let stream = Self::default().put(0x2F, 8);
            stream.put(width - 1, 14).put(height - 1, 14).put(0, 4)
        }

        /// Codes of one symbol each.
        fn codes(self, symbols: &[u32]) -> Self {
            let one = |stream: Self, symbol: &u32| stream.put(0b101, 3).put(*symbol, 8);
            symbols.iter().fold(self, one)
        }

        fn bytes(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| {
                bits.iter()
                    .rev()
                    .fold(0, |all, bit| all << 1 | u8::from(*bit))
            };
            self.0.chunks(8).map(byte).collect()
        }
    }

    /// No transform, no cache, an entropy image of blocks of 4 without a cache.
    fn entropy(stream: Stream) -> Stream {
        stream.put(0, 2).put(1, 1).put(0, 3).put(0, 1)
    }

    #[test]
    fn a_picture_without_an_entropy_image_has_one_group() {
        assert_eq!(groups(&Stream::head(8, 8).put(0, 3).bytes(), None), Some(1));
        let alpha = Stream::default().put(0, 3).bytes();
        assert_eq!(groups(&alpha, Some((8, 8))), Some(1));
        for size in [(0, 8), (8, 16_385)] {
            assert_eq!(groups(&alpha, Some(size)), None);
        }
    }

    #[test]
    fn the_highest_group_is_named_by_red_and_green() {
        let codes = [0x34, 0x12, 0, 0, 0];
        let stream = entropy(Stream::head(16_384, 16_384)).codes(&codes).bytes();
        assert_eq!(groups(&stream, None), Some(0x1235));
        for end in 0..stream.len() - 1 {
            assert_eq!(groups(&stream[..end], None), None, "{end}");
        }
        let last = entropy(Stream::default()).codes(&[255, 255, 0, 0, 0]);
        assert_eq!(groups(&last.bytes(), Some((1, 1))), Some(65_536));
    }

    #[test]
    fn a_palette_narrows_the_entropy_image() {
        // Two colours: of 64 pixels 8 bytes are left, of those 2 blocks of 4; each takes one bit for its green.
        let palette = Stream::default().put(0b111, 3).put(1, 8).put(0, 1);
        let stream = entropy(palette.codes(&[0; 5]))
            .put(0b111, 3)
            .put(3, 8)
            .put(9, 8);
        let stream = stream.codes(&[0; 4]);
        let read = |last: u32| groups(&stream_of(&stream, last), Some((64, 4)));
        assert_eq!(
            [0b00, 0b01, 0b10, 0b111].map(read),
            [4, 10, 10, 10].map(Some)
        );
        // Of what comes behind them nothing counts.
        assert_eq!(read(0b100), Some(4));
    }

    /// The stream, and three more bits.
    fn stream_of(stream: &Stream, more: u32) -> Vec<u8> {
        Stream(stream.0.clone()).put(more, 3).bytes()
    }

    #[test]
    fn a_transform_may_come_once() {
        let once = Stream::default().put(0b101, 3);
        assert_eq!(groups(&once.put(0, 3).bytes(), Some((8, 8))), Some(1));
        let twice = Stream::default().put(0b101_101, 6);
        assert_eq!(groups(&twice.put(0, 3).bytes(), Some((8, 8))), None);
    }

    #[test]
    fn a_code_whose_words_do_not_fit_is_refused() {
        // Green's code is itself in a code, of words for 17, 0 and 1: of one bit each, or none for 17.
        for (third, wanted) in [(1, None), (0, Some(1))] {
            let stream = entropy(Stream::default()).put(0, 1).put(0, 4);
            let stream = stream.put(third, 3).put(0, 3).put(1, 3).put(1, 3);
            // Green 0 has a word of one bit, as has green 1; nothing behind them.
            let stream = stream.put(1, 1).put(0, 3).put(0, 2).put(0b11, 2);
            let stream = stream.codes(&[0; 4]).put(0, 8).bytes();
            assert_eq!(groups(&stream, Some((4, 4))), wanted);
        }
    }

    #[test]
    fn a_picture_whose_own_codes_cannot_be_read_has_no_groups() {
        // Of 16 groups each has five codes.
        let stream = entropy(Stream::head(8, 8)).codes(&[15, 0, 0, 0, 0]);
        let whole = stream.codes(&[0; 5 * 16]).bytes();
        assert_eq!(read(&whole, None), Some(16));
        assert_eq!(read(&whole[..whole.len() - 2], None), None);
        // More than are accepted are told without their codes.
        let many = entropy(Stream::head(8, 8)).codes(&[0, 2, 0, 0, 0]).bytes();
        assert_eq!(read(&many, None), Some(513));
    }
}
