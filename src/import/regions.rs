//! Regions from a GeoJSON FeatureCollection: the feature's `id` or `properties.id`, `properties.name`, its geometry.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ImportError, check_all};
use crate::domain::boundary::Boundary;
use crate::domain::catalogue::{NAME_LONGEST, RegionDraft};
use crate::domain::fault::{Faults, free_text};
use crate::domain::places::Overlap;
use crate::domain::region::RegionId;
use crate::store::Store;
use crate::store::catalogue::{Saved, load, save_regions};

/// The outermost object; features are read one by one, so that each may be named when it is at fault.
#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    features: Vec<Value>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: String,
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    geometry: Option<Value>,
}

/// The regions of a GeoJSON FeatureCollection; one without a geometry is chosen by name only.
///
/// # Errors
/// [`ImportError::Unreadable`] or [`ImportError::Invalid`] with every fault and its feature's index.
pub fn parse(bytes: &[u8]) -> Result<Vec<RegionDraft>, ImportError> {
    let collection: Collection = serde_json::from_slice(bytes).map_err(|error| {
        ImportError::Unreadable(format!("this is no GeoJSON FeatureCollection: {error}"))
    })?;
    if collection.kind != "FeatureCollection" {
        let message = format!(
            "expected a GeoJSON FeatureCollection, found a {:?}",
            collection.kind
        );
        return Err(ImportError::Unreadable(message));
    }
    let mut seen = BTreeSet::new();
    check_all(
        collection.features.into_iter().enumerate(),
        |(index, value), faults| {
            let draft = draft(&format!("features[{index}]"), value, faults)?;
            if !seen.insert(draft.id.clone()) {
                let message = format!(
                    "{:?} is the id of an earlier feature too",
                    draft.id.as_str()
                );
                faults.add(&format!("features[{index}].id"), "duplicate", message);
            }
            Some(draft)
        },
    )
}

/// Creates or updates the regions of a file, all or none; also which active regions overlap one of them.
///
/// # Errors
/// [`ImportError`].
pub async fn import(store: &Store, bytes: &[u8]) -> Result<(Saved, Vec<Overlap>), ImportError> {
    let drafts = parse(bytes)?;
    let saved = save_regions(store, &drafts).await?;
    let imported = drafts.into_iter().map(|draft| draft.id).collect();
    let overlaps = load(store).await?.overlaps(&imported);
    Ok((saved, overlaps))
}

fn draft(at: &str, value: Value, faults: &mut Faults) -> Option<RegionDraft> {
    let feature: Feature = match serde_json::from_value(value) {
        Ok(feature) => feature,
        Err(error) => {
            faults.add(at, "malformed", format!("is no GeoJSON Feature: {error}"));
            return None;
        }
    };
    if feature.kind != "Feature" {
        let message = format!("must be of type \"Feature\", not {:?}", feature.kind);
        faults.add(at, "wrong_type", message);
    }
    let property = |name: &str| feature.properties.as_ref().and_then(|all| all.get(name));
    let given = feature.id.as_ref().or_else(|| property("id"));
    let id = faults.keep(
        &format!("{at}.id"),
        text(given).and_then(|id| RegionId::parse(&id)),
    );
    let name = text(property("name")).and_then(|name| free_text(&name, NAME_LONGEST));
    let name = faults.keep(&format!("{at}.properties.name"), name);
    let boundary = feature.geometry.as_ref().map(Boundary::parse).transpose();
    let boundary = boundary.map_err(|found| {
        let region = id.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
        for (code, message) in found {
            faults.add(
                &format!("{at}.geometry"),
                code,
                format!("{region}{message}"),
            );
        }
    });
    Some(RegionDraft {
        id: id?,
        name: name?,
        boundary: boundary.ok()?,
    })
}

/// A string or number as text: ids of features may be numbers.
fn text(value: Option<&Value>) -> Result<String, (&'static str, String)> {
    match value {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Null) | None => Err(("required", "is missing".into())),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(("wrong_type", "must be a text".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn feature(id: &str) -> Value {
        json!({"type": "Feature", "id": id, "properties": {"name": "North"}, "geometry":
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}})
    }

    fn parsed(features: &[Value]) -> Result<Vec<RegionDraft>, ImportError> {
        let file = json!({"type": "FeatureCollection", "name": "export", "features": features});
        parse(file.to_string().as_bytes())
    }

    fn fields(features: &[Value]) -> Vec<String> {
        match parsed(features) {
            Err(ImportError::Invalid(faults)) => faults
                .into_inner()
                .into_iter()
                .map(|fault| fault.field)
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_id_may_stand_in_the_feature_or_in_its_properties() {
        let inner =
            json!({"type": "Feature", "properties": {"id": 7, "name": "Seven"}, "geometry": null});
        let drafts = parsed(&[feature("north"), inner]).unwrap();
        let ids: Vec<_> = drafts.iter().map(|draft| draft.id.as_str()).collect();
        assert_eq!(ids, ["north", "7"]);
        assert!(drafts[0].boundary.is_some() && drafts[1].boundary.is_none());
    }

    #[test]
    fn all_faults_of_all_features_are_named_at_once() {
        let nameless =
            json!({"type": "Feature", "id": "Bad Id", "properties": {}, "geometry": null});
        let point = json!({"type": "Feature", "id": "p", "properties": {"name": "P"},
            "geometry": {"type": "Point", "coordinates": [1, 2]}});
        let found = fields(&[nameless, feature("a"), point, json!(7), feature("a")]);
        let expected = [
            "features[0].id",
            "features[0].properties.name",
            "features[2].geometry",
            "features[3]",
            "features[4].id",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_fault_of_a_boundary_names_the_region_and_the_ring() {
        let mut open = feature("north");
        open["geometry"]["coordinates"] = json!([[[0, 0], [1, 0], [1, 1], [0, 1]]]);
        let said = parsed(&[open]).unwrap_err().to_string();
        assert!(
            said.contains("features[0].geometry: north: polygon 0, ring 0"),
            "{said}"
        );
    }

    #[test]
    fn thousands_of_faults_end_early() {
        let found = fields(&vec![json!(7); 5000]);
        assert_eq!(found.len(), 101);
        assert_eq!(found.last().map(String::as_str), Some("file"));
    }

    #[test]
    fn what_is_no_collection_is_refused_whole() {
        for bytes in [
            "",
            "[]",
            "{}",
            r#"{"type":"Feature","features":[]}"#,
            "{\"type\":\"FeatureCollection\",\"features\":[]}",
        ] {
            assert!(
                matches!(parse(bytes.as_bytes()), Err(ImportError::Unreadable(_))),
                "{bytes}"
            );
        }
    }
}
