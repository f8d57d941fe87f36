//! Who is online in a region, and who is on the way to which complaint, as clients see it.

mod claims;
mod endings;
mod mass;
mod nodes;
mod sessions;

use serde_json::{Value, json};

use crate::support::{Answer, Api, Officer, TestApp, call, eventually};

/// The account id behind a token.
async fn account(app: &TestApp, token: &str) -> String {
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(token)).await;
    me.expect(200)["id"].as_str().unwrap().to_owned()
}

/// Subscribes from now on and asks for presence; both lists have come afterwards.
async fn follow(officer: &mut Officer, region: &str) -> [Value; 2] {
    let message = json!({"id": 1, "type": "subscribe", "region": region, "snapshot": false, "presence": true});
    officer.say(message).await;
    for kind in ["subscribed", "live"] {
        assert_eq!(officer.object().await["type"], kind);
    }
    let lists = [officer.object().await, officer.object().await];
    assert!(lists[0]["officers"].is_array(), "{lists:?}");
    assert!(lists[1]["claims"].is_array(), "{lists:?}");
    lists
}

/// Reads until a `presence` message says that somebody joined or left.
async fn until_turnover(officer: &mut Officer, member: &str, id: &str) {
    loop {
        let message = officer.object().await;
        let entries = message[member].as_array().cloned().unwrap_or_default();
        if entries.iter().any(|one| one["id"] == id) {
            assert_eq!(message["type"], "presence", "{message}");
            return;
        }
    }
}

/// Subscribes as [`follow`] does and reads until the officer, `id`, is told to be online themselves.
async fn follow_and_be_seen(officer: &mut Officer, region: &str, id: &str) {
    let [online, _] = follow(officer, region).await;
    // A round that came between the subscription and the list has it in the list.
    let listed = online["officers"].as_array().unwrap();
    if !listed.iter().any(|one| one["id"] == id) {
        until_turnover(officer, "joined", id).await;
    }
}

/// The next message of claims in which something was `claimed` or `released`.
async fn next_claims(officer: &mut Officer) -> Value {
    loop {
        let message = officer.object().await;
        if message["type"] == "claims" {
            return message;
        }
    }
}

/// The officers of a region, as a node tells them.
async fn officers(api: &Api, token: &str, region: &str) -> Vec<Value> {
    let path = format!("/api/v1/regions/{region}/officers");
    let list = call(api.get(&path).bearer_auth(token)).await.expect(200);
    assert_eq!(list["region"], region);
    list["officers"].as_array().unwrap().clone()
}

/// Waits until a node tells of somebody what `is_so` wants.
async fn told(
    api: &Api,
    (token, region, id): (&str, &str, &str),
    what: &str,
    is_so: impl Fn(&Value) -> bool,
) -> Value {
    eventually(what, async || {
        let all = officers(api, token, region).await;
        all.into_iter().find(|one| one["id"] == id && is_so(one))
    })
    .await
}

/// Submits to a region; the complaint's id.
async fn submitted(app: &TestApp, region: &str) -> String {
    let receipt = app.submit(region, "a hole").await;
    receipt["id"].as_str().unwrap().to_owned()
}

async fn claim(api: &Api, token: &str, id: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/complaints/{id}/claim");
    call(api.put(&path, body).bearer_auth(token)).await
}

async fn release(api: &Api, token: &str, id: &str) -> Answer {
    let path = format!("/api/v1/complaints/{id}/claim");
    call(api.delete(&path).bearer_auth(token)).await
}

/// The claim in what staff read of a complaint; null when there is none.
async fn read_claim(api: &Api, token: &str, id: &str) -> Value {
    let path = format!("/api/v1/complaints/{id}");
    let complaint = call(api.get(&path).bearer_auth(token)).await.expect(200);
    complaint["claim"].clone()
}

#[actix::test]
async fn who_subscribes_is_online_and_who_leaves_is_not() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let (olga_id, otto_id) = (account(&app, &olga).await, account(&app, &otto).await);
    let mut watching = app.officer(&olga).await;
    follow_and_be_seen(&mut watching, "harbour", &olga_id).await;

    let mut coming = app.officer(&otto).await;
    let region = (&*olga, "harbour", &*otto_id);
    told(&app.api, region, "connected is not online", |one| {
        one["online"] == false
    })
    .await;
    coming.join("harbour", None).await;
    until_turnover(&mut watching, "joined", &otto_id).await;
    let one = told(&app.api, region, "otto is online", |one| {
        one["online"] == true
    })
    .await;
    assert_eq!(
        (&one["sockets"], &one["role"]),
        (&json!(1), &json!("officer"))
    );
    assert!(one["online_since"].is_string(), "{one}");

    coming
        .say(json!({"type": "unsubscribe", "region": "harbour"}))
        .await;
    until_turnover(&mut watching, "left", &otto_id).await;
    let one = told(&app.api, region, "otto is offline", |one| {
        one["online"] == false
    })
    .await;
    assert_eq!(
        (&one["sockets"], &one["online_since"]),
        (&json!(0), &Value::Null)
    );
    app.end().await;
}

#[actix::test]
async fn the_list_names_officers_of_the_region_and_admins_who_are_there() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let (olga_id, admin_id) = (account(&app, &olga).await, account(&app, &admin).await);
    let names = |all: &[Value]| -> Vec<String> {
        let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
        all.iter().map(id).collect()
    };
    assert_eq!(
        names(&officers(&app.api, &olga, "north").await),
        std::slice::from_ref(&olga_id)
    );
    let mut overseer = app.officer(&admin).await;
    overseer.join("north", None).await;
    let region = (&*olga, "north", &*admin_id);
    let one = told(&app.api, region, "the admin is online", |one| {
        one["online"] == true
    })
    .await;
    assert_eq!(one["role"], "admin");
    let all = officers(&app.api, &olga, "north").await;
    assert_eq!(
        names(&all),
        [admin_id, olga_id],
        "who is online comes first"
    );
    for one in &all {
        let members: Vec<&String> = one.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            [
                "claims",
                "id",
                "name",
                "online",
                "online_since",
                "role",
                "sockets"
            ]
        );
    }
    let path = "/api/v1/regions/north/officers";
    call(app.api.get(path)).await.problem(401, "unauthorized");
    call(app.api.get(path).bearer_auth(&otto))
        .await
        .problem(403, "forbidden");
    let path = "/api/v1/regions/nowhere/officers";
    call(app.api.get(path).bearer_auth(&olga))
        .await
        .problem(404, "not_found");
    app.end().await;
}

#[actix::test]
async fn a_second_subscriber_gets_everybody_at_once_and_no_number_is_used_up() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let olga_id = account(&app, &olga).await;
    let mut first = app.officer(&olga).await;
    follow_and_be_seen(&mut first, "harbour", &olga_id).await;
    let mut second = app.officer(&otto).await;
    let [online, claims] = follow(&mut second, "harbour").await;
    assert_eq!(online["officers"][0]["id"], olga_id.as_str());
    let members: Vec<_> = online["officers"][0]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(members, ["id", "name", "online_since", "role"]);
    assert_eq!(claims["claims"], json!([]));
    app.submit("harbour", "the first event").await;
    let event = loop {
        let message = second.object().await;
        if message["type"] == "event" {
            break message;
        }
    };
    assert_eq!(event["seq"], 1);
    app.end().await;
}

#[actix::test]
async fn who_does_not_ask_is_not_told() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let otto_id = account(&app, &otto).await;
    let mut silent = app.officer(&olga).await;
    silent.join("harbour", None).await;
    let mut asking = app.officer(&olga).await;
    follow(&mut asking, "harbour").await;
    let mut coming = app.officer(&otto).await;
    coming.join("harbour", None).await;
    until_turnover(&mut asking, "joined", &otto_id).await;
    app.submit("harbour", "a hole").await;
    // Nothing came before the event.
    assert_eq!(silent.event().await["seq"], 1);
    // Nor is it told any more to who has unsubscribed.
    asking
        .say(json!({"id": 2, "type": "unsubscribe", "region": "harbour"}))
        .await;
    while asking.object().await["type"] != "unsubscribed" {}
    drop(coming);
    let region = (&*olga, "harbour", &*otto_id);
    told(&app.api, region, "otto is offline", |one| {
        one["online"] == false
    })
    .await;
    asking.say(json!({"id": 3, "type": "dance"})).await;
    assert_eq!(asking.object().await["type"], "error");
    app.end().await;
}

#[actix::test]
async fn a_socket_more_or_less_is_no_news() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let otto_id = account(&app, &otto).await;
    let mut one = app.officer(&otto).await;
    one.join("harbour", None).await;
    let region = (&*olga, "harbour", &*otto_id);
    told(&app.api, region, "otto is online", |one| {
        one["sockets"] == 1
    })
    .await;
    let mut watching = app.officer(&olga).await;
    follow(&mut watching, "harbour").await;
    let mut two = app.officer(&otto).await;
    two.join("harbour", None).await;
    told(&app.api, region, "two sockets", |one| one["sockets"] == 2).await;
    drop(one);
    told(&app.api, region, "one socket", |one| one["sockets"] == 1).await;
    app.submit("harbour", "a hole").await;
    // Olga herself has joined since; otto has neither joined again nor left.
    loop {
        let message = watching.object().await;
        if message["type"] == "event" {
            break;
        }
        assert!(!message.to_string().contains(&otto_id), "{message}");
    }
    app.end().await;
}
