//! The images in the head of a lossless WebP: they have one group of codes each.

use super::bits::Bits;
use super::codes::Code;

/// The symbols for green are literals, then lengths of copies, then places in the cache of colours.
const LITERALS: u32 = 256;
const LENGTHS: u32 = 24;
const DISTANCES: usize = 40;

/// Reads how many bits choose a place in the cache of colours; 0 without one.
pub(super) fn cache_bits(bits: &mut Bits<'_>) -> Option<u32> {
    if bits.take(1)? == 0 {
        return Some(0);
    }
    bits.take(4).filter(|count| (1..=11).contains(count))
}

/// How many colours a cache holds whose places are chosen by so many bits; with 0 there is none.
pub(super) fn places(bits: u32) -> usize {
    if bits == 0 { 0 } else { 1 << bits }
}

/// A group of codes.
pub(super) struct Codes {
    green: Code,
    red: Code,
    blue: Code,
    alpha: Code,
    distance: Code,
}

impl Codes {
    /// Reads them; `places` is how many colours the cache holds.
    pub(super) fn read(bits: &mut Bits<'_>, places: usize) -> Option<Self> {
        let literals = LITERALS as usize;
        Some(Self {
            green: Code::read(bits, literals + LENGTHS as usize + places)?,
            red: Code::read(bits, literals)?,
            blue: Code::read(bits, literals)?,
            alpha: Code::read(bits, literals)?,
            distance: Code::read(bits, DISTANCES)?,
        })
    }

    /// The pixel whose green was read.
    #[inline]
    fn pixel(&self, green: u32, bits: &mut Bits<'_>) -> Option<u32> {
        let red = self.red.next(bits)?;
        let blue = self.blue.next(bits)?;
        let alpha = self.alpha.next(bits)?;
        Some(alpha << 24 | red << 16 | green << 8 | blue)
    }

    /// Whether no pixel takes any bits.
    fn are_single(&self) -> bool {
        let codes = [&self.green, &self.red, &self.blue, &self.alpha];
        codes.iter().all(|code| code.is_single())
    }
}

/// Reads an image that is part of the head: pixels of alpha, red, green and blue, from the highest byte on.
pub(super) fn image(bits: &mut Bits<'_>, width: u32, height: u32) -> Option<Vec<u32>> {
    let mut cache = Cache::new(cache_bits(bits)?);
    let codes = Codes::read(bits, cache.colours.len())?;
    let near = near();
    let count = width.checked_mul(height)? as usize;
    let mut pixels = Vec::new();
    pixels.try_reserve_exact(count).ok()?;
    while pixels.len() < count {
        let symbol = codes.green.next(bits)?;
        if symbol < LITERALS {
            let pixel = codes.pixel(symbol, bits)?;
            if codes.are_single() {
                pixels.resize(count, pixel);
                break;
            }
            cache.put(pixel);
            pixels.push(pixel);
        } else if let Some(place) = symbol.checked_sub(LITERALS + LENGTHS) {
            // The decoder puts no colour into the cache that came from there.
            pixels.push(*cache.colours.get(place as usize)?);
        } else {
            let length = number(bits, symbol - LITERALS)?;
            let symbol = codes.distance.next(bits)?;
            let back = behind(number(bits, symbol)?, width, &near)?;
            if length > count - pixels.len() {
                return None;
            }
            copy(&mut pixels, &mut cache, back, length)?;
        }
    }
    Some(pixels)
}

/// Repeats pixels from so far behind the end.
fn copy(pixels: &mut Vec<u32>, cache: &mut Cache, back: usize, length: usize) -> Option<()> {
    let from = pixels.len().checked_sub(back)?;
    for at in (from..).take(length) {
        let pixel = *pixels.get(at)?;
        // Nor does the decoder put a colour there that the pixel before has.
        if back > 1 {
            cache.put(pixel);
        }
        pixels.push(pixel);
    }
    Some(())
}

/// A length or a distance, from its symbol and the bits that follow it.
fn number(bits: &mut Bits<'_>, symbol: u32) -> Option<usize> {
    if symbol < 4 {
        return Some(symbol as usize + 1);
    }
    let extra = (symbol - 2) >> 1;
    let base = (2 + (symbol & 1)).checked_shl(extra)?;
    Some((base + bits.take(extra)? + 1) as usize)
}

/// How many pixels behind a distance is: the first 120 distances stand for pixels near in the plane.
fn behind(distance: usize, width: u32, near: &[(i32, i32)]) -> Option<usize> {
    if let Some(far) = distance.checked_sub(near.len()).filter(|far| *far > 0) {
        return Some(far);
    }
    let (left, up) = *near.get(distance.checked_sub(1)?)?;
    let pixels = up * i32::try_from(width).ok()? + left;
    usize::try_from(pixels.max(1)).ok()
}

/// How far left and up the near pixels are: by how near they are, then those above first, and the left before the right.
fn near() -> Vec<(i32, i32)> {
    let rows = (0..8).flat_map(|up| (-7..=8).map(move |left| (left, up)));
    let mut near: Vec<(i32, i32)> = rows.filter(|(left, up)| *up > 0 || *left > 0).collect();
    near.sort_by_key(|(left, up)| (left * left + up * up, left.abs(), *left < 0));
    near
}

/// The colours that were read last, by what is left of their product with a large number.
struct Cache {
    colours: Vec<u32>,
    shift: u32,
}

impl Cache {
    /// A cache whose places are chosen by so many bits.
    fn new(bits: u32) -> Self {
        Self {
            colours: vec![0; places(bits)],
            shift: u32::BITS.saturating_sub(bits),
        }
    }

    fn put(&mut self, colour: u32) {
        let place = colour
            .wrapping_mul(0x1E35_A7BD)
            .checked_shr(self.shift)
            .unwrap_or_default();
        if let Some(held) = self.colours.get_mut(place as usize) {
            *held = colour;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn near_pixels_come_in_the_order_of_the_specification() {
        let near = super::near();
        assert_eq!(near.len(), 120);
        assert_eq!(near[..6], [(0, 1), (1, 0), (1, 1), (-1, 1), (0, 2), (2, 0)]);
        assert_eq!(near[34..39], [(0, 5), (3, 4), (-3, 4), (4, 3), (-4, 3)]);
        assert_eq!(near[115..], [(8, 5), (7, 7), (-7, 7), (8, 6), (8, 7)]);
    }
}
