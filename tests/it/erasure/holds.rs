//! Legal holds: placed, changed, seen, listed, released, over; and what they keep.

use redress::actors::region_desk::Outcome;
use redress::domain::change::Refusal;
use redress::domain::erasure::Mode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{count, erase, erased, rejected, submitted, until};
use crate::support::{Answer, TestApp, call};

async fn place(app: &TestApp, token: &str, id: Uuid, body: &Value) -> Answer {
    let path = format!("/api/v1/complaints/{id}/hold");
    call(app.api.put(&path, body).bearer_auth(token)).await
}

async fn release(app: &TestApp, token: &str, id: Uuid) -> Answer {
    let path = format!("/api/v1/complaints/{id}/hold");
    call(app.api.delete(&path).bearer_auth(token)).await
}

async fn holds(app: &TestApp, token: &str, query: &str) -> Answer {
    let path = format!("/api/v1/admin/holds{query}");
    call(app.api.get(&path).bearer_auth(token)).await
}

#[actix::test]
async fn a_hold_is_placed_seen_told_changed_and_released() {
    let app = TestApp::spawn().await;
    let (admin, olga) = (app.admin().await, app.olga().await);
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let id = submitted(&app, "north").await;
    let body = json!({"reason": " a trial ", "until": "2099-01-01T00:00:00+01:00"});
    let placed = place(&app, &admin, id, &body).await.expect(200);
    assert_eq!(
        (&placed["reason"], &placed["until"], &placed["in_force"]),
        (
            &json!("a trial"),
            &json!("2098-12-31T23:00:00Z"),
            &json!(true)
        )
    );
    let told = until(&mut officer, "complaint.updated").await;
    assert_eq!(
        told["change"],
        json!({"legal_hold": {"from": false, "to": true}})
    );
    assert_eq!(told["complaint"]["version"], 1);
    let path = format!("/api/v1/complaints/{id}");
    let seen = call(app.api.get(&path).bearer_auth(&olga))
        .await
        .expect(200);
    assert_eq!(seen["legal_hold"], placed);
    let by_app = app.api.get(&path).header("X-API-Key", &app.demo.api_key);
    assert!(call(by_app).await.expect(200).get("legal_hold").is_none());
    // The same again tells nobody; another reason does.
    place(&app, &admin, id, &body).await.expect(200);
    place(&app, &admin, id, &json!({"reason": "an appeal"}))
        .await
        .expect(200);
    let told = until(&mut officer, "complaint.updated").await;
    assert_eq!(
        (&told["seq"], &told["change"]),
        (
            &json!(3),
            &json!({"legal_hold": {"from": true, "to": true}})
        )
    );
    assert!(!told.to_string().contains("appeal"));
    assert_eq!(release(&app, &admin, id).await.status, 204);
    assert_eq!(release(&app, &admin, id).await.status, 204);
    let told = until(&mut officer, "complaint.updated").await;
    assert_eq!(
        told["change"],
        json!({"legal_hold": {"from": true, "to": false}})
    );
    assert_eq!(
        holds(&app, &admin, "").await.expect(200)["items"],
        json!([])
    );
    app.end().await;
}

#[actix::test]
async fn holds_are_for_admins_and_bad_ones_are_refused() {
    let app = TestApp::spawn().await;
    let (admin, olga) = (app.admin().await, app.olga().await);
    let id = submitted(&app, "north").await;
    let good = json!({"reason": "a trial"});
    place(&app, &olga, id, &good)
        .await
        .problem(403, "forbidden");
    release(&app, &olga, id).await.problem(403, "forbidden");
    holds(&app, &olga, "").await.problem(403, "forbidden");
    for body in [
        json!({"reason": " "}),
        json!({"reason": "a".repeat(1001)}),
        json!({"reason": "a\u{0}b"}),
        json!({"reason": "a trial", "until": "tomorrow"}),
        json!({"reason": "a trial", "until": "2001-01-01T00:00:00Z"}),
        json!({"reason": "a trial", "until": "9999-01-01T00:00:00Z"}),
    ] {
        place(&app, &admin, id, &body)
            .await
            .problem(422, "validation");
    }
    assert_eq!(place(&app, &admin, id, &json!({})).await.status, 422);
    place(&app, &admin, Uuid::now_v7(), &good)
        .await
        .problem(404, "not_found");
    let path = "/api/v1/complaints/nonsense/hold";
    call(app.api.delete(path).bearer_auth(&admin))
        .await
        .problem(404, "not_found");
    holds(&app, &admin, "?limit=0")
        .await
        .problem(422, "validation");
    holds(&app, &admin, "?cursor=x")
        .await
        .problem(400, "malformed");
    holds(&app, &admin, "?x=1").await.problem(400, "malformed");
    app.end().await;
}

#[actix::test]
async fn holds_are_listed_page_by_page_the_latest_first() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut placed = Vec::new();
    for region in ["north", "harbour", "old-town"] {
        let id = submitted(&app, region).await;
        place(&app, &admin, id, &json!({"reason": region}))
            .await
            .expect(200);
        placed.insert(0, (id.to_string(), region));
    }
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = holds(&app, &admin, &format!("?limit=2{cursor}"))
            .await
            .expect(200);
        listed.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(listed.len(), 3);
    for (hold, (id, region)) in listed.iter().zip(&placed) {
        assert_eq!(
            (&hold["complaint"], &hold["region"]),
            (&json!(id), &json!(region))
        );
        assert_eq!(
            (&hold["reason"], &hold["status"]),
            (&json!(region), &json!("reported"))
        );
    }
    app.end().await;
}

#[actix::test]
async fn nothing_of_a_held_complaint_is_erased_until_its_hold_is_over() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let id = rejected(&app, &admin, "north").await;
    place(
        &app,
        &admin,
        id,
        &json!({"reason": "a trial", "until": "2099-01-01T00:00:00Z"}),
    )
    .await
    .expect(200);
    for mode in Mode::ALL {
        let outcomes = erase(app.application(), "north", &[id], mode).await;
        let is_held = matches!(
            outcomes[..],
            [Outcome::Refused(Refusal::Held { until: Some(_) })]
        );
        assert!(is_held, "{outcomes:?}");
    }
    // Not even by somebody at the database.
    let path = format!("/api/v1/complaints/{id}");
    let raw = client
        .execute("DELETE FROM complaints WHERE id = $1", &[&id])
        .await;
    assert!(raw.is_err());
    call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    // Its end comes by itself.
    let over = "UPDATE legal_holds SET until = now() - interval '1 second'";
    client.execute(over, &[]).await.unwrap();
    let seen = call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    assert!(seen.get("legal_hold").is_none());
    let list = holds(&app, &admin, "").await.expect(200);
    assert_eq!(list["items"][0]["in_force"], json!(false));
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    assert_eq!(count(&client, "SELECT count(*) FROM legal_holds").await, 0);
    place(&app, &admin, id, &json!({"reason": "too late"}))
        .await
        .problem(404, "not_found");
    app.end().await;
}
