//! A server that keeps its photos in an S3 store, and a complaint to which photos are sent.

use std::net::SocketAddr;

use redress::demo::DemoFile;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::photos::body::Body;
use crate::photos::files;
use crate::support::process::free_address;
use crate::support::program::{Program, argument, command, data_folder, demo_file};
use crate::support::s3::S3;
use crate::support::{Answer, Api, call, eventually};

/// A server that keeps its photos in an S3 store.
pub(super) struct Town {
    _program: Program,
    _data: TempDir,
    pub(super) store: S3,
    pub(super) api: Api,
    demo: DemoFile,
}

impl Town {
    pub(super) async fn start(flags: &[&str]) -> Self {
        let (store, data) = (S3::start().await, data_folder());
        let address: SocketAddr = free_address();
        let mut command = command(&["serve", "--demo", "--listen", &address.to_string()]);
        command
            .args(["--data-dir", argument(data.path())])
            .args(flags);
        store.serves(&mut command);
        let mut program = Program::spawn(command);
        program.says("ready at ").await;
        let file = demo_file(data.path());
        let demo = eventually("demo.json", async || DemoFile::read(&file).ok()).await;
        Self {
            _program: program,
            _data: data,
            store,
            api: Api::at(&format!("http://{address}")),
            demo,
        }
    }

    /// A new complaint.
    pub(super) async fn complaint(&self) -> Complaint<'_> {
        let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
            "description": "a hole"});
        let submitted = self.api.post("/api/v1/complaints", &body);
        let submitted = call(submitted.header("X-API-Key", &self.demo.api_key)).await;
        let receipt = submitted.expect(201);
        let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
        Complaint {
            town: self,
            id: text("id"),
            token: text("tracking_token"),
        }
    }

    /// What lies in the store below a folder of its prefix.
    pub(super) fn stored(&self, folder: &str) -> Vec<String> {
        files(&self.store.bucket().join("town/photos").join(folder))
    }

    pub(super) async fn quarantine_is_empty(&self) {
        eventually("quarantine is empty", async || {
            self.stored("quarantine").is_empty().then_some(())
        })
        .await;
    }
}

pub(super) struct Complaint<'a> {
    town: &'a Town,
    id: String,
    token: String,
}

impl Complaint<'_> {
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/api/v1/complaints/{}/photos{rest}", self.id)
    }

    pub(super) async fn ask(&self, request: RequestBuilder) -> Answer {
        call(request.header("X-Tracking-Token", &self.token)).await
    }

    /// Sends a photo through the server.
    pub(super) async fn send(&self, photo: &[u8]) -> Answer {
        let (kind, bytes) = Body::new().file("photo", "a.jpg", photo).end();
        let request = reqwest::Client::new().post(self.town.api.url(&self.path("")));
        self.ask(request.header("Content-Type", kind).body(bytes))
            .await
    }

    /// Asks for addresses.
    pub(super) async fn addresses(&self, count: usize) -> Vec<Value> {
        let request = self
            .town
            .api
            .post(&self.path("/direct"), &json!({"count": count}));
        let answer = self.ask(request).await.expect(201);
        answer["items"].as_array().unwrap().clone()
    }

    /// Says that what the addresses were for is there.
    pub(super) async fn confirm(&self, addresses: &[Value]) -> Answer {
        let sent = |it: &Value| json!({"id": it["id"], "token": it["token"]});
        let photos: Vec<Value> = addresses.iter().map(sent).collect();
        let body = json!({"photos": photos, "kind": "after"});
        self.ask(self.town.api.post(&self.path("/confirm"), &body))
            .await
    }

    pub(super) async fn list(&self) -> Vec<Value> {
        let answer = self.ask(self.town.api.get(&self.path(""))).await;
        answer.expect(200)["items"].as_array().unwrap().clone()
    }

    /// The only photo, when it is done.
    pub(super) async fn done(&self) -> Value {
        eventually("the photo is done", async || {
            let photos = self.list().await;
            let [photo] = photos.as_slice() else {
                panic!("one photo: {photos:?}")
            };
            (photo["status"] != "pending").then(|| photo.clone())
        })
        .await
    }
}
