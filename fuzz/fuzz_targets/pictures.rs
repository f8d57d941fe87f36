//! Any bytes into pictures: `cargo +nightly fuzz run pictures -- -rss_limit_mb=600 -timeout=10`.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use redress::media::thumbnail::{Sizes, header, process};

const SIZES: Sizes = Sizes {
    original: 128,
    preview: 64,
    thumbnail: 16,
};

fuzz_target!(|bytes: &[u8]| {
    let deadline = Instant::now() + Duration::from_secs(10);
    if let Ok(made) = process(bytes, &SIZES, true, deadline) {
        let header = header(bytes).expect("what has pictures has a header");
        assert!(made.width.max(made.height) <= 128);
        assert!(made.width.max(made.height) <= header.width.max(header.height));
        for picture in [&made.original, &made.preview, &made.thumbnail] {
            assert!(picture.starts_with(&[0xFF, 0xD8, 0xFF, 0xE0]));
            assert!(picture.ends_with(&[0xFF, 0xD9]));
        }
    }
});
