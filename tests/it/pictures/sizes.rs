//! How large pictures are, what a header tells, and what ends before its time.

use redress::media::thumbnail::{Flaw, Format, Header, Sizes, header, process};

use super::made::{gif, jpeg, jpeg_with, png, png_of};
use super::made_of;
use super::seen::Seen;

#[test]
fn each_picture_is_as_large_as_it_may_be_and_never_larger_than_the_photo() {
    let sizes = |bytes: &[u8]| {
        let pictures = made_of(bytes).unwrap();
        let each = [&pictures.original, &pictures.preview, &pictures.thumbnail];
        let seen = each
            .map(|picture| Seen::of(picture))
            .map(|seen| (seen.width, seen.height));
        assert_eq!(seen[0], (pictures.width as usize, pictures.height as usize));
        seen
    };
    assert_eq!(sizes(&jpeg(400, 300)), [(96, 72), (48, 36), (16, 12)]);
    assert_eq!(sizes(&png(97, 50)), [(96, 49), (48, 25), (16, 8)]);
    assert_eq!(sizes(&jpeg(40, 30)), [(40, 30), (40, 30), (16, 12)]);
    assert_eq!(sizes(&gif(10, 3, 1)), [(10, 3); 3]);
    assert_eq!(sizes(&png(1, 1)), [(1, 1); 3]);
    assert_eq!(sizes(&jpeg(1, 1)), [(1, 1); 3]);
    assert_eq!(sizes(&png(3000, 2)), [(96, 1), (48, 1), (16, 1)]);
}

#[test]
fn a_header_names_format_and_size_without_the_rest() {
    for (bytes, format) in [
        (jpeg(70, 50), Format::Jpeg),
        (png(70, 50), Format::Png),
        (gif(70, 50, 1), Format::Gif),
    ] {
        let start = bytes.len().min(700);
        let wanted = Header {
            format,
            width: 70,
            height: 50,
        };
        assert_eq!(header(&bytes[..start]), Ok(wanted));
        assert_eq!(header(&bytes[..5]), Err(Flaw::Truncated), "{format:?}");
    }
}

#[test]
fn a_placeholder_is_short_and_tells_pictures_apart() {
    let one = made_of(&jpeg(90, 60)).unwrap().placeholder;
    let other = made_of(&png_of(
        &[200; 90 * 60 * 3],
        png::ColorType::Rgb,
        png::BitDepth::Eight,
        90,
        60,
        |_| {},
    ))
    .unwrap()
    .placeholder;
    assert_eq!((one.len(), other.len()), (28, 28));
    assert_ne!(one, other);
}

#[test]
fn a_deadline_that_is_over_ends_it() {
    let now = std::time::Instant::now();
    let progressive = jpeg_with(64, 48, |told| told.set_progressive(true));
    for bytes in [jpeg(64, 48), progressive, png(64, 48), gif(64, 48, 1)] {
        assert_eq!(
            process(&bytes, &Sizes::default(), false, now),
            Err(Flaw::OutOfTime)
        );
    }
}
