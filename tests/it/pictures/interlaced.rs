//! Interlaced PNG: seven coarse pictures that make a fine one.

use super::formats::assert_scene;
use super::made::{BLUE, GREEN, RED, YELLOW, interlaced};

#[test]
fn an_interlaced_png_shows_what_it_showed() {
    for (width, height) in [(64, 48), (33, 17), (200, 150), (27, 26)] {
        for depth in [8, 16] {
            let what = format!("{width} × {height} of {depth} bits");
            assert_scene(
                &interlaced(width, height, depth),
                [RED, GREEN, BLUE, YELLOW],
                24,
                &what,
            );
        }
    }
}
