//! The city of a load test: numbered regions and a category.

use serde_json::json;

use crate::Fault;
use crate::stage::Stage;

/// Puts regions and a category into a schema.
///
/// # Errors
/// What the program says when an import fails.
pub(crate) async fn import(stage: &Stage, schema: &str, regions: usize) -> Result<(), Fault> {
    let regions: Vec<_> = (0..regions)
        .map(|number| {
            json!({"type": "Feature", "id": region(number), "geometry": null,
                "properties": {"name": format!("Region {number}")}})
        })
        .collect();
    let file = stage.folder.join("regions.geojson");
    let collection = json!({"type": "FeatureCollection", "features": regions});
    std::fs::write(&file, collection.to_string())?;
    stage
        .administer(schema, &["region", "import"], &file)
        .await?;
    let file = stage.folder.join("categories.json");
    std::fs::write(
        &file,
        json!([{"id": "pothole", "name": "Pothole"}]).to_string(),
    )?;
    stage
        .administer(schema, &["category", "import"], &file)
        .await
}

/// The id of a region.
pub(crate) fn region(number: usize) -> String {
    format!("region-{number:03}")
}
