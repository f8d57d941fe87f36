//! Privacy: what is handed out to a person, what is forgotten, and what is written down of where it is.

mod exports;
mod people;
mod policy;
mod staff;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{TestApp, call};

/// The files of a ZIP by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// Sends a request that must be answered with a ZIP.
async fn zip(request: RequestBuilder) -> Files {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let bytes = answer.bytes().await.unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Files::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        files.insert(name, content);
    }
    files
}

/// A JSON file of a ZIP.
fn json_of(files: &Files, name: &str) -> Value {
    let file = files.get(name);
    let file = file.unwrap_or_else(|| panic!("no {name}: {:?}", files.keys()));
    serde_json::from_slice(file).unwrap()
}

/// Submits a complaint to `north` whose reporter gives this e-mail address; the answer's body.
async fn reported(app: &TestApp, email: &str) -> Value {
    let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
        "description": "a hole", "reporter": {"name": "Ann Secret", "email": email, "phone": "+49 30 1234"}});
    let request = app.api.post("/api/v1/complaints", &body);
    let answer = call(request.header("X-API-Key", &app.demo.api_key)).await;
    answer.expect(201)
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body[member].as_str().unwrap()
}
