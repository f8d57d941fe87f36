//! Sign-in of pages: a cookie that no script reads and no other site can use.

use reqwest::RequestBuilder;
use serde_json::json;

use crate::support::{Answer, TestApp, call};

const SESSION: &str = "/api/v1/auth/session";
const REFRESH: &str = "/api/v1/auth/session/refresh";

fn from_page(request: RequestBuilder) -> RequestBuilder {
    request.header("X-Redress-Page", "1")
}

async fn sign_in(app: &TestApp) -> Answer {
    let officer = &app.demo.officers[0];
    let body = json!({"email": officer.email, "password": officer.password});
    call(from_page(app.api.post(SESSION, &body))).await
}

/// The cookie as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    set.split(';').next().unwrap().to_owned()
}

fn refresh(app: &TestApp, cookie: &str) -> RequestBuilder {
    app.api.post(REFRESH, &json!({})).header("Cookie", cookie)
}

#[actix::test]
async fn the_refresh_token_of_a_page_is_in_a_cookie_alone() {
    let app = TestApp::spawn().await;
    let signed_in = sign_in(&app).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    assert_eq!(signed_in.header("cache-control"), "no-store");
    assert!(signed_in.body["refresh_token"].is_null());
    let set = signed_in.header("set-cookie");
    for part in [
        "HttpOnly",
        "Secure",
        "SameSite=Strict",
        "Path=/api/v1/auth/session",
        "Max-Age=2592000",
    ] {
        assert!(set.split("; ").any(|found| found == part), "{part}: {set}");
    }
    let token = signed_in.body["access_token"].as_str().unwrap();
    call(app.api.get("/api/v1/auth/me").bearer_auth(token))
        .await
        .expect(200);
    app.end().await;
}

#[actix::test]
async fn a_page_goes_on_by_its_cookie_until_it_signs_out() {
    let app = TestApp::spawn().await;
    let first = sign_in(&app).await;
    let second = call(from_page(refresh(&app, &cookie(&first)))).await;
    assert_eq!(second.status, 200, "{}", second.text);
    let third = call(from_page(refresh(&app, &cookie(&second)))).await;
    let token = third.body["access_token"].as_str().unwrap().to_owned();
    let out = call(from_page(app.api.delete(SESSION)).bearer_auth(&token)).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    call(from_page(refresh(&app, &cookie(&third))))
        .await
        .problem(401, "unauthorized");
    call(app.api.get("/api/v1/auth/me").bearer_auth(&token))
        .await
        .problem(401, "unauthorized");
    call(from_page(app.api.post(REFRESH, &json!({}))))
        .await
        .problem(401, "unauthorized");
    app.end().await;
}

#[actix::test]
async fn a_cookie_that_comes_twice_ends_its_login() {
    let app = TestApp::spawn().await;
    let first = sign_in(&app).await;
    let second = call(from_page(refresh(&app, &cookie(&first)))).await;
    call(from_page(refresh(&app, &cookie(&first))))
        .await
        .problem(401, "unauthorized");
    call(from_page(refresh(&app, &cookie(&second))))
        .await
        .problem(401, "unauthorized");
    app.end().await;
}

#[actix::test]
async fn no_other_site_reaches_a_login() {
    let app = TestApp::spawn().await;
    let cookie = cookie(&sign_in(&app).await);
    let host = app.api.url("");
    let asked = || refresh(&app, &cookie);
    call(asked()).await.problem(403, "forbidden");
    for origin in ["https://elsewhere.example", "null", "http://127.0.0.1:1"] {
        call(from_page(asked()).header("Origin", origin))
            .await
            .problem(403, "forbidden");
    }
    let beside = from_page(asked()).header("Sec-Fetch-Site", "same-site");
    call(beside).await.problem(403, "forbidden");
    // None of these took the cookie's one use away.
    let own = from_page(asked())
        .header("Origin", host)
        .header("Sec-Fetch-Site", "same-origin");
    call(own).await.expect(200);
    let officer = &app.demo.officers[0];
    let body = json!({"email": officer.email, "password": officer.password});
    call(app.api.post(SESSION, &body))
        .await
        .problem(403, "forbidden");
    app.end().await;
}
