//! Nothing that a photo's file told beside the picture is in what is served.

use std::time::{Duration, Instant};

use redress::media::thumbnail::{Pictures, Sizes, process};

use super::block::{SECRETS, camera};
use super::made::{chunk, jpeg, packed, png, with_chunks, with_segments};
use super::riff;

/// Words of ours, besides those of the EXIF block.
const WORDS: [&str; 5] = [
    "<x:xmpmeta",
    "XMP-AUTHOR",
    "PROFILE-OF-SCREEN",
    "a comment",
    "IPTC-CITY",
];
/// What a bare JPEG consists of: start, JFIF head, tables, size, codes, scan.
const BARE: [u8; 6] = [0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA];

fn xmp() -> Vec<u8> {
    b"<x:xmpmeta><dc:creator>XMP-AUTHOR</dc:creator></x:xmpmeta>".to_vec()
}

fn camera_jpeg() -> Vec<u8> {
    let segments = [
        (0xE1, camera(6, true).for_jpeg()),
        (
            0xE1,
            [&b"http://ns.adobe.com/xap/1.0/\0"[..], &xmp()].concat(),
        ),
        (0xE2, b"ICC_PROFILE\0\x01\x01PROFILE-OF-SCREEN".to_vec()),
        (0xED, b"Photoshop 3.0\08BIMIPTC-CITY".to_vec()),
        (0xFE, b"a comment".to_vec()),
    ];
    let mut photo = with_segments(&jpeg(120, 90), &segments);
    // Phones write a second picture, or a film, behind the first.
    photo.extend(with_segments(&jpeg(16, 16), &segments));
    photo
}

fn camera_png() -> Vec<u8> {
    let profile = [&b"PROFILE-OF-SCREEN\0\0"[..], &packed(b"PROFILE-OF-SCREEN")].concat();
    let chunks = [
        chunk(b"iCCP", &profile),
        chunk(b"eXIf", &camera(6, false).bytes()),
        chunk(b"tEXt", b"Comment\0a comment"),
        chunk(
            b"zTXt",
            &[&b"Author\0\0"[..], &packed(b"XMP-AUTHOR")].concat(),
        ),
        chunk(
            b"iTXt",
            &[&b"XML:com.adobe.xmp\0\0\0\0\0"[..], &xmp()].concat(),
        ),
    ];
    with_chunks(&png(120, 90), &chunks)
}

fn made_of(photo: &[u8]) -> Pictures {
    let deadline = Instant::now() + Duration::from_secs(60);
    // At these sizes the original is not even made smaller.
    process(photo, &Sizes::default(), true, deadline).unwrap()
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[test]
fn no_byte_of_a_cameras_metadata_is_in_any_picture() {
    let photos = [
        ("JPEG", camera_jpeg()),
        ("PNG", camera_png()),
        ("WebP", riff::of_a_camera(&camera(6, true).bytes(), &xmp())),
    ];
    for (what, photo) in photos {
        assert!(
            holds(&photo, b"SERIAL-4711"),
            "{what}: the photo has what is looked for"
        );
        let pictures = made_of(&photo);
        assert!(
            pictures.taken.is_some(),
            "{what}: it was read before it was dropped"
        );
        for picture in [&pictures.original, &pictures.preview, &pictures.thumbnail] {
            for word in SECRETS.iter().chain(&WORDS) {
                assert!(!holds(picture, word.as_bytes()), "{what}: {word}");
            }
            for word in [
                &b"Exif"[..],
                b"ICC_PROFILE",
                b"JFXX",
                b"8BIM",
                b"II*\0",
                b"MM\0*",
            ] {
                assert!(!holds(picture, word), "{what}: {word:?}");
            }
        }
    }
}

#[test]
fn a_picture_has_no_segment_but_those_that_draw_it() {
    for photo in [
        camera_jpeg(),
        camera_png(),
        riff::of_a_camera(&camera(1, true).bytes(), &xmp()),
    ] {
        let pictures = made_of(&photo);
        for picture in [&pictures.original, &pictures.preview, &pictures.thumbnail] {
            assert_bare(picture);
        }
    }
}

#[test]
fn the_same_picture_with_and_without_metadata_gives_the_same_bytes() {
    let bare = jpeg(120, 90);
    let block = camera(1, true);
    let telling = with_segments(
        &bare,
        &[(0xE1, block.for_jpeg()), (0xFE, b"a comment".to_vec())],
    );
    let (bare, mut telling) = (made_of(&bare), made_of(&telling));
    assert!(telling.taken.take().is_some());
    assert_eq!(bare, telling);
}

/// Walks through a JPEG: only the segments of [`BARE`], a JFIF head without thumbnail, one scan, and nothing behind it.
fn assert_bare(jpeg: &[u8]) {
    assert_eq!(&jpeg[..2], [0xFF, 0xD8]);
    let mut at = 2;
    loop {
        assert_eq!(jpeg[at], 0xFF);
        let kind = jpeg[at + 1];
        assert!(BARE.contains(&kind), "segment {kind:X}");
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if kind == 0xE0 {
            assert_eq!(&jpeg[at + 4..at + 9], b"JFIF\0");
            assert_eq!(length, 16, "no thumbnail in the head");
        }
        at += 2 + length;
        if kind == 0xDA {
            break;
        }
    }
    let end = jpeg[at..]
        .windows(2)
        .position(|pair| pair[0] == 0xFF && pair[1] != 0)
        .unwrap();
    assert_eq!(&jpeg[at + end..], [0xFF, 0xD9], "it ends with its scan");
}
