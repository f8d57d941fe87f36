//! A picture as it is looked at: turned upright.

use super::colour::rgb;
use super::planes::{Picture, Plane};

/// How a stored picture is to be turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// Rows become columns, before anything is mirrored.
    pub(super) is_transposed: bool,
    /// Left and right of what is seen change places.
    pub(super) mirrors_columns: bool,
    /// Top and bottom of what is seen change places.
    pub(super) mirrors_rows: bool,
}

impl Turn {
    /// As an EXIF orientation, 1 to 8, says.
    pub(super) fn of(orientation: u16) -> Self {
        Self {
            is_transposed: matches!(orientation, 5..=8),
            mirrors_columns: matches!(orientation, 2 | 3 | 6 | 7),
            mirrors_rows: matches!(orientation, 3 | 4 | 7 | 8),
        }
    }

    /// Width and height of what is seen, from those of what is stored.
    pub(super) fn size(self, (width, height): (usize, usize)) -> (usize, usize) {
        if self.is_transposed {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// The sample of a channel that is seen at a place.
    fn sample(self, plane: &Plane, x: usize, y: usize) -> u8 {
        let (width, height) = self.size((plane.width, plane.height));
        let place = |at: usize, length: usize, is_mirrored: bool| {
            let last = length.saturating_sub(1);
            let at = at.min(last);
            if is_mirrored { last - at } else { at }
        };
        let across = place(x, width, self.mirrors_columns);
        let down = place(y, height, self.mirrors_rows);
        let (column, row) = if self.is_transposed {
            (down, across)
        } else {
            (across, down)
        };
        plane.row(row).get(column).copied().unwrap_or_default()
    }

    /// The picture in rows of red, green and blue as they are seen. For small pictures.
    pub(super) fn pixels(self, picture: &Picture) -> Vec<Vec<[u8; 3]>> {
        let (width, height) = self.size(picture.size());
        let pixel = |x, y| {
            let luma = self.sample(&picture.luma, x, y);
            match &picture.chroma {
                None => [luma; 3],
                Some([blue, red]) => {
                    let colour = |plane| self.sample(plane, x / 2, y / 2);
                    rgb(luma, colour(blue), colour(red))
                }
            }
        };
        let row = |y| (0..width).map(|x| pixel(x, y)).collect();
        (0..height).map(row).collect()
    }
}
