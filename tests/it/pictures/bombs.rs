//! Small files that ask for much are refused before anything is given.

use redress::media::thumbnail::{Flaw, Sizes, header, needs};

use super::formats::assert_scene;
use super::made::{
    BLUE, GREEN, RED, YELLOW, chunk, gif, jpeg, jpeg_with, marker, packed, png, png_of_chunks,
    with_chunks,
};
use super::made_of;

const SCENE: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

fn assert_too_large(bytes: &[u8]) {
    let flaw = header(bytes).unwrap_err();
    assert!(matches!(flaw, Flaw::TooLarge { .. }), "{flaw:?}");
    assert_eq!(made_of(bytes), Err(flaw));
}

#[test]
fn a_size_that_nobody_needs_is_refused_by_the_first_bytes() {
    let bomb = png_of_chunks(50_000, 50_000, [8, 2, 0], &[chunk(b"IDAT", &[0; 13])]);
    assert_eq!(bomb.len(), 70);
    assert_too_large(&bomb);
    assert_too_large(&png_of_chunks(u32::MAX, u32::MAX, [16, 6, 1], &[]));
    assert_too_large(&png_of_chunks(20_001, 1, [8, 2, 0], &[]));
    assert_too_large(&png_of_chunks(8_000, 6_300, [8, 2, 0], &[]));
    let mut moving = gif(8, 8, 1);
    moving[6..10].fill(0xFF);
    assert_too_large(&moving);
    let mut photo = jpeg(16, 16);
    let frame = marker(&photo, 0xC0);
    photo[frame + 5..frame + 9].copy_from_slice(&[0x4E, 0x20, 0x4E, 0x20]);
    assert_too_large(&photo);
}

#[test]
fn a_size_is_refused_sooner_where_all_of_it_must_be_in_memory() {
    let at_size = |photo: &[u8], kind| {
        let mut photo = photo.to_vec();
        let frame = marker(&photo, kind);
        photo[frame + 5..frame + 9].copy_from_slice(&[0x17, 0x70, 0x17, 0x70]);
        photo
    };
    let progressive = jpeg_with(16, 16, |told| told.set_progressive(true));
    assert_too_large(&at_size(&progressive, 0xC2));
    assert_too_large(&at_size(
        &jpeg_with(16, 16, |told| told.set_optimized_huffman_tables(true)),
        0xC0,
    ));
    assert_too_large(&png_of_chunks(6000, 6000, [8, 2, 1], &[]));
    assert!(header(&at_size(&jpeg(16, 16), 0xC0)).is_ok());
    assert!(header(&png_of_chunks(6000, 6000, [8, 2, 0], &[])).is_ok());
}

/// Found by fuzzing: the decoder reads each scan into a copy of what it has, which was not counted.
#[test]
fn a_progressive_photo_needs_what_its_decoder_holds_twice() {
    let at_side = |side: u16| {
        let mut photo = jpeg_with(16, 16, |told| told.set_progressive(true));
        let frame = marker(&photo, 0xC2);
        photo[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
        photo[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
        photo
    };
    let largest = needs(&at_side(5240), &Sizes::default()).unwrap();
    let held = 5240 * 5240 * 6;
    assert!((held..220_000_000).contains(&largest), "{largest}");
    assert_too_large(&at_side(5300));
}

/// Found by fuzzing: what reads a profile takes three times of what it unpacks to.
#[test]
fn a_profile_as_large_as_none_is_refused_before_it_is_read() {
    let of = |length: usize| {
        let content = [&b"screen\0\0"[..], &packed(&vec![0; length])].concat();
        made_of(&with_chunks(&png(64, 48), &[chunk(b"iCCP", &content)]))
    };
    assert!(of(1 << 20).is_ok());
    assert!(matches!(of(3 << 20), Err(Flaw::Damaged { .. })));
}

#[test]
fn no_accepted_file_needs_more_than_its_share_of_memory() {
    let widest = [
        png_of_chunks(8000, 6250, [16, 6, 0], &[]),
        png_of_chunks(6000, 5000, [16, 6, 1], &[]),
    ];
    for bytes in widest {
        let needed = needs(&bytes, &Sizes::default()).unwrap();
        assert!(needed < 220_000_000, "{needed}");
    }
}

#[test]
fn a_frame_that_is_larger_than_its_gif_is_refused() {
    let mut bytes = gif(8, 8, 1);
    let frame = bytes.iter().position(|byte| *byte == 0x2C).unwrap();
    bytes[frame + 5..frame + 9].fill(0xFF);
    assert!(
        matches!(made_of(&bytes), Err(Flaw::Damaged { .. })),
        "{:?}",
        made_of(&bytes)
    );
}

#[test]
fn packed_texts_are_passed_over_and_a_packed_profile_is_measured() {
    let bomb = packed(&vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let texts = [
        chunk(b"zTXt", &[&b"Comment\0\0"[..], &bomb].concat()),
        chunk(
            b"iTXt",
            &[&b"XML:com.adobe.xmp\0\x01\0\0\0"[..], &bomb].concat(),
        ),
    ];
    assert_scene(
        &with_chunks(&png(64, 48), &texts),
        SCENE,
        14,
        "packed texts",
    );
    let profile = chunk(b"iCCP", &[&b"screen\0\0"[..], &bomb].concat());
    let made = made_of(&with_chunks(&png(64, 48), &[profile]));
    assert!(matches!(made, Err(Flaw::Damaged { .. })), "{made:?}");
}

#[test]
fn many_frames_cost_the_first_one() {
    assert_scene(&gif(64, 48, 100_000), SCENE, 14, "GIF");
    let mut frames = vec![chunk(b"acTL", &[0, 1, 0x86, 0xA0, 0, 0, 0, 0])];
    let mut control = vec![0; 26];
    control[7] = 1;
    control[11] = 1;
    let rows = packed(&[0, 1, 2, 3]);
    frames.push(chunk(b"fcTL", &control));
    frames.push(chunk(b"IDAT", &rows));
    for number in 1..=100_000_u32 {
        control[..4].copy_from_slice(&(number * 2 - 1).to_be_bytes());
        frames.push(chunk(b"fcTL", &control));
        frames.push(chunk(
            b"fdAT",
            &[&(number * 2).to_be_bytes()[..], &rows].concat(),
        ));
    }
    assert!(made_of(&png_of_chunks(1, 1, [8, 2, 0], &frames)).is_ok());
}

#[test]
fn a_thousand_scans_are_refused() {
    for whole in [
        jpeg_with(64, 48, |told| told.set_progressive(true)),
        jpeg_with(64, 48, |told| told.set_optimized_huffman_tables(true)),
    ] {
        let scan = marker(&whole, 0xDA);
        let end = whole.len() - 2;
        let mut bomb = whole[..end].to_vec();
        for _ in 0..1000 {
            bomb.extend(&whole[scan..end]);
        }
        bomb.extend(&whole[end..]);
        assert_eq!(made_of(&bomb), Err(Flaw::TooManyScans { limit: 32 }));
    }
}

#[test]
fn scans_behind_the_last_row_are_refused() {
    let whole = jpeg(64, 48);
    let scan = marker(&whole, 0xDA);
    let end = whole.len() - 2;
    let mut bomb = whole[..end].to_vec();
    for _ in 0..1000 {
        bomb.extend(&whole[scan..end]);
    }
    bomb.extend(&whole[end..]);
    let made = made_of(&bomb);
    assert!(matches!(made, Err(Flaw::Damaged { .. })), "{made:?}");
}

/// Found by fuzzing: a decoder that skips what cannot be read finds scans of single planes where none were counted, and
/// holds all of the picture for them.
#[test]
fn scans_that_the_decoder_alone_finds_are_refused() {
    let apart = jpeg_with(192, 160, |told| told.set_optimized_huffman_tables(true));
    let together = jpeg(192, 160);
    let (scan, other) = (marker(&apart, 0xDA), marker(&together, 0xDA));
    let (tables, scans) = (&apart[..scan], &apart[scan..]);
    assert!(made_of(&apart).is_ok());
    let length = u16::try_from(scans.len() + 2).unwrap().to_be_bytes();
    assert!(length[0] > 0, "the decoder skips a nought");
    let endless = [tables, &[0xFF, 0, 0xFF, 0], scans].concat();
    let skipped = [tables, &[0xFF, 0], &length, scans, &together[other..]].concat();
    for file in [endless, skipped] {
        let made = made_of(&file).map(drop);
        assert!(matches!(made, Err(Flaw::Damaged { .. })), "{made:?}");
    }
}

/// A marker that has no length is one with a length to the decoder: between such two readings a whole header hides.
#[test]
fn a_header_that_the_decoder_alone_reads_is_refused() {
    let photo = jpeg_with(192, 160, |told| told.set_progressive(true));
    let frame = marker(&photo, 0xC2);
    let (frame, rest) = (&photo[frame..frame + 19], &photo[frame + 19..]);
    let before = &photo[2..marker(&photo, 0xC2)];
    let shown = [&[0xFF, 0xC0], &frame[2..]].concat();
    // To the decoder the second marker is the length of the first, which ends where the frame begins.
    let hiding = [&[0xFF, 0xE3, 0xFF, 0xBE][..], &vec![0; 0xFFC0 - 23]].concat();
    for without_length in [0x01, 0xD0, 0xD7] {
        let start = [&[0xFF, 0xD8], before, &[0xFF, without_length]].concat();
        let two = [&start, &shown[..], &hiding, frame, rest].concat();
        let found = header(&two);
        assert!(matches!(found, Err(Flaw::Damaged { .. })), "{found:?}");
        assert!(made_of(&two).is_err());
    }
}
