//! Where complaints land: borders, poles, the antimeridian, and regions that overlap.

use serde_json::{Value, json};

use super::{COMPLAINTS, complaint};
use crate::support::{TestApp, call};

fn rectangle(id: &str, west: f64, south: f64, east: f64, north: f64) -> Value {
    json!({"type": "Feature", "id": id, "properties": {"name": id}, "geometry": {"type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}})
}

/// Imports regions as the admin; the answer.
async fn import(app: &TestApp, features: &[Value]) -> Value {
    let body = json!({"type": "FeatureCollection", "features": features});
    let request = app.api.post("/api/v1/admin/regions/import", &body);
    call(request.bearer_auth(app.admin().await))
        .await
        .expect(200)
}

/// The region in which a complaint at a point lands; null when nowhere.
async fn landed(app: &TestApp, longitude: f64, latitude: f64) -> Value {
    let mut body = complaint("north");
    body.as_object_mut().unwrap().remove("region");
    (body["longitude"], body["latitude"]) = (longitude.into(), latitude.into());
    let request = app.api.post(COMPLAINTS, &body);
    let answer = call(request.header("X-API-Key", &app.demo.api_key)).await;
    if answer.status == 422 {
        return Value::Null;
    }
    answer.expect(201)["region"].clone()
}

#[actix::test]
async fn an_import_names_the_regions_that_overlap_and_who_wins() {
    let app = TestApp::spawn().await;
    let city = rectangle("city", 100.0, 10.0, 101.0, 11.0);
    let apart = rectangle("apart", 101.0, 10.0, 102.0, 11.0);
    assert_eq!(import(&app, &[city, apart]).await["overlaps"], json!([]));
    let quarter = rectangle("quarter", 100.5, 10.5, 100.6, 10.6);
    let answer = import(&app, &[quarter]).await;
    assert_eq!(
        (&answer["created"], &answer["updated"]),
        (&json!(1), &json!(0))
    );
    let overlaps = answer["overlaps"].as_array().unwrap();
    assert_eq!(overlaps.len(), 1, "{answer}");
    assert_eq!(
        (&overlaps[0]["winner"], &overlaps[0]["loser"]),
        (&json!("quarter"), &json!("city"))
    );
    assert!(overlaps[0]["area_m2"].as_f64().unwrap() > 1e8);
    assert_eq!(landed(&app, 100.55, 10.55).await, "quarter");
    assert_eq!(landed(&app, 100.5, 10.55).await, "quarter");
    assert_eq!(landed(&app, 100.45, 10.55).await, "city");
    // On the border of two regions of one size the lower id wins.
    assert_eq!(landed(&app, 101.0, 10.2).await, "apart");
    app.end().await;
}

#[actix::test]
async fn points_at_poles_and_on_the_antimeridian_land_in_their_regions() {
    let app = TestApp::spawn().await;
    import(
        &app,
        &[
            rectangle("arctic", -180.0, 80.0, 180.0, 90.0),
            rectangle("antarctic", -180.0, -90.0, 180.0, -80.0),
            rectangle("east-end", 170.0, -10.0, 180.0, 10.0),
        ],
    )
    .await;
    for (longitude, latitude, expected) in [
        (0.0, 90.0, json!("arctic")),
        (-180.0, 90.0, json!("arctic")),
        (33.0, -90.0, json!("antarctic")),
        (180.0, 0.0, json!("east-end")),
        (-180.0, 0.0, json!("east-end")),
        (-179.9, 0.0, json!(null)),
        (175.0, 10.0, json!("east-end")),
    ] {
        assert_eq!(
            landed(&app, longitude, latitude).await,
            expected,
            "{longitude} {latitude}"
        );
    }
    app.end().await;
}
