//! An EXIF block of any bytes, in a PNG of one pixel: `scripts/fuzz exif`.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use redress_fuzz::thumbnail::{Sizes, process};

/// Grey, one pixel; the chunk of the EXIF block goes behind it, where no check sum of it is asked for.
const PIXEL: &[u8] = b"\x89PNG\x0D\x0A\x1A\x0A\
\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3A\x7E\x9BU\
\x00\x00\x00\x0AIDAT\x78\x9C\x63\x60\x00\x00\x00\x02\x00\x01H\xAF\xA4\x71\
\x00\x00\x00\x00IEND\xAEB\x60\x82";

fuzz_target!(|block: &[u8]| {
    let mut photo = PIXEL.to_vec();
    photo.extend((block.len() as u32).to_be_bytes());
    photo.extend(b"eXIf");
    photo.extend(block);
    photo.extend([0; 4]);
    let deadline = Instant::now() + Duration::from_secs(10);
    let made = process(&photo, &Sizes::default(), true, deadline).expect("the pixel is a picture");
    if let Some(taken) = made.taken {
        assert_eq!(taken.latitude.is_some(), taken.longitude.is_some());
        assert!(taken.latitude.unwrap_or_default().abs() <= 90.0);
        assert!(taken.longitude.unwrap_or_default().abs() <= 180.0);
    }
});
