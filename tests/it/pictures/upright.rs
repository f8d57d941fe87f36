//! Whichever way a camera was held, the picture is upright.

use super::block::{Block, camera};
use super::formats::assert_scene;
use super::made::{BLUE, GREEN, RED, YELLOW, chunk, jpeg, png, with_chunks, with_segments};
use super::made_of;
use super::seen::Seen;

/// What is seen of the scene for each orientation that EXIF knows.
const TURNED: [[[u8; 3]; 4]; 8] = [
    [RED, GREEN, BLUE, YELLOW],
    [GREEN, RED, YELLOW, BLUE],
    [YELLOW, BLUE, GREEN, RED],
    [BLUE, YELLOW, RED, GREEN],
    [RED, BLUE, GREEN, YELLOW],
    [BLUE, RED, YELLOW, GREEN],
    [YELLOW, GREEN, BLUE, RED],
    [GREEN, YELLOW, RED, BLUE],
];

#[test]
fn a_photo_is_upright_in_all_eight_orientations() {
    for (orientation, wanted) in (1..).zip(TURNED) {
        for (width, height) in [(64, 48), (301, 199)] {
            for is_little_endian in [true, false] {
                let block = camera(orientation, is_little_endian);
                let what = format!("orientation {orientation} of {width} × {height}");
                let photo = with_segments(&jpeg(width, height), &[(0xE1, block.for_jpeg())]);
                assert_scene(&photo, wanted, 16, &what);
                let photo = with_chunks(&png(width, height), &[chunk(b"eXIf", &block.bytes())]);
                assert_scene(&photo, wanted, 16, &format!("{what}, PNG"));
            }
        }
    }
}

#[test]
fn width_and_height_are_those_of_the_upright_picture() {
    for orientation in 1..=8 {
        let block = camera(orientation, true);
        let photo = with_segments(&jpeg(40, 30), &[(0xE1, block.for_jpeg())]);
        let pictures = made_of(&photo).unwrap();
        let wanted = if orientation > 4 { (30, 40) } else { (40, 30) };
        assert_eq!((pictures.width, pictures.height), wanted);
        let seen = Seen::of(&pictures.original);
        assert_eq!((seen.width as u32, seen.height as u32), wanted);
    }
}

#[test]
fn an_orientation_that_does_not_exist_turns_nothing() {
    for orientation in [0, 9, 65_535] {
        let block = camera(orientation, true);
        let photo = with_segments(&jpeg(64, 48), &[(0xE1, block.for_jpeg())]);
        assert_scene(&photo, TURNED[0], 16, "no such orientation");
    }
    let empty = Block::new(true).for_jpeg();
    assert_scene(
        &with_segments(&jpeg(64, 48), &[(0xE1, empty)]),
        TURNED[0],
        16,
        "no entries",
    );
}
