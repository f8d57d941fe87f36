//! The blocks of a channel, as they are stored, by where they are seen.

use super::super::planes::Plane;
use super::super::upright::Turn;
use super::waves::Lanes;

/// Samples and rows of a block.
pub(super) const BLOCK: usize = 8;
/// Columns of a strip: as many samples as come into the processor's caches together.
const STRIP: usize = 64;
/// Half of the brightest.
const MIDDLE: f32 = 128.0;

/// A channel, read block by block.
pub(super) struct Blocks<'a> {
    plane: &'a Plane,
    turn: Turn,
    /// As it is seen.
    size: (usize, usize),
    strip: Strip,
}

/// Some columns of a plane, copied: a block of a picture on its side is a few samples of many rows, each of them far
/// from the next one.
#[derive(Default)]
struct Strip {
    /// The first column.
    begins: Option<isize>,
    samples: Vec<u8>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(plane: &'a Plane, turn: Turn) -> Self {
        Self {
            plane,
            turn,
            size: turn.size((plane.width, plane.height)),
            strip: Strip::default(),
        }
    }

    /// The samples of the block that is seen at a place, as they are stored, from −128 to 127. What lies outside of
    /// the picture repeats its edge.
    pub(super) fn at(&mut self, x: usize, y: usize) -> [Lanes; 8] {
        let (width, height) = self.size;
        let across = start(x, BLOCK, width, self.turn.mirrors_columns);
        if self.turn.is_transposed {
            let first = y - y % STRIP;
            let begins = start(first, STRIP, height, self.turn.mirrors_rows);
            self.strip.take(self.plane, begins);
            let column = start(y - first, BLOCK, STRIP, self.turn.mirrors_rows);
            lanes(across, column, self.plane.height, |row| self.strip.row(row))
        } else {
            let down = start(y, BLOCK, height, self.turn.mirrors_rows);
            lanes(down, across, self.plane.height, |row| self.plane.row(row))
        }
    }
}

impl Strip {
    fn take(&mut self, plane: &Plane, begins: isize) {
        if self.begins.replace(begins) == Some(begins) {
            return;
        }
        self.samples.clear();
        for row in 0..plane.height {
            let samples = some::<STRIP>(plane.row(row), begins);
            self.samples.extend_from_slice(&samples);
        }
    }

    fn row(&self, row: usize) -> &[u8] {
        let start = row * STRIP;
        self.samples.get(start..start + STRIP).unwrap_or_default()
    }
}

/// Where as many samples as are seen at a place begin in what is stored; before the first, if some are outside.
fn start(at: usize, count: usize, length: usize, is_mirrored: bool) -> isize {
    if is_mirrored {
        length as isize - (at + count) as isize
    } else {
        at as isize
    }
}

/// A block of rows.
#[inline]
fn lanes<'a>(
    row: isize,
    column: isize,
    height: usize,
    stored: impl Fn(usize) -> &'a [u8],
) -> [Lanes; 8] {
    let mut block = [Lanes([0.0; 8]); 8];
    for (lanes, more) in block.iter_mut().zip(0..) {
        let samples = some::<BLOCK>(stored(inside(row + more, height)), column);
        for (lane, sample) in lanes.0.iter_mut().zip(samples) {
            *lane = f32::from(sample) - MIDDLE;
        }
    }
    block
}

/// Some samples of a row.
#[inline]
fn some<const COUNT: usize>(row: &[u8], begins: isize) -> [u8; COUNT] {
    let whole = usize::try_from(begins).ok();
    let whole = whole.and_then(|begins| row.get(begins..)?.first_chunk());
    whole.copied().unwrap_or_else(|| edge(row, begins))
}

#[cold]
fn edge<const COUNT: usize>(row: &[u8], begins: isize) -> [u8; COUNT] {
    let mut samples = [0; COUNT];
    for (to, more) in samples.iter_mut().zip(0..) {
        let sample = row.get(inside(begins + more, row.len()));
        *to = sample.copied().unwrap_or_default();
    }
    samples
}

fn inside(at: isize, length: usize) -> usize {
    usize::try_from(at)
        .unwrap_or(0)
        .min(length.saturating_sub(1))
}
