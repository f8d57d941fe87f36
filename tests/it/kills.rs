//! The server process is killed at bad moments: what it acknowledged is stored once, and every
//! officer ends with every event once, in order.

use std::path::Path;

use futures_util::future::join_all;
use redress::demo::DemoFile;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::officer::Came;
use crate::support::postgres::TestDatabase;
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Api, Officer, eventually};

const THE_END: &str = "the end";

/// A running server on an empty database, with the demo's people.
struct Demo {
    database: TestDatabase,
    folder: tempfile::TempDir,
    server: ServerProcess,
    file: DemoFile,
}

impl Demo {
    async fn start() -> Self {
        let database = TestDatabase::create_empty().await;
        let folder = tempfile::tempdir().unwrap();
        let server = serve(&database, free_address(), folder.path()).await;
        // Written once the server is ready.
        let path = folder.path().join("demo.json");
        let file = eventually("demo.json", async || {
            serde_json::from_slice(&std::fs::read(&path).ok()?).ok()
        })
        .await;
        Self {
            database,
            folder,
            server,
            file,
        }
    }

    async fn olga(&self) -> String {
        let olga = &self.file.officers[0];
        self.server.api().login(&olga.email, &olga.password).await
    }

    async fn kill_and_start_again(self) -> Self {
        let address = self.server.address();
        self.server.kill();
        let server = serve(&self.database, address, self.folder.path()).await;
        Self { server, ..self }
    }
}

async fn serve(
    database: &TestDatabase,
    address: std::net::SocketAddr,
    folder: &Path,
) -> ServerProcess {
    let data = folder.to_str().unwrap();
    let flags = ["--demo", "--data-dir", data];
    ServerProcess::start(database, address, &flags, &folder.join("log")).await
}

/// Submits under a key until it is acknowledged; returns the complaint.
async fn submit(api: &Api, api_key: &str, description: &str) -> String {
    let key = Uuid::new_v4().to_string();
    let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
        "description": description});
    eventually("a submission is acknowledged", async || {
        let request = api.post("/api/v1/complaints", &body);
        let request = request
            .header("X-API-Key", api_key)
            .header("Idempotency-Key", &key);
        let answer = request.send().await.ok()?;
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
            return None;
        }
        assert!(answer.status().is_success(), "{}", answer.status());
        let receipt: Value = answer.json().await.ok()?;
        Some(receipt["id"].as_str().unwrap().to_owned())
    })
    .await
}

/// Follows `north` over all cuts until the last event; fails unless each came once, in order.
async fn watch(address: std::net::SocketAddr, token: String) -> i64 {
    let (mut last, mut epoch) = (0, None);
    loop {
        let officer = eventually("a connection", async || {
            Officer::open(Officer::request(address, Some(&token)))
                .await
                .ok()
        });
        let mut officer = officer.await;
        let mut subscribe = json!({"type": "subscribe", "region": "north"});
        if let Some(epoch) = &epoch {
            subscribe["since"] = json!({"epoch": epoch, "seq": last});
        }
        officer.try_say(subscribe).await;
        while let Came::Object(object) = officer.next().await {
            match object["type"].as_str().unwrap() {
                "subscribed" => epoch = object["epoch"].as_str().map(ToOwned::to_owned),
                "event" => {
                    assert_eq!(object["seq"], last + 1);
                    last += 1;
                    if object["complaint"]["description"] == THE_END {
                        return last;
                    }
                }
                _ => {}
            }
        }
    }
}

async fn head(database: &TestDatabase) -> i64 {
    let client = database.connect().await;
    let sql = "SELECT head FROM region_heads WHERE region_id = 'north'";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

#[actix::test]
async fn a_server_that_is_killed_under_load_loses_and_doubles_nothing() {
    let mut demo = Demo::start().await;
    let (address, api, token) = (demo.server.address(), demo.server.api(), demo.olga().await);
    let watchers: Vec<_> = (0..4)
        .map(|_| actix::spawn(watch(address, token.clone())))
        .collect();
    let writers: Vec<_> = (0..6)
        .map(|_| {
            let (api, key) = (api.clone(), demo.file.api_key.clone());
            actix::spawn(async move {
                let mut stored = Vec::new();
                for _ in 0..60 {
                    stored.push(submit(&api, &key, "a hole").await);
                }
                stored
            })
        })
        .collect();
    for kill in 1..=5 {
        eventually("the load goes on", async || {
            (head(&demo.database).await >= kill * 50).then_some(())
        })
        .await;
        demo = demo.kill_and_start_again().await;
    }
    let mut stored: Vec<String> = join_all(writers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    stored.push(submit(&api, &demo.file.api_key, THE_END).await);
    for watcher in watchers {
        assert_eq!(watcher.await.unwrap(), 361);
    }
    stored.sort_unstable();
    let client = demo.database.connect().await;
    let sql = "SELECT id::text AS id FROM complaints ORDER BY 1";
    let rows = client.query(sql, &[]).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>(),
        stored
    );
    assert!(demo.server.terminate().await, "a clean end");
    demo.database.remove().await;
}

#[actix::test]
async fn a_server_that_is_terminated_says_goodbye() {
    let demo = Demo::start().await;
    let mut officer = Officer::connect(demo.server.address(), &demo.olga().await).await;
    officer.join("north", None).await;
    let reader = actix::spawn(async move {
        let told = officer.object().await;
        (
            told["type"].as_str().unwrap().to_owned(),
            officer.closed().await.0,
        )
    });
    assert!(demo.server.terminate().await, "a clean end");
    assert_eq!(reader.await.unwrap(), ("reconnect".to_owned(), 4000));
    demo.database.remove().await;
}
