//! Rules of regions and categories over REST: set, read, refused, taken away.

use serde_json::{Value, json};

use super::{complaint, submit};
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Answer, TestApp, call, eventually};

const WORKFLOW: &str = "/api/v1/regions/north/workflow";
const CALENDAR: &str = "/api/v1/regions/north/calendar";
/// Of a category to which the demo gives none.
const DEADLINES: &str = "/api/v1/categories/graffiti/deadlines";

async fn put(app: &TestApp, token: &str, path: &str, body: &Value) -> Answer {
    call(app.api.put(path, body).bearer_auth(token)).await
}

async fn get(app: &TestApp, token: &str, path: &str) -> Answer {
    call(app.api.get(path).bearer_auth(token)).await
}

async fn delete(app: &TestApp, token: &str, path: &str) -> Answer {
    call(app.api.delete(path).bearer_auth(token)).await
}

/// The steps of a workflow as `from action`.
fn steps(workflow: &Value) -> Vec<String> {
    let step = |step: &Value| {
        let word = |name: &str| step[name].as_str().unwrap().to_owned();
        format!("{} {}", word("from"), word("action"))
    };
    workflow["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(step)
        .collect()
}

#[actix::test]
async fn staff_read_the_workflow_in_force_and_admins_tighten_it() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let standard = get(&app, &olga, WORKFLOW).await.expect(200);
    assert_eq!(standard["document"], Value::Null);
    assert!(steps(&standard).contains(&"reported resolve".to_owned()));
    let document = json!({"edges": {"reported": {"resolve": false}}, "confirmation_window": "7d"});
    let set = put(&app, &admin, WORKFLOW, &document).await.expect(200);
    assert_eq!(set["document"], document);
    assert!(!steps(&set).contains(&"reported resolve".to_owned()));
    assert_eq!(get(&app, &olga, WORKFLOW).await.expect(200), set);
    // A category tightens further; the others keep the region's.
    let pothole = format!("{WORKFLOW}?category=pothole");
    let photo = json!({"edges": {"in_progress": {"resolve": {"require": ["photo"]}}}});
    let set = put(&app, &admin, &pothole, &photo).await.expect(200);
    assert_eq!(set["confirmation_window"], "7d");
    let resolve = set["steps"].as_array().unwrap().iter();
    let resolve =
        resolve.filter(|step| step["from"] == "in_progress" && step["action"] == "resolve");
    assert_eq!(
        resolve.map(|step| &step["require"]).collect::<Vec<_>>(),
        [&json!(["comment", "photo"])]
    );
    assert_eq!(
        get(&app, &olga, WORKFLOW).await.expect(200)["document"],
        document
    );
    // What clashes with a category's own document is named.
    let clash = json!({"edges": {"in_progress": {"resolve": false}}});
    let faults = put(&app, &admin, WORKFLOW, &clash).await.faults();
    assert_eq!(faults[0].0, "category pothole: edges.in_progress.resolve");
    for path in [&pothole, WORKFLOW] {
        assert_eq!(delete(&app, &admin, path).await.status, 204);
        delete(&app, &admin, path).await.problem(404, "not_found");
    }
    assert_eq!(get(&app, &olga, WORKFLOW).await.expect(200), standard);
    app.end().await;
}

#[actix::test]
async fn a_workflow_that_would_strand_complaints_is_refused_with_their_number() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let receipt = submit(&app, &complaint("north")).await.expect(201);
        let id = receipt["id"].as_str().unwrap().to_owned();
        assert!(
            app.api
                .set_status(&admin, &id, "on_hold")
                .await
                .status()
                .is_success()
        );
        held.push(id);
    }
    let without = json!({"without": ["on_hold"]});
    let problem = put(&app, &admin, WORKFLOW, &without).await;
    let problem = problem.problem(409, "workflow_strands");
    assert_eq!(problem["current"], json!({"on_hold": 2}));
    // Other categories and regions have none on hold.
    let lamps = format!("{WORKFLOW}?category={}", app.demo.categories[1]);
    put(&app, &admin, &lamps, &without).await.expect(200);
    put(&app, &admin, "/api/v1/regions/harbour/workflow", &without)
        .await
        .expect(200);
    for id in &held {
        assert!(
            app.api
                .set_status(&admin, id, "resolved")
                .await
                .status()
                .is_success()
        );
    }
    put(&app, &admin, WORKFLOW, &without).await.expect(200);
    app.end().await;
}

#[actix::test]
async fn everything_that_is_wrong_with_rules_is_named() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let broken = json!({"edges": {"reported": {"fly": false, "hold": {"roles": []}}}, "deadlines": {"closed": "x"}});
    let mut fields: Vec<String> = Vec::new();
    fields.extend(
        put(&app, &admin, WORKFLOW, &broken)
            .await
            .faults()
            .into_iter()
            .map(|(field, _)| field),
    );
    fields.sort();
    assert_eq!(
        fields,
        [
            "deadlines.closed",
            "edges.reported.fly",
            "edges.reported.hold.roles"
        ]
    );
    let faults = put(&app, &admin, CALENDAR, &json!({"time_zone": "Mars"}))
        .await
        .faults();
    assert_eq!(faults.len(), 2, "{faults:?}");
    let nobody = "018f0000-0000-7000-8000-000000000001";
    let rules = json!([{"region": "atlantis", "resolve_within": "1d"},
        {"resolve_within": "2d", "escalations": [{"reassign_to": nobody}]}]);
    let faults = put(&app, &admin, DEADLINES, &rules).await.faults();
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["rules[0].region", "reassign_to"]);
    for path in [WORKFLOW, CALENDAR, DEADLINES] {
        for body in [json!(null), json!(7), json!("x"), json!({"x": {}})] {
            put(&app, &admin, path, &body)
                .await
                .problem(422, "validation");
        }
    }
    put(
        &app,
        &admin,
        &format!("{WORKFLOW}?category=gone"),
        &json!({}),
    )
    .await
    .problem(422, "validation");
    put(&app, &admin, &format!("{WORKFLOW}?colour=red"), &json!({}))
        .await
        .problem(400, "malformed");
    app.end().await;
}

#[actix::test]
async fn rules_are_set_by_admins_and_read_by_staff_of_the_region() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    for path in [WORKFLOW, CALENDAR, DEADLINES] {
        put(&app, &olga, path, &json!({}))
            .await
            .problem(403, "forbidden");
        delete(&app, &olga, path).await.problem(403, "forbidden");
        call(app.api.get(path)).await.problem(401, "unauthorized");
    }
    get(&app, &otto, WORKFLOW).await.problem(403, "forbidden");
    get(&app, &otto, CALENDAR).await.problem(403, "forbidden");
    for path in [
        "/api/v1/regions/gone/workflow",
        "/api/v1/regions/gone/calendar",
        "/api/v1/categories/gone/deadlines",
    ] {
        get(&app, &admin, path).await.problem(404, "not_found");
        delete(&app, &admin, path).await.problem(404, "not_found");
    }
    let good = json!({"time_zone": "UTC", "hours": {"monday": ["08:00-17:00"]}});
    put(&app, &admin, "/api/v1/regions/gone/calendar", &good)
        .await
        .problem(404, "not_found");
    put(
        &app,
        &admin,
        "/api/v1/categories/gone/deadlines",
        &json!([]),
    )
    .await
    .problem(404, "not_found");
    app.end().await;
}

#[actix::test]
async fn calendars_and_deadlines_are_set_read_and_taken_away() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    get(&app, &olga, CALENDAR).await.problem(404, "not_found");
    let calendar = json!({"time_zone": "Europe/Berlin", "hours": {"monday": ["08:00-12:00", "13:00-17:00"]},
        "holidays": ["2026-12-25"]});
    put(&app, &admin, CALENDAR, &calendar).await.expect(200);
    assert_eq!(get(&app, &olga, CALENDAR).await.expect(200), calendar);
    assert_eq!(delete(&app, &admin, CALENDAR).await.status, 204);
    get(&app, &olga, CALENDAR).await.problem(404, "not_found");

    assert_eq!(get(&app, &olga, DEADLINES).await.expect(200), json!([]));
    let me = get(&app, &olga, "/api/v1/auth/me").await.expect(200)["id"].clone();
    let rules = json!([{"acknowledge_within": "PT4H", "resolve_within": "3 days", "clock": "business"},
        {"region": "north", "severity": "high", "resolve_within": "8h",
         "escalations": [{}, {"after": "90m", "reassign_to": me}]}]);
    put(&app, &admin, DEADLINES, &rules).await.expect(200);
    let read = get(&app, &olga, DEADLINES).await.expect(200);
    assert_eq!(read[0]["acknowledge_within"], "4h");
    assert_eq!(read[0]["resolve_within"], "3d");
    assert_eq!(
        read[1]["escalations"][1],
        json!({"after": "1h 30m", "reassign_to": me})
    );
    // What is read can be set again.
    assert_eq!(put(&app, &admin, DEADLINES, &read).await.expect(200), read);
    // An officer cannot get complaints of a region that is not theirs.
    let elsewhere = json!([{"region": "old-town", "resolve_within": "1d", "escalations": [{"reassign_to": me}]}]);
    let faults = put(&app, &admin, DEADLINES, &elsewhere).await.faults();
    assert_eq!(faults[0].0, "reassign_to");
    assert_eq!(delete(&app, &admin, DEADLINES).await.status, 204);
    delete(&app, &admin, DEADLINES)
        .await
        .problem(404, "not_found");
    app.end().await;
}

#[actix::test]
async fn another_node_follows_without_a_restart() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let log = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let log = log.join(format!("{}-rules.log", app.database().name()));
    let other = ServerProcess::start(app.database(), free_address(), &[], &log).await;
    put(&app, &admin, WORKFLOW, &json!({"without": ["on_hold"]}))
        .await
        .expect(200);
    eventually("the other node has the workflow", async || {
        let answer = call(other.api().get(WORKFLOW).bearer_auth(&admin))
            .await
            .expect(200);
        (answer["without"] == json!(["on_hold"])).then_some(())
    })
    .await;
    assert!(other.terminate().await);
    app.end().await;
}
