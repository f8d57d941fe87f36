//! Who sees which complaints: officers, admins, apps and everybody else.

use serde_json::Value;

use super::{COMPLAINTS, api_key, complaint, ids, submit};
use crate::support::{TestApp, call};

/// How a caller says who they are: a header and its value.
type Credential = (&'static str, String);

fn bearer(token: &str) -> Credential {
    ("Authorization", format!("Bearer {token}"))
}

#[actix::test]
async fn everybody_sees_the_complaints_that_are_theirs_and_no_others() {
    let app = TestApp::spawn().await;
    let key = |scopes: &'static [&'static str], regions: &'static [&'static str]| {
        let app = &app;
        async move { ("X-API-Key", api_key(app, scopes, regions).await) }
    };
    let (own, reader) = (key(&["submit"], &[]).await, key(&["read"], &[]).await);
    let north_reader = key(&["read"], &["north"]).await;
    let mut complaints = Vec::new();
    for region in ["north", "harbour", "old-town"] {
        let receipt = submit(&app, &complaint(region)).await.expect(201);
        complaints.push(receipt["id"].as_str().unwrap().to_owned());
    }
    let by_own_key = app.api.post(COMPLAINTS, &complaint("north"));
    let by_own_key = call(by_own_key.header(own.0, &own.1)).await.expect(201);
    complaints.push(by_own_key["id"].as_str().unwrap().to_owned());

    // One status for each complaint (north, harbour, old town, north by the own key), then the list.
    for (who, credential, statuses) in [
        (
            "the admin",
            bearer(&app.admin().await),
            [200, 200, 200, 200],
        ),
        ("olga", bearer(&app.olga().await), [200, 200, 403, 200]),
        ("otto", bearer(&app.otto().await), [403, 200, 200, 403]),
        ("a reading app", reader, [200, 200, 200, 200]),
        ("an app of north", north_reader, [200, 403, 403, 200]),
        ("a submitting app", own, [403, 403, 403, 200]),
    ] {
        let mut visible = Vec::new();
        for (id, status) in complaints.iter().zip(statuses) {
            let request = app.api.get(&format!("{COMPLAINTS}/{id}"));
            let answer = call(request.header(credential.0, &credential.1)).await;
            assert_eq!(answer.status, status, "{who}: {answer:?}");
            if status == 200 {
                visible.insert(0, id.clone());
            }
        }
        let list = app.api.get(COMPLAINTS).header(credential.0, &credential.1);
        assert_eq!(ids(&call(list).await.expect(200)), visible, "{who}");
    }
    let path = format!("{COMPLAINTS}/{}", complaints[0]);
    for path in [path.as_str(), COMPLAINTS] {
        let anonymous = call(app.api.get(path)).await;
        anonymous.problem(401, "unauthorized");
    }
    app.end().await;
}

#[actix::test]
async fn an_officer_cannot_list_a_region_of_others() {
    let app = TestApp::spawn().await;
    let path = format!("{COMPLAINTS}?region=old-town");
    let answer = call(app.api.get(&path).bearer_auth(app.olga().await)).await;
    answer.problem(403, "forbidden");
    let key = api_key(&app, &["read"], &["north"]).await;
    let answer = call(app.api.get(&path).header("X-API-Key", key)).await;
    answer.problem(403, "forbidden");
    app.end().await;
}

#[actix::test]
async fn an_app_submits_within_its_scope_and_regions() {
    let app = TestApp::spawn().await;
    let reader = api_key(&app, &["read"], &[]).await;
    let north = api_key(&app, &["submit"], &["north"]).await;
    for (key, region, status) in [
        (&reader, "north", 403),
        (&north, "harbour", 403),
        (&north, "north", 201),
    ] {
        let request = app.api.post(COMPLAINTS, &complaint(region));
        let answer = call(request.header("X-API-Key", key)).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    app.end().await;
}

#[actix::test]
async fn a_bad_id_is_a_complaint_that_is_not_there() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for id in [
        "1",
        "north",
        "00000000-0000-7000-8000-000000000000",
        "%00",
        "%ff",
        "00000000-0000-7000-8000-00000000000g",
        "..",
        "'%20OR%201=1",
    ] {
        let path = format!("{COMPLAINTS}/{id}");
        let answer = call(app.api.get(&path).bearer_auth(&admin)).await;
        // `..` is taken out by every client: that is the list.
        if id != ".." {
            answer.problem(404, "not_found");
        }
    }
    app.end().await;
}

#[actix::test]
async fn an_event_names_who_did_it_without_a_person() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let by = |event: &Value| event["by"]["kind"].as_str().unwrap_or_default().to_owned();
    submit(&app, &complaint("north")).await.expect(201);
    let key = by(&officer.event().await);
    let anonymous = call(app.api.post(COMPLAINTS, &complaint("north"))).await;
    let id = anonymous.expect(201)["id"].as_str().unwrap().to_owned();
    let resident = by(&officer.event().await);
    app.api.set_status(&olga, &id, "resolved").await;
    let changed = officer.event().await;
    assert_eq!((key.as_str(), resident.as_str()), ("api_key", "resident"));
    assert!(
        !changed.to_string().contains("redress.example"),
        "{changed}"
    );
    app.end().await;
}
