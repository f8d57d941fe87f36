//! JPEG: read from its planes, row by row, in whatever way it is stored.
//!
//! The planes of a file are kept as they are, without a detour over red, green and blue. Colours that are stored
//! otherwise (as red, green and blue, or as inks) are converted row by row.

mod inks;
mod markers;
mod scans;

use std::iter::repeat_n;
use std::time::Instant;

use zune_core::bytestream::ZCursor;
use zune_core::options::DecoderOptions;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::{JpegDecoder, RawDecodeSession, RawImcuRowStatus};

use self::inks::Inks;
use self::markers::Markers;
use self::scans::SCANS;
use super::canvas::Canvas;
use super::header::Way;
use super::planes::Picture;
use super::rows::{Reducer, reduction};
use super::{Flaw, Source};

/// Width, height and the way, from the first bytes.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32, Way), Flaw> {
    let markers = Markers::read(bytes)?;
    let way = if markers.is_whole {
        Way::Whole {
            held: markers.held() + markers.beside(),
        }
    } else {
        Way::Rows {
            held: markers.beside(),
        }
    };
    Ok((markers.width, markers.height, way))
}

/// The picture, reduced while it comes in, and what its file says about it.
pub(super) fn decode(bytes: &[u8], longest: u32, deadline: Instant) -> Result<Source<'_>, Flaw> {
    let markers = Markers::read(bytes)?;
    scans::check(bytes, &markers)?;
    let options = DecoderOptions::default()
        .set_max_width(markers.width as usize)
        .set_max_height(markers.height as usize)
        .set_strict_mode(false)
        .jpeg_set_max_scans(SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.set_cancel(move || Instant::now() >= deadline);
    decoder.decode_headers().map_err(flaw)?;
    check(&mut decoder, &markers)?;
    let mut stripes = Stripes::new(decoder.raw_output(), &markers)?;
    let picture = match Inks::of(&markers) {
        None => stripes.planes(longest, deadline)?,
        Some(inks) => stripes.pixels(inks, longest, deadline)?,
    };
    Ok(Source {
        picture,
        exif: markers.exif,
        profile: markers.profile(),
    })
}

/// Fails unless the decoder, which skips what it cannot read, has found the size and the first scan that were found
/// before: by them the file was let in, and its memory counted.
fn check(decoder: &mut JpegDecoder<ZCursor<&[u8]>>, markers: &Markers<'_>) -> Result<(), Flaw> {
    let damaged = |what: &str| Flaw::Damaged { what: what.into() };
    if decoder.dimensions() != Some((markers.width as usize, markers.height as usize)) {
        return Err(damaged("it gives its size twice"));
    }
    let coded = markers.coded.ok_or(Flaw::Truncated)?;
    if decoder.inner_reader().position().ok() != u64::try_from(coded).ok() {
        return Err(damaged("its parts do not follow one another"));
    }
    Ok(())
}

/// A file's planes, as they come.
struct Stripes<'a> {
    session: RawDecodeSession<'a, ZCursor<&'a [u8]>>,
    size: (u32, u32),
    /// Of each plane: samples of a row, and rows in all.
    sizes: Vec<(usize, usize)>,
    /// Of each plane: its part of the stripe at hand.
    rows: Vec<Vec<u8>>,
    strides: Vec<usize>,
}

impl<'a> Stripes<'a> {
    fn new(
        session: RawDecodeSession<'a, ZCursor<&'a [u8]>>,
        markers: &Markers<'_>,
    ) -> Result<Self, Flaw> {
        let planes = session.layout().ok_or(Flaw::Memory)?;
        let planes = planes.iter().take(markers.components);
        let size_of = |length: usize| length.next_multiple_of(8);
        Ok(Self {
            session,
            size: (markers.width, markers.height),
            sizes: planes
                .clone()
                .map(|plane| (plane.width, plane.height))
                .collect(),
            rows: planes
                .clone()
                .map(|plane| {
                    vec![0; size_of(plane.width) * plane.vertical_sampling_factor.max(1) * 8]
                })
                .collect(),
            strides: planes.map(|plane| size_of(plane.width)).collect(),
        })
    }

    /// Decodes a stripe: how many rows of each plane there are now; nothing after the last one.
    fn next(&mut self, deadline: Instant) -> Result<Option<Vec<usize>>, Flaw> {
        if Instant::now() >= deadline {
            return Err(Flaw::OutOfTime);
        }
        let mut planes: Vec<&mut [u8]> = self.rows.iter_mut().map(Vec::as_mut_slice).collect();
        match self
            .session
            .decode_next_imcu_row(&mut planes, &self.strides)
        {
            Ok(RawImcuRowStatus::RowReady { rows_written }) => Ok(Some(rows_written.to_vec())),
            Ok(RawImcuRowStatus::Complete) => Ok(None),
            Ok(_) => Err(Flaw::Truncated),
            Err(error) => Err(flaw(error)),
        }
    }

    /// A row of a plane in the stripe at hand.
    fn row(&self, plane: usize, row: usize) -> &[u8] {
        let width = self.sizes.get(plane).map_or(0, |size| size.0);
        let stride = self.strides.get(plane).copied().unwrap_or_default();
        let rows = self.rows.get(plane).map_or(&[][..], Vec::as_slice);
        rows.get(row * stride..row * stride + width).unwrap_or(&[])
    }

    /// The picture of planes that are brightness, or brightness and colour.
    fn planes(&mut self, longest: u32, deadline: Instant) -> Result<Picture, Flaw> {
        let block = reduction(self.size.0, self.size.1, longest);
        let mut reducers = Vec::new();
        for (plane, size) in self.sizes.iter().enumerate() {
            // Colour is kept at half the resolution of brightness, if it has that much.
            let wanted = if plane == 0 { block } else { block * 2 };
            let spanned = |whole: u32, samples: usize| {
                (whole as f64 / samples.max(1) as f64).round().max(1.0)
            };
            let across = wanted as f64 / spanned(self.size.0, size.0);
            let down = wanted as f64 / spanned(self.size.1, size.1);
            let block = (across.max(1.0) as usize, down.max(1.0) as usize);
            reducers.push(Reducer::new(*size, block)?);
        }
        while let Some(rows) = self.next(deadline)? {
            for (plane, reducer) in reducers.iter_mut().enumerate() {
                for row in 0..rows.get(plane).copied().unwrap_or_default() {
                    reducer.push(self.row(plane, row));
                }
            }
        }
        if !reducers.iter().all(Reducer::is_full) {
            return Err(Flaw::Truncated);
        }
        let mut planes = reducers.into_iter().map(Reducer::finish);
        let luma = planes.next().ok_or(Flaw::Truncated)?;
        let chroma = planes.next().zip(planes.next());
        Ok(Picture {
            luma,
            chroma: chroma.map(|(blue, red)| [blue, red]),
        })
    }

    /// The picture of planes that hold something else.
    fn pixels(&mut self, inks: Inks, longest: u32, deadline: Instant) -> Result<Picture, Flaw> {
        let mut canvas = Canvas::new(self.size.0, self.size.1, longest)?;
        let steps = [0, 1, 2, 3].map(|plane| self.steps(plane));
        while let Some(rows) = self.next(deadline)? {
            let rows = rows.iter().zip(steps).map(|(rows, (_, down))| rows * down);
            for row in 0..rows.max().unwrap_or_default() {
                let mut number = 0..;
                let planes = steps.map(|(across, down)| {
                    let plane = self.row(number.next().unwrap_or_default(), row / down);
                    let repeated = move |sample: &u8| repeat_n(*sample, across);
                    plane.iter().flat_map(repeated)
                });
                canvas.push(inks.pixels(planes));
            }
        }
        canvas.finish()
    }

    /// How many of the picture's pixels a sample of a plane spans, across and down.
    fn steps(&self, plane: usize) -> (usize, usize) {
        let (width, height) = self.sizes.get(plane).copied().unwrap_or((1, 1));
        let step = |whole: u32, samples: usize| (whole as usize).div_ceil(samples.max(1));
        (step(self.size.0, width), step(self.size.1, height))
    }
}

fn flaw(error: DecodeErrors) -> Flaw {
    if matches!(error, DecodeErrors::Cancelled) {
        return Flaw::OutOfTime;
    }
    if error.is_recoverable_eof() {
        return Flaw::Truncated;
    }
    Flaw::damaged(&error)
}
