//! Levels of log lines, at the start and live; what a line and a panic say.

use std::path::Path;

use serde_json::{Value, json};

use redress::demo::DemoFile;

use crate::support::call::Answer;
use crate::support::postgres::TestDatabase;
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Api, call, eventually};

/// A server with the demo's people whose log can be read.
struct Logged {
    database: TestDatabase,
    folder: tempfile::TempDir,
    server: ServerProcess,
    api: Api,
}

impl Logged {
    async fn start(levels: &str, fail_points: &str) -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let flags = ["--demo", "--data-dir", data, "--log-level", levels];
        let log = folder.path().join("log");
        let address = free_address();
        let mut server = ServerProcess::spawn(database.url(), address, &flags, fail_points, &log);
        assert!(server.is_ready().await, "the server ended");
        Self {
            api: server.api(),
            database,
            folder,
            server,
        }
    }

    async fn demo(&self) -> DemoFile {
        let path = self.folder.path().join("demo.json");
        eventually("demo.json", async || DemoFile::read(&path).ok()).await
    }

    async fn admin(&self) -> String {
        let demo = self.demo().await;
        self.api
            .login(&demo.admin.email, &demo.admin.password)
            .await
    }

    fn lines(&self) -> Vec<Value> {
        lines(&self.folder.path().join("log"))
    }

    /// Waits for a line, and gives all that fit.
    async fn found(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        eventually(what, async || {
            let found: Vec<Value> = self.lines().into_iter().filter(&fits).collect();
            (!found.is_empty()).then_some(found)
        })
        .await
    }

    async fn set(&self, token: &str, body: &Value) -> Answer {
        let asked = self.api.put("/api/v1/admin/log-level", body);
        call(asked.bearer_auth(token)).await
    }

    async fn end(self) {
        self.server.kill();
        self.database.remove().await;
    }
}

/// The whole lines of a log that may be in the making.
fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let parse =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    whole.lines().map(parse).collect()
}

fn is_of(line: &Value, id: &str) -> bool {
    line["request_id"] == id
}

#[actix::test]
async fn modules_have_levels_of_their_own_from_the_start_and_live() {
    let logged = Logged::start("warn,redress::http::trace=info", "").await;
    let token = logged.admin().await;
    let ask = |id: &'static str| {
        let asked = logged.api.get("/api/v1/regions");
        call(asked.header("X-Request-Id", id))
    };
    ask("first").await;
    logged
        .found("the module's line", |line| is_of(line, "first"))
        .await;
    let is_ready = |line: &Value| line["message"].as_str().unwrap().starts_with("ready at");
    assert!(!logged.lines().iter().any(is_ready));

    let read = call(
        logged
            .api
            .get("/api/v1/admin/log-level")
            .bearer_auth(&token),
    );
    let read = read.await.expect(200);
    assert_eq!(
        (&read["level"], &read["modules"], &read["dropped"]),
        (
            &json!("warn"),
            &json!({"redress::http::trace": "info"}),
            &json!(0)
        )
    );
    let quiet = json!({"level": "error"});
    let set = logged.set(&token, &quiet).await.expect(200);
    assert_eq!(
        (&set["level"], &set["modules"]),
        (&json!("error"), &json!({}))
    );
    ask("second").await;
    let all = json!({"level": "debug", "modules": {"redress::actors": "error"}});
    logged.set(&token, &all).await.expect(200);
    ask("third").await;
    logged
        .found("the line of the level for all", |line| is_of(line, "third"))
        .await;
    assert!(!logged.lines().iter().any(|line| is_of(line, "second")));
    logged.end().await;
}

#[actix::test]
async fn levels_are_an_admins_and_what_is_none_is_refused() {
    let logged = Logged::start("info", "").await;
    let token = logged.admin().await;
    let demo = logged.demo().await;
    let officer = &demo.officers[0];
    let olga = logged.api.login(&officer.email, &officer.password).await;
    let level = json!({"level": "debug"});
    let path = "/api/v1/admin/log-level";
    call(logged.api.get(path))
        .await
        .problem(401, "unauthorized");
    call(logged.api.put(path, &level))
        .await
        .problem(401, "unauthorized");
    logged.set(&olga, &level).await.problem(403, "forbidden");
    let many: Vec<(String, &str)> = (0..65).map(|n| (format!("m{n}"), "info")).collect();
    let many: std::collections::BTreeMap<_, _> = many.into_iter().collect();
    for (body, fields) in [
        (json!({"level": "loud"}), 1),
        (
            json!({"level": "loud", "modules": {"a": "silent", "a b": "info"}}),
            3,
        ),
        (json!({"level": "info", "modules": many}), 1),
        (json!({"level": "info", "modules": {"a": 1}}), 1),
        (json!({"levels": "info"}), 1),
    ] {
        let faults = logged.set(&token, &body).await.faults();
        assert_eq!(faults.len(), fields, "{body}: {faults:?}");
    }
    let read = call(logged.api.get(path).bearer_auth(&token))
        .await
        .expect(200);
    assert_eq!(
        (&read["level"], &read["modules"]),
        (&json!("info"), &json!({}))
    );
    logged.end().await;
}

#[actix::test]
async fn a_line_says_who_asked_and_about_what() {
    let logged = Logged::start("info", "").await;
    let demo = logged.demo().await;
    let officer = &demo.officers[0];
    let olga = logged.api.login(&officer.email, &officer.password).await;
    let me = call(logged.api.get("/api/v1/auth/me").bearer_auth(&olga)).await;
    let account = me.expect(200)["id"].clone();
    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    let asked = logged.api.post("/api/v1/complaints", &body);
    let receipt = call(asked.header("X-Request-Id", "submits"))
        .await
        .expect(201);
    let id = receipt["id"].as_str().unwrap();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let asked = logged.api.get(&format!("/api/v1/complaints/{id}"));
    let asked = asked.bearer_auth(&olga).header("traceparent", parent);
    let answer = call(asked).await;
    assert_eq!(answer.header("x-request-id"), trace);
    answer.expect(200);
    let asked = logged.api.get("/api/v1/regions/north/snapshot");
    let asked = asked.bearer_auth(&olga).header("X-Request-Id", "reads");
    call(asked).await.expect(200);
    for (request, fields) in [
        ("submits", json!({"region": "north", "complaint": id})),
        (trace, json!({"complaint": id, "account": account})),
        ("reads", json!({"region": "north", "account": account})),
    ] {
        let found = logged.found(request, |line| is_of(line, request)).await;
        assert_eq!(found.len(), 1, "{found:?}");
        for field in ["region", "complaint", "account"] {
            assert_eq!(found[0][field], fields[field], "{field}: {}", found[0]);
        }
    }
    logged.end().await;
}

#[actix::test]
async fn a_panic_is_told_once_with_its_backtrace_and_what_was_at_work() {
    let points = "n1/http/api/v1/regions=1*panic(in a handler)->off;n1/feed_poll/poll=1*panic(in an actor)->off";
    let logged = Logged::start("info", points).await;
    let is_panic = |line: &Value| line["message"].as_str().unwrap().starts_with("panic: ");
    eventually("a handler panics", async || {
        let asked = logged.api.get("/api/v1/regions");
        let answer = call(asked.header("X-Request-Id", "unlucky")).await;
        (answer.status == 500).then_some(())
    })
    .await;
    let of_handler = logged
        .found("the handler's panic", |line| {
            is_panic(line) && is_of(line, "unlucky")
        })
        .await;
    let of_actor = logged
        .found("the actor's panic", |line| {
            is_panic(line) && line["actor"] == "feed_poll"
        })
        .await;
    for (found, said) in [(of_handler, "in a handler"), (of_actor, "in an actor")] {
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["message"], format!("panic: {said}"));
        let backtrace = found[0]["backtrace"].as_str().unwrap();
        assert!(backtrace.contains("redress"), "{backtrace}");
        assert!(found[0]["place"].as_str().unwrap().contains(".rs:"));
    }
    let panics = logged.lines().iter().filter(|line| is_panic(line)).count();
    assert_eq!(panics, 2);
    logged.end().await;
}
