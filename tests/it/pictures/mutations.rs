//! Valid files with a few bytes changed, seeded: whatever comes of it, it is an answer and no panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jpeg_encoder::ColorType;

use super::block::camera;
use super::made::{
    chunk, gif, jpeg, jpeg_of, jpeg_with, packed, png, scene, with_chunks, with_segments,
};
use super::made_of;
use super::riff;

/// Changes of each file. A longer search is what `fuzz/` is for.
const ROUNDS: u64 = 400;

/// A die that falls the same way each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(7) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = [0, 0xFF, 0x7F, 0x80][self.below(4)],
            2 => bytes[at] = self.below(256) as u8,
            3 => bytes.truncate(at.max(1)),
            4 => drop(bytes.drain(at..(at + 1 + self.below(8)).min(bytes.len()))),
            5 => bytes.insert(at, self.below(256) as u8),
            _ => {
                let part: Vec<u8> = bytes[at..].iter().take(40).copied().collect();
                let to = self.below(bytes.len());
                bytes.splice(to..to, part);
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

fn valid_files() -> Vec<(&'static str, Vec<u8>)> {
    let inks: Vec<u8> = scene(24, 24)
        .chunks_exact(3)
        .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 9])
        .collect();
    let exif = camera(6, true);
    let profile = [&b"screen\0\0"[..], &packed(&[7; 300])].concat();
    vec![
        (
            "JPEG",
            with_segments(&jpeg(40, 40), &[(0xE1, exif.for_jpeg())]),
        ),
        (
            "progressive",
            jpeg_with(40, 40, |told| told.set_progressive(true)),
        ),
        (
            "scans",
            jpeg_with(40, 40, |told| told.set_optimized_huffman_tables(true)),
        ),
        (
            "restarts",
            jpeg_with(40, 40, |told| told.set_restart_interval(2)),
        ),
        (
            "inks",
            jpeg_of(&inks, ColorType::CmykAsYcck, 24, 24, |_| {}),
        ),
        (
            "PNG",
            with_chunks(
                &png(40, 40),
                &[chunk(b"iCCP", &profile), chunk(b"eXIf", &exif.bytes())],
            ),
        ),
        ("GIF", gif(40, 40, 2)),
        ("film", riff::film(24, 24, 2)),
        ("WebP", riff::of_a_camera(&exif.bytes(), b"<x/>")),
    ]
}

#[test]
fn a_file_with_changed_bytes_gives_pictures_or_a_flaw() {
    for (what, valid) in valid_files() {
        let mut refused = 0;
        for seed in 0..ROUNDS {
            let mut dice = Dice(seed);
            let mut bytes = valid.clone();
            for _ in 0..=dice.below(4) {
                dice.change(&mut bytes);
            }
            let made = catch_unwind(AssertUnwindSafe(|| made_of(&bytes)));
            let made = made.unwrap_or_else(|_| panic!("{what}, seed {seed}"));
            refused += u64::from(made.is_err());
        }
        assert!(
            refused > ROUNDS / 20,
            "{what}: only {refused} were found damaged"
        );
    }
}
