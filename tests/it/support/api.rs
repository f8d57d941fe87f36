//! A REST client of one server.

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// A REST client of one server.
#[derive(Clone)]
pub(crate) struct Api {
    base: String,
    client: Client,
}

impl Api {
    pub(crate) fn at(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            client: Client::new(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(self.url(path)).json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.patch(self.url(path)).json(body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.put(self.url(path)).json(body)
    }

    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(self.url(path))
    }

    /// An access token.
    pub(crate) async fn login(&self, email: &str, password: &str) -> String {
        let body = json!({"email": email, "password": password});
        let tokens = expect(self.post("/api/v1/auth/login", &body), StatusCode::OK).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// Changes a complaint's status, with the text that some changes need.
    pub(crate) async fn set_status(&self, token: &str, id: &str, status: &str) -> Response {
        let path = format!("/api/v1/complaints/{id}/status");
        self.patch(&path, &json!({"status": status, "comment": "done so"}))
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
    }
}

/// Sends a request that must be answered with `status`; returns the body as JSON (null if empty).
pub(crate) async fn expect(request: RequestBuilder, status: StatusCode) -> Value {
    let answer = request.send().await.unwrap();
    let got = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(got, status, "{text}");
    if text.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}
