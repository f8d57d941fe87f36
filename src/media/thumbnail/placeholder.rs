//! A picture in 28 characters, to be shown until the picture is there.
//!
//! The text is a BlurHash (4 × 3 cosine waves), which clients have code for.

use std::f64::consts::PI;

const ACROSS: usize = 4;
const DOWN: usize = 3;
const DIGITS: &[u8; 83] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/// The text for rows of red, green and blue. The picture should be small: each pixel is looked at twelve times.
pub(super) fn placeholder(rows: &[Vec<[u8; 3]>]) -> String {
    let waves: Vec<[f64; 3]> = (0..DOWN)
        .flat_map(|down| (0..ACROSS).map(move |across| (across, down)))
        .map(|(across, down)| wave(rows, across, down))
        .collect();
    let (mean, others) = waves.split_first().unwrap_or((&[0.0; 3], &[]));
    let largest = others
        .iter()
        .flatten()
        .fold(0.0_f64, |most, part| most.max(part.abs()));
    let step = (largest * 166.0 - 0.5).floor().clamp(0.0, 82.0);
    let largest = (step + 1.0) / 166.0;

    let mut text = String::new();
    digits(&mut text, (ACROSS - 1 + (DOWN - 1) * 9) as u32, 1);
    digits(&mut text, step as u32, 1);
    let [red, green, blue] = mean.map(from_light);
    digits(&mut text, (red << 16) | (green << 8) | blue, 4);
    for wave in others {
        let [red, green, blue] = wave.map(|part| level(part / largest));
        digits(&mut text, (red * 19 + green) * 19 + blue, 2);
    }
    text
}

/// How much of a cosine wave is in the picture. Pixels are looked at in their middles: an even picture has no waves.
fn wave(rows: &[Vec<[u8; 3]>], across: usize, down: usize) -> [f64; 3] {
    let mut sum = [0.0; 3];
    let mut pixels = 0.0;
    for (y, row) in rows.iter().enumerate() {
        let upright = (PI * down as f64 * (y as f64 + 0.5) / rows.len() as f64).cos();
        for (x, pixel) in row.iter().enumerate() {
            let weight = upright * (PI * across as f64 * (x as f64 + 0.5) / row.len() as f64).cos();
            for (sum, part) in sum.iter_mut().zip(pixel) {
                *sum += weight * to_light(*part);
            }
            pixels += 1.0;
        }
    }
    let scale = if across + down == 0 { 1.0 } else { 2.0 };
    sum.map(|sum| sum * scale / f64::max(pixels, 1.0))
}

/// From sRGB to light, 0 to 1.
fn to_light(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

fn from_light(light: f64) -> u32 {
    let light = light.clamp(0.0, 1.0);
    let part = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (part * 255.0 + 0.5) as u32
}

/// A share from −1 to 1 in 19 levels, finer near zero.
fn level(share: f64) -> u32 {
    let root = share.abs().sqrt().copysign(share);
    (root * 9.0 + 9.5).floor().clamp(0.0, 18.0) as u32
}

fn digits(text: &mut String, value: u32, count: u32) {
    for place in (0..count).rev() {
        let digit = value / 83_u32.pow(place) % 83;
        let digit = DIGITS.get(digit as usize).copied().unwrap_or(b'0');
        text.push(char::from(digit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_picture_has_its_colour_and_no_waves() {
        let text = placeholder(&vec![vec![[255, 255, 255]; 8]; 6]);
        // 4 × 3 waves; no strength; white; 11 waves of the middle level.
        assert!(text.starts_with("L0TSUA"), "{text}");
        assert_eq!(text.len(), 28);
        let black = placeholder(&vec![vec![[0, 0, 0]; 8]; 6]);
        assert_eq!(black, format!("L00000{}", "fQ".repeat(11)));
    }

    #[test]
    fn a_dark_left_side_is_told_from_a_dark_right_one() {
        let row: Vec<[u8; 3]> = (0..16).map(|x| [x * 16; 3]).collect();
        let mirrored: Vec<[u8; 3]> = row.iter().rev().copied().collect();
        let (left, right) = (placeholder(&vec![row; 8]), placeholder(&vec![mirrored; 8]));
        assert_eq!(left.get(..6), right.get(..6));
        assert_ne!(left, right);
    }

    #[test]
    fn no_picture_at_all_still_gives_a_text() {
        assert_eq!(placeholder(&[]).len(), 28);
    }
}
