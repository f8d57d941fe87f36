//! Everything of an erased complaint is gone, from every table and every answer, but its tombstone and its id.

use futures_util::future::join;
use redress::actors::region_desk::Outcome;
use redress::domain::change::Refusal;
use redress::domain::erasure::Mode;
use redress::domain::status::Status;
use serde_json::json;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{age, comment, count, enter, erase, erased, rejected, submitted, until, where_is};
use crate::support::{TestApp, call, eventually};

/// A complaint with a text that is nowhere else in each of its fields, and an idempotency key.
async fn full(app: &TestApp) -> (Uuid, String) {
    let body = json!({"category": "pothole", "region": "north", "address": "Zyzzyva Quay",
        "description": "zyzzyva in the road", "latitude": 54.101_234, "longitude": 7.581_234,
        "reporter": {"name": "Zyzzyva Person", "email": "zyzzyva@example.org", "phone": "+49 30 1234567"}});
    let request = app.api.post("/api/v1/complaints", &body);
    let request = request.header("X-API-Key", &app.demo.api_key);
    let receipt = call(request.header("Idempotency-Key", "zyzzyva-1")).await;
    let receipt = receipt.expect(201);
    let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
    (text("id").parse().unwrap(), text("tracking_token"))
}

#[actix::test]
async fn nothing_of_an_erased_complaint_is_left_but_its_tombstone_and_its_id() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let mut officer = app.officer(&admin).await;
    officer.join("north", None).await;
    let (id, token) = full(&app).await;
    assert_eq!(comment(&app, &admin, id, "zyzzyva said so").await, 201);
    let support = app
        .api
        .post(&format!("/api/v1/complaints/{id}/support"), &json!({}));
    assert!(call(support.bearer_auth(&admin)).await.status < 300);
    // Its words are noted.
    let search = "/api/v1/complaints?q=zyzzyva";
    let found = call(app.api.get(search).bearer_auth(&admin))
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    enter(&app, &admin, id, "rejected").await;
    age(&client, id).await;
    assert!(where_is(&client, "zyzzyva").await.len() >= 5);
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);

    let told = until(&mut officer, "complaint.erased").await;
    assert_eq!(told["complaint"], json!({"id": id.to_string()}));
    assert_eq!(told["change"], json!({}));
    assert_eq!(where_is(&client, "zyzzyva").await, []);
    let left = where_is(&client, &id.to_string()).await;
    assert_eq!(
        left,
        [("events".to_owned(), 1), ("tombstones".to_owned(), 1)]
    );
    let stone = "SELECT concat_ws(' ', mode, region_id, category_id, status, reason, run_id IS NOT NULL, photos)
        FROM tombstones";
    let stone: String = client.query_one(stone, &[]).await.unwrap().get(0);
    assert_eq!(stone, "erase north pothole rejected purge t 0");
    for path in [
        format!("/api/v1/complaints/{id}"),
        format!("/api/v1/tracking/{token}"),
    ] {
        call(app.api.get(&path).bearer_auth(&admin))
            .await
            .problem(404, "not_found");
    }
    let found = call(app.api.get(search).bearer_auth(&admin))
        .await
        .expect(200);
    assert_eq!(found["items"], json!([]));
    app.complaint_gauges_are_right().await;
    app.assert_log_is_whole().await;
    // Asked again, there is nothing.
    let again = erase(app.application(), "north", &[id], Mode::Erase).await;
    assert!(matches!(again[..], [Outcome::Gone]), "{again:?}");
    assert_eq!(count(&client, "SELECT count(*) FROM tombstones").await, 1);
    app.end().await;
}

#[actix::test]
async fn what_is_anonymised_says_nothing_personal_any_more_in_no_table() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, _) = full(&app).await;
    comment(&app, &admin, id, "zyzzyva said so").await;
    let edit = app.api.patch(
        &format!("/api/v1/complaints/{id}"),
        &json!({"description": "zyzzyva, again"}),
    );
    call(edit.bearer_auth(&admin)).await.expect(200);
    enter(&app, &admin, id, "rejected").await;
    age(&client, id).await;
    erased(&erase(app.application(), "north", &[id], Mode::Anonymise).await);

    assert_eq!(where_is(&client, "zyzzyva").await, []);
    assert_eq!(where_is(&client, "54.101234").await, []);
    let path = format!("/api/v1/complaints/{id}");
    let left = call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    assert_eq!(
        (&left["description"], &left["address"]),
        (&json!(""), &json!(null))
    );
    assert_eq!(
        (&left["latitude"], &left["category"]),
        (&json!(54.1), &json!("pothole"))
    );
    assert!(left.get("reporter").is_none(), "{left}");
    let history = call(app.api.get(&format!("{path}/history")).bearer_auth(&admin)).await;
    let history = history.expect(200);
    assert!(history["items"].as_array().unwrap().len() >= 4, "{history}");
    let again = erase(app.application(), "north", &[id], Mode::Anonymise).await;
    assert!(matches!(again[..], [Outcome::Gone]), "{again:?}");
    app.assert_log_is_whole().await;
    app.end().await;
}

#[actix::test]
async fn each_of_a_batch_is_erased_refused_or_gone_for_itself() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let (one, other) = (
        rejected(&app, &admin, "north").await,
        rejected(&app, &admin, "north").await,
    );
    let active = submitted(&app, "north").await;
    let young = submitted(&app, "north").await;
    enter(&app, &admin, young, "rejected").await;
    let nobody = Uuid::now_v7();
    let ids = [one, active, young, nobody, other];
    let outcomes = erase(app.application(), "north", &ids, Mode::Erase).await;
    assert!(
        matches!(
            outcomes[..],
            [
                Outcome::Erased,
                Outcome::Refused(Refusal::Active(Status::Reported)),
                Outcome::Refused(Refusal::TooYoung { .. }),
                Outcome::Gone,
                Outcome::Erased
            ]
        ),
        "{outcomes:?}"
    );
    app.assert_log_is_whole().await;
    app.end().await;
}

#[actix::test]
async fn whoever_follows_an_erased_complaint_by_its_token_hears_the_end() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, token) = full(&app).await;
    enter(&app, &admin, id, "rejected").await;
    age(&client, id).await;
    let path = format!("/api/v1/tracking/{token}/events");
    let mut stream = app.api.get(&path).send().await.unwrap();
    let mut came = String::new();
    while !came.contains("event: complaint") {
        came += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    eventually("the stream ends", async || {
        stream.chunk().await.unwrap().is_none().then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn words_that_were_noted_from_a_complaint_as_it_was_erased_are_forgotten() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, _) = full(&app).await;
    enter(&app, &admin, id, "rejected").await;
    age(&client, id).await;
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    // As somebody leaves them who read the complaint before the erasure and notes its words behind it.
    for sql in [
        "INSERT INTO complaint_words VALUES ($1, to_tsvector('simple', 'zyzzyva'))",
        "UPDATE word_heads SET seq = seq - 1 WHERE region_id = 'north'",
    ] {
        let parameters: [&(dyn ToSql + Sync); 1] = [&id];
        let parameters = if sql.contains("$1") {
            &parameters[..]
        } else {
            &[]
        };
        client.execute(sql, parameters).await.unwrap();
    }
    eventually("they are forgotten", async || {
        where_is(&client, "zyzzyva").await.is_empty().then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn an_erasure_waits_for_who_notes_words_and_leaves_none() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let mut keeper = app.database().connect().await;
    for mode in [Mode::Erase, Mode::Anonymise] {
        // Words are noted once a second; what is written from here on is left to this one.
        let noting = keeper.transaction().await.unwrap();
        let alone = "LOCK TABLE word_heads IN SHARE ROW EXCLUSIVE MODE";
        noting.batch_execute(alone).await.unwrap();
        let (id, _) = full(&app).await;
        enter(&app, &admin, id, "rejected").await;
        age(&client, id).await;
        let noted = "SELECT catch_up_words(1000)";
        let noted: i64 = noting.query_one(noted, &[]).await.unwrap().get(0);
        assert!(noted > 0, "{mode:?}");
        let ids = [id];
        let erasing = erase(app.application(), "north", &ids, mode);
        let committing = async {
            let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareLock' \
                AND relation = 'word_heads'::regclass";
            eventually("it waits", async || {
                (count(&client, waiting).await == 1).then_some(())
            })
            .await;
            noting.commit().await.unwrap();
        };
        let (outcomes, ()) = join(erasing, committing).await;
        erased(&outcomes);
        assert_eq!(where_is(&client, "zyzzyva").await, [], "{mode:?}");
    }
    app.end().await;
}
