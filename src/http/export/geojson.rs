//! A complaint as a GeoJSON Feature (RFC 7946).

use serde::Serialize;
use uuid::Uuid;

use crate::domain::listing::Listed;

/// Before the first feature.
pub(super) const HEAD: &str = "{\"type\":\"FeatureCollection\",\"features\":[";
/// Behind the last feature.
pub(super) const FOOT: &str = "\n]}\n";

#[derive(Serialize)]
struct Feature<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    /// Null where the place is not known.
    geometry: Option<Geometry>,
    properties: &'a Listed,
}

#[derive(Serialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: &'static str,
    coordinates: [f64; 2],
}

/// Appends a complaint's feature, on a line of its own.
pub(super) fn feature(listed: &Listed, is_first: bool, out: &mut String) {
    let complaint = &listed.complaint;
    let point = complaint.longitude.zip(complaint.latitude);
    let feature = Feature {
        kind: "Feature",
        id: complaint.id,
        geometry: point.map(|(longitude, latitude)| Geometry {
            kind: "Point",
            coordinates: [longitude, latitude],
        }),
        properties: listed,
    };
    out.push_str(if is_first { "\n" } else { ",\n" });
    // Nothing in a complaint can fail to become JSON.
    out.push_str(&serde_json::to_string(&feature).unwrap_or_default());
}
