//! Photos from the upload to the officer's screen: real files, real sockets, real bytes on disk.

mod bad;
pub(crate) mod body;
mod limits;
mod links;
mod location;
mod pictures;
mod removal;
mod restarts;
mod rights;
mod s3;
mod steps;
mod sweep;

use std::path::Path;

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::pictures::made;
use crate::support::{Answer, Officer, TestApp, call, eventually};
use body::Body;

/// A complaint to which photos are sent.
pub(crate) struct Case {
    pub(crate) id: String,
    /// Its tracking token.
    pub(crate) token: String,
}

impl Case {
    /// A complaint of `north`, submitted by the demo's API key.
    async fn new(app: &TestApp) -> Self {
        let receipt = app.submit("north", "a deep hole").await;
        let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
        Self {
            id: text("id"),
            token: text("tracking_token"),
        }
    }

    fn path(&self) -> String {
        format!("/api/v1/complaints/{}/photos", self.id)
    }

    /// A request to send a body, without credentials.
    fn sending(&self, app: &TestApp, body: Body) -> RequestBuilder {
        let url = app.api.url(&self.path());
        let request = reqwest::Client::new().post(url);
        let (kind, bytes) = body.end();
        request.header("Content-Type", kind).body(bytes)
    }

    /// Sends a body by the tracking token.
    async fn send(&self, app: &TestApp, body: Body) -> Answer {
        let request = self.sending(app, body);
        call(request.header("X-Tracking-Token", &self.token)).await
    }

    /// Sends one good photo and returns its id.
    pub(crate) async fn send_one(&self, app: &TestApp) -> String {
        let body = Body::new().file("photo", "a.jpg", &made::jpeg(64, 48));
        let answer = self.send(app, body).await.expect(202);
        answer["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A photo as its reporter sees it.
    pub(crate) async fn photo(&self, app: &TestApp, id: &str) -> Answer {
        let path = format!("{}/{id}", self.path());
        call(app.api.get(&path).header("X-Tracking-Token", &self.token)).await
    }

    /// A photo when it is no longer pending.
    async fn done(&self, app: &TestApp, id: &str) -> Value {
        eventually("the photo is done", async || {
            let photo = self.photo(app, id).await.expect(200);
            (photo["status"] != "pending").then_some(photo)
        })
        .await
    }

    /// All photos.
    async fn list(&self, app: &TestApp) -> Vec<Value> {
        let request = app.api.get(&self.path());
        let list = call(request.header("X-Tracking-Token", &self.token)).await;
        list.expect(200)["items"].as_array().unwrap().clone()
    }
}

/// Reads events up to one of this kind.
async fn until(officer: &mut Officer, kind: &str) -> Value {
    loop {
        let event = officer.event().await;
        if event["kind"] == kind {
            return event;
        }
    }
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let below = entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path)
        } else {
            vec![path.to_str().unwrap().to_owned()]
        }
    });
    below.collect()
}

/// Waits until nothing that was sent is kept.
async fn quarantine_is_empty(app: &TestApp) {
    let quarantine = app.photos().join("quarantine");
    eventually("quarantine is empty", async || {
        files(&quarantine).is_empty().then_some(())
    })
    .await;
}
