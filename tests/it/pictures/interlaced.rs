//! Interlaced PNG: seven coarse pictures that make a fine one.

use super::formats::assert_scene;
use super::made::{BLUE, GREEN, RED, YELLOW, chunk, packed, png_of_chunks, scene};

/// Of each of the seven: first column, first row, steps between columns and between rows.
const PASSES: [[usize; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

fn interlaced(width: usize, height: usize, depth: u8) -> Vec<u8> {
    let pixels = scene(width, height);
    let mut rows = Vec::new();
    for [left, top, across, down] in PASSES {
        for y in (top..height).step_by(down) {
            if left >= width {
                continue;
            }
            rows.push(0);
            for x in (left..width).step_by(across) {
                let at = (y * width + x) * 3;
                for part in &pixels[at..at + 3] {
                    rows.extend(std::iter::repeat_n(*part, usize::from(depth / 8)));
                }
            }
        }
    }
    png_of_chunks(
        width as u32,
        height as u32,
        [depth, 2, 1],
        &[chunk(b"IDAT", &packed(&rows))],
    )
}

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
