//! Signing in and out, and what ends a login.

use redress::access::Access;
use redress::access::secret::Secret;
use redress::store::Store;
use redress::store::connect::Database;
use serde_json::json;
use uuid::Uuid;

use super::{change, id_of, login, me, olga, refresh, text};
use crate::support::app::settings;
use crate::support::{TestApp, call};

#[actix::test]
async fn a_login_by_json_or_form_gives_tokens_that_nobody_may_keep() {
    let app = TestApp::spawn().await;
    let officer = &app.demo.officers[0];
    let json = login(&app.api, &officer.email.to_uppercase(), &officer.password).await;
    let form = [
        ("grant_type", "password"),
        ("username", officer.email.as_str()),
        ("password", officer.password.as_str()),
    ];
    let body = form
        .map(|(name, value)| format!("{name}={}", value.replace('@', "%40")))
        .join("&");
    let request = app.api.post("/api/v1/auth/login", &json!(null)).body(body);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let mut request = request.build().unwrap();
    // `json` has set one already.
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert("Content-Type", kind);
    let by_form = reqwest::Client::new().execute(request).await.unwrap();
    assert_eq!(by_form.status(), 200);
    let by_form: serde_json::Value = by_form.json().await.unwrap();
    assert_eq!(json.header("cache-control"), "no-store");
    for tokens in [json.expect(200), by_form] {
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 900);
        let account = me(&app.api, text(&tokens, "access_token"))
            .await
            .expect(200);
        assert_eq!(account["email"], officer.email.as_str());
        assert_eq!(account["role"], "officer");
        assert_eq!(account["regions"], json!(["harbour", "north"]));
        assert!(account.get("password").is_none() && account.get("password_hash").is_none());
    }
    app.end().await;
}

#[actix::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let app = TestApp::spawn().await;
    let officer = &app.demo.officers[0];
    let mut told = Vec::new();
    for (email, password) in [
        (officer.email.as_str(), "not the password"),
        ("nobody@redress.example", officer.password.as_str()),
        ("no address", "x"),
        ("", ""),
        ("a\u{0}@b", "a\u{0}b"),
    ] {
        let answer = login(&app.api, email, password).await;
        told.push(answer.problem(401, "wrong_password")["detail"].clone());
    }
    assert!(told.iter().all(|detail| *detail == told[0]), "{told:?}");
    app.end().await;
}

#[actix::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_login() {
    let app = TestApp::spawn().await;
    let first = olga(&app).await;
    let other = olga(&app).await;
    let second = refresh(&app.api, text(&first, "refresh_token"))
        .await
        .expect(200);
    me(&app.api, text(&second, "access_token"))
        .await
        .expect(200);
    let reused = refresh(&app.api, text(&first, "refresh_token")).await;
    reused.problem(401, "unauthorized");
    let family = refresh(&app.api, text(&second, "refresh_token")).await;
    family.problem(401, "unauthorized");
    for tokens in [&first, &second] {
        let answer = me(&app.api, text(tokens, "access_token")).await;
        answer.problem(401, "unauthorized");
    }
    me(&app.api, text(&other, "access_token")).await.expect(200);
    for bad in ["", "x", "a\u{0}b"] {
        refresh(&app.api, bad).await.problem(401, "unauthorized");
    }
    app.end().await;
}

#[actix::test]
async fn of_two_refreshes_at_once_one_wins_and_the_login_ends() {
    let app = TestApp::spawn().await;
    let tokens = olga(&app).await;
    let token = text(&tokens, "refresh_token");
    let tries = (0..4).map(|_| refresh(&app.api, token));
    let answers = futures_util::future::join_all(tries).await;
    let won: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|answer| [200, 401].contains(&answer.status))
    );
    let next = refresh(&app.api, text(&won[0].body, "refresh_token")).await;
    next.problem(401, "unauthorized");
    app.end().await;
}

#[actix::test]
async fn a_logout_ends_this_login_at_once_and_no_other() {
    let app = TestApp::spawn().await;
    let (one, other) = (olga(&app).await, olga(&app).await);
    let request = app.api.post("/api/v1/auth/logout", &json!({}));
    let out = call(request.bearer_auth(text(&one, "access_token"))).await;
    out.expect(204);
    let after = me(&app.api, text(&one, "access_token")).await;
    after.problem(401, "unauthorized");
    let after = refresh(&app.api, text(&one, "refresh_token")).await;
    after.problem(401, "unauthorized");
    me(&app.api, text(&other, "access_token")).await.expect(200);
    app.end().await;
}

#[actix::test]
async fn a_deactivation_ends_every_login_at_once() {
    let app = TestApp::spawn().await;
    let tokens = olga(&app).await;
    let token = text(&tokens, "access_token");
    let id = id_of(&app, token).await;
    change(&app, &id, &json!({"active": false}))
        .await
        .expect(200);
    me(&app.api, token).await.problem(401, "unauthorized");
    let after = refresh(&app.api, text(&tokens, "refresh_token")).await;
    after.problem(401, "unauthorized");
    let officer = &app.demo.officers[0];
    let again = login(&app.api, &officer.email, &officer.password).await;
    again.problem(401, "wrong_password");
    change(&app, &id, &json!({"active": true}))
        .await
        .expect(200);
    // What was ended stays so.
    me(&app.api, token).await.problem(401, "unauthorized");
    olga(&app).await;
    app.end().await;
}

#[actix::test]
async fn a_change_of_role_or_regions_counts_from_the_next_request() {
    let app = TestApp::spawn().await;
    let tokens = olga(&app).await;
    let token = text(&tokens, "access_token");
    let id = id_of(&app, token).await;
    let status = async |path: &str| call(app.api.get(path).bearer_auth(token)).await.status;
    let (north, old_town) = (
        "/api/v1/complaints?region=north",
        "/api/v1/complaints?region=old-town",
    );
    assert_eq!((status(north).await, status(old_town).await), (200, 403));
    change(&app, &id, &json!({"regions": ["old-town"]}))
        .await
        .expect(200);
    assert_eq!((status(north).await, status(old_town).await), (403, 200));
    assert_eq!(status(super::ACCOUNTS).await, 403);
    change(&app, &id, &json!({"role": "admin"}))
        .await
        .expect(200);
    assert_eq!(
        (status(north).await, status(super::ACCOUNTS).await),
        (200, 200)
    );
    change(&app, &id, &json!({"role": "officer"}))
        .await
        .expect(200);
    assert_eq!(status(super::ACCOUNTS).await, 403);
    app.end().await;
}

#[actix::test]
async fn a_new_password_needs_the_old_one_and_ends_the_other_logins() {
    let app = TestApp::spawn().await;
    let (here, there) = (olga(&app).await, olga(&app).await);
    let officer = &app.demo.officers[0];
    let set = |old: &str, new: &str| {
        let body = json!({"old_password": old, "new_password": new});
        let request = app.api.post("/api/v1/auth/password", &body);
        call(request.bearer_auth(text(&here, "access_token")))
    };
    let faults = set("not the password", "a new long password")
        .await
        .faults();
    assert_eq!(faults, [("old_password".into(), "wrong".into())]);
    let faults = set(&officer.password, "short").await.faults();
    assert_eq!(faults[0].0, "new_password");
    set(&officer.password, "a new long password")
        .await
        .expect(204);
    me(&app.api, text(&here, "access_token")).await.expect(200);
    let after = me(&app.api, text(&there, "access_token")).await;
    after.problem(401, "unauthorized");
    let old = login(&app.api, &officer.email, &officer.password).await;
    old.problem(401, "wrong_password");
    login(&app.api, &officer.email, "a new long password")
        .await
        .expect(200);
    app.end().await;
}

#[actix::test]
async fn what_thousands_of_logins_may_do_is_told_in_their_order() {
    let app = TestApp::spawn().await;
    let address = Database::from_url(app.database().url(), "redress").unwrap();
    let secret = Secret::new(b"a secret of tests that is long enough").unwrap();
    let access = &settings(app.database(), &[]).access;
    let access = Access::new(Store::new(address, 1), &secret, access);
    let mut known = Vec::new();
    for officer in &app.demo.officers {
        let tokens = access.login(&officer.email, &officer.password).await;
        let token = tokens.unwrap().access_token;
        known.push(access.authenticate(&token).await.unwrap());
    }
    // More than one statement asks for, those that are in force behind all others by their ids, and one twice.
    let strangers = (0..2000).map(|number| (Uuid::nil(), Uuid::from_u128(number)));
    let mut asked: Vec<_> = strangers.collect();
    let of = |who: usize| (known[who].account, known[who].login);
    for (place, who) in [(0, 0), (700, 1), (1999, 0)] {
        asked[place] = of(who);
    }
    // A login of somebody else is none.
    asked[1] = (of(0).0, of(1).1);
    let granted = access.grants(&asked).await.unwrap();
    assert_eq!(granted.len(), asked.len());
    for (place, grant) in granted.into_iter().enumerate() {
        let expected = match place {
            0 | 1999 => Some(known[0].clone()),
            700 => Some(known[1].clone()),
            _ => None,
        };
        assert_eq!(grant, expected, "{place}");
    }
    app.end().await;
}
