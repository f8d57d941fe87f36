//! Colours as a camera means them become colours as everybody shows them (sRGB).

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

/// Profiles of cameras and screens have a few kilobytes, those of printing presses up to two megabytes. What reads one
/// takes three times of that.
pub(super) const PROFILE_BYTES: usize = 2 << 20;

/// Turns the colours of a profile into sRGB.
pub(super) struct ToSrgb(Arc<dyn TransformExecutor<u8> + Send + Sync>);

impl ToSrgb {
    /// What a profile asks for: nothing, if it is sRGB already, is not for colours on a screen, or makes no sense.
    pub(super) fn new(profile: &[u8]) -> Option<Self> {
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

    /// Converts a row of red, green and blue.
    pub(super) fn convert(&self, from: &[u8], to: &mut [u8]) {
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
