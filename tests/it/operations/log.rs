//! The log of a whole session: one line a request, and nobody's secrets or names.

use std::path::Path;

use redress::demo::DemoFile;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::call::raw;
use crate::support::postgres::TestDatabase;
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Api, Officer, call, eventually};

const NAME: &str = "Nora Nosuchname";
const EMAIL: &str = "nosuchmail@nosuch.example";
const PHONE: &str = "+49 4711 0815990123456";
const PASSWORD: &str = "hushhush-password";

/// A server whose log is read when it has ended, with what must not be in it.
struct Session {
    database: TestDatabase,
    folder: tempfile::TempDir,
    server: ServerProcess,
    api: Api,
    secrets: Vec<String>,
}

impl Session {
    async fn start() -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let flags = ["--demo", "--data-dir", data, "--log-level", "debug"];
        let log = folder.path().join("log");
        let server = ServerProcess::start(&database, free_address(), &flags, &log).await;
        let secrets =
            [NAME, EMAIL, PHONE, PASSWORD, "Nosuchname", "0815990123456"].map(String::from);
        Self {
            api: server.api(),
            secrets: secrets.into(),
            database,
            folder,
            server,
        }
    }

    fn secret(&mut self, text: &Value) -> String {
        let text = text.as_str().unwrap().to_owned();
        self.secrets.push(text.clone());
        text
    }

    async fn demo(&mut self) -> DemoFile {
        let path = self.folder.path().join("demo.json");
        let demo = eventually("demo.json", async || DemoFile::read(&path).ok()).await;
        self.secrets.push(demo.api_key.clone());
        self.secrets.push(demo.admin.password.clone());
        demo
    }
}

fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    let parse =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    text.lines().map(parse).collect()
}

/// A submission of somebody who tells everything.
fn telling() -> Value {
    json!({"category": "pothole", "region": "north", "address": "a", "description": "b",
        "reporter": {"name": NAME, "email": EMAIL, "phone": PHONE}})
}

/// Requests with every secret in every place where one can be.
fn misplaced(api: &Api, secret: &str) -> Vec<RequestBuilder> {
    let body =
        json!({secret: secret, "category": [secret], "reporter": {"name": [secret], secret: 1}});
    let text = format!("{{\"{secret}\":\"{secret}");
    vec![
        api.get(&format!("/{secret}")),
        api.get(&format!("/api/v1/{secret}")),
        api.get(&format!("/api/v1/complaints/{secret}")),
        api.get(&format!("/api/v1/tracking/{secret}")),
        api.get(&format!("/api/v1/complaints?q={secret}&{secret}={secret}")),
        api.get(&format!("/api/v1/complaints?limit={secret}")),
        api.get("/api/v1/auth/me").bearer_auth(secret),
        api.get("/api/v1/auth/me").header("Authorization", secret),
        api.get("/api/v1/auth/me").header("X-API-Key", secret),
        api.get("/api/v1/complaints")
            .header("X-Tracking-Token", secret),
        api.get("/api/v1/ws").bearer_auth(secret),
        api.post("/api/v1/complaints", &body),
        api.post("/api/v1/complaints", &json!(secret)),
        api.post("/api/v1/complaints", &json!([])).body(text),
        api.post(
            "/api/v1/auth/login",
            &json!({"email": secret, "password": secret}),
        ),
        api.post(
            "/api/v1/auth/login",
            &json!({"email": [secret], "password": secret}),
        ),
        api.post("/api/v1/auth/refresh", &json!({"refresh_token": secret})),
        api.post("/api/v1/complaints", &telling())
            .header("Idempotency-Key", secret),
    ]
}

#[actix::test]
async fn no_password_token_or_reporter_is_in_the_log_of_a_whole_session() {
    let mut session = Session::start().await;
    let demo = session.demo().await;
    let api = session.api.clone();
    let body = json!({"email": demo.admin.email, "password": demo.admin.password});
    let tokens = call(api.post("/api/v1/auth/login", &body))
        .await
        .expect(200);
    let token = session.secret(&tokens["access_token"]);
    let refresh = session.secret(&tokens["refresh_token"]);
    let submitted = api.post("/api/v1/complaints", &telling());
    let receipt = call(submitted.header("X-API-Key", &demo.api_key))
        .await
        .expect(201);
    let tracking = session.secret(&receipt["tracking_token"]);
    call(api.get(&format!("/api/v1/tracking/{tracking}")))
        .await
        .expect(200);
    let body = json!({"name": "app", "scopes": ["read"]});
    let key = call(
        api.post("/api/v1/admin/api-keys", &body)
            .bearer_auth(&token),
    )
    .await;
    session.secret(&key.expect(201)["key"]);
    let body =
        json!({"email": "x@y.example", "name": "X", "role": "officer", "password": PASSWORD});
    call(
        api.post("/api/v1/admin/accounts", &body)
            .bearer_auth(&token),
    )
    .await
    .expect(201);
    for _ in 0..2 {
        let body = json!({"refresh_token": refresh});
        let next = call(api.post("/api/v1/auth/refresh", &body)).await;
        if next.status == 200 {
            session.secret(&next.body["access_token"]);
            session.secret(&next.body["refresh_token"]);
        }
    }
    for secret in session.secrets.clone() {
        let secret = secret.replace(' ', "+");
        for request in misplaced(&api, &secret) {
            let answer = call(request).await;
            assert!(answer.status < 500, "{answer:?}");
        }
        for request in [
            format!("GET /{secret} HTTP/9.9\r\n\r\n"),
            format!("{secret} / HTTP/1.1\r\nHost: {secret}\r\nConnection: close\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nBad Header: {secret}\r\n\r\n"),
            format!("GET http://{secret}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        ] {
            raw(session.server.address(), request.as_bytes()).await;
        }
        let socket = Officer::open(Officer::request(session.server.address(), None)).await;
        let mut socket = socket.unwrap();
        socket
            .say(json!({"type": "connect", "token": secret, "id": 1}))
            .await;
        socket.next().await;
    }
    // The database refuses a row: what it says of that quotes the row.
    let client = session.database.connect().await;
    let refuse = "ALTER TABLE reporters ADD CHECK (phone IS NULL) NOT VALID";
    client.batch_execute(refuse).await.unwrap();
    let refused = call(api.post("/api/v1/complaints", &telling())).await;
    let id = refused.header("x-request-id").to_owned();
    let problem = refused.problem(500, "internal");
    assert!(!problem.to_string().contains("reporters"), "{problem}");
    drop(client);

    let log = session.folder.path().join("log");
    eventually("the failure is logged", async || {
        let is_it = |line: &Value| line["request_id"] == id.as_str() && line["level"] == "error";
        lines(&log).iter().any(is_it).then_some(())
    })
    .await;
    session.server.kill();
    let text = std::fs::read_to_string(&log).unwrap();
    for secret in &session.secrets {
        let found = text.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(found, None, "{secret}");
    }
    session.database.remove().await;
}

#[actix::test]
async fn a_request_is_one_line_with_its_id_route_status_and_time() {
    let session = Session::start().await;
    let log = session.folder.path().join("log");
    for (number, (path, route, status)) in [
        ("/api/v1/regions", "/api/v1/regions", 200),
        ("/api/v1/tracking/x", "/api/v1/tracking/{token}", 404),
        ("/api/v1/auth/me", "/api/v1/auth/me", 401),
        ("/nothing", "unmatched", 404),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("asked-{number}");
        call(session.api.get(path).header("X-Request-Id", &id)).await;
        let mine = |line: &Value| line["request_id"] == id.as_str();
        let found = eventually("the line", async || {
            let found: Vec<Value> = lines(&log).into_iter().filter(mine).collect();
            (!found.is_empty()).then_some(found)
        })
        .await;
        assert_eq!(found.len(), 1, "{found:?}");
        let line = &found[0];
        assert_eq!(
            (&line["route"], &line["status"]),
            (&json!(route), &json!(status))
        );
        assert!(line["took_ms"].as_f64().unwrap() >= 0.0);
        assert_eq!(
            (&line["method"], &line["level"]),
            (&json!("GET"), &json!("info"))
        );
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }
    session.server.kill();
    session.database.remove().await;
}
