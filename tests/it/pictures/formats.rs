//! Every accepted format shows what it showed.

use jpeg_encoder::{ColorType, SamplingFactor};

use super::made::{
    BLUE, GREEN, RED, YELLOW, chunk, gif, jpeg_of, jpeg_with, packed, png, png_of, png_of_chunks,
    scene,
};
use super::made_of;
use super::seen::Seen;

const WHITE: [u8; 3] = [255; 3];
const SCENE: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

/// Fails unless all three pictures show the scene. Resizing overshoots near edges, and in the smallest picture
/// everything is near an edge.
pub(crate) fn assert_scene(bytes: &[u8], wanted: [[u8; 3]; 4], off: u8, what: &str) {
    let pictures = made_of(bytes).unwrap_or_else(|flaw| panic!("{what}: {flaw}"));
    for (picture, more) in [
        (&pictures.original, 0),
        (&pictures.preview, 4),
        (&pictures.thumbnail, 16),
    ] {
        Seen::of(picture).assert_quarters(wanted, off + more, what);
    }
}

#[test]
fn jpegs_of_every_kind_show_what_they_showed() {
    let factors = [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
        SamplingFactor::F_4_2,
        SamplingFactor::F_1_4,
        SamplingFactor::F_2_4,
    ];
    for factor in factors {
        for (width, height) in [(64, 48), (65, 47), (200, 151), (331, 190)] {
            let what = format!("{factor:?} {width} × {height}");
            let baseline = jpeg_with(width, height, |told| told.set_sampling_factor(factor));
            assert_scene(&baseline, SCENE, 14, &what);
            let progressive = jpeg_with(width, height, |told| {
                told.set_sampling_factor(factor);
                told.set_progressive(true);
            });
            assert_scene(&progressive, SCENE, 14, &format!("progressive {what}"));
        }
    }
    let restarted = jpeg_with(100, 80, |told| told.set_restart_interval(3));
    assert_scene(&restarted, SCENE, 14, "with restarts");
    let tabled = jpeg_with(100, 80, |told| told.set_optimized_huffman_tables(true));
    assert_scene(&tabled, SCENE, 14, "a scan for each plane");
}

#[test]
fn a_grey_jpeg_stays_grey() {
    let pixels: Vec<u8> = scene(90, 70)
        .chunks_exact(3)
        .map(|pixel| pixel[0])
        .collect();
    let grey = jpeg_of(&pixels, ColorType::Luma, 90, 70, |_| {});
    let wanted = [RED, GREEN, BLUE, YELLOW].map(|colour| [colour[0]; 3]);
    assert_scene(&grey, wanted, 8, "grey");
}

#[test]
fn inks_show_as_the_colours_they_print() {
    let inks: Vec<u8> = scene(80, 60)
        .chunks_exact(3)
        .flat_map(|rgb| [255 - rgb[0], 255 - rgb[1], 255 - rgb[2], 0])
        .collect();
    for colours in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        for factor in [SamplingFactor::F_1_1, SamplingFactor::F_2_2] {
            let bytes = jpeg_of(&inks, colours, 80, 60, |told| {
                told.set_sampling_factor(factor)
            });
            assert_scene(&bytes, SCENE, 14, &format!("{colours:?} {factor:?}"));
        }
    }
}

#[test]
fn pngs_of_every_kind_show_what_they_showed() {
    assert_scene(&png(64, 48), SCENE, 14, "8 bits");
    assert_scene(&png(333, 201), SCENE, 14, "a larger one, odd");
    let deep: Vec<u8> = scene(64, 48).iter().flat_map(|part| [*part, 77]).collect();
    let deep = png_of(
        &deep,
        png::ColorType::Rgb,
        png::BitDepth::Sixteen,
        64,
        48,
        |_| {},
    );
    assert_scene(&deep, SCENE, 14, "16 bits");
    let grey: Vec<u8> = scene(64, 48)
        .chunks_exact(3)
        .map(|pixel| pixel[0])
        .collect();
    let grey = png_of(
        &grey,
        png::ColorType::Grayscale,
        png::BitDepth::Eight,
        64,
        48,
        |_| {},
    );
    assert_scene(&grey, SCENE.map(|colour| [colour[0]; 3]), 8, "grey");
}

#[test]
fn a_palette_of_every_depth_shows_its_colours() {
    for (bits, depth) in [
        (2, png::BitDepth::Two),
        (4, png::BitDepth::Four),
        (8, png::BitDepth::Eight),
    ] {
        let palette = SCENE.concat();
        let mut rows = Vec::new();
        for y in 0..48 {
            let indexes: Vec<u8> = (0..64)
                .map(|x| u8::from(x >= 32) + 2 * u8::from(y >= 24))
                .collect();
            rows.extend(indexes.chunks(8 / bits).map(|part| {
                part.iter()
                    .fold(0_u8, |byte, index| (u16::from(byte) << bits) as u8 | index)
            }));
        }
        let bytes = png_of(&rows, png::ColorType::Indexed, depth, 64, 48, |told| {
            told.set_palette(palette)
        });
        assert_scene(&bytes, SCENE, 14, &format!("palette of {bits} bits"));
    }
}

#[test]
fn what_is_clear_is_white() {
    let mut pixels = Vec::new();
    for (at, pixel) in scene(64, 48).chunks_exact(3).enumerate() {
        let alpha = if at % 64 >= 32 { 0 } else { 255 };
        pixels.extend([pixel[0], pixel[1], pixel[2], alpha]);
    }
    let bytes = png_of(
        &pixels,
        png::ColorType::Rgba,
        png::BitDepth::Eight,
        64,
        48,
        |_| {},
    );
    assert_scene(&bytes, [RED, WHITE, BLUE, WHITE], 14, "alpha");
    let half: Vec<u8> = std::iter::repeat_n([0, 0, 0, 128], 64 * 48)
        .flatten()
        .collect();
    let bytes = png_of(
        &half,
        png::ColorType::Rgba,
        png::BitDepth::Eight,
        64,
        48,
        |_| {},
    );
    assert_scene(&bytes, [[127; 3]; 4], 3, "half clear");
    let grey: Vec<u8> = std::iter::repeat_n([0, 0], 64 * 48).flatten().collect();
    let bytes = png_of(
        &grey,
        png::ColorType::GrayscaleAlpha,
        png::BitDepth::Eight,
        64,
        48,
        |_| {},
    );
    assert_scene(&bytes, [WHITE; 4], 2, "grey and clear");
    let keyed = png_of(
        &scene(64, 48),
        png::ColorType::Rgb,
        png::BitDepth::Eight,
        64,
        48,
        |told| {
            told.set_trns(
                GREEN
                    .iter()
                    .flat_map(|part| [0, *part])
                    .collect::<Vec<u8>>(),
            );
        },
    );
    assert_scene(
        &keyed,
        [RED, WHITE, BLUE, YELLOW],
        14,
        "one colour is clear",
    );
}

#[test]
fn a_gif_shows_its_first_frame_where_it_lies() {
    assert_scene(&gif(64, 48, 1), SCENE, 14, "one frame");
    assert_scene(&gif(64, 48, 40), SCENE, 14, "forty frames");
    let mut bytes = Vec::new();
    let palette = [RED, GREEN].concat();
    let mut encoder = gif::Encoder::new(&mut bytes, 64, 48, &palette).unwrap();
    let mut frame = gif::Frame::from_indexed_pixels(32, 24, vec![0; 32 * 24], None);
    (frame.left, frame.top) = (32, 24);
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    assert_scene(
        &bytes,
        [WHITE, WHITE, WHITE, RED],
        14,
        "a frame in the corner",
    );
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 64, 48, &palette).unwrap();
    let frame = gif::Frame::from_indexed_pixels(64, 48, vec![1; 64 * 48], Some(1));
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    assert_scene(&bytes, [WHITE; 4], 2, "a clear frame");
}

#[test]
fn the_first_picture_of_an_animated_png_is_shown() {
    let rows: Vec<u8> = scene(64, 48)
        .chunks_exact(64 * 3)
        .flat_map(|row| [&[0], row].concat())
        .collect();
    let mut control = vec![0; 26];
    control[4..8].copy_from_slice(&64_u32.to_be_bytes());
    control[8..12].copy_from_slice(&48_u32.to_be_bytes());
    let mut later = control.clone();
    later[..4].copy_from_slice(&1_u32.to_be_bytes());
    let black: Vec<u8> = vec![0; rows.len()];
    let chunks = [
        chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
        chunk(b"fcTL", &control),
        chunk(b"IDAT", &packed(&rows)),
        chunk(b"fcTL", &later),
        chunk(b"fdAT", &[&[0, 0, 0, 2][..], &packed(&black)].concat()),
    ];
    assert_scene(
        &png_of_chunks(64, 48, [8, 2, 0], &chunks),
        SCENE,
        14,
        "animated",
    );
}
