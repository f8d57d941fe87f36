//! An EXIF block: which way up the photo was taken, where, and when.
//!
//! Everything else in it is passed over unread. Three directories are read, each at most once: a block that points to
//! itself, or claims entries without end, costs nothing.

use super::Taken;

const ORIENTATION: u16 = 0x0112;
const CHANGED_AT: u16 = 0x0132;
const CAMERA: u16 = 0x8769;
const PLACE: u16 = 0x8825;
const TAKEN_AT: u16 = 0x9003;
const TAKEN_OFFSET: u16 = 0x9011;
/// Entries of a directory that are looked at: cameras write fewer than a hundred.
const ENTRIES: usize = 512;

/// An EXIF block whose head is right.
pub(super) struct Exif<'a> {
    block: &'a [u8],
    is_little_endian: bool,
    first: usize,
}

/// Where a directory begins.
#[derive(Clone, Copy)]
struct Directory(usize);

/// A value and its type.
struct Value<'a> {
    kind: u16,
    bytes: &'a [u8],
}

impl<'a> Exif<'a> {
    /// A block, with or without the name that JPEG puts before it.
    pub(super) fn new(block: &'a [u8]) -> Option<Self> {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let is_little_endian = match block.get(..4)? {
            [b'I', b'I', 42, 0] => true,
            [b'M', b'M', 0, 42] => false,
            _ => return None,
        };
        let mut exif = Self {
            block,
            is_little_endian,
            first: 0,
        };
        exif.first = exif.u32_at(4)? as usize;
        Some(exif)
    }

    /// 1 to 8 as EXIF counts; 1 when it does not say.
    pub(super) fn orientation(&self) -> u16 {
        let value = self.value(Directory(self.first), ORIENTATION);
        let said = value.filter(|value| value.kind == 3);
        let said = said.and_then(|value| self.u16_of(value.bytes));
        said.filter(|said| (1..=8).contains(said)).unwrap_or(1)
    }

    /// Where and when it was taken, as far as it says so credibly.
    pub(super) fn taken(&self) -> Option<Taken> {
        let place = self.directory(PLACE).and_then(|place| self.place(place));
        let at = self.taken_at();
        (place.is_some() || at.is_some()).then_some(Taken {
            latitude: place.map(|(latitude, _)| latitude),
            longitude: place.map(|(_, longitude)| longitude),
            at,
        })
    }

    fn place(&self, directory: Directory) -> Option<(f64, f64)> {
        // A receiver without a fix says so with a V.
        let status = self.value(directory, 9);
        if status.is_some_and(|status| status.bytes.first() == Some(&b'V')) {
            return None;
        }
        let latitude = self.degrees(directory, 1, b'S', 90.0)?;
        let longitude = self.degrees(directory, 3, b'W', 180.0)?;
        // Zero and zero is what cameras write that do not know.
        (latitude != 0.0 || longitude != 0.0).then_some((latitude, longitude))
    }

    /// An angle: its letter has the number `tag`, its degrees, minutes and seconds the next one.
    fn degrees(&self, directory: Directory, tag: u16, negative: u8, most: f64) -> Option<f64> {
        let letter = *self.value(directory, tag)?.bytes.first()?;
        let angle = self.value(directory, tag + 1)?;
        if angle.kind != 5 || angle.bytes.len() != 24 {
            return None;
        }
        let mut degrees = 0.0;
        for (parts, share) in angle.bytes.chunks_exact(8).zip([1.0, 60.0, 3600.0]) {
            let (above, below) = parts.split_at_checked(4)?;
            let (above, below) = (self.u32_of(above)?, self.u32_of(below)?);
            // Seconds that are not told are often 0/0.
            if below != 0 {
                degrees += f64::from(above) / f64::from(below) / share;
            } else if above != 0 {
                return None;
            }
        }
        let degrees = if letter.eq_ignore_ascii_case(&negative) {
            -degrees
        } else {
            degrees
        };
        (degrees.abs() <= most).then_some(degrees)
    }

    fn taken_at(&self) -> Option<String> {
        let camera = self.directory(CAMERA);
        let at = camera.and_then(|camera| self.text(camera, TAKEN_AT));
        let at = at.or_else(|| self.text(Directory(self.first), CHANGED_AT))?;
        let (date, time) = at.trim().split_once(' ')?;
        let at = format!("{}T{}", date.replace(':', "-"), time.trim());
        let at: jiff::civil::DateTime = at.parse().ok()?;
        let offset = camera.and_then(|camera| self.text(camera, TAKEN_OFFSET));
        let offset = offset
            .filter(|offset| is_offset(offset))
            .unwrap_or_default();
        Some(format!("{}{offset}", at.strftime("%Y-%m-%dT%H:%M:%S")))
    }

    /// A text, without the NUL that ends it.
    fn text(&self, directory: Directory, tag: u16) -> Option<&'a str> {
        let value = self.value(directory, tag).filter(|value| value.kind == 2)?;
        let end = value.bytes.iter().position(|byte| *byte == 0);
        let text = value
            .bytes
            .get(..end.unwrap_or(value.bytes.len()).min(64))?;
        std::str::from_utf8(text).ok()
    }

    /// A directory that the first one points to.
    fn directory(&self, tag: u16) -> Option<Directory> {
        let pointer = self.value(Directory(self.first), tag)?;
        let at = self.u32_of(pointer.bytes)?;
        Some(Directory(at as usize))
    }

    fn value(&self, directory: Directory, tag: u16) -> Option<Value<'a>> {
        let count = usize::from(self.u16_of(self.at(directory.0, 2)?)?).min(ENTRIES);
        let entries = self.block.get(directory.0 + 2..)?.chunks_exact(12);
        let entry = entries
            .take(count)
            .find(|entry| self.u16_of(entry) == Some(tag))?;
        let kind = self.u16_of(entry.get(2..)?)?;
        let width = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = (self.u32_of(entry.get(4..)?)? as usize).checked_mul(width)?;
        let inside = entry.get(8..)?;
        let bytes = match inside.get(..length) {
            Some(bytes) => bytes,
            None => self.at(self.u32_of(inside)? as usize, length)?,
        };
        Some(Value { kind, bytes })
    }

    fn at(&self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.block.get(at..at.checked_add(length)?)
    }

    fn u32_at(&self, at: usize) -> Option<u32> {
        self.u32_of(self.at(at, 4)?)
    }

    fn u16_of(&self, bytes: &[u8]) -> Option<u16> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.is_little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn u32_of(&self, bytes: &[u8]) -> Option<u32> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.is_little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }
}

/// Whether a text is an offset like `+01:00`.
fn is_offset(text: &str) -> bool {
    let [b'+' | b'-', hour @ .., b':', tens, ones] = text.as_bytes() else {
        return false;
    };
    hour.len() == 2 && hour.iter().chain([tens, ones]).all(u8::is_ascii_digit)
}
