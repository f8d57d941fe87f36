//! JPEG whose planes are not brightness and colour: red, green and blue, or four inks for printing.
//!
//! Inks are mixed as a screen shows them at best; what a press would make of them (their profile) is not asked.

use std::iter::repeat;

use super::super::colour::rgb;
use super::markers::Markers;

/// What the planes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inks {
    /// Red, green and blue.
    Rgb,
    /// Cyan, magenta, yellow and black: 255 is all of an ink.
    Cmyk,
    /// The same the other way round, as Adobe's programs write it: 0 is all of an ink.
    InvertedCmyk,
    /// Inverted inks, of which three are stored as brightness and colour.
    Ycck,
}

impl Inks {
    /// What the planes of a file hold; nothing, if they are brightness and colour.
    pub(super) fn of(markers: &Markers<'_>) -> Option<Self> {
        match (markers.components, markers.adobe) {
            (3, Some(0)) => Some(Self::Rgb),
            (3, None) if markers.ids == *b"RGB\0" => Some(Self::Rgb),
            (4, Some(2)) => Some(Self::Ycck),
            (4, Some(_)) => Some(Self::InvertedCmyk),
            (4, None) => Some(Self::Cmyk),
            _ => None,
        }
    }

    /// A row of pixels, from a row of each plane.
    pub(super) fn pixels(
        self,
        planes: [impl Iterator<Item = u8>; 4],
    ) -> impl Iterator<Item = [u8; 3]> {
        let [first, second, third, black] = planes;
        let colours = first.zip(second).zip(third).zip(black.chain(repeat(255)));
        colours.map(move |(((first, second), third), black)| {
            let colours = [first, second, third];
            match self {
                Self::Rgb => colours,
                Self::Cmyk => colours.map(|ink| under(255 - ink, 255 - black)),
                Self::InvertedCmyk => colours.map(|light| under(light, black)),
                Self::Ycck => rgb(first, second, third).map(|light| under(255 - light, black)),
            }
        })
    }
}

/// Light that passes an ink, and then black.
fn under(light: u8, black: u8) -> u8 {
    ((u32::from(light) * u32::from(black) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(inks: Inks, planes: [u8; 4]) -> [u8; 3] {
        inks.pixels(planes.map(|plane| [plane].into_iter()))
            .next()
            .unwrap()
    }

    #[test]
    fn inks_darken_white_paper() {
        assert_eq!(seen(Inks::Cmyk, [0, 0, 0, 0]), [255; 3]);
        assert_eq!(seen(Inks::Cmyk, [0, 0, 0, 255]), [0; 3]);
        assert_eq!(seen(Inks::Cmyk, [255, 0, 0, 0]), [0, 255, 255]);
        assert_eq!(seen(Inks::InvertedCmyk, [255, 255, 255, 255]), [255; 3]);
        assert_eq!(seen(Inks::InvertedCmyk, [255, 0, 255, 128]), [128, 0, 128]);
        assert_eq!(seen(Inks::Ycck, [0, 128, 128, 255]), [255; 3]);
        assert_eq!(seen(Inks::Ycck, [255, 128, 128, 255]), [0; 3]);
        assert_eq!(seen(Inks::Rgb, [1, 2, 3, 4]), [1, 2, 3]);
    }
}
