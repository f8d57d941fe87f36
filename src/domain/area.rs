//! Areas that a list may be narrowed to: a box, or a circle on the globe.
//!
//! Pure: parses what a client writes, and knows in which boxes a circle lies.

use super::place::Point;

/// The widest circle, in metres.
pub const RADIUS_MOST: f64 = 100_000.0;
/// The earth's mean radius in metres, as in the SQL function `metres_between`.
const EARTH_RADIUS: f64 = 6_371_008.8;

/// A code for programs and a message for people.
type AreaFault = (&'static str, String);

/// A box between two parallels and two meridians, borders included. It crosses ±180° when `west` is
/// greater than `east`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    /// Western longitude.
    pub west: f64,
    /// Southern latitude.
    pub south: f64,
    /// Eastern longitude.
    pub east: f64,
    /// Northern latitude.
    pub north: f64,
}

/// All points within some metres of a point, along the globe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    /// Its middle.
    pub middle: Point,
    /// At most [`RADIUS_MOST`].
    pub metres: f64,
}

impl BoundingBox {
    /// Parses `west,south,east,north` in degrees.
    ///
    /// # Errors
    /// What is wrong with it: it must have an inside.
    pub fn parse(text: &str) -> Result<Self, AreaFault> {
        let [west, south, east, north] = numbers(text).ok_or_else(|| {
            let message = "must be west,south,east,north: four numbers in degrees";
            ("malformed", message.to_owned())
        })?;
        let inside = [west, east].iter().all(|at| (-180.0..=180.0).contains(at))
            && [south, north].iter().all(|at| (-90.0..=90.0).contains(at));
        if !inside {
            let message = "west and east must be within ±180 degrees, south and north within ±90";
            return Err(("out_of_range", message.into()));
        }
        if south > north {
            return Err((
                "inverted",
                "south must be less than north: the order is west,south,east,north".into(),
            ));
        }
        if south >= north || west.total_cmp(&east).is_eq() {
            return Err(("empty", "the box has no inside".into()));
        }
        Ok(Self {
            west,
            south,
            east,
            north,
        })
    }

    /// The box as one or two spans of longitude, western end first.
    pub fn spans(&self) -> Vec<(f64, f64)> {
        if self.west <= self.east {
            vec![(self.west, self.east)]
        } else {
            vec![(self.west, 180.0), (-180.0, self.east)]
        }
    }
}

impl Circle {
    /// Parses `latitude,longitude,metres`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AreaFault> {
        let [latitude, longitude, metres] = numbers(text).ok_or_else(|| {
            let message = "must be latitude,longitude,metres: three numbers";
            ("malformed", message.to_owned())
        })?;
        if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
            let message = "the latitude must be within ±90 degrees, the longitude within ±180";
            return Err(("out_of_range", message.into()));
        }
        if !(metres > 0.0 && metres <= RADIUS_MOST) {
            let message = format!("the metres must be more than 0 and at most {RADIUS_MOST}");
            return Err(("out_of_range", message));
        }
        Ok(Self {
            middle: Point {
                latitude,
                longitude,
            },
            metres,
        })
    }

    /// The smallest box around it; around a pole all longitudes.
    pub fn bounding_box(&self) -> BoundingBox {
        // A hair wider, so that rounding leaves nothing of the circle outside.
        let angle = self.metres / EARTH_RADIUS * (1.0 + 1e-9) + 1e-12;
        let (latitude, longitude) = (self.middle.latitude, self.middle.longitude);
        let (south, north) = (latitude - angle.to_degrees(), latitude + angle.to_degrees());
        if south <= -90.0 || north >= 90.0 {
            return BoundingBox {
                west: -180.0,
                south: south.max(-90.0),
                east: 180.0,
                north: north.min(90.0),
            };
        }
        let reach = (angle.sin() / latitude.to_radians().cos())
            .asin()
            .to_degrees();
        BoundingBox {
            west: around(longitude - reach),
            south,
            east: around(longitude + reach),
            north,
        }
    }
}

/// A longitude brought back within ±180.
fn around(longitude: f64) -> f64 {
    if longitude < -180.0 {
        longitude + 360.0
    } else if longitude > 180.0 {
        longitude - 360.0
    } else {
        longitude
    }
}

/// Exactly `N` finite numbers between commas.
fn numbers<const N: usize>(text: &str) -> Option<[f64; N]> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().ok().filter(|at: &f64| at.is_finite()))
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_judged_as_the_table_says() {
        for (text, expected) in [
            ("-1,-2,3,4", Ok(())),
            ("170,-10,-170,10", Ok(())),
            ("-180,-90,180,90", Ok(())),
            (" 1 , 2 , 3 , 4 ", Ok(())),
            ("", Err("malformed")),
            ("1,2,3", Err("malformed")),
            ("1,2,3,4,5", Err("malformed")),
            ("a,b,c,d", Err("malformed")),
            ("1,2,NaN,4", Err("malformed")),
            ("1,2,inf,4", Err("malformed")),
            ("1,2,1e999,4", Err("malformed")),
            ("-181,0,0,1", Err("out_of_range")),
            ("0,-91,1,0", Err("out_of_range")),
            ("0,5,1,4", Err("inverted")),
            ("0,5,1,5", Err("empty")),
            ("1,0,1,1", Err("empty")),
        ] {
            let judged = BoundingBox::parse(text)
                .map(|_| ())
                .map_err(|(code, _)| code);
            assert_eq!(judged, expected, "{text}");
        }
    }

    #[test]
    fn circles_are_judged_as_the_table_says() {
        for (text, expected) in [
            ("52.5,13.4,50", Ok(())),
            ("90,0,100000", Ok(())),
            ("-90,-180,0.5", Ok(())),
            ("52.5,13.4", Err("malformed")),
            ("52.5,13.4,x", Err("malformed")),
            ("91,0,1", Err("out_of_range")),
            ("0,181,1", Err("out_of_range")),
            ("0,0,0", Err("out_of_range")),
            ("0,0,-1", Err("out_of_range")),
            ("0,0,100001", Err("out_of_range")),
        ] {
            let judged = Circle::parse(text).map(|_| ()).map_err(|(code, _)| code);
            assert_eq!(judged, expected, "{text}");
        }
    }

    #[test]
    fn the_box_of_a_circle_crosses_the_antimeridian_and_takes_in_a_pole() {
        let at = |text: &str| Circle::parse(text).unwrap().bounding_box();
        let across = at("0,179.9,50000");
        assert!(across.west > 179.0 && across.east < -179.0, "{across:?}");
        assert_eq!(across.spans().len(), 2);
        let pole = at("89.9,10,50000");
        assert_eq!((pole.west, pole.east, pole.north), (-180.0, 180.0, 90.0));
        let plain = at("52.5,13.4,1000");
        assert!(
            (plain.north - plain.south - 0.018).abs() < 0.001,
            "{plain:?}"
        );
        // At 52.5° a degree of longitude is 0.61 of one of latitude.
        assert!(
            (plain.east - plain.west - 0.0295).abs() < 0.001,
            "{plain:?}"
        );
    }
}
