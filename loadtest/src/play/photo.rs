//! A photo as a telephone takes it, in a form as a browser sends it.

use jpeg_encoder::{ColorType, Encoder};

use crate::Fault;
use crate::dice::Dice;

/// Pixels: those of a telephone that saves room.
const SIZE: (u16, u16) = (2048, 1536);
const QUALITY: u8 = 85;
const BOUNDARY: &str = "a-photo-of-a-load-test";
/// The form's type.
pub(crate) const TYPE: &str = "multipart/form-data; boundary=a-photo-of-a-load-test";

/// A form with one photo.
///
/// # Errors
/// When it cannot be encoded.
pub(crate) fn form() -> Result<Vec<u8>, Fault> {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    Encoder::new(&mut form, QUALITY).encode(&pixels(), SIZE.0, SIZE.1, ColorType::Rgb)?;
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    Ok(form)
}

/// Sky above a road, with as much grain as makes about half a megabyte of it.
fn pixels() -> Vec<u8> {
    let mut dice = Dice::of(4);
    let (width, height) = (usize::from(SIZE.0), usize::from(SIZE.1));
    let mut pixels = Vec::with_capacity(width * height * 3);
    for row in 0..height {
        for column in 0..width {
            let grain = (dice.number() % 12) as usize;
            let edge = if (column / 97 + row / 61) % 5 == 0 {
                40
            } else {
                0
            };
            let light = 200 * (height - row) / height + edge + grain;
            for tint in [10, 20, 45] {
                pixels.push((light + tint).min(255) as u8);
            }
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_holds_a_photo_of_a_usual_size() {
        let form = form().unwrap();
        assert!((200_000..2_000_000).contains(&form.len()), "{}", form.len());
        let text = String::from_utf8_lossy(&form);
        assert!(text.starts_with(&format!("--{BOUNDARY}\r\n")) && TYPE.ends_with(BOUNDARY));
        assert!(text.ends_with(&format!("--{BOUNDARY}--\r\n")));
    }
}
