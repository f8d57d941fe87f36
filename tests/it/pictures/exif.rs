//! EXIF blocks are read as far as they make sense.

use redress::media::thumbnail::Taken;

use super::block::{Block, camera};
use super::formats::assert_scene;
use super::made::{BLUE, GREEN, RED, YELLOW, chunk, jpeg, png, with_chunks, with_segments};
use super::made_of;

fn taken(block: &Block) -> Option<Taken> {
    let photo = with_segments(&jpeg(20, 20), &[(0xE1, block.for_jpeg())]);
    made_of(&photo).unwrap().taken
}

#[test]
fn place_and_time_are_read_when_they_are_asked_for() {
    for is_little_endian in [true, false] {
        let found = taken(&camera(1, is_little_endian)).unwrap();
        assert!(
            (found.latitude.unwrap() + 33.856_944).abs() < 1e-5,
            "{found:?}"
        );
        assert!(
            (found.longitude.unwrap() - 151.208_333).abs() < 1e-5,
            "{found:?}"
        );
        assert_eq!(found.at.as_deref(), Some("2026-11-25T08:30:15+01:00"));
    }
    let photo = with_segments(&jpeg(20, 20), &[(0xE1, camera(1, true).for_jpeg())]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let unasked =
        redress::media::thumbnail::process(&photo, &super::SIZES, false, deadline).unwrap();
    assert_eq!(unasked.taken, None);
    let photo = with_chunks(&png(20, 20), &[chunk(b"eXIf", &camera(1, true).bytes())]);
    assert!(made_of(&photo).unwrap().taken.unwrap().latitude.is_some());
    assert_eq!(made_of(&jpeg(20, 20)).unwrap().taken, None);
}

#[test]
fn a_place_that_cannot_be_is_none() {
    let without = |change: &dyn Fn(&mut Block)| {
        let mut block = camera(1, true);
        change(&mut block);
        let found = taken(&block).unwrap();
        assert_eq!((found.latitude, found.longitude), (None, None));
    };
    without(&|block| block.place[1] = block.angle(2, [(91, 1), (0, 1), (0, 1)]));
    without(&|block| block.place[3] = block.angle(4, [(151, 0), (0, 1), (0, 1)]));
    without(&|block| block.place[3] = block.angle(4, [(u32::MAX, 1), (0, 1), (0, 1)]));
    without(&|block| drop(block.place.remove(2)));
    without(&|block| {
        let status = block.text(9, "V");
        block.place.push(status);
    });
    without(&|block| {
        block.place[1] = block.angle(2, [(0, 1), (0, 1), (0, 1)]);
        block.place[3] = block.angle(4, [(0, 1), (0, 1), (0, 1)]);
    });
}

#[test]
fn a_time_that_cannot_be_is_none() {
    for wrong in [
        "2026:13:45 08:30:15",
        "    :  :     :  :  ",
        "0000:00:00 00:00:00",
        "yesterday",
        "",
    ] {
        let mut block = camera(1, true);
        block.camera[0] = block.text(0x9003, wrong);
        assert_eq!(taken(&block).unwrap().at, None, "{wrong}");
    }
    let mut block = camera(1, true);
    block.camera[1] = block.text(0x9011, "drop table");
    assert_eq!(
        taken(&block).unwrap().at.as_deref(),
        Some("2026-11-25T08:30:15")
    );
}

#[test]
fn blocks_that_lead_in_circles_or_nowhere_cost_nothing() {
    let scene = [RED, GREEN, BLUE, YELLOW];
    let mut blocks: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"II".to_vec(),
        b"II*\0\x08\0\0\0".to_vec(),
        b"II*\0\xFF\xFF\xFF\xFF".to_vec(),
        b"MM\0*\0\0\0\0".to_vec(),
        [
            &b"II*\0\x08\0\0\0\xFF\xFF"[..],
            &[0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0].repeat(5000),
        ]
        .concat(),
        [
            &b"II*\0\x08\0\0\0\xFF\xFF"[..],
            &[0x12, 1, 3, 0, 255, 255, 255, 255, 8, 0, 0, 0].repeat(5000),
        ]
        .concat(),
        [
            &b"II*\0\x08\0\0\0\xFF\xFF"[..],
            &[0x25, 0x88, 5, 0, 255, 255, 255, 31, 8, 0, 0, 0].repeat(5000),
        ]
        .concat(),
    ];
    let whole = camera(1, true).bytes();
    blocks.extend((0..whole.len()).step_by(7).map(|end| whole[..end].to_vec()));
    for block in &blocks {
        let photo = with_segments(&jpeg(24, 16), &[(0xE1, [&b"Exif\0\0"[..], block].concat())]);
        assert_scene(&photo, scene, 20, "a broken block");
    }
    let huge = [&camera(1, true).bytes()[..], &vec![0x41; 10 << 20]].concat();
    let photo = with_chunks(&png(24, 16), &[chunk(b"eXIf", &huge)]);
    assert_scene(&photo, scene, 20, "ten megabytes in a PNG");
    let segment = (0xE1, [&b"Exif\0\0"[..], &vec![0x41; 65_000]].concat());
    let photo = with_segments(&jpeg(24, 16), &vec![segment; 160]);
    assert_scene(&photo, scene, 20, "ten megabytes in a JPEG");
}
