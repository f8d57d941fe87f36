//! Colours that a camera means otherwise are shown as it meant them.

use jpeg_encoder::SamplingFactor;
use moxcms::ColorProfile;

use super::formats::assert_scene;
use super::made::{
    BLUE, GREEN, RED, YELLOW, chunk, jpeg_with, packed, png, with_chunks, with_segments,
};

/// The scene's colours of a screen with a wide range of colours (Display P3), as sRGB shows them: what lies outside
/// is the nearest that there is. From the matrices of both.
const FROM_WIDE: [[u8; 3]; 4] = [[240, 0, 0], [0, 193, 0], [23, 51, 219], [232, 220, 0]];

fn photos(profile: &[u8]) -> [Vec<u8>; 3] {
    let photo = jpeg_with(64, 48, |told| {
        told.set_sampling_factor(SamplingFactor::F_1_1);
    });
    let name = &b"ICC_PROFILE\0"[..];
    let whole = (0xE2, [name, &[1, 1], profile].concat());
    let (start, end) = profile.split_at(profile.len() / 2);
    let second = (0xE2, [name, &[2, 2], end].concat());
    let first = (0xE2, [name, &[1, 2], start].concat());
    let stored = chunk(b"iCCP", &[&b"screen\0\0"[..], &packed(profile)].concat());
    [
        with_segments(&photo, &[whole]),
        with_segments(&photo, &[second, first]),
        with_chunks(&png(64, 48), &[stored]),
    ]
}

#[test]
fn colours_of_a_wide_screen_become_those_of_every_screen() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    for photo in photos(&profile) {
        assert_scene(&photo, FROM_WIDE, 16, "Display P3");
    }
}

#[test]
fn colours_of_every_screen_stay() {
    let profile = ColorProfile::new_srgb().encode().unwrap();
    for photo in photos(&profile) {
        assert_scene(&photo, [RED, GREEN, BLUE, YELLOW], 14, "sRGB");
    }
}

#[test]
fn a_profile_that_makes_no_sense_is_none() {
    let mut profiles = vec![b"not a profile".to_vec(), vec![0; 500]];
    let whole = ColorProfile::new_display_p3().encode().unwrap();
    profiles.extend((10..128).step_by(13).map(|end| whole[..end].to_vec()));
    profiles.push(ColorProfile::new_gray_with_gamma(2.2).encode().unwrap());
    for profile in profiles {
        for photo in photos(&profile) {
            assert_scene(&photo, [RED, GREEN, BLUE, YELLOW], 14, "no profile");
        }
    }
}
