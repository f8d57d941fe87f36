//! What is no photo, or only part of one, is refused for the right reason.

use redress::media::thumbnail::{Flaw, header};

use super::formats::assert_scene;
use super::made::{
    BLUE, GREEN, RED, YELLOW, chunk, gif, jpeg, jpeg_with, marker, packed, png, png_of_chunks,
    with_segments,
};
use super::made_of;

fn not_accepted(bytes: &[u8]) -> String {
    let Err(Flaw::NotAccepted { what }) = header(bytes) else {
        panic!("{:?} is accepted", String::from_utf8_lossy(bytes));
    };
    assert_eq!(made_of(bytes).err(), header(bytes).err());
    what
}

#[test]
fn what_is_no_photo_is_named() {
    assert_eq!(not_accepted(b""), "an empty file");
    assert_eq!(
        not_accepted(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        "a HEIC picture"
    );
    assert_eq!(
        not_accepted(b"\0\0\0\x1Cftypavif\0\0\0\0avifmif1"),
        "an AVIF picture"
    );
    assert_eq!(
        not_accepted(b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2"),
        "a video"
    );
    assert_eq!(
        not_accepted(b"II*\0\x08\0\0\0"),
        "a TIFF picture or raw photo"
    );
    assert_eq!(not_accepted(b"BM\x36\0\0\0"), "a BMP picture");
    assert_eq!(not_accepted(b"%PDF-1.7"), "a PDF document");
    assert_eq!(
        not_accepted(b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
        "an SVG drawing"
    );
    assert_eq!(
        not_accepted(b"\xEF\xBB\xBF <?xml version=\"1.0\"?>\n<svg/>"),
        "an SVG drawing"
    );
    assert_eq!(
        not_accepted(b"<!DOCTYPE html><script>1</script>"),
        "an HTML page"
    );
    assert_eq!(
        not_accepted(b"<?xml version=\"1.0\"?><a/>"),
        "an XML document"
    );
    assert_eq!(not_accepted(b"PK\x03\x04"), "a ZIP archive");
    assert_eq!(not_accepted(&[0; 4096]), "a file of an unknown kind");
    assert_eq!(
        not_accepted(b"#!/bin/sh\nrm -rf /\n"),
        "a file of an unknown kind"
    );
    let flaw = header(b"").unwrap_err().to_string();
    assert_eq!(
        flaw,
        "an empty file is not accepted; send a JPEG, PNG, WebP or GIF picture"
    );
}

#[test]
fn a_jpeg_that_is_coded_unusually_is_not_accepted() {
    let photo = jpeg(32, 32);
    let frame = marker(&photo, 0xC0);
    for kind in [0xC3, 0xC9, 0xCA] {
        let mut photo = photo.clone();
        photo[frame + 1] = kind;
        assert_eq!(
            not_accepted(&photo),
            "a lossless or arithmetically coded JPEG"
        );
    }
    let mut deep = photo.clone();
    deep[frame + 4] = 12;
    assert_eq!(not_accepted(&deep), "a JPEG with 12 bits a colour");
}

/// What comes out of a file that is two things at once is the picture alone.
#[test]
fn of_a_polyglot_only_the_picture_is_left() {
    let scene = [RED, GREEN, BLUE, YELLOW];
    let script = b"<html><script>alert(1)</script></html>";
    let commented = with_segments(&jpeg(64, 48), &[(0xFE, script.to_vec())]);
    let followed = [&jpeg(64, 48)[..], script].concat();
    let moving = [&gif(64, 48, 1)[..], b"/*", script, b"*/=1;"].concat();
    let zipped = [&png(64, 48)[..], b"PK\x03\x04", script].concat();
    for polyglot in [commented, followed, moving, zipped] {
        assert_scene(&polyglot, scene, 14, "polyglot");
        let pictures = made_of(&polyglot).unwrap();
        for picture in [pictures.original, pictures.preview, pictures.thumbnail] {
            assert!(!picture.windows(7).any(|window| window == b"<script"));
        }
    }
}

#[test]
fn a_jpeg_that_ends_early_is_incomplete() {
    let baseline = jpeg(96, 80);
    let progressive = jpeg_with(96, 80, |told| told.set_progressive(true));
    let scans = jpeg_with(96, 80, |told| told.set_optimized_huffman_tables(true));
    for (what, whole) in [
        ("baseline", baseline),
        ("progressive", progressive),
        ("scans", scans),
    ] {
        // Without its last two bytes a baseline JPEG still has all of its pixels.
        for end in 2..whole.len() - 16 {
            let made = made_of(&whole[..end]);
            assert_eq!(
                made.err(),
                Some(Flaw::Truncated),
                "{what}: {end} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn a_png_or_gif_that_ends_early_is_incomplete() {
    let png = png(96, 80);
    // Behind the pixels stand twelve bytes of end, and the four of the last check.
    for end in 2..png.len() - 20 {
        let made = made_of(&png[..end]);
        assert_eq!(
            made.err(),
            Some(Flaw::Truncated),
            "PNG: {end} of {}",
            png.len()
        );
    }
    let gif = gif(96, 80, 1);
    for end in 2..gif.len() - 8 {
        let made = made_of(&gif[..end]);
        assert_eq!(
            made.err(),
            Some(Flaw::Truncated),
            "GIF: {end} of {}",
            gif.len()
        );
    }
}

#[test]
fn a_picture_without_pixels_is_damaged() {
    let mut flat = gif(8, 8, 1);
    flat[6..10].fill(0);
    let mut lineless = jpeg(32, 32);
    let frame = marker(&lineless, 0xC0);
    lineless[frame + 5..frame + 7].fill(0);
    let empty = png_of_chunks(0, 0, [8, 2, 0], &[chunk(b"IDAT", &packed(b""))]);
    for bytes in [flat, lineless, empty] {
        assert!(
            matches!(header(&bytes), Err(Flaw::Damaged { .. })),
            "{:?}",
            header(&bytes)
        );
    }
}

#[test]
fn a_file_that_only_says_it_is_a_picture_is_damaged() {
    let whole = png(32, 32);
    let mut broken = whole.clone();
    let middle = whole.len() / 2;
    broken[middle] ^= 0x55;
    assert!(
        matches!(made_of(&broken), Err(Flaw::Damaged { .. })),
        "{:?}",
        made_of(&broken).err()
    );
    let nothing = png_of_chunks(64, 64, [8, 2, 0], &[chunk(b"IDAT", &packed(&[0; 100]))]);
    assert!(made_of(&nothing).is_err());
    let text = [&b"\xFF\xD8\xFF"[..], &b"This is only a text.".repeat(40)].concat();
    assert!(made_of(&text).is_err());
    let webp = [&b"RIFF\x20\0\0\0WEBP"[..], &[0x41; 60]].concat();
    assert!(
        matches!(made_of(&webp), Err(Flaw::Damaged { .. })),
        "{:?}",
        made_of(&webp).err()
    );
    let twice = with_segments(
        &jpeg(32, 32),
        &[(0xC0, vec![8, 0, 16, 0, 16, 1, 1, 0x11, 0])],
    );
    assert!(
        matches!(made_of(&twice), Err(Flaw::Damaged { .. })),
        "{:?}",
        made_of(&twice).err()
    );
}
