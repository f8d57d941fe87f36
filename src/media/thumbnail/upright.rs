//! A picture as it is looked at: turned upright, its colours in sRGB, written as JPEG.
//!
//! Turning and colours are done row by row while the picture is encoded: neither needs the picture a second time in
//! memory.

use std::cell::RefCell;

use jpeg_encoder::{ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use super::Flaw;
use super::colour::ToSrgb;
use super::planes::{Picture, Plane};

/// How a stored picture is to be turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Rows become columns, before anything is mirrored.
    is_transposed: bool,
    /// Left and right of what is seen change places.
    mirrors_columns: bool,
    /// Top and bottom of what is seen change places.
    mirrors_rows: bool,
}

impl Turn {
    /// As an EXIF orientation, 1 to 8, says.
    pub(super) fn of(orientation: u16) -> Self {
        Self {
            is_transposed: matches!(orientation, 5..=8),
            mirrors_columns: matches!(orientation, 2 | 3 | 6 | 7),
            mirrors_rows: matches!(orientation, 3 | 4 | 7 | 8),
        }
    }

    /// Width and height of what is seen, from those of what is stored.
    pub(super) fn size(self, (width, height): (usize, usize)) -> (usize, usize) {
        if self.is_transposed {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Adds a row of what is seen of a channel.
    fn add_row(self, plane: &Plane, row: usize, to: &mut Vec<u8>) {
        let (_, height) = self.size((plane.width, plane.height));
        let row = row.min(height.saturating_sub(1));
        let row = if self.mirrors_rows {
            height.saturating_sub(1) - row
        } else {
            row
        };
        match (self.is_transposed, self.mirrors_columns) {
            (false, false) => to.extend_from_slice(plane.row(row)),
            (false, true) => to.extend(plane.row(row).iter().rev()),
            (true, false) => to.extend(plane.column(row)),
            (true, true) => to.extend(plane.column(row).rev()),
        }
    }
}

/// A picture as it is looked at.
pub(super) struct Upright<'a> {
    pub(super) picture: &'a Picture,
    pub(super) turn: Turn,
    pub(super) colours: Option<&'a ToSrgb>,
}

/// Rows that are being worked on, used again for each row.
#[derive(Default)]
struct Scratch {
    half: Vec<u8>,
    from: Vec<u8>,
    to: Vec<u8>,
}

/// An [`Upright`] picture as the encoder takes it.
struct Rows<'a> {
    seen: &'a Upright<'a>,
    width: u16,
    height: u16,
    scratch: RefCell<Scratch>,
}

impl Upright<'_> {
    /// Width and height in pixels.
    pub(super) fn size(&self) -> (usize, usize) {
        self.turn.size(self.picture.size())
    }

    /// The picture as a JPEG of this quality (1 to 100). `room` is how many bytes are expected.
    pub(super) fn jpeg(&self, quality: u8, room: usize) -> Result<Vec<u8>, Flaw> {
        let (width, height) = self.size();
        let side = |length: usize| u16::try_from(length).or(Err(Flaw::Memory));
        let mut bytes = Vec::with_capacity(room);
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_chroma_subsampling_method(self.colour_sampling());
        let rows = Rows {
            seen: self,
            width: side(width)?,
            height: side(height)?,
            scratch: RefCell::default(),
        };
        encoder.encode_image(rows).or(Err(Flaw::Panicked))?;
        Ok(bytes)
    }

    /// How the encoder makes half of the colour. Samples that were repeated to be one a pixel are taken as they are,
    /// which is a tenth of the time.
    fn colour_sampling(&self) -> ChromaSubsamplingMethod {
        let (width, height) = self.picture.size();
        let half = (width.div_ceil(2), height.div_ceil(2));
        let is_half = |plane: &Plane| (plane.width, plane.height) == half;
        match &self.picture.chroma {
            Some(planes) if self.colours.is_none() && planes.iter().all(is_half) => {
                ChromaSubsamplingMethod::Nearest
            }
            _ => ChromaSubsamplingMethod::Average,
        }
    }

    /// The picture in rows of red, green and blue. For small pictures.
    pub(super) fn pixels(&self) -> Vec<Vec<[u8; 3]>> {
        let (_, height) = self.size();
        let mut scratch = Scratch::default();
        let mut buffers = [const { Vec::new() }; 4];
        let mut pixels = |row| {
            buffers.iter_mut().for_each(Vec::clear);
            self.add_row(row, &mut buffers, &mut scratch);
            let [luma, blue, red, _] = &buffers;
            match &self.picture.chroma {
                None => luma.iter().map(|grey| [*grey; 3]).collect(),
                Some(_) => luma
                    .iter()
                    .zip(blue)
                    .zip(red)
                    .map(|((luma, blue), red)| rgb(*luma, *blue, *red))
                    .collect(),
            }
        };
        (0..height).map(&mut pixels).collect()
    }

    fn add_row(&self, row: usize, buffers: &mut [Vec<u8>; 4], scratch: &mut Scratch) {
        let [luma, blue, red, _] = buffers;
        let start = luma.len();
        self.turn.add_row(&self.picture.luma, row, luma);
        let Some(chroma) = &self.picture.chroma else {
            return;
        };
        let (width, height) = self.size();
        for (plane, to) in chroma.iter().zip([&mut *blue, &mut *red]) {
            let (half, rows) = self.turn.size((plane.width, plane.height));
            scratch.half.clear();
            self.turn
                .add_row(plane, row * rows / height.max(1), &mut scratch.half);
            widen(&scratch.half, half, width, to);
        }
        if let Some(colours) = self.colours {
            let rows = (
                luma.get_mut(start..),
                blue.get_mut(start..),
                red.get_mut(start..),
            );
            if let (Some(luma), Some(blue), Some(red)) = rows {
                convert(colours, [luma, blue, red], scratch);
            }
        }
    }
}

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        match self.seen.picture.chroma {
            Some(_) => JpegColorType::Ycbcr,
            None => JpegColorType::Luma,
        }
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, row: u16, buffers: &mut [Vec<u8>; 4]) {
        let mut scratch = self.scratch.borrow_mut();
        self.seen.add_row(usize::from(row), buffers, &mut scratch);
    }
}

/// Repeats samples until there is one for each pixel.
fn widen(samples: &[u8], count: usize, width: usize, to: &mut Vec<u8>) {
    if count == width {
        to.extend_from_slice(samples);
    } else if count == width.div_ceil(2) {
        let end = to.len() + width;
        to.extend(samples.iter().flat_map(|sample| [*sample; 2]));
        to.truncate(end);
    } else {
        let sample = |at: usize| samples.get(at * count / width.max(1)).copied();
        to.extend((0..width).map(|at| sample(at).unwrap_or(128)));
    }
}

fn convert(colours: &ToSrgb, [luma, blue, red]: [&mut [u8]; 3], scratch: &mut Scratch) {
    let Scratch { from, to, .. } = scratch;
    from.clear();
    for ((luma, blue), red) in luma.iter().zip(&*blue).zip(&*red) {
        from.extend(rgb(*luma, *blue, *red));
    }
    to.resize(from.len(), 0);
    colours.convert(from, to);
    let (pixels, _) = to.as_chunks::<3>();
    for (((luma, blue), red), [r, g, b]) in luma.iter_mut().zip(blue).zip(red).zip(pixels) {
        (*luma, *blue, *red) = jpeg_encoder::rgb_to_ycbcr(*r, *g, *b);
    }
}

/// What JPEG's brightness and colour differences mean.
pub(super) fn rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let luma = i32::from(luma) << 16;
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    let parts = [
        luma + 91_881 * red,
        luma - 22_554 * blue - 46_802 * red,
        luma + 116_130 * blue,
    ];
    parts.map(|part| ((part + 32_768) >> 16).clamp(0, 255) as u8)
}
