//! The segments of a JPEG file: its size, how it is stored, and where its metadata is.
//!
//! Nothing is decoded or copied here.

use super::super::Flaw;
use super::super::colour::PROFILE_BYTES;

/// The most segments before the first scan: a profile or a depth map has some dozens.
const SEGMENTS: usize = 512;
/// The most bytes of a segment with codes: eight tables.
const CODES: usize = 8 * (1 + 16 + 256);

const CODE_TABLES: u8 = 0xC4;
pub(super) const START_OF_SCAN: u8 = 0xDA;
pub(super) const END: u8 = 0xD9;

/// What the segments before the first scan say.
#[derive(Default)]
pub(super) struct Markers<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Planes: 1, 3 or 4.
    pub(super) components: usize,
    /// Samples of all planes, for each one of the largest plane.
    density: f64,
    /// Blocks of the largest plane in a unit of the file, across and down.
    unit: (u32, u32),
    /// Brightness has less than the full resolution.
    is_coarse: bool,
    /// Metadata of which the decoder keeps a copy, in bytes.
    copied: u64,
    /// Segments before the first scan.
    segments: usize,
    /// The planes' own names.
    pub(super) ids: [u8; 4],
    /// It is progressive, or its planes come one after the other: all of it must be read before its first row is known.
    pub(super) is_whole: bool,
    is_progressive: bool,
    /// How Adobe's programs say that colours are stored.
    pub(super) adobe: Option<u8>,
    pub(super) exif: Option<&'a [u8]>,
    /// Parts of the colour profile with their numbers.
    profile: Vec<(u8, &'a [u8])>,
    /// Where the first scan begins.
    pub(super) scan: usize,
    /// Where its coded bytes begin; nothing, if the bytes end before.
    pub(super) coded: Option<usize>,
}

/// A segment: its marker, its content, and where the next one begins.
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    content: &'a [u8],
    pub(super) next: usize,
}

impl<'a> Markers<'a> {
    /// Reads up to the first scan, or as far as there are bytes if the size is known then.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let mut markers = Self::default();
        let mut at = 2;
        loop {
            let segment = match segment(bytes, at) {
                Err(Flaw::Truncated) if markers.components > 0 => return Ok(markers),
                segment => segment?,
            };
            if segment.marker == END {
                return Err(damaged("it has no picture in it"));
            }
            if segment.marker == START_OF_SCAN {
                (markers.scan, markers.coded) = (at, Some(segment.next));
                markers.take_scan(segment.content)?;
                return Ok(markers);
            }
            markers.take(&segment)?;
            at = segment.next;
        }
    }

    /// What a decoder holds beside the picture: stripes of it, two bytes a sample and twice a byte, and copies of metadata,
    /// which it puts together.
    pub(super) fn beside(&self) -> u64 {
        let (across, down) = self.unit;
        let stripe = f64::from(self.width.next_multiple_of(8 * across)) * f64::from(8 * down);
        // Colour is kept at more than half the resolution of such a brightness.
        let finer = u64::from(self.width) * u64::from(self.height) * u64::from(self.is_coarse);
        (stripe * self.density * 4.0) as u64 + 2 * self.copied + finer
    }

    /// What a decoder holds of it that must have all of it: two bytes a sample, and of a progressive one as much again,
    /// because each scan is read into a copy.
    pub(super) fn held(&self) -> u64 {
        let (across, down) = self.unit;
        let pixels = f64::from(self.width.next_multiple_of(8 * across))
            * f64::from(self.height.next_multiple_of(8 * down));
        let bytes = if self.is_progressive { 4.0 } else { 2.0 };
        (pixels * self.density * bytes) as u64
    }

    /// The colour profile, put together; nothing, if there is none or it is incomplete.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        let mut parts = self.profile.clone();
        parts.sort_by_key(|(number, _)| *number);
        let is_whole = parts
            .iter()
            .zip(1_u16..)
            .all(|((number, _), at)| u16::from(*number) == at);
        let length: usize = parts.iter().map(|(_, part)| part.len()).sum();
        (is_whole && (1..=PROFILE_BYTES).contains(&length)).then(|| {
            parts
                .iter()
                .flat_map(|(_, part)| part.iter().copied())
                .collect()
        })
    }

    fn take(&mut self, segment: &Segment<'a>) -> Result<(), Flaw> {
        self.segments += 1;
        if self.segments > SEGMENTS {
            return Err(damaged("it has more parts than any photo"));
        }
        if matches!(segment.marker, 0xE1 | 0xE2 | 0xED) {
            self.copied += segment.content.len() as u64;
        }
        match segment.marker {
            0xC0..=0xC2 => self.take_frame(segment),
            // Tables of codes, extensions, arithmetic conditioning.
            0xC4 | 0xC8 | 0xCC => Ok(()),
            0xC3..=0xCF => Err(Flaw::NotAccepted {
                what: "a lossless or arithmetically coded JPEG".into(),
            }),
            0xE1 => {
                let exif = segment.content.strip_prefix(b"Exif\0\0");
                self.exif = self.exif.or(exif);
                Ok(())
            }
            0xE2 => {
                if let Some([number, _, part @ ..]) = segment.content.strip_prefix(b"ICC_PROFILE\0")
                {
                    self.profile.push((*number, part));
                }
                Ok(())
            }
            0xEE => {
                let adobe = segment.content.strip_prefix(b"Adobe");
                self.adobe = adobe.and_then(|adobe| adobe.get(6).copied()).or(self.adobe);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take_frame(&mut self, segment: &Segment<'a>) -> Result<(), Flaw> {
        if self.components > 0 {
            return Err(damaged("it has two pictures in one"));
        }
        let [precision, high, low, wide, narrow, count, parts @ ..] = segment.content else {
            return Err(damaged("its size is missing"));
        };
        if *precision != 8 {
            return Err(Flaw::NotAccepted {
                what: format!("a JPEG with {precision} bits a colour"),
            });
        }
        if !matches!(count, 1 | 3 | 4) || parts.len() < usize::from(*count) * 3 {
            return Err(damaged("it has an unusual number of colours"));
        }
        self.height = u32::from(u16::from_be_bytes([*high, *low]));
        self.width = u32::from(u16::from_be_bytes([*wide, *narrow]));
        self.components = usize::from(*count);
        for (id, part) in self
            .ids
            .iter_mut()
            .zip(parts.chunks_exact(3))
            .take(self.components)
        {
            *id = part.first().copied().unwrap_or_default();
        }
        self.is_progressive = segment.marker == 0xC2;
        self.is_whole = self.is_progressive;
        let factors = parts
            .chunks_exact(3)
            .take(self.components)
            .filter_map(|part| part.get(1));
        let (across, down) = (
            factors.clone().map(|pair| pair >> 4),
            factors.map(|pair| pair & 15),
        );
        let first = across.clone().next().zip(down.clone().next());
        let most = [across.clone().max(), down.clone().max()];
        let [wide, high] = most.map(|most| most.unwrap_or(1).max(1));
        self.unit = (wide.into(), high.into());
        self.is_coarse = first != Some((wide, high));
        let largest = f64::from(wide) * f64::from(high);
        let samples = across
            .zip(down)
            .map(|(across, down)| f64::from(across) * f64::from(down));
        self.density = samples.sum::<f64>() / largest.max(1.0);
        Ok(())
    }

    fn take_scan(&mut self, content: &[u8]) -> Result<(), Flaw> {
        if self.components == 0 {
            return Err(damaged("its size is missing"));
        }
        let planes = content.first().copied().unwrap_or_default();
        self.is_whole |= usize::from(planes) != self.components;
        Ok(())
    }
}

/// The segment at a place.
pub(super) fn segment(bytes: &[u8], at: usize) -> Result<Segment<'_>, Flaw> {
    let mut at = at;
    if bytes.get(at).ok_or(Flaw::Truncated)? != &0xFF {
        return Err(damaged("its parts do not follow one another"));
    }
    // Any number of fill bytes may stand before a marker.
    while bytes.get(at).ok_or(Flaw::Truncated)? == &0xFF {
        at += 1;
    }
    let marker = bytes.get(at).copied().ok_or(Flaw::Truncated)?;
    at += 1;
    // None of these has a length, and none has any business here. The decoder takes what follows for one, and would read
    // another header than this.
    if matches!(marker, 0x00 | 0x01 | 0xD0..=0xD7) {
        return Err(damaged("its parts do not follow one another"));
    }
    if marker == END {
        let content = &[];
        return Ok(Segment {
            marker,
            content,
            next: at,
        });
    }
    let length = bytes.get(at..at + 2).and_then(<[u8]>::first_chunk);
    let length = usize::from(u16::from_be_bytes(*length.ok_or(Flaw::Truncated)?));
    if marker == CODE_TABLES && length > 2 + CODES {
        return Err(damaged("it has too many tables of codes"));
    }
    if length < 2 {
        return Err(damaged("one of its parts has no length"));
    }
    let content = bytes.get(at + 2..at + length).ok_or(Flaw::Truncated)?;
    Ok(Segment {
        marker,
        content,
        next: at + length,
    })
}

pub(super) fn damaged(what: &str) -> Flaw {
    Flaw::Damaged { what: what.into() }
}
