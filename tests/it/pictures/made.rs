//! Photos made by code: a scene of four colours, in every format.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

pub(crate) const RED: [u8; 3] = [220, 30, 30];
pub(crate) const GREEN: [u8; 3] = [30, 190, 50];
pub(crate) const BLUE: [u8; 3] = [30, 50, 210];
pub(crate) const YELLOW: [u8; 3] = [230, 220, 40];

/// Red, green, blue and yellow: top left, top right, bottom left, bottom right.
pub(crate) fn scene(width: usize, height: usize) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            pixels.extend(match (x < width / 2, y < height / 2) {
                (true, true) => RED,
                (false, true) => GREEN,
                (true, false) => BLUE,
                (false, false) => YELLOW,
            });
        }
    }
    pixels
}

/// The scene as a JPEG: baseline, 4:2:0.
pub(crate) fn jpeg(width: usize, height: usize) -> Vec<u8> {
    jpeg_with(width, height, |_| {})
}

/// The scene as a JPEG, as the encoder is told.
pub(crate) fn jpeg_with(
    width: usize,
    height: usize,
    tell: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let pixels = scene(width, height);
    jpeg_of(&pixels, ColorType::Rgb, width, height, tell)
}

/// Pixels as a JPEG.
pub(crate) fn jpeg_of(
    pixels: &[u8],
    colours: ColorType,
    width: usize,
    height: usize,
    tell: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    tell(&mut encoder);
    encoder
        .encode(pixels, width as u16, height as u16, colours)
        .unwrap();
    bytes
}

/// A JPEG with segments put before everything else in it. Content that is too long for one is cut.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, content) in segments {
        let content = &content[..content.len().min(65_533)];
        bytes.extend([0xFF, *marker]);
        bytes.extend((content.len() as u16 + 2).to_be_bytes());
        bytes.extend(content);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// Where the first marker of this kind is in a JPEG.
pub(crate) fn marker(jpeg: &[u8], kind: u8) -> usize {
    jpeg.windows(2)
        .position(|pair| pair == [0xFF, kind])
        .unwrap()
}

/// The scene as a PNG.
pub(crate) fn png(width: usize, height: usize) -> Vec<u8> {
    png_of(
        &scene(width, height),
        png::ColorType::Rgb,
        png::BitDepth::Eight,
        width,
        height,
        |_| {},
    )
}

/// Pixels as a PNG.
pub(crate) fn png_of(
    pixels: &[u8],
    colours: png::ColorType,
    depth: png::BitDepth,
    width: usize,
    height: usize,
    tell: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(colours);
    encoder.set_depth(depth);
    tell(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A chunk of a PNG.
pub(crate) fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u32).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(content);
    let mut crc = u32::MAX;
    for byte in &bytes[4..] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    bytes.extend((!crc).to_be_bytes());
    bytes
}

/// A PNG of chunks: its head (`depth`, `colours` and `interlaced` as the format numbers them), then these.
pub(crate) fn png_of_chunks(
    width: u32,
    height: u32,
    kinds: [u8; 3],
    chunks: &[Vec<u8>],
) -> Vec<u8> {
    let [depth, colours, interlaced] = kinds;
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    head.extend([depth, colours, 0, 0, interlaced]);
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    bytes.extend(chunk(b"IHDR", &head));
    chunks.iter().for_each(|chunk| bytes.extend(chunk));
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

/// A PNG with chunks put after its head.
pub(crate) fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = png[..33].to_vec();
    chunks.iter().for_each(|chunk| bytes.extend(chunk));
    bytes.extend(&png[33..]);
    bytes
}

/// Of each of the seven: first column, first row, steps between columns and between rows.
const PASSES: [[usize; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

/// The scene as an interlaced PNG.
pub(crate) fn interlaced(width: usize, height: usize, depth: u8) -> Vec<u8> {
    let pixels = scene(width, height);
    let mut rows = Vec::new();
    for [left, top, across, down] in PASSES {
        for y in (top..height).step_by(down) {
            if left >= width {
                continue;
            }
            rows.push(0);
            for x in (left..width).step_by(across) {
                let at = (y * width + x) * 3;
                for part in &pixels[at..at + 3] {
                    rows.extend(std::iter::repeat_n(*part, usize::from(depth / 8)));
                }
            }
        }
    }
    png_of_chunks(
        width as u32,
        height as u32,
        [depth, 2, 1],
        &[chunk(b"IDAT", &packed(&rows))],
    )
}

/// Bytes as PNG packs them.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

/// The scene as a GIF with this many frames; the later ones are black.
pub(crate) fn gif(width: usize, height: usize, frames: usize) -> Vec<u8> {
    let palette = [RED, GREEN, BLUE, YELLOW, [0; 3], [255; 3]].concat();
    let colours = scene(width, height);
    let colours = colours.chunks_exact(3).map(|pixel| {
        palette
            .chunks_exact(3)
            .position(|one| one == pixel)
            .unwrap() as u8
    });
    let first: Vec<u8> = colours.collect();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width as u16, height as u16, &palette).unwrap();
    for number in 0..frames {
        let mut frame =
            gif::Frame::from_indexed_pixels(width as u16, height as u16, first.clone(), None);
        if number > 0 {
            frame = gif::Frame::from_indexed_pixels(1, 1, vec![4], None);
        }
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}
