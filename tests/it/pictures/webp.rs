//! WebP: lossy and lossless, still and moving.

use image_webp::{ColorType, WebPEncoder};
use redress::media::thumbnail::{Flaw, Sizes, header, needs};

use super::formats::assert_scene;
use super::made::{BLUE, GREEN, RED, YELLOW, scene};
use super::made_of;
use super::riff::{CLEARNESS, LOSSY, canvas, chunk, film, frame, lossless, riff};
use crate::source::root;

const WHITE: [u8; 3] = [255; 3];

#[test]
fn webps_of_every_kind_show_what_they_showed() {
    let wanted = [RED, GREEN, BLUE, YELLOW];
    assert_scene(&riff(&lossless(64, 48)), wanted, 14, "lossless");
    assert_scene(&riff(&lossless(301, 177)), wanted, 14, "lossless, odd");
    assert_scene(&riff(LOSSY), wanted, 30, "lossy");
    let clear = riff(&[canvas(0x10, 16, 16), CLEARNESS.to_vec(), LOSSY.to_vec()].concat());
    assert_scene(&clear, [RED, WHITE, BLUE, YELLOW], 30, "lossy and clear");
    assert_scene(&film(64, 48, 3), wanted, 14, "a film");
    let mut pixels = Vec::new();
    for pixel in scene(64, 48).chunks_exact(3) {
        let alpha = if pixel == GREEN { 0 } else { 255 };
        pixels.extend([pixel[0], pixel[1], pixel[2], alpha]);
    }
    let mut bytes = Vec::new();
    WebPEncoder::new(&mut bytes)
        .encode(&pixels, 64, 48, ColorType::Rgba8)
        .unwrap();
    assert_scene(&bytes, [RED, WHITE, BLUE, YELLOW], 14, "lossless and clear");
}

#[test]
fn a_film_of_many_frames_costs_its_first_one() {
    assert_scene(
        &film(16, 16, 100_000),
        [RED, GREEN, BLUE, YELLOW],
        20,
        "a hundred thousand frames",
    );
}

#[test]
fn a_picture_that_is_larger_inside_than_outside_is_refused_before_it_is_decoded() {
    let mut huge = LOSSY.to_vec();
    huge[14..18].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    let hidden = riff(&[canvas(0, 16, 16), huge.clone()].concat());
    assert!(
        matches!(made_of(&hidden), Err(Flaw::Damaged { .. })),
        "{:?}",
        made_of(&hidden)
    );
    let film = riff(
        &[
            canvas(2, 16, 16),
            chunk(b"ANIM", &[0; 6]),
            frame(&huge, 16, 16),
        ]
        .concat(),
    );
    assert!(
        matches!(made_of(&film), Err(Flaw::Damaged { .. })),
        "{:?}",
        made_of(&film)
    );
    assert!(matches!(header(&riff(&huge)), Err(Flaw::TooLarge { .. })));
    let wide = riff(&canvas(0, 1 << 24, 1 << 24));
    assert!(matches!(header(&wide), Err(Flaw::TooLarge { .. })));
}

#[test]
fn the_largest_webp_needs_no_more_than_its_share_of_memory() {
    for (flags, width, height) in [(0x10, 4750, 4000), (2, 4000, 2500)] {
        let needed = needs(&riff(&canvas(flags, width, height)), &Sizes::default()).unwrap();
        assert!(needed < 220_000_000, "{needed}");
        let larger = header(&riff(&canvas(flags, width, height + 1)));
        assert!(matches!(larger, Err(Flaw::TooLarge { .. })), "{larger:?}");
    }
}

/// Found by fuzzing: 73 bytes that say of a part that it has megabytes, which the decoder takes before it reads it.
#[test]
fn a_lossy_webp_may_say_of_a_part_that_it_is_large() {
    let found = "fuzz/corpus/pictures/19aa9ede113ff6d6011341a834bf239069b0b1c2";
    let file = std::fs::read(root().join(found)).unwrap();
    assert!(made_of(&file).is_err());
    for file in [file, film(64, 48, 2)] {
        let needed = needs(&file, &Sizes::default()).unwrap();
        assert!(needed > 1 << 24, "{needed}");
    }
}

#[test]
fn a_webp_that_ends_early_is_incomplete() {
    for whole in [riff(&lossless(64, 48)), riff(LOSSY), film(64, 48, 2)] {
        for end in (12..whole.len() - 1).step_by(3) {
            assert!(made_of(&whole[..end]).is_err(), "{end} of {}", whole.len());
        }
    }
}
