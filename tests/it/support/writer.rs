//! Somebody who submits complaints until each is acknowledged, whatever happens to the servers.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::PATIENCE;

/// The writer: one HTTP client, some servers to choose from.
#[derive(Clone)]
pub(crate) struct Writer {
    client: Client,
    servers: Vec<SocketAddr>,
    api_key: String,
}

impl Writer {
    pub(crate) fn new(servers: &[SocketAddr], api_key: &str) -> Self {
        let client = Client::builder()
            .timeout(Duration::from_secs(15))
            .build()
            .unwrap();
        Self {
            client,
            servers: servers.to_vec(),
            api_key: api_key.to_owned(),
        }
    }

    /// Submits one complaint, again and again with one idempotency key, until it is acknowledged.
    pub(crate) async fn submit(&self, region: &str, turn: usize) -> String {
        let key = Uuid::new_v4().to_string();
        let severity = if turn.is_multiple_of(2) {
            "low"
        } else {
            "high"
        };
        let body = json!({"category": "pothole", "region": region, "address": "Quay 1",
            "severity": severity, "description": format!("complaint {key}")});
        let deadline = tokio::time::Instant::now() + PATIENCE * 4;
        for attempt in 0.. {
            let server = self.servers[(turn + attempt) % self.servers.len()];
            let request = self
                .client
                .post(format!("http://{server}/api/v1/complaints"))
                .header("X-API-Key", &self.api_key)
                .header("Idempotency-Key", &key)
                .json(&body);
            match request.send().await {
                Ok(answer) if answer.status() == StatusCode::CREATED => {
                    if let Ok(receipt) = answer.json::<Value>().await {
                        return receipt["id"].as_str().unwrap().to_owned();
                    }
                }
                Ok(answer) => {
                    let status = answer.status();
                    assert_eq!(
                        status,
                        StatusCode::SERVICE_UNAVAILABLE,
                        "{:?}",
                        answer.text().await
                    );
                }
                Err(_away) => {}
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{key} was never acknowledged"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!("the loop ends by returning or failing")
    }

    /// Submits without an idempotency key, once; `None` when whether it was stored is not known.
    pub(crate) async fn submit_once(&self, region: &str, turn: usize) -> Option<String> {
        let server = self.servers[turn % self.servers.len()];
        let request = self
            .client
            .post(format!("http://{server}/api/v1/complaints"))
            .header("X-API-Key", &self.api_key)
            .json(
                &json!({"category": "pothole", "region": region, "address": "Quay 1",
                "description": "a plain complaint"}),
            );
        let answer = request.send().await.ok()?;
        let created = answer.status() == StatusCode::CREATED;
        let receipt: Value = answer.json().await.ok().filter(|_| created)?;
        Some(receipt["id"].as_str().unwrap().to_owned())
    }

    /// Asks for a change of status once; `None` when nobody answered.
    pub(crate) async fn set_status(
        &self,
        token: &str,
        id: &str,
        status: &str,
        turn: usize,
    ) -> Option<StatusCode> {
        let server = self.servers[turn % self.servers.len()];
        let request = self
            .client
            .patch(format!("http://{server}/api/v1/complaints/{id}/status"))
            .bearer_auth(token)
            .json(&json!({"status": status, "comment": "done so"}));
        request.send().await.ok().map(|answer| answer.status())
    }
}
