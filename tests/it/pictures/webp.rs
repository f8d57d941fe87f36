//! WebP: lossy and lossless, still and moving.

use image_webp::{ColorType, WebPEncoder};
use redress::media::thumbnail::{Flaw, Sizes, header, needs};

use super::formats::assert_scene;
use super::made::{BLUE, GREEN, RED, YELLOW, scene};
use super::made_of;

/// A lossy picture of 16 × 16 pixels: four quarters, red, green, blue and yellow, written by an encoder in C.
const LOSSY: &[u8] = b"VP8 \x34\0\0\0\x90\x01\x00\x9d\x01\x2a\x10\x00\x10\x00\x02\x80\x42\x25\xa0\x02\x74\xba\x00\x03\
\x98\x00\xfe\xd8\x9f\xff\xe9\xcd\xfa\xce\xff\xfd\x91\x18\xfe\x2d\xe6\x1f\xfe\x70\x1f\xdb\x87\xff\
\xb4\xb3\xff\x86\x18\xee\x40\x00";
/// How clear it is: nothing but the top right quarter.
const CLEARNESS: &[u8] =
    b"ALPH\x10\x00\x00\x00\x01\x10\x12\x10\xfe\x9f\x96\x44\x3d\x22\x26\xc0\x24\xbf\xbe\x01";
const WHITE: [u8; 3] = [255; 3];

fn riff(chunks: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((chunks.len() as u32 + 4).to_le_bytes());
    bytes.extend(b"WEBP");
    bytes.extend(chunks);
    bytes
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn number24(number: usize) -> [u8; 3] {
    let [a, b, c, ..] = (number as u32).to_le_bytes();
    [a, b, c]
}

fn canvas(flags: u8, width: usize, height: usize) -> Vec<u8> {
    chunk(
        b"VP8X",
        &[
            &[flags, 0, 0, 0][..],
            &number24(width - 1),
            &number24(height - 1),
        ]
        .concat(),
    )
}

/// A lossless picture of the scene: its chunk alone.
fn lossless(width: usize, height: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = WebPEncoder::new(&mut bytes);
    encoder
        .encode(
            &scene(width, height),
            width as u32,
            height as u32,
            ColorType::Rgb8,
        )
        .unwrap();
    bytes[12..].to_vec()
}

fn frame(picture: &[u8], width: usize, height: usize) -> Vec<u8> {
    let head = [
        number24(0),
        number24(0),
        number24(width - 1),
        number24(height - 1),
        number24(40),
    ]
    .concat();
    chunk(b"ANMF", &[&head[..], &[0], picture].concat())
}

/// A film of the scene, with this many frames.
pub(crate) fn film(width: usize, height: usize, frames: usize) -> Vec<u8> {
    let mut chunks = canvas(2, width, height);
    chunks.extend(chunk(b"ANIM", &[0; 6]));
    let frame = frame(&lossless(width, height), width, height);
    (0..frames).for_each(|_| chunks.extend(&frame));
    riff(&chunks)
}

/// The scene with everything that a camera may tell.
pub(crate) fn of_a_camera(exif: &[u8], xmp: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif.to_vec());
    encoder.set_xmp_metadata(xmp.to_vec());
    encoder.set_icc_profile(b"PROFILE-OF-SCREEN".to_vec());
    encoder
        .encode(&scene(120, 90), 120, 90, ColorType::Rgb8)
        .unwrap();
    bytes
}

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
    for (flags, width, height) in [(0x10, 5000, 4000), (2, 4000, 2500)] {
        let needed = needs(&riff(&canvas(flags, width, height)), &Sizes::default()).unwrap();
        assert!(needed < 220_000_000, "{needed}");
        let larger = header(&riff(&canvas(flags, width, height + 1)));
        assert!(matches!(larger, Err(Flaw::TooLarge { .. })), "{larger:?}");
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
