//! Small files by which a decoder would take more memory or time than was counted for them. All were found by reading
//! the decoders, or by fuzzing.

use moxcms::ColorProfile;
use redress::media::thumbnail::{Flaw, Sizes, header, needs};

use super::formats::assert_scene;
use super::made::{
    BLUE, GREEN, RED, YELLOW, chunk, gif, jpeg, jpeg_with, marker, packed, png, png_of_chunks,
    with_chunks, with_segments,
};
use super::made_of;
use super::riff::{self, CLEARNESS, LOSSY, canvas, frame};

const SCENE: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

fn damaged(bytes: &[u8], what: &str) {
    let made = made_of(bytes).map(|_| "pictures");
    assert!(
        matches!(made, Err(Flaw::Damaged { .. })),
        "{what}: {made:?}"
    );
}

/// Display P3, with so many more parts of such a length, which nobody knows and which lie where the first one does.
fn profile_with(parts: u32, length: u32) -> Vec<u8> {
    let told = ColorProfile::new_display_p3().encode().unwrap();
    let number = |at: usize| u32::from_be_bytes(told[at..at + 4].try_into().unwrap());
    let table = 132 + 12 * number(128) as usize;
    let mut profile = told[..128].to_vec();
    profile.extend((number(128) + parts).to_be_bytes());
    for at in (132..table).step_by(12) {
        profile.extend(&told[at..at + 4]);
        profile.extend((number(at + 4) + 12 * parts).to_be_bytes());
        profile.extend(&told[at + 8..at + 12]);
    }
    for _ in 0..parts {
        profile.extend(b"priv");
        profile.extend((number(136) + 12 * parts).to_be_bytes());
        profile.extend(length.to_be_bytes());
    }
    profile.extend(&told[table..]);
    let whole = u32::try_from(profile.len()).unwrap();
    profile[..4].copy_from_slice(&whole.to_be_bytes());
    profile
}

/// What reads a profile reads every part of it, also a thousand that lie at the same place.
#[test]
fn a_profile_is_no_larger_than_its_parts() {
    let made = |profile: &[u8]| {
        let stored = chunk(b"iCCP", &[&b"screen\0\0"[..], &packed(profile)].concat());
        made_of(&with_chunks(&png(64, 48), &[stored])).unwrap()
    };
    let (plain, wide) = (made(b""), made(&profile_with(0, 0)));
    assert_ne!(plain.original, wide.original);
    assert_eq!(made(&profile_with(20, 100)), wide, "some more parts");
    assert_eq!(made(&profile_with(101, 100)), plain, "too many");
    assert_eq!(made(&profile_with(20, 60_000)), plain, "too long");
    assert_eq!(made(&profile_with(0, 0)[..130]), plain, "cut short");
}

#[test]
fn a_profile_in_as_many_parts_as_there_are_is_put_together() {
    let name = &b"ICC_PROFILE\0"[..];
    let part = |number: u8| (0xE2, [name, &[number, 255, 0]].concat());
    let parts: Vec<_> = (1..=255).map(part).collect();
    assert_scene(
        &with_segments(&jpeg(64, 48), &parts),
        SCENE,
        14,
        "255 parts",
    );
}

/// Behind the transparency of a frame its decoder reads a picture whatever its name and size.
#[test]
fn a_frame_has_a_picture_under_its_own_name() {
    let film = |chunks: &[u8]| {
        let moving = [
            &canvas(0x12, 16, 16)[..],
            &riff::chunk(b"ANIM", &[0; 6]),
            &frame(chunks, 16, 16),
        ];
        riff::riff(&moving.concat())
    };
    let other = [b"ABCD", &LOSSY[4..]].concat();
    assert!(made_of(&film(LOSSY)).is_ok());
    assert!(made_of(&film(&[CLEARNESS, LOSSY].concat())).is_ok());
    damaged(&film(&[CLEARNESS, &other].concat()), "another name");
    damaged(&film(&other), "nothing of that name");
    damaged(&film(CLEARNESS), "nothing behind it");
    damaged(&film(&[CLEARNESS, CLEARNESS, LOSSY].concat()), "twice");
}

/// A lossless picture of 8 × 8 pixels whose one block says that it is coded by the 513th group of codes. One by the
/// 65 536th, in 4 MB, had its decoder take 1.4 GB.
const MANY_CODES: &[u8] = b"\x2f\x07\xc0\x01\x00\x84\x02\x54\xa0\x00\x05\x28\x00";

#[test]
fn a_lossless_picture_has_no_more_codes_than_any_has() {
    let what = "more codes than any picture";
    let refused = |chunks: &[u8]| {
        let flaw = made_of(&riff::riff(chunks)).unwrap_err().to_string();
        assert!(flaw.contains(what), "{flaw}");
    };
    refused(&riff::chunk(b"VP8L", MANY_CODES));
    let shades = riff::chunk(b"ALPH", &[&[1], &MANY_CODES[5..]].concat());
    let moving = |flags| {
        let frame = frame(&[&shades, LOSSY].concat(), 16, 16);
        [canvas(flags, 16, 16), riff::chunk(b"ANIM", &[0; 6]), frame].concat()
    };
    // Five bytes further on the stream says something else of another size.
    damaged(&riff::riff(&moving(0x12)), "shades of a frame");
    let still = [&canvas(0x10, 16, 16)[..], &shades, LOSSY].concat();
    damaged(&riff::riff(&still), "shades");
    let flaw = made_of(&riff::riff(&moving(0x10))).unwrap_err().to_string();
    assert!(flaw.contains("not said to move"), "{flaw}");
}

/// As many groups as are accepted, of a picture of 2000 × 2000 pixels.
#[test]
fn the_codes_of_a_lossless_picture_are_counted() {
    let stream = b"\x2f\xcf\xc7\xf3\x01\x84\xfe\x37\xa0\x00\x05\x28\x00";
    let needed = needs(
        &riff::riff(&riff::chunk(b"VP8L", stream)),
        &Sizes::default(),
    );
    let (pixels, groups) = (4_000_000, 512);
    assert!(needed.unwrap() >= 11 * pixels + 107_000 * groups);
}

/// A large picture with that many is more than a thread may take: found by fuzzing.
#[test]
fn a_large_lossless_picture_has_fewer_codes() {
    let stream = |size: u32| {
        let sides = (size - 1) | (size - 1) << 14;
        let told = [
            &b"\x2f"[..],
            &sides.to_le_bytes(),
            b"\x84\xfe\x37\xa0\x00\x05\x28\x00",
        ];
        riff::riff(&riff::chunk(b"VP8L", &told.concat()))
    };
    assert!(needs(&stream(3600), &Sizes::default()).is_ok());
    assert_eq!(needs(&stream(4001), &Sizes::default()), Err(Flaw::Memory));
}

/// Each table of codes becomes kilobytes before the next one is read.
#[test]
fn a_segment_has_no_more_tables_of_codes_than_there_can_be() {
    let photo = jpeg(64, 48);
    let tables = marker(&photo, 0xC4);
    let length = usize::from(u16::from_be_bytes([photo[tables + 2], photo[tables + 3]]));
    let table = &photo[tables + 4..tables + 2 + length];
    let repeated = |times: usize| with_segments(&photo, &[(0xC4, table.repeat(times))]);
    assert!(made_of(&repeated(2)).is_ok());
    damaged(&repeated(3000 / table.len() + 1), "tables");
}

/// The decoder keeps a copy of each part of a profile, with what it costs to keep one.
#[test]
fn metadata_is_counted_and_has_its_place() {
    let note = (0xE2, b"ICC_PROFILE\0\x01\x01x".to_vec());
    let noted = |times: usize| with_segments(&jpeg(64, 48), &vec![note.clone(); times]);
    assert!(made_of(&noted(500)).is_ok());
    damaged(&noted(600), "many");
    for photo in [
        jpeg_with(64, 48, |told| told.set_progressive(true)),
        jpeg_with(64, 48, |told| told.set_optimized_huffman_tables(true)),
        jpeg(64, 48),
    ] {
        let end = photo.len() - 2;
        let later = [&photo[..end], &[0xFF, 0xE2, 0, 4, 1, 1], &photo[end..]].concat();
        damaged(&later, "metadata behind a scan");
    }
    let bare = needs(&jpeg(64, 48), &Sizes::default()).unwrap();
    let large = with_segments(&jpeg(64, 48), &vec![(0xE1, vec![0; 60_000]); 100]);
    assert!(needs(&large, &Sizes::default()).unwrap() >= bare + 11_900_000);
    let block = with_chunks(&png(64, 48), &[chunk(b"eXIf", &vec![0; 3 << 20])]);
    assert!(needs(&block, &Sizes::default()).unwrap() >= 14 << 20);
}

/// Measured: a photo of 50 megapixels takes 139 MB while it is made smaller. One that is one row high is decoded with
/// rows of padding.
#[test]
fn what_is_made_of_a_picture_is_counted() {
    let of_size = |photo: Vec<u8>, kind: u8, width: u16, height: u16| {
        let (mut photo, frame) = (photo.clone(), marker(&photo, kind));
        photo[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        photo[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        photo
    };
    let needed = |photo: &[u8]| {
        assert!(header(photo).is_ok());
        needs(photo, &Sizes::default()).unwrap()
    };
    let square = needed(&of_size(jpeg(16, 16), 0xC0, 7071, 7071));
    assert!((139_000_000..220_000_000).contains(&square), "{square}");
    let progressive = jpeg_with(16, 16, |told| {
        told.set_progressive(true);
        told.set_sampling_factor(jpeg_encoder::SamplingFactor::F_4_1);
    });
    let flat = needed(&of_size(progressive, 0xC2, 20_000, 1));
    assert!(flat > 9_500_000, "{flat}");
}

/// Found by fuzzing: of a palette of 20 bytes the decoder looks for the last colour behind its end, and panics.
#[test]
fn a_palette_ends_with_a_colour() {
    let of = |bytes: usize| {
        let palette = chunk(b"PLTE", &vec![7; bytes]);
        let clear = chunk(b"tRNS", &[0]);
        let rows = chunk(b"IDAT", &packed(&[0; 20]));
        png_of_chunks(4, 4, [8, 3, 0], &[palette, clear, rows])
    };
    assert!(made_of(&of(21)).is_ok());
    damaged(&of(20), "20 bytes");
}

#[test]
fn the_metadata_of_a_gif_has_a_limit() {
    let plain = gif(64, 48, 1);
    let frame = plain.iter().position(|byte| *byte == 0x2C).unwrap();
    let with = |blocks: usize| {
        let block = [&[255][..], &[b'x'; 255]].concat().repeat(blocks);
        let told = [b"\x21\xFF\x0BXMP DataXMP", &block[..], &[0]].concat();
        made_of(&[&plain[..frame], &told, &plain[frame..]].concat())
    };
    assert!(with(1000).is_ok());
    assert_eq!(with(9000), Err(Flaw::Memory));
}
