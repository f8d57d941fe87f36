//! Filters of lists by place, deadline and several values at once.

use serde_json::json;

use super::{COMPLAINTS, ids, list, submitted_as, submitted_at};
use crate::support::{TestApp, call};

/// The ids that a list shows, in order of id.
async fn found(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let mut found = ids(&list(app, token, query).await);
    found.sort_unstable();
    found
}

#[actix::test]
async fn several_values_are_alternatives() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let low = submitted_as(&app, &json!({"severity": "low"})).await;
    let high = submitted_as(&app, &json!({"severity": "high", "region": "harbour"})).await;
    let held = submitted_as(&app, &json!({"severity": "critical"})).await;
    app.api.set_status(&admin, &held, "on_hold").await;
    let gone = submitted_as(
        &app,
        &json!({"category": app.demo.categories[1], "severity": "medium"}),
    )
    .await;
    app.api.set_status(&admin, &gone, "rejected").await;
    let other = &app.demo.categories[1];
    for (query, expected) in [
        ("severity=low,high".to_owned(), vec![&low, &high]),
        ("status=on_hold,rejected".into(), vec![&held, &gone]),
        ("region=north,harbour&severity=high".into(), vec![&high]),
        (
            format!("category=pothole,{other}&status=rejected"),
            vec![&gone],
        ),
        ("open=true".into(), vec![&low, &high, &held]),
        ("open=false".into(), vec![&gone]),
        ("open=true&status=rejected,on_hold".into(), vec![&held]),
        ("open=true&status=rejected".into(), vec![]),
        (
            "open=true&sort=updated_at&region=north".into(),
            vec![&low, &held],
        ),
        (
            "open=true&category=pothole&severity=critical,low".into(),
            vec![&low, &held],
        ),
    ] {
        assert_eq!(
            found(&app, &admin, &query).await,
            expected.into_iter().cloned().collect::<Vec<_>>(),
            "{query}"
        );
    }
    app.end().await;
}

#[actix::test]
async fn a_box_holds_its_borders_and_crosses_the_antimeridian() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let corner = submitted_at(&app, 10.0, 20.0).await;
    let inside = submitted_at(&app, 10.5, 20.5).await;
    let outside = submitted_at(&app, 11.001, 20.5).await;
    let east = submitted_at(&app, 0.0, 179.95).await;
    let edge = submitted_at(&app, 0.0, 180.0).await;
    let west = submitted_at(&app, 0.0, -179.95).await;
    let pole = submitted_at(&app, 90.0, 77.0).await;
    submitted_as(&app, &json!({})).await;
    let all = [&corner, &inside, &outside, &east, &edge, &west, &pole];
    for (query, expected) in [
        ("bbox=20,10,21,11", vec![&corner, &inside]),
        ("bbox=20,10,21,11.001", vec![&corner, &inside, &outside]),
        ("bbox=20.4999,10.4999,20.5001,10.5001", vec![&inside]),
        ("bbox=179.9,-1,-179.9,1", vec![&east, &edge, &west]),
        ("bbox=179.9,-1,180,1", vec![&east, &edge]),
        ("bbox=-180,89,180,90", vec![&pole]),
        ("bbox=-180,-90,180,90", all.to_vec()),
        ("bbox=-180,-90,180,-89", vec![]),
        (
            "bbox=20,10,21,11&sort=updated_at&status=reported",
            vec![&corner, &inside],
        ),
        ("bbox=20,10,21,11&region=harbour", vec![]),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(found(&app, &admin, query).await, expected, "{query}");
    }
    app.end().await;
}

#[actix::test]
async fn the_nearest_come_first_page_by_page() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut expected = Vec::new();
    for metres in [30_000.0, 10.0, 4_000.0, 900.0, 150.0] {
        let id = submitted_at(&app, 52.0 + metres / 111_195.08, 13.0).await;
        expected.push((metres, id));
    }
    expected.sort_by(|one, other| one.0.total_cmp(&other.0));
    let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
    submitted_at(&app, -52.0, 13.0).await;
    let (mut seen, mut query) = (Vec::new(), "near=52,13,20000&limit=2".to_owned());
    loop {
        let page = list(&app, &admin, &query).await;
        let last = page["items"].as_array().unwrap().last().cloned();
        assert!(last.is_none_or(|item| item["distance_m"].is_f64()));
        seen.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("near=52,13,20000&limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, expected[..4]);
    let near = list(&app, &admin, "near=52,13,200").await;
    assert_eq!(ids(&near), expected[..2]);
    let metres = near["items"][0]["distance_m"].as_f64().unwrap();
    assert!((metres - 10.0).abs() < 0.01, "{metres}");
    let newest = list(&app, &admin, "near=52,13,5000&sort=created_at").await;
    assert_eq!(newest["items"].as_array().unwrap().len(), 4);
    assert!(newest["items"][0]["distance_m"].is_null());
    app.end().await;
}

#[actix::test]
async fn a_circle_reaches_over_the_antimeridian_and_around_a_pole() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let east = submitted_at(&app, 0.0, 179.999).await;
    let west = submitted_at(&app, 0.0, -179.999).await;
    let north = submitted_at(&app, 89.999, -100.0).await;
    for (query, expected) in [
        ("near=0,180,1000", vec![&east, &west]),
        ("near=0,-180,1000", vec![&east, &west]),
        ("near=0,-179.999,10", vec![&west]),
        ("near=90,0,1000", vec![&north]),
        ("near=89.999,80,1000", vec![&north]),
        ("near=-90,0,100000", vec![]),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(found(&app, &admin, query).await, expected, "{query}");
    }
    app.end().await;
}

#[actix::test]
async fn deadlines_are_overdue_or_soon() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut with_deadline = Vec::new();
    let client = app.database().connect().await;
    for hours in [-1, 1, 23, 25] {
        let id = submitted_as(&app, &json!({})).await;
        let set = format!(
            "UPDATE complaints SET due_at = now() + interval '{hours} hours' WHERE id = '{id}'"
        );
        client.batch_execute(&set).await.unwrap();
        with_deadline.push(id);
    }
    let without = submitted_as(&app, &json!({})).await;
    let none = format!("UPDATE complaints SET due_at = NULL WHERE id = '{without}'");
    client.batch_execute(&none).await.unwrap();
    assert_eq!(found(&app, &admin, "due=overdue").await, with_deadline[..1]);
    assert_eq!(found(&app, &admin, "due=soon").await, with_deadline[1..3]);
    let first = ids(&list(&app, &admin, "sort=due_at").await);
    assert_eq!(first, with_deadline);
    let last = ids(&list(&app, &admin, "sort=due_at&order=desc&region=north").await);
    assert!(last.iter().eq(with_deadline.iter().rev()), "{last:?}");
    app.end().await;
}

#[actix::test]
async fn bad_places_and_orders_are_refused_by_name() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for (query, field, code) in [
        ("bbox=", "bbox", "malformed"),
        ("bbox=0,0,0,1", "bbox", "empty"),
        ("bbox=0,2,1,1", "bbox", "inverted"),
        ("bbox=-181,0,1,1", "bbox", "out_of_range"),
        ("bbox=0,0,1,91", "bbox", "out_of_range"),
        ("bbox=NaN,0,1,1", "bbox", "malformed"),
        ("near=1,2", "near", "malformed"),
        ("near=91,0,1", "near", "out_of_range"),
        ("near=0,0,100001", "near", "out_of_range"),
        ("near=0,0,0", "near", "out_of_range"),
        ("sort=size", "sort", "unknown"),
        ("sort=distance", "sort", "invalid"),
        ("order=sideways", "order", "unknown"),
        ("due=never", "due", "unknown"),
        ("open=1", "open", "invalid"),
        ("status=reported,gone", "status", "unknown"),
        ("category=pothole,", "category", "invalid"),
    ] {
        let request = app.api.get(&format!("{COMPLAINTS}?{query}"));
        let faults = call(request.bearer_auth(&admin)).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{query}");
    }
    app.end().await;
}
