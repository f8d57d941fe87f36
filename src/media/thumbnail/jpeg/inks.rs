//! JPEG whose planes are not brightness and colour: red, green and blue, or four inks for printing.
//!
//! Inks are mixed as a screen shows them at best; what a press would make of them (their profile) is not asked.

use super::super::upright::rgb;
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

    /// A row of pixels.
    pub(super) fn pixels<'a>(&self, planes: [&'a [u8]; 4]) -> impl Iterator<Item = [u8; 3]> + 'a {
        let inks = *self;
        let [first, second, third, black] = planes;
        let black = black.iter().copied().chain(std::iter::repeat(255));
        let colours = first.iter().zip(second).zip(third).zip(black);
        colours.map(move |(((first, second), third), black)| {
            let colours = [*first, *second, *third];
            match inks {
                Self::Rgb => colours,
                Self::Cmyk => colours.map(|ink| under(255 - ink, 255 - black)),
                Self::InvertedCmyk => colours.map(|light| under(light, black)),
                Self::Ycck => rgb(*first, *second, *third).map(|light| under(255 - light, black)),
            }
        })
    }
}

/// Light that passes an ink, and then black.
fn under(light: u8, black: u8) -> u8 {
    ((u32::from(light) * u32::from(black) + 127) / 255) as u8
}
