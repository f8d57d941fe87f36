//! Who has a complaint.

use serde_json::{Value, json};

use super::{account, patch, submitted};
use crate::support::{TestApp, call};

#[actix::test]
async fn a_complaint_is_taken_given_and_let_go() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let (olga_id, otto_id) = (account(&app, &olga).await, account(&app, &otto).await);
    let id = submitted(&app, "harbour").await;
    let mut officer = app.officer(&olga).await;
    officer.join("harbour", None).await;
    let steps = [
        (&olga, json!("me"), json!(olga_id)),
        (&admin, json!(otto_id), json!(otto_id)),
        (&otto, Value::Null, Value::Null),
    ];
    for (token, to, now) in steps {
        let answer = patch(&app, token, &id, "/assignee", &json!({"assignee": to})).await;
        assert_eq!(answer.expect(200)["assignee"], now);
        let event = officer.event().await;
        assert_eq!(event["kind"], "complaint.assigned");
        assert_eq!(event["change"]["assignee"]["to"], now);
    }
    app.end().await;
}

#[actix::test]
async fn of_two_who_take_it_at_once_one_has_it() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let id = submitted(&app, "harbour").await;
    let take = json!({"assignee": "me"});
    let (one, other) = tokio::join!(
        patch(&app, &olga, &id, "/assignee", &take),
        patch(&app, &otto, &id, "/assignee", &take),
    );
    let (won, lost) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    let holder = won.expect(200)["assignee"].clone();
    let problem = lost.problem(409, "already_assigned");
    assert_eq!(problem["current"]["assignee"], holder);
    app.end().await;
}

#[actix::test]
async fn only_an_active_officer_of_the_region_can_have_it() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let (olga_id, otto_id) = (account(&app, &olga).await, account(&app, &otto).await);
    let admin_id = account(&app, &admin).await;
    let id = submitted(&app, "north").await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    for (assignee, code) in [
        (json!(otto_id), "other_region"),
        (json!(admin_id), "no_officer"),
        (json!(nobody), "unknown"),
        (json!("olga"), "invalid"),
    ] {
        let body = json!({"assignee": assignee});
        let faults = patch(&app, &admin, &id, "/assignee", &body).await.faults();
        assert_eq!(faults, [("assignee".to_owned(), code.to_owned())]);
    }
    let answer = patch(&app, &admin, &id, "/assignee", &json!({"assignee": "me"})).await;
    assert_eq!(answer.faults()[0].1, "no_officer");
    let answer = patch(&app, &admin, &id, "/assignee", &json!({})).await;
    assert_eq!(answer.faults()[0].1, "required");
    let path = format!("/api/v1/admin/accounts/{olga_id}");
    let off = app.api.patch(&path, &json!({"active": false}));
    call(off.bearer_auth(&admin)).await.expect(200);
    let body = json!({"assignee": olga_id});
    let answer = patch(&app, &admin, &id, "/assignee", &body).await;
    assert_eq!(answer.faults()[0].1, "inactive");
    app.end().await;
}
