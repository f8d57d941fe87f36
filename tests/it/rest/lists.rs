//! Lists of complaints: filters, pages and their bounds.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{COMPLAINTS, complaint, ids, list, submit};
use crate::support::{TestApp, call};

/// Submits a complaint that differs from the usual in some members; its id.
async fn submitted(app: &TestApp, differs: &[(&str, &str)]) -> String {
    let mut body = complaint("north");
    for (member, value) in differs {
        body[*member] = (*value).into();
    }
    let receipt = submit(app, &body).await.expect(201);
    receipt["id"].as_str().unwrap().to_owned()
}

#[actix::test]
async fn every_filter_keeps_what_it_names_and_nothing_else() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(&admin)).await;
    let me = me.expect(200)["id"].as_str().unwrap().to_owned();
    let plain = submitted(&app, &[]).await;
    let harbour = submitted(&app, &[("region", "harbour")]).await;
    let category = app.demo.categories[1].clone();
    let other = submitted(&app, &[("category", &category)]).await;
    let critical = submitted(&app, &[("severity", "critical")]).await;
    let text = submitted(&app, &[("description", r"100% of_the\ROAD")]).await;
    let address = submitted(&app, &[("address", "Würzburger Straße 5")]).await;
    let moved = submitted(&app, &[]).await;
    app.api.set_status(&admin, &moved, "on_hold").await;
    let assigned = submitted(&app, &[]).await;
    let client = app.database().connect().await;
    let assign = format!("UPDATE complaints SET assignee_id = '{me}' WHERE id = '{assigned}'");
    client.batch_execute(&assign).await.unwrap();

    let all = list(&app, &admin, "").await;
    let created_at = |id: &str| {
        let items = all["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["id"] == id).unwrap();
        item["created_at"].as_str().unwrap().to_owned()
    };
    let after = format!("created_after={}", created_at(&moved));
    let before = format!("created_before={}", created_at(&harbour));
    for (query, expected) in [
        ("region=harbour", &[&harbour][..]),
        ("status=on_hold", &[&moved]),
        (&format!("category={category}"), &[&other]),
        ("severity=critical", &[&critical]),
        (&format!("assignee={me}"), &[&assigned]),
        ("assignee=me", &[&assigned]),
        ("q=100%25", &[&text]),
        ("q=%22THE+road%22+-ice", &[&text]),
        ("q=w%C3%BCrzburger+stra%C3%9Fe", &[&address]),
        ("q=nothing+of+the+sort", &[]),
        (&after, &[&assigned]),
        (&before, &[&plain]),
        (
            "region=north&severity=critical&status=reported",
            &[&critical],
        ),
        ("region=harbour&severity=critical", &[]),
    ] {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(ids(&list(&app, &admin, query).await), expected, "{query}");
    }
    let unassigned = ids(&list(&app, &admin, "assignee=none").await);
    assert!(unassigned.len() == 7 && !unassigned.contains(&assigned));
    app.end().await;
}

#[actix::test]
async fn pages_lose_and_repeat_nothing_while_complaints_come_in() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut before = BTreeSet::new();
    for _ in 0..30 {
        before.insert(submitted(&app, &[]).await);
    }
    // Times that are equal are told apart by id.
    let client = app.database().connect().await;
    let same_time = "UPDATE complaints SET created_at = date_trunc('minute', created_at)";
    client.batch_execute(same_time).await.unwrap();
    let (mut seen, mut query) = (Vec::new(), "limit=7".to_owned());
    loop {
        let page = list(&app, &admin, &query).await;
        seen.extend(ids(&page));
        submitted(&app, &[]).await;
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=7&cursor={cursor}"),
            None => break,
        }
    }
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(seen.len(), 30);
    assert_eq!(distinct, before);
    app.end().await;
}

#[actix::test]
async fn limits_and_cursors_out_of_bounds_are_refused() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for path in [
        COMPLAINTS,
        "/api/v1/admin/accounts",
        "/api/v1/admin/api-keys",
    ] {
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=abc",
            "limit=99999999999999999999",
            "limit=",
            "cursor=x",
            "cursor=",
            "cursor=%00",
            "colour=red",
            "limit=1&limit=2",
        ] {
            let request = app.api.get(&format!("{path}?{query}"));
            let what = format!("{path}?{query}");
            call(request.bearer_auth(&admin)).await.refused(&what);
        }
        for query in ["limit=1", "limit=200"] {
            let request = app.api.get(&format!("{path}?{query}"));
            call(request.bearer_auth(&admin)).await.expect(200);
        }
    }
    app.end().await;
}

#[actix::test]
async fn bad_filters_are_named_all_at_once() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let query = "region=N%20o&status=gone&category=A&severity=huge&assignee=you&q=%20\
                 &created_after=yesterday&created_before=1969-12-31T00:00:00Z";
    let request = app.api.get(&format!("{COMPLAINTS}?{query}"));
    let faults = call(request.bearer_auth(&admin)).await.faults();
    let fields: BTreeSet<String> = faults.into_iter().map(|(field, _)| field).collect();
    let named = [
        "assignee",
        "category",
        "created_after",
        "created_before",
        "q",
        "region",
        "severity",
        "status",
    ];
    assert_eq!(fields, named.map(String::from).into());
    app.end().await;
}

#[actix::test]
async fn regions_and_categories_are_there_for_everybody() {
    let app = TestApp::spawn().await;
    let regions = call(app.api.get("/api/v1/regions")).await.expect(200);
    let of = |list: &Value, member: &str| -> Vec<String> {
        let list = list[member].as_array().unwrap();
        let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
        list.iter().map(id).collect()
    };
    assert_eq!(of(&regions, "regions"), ["harbour", "north", "old-town"]);
    assert_eq!(regions["regions"][0]["boundary"]["type"], "Polygon");
    let categories = call(app.api.get("/api/v1/categories")).await.expect(200);
    assert_eq!(of(&categories, "categories").len(), 12);
    app.end().await;
}

#[actix::test]
async fn a_snapshot_holds_the_open_complaints_and_the_place_to_go_on_from() {
    let app = TestApp::spawn().await;
    let (admin, otto) = (app.admin().await, app.otto().await);
    let open = submitted(&app, &[]).await;
    let resolved = submitted(&app, &[]).await;
    app.api.set_status(&admin, &resolved, "resolved").await;
    let path = "/api/v1/regions/north/snapshot";
    let snapshot = call(app.api.get(path).bearer_auth(&admin)).await;
    let snapshot = snapshot.expect(200);
    assert_eq!(snapshot["region"], "north");
    assert_eq!(snapshot["seq"], 3);
    assert!(snapshot["epoch"].is_string());
    let complaints = snapshot["complaints"].as_array().unwrap();
    assert_eq!(complaints.len(), 1);
    assert_eq!(complaints[0]["id"], json!(open));
    let snapshot = |path: &str, token: &str| call(app.api.get(path).bearer_auth(token));
    snapshot(path, &otto).await.problem(403, "forbidden");
    let nowhere = "/api/v1/regions/nowhere/snapshot";
    snapshot(nowhere, &otto).await.problem(404, "not_found");
    call(app.api.get(path)).await.problem(401, "unauthorized");
    app.end().await;
}
