//! Access tokens that are not good: expired, forged, malformed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{ME, me, olga, refresh, text};
use crate::support::{TestApp, call, eventually};

/// Of the tests' servers: see `support::app::settings`.
const SECRET: &[u8] = b"a secret of tests that is long enough";

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

fn signed(algorithm: Algorithm, secret: &[u8], claims: &Value) -> String {
    encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(secret),
    )
    .unwrap()
}

#[actix::test]
async fn a_token_names_issuer_audience_subject_and_role() {
    let app = TestApp::spawn().await;
    let tokens = olga(&app).await;
    let claims = claims(text(&tokens, "access_token"));
    for claim in ["iss", "aud", "sub", "jti", "role", "exp", "iat"] {
        assert!(!claims[claim].is_null(), "{claim} in {claims}");
    }
    assert_eq!(claims["role"], "officer");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 900);
    app.end().await;
}

#[actix::test]
async fn an_expired_token_is_told_so_and_the_refresh_token_goes_on() {
    let app = TestApp::with(&["--access-token-ttl", "1"]).await;
    let tokens = olga(&app).await;
    let expired = eventually("the token expires", async || {
        let answer = me(&app.api, text(&tokens, "access_token")).await;
        (answer.status != 200).then_some(answer)
    })
    .await;
    assert_eq!(expired.header("www-authenticate"), "Bearer");
    expired.problem(401, "token_expired");
    let next = refresh(&app.api, text(&tokens, "refresh_token")).await;
    next.expect(200);
    app.end().await;
}

#[actix::test]
async fn forged_tokens_are_refused() {
    let app = TestApp::spawn().await;
    let tokens = olga(&app).await;
    let token = text(&tokens, "access_token");
    let good = claims(token);
    let with = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        signed(Algorithm::HS256, SECRET, &claims)
    };
    // The forger's way works at all.
    me(&app.api, &with("iat", good["iat"].clone()))
        .await
        .expect(200);
    let payload = token.split('.').nth(1).unwrap();
    let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let (unsigned, signature) = token.rsplit_once('.').unwrap();
    let forged = [
        signed(
            Algorithm::HS256,
            b"another secret that is long enough too",
            &good,
        ),
        signed(Algorithm::HS512, SECRET, &good),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{unsigned}."),
        format!("{unsigned}.{}", signature.chars().rev().collect::<String>()),
        with("iss", json!("somebody")),
        with("aud", json!("something")),
        with("sub", json!("00000000-0000-7000-8000-000000000000")),
        with("sid", json!("00000000-0000-7000-8000-000000000000")),
        with("sub", json!("a\u{0}b")),
        with("sub", json!(null)),
        with("exp", json!("never")),
        "x".repeat(7000),
    ];
    for token in forged {
        me(&app.api, &token).await.problem(401, "unauthorized");
    }
    // The role in the token is for clients to read; the database decides.
    let promoted = with("role", json!("admin"));
    let request = app.api.get(super::ACCOUNTS).bearer_auth(promoted);
    call(request).await.problem(403, "forbidden");
    app.end().await;
}

#[actix::test]
async fn credentials_that_cannot_be_read_are_refused() {
    let app = TestApp::spawn().await;
    let tokens = olga(&app).await;
    let bearer = format!("Bearer {}", text(&tokens, "access_token"));
    for (headers, status) in [
        (&[("Authorization", "Basic YTpi")][..], 401),
        (&[("Authorization", "Bearer")], 401),
        (&[("Authorization", "")], 401),
        (&[("X-API-Key", "rk_x")], 401),
        (&[], 401),
        (
            &[("Authorization", bearer.as_str()), ("X-API-Key", "rk_x")],
            400,
        ),
        (
            &[
                ("Authorization", bearer.as_str()),
                ("Authorization", bearer.as_str()),
            ],
            400,
        ),
    ] {
        let add = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| {
            request.header(*name, *value)
        };
        let answer = call(headers.iter().fold(app.api.get(ME), add)).await;
        assert_eq!(answer.status, status, "{headers:?}");
        answer.refused("credentials");
    }
    app.end().await;
}
