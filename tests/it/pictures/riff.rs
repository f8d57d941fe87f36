//! WebP files made by code: lossy and lossless, still and moving.

use image_webp::{ColorType, WebPEncoder};

use super::made::scene;

/// A lossy picture of 16 × 16 pixels: four quarters, red, green, blue and yellow, written by an encoder in C.
pub(crate) const LOSSY: &[u8] = b"VP8 \x34\0\0\0\x90\x01\x00\x9d\x01\x2a\x10\x00\x10\x00\x02\x80\x42\x25\xa0\x02\x74\xba\x00\x03\
\x98\x00\xfe\xd8\x9f\xff\xe9\xcd\xfa\xce\xff\xfd\x91\x18\xfe\x2d\xe6\x1f\xfe\x70\x1f\xdb\x87\xff\
\xb4\xb3\xff\x86\x18\xee\x40\x00";
/// How clear it is: nothing but the top right quarter.
pub(crate) const CLEARNESS: &[u8] =
    b"ALPH\x10\x00\x00\x00\x01\x10\x12\x10\xfe\x9f\x96\x44\x3d\x22\x26\xc0\x24\xbf\xbe\x01";

pub(crate) fn riff(chunks: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((chunks.len() as u32 + 4).to_le_bytes());
    bytes.extend(b"WEBP");
    bytes.extend(chunks);
    bytes
}

pub(crate) fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

pub(crate) fn number24(number: usize) -> [u8; 3] {
    let [a, b, c, ..] = (number as u32).to_le_bytes();
    [a, b, c]
}

pub(crate) fn canvas(flags: u8, width: usize, height: usize) -> Vec<u8> {
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
pub(crate) fn lossless(width: usize, height: usize) -> Vec<u8> {
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

pub(crate) fn frame(picture: &[u8], width: usize, height: usize) -> Vec<u8> {
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
