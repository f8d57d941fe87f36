//! What a file is, and what it will take, from any bytes: `cargo +nightly fuzz run header`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redress::media::thumbnail::{Sizes, header, needs};

fuzz_target!(|bytes: &[u8]| {
    let found = header(bytes);
    let needed = needs(bytes, &Sizes::default());
    assert_eq!(found.is_ok(), needed.is_ok());
    if let (Ok(found), Ok(needed)) = (found, needed) {
        assert!(u64::from(found.width) * u64::from(found.height) <= 50_000_000);
        assert!(needed <= 260 << 20);
    }
});
