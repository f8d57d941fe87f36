//! Submissions: where they land, what is refused, and who sees who reported.

use serde_json::json;

use super::{COMPLAINTS, api_key, complaint, submit};
use crate::support::{TestApp, call};

#[actix::test]
async fn a_submission_by_point_lands_in_the_region_around_it() {
    let app = TestApp::spawn().await;
    let categories = call(app.api.get("/api/v1/categories")).await.expect(200);
    let admin = app.admin().await;
    for (place, category) in app.demo.regions.iter().zip(&app.demo.categories) {
        let body = json!({"category": category, "description": "a hole",
            "latitude": place.latitude, "longitude": place.longitude});
        let answer = submit(&app, &body).await;
        let location = answer.header("location").to_owned();
        let receipt = answer.expect(201);
        assert_eq!(receipt["region"], place.id);
        assert_eq!(receipt["status"], "reported");
        assert!(receipt["tracking_token"].is_string());
        let id = receipt["id"].as_str().unwrap();
        assert_eq!(location, format!("{COMPLAINTS}/{id}"));
        let read = call(app.api.get(&location).bearer_auth(&admin)).await;
        let read = read.expect(200);
        let known = categories["categories"].as_array().unwrap();
        let known = known.iter().find(|one| one["id"] == category.as_str());
        assert_eq!(read["severity"], known.unwrap()["default_severity"]);
        assert_eq!(read["latitude"], place.latitude);
        assert_eq!(read["version"], 1);
    }
    app.end().await;
}

#[actix::test]
async fn a_point_outside_all_regions_is_refused_unless_a_region_is_named() {
    let app = TestApp::spawn().await;
    let mut body = json!({"category": "pothole", "description": "a hole",
        "latitude": -33.9, "longitude": 18.4});
    let answer = submit(&app, &body).await;
    assert!(answer.text.contains("outside all regions"), "{answer:?}");
    assert_eq!(answer.faults(), [("latitude".into(), "outside".into())]);
    body["region"] = "north".into();
    assert_eq!(submit(&app, &body).await.expect(201)["region"], "north");
    app.end().await;
}

#[actix::test]
async fn all_faults_of_a_submission_are_named_at_once() {
    let app = TestApp::spawn().await;
    let body = json!({"category": "no-such", "description": "", "severity": "huge", "latitude": 91,
        "region": "nowhere", "reporter": {"email": "no", "phone": "x", "fax": "1"}, "colour": "red"});
    let faults = submit(&app, &body).await.faults();
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    for field in [
        "category",
        "description",
        "severity",
        "latitude",
        "longitude",
        "region",
        "reporter.email",
        "reporter.phone",
        "reporter.fax",
        "colour",
    ] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    let nothing = submit(&app, &json!({})).await.faults();
    assert!(nothing.contains(&("description".into(), "required".into())));
    app.end().await;
}

#[actix::test]
async fn a_description_has_1_to_4000_characters_of_any_script() {
    let app = TestApp::spawn().await;
    for (description, status) in [
        ("x".to_owned(), 201),
        ("🕳".repeat(4000), 201),
        ("🕳".repeat(4001), 422),
        (" \n\t".to_owned(), 422),
    ] {
        let mut body = complaint("north");
        body["description"] = description.into();
        assert_eq!(submit(&app, &body).await.status, status);
    }
    app.end().await;
}

#[actix::test]
async fn a_deactivated_region_or_category_takes_no_complaints() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for path in [
        "/api/v1/admin/regions/north",
        "/api/v1/admin/categories/pothole",
    ] {
        let off = app.api.patch(path, &json!({"active": false}));
        call(off.bearer_auth(&admin)).await.expect(200);
    }
    let faults = submit(&app, &complaint("north")).await.faults();
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["category", "region"]);
    app.end().await;
}

#[actix::test]
async fn who_reported_is_shown_to_staff_of_the_region_alone() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let mut body = complaint("north");
    body["reporter"] =
        json!({"name": "Nora Nosuch", "email": "nora@nosuch.example", "phone": "+49 4711 0815"});
    let receipt = submit(&app, &body).await.expect(201);
    let path = format!("{COMPLAINTS}/{}", receipt["id"].as_str().unwrap());
    for token in [&olga, &admin] {
        let read = call(app.api.get(&path).bearer_auth(token))
            .await
            .expect(200);
        assert_eq!(read["reporter"], body["reporter"]);
    }
    let token = receipt["tracking_token"].as_str().unwrap();
    let reader = api_key(&app, &["read"], &[]).await;
    let tracking = format!("/api/v1/tracking/{token}");
    let elsewhere = [
        app.api.get(COMPLAINTS).bearer_auth(&admin),
        app.api.get(COMPLAINTS).header("X-API-Key", &reader),
        app.api.get(&path).header("X-API-Key", &reader),
        app.api.get(&path).header("X-API-Key", &app.demo.api_key),
        app.api.get(&path).header("X-Tracking-Token", token),
        app.api.get(&tracking),
        app.api
            .get("/api/v1/regions/north/snapshot")
            .bearer_auth(&olga),
    ];
    let mut seen = vec![officer.event().await.to_string(), receipt.to_string()];
    for request in elsewhere {
        let answer = call(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.text.contains("a hole"), "{answer:?}");
        seen.push(answer.text);
    }
    for text in seen {
        assert!(!text.contains("osuch") && !text.contains("4711"), "{text}");
    }
    app.end().await;
}

#[actix::test]
async fn a_tracking_token_opens_its_own_complaint_and_no_other() {
    let app = TestApp::spawn().await;
    let mine = submit(&app, &complaint("north")).await.expect(201);
    let other = submit(&app, &complaint("north")).await.expect(201);
    let token = mine["tracking_token"].as_str().unwrap();
    let with_token = |id: &str| {
        let path = format!("{COMPLAINTS}/{id}");
        call(app.api.get(&path).header("X-Tracking-Token", token))
    };
    with_token(mine["id"].as_str().unwrap()).await.expect(200);
    let answer = with_token(other["id"].as_str().unwrap()).await;
    answer.problem(401, "unauthorized");
    for bad in ["x", "%00", &"A".repeat(43)] {
        let answer = call(app.api.get(&format!("/api/v1/tracking/{bad}"))).await;
        answer.problem(404, "not_found");
    }
    app.end().await;
}
