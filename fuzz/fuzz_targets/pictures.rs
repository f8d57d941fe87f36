//! Any bytes into pictures, within the memory that was promised: `scripts/fuzz pictures`.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use redress_fuzz::memory::{Counted, most};
use redress_fuzz::thumbnail::{Flaw, Sizes, header, needs, process};

#[global_allocator]
static MEMORY: Counted = Counted;

const SIZES: Sizes = Sizes {
    original: 128,
    preview: 64,
    thumbnail: 16,
};

fuzz_target!(|bytes: &[u8]| {
    let deadline = Instant::now() + Duration::from_secs(30);
    let needed = needs(bytes, &SIZES);
    // The pool gives it to no thread.
    if needed == Err(Flaw::Memory) {
        return;
    }
    let (made, taken) = most(|| process(bytes, &SIZES, true, deadline));
    let needed = needed.unwrap_or(1 << 20);
    assert!(taken <= needed, "{taken} bytes were taken, not {needed}");
    if let Ok(made) = made {
        let header = header(bytes).expect("what has pictures has a header");
        assert!(made.width.max(made.height) <= 128);
        assert!(made.width.max(made.height) <= header.width.max(header.height));
        for picture in [&made.original, &made.preview, &made.thumbnail] {
            assert!(picture.starts_with(&[0xFF, 0xD8, 0xFF, 0xE0]));
            assert!(picture.ends_with(&[0xFF, 0xD9]));
        }
    }
});
