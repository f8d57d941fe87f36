//! Writes what fuzzing begins with, a folder a target: `scripts/fuzz build`.
//!
//! Every format in every way it may be stored, turned and told about as cameras do, and the small files that ask for
//! much. All are made by the code that makes the files of the tests.

#[expect(dead_code, reason = "the tests look for more in it")]
#[path = "../../tests/it/pictures/block.rs"]
mod block;
#[path = "../../tests/it/pictures/made.rs"]
mod made;
#[path = "../../tests/it/pictures/riff.rs"]
mod riff;

use std::path::Path;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
// What is instrumented calls it, here as in the targets.
use libfuzzer_sys as _;

use block::{Block, camera};
use made::{
    chunk, gif, interlaced, jpeg, jpeg_of, jpeg_with, marker, packed, png, png_of, png_of_chunks,
    scene, with_chunks, with_segments,
};

type Seeds = Vec<(String, Vec<u8>)>;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).expect("a folder to write to");
    let pictures = [jpegs(), pngs(), gifs(), webps(), bombs(), others()].concat();
    write(&folder, "header", &pictures)?;
    write(&folder, "pictures", &pictures)?;
    write(&folder, "exif", &blocks())
}

fn write(folder: &str, target: &str, seeds: &Seeds) -> std::io::Result<()> {
    let folder = Path::new(folder).join(target);
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in seeds {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn seed(name: &str, bytes: Vec<u8>) -> (String, Vec<u8>) {
    (name.to_owned(), bytes)
}

fn jpegs() -> Seeds {
    let told =
        |name: &str, tell: fn(&mut Encoder<&mut Vec<u8>>)| seed(name, jpeg_with(24, 20, tell));
    let inks: Vec<u8> = scene(16, 16)
        .as_chunks()
        .0
        .iter()
        .flat_map(|[r, g, b]| [*r, *g, *b, 9])
        .collect();
    let grey: Vec<u8> = scene(17, 9).into_iter().step_by(3).collect();
    let mut seeds = vec![
        told("jpeg-420", |_| {}),
        told("jpeg-422", |jpeg| {
            jpeg.set_sampling_factor(SamplingFactor::F_2_1)
        }),
        told("jpeg-440", |jpeg| {
            jpeg.set_sampling_factor(SamplingFactor::F_1_2)
        }),
        told("jpeg-444", |jpeg| {
            jpeg.set_sampling_factor(SamplingFactor::F_1_1)
        }),
        told("jpeg-411", |jpeg| {
            jpeg.set_sampling_factor(SamplingFactor::F_4_1)
        }),
        told("jpeg-progressive", |jpeg| jpeg.set_progressive(true)),
        told("jpeg-scans", |jpeg| jpeg.set_optimized_huffman_tables(true)),
        told("jpeg-restarts", |jpeg| jpeg.set_restart_interval(1)),
        seed("jpeg-one-pixel", jpeg(1, 1)),
        seed("jpeg-grey", jpeg_of(&grey, ColorType::Luma, 17, 9, |_| {})),
        seed("jpeg-cmyk", jpeg_of(&inks, ColorType::Cmyk, 16, 16, |_| {})),
        seed(
            "jpeg-ycck",
            jpeg_of(&inks, ColorType::CmykAsYcck, 16, 16, |_| {}),
        ),
    ];
    for turned in 1..=8 {
        let exif = camera(turned, turned % 2 == 0).for_jpeg();
        seeds.push(seed(
            &format!("jpeg-turned-{turned}"),
            with_segments(&jpeg(20, 12), &[(0xE1, exif)]),
        ));
    }
    let profile = [&b"ICC_PROFILE\0\x01\x01"[..], &[7; 200]].concat();
    seeds.push(seed(
        "jpeg-profile",
        with_segments(&jpeg(9, 9), &[(0xE2, profile)]),
    ));
    seeds
}

fn pngs() -> Seeds {
    use png::{BitDepth, ColorType};
    let of = |name: &str, colours, depth, bytes: usize| {
        let pixels: Vec<u8> = scene(12, 10).into_iter().cycle().take(bytes).collect();
        seed(name, png_of(&pixels, colours, depth, 12, 10, |_| {}))
    };
    let profile = chunk(b"iCCP", &[&b"screen\0\0"[..], &packed(&[7; 300])].concat());
    let exif = chunk(b"eXIf", &camera(6, true).bytes());
    vec![
        of("png-rgb", ColorType::Rgb, BitDepth::Eight, 360),
        of("png-rgb-16", ColorType::Rgb, BitDepth::Sixteen, 720),
        of("png-rgba", ColorType::Rgba, BitDepth::Eight, 480),
        of("png-rgba-16", ColorType::Rgba, BitDepth::Sixteen, 960),
        of("png-grey-1", ColorType::Grayscale, BitDepth::One, 20),
        of("png-grey-16", ColorType::Grayscale, BitDepth::Sixteen, 240),
        of(
            "png-grey-alpha",
            ColorType::GrayscaleAlpha,
            BitDepth::Eight,
            240,
        ),
        seed("png-palette", palette(&[])),
        seed("png-palette-clear", palette(&[chunk(b"tRNS", &[0, 128])])),
        seed("png-interlaced", interlaced(13, 11, 8)),
        seed("png-interlaced-16", interlaced(9, 5, 16)),
        seed("png-told", with_chunks(&png(20, 20), &[profile, exif])),
    ]
}

fn palette(more: &[Vec<u8>]) -> Vec<u8> {
    let mut chunks = vec![chunk(b"PLTE", &[220, 30, 30, 30, 190, 50])];
    chunks.extend_from_slice(more);
    chunks.push(chunk(b"IDAT", &packed(&[0, 0b0101_0000, 0, 0b1010_0000])));
    png_of_chunks(4, 2, [1, 3, 0], &chunks)
}

fn gifs() -> Seeds {
    let mut aside = gif(12, 12, 1);
    // A frame that lies further right and down than the picture does.
    let frame = aside
        .iter()
        .position(|byte| *byte == 0x2C)
        .expect("a frame");
    aside[frame + 1] = 3;
    aside[frame + 3] = 3;
    vec![
        seed("gif", gif(16, 12, 1)),
        seed("gif-one-pixel", gif(1, 1, 1)),
        seed("gif-film", gif(12, 12, 3)),
        seed("gif-aside", aside),
    ]
}

fn webps() -> Seeds {
    let clear = riff::riff(
        &[
            riff::canvas(0x10, 16, 16),
            riff::CLEARNESS.to_vec(),
            riff::LOSSY.to_vec(),
        ]
        .concat(),
    );
    let mut film = riff::canvas(2, 16, 16);
    film.extend(riff::chunk(b"ANIM", &[0; 6]));
    film.extend(riff::frame(riff::LOSSY, 16, 16));
    vec![
        seed("webp-lossless", riff::riff(&riff::lossless(16, 12))),
        seed("webp-lossy", riff::riff(riff::LOSSY)),
        seed("webp-clear", clear),
        seed("webp-film", riff::film(12, 12, 2)),
        seed("webp-film-lossy", riff::riff(&film)),
        seed(
            "webp-told",
            riff::of_a_camera(&camera(8, true).bytes(), b"<x/>"),
        ),
    ]
}

/// Small files that ask for much, just below the limits and above.
fn bombs() -> Seeds {
    let zeros = packed(&vec![0; 4 << 20]);
    let text = chunk(b"zTXt", &[&b"Comment\0\0"[..], &zeros].concat());
    let profile = chunk(b"iCCP", &[&b"screen\0\0"[..], &zeros].concat());
    let mut asks = gif(8, 8, 1);
    asks[6..10].fill(0xFF);
    let mut wide = gif(8, 8, 1);
    wide[6..10].copy_from_slice(&[0x80, 0x1B, 0x80, 0x1B]);
    let sized = |jpeg: Vec<u8>, kind, side: [u8; 2]| {
        let (mut jpeg, frame) = (jpeg.clone(), marker(&jpeg, kind));
        jpeg[frame + 5..frame + 9].copy_from_slice(&[side, side].concat());
        jpeg
    };
    let progressive = || jpeg_with(8, 8, |jpeg| jpeg.set_progressive(true));
    let whole = progressive();
    let (scan, end) = (marker(&whole, 0xDA), whole.len() - 2);
    let scans = |count| {
        [
            &whole[..end],
            &whole[scan..end].repeat(count),
            &whole[end..],
        ]
        .concat()
    };
    vec![
        seed(
            "bomb-png-side",
            png_of_chunks(50_000, 50_000, [8, 2, 0], &[chunk(b"IDAT", &[0; 13])]),
        ),
        seed(
            "bomb-png-wide",
            png_of_chunks(20_000, 2500, [16, 6, 0], &[chunk(b"IDAT", &zeros[..200])]),
        ),
        seed("bomb-png-text", with_chunks(&png(4, 4), &[text])),
        seed("bomb-png-profile", with_chunks(&png(4, 4), &[profile])),
        seed("bomb-gif-side", asks),
        seed("bomb-gif-wide", wide),
        seed("bomb-jpeg-wide", sized(jpeg(8, 8), 0xC0, [0x1B, 0x80])),
        seed(
            "bomb-jpeg-progressive",
            sized(progressive(), 0xC2, [0x15, 0x60]),
        ),
        seed("bomb-jpeg-scans", scans(40)),
        seed("bomb-jpeg-many-scans", scans(4)),
    ]
}

fn others() -> Seeds {
    let script = b"<html><script>alert(1)</script></html>";
    vec![
        seed(
            "other-svg",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(),
        ),
        seed("other-heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        seed("other-html", script.to_vec()),
        seed(
            "other-polyglot",
            with_segments(&jpeg(8, 8), &[(0xFE, script.to_vec())]),
        ),
        seed("other-cut", jpeg(16, 16).into_iter().take(300).collect()),
    ]
}

fn blocks() -> Seeds {
    let mut seeds: Seeds = (1..=8)
        .map(|turned| {
            seed(
                &format!("camera-{turned}"),
                camera(turned, turned % 2 == 0).bytes(),
            )
        })
        .collect();
    seeds.push(seed("as-in-a-jpeg", camera(3, true).for_jpeg()));
    seeds.push(seed("empty", Block::new(true).bytes()));
    let mut circle = Block::new(false).bytes();
    circle.truncate(10);
    circle.extend([0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8]);
    circle[9] = 1;
    seeds.push(seed("circle", circle));
    let mut endless = Block::new(true).bytes();
    endless[8..10].fill(0xFF);
    seeds.push(seed("endless", endless));
    seeds
}
