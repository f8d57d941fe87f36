//! Colours as a camera means them become colours as everybody shows them (sRGB).

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

use super::planes::{Picture, Plane};

/// Profiles of cameras and screens have a few kilobytes; those of printing presses, of which no use is made, up to two
/// megabytes. What reads one takes seven times of that.
pub(super) const PROFILE_BYTES: usize = 1 << 20;
/// The most parts of a profile: those of cameras and screens have some twenty.
const PARTS: u32 = 100;

/// Turns the colours of a profile into sRGB.
pub(super) struct ToSrgb(Arc<dyn TransformExecutor<u8> + Send + Sync>);

impl ToSrgb {
    /// What a profile asks for: nothing, if it is sRGB already, is not for colours on a screen, or makes no sense.
    pub(super) fn new(profile: &[u8]) -> Option<Self> {
        if !is_bounded(profile) {
            return None;
        }
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        if profile.color_space != DataColorSpace::Rgb {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let transform = profile
            .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options)
            .ok()?;
        let found = Self(transform);
        found.changes_anything().then_some(found)
    }

    /// Converts a picture, whose colour is at half the resolution of its brightness. One without colour stays.
    pub(super) fn apply(&self, picture: &mut Picture) {
        let Some([blue, red]) = &mut picture.chroma else {
            return;
        };
        let height = picture.luma.height;
        let mut rows = Rows::default();
        for half in 0..blue.height {
            rows.sums.clear();
            rows.sums.resize(blue.width, [0; 3]);
            for row in (2 * half)..height.min(2 * half + 2) {
                rows.take(picture.luma.row(row), blue.row(half), red.row(half));
                rows.to.resize(rows.from.len(), 0);
                self.convert(&rows.from, &mut rows.to);
                rows.give(&mut picture.luma, row);
            }
            rows.give_colour([blue, red], half);
        }
    }

    /// Converts a row of red, green and blue.
    fn convert(&self, from: &[u8], to: &mut [u8]) {
        if self.0.transform(from, to).is_err() {
            to.copy_from_slice(from);
        }
    }

    fn changes_anything(&self) -> bool {
        let levels = [0_u8, 64, 128, 192, 255];
        let mut probe = Vec::new();
        for red in levels {
            for green in levels {
                for blue in levels {
                    probe.extend([red, green, blue]);
                }
            }
        }
        let mut seen = vec![0; probe.len()];
        self.convert(&probe, &mut seen);
        let differs = |(one, other): (&u8, &u8)| one.abs_diff(*other) > 2;
        probe.iter().zip(&seen).any(differs)
    }
}

/// Whether the parts of a profile are together no longer than a profile may be. Each is read by itself, and any number
/// of them may lie at the same place.
fn is_bounded(profile: &[u8]) -> bool {
    let number = |at: usize| {
        let bytes = profile.get(at..)?.first_chunk()?;
        Some(u32::from_be_bytes(*bytes))
    };
    let Some(parts @ 0..=PARTS) = number(128) else {
        return false;
    };
    let lengths = (0..parts as usize).map(|part| number(132 + 12 * part + 8));
    let sum = lengths.map(|length| u64::from(length.unwrap_or_default()));
    sum.sum::<u64>() <= PROFILE_BYTES as u64
}

/// A row that is being converted.
#[derive(Default)]
struct Rows {
    /// Red, green and blue, as a camera means them.
    from: Vec<u8>,
    /// The same, as everybody shows them.
    to: Vec<u8>,
    /// Of each sample of colour: to blue, to red, and of how many pixels.
    sums: Vec<[u32; 3]>,
    /// What becomes of a row of a plane.
    made: Vec<u8>,
}

impl Rows {
    fn take(&mut self, luma: &[u8], blue: &[u8], red: &[u8]) {
        self.from.clear();
        for ((pair, blue), red) in luma.chunks(2).zip(blue).zip(red) {
            for luma in pair {
                self.from.extend(rgb(*luma, *blue, *red));
            }
        }
    }

    fn give(&mut self, luma: &mut Plane, row: usize) {
        self.made.clear();
        let (pixels, _) = self.to.as_chunks::<3>();
        for (pair, [to_blue, to_red, count]) in pixels.chunks(2).zip(&mut self.sums) {
            for pixel in pair {
                let [bright, blue, red] = differences(*pixel);
                self.made.push(bright);
                *to_blue += u32::from(blue);
                *to_red += u32::from(red);
                *count += 1;
            }
        }
        luma.replace(row, &self.made);
    }

    fn give_colour(&mut self, planes: [&mut Plane; 2], row: usize) {
        let mean = |sum: u32, count: u32| ((sum + count / 2) / count.max(1)) as u8;
        let [blue, red] = planes;
        self.made.clear();
        let sums = self.sums.iter();
        self.made
            .extend(sums.map(|[sum, _, count]| mean(*sum, *count)));
        blue.replace(row, &self.made);
        self.made.clear();
        let sums = self.sums.iter();
        self.made
            .extend(sums.map(|[_, sum, count]| mean(*sum, *count)));
        red.replace(row, &self.made);
    }
}

/// What JPEG's brightness and colour differences mean: red, green and blue.
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

/// JPEG's brightness and colour differences of red, green and blue.
pub(super) fn differences([red, green, blue]: [u8; 3]) -> [u8; 3] {
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let parts = [
        19_595 * red + 38_470 * green + 7471 * blue,
        (128 << 16) - 11_059 * red - 21_709 * green + 32_768 * blue,
        (128 << 16) + 32_768 * red - 27_439 * green - 5329 * blue,
    ];
    parts.map(|part| ((part + 32_767) >> 16) as u8)
}
