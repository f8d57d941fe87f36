//! Where a complaint is: a point, an address, or both.

use super::fault::{Faults, free_text};

/// The longest address, in characters.
pub const ADDRESS_LONGEST: usize = 500;

/// A point in WGS84 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// −90 to 90, north positive.
    pub latitude: f64,
    /// −180 to 180, east positive.
    pub longitude: f64,
}

impl Point {
    /// Metres to another point on a sphere of the earth's mean radius (haversine), within 0.6 %.
    pub fn distance_m(self, other: Self) -> f64 {
        let (north, south) = (self.latitude.to_radians(), other.latitude.to_radians());
        let up = ((south - north) / 2.0).sin();
        let aside = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let chord = up.mul_add(up, north.cos() * south.cos() * aside * aside);
        2.0 * 6_371_008.8 * chord.min(1.0).sqrt().asin()
    }
}

/// Where it is: a point, an address, or both.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The point, when known.
    pub point: Option<Point>,
    /// The address in the reporter's words, when given.
    pub address: Option<String>,
}

impl Place {
    /// Parses a place; faults are noted under `latitude`, `longitude` and `address`.
    pub fn parse(
        latitude: Option<f64>,
        longitude: Option<f64>,
        address: Option<&str>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let before = faults.clone();
        check_degrees("latitude", latitude, 90.0, faults);
        check_degrees("longitude", longitude, 180.0, faults);
        let address =
            address.and_then(|text| faults.keep("address", free_text(text, ADDRESS_LONGEST)));
        let point = match (latitude, longitude) {
            (Some(latitude), Some(longitude)) => Some(Point {
                latitude,
                longitude,
            }),
            (None, None) => None,
            (Some(_), None) => {
                faults.add("longitude", "required", "is needed together with latitude");
                None
            }
            (None, Some(_)) => {
                faults.add("latitude", "required", "is needed together with longitude");
                None
            }
        };
        (*faults == before).then_some(Self { point, address })
    }
}

fn check_degrees(field: &str, degrees: Option<f64>, limit: f64, faults: &mut Faults) {
    if degrees.is_some_and(|value| !(-limit..=limit).contains(&value)) {
        faults.add(
            field,
            "out_of_range",
            format!("must be between -{limit} and {limit} degrees"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_of_a_place_are_named_at_once() {
        let mut faults = Faults::default();
        assert_eq!(
            Place::parse(Some(91.0), Some(f64::NAN), Some(""), &mut faults),
            None
        );
        let fields: Vec<_> = faults
            .into_inner()
            .into_iter()
            .map(|fault| fault.field)
            .collect();
        assert_eq!(fields, ["latitude", "longitude", "address"]);
    }

    #[test]
    fn half_a_point_is_refused() {
        let mut faults = Faults::default();
        assert_eq!(Place::parse(Some(1.0), None, None, &mut faults), None);
        assert!(!faults.is_empty());
    }
}
