//! Who may come in: logins, tokens, accounts, API keys, and how often.

mod accounts;
mod api_keys;
mod limits;
mod logins;
mod tokens;

use serde_json::{Value, json};

use crate::support::{Answer, Api, TestApp, call};

const ME: &str = "/api/v1/auth/me";
const ACCOUNTS: &str = "/api/v1/admin/accounts";
const API_KEYS: &str = "/api/v1/admin/api-keys";

async fn login(api: &Api, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    call(api.post("/api/v1/auth/login", &body)).await
}

async fn refresh(api: &Api, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    call(api.post("/api/v1/auth/refresh", &body)).await
}

async fn me(api: &Api, token: &str) -> Answer {
    call(api.get(ME).bearer_auth(token)).await
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body[member].as_str().unwrap()
}

/// The tokens of a new login of the demo's first officer.
async fn olga(app: &TestApp) -> Value {
    let officer = &app.demo.officers[0];
    let tokens = login(&app.api, &officer.email, &officer.password).await;
    tokens.expect(200)
}

/// Changes an account as the admin.
async fn change(app: &TestApp, id: &str, body: &Value) -> Answer {
    let request = app.api.patch(&format!("{ACCOUNTS}/{id}"), body);
    call(request.bearer_auth(app.admin().await)).await
}

/// The id of a token's account.
async fn id_of(app: &TestApp, token: &str) -> String {
    text(&me(&app.api, token).await.expect(200), "id").to_owned()
}
