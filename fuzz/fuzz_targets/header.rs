//! What a file is, and what it will take, from any bytes: `scripts/fuzz header`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redress_fuzz::thumbnail::{Sizes, header, needs};

/// What a thread may take for any accepted file.
const SHARE: u64 = 220 << 20;

fuzz_target!(|bytes: &[u8]| {
    let found = header(bytes);
    let needed = needs(bytes, &Sizes::default());
    assert!(
        found.is_ok() || needed.is_err(),
        "what is no picture needs nothing"
    );
    if let (Ok(found), Ok(needed)) = (found, needed) {
        assert!(u64::from(found.width) * u64::from(found.height) <= 50_000_000);
        assert!(needed <= SHARE, "{needed} bytes are needed");
    }
});
