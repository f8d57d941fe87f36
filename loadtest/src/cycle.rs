//! One life cycle of a complaint over HTTP: a resident submits it, an officer takes, resolves and
//! reads it.

use std::net::SocketAddr;
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;

use crate::Fault;
use crate::http::{Answer, Connection, request};

/// Requests of a cycle.
pub(crate) const STEPS: [&str; 4] = ["submit", "assign", "resolve", "get"];
const DESCRIPTION: &str = "There is a deep hole in the road in front of the school; two cyclists \
    fell this morning. Please close it before the holidays end.";

/// An officer at work in one region.
#[derive(Clone)]
pub(crate) struct Officer {
    pub(crate) token: String,
    pub(crate) region: String,
    /// A category that exists.
    pub(crate) category: String,
    /// A point in the region: latitude and longitude.
    pub(crate) point: (f64, f64),
}

/// What of an answer the next request needs.
#[derive(Deserialize)]
struct Known {
    id: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    status: String,
}

/// Goes through a cycle; the time of each request in microseconds.
///
/// # Errors
/// The first answer that is not what it must be.
pub(crate) async fn go(
    connection: &mut Connection,
    address: SocketAddr,
    officer: &Officer,
) -> Result<[u32; 4], Fault> {
    let head = format!("Authorization: Bearer {}\r\n", officer.token);
    let mut asked = Asked {
        connection,
        address,
        took: Vec::with_capacity(STEPS.len()),
    };
    let body = json!({"category": officer.category, "region": officer.region,
        "description": DESCRIPTION, "latitude": officer.point.0, "longitude": officer.point.1});
    let new = asked
        .ask("POST", "/api/v1/complaints", "", &body.to_string(), 201)
        .await?;
    let path = format!("/api/v1/complaints/{}", new.id);
    let assignee = format!("{path}/assignee");
    let taken = asked
        .ask("PATCH", &assignee, &head, r#"{"assignee":"me"}"#, 200)
        .await?;
    let body = json!({"status": "resolved", "version": taken.version, "comment": "Filled"});
    let status = format!("{path}/status");
    asked
        .ask("PATCH", &status, &head, &body.to_string(), 200)
        .await?;
    let read = asked.ask("GET", &path, &head, "", 200).await?;
    if (read.status.as_str(), read.version) != ("resolved", 3) {
        return Err(format!("read {} in version {}", read.status, read.version).into());
    }
    let took = asked.took.try_into();
    took.map_err(|_| "a cycle has four requests".into())
}

/// Requests of one cycle.
struct Asked<'a> {
    connection: &'a mut Connection,
    address: SocketAddr,
    took: Vec<u32>,
}

impl Asked<'_> {
    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        head: &str,
        body: &str,
        expected: u16,
    ) -> Result<Known, Fault> {
        let bytes = request(method, path, self.address, head, body.as_bytes());
        let from = Instant::now();
        let Answer { status, body } = self.connection.ask(&bytes).await?;
        let took = u32::try_from(from.elapsed().as_micros());
        self.took.push(took.unwrap_or(u32::MAX));
        if status != expected {
            let body = String::from_utf8_lossy(&body);
            return Err(format!("{method} {path}: {status} {body}").into());
        }
        Ok(serde_json::from_slice(&body)?)
    }
}
