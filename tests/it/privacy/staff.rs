//! Former staff lose their names, and only they.

use std::time::Duration;

use redress::access::former_staff::anonymise;
use serde_json::json;

use super::text;
use crate::support::program::run;
use crate::support::{TestApp, call};

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const ACCOUNTS: &str = "/api/v1/admin/accounts";

#[actix::test]
async fn an_account_that_was_deactivated_long_ago_keeps_its_id_alone() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let mut ids = Vec::new();
    for token in [&olga, &otto] {
        let me = call(app.api.get("/api/v1/auth/me").bearer_auth(token))
            .await
            .expect(200);
        ids.push(text(&me, "id").to_owned());
    }
    // Work that names an account in events.
    let receipt = app.submit("north", "a hole").await;
    let path = format!("/api/v1/complaints/{}", text(&receipt, "id"));
    let take = app
        .api
        .patch(&format!("{path}/assignee"), &json!({"assignee": ids[0]}));
    call(take.bearer_auth(&olga)).await.expect(200);
    for id in &ids {
        let change = app
            .api
            .patch(&format!("{ACCOUNTS}/{id}"), &json!({"active": false}));
        call(change.bearer_auth(&admin)).await.expect(200);
    }
    let store = app.application().store();
    assert!(anonymise(store, YEAR).await.unwrap().is_empty());
    let client = app.database().connect().await;
    let long_ago = "UPDATE accounts SET deactivated_at = now() - interval '366 days' WHERE email LIKE 'olga@%'";
    client.batch_execute(long_ago).await.unwrap();

    let done = anonymise(store, YEAR).await.unwrap();
    assert_eq!(
        done.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [ids[0].clone()]
    );
    assert!(anonymise(store, YEAR).await.unwrap().is_empty());
    let get = async |id: &str| {
        call(app.api.get(&format!("{ACCOUNTS}/{id}")).bearer_auth(&admin))
            .await
            .expect(200)
    };
    let former = get(&ids[0]).await;
    assert_eq!(former["name"], "Former member of staff");
    assert_eq!(former["email"], format!("former-{}@staff.invalid", ids[0]));
    assert_eq!(former["regions"], json!([]));
    assert_eq!(
        get(&ids[1]).await["email"],
        app.demo.officers[1].email.as_str()
    );
    let history = call(app.api.get(&format!("{path}/history")).bearer_auth(&admin)).await;
    assert!(
        history.text.contains(&ids[0]) && !history.text.to_lowercase().contains("olga"),
        "{}",
        history.text
    );
    let logins = "SELECT count(*) FROM logins JOIN accounts ON accounts.id = account_id WHERE anonymised_at IS NOT NULL";
    assert_eq!(
        client
            .query_one(logins, &[])
            .await
            .unwrap()
            .get::<_, i64>(0),
        0
    );
    let audited = call(
        app.api
            .get(&format!(
                "/api/v1/admin/audit?subject={}&action=anonymise",
                ids[0]
            ))
            .bearer_auth(&admin),
    )
    .await;
    assert_eq!(audited.expect(200)["items"][0]["by"]["kind"], "system");
    app.end().await;
}

#[actix::test]
async fn whoever_comes_back_counts_from_their_next_leave() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(app.olga().await))
        .await
        .expect(200);
    let path = format!("{ACCOUNTS}/{}", text(&me, "id"));
    let client = app.database().connect().await;
    let set = async |active: bool| {
        let change = app.api.patch(&path, &json!({"active": active}));
        call(change.bearer_auth(&admin)).await.expect(200);
    };
    set(false).await;
    client
        .batch_execute(
            "UPDATE accounts SET deactivated_at = now() - interval '366 days' WHERE NOT active",
        )
        .await
        .unwrap();
    set(true).await;
    let due = anonymise(app.application().store(), YEAR).await.unwrap();
    assert!(due.is_empty());
    set(false).await;
    let due = anonymise(app.application().store(), YEAR).await.unwrap();
    assert!(due.is_empty());

    let long_ago =
        "UPDATE accounts SET deactivated_at = now() - interval '31 days' WHERE NOT active";
    client.batch_execute(long_ago).await.unwrap();
    let command = [
        "account",
        "anonymise-former",
        "--former-staff-days",
        "30",
        "--database-url",
        app.database().url(),
    ];
    let ended = run(&command, "").await;
    assert_eq!(ended.out.lines().last(), Some("1 in all"), "{}", ended.err);
    app.end().await;
}
